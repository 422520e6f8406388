//! More eyes for larger changes: which entries of a transition's `more` an item's change meets, and why.

use std::collections::HashMap;
use std::fmt;

use crate::ledger::Act;
use crate::policy::{Approvals, Bump, FieldPattern, More, Transition, When};
use crate::review::Item;

/// Why a move asks for more people in a role than it does by itself. Displayed as a clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The role.
    pub role: String,
    /// How many people must at least approve in it.
    pub needed: u32,
    /// Why.
    pub why: Why,
}

/// What it is about a change that asks for more eyes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Nothing was published before.
    New,
    /// It moves the version so far.
    Bump(Bump),
    /// It touches what this pattern of fields means.
    Field(FieldPattern),
    /// Nothing proves who wrote it.
    Unproven,
    /// Nobody compared it with what is published.
    Unknown,
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.why {
            Why::New => f.write_str("a new text"),
            Why::Bump(bump) => write!(f, "a {} change", bump.name()),
            Why::Field(field) => write!(f, "a change of {}", field.0),
            Why::Unproven => f.write_str("a text whose author is not proven"),
            Why::Unknown => f.write_str("a change that nobody compared"),
        }?;
        write!(f, " asks for {} in the role {}", self.needed, self.role)
    }
}

/// Returns what a transition asks for about an item, and why where that is more than it does by itself.
pub(super) fn asked(item: &Item, transition: &Transition) -> (Approvals, Vec<Asked>) {
    let mut approvals = transition.approvals.clone();
    let mut all = Vec::new();
    for more in &transition.more {
        let Some(why) = met(item, transition, more) else {
            continue;
        };
        approvals = approvals.at_least(&more.by_role);
        let own = &transition.approvals.by_role;
        let raised = more.by_role.iter().filter(|(role, needed)| {
            let by_itself = own.get(role.as_str()).copied().unwrap_or(0);
            **needed > by_itself
        });
        all.extend(raised.map(|(role, needed)| Asked {
            role: role.clone(),
            needed: *needed,
            why: why.clone(),
        }));
    }
    (approvals, all)
}

/// Returns what it is about an item's change that meets an entry of `more`; `None` where nothing is.
fn met(item: &Item, transition: &Transition, more: &More) -> Option<Why> {
    let weight = match (&more.when, &item.weight) {
        (When::Unproven, _) => {
            let is_unproven = item.authors.iter().any(|author| !author.proven);
            return is_unproven.then_some(Why::Unproven);
        }
        (When::Bump(_) | When::Fields(_), None) => return Some(Why::Unknown),
        (When::Bump(_) | When::Fields(_), Some(weight)) => weight,
    };
    match &more.when {
        When::Bump(_) if weight.is_new => Some(Why::New),
        When::Bump(least) => {
            let bump = weight.bump.max(wanted(item, transition));
            (bump >= *least).then_some(Why::Bump(bump))
        }
        When::Fields(fields) => {
            let touched = fields.iter().find(|field| weight.touched.contains(field));
            touched.cloned().map(Why::Field)
        }
        When::Unproven => None,
    }
}

/// Returns the largest bump that a standing approval of this very text asks for. One alone cannot escape other eyes by asking for less.
fn wanted(item: &Item, transition: &Transition) -> Bump {
    let mut by_person: HashMap<&str, Bump> = HashMap::new();
    for said in item.about_this_text() {
        let address = said.by.address.as_str();
        match said.decision.act {
            Act::Withdraw | Act::RequestChanges | Act::Veto => {
                by_person.remove(address);
            }
            Act::Approve if said.decision.transition.as_deref() == Some(&transition.name) => {
                let bump = said.decision.bump.unwrap_or(Bump::None);
                by_person.entry(address).or_insert(bump);
            }
            _ => {}
        }
    }
    by_person.into_values().max().unwrap_or(Bump::None)
}
