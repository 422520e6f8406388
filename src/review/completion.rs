//! From enough approvals to an attestation.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};

use super::approvals::{Requirement, requirement};
use super::desk::{Loaded, adopted, load_items};
use super::governance::Amendment;
use super::lock::{TRIES, wait_for};
use super::outcome::{Prepared, Texts, prepare};
use super::transition::{Offer, offers, removal};
use super::{Desk, Item, Origin, Standing, Target, proposed_items, releases, rewrite};
use crate::id::{BlobId, CommitId, Identity};
use crate::index::{self, Heads, Rules};
use crate::ledger::{Attachment, Attestation, Decision, Move};
use crate::policy::{POLICY_PATH, Policy};
use crate::refusal::Refusal;
use crate::repository::{Change, CommitBuilder, Keeps, NewCommit, RefMoved, RepoPath, Repository};
use crate::version;

/// A move that is ready, and what it does to the file.
pub(super) struct Ready<'a> {
    pub item: &'a Item,
    pub offer: Offer,
    pub requirement: Requirement,
    pub prepared: Prepared,
    pub at: i64,
    /// The release that it is part of.
    pub release: Option<&'a str>,
}

/// Completes every record that somebody could have decided about, and a history that is to be restored.
///
/// # Errors
/// When git or the database cannot be read or written.
pub async fn complete_all(desk: &Arc<Desk>) -> Result<usize> {
    rewrite::complete_restore(desk).await?;
    if adopted(&desk.index.rules()).is_err() {
        return Ok(0);
    }
    let pool = desk.index.reader();
    let paths = index::open_paths(pool).await?.into_iter();
    let mut targets: Vec<Target> = paths.map(Target::published).collect();
    targets.push(Target::published(POLICY_PATH));
    let down = index::taken_down(pool).await?.into_iter();
    targets.extend(down.map(|row| Target::published(row.path)));
    let yanks = index::yanks_asked(pool).await?.into_iter();
    targets.extend(yanks.map(Target::published));
    let branches = index::open_branches(pool, i64::MAX).await?;
    let proposed = proposed_items(pool, &branches).await?;
    targets.extend(proposed.iter().map(Item::target));
    let released = releases::land_all(desk).await?;
    Ok(released + complete(desk, &targets).await?)
}

/// Attests every move at these places whose approvals suffice, and returns how many there were.
pub(super) async fn complete(desk: &Arc<Desk>, targets: &[Target]) -> Result<usize> {
    let mut attested = 0;
    for left in (0..TRIES).rev() {
        desk.sync().await?;
        let rules = desk.index.rules();
        let loaded = load_items(desk, &rules, targets).await?;
        let heads = desk.index.heads().await?;
        if desk.refuse_rewritten().is_err() {
            // What was decided waits in the journal.
            return Ok(attested);
        }
        let written = desk
            .on_repository(move |repository, desk| {
                let patience = match left {
                    0 => Patience::Out,
                    _ => Patience::Left,
                };
                attest(
                    repository,
                    desk,
                    adopted(&rules)?,
                    &loaded,
                    &heads,
                    patience,
                )
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

/// Tries a move on the text without writing: what cannot be carried out must not be decided.
pub(super) fn rehearse(
    repository: &Repository,
    policy: &Policy,
    item: &Item,
    offer: &Offer,
    decision: &Decision,
    at: i64,
) -> Result<(), Refusal> {
    let unreadable = |error: anyhow::Error| {
        Refusal::new(
            "GIT-OBJ-001",
            format!("the text cannot be read from git: {error:#}"),
            "run git fsck on the repository",
        )
    };
    let requirement = requirement(policy, item, offer);
    let prepared =
        prepare_from(repository, policy, item, offer, &requirement, at).map_err(unreadable)??;
    if let Some(computed) = &prepared.explained {
        // A version is lowered with a reason or not at all.
        version::choose(computed, decision.bump, Some(&decision.text))
            .map_err(|refusal| refusal.in_path(item.record.0.clone()))?;
    }
    Ok(())
}

/// Whether a record that does not stand as it was judged may still come to, because the picture was a moment behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Patience {
    Left,
    /// It is left out, so that it holds up no other.
    Out,
}

/// Attests every ready move on the tip: a commit each, one ref update. Returns how many.
fn attest(
    repository: &Repository,
    desk: &Desk,
    rules: &Rules,
    loaded: &Loaded,
    heads: &Heads,
    patience: Patience,
) -> Result<Result<usize, RefMoved>> {
    let ready: Vec<Ready<'_>> = loaded
        .items
        .iter()
        .filter_map(|item| ready(repository, &rules.policy, item).transpose())
        .collect::<Result<_>>()?;
    let mut ready = one_for_each_file(ready);
    if let (Patience::Out, Some(tip)) = (patience, heads.tip) {
        let amendment = loaded.amendment.as_ref();
        ready.retain(|ready| {
            let is_standing = stands(repository, tip, amendment, ready.item);
            if !is_standing {
                tracing::warn!(
                    record = ready.item.record.0,
                    "an approved record does not stand as it was judged, or its place is taken"
                );
            }
            is_standing
        });
    }
    let written = attest_all(
        repository,
        desk,
        rules,
        &ready,
        loaded.amendment.as_ref(),
        heads,
    )?;
    Ok(written.map(|()| ready.len()))
}

/// Of two moves that touch one record, or bring different files under one name, the second is judged on what the first leaves.
fn one_for_each_file(ready: Vec<Ready<'_>>) -> Vec<Ready<'_>> {
    let mut touched: HashSet<String> = HashSet::new();
    let mut brought: HashMap<String, BlobId> = HashMap::new();
    ready
        .into_iter()
        .filter(|ready| {
            let paths = ready.item.touches();
            let is_other = |file: &Attachment| {
                brought
                    .get(&file.path)
                    .is_some_and(|blob| *blob != file.blob)
            };
            let is_free = paths.iter().all(|path| !touched.contains(*path))
                && !ready.item.attached.iter().any(is_other);
            touched.extend(paths.into_iter().map(str::to_owned));
            let attached = ready.item.attached.iter();
            brought.extend(attached.map(|file| (file.path.clone(), file.blob)));
            is_free
        })
        .collect()
}

/// Attests these moves, all or none: a commit each, one ref update.
pub(super) fn attest_all(
    repository: &Repository,
    desk: &Desk,
    rules: &Rules,
    ready: &[Ready<'_>],
    amendment: Option<&Amendment>,
    heads: &Heads,
) -> Result<Result<(), RefMoved>> {
    if ready.is_empty() {
        return Ok(Ok(()));
    }
    let tip = heads.tip.context("the published branch is gone")?;
    let (mut previous, _) = heads.chain.context("the repository is not adopted")?;
    if let Some(moved) = ready
        .iter()
        .find(|ready| !stands(repository, tip, amendment, ready.item))
    {
        tracing::debug!(
            record = moved.item.record.0,
            "the record moved between the look and the commit"
        );
        return Ok(Err(RefMoved::Elsewhere {
            name: desk.tip_ref.clone(),
        }));
    }
    let objects = repository.objects()?;
    let builder = CommitBuilder::begin(repository, &objects, &desk.key)?;
    let mut head = tip;
    for ready in ready {
        let changes = changes(ready, amendment)?;
        head = builder.commit(&attestation_commit(rules, ready, changes, head, previous)?)?;
        previous = head;
    }
    builder.store()?;
    fail::fail_point!("between-attestation-object-and-ref");
    let moved = desk.move_ref(
        repository,
        &desk.tip_ref,
        Some(tip),
        head,
        "countersign: attest",
    )?;
    if moved.is_ok() && repository.is_working_copy() {
        desk.bring_up_to_date(tip, head);
    }
    Ok(moved)
}

/// Says whether the tip holds the very bytes that were judged. The picture may be a moment older or newer than the head that is built on, and an
/// approval counts for the bytes it named and for no others.
fn stands(
    repository: &Repository,
    tip: CommitId,
    amendment: Option<&Amendment>,
    item: &Item,
) -> bool {
    match (&item.origin, amendment) {
        (Some(origin), _) => lands(repository, tip, item, origin).unwrap_or(false),
        (None, Some(amendment)) if item.is_governance() => {
            amendment.still_stands(repository, tip).unwrap_or(false)
        }
        (None, _) if item.is_version() => true,
        (None, _) if item.standing == Standing::TakenDown => repository
            .entry(tip, &item.path)
            .is_ok_and(|entry| entry.is_none()),
        (None, _) => {
            let holds = |path: &str, blob: BlobId| {
                let entry = repository.entry(tip, path);
                entry.is_ok_and(|entry| entry.is_some_and(|entry| entry.blob == blob))
            };
            holds(&item.path, item.proposed)
                && item
                    .attached
                    .iter()
                    .all(|file| holds(&file.path, file.blob))
        }
    }
}

/// Says whether the branch still holds the bytes that were judged, and the published branch still holds what they replace: nobody's words are lost.
fn lands(repository: &Repository, tip: CommitId, item: &Item, origin: &Origin) -> Result<bool> {
    let blob_at = |commit: CommitId, path: &str| -> Result<Option<BlobId>> {
        Ok(repository.entry(commit, path)?.map(|entry| entry.blob))
    };
    let head = repository.head_of(&format!("refs/heads/{}", origin.branch))?;
    let Some(head) = head else { return Ok(false) };
    let stands = match &origin.began {
        Some((path, blob)) => blob_at(tip, path)? == Some(*blob),
        None => blob_at(tip, &item.path)?.is_none(),
    };
    let is_free = origin.leaves(&item.path).is_none() || blob_at(tip, &item.path)?.is_none();
    for file in &item.attached {
        let (published, proposed) = (blob_at(tip, &file.path)?, blob_at(head, &file.path)?);
        // What readers have stays; where the proposal holds none, that is what its text names.
        let is_one = [published, proposed]
            .into_iter()
            .flatten()
            .all(|blob| blob == file.blob);
        if !is_one || published.or(proposed).is_none() {
            return Ok(false);
        }
    }
    let written = item.attached.iter().map(|file| file.path.as_str());
    for path in written.chain([item.path.as_str()]) {
        // Nothing is written below a file.
        for (end, _) in path.match_indices('/') {
            if repository.entry(tip, &path[..end])?.is_some() {
                return Ok(false);
            }
        }
    }
    Ok(stands && is_free && blob_at(head, &item.path)? == Some(item.proposed))
}

/// What the move does to the tree: the record with the server's own fields; nothing for a policy that is put in force where it stands.
fn changes(ready: &Ready<'_>, amendment: Option<&Amendment>) -> Result<Vec<Change>> {
    match amendment.filter(|_| ready.item.is_governance()) {
        None if ready.item.standing == Standing::TakenDown || ready.item.is_version() => {
            Ok(Vec::new())
        }
        None => {
            let (item, origin) = (ready.item, ready.item.origin.as_ref());
            let path = RepoPath::parse(&item.path)?;
            if ready.offer.is_removal() {
                return Ok(vec![Change::Remove(path)]);
            }
            let mut changes = vec![Change::Write(path, ready.prepared.content.clone())];
            if let Some(left) = origin.and_then(|origin| origin.leaves(&item.path)) {
                changes.push(Change::Remove(RepoPath::parse(left)?));
            }
            for file in origin.iter().flat_map(|_| &item.attached) {
                changes.push(Change::Place(RepoPath::parse(&file.path)?, file.blob));
            }
            Ok(changes)
        }
        Some(amendment) if ready.offer.is_restore() => {
            amendment.in_force.put_back(&amendment.proposed)
        }
        Some(_) => Ok(Vec::new()),
    }
}

/// Returns the move of an item that is ready, if one is. One at a time: the next is judged on what this one leaves.
fn ready<'a>(
    repository: &Repository,
    policy: &Policy,
    item: &'a Item,
) -> Result<Option<Ready<'a>>> {
    for offer in offers(policy, item)
        .into_iter()
        .chain(removal(policy, item))
    {
        if item.held.is_some() && offer.reaches_readers() {
            continue;
        }
        let requirement = requirement(policy, item, &offer);
        if !requirement.is_complete() {
            continue;
        }
        let Some(at) = item
            .decisions
            .iter()
            .rev()
            .find(|said| {
                requirement
                    .approvals
                    .iter()
                    .any(|approval| approval.commit == said.commit)
            })
            .map(|said| said.at)
        else {
            continue;
        };
        match prepare_from(repository, policy, item, &offer, &requirement, at)? {
            Ok(prepared) => {
                return Ok(Some(Ready {
                    item,
                    offer,
                    requirement,
                    prepared,
                    at,
                    release: None,
                }));
            }
            Err(refusal) => tracing::warn!(
                record = item.record.0,
                refusal = refusal.to_string(),
                "an approved move cannot be carried out"
            ),
        }
    }
    Ok(None)
}

pub(super) fn prepare_from(
    repository: &Repository,
    policy: &Policy,
    item: &Item,
    offer: &Offer,
    requirement: &Requirement,
    at: i64,
) -> Result<Result<Prepared, Refusal>> {
    if item.is_governance() || offer.is_removal() {
        return Ok(Ok(Prepared::untouched()));
    }
    let proposed = repository.bytes(item.proposed)?;
    let base = item.base.map(|blob| repository.bytes(blob)).transpose()?;
    let attested = item
        .attested_blob
        .map(|blob| repository.bytes(blob))
        .transpose()?;
    let texts = Texts {
        proposed: &proposed,
        base: base.as_deref(),
        attested: attested.as_deref(),
    };
    Ok(prepare(policy, item, offer, requirement, &texts, at))
}

fn attestation_commit(
    rules: &Rules,
    ready: &Ready<'_>,
    changes: Vec<Change>,
    parent: CommitId,
    previous: CommitId,
) -> Result<NewCommit> {
    let Ready {
        item,
        offer,
        requirement,
        prepared,
        at,
        release,
    } = ready;
    let last = requirement
        .approvals
        .last()
        .context("a move without an approval was taken for complete")?;
    let attestation = Attestation {
        record: item.record.clone(),
        path: item.file().to_owned(),
        renamed_from: item
            .origin
            .as_ref()
            .and_then(|origin| origin.leaves(&item.path))
            .map(str::to_owned),
        step: Move {
            from: offer.from.clone(),
            to: offer.to.clone(),
            transition: offer.name.clone(),
        },
        version: prepared.version.clone(),
        base: item.base,
        proposed: item.proposed,
        attached: item.attached.clone(),
        policy: rules.blob,
        decisions: last.commit,
        previous,
        release: release.map(str::to_owned),
        authored_by: item
            .authors
            .iter()
            .map(|author| author.identity.clone())
            .collect(),
        approved_by: requirement
            .approvals
            .iter()
            .map(|approval| approval.by.clone())
            .collect(),
    };
    // Whoever wrote the bytes; the last decider where only the server's own fields change.
    let writer = item.origin.as_ref().map(|origin| origin.writer.clone());
    let by: Identity = writer.unwrap_or_else(|| last.by.clone());
    Ok(NewCommit {
        parent: Some(parent),
        also: None,
        keeps: Keeps::ParentTree,
        changes,
        author: by,
        at: *at,
        message: attestation.message(),
    })
}
