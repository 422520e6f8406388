//! What the chain says of each record, link by link: the auditor's own account, made from git alone.

use std::collections::{BTreeSet, HashMap, HashSet};

use anyhow::Result;
use semver::Version;

use super::history::{History, declared_id};
use super::terms::Terms;
use crate::id::{BlobId, CommitId, Identity};
use crate::ledger::{Attachment, Attestation};
use crate::policy::{Collection, Policy, StatusKind, Workflow};
use crate::record;
use crate::repository::{Content, EntryKind, Repository};

/// What is attested of one record so far.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    /// Its status; `None` before its first attestation.
    pub status: Option<String>,
    /// What that status means to readers.
    pub kind: Option<StatusKind>,
    /// Its version.
    pub version: Option<Version>,
    /// The blob that the last attestation or the baseline left.
    pub blob: Option<BlobId>,
    /// The last published blob.
    pub base: Option<BlobId>,
    /// The link that published it.
    pub base_at: Option<usize>,
    /// Every version ever attested.
    pub versions: BTreeSet<Version>,
    /// How it came here, newest last.
    pub steps: Vec<Step>,
    /// The journal's position up to which decisions are spent.
    pub spent: usize,
    /// Where it was attested last.
    pub path: String,
    /// The files that came with its text, as they were judged.
    pub attached: Vec<Attachment>,
    /// Who wrote the text since its base, as its attestations say: what landed from a proposal left no other trace on the branch.
    pub authored: Vec<Identity>,
}

/// One attested step of a record.
#[derive(Debug, Clone)]
pub(super) struct Step {
    transition: String,
    approvers: Vec<Identity>,
    proposed: BlobId,
    result: BlobId,
}

/// All records, and the files that the baseline adopted.
#[derive(Default)]
pub(super) struct Register {
    states: HashMap<String, State>,
    /// The baseline's files by path.
    adopted: HashMap<String, BlobId>,
    /// Paths of the baseline's files by the id they declare, under the policy in force.
    adopted_ids: HashMap<String, String>,
    /// The baseline's files that declare an id.
    named: HashSet<String>,
    /// The baseline's files that a record was found to come from.
    heirs: HashSet<String>,
}

impl Register {
    /// Begins with the files of the baseline.
    ///
    /// # Errors
    /// When its tree cannot be read.
    pub(super) fn begin(
        repository: &Repository,
        baseline: CommitId,
        policy: &Policy,
    ) -> Result<Self> {
        let files = repository.entries(baseline)?.into_iter();
        let mut register = Self {
            adopted: files
                .filter(|entry| entry.kind == EntryKind::File)
                .map(|entry| (entry.path, entry.blob))
                .collect(),
            ..Self::default()
        };
        register.read_ids(repository, policy);
        Ok(register)
    }

    /// Finds the ids of the baseline's files under a policy.
    pub(super) fn read_ids(&mut self, repository: &Repository, policy: &Policy) {
        let ids = self.adopted.iter().filter_map(|(path, blob)| {
            Some((declared_id(repository, policy, path, *blob)?, path.clone()))
        });
        self.adopted_ids = ids.collect();
        self.named = self.adopted_ids.values().cloned().collect();
    }

    /// Returns what is attested of a record that now stands at a path.
    pub(super) fn state(
        &mut self,
        repository: &Repository,
        terms: &Terms,
        history: &History,
        collection: &Collection,
        path: &str,
        record: &str,
    ) -> State {
        if let Some(state) = self.states.get(record) {
            return state.clone();
        }
        let by_id = self.adopted_ids.get(record).cloned();
        let adopted = by_id.or_else(|| {
            let past = history.past_paths(path).into_iter();
            let mut past = past.filter(|path| self.adopted.contains_key(path));
            past.next().filter(|path| !self.named.contains(path))
        });
        let Some((origin, blob)) =
            adopted.and_then(|path| Some((path.clone(), *self.adopted.get(&path)?)))
        else {
            return State::default();
        };
        self.heirs.insert(origin);
        let state = adopted_state(repository, &terms.policy, collection, path, blob);
        self.states.insert(record.to_owned(), state.clone());
        state
    }

    /// Returns what links said of an id so far.
    pub(super) fn known(&self, id: &str) -> State {
        self.states.get(id).cloned().unwrap_or_default()
    }

    /// Notes what a link says.
    pub(super) fn follow(
        &mut self,
        mut state: State,
        sequence: usize,
        attestation: &Attestation,
        result: BlobId,
        workflow: &Workflow,
    ) {
        state.kind = workflow.kind(&attestation.step.to);
        state.status = Some(attestation.step.to.clone());
        state.blob = Some(result);
        state.path.clone_from(&attestation.path);
        state.attached.clone_from(&attestation.attached);
        if let Some(version) = &attestation.version {
            state.version = Some(version.to.clone());
            state.versions.insert(version.to.clone());
        }
        state.authored.extend_from_slice(&attestation.authored_by);
        if is_public(state.kind) {
            state.base = Some(result);
            state.base_at = Some(sequence);
            state.authored.clear();
        }
        state.steps.push(Step {
            transition: attestation.step.transition.clone(),
            approvers: attestation.approved_by.clone(),
            proposed: attestation.proposed,
            result,
        });
        self.states.insert(attestation.record.0.clone(), state);
    }

    /// Returns every record that is known.
    pub(super) fn states(&self) -> impl Iterator<Item = (&String, &State)> {
        self.states.iter()
    }

    /// Returns the baseline's files that no record was found to come from.
    pub(super) fn without_heir(&self) -> impl Iterator<Item = (&String, BlobId)> {
        self.adopted
            .iter()
            .filter(|(path, _)| !self.heirs.contains(*path))
            .map(|(path, blob)| (path, *blob))
    }
}

impl State {
    /// Returns how many attestations the record has.
    pub(super) fn steps_taken(&self) -> usize {
        self.steps.len()
    }

    /// Returns the texts that earlier steps made this very text of, the server's own fields aside.
    pub(super) fn came_from(&self, text: BlobId) -> Vec<BlobId> {
        let mut texts = Vec::new();
        let mut text = text;
        for step in self.steps.iter().rev() {
            if step.result != text {
                break;
            }
            texts.push(step.proposed);
            text = step.proposed;
        }
        texts
    }

    /// Returns transition and approvers of the steps that led to this very text, newest first.
    pub(super) fn led_to(&self, text: BlobId) -> Vec<(String, Vec<Identity>)> {
        let mut text = text;
        let mut led = Vec::new();
        for step in self.steps.iter().rev() {
            if step.result != text {
                break;
            }
            led.push((step.transition.clone(), step.approvers.clone()));
            text = step.proposed;
        }
        led
    }
}

/// Returns what adoption says of a file: the status it declares, or published where its collection declares none.
pub(super) fn adopted_state(
    repository: &Repository,
    policy: &Policy,
    collection: &Collection,
    path: &str,
    blob: BlobId,
) -> State {
    let workflow = policy.workflow(collection);
    let parsed = match repository.content(blob) {
        Ok(Content::Bytes(bytes)) => record::parse(&bytes, collection.format).ok(),
        _ => None,
    };
    let text = |field: &Option<record::FieldPath>| -> Option<String> {
        let record = parsed.as_ref()?;
        record.text(field.as_ref()?).map(str::to_owned)
    };
    let status = match text(&collection.status) {
        Some(status) => Some(status).filter(|status| workflow.statuses.contains_key(status)),
        None if collection.status.is_none() => published_status(workflow),
        None => None,
    };
    let Some(status) = status else {
        return State::default();
    };
    let kind = workflow.kind(&status);
    let public = is_public(kind);
    let version = text(&collection.version).and_then(|version| Version::parse(&version).ok());
    State {
        kind,
        status: Some(status),
        versions: version.iter().filter(|_| public).cloned().collect(),
        version,
        blob: Some(blob),
        base: public.then_some(blob),
        base_at: public.then_some(0),
        path: path.to_owned(),
        ..State::default()
    }
}

/// Returns whether readers saw or see what has such a status.
fn is_public(kind: Option<StatusKind>) -> bool {
    matches!(kind, Some(StatusKind::Published | StatusKind::Ended))
}

fn published_status(workflow: &Workflow) -> Option<String> {
    let mut statuses = workflow.statuses.iter();
    statuses
        .find(|(_, kind)| **kind == StatusKind::Published)
        .map(|(name, _)| name.clone())
}
