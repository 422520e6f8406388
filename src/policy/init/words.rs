//! Plain editorial English for the states of a text. Words that one register alone uses have no place here.

use crate::policy::StatusKind;

/// Words for a text on its way, earliest first: the position orders the steps.
const DRAFT: [&str; 22] = [
    "idea",
    "new",
    "open",
    "draft",
    "wip",
    "work in progress",
    "in progress",
    "editing",
    "proposed",
    "proposal",
    "provisional",
    "submitted",
    "pending",
    "candidate",
    "in review",
    "under review",
    "review",
    "reviewing",
    "needs review",
    "discussion",
    "comment",
    "feedback",
];

const APPROVED: [&str; 12] = [
    "validated",
    "approved",
    "accepted",
    "agreed",
    "verified",
    "reviewed",
    "ready",
    "scheduled",
    "signed off",
    "checked",
    "confirmed",
    "implementable",
];

const PUBLISHED: [&str; 18] = [
    "active",
    "published",
    "final",
    "public",
    "live",
    "released",
    "stable",
    "current",
    "effective",
    "in force",
    "adopted",
    "ratified",
    "standard",
    "recommended",
    "implemented",
    "complete",
    "completed",
    "done",
];

const ENDED: [&str; 20] = [
    "superseded",
    "replaced",
    "deprecated",
    "obsolete",
    "retired",
    "archived",
    "withdrawn",
    "rejected",
    "abandoned",
    "cancelled",
    "canceled",
    "closed",
    "expired",
    "removed",
    "revoked",
    "declined",
    "inactive",
    "deferred",
    "discontinued",
    "historical",
];

/// What a word says of a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meaning {
    pub kind: StatusKind,
    /// Earlier steps are smaller.
    pub order: usize,
}

/// Returns what a status is called in plain English; `None` for any other word.
pub(super) fn meaning(status: &str) -> Option<Meaning> {
    let word: String = status
        .trim()
        .chars()
        .map(|c| if matches!(c, '-' | '_') { ' ' } else { c })
        .flat_map(char::to_lowercase)
        .collect();
    let lists: [(StatusKind, &[&str]); 4] = [
        (StatusKind::Draft, &DRAFT),
        (StatusKind::Approved, &APPROVED),
        (StatusKind::Published, &PUBLISHED),
        (StatusKind::Ended, &ENDED),
    ];
    lists.into_iter().find_map(|(kind, words)| {
        let order = words.iter().position(|known| *known == word)?;
        Some(Meaning { kind, order })
    })
}
