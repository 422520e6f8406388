//! What pages and programs write into the repository: a draft's new text, and the first text of a new record.

use super::seat::Seat;
use super::sheet::{self, Sheet};
use crate::id::{BlobId, CommitId};
use crate::index;
use crate::ledger::Attachment;
use crate::policy::{Collection, Person, Policy};
use crate::record::diff::slug;
use crate::record::{self, Edit, FieldPath, Format, Scalar, Segment};
use crate::refusal::Refusal;
use crate::review::{EditOrder, NewText, Outcome, Place, may_take_part};

/// The version that a draft begins with.
const FIRST_VERSION: &str = "0.1.0";

/// A text that was committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// The commit.
    pub commit: CommitId,
    /// The proposal that holds it; `None` for the published branch.
    pub branch: Option<String>,
}

/// Commits a record's new text in place of the one it was made from, with the files that it names. The summary is what the commit is called; one is made where it is empty.
///
/// # Errors
/// Says why the text or its writer is refused; nothing was written then.
pub async fn save(
    seat: &Seat,
    sheet: &Sheet,
    from: BlobId,
    content: Vec<u8>,
    attached: Vec<Attachment>,
    summary: &str,
) -> Result<Saved, Refusal> {
    let text = NewText {
        path: sheet.path.clone(),
        from: Some(from),
        content,
    };
    let order = EditOrder {
        place: sheet.place.clone(),
        texts: vec![text],
        attached,
        subject: match summary.trim() {
            "" => subject("Edit", &sheet.title),
            summary => one_line(summary, 200),
        },
        ..empty(seat)
    };
    commit(seat, order).await
}

/// Begins a proposal with one text. The name becomes its branch's, and the reason its description.
///
/// # Errors
/// Says why it is refused; nothing was written then.
pub async fn propose(
    seat: &Seat,
    text: NewText,
    name: &str,
    mut subject: String,
    reason: &str,
) -> Result<Saved, Refusal> {
    let reason = reason.trim().replace("\r\n", "\n");
    if !reason.is_empty() {
        subject.push_str(&format!("\n\n{reason}"));
    }
    let order = EditOrder {
        place: Place::NewProposal {
            name: sheet::named(name),
        },
        texts: vec![text],
        subject,
        ..empty(seat)
    };
    commit(seat, order).await
}

/// Commits an order.
///
/// # Errors
/// Says why it is refused; nothing was written then.
pub async fn commit(seat: &Seat, order: EditOrder) -> Result<Saved, Refusal> {
    Ok(match seat.committer.edit(order).await? {
        Outcome::Edited { commit, branch } => Saved { commit, branch },
        Outcome::Attested { commit, .. } | Outcome::Recorded { decision: commit } => Saved {
            commit,
            branch: None,
        },
    })
}

/// Returns an order of somebody that writes nothing yet.
pub fn empty(seat: &Seat) -> EditOrder {
    EditOrder {
        by: seat.identity(),
        place: Place::Published,
        texts: Vec::new(),
        attached: Vec::new(),
        removes: Vec::new(),
        coauthors: Vec::new(),
        subject: String::new(),
        at: seat.now(),
    }
}

/// What a commit is called: one short line.
pub fn subject(verb: &str, title: &str) -> String {
    format!("{verb} {}", one_line(title, 50))
}

fn one_line(text: &str, most: usize) -> String {
    let line: String = text
        .chars()
        .filter(|c| !c.is_control())
        .take(most)
        .collect();
    line.trim().to_owned()
}

/// Where a new record begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Goes {
    /// As a draft on the published branch.
    #[default]
    Published,
    /// In a proposal of its own.
    New,
    /// In an open proposal.
    Proposal(String),
}

/// A record that somebody wants to begin.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beginning {
    /// Its title, where the collection has any.
    pub title: String,
    /// Its id, where the collection keeps one in a field.
    pub id: String,
    /// The name of its file, made from the title where it is empty.
    pub name: String,
    /// Where it begins: as a draft on the published branch, or in a proposal.
    pub goes: Goes,
    /// Its whole text; a draft with the fields above and nothing else where there is none.
    pub content: Option<Vec<u8>>,
    /// The files that come along.
    pub attached: Vec<Attachment>,
}

/// A record that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// Its id.
    pub id: String,
    /// Its file.
    pub path: String,
    /// The commit.
    pub commit: CommitId,
    /// The proposal that holds it; `None` for the published branch.
    pub branch: Option<String>,
}

/// Begins a record.
///
/// # Errors
/// Says what is missing or taken; nothing was written then.
pub async fn begin(
    seat: &Seat,
    collection: &Collection,
    wanted: Beginning,
) -> Result<Begun, Refusal> {
    let wanted = completed(collection, wanted)?;
    let title = wanted.title.trim();
    if collection.title.is_some() && title.is_empty() {
        return Err(no_title());
    }
    let name = match wanted.name.trim() {
        "" => slug(title),
        typed => typed.to_owned(),
    };
    let path = path_of(seat.policy(), collection, &checked(&name)?)?;
    let id = match (&collection.id, wanted.id.trim()) {
        (Some(_), "") => return Err(no_id()),
        (Some(_), id) => id.to_owned(),
        (None, _) => seat.policy().slug_of(collection, &path),
    };
    refuse_taken(seat, &path, &id).await?;
    let content = match wanted.content {
        Some(content) => content,
        None => draft(seat.policy(), collection, title, &id)?,
    };
    let text = NewText {
        path: path.clone(),
        from: None,
        content,
    };
    let called = if title.is_empty() { &id } else { title };
    let order = EditOrder {
        place: match wanted.goes {
            Goes::Published => Place::Published,
            Goes::New => Place::NewProposal {
                name: sheet::named(called),
            },
            Goes::Proposal(branch) => Place::Proposal { branch },
        },
        texts: vec![text],
        attached: wanted.attached,
        subject: subject("Begin", called),
        ..empty(seat)
    };
    let Saved { commit, branch } = self::commit(seat, order).await?;
    Ok(Begun {
        id,
        path,
        commit,
        branch,
    })
}

/// A whole text says its title and id itself.
fn completed(collection: &Collection, mut wanted: Beginning) -> Result<Beginning, Refusal> {
    let Some(content) = &wanted.content else {
        return Ok(wanted);
    };
    let record = record::parse(content, collection.format)?;
    let said = |path: &Option<FieldPath>| {
        let text = path.as_ref().and_then(|path| record.text(path));
        text.unwrap_or_default().to_owned()
    };
    wanted.title = said(&collection.title);
    wanted.id = said(&collection.id);
    Ok(wanted)
}

/// Returns whether somebody may begin records of a collection here.
pub fn may_begin(policy: &Policy, collection: &Collection, person: &Person) -> bool {
    may_take_part(policy, &collection.name, person) && path_of(policy, collection, "x").is_ok()
}

/// Refuses a path at which a record stands.
///
/// # Errors
/// Says so, or that the index cannot be read.
pub async fn refuse_taken_path(seat: &Seat, path: &str) -> Result<(), Refusal> {
    match index::record_at(seat.desk.index.reader(), path).await {
        Ok(None) => Ok(()),
        Ok(Some(_)) => Err(taken(path, path)),
        Err(error) => Err(unread(&error)),
    }
}

async fn refuse_taken(seat: &Seat, path: &str, id: &str) -> Result<(), Refusal> {
    let pool = seat.desk.index.reader();
    let at_path = index::record_at(pool, path).await;
    let of_id = index::records_of(pool, id).await;
    match (at_path, of_id) {
        (Ok(None), Ok(rows)) if rows.is_empty() => Ok(()),
        (Ok(_), Ok(_)) => Err(taken(id, path)),
        (Err(error), _) | (_, Err(error)) => Err(unread(&error)),
    }
}

fn taken(name: &str, path: &str) -> Refusal {
    Refusal::new(
        "WEB-NEW-002",
        format!("there is a record of this name already: {name}"),
        "choose another name, or open that record",
    )
    .in_path(path)
}

fn unread(error: &anyhow::Error) -> Refusal {
    tracing::error!(
        error = format!("{error:#}"),
        "a name could not be looked up"
    );
    Refusal::new(
        "SRV-STORE-002",
        "the index could not be read",
        "try again; if it stays, ask the operator to read the server's log",
    )
}

/// A name for a file: letters, digits and hyphens.
///
/// # Errors
/// Says what a name may be.
pub fn checked(name: &str) -> Result<String, Refusal> {
    let is_good = (1..=80).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    match is_good {
        true => Ok(name.to_owned()),
        false => Err(Refusal::new(
            "WEB-NEW-001",
            format!(
                "\"{}\" cannot be a name in addresses",
                name.chars().take(60).collect::<String>()
            ),
            "use letters from a to z, digits and hyphens",
        )),
    }
}

/// Returns the path that a name has in a collection: its first pattern with the name in the place of the wildcard.
fn path_of(policy: &Policy, collection: &Collection, name: &str) -> Result<String, Refusal> {
    collection
        .paths
        .iter()
        .map(|pattern| pattern.replace("**/", "").replacen('*', name, 1))
        .find(|path| {
            policy
                .collection_of(path)
                .is_some_and(|owner| owner.name == collection.name)
        })
        .ok_or_else(|| {
            Refusal::new(
                "WEB-NEW-003",
                format!("no pattern of {} leaves one name open", collection.name),
                "begin the record with git",
            )
        })
}

/// A draft with what the collection needs and nothing else.
fn draft(
    policy: &Policy,
    collection: &Collection,
    title: &str,
    id: &str,
) -> Result<Vec<u8>, Refusal> {
    let initial = &policy.workflow(collection).initial;
    let wanted: Vec<(&FieldPath, &str)> = [
        (&collection.id, id),
        (&collection.title, title),
        (&collection.status, initial.as_str()),
        (&collection.version, FIRST_VERSION),
    ]
    .into_iter()
    .filter_map(|(path, value)| Some((path.as_ref()?, value)))
    .collect();
    let title_path = FieldPath::key("title");
    let first = wanted.first().map_or(&title_path, |(path, _)| *path);
    let edits: Vec<Edit> = wanted
        .iter()
        .map(|(path, value)| Edit::Set {
            path: (*path).clone(),
            value: Scalar::text(*value),
        })
        .collect();
    record::edit(
        skeleton(collection.format, first).as_bytes(),
        collection.format,
        &edits,
    )
}

/// A file of one field, which is then set.
fn skeleton(format: Format, first: &FieldPath) -> String {
    let key = match first.segments().first() {
        Some(Segment::Key(key)) => serde_json::Value::from(key.as_str()).to_string(),
        _ => "\"title\"".to_owned(),
    };
    let is_bare = key[1..key.len() - 1]
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '_')
        && key.len() > 2;
    let bare = if is_bare { key.trim_matches('"') } else { &key };
    match format {
        Format::Markdown => format!("---\n{bare}: new\n---\n\n"),
        Format::Yaml => format!("{bare}: new\n"),
        Format::Toml => format!("{bare} = \"new\"\n"),
        Format::Json => format!("{{\n  {key}: \"new\"\n}}\n"),
    }
}

fn no_title() -> Refusal {
    Refusal::new(
        "WEB-NEW-005",
        "the record has no title",
        "type what readers are to know it by",
    )
}

fn no_id() -> Refusal {
    Refusal::new(
        "WEB-NEW-004",
        "records of this collection carry an id, and none was typed",
        "type the id that the record is to keep",
    )
}
