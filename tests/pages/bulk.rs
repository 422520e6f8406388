//! Several texts at once: what is selected is read before it is decided, each is decided by itself, and what can be undone says so.

use axum::http::StatusCode;

use crate::common::browser::{Browser, Page, Site};
use crate::common::{DRAFT, Story};

const ANA: &str = "Ana Roche <ana@example.org>";

const BULK: &str = "/test/bulk?item=notes%2Fa.md&item=notes%2Fb.md&item=notes%2Fa.md";

/// Two drafts of Ana's that wait for review.
async fn site() -> Site {
    let story = Story::with(&[("notes/a.md", DRAFT), ("notes/b.md", DRAFT)]).await;
    let site = Site::of(story).await;
    let mut ana = site.signed_in("ana@example.org").await;
    for record in ["a", "b"] {
        let address = format!("/test/review/notes/{record}");
        let answer = ana.decide(&address, "submit", "").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    }
    site
}

fn is_done(page: &Page) -> usize {
    page.html.matches("class=\"told good\"").count()
}

fn is_refused(page: &Page) -> usize {
    page.html.matches("class=\"told wrong\"").count()
}

async fn status(browser: &mut Browser, record: &str) -> String {
    let page = browser.get(&format!("/test/records/notes/{record}")).await;
    let (_, rest) = page
        .html
        .split_once("<span class=\"status-name\">")
        .unwrap();
    rest.split('<').next().unwrap().to_owned()
}

#[tokio::test]
async fn what_waits_is_selected_read_together_and_approved_each_by_itself() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let queue = ben.get("/test/queue").await;
    assert!(queue.has("name=\"item\" value=\"notes/a.md\" form=\"selection\""));
    let page = ben.get(BULK).await;
    assert_eq!(page.html.matches("class=\"ballot\"").count(), 2);
    assert!(page.has("A note is a short text"), "what changed is shown");
    assert_eq!(status(&mut ben, "a").await, "draft", "nothing is decided");
    let report = ben.submit(&page, "/test/bulk", &[]).await;
    assert_eq!((is_done(&report), is_refused(&report)), (2, 0));
    for record in ["a", "b"] {
        assert_eq!(status(&mut ben, record).await, "validated");
    }
    site.story.is_proven();
}

#[tokio::test]
async fn one_that_changed_meanwhile_is_refused_and_holds_up_no_other() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let page = ben.get(BULK).await;
    let other = DRAFT.replace("short text", "long text");
    site.story.push(ANA, &[("notes/a.md", &other)]);
    site.story.desk.sync().await.unwrap();
    let report = ben.submit(&page, "/test/bulk", &[]).await;
    assert_eq!((is_done(&report), is_refused(&report)), (1, 1));
    assert!(report.has("REV-STALE-001"));
    assert_eq!(status(&mut ben, "a").await, "draft");
    assert_eq!(status(&mut ben, "b").await, "validated");
}

/// FAULTS 73, 76
#[tokio::test]
async fn a_selection_gives_nobody_a_right_and_serves_its_own_session_alone() {
    let site = site().await;
    let mut ana = site.signed_in("ana@example.org").await;
    let own = ana.get(BULK).await;
    assert_eq!(own.html.matches("class=\"ballot\"").count(), 0);
    assert!(own.has("you wrote this text") || own.has("You wrote this text"));
    let mut ben = site.signed_in("ben@example.org").await;
    let mut dee = site.signed_in("dee@example.org").await;
    let of_ben = ben.get(BULK).await.form("/test/bulk");
    let csrf = dee
        .get(BULK)
        .await
        .form("/test/bulk")
        .get("csrf")
        .to_owned();
    let stolen = of_ben.with("csrf", &csrf);
    let answer = dee.send_form(&stolen).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.has("WEB-FORM-007"));
    assert_eq!(status(&mut dee, "a").await, "draft");
}

/// FAULTS 77
#[tokio::test]
async fn the_same_form_sent_twice_decides_once() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let form = ben.get(BULK).await.form("/test/bulk");
    ben.send_form(&form).await;
    let tip = site.story.desk.index.heads().await.unwrap();
    let again = ben.send_form(&form).await;
    assert_eq!((is_done(&again), is_refused(&again)), (2, 0));
    assert_eq!(site.story.desk.index.heads().await.unwrap(), tip);
}

#[tokio::test]
async fn what_is_recorded_can_be_undone_and_what_is_made_says_that_it_cannot() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let answer = ben
        .decide("/test/review/notes/a", "request_changes", "Say more.")
        .await;
    let page = ben.get(answer.location()).await;
    let undone = ben
        .send_form(&page.form("/test/decisions").with("decision", "withdraw"))
        .await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", undone.html);
    let answer = ben
        .decide("/test/review/notes/a", "approve:validate", "")
        .await;
    let page = ben.get(answer.location()).await;
    assert!(page.has("class=\"undo-not\""), "{}", page.html);
    assert!(page.has("data-key=\"n\""), "the next item is offered");
    assert!(page.has("/test/review/notes/b"));
}

#[tokio::test]
async fn nothing_selected_leads_back_to_the_queue() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    for address in ["/test/bulk", "/test/bulk?item=nowhere.md", "/test/bulk?x"] {
        let answer = ben.get(address).await;
        assert_eq!(answer.location(), "/test/queue", "{address}");
    }
    assert_eq!(
        ben.get("/test/bulk?item=%ff").await.status,
        StatusCode::BAD_REQUEST
    );
}
