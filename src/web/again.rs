//! What was official once, proposed again: an earlier version in place of the one that stands, or a record whose file was removed.
//!
//! Nothing is put back past review. The text of then goes into a proposal with the status and the version of now, so that it lands as the next version
//! with its own approvals, and the version that it takes the place of stays where it was.

use super::seat::Seat;
use super::sheet::Found;
use super::writing::{self, Saved, subject};
use crate::id::BlobId;
use crate::index;
use crate::policy::{Collection, Workflow};
use crate::record::{self, Edit, Record};
use crate::refusal::Refusal;
use crate::review::{NewText, may_take_part, no_role};

/// A text that can be proposed again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    /// The record.
    pub id: String,
    /// The title that it bears now, or bore last.
    pub title: String,
    /// The version that the text was; `None` where it had none of its own.
    pub version: Option<String>,
    /// Where it goes.
    pub path: String,
    /// The text that stands there; `None` where the file was removed.
    pub standing: Option<BlobId>,
    /// The text as it would be proposed.
    pub content: Vec<u8>,
}

/// Finds a text that an attestation left of a record, or that the baseline adopted, as this person could propose it.
///
/// # Errors
/// When git or the database cannot be read.
pub async fn find(seat: &Seat, id: &str, text: BlobId) -> anyhow::Result<Found<Again>> {
    let pool = seat.desk.index.reader();
    if !index::is_attested_text(pool, id, &text.to_string()).await? {
        return Ok(Found::Nothing);
    }
    let (path, official, standing) = match seat.find_row(id, "").await? {
        Some(row) => (row.path, row.blob.parse()?, true),
        None => match index::removed_record(pool, id).await? {
            Some(row) => (row.path, row.attested_blob.parse()?, false),
            None => return Ok(Found::Nothing),
        },
    };
    let Some(collection) = seat.policy().collection_of(&path) else {
        return Ok(Found::Nothing);
    };
    if !may_take_part(seat.policy(), &collection.name, seat.person()) {
        let refusal = no_role(seat.person(), &collection.name);
        return Ok(Found::Refused(refusal));
    }
    let (then, now) = (seat.bytes(text).await?, seat.bytes(official).await?);
    let workflow = seat.policy().workflow(collection);
    let made = match dressed(collection, workflow, &then, &now) {
        Ok(content) if standing && content == now => Err(stands_already()),
        made => made,
    };
    let links = index::attestations_of(pool, &[id.to_owned()]).await?;
    let link = links
        .into_iter()
        .find(|link| link.result == text.to_string());
    Ok(match made {
        Err(refusal) => Found::Refused(refusal.in_path(id)),
        Ok(content) => Found::This(Box::new(Again {
            title: title_of(collection, &now).unwrap_or_else(|| id.to_owned()),
            id: id.to_owned(),
            version: link.and_then(|link| link.version_to),
            path,
            standing: standing.then_some(official),
            content,
        })),
    })
}

/// Makes the proposal. The reason becomes its description.
///
/// # Errors
/// Says why it is refused; nothing was written then.
pub async fn propose(seat: &Seat, again: Again, reason: &str) -> Result<Saved, Refusal> {
    let (verb, name) = match again.standing {
        Some(_) => ("Revert", format!("revert-{}", again.title)),
        None => ("Restore", format!("restore-{}", again.title)),
    };
    let mut subject = subject(verb, &again.title);
    if let (Some(_), Some(version)) = (again.standing, &again.version) {
        subject.push_str(&format!(" to {version}"));
    }
    let text = NewText {
        path: again.path,
        from: again.standing,
        content: again.content,
    };
    writing::propose(seat, text, &name, subject, reason).await
}

/// Returns the text of then with the server's own fields as they stand now: a status is moved and a version is written by a decision alone.
fn dressed(
    collection: &Collection,
    workflow: &Workflow,
    then: &[u8],
    now: &[u8],
) -> Result<Vec<u8>, Refusal> {
    let (old, current) = (
        record::parse(then, collection.format)?,
        record::parse(now, collection.format)?,
    );
    let own = workflow.own_fields(collection);
    let edits: Vec<Edit> = own
        .iter()
        .filter_map(|path| edit_of(path, &old, &current))
        .collect();
    record::edit(then, collection.format, &edits)
}

fn edit_of(path: &record::FieldPath, old: &Record, current: &Record) -> Option<Edit> {
    let value = |record: &Record| Some(record.get(path)?.as_scalar()?.clone());
    match (value(old), value(current)) {
        (before, Some(value)) if before.as_ref() != Some(&value) => Some(Edit::Set {
            path: path.clone(),
            value,
        }),
        (Some(_), None) => Some(Edit::Remove { path: path.clone() }),
        _ => None,
    }
}

fn title_of(collection: &Collection, text: &[u8]) -> Option<String> {
    let record = record::parse(text, collection.format).ok()?;
    record.text(collection.title.as_ref()?).map(str::to_owned)
}

fn stands_already() -> Refusal {
    Refusal::new(
        "REV-AGAIN-001",
        "the record says already what it said then",
        "there is nothing to go back on",
    )
}
