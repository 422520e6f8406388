//! The first durable step of a decision: judged, and written into the journal.

use std::sync::Arc;

use anyhow::{Result, anyhow};

use super::desk::{Loaded, adopted, load_items};
use super::governance::Amendment;
use super::lock::{TRIES, wait_for};
use super::people::server_identity;
use super::refusals::{judge, judge_host, person_of};
use super::{Desk, Intent, Item, PastDecision, Target, completion};
use crate::id::{BlobId, CommitId, Identity};
use crate::index::{self, Rules, RulesInForce};
use crate::ledger::{Act, Decision, JOURNAL_BEGINS, JOURNAL_REF};
use crate::refusal::Refusal;
use crate::repository::{Change, CommitBuilder, Keeps, NewCommit, RefMoved, RepoPath, Repository};

/// Judges decisions in order and writes those that may stand into the journal: one commit each, one ref update.
pub(super) async fn record_decisions(
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
        let targets: Vec<Target> = intents
            .iter()
            .map(|intent| Target::of(&intent.decision))
            .collect();
        let loaded = load_items(desk, &rules, &targets).await?;
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
        manifests,
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
        for content in manifests.iter().chain(&intent.suggestion) {
            builder.blob(content)?;
        }
        let new = journal_commit(&accepted, &authors(&items, &accepted.1), intent.at, head)?;
        if new.parent.is_none() && new.also.is_some() {
            head = Some(builder.commit(&begin_journal(&new))?);
        }
        let commit = builder.commit(&NewCommit {
            parent: head,
            ..new
        })?;
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
    let teller = match intent.by == server_identity() {
        true => None,
        false => Some(person_of(&rules.policy, &intent.by.address)?),
    };
    let decision = Decision {
        policy: rules.blob,
        ..intent.decision.clone()
    };
    let gone = || gone(&decision).in_path(decision.record.0.clone());
    let item = items
        .iter_mut()
        .find(|item| item.target() == Target::of(&decision) && item.record == decision.record)
        .ok_or_else(gone)?;
    let decision = seen_now(decision, item);
    let Some(person) = teller else {
        judge_host(item, &decision)?;
        return Ok((intent.by.clone(), decision));
    };
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

/// Of two who decide about a proposal at once, the first may have published it.
fn gone(decision: &Decision) -> Refusal {
    match &decision.about.proposal {
        Some(_) => Refusal::new(
            "PRO-LANDED-001",
            "this text waits in its proposal no more: it was published meanwhile, or the branch is gone",
            "open the record; its history says who approved what",
        ),
        None => Refusal::new(
            "REV-GONE-001",
            "the record is no longer there",
            "open the list of records",
        ),
    }
}

/// The journal keeps the commits of a proposal that was judged: its head then, whatever becomes of the branch. Only an approval has to name the files
/// that were seen with the text; what else is said is said of those that stand there.
fn seen_now(mut decision: Decision, item: &Item) -> Decision {
    decision.about.proposal = item.seen();
    if decision.act != Act::Approve {
        decision.about.attached.clone_from(&item.attached);
    }
    decision
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
pub(super) fn journal_commit(
    accepted: &(Identity, Decision),
    authors: &[Identity],
    at: i64,
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
    if let Some(suggested) = decision.about.suggested {
        changes.push(place("suggested", suggested)?);
    }
    for file in &decision.about.attached {
        changes.push(place(&format!("attached/{}", file.path), file.blob)?);
    }
    Ok(NewCommit {
        parent,
        also: decision.about.proposal.as_ref().map(|seen| seen.head),
        keeps: Keeps::Nothing,
        changes,
        author: by.clone(),
        at,
        message: decision.message_with(authors),
    })
}

/// Returns who wrote the text that a decision judged, each once.
fn authors(items: &[Item], decision: &Decision) -> Vec<Identity> {
    let target = Target::of(decision);
    let item = items.iter().find(|item| item.target() == target);
    let mut authors: Vec<Identity> = Vec::new();
    for author in item.into_iter().flat_map(|item| &item.authors) {
        if !authors.contains(&author.identity) {
            authors.push(author.identity.clone());
        }
    }
    authors
}

fn begin_journal(first: &NewCommit) -> NewCommit {
    NewCommit {
        parent: None,
        also: None,
        keeps: Keeps::Nothing,
        changes: Vec::new(),
        author: first.author.clone(),
        at: first.at,
        message: JOURNAL_BEGINS.to_owned(),
    }
}

fn note(items: &mut [Item], accepted: &(Identity, Decision), intent: &Intent, commit: CommitId) {
    let (by, decision) = accepted.clone();
    let target = Target::of(&decision);
    if let Some(item) = items.iter_mut().find(|item| item.target() == target) {
        item.decisions.push(PastDecision {
            commit,
            by,
            at: intent.at,
            decision,
        });
    }
}
