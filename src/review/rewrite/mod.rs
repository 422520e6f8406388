//! A published branch that was rewritten: the old tip is kept, nothing is published, and an administrator decides once.
//!
//! Before the picture follows a branch that does not hold its known end any more, the old tip is kept under `refs/rescue/` and the server says so in the
//! journal. From then on, whatever becomes of the index, the journal shows that publishing is on hold, until the branch holds the old tip again or
//! somebody who may approve changes of the policy *attested at the old tip* accepts what is there now. So a branch cannot be rewritten by those whom it
//! names itself.

mod decide;
mod keep;

pub(super) use decide::{complete_restore, decide};

use std::sync::Arc;

use anyhow::{Context, Result};

use super::{Desk, past_decision};
use crate::id::{BlobId, CommitId, Identity, RecordId};
use crate::index::{self, DecisionRow, Link, Rules, RulesInForce, attested_at};
use crate::ledger::{Act, Decision, HISTORY, JOURNAL_REF, Losses, Tips};
use crate::policy::Person;
use crate::refusal::Refusal;
use crate::repository::Repository;

/// What an administrator wants done about a rewritten history.
#[derive(Debug, Clone)]
pub struct HistoryOrder {
    /// Who, by the address of their session.
    pub by: Identity,
    /// What.
    pub choice: HistoryChoice,
    /// The manifest of what was lost, as they read it.
    pub seen: BlobId,
    /// Why.
    pub reason: String,
    /// The form's own id: the same one again is the same decision.
    pub operation: String,
    /// When, seconds since 1970 in UTC.
    pub at: i64,
}

/// The one choice there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryChoice {
    /// The branch goes back to the old tip.
    Restore,
    /// What is there now counts.
    Accept,
}

impl HistoryChoice {
    /// Returns what it is in the journal.
    pub fn act(self) -> Act {
        match self {
            Self::Restore => Act::RestoreHistory,
            Self::Accept => Act::AcceptHistory,
        }
    }
}

/// A rewritten history that nobody has settled.
pub struct Rewritten {
    /// The branch, without `refs/heads/`.
    pub branch: String,
    /// The old tip, and the one that stands now.
    pub tips: Tips,
    /// The ref that keeps the old tip.
    pub kept_as: String,
    /// The attested commits that are no longer in the branch, oldest first.
    pub lost: Vec<Lost>,
    /// How many other commits are no longer in it.
    pub ordinary: usize,
    /// How many commits it holds that the old tip did not.
    pub added: usize,
    /// The blob of the manifest that a decision names.
    pub manifest: BlobId,
    /// Its bytes.
    pub(super) losses: Losses,
    /// It was decided to restore just this, and the branch is not back yet.
    pub is_restoring: bool,
    /// What was attested at the old tip: who decides. `None` where the old tip is not here any more.
    pub rules: RulesInForce,
    /// The last word of the journal about it.
    said: String,
}

/// An attested commit that the branch does not hold any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// The attestation.
    pub commit: CommitId,
    /// Its record.
    pub record: RecordId,
    /// Its transition.
    pub transition: String,
    /// The version that it wrote.
    pub version: Option<String>,
    /// When, by its commit's account.
    pub at: i64,
}

/// Lost commits that a refusal names: more of them are read on the page.
const NAMED: usize = 3;

impl Rewritten {
    /// Says what happened, why nothing is published, and who ends that.
    pub fn refusal(&self) -> Refusal {
        let Tips { old, new } = self.tips;
        let named: Vec<String> = self
            .lost
            .iter()
            .take(NAMED)
            .map(|lost| format!("{} of {}", lost.commit.short(), lost.record))
            .collect();
        let lost = match self.lost.len() {
            0 => "no approved commit is lost by it".to_owned(),
            1 => format!(
                "1 approved commit is no longer in it ({})",
                named.join(", ")
            ),
            count => {
                let more = match count.saturating_sub(NAMED) {
                    0 => String::new(),
                    more => format!(", and {more} more"),
                };
                let named = named.join(", ");
                format!("{count} approved commits are no longer in it ({named}{more})")
            }
        };
        let cause = format!(
            "{} moved from {} to {}, which does not hold it, and {lost}",
            self.branch,
            old.short(),
            new.short()
        );
        let next = format!(
            "publishing is on hold and the old tip is kept as {}; an administrator decides on the page of the history: restore, or accept",
            self.kept_as
        );
        Refusal::new("GIT-HIST-001", cause, next)
    }

    /// Returns whether somebody decides about it: who may approve a change of the policy that was attested at the old tip.
    ///
    /// # Errors
    /// Says why not.
    pub fn judge(&self, address: &str) -> Result<&Person, Refusal> {
        let rules = self.old_rules()?;
        let person = rules.policy.person_by_address(address);
        let person = person.filter(|person| rules.policy.may_govern(person));
        person.ok_or_else(|| {
            Refusal::new(
                "GIT-HIST-003",
                format!("{address} may not approve changes of the policy that was attested at the old tip"),
                "ask one of those who may; what you read here is all there is to decide about",
            )
        })
    }

    /// Returns the names of those who decide about it.
    pub fn deciders(&self) -> Vec<String> {
        let Ok(rules) = self.old_rules() else {
            return Vec::new();
        };
        let people = rules.policy.people.values();
        people
            .filter(|person| rules.policy.may_govern(person))
            .map(|person| person.name.clone())
            .collect()
    }

    /// Returns the rules attested at the old tip.
    fn old_rules(&self) -> Result<&Rules, Refusal> {
        match self.rules.as_ref() {
            Some(Ok(rules)) => Ok(rules),
            Some(Err(_)) | None => Err(Refusal::new(
                "GIT-HIST-006",
                format!(
                    "the old tip {} or its policy cannot be read here, so nobody knows who decides",
                    self.tips.old
                ),
                format!("fetch it from another clone into {}", self.kept_as),
            )),
        }
    }
}

impl Desk {
    /// Returns the rewritten history that holds publishing, if one does, as the last sync found it.
    pub fn rewritten(&self) -> Option<Arc<Rewritten>> {
        self.found().rewritten.clone()
    }

    /// Refuses what would publish or build on a rewritten history. Asked after the tip was looked up that is built on: the hold is known before the picture
    /// follows.
    ///
    /// # Errors
    /// The hold.
    pub(super) fn refuse_rewritten(&self) -> Result<(), Refusal> {
        let found = self.found();
        match &found.rewritten {
            Some(rewritten) => Err(rewritten.refusal()),
            None if found.follows_rewriting => Err(Refusal::new(
                "GIT-HIST-001",
                "the published branch was rewritten just now",
                "publishing is on hold; open the page of the history",
            )),
            None => Ok(()),
        }
    }

    /// Reads from the journal whether a rewritten history holds publishing.
    pub(super) async fn look_at_history(self: &Arc<Self>) -> Result<()> {
        let said = index::decisions_of(self.index.reader(), &[HISTORY.to_owned()]).await?;
        let tip = self.index.heads().await?.tip;
        let open = said.into_iter().next_back().filter(|row| {
            let act = row.act.parse();
            matches!(act, Ok(Act::Rewrite | Act::RestoreHistory))
        });
        let before = self.rewritten();
        let now = match (open, tip) {
            (Some(row), Some(tip)) => match before.clone() {
                Some(known) if known.said == row.commit && known.tips.new == tip => Some(known),
                _ => self
                    .on_repository(move |repository, desk| read(repository, desk, &row, tip))
                    .await?
                    .map(Arc::new),
            },
            _ => None,
        };
        let key = |rewritten: &Option<Arc<Rewritten>>| {
            let rewritten = rewritten.as_ref();
            rewritten.map(|rewritten| (rewritten.manifest, rewritten.said.clone()))
        };
        let has_changed = key(&before) != key(&now);
        let has_ended = before.is_some() && now.is_none();
        let mut found = self.found();
        found.rewritten = now;
        found.follows_rewriting = false;
        found.has_looked = true;
        drop(found);
        if has_ended {
            // What was approved meanwhile waits for its move.
            self.note_unfinished(true);
        }
        self.tell_if(has_changed);
        Ok(())
    }
}

/// Returns the ends of the last rewritten history, where it was decided to restore it.
pub(super) async fn last_restored(desk: &Desk) -> Result<Option<Tips>> {
    let said = index::decisions_of(desk.index.reader(), &[HISTORY.to_owned()]).await?;
    let Some(last) = said.last() else {
        return Ok(None);
    };
    let decision = past_decision(last)?.decision;
    let tips = decision.about.tips;
    Ok(tips.filter(|_| decision.act == Act::RestoreHistory))
}

/// Reads from git alone whether a rewritten history holds publishing: what a server with this key wrote last into the journal about it, and whether the
/// branch holds the old tip.
///
/// # Errors
/// When git cannot be read.
pub fn rewriting_in(
    repository: &Repository,
    tip_ref: &str,
    fingerprint: &str,
) -> Result<Option<Tips>> {
    let heads = (
        repository.head_of(JOURNAL_REF)?,
        repository.head_of(tip_ref)?,
    );
    let (Some(journal), Some(tip)) = heads else {
        return Ok(None);
    };
    for id in repository.first_parents(journal, None)? {
        let Ok(said) = Decision::read(&repository.commit(id)?.message) else {
            continue;
        };
        let Some(tips) = said.about.tips.filter(|_| said.act.is_of_history()) else {
            continue;
        };
        if repository.signer(id)?.as_deref() != Some(fingerprint) {
            continue;
        }
        let is_open = said.act != Act::AcceptHistory
            && !repository.is_ancestor(tips.old, tip).unwrap_or(false);
        let (old, new) = (tips.old, tip);
        return Ok(is_open.then_some(Tips { old, new }));
    }
    Ok(None)
}

/// Reads what a rewriting means that the journal tells of; `None` where the branch holds the old tip again.
fn read(
    repository: &Repository,
    desk: &Desk,
    row: &DecisionRow,
    tip: CommitId,
) -> Result<Option<Rewritten>> {
    let said = past_decision(row)?.decision;
    let noted = said.about.tips.context("the journal names no tips")?;
    let old = noted.old;
    if repository.is_ancestor(old, tip).unwrap_or(false) {
        return Ok(None);
    }
    let tips = Tips { old, new: tip };
    let found = match repository.holds(old) {
        true => keep::find_losses(repository, tips, Some(desk.key.fingerprint()))?,
        false => keep::nothing_known(tips),
    };
    if repository.holds(old) {
        // Somebody may have deleted the ref; whoever writes it beside us writes the same.
        let _ = keep::keep(repository, desk, old)?;
    }
    Ok(Some(Rewritten {
        branch: desk.branch().to_owned(),
        tips,
        kept_as: repository.rescue_ref(old)?,
        manifest: repository.blob_id(found.losses.manifest().as_bytes())?,
        ordinary: found.losses.ordinary,
        lost: found.lost,
        losses: found.losses,
        added: found.added,
        is_restoring: said.act == Act::RestoreHistory && noted.new == tip,
        rules: found.rules,
        said: row.commit.clone(),
    }))
}

/// Returns an attestation as one that is lost.
fn lost(link: &Link) -> Lost {
    Lost {
        commit: link.commit,
        record: link.attestation.record.clone(),
        transition: link.attestation.step.transition.clone(),
        version: link
            .attestation
            .version
            .as_ref()
            .map(|version| version.to.to_string()),
        at: link.at,
    }
}

/// Returns the rules that were attested at a commit, with the attestations that lead there.
pub(super) fn rules_at(
    repository: &Repository,
    commit: CommitId,
    trusted: Option<String>,
) -> Result<(Vec<Link>, RulesInForce)> {
    let attested = attested_at(repository, commit, trusted)?;
    let rules = match attested.policy {
        Some(policy) => Rules::load(repository, policy, true)?,
        None => None,
    };
    Ok((attested.links, Arc::new(rules)))
}
