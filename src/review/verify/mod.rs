//! The auditor's proof: what a clone alone shows to be attested, and every place where it does not hold.
//!
//! It reads git and asks the same pure rules that the committer acts on; the index, the server and its clock take no part. The branch is walked
//! once. From the baseline on, each attestation is judged with what its own past holds: under the policy and the keys in force there, by the status,
//! the base and the authors that the chain and the history show, and by applying the server's own fields to the reviewed bytes again. An attestation
//! that fails is still followed by its own word, so that one fault does not hide or invent others. Findings of `check` are no part of the proof:
//! they are advice, and later versions of this program may give other advice.

mod chain;
mod extent;
mod eyes;
mod governance;
mod history;
mod journal;
mod judged;
mod link;
mod outcome;
mod register;
mod releases;
mod removal;
mod report;
mod rewrites;
mod terms;
mod tip;

pub use report::{Fault, Note, Report, Trusted};

use std::collections::{BTreeMap, BTreeSet, HashSet};

use anyhow::{Context, Result};

use crate::id::{CommitId, RecordId};
use crate::ledger::JOURNAL_REF;
use crate::policy::Collection;
use crate::repository::{AllowedSigners, Repository};
use history::History;
use journal::Journal;
use register::{Register, State};
use releases::Released;
use terms::Terms;

/// Proves what the attestations on a branch say, beginning with the key of `trust` (a fingerprint `SHA256:...`) or of the first baseline.
///
/// # Errors
/// When there is no such branch, or git cannot be read. What does not hold is no error: see [`Report::faults`].
pub fn verify(repository: &Repository, branch_ref: &str, trust: Option<&str>) -> Result<Report> {
    let tip = repository
        .head_of(branch_ref)?
        .with_context(|| format!("there is no {branch_ref} here"))?;
    let mut report = Report {
        branch: branch_ref.to_owned(),
        tip: Some(tip),
        baseline: None,
        trusted: None,
        attestations: 0,
        records: 0,
        adopted: 0,
        decisions: None,
        faults: Vec::new(),
        notes: Vec::new(),
    };
    let mut history = History::read(repository, tip)?;
    let cuts = cuts(repository, &history, &mut report)?;
    history.mark_cuts(&cuts);
    let journal = read_journal(repository, &mut report)?;
    let Some((place, terms)) = chain::baseline(repository, &history, trust, &cuts, &mut report)?
    else {
        return Ok(report);
    };
    let auditor = Auditor {
        register: Register::begin(repository, terms.commit, &terms.policy)?,
        repository,
        all_keys: vec![terms.keys.clone()],
        last: place,
        sequence: 0,
        spent: HashSet::new(),
        spent_on_governance: 0,
        attested: BTreeSet::new(),
        released: BTreeMap::new(),
        history,
        journal,
        terms,
        report,
    };
    auditor.audit(place)
}

/// The audit under way.
struct Auditor<'a> {
    repository: &'a Repository,
    history: History,
    journal: Option<Journal>,
    register: Register,
    terms: Terms,
    /// Keys that were in force at some time.
    all_keys: Vec<AllowedSigners>,
    /// The last link of the chain, by its place in the history.
    last: usize,
    sequence: usize,
    /// Decisions that completed an attestation.
    spent: HashSet<CommitId>,
    /// The journal's position up to which decisions about the rules are spent.
    spent_on_governance: usize,
    /// Records that were attested.
    attested: BTreeSet<RecordId>,
    /// Attestations that say they are part of a release, by its name.
    released: BTreeMap<String, Vec<Released>>,
    report: Report,
}

impl Auditor<'_> {
    fn audit(mut self, baseline: usize) -> Result<Report> {
        self.reach(baseline);
        self.follow_chain(baseline)?;
        self.judge_releases()?;
        self.judge_rewrites()?;
        self.look_at_tip()?;
        if let Some(journal) = &self.journal {
            let faults = journal.check_signatures(self.repository, &self.all_keys)?;
            self.report.faults.extend(faults);
        }
        let faulty = |record: &RecordId| {
            let of = |fault: &Fault| fault.record.as_ref() == Some(record);
            self.report.faults.iter().any(of)
        };
        self.report.records = self
            .attested
            .iter()
            .filter(|record| !faulty(record))
            .count();
        Ok(self.report)
    }

    /// Lets everything that a link reaches enter the picture; returns whether it stands on the link before it.
    fn reach(&mut self, place: usize) -> bool {
        let (policy, last) = (&self.terms.policy, self.last);
        self.history
            .reach(self.repository, policy, place, last, self.sequence)
    }

    /// Returns what is attested of a record that stands at a path.
    fn state(&mut self, collection: &Collection, path: &str, record: &str) -> State {
        self.register.state(
            self.repository,
            &self.terms,
            &self.history,
            collection,
            path,
            record,
        )
    }

    fn fault(
        &mut self,
        code: &'static str,
        about: &About,
        cause: impl Into<String>,
        next: impl Into<String>,
    ) {
        self.report.faults.push(Fault {
            code,
            commit: about.commit,
            record: about.record.clone(),
            cause: cause.into(),
            next: next.into(),
        });
    }

    fn note(&mut self, about: &About, text: impl Into<String>) {
        self.report.notes.push(Note {
            commit: about.commit,
            record: about.record.clone(),
            text: text.into(),
        });
    }
}

/// What a fault or a note is about.
#[derive(Debug, Clone, Default)]
struct About {
    commit: Option<CommitId>,
    record: Option<RecordId>,
}

impl About {
    fn commit(commit: CommitId) -> Self {
        Self {
            commit: Some(commit),
            record: None,
        }
    }

    fn of(mut self, record: &RecordId) -> Self {
        self.record = Some(record.clone());
        self
    }
}

/// Returns where a shallow clone ends, and says so.
fn cuts(repository: &Repository, history: &History, report: &mut Report) -> Result<Vec<CommitId>> {
    if repository.is_grafted() {
        report.faults.push(Fault {
            code: "VRF-006",
            commit: None,
            record: None,
            cause: "info/grafts in this clone gives commits other parents than they have".into(),
            next: "delete the file, or make a fresh clone, and verify again".into(),
        });
    }
    let mut cuts = repository.cuts()?;
    cuts.retain(|cut| history.place(*cut).is_some());
    for cut in &cuts {
        report.notes.push(Note {
            commit: Some(*cut),
            record: None,
            text: format!(
                "history cut at {cut}: what came before is not in this clone; run git fetch --unshallow to have it"
            ),
        });
    }
    Ok(cuts)
}

fn read_journal(repository: &Repository, report: &mut Report) -> Result<Option<Journal>> {
    let Some(head) = repository.head_of(JOURNAL_REF)? else {
        report.notes.push(Note {
            commit: None,
            record: None,
            text: "the journal is not in this clone: fetch refs/countersign/*:refs/countersign/* to prove each approval".into(),
        });
        return Ok(None);
    };
    let (journal, faults) = Journal::read(repository, head)?;
    report.decisions = Some(journal.len());
    report.faults.extend(faults);
    Ok(Some(journal))
}
