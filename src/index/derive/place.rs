//! Where each record stands: its id, what is attested of it, and whether the file agrees.

use anyhow::Result;
use serde_json::json;
use sqlx::SqliteConnection;

use super::attested::Attested;
use super::lineage::Lineages;
use super::{attested, identity};
use crate::policy::{Policy, StatusKind, Workflow};

/// Gives each touched record its id, what is attested of it, and where it stands.
pub(super) async fn place(
    connection: &mut SqliteConnection,
    policy: &Policy,
    adopted: bool,
    paths: &str,
    lineages: &Lineages,
) -> Result<()> {
    let ids = identity::of(connection, policy, paths, lineages).await?;
    let attested = attested::of(connection, policy, &ids, lineages).await?;
    let rows = sqlx::query!("SELECT path, collection, blob, declared_status, problem_code FROM records WHERE path IN (SELECT value FROM json_each($1))", paths)
        .fetch_all(&mut *connection)
        .await?;
    let mut placed = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(collection) = policy.collections.get(&row.collection) else {
            continue;
        };
        let workflow = policy.workflow(collection);
        let known = attested.get(&row.path).cloned().unwrap_or_default();
        let declares = collection.status.is_some() && row.problem_code.is_none();
        let standing = standing(
            workflow,
            &known,
            &row.blob,
            declares.then_some(row.declared_status.as_deref()),
            adopted,
        );
        placed.push(json!([
            row.path,
            ids.get(&row.path),
            known.status,
            known.version,
            known.blob,
            known.at,
            known.base,
            known.base_locale,
            known.base_at,
            standing
        ]));
    }
    for chunk in placed.chunks(1000) {
        let rows = serde_json::to_string(chunk)?;
        sqlx::query!(
            "UPDATE records SET id = value ->> 1, attested_status = value ->> 2, attested_version = value ->> 3, attested_blob = value ->> 4,
                    attested_at = value ->> 5, base_blob = value ->> 6, base_locale = value ->> 7, base_at = value ->> 8, standing = value ->> 9
             FROM json_each($1) WHERE records.path = value ->> 0",
            rows
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Says where a record stands. `declared` is `None` where the file declares no status at all.
fn standing(
    workflow: &Workflow,
    known: &Attested,
    blob: &str,
    declared: Option<Option<&str>>,
    adopted: bool,
) -> &'static str {
    if !adopted {
        return "draft";
    }
    let status = known.status.as_deref().unwrap_or(&workflow.initial);
    let draft = matches!(
        workflow.statuses.get(status),
        Some(StatusKind::Draft) | None
    );
    let declared_differs = declared.is_some_and(|declared| declared != Some(status));
    let bytes_differ = !draft && known.blob.as_deref() != Some(blob);
    match (declared_differs || bytes_differ, draft) {
        (true, _) => "changed",
        (false, true) => "draft",
        (false, false) => "settled",
    }
}
