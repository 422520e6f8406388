//! Reading git for sync: what is new since the picture was last true, as plain data. Everything here blocks and runs off the async threads.
//!
//! What is read is handed on in pieces of bounded size, so that the first look at a large repository needs no more memory than a later one.

mod chain;
mod events;
mod facts;
mod journal;
mod outbox;
mod proposals;
mod reader;
mod renames;

use std::collections::{BTreeMap, HashSet};

use anyhow::{Result, bail};
use tokio::sync::mpsc;

use chain::Followed;
pub use chain::{Link, LinkEvent};
pub use facts::Facts;
pub use facts::attachment;
pub(crate) use facts::{attachment_problem, parse_blob, record_id};
pub(crate) use proposals::wrote_in_proposal;
pub use proposals::{KnownBranches, Proposal, ProposedFile};
pub(crate) use renames::told_renames;

use super::store::RulesInForce;
use crate::check::{Finding, Reference};
use crate::id::{BlobId, CommitId, Identity};
use crate::ledger::{Decision, JOURNAL_REF, Losses, Plan, Tips};
use crate::repository::{CommitFacts, PathChange, Repository};

/// Where the picture stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heads {
    /// The published branch as indexed.
    pub tip: Option<CommitId>,
    /// The journal as indexed.
    pub journal: Option<CommitId>,
    /// The commit that adopted the repository.
    pub baseline: Option<CommitId>,
    /// The last attestation or the baseline, and its sequence.
    pub chain: Option<(CommitId, i64)>,
    /// The commit whose policy is in force; only when adopted.
    pub policy: Option<CommitId>,
    /// The attestations that changed policy or keys, in the chain's order.
    pub amendments: Vec<CommitId>,
    /// The fingerprint of the key that this server holds: of several baselines the one that it signed counts, whatever history was merged in since.
    pub trusted: Option<String>,
}

/// What a look at git told.
pub enum Gathered {
    /// Nothing moved since.
    Unchanged,
    /// The picture cannot be carried on and must be made anew: why.
    StartOver(String),
    /// The published branch was rewritten, or is gone, and that is not to be followed.
    Rewritten(Rewriting),
    /// Every piece was handed on; how many blobs were read for them.
    Read(usize),
}

/// A published branch that does not hold its known end any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rewriting {
    /// The end that is known.
    pub old: CommitId,
    /// The end that it has; `None` where the branch is gone.
    pub new: Option<CommitId>,
}

/// How far the picture follows the published branch of an adopted repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follow {
    /// Wherever it goes.
    Anywhere,
    /// Forward alone.
    Forward,
    /// Forward, and over this one rewriting, of which note was taken.
    Over(Tips),
}

impl Follow {
    fn allows(self, rewriting: Rewriting) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Forward => false,
            Self::Over(tips) => Rewriting::from(tips) == rewriting,
        }
    }
}

impl From<Tips> for Rewriting {
    fn from(tips: Tips) -> Self {
        Self {
            old: tips.old,
            new: Some(tips.new),
        }
    }
}

/// What is attested on a history that need not be the published one.
pub struct Attested {
    /// The chain of attestations, oldest first.
    pub links: Vec<Link>,
    /// The commit whose policy is in force at its end; `None` where nobody adopted it.
    pub policy: Option<CommitId>,
}

/// Follows the chain of attestations up to a commit; `trusted` is the fingerprint of the key that this server holds.
///
/// # Errors
/// When the history cannot be read.
pub fn attested_at(
    repository: &Repository,
    tip: CommitId,
    trusted: Option<String>,
) -> Result<Attested> {
    let known = Heads {
        trusted,
        ..Heads::default()
    };
    let commits = repository.new_commits(tip, &[])?;
    match chain::follow(repository, &known, tip, &commits, false)? {
        Followed::On(chain) => Ok(Attested {
            links: chain.links,
            policy: chain.heads.policy,
        }),
        Followed::Anew(reason) => {
            bail!("a chain that nothing is known of cannot begin anew: {reason}")
        }
    }
}

/// A part of what is new. [`Piece::Start`] comes first; commits come parents before children.
pub enum Piece {
    /// What is known before any file is read.
    Start(Box<Start>),
    /// New commits of the published branch.
    Commits(Vec<NewCommitRow>),
    /// Records as a new baseline found them: path and blob.
    Baseline(Vec<(String, BlobId)>),
    /// Files of a collection that stand differently at the new tip; `None` where the path holds no record any more.
    Files(Vec<(String, Option<TipFile>)>),
    /// Pictures and documents that stand differently at the new tip; `None` where the path holds none any more.
    AttachedFiles(Vec<(String, Option<AttachedFile>)>),
    /// Branches that are no proposals any more.
    BranchesGone(Vec<String>),
    /// A proposal that stands otherwise than before.
    Proposal(Box<Proposal>),
}

/// What is known before any file is read.
pub struct Start {
    /// Nothing was known before.
    pub fresh: bool,
    /// The heads afterwards.
    pub heads: Heads,
    /// The rules in force afterwards.
    pub rules: RulesInForce,
    /// New links of the chain of attestations.
    pub links: Vec<Link>,
    /// Commits that claim to be a link and are none, with the reason.
    pub strays: Vec<(CommitId, String)>,
    /// Sequence of a new link to the known commits that it is the first to reach.
    pub epochs: Vec<(i64, Vec<CommitId>)>,
    /// New decisions.
    pub decisions: Vec<DecisionRow>,
}

/// A commit and what it changed.
pub struct NewCommitRow {
    /// Its own account.
    pub facts: CommitFacts,
    /// The first link that reaches it.
    pub epoch: Option<i64>,
    /// An attested key of this server signed it.
    pub by_server: bool,
    /// Co-authors that its message names.
    pub coauthors: Vec<Identity>,
    /// Changed files of a record format or a collection.
    pub changes: Vec<ChangeRow>,
}

/// One changed file.
pub struct ChangeRow {
    /// The path, and the blobs before and after.
    pub change: PathChange,
    /// The path before, for a rename.
    pub renamed_from: Option<String>,
    /// What the new blob says of itself.
    pub facts: Option<Facts>,
}

/// A decision in the journal.
pub struct DecisionRow {
    /// The journal commit.
    pub commit: CommitId,
    /// What it says.
    pub decision: Decision,
    /// The plan of a release, where it plans one.
    pub plan: Option<Plan>,
    /// What history lost, where it accepts that.
    pub losses: Option<Losses>,
    /// Who said it.
    pub by: Identity,
    /// Who wrote the text that was judged.
    pub authors: Vec<Identity>,
    /// When.
    pub at: i64,
}

/// A record file at the tip.
pub struct TipFile {
    /// The collection that owns it.
    pub collection: String,
    /// Its blob.
    pub blob: BlobId,
    /// What it says of itself.
    pub facts: Facts,
    /// Its title, or its file name.
    pub title: String,
    /// The language that it gives.
    pub locale: Option<String>,
    /// What the rules found.
    pub findings: Vec<Finding>,
    /// Which records it names.
    pub references: Vec<Reference>,
    /// Which pictures and documents it names.
    pub attachments: Vec<Reference>,
    /// Its text, for search.
    pub text: String,
}

/// A picture or a document in a folder that the policy gives them.
pub struct AttachedFile {
    /// Its blob.
    pub blob: BlobId,
    /// Why it cannot be shown.
    pub problem: Option<String>,
}

/// Answers which of these commits the picture holds.
pub type Holds = dyn Fn(&[CommitId]) -> Result<HashSet<CommitId>> + Send;

/// Reads what is new and hands it on.
///
/// # Errors
/// When git cannot be read, or nobody takes the pieces any more.
pub fn gather(
    repository: &Repository,
    tip_ref: &str,
    (known, follow): (&Heads, Follow),
    rules: &RulesInForce,
    holds: &Holds,
    branches: &KnownBranches,
    pieces: &mpsc::Sender<Piece>,
) -> Result<Gathered> {
    let tip = repository.head_of(tip_ref)?;
    let journal = repository.head_of(JOURNAL_REF)?;
    let mut seen = None;
    if tip == known.tip && journal == known.journal {
        seen = branches_now(repository, rules)?;
        let has_moved = match &seen {
            Some(now) => *now != branches.heads,
            // Where the rules in force are not read yet nobody can say which branches are proposals.
            None => rules.is_none() && known.policy.is_some(),
        };
        if !has_moved {
            return Ok(Gathered::Unchanged);
        }
    }
    if let Some(rewriting) = rewriting(repository, known, tip)
        && !follow.allows(rewriting)
    {
        return Ok(Gathered::Rewritten(rewriting));
    }
    let Some(tip) = tip else {
        return Ok(if known.tip.is_some() {
            Gathered::StartOver("the published branch is gone".into())
        } else {
            Gathered::Unchanged
        });
    };
    if let Some(reason) = rewritten(repository, known, tip, journal)? {
        return Ok(Gathered::StartOver(reason));
    }
    let known_tip: Vec<CommitId> = known.tip.into_iter().collect();
    let mut commits = repository.new_commits(tip, &known_tip)?;
    if known.tip.is_some() {
        // Where clocks ran wrong the walk can pass its end and come upon old commits.
        let held = holds(&commits)?;
        commits.retain(|id| !held.contains(id));
    }
    let looked_at = reader::LookedAt {
        tip,
        journal,
        commits: &commits,
        branches,
        seen,
    };
    reader::read(repository, known, rules, looked_at, pieces)
}

/// Returns the proposals as they stand, where the rules in force are known.
fn branches_now(
    repository: &Repository,
    rules: &RulesInForce,
) -> Result<Option<BTreeMap<String, CommitId>>> {
    match &**rules {
        Some(Ok(rules)) => Ok(Some(proposals::branches(repository, rules)?)),
        Some(Err(_)) | None => Ok(None),
    }
}

/// Returns the rewriting of the published branch of an adopted repository, if there was one.
fn rewriting(repository: &Repository, known: &Heads, new: Option<CommitId>) -> Option<Rewriting> {
    let old = known.tip.filter(|_| known.baseline.is_some())?;
    let is_forward = new.is_some_and(|new| repository.is_ancestor(old, new).unwrap_or(false));
    (!is_forward).then_some(Rewriting { old, new })
}

/// Says why the picture's heads are no longer part of the history, if they are not.
fn rewritten(
    repository: &Repository,
    known: &Heads,
    tip: CommitId,
    journal: Option<CommitId>,
) -> Result<Option<String>> {
    if let Some(old) = known.tip
        && !repository.is_ancestor(old, tip).unwrap_or(false)
    {
        return Ok(Some(format!("the published branch no longer holds {old}")));
    }
    match (known.journal, journal) {
        (Some(old), Some(new)) if !repository.is_ancestor(old, new).unwrap_or(false) => {
            Ok(Some(format!("the journal no longer holds {old}")))
        }
        (Some(_), None) => Ok(Some("the journal is gone".into())),
        _ => Ok(None),
    }
}
