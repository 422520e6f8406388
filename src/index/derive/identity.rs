//! Which record a path is: the value of the id field, the last one that could be read, or the slug at birth.

use std::collections::HashMap;

use anyhow::Result;
use serde_json::json;
use sqlx::SqliteConnection;

use super::lineage::{self, Lineages, Stretch};
use crate::policy::{Collection, Policy};

/// Returns the id of each touched record: the id field, its last readable value, or the slug at birth.
pub(super) async fn of(
    connection: &mut SqliteConnection,
    policy: &Policy,
    paths: &str,
    lineages: &Lineages,
) -> Result<HashMap<String, String>> {
    let rows = sqlx::query!(
        "SELECT records.path, records.collection, records.problem_code,
                (SELECT record_id FROM changes WHERE changes.path = records.path AND changes.new_blob = records.blob AND record_id IS NOT NULL LIMIT 1) AS own_id,
                (SELECT changes.record_id FROM lineage JOIN changes ON changes.path = lineage.earlier JOIN commits ON commits.id = changes.commit_id
                 WHERE lineage.path = records.path AND changes.record_id IS NOT NULL AND (lineage.until IS NULL OR commits.generation <= lineage.until)
                 ORDER BY commits.generation DESC, commits.id DESC LIMIT 1) AS last_id
         FROM records WHERE path IN (SELECT value FROM json_each($1))",
        paths
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut ids = HashMap::with_capacity(rows.len());
    for row in rows {
        let Some(collection) = policy.collections.get(&row.collection) else {
            continue;
        };
        let named = collection.id.as_ref().and(row.own_id.or(row.last_id));
        let id =
            named.unwrap_or_else(|| slug(policy, collection, lineages.get(&row.path), &row.path));
        ids.insert(row.path, id);
    }
    Ok(ids)
}

/// Returns the slug at birth.
fn slug(
    policy: &Policy,
    collection: &Collection,
    stretches: Option<&Vec<Stretch>>,
    path: &str,
) -> String {
    let birth = stretches
        .and_then(|stretches| stretches.last())
        .map_or(path, |stretch| stretch.path.as_str());
    policy.slug_of(collection, birth)
}

/// Gives each record of the baseline the id that it had there, by the same rule, from the history that the baseline reached.
pub(super) async fn name_baseline(
    connection: &mut SqliteConnection,
    policy: &Policy,
) -> Result<()> {
    let paths = sqlx::query_scalar!("SELECT path FROM baseline")
        .fetch_all(&mut *connection)
        .await?;
    for chunk in paths.chunks(super::TOGETHER) {
        let lineages = lineage::of(connection, chunk, true).await?;
        let named = named_at_baseline(connection, chunk).await?;
        let mut rows = Vec::with_capacity(chunk.len());
        for path in chunk {
            let Some(collection) = policy.collection_of(path) else {
                continue;
            };
            let id = match (&collection.id, named.get(path)) {
                (None, _) => None,
                (Some(_), Some(id)) => Some(id.clone()),
                (Some(_), None) => last_named(connection, lineages.get(path)).await?,
            };
            let id = id.unwrap_or_else(|| slug(policy, collection, lineages.get(path), path));
            rows.push(json!([path, id]));
        }
        let rows = serde_json::to_string(&rows)?;
        sqlx::query!(
            "UPDATE baseline SET record_id = value ->> 1 FROM json_each($1) WHERE baseline.path = value ->> 0",
            rows
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Returns the ids that the blobs of the baseline name.
async fn named_at_baseline(
    connection: &mut SqliteConnection,
    paths: &[String],
) -> Result<HashMap<String, String>> {
    let paths = serde_json::to_string(paths)?;
    let rows = sqlx::query!(
        "SELECT baseline.path, changes.record_id AS \"record_id!\" FROM baseline
         JOIN changes ON changes.path = baseline.path AND changes.new_blob = baseline.blob AND changes.record_id IS NOT NULL
         WHERE baseline.path IN (SELECT value FROM json_each($1))",
        paths
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.path, row.record_id))
        .collect())
}

/// Returns the last id that a record named, as far as the baseline reached.
async fn last_named(
    connection: &mut SqliteConnection,
    stretches: Option<&Vec<Stretch>>,
) -> Result<Option<String>> {
    let mut last: Option<(i64, String, String)> = None;
    for stretch in stretches.into_iter().flatten() {
        let row = sqlx::query!(
            "SELECT commits.generation, commits.id, changes.record_id AS \"record_id!\"
             FROM changes JOIN commits ON commits.id = changes.commit_id
             WHERE changes.path = $1 AND changes.record_id IS NOT NULL AND commits.epoch = 0 AND ($2 IS NULL OR commits.generation <= $2)
             ORDER BY commits.generation DESC, commits.id DESC LIMIT 1",
            stretch.path,
            stretch.until
        )
        .fetch_optional(&mut *connection)
        .await?;
        last = last.max(row.map(|row| (row.generation, row.id, row.record_id)));
    }
    Ok(last.map(|(_, _, id)| id))
}
