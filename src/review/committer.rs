//! The committer: the one writer of a repository's refs.
//!
//! Orders wait in a queue; those that wait together are committed together. A batch goes three steps, each durable before the next: decisions enter
//! the journal (a commit each, one ref update), moves whose approvals now suffice are attested on the published branch (a commit each, one ref
//! update), and the picture is brought up to date. Killed between any two, the next start finds the same decisions in the journal and completes what
//! they ask for, once. Where the branch moved meanwhile, the whole step is judged again from a fresh look; nobody's work is overwritten.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use tokio::sync::{mpsc, oneshot};

use super::governance::{self, Amendment};
use super::refusals::judge;
use super::{Item, PastDecision, Publication, completion, edits, load};
use crate::id::{BlobId, CommitId, Identity};
use crate::index::{self, Index, Rules, RulesInForce};
use crate::ledger::{Decision, JOURNAL_REF};
use crate::policy::POLICY_PATH;
use crate::refusal::Refusal;
use crate::repository::{
    Change, CommitBuilder, Keeps, LeftAlone, NewCommit, RefMoved, RepoPath, Repository, SigningKey,
};

/// One repository as this server serves it.
pub struct Desk {
    /// Its name in addresses.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// The ref that is shown and built on.
    pub tip_ref: String,
    /// Its picture.
    pub index: Index,
    /// The key that signs.
    pub key: SigningKey,
    /// What the last runs found out and the pages tell; forgotten with the process.
    found: Mutex<Found>,
}

#[derive(Default)]
struct Found {
    publication: Publication,
    left_alone: Vec<LeftAlone>,
    /// Whether decisions stand in the journal whose move could not be made yet.
    is_unfinished: bool,
}

impl Desk {
    /// Returns a desk over a repository and its picture.
    pub fn new(
        name: impl Into<String>,
        path: PathBuf,
        tip_ref: impl Into<String>,
        index: Index,
        key: SigningKey,
    ) -> Self {
        Self {
            name: name.into(),
            path,
            tip_ref: tip_ref.into(),
            index,
            key,
            found: Mutex::default(),
        }
    }

    /// Returns whether what is committed here is published, as last found.
    pub fn publication(&self) -> Publication {
        self.found().publication.clone()
    }

    /// Notes whether what is committed here is published.
    pub fn note_publication(&self, publication: Publication) {
        self.found().publication = publication;
    }

    /// Returns the files of a working copy that our last commit could not bring up to date.
    pub fn left_alone(&self) -> Vec<LeftAlone> {
        self.found().left_alone.clone()
    }

    fn found(&self) -> std::sync::MutexGuard<'_, Found> {
        // Whoever panicked left a whole value: each is set at once.
        self.found
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// After our commit moved the branch of a working copy, brings its files along. The commit stands whatever becomes of them.
    pub(super) fn bring_up_to_date(&self, from: CommitId, to: CommitId) {
        // A handle of its own: the committer's staged its objects in memory.
        let updated = Repository::open(&self.path)
            .map_err(anyhow::Error::from)
            .and_then(|repository| repository.update_work_tree(&self.tip_ref, from, to));
        match updated {
            Ok(left_alone) => self.found().left_alone = left_alone,
            Err(error) => tracing::warn!(
                repository = self.name,
                error = format!("{error:#}"),
                "the working copy was not brought up to date"
            ),
        }
    }

    /// Looks again: brings the picture up to the refs.
    ///
    /// # Errors
    /// When git or the database cannot be read or written.
    pub async fn sync(&self) -> Result<index::Synced> {
        index::sync(&self.index, &self.path, &self.tip_ref).await
    }

    /// Returns the change of the policy, its schemas or its keys that waits for approval, if one does.
    ///
    /// # Errors
    /// When git or the database cannot be read.
    pub async fn amendment(self: &Arc<Self>, rules: &Rules) -> Result<Option<Amendment>> {
        let Some(tip) = self.index.heads().await?.tip else {
            return Ok(None);
        };
        let in_force = self.index.rules();
        let found = self
            .on_repository(move |repository, _| match adopted(&in_force) {
                Ok(rules) => governance::amendment(repository, rules, tip),
                Err(_) => Ok(None),
            })
            .await?;
        match found {
            Some(found) => Ok(Some(
                governance::with_people(self.index.reader(), rules, found).await?,
            )),
            None => Ok(None),
        }
    }

    /// Runs a piece of work on the repository, off the async threads.
    ///
    /// # Errors
    /// When the repository cannot be opened, and whatever the work returns.
    pub async fn on_repository<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Repository, &Desk) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let desk = Arc::clone(self);
        tokio::task::spawn_blocking(move || work(&Repository::open(&desk.path)?, &desk)).await?
    }
}

/// A decision that somebody wants recorded.
#[derive(Debug, Clone)]
pub struct Intent {
    /// Who, by the address of their session.
    pub by: Identity,
    /// What; its policy blob is the one they were shown.
    pub decision: Decision,
    /// When, seconds since 1970 in UTC.
    pub at: i64,
}

/// A draft's new text.
#[derive(Debug, Clone)]
pub struct NewText {
    /// The file.
    pub path: String,
    /// The blob they started from; `None` for a new record.
    pub from: Option<BlobId>,
    /// The file's new bytes.
    pub content: Vec<u8>,
}

/// New texts of drafts that somebody wants committed: all in one commit, or none.
#[derive(Debug, Clone)]
pub struct EditOrder {
    /// Who, by the address of their session.
    pub by: Identity,
    /// The texts, each of another file.
    pub texts: Vec<NewText>,
    /// What the commit is called.
    pub subject: String,
    /// When, seconds since 1970 in UTC.
    pub at: i64,
}

/// What became of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The decision is in the journal; the move waits for more.
    Recorded {
        /// The journal commit.
        decision: CommitId,
    },
    /// The decision completed a move, and the move is attested.
    Attested {
        /// The journal commit.
        decision: CommitId,
        /// The attestation.
        commit: CommitId,
        /// The status it entered.
        status: String,
        /// The version it wrote.
        version: Option<String>,
    },
    /// The texts are committed.
    Edited {
        /// The commit.
        commit: CommitId,
    },
}

type Reply = oneshot::Sender<Result<Outcome, Refusal>>;
type Answer = oneshot::Receiver<Result<Outcome, Refusal>>;

enum Order {
    Decide(Box<Intent>, Reply),
    Edit(Box<EditOrder>, Reply),
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

/// How often a step is judged again because the branch moved under it.
const TRIES: usize = 20;

/// How soon decisions that stand in the journal without their move are tried again.
const SECOND_TRY: Duration = Duration::from_secs(5);

/// How long another process may hold a ref's lock before the order is answered without it.
const LOCK_PATIENCE: Duration = Duration::from_secs(5);

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

    /// Puts an order into the queue at once.
    fn order(&self, order: impl FnOnce(Reply) -> Order) -> Result<Answer, Refusal> {
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

async fn answered(ordered: Result<Answer, Refusal>) -> Result<Outcome, Refusal> {
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
    desk.found().is_unfinished = true;
    loop {
        if desk.found().is_unfinished {
            finish(&desk).await;
        }
        let is_unfinished = desk.found().is_unfinished;
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
    let finished = complete_all(desk).await;
    desk.found().is_unfinished = finished.is_err();
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
    let mut intents = Vec::new();
    let mut edit_orders = Vec::new();
    for order in batch {
        match order {
            Order::Decide(intent, reply) => intents.push((intent, reply)),
            Order::Edit(order, reply) => edit_orders.push((order, reply)),
        }
    }
    if !intents.is_empty() {
        process_decisions(desk, intents).await;
    }
    for (order, reply) in edit_orders {
        let outcome = commit_edit(desk, &order)
            .await
            .unwrap_or_else(|error| Err(failed(&error)));
        // Whoever asked may be gone; the commit stands.
        let _ = reply.send(outcome);
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
    let recorded = record_decisions(desk, intents).await?;
    fail::fail_point!("between-journal-and-attestation");
    let paths: Vec<String> = intents
        .iter()
        .zip(&recorded)
        .filter(|(_, recorded)| recorded.is_ok())
        .map(|(intent, _)| intent.decision.path.clone())
        .collect();
    if !paths.is_empty()
        && let Err(error) = complete(desk, &paths).await
    {
        // The decisions stand, so nobody may be told that they failed.
        desk.found().is_unfinished = true;
        put_off(desk, &error);
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

/// Judges decisions in order and writes those that may stand into the journal: one commit each, one ref update.
async fn record_decisions(
    desk: &Arc<Desk>,
    intents: &[Box<Intent>],
) -> Result<Vec<Result<CommitId, Refusal>>> {
    for _ in 0..TRIES {
        desk.sync().await?;
        let rules = desk.index.rules();
        if let Err(refusal) = adopted(&rules) {
            return Ok(intents.iter().map(|_| Err(refusal.clone())).collect());
        }
        let mut earlier = Vec::with_capacity(intents.len());
        for intent in intents {
            earlier.push(
                index::decision_of_operation(desk.index.reader(), &intent.decision.operation)
                    .await?,
            );
        }
        let paths: Vec<String> = intents
            .iter()
            .map(|intent| intent.decision.path.clone())
            .collect();
        let loaded = load_items(desk, &rules, &paths).await?;
        let journal = desk.index.heads().await?.journal;
        let (owned, known) = (intents.to_vec(), Arc::clone(&rules));
        let written = desk
            .on_repository(move |repository, desk| {
                write_decisions(repository, desk, &known, loaded, &owned, &earlier, journal)
            })
            .await?;
        match written {
            Ok(outcomes) => {
                desk.sync().await?;
                return Ok(outcomes);
            }
            Err(moved) => wait_for(&moved).await,
        }
    }
    Err(anyhow!("the journal kept moving under us"))
}

/// What orders are judged against.
pub(super) struct Loaded {
    /// The records, and last the waiting change of the policy.
    pub items: Vec<Item>,
    /// That change with the files it is about.
    pub amendment: Option<Amendment>,
}

/// Returns the items at these paths, a waiting change of the policy among them when its path is asked for.
async fn load_items(desk: &Arc<Desk>, rules: &RulesInForce, paths: &[String]) -> Result<Loaded> {
    let mut items = load::items(desk.index.reader(), paths).await?;
    let amendment = match adopted(rules) {
        Ok(known) if paths.iter().any(|path| path == POLICY_PATH) => desk.amendment(known).await?,
        _ => None,
    };
    items.extend(amendment.iter().map(|amendment| amendment.item.clone()));
    Ok(Loaded { items, amendment })
}

fn adopted(rules: &RulesInForce) -> Result<&Rules, Refusal> {
    match rules.as_ref() {
        Some(Ok(rules)) if rules.adopted => Ok(rules),
        Some(Err(faults)) => Err(faults.first().cloned().unwrap_or_else(|| {
            Refusal::new(
                "POL-READ-001",
                "the policy does not read",
                "run countersign check",
            )
        })),
        Some(Ok(_)) => Err(Refusal::new(
            "POL-ADOPT-001",
            "the repository is not adopted yet, so nothing can be decided in it",
            "run countersign adopt on it",
        )),
        None => Err(Refusal::new(
            "POL-ADOPT-002",
            "the repository has no countersign.toml, so it is read-only",
            "run countersign init, look at the policy, then countersign adopt",
        )),
    }
}

type Written<T> = Result<T, RefMoved>;

fn write_decisions(
    repository: &Repository,
    desk: &Desk,
    rules: &RulesInForce,
    loaded: Loaded,
    intents: &[Box<Intent>],
    earlier: &[Option<CommitId>],
    journal: Option<CommitId>,
) -> Result<Written<Vec<Result<CommitId, Refusal>>>> {
    let rules = adopted(rules)?;
    let Loaded {
        mut items,
        amendment,
    } = loaded;
    let objects = repository.objects()?;
    let builder = CommitBuilder::begin(repository, &objects, &desk.key)?;
    let mut head = journal;
    let mut outcomes: Vec<Result<CommitId, Refusal>> = Vec::with_capacity(intents.len());
    let mut operations: std::collections::HashMap<&str, CommitId> =
        std::collections::HashMap::new();
    for (intent, earlier) in intents.iter().zip(earlier) {
        let again = earlier.or_else(|| operations.get(intent.decision.operation.as_str()).copied());
        if let Some(commit) = again {
            outcomes.push(Ok(commit));
            continue;
        }
        let accepted = match accept(repository, rules, &mut items, intent) {
            Ok(accepted) => accepted,
            Err(refusal) => {
                outcomes.push(Err(refusal));
                continue;
            }
        };
        store_manifests(&builder, &accepted.1, amendment.as_ref())?;
        let commit = builder.commit(&journal_commit(&accepted, intent, head)?)?;
        head = Some(commit);
        operations.insert(&intent.decision.operation, commit);
        note(&mut items, &accepted, intent, commit);
        outcomes.push(Ok(commit));
    }
    let Some(head) = head.filter(|head| Some(*head) != journal) else {
        return Ok(Ok(outcomes));
    };
    builder.store()?;
    fail::fail_point!("between-journal-object-and-ref");
    Ok(desk
        .move_ref(
            repository,
            JOURNAL_REF,
            journal,
            head,
            "countersign: decide",
        )?
        .map(|()| outcomes))
}

/// Judges one decision against its item as the decisions before it in the batch left it; returns it under the policy in force and the person's own name.
fn accept(
    repository: &Repository,
    rules: &Rules,
    items: &mut [Item],
    intent: &Intent,
) -> Result<(Identity, Decision), Refusal> {
    let unknown = || {
        Refusal::new(
            "REV-RIGHT-003",
            format!("{} is nobody the policy knows", intent.by.address),
            "ask an administrator to add you to the policy",
        )
    };
    let person = rules
        .policy
        .person_by_address(&intent.by.address)
        .ok_or_else(unknown)?;
    let decision = Decision {
        policy: rules.blob,
        ..intent.decision.clone()
    };
    let gone = || {
        Refusal::new(
            "REV-GONE-001",
            "the record is no longer there",
            "open the list of records",
        )
        .in_path(decision.record.0.clone())
    };
    let item = items
        .iter_mut()
        .find(|item| item.path == decision.path && item.record == decision.record)
        .ok_or_else(gone)?;
    let offer = judge(&rules.policy, item, person, &decision)?;
    if let Some(offer) = offer {
        // Nothing is recorded that could not be carried out: the move is tried on the text now.
        completion::rehearse(
            repository,
            &rules.policy,
            item,
            &offer,
            &decision,
            intent.at,
        )?;
    }
    Ok((Identity::new(&person.name, &intent.by.address), decision))
}

/// A decision about the policy names manifests, which nothing else would store.
fn store_manifests(
    builder: &CommitBuilder<'_>,
    decision: &Decision,
    amendment: Option<&Amendment>,
) -> Result<()> {
    if let Some(amendment) = amendment.filter(|amendment| amendment.item.record == decision.record)
    {
        builder.blob(&amendment.in_force.manifest())?;
        builder.blob(&amendment.proposed.manifest())?;
    }
    Ok(())
}

/// A journal commit's tree holds what was judged, so that a clone of the journal can show it and gc keeps it.
fn journal_commit(
    accepted: &(Identity, Decision),
    intent: &Intent,
    parent: Option<CommitId>,
) -> Result<NewCommit> {
    let (by, decision) = accepted;
    let place = |name: &str, blob: BlobId| -> Result<Change> {
        Ok(Change::Place(RepoPath::parse(name)?, blob))
    };
    let mut changes = vec![
        place("proposed", decision.proposed)?,
        place("policy", decision.policy)?,
    ];
    if let Some(base) = decision.base {
        changes.push(place("base", base)?);
    }
    Ok(NewCommit {
        parent,
        keeps: Keeps::Nothing,
        changes,
        author: by.clone(),
        at: intent.at,
        message: decision.message(),
    })
}

fn note(items: &mut [Item], accepted: &(Identity, Decision), intent: &Intent, commit: CommitId) {
    let (by, decision) = accepted.clone();
    if let Some(item) = items.iter_mut().find(|item| item.path == decision.path) {
        item.decisions.push(PastDecision {
            commit,
            by,
            at: intent.at,
            decision,
        });
    }
}

/// Completes every record that somebody could have decided about.
///
/// # Errors
/// When git or the database cannot be read or written.
pub async fn complete_all(desk: &Arc<Desk>) -> Result<usize> {
    desk.sync().await?;
    if adopted(&desk.index.rules()).is_err() {
        return Ok(0);
    }
    let mut paths = index::open_paths(desk.index.reader()).await?;
    paths.push(POLICY_PATH.to_owned());
    complete(desk, &paths).await
}

/// Attests every move at these paths whose approvals suffice, and returns how many there were.
async fn complete(desk: &Arc<Desk>, paths: &[String]) -> Result<usize> {
    let mut attested = 0;
    for _ in 0..TRIES {
        desk.sync().await?;
        let rules = desk.index.rules();
        let loaded = load_items(desk, &rules, paths).await?;
        let heads = desk.index.heads().await?;
        let written = desk
            .on_repository(move |repository, desk| {
                completion::attest(repository, desk, adopted(&rules)?, &loaded, &heads)
            })
            .await?;
        match written {
            Ok(0) => return Ok(attested),
            Ok(count) => {
                fail::fail_point!("between-branch-ref-and-index");
                attested += count;
                desk.sync().await?;
                return Ok(attested);
            }
            Err(moved) => wait_for(&moved).await,
        }
    }
    Err(anyhow!("the published branch kept moving"))
}

/// A ref that moved is looked at again at once; a locked one after a moment.
async fn wait_for(moved: &RefMoved) {
    if let RefMoved::Locked { .. } = moved {
        tokio::time::sleep(LOCK_PATIENCE / TRIES as u32).await;
    }
}

async fn commit_edit(desk: &Arc<Desk>, order: &EditOrder) -> Result<Result<Outcome, Refusal>> {
    for _ in 0..TRIES {
        desk.sync().await?;
        let rules = desk.index.rules();
        if let Err(refusal) = adopted(&rules) {
            return Ok(Err(refusal));
        }
        let paths: Vec<String> = order.texts.iter().map(|text| text.path.clone()).collect();
        let items = load::items(desk.index.reader(), &paths).await?;
        let tip = desk
            .index
            .heads()
            .await?
            .tip
            .context("the published branch is gone")?;
        let order = order.clone();
        let written = desk
            .on_repository(move |repository, desk| {
                edits::commit(repository, desk, adopted(&rules)?, &items, tip, &order)
            })
            .await?;
        match written {
            Ok(Ok(commit)) => {
                desk.sync().await?;
                return Ok(Ok(Outcome::Edited { commit }));
            }
            Ok(Err(refusal)) => return Ok(Err(refusal)),
            Err(moved) => wait_for(&moved).await,
        }
    }
    Err(anyhow!("the published branch kept moving"))
}
