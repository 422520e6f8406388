//! What git and the remote said, and what it means: a push that was declined is another thing than one that was never sent.

use std::time::Duration;

use super::child::Ended;
use super::login::Login;
use crate::refusal::Refusal;

/// How much of the remote's own words is kept, in characters.
const WORDS: usize = 2000;

/// How a call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The remote said no, in its own words.
    Declined,
    /// Somebody else moved the ref first.
    Moved,
    /// It did not end in time.
    TimedOut,
    /// The git program could not be run.
    NoProgram,
    /// There is no way to the host.
    Unreachable,
    /// The host does not know us, or does not let us do this.
    NotLetIn,
    /// The host showed a key that is not the pinned one.
    HostKey,
    /// The host sent us elsewhere.
    Redirected,
    /// The host's certificate does not prove who it is.
    Certificate,
    /// The line was cut in the middle.
    Cut,
    /// More came than is taken.
    TooLarge,
}

/// What a call printed, and how it failed.
pub(super) struct Heard {
    /// What it printed for programs.
    pub output: String,
    /// What it and the remote said, for people.
    pub words: String,
    /// How it failed; `None` where it did not.
    pub fault: Option<Fault>,
}

impl Heard {
    /// Hears what a child said; nothing of the login is left in it.
    pub fn of(ended: Ended, login: &Login) -> Self {
        let (output, stderr, fault) = match ended {
            Ended::Never(error) => {
                let said = error.to_string().into_bytes();
                (Vec::new(), said, Some(Fault::NoProgram))
            }
            Ended::TooLong { stderr } => (Vec::new(), stderr, Some(Fault::TimedOut)),
            Ended::Itself {
                status,
                stdout,
                stderr,
            } => {
                let fault = match status.code() {
                    Some(0) => None,
                    Some(127) => Some(Fault::NoProgram),
                    _ => Some(fault(&text(&stdout), &text(&stderr))),
                };
                (stdout, stderr, fault)
            }
        };
        let output = text(&output);
        let reasons = rejections(&output).into_iter().map(|(_, reason)| reason);
        let said = reasons.chain(lines(&text(&stderr)));
        let words = login.without_secrets(&words(said));
        Self {
            output,
            words,
            fault,
        }
    }

    /// Returns why a push rejected one ref, if it did, with what the remote said beside.
    pub fn rejected(&self, name: &str) -> Option<(Fault, String)> {
        let rejected = rejections(&self.output);
        let (_, reason) = rejected.iter().find(|(rejected, _)| rejected == name)?;
        let fault = if is_late(reason) {
            Fault::Moved
        } else {
            Fault::Declined
        };
        Some((
            fault,
            words(std::iter::once(format!("{reason} ({})", self.words))),
        ))
    }

    /// Returns whether a push rejected any ref by itself.
    pub fn has_rejections(&self) -> bool {
        !rejections(&self.output).is_empty()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What git, curl and ssh say of each fault; the first that stands in what was said is it.
const SAID: [(Fault, &[&str]); 8] = [
    (
        Fault::HostKey,
        &["Host key verification failed", "IDENTIFICATION HAS CHANGED"],
    ),
    (
        Fault::Certificate,
        &[
            "certificate problem",
            "certificate verification failed",
            "certificate verify failed",
            "no alternative certificate subject name",
            "does not match target host name",
            "SSL certificate",
        ],
    ),
    (
        Fault::Redirected,
        &[
            "returned error: 301",
            "returned error: 302",
            "returned error: 303",
            "returned error: 307",
            "returned error: 308",
            "unable to update url base from redirection",
        ],
    ),
    (
        Fault::NotLetIn,
        &[
            "Authentication failed",
            "could not read Username",
            "could not read Password",
            "returned error: 401",
            "returned error: 403",
            "Permission denied (",
            "Too many authentication failures",
        ],
    ),
    (
        Fault::TooLarge,
        &["signal 25", "File too large", "File size limit exceeded"],
    ),
    (
        Fault::Unreachable,
        &[
            "Could not resolve host",
            "Could not resolve hostname",
            "Failed to connect",
            "Could not connect",
            "Couldn't connect",
            "Connection refused",
            "No route to host",
            "Network is unreachable",
            "Connection timed out",
            "returned error: 502",
            "returned error: 503",
            "returned error: 504",
        ],
    ),
    (
        Fault::TimedOut,
        &[
            "Operation too slow",
            "Operation timed out",
            "Timeout, server",
        ],
    ),
    (
        Fault::Cut,
        &[
            "the remote end hung up unexpectedly",
            "unexpected disconnect",
            "early EOF",
            "RPC failed",
            "Connection reset",
            "Broken pipe",
            "Empty reply from server",
            "Recv failure",
            "Send failure",
            "transfer closed",
            "kex_exchange_identification",
        ],
    ),
];

/// Reads how a call failed out of what was said. Git says it in English under `LC_ALL=C` and in nothing but words; what is not known is the remote's no.
fn fault(stdout: &str, stderr: &str) -> Fault {
    if let Some(fault) = rejected(stdout) {
        return fault;
    }
    // What the remote says stands behind its own mark and proves nothing about the line.
    let (theirs, ours): (Vec<&str>, Vec<&str>) =
        stderr.lines().partition(|line| line.starts_with("remote:"));
    if stdout.lines().any(|line| line.starts_with("!\t")) {
        // Of refs that are taken all or none, the remote says beside which came too late.
        let late = theirs.iter().any(|line| is_late(line));
        return if late { Fault::Moved } else { Fault::Declined };
    }
    let ours = ours.join("\n");
    let known = SAID
        .iter()
        .find(|(_, said)| said.iter().any(|words| ours.contains(words)));
    known.map_or(Fault::Declined, |(fault, _)| *fault)
}

/// What a push said of its refs: no where any was declined, and moved where nothing else stood in the way.
fn rejected(stdout: &str) -> Option<Fault> {
    match rejections(stdout).as_slice() {
        [] => None,
        all if all.iter().all(|(_, reason)| is_late(reason)) => Some(Fault::Moved),
        _ => Some(Fault::Declined),
    }
}

/// Returns whether a ref was rejected because somebody else moved it first.
fn is_late(reason: &str) -> bool {
    const LATE: [&str; 6] = [
        "fetch first",
        "non-fast-forward",
        "stale info",
        "failed to update ref",
        "cannot lock ref",
        "incorrect old value provided",
    ];
    LATE.iter().any(|late| reason.contains(late))
}

/// Refs that a push rejected, each with the reason, in the lines of `push --porcelain`: `!`, the two refs and the reason, with tabs between. Those that
/// only went along with another are left out.
fn rejections(stdout: &str) -> Vec<(String, String)> {
    let rejection = |line: &str| {
        let mut parts = line.strip_prefix("!\t")?.splitn(2, '\t');
        let (refs, reason) = (parts.next()?, parts.next()?);
        let (_, name) = refs.split_once(':')?;
        let went_along =
            reason.contains("atomic push fail") || reason.contains("atomic transaction failed");
        (!went_along).then(|| (name.to_owned(), reason.trim().to_owned()))
    };
    stdout.lines().filter_map(rejection).collect()
}

/// The lines of what was said that tell something: of SSH's own account only the fingerprint.
fn lines(stderr: &str) -> Vec<String> {
    let told = |line: &str| {
        let line = line.trim();
        if let Some(key) = line.strip_prefix("debug1: Server host key: ") {
            return Some(format!("the host showed the key {key}"));
        }
        let is_noise = line.is_empty()
            || line.starts_with("debug1: ")
            || line.starts_with("OpenSSH_")
            || line.starts_with("Authenticated to ")
            || line.starts_with("Transferred: sent ")
            || line.starts_with("Bytes per second: ")
            || line.chars().all(|c| c == '@');
        (!is_noise).then(|| line.to_owned())
    };
    stderr.lines().filter_map(told).collect()
}

/// The remote's own words, bounded, without controls and without a password that an address may hold.
fn words(lines: impl Iterator<Item = String>) -> String {
    let joined: String = lines
        .collect::<Vec<_>>()
        .join(" / ")
        .chars()
        .filter(|c| !c.is_control())
        .take(WORDS)
        .collect();
    without_credentials(&joined)
}

/// Replaces what stands between `://` and `@` in any address.
fn without_credentials(text: &str) -> String {
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

/// Says a fault in words.
pub(super) fn refusal(
    fault: Fault,
    words: &str,
    doing: &str,
    patience: Duration,
    bytes: u64,
) -> Refusal {
    match fault {
        Fault::Declined => Refusal::new(
            "PUB-REM-001",
            format!("could not {doing} the remote, which said: {words}"),
            "it is tried again; mend what the remote names",
        ),
        Fault::TimedOut => Refusal::new(
            "PUB-REM-002",
            format!(
                "could not {doing} the remote within {} seconds",
                patience.as_secs()
            ),
            "it is tried again; look at the line and at the remote",
        ),
        Fault::NoProgram => Refusal::new(
            "PUB-REM-004",
            format!("the git program could not {doing} the remote: {words}"),
            "install git where the server runs, and try again",
        ),
        Fault::Moved => Refusal::new(
            "PUB-REM-005",
            format!("somebody else moved the branch on the remote first: {words}"),
            "it is looked at again, and tried on what stands there now",
        ),
        Fault::Unreachable => Refusal::new(
            "PUB-REM-006",
            format!("the remote cannot be reached: {words}"),
            "it is tried again; everything else works meanwhile",
        ),
        Fault::NotLetIn => Refusal::new(
            "PUB-REM-007",
            format!("the remote does not let this server {doing} it: {words}"),
            "see that its token or key is still good and may write there, and give a new one with countersign connect",
        ),
        Fault::HostKey => Refusal::new(
            "PUB-REM-008",
            format!("the remote is not the host that is pinned, so nothing was sent: {words}"),
            "ask whoever runs the host for the fingerprint of its key; where it is this one, pin it with countersign connect --host-key",
        ),
        Fault::Redirected => Refusal::new(
            "PUB-REM-009",
            format!("the remote sends us to another address, which is not followed: {words}"),
            "give the address at which the repository is now with countersign connect",
        ),
        Fault::Certificate => Refusal::new(
            "PUB-REM-010",
            format!(
                "the remote's certificate does not prove who it is, so nothing was sent: {words}"
            ),
            "mend the certificate there; that of an own authority is given in SSL_CERT_FILE",
        ),
        Fault::Cut => Refusal::new(
            "PUB-REM-011",
            format!("the line to the remote was cut: {words}"),
            "it is tried again; nothing is sent twice",
        ),
        Fault::TooLarge => Refusal::new(
            "PUB-REM-012",
            format!(
                "what the remote sends is larger than {} MiB, and was broken off",
                bytes >> 20
            ),
            "look at what was pushed there; a register is text and a few pictures",
        ),
    }
}

/// A push of which the remote's answer was good and nobody could look whether it arrived.
pub(super) fn unknown(unseen: &Refusal) -> Refusal {
    Refusal::new(
        "PUB-REM-013",
        format!(
            "the remote took the push, and nobody could look whether it arrived: {}",
            unseen.cause
        ),
        "it counts once it is seen there; it is looked at again",
    )
}

/// A push of which the remote's answer was good and a fresh look shows something else.
pub(super) fn elsewhere(name: &str) -> Refusal {
    Refusal::new(
        "PUB-REM-003",
        format!("the remote took the push and shows another commit at {name}"),
        "it is tried again; if it stays, look for a rule or a mirror on the remote that moves the branch",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(stderr: &str) -> String {
        words(lines(stderr).into_iter())
    }

    #[test]
    fn the_remotes_words_never_hold_a_password() {
        assert_eq!(
            said("fatal: unable to access 'https://ana:s3cret@example.org/x.git/': 403"),
            "fatal: unable to access 'https://…@example.org/x.git/': 403"
        );
    }

    #[test]
    fn of_the_account_of_ssh_the_fingerprint_is_kept() {
        let stderr = "OpenSSH_9.2p1\ndebug1: Connecting\ndebug1: Server host key: ssh-ed25519 SHA256:abc\nHost key verification failed.\n";
        assert_eq!(
            said(stderr),
            "the host showed the key ssh-ed25519 SHA256:abc / Host key verification failed."
        );
        assert_eq!(fault("", stderr), Fault::HostKey);
    }

    #[test]
    fn what_the_remote_says_proves_nothing_about_the_line() {
        let stderr =
            "remote: Authentication failed: branch is protected\nerror: failed to push some refs\n";
        assert_eq!(fault("", stderr), Fault::Declined);
    }

    #[test]
    fn of_a_push_the_rejected_refs_say_what_happened() {
        let line = |reason: &str| format!("!\ta:refs/heads/main\t{reason}\n");
        for (reasons, fault) in [
            (vec!["[rejected] (fetch first)"], Fault::Moved),
            (
                vec!["[remote rejected] (pre-receive hook declined)"],
                Fault::Declined,
            ),
            (
                vec!["[rejected] (atomic push failed)", "[rejected] (stale info)"],
                Fault::Moved,
            ),
            (
                vec![
                    "[rejected] (fetch first)",
                    "[remote rejected] (protected branch)",
                ],
                Fault::Declined,
            ),
        ] {
            let stdout: String = reasons.into_iter().map(line).collect();
            assert_eq!(rejected(&stdout), Some(fault), "{stdout}");
        }
        assert_eq!(rejected("To x\n \ta:b\tc..d\nDone\n"), None);
    }
}
