//! One attestation of a record: everything that had to hold when it was made, asked again.

use anyhow::Result;

use super::eyes::{Backing, Claimed};
use super::history::Written;
use super::register::State;
use super::{About, Auditor};
use crate::id::BlobId;
use crate::ledger::{Attestation, VersionMove};
use crate::policy::{Bump, Collection, Policy, StatusKind, Workflow};
use crate::record;
use crate::repository::{Content, EntryKind};
use crate::review::{Item, Offer, Prepared, Requirement, Standing, Texts, offers, prepare};

impl Auditor<'_> {
    /// Judges an attestation of a record by what its own past holds, and follows it.
    pub(super) fn judge_record(
        &mut self,
        place: usize,
        attestation: &Attestation,
        about: &About,
    ) -> Result<()> {
        self.judge_policy(attestation, about);
        let policy = self.terms.policy.clone();
        let Some(collection) = policy.collection_of(&attestation.path) else {
            let cause = format!(
                "no collection of the policy in force holds {}",
                attestation.path
            );
            let next =
                "compare the policy named by the attestation; the record was not reviewable then";
            self.fault("VRF-021", about, cause, next);
            return Ok(());
        };
        let proposed = self.bytes_of(attestation.proposed, about)?;
        self.judge_name(collection, attestation, proposed.as_deref(), about);
        let (path, record) = (&attestation.path, &attestation.record.0);
        let mut state = self.register.state(
            self.repository,
            &self.terms,
            &self.history,
            collection,
            path,
            record,
        );
        let workflow = policy.workflow(collection);
        self.judge_base(&state, attestation, about);
        let result = self.judge_change(place, attestation, about)?;
        if let Some(proposed) = &proposed {
            let written = self.history.authors(&policy, path, record, state.base_at);
            self.judge_cut(&written, about);
            let claimed = Claimed {
                attestation,
                state: &state,
                written: &written,
                about,
            };
            let item = self.item(&policy, collection, &claimed, proposed);
            self.judge_move(place, &policy, item, &claimed, proposed, result)?;
        }
        self.judge_version(&state, attestation, about);
        if let Some(position) = self.position(attestation) {
            state.spent = state.spent.max(position);
        }
        if let Some(result) = result {
            self.register
                .follow(state, self.sequence, attestation, result, Some(workflow));
        }
        Ok(())
    }

    /// The policy named is the one in force.
    pub(super) fn judge_policy(&mut self, attestation: &Attestation, about: &About) {
        if attestation.policy == self.terms.blob {
            return;
        }
        let cause = format!(
            "it was judged under the policy {}, and {} was in force",
            attestation.policy, self.terms.blob
        );
        let next = "treat it as not approved: nobody attested the policy it names";
        self.fault("VRF-020", about, cause, next);
    }

    /// The record named is the one that the file holds.
    fn judge_name(
        &mut self,
        collection: &Collection,
        attestation: &Attestation,
        proposed: Option<&[u8]>,
        about: &About,
    ) {
        let declared = proposed
            .and_then(|bytes| record::parse(bytes, collection.format).ok())
            .and_then(|record| record.text(collection.id.as_ref()?).map(str::to_owned));
        let path = &attestation.path;
        let held = self
            .history
            .record_id(&self.terms.policy, collection, path, declared);
        if held != attestation.record.0 {
            let cause = format!("it names {}, and {path} holds {held}", attestation.record);
            let next = "treat it as not approved: it speaks of another record than it changes";
            self.fault("VRF-021", about, cause, next);
        }
    }

    /// Status and base before are those that the chain shows.
    fn judge_base(&mut self, state: &State, attestation: &Attestation, about: &About) {
        let workflow = self
            .terms
            .policy
            .collection_of(&attestation.path)
            .map(|collection| self.terms.policy.workflow(collection));
        let initial = workflow.map_or("", |workflow| workflow.initial.as_str());
        let status = state.status.as_deref().unwrap_or(initial).to_owned();
        let from = &attestation.step.from;
        if *from != status {
            let cause = format!("it leaves {from}, and the record was attested {status} before it");
            let next = "look for a missing attestation between the two in another clone";
            self.fault("VRF-022", about, cause, next);
        }
        if attestation.base != state.base {
            let shown =
                |base: Option<BlobId>| base.map_or("none".to_owned(), |base| base.to_string());
            let cause = format!(
                "it was compared with {}, and the last published text was {}",
                shown(attestation.base),
                shown(state.base)
            );
            let next = "treat it as not approved: its approvers were shown another difference";
            self.fault("VRF-040", about, cause, next);
        }
    }

    /// The commit stands on one that held the reviewed text, and changes nothing but the record. Returns the blob it leaves.
    fn judge_change(
        &mut self,
        place: usize,
        attestation: &Attestation,
        about: &About,
    ) -> Result<Option<BlobId>> {
        let commit = self.history.commits[place].id;
        let path = &attestation.path;
        let facts = self.repository.commit(commit)?;
        let parent = match facts.parents.as_slice() {
            [parent] => *parent,
            parents => {
                let cause = format!(
                    "an attestation has one parent, and it has {}",
                    parents.len()
                );
                self.fault("VRF-016", about, cause, "ask who made this commit");
                return Ok(self.repository.entry(commit, path)?.map(|entry| entry.blob));
            }
        };
        let before = self.repository.entry(parent, path)?;
        if before.map(|entry| entry.blob) != Some(attestation.proposed) {
            let cause = format!(
                "the commit before it does not hold the reviewed text {} at {path}",
                attestation.proposed
            );
            let next =
                "compare the two: somebody's words between review and attestation may be lost";
            self.fault("VRF-041", about, cause, next);
        }
        let changes = self.repository.differences(Some(parent), commit)?;
        let other: Vec<&str> = changes
            .iter()
            .filter(|change| change.path != *path)
            .map(|change| change.path.as_str())
            .collect();
        if let Some(first) = other.first() {
            let more = other.len() - 1;
            let cause = match more {
                0 => format!("it also changes {first}"),
                _ => format!("it also changes {first} and {more} more"),
            };
            self.fault(
                "VRF-042",
                about,
                cause,
                "review what it changed beside its record",
            );
        }
        let entry = self.repository.entry(commit, path)?;
        let file = entry.filter(|entry| entry.kind == EntryKind::File);
        if file.is_none() {
            let cause = format!("its tree holds no file at {path}");
            self.fault("VRF-043", about, cause, "ask who made this commit");
        }
        Ok(file.map(|entry| entry.blob))
    }

    /// The record as review saw it.
    fn item(
        &self,
        policy: &Policy,
        collection: &Collection,
        claimed: &Claimed<'_>,
        proposed: &[u8],
    ) -> Item {
        let Claimed {
            attestation, state, ..
        } = claimed;
        let workflow = policy.workflow(collection);
        Item {
            record: attestation.record.clone(),
            path: attestation.path.clone(),
            collection: collection.name.clone(),
            title: String::new(),
            proposed: attestation.proposed,
            base: attestation.base,
            attested_blob: state.blob,
            attested_status: Some(attestation.step.from.clone())
                .filter(|from| workflow.statuses.contains_key(from)),
            attested_version: state.version.clone(),
            standing: standing(workflow, collection, state, attestation.proposed, proposed),
            authors: claimed.authors(),
            blocking: Vec::new(),
            decisions: Vec::new(),
            led_here: state.led_to(attestation.proposed),
        }
    }

    /// The move was open, the approvals suffice, and the committed bytes are what the move makes of the reviewed ones.
    fn judge_move(
        &mut self,
        place: usize,
        policy: &Policy,
        item: Item,
        claimed: &Claimed<'_>,
        proposed: &[u8],
        result: Option<BlobId>,
    ) -> Result<()> {
        let Claimed {
            attestation, about, ..
        } = claimed;
        let Some(offer) = offers(policy, &item)
            .into_iter()
            .find(|offer| offer.name == attestation.step.transition)
        else {
            let cause = format!(
                "\"{}\" was not open to a record that is {}, as this one stood",
                attestation.step.transition, attestation.step.from
            );
            let next =
                "compare the workflow of the policy in force; treat the new status as not approved";
            self.fault("VRF-023", about, cause, next);
            return Ok(());
        };
        if offer.to != attestation.step.to {
            let cause = format!(
                "\"{}\" leads to {}, and it says {}",
                offer.name, offer.to, attestation.step.to
            );
            let next = "treat the new status as not approved";
            self.fault("VRF-023", about, cause, next);
        }
        let backing = self.judge_eyes(policy, item, &offer, claimed);
        let base = match claimed.state.base {
            Some(base) => self.bytes_of(base, about)?,
            None => None,
        };
        let attested = match claimed.state.blob {
            Some(blob) => self.bytes_of(blob, about)?,
            None => None,
        };
        let texts = Texts {
            proposed,
            base: base.as_deref(),
            attested: attested.as_deref(),
        };
        let at = self.history.commits[place].authored_at;
        self.judge_bytes(policy, &offer, &backing, claimed, &texts, at, result)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "each is one side of the comparison; a struct for them would be used here alone"
    )]
    fn judge_bytes(
        &mut self,
        policy: &Policy,
        offer: &Offer,
        backing: &Backing,
        claimed: &Claimed<'_>,
        texts: &Texts<'_>,
        at: i64,
        result: Option<BlobId>,
    ) -> Result<()> {
        let about = claimed.about;
        let wanted = &claimed.attestation.version;
        let mut requirement = backing.requirement.clone();
        let mut prepared = prepare(policy, &backing.item, offer, &requirement, texts, at);
        if !backing.proven && offer.writes_version {
            let computed = prepared.as_ref().ok().map(|prepared| &prepared.version);
            if computed.is_some_and(|computed| computed != wanted) {
                requirement = asking(requirement, wanted);
                let other = prepare(policy, &backing.item, offer, &requirement, texts, at);
                if other.as_ref().is_ok_and(|other| other.version == *wanted) {
                    prepared = other;
                    self.note(
                        about,
                        "a reviewer set this version's step; the decision that says why is in the journal",
                    );
                }
            }
        }
        let prepared = match prepared {
            Ok(prepared) => prepared,
            Err(refusal) => {
                let cause = format!(
                    "the move cannot be made of the reviewed text: {}",
                    refusal.cause
                );
                let next = "compare the two texts; treat the new one as not approved";
                self.fault("VRF-043", about, cause, next);
                return Ok(());
            }
        };
        self.judge_step(&prepared, &requirement, backing, claimed);
        let Some(result) = result else {
            return Ok(());
        };
        if self
            .bytes_of(result, about)?
            .is_some_and(|bytes| bytes != prepared.content)
        {
            let cause = format!(
                "its text {result} is not the reviewed text {} with the server's own fields set",
                claimed.attestation.proposed
            );
            let next = "compare the two texts: what differs was approved by nobody";
            self.fault("VRF-043", about, cause, next);
        }
        Ok(())
    }

    /// The version moved as computed, or as a decision with a reason asked.
    fn judge_step(
        &mut self,
        prepared: &Prepared,
        requirement: &Requirement,
        backing: &Backing,
        claimed: &Claimed<'_>,
    ) {
        let about = claimed.about;
        let wanted = &claimed.attestation.version;
        if prepared.version != *wanted {
            let cause = format!(
                "its version moves {}, and the texts and decisions ask for {}",
                shown(wanted),
                shown(&prepared.version)
            );
            let next = "treat the version as not attested; have the record revised again";
            self.fault("VRF-050", about, cause, next);
            return;
        }
        let computed = prepared.explained.as_ref().map(|explained| explained.bump);
        let chosen = wanted.as_ref().map_or(Bump::None, |version| version.bump);
        let lowered = computed.is_some_and(|computed| chosen < computed);
        let reasoned = requirement
            .approvals
            .iter()
            .any(|approval| approval.bump == Some(chosen) && !approval.text.trim().is_empty());
        if lowered && backing.proven && !reasoned {
            let cause = format!(
                "the texts ask for {}, and it was lowered to {} without a reason",
                computed.unwrap_or(Bump::None).name(),
                chosen.name()
            );
            let next = "ask the approvers for the reason, and have the record revised again";
            self.fault("VRF-052", about, cause, next);
        }
    }

    /// A version rises, and is used once.
    fn judge_version(&mut self, state: &State, attestation: &Attestation, about: &About) {
        let Some(version) = &attestation.version else {
            return;
        };
        let next = "treat the version as not attested: readers who cite it may mean another text";
        if state.versions.contains(&version.to) {
            let cause = format!("version {} of the record was published before", version.to);
            self.fault("VRF-051", about, cause, next);
        } else if let Some(largest) = state
            .versions
            .last()
            .filter(|largest| **largest > version.to)
        {
            let cause = format!("version {} follows {largest}, and is smaller", version.to);
            self.fault("VRF-051", about, cause, next);
        }
    }

    /// Authors before the end of a shallow clone are not known.
    pub(super) fn judge_cut(&mut self, written: &Written, about: &About) {
        if let Some(cut) = written.cut {
            let cause =
                format!("history cut at {cut}, so who wrote the text before it is not known here");
            let next = "run git fetch --unshallow, then verify again";
            self.fault("VRF-005", about, cause, next);
        }
    }

    /// Returns a blob's bytes; one that is not here is a fault.
    pub(super) fn bytes_of(&mut self, blob: BlobId, about: &About) -> Result<Option<Vec<u8>>> {
        let why = match self.repository.content(blob)? {
            Content::Bytes(bytes) => return Ok(Some(bytes)),
            Content::TooLarge(size) => format!("it holds {size} bytes"),
            Content::Missing(why) => why,
        };
        let cause = format!("the text {blob} cannot be read: {why}");
        let next = "run git fsck, and fetch the object from another clone";
        self.fault("VRF-090", about, cause, next);
        Ok(None)
    }
}

fn shown(version: &Option<VersionMove>) -> String {
    match version {
        Some(version) => {
            let from = version.from.as_ref();
            let from = from.map_or("none".to_owned(), ToString::to_string);
            format!("{from} -> {} ({})", version.to, version.bump.name())
        }
        None => "not at all".to_owned(),
    }
}

/// The same approvals, all asking for the step that was attested: what remains possible where the journal is not here.
fn asking(mut requirement: Requirement, wanted: &Option<VersionMove>) -> Requirement {
    let bump = wanted.as_ref().map_or(Bump::None, |version| version.bump);
    for approval in &mut requirement.approvals {
        approval.bump = Some(bump);
    }
    requirement
}

/// Where the record stood before the move, as the index tells it.
fn standing(
    workflow: &Workflow,
    collection: &Collection,
    state: &State,
    proposed: BlobId,
    text: &[u8],
) -> Standing {
    let status = state.status.as_deref().unwrap_or(&workflow.initial);
    let draft = matches!(workflow.kind(status), Some(StatusKind::Draft) | None);
    let parsed = record::parse(text, collection.format).ok();
    let declared_differs = collection
        .status
        .as_ref()
        .zip(parsed.as_ref())
        .is_some_and(|(field, record)| record.text(field) != Some(status));
    match (
        declared_differs || !draft && state.blob != Some(proposed),
        draft,
    ) {
        (true, _) => Standing::Changed,
        (false, true) => Standing::Draft,
        (false, false) => Standing::Settled,
    }
}
