//! Four eyes, asked again: who approved, in which role, and what the journal says of it.

use std::collections::BTreeSet;

use super::history::Written;
use super::journal::Journal;
use super::register::State;
use super::{About, Auditor};
use crate::id::{CommitId, Identity};
use crate::ledger::{self, Act, Attestation, Decision};
use crate::policy::{Person, Policy};
use crate::review::approvals::excluded;
use crate::review::{
    Author, Item, Offer, PastDecision, Requirement, Target, is_author, requirement,
};

/// An attestation and what was attested before it.
pub(super) struct Claimed<'a> {
    /// The attestation.
    pub attestation: &'a Attestation,
    /// What the chain says of its record before it.
    pub state: &'a State,
    /// Who wrote what was judged.
    pub written: &'a Written,
    /// What a fault is about.
    pub about: &'a About,
}

impl Claimed<'_> {
    /// Returns everybody who wrote what was judged, by git and by the attestation's own word.
    pub(super) fn authors(&self) -> Vec<Author> {
        let found = self.written.people.iter().map(|(identity, _)| identity);
        found
            .chain(&self.state.authored)
            .chain(&self.attestation.authored_by)
            .map(|identity| Author {
                identity: identity.clone(),
                proven: !self.written.unproven.contains(&identity.address),
            })
            .collect()
    }

    /// Returns a commit by which a person is an author.
    fn wrote_in(&self, policy: &Policy, person: &Person) -> Option<CommitId> {
        let of = |address: &str| policy.person_by_address(address).map(|known| &known.key);
        self.written
            .people
            .iter()
            .find(|(identity, _)| of(&identity.address) == Some(&person.key))
            .map(|(_, commit)| *commit)
    }
}

/// The approvals that an attestation rests on.
pub(super) struct Backing {
    /// The record as review saw it, with the decisions that count.
    pub item: Item,
    /// What the move asks for and has.
    pub requirement: Requirement,
    /// The approvals were found in the journal; otherwise they are the attestation's own word.
    pub proven: bool,
}

impl Auditor<'_> {
    /// Judges the approvals that an attestation names, and finds each in the journal where that is here.
    pub(super) fn judge_eyes(
        &mut self,
        policy: &Policy,
        mut item: Item,
        offer: &Offer,
        claimed: &Claimed<'_>,
    ) -> Backing {
        let faults = self.report.faults.len();
        self.judge_approvers(policy, &item, offer, claimed);
        item.decisions = by_its_own_word(claimed.attestation);
        let stated = requirement(policy, &item, offer);
        if !stated.met && self.report.faults.len() == faults {
            let cause = lacking(offer, &stated);
            let next = "treat the move as not approved: the policy in force asked for more people";
            self.fault("VRF-034", claimed.about, cause, next);
        }
        match self.find_in_journal(policy, &mut item, offer, claimed) {
            Some(requirement) => Backing {
                item,
                requirement,
                proven: true,
            },
            None => {
                item.decisions = by_its_own_word(claimed.attestation);
                Backing {
                    item,
                    requirement: stated,
                    proven: false,
                }
            }
        }
    }

    /// Each approver is a person of the policy, in a role that counts, no author, and named once.
    fn judge_approvers(
        &mut self,
        policy: &Policy,
        item: &Item,
        offer: &Offer,
        claimed: &Claimed<'_>,
    ) {
        let about = claimed.about;
        let mut seen: Vec<&str> = Vec::new();
        for approver in &claimed.attestation.approved_by {
            let Some(person) = policy.person_by_address(&approver.address) else {
                let cause =
                    format!("{approver} approved it, and was nobody the policy in force knew");
                let next = "treat the move as not approved by them";
                self.fault("VRF-030", about, cause, next);
                continue;
            };
            if seen.contains(&person.key.as_str()) {
                let cause = format!(
                    "{approver} is {}, who is named as an approver already",
                    person.name
                );
                let next = "count them once: one person is one pair of eyes";
                self.fault("VRF-033", about, cause, next);
                continue;
            }
            seen.push(&person.key);
            self.judge_approver(policy, item, offer, claimed, (approver, person));
        }
    }

    /// One approver may approve this, and holds a role that does.
    fn judge_approver(
        &mut self,
        policy: &Policy,
        item: &Item,
        offer: &Offer,
        claimed: &Claimed<'_>,
        (approver, person): (&Identity, &Person),
    ) {
        let about = claimed.about;
        if excluded(policy, item, offer, person).is_some() {
            let why = match (
                is_author(policy, item, person),
                claimed.wrote_in(policy, person),
            ) {
                (true, Some(commit)) if offer.approvals.not_author => {
                    format!("wrote the text in {commit}")
                }
                (true, None) if offer.approvals.not_author => "wrote the text".to_owned(),
                _ => "approved an earlier move of the same text, which the policy keeps apart"
                    .to_owned(),
            };
            let cause = format!("{approver} approved it, and {why}");
            let next = "treat the move as not approved by them; have somebody else review it";
            self.fault("VRF-031", about, cause, next);
        }
        let holds = |role: &String| policy.holds(person, role, item.scope());
        if !offer.approvals.by_role.keys().any(holds) {
            let roles: Vec<&str> = offer.approvals.by_role.keys().map(String::as_str).collect();
            let cause = format!(
                "{approver} approved it, and did not hold {} there",
                roles.join(" or ")
            );
            let next = "treat the move as not approved by them";
            self.fault("VRF-032", about, cause, next);
        }
    }

    /// Finds the approvals in the journal: at some moment from the completing decision on, exactly these stood and nothing was in the way. `None`
    /// where they are not found, or where there is no journal.
    fn find_in_journal(
        &mut self,
        policy: &Policy,
        item: &mut Item,
        offer: &Offer,
        claimed: &Claimed<'_>,
    ) -> Option<Requirement> {
        let journal = self.journal.as_ref()?;
        let attestation = claimed.attestation;
        let Some(completed) = journal.position(attestation.decisions) else {
            let cause = format!(
                "the decision {} that completed it is not in the journal",
                attestation.decisions
            );
            let next = "fetch refs/countersign/journal again; if it stays so, treat the move as not approved";
            self.fault("VRF-060", claimed.about, cause, next);
            return None;
        };
        let record = &attestation.record.0;
        let lost = journal.spent_by_loss(record, completed);
        let said = journal.said_of(record, claimed.state.spent.max(lost));
        let vetoes = vetoes(journal, attestation);
        let spoken = said.iter().chain(&vetoes).map(|(position, _)| *position);
        let later = spoken.filter(|position| *position > completed);
        for moment in BTreeSet::from_iter(later.chain([completed])) {
            item.decisions = until(&said, moment);
            item.vetoes = until(&vetoes, moment);
            let found = requirement(policy, item, offer);
            if found.is_complete() && is_named(&found, attestation) {
                return Some(found);
            }
        }
        item.decisions = until(&said, completed);
        item.vetoes = until(&vetoes, completed);
        let found = requirement(policy, item, offer);
        self.explain_unproven(policy, item, &found, claimed);
        None
    }

    /// Says which approval the journal does not bear out.
    fn explain_unproven(
        &mut self,
        policy: &Policy,
        item: &Item,
        found: &Requirement,
        claimed: &Claimed<'_>,
    ) {
        let (attestation, about) = (claimed.attestation, claimed.about);
        let mut told = false;
        for approver in &attestation.approved_by {
            let stands =
                |approval: &crate::review::Approval| approval.by.address == approver.address;
            if found.approvals.iter().any(stands) {
                continue;
            }
            told = true;
            let cause = format!(
                "the journal holds no approval of \"{}\" by {approver} for these texts that stood{}",
                attestation.step.transition,
                what_they_said(item, approver)
            );
            let next = "treat the move as not approved by them";
            self.fault("VRF-061", about, cause, next);
        }
        for objection in &found.objections {
            told = true;
            let name = policy
                .people
                .get(objection)
                .map_or(objection, |person| &person.name);
            let cause = format!("{name} asked for changes to this very text, and it stood");
            let next = "treat the move as not approved until they take it back";
            self.fault("VRF-062", about, cause, next);
        }
        for veto in &found.vetoes {
            told = true;
            let name = policy.people.get(&veto.person);
            let name = name.map_or(&veto.person, |person| &person.name);
            let cause = format!("{name} vetoed it in {}, and the veto stood", veto.commit);
            let next = "treat the move as not approved until they take it back";
            self.fault("VRF-066", about, cause, next);
        }
        if !told {
            let cause = "the journal's approvals at that moment are not those that it names";
            let next = "compare Approved-by and Decisions with the journal";
            self.fault("VRF-061", about, cause, next);
        }
    }

    /// Returns the place of the completing decision in the journal.
    pub(super) fn position(&self, attestation: &Attestation) -> Option<usize> {
        self.journal.as_ref()?.position(attestation.decisions)
    }
}

/// Returns what raised and lifted vetoes of the record, and of the proposal that the text came from as a whole.
fn vetoes(journal: &Journal, attestation: &Attestation) -> Vec<(usize, PastDecision)> {
    let decision = journal.decision(attestation.decisions);
    let seen = decision.and_then(|decision| decision.about.proposal.as_ref());
    let whole = seen.map(|seen| Target::whole(&seen.branch).path);
    let of_proposal = whole.iter().flat_map(|record| journal.vetoes(record));
    of_proposal
        .chain(journal.vetoes(&attestation.record.0))
        .collect()
}

/// Returns what had been said at a moment of the journal.
fn until(said: &[(usize, PastDecision)], moment: usize) -> Vec<PastDecision> {
    let past = said.iter().filter(|(position, _)| *position <= moment);
    past.map(|(_, past)| past.clone()).collect()
}

/// Returns whether the approvals found are the ones named, the last of them being the decision named.
fn is_named(found: &Requirement, attestation: &Attestation) -> bool {
    let addresses = |people: &mut dyn Iterator<Item = &Identity>| -> Vec<String> {
        let mut addresses: Vec<String> = people.map(|who| who.address.clone()).collect();
        addresses.sort();
        addresses
    };
    let last = found.approvals.last().map(|approval| approval.commit);
    last == Some(attestation.decisions)
        && addresses(&mut found.approvals.iter().map(|approval| &approval.by))
            == addresses(&mut attestation.approved_by.iter())
}

fn what_they_said(item: &Item, approver: &Identity) -> &'static str {
    let last = item
        .decisions
        .iter()
        .rfind(|said| said.by.address == approver.address);
    match last.map(|said| said.decision.act) {
        Some(Act::Withdraw) => ": they took it back before",
        Some(Act::RequestChanges) => ": they asked for changes",
        Some(Act::Veto) => ": they vetoed it",
        Some(Act::Approve) => ": what they approved was another text or another move",
        _ => "",
    }
}

/// The approvals as the attestation names them, for the rules to count.
fn by_its_own_word(attestation: &Attestation) -> Vec<PastDecision> {
    let said = |by: &Identity| PastDecision {
        commit: CommitId(attestation.decisions.0),
        by: by.clone(),
        at: 0,
        decision: Decision {
            act: Act::Approve,
            transition: Some(attestation.step.transition.clone()),
            record: attestation.record.clone(),
            path: attestation.path.clone(),
            base: attestation.base,
            proposed: attestation.proposed,
            policy: attestation.policy,
            bump: None,
            operation: String::new(),
            text: String::new(),
            about: ledger::About {
                attached: attestation.attached.clone(),
                ..ledger::About::default()
            },
        },
    };
    attestation.approved_by.iter().map(said).collect()
}

fn lacking(offer: &Offer, found: &Requirement) -> String {
    let needs: Vec<String> = found
        .needs
        .iter()
        .filter(|need| need.approved.len() < need.needed as usize)
        .map(|need| {
            let because: Vec<String> = need.because.iter().map(ToString::to_string).collect();
            let because = match because.is_empty() {
                true => String::new(),
                false => format!(" ({})", because.join("; ")),
            };
            let (has, needed, role) = (need.approved.len(), need.needed, &need.role);
            format!("{has} of {needed} in the role {role}{because}")
        })
        .collect();
    format!("\"{}\" has only {}", offer.name, needs.join(", "))
}
