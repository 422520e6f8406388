//! Passwords: hashed with Argon2id off the async threads, and tried no faster than a person types.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::{PasswordHasher, PasswordVerifier};

use super::{Accounts, normal};

/// The shortest password that is taken, in characters.
pub const MIN_PASSWORD_CHARS: usize = 12;

/// The longest password that is hashed, in bytes.
const MAX_PASSWORD_BYTES: usize = 1024;

/// What came of an address and a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignIn {
    /// They belong together.
    Accepted,
    /// They do not, or there is no such address: the same answer after the same time.
    Refused,
    /// Too many tries from this peer for this address; the password was not looked at.
    TooMany,
}

impl Accounts {
    /// Sets a password and ends every session of its address.
    ///
    /// # Errors
    /// When the password is too short or too long, or the database cannot be written.
    pub async fn set_password(&self, address: &str, password: &str, now: i64) -> Result<()> {
        anyhow::ensure!(
            is_acceptable(password),
            "a password has at least {MIN_PASSWORD_CHARS} characters and at most {MAX_PASSWORD_BYTES} bytes"
        );
        let address = normal(address);
        let hash = self.hashed(password).await?;
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query!(
            "INSERT INTO passwords (address, hash, changed_at) VALUES ($1, $2, $3)
             ON CONFLICT (address) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at",
            address,
            hash,
            now
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!("DELETE FROM sessions WHERE address = $1", address)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Tries a password. Tries are counted before they are judged, so that many at once are slowed like many in a row.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn try_password(
        &self,
        address: &str,
        password: &str,
        peer: &str,
        now: i64,
    ) -> Result<SignIn> {
        let address = normal(address);
        let Some(delay) = self.count_try(&address, peer, now).await? else {
            return Ok(SignIn::TooMany);
        };
        tokio::time::sleep(delay).await;
        let known = sqlx::query_scalar!("SELECT hash FROM passwords WHERE address = $1", address)
            .fetch_optional(&self.pool)
            .await?;
        let is_known = known.is_some();
        let hash: Arc<str> = known.map_or_else(|| Arc::clone(&self.dummy), Into::into);
        if self.verifies(password, hash).await? && is_known {
            self.forget_tries(&address, peer).await?;
            return Ok(SignIn::Accepted);
        }
        Ok(SignIn::Refused)
    }

    async fn hashed(&self, password: &str) -> Result<String> {
        let _place = self.hashing.acquire().await?;
        let password = password.to_owned();
        tokio::task::spawn_blocking(move || hash(&password)).await?
    }

    async fn verifies(&self, password: &str, hash: Arc<str>) -> Result<bool> {
        let _place = self.hashing.acquire().await?;
        let password: String = if password.len() <= MAX_PASSWORD_BYTES {
            password.to_owned()
        } else {
            String::new()
        };
        let verifies = tokio::task::spawn_blocking(move || {
            let hash =
                PasswordHash::new(&hash).map_err(|error| anyhow!("a hash is damaged: {error}"))?;
            anyhow::Ok(
                Argon2::default()
                    .verify_password(password.as_bytes(), &hash)
                    .is_ok(),
            )
        });
        verifies.await?
    }
}

/// Returns whether a password may be set.
pub fn is_acceptable(password: &str) -> bool {
    password.chars().count() >= MIN_PASSWORD_CHARS && password.len() <= MAX_PASSWORD_BYTES
}

/// Returns the PHC string of a password.
pub(super) fn hash(password: &str) -> Result<String> {
    let hash: PasswordHash = Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(|error| anyhow!("failed to hash a password: {error}"))?;
    Ok(hash.to_string())
}
