//! From a plain commit to the index: by events alone, by the timer alone, and no work at all while nothing happens.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::{self, DRAFT, POLICY, commit_files, git};

const ONE: &str = "notes/one.md";

/// A server in a process of its own, ended with the test.
struct Server {
    child: Child,
    folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, and then the test says why.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start(settings: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        git(folder.path(), &["init", "-q", "-b", "main", "work"]);
        commit_files(
            &folder.path().join("work"),
            "Ana Roche <ana@example.org>",
            "Begin",
            &[(ONE, DRAFT), ("countersign.toml", POLICY)],
        );
        git(
            folder.path(),
            &["clone", "-q", "--bare", "work", "register.git"],
        );
        git(
            &folder.path().join("work"),
            &["remote", "add", "origin", "../register.git"],
        );
        let data = folder.path().join("data");
        let mut child = Command::new(env!("CARGO_BIN_EXE_countersign"))
            .arg("--data-dir")
            .arg(&data)
            .arg("serve")
            .arg(folder.path().join("register.git"))
            .args(["--listen", "127.0.0.1:0"])
            .args(settings)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(
            lines
                .next()
                .unwrap()
                .unwrap()
                .starts_with("Countersign is at http://")
        );
        // The first look is over when the address is printed; the watch begins right after.
        std::thread::sleep(Duration::from_millis(500));
        Self { child, folder }
    }

    fn work(&self) -> std::path::PathBuf {
        self.folder.path().join("work")
    }

    /// Pushes a title with plain git and returns how long it took until the index held it.
    fn push(&self, title: &str) -> Duration {
        commit_files(
            &self.work(),
            "Ana Roche <ana@example.org>",
            title,
            &[(ONE, &DRAFT.replace("One note", title))],
        );
        git(&self.work(), &["push", "-q", "origin", "main"]);
        let begun = Instant::now();
        while indexed_title(self.folder.path()) != title {
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "the index never held it"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        begun.elapsed()
    }
}

/// Reads the index as anybody can, beside the server.
fn indexed_title(folder: &Path) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let index = countersign::index::Index::open(
            &folder.join("data/repositories/register/index.sqlite"),
        )
        .await
        .unwrap();
        let record = countersign::index::record_at(index.reader(), ONE)
            .await
            .unwrap();
        record.map(|record| record.title).unwrap_or_default()
    })
}

#[test]
fn by_events_alone_a_plain_push_is_indexed_within_a_second() {
    let server = Server::start(&["--interval", "3600"]);
    let times: Vec<Duration> = [
        "Second note",
        "Third note",
        "Fourth note",
        "Fifth note",
        "Sixth note",
    ]
    .iter()
    .map(|title| server.push(title))
    .collect();
    let best = times.iter().min().unwrap();
    assert!(*best < Duration::from_secs(1), "{times:?}");
}

#[test]
fn by_the_timer_alone_it_is_indexed_within_one_interval() {
    let server = Server::start(&["--interval", "2", "--no-events"]);
    let time = server.push("Second note");
    assert!(time < Duration::from_secs(4), "{time:?}");
}

#[test]
fn an_idle_server_opens_no_git_object() {
    let traced = Command::new("strace").arg("-V").output();
    if traced.is_err() {
        common::skip::skip("strace is not installed");
        return;
    }
    let server = Server::start(&["--interval", "2"]);
    let log = server.folder.path().join("strace.log");
    let mut strace = Command::new("strace")
        .args(["-f", "-e", "trace=openat,open", "-o"])
        .arg(&log)
        .args(["-p", &server.child.id().to_string()])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Ten intervals; a minute at the default interval is two.
    std::thread::sleep(Duration::from_secs(20));
    strace.kill().unwrap();
    strace.wait().unwrap();
    let opened = std::fs::read_to_string(&log).unwrap_or_default();
    if opened.is_empty() {
        common::skip::skip("this machine does not let strace attach");
        return;
    }
    let objects: Vec<&str> = opened
        .lines()
        .filter(|line| line.contains("/objects/") && !line.contains("objects/info/alternates"))
        .collect();
    assert_eq!(objects, Vec::<&str>::new());
}
