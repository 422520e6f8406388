//! The list of records, filtered and searched.

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::views::views;
use crate::index::{self, Count, Hit, MAX_TYPED_CHARS, Order, RecordRow, Stretch};
use crate::refusal::Refusal;
use crate::web::failure::Failure;
use crate::web::filters::{Filters, Part};
use crate::web::frame;
use crate::web::href::Href;
use crate::web::language::{Message, say};
use crate::web::moments::moment;
use crate::web::pages::layout::Section;
use crate::web::pages::parts::{Link, Paging};
use crate::web::pages::records::{RecordRow as Row, RecordsPage, Run};
use crate::web::reader::Reader;
use crate::web::showing::filters::{chosen, counted, form, loosened, unknown_sentence};
use crate::web::showing::parts::badge_of_row;
use crate::web::writing::may_begin;

/// Rows of a page.
const PAGE: i64 = 50;

/// The last page there is: farther down nobody reads, and each row before a page costs a step.
const LAST_PAGE: i64 = 20_000;

/// A question and the page of its answer.
struct Asked {
    filters: Filters,
    page: i64,
}

impl Asked {
    fn read(pairs: &[(String, String)]) -> Self {
        let pairs: Vec<(&str, &str)> = pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let page = pairs.iter().find(|(name, _)| *name == "page");
        let filters = Filters::read(pairs.iter().copied());
        let last = match filters.order() {
            Order::Match | Order::Waiting => index::COUNTED / PAGE,
            Order::Changed | Order::Title => LAST_PAGE,
        };
        Self {
            page: page
                .and_then(|(_, number)| number.parse().ok())
                .unwrap_or(1)
                .clamp(1, last),
            filters,
        }
    }

    /// Returns whether the address is the one that this question has.
    fn is_asked_by(&self, pairs: &[(String, String)]) -> bool {
        let page = self.page.to_string();
        let pages = (self.page > 1).then_some(("page", page.as_str()));
        let canonical: Vec<(&str, &str)> = self.filters.pairs().chain(pages).collect();
        let sent = pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        sent.eq(canonical)
    }

    fn href(&self, list: &Href, page: i64) -> Href {
        let href = self.filters.href(list);
        match page {
            ..=1 => href,
            page => href.with("page", &page.to_string()),
        }
    }
}

/// Shows the list. A form sends its empty fields too; whoever sent it is led to the address that the question has.
pub async fn show(
    reader: Reader,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let asked = Asked::read(&pairs);
    let list = reader.urls.records();
    if asked.filters.get(Part::Words).chars().count() > MAX_TYPED_CHARS {
        return Err(too_long());
    }
    if !asked.is_asked_by(&pairs) {
        let canonical = asked.href(&list, asked.page).to_string();
        return Ok(Redirect::to(&canonical).into_response());
    }
    let pool = reader.desk.index.reader();
    let (policy, filters) = (reader.policy(), &asked.filters);
    let (wanted, unknown) = filters.wanted(policy, reader.now());
    let offset = (asked.page - 1) * PAGE;
    let mut hits = index::search(pool, &wanted, filters.order(), offset, PAGE + 1).await?;
    let has_more = hits.len() > PAGE as usize;
    hits.truncate(PAGE as usize);
    let count = index::count(pool, &wanted).await?;
    let mut said: Vec<Message> = unknown
        .iter()
        .map(|part| unknown_sentence(*part, filters.get(*part)))
        .collect();
    if wanted.typed.is_cut {
        said.push(say("search-words-cut"));
    }
    let left = match count.is_none() {
        true => left_without(&reader, filters).await?,
        false => Vec::new(),
    };
    frame::show(&RecordsPage {
        page: reader.page(Some(Section::Records)).await?,
        form: form(policy, &index::locales(pool).await?, filters),
        chosen: chosen(policy, filters, &unknown, &list),
        said,
        loosen: loosened(policy, filters, &left, &list),
        is_filtered: !filters.is_empty(),
        rows: hits.iter().map(|hit| shown(&reader, hit)).collect(),
        paging: paging(&asked, &list, hits.len(), count, has_more),
        new: new_links(&reader),
        views: views(&reader, filters).await?,
        action: list,
    })
}

/// Returns how many records would fit without each filter, where there are several.
async fn left_without(reader: &Reader, asked: &Filters) -> Result<Vec<(Part, Count)>, Failure> {
    let parts: Vec<Part> = asked.parts().map(|(part, _)| part).collect();
    let mut left = Vec::new();
    if parts.len() < 2 {
        return Ok(left);
    }
    for part in parts {
        let (wanted, _) = asked.without(part).wanted(reader.policy(), reader.now());
        left.push((
            part,
            index::count(reader.desk.index.reader(), &wanted).await?,
        ));
    }
    Ok(left)
}

fn shown(reader: &Reader, hit: &Hit) -> Row {
    let row = &hit.record;
    Row {
        title: runs(&hit.title),
        href: reader.urls.record(&row.id),
        snippet: runs(&hit.text),
        collection: row.collection.clone(),
        badge: row
            .problem_code
            .is_none()
            .then(|| badge_of_row(reader.policy(), row)),
        note: note(row),
        changed: moment(row.changed_at.unwrap_or_default(), reader.now()),
    }
}

fn note(row: &RecordRow) -> Message {
    match (&row.problem_code, row.problem_line, row.standing.as_str()) {
        (Some(_), Some(line), _) => say("search-unreadable-line").with("line", line),
        (Some(_), None, _) => say("search-unreadable"),
        (None, _, "changed") => say("search-changed-outside-review"),
        (None, _, _) => Message::default(),
    }
}

fn runs(stretches: &[Stretch]) -> Vec<Run> {
    let run = |stretch: &Stretch| Run {
        text: stretch.text.clone(),
        is_hit: stretch.is_hit,
    };
    stretches.iter().map(run).collect()
}

fn paging(asked: &Asked, list: &Href, shown: usize, count: Count, has_more: bool) -> Paging {
    let first = (asked.page - 1) * PAGE;
    let last = first + i64::try_from(shown).unwrap_or(i64::MAX);
    Paging {
        sentence: match shown {
            0 => say("search-paging-none").with("count", counted(count)),
            _ => say("search-paging")
                .with("first", first + 1)
                .with("last", last)
                .with("count", counted(count)),
        },
        previous: (asked.page > 1).then(|| asked.href(list, asked.page - 1)),
        next: has_more.then(|| asked.href(list, asked.page + 1)),
    }
}

fn too_long() -> Failure {
    Failure::new(
        StatusCode::BAD_REQUEST,
        Refusal::new(
            "WEB-SEARCH-001",
            format!("the text to search for has more than {MAX_TYPED_CHARS} characters"),
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
            label: say("search-new-in").with("collection", &collection.name),
            href: reader.urls.new_record(&collection.name),
        })
        .collect()
}
