//! The page of one review item.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;

use super::notices::{Done, notice};
use super::record::find_row;
use crate::id::BlobId;
use crate::index;
use crate::refusal::Refusal;
use crate::review::{self, Item, PastDecision, Texts};
use crate::web::failure::{Failure, shown, status_of};
use crate::web::form::Fields;
use crate::web::frame;
use crate::web::language::say;
use crate::web::pages::layout::{Page, Section};
use crate::web::pages::review::{ReviewPage, Stale};
use crate::web::reader::Reader;
use crate::web::showing::review::{Reading, Subject, read};
use crate::web::showing::{diff, standing};
use crate::web::token;

/// Shows what changed and what may be decided.
pub async fn show(
    reader: Reader,
    Path((_, id)): Path<(String, String)>,
    Query(done): Query<Done>,
) -> Result<Response, Failure> {
    let row = find_row(&reader, &id, &done.path).await?;
    let item = load(&reader, &row.path).await?;
    let mut frame = reader.page(Some(Section::Queue)).await?.asking_to_look();
    frame.notice = notice(&reader, &done).await?;
    frame::show(&make(&reader, &item, frame).await?)
}

/// Shows the page again with why a form was refused, and what was typed.
pub async fn show_refused(
    reader: &Reader,
    path: &str,
    seen: BlobId,
    fields: &Fields,
    refusal: &Refusal,
) -> Result<Response, Failure> {
    let row = index::record_at(reader.desk.index.reader(), path).await?;
    if row.is_none() {
        return Err(Failure::from(refusal.clone()).with_typed(fields.typed()));
    }
    let item = load(reader, path).await?;
    let mut page = make(reader, &item, reader.page(Some(Section::Queue)).await?).await?;
    page.decision.error = Some(shown(refusal));
    page.decision.reason = fields.get("reason").to_owned();
    for choice in &mut page.decision.versions {
        choice.is_chosen = choice.value == fields.get("version");
    }
    if item.proposed != seen {
        page.stale = Some(stale(reader, &item, seen).await?);
        page.since = None;
    }
    frame::show_with(status_of(refusal.code), &page)
}

/// Returns the names that an action token binds: a form decides about what it was made for, or not at all.
pub fn purpose<'a>(reader: &'a Reader, binding: &'a [(&'static str, String)]) -> Vec<&'a str> {
    let bound = binding
        .iter()
        .flat_map(|(name, value)| [*name, value.as_str()]);
    ["decide", &reader.desk.name, &reader.person().key]
        .into_iter()
        .chain(bound)
        .collect()
}

/// The fields that an action token binds, in its order.
pub const BOUND: [&str; 7] = [
    "record",
    "path",
    "base",
    "proposed",
    "policy",
    "operation",
    "moves",
];

async fn load(reader: &Reader, path: &str) -> Result<Item, Failure> {
    let found = review::items(reader.desk.index.reader(), &[path.to_owned()]).await?;
    found.into_iter().next().ok_or_else(Failure::nothing_here)
}

/// Makes the page of one item in a frame.
pub async fn make(reader: &Reader, item: &Item, frame: Page) -> Result<ReviewPage, Failure> {
    let pool = reader.desk.index.reader();
    let findings = index::findings_at(pool, std::slice::from_ref(&item.path)).await?;
    let said: Vec<PastDecision> = index::decisions_of(pool, std::slice::from_ref(&item.record.0))
        .await?
        .iter()
        .map(review::past_decision)
        .collect::<Result<_, _>>()?;
    let reading = compare(reader, item).await?;
    let subject = Subject {
        policy: reader.policy(),
        item,
        person: reader.person(),
        now: reader.now(),
        findings: &findings,
        said: &said,
    };
    let mut page = subject.page(frame, reader.urls.record(&item.record.0), reading);
    let moves: Vec<String> = subject
        .moves()
        .into_iter()
        .map(|offer| offer.name)
        .collect();
    page.decision.action = reader.urls.decisions();
    page.decision.hidden = hidden(reader, item, &moves)?;
    Ok(page)
}

/// Reads and compares the texts off the async threads.
async fn compare(reader: &Reader, item: &Item) -> Result<Reading, Failure> {
    let (rules, item) = (reader.shared_rules(), item.clone());
    let person = reader.person().clone();
    let read = reader
        .desk
        .on_repository(move |repository, _| {
            let proposed = repository.bytes(item.proposed)?;
            let base = item.base.map(|blob| repository.bytes(blob)).transpose()?;
            let attested = item
                .attested_blob
                .map(|blob| repository.bytes(blob))
                .transpose()?;
            let texts = Texts {
                proposed: &proposed,
                base: base.as_deref(),
                attested: attested.as_deref(),
            };
            Ok(match rules.as_ref() {
                Some(Ok(rules)) => {
                    let policy = &rules.policy;
                    let approved = review::approved_before(repository, policy, &item, &person)?;
                    let since = approved.zip(item.collection(policy));
                    Some(Reading {
                        since: since.map(|(approved, collection)| {
                            standing::since(policy, collection, approved.judged(), texts.judged())
                        }),
                        ..read(policy, &item, &texts)
                    })
                }
                Some(Err(_)) | None => None,
            })
        })
        .await?;
    read.ok_or_else(Failure::nothing_here)
}

/// Returns the hidden fields of a decision form: what it is about, and the token that binds them to this session.
pub fn hidden(
    reader: &Reader,
    item: &Item,
    moves: &[String],
) -> Result<Vec<(String, String)>, Failure> {
    let base = item.base.map_or_else(String::new, |blob| blob.to_string());
    let values = [
        item.record.0.clone(),
        item.path.clone(),
        base,
        item.proposed.to_string(),
        reader.rules().blob.to_string(),
        token::operation()?,
        serde_json::to_string(moves).map_err(anyhow::Error::from)?,
    ];
    let binding: Vec<(&'static str, String)> = BOUND.into_iter().zip(values).collect();
    let token = reader.token(&purpose(reader, &binding));
    Ok(binding
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .chain([
            ("token".to_owned(), token),
            ("csrf".to_owned(), reader.token(token::ANY_FORM)),
        ])
        .collect())
}

async fn stale(reader: &Reader, item: &Item, seen: BlobId) -> Result<Stale, Failure> {
    let format = item
        .collection(reader.policy())
        .map(|collection| collection.format)
        .ok_or_else(Failure::nothing_here)?;
    let proposed = item.proposed;
    let mut since = reader
        .desk
        .on_repository(move |repository, _| {
            let old = repository.bytes(seen)?;
            let new = repository.bytes(proposed)?;
            Ok(diff::of_files(Some(&old), &new, format, diff::SINCE))
        })
        .await?;
    since.lines.clear();
    Ok(Stale {
        sentence: say("review-stale"),
        diff: since,
    })
}

/// Returns the refusal of a form whose parts do not belong together.
pub fn mixed_up() -> Failure {
    Failure::new(
        StatusCode::FORBIDDEN,
        Refusal::new(
            "WEB-FORM-007",
            "this form was made for another text, another person or other moves; nothing was decided",
            "open the record's review again and send its own form",
        ),
    )
}
