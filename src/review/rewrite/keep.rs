//! Keeping the old tip of a rewritten branch, and telling the journal, before anything follows the branch.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};

use super::{Lost, Rewritten, lost, rules_at};
use crate::id::{BlobId, CommitId, RecordId};
use crate::index::{self, RulesInForce};
use crate::ledger::{About, Act, Decision, HISTORY, JOURNAL_REF, Losses, Tips};
use crate::policy::POLICY_PATH;
use crate::repository::{CommitBuilder, RefMoved, Repository};
use crate::review::journal::journal_commit;
use crate::review::lock::{TRIES, wait_for};
use crate::review::{Desk, past_decision, server_identity};

/// What a rewriting lost, and the rules at the old tip.
pub(super) struct Found {
    pub lost: Vec<Lost>,
    pub losses: Losses,
    pub added: usize,
    pub rules: RulesInForce,
    /// The policy's blob that was in force at the old tip.
    pub policy: Option<BlobId>,
}

impl Desk {
    /// Keeps the old tip and says in the journal that the branch was rewritten. A tip that was itself the end of a rewritten branch is kept without a
    /// word: the branch was on hold already.
    pub(in crate::review) async fn keep_rewritten(self: &Arc<Self>, tips: Tips) -> Result<()> {
        let is_on_hold = self.rewritten().is_some();
        self.found().follows_rewriting = true;
        let known = self.index.heads().await?.journal;
        for _ in 0..TRIES {
            let kept = self
                .on_repository(move |repository, desk| {
                    keep_journal(repository, known)?;
                    match is_on_hold {
                        true => repository.rescue(tips.old).map(Ok),
                        false => tell(repository, desk, tips),
                    }
                })
                .await?;
            match kept {
                Ok(()) => return Ok(()),
                Err(moved) => wait_for(&moved).await,
            }
        }
        Err(anyhow!("the journal kept moving under us"))
    }

    /// Returns the rewriting that was on hold and of which the journal says nothing any more, because somebody rewrote that too.
    pub(in crate::review) async fn unsaid_again(
        self: &Arc<Self>,
        before: Option<&Rewritten>,
    ) -> Result<Option<Tips>> {
        let Some(old) = before.map(|before| before.tips.old) else {
            return Ok(None);
        };
        if self.rewritten().is_some() {
            return Ok(None);
        }
        let Some(new) = self.index.heads().await?.tip else {
            return Ok(None);
        };
        let said = index::decisions_of(self.index.reader(), &[HISTORY.to_owned()]).await?;
        let last = said.last().map(past_decision).transpose()?;
        let is_settled = last.is_some_and(|last| {
            let tips = last.decision.about.tips;
            last.decision.act == Act::AcceptHistory && tips.is_some_and(|tips| tips.old == old)
        });
        let is_back = self
            .on_repository(move |repository, _| {
                Ok(repository.is_ancestor(old, new).unwrap_or(false))
            })
            .await?;
        Ok((!is_settled && !is_back).then_some(Tips { old, new }))
    }

    /// Keeps the end of a branch that is gone.
    pub(in crate::review) async fn keep_gone(self: &Arc<Self>, old: CommitId) -> Result<()> {
        // Whoever keeps it meanwhile keeps the same.
        let _ = self
            .on_repository(move |repository, desk| keep(repository, desk, old))
            .await?;
        Ok(())
    }
}

/// Keeps a commit under its ref in `refs/rescue/`; keeping it twice is once.
pub(super) fn keep(
    repository: &Repository,
    desk: &Desk,
    commit: CommitId,
) -> Result<Result<(), RefMoved>> {
    let name = repository.rescue_ref(commit)?;
    if repository.head_of(&name)? == Some(commit) {
        return Ok(Ok(()));
    }
    tracing::warn!(
        repository = desk.name,
        commit = commit.to_string(),
        kept = name,
        "the published branch does not hold its old tip any more, which is kept"
    );
    desk.move_ref(repository, &name, None, commit, "countersign: rescue")
}

/// Whoever rewrites everything takes the journal along: what was said in it is kept.
fn keep_journal(repository: &Repository, known: Option<CommitId>) -> Result<()> {
    let Some(known) = known else { return Ok(()) };
    let is_held = match repository.head_of(JOURNAL_REF)? {
        Some(head) => repository.is_ancestor(known, head).unwrap_or(false),
        None => false,
    };
    match is_held {
        true => Ok(()),
        false => repository.rescue(known),
    }
}

fn tell(repository: &Repository, desk: &Desk, tips: Tips) -> Result<Result<(), RefMoved>> {
    if let Err(moved) = keep(repository, desk, tips.old)? {
        return Ok(Err(moved));
    }
    fail::fail_point!("between-rescue-and-journal");
    let journal = repository.head_of(JOURNAL_REF)?;
    if let Some(head) = journal
        && is_told(repository, head, tips)?
    {
        return Ok(Ok(()));
    }
    let found = find_losses(repository, tips, Some(desk.key.fingerprint()))?;
    let manifest = found.losses.manifest();
    let decision = decision(
        Act::Rewrite,
        tips,
        repository.blob_id(manifest.as_bytes())?,
        found.policy.context("an adopted history holds a policy")?,
    );
    let said = (server_identity(), decision);
    let at = moment(repository, tips.old, journal)?;
    let objects = repository.objects()?;
    let builder = CommitBuilder::begin(repository, &objects, &desk.key)?;
    builder.blob(manifest.as_bytes())?;
    let head = builder.commit(&journal_commit(&said, &[], at, journal)?)?;
    builder.store()?;
    let log = "countersign: rewritten";
    desk.move_ref(repository, JOURNAL_REF, journal, head, log)
}

/// Returns a decision about a rewritten history, its operation and text still to be given.
pub(super) fn decision(act: Act, tips: Tips, manifest: BlobId, policy: BlobId) -> Decision {
    Decision {
        act,
        transition: None,
        record: RecordId(HISTORY.to_owned()),
        path: HISTORY.to_owned(),
        base: None,
        proposed: manifest,
        policy,
        bump: None,
        operation: format!("rewrite:{tips}"),
        text: String::new(),
        about: About {
            tips: Some(tips),
            ..About::default()
        },
    }
}

/// The journal ends with word of this rewriting: an earlier run was killed after it.
fn is_told(repository: &Repository, head: CommitId, tips: Tips) -> Result<bool> {
    let facts = repository.commit(head)?;
    let said = Decision::read(&facts.message);
    Ok(said.is_ok_and(|said| said.act == Act::Rewrite && said.about.tips == Some(tips)))
}

/// Nobody says when the branch was rewritten, and its new end may say anything: it was after what is known.
fn moment(repository: &Repository, old: CommitId, journal: Option<CommitId>) -> Result<i64> {
    let known = repository.commit(old)?.committed_at;
    Ok(match journal {
        Some(head) => repository.commit(head)?.committed_at.max(known),
        None => known,
    })
}

/// Finds what the branch lost between two ends.
pub(super) fn find_losses(
    repository: &Repository,
    tips: Tips,
    trusted: Option<String>,
) -> Result<Found> {
    let (links, rules) = rules_at(repository, tips.old, trusted)?;
    let gone: HashSet<CommitId> = repository
        .new_commits(tips.old, &[tips.new])?
        .into_iter()
        .collect();
    let added = repository.new_commits(tips.new, &[tips.old])?.len();
    let of_chain: Vec<_> = links
        .iter()
        .filter(|link| gone.contains(&link.commit))
        .collect();
    let last: BTreeMap<&str, usize> = of_chain
        .iter()
        .enumerate()
        .map(|(place, link)| (link.attestation.record.0.as_str(), place))
        .collect();
    let mut last: Vec<usize> = last.into_values().collect();
    last.sort_unstable();
    let decisions = last
        .into_iter()
        .map(|place| of_chain[place].attestation.decisions);
    let policy = match rules.as_ref() {
        Some(Ok(rules)) => Some(rules.blob),
        _ => {
            let entry = repository.entry(tips.old, POLICY_PATH)?;
            entry.map(|entry| entry.blob)
        }
    };
    Ok(Found {
        losses: Losses {
            tips,
            attested: of_chain.len(),
            ordinary: gone.len() - of_chain.len(),
            decisions: decisions.collect(),
        },
        lost: of_chain.into_iter().map(lost).collect(),
        added,
        rules,
        policy,
    })
}

/// What is told of an old tip that is not here any more.
pub(super) fn nothing_known(tips: Tips) -> Found {
    Found {
        lost: Vec::new(),
        losses: Losses {
            tips,
            attested: 0,
            ordinary: 0,
            decisions: Vec::new(),
        },
        added: 0,
        rules: Arc::new(None),
        policy: None,
    }
}
