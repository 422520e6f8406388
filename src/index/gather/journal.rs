//! The journal as far as it counts: its own line, signed by keys of this register.

use anyhow::Result;

use super::{DecisionRow, Heads};
use crate::id::CommitId;
use crate::ledger::{Act, Decision, Plan, authors_of};
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
        if matches!(repository.verify(id, keys)?, Verified::Good(_)) {
            rows.push(DecisionRow {
                plan,
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
