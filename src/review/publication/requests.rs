//! Pull and merge requests: their heads on the git host become branches here, `pull/7` or `merge-requests/7`, and so proposals like any other.
//!
//! They are followed and never sent: a request's branch is its author's. One whose commits stand in a proposal's branch there is that proposal, and no
//! second one. What a host was last seen to hold is kept under [`SEEN`], as for branches, so that one that is removed here, or was a branch's, does not
//! come back before it moves.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::follow::is_in;
use super::proposals::{SEEN, keep_seen};
use crate::id::CommitId;
use crate::policy::{Policy, request_branch, request_ref};
use crate::refusal::Refusal;
use crate::repository::Repository;
use crate::repository::network::{Remote, RemoteRefs};
use crate::review::Desk;
use crate::review::item::BRANCHES;

/// The most requests that are brought here where nobody can say which of them are open: the newest.
const MOST_UNKNOWN: usize = 500;

/// Which requests of the git host are brought here. One that is here is followed in any case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum WantedRequests {
    /// All, for nobody can say which are open.
    #[default]
    All,
    /// Those that are open, as the host said last.
    Open(BTreeSet<u64>),
}

/// A request that stands there otherwise than it was seen.
struct Moved {
    branch: String,
    number: u64,
    there: CommitId,
    seen: Option<CommitId>,
}

/// Brings requests here to where they stand there.
pub(super) fn follow(
    repository: &Repository,
    desk: &Desk,
    remote: &Remote,
    there: &RemoteRefs,
    policy: &Policy,
) -> Result<Result<(), Refusal>> {
    let here = repository.branches()?;
    let mut moved = moved(repository, there, policy)?;
    match desk.wanted_requests() {
        WantedRequests::Open(open) => {
            moved.retain(|one| here.contains_key(&one.branch) || open.contains(&one.number));
        }
        WantedRequests::All => {
            moved.sort_by_key(|one| std::cmp::Reverse(one.number));
            moved.truncate(MOST_UNKNOWN);
        }
    }
    if moved.is_empty() {
        return Ok(Ok(()));
    }
    let new: Vec<String> = moved
        .iter()
        .filter(|one| !repository.holds(one.there))
        .filter_map(|one| Some(request_ref(&one.branch)?.0))
        .collect();
    let new: Vec<&str> = new.iter().map(String::as_str).collect();
    if let Err(refusal) = remote.fetch(&desk.path, &new) {
        return Ok(Err(refusal));
    }
    // Opened anew, so that the new objects are found.
    let repository = Repository::open(&desk.path)?;
    let branches = proposals_there(there, policy);
    for one in moved {
        bring(&repository, desk, &here, &branches, &one)?;
    }
    Ok(Ok(()))
}

fn moved(repository: &Repository, there: &RemoteRefs, policy: &Policy) -> Result<Vec<Moved>> {
    let seen = repository.refs_under(SEEN)?;
    let requests = there.iter().filter_map(|(name, commit)| {
        let branch = request_branch(name).filter(|branch| policy.is_request(branch))?;
        Some(Moved {
            number: request_ref(&branch)?.1,
            seen: seen.get(&branch).copied(),
            there: *commit,
            branch,
        })
    });
    Ok(requests.filter(|one| one.seen != Some(one.there)).collect())
}

fn proposals_there(there: &RemoteRefs, policy: &Policy) -> Vec<CommitId> {
    let branches = there
        .iter()
        .filter_map(|(name, commit)| Some((name.strip_prefix(BRANCHES)?, *commit)));
    branches
        .filter(|(branch, _)| policy.is_proposal(branch))
        .map(|(_, commit)| commit)
        .collect()
}

fn bring(
    repository: &Repository,
    desk: &Desk,
    here: &BTreeMap<String, CommitId>,
    branches: &[CommitId],
    one: &Moved,
) -> Result<()> {
    let stands = here.get(&one.branch).copied();
    let is_a_branch = || {
        branches
            .iter()
            .any(|head| is_in(repository, one.there, *head))
    };
    if stands.is_some() || !is_a_branch() {
        if let Some(other) = stands.filter(|stands| Some(*stands) != one.seen) {
            // Somebody pushed to it in this clone.
            repository.rescue(other)?;
        }
        let name = format!("{BRANCHES}{}", one.branch);
        if !desk.put_ref(repository, &name, stands, Some(one.there))? {
            // Whoever moved it meanwhile is found at the next look.
            return Ok(());
        }
    }
    keep_seen(repository, &one.branch, one.seen, Some(one.there))
}
