//! What is in force: policy, schemas and keys as the last attested governance commit holds them, never as the tip says.

use std::collections::HashMap;

use anyhow::Result;

use crate::check::Schema;
use crate::id::{BlobId, CommitId};
use crate::policy::{ALLOWED_SIGNERS_PATH, POLICY_PATH, Policy};
use crate::refusal::Refusal;
use crate::repository::{AllowedSigners, Repository};

/// The rules in force.
pub struct Rules {
    /// The commit they were read from.
    pub commit: CommitId,
    /// Whether a baseline adopted them; without one everything is read-only.
    pub adopted: bool,
    /// The blob of `countersign.toml`.
    pub blob: BlobId,
    /// The policy.
    pub policy: Policy,
    /// Schemas by their path.
    pub schemas: HashMap<String, Schema>,
    /// Keys whose signatures count.
    pub keys: AllowedSigners,
}

impl Rules {
    /// Reads the rules in a commit's tree; `None` where it holds no policy.
    ///
    /// # Errors
    /// When git cannot be read. A policy or a schema that does not read is the inner error: every fault of it.
    pub fn load(
        repository: &Repository,
        commit: CommitId,
        adopted: bool,
    ) -> Result<Option<Result<Self, Vec<Refusal>>>> {
        let Some(entry) = repository.entry(commit, POLICY_PATH)? else {
            return Ok(None);
        };
        let Some(text) = repository.text(commit, POLICY_PATH)? else {
            return Ok(None);
        };
        Ok(Some(Self::read(
            repository, commit, entry.blob, adopted, &text,
        )?))
    }

    /// Reads rules from a policy that is not committed, with the schemas of a commit's tree.
    ///
    /// # Errors
    /// When git cannot be read. The inner error is every fault of the policy and its schemas.
    pub fn given(
        repository: &Repository,
        commit: CommitId,
        policy: &str,
    ) -> Result<Result<Self, Vec<Refusal>>> {
        Self::read(repository, commit, BlobId([0; 20]), false, policy)
    }

    fn read(
        repository: &Repository,
        commit: CommitId,
        blob: BlobId,
        adopted: bool,
        text: &str,
    ) -> Result<Result<Self, Vec<Refusal>>> {
        let policy = match Policy::read(text) {
            Ok(policy) => policy,
            Err(faults) => return Ok(Err(faults)),
        };
        let mut schemas = HashMap::new();
        let mut faults = Vec::new();
        for path in policy
            .collections
            .values()
            .filter_map(|collection| collection.schema.as_ref())
        {
            match read_schema(repository, commit, path)? {
                Ok(schema) => drop(schemas.insert(path.clone(), schema)),
                Err(fault) => faults.push(fault),
            }
        }
        if !faults.is_empty() {
            return Ok(Err(faults));
        }
        let keys = AllowedSigners::read(
            &repository
                .text(commit, ALLOWED_SIGNERS_PATH)?
                .unwrap_or_default(),
        );
        Ok(Ok(Self {
            commit,
            adopted,
            blob,
            policy,
            schemas,
            keys,
        }))
    }

    /// Returns the paths that are governed together: the policy, the keys, every schema and what the site is dressed in.
    pub fn governed_paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = [POLICY_PATH.to_owned(), ALLOWED_SIGNERS_PATH.to_owned()]
            .into_iter()
            .chain(self.policy.governed_files())
            .collect();
        paths.sort();
        paths.dedup();
        paths
    }
}

fn read_schema(
    repository: &Repository,
    commit: CommitId,
    path: &str,
) -> Result<Result<Schema, Refusal>> {
    let Some(text) = repository.text(commit, path)? else {
        let next = "add the file, or take the schema out of the collection";
        return Ok(Err(Refusal::new(
            "POL-SCHEMA-001",
            "the policy names a schema that is not here",
            next,
        )
        .in_path(path)));
    };
    Ok(Schema::read(&text).map_err(|refusal| refusal.in_path(path)))
}
