//! Counting approvals: distinct people, each in one role, none of them an author, each for these very blobs.

use std::collections::BTreeSet;
use std::fmt;

use super::eyes::Asked;
use super::people::{is_author, is_same};
use super::transition::Offer;
use super::veto::{Veto, has_vetoed, standing_vetoes};
use crate::id::{CommitId, Identity};
use crate::ledger::Act;
use crate::policy::{Bump, Person, Policy};
use crate::review::Item;

/// One approval that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The person's short name.
    pub person: String,
    /// Who, as their commit says.
    pub by: Identity,
    /// The journal commit.
    pub commit: CommitId,
    /// A bump they asked for.
    pub bump: Option<Bump>,
    /// What they said with it.
    pub text: String,
}

/// Why a person may not approve a move now. Displayed as the clause that a refusal says to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhyNot {
    /// They approved this text already.
    HasApproved,
    /// They wrote it.
    Wrote,
    /// They approved an earlier move that excludes this one.
    ApprovedEarlier {
        /// The earlier move.
        earlier: String,
        /// The move that they may not approve.
        wanted: String,
    },
    /// A veto of theirs stands against it.
    Vetoed,
    /// They hold none of the roles that approve it.
    HoldsNone {
        /// The roles that do.
        roles: Vec<String>,
    },
}

impl fmt::Display for WhyNot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HasApproved => f.write_str("you have approved this text already"),
            Self::Wrote => f.write_str("you wrote this text, so somebody else must approve it"),
            Self::ApprovedEarlier { earlier, wanted } => write!(
                f,
                "you approved \"{earlier}\" for this text, so somebody else must approve \"{wanted}\""
            ),
            Self::Vetoed => f.write_str("a veto of yours stands against it"),
            Self::HoldsNone { roles } => write!(
                f,
                "it takes a {} to approve this, and you are none",
                roles.join(" or a ")
            ),
        }
    }
}

/// What one role still owes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The role.
    pub role: String,
    /// How many distinct people must approve in it.
    pub needed: u32,
    /// Why that is more than the move asks for by itself.
    pub because: Vec<Asked>,
    /// Short names of those who did and count here.
    pub approved: Vec<String>,
    /// Short names of those who still may.
    pub may: Vec<String>,
}

/// What a move asks for and what it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// Each role's part.
    pub needs: Vec<Need>,
    /// Approvals that count, in the journal's order.
    pub approvals: Vec<Approval>,
    /// Standing requests for changes that stop it: who.
    pub objections: Vec<String>,
    /// Standing vetoes that stop it.
    pub vetoes: Vec<Veto>,
    /// Blocking findings that stop it.
    pub blocked: Vec<String>,
    /// The approvals suffice.
    pub met: bool,
}

impl Requirement {
    /// Returns whether something stands against the move, however many approve it.
    pub fn is_held(&self) -> bool {
        !(self.objections.is_empty() && self.vetoes.is_empty() && self.blocked.is_empty())
    }

    /// Returns whether the move may be made now.
    pub fn is_complete(&self) -> bool {
        self.met && !self.is_held()
    }
}

/// Returns what a move asks for and what it has, under the policy given.
pub fn requirement(policy: &Policy, item: &Item, offer: &Offer) -> Requirement {
    let approvals = standing_approvals(policy, item, offer);
    let assigned = assign(policy, item, offer, &approvals);
    let approved: BTreeSet<&str> = approvals
        .iter()
        .map(|approval| approval.person.as_str())
        .collect();
    let needs: Vec<Need> = offer
        .approvals
        .by_role
        .iter()
        .map(|(role, needed)| Need {
            role: role.clone(),
            needed: *needed,
            because: offer
                .more
                .iter()
                .filter(|asked| asked.role == *role)
                .cloned()
                .collect(),
            approved: assigned
                .iter()
                .filter(|(_, taken)| taken == role)
                .map(|(person, _)| person.clone())
                .collect(),
            may: policy
                .people
                .values()
                .filter(|person| {
                    policy.holds(person, role, item.scope())
                        && excluded(policy, item, offer, person).is_none()
                })
                .filter(|person| !approved.contains(person.key.as_str()))
                .map(|person| person.key.clone())
                .collect(),
        })
        .collect();
    let met = match offer.takes_one() {
        true => !approvals.is_empty(),
        false => {
            !needs.is_empty()
                && needs
                    .iter()
                    .all(|need| need.approved.len() >= need.needed as usize)
        }
    };
    let (objections, vetoes, blocked) = match offer.gated {
        true => (
            standing_objections(policy, item),
            standing_vetoes(policy, item),
            item.blocking.clone(),
        ),
        false => Default::default(),
    };
    Requirement {
        needs,
        approvals,
        objections,
        vetoes,
        blocked,
        met,
    }
}

/// Why a person may not approve this move; `None` when nothing but a missing role could stand against it.
pub(super) fn excluded(
    policy: &Policy,
    item: &Item,
    offer: &Offer,
    person: &Person,
) -> Option<WhyNot> {
    if offer.approvals.not_author && is_author(policy, item, person) {
        return Some(WhyNot::Wrote);
    }
    if offer.gated && has_vetoed(policy, item, person) {
        return Some(WhyNot::Vetoed);
    }
    let earlier = item.led_here.iter().find(|(transition, approvers)| {
        offer.approvals.not_same_as.contains(transition)
            && approvers
                .iter()
                .any(|identity| is_same(policy, identity, person))
    });
    earlier.map(|(transition, _)| WhyNot::ApprovedEarlier {
        earlier: transition.clone(),
        wanted: offer.name.clone(),
    })
}

/// Approvals of this move that name these blobs, by people who may give them and did not take them back. Only the first of each person counts.
fn standing_approvals(policy: &Policy, item: &Item, offer: &Offer) -> Vec<Approval> {
    let mut approvals: Vec<Approval> = Vec::new();
    for said in item.about_this_text() {
        let Some(person) = policy.person_by_address(&said.by.address) else {
            continue;
        };
        match said.decision.act {
            Act::Withdraw | Act::RequestChanges | Act::Veto => {
                approvals.retain(|approval| approval.person != person.key)
            }
            Act::Approve if said.decision.transition.as_deref() == Some(&offer.name) => {
                let counts = excluded(policy, item, offer, person).is_none()
                    && offer
                        .approvals
                        .by_role
                        .keys()
                        .any(|role| policy.holds(person, role, item.scope()));
                if counts
                    && approvals
                        .iter()
                        .all(|approval| approval.person != person.key)
                {
                    approvals.push(Approval {
                        person: person.key.clone(),
                        by: said.by.clone(),
                        commit: said.commit,
                        bump: said.decision.bump,
                        text: said.decision.text.clone(),
                    });
                }
            }
            _ => {}
        }
    }
    approvals
}

/// People whose request for changes to this very text still stands.
fn standing_objections(policy: &Policy, item: &Item) -> Vec<String> {
    let mut objections: Vec<String> = Vec::new();
    for said in item.about_this_text() {
        let Some(person) = policy.person_by_address(&said.by.address) else {
            continue;
        };
        match said.decision.act {
            Act::RequestChanges if !objections.contains(&person.key) => {
                objections.push(person.key.clone())
            }
            Act::Withdraw | Act::Approve => objections.retain(|key| *key != person.key),
            _ => {}
        }
    }
    objections
}

/// Gives each approver one role so that as many places as possible are filled. People with several roles are moved where that helps (augmenting
/// paths); the numbers are those of a meeting, so this is instant.
fn assign(
    policy: &Policy,
    item: &Item,
    offer: &Offer,
    approvals: &[Approval],
) -> Vec<(String, String)> {
    let places: Vec<&str> = offer
        .approvals
        .by_role
        .iter()
        .flat_map(|(role, needed)| std::iter::repeat_n(role.as_str(), (*needed).min(64) as usize))
        .collect();
    let mut taken: Vec<Option<usize>> = vec![None; places.len()];
    let fits = |approver: usize, place: usize| {
        let person = policy.people.get(&approvals[approver].person);
        person.is_some_and(|person| policy.holds(person, places[place], item.scope()))
    };
    for approver in 0..approvals.len() {
        let mut seen = vec![false; places.len()];
        seat(approver, &fits, &mut taken, &mut seen);
    }
    places
        .iter()
        .zip(&taken)
        .filter_map(|(role, approver)| {
            Some((approvals[(*approver)?].person.clone(), (*role).to_owned()))
        })
        .collect()
}

fn seat(
    approver: usize,
    fits: &impl Fn(usize, usize) -> bool,
    taken: &mut [Option<usize>],
    seen: &mut [bool],
) -> bool {
    for place in 0..taken.len() {
        if seen[place] || !fits(approver, place) {
            continue;
        }
        seen[place] = true;
        let free = match taken[place] {
            None => true,
            Some(other) => seat(other, fits, taken, seen),
        };
        if free {
            taken[place] = Some(approver);
            return true;
        }
    }
    false
}
