//! What programs were answered: the same request under the same key, sent again because its answer was lost, is answered the same and done once.
//!
//! A key is claimed before its request is carried out and keeps the answer afterwards. What went wrong keeps nothing, for nothing was done. A claim whose
//! request died with the process runs out.

use anyhow::Result;

use super::{Accounts, normal};

/// Seconds for which an answer is kept.
pub const KEPT: i64 = 24 * 60 * 60;

/// Seconds after which a request that has no answer is taken for dead.
const UNDER_WAY: i64 = 120;

/// What came of claiming a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// The key is new: the request is to be carried out.
    Taken,
    /// The same request was answered so: status and body.
    Answered(u16, String),
    /// The same request is being carried out.
    UnderWay,
    /// The key came with another request.
    Another,
}

impl Accounts {
    /// Claims a key of an address for a request, named by its digest.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn claim_key(
        &self,
        address: &str,
        key: &str,
        request: &str,
        now: i64,
    ) -> Result<Claim> {
        let address = normal(address);
        let (kept, alive) = (now - KEPT, now - UNDER_WAY);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query!(
            "DELETE FROM api_answers WHERE begun_at <= $1 OR (status IS NULL AND begun_at <= $2)",
            kept,
            alive
        )
        .execute(&mut *transaction)
        .await?;
        let known = sqlx::query!(
            "SELECT request, status, body FROM api_answers WHERE address = $1 AND key = $2",
            address,
            key
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let claim = match known {
            Some(row) if row.request != request => Claim::Another,
            Some(row) => match row.status.and_then(|status| u16::try_from(status).ok()) {
                Some(status) => Claim::Answered(status, row.body.unwrap_or_default()),
                None => Claim::UnderWay,
            },
            None => {
                sqlx::query!(
                    "INSERT INTO api_answers (address, key, request, begun_at) VALUES ($1, $2, $3, $4)",
                    address,
                    key,
                    request,
                    now
                )
                .execute(&mut *transaction)
                .await?;
                Claim::Taken
            }
        };
        transaction.commit().await?;
        Ok(claim)
    }

    /// Keeps the answer of a claimed key.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn keep_answer(
        &self,
        address: &str,
        key: &str,
        status: u16,
        body: &str,
    ) -> Result<()> {
        let (address, status) = (normal(address), i64::from(status));
        sqlx::query!(
            "UPDATE api_answers SET status = $3, body = $4 WHERE address = $1 AND key = $2",
            address,
            key,
            status,
            body
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Gives a claimed key back: its request did nothing.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn release_key(&self, address: &str, key: &str) -> Result<()> {
        let address = normal(address);
        sqlx::query!(
            "DELETE FROM api_answers WHERE address = $1 AND key = $2 AND status IS NULL",
            address,
            key
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
