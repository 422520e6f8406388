//! What somebody is told, and what of it they have read.

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::index::{self, Place};
use crate::refusal::Refusal;
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::inbox::{self, Notice, Onward, is_name};
use crate::web::language::{say, verbatim};
use crate::web::moments::{day, moment, time_of_day};
use crate::web::pages::inbox::{Day, InboxPage, ReadAll, Row};
use crate::web::pages::layout::Section;
use crate::web::pages::parts::{Link, Paging};
use crate::web::reader::{Reader, Submission};
use crate::web::{frame, urls};

/// Notices of a page.
const PAGE: usize = 50;

/// Notices that one form may mark by their names.
const MOST_NAMES: usize = 500;

/// Where the list goes on.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    /// Of what is unread, or of what is read.
    #[serde(default)]
    part: String,
    #[serde(default)]
    journal: String,
    #[serde(default)]
    chain: String,
}

impl Asked {
    fn onward(&self) -> Onward {
        let (Ok(journal), Ok(chain)) = (self.journal.parse(), self.chain.parse()) else {
            return Onward::FIRST;
        };
        Onward {
            is_read: self.part == READ,
            below: Place { journal, chain },
        }
    }
}

const READ: &str = "read";

/// Shows what the reader is told.
pub async fn show(reader: Reader, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    // Taken first: what comes from here on is not marked by this page's form.
    let last = index::last_place(reader.desk.index.reader()).await?;
    let from = asked.onward();
    let (notices, next) = inbox::stretch(&reader, from, PAGE).await?;
    let page = reader.page(Some(Section::Inbox)).await?;
    let (read, unread): (Vec<Notice>, Vec<Notice>) =
        notices.into_iter().partition(|notice| notice.is_read);
    let all = match page.unread {
        0 => None,
        _ => Some(ReadAll {
            journal: last.journal,
            chain: last.chain,
            names: outstanding(&reader).await?,
        }),
    };
    let is_first = from == Onward::FIRST;
    frame::show(&InboxPage {
        page,
        unread: days(&reader, &unread),
        read: days(&reader, &read),
        all,
        action: reader.urls.inbox_read(),
        settings: urls::telling(),
        paging: Paging {
            sentence: say("inbox-count").with("count", unread.len() + read.len()),
            previous: (!is_first).then(|| reader.urls.inbox()),
            next: next.map(|next| {
                let href = reader.urls.inbox();
                let href = match next.is_read {
                    true => href.with("part", READ),
                    false => href,
                };
                href.with("journal", &next.below.journal.to_string())
                    .with("chain", &next.below.chain.to_string())
            }),
        },
    })
}

/// Marks what the form names as read, or everything up to where it was shown.
pub async fn read(submission: Submission) -> Result<Response, Failure> {
    let Submission { reader, fields } = submission;
    let names = names(&fields)?;
    let (accounts, now) = (&reader.web.accounts, reader.now());
    let (address, repository) = (&reader.session.address, &reader.desk.name);
    match (fields.find("journal"), fields.find("chain")) {
        (None, None) => {
            accounts.mark_read(address, repository, &names, now).await?;
        }
        (journal, chain) => {
            let number = |text: Option<&str>| text.and_then(|text| text.parse::<i64>().ok());
            let (Some(journal), Some(chain)) = (number(journal), number(chain)) else {
                return Err(no_such_notice());
            };
            // Nobody has read what is not there yet.
            let last = index::last_place(reader.desk.index.reader()).await?;
            let place = Place {
                journal: journal.clamp(0, last.journal),
                chain: chain.clamp(0, last.chain),
            };
            accounts
                .mark_all_read(address, repository, place, &names, now)
                .await?;
        }
    }
    Ok(Redirect::to(&reader.urls.inbox().to_string()).into_response())
}

fn names(fields: &Fields) -> Result<Vec<String>, Failure> {
    let names: Vec<String> = fields.all("notice").map(str::to_owned).collect();
    let are_good = names.len() <= MOST_NAMES && names.iter().all(|name| is_name(name));
    match are_good {
        true => Ok(names),
        false => Err(no_such_notice()),
    }
}

fn no_such_notice() -> Failure {
    Failure::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::new(
            "WEB-INBOX-001",
            "the form names notices that there cannot be",
            "open the inbox again and send its own form",
        ),
    )
}

async fn outstanding(reader: &Reader) -> Result<Vec<String>, Failure> {
    let found = inbox::outstanding(reader).await?.into_iter();
    Ok(found.map(|found| found.name).take(MOST_NAMES).collect())
}

fn days(reader: &Reader, notices: &[Notice]) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for notice in notices {
        let heading = day(notice.at, reader.now());
        let mut row = row(reader, notice);
        // Of what is older than today the heading says the day, and the clock the rest.
        if heading != day(reader.now(), reader.now()) {
            row.when = time_of_day(notice.at);
        }
        match days.last_mut() {
            Some(day) if day.heading == heading => day.rows.push(row),
            _ => days.push(Day {
                heading,
                rows: vec![row],
            }),
        }
    }
    days
}

fn row(reader: &Reader, notice: &Notice) -> Row {
    Row {
        name: notice.name.clone(),
        actor: inbox::actor(reader.policy(), notice),
        did: inbox::did(notice),
        record: Link {
            label: verbatim(notice.title.as_str()),
            href: inbox::leads_to(&reader.urls, notice),
        },
        rest: inbox::ends(notice),
        quote: notice.text.clone(),
        when: moment(notice.at, reader.now()),
    }
}
