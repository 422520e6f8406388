//! `adopt`: policy, key and baseline in one signed commit.

use std::path::Path;

use anyhow::{Context, Result};

use super::{Ending, data, open, print, refuse};
use crate::config::Adopt;
use crate::id::Identity;
use crate::policy::POLICY_PATH;
use crate::refusal::Refusal;
use crate::repository::Repository;
use crate::review::{Adoption, adopt};

pub fn run(data_dir: &Path, settings: &Adopt) -> Result<Ending> {
    let Ok(by) = settings.by.parse::<Identity>() else {
        return Ok(refuse(&[Refusal::new(
            "POL-ADOPT-004",
            format!("\"{}\" names nobody", settings.by),
            "write --as 'Name <address>'",
        )]));
    };
    let (repository, branch) = open(&settings.repository)?;
    let key = data(data_dir)?.key()?;
    let branch_ref = format!("refs/heads/{branch}");
    let before = repository.head_of(&branch_ref)?;
    let adoption = Adoption {
        branch_ref: branch_ref.clone(),
        policy: policy(settings, &repository)?,
        by,
        at: crate::app::now(),
        files: Vec::new(),
    };
    let commit = match adopt(&repository, &key, &adoption)? {
        Ok(commit) => commit,
        Err(refusals) => return Ok(refuse(&refusals)),
    };
    // Opened anew: the handle above staged the commit in memory.
    let repository = Repository::open(&settings.repository)?;
    let left_alone = match before {
        Some(before) => repository.update_work_tree(&branch_ref, before, commit)?,
        None => Vec::new(),
    };
    print(&format!(
        "Adopted {branch} at {commit}, signed with {}",
        key.fingerprint()
    ))?;
    for path in left_alone {
        print(&format!(
            "Not brought up to date in your working copy: {}: {}",
            path.path, path.reason
        ))?;
    }
    print("Next: countersign user ADDRESS, for each person; then countersign serve")?;
    Ok(Ending::Fine)
}

/// The policy given, else the one in the working copy, else the committed one.
fn policy(settings: &Adopt, repository: &Repository) -> Result<Option<String>> {
    let file = settings.policy.clone().or_else(|| {
        repository
            .work_dir()
            .map(|folder| folder.join(POLICY_PATH))
            .filter(|file| file.exists())
    });
    file.map(|file| {
        std::fs::read_to_string(&file).with_context(|| format!("failed to read {}", file.display()))
    })
    .transpose()
}
