//! The moves that a review item's state allows: who must still approve, who may not, and why.

use serde::Serialize;
use utoipa::ToSchema;

use super::values::{Meaning, PersonRef, moment, people_by_key, person_by_key};
use crate::policy::Policy;
use crate::review::queue::{barred, moves_of, why_not};
use crate::review::{Asked, Item, Offer, Requirement, Veto, Why, WhyNot, offers, requirement};
use crate::web::seat::Seat;

/// A move that an item's state allows, and what it takes.
#[derive(Debug, Serialize, ToSchema)]
pub struct Move {
    /// Its name, as a decision names it.
    #[schema(example = "validate")]
    transition: String,
    /// The status before.
    from: String,
    /// The status after.
    #[schema(example = "validated")]
    to: String,
    /// What the status after means to readers.
    meaning: Meaning,
    /// Whether it writes a version.
    writes_version: bool,
    /// Whether whoever approves it must say why.
    reason_required: bool,
    /// Whether the token's owner may approve it now.
    you_may: bool,
    /// Why not.
    you_may_not: Option<String>,
    /// What each role still owes.
    needs: Vec<Need>,
    /// Those whose standing requests for changes stop it.
    objections: Vec<PersonRef>,
    /// Standing vetoes that stop it.
    vetoes: Vec<Vetoed>,
    /// Findings that stop it.
    blocked: Vec<String>,
    /// Whether the approvals suffice.
    met: bool,
}

/// A veto that stands, whatever the text has become since.
#[derive(Debug, Serialize, ToSchema)]
pub struct Vetoed {
    /// Who.
    by: PersonRef,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// Why.
    reason: String,
    /// Whether it is against the whole proposal, and not against the record.
    of_proposal: bool,
    /// The commit in the journal.
    decision: String,
}

/// What one role owes a move.
#[derive(Debug, Serialize, ToSchema)]
pub struct Need {
    /// The role.
    #[schema(example = "reviewer")]
    role: String,
    /// How many different people must approve in it.
    #[schema(example = 1)]
    needed: u32,
    /// Why that is more than for other changes.
    because: Vec<Because>,
    /// Those who did.
    approved: Vec<Given>,
    /// Those who still may.
    may: Vec<PersonRef>,
    /// Those who hold the role and may not.
    may_not: Vec<MayNot>,
}

/// Why a role owes more approvals than for other changes.
#[derive(Debug, Serialize, ToSchema)]
pub struct Because {
    /// `bump` where the change moves the version so far, `new` where nothing was published before, `field` where it touches one that the policy names,
    /// `unproven` where nothing proves who wrote it, `unknown` where nobody could compare it.
    #[schema(example = "bump")]
    reason: &'static str,
    /// The bump, or the field as the policy names it.
    #[schema(example = "major")]
    what: Option<String>,
    /// How many people that asks for.
    #[schema(example = 2)]
    needed: u32,
    /// The same in words.
    #[schema(example = "a major change asks for 2 in the role reviewer")]
    sentence: String,
}

/// An approval that counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct Given {
    /// Who.
    by: PersonRef,
    /// The commit in the journal.
    decision: Option<String>,
}

/// Somebody who holds a role and may not approve.
#[derive(Debug, Serialize, ToSchema)]
pub struct MayNot {
    /// Who.
    who: PersonRef,
    /// `author` where they wrote the text, `earlier_approval` where they approved an earlier move of it, `veto` where one of theirs stands.
    #[schema(example = "author")]
    reason: &'static str,
}

/// Returns the moves that an item's state allows, and what each takes.
pub fn moves(seat: &Seat, item: &Item) -> Vec<Move> {
    let (policy, person) = (seat.policy(), seat.person());
    let open = moves_of(policy, item, person);
    offers(policy, item)
        .into_iter()
        .map(|offer| {
            let has = requirement(policy, item, &offer);
            Move {
                you_may: open.contains(&offer),
                you_may_not: why_not(policy, item, &offer, person).map(|why| why.to_string()),
                needs: needs(policy, item, &offer, &has),
                objections: people_by_key(policy, &has.objections),
                vetoes: has.vetoes.iter().map(|veto| vetoed(policy, veto)).collect(),
                blocked: has.blocked,
                met: has.met,
                transition: offer.name,
                from: offer.from,
                to: offer.to,
                meaning: offer.to_kind.into(),
                writes_version: offer.writes_version,
                reason_required: offer.reason_required,
            }
        })
        .collect()
}

fn needs(policy: &Policy, item: &Item, offer: &Offer, has: &Requirement) -> Vec<Need> {
    let given = |key: &String| {
        let approval = has
            .approvals
            .iter()
            .find(|approval| approval.person == *key);
        Given {
            by: person_by_key(policy, key),
            decision: approval.map(|approval| approval.commit.to_string()),
        }
    };
    has.needs
        .iter()
        .map(|need| Need {
            role: need.role.clone(),
            needed: need.needed,
            because: need.because.iter().map(because).collect(),
            approved: need.approved.iter().map(given).collect(),
            may: people_by_key(policy, &need.may),
            may_not: barred(policy, item, offer, &need.role)
                .into_iter()
                .map(|(person, why)| MayNot {
                    who: person_by_key(policy, &person.key),
                    reason: reason(&why),
                })
                .collect(),
        })
        .collect()
}

fn reason(why: &WhyNot) -> &'static str {
    match why {
        WhyNot::Wrote => "author",
        WhyNot::ApprovedEarlier { .. } => "earlier_approval",
        WhyNot::HasApproved => "approved",
        WhyNot::HoldsNone { .. } => "no_role",
        WhyNot::Vetoed => "veto",
    }
}

fn because(asked: &Asked) -> Because {
    let (reason, what) = match &asked.why {
        Why::New => ("new", None),
        Why::Bump(bump) => ("bump", Some(bump.name().to_owned())),
        Why::Field(field) => ("field", Some(field.0.clone())),
        Why::Unproven => ("unproven", None),
        Why::Unknown => ("unknown", None),
    };
    Because {
        reason,
        what,
        needed: asked.needed,
        sentence: asked.to_string(),
    }
}

fn vetoed(policy: &Policy, veto: &Veto) -> Vetoed {
    Vetoed {
        by: person_by_key(policy, &veto.person),
        at: moment(veto.at),
        reason: veto.text.clone(),
        of_proposal: veto.of_proposal,
        decision: veto.commit.to_string(),
    }
}
