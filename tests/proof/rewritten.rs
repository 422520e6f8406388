//! A published branch that was rewritten with plain git: its old tip is kept, nothing is published, and an administrator of the old policy decides once.

use std::sync::Arc;

use countersign::id::Identity;
use countersign::ledger::Act;
use countersign::refusal::Refusal;
use countersign::repository::{Repository, SigningKey};
use countersign::review::{
    self, Adoption, EditOrder, HistoryChoice, HistoryOrder, NewText, Outcome, Place, Rewritten,
};

use crate::common::{self, DRAFT, POLICY, Story, commit_files, git, open};

const NOTE: &str = "notes/one.md";
const OTHER: &str = "notes/two.md";

/// A note that was validated and published.
async fn published() -> Story {
    let story = Story::with(&[(NOTE, DRAFT), (OTHER, DRAFT)]).await;
    story
        .approve("ben@example.org", NOTE, "validate")
        .await
        .unwrap();
    story
        .approve("cy@example.org", NOTE, "activate")
        .await
        .unwrap();
    story
}

fn tip(story: &Story) -> String {
    git(&story.bare(), &["rev-parse", "main"]).trim().to_owned()
}

/// Moves the branch with a push by force.
fn force(story: &Story, to: &str) {
    let work = story.work();
    git(&work, &["fetch", "-q", "origin"]);
    let target = format!("{to}:refs/heads/main");
    git(&work, &["push", "-q", "--force", "origin", &target]);
}

async fn rewritten(story: &Story) -> Option<Arc<Rewritten>> {
    story.desk.sync().await.unwrap();
    story.desk.rewritten()
}

async fn order(
    story: &Story,
    who: &str,
    choice: HistoryChoice,
    seen: &Rewritten,
    reason: &str,
) -> Result<Outcome, Refusal> {
    let order = HistoryOrder {
        by: Identity::new("", who),
        choice,
        seen: seen.manifest,
        reason: reason.to_owned(),
        operation: format!("{who} {choice:?} {}", seen.tips),
        at: 1_770_300_000,
    };
    story.committer.history(order).await
}

async fn edit(story: &Story) -> Result<Outcome, Refusal> {
    let from = git(&story.bare(), &["rev-parse", &format!("main:{OTHER}")]);
    let order = EditOrder {
        by: Identity::new("", "ana@example.org"),
        place: Place::Published,
        texts: vec![NewText {
            path: OTHER.to_owned(),
            from: Some(from.trim().parse().unwrap()),
            content: DRAFT.replace("short", "small").into_bytes(),
        }],
        attached: Vec::new(),
        removes: Vec::new(),
        coauthors: Vec::new(),
        subject: "Say it in other words".to_owned(),
        at: 1_770_200_000,
    };
    story.committer.edit(order).await
}

#[tokio::test]
async fn a_push_that_drops_attested_commits_holds_publishing_and_keeps_the_old_tip() {
    let story = published().await;
    let old = tip(&story);
    force(&story, &format!("{old}~1"));
    let found = rewritten(&story).await.unwrap();
    assert_eq!(found.tips.old.to_string(), old);
    assert_eq!(found.tips.new.to_string(), tip(&story));
    let lost: Vec<&str> = found
        .lost
        .iter()
        .map(|lost| lost.transition.as_str())
        .collect();
    assert_eq!(
        (lost, found.ordinary, found.added),
        (vec!["activate"], 0, 0)
    );
    let name = format!("refs/rescue/{}", &old[..12]);
    assert_eq!(git(&story.bare(), &["rev-parse", &name]).trim(), old);
    let refusal = found.refusal();
    assert_eq!(refusal.code, "GIT-HIST-001");
    for part in ["1 approved commit is", &old[..10], &name] {
        assert!(refusal.to_string().contains(part), "{refusal}");
    }

    // What is said goes into the journal; nothing moves.
    let said = story.approve("ben@example.org", OTHER, "validate").await;
    assert!(matches!(said, Ok(Outcome::Recorded { .. })), "{said:?}");
    assert!(story.file(OTHER).contains("status: draft"));
    assert_eq!(edit(&story).await.unwrap_err().code, "GIT-HIST-001");
    assert_eq!(review::complete_all(&story.desk).await.unwrap(), 0);
    assert_eq!(tip(&story), found.tips.new.to_string());
    story.rebuild_is_equal().await;
}

#[tokio::test]
async fn restored_is_what_stood_before_and_what_was_approved_meanwhile_moves() {
    let story = published().await;
    let old = tip(&story);
    force(&story, &format!("{old}~1"));
    story.push("Eve <eve@example.net>", &[("notes/three.md", DRAFT)]);
    let theirs = tip(&story);
    let found = rewritten(&story).await.unwrap();
    assert_eq!(found.added, 1);
    story
        .approve("ben@example.org", OTHER, "validate")
        .await
        .unwrap();
    order(
        &story,
        "dee@example.org",
        HistoryChoice::Restore,
        &found,
        "A mirror overwrote it",
    )
    .await
    .unwrap();
    assert!(rewritten(&story).await.is_none());
    review::complete_all(&story.desk).await.unwrap();
    assert!(story.file(NOTE).contains("status: active"));
    assert!(story.file(OTHER).contains("status: validated"));
    git(
        &story.bare(),
        &["merge-base", "--is-ancestor", &old, "main"],
    );
    let kept = format!("refs/countersign/rescue/{theirs}");
    assert_eq!(git(&story.bare(), &["rev-parse", &kept]).trim(), theirs);
    story.is_proven();
    story.rebuild_is_equal().await;

    // The same push again is another rewriting, and asks again.
    force(&story, &theirs);
    let again = rewritten(&story).await.unwrap();
    assert!(!again.is_restoring);
    assert_eq!(again.lost.len(), 2);
    assert_eq!(tip(&story), theirs);
    story.rebuild_is_equal().await;
}

#[tokio::test]
async fn accepted_is_yesterdays_backup_and_lost_approvals_count_no_more() {
    let story = published().await;
    let old = tip(&story);
    force(&story, &format!("{old}~1"));
    let found = rewritten(&story).await.unwrap();
    story
        .approve("ben@example.org", OTHER, "validate")
        .await
        .unwrap();
    order(
        &story,
        "dee@example.org",
        HistoryChoice::Accept,
        &found,
        "The disk broke; this is the backup",
    )
    .await
    .unwrap();
    assert!(rewritten(&story).await.is_none());
    review::complete_all(&story.desk).await.unwrap();
    assert!(story.file(NOTE).contains("status: validated"));
    assert!(story.file(OTHER).contains("status: validated"));
    story.is_proven();
    story.rebuild_is_equal().await;
    let name = format!("refs/rescue/{}", &old[..12]);
    assert_eq!(git(&story.bare(), &["rev-parse", &name]).trim(), old);
    let report = review::verify(&open(&story), "refs/heads/main", None).unwrap();
    let told = report.to_string();
    for part in ["Dee Moss", "accepted", "lost 1 attested", "The disk broke"] {
        assert!(told.contains(part), "{told}");
    }

    // Approved anew it moves again.
    let said = story.approve("cy@example.org", NOTE, "activate").await;
    assert!(matches!(said, Ok(Outcome::Attested { .. })), "{said:?}");
    story.is_proven();
    story.rebuild_is_equal().await;
}

#[tokio::test]
async fn a_history_nobody_decided_about_is_not_proven() {
    let story = published().await;
    force(&story, "origin/main~1");
    rewritten(&story).await.unwrap();
    let report = review::verify(&open(&story), "refs/heads/main", None).unwrap();
    let codes: Vec<&str> = report.faults.iter().map(|fault| fault.code).collect();
    assert!(codes.contains(&"VRF-067"), "{report}");
}

#[tokio::test]
async fn those_whom_the_rewritten_branch_names_decide_nothing() {
    let mut story = published().await;
    // A history of its own: another key, and Eve as its administrator.
    let own = story.folder.path().join("own");
    git(story.folder.path(), &["init", "-q", "-b", "main", "own"]);
    commit_files(
        &own,
        "Eve Hall <eve@example.org>",
        "Begin",
        &[(NOTE, DRAFT)],
    );
    let policy = POLICY
        .replace("dee@example.org", "eve@example.org")
        .replace("Dee Moss", "Eve Hall");
    let adoption = Adoption {
        branch_ref: "refs/heads/main".to_owned(),
        policy: Some(policy),
        files: Vec::new(),
        by: Identity::new("Eve Hall", "eve@example.org"),
        at: 1_770_200_000,
    };
    let key = SigningKey::load_or_create(&story.folder.path().join("evil")).unwrap();
    review::adopt(&Repository::open(&own).unwrap(), &key, &adoption)
        .unwrap()
        .unwrap();
    let bare = story.bare();
    let target = bare.to_str().unwrap();
    git(&own, &["push", "-q", "--force", target, "main"]);
    for _ in 0..2 {
        let found = rewritten(&story).await.unwrap();
        for who in ["eve@example.org", "ben@example.org", "zoe@example.org"] {
            for choice in [HistoryChoice::Accept, HistoryChoice::Restore] {
                let refusal = order(&story, who, choice, &found, "Mine")
                    .await
                    .unwrap_err();
                assert_eq!(refusal.code, "GIT-HIST-003");
            }
        }
        story.start_without_index().await;
    }
    story.rebuild_is_equal().await;
    let found = rewritten(&story).await.unwrap();
    assert_eq!(found.lost.len(), 2);
    order(
        &story,
        "dee@example.org",
        HistoryChoice::Restore,
        &found,
        "Somebody took the branch",
    )
    .await
    .unwrap();
    assert!(story.file(NOTE).contains("status: active"));
    story.is_proven();
    story.rebuild_is_equal().await;
}

#[tokio::test]
async fn a_decision_counts_for_the_ends_that_were_read_and_has_a_reason() {
    let story = published().await;
    let choice = HistoryChoice::Accept;
    force(&story, "origin/main~1");
    let found = rewritten(&story).await.unwrap();
    let refusal = order(&story, "dee@example.org", choice, &found, " ")
        .await
        .unwrap_err();
    assert_eq!(refusal.code, "GIT-HIST-005");
    story.push("Eve <eve@example.net>", &[("notes/three.md", DRAFT)]);
    let refusal = order(&story, "dee@example.org", choice, &found, "Fine")
        .await
        .unwrap_err();
    assert_eq!(refusal.code, "GIT-HIST-002");
    let now = rewritten(&story).await.unwrap();
    assert_eq!(now.tips.old, found.tips.old);
    order(&story, "dee@example.org", choice, &now, "Fine")
        .await
        .unwrap();
    // The same form again is the same decision; another one has nothing to decide.
    order(&story, "dee@example.org", choice, &now, "Fine")
        .await
        .unwrap();
    let refusal = order(
        &story,
        "dee@example.org",
        HistoryChoice::Restore,
        &now,
        "Back",
    )
    .await
    .unwrap_err();
    assert_eq!(refusal.code, "GIT-HIST-004");
}

#[tokio::test]
async fn the_hold_outlives_the_index() {
    let mut story = published().await;
    let old = tip(&story);
    force(&story, "origin/main~2");
    assert!(rewritten(&story).await.is_some());
    git(
        &story.bare(),
        &["update-ref", "-d", &format!("refs/rescue/{}", &old[..12])],
    );
    story.start_without_index().await;
    let found = rewritten(&story).await.unwrap();
    assert_eq!((found.tips.old.to_string(), found.lost.len()), (old, 2));
    // Its ref is there again.
    git(&story.bare(), &["rev-parse", "--verify", &found.kept_as]);
    assert_eq!(edit(&story).await.unwrap_err().code, "GIT-HIST-001");
    story.rebuild_is_equal().await;
    order(
        &story,
        "dee@example.org",
        HistoryChoice::Accept,
        &found,
        "We start from there",
    )
    .await
    .unwrap();
    story.start_without_index().await;
    assert!(rewritten(&story).await.is_none());
    edit(&story).await.unwrap();
    assert!(story.file(NOTE).contains("status: draft"));
    story.is_proven();
    story.rebuild_is_equal().await;
}

#[tokio::test]
async fn a_dropped_draft_holds_too_and_a_push_that_puts_it_back_ends_it() {
    let story = published().await;
    story.push("Ana Roche <ana@example.org>", &[("notes/three.md", DRAFT)]);
    story.desk.sync().await.unwrap();
    let old = tip(&story);
    force(&story, "origin/main~1");
    let found = rewritten(&story).await.unwrap();
    assert_eq!((found.lost.len(), found.ordinary), (0, 1));
    let cause = found.refusal().cause;
    assert!(cause.contains("no approved commit is lost"), "{cause}");
    force(&story, &old);
    assert!(rewritten(&story).await.is_none());
    edit(&story).await.unwrap();
    story.is_proven();
    story.rebuild_is_equal().await;
}

#[tokio::test]
async fn a_branch_that_is_deleted_and_made_again_is_a_rewritten_one() {
    let story = published().await;
    let old = tip(&story);
    git(&story.bare(), &["update-ref", "-d", "refs/heads/main"]);
    assert!(rewritten(&story).await.is_none());
    let name = format!("refs/rescue/{}", &old[..12]);
    assert_eq!(git(&story.bare(), &["rev-parse", &name]).trim(), old);
    assert_eq!(
        story.item(NOTE).await.attested_status.as_deref(),
        Some("active")
    );
    let begun = format!("{old}~1");
    git(&story.bare(), &["update-ref", "refs/heads/main", &begun]);
    let found = rewritten(&story).await.unwrap();
    assert_eq!(found.tips.old.to_string(), old);
}

#[tokio::test]
async fn a_repository_that_nobody_adopted_may_be_rewritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    git(path, &["init", "-q", "--bare", "-b", "main", "repo.git"]);
    git(path, &["clone", "-q", "repo.git", "work"]);
    let work = path.join("work");
    let ana = "Ana Roche <ana@example.org>";
    commit_files(&work, ana, "One", &[(NOTE, DRAFT)]);
    commit_files(&work, ana, "Two", &[(OTHER, DRAFT)]);
    git(&work, &["push", "-q", "origin", "HEAD:main"]);
    let desk = common::desk(path).await;
    desk.sync().await.unwrap();
    git(&work, &["push", "-q", "-f", "origin", "HEAD~1:main"]);
    let synced = desk.sync().await.unwrap();
    assert!(synced.started_over.is_some());
    assert!(desk.rewritten().is_none());
    assert_eq!(
        git(&path.join("repo.git"), &["for-each-ref", "refs/rescue"]),
        ""
    );
}

#[tokio::test]
async fn a_restore_that_was_cut_short_is_completed_at_the_next_start_once() {
    let mut story = published().await;
    let old = tip(&story);
    force(&story, "origin/main~1");
    let found = rewritten(&story).await.unwrap();
    // Somebody else holds the ref's lock: the decision stands, and the branch stays where it is.
    let lock = story.bare().join("refs/heads/main.lock");
    std::fs::write(&lock, "").unwrap();
    order(
        &story,
        "dee@example.org",
        HistoryChoice::Restore,
        &found,
        "A mirror overwrote it",
    )
    .await
    .unwrap();
    let pending = rewritten(&story).await.unwrap();
    assert!(pending.is_restoring);
    let refusal = order(
        &story,
        "dee@example.org",
        HistoryChoice::Accept,
        &pending,
        "No",
    )
    .await
    .unwrap_err();
    assert_eq!(refusal.code, "GIT-HIST-004");
    std::fs::remove_file(&lock).unwrap();
    story.start_without_index().await;
    review::complete_all(&story.desk).await.unwrap();
    assert_eq!(tip(&story), old);
    assert!(rewritten(&story).await.is_none());
    let said = git(
        &story.bare(),
        &["log", "--format=%s", "refs/countersign/journal"],
    );
    assert_eq!(said.matches("restore-history").count(), 1);
    story.rebuild_is_equal().await;
}

#[tokio::test]
async fn a_release_waits_while_history_is_on_hold() {
    let story = published().await;
    story
        .decide("ben@example.org", OTHER, Act::Comment, None, "Soon")
        .await
        .unwrap();
    force(&story, "origin/main~1");
    rewritten(&story).await.unwrap();
    let landed = story.committer.release_due(1_990_000_000).await.unwrap();
    assert!(landed.is_empty());
}

#[tokio::test]
async fn a_mirror_that_takes_the_journal_along_ends_no_hold() {
    let story = published().await;
    let old = tip(&story);
    let journal = git(&story.bare(), &["rev-parse", "refs/countersign/journal"]);
    // All at once: the branch, the journal and what was rescued.
    git(&story.bare(), &["update-ref", "refs/heads/main", "main~1"]);
    git(
        &story.bare(),
        &["update-ref", "-d", "refs/countersign/journal"],
    );
    let found = rewritten(&story).await.unwrap();
    assert_eq!(found.tips.old.to_string(), old);
    let name = format!("refs/countersign/rescue/{}", journal.trim());
    assert_eq!(git(&story.bare(), &["rev-parse", &name]), journal);
    // And once more, while it is on hold.
    git(
        &story.bare(),
        &["update-ref", "-d", "refs/countersign/journal"],
    );
    let found = rewritten(&story).await.unwrap();
    assert_eq!(found.tips.old.to_string(), old);
    assert_eq!(edit(&story).await.unwrap_err().code, "GIT-HIST-001");
    story.rebuild_is_equal().await;
}
