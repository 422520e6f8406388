//! Where each record stands at one place of the chain: followed from the baseline link by link, as sync follows it, and for readers alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use semver::Version;

use super::register::{Edition, Gone, State, Text, Yank};
use crate::id::{CommitId, Identity};
use crate::index::{BaselineFile, ChainRow};
use crate::ledger::{RATIFY, RESTORE, TAKE_DOWN, YANK, read_attached_lines, version_of};
use crate::policy::{Collection, Policy, StatusKind};

/// A record that was public at some time.
#[derive(Debug)]
pub(super) struct Standing<'a> {
    pub id: String,
    pub collection: &'a Collection,
    pub status: String,
    pub state: State,
    /// The text that stands for it.
    pub text: Text,
    /// The text with which it ended: it says what takes the record's place, and nothing else of it is for readers, because nobody published it.
    pub end: Option<Text>,
    pub editions: Vec<Edition>,
    /// Every text that was published of it, oldest first, and those with which it ended.
    pub texts: Vec<Text>,
    /// What was taken down of it, oldest first.
    pub gone: Vec<Gone>,
}

/// What is known of a record on the way along the chain.
#[derive(Default)]
struct Past {
    status: String,
    /// The last text that was published, unless it was taken down.
    text: Option<Text>,
    /// The text with which it ended after that.
    end: Option<Text>,
    editions: Vec<Edition>,
    texts: Vec<Text>,
    was_published: bool,
    is_published: bool,
    /// When it ended, or went back to its authors.
    left_at: i64,
    /// The place of that in the chain.
    left_sequence: i64,
    taken_down: Option<i64>,
    first: i64,
    gone: Vec<Gone>,
    /// Who approved steps towards the next publication.
    approvers: Vec<String>,
}

/// Returns every record that readers have, or that was taken from them, those that were published first before all.
pub(super) fn standings<'a>(
    policy: &'a Policy,
    files: &[BaselineFile],
    rows: &[ChainRow],
    baseline: CommitId,
    begun: i64,
) -> Vec<Standing<'a>> {
    let mut pasts: BTreeMap<String, Past> = BTreeMap::new();
    for file in files {
        if !pasts.contains_key(&file.record_id) {
            let past = adopted(policy, file, baseline, begun);
            pasts.extend(past.map(|past| (file.record_id.clone(), past)));
        }
    }
    for row in rows {
        if row.transition == YANK {
            take_back(&mut pasts, row);
        } else if policy.collection_of(&row.path).is_some() {
            let past = pasts.entry(row.record_id.clone()).or_default();
            past.follow(policy, row);
        }
    }
    let mut pasts: Vec<(String, Past)> = pasts.into_iter().collect();
    pasts.sort_by_key(|(_, past)| past.first);
    let ended = pasts.into_iter();
    ended
        .filter_map(|(id, past)| past.standing(policy, id))
        .collect()
}

/// Returns what the baseline says of a file: its status counts where the workflow knows it.
fn adopted(policy: &Policy, file: &BaselineFile, baseline: CommitId, begun: i64) -> Option<Past> {
    let collection = policy.collection_of(&file.path)?;
    let workflow = policy.workflow(collection);
    let published = || {
        let mut kinds = workflow.statuses.iter();
        let first = kinds.find(|(_, kind)| **kind == StatusKind::Published);
        first.map(|(name, _)| name.clone())
    };
    let status = match &file.status {
        Some(status) => Some(status.clone()).filter(|status| workflow.kind(status).is_some()),
        None if collection.status.is_none() => published(),
        None => None,
    }?;
    let version = file
        .version
        .as_ref()
        .and_then(|version| version.parse::<Version>().ok());
    let text = Text {
        blob: file.blob.clone(),
        path: file.path.clone(),
        commit: baseline.to_string(),
        sequence: 0,
        at: begun,
        attached: Vec::new(),
    };
    let kind = workflow.kind(&status);
    // What had ended before anybody attested anything was public if its version says so.
    let is_old = version.as_ref().is_some_and(|version| version.major > 0);
    let was_published = match kind {
        Some(StatusKind::Published) => true,
        Some(StatusKind::Ended) => is_old,
        Some(StatusKind::Draft | StatusKind::Approved) | None => false,
    };
    let edition = version.filter(|_| was_published).map(|version| Edition {
        version: version.to_string(),
        text: text.clone(),
        bump: None,
        authors: Vec::new(),
        approvers: Vec::new(),
        release: None,
        yanked: None,
        brief: Arc::default(),
    });
    Some(Past {
        status,
        text: was_published.then(|| text.clone()),
        editions: edition.into_iter().collect(),
        texts: was_published.then_some(text).into_iter().collect(),
        end: None,
        was_published,
        is_published: kind == Some(StatusKind::Published),
        left_at: begun,
        left_sequence: 0,
        taken_down: None,
        first: 0,
        gone: Vec::new(),
        approvers: Vec::new(),
    })
}

fn take_back(pasts: &mut BTreeMap<String, Past>, row: &ChainRow) {
    let Some((version, id)) = version_of(&row.record_id) else {
        return;
    };
    let number = version.to_string();
    let Some(past) = pasts.get_mut(id) else {
        return;
    };
    for edition in &mut past.editions {
        if edition.version == number {
            edition.yanked = Some(Yank {
                at: row.at,
                sequence: row.sequence,
                reason: row.yanked_because.clone().unwrap_or_default(),
            });
        }
    }
}

impl Past {
    fn follow(&mut self, policy: &Policy, row: &ChainRow) {
        if row.transition == TAKE_DOWN {
            self.take_down(row);
            return;
        }
        // Neither publishes: a text that is put back is the one that readers have, and the files of a restore are those of the text that was refused.
        if row.transition == RATIFY || row.transition == RESTORE {
            return;
        }
        let kind = policy
            .collection_of(&row.path)
            .and_then(|collection| policy.workflow(collection).kind(&row.status_to));
        match kind {
            // What was approved before counts for nothing once its authors have it again, or it has ended.
            Some(StatusKind::Draft | StatusKind::Ended) => self.approvers.clear(),
            _ => extend(&mut self.approvers, names(policy, &row.approved_by)),
        }
        let is_ended = kind == Some(StatusKind::Ended);
        let is_published = kind == Some(StatusKind::Published) || row.version_to.is_some();
        if self.taken_down.is_some() && !is_published {
            // What was taken down comes back by being published again, and by nothing else.
            return;
        }
        self.taken_down = None;
        self.status.clone_from(&row.status_to);
        let was_published = std::mem::replace(&mut self.is_published, is_published);
        if !self.is_published {
            if is_ended || was_published {
                self.left_at = row.at;
                self.left_sequence = row.sequence;
            }
            if is_ended && self.text.is_some() {
                let end = text_of(row);
                self.texts.push(end.clone());
                self.end = Some(end);
            }
            return;
        }
        if !self.was_published {
            self.was_published = true;
            self.first = row.sequence;
        }
        let text = text_of(row);
        let approvers = std::mem::take(&mut self.approvers);
        self.end = None;
        self.texts.push(text.clone());
        if let Some(version) = &row.version_to {
            self.editions.push(Edition {
                version: version.clone(),
                text: text.clone(),
                bump: row.bump.clone(),
                authors: names(policy, &row.authored_by),
                approvers,
                release: row.release.clone(),
                yanked: None,
                brief: Arc::default(),
            });
        }
        self.text = Some(text);
    }

    fn take_down(&mut self, row: &ChainRow) {
        if self.text.is_none() || self.taken_down.is_some() {
            return;
        }
        self.taken_down = Some(row.at);
        let left = (!self.is_published).then(|| (self.left_at, self.status.clone()));
        self.gone.push(Gone {
            at: row.at,
            sequence: row.sequence,
            editions: std::mem::take(&mut self.editions),
            left,
        });
    }

    /// Returns the record as readers have it; `None` where they never had it. One that went back to its authors keeps its address like one that ended, because
    /// its versions are cited.
    fn standing(mut self, policy: &Policy, id: String) -> Option<Standing<'_>> {
        let text = self.text.take()?;
        let last = self.end.as_ref().unwrap_or(&text);
        let collection = policy.collection_of(&last.path)?;
        let kind = policy.workflow(collection).kind(&self.status);
        let state = match (self.taken_down, kind) {
            (Some(at), _) => State::TakenDown { at },
            (None, Some(StatusKind::Published)) => State::Published,
            (None, _) => State::Ended {
                at: self.left_at,
                sequence: self.left_sequence,
            },
        };
        Some(Standing {
            text: self.current(text),
            end: self.end,
            id,
            collection,
            status: self.status,
            state,
            editions: self.editions,
            texts: self.texts,
            gone: self.gone,
        })
    }

    /// The last text, unless its version was taken back and an earlier one still counts.
    fn current(&self, last: Text) -> Text {
        let is_bad = |edition: &Edition| edition.yanked.is_some();
        match self.editions.last() {
            Some(newest) if is_bad(newest) => {
                let good = self.editions.iter().rfind(|edition| !is_bad(edition));
                good.map_or(last, |edition| edition.text.clone())
            }
            _ => last,
        }
    }
}

fn text_of(row: &ChainRow) -> Text {
    let text = Text {
        blob: row.result.clone(),
        path: row.path.clone(),
        commit: row.commit_id.clone(),
        sequence: row.sequence,
        at: row.at,
        attached: Vec::new(),
    };
    // What sync wrote reads; files that did not are shown to nobody.
    text.attached(&read_attached_lines(&row.attached).unwrap_or_default())
}

fn extend(all: &mut Vec<String>, more: Vec<String>) {
    for name in more {
        if !all.contains(&name) {
            all.push(name);
        }
    }
}

/// Returns the names in an attestation's lines of identities; addresses go out to nobody.
fn names(policy: &Policy, lines: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for identity in lines
        .lines()
        .filter_map(|line| line.parse::<Identity>().ok())
    {
        let name = match policy.person_by_address(&identity.address) {
            Some(person) => person.name.clone(),
            None => identity.name,
        };
        // A name may be written as an address too.
        if !name.is_empty() && !name.contains('@') {
            extend(&mut names, vec![name]);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::read;

    const POLICY: &str = r#"
title = "Notes"
[collections.notes]
paths = ["notes/*.md"]
[roles]
author = "a"
reviewer = "r"
publisher = "p"
[people]
a = { name = "A", addresses = ["a@y.example"], roles = ["author", "reviewer", "publisher"] }
b = { name = "B", addresses = ["b@y.example"], roles = ["author", "reviewer", "publisher"] }
c = { name = "C", addresses = ["c@y.example"], roles = ["author", "reviewer", "publisher"] }
[governance]
approvals = { reviewer = 1 }
"#;

    /// One note's way along the chain: status after, version and who approved.
    fn editions(steps: &[(&str, Option<&str>, &str)]) -> Vec<(String, Vec<String>)> {
        let policy = read(POLICY).unwrap();
        let rows: Vec<ChainRow> = (1..).zip(steps).map(|(at, step)| row(at, *step)).collect();
        let baseline = CommitId([0; 20]);
        let found = standings(&policy, &[], &rows, baseline, 0).pop();
        let editions = found.expect("a record that was public").editions;
        let each = editions.into_iter();
        each.map(|edition| (edition.version, edition.approvers))
            .collect()
    }

    fn row(at: i64, (status, version, approver): (&str, Option<&str>, &str)) -> ChainRow {
        ChainRow {
            sequence: at,
            commit_id: format!("{at:040}"),
            record_id: "notes/a".into(),
            path: "notes/a.md".into(),
            transition: "step".into(),
            status_to: status.into(),
            version_from: None,
            version_to: version.map(str::to_owned),
            bump: None,
            result: format!("{at:040}"),
            attached: String::new(),
            release: None,
            authored_by: String::new(),
            approved_by: format!("{approver} <{approver}@x.example>"),
            at,
            yanked_because: None,
        }
    }

    #[test]
    fn a_version_names_those_who_approved_its_own_steps_and_nobody_elses() {
        let told = editions(&[
            ("validated", None, "Eve"),
            ("draft", None, "Fay"),
            ("validated", None, "Ann"),
            ("active", Some("1.0.0"), "Ben"),
            ("active", None, "Gil"),
            ("active", Some("1.1.0"), "Cy"),
            ("retired", None, "Hal"),
            ("active", Some("2.0.0"), "Dee"),
        ]);
        let told: Vec<(&str, Vec<&str>)> = told
            .iter()
            .map(|(version, names)| (version.as_str(), names.iter().map(String::as_str).collect()))
            .collect();
        assert_eq!(
            told,
            [
                ("1.0.0", vec!["Ann", "Ben"]),
                ("1.1.0", vec!["Cy"]),
                ("2.0.0", vec!["Dee"]),
            ]
        );
    }
}
