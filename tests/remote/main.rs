//! With a remote, published is what the remote was seen to hold: over real smart HTTP, where hooks decline and others push.

#[path = "../common/mod.rs"]
mod common;

mod proposals;
mod requests;
mod ssh;
mod weather;

use std::sync::Arc;

use common::remote::Remote;
use common::{DRAFT, Story, commit_files, git};
use countersign::id::Identity;
use countersign::ledger::Act;
use countersign::refusal::Refusal;
use countersign::repository::network::{self, Login};
use countersign::review::{
    self, Committer, Desk, HistoryChoice, HistoryOrder, Outcome, Publication, Rewritten,
};

const NOTE: &str = "notes/one.md";
const OTHER: &str = "notes/two.md";

/// A story whose desk stands on a clone; the bare repository of the story is the remote.
struct Cloned {
    story: Story,
    remote: Remote,
    /// The remote as the server knows it.
    place: network::Remote,
}

impl Cloned {
    async fn with(files: &[(&str, &str)]) -> Self {
        let mut story = Story::with(files).await;
        git(&story.bare(), &["config", "http.receivepack", "true"]);
        let remote = Remote::serve(story.folder.path(), "repo.git").await;
        let clone = story.folder.path().join("clone.git");
        let place = remote.place(Login::Own);
        let (from, folder) = (place.clone(), clone.clone());
        tokio::task::spawn_blocking(move || from.clone_to(&folder))
            .await
            .unwrap()
            .unwrap();
        let desk = common::desk(story.folder.path()).await;
        let index = countersign::index::Index::open(&story.folder.path().join("clone.sqlite"))
            .await
            .unwrap();
        let key =
            countersign::repository::SigningKey::load_or_create(&story.folder.path().join("key"))
                .unwrap();
        drop(desk);
        let desk = Arc::new(Desk::new(
            "clone",
            clone,
            review::outgoing_ref("main"),
            index,
            key,
        ));
        desk.on_repository(|repository, _| review::begin_outgoing(repository, "main"))
            .await
            .unwrap();
        desk.sync().await.unwrap();
        story.committer = Committer::start(Arc::clone(&desk));
        story.desk = desk;
        Self {
            story,
            remote,
            place,
        }
    }

    /// With an approval that is to be sent.
    async fn approved() -> Self {
        let cloned = Self::with(&[(NOTE, DRAFT)]).await;
        let story = &cloned.story;
        let approved = story.approve("ben@example.org", NOTE, "validate").await;
        assert!(matches!(approved.unwrap(), Outcome::Attested { .. }));
        cloned
    }

    /// Why what is to be sent is not published.
    async fn pending(&self) -> Refusal {
        match self.publish().await {
            Publication::Pending(refusal) => refusal,
            Publication::Published => panic!("published"),
        }
    }

    async fn publish(&self) -> Publication {
        let (desk, committer) = (&self.story.desk, &self.story.committer);
        let exchanged = review::exchange(desk, committer, &self.place, "main").await;
        exchanged.unwrap().publication
    }

    fn on_remote(&self, path: &str) -> String {
        self.story.file(path)
    }
}

#[tokio::test]
async fn what_is_approved_here_is_published_there_with_its_journal() {
    let cloned = Cloned::with(&[(NOTE, DRAFT)]).await;
    let outcome = cloned
        .story
        .approve("ben@example.org", NOTE, "validate")
        .await
        .unwrap();
    assert!(matches!(outcome, Outcome::Attested { .. }));
    assert!(cloned.on_remote(NOTE).contains("status: draft"));
    assert_eq!(cloned.publish().await, Publication::Published);
    assert!(cloned.on_remote(NOTE).contains("status: validated"));
    let journal = git(
        &cloned.story.bare(),
        &["rev-parse", "refs/countersign/journal"],
    );
    assert_eq!(
        journal,
        git(
            &cloned.story.desk.path,
            &["rev-parse", "refs/countersign/journal"]
        )
    );
    assert_eq!(cloned.publish().await, Publication::Published);
}

#[tokio::test]
async fn a_push_that_the_remote_declines_is_not_published_and_says_why() {
    let cloned = Cloned::with(&[(NOTE, DRAFT)]).await;
    cloned.remote.decline("protected branch");
    cloned
        .story
        .approve("ben@example.org", NOTE, "validate")
        .await
        .unwrap();
    let refusal = cloned.pending().await;
    assert_eq!(refusal.code, "PUB-REM-001");
    assert!(refusal.cause.contains("protected branch"), "{refusal}");
    let local = git(&cloned.story.desk.path, &["rev-parse", "refs/heads/main"]);
    assert_eq!(local, git(&cloned.story.bare(), &["rev-parse", "main"]));
    cloned.remote.accept();
    assert_eq!(cloned.publish().await, Publication::Published);
    assert!(cloned.on_remote(NOTE).contains("status: validated"));
}

#[tokio::test]
async fn what_the_remote_declines_is_told_to_nobody_and_what_it_takes_is_told_once() {
    let cloned = Cloned::with(&[(NOTE, DRAFT)]).await;
    let (story, desk) = (&cloned.story, &cloned.story.desk);
    cloned.remote.decline("protected branch");
    story
        .approve("ben@example.org", NOTE, "validate")
        .await
        .unwrap();
    assert_eq!(cloned.pending().await.code, "PUB-REM-001");
    assert_eq!(desk.published_up_to().await.unwrap(), Some(0));
    cloned.remote.accept();
    // Somebody pushes meanwhile, so that what is on its way is made again, as another commit.
    story.push("Eve <eve@example.net>", &[(OTHER, DRAFT)]);
    assert_eq!(cloned.publish().await, Publication::Published);
    let up_to = desk.published_up_to().await.unwrap().unwrap();
    let events = countersign::index::events_after(desk.index.reader(), 0, up_to, 10)
        .await
        .unwrap();
    assert_eq!(events.len(), 1, "{events:#?}");
    git(
        &story.bare(),
        &["merge-base", "--is-ancestor", &events[0].commit, "main"],
    );
    story
        .approve("cy@example.org", NOTE, "activate")
        .await
        .unwrap();
    assert_eq!(
        desk.published_up_to().await.unwrap(),
        Some(up_to),
        "the next one is on its way"
    );
    assert_eq!(cloned.publish().await, Publication::Published);
    assert_eq!(desk.published_up_to().await.unwrap(), Some(up_to + 1));
}

#[tokio::test]
async fn a_remote_that_moved_elsewhere_keeps_both() {
    let cloned = Cloned::approved().await;
    cloned
        .story
        .approve("cy@example.org", NOTE, "activate")
        .await
        .unwrap();
    cloned
        .story
        .push("Eve <eve@example.net>", &[(OTHER, DRAFT)]);
    assert_eq!(cloned.publish().await, Publication::Published);
    assert!(cloned.on_remote(NOTE).contains("status: active"));
    assert_eq!(cloned.on_remote(OTHER), DRAFT);
    git(&cloned.story.bare(), &["fsck", "--full", "--strict"]);
    cloned.story.rebuild_is_equal().await;
}

#[tokio::test]
async fn a_remote_that_moved_the_same_record_is_never_overwritten() {
    let cloned = Cloned::approved().await;
    let theirs = DRAFT.replace("short text", "text");
    cloned
        .story
        .push("Eve <eve@example.net>", &[(NOTE, &theirs)]);
    assert_eq!(cloned.publish().await, Publication::Published);
    assert_eq!(cloned.on_remote(NOTE), theirs);
    assert_eq!(
        cloned.story.item(NOTE).await.attested_status.as_deref(),
        Some("draft")
    );
}

/// Somebody begins the remote's history again while an approval is on its way there. Returns what is found, the tip that is kept, and theirs.
async fn overwritten(cloned: &Cloned) -> (Arc<Rewritten>, String, String) {
    cloned
        .story
        .approve("ben@example.org", NOTE, "validate")
        .await
        .unwrap();
    let old = git(&cloned.story.bare(), &["rev-parse", "main"]);
    let work = cloned.story.work();
    git(&work, &["checkout", "-q", "--orphan", "other"]);
    commit_files(
        &work,
        "Eve <eve@example.net>",
        "Begin again",
        &[(OTHER, DRAFT)],
    );
    git(&work, &["push", "-q", "--force", "origin", "HEAD:main"]);
    let refusal = cloned.pending().await;
    assert_eq!(refusal.code, "GIT-HIST-001");
    let desk = &cloned.story.desk;
    let found = desk.rewritten().unwrap();
    // What was on its way is kept with what was published.
    let kept = git(&desk.path, &["rev-parse", &found.kept_as]);
    git(
        &desk.path,
        &["merge-base", "--is-ancestor", old.trim(), kept.trim()],
    );
    assert_ne!(kept, old);
    let theirs = git(&cloned.story.bare(), &["rev-parse", "main"]);
    for name in ["refs/heads/main", "refs/countersign/outgoing/main"] {
        assert_eq!(git(&desk.path, &["rev-parse", name]), theirs);
    }
    cloned.story.rebuild_is_equal().await;
    (found, kept, theirs)
}

async fn decided(cloned: &Cloned, choice: HistoryChoice, seen: &Rewritten) {
    let order = HistoryOrder {
        by: Identity::new("", "dee@example.org"),
        choice,
        seen: seen.manifest,
        reason: "A mirror overwrote it".to_owned(),
        operation: format!("{choice:?} {}", seen.tips),
        at: 1_770_300_000,
    };
    cloned.story.committer.history(order).await.unwrap();
}

#[tokio::test]
async fn a_rewritten_remote_is_restored_with_what_was_on_its_way() {
    let cloned = Cloned::with(&[(NOTE, DRAFT)]).await;
    let (found, kept, theirs) = overwritten(&cloned).await;
    decided(&cloned, HistoryChoice::Restore, &found).await;
    assert_eq!(cloned.publish().await, Publication::Published);
    let there = git(&cloned.story.bare(), &["rev-parse", "main"]);
    assert_eq!(there, kept);
    assert!(cloned.on_remote(NOTE).contains("status: validated"));
    let name = format!("refs/countersign/rescue/{}", theirs.trim());
    assert_eq!(git(&cloned.story.desk.path, &["rev-parse", &name]), theirs);
    assert_eq!(cloned.publish().await, Publication::Published);
    cloned.story.is_proven_there(&cloned.story.desk.path);
    cloned.story.rebuild_is_equal().await;
}

#[tokio::test]
async fn a_remote_that_moved_again_is_not_overwritten_by_a_restore() {
    let cloned = Cloned::with(&[(NOTE, DRAFT)]).await;
    let (found, _, _) = overwritten(&cloned).await;
    decided(&cloned, HistoryChoice::Restore, &found).await;
    let work = cloned.story.work();
    commit_files(&work, "Eve <eve@example.net>", "More", &[(OTHER, "more")]);
    git(&work, &["push", "-q", "origin", "HEAD:main"]);
    let theirs = git(&cloned.story.bare(), &["rev-parse", "main"]);
    let refusal = cloned.pending().await;
    assert_eq!(refusal.code, "GIT-HIST-001");
    assert_eq!(git(&cloned.story.bare(), &["rev-parse", "main"]), theirs);
    // Decided anew it goes back.
    let found = cloned.story.desk.rewritten().unwrap();
    decided(&cloned, HistoryChoice::Restore, &found).await;
    assert_eq!(cloned.publish().await, Publication::Published);
    assert!(cloned.on_remote(NOTE).contains("status: validated"));
}

#[tokio::test]
async fn a_rewound_remote_is_accepted_and_publishing_goes_on() {
    let cloned = Cloned::with(&[(NOTE, DRAFT)]).await;
    let story = &cloned.story;
    story
        .approve("ben@example.org", NOTE, "validate")
        .await
        .unwrap();
    assert_eq!(cloned.publish().await, Publication::Published);
    git(&story.bare(), &["update-ref", "refs/heads/main", "main~1"]);
    let rewound = git(&story.bare(), &["rev-parse", "main"]);
    story
        .decide("ben@example.org", NOTE, Act::Comment, None, "Gone?")
        .await
        .unwrap();
    for _ in 0..2 {
        let refusal = cloned.pending().await;
        assert_eq!(refusal.code, "GIT-HIST-001");
        assert_eq!(git(&story.bare(), &["rev-parse", "main"]), rewound);
    }
    let found = story.desk.rewritten().unwrap();
    assert_eq!(found.lost.len(), 1);
    decided(&cloned, HistoryChoice::Accept, &found).await;
    assert_eq!(cloned.publish().await, Publication::Published);
    assert_eq!(git(&story.bare(), &["rev-parse", "main"]), rewound);
    story
        .approve("ben@example.org", NOTE, "validate")
        .await
        .unwrap();
    assert_eq!(cloned.publish().await, Publication::Published);
    assert!(cloned.on_remote(NOTE).contains("status: validated"));
    story.rebuild_is_equal().await;
}

#[tokio::test]
async fn a_comment_alone_is_published_too() {
    let cloned = Cloned::with(&[(NOTE, DRAFT)]).await;
    cloned
        .story
        .decide(
            "ben@example.org",
            NOTE,
            Act::Comment,
            None,
            "Is this short enough?",
        )
        .await
        .unwrap();
    assert_eq!(cloned.publish().await, Publication::Published);
    assert_eq!(
        git(
            &cloned.story.bare(),
            &["rev-list", "--count", "refs/countersign/journal"]
        )
        .trim(),
        "1"
    );
}
