//! Events follow from commits.

use countersign::index::{self, Event};
use countersign::ledger::{Act, event_id};

use crate::common::{DRAFT, Story, git};
use crate::{ANA, BEN, CY, DEE, NOTE, policy, publish};

async fn events(story: &Story) -> Vec<Event> {
    story.desk.sync().await.unwrap();
    let up_to = story.desk.published_up_to().await.unwrap().unwrap();
    index::events_after(story.desk.index.reader(), 0, up_to, 1_000)
        .await
        .unwrap()
}

fn told(events: &[Event]) -> Vec<String> {
    let line = |event: &Event| {
        let version = event.version.as_deref().unwrap_or("-");
        format!(
            "{} {} {} {version}",
            event.number, event.kind, event.record_id
        )
    };
    events.iter().map(line).collect()
}

async fn revise(story: &Story, from: &str, to: &str) {
    let text = story.file(NOTE).replace(from, to);
    let branch = format!("proposals/{}", to.replace(' ', "-"));
    story.propose(&branch, ANA, "Say it otherwise", &[(NOTE, &text)]);
    for who in [BEN, CY] {
        story
            .approve_proposed(who, &branch, NOTE, "revise")
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn each_move_that_matters_to_readers_is_one_event_and_a_deleted_index_names_it_the_same() {
    let mut story = Story::with_policy(&policy(), &[(NOTE, DRAFT), ("notes/two.md", DRAFT)]).await;
    // Sent back and approved again: the way to readers, twice begun.
    story.approve(BEN, NOTE, "validate").await.unwrap();
    story
        .decide(DEE, NOTE, Act::Approve, Some("return"), "Too short.")
        .await
        .unwrap();
    publish(&story, NOTE).await;
    revise(&story, "a short text", "any text").await;
    publish(&story, "notes/two.md").await;
    story
        .decide(CY, NOTE, Act::Approve, Some("retire"), "Nobody needs it.")
        .await
        .unwrap();

    let before = events(&story).await;
    insta::assert_snapshot!(told(&before).join("\n"), @r#"
    1 record.validated notes/one -
    2 record.validated notes/one -
    3 record.activated notes/one 1.0.0
    4 record.updated notes/one 2.0.0
    5 record.validated notes/two -
    6 record.activated notes/two 1.0.0
    7 record.retired notes/one 2.0.0
    "#);
    for event in &before {
        assert_eq!(
            event.id,
            event_id(event.commit.parse().unwrap(), &event.record_id)
        );
    }
    story.rebuild_is_equal().await;
    story.start_without_index().await;
    assert_eq!(events(&story).await, before);
}

#[tokio::test]
async fn what_the_place_of_publication_does_not_hold_is_no_event_yet() {
    let story = Story::with_policy(&policy(), &[(NOTE, DRAFT)]).await;
    publish(&story, NOTE).await;
    assert_eq!(events(&story).await.len(), 2);
    // A history that was rewritten holds publishing, and what is told of it.
    let work = story.work();
    git(&work, &["fetch", "-q", "origin"]);
    git(&work, &["reset", "-q", "--hard", "origin/main~1"]);
    git(&work, &["push", "-q", "-f", "origin", "HEAD:main"]);
    story.desk.sync().await.unwrap();
    assert_eq!(story.desk.published_up_to().await.unwrap(), None);
}
