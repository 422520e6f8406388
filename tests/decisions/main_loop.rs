//! The main loop: a draft is read, approved by two people, and becomes official in git.

use countersign::id::Identity;
use countersign::ledger::Act;
use countersign::review::{EditOrder, NewText, Outcome, Standing};

use crate::common::{self, DRAFT, Story, git};

const NOTE: &str = "notes/one.md";

#[tokio::test]
async fn a_draft_becomes_active_by_two_people_and_only_its_own_lines_change() {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    let validated = story
        .approve("ben@example.org", NOTE, "validate")
        .await
        .unwrap();
    assert!(
        matches!(validated, Outcome::Attested { ref status, version: None, .. } if status == "validated"),
        "{validated:?}"
    );
    let active = story
        .approve("cy@example.org", NOTE, "activate")
        .await
        .unwrap();
    assert!(
        matches!(active, Outcome::Attested { ref version, .. } if version.as_deref() == Some("1.0.0")),
        "{active:?}"
    );
    let expected = DRAFT
        .replace("status: draft", "status: active")
        .replace("version: 0.1.0", "version: 1.0.0");
    assert_eq!(story.file(NOTE), expected);
    assert_eq!(
        git(&story.bare(), &["diff", "--numstat", "main~2", "main"]),
        format!("2\t2\t{NOTE}\n")
    );
    git(&story.bare(), &["fsck", "--full", "--strict"]);
    story.rebuild_is_equal().await;
    story.is_proven();
}

/// FAULTS 73: in the domain.
#[tokio::test]
async fn nobody_approves_their_own_work_under_a_second_address_either() {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    for address in ["ana@example.org", "ana@home.example"] {
        let refusal = story.approve(address, NOTE, "validate").await.unwrap_err();
        assert_eq!(refusal.code, "REV-EYES-001");
    }
    assert_eq!(story.item(NOTE).await.standing, Standing::Draft);
}

#[tokio::test]
async fn the_validator_does_not_activate() {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    story
        .approve("dee@example.org", NOTE, "validate")
        .await
        .unwrap();
    assert_eq!(
        story
            .approve("dee@example.org", NOTE, "activate")
            .await
            .unwrap_err()
            .code,
        "REV-EYES-001"
    );
    story
        .approve("cy@example.org", NOTE, "activate")
        .await
        .unwrap();
}

/// FAULTS 75: in the domain.
#[tokio::test]
async fn an_approval_of_bytes_that_changed_is_refused() {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    let seen = story.item(NOTE).await;
    story.push(
        "Ana Roche <ana@example.org>",
        &[(NOTE, &DRAFT.replace("short text", "long text"))],
    );
    let refusal = story
        .decide_on("ben@example.org", &seen, Act::Approve, Some("validate"), "")
        .await
        .unwrap_err();
    assert_eq!(refusal.code, "REV-STALE-001");
}

#[tokio::test]
async fn a_change_around_review_is_found_and_countersigned_as_a_revision() {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
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
    story.push("Ana Roche <ana@example.org>", &[(NOTE, &more)]);
    assert_eq!(story.item(NOTE).await.standing, Standing::Changed);
    let first = story
        .approve("ben@example.org", NOTE, "revise")
        .await
        .unwrap();
    assert!(matches!(first, Outcome::Recorded { .. }));
    let second = story
        .approve("cy@example.org", NOTE, "revise")
        .await
        .unwrap();
    assert!(
        matches!(second, Outcome::Attested { ref version, .. } if version.as_deref() == Some("1.1.0")),
        "{second:?}"
    );
    assert_eq!(story.item(NOTE).await.standing, Standing::Settled);
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn a_change_around_review_can_be_put_back() {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    story
        .approve("ben@example.org", NOTE, "validate")
        .await
        .unwrap();
    story
        .approve("cy@example.org", NOTE, "activate")
        .await
        .unwrap();
    let published = story.file(NOTE);
    story.push(
        "Eve <eve@example.net>",
        &[(NOTE, &published.replace("short", "endless"))],
    );
    story
        .decide(
            "ben@example.org",
            NOTE,
            Act::Approve,
            Some("restore"),
            "Nobody agreed to this",
        )
        .await
        .unwrap();
    assert_eq!(story.file(NOTE), published);
    assert_eq!(story.item(NOTE).await.standing, Standing::Settled);
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn a_status_set_by_hand_is_no_status() {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    story.push(
        "Ana Roche <ana@example.org>",
        &[(NOTE, &DRAFT.replace("draft", "active"))],
    );
    let item = story.item(NOTE).await;
    assert_eq!(
        (item.standing, item.attested_status),
        (Standing::Changed, None.or(Some("draft".to_owned())))
    );
}

#[tokio::test]
async fn a_request_for_changes_stands_until_it_is_taken_back() {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    story
        .decide(
            "dee@example.org",
            NOTE,
            Act::RequestChanges,
            None,
            "Define it better",
        )
        .await
        .unwrap();
    assert!(matches!(
        story
            .approve("ben@example.org", NOTE, "validate")
            .await
            .unwrap(),
        Outcome::Recorded { .. }
    ));
    let withdrawn = story
        .decide("dee@example.org", NOTE, Act::Withdraw, None, "")
        .await
        .unwrap();
    assert!(matches!(withdrawn, Outcome::Recorded { .. }));
    assert_eq!(
        story.item(NOTE).await.attested_status.as_deref(),
        Some("validated")
    );
    story.is_proven();
}

#[tokio::test]
async fn a_comment_is_kept_as_long_as_somebody_reads_it() {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    let comment = async |text: &str| {
        story
            .decide("ben@example.org", NOTE, Act::Comment, None, text)
            .await
    };
    assert!(comment(&"ä".repeat(20_000)).await.is_ok());
    let refused = comment(&"ä".repeat(20_001)).await.unwrap_err();
    assert_eq!(refused.code, "REV-TEXT-002");
}

#[tokio::test]
async fn a_record_is_returned_with_a_reason() {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    story
        .approve("ben@example.org", NOTE, "validate")
        .await
        .unwrap();
    assert_eq!(
        story
            .approve("ben@example.org", NOTE, "return")
            .await
            .unwrap_err()
            .code,
        "REV-TEXT-001"
    );
    story
        .decide(
            "ben@example.org",
            NOTE,
            Act::Approve,
            Some("return"),
            "It lacks a boundary",
        )
        .await
        .unwrap();
    assert_eq!(story.file(NOTE), DRAFT);
    story.rebuild_is_equal().await;
    story.is_proven();
}

/// FAULTS 77: in the domain.
#[tokio::test]
async fn the_same_form_sent_twice_decides_once() {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    let item = story.item(NOTE).await;
    let intent = countersign::review::Intent {
        suggestion: None,
        by: countersign::id::Identity::new("", "ben@example.org"),
        decision: common::decision(&item, Act::Approve, Some("validate"), "", "the-form".into()),
        at: 1_770_200_000,
    };
    let (first, second) = tokio::join!(
        story.committer.decide(intent.clone()),
        story.committer.decide(intent.clone())
    );
    assert_eq!(first.unwrap(), second.unwrap());
    let third = story.committer.decide(intent).await.unwrap();
    assert!(matches!(third, Outcome::Attested { .. }));
    assert_eq!(
        git(
            &story.bare(),
            &["rev-list", "--count", "refs/countersign/journal"]
        )
        .trim(),
        "1"
    );
}

/// Somebody's crashed git may leave a lock on the branch for hours.
#[tokio::test]
async fn a_decision_whose_move_is_held_up_is_not_told_to_have_failed_and_is_completed_later() {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    let lock = story.bare().join("refs/heads/main.lock");
    std::fs::write(&lock, "").unwrap();
    let outcome = story.approve("ben@example.org", NOTE, "validate").await;
    assert!(
        matches!(outcome, Ok(Outcome::Recorded { .. })),
        "{outcome:?}"
    );
    std::fs::remove_file(&lock).unwrap();
    let begun = std::time::Instant::now();
    while !story.file(NOTE).contains("status: validated") {
        assert!(begun.elapsed().as_secs() < 60, "it was never completed");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn rules_are_read_once_while_their_commit_stays() {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    let before = story.desk.index.rules();
    story
        .approve("ben@example.org", NOTE, "validate")
        .await
        .unwrap();
    assert!(std::sync::Arc::ptr_eq(&before, &story.desk.index.rules()));
}

#[tokio::test]
async fn several_texts_are_committed_together_or_not_at_all() {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    let order = |texts: Vec<NewText>| EditOrder {
        place: countersign::review::Place::Published,
        attached: Vec::new(),
        removes: Vec::new(),
        coauthors: Vec::new(),
        by: Identity::new("", "ana@example.org"),
        texts,
        subject: "Add two notes".into(),
        at: 1_770_200_000,
    };
    let text = |path: &str, from| NewText {
        path: path.into(),
        from,
        content: DRAFT.into(),
    };
    let stale = vec![text("notes/two.md", None), text(NOTE, None)];
    let refusal = story.committer.edit(order(stale)).await.unwrap_err();
    assert_eq!(
        (refusal.code, refusal.place.path.as_str()),
        ("REV-STALE-002", NOTE)
    );
    let before = git(&story.bare(), &["rev-parse", "main"]);
    let both = vec![text("notes/two.md", None), text("notes/three.md", None)];
    story.committer.edit(order(both)).await.unwrap();
    assert_eq!(
        git(
            &story.bare(),
            &["diff", "--name-only", before.trim(), "main"]
        ),
        "notes/three.md\nnotes/two.md\n"
    );
    assert_eq!(git(&story.bare(), &["rev-parse", "main^"]), before);
    story.rebuild_is_equal().await;
}

#[tokio::test]
async fn two_who_approve_in_one_breath_are_both_told_what_came_of_it() {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    let item = story.item(NOTE).await;
    let (ben, dee) = tokio::join!(
        story.decide_on("ben@example.org", &item, Act::Approve, Some("validate"), ""),
        story.decide_on("dee@example.org", &item, Act::Approve, Some("validate"), ""),
    );
    let made = [ben, dee];
    let told = made
        .iter()
        .filter(|outcome| matches!(outcome, Ok(Outcome::Attested { .. })))
        .count();
    let late = made
        .iter()
        .filter(|outcome| {
            outcome
                .as_ref()
                .is_err_and(|refusal| refusal.code == "REV-STALE-001")
        })
        .count();
    assert_eq!(told + late, 2, "{made:?}");
    assert_eq!(
        git(&story.bare(), &["rev-list", "--count", "main"]).trim(),
        "3"
    );
}
