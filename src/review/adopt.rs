//! Adoption: whoever holds a repository makes its policy, this server's key and what stands there official, in one signed commit.

use anyhow::{Context, Result, ensure};

use crate::id::{CommitId, Identity};
use crate::ledger::Baseline;
use crate::policy::{ALLOWED_SIGNERS_PATH, POLICY_PATH, Policy};
use crate::refusal::Refusal;
use crate::repository::{
    Change, CommitBuilder, Keeps, NewCommit, RefMoved, RepoPath, Repository, SigningKey,
};

/// What is to be adopted.
#[derive(Debug, Clone)]
pub struct Adoption {
    /// The published branch, by its full ref name.
    pub branch_ref: String,
    /// The policy's text; `None` takes the one that is committed.
    pub policy: Option<String>,
    /// Files that the first commit of a new repository holds beside them, such as the schemas that its policy names; never a record, which would
    /// have no author.
    pub files: Vec<(RepoPath, Vec<u8>)>,
    /// Who adopts it.
    pub by: Identity,
    /// When, seconds since 1970 in UTC.
    pub at: i64,
}

impl Adoption {
    fn brings(&self, path: &str) -> bool {
        self.files.iter().any(|(file, _)| file.as_str() == path)
    }
}

/// Commits and signs policy, key and baseline on the published branch. A new repository without a commit gets its first one.
///
/// # Errors
/// Every fault of the policy; that the repository is adopted already; that the branch moved meanwhile. Nothing is written then.
pub fn adopt(
    repository: &Repository,
    key: &SigningKey,
    adoption: &Adoption,
) -> Result<Result<CommitId, Vec<Refusal>>> {
    let refuse = |refusal: Refusal| Ok(Err(vec![refusal]));
    let tip = repository.head_of(&adoption.branch_ref)?;
    if let Some(baseline) = tip
        .map(|tip| find_baseline(repository, tip))
        .transpose()?
        .flatten()
    {
        return refuse(Refusal::new(
            "POL-ADOPT-003",
            format!("the repository was adopted by {baseline}"),
            "change the policy by review instead",
        ));
    }
    let committed = match tip {
        Some(tip) => repository.text(tip, POLICY_PATH)?,
        None => None,
    };
    let Some(text) = adoption.policy.clone().or(committed) else {
        return refuse(Refusal::new(
            "POL-ADOPT-002",
            "there is no countersign.toml to adopt",
            "run countersign init first, and look at what it wrote",
        ));
    };
    let policy = match Policy::read(&text) {
        Ok(policy) => policy,
        Err(faults) => {
            return Ok(Err(faults
                .into_iter()
                .map(|fault| fault.in_path(POLICY_PATH))
                .collect()));
        }
    };
    if let Some(missing) = policy
        .collections
        .values()
        .filter_map(|collection| collection.schema.as_ref())
        .find(|path| !adoption.brings(path) && !holds(repository, tip, path))
    {
        let next = "commit the schema, or take it out of the collection";
        return refuse(
            Refusal::new(
                "POL-SCHEMA-001",
                "the policy names a schema that is not here",
                next,
            )
            .in_path(missing.clone()),
        );
    }
    ensure!(
        adoption.files.is_empty() || tip.is_none(),
        "files are adopted in the first commit alone"
    );
    for (path, _) in &adoption.files {
        ensure!(
            policy.collection_of(path.as_str()).is_none(),
            "{path} is a record, and would have no author"
        );
    }
    let commit = match commit(repository, key, adoption, tip, &text)? {
        Ok(commit) => commit,
        Err(moved) => {
            return refuse(Refusal::new(
                "GIT-REF-001",
                moved.to_string(),
                "run it again",
            ));
        }
    };
    Ok(Ok(commit))
}

fn holds(repository: &Repository, tip: Option<CommitId>, path: &str) -> bool {
    tip.is_some_and(|tip| {
        repository
            .entry(tip, path)
            .is_ok_and(|entry| entry.is_some())
    })
}

/// Returns the commit that adopted this history, if one did.
///
/// # Errors
/// When the history cannot be read.
pub fn find_baseline(repository: &Repository, tip: CommitId) -> Result<Option<CommitId>> {
    for id in repository.new_commits(tip, &[])? {
        let facts = repository.commit(id)?;
        if facts.signed && matches!(Baseline::read(&facts.message), Ok(Some(_))) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

fn commit(
    repository: &Repository,
    key: &SigningKey,
    adoption: &Adoption,
    tip: Option<CommitId>,
    policy: &str,
) -> Result<Result<CommitId, RefMoved>> {
    let objects = repository.objects()?;
    let builder = CommitBuilder::begin(repository, &objects, key)?;
    let policy_blob = builder.blob(policy.as_bytes())?;
    let signers = signers(repository, key, tip)?;
    let baseline = Baseline {
        policy: policy_blob,
        key: key.fingerprint(),
        adopted_by: adoption.by.clone(),
    };
    let with = adoption.files.iter().cloned();
    let mut changes: Vec<Change> = with.map(|(path, file)| Change::Write(path, file)).collect();
    // Last, so that no file among those stands for them.
    changes.push(Change::Write(
        RepoPath::parse(POLICY_PATH)?,
        policy.as_bytes().to_vec(),
    ));
    changes.push(Change::Write(
        RepoPath::parse(ALLOWED_SIGNERS_PATH)?,
        signers.into_bytes(),
    ));
    let new = NewCommit {
        parent: tip,
        also: None,
        keeps: Keeps::ParentTree,
        changes,
        author: adoption.by.clone(),
        at: adoption.at,
        message: baseline.message(),
    };
    let commit = builder
        .commit(&new)
        .context("failed to make the baseline")?;
    builder.store()?;
    Ok(repository
        .move_ref(&adoption.branch_ref, tip, commit, "countersign: adopt")?
        .map(|()| commit))
}

/// Keys that stand there already stay; this server's is added once.
fn signers(repository: &Repository, key: &SigningKey, tip: Option<CommitId>) -> Result<String> {
    let mut text = match tip {
        Some(tip) => repository
            .text(tip, ALLOWED_SIGNERS_PATH)?
            .unwrap_or_default(),
        None => String::new(),
    };
    let line = key.allowed_signers_line();
    if !text.contains(line.trim()) {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(&line);
    }
    Ok(text)
}
