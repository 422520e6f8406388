//! What stands at the tip beside what is attested: the rules must be the attested ones, and every published record is compared.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Result;

use super::link::standing;
use super::register::{State, adopted_state};
use super::{About, Auditor};
use crate::id::{BlobId, CommitId, RecordId};
use crate::ledger::VERSIONS;
use crate::policy::{Collection, Policy, StatusKind};
use crate::record::{self, Record};
use crate::repository::{Content, EntryKind};
use crate::review::{Author, Item, offers, requirement};

impl Auditor<'_> {
    /// Looks at what the tip holds.
    pub(super) fn look_at_tip(&mut self) -> Result<()> {
        let Some(tip) = self.report.tip else {
            return Ok(());
        };
        if let Some(place) = self.history.place(tip) {
            self.sequence += 1;
            self.reach(place);
        }
        self.look_at_rules(tip)?;
        let policy = Arc::clone(&self.terms.policy);
        let mut seen = BTreeSet::new();
        for entry in self.repository.entries(tip)? {
            if let Some(collection) = policy.collection_of(&entry.path)
                && entry.kind == EntryKind::File
            {
                let record = self.look_at_record(&policy, collection, &entry.path, entry.blob)?;
                seen.insert(record);
            }
        }
        self.look_for_removed(&policy, &seen);
        Ok(())
    }

    /// Policy, keys and schemas are those of the last attested amendment, or of the baseline.
    fn look_at_rules(&mut self, tip: CommitId) -> Result<()> {
        for path in self.terms.governed_paths() {
            let attested = self.repository.entry(self.terms.commit, &path)?;
            if attested == self.repository.entry(tip, &path)? {
                continue;
            }
            let about = About {
                commit: self.history.last_change(&path),
                record: None,
            };
            let cause = format!(
                "{path} was replaced around review; {} still holds",
                self.terms.commit
            );
            let next =
                "have an administrator countersign the change, or put the attested file back";
            self.fault("VRF-070", &about, cause, next);
        }
        Ok(())
    }

    /// Compares a file with what is attested of its record; returns the record's id.
    fn look_at_record(
        &mut self,
        policy: &Policy,
        collection: &Collection,
        path: &str,
        blob: BlobId,
    ) -> Result<String> {
        let bytes = match self.repository.content(blob)? {
            Content::Bytes(bytes) => bytes,
            Content::TooLarge(_) | Content::Missing(_) => Vec::new(),
        };
        let text = record::parse(&bytes, collection.format).ok();
        let declared = |field: &Option<record::FieldPath>| -> Option<String> {
            let text: &Record = text.as_ref()?;
            text.text(field.as_ref()?).map(str::to_owned)
        };
        let id = self
            .history
            .record_id(policy, collection, path, declared(&collection.id));
        let state = self.state(collection, path, &id);
        let record = RecordId(id.clone());
        self.look_for_unattested(policy, collection, &state, &record, (path, blob), &bytes)?;
        let about = About::default().of(&record);
        let status = declared(&collection.status);
        let workflow = policy.workflow(collection);
        let claims =
            status.as_ref().and_then(|status| workflow.kind(status)) == Some(StatusKind::Published);
        let published = state.kind == Some(StatusKind::Published);
        match (published, claims) {
            (true, _) if state.blob == Some(blob) && !state.attached.is_empty() => {
                self.look_at_attached(&state, &about)?;
            }
            (true, _) if state.blob == Some(blob) && state.steps_taken() == 0 => {
                self.report.adopted += 1;
            }
            (true, _) if state.blob == Some(blob) => {}
            (true, _) => {
                let attested = shown(state.blob);
                let text = format!(
                    "changed outside review: {path} holds {blob}, and {attested} is attested"
                );
                self.note(&about, text);
            }
            (false, true) => {
                let status = status.unwrap_or_default();
                let text =
                    format!("{path} claims to be {status}, and no attestation or baseline says so");
                self.note(&about, text);
            }
            (false, false) => {}
        }
        Ok(id)
    }

    /// Names the files that are not those that were approved with a published text.
    fn look_at_attached(&mut self, state: &State, about: &About) -> Result<()> {
        let Some(tip) = self.report.tip else {
            return Ok(());
        };
        for file in &state.attached {
            let entry = self.repository.entry(tip, &file.path)?;
            let held = entry.map(|entry| entry.blob);
            if held != Some(file.blob) {
                let text = format!(
                    "changed outside review: {} holds {}, and {} was approved with {}",
                    file.path,
                    shown(held),
                    file.blob,
                    state.path
                );
                self.note(about, text);
            }
        }
        Ok(())
    }

    /// Names a move that the journal completes and the chain does not hold: the server died before it, or the end of the branch was cut off.
    fn look_for_unattested(
        &mut self,
        policy: &Policy,
        collection: &Collection,
        state: &State,
        record: &RecordId,
        (path, blob): (&str, BlobId),
        text: &[u8],
    ) -> Result<()> {
        let Some(journal) = &self.journal else {
            return Ok(());
        };
        let lost = journal.spent_by_loss(&record.0, usize::MAX);
        let said = journal.said_of(&record.0, state.spent.max(lost));
        if said.is_empty() {
            return Ok(());
        }
        let attached = match self.report.tip {
            Some(tip) => self.attached(policy, tip, path, text)?,
            None => Vec::new(),
        };
        let mut written = self
            .history
            .authors(policy, path, &record.0, &attached, state.base_at);
        let workflow = policy.workflow(collection);
        self.note_unproven(workflow, &mut written)?;
        let unproven = written.unproven;
        let authors = written.people.into_iter().map(|(identity, _)| Author {
            proven: !unproven.contains(&identity.address),
            identity,
        });
        let judged = self.judged(collection, workflow, text, state.base)?;
        let item = Item {
            record: record.clone(),
            path: path.to_owned(),
            collection: collection.name.clone(),
            locales: judged.locales,
            weight: judged.weight,
            title: String::new(),
            proposed: blob,
            attached,
            base: state.base,
            attested_blob: state.blob,
            attested_status: state.status.clone(),
            attested_version: state.version.clone(),
            standing: standing(workflow, collection, state, blob, text),
            authors: authors.collect(),
            blocking: Vec::new(),
            decisions: said.into_iter().map(|(_, past)| past).collect(),
            vetoes: journal.vetoes(&record.0).map(|(_, past)| past).collect(),
            led_here: state.led_to(blob),
            origin: None,
            held: None,
        };
        self.note_complete(policy, &item);
        Ok(())
    }

    fn note_complete(&mut self, policy: &Policy, item: &Item) {
        for offer in offers(policy, item) {
            let found = requirement(policy, item, &offer);
            if !found.is_complete() {
                continue;
            }
            let about = About {
                commit: found.approvals.last().map(|approval| approval.commit),
                record: Some(item.record.clone()),
            };
            let text = format!(
                "the journal completes \"{}\", and no attestation carries it: the server makes it when it starts again, or the end of this branch was cut off",
                offer.name
            );
            self.note(&about, text);
        }
    }

    /// Names published records that no file holds any more.
    fn look_for_removed(&mut self, policy: &Policy, seen: &BTreeSet<String>) {
        let gone = |state: &State| state.kind == Some(StatusKind::Published);
        let mut removed: BTreeSet<(String, String)> = self
            .register
            .states()
            .filter(|(record, state)| !seen.contains(*record) && gone(state))
            .filter(|(record, _)| !record.starts_with(VERSIONS))
            .map(|(record, state)| (record.clone(), state.path.clone()))
            .collect();
        let adopted = self.register.without_heir().filter_map(|(path, blob)| {
            let collection = policy.collection_of(path)?;
            let state = adopted_state(self.repository, policy, collection, path, blob);
            gone(&state).then(|| (path.clone(), path.clone()))
        });
        removed.extend(adopted);
        for (record, path) in removed {
            let about = About::default().of(&RecordId(record));
            self.note(
                &about,
                format!(
                    "removed outside review: {path} is attested as published, and is not at the tip"
                ),
            );
        }
    }
}

fn shown(blob: Option<BlobId>) -> String {
    blob.map_or("nothing".to_owned(), |blob| blob.to_string())
}
