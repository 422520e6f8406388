//! A commit as everybody else makes them: unsigned, by its author alone.
//!
//! The server never makes one. It is what a developer's `git commit` and `git push` leave, for the sample's past and for tests, which need changes
//! that went around review.

use anyhow::{Context, Result};
use git2::build::TreeUpdateBuilder;
use git2::{FileMode, Signature, Time};

use super::read::{bytes, oid};
use super::{RefMoved, Repository};
use crate::id::{CommitId, Identity};

/// What a plain commit is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainCommit {
    /// The branch, by its full ref name.
    pub branch_ref: String,
    /// The files it writes; all others stay. Their paths may be such as the server itself would never write.
    pub files: Vec<(String, Vec<u8>)>,
    /// Author and committer.
    pub by: Identity,
    /// When, seconds since 1970 in UTC.
    pub at: i64,
    /// The whole message.
    pub message: String,
}

impl Repository {
    /// Commits files on a branch without a signature and moves the branch to it, as a push would. A file that is written becomes an ordinary one.
    ///
    /// # Errors
    /// [`RefMoved`] when the branch moved meanwhile; any other error comes from git or the disk.
    pub fn commit_plain(&self, plain: &PlainCommit) -> Result<Result<CommitId, RefMoved>> {
        let git = &self.git;
        let tip = self.head_of(&plain.branch_ref)?;
        let parent = tip.map(|tip| git.find_commit(oid(tip.0))).transpose()?;
        let before = match &parent {
            Some(parent) => parent.tree()?,
            None => git.find_tree(git.treebuilder(None)?.write()?)?,
        };
        let mut update = TreeUpdateBuilder::new();
        for (path, content) in &plain.files {
            update.upsert(path, git.blob(content)?, FileMode::Blob);
        }
        let tree = git.find_tree(update.create_updated(git, &before)?)?;
        let by = Signature::new(&plain.by.name, &plain.by.address, &Time::new(plain.at, 0))
            .with_context(|| format!("{} cannot stand in a commit", plain.by))?;
        let parents: Vec<_> = parent.iter().collect();
        let commit = git.commit(None, &by, &by, &plain.message, &tree, &parents)?;
        let commit = CommitId(bytes(commit));
        Ok(self
            .move_ref(&plain.branch_ref, tip, commit, "push")?
            .map(|()| commit))
    }
}
