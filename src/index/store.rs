//! The index file: opened or made anew, and written in bulk.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::gather::{Delta, Heads};
use super::rules::Rules;
use crate::id::CommitId;
use crate::refusal::Refusal;

/// What is in force, as last read: nothing, a policy with faults, or rules.
pub type RulesInForce = Arc<Option<Result<Rules, Vec<Refusal>>>>;

/// One repository's picture.
pub struct Index {
    path: PathBuf,
    /// One connection: SQLite has one writer, and a queue in memory is kinder than a busy error.
    writer: SqlitePool,
    reader: SqlitePool,
    rules: RwLock<RulesInForce>,
    /// Held by the one sync that runs.
    pub(super) syncing: tokio::sync::Mutex<()>,
}

/// Readers beside each other; pages are short, so a few are enough.
const READERS: u32 = 4;

impl Index {
    /// Opens the picture in a file, or begins an empty one. A file that is damaged, or was made by another version, is put aside and begun anew:
    /// git holds everything in it.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub async fn open(path: &Path) -> Result<Self> {
        match Self::open_existing(path).await {
            Ok(index) => Ok(index),
            Err(error) if path.exists() => {
                tracing::warn!(path = %path.display(), error = format!("{error:#}"), "the index cannot be used and is made anew from git");
                put_aside(path)?;
                Self::open_existing(path).await
            }
            Err(error) => Err(error),
        }
    }

    async fn open_existing(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::from_str("sqlite:")?
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // The index can be made anew, so the last transactions may be lost with the power.
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(10));
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone())
            .await;
        let writer =
            writer.with_context(|| format!("failed to open the index {}", path.display()))?;
        let version: String = sqlx::query_scalar("SELECT sqlite_version()")
            .fetch_one(&writer)
            .await?;
        // Older ones can corrupt a database when the write-ahead log is reset; see https://sqlite.org/wal.html.
        ensure!(
            version.as_str() >= "3.51.3",
            "SQLite {version} is linked; 3.51.3 or newer is needed"
        );
        sqlx::migrate!("migrations/index")
            .run(&writer)
            .await
            .context("the index was made by another version")?;
        let reader = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.read_only(true))
            .await?;
        Ok(Self {
            path: path.to_owned(),
            writer,
            reader,
            rules: RwLock::default(),
            syncing: tokio::sync::Mutex::default(),
        })
    }

    /// Returns the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the pool for queries.
    pub fn reader(&self) -> &SqlitePool {
        &self.reader
    }

    /// Returns what is in force, as the last sync read it.
    pub fn rules(&self) -> RulesInForce {
        self.rules
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    pub(super) fn set_rules(&self, rules: RulesInForce) {
        *self
            .rules
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = rules;
    }

    pub(super) async fn begin(&self) -> Result<Transaction<'static, Sqlite>> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// Returns where the picture stands.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn heads(&self) -> Result<Heads> {
        let rows = sqlx::query!("SELECT name, commit_id FROM heads")
            .fetch_all(&self.reader)
            .await?;
        let head = |name: &str| -> Result<Option<CommitId>> {
            Ok(rows
                .iter()
                .find(|row| row.name == name)
                .map(|row| row.commit_id.parse())
                .transpose()?)
        };
        let sequence =
            sqlx::query_scalar!("SELECT max(sequence) AS \"last?: i64\" FROM attestations")
                .fetch_one(&self.reader)
                .await?;
        Ok(Heads {
            tip: head("tip")?,
            journal: head("journal")?,
            baseline: head("baseline")?,
            chain: head("chain")?.map(|commit| (commit, sequence.unwrap_or(0))),
            policy: head("policy")?,
        })
    }

    /// Empties every table.
    pub(super) async fn clear(&self) -> Result<()> {
        let mut transaction = self.begin().await?;
        let tables = tables(&mut transaction).await?;
        for table in tables {
            // The names come from our own schema.
            sqlx::query(sqlx::AssertSqlSafe(format!("DELETE FROM \"{table}\"")))
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

/// Returns the picture's own tables: those of the schema, without what SQLite and the migrations keep for themselves.
pub(super) async fn tables(connection: &mut SqliteConnection) -> Result<Vec<String>> {
    let names: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
            .fetch_all(connection)
            .await?;
    Ok(names
        .into_iter()
        .filter(|name| {
            !name.starts_with("sqlite_")
                && !name.starts_with("_sqlx")
                && !name.starts_with("search_")
        })
        .collect())
}

fn put_aside(path: &Path) -> Result<()> {
    let aside = path.with_extension("damaged");
    std::fs::rename(path, &aside)
        .with_context(|| format!("failed to put {} aside", path.display()))?;
    for suffix in ["-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        match std::fs::remove_file(PathBuf::from(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

/// Rows per statement: large enough that the call is cheap beside the work, small enough for memory.
const CHUNK: usize = 1000;

/// Writes what came as it came; what follows from it is derived afterwards.
pub(super) async fn write_delta(connection: &mut SqliteConnection, delta: &Delta) -> Result<()> {
    write_commits(connection, delta).await?;
    write_changes(connection, delta).await?;
    write_chain(connection, delta).await?;
    write_decisions(connection, delta).await?;
    write_heads(connection, &delta.heads).await
}

async fn write_commits(connection: &mut SqliteConnection, delta: &Delta) -> Result<()> {
    let generations = generations(connection, delta).await?;
    for chunk in delta.commits.chunks(CHUNK) {
        let rows: Vec<_> = chunk
            .iter()
            .map(|row| {
                let facts = &row.facts;
                json!([
                    facts.id.to_string(),
                    generations[&facts.id],
                    facts.authored_at,
                    facts.committed_at,
                    facts.subject(),
                    row.by_server
                ])
            })
            .collect();
        let rows = serde_json::to_string(&rows)?;
        sqlx::query!(
            "INSERT INTO commits (id, generation, authored_at, committed_at, subject, by_server)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each($1)",
            rows
        )
        .execute(&mut *connection)
        .await?;
    }
    let people: Vec<_> = delta
        .commits
        .iter()
        .filter(|row| !row.changes.is_empty())
        .flat_map(people_of)
        .collect();
    for chunk in people.chunks(CHUNK) {
        let rows = serde_json::to_string(chunk)?;
        sqlx::query!(
            "INSERT OR IGNORE INTO commit_people (commit_id, part, address, name)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1)",
            rows
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

fn people_of(row: &super::gather::NewCommitRow) -> Vec<serde_json::Value> {
    let id = row.facts.id.to_string();
    let coauthors = row.coauthors.iter().map(|person| ("coauthor", person));
    let all = [
        ("author", &row.facts.author),
        ("committer", &row.facts.committer),
    ]
    .into_iter()
    .chain(coauthors);
    all.map(|(part, person)| json!([id, part, person.address, person.name]))
        .collect()
}

/// Returns each new commit's generation: one more than the largest of its parents.
async fn generations(
    connection: &mut SqliteConnection,
    delta: &Delta,
) -> Result<std::collections::HashMap<CommitId, i64>> {
    let mut known = std::collections::HashMap::new();
    let new: std::collections::HashSet<CommitId> =
        delta.commits.iter().map(|row| row.facts.id).collect();
    let outside: Vec<String> = delta
        .commits
        .iter()
        .flat_map(|row| &row.facts.parents)
        .filter(|parent| !new.contains(parent))
        .map(CommitId::to_string)
        .collect();
    let outside = serde_json::to_string(&outside)?;
    let rows = sqlx::query!(
        "SELECT id, generation FROM commits WHERE id IN (SELECT value FROM json_each($1))",
        outside
    )
    .fetch_all(&mut *connection)
    .await?;
    for row in rows {
        known.insert(row.id.parse::<CommitId>()?, row.generation);
    }
    for row in &delta.commits {
        let largest = row
            .facts
            .parents
            .iter()
            .filter_map(|parent| known.get(parent))
            .max()
            .copied();
        known.insert(row.facts.id, largest.unwrap_or(0) + 1);
    }
    Ok(known)
}

async fn write_changes(connection: &mut SqliteConnection, delta: &Delta) -> Result<()> {
    let rows: Vec<_> = delta
        .commits
        .iter()
        .flat_map(|commit| commit.changes.iter().map(move |row| (commit.facts.id, row)))
        .map(|(commit, row)| {
            let facts = row.facts.as_ref();
            json!([
                row.change.path,
                commit.to_string(),
                row.change.old.map(|blob| blob.to_string()),
                row.change.new.map(|(blob, _)| blob.to_string()),
                row.renamed_from,
                facts.and_then(|facts| facts.record_id.as_deref()),
                facts.and_then(|facts| facts.status.as_deref()),
                facts.and_then(|facts| facts.version.as_deref()),
                facts
                    .and_then(|facts| facts.problem.as_ref())
                    .map(Refusal::to_string),
            ])
        })
        .collect();
    for chunk in rows.chunks(CHUNK) {
        let rows = serde_json::to_string(chunk)?;
        sqlx::query!(
            "INSERT INTO changes (path, commit_id, old_blob, new_blob, renamed_from, record_id, status, version, problem)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8
             FROM json_each($1)",
            rows
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

async fn write_chain(connection: &mut SqliteConnection, delta: &Delta) -> Result<()> {
    let rows: Vec<_> = delta
        .baseline
        .iter()
        .map(|row| {
            json!([
                row.path,
                row.facts.record_id,
                row.blob.to_string(),
                row.facts.status,
                row.facts.version
            ])
        })
        .collect();
    for chunk in rows.chunks(CHUNK) {
        let rows = serde_json::to_string(chunk)?;
        sqlx::query!(
            "INSERT INTO baseline (path, record_id, blob, status, version)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each($1)",
            rows
        )
        .execute(&mut *connection)
        .await?;
    }
    let links: Vec<_> = delta.links.iter().map(link_row).collect();
    for chunk in links.chunks(CHUNK) {
        let rows = serde_json::to_string(chunk)?;
        sqlx::query!(
            "INSERT INTO attestations (sequence, commit_id, record_id, path, transition, status_from, status_to, version_from, version_to, bump,
                                       base, proposed, result, policy, decisions, authored_by, approved_by, at)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9,
                    value ->> 10, value ->> 11, value ->> 12, value ->> 13, value ->> 14, value ->> 15, value ->> 16, value ->> 17
             FROM json_each($1)",
            rows
        )
        .execute(&mut *connection)
        .await?;
    }
    for (sequence, commits) in &delta.epochs {
        let ids: Vec<String> = commits.iter().map(CommitId::to_string).collect();
        let ids = serde_json::to_string(&ids)?;
        sqlx::query!("UPDATE commits SET epoch = $1 WHERE id IN (SELECT value FROM json_each($2)) AND epoch IS NULL", sequence, ids)
            .execute(&mut *connection)
            .await?;
    }
    for (commit, reason) in &delta.strays {
        let commit = commit.to_string();
        sqlx::query!(
            "INSERT OR REPLACE INTO strays (commit_id, reason) VALUES ($1, $2)",
            commit,
            reason
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

fn link_row(link: &super::gather::Link) -> serde_json::Value {
    let said = &link.attestation;
    let lines = |people: &[crate::id::Identity]| {
        people
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    };
    json!([
        link.sequence,
        link.commit.to_string(),
        said.record.0,
        said.path,
        said.step.transition,
        said.step.from,
        said.step.to,
        said.version
            .as_ref()
            .and_then(|version| version.from.as_ref())
            .map(ToString::to_string),
        said.version.as_ref().map(|version| version.to.to_string()),
        said.version.as_ref().map(|version| version.bump.name()),
        said.base.map(|blob| blob.to_string()),
        said.proposed.to_string(),
        link.result.to_string(),
        said.policy.to_string(),
        said.decisions.to_string(),
        lines(&said.authored_by),
        lines(&said.approved_by),
        link.at,
    ])
}

async fn write_decisions(connection: &mut SqliteConnection, delta: &Delta) -> Result<()> {
    let last =
        sqlx::query_scalar!("SELECT coalesce(max(position), 0) AS \"last!: i64\" FROM decisions")
            .fetch_one(&mut *connection)
            .await?;
    let rows: Vec<_> = delta
        .decisions
        .iter()
        .zip(last + 1..)
        .map(|(row, position)| {
            let said = &row.decision;
            json!([
                position,
                row.commit.to_string(),
                said.act.name(),
                said.transition,
                said.record.0,
                said.path,
                said.base.map(|blob| blob.to_string()),
                said.proposed.to_string(),
                said.policy.to_string(),
                said.bump.map(crate::policy::Bump::name),
                said.operation,
                said.text,
                row.by.name,
                row.by.address,
                row.at,
            ])
        })
        .collect();
    for chunk in rows.chunks(CHUNK) {
        let rows = serde_json::to_string(chunk)?;
        sqlx::query!(
            "INSERT INTO decisions (position, commit_id, act, transition, record_id, path, base, proposed, policy, bump, operation, text, name, address, at)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9,
                    value ->> 10, value ->> 11, value ->> 12, value ->> 13, value ->> 14
             FROM json_each($1)",
            rows
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

async fn write_heads(connection: &mut SqliteConnection, heads: &Heads) -> Result<()> {
    let chain = heads.chain.map(|(commit, _)| commit);
    let all = [
        ("tip", heads.tip),
        ("journal", heads.journal),
        ("baseline", heads.baseline),
        ("chain", chain),
        ("policy", heads.policy),
    ];
    for (name, commit) in all {
        let Some(commit) = commit.map(|commit| commit.to_string()) else {
            continue;
        };
        sqlx::query!(
            "INSERT OR REPLACE INTO heads (name, commit_id) VALUES ($1, $2)",
            name,
            commit
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
