//! Which moves are open to an item right now.

use indexmap::IndexMap;

use super::eyes::{self, Asked};
use crate::ledger::{AMEND, RATIFY, RESTORE, TAKE_DOWN, YANK};
use crate::policy::{Approvals, Policy, StatusKind, Transition, Workflow};
use crate::review::{Item, Standing};

/// How long a record may be down before a second administrator ratified it, in seconds: 72 hours. After that it waits for a decision, and stays down.
pub const RATIFY_WITHIN: i64 = 72 * 60 * 60;

/// A move that the item's state allows, whoever may approve it.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// The transition's name, or `restore`.
    pub name: String,
    /// The attested status before.
    pub from: String,
    /// The attested status after.
    pub to: String,
    /// What the new status means to readers.
    pub to_kind: StatusKind,
    /// Who must approve, with what the change asks for beside.
    pub approvals: Approvals,
    /// Why it asks for more than its transition does by itself.
    pub more: Vec<Asked>,
    /// The deciders must give a reason.
    pub reason_required: bool,
    /// It brings text to readers or towards them, or lands it from a proposal, so that findings, requests for changes and vetoes stop it.
    pub gated: bool,
    /// It writes a version.
    pub writes_version: bool,
    /// It makes something official that was changed outside review.
    pub countersigns: bool,
}

impl Offer {
    /// Returns whether this changes what readers have: what a release holds back until all of it goes out.
    pub fn reaches_readers(&self) -> bool {
        !self.is_restore() && matches!(self.to_kind, StatusKind::Published | StatusKind::Ended)
    }

    /// Returns whether this puts back what was attested.
    pub fn is_restore(&self) -> bool {
        self.name == RESTORE
    }

    /// Returns whether this takes something from readers, or agrees that it was: no text is written.
    pub fn is_removal(&self) -> bool {
        [TAKE_DOWN, RATIFY, YANK].contains(&self.name.as_str())
    }

    /// Returns whether any one approval is enough, in whichever of the roles.
    pub fn takes_one(&self) -> bool {
        [RESTORE, TAKE_DOWN, RATIFY].contains(&self.name.as_str())
    }
}

/// Returns the moves open to an item, in the policy's order; `restore` comes last.
pub fn offers(policy: &Policy, item: &Item) -> Vec<Offer> {
    if item.is_governance() {
        return governance_offers(policy);
    }
    if item.is_whole_proposal() || item.is_version() || item.standing == Standing::TakenDown {
        return Vec::new();
    }
    let Some(workflow) = item.workflow(policy) else {
        return Vec::new();
    };
    let mut offers: Vec<Offer> = workflow
        .transitions
        .values()
        .filter(|transition| is_open(workflow, item, transition))
        .map(|transition| offer(workflow, item, transition))
        .collect();
    if item.standing == Standing::Changed
        && (item.attested_blob.is_some()
            || item
                .collection(policy)
                .is_some_and(|collection| collection.status.is_some()))
    {
        offers.push(restore(workflow, item));
    }
    offers
}

/// Returns the move that no workflow names and that takes from readers, so that authors are not left out: one administrator takes the record down at once,
/// another one ratifies that, and those who may bring a new version take one back.
pub fn removal(policy: &Policy, item: &Item) -> Option<Offer> {
    let workflow = item.workflow(policy)?;
    if item.is_version() {
        return yank(workflow, item);
    }
    let (name, not_same_as) = match (item.standing, &item.origin) {
        (Standing::TakenDown, _) => (RATIFY, vec![TAKE_DOWN.to_owned()]),
        (_, None) if item.base.is_some() => (TAKE_DOWN, Vec::new()),
        (_, _) => return None,
    };
    let is_ratified = item.led_here.iter().any(|(earlier, _)| earlier == RATIFY);
    (!is_ratified).then(|| Offer {
        name: name.to_owned(),
        from: item.status(workflow).to_owned(),
        // Whatever comes after it begins at the beginning.
        to: workflow.initial.clone(),
        to_kind: StatusKind::Draft,
        approvals: Approvals {
            by_role: one_of(policy.governance.by_role.keys()),
            not_author: false,
            not_same_as,
        },
        more: Vec::new(),
        reason_required: name == TAKE_DOWN,
        gated: false,
        writes_version: false,
        countersigns: false,
    })
}

/// Changed text beyond draft may be made official where it stands, end the record with what the change says of it (its successor, a reason), or go
/// back towards draft; it may not be carried on as if nothing had changed. Unchanged text has nothing to revise.
///
/// A proposal for a record that is approved and not yet published is approved anew, from where the record stands.
fn is_open(workflow: &Workflow, item: &Item, transition: &Transition) -> bool {
    let status = item.status(workflow);
    if item.standing == Standing::Proposed && item.kind(workflow) == StatusKind::Approved {
        return transition.to == status;
    }
    if !transition.from.iter().any(|from| from == status) {
        return false;
    }
    let stays = transition.to == status;
    let carries_on = matches!(
        workflow.kind(&transition.to),
        Some(StatusKind::Approved | StatusKind::Published)
    );
    match item.text_changed(workflow) {
        true => stays || !carries_on,
        false => !stays || item.kind(workflow) == StatusKind::Draft,
    }
}

fn offer(workflow: &Workflow, item: &Item, transition: &Transition) -> Offer {
    let from_kind = item.kind(workflow);
    let to_kind = workflow
        .statuses
        .get(&transition.to)
        .copied()
        .unwrap_or(StatusKind::Draft);
    let leaves_draft = from_kind == StatusKind::Draft
        && matches!(to_kind, StatusKind::Approved | StatusKind::Published);
    let (approvals, more) = eyes::asked(item, transition);
    Offer {
        name: transition.name.clone(),
        from: item.status(workflow).to_owned(),
        to: transition.to.clone(),
        to_kind,
        approvals,
        more,
        reason_required: transition.reason_required,
        gated: leaves_draft
            || to_kind == StatusKind::Published
            || item.standing == Standing::Proposed,
        writes_version: transition.writes_version,
        countersigns: item.standing == Standing::Changed
            && item.text_changed(workflow)
            && to_kind == StatusKind::Published,
    }
}

/// Putting back attested bytes publishes nothing new, so anybody who approves anything in this workflow may do it, with a reason.
fn restore(workflow: &Workflow, item: &Item) -> Offer {
    let roles = workflow
        .transitions
        .values()
        .flat_map(|transition| transition.approvals.by_role.keys());
    let status = item.status(workflow).to_owned();
    Offer {
        name: RESTORE.to_owned(),
        from: status.clone(),
        to: status,
        to_kind: item.kind(workflow),
        approvals: Approvals {
            by_role: one_of(roles),
            not_author: false,
            not_same_as: Vec::new(),
        },
        more: Vec::new(),
        reason_required: true,
        gated: false,
        writes_version: false,
        countersigns: false,
    }
}

/// A version is taken back once, by as many as publish one.
fn yank(workflow: &Workflow, item: &Item) -> Option<Offer> {
    let mut publishing = workflow.transitions.values();
    let publishing = publishing.rfind(|transition| transition.writes_version)?;
    let status = item.status(workflow).to_owned();
    item.led_here.is_empty().then(|| Offer {
        name: YANK.to_owned(),
        from: status.clone(),
        to: status,
        to_kind: StatusKind::Draft,
        approvals: Approvals {
            by_role: publishing.approvals.by_role.clone(),
            not_author: false,
            not_same_as: Vec::new(),
        },
        more: Vec::new(),
        reason_required: true,
        gated: false,
        writes_version: false,
        countersigns: false,
    })
}

fn one_of<'a>(roles: impl Iterator<Item = &'a String>) -> IndexMap<String, u32> {
    roles.map(|role| (role.clone(), 1)).collect()
}

/// A change of the governed files is put in force by those whom the policy in force names, or put back by them.
fn governance_offers(policy: &Policy) -> Vec<Offer> {
    let offer = |name: &str, approvals: Approvals| Offer {
        name: name.to_owned(),
        from: GOVERNED.to_owned(),
        to: GOVERNED.to_owned(),
        to_kind: StatusKind::Published,
        approvals,
        more: Vec::new(),
        reason_required: name == RESTORE,
        gated: name == AMEND,
        writes_version: false,
        countersigns: name == AMEND,
    };
    let amend = Approvals {
        not_author: true,
        ..policy.governance.clone()
    };
    let restore = Approvals {
        not_author: false,
        ..policy.governance.clone()
    };
    vec![offer(AMEND, amend), offer(RESTORE, restore)]
}

/// The one status of the governed files.
const GOVERNED: &str = "governed";
