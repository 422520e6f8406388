//! Proposals: a branch is read, approved record by record, and lands on what is published now.

use countersign::index;
use countersign::ledger::Act;
use countersign::review::{Outcome, Standing};

use crate::common::{DRAFT, Story, git};

const NOTE: &str = "notes/one.md";
const BRANCH: &str = "proposals/claims";
const ANA: &str = "Ana Roche <ana@example.org>";

async fn with_active_note() -> Story {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    for (address, transition) in [
        ("ben@example.org", "validate"),
        ("cy@example.org", "activate"),
    ] {
        story.approve(address, NOTE, transition).await.unwrap();
    }
    git(&story.work(), &["pull", "-q", "--rebase", "origin", "main"]);
    story
}

fn with_claim(text: &str) -> String {
    text.replace(
        "Notes are short.\n",
        "Notes are short.\n  - key: c2\n    text: Notes are cheap.\n",
    )
}

#[tokio::test]
async fn a_pushed_branch_revises_an_active_record_and_lands_as_one_commit_by_its_author() {
    let story = with_active_note().await;
    let revised = with_claim(&story.file(NOTE));
    story.propose(
        BRANCH,
        ANA,
        "Say that notes are cheap\n\nThey are.",
        &[(NOTE, &revised)],
    );
    let item = story.proposed(BRANCH, NOTE).await;
    assert_eq!(item.standing, Standing::Proposed);
    assert_eq!(story.item(NOTE).await.standing, Standing::Settled);
    let proposal = index::proposal_at(story.desk.index.reader(), BRANCH)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (
            proposal.title.as_str(),
            proposal.description.as_str(),
            proposal.state.as_str()
        ),
        ("Say that notes are cheap", "They are.", "open")
    );
    for own in ["ana@example.org", "ana@home.example"] {
        let refused = story
            .approve_proposed(own, BRANCH, NOTE, "revise")
            .await
            .unwrap_err();
        assert_eq!(refused.code, "REV-EYES-001");
    }
    let before = git(&story.bare(), &["rev-parse", "main"]);
    story
        .approve_proposed("ben@example.org", BRANCH, NOTE, "revise")
        .await
        .unwrap();
    let landed = story
        .approve_proposed("cy@example.org", BRANCH, NOTE, "revise")
        .await
        .unwrap();
    assert!(
        matches!(landed, Outcome::Attested { ref version, .. } if version.as_deref() == Some("1.1.0")),
        "{landed:?}"
    );
    assert_eq!(git(&story.bare(), &["rev-parse", "main~1"]), before);
    assert_eq!(
        story.file(NOTE),
        revised.replace("version: 1.0.0", "version: 1.1.0")
    );
    assert_eq!(
        git(&story.bare(), &["log", "-1", "--format=%an", "main"]),
        "Ana Roche\n"
    );
    let proposal = index::proposal_at(story.desk.index.reader(), BRANCH)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(proposal.state, "landed");
    assert_eq!(story.item(NOTE).await.standing, Standing::Settled);
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn a_new_record_of_a_proposal_is_validated_and_its_author_stays_its_author() {
    let story = Story::with(&[]).await;
    story.propose(BRANCH, ANA, "Begin a note", &[(NOTE, DRAFT)]);
    let refused = story
        .approve_proposed("ana@example.org", BRANCH, NOTE, "validate")
        .await;
    assert_eq!(refused.unwrap_err().code, "REV-EYES-001");
    story
        .approve_proposed("ben@example.org", BRANCH, NOTE, "validate")
        .await
        .unwrap();
    let item = story.item(NOTE).await;
    assert_eq!(item.attested_status.as_deref(), Some("validated"));
    assert_eq!(item.authors.len(), 1, "{:?}", item.authors);
    assert_eq!(item.authors[0].identity.address, "ana@example.org");
    story
        .approve("cy@example.org", NOTE, "activate")
        .await
        .unwrap();
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn a_rebase_that_changes_neither_text_keeps_an_approval_and_another_text_voids_it() {
    let story = with_active_note().await;
    let other = DRAFT.replace("One note", "Another note");
    let revised = with_claim(&story.file(NOTE));
    story.propose(BRANCH, ANA, "Say that notes are cheap", &[(NOTE, &revised)]);
    story
        .approve_proposed("ben@example.org", BRANCH, NOTE, "revise")
        .await
        .unwrap();
    story.push(ANA, &[("notes/two.md", &other)]);
    git(&story.work(), &["fetch", "-q", "origin"]);
    git(&story.work(), &["rebase", "-q", "origin/main", BRANCH]);
    git(&story.work(), &["push", "-q", "-f", "origin", BRANCH]);
    git(&story.work(), &["switch", "-q", "main"]);
    story.rebuild_is_equal().await;
    let item = story.proposed(BRANCH, NOTE).await;
    assert_eq!(item.decisions.len(), 1);
    story.propose(
        BRANCH,
        ANA,
        "Say it better",
        &[(NOTE, &revised.replace("cheap", "free"))],
    );
    story
        .approve_proposed("cy@example.org", BRANCH, NOTE, "revise")
        .await
        .unwrap();
    assert_eq!(
        story.item(NOTE).await.attested_version.unwrap().to_string(),
        "1.0.0"
    );
    story
        .approve_proposed("ben@example.org", BRANCH, NOTE, "revise")
        .await
        .unwrap();
    assert_eq!(
        story.item(NOTE).await.attested_version.unwrap().to_string(),
        "1.1.0"
    );
    story.rebuild_is_equal().await;
    story.is_proven();
}

/// FAULTS 4.6: two proposals on one record; the second must be brought up to date before anybody can land it.
#[tokio::test]
async fn of_two_proposals_on_one_record_the_second_never_overwrites_the_first() {
    let story = with_active_note().await;
    let standing = story.file(NOTE);
    story.propose(
        "proposals/one",
        ANA,
        "Add a claim",
        &[(NOTE, &with_claim(&standing))],
    );
    let longer = standing.replace("A first paragraph.", "A first paragraph, and more.");
    story.propose("proposals/two", ANA, "Say more", &[(NOTE, &longer)]);
    story
        .approve_proposed("ben@example.org", "proposals/two", NOTE, "revise")
        .await
        .unwrap();
    for address in ["ben@example.org", "cy@example.org"] {
        story
            .approve_proposed(address, "proposals/one", NOTE, "revise")
            .await
            .unwrap();
    }
    let refused = story
        .approve_proposed("cy@example.org", "proposals/two", NOTE, "revise")
        .await;
    assert_eq!(refused.unwrap_err().code, "REV-FIND-001");
    assert!(story.file(NOTE).contains("Notes are cheap"));
    assert!(!story.file(NOTE).contains("and more"));
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn a_renamed_record_keeps_its_id_and_its_approvals_when_it_lands() {
    let story = with_active_note().await;
    let id = story.item(NOTE).await.record;
    let work = story.work();
    git(&work, &["switch", "-q", "-c", BRANCH]);
    git(&work, &["mv", NOTE, "notes/uno.md"]);
    git(
        &work,
        &[
            "-c",
            "user.name=Ana Roche",
            "-c",
            "user.email=ana@example.org",
            "commit",
            "-q",
            "-m",
            "Rename it",
        ],
    );
    let revised = with_claim(&story.file(NOTE));
    git(&work, &["push", "-q", "origin", BRANCH]);
    story.propose(
        BRANCH,
        ANA,
        "Say that notes are cheap",
        &[("notes/uno.md", &revised)],
    );
    let item = story.proposed(BRANCH, "notes/uno.md").await;
    assert_eq!(item.record, id);
    for address in ["ben@example.org", "cy@example.org"] {
        story
            .approve_proposed(address, BRANCH, "notes/uno.md", "revise")
            .await
            .unwrap();
    }
    let landed = story.item("notes/uno.md").await;
    assert_eq!((landed.record, landed.standing), (id, Standing::Settled));
    assert_eq!(
        git(
            &story.bare(),
            &["ls-tree", "-r", "--name-only", "main", "notes"]
        ),
        "notes/uno.md\n"
    );
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn a_proposal_follows_its_branch_to_the_end() {
    let story = with_active_note().await;
    let revised = with_claim(&story.file(NOTE));
    story.propose(BRANCH, ANA, "Say that notes are cheap", &[(NOTE, &revised)]);
    story
        .approve_proposed("ben@example.org", BRANCH, NOTE, "revise")
        .await
        .unwrap();
    git(
        &story.work(),
        &[
            "push",
            "-q",
            "origin",
            &format!("{BRANCH}:proposals/renamed"),
            &format!(":{BRANCH}"),
        ],
    );
    let renamed = story.proposed("proposals/renamed", NOTE).await;
    assert_eq!(
        renamed.decisions.len(),
        1,
        "an approval is bound to bytes, not to a name"
    );
    assert!(
        index::proposal_at(story.desk.index.reader(), BRANCH)
            .await
            .unwrap()
            .is_none()
    );
    story.rebuild_is_equal().await;
    git(
        &story.work(),
        &["push", "-q", "origin", ":proposals/renamed"],
    );
    story.desk.sync().await.unwrap();
    assert!(
        index::open_branches(story.desk.index.reader(), 10)
            .await
            .unwrap()
            .is_empty()
    );
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn a_proposal_is_closed_reopened_and_renamed_by_word_alone() {
    let story = with_active_note().await;
    let revised = with_claim(&story.file(NOTE));
    story.propose(BRANCH, ANA, "Say that notes are cheap", &[(NOTE, &revised)]);
    story.desk.sync().await.unwrap();
    let state = async |story: &Story| {
        let proposal = index::proposal_at(story.desk.index.reader(), BRANCH)
            .await
            .unwrap()
            .unwrap();
        (proposal.title, proposal.state)
    };
    for (act, text, wanted) in [
        (
            Act::Describe,
            "Notes cost nothing\n\nThey never did.",
            ("Notes cost nothing", "open"),
        ),
        (Act::Close, "", ("Notes cost nothing", "closed")),
        (Act::Reopen, "", ("Notes cost nothing", "open")),
    ] {
        let (whole, _) = story.desk.whole_proposal(BRANCH).await.unwrap().unwrap();
        story
            .decide_on("ben@example.org", &whole, act, None, text)
            .await
            .unwrap();
        let (title, now) = state(&story).await;
        assert_eq!((title.as_str(), now.as_str()), wanted);
    }
    story.rebuild_is_equal().await;
    story.is_proven();
}
