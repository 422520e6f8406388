//! The public forms: what readers have of a register, and what they must never have.

#[path = "../common/mod.rs"]
mod common;

mod hiding;
mod lasting;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use common::browser::Site;
use common::skip::skip;
use common::{DRAFT, POLICY, Story, commit_files, git};
use countersign::id::Identity;
use countersign::index;
use countersign::ledger::{Act, Member, Plan};
use countersign::policy::POLICY_PATH;
use countersign::publish::site::export::{Done, Folder};
use countersign::publish::site::{Found, Known, Register, Texts, Wanted, load};
use countersign::refusal::Refusal;
use countersign::repository::SigningKey;
use countersign::review::{self, Desk, ReleaseAct, ReleaseOrder, Target};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use tower::ServiceExt;

const NOTE: &str = "notes/one.md";
const OTHER: &str = "notes/two.md";
const BASE: &str = "https://register.example";
const ANA: &str = "Ana Roche <ana@example.org>";
const BEN: &str = "ben@example.org";
const CY: &str = "cy@example.org";
/// A picture, as far as its first bytes tell.
const PICTURE: &str = "GIF89a\u{1}\0\u{1}\0one";

/// Notes that name each other, a move that needs a successor, and a public site.
fn policy() -> String {
    let policy = POLICY.replace(
        "version = \"version\"\n",
        "version = \"version\"\nkind = \"concept\"\nreferences = [\"see\", \"superseded_by\", \"relations[].target\", \"authors[]\"]\n",
    );
    let defaults = include_str!("../../src/policy/defaults.toml");
    let (_, workflow) = defaults.split_once("[workflows.editorial]").unwrap();
    let workflow = workflow.replace(
        "to = \"superseded\"\n",
        "to = \"superseded\"\nrequires = [\"superseded_by\"]\n",
    );
    let site = format!(
        "[site]\naddress = \"{BASE}\"\npublisher = \"The Notary\"\nlicense = \"CC-BY-4.0\"\n"
    );
    format!("{policy}\n{site}\n[workflows.editorial]{workflow}")
}

/// The same with one more line about the notes.
fn policy_with(line: &str) -> String {
    let kind = "kind = \"concept\"\n";
    policy().replace(kind, &format!("{kind}{line}\n"))
}

/// A draft of another title.
fn titled(title: &str) -> String {
    DRAFT.replace("\"One note\" # the title", &format!("\"{title}\""))
}

async fn story(files: &[(&str, &str)]) -> Story {
    Story::with_policy(&policy(), files).await
}

async fn publish(story: &Story, path: &str) {
    story.approve(BEN, path, "validate").await.unwrap();
    story.approve(CY, path, "activate").await.unwrap();
}

/// A revision that both approve.
async fn revise(story: &Story, branch: &str, path: &str, text: &str) {
    story.propose(branch, ANA, "Say more", &[(path, text)]);
    for who in [BEN, CY] {
        story
            .approve_proposed(who, branch, path, "revise")
            .await
            .unwrap();
    }
}

/// A revision that moves the file, and that both approve.
async fn move_to(story: &Story, from: &str, to: &str, text: &str) {
    let (work, branch) = (story.work(), "proposals/move");
    git(&work, &["fetch", "-q", "origin"]);
    git(&work, &["checkout", "-q", "-B", branch, "origin/main"]);
    git(&work, &["mv", from, to]);
    commit_files(&work, ANA, "Move it", &[(to, text)]);
    git(&work, &["push", "-qf", "origin", &format!("HEAD:{branch}")]);
    story.desk.sync().await.unwrap();
    for who in [BEN, CY] {
        let approved = story.approve_proposed(who, branch, to, "revise");
        approved.await.unwrap();
    }
}

async fn take_down(story: &Story, path: &str, reason: &str) {
    let dee = "dee@example.org";
    let done = story.decide(dee, path, Act::Approve, Some("take-down"), reason);
    done.await.unwrap();
}

/// What came back.
struct Got {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Got {
    fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Json {
        serde_json::from_str(&self.text).unwrap()
    }
}

async fn ask(site: &Site, path: &str, headers: &[(header::HeaderName, &str)]) -> Got {
    send(site, Method::GET, path, headers).await
}

async fn send(
    site: &Site,
    method: Method,
    path: &str,
    headers: &[(header::HeaderName, &str)],
) -> Got {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    let answer = site.router.clone().oneshot(request).await.unwrap();
    let (parts, body) = answer.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    Got {
        status: parts.status,
        headers: parts.headers,
        text: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

async fn get(site: &Site, path: &str) -> Got {
    ask(site, &format!("/test/public/{path}"), &[]).await
}

async fn register(story: &Story) -> (Register, Known) {
    let wanted = Wanted {
        address: None,
        until: None,
    };
    match load(&story.desk, wanted, Arc::default()).await.unwrap() {
        Found::Register(register, known) => (*register, known),
        other => panic!("{other:?}"),
    }
}

async fn export(story: &Story, folder: &Path) -> Result<Done, Refusal> {
    let folder = Folder::open(folder).unwrap()?;
    let wanted = Wanted {
        address: None,
        until: None,
    };
    let Found::Register(register, known) = load(&story.desk, wanted, folder.known()).await.unwrap()
    else {
        panic!("nothing is public");
    };
    let written = story
        .desk
        .on_repository(move |repository, _| folder.write(&register, &known, &Texts(repository)));
    written.await.unwrap()
}

/// Every file below a folder with its bytes.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap();
                found.push((name.to_owned(), std::fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn nothing_is_public_before_the_policy_says_so() {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    publish(&story, NOTE).await;
    let site = Site::of(story).await;
    let nowhere = ask(&site, "/nowhere/public/", &[]).await;
    for path in [
        "",
        "notes/one/",
        "notes/one/index.json",
        "manifest.json",
        "assets/public.css",
        "feeds/changes.atom",
    ] {
        let got = get(&site, path).await;
        assert_eq!(got.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(got.text, nowhere.text, "{path}");
    }
    let bare = ask(&site, "/test/public", &[]).await;
    assert_eq!(
        (bare.status, bare.text),
        (StatusCode::NOT_FOUND, nowhere.text)
    );
}

/// Everything that must never leave the server, in words that stand nowhere else.
const SECRETS: [&str; 10] = [
    "notes/draft",
    "notes/validated",
    "notes/internal",
    "quetzal-draft",
    "quetzal-validated",
    "quetzal-internal",
    "quetzal-proposed",
    "quetzal-around",
    "quetzal-reason",
    "@example.org",
];

/// A published note that names a draft, an approved note, an internal one, a proposal, an edit around review, and a reason.
async fn guarded() -> Story {
    let names = "relations:\n  - key: r1\n    predicate: seeAlso\n    target: notes/draft\n    statement: It leans on quetzal-draft.\n  - key: r2\n    predicate: seeAlso\n    target: notes/two\n    statement: It leans on two.\nsee: notes/validated\nreferences:\n  - type: record\n    target: notes/internal\n    title: All of quetzal-internal\nclaims:";
    let one = DRAFT.replace("claims:", names).replace(
        "A first paragraph.",
        "A first paragraph, and [more](draft.md) and [two](two.md).",
    );
    let secret = |word: &str| titled(word).replace("A first paragraph.", word);
    let internal = secret("quetzal-internal").replace("claims:", "visibility: internal\nclaims:");
    let story = story(&[
        (NOTE, &one),
        (OTHER, &titled("Two notes")),
        ("notes/draft.md", &secret("quetzal-draft")),
        ("notes/validated.md", &secret("quetzal-validated")),
        ("notes/internal.md", &internal),
    ])
    .await;
    publish(&story, OTHER).await;
    publish(&story, NOTE).await;
    publish(&story, "notes/internal.md").await;
    story
        .approve(BEN, "notes/validated.md", "validate")
        .await
        .unwrap();
    let text = story.file(NOTE).replace("a short text", "quetzal-proposed");
    story.propose("proposals/any", ANA, "quetzal-proposed", &[(NOTE, &text)]);
    git(&story.work(), &["checkout", "-q", "main"]);
    git(&story.work(), &["pull", "-q", "--rebase", "origin", "main"]);
    let text = story.file(OTHER).replace("a short text", "quetzal-around");
    commit_files(&story.work(), ANA, "quetzal-around", &[(OTHER, &text)]);
    git(&story.work(), &["push", "-q", "origin", "HEAD:main"]);
    story.desk.sync().await.unwrap();
    story
}

#[tokio::test]
async fn nothing_but_what_is_attested_and_published_is_in_any_form() {
    let story = guarded().await;
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("site");
    export(&story, &out).await.unwrap();
    let files = files(&out);
    assert!(
        files
            .iter()
            .any(|(path, _)| path == "notes/two/v/1.0.0/index.ris")
    );
    for (path, bytes) in &files {
        let text = String::from_utf8_lossy(bytes);
        for secret in SECRETS {
            assert!(
                !text.contains(secret) && !path.contains(secret),
                "{secret} is in {path}: {text}"
            );
        }
    }
    let count = |text: &str| files.iter().filter(|(path, _)| path.contains(text)).count();
    assert_eq!(
        (count("internal"), count("draft"), count("validated")),
        (0, 0, 0)
    );
    let site = Site::of(story).await;
    let search = get(&site, "search/index.en.json").await.json();
    assert_eq!(search["docs"].as_array().unwrap().len(), 2);
    let graph = get(&site, "graph.json").await.json();
    assert_eq!(graph["nodes"].as_array().unwrap().len(), 2);
    assert_eq!(graph["edges"].as_array().unwrap().len(), 1, "{graph}");
    for hidden in [
        "notes/draft/",
        "notes/internal/",
        "notes/validated/",
        "notes/internal/v/1.0.0/",
        "id/notes/draft",
        "notes/draft/index.json",
    ] {
        let got = get(&site, hidden).await;
        let nowhere = "x/".repeat(hidden.matches('/').count());
        let absent = get(&site, &nowhere).await;
        assert_eq!(
            (got.status, &got.text),
            (StatusCode::NOT_FOUND, &absent.text),
            "{hidden}"
        );
    }
    let page = get(&site, "notes/one/").await;
    assert!(
        page.text
            .contains("and <a>more</a> and <a href=\"../../notes/two/\">two</a>"),
        "{}",
        page.text
    );
    assert!(page.text.contains("It leans on two."));
}

#[tokio::test]
async fn a_record_is_read_in_the_form_that_is_asked_for() {
    let story = story(&[(NOTE, DRAFT)]).await;
    publish(&story, NOTE).await;
    let site = Site::of(story).await;
    let page = get(&site, "notes/one/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(
        page.header(header::CONTENT_TYPE),
        "text/html; charset=utf-8"
    );
    assert_eq!(page.header(header::VARY), "accept");
    assert!(page.text.contains("active v1.0.0"), "{}", page.text);
    assert!(
        page.text.contains(
            "One note. 1.0.0. The Notary, 2026-02-03. https://register.example/notes/one/v/1.0.0/"
        ),
        "{}",
        page.text
    );
    assert!(page.text.contains(&format!(
        "<link rel=\"canonical\" href=\"{BASE}/notes/one/\">"
    )));
    for (asked, kind, begins) in [
        (
            "application/ld+json",
            "application/ld+json",
            "{\n  \"@context\"",
        ),
        (
            "text/markdown",
            "text/markdown; charset=utf-8",
            "# One note\n",
        ),
        ("application/json", "application/json", "{\n  \"schema\": 1"),
        (
            "application/vnd.citationstyles.csl+json",
            "application/vnd.citationstyles.csl+json",
            "[\n",
        ),
        (
            "application/x-bibtex",
            "application/x-bibtex; charset=utf-8",
            "@misc{notes-one-1-0-0,",
        ),
        (
            "application/x-research-info-systems",
            "application/x-research-info-systems; charset=utf-8",
            "TY  - ENCYC\r\n",
        ),
    ] {
        let got = ask(&site, "/test/public/notes/one/", &[(header::ACCEPT, asked)]).await;
        assert_eq!(got.header(header::CONTENT_TYPE), kind);
        assert!(got.text.starts_with(begins), "{asked}: {}", got.text);
    }
    let tag = page.header(header::ETAG).to_owned();
    let again = ask(
        &site,
        "/test/public/notes/one/",
        &[(header::IF_NONE_MATCH, &tag)],
    )
    .await;
    assert_eq!(
        (again.status, again.text.len()),
        (StatusCode::NOT_MODIFIED, 0)
    );
    assert!(!page.header(header::LAST_MODIFIED).is_empty());
    for (path, status, to) in [
        (
            "notes/one",
            StatusCode::MOVED_PERMANENTLY,
            "/test/public/notes/one/",
        ),
        (
            "id/notes/one",
            StatusCode::SEE_OTHER,
            "/test/public/notes/one/",
        ),
        (
            "id/notes/one/",
            StatusCode::SEE_OTHER,
            "/test/public/notes/one/",
        ),
        (
            "notes",
            StatusCode::MOVED_PERMANENTLY,
            "/test/public/notes/",
        ),
    ] {
        let got = get(&site, path).await;
        assert_eq!(
            (got.status, got.header(header::LOCATION)),
            (status, to),
            "{path}"
        );
    }
    for nowhere in [
        "notes/one/v/2.0.0/",
        "notes/one/v/",
        "notes/v/2/",
        "notes/one/index.php",
        "../",
        "assets/countersign.css",
        "feeds/changes-1.atom",
        "files/x/y",
        "releases/latest.json",
    ] {
        assert_ne!(
            get(&site, nowhere).await.status,
            StatusCode::OK,
            "{nowhere}"
        );
    }
}

/// The second of the last publication.
async fn published_at(site: &Site) -> String {
    let got = get(site, "manifest.json").await;
    got.header(header::LAST_MODIFIED).to_owned()
}

#[tokio::test]
async fn who_says_since_when_they_have_it_is_sent_nothing_twice() {
    let story = story(&[(NOTE, DRAFT), (OTHER, DRAFT)]).await;
    publish(&story, NOTE).await;
    let site = Site::of(story).await;
    let at = published_at(&site).await;
    for path in [
        "",
        "notes/",
        "notes/one/",
        "notes/one/v/1.0.0/",
        "notes/one/index.json",
        "notes/one/index.bib",
        "feeds/changes.atom",
        "sitemap.xml",
        "manifest.json",
        "search/index.en.json",
        "assets/public.css",
    ] {
        let address = format!("/test/public/{path}");
        let since = (header::IF_MODIFIED_SINCE, at.as_str());
        let got = ask(&site, &address, std::slice::from_ref(&since)).await;
        assert_eq!(
            (
                got.status,
                got.text.len(),
                got.header(header::LAST_MODIFIED)
            ),
            (StatusCode::NOT_MODIFIED, 0, at.as_str()),
            "{path}"
        );
        let before = (header::IF_MODIFIED_SINCE, "Sun, 06 Nov 1994 08:49:37 GMT");
        let got = ask(&site, &address, &[before]).await;
        assert_eq!(got.status, StatusCode::OK, "{path}");
        let other = (header::IF_NONE_MATCH, "\"other\"");
        let got = ask(&site, &address, &[since, other]).await;
        assert_eq!(got.status, StatusCode::OK, "{path}: the tag counts alone");
    }
}

/// The publisher's name stands on every page, and no record changed.
#[tokio::test]
async fn another_policy_is_another_look_since_its_own_time() {
    let story = story(&[(NOTE, DRAFT)]).await;
    publish(&story, NOTE).await;
    let site = Site::of(story).await;
    let at = published_at(&site).await;
    let changed = policy().replace("The Notary", "The Chancery");
    site.story.push(ANA, &[(POLICY_PATH, &changed)]);
    site.story.desk.sync().await.unwrap();
    let mut dee = site.signed_in("dee@example.org").await;
    let change = "/test/policy-change";
    let done = dee.decide(change, "approve:amend", "Well named").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.html);
    assert_ne!(published_at(&site).await, at);
    let since = (header::IF_MODIFIED_SINCE, at.as_str());
    let page = ask(&site, "/test/public/notes/one/", &[since]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("The Chancery"), "{}", page.text);
}

#[tokio::test]
async fn an_address_where_nothing_is_answers_in_the_look_of_the_site() {
    let story = story(&[(NOTE, DRAFT)]).await;
    publish(&story, NOTE).await;
    let site = Site::of(story).await;
    for (path, root) in [
        ("nope", "./"),
        ("nope/", "../"),
        ("notes/nope/v/1.0.0/", "../../../../"),
        ("notes/one/index.php", "../../"),
    ] {
        let got = get(&site, path).await;
        assert_eq!(got.status, StatusCode::NOT_FOUND, "{path}");
        assert!(got.text.contains("<h1>Not found</h1>"), "{}", got.text);
        let first = format!("<a href=\"{root}\">To the first page</a>");
        assert!(got.text.contains(&first), "{path} {}", got.text);
        let sheet = root.strip_prefix("./").unwrap_or(root);
        let sheet = format!("<link rel=\"stylesheet\" href=\"{sheet}assets/public.css\">");
        assert!(got.text.contains(&sheet), "{path} {}", got.text);
        for foreign in ["<script", "sign-in", "canonical", "htmx"] {
            assert!(!got.text.contains(foreign), "{foreign}: {}", got.text);
        }
        assert_eq!(got.header(header::CONTENT_LANGUAGE), "en");
        assert_eq!(got.header(header::VARY), "accept");
    }
    let asked = [(header::ACCEPT, "application/json, text/html;q=0.5")];
    let told = ask(&site, "/test/public/nope/", &asked).await;
    assert_eq!(
        (told.status, told.json()["code"].as_str().unwrap()),
        (StatusCode::NOT_FOUND, "WEB-PUBLIC-004")
    );
    let told = get(&site, "manifest.json?since=unknown").await;
    assert_eq!(
        (told.status, told.json()["code"].as_str().unwrap()),
        (StatusCode::NOT_FOUND, "WEB-PUBLIC-003")
    );
    assert_eq!(told.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), "*");
}

#[tokio::test]
async fn what_is_public_is_only_read_and_by_the_pages_of_anybody() {
    let story = story(&[(NOTE, DRAFT)]).await;
    publish(&story, NOTE).await;
    let site = Site::of(story).await;
    let elsewhere = [
        (header::ORIGIN, "https://elsewhere.example"),
        (header::HOST, "register.example"),
    ];
    for path in ["", "/", "/notes/one/", "/manifest.json", "/nope"] {
        let address = format!("/test/public{path}");
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let got = send(&site, method.clone(), &address, &elsewhere).await;
            assert_eq!(
                (got.status, got.header(header::ALLOW)),
                (StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD"),
                "{method} {address}"
            );
            assert_eq!(got.json()["code"], "WEB-PUBLIC-002");
        }
        let got = send(&site, Method::OPTIONS, &address, &elsewhere).await;
        assert_eq!(got.status, StatusCode::NO_CONTENT, "{address}");
        for (name, value) in [
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
            (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD"),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, "If-None-Match"),
        ] {
            assert_eq!(got.header(name), value);
        }
        let got = send(&site, Method::GET, &address, &elsewhere).await;
        assert_eq!(got.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), "*");
        assert_eq!(
            got.header(header::ACCESS_CONTROL_EXPOSE_HEADERS),
            "ETag, Link, Last-Modified"
        );
        assert_eq!(got.header("cross-origin-resource-policy"), "cross-origin");
    }
    let page = ask(&site, "/sign-in", &[]).await;
    assert_eq!(page.header("cross-origin-resource-policy"), "same-origin");
    let posted = send(&site, Method::POST, "/nowhere/public/", &[]).await;
    assert_eq!(posted.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn editors_find_the_page_that_readers_have() {
    let story = story(&[(NOTE, DRAFT), (OTHER, DRAFT)]).await;
    publish(&story, NOTE).await;
    let site = Site::of(story).await;
    let mut ben = site.signed_in(BEN).await;
    let link = "<a href=\"/test/public/notes/one/\">Public page</a>";
    let page = ben.get("/test/records/notes/one").await;
    assert!(page.has(link), "{}", page.html);
    let draft = ben.get("/test/records/notes/two").await;
    assert!(!draft.has("Public page"), "{}", draft.html);
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    publish(&story, NOTE).await;
    let closed = Site::of(story).await;
    let mut ben = closed.signed_in(BEN).await;
    let page = ben.get("/test/records/notes/one").await;
    assert!(!page.has("Public page"), "{}", page.html);
}

#[tokio::test]
async fn a_redirection_keeps_what_was_asked() {
    let story = story(&[(NOTE, DRAFT)]).await;
    publish(&story, NOTE).await;
    let site = Site::of(story).await;
    for (asked, to) in [
        ("?a=b&c=%20d", "/?a=b&c=%20d"),
        ("/notes?a=b", "/notes/?a=b"),
        ("/notes/one?", "/notes/one/?"),
        ("/id/notes/one?a=b", "/notes/one/?a=b"),
        ("/notes/one", "/notes/one/"),
    ] {
        let got = ask(&site, &format!("/test/public{asked}"), &[]).await;
        let to = format!("/test/public{to}");
        assert_eq!(got.header(header::LOCATION), to, "{asked}");
    }
}

#[tokio::test]
async fn a_version_shows_the_same_text_for_ever_and_a_build_is_told_what_changed() {
    let story = story(&[(NOTE, DRAFT), (OTHER, &titled("Two notes"))]).await;
    publish(&story, NOTE).await;
    publish(&story, OTHER).await;
    let site = Site::of(story).await;
    let first = get(&site, "notes/one/v/1.0.0/index.json").await;
    let since = get(&site, "manifest.json").await.json()["commit"]
        .as_str()
        .unwrap()
        .to_owned();
    let text = site.story.file(NOTE).replace(
        "  - key: c1",
        "  - key: c0\n    text: Notes are many.\n  - key: c1",
    );
    revise(&site.story, "proposals/more", NOTE, &text).await;
    let again = get(&site, "notes/one/v/1.0.0/index.json").await;
    assert_eq!(first.text, again.text);
    let latest = get(&site, "notes/one/index.json").await.json();
    assert_eq!(latest["version"], "1.1.0");
    assert_eq!(latest["versions"].as_array().unwrap().len(), 2);
    let older = get(&site, "notes/one/v/1.0.0/").await;
    assert!(
        older.text.contains(
            "This is an earlier version. Now it is at <a href=\"../../../../notes/one/\">1.1.0</a>"
        ),
        "{}",
        older.text
    );
    let changes = get(&site, &format!("manifest.json?since={since}"))
        .await
        .json();
    let changed = changes["records"].as_array().unwrap();
    assert_eq!(changed.len(), 1, "{changes}");
    assert_eq!(
        (
            &changed[0]["id"],
            &changed[0]["from"],
            &changed[0]["version"],
            &changed[0]["change"]
        ),
        (
            &"notes/one".into(),
            &"1.0.0".into(),
            &"1.1.0".into(),
            &"minor".into()
        )
    );
    let now = changes["commit"].as_str().unwrap();
    let nothing = get(&site, &format!("manifest.json?since={now}"))
        .await
        .json();
    assert_eq!(nothing["records"], serde_json::json!([]));
    assert_eq!(
        get(&site, "manifest.json?since=0123").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn what_has_ended_keeps_its_address_and_names_what_took_its_place() {
    let ending = titled("Two notes").replace("claims:", "superseded_by: notes/one\nclaims:");
    let story = story(&[(NOTE, DRAFT), (OTHER, &ending)]).await;
    publish(&story, NOTE).await;
    publish(&story, OTHER).await;
    story.approve(CY, OTHER, "supersede").await.unwrap();
    let site = Site::of(story).await;
    let got = get(&site, "notes/two/").await;
    assert_eq!(got.status, StatusCode::OK);
    assert_eq!(got.header("x-robots-tag"), "noindex");
    assert!(
        got.header(header::LINK)
            .contains(&format!("<{BASE}/notes/one/>; rel=\"successor-version\"")),
        "{}",
        got.header(header::LINK)
    );
    assert!(
        got.text.contains("This record is superseded since 2026-"),
        "{}",
        got.text
    );
    assert!(
        got.text
            .contains("<a href=\"../../notes/one/\" lang=\"en\">One note</a>"),
        "{}",
        got.text
    );
    for (path, has) in [
        ("sitemap.xml", false),
        ("llms.txt", false),
        ("search/index.en.json", false),
        ("notes/", false),
        ("feeds/changes.atom", true),
        ("manifest.json", true),
    ] {
        assert_eq!(
            get(&site, path).await.text.contains("notes/two"),
            has,
            "{path}"
        );
    }
    assert_eq!(
        get(&site, "notes/two/v/1.0.0/").await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_collection_of_which_nothing_is_active_has_a_list_still_to_which_its_records_lead() {
    let story = story(&[(NOTE, DRAFT)]).await;
    publish(&story, NOTE).await;
    let retired = story.decide(CY, NOTE, Act::Approve, Some("retire"), "Too old");
    retired.await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("site");
    export(&story, &out).await.unwrap();
    are_read(&out, BASE);
    let site = Site::of(story).await;
    let page = get(&site, "notes/one/").await.text;
    assert!(
        page.contains("<a href=\"../../notes/\">Notes</a>"),
        "{page}"
    );
    let list = get(&site, "notes/").await;
    assert_eq!(list.status, StatusCode::OK);
    assert!(list.text.contains("0 records"), "{}", list.text);
    let exported = std::fs::read_to_string(out.join("notes/index.html")).unwrap();
    assert_eq!(list.text, exported);
    assert_eq!(get(&site, "notes/v/2/").await.status, StatusCode::NOT_FOUND);
    assert!(!get(&site, "").await.text.contains("href=\"notes/\""));
    take_down(&site.story, NOTE, "Rights").await;
    assert_eq!(get(&site, "notes/").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_version_that_was_taken_back_says_why_and_an_earlier_one_stands_again() {
    let story = story(&[(NOTE, DRAFT)]).await;
    publish(&story, NOTE).await;
    let text = story.file(NOTE).replace("a short text", "any text at all");
    revise(&story, "proposals/any", NOTE, &text).await;
    let target = [Target::published("refs/versions/2.0.0/notes/one.md")];
    for who in [BEN, CY] {
        let found = review::items_at(story.desk.index.reader(), &target);
        let found = found.await.unwrap();
        let yanked = story.decide_on(who, &found[0], Act::Approve, Some("yank"), "It was wrong.");
        yanked.await.unwrap();
    }
    let events = index::events_after(story.desk.index.reader(), 0, i64::MAX, 10).await;
    let last = events.unwrap().pop().unwrap();
    assert_eq!(
        (
            last.kind.as_str(),
            last.record_id.as_str(),
            last.path.as_str(),
            last.version.as_deref()
        ),
        ("version.yanked", "notes/one", NOTE, Some("2.0.0"))
    );
    let site = Site::of(story).await;
    for (form, says) in [
        ("index.bib", "note = {yanked}"),
        ("index.ris", "N1  - yanked\r\n"),
        ("index.csl.json", "\"status\": \"yanked\""),
        ("index.jsonld", "\"creativeWorkStatus\": \"yanked\""),
    ] {
        let cited = get(&site, &format!("notes/one/v/2.0.0/{form}")).await;
        assert!(cited.text.contains(says), "{form}: {}", cited.text);
    }
    let yanked = get(&site, "notes/one/v/2.0.0/").await;
    assert_eq!(yanked.status, StatusCode::OK);
    assert_eq!(yanked.header("x-robots-tag"), "noindex");
    assert!(
        yanked.text.contains("It was wrong.") && yanked.text.contains("any text at all"),
        "{}",
        yanked.text
    );
    let latest = get(&site, "notes/one/").await;
    assert!(
        latest.text.contains("A note is a short text.")
            && latest
                .text
                .contains("Version 2.0.0 was taken back: It was wrong."),
        "{}",
        latest.text
    );
    assert_eq!(
        get(&site, "notes/one/index.json").await.json()["version"],
        "1.0.0"
    );
    assert!(
        get(&site, "feeds/changes.atom")
            .await
            .text
            .contains("version 2.0.0: taken back")
    );
}

#[tokio::test]
async fn of_what_was_taken_down_nothing_is_left_but_that_it_was() {
    let story = story(&[(NOTE, &titled("Quetzal")), (OTHER, &titled("Two notes"))]).await;
    publish(&story, NOTE).await;
    publish(&story, OTHER).await;
    take_down(&story, NOTE, "quetzal-reason").await;
    let site = Site::of(story).await;
    for path in [
        "notes/one/",
        "notes/one/index.json",
        "notes/one/v/1.0.0/",
        "notes/one/index.bib",
    ] {
        let got = get(&site, path).await;
        assert_eq!(got.status, StatusCode::GONE, "{path}");
        assert!(got.text.contains("was taken down on 2026-"), "{}", got.text);
    }
    let asked = [(header::ACCEPT, "application/ld+json")];
    let got = ask(&site, "/test/public/notes/one/", &asked).await;
    assert_eq!(got.status, StatusCode::GONE);
    assert!(got.text.contains("WEB-PUBLIC-005"), "{}", got.text);
    let feed = get(&site, "feeds/changes.atom").await;
    assert!(
        feed.text
            .contains("<at:deleted-entry ref=\"tag:register.example,2026:notes/one:1.0.0\""),
        "{}",
        feed.text
    );
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("site");
    export(&site.story, &out).await.unwrap();
    for (path, bytes) in files(&out) {
        let text = String::from_utf8_lossy(&bytes);
        assert!(
            !text.contains("Quetzal") && !text.contains("quetzal"),
            "{path}: {text}"
        );
    }
}

#[tokio::test]
async fn a_record_that_moved_is_found_where_it_was() {
    let story = story(&[(
        NOTE,
        &titled("One note").replace("status:", "id: n1\nstatus:"),
    )])
    .await;
    publish(&story, NOTE).await;
    let text = story.file(NOTE);
    move_to(&story, NOTE, "notes/uno.md", &text).await;
    let site = Site::of(story).await;
    assert_eq!(get(&site, "notes/uno/").await.status, StatusCode::OK);
    let got = get(&site, "notes/one/").await;
    assert_eq!(
        (got.status, got.header(header::LOCATION)),
        (StatusCode::MOVED_PERMANENTLY, "/test/public/notes/uno/")
    );
}

#[tokio::test]
async fn a_translation_is_found_from_its_original_and_says_when_it_is_behind() {
    let policy = policy().replace(
        "kind = \"concept\"\n",
        "kind = \"concept\"\ntranslates = \"of\"\n",
    );
    let french = titled("Deux notes").replace("status:", "lang: fr\nof: notes/one\nstatus:");
    let story = Story::with_policy(&policy, &[(NOTE, DRAFT), (OTHER, &french)]).await;
    publish(&story, OTHER).await;
    let site = Site::of(story).await;
    let alone = get(&site, "notes/two/").await;
    assert!(!alone.text.contains("notes/one"), "{}", alone.text);
    assert!(
        !get(&site, "notes/two/index.json")
            .await
            .text
            .contains("notes/one")
    );
    publish(&site.story, NOTE).await;
    let text = site.story.file(OTHER).replace("A first", "Un premier");
    revise(&site.story, "proposals/fr", OTHER, &text).await;
    let page = get(&site, "notes/one/").await.text;
    for link in [
        "<link rel=\"alternate\" hreflang=\"en\" href=\"https://register.example/notes/one/\">",
        "<link rel=\"alternate\" hreflang=\"fr\" href=\"https://register.example/notes/two/\">",
        "<link rel=\"alternate\" hreflang=\"x-default\" href=\"https://register.example/notes/one/\">",
        "<a href=\"../../notes/two/\" lang=\"fr\" hreflang=\"fr\">Français: Deux notes</a>",
    ] {
        assert!(page.contains(link), "{link}: {page}");
    }
    assert!(
        get(&site, "sitemap.xml")
            .await
            .text
            .contains("hreflang=\"fr\"")
    );
    let translated = get(&site, "notes/two/").await.text;
    assert!(
        translated.contains("<article class=\"record\" lang=\"fr\">"),
        "{translated}"
    );
    assert!(
        translated.contains("This is a translation of"),
        "{translated}"
    );
    let text = site.story.file(NOTE).replace("a short text", "any text");
    revise(&site.story, "proposals/any", NOTE, &text).await;
    let stale = get(&site, "notes/two/").await.text;
    assert!(
        stale.contains("This translation was made of an earlier version of"),
        "{stale}"
    );
    assert!(
        !get(&site, "sitemap.xml")
            .await
            .text
            .contains("hreflang=\"fr\"")
    );
    let listed = get(&site, "notes/one/index.json").await.json();
    assert_eq!(
        (
            &listed["translations"][0]["state"],
            &listed["translations"][0]["of"]
        ),
        (&"stale".into(), &"1.0.0".into())
    );
    assert_eq!(
        get(&site, "search/index.fr.json").await.json()["docs"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        get(&site, "feeds/language/fr.atom").await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn an_original_that_has_ended_comes_back_to_search_engines_by_no_translation() {
    let policy = policy().replace(
        "kind = \"concept\"\n",
        "kind = \"concept\"\ntranslates = \"of\"\n",
    );
    let french = titled("Deux notes").replace("status:", "lang: fr\nof: notes/one\nstatus:");
    let story = Story::with_policy(&policy, &[(NOTE, DRAFT), (OTHER, &french)]).await;
    publish(&story, NOTE).await;
    publish(&story, OTHER).await;
    let folder = tempfile::tempdir().unwrap();
    let (kept, fresh) = (folder.path().join("kept"), folder.path().join("fresh"));
    export(&story, &kept).await.unwrap();
    let map = std::fs::read_to_string(kept.join("sitemap.xml")).unwrap();
    assert!(map.contains("hreflang=\"x-default\""), "{map}");
    let retired = story.decide(CY, NOTE, Act::Approve, Some("retire"), "Too old");
    retired.await.unwrap();
    export(&story, &kept).await.unwrap();
    for file in [
        "sitemap.xml",
        "notes/one/index.html",
        "notes/two/index.html",
    ] {
        let text = std::fs::read_to_string(kept.join(file)).unwrap();
        assert!(
            !text.contains("x-default") && !text.contains("hreflang=\"en\" href=\"https:"),
            "{file}: {text}"
        );
    }
    export(&story, &fresh).await.unwrap();
    assert_eq!(files(&kept), files(&fresh));
}

#[tokio::test]
async fn each_text_is_told_to_be_in_its_own_language() {
    let french = titled("Deux notes").replace("status:", "lang: fr\nsummary: En clair.\nstatus:");
    let story = story(&[(NOTE, DRAFT), (OTHER, &french)]).await;
    publish(&story, NOTE).await;
    publish(&story, OTHER).await;
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("site");
    export(&story, &out).await.unwrap();
    are_read(&out, BASE);
    let site = Site::of(story).await;
    for (path, language) in [
        ("notes/one/", "en"),
        ("notes/two/", "fr"),
        ("notes/two/index.bib", "fr"),
        ("notes/two/v/1.0.0/index.json", "fr"),
        ("notes/", "en"),
    ] {
        let got = get(&site, path).await;
        assert_eq!(got.header(header::CONTENT_LANGUAGE), language, "{path}");
    }
    for feed in ["feeds/changes.atom", "feeds/language/fr.atom"] {
        let feed = get(&site, feed).await.text;
        for line in [
            "<title xml:lang=\"fr\">Deux notes, version 1.0.0</title>",
            "<summary xml:lang=\"fr\">En clair.</summary>",
        ] {
            assert!(feed.contains(line), "{line}: {feed}");
        }
    }
    let feed = get(&site, "feeds/changes.atom").await.text;
    let english = "<title xml:lang=\"en\">One note, version 1.0.0</title>";
    assert!(feed.contains(english), "{feed}");
}

/// Nobody approved what was adopted, and its own page says so.
#[tokio::test]
async fn language_models_are_told_no_more_of_approvals_than_pages_say() {
    let adopted = DRAFT
        .replace("status: draft", "status: active")
        .replace("0.1.0", "1.0.0");
    let site = Site::of(story(&[(NOTE, &adopted)]).await).await;
    let page = get(&site, "notes/one/").await.text;
    assert!(page.contains("As adopted"), "{page}");
    let told = get(&site, "llms.txt").await.text;
    assert!(
        told.contains("what was adopted as it stood says so") && !told.contains("two people"),
        "{told}"
    );
}

#[tokio::test]
async fn a_release_has_a_manifest_of_what_went_out_with_it() {
    let story = story(&[(NOTE, DRAFT), (OTHER, &titled("Two notes"))]).await;
    let mut members = Vec::new();
    for path in [NOTE, OTHER] {
        story.approve(BEN, path, "validate").await.unwrap();
        members.push(Member {
            proposal: None,
            path: path.to_owned(),
            blob: story.item(path).await.proposed,
        });
    }
    let plan = ReleaseAct::Plan(Plan::new("Spring", "quetzal-reason", None, members));
    order(&story, "one", plan).await;
    for path in [NOTE, OTHER] {
        story.approve(CY, path, "activate").await.unwrap();
    }
    order(&story, "two", ReleaseAct::Release).await;
    let site = Site::of(story).await;
    let manifest = get(&site, "releases/spring.json").await;
    assert!(!manifest.text.contains("quetzal"), "{}", manifest.text);
    assert_eq!(get(&site, "releases/latest.json").await.text, manifest.text);
    let manifest = manifest.json();
    let ids: Vec<&str> = manifest["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["notes/one", "notes/two"]);
    assert_eq!(
        (&manifest["title"], &manifest["previous"]),
        (&"Spring".into(), &Json::Null)
    );
    let cited = get(&site, "CITATION.cff").await.text;
    assert!(cited.contains("version: \"spring\"\n"), "{cited}");
    let text = site.story.file(NOTE).replace("a short text", "any text");
    revise(&site.story, "proposals/any", NOTE, &text).await;
    let cited = get(&site, "CITATION.cff").await.text;
    let manifest = get(&site, "manifest.json").await.json();
    let commit = &manifest["commit"];
    let since = format!("version: {commit}\ncommit: {commit}\n");
    assert!(cited.contains(&since), "{cited}");
    assert!(cited.contains("license: \"CC-BY-4.0\"\n"), "{cited}");
}

async fn order(story: &Story, operation: &str, act: ReleaseAct) {
    story.desk.sync().await.unwrap();
    let known = index::release_named(story.desk.index.reader(), "spring").await;
    let seen = known
        .unwrap()
        .map(|release| release.manifest.parse().unwrap());
    let order = ReleaseOrder {
        by: Identity::new("", CY),
        name: "spring".into(),
        act,
        seen,
        text: String::new(),
        operation: operation.to_owned(),
        at: 1_770_200_000,
    };
    story.committer.release(order).await.unwrap();
}

#[tokio::test]
async fn nothing_is_public_that_the_place_of_publication_does_not_hold() {
    let story = story(&[(NOTE, DRAFT), (OTHER, &titled("Two notes"))]).await;
    publish(&story, NOTE).await;
    let held = git(&story.bare(), &["rev-parse", "main"]);
    publish(&story, OTHER).await;
    let outgoing = "refs/countersign/outgoing/main";
    git(&story.bare(), &["update-ref", outgoing, "refs/heads/main"]);
    git(
        &story.bare(),
        &["update-ref", "refs/heads/main", held.trim()],
    );
    let beside = story.folder.path().join("beside.sqlite");
    let index = index::Index::open(&beside);
    let key = SigningKey::load_or_create(&story.folder.path().join("key")).unwrap();
    let desk = Desk::new("test", story.bare(), outgoing, index.await.unwrap(), key);
    let desk = Arc::new(desk);
    desk.sync().await.unwrap();
    let wanted = || Wanted {
        address: None,
        until: None,
    };
    let shown = |found: Found| match found {
        Found::Register(register, _) => register
            .records
            .iter()
            .map(|one| one.id.clone())
            .collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let before = load(&desk, wanted(), Arc::default()).await.unwrap();
    assert_eq!(shown(before), ["notes/one"]);
    git(&story.bare(), &["update-ref", "refs/heads/main", outgoing]);
    let after = load(&desk, wanted(), Arc::default()).await.unwrap();
    assert_eq!(shown(after), ["notes/one", "notes/two"]);
}

/// Titles that would act, in one form or another.
const HOSTILE: &str = "</script><script>alert(1)</script>]]>\\\\\\u202e {x} % # $ ~ ^ _ & \\\"q\\\" [y](javascript:z) @misc{a, ER  - ";

#[tokio::test]
async fn a_hostile_title_is_a_title_in_every_form() {
    let hostile = DRAFT.replace("\"One note\" # the title", &format!("\"{HOSTILE}\""));
    let story = story(&[(NOTE, &hostile), (OTHER, &titled("Two notes"))]).await;
    publish(&story, NOTE).await;
    publish(&story, OTHER).await;
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("site");
    export(&story, &out).await.unwrap();
    for (path, bytes) in files(&out) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if path.ends_with(".html") {
            assert!(
                !text.contains("<script>") && !text.contains('\u{202e}'),
                "{path}: {text}"
            );
            assert_eq!(
                text.matches("<script").count(),
                text.matches("</script>").count(),
                "{path}"
            );
        }
        if path.ends_with(".json") || path.ends_with(".jsonld") {
            serde_json::from_str::<Json>(&text).unwrap();
        }
        if path.ends_with(".ris") {
            assert_eq!(
                text.matches("\r\nER  - ").count() + usize::from(text.starts_with("ER")),
                1,
                "{path}: {text}"
            );
        }
        if path.ends_with(".md") || path.ends_with("llms.txt") {
            let bare = text.replace("\\<", "");
            assert!(
                !bare.contains("[y](javascript")
                    && !bare.contains("<script")
                    && !bare.contains('\u{202e}'),
                "{path}: {text}"
            );
        }
    }
    are_read(&out, BASE);
}

/// Whatever an address holds, it is one link of one document, and to where it leads on the page.
#[tokio::test]
async fn an_address_of_a_reference_is_one_address_in_markdown_too() {
    let hostile = "https://a.example/)[click](javascript:alert(1))";
    let references = format!("references:\n  - title: A book\n    target: \"{hostile}\"\nclaims:");
    let story = story(&[(NOTE, &DRAFT.replace("claims:", &references))]).await;
    publish(&story, NOTE).await;
    let site = Site::of(story).await;
    let markdown = get(&site, "notes/one/index.html.md").await.text;
    assert!(
        markdown.contains(&format!("- [A book](<{hostile}>)\n")),
        "{markdown}"
    );
    let html = comrak::markdown_to_html(&markdown, &comrak::Options::default());
    assert_eq!(html.matches("<a ").count(), 1, "{html}");
    assert!(html.contains("href=\"https://a.example/)"), "{html}");
}

#[tokio::test]
async fn an_export_writes_the_same_bytes_and_only_what_changed() {
    let story = story(&[(NOTE, DRAFT), (OTHER, &titled("Two notes"))]).await;
    publish(&story, NOTE).await;
    publish(&story, OTHER).await;
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let done = export(&story, &one).await.unwrap();
    export(&story, &two).await.unwrap();
    assert_eq!(files(&one), files(&two));
    assert_eq!(
        (done.written, done.deleted, done.rendered),
        (done.files, 0, 2)
    );
    let again = export(&story, &one).await.unwrap();
    assert_eq!((again.written, again.deleted, again.rendered), (0, 0, 0));
    assert_eq!(files(&one), files(&two));

    let text = story.file(NOTE).replace("a short text", "any text");
    revise(&story, "proposals/any", NOTE, &text).await;
    let changed = export(&story, &one).await.unwrap();
    assert_eq!((changed.rendered, changed.deleted), (1, 0));
    let fresh = folder.path().join("fresh");
    export(&story, &fresh).await.unwrap();
    assert_eq!(
        files(&one),
        files(&fresh),
        "brought up to date, or made anew: the same"
    );

    take_down(&story, OTHER, "Rights").await;
    let gone = export(&story, &one).await.unwrap();
    assert!(gone.deleted > 5 && gone.left.is_empty(), "{gone:?}");
    let fresh = folder.path().join("after");
    export(&story, &fresh).await.unwrap();
    assert_eq!(files(&one), files(&fresh));
    are_read(&one, BASE);
}

#[tokio::test]
async fn an_export_touches_nothing_that_it_did_not_write() {
    let story = story(&[(NOTE, DRAFT), (OTHER, &titled("Two notes"))]).await;
    publish(&story, NOTE).await;
    let folder = tempfile::tempdir().unwrap();
    let foreign = folder.path().join("foreign");
    std::fs::create_dir(&foreign).unwrap();
    std::fs::write(foreign.join("letter.txt"), "Dear Ana").unwrap();
    let refused = export(&story, &foreign).await.unwrap_err();
    assert_eq!(refused.code, "EXP-DIR-001");
    assert_eq!(files(&foreign).len(), 1);

    let own = folder.path().join("own");
    export(&story, &own).await.unwrap();
    std::fs::write(own.join("CNAME"), "register.example").unwrap();
    std::fs::create_dir(own.join("notes/two")).unwrap();
    std::fs::write(own.join("notes/two/index.html"), "mine").unwrap();
    publish(&story, OTHER).await;
    let refused = export(&story, &own).await.unwrap_err();
    assert_eq!(
        (refused.code, refused.place.path.as_str()),
        ("EXP-FILE-001", "notes/two/index.html")
    );
    assert_eq!(
        std::fs::read_to_string(own.join("notes/two/index.html")).unwrap(),
        "mine"
    );
    let refused = export(&story, &own).await.unwrap_err();
    assert_eq!(refused.code, "EXP-FILE-001", "and it is refused again");
    std::fs::remove_dir_all(own.join("notes/two")).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&foreign, own.join("notes/two")).unwrap();
        let refused = export(&story, &own).await.unwrap_err();
        assert_eq!(
            (refused.code, refused.place.path.as_str()),
            ("EXP-FILE-001", "notes/two")
        );
        std::fs::remove_file(own.join("notes/two")).unwrap();
    }
    export(&story, &own).await.unwrap();
    assert_eq!(
        std::fs::read_to_string(own.join("CNAME")).unwrap(),
        "register.example"
    );
    assert_eq!(files(&foreign).len(), 1);

    std::fs::write(own.join("notes/two/v/1.0.0/index.ris"), "changed by hand").unwrap();
    take_down(&story, OTHER, "Rights").await;
    let done = export(&story, &own).await.unwrap();
    assert_eq!(done.left, ["notes/two/v/1.0.0/index.ris"]);
}

/// A folder may be a checkout, into which others push.
#[cfg(unix)]
#[tokio::test]
async fn an_export_follows_nothing_that_lies_in_its_folder() {
    use std::os::unix::fs::symlink;

    let story = story(&[(NOTE, DRAFT)]).await;
    publish(&story, NOTE).await;
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own");
    export(&story, &own).await.unwrap();
    let letter = folder.path().join("letter.txt");
    std::fs::write(&letter, "Dear Ana").unwrap();

    for name in [".index.html.new", "notes/one/.index.html.new"] {
        symlink(&letter, own.join(name)).unwrap();
    }
    let text = story.file(NOTE).replace("a short text", "any text");
    revise(&story, "proposals/any", NOTE, &text).await;
    export(&story, &own).await.unwrap();
    assert_eq!(std::fs::read_to_string(&letter).unwrap(), "Dear Ana");
    let page = std::fs::read_to_string(own.join("notes/one/index.html")).unwrap();
    assert!(page.contains("any text"), "{page}");

    let journal = own.join(".countersign-export.unfinished");
    symlink(&letter, &journal).unwrap();
    let refused = export(&story, &own).await.unwrap_err();
    assert_eq!(refused.code, "EXP-DIR-001");
    std::fs::remove_file(&journal).unwrap();

    let digest = hex::encode(Sha256::digest("Dear Ana"));
    for path in ["../letter.txt", "notes/../../letter.txt", "/etc/hostname"] {
        std::fs::write(&journal, format!("{digest} {path}\n")).unwrap();
        let refused = export(&story, &own).await.unwrap_err();
        assert_eq!(refused.code, "EXP-DIR-001", "{path}");
    }
    std::fs::remove_file(&journal).unwrap();
    let note = own.join(".countersign-export.json");
    let first = std::fs::read(&note).unwrap();
    let says = |path: &str| {
        let mut written: Json = serde_json::from_slice(&first).unwrap();
        written["files"][path] = serde_json::json!({ "digest": digest, "bytes": 8 });
        std::fs::write(&note, written.to_string()).unwrap();
    };
    says("../letter.txt");
    let refused = export(&story, &own).await.unwrap_err();
    assert_eq!(refused.code, "EXP-DIR-001");
    symlink(folder.path(), own.join("elsewhere")).unwrap();
    says("elsewhere/letter.txt");
    let done = export(&story, &own).await.unwrap();
    assert_eq!(done.deleted, 0);
    assert_eq!(std::fs::read_to_string(&letter).unwrap(), "Dear Ana");
}

#[tokio::test]
async fn a_run_that_was_stopped_is_finished_by_the_next() {
    let story = story(&[(NOTE, DRAFT), (OTHER, &titled("Two notes"))]).await;
    publish(&story, NOTE).await;
    publish(&story, OTHER).await;
    let folder = tempfile::tempdir().unwrap();
    let (whole, stopped) = (folder.path().join("whole"), folder.path().join("stopped"));
    export(&story, &whole).await.unwrap();
    export(&story, &stopped).await.unwrap();
    // As a kill leaves it: a file written, another one half, and no word of the end.
    let text = story.file(NOTE).replace("a short text", "any text");
    revise(&story, "proposals/any", NOTE, &text).await;
    let line = format!(
        "{} notes/one/v/9.9.9/index.ris\n{} notes/one/ind",
        "0".repeat(64),
        "1".repeat(64)
    );
    std::fs::write(stopped.join(".countersign-export.unfinished"), line).unwrap();
    std::fs::write(stopped.join("notes/one/index.html"), "half").unwrap();
    export(&story, &whole).await.unwrap();
    let done = export(&story, &stopped).await.unwrap();
    assert_eq!(done.rendered, 2, "{done:?}");
    assert_eq!(files(&whole), files(&stopped));
}

#[tokio::test]
async fn the_server_and_the_export_show_the_same_bytes() {
    let story = story(&[(NOTE, DRAFT), (OTHER, &titled("Two notes"))]).await;
    publish(&story, NOTE).await;
    publish(&story, OTHER).await;
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("site");
    export(&story, &out).await.unwrap();
    let site = Site::of(story).await;
    for (path, bytes) in files(&out) {
        if path.starts_with('.') || path.starts_with("id/") || path == "404.html" {
            continue;
        }
        let got = get(&site, &path).await;
        assert_eq!(got.status, StatusCode::OK, "{path}");
        assert_eq!(got.text, String::from_utf8_lossy(&bytes), "{path}");
        let folder = path.strip_suffix("index.html");
        if let Some(folder) = folder {
            assert_eq!(get(&site, folder).await.text, got.text, "{folder}");
        }
    }
}

#[tokio::test]
async fn one_commit_gives_one_register() {
    let story = guarded().await;
    let (one, _) = register(&story).await;
    let (two, _) = register(&story).await;
    let ids = |register: &Register| {
        register
            .records
            .iter()
            .map(|record| record.id.clone())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(format!("{one:?}").len(), format!("{two:?}").len());
    assert_eq!(
        ids(&one),
        BTreeSet::from(["notes/one".to_owned(), "notes/two".to_owned()])
    );
    story.rebuild_is_equal().await;
}

/// The sample register, in every form, as validators, processors of linked data and of citations read it.
#[tokio::test(flavor = "multi_thread")]
async fn the_sample_is_read_by_the_programs_that_know_its_forms() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let repository = folder.path().join("sample.git");
    std::fs::create_dir(&data).unwrap();
    let key = SigningKey::load_or_create(&folder.path().join("key")).unwrap();
    countersign::demo::build(&repository, key).await.unwrap();
    let out = folder.path().join("site");
    let output = Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(["export", repository.to_str().unwrap(), "--json", "--output"])
        .arg(&out)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let done: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert!(done["files"].as_u64().unwrap() > 300, "{done}");
    // The policy says where the site is read; a command that says otherwise is not passed over.
    let elsewhere = Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(["export", repository.to_str().unwrap(), "--address"])
        .args(["https://elsewhere.example", "--output"])
        .arg(folder.path().join("elsewhere"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&elsewhere.stderr);
    assert!(
        !elsewhere.status.success() && said.contains("EXP-ADDRESS-002"),
        "{said}"
    );
    are_read(&out, "https://register.lanternworks.example");
}

/// Reads an exported site by what is in tests/public.
fn are_read(folder: &Path, base: &str) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/public");
    let has = |program: &str, flag: &str| Command::new(program).arg(flag).output().is_ok();
    if !here.join("node_modules/html-validate").exists()
        || !has("node", "--version")
        || !has("xmllint", "--version")
    {
        return skip(
            "the readers of public forms are missing: npm ci in tests/public, and xmllint",
        );
    }
    let output = Command::new("node")
        .arg(here.join("check.mjs"))
        .arg(folder)
        .arg(base)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
