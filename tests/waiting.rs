//! What waits, counted on every page and shown a page at a time.

mod common;

use std::time::Instant;

use axum::http::StatusCode;
use common::browser::Site;
use common::{DRAFT, Story};
use countersign::index;
use countersign::ledger::Act;
use countersign::review::queue::{Section, place};
use countersign::review::{self};

/// A register of which so many records were changed around review.
async fn changed_outside(records: usize) -> Story {
    let path = |number: usize| format!("notes/n{number:04}.md");
    let text = |number: usize| DRAFT.replace("One note", &format!("Note {number:04}"));
    let files: Vec<(String, String)> = (0..records)
        .map(|number| (path(number), text(number)))
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (&**path, &**text))
        .collect();
    let story = Story::with(&files).await;
    let forged: Vec<(String, String)> = (0..records)
        .map(|number| {
            (
                path(number),
                text(number).replace("status: draft", "status: active"),
            )
        })
        .collect();
    let forged: Vec<(&str, &str)> = forged
        .iter()
        .map(|(path, text)| (&**path, &**text))
        .collect();
    story.push("Ana Roche <ana@example.org>", &forged);
    story.desk.sync().await.unwrap();
    story
}

#[tokio::test]
async fn a_long_part_of_the_queue_is_led_to_and_paged() {
    let site = Site::of(changed_outside(60).await).await;
    let mut ben = site.signed_in("ben@example.org").await;
    let queue = ben.get("/test/queue").await;
    assert!(
        queue.has("<span class=\"count\">60</span>"),
        "{}",
        queue.html
    );
    assert_eq!(queue.html.matches("<li class=\"item\">").count(), 25);
    assert!(queue.has("href=\"/test/queue?section=outside\">Show all 60"));
    let mut seen = Vec::new();
    for (address, rows) in [
        ("/test/queue?section=outside", 25),
        ("/test/queue?section=outside&page=2", 25),
        ("/test/queue?section=outside&page=3", 10),
    ] {
        let page = ben.get(address).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.has("Waiting for others"), "{}", page.html);
        let titles = page.html.split("<h3>").skip(1);
        let titles: Vec<String> = titles
            .map(|title| title.split("</h3>").next().unwrap().to_owned())
            .collect();
        assert_eq!(titles.len(), rows, "{address}");
        seen.extend(titles);
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 60);
    for address in ["page=99", "page=-1", "page=x", "section=nowhere&page=7"] {
        let page = ben
            .get(&format!("/test/queue?section=outside&{address}"))
            .await;
        assert_ne!(page.status, StatusCode::INTERNAL_SERVER_ERROR, "{address}");
    }
    let drafts = ben.get("/test/queue?section=drafts").await;
    assert!(
        drafts.has("Nothing is being written") && drafts.has("Back to the whole queue"),
        "{}",
        drafts.html
    );
}

#[tokio::test]
async fn the_number_beside_the_queue_follows_every_decision_and_commit() {
    let site =
        Site::of(Story::with(&[("notes/one.md", DRAFT), ("notes/two.md", DRAFT)]).await).await;
    let mut ben = site.signed_in("ben@example.org").await;
    let mut cy = site.signed_in("cy@example.org").await;
    let number = async |browser: &mut common::browser::Browser| {
        let page = browser.get("/test/records").await;
        let badge = page.html.split("<span class=\"count\">").nth(1);
        badge.map_or(0, |rest| {
            rest.split('<').next().unwrap().parse::<usize>().unwrap()
        })
    };
    assert_eq!((number(&mut ben).await, number(&mut cy).await), (0, 0));
    site.story
        .decide("ana@example.org", "notes/one.md", Act::Submit, None, "")
        .await
        .unwrap();
    site.story.desk.sync().await.unwrap();
    assert_eq!((number(&mut ben).await, number(&mut cy).await), (1, 0));
    site.story
        .approve("ben@example.org", "notes/one.md", "validate")
        .await
        .unwrap();
    site.story.desk.sync().await.unwrap();
    assert_eq!((number(&mut ben).await, number(&mut cy).await), (0, 1));
    site.story.push(
        "Ana Roche <ana@example.org>",
        &[(
            "notes/one.md",
            &site.story.file("notes/one.md").replace("first", "last"),
        )],
    );
    site.story.desk.sync().await.unwrap();
    assert_eq!((number(&mut ben).await, number(&mut cy).await), (0, 0));
    let policy = site
        .story
        .file("countersign.toml")
        .replace("title = \"Test register\"", "title = \"Renamed\"");
    site.story.push(
        "Ana Roche <ana@example.org>",
        &[("countersign.toml", &policy)],
    );
    site.story.desk.sync().await.unwrap();
    let mut dee = site.signed_in("dee@example.org").await;
    assert_eq!(
        number(&mut dee).await,
        1,
        "the policy waits for its administrator"
    );
}

/// Prints what the count costs; how fast a machine is, is nothing to test.
#[tokio::test]
async fn a_count_is_read_once_for_each_change() {
    const RECORDS: usize = 2000;
    let story = changed_outside(RECORDS).await;
    let rules = story.desk.index.rules();
    let Some(Ok(rules)) = rules.as_ref() else {
        panic!("no rules");
    };
    let ben = &rules.policy.people["ben"];
    let begun = Instant::now();
    let pool = story.desk.index.reader();
    let items = review::items(pool, &index::open_paths(pool).await.unwrap())
        .await
        .unwrap();
    let theirs = items
        .iter()
        .filter(|item| place(&rules.policy, item, ben).section == Section::OutsideReview);
    assert_eq!(theirs.count(), RECORDS);
    let anew = begun.elapsed();
    let begun = Instant::now();
    let open = story.desk.open(rules).await.unwrap();
    assert_eq!(
        open.places(rules, ben).count(Section::OutsideReview),
        RECORDS
    );
    let first = begun.elapsed();
    let begun = Instant::now();
    let again = story.desk.open(rules).await.unwrap();
    assert_eq!(
        again.places(rules, ben).count(Section::OutsideReview),
        RECORDS
    );
    let kept = begun.elapsed();
    assert!(std::sync::Arc::ptr_eq(&open, &again));
    println!(
        "{RECORDS} open items: counted anew {anew:?}, first after a change {first:?}, after that {kept:?}"
    );
    let site = Site::of(story).await;
    let mut ben = site.signed_in("ben@example.org").await;
    for address in [
        "/test/records",
        "/test/queue",
        "/test/queue?section=outside&page=80",
    ] {
        let begun = Instant::now();
        assert_eq!(ben.get(address).await.status, StatusCode::OK);
        println!("{address}: {:?}", begun.elapsed());
    }
}
