//! Sessions: begun at sign-in with a new token, ended by the server.

use anyhow::Result;

use super::{Accounts, normal, random_token, token_hash};

/// Seconds without a request after which a session ends.
const IDLE: i64 = 12 * 60 * 60;

/// Seconds after which a session ends, however busy.
const ABSOLUTE: i64 = 30 * 24 * 60 * 60;

/// Seconds between two notes of when a session was seen; one for each request would make every page a write.
const NOTED_EVERY: i64 = 60;

/// Somebody who is signed in.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// Their address, lower case.
    pub address: String,
    /// The key of this session's form tokens.
    pub form_key: String,
}

impl Accounts {
    /// Begins a session and returns its token, which is kept nowhere else. Sessions that ran out are swept.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn begin_session(&self, address: &str, now: i64) -> Result<String> {
        let (token, form_key, address) = (random_token()?, random_token()?, normal(address));
        let (idle, absolute, hash) = (now - IDLE, now - ABSOLUTE, token_hash(&token));
        sqlx::query!(
            "DELETE FROM sessions WHERE seen_at <= $1 OR created_at <= $2",
            idle,
            absolute
        )
        .execute(&self.pool)
        .await?;
        sqlx::query!(
            "INSERT INTO sessions (token_hash, address, form_key, created_at, seen_at) VALUES ($1, $2, $3, $4, $4)",
            hash,
            address,
            form_key,
            now
        )
        .execute(&self.pool)
        .await?;
        Ok(token)
    }

    /// Returns the session of a token, unless it ended.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn session(&self, token: &str, now: i64) -> Result<Option<Session>> {
        let (hash, idle, absolute) = (token_hash(token), now - IDLE, now - ABSOLUTE);
        let row = sqlx::query!(
            "SELECT address, form_key, seen_at FROM sessions WHERE token_hash = $1 AND seen_at > $2 AND created_at > $3",
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
        }))
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
}
