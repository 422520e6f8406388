//! What happened, newest first.

use std::collections::HashMap;

use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;

use crate::index::{self, AttestationRow, DecisionRow, EditRow};
use crate::ledger::{Act, HISTORY, release_of, version_of};
use crate::web::failure::Failure;
use crate::web::frame;
use crate::web::language::{Message, say, verbatim};
use crate::web::moments::{day, moment, time_of_day};
use crate::web::pages::activity::{ActivityPage, Day, Entry};
use crate::web::pages::layout::Section;
use crate::web::pages::parts::{Link, Paging};
use crate::web::reader::Reader;
use crate::web::showing::words::{all_of, people_in, person_of};

/// Events of a page.
const PAGE: usize = 50;

/// The last page: whoever wants more reads the log.
const LAST_PAGE: usize = 20;

/// Which page is asked for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    page: String,
}

/// An event, before it knows its record's title.
struct Event {
    at: i64,
    record: String,
    entry: Entry,
}

/// Shows what happened.
pub async fn show(reader: Reader, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let number = asked.page.parse().unwrap_or(1).clamp(1, LAST_PAGE);
    let pool = reader.desk.index.reader();
    let limit = i64::try_from(number * PAGE + 1).unwrap_or(i64::MAX);
    let (decisions, attestations) = index::latest_events(pool, limit).await?;
    let edits = index::latest_edits(pool, limit).await?;
    let mut events: Vec<Event> = decisions
        .iter()
        .map(|row| said(&reader, row))
        .chain(attestations.iter().map(|row| made(&reader, row)))
        .chain(edits.iter().map(|row| edited(&reader, row)))
        .collect();
    events.sort_by_key(|event| std::cmp::Reverse(event.at));
    let more = events.len() > number * PAGE;
    let events: Vec<Event> = events
        .into_iter()
        .skip((number - 1) * PAGE)
        .take(PAGE)
        .collect();
    let of = |event: &Event| match version_of(&event.record) {
        Some((_, record)) => record.to_owned(),
        None => event.record.clone(),
    };
    let ids: Vec<String> = events.iter().map(of).collect();
    let titles = index::titles(pool, &ids).await?;
    let page = |number: usize| reader.urls.activity().with("page", &number.to_string());
    frame::show(&ActivityPage {
        page: reader.page(Some(Section::Activity)).await?,
        paging: Paging {
            sentence: say("activity-count").with("count", events.len()),
            previous: (number > 1).then(|| page(number - 1)),
            next: (more && number < LAST_PAGE).then(|| page(number + 1)),
        },
        days: days(&reader, events, &titles),
    })
}

fn days(reader: &Reader, events: Vec<Event>, titles: &HashMap<String, String>) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for event in events {
        let heading = day(event.at, reader.now());
        let mut entry = event.entry;
        // Of what is older than today the heading says the day, and the clock the rest.
        if heading != day(reader.now(), reader.now()) {
            entry.when = time_of_day(event.at);
        }
        entry.record = (!event.record.is_empty()).then(|| match release_of(&event.record) {
            None if event.record == HISTORY => Link {
                label: say("history-name"),
                href: reader.urls.history(),
            },
            Some(name) => Link {
                label: verbatim(name),
                href: reader.urls.release(name),
            },
            None => Link {
                label: verbatim(title_of(&event.record, titles)),
                href: reader.urls.record(&event.record),
            },
        });
        match days.last_mut() {
            Some(day) if day.heading == heading => day.entries.push(entry),
            _ => days.push(Day {
                heading,
                entries: vec![entry],
            }),
        }
    }
    days
}

/// Returns what people call a record, or one of its versions.
fn title_of(id: &str, titles: &HashMap<String, String>) -> String {
    let title = |record: &str| titles.get(record).map_or(record, String::as_str).to_owned();
    match version_of(id) {
        Some((version, record)) => format!("{} {version}", title(record)),
        None => title(id),
    }
}

fn event(reader: &Reader, at: i64, record: &str, actor: Message, did: Message) -> Event {
    Event {
        at,
        record: record.to_owned(),
        entry: Entry {
            actor,
            did,
            record: None,
            rest: Message::default(),
            quote: String::new(),
            when: moment(at, reader.now()),
        },
    }
}

fn said(reader: &Reader, row: &DecisionRow) -> Event {
    let did = match row.act.parse() {
        Ok(Act::Approve) => say("activity-approved"),
        Ok(Act::RequestChanges) => say("activity-changes"),
        Ok(Act::Submit) => say("activity-submitted"),
        Ok(Act::Withdraw) => say("activity-withdrew"),
        Ok(Act::Veto) => say("activity-vetoed"),
        Ok(Act::Assign) => say("activity-assigned"),
        Ok(Act::Describe) => say("activity-described"),
        Ok(Act::Close) => say("activity-closed"),
        Ok(Act::Reopen) => say("activity-reopened"),
        Ok(Act::Plan) => say("activity-planned"),
        Ok(Act::Release) => say("activity-released"),
        Ok(Act::Cancel) => say("activity-cancelled"),
        Ok(Act::Fail) => say("activity-failed"),
        Ok(Act::Rewrite) => say("activity-rewritten"),
        Ok(Act::RestoreHistory) => say("activity-history-restored"),
        Ok(Act::AcceptHistory) => say("activity-history-accepted"),
        Ok(Act::Comment) | Err(_) => say("activity-commented"),
    };
    let actor = verbatim(person_of(reader.policy(), &row.by));
    let mut event = event(reader, row.at, &row.record_id, actor, did);
    if let Some(transition) = &row.transition {
        event.entry.rest = say("activity-for").with("move", transition);
    }
    event.entry.quote.clone_from(&row.text);
    event
}

fn made(reader: &Reader, row: &AttestationRow) -> Event {
    let people = people_in(reader.policy(), &row.approved_by);
    let did = say("activity-made").with("count", people.len());
    let mut event = event(reader, row.at, &row.record_id, all_of(&people).into(), did);
    let became = match &row.version_to {
        Some(version) => say("activity-made-version").with("version", version),
        None => say("activity-made-status"),
    };
    event.entry.rest = became.with("status", &row.status_to);
    event
}

fn edited(reader: &Reader, row: &EditRow) -> Event {
    let did = match (row.began, row.removed) {
        (true, _) => say("activity-began"),
        (_, true) => say("activity-removed"),
        (false, false) => say("activity-edited"),
    };
    let identity = crate::id::Identity::new(&row.name, &row.address);
    let actor = match row.name.is_empty() && row.address.is_empty() {
        true => say("activity-somebody"),
        false => verbatim(person_of(reader.policy(), &identity)),
    };
    let record = row
        .record_id
        .clone()
        .or_else(|| slug(reader, &row.path))
        .unwrap_or_default();
    event(reader, row.at, &record, actor, did)
}

fn slug(reader: &Reader, path: &str) -> Option<String> {
    let collection = reader.policy().collection_of(path)?;
    Some(reader.policy().slug_of(collection, path))
}
