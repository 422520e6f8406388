//! What the clients were told, held against what plain git says. The database is never asked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::common::browser::{Form, Page};
use super::common::git;

/// What came back for one sending of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The server led on: it is done.
    Accepted,
    /// A page that says why not: its status and code.
    Refused(u16, String),
    /// No answer; the server was killed first.
    Lost,
}

/// One sending of a form, as its sender noted it.
#[derive(Debug, Clone)]
pub struct Sent {
    pub by: &'static str,
    pub operation: String,
    pub record: String,
    pub proposed: String,
    pub form: Form,
    pub answer: Answer,
    /// Whether the answer led on to the record in its new status.
    told_of_move: bool,
}

/// The clients' own log.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<Sent>>>);

impl Log {
    pub fn note(&self, by: &'static str, form: &Form, came: reqwest::Result<Page>) {
        let records = |page: &Page| page.location().contains("/records/");
        let sent = Sent {
            told_of_move: came.as_ref().is_ok_and(records),
            by,
            operation: form.get("operation").to_owned(),
            record: form.get("record").to_owned(),
            proposed: form.get("proposed").to_owned(),
            form: form.clone(),
            answer: read(came),
        };
        self.0.lock().unwrap().push(sent);
    }

    pub fn sent(&self) -> Vec<Sent> {
        self.0.lock().unwrap().clone()
    }

    pub fn count(&self, matches: impl Fn(&Answer) -> bool) -> usize {
        let sent = self.sent().into_iter();
        sent.filter(|sent| matches(&sent.answer)).count()
    }

    /// How many sendings were refused with each status and code.
    pub fn refusals(&self) -> BTreeMap<String, usize> {
        let mut codes = BTreeMap::new();
        for sent in self.sent() {
            if let Answer::Refused(status, code) = sent.answer {
                *codes.entry(format!("{status} {code}")).or_default() += 1;
            }
        }
        codes
    }
}

fn read(came: reqwest::Result<Page>) -> Answer {
    let Ok(page) = came else { return Answer::Lost };
    if page.status.is_redirection() {
        let done = page.location().contains("done=");
        assert!(done, "led on to {} without a word", page.location());
        return Answer::Accepted;
    }
    let code = code_in(&page.html);
    let code = code.unwrap_or_else(|| panic!("no code on {}: {}", page.status, page.html));
    assert_ne!(page.status.as_u16(), 500, "{}", page.html);
    Answer::Refused(page.status.as_u16(), code)
}

/// Returns the first refusal's code on a page: three groups such as `REV-STALE-001`.
fn code_in(html: &str) -> Option<String> {
    let words = html.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    let is_code = |word: &&str| {
        let parts: Vec<&str> = word.split('-').collect();
        let upper = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_uppercase());
        let number = |part: &&str| part.len() == 3 && part.bytes().all(|b| b.is_ascii_digit());
        parts.len() == 3 && parts[..2].iter().all(upper) && number(&parts[2])
    };
    words.into_iter().find(is_code).map(str::to_owned)
}

/// A commit as `git log` tells it.
#[derive(Debug)]
pub struct Commit {
    author: String,
    trailers: Vec<(String, String)>,
    paths: Vec<String>,
}

impl Commit {
    pub fn trailer(&self, name: &str) -> &str {
        let mut found = self.trailers.iter().filter(|(known, _)| known == name);
        found.next().map_or("", |(_, value)| value)
    }
}

/// The two chains of a repository: decisions and attestations.
pub struct Ledger {
    bare: PathBuf,
    pub decisions: Vec<Commit>,
    pub attestations: Vec<Commit>,
}

impl Ledger {
    pub fn read(bare: &Path) -> Self {
        let begun = !git(bare, &["for-each-ref", "refs/countersign/journal"]).is_empty();
        let decisions = match begun {
            true => commits(bare, "refs/countersign/journal"),
            false => Vec::new(),
        };
        let mut attestations = commits(bare, "main");
        attestations.retain(|commit| !commit.trailer("Decisions").is_empty());
        Self {
            bare: bare.to_owned(),
            decisions,
            attestations,
        }
    }

    /// Returns the approvals in the journal that no attestation answers yet.
    pub fn unanswered(&self) -> Vec<&Commit> {
        let attested: BTreeSet<(&str, &str)> = self.attestations.iter().map(subject).collect();
        let decisions = self.decisions.iter();
        decisions
            .filter(|decision| decision.trailer("Decision") == "approve")
            .filter(|decision| !attested.contains(&subject(decision)))
            .collect()
    }

    /// Nothing stands twice, and every attestation touches the one path that it names.
    pub fn is_sound(&self) {
        let mut operations = BTreeSet::new();
        for decision in &self.decisions {
            let operation = decision.trailer("Operation");
            assert!(!operation.is_empty(), "{decision:?}");
            assert!(operations.insert(operation), "twice: {decision:?}");
        }
        let (mut subjects, mut moves) = (BTreeSet::new(), BTreeSet::new());
        for attestation in &self.attestations {
            assert_eq!(attestation.paths, [attestation.trailer("Path")]);
            assert!(subjects.insert(subject(attestation)), "{attestation:?}");
            let step = (
                attestation.trailer("Record"),
                attestation.trailer("Transition"),
            );
            assert!(moves.insert(step), "made twice: {attestation:?}");
        }
    }

    /// What was accepted is in the journal once, by whoever sent it; what was only ever refused is not.
    pub fn agrees_with(&self, log: &Log) {
        let by_operation: BTreeMap<&str, &Commit> = self
            .decisions
            .iter()
            .map(|decision| (decision.trailer("Operation"), decision))
            .collect();
        let sent = log.sent();
        let ever = |operation: &str, answer: Answer| {
            sent.iter()
                .any(|sent| sent.operation == operation && sent.answer == answer)
        };
        for sent in &sent {
            let recorded = by_operation.get(sent.operation.as_str());
            match &sent.answer {
                Answer::Accepted => {
                    let decision = recorded.unwrap_or_else(|| panic!("lost: {sent:?}"));
                    assert_eq!(decision.author, sent.by, "{sent:?}");
                    assert_eq!(decision.trailer("Record"), sent.record, "{sent:?}");
                    let reviewed = decision.trailer("Reviewed");
                    assert!(reviewed.ends_with(&sent.proposed), "{sent:?}");
                }
                Answer::Refused(..) => {
                    let elsewhere = ever(&sent.operation, Answer::Accepted);
                    assert!(recorded.is_none() || elsewhere, "{sent:?}");
                }
                Answer::Lost => {}
            }
        }
    }

    /// Every accepted approval is attested, once; but for one whose text was replaced by a push before that, which must have been told as waiting.
    pub fn completes(&self, log: &Log) {
        for sent in log.sent() {
            let wanted = (sent.record.as_str(), sent.proposed.as_str());
            let attestations = self.attestations.iter().map(subject);
            let count = attestations.filter(|subject| *subject == wanted).count();
            let overtaken = || !sent.told_of_move && self.is_replaced_by_hand(&sent);
            let right = sent.answer != Answer::Accepted || count == 1 || overtaken();
            assert!(right && count <= 1, "attested {count} times: {sent:?}");
        }
    }

    /// Says whether a commit that attests nothing took the approved bytes away.
    fn is_replaced_by_hand(&self, sent: &Sent) -> bool {
        let format = "--format=%x1e%(trailers:key=Decisions)";
        let (path, old) = (sent.form.get("path"), format!(" {} ", sent.proposed));
        let arguments = ["log", "--raw", "--no-abbrev", format, "main", "--", path];
        let told = git(&self.bare, &arguments);
        told.split('\x1e').any(|commit| {
            // `:100644 100644 OLD NEW M path`: what is replaced comes before what replaces it.
            let raw = commit.lines().find(|line| line.starts_with(':'));
            let replaced = raw.is_some_and(|raw| raw.get(14..56).is_some_and(|it| it == old));
            replaced && !commit.contains("Decisions:")
        })
    }

    /// git finds nothing wrong, and nothing is locked.
    pub fn is_clean(&self) {
        git(&self.bare, &["fsck", "--full", "--strict"]);
        let locks = locks_below(&self.bare.join("refs"));
        assert!(locks.is_empty(), "{locks:?}");
    }
}

/// A record and the blob that was judged.
fn subject(commit: &Commit) -> (&str, &str) {
    let reviewed = commit.trailer("Reviewed").rsplit_once("..");
    let (_, proposed) = reviewed.unwrap_or_else(|| panic!("nothing reviewed: {commit:?}"));
    (commit.trailer("Record"), proposed)
}

fn commits(bare: &Path, reference: &str) -> Vec<Commit> {
    let format = "--format=%x1e%ae%x1f%(trailers:only=true,unfold=true)%x1f";
    let told = git(bare, &["log", "--name-only", format, reference]);
    told.split('\x1e').skip(1).map(commit).collect()
}

fn commit(told: &str) -> Commit {
    let mut parts = told.splitn(3, '\x1f');
    let mut part = || parts.next().unwrap();
    let (author, trailers, paths) = (part(), part(), part());
    let trailers = trailers.lines().filter_map(|line| line.split_once(": "));
    Commit {
        author: author.to_owned(),
        trailers: trailers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        paths: paths
            .lines()
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect(),
    }
}

fn locks_below(folder: &Path) -> Vec<PathBuf> {
    let mut locks = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            locks.extend(locks_below(&path));
        } else if path
            .extension()
            .is_some_and(|extension| extension == "lock")
        {
            locks.push(path);
        }
    }
    locks
}
