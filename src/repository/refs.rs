//! Refs by full name: read afresh at each call, moved by compare-and-swap only.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use git2::{ErrorClass, ErrorCode};

use super::Repository;
use super::read::{bytes, oid};
use crate::id::CommitId;

/// What a ref holds right now.
pub type RefState = Option<CommitId>;

/// Returns whether git takes a name for a ref's full name. What a remote tells is asked about before it is used.
pub fn is_ref_name(name: &str) -> bool {
    git2::Reference::is_valid_name(name)
}

/// How often a ref is written anew where the folder of its lock vanished.
const TRIES: usize = 20;

/// Writes a ref, again where `git gc`, having packed what stood beside it, removed the emptied folder in which its lock was about to be made.
fn despite_pruning<T>(write: impl Fn() -> Result<T, git2::Error>) -> Result<T, git2::Error> {
    for _ in 1..TRIES {
        match write() {
            Err(error) if error.class() == ErrorClass::Os && error.code() != ErrorCode::Locked => {}
            written => return written,
        }
    }
    write()
}

fn elsewhere(name: &str) -> RefMoved {
    RefMoved::Elsewhere {
        name: name.to_owned(),
    }
}

/// A ref was not where the caller saw it, so nothing was moved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefMoved {
    /// Somebody else moved it.
    #[error("{name} moved meanwhile")]
    Elsewhere {
        /// The ref.
        name: String,
    },
    /// Another process holds its lock.
    #[error("{name} is locked by another process ({lock})")]
    Locked {
        /// The ref.
        name: String,
        /// The lock file.
        lock: String,
    },
}

impl Repository {
    /// Returns the commit that a ref of this full name points at; `None` where there is no such ref.
    ///
    /// # Errors
    /// When the ref exists and cannot be read.
    pub fn head_of(&self, name: &str) -> Result<RefState> {
        match self
            .git
            .find_reference(name)
            .and_then(|reference| reference.resolve())
        {
            Ok(reference) => Ok(reference.target().map(|target| CommitId(bytes(target)))),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("failed to read {name}")),
        }
    }

    /// Moves a ref from where it was seen to a commit that is here, and syncs it to disk.
    ///
    /// # Errors
    /// [`RefMoved`] when it is elsewhere or locked; nothing is changed then. Any other error comes from the disk.
    pub fn move_ref(
        &self,
        name: &str,
        seen: RefState,
        to: CommitId,
        log: &str,
    ) -> Result<Result<(), RefMoved>> {
        let moved = despite_pruning(|| match seen {
            Some(seen) => self
                .git
                .reference_matching(name, oid(to.0), true, oid(seen.0), log),
            None => self.git.reference(name, oid(to.0), false, log),
        });
        match moved {
            Ok(_) => Ok(Ok(())),
            Err(error)
                if matches!(
                    error.code(),
                    ErrorCode::Modified | ErrorCode::Exists | ErrorCode::NotFound
                ) =>
            {
                Ok(Err(elsewhere(name)))
            }
            Err(error) if error.code() == ErrorCode::Locked => Ok(Err(self.locked(name))),
            Err(error) => Err(error).with_context(|| format!("failed to move {name} to {to}")),
        }
    }

    /// Returns whether a commit is here.
    pub fn holds(&self, commit: CommitId) -> bool {
        self.git.find_commit(oid(commit.0)).is_ok()
    }

    /// Keeps a commit under a ref of our own, so that nothing that was committed here is ever collected; keeping it twice is once.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn rescue(&self, commit: CommitId) -> Result<()> {
        let name = format!("refs/countersign/rescue/{commit}");
        let write = || {
            self.git
                .reference(&name, oid(commit.0), true, "countersign: rescue")
        };
        despite_pruning(write).with_context(|| format!("failed to keep {commit}"))?;
        Ok(())
    }

    /// Returns the name of the ref that keeps a commit for everybody to see: by its first digits, or by all of them where those are taken.
    ///
    /// # Errors
    /// When the refs cannot be read.
    pub fn rescue_ref(&self, commit: CommitId) -> Result<String> {
        let id = commit.to_string();
        let short = format!("refs/rescue/{}", &id[..12]);
        Ok(match self.head_of(&short)? {
            Some(other) if other != commit => format!("refs/rescue/{id}"),
            Some(_) | None => short,
        })
    }

    /// Returns the branch that `HEAD` names, without `refs/heads/`.
    pub fn head_branch(&self) -> Option<String> {
        let head = self.git.find_reference("HEAD").ok()?;
        head.symbolic_target()
            .ok()
            .flatten()?
            .strip_prefix("refs/heads/")
            .map(str::to_owned)
    }

    /// Returns every branch, without `refs/heads/`, and its head. A name that is not UTF-8 and a branch without a commit are left out.
    ///
    /// # Errors
    /// When the refs cannot be read.
    pub fn branches(&self) -> Result<BTreeMap<String, CommitId>> {
        self.refs_under("refs/heads/")
    }

    /// Returns every ref whose name begins so, without what it begins with, and its commit. A name that is not UTF-8 and a ref without a commit are left
    /// out.
    ///
    /// # Errors
    /// When the refs cannot be read.
    pub fn refs_under(&self, prefix: &str) -> Result<BTreeMap<String, CommitId>> {
        let mut refs = BTreeMap::new();
        for reference in self.git.references_glob(&format!("{prefix}*"))? {
            let reference =
                reference.with_context(|| format!("failed to read a ref under {prefix}"))?;
            let Ok(name) = reference.name() else { continue };
            let target = reference.target();
            if let (Some(name), Some(head)) = (name.strip_prefix(prefix), target) {
                refs.insert(name.to_owned(), CommitId(bytes(head)));
            }
        }
        Ok(refs)
    }

    /// Brings a ref from where it was seen to where it is to stand, which may be nowhere.
    ///
    /// # Errors
    /// As [`Repository::move_ref`].
    pub fn put_ref(
        &self,
        name: &str,
        seen: RefState,
        to: RefState,
        log: &str,
    ) -> Result<Result<(), RefMoved>> {
        match to {
            Some(to) if seen == Some(to) => Ok(Ok(())),
            Some(to) => self.move_ref(name, seen, to, log),
            None => self.remove_ref(name, seen),
        }
    }

    fn remove_ref(&self, name: &str, seen: RefState) -> Result<Result<(), RefMoved>> {
        let mut reference = match self.git.find_reference(name) {
            Ok(reference) => reference,
            Err(error) if error.code() == ErrorCode::NotFound && seen.is_none() => {
                return Ok(Ok(()));
            }
            Err(error) if error.code() == ErrorCode::NotFound => return Ok(Err(elsewhere(name))),
            Err(error) => return Err(error).with_context(|| format!("failed to read {name}")),
        };
        if reference.target().map(|target| CommitId(bytes(target))) != seen {
            return Ok(Err(elsewhere(name)));
        }
        // It goes only while it stands where it was just read.
        match reference.delete() {
            Ok(()) => Ok(Ok(())),
            Err(error) if matches!(error.code(), ErrorCode::Modified | ErrorCode::NotFound) => {
                Ok(Err(elsewhere(name)))
            }
            Err(error) if error.code() == ErrorCode::Locked => Ok(Err(self.locked(name))),
            Err(error) => Err(error).with_context(|| format!("failed to remove {name}")),
        }
    }

    fn locked(&self, name: &str) -> RefMoved {
        let lock = self.git.commondir().join(format!("{name}.lock"));
        RefMoved::Locked {
            name: name.to_owned(),
            lock: lock.display().to_string(),
        }
    }

    /// Returns the last commit that two share: of several equally late ones always the same. `None` where they share none.
    ///
    /// # Errors
    /// When their history cannot be read.
    pub fn merge_base(&self, one: CommitId, other: CommitId) -> Result<Option<CommitId>> {
        match self.git.merge_bases(oid(one.0), oid(other.0)) {
            Ok(bases) => Ok(bases.iter().map(|base| CommitId(bytes(*base))).min()),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error).context("failed to find what two branches share"),
        }
    }

    /// Returns whether one commit can be reached from another, itself included.
    ///
    /// # Errors
    /// When the history between them cannot be read.
    pub fn is_ancestor(&self, ancestor: CommitId, of: CommitId) -> Result<bool> {
        Ok(ancestor == of || self.git.graph_descendant_of(oid(of.0), oid(ancestor.0))?)
    }
}
