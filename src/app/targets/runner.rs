//! One target's deliveries, one after the other: what is owed is made into deliveries, and the first that waits is tried.
//!
//! What is owed are the events after the target's mark that the place of publication holds. A delivery is kept with its bytes before it is tried, so that
//! whatever dies in between repeats the same one; at most [`MOST_WAITING`] are made ahead, so that a backlog costs no more memory than a trickle.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::index::{self, Event};
use crate::ledger::Cursor;
use crate::policy::Target;
use crate::publish::endpoint::Endpoint;
use crate::publish::message::{self, For, Gathering};
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

    /// Does one thing: makes what is owed into deliveries, and tries the first that is due. While a rewritten history holds publishing nothing is told, and
    /// what it lost is not told afterwards either: what waits is made anew of what is published then.
    ///
    /// # Errors
    /// When git or a database cannot be read or written; what the receiver does is no error.
    pub async fn step(&mut self, now: i64) -> Result<Step> {
        if self.desk.rewritten().is_some() {
            return Ok(Step::Idle);
        }
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
        if self.is_lost(&delivery).await? {
            self.accounts
                .unmake_deliveries(repository, &name, now)
                .await?;
            return Ok(Step::Until(now));
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

    /// Returns whether a rewritten history lost what a delivery tells of.
    async fn is_lost(&self, delivery: &TargetDelivery) -> Result<bool> {
        let pool = self.desk.index.reader();
        Ok(match &delivery.mark.event {
            Some(event) => index::event_named(pool, event).await?.is_none(),
            None => false,
        })
    }

    /// Makes deliveries of what is owed. Returns when more can be made, for a target that gathers events.
    async fn make(&self, state: &TargetState, waiting: i64, now: i64) -> Result<Option<i64>> {
        let Some(up_to) = self.desk.published_up_to().await? else {
            return Ok(None);
        };
        let after = state.made.after.parse()?;
        let event = state.made.event.as_deref();
        let owed = Owed {
            number: self.desk.event_number(event, after).await?,
            up_to,
        };
        match self.target.every {
            None => {
                let room = MOST_WAITING - waiting;
                self.make_each(state, owed, room, now).await?;
                Ok(None)
            }
            // What gathers waits for its last delivery, and then for its time.
            Some(_) if waiting > 0 => Ok(None),
            Some(every) => self.make_gathered(state, owed, every, now).await,
        }
    }

    /// Makes a delivery of each event that is owed, about as many as there is room for.
    async fn make_each(
        &self,
        state: &TargetState,
        mut owed: Owed,
        room: i64,
        now: i64,
    ) -> Result<()> {
        let mut new = Vec::new();
        let mut number = state.made.sequence;
        let mut last = None;
        while number - state.made.sequence < room {
            let events = owed.next(self.desk).await?;
            let Some(end) = events.last() else { break };
            last = Some(end.clone());
            for event in events
                .iter()
                .filter(|event| message::wants(&self.target, event))
            {
                number += 1;
                new.push(NewDelivery {
                    first: number,
                    message: message::single(self.whom(number), event)
                        .map_err(|error| error.to_string()),
                    mark: mark(number, event),
                });
            }
        }
        if let Some(last) = last {
            self.keep(&new, &mark(number, &last), now).await?;
        }
        Ok(())
    }

    /// Makes one delivery of all events that are owed, once its time has come; returns when that is.
    async fn make_gathered(
        &self,
        state: &TargetState,
        mut owed: Owed,
        every: Duration,
        now: i64,
    ) -> Result<Option<i64>> {
        let mut gathering = Gathering::default();
        let mut last = None;
        loop {
            let events = owed.next(self.desk).await?;
            let Some(end) = events.last() else { break };
            last = Some(end.clone());
            let wanted = events
                .into_iter()
                .filter(|event| message::wants(&self.target, event));
            wanted.for_each(|event| gathering.add(event));
        }
        let Some(last) = last else { return Ok(None) };
        let every = i64::try_from(every.as_secs()).unwrap_or(i64::MAX);
        let due = state.made_at.map(|made_at| made_at.saturating_add(every));
        if let Some(due) = due.filter(|due| *due > now && gathering.count() > 0) {
            return Ok(Some(due));
        }
        let first = state.made.sequence + 1;
        let number = state.made.sequence + gathering.count();
        let message = gathering.message(self.whom(first));
        let new = message
            .zip(gathering.last())
            .map(|(message, end)| NewDelivery {
                first,
                message: message.map_err(|error| error.to_string()),
                mark: mark(number, end),
            });
        self.keep(new.as_slice(), &mark(number, &last), now).await?;
        Ok(None)
    }

    fn whom(&self, first: i64) -> For<'_> {
        For {
            repository: &self.desk.name,
            target: &self.target.name,
            first,
        }
    }

    async fn keep(&self, new: &[NewDelivery], up_to: &Mark, now: i64) -> Result<()> {
        self.accounts
            .make_deliveries(&self.desk.name, &self.target.name, new, up_to, now)
            .await
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
                .rest_target(
                    repository,
                    name,
                    Some(&format!("{why}; {}", attempt.next)),
                    now,
                )
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

/// The events that a target was not told, in stretches.
struct Owed {
    /// The number of the last event that was read.
    number: i64,
    /// The attestation up to which may be told.
    up_to: i64,
}

impl Owed {
    /// Returns the events that come next; none at the end.
    async fn next(&mut self, desk: &Desk) -> Result<Vec<Event>> {
        let pool = desk.index.reader();
        let events = index::events_after(pool, self.number, self.up_to, TOGETHER).await?;
        if let Some(last) = events.last() {
            self.number = last.number;
        }
        Ok(events)
    }
}

fn mark(sequence: i64, event: &Event) -> Mark {
    Mark {
        sequence,
        event: Some(event.id.clone()),
        after: event.commit.clone(),
    }
}

/// Spreads receivers that failed together.
fn chance() -> Result<u8> {
    let mut byte = [0];
    getrandom::fill(&mut byte).map_err(|error| anyhow::anyhow!("no random bytes: {error}"))?;
    Ok(byte[0])
}
