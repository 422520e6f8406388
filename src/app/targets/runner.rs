//! One target's deliveries, one after the other: what is owed is made into deliveries, and the first that waits is tried.
//!
//! What is owed are the events after the target's mark that the place of publication holds. A delivery is kept with its bytes before it is tried, so that
//! whatever dies in between repeats the same one; at most [`MOST_WAITING`] are made ahead, so that a backlog costs no more memory than a trickle.

use std::sync::Arc;

use anyhow::{Context, Result};

use crate::index::{self, Event};
use crate::ledger::Cursor;
use crate::policy::Target;
use crate::publish::endpoint::Endpoint;
use crate::publish::message::{self, For};
use crate::publish::retry::{self, Next};
use crate::publish::sender::{Outcome, Sender};
use crate::review::Desk;
use crate::web::accounts::{
    Accounts, Attempt, Mark, NewDelivery, TargetDelivery, TargetState, Then,
};

/// Deliveries that are made ahead of the one that is tried.
const MOST_WAITING: i64 = 1_000;

/// Events that are read together.
const TOGETHER: i64 = 500;

/// Deliveries between two sweeps of old ones.
const SWEEP_EVERY: u64 = 1_000;

/// Deliveries after which up to where a target was told is copied beside the register while much is delivered, and so the most that could come twice.
const COPY_EVERY: i64 = 100;

/// It is copied too when nothing is to be sent for so long, in seconds.
const QUIET: i64 = 60;

/// What a step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A delivery was tried, and there may be another one.
    Tried,
    /// Nothing is to be done before this time.
    Until(i64),
    /// Nothing is to be done until something changes.
    Idle,
}

/// One target of a repository.
pub struct Runner<'a> {
    /// The repository.
    pub desk: &'a Arc<Desk>,
    /// The private database.
    pub accounts: &'a Accounts,
    /// What reaches receivers.
    pub sender: &'a Sender,
    /// What the policy in force says of it.
    pub target: Target,
    tried: u64,
    /// The number up to which it was copied beside the register that the target was told.
    copied: Option<i64>,
}

impl<'a> Runner<'a> {
    /// Returns the runner of a target.
    pub fn new(
        desk: &'a Arc<Desk>,
        accounts: &'a Accounts,
        sender: &'a Sender,
        target: Target,
    ) -> Self {
        Self {
            desk,
            accounts,
            sender,
            target,
            tried: 0,
            copied: None,
        }
    }

    /// Does one thing: makes what is owed into deliveries, and tries the first that is due.
    ///
    /// # Errors
    /// When git or a database cannot be read or written; what the receiver does is no error.
    pub async fn step(&mut self, now: i64) -> Result<Step> {
        let (repository, name) = (self.desk.name.as_str(), self.target.name.clone());
        let Some(kept) = self.accounts.endpoint(repository, &name).await? else {
            return Ok(Step::Idle);
        };
        let state = self.state().await?;
        let Some(state) = state.filter(|state| state.resting.is_none()) else {
            return Ok(Step::Idle);
        };
        let waiting = self
            .accounts
            .count_deliveries(repository, &name)
            .await?
            .waiting;
        let wait = match waiting < MOST_WAITING / 2 {
            true => self.make(&state, waiting, now).await?,
            false => None,
        };
        let Some(delivery) = self.accounts.next_delivery(repository, &name).await? else {
            self.copy(now, true).await?;
            return Ok(wait.map_or(Step::Idle, Step::Until));
        };
        if delivery.due > now {
            self.copy(now, delivery.due - now >= QUIET).await?;
            return Ok(Step::Until(delivery.due));
        }
        self.attempt(&kept.endpoint, &delivery, now).await?;
        self.tried += 1;
        if self.tried.is_multiple_of(SWEEP_EVERY) {
            self.accounts.sweep_deliveries(repository, &name).await?;
        }
        self.copy(now, false).await?;
        Ok(Step::Tried)
    }

    /// Returns how far the target was told. One that nothing is known of goes on where the copy beside the register says, or else begins now.
    async fn state(&self) -> Result<Option<TargetState>> {
        let (repository, name) = (self.desk.name.as_str(), self.target.name.as_str());
        if let Some(state) = self.accounts.target_state(repository, name).await? {
            return Ok(Some(state));
        }
        let from = match self.desk.kept_cursor(name).await? {
            Some(cursor) => Mark {
                sequence: cursor.sequence,
                event: cursor.event,
                after: cursor.after.to_string(),
            },
            None => match self.end().await? {
                Some(end) => end,
                None => return Ok(None),
            },
        };
        self.accounts.begin_target(repository, name, &from).await?;
        self.accounts.target_state(repository, name).await
    }

    /// Returns the mark after everything that is published; `None` while nothing may be told.
    async fn end(&self) -> Result<Option<Mark>> {
        let Some(up_to) = self.desk.published_up_to().await? else {
            return Ok(None);
        };
        let after = index::commit_at(self.desk.index.reader(), up_to).await?;
        Ok(Some(Mark {
            sequence: 0,
            event: None,
            after: after.context("the chain has a gap")?,
        }))
    }

    /// Makes deliveries of what is owed. Returns when more can be made, for a target that gathers events.
    async fn make(&self, state: &TargetState, waiting: i64, now: i64) -> Result<Option<i64>> {
        let Some(up_to) = self.desk.published_up_to().await? else {
            return Ok(None);
        };
        let after = state.made.after.parse()?;
        let event = state.made.event.as_deref();
        let mut number = self.desk.event_number(event, after).await?;
        let room = match self.target.every {
            None => MOST_WAITING - waiting,
            // What gathers waits for its last delivery, and then for its time.
            Some(_) if waiting > 0 => return Ok(None),
            Some(_) => i64::MAX,
        };
        let mut owed: Vec<Event> = Vec::new();
        let mut last: Option<Event> = None;
        while i64::try_from(owed.len())? < room {
            let pool = self.desk.index.reader();
            let events = index::events_after(pool, number, up_to, TOGETHER).await?;
            let Some(end) = events.last() else { break };
            number = end.number;
            last = Some(end.clone());
            owed.extend(
                events
                    .into_iter()
                    .filter(|event| message::wants(&self.target, event)),
            );
        }
        let Some(last) = last else { return Ok(None) };
        let due = self
            .target
            .every
            .zip(state.made_at)
            .map(|(every, made_at)| {
                made_at.saturating_add(i64::try_from(every.as_secs()).unwrap_or(i64::MAX))
            });
        if let Some(due) = due.filter(|due| *due > now && !owed.is_empty()) {
            return Ok(Some(due));
        }
        let new = self.deliveries(state.made.sequence + 1, &owed);
        let up_to = Mark {
            sequence: state.made.sequence + i64::try_from(owed.len())?,
            event: Some(last.id),
            after: last.commit,
        };
        self.accounts
            .make_deliveries(&self.desk.name, &self.target.name, &new, &up_to, now)
            .await?;
        Ok(None)
    }

    fn deliveries(&self, first: i64, owed: &[Event]) -> Vec<NewDelivery> {
        let whom = |first| For {
            repository: &self.desk.name,
            target: &self.target.name,
            first,
        };
        let mark = |sequence: i64, event: &Event| Mark {
            sequence,
            event: Some(event.id.clone()),
            after: event.commit.clone(),
        };
        match (self.target.every, owed) {
            (None, _) => {
                let numbered = owed.iter().zip(first..);
                let each = numbered.map(|(event, number)| NewDelivery {
                    first: number,
                    message: message::single(whom(number), event)
                        .map_err(|error| error.to_string()),
                    mark: mark(number, event),
                });
                each.collect()
            }
            (Some(_), [.., last]) => {
                let end = first.saturating_add(i64::try_from(owed.len() - 1).unwrap_or(i64::MAX));
                let made = message::gathered(whom(first), owed).map_err(|error| error.to_string());
                let made = made.and_then(|message| message.ok_or_else(String::new));
                vec![NewDelivery {
                    first,
                    message: made,
                    mark: mark(end, last),
                }]
            }
            (Some(_), []) => Vec::new(),
        }
    }

    /// Tries a delivery once and notes what came of it.
    async fn attempt(
        &self,
        endpoint: &Endpoint,
        delivery: &TargetDelivery,
        now: i64,
    ) -> Result<()> {
        let (repository, name) = (self.desk.name.as_str(), self.target.name.as_str());
        let (request, answer) = self.sender.tell(endpoint, &delivery.message, now).await;
        fail::fail_point!("between-sending-and-marking");
        let number = delivery.attempts + 1;
        let since = delivery.tried_since.unwrap_or(now);
        let then = match &answer.outcome {
            Outcome::Delivered => Then::Delivered,
            Outcome::Gone(_) => Then::Dead,
            Outcome::Failed(_, asked) => {
                // The delays begin anew with each run; the attempts are counted over all of them.
                let tries = self
                    .accounts
                    .tries_since(repository, name, delivery.first, since)
                    .await?
                    + 1;
                match retry::next(tries, since, now, *asked, chance()?) {
                    Next::At(at) => Then::Again(at),
                    Next::Dead => Then::Dead,
                }
            }
        };
        let attempt = Attempt::of(number, now, request, answer);
        self.accounts
            .note_attempt(repository, name, delivery, &attempt, then)
            .await?;
        if then == Then::Dead {
            let why = attempt.error.as_str();
            tracing::warn!(
                repository,
                target = name,
                why,
                "a target is given up until somebody resumes it"
            );
            self.accounts
                .rest_target(repository, name, Some(why), now)
                .await?;
        }
        Ok(())
    }

    /// Copies up to where the target was told beside the register, where that moved: at once while it is quiet, else now and then.
    async fn copy(&mut self, now: i64, is_quiet: bool) -> Result<()> {
        let (repository, name) = (self.desk.name.as_str(), self.target.name.as_str());
        let Some(state) = self.accounts.target_state(repository, name).await? else {
            return Ok(());
        };
        let copied = match self.copied {
            Some(sequence) => Some(sequence),
            None => self
                .desk
                .kept_cursor(name)
                .await?
                .map(|cursor| cursor.sequence),
        };
        self.copied = copied;
        let is_far = copied.is_none_or(|sequence| state.told.sequence - sequence >= COPY_EVERY);
        if copied == Some(state.told.sequence) || !(is_quiet || is_far) {
            return Ok(());
        }
        let cursor = Cursor {
            target: name.to_owned(),
            sequence: state.told.sequence,
            event: state.told.event,
            after: state.told.after.parse()?,
        };
        self.desk.keep_cursor(cursor, now).await?;
        self.copied = Some(state.told.sequence);
        Ok(())
    }
}

/// Spreads receivers that failed together.
fn chance() -> Result<u8> {
    let mut byte = [0];
    getrandom::fill(&mut byte).map_err(|error| anyhow::anyhow!("no random bytes: {error}"))?;
    Ok(byte[0])
}
