//! Writing: a draft's fields as a form, or its whole text; shown as it will be published, kept while it is typed, and saved as the few bytes that it
//! changed.
//!
//! Every button of the form posts to one address, and every answer but the one after saving is the form again, with what was typed. So the page is whole
//! without scripts; with them, the same answers are taken apart.

pub(super) mod kept;
mod merging;
mod page;
mod source;
mod suggestions;
mod text;

pub use suggestions::show as suggest;

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use self::text::Text;
use super::record::find_row;
use super::review::mixed_up;
use crate::id::BlobId;
use crate::index::{self, RecordRow};
use crate::refusal::Refusal;
use crate::review;
use crate::web::failure::{Failure, foreign_form, shown, status_of};
use crate::web::form::Fields;
use crate::web::frame;
use crate::web::language::say;
use crate::web::pages::edit::EditPage;
use crate::web::pages::parts::Link;
use crate::web::reader::{Attempt, Reader};
use crate::web::showing::form::Act;
use crate::web::token::is_token;

/// How a form is asked for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    /// `text` for the whole text.
    #[serde(default, rename = "as")]
    way: String,
    #[serde(default)]
    path: String,
}

/// Shows the form, with what was typed earlier and not saved.
pub async fn show(
    reader: Reader,
    Path((_, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let row = find_row(&reader, &id, &asked.path).await?;
    refuse_others(&reader, &row).await?;
    let wants_text = asked.way == "text";
    if let Some(page) = kept::restored(&reader, &row, wants_text).await? {
        return frame::show(&page);
    }
    let blob = row_blob(&row)?;
    let page = match wants_text {
        true => source::page(&reader, &row, blob, None).await?,
        false => {
            let text = Text::read(&reader, &row, blob).await?;
            page::page(&reader, &row, &text, &Fields::default()).await?
        }
    };
    frame::show(&page)
}

/// Does what a button of the form asks for.
pub async fn act(
    Path((_, id)): Path<(String, String)>,
    attempt: Attempt,
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
    let answer = own(&reader, &id, fields).await;
    answer.map_err(|failure| failure.with_typed(typed))
}

async fn own(reader: &Reader, id: &str, fields: Fields) -> Result<Response, Failure> {
    let path = fields.get("path").to_owned();
    let act = Act::read(fields.get("act")).ok_or_else(mixed_up)?;
    let from = match from(reader, id, &path, &fields) {
        // What an earlier session typed is kept for its writer alone, so that any text of the record will do.
        Err(_) if act == Act::Keep => text_of(reader, id, &path, &fields).await?,
        from => from?,
    };
    if act == Act::Discard {
        kept::discard(reader, &path).await?;
        return Ok(Redirect::to(&reader.urls.edit(id).to_string()).into_response());
    }
    let row = find_row(reader, id, &path).await?;
    if act == Act::Save {
        return match source::is_text(&fields) {
            true => source::save(reader, &row, from, &fields).await,
            false => merging::save(reader, &path, from, &fields).await,
        };
    }
    refuse_others(reader, &row).await?;
    let (mut page, fields) = acted(reader, &row, from, fields, &act).await?;
    if let Err(refusal) = kept::keep(reader, &row.path, Some(from), &fields).await? {
        page.error = Some(shown(&refusal));
        return frame::show_with(status_of(refusal.code), &page);
    }
    frame::show(&page)
}

/// Returns the page after a button that saves nothing, and what it holds.
async fn acted(
    reader: &Reader,
    row: &RecordRow,
    from: BlobId,
    mut fields: Fields,
    act: &Act,
) -> Result<(EditPage, Fields), Failure> {
    if source::is_text(&fields) {
        return source::acted(reader, row, from, fields, act).await;
    }
    let text = Text::read(reader, row, from).await?;
    if *act == Act::AsText {
        return match text.written(&fields) {
            Ok(written) => {
                let written = source::fields_of(&written);
                let page = source::page(reader, row, from, Some(&written)).await?;
                Ok((page, written))
            }
            Err(refusal) => {
                let mut page = page::page(reader, row, &text, &fields).await?;
                page.error = Some(shown(&refusal));
                Ok((page, fields))
            }
        };
    }
    text.form.with_rows(&fields).act(act, &mut fields);
    let page = page::page(reader, row, &text, &fields).await?;
    Ok((page, fields))
}

/// Shows a form that an earlier session was given as this session's own, where it is still about the text that stands. Nothing is saved.
async fn show_again(reader: &Reader, id: &str, fields: &Fields) -> Result<Response, Failure> {
    let row = find_row(reader, id, fields.get("path")).await?;
    let blob = row_blob(&row)?;
    if fields.get("from") != blob.to_string() {
        return Err(Failure::foreign_form().with_typed(fields.typed()));
    }
    let mut page = match source::is_text(fields) {
        true => source::page(reader, &row, blob, Some(fields)).await?,
        false => {
            let text = Text::read(reader, &row, blob).await?;
            page::page(reader, &row, &text, fields).await?
        }
    };
    page.error = Some(shown(&foreign_form()));
    frame::show_with(status_of(foreign_form().code), &page)
}

/// Returns the blob that the form was made from.
fn from(reader: &Reader, id: &str, path: &str, fields: &Fields) -> Result<BlobId, Failure> {
    let purpose = page::purpose(reader, id, path, fields.get("from"));
    let purpose: Vec<&str> = purpose.iter().map(String::as_str).collect();
    if !is_token(&reader.session.form_key, &purpose, fields.get("token")) {
        return Err(mixed_up());
    }
    fields.get("from").parse().map_err(|_| mixed_up())
}

/// Returns the blob that a form of another session was made from, if it ever was this record's text.
async fn text_of(
    reader: &Reader,
    id: &str,
    path: &str,
    fields: &Fields,
) -> Result<BlobId, Failure> {
    let blob = fields.get("from");
    let pool = reader.desk.index.reader();
    match index::is_text_of(pool, path, id, blob).await? {
        true => blob.parse().map_err(|_| mixed_up()),
        false => Err(mixed_up()),
    }
}

/// Who may not change a record is told so before they write.
async fn refuse_others(reader: &Reader, row: &RecordRow) -> Result<(), Failure> {
    let paths = std::slice::from_ref(&row.path);
    let items = review::items(reader.desk.index.reader(), paths).await?;
    let item = items.into_iter().next().ok_or_else(Failure::nothing_here)?;
    review::judge_edit(reader.policy(), &item, reader.person()).map_err(|refusal| {
        Failure::from(refusal).leading_to(Link {
            label: say("edit-back"),
            href: reader.urls.record(&row.id),
        })
    })
}

fn row_blob(row: &RecordRow) -> Result<BlobId, Failure> {
    Ok(row.blob.parse().map_err(anyhow::Error::from)?)
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
