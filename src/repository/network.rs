//! The network: git's own program as a child process, because libgit2's push reports success where the remote declined.
//!
//! The argument lists are fixed, user text never stands where an option could, no configuration but the clone's own is read, no hook runs, no
//! prompt appears, and every call ends in time. A push counts only when a fresh look at the remote shows it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::id::CommitId;
use crate::refusal::Refusal;

/// How long one call may take: long enough for a first clone of a large register on a slow line.
const PATIENCE: Duration = Duration::from_secs(600);

/// How much of the remote's own words is kept.
const WORDS: usize = 2000;

/// The refs of a remote as it just told them: full name to commit.
pub type RemoteRefs = BTreeMap<String, CommitId>;

/// Clones a repository bare. The folder must not exist; what a failed clone left is removed.
///
/// # Errors
/// A refusal with the remote's words.
pub fn clone(address: &str, folder: &Path) -> Result<(), Refusal> {
    let mut command = git(None);
    command
        .args(["clone", "--quiet", "--bare", "--"])
        .arg(address)
        .arg(folder);
    run(command, "clone").map(drop).inspect_err(|_| {
        // Half a clone would be taken for a whole one.
        let _ = std::fs::remove_dir_all(folder);
    })
}

/// Asks the remote for its branches and for our refs.
///
/// # Errors
/// A refusal with the remote's words.
pub fn look(repository: &Path) -> Result<RemoteRefs, Refusal> {
    let mut command = git(Some(repository));
    command.args([
        "ls-remote",
        "--quiet",
        "origin",
        "refs/heads/*",
        "refs/countersign/*",
    ]);
    let output = run(command, "look at")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines = text.lines().filter_map(|line| line.split_once('\t'));
    Ok(lines
        .filter_map(|(id, name)| Some((name.to_owned(), id.parse().ok()?)))
        .collect())
}

/// Fetches the objects behind one ref of the remote; no ref here is moved.
///
/// # Errors
/// A refusal with the remote's words.
pub fn fetch(repository: &Path, name: &str) -> Result<(), Refusal> {
    let mut command = git(Some(repository));
    command.args([
        "fetch",
        "--quiet",
        "--no-tags",
        "--no-write-fetch-head",
        "--no-auto-maintenance",
        "origin",
        name,
    ]);
    run(command, "fetch from").map(drop)
}

/// Pushes commits to refs of the remote, all or none, and looks whether they arrived. Nothing is forced but one ref that may be named: it may take the
/// place of just the commit that is named with it.
///
/// # Errors
/// A refusal with the remote's words, also when the push claimed success and the remote shows something else.
pub fn push(
    repository: &Path,
    updates: &[(CommitId, &str)],
    replaces: Option<(CommitId, &str)>,
) -> Result<(), Refusal> {
    let mut command = git(Some(repository));
    command.args(["push", "--quiet", "--atomic", "--no-verify"]);
    if let Some((commit, name)) = replaces {
        command.arg(format!("--force-with-lease={name}:{commit}"));
    }
    command.arg("origin");
    command.args(
        updates
            .iter()
            .map(|(commit, name)| format!("{commit}:{name}")),
    );
    let pushed = run(command, "push to");
    let seen = look(repository)?;
    match updates
        .iter()
        .find(|(commit, name)| seen.get(*name) != Some(commit))
    {
        // Whatever the push said: the remote holds what was sent.
        None => Ok(()),
        Some((_, name)) => {
            pushed?;
            let cause = format!("the remote took the push and shows another commit at {name}");
            Err(Refusal::new(
                "PUB-REM-003",
                cause,
                "it is tried again; if it stays, look for a rule or a mirror on the remote that moves the branch",
            ))
        }
    }
}

fn git(repository: Option<&Path>) -> Command {
    let mut command = Command::new("git");
    if let Some(repository) = repository {
        command.arg("--git-dir").arg(repository);
    }
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    for variable in [
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_SSH",
        "GIT_PROXY_COMMAND",
        "GIT_EXTERNAL_DIFF",
    ] {
        command.env_remove(variable);
    }
    command
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_ASKPASS", "true")
        .env(
            "GIT_SSH_COMMAND",
            "ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -o ConnectTimeout=20",
        )
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// What every call sets: no hook, no helper, no other transport, no redirect to another host, objects checked as they come.
const SETTINGS: [&str; 12] = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "credential.helper=",
    "protocol.allow=never",
    "protocol.https.allow=always",
    "protocol.http.allow=always",
    "protocol.ssh.allow=always",
    "http.followRedirects=false",
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=60",
    "fetch.fsckObjects=true",
    "gc.auto=0",
];

fn run(mut command: Command, doing: &str) -> Result<Output, Refusal> {
    let failed = |error: anyhow::Error| {
        let next = "install git where the server runs, and try again";
        Refusal::new(
            "PUB-REM-004",
            format!("the git program could not {doing} the remote: {error:#}"),
            next,
        )
    };
    let output = wait(&mut command).map_err(failed)?;
    match output {
        Some(output) if output.status.success() => Ok(output),
        Some(output) => {
            let cause = format!(
                "could not {doing} the remote, which said: {}",
                words(&output.stderr)
            );
            Err(Refusal::new(
                "PUB-REM-001",
                cause,
                "it is tried again; mend what the remote names",
            ))
        }
        None => {
            let cause = format!(
                "could not {doing} the remote within {} seconds",
                PATIENCE.as_secs()
            );
            Err(Refusal::new(
                "PUB-REM-002",
                cause,
                "it is tried again; look at the line and at the remote",
            ))
        }
    }
}

/// Waits for the child, and ends it when it takes too long; `None` then. Its output is read meanwhile, so that it never waits for us.
fn wait(command: &mut Command) -> Result<Option<Output>> {
    let mut child = command.spawn().context("it did not start")?;
    let stdout = child.stdout.take().map(drain);
    let stderr = child.stderr.take().map(drain);
    let deadline = Instant::now() + PATIENCE;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if Instant::now() >= deadline {
            child.kill().context("it could not be ended")?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let taken = |reader: Option<std::thread::JoinHandle<Vec<u8>>>| {
        reader
            .and_then(|reader| reader.join().ok())
            .unwrap_or_default()
    };
    Ok(Some(Output {
        status,
        stdout: taken(stdout),
        stderr: taken(stderr),
    }))
}

fn drain(mut from: impl std::io::Read + Send + 'static) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // What could be read is better than nothing.
        let _ = from.read_to_end(&mut bytes);
        bytes
    })
}

/// The remote's own words, bounded, without a password that an address may hold.
fn words(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let joined: String = lines
        .join(" / ")
        .chars()
        .filter(|c| !c.is_control())
        .take(WORDS)
        .collect();
    without_credentials(&joined)
}

/// Replaces what stands between `://` and `@` in any address.
pub(super) fn without_credentials(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("://") {
        let (before, after) = rest.split_at(start + 3);
        clean.push_str(before);
        let end = after
            .find(|c: char| c.is_whitespace() || matches!(c, '/' | '\'' | '"'))
            .unwrap_or(after.len());
        match after[..end].rfind('@') {
            Some(at) => {
                clean.push('…');
                rest = &after[at..];
            }
            None => rest = after,
        }
    }
    clean.push_str(rest);
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remotes_words_never_hold_a_password() {
        let said = "fatal: unable to access 'https://ana:s3cret@example.org/x.git/': 403";
        assert_eq!(
            words(said.as_bytes()),
            "fatal: unable to access 'https://…@example.org/x.git/': 403"
        );
    }

    #[test]
    fn local_paths_are_no_remote() {
        let folder = tempfile::tempdir().unwrap();
        let refusal = clone(
            folder.path().to_str().unwrap(),
            &folder.path().join("clone"),
        )
        .unwrap_err();
        assert_eq!(refusal.code, "PUB-REM-001");
    }
}
