//! What Countersign writes into git messages, and the one parser that reads it back.
//!
//! Three kinds of commit carry facts: the *baseline* (an administrator adopted the repository as it stood), the *attestation* (a transition that
//! the policy's approvals allowed) and the *decision* (what one person said; it lives in the journal). The facts are trailers in the last paragraph
//! of the message, so that stock git shows them. A message alone proves nothing: readers check the commit's signature first.

mod attachment;
mod attestation;
mod cursor;
mod decision;
mod event;
mod mentions;
mod notice;
mod release;
mod rewrite;
mod trailer;
mod version;

pub use attachment::{Attachment, attached_lines, read_attached_lines};
pub use attestation::{Attestation, Baseline, Move, VersionMove};
pub use cursor::{Cursor, TARGETS};
pub use decision::{About, Act, Decision, Seen, authors_of};
pub use event::{event_id, event_of};
pub use mentions::mentions;
pub use notice::{Reason, Told, told_of_attestation, told_of_decision};
pub use release::{Member, Plan, RELEASES, instant, read_instant, release_id, release_of};
pub use rewrite::{HISTORY, Losses, Tips};
pub use trailer::{Malformed, Trailers};
pub use version::{VERSIONS, YANK, version_id, version_of};

/// The ref of the journal: a chain of signed commits, one decision each.
pub const JOURNAL_REF: &str = "refs/countersign/journal";

/// The message of the journal's first commit where its first decision judges a proposal: that decision's second parent would else be its first.
pub const JOURNAL_BEGINS: &str = "Begin the journal\n";

/// The record id under which a change of the policy, the schemas or the keys is attested.
pub const GOVERNANCE: &str = "countersign.toml";

/// The transition that attests such a change.
pub const AMEND: &str = "amend";

/// The transition by which one administrator takes a record from its readers at once. It removes and never publishes.
pub const TAKE_DOWN: &str = "take-down";

/// The transition by which a second administrator says that a record was rightly taken down.
pub const RATIFY: &str = "ratify";

/// The transition that puts back what was attested.
pub const RESTORE: &str = "restore";
