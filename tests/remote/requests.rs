//! Pull and merge requests of a git host are proposals here, on git alone.

use super::Cloned;
use super::NOTE;
use super::common::{DRAFT, Story, commit_files, git};
use super::proposals::{known, shorter};
use countersign::id::{BlobId, Identity};
use countersign::index;
use countersign::review::{EditOrder, NewText, Place, WantedRequests};
use std::collections::BTreeSet;

const FORK: &str = "Joe <joe@example.net>";

/// What a host does when somebody opens a request from a fork, or pushes to its branch again: its head stands under a ref of its own.
fn request(story: &Story, name: &str, from: &str, text: &str) -> String {
    let work = story.work();
    git(&work, &["fetch", "-q", "origin"]);
    git(&work, &["switch", "-q", "--detach", from]);
    commit_files(&work, FORK, "Say it shorter", &[(NOTE, text)]);
    git(
        &work,
        &["push", "-q", "--force", "origin", &format!("HEAD:{name}")],
    );
    git(&work, &["rev-parse", "HEAD"]).trim().to_owned()
}

fn longer() -> String {
    DRAFT.replace("Notes are short.", "Notes are short, and kept.")
}

#[tokio::test]
async fn a_request_is_a_proposal_over_a_push_and_a_rebase() {
    let cloned = Cloned::with(&[(NOTE, DRAFT)]).await;
    let story = &cloned.story;
    request(story, "refs/pull/7/head", "origin/main", &longer());
    request(
        story,
        "refs/merge-requests/12/head",
        "origin/main",
        &shorter(),
    );
    cloned.exchange().await;
    let mut open = known(story).await;
    open.sort();
    assert_eq!(open, ["merge-requests/12", "pull/7"]);
    let seen = git(&story.bare(), &["for-each-ref", "refs/heads/pull"]);
    assert_eq!(seen, "", "nothing is sent there");
    let head = request(story, "refs/pull/7/head", "origin/main", &shorter());
    cloned.exchange().await;
    let pool = story.desk.index.reader();
    let followed = index::proposal_at(pool, "pull/7").await.unwrap().unwrap();
    assert_eq!(
        (followed.head, followed.title.as_str()),
        (head, "Say it shorter")
    );
    assert_eq!(known(story).await.len(), 2);
    let settled = cloned.exchange().await;
    assert_eq!(settled.unsent, []);
    // What is gone there stays here until somebody says what becomes of it.
    git(&story.bare(), &["update-ref", "-d", "refs/pull/7/head"]);
    cloned.exchange().await;
    assert_eq!(known(story).await.len(), 2);
    story.rebuild_is_equal().await;
}

#[tokio::test]
async fn a_request_from_a_proposals_branch_is_that_proposal() {
    let cloned = Cloned::with(&[(NOTE, DRAFT)]).await;
    let story = &cloned.story;
    story.propose("proposals/claims", FORK, "Shorter", &[(NOTE, &shorter())]);
    let bare = story.bare();
    git(
        &bare,
        &["update-ref", "refs/pull/3/head", "proposals/claims"],
    );
    cloned.exchange().await;
    assert_eq!(known(story).await, ["proposals/claims"]);
    // Its branch goes, as hosts offer after a merge: the request does not come back by itself.
    git(&bare, &["update-ref", "-d", "refs/heads/proposals/claims"]);
    cloned.exchange().await;
    assert_eq!(known(story).await, [""; 0]);
}

#[tokio::test]
async fn only_the_open_ones_come_where_the_host_says_which_are() {
    let cloned = Cloned::with(&[(NOTE, DRAFT)]).await;
    let story = &cloned.story;
    story
        .desk
        .want_requests(WantedRequests::Open(BTreeSet::from([8])));
    for number in [7, 8] {
        request(
            story,
            &format!("refs/pull/{number}/head"),
            "origin/main",
            &shorter(),
        );
    }
    cloned.exchange().await;
    assert_eq!(known(story).await, ["pull/8"]);
}

#[tokio::test]
async fn nobody_writes_to_a_requests_branch_here() {
    let cloned = Cloned::with(&[(NOTE, DRAFT)]).await;
    let story = &cloned.story;
    request(story, "refs/pull/7/head", "origin/main", &shorter());
    cloned.exchange().await;
    let order = EditOrder {
        by: Identity::new("Ana Roche", "ana@example.org"),
        place: Place::Proposal {
            branch: "pull/7".to_owned(),
        },
        texts: vec![NewText {
            path: NOTE.to_owned(),
            from: Some(BlobId([1; 20])),
            content: Vec::new(),
        }],
        attached: Vec::new(),
        removes: Vec::new(),
        coauthors: Vec::new(),
        subject: "Longer".to_owned(),
        at: 1_770_200_000,
    };
    let refused = story.committer.edit(order).await.unwrap_err();
    assert_eq!(refused.code, "PRO-REQ-001");
}
