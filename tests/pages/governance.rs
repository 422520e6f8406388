//! A change of the policy as people meet it: on the queue, on its page, in force or put back through the form.

use axum::http::StatusCode;
use countersign::policy::POLICY_PATH;

use crate::common::browser::Site;
use crate::common::{DRAFT, POLICY, Story};

const NOTE: &str = "notes/one.md";
const CHANGE: &str = "/test/policy-change";
const CY: &str = "Cy Lind <cy@example.org>";

/// Two administrators, so that one can agree to what the other wrote.
fn policy() -> String {
    POLICY.replace(
        "roles = [\"publisher\"]",
        "roles = [\"publisher\", \"administrator\"]",
    )
}

/// The same, and Eve may review.
fn with_eve() -> String {
    policy()
        + "\n[people.eve]\nname = \"Eve\"\naddresses = [\"eve@example.net\"]\nroles = [\"reviewer\"]\n"
}

/// A register whose policy Cy changed around review.
async fn changed(policy_text: &str) -> Site {
    let story = Story::with_policy(&policy(), &[(NOTE, DRAFT)]).await;
    story.push(CY, &[(POLICY_PATH, policy_text)]);
    story.desk.sync().await.unwrap();
    Site::of(story).await
}

#[tokio::test]
async fn an_administrator_finds_the_change_and_puts_it_in_force() {
    let site = changed(&with_eve()).await;
    let mut dee = site.signed_in("dee@example.org").await;
    let queue = dee.open("/test/queue").await;
    assert!(queue.has("One text waits for you"), "{}", queue.html);
    assert!(queue.has("Put the changed policy in force") && queue.has(CHANGE));
    assert!(!queue.has("1970"), "{}", queue.html);
    let page = dee.get(CHANGE).await;
    assert!(page.has("One file changed") && page.has("countersign.toml"));
    assert!(page.has("[people.eve]"), "{}", page.html);
    assert!(page.has("The changed policy reads well"));
    let done = dee.decide(CHANGE, "approve:amend", "Welcome, Eve").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.html);
    let queue = dee.get(done.location()).await;
    assert!(
        queue.has("The changed policy is in force"),
        "{}",
        queue.html
    );
    assert!(!queue.has(CHANGE));
    let gone = dee.get(CHANGE).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert!(gone.has("WEB-POLICY-001"), "{}", gone.html);
    let mut eve = site.signed_in("eve@example.net").await;
    assert_eq!(eve.open("/test").await.status, StatusCode::OK);
    site.story.rebuild_is_equal().await;
    site.story.is_proven();
}

#[tokio::test]
async fn whoever_wrote_the_change_is_told_why_they_may_not_approve_it() {
    let site = changed(&with_eve()).await;
    let mut cy = site.signed_in("cy@example.org").await;
    let queue = cy.open("/test/queue").await;
    assert!(queue.has("Waits for Dee Moss"), "{}", queue.html);
    assert!(queue.has("Nothing waits for you"));
    let page = cy.get(CHANGE).await;
    assert!(page.has("You wrote this text, so somebody else must approve it."));
    let form = page.form("/test/decisions");
    assert!(!form.buttons.iter().any(|value| value == "approve:amend"));
    let forged = cy.send_form(&form.with("decision", "approve:amend")).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let mut ben = site.signed_in("ben@example.org").await;
    let page = ben.get(CHANGE).await;
    assert!(
        page.has("to approve this, and you are none."),
        "{}",
        page.html
    );
}

#[tokio::test]
async fn keys_that_slip_in_meanwhile_make_the_form_stale_and_keep_its_text() {
    let site = changed(&with_eve()).await;
    let mut dee = site.signed_in("dee@example.org").await;
    let form = dee
        .get(CHANGE)
        .await
        .form("/test/decisions")
        .with("decision", "approve:amend")
        .with("reason", "My <careful> words");
    site.story.push(
        CY,
        &[(".countersign/allowed_signers", "mallory ssh-ed25519 AAAA\n")],
    );
    let answer = dee.send_form(&form).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.html);
    assert!(answer.has("Changed since you looked") && answer.has("REV-STALE-001"));
    assert!(answer.has("2 files changed") && answer.has("mallory"));
    let again = answer.form("/test/decisions");
    assert_eq!(again.get("reason"), "My <careful> words");
    assert_ne!(again.get("proposed"), form.get("proposed"));
    assert_eq!(again.get("base"), form.get("base"));
    let mut eve = site.signed_in("eve@example.net").await;
    assert_eq!(eve.get("/test/queue").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_change_is_put_back_with_a_reason() {
    let site = changed(&with_eve()).await;
    let mut dee = site.signed_in("dee@example.org").await;
    let refused = dee.decide(CHANGE, "approve:restore", "").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.has("REV-TEXT-001"), "{}", refused.html);
    let done = dee
        .decide(CHANGE, "approve:restore", "Nobody asked for this")
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.html);
    let queue = dee.get(done.location()).await;
    assert!(queue.has("The policy stands as it was in force"));
    assert_eq!(site.story.file(POLICY_PATH), policy());
    site.story.is_proven();
}

#[tokio::test]
async fn a_policy_that_does_not_read_shows_its_faults_and_can_only_be_put_back() {
    let site = changed("title = 3\n").await;
    let mut dee = site.signed_in("dee@example.org").await;
    let queue = dee.open("/test/queue").await;
    assert!(queue.has(CHANGE) && queue.has("hold"), "{}", queue.html);
    let page = dee.get(CHANGE).await;
    assert!(page.has("POL-"), "{}", page.html);
    let buttons = page.form("/test/decisions").buttons;
    assert!(buttons.iter().any(|value| value == "approve:restore"));
    assert!(!buttons.iter().any(|value| value == "approve:amend"));
}

#[tokio::test]
async fn a_comment_on_the_change_is_kept_and_shown() {
    let site = changed(&with_eve()).await;
    let mut cy = site.signed_in("cy@example.org").await;
    let said = cy.decide(CHANGE, "comment", "Eve starts on Monday").await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.html);
    let mut dee = site.signed_in("dee@example.org").await;
    assert!(dee.get(CHANGE).await.has("Eve starts on Monday"));
}

#[tokio::test]
async fn the_number_of_what_waits_stands_on_every_page() {
    let site = changed(&with_eve()).await;
    let mut dee = site.signed_in("dee@example.org").await;
    let mut cy = site.signed_in("cy@example.org").await;
    for address in [
        "queue",
        "records",
        "activity",
        "people",
        "health",
        "records/notes/one",
        "policy-change",
    ] {
        let address = format!("/test/{address}");
        let number = "1<span class=\"unseen\"> waiting for you</span>";
        assert!(dee.get(&address).await.has(number), "{address}");
        assert!(!cy.get(&address).await.has(number), "{address}");
    }
}
