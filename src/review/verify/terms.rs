//! What is in force at a point of the chain: policy and keys as the last attested governance commit holds them.

use std::sync::Arc;

use anyhow::Result;

use crate::id::{BlobId, CommitId};
use crate::policy::{ALLOWED_SIGNERS_PATH, POLICY_PATH, Policy};
use crate::repository::{AllowedSigners, Repository};

/// Policy and keys in force.
pub(super) struct Terms {
    /// The commit they were read from.
    pub commit: CommitId,
    /// Its place in the chain.
    pub sequence: usize,
    /// The blob of `countersign.toml`.
    pub blob: BlobId,
    /// The policy.
    pub policy: Arc<Policy>,
    /// Keys whose signatures count.
    pub keys: AllowedSigners,
}

impl Terms {
    /// Reads the terms in a commit's tree; the inner error says why there are none.
    ///
    /// # Errors
    /// When git cannot be read.
    pub(super) fn load(
        repository: &Repository,
        commit: CommitId,
        sequence: usize,
    ) -> Result<Result<Self, String>> {
        let Some(entry) = repository.entry(commit, POLICY_PATH)? else {
            return Ok(Err(format!("its tree holds no {POLICY_PATH}")));
        };
        let text = match repository.text(commit, POLICY_PATH) {
            Ok(Some(text)) => text,
            Ok(None) => return Ok(Err(format!("{POLICY_PATH} is no file there"))),
            Err(error) => return Ok(Err(format!("{error:#}"))),
        };
        let policy = match Policy::read(&text) {
            Ok(policy) => policy,
            Err(faults) => {
                let first = faults.first().map(ToString::to_string).unwrap_or_default();
                return Ok(Err(format!("{POLICY_PATH} does not read there: {first}")));
            }
        };
        Ok(Ok(Self {
            commit,
            sequence,
            blob: entry.blob,
            policy: Arc::new(policy),
            keys: keys_in(repository, commit),
        }))
    }

    /// Returns the paths that are governed together: the policy, the keys, every schema and what the site is dressed in.
    pub(super) fn governed_paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = [POLICY_PATH.to_owned(), ALLOWED_SIGNERS_PATH.to_owned()]
            .into_iter()
            .chain(self.policy.governed_files())
            .collect();
        paths.sort();
        paths.dedup();
        paths
    }
}

/// Returns the keys in a commit's tree; a file that cannot be read holds none.
pub(super) fn keys_in(repository: &Repository, commit: CommitId) -> AllowedSigners {
    let text = repository.text(commit, ALLOWED_SIGNERS_PATH).ok().flatten();
    AllowedSigners::read(&text.unwrap_or_default())
}
