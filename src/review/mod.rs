//! Review: what waits for whom, who may decide it, and what a decision sets in motion.
//!
//! The rules here are pure functions of an [`Item`] and the policy in force: the pages show what they say, the committer acts on what they say,
//! and `verify` asks them again from a clone. An approval counts for the exact base and proposed blob it names, for a person who is nobody's
//! second address, and only while it stands.

mod adopt;
mod approvals;
mod committer;
mod completion;
mod desk;
mod edits;
mod eyes;
mod first_run;
pub mod governance;
mod item;
mod journal;
mod load;
mod lock;
mod orders;
mod outcome;
mod outstanding;
mod people;
mod proposed;
mod publication;
pub mod queue;
mod refusals;
mod releases;
mod rewrite;
mod since;
mod told;
mod transition;
mod update;
mod verify;
mod versions;
mod veto;
mod waiting;

pub use adopt::{Adoption, adopt, find_baseline};
pub use approvals::{Approval, Need, Requirement, WhyNot, requirement};
pub use committer::Committer;
pub use completion::complete_all;
pub use desk::{Desk, Edited};
pub use eyes::{Asked, Why};
pub use first_run::{Adopted, adopt_at, policy_of_working_copy, propose_for};
pub use item::{Author, Held, Item, Origin, PastDecision, Standing, Target};
pub use load::{findings_of, items, items_at, past_decision, taken_down};
pub use orders::{EditOrder, Intent, NewText, Outcome, Place};
pub use outcome::{Prepared, Texts, forecast, missing_fields, prepare};
pub use outstanding::Outstanding;
pub use people::{is_author, may_take_part, server_identity};
pub use proposed::items as proposed_items;
pub use publication::{
    Exchanged, Publication, RemoteLook, Unsent, WantedRequests, begin_outgoing, exchange,
    is_behind, mirror, outgoing_ref,
};
pub use refusals::{judge_edit, no_role};
pub use releases::{
    Decided, DryRun, Landing, MemberRun, Obstacle, Referrer, ReleaseAct, ReleaseOrder, may_release,
    releasable,
};
pub use rewrite::{HistoryChoice, HistoryOrder, Lost, Rewritten, rewriting_in};
pub use since::{
    Approved, ChangedSince, Judged, approved_before, changed_since, outdated_approval,
};
pub use transition::{Offer, RATIFY_WITHIN, offers, removal};
pub use update::{Clash, Settled, UpdateOrder, Whole, clashes};
pub use verify::{Fault, Note, Report, Trusted, verify};
pub use veto::{Veto, may_veto, standing_vetoes};
pub use waiting::{Open, Places, Waiting};
