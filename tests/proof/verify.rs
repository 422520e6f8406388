//! The auditor: a clone alone proves what is attested.

use std::path::Path;
use std::process::Command;

use countersign::id::Identity;
use countersign::ledger::{Act, Baseline};
use countersign::policy::{ALLOWED_SIGNERS_PATH, POLICY_PATH};
use countersign::repository::{
    Change, CommitBuilder, Keeps, NewCommit, RepoPath, Repository, SigningKey,
};
use countersign::review::Report;

use crate::common::forge::{MAIN, NOTE, audit, audit_with, forge, past};
use crate::common::{self, DRAFT, POLICY, Story, git};

#[tokio::test]
async fn a_good_past_is_proven() {
    let story = past().await;
    let report = audit(&story.bare());
    assert!(report.is_proven(), "{report}");
    assert_eq!((report.attestations, report.records), (3, 1));
    assert_eq!(
        (report.decisions, report.notes.as_slice()),
        (Some(4), &[][..])
    );
}

#[tokio::test]
async fn a_clone_without_the_journal_is_proven_with_a_note() {
    let story = past().await;
    git(story.folder.path(), &["clone", "-q", "repo.git", "auditor"]);
    let report = audit(&story.folder.path().join("auditor"));
    assert!(report.is_proven(), "{report}");
    assert!(
        report.to_string().contains("fetch refs/countersign/*"),
        "{report}"
    );
    assert_eq!(report.decisions, None);
}

#[tokio::test]
async fn the_last_attestation_made_again_unchanged_is_proven() {
    let story = past().await;
    forge(&story, |_, _| {});
    assert!(audit(&story.bare()).is_proven());
}

#[tokio::test]
async fn the_trusted_key_is_named_and_another_is_refused() {
    let story = past().await;
    let key = story.desk.key.fingerprint();
    let report = audit(&story.bare());
    assert_eq!(
        report.trusted.map(|trusted| (trusted.key, trusted.named)),
        Some((key.clone(), false))
    );
    assert!(audit_with(&story.bare(), Some(&key)).is_proven());
    let other = SigningKey::load_or_create(&story.folder.path().join("other")).unwrap();
    let report = audit_with(&story.bare(), Some(&other.fingerprint()));
    let baseline = report.baseline;
    assert_eq!(
        report
            .faults
            .iter()
            .map(|fault| (fault.code, fault.commit))
            .collect::<Vec<_>>(),
        [("VRF-001", baseline)]
    );
}

#[tokio::test]
async fn what_was_changed_around_review_is_a_note_and_no_fault() {
    let story = past().await;
    story.push(
        "Eve Hall <eve@example.org>",
        &[
            (NOTE, &story.file(NOTE).replace("short", "endless")),
            ("notes/two.md", &DRAFT.replace("draft", "active")),
        ],
    );
    let report = audit(&story.bare());
    assert!(report.is_proven(), "{report}");
    let notes: Vec<String> = report.notes.iter().map(ToString::to_string).collect();
    assert!(
        notes[0].contains("notes/one: changed outside review"),
        "{notes:?}"
    );
    assert!(notes[1].contains("claims to be active"), "{notes:?}");
    assert_eq!(notes.len(), 2);
}

#[tokio::test]
async fn a_shallow_clone_says_where_history_was_cut() {
    let story = past().await;
    let from = format!("file://{}", story.bare().display());
    git(
        story.folder.path(),
        &["clone", "-q", "--depth", "2", &from, "shallow"],
    );
    let report = audit(&story.folder.path().join("shallow"));
    let text = report.to_string();
    assert!(text.contains("history cut at"), "{text}");
    assert!(!text.contains("never"), "{text}");
    assert!(!report.is_proven());
}

#[tokio::test]
async fn stock_git_verifies_the_attestations() {
    if Command::new("ssh-keygen").arg("-?").output().is_err() {
        assert!(
            std::env::var_os("CI").is_none(),
            "ssh-keygen is missing, and a test is not skipped in CI"
        );
        eprintln!("skipped: there is no ssh-keygen");
        return;
    }
    let story = past().await;
    git(story.folder.path(), &["clone", "-q", "repo.git", "auditor"]);
    let clone = story.folder.path().join("auditor");
    for commit in ["main", "main~2", "main~3", "main~4"] {
        git(
            &clone,
            &[
                "-c",
                "gpg.format=ssh",
                "-c",
                "gpg.ssh.allowedSignersFile=.countersign/allowed_signers",
                "verify-commit",
                commit,
            ],
        );
    }
}

/// Two collections: notes by file name, and terms that hold their own id, no status and no version.
const TWO: &str = r#"
[collections.terms]
paths = ["terms/*.yaml"]
format = "yaml"
id = "key"
title = "label"
"#;

const TERM: &str = "key: t1\nlabel: Term # a label\n";

fn two_collections() -> String {
    common::POLICY.replace("\n[roles]\n", &format!("{TWO}\n[roles]\n"))
}

#[tokio::test]
async fn a_long_life_is_proven() {
    let story = Story::with(&[(NOTE, DRAFT), ("notes/two.md", DRAFT)]).await;
    let (ana, ben, cy, dee) = (
        "Ana Roche <ana@example.org>",
        "ben@example.org",
        "cy@example.org",
        "dee@example.org",
    );
    story
        .decide(dee, NOTE, Act::RequestChanges, None, "Define it")
        .await
        .unwrap();
    story.approve(ben, NOTE, "validate").await.unwrap();
    story
        .decide(dee, NOTE, Act::Withdraw, None, "")
        .await
        .unwrap();
    story
        .decide(ben, NOTE, Act::Approve, Some("return"), "Not yet")
        .await
        .unwrap();
    story.push(ana, &[(NOTE, &DRAFT.replace("short text", "brief text"))]);
    story
        .decide(ben, NOTE, Act::Comment, None, "Better")
        .await
        .unwrap();
    let (one, two) = tokio::join!(
        story.approve(ben, NOTE, "validate"),
        story.approve(dee, "notes/two.md", "validate")
    );
    one.unwrap();
    two.unwrap();
    story.approve(cy, NOTE, "activate").await.unwrap();
    let published = story.file(NOTE);
    story.push(
        "Eve <eve@example.net>",
        &[(NOTE, &published.replace("brief", "endless"))],
    );
    story
        .decide(ben, NOTE, Act::Approve, Some("restore"), "Nobody agreed")
        .await
        .unwrap();
    git(&story.work(), &["pull", "-q", "--rebase", "origin", "main"]);
    git(&story.work(), &["mv", NOTE, "notes/first.md"]);
    git(&story.work(), &["commit", "-q", "-m", "Rename"]);
    git(&story.work(), &["push", "-q", "origin", "HEAD:main"]);
    let renamed = "notes/first.md";
    story.push(ana, &[(renamed, &published.replace("brief", "short"))]);
    for address in [ben, cy] {
        story.approve(address, renamed, "revise").await.unwrap();
    }
    story
        .decide(cy, renamed, Act::Approve, Some("retire"), "Merged")
        .await
        .unwrap();
    story.rebuild_is_equal().await;
    let report = audit(&story.bare());
    assert!(report.is_proven(), "{report}");
    assert_eq!((report.attestations, report.records), (8, 2), "{report}");
    assert_eq!(report.notes, []);
}

#[tokio::test]
async fn records_with_their_own_id_and_no_status_are_proven() {
    let term = "terms/one.yaml";
    let story = Story::with_policy(&two_collections(), &[(term, TERM)]).await;
    let report = audit(&story.bare());
    assert_eq!((report.adopted, report.attestations), (1, 0), "{report}");
    story.push(
        "Ana Roche <ana@example.org>",
        &[(term, &TERM.replace("Term #", "A term #"))],
    );
    for address in ["ben@example.org", "cy@example.org"] {
        story.approve(address, term, "revise").await.unwrap();
    }
    let second = "terms/two.yaml";
    story.push(
        "Ana Roche <ana@example.org>",
        &[(second, &TERM.replace("t1", "t2"))],
    );
    story
        .approve("ben@example.org", second, "validate")
        .await
        .unwrap();
    story
        .approve("cy@example.org", second, "activate")
        .await
        .unwrap();
    story.rebuild_is_equal().await;
    let report = audit(&story.bare());
    assert!(report.is_proven(), "{report}");
    assert_eq!((report.attestations, report.records), (3, 2), "{report}");
    assert_eq!(report.notes, []);
}

#[tokio::test]
async fn work_merged_from_a_side_branch_is_proven() {
    let story = Story::with(&[(NOTE, DRAFT), ("notes/two.md", DRAFT)]).await;
    let work = story.work();
    git(&work, &["checkout", "-q", "-b", "side"]);
    common::commit_files(
        &work,
        "Ben Aster <ben@example.org>",
        "Say more",
        &[("notes/two.md", &DRAFT.replace("first", "second"))],
    );
    git(&work, &["checkout", "-q", "-"]);
    for (address, transition) in [
        ("ben@example.org", "validate"),
        ("cy@example.org", "activate"),
    ] {
        story.approve(address, NOTE, transition).await.unwrap();
    }
    git(&work, &["pull", "-q", "--rebase", "origin", "main"]);
    git(&work, &["merge", "-q", "--no-edit", "side"]);
    git(&work, &["push", "-q", "origin", "HEAD:main"]);
    let refusal = story
        .approve("ben@example.org", "notes/two.md", "validate")
        .await
        .unwrap_err();
    assert_eq!(refusal.code, "REV-EYES-001");
    story
        .approve("dee@example.org", "notes/two.md", "validate")
        .await
        .unwrap();
    story.is_proven();
    let forged = forge(&story, |attestation, _| {
        attestation.approved_by = vec![countersign::id::Identity::new("Ben", "ben@example.org")];
        attestation.authored_by.clear();
    });
    common::forge::assert_found(&story, "VRF-031", forged);
}

/// A new repository whose first commit is signed as its baseline and holds one file more.
fn begun_with(folder: &Path, path: &str) -> Report {
    let bare = folder.join("new.git");
    let key = SigningKey::load_or_create(&folder.join("key")).unwrap();
    let repository = Repository::init_bare(&bare, "main").unwrap();
    let objects = repository.objects().unwrap();
    let builder = CommitBuilder::begin(&repository, &objects, &key).unwrap();
    let dee = Identity::new("Dee Moss", "dee@example.org");
    let baseline = Baseline {
        policy: builder.blob(POLICY.as_bytes()).unwrap(),
        key: key.fingerprint(),
        adopted_by: dee.clone(),
    };
    let files = [
        (POLICY_PATH, POLICY.to_owned()),
        (ALLOWED_SIGNERS_PATH, key.allowed_signers_line()),
        (path, DRAFT.to_owned()),
    ];
    let write = |(path, text): &(&str, String)| {
        Change::Write(RepoPath::parse(path).unwrap(), text.clone().into_bytes())
    };
    let new = NewCommit {
        parent: None,
        also: None,
        keeps: Keeps::ParentTree,
        changes: files.iter().map(write).collect(),
        author: dee,
        at: 1_770_000_000,
        message: baseline.message(),
    };
    let commit = builder.commit(&new).unwrap();
    builder.store().unwrap();
    repository
        .move_ref(MAIN, None, commit, "begin")
        .unwrap()
        .unwrap();
    audit(&bare)
}

#[test]
fn a_first_commit_adopts_other_files_with_it_but_no_record() {
    let folder = tempfile::tempdir().unwrap();
    let report = begun_with(folder.path(), "README.md");
    assert!(report.is_proven(), "{:?}", report.faults);
    let folder = tempfile::tempdir().unwrap();
    let report = begun_with(folder.path(), NOTE);
    assert_eq!(report.faults[0].code, "VRF-003");
    assert!(
        report.faults[0]
            .cause
            .ends_with("it also changes notes/one.md")
    );
}

#[tokio::test]
async fn an_attestation_cut_off_the_end_leaves_its_approvals_in_the_journal() {
    let story = past().await;
    git(&story.bare(), &["update-ref", "refs/heads/main", "main^"]);
    let report = audit(&story.bare());
    assert!(report.is_proven(), "{report}");
    let last = git(&story.bare(), &["rev-parse", "refs/countersign/journal"]);
    assert!(
        report.notes.iter().any(|note| note.text.contains("cut off")
            && note
                .commit
                .is_some_and(|commit| commit.to_string() == last.trim())),
        "{report}"
    );
}
