//! Changing a draft: a form of its fields, merged field by field with what others changed meanwhile.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::record::{collection_of, find_row};
use super::review::mixed_up;
use crate::id::BlobId;
use crate::index::{self, RecordRow};
use crate::policy::Collection;
use crate::record::{self, Edit, Record};
use crate::refusal::Refusal;
use crate::review;
use crate::web::failure::{Failure, foreign_form, shown, status_of};
use crate::web::form::Fields;
use crate::web::frame;
use crate::web::language::{say, verbatim};
use crate::web::pages::edit::{Clash, Conflict, EditPage};
use crate::web::pages::layout::{Page, Section};
use crate::web::pages::parts::Link;
use crate::web::reader::{Attempt, Reader};
use crate::web::showing::inputs::{Slot, slots};
use crate::web::token::{ANY_FORM, is_token};
use crate::web::writing;

/// How often an edit is merged again because the record moved under it.
const TRIES: usize = 4;

/// Shows the form.
pub async fn show(
    reader: Reader,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let row = find_row(&reader, &id, "").await?;
    let item = review::items(reader.desk.index.reader(), std::slice::from_ref(&row.path))
        .await?
        .into_iter()
        .next()
        .ok_or_else(Failure::nothing_here)?;
    review::judge_edit(reader.policy(), &item, reader.person()).map_err(|refusal| {
        Failure::from(refusal).leading_to(Link {
            label: say("edit-back"),
            href: reader.urls.record(&row.id),
        })
    })?;
    let text = Text::read(&reader, &row, row_blob(&row)?).await?;
    let page = page(
        reader.page(Some(Section::Records)).await?.asking_to_look(),
        &reader,
        &row,
        &text,
        |_| None,
    );
    frame::show(&page)
}

/// Saves what was changed.
pub async fn save(
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
    let typed = |failure: Failure| failure.with_typed(fields.typed());
    let path = fields.get("path").to_owned();
    let from = from(&reader, &id, &path, &fields).map_err(typed)?;
    merge(&reader, &path, from, &fields).await.map_err(typed)
}

/// Shows a form that an earlier session was given as this session's own, where it is still about the text that stands. Nothing is saved.
async fn show_again(reader: &Reader, id: &str, fields: &Fields) -> Result<Response, Failure> {
    let row = find_row(reader, id, fields.get("path")).await?;
    let blob = row_blob(&row)?;
    if fields.get("from") != blob.to_string() {
        return Err(Failure::foreign_form().with_typed(fields.typed()));
    }
    let now = Text::read(reader, &row, blob).await?;
    let changed: Vec<(&Slot, String)> = now
        .slots
        .iter()
        .filter_map(|slot| Some((slot, slot.typed(fields)?)))
        .collect();
    refused(reader, &row, &now, &changed, &foreign_form()).await
}

/// Returns the blob that the form was made from.
fn from(reader: &Reader, id: &str, path: &str, fields: &Fields) -> Result<BlobId, Failure> {
    let purpose = purpose(reader, id, path, fields.get("from"));
    let purpose: Vec<&str> = purpose.iter().map(String::as_str).collect();
    if !is_token(&reader.session.form_key, &purpose, fields.get("token")) {
        return Err(mixed_up());
    }
    fields.get("from").parse().map_err(|_| mixed_up())
}

async fn merge(
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
        let changed: Vec<(&Slot, String)> = base
            .slots
            .iter()
            .filter_map(|slot| Some((slot, slot.typed(fields)?)))
            .collect();
        let clashes = clashes(&changed, &now);
        if !clashes.is_empty() {
            return conflict(reader, &row, &now, &changed, clashes).await;
        }
        let edits: Vec<Edit> = changed
            .iter()
            .filter(|(slot, typed)| now.says(slot) != Some(typed))
            .flat_map(|(slot, typed)| slot.edits(typed))
            .collect();
        if edits.is_empty() {
            return Ok(Redirect::to(&reader.urls.record(&row.id).to_string()).into_response());
        }
        match commit(reader, &row, &now, &edits).await {
            Ok(done) => return Ok(done),
            Err(refusal) if refusal.code == "REV-STALE-002" => {}
            Err(refusal) => return refused(reader, &row, &now, &changed, &refusal).await,
        }
    }
    Err(busy().into())
}

async fn commit(
    reader: &Reader,
    row: &RecordRow,
    now: &Text,
    edits: &[Edit],
) -> Result<Response, Refusal> {
    let content = record::edit(&now.bytes, now.format, edits)?;
    let commit = writing::save(reader, row, now.blob, content).await?;
    let href = reader.urls.record(&row.id);
    let href = href.with("saved", &commit.to_string());
    Ok(Redirect::to(&href.to_string()).into_response())
}

/// A record's text, read for a form.
struct Text {
    blob: BlobId,
    bytes: Vec<u8>,
    format: record::Format,
    slots: Vec<Slot>,
}

impl Text {
    async fn read(reader: &Reader, row: &RecordRow, blob: BlobId) -> Result<Self, Failure> {
        let collection = collection_of(reader, row)?;
        let bytes = reader.bytes(blob).await?;
        let record = record::parse(&bytes, collection.format)?;
        Ok(Self {
            blob,
            slots: slots_of(reader, collection, &record),
            format: collection.format,
            bytes,
        })
    }

    /// Returns what stands now where a slot of another text stood.
    fn says(&self, slot: &Slot) -> Option<&String> {
        self.slots
            .iter()
            .find(|known| known.path == slot.path)
            .and_then(|known| known.current.as_ref())
    }
}

fn slots_of(reader: &Reader, collection: &Collection, record: &Record) -> Vec<Slot> {
    let rules = reader.rules();
    let schema = collection
        .schema
        .as_ref()
        .and_then(|path| rules.schemas.get(path));
    slots(
        collection,
        rules.policy.workflow(collection),
        schema,
        record,
    )
}

fn row_blob(row: &RecordRow) -> Result<BlobId, Failure> {
    Ok(row.blob.parse().map_err(anyhow::Error::from)?)
}

/// Fields that the reader changed, and somebody else changed to another text.
fn clashes(changed: &[(&Slot, String)], now: &Text) -> Vec<Clash> {
    changed
        .iter()
        .filter(|(slot, typed)| {
            let theirs = now.says(slot);
            theirs != slot.current.as_ref() && theirs != Some(typed)
        })
        .map(|(slot, typed)| Clash {
            label: slot.label(),
            theirs: now.says(slot).cloned().unwrap_or_default(),
            yours: typed.clone(),
        })
        .collect()
}

async fn conflict(
    reader: &Reader,
    row: &RecordRow,
    now: &Text,
    changed: &[(&Slot, String)],
    clashes: Vec<Clash>,
) -> Result<Response, Failure> {
    let mut page = page(
        reader.page(Some(Section::Records)).await?.asking_to_look(),
        reader,
        row,
        now,
        |slot| typed_in(changed, slot),
    );
    page.conflict = Some(Conflict {
        sentence: say("edit-both-changed"),
        fields: clashes,
    });
    frame::show_with(StatusCode::CONFLICT, &page)
}

async fn refused(
    reader: &Reader,
    row: &RecordRow,
    now: &Text,
    changed: &[(&Slot, String)],
    refusal: &Refusal,
) -> Result<Response, Failure> {
    let mut page = page(
        reader.page(Some(Section::Records)).await?.asking_to_look(),
        reader,
        row,
        now,
        |slot| typed_in(changed, slot),
    );
    page.error = Some(shown(refusal));
    frame::show_with(status_of(refusal.code), &page)
}

fn typed_in<'a>(changed: &'a [(&Slot, String)], slot: &Slot) -> Option<&'a str> {
    changed
        .iter()
        .find(|(known, _)| known.path == slot.path)
        .map(|(_, typed)| typed.as_str())
}

fn page<'a>(
    frame: Page,
    reader: &Reader,
    row: &RecordRow,
    text: &Text,
    typed: impl Fn(&Slot) -> Option<&'a str>,
) -> EditPage {
    let from = text.blob.to_string();
    let purpose = purpose(reader, &row.id, &row.path, &from);
    let purpose: Vec<&str> = purpose.iter().map(String::as_str).collect();
    let hidden = [
        ("csrf", reader.token(ANY_FORM)),
        ("path", row.path.clone()),
        ("token", reader.token(&purpose)),
        ("from", from),
    ];
    EditPage {
        page: frame,
        heading: say("edit-heading").with("title", &row.title),
        back: Link {
            label: verbatim(row.title.as_str()),
            href: reader.urls.record(&row.id),
        },
        effect: say("edit-effect"),
        action: reader.urls.edit(&row.id),
        hidden: hidden
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        inputs: text
            .slots
            .iter()
            .map(|slot| slot.input(typed(slot)))
            .collect(),
        button: say("edit-save"),
        error: None,
        conflict: None,
    }
}

fn purpose(reader: &Reader, id: &str, path: &str, from: &str) -> Vec<String> {
    [
        "edit",
        &reader.desk.name,
        &reader.person().key,
        id,
        path,
        from,
    ]
    .map(str::to_owned)
    .to_vec()
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

fn busy() -> Refusal {
    Refusal::new(
        "SRV-BUSY-002",
        "the record kept changing while your text was merged with it",
        "send it again in a moment; nothing was saved",
    )
}
