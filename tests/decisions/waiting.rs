//! What waits, counted on every page and shown a page at a time.

use std::time::Instant;

use axum::http::StatusCode;
use countersign::id::Identity;
use countersign::index;
use countersign::ledger::{Act, Member, Plan};
use countersign::review::queue::{Section, place};
use countersign::review::{self, Item, ReleaseAct, ReleaseOrder};

use crate::common::browser::Site;
use crate::common::history::Dice;
use crate::common::{self, DRAFT, POLICY, Story, commit_files, git};

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

const ANA: &str = "Ana Roche <ana@example.org>";

/// A register whose records refer to each other, by ids of their own or by their paths.
async fn related(by_id: bool) -> Story {
    let fields = match by_id {
        true => "title = \"title\"\nid = \"id\"\nreferences = [\"see\"]",
        false => "title = \"title\"\nreferences = [\"see\"]",
    };
    let policy = POLICY.replace("title = \"title\"", fields);
    let files = [
        ("notes/n0.md", related_text(by_id, 0, 1, 0)),
        ("notes/n1.md", related_text(by_id, 1, 2, 0)),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, &**text)).collect();
    Story::with_policy(&policy, &files).await
}

fn related_text(by_id: bool, id: usize, see: usize, edition: usize) -> String {
    let ours = match by_id {
        true => format!("title: \"Note\"\nid: i{id}\nsee: i{see}"),
        false => format!("title: \"Note\"\nsee: notes/n{see}"),
    };
    DRAFT
        .replace("title: \"One note\" # the title", &ours)
        .replace("A first paragraph.", &format!("Paragraph {edition}."))
}

/// Something that people or their tools do, of which the rules may refuse some.
async fn something_happens(story: &Story, by_id: bool, dice: &mut Dice, turn: usize) {
    let path = format!("notes/n{}.md", dice.roll(4));
    let branch = format!("proposals/p{}", dice.roll(4));
    let id = if dice.one_in(3) {
        dice.roll(4)
    } else {
        turn % 4
    };
    let text = related_text(by_id, id, dice.roll(5), turn);
    match dice.roll(9) {
        0..=2 => story.propose(&branch, ANA, "Propose", &[(&path, &text)]),
        3 => story.push(ANA, &[(&path, &text)]),
        4 => {
            let work = story.work();
            git(&work, &["pull", "-q", "--rebase", "origin", "main"]);
            git(&work, &["rm", "-q", "--ignore-unmatch", &path]);
            commit_files(&work, ANA, "Remove", &[]);
            git(&work, &["push", "-q", "origin", "HEAD:main"]);
        }
        5 => {
            let bare = story.bare();
            git(
                &bare,
                &["update-ref", "-d", &format!("refs/heads/{branch}")],
            );
            // The clone begins the next proposal of this name anew.
            git(&story.work(), &["switch", "-q", "main"]);
            let known = git(&story.work(), &["branch", "--list", &branch]);
            if !known.trim().is_empty() {
                git(&story.work(), &["branch", "-q", "-D", &branch]);
            }
        }
        6 => whole_is_decided(story, dice, &branch).await,
        _ => text_is_decided(story, dice, turn).await,
    }
}

async fn whole_is_decided(story: &Story, dice: &mut Dice, branch: &str) {
    story.desk.sync().await.unwrap();
    if let Some((whole, _)) = story.desk.whole_proposal(branch).await.unwrap() {
        let act = *dice.pick(&[Act::Close, Act::Reopen, Act::Describe, Act::Submit]);
        let _ = story
            .decide_on("ben@example.org", &whole, act, None, "Another title")
            .await;
    }
}

async fn text_is_decided(story: &Story, dice: &mut Dice, turn: usize) {
    story.desk.sync().await.unwrap();
    let pool = story.desk.index.reader();
    let paths: Vec<String> = sqlx::query_scalar("SELECT path FROM records ORDER BY path")
        .fetch_all(pool)
        .await
        .unwrap();
    let branches = index::open_branches(pool, 100).await.unwrap();
    let mut items = review::items(pool, &paths).await.unwrap();
    items.extend(review::proposed_items(pool, &branches).await.unwrap());
    if items.is_empty() {
        return;
    }
    let item: &Item = dice.pick(&items);
    if dice.one_in(6) {
        let member = Member {
            proposal: item.origin.as_ref().map(|origin| origin.branch.clone()),
            path: item.path.clone(),
            blob: item.proposed,
        };
        let order = ReleaseOrder {
            by: Identity::new("", "cy@example.org"),
            name: format!("r{}", dice.roll(2)),
            act: match dice.one_in(3) {
                true => ReleaseAct::Cancel,
                false => ReleaseAct::Plan(Plan::new("Soon", "", None, vec![member])),
            },
            seen: None,
            text: "a reason".to_owned(),
            operation: format!("release{turn}"),
            at: 1_770_150_000,
        };
        let _ = story.committer.release(order).await;
        return;
    }
    let acts = [Act::Comment, Act::Submit, Act::RequestChanges, Act::Veto];
    for address in ["ben@example.org", "dee@example.org", "cy@example.org"] {
        let _ = match dice.one_in(3) {
            true => {
                let act = *dice.pick(&acts);
                story.decide_on(address, item, act, None, "a word").await
            }
            false => {
                let name = *dice.pick(&["validate", "validate", "activate", "revise"]);
                let act = Act::Approve;
                story.decide_on(address, item, act, Some(name), "so").await
            }
        };
    }
}

/// Of a picture that changed, only what the change concerns is read again: whatever happens, it comes to what would be read whole.
#[tokio::test]
async fn what_is_kept_of_the_queue_is_what_would_be_read_whatever_happens() {
    for (seed, by_id) in [(5, true), (21, false)] {
        let mut dice = Dice(seed);
        let story = related(by_id).await;
        for turn in 0..100 {
            something_happens(&story, by_id, &mut dice, turn).await;
            story.desk.sync().await.unwrap();
            println!("seed {seed}, turn {turn}");
            common::queue_is_equal(&story.desk, story.folder.path()).await;
        }
        story.rebuild_is_equal().await;
    }
}

#[tokio::test]
async fn a_push_onto_one_proposal_leaves_the_others_unread() {
    let story = related(true).await;
    for (branch, path) in [
        ("proposals/p0", "notes/n0.md"),
        ("proposals/p1", "notes/n1.md"),
    ] {
        let text = story.file(path).replace("Paragraph", "Passage");
        story.propose(branch, ANA, "Propose", &[(path, &text)]);
    }
    story.desk.sync().await.unwrap();
    let rules = story.desk.index.rules();
    let Some(Ok(rules)) = rules.as_ref() else {
        panic!("no rules");
    };
    let before = story.desk.open(rules).await.unwrap();
    assert_eq!(before.items.len(), 2);
    let text = story.file("notes/n0.md").replace("Paragraph", "Part");
    story.propose(
        "proposals/p0",
        ANA,
        "Say it better",
        &[("notes/n0.md", &text)],
    );
    story.desk.sync().await.unwrap();
    let after = story.desk.open(rules).await.unwrap();
    assert_eq!(after.items.len(), 2);
    for (path, is_kept) in [("notes/n0.md", false), ("notes/n1.md", true)] {
        let of = |open: &review::Open| {
            let mut items = open.items.iter();
            items.find(|waiting| waiting.item.path == path).cloned()
        };
        let (one, other) = (of(&before).unwrap(), of(&after).unwrap());
        assert_eq!(std::sync::Arc::ptr_eq(&one, &other), is_kept, "{path}");
    }
}
