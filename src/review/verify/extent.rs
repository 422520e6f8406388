//! What an attestation changes beside its record: nothing but the files that the text names.

use std::sync::Arc;

use anyhow::Result;

use super::{About, Auditor};
use crate::check;
use crate::id::CommitId;
use crate::ledger::{Attachment, Attestation};
use crate::policy::Policy;
use crate::repository::{EntryKind, PathChange, RepoPath};

impl Auditor<'_> {
    /// The commit changes nothing but the record, leaves its file mode, and brings no file but those that the text names and that nobody had.
    pub(super) fn judge_extent(
        &mut self,
        parent: CommitId,
        commit: CommitId,
        attestation: &Attestation,
        about: &About,
    ) -> Result<()> {
        let (path, left) = (&attestation.path, attestation.renamed_from.as_ref());
        let changes = self.repository.differences(Some(parent), commit)?;
        let is_brought = |change: &PathChange| {
            let new = change.new.filter(|_| change.old.is_none());
            let mut attached = attestation.attached.iter();
            attached
                .any(|file| file.path == change.path && new == Some((file.blob, EntryKind::File)))
        };
        let other: Vec<&str> = changes
            .iter()
            .filter(|change| change.path != *path && !is_brought(change))
            .filter(|change| change.new.is_some() || Some(&change.path) != left)
            .map(|change| change.path.as_str())
            .collect();
        if let Some(first) = other.first() {
            let more = other.len() - 1;
            let cause = match more {
                0 => format!("it also changes {first}"),
                _ => format!("it also changes {first} and {more} more"),
            };
            self.fault(
                "VRF-042",
                about,
                cause,
                "review what it changed beside its record",
            );
        }
        if !self.repository.keeps_mode(parent, commit, path)? {
            let cause = format!("it changes the file mode of {path}");
            self.fault("VRF-042", about, cause, "put the mode back");
        }
        Ok(())
    }

    /// The files named are those that the text names, and its tree holds them.
    pub(super) fn judge_attached(
        &mut self,
        place: usize,
        attestation: &Attestation,
        about: &About,
        text: &[u8],
    ) -> Result<()> {
        let commit = self.history.commits[place].id;
        let policy = Arc::clone(&self.terms.policy);
        let held = self.attached(&policy, commit, &attestation.path, text)?;
        if held != attestation.attached {
            let differs = held
                .iter()
                .chain(&attestation.attached)
                .find(|file| !(held.contains(file) && attestation.attached.contains(file)));
            let path = differs.map_or("", |file| file.path.as_str());
            let cause = format!(
                "the files that were judged with the text are not those that it names and its tree holds: {path}"
            );
            let next = "treat the files as not approved: compare Attached with the text";
            self.fault("VRF-044", about, cause, next);
        }
        Ok(())
    }

    /// Returns the files that a text names and a commit holds, by path.
    pub(super) fn attached(
        &self,
        policy: &Policy,
        commit: CommitId,
        path: &str,
        text: &[u8],
    ) -> Result<Vec<Attachment>> {
        let mut held = Vec::new();
        for named in check::attachments_in(policy, path, text) {
            let entry = self.repository.entry(commit, &named.target)?;
            let entry = entry.filter(|_| RepoPath::parse(&named.target).is_ok());
            held.extend(entry.map(|entry| Attachment {
                path: named.target,
                blob: entry.blob,
            }));
        }
        held.sort();
        Ok(held)
    }
}
