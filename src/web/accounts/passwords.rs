//! Passwords: hashed with Argon2id off the async threads, and tried no faster than a person types.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::{PasswordHasher, PasswordVerifier};

use super::slowing::Verdict;
use super::{Accounts, Trier, normal};

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
    /// Too many tries from this peer for this address, or of this browser; the password was not looked at.
    TooMany,
    /// Too many strangers try at once; the password was not looked at.
    Busy,
}

impl Accounts {
    /// Sets a password, ends every session of its address, and takes back the links by which it could be set once more.
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
        sqlx::query!(
            "DELETE FROM sign_in_links WHERE address = $1 AND reusable = 0 AND used_at IS NULL",
            address
        )
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// Returns whether an address has a password.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn has_password(&self, address: &str) -> Result<bool> {
        let address = normal(address);
        let found = sqlx::query_scalar!(
            "SELECT changed_at FROM passwords WHERE address = $1",
            address
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(found.is_some())
    }

    /// Tries a password. Tries are counted before they are judged, so that many at once are slowed like many in a row.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn try_password(
        &self,
        address: &str,
        password: &str,
        trier: Trier<'_>,
        now: i64,
    ) -> Result<SignIn> {
        let address = normal(address);
        let counted = self.counted(&address, trier, now).await?;
        let Some(place) = self.place(counted.is_known).await? else {
            return Ok(SignIn::Busy);
        };
        let delay = match self.count_try(&counted, now).await? {
            Verdict::After(delay) => delay,
            Verdict::TooMany => return Ok(SignIn::TooMany),
        };
        let known = sqlx::query_scalar!("SELECT hash FROM passwords WHERE address = $1", address)
            .fetch_optional(&self.pool)
            .await?;
        let is_known = known.is_some();
        let hash: Arc<str> = known.map_or_else(|| Arc::clone(&self.dummy), Into::into);
        let verifies = verifies(password, hash).await?;
        drop(place);
        // Afterwards, and without a place: whoever waits keeps nobody else waiting.
        tokio::time::sleep(delay).await;
        if verifies && is_known {
            self.forget_tries(&counted).await?;
            return Ok(SignIn::Accepted);
        }
        Ok(SignIn::Refused)
    }

    async fn hashed(&self, password: &str) -> Result<String> {
        let _place = self.hashing.acquire().await?;
        let password = password.to_owned();
        tokio::task::spawn_blocking(move || hash(&password)).await?
    }
}

async fn verifies(password: &str, hash: Arc<str>) -> Result<bool> {
    // What is too long to be set is never anybody's; it costs as much as any other.
    let password: String = match password.len() <= MAX_PASSWORD_BYTES {
        true => password.to_owned(),
        false => String::new(),
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
