//! The rows that depend on a file's own bytes: the record itself, its findings, its references and its text.

use anyhow::Result;
use serde_json::json;
use sqlx::SqliteConnection;

use super::attachments;
use super::gather::TipFile;

/// Removes what the picture holds of these paths.
pub(super) async fn remove(connection: &mut SqliteConnection, paths: &[&str]) -> Result<()> {
    let paths = serde_json::to_string(paths)?;
    sqlx::query!("DELETE FROM search WHERE rowid IN (SELECT rowid FROM records WHERE path IN (SELECT value FROM json_each($1)))", paths)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "DELETE FROM records WHERE path IN (SELECT value FROM json_each($1))",
        paths
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM findings WHERE path IN (SELECT value FROM json_each($1))",
        paths
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM relations WHERE path IN (SELECT value FROM json_each($1))",
        paths
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM attachments WHERE path IN (SELECT value FROM json_each($1))",
        paths
    )
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// Writes the files that stand at the tip; where a record stands in its workflow is derived afterwards.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    files: &[(String, Option<TipFile>)],
) -> Result<()> {
    let files: Vec<(&str, &TipFile)> = files
        .iter()
        .filter_map(|(path, file)| Some((path.as_str(), file.as_ref()?)))
        .collect();
    for chunk in files.chunks(200) {
        write_chunk(connection, chunk).await?;
    }
    Ok(())
}

async fn write_chunk(connection: &mut SqliteConnection, files: &[(&str, &TipFile)]) -> Result<()> {
    let records: Vec<_> = files
        .iter()
        .map(|(path, file)| record_row(path, file))
        .collect();
    let records = serde_json::to_string(&records)?;
    sqlx::query!(
        "INSERT INTO records (path, id, collection, blob, title, locale, declared_status, declared_version, problem_code, problem_line, problem, standing)
         SELECT value ->> 0, coalesce(value ->> 1, ''), value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10, 'draft'
         FROM json_each($1)",
        records
    )
    .execute(&mut *connection)
    .await?;
    let findings: Vec<_> = files
        .iter()
        .flat_map(|(path, file)| {
            file.findings
                .iter()
                .enumerate()
                .map(move |(position, finding)| {
                    let field = finding.field.as_ref().map(ToString::to_string);
                    json!([
                        path,
                        position,
                        finding.code,
                        finding.severity.name(),
                        field,
                        finding.line,
                        finding.message,
                        finding.next
                    ])
                })
        })
        .collect();
    let findings = serde_json::to_string(&findings)?;
    sqlx::query!(
        "INSERT INTO findings (path, position, code, severity, field, line, message, next)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7 FROM json_each($1)",
        findings
    )
    .execute(&mut *connection)
    .await?;
    let relations: Vec<_> = files
        .iter()
        .flat_map(|(path, file)| {
            file.references.iter().map(move |reference| {
                json!([
                    path,
                    reference.field.to_string(),
                    reference.line,
                    reference.target
                ])
            })
        })
        .collect();
    let relations = serde_json::to_string(&relations)?;
    sqlx::query!(
        "INSERT OR IGNORE INTO relations (path, field, line, target)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1)",
        relations
    )
    .execute(&mut *connection)
    .await?;
    attachments::write_names(connection, files).await?;
    let texts: Vec<_> = files
        .iter()
        .map(|(path, file)| json!([path, file.title, file.text]))
        .collect();
    let texts = serde_json::to_string(&texts)?;
    sqlx::query!(
        "INSERT INTO search (rowid, path, title, text)
         SELECT records.rowid, value ->> 0, value ->> 1, value ->> 2 FROM json_each($1) JOIN records ON records.path = value ->> 0",
        texts
    )
    .execute(&mut *connection)
    .await?;
    Ok(())
}

fn record_row(path: &str, file: &TipFile) -> serde_json::Value {
    let problem = file.facts.problem.as_ref();
    json!([
        path,
        file.facts.record_id,
        file.collection,
        file.blob.to_string(),
        file.title,
        file.locale,
        file.facts.status,
        file.facts.version,
        problem.map(|problem| problem.code),
        problem.and_then(|problem| problem.place.line),
        problem.map(|problem| format!("{}; {}", problem.cause, problem.next)),
    ])
}
