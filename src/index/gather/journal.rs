//! The journal as far as it counts: its own line, signed by keys of this register.

use anyhow::Result;

use super::{DecisionRow, Heads};
use crate::id::CommitId;
use crate::ledger::{Act, Decision, HISTORY, Losses, Plan, authors_of};
use crate::repository::{AllowedSigners, Content, Repository, Verified};

/// Reads new decisions: those on the journal's own line that an attested key signed. `None` when the known end of the journal is not on that line.
pub(super) fn decisions(
    repository: &Repository,
    known: &Heads,
    journal: Option<CommitId>,
    keys: &AllowedSigners,
) -> Result<Option<Vec<DecisionRow>>> {
    let Some(head) = journal.filter(|head| Some(*head) != known.journal) else {
        return Ok(Some(Vec::new()));
    };
    let mut line = repository.first_parents(head, known.journal)?;
    line.reverse();
    let meets = match (known.journal, line.first()) {
        (Some(known), Some(first)) => repository.parents(*first)?.first() == Some(&known),
        _ => true,
    };
    if !meets {
        return Ok(None);
    }
    let mut rows = Vec::new();
    for id in line {
        let facts = repository.commit(id)?;
        // What no key of this register signed, or does not read, decides nothing; `verify` names it.
        let Ok(decision) = Decision::read(&facts.message) else {
            continue;
        };
        let plan = match decision.act {
            Act::Plan => match plan(repository, &decision)? {
                Some(plan) => Some(plan),
                None => continue,
            },
            _ => None,
        };
        let losses = match decision.act {
            Act::AcceptHistory => losses(repository, &decision)?,
            _ => None,
        };
        if counts(repository, id, &decision, keys, known.trusted.as_deref())? {
            rows.push(DecisionRow {
                plan,
                losses,
                commit: id,
                decision,
                by: facts.author,
                authors: authors_of(&facts.message),
                at: facts.authored_at,
            });
        }
    }
    Ok(Some(rows))
}

/// Reads the manifest that a decision planned; `None` where it is none, or not here.
fn plan(repository: &Repository, decision: &Decision) -> Result<Option<Plan>> {
    let Content::Bytes(manifest) = repository.content(decision.proposed)? else {
        return Ok(None);
    };
    Ok(Plan::read(&String::from_utf8_lossy(&manifest)).ok())
}

/// Reads what an accepted rewriting lost; `None` where that is not here.
fn losses(repository: &Repository, decision: &Decision) -> Result<Option<Losses>> {
    let Content::Bytes(manifest) = repository.content(decision.proposed)? else {
        return Ok(None);
    };
    Ok(Losses::read(&String::from_utf8_lossy(&manifest)).ok())
}

/// Returns whether a decision counts. What is said of a rewritten history is this server's own word or none: the keys that such a history names for itself
/// cannot speak for it.
fn counts(
    repository: &Repository,
    id: CommitId,
    decision: &Decision,
    keys: &AllowedSigners,
    trusted: Option<&str>,
) -> Result<bool> {
    let is_of_history = decision.act.is_of_history();
    if is_of_history != (decision.record.0 == HISTORY)
        || is_of_history != decision.about.tips.is_some()
    {
        return Ok(false);
    }
    Ok(match trusted.filter(|_| is_of_history) {
        Some(trusted) => repository.signer(id)?.as_deref() == Some(trusted),
        None => matches!(repository.verify(id, keys)?, Verified::Good(_)),
    })
}
