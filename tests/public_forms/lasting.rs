//! What stays as it was: a version's pictures, what a translation was made of, and what feeds told.

use countersign::review::Intent;

use super::*;
use common::decision;

#[tokio::test]
async fn a_version_that_was_adopted_keeps_its_pictures_when_the_next_one_comes() {
    let adopted = DRAFT
        .replace("status: draft", "status: active")
        .replace("0.1.0", "1.0.0")
        .replace("A first paragraph.", "![A map](../media/map.gif)");
    let other = PICTURE.replace("one", "another");
    let files = [(NOTE, &*adopted), ("media/map.gif", PICTURE)];
    let policy = policy_with("attachments = [\"media/**\"]");
    let story = Story::with_policy(&policy, &files).await;
    let (before, _) = register(&story).await;
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("site");
    export(&story, &out).await.unwrap();
    let text = story.file(NOTE).replace("map.gif", "bird.gif");
    let files = [(NOTE, &*text), ("media/bird.gif", &*other)];
    story.propose("proposals/bird", ANA, "Show a bird", &files);
    for who in [BEN, CY] {
        let approved = story.approve_proposed(who, "proposals/bird", NOTE, "revise");
        approved.await.unwrap();
    }
    export(&story, &out).await.unwrap();
    let names: Vec<String> = files_of(&out);
    for name in ["map.gif", "bird.gif"] {
        let is_there = |path: &String| path.starts_with("files/") && path.ends_with(name);
        assert!(names.iter().any(is_there), "{name}: {names:?}");
    }
    let (after, _) = register(&story).await;
    let version = |register: &Register| register.records[0].editions[0].text.clone();
    assert_eq!(version(&after), version(&before));
    let site = Site::of(story).await;
    let page = get(&site, "notes/one/v/1.0.0/").await.text;
    assert!(page.contains("/map.gif\" alt=\"A map\""), "{page}");
}

fn files_of(folder: &Path) -> Vec<String> {
    files(folder).into_iter().map(|(path, _)| path).collect()
}

const FRENCH: &str = "notes/one.fr.md";

/// A note and its translation, approved and not public yet.
async fn with_translation() -> Story {
    let policy = policy_with("translates = \"of\"");
    let policy = policy.replace("\"*\" = \"patch\"", "owner = \"none\", \"*\" = \"patch\"");
    let french = titled("Une note").replace("status:", "lang: fr\nof: notes/one\nstatus:");
    let story = Story::with_policy(&policy, &[(NOTE, DRAFT), (FRENCH, &french)]).await;
    for path in [NOTE, FRENCH] {
        story.approve(BEN, path, "validate").await.unwrap();
    }
    story
}

/// Asserts that the translation renders the note as it stands, of this version.
async fn is_current(story: &Story) {
    let (register, _) = register(story).await;
    let french = register.record("notes/one.fr").unwrap();
    assert!(register.is_current(french));
    let made_of = register.translated_version(french).unwrap();
    assert_eq!(made_of.version, "1.0.0");
}

#[tokio::test]
async fn a_translation_that_goes_out_in_one_release_with_its_original_is_made_of_that() {
    let story = with_translation().await;
    let mut members = Vec::new();
    for path in [NOTE, FRENCH] {
        members.push(Member {
            proposal: None,
            path: path.to_owned(),
            blob: story.item(path).await.proposed,
        });
    }
    let plan = ReleaseAct::Plan(Plan::new("Spring", "Both", None, members));
    order(&story, "one", plan).await;
    for path in [NOTE, FRENCH] {
        story.approve(CY, path, "activate").await.unwrap();
    }
    order(&story, "two", ReleaseAct::Release).await;
    is_current(&story).await;
}

#[tokio::test]
async fn a_revision_that_makes_no_version_leaves_translations_current() {
    let story = with_translation().await;
    for path in [NOTE, FRENCH] {
        story.approve(CY, path, "activate").await.unwrap();
    }
    let text = story.file(NOTE).replace("claims:", "owner: Ana\nclaims:");
    revise(&story, "proposals/owner", NOTE, &text).await;
    let (register, _) = register(&story).await;
    let note = register.record("notes/one").unwrap();
    assert_eq!(note.editions.len(), 1);
    assert_ne!(note.current, note.editions[0].text);
    is_current(&story).await;
}

/// Returns the entry of a name in a feed.
fn entry(feed: &str, name: &str) -> String {
    let named = format!(":{name}</id>");
    let mut entries = feed.split("<entry>").skip(1);
    let found = entries.find(|entry| entry.contains(&named));
    found.unwrap().split("</entry>").next().unwrap().to_owned()
}

#[tokio::test]
async fn what_a_feed_told_of_a_version_stays_as_it_was_told() {
    let story = story(&[(NOTE, DRAFT)]).await;
    publish(&story, NOTE).await;
    let site = Site::of(story).await;
    let before = get(&site, "feeds/changes.atom").await.text;
    let told = entry(&before, "notes/one:1.0.0");
    assert!(told.contains(">One note, version 1.0.0</title>"), "{told}");
    let text = site.story.file(NOTE).replace("One note", "Notes");
    let text = text.replace("a short text", "any text");
    revise(&site.story, "proposals/any", NOTE, &text).await;
    let after = get(&site, "feeds/changes.atom").await.text;
    assert_eq!(entry(&after, "notes/one:1.0.0"), told);
    assert!(entry(&after, "notes/one:2.0.0").contains("Notes, version 2.0.0"));
}

#[tokio::test]
async fn a_clock_that_is_set_back_puts_nothing_between_what_feeds_told_before() {
    let story = story(&[(NOTE, DRAFT), (OTHER, &titled("Two notes"))]).await;
    publish(&story, NOTE).await;
    let (before, _) = register(&story).await;
    for (who, transition) in [(BEN, "validate"), (CY, "activate")] {
        let item = story.item(OTHER).await;
        let operation = format!("late-{transition}");
        let decision = decision(&item, Act::Approve, Some(transition), "", operation);
        let intent = Intent {
            suggestion: None,
            by: Identity::new("", who),
            decision,
            at: before.at - 600,
        };
        story.committer.decide(intent).await.unwrap();
    }
    let (after, _) = register(&story).await;
    assert!(after.record("notes/two").unwrap().current.at < before.at);
    assert_eq!(after.at, before.at);
    let site = Site::of(story).await;
    let feed = get(&site, "feeds/changes.atom").await.text;
    let place = |name: &str| feed.find(&format!(":{name}:1.0.0</id>")).unwrap();
    assert!(place("notes/two") < place("notes/one"), "{feed}");
}
