//! Releases: texts that go out together, all or none, when a person says so or when their time has come.
//!
//! A release is a plan in the journal. While it is open, the moves of its texts that reach readers wait for it, approved or not. Letting it out is a
//! decision too, written once; what it asks for is judged anew then, by the same function that the page shows beforehand. The journal says what is due, so
//! a restart forgets nothing, and a clock that jumps lets nothing out twice.

mod decide;
mod hold;
mod judge;
mod land;

pub(super) use decide::{decide, release_due};
pub(super) use hold::Holds;
pub use judge::{Obstacle, may_release, releasable};
pub(super) use land::land_all;

use std::sync::Arc;

use anyhow::Result;

use self::judge::{Readiness, judge, target_of};
use super::completion::{Ready, prepare_from};
use super::desk::adopted;
use super::outcome::Prepared;
use super::{Desk, Item, Offer, Requirement, Target, items_at, requirement};
use crate::id::{BlobId, CommitId, Identity, RecordId};
use crate::index::{self, ReleaseRow, Rules, RulesInForce};
use crate::ledger::{Member, Plan, VersionMove};
use crate::policy::{Policy, StatusKind};
use crate::refusal::Refusal;
use crate::repository::Repository;
use crate::version::Explained;

/// What somebody wants done about a release.
#[derive(Debug, Clone)]
pub struct ReleaseOrder {
    /// Who, by the address of their session.
    pub by: Identity,
    /// The release's name in addresses.
    pub name: String,
    /// What is wanted.
    pub act: ReleaseAct,
    /// The manifest that they read; `None` for a new release.
    pub seen: Option<BlobId>,
    /// What they say with it.
    pub text: String,
    /// The form's own id: the same one again is the same decision.
    pub operation: String,
    /// When, seconds since 1970 in UTC.
    pub at: i64,
}

/// What is wanted of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReleaseAct {
    /// This plan in place of an earlier one.
    Plan(Plan),
    /// Let it out now.
    Release,
    /// Give it up.
    Cancel,
}

/// What became of an order about a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The journal commit.
    pub decision: CommitId,
    /// What it led to, where it let the release out.
    pub landing: Option<Landing>,
}

/// What became of a release that was let out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Landing {
    /// Its name.
    pub release: String,
    /// The attestations, in their order; or which text was in the way, and why. Nothing of it landed then.
    pub landed: Result<Vec<CommitId>, Refusal>,
}

/// A release as it would go out now. Reading it changes nothing.
#[derive(Debug, Clone)]
pub struct DryRun {
    /// The release.
    pub release: ReleaseRow,
    /// Its texts.
    pub members: Vec<MemberRun>,
    /// References to records that it takes from readers.
    pub referrers: Vec<Referrer>,
}

/// One text of a release as it would go out now.
#[derive(Debug, Clone)]
pub struct MemberRun {
    /// What was planned.
    pub member: Member,
    /// The text as it stands; `None` where it is gone.
    pub item: Option<Item>,
    /// The move that brings it to readers.
    pub offer: Option<Offer>,
    /// What that asks for and has.
    pub requirement: Option<Requirement>,
    /// How its version would move.
    pub version: Option<VersionMove>,
    /// Why, rule by rule.
    pub explained: Option<Explained>,
    /// What is in the way.
    pub obstacles: Vec<Obstacle>,
    /// What would be committed.
    prepared: Option<Prepared>,
}

/// A reference to a record that a release takes from readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referrer {
    /// The record that refers.
    pub record: RecordId,
    /// Its title.
    pub title: String,
    /// The field.
    pub field: String,
    /// The record that goes.
    pub target: RecordId,
}

impl DryRun {
    /// Returns whether it could go out now.
    pub fn is_ready(&self) -> bool {
        self.members
            .iter()
            .all(|member| member.obstacles.is_empty())
    }

    /// Says what is in the way, if anything is.
    fn refusal(&self) -> Option<Refusal> {
        let reasons: Vec<String> = self
            .members
            .iter()
            .flat_map(|run| {
                let obstacles = run.obstacles.iter();
                obstacles.map(|obstacle| format!("{}: {obstacle}", run.member))
            })
            .collect();
        let (shown, more) = reasons.split_at(reasons.len().min(REASONS));
        if shown.is_empty() {
            return None;
        }
        let more = match more.len() {
            0 => String::new(),
            count => format!("; and {count} more"),
        };
        Some(Refusal::new(
            "REL-READY-001",
            format!("nothing was released: {}{more}", shown.join("; ")),
            "settle what is in the way, or change the plan, and release it again",
        ))
    }

    /// Returns the moves, in the plan's order.
    fn ready(&self, at: i64) -> Vec<Ready<'_>> {
        self.members
            .iter()
            .filter_map(|run| {
                Some(Ready {
                    item: run.item.as_ref()?,
                    offer: run.offer.clone()?,
                    requirement: run.requirement.clone()?,
                    prepared: run.prepared.clone()?,
                    at,
                    release: Some(&self.release.name),
                })
            })
            .collect()
    }
}

/// Reasons that a refusal gives: more of them are read on the release's page.
const REASONS: usize = 20;

impl Desk {
    /// Returns a release as it would go out at a moment; `None` where there is none of that name. It reads and writes nothing.
    ///
    /// # Errors
    /// When git or the database cannot be read.
    pub async fn dry_run(self: &Arc<Self>, name: &str, at: i64) -> Result<Option<DryRun>> {
        let Some(release) = index::release_named(self.index.reader(), name).await? else {
            return Ok(None);
        };
        let rules = self.index.rules();
        run(self, &rules, release, at).await.map(Some)
    }
}

/// Judges a release and tries its moves on the texts.
async fn run(
    desk: &Arc<Desk>,
    rules: &RulesInForce,
    release: ReleaseRow,
    at: i64,
) -> Result<DryRun> {
    let pool = desk.index.reader();
    let members = index::release_members(pool, release.position).await?;
    let items = items_at(pool, &places(&members)).await?;
    let rules = Arc::clone(rules);
    let name = release.name.clone();
    let runs = desk
        .on_repository(move |repository, _| {
            let rules: &Rules = adopted(&rules)?;
            judge(&rules.policy, &name, &members, &items)
                .into_iter()
                .map(|readiness| try_move(repository, &rules.policy, readiness, at))
                .collect::<Result<Vec<_>>>()
        })
        .await?;
    let referrers = referrers(desk, &runs).await?;
    Ok(DryRun {
        release,
        members: runs,
        referrers,
    })
}

/// A text that landed as what readers do not have yet is looked for on the published branch too.
fn places(members: &[Member]) -> Vec<Target> {
    let named = members.iter().map(target_of);
    let landed = members.iter().map(|member| Target::published(&member.path));
    let mut places: Vec<Target> = named.chain(landed).collect();
    places.sort();
    places.dedup();
    places
}

fn try_move(
    repository: &Repository,
    policy: &Policy,
    readiness: Readiness,
    at: i64,
) -> Result<MemberRun> {
    let mut run = MemberRun {
        member: readiness.member,
        item: readiness.item,
        offer: readiness.offer,
        requirement: readiness.requirement,
        version: None,
        explained: None,
        obstacles: readiness.obstacles,
        prepared: None,
    };
    // A text that is still on its way shows what the next move would make of it.
    let next = run.item.as_ref().and_then(|item| {
        let offer = run.offer.clone();
        let offer = offer.or_else(|| super::queue::forward(policy, item))?;
        let has = requirement(policy, item, &offer);
        Some((item, offer, has))
    });
    let Some((item, offer, has)) = next else {
        return Ok(run);
    };
    match prepare_from(repository, policy, item, &offer, &has, at)? {
        Ok(prepared) => {
            run.version.clone_from(&prepared.version);
            run.explained.clone_from(&prepared.explained);
            run.prepared = run.offer.is_some().then_some(prepared);
        }
        Err(refusal) => run.obstacles.push(Obstacle::Unfit(refusal)),
    }
    Ok(run)
}

/// Finds who refers to records that go from readers.
async fn referrers(desk: &Arc<Desk>, runs: &[MemberRun]) -> Result<Vec<Referrer>> {
    let ends = |run: &MemberRun| {
        let offer = run.offer.as_ref();
        offer.is_some_and(|offer| offer.to_kind == StatusKind::Ended)
    };
    let mut referrers = Vec::new();
    for item in runs
        .iter()
        .filter(|run| ends(run))
        .filter_map(|run| run.item.as_ref())
    {
        let rows = index::relations_to(desk.index.reader(), &item.record.0).await?;
        referrers.extend(rows.into_iter().map(|row| Referrer {
            title: row.title.unwrap_or_else(|| row.other.clone()),
            record: RecordId(row.other),
            field: row.field,
            target: item.record.clone(),
        }));
    }
    Ok(referrers)
}
