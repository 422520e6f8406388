//! The place of publication: with a remote, only what it was seen to hold is published.
//!
//! The local branch follows the remote; the committer builds on `refs/countersign/outgoing/BRANCH`, which is pushed. Where the remote moved
//! meanwhile, the branch follows it, and what was not published yet is made again on top: attestations from their decisions in the journal, only
//! for records whose reviewed blobs still stand; edits where their file still holds what they started from. Anything else is kept under
//! `refs/countersign/rescue/` and said. A remote whose history was rewritten is followed too, and holds publishing until somebody decides; where it is to
//! be restored, the one push by force is made, and only over the very commit that was decided about.

mod follow;
mod noted;
mod proposals;
mod replay;
mod requests;

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;

use self::follow::{Followed, follow, follow_rewritten, is_in};
use self::replay::replay;
use super::{Committer, Desk, Place, rewrite};
use crate::id::CommitId;
use crate::ledger::{JOURNAL_REF, Tips};
use crate::refusal::Refusal;
use crate::repository::Repository;
use crate::repository::network::{Pushed, Remote, RemoteRefs, Update};

pub use self::noted::RemoteLook;
pub use self::proposals::Unsent;
pub use self::requests::WantedRequests;

/// Whether what is committed here is published.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Publication {
    /// Everything is.
    #[default]
    Published,
    /// Not yet: why, and what happens next.
    Pending(Refusal),
}

impl Publication {
    /// Returns the code of why not; `None` where everything is published.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::Published => None,
            Self::Pending(refusal) => Some(refusal.code),
        }
    }
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
    /// Send these.
    Push(Vec<Update>),
    /// These commits are to be made again on the branch's new head, oldest first.
    Replay(Vec<CommitId>),
    /// Nothing may be sent.
    Hold(Refusal),
}

/// What came of a look at the remote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchanged {
    /// Whether what is committed here is published.
    pub publication: Publication,
    /// What the remote held when it was first looked at; `None` where it could not be.
    pub found: Option<RemoteRefs>,
    /// What it was left holding, or why it could not be looked at.
    pub seen: Result<RemoteRefs, Refusal>,
    /// The proposals that the remote does not hold as they stand here.
    pub unsent: Vec<Unsent>,
}

/// Looks at the remote, follows it, publishes what is committed here, and brings proposals there and here together. Every outcome but a broken disk is
/// told.
///
/// # Errors
/// When git or the database cannot be read or written here.
pub async fn exchange(
    desk: &Arc<Desk>,
    committer: &Committer,
    remote: &Remote,
    branch: &str,
) -> Result<Exchanged> {
    let Published {
        publication,
        found,
        seen,
    } = publish(desk, committer, remote, branch).await?;
    let told = match seen {
        Ok(seen) => proposals::exchange(desk, committer, remote, seen).await?,
        Err(refusal) => Err(refusal),
    };
    let (unsent, seen) = match told {
        Ok((unsent, seen)) => (unsent, Ok(seen)),
        Err(refusal) => (desk.unsent(), Err(refusal)),
    };
    Ok(Exchanged {
        publication,
        found,
        seen,
        unsent,
    })
}

/// Returns whether something stands here that a remote does not hold, as it was seen last.
///
/// # Errors
/// When git cannot be read.
pub fn is_behind(
    repository: &Repository,
    desk: &Desk,
    branch: &str,
    seen: &RemoteRefs,
) -> Result<bool> {
    let stands = |here: Option<CommitId>, there: &str| {
        Ok::<_, anyhow::Error>(here.is_some() && here.as_ref() != seen.get(there))
    };
    let outgoing = repository.head_of(&outgoing_ref(branch))?;
    Ok(stands(outgoing, &format!("refs/heads/{branch}"))?
        || stands(repository.head_of(JOURNAL_REF)?, JOURNAL_REF)?
        || proposals::is_behind(repository, desk, seen)?)
}

/// Sends a mirror what the place of publication was seen to hold. Nothing is forced, and nothing that the mirror says decides anything.
///
/// # Errors
/// A refusal with the mirror's words.
pub fn mirror(
    repository: &Path,
    mirror: &Remote,
    branch: &str,
    seen: &RemoteRefs,
) -> Result<(), Refusal> {
    let names = [format!("refs/heads/{branch}"), JOURNAL_REF.to_owned()];
    let held = mirror.look(&names.each_ref().map(String::as_str))?;
    let updates: Vec<Update> = names
        .into_iter()
        .filter_map(|name| Some((seen.get(&name).copied()?, name)))
        .filter(|(commit, name)| held.get(name) != Some(commit))
        .map(|(commit, name)| Update::forward(name, commit))
        .collect();
    if updates.is_empty() {
        return Ok(());
    }
    match mirror.push(repository, &updates)? {
        Pushed::Arrived => Ok(()),
        Pushed::Moved => Err(Refusal::new(
            "PUB-REM-015",
            "the mirror holds commits that the place of publication does not",
            "nothing is forced there; put its branch back, so that it can follow again",
        )),
    }
}

/// What came of publishing: what the remote held at the first look and at the last, or why that could not be seen.
struct Published {
    publication: Publication,
    found: Option<RemoteRefs>,
    seen: Result<RemoteRefs, Refusal>,
}

/// Follows the remote and publishes what is committed here.
async fn publish(
    desk: &Arc<Desk>,
    committer: &Committer,
    remote: &Remote,
    branch: &str,
) -> Result<Published> {
    let keeps_moving = Refusal::new(
        "PUB-REM-005",
        "the remote keeps moving",
        "it is tried again at the next look",
    );
    let mut published = Published {
        publication: Publication::Pending(keeps_moving.clone()),
        found: None,
        seen: Err(keeps_moving),
    };
    for _ in 0..5 {
        let (step, seen) = match look(desk, remote, branch).await? {
            Ok(looked) => looked,
            Err(refusal) => {
                published.publication = Publication::Pending(refusal.clone());
                published.seen = Err(refusal);
                break;
            }
        };
        published.found.get_or_insert_with(|| seen.clone());
        published.seen = Ok(seen);
        let pending = match step {
            Step::Nothing => desk.refuse_rewritten().err(),
            Step::Hold(refusal) => Some(refusal),
            Step::Replay(commits) => {
                replay(desk, committer, &Place::Published, commits).await?;
                continue;
            }
            Step::Push(updates) => match push(desk, remote, updates).await? {
                // Whatever moved first is followed at the next turn.
                Ok(Pushed::Arrived | Pushed::Moved) => continue,
                Err(refusal) => Some(refusal),
            },
        };
        published.publication = pending.map_or(Publication::Published, Publication::Pending);
        break;
    }
    Ok(published)
}

async fn push(
    desk: &Arc<Desk>,
    remote: &Remote,
    updates: Vec<Update>,
) -> Result<Result<Pushed, Refusal>> {
    let (path, remote) = (desk.path.clone(), remote.clone());
    Ok(tokio::task::spawn_blocking(move || remote.push(&path, &updates)).await?)
}

async fn look(
    desk: &Arc<Desk>,
    remote: &Remote,
    branch: &str,
) -> Result<Result<(Step, RemoteRefs), Refusal>> {
    let (name, remote) = (branch.to_owned(), remote.clone());
    let followed = desk
        .on_repository(move |repository, desk| follow(repository, desk, &remote, &name))
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
        return Ok(Ok((Step::Hold(refusal), seen)));
    }
    let restored = rewrite::last_restored(desk).await?;
    let branch = branch.to_owned();
    desk.on_repository(move |repository, desk| {
        let is_on_hold = desk.refuse_rewritten().is_err();
        let step = next_step(repository, &branch, &seen, is_on_hold, restored)?;
        Ok(Ok((step, seen)))
    })
    .await
}

fn next_step(
    repository: &Repository,
    branch: &str,
    seen: &RemoteRefs,
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
    let mut updates: Vec<Update> = journal
        .map(|journal| Update::forward(JOURNAL_REF, journal))
        .into_iter()
        .collect();
    match (main, outgoing) {
        (Some(main), Some(outgoing)) if main == outgoing => {}
        // What was said is told; nothing else.
        _ if is_on_hold => {}
        (Some(main), Some(outgoing)) if is_restored(repository, main, outgoing, restored) => {
            updates.push(Update {
                replaces: Some(main),
                ..Update::forward(&branch_ref, outgoing)
            });
        }
        (Some(main), Some(outgoing)) if repository.is_ancestor(main, outgoing)? => {
            updates.push(Update::forward(&branch_ref, outgoing));
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
        (None, Some(outgoing)) => updates.push(Update::forward(&branch_ref, outgoing)),
        (None, None) => {}
    }
    Ok(if updates.is_empty() {
        Step::Nothing
    } else {
        Step::Push(updates)
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
