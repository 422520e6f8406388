//! Who is told what, as the pages and the API show it.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::common::browser::{NOW, Page, Site};
use crate::common::{DRAFT, POLICY, Story, decision, git};
use countersign::id::Identity;
use countersign::ledger::{Act, Decision};
use countersign::review::{Intent, Item};
use countersign::web::accounts::Scope::Read;

pub const NOTE: &str = "notes/one.md";
pub const ANA: &str = "ana@example.org";
pub const BEN: &str = "ben@example.org";
pub const CY: &str = "cy@example.org";
pub const DEE: &str = "dee@example.org";
const BRANCH: &str = "proposals/claims";

/// Decides about an item with something besides.
pub async fn say(
    story: &Story,
    address: &str,
    item: &Item,
    act: Act,
    text: &str,
    change: impl FnOnce(&mut Decision),
) -> String {
    let operation = format!("own-{address}-{act}-{}", text.len());
    let mut decision = decision(item, act, None, text, operation);
    change(&mut decision);
    let outcome = story
        .committer
        .decide(Intent {
            suggestion: None,
            by: Identity::new("", address),
            decision,
            at: NOW - 3600,
        })
        .await;
    outcome.unwrap_or_else(|refusal| panic!("{refusal}"));
    let head = git(&story.bare(), &["rev-parse", "refs/countersign/journal"]);
    head.trim().to_owned()
}

/// Returns what somebody is told, as the API lists it: reason and title.
async fn told(site: &Site, address: &str) -> Vec<String> {
    let list = list(site, address).await;
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["reason"].as_str().unwrap().to_owned())
        .collect()
}

async fn list(site: &Site, address: &str) -> Value {
    let program = site.program(address, &[Read]).await;
    program.get("/api/v1/repositories/test/inbox").await.good()
}

async fn inbox(site: &Site, address: &str) -> Page {
    let page = site.signed_in(address).await.get("/test/inbox").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    page
}

#[tokio::test]
async fn an_author_is_told_of_each_decision_about_their_text_and_nobody_of_their_own() {
    let site = Site::of(Story::with(&[(NOTE, DRAFT)]).await).await;
    let story = &site.story;
    story
        .decide(BEN, NOTE, Act::RequestChanges, None, "Say why, @cy agrees.")
        .await
        .unwrap();
    story
        .decide(
            "ana@home.example",
            NOTE,
            Act::Comment,
            None,
            "Why not? @ana",
        )
        .await
        .unwrap();
    story
        .decide(BEN, NOTE, Act::Withdraw, None, "")
        .await
        .unwrap();
    story.approve(BEN, NOTE, "validate").await.unwrap();
    story.approve(CY, NOTE, "activate").await.unwrap();
    let own = [
        "landed",
        "approved",
        "landed",
        "approved",
        "withdrawn",
        "changes-requested",
    ];
    let mut shown = told(&site, ANA).await;
    shown.sort_unstable();
    let mut expected = own.map(str::to_owned).to_vec();
    expected.sort_unstable();
    assert_eq!(shown, expected);
    assert_eq!(told(&site, CY).await, ["mentioned"]);
    assert_eq!(told(&site, BEN).await, [""; 0]);
    let page = inbox(&site, ANA).await;
    assert!(page.has("asks you to change <a href=\"/test/review/notes/one\">One note</a>"));
    assert!(page.has("active as version 1.0.0"), "{}", page.html);
    assert!(page.has("<q>Say why, @cy agrees.</q>"));
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn what_is_read_comes_after_what_is_not_and_is_counted_no_more() {
    let site = Site::of(Story::with(&[(NOTE, DRAFT)]).await).await;
    for text in ["One.", "Two.", "Three."] {
        site.story
            .decide(BEN, NOTE, Act::Comment, None, text)
            .await
            .unwrap();
    }
    let mut ana = site.signed_in(ANA).await;
    let page = ana.get("/test/inbox").await;
    assert!(
        page.has("Inbox <span class=\"count\">3<span"),
        "{}",
        page.html
    );
    let newest = list(&site, ANA).await["items"][0].clone();
    assert_eq!(newest["text"], "Three.");
    let form = page
        .form("/test/inbox/read")
        .with("notice", newest["name"].as_str().unwrap());
    let mut one = form.clone();
    one.fields
        .retain(|(name, _)| !matches!(name.as_str(), "journal" | "chain"));
    let answer = ana.send_form(&one).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    let page = ana.get("/test/inbox").await;
    assert!(page.has("Inbox <span class=\"count\">2<span"));
    let (unread, read) = page.html.split_once("id=\"earlier\"").unwrap();
    assert!(unread.contains("Two.") && !unread.contains("Three.") && read.contains("Three."));
    // What is said after the page was made stays unread.
    site.story
        .decide(BEN, NOTE, Act::Comment, None, "Four.")
        .await
        .unwrap();
    let answer = ana.submit(&page, "/test/inbox/read", &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    let page = ana.get("/test/inbox").await;
    assert!(page.has("Inbox <span class=\"count\">1<span"));
    let (unread, _) = page.html.split_once("id=\"earlier\"").unwrap();
    assert!(unread.contains("Four.") && !unread.contains("One."));
    let program = site.program("ana@home.example", &[Read]).await;
    let marked = program
        .json(
            Method::POST,
            "/api/v1/repositories/test/inbox/read",
            json!({"all": true}),
        )
        .await;
    assert_eq!(marked.status, StatusCode::NO_CONTENT, "{}", marked.text);
    assert!(ana.get("/test/inbox").await.has("Nothing new"));
    for fields in [
        vec![("journal", "x")],
        vec![("notice", "")],
        vec![("notice", "a\nb")],
    ] {
        let mut forged = form.clone();
        forged
            .fields
            .retain(|(name, _)| !["journal", "chain", "notice"].contains(&name.as_str()));
        for (name, value) in fields {
            forged = forged.with(name, value);
        }
        let answer = ana.send_form(&forged).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn long_lists_go_on_without_a_gap_or_a_repeat() {
    let site = Site::of(Story::with(&[(NOTE, DRAFT)]).await).await;
    for number in 0..7 {
        let said = format!("Comment {number}.");
        let decided = site.story.decide(BEN, NOTE, Act::Comment, None, &said);
        decided.await.unwrap();
    }
    let ana = site.program(ANA, &[Read]).await;
    let mut address = "/api/v1/repositories/test/inbox?limit=2".to_owned();
    let mut texts = Vec::new();
    for turn in 0..9 {
        let stretch = ana.get(&address).await.good();
        for item in stretch["items"].as_array().unwrap() {
            texts.push(item["text"].as_str().unwrap().to_owned());
        }
        // What comes between two stretches moves neither.
        if turn == 0 {
            let decided = site.story.decide(BEN, NOTE, Act::Comment, None, "Later.");
            decided.await.unwrap();
        }
        let Some(next) = stretch["next"].as_str() else {
            break;
        };
        address = format!("/api/v1/repositories/test/inbox?limit=2&cursor={next}");
    }
    let expected: Vec<String> = (0..7).rev().map(|n| format!("Comment {n}.")).collect();
    assert_eq!(texts, expected);
}

#[tokio::test]
async fn somebody_asked_by_name_is_told_and_told_again_when_the_day_nears() {
    let site = Site::of(Story::with(&[(NOTE, DRAFT)]).await).await;
    let story = &site.story;
    let item = story.item(NOTE).await;
    // NOW is 2026-02-05.
    say(story, ANA, &item, Act::Assign, "", |decision| {
        decision.about.assignee = Some("ben".to_owned());
        decision.about.due = Some("2026-02-06".to_owned());
    })
    .await;
    assert_eq!(told(&site, BEN).await, ["due", "assigned"]);
    assert_eq!(told(&site, ANA).await, [""; 0]);
    let page = inbox(&site, BEN).await;
    assert!(page.has("You were asked to look at"), "{}", page.html);
    let item = story.item(NOTE).await;
    say(story, DEE, &item, Act::Assign, "late", |decision| {
        decision.about.assignee = Some("cy".to_owned());
        decision.about.due = Some("2026-01-01".to_owned());
    })
    .await;
    assert_eq!(
        told(&site, BEN).await,
        ["assigned"],
        "somebody else is asked"
    );
    assert_eq!(told(&site, CY).await, ["overdue", "assigned"]);
    story.approve(BEN, NOTE, "validate").await.unwrap();
    assert_eq!(told(&site, CY).await, ["assigned"], "it is done");
    story.rebuild_is_equal().await;
}

#[tokio::test]
async fn a_text_that_changed_since_is_told_to_those_who_decided_about_it() {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    story.approve(BEN, NOTE, "validate").await.unwrap();
    story.approve(CY, NOTE, "activate").await.unwrap();
    let site = Site::of(story).await;
    let story = &site.story;
    git(&story.work(), &["pull", "-q", "--rebase", "origin", "main"]);
    let text = story.file(NOTE);
    let ana = "Ana Roche <ana@example.org>";
    let first = text.replace("A first paragraph", "A first and last paragraph");
    story.propose(BRANCH, ana, "Say more", &[(NOTE, &first)]);
    story
        .approve_proposed(BEN, BRANCH, NOTE, "revise")
        .await
        .unwrap();
    assert_eq!(told(&site, BEN).await, [""; 0]);
    let second = text.replace("A first paragraph", "No paragraph");
    story.propose(BRANCH, ana, "Say less", &[(NOTE, &second)]);
    story.desk.sync().await.unwrap();
    assert_eq!(told(&site, BEN).await, ["changed"]);
    let page = inbox(&site, BEN).await;
    assert!(page.has("since you decided about it"), "{}", page.html);
    story
        .approve_proposed(BEN, BRANCH, NOTE, "revise")
        .await
        .unwrap();
    assert_eq!(told(&site, BEN).await, [""; 0], "it was looked at again");
    story.rebuild_is_equal().await;
}

#[tokio::test]
async fn whose_proposal_is_overtaken_is_told_until_it_is_brought_up_to_date() {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    story.approve(BEN, NOTE, "validate").await.unwrap();
    story.approve(CY, NOTE, "activate").await.unwrap();
    let site = Site::of(story).await;
    let story = &site.story;
    git(&story.work(), &["pull", "-q", "--rebase", "origin", "main"]);
    let text = story.file(NOTE);
    let (ana, dee) = ("Ana Roche <ana@example.org>", "Dee Moss <dee@example.org>");
    let one = text.replace("A first paragraph", "One paragraph");
    story.propose(BRANCH, ana, "Count it", &[(NOTE, &one)]);
    let other = text.replace("Notes are short", "Notes are brief");
    story.propose("proposals/brief", dee, "Say brief", &[(NOTE, &other)]);
    for address in [BEN, CY] {
        story
            .approve_proposed(address, "proposals/brief", NOTE, "revise")
            .await
            .unwrap();
    }
    assert!(told(&site, ANA).await.contains(&"outdated".to_owned()));
    assert!(!told(&site, DEE).await.contains(&"outdated".to_owned()));
    assert!(told(&site, DEE).await.contains(&"landed".to_owned()));
    let page = inbox(&site, ANA).await;
    assert!(page.has("published another text of"), "{}", page.html);
    git(
        &story.work(),
        &["push", "-q", "origin", ":proposals/claims"],
    );
    story.desk.sync().await.unwrap();
    assert!(!told(&site, ANA).await.contains(&"outdated".to_owned()));
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn who_is_taken_out_of_the_policy_is_told_nothing_more() {
    let site = Site::of(Story::with(&[(NOTE, DRAFT)]).await).await;
    let story = &site.story;
    story
        .decide(DEE, NOTE, Act::Comment, None, "Well, @ben?")
        .await
        .unwrap();
    let mut ben = site.signed_in(BEN).await;
    let program = site.program(BEN, &[Read]).await;
    assert!(ben.get("/test/inbox").await.has("Well, @ben?"));
    let (before, after) = POLICY.split_once("[people.ben]").unwrap();
    let (_, after) = after.split_once("[people.cy]").unwrap();
    let without = format!("{before}[people.cy]{after}").replace(
        "[\"author\", \"reviewer\"]",
        "[\"author\", \"reviewer\", \"administrator\"]",
    );
    story.push(
        "Ana Roche <ana@example.org>",
        &[("countersign.toml", &without)],
    );
    story.desk.sync().await.unwrap();
    let rules = story.desk.index.rules();
    let rules = rules.as_ref().as_ref().unwrap().as_ref().unwrap();
    let waits = story.desk.amendment(rules).await.unwrap().unwrap();
    story
        .decide_on(DEE, &waits.item, Act::Approve, Some("amend"), "")
        .await
        .unwrap();
    let page = ben.get("/test/inbox").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(!page.has("Well"));
    let answer = program.get("/api/v1/repositories/test/inbox").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    story.rebuild_is_equal().await;
}
