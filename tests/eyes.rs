//! Approvals that hold: who may give one, how many a change asks for, what stands against it, and what voids it.

mod common;

use common::forge::{assert_found, forge};
use common::{DRAFT, POLICY, Story, git};
use countersign::id::Identity;
use countersign::ledger::Act;
use countersign::review::queue::{Section, place};

const NOTE: &str = "notes/one.md";
const FRENCH: &str = "notes/deux.md";
const BRANCH: &str = "proposals/one";
const ANA: &str = "Ana Roche <ana@example.org>";
const BEN: &str = "ben@example.org";
const CY: &str = "cy@example.org";
const DEE: &str = "dee@example.org";

/// Ben reviews French texts alone.
fn french_ben() -> String {
    POLICY.replace(
        "addresses = [\"ben@example.org\"]\nroles = [\"reviewer\"]",
        "addresses = [\"ben@example.org\"]\nroles = [{ role = \"reviewer\", locales = [\"fr\"] }]",
    )
}

fn in_french(text: &str) -> String {
    text.replace("title: \"One note\"", "lang: fr-CA\ntitle: \"Une note\"")
}

#[tokio::test]
async fn a_reviewer_of_french_approves_french_texts_and_no_others() {
    let files = [(NOTE, DRAFT), (FRENCH, &in_french(DRAFT))];
    let story = Story::with_policy(&french_ben(), &files).await;
    let refused = story.approve(BEN, NOTE, "validate").await.unwrap_err();
    assert_eq!(refused.code, "REV-RIGHT-002");
    let refused = story
        .decide(BEN, NOTE, Act::RequestChanges, None, "Say more.")
        .await;
    assert_eq!(refused.unwrap_err().code, "REV-RIGHT-002");
    story
        .decide(BEN, NOTE, Act::Comment, None, "I read no English.")
        .await
        .unwrap();
    story
        .decide(DEE, NOTE, Act::Submit, None, "")
        .await
        .unwrap();
    story
        .decide(DEE, FRENCH, Act::Submit, None, "")
        .await
        .unwrap();
    let policy = countersign::policy::Policy::read(&french_ben()).unwrap();
    let ben = &policy.people["ben"];
    let english = place(&policy, &story.item(NOTE).await, ben);
    let french = place(&policy, &story.item(FRENCH).await, ben);
    assert_eq!(
        (english.section, french.section),
        (Section::Others, Section::Yours)
    );
    assert!(!english.waits_for.contains(&"ben".to_owned()));
    story.approve(BEN, FRENCH, "validate").await.unwrap();
    story.approve(CY, FRENCH, "activate").await.unwrap();
    story.rebuild_is_equal().await;
    story.is_proven();
}

/// Rights are read from the policy, never from the change under review: who may judge the published text must judge its successor.
#[tokio::test]
async fn a_text_that_turns_french_is_still_judged_by_those_who_judged_it_before() {
    let story = Story::with_policy(&french_ben(), &[(NOTE, DRAFT)]).await;
    story.approve(DEE, NOTE, "validate").await.unwrap();
    story.approve(CY, NOTE, "activate").await.unwrap();
    git(&story.work(), &["pull", "-q", "--rebase", "origin", "main"]);
    let turned = in_french(&story.file(NOTE));
    story.propose(BRANCH, ANA, "Translate it away", &[(NOTE, &turned)]);
    let item = story.proposed(BRANCH, NOTE).await;
    assert_eq!(item.locales, ["fr-CA", ""]);
    let refused = story.approve_proposed(BEN, BRANCH, NOTE, "revise").await;
    assert_eq!(refused.unwrap_err().code, "REV-RIGHT-002");
    story
        .approve_proposed(DEE, BRANCH, NOTE, "revise")
        .await
        .unwrap();
    story
        .approve_proposed(CY, BRANCH, NOTE, "revise")
        .await
        .unwrap();
    let item = story.item(NOTE).await;
    assert_eq!(item.locales, ["fr-CA"]);
    assert_eq!(item.attested_version.unwrap().to_string(), "1.0.1");
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn an_auditor_finds_an_approval_for_another_language() {
    let story = Story::with_policy(&french_ben(), &[(NOTE, DRAFT)]).await;
    story.approve(DEE, NOTE, "validate").await.unwrap();
    story.is_proven();
    let forged = forge(&story, |attestation, _| {
        attestation.approved_by = vec![Identity::new("Ben Aster", BEN)];
    });
    assert_found(&story, "VRF-032", forged);
}
