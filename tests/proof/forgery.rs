//! Each way of cheating is found by the commit that does it.

use countersign::id::{BlobId, CommitId, Identity};
use countersign::ledger::{Act, Attestation, Decision, JOURNAL_REF};
use countersign::repository::{Change, Keeps, NewCommit, RepoPath, Repository, SigningKey};

use crate::common::forge::*;
use crate::common::{DRAFT, POLICY, Story, commit_files, git};

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
    // Begin, adopt, validate, activate, the change by hand, revise.
    let all = git(&bare, &["rev-list", "--reverse", "main"]);
    let all: Vec<&str> = all.lines().collect();
    let mut head = all[1].to_owned();
    let mut copies = Vec::new();
    for commit in &all[3..] {
        let message = git(&bare, &["log", "-1", "--format=%B", commit]);
        let tree = format!("{commit}^{{tree}}");
        let arguments = ["commit-tree", &tree, "-p", &head, "-m", message.trim()];
        head = git(&bare, &arguments).trim().to_owned();
        copies.push(head.clone());
    }
    git(&bare, &["update-ref", MAIN, &head]);
    assert_found(&story, "VRF-010", parse(&copies[0]));
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
            also: None,
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
        attached: Vec::new(),
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
            also: None,
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
            also: None,
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
