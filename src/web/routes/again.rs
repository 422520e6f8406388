//! An earlier text of a record proposed again: what would change is shown first.

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::record::found;
use super::review::mixed_up;
use crate::id::BlobId;
use crate::web::again::{self, Again};
use crate::web::failure::{Failure, shown, status_of};
use crate::web::frame;
use crate::web::language::{say, verbatim};
use crate::web::pages::layout::Section;
use crate::web::pages::parts::Link;
use crate::web::pages::propose::ProposePage;
use crate::web::reader::{Reader, Submission};
use crate::web::showing::diff;
use crate::web::token::{ANY_FORM, is_token};

/// Which text is asked for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    text: String,
}

/// Shows what would be proposed.
pub async fn show(
    reader: Reader,
    Path((_, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let again = find(&reader, &id, &asked.text).await?;
    frame::show(&page(&reader, &again, &asked.text, "").await?)
}

/// Proposes it and leads on to the proposal.
pub async fn propose(
    Path((_, id)): Path<(String, String)>,
    submission: Submission,
) -> Result<Response, Failure> {
    let Submission { reader, fields } = submission;
    let (text, reason) = (fields.get("text"), fields.get("reason"));
    let again = find(&reader, &id, text).await?;
    let purpose = purpose(&reader, &again, text);
    if !is_token(&reader.session.form_key, &purpose, fields.get("token")) {
        return Err(mixed_up().with_typed(fields.typed()));
    }
    match again::propose(&reader, again.clone(), reason).await {
        Ok(saved) => {
            let branch = saved.branch.unwrap_or_default();
            let href = reader.urls.proposal(&branch);
            let href = href.with("saved", &saved.commit.to_string());
            Ok(Redirect::to(&href.to_string()).into_response())
        }
        Err(refusal) => {
            let mut page = page(&reader, &again, text, reason).await?;
            page.error = Some(shown(&refusal));
            frame::show_with(status_of(refusal.code), &page)
        }
    }
}

async fn find(reader: &Reader, id: &str, text: &str) -> Result<Again, Failure> {
    let text: BlobId = text.parse().map_err(|_| Failure::nothing_here())?;
    found(reader, id, again::find(reader, id, text).await?)
}

async fn page(
    reader: &Reader,
    again: &Again,
    text: &str,
    reason: &str,
) -> Result<ProposePage, Failure> {
    let purpose = purpose(reader, again, text);
    let hidden = [
        ("csrf", reader.token(ANY_FORM)),
        ("text", text.to_owned()),
        ("token", reader.token(&purpose)),
    ];
    let standing = match again.standing {
        Some(blob) => Some(reader.bytes(blob).await?),
        None => None,
    };
    let collection = reader.policy().collection_of(&again.path);
    let format = collection.ok_or_else(Failure::nothing_here)?.format;
    let (heading, effect) = match (&again.standing, &again.version) {
        (None, _) => (say("propose-restore"), say("propose-restore-effect")),
        (Some(_), Some(version)) => (
            say("propose-again-version").with("version", version),
            say("propose-again-effect"),
        ),
        (Some(_), None) => (say("propose-again"), say("propose-again-effect")),
    };
    Ok(ProposePage {
        page: reader.page(Some(Section::Records)).await?.asking_to_look(),
        record: Link {
            label: verbatim(again.title.as_str()),
            href: reader.urls.record(&again.id),
        },
        heading: heading.with("title", &again.title),
        effect,
        action: reader.urls.again(&again.id),
        hidden: hidden
            .map(|(name, value)| (name.to_owned(), value))
            .to_vec(),
        suggestions: reader.urls.suggestions(),
        parts: Vec::new(),
        referrers: None,
        reason: reason.to_owned(),
        button: say("propose-send"),
        error: None,
        diff: Some(diff::of_files(
            standing.as_deref(),
            &again.content,
            format,
            diff::CHANGES,
        )),
    })
}

/// The text that would go is a part of it: where another one stands meanwhile, the page is read again first.
fn purpose(reader: &Reader, again: &Again, text: &str) -> Vec<String> {
    let standing = again.standing.map(|blob| blob.to_string());
    [
        "again",
        &reader.desk.name,
        &reader.person().key,
        &again.id,
        text,
        &standing.unwrap_or_default(),
    ]
    .map(str::to_owned)
    .to_vec()
}
