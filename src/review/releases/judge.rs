//! May this release go out, and who may say so? Pure: the same answer for the page that shows it, the person who presses, and the clock.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use crate::id::BlobId;
use crate::ledger::Member;
use crate::policy::{Person, Policy, Scope, StatusKind, Workflow};
use crate::refusal::Refusal;
use crate::review::proposed::is_outdated;
use crate::review::queue::forward;
use crate::review::{Item, Need, Offer, Requirement, Target, offers, requirement};

/// What stands between a text and its release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// Its proposal or its file is gone, or it reached readers by another way.
    Gone,
    /// It is another text than the one that was planned.
    Changed,
    /// The published text changed since its proposal began.
    Outdated,
    /// It cannot be published from where it stands; the move that is next, where there is one, and what that still asks for.
    Before {
        /// Its status.
        status: String,
        /// The next move.
        transition: Option<String>,
        /// What it asks for.
        needs: Vec<Need>,
    },
    /// Approvals are missing.
    Missing {
        /// The move.
        transition: String,
        /// What it asks for.
        needs: Vec<Need>,
    },
    /// Somebody asked for changes: short names.
    Objection(Vec<String>),
    /// A blocking finding.
    Finding(String),
    /// Another text of the release is the same record, or takes up the same file: its path.
    Twin(String),
    /// The move cannot be carried out.
    Unfit(Refusal),
}

/// One text of a release, and what is in its way.
#[derive(Debug, Clone)]
pub(super) struct Readiness {
    /// What was planned.
    pub member: Member,
    /// The text as it stands.
    pub item: Option<Item>,
    /// The move that brings it to readers.
    pub offer: Option<Offer>,
    /// What that asks for and has.
    pub requirement: Option<Requirement>,
    /// What is in the way.
    pub obstacles: Vec<Obstacle>,
}

/// Returns whether a person may plan a release of a collection's records, let it out or give it up: whoever approves the move that takes one of them to
/// readers for the first time.
pub fn may_release(policy: &Policy, collection: &str, person: &Person) -> bool {
    let Some(known) = policy.collections.get(collection) else {
        return false;
    };
    let roles = publishers(policy.workflow(known));
    let mut roles = roles.iter();
    roles.any(|role| policy.holds(person, role, Some(Scope::collection(collection))))
}

/// The roles that take a record to readers; those of a revision where nothing else does.
fn publishers(workflow: &Workflow) -> BTreeSet<&str> {
    let kind = |status: &String| workflow.kind(status);
    let publishing = || {
        let all = workflow.transitions.values();
        all.filter(|transition| kind(&transition.to) == Some(StatusKind::Published))
    };
    let first: BTreeSet<&str> = publishing()
        .filter(|transition| {
            let mut from = transition.from.iter();
            from.any(|status| kind(status) != Some(StatusKind::Published))
        })
        .flat_map(|transition| transition.approvals.by_role.keys().map(String::as_str))
        .collect();
    match first.is_empty() {
        false => first,
        true => publishing()
            .flat_map(|transition| transition.approvals.by_role.keys().map(String::as_str))
            .collect(),
    }
}

/// Returns whether a person may take a text into a release of this name: it waits for no other, and it is theirs to publish.
pub fn releasable(policy: &Policy, item: &Item, person: &Person, release: &str) -> bool {
    let held = item.held.as_ref();
    held.is_none_or(|held| held.release == release)
        && is_publishable(policy, item)
        && may_release(policy, &item.collection, person)
}

/// Returns whether anything of a text could ever go out with a release.
pub(super) fn is_publishable(policy: &Policy, item: &Item) -> bool {
    !item.is_governance()
        && !item.is_whole_proposal()
        && (forward(policy, item).is_some()
            || offers(policy, item).iter().any(Offer::reaches_readers))
}

/// Judges every text of a release as it stands.
pub(super) fn judge(
    policy: &Policy,
    release: &str,
    members: &[Member],
    items: &[Item],
) -> Vec<Readiness> {
    let mut judged: Vec<Readiness> = members
        .iter()
        .map(|member| judge_member(policy, member, item_of(release, member, items)))
        .collect();
    let mut taken: HashMap<String, String> = HashMap::new();
    let mut brought: HashMap<String, (BlobId, String)> = HashMap::new();
    for readiness in &mut judged {
        let Some(item) = &readiness.item else {
            continue;
        };
        let keys = item.touches().into_iter().chain([item.record.0.as_str()]);
        let keys: Vec<String> = keys.map(str::to_owned).collect();
        let mut twin = keys.iter().find_map(|key| taken.get(key)).cloned();
        let own = readiness.member.to_string();
        taken.extend(keys.into_iter().map(|key| (key, own.clone())));
        for file in &item.attached {
            let known = brought
                .entry(file.path.clone())
                .or_insert_with(|| (file.blob, own.clone()));
            if known.0 != file.blob {
                twin = Some(known.1.clone());
            }
        }
        readiness.obstacles.extend(twin.map(Obstacle::Twin));
    }
    judged
}

/// Returns the text that a member names, followed to the published branch where it landed there without reaching readers.
fn item_of<'a>(release: &str, member: &Member, items: &'a [Item]) -> Option<&'a Item> {
    let named = target_of(member);
    let held = |item: &&Item| {
        item.held
            .as_ref()
            .is_some_and(|held| held.release == release)
    };
    let mut held = items.iter().filter(held);
    let landed = Target::published(&member.path);
    held.clone()
        .find(|item| item.target() == named)
        .or_else(|| held.find(|item| item.target() == landed))
}

/// Returns where a member stands.
pub(super) fn target_of(member: &Member) -> Target {
    Target {
        proposal: member.proposal.clone(),
        path: member.path.clone(),
    }
}

fn judge_member(policy: &Policy, member: &Member, item: Option<&Item>) -> Readiness {
    let mut readiness = Readiness {
        member: member.clone(),
        item: item.cloned(),
        offer: None,
        requirement: None,
        obstacles: Vec::new(),
    };
    let Some(item) = item else {
        readiness.obstacles.push(Obstacle::Gone);
        return readiness;
    };
    if !item.held.as_ref().is_some_and(|held| held.is_planned_text) {
        readiness.obstacles.push(Obstacle::Changed);
    }
    let origin = item.origin.as_ref();
    if origin.is_some_and(|origin| !origin.is_current()) {
        readiness.obstacles.push(Obstacle::Outdated);
    }
    let Some((offer, has)) = publishing_move(policy, item) else {
        readiness.obstacles.push(before(policy, item));
        return readiness;
    };
    if !has.met {
        readiness.obstacles.push(Obstacle::Missing {
            transition: offer.name.clone(),
            needs: unmet(&has),
        });
    }
    if !has.objections.is_empty() {
        let people = has.objections.clone();
        readiness.obstacles.push(Obstacle::Objection(people));
    }
    let findings = has.blocked.iter().filter(|finding| !is_outdated(finding));
    let findings = findings.cloned().map(Obstacle::Finding);
    readiness.obstacles.extend(findings);
    readiness.offer = Some(offer);
    readiness.requirement = Some(has);
    readiness
}

/// Of several moves that reach readers the one that is complete, else the one that most people approved, else the first.
fn publishing_move(policy: &Policy, item: &Item) -> Option<(Offer, Requirement)> {
    let open = offers(policy, item).into_iter().rev();
    open.filter(Offer::reaches_readers)
        .map(|offer| {
            let has = requirement(policy, item, &offer);
            (offer, has)
        })
        .max_by_key(|(_, has)| (has.is_complete(), has.approvals.len()))
}

fn before(policy: &Policy, item: &Item) -> Obstacle {
    let next = forward(policy, item);
    let needs = next
        .as_ref()
        .map(|offer| unmet(&requirement(policy, item, offer)));
    let workflow = item.workflow(policy);
    Obstacle::Before {
        status: workflow
            .map_or("", |workflow| item.status(workflow))
            .to_owned(),
        transition: next.map(|offer| offer.name),
        needs: needs.unwrap_or_default(),
    }
}

fn unmet(has: &Requirement) -> Vec<Need> {
    let mut needs = has.needs.clone();
    needs.retain(|need| need.approved.len() < need.needed as usize);
    needs
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone => f.write_str("it is gone, or reached readers by another way"),
            Self::Changed => f.write_str("its text changed since it was planned"),
            Self::Outdated => f.write_str("the published text changed since its proposal began"),
            Self::Before {
                status,
                transition: Some(transition),
                ..
            } => write!(f, "it is {status}, and \"{transition}\" comes first"),
            Self::Before { status, .. } => {
                write!(f, "it is {status}, and no move leads to readers")
            }
            Self::Missing { transition, needs } => {
                write!(f, "\"{transition}\" lacks")?;
                for (place, need) in needs.iter().enumerate() {
                    let missing = need.needed as usize - need.approved.len();
                    let and = if place == 0 { "" } else { " and" };
                    write!(f, "{and} {missing} approval by a {}", need.role)?;
                }
                Ok(())
            }
            Self::Objection(people) => write!(f, "{} asked for changes", people.join(" and ")),
            Self::Finding(finding) => write!(f, "a finding stands against it: {finding}"),
            Self::Twin(other) => write!(f, "{other} is the same record or takes up the same file"),
            Self::Unfit(refusal) => f.write_str(&refusal.cause),
        }
    }
}
