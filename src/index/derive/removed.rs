//! Attested records that no file holds any more; those beyond draft were removed outside review.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::json;
use sqlx::SqliteConnection;

use super::TOGETHER;
use super::attested::Known;
use crate::ledger::VERSIONS;
use crate::policy::{Policy, StatusKind};

/// Brings the list up to date for these ids. A record can only come to the list or leave it when a file takes or loses its id, or when it is attested.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    policy: &Policy,
    ids: BTreeSet<String>,
) -> Result<()> {
    let ids = ids.into_iter().filter(|id| !id.starts_with(VERSIONS));
    let ids: Vec<String> = ids.collect();
    for chunk in ids.chunks(TOGETHER) {
        let json = serde_json::to_string(chunk)?;
        sqlx::query!(
            "DELETE FROM removed_records WHERE id IN (SELECT value FROM json_each($1))",
            json
        )
        .execute(&mut *connection)
        .await?;
        let gone = sqlx::query_scalar!(
            "SELECT value || '' AS \"id!: String\" FROM json_each($1) WHERE NOT EXISTS (SELECT 1 FROM records WHERE records.id = value)",
            json
        )
        .fetch_all(&mut *connection)
        .await?;
        if !gone.is_empty() {
            write_gone(connection, policy, &gone).await?;
        }
    }
    Ok(())
}

async fn write_gone(
    connection: &mut SqliteConnection,
    policy: &Policy,
    gone: &[String],
) -> Result<()> {
    let wanted: BTreeSet<&str> = gone.iter().map(String::as_str).collect();
    let known = Known::of(connection, &wanted).await?;
    let mut rows = Vec::new();
    for id in gone {
        let Some(path) = known.last_path(id) else {
            continue;
        };
        let Some(collection) = policy.collection_of(path) else {
            continue;
        };
        let attested = known.attested(policy, collection, id, &[]);
        let Some(status) = &attested.status else {
            continue;
        };
        let kind = policy.workflow(collection).statuses.get(status);
        let is_outside = !matches!(kind, Some(StatusKind::Draft) | None);
        rows.push(json!([
            id,
            path,
            collection.name,
            status,
            attested.version,
            attested.blob,
            attested.base,
            attested.base_locale,
            is_outside
        ]));
    }
    let rows = serde_json::to_string(&rows)?;
    sqlx::query!(
        "INSERT INTO removed_records (id, path, collection, attested_status, attested_version, attested_blob, base_blob, base_locale, is_outside)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8 FROM json_each($1)",
        rows
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Returns every id of the baseline.
pub(super) async fn baseline_ids(connection: &mut SqliteConnection) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!("SELECT record_id FROM baseline")
        .fetch_all(connection)
        .await?)
}
