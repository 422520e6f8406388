//! Several texts at once: shown together before anything is decided, decided one by one, and told one by one.
//!
//! Selecting approves nothing. What was selected is shown with what changed in each, and what is sent then names the very texts that were shown, as the
//! form of a single review does. Each decision is judged alone: one that is refused holds up no other.

use axum::extract::RawQuery;
use axum::response::{IntoResponse, Redirect, Response};

use super::decisions::read;
use super::notices::no_undo;
use super::review::{BOUND, hidden, load, make};
use crate::ledger::Decision;
use crate::refusal::Refusal;
use crate::review::{self, Intent, Item, Outcome, Target};
use crate::web::failure::{Failure, shown};
use crate::web::form::Fields;
use crate::web::frame;
use crate::web::language::{Message, say, verbatim};
use crate::web::pages::bulk::{BulkPage, Candidate, LeftOut, ReportPage, Told};
use crate::web::pages::layout::{Page, Section};
use crate::web::pages::parts::{Link, Undo};
use crate::web::reader::{Reader, Submission};

/// The most texts that are decided about at once: more than anybody reads in one sitting.
const MOST: usize = 100;

/// Shows what was selected, or leads back where nothing was.
pub async fn show(reader: Reader, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let fields = Fields::parse(query.unwrap_or_default().as_bytes())?;
    let items = selected(&reader, fields.all("item").take(MOST).map(Target::read)).await?;
    if items.is_empty() {
        return Ok(Redirect::to(&reader.urls.queue().to_string()).into_response());
    }
    let frame = reader.page(Some(Section::Queue)).await?.asking_to_look();
    let mut page = BulkPage {
        page: frame,
        action: reader.urls.bulk(),
        back: reader.urls.queue(),
        candidates: Vec::new(),
        left_out: Vec::new(),
    };
    for item in &items {
        place(&reader, item, &mut page).await?;
    }
    frame::show(&page)
}

/// Decides about each text that was shown and is still selected, and tells what became of each.
pub async fn decide(submission: Submission) -> Result<Response, Failure> {
    let Submission { reader, fields } = submission;
    let mut decisions = Vec::new();
    for ballot in fields.all("item").take(MOST) {
        decisions.push(read(&reader, &Fields::parse(ballot.as_bytes())?)?);
    }
    let intents = decisions.iter().map(|decision| Intent {
        suggestion: None,
        by: reader.identity(),
        decision: decision.clone(),
        at: reader.now(),
    });
    let outcomes = reader.committer.decide_all(intents.collect()).await;
    let mut told = Vec::with_capacity(decisions.len());
    for (decision, outcome) in decisions.iter().zip(outcomes) {
        told.push(tell(&reader, decision, outcome).await?);
    }
    frame::show(&ReportPage {
        page: reader.page(Some(Section::Queue)).await?,
        back: reader.urls.queue(),
        told,
    })
}

/// Items at these places, in this order, each once; what is gone meanwhile is left out.
async fn selected(
    reader: &Reader,
    targets: impl Iterator<Item = Target>,
) -> Result<Vec<Item>, Failure> {
    let mut asked: Vec<Target> = Vec::new();
    for target in targets {
        if !asked.contains(&target) {
            asked.push(target);
        }
    }
    let mut items = review::items_at(reader.desk.index.reader(), &asked).await?;
    items.sort_by_key(|item| asked.iter().position(|target| *target == item.target()));
    Ok(items)
}

/// A text that the reader may bring forward now becomes a candidate; of any other the page says why not.
async fn place(reader: &Reader, item: &Item, page: &mut BulkPage) -> Result<(), Failure> {
    // Each candidate is the page of its review, without the frame.
    let review = make(reader, item, Page::default()).await?;
    let forward = review::queue::forward(reader.policy(), item).map(|offer| offer.name);
    let act = forward.as_ref().and_then(|name| {
        let value = format!("approve:{name}");
        review.decision.acts.iter().find(|act| act.value == value)
    });
    match (act, forward) {
        (Some(act), Some(name)) => page.candidates.push(Candidate {
            ballot: ballot(reader, item, &name)?,
            review: reader.urls.review_of(item),
            act: act.label.clone(),
            record: review.record,
            collection: review.collection,
            badge: review.badge,
            version: review.version,
            diff: review.diff.within(page.candidates.len()),
        }),
        (None, _) | (_, None) => page.left_out.push(LeftOut {
            record: review.record,
            why: review.decision.may_not,
        }),
    }
    Ok(())
}

/// A decision as the form of a review would send it, in one value.
fn ballot(reader: &Reader, item: &Item, transition: &str) -> Result<String, Failure> {
    let mut fields = hidden(reader, item, &[transition.to_owned()])?;
    fields.retain(|(name, _)| name == "token" || BOUND.contains(&name.as_str()));
    fields.push(("decision".to_owned(), format!("approve:{transition}")));
    Ok(Fields::from(fields).encoded())
}

async fn tell(
    reader: &Reader,
    decision: &Decision,
    outcome: Result<Outcome, Refusal>,
) -> Result<Told, Failure> {
    let item = load(reader, &Target::of(decision)).await?;
    let record = Link {
        label: verbatim(match &item {
            Some(item) => item.title.as_str(),
            None => decision.record.0.as_str(),
        }),
        href: reader.urls.record(&decision.record.0),
    };
    Ok(match outcome {
        Ok(Outcome::Attested {
            status, version, ..
        }) => Told {
            record,
            undo: Undo::No(no_undo(reader, &status)),
            done: Some(became(&status, version)),
            refused: None,
        },
        Ok(Outcome::Recorded { .. } | Outcome::Edited { .. }) => Told {
            record,
            done: Some(say("bulk-recorded")),
            refused: None,
            undo: match &item {
                Some(item) => undo(reader, item)?,
                None => Undo::No(say("undo-not")),
            },
        },
        Err(refusal) => Told {
            record: Link {
                href: match &item {
                    Some(item) => reader.urls.review_of(item),
                    None => reader.urls.review(&decision.record.0),
                },
                ..record
            },
            done: None,
            refused: Some(shown(&refusal)),
            undo: Undo::Nothing,
        },
    })
}

fn became(status: &str, version: Option<String>) -> Message {
    match version {
        Some(version) => say("bulk-became-version")
            .with("status", status)
            .with("version", version),
        None => say("bulk-became").with("status", status),
    }
}

/// Returns the form that takes back what somebody decided about a text that still waits for others.
///
/// # Errors
/// When the form cannot be made.
pub fn undo(reader: &Reader, item: &Item) -> Result<Undo, Failure> {
    Ok(Undo::Form {
        action: reader.urls.decisions(),
        hidden: hidden(reader, item, &[])?,
    })
}
