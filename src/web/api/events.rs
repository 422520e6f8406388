//! What happened, in data: decisions, moves made and edits.

use serde::Serialize;
use utoipa::ToSchema;

use super::values::{PersonRef, moment, people_in, person_of};
use crate::id::Identity;
use crate::index::{AttestationRow, DecisionRow, EditRow, EventRow};
use crate::policy::Policy;

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// Somebody edited a record's file.
    Edit(EditEvent),
    /// Somebody said something of a review item.
    Decision(DecisionEvent),
    /// A move was made and attested.
    Attestation(AttestationEvent),
}

/// An edit of a record's file.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditEvent {
    /// When, by the commit's own account.
    #[schema(format = DateTime)]
    at: String,
    /// The author, by the commit's own account; null where it names nobody.
    by: Option<PersonRef>,
    /// What the file then said its id was, else what its path says; null for a file of no collection.
    record: Option<String>,
    /// The file.
    path: String,
    /// Whether it began the file.
    began: bool,
    /// Whether it removed the file.
    removed: bool,
    /// The commit.
    commit: String,
}

/// What somebody said of a review item.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionEvent {
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
    /// Who.
    pub by: PersonRef,
    /// The record.
    pub record: String,
    /// Its file then.
    pub path: String,
    /// `submit`, `approve`, `request-changes`, `comment`, `withdraw` or `veto`.
    #[schema(example = "approve")]
    pub act: String,
    /// The move that was approved.
    #[schema(example = "validate")]
    pub transition: Option<String>,
    /// The last published text then.
    pub base: Option<String>,
    /// The text that was judged.
    pub proposed: String,
    /// The policy that was seen.
    pub policy: String,
    /// A bump that was asked for.
    pub bump: Option<String>,
    /// What was said.
    pub text: String,
    /// The commit in the journal.
    pub commit: String,
}

/// A move that was made and attested.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttestationEvent {
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// The record.
    record: String,
    /// Its file in that commit.
    path: String,
    /// The move.
    #[schema(example = "activate")]
    transition: String,
    /// The status before.
    status_from: String,
    /// The status after.
    status_to: String,
    /// The version before.
    version_from: Option<String>,
    /// The version that was written.
    version_to: Option<String>,
    /// How large the change of meaning was.
    bump: Option<String>,
    /// The text that was judged.
    proposed: String,
    /// The text that the commit holds.
    blob: String,
    /// Who wrote it.
    authored_by: Vec<PersonRef>,
    /// Who approved it.
    approved_by: Vec<PersonRef>,
    /// The commit in the journal that completed it.
    decision: String,
    /// Its place in the chain.
    sequence: i64,
    /// The signed commit.
    commit: String,
}

/// Returns an event as programs read it.
pub fn event(policy: &Policy, row: &EventRow) -> Event {
    match row {
        EventRow::Edit(row) => Event::Edit(edit(policy, row)),
        EventRow::Decision(row) => Event::Decision(decision(policy, row)),
        EventRow::Attestation(row) => Event::Attestation(attestation(policy, row)),
    }
}

fn edit(policy: &Policy, row: &EditRow) -> EditEvent {
    let is_named = !(row.name.is_empty() && row.address.is_empty());
    EditEvent {
        at: moment(row.at),
        by: is_named.then(|| person_of(policy, &Identity::new(&row.name, &row.address))),
        record: row.record_id.clone().or_else(|| slug(policy, &row.path)),
        path: row.path.clone(),
        began: row.began,
        removed: row.removed,
        commit: row.commit.clone(),
    }
}

fn slug(policy: &Policy, path: &str) -> Option<String> {
    let collection = policy.collection_of(path)?;
    Some(policy.slug_of(collection, path))
}

/// Returns a decision as programs read it.
pub fn decision(policy: &Policy, row: &DecisionRow) -> DecisionEvent {
    DecisionEvent {
        at: moment(row.at),
        by: person_of(policy, &row.by),
        record: row.record_id.clone(),
        path: row.path.clone(),
        act: row.act.clone(),
        transition: row.transition.clone(),
        base: row.base.clone(),
        proposed: row.proposed.clone(),
        policy: row.policy.clone(),
        bump: row.bump.clone(),
        text: row.text.clone(),
        commit: row.commit.clone(),
    }
}

/// Returns an attestation as programs read it.
pub fn attestation(policy: &Policy, row: &AttestationRow) -> AttestationEvent {
    AttestationEvent {
        at: moment(row.at),
        record: row.record_id.clone(),
        path: row.path.clone(),
        transition: row.transition.clone(),
        status_from: row.status_from.clone(),
        status_to: row.status_to.clone(),
        version_from: row.version_from.clone(),
        version_to: row.version_to.clone(),
        bump: row.bump.clone(),
        proposed: row.proposed.clone(),
        blob: row.result.clone(),
        authored_by: people_in(policy, &row.authored_by),
        approved_by: people_in(policy, &row.approved_by),
        decision: row.decisions.clone(),
        sequence: row.sequence,
        commit: row.commit_id.clone(),
    }
}
