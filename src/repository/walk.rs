//! What commits changed: each commit beside all its parents at once, equal ids skipped, so that the cost follows the change and not the size of
//! the repository (libgit2's own diff reads every entry).

use std::collections::HashMap;

use anyhow::{Context, Result};
use git2::{ObjectType, Oid, Sort, Tree};

use super::Repository;
use super::read::{Entry, EntryKind, bytes, oid};
use crate::id::{BlobId, CommitId};

/// A path that a commit changed against every one of its parents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathChange {
    /// The path.
    pub path: String,
    /// The blob at the path in the first parent that holds the path; `None` where none does.
    pub old: Option<BlobId>,
    /// What stands there now; `None` where it was removed.
    pub new: Option<(BlobId, EntryKind)>,
}

/// A file that kept its bytes and changed its path in one commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rename {
    /// Where it was.
    pub from: String,
    /// Where it is.
    pub to: String,
}

impl Repository {
    /// Returns the commits reachable from `tip` and from none of `known`, parents before children.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn new_commits(&self, tip: CommitId, known: &[CommitId]) -> Result<Vec<CommitId>> {
        let mut walk = self.git.revwalk()?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::REVERSE)?;
        walk.push(oid(tip.0))
            .with_context(|| format!("failed to start at {tip}"))?;
        for commit in known {
            walk.hide(oid(commit.0))
                .with_context(|| format!("failed to stop at {commit}"))?;
        }
        walk.map(|id| Ok(CommitId(bytes(id?)))).collect()
    }

    /// Returns the commits reachable from `tip` by first parents alone, newest first, down to `known` or the first one.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn first_parents(&self, tip: CommitId, known: Option<CommitId>) -> Result<Vec<CommitId>> {
        let mut walk = self.git.revwalk()?;
        walk.simplify_first_parent()?;
        walk.push(oid(tip.0))
            .with_context(|| format!("failed to start at {tip}"))?;
        let mut commits = Vec::new();
        for id in walk {
            let id = CommitId(bytes(id?));
            if Some(id) == known {
                break;
            }
            commits.push(id);
        }
        Ok(commits)
    }

    /// Returns what a commit changed against all its parents: for a merge, only what it decided itself.
    ///
    /// # Errors
    /// When a tree cannot be read.
    pub fn changes(&self, commit: CommitId) -> Result<Vec<PathChange>> {
        let commit = self.git.find_commit(oid(commit.0))?;
        let parents: Result<Vec<_>, git2::Error> =
            commit.parents().map(|parent| parent.tree()).collect();
        let parents: Vec<Option<Tree<'_>>> = parents?.into_iter().map(Some).collect();
        let parents = if parents.is_empty() {
            vec![None]
        } else {
            parents
        };
        let mut changes = Vec::new();
        self.compare("", Some(&commit.tree()?), &parents, &mut changes)?;
        Ok(changes)
    }

    /// Returns the paths at which two commits' trees differ.
    ///
    /// # Errors
    /// When a tree cannot be read.
    pub fn differences(&self, old: Option<CommitId>, new: CommitId) -> Result<Vec<PathChange>> {
        let new = self.git.find_commit(oid(new.0))?.tree()?;
        let old = old
            .map(|id| {
                self.git
                    .find_commit(oid(id.0))
                    .and_then(|commit| commit.tree())
            })
            .transpose()?;
        let mut changes = Vec::new();
        self.compare("", Some(&new), &[old], &mut changes)?;
        Ok(changes)
    }

    /// Returns every file in a commit's tree.
    ///
    /// # Errors
    /// When a tree cannot be read.
    pub fn entries(&self, commit: CommitId) -> Result<Vec<Entry>> {
        let changes = self.differences(None, commit)?;
        Ok(changes
            .into_iter()
            .filter_map(|change| {
                change.new.map(|(blob, kind)| Entry {
                    path: change.path,
                    blob,
                    kind,
                })
            })
            .collect())
    }

    fn compare(
        &self,
        prefix: &str,
        new: Option<&Tree<'_>>,
        olds: &[Option<Tree<'_>>],
        changes: &mut Vec<PathChange>,
    ) -> Result<()> {
        for entry in new.into_iter().flat_map(Tree::iter) {
            let now = Found::of(&entry);
            let before: Vec<Option<Found>> = olds
                .iter()
                .map(|tree| find(tree.as_ref(), entry.name_bytes()))
                .collect();
            if !before.contains(&Some(now)) {
                self.compare_entry(
                    &join(prefix, entry.name_bytes()),
                    Some(now),
                    &before,
                    changes,
                )?;
            }
        }
        for entry in olds.first().into_iter().flatten().flat_map(Tree::iter) {
            if find(new, entry.name_bytes()).is_some() {
                continue;
            }
            let before: Vec<Option<Found>> = olds
                .iter()
                .map(|tree| find(tree.as_ref(), entry.name_bytes()))
                .collect();
            if before.iter().all(Option::is_some) {
                self.compare_entry(&join(prefix, entry.name_bytes()), None, &before, changes)?;
            }
        }
        Ok(())
    }

    /// Compares what stands at one path now with what stood there in each parent; a folder on any side is descended into.
    fn compare_entry(
        &self,
        path: &str,
        now: Option<Found>,
        before: &[Option<Found>],
        changes: &mut Vec<PathChange>,
    ) -> Result<()> {
        let file = |found: Option<Found>| found.filter(|found| !found.is_tree());
        let now_file = file(now);
        let old_files: Vec<Option<Found>> = before.iter().map(|found| file(*found)).collect();
        let was_file = old_files.iter().all(Option::is_some);
        let unchanged = old_files.contains(&now_file);
        if now_file.is_some() && !unchanged || now_file.is_none() && was_file {
            let old = old_files.iter().copied().flatten().next();
            changes.push(PathChange {
                path: path.to_owned(),
                old: old.map(|found| BlobId(bytes(found.id))),
                new: now_file.map(|found| (BlobId(bytes(found.id)), kind_at(path, found.mode))),
            });
        }
        let any_tree = now
            .into_iter()
            .chain(before.iter().copied().flatten())
            .any(Found::is_tree);
        if !any_tree {
            return Ok(());
        }
        let new_tree = self.tree_of(now)?;
        let old_trees: Result<Vec<_>> = before.iter().map(|found| self.tree_of(*found)).collect();
        self.compare(path, new_tree.as_ref(), &old_trees?, changes)
    }

    fn tree_of(&self, found: Option<Found>) -> Result<Option<Tree<'_>>> {
        let tree = found
            .filter(|found| found.is_tree())
            .map(|found| self.git.find_tree(found.id));
        tree.transpose().context("failed to read a folder")
    }
}

/// Pairs files that left one path with files that came at another with the same bytes. Where several did, equal file names decide; what is still
/// open stays open, for an editor to say.
pub fn exact_renames(changes: &[PathChange]) -> Vec<Rename> {
    let mut left: HashMap<BlobId, Vec<&str>> = HashMap::new();
    let mut came: HashMap<BlobId, Vec<&str>> = HashMap::new();
    for change in changes {
        match (change.old, change.new) {
            (Some(blob), None) => left.entry(blob).or_default().push(&change.path),
            (None, Some((blob, EntryKind::File))) => {
                came.entry(blob).or_default().push(&change.path)
            }
            _ => {}
        }
    }
    let mut renames = Vec::new();
    for (blob, to) in &came {
        let Some(from) = left.get(blob) else { continue };
        renames.extend(
            to.iter()
                .filter_map(|to| only_partner(to, from, &came[blob])),
        );
    }
    renames.sort_by(|a, b| a.to.cmp(&b.to));
    renames
}

/// Returns the rename of `to` when just one file can be meant: one left and one came, or one on each side bears this file name.
fn only_partner(to: &str, left: &[&str], came: &[&str]) -> Option<Rename> {
    let named = |paths: &[&str]| -> Vec<String> {
        paths
            .iter()
            .filter(|path| file_name(path) == file_name(to))
            .map(|path| (*path).to_owned())
            .collect()
    };
    let from = match (left, came) {
        ([from], [_]) => (*from).to_owned(),
        _ => match (named(left).as_slice(), named(came).as_slice()) {
            ([from], [_]) => from.clone(),
            _ => return None,
        },
    };
    Some(Rename {
        from,
        to: to.to_owned(),
    })
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Found {
    id: Oid,
    mode: i32,
}

impl Found {
    fn of(entry: &git2::TreeEntry<'_>) -> Self {
        let mode = if entry.kind() == Some(ObjectType::Tree) {
            TREE_MODE
        } else {
            entry.filemode_raw()
        };
        Self {
            id: entry.id(),
            mode,
        }
    }

    fn is_tree(self) -> bool {
        self.mode == TREE_MODE
    }
}

const TREE_MODE: i32 = 0o040000;

fn find(tree: Option<&Tree<'_>>, name: &[u8]) -> Option<Found> {
    tree?.get_name_bytes(name).map(|entry| Found::of(&entry))
}

pub(super) fn kind_at(path: &str, mode: i32) -> EntryKind {
    if path.contains(char::REPLACEMENT_CHARACTER) {
        EntryKind::Unreadable
    } else {
        EntryKind::of(mode)
    }
}

/// Joins a name to a folder. A name that is not UTF-8, or that no checkout could hold, is spelled so that it stays apart from every other, and its
/// entry counts as unreadable.
fn join(prefix: &str, name: &[u8]) -> String {
    let name = spell(name);
    if prefix.is_empty() {
        name
    } else {
        format!("{prefix}/{name}")
    }
}

/// Returns a name as text; each byte that is not text, or would read as more than a name, becomes U+FFFD and its two hexadecimal digits.
fn spell(name: &[u8]) -> String {
    let mut text = String::with_capacity(name.len());
    for chunk in name.utf8_chunks() {
        for c in chunk.valid().chars() {
            if matches!(c, '/' | char::REPLACEMENT_CHARACTER) {
                let mut bytes = [0; 4];
                spell_bytes(c.encode_utf8(&mut bytes).as_bytes(), &mut text);
            } else {
                text.push(c);
            }
        }
        spell_bytes(chunk.invalid(), &mut text);
    }
    text
}

fn spell_bytes(bytes: &[u8], text: &mut String) {
    for byte in bytes {
        text.push(char::REPLACEMENT_CHARACTER);
        text.push_str(&hex::encode([*byte]));
    }
}

/// Returns the bytes of a name that [`spell`] wrote.
pub(super) fn name_bytes(text: &str) -> Vec<u8> {
    let mut pieces = text.split(char::REPLACEMENT_CHARACTER);
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let byte = piece.get(..2).and_then(|digits| hex::decode(digits).ok());
        match byte {
            Some(byte) => {
                bytes.extend(byte);
                bytes.extend_from_slice(&piece.as_bytes()[2..]);
            }
            None => {
                bytes.extend_from_slice("\u{FFFD}".as_bytes());
                bytes.extend_from_slice(piece.as_bytes());
            }
        }
    }
    bytes
}
