//! A day's work in French: real pages over a real repository say nothing in English but what the repository, or a refusal's exact words, say.

use axum::http::StatusCode;

use crate::common::browser::{Browser, Page, Site};
use crate::common::{DRAFT, Story, source};

const REVIEW: &str = "/test/review/notes/one";

#[tokio::test]
async fn every_page_of_a_decision_is_read_in_french() {
    let files = [
        ("notes/one.md", DRAFT),
        ("notes/broken.md", "---\ntitle: A\ntitle: B\n---\n"),
    ];
    let site = Site::of(Story::with(&files).await).await;
    let mut ben = french(&site, "ben@example.org").await;
    let said = ben.decide(REVIEW, "approve:validate", "").await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.html);
    let page = read(&mut ben, said.location()).await;
    assert!(
        page.has("One note est au statut validated"),
        "{}",
        page.html
    );
    let mut cy = french(&site, "cy@example.org").await;
    let page = read(&mut cy, "/test/queue").await;
    assert!(page.has("Un texte vous attend"), "{}", page.html);
    for address in [
        REVIEW,
        "/test/records",
        "/test/records?q=nothing",
        "/test/records/notes/one",
        "/test/records/notes/broken",
        "/test/edit/notes/one",
        "/test/new/notes",
        "/test/activity",
        "/test/people",
        "/test/health",
        "/test/policy-change",
        "/test/nowhere",
    ] {
        read(&mut cy, address).await;
    }
    let said = cy.decide(REVIEW, "approve:activate", "").await;
    read(&mut cy, said.location()).await;
    read(&mut cy, "/test/versions/notes/one?at=1.0.0").await;
    read(&mut cy, "/test/queue").await;
}

#[tokio::test]
async fn a_refusal_is_told_in_french_and_its_exact_words_stand_below() {
    let site = Site::of(Story::with(&[("notes/one.md", DRAFT)]).await).await;
    let mut ben = french(&site, "ben@example.org").await;
    let page = ben.decide(REVIEW, "request_changes", "").await;
    assert!(
        page.has("Un motif ou un commentaire est nécessaire")
            && page.has("<p class=\"exact\" lang=\"en\">Asking for changes needs a reason."),
        "{}",
        page.html
    );
}

/// Signs in and chooses French by the form that stands on every page.
async fn french(site: &Site, address: &str) -> Browser {
    let mut browser = site.signed_in(address).await;
    let fields = [("language".to_owned(), "fr".to_owned())];
    browser.post("/language", &fields).await;
    browser
}

async fn read(browser: &mut Browser, address: &str) -> Page {
    let page = browser.open(address).await;
    assert_eq!(page.headers["content-language"], "fr", "{address}");
    assert!(page.has("<html lang=\"fr\">"), "{address}");
    let shown = without_exact_words(&page.html);
    for text in english() {
        assert!(!shown.contains(&text), "{address} says {text:?}");
    }
    page
}

/// Exact words of refusals and findings are marked as English.
fn without_exact_words(html: &str) -> String {
    let mut pieces = html.split("class=\"exact\"");
    let mut shown = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = ["</p>", "</span>"]
            .iter()
            .filter_map(|tag| piece.find(tag))
            .min();
        shown.push_str(&piece[end.unwrap()..]);
    }
    shown.replace("&#39;", "'").replace("&#34;", "\"")
}

/// Runs of three words or more that stand in the English texts.
fn english() -> Vec<String> {
    let mut texts = Vec::new();
    for file in source::files_of("locales/en", "ftl") {
        let lines = file.text.lines().filter(|line| !line.starts_with('#'));
        for line in lines {
            let words = line
                .split_once(" = ")
                .or_else(|| line.split_once("] "))
                .map_or("", |(_, words)| words);
            let outside = words
                .split('{')
                .filter_map(|part| part.split('}').next_back());
            texts.extend(outside.map(|text| text.trim().to_owned()));
        }
    }
    texts.retain(|text| text.split_whitespace().count() > 2);
    assert!(texts.len() > 100);
    texts
}
