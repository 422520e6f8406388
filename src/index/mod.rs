//! The database's picture of a repository: made by [`sync`], asked by pages, deletable at any time.
//!
//! There is one writer, sync, and it writes only what it read from git; so the picture is a function of the tip, its history, the journal and the
//! attested policy, and never of the moments at which sync happened to run. Rows, the new heads and what follows from them go into one transaction.

mod attachments;
mod chain;
mod changed;
mod derive;
mod events;
mod files;
mod gather;
mod inspect;
mod notices;
mod outstanding;
mod overview;
mod paging;
mod proposals;
mod proposed;
mod query;
mod rebuild;
mod releases;
mod rules;
mod search;
mod store;
mod sync;
mod weights;
mod write;

pub use attachments::{AttachmentRow, attached_files_at, attachments_at, proposed_attachments};
pub use chain::*;
pub use changed::{Changed, concerned, open_among, open_branches_among};
pub use events::*;
pub use gather::{Attested, Follow, Heads, Link, LinkEvent, Rewriting, attachment, attested_at};
pub(crate) use gather::{told_renames, wrote_in_proposal};
pub use inspect::{Inspected, Inspection, UNRESOLVED, inspect, inspect_text, unresolved_reference};
pub use notices::{
    Happened, NoticeRow, NoticesWanted, Place, attestations_numbered, count_unread, last_place,
    notices,
};
pub use outstanding::*;
pub use overview::*;
pub use paging::*;
pub use proposed::*;
pub use query::*;
pub use rebuild::{Difference, compare, compare_with};
pub use releases::*;
pub use rules::Rules;
pub use search::*;
pub use store::{Index, RulesInForce};
pub use sync::{Synced, sync, sync_as_far};
pub use weights::{Weights, weights_of};
