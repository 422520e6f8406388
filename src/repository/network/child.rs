//! One run of the git program: with nothing of its surroundings, and with an end.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The most that is kept of what git prints: the refs of a large host.
const OUTPUT: u64 = 64 << 20;

/// How a child ended.
pub(super) enum Ended {
    /// By itself.
    Itself {
        status: ExitStatus,
        stdout: Vec<u8>,
        stderr: Vec<u8>,
    },
    /// It took too long, and was ended with everything that it had begun. What it had said by then.
    TooLong { stderr: Vec<u8> },
    /// It could not be run.
    Never(std::io::Error),
}

/// What every call sets: no hook, no helper, no other transport, no redirect to another host, objects checked as they come.
const SETTINGS: [&str; 17] = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.askPass=true",
    "credential.helper=",
    "protocol.allow=never",
    "protocol.https.allow=always",
    "protocol.http.allow=always",
    "protocol.ssh.allow=always",
    "http.followRedirects=false",
    "http.sslVerify=true",
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=60",
    "transfer.credentialsInUrl=die",
    "fetch.fsckObjects=true",
    // A pack is bounded as it comes; loose objects would not be.
    "fetch.unpackLimit=1",
    "submodule.recurse=false",
    "gc.auto=0",
];

/// What a child keeps of our surroundings: where programs are, where certificates are, whose SSH settings count, and the way out.
const KEPT: [&str; 13] = [
    "PATH",
    "HOME",
    "TMPDIR",
    "SSH_AUTH_SOCK",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "GIT_SSL_CAINFO",
    "GIT_EXEC_PATH",
    "http_proxy",
    "https_proxy",
    "HTTPS_PROXY",
    "no_proxy",
    "NO_PROXY",
];

/// Begins the command line of a git that writes no file larger than `bytes`.
pub(super) fn git(repository: Option<&Path>, bytes: u64) -> Command {
    let mut command = limited(bytes);
    if let Some(repository) = repository {
        command.arg("--git-dir").arg(repository);
    }
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    command.env_clear();
    for name in KEPT {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_ASKPASS", "true")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// The shell sets the limit before it becomes git: of all that could bound a pack, this alone ends it while it still comes.
#[cfg(unix)]
fn limited(bytes: u64) -> Command {
    use std::os::unix::process::CommandExt;
    let mut command = Command::new("sh");
    let blocks = (bytes / 512).to_string();
    // Without the signal, git says what stood in its way before it ends.
    let script = r#"trap '' XFSZ && ulimit -f "$1" && shift && exec git "$@""#;
    command.args(["-c", script, "git", &blocks]);
    // Everything that it begins can be ended with it.
    command.process_group(0);
    command
}

#[cfg(not(unix))]
fn limited(_bytes: u64) -> Command {
    Command::new("git")
}

/// Waits for the child, and ends it with all that it began when it takes too long. Its output is read meanwhile, so that it never waits for us.
pub(super) fn wait(command: &mut Command, patience: Duration) -> Ended {
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Ended::Never(error),
    };
    let stdout = child.stdout.take().map(drain);
    let stderr = child.stderr.take().map(drain);
    let deadline = Instant::now() + patience;
    let mut pause = Duration::from_millis(1);
    let is_over = loop {
        match is_over(&mut child) {
            false if Instant::now() < deadline => std::thread::sleep(pause),
            is_over => break is_over,
        }
        pause = (pause * 2).min(Duration::from_millis(20));
    };
    let status = end(&mut child);
    let (stdout, stderr) = (taken(stdout), taken(stderr));
    match status {
        Ok(status) if is_over => Ended::Itself {
            status,
            stdout,
            stderr,
        },
        Ok(_) => Ended::TooLong { stderr },
        Err(error) => Ended::Never(error),
    }
}

/// Returns whether the child has ended. It is not forgotten yet, so its number still stands for it and its group.
#[cfg(unix)]
fn is_over(child: &mut Child) -> bool {
    use rustix::process::{WaitId, WaitIdOptions, waitid};
    let Some(number) = number(child) else {
        return true;
    };
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    // Whoever cannot be asked about is not waited for.
    !matches!(waitid(WaitId::Pid(number), options), Ok(None))
}

#[cfg(not(unix))]
fn is_over(child: &mut Child) -> bool {
    !matches!(child.try_wait(), Ok(None))
}

/// Ends the child with everything that it began: whatever it left running would hold the pipes open.
#[cfg(unix)]
fn end(child: &mut Child) -> std::io::Result<ExitStatus> {
    use rustix::process::{Signal, kill_process_group};
    if let Some(group) = number(child) {
        // Nothing is left to end where all went well.
        let _ = kill_process_group(group, Signal::KILL);
    }
    child.wait()
}

#[cfg(not(unix))]
fn end(child: &mut Child) -> std::io::Result<ExitStatus> {
    // It has ended by itself, or does now.
    let _ = child.kill();
    child.wait()
}

#[cfg(unix)]
fn number(child: &Child) -> Option<rustix::process::Pid> {
    let number = i32::try_from(child.id()).ok()?;
    rustix::process::Pid::from_raw(number)
}

fn drain(from: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let mut from = from.take(OUTPUT);
        // What could be read is better than nothing.
        let _ = from.read_to_end(&mut bytes);
        // The rest is taken, so that nobody waits for us.
        let _ = std::io::copy(&mut from.into_inner(), &mut std::io::sink());
        bytes
    })
}

fn taken(reader: Option<JoinHandle<Vec<u8>>>) -> Vec<u8> {
    reader
        .and_then(|reader| reader.join().ok())
        .unwrap_or_default()
}
