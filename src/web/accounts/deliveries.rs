//! The last webhooks that came.

use anyhow::Result;

use super::Accounts;
use crate::hosting::Host;
use crate::hosting::hook::Told;

/// The most webhooks of a repository that are kept, and the most of those that were refused: strangers push no good one out.
pub const MOST_KEPT: i64 = 5_000;
const MOST_REFUSED: i64 = 200;

/// What became of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It asked for a look.
    Asked,
    /// Its event moves nothing.
    Ignored,
    /// It is not proven.
    Refused,
}

impl Fate {
    fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Ignored => "ignored",
            Self::Refused => "refused",
        }
    }
}

/// A webhook that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The repository that its address names.
    pub repository: String,
    /// The host that its address names.
    pub host: Host,
    /// What it says.
    pub told: Told,
    /// Why it was refused, where it was.
    pub refused: Option<String>,
    /// How large it was.
    pub bytes: i64,
    /// When it came, seconds since 1970 in UTC.
    pub at: i64,
}

impl Received {
    /// Returns what became of it.
    pub fn fate(&self) -> Fate {
        match (&self.refused, self.told.asks_for_a_look) {
            (Some(_), _) => Fate::Refused,
            (None, true) => Fate::Asked,
            (None, false) => Fate::Ignored,
        }
    }
}

/// A webhook as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its number here.
    pub id: i64,
    /// The kind of host.
    pub host: String,
    /// The host's own id.
    pub delivery: Option<String>,
    /// The event in the host's words.
    pub event: String,
    /// What it says that moved, a line each.
    pub moved: String,
    /// `asked`, `ignored` or `refused`.
    pub outcome: String,
    /// Why it was refused.
    pub reason: String,
    /// How large it was.
    pub bytes: i64,
    /// When it came.
    pub received_at: i64,
    /// When the look ended that it asked for.
    pub looked_at: Option<i64>,
    /// How often it came.
    pub times: i64,
}

impl Accounts {
    /// Keeps webhooks that came, all in one go, and says of each whether it came for the first time.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn keep_deliveries(&self, received: &[Received]) -> Result<Vec<bool>> {
        let mut are_new = Vec::with_capacity(received.len());
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for one in received {
            let fate = one.fate();
            let delivery = Some(one.told.delivery.as_str());
            let delivery = delivery.filter(|id| !id.is_empty() && fate != Fate::Refused);
            let (host, outcome) = (one.host.name(), fate.name());
            let moved = one.told.moved.join("\n");
            let reason = one.refused.as_deref().unwrap_or_default();
            let times = sqlx::query_scalar!(
                "INSERT INTO deliveries (repository, host, delivery, event, moved, outcome, reason, bytes, received_at, times)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)
                 ON CONFLICT (repository, host, delivery) DO UPDATE SET times = times + 1 RETURNING times",
                one.repository,
                host,
                delivery,
                one.told.event,
                moved,
                outcome,
                reason,
                one.bytes,
                one.at
            );
            are_new.push(times.fetch_one(&mut *transaction).await? == 1);
        }
        if let Some(last) = received.last() {
            sqlx::query!(
                "DELETE FROM deliveries WHERE repository = $1 AND id <= (SELECT max(id) FROM deliveries) - $2",
                last.repository,
                MOST_KEPT
            )
            .execute(&mut *transaction)
            .await?;
            sqlx::query!(
                "DELETE FROM deliveries WHERE repository = $1 AND outcome = 'refused' AND id NOT IN
                 (SELECT id FROM deliveries WHERE repository = $1 AND outcome = 'refused' ORDER BY id DESC LIMIT $2)",
                last.repository,
                MOST_REFUSED
            )
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(are_new)
    }

    /// Returns the last webhooks of a repository, the newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn deliveries(&self, repository: &str, most: i64) -> Result<Vec<Delivery>> {
        Ok(sqlx::query_as!(
            Delivery,
            "SELECT id, host, delivery, event, moved, outcome, reason, bytes, received_at, looked_at, times
             FROM deliveries WHERE repository = $1 ORDER BY id DESC LIMIT $2",
            repository,
            most
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// Returns the number of the last webhook of all, for [`Accounts::note_looked`].
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn last_delivery(&self) -> Result<i64> {
        let last =
            sqlx::query_scalar!(r#"SELECT coalesce(max(id), 0) AS "last!: i64" FROM deliveries"#);
        Ok(last.fetch_one(&self.pool).await?)
    }

    /// Notes that a look ended that every webhook up to a number asked for.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn note_looked(&self, repository: &str, up_to: i64, now: i64) -> Result<()> {
        sqlx::query!(
            "UPDATE deliveries SET looked_at = $3
             WHERE repository = $1 AND id <= $2 AND looked_at IS NULL AND outcome = 'asked'",
            repository,
            up_to,
            now
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Returns when the last proven webhook of a repository came.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn last_proven(&self, repository: &str) -> Result<Option<i64>> {
        let last = sqlx::query_scalar!(
            r#"SELECT max(received_at) AS "last: i64" FROM deliveries WHERE repository = $1 AND outcome <> 'refused'"#,
            repository
        );
        Ok(last.fetch_one(&self.pool).await?)
    }
}
