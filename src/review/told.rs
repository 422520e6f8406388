//! What those who build on the register may be told, and up to where each of them was: nothing before the place of publication holds it.

use std::sync::Arc;

use anyhow::{Context, Result};

use super::{Desk, outgoing_ref, server_identity};
use crate::id::CommitId;
use crate::index;
use crate::ledger::{Attestation, Cursor};
use crate::repository::{CommitBuilder, Keeps, NewCommit, Repository};

impl Desk {
    /// Returns the place in the chain of the last attestation that the place of publication was seen to hold, 0 for none; `None` while nothing may be told,
    /// because nobody adopted the register or a rewritten history holds publishing.
    ///
    /// # Errors
    /// When git or the database cannot be read.
    pub async fn published_up_to(self: &Arc<Self>) -> Result<Option<i64>> {
        let heads = self.index.heads().await?;
        if self.refuse_rewritten().is_err() || heads.baseline.is_none() {
            return Ok(None);
        }
        let last = heads.chain.map_or(0, |(_, sequence)| sequence);
        if !self.has_remote() {
            return Ok(Some(last));
        }
        let Some(held) = self.held().await? else {
            return Ok(Some(0));
        };
        if heads.tip == Some(held) {
            return Ok(Some(last));
        }
        // The chain is one line, so that whoever holds a link holds all before it.
        let (mut known, mut unknown) = (0, last);
        while known < unknown {
            let middle = unknown - (unknown - known) / 2;
            let commit = index::commit_at(self.index.reader(), middle).await?;
            let commit: CommitId = commit.context("the chain has a gap")?.parse()?;
            let is_held = self
                .on_repository(move |repository, _| repository.is_ancestor(commit, held))
                .await?;
            match is_held {
                true => known = middle,
                false => unknown = middle - 1,
            }
        }
        Ok(Some(known))
    }

    /// Returns what the remote was last seen to hold of the published branch.
    async fn held(self: &Arc<Self>) -> Result<Option<CommitId>> {
        let outgoing = outgoing_ref("");
        self.on_repository(move |repository, desk| {
            let branch = desk.tip_ref.strip_prefix(&outgoing).unwrap_or_default();
            repository.head_of(&format!("refs/heads/{branch}"))
        })
        .await
    }

    /// Keeps up to where a target was told. Another process that moved it meanwhile is overwritten: it knows no better.
    ///
    /// # Errors
    /// When git cannot be written.
    pub async fn keep_cursor(self: &Arc<Self>, cursor: Cursor, at: i64) -> Result<()> {
        self.on_repository(move |repository, desk| {
            let name = Cursor::ref_of(&cursor.target);
            let odb = repository.objects()?;
            let builder = CommitBuilder::begin(repository, &odb, &desk.key)?;
            let commit = builder.commit(&NewCommit {
                parent: None,
                also: None,
                keeps: Keeps::Nothing,
                changes: Vec::new(),
                author: server_identity(),
                at,
                message: cursor.message(),
            })?;
            builder.store()?;
            let seen = repository.head_of(&name)?;
            let moved = desk.move_ref(repository, &name, seen, commit, "countersign: told")?;
            if let Err(moved) = moved {
                tracing::warn!(
                    repository = desk.name,
                    reason = moved.to_string(),
                    "up to where a target was told is kept at the next delivery"
                );
            }
            Ok(())
        })
        .await
    }

    /// Forgets up to where a target was told.
    ///
    /// # Errors
    /// When git cannot be written.
    pub async fn forget_cursor(self: &Arc<Self>, target: &str) -> Result<()> {
        let name = Cursor::ref_of(target);
        self.on_repository(move |repository, desk| {
            let seen = repository.head_of(&name)?;
            if seen.is_some() {
                desk.put_ref(repository, &name, seen, None)?;
            }
            Ok(())
        })
        .await
    }

    /// Returns up to where a target was told, as kept beside the register; `None` where nothing is kept, or this server did not sign it.
    ///
    /// # Errors
    /// When git cannot be read.
    pub async fn kept_cursor(self: &Arc<Self>, target: &str) -> Result<Option<Cursor>> {
        let target = target.to_owned();
        self.on_repository(move |repository, desk| {
            let Some(commit) = repository.head_of(&Cursor::ref_of(&target))? else {
                return Ok(None);
            };
            if repository.signer(commit)? != Some(desk.key.fingerprint()) {
                tracing::warn!(repository = desk.name, target, "up to where the target was told is not signed by this server, and does not count");
                return Ok(None);
            }
            let cursor = Cursor::read(&repository.commit(commit)?.message).ok();
            Ok(cursor.filter(|cursor| cursor.target == target))
        })
        .await
    }

    /// Returns the number of an event, by its id and the attestation that it follows from; where a rewritten history lost it, of the last one that both
    /// histories share.
    ///
    /// # Errors
    /// When git or the database cannot be read.
    pub async fn event_number(
        self: &Arc<Self>,
        event: Option<&str>,
        after: CommitId,
    ) -> Result<i64> {
        if let Some(id) = event
            && let Some(event) = index::event_named(self.index.reader(), id).await?
        {
            return Ok(event.number);
        }
        self.told_up_to(after).await
    }

    /// Returns the number of the last event that is not owed any more to whoever was told of everything up to a commit. Where a rewritten history lost the
    /// commit, that is what it shares with the one that is published now.
    ///
    /// # Errors
    /// When git or the database cannot be read.
    pub async fn told_up_to(self: &Arc<Self>, after: CommitId) -> Result<i64> {
        let pool = self.index.reader();
        let mut commit = after;
        loop {
            if let Some(sequence) = index::sequence_of(pool, &commit.to_string()).await? {
                return index::last_event(pool, sequence).await;
            }
            let before = self
                .on_repository(move |repository, _| Ok(previous(repository, commit)))
                .await?;
            match before {
                Some(before) => commit = before,
                None => return Ok(0),
            }
        }
    }
}

/// Returns the link before a link; `None` for a baseline, and for what git does not hold any more.
fn previous(repository: &Repository, commit: CommitId) -> Option<CommitId> {
    let facts = repository.commit(commit).ok()?;
    let attestation = Attestation::read(&facts.message).ok()??;
    Some(attestation.previous)
}
