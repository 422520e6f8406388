//! A proposal brought up to date: what was published since it began comes into it, merged record by record and field by field.
//!
//! The branch gets a merge commit. Its tree is the published one with the proposal's own changes on it, so that a record which only one side touched
//! keeps that side's very bytes, and approvals of such bytes stand. What both sides changed in different ways is a [`Clash`] and waits for a person; a
//! choice counts only for the two texts that it was made of.

use std::sync::Arc;

use anyhow::{Context, Result, anyhow};

use super::desk::adopted;
use super::item::BRANCHES;
use super::lock::{TRIES, wait_for};
use super::people::may_take_part;
use super::refusals::{no_role, person_of};
use super::{Desk, Outcome};
use crate::id::{BlobId, CommitId, Identity};
use crate::index::{self, ProposalRow, ProposedRow, Rules};
use crate::policy::Person;
use crate::record::Format;
use crate::record::merge::{Choice, Conflict, merge, settle};
use crate::refusal::Refusal;
use crate::repository::{
    Change, CommitBuilder, Keeps, NewCommit, PathChange, RefMoved, RepoPath, Repository,
};

/// A proposal that somebody wants brought up to date.
#[derive(Debug, Clone)]
pub struct UpdateOrder {
    /// Who, by the address of their session.
    pub by: Identity,
    /// Its branch, without `refs/heads/`.
    pub branch: String,
    /// How they settle what both sides changed.
    pub settled: Vec<Settled>,
    /// When, seconds since 1970 in UTC.
    pub at: i64,
}

/// How somebody settles the clash of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The record's path in the proposal.
    pub path: String,
    /// The published text that they saw.
    pub standing: Option<BlobId>,
    /// The proposed text that they saw.
    pub yours: Option<BlobId>,
    /// A choice for the whole, where there is such a clash, and one for each conflict, in their order.
    pub choices: Vec<Choice>,
}

/// A record that both sides changed, so that a person has to decide.
#[derive(Debug, Clone, PartialEq)]
pub struct Clash {
    /// The record.
    pub record: String,
    /// Its title.
    pub title: String,
    /// Its path in the proposal.
    pub path: String,
    /// The published text; `None` where it was removed.
    pub standing: Option<BlobId>,
    /// The proposed text; `None` where the proposal removes it.
    pub yours: Option<BlobId>,
    /// What is about the file as a whole.
    pub whole: Option<Whole>,
    /// The fields that both sides changed.
    pub conflicts: Vec<Conflict>,
}

/// A clash about a file as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whole {
    /// The proposal removes what was changed meanwhile.
    Removed,
    /// The proposal changes what was removed meanwhile.
    Gone,
    /// Both sides gave the file another name.
    Renamed {
        /// The published name.
        standing: String,
        /// The proposed name.
        yours: String,
    },
}

impl Clash {
    /// Returns how many choices settle it.
    pub fn count(&self) -> usize {
        self.conflicts.len() + usize::from(self.whole.is_some())
    }
}

/// Returns the records of a proposal that a merge with what is published cannot bring together alone; none where it can be brought up to date as it is.
///
/// # Errors
/// When git or the database cannot be read.
pub async fn clashes(desk: &Arc<Desk>, branch: &str) -> Result<Result<Vec<Clash>, Refusal>> {
    let subject = match Subject::read(desk, branch).await? {
        Ok(subject) => subject,
        Err(refusal) => return Ok(Err(refusal)),
    };
    desk.on_repository(move |repository, desk| {
        let rules = desk.index.rules();
        let planned = subject.plan(repository, adopted(&rules)?, &[])?;
        Ok(planned.map(|plan| plan.clashes))
    })
    .await
}

/// Merges what is published into a proposal's branch, judged again where either moved meanwhile.
pub(super) async fn update(
    desk: &Arc<Desk>,
    order: &UpdateOrder,
) -> Result<Result<Outcome, Refusal>> {
    for _ in 0..TRIES {
        desk.sync().await?;
        if let Err(refusal) = adopted(&desk.index.rules()) {
            return Ok(Err(refusal));
        }
        let subject = match Subject::read(desk, &order.branch).await? {
            Ok(subject) => subject,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let order = order.clone();
        let written = desk
            .on_repository(move |repository, desk| {
                let rules = desk.index.rules();
                commit(repository, desk, adopted(&rules)?, &subject, &order)
            })
            .await?;
        match written {
            Ok(outcome) => {
                desk.sync().await?;
                return Ok(outcome);
            }
            Err(moved) => wait_for(&moved).await,
        }
    }
    Err(anyhow!("the branch kept moving"))
}

fn commit(
    repository: &Repository,
    desk: &Desk,
    rules: &Rules,
    subject: &Subject,
    order: &UpdateOrder,
) -> Result<Result<Result<Outcome, Refusal>, RefMoved>> {
    let person = match person_of(&rules.policy, &order.by.address) {
        Ok(person) => person,
        Err(refusal) => return Ok(Ok(Err(refusal))),
    };
    if let Some(refusal) = subject.refuses(rules, person) {
        return Ok(Ok(Err(refusal)));
    }
    if subject.is_up_to_date() {
        return Ok(Ok(Err(current(&subject.proposal.title))));
    }
    let Plan { changes, clashes } = match subject.plan(repository, rules, &order.settled)? {
        Ok(planned) => planned,
        Err(refusal) => return Ok(Ok(Err(refusal))),
    };
    if let Some(clash) = clashes.first() {
        return Ok(Ok(Err(unsettled(clash, clashes.len()))));
    }
    let objects = repository.objects()?;
    let builder = CommitBuilder::begin(repository, &objects, &desk.key)?;
    let made = builder.commit(&NewCommit {
        parent: Some(subject.head),
        also: Some(subject.tip),
        keeps: Keeps::TreeOf(subject.tip),
        changes,
        author: Identity::new(&person.name, &order.by.address),
        at: order.at,
        message: "Bring up to date with what is published\n".to_owned(),
    })?;
    builder.store()?;
    let name = format!("{BRANCHES}{}", order.branch);
    let log = "countersign: bring up to date";
    let moved = desk.move_ref(repository, &name, Some(subject.head), made, log)?;
    Ok(moved.map(|()| {
        Ok(Outcome::Edited {
            commit: made,
            branch: Some(order.branch.clone()),
        })
    }))
}

/// A proposal beside what is published.
struct Subject {
    proposal: ProposalRow,
    head: CommitId,
    fork: CommitId,
    tip: CommitId,
    rows: Vec<ProposedRow>,
}

/// What a merge writes on the published tree, and what a person has to decide first.
struct Plan {
    changes: Vec<Change>,
    clashes: Vec<Clash>,
}

/// What a record needs to be brought up to date.
enum Step {
    Change(Vec<Change>),
    Clash(Box<Clash>),
}

impl Subject {
    async fn read(desk: &Arc<Desk>, branch: &str) -> Result<Result<Self, Refusal>> {
        let pool = desk.index.reader();
        let found = index::proposal_at(pool, branch).await?;
        let Some(proposal) = found else {
            return Ok(Err(no_proposal(branch)));
        };
        let fork = proposal
            .fork
            .as_ref()
            .filter(|_| proposal.problem.is_none());
        let Some(fork) = fork else {
            let why = proposal.problem.unwrap_or_default();
            return Ok(Err(not_read(branch, &why)));
        };
        let tip = desk.index.heads().await?.tip;
        Ok(Ok(Self {
            head: proposal.head.parse()?,
            fork: fork.parse()?,
            tip: tip.context("the published branch is gone")?,
            rows: index::proposed_in(pool, &[branch.to_owned()]).await?,
            proposal,
        }))
    }

    fn is_up_to_date(&self) -> bool {
        self.fork == self.tip
    }

    fn refuses(&self, rules: &Rules, person: &Person) -> Option<Refusal> {
        let foreign = self
            .rows
            .iter()
            .find(|row| !may_take_part(&rules.policy, &row.collection, person))?;
        Some(no_role(person, &foreign.collection))
    }

    /// Returns what the merge writes on the published tree, and what a person has to decide first.
    fn plan(
        &self,
        repository: &Repository,
        rules: &Rules,
        settled: &[Settled],
    ) -> Result<Result<Plan, Refusal>> {
        let merging = Merging {
            repository,
            rules,
            subject: self,
            settled,
        };
        let mut changes = match merging.other_files()? {
            Ok(changes) => changes,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let mut clashes = Vec::new();
        for row in self.rows.iter().filter(|row| !row.has_landed) {
            match merging.step(row)? {
                Ok(Step::Change(more)) => changes.extend(more),
                Ok(Step::Clash(clash)) => clashes.push(*clash),
                Err(refusal) => return Ok(Err(refusal.in_path(row.path.clone()))),
            }
        }
        Ok(Ok(Plan { changes, clashes }))
    }
}

struct Merging<'a> {
    repository: &'a Repository,
    rules: &'a Rules,
    subject: &'a Subject,
    settled: &'a [Settled],
}

/// One record on its three sides.
struct Sides {
    began: Option<(String, BlobId)>,
    standing: Option<(String, BlobId)>,
    yours: Option<BlobId>,
}

impl Merging<'_> {
    /// Files of the proposal that are no records: taken over where the published branch left them alone.
    fn other_files(&self) -> Result<Result<Vec<Change>, Refusal>> {
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
                return Ok(Err(both_changed(&change.path)));
            }
            match taken_over(&change) {
                Ok(change) => changes.push(change),
                Err(refusal) => return Ok(Err(refusal)),
            }
        }
        Ok(Ok(changes))
    }

    fn step(&self, row: &ProposedRow) -> Result<Result<Step, Refusal>> {
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

fn both_changed(path: &str) -> Refusal {
    Refusal::new(
        "PRO-MERGE-002",
        "this file is no record, and both the proposal and the published branch changed it",
        "merge the published branch into the proposal with git",
    )
    .in_path(path)
}

fn unsettled(clash: &Clash, others: usize) -> Refusal {
    Refusal::new(
        "PRO-MERGE-001",
        match others {
            1 => format!("both sides changed {}", clash.title),
            _ => format!("both sides changed {} and {} more", clash.title, others - 1),
        },
        "choose for each field what is to stand",
    )
    .in_path(clash.path.clone())
}

fn current(title: &str) -> Refusal {
    Refusal::new(
        "PRO-MERGE-004",
        format!("\"{title}\" is up to date"),
        "nothing is to be done",
    )
}

fn not_read(branch: &str, why: &str) -> Refusal {
    Refusal::new(
        "PRO-READ-001",
        format!("the proposal {branch} is not read: {why}"),
        "bring it in order with git",
    )
}

pub(super) fn no_proposal(branch: &str) -> Refusal {
    Refusal::new(
        "PRO-GONE-001",
        format!("there is no proposal {branch} any more"),
        "open the list of proposals; your text is still here and can begin a new one",
    )
}
