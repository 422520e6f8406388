//! A proposal brought up to date: what was published since it began comes into it, merged record by record and field by field.
//!
//! The branch gets a merge commit. Its tree is the published one with the proposal's own changes on it, so that a record which only one side touched
//! keeps that side's very bytes, and approvals of such bytes stand. What both sides changed in different ways is a [`Clash`] and waits for a person; a
//! choice counts only for the two texts that it was made of.

mod merging;

use std::sync::Arc;

use anyhow::{Context, Result, anyhow};

use self::merging::{Merging, Step};
use super::desk::adopted;
use super::edits::refuse_request;
use super::item::BRANCHES;
use super::lock::{TRIES, wait_for};
use super::people::may_take_part;
use super::refusals::{no_role, person_of};
use super::{Desk, Outcome};
use crate::id::{BlobId, CommitId, Identity};
use crate::index::{self, ProposalRow, ProposedRow, Rules};
use crate::policy::Person;
use crate::record::merge::{Choice, Conflict};
use crate::refusal::Refusal;
use crate::repository::{Change, CommitBuilder, Keeps, NewCommit, RefMoved, Repository};

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

impl Subject {
    async fn read(desk: &Arc<Desk>, branch: &str) -> Result<Result<Self, Refusal>> {
        if let Ok(rules) = adopted(&desk.index.rules())
            && let Err(refusal) = refuse_request(&rules.policy, branch)
        {
            return Ok(Err(refusal));
        }
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
