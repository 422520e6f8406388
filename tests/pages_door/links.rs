//! Links that administrators hand out.

use axum::http::StatusCode;
use countersign::web::Served;
use std::sync::Arc;

use super::common::browser::Site;
use super::common::{DRAFT, POLICY, Story};
use super::{PASSWORD, is_inside, set_password, sign_in, site};

#[tokio::test]
async fn an_administrator_lets_somebody_in_by_a_link_that_is_shown_once() {
    let site = site().await;
    let mut dee = site.signed_in("dee@example.org").await;
    let page = dee.get("/test/people").await;
    let made = dee
        .submit(&page, "/test/people/links", &[("person", "ben")])
        .await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.html);
    let (_, rest) = made
        .html
        .split_once("http://localhost/sign-in/link/")
        .unwrap();
    let token = &rest[..64];
    for address in ["/test/people", "/account"] {
        assert!(!dee.get(address).await.has(token), "{address}");
    }
    let mut ben = site.visitor();
    let page = ben.get(&format!("/sign-in/link/{token}")).await;
    let answer = ben
        .submit(&page, "/sign-in/link/", &[("password", PASSWORD)])
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    // Whom it was made for sees who made it.
    let account = ben.get("/account").await;
    assert!(account.has("dee@example.org"), "{}", account.html);
    assert_eq!(ben.get(&format!("/sign-in/link/{token}")).await.status, 404);
}

#[tokio::test]
async fn nobody_else_lets_anybody_in() {
    let site = site().await;
    for address in ["ana@example.org", "ben@example.org", "cy@example.org"] {
        let mut browser = site.signed_in(address).await;
        let page = browser.get("/test/people").await;
        assert!(!page.has("/test/people/links"), "{address}");
        let token = page.form("/sign-out").get("csrf").to_owned();
        let fields = [
            ("csrf".to_owned(), token),
            ("person".to_owned(), "dee".to_owned()),
        ];
        let answer = browser.post("/test/people/links", &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{address}");
        assert!(answer.has("WEB-RIGHT-002"));
        assert!(!answer.has("/sign-in/link/"));
    }
    let mut dee = site.signed_in("dee@example.org").await;
    let page = dee.get("/test/people").await;
    for person in ["", "nobody", "../ben"] {
        let answer = dee
            .submit(&page, "/test/people/links", &[("person", person)])
            .await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{person}");
    }
}

/// A link signs in as somebody in every register that names them, so an administrator of one does not get into another by it.
#[tokio::test]
async fn a_link_opens_no_register_that_its_maker_does_not_keep() {
    let other = Story::with_policy(
        &POLICY.replace("dee@example.org", "dora@example.org"),
        &[("notes/b.md", DRAFT)],
    )
    .await;
    let served = Served {
        desk: Arc::clone(&other.desk),
        committer: other.committer.clone(),
    };
    let story = Story::with(&[("notes/a.md", DRAFT)]).await;
    let site = Site::with(story, |web| {
        drop(web.served.insert("other".to_owned(), served))
    })
    .await;
    let mut dee = site.signed_in("dee@example.org").await;
    let page = dee.get("/test/people").await;
    let answer = dee
        .submit(&page, "/test/people/links", &[("person", "ben")])
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.html);
    assert!(answer.has("WEB-RIGHT-004"));
    assert!(!answer.has("/sign-in/link/"));
    // Herself she may let in: the other register does not know her.
    let answer = dee
        .submit(&page, "/test/people/links", &[("person", "dee")])
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.html);
}

/// FAULTS 80: a new password takes back the links by which it could be set once more.
#[tokio::test]
async fn a_new_password_takes_back_links_that_were_not_used() {
    let site = site().await;
    let accounts = &site.web.accounts;
    let now = (site.web.now)();
    let made = [
        accounts
            .link("ben@example.org", Some(now + 3600), false)
            .await
            .unwrap(),
        accounts
            .link_by("ben@example.org", "dee@example.org", now)
            .await
            .unwrap(),
    ];
    set_password(&site, "ben@example.org").await;
    for token in made {
        let page = site.visitor().get(&format!("/sign-in/link/{token}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(page.has("WEB-AUTH-004"));
    }
    let mut ben = site.visitor();
    sign_in(&mut ben, "ben@example.org", PASSWORD).await;
    assert!(is_inside(&mut ben).await);
}
