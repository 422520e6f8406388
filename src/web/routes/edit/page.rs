//! The page around a form: what was typed, what it will look like, what the rules find in it.

use super::text::Text;
use crate::check::{self, Finding};
use crate::index::{self, RecordRow};
use crate::policy::Collection;
use crate::record::{self, Record};
use crate::refusal::Refusal;
use crate::web::failure::{Failure, shown};
use crate::web::form::Fields;
use crate::web::language::{Message, say, verbatim};
use crate::web::pages::edit::{Desk, EditPage, Part, Preview};
use crate::web::pages::layout::Section;
use crate::web::pages::parts::{Finding as Told, Link};
use crate::web::reader::Reader;
use crate::web::routes::record::language;
use crate::web::showing::fields;
use crate::web::token::ANY_FORM;

/// A text as it would be saved, and what the rules find in it.
pub(super) struct Judged {
    pub(super) record: Option<Record>,
    pub(super) findings: Vec<Finding>,
    /// The titles of the records that it names.
    pub(super) titles: std::collections::HashMap<String, String>,
}

/// Returns the page of a form with what was typed into it.
pub(super) async fn page(
    reader: &Reader,
    row: &RecordRow,
    text: &Text<'_>,
    sent: &Fields,
) -> Result<EditPage, Failure> {
    let typed = text.form.with_rows(sent);
    let written = text.written(sent);
    let (content, refusal) = match &written {
        Ok(content) => (content.as_slice(), None),
        Err(refusal) => (text.bytes.as_slice(), Some(refusal)),
    };
    let judged = judge(
        reader,
        row,
        text.collection,
        content,
        &typed.references(sent),
    )
    .await?;
    let mut known = typed.known(sent, judged.record.as_ref(), &judged.findings);
    known.titles = judged.titles.clone();
    let elsewhere = std::mem::take(&mut known.elsewhere);
    let desk = desk(reader, row, text.collection, &judged, elsewhere, false);
    let mut page = around(reader, row, &text.blob.to_string(), desk).await?;
    page.parts = typed.parts(sent, &known);
    page.error = refusal.map(shown);
    Ok(page)
}

/// Judges a text as if it were saved.
pub(super) async fn judge(
    reader: &Reader,
    row: &RecordRow,
    collection: &Collection,
    content: &[u8],
    named: &[String],
) -> Result<Judged, Failure> {
    let record = record::parse(content, collection.format).ok();
    let mut findings = index::inspect_text(reader.rules(), &row.path, content).unwrap_or_default();
    let references = record
        .as_ref()
        .map(|record| check::references(collection, record));
    let references = references.unwrap_or_default();
    let targets = references.iter().map(|reference| reference.target.clone());
    let ids: Vec<String> = targets.chain(named.iter().cloned()).collect();
    let titles = index::titles(reader.desk.index.reader(), &ids).await?;
    let missing = references
        .into_iter()
        .filter(|reference| !titles.contains_key(&reference.target));
    findings.extend(missing.map(index::unresolved_reference));
    Ok(Judged {
        record,
        findings,
        titles,
    })
}

/// Returns what stands beside a form.
pub(super) fn desk(
    reader: &Reader,
    row: &RecordRow,
    collection: &Collection,
    judged: &Judged,
    elsewhere: Vec<Told>,
    is_text: bool,
) -> Desk {
    Desk {
        is_text,
        suggestions: reader.urls.suggestions(),
        preview: judged
            .record
            .as_ref()
            .map(|record| preview(row, collection, record)),
        told: count(judged.findings.len()),
        findings: elsewhere,
    }
}

fn count(findings: usize) -> Message {
    match findings {
        0 => say("edit-told-none"),
        count => say("edit-told").with("count", count),
    }
}

fn preview(row: &RecordRow, collection: &Collection, record: &Record) -> Preview {
    let title = collection.title.as_ref().and_then(|path| record.text(path));
    Preview {
        title: title.unwrap_or(&row.id).to_owned(),
        language: language(collection, Some(record)),
        fields: fields::rows(collection, record),
        body: fields::body(record),
    }
}

/// Returns a page without its form.
pub(super) async fn around(
    reader: &Reader,
    row: &RecordRow,
    from: &str,
    desk: Desk,
) -> Result<EditPage, Failure> {
    Ok(EditPage {
        page: reader.page(Some(Section::Records)).await?.asking_to_look(),
        heading: say("edit-heading").with("title", &row.title),
        back: Link {
            label: verbatim(row.title.as_str()),
            href: reader.urls.record(&row.id),
        },
        effect: say("edit-effect"),
        action: reader.urls.edit(&row.id),
        hidden: hidden(reader, row, from),
        parts: Vec::<Part>::new(),
        button: say("edit-save"),
        error: None,
        conflict: None,
        writer: reader.person().key.clone(),
        desk: Some(desk),
        unsaved: None,
    })
}

/// Returns the names and values that bind a form to its text, its writer and their session.
pub(super) fn hidden(reader: &Reader, row: &RecordRow, from: &str) -> Vec<(String, String)> {
    let purpose = purpose(reader, &row.id, &row.path, from);
    let purpose: Vec<&str> = purpose.iter().map(String::as_str).collect();
    let pairs = [
        ("csrf", reader.token(ANY_FORM)),
        ("path", row.path.clone()),
        ("token", reader.token(&purpose)),
        ("from", from.to_owned()),
    ];
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Returns what the token of a form is for.
pub(super) fn purpose(reader: &Reader, id: &str, path: &str, from: &str) -> Vec<String> {
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

/// Shows a refusal on the page that it is about.
pub(super) fn refused(mut page: EditPage, refusal: &Refusal) -> EditPage {
    page.error = Some(shown(refusal));
    page
}
