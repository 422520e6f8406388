//! A form whose session ended before it was sent: what was typed is taken along, and nothing is done with it unseen.

use axum::http::StatusCode;

use super::site;
use crate::common::browser::{Browser, Form, Page, Site};

const EDIT: &str = "/test/edit/notes/a";
const REVIEW: &str = "/test/review/notes/a";

/// The session ends, the form is sent, the person signs in again in another window and presses the button that goes on.
async fn interrupted(site: &Site, browser: &mut Browser, form: &Form, address: &str) -> Page {
    browser.cookies.remove("countersign");
    let refused = browser.send_form(form).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{}", refused.html);
    assert!(refused.has("WEB-AUTH-002"));
    let again = refused.form(&form.action);
    assert_eq!(again.get("csrf"), "");
    assert_eq!(again.get("token"), "");
    // Pressed too early it says the same, and keeps everything.
    let early = browser.send_form(&again).await;
    assert_eq!(early.status, StatusCode::UNAUTHORIZED);
    assert_eq!(early.form(&form.action).fields, again.fields);
    *browser = site.signed_in(address).await;
    browser.send_form(&again).await
}

/// FAULTS 97: an edit.
#[tokio::test]
async fn an_edit_goes_on_after_signing_in_again() {
    let site = site().await;
    let mut ana = site.signed_in("ana@example.org").await;
    let form = ana.get(EDIT).await.form(EDIT);
    let form = form.with("field:definition", "An hour of <thought>.");
    let shown = interrupted(&site, &mut ana, &form, "ana@example.org").await;
    assert_eq!(shown.status, StatusCode::FORBIDDEN, "{}", shown.html);
    assert!(!site.story.file("notes/a.md").contains("An hour"));
    let form = shown.form(EDIT);
    assert_eq!(form.get("field:definition"), "An hour of <thought>.");
    let saved = ana.send_form(&form).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    assert!(
        site.story
            .file("notes/a.md")
            .contains("An hour of <thought>.")
    );
}

/// FAULTS 97: an edit of a text that moved on meanwhile is not put over the other's; what was typed is shown.
#[tokio::test]
async fn an_edit_of_a_text_that_moved_on_is_shown_and_not_saved() {
    let site = site().await;
    let mut ana = site.signed_in("ana@example.org").await;
    let form = ana.get(EDIT).await.form(EDIT);
    let form = form.with("field:definition", "An hour of thought.");
    let moved = super::DRAFT.replace("A first paragraph.", "Another's paragraph.");
    site.story
        .push("Ben Aster <ben@example.org>", &[("notes/a.md", &moved)]);
    site.story.desk.sync().await.unwrap();
    let shown = interrupted(&site, &mut ana, &form, "ana@example.org").await;
    assert!(shown.has("An hour of thought."), "{}", shown.html);
    assert_eq!(site.story.file("notes/a.md"), moved);
}

/// FAULTS 97: a decision. It is shown again, and made by the button of this session alone.
#[tokio::test]
async fn a_decision_goes_on_after_signing_in_again() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let form = ben.get(REVIEW).await.form("/test/decisions");
    let button = form
        .buttons
        .iter()
        .find(|value| value.starts_with("approve:"));
    let button = button.unwrap().clone();
    let form = form
        .clone()
        .with("decision", &button)
        .with("reason", "Reads <well> now.");
    let shown = interrupted(&site, &mut ben, &form, "ben@example.org").await;
    assert_eq!(shown.status, StatusCode::FORBIDDEN, "{}", shown.html);
    assert_eq!(site.story.item("notes/a.md").await.decisions.len(), 0);
    let form = shown.form("/test/decisions");
    assert_eq!(form.get("reason"), "Reads <well> now.");
    let answer = ben.send_form(&form.with("decision", &button)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
}

/// FAULTS 97: somebody else who signs in there decides nothing in another's name.
#[tokio::test]
async fn whoever_signs_in_instead_is_shown_their_own_form() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let form = ben.get(REVIEW).await.form("/test/decisions");
    let button = form
        .buttons
        .iter()
        .find(|value| value.starts_with("approve:"));
    let form = form.clone().with("decision", button.unwrap());
    let shown = interrupted(&site, &mut ben, &form, "ana@example.org").await;
    assert_eq!(site.story.item("notes/a.md").await.decisions.len(), 0);
    assert!(!shown.has("value=\"approve:"), "{}", shown.html);
}

/// FAULTS 97: a record that is begun.
#[tokio::test]
async fn a_new_record_goes_on_after_signing_in_again() {
    let site = site().await;
    let mut ana = site.signed_in("ana@example.org").await;
    let address = "/test/new/notes";
    let form = ana
        .get(address)
        .await
        .form(address)
        .with("title", "A late thought");
    let shown = interrupted(&site, &mut ana, &form, "ana@example.org").await;
    let form = shown.form(address);
    assert_eq!(form.get("title"), "A late thought");
    let begun = ana.send_form(&form).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.html);
}

/// FAULTS 97: secrets never come back.
#[tokio::test]
async fn passwords_are_given_back_nowhere() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let page = ben.get("/account").await;
    let form = page.form("/account/password");
    ben.cookies.clear();
    let form = form
        .with("password", "canary-one")
        .with("new-password", "canary-two");
    let answer = ben.send_form(&form).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(!answer.has("canary"), "{}", answer.html);
    let canary = [
        ("reason".to_owned(), "x".to_owned()),
        ("password".to_owned(), "canary-three".to_owned()),
    ];
    let answer = ben.post("/test/decisions", &canary).await;
    assert!(!answer.has("canary"), "{}", answer.html);
}
