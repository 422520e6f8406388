//! The page around a form: what was typed, what it will look like, what the rules find in it.

use super::attaching::{self, carried};
use super::text::Text;
use crate::check::{self, Finding};
use crate::index;
use crate::ledger::Attachment;
use crate::policy::Collection;
use crate::record::{self, Record};
use crate::refusal::Refusal;
use crate::review::{Place, Target};
use crate::web::failure::{Failure, shown};
use crate::web::form::Fields;
use crate::web::language::{Message, say, verbatim};
use crate::web::pages::edit::{Desk, EditPage, Part, Preview};
use crate::web::pages::layout::Section;
use crate::web::pages::parts::{Choice, Finding as Told, Link};
use crate::web::pictures::{Pictures, Stands};
use crate::web::reader::Reader;
use crate::web::routes::record::language;
use crate::web::sheet::Sheet;
use crate::web::showing::fields;
use crate::web::token::ANY_FORM;

/// Own proposals that a text may join.
const MOST_OWN: i64 = 20;

/// A text as it would be saved, and what the rules find in it.
pub(super) struct Judged {
    pub(super) record: Option<Record>,
    pub(super) findings: Vec<Finding>,
    /// The titles of the records that it names.
    pub(super) titles: std::collections::HashMap<String, String>,
    /// The files that it names.
    pub(super) pictures: Pictures,
}

/// Returns the page of a form with what was typed into it.
pub(super) async fn page(
    reader: &Reader,
    sheet: &Sheet,
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
        sheet,
        text.collection,
        content,
        &typed.references(sent),
        &carried(sent),
    )
    .await?;
    let mut known = typed.known(sent, judged.record.as_ref(), &judged.findings);
    known.titles = judged.titles.clone();
    let elsewhere = std::mem::take(&mut known.elsewhere);
    let desk = desk(reader, sheet, text.collection, &judged, elsewhere, false);
    let mut page = around(reader, sheet, &text.blob.to_string(), desk).await?;
    page.parts = typed.parts(sent, &known);
    page.error = refusal.map(shown);
    Ok(with_words(reader, sheet, page, sent))
}

/// Judges a text as if it were saved.
pub(super) async fn judge(
    reader: &Reader,
    sheet: &Sheet,
    collection: &Collection,
    content: &[u8],
    named: &[String],
    brought: &[Attachment],
) -> Result<Judged, Failure> {
    let record = record::parse(content, collection.format).ok();
    let mut findings =
        index::inspect_text(reader.rules(), &sheet.path, content).unwrap_or_default();
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
    let mut pictures = Pictures::default();
    if let Some(record) = &record {
        let stands = match sheet.target().proposal {
            Some(branch) => Stands::Proposal(branch),
            None => Stands::Published,
        };
        let path = &sheet.path;
        pictures = Pictures::find(reader, collection, record, path, stands, brought).await?;
        findings.extend(pictures.findings());
    }
    Ok(Judged {
        record,
        findings,
        titles,
        pictures,
    })
}

/// Returns what stands beside a form.
pub(super) fn desk(
    reader: &Reader,
    sheet: &Sheet,
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
            .map(|record| preview(sheet, collection, record, &judged.pictures)),
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

fn preview(
    sheet: &Sheet,
    collection: &Collection,
    record: &Record,
    pictures: &Pictures,
) -> Preview {
    let title = collection.title.as_ref().and_then(|path| record.text(path));
    Preview {
        title: title.unwrap_or(&sheet.id).to_owned(),
        language: language(collection, Some(record)),
        fields: fields::rows(collection, record),
        body: fields::body(record, pictures),
    }
}

/// Returns a page without its form.
pub(super) async fn around(
    reader: &Reader,
    sheet: &Sheet,
    from: &str,
    desk: Desk,
) -> Result<EditPage, Failure> {
    let (effect, button) = match &sheet.place {
        Place::Published => (say("edit-effect"), say("edit-save")),
        Place::NewProposal { .. } => (say("edit-effect-new"), say("edit-save-new")),
        Place::Proposal { .. } => (
            say("edit-effect-proposal").with("proposal", &sheet.proposal),
            say("edit-save-proposal"),
        ),
    };
    Ok(EditPage {
        page: reader.page(Some(Section::Records)).await?.asking_to_look(),
        heading: say("edit-heading").with("title", &sheet.title),
        back: back(reader, sheet),
        effect,
        action: reader.urls.edit(&sheet.id),
        hidden: hidden(reader, sheet, from),
        parts: Vec::<Part>::new(),
        into: into(reader, sheet).await?,
        summary: (sheet.place != Place::Published).then(String::new),
        button,
        error: None,
        conflict: None,
        writer: reader.person().key.clone(),
        attaching: attaching::form(reader, sheet, &Fields::default()),
        desk: Some(desk),
        unsaved: None,
    })
}

/// Leads to where a form was come from: to its record, or to its proposal.
pub(super) fn back(reader: &Reader, sheet: &Sheet) -> Link {
    match &sheet.place {
        Place::Proposal { branch } => Link {
            label: verbatim(sheet.proposal.as_str()),
            href: reader.urls.proposal(branch),
        },
        Place::Published | Place::NewProposal { .. } => Link {
            label: verbatim(sheet.title.as_str()),
            href: reader.urls.record(&sheet.id),
        },
    }
}

/// Returns the open proposals that the writer had a hand in, after a new one; none where the place is given.
async fn into(reader: &Reader, sheet: &Sheet) -> Result<Vec<Choice>, Failure> {
    if !matches!(sheet.place, Place::NewProposal { .. }) {
        return Ok(Vec::new());
    }
    let new = Choice {
        value: String::new(),
        label: say("edit-into-new"),
        is_chosen: true,
    };
    let mut choices = own_proposals(reader).await?;
    choices.insert(0, new);
    Ok(choices)
}

/// Returns the open proposals that somebody had a hand in, the last changed first.
pub async fn own_proposals(reader: &Reader) -> Result<Vec<Choice>, Failure> {
    let mut choices = Vec::new();
    let addresses = &reader.person().addresses;
    let pool = reader.desk.index.reader();
    for (branch, title) in index::proposals_by(pool, addresses, MOST_OWN).await? {
        choices.push(Choice {
            value: branch,
            label: verbatim(title),
            is_chosen: false,
        });
    }
    Ok(choices)
}

/// Puts back what was chosen and said beside the fields.
pub(super) fn with_words(
    reader: &Reader,
    sheet: &Sheet,
    mut page: EditPage,
    sent: &Fields,
) -> EditPage {
    page.attaching = attaching::form(reader, sheet, sent);
    let chosen = sent.get("into");
    if page.into.iter().any(|choice| choice.value == chosen) {
        for choice in &mut page.into {
            choice.is_chosen = choice.value == chosen;
        }
    }
    if let Some(summary) = &mut page.summary {
        summary.clone_from(&sent.get("summary").to_owned());
    }
    page
}

/// Returns the names and values that bind a form to its text, its writer and their session.
pub(super) fn hidden(reader: &Reader, sheet: &Sheet, from: &str) -> Vec<(String, String)> {
    let target = sheet.target();
    let purpose = purpose(reader, &sheet.id, &target, from);
    let pairs = [
        ("csrf", reader.token(ANY_FORM)),
        ("path", target.path),
        ("proposal", target.proposal.unwrap_or_default()),
        ("token", reader.token(&purpose)),
        ("from", from.to_owned()),
    ];
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Returns what the token of a form is for.
pub(super) fn purpose(reader: &Reader, id: &str, target: &Target, from: &str) -> Vec<String> {
    [
        "edit",
        &reader.desk.name,
        &reader.person().key,
        id,
        &target.to_string(),
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
