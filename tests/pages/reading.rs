//! The pages as people use them: doors, queue, review, decisions, on the real router over a real repository.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::common::browser::{Browser, Page, Site, encoded};
use crate::common::{self, DRAFT, Story};

const NOTE: &str = "notes/one.md";
const REVIEW: &str = "/test/review/notes/one";
const RECORD: &str = "/test/records/notes/one";

async fn site() -> Site {
    Site::of(Story::with(&[(NOTE, DRAFT)]).await).await
}

#[tokio::test]
async fn a_draft_becomes_active_through_the_forms_of_two_people() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let queue = ben.open("/").await;
    assert!(
        queue.has("One note") && queue.has("Drafts"),
        "{}",
        queue.html
    );
    let validated = ben.decide(REVIEW, "approve:validate", "Reads well").await;
    assert_eq!(
        validated.status,
        StatusCode::SEE_OTHER,
        "{}",
        validated.html
    );
    let page = ben.get(validated.location()).await;
    assert!(page.has("One note is validated"), "{}", page.html);

    let mut cy = site.signed_in("cy@example.org").await;
    let queue = cy.open("/test").await;
    assert!(queue.has("One text waits for you") && queue.has("will be 1.0.0"));
    let review = cy.get(REVIEW).await;
    assert!(
        review.has("Approve: make version 1.0.0 active"),
        "{}",
        review.html
    );
    assert!(review.has("Reads well"));
    let active = cy.decide(REVIEW, "approve:activate", "").await;
    let page = cy.get(active.location()).await;
    assert!(
        page.has("One note is active as version 1.0.0"),
        "{}",
        page.html
    );
    assert!(page.has("A first paragraph."));
    let queue = cy.open("/").await;
    assert!(queue.has("The desk is clear"), "{}", queue.html);
    site.story.rebuild_is_equal().await;
}

/// FAULTS 71: a page leads to the door and shows nothing.
#[tokio::test]
async fn nothing_is_shown_without_a_session() {
    let site = site().await;
    let mut visitor = site.visitor();
    for address in [
        "/",
        "/test",
        "/test/queue",
        "/test/records",
        RECORD,
        REVIEW,
        "/other/queue",
        "/nowhere/at/all",
        "/test/records/none",
    ] {
        let page = visitor.get(address).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{address}");
        assert!(
            page.location().starts_with("/sign-in?next=%2F"),
            "{address}"
        );
        assert!(!page.has("One note"), "{address}");
    }
    let post = visitor.post("/test/decisions", &[]).await;
    assert_eq!(post.status, StatusCode::UNAUTHORIZED);
    for cookie in ["x", &"a".repeat(64), &"a".repeat(8192)] {
        visitor
            .cookies
            .insert("countersign".into(), cookie.to_owned());
        assert_eq!(
            visitor.get("/test/queue").await.status,
            StatusCode::SEE_OTHER
        );
    }
}

#[tokio::test]
async fn somebody_the_policy_does_not_know_cannot_tell_repositories_apart() {
    let site = site().await;
    let mut eve = site.signed_in("eve@example.net").await;
    let here = eve.get("/test/queue").await;
    let nowhere = eve.get("/other/queue").await;
    assert_eq!(
        (here.status, nowhere.status),
        (StatusCode::FORBIDDEN, StatusCode::FORBIDDEN)
    );
    assert_eq!(here.html, nowhere.html);
    assert!(eve.get("/").await.has("You may read no register"));
}

/// FAULTS 73: nor under a second address.
#[tokio::test]
async fn an_author_is_offered_no_approval_and_a_forged_one_is_refused() {
    let site = site().await;
    let mut ana = site.signed_in("ana@home.example").await;
    let page = ana.get(REVIEW).await;
    assert!(page.has("You wrote this text, so somebody else must approve it."));
    let form = page.form("/test/decisions");
    assert!(
        !form
            .buttons
            .iter()
            .any(|value| value.starts_with("approve"))
    );
    let forged = ana
        .send_form(&form.with("decision", "approve:validate"))
        .await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    assert_eq!(site.story.item(NOTE).await.decisions.len(), 0);
}

/// FAULTS 75: on the pages.
#[tokio::test]
async fn a_stale_approval_shows_what_changed_and_keeps_what_was_typed() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let page = ben.get(REVIEW).await;
    let changed = DRAFT.replace("short text", "long text");
    site.story
        .push("Ana Roche <ana@example.org>", &[(NOTE, &changed)]);
    let form = page
        .form("/test/decisions")
        .with("decision", "approve:validate")
        .with("reason", "My <careful> words");
    let answer = ben.send_form(&form).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.has("Changed since you looked") && answer.has("REV-STALE-001"));
    let again = answer.form("/test/decisions");
    assert_eq!(again.get("reason"), "My <careful> words");
    assert_ne!(again.get("proposed"), form.get("proposed"));
    let sent = ben
        .send_form(&again.with("decision", "approve:validate"))
        .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
}

/// FAULTS 77: on the pages, at once and once more.
#[tokio::test]
async fn a_form_sent_twice_decides_once_and_answers_the_same() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let form = ben
        .get(REVIEW)
        .await
        .form("/test/decisions")
        .with("decision", "approve:validate");
    let mut other_tab = ben.clone();
    let (first, second) = tokio::join!(ben.send_form(&form), other_tab.send_form(&form));
    let third = ben.send_form(&form).await;
    assert_eq!(first.location(), second.location());
    assert_eq!(first.location(), third.location());
    let count = common::git(
        &site.story.bare(),
        &["rev-list", "--count", "refs/countersign/journal"],
    );
    assert_eq!(count.trim(), "1");
}

/// FAULTS 76, 78: what a form is about, whose it is and where it comes from.
#[tokio::test]
async fn forms_of_other_sessions_sites_and_texts_are_refused() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let mut dee = site.signed_in("dee@example.org").await;
    let form = ben
        .get(REVIEW)
        .await
        .form("/test/decisions")
        .with("decision", "approve:validate")
        .with("reason", "kept words");
    let theirs = dee.get(REVIEW).await.form("/test/decisions");
    let zeros = "0".repeat(40);
    let forms = [
        form.clone().with("csrf", ""),
        form.clone().with("csrf", theirs.get("csrf")),
        form.clone().with("proposed", &zeros),
        form.clone().with("record", "notes/two"),
        form.clone().with("operation", "other"),
        form.clone()
            .with("moves", "[\"activate\"]")
            .with("decision", "approve:activate"),
        form.clone().with("decision", "approve:activate"),
        theirs
            .clone()
            .with("decision", "approve:validate")
            .with("reason", "kept words"),
    ];
    for form in &forms {
        let answer = ben.send_form(form).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{form:?}");
        assert!(answer.has("kept words"), "{form:?}");
    }
    for (name, value) in [
        (header::ORIGIN, "https://evil.example"),
        (header::ORIGIN, "null"),
        (
            header::HeaderName::from_static("sec-fetch-site"),
            "cross-site",
        ),
    ] {
        let request = Request::post("/test/decisions")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::HOST, "localhost")
            .header(name, value)
            .body(Body::from(encoded(&form.fields)))
            .unwrap();
        let answer = ben.send(request).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{value}");
        assert!(answer.has("WEB-FORM-001"), "{value}");
    }
    assert_eq!(site.story.item(NOTE).await.decisions.len(), 0);
}

#[tokio::test]
async fn what_was_typed_comes_back_when_the_session_ended_meanwhile() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let form = ben
        .get(REVIEW)
        .await
        .form("/test/decisions")
        .with("decision", "comment")
        .with("reason", "An hour of <thought>");
    site.web
        .accounts
        .set_password("ben@example.org", "correct horse battery", 1_770_300_000)
        .await
        .unwrap();
    let answer = ben.send_form(&form).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(
        answer.has("An hour of &#60;thought&#62;"),
        "{}",
        answer.html
    );
}

/// FAULTS 89: on the pages.
#[tokio::test]
async fn bodies_of_other_kinds_and_sizes_are_refused() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    for (kind, body, expected) in [
        (
            "text/plain",
            "{}".to_owned(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            "multipart/form-data; boundary=x",
            "--x".to_owned(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        ("", "a=1".to_owned(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (
            "application/x-www-form-urlencoded",
            "x&".repeat(10_000),
            StatusCode::PAYLOAD_TOO_LARGE,
        ),
        (
            "application/x-www-form-urlencoded",
            format!("a={}", "x".repeat(3 << 20)),
            StatusCode::PAYLOAD_TOO_LARGE,
        ),
        (
            "application/x-www-form-urlencoded",
            "a=%ff".to_owned(),
            StatusCode::BAD_REQUEST,
        ),
    ] {
        let request = Request::post("/test/decisions")
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body))
            .unwrap();
        assert_eq!(ben.send(request).await.status, expected, "{kind}");
    }
}

/// FAULTS 87: pages, files, refusals and addresses of nothing.
#[tokio::test]
async fn every_answer_keeps_to_itself() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let mut visitor = site.visitor();
    let mut pages = Vec::new();
    for address in [
        "/",
        "/test/queue",
        REVIEW,
        RECORD,
        "/test/records",
        "/test/nothing",
        "/other/queue",
        "/sign-in",
        "/assets/countersign.css",
        "/assets/none",
        "/healthz",
        "/readyz",
        "/test/..%2fx",
        "/a%00b",
    ] {
        pages.push((address, ben.get(address).await));
        pages.push((address, visitor.get(address).await));
    }
    pages.push(("post", ben.post("/test/decisions", &[]).await));
    pages.push(("method", ben.post("/test/queue", &[]).await));
    for (address, page) in &pages {
        assert_private(address, page);
    }
}

fn assert_private(address: &str, page: &Page) {
    let value = |name: &str| {
        page.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    };
    let policy = value("content-security-policy");
    assert!(
        policy.starts_with(
            "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self';"
        ),
        "{address}"
    );
    assert!(
        policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
        "{address}"
    );
    assert_eq!(value("x-content-type-options"), "nosniff", "{address}");
    assert_eq!(value("referrer-policy"), "same-origin", "{address}");
    assert_eq!(
        value("cross-origin-opener-policy"),
        "same-origin",
        "{address}"
    );
    assert!(!value("permissions-policy").is_empty(), "{address}");
    let is_file = address.starts_with("/assets/countersign");
    assert_eq!(value("cache-control") == "no-store", !is_file, "{address}");
}

/// FAULTS 86: names, titles, texts, addresses and what people write.
#[tokio::test]
async fn hostile_text_stays_inert() {
    let evil = "<script>alert(1)</script>\\\"'><img src=x onerror=alert(1)>";
    let draft = DRAFT
        .replace("One note\" #", &format!("{evil}\" #"))
        .replace("A first", "<script>alert(2)</script> A first");
    let policy = common::POLICY.replace("Ben Aster", "Ben \\\"' onload=alert(3) &lt;script");
    let path = "notes/<script>x.md";
    let story = Story::with_policy(
        &policy,
        &[
            (path, &draft),
            ("notes/a&b\"c.md", "---\na: 1\na: <script>\n---\n"),
        ],
    )
    .await;
    let site = Site::of(story).await;
    let mut ben = site.signed_in("ben@example.org").await;
    let review = "/test/review/notes/%3Cscript%3Ex";
    for address in [
        "/test/queue",
        "/test/records",
        "/test/records?q=%3Cscript%3E&collection=%3Cscript%3E",
        review,
        "/test/records/notes/%3Cscript%3Ex",
        "/test/records/notes/a&b%22c",
        "/test/%3Cscript%3E",
        "/%3Cscript%3E",
    ] {
        let page = ben.get(address).await;
        assert!(
            page.has_our_scripts_alone() && !page.has("<img"),
            "{address}: {}",
            page.html
        );
    }
    let answer = ben
        .decide(review, "comment", "<script>alert(4)</script>")
        .await;
    let page = ben.get(answer.location()).await;
    assert!(page.status.is_success() && page.has_our_scripts_alone());
    assert!(ben.get(review).await.has_our_scripts_alone());
}

#[tokio::test]
async fn a_link_is_used_by_its_button_and_the_password_then_opens_the_door() {
    let site = site().await;
    let accounts = &site.web.accounts;
    let token = accounts.link("ben@example.org", None, false).await.unwrap();
    let address = format!("/sign-in/link/{token}");
    let mut ben = site.visitor();
    for _ in 0..3 {
        assert!(ben.get(&address).await.has("Welcome, Ben Aster"));
    }
    let page = ben.get(&address).await;
    let short = ben
        .submit(&page, "/sign-in/link/", &[("password", "short")])
        .await;
    assert!(short.has("WEB-AUTH-005"));
    let done = ben
        .submit(
            &page,
            "/sign-in/link/",
            &[("password", "a long enough one")],
        )
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert!(ben.open("/").await.has("Ben Aster"));
    assert_eq!(
        site.visitor().get(&address).await.status,
        StatusCode::NOT_FOUND
    );

    let mut elsewhere = site.visitor();
    for (password, next, expected) in [
        ("wrong", "/", StatusCode::UNAUTHORIZED),
        ("a long enough one", "//evil.example", StatusCode::SEE_OTHER),
    ] {
        let page = elsewhere.get("/sign-in").await;
        let sent = [
            ("address", "ben@example.org"),
            ("password", password),
            ("next", next),
        ];
        let answer = elsewhere.submit(&page, "/sign-in", &sent).await;
        assert_eq!(answer.status, expected);
        assert!(matches!(answer.location(), "" | "/"));
    }
    sign_out(&mut elsewhere).await;
}

async fn sign_out(browser: &mut Browser) {
    let before = browser.cookies.clone();
    let page = browser.open("/").await;
    let out = browser.submit(&page, "/sign-out", &[]).await;
    assert!(out.has("You are signed out"), "{}", out.html);
    browser.cookies = before;
    assert_eq!(
        browser.get("/test/queue").await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn lists_are_filtered_and_searched_whatever_is_typed() {
    let two = DRAFT.replace("One note", "Zwei \u{fc}ber alles");
    let site = Site::of(Story::with(&[(NOTE, DRAFT), ("notes/two.md", &two)]).await).await;
    let mut ben = site.signed_in("ben@example.org").await;
    for (query, one, zwei) in [
        ("", true, true),
        ("q=one", true, false),
        ("q=uber", false, true),
        ("q=fir", true, true),
        ("q=notes%2Ftwo", false, true),
        ("q=nothing", false, false),
        ("status=draft", true, true),
        ("status=active", false, false),
        ("collection=notes&page=1", true, true),
        ("page=9999999999999999999", true, true),
        ("page=7", false, false),
    ] {
        let page = ben.open(&format!("/test/records?{query}")).await;
        assert_eq!(page.status, StatusCode::OK, "{query}: {}", page.html);
        let shown = (
            page.has("/test/records/notes/one\">"),
            page.has("/test/records/notes/two\">"),
        );
        assert_eq!(shown, (one, zwei), "{query}");
    }
    for typed in [
        "\"",
        "*",
        "AND OR NOT",
        "NEAR(",
        "title:x",
        "a\"b*c",
        "-",
        "^",
        "{a}",
        "()",
        "%00x",
        "((((((((",
        "'; DROP TABLE records",
    ] {
        let typed = typed
            .replace('%', "%25")
            .replace(' ', "+")
            .replace('"', "%22")
            .replace(['{', '}', '^'], "%7B");
        let page = ben.get(&format!("/test/records?q={typed}")).await;
        assert_eq!(page.status, StatusCode::OK, "{typed}: {}", page.html);
    }
    let long = ben
        .get(&format!("/test/records?q={}", "a".repeat(600)))
        .await;
    assert_eq!(long.status, StatusCode::BAD_REQUEST);
}

/// FAULTS 90: on the pages.
#[tokio::test]
async fn addresses_that_climb_are_refused() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    for (address, expected) in [
        ("/test/records/..%2f..%2fetc", StatusCode::BAD_REQUEST),
        ("/test/records/%2e%2e/x", StatusCode::BAD_REQUEST),
        ("/test/records/a%00", StatusCode::BAD_REQUEST),
        ("/test/records/a%5Cb", StatusCode::BAD_REQUEST),
        ("/test/records/%c0%ae", StatusCode::BAD_REQUEST),
        ("/test/records/%252e%252e/x", StatusCode::NOT_FOUND),
        ("/test/records//etc/passwd", StatusCode::NOT_FOUND),
        ("/assets/..%2fCargo.toml", StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(ben.get(address).await.status, expected, "{address}");
    }
}

#[tokio::test]
async fn a_change_around_review_is_countersigned_on_its_page() {
    let site = site().await;
    let story = &site.story;
    story
        .approve("ben@example.org", NOTE, "validate")
        .await
        .unwrap();
    story
        .approve("cy@example.org", NOTE, "activate")
        .await
        .unwrap();
    let more = story.file(NOTE).replace(
        "    text: Notes are short.\n",
        "    text: Notes are short.\n  - key: c2\n    text: Notes are kept.\n",
    );
    story.push("Ana Roche <ana@example.org>", &[(NOTE, &more)]);
    story.desk.sync().await.unwrap();
    let mut ben = site.signed_in("ben@example.org").await;
    assert!(ben.get(RECORD).await.has("Changed outside review"));
    let review = ben.get(REVIEW).await;
    assert!(
        review.has("Claims, c2") && review.has("Will be <strong>1.1.0</strong>"),
        "{}",
        review.html
    );
    ben.decide(REVIEW, "approve:revise", "").await;
    let mut cy = site.signed_in("cy@example.org").await;
    let lowered = cy
        .get(REVIEW)
        .await
        .form("/test/decisions")
        .with("version", "patch");
    let refused = cy
        .send_form(&lowered.with("decision", "approve:revise"))
        .await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        refused.html
    );
    assert!(refused.has("VER-004"));
    let done = cy.decide(REVIEW, "approve:revise", "").await;
    assert!(
        cy.get(done.location())
            .await
            .has("is active as version 1.1.0")
    );
}

/// FAULTS 98: a bidi override in a change is a mark that everybody sees, and turns nothing round.
#[tokio::test]
async fn bidi_controls_in_a_change_are_visible_marks() {
    let site = site().await;
    let changed = DRAFT.replace("A first", "A \u{202e}tsrif \u{2066}first\u{2069}");
    site.story
        .push("Ana Roche <ana@example.org>", &[(NOTE, &changed)]);
    site.story.desk.sync().await.unwrap();
    let mut ben = site.signed_in("ben@example.org").await;
    let page = ben.get(REVIEW).await;
    for mark in ["⟨U+202E⟩", "⟨U+2066⟩", "⟨U+2069⟩"] {
        assert!(page.has(mark), "{mark}: {}", page.html);
    }
    assert!(!page.html.contains(['\u{202e}', '\u{2066}', '\u{2069}']));
}

/// FAULTS 73: nor as a co-author, nor as an administrator who holds every other role as well.
#[tokio::test]
async fn an_administrator_who_helped_to_write_approves_nothing() {
    let policy = common::POLICY.replace("[\"reviewer\"]", "[\"reviewer\", \"administrator\"]");
    let site = Site::of(Story::with_policy(&policy, &[(NOTE, DRAFT)]).await).await;
    let work = site.story.work();
    common::git(&work, &["pull", "-q", "--rebase", "origin", "main"]);
    std::fs::write(work.join(NOTE), DRAFT.replace("A first", "Another")).unwrap();
    let message = "Say more\n\nCo-authored-by: Ben Aster <ben@example.org>";
    let commit = [
        "-c",
        "user.name=Ana Roche",
        "-c",
        "user.email=ana@example.org",
        "commit",
        "-qam",
        message,
    ];
    common::git(&work, &commit);
    common::git(&work, &["push", "-q", "origin", "HEAD:main"]);
    site.story.desk.sync().await.unwrap();
    let mut ben = site.signed_in("ben@example.org").await;
    let form = ben.get(REVIEW).await.form("/test/decisions");
    assert!(!form.buttons.contains(&"approve:validate".to_owned()));
    let forged = form.with("decision", "approve:validate");
    assert_eq!(ben.send_form(&forged).await.status, StatusCode::FORBIDDEN);
    assert_eq!(site.story.item(NOTE).await.decisions.len(), 0);
}

/// FAULTS 95: whoever leaves while their approval is made, at any moment, leaves it done or not done.
#[tokio::test(flavor = "multi_thread")]
async fn an_approval_is_whole_though_its_browser_left() {
    for delay in 0..20 {
        let site = site().await;
        let mut ben = site.signed_in("ben@example.org").await;
        let form = ben.get(REVIEW).await.form("/test/decisions");
        let form = form.with("decision", "approve:validate");
        let wait = std::time::Duration::from_millis(delay);
        let _ = tokio::time::timeout(wait, ben.send_form(&form)).await;
        let answer = ben.send_form(&form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
        let item = site.story.item(NOTE).await;
        assert_eq!(
            format!("{:?}", item.standing),
            "Settled",
            "after {delay} ms"
        );
        site.story.is_proven();
    }
}
