//! Forging attestations, as somebody would who holds a key and has git.

use std::path::Path;

use super::{DRAFT, POLICY, Story, git};
use countersign::id::CommitId;
use countersign::ledger::{Attestation, JOURNAL_REF};
use countersign::repository::{
    Change, CommitBuilder, Keeps, NewCommit, RepoPath, Repository, SigningKey,
};
use countersign::review::{self, Report};

pub const NOTE: &str = "notes/one.md";
pub const MAIN: &str = "refs/heads/main";

/// Eve writes, and may approve nothing.
pub const EVE: &str = "\n[people.eve]\nname = \"Eve Hall\"\naddresses = [\"eve@example.org\"]\nroles = [\"author\"]\n";

pub fn audit(folder: &Path) -> Report {
    audit_with(folder, None)
}

pub fn audit_with(folder: &Path, trust: Option<&str>) -> Report {
    review::verify(&Repository::open(folder).unwrap(), MAIN, trust).unwrap()
}

/// A good past: validated, activated, changed around review, and revised to 1.1.0.
pub async fn past() -> Story {
    let story = Story::with_policy(&format!("{POLICY}{EVE}"), &[(NOTE, DRAFT)]).await;
    story
        .approve("ben@example.org", NOTE, "validate")
        .await
        .unwrap();
    story
        .approve("cy@example.org", NOTE, "activate")
        .await
        .unwrap();
    let more = story.file(NOTE).replace(
        "    text: Notes are short.\n",
        "    text: Notes are short.\n  - key: c2\n    text: Notes are kept.\n",
    );
    story.push("Ana Roche <ana@home.example>", &[(NOTE, &more)]);
    story
        .approve("ben@example.org", NOTE, "revise")
        .await
        .unwrap();
    story
        .approve("cy@example.org", NOTE, "revise")
        .await
        .unwrap();
    story
}

pub fn tip(story: &Story) -> CommitId {
    parse(&git(&story.bare(), &["rev-parse", "main"]))
}

pub fn parse(text: &str) -> CommitId {
    text.trim().parse().unwrap()
}

/// Makes the last attestation again, as somebody would who holds the server's key.
pub fn forge(story: &Story, change: impl FnOnce(&mut Attestation, &mut String)) -> CommitId {
    forge_with(story, &story.desk.key, change)
}

pub fn forge_with(
    story: &Story,
    key: &SigningKey,
    change: impl FnOnce(&mut Attestation, &mut String),
) -> CommitId {
    let repository = Repository::open(&story.bare()).unwrap();
    let last = repository.commit(tip(story)).unwrap();
    let mut attestation = Attestation::read(&last.message).unwrap().unwrap();
    let mut content = story.file(&attestation.path);
    change(&mut attestation, &mut content);
    let path = RepoPath::parse(&attestation.path).unwrap();
    let forged = make(
        &repository,
        key,
        &NewCommit {
            parent: last.parents.first().copied(),
            also: None,
            keeps: Keeps::ParentTree,
            changes: vec![Change::Write(path, content.into_bytes())],
            author: last.author,
            at: last.authored_at,
            message: attestation.message(),
        },
    );
    git(&story.bare(), &["update-ref", MAIN, &forged.to_string()]);
    forged
}

pub fn make(repository: &Repository, key: &SigningKey, new: &NewCommit) -> CommitId {
    let objects = repository.objects().unwrap();
    let builder = CommitBuilder::begin(repository, &objects, key).unwrap();
    let commit = builder.commit(new).unwrap();
    builder.store().unwrap();
    commit
}

pub fn drop_journal(story: &Story) {
    git(&story.bare(), &["update-ref", "-d", JOURNAL_REF]);
}

/// The fault names the commit, with and without the journal.
pub fn assert_found(story: &Story, code: &str, commit: CommitId) {
    let report = audit(&story.bare());
    let found = |report: &Report| {
        report
            .faults
            .iter()
            .any(|fault| fault.code == code && fault.commit == Some(commit))
    };
    assert!(found(&report), "{code} at {commit} is not in\n{report}");
    drop_journal(story);
    let report = audit(&story.bare());
    assert!(
        found(&report),
        "without the journal, {code} at {commit} is not in\n{report}"
    );
}

pub fn assert_journal_fault(story: &Story, code: &str, commit: CommitId) {
    let report = audit(&story.bare());
    assert!(
        report
            .faults
            .iter()
            .any(|fault| fault.code == code && fault.commit == Some(commit)),
        "{code} at {commit} is not in\n{report}"
    );
}
