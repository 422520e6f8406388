//! Saving fields: merged, field by field, with what others changed meanwhile.

use axum::http::StatusCode;
use axum::response::Response;

use super::attaching::carried;
use super::text::Text;
use super::{back, goes_to, gone, kept, onward, page};
use crate::id::BlobId;
use crate::record::{self, Edit, FieldPath, Record};
use crate::refusal::Refusal;
use crate::web::failure::{Failure, status_of};
use crate::web::form::Fields;
use crate::web::frame;
use crate::web::language::say;
use crate::web::pages::edit::{Clash, Conflict};
use crate::web::reader::Reader;
use crate::web::routes::decisions::target;
use crate::web::sheet::Sheet;
use crate::web::showing::form::Change;
use crate::web::showing::words::plain;
use crate::web::writing;

/// How often an edit is merged again because the record moved under it.
const TRIES: usize = 4;

/// Saves what was changed.
pub(super) async fn save(
    reader: &Reader,
    id: &str,
    from: BlobId,
    fields: &Fields,
) -> Result<Response, Failure> {
    let subject = target(fields).to_string();
    for _ in 0..TRIES {
        let found = Sheet::find(reader, id, &goes_to(fields)).await?;
        let sheet = &found.or(gone)?;
        let base = Text::read(reader, sheet, from).await?;
        let now = Text::read(reader, sheet, sheet.blob).await?;
        let typed = base.form.with_rows(fields);
        let clashes = clashes(&typed.changes(fields), &base.record, &now.record);
        if !clashes.is_empty() {
            return conflict(reader, sheet, &base, &now, fields, clashes).await;
        }
        let edits = match typed.edits(fields, &now.record) {
            Ok(edits) => edits,
            Err(refusal) => return refused(reader, sheet, &base, fields, &refusal).await,
        };
        if edits.is_empty() {
            kept::discard(reader, &subject).await?;
            return Ok(back(reader, sheet));
        }
        match commit(reader, sheet, &now, &edits, fields).await {
            Ok(done) => {
                kept::discard(reader, &subject).await?;
                return Ok(done);
            }
            Err(refusal) if refusal.code == "REV-STALE-002" => {}
            Err(refusal) => return refused(reader, sheet, &base, fields, &refusal).await,
        }
    }
    Err(busy().into())
}

async fn commit(
    reader: &Reader,
    sheet: &Sheet,
    now: &Text<'_>,
    edits: &[Edit],
    fields: &Fields,
) -> Result<Response, Refusal> {
    let content = record::edit(&now.bytes, now.collection.format, edits)?;
    saved(reader, sheet, now.blob, content, fields).await
}

/// Saves a text and leads on to it.
pub(super) async fn saved(
    reader: &Reader,
    sheet: &Sheet,
    from: BlobId,
    content: Vec<u8>,
    fields: &Fields,
) -> Result<Response, Refusal> {
    let saved = writing::save(
        reader,
        sheet,
        from,
        content,
        carried(fields),
        fields.get("summary"),
    )
    .await?;
    Ok(onward(reader, sheet, &saved))
}

/// Values that the writer changed, and somebody else changed to something else.
fn clashes(changes: &[Change], base: &Record, now: &Record) -> Vec<Clash> {
    let is_body = |path: &FieldPath| *path == FieldPath::body() && now.body.is_some();
    let clashing = changes.iter().filter_map(|change| {
        let (was, is) = match is_body(&change.at) {
            true => (body(base), body(now)),
            false => (
                base.get(&change.at).map(plain),
                now.get(&change.at).map(plain),
            ),
        };
        let is_theirs = match is_body(&change.at) {
            true => was != is,
            false => base.get(&change.at) != now.get(&change.at),
        };
        let is_same = is.as_deref() == Some(change.yours.as_str());
        (is_theirs && !is_same).then(|| Clash {
            label: change.label.clone(),
            theirs: is.unwrap_or_default(),
            yours: change.yours.clone(),
        })
    });
    clashing.collect()
}

fn body(record: &Record) -> Option<String> {
    let body = record.body.as_ref()?;
    Some(body.text.replace("\r\n", "\n"))
}

async fn conflict(
    reader: &Reader,
    sheet: &Sheet,
    base: &Text<'_>,
    now: &Text<'_>,
    fields: &Fields,
    clashes: Vec<Clash>,
) -> Result<Response, Failure> {
    let mut sent = base.form.with_rows(fields).changed_alone(fields);
    now.form.add_rows_that_are_new(&base.form, &mut sent);
    let mut page = page::page(reader, sheet, now, &sent).await?;
    page.conflict = Some(Conflict {
        sentence: say("edit-both-changed"),
        fields: clashes,
    });
    frame::show_with(StatusCode::CONFLICT, &page)
}

async fn refused(
    reader: &Reader,
    sheet: &Sheet,
    text: &Text<'_>,
    fields: &Fields,
    refusal: &Refusal,
) -> Result<Response, Failure> {
    let page = page::page(reader, sheet, text, fields).await?;
    frame::show_with(status_of(refusal.code), &page::refused(page, refusal))
}

fn busy() -> Refusal {
    Refusal::new(
        "SRV-BUSY-002",
        "the record kept changing while your text was merged with it",
        "send it again in a moment; nothing was saved",
    )
}
