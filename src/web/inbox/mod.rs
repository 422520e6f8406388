//! What somebody is told, for all who tell it: the page, the feed, letters and the API.
//!
//! All of it is read from git's picture each time, from the seat of whoever is told: who loses their seat is told nothing more, wherever they listen.
//! What is kept apart, in the private database, is how far they read.

mod words;

pub use words::{actor, did, ends, leads_to, one_line, sentence};

use std::collections::HashMap;

use anyhow::Result;

use super::accounts::ReadMarks;
use super::seat::Seat;
use crate::id::Identity;
use crate::index::{self, Happened, NoticeRow, NoticesWanted, Place};
use crate::ledger::{HISTORY, Reason};
use crate::review::Outstanding;

/// Unread notices that are counted; of more it is said that they are more.
pub const MOST_COUNTED: i64 = 100;

/// The longest name of a notice, in bytes: a word, a commit and a branch.
const MAX_NAME_BYTES: usize = 400;

/// Returns whether a text could be the name of a notice.
pub fn is_name(name: &str) -> bool {
    (1..=MAX_NAME_BYTES).contains(&name.len()) && !name.chars().any(char::is_control)
}

/// Something that somebody is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its own name: the commit that it tells of, or what is outstanding and the commit that it hangs on.
    pub name: String,
    /// Why they are told.
    pub reason: Reason,
    /// Who did it.
    pub by: Vec<Identity>,
    /// The record, or what stands for a proposal as a whole.
    pub record: String,
    /// Its title.
    pub title: String,
    /// The branch of the proposal that is meant.
    pub proposal: Option<String>,
    /// The transition that was approved.
    pub transition: Option<String>,
    /// The status that was entered, and the version that was written with it.
    pub became: Option<(String, Option<String>)>,
    /// The day that was named.
    pub due: Option<String>,
    /// What was said.
    pub text: String,
    /// When, seconds since 1970 in UTC.
    pub at: i64,
    /// Whether they have read it.
    pub is_read: bool,
}

/// Where a list of notices goes on: what is unread comes before what is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Onward {
    /// Whether the unread ones are through.
    pub is_read: bool,
    /// The place after the next.
    pub below: Place,
}

impl Onward {
    /// Where every list begins.
    pub const FIRST: Self = Self {
        is_read: false,
        below: Place::END,
    };

    const READ: Self = Self {
        is_read: true,
        below: Place::END,
    };
}

/// Returns what a person has read.
///
/// # Errors
/// When the private database cannot be read.
pub async fn marks(seat: &Seat) -> Result<ReadMarks> {
    let accounts = &seat.web.accounts;
    accounts
        .read_marks(&seat.person().addresses, &seat.desk.name)
        .await
}

/// Returns how many notices a person has not read, at most [`MOST_COUNTED`].
///
/// # Errors
/// When git or a database cannot be read.
pub async fn count_unread(seat: &Seat) -> Result<i64> {
    let marks = marks(seat).await?;
    let happened = index::count_unread(
        seat.desk.index.reader(),
        &seat.person().key,
        marks.place,
        &marks.singly,
        MOST_COUNTED,
    )
    .await?;
    let outstanding = outstanding(seat).await?;
    let unread = outstanding
        .iter()
        .filter(|found| !marks.has(&found.name))
        .count();
    let unread = i64::try_from(unread).unwrap_or(MOST_COUNTED);
    Ok(happened.saturating_add(unread).min(MOST_COUNTED))
}

/// Returns what is outstanding for a person.
///
/// # Errors
/// When git or the database cannot be read.
pub async fn outstanding(seat: &Seat) -> Result<Vec<Outstanding>> {
    let (rules, person) = (seat.rules(), seat.person());
    seat.desk.outstanding(rules, person, seat.now()).await
}

/// Returns a stretch of what a person is told, the unread first and the latest of each first, and where it goes on. What is outstanding stands at the head
/// of its part, however many there are: they are few.
///
/// # Errors
/// When git or a database cannot be read.
pub async fn stretch(
    seat: &Seat,
    from: Onward,
    limit: usize,
) -> Result<(Vec<Notice>, Option<Onward>)> {
    let marks = marks(seat).await?;
    let mut told = Vec::new();
    let mut onward = Some(from);
    let mut left = limit;
    while let Some(here) = onward.filter(|_| left > 0) {
        if here.below == Place::END {
            let standing = outstanding(seat).await?.into_iter();
            let of_part = standing.filter(|found| marks.has(&found.name) == here.is_read);
            told.extend(of_part.map(|found| of_outstanding(found, here.is_read)));
        }
        let (rows, next) = part(seat, &marks, here, left).await?;
        left -= rows.len();
        told.extend(rows.into_iter().map(|row| of_row(row, here.is_read)));
        onward = match next {
            None if !here.is_read => Some(Onward::READ),
            next => next,
        };
    }
    Ok((with_titles(seat, told).await?, onward))
}

/// Returns notices that are read, or not, and where they go on.
async fn part(
    seat: &Seat,
    marks: &ReadMarks,
    from: Onward,
    limit: usize,
) -> Result<(Vec<NoticeRow>, Option<Onward>)> {
    let wanted = NoticesWanted {
        above: match from.is_read {
            true => Place::default(),
            false => marks.place,
        },
        below: from.below,
        is_read: Some(from.is_read),
        read: marks.place,
        also_read: &marks.singly,
    };
    let more = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let pool = seat.desk.index.reader();
    let mut rows = index::notices(pool, &seat.person().key, &wanted, more).await?;
    let goes_on = rows.len() > limit;
    rows.truncate(limit);
    let below = rows.iter().fold(from.below, |place, row| row.lowers(place));
    Ok((rows, goes_on.then_some(Onward { below, ..from })))
}

/// Returns the latest of what a person is told, read or not.
///
/// # Errors
/// When git or a database cannot be read.
pub async fn latest(seat: &Seat, limit: usize) -> Result<Vec<Notice>> {
    let marks = marks(seat).await?;
    let rows = between(seat, Place::default(), Place::END, limit).await?;
    let rows = rows.into_iter().map(|row| {
        let is_read = is_read(&row, &marks);
        of_row(row, is_read)
    });
    let standing = outstanding(seat).await?.into_iter().map(|found| {
        let is_read = marks.has(&found.name);
        of_outstanding(found, is_read)
    });
    let mut latest = with_titles(seat, standing.chain(rows).collect()).await?;
    latest.sort_by(|one, other| (other.at, &other.name).cmp(&(one.at, &one.name)));
    latest.truncate(limit);
    Ok(latest)
}

/// Returns what happened for a person after one place and before another, the latest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn between(
    seat: &Seat,
    above: Place,
    below: Place,
    limit: usize,
) -> Result<Vec<NoticeRow>> {
    let wanted = NoticesWanted {
        above,
        below,
        is_read: None,
        read: Place::default(),
        also_read: &[],
    };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let pool = seat.desk.index.reader();
    index::notices(pool, &seat.person().key, &wanted, limit).await
}

fn is_read(row: &NoticeRow, marks: &ReadMarks) -> bool {
    let is_below = match &row.happened {
        Happened::Decision(row) => row.position <= marks.place.journal,
        Happened::Attestation(row) => row.sequence <= marks.place.chain,
    };
    is_below || marks.has(row.commit())
}

/// Gives notices the titles of their records.
///
/// # Errors
/// When the database cannot be read.
pub async fn with_titles(seat: &Seat, mut notices: Vec<Notice>) -> Result<Vec<Notice>> {
    let pool = seat.desk.index.reader();
    let ids: Vec<String> = notices.iter().map(|told| told.record.clone()).collect();
    let published = index::titles(pool, &ids).await?;
    let branches: Vec<String> = notices
        .iter()
        .filter_map(|told| told.proposal.clone())
        .collect();
    let proposed: HashMap<(String, String), String> = index::titles_in_proposals(pool, &branches)
        .await?
        .into_iter()
        .map(|(branch, id, title)| ((branch, id), title))
        .collect();
    for told in &mut notices {
        let in_proposal = told
            .proposal
            .as_ref()
            .and_then(|branch| proposed.get(&(branch.clone(), told.record.clone())));
        let title = published.get(&told.record).or(in_proposal);
        told.title = match title {
            Some(title) => title.clone(),
            None if told.record == HISTORY => seat.desk.branch().to_owned(),
            None => told.record.clone(),
        };
    }
    Ok(notices)
}

/// Returns the notice of what is outstanding, without its title.
pub fn of_outstanding(found: Outstanding, is_read: bool) -> Notice {
    Notice {
        name: found.name,
        reason: found.reason,
        by: vec![found.by],
        title: String::new(),
        record: found.record,
        proposal: found.proposal,
        transition: None,
        became: None,
        due: found.due,
        text: String::new(),
        at: found.at,
        is_read,
    }
}

/// Returns the notice of what happened, without its title.
pub fn of_row(row: NoticeRow, is_read: bool) -> Notice {
    let (name, at, reason) = (row.commit().to_owned(), row.at(), row.reason);
    match row.happened {
        Happened::Decision(said) => Notice {
            name,
            reason,
            by: vec![said.by],
            title: String::new(),
            record: said.record_id,
            proposal: said.proposal,
            transition: said.transition,
            became: None,
            due: said.due,
            text: said.text,
            at,
            is_read,
        },
        Happened::Attestation(made) => Notice {
            name,
            reason,
            by: made
                .approved_by
                .lines()
                .filter_map(|line| line.parse().ok())
                .collect(),
            title: String::new(),
            record: made.record_id,
            proposal: None,
            transition: None,
            became: Some((made.status_to, made.version_to)),
            due: None,
            text: String::new(),
            at,
            is_read,
        },
    }
}
