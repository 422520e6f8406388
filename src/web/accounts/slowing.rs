//! Slowing those who guess, without locking anybody out.
//!
//! Tries are counted for the address, for the peer, and for the two together. Only the two together can be refused: somebody who guesses at an
//! address closes it to themselves alone, and its owner still gets in from elsewhere. Many tries at one address, or from one peer, cost each
//! further one a second.

use std::time::Duration;

use anyhow::Result;

use super::Accounts;

/// How long a failed try counts, in seconds.
const WINDOW: i64 = 15 * 60;

/// Tries of one peer at one address before the next are refused unseen.
const PAIR_LIMIT: i64 = 10;

/// Tries at one address, or of one peer, before each further one is slowed.
const SLOWED_AFTER: i64 = 20;

/// How long a slowed try waits.
const DELAY: Duration = Duration::from_secs(1);

impl Accounts {
    /// Counts a try and returns how long it must wait; `None` refuses it.
    pub(super) async fn count_try(
        &self,
        address: &str,
        peer: &str,
        now: i64,
    ) -> Result<Option<Duration>> {
        let since = now - WINDOW;
        let [by_address, by_peer, by_pair] = subjects(address, peer);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query!("DELETE FROM failed_sign_ins WHERE at <= $1", since)
            .execute(&mut *transaction)
            .await?;
        let counts = sqlx::query!(
            r#"SELECT (SELECT count(*) FROM failed_sign_ins WHERE subject = $1) AS "address!: i64",
                      (SELECT count(*) FROM failed_sign_ins WHERE subject = $2) AS "peer!: i64",
                      (SELECT count(*) FROM failed_sign_ins WHERE subject = $3) AS "pair!: i64""#,
            by_address,
            by_peer,
            by_pair
        )
        .fetch_one(&mut *transaction)
        .await?;
        if counts.pair >= PAIR_LIMIT {
            transaction.commit().await?;
            return Ok(None);
        }
        sqlx::query!(
            "INSERT INTO failed_sign_ins (subject, at) VALUES ($1, $4), ($2, $4), ($3, $4)",
            by_address,
            by_peer,
            by_pair,
            now
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let is_slowed = counts.address >= SLOWED_AFTER || counts.peer >= SLOWED_AFTER;
        Ok(Some(if is_slowed { DELAY } else { Duration::ZERO }))
    }

    /// Forgets the tries of a peer at an address that it has now shown to be its own.
    pub(super) async fn forget_tries(&self, address: &str, peer: &str) -> Result<()> {
        let [_, _, by_pair] = subjects(address, peer);
        sqlx::query!("DELETE FROM failed_sign_ins WHERE subject = $1", by_pair)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

/// Long addresses are cut: what is counted is not what somebody chose to send.
fn subjects(address: &str, peer: &str) -> [String; 3] {
    let address: String = address.chars().take(254).collect();
    [
        format!("address {address}"),
        format!("peer {peer}"),
        format!("both {peer} {address}"),
    ]
}
