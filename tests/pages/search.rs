//! The list of records as people look for something in it: by words, by filters, under a name of their own.

use axum::http::StatusCode;
use countersign::index::{self, Count, Order, Wanted};
use countersign::ledger::Act;

use crate::common::browser::{Browser, Page, Site};
use crate::common::{self, DRAFT, POLICY, Story};

const LIST: &str = "/test/records";

/// Notes and pages in two languages, with a reference that leads nowhere and a file that cannot be read.
async fn site() -> Site {
    let pages = r#"
[collections.pages]
paths = ["pages/**/*.md"]
format = "markdown"
id = "id"
title = "title"
status = "status"
version = "version"
locale = "tongue"
references = ["see"]

[roles]
"#;
    let policy = POLICY.replacen("\n[roles]\n", pages, 1);
    let note = |title: &str, text: &str| {
        DRAFT
            .replace("One note", title)
            .replace("A first paragraph.", text)
    };
    let page = |id: &str, title: &str, tongue: &str, see: &str| {
        format!(
            "---\nid: {id}\ntitle: {title}\nstatus: draft\nversion: 0.1.0\ntongue: {tongue}\nsee: {see}\n---\n\nOf provenance.\n"
        )
    };
    let files = [
        (
            "notes/one.md",
            note(
                "Provenance",
                "Where a thing comes from, open weight by open weight.",
            ),
        ),
        (
            "notes/two.md",
            note(
                "Préservation numérique",
                "What outlives its makers: provenance among it.",
            ),
        ),
        (
            "notes/three.md",
            note("Weights", "A weight that is open to none, closed source."),
        ),
        (
            "pages/fr/accueil.md",
            page("ea:page:accueil", "Accueil", "fr", "notes/one"),
        ),
        (
            "pages/fr/quebec.md",
            page("ea:page:quebec", "Bienvenue", "fr-CA", "notes/one"),
        ),
        (
            "pages/en/home.md",
            page("ea:page:home", "Home", "en", "notes/nowhere"),
        ),
        (
            "pages/en/broken.md",
            "---\ntitle: [broken\n---\n".to_owned(),
        ),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, &**text)).collect();
    Site::of(Story::with_policy(&policy, &files).await).await
}

/// Returns the last words of the addresses of the records on a page, in their order.
fn listed(page: &Page) -> Vec<String> {
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    page.html
        .split("<td class=\"title\"><a href=\"")
        .skip(1)
        .map(|row| {
            let address = row.split('"').next().unwrap();
            address
                .rsplit(['/', ':'])
                .next()
                .unwrap()
                .rsplit("%3A")
                .next()
                .unwrap()
                .to_owned()
        })
        .collect()
}

async fn found(browser: &mut Browser, query: &str) -> Vec<String> {
    listed(&browser.open(&format!("{LIST}?{query}")).await)
}

#[tokio::test]
async fn words_phrases_exclusions_and_beginnings_find_records() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    for (query, expected) in [
        (
            "q=provenance",
            &["one", "home", "accueil", "quebec", "two"][..],
        ),
        ("q=prov", &["one", "home", "accueil", "quebec", "two"]),
        ("q=preservation", &["two"]),
        ("q=NUMERIQUE", &["two"]),
        ("q=open+weight", &["one", "three"]),
        ("q=%22open+weight%22", &["one"]),
        ("q=open+-%22closed+source%22", &["one"]),
        (
            "q=provenance+-makers",
            &["one", "home", "accueil", "quebec"],
        ),
        ("q=-provenance", &["three", "broken"]),
        ("q=ea:page:quebec", &["quebec"]),
        ("q=notes/three", &["three"]),
        ("q=three.md", &["three"]),
        ("q=broken", &["broken"]),
        ("q=provenanse", &[]),
        ("q=%2A%2A%2A", &[]),
    ] {
        let mut shown = found(&mut ben, query).await;
        let mut expected: Vec<String> = expected.iter().map(|id| (*id).to_owned()).collect();
        if query == "q=provenance" {
            assert_eq!(shown[0], "one", "the title counts more than the text");
        }
        shown.sort();
        expected.sort();
        assert_eq!(shown, expected, "{query}");
    }
}

#[tokio::test]
async fn hits_are_marked_and_hostile_text_around_them_is_text() {
    let hostile = DRAFT
        .replace("One note", "<script>alert(1)</script> songs")
        .replace(
            "A first paragraph.",
            "\u{202e}<img src=x onerror=alert(2)> the Canary sings \u{fdd0}<b>\u{fdd1}",
        );
    let site = Site::of(Story::with(&[("notes/<b>.md", &hostile)]).await).await;
    let mut ben = site.signed_in("ben@example.org").await;
    let page = ben.open(&format!("{LIST}?q=canary")).await;
    assert!(
        page.has("<mark>Canary</mark>") && page.has("&#60;img src=x"),
        "{}",
        page.html
    );
    for tag in ["<script>", "<img", "<b>", "\u{202e}", "\u{fdd0}"] {
        assert!(!page.has(tag), "{tag}: {}", page.html);
    }
    let titled = ben.open(&format!("{LIST}?q=song")).await;
    assert!(
        titled.has("&#60;/script&#62; <mark>songs</mark></a>"),
        "{}",
        titled.html
    );
    let typed = ben
        .open(&format!(
            "{LIST}?q=%22%3E%3Cscript%3E&person=%3Cb%3E&since=%22onx%3D"
        ))
        .await;
    assert!(
        !typed.has("<script>") && !typed.has("<b>"),
        "{}",
        typed.html
    );
}

#[tokio::test]
async fn every_filter_narrows_the_list_and_can_be_taken_away() {
    let site = site().await;
    let story = &site.story;
    story
        .approve("ben@example.org", "notes/one.md", "validate")
        .await
        .unwrap();
    story
        .approve("ben@example.org", "notes/two.md", "validate")
        .await
        .unwrap();
    story
        .approve("cy@example.org", "notes/two.md", "activate")
        .await
        .unwrap();
    story
        .decide("ben@example.org", "notes/three.md", Act::Submit, None, "")
        .await
        .unwrap();
    story.push(
        "Eve Stone <eve@example.net>",
        &[(
            "pages/en/home.md",
            &story.file("pages/en/home.md").replace("Home", "Home again"),
        )],
    );
    let changed = story.file("notes/two.md").replace("outlives", "outlasts");
    story.push("Ana Roche <ana@example.org>", &[("notes/two.md", &changed)]);
    story.desk.sync().await.unwrap();
    let mut ben = site.signed_in("ben@example.org").await;
    for (query, expected) in [
        (
            "collection=pages",
            &["accueil", "broken", "home", "quebec"][..],
        ),
        (
            "collection=pages&status=draft",
            &["accueil", "broken", "home", "quebec"],
        ),
        ("status=validated", &["one"]),
        ("status=active", &["two"]),
        ("standing=open", &["one", "three", "two"]),
        ("standing=draft", &["accueil", "broken", "home", "quebec"]),
        ("standing=validated", &["one"]),
        ("standing=changed", &["two"]),
        ("standing=settled", &[]),
        ("standing=quarantined", &["broken"]),
        ("person=ben", &["one", "three", "two"]),
        ("person=cy", &["two"]),
        ("person=eve%40example.net", &["home"]),
        (
            "person=Ana%40Home.example&collection=pages",
            &["accueil", "broken", "home", "quebec"],
        ),
        ("locale=fr", &["accueil", "quebec"]),
        ("locale=FR-ca", &["quebec"]),
        ("locale=f", &[]),
        ("finding=REF-001", &["home"]),
        ("finding=REF-001&severity=blocking", &["home"]),
        ("finding=REF-001&severity=warning", &[]),
        ("severity=blocking&collection=pages", &["broken", "home"]),
        (
            "q=provenance&locale=fr&collection=pages",
            &["accueil", "quebec"],
        ),
        ("since=1000d&collection=notes", &["one", "three", "two"]),
        ("since=2099-01-01", &[]),
    ] {
        let page = ben.open(&format!("{LIST}?{query}")).await;
        let mut shown = listed(&page);
        shown.sort();
        assert_eq!(shown, expected, "{query}");
        let removable = page.html.matches(" <a href=\"/test/records").count();
        assert!(
            removable >= query.matches('=').count(),
            "{query}: {}",
            page.html
        );
    }
    story.rebuild_is_equal().await;
}

#[tokio::test]
async fn records_are_found_by_findings_that_hang_on_other_files() {
    let policy = POLICY.replacen("title = \"title\"", "id = \"key\"\ntitle = \"title\"", 1);
    let note = |key: &str| DRAFT.replace("title:", &format!("key: {key}\ntitle:"));
    let (twin, single) = (note("twin"), note("single"));
    let files = [
        ("notes/one.md", &*twin),
        ("notes/two.md", &*twin),
        ("notes/three.md", &*single),
    ];
    let site = Site::of(Story::with_policy(&policy, &files).await).await;
    let mut ben = site.signed_in("ben@example.org").await;
    for (query, rows) in [
        ("finding=ID-001", 2),
        ("severity=blocking", 2),
        ("finding=ID-001&severity=warning", 0),
        ("finding=NO-SUCH", 0),
        ("q=single", 1),
        ("q=twin", 2),
    ] {
        assert_eq!(found(&mut ben, query).await.len(), rows, "{query}");
    }
}

#[tokio::test]
async fn a_form_is_led_to_the_one_address_of_its_question() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let sent = "q=provenance&collection=&status=&standing=&person=&locale=fr&finding=&severity=&since=&sort=&utm=x";
    let answer = ben.get(&format!("{LIST}?{sent}")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.location(), "/test/records?q=provenance&locale=fr");
    let page = ben.get(answer.location()).await;
    assert_eq!(page.status, StatusCode::OK);
    for (asked, address) in [
        ("page=1", LIST.to_owned()),
        ("sort=title", LIST.to_owned()),
        ("locale=en&q=x&page=0", format!("{LIST}?q=x&locale=en")),
        ("q=x&page=99999999999999", format!("{LIST}?q=x&page=200")),
        ("sort=nonsense", LIST.to_owned()),
    ] {
        let answer = ben.get(&format!("{LIST}?{asked}")).await;
        assert_eq!(answer.location(), address, "{asked}");
    }
}

#[tokio::test]
async fn what_names_nothing_is_said_and_what_fits_nothing_can_be_loosened() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let page = ben
        .open(&format!(
            "{LIST}?q=provenance&collection=nowhere&since=soon"
        ))
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.has("The policy has no collection “nowhere”"),
        "{}",
        page.html
    );
    assert!(page.has("“soon” is no day"));
    assert!(page.has("No record fits"));
    let page = ben
        .open(&format!("{LIST}?q=provenance&collection=notes&locale=fr"))
        .await;
    assert!(page.has("No record fits"), "{}", page.html);
    assert!(
        page.has("Without “Language: fr”: 2") && page.has("Without “Collection: notes”: 2"),
        "{}",
        page.html
    );
    let french = {
        let mut request =
            axum::http::Request::get(format!("{LIST}?q=provenance&collection=nowhere"));
        request
            .headers_mut()
            .unwrap()
            .insert("accept-language", "fr".parse().unwrap());
        ben.send(request.body(axum::body::Body::empty()).unwrap())
            .await
    };
    assert!(
        french.has("La politique n’a pas de collection")
            && french.has("Aucune fiche ne correspond"),
        "{}",
        french.html
    );
}

#[tokio::test]
async fn lists_have_four_orders() {
    let site = site().await;
    site.story
        .decide("ben@example.org", "notes/three.md", Act::Submit, None, "")
        .await
        .unwrap();
    site.story
        .decide("ben@example.org", "notes/one.md", Act::Submit, None, "")
        .await
        .unwrap();
    site.story.desk.sync().await.unwrap();
    let mut ben = site.signed_in("ben@example.org").await;
    assert_eq!(
        found(&mut ben, "collection=notes").await,
        ["one", "two", "three"]
    );
    assert_eq!(
        found(&mut ben, "standing=open&sort=waiting").await,
        ["three", "one"]
    );
    assert_eq!(
        found(&mut ben, "q=weight&sort=title").await,
        ["one", "three"]
    );
    assert_eq!(found(&mut ben, "q=weight").await, ["three", "one"]);
    assert_eq!(
        found(&mut ben, "collection=notes&sort=changed").await.len(),
        3
    );
}

/// FAULTS 94: on the pages.
#[tokio::test]
async fn fault_94_no_text_breaks_the_search_or_slows_it() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let begun = std::time::Instant::now();
    for typed in [
        "(a%2B)%2B%24",
        "%22",
        "%2A",
        "NEAR(",
        "title%3Ax",
        "a%22b%2Ac",
        "-",
        "--",
        "%5E",
        "%7Ba%7D",
        "((((((((",
        "AND",
        "a+AND",
        "NOT+NOT",
        "%27%3B+DROP+TABLE+records",
        "%25",
        "_",
        "%5C",
        "%00",
        "a%00b",
        "%EF%B7%90",
        &"a+".repeat(249),
        &"-a+".repeat(160),
        &"%22".repeat(400),
    ] {
        let page = ben.open(&format!("{LIST}?q={typed}")).await;
        assert_eq!(page.status, StatusCode::OK, "{typed}: {}", page.html);
    }
    let long = ben.get(&format!("{LIST}?q={}", "a".repeat(600))).await;
    assert_eq!(long.status, StatusCode::BAD_REQUEST);
    assert!(long.has("WEB-SEARCH-001"));
    let longer = ben.get(&format!("{LIST}?q={}", "a".repeat(60_000))).await;
    assert_eq!(longer.status, StatusCode::BAD_REQUEST);
    // Far above what it takes, far below what a query that runs away would: no timed test, a stop.
    assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
}

/// FAULTS 94: a query of a megabyte.
#[tokio::test]
async fn fault_94_a_query_of_a_megabyte_is_answered_and_not_read() {
    let site = site().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = site.router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await });
    countersign::publish::sender::install_tls();
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let asked = client
        .get(format!(
            "http://{address}{LIST}?q={}",
            "a".repeat(1_000_000)
        ))
        .send();
    match tokio::time::timeout(std::time::Duration::from_secs(10), asked)
        .await
        .unwrap()
    {
        Ok(answer) => assert!(answer.status().is_client_error(), "{}", answer.status()),
        // The client may refuse to send it, or see the connection closed while it still sends.
        Err(error) => assert!(!error.is_timeout(), "{error}"),
    }
    let alive = client
        .get(format!("http://{address}/healthz"))
        .send()
        .await
        .unwrap();
    assert_eq!(alive.status(), StatusCode::OK);
}

#[tokio::test]
async fn views_are_saved_found_again_and_deleted() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let asked = format!("{LIST}?q=provenance&locale=fr");
    assert!(!ben.get(LIST).await.has("Save this view"));
    let page = ben.get(&asked).await;
    let saved = ben
        .submit(&page, "/test/views", &[("name", " <b>French</b> ")])
        .await;
    assert_eq!(saved.location(), asked);
    let page = ben.get(LIST).await;
    assert!(
        page.has("href=\"/test/records?q=provenance&amp;locale=fr\"")
            || page.has("href=\"/test/records?q=provenance&#38;locale=fr\""),
        "{}",
        page.html
    );
    assert!(
        page.has("French") && !page.has("<b>French"),
        "{}",
        page.html
    );
    // What is kept is the question, not the bytes that were sent.
    let page = ben.get(&asked).await;
    let forged = [
        ("name", "Forged"),
        (
            "query",
            "q=x&next=//evil.example&page=9&q=y&collection=%22%3E%3Cscript%3E",
        ),
    ];
    let saved = ben.submit(&page, "/test/views\"", &forged).await;
    assert_eq!(
        saved.location(),
        "/test/records?q=x&collection=%22%3E%3Cscript%3E"
    );
    let mut cy = site.signed_in("cy@example.org").await;
    assert!(!cy.get(LIST).await.has("French"));
    let page = ben.get(LIST).await;
    assert!(page.has("Forged") && !page.has("<script>"));
    let gone = ben.submit(&page, "/test/views/deletion", &[]).await;
    assert_eq!(gone.location(), LIST);
    assert!(!ben.get(LIST).await.has("French"));
    let page = ben.get(&asked).await;
    for name in ["", "   ", &"x".repeat(81)] {
        let refused = ben.submit(&page, "/test/views\"", &[("name", name)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.has("WEB-VIEW-001"));
    }
    let foreign = ben
        .submit(&page, "/test/views\"", &[("name", "x"), ("csrf", "wrong")])
        .await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    for number in 1..50 {
        let kept = ben
            .submit(
                &page,
                "/test/views\"",
                &[("name", &format!("View {number}"))],
            )
            .await;
        assert_eq!(
            kept.status,
            StatusCode::SEE_OTHER,
            "{number}: {}",
            kept.html
        );
    }
    let refused = ben
        .submit(&page, "/test/views\"", &[("name", "One more")])
        .await;
    assert!(refused.has("WEB-VIEW-002"), "{}", refused.html);
}

/// FAULTS 92: on the pages.
#[tokio::test]
async fn fault_92_who_is_not_in_the_policy_is_shown_no_record_and_no_count() {
    let site = site().await;
    let mut eve = site.signed_in("eve@example.net").await;
    let mut told = Vec::new();
    for repository in ["test", "other"] {
        for place in [
            "records",
            "records?q=provenance",
            "records?q=nothing",
            "records?standing=open",
            "records?locale=fr&page=2",
            "records?collection=nowhere",
            "queue",
            "queue?section=others&page=2",
            "activity",
            "health",
        ] {
            let page = eve.open(&format!("/{repository}/{place}")).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{repository}/{place}");
            assert!(
                !page.has("rovenance") && !page.has("class=\"count\""),
                "{}",
                page.html
            );
            told.push(page.html);
        }
    }
    told.dedup();
    assert_eq!(told.len(), 1, "what is asked for changes the answer");
    let home = eve.open("/").await;
    assert!(
        home.has("You may read no register") && !home.has("record"),
        "{}",
        home.html
    );
    let mut visitor = site.visitor();
    let page = visitor.get(&format!("{LIST}?q=provenance")).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(page.html.is_empty());
}

#[tokio::test]
async fn pages_follow_each_other_without_losing_or_repeating_a_record() {
    let files: Vec<(String, String)> = (0..120)
        .map(|number| {
            (
                format!("notes/n{number:03}.md"),
                DRAFT.replace("One note", &format!("Note {}", number % 7)),
            )
        })
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (&**path, &**text))
        .collect();
    let site = Site::of(Story::with(&files).await).await;
    let mut ben = site.signed_in("ben@example.org").await;
    for query in [
        "",
        "q=paragraph",
        "sort=changed",
        "sort=waiting",
        "q=note&sort=title",
        "collection=notes&status=draft",
    ] {
        let mut seen = Vec::new();
        let mut address = format!("{LIST}?{query}");
        for _ in 0..3 {
            let page = ben.open(&address).await;
            assert!(page.has(" of 120"), "{}", page.html);
            seen.extend(listed(&page));
            match page.html.split("<a rel=\"next\" href=\"").nth(1) {
                Some(rest) => address = common::browser::unescaped(rest.split('"').next().unwrap()),
                None => break,
            }
        }
        assert_eq!(seen.len(), 120, "{query}");
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 120, "{query}");
    }
    let pool = site.story.desk.index.reader();
    let all = Wanted::default();
    assert_eq!(index::count(pool, &all).await.unwrap(), Count::Exactly(120));
    assert_eq!(
        index::count_up_to(pool, &all, 119).await.unwrap(),
        Count::More
    );
    assert_eq!(
        index::search(pool, &all, Order::Title, 119, 50)
            .await
            .unwrap()
            .len(),
        1
    );
}
