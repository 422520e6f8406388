//! Saving fields: merged, field by field, with what others changed meanwhile.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::text::Text;
use super::{gone, kept, page, row_blob};
use crate::id::BlobId;
use crate::index::{self, RecordRow};
use crate::record::{self, Edit, FieldPath, Record};
use crate::refusal::Refusal;
use crate::web::failure::{Failure, status_of};
use crate::web::form::Fields;
use crate::web::frame;
use crate::web::language::say;
use crate::web::pages::edit::{Clash, Conflict};
use crate::web::reader::Reader;
use crate::web::showing::form::Change;
use crate::web::showing::words::plain;
use crate::web::writing;

/// How often an edit is merged again because the record moved under it.
const TRIES: usize = 4;

/// Saves what was changed.
pub(super) async fn save(
    reader: &Reader,
    path: &str,
    from: BlobId,
    fields: &Fields,
) -> Result<Response, Failure> {
    for _ in 0..TRIES {
        let row = index::record_at(reader.desk.index.reader(), path).await?;
        let row = row.ok_or_else(gone)?;
        let base = Text::read(reader, &row, from).await?;
        let now = Text::read(reader, &row, row_blob(&row)?).await?;
        let typed = base.form.with_rows(fields);
        let clashes = clashes(&typed.changes(fields), &base.record, &now.record);
        if !clashes.is_empty() {
            return conflict(reader, &row, &base, &now, fields, clashes).await;
        }
        let edits = match typed.edits(fields, &now.record) {
            Ok(edits) => edits,
            Err(refusal) => return refused(reader, &row, &base, fields, &refusal).await,
        };
        if edits.is_empty() {
            kept::discard(reader, path).await?;
            return Ok(Redirect::to(&reader.urls.record(&row.id).to_string()).into_response());
        }
        match commit(reader, &row, &now, &edits).await {
            Ok(done) => {
                kept::discard(reader, path).await?;
                return Ok(done);
            }
            Err(refusal) if refusal.code == "REV-STALE-002" => {}
            Err(refusal) => return refused(reader, &row, &base, fields, &refusal).await,
        }
    }
    Err(busy().into())
}

async fn commit(
    reader: &Reader,
    row: &RecordRow,
    now: &Text<'_>,
    edits: &[Edit],
) -> Result<Response, Refusal> {
    let content = record::edit(&now.bytes, now.collection.format, edits)?;
    saved(reader, row, now.blob, content).await
}

/// Saves a text and leads on to the record.
pub(super) async fn saved(
    reader: &Reader,
    row: &RecordRow,
    from: BlobId,
    content: Vec<u8>,
) -> Result<Response, Refusal> {
    let commit = writing::save(reader, row, from, content).await?;
    let href = reader.urls.record(&row.id);
    let href = href.with("saved", &commit.to_string());
    Ok(Redirect::to(&href.to_string()).into_response())
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
    row: &RecordRow,
    base: &Text<'_>,
    now: &Text<'_>,
    fields: &Fields,
    clashes: Vec<Clash>,
) -> Result<Response, Failure> {
    let mut sent = base.form.with_rows(fields).changed_alone(fields);
    now.form.add_rows_that_are_new(&base.form, &mut sent);
    let mut page = page::page(reader, row, now, &sent).await?;
    page.conflict = Some(Conflict {
        sentence: say("edit-both-changed"),
        fields: clashes,
    });
    frame::show_with(StatusCode::CONFLICT, &page)
}

async fn refused(
    reader: &Reader,
    row: &RecordRow,
    text: &Text<'_>,
    fields: &Fields,
    refusal: &Refusal,
) -> Result<Response, Failure> {
    let page = page::page(reader, row, text, fields).await?;
    frame::show_with(status_of(refusal.code), &page::refused(page, refusal))
}

fn busy() -> Refusal {
    Refusal::new(
        "SRV-BUSY-002",
        "the record kept changing while your text was merged with it",
        "send it again in a moment; nothing was saved",
    )
}
