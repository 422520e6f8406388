//! The note that an export leaves in its folder of what it wrote, and of what each file was made. Readers could fetch it, so it holds nothing that they do not have.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::facts::{Brief, Facts};
use super::load::{Known, text_key};
use super::register::Register;

/// What an earlier run wrote. That of an earlier program may say more or less: what counts then are the files, which are all written anew.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Note {
    /// Which forms the program wrote.
    #[serde(default)]
    pub forms: u32,
    /// The program and the settings that every file depends on.
    pub made_by: String,
    /// The commit that stands for what was written.
    pub commit: String,
    /// Each file that is of no single record.
    pub files: BTreeMap<String, Written>,
    /// Each record, its files, and what they were made from.
    pub records: BTreeMap<String, Arc<Made>>,
    /// The names of all records that readers had.
    pub shown: BTreeSet<String>,
    /// The blob of the policy under which texts were read.
    pub policy: String,
    /// What the texts say, as far as all of it is for readers.
    pub facts: BTreeMap<String, Arc<Facts>>,
    /// What is kept of the texts of versions.
    #[serde(default)]
    pub briefs: BTreeMap<String, Arc<Brief>>,
}

/// What a record's files were made from.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Made {
    /// The digest of everything that went into them.
    pub from: String,
    /// The names of other records that they asked for and that readers have.
    pub asked: BTreeSet<String>,
    /// A byte of the digest of each name that they asked for and that readers do not have: enough to tell that most of what is new is none of them. Which ones
    /// they are is not for readers, and this note lies where readers could fetch it.
    pub asked_hidden: BTreeSet<u8>,
    /// Each file.
    pub files: BTreeMap<String, Written>,
}

/// A file as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Written {
    pub digest: String,
    pub bytes: u64,
}

impl Written {
    pub fn of(bytes: &[u8]) -> Self {
        Self {
            digest: hex::encode(Sha256::digest(bytes)),
            bytes: bytes.len() as u64,
        }
    }
}

/// Returns a byte of a name's digest.
pub(super) fn byte_of(name: &str) -> u8 {
    Sha256::digest(name)[0]
}

impl Note {
    /// Returns every file.
    pub fn all(&self) -> impl Iterator<Item = (&String, &Written)> {
        let of_records = self.records.values().flat_map(|made| &made.files);
        of_records.chain(&self.files)
    }
}

impl Register {
    /// Returns what is kept of the texts of versions that are for readers.
    pub(super) fn open_versions(&self, known: &Known) -> BTreeMap<String, Arc<Brief>> {
        let keys = self.read().flat_map(|record| {
            let texts = record.editions.iter().map(|edition| &edition.text);
            texts.map(|text| text_key(&record.collection, text))
        });
        let kept = keys.filter_map(|key| {
            let brief = Arc::clone(known.versions.get(&key)?);
            Some((key, brief))
        });
        kept.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_of_an_earlier_program_tells_of_its_files() {
        let note = r#"{"made_by": "", "commit": "", "files": {"index.html": {"digest": "", "bytes": 0}}, "records": {},
            "shown": [], "policy": "", "facts": {}, "versions": ["kept otherwise"]}"#;
        let note: Note = serde_json::from_str(note).unwrap();
        assert_eq!((note.forms, note.all().count()), (0, 1));
    }
}
