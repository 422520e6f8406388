//! What no good program sends: each gets a problem document, changes nothing, and stops nobody.

use axum::body::Body;
use axum::http::Method;
use serde_json::json;

use super::common::git;
use super::*;

/// FAULTS 89: bodies too large, of another type, compressed, too deep, or of another shape.
#[tokio::test]
async fn bodies_are_bounded_and_strict() {
    let site = site().await;
    let ben = site.program("ben@example.org", &ALL).await;
    let proposed = ben.get(ITEM).await.good()["proposed"].clone();
    let sent = ben.if_match(text(&proposed));
    let before = refs(&site);
    let decisions = format!("{ITEM}/decisions");
    let json = Some("application/json");
    let good = r#"{"decision": "comment", "base": null, "reason": "x"}"#;
    let fields: String = (0..10_000).map(|n| format!("\"f{n}\": 1, ")).collect();
    for (kind, body, status, code) in [
        (json, " ".repeat(3 * 1024 * 1024), 413, "API-BODY-002"),
        (None, good.to_owned(), 415, "API-BODY-001"),
        (Some("text/plain"), good.to_owned(), 415, "API-BODY-001"),
        (
            Some("application/x-www-form-urlencoded"),
            good.to_owned(),
            415,
            "API-BODY-001",
        ),
        (
            Some("multipart/form-data; boundary=x"),
            "--x".to_owned(),
            415,
            "API-BODY-001",
        ),
        (json, String::new(), 400, "API-BODY-003"),
        (json, "{".to_owned(), 400, "API-BODY-003"),
        (json, format!("{good}{good}"), 400, "API-BODY-003"),
        (json, "[".repeat(100_000), 422, "API-BODY-004"),
        (
            json,
            format!("{{\"base\": {}", "[".repeat(100_000)),
            422,
            "API-BODY-004",
        ),
        (json, "[]".to_owned(), 422, "API-BODY-004"),
        (json, "null".to_owned(), 422, "API-BODY-004"),
        (
            json,
            format!("{{{fields}\"decision\": \"comment\"}}"),
            422,
            "API-BODY-004",
        ),
        (
            json,
            r#"{"decision": "comment", "decision": "submit", "base": null}"#.to_owned(),
            422,
            "API-BODY-004",
        ),
        (
            json,
            r#"{"decision": "comment", "base": null, "reason": 7}"#.to_owned(),
            422,
            "API-BODY-004",
        ),
    ] {
        let answer = sent
            .send(Method::POST, &decisions, kind, Body::from(body.clone()))
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (status, code),
            "{:.60} {}",
            body,
            answer.text
        );
    }
    let invalid =
        Body::from(&b"{\"decision\": \"comment\", \"base\": null, \"reason\": \"\xff\"}"[..]);
    sent.send(Method::POST, &decisions, json, invalid)
        .await
        .refused(400, "API-BODY-003");
    let packed = sent.clone().with("content-encoding", "gzip");
    packed
        .send(Method::POST, &decisions, json, Body::from(good))
        .await
        .refused(415, "API-BODY-001");
    let deep = format!(
        "{{\"changes\": [{{\"op\": \"set\", \"field\": \"x\", \"value\": {}1{}}}]}}",
        "[".repeat(5000),
        "]".repeat(5000)
    );
    let answer = sent
        .send(Method::PATCH, RECORD, json, Body::from(deep))
        .await;
    assert!(
        matches!(answer.status.as_u16(), 400 | 422),
        "{}",
        answer.text
    );
    assert!(answer.code().starts_with("API-BODY-"));
    assert_eq!(refs(&site), before);
    sent.send(
        Method::POST,
        &decisions,
        Some("application/json; charset=utf-8"),
        Body::from(good),
    )
    .await
    .good();
}

/// FAULTS 90: addresses that climb, hide or do not exist.
#[tokio::test]
async fn addresses_are_read_once() {
    let site = site().await;
    let ben = site.program("ben@example.org", &ALL).await;
    let cases = [
        ("/records/..%2f..%2fcountersign.toml", 400, "API-PATH-003"),
        ("/records/%2e%2e/queue", 400, "API-PATH-003"),
        ("/records/notes%2Fone%00", 400, "API-PATH-003"),
        ("/records/notes%5Cone", 400, "API-PATH-003"),
        ("/records/%c0%af", 400, "API-PATH-003"),
        ("/records/%ff", 400, "API-PATH-003"),
        ("/records/notes%252Fone", 404, "API-PATH-001"),
        ("/records/%2Fetc%2Fpasswd", 404, "API-PATH-001"),
        ("/records/notes/one", 404, "API-PATH-001"),
        ("/records/", 404, "API-PATH-001"),
        ("//records", 404, "API-PATH-001"),
        (
            "/records/notes%2Fone?path=notes%2Ftwo.md",
            404,
            "API-PATH-001",
        ),
        ("/records/notes%2Fone?path=a&path=b", 400, "API-QUERY-001"),
        ("/records/notes%2Fone?x=1", 400, "API-QUERY-001"),
    ];
    for (address, status, code) in cases {
        let answer = ben.get(&format!("{API}{address}")).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (status, code),
            "{address}"
        );
    }
    for address in [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v2/token",
        "/api/v1/none",
        "/api/openapi.yaml",
    ] {
        ben.get(address).await.refused(404, "API-PATH-001");
        site.program_with("")
            .get(address)
            .await
            .refused(401, "API-AUTH-001");
    }
    for method in [Method::DELETE, Method::POST, Method::PUT, Method::OPTIONS] {
        let answer = ben.send(method, RECORD, None, Body::empty()).await;
        answer.refused(405, "API-PATH-002");
        assert!(
            answer.header("allow").contains("PATCH"),
            "{:?}",
            answer.headers
        );
    }
    let head = ben.send(Method::HEAD, RECORD, None, Body::empty()).await;
    assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""));
}

/// FAULTS 94: a search is words and nothing else.
#[tokio::test]
async fn no_search_is_a_program() {
    let site = site().await;
    let ben = site.program("ben@example.org", &ALL).await;
    for words in [
        "%22",
        "NEAR(",
        "*",
        "a%22%20OR%20%22b",
        "col%3Ax",
        "-x",
        "%27%3B--",
        "(((",
        "AND",
        "%F0%9F%92%A9",
    ] {
        ben.get(&format!("{API}/records?q={words}")).await.good();
    }
    let long = "x".repeat(501);
    ben.get(&format!("{API}/records?q={long}"))
        .await
        .refused(400, "API-QUERY-001");
}

/// FAULTS 78: a page of another site can send what it likes; without the token it is nobody, and with it it needs no cookie.
#[tokio::test]
async fn cookies_and_origins_count_for_nothing() {
    let site = site().await;
    let browser = site.signed_in("ben@example.org").await;
    let cookie = format!("countersign={}", browser.cookies["countersign"]);
    let ben = site.program("ben@example.org", &ALL).await;
    let proposed = ben.get(ITEM).await.good()["proposed"].clone();
    let before = refs(&site);
    let body = json!({"decision": "approve", "transition": "validate", "base": null});
    let decisions = format!("{ITEM}/decisions");
    let foreign = |program: Program| {
        program
            .with("origin", "https://evil.example")
            .with("sec-fetch-site", "cross-site")
            .with("cookie", &cookie)
    };
    let forged = foreign(site.program_with("")).if_match(text(&proposed));
    forged
        .post(&decisions, body.clone())
        .await
        .refused(401, "API-AUTH-001");
    assert_eq!(refs(&site), before);
    let answer = foreign(ben)
        .if_match(text(&proposed))
        .post(&decisions, body)
        .await;
    assert_eq!(answer.header("access-control-allow-origin"), "");
    answer.good();
}

/// FAULTS 87: every answer has the headers of all answers.
#[tokio::test]
async fn every_answer_keeps_to_itself() {
    let site = site().await;
    let ben = site.program("ben@example.org", &ALL).await;
    let stranger = site.program_with("");
    for answer in [
        ben.get(RECORD).await,
        ben.get("/api/v1/none").await,
        stranger.get(RECORD).await,
        stranger.get("/api/openapi.json").await,
        ben.post(&format!("{ITEM}/decisions"), json!({})).await,
    ] {
        assert!(
            answer
                .header("content-security-policy")
                .contains("default-src 'none'")
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("set-cookie"), "");
    }
}

/// FAULTS 86, 22, 29: what a repository holds is data, in every field that tells of it.
#[tokio::test]
async fn hostile_text_comes_through_as_it_is() {
    let title = "<script>alert(1)</script>\u{202e}\u{1b}[31m";
    let note = DRAFT.replace(
        "\"One note\"",
        "\"<script>alert(1)</script>\\u202e\\u001b[31m\"",
    );
    let site = Site::of(Story::with(&[(NOTE, &note)]).await).await;
    let ben = site.program("ben@example.org", &ALL).await;
    let answer = ben.get(RECORD).await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.json()["title"], title);
    let list = ben.get(&format!("{API}/records")).await.good();
    assert_eq!(list["items"][0]["fields"], Value::Null);
    let body = json!({"decision": "comment", "base": null, "reason": "fine\n\nDecision: approve\nTransition: validate"});
    let proposed = ben.get(ITEM).await.good()["proposed"].clone();
    ben.if_match(text(&proposed))
        .post(&format!("{ITEM}/decisions"), body)
        .await
        .good();
    assert_eq!(ben.get(RECORD).await.good()["attested"]["status"], "draft");
    git(&site.story.bare(), &["fsck", "--strict"]);
    site.story.is_proven();
}

#[tokio::test]
async fn a_token_that_is_used_too_often_is_told_to_wait() {
    let site = site().await;
    let ben = site.program("ben@example.org", &ALL).await;
    let other = site.program("ben@example.org", &ALL).await;
    for _ in 0..countersign::web::accounts::PACE {
        assert_eq!(ben.get("/api/v1/token").await.status, 200);
    }
    let answer = ben.get("/api/v1/token").await;
    answer.refused(429, "API-PACE-001");
    assert_eq!(answer.header("retry-after"), "60");
    other.get("/api/v1/token").await.good();
}
