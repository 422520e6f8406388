//! Proposals and a remote: a branch that is a proposal stands there as it stands here.
//!
//! What the remote was last seen to hold is kept under [`SEEN`], so that it is known which side moved. A branch that moved there is followed, over a
//! rebase and a deletion too; one that moved here is sent, and never by force. Where both moved, what was written here is made again on top of what
//! stands there, and what cannot be is kept under `refs/countersign/rescue/`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Result;

use super::follow::is_in;
use super::replay::replay;
use super::requests;
use crate::id::CommitId;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::repository::network::{Pushed, Remote, RemoteRefs, Update};
use crate::repository::{Repository, is_ref_name};
use crate::review::desk::adopted;
use crate::review::item::BRANCHES;
use crate::review::{Committer, Desk, Place};

/// Where it is kept what the remote was last seen to hold of a branch.
pub(super) const SEEN: &str = "refs/countersign/seen/";

/// A proposal that the remote does not hold as it stands here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// Its branch, without `refs/heads/`.
    pub branch: String,
    /// Why, and what happens next.
    pub refusal: Refusal,
}

/// What is to be done after the branches that moved there were followed.
#[derive(Default)]
struct Found {
    /// Branches that are to be sent.
    updates: Vec<Update>,
    /// Branches that moved on both sides.
    both: Vec<Both>,
}

/// A branch that moved on both sides, and follows the remote by now.
struct Both {
    branch: String,
    /// Its head here before.
    here: CommitId,
    /// What only this side had, oldest first.
    own: Vec<CommitId>,
}

/// Brings the proposals here and there to the same commits. Returns those that could not be sent, and what the remote was left holding.
///
/// # Errors
/// When git or the database cannot be read or written here.
pub(super) async fn exchange(
    desk: &Arc<Desk>,
    committer: &Committer,
    remote: &Remote,
    seen: RemoteRefs,
) -> Result<Result<(Vec<Unsent>, RemoteRefs), Refusal>> {
    let rules = desk.index.rules();
    let (place, there) = (remote.clone(), seen.clone());
    let found = desk
        .on_repository(move |repository, desk| {
            let Ok(rules) = adopted(&rules) else {
                return Ok(Ok(Found::default()));
            };
            let compared = compare(repository, desk, &place, &there, &rules.policy)?;
            let found = match compared {
                Ok(found) => found,
                Err(refusal) => return Ok(Err(refusal)),
            };
            let followed = requests::follow(repository, desk, &place, &there, &rules.policy)?;
            Ok(followed.map(|()| found))
        })
        .await?;
    let found = match found {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    desk.sync().await?;
    for both in found.both {
        make_again(desk, committer, both).await?;
        desk.ask_for_a_look();
    }
    if found.updates.is_empty() {
        return Ok(Ok((Vec::new(), seen)));
    }
    let place = remote.clone();
    desk.on_repository(move |repository, desk| {
        let mut seen = seen;
        let unsent = send(repository, desk, &place, &found.updates, &mut seen)?;
        Ok(Ok((unsent, seen)))
    })
    .await
}

/// Returns whether a proposal stands here otherwise than it was seen on the remote.
pub(super) fn is_behind(repository: &Repository, desk: &Desk, seen: &RemoteRefs) -> Result<bool> {
    let rules = desk.index.rules();
    let Ok(rules) = adopted(&rules) else {
        return Ok(false);
    };
    let standings = standings(repository, seen, &rules.policy)?;
    Ok(standings.values().any(|at| at.here != at.there))
}

/// Makes again what was written here, on what stands there now. What cannot be becomes a proposal beside it, so that nobody's words are lost.
async fn make_again(desk: &Arc<Desk>, committer: &Committer, both: Both) -> Result<()> {
    let Both { branch, here, own } = both;
    let place = Place::Proposal {
        branch: branch.clone(),
    };
    if replay(desk, committer, &place, own).await? {
        return Ok(());
    }
    desk.on_repository(move |repository, desk| {
        let taken = repository.branches()?;
        let mut names = (2..).map(|number| format!("{branch}-{number}"));
        let free = names.find(|name| !taken.contains_key(name));
        let name = format!("{BRANCHES}{}", free.unwrap_or_default());
        // Whoever took the name meanwhile: the head is kept under the rescue refs all the same.
        desk.put_ref(repository, &name, None, Some(here))
    })
    .await?;
    desk.sync().await?;
    Ok(())
}

/// Where a branch stands.
#[derive(Default, Clone, Copy)]
struct Standing {
    here: Option<CommitId>,
    seen: Option<CommitId>,
    there: Option<CommitId>,
}

fn compare(
    repository: &Repository,
    desk: &Desk,
    remote: &Remote,
    there: &RemoteRefs,
    policy: &Policy,
) -> Result<Result<Found, Refusal>> {
    let standings = standings(repository, there, policy)?;
    let new: Vec<String> = standings
        .iter()
        .filter(|(_, at)| at.there.is_some_and(|commit| !repository.holds(commit)))
        .map(|(branch, _)| format!("{BRANCHES}{branch}"))
        .collect();
    let new: Vec<&str> = new.iter().map(String::as_str).collect();
    if let Err(refusal) = remote.fetch(&desk.path, &new) {
        return Ok(Err(refusal));
    }
    // Opened anew, so that the new objects are found.
    let repository = Repository::open(&desk.path)?;
    let mut found = Found::default();
    for (branch, at) in standings {
        let name = format!("{BRANCHES}{branch}");
        match step(&repository, at) {
            Step::Nothing => {}
            Step::Follow => {
                // Whoever moved it meanwhile is found at the next look.
                if desk.put_ref(&repository, &name, at.here, at.there)? {
                    keep_seen(&repository, &branch, at.seen, at.there)?;
                }
            }
            Step::Send => {
                keep_seen(&repository, &branch, at.seen, at.there)?;
                found.updates.push(Update {
                    name,
                    to: at.here,
                    // A branch that went here goes there only while it is the one that was seen.
                    replaces: at.here.is_none().then_some(at.there).flatten(),
                });
            }
            Step::Both { here, there } => {
                repository.rescue(here)?;
                let own = repository.new_commits(here, &[there])?;
                if desk.put_ref(&repository, &name, at.here, at.there)? {
                    keep_seen(&repository, &branch, at.seen, at.there)?;
                    found.both.push(Both { branch, here, own });
                }
            }
        }
    }
    Ok(Ok(found))
}

/// Every branch that is a proposal on either side, or was one when the remote was last seen; requests are nobody's branches there.
fn standings(
    repository: &Repository,
    there: &RemoteRefs,
    policy: &Policy,
) -> Result<BTreeMap<String, Standing>> {
    let here = repository.branches()?;
    let seen = repository.refs_under(SEEN)?;
    let branch_there = |name: &String| name.strip_prefix(BRANCHES).map(str::to_owned);
    let branches: BTreeSet<String> = (here.keys().cloned())
        .chain(seen.keys().cloned())
        .chain(there.keys().filter_map(branch_there))
        .filter(|branch| policy.is_proposal(branch) && !policy.is_request(branch))
        .filter(|branch| is_ref_name(&format!("{BRANCHES}{branch}")))
        .collect();
    Ok(branches
        .into_iter()
        .map(|branch| {
            let standing = Standing {
                here: here.get(&branch).copied(),
                seen: seen.get(&branch).copied(),
                there: there.get(&format!("{BRANCHES}{branch}")).copied(),
            };
            (branch, standing)
        })
        .collect())
}

/// What is to be done about a branch.
enum Step {
    Nothing,
    /// It stands there otherwise, and here as it was seen: it is brought to where it stands there, also where that is nowhere.
    Follow,
    /// It stands here otherwise, and there as it was seen.
    Send,
    /// It moved on both sides.
    Both {
        here: CommitId,
        there: CommitId,
    },
}

fn step(repository: &Repository, at: Standing) -> Step {
    match (at.here, at.there) {
        (here, there) if here == there && at.seen == there => Step::Nothing,
        // It is noted where it was seen.
        (here, there) if here == there => Step::Follow,
        (here, _) if here == at.seen => Step::Follow,
        (_, there) if there == at.seen => Step::Send,
        (Some(here), Some(there)) if is_in(repository, there, here) => Step::Send,
        (Some(here), Some(there)) if is_in(repository, here, there) => Step::Follow,
        (Some(here), Some(there)) => Step::Both { here, there },
        // It went on one side while somebody wrote on the other: what was written stays.
        (Some(_), None) => Step::Send,
        (None, Some(_)) => Step::Follow,
        (None, None) => Step::Nothing,
    }
}

/// Notes what the remote was seen to hold.
pub(super) fn keep_seen(
    repository: &Repository,
    branch: &str,
    seen: Option<CommitId>,
    there: Option<CommitId>,
) -> Result<()> {
    if seen != there {
        let name = format!("{SEEN}{branch}");
        // Nobody else writes it.
        let _ = repository.put_ref(&name, seen, there, "countersign: seen on the remote")?;
    }
    Ok(())
}

/// Sends branches, each for itself: one that the remote declines holds up no other.
fn send(
    repository: &Repository,
    desk: &Desk,
    remote: &Remote,
    updates: &[Update],
    there: &mut RemoteRefs,
) -> Result<Vec<Unsent>> {
    let mut unsent = Vec::new();
    for (update, end) in updates.iter().zip(remote.push_each(&desk.path, updates)) {
        let branch = update.name.strip_prefix(BRANCHES).unwrap_or(&update.name);
        match end {
            Ok(Pushed::Arrived) => {
                let name = format!("{SEEN}{branch}");
                let seen = repository.head_of(&name)?;
                // Nobody else writes it.
                let _ = repository.put_ref(&name, seen, update.to, "countersign: sent")?;
                match update.to {
                    Some(commit) => there.insert(update.name.clone(), commit),
                    None => there.remove(&update.name),
                };
            }
            Ok(Pushed::Moved) => desk.ask_for_a_look(),
            Err(refusal) => unsent.push(Unsent {
                branch: branch.to_owned(),
                refusal: refusal.in_path(branch),
            }),
        }
    }
    Ok(unsent)
}
