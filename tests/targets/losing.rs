//! Databases are lost and processes die; what was owed arrives all the same, under the same ids.

use std::time::Duration;

use countersign::app::targets::Step;
use countersign::index;

use crate::common::receiver::{Does, Receiver};
use crate::common::{Story, git};
use crate::{Driver, NOW, accounts, policy, publish, reach, sender, story_of};

fn forget(story: &Story, name: &str) {
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(story.folder.path().join(format!("{name}{suffix}")));
    }
}

async fn all_ids(story: &Story) -> Vec<String> {
    let events = index::events_after(story.desk.index.reader(), 0, i64::MAX, 1_000)
        .await
        .unwrap();
    events.into_iter().map(|event| event.id).collect()
}

#[tokio::test]
async fn the_index_and_then_both_databases_are_lost_in_the_middle_of_a_backlog_and_what_was_owed_arrives()
 {
    const NOTES: usize = 12;
    let mut story = story_of(&policy(), NOTES).await;
    let receiver = Receiver::start().await;
    let sender = sender();
    let first = accounts(&story).await;
    reach(&first, &receiver).await;
    let mut driver = Driver::new(&story, &first, &sender, "website");
    driver.step().await;
    // A past that was told, and a backlog.
    for number in 0..NOTES {
        publish(&story, &format!("notes/n{number}.md")).await;
        if number == 5 {
            assert_eq!(driver.run().await, 12);
        }
    }
    let owed = all_ids(&story).await;
    assert_eq!(owed.len(), 2 * NOTES);
    for _ in 0..3 {
        assert_eq!(driver.step().await, Step::Tried);
    }

    // The index alone: nothing is told twice, because how far the target was told is not in it.
    drop(driver);
    story.start_without_index().await;
    assert_eq!(all_ids(&story).await, owed);
    let mut driver = Driver::new(&story, &first, &sender, "website");
    for _ in 0..2 {
        assert_eq!(driver.step().await, Step::Tried);
    }
    assert_eq!(receiver.ids(), owed[..17]);

    // Both: the copy beside the register says where to go on. The operator gives the address again.
    drop(driver);
    drop(first);
    forget(&story, "private.sqlite");
    story.start_without_index().await;
    let second = accounts(&story).await;
    reach(&second, &receiver).await;
    Driver::new(&story, &second, &sender, "website").run().await;
    // What came since the copy comes again under its ids; never the whole past, and none is lost.
    let told = receiver.ids();
    assert_eq!(told[..17], owed[..17]);
    assert_eq!(told[17..], owed[12..]);
    let numbers: Vec<i64> = receiver.taken()[17..]
        .iter()
        .map(|came| came.json()["data"]["sequence"].as_i64().unwrap())
        .collect();
    assert_eq!(
        numbers,
        (13..=24).collect::<Vec<_>>(),
        "the numbers go on without a gap"
    );
}

#[tokio::test]
async fn what_dies_between_sending_and_marking_sends_the_same_bytes_under_the_same_id_again() {
    let story = story_of(&policy(), 1).await;
    let (accounts, receiver, sender) = (accounts(&story).await, Receiver::start().await, sender());
    reach(&accounts, &receiver).await;
    let mut driver = Driver::new(&story, &accounts, &sender, "website");
    driver.step().await;
    publish(&story, "notes/n0.md").await;
    receiver.plan([Does::Hangs]);
    // It has the delivery, and nobody heard of it.
    let died = tokio::time::timeout(Duration::from_millis(500), driver.step()).await;
    assert!(died.is_err() && receiver.came().len() == 1);
    let mut driver = Driver::new(&story, &accounts, &sender, "website");
    driver.run().await;
    let came = receiver.came();
    assert_eq!(came.len(), 3);
    assert_eq!(came[0].body, came[1].body);
    assert_eq!(came[0].header("webhook-id"), came[1].header("webhook-id"));
}

#[tokio::test]
async fn a_copy_that_this_server_did_not_sign_moves_nobody() {
    let story = story_of(&policy(), 1).await;
    let (accounts, receiver, sender) = (accounts(&story).await, Receiver::start().await, sender());
    publish(&story, "notes/n0.md").await;
    let message = format!(
        "x\n\nTarget: website\nSequence: 900\nAfter: {}\n",
        git(&story.bare(), &["rev-parse", "main"]).trim()
    );
    let tree = git(
        &story.bare(),
        &["hash-object", "-t", "tree", "-w", "/dev/null"],
    );
    let forged = git(
        &story.bare(),
        &[
            "-c",
            "user.name=M",
            "-c",
            "user.email=m@example.org",
            "commit-tree",
            tree.trim(),
            "-m",
            &message,
        ],
    );
    git(
        &story.bare(),
        &[
            "update-ref",
            "refs/countersign/targets/website",
            forged.trim(),
        ],
    );
    reach(&accounts, &receiver).await;
    Driver::new(&story, &accounts, &sender, "website")
        .step()
        .await;
    let state = accounts
        .target_state("test", "website")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(state.made.sequence, 0);
}

#[tokio::test]
async fn after_an_accepted_rewriting_of_history_what_is_new_is_told_and_nothing_of_before_again() {
    let story = story_of(&policy(), 2).await;
    let (accounts, receiver, sender) = (accounts(&story).await, Receiver::start().await, sender());
    reach(&accounts, &receiver).await;
    let mut driver = Driver::new(&story, &accounts, &sender, "website");
    driver.step().await;
    publish(&story, "notes/n0.md").await;
    publish(&story, "notes/n1.md").await;
    driver.run().await;
    assert_eq!(receiver.ids().len(), 4);
    lose_last(&story).await;
    assert_eq!(
        driver.run().await,
        0,
        "nothing is told while publishing is held"
    );
    accept(&story).await;
    story
        .approve(crate::CY, "notes/n1.md", "activate")
        .await
        .unwrap();
    driver.run().await;
    let taken = receiver.taken();
    assert_eq!(taken.len(), 5);
    assert_eq!(taken[4].json()["data"]["record"], "notes/n1");
    assert_eq!(taken[4].json()["data"]["sequence"], 5);
    assert_ne!(taken[4].header("webhook-id"), taken[3].header("webhook-id"));
}

#[tokio::test]
async fn what_waited_while_history_was_rewritten_is_made_anew_and_what_was_lost_is_never_told() {
    for every in ["", "every = \"1h\"\n"] {
        let story = story_of(&format!("{}{every}", policy()), 2).await;
        let (accounts, receiver, sender) =
            (accounts(&story).await, Receiver::start().await, sender());
        reach(&accounts, &receiver).await;
        let mut driver = Driver::new(&story, &accounts, &sender, "website");
        driver.step().await;
        publish(&story, "notes/n0.md").await;
        publish(&story, "notes/n1.md").await;
        let lost = all_ids(&story).await.pop().unwrap();
        // The receiver is down, so that everything waits.
        receiver.plan([Does::Answers(503)]);
        assert_eq!(driver.step().await, Step::Tried);
        lose_last(&story).await;
        assert_eq!(driver.run().await, 0, "nothing waiting is told either");
        accept(&story).await;
        driver.run().await;
        let taken = receiver.taken();
        let told: Vec<String> = taken.iter().map(|came| came.json().to_string()).collect();
        assert!(told.iter().all(|body| !body.contains(&lost)), "{told:?}");
        let last = &taken.last().unwrap().json()["data"];
        let told_of = if every.is_empty() { "sequence" } else { "last" };
        assert_eq!(last[told_of], 3, "what was not lost arrives: {told:?}");
        let counts = accounts.count_deliveries("test", "website").await.unwrap();
        assert_eq!((counts.waiting, counts.dead), (0, 0));
    }
}

/// The last attestation is lost by a push over it.
async fn lose_last(story: &Story) {
    let work = story.work();
    git(&work, &["fetch", "-q", "origin"]);
    git(&work, &["reset", "-q", "--hard", "origin/main~1"]);
    git(&work, &["push", "-q", "-f", "origin", "HEAD:main"]);
    story.desk.sync().await.unwrap();
}

/// An administrator accepts the history as it is now.
async fn accept(story: &Story) {
    let rewritten = story.desk.rewritten().unwrap();
    story
        .committer
        .history(countersign::review::HistoryOrder {
            choice: countersign::review::HistoryChoice::Accept,
            seen: rewritten.manifest,
            by: countersign::id::Identity::new("", crate::DEE),
            reason: "It was never meant.".into(),
            operation: "op-history".into(),
            at: NOW,
        })
        .await
        .unwrap();
    story.desk.sync().await.unwrap();
}
