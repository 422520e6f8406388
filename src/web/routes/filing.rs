//! The file of a record: renamed, removed, or left out of a proposal.

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};

use super::decisions::target;
use super::notices::Done;
use super::record::found;
use super::review::mixed_up;
use crate::review::{Place, Target};
use crate::web::failure::{Failure, no_such_act, shown, status_of};
use crate::web::filing::{may_remove, remove, rename};
use crate::web::form::Fields;
use crate::web::frame;
use crate::web::language::{say, verbatim};
use crate::web::pages::filing::FilingPage;
use crate::web::pages::layout::Section;
use crate::web::pages::parts::Link;
use crate::web::reader::{Reader, Submission};
use crate::web::sheet::Sheet;
use crate::web::token::{ANY_FORM, is_token};

/// Shows what can become of the file.
pub async fn show(
    reader: Reader,
    Path((_, id)): Path<(String, String)>,
    Query(asked): Query<Done>,
) -> Result<Response, Failure> {
    let sheet = find(&reader, &id, &asked.target()).await?;
    frame::show(&page(&reader, &sheet, &Fields::default()).await?)
}

/// Renames or removes it, and leads on.
pub async fn act(
    Path((_, id)): Path<(String, String)>,
    submission: Submission,
) -> Result<Response, Failure> {
    let Submission { reader, fields } = submission;
    let sheet = find(&reader, &id, &target(&fields)).await?;
    let purpose = purpose(&reader, &sheet);
    if !is_token(&reader.session.form_key, &purpose, fields.get("token")) {
        return Err(mixed_up().with_typed(fields.typed()));
    }
    let reason = fields.get("reason");
    let done = match fields.get("act") {
        "rename" => rename(&reader, &sheet, fields.get("name"), reason).await,
        "remove" => remove(&reader, &sheet, reason).await,
        _ => Err(no_such_act()),
    };
    match done {
        Ok(saved) => {
            let href = match &saved.branch {
                Some(branch) => reader.urls.proposal(branch),
                None => reader.urls.records(),
            };
            let href = href.with("saved", &saved.commit.to_string());
            Ok(Redirect::to(&href.to_string()).into_response())
        }
        Err(refusal) => {
            let mut page = page(&reader, &sheet, &fields).await?;
            page.error = Some(shown(&refusal));
            frame::show_with(status_of(refusal.code), &page)
        }
    }
}

async fn find(reader: &Reader, id: &str, target: &Target) -> Result<Sheet, Failure> {
    found(reader, id, Sheet::find(reader, id, target).await?)
}

async fn page(reader: &Reader, sheet: &Sheet, sent: &Fields) -> Result<FilingPage, Failure> {
    let target = sheet.target();
    let purpose = purpose(reader, sheet);
    let hidden = [
        ("csrf", reader.token(ANY_FORM)),
        ("path", target.path),
        ("proposal", target.proposal.unwrap_or_default()),
        ("token", reader.token(&purpose)),
    ];
    let effect = match &sheet.place {
        Place::Published => say("filing-draft"),
        Place::NewProposal { .. } => say("filing-published"),
        Place::Proposal { .. } => say("filing-proposal").with("proposal", &sheet.proposal),
    };
    let back = match &sheet.place {
        Place::Proposal { branch } => reader.urls.proposal(branch),
        Place::Published | Place::NewProposal { .. } => reader.urls.record(&sheet.id),
    };
    Ok(FilingPage {
        page: reader.page(Some(Section::Records)).await?.asking_to_look(),
        back: Link {
            label: verbatim(sheet.title.as_str()),
            href: back,
        },
        file: sheet.path.clone(),
        effect,
        action: reader.urls.filing(&sheet.id),
        hidden: hidden
            .map(|(name, value)| (name.to_owned(), value))
            .to_vec(),
        name: match sent.get("name") {
            "" => name_of(&sheet.path).to_owned(),
            typed => typed.to_owned(),
        },
        reason: sent.get("reason").to_owned(),
        remove: may_remove(sheet).then(|| match sheet.began {
            Some(_) => say("filing-leave-out"),
            None => say("filing-remove"),
        }),
        error: None,
    })
}

fn name_of(path: &str) -> &str {
    let file = path.rsplit_once('/').map_or(path, |(_, file)| file);
    file.split_once('.').map_or(file, |(name, _)| name)
}

/// What the form's token is for: this text at this place.
fn purpose(reader: &Reader, sheet: &Sheet) -> Vec<String> {
    [
        "filing",
        &reader.desk.name,
        &reader.person().key,
        &sheet.id,
        &sheet.target().to_string(),
        &sheet.blob.to_string(),
    ]
    .map(str::to_owned)
    .to_vec()
}
