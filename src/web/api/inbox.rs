//! What the token's owner is told, and what of it they have read.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::activity::Page;
use super::input::{Asked, Json};
use super::paging::{Here, Stretch, after, limit};
use super::problem::Problem;
use super::values::{PersonRef, moment, person_of};
use crate::index::{self, Place};
use crate::refusal::Refusal;
use crate::web::inbox::{self, Notice, Onward, is_name};
use crate::web::seat::Seat;

/// The list's name in its cursors.
const LIST: &str = "inbox";

/// Notices that one request may mark by their names.
const MOST_NAMES: usize = 500;

/// Something that somebody is told.
#[derive(Debug, Serialize, ToSchema)]
pub struct InboxNotice {
    /// Its own name, by which it is marked as read: the same at every look.
    name: String,
    /// `assigned`, `mentioned`, `answered`, `approved`, `changes-requested`, `vetoed`, `commented`, `suggested`, `withdrawn`, `closed`, `reopened`, `landed`,
    /// `sent-back`, `changed`, `outdated`, `due` or `overdue`.
    #[schema(example = "changes-requested")]
    reason: &'static str,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// Who did it.
    by: Vec<PersonRef>,
    /// The record.
    record: String,
    /// Its title.
    title: String,
    /// The branch of the proposal that is meant.
    proposal: Option<String>,
    /// The transition that was approved.
    transition: Option<String>,
    /// The status that the record entered.
    status: Option<String>,
    /// The version that was written with it.
    version: Option<String>,
    /// The day that was named.
    due: Option<String>,
    /// What was said.
    text: String,
    /// Whether it is marked as read.
    read: bool,
}

/// What is to be marked as read.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadNotices {
    /// Notices by their names, at most 500.
    #[serde(default)]
    names: Vec<String>,
    /// Everything that there is, besides.
    #[serde(default)]
    all: bool,
}

/// Lists what the token's owner is told, the unread first and the latest of each first.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/inbox", operation_id = "listInbox", tag = "activity",
    params(("repository" = String, Path, description = "The repository's name."), Page),
    responses((status = 200, description = "A stretch of the list.", body = Stretch<InboxNotice>,
        headers(("Link" = String, description = "The next stretch, as `rel=\"next\"`; absent at the end.")))),
)]
pub async fn list(seat: Seat, here: Here, Asked(asked): Asked<Page>) -> Result<Response, Problem> {
    let limit = limit(asked.limit)?;
    let from: Option<Onward> = after(LIST, asked.cursor.as_deref())?;
    let (notices, next) = inbox::stretch(&seat, from.unwrap_or(Onward::FIRST), limit).await?;
    let next = match next {
        Some(next) => {
            let bytes = serde_json::to_vec(&(LIST, next)).map_err(anyhow::Error::from)?;
            Some(hex::encode(bytes))
        }
        None => None,
    };
    let items = notices.into_iter().map(|notice| told(&seat, notice));
    Ok(Stretch {
        items: items.collect(),
        next,
    }
    .answer(&here, limit))
}

/// Marks notices as read, for the token's owner alone. What is marked already stays marked, and no register changes.
#[utoipa::path(
    post, path = "/api/v1/repositories/{repository}/inbox/read", operation_id = "markInboxRead", tag = "activity",
    params(("repository" = String, Path, description = "The repository's name.")),
    request_body = ReadNotices,
    responses((status = 204, description = "They are marked.")),
)]
pub async fn read(seat: Seat, sent: Json<ReadNotices>) -> Result<Response, Problem> {
    let ReadNotices { mut names, all } = sent.value;
    if names.len() > MOST_NAMES || !names.iter().all(|name| is_name(name)) {
        return Err(no_such_notice());
    }
    let (address, repository, now) = (own_address(&seat), seat.desk.name.clone(), seat.now());
    let accounts = &seat.web.accounts;
    match all {
        true => {
            let place: Place = index::last_place(seat.desk.index.reader()).await?;
            let outstanding = inbox::outstanding(&seat).await?.into_iter();
            names.extend(outstanding.map(|found| found.name));
            accounts
                .mark_all_read(&address, &repository, place, &names, now)
                .await?;
        }
        false => {
            accounts
                .mark_read(&address, &repository, &names, now)
                .await?;
        }
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn own_address(seat: &Seat) -> String {
    seat.identity().address
}

fn no_such_notice() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::new(
            "API-INBOX-001",
            format!("more than {MOST_NAMES} notices are named, or one by what can be no name"),
            "send names as the inbox lists them, in smaller parts",
        ),
    )
}

fn told(seat: &Seat, notice: Notice) -> InboxNotice {
    let (status, version) = match notice.became {
        Some((status, version)) => (Some(status), version),
        None => (None, None),
    };
    let by = notice.by.iter();
    InboxNotice {
        by: by.map(|by| person_of(seat.policy(), by)).collect(),
        name: notice.name,
        reason: notice.reason.name(),
        at: moment(notice.at),
        record: notice.record,
        title: notice.title,
        proposal: notice.proposal,
        transition: notice.transition,
        status,
        version,
        due: notice.due,
        text: notice.text,
        read: notice.is_read,
    }
}
