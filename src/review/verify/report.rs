//! What an audit found, in words and as data.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::id::{CommitId, RecordId};

/// What an audit of one branch proved, and what it could not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The ref that was audited.
    pub branch: String,
    /// Where it stood.
    #[serde(serialize_with = "shown")]
    pub tip: Option<CommitId>,
    /// The commit that adopted the repository.
    #[serde(serialize_with = "shown")]
    pub baseline: Option<CommitId>,
    /// The key that everything else rests on.
    pub trusted: Option<Trusted>,
    /// Attestations of the chain that have no fault.
    pub attestations: usize,
    /// Records that were attested at least once, none of their attestations with a fault.
    pub records: usize,
    /// Published records at the tip that still stand as the baseline adopted them.
    pub adopted: usize,
    /// Decisions that were read from the journal; `None` where the journal is not here.
    pub decisions: Option<usize>,
    /// What is wrong, in the order of the chain; none means that everything attested is proven.
    pub faults: Vec<Fault>,
    /// What an auditor should know and no fault.
    pub notes: Vec<Note>,
}

/// The key that an audit rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trusted {
    /// `SHA256:...`.
    pub key: String,
    /// The auditor named it; otherwise it is the key of the first baseline, taken at its word.
    pub named: bool,
}

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// A stable code, `VRF-...`.
    pub code: &'static str,
    /// The commit where it does not hold.
    #[serde(serialize_with = "shown")]
    pub commit: Option<CommitId>,
    /// The record it concerns.
    #[serde(serialize_with = "shown")]
    pub record: Option<RecordId>,
    /// What is wrong, one sentence without a final full stop.
    pub cause: String,
    /// What to do now, one sentence without a final full stop.
    pub next: String,
}

/// Something to know that breaks no proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// The commit it concerns.
    #[serde(serialize_with = "shown")]
    pub commit: Option<CommitId>,
    /// The record it concerns.
    #[serde(serialize_with = "shown")]
    pub record: Option<RecordId>,
    /// One sentence without a final full stop.
    pub text: String,
}

impl Report {
    /// Returns whether everything attested is proven.
    pub fn is_proven(&self) -> bool {
        self.faults.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.trusted {
            Some(Trusted { key, named: true }) => writeln!(f, "trusts {key}, as you asked")?,
            Some(Trusted { key, named: false }) => writeln!(
                f,
                "trusts {key}, the key of the first baseline; give --trust to start from a key you got elsewhere"
            )?,
            None => writeln!(f, "trusts no key: nothing was adopted")?,
        }
        for fault in &self.faults {
            writeln!(f, "{fault}")?;
        }
        for note in &self.notes {
            writeln!(f, "{note}")?;
        }
        let counted = |count: usize, one: &str| match count {
            1 => format!("1 {one}"),
            _ => format!("{count} {one}s"),
        };
        writeln!(
            f,
            "{} of {} proven, {} standing as adopted, {}",
            counted(self.attestations, "attestation"),
            counted(self.records, "record"),
            counted(self.adopted, "record"),
            match self.faults.len() {
                0 => "no fault".to_owned(),
                count => counted(count, "fault"),
            }
        )
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)?;
        place(f, self.commit, self.record.as_ref())?;
        write!(f, ": {}; {}", self.cause, self.next)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("note")?;
        place(f, self.commit, self.record.as_ref())?;
        write!(f, ": {}", self.text)
    }
}

fn place(
    f: &mut fmt::Formatter<'_>,
    commit: Option<CommitId>,
    record: Option<&RecordId>,
) -> fmt::Result {
    if let Some(commit) = commit {
        write!(f, " {commit}")?;
    }
    if let Some(record) = record {
        write!(f, " {record}")?;
    }
    Ok(())
}

fn shown<S: Serializer>(
    value: &Option<impl fmt::Display>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}
