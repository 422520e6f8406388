//! How much the changes weigh that somebody may have to approve: see [`Weight`].
//!
//! Only collections whose workflow counts approvals by it have rows: one for each pair of a published text and the text in its place, at the tip or in a
//! proposal. A pair is compared once, when it first stands side by side, and its row goes when it no longer does.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::json;
use sqlx::{SqliteConnection, SqlitePool};

use super::store::RulesInForce;
use crate::id::BlobId;
use crate::policy::{Bump, Collection, FieldPattern, Policy};
use crate::repository::{Content, Repository};
use crate::version::{Weight, weigh};

/// A collection, the blob last published (empty where none was) and the blob in its place.
type Pair = (String, String, String);

/// Weighs what stands side by side and was not weighed, and forgets what no longer does.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    repository: &Path,
    rules: &RulesInForce,
) -> Result<()> {
    let Some(Ok(known)) = rules.as_ref() else {
        return Ok(());
    };
    let weighing = known.policy.collections.values();
    let weighing = weighing.filter(|collection| known.policy.workflow(collection).weighs_changes());
    let names: Vec<&str> = weighing
        .map(|collection| collection.name.as_str())
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    let names = serde_json::to_string(&names)?;
    forget(connection).await?;
    let pairs = unweighed(connection, &names).await?;
    if pairs.is_empty() {
        return Ok(());
    }
    let weights = compare(repository.to_owned(), RulesInForce::clone(rules), pairs).await?;
    for chunk in weights.chunks(super::write::CHUNK) {
        let rows = serde_json::to_string(chunk)?;
        sqlx::query!(
            "INSERT INTO weights (proposed, base, collection, bump, is_new, touched)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each($1)",
            rows
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Forgets pairs that no longer stand side by side.
async fn forget(connection: &mut SqliteConnection) -> Result<()> {
    sqlx::query!(
        "DELETE FROM weights WHERE (proposed, base, collection) NOT IN (SELECT proposed, base, collection FROM weighed_pairs)"
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn unweighed(connection: &mut SqliteConnection, names: &str) -> Result<Vec<Pair>> {
    let rows = sqlx::query!(
        r#"SELECT collection AS "collection!: String", base AS "base!: String", proposed AS "proposed!: String" FROM weighed_pairs
           WHERE collection IN (SELECT value FROM json_each($1))
           EXCEPT SELECT collection, base, proposed FROM weights"#,
        names
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.collection, row.base, row.proposed))
        .collect())
}

async fn compare(
    path: PathBuf,
    rules: RulesInForce,
    pairs: Vec<Pair>,
) -> Result<Vec<serde_json::Value>> {
    tokio::task::spawn_blocking(move || {
        let repository = Repository::open(&path)?;
        let mut weights = Vec::with_capacity(pairs.len());
        if let Some(Ok(rules)) = rules.as_ref() {
            for (name, base, proposed) in pairs {
                if let Some(collection) = rules.policy.collections.get(&name) {
                    let texts = (base.as_str(), proposed.as_str());
                    let weight = weigh_pair(&repository, &rules.policy, collection, texts)?;
                    let touched: Vec<&str> = weight
                        .touched
                        .iter()
                        .map(|field| field.0.as_str())
                        .collect();
                    let touched = serde_json::to_string(&touched)?;
                    let (bump, is_new) = (weight.bump.name(), weight.is_new);
                    weights.push(json!([proposed, base, name, bump, is_new, touched]));
                }
            }
        }
        Ok(weights)
    })
    .await?
}

fn weigh_pair(
    repository: &Repository,
    policy: &Policy,
    collection: &Collection,
    (base, proposed): (&str, &str),
) -> Result<Weight> {
    let read = |blob: &str| -> Result<Option<Vec<u8>>> {
        Ok(match repository.content(blob.parse()?)? {
            Content::Bytes(bytes) => Some(bytes),
            Content::TooLarge(_) | Content::Missing(_) => None,
        })
    };
    let workflow = policy.workflow(collection);
    let is_new = base.is_empty();
    let was = if is_new { None } else { read(base)? };
    Ok(match read(proposed)? {
        Some(proposed) if is_new || was.is_some() => {
            weigh(collection, workflow, was.as_deref(), &proposed)
        }
        Some(_) | None => Weight::heaviest(workflow, is_new),
    })
}

/// What the picture says of how much changes weigh.
#[derive(Debug, Default)]
pub struct Weights(HashMap<Pair, Weight>);

impl Weights {
    /// Returns the weight of a text in the place of a published one; `None` where nobody had to weigh it.
    pub fn of(&self, collection: &str, base: Option<BlobId>, proposed: BlobId) -> Option<Weight> {
        if base == Some(proposed) {
            return Some(Weight::none());
        }
        let base = base.map_or_else(String::new, |blob| blob.to_string());
        let pair = (collection.to_owned(), base, proposed.to_string());
        self.0.get(&pair).cloned()
    }
}

/// Returns the weights of these texts.
///
/// # Errors
/// When the database cannot be read, or holds what sync never writes.
pub async fn weights_of(pool: &SqlitePool, proposed: &[String]) -> Result<Weights> {
    let proposed = serde_json::to_string(proposed)?;
    let rows = sqlx::query!(
        "SELECT collection, base, proposed, bump, is_new, touched FROM weights WHERE proposed IN (SELECT value FROM json_each($1))",
        proposed
    )
    .fetch_all(pool)
    .await?;
    let mut weights = HashMap::with_capacity(rows.len());
    for row in rows {
        let touched: Vec<String> = serde_json::from_str(&row.touched)?;
        let weight = Weight {
            bump: Bump::from_name(&row.bump).unwrap_or(Bump::Major),
            is_new: row.is_new != 0,
            touched: touched.into_iter().map(FieldPattern).collect(),
        };
        weights.insert((row.collection, row.base, row.proposed), weight);
    }
    Ok(Weights(weights))
}
