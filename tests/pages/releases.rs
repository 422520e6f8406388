//! Releases in the pages: planned from what is on its way, tried, let out, given up; told to everybody and acted on by those who publish.

use axum::http::StatusCode;

use crate::common::browser::{Browser, NOW, Page, Site};
use crate::common::{DRAFT, Story};

const A: &str = "notes/a.md";
const B: &str = "notes/b.md";

/// Two validated drafts of Ana's.
async fn site() -> Site {
    let second = DRAFT.replace("One note", "Second note");
    let story = Story::with(&[(A, DRAFT), (B, &second)]).await;
    for path in [A, B] {
        story
            .approve("ben@example.org", path, "validate")
            .await
            .unwrap();
    }
    Site::of(story).await
}

/// Fills the form of a plan with everything that it offers.
async fn plan(browser: &mut Browser, due: &str) -> Page {
    let page = browser.get("/test/plan").await;
    assert_eq!(page.status, StatusCode::OK);
    let mut form = page.form("/test/plan").with("title", "Winter release");
    form = form.with("text", "What we learned.").with("due", due);
    for offered in values(&page, "member") {
        form.fields.push(("member".to_owned(), offered));
    }
    browser.post("/test/plan", &form.fields).await
}

fn values(page: &Page, name: &str) -> Vec<String> {
    let start = format!("name=\"{name}\" value=\"");
    let boxes = page.html.split(&start).skip(1);
    boxes
        .map(|rest| {
            let value = rest.split('"').next().unwrap();
            value.replace("&#34;", "\"").replace("&quot;", "\"")
        })
        .collect()
}

async fn act(browser: &mut Browser, act: &str) -> Page {
    let page = browser.get("/test/releases/winter-release").await;
    let form = page.form("/test/releases/winter-release").with("act", act);
    browser
        .post("/test/releases/winter-release", &form.fields)
        .await
}

#[tokio::test]
async fn a_release_is_planned_from_what_waits_tried_and_let_out() {
    let site = site().await;
    let mut cy = site.signed_in("cy@example.org").await;
    let planned = plan(&mut cy, "").await;
    assert_eq!(
        planned.location(),
        "/test/releases/winter-release",
        "{}",
        planned.html
    );
    let page = cy.get(planned.location()).await;
    assert!(page.has("What we learned."));
    assert!(page.has("2 texts are not ready"), "{}", page.html);
    assert!(page.has("as the first version 1.0.0"));
    assert!(page.has("Cy Lind or Dee Moss may give it"), "{}", page.html);
    assert!(
        !page.has("value=\"release\""),
        "no button while something is in the way"
    );
    assert!(cy.get("/test/releases").await.has("Winter release"));

    for record in ["a", "b"] {
        let review = format!("/test/review/notes/{record}");
        let shown = cy.get(&review).await;
        assert!(shown.has("Part of a release."), "{}", shown.html);
        cy.decide(&review, "approve:activate", "").await;
    }
    let queue = cy.get("/test/queue").await;
    assert!(
        queue.has("waits for the release “Winter release”"),
        "{}",
        queue.html
    );
    assert_eq!(
        site.story.item(A).await.attested_status.as_deref(),
        Some("validated")
    );

    let page = cy.get("/test/releases/winter-release").await;
    assert!(page.has("Everything is ready") && page.has("Release 2 texts now"));
    let done = act(&mut cy, "release").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.html);
    let page = cy.get(done.location()).await;
    assert!(page.has("All of it went out in one step."), "{}", page.html);
    assert!(!page.has("id=\"decide\""), "what is out is out");
    for path in [A, B] {
        let item = site.story.item(path).await;
        assert_eq!(item.attested_status.as_deref(), Some("active"));
    }
    assert!(cy.get("/test/activity").await.has("planned the release"));
    site.story.rebuild_is_equal().await;
    site.story.is_proven();
}

#[tokio::test]
async fn a_release_that_is_not_ready_or_was_changed_meanwhile_is_refused_on_its_page() {
    let site = site().await;
    let mut cy = site.signed_in("cy@example.org").await;
    plan(&mut cy, "").await;
    let old = cy.get("/test/releases/winter-release").await;
    let refused = act(&mut cy, "release").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.has("REL-READY-001") && refused.has(A),
        "{}",
        refused.html
    );
    let change = cy.get("/test/plan?release=winter-release").await;
    assert!(change.has("value=\"Winter release\""));
    let mut form = change.form("/test/plan").with("due", "2030-01-02T03:04");
    form.fields
        .retain(|(name, value)| name != "member" || value.contains(A));
    let changed = cy.post("/test/plan", &form.fields).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.html);
    let page = cy.get(changed.location()).await;
    assert!(page.has("2 January 2030, 03:04 UTC"), "{}", page.html);
    let form = old.form("/test/releases/winter-release");
    let form = form.with("act", "cancel").with("reason", "Not this year.");
    let stale = cy.post("/test/releases/winter-release", &form.fields).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.has("REL-STALE-001") && stale.has("Not this year."));
    let done = act(&mut cy, "cancel").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert!(cy.get(done.location()).await.has("Given up"));
}

#[tokio::test]
async fn what_was_typed_comes_back_and_a_time_that_passed_is_refused() {
    let site = site().await;
    let mut cy = site.signed_in("cy@example.org").await;
    for due in ["2020-01-02T03:04", "tomorrow"] {
        let refused = plan(&mut cy, due).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{due}");
        assert!(refused.has("REL-DUE-001") && refused.has("What we learned."));
        assert_eq!(
            refused.html.matches("]\" checked").count(),
            2,
            "{}",
            refused.html
        );
    }
}

#[tokio::test]
async fn others_read_a_release_and_cannot_act_on_it() {
    let site = site().await;
    plan(&mut site.signed_in("cy@example.org").await, "").await;
    let mut ben = site.signed_in("ben@example.org").await;
    assert!(!ben.get("/test/releases").await.has("/test/plan"));
    let page = ben.get("/test/releases/winter-release").await;
    assert!(page.has("Second note") && !page.has("id=\"decide\""));
    let form = ben.get("/test/plan").await;
    assert!(form.has("Nothing that you may publish is on its way."));
    let missing = ben.get("/test/releases/spring").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_schedule_that_failed_says_why_where_it_stands() {
    let site = site().await;
    let mut cy = site.signed_in("cy@example.org").await;
    plan(&mut cy, "2030-01-02T03:04").await;
    let landings = site
        .story
        .committer
        .release_due(NOW + 10 * 366 * 86_400)
        .await;
    assert!(landings.unwrap()[0].landed.is_err());
    let page = cy.get("/test/releases/winter-release").await;
    assert!(
        page.has("Could not go out at its time") && page.has("lacks 1 approval"),
        "{}",
        page.html
    );
    assert!(page.has("Countersign could not release it at its time"));
}
