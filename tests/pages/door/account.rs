//! A person sees where they are signed in, and changes their password.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use super::{PASSWORD, is_inside, set_password, sign_in, site};
use crate::common::browser::Browser;

const NEW: &str = "another long password";

async fn with_agent(browser: &mut Browser, agent: &str) {
    let page = browser.get("/sign-in").await;
    let form = page
        .form("/sign-in")
        .with("address", "ben@example.org")
        .with("password", PASSWORD);
    let request = Request::post(&form.action)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::HOST, "localhost")
        .header(header::ORIGIN, "http://localhost")
        .header(header::USER_AGENT, agent)
        .body(Body::from(crate::common::browser::encoded(&form.fields)))
        .unwrap();
    assert_eq!(browser.send(request).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_person_sees_their_sessions_and_ends_them() {
    let site = site().await;
    set_password(&site, "ben@example.org").await;
    let mut here = site.visitor();
    with_agent(
        &mut here,
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    )
    .await;
    let mut phone = site.visitor();
    with_agent(
        &mut phone,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
    )
    .await;
    let mut strange = site.visitor();
    with_agent(
        &mut strange,
        &format!("<script>alert(1)</script>{}", "x".repeat(4000)),
    )
    .await;
    let mut cy = site.signed_in("cy@example.org").await;
    let page = here.get("/account").await;
    assert!(page.has("Firefox on Linux"), "{}", page.html);
    assert!(page.has("Safari on iPhone"));
    assert!(page.has("A browser that does not say which"));
    assert!(!page.has("alert(1)"));
    assert_eq!(page.html.matches("class=\"here\"").count(), 1);
    // Another's session stays, whoever names it.
    let theirs = cy.get("/account").await;
    assert!(!theirs.has("Firefox on Linux"));
    let name = page.form("/account/sessions").get("session").to_owned();
    let token = theirs.form("/sign-out").get("csrf").to_owned();
    let named = [("csrf".to_owned(), token), ("session".to_owned(), name)];
    cy.post("/account/sessions", &named).await;
    assert!(is_inside(&mut phone).await && is_inside(&mut strange).await);
    // The first that is offered is one of the others; then all of them.
    let answer = here.submit(&page, "/account/sessions", &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    let left =
        usize::from(is_inside(&mut phone).await) + usize::from(is_inside(&mut strange).await);
    assert_eq!(left, 1);
    let page = here.get("/account").await;
    here.submit(&page, "/account/sessions", &[("session", "others")])
        .await;
    assert!(!is_inside(&mut phone).await && !is_inside(&mut strange).await);
    assert!(is_inside(&mut here).await && is_inside(&mut cy).await);
}

/// FAULTS 80: a new password ends every other session, and takes the present one to set.
#[tokio::test]
async fn a_new_password_asks_for_the_present_one_and_ends_all_other_sessions() {
    let site = site().await;
    set_password(&site, "ben@example.org").await;
    let (mut ben, mut other) = (site.visitor(), site.visitor());
    for browser in [&mut ben, &mut other] {
        sign_in(browser, "ben@example.org", PASSWORD).await;
    }
    let before = ben.cookies["countersign"].clone();
    for (present, new, status, code) in [
        ("a wrong password", NEW, 403, "WEB-AUTH-007"),
        ("", NEW, 403, "WEB-AUTH-007"),
        (PASSWORD, "short", 422, "WEB-AUTH-005"),
    ] {
        let page = ben.get("/account").await;
        let typed = [("password", present), ("new-password", new)];
        let answer = ben.submit(&page, "/account/password", &typed).await;
        assert_eq!(answer.status, status, "{}", answer.html);
        assert!(answer.has(code));
        assert!(!answer.has(NEW), "a password came back");
    }
    assert!(is_inside(&mut other).await);
    let page = ben.get("/account").await;
    let typed = [("password", PASSWORD), ("new-password", NEW)];
    let answer = ben.submit(&page, "/account/password", &typed).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    assert!(is_inside(&mut ben).await);
    assert_ne!(ben.cookies["countersign"], before);
    assert!(!is_inside(&mut other).await);
    let mut again = site.visitor();
    assert_eq!(
        sign_in(&mut again, "ben@example.org", PASSWORD)
            .await
            .status,
        401
    );
    assert_eq!(
        sign_in(&mut again, "ben@example.org", NEW).await.status,
        303
    );
}

/// Somebody at an open session guesses no faster than a stranger, and keeps nobody else out.
#[tokio::test]
async fn an_open_session_is_no_way_to_guess_the_password() {
    let site = site().await;
    set_password(&site, "ben@example.org").await;
    let mut ben = site.signed_in("ben@example.org").await;
    let page = ben.get("/account").await;
    let guess = [("password", "a wrong password"), ("new-password", NEW)];
    for _ in 0..10 {
        assert_eq!(
            ben.submit(&page, "/account/password", &guess).await.status,
            403
        );
    }
    let right = [("password", PASSWORD), ("new-password", NEW)];
    let answer = ben.submit(&page, "/account/password", &right).await;
    assert_eq!(answer.status, 429, "{}", answer.html);
    let mut elsewhere = site.visitor();
    assert_eq!(
        sign_in(&mut elsewhere, "ben@example.org", PASSWORD)
            .await
            .status,
        303
    );
}

/// Whoever finds a session open cannot make a password of it.
#[tokio::test]
async fn a_first_password_is_chosen_right_after_signing_in() {
    let site = site().await;
    let accounts = &site.web.accounts;
    let agent = countersign::web::accounts::Agent::default();
    let old = accounts.begin_session("ben@example.org", agent, (site.web.now)() - 3600);
    let mut left_open = site.visitor();
    left_open
        .cookies
        .insert("countersign".to_owned(), old.await.unwrap());
    let page = left_open.get("/account").await;
    assert!(page.has("You have no password."), "{}", page.html);
    let token = page.form("/sign-out").get("csrf").to_owned();
    let fields = [("csrf", token.as_str()), ("new-password", NEW)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let answer = left_open.post("/account/password", &fields).await;
    assert!(answer.has("WEB-AUTH-008"), "{}", answer.html);
    let mut fresh = site.signed_in("ben@example.org").await;
    let page = fresh.get("/account").await;
    let answer = fresh
        .submit(&page, "/account/password", &[("new-password", NEW)])
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    assert!(is_inside(&mut fresh).await);
}

/// FAULTS 78, for the pages of an account.
#[tokio::test]
async fn forms_of_an_account_need_its_sessions_own_token() {
    let site = site().await;
    set_password(&site, "ben@example.org").await;
    let mut ben = site.signed_in("ben@example.org").await;
    let mut cy = site.signed_in("cy@example.org").await;
    let foreign = cy
        .get("/account")
        .await
        .form("/sign-out")
        .get("csrf")
        .to_owned();
    for address in ["/account/sessions", "/account/password"] {
        for token in ["", foreign.as_str()] {
            let fields = [
                ("csrf", token),
                ("session", "others"),
                ("password", PASSWORD),
                ("new-password", NEW),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
            let answer = ben.post(address, &fields).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{address}");
        }
    }
    assert!(is_inside(&mut ben).await);
}
