//! A record's text where it is written: a draft on the published branch, any other record in a proposal. Editing what readers have begins a proposal and
//! never unpublishes it.

use crate::id::BlobId;
use crate::index::{self, RecordRow};
use crate::policy::Collection;
use crate::record::diff::slug;
use crate::refusal::Refusal;
use crate::review::{self, Place, Target, judge_edit, may_take_part, no_role};
use crate::web::seat::Seat;

/// A record's text and where an edit of it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The record.
    pub id: String,
    /// Its path there.
    pub path: String,
    /// Its title there.
    pub title: String,
    /// Its collection.
    pub collection: String,
    /// Its text there.
    pub blob: BlobId,
    /// Where an edit goes.
    pub place: Place,
    /// The title of the proposal that it goes to; empty for any other place.
    pub proposal: String,
    /// The text that the proposal began with, where it changes one.
    pub began: Option<BlobId>,
    /// Whether the proposal, or nobody, has it yet.
    pub is_new: bool,
}

/// What was found where a text is to be written.
pub enum Found<T> {
    /// No such record, or no such text of it.
    Nothing,
    /// Not for this person, or not now.
    Refused(Refusal),
    /// This.
    This(Box<T>),
}

impl<T> Found<T> {
    /// Returns what was found, or why not.
    ///
    /// # Errors
    /// The refusal, or what says that there is nothing.
    pub fn or<E: From<Refusal>>(self, nothing: impl FnOnce() -> E) -> Result<T, E> {
        match self {
            Self::Nothing => Err(nothing()),
            Self::Refused(refusal) => Err(refusal.into()),
            Self::This(found) => Ok(*found),
        }
    }
}

impl Sheet {
    /// Finds a record's text for somebody to write: in the proposal that the target names, else where an edit by them belongs.
    ///
    /// # Errors
    /// When git or the database cannot be read.
    pub async fn find(seat: &Seat, id: &str, target: &Target) -> anyhow::Result<Found<Sheet>> {
        match &target.proposal {
            Some(branch) => in_proposal(seat, id, &target.path, branch).await,
            None => published(seat, id, &target.path).await,
        }
    }

    /// Returns where the text stands.
    pub fn target(&self) -> Target {
        Target {
            proposal: match &self.place {
                Place::Proposal { branch } => Some(branch.clone()),
                Place::Published | Place::NewProposal { .. } => None,
            },
            path: self.path.clone(),
        }
    }

    /// Returns its collection; the policy may have changed since it was found.
    pub fn collection<'a>(&self, seat: &'a Seat) -> Option<&'a Collection> {
        seat.policy().collections.get(&self.collection)
    }
}

async fn published(seat: &Seat, id: &str, path: &str) -> anyhow::Result<Found<Sheet>> {
    let Some(row) = seat.find_row(id, path).await? else {
        return Ok(Found::Nothing);
    };
    let items = review::items(seat.desk.index.reader(), std::slice::from_ref(&row.path)).await?;
    let Some(item) = items.into_iter().next() else {
        return Ok(Found::Nothing);
    };
    let place = match judge_edit(seat.policy(), &item, seat.person()) {
        Ok(()) => Place::Published,
        Err(_) if may_take_part(seat.policy(), &row.collection, seat.person()) => {
            Place::NewProposal {
                name: named(&row.title),
            }
        }
        Err(refusal) => return Ok(Found::Refused(refusal)),
    };
    let blob = row.blob.parse()?;
    Ok(Found::This(Box::new(sheet(
        row,
        blob,
        place,
        String::new(),
    ))))
}

/// Returns what a proposal's branch is called after what it is about.
pub fn named(title: &str) -> String {
    match slug(title).as_str() {
        "" => "edit".to_owned(),
        slug => slug.chars().take(60).collect(),
    }
}

async fn in_proposal(
    seat: &Seat,
    id: &str,
    path: &str,
    branch: &str,
) -> anyhow::Result<Found<Sheet>> {
    let pool = seat.desk.index.reader();
    let Some(proposal) = index::proposal_at(pool, branch).await? else {
        return Ok(Found::Nothing);
    };
    if proposal.state == "closed" {
        return Ok(Found::Refused(closed(&proposal.title)));
    }
    let place = Place::Proposal {
        branch: branch.to_owned(),
    };
    let rows = index::proposed_in(pool, &[branch.to_owned()]).await?;
    let mut of_id = rows
        .into_iter()
        .filter(|row| row.record_id == id && !row.has_landed);
    let found = of_id.next();
    let found = match of_id.find(|row| row.path == path) {
        Some(asked) => Some(asked),
        None => found,
    };
    if let Some(row) = found {
        let Some(blob) = &row.blob else {
            return Ok(Found::Nothing);
        };
        return Ok(may_write(
            seat,
            Sheet {
                blob: blob.parse()?,
                began: row.blob_before.as_deref().map(str::parse).transpose()?,
                is_new: row.blob_before.is_none(),
                id: row.record_id,
                path: row.path,
                title: row.title,
                collection: row.collection,
                place,
                proposal: proposal.title,
            },
        ));
    }
    let Some(row) = seat.find_row(id, path).await? else {
        return Ok(Found::Nothing);
    };
    let (head, at) = (proposal.head.parse()?, row.path.clone());
    let entry = seat
        .desk
        .on_repository(move |repository, _| repository.entry(head, &at))
        .await?;
    Ok(match entry {
        Some(entry) => may_write(seat, sheet(row, entry.blob, place, proposal.title)),
        None => Found::Nothing,
    })
}

fn sheet(row: RecordRow, blob: BlobId, place: Place, proposal: String) -> Sheet {
    Sheet {
        id: row.id,
        path: row.path,
        title: row.title,
        collection: row.collection,
        blob,
        place,
        proposal,
        began: None,
        is_new: false,
    }
}

fn may_write(seat: &Seat, sheet: Sheet) -> Found<Sheet> {
    let person = seat.person();
    match may_take_part(seat.policy(), &sheet.collection, person) {
        true => Found::This(Box::new(sheet)),
        false => Found::Refused(no_role(person, &sheet.collection)),
    }
}

fn closed(title: &str) -> Refusal {
    Refusal::new(
        "PRO-CLOSED-001",
        format!("\"{title}\" is closed"),
        "take it up again on its page, or begin another proposal",
    )
}
