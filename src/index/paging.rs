//! Lists in stretches that stay in step: each begins after a key and not at a number, so that what is added meanwhile neither repeats nor hides a row.

use anyhow::Result;
use sqlx::SqlitePool;

use super::{AttestationRow, DecisionRow, EditRow, decisions_at};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventRow {
    /// Somebody edited a file.
    Edit(EditRow),
    /// Somebody said something of a record.
    Decision(DecisionRow),
    /// A move was made.
    Attestation(AttestationRow),
}

/// Where an event stands among all: by its time, then by what it is, then by its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct EventKey {
    at: i64,
    kind: u8,
    name: String,
}

impl EventRow {
    /// Returns where the event stands.
    pub fn key(&self) -> EventKey {
        let (at, kind, name) = match self {
            Self::Edit(row) => (row.at, EDIT, format!("{} {}", row.commit, row.path)),
            Self::Decision(row) => (row.at, DECISION, row.commit.clone()),
            Self::Attestation(row) => (row.at, ATTESTATION, row.commit_id.clone()),
        };
        EventKey { at, kind, name }
    }
}

const EDIT: u8 = 0;
const DECISION: u8 = 1;
const ATTESTATION: u8 = 2;

/// Follows every name: names begin with a commit's digits.
const LAST_NAME: &str = "~";

/// Returns the bounds below which events of a kind come before a key: earlier ones, and of the same moment those with a smaller name.
fn bounds(before: Option<&EventKey>, kind: u8) -> (i64, &str) {
    match before {
        None => (i64::MAX, LAST_NAME),
        Some(key) if kind < key.kind => (key.at, LAST_NAME),
        Some(key) if kind == key.kind => (key.at, &key.name),
        Some(key) => (key.at, ""),
    }
}

/// Returns what happened before an event, the latest first; without one, the latest of all.
///
/// # Errors
/// When the database cannot be read.
pub async fn events_before(
    pool: &SqlitePool,
    before: Option<&EventKey>,
    limit: i64,
) -> Result<Vec<EventRow>> {
    let edits = edits_before(pool, bounds(before, EDIT), limit).await?;
    let decisions = decisions_before(pool, bounds(before, DECISION), limit).await?;
    let attestations = attestations_before(pool, bounds(before, ATTESTATION), limit).await?;
    let mut events: Vec<EventRow> = edits
        .into_iter()
        .map(EventRow::Edit)
        .chain(decisions.into_iter().map(EventRow::Decision))
        .chain(attestations.into_iter().map(EventRow::Attestation))
        .collect();
    events.sort_by_cached_key(|event| std::cmp::Reverse(event.key()));
    events.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(events)
}

async fn edits_before(
    pool: &SqlitePool,
    (at, name): (i64, &str),
    limit: i64,
) -> Result<Vec<EditRow>> {
    Ok(sqlx::query_as!(
        EditRow,
        r#"SELECT commits.id AS "commit!: String", changes.path AS "path!: String", changes.record_id, changes.old_blob IS NULL AS "began!: bool",
                  changes.new_blob IS NULL AS "removed!: bool", coalesce(person.name, '') AS "name!: String", coalesce(person.address, '') AS "address!: String",
                  commits.authored_at AS at
           FROM commits JOIN changes ON changes.commit_id = commits.id
                LEFT JOIN commit_people AS person ON person.commit_id = commits.id AND person.part = 'author'
           WHERE commits.authored_at <= $1 AND (commits.authored_at < $1 OR commits.id || ' ' || changes.path < $2)
             AND EXISTS (SELECT 1 FROM records WHERE records.path = changes.path)
             AND NOT EXISTS (SELECT 1 FROM attestations WHERE attestations.commit_id = commits.id)
           ORDER BY commits.authored_at DESC, commits.id || ' ' || changes.path DESC LIMIT $3"#,
        at,
        name,
        limit
    )
    .fetch_all(pool)
    .await?)
}

async fn decisions_before(
    pool: &SqlitePool,
    (at, name): (i64, &str),
    limit: i64,
) -> Result<Vec<DecisionRow>> {
    let commits = sqlx::query_scalar!(
        "SELECT commit_id FROM decisions WHERE at < $1 OR (at = $1 AND commit_id < $2) ORDER BY at DESC, commit_id DESC LIMIT $3",
        at,
        name,
        limit
    )
    .fetch_all(pool)
    .await?;
    decisions_at(pool, &commits).await
}

async fn attestations_before(
    pool: &SqlitePool,
    (at, name): (i64, &str),
    limit: i64,
) -> Result<Vec<AttestationRow>> {
    Ok(sqlx::query_as!(
        AttestationRow,
        "SELECT sequence, commit_id, record_id, path, transition, status_from, status_to, version_from, version_to, bump, proposed, result, decisions,
                authored_by, approved_by, at
         FROM attestations WHERE at < $1 OR (at = $1 AND commit_id < $2) ORDER BY at DESC, commit_id DESC LIMIT $3",
        at,
        name,
        limit
    )
    .fetch_all(pool)
    .await?)
}

/// Returns paths of records that rules found something wrong with, after a path and in order.
///
/// # Errors
/// When the database cannot be read.
pub async fn paths_with_findings_after(
    pool: &SqlitePool,
    path: &str,
    severity: Option<&str>,
    limit: i64,
) -> Result<Vec<String>> {
    // The view's columns have no declared types, so this one query is not checked by the macro.
    let query = "SELECT DISTINCT path FROM current_findings WHERE path > $1 AND ($2 IS NULL OR severity = $2) ORDER BY path LIMIT $3";
    Ok(sqlx::query_scalar(query)
        .bind(path)
        .bind(severity)
        .bind(limit)
        .fetch_all(pool)
        .await?)
}
