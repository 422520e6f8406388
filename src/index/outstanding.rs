//! What stands otherwise than somebody left it: texts that changed since they were judged, proposals that were overtaken, days that were named.
//!
//! Each question begins with what is open, which is little, and not with what was said, which grows for ever.

use anyhow::Result;
use sqlx::SqlitePool;

use super::query::{DecisionRow, decisions_at};
use crate::id::Identity;

/// A text that somebody decided about and that is another one now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedRow {
    /// The journal commit of their decision.
    pub commit: String,
    /// The record.
    pub record_id: String,
    /// The branch of its proposal.
    pub proposal: String,
    /// Who changed it, by the last commit's own account.
    pub by: Identity,
    /// When, by the same account.
    pub at: i64,
}

/// Returns the texts of open proposals that are others now than one of these addresses approved, or asked to change, last.
///
/// # Errors
/// When the database cannot be read.
pub async fn changed_in_proposals(
    pool: &SqlitePool,
    addresses: &[String],
) -> Result<Vec<ChangedRow>> {
    let addresses = serde_json::to_string(addresses)?;
    let rows = sqlx::query!(
        r#"SELECT said.commit_id, said.record_id, proposals.branch AS "branch!: String", proposals.changed_at AS "changed_at!: i64",
                  last.name AS "name?: String", last.address AS "address?: String"
           FROM proposals CROSS JOIN decisions AS said ON said.proposal = proposals.branch
           JOIN proposal_files AS files ON files.branch = proposals.branch AND files.path = said.path AND files.blob IS NOT said.proposed
           LEFT JOIN proposal_commits AS last ON last.branch = proposals.branch
                AND last.position = (SELECT max(position) FROM proposal_commits WHERE proposal_commits.branch = proposals.branch)
           WHERE said.act IN ('approve', 'request-changes') AND said.address IN (SELECT value FROM json_each($1))
             AND said.position = (SELECT max(position) FROM decisions AS own
                                  WHERE own.proposal = said.proposal AND own.record_id = said.record_id
                                    AND own.act IN ('approve', 'request-changes', 'withdraw')
                                    AND own.address IN (SELECT value FROM json_each($1)))
             AND said.position > coalesce((SELECT max(done.position) FROM attestations JOIN decisions AS done ON done.commit_id = attestations.decisions
                                           WHERE attestations.record_id = said.record_id), 0)
             AND (SELECT state FROM proposal_states WHERE proposal_states.branch = said.proposal) = 'open'
           ORDER BY said.position"#,
        addresses
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ChangedRow {
            commit: row.commit_id,
            record_id: row.record_id,
            proposal: row.branch,
            by: Identity {
                name: row.name.unwrap_or_default(),
                address: row.address.unwrap_or_default(),
            },
            at: row.changed_at,
        })
        .collect())
}

/// Returns who changed the records at these paths last, and when, by the commit's own account: path, person and moment.
///
/// # Errors
/// When the database cannot be read.
pub async fn last_changes(
    pool: &SqlitePool,
    paths: &[String],
) -> Result<Vec<(String, Identity, i64)>> {
    let paths = serde_json::to_string(paths)?;
    let rows = sqlx::query!(
        r#"SELECT records.path, person.name AS "name?: String", person.address AS "address?: String", commits.committed_at
           FROM records JOIN commits ON commits.id = records.changed_by
           LEFT JOIN commit_people AS person ON person.commit_id = commits.id AND person.part = 'author'
           WHERE records.path IN (SELECT value FROM json_each($1))"#,
        paths
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let by = Identity {
                name: row.name.unwrap_or_default(),
                address: row.address.unwrap_or_default(),
            };
            (row.path, by, row.committed_at)
        })
        .collect())
}

/// A record of an open proposal of which another text was published since the proposal began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutdatedRow {
    /// The proposal's branch.
    pub branch: String,
    /// The record.
    pub record_id: String,
    /// The attestation of the other text.
    pub sequence: i64,
}

/// Returns what was overtaken of open proposals that one of these addresses wrote.
///
/// # Errors
/// When the database cannot be read.
pub async fn outdated_of(pool: &SqlitePool, addresses: &[String]) -> Result<Vec<OutdatedRow>> {
    let addresses = serde_json::to_string(addresses)?;
    Ok(sqlx::query_as!(
        OutdatedRow,
        r#"SELECT mine.branch AS "branch!: String", proposed.record_id AS "record_id!: String", made.sequence AS "sequence!: i64"
           FROM (SELECT DISTINCT branch, path FROM proposal_authors WHERE address IN (SELECT value FROM json_each($1))) AS mine
           JOIN proposals ON proposals.branch = mine.branch
           JOIN proposed_records AS proposed ON proposed.branch = mine.branch AND proposed.path = mine.path
           JOIN commits ON commits.id = proposals.fork
           JOIN attestations AS made ON made.record_id = proposed.record_id AND made.sequence >= commits.epoch AND made.commit_id <> proposals.fork
           WHERE proposed.blob_before IS NOT proposed.standing_blob
             AND made.sequence = (SELECT max(sequence) FROM attestations WHERE attestations.record_id = proposed.record_id)
             AND NOT EXISTS (SELECT 1 FROM landed_files AS landed WHERE landed.branch = mine.branch AND landed.path = mine.path)
             AND (SELECT state FROM proposal_states WHERE proposal_states.branch = mine.branch) = 'open'
           ORDER BY made.sequence, mine.branch"#,
        addresses
    )
    .fetch_all(pool)
    .await?)
}

/// Returns the journal commits by which a person was asked last to look until a day, where what they were asked about is still open.
///
/// # Errors
/// When the database cannot be read.
pub async fn asked_until_a_day(pool: &SqlitePool, person: &str) -> Result<Vec<DecisionRow>> {
    let commits = sqlx::query_scalar!(
        "SELECT said.commit_id FROM decisions AS said
         WHERE said.assignee = $1 AND said.due IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM decisions AS later
                           WHERE later.record_id = said.record_id AND later.proposal IS said.proposal AND later.position > said.position
                             AND (later.act = 'assign' OR later.assignee IS NOT NULL))
           AND NOT EXISTS (SELECT 1 FROM attestations JOIN decisions AS done ON done.commit_id = attestations.decisions
                           WHERE attestations.record_id = said.record_id AND done.position >= said.position)
           AND (said.proposal IS NULL OR (SELECT state FROM proposal_states WHERE proposal_states.branch = said.proposal) = 'open')
         ORDER BY said.position",
        person
    )
    .fetch_all(pool)
    .await?;
    decisions_at(pool, &commits).await
}

/// Returns the titles that proposals give: of their records, and of themselves under the id of a whole proposal. Branch, id and title.
///
/// # Errors
/// When the database cannot be read.
pub async fn titles_in_proposals(
    pool: &SqlitePool,
    branches: &[String],
) -> Result<Vec<(String, String, String)>> {
    let branches = serde_json::to_string(branches)?;
    let rows = sqlx::query!(
        r#"SELECT branch AS "branch!: String", coalesce(declared_id, slug) AS "id!: String", title AS "title!: String"
           FROM proposal_files WHERE branch IN (SELECT value FROM json_each($1))
           UNION ALL
           SELECT branch, 'refs/heads/' || branch, title FROM proposal_states WHERE branch IN (SELECT value FROM json_each($1))"#,
        branches
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.branch, row.id, row.title))
        .collect())
}
