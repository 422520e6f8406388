//! The whole text of a file, for those who want it: the same safety, without fields.

use axum::http::StatusCode;
use axum::response::Response;

use super::attaching::carried;
use super::text::Text;
use super::{back, find, goes_to, kept, merging, page};
use crate::id::BlobId;
use crate::record;
use crate::refusal::Refusal;
use crate::web::failure::{Failure, shown, status_of};
use crate::web::form::Fields;
use crate::web::frame;
use crate::web::language::{Message, say};
use crate::web::pages::edit::{Clash, Conflict, Control, EditPage, Input, Part};
use crate::web::reader::Reader;
use crate::web::routes::decisions::target;
use crate::web::sheet::Sheet;
use crate::web::showing::form::Act;
use crate::web::showing::parts::told;

/// The name by which a whole text is sent.
const NAME: &str = "text";

/// Returns whether a form holds a whole text.
pub(super) fn is_text(fields: &Fields) -> bool {
    fields.get("as") == "text"
}

/// Returns a whole text as its form sends it.
pub(super) fn fields_of(bytes: &[u8]) -> Fields {
    let pair = |name: &str, value: String| (name.to_owned(), value);
    Fields::from(vec![
        pair("as", "text".to_owned()),
        pair(NAME, readable(bytes)),
    ])
}

/// Returns a text without what its writers do not see: the byte order mark, and the kind of its line ends.
fn readable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned()
}

/// Returns the page of a whole text, as it stands or as it was typed.
pub(super) async fn page(
    reader: &Reader,
    sheet: &Sheet,
    from: BlobId,
    sent: Option<&Fields>,
) -> Result<EditPage, Failure> {
    let collection = sheet.collection(reader).ok_or_else(Failure::nothing_here)?;
    let bytes = reader.bytes(from).await?;
    let content = match sent {
        Some(sent) => record::rewrite(&bytes, sent.get(NAME)),
        None => bytes,
    };
    let brought = sent.map(carried).unwrap_or_default();
    let judged = page::judge(reader, sheet, collection, &content, &[], &brought).await?;
    let findings = judged.findings.iter().map(|finding| told(finding, true));
    let desk = page::desk(reader, sheet, collection, &judged, findings.collect(), true);
    let mut page = page::around(reader, sheet, &from.to_string(), desk).await?;
    page.hidden.push(("as".to_owned(), "text".to_owned()));
    page.parts = vec![Part::Input(Input {
        name: NAME.to_owned(),
        label: say("edit-text"),
        hint: Message::default(),
        is_required: false,
        control: Control::Source(match sent {
            Some(sent) => sent.get(NAME).replace("\r\n", "\n"),
            None => readable(&content),
        }),
        named: String::new(),
        findings: Vec::new(),
        error: None,
    })];
    Ok(match sent {
        Some(sent) => page::with_words(reader, sheet, page, sent),
        None => page,
    })
}

/// Returns the page after a button that saves nothing, and what it holds.
pub(super) async fn acted(
    reader: &Reader,
    sheet: &Sheet,
    from: BlobId,
    fields: Fields,
    act: &Act,
) -> Result<(EditPage, Fields), Failure> {
    if *act == Act::AsFields {
        match as_fields(reader, sheet, from, &fields).await? {
            Ok(done) => return Ok(done),
            Err(refusal) => {
                let page = page(reader, sheet, from, Some(&fields)).await?;
                return Ok((page::refused(page, &refusal), fields));
            }
        }
    }
    let page = page(reader, sheet, from, Some(&fields)).await?;
    Ok((page, fields))
}

/// Returns the form of a text that was typed; refused where the form could not hold all that was typed.
async fn as_fields(
    reader: &Reader,
    sheet: &Sheet,
    from: BlobId,
    fields: &Fields,
) -> Result<Result<(EditPage, Fields), Refusal>, Failure> {
    let text = Text::read(reader, sheet, from).await?;
    let content = record::rewrite(&text.bytes, fields.get(NAME));
    let typed = match record::parse(&content, text.collection.format) {
        Ok(typed) => text.form_of(reader, &typed).sent(),
        Err(refusal) => return Ok(Err(refusal)),
    };
    match text.written(&typed) {
        Ok(written) if written == content => {
            let page = page::page(reader, sheet, &text, &typed).await?;
            Ok(Ok((page, typed)))
        }
        Ok(_) | Err(_) => Ok(Err(Refusal::new(
            "WEB-EDIT-003",
            "this text was changed where its fields show nothing, such as in comments or in the order of lines",
            "save it as text; nothing of it is lost then",
        ))),
    }
}

/// Saves a whole text, if the one that it was made from still stands.
pub(super) async fn save(
    reader: &Reader,
    id: &str,
    from: BlobId,
    fields: &Fields,
) -> Result<Response, Failure> {
    let subject = target(fields).to_string();
    let sheet = &find(reader, id, &goes_to(fields)).await?;
    let old = reader.bytes(from).await?;
    let content = record::rewrite(&old, fields.get(NAME));
    let now = sheet.blob;
    if content == old && now == from {
        kept::discard(reader, &subject).await?;
        return Ok(back(reader, sheet));
    }
    if now != from {
        return conflict(reader, sheet, now, fields).await;
    }
    match merging::saved(reader, sheet, from, content, fields).await {
        Ok(done) => {
            kept::discard(reader, &subject).await?;
            Ok(done)
        }
        Err(refusal) => {
            let mut page = page(reader, sheet, from, Some(fields)).await?;
            page.error = Some(shown(&refusal));
            frame::show_with(status_of(refusal.code), &page)
        }
    }
}

/// Both texts, side by side; the next one that is sent is in place of theirs.
async fn conflict(
    reader: &Reader,
    sheet: &Sheet,
    now: BlobId,
    fields: &Fields,
) -> Result<Response, Failure> {
    let mut page = page(reader, sheet, now, Some(fields)).await?;
    page.conflict = Some(Conflict {
        sentence: say("edit-both-changed"),
        fields: vec![Clash {
            label: say("edit-text"),
            theirs: readable(&reader.bytes(now).await?),
            yours: fields.get(NAME).to_owned(),
        }],
    });
    frame::show_with(StatusCode::CONFLICT, &page)
}
