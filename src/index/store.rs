//! The index file: opened, or put aside and made anew.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::changed::{Changed, Editions};
use super::gather::Heads;
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
    trusted: OnceLock<String>,
    /// The changes of the picture, as far as this process made them.
    editions: RwLock<Editions>,
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
            trusted: OnceLock::new(),
            editions: RwLock::default(),
            syncing: tokio::sync::Mutex::default(),
        })
    }

    /// Copies the picture as it stands into a file that is not there yet. May be done beside the process that keeps it up to date.
    ///
    /// # Errors
    /// When either file cannot be read or written.
    pub async fn copy_to(&self, path: &Path) -> Result<()> {
        let path = path.to_str().context("the path is no text")?;
        sqlx::query("VACUUM INTO $1")
            .bind(path)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Says which key this server signs with, by its fingerprint: a baseline that it signed is never pushed aside by another one. Said once, before the
    /// first sync; later words change nothing.
    pub fn trust(&self, fingerprint: String) {
        let _ = self.trusted.set(fingerprint);
    }

    pub(super) fn trusted(&self) -> Option<String> {
        self.trusted.get().cloned()
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
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Returns the number of the picture's edition: another one after each sync that wrote anything, and after a change of the rules in force. What
    /// was read after asking for it is at least as new.
    pub fn edition(&self) -> u64 {
        let editions = self.editions.read();
        editions.unwrap_or_else(PoisonError::into_inner).number()
    }

    /// Returns what changed since an edition; `None` where that may be anything.
    pub fn changed_since(&self, edition: u64) -> Option<Changed> {
        let editions = self.editions.read();
        editions
            .unwrap_or_else(PoisonError::into_inner)
            .since(edition)
    }

    /// Says that an edition is about to be committed. Whoever commits may be stopped before they can say that it was.
    pub(super) fn expect_edition(&self) {
        let editions = self.editions.write();
        editions.unwrap_or_else(PoisonError::into_inner).expect();
    }

    /// Returns whether an edition was expected that never began.
    pub(super) fn is_unsure(&self) -> bool {
        let editions = self.editions.read();
        editions.unwrap_or_else(PoisonError::into_inner).is_unsure()
    }

    /// Begins an edition that differs from the last one in this, or in everything.
    pub(super) fn begin_edition(&self, changed: Option<Changed>) {
        let editions = self.editions.write();
        editions
            .unwrap_or_else(PoisonError::into_inner)
            .begin(changed);
    }

    pub(super) fn set_rules(&self, rules: RulesInForce, changed: Option<Changed>) {
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = rules;
        self.begin_edition(changed);
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
        let amendments = sqlx::query_scalar!(
            "SELECT commit_id FROM attestations WHERE path = 'countersign.toml' AND transition = 'amend' ORDER BY sequence"
        )
        .fetch_all(&self.reader)
        .await?;
        Ok(Heads {
            amendments: amendments
                .iter()
                .map(|id| Ok(id.parse()?))
                .collect::<Result<_>>()?,
            tip: head("tip")?,
            journal: head("journal")?,
            baseline: head("baseline")?,
            chain: head("chain")?.map(|commit| (commit, sequence.unwrap_or(0))),
            policy: head("policy")?,
            trusted: self.trusted(),
        })
    }
}

/// Returns those of these commits that the picture holds.
pub(super) async fn held(pool: &SqlitePool, ids: &[CommitId]) -> Result<HashSet<CommitId>> {
    let ids: Vec<String> = ids.iter().map(CommitId::to_string).collect();
    let ids = serde_json::to_string(&ids)?;
    let held = sqlx::query_scalar!(
        "SELECT id FROM commits WHERE id IN (SELECT value FROM json_each($1))",
        ids
    )
    .fetch_all(pool)
    .await?;
    Ok(held.iter().map(|id| id.parse()).collect::<Result<_, _>>()?)
}

/// Returns the branches that the picture holds as proposals, and their heads.
pub(super) async fn branch_heads(pool: &SqlitePool) -> Result<BTreeMap<String, CommitId>> {
    let rows = sqlx::query!("SELECT branch, head FROM proposals")
        .fetch_all(pool)
        .await?;
    rows.into_iter()
        .map(|row| Ok((row.branch, row.head.parse()?)))
        .collect()
}

/// Returns the proposals that count one of these commits as their own.
pub(super) async fn branches_of(pool: &SqlitePool, ids: &[CommitId]) -> Result<HashSet<String>> {
    let ids: Vec<String> = ids.iter().map(CommitId::to_string).collect();
    let ids = serde_json::to_string(&ids)?;
    let branches = sqlx::query_scalar!(
        "SELECT DISTINCT branch FROM proposal_commits WHERE commit_id IN (SELECT value FROM json_each($1))",
        ids
    )
    .fetch_all(pool)
    .await?;
    Ok(branches.into_iter().collect())
}

/// Empties every table.
pub(super) async fn clear(connection: &mut SqliteConnection) -> Result<()> {
    for table in tables(connection).await? {
        // The names come from our own schema.
        sqlx::query(sqlx::AssertSqlSafe(format!("DELETE FROM \"{table}\"")))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
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
