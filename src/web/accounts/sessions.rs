//! Sessions: begun at sign-in with a new token, seen and ended by their owner, ended by the server.
//!
//! Nothing of a session is held in memory: each request asks the database, so that one which ends anywhere ends everywhere.

use anyhow::Result;

use super::{Accounts, Agent, normal, random_token, token_hash};

/// Seconds without a request after which a session ends.
const IDLE: i64 = 12 * 60 * 60;

/// Seconds after which a session ends, however busy.
const ABSOLUTE: i64 = 30 * 24 * 60 * 60;

/// Seconds between two notes of when a session was seen; one for each request would make every page a write.
const NOTED_EVERY: i64 = 60;

/// Sessions that one address may have; the one that was seen least lately makes room. More would be nobody's browsers.
const MOST: i64 = 50;

/// Somebody who is signed in.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// Their address, lower case.
    pub address: String,
    /// The key of this session's form tokens.
    pub form_key: String,
    /// What its owner calls it by.
    pub name: String,
    /// When it began, seconds since 1970 in UTC.
    pub begun_at: i64,
}

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionSeen {
    /// What it is ended by.
    pub name: String,
    /// When it began.
    pub begun_at: i64,
    /// When it was last seen, to the minute.
    pub seen_at: i64,
    /// "Firefox", or empty.
    pub browser: String,
    /// "Linux", or empty.
    pub system: String,
}

impl Accounts {
    /// Begins a session and returns its token, which is kept nowhere else. Sessions that ran out are swept.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn begin_session(&self, address: &str, agent: Agent, now: i64) -> Result<String> {
        let (token, form_key, name) = (random_token()?, random_token()?, random_token()?);
        let (address, hash) = (normal(address), token_hash(&token));
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let (idle, absolute) = (now - IDLE, now - ABSOLUTE);
        sqlx::query!(
            "DELETE FROM sessions WHERE seen_at <= $1 OR created_at <= $2",
            idle,
            absolute
        )
        .execute(&mut *transaction)
        .await?;
        let others = MOST - 1;
        sqlx::query!(
            "DELETE FROM sessions WHERE address = $1 AND token_hash NOT IN
               (SELECT token_hash FROM sessions WHERE address = $1 ORDER BY seen_at DESC LIMIT $2)",
            address,
            others
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "INSERT INTO sessions (token_hash, address, form_key, created_at, seen_at, name, browser, system)
             VALUES ($1, $2, $3, $4, $4, $5, $6, $7)",
            hash,
            address,
            form_key,
            now,
            name,
            agent.browser,
            agent.system
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(token)
    }

    /// Returns the session of a token, unless it ended.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn session(&self, token: &str, now: i64) -> Result<Option<Session>> {
        let (hash, idle, absolute) = (token_hash(token), now - IDLE, now - ABSOLUTE);
        let row = sqlx::query!(
            "SELECT address, form_key, name, created_at, seen_at FROM sessions
             WHERE token_hash = $1 AND seen_at > $2 AND created_at > $3",
            hash,
            idle,
            absolute
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        if row.seen_at + NOTED_EVERY <= now {
            sqlx::query!(
                "UPDATE sessions SET seen_at = $2 WHERE token_hash = $1",
                hash,
                now
            )
            .execute(&self.pool)
            .await?;
        }
        Ok(Some(Session {
            address: row.address,
            form_key: row.form_key,
            name: row.name,
            begun_at: row.created_at,
        }))
    }

    /// Returns the sessions of an address, the one that was seen last first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn sessions_of(&self, address: &str, now: i64) -> Result<Vec<SessionSeen>> {
        let (address, idle, absolute) = (normal(address), now - IDLE, now - ABSOLUTE);
        let rows = sqlx::query_as!(
            SessionSeen,
            "SELECT name, created_at AS begun_at, seen_at, browser, system FROM sessions
             WHERE address = $1 AND seen_at > $2 AND created_at > $3 ORDER BY seen_at DESC, created_at DESC, name",
            address,
            idle,
            absolute
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Returns whether the session of a token still stands. Unlike [`Accounts::session`] this is no request of its owner's: a page left open does not
    /// keep a session alive.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn stands(&self, token: &str, now: i64) -> Result<bool> {
        let (hash, idle, absolute) = (token_hash(token), now - IDLE, now - ABSOLUTE);
        let found = sqlx::query_scalar!(
            "SELECT 1 AS \"one!: i64\" FROM sessions WHERE token_hash = $1 AND seen_at > $2 AND created_at > $3",
            hash,
            idle,
            absolute
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(found.is_some())
    }

    /// Ends the session of a token; one that is not there is ended already.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn end_session(&self, token: &str) -> Result<()> {
        let hash = token_hash(token);
        sqlx::query!("DELETE FROM sessions WHERE token_hash = $1", hash)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Ends one session of an address by its name; that of somebody else stays.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn end_session_of(&self, address: &str, name: &str) -> Result<()> {
        let address = normal(address);
        sqlx::query!(
            "DELETE FROM sessions WHERE address = $1 AND name = $2",
            address,
            name
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Ends every session of an address but the one of this name, and returns how many that were.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn end_other_sessions(&self, address: &str, but: &str) -> Result<u64> {
        let address = normal(address);
        let ended = sqlx::query!(
            "DELETE FROM sessions WHERE address = $1 AND name <> $2",
            address,
            but
        )
        .execute(&self.pool)
        .await?;
        Ok(ended.rows_affected())
    }
}
