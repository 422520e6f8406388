//! Writing: a draft's fields as a form, or its whole text; shown as it will be published, kept while it is typed, and saved as the few bytes that it
//! changed.
//!
//! Every button of the form posts to one address, and every answer but the one after saving is the form again, with what was typed. So the page is whole
//! without scripts; with them, the same answers are taken apart.

mod attaching;
pub(super) mod kept;
mod merging;
mod page;
mod source;
mod suggestions;
mod text;

pub use page::own_proposals;
pub use suggestions::show as suggest;
pub(super) use text::Text;

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::decisions::target;
use super::record::found;
use super::review::mixed_up;
use crate::id::BlobId;
use crate::index;
use crate::refusal::Refusal;
use crate::review::Target;
use crate::web::failure::{Failure, foreign_form, shown, status_of};
use crate::web::form::{Fields, Upload};
use crate::web::frame;
use crate::web::pages::edit::EditPage;
use crate::web::reader::{Attempt, Brought, Reader};
use crate::web::sheet::Sheet;
use crate::web::showing::form::Act;
use crate::web::token::is_token;
use crate::web::writing::Saved;

/// How a form is asked for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    /// `text` for the whole text.
    #[serde(default, rename = "as")]
    way: String,
    #[serde(default)]
    path: String,
    /// The branch of the proposal that it goes to; empty where the record itself says where an edit belongs.
    #[serde(default)]
    proposal: String,
}

/// Finds the text that somebody wants to write; who may not is told so before they write.
async fn find(reader: &Reader, id: &str, target: &Target) -> Result<Sheet, Failure> {
    found(reader, id, Sheet::find(reader, id, target).await?)
}

/// Shows the form, with what was typed earlier and not saved.
pub async fn show(
    reader: Reader,
    Path((_, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let sheet = &find(&reader, &id, &Target::on(&asked.proposal, &asked.path)).await?;
    let wants_text = asked.way == "text";
    if let Some(page) = kept::restored(&reader, sheet, wants_text).await? {
        return frame::show(&page);
    }
    let blob = sheet.blob;
    let page = match wants_text {
        true => source::page(&reader, sheet, blob, None).await?,
        false => {
            let text = Text::read(&reader, sheet, blob).await?;
            page::page(&reader, sheet, &text, &Fields::default()).await?
        }
    };
    frame::show(&page)
}

/// Does what a button of the form asks for.
pub async fn act(
    Path((_, id)): Path<(String, String)>,
    Brought { attempt, upload }: Brought,
) -> Result<Response, Failure> {
    let Attempt {
        reader,
        fields,
        is_own,
    } = attempt;
    if !is_own {
        return show_again(&reader, &id, &fields).await;
    }
    let typed = fields.typed();
    let answer = own(&reader, &id, fields, upload).await;
    answer.map_err(|failure| failure.with_typed(typed))
}

async fn own(
    reader: &Reader,
    id: &str,
    fields: Fields,
    upload: Option<Upload>,
) -> Result<Response, Failure> {
    let place = target(&fields);
    let act = Act::read(fields.get("act")).ok_or_else(mixed_up)?;
    let from = match from(reader, id, &fields) {
        // What an earlier session typed is kept for its writer alone, so that any text of the record will do.
        Err(_) if act == Act::Keep => text_of(reader, id, &place, &fields).await?,
        from => from?,
    };
    let subject = place.to_string();
    if act == Act::Discard {
        kept::discard(reader, &subject).await?;
        let href = reader.urls.edit_at(id, &place);
        return Ok(Redirect::to(&href.to_string()).into_response());
    }
    if act == Act::Save {
        return match source::is_text(&fields) {
            true => source::save(reader, id, from, &fields).await,
            false => merging::save(reader, id, from, &fields).await,
        };
    }
    let sheet = &find(reader, id, &place).await?;
    let mut fields = fields;
    let attached = match &act {
        Act::Attach => attaching::attach(reader, sheet, &mut fields, upload).await,
        Act::Detach(file) => {
            attaching::detach(&mut fields, file);
            Ok(())
        }
        _ => Ok(()),
    };
    let (mut page, fields) = acted(reader, sheet, from, fields, &act).await?;
    if let Some(form) = &mut page.attaching {
        form.error = attached.as_ref().err().map(shown);
    }
    if let Err(refusal) = kept::keep(reader, &subject, Some(from), &fields).await? {
        page.error = Some(shown(&refusal));
        return frame::show_with(status_of(refusal.code), &page);
    }
    frame::show(&page)
}

/// Returns where a form's text is to go: into the proposal that was chosen, where it is to begin or to join one.
fn goes_to(fields: &Fields) -> Target {
    let branch = match fields.get("proposal") {
        "" => fields.get("into"),
        branch => branch,
    };
    Target::on(branch, fields.get("path"))
}

/// Leads on to what was written: to the record, or to the proposal that holds it.
fn onward(reader: &Reader, sheet: &Sheet, saved: &Saved) -> Response {
    let href = match &saved.branch {
        Some(branch) => reader.urls.proposal(branch),
        None => reader.urls.record(&sheet.id),
    };
    let href = href.with("saved", &saved.commit.to_string());
    Redirect::to(&href.to_string()).into_response()
}

/// Leads back from a form in which nothing was changed.
fn back(reader: &Reader, sheet: &Sheet) -> Response {
    Redirect::to(&page::back(reader, sheet).href.to_string()).into_response()
}

/// Returns the page after a button that saves nothing, and what it holds.
async fn acted(
    reader: &Reader,
    sheet: &Sheet,
    from: BlobId,
    mut fields: Fields,
    act: &Act,
) -> Result<(EditPage, Fields), Failure> {
    if source::is_text(&fields) {
        return source::acted(reader, sheet, from, fields, act).await;
    }
    let text = Text::read(reader, sheet, from).await?;
    if *act == Act::AsText {
        return match text.written(&fields) {
            Ok(written) => {
                let written = source::fields_of(&written);
                let page = source::page(reader, sheet, from, Some(&written)).await?;
                Ok((page, written))
            }
            Err(refusal) => {
                let mut page = page::page(reader, sheet, &text, &fields).await?;
                page.error = Some(shown(&refusal));
                Ok((page, fields))
            }
        };
    }
    text.form.with_rows(&fields).act(act, &mut fields);
    let page = page::page(reader, sheet, &text, &fields).await?;
    Ok((page, fields))
}

/// Shows a form that an earlier session was given as this session's own, where it is still about the text that stands. Nothing is saved.
async fn show_again(reader: &Reader, id: &str, fields: &Fields) -> Result<Response, Failure> {
    let sheet = &find(reader, id, &target(fields)).await?;
    let blob = sheet.blob;
    if fields.get("from") != blob.to_string() {
        return Err(Failure::foreign_form().with_typed(fields.typed()));
    }
    let mut page = match source::is_text(fields) {
        true => source::page(reader, sheet, blob, Some(fields)).await?,
        false => {
            let text = Text::read(reader, sheet, blob).await?;
            page::page(reader, sheet, &text, fields).await?
        }
    };
    page.error = Some(shown(&foreign_form()));
    frame::show_with(status_of(foreign_form().code), &page)
}

/// Returns the blob that the form was made from.
fn from(reader: &Reader, id: &str, fields: &Fields) -> Result<BlobId, Failure> {
    let purpose = page::purpose(reader, id, &target(fields), fields.get("from"));
    if !is_token(&reader.session.form_key, &purpose, fields.get("token")) {
        return Err(mixed_up());
    }
    fields.get("from").parse().map_err(|_| mixed_up())
}

/// Returns the blob that a form of another session was made from, if it ever was this record's text.
async fn text_of(
    reader: &Reader,
    id: &str,
    place: &Target,
    fields: &Fields,
) -> Result<BlobId, Failure> {
    let blob = fields.get("from");
    let pool = reader.desk.index.reader();
    let stands = find(reader, id, place).await?.blob.to_string() == blob;
    match stands || index::is_text_of(pool, &place.path, id, blob).await? {
        true => blob.parse().map_err(|_| mixed_up()),
        false => Err(mixed_up()),
    }
}

fn gone() -> Failure {
    Failure::new(
        StatusCode::CONFLICT,
        Refusal::new(
            "WEB-EDIT-001",
            "the record was removed while you wrote",
            "copy your text below; an administrator can restore the record",
        ),
    )
}
