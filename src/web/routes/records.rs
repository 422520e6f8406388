//! The list of records, filtered and searched.

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::index::{self, RecordRow, Wanted};
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::web::failure::Failure;
use crate::web::frame;
use crate::web::href::Href;
use crate::web::language::{Message, say, verbatim};
use crate::web::moments::moment;
use crate::web::pages::layout::Section;
use crate::web::pages::parts::{Choice, Link, Paging};
use crate::web::pages::records::{RecordRow as Row, RecordsPage};
use crate::web::reader::Reader;
use crate::web::showing::parts::badge_of_row;
use crate::web::writing::may_begin;

/// Rows of a page.
const PAGE: i64 = 50;

/// The longest text that is searched for, in characters.
const MAX_SEARCH_CHARS: usize = 500;

/// What the form asks for.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    collection: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: String,
}

/// Shows the list.
pub async fn show(reader: Reader, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    if asked.q.chars().count() > MAX_SEARCH_CHARS {
        return Err(too_long());
    }
    let number = asked.page.parse::<i64>().unwrap_or(1).clamp(1, 1_000_000);
    let wanted = wanted(reader.policy(), &asked);
    let offset = (number - 1) * PAGE;
    let (rows, count) =
        index::list_records(reader.desk.index.reader(), &wanted, offset, PAGE).await?;
    let policy = reader.policy();
    frame::show(&RecordsPage {
        page: reader.page(Some(Section::Records)).await?,
        action: reader.urls.records(),
        collections: choices(
            say("records-all-collections"),
            policy.collections.keys(),
            &asked.collection,
        ),
        statuses: choices(
            say("records-any-status"),
            statuses(policy).into_iter(),
            &asked.status,
        ),
        is_filtered: [&asked.q, &asked.collection, &asked.status]
            .iter()
            .any(|value| !value.is_empty()),
        rows: rows.iter().map(|row| shown(&reader, row)).collect(),
        paging: paging(&reader, &asked, number, rows.len(), count),
        new: new_links(&reader),
        text: asked.q,
    })
}

fn wanted(policy: &Policy, asked: &Asked) -> Wanted {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Wanted::from_words(
        policy,
        given(&asked.collection),
        given(&asked.status),
        &asked.q,
    )
}

fn statuses(policy: &Policy) -> Vec<&String> {
    let mut names: Vec<&String> = Vec::new();
    for name in policy
        .workflows
        .values()
        .flat_map(|workflow| workflow.statuses.keys())
    {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn choices<'a>(all: Message, names: impl Iterator<Item = &'a String>, chosen: &str) -> Vec<Choice> {
    let choice = |value: &str, label: Message| Choice {
        value: value.to_owned(),
        label,
        is_chosen: value == chosen,
    };
    std::iter::once(choice("", all))
        .chain(names.map(|name| choice(name, verbatim(name.as_str()))))
        .collect()
}

fn shown(reader: &Reader, row: &RecordRow) -> Row {
    let note = match (&row.problem_code, row.problem_line, row.standing.as_str()) {
        (Some(_), Some(line), _) => say("records-unreadable-line").with("line", line),
        (Some(_), None, _) => say("records-unreadable"),
        (None, _, "changed") => say("records-outside"),
        (None, _, _) => Message::default(),
    };
    Row {
        record: Link {
            label: verbatim(row.title.as_str()),
            href: address(reader, row),
        },
        collection: row.collection.clone(),
        badge: row
            .problem_code
            .is_none()
            .then(|| badge_of_row(reader.policy(), row)),
        note,
        changed: moment(row.changed_at.unwrap_or_default(), reader.now()),
    }
}

fn address(reader: &Reader, row: &RecordRow) -> Href {
    reader.urls.record(&row.id)
}

fn paging(reader: &Reader, asked: &Asked, number: i64, shown: usize, count: i64) -> Paging {
    let first = (number - 1) * PAGE;
    let last = first + i64::try_from(shown).unwrap_or(i64::MAX);
    let page = |number: i64| {
        let mut href = reader.urls.records();
        for (name, value) in [
            ("collection", &asked.collection),
            ("status", &asked.status),
            ("q", &asked.q),
        ] {
            if !value.is_empty() {
                href = href.with(name, value);
            }
        }
        href.with("page", &number.to_string())
    };
    Paging {
        sentence: match shown {
            0 => say("records-none-of").with("count", count),
            _ => say("records-range")
                .with("first", first + 1)
                .with("last", last)
                .with("count", count),
        },
        previous: (number > 1).then(|| page(number - 1)),
        next: (last < count).then(|| page(number + 1)),
    }
}

fn too_long() -> Failure {
    Failure::new(
        StatusCode::BAD_REQUEST,
        Refusal::new(
            "WEB-SEARCH-001",
            format!("the text to search for has more than {MAX_SEARCH_CHARS} characters"),
            "search for a few words",
        ),
    )
}

/// Returns a link for each collection in which somebody may begin a record.
pub fn new_links(reader: &Reader) -> Vec<Link> {
    let policy = reader.policy();
    policy
        .collections
        .values()
        .filter(|collection| may_begin(policy, collection, reader.person()))
        .map(|collection| Link {
            label: say("records-new").with("collection", &collection.name),
            href: reader.urls.new_record(&collection.name),
        })
        .collect()
}
