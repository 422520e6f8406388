//! One attestation of a record: everything that had to hold when it was made, asked again.

use std::sync::Arc;

use anyhow::Result;

use super::eyes::Claimed;
use super::history::Written;
use super::judged::Judged;
use super::outcome::{Came, Landed};
use super::register::State;
use super::{About, Auditor};
use crate::id::{BlobId, CommitId};
use crate::index::wrote_in_proposal;
use crate::ledger::Attestation;
use crate::policy::{Bump, Collection, Policy, StatusKind, Workflow};
use crate::record;
use crate::repository::{Content, EntryKind};
use crate::review::{Item, Standing, offers};
use crate::version::Weight;

impl Auditor<'_> {
    /// Judges an attestation of a record by what its own past holds, and follows it.
    pub(super) fn judge_record(
        &mut self,
        place: usize,
        attestation: &Attestation,
        about: &About,
    ) -> Result<()> {
        if attestation.is_yank() {
            return self.judge_yank(place, attestation, about);
        }
        if attestation.leaves_no_file() {
            return self.judge_removal(place, attestation, about);
        }
        self.judge_policy(attestation, about);
        let policy = Arc::clone(&self.terms.policy);
        let Some(collection) = policy.collection_of(&attestation.path) else {
            self.no_collection(attestation, about);
            return Ok(());
        };
        let proposed = self.bytes_of(attestation.proposed, about)?;
        self.judge_name(collection, attestation, proposed.as_deref(), about);
        let mut state = self.state(collection, &attestation.path, &attestation.record.0);
        self.judge_base(&state, attestation, about);
        let (result, came) = self.judge_change(place, &state, attestation, about)?;
        if let Some(proposed) = &proposed {
            let landed = Landed {
                came,
                proposed,
                at: self.history.commits[place].authored_at,
                result,
            };
            self.judge_attached(place, attestation, about, landed.proposed)?;
            self.judge_text(collection, &state, attestation, about, landed)?;
        }
        self.judge_version(&state, attestation, about);
        let came_from = state.came_from(attestation.proposed);
        let commit = self.history.commits[place].id;
        self.note_release(commit, attestation, came_from, &collection.name);
        if let Some(position) = self.position(attestation) {
            state.spent = state.spent.max(position);
        }
        if let Some(result) = result {
            let workflow = policy.workflow(collection);
            self.register
                .follow(state, self.sequence, attestation, result, workflow);
        }
        Ok(())
    }

    /// Nothing governs the path that an attestation names.
    pub(super) fn no_collection(&mut self, attestation: &Attestation, about: &About) {
        let cause = format!(
            "no collection of the policy in force holds {}",
            attestation.path
        );
        let next =
            "compare the policy named by the attestation; the record was not reviewable then";
        self.fault("VRF-021", about, cause, next);
    }

    /// The text was written, approved and moved as the attestation says.
    fn judge_text(
        &mut self,
        collection: &Collection,
        state: &State,
        attestation: &Attestation,
        about: &About,
        landed: Landed<'_>,
    ) -> Result<()> {
        let policy = Arc::clone(&self.terms.policy);
        let (path, record) = (&attestation.path, &attestation.record.0);
        let attached = &attestation.attached;
        let mut written = self
            .history
            .authors(&policy, path, record, attached, state.base_at);
        if let Came::FromProposal { parent, head, .. } = landed.came {
            self.judge_authors(collection, attestation, (parent, head), about, &mut written)?;
        }
        self.judge_cut(&written, about);
        self.note_unproven(policy.workflow(collection), &mut written)?;
        let claimed = Claimed {
            attestation,
            state,
            written: &written,
            about,
        };
        let workflow = policy.workflow(collection);
        let judged = self.judged(collection, workflow, landed.proposed, state.base)?;
        let item = item(&policy, collection, judged, &claimed, &landed);
        self.judge_move(&policy, item, &claimed, landed)
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
    pub(super) fn judge_base(&mut self, state: &State, attestation: &Attestation, about: &About) {
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

    /// The commit stands on one that held the reviewed text, or on one whose text the proposal replaces, and changes nothing but the record. Returns
    /// the blob it leaves, and where its text came from.
    fn judge_change(
        &mut self,
        place: usize,
        state: &State,
        attestation: &Attestation,
        about: &About,
    ) -> Result<(Option<BlobId>, Came)> {
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
                let entry = self.repository.entry(commit, path)?;
                return Ok((entry.map(|entry| entry.blob), Came::FromBranch));
            }
        };
        let before = self.repository.entry(parent, path)?;
        let came = match before.map(|entry| entry.blob) == Some(attestation.proposed) {
            true => Came::FromBranch,
            false => self.judge_landing(parent, state, attestation, about)?,
        };
        self.judge_extent(parent, commit, attestation, about)?;
        let entry = self.repository.entry(commit, path)?;
        let file = entry.filter(|entry| entry.kind == EntryKind::File);
        if file.is_none() {
            let cause = format!("its tree holds no file at {path}");
            self.fault("VRF-043", about, cause, "ask who made this commit");
        }
        Ok((file.map(|entry| entry.blob), came))
    }

    /// The text came from a proposal: that proposal held it, and began with what the published branch held just before.
    fn judge_landing(
        &mut self,
        parent: CommitId,
        state: &State,
        attestation: &Attestation,
        about: &About,
    ) -> Result<Came> {
        let path = &attestation.path;
        let left = attestation.renamed_from.as_ref().unwrap_or(path);
        let replaced = self.repository.entry(parent, left)?.map(|entry| entry.blob);
        let next = "compare the two: somebody's words between review and attestation may be lost";
        let replaces = replaced.is_some();
        let is_draft = matches!(state.kind, None | Some(StatusKind::Draft));
        // A file that was removed outside review has no words left that could be lost.
        if !is_draft && replaces && replaced != state.blob {
            let cause = format!("the commit before it does not hold the attested text at {left}");
            self.fault("VRF-041", about, cause, next);
        }
        let seen = self
            .journal
            .as_ref()
            .and_then(|journal| journal.decision(attestation.decisions))
            .and_then(|decision| decision.about.proposal.clone());
        let Some(seen) = seen else {
            if self.journal.is_some() {
                let cause = format!(
                    "the commit before it does not hold the reviewed text {} at {path}, and no proposal is named",
                    attestation.proposed
                );
                self.fault("VRF-041", about, cause, next);
            }
            return Ok(Came::Unknown { replaces });
        };
        let held = self.repository.entry(seen.head, path)?;
        let fork = self.repository.merge_base(seen.head, parent)?;
        let began = match fork {
            Some(fork) => self.repository.entry(fork, left)?,
            None => None,
        };
        if held.map(|entry| entry.blob) != Some(attestation.proposed)
            || began.map(|entry| entry.blob) != replaced
        {
            let cause = format!(
                "the proposal {} did not hold the reviewed text, or began with another one than it replaced",
                seen.branch
            );
            self.fault("VRF-041", about, cause, next);
        }
        Ok(Came::FromProposal {
            parent,
            head: seen.head,
            replaces,
        })
    }

    /// Everybody who wrote the text in the proposal is named as an author.
    fn judge_authors(
        &mut self,
        collection: &Collection,
        attestation: &Attestation,
        between: (CommitId, CommitId),
        about: &About,
        written: &mut Written,
    ) -> Result<()> {
        let policy = &*Arc::clone(&self.terms.policy);
        let counts_proof = policy.workflow(collection).asks_for_proof();
        let attached = attestation.attached.iter().map(|file| file.path.as_str());
        let paths: Vec<&str> = attached.chain([attestation.path.as_str()]).collect();
        let vouched = |commit| Ok(!counts_proof || self.is_vouched_for(commit)?);
        let wrote = wrote_in_proposal(self.repository, policy, between, &paths, vouched)?;
        for (identity, proven) in wrote {
            let named = attestation.authored_by.iter();
            if !named.clone().any(|known| known.address == identity.address) {
                let cause = format!("{identity} wrote the text in the proposal, and is not named");
                let next = "treat the move as not approved by them";
                self.fault("VRF-035", about, cause, next);
            }
            if !proven {
                written.unproven.insert(identity.address.clone());
            }
            written.people.push((identity, between.1));
        }
        Ok(())
    }

    /// The move was open, the approvals suffice, and the committed bytes are what the move makes of the reviewed ones.
    fn judge_move(
        &mut self,
        policy: &Policy,
        item: Item,
        claimed: &Claimed<'_>,
        landed: Landed<'_>,
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
        self.judge_outcome(policy, &offer, &backing, claimed, &landed)
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

/// The record as review saw it.
fn item(
    policy: &Policy,
    collection: &Collection,
    judged: Judged,
    claimed: &Claimed<'_>,
    landed: &Landed<'_>,
) -> Item {
    let Claimed {
        attestation, state, ..
    } = claimed;
    let workflow = policy.workflow(collection);
    Item {
        record: attestation.record.clone(),
        path: attestation.path.clone(),
        collection: collection.name.clone(),
        locales: judged.locales,
        title: String::new(),
        proposed: attestation.proposed,
        attached: attestation.attached.clone(),
        base: attestation.base,
        attested_blob: state
            .blob
            .filter(|_| !landed.came.fills_a_gap() && attestation.renamed_from.is_none()),
        attested_status: Some(attestation.step.from.clone())
            .filter(|from| workflow.statuses.contains_key(from)),
        attested_version: state.version.clone(),
        standing: match landed.came {
            Came::FromBranch => {
                let proposed = (attestation.proposed, landed.proposed);
                standing(workflow, collection, state, proposed.0, proposed.1)
            }
            Came::FromProposal { .. } | Came::Unknown { .. } => Standing::Proposed,
        },
        authors: claimed.authors(),
        blocking: Vec::new(),
        decisions: Vec::new(),
        vetoes: Vec::new(),
        weight: judged.weight.map(|weight| raised(weight, attestation)),
        led_here: state.led_to(attestation.proposed),
        origin: None,
        held: None,
    }
}

/// An approver may have called the change larger than the texts do, and that asks for as many eyes.
fn raised(weight: Weight, attestation: &Attestation) -> Weight {
    let attested = attestation.version.as_ref().map(|version| version.bump);
    Weight {
        bump: attested.unwrap_or(Bump::None).max(weight.bump),
        ..weight
    }
}

/// Where the record stood before the move, as the index tells it.
pub(super) fn standing(
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
