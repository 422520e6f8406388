//! The page of one review item.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;

use super::notices::{Done, notice};
use super::record::named_by;
use super::suggestions::purpose as purpose_of;
use crate::id::BlobId;
use crate::index;
use crate::ledger::attached_lines;
use crate::policy::StatusKind;
use crate::refusal::Refusal;
use crate::review::{self, Item, PastDecision, Target, Texts, may_take_part};
use crate::web::failure::{Failure, shown, status_of};
use crate::web::form::Fields;
use crate::web::frame;
use crate::web::language::{Message, say, verbatim};
use crate::web::pages::layout::{Page, Section};
use crate::web::pages::parts::{AttachedFile, Link};
use crate::web::pages::review::{ReviewPage, Stale};
use crate::web::pages::talk::{TalkForm, Topic};
use crate::web::pictures;
use crate::web::reader::Reader;
use crate::web::showing::review::{Reading, Subject, read};
use crate::web::showing::talk::{Anchors, under};
use crate::web::showing::{diff, standing};
use crate::web::token;

/// Shows what changed and what may be decided.
pub async fn show(
    reader: Reader,
    Path((_, id)): Path<(String, String)>,
    Query(done): Query<Done>,
) -> Result<Response, Failure> {
    let found = reader.find_item(&id, &done.target()).await?;
    let item = found.ok_or_else(Failure::nothing_here)?;
    let mut frame = reader.page(Some(Section::Queue)).await?.asking_to_look();
    frame.notice = notice(&reader, &done).await?;
    frame::show(&make(&reader, &item, frame).await?)
}

/// Shows the page again with why a form was refused, and what was typed.
pub async fn show_refused(
    reader: &Reader,
    target: &Target,
    seen: BlobId,
    fields: &Fields,
    refusal: &Refusal,
) -> Result<Response, Failure> {
    let Some(item) = load(reader, target).await? else {
        let failure = Failure::from(refusal.clone()).with_typed(fields.typed());
        return Err(match fields.get("record") {
            "" => failure,
            record => failure.leading_to(Link {
                label: say("details-record"),
                href: reader.urls.record(record),
            }),
        });
    };
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
pub const BOUND: [&str; 10] = [
    "record",
    "path",
    "proposal",
    "head",
    "base",
    "proposed",
    "attached",
    "policy",
    "operation",
    "moves",
];

/// Returns the item at a place, if there is one.
pub async fn load(reader: &Reader, target: &Target) -> Result<Option<Item>, Failure> {
    let targets = std::slice::from_ref(target);
    let found = review::items_at(reader.desk.index.reader(), targets).await?;
    Ok(found.into_iter().next())
}

/// Makes the page of one item in a frame.
pub async fn make(reader: &Reader, item: &Item, frame: Page) -> Result<ReviewPage, Failure> {
    let pool = reader.desk.index.reader();
    let mut findings = review::findings_of(pool, std::slice::from_ref(item)).await?;
    let findings = findings.remove(&item.target()).unwrap_or_default();
    let said: Vec<PastDecision> = index::decisions_of(pool, std::slice::from_ref(&item.record.0))
        .await?
        .iter()
        .map(review::past_decision)
        .collect::<Result<_, _>>()?;
    let mut reading = compare(reader, item, &said).await?;
    let anchors = std::mem::take(&mut reading.anchors);
    let lacking = std::mem::take(&mut reading.lacking);
    let subject = Subject {
        policy: reader.policy(),
        item,
        person: reader.person(),
        now: reader.now(),
        findings: &findings,
        said: &said,
        anchors: &anchors,
        lacking: &lacking,
    };
    let may_speak = may_take_part(reader.policy(), &item.collection, reader.person());
    if may_speak {
        talk(&said, &mut reading);
    }
    let mut page = subject.page(frame, reader.urls.record(&item.record.0), reading);
    offer_suggestions(reader, item, &said, &mut page);
    page.referrers = referrers(reader, item).await?;
    page.attached = attached(reader, item).await?;
    let moves: Vec<String> = subject
        .moves()
        .into_iter()
        .map(|offer| offer.name)
        .collect();
    page.proposal = item.origin.as_ref().map(|origin| Link {
        label: verbatim(origin.title.as_str()),
        href: reader.urls.proposal(&origin.branch),
    });
    if may_speak {
        page.talk = Some(TalkForm {
            action: reader.urls.comments(),
            hidden: hidden(reader, item, &[])?,
        });
    }
    page.decision.action = reader.urls.decisions();
    page.decision.hidden = hidden(reader, item, &moves)?;
    Ok(page)
}

/// Returns the files that are judged with a text, those that readers do not have marked.
async fn attached(reader: &Reader, item: &Item) -> Result<Vec<AttachedFile>, Failure> {
    let paths: Vec<String> = item.attached.iter().map(|file| file.path.clone()).collect();
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let published = index::attached_files_at(reader.desk.index.reader(), &paths).await?;
    let files = item.attached.iter().map(|file| AttachedFile {
        is_new: !published.contains(&file.path),
        ..pictures::shown(&reader.urls, file)
    });
    Ok(files.collect())
}

/// Returns the records that name one which may end.
async fn referrers(reader: &Reader, item: &Item) -> Result<Vec<(Link, Message)>, Failure> {
    let offers = review::offers(reader.policy(), item);
    if !offers
        .iter()
        .any(|offer| offer.to_kind == StatusKind::Ended)
    {
        return Ok(Vec::new());
    }
    let rows = index::relations_to(reader.desk.index.reader(), &item.record.0).await?;
    Ok(rows.iter().map(|row| named_by(reader, row)).collect())
}

/// Lets the reader speak of each field that changed.
fn talk(said: &[PastDecision], reading: &mut Reading) {
    let record = reading.record.take();
    under(&mut reading.diff, record.as_ref(), |topic| Topic {
        said: said
            .iter()
            .filter_map(|said| said.decision.about.field.as_ref())
            .filter(|field| field.to_string() == topic.path)
            .count(),
        ..topic
    });
}

/// Lets those who may write take over what somebody else suggested.
fn offer_suggestions(reader: &Reader, item: &Item, said: &[PastDecision], page: &mut ReviewPage) {
    let policy = reader.policy();
    let may_write = match &item.origin {
        Some(_) => may_take_part(policy, &item.collection, reader.person()),
        None => review::judge_edit(policy, item, reader.person()).is_ok(),
    };
    let place = item.target();
    for (remark, said) in page.discussion.iter_mut().zip(said) {
        let is_own = policy
            .person_by_address(&said.by.address)
            .is_some_and(|person| person.key == reader.person().key);
        let fits = may_write && !is_own && item.is_where(&said.decision);
        let Some(suggestion) = remark.suggestion.as_mut().filter(|_| fits) else {
            continue;
        };
        let purpose = purpose_of(reader, &place.to_string(), &suggestion.decision);
        let hidden = [
            ("csrf", reader.token(token::ANY_FORM)),
            ("path", place.path.clone()),
            ("proposal", place.proposal.clone().unwrap_or_default()),
            ("suggestion", suggestion.decision.clone()),
            ("token", reader.token(&purpose)),
        ];
        let hidden = hidden.map(|(name, value)| (name.to_owned(), value));
        suggestion.accept = Some((reader.urls.accept(), hidden.into()));
    }
}

/// Reads and compares the texts off the async threads.
async fn compare(reader: &Reader, item: &Item, said: &[PastDecision]) -> Result<Reading, Failure> {
    let (rules, item, said) = (reader.shared_rules(), item.clone(), said.to_vec());
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
                    let collection = item.collection(policy);
                    let bytes = |blob| repository.bytes(blob);
                    Some(Reading {
                        since: approved.zip(collection).map(|(approved, collection)| {
                            standing::since(policy, collection, &approved, texts.judged())
                        }),
                        anchors: collection.map_or_else(Anchors::default, |collection| {
                            Anchors::read(&said, &proposed, collection.format, bytes)
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
    let (branch, head) = match &item.origin {
        Some(origin) => (origin.branch.clone(), origin.head.to_string()),
        None => Default::default(),
    };
    let values = [
        item.record.0.clone(),
        item.path.clone(),
        branch,
        head,
        base,
        item.proposed.to_string(),
        attached_lines(&item.attached),
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
