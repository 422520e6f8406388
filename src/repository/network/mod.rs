//! The network: git's own program as a child process, because libgit2's push reports success where the remote declined.
//!
//! The argument lists are fixed, user text never stands where an option could, no configuration but the clone's own is read, no hook runs, no
//! prompt appears, and every call ends in time (`child`). A login is bound to the remote's own host and handed over out of sight ([`Login`]). A
//! push counts only when a fresh look at the remote shows it; how a call failed is told apart by what git and the remote said (`answer`).

mod answer;
mod child;
mod host_key;
mod login;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use self::answer::{Fault, Heard};
use crate::id::CommitId;
use crate::refusal::Refusal;

pub use self::host_key::{HostKey, host_key, host_keys, new_key, public_line, ssh_host};
pub use self::login::{Login, is_address, scheme_and_host};

/// The refs of a remote as it just told them: full name to commit.
pub type RemoteRefs = BTreeMap<String, CommitId>;

/// A place on the network that holds a repository, and how this server is let in there.
#[derive(Debug, Clone)]
pub struct Remote {
    /// Its address, without any secret.
    pub address: String,
    /// How this server is let in.
    pub login: Login,
    /// How long a call may take and how much may come.
    pub limits: Limits,
}

/// How long a call may take and how much may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For asking which refs there are.
    pub look: Duration,
    /// For a fetch, a push or a clone: long enough for a first clone of a large register on a slow line.
    pub transfer: Duration,
    /// Bytes of one pack; a larger one is broken off while it comes.
    pub bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            look: Duration::from_secs(60),
            transfer: Duration::from_secs(600),
            bytes: 4 << 30,
        }
    }
}

/// The most refs of one call: more would not fit into an argument list.
const MOST_REFS: usize = 500;

/// A ref of the remote that is to stand elsewhere. Nothing is forced but where it says what it replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// Its full name.
    pub name: String,
    /// Where it is to stand; `None` where it is to go.
    pub to: Option<CommitId>,
    /// The one commit whose place it may take although it does not hold it.
    pub replaces: Option<CommitId>,
}

impl Update {
    /// Returns a ref that goes forward, or begins.
    pub fn forward(name: impl Into<String>, to: CommitId) -> Self {
        Self {
            name: name.into(),
            to: Some(to),
            replaces: None,
        }
    }

    fn is_in(&self, seen: &RemoteRefs) -> bool {
        seen.get(&self.name) == self.to.as_ref()
    }

    fn lease(&self) -> Option<String> {
        let replaced = self.replaces?;
        Some(format!("--force-with-lease={}:{replaced}", self.name))
    }

    fn refspec(&self) -> String {
        let to = self.to.map(|commit| commit.to_string());
        format!("{}:{}", to.unwrap_or_default(), self.name)
    }
}

/// How a push ended that nobody refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// The remote was seen to hold what was sent.
    Arrived,
    /// Somebody else moved a ref there first; look again.
    Moved,
}

impl Remote {
    /// Returns the remote at an address, with the usual limits.
    pub fn new(address: impl Into<String>, login: Login) -> Self {
        Self {
            address: address.into(),
            login,
            limits: Limits::default(),
        }
    }

    /// Clones it bare. The folder must not exist; what a failed clone left is removed.
    ///
    /// # Errors
    /// A refusal with the remote's words.
    pub fn clone_to(&self, folder: &Path) -> Result<(), Refusal> {
        let mut command = self.git(None)?;
        command
            .args(["clone", "--quiet", "--bare", "--", &self.address])
            .arg(folder);
        self.run(command, "clone", self.limits.transfer)
            .map(drop)
            .inspect_err(|_| {
                // Half a clone would be taken for a whole one.
                let _ = std::fs::remove_dir_all(folder);
            })
    }

    /// Asks for its refs under these patterns, as `refs/heads/*`.
    ///
    /// # Errors
    /// A refusal with the remote's words.
    pub fn look(&self, patterns: &[&str]) -> Result<RemoteRefs, Refusal> {
        let mut command = self.git(None)?;
        command
            .args(["ls-remote", "--quiet", "--", &self.address])
            .args(patterns);
        let heard = self.run(command, "look at", self.limits.look)?;
        let lines = heard.output.lines();
        Ok(lines
            .filter_map(|line| line.split_once('\t'))
            .filter_map(|(id, name)| Some((name.to_owned(), id.parse().ok()?)))
            .collect())
    }

    /// Fetches the objects behind some of its refs; no ref here is moved.
    ///
    /// # Errors
    /// A refusal with the remote's words.
    pub fn fetch(&self, repository: &Path, names: &[&str]) -> Result<(), Refusal> {
        for names in names.chunks(MOST_REFS) {
            let mut command = self.git(Some(repository))?;
            command
                .args([
                    "fetch",
                    "--quiet",
                    "--no-tags",
                    "--no-write-fetch-head",
                    "--no-auto-maintenance",
                    "--no-recurse-submodules",
                    "--",
                    &self.address,
                ])
                .args(names);
            self.run(command, "fetch from", self.limits.transfer)?;
        }
        Ok(())
    }

    /// Pushes to refs of the remote, all or none, and looks whether they arrived.
    ///
    /// # Errors
    /// A refusal with the remote's words, also when the push claimed success and the remote shows something else.
    pub fn push(&self, repository: &Path, updates: &[Update]) -> Result<Pushed, Refusal> {
        let offered = self.offer(repository, updates, &["--atomic"])?;
        let missing = updates
            .iter()
            .find(|update| !offered.seen.as_ref().is_ok_and(|seen| update.is_in(seen)));
        let Some(update) = missing else {
            // Whatever the push said: the remote holds what was sent.
            return Ok(Pushed::Arrived);
        };
        self.missing(&offered, offered.heard.fault, &offered.heard.words, update)
    }

    /// Pushes to refs of the remote, each for itself, and looks which arrived; says what became of each, in the order given.
    pub fn push_each(&self, repository: &Path, updates: &[Update]) -> Vec<Result<Pushed, Refusal>> {
        let mut ends = Vec::with_capacity(updates.len());
        for updates in updates.chunks(MOST_REFS) {
            match self.offer(repository, updates, &[]) {
                Ok(offered) => ends.extend(updates.iter().map(|update| self.end(&offered, update))),
                Err(refusal) => ends.extend(updates.iter().map(|_| Err(refusal.clone()))),
            }
        }
        ends
    }

    /// Says what became of one ref of several that were pushed each for itself.
    fn end(&self, offered: &Offered, update: &Update) -> Result<Pushed, Refusal> {
        if offered.seen.as_ref().is_ok_and(|seen| update.is_in(seen)) {
            return Ok(Pushed::Arrived);
        }
        match offered.heard.rejected(&update.name) {
            Some((fault, reason)) => self.missing(offered, Some(fault), &reason, update),
            // Where others were rejected, that is no word about this one.
            None if offered.heard.has_rejections() => self.missing(offered, None, "", update),
            None => self.missing(offered, offered.heard.fault, &offered.heard.words, update),
        }
    }

    /// Says why what was sent is not there, as far as anybody can tell.
    fn missing(
        &self,
        offered: &Offered,
        fault: Option<Fault>,
        words: &str,
        update: &Update,
    ) -> Result<Pushed, Refusal> {
        match (fault, &offered.seen) {
            (Some(Fault::Moved), _) => Ok(Pushed::Moved),
            (Some(fault), _) => Err(self.refusal(fault, words, "push to", self.limits.transfer)),
            (None, Ok(_)) => Err(answer::elsewhere(&update.name)),
            (None, Err(unseen)) => Err(answer::unknown(unseen)),
        }
    }

    /// Asks whether this login may write there; nothing is changed. It is asked about a ref that nobody has: a branch may have moved there meanwhile, which
    /// says nothing of the login.
    ///
    /// # Errors
    /// A refusal with the remote's words.
    pub fn may_push(&self, repository: &Path) -> Result<(), Refusal> {
        let mut command = self.git(Some(repository))?;
        command.args(["push", "--porcelain", "--dry-run", "--no-verify", "--"]);
        command.args([&self.address, "HEAD:refs/countersign/may-push"]);
        self.run(command, "push to", self.limits.look).map(drop)
    }

    fn offer(
        &self,
        repository: &Path,
        updates: &[Update],
        how: &[&str],
    ) -> Result<Offered, Refusal> {
        let mut command = self.git(Some(repository))?;
        command
            .args(["push", "--porcelain", "--no-verify"])
            .args(how);
        command.args(updates.iter().filter_map(Update::lease));
        command.args(["--", &self.address]);
        command.args(updates.iter().map(Update::refspec));
        let heard = self.hear(command, self.limits.transfer);
        let names: Vec<&str> = updates.iter().map(|update| update.name.as_str()).collect();
        let seen = self.look(&names);
        Ok(Offered { heard, seen })
    }

    fn git(&self, repository: Option<&Path>) -> Result<Command, Refusal> {
        self.login.refuse_in_clear(&self.address)?;
        let mut command = child::git(repository, self.limits.bytes);
        self.login.hand_over(&mut command, &self.address);
        Ok(command)
    }

    fn run(&self, command: Command, doing: &str, patience: Duration) -> Result<Heard, Refusal> {
        let heard = self.hear(command, patience);
        match heard.fault {
            None => Ok(heard),
            Some(fault) => Err(self.refusal(fault, &heard.words, doing, patience)),
        }
    }

    fn hear(&self, mut command: Command, patience: Duration) -> Heard {
        Heard::of(child::wait(&mut command, patience), &self.login)
    }

    fn refusal(&self, fault: Fault, words: &str, doing: &str, patience: Duration) -> Refusal {
        answer::refusal(fault, words, doing, patience, self.limits.bytes)
    }
}

/// What a push said, and what a fresh look showed after it.
struct Offered {
    heard: Heard,
    seen: Result<RemoteRefs, Refusal>,
}
