//! Ref locks that a kill left behind: recovered when they are ours, never because they are old.
//!
//! git takes `REF.lock` while a ref moves. A process killed in that moment leaves the file, and the ref could never move again. So the ref is noted
//! beside the index before it is moved; at the next start, when the data directory's lock proves that the earlier process is gone, a lock on the
//! noted ref is ours unless somebody else is seen to finish with it. A lock that nothing was noted for belongs to another program, and is waited for.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};

use super::Desk;
use crate::id::CommitId;
use crate::repository::{RefMoved, RefState, Repository};

/// How long another program that happened to hold the lock may take to finish: git holds one for milliseconds.
const GRACE: Duration = Duration::from_secs(2);

/// How often a step is judged again because the branch moved under it.
pub(super) const TRIES: usize = 20;

/// How long another process may hold a ref's lock before the order is answered without it.
const LOCK_PATIENCE: Duration = Duration::from_secs(5);

/// A ref that moved is looked at again at once; a locked one after a moment.
pub(super) async fn wait_for(moved: &RefMoved) {
    if let RefMoved::Locked { .. } = moved {
        tokio::time::sleep(LOCK_PATIENCE / TRIES as u32).await;
    }
}

impl Desk {
    /// Moves a ref as [`Repository::move_ref`] does, noted so that a kill in the middle can be recovered from.
    pub(super) fn move_ref(
        &self,
        repository: &Repository,
        name: &str,
        seen: RefState,
        to: CommitId,
        log: &str,
    ) -> Result<Result<(), RefMoved>> {
        self.noted(name, || repository.move_ref(name, seen, to, log))
    }

    /// Brings a ref to where the remote holds it, which may be nowhere, as [`Repository::put_ref`] does, noted as [`Desk::move_ref`] does. Returns whether
    /// it is there: whoever moved it meanwhile is found at the next look.
    pub(super) fn put_ref(
        &self,
        repository: &Repository,
        name: &str,
        seen: RefState,
        to: RefState,
    ) -> Result<bool> {
        let log = "countersign: seen on the remote";
        let put = self.noted(name, || repository.put_ref(name, seen, to, log))?;
        Ok(put.is_ok())
    }

    fn noted<T>(&self, name: &str, moving: impl FnOnce() -> Result<T>) -> Result<T> {
        // Nothing is half done where somebody panicked: the note is written anew.
        let _one = self
            .moving
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let note = self.moving();
        std::fs::write(&note, name)
            .with_context(|| format!("failed to write {}", note.display()))?;
        let moved = moving()?;
        std::fs::remove_file(&note)
            .with_context(|| format!("failed to remove {}", note.display()))?;
        Ok(moved)
    }

    /// Removes the ref lock that an earlier run of this server was killed with, and returns its ref. The caller holds the data directory's lock.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn recover_lock(&self) -> Result<Option<String>> {
        let note = self.moving();
        let Ok(name) = std::fs::read_to_string(&note) else {
            return Ok(None);
        };
        let lock = Repository::open(&self.path)?
            .common_dir()
            .join(format!("{name}.lock"));
        let ours = stays(&lock);
        if ours {
            std::fs::remove_file(&lock)
                .with_context(|| format!("failed to remove {}", lock.display()))?;
            tracing::warn!(repository = self.name, lock = %lock.display(), "removed the lock that an earlier run was killed with");
        }
        std::fs::remove_file(&note)?;
        Ok(ours.then_some(name))
    }

    fn moving(&self) -> PathBuf {
        self.index.path().with_file_name("moving")
    }
}

/// Says whether a lock is still there, untouched, after the grace that another program would need.
fn stays(lock: &std::path::Path) -> bool {
    let state = || {
        std::fs::metadata(lock)
            .and_then(|found| found.modified())
            .ok()
    };
    let Some(first) = state() else { return false };
    std::thread::sleep(GRACE);
    state() == Some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Index;
    use crate::repository::SigningKey;

    async fn desk(folder: &std::path::Path) -> Desk {
        let path = folder.join("repo.git");
        Repository::init_bare(&path, "main").unwrap();
        let index = Index::open(&folder.join("index.sqlite")).await.unwrap();
        Desk::new(
            "test",
            path,
            "refs/heads/main",
            index,
            SigningKey::load_or_create(&folder.join("key")).unwrap(),
        )
    }

    #[tokio::test]
    async fn a_lock_of_ours_is_removed_and_a_foreign_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let desk = desk(folder.path()).await;
        let lock = desk.path.join("refs/heads/main.lock");
        std::fs::write(&lock, "").unwrap();
        assert_eq!(desk.recover_lock().unwrap(), None);
        assert!(lock.exists());
        std::fs::write(desk.moving(), "refs/heads/main").unwrap();
        assert_eq!(
            desk.recover_lock().unwrap().as_deref(),
            Some("refs/heads/main")
        );
        assert!(!lock.exists());
    }
}
