//! The sample repository and its past.
//!
//! An installed binary can show itself at work: it carries a small register and the story of how that came about, and plays the story through the
//! same committer that serves everybody, with the clock of the story. Nothing in the result is written by hand: every decision is judged, every
//! version computed, every attestation signed with this install's key. The same key gives the same commits, byte for byte.

mod play;
mod script;
mod texts;

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};

use crate::id::Identity;
use crate::index::Index;
use crate::policy::{POLICY_PATH, Person, Policy};
use crate::repository::{RepoPath, Repository, SigningKey};
use crate::review::{self, Adoption, Desk};
use play::Player;
use script::Past;

/// Makes the sample as a bare repository at a path where nothing stands yet.
///
/// It is made in a folder beside and moved there when the past is played to its end: a kill leaves that folder, whose name begins with `.demo-`, and
/// never half a sample.
///
/// # Errors
/// When something stands at the path, when the disk refuses, and when the product decides otherwise than the story expects.
pub async fn build(folder: &Path, key: SigningKey) -> Result<()> {
    if folder.symlink_metadata().is_ok() {
        bail!("{} is there already", folder.display());
    }
    let beside = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let unfinished = tempfile::Builder::new()
        .prefix(".demo-")
        .tempdir_in(beside)
        .with_context(|| format!("failed to make a folder in {}", beside.display()))?;
    let past = Past::read()?;
    let desk = adopted(unfinished.path(), key, &past).await?;
    let made = desk.path.clone();
    Player::start(desk, past)?.play().await?;
    std::fs::rename(&made, folder)
        .with_context(|| format!("failed to move the sample to {}", folder.display()))
}

/// Returns the people of the sample, with their addresses and roles, in the policy's order.
///
/// # Errors
/// When the sample's policy does not read, which a test rules out.
pub fn people() -> Result<Vec<Person>> {
    Ok(policy()?.people.into_values().collect())
}

fn policy() -> Result<Policy> {
    Policy::read(&policy_text()?).map_err(|faults| told(&faults))
}

fn policy_text() -> Result<String> {
    let policy = texts::of_register(POLICY_PATH).context("the sample has no policy")?;
    Ok(String::from_utf8(policy)?)
}

/// Makes the repository with its first commit: everything but the records, adopted by the administrator and signed with this install's key.
async fn adopted(folder: &Path, key: SigningKey, past: &Past) -> Result<Arc<Desk>> {
    let policy = policy()?;
    let files = texts::register_paths()
        .filter(|path| path != POLICY_PATH && policy.collection_of(path).is_none());
    let files = files.map(|path| {
        let content = texts::of_register(&path).context("listed a moment ago")?;
        Ok((RepoPath::parse(&path)?, content))
    });
    let adoption = Adoption {
        branch_ref: format!("refs/heads/{}", policy.branch),
        policy: Some(policy_text()?),
        files: files.collect::<Result<_>>()?,
        by: identity(&policy, &past.adopted.by)?,
        at: script::seconds(&past.adopted.at)?,
    };
    let desk = Arc::new(Desk::new(
        "demo",
        folder.join("repository.git"),
        adoption.branch_ref.clone(),
        Index::open(&folder.join("index.sqlite")).await?,
        key,
    ));
    Repository::init_bare(&desk.path, &policy.branch)?;
    desk.on_repository(move |repository, desk| review::adopt(repository, &desk.key, &adoption))
        .await?
        .map_err(|faults| told(&faults))?;
    Ok(desk)
}

/// Returns a person as they sign their commits, by their short name in the policy.
fn identity(policy: &Policy, key: &str) -> Result<Identity> {
    let person = policy
        .people
        .get(key)
        .with_context(|| format!("the sample's policy has no \"{key}\""))?;
    let address = person
        .addresses
        .first()
        .context("a person without an address")?;
    Ok(Identity::new(&person.name, address))
}

fn told(faults: &[crate::refusal::Refusal]) -> anyhow::Error {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    anyhow!("the sample is refused: {}", lines.join("\n"))
}
