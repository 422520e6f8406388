//! Sync: from "look again" to a true picture.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};

use super::gather::{Delta, Gathered, gather};
use super::rules::Rules;
use super::{Index, derive, store};
use crate::repository::Repository;

/// What a sync did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Synced {
    /// New commits of the published branch.
    pub commits: usize,
    /// New decisions.
    pub decisions: usize,
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
    let _one = index.syncing.lock().await;
    let mut synced = Synced::default();
    loop {
        let heads = index.heads().await?;
        let in_force = index.rules();
        let gathered = on_repository(repository, tip_ref, move |repository, tip_ref| {
            gather(repository, tip_ref, &heads, in_force)
        })
        .await?;
        match gathered {
            Gathered::Unchanged => {
                load_rules_once(index, repository, tip_ref).await?;
                return Ok(synced);
            }
            Gathered::StartOver(reason) => {
                tracing::info!(reason, "the index is made anew");
                index.clear().await?;
                synced.started_over = Some(reason);
            }
            Gathered::Delta(delta) => {
                synced.commits += delta.commits.len();
                synced.decisions += delta.decisions.len();
                synced.blobs_read += delta.blobs_read;
                apply(index, *delta).await?;
                return Ok(synced);
            }
        }
    }
}

async fn apply(index: &Index, delta: Delta) -> Result<()> {
    fail::fail_point!("sync-before-transaction");
    let mut transaction = index.begin().await?;
    store::write_delta(&mut transaction, &delta).await?;
    if let Some(Ok(rules)) = delta.rules.as_ref() {
        derive::derive(&mut transaction, &delta, &rules.policy).await?;
    }
    transaction
        .commit()
        .await
        .context("failed to commit the picture")?;
    index.set_rules(delta.rules);
    Ok(())
}

/// After a start with nothing to do, the rules in force are still to be read.
async fn load_rules_once(index: &Index, repository: &Path, tip_ref: &str) -> Result<()> {
    if index.rules().is_some() {
        return Ok(());
    }
    let heads = index.heads().await?;
    let Some(commit) = heads.policy.or(heads.tip) else {
        return Ok(());
    };
    let adopted = heads.policy.is_some();
    let rules = on_repository(repository, tip_ref, move |repository, _| {
        Rules::load(repository, commit, adopted)
    })
    .await?;
    index.set_rules(Arc::new(rules));
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
