//! Branches that are proposals, read beside the published branch: what each changes, and who wrote it.
//!
//! What is read of a branch is a function of its head, of the commits that it does not share with the published branch, and of the rules in force. So
//! it is read again when its head moves, and when the published branch takes over a commit of its own; a later commit elsewhere changes nothing of it.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::Result;

use super::facts::{attachment_problem, parse_blob, tip_file};
use super::renames::renames;
use super::{AttachedFile, Piece, TipFile};
use crate::check::Reference;
use crate::id::{BlobId, CommitId, Identity};
use crate::index::rules::Rules;
use crate::ledger::Trailers;
use crate::policy::Policy;
use crate::repository::{CommitFacts, PathChange, Repository, Verified};

/// The most commits of its own that a branch may have to be read as a proposal: more than people review, few enough to walk at each push.
const MOST_COMMITS: usize = 500;

/// The most records that a proposal may change.
const MOST_FILES: usize = 500;

/// A proposal as it stands.
pub struct Proposal {
    /// Its branch, without `refs/heads/`.
    pub branch: String,
    /// Its head.
    pub head: CommitId,
    /// The last commit that it shares with the published branch.
    pub fork: Option<CommitId>,
    /// Subject of its first commit, else the branch's name.
    pub title: String,
    /// Text of its first commit.
    pub description: String,
    /// Author's date of its first commit.
    pub opened_at: i64,
    /// Committer's date of its last commit.
    pub changed_at: i64,
    /// Why it is not read.
    pub problem: Option<String>,
    /// Its own commits, parents before children.
    pub commits: Vec<OwnCommit>,
    /// Files of a collection that differ from the fork.
    pub files: Vec<ProposedFile>,
}

impl Proposal {
    /// A branch that names commits or files which git does not hold hurts nobody but itself.
    fn unreadable(branch: String, head: CommitId, error: &anyhow::Error) -> Self {
        Self {
            title: branch.clone(),
            branch,
            head,
            fork: None,
            description: String::new(),
            opened_at: 0,
            changed_at: 0,
            problem: Some(format!("it cannot be read from git: {error:#}")),
            commits: Vec::new(),
            files: Vec::new(),
        }
    }
}

/// A commit of a proposal's own.
pub struct OwnCommit {
    /// Its own account.
    pub facts: CommitFacts,
    /// A key in force signed it.
    pub by_server: bool,
}

/// A file that a proposal changes.
pub struct ProposedFile {
    /// Its path at the head; at the fork for one that is removed.
    pub path: String,
    /// Its path and blob at the fork.
    pub before: Option<(String, BlobId)>,
    /// The collection that owns it.
    pub collection: String,
    /// The slug that the path gives.
    pub slug: String,
    /// What stands there; `None` where it is removed.
    pub file: Option<TipFile>,
    /// The pictures and documents that it names.
    pub attachments: Vec<NamedFile>,
    /// Who wrote it, or a file that it names, since the fork, each with whether every commit of theirs is proven.
    pub authors: BTreeMap<String, (String, bool)>,
}

/// A picture or a document that a proposal's text names.
pub struct NamedFile {
    /// Its path, and where the text names it.
    pub named: Reference,
    /// What the head holds there; `None` where it holds nothing.
    pub file: Option<AttachedFile>,
}

/// What the picture knows of the branches.
#[derive(Default)]
pub struct KnownBranches {
    /// Heads by branch.
    pub heads: BTreeMap<String, CommitId>,
    /// Answers which branches count one of these commits as their own.
    pub owners: Option<Box<Owners>>,
}

/// Answers which branches count one of these commits as their own.
pub type Owners = dyn Fn(&[CommitId]) -> Result<HashSet<String>> + Send;

/// Returns the branches that are proposals under the rules given.
pub(super) fn branches(
    repository: &Repository,
    rules: &Rules,
) -> Result<BTreeMap<String, CommitId>> {
    if !rules.adopted {
        return Ok(BTreeMap::new());
    }
    let mut branches = repository.branches()?;
    branches.retain(|branch, _| rules.policy.is_proposal(branch));
    Ok(branches)
}

/// Reads the proposals that stand otherwise than the picture knows.
pub(super) fn read(
    repository: &Repository,
    rules: &Rules,
    tip: CommitId,
    new_commits: &[CommitId],
    (known, now): (&KnownBranches, BTreeMap<String, CommitId>),
    hand_on: &mut impl FnMut(Piece) -> Result<()>,
) -> Result<()> {
    let touched = match &known.owners {
        Some(owners) if !new_commits.is_empty() && !known.heads.is_empty() => owners(new_commits)?,
        _ => HashSet::new(),
    };
    let gone: Vec<String> = known
        .heads
        .keys()
        .filter(|branch| !now.contains_key(*branch))
        .cloned()
        .collect();
    if !gone.is_empty() {
        hand_on(Piece::BranchesGone(gone))?;
    }
    for (branch, head) in now {
        if known.heads.get(&branch) == Some(&head) && !touched.contains(&branch) {
            continue;
        }
        let reader = Reader {
            repository,
            rules,
            tip,
        };
        let proposal = reader
            .proposal(branch.clone(), head)
            .unwrap_or_else(|error| Proposal::unreadable(branch, head, &error));
        hand_on(Piece::Proposal(Box::new(proposal)))?;
    }
    Ok(())
}

struct Reader<'a> {
    repository: &'a Repository,
    rules: &'a Rules,
    tip: CommitId,
}

impl Reader<'_> {
    fn proposal(&self, branch: String, head: CommitId) -> Result<Proposal> {
        let last = self.repository.commit(head)?;
        let mut proposal = Proposal {
            title: branch.clone(),
            description: String::new(),
            opened_at: last.authored_at,
            changed_at: last.committed_at,
            fork: self.repository.merge_base(head, self.tip)?,
            problem: None,
            commits: Vec::new(),
            files: Vec::new(),
            branch,
            head,
        };
        let own = self.repository.new_commits(head, &[self.tip])?;
        if own.len() > MOST_COMMITS {
            let count = own.len();
            proposal.problem = Some(format!(
                "it has {count} commits of its own; at most {MOST_COMMITS} are read"
            ));
            return Ok(proposal);
        }
        for id in own {
            proposal.commits.push(self.own_commit(id)?);
        }
        if let Some(first) = proposal.commits.first() {
            (proposal.title, proposal.description) = introduction(&first.facts, &proposal.branch);
            proposal.opened_at = first.facts.authored_at;
        }
        self.read_files(&mut proposal)?;
        Ok(proposal)
    }

    fn own_commit(&self, id: CommitId) -> Result<OwnCommit> {
        let facts = self.repository.commit(id)?;
        let by_server = facts.signed
            && matches!(
                self.repository.verify(id, &self.rules.keys)?,
                Verified::Good(_)
            );
        Ok(OwnCommit { facts, by_server })
    }

    fn read_files(&self, proposal: &mut Proposal) -> Result<()> {
        let Some(fork) = proposal.fork else {
            proposal.problem = Some("it shares no commit with the published branch".to_owned());
            return Ok(());
        };
        let differences: Vec<PathChange> = self
            .repository
            .differences(Some(fork), proposal.head)?
            .into_iter()
            .filter(|change| self.rules.policy.collection_of(&change.path).is_some())
            .collect();
        if differences.len() > MOST_FILES {
            let count = differences.len();
            proposal.problem = Some(format!(
                "it changes {count} records; at most {MOST_FILES} are read"
            ));
            return Ok(());
        }
        let past = past(self.repository, &self.rules.policy, &proposal.commits)?;
        let moved: HashMap<&str, &PathChange> = differences
            .iter()
            .filter(|change| change.new.is_none())
            .map(|change| (change.path.as_str(), change))
            .collect();
        let mut left = HashSet::new();
        for change in differences.iter().filter(|change| change.new.is_some()) {
            let from = past
                .came_from
                .get(&change.path)
                .filter(|_| change.old.is_none());
            let before = match from.and_then(|from| moved.get(from.as_str())) {
                Some(old) => {
                    left.insert(old.path.as_str());
                    old.old.map(|blob| (old.path.clone(), blob))
                }
                None => change.old.map(|blob| (change.path.clone(), blob)),
            };
            proposal
                .files
                .extend(self.file(proposal.head, change, before, &past)?);
        }
        for change in differences.iter().filter(|change| change.new.is_none()) {
            if !left.contains(change.path.as_str()) {
                let before = change.old.map(|blob| (change.path.clone(), blob));
                proposal
                    .files
                    .extend(self.file(proposal.head, change, before, &past)?);
            }
        }
        Ok(())
    }

    fn file(
        &self,
        head: CommitId,
        change: &PathChange,
        before: Option<(String, BlobId)>,
        past: &Past,
    ) -> Result<Option<ProposedFile>> {
        let policy = &self.rules.policy;
        let Some(collection) = policy.collection_of(&change.path) else {
            return Ok(None);
        };
        let file = match change.new {
            Some((blob, kind)) => {
                let parsed = parse_blob(self.repository, blob, kind, collection)?;
                Some(tip_file(
                    &change.path,
                    blob,
                    collection,
                    self.rules,
                    &parsed,
                ))
            }
            None => None,
        };
        let names = file.iter().flat_map(|file: &TipFile| &file.attachments);
        let attachments = names.map(|named| self.named_file(head, named));
        let attachments = attachments.collect::<Result<Vec<_>>>()?;
        let named = attachments.iter().map(|file| file.named.target.as_str());
        Ok(Some(ProposedFile {
            collection: collection.name.clone(),
            slug: policy.slug_of(collection, &change.path),
            authors: past.wrote(named.chain([change.path.as_str()])),
            attachments,
            path: change.path.clone(),
            before,
            file,
        }))
    }
}

impl Reader<'_> {
    /// Returns what the head holds of a file that a text names.
    fn named_file(&self, head: CommitId, named: &Reference) -> Result<NamedFile> {
        let path = &named.target;
        let file = match self.repository.entry(head, path)? {
            Some(entry) => Some(AttachedFile {
                blob: entry.blob,
                problem: attachment_problem(self.repository, path, entry.blob, entry.kind)?,
            }),
            None => None,
        };
        Ok(NamedFile {
            named: named.clone(),
            file,
        })
    }
}

/// Follows a proposal's own commits: who touched each path, a renamed file taking its authors along.
fn past(repository: &Repository, policy: &Policy, commits: &[OwnCommit]) -> Result<Past> {
    let mut past = Past::default();
    for commit in commits {
        let trailers = Trailers::read(&commit.facts.message);
        let changes = repository.changes(commit.facts.id)?;
        let renamed = match commit.facts.parents.len() {
            0 | 1 => renames(&trailers, &changes),
            _ => HashMap::new(),
        };
        for (to, from) in renamed {
            let first = past.came_from.remove(&from).unwrap_or(from.clone());
            let authors = past.authors.get(&from).cloned().unwrap_or_default();
            past.came_from.insert(to.clone(), first);
            past.authors.entry(to).or_default().extend(authors);
        }
        let people = people(policy, &commit.facts, &trailers);
        for change in changes {
            let authors = past.authors.entry(change.path).or_default();
            for person in &people {
                let (_, proven) = authors
                    .entry(person.address.clone())
                    .or_insert_with(|| (person.name.clone(), true));
                *proven &= commit.by_server;
            }
        }
    }
    Ok(past)
}

/// Author and co-authors; a committer counts only where the policy knows the address.
fn people(policy: &Policy, facts: &CommitFacts, trailers: &Trailers) -> Vec<Identity> {
    let known = policy.person_by_address(&facts.committer.address);
    let coauthors = trailers
        .all_ignoring_case("Co-authored-by")
        .filter_map(|value| value.parse().ok());
    std::iter::once(facts.author.clone())
        .chain(known.map(|_| facts.committer.clone()))
        .chain(coauthors)
        .collect()
}

/// Returns who wrote the files at these paths in the commits between a proposal's head and a commit of the published branch, each with whether all of their
/// commits are vouched for.
///
/// # Errors
/// When their history cannot be read.
pub(crate) fn wrote_in_proposal(
    repository: &Repository,
    policy: &Policy,
    (published, head): (CommitId, CommitId),
    paths: &[&str],
    is_vouched_for: impl Fn(CommitId) -> Result<bool>,
) -> Result<Vec<(Identity, bool)>> {
    let mut commits = Vec::new();
    for id in repository.new_commits(head, &[published])? {
        commits.push(OwnCommit {
            facts: repository.commit(id)?,
            by_server: is_vouched_for(id)?,
        });
    }
    let past = past(repository, policy, &commits)?;
    Ok(past
        .wrote(paths.iter().copied())
        .into_iter()
        .map(|(address, (name, proven))| (Identity { name, address }, proven))
        .collect())
}

/// What a proposal's own commits did.
#[derive(Default)]
struct Past {
    /// Paths to the paths that they had at the fork.
    came_from: HashMap<String, String>,
    /// Paths to those who touched them: address, name, and whether all of it is proven.
    authors: HashMap<String, BTreeMap<String, (String, bool)>>,
}

impl Past {
    /// Returns who wrote the files at these paths: each address once, proven where all of it is.
    fn wrote<'a>(&self, paths: impl Iterator<Item = &'a str>) -> BTreeMap<String, (String, bool)> {
        let mut all: BTreeMap<String, (String, bool)> = BTreeMap::new();
        for (address, (name, proven)) in paths.filter_map(|path| self.authors.get(path)).flatten() {
            let (_, known) = all
                .entry(address.clone())
                .or_insert_with(|| (name.clone(), true));
            *known &= proven;
        }
        all
    }
}

/// Returns what a first commit says of its proposal: its subject, and its text without the trailers.
fn introduction(first: &CommitFacts, branch: &str) -> (String, String) {
    let subject = first.subject().trim();
    let title = match subject {
        "" => branch.to_owned(),
        subject => subject.to_owned(),
    };
    (title, Trailers::text_before(&first.message))
}
