//! Watching: any event in a repository's ref folders means "look again".
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
    /// Wakes a listener whenever a ref may have moved. Events that arrive while nobody listens are remembered as one.
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
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if event.map_or(true, |event| may_move_a_ref(&event)) {
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
        Ok(Watch { _watcher: watcher })
    }
}

/// Reads and lock files move nothing; everything else may, an event without a path most of all.
fn may_move_a_ref(event: &Event) -> bool {
    if matches!(event.kind, EventKind::Access(_)) {
        return false;
    }
    let is_lock = |path: &Path| {
        path.extension()
            .is_some_and(|extension| extension == "lock")
    };
    event.need_rescan() || event.paths.is_empty() || !event.paths.iter().all(|path| is_lock(path))
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
