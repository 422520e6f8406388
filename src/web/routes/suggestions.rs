//! Taking over what somebody suggested: one click of somebody who writes, committed in their name with the suggester as co-author.

use axum::response::{IntoResponse, Redirect, Response};

use super::review::{load, mixed_up};
use crate::id::CommitId;
use crate::index;
use crate::record::merge::merge;
use crate::refusal::Refusal;
use crate::review::{EditOrder, Item, NewText, PastDecision, Place, past_decision};
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::reader::{Reader, Submission};
use crate::web::routes::decisions::target;
use crate::web::routes::review::show_refused;
use crate::web::token::is_token;
use crate::web::writing::{self, subject};

/// Takes a suggestion over, or says why it no longer fits.
pub async fn accept(submission: Submission) -> Result<Response, Failure> {
    let Submission { reader, fields } = submission;
    let place = target(&fields);
    let commit: CommitId = fields.get("suggestion").parse().map_err(|_| mixed_up())?;
    let purpose = purpose(&reader, &place.to_string(), &commit.to_string());
    if !is_token(&reader.session.form_key, &purpose, fields.get("token")) {
        return Err(mixed_up());
    }
    let item = load(&reader, &place)
        .await?
        .ok_or_else(Failure::nothing_here)?;
    let row = index::decision_at(reader.desk.index.reader(), &commit.to_string()).await?;
    let said = past_decision(&row.ok_or_else(Failure::nothing_here)?)?;
    if said.decision.record != item.record || !item.is_where(&said.decision) {
        return Err(mixed_up());
    }
    match take(&reader, &item, &said).await? {
        Ok(()) => Ok(Redirect::to(&reader.urls.review_of(&item).to_string()).into_response()),
        Err(refusal) => {
            show_refused(&reader, &place, item.proposed, &Fields::default(), &refusal).await
        }
    }
}

/// Returns what the token of an acceptance is for.
pub fn purpose(reader: &Reader, place: &str, commit: &str) -> [String; 5] {
    let person = reader.person().key.clone();
    let accept = "accept".to_owned();
    let desk = reader.desk.name.clone();
    [accept, desk, person, place.to_owned(), commit.to_owned()]
}

async fn take(
    reader: &Reader,
    item: &Item,
    said: &PastDecision,
) -> Result<Result<(), Refusal>, Failure> {
    let Some(suggested) = said.decision.about.suggested else {
        return Ok(Err(no_suggestion()));
    };
    let collection = item.collection(reader.policy());
    let format = collection.ok_or_else(Failure::nothing_here)?.format;
    let then = reader.bytes(said.decision.proposed).await?;
    let now = reader.bytes(item.proposed).await?;
    let suggested = reader.bytes(suggested).await?;
    let merged = match merge(Some(&then), &now, &suggested, format) {
        Ok(merged) if merged.conflicts.is_empty() => merged.content,
        Ok(_) | Err(_) => return Ok(Err(too_late())),
    };
    if merged == now {
        return Ok(Ok(()));
    }
    let order = EditOrder {
        place: match &item.origin {
            Some(origin) => Place::Proposal {
                branch: origin.branch.clone(),
            },
            None => Place::Published,
        },
        texts: vec![NewText {
            path: item.path.clone(),
            from: Some(item.proposed),
            content: merged,
        }],
        coauthors: vec![said.by.clone()],
        subject: subject("Amend", &item.title),
        ..writing::empty(reader)
    };
    Ok(writing::commit(reader, order).await.map(drop))
}

fn no_suggestion() -> Refusal {
    Refusal::new(
        "REV-SUGGEST-003",
        "nothing was suggested there",
        "open the review again",
    )
}

fn too_late() -> Refusal {
    Refusal::new(
        "REV-SUGGEST-001",
        "the text was changed where this suggestion changes it",
        "edit the text, and take over what still fits",
    )
}
