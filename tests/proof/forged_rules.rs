//! Rules and keys that nobody agreed to are found, and a key that the old one attested counts.

use countersign::id::{BlobId, Identity};
use countersign::ledger::{AMEND, Act};
use countersign::policy::{ALLOWED_SIGNERS_PATH, POLICY_PATH};
use countersign::repository::SigningKey;

use crate::common::forge::{NOTE, assert_found, audit, forge, forge_with};
use crate::common::{DRAFT, POLICY, Story, git};

const CY: &str = "Cy Lind <cy@example.org>";

/// Two administrators, so that one can agree to what the other wrote.
fn policy() -> String {
    POLICY.replace(
        "roles = [\"publisher\"]",
        "roles = [\"publisher\", \"administrator\"]",
    )
}

/// Cy pushes a change of the rules, and Dee puts it in force.
async fn amended(story: &Story, path: &str, text: &str) {
    story.push(CY, &[(path, text)]);
    story.desk.sync().await.unwrap();
    let rules = story.desk.index.rules();
    let Some(Ok(rules)) = rules.as_ref() else {
        panic!("no rules in force")
    };
    let item = story.desk.amendment(rules).await.unwrap().unwrap().item;
    story
        .decide_on("dee@example.org", &item, Act::Approve, Some(AMEND), "")
        .await
        .unwrap();
}

async fn past() -> Story {
    let story = Story::with_policy(&policy(), &[(NOTE, DRAFT)]).await;
    amended(&story, POLICY_PATH, &policy().replace("Test", "Tried")).await;
    story.is_proven();
    story
}

#[tokio::test]
async fn an_amendment_by_its_author_is_found() {
    let story = past().await;
    let forged = forge(&story, |attestation, _| {
        attestation.approved_by = vec![Identity::new("Cy Lind", "cy@example.org")];
        attestation.authored_by.clear();
    });
    assert_found(&story, "VRF-031", forged);
}

#[tokio::test]
async fn an_amendment_by_no_administrator_is_found() {
    let story = past().await;
    let forged = forge(&story, |attestation, _| {
        attestation.approved_by = vec![Identity::new("Ben Aster", "ben@example.org")];
    });
    assert_found(&story, "VRF-032", forged);
}

#[tokio::test]
async fn an_amendment_that_changes_the_policy_itself_is_found() {
    let story = past().await;
    let forged = forge(&story, |_, content| content.push_str("# more\n"));
    assert_found(&story, "VRF-080", forged);
}

#[tokio::test]
async fn an_amendment_of_another_change_is_found() {
    let story = past().await;
    let forged = forge(&story, |attestation, _| {
        attestation.proposed = BlobId([7; 20]);
    });
    assert_found(&story, "VRF-082", forged);
}

#[tokio::test]
async fn a_policy_changed_under_another_name_is_found() {
    let story = past().await;
    let forged = forge(&story, |attestation, _| {
        attestation.step.transition = "revise".into();
    });
    assert_found(&story, "VRF-080", forged);
}

#[tokio::test]
async fn a_key_counts_from_its_amendment_on_and_not_before() {
    let story = Story::with_policy(&policy(), &[(NOTE, DRAFT)]).await;
    let other = SigningKey::load_or_create(&story.folder.path().join("other")).unwrap();
    story
        .approve("ben@example.org", NOTE, "validate")
        .await
        .unwrap();
    let honest = git(&story.bare(), &["rev-parse", "main"]);
    let early = forge_with(&story, &other, |_, _| {});
    let report = audit(&story.bare());
    assert!(
        report
            .faults
            .iter()
            .any(|fault| fault.code == "VRF-011" && fault.commit == Some(early)),
        "{report}"
    );
    git(
        &story.bare(),
        &["update-ref", "refs/heads/main", honest.trim()],
    );
    let both = story.file(ALLOWED_SIGNERS_PATH) + &other.allowed_signers_line();
    amended(&story, ALLOWED_SIGNERS_PATH, &both).await;
    story
        .approve("cy@example.org", NOTE, "activate")
        .await
        .unwrap();
    forge_with(&story, &other, |_, _| {});
    story.is_proven();
}
