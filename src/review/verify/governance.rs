//! An attested change of the rules themselves: judged under the old policy, in force from then on.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Result;

use super::eyes::Claimed;
use super::register::State;
use super::terms::Terms;
use super::{About, Auditor};
use crate::ledger::{AMEND, Attestation, GOVERNANCE};
use crate::policy::{Approvals, StatusKind};
use crate::review::{Item, Offer, Standing};

impl Auditor<'_> {
    /// Judges an amendment under the policy that it replaces, and puts the new one in force.
    pub(super) fn judge_amendment(
        &mut self,
        place: usize,
        attestation: &Attestation,
        about: &About,
    ) -> Result<()> {
        self.judge_policy(attestation, about);
        if attestation.step.transition != AMEND || attestation.record.0 != GOVERNANCE {
            let cause = "the policy is changed by \"amend\" alone, under its own name";
            self.fault(
                "VRF-080",
                about,
                cause,
                "treat the policy before it as in force",
            );
            return Ok(());
        }
        let commit = self.history.commits[place].id;
        let parents = self.repository.commit(commit)?.parents;
        let in_place = match parents.as_slice() {
            [parent] => self
                .repository
                .differences(Some(*parent), commit)?
                .is_empty(),
            _ => false,
        };
        if !in_place {
            let cause = "an amendment countersigns a policy where it stands, and it changes files";
            self.fault("VRF-080", about, cause, "review what it changed");
        }
        let terms = match Terms::load(self.repository, commit, self.sequence)? {
            Ok(terms) => terms,
            Err(why) => {
                let cause = format!("the new policy cannot be used: {why}");
                self.fault(
                    "VRF-081",
                    about,
                    cause,
                    "treat the policy before it as in force",
                );
                return Ok(());
            }
        };
        self.judge_exchange(&terms, attestation, about);
        self.judge_lawgivers(&terms, attestation, about);
        self.put_in_force(terms);
        Ok(())
    }

    /// The approvers judged this very change: from the policy in force to the one that stands there.
    fn judge_exchange(&mut self, terms: &Terms, attestation: &Attestation, about: &About) {
        if attestation.base != Some(self.terms.blob) || attestation.proposed != terms.blob {
            let cause = format!(
                "its approvers judged another change than from {} to {}",
                self.terms.blob, terms.blob
            );
            let next = "treat the policy before it as in force";
            self.fault("VRF-082", about, cause, next);
        }
    }

    /// The approvals that the old policy asks for, by people who wrote none of the change.
    fn judge_lawgivers(&mut self, terms: &Terms, attestation: &Attestation, about: &About) {
        let policy = Arc::clone(&self.terms.policy);
        let paths: BTreeSet<String> = self
            .terms
            .governed_paths()
            .into_iter()
            .chain(terms.governed_paths())
            .collect();
        let paths: Vec<String> = paths.into_iter().collect();
        let written = self
            .history
            .authors_at(&policy, &paths, self.terms.sequence);
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
        let item = Item {
            record: attestation.record.clone(),
            path: attestation.path.clone(),
            // No collection has an empty name, so only grants without a scope count.
            collection: String::new(),
            title: String::new(),
            proposed: attestation.proposed,
            base: attestation.base,
            attested_blob: Some(self.terms.blob),
            attested_status: None,
            attested_version: None,
            standing: Standing::Changed,
            authors: claimed.authors(),
            blocking: Vec::new(),
            decisions: Vec::new(),
            led_here: Vec::new(),
        };
        let offer = amendment(policy.governance.clone());
        self.judge_eyes(&policy, item, &offer, &claimed);
        if let Some(position) = self.position(attestation) {
            self.spent_on_governance = self.spent_on_governance.max(position);
        }
    }

    fn put_in_force(&mut self, terms: Terms) {
        self.all_keys.push(terms.keys.clone());
        let paths = terms.governed_paths();
        self.governed.extend(paths);
        if terms.policy.collections != self.terms.policy.collections {
            self.history.read_ids_again(self.repository, &terms.policy);
            self.register.read_ids(self.repository, &terms.policy);
        }
        self.terms = terms;
    }
}

/// The move that an amendment is, in the terms of the rules. Authors of the change never count.
fn amendment(approvals: Approvals) -> Offer {
    Offer {
        name: AMEND.to_owned(),
        from: String::new(),
        to: String::new(),
        to_kind: StatusKind::Published,
        approvals: Approvals {
            not_author: true,
            ..approvals
        },
        reason_required: false,
        gated: true,
        writes_version: false,
        countersigns: true,
    }
}
