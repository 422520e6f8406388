//! The one way a commit is made: staged in memory, signed, proved, stored with one sync, and only then may a ref move to it.
//!
//! No index and no work tree take part. Objects first live in memory beside the repository's own; [`CommitBuilder::store`] writes all of them as
//! one pack, so that a batch of approvals costs one sync to disk however many commits it holds. A builder that is dropped without `store` leaves
//! nothing behind. Before that, every commit is read back and compared with what was asked for: same parent, exactly the asked paths and blobs,
//! file modes kept.

use std::cell::RefCell;
use std::io::Write;

use anyhow::{Context, Result, bail, ensure};
use git2::{Buf, ObjectType, Oid, Signature, Time, Tree};

use super::read::{EntryKind, bytes, oid};
use super::sign::SERVER_ADDRESS;
use super::{PathChange, RepoPath, Repository, SigningKey};
use crate::id::{BlobId, CommitId, Identity};

/// One file of a new commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The path holds these bytes afterwards; a file that was there keeps its mode.
    Write(RepoPath, Vec<u8>),
    /// The path holds the blob of that id, which is here already.
    Place(RepoPath, BlobId),
    /// The path is gone afterwards.
    Remove(RepoPath),
}

/// What a new commit's tree begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeps {
    /// The parent's files: the published branch.
    ParentTree,
    /// The files of another commit: a merge stands on what is published.
    TreeOf(CommitId),
    /// Nothing: each commit of the journal holds its own files alone.
    Nothing,
}

/// What a new commit is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCommit {
    /// The commit it stands on; none for the first of a chain.
    pub parent: Option<CommitId>,
    /// A second parent, kept reachable by it: the proposal that a decision judged.
    pub also: Option<CommitId>,
    /// Whether the parent's files stay where nothing changes them.
    pub keeps: Keeps,
    /// What changes; may be empty.
    pub changes: Vec<Change>,
    /// Who wrote it.
    pub author: Identity,
    /// When, seconds since 1970 in UTC.
    pub at: i64,
    /// The whole message.
    pub message: String,
}

impl NewCommit {
    /// Returns the commit whose files stay where nothing changes them.
    fn kept(&self) -> Option<CommitId> {
        match self.keeps {
            Keeps::ParentTree => self.parent,
            Keeps::TreeOf(commit) => Some(commit),
            Keeps::Nothing => None,
        }
    }
}

/// Stages signed commits in memory. See the module's promise.
pub struct CommitBuilder<'a> {
    repository: &'a Repository,
    key: &'a SigningKey,
    /// Every object made, in order: what `store` writes.
    made: RefCell<Vec<Oid>>,
    mempack: git2::Mempack<'a>,
}

impl<'a> CommitBuilder<'a> {
    /// Begins a batch. The repository handle must be this batch's own: what is staged is visible through it.
    ///
    /// # Errors
    /// When the object database cannot be opened.
    pub fn begin(
        repository: &'a Repository,
        odb: &'a git2::Odb<'a>,
        key: &'a SigningKey,
    ) -> Result<Self> {
        // Above the loose and packed backends, so that new objects go to memory.
        let mempack = odb
            .add_new_mempack_backend(1000)
            .context("failed to stage objects in memory")?;
        Ok(Self {
            repository,
            key,
            made: RefCell::default(),
            mempack,
        })
    }

    /// Stages bytes and returns their blob.
    ///
    /// # Errors
    /// When they cannot be hashed.
    pub fn blob(&self, content: &[u8]) -> Result<BlobId> {
        let id = self
            .repository
            .git
            .blob(content)
            .context("failed to stage a file")?;
        self.made.borrow_mut().push(id);
        Ok(BlobId(bytes(id)))
    }

    /// Stages a signed commit, reads it back and proves it.
    ///
    /// # Errors
    /// When a path is hostile or blocked by a link, an object cannot be read, or the proof fails; nothing is stored then.
    pub fn commit(&self, new: &NewCommit) -> Result<CommitId> {
        let git = &self.repository.git;
        let parent = new
            .parent
            .map(|id| git.find_commit(oid(id.0)))
            .transpose()
            .context("failed to read the parent")?;
        let kept = new
            .kept()
            .map(|id| git.find_commit(oid(id.0)))
            .transpose()?;
        let before = kept.map(|kept| kept.tree()).transpose()?;
        let mut wanted = Vec::new();
        let mut tree = before.clone();
        for change in &new.changes {
            let (path, blob) = self.target(change)?;
            tree = Some(self.place(tree.as_ref(), path.as_str(), blob)?);
            wanted.push((path.as_str().to_owned(), blob));
        }
        let tree = match tree {
            Some(tree) => tree,
            None => self.empty_tree()?,
        };
        let author = signature(&new.author, new.at)?;
        let committer = signature(&Identity::new("Countersign", SERVER_ADDRESS), new.at)?;
        let also = new
            .also
            .map(|id| git.find_commit(oid(id.0)))
            .transpose()
            .context("failed to read the second parent")?;
        let parents: Vec<&git2::Commit<'_>> = parent.iter().chain(&also).collect();
        let content =
            git.commit_create_buffer(&author, &committer, &new.message, &tree, &parents)?;
        let content = std::str::from_utf8(&content).context("a commit's bytes are not UTF-8")?;
        let signed = self.key.sign(content.as_bytes())?;
        let id = git
            .commit_signed(content, &signed, Some("gpgsig"))
            .context("failed to stage the commit")?;
        self.made.borrow_mut().push(id);
        let id = CommitId(bytes(id));
        self.prove(id, new, &wanted)?;
        Ok(id)
    }

    /// Writes everything staged as one pack and syncs it to disk.
    ///
    /// # Errors
    /// When the disk refuses; no ref knows the objects then.
    pub fn store(self) -> Result<()> {
        let git = &self.repository.git;
        let made = self.made.take();
        if made.is_empty() {
            return Ok(());
        }
        let mut pack = git.packbuilder()?;
        for id in made {
            pack.insert_object(id, None)?;
        }
        let mut buffer = Buf::new();
        pack.write_buf(&mut buffer)
            .context("failed to pack the new objects")?;
        let odb = git.odb()?;
        let mut writer = odb
            .packwriter()
            .context("failed to open the object store for writing")?;
        writer
            .write_all(&buffer)
            .context("failed to write the new objects")?;
        writer
            .commit()
            .context("failed to sync the new objects to disk")?;
        self.mempack.reset()?;
        odb.refresh()?;
        Ok(())
    }

    fn target<'c>(&self, change: &'c Change) -> Result<(&'c RepoPath, Option<BlobId>)> {
        Ok(match change {
            Change::Write(path, content) => (path, Some(self.blob(content)?)),
            Change::Place(path, blob) => (path, Some(*blob)),
            Change::Remove(path) => (path, None),
        })
    }

    /// Returns the tree with one path changed, writing only the folders on the way.
    fn place(&self, tree: Option<&Tree<'a>>, path: &str, blob: Option<BlobId>) -> Result<Tree<'a>> {
        let git = &self.repository.git;
        let mut builder = git.treebuilder(tree)?;
        match path.split_once('/') {
            Some((folder, rest)) => {
                let inner = match builder.get(folder)? {
                    Some(entry) if entry.kind() == Some(ObjectType::Tree) => {
                        Some(git.find_tree(entry.id())?)
                    }
                    Some(_) => {
                        bail!("{folder} is a file or a link, so nothing is written below it")
                    }
                    None => None,
                };
                let inner = self.place(inner.as_ref(), rest, blob)?;
                if inner.is_empty() {
                    builder.remove(folder)?;
                } else {
                    builder.insert(folder, inner.id(), 0o040000)?;
                }
            }
            None => {
                let mode = match builder.get(path)? {
                    Some(entry)
                        if EntryKind::of(entry.filemode()) == EntryKind::File
                            && entry.kind() == Some(ObjectType::Blob) =>
                    {
                        entry.filemode()
                    }
                    Some(_) => {
                        bail!("{path} is a folder, a link or a submodule, so it is not written")
                    }
                    None => 0o100644,
                };
                match blob {
                    Some(blob) => drop(builder.insert(path, oid(blob.0), mode)?),
                    None => builder.remove(path)?,
                }
            }
        }
        let id = builder
            .write()
            .with_context(|| format!("failed to stage the folder of {path}"))?;
        self.made.borrow_mut().push(id);
        Ok(git.find_tree(id)?)
    }

    fn empty_tree(&self) -> Result<Tree<'a>> {
        let git = &self.repository.git;
        let id = git.treebuilder(None)?.write()?;
        self.made.borrow_mut().push(id);
        Ok(git.find_tree(id)?)
    }

    /// Reads a staged commit back: its parent is the asked one, and it differs from what it keeps in exactly the asked paths and blobs.
    fn prove(
        &self,
        id: CommitId,
        new: &NewCommit,
        wanted: &[(String, Option<BlobId>)],
    ) -> Result<()> {
        let found = self.repository.commit(id)?;
        ensure!(
            found.parents == Vec::from_iter(new.parent.into_iter().chain(new.also)),
            "the new commit {id} does not stand on the head that was judged"
        );
        for change in self.repository.differences(new.kept(), id)? {
            let asked = wanted.iter().rev().find(|(path, _)| *path == change.path);
            let same = asked.is_some_and(|(_, blob)| *blob == change.new.map(|(blob, _)| blob));
            ensure!(
                same && is_file(&change),
                "the new commit {id} changes {} in a way that was not asked for",
                change.path
            );
        }
        for (path, blob) in wanted {
            let stands = self.repository.entry(id, path)?.map(|entry| entry.blob);
            ensure!(
                stands == *blob,
                "the new commit {id} does not hold what was asked for at {path}"
            );
        }
        Ok(())
    }
}

fn is_file(change: &PathChange) -> bool {
    change.new.is_none_or(|(_, kind)| kind == EntryKind::File)
}

fn signature(identity: &Identity, at: i64) -> Result<Signature<'static>> {
    let name = if identity.name.is_empty() {
        &identity.address
    } else {
        &identity.name
    };
    Signature::new(name, &identity.address, &Time::new(at, 0))
        .with_context(|| format!("{identity} cannot stand in a commit"))
}

impl Repository {
    /// Stores bytes that no commit names yet. Git keeps them for two weeks where its settings say nothing else.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn store_blob(&self, content: &[u8]) -> Result<BlobId> {
        Ok(BlobId(bytes(
            self.git.blob(content).context("failed to store a file")?,
        )))
    }

    /// Returns the object database for [`CommitBuilder::begin`].
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn objects(&self) -> Result<git2::Odb<'_>> {
        Ok(self.git.odb()?)
    }
}
