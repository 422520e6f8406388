//! The place of publication: with a remote, only what it was seen to hold is published.
//!
//! The local branch follows the remote; the committer builds on `refs/countersign/outgoing/BRANCH`, which is pushed. Where the remote moved
//! meanwhile, the branch follows it, and what was not published yet is made again on top: attestations from their decisions in the journal, only
//! for records whose reviewed blobs still stand; edits where their file still holds what they started from. Anything else is kept under
//! `refs/countersign/rescue/` and said. A remote whose history was rewritten is followed too, and holds publishing until somebody decides; where it is to
//! be restored, the one push by force is made, and only over the very commit that was decided about.

use std::sync::Arc;

use anyhow::{Result, anyhow};

use super::{Committer, Desk, EditOrder, NewText, Place, complete_all, rewrite};
use crate::check::FileKind;
use crate::id::CommitId;
use crate::ledger::{Attachment, Attestation, JOURNAL_REF, Tips};
use crate::refusal::Refusal;
use crate::repository::{Repository, network};

/// Whether what is committed here is published.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Publication {
    /// Everything is.
    #[default]
    Published,
    /// Not yet: why, and what happens next.
    Pending(Refusal),
}

/// Returns the ref on which the committer builds where there is a remote.
pub fn outgoing_ref(branch: &str) -> String {
    format!("refs/countersign/outgoing/{branch}")
}

/// Makes sure that the outgoing ref is there before anybody looks at it.
///
/// # Errors
/// When git cannot be read or written.
pub fn begin_outgoing(repository: &Repository, branch: &str) -> Result<()> {
    let outgoing = outgoing_ref(branch);
    if repository.head_of(&outgoing)?.is_some() {
        return Ok(());
    }
    let Some(main) = repository.head_of(&format!("refs/heads/{branch}"))? else {
        return Ok(());
    };
    // Another process may have made it just now; then it is there.
    let _ = repository.move_ref(&outgoing, None, main, "countersign: begin")?;
    Ok(())
}

/// What a look at the remote asks for.
enum Step {
    /// Nothing is to be sent.
    Nothing,
    /// Send these; the branch may take the place of this commit alone, where it was decided to restore it.
    Push(Vec<(CommitId, String)>, Option<CommitId>),
    /// These commits are to be made again on the branch's new head, oldest first.
    Replay(Vec<CommitId>),
    /// Nothing may be sent.
    Hold(Refusal),
}

/// Looks at the remote, follows it, and publishes what is committed here. Every outcome but a broken disk is a [`Publication`].
///
/// # Errors
/// When git or the database cannot be read or written here.
pub async fn publish(desk: &Arc<Desk>, committer: &Committer, branch: &str) -> Result<Publication> {
    for _ in 0..5 {
        let step = match look(desk, branch).await? {
            Ok(step) => step,
            Err(refusal) => return Ok(Publication::Pending(refusal)),
        };
        match step {
            Step::Nothing => {
                return Ok(match desk.refuse_rewritten() {
                    Ok(()) => Publication::Published,
                    Err(refusal) => Publication::Pending(refusal),
                });
            }
            Step::Hold(refusal) => return Ok(Publication::Pending(refusal)),
            Step::Replay(commits) => replay(desk, committer, commits).await?,
            Step::Push(updates, replaces) => {
                let replaces = replaces.map(|commit| (commit, format!("refs/heads/{branch}")));
                if let Err(refusal) = push(desk, updates, replaces).await? {
                    return Ok(Publication::Pending(refusal));
                }
            }
        }
    }
    let cause = "the remote keeps moving";
    Ok(Publication::Pending(Refusal::new(
        "PUB-REM-005",
        cause,
        "it is tried again at the next look",
    )))
}

async fn push(
    desk: &Arc<Desk>,
    updates: Vec<(CommitId, String)>,
    replaces: Option<(CommitId, String)>,
) -> Result<Result<(), Refusal>> {
    let path = desk.path.clone();
    let pushed = tokio::task::spawn_blocking(move || {
        let updates: Vec<(CommitId, &str)> = updates
            .iter()
            .map(|(commit, name)| (*commit, name.as_str()))
            .collect();
        let replaces = replaces
            .as_ref()
            .map(|(commit, name)| (*commit, name.as_str()));
        network::push(&path, &updates, replaces)
    });
    Ok(pushed.await?)
}

async fn look(desk: &Arc<Desk>, branch: &str) -> Result<Result<Step, Refusal>> {
    let name = branch.to_owned();
    let followed = desk
        .on_repository(move |repository, desk| follow(repository, desk, &name))
        .await?;
    let Followed {
        seen,
        rewritten,
        held,
    } = match followed {
        Ok(followed) => followed,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if let Some(tips) = rewritten {
        follow_rewritten(desk, branch, tips).await?;
    }
    desk.sync().await?;
    if let Some(refusal) = held {
        return Ok(Ok(Step::Hold(refusal)));
    }
    let restored = rewrite::last_restored(desk).await?;
    let branch = branch.to_owned();
    desk.on_repository(move |repository, desk| {
        let is_on_hold = desk.refuse_rewritten().is_err();
        next_step(repository, &branch, &seen, is_on_hold, restored).map(Ok)
    })
    .await
}

/// Where following the remote led.
struct Followed {
    /// What it holds.
    seen: network::RemoteRefs,
    /// The branch there does not hold what was seen of it before: what we built, and what stands there now.
    rewritten: Option<Tips>,
    /// Why the journal cannot be followed.
    held: Option<Refusal>,
}

/// Brings the local branch and the journal to what the remote holds.
fn follow(repository: &Repository, desk: &Desk, branch: &str) -> Result<Result<Followed, Refusal>> {
    let path = desk.path.as_path();
    let branch_ref = format!("refs/heads/{branch}");
    let seen = match network::look(path) {
        Ok(seen) => seen,
        Err(refusal) => return Ok(Err(refusal)),
    };
    for name in [branch_ref.as_str(), JOURNAL_REF] {
        if let Some(commit) = seen.get(name)
            && !repository.holds(*commit)
            && let Err(refusal) = network::fetch(path, name)
        {
            return Ok(Err(refusal));
        }
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
async fn follow_rewritten(desk: &Arc<Desk>, branch: &str, tips: Tips) -> Result<()> {
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

fn is_in(repository: &Repository, one: CommitId, other: CommitId) -> bool {
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

fn next_step(
    repository: &Repository,
    branch: &str,
    seen: &network::RemoteRefs,
    is_on_hold: bool,
    restored: Option<Tips>,
) -> Result<Step> {
    let outgoing_name = outgoing_ref(branch);
    let branch_ref = format!("refs/heads/{branch}");
    let main = repository.head_of(&branch_ref)?;
    let outgoing = repository.head_of(&outgoing_name)?;
    let journal = repository
        .head_of(JOURNAL_REF)?
        .filter(|journal| seen.get(JOURNAL_REF) != Some(journal));
    let mut updates: Vec<(CommitId, String)> = journal
        .map(|journal| (journal, JOURNAL_REF.to_owned()))
        .into_iter()
        .collect();
    let mut replaces = None;
    match (main, outgoing) {
        (Some(main), Some(outgoing)) if main == outgoing => {}
        // What was said is told; nothing else.
        _ if is_on_hold => {}
        (Some(main), Some(outgoing)) if is_restored(repository, main, outgoing, restored) => {
            replaces = Some(main);
            updates.push((outgoing, branch_ref.clone()));
        }
        (Some(main), Some(outgoing)) if repository.is_ancestor(main, outgoing)? => {
            updates.push((outgoing, branch_ref.clone()))
        }
        (Some(main), Some(outgoing)) => {
            let behind = repository.is_ancestor(outgoing, main)?;
            let unpublished = if behind {
                Vec::new()
            } else {
                repository.new_commits(outgoing, &[main])?
            };
            if !behind {
                repository.rescue(outgoing)?;
            }
            let moved = repository
                .move_ref(
                    &outgoing_name,
                    Some(outgoing),
                    main,
                    "countersign: follow the remote",
                )?
                .is_ok();
            if !unpublished.is_empty() && moved {
                return Ok(Step::Replay(unpublished));
            }
        }
        (Some(_), None) => begin_outgoing(repository, branch)?,
        (None, Some(outgoing)) => updates.push((outgoing, branch_ref.clone())),
        (None, None) => {}
    }
    Ok(if updates.is_empty() {
        Step::Nothing
    } else {
        Step::Push(updates, replaces)
    })
}

/// The remote still holds the very end that was decided against, and we are back at the old tip.
fn is_restored(
    repository: &Repository,
    main: CommitId,
    outgoing: CommitId,
    restored: Option<Tips>,
) -> bool {
    restored.is_some_and(|tips| {
        tips.new == main
            && is_in(repository, tips.old, outgoing)
            && !is_in(repository, main, outgoing)
    })
}

/// Makes unpublished commits again on the new head: edits in order, attestations from their decisions.
async fn replay(desk: &Arc<Desk>, committer: &Committer, commits: Vec<CommitId>) -> Result<()> {
    tracing::info!(
        repository = desk.name,
        count = commits.len(),
        "the remote moved; what was not published is made again on top"
    );
    let edits = desk
        .on_repository(move |repository, _| {
            commits
                .iter()
                .map(|commit| edits_of(repository, *commit))
                .collect::<Result<Vec<_>>>()
        })
        .await?;
    for order in edits.into_iter().flatten() {
        if let Err(refusal) = committer.edit(order).await {
            tracing::warn!(
                repository = desk.name,
                refusal = refusal.to_string(),
                "an edit could not be made again; it is kept under refs/countersign/rescue"
            );
        }
    }
    while complete_all(desk).await? > 0 {}
    Ok(())
}

/// Returns the edit that a commit made; none for an attestation, which its decisions make again.
fn edits_of(repository: &Repository, commit: CommitId) -> Result<Option<EditOrder>> {
    let facts = repository.commit(commit)?;
    if Attestation::read(&facts.message)
        .map_err(|error| anyhow!(error))?
        .is_some()
    {
        return Ok(None);
    }
    let (mut texts, mut attached) = (Vec::new(), Vec::new());
    for change in repository.changes(commit)? {
        let is_attachment = FileKind::of_path(&change.path).is_some();
        if let Some((blob, _)) = change.new.filter(|_| is_attachment) {
            let path = change.path;
            attached.push(Attachment { path, blob });
        } else if let Some((blob, _)) = change.new {
            texts.push(NewText {
                path: change.path,
                from: change.old,
                content: repository.bytes(blob)?,
            });
        }
    }
    let subject = facts.subject().to_owned();
    Ok(Some(EditOrder {
        place: Place::Published,
        removes: Vec::new(),
        coauthors: Vec::new(),
        by: facts.author,
        texts,
        attached,
        subject,
        at: facts.authored_at,
    }))
}
