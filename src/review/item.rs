//! A review item: one record, what is attested of it, what stands at the tip, and what people said.

use std::fmt;

use crate::id::{BlobId, CommitId, Identity, RecordId};
use crate::ledger::{Attachment, Decision, GOVERNANCE, Seen, VERSIONS, version_of};
use crate::policy::{Collection, Policy, Scope, StatusKind, Workflow};
use crate::version::Weight;

/// What the id of a proposal as a whole begins with; no record's id does.
pub(super) const BRANCHES: &str = "refs/heads/";

/// One record as review sees it, at one tip and one journal.
#[derive(Debug, Clone)]
pub struct Item {
    /// The record.
    pub record: RecordId,
    /// Its path at the tip.
    pub path: String,
    /// Its collection's name.
    pub collection: String,
    /// The languages that whoever decides about it must hold a role for.
    pub locales: Vec<String>,
    /// Its title.
    pub title: String,
    /// The blob at the tip.
    pub proposed: BlobId,
    /// The files that the text names, those that are there, by path.
    pub attached: Vec<Attachment>,
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
    /// What the change weighs; `None` where nobody weighed it, and then it weighs as much as one can.
    pub weight: Option<Weight>,
    /// Who wrote it since the base.
    pub authors: Vec<Author>,
    /// Codes and messages of blocking findings, and of the quarantine.
    pub blocking: Vec<String>,
    /// Everything said of the record since its last attestation, in the journal's order.
    pub decisions: Vec<PastDecision>,
    /// Every veto of the record, or of the proposal that it comes from, and every withdrawal, whatever was attested since, in the journal's order.
    pub vetoes: Vec<PastDecision>,
    /// Transition and approvers of the attestations that led to this very text, newest first.
    pub led_here: Vec<(String, Vec<Identity>)>,
    /// The proposal that the text comes from; `None` for what stands on the published branch.
    pub origin: Option<Origin>,
    /// The open release that it waits for.
    pub held: Option<Held>,
}

/// An open release as one of its texts knows it: the text reaches readers with the release and not alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The release's name.
    pub release: String,
    /// Its title.
    pub title: String,
    /// When it is to go out, seconds since 1970 in UTC; `None` where a person says when.
    pub due: Option<i64>,
    /// The text is the one that was planned, the server's own fields aside.
    pub is_planned_text: bool,
}

/// The proposal that a text comes from, and what the published branch holds in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The proposal's branch, without `refs/heads/`.
    pub branch: String,
    /// Its title.
    pub title: String,
    /// Its head.
    pub head: CommitId,
    /// When it last changed, seconds since 1970 in UTC.
    pub changed_at: i64,
    /// Path and blob at the fork; `None` for a new record.
    pub began: Option<(String, BlobId)>,
    /// Path and blob of the record on the published branch.
    pub standing: Option<(String, BlobId)>,
    /// Who wrote the last commit that touched it.
    pub writer: Identity,
    /// Somebody asked for review, or pushed it.
    pub is_asked: bool,
}

impl Origin {
    /// Returns whether the published branch still holds what the proposal began with, so that landing it overwrites nobody's work.
    pub fn is_current(&self) -> bool {
        self.began == self.standing
    }

    /// Returns the path that the record leaves when the proposal lands, if it is another one than the given.
    pub fn leaves(&self, path: &str) -> Option<&str> {
        let before = self.began.as_ref().map(|(before, _)| before.as_str());
        before.filter(|before| *before != path)
    }
}

/// Where a text under review stands: at a path of the published branch, or of a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Target {
    /// The proposal's branch, without `refs/heads/`; `None` for the published one.
    pub proposal: Option<String>,
    /// The path.
    pub path: String,
}

impl Target {
    /// Returns a path of the published branch.
    pub fn published(path: impl Into<String>) -> Self {
        Self {
            proposal: None,
            path: path.into(),
        }
    }

    /// Returns a path of a proposal's branch, or of the published branch where the branch is empty.
    pub fn on(branch: &str, path: impl Into<String>) -> Self {
        Self {
            proposal: (!branch.is_empty()).then(|| branch.to_owned()),
            path: path.into(),
        }
    }

    /// Reads what [`fmt::Display`] writes; whatever is no such text names a file of the published branch.
    pub fn read(text: &str) -> Self {
        let (branch, path) = text.split_once(':').unwrap_or(("", text));
        Self::on(branch, path)
    }

    /// Returns a proposal as a whole.
    pub fn whole(branch: &str) -> Self {
        Self {
            proposal: Some(branch.to_owned()),
            path: format!("{BRANCHES}{branch}"),
        }
    }

    /// Returns the branch, where a proposal as a whole is meant.
    pub(super) fn whole_proposal(&self) -> Option<&str> {
        let branch = self.proposal.as_deref()?;
        (self.path.strip_prefix(BRANCHES) == Some(branch)).then_some(branch)
    }

    /// Returns what a decision is about.
    pub fn of(decision: &Decision) -> Self {
        Self {
            proposal: decision
                .about
                .proposal
                .as_ref()
                .map(|seen| seen.branch.clone()),
            path: decision.path.clone(),
        }
    }
}

/// As git writes it, `branch:path`; the published branch is left out where the path itself has no colon.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.proposal {
            Some(branch) => write!(f, "{branch}:{}", self.path),
            None if self.path.contains(':') => write!(f, ":{}", self.path),
            None => f.write_str(&self.path),
        }
    }
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
    /// It was taken down: no file holds it, and what comes after it begins as a draft.
    TakenDown,
    /// It is on its way in a proposal; what readers have stays as it is until it lands.
    Proposed,
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
    /// Returns where the text stands.
    pub fn target(&self) -> Target {
        Target {
            proposal: self.origin.as_ref().map(|origin| origin.branch.clone()),
            path: self.path.clone(),
        }
    }

    /// Returns the proposal that the text comes from, as it was read.
    pub fn seen(&self) -> Option<Seen> {
        self.origin.as_ref().map(|origin| Seen {
            branch: origin.branch.clone(),
            head: origin.head,
        })
    }

    /// Returns the paths that it takes up or leaves on the published branch.
    pub(super) fn touches(&self) -> Vec<&str> {
        let left = self.origin.as_ref();
        let left = left.and_then(|origin| origin.leaves(&self.path));
        std::iter::once(self.path.as_str()).chain(left).collect()
    }

    /// Returns what a role must be held for to decide about it; the policy takes one without a scope.
    pub fn scope(&self) -> Option<Scope<'_>> {
        (!self.is_governance()).then_some(Scope {
            collection: &self.collection,
            locales: &self.locales,
        })
    }

    /// Returns the collection; the index holds records of the policy in force only.
    pub fn collection<'a>(&self, policy: &'a Policy) -> Option<&'a Collection> {
        policy.collections.get(&self.collection)
    }

    /// Returns whether this is the policy with its schemas and keys, and no record.
    pub fn is_governance(&self) -> bool {
        self.record.0 == GOVERNANCE && self.collection.is_empty()
    }

    /// Returns whether this is a proposal as a whole, and no single record.
    pub fn is_whole_proposal(&self) -> bool {
        self.record.0.starts_with(BRANCHES)
    }

    /// Returns whether this is a published version, and no record as it stands.
    pub fn is_version(&self) -> bool {
        self.record.0.starts_with(VERSIONS)
    }

    /// Returns the path of the file that it is about.
    pub(super) fn file(&self) -> &str {
        version_of(&self.path).map_or(&self.path, |(_, path)| path)
    }

    /// Returns whether something was said of the record where this text stands: in the same proposal, or of what is published.
    pub fn is_where(&self, decision: &Decision) -> bool {
        let there = decision.about.proposal.as_ref().map(|seen| &seen.branch);
        there == self.origin.as_ref().map(|origin| &origin.branch)
    }

    /// Returns what was said of these very texts and the files with them, in the journal's order.
    pub(super) fn about_this_text(&self) -> impl Iterator<Item = &PastDecision> {
        self.decisions
            .iter()
            .filter(|said| self.is_judged_by(&said.decision))
    }

    /// Returns whether a decision names the very bytes that stand here.
    pub(super) fn is_judged_by(&self, decision: &Decision) -> bool {
        decision.base == self.base
            && decision.proposed == self.proposed
            && decision.about.attached == self.attached
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

/// Returns the languages of a text under review: its own, and that of the published text it replaces, where there is one. A new text cannot choose its
/// reviewers by naming another language. An empty name stands for a text that gives none.
pub(super) fn locales(proposed: Option<&str>, published: Option<Option<&str>>) -> Vec<String> {
    let mut locales = vec![proposed.unwrap_or_default().to_owned()];
    if let Some(published) = published.map(Option::unwrap_or_default)
        && !published.eq_ignore_ascii_case(&locales[0])
    {
        locales.push(published.to_owned());
    }
    locales
}
