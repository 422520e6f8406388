//! The rows of pictures and documents: which of them a text names, and what stands there.

use anyhow::Result;
use serde_json::json;
use sqlx::{SqliteConnection, SqlitePool};

use super::gather::{AttachedFile, Proposal, TipFile};

/// Writes what stands at these paths of the tip.
pub(super) async fn write_files(
    connection: &mut SqliteConnection,
    rows: &[(String, Option<AttachedFile>)],
) -> Result<()> {
    let paths: Vec<&str> = rows.iter().map(|(path, _)| path.as_str()).collect();
    let paths = serde_json::to_string(&paths)?;
    sqlx::query!(
        "DELETE FROM attached_files WHERE file IN (SELECT value FROM json_each($1))",
        paths
    )
    .execute(&mut *connection)
    .await?;
    let rows: Vec<_> = rows
        .iter()
        .filter_map(|(path, file)| Some((path, file.as_ref()?)))
        .map(|(path, file)| json!([path, file.blob.to_string(), file.problem]))
        .collect();
    let rows = serde_json::to_string(&rows)?;
    sqlx::query!(
        "INSERT INTO attached_files (file, blob, problem) SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1)",
        rows
    )
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// Writes which files these records name.
pub(super) async fn write_names(
    connection: &mut SqliteConnection,
    files: &[(&str, &TipFile)],
) -> Result<()> {
    let rows: Vec<_> = files
        .iter()
        .flat_map(|(path, file)| {
            let named = file.attachments.iter();
            named.map(move |one| json!([path, one.target, one.field.to_string(), one.line]))
        })
        .collect();
    let rows = serde_json::to_string(&rows)?;
    sqlx::query!(
        "INSERT INTO attachments (path, file, field, line)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1)",
        rows
    )
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// Writes which files the texts of a proposal name, and what its head holds of each.
pub(super) async fn write_proposed(
    connection: &mut SqliteConnection,
    proposal: &Proposal,
) -> Result<()> {
    let rows: Vec<_> = proposal
        .files
        .iter()
        .flat_map(|file| {
            file.attachments.iter().map(|one| {
                let (named, held) = (&one.named, one.file.as_ref());
                json!([
                    file.path,
                    named.target,
                    named.field.to_string(),
                    named.line,
                    held.map(|held| held.blob.to_string()),
                    held.and_then(|held| held.problem.as_deref())
                ])
            })
        })
        .collect();
    let rows = serde_json::to_string(&rows)?;
    sqlx::query!(
        "INSERT INTO proposal_attachments (branch, path, file, field, line, blob, problem)
         SELECT $1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each($2)",
        proposal.branch,
        rows
    )
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// A file that a text names, as it stands beside that text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentRow {
    /// The proposal's branch; empty for the published one.
    pub branch: String,
    /// Path of the record.
    pub path: String,
    /// Path of the file.
    pub file: String,
    /// Its blob.
    pub blob: String,
}

/// Returns the files that the records at these paths of the published branch name, those that are there, by path.
///
/// # Errors
/// When the database cannot be read.
pub async fn attachments_at(pool: &SqlitePool, paths: &[String]) -> Result<Vec<AttachmentRow>> {
    let paths = serde_json::to_string(paths)?;
    Ok(sqlx::query_as!(
        AttachmentRow,
        r#"SELECT '' AS "branch!: String", attachments.path, attachments.file, files.blob
           FROM attachments JOIN attached_files AS files ON files.file = attachments.file
           WHERE attachments.path IN (SELECT value FROM json_each($1)) ORDER BY attachments.path, attachments.file"#,
        paths
    )
    .fetch_all(pool)
    .await?)
}

/// Returns those of these paths at which a file of the published branch stands.
///
/// # Errors
/// When the database cannot be read.
pub async fn attached_files_at(pool: &SqlitePool, paths: &[String]) -> Result<Vec<String>> {
    let paths = serde_json::to_string(paths)?;
    Ok(sqlx::query_scalar!(
        "SELECT file FROM attached_files WHERE file IN (SELECT value FROM json_each($1)) ORDER BY file",
        paths
    )
    .fetch_all(pool)
    .await?)
}

/// Returns the files that the texts of these proposals name, those that are there, by branch and path: as the proposal holds them, and as they are
/// published where it holds none.
///
/// # Errors
/// When the database cannot be read.
pub async fn proposed_attachments(
    pool: &SqlitePool,
    branches: &[String],
) -> Result<Vec<AttachmentRow>> {
    let branches = serde_json::to_string(branches)?;
    Ok(sqlx::query_as!(
        AttachmentRow,
        r#"SELECT branch, path, named.file, coalesce(named.blob, files.blob) AS "blob!: String"
           FROM proposal_attachments AS named LEFT JOIN attached_files AS files ON files.file = named.file
           WHERE branch IN (SELECT value FROM json_each($1)) AND coalesce(named.blob, files.blob) IS NOT NULL
           ORDER BY branch, path, named.file"#,
        branches
    )
    .fetch_all(pool)
    .await?)
}
