//! How far the letters to somebody have come: what is on its way is kept before it is sent, and what arrived after.

use anyhow::Result;

use super::{Accounts, normal};
use crate::index::Place;

/// How far the letters to an address have come in a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailing {
    /// Everything up to here was sent.
    pub place: Place,
    /// What is on its way.
    pub on_its_way: Option<OnItsWay>,
    /// When something to tell was first seen.
    pub seen_at: Option<i64>,
    /// The day of the last daily letter, counted since 1970.
    pub day: Option<i64>,
    /// How often what is on its way failed.
    pub failures: i64,
    /// Before which it is not tried again.
    pub retry_at: Option<i64>,
}

/// What goes with letters that are on their way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnItsWay {
    /// Everything up to here.
    pub to: Place,
    /// Notices beyond journal and chain, by their names.
    pub also: Vec<String>,
}

/// Seconds for which it is kept that a notice beyond journal and chain was sent: longer than most of them stand.
const KEPT: i64 = 180 * 24 * 60 * 60;

impl Accounts {
    /// Returns how far the letters have come. Where none were sent yet they begin at a place and a day.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn mailing(
        &self,
        address: &str,
        repository: &str,
        begins: Place,
        day: i64,
    ) -> Result<Mailing> {
        let address = normal(address);
        sqlx::query!(
            "INSERT OR IGNORE INTO mailings (address, repository, journal, chain, day, failures) VALUES ($1, $2, $3, $4, $5, 0)",
            address,
            repository,
            begins.journal,
            begins.chain,
            day
        )
        .execute(&self.pool)
        .await?;
        let row = sqlx::query!(
            "SELECT journal, chain, to_journal, to_chain, also, seen_at, day, failures, retry_at FROM mailings
             WHERE address = $1 AND repository = $2",
            address,
            repository
        )
        .fetch_one(&self.pool)
        .await?;
        let also = match &row.also {
            Some(also) => serde_json::from_str(also)?,
            None => Vec::new(),
        };
        let to = row.to_journal.zip(row.to_chain);
        Ok(Mailing {
            place: Place {
                journal: row.journal,
                chain: row.chain,
            },
            on_its_way: to.map(|(journal, chain)| OnItsWay {
                to: Place { journal, chain },
                also,
            }),
            seen_at: row.seen_at,
            day: row.day,
            failures: row.failures,
            retry_at: row.retry_at,
        })
    }

    /// Notes when something to tell was first seen, or that nothing is left of it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn note_seen(
        &self,
        address: &str,
        repository: &str,
        seen_at: Option<i64>,
    ) -> Result<()> {
        let address = normal(address);
        sqlx::query!(
            "UPDATE mailings SET seen_at = $3 WHERE address = $1 AND repository = $2 AND seen_at IS NOT $3",
            address,
            repository,
            seen_at
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Keeps what goes with letters before they are sent.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn send_off(
        &self,
        address: &str,
        repository: &str,
        what: &OnItsWay,
        day: i64,
    ) -> Result<()> {
        let (address, also) = (normal(address), serde_json::to_string(&what.also)?);
        sqlx::query!(
            "UPDATE mailings SET to_journal = $3, to_chain = $4, also = $5, day = $6, failures = 0, retry_at = NULL
             WHERE address = $1 AND repository = $2",
            address,
            repository,
            what.to.journal,
            what.to.chain,
            also,
            day
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Notes that what was on its way arrived, or is given up.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn arrived(
        &self,
        address: &str,
        repository: &str,
        what: &OnItsWay,
        now: i64,
    ) -> Result<()> {
        let (address, also) = (normal(address), serde_json::to_string(&what.also)?);
        let oldest = now - KEPT;
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query!(
            "UPDATE mailings SET journal = $3, chain = $4, to_journal = NULL, to_chain = NULL, also = NULL, seen_at = NULL, failures = 0, retry_at = NULL
             WHERE address = $1 AND repository = $2",
            address,
            repository,
            what.to.journal,
            what.to.chain
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "INSERT OR REPLACE INTO notices_mailed (address, repository, notice, at) SELECT $1, $2, value, $4 FROM json_each($3)",
            address,
            repository,
            also,
            now
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!("DELETE FROM notices_mailed WHERE at < $1", oldest)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Notes that what is on its way failed, how often by now, and before when it is not tried again.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn failed(
        &self,
        address: &str,
        repository: &str,
        failures: i64,
        retry_at: i64,
    ) -> Result<()> {
        let address = normal(address);
        sqlx::query!(
            "UPDATE mailings SET failures = $3, retry_at = $4 WHERE address = $1 AND repository = $2",
            address,
            repository,
            failures,
            retry_at
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Returns which of these notices were not sent yet.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn not_mailed(
        &self,
        address: &str,
        repository: &str,
        names: &[String],
    ) -> Result<Vec<String>> {
        let (address, asked) = (normal(address), serde_json::to_string(names)?);
        let mailed = sqlx::query_scalar!(
            "SELECT notice FROM notices_mailed WHERE address = $1 AND repository = $2 AND notice IN (SELECT value FROM json_each($3))",
            address,
            repository,
            asked
        )
        .fetch_all(&self.pool)
        .await?;
        let fresh = names.iter().filter(|name| !mailed.contains(name));
        Ok(fresh.cloned().collect())
    }
}
