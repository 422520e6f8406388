//! What follows from the raw rows: which record a path is, where it stands, who wrote it.
//!
//! Everything is worked out afresh for the paths that a sync touched, from all rows about them; so the outcome does not depend on how many
//! syncs it took to get there. The art is in [`touched_paths`]: a path that is missed there keeps a row that git no longer says.

mod attested;
mod authors;
mod identity;
mod lineage;
mod place;
mod removed;

use std::collections::BTreeSet;

use anyhow::Result;
use sqlx::SqliteConnection;

use super::write::Touched;
use crate::policy::Policy;

/// Paths worked out together: enough to make a query cheap beside its work, few enough for memory.
const TOGETHER: usize = 500;

/// Derives the rows of every path that a sync touched, and returns these paths with the ids that they had and have.
pub(super) async fn derive(
    connection: &mut SqliteConnection,
    touched: &Touched,
    policy: &Policy,
    adopted: bool,
) -> Result<(Vec<String>, BTreeSet<String>)> {
    if touched.baseline {
        identity::name_baseline(connection, policy).await?;
    }
    let paths = touched_paths(connection, touched).await?;
    let mut ids = touched.ids.clone();
    ids.extend(touched.attested.iter().cloned());
    for chunk in paths.chunks(TOGETHER) {
        let json = serde_json::to_string(chunk)?;
        if !touched.fresh {
            ids.extend(ids_at(connection, &json).await?);
        }
        let lineages = lineage::of(connection, chunk, false).await?;
        lineage::write(connection, &json, &lineages).await?;
        place::place(connection, policy, adopted, &json, &lineages).await?;
        authors::write(connection, policy, &json).await?;
        ids.extend(ids_at(connection, &json).await?);
    }
    if touched.baseline {
        ids.extend(removed::baseline_ids(connection).await?);
    }
    if adopted {
        removed::write(connection, policy, ids.clone()).await?;
    }
    Ok((paths, ids))
}

/// Returns every path whose rows may come out differently: changed ones, those whose past leads through one, those of newly attested records, and
/// those whose id a changed blob names.
async fn touched_paths(
    connection: &mut SqliteConnection,
    touched: &Touched,
) -> Result<Vec<String>> {
    let mut paths = touched.paths.clone();
    if !touched.fresh {
        let changed = serde_json::to_string(&touched.paths)?;
        let heirs = sqlx::query_scalar!(
            "SELECT DISTINCT path FROM lineage WHERE earlier IN (SELECT value FROM json_each($1))",
            changed
        )
        .fetch_all(&mut *connection)
        .await?;
        paths.extend(heirs);
        let ids: BTreeSet<&String> = touched.ids.union(&touched.attested).collect();
        let ids = serde_json::to_string(&ids)?;
        let holders = sqlx::query_scalar!(
            "SELECT path FROM records WHERE id IN (SELECT value FROM json_each($1))",
            ids
        )
        .fetch_all(&mut *connection)
        .await?;
        paths.extend(holders);
        let naming = sqlx::query_scalar!(
            "SELECT DISTINCT path FROM attachments WHERE file IN (SELECT value FROM json_each($1))",
            changed
        )
        .fetch_all(&mut *connection)
        .await?;
        paths.extend(naming);
    }
    Ok(paths.into_iter().collect())
}

/// Returns the ids that the picture gives the records at these paths, a JSON list.
pub(super) async fn ids_at(connection: &mut SqliteConnection, paths: &str) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "SELECT id FROM records WHERE path IN (SELECT value FROM json_each($1)) AND id <> ''",
        paths
    )
    .fetch_all(connection)
    .await?)
}
