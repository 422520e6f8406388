//! Tokens are made, shown once and ended on a page.

use super::*;

const PAGE: &str = "/account/tokens";

#[tokio::test]
async fn a_token_is_made_on_a_page_and_shown_once() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let page = ben.get(PAGE).await;
    assert_eq!(page.status, 200, "{}", page.html);
    let form = page.form("/account/tokens\"");
    assert_eq!((form.get("read"), form.get("decide")), ("true", ""));
    let form = form
        .with("name", "Site <builder>")
        .with("decide", "true")
        .with("repository", "test")
        .with("days", "30");
    let made = ben.send_form(&form).await;
    assert_eq!(made.status, 200, "{}", made.html);
    let from = made.html.find("cs_").unwrap();
    let token = &made.html[from..from + 67];
    assert_eq!(made.headers["cache-control"], "no-store");
    let program = site.program_with(token);
    let told = program.get("/api/v1/token").await.good();
    assert_eq!(told["scopes"], serde_json::json!(["read", "decide"]));
    assert_eq!(
        (text(&told["name"]), text(&told["repository"])),
        ("Site <builder>", "test")
    );
    program.get(RECORD).await.good();
    let page = ben.get(PAGE).await;
    assert!(!page.has(token), "it is shown once");
    assert!(
        page.has(&token[..11]) && page.has("Site &#60;builder&#62;"),
        "{}",
        page.html
    );
    let ended = ben.submit(&page, "/account/tokens/end", &[]).await;
    assert_eq!((ended.status.as_u16(), ended.location()), (303, PAGE));
    program.get(RECORD).await.refused(401, "API-AUTH-002");
    assert!(ben.get(PAGE).await.has("No program acts for you."));
}

#[tokio::test]
async fn the_form_takes_what_it_offers_and_nothing_else() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let form = ben
        .get(PAGE)
        .await
        .form("/account/tokens\"")
        .with("name", "x");
    for (name, value, code) in [
        ("name", " ", "WEB-TOKEN-001"),
        ("name", &"x".repeat(81), "WEB-TOKEN-001"),
        ("read", "", "WEB-TOKEN-002"),
        ("repository", "other", "WEB-TOKEN-003"),
        ("days", "366", "WEB-TOKEN-003"),
        ("days", "-1", "WEB-TOKEN-003"),
    ] {
        let answer = ben.send_form(&form.clone().with(name, value)).await;
        assert_eq!(answer.status, 422);
        assert!(
            answer.has(code) && !answer.has("cs_"),
            "{code}: {}",
            answer.html
        );
    }
    let forged = ben.send_form(&form.clone().with("csrf", "0")).await;
    assert_eq!(forged.status, 403);
    let mut ana = site.signed_in("ana@example.org").await;
    let foreign = ana.send_form(&form).await;
    assert_eq!(
        foreign.status, 403,
        "a form of another's session makes nothing"
    );
    for _ in 0..countersign::web::accounts::MOST {
        assert_eq!(ben.send_form(&form).await.status, 200);
    }
    assert!(ben.send_form(&form).await.has("WEB-TOKEN-004"));
    let mut visitor = site.visitor();
    assert_eq!(
        visitor.get(PAGE).await.location(),
        "/sign-in?next=%2Faccount%2Ftokens"
    );
}

#[tokio::test]
async fn nobody_ends_anothers_token() {
    let site = site().await;
    let ben = site.program("ben@example.org", &ALL).await;
    let mut in_browser = site.signed_in("ben@example.org").await;
    let form = in_browser.get(PAGE).await.form("/account/tokens/end");
    let mut ana = site.signed_in("ana@example.org").await;
    let own = ana.get(PAGE).await.form("/account/tokens\"");
    let mut forged = form.clone().with("csrf", own.get("csrf"));
    forged.action = "/account/tokens/end".to_owned();
    assert_eq!(ana.send_form(&forged).await.status, 303);
    ben.get(RECORD).await.good();
    assert_eq!(in_browser.send_form(&form).await.status, 303);
    ben.get(RECORD).await.refused(401, "API-AUTH-002");
}
