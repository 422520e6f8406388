//! Git: the only module that names `git2`.
//!
//! One [`Repository`] belongs to one thread at a time and is opened per task; it is cheap. Everything it answers is read from objects and refs by
//! full names and full ids. It never runs a hook, a filter or a command that the repository names, never touches the index, and writes the work
//! tree in one place only, which says why.

mod commit;
pub mod network;
mod open;
mod path;
mod plain;
mod read;
mod refs;
mod sign;
mod walk;
mod watch;
mod working_copy;

#[cfg(test)]
mod tests;

pub use commit::{Change, CommitBuilder, Keeps, NewCommit};
pub use open::{Repository, prepare};
pub use path::{HostilePath, RepoPath};
pub use plain::PlainCommit;
pub use read::{CommitFacts, Content, Entry, EntryKind};
pub use refs::{RefMoved, RefState, is_ref_name};
pub use sign::{AllowedSigners, SERVER_ADDRESS, SigningKey, Verified};
pub use walk::{PathChange, Rename, exact_renames};
pub use watch::Watch;
pub use working_copy::{LeftAlone, Uncommitted};
