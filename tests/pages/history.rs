//! A rewritten history in the pages: told on every one of them, read by everybody, decided about by an administrator of the old policy.

use axum::http::StatusCode;

use crate::common::browser::{Browser, Page, Site};
use crate::common::{self, DRAFT, Story, commit_files, git};

const NOTE: &str = "notes/one.md";

/// A published note whose publication a push by force took away.
async fn site() -> Site {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    for (who, transition) in [
        ("ben@example.org", "validate"),
        ("cy@example.org", "activate"),
    ] {
        story.approve(who, NOTE, transition).await.unwrap();
    }
    git(&story.bare(), &["update-ref", "refs/heads/main", "main~1"]);
    story.desk.sync().await.unwrap();
    Site::of(story).await
}

async fn decide(browser: &mut Browser, act: &str, reason: &str) -> Page {
    let page = browser.get("/test/history").await;
    let form = page.form("/test/history");
    let form = form.with("act", act).with("reason", reason);
    browser.post("/test/history", &form.fields).await
}

#[tokio::test]
async fn every_page_says_that_publishing_is_on_hold_and_leads_to_what_was_lost() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    for page in [
        "queue",
        "records",
        "records/notes/one",
        "people",
        "activity",
    ] {
        let shown = ben.get(&format!("/test/{page}")).await;
        assert!(shown.has("1 approved commit is no longer in it"), "{page}");
        assert!(shown.has("href=\"/test/history\""), "{page}");
    }
    let health = ben.get("/test/health").await;
    assert!(
        health.has("GIT-HIST-001") || health.has("on hold"),
        "{}",
        health.html
    );
    let page = ben.get("/test/history").await;
    for part in [
        "Somebody replaced the published history of main",
        "1 approved change is lost",
        "activate, version 1.0.0",
        "Dee Moss decides",
        "refs/rescue/",
    ] {
        assert!(page.has(part), "{part} {}", page.html);
    }
    assert!(!page.has("value=\"restore\""), "a reviewer decides nothing");
    let told = "noticed that somebody replaced the published history of";
    assert!(!ben.get("/test/inbox").await.has(told));
    let mut dee = site.signed_in("dee@example.org").await;
    let inbox = dee.get("/test/inbox").await;
    assert!(
        inbox.has(told) && inbox.has("/test/history"),
        "{}",
        inbox.html
    );
    assert!(
        ben.get("/test/activity")
            .await
            .has("noticed that somebody replaced")
    );
}

#[tokio::test]
async fn an_administrator_restores_with_a_reason() {
    let site = site().await;
    let mut dee = site.signed_in("dee@example.org").await;
    let refused = decide(&mut dee, "restore", " ").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.has("has a reason"), "{}", refused.html);
    let done = decide(&mut dee, "restore", "A mirror overwrote it.").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.html);
    let page = dee.get(done.location()).await;
    for part in [
        "stands as it was known",
        "restored what was published",
        "A mirror overwrote it.",
    ] {
        assert!(page.has(part), "{part} {}", page.html);
    }
    assert!(!dee.get("/test/queue").await.has("no longer in it"));
    assert!(site.story.file(NOTE).contains("status: active"));
    site.story.is_proven();
    site.story.rebuild_is_equal().await;
}

#[tokio::test]
async fn what_moved_since_is_read_again_before_it_is_accepted() {
    let site = site().await;
    let mut dee = site.signed_in("dee@example.org").await;
    let form = dee.get("/test/history").await.form("/test/history");
    site.story
        .push("Eve <eve@example.net>", &[("notes/two.md", DRAFT)]);
    let form = form.with("act", "accept").with("reason", "The backup.");
    let refused = dee.post("/test/history", &form.fields).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(
        refused.has("moved again since you looked"),
        "{}",
        refused.html
    );
    assert!(refused.has("The backup.") && refused.has("1 change is new"));
    let done = decide(&mut dee, "accept", "The backup.").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.html);
    let page = dee.get("/test/history").await;
    assert!(page.has("accepted what replaced it"), "{}", page.html);
    assert!(site.story.file(NOTE).contains("status: validated"));
}

/// Nobody adopted what stands there: its own words let nobody in.
#[tokio::test]
async fn people_are_known_by_the_old_policy_while_it_is_on_hold() {
    let site = site().await;
    let work = site.story.work();
    git(&work, &["checkout", "-q", "--orphan", "other"]);
    let policy = common::POLICY.replace("dee@example.org", "eve@example.org");
    let files = [("countersign.toml", policy.as_str())];
    commit_files(&work, "Eve <eve@example.org>", "Begin again", &files);
    git(&work, &["push", "-q", "--force", "origin", "HEAD:main"]);
    site.story.desk.sync().await.unwrap();
    let mut eve = site.signed_in("eve@example.org").await;
    let page = eve.get("/test/history").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let mut dee = site.signed_in("dee@example.org").await;
    for page in [
        "queue",
        "records",
        "people",
        "health",
        "proposals",
        "releases",
    ] {
        let shown = dee.get(&format!("/test/{page}")).await;
        assert_eq!(shown.status, StatusCode::OK, "{page} {}", shown.html);
    }
    let done = decide(&mut dee, "restore", "Somebody took the branch.").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.html);
    assert!(site.story.file(NOTE).contains("status: active"));
    site.story.is_proven();
}
