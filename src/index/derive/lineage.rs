//! The paths that a record had: back from its last birth through renames.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::Result;
use serde_json::json;
use sqlx::SqliteConnection;

/// The past of each path.
pub(super) type Lineages = BTreeMap<String, Vec<Stretch>>;

/// One stretch of a record's past: history at `path` counts up to and including generation `until`.
pub(super) struct Stretch {
    pub path: String,
    pub until: Option<i64>,
}

struct Birth {
    generation: i64,
    commit: String,
    renamed_from: Option<String>,
}

/// Returns the past of each path, newest stretch first: from its last birth back through renames. `at_baseline` counts only what the baseline reached.
pub(super) async fn of(
    connection: &mut SqliteConnection,
    paths: &[String],
    at_baseline: bool,
) -> Result<Lineages> {
    let births = births(connection, paths, at_baseline).await?;
    Ok(paths
        .iter()
        .map(|path| (path.clone(), lineage(path, &births)))
        .collect())
}

/// A chain of renames longer than this is cut: no file is renamed that often by people.
const MAX_STRETCHES: usize = 64;

fn lineage(path: &str, births: &HashMap<String, Vec<Birth>>) -> Vec<Stretch> {
    let mut stretches = vec![Stretch {
        path: path.to_owned(),
        until: None,
    }];
    while let Some(last) = stretches.last() {
        let before = |birth: &&Birth| last.until.is_none_or(|until| birth.generation <= until);
        let Some(birth) = births
            .get(&last.path)
            .and_then(|births| births.iter().rfind(before))
        else {
            break;
        };
        let Some(from) = birth
            .renamed_from
            .clone()
            .filter(|_| stretches.len() < MAX_STRETCHES)
        else {
            break;
        };
        stretches.push(Stretch {
            path: from,
            until: Some(birth.generation - 1),
        });
    }
    stretches
}

/// Returns the commits in which each path came to be, oldest first, for these paths and all that they were renamed from.
async fn births(
    connection: &mut SqliteConnection,
    paths: &[String],
    at_baseline: bool,
) -> Result<HashMap<String, Vec<Birth>>> {
    let mut births: HashMap<String, Vec<Birth>> = HashMap::new();
    let mut wanted: BTreeSet<String> = paths.iter().cloned().collect();
    while !wanted.is_empty() {
        let paths = serde_json::to_string(&wanted)?;
        let rows = sqlx::query!(
            "SELECT changes.path, changes.renamed_from, changes.commit_id, commits.generation
             FROM changes JOIN commits ON commits.id = changes.commit_id
             WHERE changes.path IN (SELECT value FROM json_each($1)) AND changes.old_blob IS NULL AND changes.new_blob IS NOT NULL
               AND (NOT $2 OR commits.epoch = 0)",
            paths,
            at_baseline
        )
        .fetch_all(&mut *connection)
        .await?;
        for path in std::mem::take(&mut wanted) {
            births.entry(path).or_default();
        }
        for row in rows {
            if let Some(from) = row
                .renamed_from
                .as_ref()
                .filter(|from| !births.contains_key(*from))
            {
                wanted.insert(from.clone());
            }
            births.entry(row.path).or_default().push(Birth {
                generation: row.generation,
                commit: row.commit_id,
                renamed_from: row.renamed_from,
            });
        }
    }
    for births in births.values_mut() {
        births.sort_by(|a, b| (a.generation, &a.commit).cmp(&(b.generation, &b.commit)));
    }
    Ok(births)
}

/// Replaces the rows of these paths, a JSON list.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    paths: &str,
    lineages: &Lineages,
) -> Result<()> {
    sqlx::query!(
        "DELETE FROM lineage WHERE path IN (SELECT value FROM json_each($1))",
        paths
    )
    .execute(&mut *connection)
    .await?;
    let rows: Vec<_> = lineages
        .iter()
        .flat_map(|(path, stretches)| {
            stretches
                .iter()
                .enumerate()
                .map(move |(position, stretch)| {
                    json!([path, position, stretch.path, stretch.until])
                })
        })
        .collect();
    for chunk in rows.chunks(1000) {
        let rows = serde_json::to_string(chunk)?;
        // Only for paths that are records: a path that is gone keeps its history in `changes` alone.
        sqlx::query!(
            "INSERT INTO lineage (path, position, earlier, until)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1) WHERE value ->> 0 IN (SELECT path FROM records)",
            rows
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
