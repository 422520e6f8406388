//! Proposals brought up to date: what was published meanwhile is merged by field, and nobody's words are lost.

use countersign::id::Identity;
use countersign::record::Scalar;
use countersign::record::merge::Choice;
use countersign::refusal::Refusal;
use countersign::review::{self, Clash, Outcome, Settled, UpdateOrder, Whole};

use crate::common::{DRAFT, Story, git};

const NOTE: &str = "notes/one.md";
const OTHER: &str = "notes/two.md";
const MINE: &str = "proposals/mine";
const THEIRS: &str = "proposals/theirs";
const ANA: &str = "Ana Roche <ana@example.org>";
const DAY: i64 = 1_800_000_000;

async fn two_active_notes() -> Story {
    let second = DRAFT.replace("One note", "Two notes");
    let story = Story::with(&[(NOTE, DRAFT), (OTHER, &second)]).await;
    for note in [NOTE, OTHER] {
        story
            .approve("ben@example.org", note, "validate")
            .await
            .unwrap();
        story
            .approve("cy@example.org", note, "activate")
            .await
            .unwrap();
    }
    story
}

async fn land(story: &Story, branch: &str, path: &str) {
    for address in ["ben@example.org", "cy@example.org"] {
        story
            .approve_proposed(address, branch, path, "revise")
            .await
            .unwrap();
    }
}

async fn update(story: &Story, by: &str, settled: Vec<Settled>) -> Result<Outcome, Refusal> {
    story.desk.sync().await.unwrap();
    let order = UpdateOrder {
        by: Identity::new("", by),
        branch: MINE.to_owned(),
        settled,
        at: DAY,
    };
    story.committer.update(order).await
}

async fn clashes(story: &Story) -> Vec<Clash> {
    story.desk.sync().await.unwrap();
    review::clashes(&story.desk, MINE).await.unwrap().unwrap()
}

fn claim(text: &str) -> String {
    let claims = "Notes are short.\n  - key: c2\n    text: Notes are cheap.\n";
    text.replace("Notes are short.\n", claims)
}

fn defined(text: &str, definition: &str) -> String {
    text.replace("A note is a short text.", definition)
}

#[tokio::test]
async fn edits_of_different_fields_come_together_without_a_question() {
    let story = two_active_notes().await;
    let note = story.file(NOTE);
    story.propose(
        MINE,
        ANA,
        "Say that notes are cheap",
        &[(NOTE, &claim(&note)), (OTHER, &claim(&story.file(OTHER)))],
    );
    let before = story.proposed(MINE, OTHER).await;
    story
        .approve_proposed("ben@example.org", MINE, OTHER, "revise")
        .await
        .unwrap();
    let defined = defined(&note, "A note is a text of one page.");
    story.propose(THEIRS, ANA, "Define notes anew", &[(NOTE, &defined)]);
    land(&story, THEIRS, NOTE).await;

    assert!(story.proposed(MINE, NOTE).await.blocking[0].contains("PRO-OLD-001"));
    assert_eq!(clashes(&story).await, []);
    update(&story, "ana@example.org", Vec::new()).await.unwrap();

    let item = story.proposed(MINE, NOTE).await;
    assert_eq!(item.blocking, Vec::<String>::new());
    let merged = git(&story.bare(), &["show", &format!("{MINE}:{NOTE}")]);
    assert_eq!(merged, claim(&story.file(NOTE)));
    // The other record's bytes are the same, so its approval stands.
    let other = story.proposed(MINE, OTHER).await;
    assert_eq!(other.proposed, before.proposed);
    story
        .approve_proposed("cy@example.org", MINE, OTHER, "revise")
        .await
        .unwrap();
    assert_eq!(story.file(OTHER).matches("Notes are cheap").count(), 1);
    land(&story, MINE, NOTE).await;
    assert!(story.file(NOTE).contains("A note is a text of one page."));
    assert!(story.file(NOTE).contains("Notes are cheap."));
    let refused = update(&story, "ana@example.org", Vec::new()).await;
    assert!(refused.is_ok() || refused.unwrap_err().code == "PRO-MERGE-004");
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn a_field_that_both_sides_changed_waits_for_a_choice_about_these_very_texts() {
    let story = two_active_notes().await;
    let note = story.file(NOTE);
    story.propose(
        MINE,
        ANA,
        "Mine",
        &[(NOTE, &claim(&defined(&note, "A note is mine.")))],
    );
    story.propose(
        THEIRS,
        ANA,
        "Theirs",
        &[(NOTE, &defined(&note, "A note is theirs."))],
    );
    land(&story, THEIRS, NOTE).await;

    let refused = update(&story, "ana@example.org", Vec::new()).await;
    assert_eq!(refused.unwrap_err().code, "PRO-MERGE-001");
    let clash = clashes(&story).await.remove(0);
    assert_eq!(clash.conflicts.len(), 1, "{clash:?}");
    assert_eq!(clash.conflicts[0].path.to_string(), "definition");
    let settled = |choice| Settled {
        path: clash.path.clone(),
        standing: clash.standing,
        yours: clash.yours,
        choices: vec![choice],
    };
    let stale = Settled {
        yours: clash.standing,
        ..settled(Choice::Yours)
    };
    let refused = update(&story, "ana@example.org", vec![stale]).await;
    assert_eq!(refused.unwrap_err().code, "PRO-MERGE-001");

    let both = Choice::New(Scalar::text("A note is ours."));
    update(&story, "ana@example.org", vec![settled(both)])
        .await
        .unwrap();
    let merged = git(&story.bare(), &["show", &format!("{MINE}:{NOTE}")]);
    assert!(
        merged.contains("definition: A note is ours.") && merged.contains("Notes are cheap."),
        "{merged}"
    );
    land(&story, MINE, NOTE).await;
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn a_rename_on_one_side_and_an_edit_on_the_other_are_both_kept() {
    let story = two_active_notes().await;
    let note = story.file(NOTE);
    let work = story.work();
    git(&work, &["pull", "-q", "--rebase", "origin", "main"]);
    git(&work, &["switch", "-q", "-c", MINE, "origin/main"]);
    git(&work, &["mv", NOTE, "notes/first.md"]);
    git(&work, &["commit", "-q", "-m", "Rename", "--author", ANA]);
    git(&work, &["push", "-q", "origin", MINE]);
    git(&work, &["switch", "-q", "main"]);
    story.propose(THEIRS, ANA, "Theirs", &[(NOTE, &claim(&note))]);
    land(&story, THEIRS, NOTE).await;

    update(&story, "ana@example.org", Vec::new()).await.unwrap();
    let merged = git(&story.bare(), &["show", &format!("{MINE}:notes/first.md")]);
    assert!(merged.contains("Notes are cheap."), "{merged}");
    let gone = git(&story.bare(), &["ls-tree", MINE, "--", NOTE]);
    assert_eq!(gone, "");
}

#[tokio::test]
async fn removing_what_somebody_changed_waits_for_a_choice() {
    let story = two_active_notes().await;
    let note = story.file(NOTE);
    let work = story.work();
    git(&work, &["pull", "-q", "--rebase", "origin", "main"]);
    git(&work, &["switch", "-q", "-c", MINE, "origin/main"]);
    git(&work, &["rm", "-q", NOTE]);
    git(&work, &["commit", "-q", "-m", "Remove", "--author", ANA]);
    git(&work, &["push", "-q", "origin", MINE]);
    git(&work, &["switch", "-q", "main"]);
    story.propose(THEIRS, ANA, "Theirs", &[(NOTE, &claim(&note))]);
    land(&story, THEIRS, NOTE).await;

    let clash = clashes(&story).await.remove(0);
    assert_eq!((&clash.whole, clash.count()), (&Some(Whole::Removed), 1));
    let keep = Settled {
        path: clash.path.clone(),
        standing: clash.standing,
        yours: clash.yours,
        choices: vec![Choice::Standing],
    };
    update(&story, "ana@example.org", vec![keep]).await.unwrap();
    let kept = git(&story.bare(), &["show", &format!("{MINE}:{NOTE}")]);
    assert_eq!(kept, story.file(NOTE));
}

#[tokio::test]
async fn a_stranger_brings_nothing_up_to_date() {
    let story = two_active_notes().await;
    let note = story.file(NOTE);
    story.propose(MINE, ANA, "Mine", &[(NOTE, &claim(&note))]);
    story.propose(
        THEIRS,
        ANA,
        "Theirs",
        &[(NOTE, &defined(&note, "A note is theirs."))],
    );
    land(&story, THEIRS, NOTE).await;
    let head = git(&story.bare(), &["rev-parse", MINE]);
    let refused = update(&story, "eve@example.org", Vec::new()).await;
    assert_eq!(refused.unwrap_err().code, "REV-RIGHT-003");
    assert_eq!(git(&story.bare(), &["rev-parse", MINE]), head);
}
