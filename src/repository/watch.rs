//! Watching: any event in a repository's ref folders, or among a working copy's files, means "look again".
//!
//! The path of an event is never acted upon: nested new refs are reported late or not at all, `pack-refs` deletes files without moving a ref, and a
//! queue that overflows names no path. Whoever is woken re-reads the refs; a timer stands behind lost events.

use std::path::Path;
use std::sync::Arc;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;

use super::Repository;
use crate::refusal::Refusal;

/// A running watch; events stop when it is dropped.
pub struct Watch {
    _watcher: RecommendedWatcher,
}

impl Repository {
    /// Wakes a listener whenever a ref or a file of a working copy may have changed. Events that arrive while nobody listens are remembered as one.
    ///
    /// # Errors
    /// When the file system gives no events; the caller goes on with its timer alone, and says so.
    pub fn watch(&self, wake: Arc<Notify>) -> Result<Watch, Refusal> {
        let common = self.common_dir();
        let refuse = |error: notify::Error| {
            let next = "nothing is lost: changes are found by the timer; raise fs.inotify.max_user_watches, or use a local file system, for faster updates";
            Refusal::new(
                "GIT-WATCH-001",
                format!("the file system sends no events: {error}"),
                next,
            )
            .in_path(common.display().to_string())
        };
        let objects = common.join("objects");
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if event.map_or(true, |event| is_worth_a_look(&event, &objects)) {
                wake.notify_one();
            }
        })
        .map_err(refuse)?;
        // `packed-refs` and `HEAD` are renamed over, so the folder is watched and not the files; `objects` never is.
        watcher
            .watch(&common, RecursiveMode::NonRecursive)
            .map_err(refuse)?;
        watcher
            .watch(&common.join("refs"), RecursiveMode::Recursive)
            .map_err(refuse)?;
        if let Some(work_dir) = self.work_dir() {
            watcher
                .watch(&work_dir, RecursiveMode::Recursive)
                .map_err(refuse)?;
        }
        Ok(Watch { _watcher: watcher })
    }
}

/// Reads, lock files and new objects change nothing that is shown; everything else may, an event without a path most of all.
fn is_worth_a_look(event: &Event, objects: &Path) -> bool {
    if matches!(event.kind, EventKind::Access(_)) {
        return false;
    }
    let is_noise = |path: &Path| {
        path.starts_with(objects)
            || path
                .extension()
                .is_some_and(|extension| extension == "lock")
    };
    event.need_rescan() || event.paths.is_empty() || !event.paths.iter().all(|path| is_noise(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn a_plain_git_commit_wakes_the_listener() {
        let folder = tempfile::tempdir().unwrap();
        let git = |arguments: &[&str]| {
            let done = std::process::Command::new("git")
                .current_dir(folder.path())
                .args(["-c", "user.name=a", "-c", "user.email=a@b.c"])
                .args(arguments)
                .output()
                .unwrap();
            assert!(done.status.success(), "{done:?}");
        };
        git(&["init", "-q", "-b", "main"]);
        let wake = Arc::new(Notify::new());
        let _watch = Repository::open(folder.path())
            .unwrap()
            .watch(Arc::clone(&wake))
            .unwrap();
        git(&["commit", "-q", "--allow-empty", "-m", "x"]);
        tokio::time::timeout(Duration::from_secs(1), wake.notified())
            .await
            .expect("no event within a second");
    }
}
