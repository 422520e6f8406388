//! The way from a repository without a policy to an adopted one, as the commands `init` and `adopt` and the operator's page go it.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};

use super::{Adoption, Desk, adopt, find_baseline};
use crate::id::{CommitId, Identity};
use crate::policy::init::{Proposal, SurveyBuilder, propose};
use crate::policy::{POLICY_PATH, Person, Policy};
use crate::record::{self, Format};
use crate::refusal::Refusal;
use crate::repository::{Content, EntryKind, LeftAlone, Repository, SigningKey};

/// What an adoption came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// The baseline.
    pub commit: CommitId,
    /// Files of a working copy that could not be brought up to date.
    pub left_alone: Vec<LeftAlone>,
}

/// Proposes a policy for what stands at a ref and for every path that one ever had. `looked` is told after each commit that was read: how many of how many.
///
/// # Errors
/// When git cannot be read.
pub fn propose_for(
    repository: &Repository,
    tip_ref: &str,
    survey: (&str, &str),
    people: Vec<Person>,
    mut looked: impl FnMut(usize, usize),
) -> Result<Proposal> {
    let (name, branch) = survey;
    let mut survey = SurveyBuilder::new(name.to_owned(), branch.to_owned());
    people
        .into_iter()
        .for_each(|person| survey.add_person(person));
    let Some(tip) = repository.head_of(tip_ref)? else {
        return Ok(propose(&survey.finish()));
    };
    add_files(repository, tip, &mut survey)?;
    let commits = repository.new_commits(tip, &[])?;
    let all = commits.len();
    for (read, commit) in commits.into_iter().enumerate() {
        for change in repository.changes(commit)? {
            if Format::of_path(&change.path).is_some() {
                survey.add_past_path(&change.path);
            }
        }
        looked(read + 1, all);
    }
    Ok(propose(&survey.finish()))
}

fn add_files(repository: &Repository, tip: CommitId, survey: &mut SurveyBuilder) -> Result<()> {
    for entry in repository.entries(tip)? {
        let Some(format) = Format::of_path(&entry.path).filter(|_| entry.kind == EntryKind::File)
        else {
            continue;
        };
        match repository.content(entry.blob)? {
            Content::Bytes(bytes) => match record::parse(&bytes, format) {
                Ok(record) => survey.add(&entry.path, &record),
                Err(_) => survey.add_unread(&entry.path),
            },
            Content::TooLarge(_) | Content::Missing(_) => survey.add_unread(&entry.path),
        }
    }
    Ok(())
}

/// Returns the policy that lies in a working copy, if one does and is committed or not.
///
/// # Errors
/// When it cannot be read.
pub fn policy_of_working_copy(repository: &Repository) -> Result<Option<String>> {
    let file = repository
        .work_dir()
        .map(|folder| folder.join(POLICY_PATH))
        .filter(|file| file.exists());
    file.map(|file| {
        std::fs::read_to_string(&file).with_context(|| format!("failed to read {}", file.display()))
    })
    .transpose()
}

/// Adopts a repository and brings the files of a working copy along.
///
/// # Errors
/// What [`adopt`] refuses; nothing is written then.
pub fn adopt_at(
    path: &Path,
    key: &SigningKey,
    adoption: &Adoption,
) -> Result<Result<Adopted, Vec<Refusal>>> {
    let repository = Repository::open(path)?;
    let before = repository.head_of(&adoption.branch_ref)?;
    let commit = match adopt(&repository, key, adoption)? {
        Ok(commit) => commit,
        Err(refusals) => return Ok(Err(refusals)),
    };
    // Opened anew: the handle above staged the commit in memory.
    let repository = Repository::open(path)?;
    let left_alone = match before {
        Some(before) => repository.update_work_tree(&adoption.branch_ref, before, commit)?,
        None => Vec::new(),
    };
    Ok(Ok(Adopted { commit, left_alone }))
}

impl Desk {
    /// Returns whether somebody adopted the repository.
    ///
    /// # Errors
    /// When git or the database cannot be read.
    pub async fn is_adopted(self: &Arc<Self>) -> Result<bool> {
        if self.index.heads().await?.baseline.is_some() {
            return Ok(true);
        }
        // The picture may be behind a command that adopted it just now.
        self.on_repository(|repository, desk| {
            let tip = repository.head_of(&desk.tip_ref)?;
            let found = tip.map(|tip| find_baseline(repository, tip)).transpose()?;
            Ok(found.flatten().is_some())
        })
        .await
    }

    /// Returns the branch that is shown and built on.
    pub fn branch(&self) -> &str {
        ["refs/heads/", "refs/countersign/outgoing/"]
            .iter()
            .find_map(|start| self.tip_ref.strip_prefix(start))
            .unwrap_or(&self.tip_ref)
    }

    /// Adopts the repository as the command does, and brings the picture up to it. A policy for another branch than the one served is refused.
    ///
    /// # Errors
    /// When git or the database cannot be written. The inner error is every refusal; nothing is written then.
    pub async fn adopt(
        self: &Arc<Self>,
        policy: String,
        by: Identity,
        at: i64,
    ) -> Result<Result<Adopted, Vec<Refusal>>> {
        if let Some(refusal) = self.other_branch(&policy) {
            return Ok(Err(vec![refusal]));
        }
        self.sync().await?;
        if let Err(refusal) = self.refuse_rewritten() {
            return Ok(Err(vec![refusal]));
        }
        let adoption = Adoption {
            branch_ref: self.tip_ref.clone(),
            policy: Some(policy),
            files: Vec::new(),
            by,
            at,
        };
        let desk = Arc::clone(self);
        let adopted =
            tokio::task::spawn_blocking(move || adopt_at(&desk.path, &desk.key, &adoption))
                .await??;
        if adopted.is_ok() {
            self.sync().await?;
        }
        Ok(adopted)
    }

    fn other_branch(&self, policy: &str) -> Option<Refusal> {
        let policy = Policy::read(policy).ok()?;
        (policy.branch != self.branch()).then(|| {
            Refusal::new(
                "POL-ADOPT-005",
                format!(
                    "the policy publishes \"{}\", and this server serves \"{}\"",
                    policy.branch,
                    self.branch()
                ),
                format!("write branch = \"{}\"", self.branch()),
            )
            .in_path(POLICY_PATH)
        })
    }
}
