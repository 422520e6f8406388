//! What people order of the committer, and what became of it.

use crate::id::{BlobId, CommitId, Identity};
use crate::ledger::{Attachment, Decision};

/// A decision that somebody wants recorded.
#[derive(Debug, Clone)]
pub struct Intent {
    /// Who, by the address of their session.
    pub by: Identity,
    /// What; its policy blob is the one they were shown.
    pub decision: Decision,
    /// The bytes of the text that it suggests, where it suggests one.
    pub suggestion: Option<Vec<u8>>,
    /// When, seconds since 1970 in UTC.
    pub at: i64,
}

/// A draft's new text.
#[derive(Debug, Clone)]
pub struct NewText {
    /// The file.
    pub path: String,
    /// The blob they started from; `None` for a new record.
    pub from: Option<BlobId>,
    /// The file's new bytes.
    pub content: Vec<u8>,
}

/// Where an edit goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The published branch, for drafts alone.
    Published,
    /// An open proposal.
    Proposal {
        /// Its branch, without `refs/heads/`.
        branch: String,
    },
    /// A new proposal, begun on what is published now.
    NewProposal {
        /// What its branch is called after the policy's pattern; a number is added where that is taken.
        name: String,
    },
}

/// New texts of drafts that somebody wants committed: all in one commit, or none.
#[derive(Debug, Clone)]
pub struct EditOrder {
    /// Who, by the address of their session.
    pub by: Identity,
    /// Where they go.
    pub place: Place,
    /// The texts, each of another file.
    pub texts: Vec<NewText>,
    /// Pictures and documents that come along, where a text names them; their bytes are stored already.
    pub attached: Vec<Attachment>,
    /// Files that go, each with the blob that was seen there. With a text that comes, one of them is a rename.
    pub removes: Vec<(String, BlobId)>,
    /// Who wrote some of it too: whose suggestion was taken.
    pub coauthors: Vec<Identity>,
    /// What the commit is called, and after an empty line what it says beside.
    pub subject: String,
    /// When, seconds since 1970 in UTC.
    pub at: i64,
}

/// What became of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The decision is in the journal; the move waits for more.
    Recorded {
        /// The journal commit.
        decision: CommitId,
    },
    /// The decision completed a move, and the move is attested.
    Attested {
        /// The journal commit.
        decision: CommitId,
        /// The attestation.
        commit: CommitId,
        /// The status it entered.
        status: String,
        /// The version it wrote.
        version: Option<String>,
    },
    /// The texts are committed.
    Edited {
        /// The commit.
        commit: CommitId,
        /// The proposal that holds them; `None` for the published branch.
        branch: Option<String>,
    },
}
