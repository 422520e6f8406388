//! What the merge of each record writes, and what of it a person has to decide: the record on its three sides, and the files that are no records.

use anyhow::{Context, Result};

use super::{Clash, Settled, Subject, Whole};
use crate::check;
use crate::id::BlobId;
use crate::index::{ProposedRow, Rules};
use crate::record::Format;
use crate::record::merge::{Choice, Conflict, merge, settle};
use crate::refusal::Refusal;
use crate::repository::{Change, Content, PathChange, RepoPath, Repository};

/// What a record needs to be brought up to date.
pub(super) enum Step {
    Change(Vec<Change>),
    Clash(Box<Clash>),
}

/// A proposal's files beside what is published, and what was chosen of them.
pub(super) struct Merging<'a> {
    pub(super) repository: &'a Repository,
    pub(super) rules: &'a Rules,
    pub(super) subject: &'a Subject,
    pub(super) settled: &'a [Settled],
}

/// One record on its three sides.
struct Sides {
    began: Option<(String, BlobId)>,
    standing: Option<(String, BlobId)>,
    yours: Option<BlobId>,
}

impl Merging<'_> {
    /// Files of the proposal that are no records: taken over where the published branch left them alone.
    pub(super) fn other_files(&self) -> Result<Result<Vec<Change>, Refusal>> {
        let Subject {
            fork, head, tip, ..
        } = self.subject;
        let mut changes = Vec::new();
        for change in self.repository.differences(Some(*fork), *head)? {
            if self.rules.policy.collection_of(&change.path).is_some() {
                continue;
            }
            let published = self.repository.entry(*tip, &change.path)?;
            let published = published.map(|entry| entry.blob);
            let proposed = change.new.map(|(blob, _)| blob);
            if published == proposed {
                continue;
            }
            if published != change.old {
                match self.keeps_published(&change.path, published.is_some())? {
                    Ok(true) => continue,
                    Ok(false) => return Ok(Err(both_changed(&change.path))),
                    Err(refusal) => return Ok(Err(refusal)),
                }
            }
            match taken_over(&change) {
                Ok(change) => changes.push(change),
                Err(refusal) => return Ok(Err(refusal)),
            }
        }
        Ok(Ok(changes))
    }

    /// Returns whether the published file simply stays: readers have a picture or a document of this name, and no text of the proposal names it.
    fn keeps_published(&self, path: &str, is_there: bool) -> Result<Result<bool, Refusal>> {
        if !is_there || !check::is_attached_file(&self.rules.policy, path) {
            return Ok(Ok(false));
        }
        for row in &self.subject.rows {
            if self.names(row, path)? {
                return Ok(Err(readers_have_another(path).in_path(row.path.clone())));
            }
        }
        Ok(Ok(true))
    }

    fn names(&self, row: &ProposedRow, path: &str) -> Result<bool> {
        let Some(blob) = &row.blob else {
            return Ok(false);
        };
        let Content::Bytes(bytes) = self.repository.content(blob.parse()?)? else {
            return Ok(false);
        };
        let named = check::attachments_in(&self.rules.policy, &row.path, &bytes);
        Ok(named.iter().any(|named| named.target == path))
    }

    /// Returns what one record needs.
    pub(super) fn step(&self, row: &ProposedRow) -> Result<Result<Step, Refusal>> {
        let sides = Sides::of(row)?;
        let is_current = sides.began == sides.standing;
        let changes = match (&sides.standing, sides.yours) {
            (None, None) => Vec::new(),
            (Some((path, _)), None) if is_current => vec![Change::Remove(safe(path)?)],
            (Some((path, _)), None) => match self.choice_of(row, &sides) {
                Some([Choice::Yours]) => vec![Change::Remove(safe(path)?)],
                Some([Choice::Standing]) => Vec::new(),
                _ => return Ok(Ok(clash(row, &sides, Some(Whole::Removed), Vec::new()))),
            },
            (None, Some(yours)) if sides.began.is_none() => match self.taken(&row.path)? {
                Some(refusal) => return Ok(Err(refusal)),
                None => vec![Change::Place(safe(&row.path)?, yours)],
            },
            (None, Some(yours)) => match self.choice_of(row, &sides) {
                Some([Choice::Yours]) => vec![Change::Place(safe(&row.path)?, yours)],
                Some([Choice::Standing]) => Vec::new(),
                _ => return Ok(Ok(clash(row, &sides, Some(Whole::Gone), Vec::new()))),
            },
            (Some((standing, _)), Some(yours)) if is_current => {
                return self.write(row, standing, &row.path, |path| {
                    Ok(Change::Place(path, yours))
                });
            }
            (Some((path, blob)), Some(yours)) => {
                return self.merged(row, &sides, (path, *blob), yours);
            }
        };
        Ok(Ok(Step::Change(changes)))
    }

    /// Merges a record that both sides changed.
    fn merged(
        &self,
        row: &ProposedRow,
        sides: &Sides,
        (standing_path, standing): (&str, BlobId),
        yours: BlobId,
    ) -> Result<Result<Step, Refusal>> {
        let format = self.format(row)?;
        let base = sides.began.as_ref().map(|(_, blob)| *blob);
        let base = base.map(|blob| self.repository.bytes(blob)).transpose()?;
        let theirs = self.repository.bytes(standing)?;
        let ours = self.repository.bytes(yours)?;
        let whole = sides.renamed_twice(standing_path, &row.path);
        let chosen = self.choice_of(row, sides);
        let merged = match merge(base.as_deref(), &theirs, &ours, format) {
            Ok(merged) => merged,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let (of_path, of_fields) = match (chosen, &whole) {
            (Some([first, rest @ ..]), Some(_)) => (Some(first), Some(rest)),
            (chosen, None) => (None, chosen),
            (_, Some(_)) => (None, None),
        };
        let is_settled = of_fields.is_some_and(|choices| choices.len() == merged.conflicts.len());
        if (whole.is_some() || !merged.conflicts.is_empty()) && !is_settled {
            return Ok(Ok(clash(row, sides, whole, merged.conflicts)));
        }
        let content = match of_fields {
            Some(choices) if !merged.conflicts.is_empty() => {
                match settle(base.as_deref(), &theirs, &ours, format, choices) {
                    Ok(content) => content,
                    Err(refusal) => return Ok(Err(refusal)),
                }
            }
            _ => merged.content,
        };
        let is_renamed = sides
            .began
            .as_ref()
            .is_some_and(|(path, _)| *path != row.path);
        let path = match of_path {
            Some(Choice::Standing) => standing_path,
            Some(_) => &row.path,
            None if is_renamed => &row.path,
            None => standing_path,
        };
        self.write(row, standing_path, path, |path| {
            Ok(Change::Write(path, content))
        })
    }

    /// Writes a record at a path, and takes it from the one where it stands.
    fn write(
        &self,
        row: &ProposedRow,
        standing: &str,
        path: &str,
        change: impl FnOnce(RepoPath) -> Result<Change>,
    ) -> Result<Result<Step, Refusal>> {
        if path == standing {
            return Ok(Ok(Step::Change(vec![change(safe(path)?)?])));
        }
        if let Some(refusal) = self.taken(path)? {
            return Ok(Err(refusal.in_path(row.path.clone())));
        }
        let changes = vec![Change::Remove(safe(standing)?), change(safe(path)?)?];
        Ok(Ok(Step::Change(changes)))
    }

    /// Another file took the name meanwhile.
    fn taken(&self, path: &str) -> Result<Option<Refusal>> {
        let entry = self.repository.entry(self.subject.tip, path)?;
        Ok(entry.map(|_| {
            Refusal::new(
                "PRO-MERGE-003",
                "another record was published under this name since the proposal began",
                "give the proposed one another name, then bring the proposal up to date",
            )
        }))
    }

    /// Returns the choices that were made of these very texts.
    fn choice_of(&self, row: &ProposedRow, sides: &Sides) -> Option<&[Choice]> {
        let standing = sides.standing.as_ref().map(|(_, blob)| *blob);
        let settled = self.settled.iter().find(|settled| {
            settled.path == row.path && settled.standing == standing && settled.yours == sides.yours
        });
        settled.map(|settled| settled.choices.as_slice())
    }

    fn format(&self, row: &ProposedRow) -> Result<Format> {
        let collection = self.rules.policy.collections.get(&row.collection);
        Ok(collection
            .context("a proposed record has no collection")?
            .format)
    }
}

impl Sides {
    fn of(row: &ProposedRow) -> Result<Self> {
        let blob = |text: &Option<String>| -> Result<Option<BlobId>> {
            Ok(text.as_deref().map(str::parse).transpose()?)
        };
        let standing_path = row.standing_path.clone().unwrap_or_default();
        Ok(Self {
            began: blob(&row.blob_before)?.map(|blob| (row.path_before.clone(), blob)),
            standing: blob(&row.standing_blob)?.map(|blob| (standing_path, blob)),
            yours: blob(&row.blob)?,
        })
    }

    fn renamed_twice(&self, standing: &str, yours: &str) -> Option<Whole> {
        let (began, _) = self.began.as_ref()?;
        let is_both = began != standing && began != yours && standing != yours;
        is_both.then(|| Whole::Renamed {
            standing: standing.to_owned(),
            yours: yours.to_owned(),
        })
    }
}

fn clash(row: &ProposedRow, sides: &Sides, whole: Option<Whole>, conflicts: Vec<Conflict>) -> Step {
    Step::Clash(Box::new(Clash {
        record: row.record_id.clone(),
        title: row.title.clone(),
        path: row.path.clone(),
        standing: sides.standing.as_ref().map(|(_, blob)| *blob),
        yours: sides.yours,
        whole,
        conflicts,
    }))
}

fn safe(path: &str) -> Result<RepoPath> {
    Ok(RepoPath::parse(path)?)
}

fn taken_over(change: &PathChange) -> Result<Change, Refusal> {
    let path = RepoPath::parse(&change.path)
        .map_err(|error| Refusal::new("REV-PATH-001", error.to_string(), "choose another name"))?;
    Ok(match change.new {
        Some((blob, _)) => Change::Place(path, blob),
        None => Change::Remove(path),
    })
}

fn readers_have_another(path: &str) -> Refusal {
    Refusal::new(
        "PRO-MERGE-005",
        format!("readers have another file {path}"),
        "add yours once more in the text that shows it, where it gets another name, and bring the proposal up to date",
    )
}

fn both_changed(path: &str) -> Refusal {
    Refusal::new(
        "PRO-MERGE-002",
        "this file is no record, and both the proposal and the published branch changed it",
        "merge the published branch into the proposal with git",
    )
    .in_path(path)
}
