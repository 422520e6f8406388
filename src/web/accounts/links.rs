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

/// A link that an administrator made for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkMade {
    /// The administrator's address.
    pub by: String,
    /// When it was made, seconds since 1970 in UTC.
    pub at: i64,
    /// When it was used.
    pub used_at: Option<i64>,
}

/// Hours for which a link of an administrator can be used.
pub const LINK_HOURS: i64 = 24;

/// How many made links somebody is told of.
const TOLD: i64 = 10;

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
            "INSERT INTO sign_in_links (token_hash, address, expires_at, reusable, made_by) VALUES ($1, $2, $3, $4, '')",
            hash,
            address,
            expires_at,
            reusable
        )
        .execute(&self.pool)
        .await?;
        Ok(token)
    }

    /// Makes a link that an administrator hands on, takes back those of the address that were not used yet, and returns its token, which is kept
    /// nowhere else. The person it is for is told who made it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn link_by(&self, address: &str, by: &str, now: i64) -> Result<String> {
        let (token, address, by) = (random_token()?, normal(address), normal(by));
        let (hash, expires_at) = (token_hash(&token), now + LINK_HOURS * 3600);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query!(
            "DELETE FROM sign_in_links WHERE address = $1 AND reusable = 0 AND used_at IS NULL AND made_by <> ''",
            address
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "INSERT INTO sign_in_links (token_hash, address, expires_at, reusable, made_at, made_by) VALUES ($1, $2, $3, 0, $4, $5)",
            hash,
            address,
            expires_at,
            now,
            by
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(token)
    }

    /// Returns the links that administrators made for an address, the last first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn links_made(&self, address: &str) -> Result<Vec<LinkMade>> {
        let address = normal(address);
        let rows = sqlx::query_as!(
            LinkMade,
            r#"SELECT made_by AS by, made_at AS "at!: i64", used_at FROM sign_in_links
               WHERE address = $1 AND made_by <> '' AND made_at IS NOT NULL ORDER BY made_at DESC LIMIT $2"#,
            address,
            TOLD
        );
        Ok(rows.fetch_all(&self.pool).await?)
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
