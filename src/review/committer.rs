//! The committer: the one writer of a repository's refs.
//!
//! Orders wait in a queue; those that wait together are committed together. A batch goes three steps, each durable before the next: decisions enter
//! the journal (a commit each, one ref update), moves whose approvals now suffice are attested on the published branch (a commit each, one ref
//! update), and the picture is brought up to date. Killed between any two, the next start finds the same decisions in the journal and completes what
//! they ask for, once. Where the branch moved meanwhile, the whole step is judged again from a fresh look; nobody's work is overwritten.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow};
use tokio::sync::{mpsc, oneshot};

use super::completion::{complete, complete_all};
use super::{
    Decided, Desk, EditOrder, HistoryOrder, Intent, Item, Landing, Outcome, ReleaseOrder, Target,
    UpdateOrder, edits, journal, proposed_items, releases, rewrite, update,
};
use crate::id::CommitId;
use crate::index;
use crate::ledger::{Act, Decision, GOVERNANCE};
use crate::refusal::Refusal;

type Reply = oneshot::Sender<Result<Outcome, Refusal>>;

enum Order {
    Decide(Box<Intent>, Reply),
    Edit(Box<EditOrder>, Reply),
    Update(Box<UpdateOrder>, Reply),
    Release(Box<ReleaseOrder>, oneshot::Sender<Result<Decided, Refusal>>),
    History(Box<HistoryOrder>, Reply),
    ReleaseDue(i64, oneshot::Sender<Result<Vec<Landing>, Refusal>>),
}

impl Order {
    /// Whoever asked may be gone.
    fn refuse(self, refusal: &Refusal) {
        let why = refusal.clone();
        match self {
            Self::Decide(_, reply)
            | Self::Edit(_, reply)
            | Self::Update(_, reply)
            | Self::History(_, reply) => drop(reply.send(Err(why))),
            Self::Release(_, reply) => drop(reply.send(Err(why))),
            Self::ReleaseDue(_, reply) => drop(reply.send(Err(why))),
        }
    }
}

/// The way to the committer of one repository.
#[derive(Clone)]
pub struct Committer {
    orders: mpsc::Sender<Order>,
}

/// Orders that may wait; more of them are told to come back, so that memory stays bounded.
const QUEUE: usize = 1024;

/// Orders committed together at most: enough to share the sync to disk, few enough to answer soon.
const BATCH: usize = 64;

/// How soon decisions that stand in the journal without their move are tried again.
const SECOND_TRY: Duration = Duration::from_secs(5);

impl Committer {
    /// Starts the committer of a desk: first completes what an earlier run left between journal and branch, then takes orders. It ends when the
    /// last handle is dropped and the queue is empty.
    pub fn start(desk: Arc<Desk>) -> Self {
        let (orders, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(work(desk, waiting));
        Self { orders }
    }

    /// Records a decision and makes the move that it completes. The order is carried out even when the caller goes away.
    ///
    /// # Errors
    /// A refusal; nothing was written then.
    pub async fn decide(&self, intent: Intent) -> Result<Outcome, Refusal> {
        answered(self.order(|reply| Order::Decide(Box::new(intent), reply))).await
    }

    /// Records several decisions in this order, as [`Committer::decide`] does each; they wait together, so they share their syncs to disk.
    pub async fn decide_all(&self, intents: Vec<Intent>) -> Vec<Result<Outcome, Refusal>> {
        let waiting: Vec<_> = intents
            .into_iter()
            .map(|intent| self.order(|reply| Order::Decide(Box::new(intent), reply)))
            .collect();
        let mut outcomes = Vec::with_capacity(waiting.len());
        for answer in waiting {
            outcomes.push(answered(answer).await);
        }
        outcomes
    }

    /// Commits new texts of drafts.
    ///
    /// # Errors
    /// A refusal; nothing was written then.
    pub async fn edit(&self, order: EditOrder) -> Result<Outcome, Refusal> {
        answered(self.order(|reply| Order::Edit(Box::new(order), reply))).await
    }

    /// Merges what is published into a proposal.
    ///
    /// # Errors
    /// A refusal; nothing was written then.
    pub async fn update(&self, order: UpdateOrder) -> Result<Outcome, Refusal> {
        answered(self.order(|reply| Order::Update(Box::new(order), reply))).await
    }

    /// Plans a release, lets it out or gives it up.
    ///
    /// # Errors
    /// A refusal; nothing was written then.
    pub async fn release(&self, order: ReleaseOrder) -> Result<Decided, Refusal> {
        answered(self.order(|reply| Order::Release(Box::new(order), reply))).await
    }

    /// Decides about a rewritten history, and restores it where that is the decision. What waited for it goes on.
    ///
    /// # Errors
    /// A refusal; nothing was written then, or the branch moved before it could be restored.
    pub async fn history(&self, order: HistoryOrder) -> Result<Outcome, Refusal> {
        answered(self.order(|reply| Order::History(Box::new(order), reply))).await
    }

    /// Lets every release out whose time has come: once each, whatever the clock does. Returns what became of each.
    ///
    /// # Errors
    /// When git or the database cannot be read or written; what is due stays due.
    pub async fn release_due(&self, now: i64) -> Result<Vec<Landing>, Refusal> {
        answered(self.order(|reply| Order::ReleaseDue(now, reply))).await
    }

    /// Puts an order into the queue at once.
    fn order<T>(
        &self,
        order: impl FnOnce(oneshot::Sender<T>) -> Order,
    ) -> Result<oneshot::Receiver<T>, Refusal> {
        let (reply, answer) = oneshot::channel();
        let busy = || {
            Refusal::new(
                "SRV-BUSY-001",
                "the server is too busy to take this now",
                "send it again in a moment; nothing was recorded",
            )
        };
        self.orders.try_send(order(reply)).map_err(|_| busy())?;
        Ok(answer)
    }
}

async fn answered<T>(
    ordered: Result<oneshot::Receiver<Result<T, Refusal>>, Refusal>,
) -> Result<T, Refusal> {
    ordered?
        .await
        .unwrap_or_else(|_| Err(failed(&anyhow!("the committer stopped"))))
}

/// A failure that is nobody's mistake; the log has the cause, the person the consequence.
fn failed(error: &anyhow::Error) -> Refusal {
    tracing::error!(error = format!("{error:#}"), "an order failed");
    Refusal::new(
        "SRV-STORE-001",
        format!("the repository could not be written: {error}"),
        "try again; if it stays, ask the operator to read the server's log",
    )
}

/// Takes orders until nobody can give any more. What a run or an order left undone is tried again, order or no order.
async fn work(desk: Arc<Desk>, mut waiting: mpsc::Receiver<Order>) {
    let mut batch = Vec::new();
    desk.note_unfinished(true);
    loop {
        if desk.is_unfinished() {
            finish(&desk).await;
        }
        let is_unfinished = desk.is_unfinished();
        let received = waiting.recv_many(&mut batch, BATCH);
        let count = match is_unfinished {
            false => received.await,
            true => match tokio::time::timeout(SECOND_TRY, received).await {
                Ok(count) => count,
                Err(_) => continue,
            },
        };
        if count == 0 {
            return;
        }
        process(&desk, std::mem::take(&mut batch)).await;
    }
}

/// Completes whatever stands in the journal without its move.
async fn finish(desk: &Arc<Desk>) {
    let finished = match desk.refuse_strange_key() {
        Ok(()) => complete_all(desk).await.map(drop),
        // Tried again once the register allows the key.
        Err(_) => Ok(()),
    };
    desk.note_unfinished(finished.is_err());
    if let Err(error) = finished {
        put_off(desk, &error);
    }
}

fn put_off(desk: &Desk, error: &anyhow::Error) {
    tracing::error!(
        repository = desk.name,
        error = format!("{error:#}"),
        "decisions stand in the journal without their move; it is tried again in a moment"
    );
}

async fn process(desk: &Arc<Desk>, batch: Vec<Order>) {
    if let Err(refusal) = desk.refuse_strange_key() {
        batch.into_iter().for_each(|order| order.refuse(&refusal));
        return;
    }
    let mut intents = Vec::new();
    let mut writing = Vec::new();
    for order in batch {
        match order {
            Order::Decide(intent, reply) => intents.push((intent, reply)),
            other => writing.push(other),
        }
    }
    if !intents.is_empty() {
        process_decisions(desk, intents).await;
    }
    for order in writing {
        write(desk, order).await;
    }
}

/// Carries an order out. Whoever asked may be gone; what was written stands.
async fn write(desk: &Arc<Desk>, order: Order) {
    let or_failed = |outcome: Result<Result<Outcome, Refusal>>| {
        outcome.unwrap_or_else(|error| Err(failed(&error)))
    };
    match order {
        Order::Decide(intent, reply) => process_decisions(desk, vec![(intent, reply)]).await,
        Order::Edit(order, reply) => {
            let _ = reply.send(or_failed(edits::edit(desk, &order).await));
        }
        Order::Update(order, reply) => {
            let _ = reply.send(or_failed(update::update(desk, &order).await));
        }
        Order::History(order, reply) => {
            let _ = reply.send(or_failed(rewrite::decide(desk, &order).await));
        }
        Order::Release(order, reply) => {
            let decided = releases::decide(desk, &order).await;
            let _ = reply.send(decided.unwrap_or_else(|error| Err(failed(&error))));
        }
        Order::ReleaseDue(now, reply) => {
            let landed = releases::release_due(desk, now).await;
            let _ = reply.send(landed.map_err(|error| failed(&error)));
        }
    }
}

async fn process_decisions(desk: &Arc<Desk>, intents: Vec<(Box<Intent>, Reply)>) {
    let (intents, replies): (Vec<_>, Vec<_>) = intents.into_iter().unzip();
    let outcomes = decide_batch(desk, &intents).await;
    match outcomes {
        Ok(outcomes) => {
            for (reply, outcome) in replies.into_iter().zip(outcomes) {
                let _ = reply.send(outcome);
            }
        }
        Err(error) => {
            let refusal = failed(&error);
            for reply in replies {
                let _ = reply.send(Err(refusal.clone()));
            }
        }
    }
}

async fn decide_batch(
    desk: &Arc<Desk>,
    intents: &[Box<Intent>],
) -> Result<Vec<Result<Outcome, Refusal>>> {
    let recorded = journal::record_decisions(desk, intents).await?;
    fail::fail_point!("between-journal-and-attestation");
    let mut targets = Vec::new();
    for (intent, recorded) in intents.iter().zip(&recorded) {
        if recorded.is_ok() {
            targets.extend(places_of(desk, &intent.decision).await?);
        }
    }
    if !targets.is_empty()
        && let Err(error) = complete(desk, &targets).await
    {
        // The decisions stand, so nobody may be told that they failed.
        desk.note_unfinished(true);
        put_off(desk, &error);
    }
    if intents
        .iter()
        .any(|intent| intent.decision.record.0 == GOVERNANCE)
    {
        // Other rules can complete, or end what stood against, any move.
        desk.note_unfinished(true);
    }
    let mut outcomes = Vec::with_capacity(recorded.len());
    for decision in recorded {
        outcomes.push(match decision {
            Ok(decision) => Ok(outcome_of(desk, decision).await?),
            Err(refusal) => Err(refusal),
        });
    }
    Ok(outcomes)
}

/// Returns where a decision can complete a move: at its own text, and for one that lifts a veto wherever that veto stood.
async fn places_of(desk: &Desk, decision: &Decision) -> Result<Vec<Target>> {
    let own = Target::of(decision);
    if decision.act != Act::Withdraw {
        return Ok(vec![own]);
    }
    let (pool, record) = (desk.index.reader(), &decision.record.0);
    let (branches, rows) = match own.whole_proposal() {
        Some(branch) => (vec![branch.to_owned()], Vec::new()),
        None => {
            let proposals = index::proposals_of(pool, record).await?.into_iter();
            let branches = proposals.map(|proposal| proposal.branch).collect();
            (branches, index::records_of(pool, record).await?)
        }
    };
    let proposed = proposed_items(pool, &branches).await?;
    let proposed = proposed
        .iter()
        .filter(|item| own.whole_proposal().is_some() || item.record.0 == *record)
        .map(Item::target);
    let published = rows.into_iter().map(|row| Target::published(row.path));
    Ok(proposed.chain(published).chain([own.clone()]).collect())
}

/// Says what a recorded decision led to.
async fn outcome_of(desk: &Desk, decision: CommitId) -> Result<Outcome> {
    let link = index::attestation_led_to(desk.index.reader(), &decision.to_string()).await?;
    Ok(match link {
        Some(link) => Outcome::Attested {
            decision,
            commit: link.commit_id.parse()?,
            status: link.status_to,
            version: link.version_to,
        },
        None => Outcome::Recorded { decision },
    })
}
