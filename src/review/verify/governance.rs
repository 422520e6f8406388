//! An attested change of the rules themselves, or their restoration: judged under the old policy, and what is amended is in force from then on.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Result;

use super::eyes::Claimed;
use super::register::State;
use super::terms::Terms;
use super::{About, Auditor};
use crate::id::CommitId;
use crate::ledger::{AMEND, Attestation, GOVERNANCE, RESTORE};
use crate::review::governance::Governed;
use crate::review::{Item, Standing, offers};

/// The governed files before a decision about them.
struct Change {
    commit: CommitId,
    in_force: Governed,
    proposed: Governed,
    paths: Vec<String>,
}

impl Auditor<'_> {
    /// Judges a decision about the rules under the policy in force, and puts an amended one in force.
    pub(super) fn judge_governance(
        &mut self,
        place: usize,
        attestation: &Attestation,
        about: &About,
    ) -> Result<()> {
        self.judge_policy(attestation, about);
        let commit = self.history.commits[place].id;
        let transition = attestation.step.transition.as_str();
        if ![AMEND, RESTORE].contains(&transition) || attestation.record.0 != GOVERNANCE {
            let cause =
                "the rules are changed by \"amend\" and \"restore\" alone, under their own name";
            let next = "treat the rules before it as in force";
            self.fault("VRF-080", about, cause, next);
            return Ok(());
        }
        let [parent] = self.repository.commit(commit)?.parents[..] else {
            let cause = "an attestation has one parent, and it has another number of them";
            self.fault("VRF-016", about, cause, "ask who made this commit");
            return Ok(());
        };
        let after = Terms::load(self.repository, parent, self.sequence)?;
        let change = self.change(commit, parent, after.as_ref().ok())?;
        self.judge_exchange(&change, attestation, about)?;
        self.judge_lawgivers(&change, attestation, about);
        if transition == RESTORE {
            return self.judge_restored(&change, parent, about);
        }
        if !self
            .repository
            .differences(Some(parent), commit)?
            .is_empty()
        {
            let cause =
                "an amendment countersigns the rules where they stand, and it changes files";
            self.fault("VRF-080", about, cause, "review what it changed");
        }
        match Terms::load(self.repository, commit, self.sequence)? {
            Ok(terms) => self.put_in_force(terms),
            Err(why) => {
                let cause = format!("the new policy cannot be used: {why}");
                let next = "treat the rules before it as in force";
                self.fault("VRF-081", about, cause, next);
            }
        }
        Ok(())
    }

    fn change(&self, commit: CommitId, parent: CommitId, after: Option<&Terms>) -> Result<Change> {
        let paths: BTreeSet<String> = self
            .terms
            .governed_paths()
            .into_iter()
            .chain(after.into_iter().flat_map(Terms::governed_paths))
            .collect();
        let paths: Vec<String> = paths.into_iter().collect();
        Ok(Change {
            commit,
            in_force: Governed::read(self.repository, self.terms.commit, &paths)?,
            proposed: Governed::read(self.repository, parent, &paths)?,
            paths,
        })
    }

    /// The approvers judged this very change: from the files in force to those that stood there.
    fn judge_exchange(
        &mut self,
        change: &Change,
        attestation: &Attestation,
        about: &About,
    ) -> Result<()> {
        let before = self.repository.blob_id(&change.in_force.manifest())?;
        let stood = self.repository.blob_id(&change.proposed.manifest())?;
        if attestation.base != Some(before) || attestation.proposed != stood {
            let cause = format!(
                "its approvers judged another change of the rules than the one that stood there, {before}..{stood}"
            );
            let next = "treat the rules before it as in force";
            self.fault("VRF-082", about, cause, next);
        }
        Ok(())
    }

    /// The approvals that the old policy asks for, of an amendment by people who wrote none of it.
    fn judge_lawgivers(&mut self, change: &Change, attestation: &Attestation, about: &About) {
        let policy = Arc::clone(&self.terms.policy);
        let changed = change.proposed.changed_since(&change.in_force);
        let written = self
            .history
            .authors_at(&policy, &changed, self.terms.sequence);
        self.judge_cut(&written, about);
        let state = State {
            spent: self.spent_on_governance,
            ..State::default()
        };
        let claimed = Claimed {
            attestation,
            state: &state,
            written: &written,
            about,
        };
        let item = item(&claimed);
        let offer = offers(&policy, &item)
            .into_iter()
            .find(|offer| offer.name == attestation.step.transition);
        if let Some(offer) = offer {
            self.judge_eyes(&policy, item, &offer, &claimed);
        }
        if let Some(position) = self.position(attestation) {
            self.spent_on_governance = self.spent_on_governance.max(position);
        }
    }

    /// The files in force came back, and nothing else changed.
    fn judge_restored(&mut self, change: &Change, parent: CommitId, about: &About) -> Result<()> {
        let stands = Governed::read(self.repository, change.commit, &change.paths)?;
        if stands != change.in_force {
            let cause = "it says that it puts the rules in force back, and it holds others";
            self.fault("VRF-080", about, cause, "put the attested files back");
        }
        let changed = change.proposed.changed_since(&change.in_force);
        let differences = self.repository.differences(Some(parent), change.commit)?;
        if let Some(other) = differences
            .iter()
            .find(|difference| !changed.contains(&difference.path))
        {
            let cause = format!("it also changes {}", other.path);
            let next = "review what it changed beside the rules";
            self.fault("VRF-042", about, cause, next);
        }
        Ok(())
    }

    fn put_in_force(&mut self, terms: Terms) {
        self.all_keys.push(terms.keys.clone());
        if terms.policy.collections != self.terms.policy.collections {
            self.history.read_ids_again(self.repository, &terms.policy);
            self.register.read_ids(self.repository, &terms.policy);
        }
        self.terms = terms;
    }
}

/// The change of the rules as review saw it.
fn item(claimed: &Claimed<'_>) -> Item {
    let attestation = claimed.attestation;
    Item {
        record: attestation.record.clone(),
        path: attestation.path.clone(),
        // No collection has an empty name, so only grants without a scope count.
        collection: String::new(),
        locales: Vec::new(),
        title: String::new(),
        proposed: attestation.proposed,
        attached: Vec::new(),
        base: attestation.base,
        attested_blob: attestation.base,
        attested_status: None,
        attested_version: None,
        standing: Standing::Changed,
        weight: None,
        authors: claimed.authors(),
        blocking: Vec::new(),
        decisions: Vec::new(),
        vetoes: Vec::new(),
        led_here: Vec::new(),
        origin: None,
        held: None,
    }
}
