//! Letters: what somebody is told, sent to where they chose.
//!
//! One task sends them, apart from the pages, which never wait for it. What goes with a letter is kept before it is sent and noted as sent after: whatever
//! falls between sends the same letter again, under the same `Message-ID`, and nothing is ever left out. What is new is told by its place in git, not by
//! a clock; the clock only says when a letter may go. So a clock that jumps sends a letter early or late, and none twice.

mod letter;
mod send;

pub use letter::Letter;
pub use send::{Encryption, MailServer, Post, SendError};

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;

use super::accounts::{Mailing, OnItsWay, Pace, Telling};
use super::inbox::{self, Notice};
use super::seat::Seat;
use super::state::Web;
use super::token;
use crate::index::{self, Place};
use crate::review::Outstanding;

/// Seconds between two looks for something to send.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// Seconds for which what comes is gathered into one letter, for those who are told soon.
pub const GATHERED: i64 = 5 * 60;

/// The hour, in UTC, at which a day begins for daily letters: before work, in most of the places where it is read.
const DAILY_HOUR: i64 = 5;

/// Notices of a letter; it says where there are more.
const MOST_TOLD: usize = 100;

/// Letters about a record each; what concerns more records goes in one.
const MOST_LETTERS: usize = 10;

/// Seconds until what failed first is tried again; it doubles each time.
const RETRY_FIRST: i64 = 60;

/// The longest time until what failed is tried again.
const RETRY_LAST: i64 = 6 * 60 * 60;

/// How often a mail server may refuse a letter for good until it is given up: what it told stands in the inbox.
const MOST_REFUSALS: i64 = 5;

/// The longest pause after a mail server could not be reached at all.
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);

/// What the tokens in letters are for.
const END: &str = "unsubscribe";

/// Returns the day of a moment as daily letters count it.
pub fn day(at: i64) -> i64 {
    (at - DAILY_HOUR * 3600).div_euclid(24 * 3600)
}

/// Returns the server's own word that letters to an address may be ended by whoever has it.
///
/// # Errors
/// When the private database cannot be read.
pub async fn end_token(web: &Web, address: &str) -> Result<String> {
    let secret = web.accounts.own_secret(END).await?;
    Ok(token::token(&secret, &[END, &address.to_lowercase()]))
}

/// Returns whether it is that word, in constant time.
///
/// # Errors
/// When the private database cannot be read.
pub async fn is_end_token(web: &Web, address: &str, sent: &str) -> Result<bool> {
    let secret = web.accounts.own_secret(END).await?;
    let purpose = [END, &address.to_lowercase()];
    Ok(token::is_token(&secret, &purpose, sent))
}

/// Sends letters until the server is told to stop. A mail server that cannot be reached is asked again after longer and longer pauses.
pub async fn run(web: Arc<Web>) {
    let mut stopping = web.stopping.clone();
    let mut pause = LOOK_EVERY;
    loop {
        let stopped = async {
            // Without a sender nobody ever tells it to stop.
            if stopping.wait_for(|is_told| *is_told).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = stopped => return,
            () = tokio::time::sleep(pause) => {}
        }
        pause = match round(&web).await {
            Ok(Round { is_down: true, .. }) => (pause * 2).min(LONGEST_PAUSE),
            Ok(_) => LOOK_EVERY,
            Err(error) => {
                tracing::error!(
                    error = format!("{error:#}"),
                    "letters could not be written; it is tried again"
                );
                LOOK_EVERY
            }
        };
    }
}

/// What a look for something to send came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Letters that the mail server took.
    pub sent: usize,
    /// The mail server could not be reached, so that the rest was left for later.
    pub is_down: bool,
}

/// Sends what is due to everybody.
///
/// # Errors
/// When git or a database cannot be read or written.
pub async fn round(web: &Arc<Web>) -> Result<Round> {
    let mut round = Round::default();
    let Some(post) = &web.mail else {
        return Ok(round);
    };
    for telling in web.accounts.wanting_mail().await? {
        for name in web.served.keys() {
            // Looked up each time: who is taken out of a policy is told nothing more.
            let Ok(seat) = Seat::take(web, name, &telling.address) else {
                continue;
            };
            let mut sender = Sender {
                post,
                seat: &seat,
                telling: &telling,
                sent: 0,
            };
            let came = sender.tell().await;
            round.sent += sender.sent;
            match came? {
                Came::Fine => {}
                Came::Down => {
                    round.is_down = true;
                    return Ok(round);
                }
            }
        }
    }
    Ok(round)
}

enum Came {
    Fine,
    Down,
}

struct Sender<'a> {
    post: &'a Post,
    seat: &'a Seat,
    telling: &'a Telling,
    sent: usize,
}

impl Sender<'_> {
    fn keys(&self) -> (&str, &str) {
        (&self.telling.address, &self.seat.desk.name)
    }

    async fn tell(&mut self) -> Result<Came> {
        let (address, repository) = self.keys();
        let (accounts, now) = (&self.seat.web.accounts, self.seat.now());
        let last = index::last_place(self.seat.desk.index.reader()).await?;
        let mut mailing = accounts
            .mailing(address, repository, last, day(now))
            .await?;
        // A history that was rewritten may have become shorter.
        mailing.place.journal = mailing.place.journal.min(last.journal);
        mailing.place.chain = mailing.place.chain.min(last.chain);
        let waits = mailing.retry_at.map_or(0, |retry_at| retry_at - now);
        // A clock that was set back would keep it waiting for longer than anybody meant.
        if (1..=RETRY_LAST).contains(&waits) {
            return Ok(Came::Fine);
        }
        let outstanding = inbox::outstanding(self.seat).await?;
        let what = match mailing.on_its_way.clone() {
            Some(what) => what,
            None => match self.due(&mailing, last, &outstanding).await? {
                Some(what) => what,
                None => return Ok(Came::Fine),
            },
        };
        self.send(&mailing, &what, outstanding).await
    }

    /// Returns what is to be sent now, and keeps it.
    async fn due(
        &self,
        mailing: &Mailing,
        last: Place,
        outstanding: &[Outstanding],
    ) -> Result<Option<OnItsWay>> {
        let (address, repository) = self.keys();
        let (accounts, now) = (&self.seat.web.accounts, self.seat.now());
        let names: Vec<String> = outstanding.iter().map(|found| found.name.clone()).collect();
        let also = accounts.not_mailed(address, repository, &names).await?;
        let news = inbox::between(self.seat, mailing.place, Place::END, 1).await?;
        if news.is_empty() && also.is_empty() {
            accounts.note_seen(address, repository, None).await?;
            return Ok(None);
        }
        let is_due = match (self.telling.mail, mailing.seen_at) {
            (Pace::Off, _) => false,
            (Pace::Daily, _) => mailing.day != Some(day(now)),
            (Pace::Soon, Some(seen_at)) => !(0..GATHERED).contains(&(now - seen_at)),
            (Pace::Soon, None) => {
                accounts.note_seen(address, repository, Some(now)).await?;
                false
            }
        };
        if !is_due {
            return Ok(None);
        }
        let what = OnItsWay { to: last, also };
        accounts
            .send_off(address, repository, &what, day(now))
            .await?;
        Ok(Some(what))
    }

    async fn send(
        &mut self,
        mailing: &Mailing,
        what: &OnItsWay,
        outstanding: Vec<Outstanding>,
    ) -> Result<Came> {
        let below = Place {
            journal: what.to.journal + 1,
            chain: what.to.chain + 1,
        };
        let rows = inbox::between(self.seat, mailing.place, below, MOST_TOLD + 1).await?;
        let mut told: Vec<Notice> = outstanding
            .into_iter()
            .filter(|found| what.also.contains(&found.name))
            .map(|found| inbox::of_outstanding(found, false))
            .collect();
        told.extend(rows.into_iter().map(|row| inbox::of_row(row, false)));
        let told = inbox::with_titles(self.seat, told).await?;
        let post = letter::Writing {
            seat: self.seat,
            telling: self.telling,
            span: (mailing.place, what),
        };
        let letters = post.letters(told, MOST_TOLD, MOST_LETTERS).await?;
        for letter in letters {
            match self.post.send(letter).await {
                Ok(()) => self.sent += 1,
                Err(error) => {
                    if !self.failed(mailing, &error).await? {
                        continue;
                    }
                    return Ok(match error {
                        SendError::Unreachable(_) | SendError::Silent => Came::Down,
                        SendError::Delayed(_) | SendError::Refused(_) => Came::Fine,
                    });
                }
            }
        }
        let (address, repository) = self.keys();
        let (accounts, now) = (&self.seat.web.accounts, self.seat.now());
        accounts.arrived(address, repository, what, now).await?;
        if self.sent > 0 {
            accounts.note_mail_problem(address, None).await?;
        }
        Ok(Came::Fine)
    }

    /// Notes a failure; returns whether the letter is tried again.
    async fn failed(&self, mailing: &Mailing, error: &SendError) -> Result<bool> {
        let (address, repository) = self.keys();
        let (accounts, now) = (&self.seat.web.accounts, self.seat.now());
        let failures = mailing.failures + 1;
        tracing::warn!(
            repository,
            failures,
            error = error.to_string(),
            "a letter could not be sent"
        );
        if let SendError::Refused(why) = error {
            accounts.note_mail_problem(address, Some(why)).await?;
            if failures > MOST_REFUSALS {
                return Ok(false);
            }
        }
        let doubled = RETRY_FIRST << mailing.failures.clamp(0, 20);
        let retry_at = now + doubled.min(RETRY_LAST);
        accounts
            .failed(address, repository, failures, retry_at)
            .await?;
        Ok(true)
    }
}
