//! What a record's blob says of itself, as far as the picture keeps it.

use anyhow::Result;

use super::TipFile;
use crate::check;
use crate::id::BlobId;
use crate::index::rules::Rules;
use crate::policy::Collection;
use crate::record::{self, FieldPath, Record, Segment};
use crate::refusal::Refusal;
use crate::repository::{Content, EntryKind, RepoPath, Repository};

/// What a record's blob says of itself.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The value of the id field.
    pub record_id: Option<String>,
    /// The declared status.
    pub status: Option<String>,
    /// The declared version, as text.
    pub version: Option<String>,
    /// The language that it gives.
    pub locale: Option<String>,
    /// Why it cannot be read.
    pub problem: Option<Refusal>,
}

/// Parses a record's blob; what cannot be parsed says why.
pub(crate) fn parse_blob(
    repository: &Repository,
    blob: BlobId,
    kind: EntryKind,
    collection: &Collection,
) -> Result<Result<Record, Refusal>> {
    if let Some(refusal) = refuse_kind(kind) {
        return Ok(Err(refusal));
    }
    Ok(match repository.content(blob)? {
        Content::Bytes(bytes) => record::parse(&bytes, collection.format),
        Content::TooLarge(size) => {
            let cause = format!(
                "the file holds {size} bytes; at most {} are read",
                record::MAX_FILE_BYTES
            );
            Err(Refusal::new(
                "REC-SIZE-001",
                cause,
                "split the record, or move large content out of it",
            ))
        }
        Content::Missing(why) => {
            let cause = format!("the file's bytes cannot be read from git: {why}");
            Err(Refusal::new(
                "GIT-OBJ-001",
                cause,
                "run git fsck, and fetch the object again",
            ))
        }
    })
}

/// Says why the file at a path cannot be shown beside a text; `None` where it can.
pub(crate) fn attachment_problem(
    repository: &Repository,
    path: &str,
    blob: BlobId,
    kind: EntryKind,
) -> Result<Option<String>> {
    if let Some(refusal) = refuse_kind(kind) {
        return Ok(Some(refusal.cause));
    }
    if let Err(hostile) = RepoPath::parse(path) {
        return Ok(Some(hostile.reason.to_owned()));
    }
    Ok(attachment(repository, path, blob)?
        .err()
        .map(|refusal| refusal.cause))
}

/// Returns the bytes of a file that may travel with a text.
///
/// # Errors
/// When the object database cannot be read. The inner error says why it may not.
pub fn attachment(
    repository: &Repository,
    path: &str,
    blob: BlobId,
) -> Result<Result<Vec<u8>, Refusal>> {
    let content = repository.content_up_to(blob, check::MAX_ATTACHMENT_BYTES)?;
    let refused = match content {
        Content::Bytes(bytes) => match check::refuse_attachment(path, &bytes) {
            None => return Ok(Ok(bytes)),
            Some(refusal) => refusal,
        },
        Content::TooLarge(size) => check::unfit_size(size),
        Content::Missing(why) => Refusal::new(
            "FIL-GONE-001",
            format!("its bytes are not kept here: {why}"),
            "add it once more, and save",
        ),
    };
    Ok(Err(refused))
}

/// Returns the value of the id field, where the collection has one.
pub(crate) fn record_id(collection: &Collection, record: &Record) -> Option<String> {
    collection
        .id
        .as_ref()
        .and_then(|path| record.text(path))
        .map(str::to_owned)
}

/// Refuses what is no file.
fn refuse_kind(kind: EntryKind) -> Option<Refusal> {
    match kind {
        EntryKind::File => None,
        EntryKind::Link => Some(Refusal::new(
            "REC-LINK-001",
            "the path is a symbolic link, and links are never followed",
            "replace the link with the file itself",
        )),
        EntryKind::Submodule => Some(Refusal::new(
            "REC-LINK-002",
            "the path is a submodule, and submodules are never fetched",
            "replace the submodule with the file itself",
        )),
        EntryKind::Unreadable => Some(Refusal::new(
            "REC-NAME-001",
            "the file's name is not UTF-8",
            "rename the file",
        )),
    }
}

/// Reads the facts in a parsed record, or why it could not be parsed.
pub(super) fn facts_of(collection: &Collection, parsed: &Result<Record, Refusal>) -> Facts {
    match parsed {
        Err(refusal) => Facts {
            problem: Some(refusal.clone()),
            ..Facts::default()
        },
        Ok(record) => {
            let text = |path: &Option<record::FieldPath>| {
                path.as_ref()
                    .and_then(|path| record.text(path))
                    .map(str::to_owned)
            };
            Facts {
                record_id: text(&collection.id),
                status: text(&collection.status),
                version: text(&collection.version),
                locale: collection.locale_of(record).map(str::to_owned),
                problem: None,
            }
        }
    }
}

/// Returns what the picture keeps of a file at the tip.
pub(super) fn tip_file(
    path: &str,
    blob: BlobId,
    collection: &Collection,
    rules: &Rules,
    parsed: &Result<Record, Refusal>,
) -> TipFile {
    let mut file = TipFile {
        collection: collection.name.clone(),
        blob,
        facts: facts_of(collection, parsed),
        title: path.rsplit('/').next().unwrap_or(path).to_owned(),
        locale: None,
        findings: Vec::new(),
        references: Vec::new(),
        attachments: Vec::new(),
        text: String::new(),
    };
    let Ok(record) = parsed else { return file };
    let title = collection
        .title
        .as_ref()
        .and_then(|field| record.text(field))
        .filter(|title| !title.trim().is_empty());
    if let Some(title) = title {
        file.title = title.to_owned();
    }
    file.locale = collection.locale_of(record).map(str::to_owned);
    let schema = collection
        .schema
        .as_ref()
        .and_then(|path| rules.schemas.get(path));
    file.findings = check::findings(
        collection,
        rules.policy.workflow(collection),
        schema,
        record,
    );
    file.references = check::references(collection, record);
    file.attachments = check::attachments(&rules.policy, collection, record, path);
    let beyond = check::beyond_review(collection, record, &file.attachments);
    file.findings.extend(beyond);
    file.text = search_text(collection, record);
    file
}

/// Returns everything a person could look for in a record beside its title: the text of every field, then the body. The status is asked for by name.
fn search_text(collection: &Collection, record: &Record) -> String {
    let apart: Vec<&[Segment]> = [&collection.title, &collection.status]
        .into_iter()
        .filter_map(|field| field.as_ref().map(FieldPath::segments))
        .collect();
    let mut text = String::new();
    for (key, node) in &record.fields {
        if !apart.contains(&[Segment::Key(key.clone())].as_slice()) {
            push_text(node, &mut text);
        }
    }
    if let Some(body) = &record.body {
        text.push_str(&body.text);
    }
    text
}

fn push_text(node: &record::Node, text: &mut String) {
    match &node.value {
        record::Value::Scalar(scalar) => {
            text.push_str(&scalar.text);
            text.push('\n');
        }
        record::Value::List(items) => items.iter().for_each(|item| push_text(item, text)),
        record::Value::Map(map) => map.values().for_each(|item| push_text(item, text)),
    }
}
