//! What is typed and not saved: kept at every button and while somebody types, and back in the form when it is opened again.

use super::text::Text;
use super::{page, source};
use crate::id::BlobId;
use crate::refusal::Refusal;
use crate::web::accounts::{Autosave, MOST_AUTOSAVES};
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::moments::moment;
use crate::web::pages::edit::{EditPage, Unsaved};
use crate::web::reader::Reader;
use crate::web::sheet::Sheet;

/// Keeps what was typed into a form; says why where there is no room.
pub async fn keep(
    reader: &Reader,
    subject: &str,
    from: Option<BlobId>,
    fields: &Fields,
) -> Result<Result<(), Refusal>, Failure> {
    let typed: Vec<(String, String)> = fields
        .without_session()
        .into_iter()
        .filter(|(name, _)| !matches!(name.as_str(), "act" | "path" | "from" | "proposal"))
        .collect();
    let text = Autosave {
        from_blob: from.map(|from| from.to_string()).unwrap_or_default(),
        fields: serde_json::to_string(&typed).map_err(anyhow::Error::from)?,
        saved_at: reader.now(),
    };
    let (address, repository) = (&reader.session.address, &reader.desk.name);
    let accounts = &reader.web.accounts;
    let kept = accounts.autosave(address, repository, subject, &text);
    Ok(match kept.await? {
        true => Ok(()),
        false => Err(no_room()),
    })
}

/// Lets go of what was kept of a record, or of one that is yet to begin.
pub async fn discard(reader: &Reader, subject: &str) -> Result<(), Failure> {
    let (address, repository) = (&reader.session.address, &reader.desk.name);
    let accounts = &reader.web.accounts;
    Ok(accounts
        .discard_autosave(address, repository, subject)
        .await?)
}

/// Returns the form with what was typed earlier and not saved, if anything was.
pub(super) async fn restored(
    reader: &Reader,
    sheet: &Sheet,
    wants_text: bool,
) -> Result<Option<EditPage>, Failure> {
    let Some((kept, fields)) = found(reader, &sheet.target().to_string()).await? else {
        return Ok(None);
    };
    let from = from(reader, sheet, &kept).await?;
    let Some(mut page) = shown(reader, sheet, from, &fields, wants_text).await? else {
        return Ok(None);
    };
    page.unsaved = Some(Unsaved {
        when: moment(kept.saved_at, reader.now()),
        action: reader.urls.edit_at(&sheet.id, &sheet.target()),
        hidden: page::hidden(reader, sheet, &from.to_string()),
    });
    Ok(Some(page))
}

/// Returns what was kept, and the form's names and values in it.
pub async fn found(reader: &Reader, subject: &str) -> Result<Option<(Autosave, Fields)>, Failure> {
    let (address, repository) = (&reader.session.address, &reader.desk.name);
    let accounts = &reader.web.accounts;
    let kept = accounts.autosaved(address, repository, subject, reader.now());
    let Some(kept) = kept.await? else {
        return Ok(None);
    };
    let pairs: Vec<(String, String)> = serde_json::from_str(&kept.fields).unwrap_or_default();
    Ok(Some((kept, Fields::from(pairs))))
}

/// Returns the form; `None` where nothing was typed that does not stand there.
async fn shown(
    reader: &Reader,
    sheet: &Sheet,
    from: BlobId,
    fields: &Fields,
    wants_text: bool,
) -> Result<Option<EditPage>, Failure> {
    if source::is_text(fields) {
        // A whole text may say what no field shows, so it stays one.
        return Ok(Some(source::page(reader, sheet, from, Some(fields)).await?));
    }
    let text = Text::read(reader, sheet, from).await?;
    let typed = text.form.with_rows(fields);
    if typed.changes(fields).is_empty() {
        return Ok(None);
    }
    Ok(Some(match (wants_text, text.written(fields)) {
        (true, Ok(written)) => {
            let written = source::fields_of(&written);
            source::page(reader, sheet, from, Some(&written)).await?
        }
        _ => page::page(reader, sheet, &text, fields).await?,
    }))
}

/// Returns the blob that the kept text was made from; the one that stands where git no longer has it.
async fn from(reader: &Reader, sheet: &Sheet, kept: &Autosave) -> Result<BlobId, Failure> {
    if let Ok(from) = kept.from_blob.parse::<BlobId>()
        && reader.bytes(from).await.is_ok()
    {
        return Ok(from);
    }
    Ok(sheet.blob)
}

fn no_room() -> Refusal {
    Refusal::new(
        "WEB-EDIT-004",
        format!(
            "there is no room to keep this text while you write: you have {MOST_AUTOSAVES} unsaved texts, or very long ones"
        ),
        "save this text, or open others and save or discard them",
    )
}
