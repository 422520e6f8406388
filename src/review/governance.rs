//! The policy under review: a change of `countersign.toml`, of a schema or of the keys has no effect until it is countersigned under the old policy.
//!
//! All governed files are judged together, because each can undo the others. What an approval names is the blob of a *manifest*: one line `path blob`
//! for each governed file, sorted. It is the same bytes from any clone, and the journal keeps it beside the decision.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use sqlx::SqlitePool;

use super::{Author, Item, Standing};
use crate::id::{BlobId, CommitId, Identity, RecordId};
use crate::index::{self, Rules};
use crate::ledger::GOVERNANCE;
use crate::policy::POLICY_PATH;
use crate::refusal::Refusal;
use crate::repository::{Change, RepoPath, Repository};

/// Governed files of one commit: path to blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Governed(BTreeMap<String, BlobId>);

impl Governed {
    /// Reads the governed files of a commit: the policy, the keys, and the schemas that the policies given name.
    ///
    /// # Errors
    /// When git cannot be read.
    pub fn read(repository: &Repository, commit: CommitId, paths: &[String]) -> Result<Self> {
        let mut files = BTreeMap::new();
        for path in paths {
            if let Some(entry) = repository.entry(commit, path)? {
                files.insert(path.clone(), entry.blob);
            }
        }
        Ok(Self(files))
    }

    /// Returns the manifest's bytes.
    pub fn manifest(&self) -> Vec<u8> {
        self.0
            .iter()
            .map(|(path, blob)| format!("{path} {blob}\n"))
            .collect::<String>()
            .into_bytes()
    }

    /// Returns the blob at a path, where the commit holds that file.
    pub fn blob(&self, path: &str) -> Option<BlobId> {
        self.0.get(path).copied()
    }

    /// Returns the paths that differ from another commit's.
    pub fn changed_since(&self, other: &Self) -> Vec<String> {
        let paths = self.0.keys().chain(other.0.keys());
        let changed: std::collections::BTreeSet<&String> = paths
            .filter(|path| self.0.get(*path) != other.0.get(*path))
            .collect();
        changed.into_iter().cloned().collect()
    }

    /// Returns what puts this commit's files back in place of another's.
    ///
    /// # Errors
    /// When a path is not one that is written.
    pub fn put_back(&self, other: &Self) -> Result<Vec<Change>> {
        let changed = self.changed_since(other);
        changed
            .iter()
            .map(|path| {
                let safe = RepoPath::parse(path)?;
                Ok(self
                    .0
                    .get(path)
                    .map_or(Change::Remove(safe.clone()), |blob| {
                        Change::Place(safe, *blob)
                    }))
            })
            .collect()
    }
}

/// A change of the governed files that waits for approval.
#[derive(Debug, Clone)]
pub struct Amendment {
    /// The change as a review item; its base and proposed blobs are manifests.
    pub item: Item,
    /// The governed files in force.
    pub in_force: Governed,
    /// The governed files at the tip.
    pub proposed: Governed,
    /// Why the proposed policy cannot be put in force, if it cannot.
    pub faults: Vec<Refusal>,
}

impl Amendment {
    /// Says whether a commit holds the very files that are proposed.
    ///
    /// # Errors
    /// When git cannot be read.
    pub fn still_stands(&self, repository: &Repository, tip: CommitId) -> Result<bool> {
        let paths: Vec<String> = self
            .proposed
            .0
            .keys()
            .chain(self.in_force.0.keys())
            .cloned()
            .collect();
        Ok(Governed::read(repository, tip, &paths)? == self.proposed)
    }
}

/// Returns the waiting change of the governed files at a tip; `None` where they are as attested. People and decisions are added by [`with_people`].
///
/// # Errors
/// When git cannot be read.
pub fn amendment(
    repository: &Repository,
    rules: &Rules,
    tip: CommitId,
) -> Result<Option<Amendment>> {
    let mut paths = rules.governed_paths();
    // Only another policy can name other files: where these are the same, nothing has to be parsed.
    if Governed::read(repository, rules.commit, &paths)? == Governed::read(repository, tip, &paths)?
    {
        return Ok(None);
    }
    let proposed_rules = Rules::load(repository, tip, true)?;
    if let Some(Ok(proposed)) = &proposed_rules {
        paths.extend(proposed.governed_paths());
    }
    let in_force = Governed::read(repository, rules.commit, &paths)?;
    let proposed = Governed::read(repository, tip, &paths)?;
    if in_force == proposed {
        return Ok(None);
    }
    let faults = match proposed_rules {
        Some(Ok(_)) => Vec::new(),
        Some(Err(faults)) => faults,
        None => vec![
            Refusal::new(
                "POL-ADOPT-002",
                "the change takes the policy away",
                "restore it",
            )
            .in_path(POLICY_PATH),
        ],
    };
    let item = Item {
        record: RecordId(GOVERNANCE.to_owned()),
        path: POLICY_PATH.to_owned(),
        collection: String::new(),
        locales: Vec::new(),
        title: "The policy".to_owned(),
        proposed: repository.blob_id(&proposed.manifest())?,
        attached: Vec::new(),
        base: Some(repository.blob_id(&in_force.manifest())?),
        attested_blob: Some(repository.blob_id(&in_force.manifest())?),
        attested_status: None,
        attested_version: None,
        standing: Standing::Changed,
        weight: None,
        authors: Vec::new(),
        blocking: faults.iter().map(ToString::to_string).collect(),
        decisions: Vec::new(),
        vetoes: Vec::new(),
        led_here: Vec::new(),
        origin: None,
        held: None,
    };
    Ok(Some(Amendment {
        item,
        in_force,
        proposed,
        faults,
    }))
}

/// Adds who wrote the change and what was said of it.
///
/// # Errors
/// When the database cannot be read.
pub async fn with_people(
    pool: &SqlitePool,
    rules: &Rules,
    mut amendment: Amendment,
) -> Result<Amendment> {
    let paths = amendment.proposed.changed_since(&amendment.in_force);
    let people = rules.policy.people.values();
    let known: Vec<&str> = people
        .flat_map(|person| person.addresses.iter().map(String::as_str))
        .collect();
    let authors = index::authors_since(pool, &paths, &rules.commit.to_string(), &known).await?;
    amendment.item.authors = authors
        .into_iter()
        .map(|row| Author {
            identity: Identity {
                name: row.identity.name,
                address: row.identity.address,
            },
            proven: row.proven,
        })
        .collect();
    let said = index::decisions_of(pool, &[GOVERNANCE.to_owned()]).await?;
    let attested = index::attestations_of(pool, &[GOVERNANCE.to_owned()]).await?;
    amendment.item.decisions = super::load::since_last_attestation(&said, &attested)
        .context("failed to read the decisions about the policy")?;
    Ok(amendment)
}
