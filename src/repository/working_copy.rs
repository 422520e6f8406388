//! The one place that writes a work tree: after our commit moved the branch that a developer has checked out.
//!
//! Without it their next `git status` would show our commit undone. Each path of the commit is brought up to date only where its file and its index
//! entry still hold the old blob and no link stands on the way; any other path is left alone and named, because somebody is working there.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use git2::{IndexEntry, IndexTime, ObjectType, Oid};

use super::read::oid;
use super::{Content, PathChange, RepoPath, Repository};
use crate::check::MAX_ATTACHMENT_BYTES;
use crate::id::CommitId;
use crate::record::MAX_FILE_BYTES;

/// A path that was left as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftAlone {
    /// The path.
    pub path: String,
    /// Why.
    pub reason: &'static str,
}

/// A file of a working copy that is not as committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uncommitted {
    /// The path.
    pub path: String,
    /// Its bytes; `None` where it was removed, is too large to be a record, or is no plain file.
    pub content: Option<Vec<u8>>,
}

impl Repository {
    /// Returns the files that somebody edited, added or removed in the working copy and did not commit; none for a bare clone. Ignored files are none
    /// of ours, and no link is followed.
    ///
    /// # Errors
    /// When git or the disk cannot be read.
    pub fn uncommitted(&self) -> Result<Vec<Uncommitted>> {
        let Some(root) = self.work_dir() else {
            return Ok(Vec::new());
        };
        let mut options = git2::StatusOptions::new();
        options
            .include_untracked(true)
            .recurse_untracked_dirs(true)
            .exclude_submodules(true)
            .no_refresh(true);
        let statuses = self
            .git
            .statuses(Some(&mut options))
            .context("failed to compare the working copy")?;
        let mut found = Vec::new();
        for status in statuses.iter() {
            let Ok(path) = status.path() else { continue };
            let content = RepoPath::parse(path)
                .ok()
                .and_then(|path| plain_place(&root, &path))
                .and_then(|file| read_record(&file));
            found.push(Uncommitted {
                path: path.to_owned(),
                content,
            });
        }
        Ok(found)
    }

    /// Brings the checked-out files of a branch from one commit to the next; does nothing in a bare clone or where another branch is checked out.
    ///
    /// # Errors
    /// When git or the disk refuses; files written so far are whole.
    pub fn update_work_tree(
        &self,
        branch_ref: &str,
        from: CommitId,
        to: CommitId,
    ) -> Result<Vec<LeftAlone>> {
        let Some(root) = self.work_dir().filter(|_| {
            self.head_branch()
                .is_some_and(|branch| format!("refs/heads/{branch}") == branch_ref)
        }) else {
            return Ok(Vec::new());
        };
        let mut index = self
            .git
            .index()
            .context("failed to open the index of the working copy")?;
        let mut left_alone = Vec::new();
        for change in self.differences(Some(from), to)? {
            match self.update_path(&root, &mut index, &change)? {
                Ok(()) => {}
                Err(reason) => left_alone.push(LeftAlone {
                    path: change.path,
                    reason,
                }),
            }
        }
        index
            .write()
            .context("failed to write the index of the working copy")?;
        Ok(left_alone)
    }

    fn update_path(
        &self,
        root: &Path,
        index: &mut git2::Index,
        change: &PathChange,
    ) -> Result<Result<(), &'static str>> {
        let Ok(path) = RepoPath::parse(&change.path) else {
            return Ok(Err("its name is not one that is written"));
        };
        let old = change.old.map(|blob| oid(blob.0));
        let entry = index.get_path(Path::new(path.as_str()), 0);
        if entry.as_ref().map(|entry| entry.id) != old && !(old.is_none() && entry.is_none()) {
            return Ok(Err("it is staged with other content"));
        }
        let Some(file) = plain_place(root, &path) else {
            return Ok(Err("a link stands on the way"));
        };
        let new = change.new.map(|(blob, _)| blob);
        let wanted = match new.map(|blob| self.content_up_to(blob, MAX_ATTACHMENT_BYTES)) {
            None => None,
            Some(content) => match content? {
                Content::Bytes(bytes) => Some(bytes),
                Content::TooLarge(_) => return Ok(Err("it is larger than what is written")),
                Content::Missing(_) => return Ok(Err("its bytes cannot be read from git")),
            },
        };
        match hash_of(&file)? {
            found if found == old => {}
            // An untracked file that already says what the commit says, such as a policy that was just adopted.
            Some(found) if new.is_some_and(|blob| oid(blob.0) == found) => {}
            _ => return Ok(Err("it was edited and not committed")),
        }
        match (wanted, new) {
            (Some(content), Some(blob)) => {
                write_whole(&file, &content)?;
                index.add(&index_entry(
                    path.as_str(),
                    oid(blob.0),
                    content.len(),
                    entry.map_or(0o100_644, |entry| entry.mode),
                ))?;
            }
            _ => {
                std::fs::remove_file(&file)
                    .with_context(|| format!("failed to remove {}", file.display()))?;
                index.remove_path(Path::new(path.as_str()))?;
            }
        }
        Ok(Ok(()))
    }
}

fn read_record(file: &Path) -> Option<Vec<u8>> {
    let size = std::fs::metadata(file).ok()?.len();
    (size <= MAX_FILE_BYTES as u64)
        .then(|| std::fs::read(file).ok())
        .flatten()
}

/// Returns where the path is on disk, when every folder on the way is a folder or absent and the file itself is no link.
fn plain_place(root: &Path, path: &RepoPath) -> Option<PathBuf> {
    let mut place = root.to_owned();
    let mut components = path.as_str().split('/').peekable();
    while let Some(component) = components.next() {
        place.push(component);
        let last = components.peek().is_none();
        match std::fs::symlink_metadata(&place) {
            Ok(found) if found.file_type().is_symlink() => return None,
            Ok(found) if last != found.is_file() => return None,
            _ => {}
        }
    }
    Some(place)
}

fn hash_of(file: &Path) -> Result<Option<Oid>> {
    match std::fs::read(file) {
        Ok(content) => Ok(Some(Oid::hash_object(ObjectType::Blob, &content)?)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("failed to read {}", file.display())),
    }
}

/// Writes beside the file and renames over it, so that no reader sees half of it; an existing file keeps its permissions.
fn write_whole(file: &Path, content: &[u8]) -> Result<()> {
    let folder = file.parent().context("a file has a folder")?;
    std::fs::create_dir_all(folder)?;
    let mut beside = tempfile::NamedTempFile::new_in(folder)?;
    beside.write_all(content)?;
    match std::fs::metadata(file) {
        Ok(found) => beside.as_file().set_permissions(found.permissions())?,
        Err(_) => set_ordinary_permissions(beside.as_file())?,
    }
    beside
        .persist(file)
        .with_context(|| format!("failed to write {}", file.display()))?;
    Ok(())
}

#[cfg(unix)]
fn set_ordinary_permissions(file: &std::fs::File) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(file.set_permissions(std::fs::Permissions::from_mode(0o644))?)
}

#[cfg(not(unix))]
fn set_ordinary_permissions(_file: &std::fs::File) -> Result<()> {
    Ok(())
}

/// Times are left at zero: git then looks at the content once, and finds it equal.
fn index_entry(path: &str, id: Oid, size: usize, mode: u32) -> IndexEntry {
    IndexEntry {
        ctime: IndexTime::new(0, 0),
        mtime: IndexTime::new(0, 0),
        dev: 0,
        ino: 0,
        mode,
        uid: 0,
        gid: 0,
        file_size: u32::try_from(size).unwrap_or(u32::MAX),
        id,
        flags: 0,
        flags_extended: 0,
        path: path.as_bytes().to_vec(),
    }
}
