//! Following a remote: the published branch and the journal here are what it was seen to hold.

use std::sync::Arc;

use anyhow::Result;

use super::outgoing_ref;
use crate::id::CommitId;
use crate::ledger::{JOURNAL_REF, Tips};
use crate::refusal::Refusal;
use crate::repository::Repository;
use crate::repository::network::{Remote, RemoteRefs};
use crate::review::Desk;
use crate::review::desk::adopted;

/// Where following the remote led.
pub(super) struct Followed {
    /// What it holds.
    pub seen: RemoteRefs,
    /// The branch there does not hold what was seen of it before: what we built, and what stands there now.
    pub rewritten: Option<Tips>,
    /// Why the journal cannot be followed.
    pub held: Option<Refusal>,
}

/// Brings the local branch and the journal to what the remote holds.
pub(super) fn follow(
    repository: &Repository,
    desk: &Desk,
    remote: &Remote,
    branch: &str,
) -> Result<Result<Followed, Refusal>> {
    let path = desk.path.as_path();
    let branch_ref = format!("refs/heads/{branch}");
    let mut wanted = vec!["refs/heads/*", JOURNAL_REF];
    if adopted(&desk.index.rules()).is_ok_and(|rules| rules.policy.proposals.requests) {
        wanted.extend(["refs/pull/*/head", "refs/merge-requests/*/head"]);
    }
    let seen = match remote.look(&wanted) {
        Ok(seen) => seen,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let is_new = |name: &&str| {
        seen.get(*name)
            .is_some_and(|commit| !repository.holds(*commit))
    };
    let new: Vec<&str> = [branch_ref.as_str(), JOURNAL_REF]
        .into_iter()
        .filter(is_new)
        .collect();
    if let Err(refusal) = remote.fetch(path, &new) {
        return Ok(Err(refusal));
    }
    let repository = &Repository::open(path)?;
    let rewritten = match seen.get(&branch_ref) {
        Some(remote) => follow_branch(repository, desk, branch, *remote)?,
        None => None,
    };
    let journal = journal_ahead(repository, seen.get(JOURNAL_REF).copied())?;
    Ok(Ok(Followed {
        held: follow_journal(repository, journal)?,
        seen,
        rewritten,
    }))
}

/// Brings the local branch forward to what the remote holds, or back to what we restored there. Returns the rewriting where it went elsewhere.
fn follow_branch(
    repository: &Repository,
    desk: &Desk,
    branch: &str,
    remote: CommitId,
) -> Result<Option<Tips>> {
    let name = format!("refs/heads/{branch}");
    let local = repository.head_of(&name)?;
    if local == Some(remote) {
        return Ok(None);
    }
    if let Some(old) = local.filter(|old| !is_in(repository, *old, remote)) {
        let ours = repository.head_of(&outgoing_ref(branch))?.unwrap_or(old);
        let is_restored = is_in(repository, remote, ours) && !is_in(repository, old, ours);
        repository.rescue(old)?;
        if !is_restored {
            let (old, new) = (ours, remote);
            return Ok(Some(Tips { old, new }));
        }
    }
    // Whoever moved it meanwhile is found at the next look.
    let _ = desk.move_ref(repository, &name, local, remote, SEEN)?;
    Ok(None)
}

/// Follows a remote that was rewritten, after what we built was kept and the journal told.
pub(super) async fn follow_rewritten(desk: &Arc<Desk>, branch: &str, tips: Tips) -> Result<()> {
    if desk.index.heads().await?.baseline.is_some() {
        desk.keep_rewritten(tips).await?;
    }
    let names = [outgoing_ref(branch), format!("refs/heads/{branch}")];
    desk.on_repository(move |repository, desk| {
        for name in names {
            let seen = repository.head_of(&name)?;
            // Whoever moved it meanwhile is found at the next look.
            if let Err(moved) = desk.move_ref(repository, &name, seen, tips.new, SEEN)? {
                tracing::debug!(moved = moved.to_string(), "followed at the next look");
                break;
            }
        }
        Ok(())
    })
    .await
}

/// What the log of a ref says that follows the remote.
const SEEN: &str = "countersign: seen on the remote";

pub(super) fn is_in(repository: &Repository, one: CommitId, other: CommitId) -> bool {
    repository.is_ancestor(one, other).unwrap_or(false)
}

/// A remote journal that ours already holds is behind, and nothing to follow.
fn journal_ahead(repository: &Repository, remote: Option<CommitId>) -> Result<Option<CommitId>> {
    let local = repository.head_of(JOURNAL_REF)?;
    Ok(match (local, remote) {
        (Some(local), Some(remote)) if repository.is_ancestor(remote, local)? => None,
        _ => remote,
    })
}

/// Moves the journal forward to what the remote holds; says why not, when that is not forward.
fn follow_journal(repository: &Repository, remote: Option<CommitId>) -> Result<Option<Refusal>> {
    let Some(remote) = remote else {
        return Ok(None);
    };
    let local = repository.head_of(JOURNAL_REF)?;
    if local == Some(remote) {
        return Ok(None);
    }
    if let Some(old) = local.filter(|old| !repository.is_ancestor(*old, remote).unwrap_or(false)) {
        repository.rescue(old)?;
        let cause = format!(
            "the journal on the remote moved from {} to {}, which does not hold it",
            old.short(),
            remote.short()
        );
        let next = format!(
            "nothing is published, and the old end is kept as refs/countersign/rescue/{old}; put it back on the remote"
        );
        return Ok(Some(Refusal::new("GIT-HIST-007", cause, next)));
    }
    // Whoever moved it meanwhile is found at the next look.
    let _ = repository.move_ref(JOURNAL_REF, local, remote, SEEN)?;
    Ok(None)
}
