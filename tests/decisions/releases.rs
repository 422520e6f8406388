//! Releases: what goes out together goes out whole or not at all, once, at its time, and only by those who may publish.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use countersign::id::{BlobId, CommitId, Identity};
use countersign::index::{self, ReleaseRow};
use countersign::ledger::{Act, JOURNAL_REF, Member, Plan};
use countersign::refusal::Refusal;
use countersign::repository::{Change, Keeps, NewCommit, RepoPath, SigningKey};
use countersign::review::{
    Committer, Decided, Desk, Item, Obstacle, Outcome, ReleaseAct, ReleaseOrder, Standing, queue,
};

use crate::common::forge::{assert_journal_fault, forge, make, parse, past};
use crate::common::{self, DRAFT, Story, git};

const ONE: &str = "notes/one.md";
const TWO: &str = "notes/two.md";
const BRANCH: &str = "proposals/claims";
const ANA: &str = "Ana Roche <ana@example.org>";
const BEN: &str = "ben@example.org";
const CY: &str = "cy@example.org";
const DEE: &str = "dee@example.org";
const NOW: i64 = 1_770_500_000;
const DAY: i64 = 86_400;

static OPERATIONS: AtomicU64 = AtomicU64::new(0);

/// One note is active, and a proposal revises it; another is validated.
async fn with_two() -> Story {
    let two = DRAFT.replace("One note", "Another note");
    let story = Story::with(&[(ONE, DRAFT), (TWO, &two)]).await;
    for (address, path, transition) in [
        (BEN, ONE, "validate"),
        (CY, ONE, "activate"),
        (BEN, TWO, "validate"),
    ] {
        story.approve(address, path, transition).await.unwrap();
    }
    git(&story.work(), &["pull", "-q", "--rebase", "origin", "main"]);
    let revised = with_claim(&story.file(ONE));
    story.propose(BRANCH, ANA, "Say that notes are cheap", &[(ONE, &revised)]);
    story
}

fn with_claim(text: &str) -> String {
    text.replace(
        "Notes are short.\n",
        "Notes are short.\n  - key: c2\n    text: Notes are cheap.\n",
    )
}

fn member(item: &Item) -> Member {
    Member {
        proposal: item.origin.as_ref().map(|origin| origin.branch.clone()),
        path: item.path.clone(),
        blob: item.proposed,
    }
}

fn plan(due: Option<i64>, items: &[&Item]) -> ReleaseAct {
    let members = items.iter().map(|item| member(item)).collect();
    ReleaseAct::Plan(Plan::new("Winter", "What we learned.", due, members))
}

async fn both(story: &Story, due: Option<i64>) -> ReleaseAct {
    let items = (story.proposed(BRANCH, ONE).await, story.item(TWO).await);
    plan(due, &[&items.0, &items.1])
}

async fn release(story: &Story) -> ReleaseRow {
    story.desk.sync().await.unwrap();
    let found = index::release_named(story.desk.index.reader(), "winter").await;
    found.unwrap().unwrap()
}

async fn order(story: &Story, address: &str, act: ReleaseAct) -> Result<Decided, Refusal> {
    order_at(story, address, act, NOW).await
}

async fn order_at(
    story: &Story,
    address: &str,
    act: ReleaseAct,
    at: i64,
) -> Result<Decided, Refusal> {
    story.desk.sync().await.unwrap();
    let known = index::release_named(story.desk.index.reader(), "winter").await;
    let seen = known
        .unwrap()
        .map(|release| release.manifest.parse().unwrap());
    order_seen(story, address, act, seen, at).await
}

async fn order_seen(
    story: &Story,
    address: &str,
    act: ReleaseAct,
    seen: Option<BlobId>,
    at: i64,
) -> Result<Decided, Refusal> {
    let operation = format!("rel{}", OPERATIONS.fetch_add(1, Ordering::Relaxed));
    story
        .committer
        .release(ReleaseOrder {
            by: Identity::new("", address),
            name: "winter".into(),
            act,
            seen,
            text: String::new(),
            operation,
            at,
        })
        .await
}

/// Approves everything that goes out, and shows that nothing of it goes out alone.
async fn approve_both(story: &Story) {
    for address in [BEN, CY] {
        let outcome = story.approve_proposed(address, BRANCH, ONE, "revise").await;
        assert!(
            matches!(outcome, Ok(Outcome::Recorded { .. })),
            "{outcome:?}"
        );
    }
    let outcome = story.approve(CY, TWO, "activate").await;
    assert!(
        matches!(outcome, Ok(Outcome::Recorded { .. })),
        "{outcome:?}"
    );
}

async fn is_untouched(story: &Story) {
    let one = story.item(ONE).await;
    let two = story.item(TWO).await;
    assert_eq!(one.attested_version.unwrap().to_string(), "1.0.0");
    assert_eq!(two.attested_status.as_deref(), Some("validated"));
}

async fn is_out(story: &Story) {
    let one = story.item(ONE).await;
    let two = story.item(TWO).await;
    assert_eq!(one.attested_version.unwrap().to_string(), "1.1.0");
    assert_eq!(two.attested_status.as_deref(), Some("active"));
    assert_eq!((one.held, two.held), (None, None));
    assert_eq!(release(story).await.state, "released");
    story.rebuild_is_equal().await;
    story.is_proven();
}

/// The same repository and the same key under a new process.
/// Returns the desk of a server that was killed before its index saw the end of the branch.
async fn killed(story: &Story) -> Arc<Desk> {
    let folder = story.folder.path();
    let index = index::Index::open(&folder.join("killed.sqlite"))
        .await
        .unwrap();
    let key = SigningKey::load_or_create(&folder.join("key")).unwrap();
    let desk = Desk::new("test", story.bare(), "refs/heads/main", index, key);
    Arc::new(desk)
}

async fn restarted(mut story: Story) -> Story {
    story.desk = common::desk(story.folder.path()).await;
    story.desk.sync().await.unwrap();
    story.committer = Committer::start(Arc::clone(&story.desk));
    story
}

#[tokio::test]
async fn what_is_planned_together_waits_for_each_other_and_goes_out_in_one_move_of_the_branch() {
    let story = with_two().await;
    let planned = both(&story, None).await;
    order(&story, CY, planned).await.unwrap();
    approve_both(&story).await;
    is_untouched(&story).await;
    let held = story.item(TWO).await.held.unwrap();
    assert_eq!(
        (held.title.as_str(), held.is_planned_text),
        ("Winter", true)
    );
    let rules = story.desk.index.rules();
    let policy = &rules.as_ref().as_ref().unwrap().as_ref().unwrap().policy;
    let place = queue::place(policy, &story.item(TWO).await, &policy.people["ben"]);
    assert_eq!(place.section, queue::Section::Others);

    let run = story.desk.dry_run("winter", NOW).await.unwrap().unwrap();
    assert!(run.is_ready(), "{:?}", run.members);
    let versions: Vec<String> = run
        .members
        .iter()
        .map(|member| member.version.as_ref().unwrap().to.to_string())
        .collect();
    assert_eq!(versions, ["1.0.0", "1.1.0"]);

    let before = git(&story.bare(), &["rev-parse", "main"]);
    let decided = order(&story, CY, ReleaseAct::Release).await.unwrap();
    let landed = decided.landing.unwrap().landed.unwrap();
    assert_eq!(landed.len(), 2);
    assert_eq!(git(&story.bare(), &["rev-parse", "main~2"]), before);
    let trailers = "--format=%(trailers:key=Release,valueonly,separator=)";
    let told = git(&story.bare(), &["log", "-2", trailers, "main"]);
    assert_eq!(told, "winter\nwinter\n");
    is_out(&story).await;
}

#[tokio::test]
async fn nothing_goes_out_while_one_text_is_not_ready_and_the_release_says_which() {
    let story = with_two().await;
    let planned = both(&story, None).await;
    order(&story, CY, planned).await.unwrap();
    story.approve(CY, TWO, "activate").await.unwrap();
    let refused = order(&story, CY, ReleaseAct::Release).await.unwrap_err();
    assert_eq!(refused.code, "REL-READY-001");
    assert!(
        refused.cause.contains(ONE) && !refused.cause.contains(TWO),
        "{refused}"
    );
    let run = story.desk.dry_run("winter", NOW).await.unwrap().unwrap();
    assert!(
        matches!(&run.members[1].obstacles[..], [Obstacle::Missing { needs, .. }] if needs.len() == 2),
        "{:?}",
        run.members[1].obstacles
    );
    story
        .decide(BEN, TWO, Act::RequestChanges, None, "Not yet.")
        .await
        .unwrap();
    let run = story.desk.dry_run("winter", NOW).await.unwrap().unwrap();
    assert!(
        run.members[0]
            .obstacles
            .contains(&Obstacle::Objection(vec!["ben".into()]))
    );
    is_untouched(&story).await;
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn a_schedule_survives_restarts_and_clock_jumps_and_goes_out_once() {
    let story = with_two().await;
    let planned = both(&story, Some(NOW + DAY)).await;
    order(&story, CY, planned).await.unwrap();
    approve_both(&story).await;
    assert_eq!(
        story.committer.release_due(NOW + DAY - 1).await.unwrap(),
        []
    );
    let mut story = restarted(story).await;
    is_untouched(&story).await;
    assert_eq!(
        index::next_due(story.desk.index.reader()).await.unwrap(),
        Some(NOW + DAY)
    );
    // Forward by a year: it goes out once.
    let landings = story.committer.release_due(NOW + 365 * DAY).await.unwrap();
    assert_eq!(landings.len(), 1);
    assert!(landings[0].landed.is_ok(), "{landings:?}");
    let head = git(
        &story.bare(),
        &["rev-parse", "main", "refs/countersign/journal"],
    );
    // Back to before it was due, and to its time again, over restarts.
    for now in [NOW, NOW + DAY, NOW + 365 * DAY] {
        assert_eq!(story.committer.release_due(now).await.unwrap(), []);
        story = restarted(story).await;
    }
    assert_eq!(
        git(
            &story.bare(),
            &["rev-parse", "main", "refs/countersign/journal"]
        ),
        head
    );
    is_out(&story).await;
}

#[tokio::test]
async fn a_schedule_that_cannot_be_kept_is_told_stays_open_and_waits_for_a_person() {
    let story = with_two().await;
    let planned = both(&story, Some(NOW + DAY)).await;
    order(&story, CY, planned).await.unwrap();
    approve_both(&story).await;
    let other = with_claim(&story.file(ONE)).replace("cheap", "free");
    story.propose(BRANCH, ANA, "Say it better", &[(ONE, &other)]);
    let landings = story.committer.release_due(NOW + DAY).await.unwrap();
    let refused = landings[0].landed.clone().unwrap_err();
    assert!(
        refused.cause.contains("changed since it was planned"),
        "{refused}"
    );
    is_untouched(&story).await;
    let failed = release(&story).await;
    assert_eq!(
        (failed.state.as_str(), failed.reason),
        ("failed", refused.cause)
    );
    // It was told once, and the clock leaves it alone from here on.
    assert_eq!(
        story.committer.release_due(NOW + 2 * DAY).await.unwrap(),
        []
    );
    let story = restarted(story).await;
    assert_eq!(
        story.committer.release_due(NOW + 2 * DAY).await.unwrap(),
        []
    );
    assert!(story.item(TWO).await.held.is_some());
    // Planned with the text that stands now, and approved anew, it goes out.
    let planned = both(&story, Some(NOW + 4 * DAY)).await;
    order_at(&story, CY, planned, NOW + 3 * DAY).await.unwrap();
    for address in [BEN, CY] {
        story
            .approve_proposed(address, BRANCH, ONE, "revise")
            .await
            .unwrap();
    }
    let landings = story.committer.release_due(NOW + 4 * DAY).await.unwrap();
    assert!(landings[0].landed.is_ok(), "{landings:?}");
    is_out(&story).await;
}

#[tokio::test]
async fn a_release_that_is_given_up_lets_its_texts_go() {
    let story = with_two().await;
    let planned = both(&story, None).await;
    order(&story, CY, planned).await.unwrap();
    approve_both(&story).await;
    order(&story, DEE, ReleaseAct::Cancel).await.unwrap();
    // What was complete lands with the next look, as if there had been no release.
    countersign::review::complete_all(&story.desk)
        .await
        .unwrap();
    assert_eq!(
        story.item(TWO).await.attested_status.as_deref(),
        Some("active")
    );
    assert_eq!(release(&story).await.state, "cancelled");
    for act in [ReleaseAct::Release, ReleaseAct::Cancel] {
        assert_eq!(
            order(&story, CY, act).await.unwrap_err().code,
            "REL-STATE-001"
        );
    }
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn a_plan_is_changed_by_another_and_nobody_releases_the_one_they_did_not_read() {
    let story = with_two().await;
    let planned = both(&story, Some(NOW + DAY)).await;
    order(&story, CY, planned).await.unwrap();
    let seen: BlobId = release(&story).await.manifest.parse().unwrap();
    let two = story.item(TWO).await;
    order(&story, DEE, plan(None, &[&two])).await.unwrap();
    let changed = release(&story).await;
    assert_eq!((changed.due, changed.members), (None, 1));
    assert!(story.proposed(BRANCH, ONE).await.held.is_none());
    for act in [ReleaseAct::Release, ReleaseAct::Cancel, plan(None, &[&two])] {
        let refused = order_seen(&story, CY, act, Some(seen), NOW).await;
        assert_eq!(refused.unwrap_err().code, "REL-STALE-001");
    }
    let refused = order_seen(&story, CY, plan(None, &[&two]), None, NOW).await;
    assert_eq!(refused.unwrap_err().code, "REL-NAME-002");
    // The first plan's time passes, and nothing happens.
    assert_eq!(story.committer.release_due(NOW + DAY).await.unwrap(), []);
    story.approve(CY, TWO, "activate").await.unwrap();
    order(&story, CY, ReleaseAct::Release).await.unwrap();
    assert_eq!(
        story.item(TWO).await.attested_status.as_deref(),
        Some("active")
    );
    assert_eq!(story.item(ONE).await.standing, Standing::Settled);
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn only_those_who_publish_plan_release_and_cancel() {
    let story = with_two().await;
    for nobody in [BEN, "ana@example.org", "eve@example.org"] {
        let planned = both(&story, None).await;
        let refused = order(&story, nobody, planned).await.unwrap_err();
        assert!(
            refused.code.starts_with("RE") && refused.code.contains("RIGHT"),
            "{refused}"
        );
    }
    let planned = both(&story, None).await;
    order(&story, CY, planned).await.unwrap();
    approve_both(&story).await;
    for act in [ReleaseAct::Release, ReleaseAct::Cancel] {
        let refused = order(&story, BEN, act).await.unwrap_err();
        assert_eq!(refused.code, "REL-RIGHT-001");
    }
    is_untouched(&story).await;
}

#[tokio::test]
async fn a_plan_holds_texts_as_they_stand_each_once_and_in_one_release() {
    let story = with_two().await;
    let (one, two) = (story.proposed(BRANCH, ONE).await, story.item(TWO).await);
    let refused = async |act: ReleaseAct| order(&story, CY, act).await.unwrap_err().code;
    assert_eq!(refused(plan(None, &[])).await, "REL-PLAN-002");
    assert_eq!(refused(plan(Some(NOW), &[&two])).await, "REL-DUE-001");
    let nameless = Plan::new(" ", "", None, vec![member(&two)]);
    assert_eq!(refused(ReleaseAct::Plan(nameless)).await, "REL-PLAN-001");
    let other = Item {
        proposed: one.proposed,
        attached: Vec::new(),
        ..two.clone()
    };
    assert_eq!(refused(plan(None, &[&other])).await, "REL-PLAN-003");
    let twin = story.item(ONE).await;
    assert_eq!(refused(plan(None, &[&one, &twin])).await, "REL-PLAN-005");
    let planned = plan(None, &[&one, &two]);
    order(&story, CY, planned).await.unwrap();
    let elsewhere = ReleaseOrder {
        by: Identity::new("", CY),
        name: "spring".into(),
        act: plan(None, &[&two]),
        seen: None,
        text: String::new(),
        operation: "spring".into(),
        at: NOW,
    };
    let refused = story.committer.release(elsewhere).await.unwrap_err();
    assert_eq!(refused.code, "REL-PLAN-004");
}

#[tokio::test]
async fn the_same_form_sent_twice_is_one_decision() {
    let story = with_two().await;
    let planned = both(&story, None).await;
    order(&story, CY, planned).await.unwrap();
    approve_both(&story).await;
    let order = ReleaseOrder {
        by: Identity::new("", CY),
        name: "winter".into(),
        act: ReleaseAct::Release,
        seen: Some(release(&story).await.manifest.parse().unwrap()),
        text: String::new(),
        operation: "twice".into(),
        at: NOW,
    };
    let (first, second) = tokio::join!(
        story.committer.release(order.clone()),
        story.committer.release(order)
    );
    assert_eq!(first.unwrap(), second.unwrap());
    is_out(&story).await;
}

/// A new note in a proposal is validated on its own, follows to the published branch, and reaches readers with the release alone.
#[tokio::test]
async fn a_new_record_of_a_proposal_is_followed_to_the_published_branch() {
    let story = Story::with(&[]).await;
    story.propose(BRANCH, ANA, "Begin a note", &[(ONE, DRAFT)]);
    let one = story.proposed(BRANCH, ONE).await;
    order(&story, CY, plan(None, &[&one])).await.unwrap();
    let run = story.desk.dry_run("winter", NOW).await.unwrap().unwrap();
    assert!(
        matches!(&run.members[0].obstacles[..], [Obstacle::Before { transition: Some(next), .. }] if next == "validate"),
        "{:?}",
        run.members[0].obstacles
    );
    let outcome = story.approve_proposed(BEN, BRANCH, ONE, "validate").await;
    assert!(
        matches!(outcome, Ok(Outcome::Attested { .. })),
        "{outcome:?}"
    );
    let outcome = story.approve(CY, ONE, "activate").await;
    assert!(
        matches!(outcome, Ok(Outcome::Recorded { .. })),
        "{outcome:?}"
    );
    order(&story, CY, ReleaseAct::Release).await.unwrap();
    assert_eq!(
        story.item(ONE).await.attested_status.as_deref(),
        Some("active")
    );
    story.rebuild_is_equal().await;
    story.is_proven();
}

/// Killed after the journal and before the branch: the next start completes what was let out, once.
#[tokio::test]
async fn a_release_that_was_let_out_and_not_landed_is_completed_at_the_next_start() {
    let story = with_two().await;
    let planned = both(&story, None).await;
    order(&story, CY, planned).await.unwrap();
    approve_both(&story).await;
    let before = git(&story.bare(), &["rev-parse", "main"]);
    order(&story, CY, ReleaseAct::Release).await.unwrap();
    let journal = git(&story.bare(), &["rev-parse", "refs/countersign/journal"]);
    let landed = git(&story.bare(), &["rev-parse", "main^{tree}"]);
    git(
        &story.bare(),
        &["update-ref", "refs/heads/main", before.trim()],
    );
    let mut story = story;
    story.desk = killed(&story).await;
    story.desk.sync().await.unwrap();
    assert_eq!(release(&story).await.state, "releasing");
    story.start_without_index().await;
    for _ in 0..2 {
        story = restarted(story).await;
        // Answered behind what the start has to finish.
        story.committer.release_due(0).await.unwrap();
    }
    assert_eq!(git(&story.bare(), &["rev-parse", "main^{tree}"]), landed);
    assert_eq!(git(&story.bare(), &["rev-parse", "main~2"]), before);
    assert_eq!(
        git(&story.bare(), &["rev-parse", "refs/countersign/journal"]),
        journal
    );
    is_out(&story).await;
}

/// Killed at the same place, and meanwhile somebody pushed: nothing of it lands, and the journal says why.
#[tokio::test]
async fn a_release_that_something_came_into_the_way_of_lands_nothing_and_says_so() {
    let story = with_two().await;
    let planned = both(&story, None).await;
    order(&story, CY, planned).await.unwrap();
    approve_both(&story).await;
    let before = git(&story.bare(), &["rev-parse", "main"]);
    order(&story, CY, ReleaseAct::Release).await.unwrap();
    git(
        &story.bare(),
        &["update-ref", "refs/heads/main", before.trim()],
    );
    let other = with_claim(&story.file(ONE)).replace("cheap", "free");
    story.propose(BRANCH, ANA, "Say it better", &[(ONE, &other)]);
    let mut story = story;
    story.desk = killed(&story).await;
    countersign::review::complete_all(&story.desk)
        .await
        .unwrap();
    is_untouched(&story).await;
    let failed = release(&story).await;
    assert_eq!(failed.state, "failed");
    assert!(failed.reason.contains(ONE), "{}", failed.reason);
    story.rebuild_is_equal().await;
    story.is_proven();
}

/// Each refers to the other, neither stands without it: together they go out.
#[tokio::test]
async fn texts_of_a_release_may_refer_to_each_other() {
    let policy = common::POLICY.replace(
        "version = \"version\"\n",
        "version = \"version\"\nreferences = [\"relations[].target\"]\n",
    );
    let story = Story::with_policy(&policy, &[(ONE, DRAFT)]).await;
    story.approve(BEN, ONE, "validate").await.unwrap();
    story.approve(CY, ONE, "activate").await.unwrap();
    git(&story.work(), &["pull", "-q", "--rebase", "origin", "main"]);
    let refers = |text: &str, target: &str| {
        text.replace(
            "claims:\n",
            &format!("relations:\n  - target: {target}\nclaims:\n"),
        )
    };
    let revised = refers(&story.file(ONE), "notes/two");
    let new = refers(&DRAFT.replace("One note", "Another note"), "notes/one");
    story.propose(BRANCH, ANA, "Name the other", &[(ONE, &revised)]);
    story.propose("proposals/two", ANA, "Begin another", &[(TWO, &new)]);
    let refused = story.approve_proposed(BEN, BRANCH, ONE, "revise").await;
    assert_eq!(refused.unwrap_err().code, "REV-FIND-001");
    let one = story.proposed(BRANCH, ONE).await;
    let two = story.proposed("proposals/two", TWO).await;
    order(&story, CY, plan(None, &[&one, &two])).await.unwrap();
    for address in [BEN, CY] {
        story
            .approve_proposed(address, BRANCH, ONE, "revise")
            .await
            .unwrap();
    }
    story
        .approve_proposed(BEN, "proposals/two", TWO, "validate")
        .await
        .unwrap();
    story.approve(CY, TWO, "activate").await.unwrap();
    order(&story, CY, ReleaseAct::Release).await.unwrap();
    for path in [ONE, TWO] {
        let item = story.item(path).await;
        assert_eq!(item.attested_status.as_deref(), Some("active"));
        assert_eq!(item.blocking, Vec::<String>::new());
    }
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn a_dry_run_names_references_to_what_goes_from_readers() {
    let policy = common::POLICY.replace(
        "version = \"version\"\n",
        "version = \"version\"\nreferences = [\"relations[].target\"]\n",
    );
    let two = DRAFT.replace("claims:\n", "relations:\n  - target: notes/one\nclaims:\n");
    let story = Story::with_policy(&policy, &[(ONE, DRAFT), (TWO, &two)]).await;
    story.approve(BEN, ONE, "validate").await.unwrap();
    story.approve(CY, ONE, "activate").await.unwrap();
    let one = story.item(ONE).await;
    order(&story, CY, plan(None, &[&one])).await.unwrap();
    let retired = story
        .decide(CY, ONE, Act::Approve, Some("retire"), "Obsolete.")
        .await;
    assert!(
        matches!(retired, Ok(Outcome::Recorded { .. })),
        "{retired:?}"
    );
    let before = git(&story.bare(), &["for-each-ref"]);
    let run = story.desk.dry_run("winter", NOW).await.unwrap().unwrap();
    assert_eq!(run.members[0].offer.as_ref().unwrap().name, "retire");
    let named: Vec<_> = run
        .referrers
        .iter()
        .map(|one| (one.record.0.as_str(), one.target.0.as_str()))
        .collect();
    assert_eq!(named, [("notes/two", "notes/one")]);
    assert_eq!(git(&story.bare(), &["for-each-ref"]), before);
}

#[tokio::test]
async fn a_planner_who_lost_the_right_meanwhile_releases_nothing() {
    let story = with_two().await;
    let planned = both(&story, Some(NOW + DAY)).await;
    order(&story, CY, planned).await.unwrap();
    approve_both(&story).await;
    let without = common::POLICY.replace("roles = [\"publisher\"]", "roles = [\"author\"]");
    story.push(ANA, &[("countersign.toml", &without)]);
    story.desk.sync().await.unwrap();
    let rules = story.desk.index.rules();
    let rules = rules.as_ref().as_ref().unwrap().as_ref().unwrap();
    let amendment = story.desk.amendment(rules).await.unwrap().unwrap();
    story
        .decide_on(DEE, &amendment.item, Act::Approve, Some("amend"), "")
        .await
        .unwrap();
    let landings = story.committer.release_due(NOW + DAY).await.unwrap();
    let refused = landings[0].landed.clone().unwrap_err();
    assert_eq!(refused.code, "REL-RIGHT-001");
    is_untouched(&story).await;
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn an_auditor_finds_a_release_that_nobody_let_out() {
    let story = past().await;
    let forged = forge(&story, |attestation, _| {
        attestation.release = Some("winter".to_owned());
    });
    assert_journal_fault(&story, "VRF-072", forged);
}

#[tokio::test]
async fn an_auditor_finds_a_release_that_did_not_go_out_whole() {
    let story = with_two().await;
    let planned = both(&story, None).await;
    order(&story, CY, planned).await.unwrap();
    approve_both(&story).await;
    order(&story, CY, ReleaseAct::Release).await.unwrap();
    git(&story.bare(), &["update-ref", "refs/heads/main", "main~1"]);
    let half = git(&story.bare(), &["rev-parse", "main"]);
    assert_journal_fault(&story, "VRF-073", half.trim().parse().unwrap());
}

/// Makes the last entry of the journal again, as somebody would who holds the server's key.
fn forge_order(story: &Story, change: impl FnOnce(&mut NewCommit)) {
    let repository = common::open(story);
    let last = git(&story.bare(), &["rev-parse", JOURNAL_REF]);
    let last = repository.commit(parse(&last)).unwrap();
    let tree = git(&story.bare(), &["ls-tree", JOURNAL_REF]);
    let changes = tree.lines().map(|line| {
        let (facts, name) = line.split_once('\t').unwrap();
        let blob = facts.split(' ').nth(2).unwrap().parse().unwrap();
        Change::Place(RepoPath::parse(name).unwrap(), blob)
    });
    let mut forged = NewCommit {
        parent: last.parents.first().copied(),
        also: last.parents.get(1).copied(),
        keeps: Keeps::Nothing,
        changes: changes.collect(),
        author: last.author,
        at: last.authored_at,
        message: last.message,
    };
    change(&mut forged);
    let forged = make(&repository, &story.desk.key, &forged).to_string();
    git(&story.bare(), &["update-ref", JOURNAL_REF, &forged]);
}

/// The first attestation of the release that is out.
fn first_of_two(story: &Story) -> CommitId {
    parse(&git(&story.bare(), &["rev-parse", "main~1"]))
}

#[tokio::test]
async fn an_auditor_finds_a_release_let_out_by_somebody_who_might_not() {
    let story = with_two().await;
    let planned = both(&story, None).await;
    order(&story, CY, planned).await.unwrap();
    approve_both(&story).await;
    order(&story, CY, ReleaseAct::Release).await.unwrap();
    is_out(&story).await;
    forge_order(&story, |order| {
        order.author = Identity::new("Ben Aster", BEN);
    });
    assert_journal_fault(&story, "VRF-074", first_of_two(&story));
}

#[tokio::test]
async fn an_auditor_finds_a_clock_that_let_a_release_out_at_another_time() {
    type Forgery = fn(&mut NewCommit);
    let too_early: Forgery = |order| order.at = NOW + DAY - 1;
    let another_day: Forgery = |order| {
        let due = order.message.lines().find(|line| line.starts_with("Due: "));
        let due = due.unwrap().to_owned();
        order.message = order.message.replace(&due, "Due: 2026-01-01T00:00:00Z");
    };
    for forgery in [too_early, another_day] {
        let story = with_two().await;
        let planned = both(&story, Some(NOW + DAY)).await;
        order(&story, CY, planned).await.unwrap();
        approve_both(&story).await;
        let landings = story.committer.release_due(NOW + DAY).await.unwrap();
        assert!(landings[0].landed.is_ok(), "{landings:?}");
        is_out(&story).await;
        forge_order(&story, forgery);
        assert_journal_fault(&story, "VRF-074", first_of_two(&story));
    }
}

/// Two texts that bring different files under one name cannot both be what they show.
#[tokio::test]
async fn texts_that_bring_different_files_under_one_name_go_out_together_never() {
    let paths = "paths = [\"notes/*.md\"]\n";
    let policy = common::POLICY.replace(paths, &format!("{paths}attachments = [\"media/**\"]\n"));
    let active = DRAFT
        .replace("status: draft", "status: active")
        .replace("0.1.0", "1.0.0");
    let two = active.replace("One note", "Another note");
    let story = Story::with_policy(&policy, &[(ONE, &active), (TWO, &two)]).await;
    let (picture, other) = ("GIF89a\u{1}\0\u{1}\0one", "GIF89a\u{1}\0\u{1}\0two");
    for (branch, path, bytes) in [
        ("proposals/one", ONE, picture),
        ("proposals/two", TWO, other),
    ] {
        let text = story.file(path) + "\n![A map](/media/map.gif)\n";
        let files = [(path, text.as_str()), ("media/map.gif", bytes)];
        story.propose(branch, ANA, "Show a map", &files);
    }
    let one = story.proposed("proposals/one", ONE).await;
    let two = story.proposed("proposals/two", TWO).await;
    order(&story, CY, plan(None, &[&one, &two])).await.unwrap();
    for (branch, path) in [("proposals/one", ONE), ("proposals/two", TWO)] {
        for address in [BEN, CY] {
            let said = story
                .approve_proposed(address, branch, path, "revise")
                .await;
            assert!(matches!(said, Ok(Outcome::Recorded { .. })), "{said:?}");
        }
    }
    let refused = order(&story, CY, ReleaseAct::Release).await.unwrap_err();
    assert!(
        refused.cause.contains("takes up the same file"),
        "{refused}"
    );
    order(&story, CY, plan(None, &[&one])).await.unwrap();
    order(&story, CY, ReleaseAct::Release).await.unwrap();
    assert_eq!(story.file("media/map.gif"), picture);
    story.is_proven();
}

/// One that cannot be written fails, and holds up nothing else.
#[tokio::test]
async fn a_release_whose_place_is_taken_by_a_file_fails_and_holds_up_no_other() {
    let paths = "paths = [\"notes/*.md\"]\n";
    let policy = common::POLICY.replace(paths, &format!("{paths}attachments = [\"media/**\"]\n"));
    let active = DRAFT
        .replace("status: draft", "status: active")
        .replace("0.1.0", "1.0.0");
    let story = Story::with_policy(&policy, &[(ONE, &active), (TWO, DRAFT)]).await;
    let text = story.file(ONE) + "\n![A map](/media/map.gif)\n";
    let files = [
        (ONE, text.as_str()),
        ("media/map.gif", "GIF89a\u{1}\0\u{1}\0one"),
    ];
    story.propose(BRANCH, ANA, "Show a map", &files);
    story.push(ANA, &[("media", "a file")]);
    let one = story.proposed(BRANCH, ONE).await;
    order(&story, CY, plan(None, &[&one])).await.unwrap();
    for address in [BEN, CY] {
        story
            .approve_proposed(address, BRANCH, ONE, "revise")
            .await
            .unwrap();
    }
    let released = order(&story, CY, ReleaseAct::Release).await;
    assert_eq!(release(&story).await.state, "failed", "{released:?}");
    let lands = story.approve(BEN, TWO, "validate").await;
    assert!(matches!(lands, Ok(Outcome::Attested { .. })), "{lands:?}");
    story.is_proven();
    story.rebuild_is_equal().await;
}
