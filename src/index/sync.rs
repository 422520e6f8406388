//! Sync: from "look again" to a true picture.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use sqlx::{Sqlite, Transaction};
use tokio::sync::mpsc;

use super::gather::{Follow, Gathered, Heads, KnownBranches, Piece, Rewriting, gather};
use super::rules::Rules;
use super::store::{self, RulesInForce};
use super::write::Touched;
use super::{Index, derive, events, weights};
use crate::id::CommitId;
use crate::repository::Repository;

/// What a sync did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Synced {
    /// New commits of the published branch.
    pub commits: usize,
    /// New decisions.
    pub decisions: usize,
    /// Proposals that stand otherwise than before, those that are gone among them.
    pub proposals: usize,
    /// Blobs read for it.
    pub blobs_read: usize,
    /// Why the picture was made anew, if it was.
    pub started_over: Option<String>,
}

/// Brings the picture up to the tip and the journal; costs a look at two refs when nothing moved.
///
/// # Errors
/// When git or the database cannot be read or written; the picture stays as it was.
pub async fn sync(index: &Index, repository: &Path, tip_ref: &str) -> Result<Synced> {
    match sync_as_far(index, repository, tip_ref, Follow::Anywhere).await? {
        Ok(synced) => Ok(synced),
        Err(rewriting) => bail!("{} was to be followed and was not", rewriting.old),
    }
}

/// Brings the picture up to the tip and the journal, as [`sync`] does, but follows the published branch of an adopted repository no further than it is
/// told to. The inner error is the rewriting that it stopped at; the picture stays as it was then.
///
/// # Errors
/// When git or the database cannot be read or written; the picture stays as it was.
pub async fn sync_as_far(
    index: &Index,
    repository: &Path,
    tip_ref: &str,
    follow: Follow,
) -> Result<Result<Synced, Rewriting>> {
    let _one = index.syncing.lock().await;
    if index.is_unsure() {
        // What was being committed stands or does not as soon as the writer is free; nobody said what it changed.
        index.begin().await?.rollback().await?;
        load_rules(index, repository, tip_ref).await?;
    }
    let mut known = index.heads().await?;
    let mut branches = store::branch_heads(index.reader()).await?;
    let mut synced = Synced::default();
    loop {
        let (reading, mut pieces) = look(
            index,
            repository,
            tip_ref,
            (known, follow),
            std::mem::take(&mut branches),
        );
        // The first piece says that there is something to write; nothing is begun before.
        let first = pieces.recv().await;
        if let Some(first) = first {
            fail::fail_point!("sync-before-transaction");
            let mut transaction = index.begin().await?;
            if synced.started_over.is_some() {
                store::clear(&mut transaction).await?;
            }
            let pieces = (first, pieces);
            let written = write(index, repository, transaction, synced, pieces, reading).await;
            return written.map(Ok);
        }
        match reading.await?? {
            Gathered::StartOver(reason) => {
                tracing::info!(reason, "the index is made anew");
                synced.started_over = Some(reason);
                known = Heads {
                    trusted: index.trusted(),
                    ..Heads::default()
                };
            }
            Gathered::Rewritten(rewriting) => return Ok(Err(rewriting)),
            Gathered::Unchanged | Gathered::Read(_) => {
                if synced.started_over.is_some() {
                    let mut transaction = index.begin().await?;
                    store::clear(&mut transaction).await?;
                    index.expect_edition();
                    transaction.commit().await?;
                    index.begin_edition(None);
                }
                if index.rules().is_none() {
                    // After a start with nothing to do, the rules in force are still to be read.
                    load_rules(index, repository, tip_ref).await?;
                }
                return Ok(Ok(synced));
            }
        }
    }
}

/// Pieces that may wait to be written: reading and writing overlap, and memory stays bounded.
const WAITING: usize = 2;

type Reading = tokio::task::JoinHandle<Result<Gathered>>;

fn look(
    index: &Index,
    repository: &Path,
    tip_ref: &str,
    (known, follow): (Heads, Follow),
    heads: BTreeMap<String, CommitId>,
) -> (Reading, mpsc::Receiver<Piece>) {
    let (sender, pieces) = mpsc::channel(WAITING);
    let (path, tip_ref) = (repository.to_owned(), tip_ref.to_owned());
    let rules = index.rules();
    let (reader, runtime) = (index.reader().clone(), tokio::runtime::Handle::current());
    let reading = tokio::task::spawn_blocking(move || {
        let (asked, waited) = (reader.clone(), runtime.clone());
        let owners = move |ids: &[CommitId]| waited.block_on(store::branches_of(&asked, ids));
        let branches = KnownBranches {
            heads,
            owners: Some(Box::new(owners)),
        };
        let holds = move |ids: &[CommitId]| runtime.block_on(store::held(&reader, ids));
        let repository = Repository::open(&path)?;
        gather(
            &repository,
            &tip_ref,
            (&known, follow),
            &rules,
            &holds,
            &branches,
            &sender,
        )
    });
    (reading, pieces)
}

/// Writes every piece and what follows from them in one transaction; when this is dropped half-way, nothing of it stands.
async fn write(
    index: &Index,
    repository: &Path,
    mut transaction: Transaction<'static, Sqlite>,
    mut synced: Synced,
    (first, mut pieces): (Piece, mpsc::Receiver<Piece>),
    reading: Reading,
) -> Result<Synced> {
    let mut touched = Touched::default();
    let mut rules = RulesInForce::default();
    let mut adopted = false;
    let mut next = Some(first);
    while let Some(piece) = next {
        if let Piece::Start(start) = &piece {
            rules = Arc::clone(&start.rules);
            adopted = start.heads.baseline.is_some();
            touched.fresh = start.fresh;
        }
        touched.write(&mut transaction, piece).await?;
        next = pieces.recv().await;
    }
    let Gathered::Read(blobs_read) = reading.await?? else {
        bail!("the look at git ended after pieces of it were written");
    };
    let mut changed = None;
    if let Some(Ok(known)) = &*rules {
        let derived = derive::derive(&mut transaction, &touched, &known.policy, adopted).await?;
        changed = touched.changed(derived);
        weights::write(&mut transaction, repository, &rules).await?;
        events::write(&mut transaction, &touched.told).await?;
    }
    fail::fail_point!("sync-before-commit");
    index.expect_edition();
    transaction
        .commit()
        .await
        .context("failed to commit the picture")?;
    index.set_rules(rules, changed.filter(|_| synced.started_over.is_none()));
    synced.commits = touched.commits;
    synced.decisions = touched.decisions;
    synced.proposals = touched.proposals;
    synced.blobs_read = blobs_read;
    Ok(synced)
}

/// Reads the rules in force as the picture stands.
async fn load_rules(index: &Index, repository: &Path, tip_ref: &str) -> Result<()> {
    let heads = index.heads().await?;
    let adopted = heads.policy.is_some();
    let rules = match heads.policy.or(heads.tip) {
        Some(commit) => {
            on_repository(repository, tip_ref, move |repository, _| {
                Rules::load(repository, commit, adopted)
            })
            .await?
        }
        None => None,
    };
    index.set_rules(Arc::new(rules), None);
    Ok(())
}

async fn on_repository<T: Send + 'static>(
    path: &Path,
    tip_ref: &str,
    work: impl FnOnce(&Repository, &str) -> Result<T> + Send + 'static,
) -> Result<T> {
    let (path, tip_ref) = (path.to_owned(), tip_ref.to_owned());
    tokio::task::spawn_blocking(move || work(&Repository::open(&path)?, &tip_ref)).await?
}
