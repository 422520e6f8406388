//! Slowing those who guess, without locking anybody out.
//!
//! Tries are counted for the address, for the peer, and for the two together. Only the two together can be refused: somebody who guesses at an
//! address closes it to their own peer alone. Behind a proxy all the world is one peer, so this alone would let a stranger close an administrator's
//! address. Therefore a browser in which the person has signed in before has tries of its own: nothing that others do counts against them, and what is
//! tried there counts against nobody else. Sign-in links and the identity provider are never counted. Many tries at one address, or from one peer, cost
//! each further one a second.
//!
//! Hashing is the work that guessing costs us. Strangers share two places for it and a short queue; browsers that are known, and sessions that stand,
//! have a place that strangers never take.

use std::time::Duration;

use anyhow::Result;
use tokio::sync::SemaphorePermit;

use super::{Accounts, token_hash};

/// How long a failed try counts, in seconds.
const WINDOW: i64 = 15 * 60;

/// Tries of one peer at one address, or of one known browser, before the next are refused unseen.
const PAIR_LIMIT: i64 = 10;

/// Tries at one address, or of one peer, before each further one is slowed.
const SLOWED_AFTER: i64 = 20;

/// How long a slowed try waits.
const DELAY: Duration = Duration::from_secs(1);

/// Strangers that may wait for their password to be hashed; the rest are told to come back, so that nobody waits for minutes.
const STRANGERS_WAITING: usize = 64;

/// Who tries a password.
#[derive(Debug, Clone, Copy)]
pub enum Trier<'a> {
    /// A visitor: the peer, and the token that their browser kept from earlier sign-ins, if it holds one.
    Visitor {
        /// Where the request came from.
        peer: &'a str,
        /// The browser's token.
        browser: Option<&'a str>,
    },
    /// Somebody signed in who is asked for the present password; the session's name.
    Session(&'a str),
}

/// What the tries of somebody are counted as.
pub(super) struct Counted {
    /// The most exact subject first: its count alone can refuse.
    subjects: Vec<String>,
    /// Whether this is a browser that is known, or a session.
    pub is_known: bool,
}

/// What is to become of a try.
pub(super) enum Verdict {
    /// It waits so long and is looked at.
    After(Duration),
    /// It is refused unseen.
    TooMany,
}

impl Accounts {
    /// Says what the tries of somebody at an address are counted as.
    pub(super) async fn counted(
        &self,
        address: &str,
        trier: Trier<'_>,
        now: i64,
    ) -> Result<Counted> {
        // Long addresses are cut: what is counted is not what somebody chose to send.
        let address: String = address.chars().take(254).collect();
        let (peer, browser) = match trier {
            Trier::Session(name) => return Ok(Counted::alone(format!("session {name}"))),
            Trier::Visitor { peer, browser } => (peer, browser.map(token_hash)),
        };
        if let Some(browser) = browser
            && self.knows_browser(&browser, &address, now).await?
        {
            return Ok(Counted::alone(format!("browser {browser} {address}")));
        }
        Ok(Counted {
            subjects: vec![
                format!("both {peer} {address}"),
                format!("address {address}"),
                format!("peer {peer}"),
            ],
            is_known: false,
        })
    }

    /// Counts a try and says what is to become of it.
    pub(super) async fn count_try(&self, counted: &Counted, now: i64) -> Result<Verdict> {
        let since = now - WINDOW;
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query!("DELETE FROM failed_sign_ins WHERE at <= $1", since)
            .execute(&mut *transaction)
            .await?;
        let mut tries = Vec::with_capacity(counted.subjects.len());
        for subject in &counted.subjects {
            let count = sqlx::query_scalar!(
                "SELECT count(*) FROM failed_sign_ins WHERE subject = $1",
                subject
            );
            tries.push(count.fetch_one(&mut *transaction).await?);
        }
        if tries.first().is_some_and(|tries| *tries >= PAIR_LIMIT) {
            transaction.commit().await?;
            return Ok(Verdict::TooMany);
        }
        for subject in &counted.subjects {
            sqlx::query!(
                "INSERT INTO failed_sign_ins (subject, at) VALUES ($1, $2)",
                subject,
                now
            )
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        let is_slowed = tries.iter().any(|tries| *tries >= SLOWED_AFTER);
        Ok(Verdict::After(if is_slowed {
            DELAY
        } else {
            Duration::ZERO
        }))
    }

    /// Forgets the tries of somebody at an address that they have now shown to be their own.
    pub(super) async fn forget_tries(&self, counted: &Counted) -> Result<()> {
        let own = counted.subjects.first();
        sqlx::query!("DELETE FROM failed_sign_ins WHERE subject = $1", own)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Waits for a place to hash at; `None` where too many strangers wait already.
    pub(super) async fn place(&self, is_known: bool) -> Result<Option<SemaphorePermit<'_>>> {
        if is_known {
            return Ok(Some(self.hashing.acquire().await?));
        }
        let Ok(_waiting) = self.strangers_waiting.try_acquire() else {
            return Ok(None);
        };
        Ok(Some(self.hashing_strangers.acquire().await?))
    }

    /// Returns how many strangers may wait.
    pub(super) const fn most_waiting() -> usize {
        STRANGERS_WAITING
    }
}

impl Counted {
    fn alone(subject: String) -> Self {
        Self {
            subjects: vec![subject],
            is_known: true,
        }
    }
}
