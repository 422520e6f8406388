//! Questions that pages and the committer ask of the picture of proposals.

use anyhow::Result;
use sqlx::SqlitePool;

use super::query::{AuthorRow, FindingRow};
use crate::id::Identity;

/// One proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalRow {
    /// Its branch, without `refs/heads/`.
    pub branch: String,
    /// Its head.
    pub head: String,
    /// The last commit that it shares with the published branch.
    pub fork: Option<String>,
    /// Its title: the one last given, else the subject of its first commit.
    pub title: String,
    /// What its first commit says of it.
    pub description: String,
    /// Author's date of its first commit.
    pub opened_at: i64,
    /// Committer's date of its last one.
    pub changed_at: i64,
    /// Why it is not read.
    pub problem: Option<String>,
    /// `open`, `closed`, `landed` or `empty`.
    pub state: String,
    /// How many records it changes.
    pub records: i64,
}

/// One file of a proposal beside what the published branch holds of its record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedRow {
    /// The proposal's branch.
    pub branch: String,
    /// Its head.
    pub head: String,
    /// The file's path; at the fork for one that is removed.
    pub path: String,
    /// Its path and blob at the fork.
    pub path_before: String,
    /// Its blob at the fork; `None` for a new file.
    pub blob_before: Option<String>,
    /// Its blob; `None` where it is removed.
    pub blob: Option<String>,
    /// Its collection.
    pub collection: String,
    /// Its title, or its file name.
    pub title: String,
    /// The language that it gives.
    pub locale: Option<String>,
    /// The status in the file.
    pub declared_status: Option<String>,
    /// Code of the quarantine.
    pub problem_code: Option<String>,
    /// Line of the quarantine.
    pub problem_line: Option<i64>,
    /// Reason of the quarantine and the next step.
    pub problem: Option<String>,
    /// The record.
    pub record_id: String,
    /// The record's path on the published branch.
    pub standing_path: Option<String>,
    /// Its blob there.
    pub standing_blob: Option<String>,
    /// `draft`, `settled` or `changed` there.
    pub standing: Option<String>,
    /// The attested status.
    pub attested_status: Option<String>,
    /// The attested version.
    pub attested_version: Option<String>,
    /// The attested blob.
    pub attested_blob: Option<String>,
    /// The last published blob.
    pub base_blob: Option<String>,
    /// The language that it gives.
    pub base_locale: Option<String>,
    /// The published branch has taken it over.
    pub has_landed: bool,
    /// Who wrote the last commit that touched it.
    pub writer: Identity,
    /// Somebody asked for review, or pushed it.
    pub is_asked: bool,
    /// When its proposal last changed.
    pub changed_at: i64,
    /// Its proposal's title.
    pub proposal_title: String,
}

struct StoredFile {
    branch: String,
    head: String,
    path: String,
    path_before: String,
    blob_before: Option<String>,
    blob: Option<String>,
    collection: String,
    title: String,
    locale: Option<String>,
    declared_status: Option<String>,
    problem_code: Option<String>,
    problem_line: Option<i64>,
    problem: Option<String>,
    record_id: String,
    standing_path: Option<String>,
    standing_blob: Option<String>,
    standing: Option<String>,
    attested_status: Option<String>,
    attested_version: Option<String>,
    attested_blob: Option<String>,
    base_blob: Option<String>,
    base_locale: Option<String>,
    has_landed: bool,
    name: Option<String>,
    address: Option<String>,
    is_asked: bool,
    changed_at: i64,
    proposal_title: String,
}

impl From<StoredFile> for ProposedRow {
    fn from(row: StoredFile) -> Self {
        Self {
            branch: row.branch,
            head: row.head,
            path: row.path,
            path_before: row.path_before,
            blob_before: row.blob_before,
            blob: row.blob,
            collection: row.collection,
            title: row.title,
            locale: row.locale,
            declared_status: row.declared_status,
            problem_code: row.problem_code,
            problem_line: row.problem_line,
            problem: row.problem,
            record_id: row.record_id,
            standing_path: row.standing_path,
            standing_blob: row.standing_blob,
            standing: row.standing,
            attested_status: row.attested_status,
            attested_version: row.attested_version,
            attested_blob: row.attested_blob,
            base_blob: row.base_blob,
            base_locale: row.base_locale,
            has_landed: row.has_landed,
            writer: Identity {
                name: row.name.unwrap_or_default(),
                address: row.address.unwrap_or_default(),
            },
            is_asked: row.is_asked,
            changed_at: row.changed_at,
            proposal_title: row.proposal_title,
        }
    }
}

/// Returns the files of these proposals, by branch and path.
///
/// # Errors
/// When the database cannot be read.
pub async fn proposed_in(pool: &SqlitePool, branches: &[String]) -> Result<Vec<ProposedRow>> {
    let branches = serde_json::to_string(branches)?;
    let rows = sqlx::query_as!(
        StoredFile,
        r#"SELECT proposed.branch, proposals.head, proposed.path AS "path!", proposed.path_before AS "path_before!", proposed.blob_before AS "blob_before?", proposed.blob AS "blob?",
                  proposed.collection AS "collection!", proposed.title AS "title!", proposed.locale, proposed.declared_status,
                  proposed.problem_code, proposed.problem_line, proposed.problem, proposed.record_id AS "record_id!: String",
                  proposed.standing_path AS "standing_path?", proposed.standing_blob AS "standing_blob?", proposed.standing AS "standing?",
                  proposed.attested_status AS "attested_status?: String", proposed.attested_version AS "attested_version?: String",
                  proposed.attested_blob AS "attested_blob?", proposed.base_blob AS "base_blob?: String", proposed.base_locale AS "base_locale?: String",
                  EXISTS (SELECT 1 FROM landed_files WHERE landed_files.branch = proposed.branch AND landed_files.path = proposed.path) AS "has_landed!: bool",
                  (SELECT commits.name FROM proposal_commits AS commits JOIN proposal_authors AS authors
                     ON authors.branch = commits.branch AND authors.path = proposed.path AND authors.address = commits.address
                   WHERE commits.branch = proposed.branch ORDER BY commits.position DESC LIMIT 1) AS "name: String",
                  (SELECT commits.address FROM proposal_commits AS commits JOIN proposal_authors AS authors
                     ON authors.branch = commits.branch AND authors.path = proposed.path AND authors.address = commits.address
                   WHERE commits.branch = proposed.branch ORDER BY commits.position DESC LIMIT 1) AS "address: String",
                  (EXISTS (SELECT 1 FROM decisions WHERE decisions.proposal = proposed.branch AND act IN ('submit', 'approve', 'request-changes'))
                   OR coalesce((SELECT by_server FROM proposal_commits AS commits WHERE commits.branch = proposed.branch
                                ORDER BY commits.position DESC LIMIT 1), 0) = 0) AS "is_asked!: bool",
                  proposals.changed_at,
                  coalesce((SELECT title FROM proposal_states AS states WHERE states.branch = proposals.branch), proposed.branch) AS "proposal_title!: String"
           FROM proposed_records AS proposed JOIN proposals ON proposals.branch = proposed.branch
           WHERE proposed.branch IN (SELECT value FROM json_each($1)) ORDER BY proposed.branch, proposed.path"#,
        branches
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(ProposedRow::from).collect())
}

/// Returns a proposal.
///
/// # Errors
/// When the database cannot be read.
pub async fn proposal_at(pool: &SqlitePool, branch: &str) -> Result<Option<ProposalRow>> {
    Ok(sqlx::query_as!(
        ProposalRow,
        r#"SELECT proposals.branch, head, fork, states.title AS "title!: String", states.description AS "description!: String", opened_at, changed_at, problem, states.state AS "state!: String",
                  (SELECT count(*) FROM proposal_files AS files WHERE files.branch = proposals.branch) AS "records!: i64"
           FROM proposals JOIN proposal_states AS states ON states.branch = proposals.branch WHERE proposals.branch = $1"#,
        branch
    )
    .fetch_optional(pool)
    .await?)
}

/// Returns the proposals in a state, the last changed first, from after one place in that order on.
///
/// # Errors
/// When the database cannot be read.
pub async fn proposals_in(
    pool: &SqlitePool,
    state: &str,
    after: Option<(i64, &str)>,
    limit: i64,
) -> Result<Vec<ProposalRow>> {
    let (changed_at, branch) = after.unwrap_or((i64::MAX, ""));
    Ok(sqlx::query_as!(
        ProposalRow,
        r#"SELECT proposals.branch, head, fork, states.title AS "title!: String", states.description AS "description!: String", opened_at, changed_at, problem, states.state AS "state!: String",
                  (SELECT count(*) FROM proposal_files AS files WHERE files.branch = proposals.branch) AS "records!: i64"
           FROM proposals JOIN proposal_states AS states ON states.branch = proposals.branch
           WHERE states.state = $1 AND (proposals.changed_at, proposals.branch) < ($2, $3)
           ORDER BY proposals.changed_at DESC, proposals.branch DESC LIMIT $4"#,
        state,
        changed_at,
        branch,
        limit
    )
    .fetch_all(pool)
    .await?)
}

/// Returns the branches of all open proposals, the last changed first, at most so many.
///
/// # Errors
/// When the database cannot be read.
pub async fn open_branches(pool: &SqlitePool, limit: i64) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        r#"SELECT proposals.branch FROM proposals JOIN proposal_states AS states ON states.branch = proposals.branch
           WHERE states.state = 'open' AND proposals.problem IS NULL ORDER BY proposals.changed_at DESC, proposals.branch DESC LIMIT $1"#,
        limit
    )
    .fetch_all(pool)
    .await?)
}

/// Returns the open proposals that change a record, and their titles.
///
/// # Errors
/// When the database cannot be read.
pub async fn proposals_of(pool: &SqlitePool, record: &str) -> Result<Vec<ProposalRow>> {
    Ok(sqlx::query_as!(
        ProposalRow,
        r#"SELECT proposals.branch, head, fork, states.title AS "title!: String", states.description AS "description!: String", opened_at, changed_at, problem, states.state AS "state!: String",
                  (SELECT count(*) FROM proposal_files AS files WHERE files.branch = proposals.branch) AS "records!: i64"
           FROM proposals JOIN proposal_states AS states ON states.branch = proposals.branch
           WHERE states.state = 'open' AND proposals.branch IN
                 (SELECT branch FROM proposal_files WHERE declared_id = $1
                  UNION SELECT branch FROM proposal_files WHERE path_before IN (SELECT path FROM records WHERE id = $1))
           ORDER BY proposals.changed_at DESC, proposals.branch DESC"#,
        record
    )
    .fetch_all(pool)
    .await?)
}

/// Returns branch and title of the open proposals that somebody wrote a commit of, the last changed first.
///
/// # Errors
/// When the database cannot be read.
pub async fn proposals_by(
    pool: &SqlitePool,
    addresses: &[String],
    limit: i64,
) -> Result<Vec<(String, String)>> {
    let addresses = serde_json::to_string(addresses)?;
    let rows = sqlx::query!(
        r#"SELECT proposals.branch, states.title AS "title!: String"
           FROM proposals JOIN proposal_states AS states ON states.branch = proposals.branch
           WHERE states.state = 'open' AND proposals.branch IN
                 (SELECT branch FROM proposal_commits WHERE address IN (SELECT value FROM json_each($1)))
           ORDER BY proposals.changed_at DESC, proposals.branch DESC LIMIT $2"#,
        addresses,
        limit
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.branch, row.title))
        .collect())
}

/// A proposal's own commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalCommitRow {
    /// The commit.
    pub commit_id: String,
    /// Its author.
    pub name: String,
    /// The author's address.
    pub address: String,
    /// Its subject.
    pub subject: String,
    /// Author's date.
    pub authored_at: i64,
}

/// Returns a proposal's own commits, parents before children.
///
/// # Errors
/// When the database cannot be read.
pub async fn proposal_commits(pool: &SqlitePool, branch: &str) -> Result<Vec<ProposalCommitRow>> {
    Ok(sqlx::query_as!(
        ProposalCommitRow,
        "SELECT commit_id, name, address, subject, authored_at FROM proposal_commits WHERE branch = $1 ORDER BY position",
        branch
    )
    .fetch_all(pool)
    .await?)
}

/// Returns who wrote the files of these proposals since the fork: branch, and the author's row.
///
/// # Errors
/// When the database cannot be read.
pub async fn proposal_authors(
    pool: &SqlitePool,
    branches: &[String],
) -> Result<Vec<(String, AuthorRow)>> {
    let branches = serde_json::to_string(branches)?;
    let rows = sqlx::query!(
        "SELECT branch, path, address, name, proven FROM proposal_authors WHERE branch IN (SELECT value FROM json_each($1)) ORDER BY branch, path, address",
        branches
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let author = AuthorRow {
                path: row.path,
                identity: Identity {
                    name: row.name,
                    address: row.address,
                },
                proven: row.proven != 0,
            };
            (row.branch, author)
        })
        .collect())
}

/// Returns what stands against the files of these proposals: the findings in each file, references that neither the published branch nor the proposal
/// resolves, and ids that another file has. Branch, and the finding's row.
///
/// # Errors
/// When the database cannot be read.
pub async fn proposal_findings(
    pool: &SqlitePool,
    branches: &[String],
) -> Result<Vec<(String, FindingRow)>> {
    let branches = serde_json::to_string(branches)?;
    let rows = sqlx::query!(
        r#"SELECT branch AS "branch!: String", path AS "path!: String", code AS "code!: String", severity AS "severity!: String", field AS "field?: String",
                  line AS "line?: i64", message AS "message!: String", next AS "next!: String"
           FROM (SELECT branch, path, position, code, severity, field, line, message, next FROM proposal_findings
                 UNION ALL
                 SELECT asks.branch, asks.path, 1000, 'REF-001', 'blocking', asks.field, asks.line,
                        'no record has the id "' || asks.target || '"', 'correct the id, or add that record'
                 FROM proposal_relations AS asks
                 WHERE NOT EXISTS (SELECT 1 FROM records WHERE records.id = asks.target)
                   AND NOT EXISTS (SELECT 1 FROM proposal_files AS files WHERE files.branch = asks.branch AND coalesce(files.declared_id, files.slug) = asks.target)
                 UNION ALL
                 SELECT proposed.branch, proposed.path, 1001, 'ID-001', 'blocking', NULL, NULL,
                        'another file has the same id "' || proposed.record_id || '": ' || proposed.standing_path, 'give one of the two another id'
                 FROM proposed_records AS proposed
                 WHERE proposed.blob IS NOT NULL AND proposed.standing_path <> proposed.path_before
                 UNION ALL
                 SELECT named.branch, named.path, 1002,
                        CASE WHEN coalesce(named.blob, files.blob) IS NULL THEN 'FIL-001'
                             WHEN named.blob <> files.blob THEN 'FIL-003' ELSE 'FIL-002' END,
                        'blocking', named.field, named.line,
                        CASE WHEN coalesce(named.blob, files.blob) IS NULL THEN 'there is no file ' || named.file
                             WHEN named.blob <> files.blob THEN 'readers have another file ' || named.file
                             ELSE 'the file ' || named.file || ' cannot be shown: ' || coalesce(named.problem, files.problem, '') END,
                        CASE WHEN coalesce(named.blob, files.blob) IS NULL THEN 'add the file, or correct its path'
                             WHEN named.blob <> files.blob THEN 'give the new file another name, or bring the proposal up to date'
                             ELSE 'replace it by one of another name, and name that one' END
                 FROM proposal_attachments AS named LEFT JOIN attached_files AS files ON files.file = named.file
                 WHERE coalesce(named.blob, files.blob) IS NULL OR named.blob <> files.blob
                    OR (CASE WHEN named.blob IS NULL THEN files.problem ELSE named.problem END) IS NOT NULL)
           WHERE branch IN (SELECT value FROM json_each($1)) ORDER BY branch, path, position"#,
        branches
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let finding = FindingRow {
                path: row.path,
                code: row.code,
                severity: row.severity,
                field: row.field,
                line: row.line,
                message: row.message,
                next: row.next,
            };
            (row.branch, finding)
        })
        .collect())
}
