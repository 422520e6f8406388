//! The proof that the picture is only a picture: a second one, made from git alone in an empty file, compared row by row.

use std::path::Path;

use anyhow::{Context, Result};
use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use super::{Index, store, sync};

/// A row that stands in one picture and not in the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: String,
    /// The row's values, as text.
    pub row: String,
    /// It stands in the picture that is in use, and git does not say so.
    pub only_in_use: bool,
}

/// Differences listed for each table and side; more of them tell nothing new.
const LISTED: usize = 20;

/// Makes a second picture in an empty file beside the first and returns every row in which they differ.
///
/// # Errors
/// When git or a database cannot be read.
pub async fn compare(index: &Index, repository: &Path, tip_ref: &str) -> Result<Vec<Difference>> {
    let folder = tempfile::tempdir().context("failed to make a temporary folder")?;
    let fresh = Index::open(&folder.path().join("fresh.sqlite")).await?;
    if let Some(trusted) = index.trusted() {
        fresh.trust(trusted);
    }
    sync(&fresh, repository, tip_ref).await?;
    compare_with(index, &fresh).await
}

/// Returns every row in which the picture in use differs from another one.
///
/// # Errors
/// When a database cannot be read.
pub async fn compare_with(index: &Index, fresh: &Index) -> Result<Vec<Difference>> {
    let mut connection = index.reader().acquire().await?.detach();
    sqlx::query("ATTACH DATABASE $1 AS fresh")
        .bind(fresh.path().to_string_lossy().into_owned())
        .execute(&mut connection)
        .await?;
    let mut differences = Vec::new();
    for table in store::tables(&mut connection).await? {
        differences.extend(rows_beyond(&mut connection, &table, "main", "fresh").await?);
        differences.extend(rows_beyond(&mut connection, &table, "fresh", "main").await?);
    }
    Ok(differences)
}

async fn rows_beyond(
    connection: &mut SqliteConnection,
    table: &str,
    left: &str,
    right: &str,
) -> Result<Vec<Difference>> {
    let columns = columns(connection, table).await?;
    let quoted: Vec<String> = columns
        .iter()
        .map(|column| format!("\"{column}\""))
        .collect();
    let listed = quoted.join(", ");
    let text: Vec<String> = columns
        .iter()
        .map(|column| format!("'{column}=' || coalesce(substr(\"{column}\", 1, 80), 'NULL')"))
        .collect();
    // Names come from our own schema. Rows are compared whole, and counted, since `search` could hold one twice; only what is shown is cut.
    let counted =
        |side: &str| format!("SELECT {listed}, count(*) FROM {side}.\"{table}\" GROUP BY {listed}");
    let query = format!(
        "SELECT {} FROM ({} EXCEPT {}) LIMIT {LISTED}",
        text.join(" || ', ' || "),
        counted(left),
        counted(right)
    );
    let rows = sqlx::query(AssertSqlSafe(query))
        .fetch_all(connection)
        .await
        .with_context(|| format!("failed to compare the table {table}"))?;
    rows.iter()
        .map(|row| {
            Ok(Difference {
                table: table.to_owned(),
                row: row.try_get(0)?,
                only_in_use: left == "main",
            })
        })
        .collect()
}

async fn columns(connection: &mut SqliteConnection, table: &str) -> Result<Vec<String>> {
    Ok(
        sqlx::query_scalar("SELECT name FROM pragma_table_info($1) ORDER BY cid")
            .bind(table.to_owned())
            .fetch_all(connection)
            .await?,
    )
}
