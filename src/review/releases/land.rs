//! From a release that was let out to its texts on the published branch: all of them in one move of the ref, or none.

use std::sync::Arc;

use anyhow::{Context, Result, anyhow};

use super::decide::{fail_release, refuse_run};
use super::{Landing, run};
use crate::id::CommitId;
use crate::index::{self, DecisionRow};
use crate::ledger::{Act, release_id};
use crate::refusal::Refusal;
use crate::repository::RefMoved;
use crate::review::Desk;
use crate::review::completion::attest_all;
use crate::review::desk::adopted;
use crate::review::lock::{TRIES, wait_for};

/// Lands every release that stands in the journal as let out and not on the published branch. Returns how many attestations were made.
pub(in crate::review) async fn land_all(desk: &Arc<Desk>) -> Result<usize> {
    let mut attested = 0;
    for name in index::releasing(desk.index.reader()).await? {
        if let Some(landing) = land(desk, &name).await? {
            attested += landing.landed.map_or(0, |commits| commits.len());
        }
    }
    Ok(attested)
}

/// Lands a release that was let out, judged anew; where something came into its way meanwhile the journal says so and nothing lands. `None` where there is
/// nothing to land.
pub(super) async fn land(desk: &Arc<Desk>, name: &str) -> Result<Option<Landing>> {
    let mut is_in_the_way = false;
    for left in (0..TRIES).rev() {
        desk.sync().await?;
        let pool = desk.index.reader();
        let release = index::release_named(pool, name).await?;
        let Some(release) = release.filter(|release| release.state == "releasing") else {
            return Ok(None);
        };
        let order = last_order(desk, name).await?;
        let rules = desk.index.rules();
        let heads = desk.index.heads().await?;
        if desk.refuse_rewritten().is_err() {
            return Ok(None);
        }
        let found = run(desk, &rules, release, order.at).await?;
        let refusal = refuse_run(&adopted(&rules)?.policy, &found, &order.by.address);
        let refusal = refusal.or_else(|| (left == 0 && is_in_the_way).then(in_the_way));
        if let Some(refusal) = refusal {
            let failed = fail_release(desk, &rules, &found.release, &refusal, order.at).await?;
            match failed {
                Ok(_) => {
                    desk.sync().await?;
                    return Ok(Some(Landing {
                        release: name.to_owned(),
                        landed: Err(refusal),
                    }));
                }
                Err(moved) => wait_for(&moved).await,
            }
            continue;
        }
        let written = desk
            .on_repository(move |repository, desk| {
                let rules = adopted(&rules)?;
                let ready = found.ready(order.at);
                attest_all(repository, desk, rules, &ready, None, &heads)
            })
            .await?;
        match written {
            Ok(()) => {
                fail::fail_point!("between-branch-ref-and-index");
                desk.sync().await?;
                let landed = index::released_as(desk.index.reader(), name).await?;
                let commits = landed.iter().map(|row| row.commit_id.parse());
                let commits: Vec<CommitId> = commits.collect::<Result<_, _>>()?;
                return Ok(Some(Landing {
                    release: name.to_owned(),
                    landed: Ok(commits),
                }));
            }
            Err(moved) => {
                is_in_the_way = matches!(moved, RefMoved::Elsewhere { .. });
                wait_for(&moved).await;
            }
        }
    }
    Err(anyhow!("the published branch kept moving"))
}

/// What was judged does not stand there, however often it is looked at: the release fails, so that it holds up nothing else.
fn in_the_way() -> Refusal {
    Refusal::new(
        "REL-PLACE-001",
        "a file that went around review stands where one of its texts is to be written, or the published branch kept moving",
        "look at the published branch with git, and plan the release again",
    )
}

/// The decision that let a release out.
async fn last_order(desk: &Arc<Desk>, name: &str) -> Result<DecisionRow> {
    let said = index::decisions_of(desk.index.reader(), &[release_id(name).0]).await?;
    let mut said = said.into_iter().rev();
    said.find(|row| row.act == Act::Release.name())
        .context("a release is let out by a decision")
}
