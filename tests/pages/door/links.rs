//! Links that sign in: who makes them, and what takes them back.

use axum::http::StatusCode;

use super::{PASSWORD, is_inside, set_password, sign_in, site};

/// FAULTS 73: an administrator who could make a link would sign in as somebody else and approve their own text.
#[tokio::test]
async fn no_page_makes_a_link_for_somebody_not_even_for_an_administrator() {
    let site = site().await;
    let mut dee = site.signed_in("dee@example.org").await;
    let page = dee.get("/test/people").await;
    assert!(!page.has("people/links"), "{}", page.html);
    let fields = [
        (
            "csrf".to_owned(),
            page.form("/sign-out").get("csrf").to_owned(),
        ),
        ("person".to_owned(), "ben".to_owned()),
    ];
    let answer = dee.post("/test/people/links", &fields).await;
    assert!(answer.status.is_client_error(), "{}", answer.html);
    assert!(!answer.has("/sign-in/link/"), "{}", answer.html);
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
            .link("ben@example.org", Some(now + 7200), false)
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
