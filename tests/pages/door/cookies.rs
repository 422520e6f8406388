//! Sessions and the cookies that carry them.

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};

use super::{PASSWORD, is_inside, set_password, sign_in, site};
use crate::common::browser::{Page, Site};
use crate::common::{DRAFT, Story};

fn cookies(page: &Page) -> Vec<String> {
    let values = page.headers.get_all(header::SET_COOKIE);
    values
        .iter()
        .map(|value| value.to_str().unwrap().to_owned())
        .collect()
}

fn attributes(cookie: &str) -> Vec<&str> {
    let mut found: Vec<&str> = cookie.split("; ").skip(1).collect();
    found.sort_unstable();
    found
}

#[tokio::test]
async fn over_https_no_other_host_path_or_script_reaches_a_cookie() {
    let story = Story::with(&[("notes/a.md", DRAFT)]).await;
    let site = Site::with(story, |web| web.secure_cookies = true).await;
    set_password(&site, "ben@example.org").await;
    let mut ben = site.visitor();
    let answer = sign_in(&mut ben, "ben@example.org", PASSWORD).await;
    let given = cookies(&answer);
    let [session, browser] = given.as_slice() else {
        panic!("{given:?}")
    };
    assert!(session.starts_with("__Host-countersign="), "{session}");
    let all = ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"];
    assert_eq!(attributes(session), all);
    assert!(browser.starts_with("__Host-countersign-browser="));
    let all = [
        "HttpOnly",
        "Max-Age=15552000",
        "Path=/",
        "SameSite=Lax",
        "Secure",
    ];
    assert_eq!(attributes(browser), all);
    assert!(is_inside(&mut ben).await);
    // The name without its prefix is somebody else's.
    let token = ben.cookies["__Host-countersign"].clone();
    let mut other = site.visitor();
    other.cookies.insert("countersign".to_owned(), token);
    assert!(!is_inside(&mut other).await);
}

/// FAULTS 80: what a browser came with is not what it leaves with, and ends.
#[tokio::test]
async fn nobody_is_signed_in_by_a_cookie_that_they_were_given() {
    let site = site().await;
    set_password(&site, "ben@example.org").await;
    let planted = "0".repeat(64);
    let mut ben = site.visitor();
    ben.cookies
        .insert("countersign".to_owned(), planted.clone());
    sign_in(&mut ben, "ben@example.org", PASSWORD).await;
    let first = ben.cookies["countersign"].clone();
    assert_ne!(first, planted);
    assert!(is_inside(&mut ben).await);
    for stale in [planted] {
        let mut attacker = site.visitor();
        attacker.cookies.insert("countersign".to_owned(), stale);
        assert!(!is_inside(&mut attacker).await);
    }
    // Signing in again in the same browser ends the session before; its token opens nothing any more.
    let token = site.web.accounts.link("ben@example.org", None, true).await;
    let page = ben.get(&format!("/sign-in/link/{}", token.unwrap())).await;
    ben.submit(&page, "/sign-in/link/", &[]).await;
    assert_ne!(ben.cookies["countersign"], first);
    let mut old = site.visitor();
    old.cookies.insert("countersign".to_owned(), first);
    assert!(!is_inside(&mut old).await);
}

/// FAULTS 80: signing out ends the session at the server, not in the browser alone.
#[tokio::test]
async fn a_copied_cookie_opens_nothing_after_its_owner_signed_out() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let mut copied = ben.clone();
    assert!(is_inside(&mut copied).await);
    let page = ben.get("/test/people").await;
    let answer = ben.submit(&page, "/sign-out", &[]).await;
    let taken_back = cookies(&answer);
    assert_eq!(taken_back.len(), 1, "{taken_back:?}");
    assert!(taken_back[0].starts_with("countersign=; Max-Age=0"));
    assert!(!is_inside(&mut copied).await);
}

/// FAULTS 81
#[tokio::test]
async fn a_cookie_that_was_tampered_with_signs_out_and_does_nothing_else() {
    let site = site().await;
    let ben = site.signed_in("ben@example.org").await;
    let good = ben.cookies["countersign"].clone();
    let mut flipped = good.clone();
    let last = if good.ends_with('0') { "1" } else { "0" };
    flipped.replace_range(63.., last);
    let lines = [
        ("one digit", format!("countersign={flipped}")),
        ("8 KiB", format!("countersign={}", "a".repeat(8192))),
        (
            "two of one name",
            format!("countersign={good}; countersign={good}"),
        ),
        (
            "two that differ",
            format!("countersign={flipped}; countersign={good}"),
        ),
        (
            "upper case",
            format!(
                "countersign={}",
                good.to_uppercase()
                    .replace(|c: char| c.is_ascii_digit(), "A")
            ),
        ),
        ("quoted", format!("countersign=\"{good}\"")),
        (
            "of another server",
            format!("countersign={}", "ab".repeat(32)),
        ),
        ("SQL", "countersign=' OR 1=1 --".to_owned()),
        ("empty", "countersign=".to_owned()),
    ];
    for (name, line) in lines {
        let mut visitor = site.visitor();
        let request = Request::get("/test/people")
            .header(header::COOKIE, &line)
            .body(Body::empty())
            .unwrap();
        let answer = visitor.send(request).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{name}");
        assert_eq!(answer.location(), "/sign-in?next=%2Ftest%2Fpeople");
        let taken_back = cookies(&answer);
        assert!(
            taken_back
                .iter()
                .any(|cookie| cookie.starts_with("countersign=; Max-Age=0")),
            "{name}: {taken_back:?}"
        );
    }
}

/// FAULTS 80: sessions run out by the clock, at the server.
#[tokio::test]
async fn a_session_runs_out_when_nobody_uses_it_and_when_it_is_old() {
    for (seconds, is_open) in [(11 * 3600, true), (12 * 3600, false)] {
        let site = site().await;
        let begun = (site.web.now)() - seconds;
        let begun = site.web.accounts.begin_session(
            "ben@example.org",
            countersign::web::accounts::Agent::default(),
            begun,
        );
        let mut ben = site.visitor();
        ben.cookies
            .insert("countersign".to_owned(), begun.await.unwrap());
        assert_eq!(is_inside(&mut ben).await, is_open, "{seconds}");
    }
}

/// FAULTS 84: what leads on leads to a page of this server.
#[tokio::test]
async fn signing_in_leads_to_no_other_server() {
    let site = site().await;
    set_password(&site, "ben@example.org").await;
    for next in [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/%09/evil.example",
        " //evil.example",
        "http:evil.example",
        "evil.example",
        "/\t/evil.example",
    ] {
        let mut ben = site.visitor();
        let encoded = crate::common::browser::encoded(&[("next".to_owned(), next.to_owned())]);
        let page = ben.get(&format!("/sign-in?{encoded}")).await;
        let asked = page.form("/sign-in").get("next").to_owned();
        assert!(
            asked == "/" || asked == next && next.starts_with("/%09"),
            "{next}"
        );
        let typed = [
            ("address", "ben@example.org"),
            ("password", PASSWORD),
            ("next", next),
        ];
        let answer = ben.submit(&page, "/sign-in", &typed).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{next}");
        let place = answer.location();
        assert!(
            place == "/" || place == next && next.starts_with("/%09"),
            "{next}: {place}"
        );
    }
}

/// FAULTS 85: what a request says of its host and its way here changes no address and no count.
#[tokio::test]
async fn a_spoofed_host_is_believed_nowhere() {
    let site = site().await;
    let mut dee = site.signed_in("dee@example.org").await;
    let spoofed = |address: &str| {
        Request::get(address.to_owned())
            .header(header::HOST, "evil.example")
            .header("x-forwarded-host", "evil.example")
            .header("x-forwarded-proto", "https")
            .header("x-forwarded-for", "198.51.100.7")
            .header("forwarded", "host=evil.example;proto=https")
            .body(Body::empty())
            .unwrap()
    };
    for address in [
        "/",
        "/sign-in",
        "/test/people",
        "/test/queue",
        "/account",
        "/nowhere",
    ] {
        let page = dee.send(spoofed(address)).await;
        assert!(!page.has("evil.example"), "{address}");
        assert!(!mentions(&page.headers, "evil.example"), "{address}");
    }
    let mut visitor = site.visitor();
    let page = visitor.send(spoofed("/test/people")).await;
    assert!(
        page.location().starts_with("/sign-in"),
        "{}",
        page.location()
    );
}

fn mentions(headers: &HeaderMap, text: &str) -> bool {
    headers
        .values()
        .any(|value| value.to_str().is_ok_and(|value| value.contains(text)))
}

/// What another site sends to the door signs nobody in: see `src/web/cookies.rs`.
/// FAULTS 78, at the door.
#[tokio::test]
async fn another_site_signs_nobody_in_as_somebody_else() {
    let site = site().await;
    set_password(&site, "ben@example.org").await;
    let body = format!(
        "address=ben%40example.org&password={}&next=%2F",
        PASSWORD.replace(' ', "+")
    );
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let request = Request::post("/sign-in")
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(name, value)
            .body(Body::from(body.clone()))
            .unwrap();
        let answer = site.visitor().send(request).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}: {value}");
        assert!(cookies(&answer).is_empty());
    }
}
