//! Who may sign in, and which programs act for them: passwords, sign-in links, sessions and tokens, in the private database.
//!
//! This module knows addresses, not people: what an address may do is the policy's to say, in each repository, at each request. Tokens are random
//! and leave here once; the database keeps their SHA-256 alone, so that a stolen backup opens nothing.

mod answers;
mod autosaves;
mod browsers;
mod builds;
mod deliveries;
mod hooks;
mod inbox;
mod links;
mod looked;
mod mailings;
mod passwords;
mod provided;
mod remotes;
mod requests;
mod sessions;
mod set_up;
mod slowing;
mod target_deliveries;
mod targets;
mod telling;
#[cfg(test)]
mod tests;
mod tokens;
mod views;

pub use answers::{Claim, KEPT};
pub use autosaves::{AUTOSAVES_KEPT, Autosave, MOST_AUTOSAVED_BYTES, MOST_AUTOSAVES};
pub use browsers::Agent;
pub use builds::Build;
pub use deliveries::{Delivery, Fate, Received};
pub use hooks::Hook;
pub use inbox::{MOST_READ_SINGLY, ReadMarks};
pub use links::{LINK_HOURS, SignInLink};
pub use looked::MOST_LOOKED_AT;
pub use mailings::{Mailing, OnItsWay};
pub use passwords::{MIN_PASSWORD_CHARS, SignIn, is_acceptable};
pub use provided::{MOST_SECONDS, UnderWay};
pub use remotes::{GivenLogin, GivenRemote};
pub use requests::{HostApi, KnownRequest};
pub use sessions::{Session, SessionSeen};
pub use slowing::Trier;
pub use target_deliveries::{Attempt, DeliveryCounts, NewDelivery, TargetDelivery, Then};
pub use targets::{KeptEndpoint, Mark, TargetState};
pub use telling::{Pace, Telling};
pub use tokens::{MAX_DAYS, MAX_NAME_CHARS, MOST, NewToken, PACE, PREFIX, Scope, Token, WINDOW};
pub use views::{MAX_VIEW_NAME_CHARS, MOST_VIEWS, SavedView};

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use sha2::{Digest, Sha256};
use sqlx::SqlitePool;
use sqlx::migrate::MigrateError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use tokio::sync::Semaphore;

use crate::refusal::Refusal;

/// The private database.
pub struct Accounts {
    pool: SqlitePool,
    /// Verified in the place of a password that is not there, so that the answer takes as long.
    dummy: Arc<str>,
    /// Held while a password is hashed: each hash takes memory that attackers must not multiply.
    hashing: Semaphore,
    /// The same for browsers that nobody has signed in with before.
    hashing_strangers: Semaphore,
    /// Held by a stranger that waits for a place.
    strangers_waiting: Semaphore,
    /// How fast programs come.
    pace: tokens::Pace,
}

/// One address as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Account {
    /// The address.
    pub address: String,
    /// When its password was last set; `None` where there is none.
    pub password_changed_at: Option<i64>,
    /// How many sessions it has, those that ran out included until they are swept.
    pub sessions: i64,
    /// How many links of it can still be used.
    pub links: i64,
}

/// Connections beside each other; each request asks once or twice.
const CONNECTIONS: u32 = 4;

/// Passwords hashed beside each other, for strangers and for those who are known.
const HASHERS: usize = 2;

fn of_newer_program(version: i64) -> Refusal {
    Refusal::new(
        "SRV-PRIVATE-001",
        format!(
            "a newer program wrote the private database, up to change {version}; nothing of it was touched"
        ),
        "start the newer program, or an older one with the backup that was taken before the upgrade",
    )
}

impl Accounts {
    /// Opens the private database, or begins an empty one.
    ///
    /// # Errors
    /// When the file cannot be opened or was made by a newer version.
    pub async fn open(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // Nothing else holds these rows: they must survive the power.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10));
        let pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS)
            .connect_with(options)
            .await
            .with_context(|| format!("failed to open the accounts {}", path.display()))?;
        match sqlx::migrate!("migrations/private").run(&pool).await {
            Ok(()) => {}
            Err(MigrateError::VersionMissing(version)) => {
                return Err(of_newer_program(version)
                    .in_path(path.display().to_string())
                    .into());
            }
            Err(error) => {
                return Err(error)
                    .with_context(|| format!("failed to prepare the accounts {}", path.display()));
            }
        }
        let dummy = tokio::task::spawn_blocking(|| passwords::hash("nobody's password")).await??;
        Ok(Self {
            pool,
            dummy: dummy.into(),
            hashing: Semaphore::new(HASHERS),
            hashing_strangers: Semaphore::new(HASHERS),
            strangers_waiting: Semaphore::new(Self::most_waiting()),
            pace: tokens::Pace::default(),
        })
    }

    /// Copies the database, as it stands at one moment, into a file that is not there yet.
    ///
    /// # Errors
    /// When it cannot be read, or the file cannot be written.
    pub async fn copy_to(&self, file: &Path) -> Result<()> {
        let name = file.to_str().context("the file's name is not UTF-8")?;
        sqlx::query("VACUUM INTO $1")
            .bind(name)
            .execute(&self.pool)
            .await
            .with_context(|| format!("failed to copy the private database to {name}"))?;
        Ok(())
    }

    /// Returns whether the database answers.
    pub async fn is_ready(&self) -> bool {
        sqlx::query("SELECT 1").execute(&self.pool).await.is_ok()
    }

    /// Returns every address that has a password, a session or a link, in order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn list(&self, now: i64) -> Result<Vec<Account>> {
        let rows = sqlx::query!(
            r#"SELECT address AS "address!: String",
                      (SELECT changed_at FROM passwords WHERE passwords.address = known.address) AS "changed_at?: i64",
                      (SELECT count(*) FROM sessions WHERE sessions.address = known.address) AS "sessions!: i64",
                      (SELECT count(*) FROM sign_in_links AS links WHERE links.address = known.address
                         AND (links.reusable = 1 OR links.used_at IS NULL) AND (links.expires_at IS NULL OR links.expires_at > $1)) AS "links!: i64"
               FROM (SELECT address FROM passwords UNION SELECT address FROM sessions UNION SELECT address FROM sign_in_links) AS known
               ORDER BY address"#,
            now
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| Account {
                address: row.address,
                password_changed_at: row.changed_at,
                sessions: row.sessions,
                links: row.links,
            })
            .collect())
    }
}

/// Returns an address as it is kept: without blanks around it, in lower case.
fn normal(address: &str) -> String {
    address.trim().to_lowercase()
}

/// Returns a new token for a browser or a link: 32 random bytes in hexadecimal.
///
/// # Errors
/// When the system has no random bytes.
pub fn random_token() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("no random bytes: {error}"))?;
    Ok(hex::encode(bytes))
}

/// Returns what the database keeps of a token.
fn token_hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}
