//! Up to where a target was told, kept beside the register: a server that lost its databases goes on from there.

use super::{Malformed, Trailers};
use crate::id::CommitId;

/// What every target's cursor is kept under.
pub const TARGETS: &str = "refs/countersign/targets/";

/// Up to where a target was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The target's name.
    pub target: String,
    /// The number that the last event had for this target; 0 before the first.
    pub sequence: i64,
    /// The last event that was dealt with; `None` before the first.
    pub event: Option<String>,
    /// The attestation, or the baseline, after which events are owed.
    pub after: CommitId,
}

impl Cursor {
    /// Returns the ref under which a target's cursor is kept.
    pub fn ref_of(target: &str) -> String {
        format!("{TARGETS}{target}")
    }

    /// Returns the commit message.
    pub fn message(&self) -> String {
        let mut trailers = Trailers::default();
        trailers.push("Target", &self.target);
        trailers.push("Sequence", self.sequence);
        if let Some(event) = &self.event {
            trailers.push("Event", event);
        }
        trailers.push("After", self.after);
        let subject = format!("{} was told up to {}", self.target, self.sequence);
        trailers.message(&subject, "")
    }

    /// Reads the cursor in a message.
    ///
    /// # Errors
    /// When a trailer is missing, doubled or unreadable.
    pub fn read(message: &str) -> Result<Self, Malformed> {
        let trailers = Trailers::read(message);
        Ok(Self {
            target: trailers.required("Target")?,
            sequence: trailers.required("Sequence")?,
            event: trailers.get("Event")?.map(str::to_owned),
            after: trailers.required("After")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_as_written() {
        let cursor = Cursor {
            target: "website".into(),
            sequence: 41,
            event: Some("evt_1".into()),
            after: CommitId([4; 20]),
        };
        assert_eq!(Cursor::read(&cursor.message()), Ok(cursor.clone()));
        let first = Cursor {
            sequence: 0,
            event: None,
            ..cursor
        };
        assert_eq!(Cursor::read(&first.message()), Ok(first));
        assert!(Cursor::read("Fix a typo").is_err());
    }
}
