//! Sign-ins on their way through the identity provider: what was sent along is kept here, bound to the browser that set out, and taken out once.

use anyhow::Result;

use super::{Accounts, token_hash};

/// Seconds that somebody may take at the provider.
pub const MOST_SECONDS: i64 = 10 * 60;

/// Sign-ins that may be under way; a flood of beginnings fills no disk. The oldest make room.
const MOST: i64 = 10_000;

/// A sign-in that is under way.
#[derive(Clone, PartialEq, Eq)]
pub struct UnderWay {
    /// What the provider's statement must repeat.
    pub nonce: String,
    /// The secret behind the PKCE challenge.
    pub verifier: String,
    /// The local page to go on to.
    pub next: String,
}

impl Accounts {
    /// Notes a sign-in that sets out.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn set_out(
        &self,
        state: &str,
        browser: &str,
        under_way: &UnderWay,
        now: i64,
    ) -> Result<()> {
        let (state, browser, expires_at) =
            (token_hash(state), token_hash(browser), now + MOST_SECONDS);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let others = MOST - 1;
        sqlx::query!(
            "DELETE FROM provider_sign_ins WHERE expires_at <= $1 OR state_hash NOT IN
               (SELECT state_hash FROM provider_sign_ins ORDER BY expires_at DESC LIMIT $2)",
            now,
            others
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "INSERT INTO provider_sign_ins (state_hash, browser_hash, nonce, verifier, next, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
            state,
            browser,
            under_way.nonce,
            under_way.verifier,
            under_way.next,
            expires_at
        )
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// Takes out the sign-in that a browser set out with; `None` where it never did, came back before, or took too long.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn come_back(
        &self,
        state: &str,
        browser: &str,
        now: i64,
    ) -> Result<Option<UnderWay>> {
        let (state, browser) = (token_hash(state), token_hash(browser));
        let row = sqlx::query_as!(
            UnderWay,
            "DELETE FROM provider_sign_ins WHERE state_hash = $1 AND browser_hash = $2 AND expires_at > $3
             RETURNING nonce, verifier, next",
            state,
            browser,
            now
        );
        Ok(row.fetch_optional(&self.pool).await?)
    }
}
