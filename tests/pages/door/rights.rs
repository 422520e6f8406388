//! Rights that are taken away are gone everywhere, at once.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use countersign::web::accounts::Accounts;
use tokio_stream::StreamExt;

use super::{PASSWORD, is_inside, set_password, sign_in, site};
use crate::common::{POLICY, git};

/// Pages that each belong to one of the doors of a repository.
const PAGES: [&str; 6] = [
    "/test/queue",
    "/test/records",
    "/test/review/notes/a",
    "/test/edit/notes/a",
    "/test/people",
    "/test/activity",
];

/// FAULTS 71: without a session every address, of a page or of none, of a register or of none, answers alike.
#[tokio::test]
async fn without_a_session_nothing_is_told_apart() {
    let site = site().await;
    let mut visitor = site.visitor();
    let addresses = PAGES.into_iter().chain([
        "/test/review/notes/none",
        "/test/no-page",
        "/other/queue",
        "/account",
        "/",
    ]);
    for address in addresses {
        let answer = visitor.get(address).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{address}");
        assert!(answer.location().starts_with("/sign-in"), "{address}");
        assert!(answer.html.is_empty(), "{address}");
    }
    for address in [
        "/test/decisions",
        "/other/decisions",
        "/account/password",
        "/account/sessions",
        "/sign-out",
    ] {
        let fields = [("reason".to_owned(), "x".to_owned())];
        let answer = visitor.post(address, &fields).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{address}");
        assert!(!answer.has("Test register"), "{address}");
    }
}

/// FAULTS 80: a person who is taken out of the policy is out at the next request, and an open stream ends.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_taken_out_of_the_policy_is_out_at_once() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    for page in PAGES {
        assert_ne!(ben.get(page).await.status, StatusCode::FORBIDDEN, "{page}");
    }
    let mut request = Request::get("/test/live").body(Body::empty()).unwrap();
    let mut stream = ben.ask(&mut request).await.into_body().into_data_stream();
    assert!(stream.next().await.is_some());
    let without_ben = POLICY.replace("ben@example.org", "benedict@example.org");
    countersigned(&site, &without_ben).await;
    for page in PAGES {
        let answer = ben.get(page).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{page}");
        assert!(!answer.has("One note"), "{page}");
    }
    let silence = async { while stream.next().await.is_some() {} };
    let ended = tokio::time::timeout(Duration::from_secs(5), silence).await;
    assert!(ended.is_ok(), "the stream goes on");
}

/// FAULTS 80: a role that is taken away approves nothing any more, whatever page is still open.
#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_taken_away_works_nowhere() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let open = ben
        .get("/test/review/notes/a")
        .await
        .form("/test/decisions");
    assert!(!open.buttons.is_empty());
    let only_author = POLICY.replace(
        "addresses = [\"ben@example.org\"]\nroles = [\"reviewer\"]",
        "addresses = [\"ben@example.org\"]\nroles = [\"author\"]",
    );
    countersigned(&site, &only_author).await;
    let button = open
        .buttons
        .iter()
        .find(|value| value.starts_with("approve:"));
    let form = open.clone().with("decision", button.unwrap());
    let answer = ben.send_form(&form.with("reason", "It is right.")).await;
    assert!(answer.status.is_client_error(), "{}", answer.html);
    assert_eq!(site.story.item("notes/a.md").await.decisions.len(), 0);
    let page = ben.get("/test/review/notes/a").await;
    assert!(!page.has("value=\"approve:"), "{}", page.html);
}

/// Changes the policy as it is changed in life: somebody pushes it, an administrator approves.
async fn countersigned(site: &crate::common::browser::Site, policy: &str) {
    let story = &site.story;
    git(&story.work(), &["pull", "-q", "--rebase", "origin", "main"]);
    story.push(
        "Ana Roche <ana@example.org>",
        &[("countersign.toml", policy)],
    );
    story.desk.sync().await.unwrap();
    let mut dee = site.signed_in("dee@example.org").await;
    let page = dee.get("/test/policy-change").await;
    let form = page.form("/test/decisions");
    let button = form
        .buttons
        .iter()
        .find(|value| value.starts_with("approve:"));
    let form = form.clone().with("decision", button.unwrap());
    let answer = dee.send_form(&form.with("reason", "Agreed.")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
}

/// FAULTS 80: what another process ends in the private database is ended here at the next request.
#[tokio::test]
async fn a_session_ends_in_every_process_at_once() {
    let site = site().await;
    set_password(&site, "ben@example.org").await;
    let (mut first, mut second) = (site.visitor(), site.visitor());
    for browser in [&mut first, &mut second] {
        sign_in(browser, "ben@example.org", PASSWORD).await;
    }
    let file = site.story.folder.path().join("private.sqlite");
    let elsewhere = Accounts::open(&file).await.unwrap();
    let token = first.cookies["countersign"].clone();
    elsewhere.end_session(&token).await.unwrap();
    assert!(!is_inside(&mut first).await);
    assert!(is_inside(&mut second).await);
    elsewhere
        .set_password("ben@example.org", "another long password", (site.web.now)())
        .await
        .unwrap();
    assert!(!is_inside(&mut second).await);
}
