//! The whole chain and what the baseline found, for whoever works out what readers have at one place of it.

use anyhow::Result;
use sqlx::SqlitePool;

/// One link of the chain, as far as it is for readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainRow {
    /// Place in the chain.
    pub sequence: i64,
    /// The commit.
    pub commit_id: String,
    /// The record, or what else was decided about.
    pub record_id: String,
    /// Path in its tree.
    pub path: String,
    /// The transition.
    pub transition: String,
    /// Status after.
    pub status_to: String,
    /// Version before.
    pub version_from: Option<String>,
    /// Version after.
    pub version_to: Option<String>,
    /// Bump.
    pub bump: Option<String>,
    /// Blob in its tree.
    pub result: String,
    /// The files that the text names: blob and path, one a line.
    pub attached: String,
    /// The release that it is part of.
    pub release: Option<String>,
    /// Identities, one a line.
    pub authored_by: String,
    /// Identities, one a line.
    pub approved_by: String,
    /// When.
    pub at: i64,
    /// Why a version was taken back; nothing for any other transition, whose words are the editors' own.
    pub yanked_because: Option<String>,
}

/// A file as the baseline found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaselineFile {
    /// Path.
    pub path: String,
    /// The record.
    pub record_id: String,
    /// The file's blob.
    pub blob: String,
    /// The status it declared.
    pub status: Option<String>,
    /// The version it declared.
    pub version: Option<String>,
}

/// Returns the chain, in its own order.
///
/// # Errors
/// When the database cannot be read.
pub async fn whole_chain(pool: &SqlitePool) -> Result<Vec<ChainRow>> {
    Ok(sqlx::query_as!(
        ChainRow,
        r#"SELECT sequence, links.commit_id, links.record_id, links.path, links.transition, status_to, version_from, version_to, links.bump, result,
                  links.attached, release, authored_by, approved_by, links.at, decisions.text AS "yanked_because?: String"
           FROM attestations AS links
           LEFT JOIN decisions ON links.transition = 'yank' AND decisions.commit_id = links.decisions
           ORDER BY sequence"#
    )
    .fetch_all(pool)
    .await?)
}

/// Returns every file that the baseline found, by path.
///
/// # Errors
/// When the database cannot be read.
pub async fn baseline_files(pool: &SqlitePool) -> Result<Vec<BaselineFile>> {
    Ok(sqlx::query_as!(
        BaselineFile,
        "SELECT path, record_id, blob, status, version FROM baseline ORDER BY path"
    )
    .fetch_all(pool)
    .await?)
}

/// Returns the names and titles of releases that went out.
///
/// # Errors
/// When the database cannot be read.
pub async fn released_titles(pool: &SqlitePool) -> Result<Vec<(String, String)>> {
    let rows = sqlx::query!(
        r#"SELECT name AS "name!: String", title AS "title!: String" FROM releases WHERE state = 'released' ORDER BY name"#
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.name, row.title)).collect())
}
