//! A published branch that was rewritten: which end it had, which it has, and what its history lost between them.
//!
//! What was lost is written as a *manifest*, a message in the form of all others. Its blob is what a decision about the rewritten branch judges, so that
//! nobody decides about other ends than those they read, and the journal keeps which approvals went with the commits that are gone.

use std::fmt;
use std::str::FromStr;

use super::{Malformed, Trailers};
use crate::id::CommitId;

/// The record id under which a rewritten history is decided about; no record's id begins so.
pub const HISTORY: &str = "refs/history";

/// Decisions that a manifest names at most: as many as fit into what is read of one file.
const MOST_NAMED: usize = 20_000;

/// The two ends of a branch that was rewritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tips {
    /// The end that was known.
    pub old: CommitId,
    /// The end after it, which does not hold the old one.
    pub new: CommitId,
}

impl fmt::Display for Tips {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.old, self.new)
    }
}

impl FromStr for Tips {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let wrong = || Malformed(format!("\"{text}\" are no two commits"));
        let (old, new) = text.split_once("..").ok_or_else(wrong)?;
        Ok(Self {
            old: old.parse().map_err(|_| wrong())?,
            new: new.parse().map_err(|_| wrong())?,
        })
    }
}

/// What the history of a branch lost between its two ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Losses {
    /// The two ends.
    pub tips: Tips,
    /// How many attested commits are gone.
    pub attested: usize,
    /// How many other commits are gone.
    pub ordinary: usize,
    /// The decisions that completed the last lost attestation of each record, oldest first.
    pub decisions: Vec<CommitId>,
}

impl Losses {
    /// Returns the manifest: the same bytes for the same losses.
    pub fn manifest(&self) -> String {
        let mut trailers = Trailers::default();
        trailers.push("Tips", self.tips);
        trailers.push("Attested", self.attested);
        trailers.push("Ordinary", self.ordinary);
        let named = self.decisions.len().saturating_sub(MOST_NAMED);
        for decision in &self.decisions[named..] {
            trailers.push("Completed", decision);
        }
        trailers.message("What a rewritten history lost", "")
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// When a trailer is missing, doubled or unreadable.
    pub fn read(manifest: &str) -> Result<Self, Malformed> {
        let trailers = Trailers::read(manifest);
        let completed = trailers.all("Completed").map(|id| {
            id.parse()
                .map_err(|_| Malformed(format!("\"{id}\" is no commit")))
        });
        Ok(Self {
            tips: trailers.required("Tips")?,
            attested: trailers.required("Attested")?,
            ordinary: trailers.required("Ordinary")?,
            decisions: completed.collect::<Result<_, _>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::MAX_FILE_BYTES;

    fn losses(decisions: usize) -> Losses {
        Losses {
            tips: Tips {
                old: CommitId([1; 20]),
                new: CommitId([2; 20]),
            },
            attested: decisions,
            ordinary: 2,
            decisions: vec![CommitId([3; 20]); decisions],
        }
    }

    #[test]
    fn losses_read_back() {
        for decisions in [0, 1, 7] {
            let losses = losses(decisions);
            assert_eq!(Losses::read(&losses.manifest()).unwrap(), losses);
        }
        assert!(Losses::read("nothing").is_err());
    }

    #[test]
    fn a_manifest_is_never_too_large_to_be_read() {
        assert!(losses(100_000).manifest().len() <= MAX_FILE_BYTES);
    }
}
