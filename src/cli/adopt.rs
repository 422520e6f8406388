//! `adopt`: policy, key and baseline in one signed commit.

use std::path::Path;

use anyhow::{Context, Result};

use super::{Ending, data, open, print, refuse};
use crate::config::Adopt;
use crate::data::{DataDir, Holding};
use crate::id::Identity;
use crate::refusal::Refusal;
use crate::repository::Repository;
use crate::review::{Adoption, adopt_at, begin_outgoing, outgoing_ref, policy_of_working_copy};

pub fn run(data_dir: &Path, settings: &Adopt) -> Result<Ending> {
    let Ok(by) = settings.by.parse::<Identity>() else {
        return Ok(refuse(&[Refusal::new(
            "POL-ADOPT-004",
            format!("\"{}\" names nobody", settings.by),
            "write --as 'Name <address>'",
        )]));
    };
    let data = data(data_dir)?;
    let held = held(&data, &settings.repository)?;
    let path = held
        .as_ref()
        .map_or(&settings.repository, |held| &held.path);
    let (repository, branch) = open(path)?;
    let key = data.key()?;
    let branch_ref = match &held {
        Some(held) if held.remote.is_some() => {
            begin_outgoing(&repository, &branch)?;
            outgoing_ref(&branch)
        }
        _ => format!("refs/heads/{branch}"),
    };
    let adoption = Adoption {
        branch_ref,
        policy: policy(settings, &repository)?,
        by,
        at: crate::app::now(),
        files: Vec::new(),
    };
    let adopted = match adopt_at(path, &key, &adoption)? {
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

/// The repository that the server holds at this path or under this name: what is committed in a clone of a remote is on its way there.
fn held(data: &DataDir, given: &Path) -> Result<Option<Holding>> {
    let here = given.canonicalize().ok();
    let mut holdings = data.holdings()?.into_iter();
    Ok(holdings.find(|holding| match &here {
        Some(here) => holding.path.canonicalize().is_ok_and(|path| path == *here),
        None => given.as_os_str() == holding.name.as_str(),
    }))
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
