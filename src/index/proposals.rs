//! The rows of proposals: written whole, a branch at a time, and removed whole.

use anyhow::Result;
use serde_json::json;
use sqlx::SqliteConnection;

use super::attachments;
use super::gather::{Proposal, ProposedFile, TipFile};

/// Removes everything that the picture holds of these branches.
pub(super) async fn remove(connection: &mut SqliteConnection, branches: &[String]) -> Result<()> {
    let branches = serde_json::to_string(branches)?;
    sqlx::query!(
        "DELETE FROM proposals WHERE branch IN (SELECT value FROM json_each($1))",
        branches
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM proposal_commits WHERE branch IN (SELECT value FROM json_each($1))",
        branches
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM proposal_files WHERE branch IN (SELECT value FROM json_each($1))",
        branches
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM proposal_authors WHERE branch IN (SELECT value FROM json_each($1))",
        branches
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM proposal_findings WHERE branch IN (SELECT value FROM json_each($1))",
        branches
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM proposal_attachments WHERE branch IN (SELECT value FROM json_each($1))",
        branches
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM proposal_relations WHERE branch IN (SELECT value FROM json_each($1))",
        branches
    )
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// Writes a proposal in place of what was known of its branch.
pub(super) async fn write(connection: &mut SqliteConnection, proposal: &Proposal) -> Result<()> {
    remove(connection, std::slice::from_ref(&proposal.branch)).await?;
    let (head, fork) = (
        proposal.head.to_string(),
        proposal.fork.map(|fork| fork.to_string()),
    );
    sqlx::query!(
        "INSERT INTO proposals (branch, head, fork, title, description, opened_at, changed_at, problem) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        proposal.branch,
        head,
        fork,
        proposal.title,
        proposal.description,
        proposal.opened_at,
        proposal.changed_at,
        proposal.problem
    )
    .execute(&mut *connection)
    .await?;
    write_commits(connection, proposal).await?;
    write_files(connection, proposal).await?;
    write_authors(connection, proposal).await?;
    attachments::write_proposed(connection, proposal).await?;
    write_findings(connection, proposal).await
}

async fn write_commits(connection: &mut SqliteConnection, proposal: &Proposal) -> Result<()> {
    let rows: Vec<_> = proposal
        .commits
        .iter()
        .enumerate()
        .map(|(position, commit)| {
            let facts = &commit.facts;
            json!([
                position,
                facts.id.to_string(),
                facts.author.name,
                facts.author.address,
                facts.subject(),
                facts.authored_at,
                commit.by_server
            ])
        })
        .collect();
    let rows = serde_json::to_string(&rows)?;
    sqlx::query!(
        "INSERT INTO proposal_commits (branch, position, commit_id, name, address, subject, authored_at, by_server)
         SELECT $1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 FROM json_each($2)",
        proposal.branch,
        rows
    )
    .execute(&mut *connection)
    .await?;
    Ok(())
}

async fn write_files(connection: &mut SqliteConnection, proposal: &Proposal) -> Result<()> {
    let rows: Vec<_> = proposal.files.iter().map(file_row).collect();
    let rows = serde_json::to_string(&rows)?;
    sqlx::query!(
        "INSERT INTO proposal_files (branch, path, path_before, blob_before, blob, collection, declared_id, slug, title, locale,
                                     declared_status, declared_version, problem_code, problem_line, problem)
         SELECT $1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9,
                value ->> 10, value ->> 11, value ->> 12, value ->> 13
         FROM json_each($2)",
        proposal.branch,
        rows
    )
    .execute(&mut *connection)
    .await?;
    Ok(())
}

fn file_row(proposed: &ProposedFile) -> serde_json::Value {
    let before = proposed.before.as_ref();
    let path_before = before.map_or(&proposed.path, |(path, _)| path);
    let file = proposed.file.as_ref();
    let facts = file.map(|file| &file.facts);
    let problem = facts.and_then(|facts| facts.problem.as_ref());
    let name = proposed.path.rsplit('/').next();
    json!([
        proposed.path,
        path_before,
        before.map(|(_, blob)| blob.to_string()),
        file.map(|file| file.blob.to_string()),
        proposed.collection,
        facts.and_then(|facts| facts.record_id.as_deref()),
        proposed.slug,
        file.map_or(name, |file| Some(file.title.as_str())),
        file.and_then(|file| file.locale.as_deref()),
        facts.and_then(|facts| facts.status.as_deref()),
        facts.and_then(|facts| facts.version.as_deref()),
        problem.map(|problem| problem.code),
        problem.and_then(|problem| problem.place.line),
        problem.map(|problem| format!("{}; {}", problem.cause, problem.next)),
    ])
}

async fn write_authors(connection: &mut SqliteConnection, proposal: &Proposal) -> Result<()> {
    let rows: Vec<_> = proposal
        .files
        .iter()
        .flat_map(|file| {
            let authors = file.authors.iter();
            authors.map(|(address, (name, proven))| json!([file.path, address, name, proven]))
        })
        .collect();
    let rows = serde_json::to_string(&rows)?;
    sqlx::query!(
        "INSERT INTO proposal_authors (branch, path, address, name, proven)
         SELECT $1, value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($2)",
        proposal.branch,
        rows
    )
    .execute(&mut *connection)
    .await?;
    Ok(())
}

async fn write_findings(connection: &mut SqliteConnection, proposal: &Proposal) -> Result<()> {
    let files = || {
        let files = proposal.files.iter();
        files.filter_map(|file| Some((&file.path, file.file.as_ref()?)))
    };
    let findings: Vec<_> = files()
        .flat_map(|(path, file)| findings(path, file))
        .collect();
    let findings = serde_json::to_string(&findings)?;
    sqlx::query!(
        "INSERT INTO proposal_findings (branch, path, position, code, severity, field, line, message, next)
         SELECT $1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7 FROM json_each($2)",
        proposal.branch,
        findings
    )
    .execute(&mut *connection)
    .await?;
    let relations: Vec<_> = files()
        .flat_map(|(path, file)| {
            let references = file.references.iter();
            references
                .map(move |found| json!([path, found.field.to_string(), found.line, found.target]))
        })
        .collect();
    let relations = serde_json::to_string(&relations)?;
    sqlx::query!(
        "INSERT OR IGNORE INTO proposal_relations (branch, path, field, line, target)
         SELECT $1, value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($2)",
        proposal.branch,
        relations
    )
    .execute(&mut *connection)
    .await?;
    Ok(())
}

fn findings(path: &str, file: &TipFile) -> Vec<serde_json::Value> {
    let numbered = file.findings.iter().enumerate();
    numbered
        .map(|(position, finding)| {
            json!([
                path,
                position,
                finding.code,
                finding.severity.name(),
                finding.field.as_ref().map(ToString::to_string),
                finding.line,
                finding.message,
                finding.next
            ])
        })
        .collect()
}
