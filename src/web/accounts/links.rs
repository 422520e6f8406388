//! Sign-in links: made by the operator, used up by a button.

use anyhow::Result;

use super::{Accounts, normal, random_token, token_hash};

/// What a link that can still be used is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInLink {
    /// Whom it signs in.
    pub address: String,
    /// Whether it may be used again.
    pub reusable: bool,
}

/// Hours for which a link that is handed on can be used, where nothing else is said.
pub const LINK_HOURS: i64 = 24;

impl Accounts {
    /// Makes a link for an address and returns its token, which is kept nowhere else.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn link(
        &self,
        address: &str,
        expires_at: Option<i64>,
        reusable: bool,
    ) -> Result<String> {
        let (token, address) = (random_token()?, normal(address));
        let hash = token_hash(&token);
        sqlx::query!(
            "INSERT INTO sign_in_links (token_hash, address, expires_at, reusable) VALUES ($1, $2, $3, $4)",
            hash,
            address,
            expires_at,
            reusable
        )
        .execute(&self.pool)
        .await?;
        Ok(token)
    }

    /// Returns what a link is for, without using it; `None` for one that is unknown, used up or too old.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn find_link(&self, token: &str, now: i64) -> Result<Option<SignInLink>> {
        let hash = token_hash(token);
        let row = sqlx::query!(
            "SELECT address, reusable FROM sign_in_links
             WHERE token_hash = $1 AND (reusable = 1 OR used_at IS NULL) AND (expires_at IS NULL OR expires_at > $2)",
            hash,
            now
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| SignInLink {
            address: row.address,
            reusable: row.reusable != 0,
        }))
    }

    /// Uses a link and returns whom it signs in. Of two uses at once of a link that works once, one succeeds.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn use_link(&self, token: &str, now: i64) -> Result<Option<String>> {
        let hash = token_hash(token);
        Ok(sqlx::query_scalar!(
            "UPDATE sign_in_links SET used_at = $2
             WHERE token_hash = $1 AND (reusable = 1 OR used_at IS NULL) AND (expires_at IS NULL OR expires_at > $2)
             RETURNING address",
            hash,
            now
        )
        .fetch_optional(&self.pool)
        .await?)
    }
}
