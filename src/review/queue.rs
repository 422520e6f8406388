//! What waits for whom: one item, one person, one place in the queue.
//!
//! A move forward is one that brings a text to readers or towards them. An item waits for a person when a move forward still lacks an approval that
//! they may give; it is blocked when nobody's approval would help. Moves back are open on the item's page and make nobody wait.

use super::approvals::{Requirement, excluded, requirement};
use super::people::is_author;
use super::transition::{Offer, offers};
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

/// Returns why a person may not approve a move now, as a sentence; `None` when they may.
pub fn why_not(policy: &Policy, item: &Item, offer: &Offer, person: &Person) -> Option<String> {
    let has = requirement(policy, item, offer);
    if has
        .approvals
        .iter()
        .any(|approval| approval.person == person.key)
    {
        return Some("you have approved this text already".to_owned());
    }
    if let Some(why) = excluded(policy, item, offer, person) {
        return Some(why);
    }
    let roles = &offer.approvals.by_role;
    let holds_one = roles
        .keys()
        .any(|role| policy.holds(person, role, Some(&item.collection)));
    let names: Vec<&str> = roles.keys().map(String::as_str).collect();
    (!holds_one).then(|| {
        format!(
            "it takes a {} to approve this, and you are none",
            names.join(" or a ")
        )
    })
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
    if item.standing == Standing::Changed {
        return Section::OutsideReview;
    }
    if item.standing == Standing::Draft && !is_submitted(item) {
        return Section::Draft;
    }
    let Some(requirement) = requirement else {
        return Section::Blocked;
    };
    if !requirement.objections.is_empty() {
        return match is_author(policy, item, person) {
            true => Section::Yours,
            false => Section::Blocked,
        };
    }
    if !requirement.blocked.is_empty() || waits_for.is_empty() {
        return Section::Blocked;
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
