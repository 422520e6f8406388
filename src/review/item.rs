//! A review item: one record, what is attested of it, what stands at the tip, and what people said.

use crate::id::{BlobId, CommitId, Identity, RecordId};
use crate::ledger::{Decision, GOVERNANCE};
use crate::policy::{Collection, Policy, StatusKind, Workflow};

/// One record as review sees it, at one tip and one journal.
#[derive(Debug, Clone)]
pub struct Item {
    /// The record.
    pub record: RecordId,
    /// Its path at the tip.
    pub path: String,
    /// Its collection's name.
    pub collection: String,
    /// Its title.
    pub title: String,
    /// The blob at the tip.
    pub proposed: BlobId,
    /// The last published blob.
    pub base: Option<BlobId>,
    /// The blob of the last attestation or of the baseline.
    pub attested_blob: Option<BlobId>,
    /// The attested status; `None` for a record that was never attested.
    pub attested_status: Option<String>,
    /// The attested version.
    pub attested_version: Option<semver::Version>,
    /// Where it stands.
    pub standing: Standing,
    /// Who wrote it since the base.
    pub authors: Vec<Author>,
    /// Codes and messages of blocking findings, and of the quarantine.
    pub blocking: Vec<String>,
    /// Everything said of the record since its last attestation, in the journal's order.
    pub decisions: Vec<PastDecision>,
    /// Transition and approvers of the attestations that led to this very text, newest first.
    pub led_here: Vec<(String, Vec<Identity>)>,
}

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A draft: edits are ordinary.
    Draft,
    /// Beyond draft, and exactly as attested.
    Settled,
    /// Its declared status, or its bytes beyond draft, are not what was attested.
    Changed,
}

/// Somebody who wrote a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// Name and address as commits give them.
    pub identity: Identity,
    /// A session of this server vouches for it.
    pub proven: bool,
}

/// A decision and its place in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastDecision {
    /// The journal commit.
    pub commit: CommitId,
    /// Who said it.
    pub by: Identity,
    /// When, seconds since 1970 in UTC.
    pub at: i64,
    /// What was said.
    pub decision: Decision,
}

impl Item {
    /// Returns the collection; the index holds records of the policy in force only.
    pub fn collection<'a>(&self, policy: &'a Policy) -> Option<&'a Collection> {
        policy.collections.get(&self.collection)
    }

    /// Returns whether this is the policy with its schemas and keys, and no record.
    pub fn is_governance(&self) -> bool {
        self.record.0 == GOVERNANCE && self.collection.is_empty()
    }

    /// Returns the workflow.
    pub fn workflow<'a>(&self, policy: &'a Policy) -> Option<&'a Workflow> {
        self.collection(policy)
            .map(|collection| policy.workflow(collection))
    }

    /// Returns the status that counts: the attested one, or the workflow's first.
    pub fn status<'a>(&'a self, workflow: &'a Workflow) -> &'a str {
        self.attested_status.as_deref().unwrap_or(&workflow.initial)
    }

    /// Returns what the status means to readers.
    pub fn kind(&self, workflow: &Workflow) -> StatusKind {
        workflow
            .statuses
            .get(self.status(workflow))
            .copied()
            .unwrap_or(StatusKind::Draft)
    }

    /// Returns whether the text itself, not only a declared status, differs from what was attested beyond draft.
    pub fn text_changed(&self, workflow: &Workflow) -> bool {
        self.kind(workflow) != StatusKind::Draft && self.attested_blob != Some(self.proposed)
    }
}
