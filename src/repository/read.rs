//! Reading commits, trees and blobs, with limits checked before a byte is inflated.

use anyhow::{Context, Result};
use git2::{ErrorCode, ObjectType, Oid};

use super::Repository;
use super::walk::{kind_at, name_bytes};
use crate::id::{BlobId, CommitId, Identity};
use crate::record::MAX_FILE_BYTES;

/// What a commit says about itself. Names and dates are claims: order comes from the graph, never from the clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitFacts {
    /// The commit.
    pub id: CommitId,
    /// Its parents that are here; a cut in a shallow clone reads as a root.
    pub parents: Vec<CommitId>,
    /// Who wrote it, by its own account.
    pub author: Identity,
    /// Who committed it, by its own account.
    pub committer: Identity,
    /// Author's date, seconds since 1970 in UTC.
    pub authored_at: i64,
    /// Committer's date, seconds since 1970 in UTC.
    pub committed_at: i64,
    /// The whole message; bytes that are not UTF-8 are replaced.
    pub message: String,
    /// Whether it carries a signature, good or bad.
    pub signed: bool,
}

impl CommitFacts {
    /// Returns the first line of the message.
    pub fn subject(&self) -> &str {
        self.message.lines().next().unwrap_or_default()
    }
}

/// One entry of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Path from the root; bytes that are not UTF-8 are spelled out, and then the entry is [`EntryKind::Unreadable`].
    pub path: String,
    /// The blob it names.
    pub blob: BlobId,
    /// What stands there.
    pub kind: EntryKind,
}

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A file.
    File,
    /// A symbolic link: never followed.
    Link,
    /// A submodule: never fetched.
    Submodule,
    /// A name that is not UTF-8.
    Unreadable,
}

impl EntryKind {
    pub(super) fn of(mode: i32) -> Self {
        match mode {
            0o120000 => Self::Link,
            0o160000 => Self::Submodule,
            _ => Self::File,
        }
    }
}

/// A blob's content, or why it is not loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// The bytes.
    Bytes(Vec<u8>),
    /// Larger than what was asked for; its size.
    TooLarge(usize),
    /// Named by a tree, but not here or damaged.
    Missing(String),
}

impl Repository {
    /// Returns what a commit says about itself.
    ///
    /// # Errors
    /// When it is not here or is no commit.
    pub fn commit(&self, id: CommitId) -> Result<CommitFacts> {
        let commit = self
            .git
            .find_commit(oid(id.0))
            .with_context(|| format!("failed to read commit {id}"))?;
        let parents = commit
            .parent_ids()
            .filter(|parent| self.git.odb().is_ok_and(|odb| odb.exists(*parent)));
        Ok(CommitFacts {
            id,
            parents: parents.map(|parent| CommitId(bytes(parent))).collect(),
            author: identity(&commit.author()),
            committer: identity(&commit.committer()),
            authored_at: commit.author().when().seconds(),
            committed_at: commit.committer().when().seconds(),
            message: String::from_utf8_lossy(commit.message_bytes()).into_owned(),
            signed: commit.header_field_bytes("gpgsig").is_ok(),
        })
    }

    /// Returns the bytes of a blob, unless it is larger than [`MAX_FILE_BYTES`] or gone.
    ///
    /// # Errors
    /// When the object database itself cannot be read.
    pub fn content(&self, blob: BlobId) -> Result<Content> {
        self.content_up_to(blob, MAX_FILE_BYTES)
    }

    /// Returns the bytes of a blob, unless it is larger than so many or gone.
    ///
    /// # Errors
    /// When the object database itself cannot be read.
    pub fn content_up_to(&self, blob: BlobId, most: usize) -> Result<Content> {
        let odb = self.git.odb()?;
        match odb.read_header(oid(blob.0)) {
            Ok((size, ObjectType::Blob)) if size > most => {
                return Ok(Content::TooLarge(size));
            }
            Ok((_, ObjectType::Blob)) => {}
            Ok((_, other)) => {
                return Ok(Content::Missing(format!("{blob} is a {other}, not a file")));
            }
            Err(error) => return Ok(Content::Missing(error.message().to_owned())),
        }
        match odb.read(oid(blob.0)) {
            Ok(object) => Ok(Content::Bytes(object.data().to_owned())),
            Err(error) => Ok(Content::Missing(error.message().to_owned())),
        }
    }

    /// Returns the bytes of a blob that must be here and of reasonable size.
    ///
    /// # Errors
    /// When it is not.
    pub fn bytes(&self, blob: BlobId) -> Result<Vec<u8>> {
        match self.content(blob)? {
            Content::Bytes(bytes) => Ok(bytes),
            Content::TooLarge(size) => {
                anyhow::bail!("blob {blob} holds {size} bytes; at most {MAX_FILE_BYTES} are read")
            }
            Content::Missing(why) => anyhow::bail!("blob {blob} cannot be read: {why}"),
        }
    }

    /// Returns the blob that these bytes would be, without storing them.
    ///
    /// # Errors
    /// When they cannot be hashed.
    pub fn blob_id(&self, content: &[u8]) -> Result<BlobId> {
        Ok(BlobId(bytes(Oid::hash_object(ObjectType::Blob, content)?)))
    }

    /// Returns the entry at a path in a commit's tree.
    ///
    /// # Errors
    /// When a tree on the way cannot be read.
    pub fn entry(&self, commit: CommitId, path: &str) -> Result<Option<Entry>> {
        let mut tree = self.git.find_commit(oid(commit.0))?.tree()?;
        let mut names = path.split('/').peekable();
        while let Some(name) = names.next() {
            let Some(entry) = tree.get_name_bytes(&name_bytes(name)) else {
                return Ok(None);
            };
            let is_tree = entry.kind() == Some(ObjectType::Tree);
            if names.peek().is_none() {
                return Ok((!is_tree).then(|| Entry {
                    path: path.to_owned(),
                    blob: BlobId(bytes(entry.id())),
                    kind: kind_at(path, entry.filemode_raw()),
                }));
            }
            if !is_tree {
                return Ok(None);
            }
            let id = entry.id();
            drop(entry);
            tree = self
                .git
                .find_tree(id)
                .with_context(|| format!("failed to read {path} in {commit}"))?;
        }
        Ok(None)
    }

    /// Returns a commit's parents that are here.
    ///
    /// # Errors
    /// When it is not here or is no commit.
    pub fn parents(&self, id: CommitId) -> Result<Vec<CommitId>> {
        let commit = self
            .git
            .find_commit(oid(id.0))
            .with_context(|| format!("failed to read commit {id}"))?;
        let odb = self.git.odb()?;
        Ok(commit
            .parent_ids()
            .filter(|parent| odb.exists(*parent))
            .map(|parent| CommitId(bytes(parent)))
            .collect())
    }

    /// Returns whether a path has one file mode in two commits, or is missing in either.
    ///
    /// # Errors
    /// When a tree on the way cannot be read.
    pub fn keeps_mode(&self, old: CommitId, new: CommitId, path: &str) -> Result<bool> {
        let mode = |commit: CommitId| -> Result<Option<i32>> {
            let tree = self.git.find_commit(oid(commit.0))?.tree()?;
            match tree.get_path(std::path::Path::new(path)) {
                Ok(entry) => Ok(Some(entry.filemode_raw())),
                Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
                Err(error) => {
                    Err(error).with_context(|| format!("failed to read {path} in {commit}"))
                }
            }
        };
        let (old, new) = (mode(old)?, mode(new)?);
        Ok(old.is_none() || new.is_none() || old == new)
    }

    /// Returns the text of a file at a path in a commit's tree; `None` where there is none.
    ///
    /// # Errors
    /// When it is too large, not UTF-8 or unreadable.
    pub fn text(&self, commit: CommitId, path: &str) -> Result<Option<String>> {
        let Some(entry) = self
            .entry(commit, path)?
            .filter(|entry| entry.kind == EntryKind::File)
        else {
            return Ok(None);
        };
        let bytes = self.bytes(entry.blob)?;
        Ok(Some(
            String::from_utf8(bytes).with_context(|| format!("{path} is not UTF-8"))?,
        ))
    }
}

pub(super) fn oid(bytes: [u8; 20]) -> Oid {
    // An object id of this build is 20 bytes, and so is ours.
    Oid::from_bytes(&bytes).expect("20 bytes are an object id")
}

pub(super) fn bytes(oid: Oid) -> [u8; 20] {
    oid.as_bytes().try_into().expect("an object id is 20 bytes")
}

fn identity(signature: &git2::Signature<'_>) -> Identity {
    Identity::new(
        &String::from_utf8_lossy(signature.name_bytes()),
        &String::from_utf8_lossy(signature.email_bytes()),
    )
}
