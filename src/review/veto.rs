//! Vetoes: one person's no against a record or a whole proposal, whatever becomes of its text.
//!
//! A request for changes is about one text and goes with it. A veto stands until its giver takes it back, through new texts and through moves that do not
//! lead to readers, and ends by itself only when the policy in force no longer lets its giver veto there.

use super::people::is_same;
use crate::id::{CommitId, Identity, RecordId};
use crate::ledger::Act;
use crate::policy::{Person, Policy, Scope};
use crate::review::{Item, PastDecision};

/// A veto that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Veto {
    /// The short name of its giver.
    pub person: String,
    /// Who, as their commit says.
    pub by: Identity,
    /// When, seconds since 1970 in UTC.
    pub at: i64,
    /// The journal commit.
    pub commit: CommitId,
    /// Why.
    pub text: String,
    /// It is against the whole proposal that the text comes from, and not against the record.
    pub of_proposal: bool,
    record: RecordId,
}

/// Returns the vetoes that stand against an item, in the journal's order. The policy itself cannot be vetoed: whoever holds the right could else keep it
/// for ever.
///
/// Whether their givers may still veto is asked of the collection, and not of the language of the text: a veto does not end because the text names
/// another one.
pub fn standing_vetoes(policy: &Policy, item: &Item) -> Vec<Veto> {
    if item.is_governance() {
        return Vec::new();
    }
    let scope = Some(Scope::collection(&item.collection));
    let mut standing: Vec<Veto> = Vec::new();
    for said in &item.vetoes {
        let Some(person) = policy.person_by_address(&said.by.address) else {
            continue;
        };
        let is_theirs =
            |veto: &Veto| veto.person == person.key && veto.record == said.decision.record;
        match said.decision.act {
            Act::Withdraw => standing.retain(|veto| !is_theirs(veto)),
            Act::Veto if !standing.iter().any(is_theirs) && holds(policy, person, scope) => {
                standing.push(veto(item, person, said));
            }
            _ => {}
        }
    }
    standing
}

fn veto(item: &Item, person: &Person, said: &PastDecision) -> Veto {
    Veto {
        person: person.key.clone(),
        by: said.by.clone(),
        at: said.at,
        commit: said.commit,
        text: said.decision.text.clone(),
        of_proposal: said.decision.record != item.record,
        record: said.decision.record.clone(),
    }
}

/// Returns whether a person may veto an item.
pub fn may_veto(policy: &Policy, item: &Item, person: &Person) -> bool {
    !item.is_governance() && holds(policy, person, item.scope())
}

fn holds(policy: &Policy, person: &Person, scope: Option<Scope<'_>>) -> bool {
    let mut roles = policy.veto.iter();
    roles.any(|role| policy.holds(person, role, scope))
}

/// Returns whether a veto of a person's own stands against an item.
pub(super) fn has_vetoed(policy: &Policy, item: &Item, person: &Person) -> bool {
    let vetoes = standing_vetoes(policy, item);
    vetoes.iter().any(|veto| veto.person == person.key)
}

/// Returns whether a veto that a person could take back was given to an item itself: one against the whole proposal is taken back there.
pub(super) fn may_withdraw(policy: &Policy, item: &Item, person: &Person) -> bool {
    let mut own = item
        .vetoes
        .iter()
        .filter(|said| said.decision.record == item.record && is_same(policy, &said.by, person));
    own.next_back()
        .is_some_and(|said| said.decision.act == Act::Veto)
}

/// Returns what was said that raises or lifts a veto.
pub(super) fn concerns(said: &PastDecision) -> bool {
    matches!(said.decision.act, Act::Veto | Act::Withdraw)
}
