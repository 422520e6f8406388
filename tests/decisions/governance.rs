//! The policy is governed by itself: changed around review it has no effect until it is countersigned under the one in force.

use countersign::ledger::{AMEND, Act, RESTORE};
use countersign::policy::POLICY_PATH;
use countersign::refusal::Refusal;
use countersign::review::{Outcome, governance::Amendment};

use crate::common::{self, DRAFT, POLICY, Story, git};

const NOTE: &str = "notes/one.md";

/// Two administrators, so that one can agree to what the other wrote.
fn policy() -> String {
    POLICY.replace(
        "roles = [\"publisher\"]",
        "roles = [\"publisher\", \"administrator\"]",
    )
}

/// The same, and Eve may do everything.
fn grab() -> String {
    policy()
        + "\n[people.eve]\nname = \"Eve\"\naddresses = [\"eve@example.net\"]\nroles = [\"reviewer\", \"publisher\", \"administrator\"]\n"
}

async fn amendment(story: &Story) -> Option<Amendment> {
    story.desk.sync().await.unwrap();
    let rules = story.desk.index.rules();
    let Some(Ok(rules)) = rules.as_ref() else {
        panic!("no rules in force")
    };
    story.desk.amendment(rules).await.unwrap()
}

async fn decide(
    story: &Story,
    address: &str,
    transition: &str,
    text: &str,
) -> Result<Outcome, Refusal> {
    let item = amendment(story)
        .await
        .expect("no change of the policy waits")
        .item;
    story
        .decide_on(address, &item, Act::Approve, Some(transition), text)
        .await
}

#[tokio::test]
async fn a_pushed_policy_gives_nobody_a_right() {
    let story = Story::with_policy(&policy(), &[(NOTE, DRAFT)]).await;
    story.push("Eve <eve@example.net>", &[(POLICY_PATH, &grab())]);
    let refusal = story
        .approve("eve@example.net", NOTE, "validate")
        .await
        .unwrap_err();
    assert_eq!(refusal.code, "REV-RIGHT-003");
    let refusal = decide(&story, "eve@example.net", AMEND, "")
        .await
        .unwrap_err();
    assert_eq!(refusal.code, "REV-RIGHT-003");
    story.rebuild_is_equal().await;
    let report = common::forge::audit(&story.bare());
    let codes: Vec<_> = report.faults.iter().map(|fault| fault.code).collect();
    assert_eq!(codes, ["VRF-070"], "{report}");
}

#[tokio::test]
async fn an_administrator_who_did_not_write_it_puts_a_policy_in_force() {
    let story = Story::with_policy(&policy(), &[(NOTE, DRAFT)]).await;
    story.push("Cy Lind <cy@example.org>", &[(POLICY_PATH, &grab())]);
    assert_eq!(
        decide(&story, "cy@example.org", AMEND, "")
            .await
            .unwrap_err()
            .code,
        "REV-EYES-001"
    );
    assert_eq!(
        decide(&story, "ben@example.org", AMEND, "")
            .await
            .unwrap_err()
            .code,
        "REV-RIGHT-002"
    );
    let outcome = decide(&story, "dee@example.org", AMEND, "").await.unwrap();
    assert!(matches!(outcome, Outcome::Attested { .. }), "{outcome:?}");
    assert!(amendment(&story).await.is_none());
    story
        .approve("eve@example.net", NOTE, "validate")
        .await
        .unwrap();
    git(&story.bare(), &["fsck", "--full", "--strict"]);
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn keys_that_slip_in_beside_a_policy_are_seen() {
    let story = Story::with_policy(&policy(), &[(NOTE, DRAFT)]).await;
    story.push("Cy Lind <cy@example.org>", &[(POLICY_PATH, &grab())]);
    let seen = amendment(&story).await.unwrap().item;
    story.push(
        "Cy Lind <cy@example.org>",
        &[(".countersign/allowed_signers", "mallory ssh-ed25519 AAAA\n")],
    );
    let refusal = story
        .decide_on("dee@example.org", &seen, Act::Approve, Some(AMEND), "")
        .await
        .unwrap_err();
    assert_eq!(refusal.code, "REV-STALE-001");
}

#[tokio::test]
async fn a_pushed_policy_can_be_put_back() {
    let story = Story::with_policy(&policy(), &[(NOTE, DRAFT)]).await;
    story.push("Eve <eve@example.net>", &[(POLICY_PATH, &grab())]);
    decide(&story, "dee@example.org", RESTORE, "Nobody asked for this")
        .await
        .unwrap();
    assert_eq!(story.file(POLICY_PATH), policy());
    assert!(amendment(&story).await.is_none());
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn a_policy_that_does_not_read_is_not_put_in_force() {
    let story = Story::with_policy(&policy(), &[(NOTE, DRAFT)]).await;
    story.push("Cy Lind <cy@example.org>", &[(POLICY_PATH, "title = 3\n")]);
    assert_eq!(
        decide(&story, "dee@example.org", AMEND, "")
            .await
            .unwrap_err()
            .code,
        "REV-FIND-001"
    );
    story
        .approve("ben@example.org", NOTE, "validate")
        .await
        .unwrap();
}

/// FAULTS 73: an administrator, of a change of the policy.
#[tokio::test]
async fn whoever_committed_a_policy_for_somebody_else_does_not_agree_to_it() {
    let story = Story::with_policy(&policy(), &[(NOTE, DRAFT)]).await;
    let work = story.work();
    git(&work, &["pull", "-q", "--rebase", "origin", "main"]);
    std::fs::write(work.join(POLICY_PATH), grab()).unwrap();
    let committer = [
        "-c",
        "user.name=Dee Moss",
        "-c",
        "user.email=dee@example.org",
    ];
    let commit = [
        "commit",
        "-qam",
        "For Eve",
        "--author",
        "Eve <eve@example.net>",
    ];
    git(&work, &[committer.as_slice(), commit.as_slice()].concat());
    git(&work, &["push", "-q", "origin", "HEAD:main"]);
    let refusal = decide(&story, "dee@example.org", AMEND, "")
        .await
        .unwrap_err();
    assert_eq!(refusal.code, "REV-EYES-001");
}
