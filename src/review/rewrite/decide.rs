//! The one decision about a rewritten history: judged under the policy of the old tip, written into the journal, and carried out.

use std::sync::Arc;

use anyhow::{Context, Result, anyhow};

use super::keep::decision;
use super::{HistoryChoice, HistoryOrder, Rewritten};
use crate::id::{CommitId, Identity};
use crate::index;
use crate::ledger::{Decision, JOURNAL_REF};
use crate::refusal::Refusal;
use crate::repository::{CommitBuilder, RefMoved, Repository};
use crate::review::journal::journal_commit;
use crate::review::lock::{TRIES, wait_for};
use crate::review::refusals::MAX_TEXT_CHARS;
use crate::review::{Desk, Outcome};

/// Carries out an order about a rewritten history.
pub(in crate::review) async fn decide(
    desk: &Arc<Desk>,
    order: &HistoryOrder,
) -> Result<Result<Outcome, Refusal>> {
    for _ in 0..TRIES {
        desk.sync().await?;
        let pool = desk.index.reader();
        if let Some(decision) = index::decision_of_operation(pool, &order.operation).await? {
            return Ok(Ok(Outcome::Recorded { decision }));
        }
        let journal = desk.index.heads().await?.journal;
        let Some(rewritten) = desk.rewritten() else {
            return Ok(Err(nothing_to_decide()));
        };
        let said = match judge(&rewritten, order) {
            Ok(said) => said,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let at = order.at;
        let manifest = rewritten.losses.manifest();
        let written = desk
            .on_repository(move |repository, desk| {
                write(repository, desk, &said, &manifest, at, journal)
            })
            .await?;
        match written {
            Ok(decision) => return settle(desk, order.choice, decision).await,
            Err(moved) => wait_for(&moved).await,
        }
    }
    Err(anyhow!("the journal kept moving under us"))
}

/// Carries out a decision that stands.
async fn settle(
    desk: &Arc<Desk>,
    choice: HistoryChoice,
    decision: CommitId,
) -> Result<Result<Outcome, Refusal>> {
    fail::fail_point!("between-journal-and-history", |_| Ok(Ok(
        Outcome::Recorded { decision }
    )));
    desk.sync().await?;
    if choice == HistoryChoice::Restore
        && let Err(error) = complete_restore(desk).await
    {
        // The decision stands, so nobody may be told that it failed.
        desk.note_unfinished(true);
        tracing::error!(
            repository = desk.name,
            error = format!("{error:#}"),
            "a history is to be restored and is not; it is tried again in a moment"
        );
    }
    match desk.rewritten() {
        // The branch moved between the decision and what it asked for.
        Some(rewritten) if !rewritten.is_restoring => Ok(Err(stale(&rewritten))),
        Some(_) | None => Ok(Ok(Outcome::Recorded { decision })),
    }
}

/// Moves the branch back where that was decided for just the end it has, and it is not done yet.
pub(in crate::review) async fn complete_restore(desk: &Arc<Desk>) -> Result<()> {
    for _ in 0..TRIES {
        desk.sync().await?;
        let Some(rewritten) = desk.rewritten().filter(|found| found.is_restoring) else {
            return Ok(());
        };
        let tips = rewritten.tips;
        let moved = desk
            .on_repository(move |repository, desk| {
                repository.rescue(tips.new)?;
                let log = "countersign: restore";
                let (name, seen) = (&desk.tip_ref, Some(tips.new));
                let moved = desk.move_ref(repository, name, seen, tips.old, log)?;
                if moved.is_ok() && repository.is_working_copy() {
                    desk.bring_up_to_date(tips.new, tips.old);
                }
                Ok(moved)
            })
            .await?;
        match moved {
            Ok(()) => {
                desk.sync().await?;
                return Ok(());
            }
            Err(moved) => wait_for(&moved).await,
        }
    }
    Err(anyhow!("the published branch kept moving"))
}

/// The ends are those that were read, the person may decide, and says why.
fn judge(rewritten: &Rewritten, order: &HistoryOrder) -> Result<(Identity, Decision), Refusal> {
    let person = rewritten.judge(&order.by.address)?;
    if order.seen != rewritten.manifest {
        return Err(stale(rewritten));
    }
    if rewritten.is_restoring {
        return Err(Refusal::new(
            "GIT-HIST-004",
            "it is decided already: the history is being restored",
            "wait until the published branch is back",
        ));
    }
    let reason = order.reason.trim();
    if reason.is_empty() || reason.chars().count() > MAX_TEXT_CHARS {
        return Err(Refusal::new(
            "GIT-HIST-005",
            format!(
                "a decision about the history has a reason of 1 to {MAX_TEXT_CHARS} characters"
            ),
            "write why it is restored or accepted; it stays in the journal",
        ));
    }
    let rules = rewritten.old_rules()?;
    let act = order.choice.act();
    let decision = Decision {
        operation: order.operation.clone(),
        text: order.reason.clone(),
        ..decision(act, rewritten.tips, rewritten.manifest, rules.blob)
    };
    let by = Identity::new(&person.name, &order.by.address);
    Ok((by, decision))
}

fn write(
    repository: &Repository,
    desk: &Desk,
    said: &(Identity, Decision),
    manifest: &str,
    at: i64,
    journal: Option<CommitId>,
) -> Result<Result<CommitId, RefMoved>> {
    let tips = said.1.about.tips.context("the decision names its tips")?;
    if repository.head_of(&desk.tip_ref)? != Some(tips.new) {
        return Ok(Err(RefMoved::Elsewhere {
            name: desk.tip_ref.clone(),
        }));
    }
    let objects = repository.objects()?;
    let builder = CommitBuilder::begin(repository, &objects, &desk.key)?;
    builder.blob(manifest.as_bytes())?;
    let head = builder.commit(&journal_commit(said, &[], at, journal)?)?;
    builder.store()?;
    fail::fail_point!("between-journal-object-and-ref");
    let log = "countersign: history";
    let moved = desk.move_ref(repository, JOURNAL_REF, journal, head, log)?;
    Ok(moved.map(|()| head))
}

fn nothing_to_decide() -> Refusal {
    Refusal::new(
        "GIT-HIST-004",
        "no rewritten history waits for a decision",
        "open the list of records; publishing goes on",
    )
}

fn stale(rewritten: &Rewritten) -> Refusal {
    Refusal::new(
        "GIT-HIST-002",
        format!(
            "{} moved again since you looked, to {}",
            rewritten.branch,
            rewritten.tips.new.short()
        ),
        "read what is lost now, and decide anew",
    )
}
