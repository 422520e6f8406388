//! Somebody who pushes with plain git all the while, beside the server.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Pushes until it is stopped.
pub struct Pusher {
    stopped: Arc<AtomicBool>,
    pushed: Arc<AtomicUsize>,
    running: JoinHandle<()>,
}

impl Pusher {
    /// Begins to push from a clone: other files each time, and with it one of these records.
    pub fn start(work: PathBuf, records: Vec<String>) -> Self {
        let (stopped, pushed) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let (stop, count) = (Arc::clone(&stopped), Arc::clone(&pushed));
        let running = std::thread::spawn(move || {
            for number in 0.. {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                if push(&work, number, &records) {
                    count.fetch_add(1, Ordering::Relaxed);
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        Self {
            stopped,
            pushed,
            running,
        }
    }

    /// Stops, and returns how many pushes went through.
    pub fn stop(self) -> usize {
        self.stopped.store(true, Ordering::Relaxed);
        self.running.join().unwrap();
        self.pushed.load(Ordering::Relaxed)
    }
}

/// Says whether it went through: a push comes late now and then, as everybody's does, or finds the ref locked.
fn push(work: &Path, number: usize, records: &[String]) -> bool {
    let ran = |arguments: &[&str]| plain(work, arguments);
    if !(ran(&["fetch", "-q", "origin"]) && ran(&["reset", "-q", "--hard", "origin/main"])) {
        return false;
    }
    std::fs::write(work.join("other.txt"), format!("{number}\n")).unwrap();
    if let Some(record) = records.get(number % records.len().max(1)) {
        let file = work.join(record);
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, format!("{text}\nLine {number}.\n")).unwrap();
    }
    ran(&["add", "-A"])
        && ran(&["commit", "-q", "-m", "Change by hand"])
        && ran(&["push", "-q", "origin", "HEAD:main"])
}

fn plain(work: &Path, arguments: &[&str]) -> bool {
    let output = Command::new("git")
        .current_dir(work)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .args([
            "-c",
            "user.name=Ana Roche",
            "-c",
            "user.email=ana@example.org",
        ])
        .args(arguments)
        .output()
        .unwrap();
    output.status.success()
}
