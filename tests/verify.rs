//! The auditor: a clone alone proves what is attested, and each way of cheating is found by the commit that does it.

mod common;

use std::path::Path;
use std::process::Command;

use common::{DRAFT, POLICY, Story, commit_files, git};
use countersign::id::{BlobId, CommitId, Identity};
use countersign::ledger::{Act, Attestation, Baseline, Decision, JOURNAL_REF};
use countersign::policy::{ALLOWED_SIGNERS_PATH, POLICY_PATH};
use countersign::repository::{
    Change, CommitBuilder, Keeps, NewCommit, RepoPath, Repository, SigningKey,
};
use countersign::review::{self, Report};

const NOTE: &str = "notes/one.md";
const MAIN: &str = "refs/heads/main";

/// Eve writes, and may approve nothing.
const EVE: &str = "\n[people.eve]\nname = \"Eve Hall\"\naddresses = [\"eve@example.org\"]\nroles = [\"author\"]\n";

fn audit(folder: &Path) -> Report {
    audit_with(folder, None)
}

fn audit_with(folder: &Path, trust: Option<&str>) -> Report {
    review::verify(&Repository::open(folder).unwrap(), MAIN, trust).unwrap()
}

/// A good past: validated, activated, changed around review, and revised to 1.1.0.
async fn past() -> Story {
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

fn tip(story: &Story) -> CommitId {
    parse(&git(&story.bare(), &["rev-parse", "main"]))
}

fn parse(text: &str) -> CommitId {
    text.trim().parse().unwrap()
}

/// Makes the last attestation again, as somebody would who holds the server's key.
fn forge(story: &Story, change: impl FnOnce(&mut Attestation, &mut String)) -> CommitId {
    forge_with(story, &story.desk.key, change)
}

fn forge_with(
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

fn make(repository: &Repository, key: &SigningKey, new: &NewCommit) -> CommitId {
    let objects = repository.objects().unwrap();
    let builder = CommitBuilder::begin(repository, &objects, key).unwrap();
    let commit = builder.commit(new).unwrap();
    builder.store().unwrap();
    commit
}

fn drop_journal(story: &Story) {
    git(&story.bare(), &["update-ref", "-d", JOURNAL_REF]);
}

/// The fault names the commit, with and without the journal.
fn assert_found(story: &Story, code: &str, commit: CommitId) {
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
async fn trailers_without_a_signature_are_found() {
    let story = past().await;
    let message = git(&story.bare(), &["log", "-1", "--format=%B", "main"]);
    git(&story.work(), &["pull", "-q", "--rebase", "origin", "main"]);
    commit_files(
        &story.work(),
        "Countersign <countersign@localhost>",
        message.trim_end(),
        &[(NOTE, &story.file(NOTE).replace("short", "endless"))],
    );
    git(&story.work(), &["push", "-q", "origin", "HEAD:main"]);
    assert_found(&story, "VRF-010", tip(&story));
}

#[tokio::test]
async fn an_attestation_signed_by_another_key_is_found() {
    let story = past().await;
    let other = SigningKey::load_or_create(&story.folder.path().join("other")).unwrap();
    let forged = forge_with(&story, &other, |_, _| {});
    assert_found(&story, "VRF-011", forged);
}

#[tokio::test]
async fn an_attestation_whose_tree_was_swapped_is_found() {
    let story = past().await;
    let bare = story.bare();
    let commit = tip(&story);
    let old = git(&bare, &["rev-parse", "main^{tree}"]);
    story.push(
        "Ana Roche <ana@example.org>",
        &[(NOTE, &story.file(NOTE).replace("short", "Short"))],
    );
    let new = git(&bare, &["rev-parse", "main^{tree}"]);
    let raw = git(&bare, &["cat-file", "commit", &commit.to_string()]);
    let file = story.folder.path().join("commit");
    std::fs::write(&file, raw.replace(old.trim(), new.trim())).unwrap();
    let swapped = git(
        &bare,
        &["hash-object", "-t", "commit", "-w", file.to_str().unwrap()],
    );
    git(&bare, &["update-ref", MAIN, swapped.trim()]);
    assert_found(&story, "VRF-011", parse(&swapped));
}

#[tokio::test]
async fn a_byte_that_nobody_approved_is_found_under_the_right_signature() {
    let story = past().await;
    let forged = forge(&story, |_, content| {
        *content = content.replace("kept", "kepT")
    });
    assert_found(&story, "VRF-043", forged);
}

#[tokio::test]
async fn an_author_who_approved_under_a_second_address_is_found() {
    let story = past().await;
    let forged = forge(&story, |attestation, _| {
        attestation.approved_by[0] = Identity::new("Ana Roche", "ana@example.org");
        attestation.authored_by.clear();
    });
    assert_found(&story, "VRF-031", forged);
}

#[tokio::test]
async fn a_co_author_who_approved_is_found() {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    git(&story.work(), &["pull", "-q", "--rebase", "origin", "main"]);
    commit_files(
        &story.work(),
        "Ana Roche <ana@example.org>",
        "Say more\n\nCo-authored-by: Ben Aster <Ben@example.org>",
        &[(NOTE, &DRAFT.replace("first", "second"))],
    );
    git(&story.work(), &["push", "-q", "origin", "HEAD:main"]);
    story
        .approve("dee@example.org", NOTE, "validate")
        .await
        .unwrap();
    assert!(audit(&story.bare()).is_proven());
    let forged = forge(&story, |attestation, _| {
        attestation.approved_by = vec![Identity::new("Ben Aster", "ben@example.org")];
        attestation.authored_by.clear();
    });
    assert_found(&story, "VRF-031", forged);
}

#[tokio::test]
async fn an_approver_without_the_role_is_found() {
    let story = past().await;
    let forged = forge(&story, |attestation, _| {
        attestation.approved_by[0] = Identity::new("Eve Hall", "eve@example.org");
    });
    assert_found(&story, "VRF-032", forged);
}

#[tokio::test]
async fn an_approver_nobody_knows_is_found() {
    let story = past().await;
    let forged = forge(&story, |attestation, _| {
        attestation.approved_by[0] = Identity::new("Mallory", "mallory@example.net");
    });
    assert_found(&story, "VRF-030", forged);
}

#[tokio::test]
async fn one_person_counted_twice_is_found() {
    let story = past().await;
    let forged = forge(&story, |attestation, _| {
        let dee = Identity::new("Dee Moss", "dee@example.org");
        attestation.approved_by = vec![dee.clone(), dee];
    });
    assert_found(&story, "VRF-033", forged);
}

#[tokio::test]
async fn too_few_approvers_are_found() {
    let story = past().await;
    let forged = forge(&story, |attestation, _| {
        attestation.approved_by.remove(0);
    });
    assert_found(&story, "VRF-034", forged);
}

#[tokio::test]
async fn an_activator_who_validated_is_found() {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    story
        .approve("dee@example.org", NOTE, "validate")
        .await
        .unwrap();
    story
        .approve("cy@example.org", NOTE, "activate")
        .await
        .unwrap();
    let forged = forge(&story, |attestation, _| {
        attestation.approved_by = vec![Identity::new("Dee Moss", "dee@example.org")];
    });
    assert_found(&story, "VRF-031", forged);
}

#[tokio::test]
async fn a_base_that_was_never_published_is_found() {
    let story = past().await;
    let forged = forge(&story, |attestation, _| {
        attestation.base = Some(attestation.proposed);
    });
    assert_found(&story, "VRF-040", forged);
}

#[tokio::test]
async fn a_reviewed_text_that_never_stood_there_is_found() {
    let story = past().await;
    let forged = forge(&story, |attestation, _| {
        attestation.proposed = attestation.base.unwrap();
    });
    assert_found(&story, "VRF-041", forged);
}

#[tokio::test]
async fn a_version_used_twice_is_found() {
    let story = past().await;
    let forged = forge(&story, |attestation, content| {
        attestation.version.as_mut().unwrap().to = semver::Version::new(1, 0, 0);
        *content = content.replace("version: 1.1.0", "version: 1.0.0");
    });
    assert_found(&story, "VRF-051", forged);
}

#[tokio::test]
async fn a_version_that_moved_too_far_is_found() {
    let story = past().await;
    let forged = forge(&story, |attestation, content| {
        attestation.version.as_mut().unwrap().to = semver::Version::new(3, 0, 0);
        *content = content.replace("version: 1.1.0", "version: 3.0.0");
    });
    assert_found(&story, "VRF-050", forged);
}

#[tokio::test]
async fn a_raised_version_needs_a_decision_that_raises_it() {
    let story = past().await;
    let forged = forge(&story, |attestation, content| {
        let version = attestation.version.as_mut().unwrap();
        version.to = semver::Version::new(2, 0, 0);
        version.bump = countersign::policy::Bump::Major;
        *content = content.replace("version: 1.1.0", "version: 2.0.0");
    });
    let report = audit(&story.bare());
    assert!(
        report
            .faults
            .iter()
            .any(|fault| fault.code == "VRF-050" && fault.commit == Some(forged)),
        "{report}"
    );
    drop_journal(&story);
    let report = audit(&story.bare());
    assert!(report.is_proven(), "{report}");
    assert!(
        report
            .notes
            .iter()
            .any(|note| note.commit == Some(forged) && note.text.contains("journal")),
        "{report}"
    );
}

#[tokio::test]
async fn a_status_that_was_not_attested_before_is_found() {
    let story = past().await;
    let forged = forge(&story, |attestation, _| {
        attestation.step.from = "validated".into();
    });
    assert_found(&story, "VRF-022", forged);
}

#[tokio::test]
async fn a_move_the_workflow_does_not_have_is_found() {
    let story = past().await;
    let forged = forge(&story, |attestation, _| {
        attestation.step.transition = "crown".into();
    });
    assert_found(&story, "VRF-023", forged);
}

#[tokio::test]
async fn a_policy_nobody_attested_is_found() {
    let story = past().await;
    let forged = forge(&story, |attestation, _| {
        attestation.policy = BlobId([7; 20]);
    });
    assert_found(&story, "VRF-020", forged);
}

#[tokio::test]
async fn another_records_name_is_found() {
    let story = past().await;
    let forged = forge(&story, |attestation, _| {
        attestation.record = countersign::id::RecordId("notes/two".into());
    });
    assert_found(&story, "VRF-021", forged);
}

#[tokio::test]
async fn a_policy_replaced_around_review_is_found() {
    let story = past().await;
    let policy = format!("{POLICY}{EVE}").replace("administrator = 1", "author = 1");
    story.push(
        "Eve Hall <eve@example.org>",
        &[("countersign.toml", &policy)],
    );
    assert_found(&story, "VRF-070", tip(&story));
}

#[tokio::test]
async fn keys_replaced_around_review_are_found() {
    let story = past().await;
    let other = SigningKey::load_or_create(&story.folder.path().join("other")).unwrap();
    story.push(
        "Eve Hall <eve@example.org>",
        &[(
            countersign::policy::ALLOWED_SIGNERS_PATH,
            &other.allowed_signers_line(),
        )],
    );
    assert_found(&story, "VRF-070", tip(&story));
}

#[tokio::test]
async fn a_history_rebuilt_without_one_attestation_is_found() {
    let story = past().await;
    let bare = story.bare();
    let all = git(&bare, &["rev-list", "--reverse", "main"]);
    let mut head = String::new();
    let mut rebuilt = Vec::new();
    for commit in all.lines() {
        let message = git(&bare, &["log", "-1", "--format=%B", commit]);
        if message.starts_with("validate ") {
            continue;
        }
        let raw = git(&bare, &["cat-file", "commit", commit]);
        let tree = git(&bare, &["rev-parse", &format!("{commit}^{{tree}}")]);
        let keeps = rebuilt.is_empty() && !raw.contains(&format!("parent {head}"))
            || message.starts_with("Begin")
            || message.starts_with("Adopt");
        head = match keeps {
            true => commit.to_owned(),
            false => git(
                &bare,
                &[
                    "commit-tree",
                    tree.trim(),
                    "-p",
                    &head,
                    "-m",
                    message.trim(),
                ],
            )
            .trim()
            .to_owned(),
        };
        rebuilt.push(head.clone());
    }
    git(&bare, &["update-ref", MAIN, &head]);
    let copied = rebuilt[2].clone();
    assert_found(&story, "VRF-010", parse(&copied));
}

#[tokio::test]
async fn an_attestation_whose_previous_is_missing_is_found() {
    let story = past().await;
    let forged = forge(&story, |attestation, _| {
        attestation.previous = CommitId([9; 20]);
    });
    assert_found(&story, "VRF-013", forged);
}

#[tokio::test]
async fn a_second_line_of_attestations_is_found() {
    let story = past().await;
    let bare = story.bare();
    let first = git(&bare, &["rev-parse", "main^"]);
    let honest = tip(&story);
    let forged = forge(&story, |_, content| content.push_str("More.\n"));
    let tree = git(&bare, &["rev-parse", &format!("{honest}^{{tree}}")]);
    let merge = git(
        &bare,
        &[
            "commit-tree",
            tree.trim(),
            "-p",
            &honest.to_string(),
            "-p",
            &forged.to_string(),
            "-m",
            "Merge",
        ],
    );
    assert_ne!(first.trim(), merge.trim());
    git(&bare, &["update-ref", MAIN, merge.trim()]);
    let report = audit(&bare);
    assert!(
        report
            .faults
            .iter()
            .any(|fault| fault.code == "VRF-014"
                && [Some(honest), Some(forged)].contains(&fault.commit)),
        "{report}"
    );
}

#[tokio::test]
async fn an_attestation_that_also_changes_another_file_is_found() {
    let story = past().await;
    let repository = Repository::open(&story.bare()).unwrap();
    let last = repository.commit(tip(&story)).unwrap();
    let write =
        |path: &str, text: String| Change::Write(RepoPath::parse(path).unwrap(), text.into_bytes());
    let forged = make(
        &repository,
        &story.desk.key,
        &NewCommit {
            parent: last.parents.first().copied(),
            keeps: Keeps::ParentTree,
            changes: vec![
                write(NOTE, story.file(NOTE)),
                write("notes/two.md", DRAFT.to_owned()),
            ],
            author: last.author,
            at: last.authored_at,
            message: last.message,
        },
    );
    git(&story.bare(), &["update-ref", MAIN, &forged.to_string()]);
    assert_found(&story, "VRF-042", forged);
}

#[tokio::test]
async fn a_decision_that_is_not_in_the_journal_is_found() {
    let story = past().await;
    let forged = forge(&story, |attestation, _| {
        attestation.decisions = CommitId([8; 20]);
    });
    assert_journal_fault(&story, "VRF-060", forged);
}

#[tokio::test]
async fn one_decision_used_twice_is_found() {
    let story = past().await;
    let spent = git(&story.bare(), &["rev-parse", "refs/countersign/journal~2"]);
    let forged = forge(&story, |attestation, _| {
        attestation.decisions = parse(&spent);
    });
    assert_found(&story, "VRF-015", forged);
}

fn assert_journal_fault(story: &Story, code: &str, commit: CommitId) {
    let report = audit(&story.bare());
    assert!(
        report
            .faults
            .iter()
            .any(|fault| fault.code == code && fault.commit == Some(commit)),
        "{code} at {commit} is not in\n{report}"
    );
}

#[tokio::test]
async fn an_approval_that_was_taken_back_is_found() {
    let story = past().await;
    let bare = story.bare();
    let published = story.file(NOTE);
    story.push(
        "Ana Roche <ana@example.org>",
        &[(
            NOTE,
            &published.replace("first paragraph", "second paragraph"),
        )],
    );
    let parent = tip(&story);
    story
        .approve("ben@example.org", NOTE, "revise")
        .await
        .unwrap();
    story
        .decide("ben@example.org", NOTE, Act::Withdraw, None, "")
        .await
        .unwrap();
    story
        .approve("cy@example.org", NOTE, "revise")
        .await
        .unwrap();
    assert_eq!(tip(&story), parent, "nothing was attested");
    let repository = Repository::open(&bare).unwrap();
    let before = repository
        .commit(parse(&git(&bare, &["rev-parse", "main^"])))
        .unwrap();
    let journal = repository.head_of(JOURNAL_REF).unwrap().unwrap();
    let blob = |name: &str| git(&bare, &["rev-parse", name]).trim().parse().unwrap();
    let earlier = Attestation::read(&before.message).unwrap().unwrap();
    let attestation = Attestation {
        version: Some(countersign::ledger::VersionMove {
            from: Some(semver::Version::new(1, 1, 0)),
            to: semver::Version::new(1, 1, 1),
            bump: countersign::policy::Bump::Patch,
        }),
        base: Some(blob("main^:notes/one.md")),
        proposed: blob("main:notes/one.md"),
        decisions: journal,
        previous: before.id,
        ..earlier
    };
    let content = story.file(NOTE).replace("1.1.0", "1.1.1");
    let at = repository.commit(journal).unwrap().authored_at;
    let forged = make(
        &repository,
        &story.desk.key,
        &NewCommit {
            parent: Some(parent),
            keeps: Keeps::ParentTree,
            changes: vec![Change::Write(
                RepoPath::parse(NOTE).unwrap(),
                content.into_bytes(),
            )],
            author: before.author,
            at,
            message: attestation.message(),
        },
    );
    git(&bare, &["update-ref", MAIN, &forged.to_string()]);
    assert_journal_fault(&story, "VRF-061", forged);
    let report = audit(&bare);
    assert_eq!(report.faults.len(), 1, "{report}");
    assert!(report.to_string().contains("took it back"), "{report}");
}

#[tokio::test]
async fn a_journal_that_another_key_wrote_is_found() {
    let story = past().await;
    let repository = Repository::open(&story.bare()).unwrap();
    let other = SigningKey::load_or_create(&story.folder.path().join("other")).unwrap();
    let head = repository.head_of(JOURNAL_REF).unwrap().unwrap();
    let last = repository.commit(head).unwrap();
    let decision = Decision::read(&last.message).unwrap();
    let place = |name: &str, blob| Change::Place(RepoPath::parse(name).unwrap(), blob);
    let forged = make(
        &repository,
        &other,
        &NewCommit {
            parent: Some(head),
            keeps: Keeps::Nothing,
            changes: vec![
                place("proposed", decision.proposed),
                place("policy", decision.policy),
                place("base", decision.base.unwrap()),
            ],
            author: last.author,
            at: last.authored_at,
            message: last.message,
        },
    );
    git(
        &story.bare(),
        &["update-ref", JOURNAL_REF, &forged.to_string()],
    );
    assert_journal_fault(&story, "VRF-063", forged);
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
