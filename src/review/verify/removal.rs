//! What takes from readers, and no workflow names: a record taken down by one administrator, the agreement of another one, and a version taken back.

use std::sync::Arc;

use anyhow::Result;

use super::eyes::Claimed;
use super::history::Written;
use super::register::State;
use super::{About, Auditor};
use crate::ledger::{Attestation, RATIFY, TAKE_DOWN, version_of};
use crate::policy::{Collection, Policy};
use crate::review::{Item, Standing, removal};

impl Auditor<'_> {
    /// Judges a removal by what its own past holds, and follows it.
    pub(super) fn judge_removal(
        &mut self,
        place: usize,
        attestation: &Attestation,
        about: &About,
    ) -> Result<()> {
        self.judge_policy(attestation, about);
        let policy = Arc::clone(&self.terms.policy);
        let Some(collection) = policy.collection_of(&attestation.path) else {
            self.no_collection(attestation, about);
            return Ok(());
        };
        let mut state = self.state(collection, &attestation.path, &attestation.record.0);
        self.judge_base(&state, attestation, about);
        self.judge_gone(place, attestation, about)?;
        self.judge_remover(&policy, collection, &state, attestation, about)?;
        if let Some(position) = self.position(attestation) {
            state.spent = state.spent.max(position);
        }
        let workflow = policy.workflow(collection);
        self.register.follow(
            state,
            self.sequence,
            attestation,
            attestation.proposed,
            workflow,
        );
        Ok(())
    }

    /// Judges that a version was taken back: one that was published, by those who may, and no file is touched.
    pub(super) fn judge_yank(
        &mut self,
        place: usize,
        attestation: &Attestation,
        about: &About,
    ) -> Result<()> {
        self.judge_policy(attestation, about);
        let policy = Arc::clone(&self.terms.policy);
        let Some((collection, (version, record))) = policy
            .collection_of(&attestation.path)
            .zip(version_of(&attestation.record.0))
        else {
            self.no_collection(attestation, about);
            return Ok(());
        };
        let known = self.state(collection, &attestation.path, record);
        if !known.versions.contains(&version) {
            let cause =
                format!("it takes back {version}, and no such version of {record} was attested");
            let next = "look for a missing attestation before it in another clone";
            self.fault("VRF-023", about, cause, next);
        }
        let commit = self.history.commits[place].id;
        let parent = self.repository.commit(commit)?.parents.first().copied();
        let changes = self.repository.differences(parent, commit)?;
        if let Some(change) = changes.first() {
            let cause = format!("it also changes {}", change.path);
            let next = "review what it changed; taking a version back changes no file";
            self.fault("VRF-042", about, cause, next);
        }
        let mut own = self.register.known(&attestation.record.0);
        own.status = Some(attestation.step.from.clone());
        own.version = Some(version);
        self.judge_remover(&policy, collection, &own, attestation, about)?;
        if let Some(position) = self.position(attestation) {
            own.spent = own.spent.max(position);
        }
        let (sequence, proposed) = (self.sequence, attestation.proposed);
        let workflow = policy.workflow(collection);
        self.register
            .follow(own, sequence, attestation, proposed, workflow);
        Ok(())
    }

    /// The commit takes away the text that was judged and nothing else; one that agrees changes nothing, where no file stands.
    fn judge_gone(&mut self, place: usize, attestation: &Attestation, about: &About) -> Result<()> {
        let commit = self.history.commits[place].id;
        let path = &attestation.path;
        let parents = self.repository.commit(commit)?.parents;
        let [parent] = parents.as_slice() else {
            let cause = format!(
                "an attestation has one parent, and it has {}",
                parents.len()
            );
            self.fault("VRF-016", about, cause, "ask who made this commit");
            return Ok(());
        };
        let before = self.repository.entry(*parent, path)?;
        let stood = (attestation.step.transition == TAKE_DOWN).then_some(attestation.proposed);
        if before.map(|entry| entry.blob) != stood {
            let cause = match stood {
                Some(text) => format!("the commit before it does not hold {text} at {path}"),
                None => format!("the commit before it still holds {path}"),
            };
            let next = "compare the two: another text was taken away than the one that was judged";
            self.fault("VRF-041", about, cause, next);
        }
        if self.repository.entry(commit, path)?.is_some() {
            let cause = format!("its tree still holds {path}");
            self.fault("VRF-043", about, cause, "ask who made this commit");
        }
        let changes = self.repository.differences(Some(*parent), commit)?;
        if let Some(other) = changes.iter().find(|change| change.path != *path) {
            let cause = format!("it also changes {}", other.path);
            let next = "review what it changed beside its record";
            self.fault("VRF-042", about, cause, next);
        }
        Ok(())
    }

    /// Whoever made it might, and whoever agrees is somebody else.
    fn judge_remover(
        &mut self,
        policy: &Policy,
        collection: &Collection,
        state: &State,
        attestation: &Attestation,
        about: &About,
    ) -> Result<()> {
        let Some(text) = self.bytes_of(attestation.proposed, about)? else {
            return Ok(());
        };
        let workflow = policy.workflow(collection);
        let judged = self.judged(collection, workflow, &text, state.base)?;
        let item = Item {
            record: attestation.record.clone(),
            path: attestation.path.clone(),
            collection: collection.name.clone(),
            locales: judged.locales,
            title: String::new(),
            proposed: attestation.proposed,
            attached: attestation.attached.clone(),
            base: attestation.base,
            attested_blob: state.blob,
            attested_status: Some(attestation.step.from.clone()),
            attested_version: state.version.clone(),
            standing: match attestation.step.transition == RATIFY {
                true => Standing::TakenDown,
                false => Standing::Settled,
            },
            weight: None,
            authors: Vec::new(),
            blocking: Vec::new(),
            decisions: Vec::new(),
            vetoes: Vec::new(),
            led_here: state.led_to(attestation.proposed),
            origin: None,
            held: None,
        };
        let offer = removal(policy, &item)
            .filter(|offer| offer.name == attestation.step.transition)
            .filter(|offer| offer.to == attestation.step.to);
        let Some(offer) = offer else {
            let cause = format!(
                "\"{}\" was not open to a record that is {}, as this one stood",
                attestation.step.transition, attestation.step.from
            );
            let next = "ask who made this commit; readers may have lost a record without a right";
            self.fault("VRF-023", about, cause, next);
            return Ok(());
        };
        let written = Written::default();
        let claimed = Claimed {
            attestation,
            state,
            written: &written,
            about,
        };
        self.judge_eyes(policy, item, &offer, &claimed);
        Ok(())
    }
}
