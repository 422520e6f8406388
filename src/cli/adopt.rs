//! `adopt`: policy, key and baseline in one signed commit.

use std::path::Path;

use anyhow::{Context, Result};

use super::{Ending, data, open, print, refuse};
use crate::config::Adopt;
use crate::id::Identity;
use crate::refusal::Refusal;
use crate::repository::Repository;
use crate::review::{Adoption, adopt_at, policy_of_working_copy};

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
    let adoption = Adoption {
        branch_ref,
        policy: policy(settings, &repository)?,
        by,
        at: crate::app::now(),
        files: Vec::new(),
    };
    let adopted = match adopt_at(&settings.repository, &key, &adoption)? {
        Ok(adopted) => adopted,
        Err(refusals) => return Ok(refuse(&refusals)),
    };
    print(&format!(
        "Adopted {branch} at {}, signed with {}",
        adopted.commit,
        key.fingerprint()
    ))?;
    for path in adopted.left_alone {
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
    let Some(file) = &settings.policy else {
        return policy_of_working_copy(repository);
    };
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("failed to read {}", file.display()))?;
    Ok(Some(text))
}
