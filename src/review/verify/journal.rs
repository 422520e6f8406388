//! The journal as an auditor reads it: one line of signed commits, a decision each, its tree holding what was judged.

use std::collections::HashMap;

use anyhow::Result;

use super::report::Fault;
use crate::id::{BlobId, CommitId};
use crate::ledger::{Act, Decision, JOURNAL_BEGINS, Losses};
use crate::repository::{AllowedSigners, Content, Repository, Verified};
use crate::review::{PastDecision, veto};

/// Every decision, in order; positions begin at 1.
pub(super) struct Journal {
    decisions: Vec<PastDecision>,
    positions: HashMap<CommitId, usize>,
    by_record: HashMap<String, Vec<usize>>,
    /// What accepted rewritings of history took with them.
    lost: Vec<Lost>,
    commits: Vec<CommitId>,
}

/// The last attestation of a record that an accepted rewriting lost.
struct Lost {
    record: String,
    /// The position of the decision that completed it.
    completed: usize,
    /// The position of the decision that accepted the loss.
    accepted: usize,
}

impl Journal {
    /// Reads the journal; what is wrong with its form is returned beside it.
    ///
    /// # Errors
    /// When git cannot be read.
    pub(super) fn read(repository: &Repository, head: CommitId) -> Result<(Self, Vec<Fault>)> {
        let mut commits = repository.first_parents(head, None)?;
        commits.reverse();
        let mut faults = Vec::new();
        let mut journal = Self {
            decisions: Vec::new(),
            positions: HashMap::new(),
            by_record: HashMap::new(),
            lost: Vec::new(),
            commits: Vec::new(),
        };
        let mut before = None;
        for id in commits {
            let facts = repository.commit(id)?;
            if facts.parents.is_empty() && facts.message == JOURNAL_BEGINS {
                before = Some(id);
                journal.commits.push(id);
                continue;
            }
            let decision = Decision::read(&facts.message);
            if !follows(&facts.parents, before, decision.as_ref().ok()) {
                faults.push(fault(
                    "VRF-064",
                    id,
                    "the journal is not one line here: this commit does not follow the one before it alone",
                    "fetch refs/countersign/journal again from the server that wrote it",
                ));
            }
            before = Some(id);
            match decision {
                Ok(decision) => {
                    if let Some(what) = misplaced(repository, id, &decision)? {
                        faults.push(fault(
                            "VRF-065",
                            id,
                            format!("the decision's own tree does not hold the {what} that it names"),
                            "fetch refs/countersign/journal again; if it stays so, the decision proves nothing",
                        ));
                    }
                    let manifest = decision.proposed;
                    let accepts = decision.act == Act::AcceptHistory;
                    journal.push(PastDecision {
                        commit: id,
                        by: facts.author,
                        at: facts.authored_at,
                        decision,
                    });
                    if accepts {
                        journal.lose(repository, manifest)?;
                    }
                }
                Err(error) => faults.push(fault(
                    "VRF-065",
                    id,
                    format!("the decision does not read: {error}"),
                    "fetch refs/countersign/journal again; if it stays so, the decision proves nothing",
                )),
            }
            journal.commits.push(id);
        }
        Ok((journal, faults))
    }

    fn push(&mut self, past: PastDecision) {
        let record = past.decision.record.0.clone();
        self.decisions.push(past);
        let position = self.decisions.len();
        if let Some(last) = self.decisions.last() {
            self.positions.insert(last.commit, position);
        }
        self.by_record.entry(record).or_default().push(position);
    }

    /// Notes what the last decision lets go.
    fn lose(&mut self, repository: &Repository, manifest: BlobId) -> Result<()> {
        let Content::Bytes(bytes) = repository.content(manifest)? else {
            return Ok(());
        };
        let Ok(losses) = Losses::read(&String::from_utf8_lossy(&bytes)) else {
            return Ok(());
        };
        let accepted = self.decisions.len();
        let lost = losses.decisions.into_iter().filter_map(|completed| {
            Some(Lost {
                record: self.decision(completed)?.record.0.clone(),
                completed: self.position(completed)?,
                accepted,
            })
        });
        let lost: Vec<Lost> = lost.collect();
        self.lost.extend(lost);
        Ok(())
    }

    /// Returns the position up to which decisions about a record counted no more at a later one, because history lost what they led to.
    pub(super) fn spent_by_loss(&self, record: &str, at: usize) -> usize {
        let lost = self.lost.iter();
        let spent = lost.filter(|lost| lost.record == record && lost.accepted < at);
        spent.map(|lost| lost.completed).max().unwrap_or(0)
    }

    /// Checks that keys which were in force at some time signed every commit.
    ///
    /// # Errors
    /// When git cannot be read.
    pub(super) fn check_signatures(
        &self,
        repository: &Repository,
        keys: &[AllowedSigners],
    ) -> Result<Vec<Fault>> {
        let mut faults = Vec::new();
        for id in &self.commits {
            let mut why = "it carries no signature".to_owned();
            let mut good = false;
            for keys in keys.iter().rev() {
                match repository.verify(*id, keys)? {
                    Verified::Good(_) => good = true,
                    Verified::Bad(reason) => why = reason,
                    Verified::Unsigned => {}
                }
                if good {
                    break;
                }
            }
            if !good {
                faults.push(fault(
                    "VRF-063",
                    *id,
                    format!("no attested key signed this decision: {why}"),
                    "treat it as said by nobody, and ask who wrote to the journal",
                ));
            }
        }
        Ok(faults)
    }

    /// Returns how many decisions there are.
    pub(super) fn len(&self) -> usize {
        self.decisions.len()
    }

    /// Returns a decision's position.
    pub(super) fn position(&self, commit: CommitId) -> Option<usize> {
        self.positions.get(&commit).copied()
    }

    /// Returns a decision.
    pub(super) fn decision(&self, commit: CommitId) -> Option<&Decision> {
        let place = self.position(commit)?.checked_sub(1)?;
        self.decisions.get(place).map(|past| &past.decision)
    }

    /// Returns what raised and lifted vetoes of a record or a whole proposal, each with its position. No attestation ends them.
    pub(super) fn vetoes(&self, record: &str) -> impl Iterator<Item = (usize, PastDecision)> {
        let said = self.said_of(record, 0).into_iter();
        said.filter(|(_, past)| veto::concerns(past))
    }

    /// Returns what was said of a record after a position, each with its own.
    pub(super) fn said_of(&self, record: &str, after: usize) -> Vec<(usize, PastDecision)> {
        let positions = self.by_record.get(record).into_iter().flatten();
        positions
            .filter(|position| **position > after)
            .filter_map(|position| Some((*position, self.decisions.get(position - 1)?.clone())))
            .collect()
    }
}

/// The decision before is a commit's first parent; the head of the proposal that was judged may be its second.
fn follows(parents: &[CommitId], before: Option<CommitId>, decision: Option<&Decision>) -> bool {
    let seen = decision.and_then(|decision| decision.about.proposal.as_ref());
    let also = seen.map(|seen| seen.head);
    let line = Vec::from_iter(before);
    parents == line || parents == Vec::from_iter(before.into_iter().chain(also))
}

/// Names the blob that a decision's tree should hold and does not.
fn misplaced(
    repository: &Repository,
    commit: CommitId,
    decision: &Decision,
) -> Result<Option<&'static str>> {
    let wanted: [(&str, Option<BlobId>); 4] = [
        ("proposed", Some(decision.proposed)),
        ("policy", Some(decision.policy)),
        ("base", decision.base),
        ("suggested", decision.about.suggested),
    ];
    for (name, blob) in wanted {
        if repository.entry(commit, name)?.map(|entry| entry.blob) != blob {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

fn fault(code: &'static str, commit: CommitId, cause: impl Into<String>, next: &str) -> Fault {
    Fault {
        code,
        commit: Some(commit),
        record: None,
        cause: cause.into(),
        next: next.to_owned(),
    }
}
