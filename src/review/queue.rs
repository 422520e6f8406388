//! What waits for whom: one item, one person, one place in the queue.
//!
//! A move forward is one that brings a text to readers or towards them. An item waits for a person when a move forward still lacks an approval that
//! they may give; it is blocked when nobody's approval would help. Moves back are open on the item's page and make nobody wait.

use super::approvals::{Requirement, WhyNot, excluded, requirement};
use super::people::{is_author, is_same, may_take_part};
use super::transition::{Offer, offers, removal};
use super::veto::{may_veto, may_withdraw};
use super::{Item, Standing};
use crate::ledger::Act;
use crate::policy::{Person, Policy, StatusKind};

/// Where an item stands for one person.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// The part of the queue.
    pub section: Section,
    /// The move forward, where one is open.
    pub offer: Option<Offer>,
    /// What it asks for and has.
    pub requirement: Option<Requirement>,
    /// Short names of those who may still approve it.
    pub waits_for: Vec<String>,
    /// Whether the person's own approval is among what is missing.
    pub is_yours: bool,
}

/// A part of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// The person can do something about it now.
    Yours,
    /// Somebody else must.
    Others,
    /// A finding, a request for changes, or the lack of anybody who may, holds it.
    Blocked,
    /// The record is not what was approved.
    OutsideReview,
    /// It is being written, and nobody was asked yet.
    Draft,
}

/// Returns where an item stands for a person.
pub fn place(policy: &Policy, item: &Item, person: &Person) -> Place {
    let offer = forward(policy, item);
    let requirement = offer.as_ref().map(|offer| requirement(policy, item, offer));
    let waits_for = requirement.as_ref().map(missing).unwrap_or_default();
    let is_yours = waits_for.contains(&person.key);
    let section = section(policy, item, person, requirement.as_ref(), &waits_for);
    Place {
        section,
        offer,
        requirement,
        waits_for,
        is_yours,
    }
}

/// Returns the first open move that brings an item to readers or towards them.
pub fn forward(policy: &Policy, item: &Item) -> Option<Offer> {
    offers(policy, item).into_iter().find(|offer| {
        !offer.is_restore() && matches!(offer.to_kind, StatusKind::Approved | StatusKind::Published)
    })
}

/// Returns why a person may not approve a move now; `None` when they may.
pub fn why_not(policy: &Policy, item: &Item, offer: &Offer, person: &Person) -> Option<WhyNot> {
    let has = requirement(policy, item, offer);
    if has
        .approvals
        .iter()
        .any(|approval| approval.person == person.key)
    {
        return Some(WhyNot::HasApproved);
    }
    if let Some(why) = excluded(policy, item, offer, person) {
        return Some(why);
    }
    let roles = &offer.approvals.by_role;
    let holds_one = roles
        .keys()
        .any(|role| policy.holds(person, role, item.scope()));
    (!holds_one).then(|| WhyNot::HoldsNone {
        roles: roles.keys().cloned().collect(),
    })
}

/// Returns those who hold a role for a move and may not approve it, with the reason.
pub fn barred<'a>(
    policy: &'a Policy,
    item: &Item,
    offer: &Offer,
    role: &str,
) -> Vec<(&'a Person, WhyNot)> {
    policy
        .people
        .values()
        .filter(|person| policy.holds(person, role, item.scope()))
        .filter_map(|person| Some((person, excluded(policy, item, offer, person)?)))
        .collect()
}

/// Returns the moves that a person may approve now.
pub fn moves_of(policy: &Policy, item: &Item, person: &Person) -> Vec<Offer> {
    offers(policy, item)
        .into_iter()
        .chain(removal(policy, item))
        .filter(|offer| why_not(policy, item, offer, person).is_none())
        .filter(|offer| !offer.gated || item.blocking.is_empty())
        .collect()
}

/// Returns what a person may say of an item now, beside approving a move.
pub fn acts_of(policy: &Policy, item: &Item, person: &Person) -> Vec<Act> {
    let takes_part = may_take_part(policy, &item.collection, person);
    let mut acts = Vec::new();
    let may_ask = matches!(item.standing, Standing::Draft | Standing::Proposed);
    if takes_part && may_ask && !is_asked(item) {
        acts.push(Act::Submit);
    }
    if could_approve(policy, item, person) {
        acts.push(Act::RequestChanges);
    }
    if may_veto(policy, item, person) && !may_withdraw(policy, item, person) {
        acts.push(Act::Veto);
    }
    if takes_part {
        acts.push(Act::Comment);
    }
    if has_decided(policy, item, person) {
        acts.push(Act::Withdraw);
    }
    acts
}

fn could_approve(policy: &Policy, item: &Item, person: &Person) -> bool {
    offers(policy, item).iter().any(|offer| {
        let mut roles = offer.approvals.by_role.keys();
        roles.any(|role| policy.holds(person, role, item.scope()))
    })
}

/// Returns whether a person said something of an item that they can take back.
pub(super) fn has_decided(policy: &Policy, item: &Item, person: &Person) -> bool {
    let own = item.about_this_text().any(|said| {
        matches!(said.decision.act, Act::Approve | Act::RequestChanges)
            && is_same(policy, &said.by, person)
    });
    own || may_withdraw(policy, item, person)
}

/// Returns since when an item waits: since somebody first spoke of its very text, else since it was changed.
pub fn waits_since(item: &Item, changed_at: i64) -> i64 {
    item.decisions
        .iter()
        .find(|said| said.decision.proposed == item.proposed)
        .map_or(changed_at, |said| said.at)
}

/// Returns whether an item waits for anybody: a draft when somebody was asked about its very text, a proposal from its push or its author's word on.
fn is_asked(item: &Item) -> bool {
    match (&item.origin, item.standing) {
        (Some(origin), _) => origin.is_asked,
        (None, Standing::Draft) => is_submitted(item),
        (None, _) => true,
    }
}

/// Returns whether somebody was asked about an item's very text.
pub fn is_submitted(item: &Item) -> bool {
    item.decisions
        .iter()
        .any(|said| said.decision.proposed == item.proposed && said.decision.act != Act::Comment)
}

fn section(
    policy: &Policy,
    item: &Item,
    person: &Person,
    requirement: Option<&Requirement>,
    waits_for: &[String],
) -> Section {
    // A pushed policy has no effect yet: unlike a pushed record it stands before nobody's eyes, and waits for people as a draft does.
    if item.standing == Standing::Changed && !item.is_governance() {
        return Section::OutsideReview;
    }
    if !is_asked(item) {
        return Section::Draft;
    }
    let Some(requirement) = requirement else {
        return Section::Blocked;
    };
    if !requirement.vetoes.is_empty() {
        return Section::Blocked;
    }
    if !requirement.objections.is_empty() {
        return match is_author(policy, item, person) {
            true => Section::Yours,
            false => Section::Blocked,
        };
    }
    if !requirement.blocked.is_empty() {
        return Section::Blocked;
    }
    if waits_for.is_empty() {
        return match &item.held {
            Some(_) if requirement.met => Section::Others,
            Some(_) | None => Section::Blocked,
        };
    }
    match waits_for.contains(&person.key) {
        true => Section::Yours,
        false => Section::Others,
    }
}

/// Returns those who may fill what is missing, each once.
fn missing(requirement: &Requirement) -> Vec<String> {
    let mut people = Vec::new();
    let open = requirement
        .needs
        .iter()
        .filter(|need| need.approved.len() < need.needed as usize);
    for key in open.flat_map(|need| &need.may) {
        if !people.contains(key) {
            people.push(key.clone());
        }
    }
    people
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{BlobId, CommitId, Identity, RecordId};
    use crate::ledger::Decision;
    use crate::review::{Author, PastDecision};

    const POLICY: &str = r#"
title = "Test"
branch = "main"
[collections.notes]
paths = ["notes/*.md"]
format = "markdown"
status = "status"
version = "version"
[roles]
author = "Writes"
reviewer = "Judges"
publisher = "Publishes"
administrator = "Keeps"
[people.ana]
name = "Ana"
addresses = ["ana@example.org"]
roles = ["author", "reviewer"]
[people.ben]
name = "Ben"
addresses = ["ben@example.org"]
roles = ["reviewer"]
[people.cy]
name = "Cy"
addresses = ["cy@example.org"]
roles = ["publisher", "administrator"]
[people.dee]
name = "Dee"
addresses = ["dee@example.org"]
roles = ["reviewer", "publisher", "administrator"]
[governance]
approvals = { administrator = 1 }
"#;

    fn draft() -> Item {
        Item {
            record: RecordId("notes/one".into()),
            path: "notes/one.md".into(),
            collection: "notes".into(),
            locales: vec![String::new()],
            title: "One".into(),
            proposed: BlobId([1; 20]),
            attached: Vec::new(),
            base: None,
            attested_blob: None,
            attested_status: None,
            attested_version: None,
            standing: Standing::Draft,
            weight: None,
            authors: vec![Author {
                identity: Identity::new("Ana", "ana@example.org"),
                proven: true,
            }],
            blocking: Vec::new(),
            decisions: Vec::new(),
            vetoes: Vec::new(),
            led_here: Vec::new(),
            origin: None,
            held: None,
        }
    }

    fn said(mut item: Item, address: &str, act: Act, transition: Option<&str>) -> Item {
        let decision = Decision {
            act,
            transition: transition.map(str::to_owned),
            record: item.record.clone(),
            path: item.path.clone(),
            base: item.base,
            proposed: item.proposed,
            policy: BlobId([0; 20]),
            bump: None,
            operation: String::new(),
            text: "why".into(),
            about: crate::ledger::About::default(),
        };
        item.decisions.push(PastDecision {
            commit: CommitId([2; 20]),
            by: Identity::new("", address),
            at: 0,
            decision,
        });
        item
    }

    fn sections(item: &Item) -> [Section; 4] {
        let policy = Policy::read(POLICY).unwrap();
        ["ana", "ben", "cy", "dee"].map(|key| place(&policy, item, &policy.people[key]).section)
    }

    use Section::{Blocked, Others, OutsideReview, Yours};

    #[test]
    fn a_draft_waits_for_nobody_until_somebody_is_asked() {
        assert_eq!(sections(&draft()), [Section::Draft; 4]);
        let commented = said(draft(), "ben@example.org", Act::Comment, None);
        assert_eq!(sections(&commented), [Section::Draft; 4]);
    }

    #[test]
    fn a_submitted_draft_waits_for_those_who_may_approve_it() {
        let item = said(draft(), "ana@example.org", Act::Submit, None);
        assert_eq!(sections(&item), [Others, Yours, Others, Yours]);
    }

    #[test]
    fn a_request_for_changes_waits_for_the_author() {
        let item = said(draft(), "ben@example.org", Act::RequestChanges, None);
        assert_eq!(sections(&item), [Yours, Blocked, Blocked, Blocked]);
    }

    #[test]
    fn a_finding_blocks_whoever_looks() {
        let mut item = said(draft(), "ana@example.org", Act::Submit, None);
        item.blocking.push("S01: a field is missing".into());
        assert_eq!(sections(&item), [Blocked; 4]);
    }

    #[test]
    fn what_is_validated_waits_for_a_publisher_who_did_not_validate() {
        let item = Item {
            attested_status: Some("validated".into()),
            attested_blob: Some(BlobId([1; 20])),
            standing: Standing::Settled,
            led_here: vec![(
                "validate".into(),
                vec![Identity::new("Dee", "dee@example.org")],
            )],
            ..draft()
        };
        assert_eq!(sections(&item), [Others, Others, Yours, Others]);
        let policy = Policy::read(POLICY).unwrap();
        assert_eq!(
            place(&policy, &item, &policy.people["ana"]).waits_for,
            ["cy"]
        );
    }

    #[test]
    fn a_change_around_review_stands_apart_and_says_whose_turn_it_is() {
        let item = Item {
            attested_status: Some("active".into()),
            attested_blob: Some(BlobId([3; 20])),
            base: Some(BlobId([3; 20])),
            standing: Standing::Changed,
            ..draft()
        };
        assert_eq!(sections(&item), [OutsideReview; 4]);
        let policy = Policy::read(POLICY).unwrap();
        assert!(place(&policy, &item, &policy.people["ben"]).is_yours);
        assert!(!place(&policy, &item, &policy.people["ana"]).is_yours);
    }

    #[test]
    fn a_changed_policy_waits_for_those_who_may_put_it_in_force() {
        let mut item = Item {
            record: RecordId(crate::ledger::GOVERNANCE.into()),
            collection: String::new(),
            standing: Standing::Changed,
            authors: vec![Author {
                identity: Identity::new("Cy", "cy@example.org"),
                proven: true,
            }],
            ..draft()
        };
        assert_eq!(sections(&item), [Others, Others, Others, Yours]);
        item.blocking.push("POL-001: it does not read".into());
        assert_eq!(sections(&item), [Blocked; 4]);
    }

    #[test]
    fn why_somebody_may_not_approve_is_said() {
        let policy = Policy::read(POLICY).unwrap();
        let item = said(draft(), "ben@example.org", Act::Approve, Some("validate"));
        let offer = forward(&policy, &item).unwrap();
        let why = |key: &str| why_not(&policy, &item, &offer, &policy.people[key]);
        assert_eq!(why("ana"), Some(WhyNot::Wrote));
        assert_eq!(why("ben"), Some(WhyNot::HasApproved));
        let said = why("cy").unwrap().to_string();
        assert!(said.starts_with("it takes a reviewer to"), "{said}");
        assert_eq!(why("dee"), None);
    }
}
