//! Deliveries to targets and their attempts.

use anyhow::Result;

use super::Accounts;
use super::targets::Mark;
use crate::publish::message::Message;
use crate::publish::sender::{Answer, Outcome};

/// The deliveries of a target that are kept after they were delivered; the dead and the waiting ones are kept beside.
pub const MOST_KEPT: i64 = 10_000;

/// A delivery as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetDelivery {
    /// The number of its first event for this target.
    pub first: i64,
    /// The number of its last event.
    pub last: i64,
    /// What is sent.
    pub message: Message,
    /// The mark of its last event.
    pub mark: Mark,
    /// `waiting`, `delivered` or `dead`.
    pub state: String,
    /// How often it was tried, over all runs.
    pub attempts: i64,
    /// When the first attempt of this run was.
    pub tried_since: Option<i64>,
    /// When the next attempt is due.
    pub due: i64,
    /// When it was made.
    pub made_at: i64,
    /// When it was delivered or put aside.
    pub ended_at: Option<i64>,
}

/// A delivery that is to be kept: the numbers of its events, what is sent, and the mark of the last one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// The number of its first event.
    pub first: i64,
    /// The message, or why none could be made of the event.
    pub message: Result<Message, String>,
    /// The mark of its last event.
    pub mark: Mark,
}

/// One try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Its number, from 1 on.
    pub number: i64,
    /// When, seconds since 1970 in UTC.
    pub at: i64,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
    /// What was sent, without secrets.
    pub request: String,
    /// The status of the answer.
    pub status: Option<i64>,
    /// The answer's headers and the beginning of its body.
    pub answer: String,
    /// The code of why it failed; empty where it did not.
    pub code: String,
    /// Why it failed, in words.
    pub error: String,
    /// What to do about it.
    pub next: String,
}

impl Attempt {
    /// Returns an attempt as it is kept.
    pub fn of(number: i64, at: i64, request: String, answer: Answer) -> Self {
        let failure = match answer.outcome {
            Outcome::Delivered => None,
            Outcome::Failed(refusal, _) | Outcome::Gone(refusal) => Some(refusal),
        };
        let (code, error, next) = failure.map_or_else(Default::default, |refusal| {
            (refusal.code.to_owned(), refusal.cause, refusal.next)
        });
        Self {
            number,
            at,
            took_ms: i64::try_from(answer.took.as_millis()).unwrap_or(i64::MAX),
            request,
            status: answer.status.map(i64::from),
            answer: answer.text,
            code,
            error,
            next,
        }
    }
}

/// What becomes of a delivery after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// The receiver has it.
    Delivered,
    /// It is tried again at this time.
    Again(i64),
    /// It is put aside.
    Dead,
}

/// How many deliveries of a target stand how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeliveryCounts {
    /// Waiting or being tried.
    pub waiting: i64,
    /// Put aside.
    pub dead: i64,
}

struct Stored {
    first: i64,
    last: i64,
    id: String,
    kind: String,
    record_id: String,
    event: String,
    after: String,
    body: String,
    state: String,
    attempts: i64,
    tried_since: Option<i64>,
    due: i64,
    made_at: i64,
    ended_at: Option<i64>,
}

impl From<Stored> for TargetDelivery {
    fn from(row: Stored) -> Self {
        Self {
            first: row.first,
            last: row.last,
            message: Message {
                id: row.id,
                kind: row.kind,
                record: row.record_id,
                body: row.body,
            },
            mark: Mark {
                sequence: row.last,
                event: Some(row.event).filter(|event| !event.is_empty()),
                after: row.after,
            },
            state: row.state,
            attempts: row.attempts,
            tried_since: row.tried_since,
            due: row.due,
            made_at: row.made_at,
            ended_at: row.ended_at,
        }
    }
}

impl Accounts {
    /// Keeps deliveries that were made, and up to where, in one go. `made_at` moves only where there is one.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn make_deliveries(
        &self,
        repository: &str,
        target: &str,
        new: &[NewDelivery],
        up_to: &Mark,
        now: i64,
    ) -> Result<()> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for one in new {
            let (state, message, ended) = match &one.message {
                Ok(message) => ("waiting", message.clone(), None),
                Err(why) => ("dead", unmade(&one.mark, why), Some(now)),
            };
            sqlx::query!(
                "INSERT INTO target_deliveries (repository, target, first, last, id, kind, record_id, event, after, body, state, attempts, due, made_at, ended_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, coalesce($8, ''), $9, $10, $11, 0, $12, $12, $13)",
                repository,
                target,
                one.first,
                one.mark.sequence,
                message.id,
                message.kind,
                message.record,
                one.mark.event,
                one.mark.after,
                message.body,
                state,
                now,
                ended
            )
            .execute(&mut *transaction)
            .await?;
        }
        let made_at = (!new.is_empty()).then_some(now);
        sqlx::query!(
            "UPDATE target_states SET sequence = $3, event = $4, after = $5, made_at = coalesce($6, made_at) WHERE repository = $1 AND target = $2",
            repository,
            target,
            up_to.sequence,
            up_to.event,
            up_to.after,
            made_at
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Forgets the deliveries that wait, so that they are made anew after the last one that was dealt with. What was to be sent once more is put aside.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn unmake_deliveries(&self, repository: &str, target: &str, now: i64) -> Result<()> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query!(
            "DELETE FROM attempts WHERE repository = $1 AND target = $2
               AND first > (SELECT told_sequence FROM target_states WHERE repository = $1 AND target = $2)",
            repository,
            target
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "DELETE FROM target_deliveries WHERE repository = $1 AND target = $2
               AND first > (SELECT told_sequence FROM target_states WHERE repository = $1 AND target = $2)",
            repository,
            target
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "UPDATE target_deliveries SET state = 'dead', ended_at = $3 WHERE repository = $1 AND target = $2 AND state = 'waiting'",
            repository,
            target,
            now
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "UPDATE target_states SET sequence = told_sequence, event = told_event, after = told_after WHERE repository = $1 AND target = $2",
            repository,
            target
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Returns the first delivery of a target that waits; its order is that of the events.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn next_delivery(
        &self,
        repository: &str,
        target: &str,
    ) -> Result<Option<TargetDelivery>> {
        let row = sqlx::query_as!(
            Stored,
            "SELECT first, last, id, kind, record_id, event, after, body, state, attempts, tried_since, due, made_at, ended_at
             FROM target_deliveries WHERE repository = $1 AND target = $2 AND state = 'waiting' ORDER BY first LIMIT 1",
            repository,
            target
        );
        Ok(row
            .fetch_optional(&self.pool)
            .await?
            .map(TargetDelivery::from))
    }

    /// Returns one delivery of a target, by the number of its first event.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn target_delivery(
        &self,
        repository: &str,
        target: &str,
        first: i64,
    ) -> Result<Option<TargetDelivery>> {
        let row = sqlx::query_as!(
            Stored,
            "SELECT first, last, id, kind, record_id, event, after, body, state, attempts, tried_since, due, made_at, ended_at
             FROM target_deliveries WHERE repository = $1 AND target = $2 AND first = $3",
            repository,
            target,
            first
        );
        Ok(row
            .fetch_optional(&self.pool)
            .await?
            .map(TargetDelivery::from))
    }

    /// Returns deliveries of a target before a number, the latest first, at most so many; those in one state alone where one is given.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn target_deliveries(
        &self,
        repository: &str,
        target: &str,
        state: Option<&str>,
        before: i64,
        most: i64,
    ) -> Result<Vec<TargetDelivery>> {
        let rows = sqlx::query_as!(
            Stored,
            "SELECT first, last, id, kind, record_id, event, after, body, state, attempts, tried_since, due, made_at, ended_at
             FROM target_deliveries WHERE repository = $1 AND target = $2 AND first < $4 AND ($3 IS NULL OR state = $3) ORDER BY first DESC LIMIT $5",
            repository,
            target,
            state,
            before,
            most
        );
        let rows = rows.fetch_all(&self.pool).await?.into_iter();
        Ok(rows.map(TargetDelivery::from).collect())
    }

    /// Returns how many deliveries of a target stand how.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn count_deliveries(&self, repository: &str, target: &str) -> Result<DeliveryCounts> {
        let row = sqlx::query!(
            r#"SELECT (SELECT count(*) FROM target_deliveries WHERE repository = $1 AND target = $2 AND state = 'waiting') AS "waiting!: i64",
                      (SELECT count(*) FROM target_deliveries WHERE repository = $1 AND target = $2 AND state = 'dead') AS "dead!: i64""#,
            repository,
            target
        );
        let row = row.fetch_one(&self.pool).await?;
        Ok(DeliveryCounts {
            waiting: row.waiting,
            dead: row.dead,
        })
    }

    /// Notes an attempt and what becomes of its delivery, in one go; nothing of a delivery that was forgotten.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn note_attempt(
        &self,
        repository: &str,
        target: &str,
        delivery: &TargetDelivery,
        attempt: &Attempt,
        then: Then,
    ) -> Result<()> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let (state, due, ended) = match then {
            Then::Delivered => ("delivered", attempt.at, Some(attempt.at)),
            Then::Again(at) => ("waiting", at, None),
            Then::Dead => ("dead", attempt.at, Some(attempt.at)),
        };
        let moved = sqlx::query!(
            "UPDATE target_deliveries SET state = $4, due = $5, ended_at = $6, attempts = $7, tried_since = coalesce(tried_since, $8)
             WHERE repository = $1 AND target = $2 AND first = $3",
            repository,
            target,
            delivery.first,
            state,
            due,
            ended,
            attempt.number,
            attempt.at
        )
        .execute(&mut *transaction)
        .await?;
        if moved.rows_affected() == 0 {
            // Its address was forgotten meanwhile, and all deliveries with it.
            return Ok(());
        }
        sqlx::query!(
            "INSERT INTO attempts (repository, target, first, number, at, took_ms, request, status, answer, code, error, next)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            repository,
            target,
            delivery.first,
            attempt.number,
            attempt.at,
            attempt.took_ms,
            attempt.request,
            attempt.status,
            attempt.answer,
            attempt.code,
            attempt.error,
            attempt.next
        )
        .execute(&mut *transaction)
        .await?;
        if ended.is_some() {
            // A delivery that is sent once more says nothing new of how far the target was told.
            sqlx::query!(
                "UPDATE target_states SET told_sequence = $3, told_event = $4, told_after = $5, made_at = max(made_at, $6)
                 WHERE repository = $1 AND target = $2 AND told_sequence < $3",
                repository,
                target,
                delivery.mark.sequence,
                delivery.mark.event,
                delivery.mark.after,
                attempt.at
            )
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Has deliveries sent once more, from one number to another, with the bytes that they had. Returns how many.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn replay(
        &self,
        repository: &str,
        target: &str,
        (from, to): (i64, i64),
        only_dead: bool,
        now: i64,
    ) -> Result<u64> {
        let replayed = sqlx::query!(
            "UPDATE target_deliveries SET state = 'waiting', due = $6, tried_since = NULL, ended_at = NULL
             WHERE repository = $1 AND target = $2 AND last >= $3 AND first <= $4 AND body <> ''
               AND (state = 'dead' OR (state = 'delivered' AND NOT $5))",
            repository,
            target,
            from,
            to,
            only_dead,
            now
        );
        Ok(replayed.execute(&self.pool).await?.rows_affected())
    }

    /// Counts the attempts of a delivery from a time on.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn tries_since(
        &self,
        repository: &str,
        target: &str,
        first: i64,
        since: i64,
    ) -> Result<i64> {
        let count = sqlx::query_scalar!(
            "SELECT count(*) FROM attempts WHERE repository = $1 AND target = $2 AND first = $3 AND at >= $4",
            repository,
            target,
            first,
            since
        );
        Ok(count.fetch_one(&self.pool).await?)
    }

    /// Returns the attempts of a delivery, the latest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn attempts(
        &self,
        repository: &str,
        target: &str,
        first: i64,
    ) -> Result<Vec<Attempt>> {
        Ok(sqlx::query_as!(
            Attempt,
            "SELECT number, at, took_ms, request, status, answer, code, error, next FROM attempts
             WHERE repository = $1 AND target = $2 AND first = $3 ORDER BY number DESC",
            repository,
            target,
            first
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// Sweeps delivered deliveries beyond those that are kept.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn sweep_deliveries(&self, repository: &str, target: &str) -> Result<()> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query!(
            "DELETE FROM target_deliveries WHERE repository = $1 AND target = $2 AND state = 'delivered' AND first <
             (SELECT min(first) FROM (SELECT first FROM target_deliveries WHERE repository = $1 AND target = $2 AND state = 'delivered'
                                      ORDER BY first DESC LIMIT $3))",
            repository,
            target,
            MOST_KEPT
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "DELETE FROM attempts WHERE repository = $1 AND target = $2 AND NOT EXISTS
             (SELECT 1 FROM target_deliveries AS kept WHERE kept.repository = $1 AND kept.target = $2 AND kept.first = attempts.first)",
            repository,
            target
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// What stands in the place of a message that could not be made: its event is not lost, and can be asked for.
fn unmade(mark: &Mark, why: &str) -> Message {
    Message {
        id: mark.event.clone().unwrap_or_default(),
        kind: why.to_owned(),
        record: String::new(),
        body: String::new(),
    }
}
