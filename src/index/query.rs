//! Questions that pages and the committer ask of the picture.

use std::collections::HashMap;

use anyhow::Result;
use sqlx::SqlitePool;

use crate::id::{CommitId, Identity};

/// One record's row.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RecordRow {
    /// Path at the tip.
    pub path: String,
    /// The record's id.
    pub id: String,
    /// Its collection.
    pub collection: String,
    /// Its blob.
    pub blob: String,
    /// Its title, or its file name.
    pub title: String,
    /// The language that it gives, as written.
    pub locale: Option<String>,
    /// The status in the file.
    pub declared_status: Option<String>,
    /// The version in the file.
    pub declared_version: Option<String>,
    /// Code of the quarantine.
    pub problem_code: Option<String>,
    /// Line of the quarantine.
    pub problem_line: Option<i64>,
    /// Reason of the quarantine and the next step.
    pub problem: Option<String>,
    /// The attested status.
    pub attested_status: Option<String>,
    /// The attested version.
    pub attested_version: Option<String>,
    /// The attested blob.
    pub attested_blob: Option<String>,
    /// Sequence of the last attestation, 0 for the baseline.
    pub attested_at: Option<i64>,
    /// The last published blob.
    pub base_blob: Option<String>,
    /// The language that it gives.
    pub base_locale: Option<String>,
    /// Sequence that published it.
    pub base_at: Option<i64>,
    /// `draft`, `settled` or `changed`.
    pub standing: String,
    /// The last commit that changed it.
    pub changed_by: Option<String>,
    /// When, by that commit's account.
    pub changed_at: Option<i64>,
}

/// One finding's row.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FindingRow {
    /// Path of the record.
    pub path: String,
    /// Stable code.
    pub code: String,
    /// `information`, `warning` or `blocking`.
    pub severity: String,
    /// The field meant.
    pub field: Option<String>,
    /// One-based line.
    pub line: Option<i64>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub next: String,
}

/// One author's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorRow {
    /// Path of the record.
    pub path: String,
    /// Who.
    pub identity: Identity,
    /// A session vouches for it.
    pub proven: bool,
}

/// One decision's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRow {
    /// Place in the journal.
    pub position: i64,
    /// The journal commit.
    pub commit: String,
    /// The record.
    pub record_id: String,
    /// `submit`, `approve`, ...
    pub act: String,
    /// The transition approved.
    pub transition: Option<String>,
    /// Path when judged.
    pub path: String,
    /// Base blob.
    pub base: Option<String>,
    /// Judged blob.
    pub proposed: String,
    /// Policy blob.
    pub policy: String,
    /// Bump asked for.
    pub bump: Option<String>,
    /// The form's own id.
    pub operation: String,
    /// What was said.
    pub text: String,
    /// The branch of the proposal that was read.
    pub proposal: Option<String>,
    /// Its head then.
    pub head: Option<String>,
    /// The field spoken of.
    pub field: Option<String>,
    /// The whole text with a suggested change.
    pub suggested: Option<String>,
    /// The decision that it answers.
    pub answers: Option<String>,
    /// Who was asked to look.
    pub assignee: Option<String>,
    /// Until which day.
    pub due: Option<String>,
    /// The two ends of a published branch that was rewritten.
    pub tips: Option<String>,
    /// The files that the text names, blob and path, one a line.
    pub attached: String,
    /// It counts for nothing any more: an accepted rewriting lost the attestation that it led to.
    pub is_spent: bool,
    /// Who.
    pub by: Identity,
    /// When.
    pub at: i64,
}

/// One attestation's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestationRow {
    /// Place in the chain.
    pub sequence: i64,
    /// The commit.
    pub commit_id: String,
    /// The record.
    pub record_id: String,
    /// Path in its tree.
    pub path: String,
    /// The transition.
    pub transition: String,
    /// Status before.
    pub status_from: String,
    /// Status after.
    pub status_to: String,
    /// Version before.
    pub version_from: Option<String>,
    /// Version after.
    pub version_to: Option<String>,
    /// Bump.
    pub bump: Option<String>,
    /// Blob judged.
    pub proposed: String,
    /// Blob in its tree.
    pub result: String,
    /// The journal commit that completed it.
    pub decisions: String,
    /// Identities, one a line.
    pub authored_by: String,
    /// Identities, one a line.
    pub approved_by: String,
    /// When.
    pub at: i64,
}

/// Returns the record at a path.
///
/// # Errors
/// When the database cannot be read.
pub async fn record_at(pool: &SqlitePool, path: &str) -> Result<Option<RecordRow>> {
    Ok(
        sqlx::query_as!(RecordRow, "SELECT * FROM records WHERE path = $1", path)
            .fetch_optional(pool)
            .await?,
    )
}

/// Returns every file that carries an id: one, or several that quarrel over it.
///
/// # Errors
/// When the database cannot be read.
pub async fn records_of(pool: &SqlitePool, id: &str) -> Result<Vec<RecordRow>> {
    Ok(sqlx::query_as!(
        RecordRow,
        "SELECT * FROM records WHERE id = $1 ORDER BY path",
        id
    )
    .fetch_all(pool)
    .await?)
}

/// Returns the records at these paths.
///
/// # Errors
/// When the database cannot be read.
pub async fn records_at(pool: &SqlitePool, paths: &[String]) -> Result<Vec<RecordRow>> {
    let paths = serde_json::to_string(paths)?;
    Ok(sqlx::query_as!(
        RecordRow,
        "SELECT * FROM records WHERE path IN (SELECT value FROM json_each($1)) ORDER BY path",
        paths
    )
    .fetch_all(pool)
    .await?)
}

/// Returns paths about which somebody could decide something: changed outside review, beyond draft and not yet published, or spoken of in the
/// journal since their last attestation.
///
/// # Errors
/// When the database cannot be read.
pub async fn open_paths(pool: &SqlitePool) -> Result<Vec<String>> {
    let rows = sqlx::query_scalar!(
        "SELECT path FROM records WHERE standing = 'changed' OR (standing = 'settled' AND attested_blob IS NOT base_blob)
         UNION
         SELECT records.path FROM decisions CROSS JOIN records ON records.id = decisions.record_id AND records.blob = decisions.proposed
         WHERE records.standing = 'draft'"
    )
    .fetch_all(pool)
    .await?;
    Ok(rows)
}

/// Returns the first of the open paths, those that were left longest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn oldest_open_paths(pool: &SqlitePool, limit: i64) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        r#"SELECT path AS "path!: String" FROM (
             SELECT path, changed_at FROM records WHERE standing = 'changed'
             UNION
             SELECT path, changed_at FROM records WHERE standing = 'settled' AND attested_blob IS NOT base_blob
             UNION
             SELECT records.path, records.changed_at
             FROM decisions CROSS JOIN records ON records.id = decisions.record_id AND records.blob = decisions.proposed
             WHERE records.standing = 'draft')
           ORDER BY changed_at, path LIMIT $1"#,
        limit
    )
    .fetch_all(pool)
    .await?)
}

/// Returns the findings of these paths, worst first.
///
/// # Errors
/// When the database cannot be read.
pub async fn findings_at(pool: &SqlitePool, paths: &[String]) -> Result<Vec<FindingRow>> {
    let paths = serde_json::to_string(paths)?;
    // The view's columns have no declared types, so this one query is not checked by the macro.
    let query = "SELECT path, code, severity, field, line, message, next FROM current_findings
                 WHERE path IN (SELECT value FROM json_each($1)) ORDER BY path, severity, line, code";
    Ok(sqlx::query_as(query).bind(paths).fetch_all(pool).await?)
}

/// An author's row as the database holds it.
struct StoredAuthor {
    path: String,
    address: String,
    name: String,
    proven: i64,
}

impl From<StoredAuthor> for AuthorRow {
    fn from(row: StoredAuthor) -> Self {
        Self {
            path: row.path,
            identity: Identity {
                name: row.name,
                address: row.address,
            },
            proven: row.proven != 0,
        }
    }
}

/// Returns who wrote these paths since their base.
///
/// # Errors
/// When the database cannot be read.
pub async fn authors_at(pool: &SqlitePool, paths: &[String]) -> Result<Vec<AuthorRow>> {
    let paths = serde_json::to_string(paths)?;
    let rows = sqlx::query_as!(StoredAuthor, "SELECT path, address, name, proven FROM authors WHERE path IN (SELECT value FROM json_each($1)) ORDER BY path, name, address", paths)
        .fetch_all(pool)
        .await?;
    Ok(rows.into_iter().map(AuthorRow::from).collect())
}

/// Returns who changed these paths since a link of the chain, the baseline or an attestation: authors, co-authors, and committers at one of the
/// known addresses.
///
/// # Errors
/// When the database cannot be read.
pub async fn authors_since(
    pool: &SqlitePool,
    paths: &[String],
    link: &str,
    known: &[&str],
) -> Result<Vec<AuthorRow>> {
    let paths = serde_json::to_string(paths)?;
    let known = serde_json::to_string(known)?;
    let rows = sqlx::query_as!(
        StoredAuthor,
        "SELECT changes.path AS \"path!\", people.address AS \"address!\", max(people.name) AS \"name!: String\", min(commits.by_server) AS \"proven!: i64\"
         FROM changes JOIN commits ON commits.id = changes.commit_id JOIN commit_people AS people ON people.commit_id = commits.id
         WHERE changes.path IN (SELECT value FROM json_each($1)) AND (people.part <> 'committer' OR people.address IN (SELECT value FROM json_each($3)))
           AND (commits.epoch IS NULL OR commits.epoch > (SELECT coalesce(max(sequence), 0) FROM attestations WHERE commit_id = $2))
           AND commits.id NOT IN (SELECT commit_id FROM attestations)
         GROUP BY people.address ORDER BY people.address",
        paths,
        link,
        known
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(AuthorRow::from).collect())
}

/// Returns when somebody last changed one of these files, seconds since 1970 in UTC, by the commits' own account; moves of the server's do not count.
///
/// # Errors
/// When the database cannot be read.
pub async fn last_changed(pool: &SqlitePool, paths: &[String]) -> Result<Option<i64>> {
    let paths = serde_json::to_string(paths)?;
    Ok(sqlx::query_scalar!(
        "SELECT max(commits.committed_at) AS \"at?: i64\"
         FROM changes JOIN commits ON commits.id = changes.commit_id
         WHERE changes.path IN (SELECT value FROM json_each($1)) AND commits.id NOT IN (SELECT commit_id FROM attestations)",
        paths
    )
    .fetch_one(pool)
    .await?)
}

/// Returns everything said of these records, in the journal's order.
///
/// # Errors
/// When the database cannot be read.
pub async fn decisions_of(pool: &SqlitePool, ids: &[String]) -> Result<Vec<DecisionRow>> {
    let ids = serde_json::to_string(ids)?;
    let rows = sqlx::query_as!(
        StoredDecision,
        "SELECT * FROM decisions WHERE record_id IN (SELECT value FROM json_each($1)) ORDER BY position",
        ids
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(DecisionRow::from).collect())
}

/// Returns the journal commit of a form's operation, if it was recorded.
///
/// # Errors
/// When the database cannot be read.
pub async fn decision_of_operation(pool: &SqlitePool, operation: &str) -> Result<Option<CommitId>> {
    let row = sqlx::query_scalar!(
        "SELECT commit_id FROM decisions WHERE operation = $1 ORDER BY position LIMIT 1",
        operation
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|id| id.parse()).transpose()?)
}

/// Returns the attestations of these records, in the chain's order.
///
/// # Errors
/// When the database cannot be read.
pub async fn attestations_of(pool: &SqlitePool, ids: &[String]) -> Result<Vec<AttestationRow>> {
    let ids = serde_json::to_string(ids)?;
    let rows = sqlx::query_as!(
        AttestationRow,
        "SELECT sequence, commit_id, record_id, path, transition, status_from, status_to, version_from, version_to, bump, proposed, result, decisions,
                authored_by, approved_by, at
         FROM attestations WHERE record_id IN (SELECT value FROM json_each($1)) ORDER BY sequence",
        ids
    )
    .fetch_all(pool)
    .await?;
    Ok(rows)
}

/// Returns the attestation that a recorded approval led to, if there is one: of the same text and the same move, completed by this approval or by a
/// later one.
///
/// # Errors
/// When the database cannot be read.
pub async fn attestation_led_to(
    pool: &SqlitePool,
    approval: &str,
) -> Result<Option<AttestationRow>> {
    let row = sqlx::query_as!(
        AttestationRow,
        "SELECT link.sequence, link.commit_id, link.record_id, link.path, link.transition, link.status_from, link.status_to, link.version_from,
                link.version_to, link.bump, link.proposed, link.result, link.decisions, link.authored_by, link.approved_by, link.at
         FROM decisions AS said
         JOIN attestations AS link
              ON link.record_id = said.record_id AND link.proposed = said.proposed AND link.transition = said.transition
         JOIN decisions AS last ON last.commit_id = link.decisions AND last.position >= said.position
         WHERE said.commit_id = $1 ORDER BY last.position LIMIT 1",
        approval
    )
    .fetch_optional(pool)
    .await?;
    Ok(row)
}

/// Returns drafts of which nobody was told yet, a stretch of them, those that were left longest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn unsubmitted_drafts(pool: &SqlitePool, offset: i64, limit: i64) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "SELECT path FROM records WHERE standing = 'draft'
           AND NOT EXISTS (SELECT 1 FROM decisions WHERE decisions.record_id = records.id AND decisions.proposed = records.blob AND decisions.act <> 'comment')
         ORDER BY changed_at, path LIMIT $1 OFFSET $2",
        limit,
        offset
    )
    .fetch_all(pool)
    .await?)
}

/// Returns the decision of a journal commit.
///
/// # Errors
/// When the database cannot be read.
pub async fn decision_at(pool: &SqlitePool, commit: &str) -> Result<Option<DecisionRow>> {
    let found = decisions_at(pool, &[commit.to_owned()]).await?;
    Ok(found.into_iter().next())
}

/// Returns the decisions of journal commits, in the journal's order.
///
/// # Errors
/// When the database cannot be read.
pub async fn decisions_at(pool: &SqlitePool, commits: &[String]) -> Result<Vec<DecisionRow>> {
    let commits = serde_json::to_string(commits)?;
    let rows = sqlx::query_as!(
        StoredDecision,
        "SELECT * FROM decisions WHERE commit_id IN (SELECT value FROM json_each($1)) ORDER BY position",
        commits
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(DecisionRow::from).collect())
}

/// A decision as its table holds it.
struct StoredDecision {
    position: i64,
    commit_id: String,
    act: String,
    transition: Option<String>,
    record_id: String,
    path: String,
    base: Option<String>,
    proposed: String,
    policy: String,
    bump: Option<String>,
    operation: String,
    text: String,
    name: String,
    address: String,
    at: i64,
    proposal: Option<String>,
    head: Option<String>,
    field: Option<String>,
    suggested: Option<String>,
    answers: Option<String>,
    assignee: Option<String>,
    due: Option<String>,
    tips: Option<String>,
    attached: String,
    is_spent: i64,
}

impl From<StoredDecision> for DecisionRow {
    fn from(row: StoredDecision) -> Self {
        Self {
            position: row.position,
            commit: row.commit_id,
            record_id: row.record_id,
            act: row.act,
            transition: row.transition,
            path: row.path,
            base: row.base,
            proposed: row.proposed,
            policy: row.policy,
            bump: row.bump,
            operation: row.operation,
            text: row.text,
            proposal: row.proposal,
            head: row.head,
            field: row.field,
            suggested: row.suggested,
            answers: row.answers,
            assignee: row.assignee,
            due: row.due,
            tips: row.tips,
            attached: row.attached,
            is_spent: row.is_spent != 0,
            by: Identity {
                name: row.name,
                address: row.address,
            },
            at: row.at,
        }
    }
}

/// Groups rows by a key.
pub fn by_key<T>(rows: Vec<T>, key: impl Fn(&T) -> String) -> HashMap<String, Vec<T>> {
    let mut groups: HashMap<String, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}
