//! Pictures and documents: they travel with the text that names them, and whoever approves the text approves their bytes.

use countersign::index;
use countersign::ledger::{Act, Attestation};
use countersign::repository::{Change, Keeps, NewCommit, RepoPath, Repository};
use countersign::review::{self, Outcome};

use crate::common::forge::make;
use crate::common::{DRAFT, POLICY, Story, git};

const NOTE: &str = "notes/one.md";
const MAP: &str = "media/map.gif";
const BRANCH: &str = "proposals/map";
const ANA: &str = "Ana Roche <ana@example.org>";
const BEN: &str = "ben@example.org";
const CY: &str = "cy@example.org";
/// A picture, as far as its first bytes tell.
const PICTURE: &str = "GIF89a\u{1}\0\u{1}\0one";

fn policy() -> String {
    let paths = "paths = [\"notes/*.md\"]\n";
    POLICY.replace(paths, &format!("{paths}attachments = [\"media/**\"]\n"))
}

fn other_picture() -> String {
    PICTURE.replace("one", "another")
}

fn with_picture(text: &str) -> String {
    text.replace(
        "A first paragraph.",
        "A first paragraph.\n\n![A map](../media/map.gif)",
    )
}

async fn with_active_note() -> Story {
    let active = DRAFT
        .replace("status: draft", "status: active")
        .replace("0.1.0", "1.0.0");
    Story::with_policy(&policy(), &[(NOTE, &active)]).await
}

/// A proposal of Ana's that shows a map in a published note.
async fn with_proposed_map() -> Story {
    let story = with_active_note().await;
    let revised = with_picture(&story.file(NOTE));
    let files = [(NOTE, revised.as_str()), (MAP, PICTURE)];
    story.propose(BRANCH, ANA, "Show a map", &files);
    story
}

/// Everybody who has to approves the proposed note; returns what the last of them was told.
async fn all_approve(story: &Story) -> Outcome {
    story
        .approve_proposed(BEN, BRANCH, NOTE, "revise")
        .await
        .unwrap();
    let last = story.approve_proposed(CY, BRANCH, NOTE, "revise").await;
    last.unwrap()
}

async fn blocking(story: &Story) -> Vec<String> {
    story.proposed(BRANCH, NOTE).await.blocking
}

#[tokio::test]
async fn a_picture_lands_with_the_text_that_names_it_in_one_commit() {
    let story = with_proposed_map().await;
    let item = story.proposed(BRANCH, NOTE).await;
    assert_eq!(item.attached.len(), 1);
    let landed = all_approve(&story).await;
    assert!(matches!(landed, Outcome::Attested { .. }), "{landed:?}");
    let changed = git(&story.bare(), &["show", "--format=", "--name-only", "main"]);
    assert_eq!(changed, "media/map.gif\nnotes/one.md\n");
    assert_eq!(story.file(MAP), PICTURE);
    let trailer = "--format=%(trailers:key=Attached,valueonly)";
    let said = git(&story.bare(), &["log", "-1", trailer, "main"]);
    let blob = git(&story.bare(), &["rev-parse", "main:media/map.gif"]);
    assert_eq!(said.trim(), format!("{} {MAP}", blob.trim()));
    story.rebuild_is_equal().await;
    story.is_proven();
    let clone = story.folder.path().join("auditor");
    git(story.folder.path(), &["clone", "-q", "repo.git", "auditor"]);
    git(
        &clone,
        &[
            "fetch",
            "-q",
            "origin",
            "refs/countersign/*:refs/countersign/*",
        ],
    );
    story.is_proven_there(&clone);
}

#[tokio::test]
async fn an_approval_is_void_once_another_picture_stands_under_the_name() {
    let story = with_proposed_map().await;
    let seen = story.proposed(BRANCH, NOTE).await;
    story
        .approve_proposed(BEN, BRANCH, NOTE, "revise")
        .await
        .unwrap();
    story.propose(BRANCH, ANA, "Another map", &[(MAP, &other_picture())]);
    let stale = story
        .decide_on(CY, &seen, Act::Approve, Some("revise"), "")
        .await;
    assert_eq!(stale.unwrap_err().code, "REV-STALE-001");
    let waits = story.approve_proposed(CY, BRANCH, NOTE, "revise").await;
    assert!(matches!(waits, Ok(Outcome::Recorded { .. })), "{waits:?}");
    let landed = story.approve_proposed(BEN, BRANCH, NOTE, "revise").await;
    assert!(matches!(landed, Ok(Outcome::Attested { .. })), "{landed:?}");
    assert_eq!(story.file(MAP), other_picture());
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn a_rebase_that_changes_neither_text_nor_picture_keeps_approvals() {
    let story = with_proposed_map().await;
    story
        .approve_proposed(BEN, BRANCH, NOTE, "revise")
        .await
        .unwrap();
    let work = story.work();
    story.push(ANA, &[("notes/other.md", DRAFT)]);
    git(&work, &["switch", "-q", BRANCH]);
    git(&work, &["rebase", "-q", "main"]);
    git(&work, &["push", "-q", "-f", "origin", BRANCH]);
    git(&work, &["switch", "-q", "main"]);
    let landed = story.approve_proposed(CY, BRANCH, NOTE, "revise").await;
    assert!(matches!(landed, Ok(Outcome::Attested { .. })), "{landed:?}");
    story.is_proven();
}

#[tokio::test]
async fn whoever_changed_the_picture_alone_is_an_author() {
    let story = with_proposed_map().await;
    let ben = "Ben Aster <ben@example.org>";
    story.propose(BRANCH, ben, "A better map", &[(MAP, &other_picture())]);
    let refused = story.approve_proposed(BEN, BRANCH, NOTE, "revise").await;
    assert_eq!(refused.unwrap_err().code, "REV-EYES-001");
    for address in ["dee@example.org", CY] {
        story
            .approve_proposed(address, BRANCH, NOTE, "revise")
            .await
            .unwrap();
    }
    let authors = "--format=%(trailers:key=Authored-by,valueonly)";
    let authors = git(&story.bare(), &["log", "-1", authors, "main"]);
    assert!(authors.contains("Ben Aster"), "{authors}");
    story.is_proven();
}

#[tokio::test]
async fn what_readers_have_is_never_replaced_under_its_name() {
    let story = with_active_note().await;
    story.push(ANA, &[(MAP, PICTURE)]);
    let revised = with_picture(&story.file(NOTE));
    let other = other_picture();
    let files = [(NOTE, revised.as_str()), (MAP, other.as_str())];
    story.propose(BRANCH, ANA, "Another map", &files);
    let found = blocking(&story).await;
    assert!(found[0].starts_with("FIL-003"), "{found:?}");
    for address in [BEN, CY] {
        let waits = story
            .approve_proposed(address, BRANCH, NOTE, "revise")
            .await;
        assert!(!matches!(waits, Ok(Outcome::Attested { .. })), "{waits:?}");
    }
    let revised = revised.replace("map.gif", "new-map.gif");
    let files = [
        (NOTE, revised.as_str()),
        ("media/new-map.gif", other.as_str()),
    ];
    story.propose(BRANCH, ANA, "Under its own name", &files);
    all_approve(&story).await;
    assert_eq!(story.file(MAP), PICTURE);
    assert_eq!(story.file("media/new-map.gif"), other);
    story.is_proven();
}

#[tokio::test]
async fn of_two_proposals_under_one_name_the_second_is_told() {
    let story = with_proposed_map().await;
    let second = "notes/two.md";
    let other = other_picture();
    let text = with_picture(DRAFT);
    let files = [(second, text.as_str()), (MAP, other.as_str())];
    story.propose("proposals/two", ANA, "Begin a note", &files);
    all_approve(&story).await;
    let item = story.proposed("proposals/two", second).await;
    assert!(
        item.blocking[0].starts_with("FIL-003"),
        "{:?}",
        item.blocking
    );
    story.rebuild_is_equal().await;
}

#[tokio::test]
async fn a_file_that_is_missing_or_not_what_its_name_says_holds_the_text_up() {
    let story = with_active_note().await;
    let revised = with_picture(&story.file(NOTE));
    story.propose(BRANCH, ANA, "Show a map", &[(NOTE, &revised)]);
    let found = blocking(&story).await;
    assert!(
        found[0].contains("there is no file media/map.gif"),
        "{found:?}"
    );
    let script = "<html><script>alert(1)</script></html>";
    story.propose(BRANCH, ANA, "No map", &[(MAP, script)]);
    let found = blocking(&story).await;
    assert!(found[0].starts_with("FIL-002"), "{found:?}");
    let work = story.work();
    git(&work, &["switch", "-q", BRANCH]);
    std::fs::remove_file(work.join(MAP)).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", work.join(MAP)).unwrap();
    story.propose(BRANCH, ANA, "A link", &[]);
    let found = blocking(&story).await;
    assert!(found[0].contains("links are never followed"), "{found:?}");
    story.propose(BRANCH, ANA, "A map", &[(NOTE, &revised)]);
    story.rebuild_is_equal().await;
}

#[tokio::test]
async fn a_picture_that_is_replaced_around_review_stops_its_text() {
    let draft = with_picture(DRAFT);
    let story = Story::with_policy(&policy(), &[(NOTE, &draft), (MAP, PICTURE)]).await;
    story.approve(BEN, NOTE, "validate").await.unwrap();
    assert_eq!(story.item(NOTE).await.blocking, [""; 0]);
    story.push(ANA, &[(MAP, &other_picture())]);
    let item = story.item(NOTE).await;
    assert!(
        item.blocking[0].starts_with("FIL-004"),
        "{:?}",
        item.blocking
    );
    let waits = story.approve(CY, NOTE, "activate").await;
    assert!(!matches!(waits, Ok(Outcome::Attested { .. })), "{waits:?}");
    story.rebuild_is_equal().await;
    story.push(ANA, &[(MAP, PICTURE)]);
    let landed = story.approve(CY, NOTE, "activate").await;
    assert!(matches!(landed, Ok(Outcome::Attested { .. })), "{landed:?}");
    story.is_proven();
    story.push(ANA, &[(MAP, &other_picture())]);
    story.desk.sync().await.unwrap();
    let repository = Repository::open(&story.bare()).unwrap();
    let report = review::verify(&repository, &story.desk.tip_ref, None).unwrap();
    let noted = format!("{report}");
    assert!(
        noted.contains("changed outside review: media/map.gif"),
        "{noted}"
    );
}

#[tokio::test]
async fn whoever_pushed_a_drafts_picture_is_an_author_of_the_draft() {
    let draft = with_picture(DRAFT);
    let story = Story::with_policy(&policy(), &[(NOTE, &draft)]).await;
    story.push("Ben Aster <ben@example.org>", &[(MAP, PICTURE)]);
    let refused = story.approve(BEN, NOTE, "validate").await;
    assert_eq!(refused.unwrap_err().code, "REV-EYES-001");
    story
        .approve("dee@example.org", NOTE, "validate")
        .await
        .unwrap();
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn a_deleted_index_knows_the_files_again() {
    let mut story = with_proposed_map().await;
    story
        .approve_proposed(BEN, BRANCH, NOTE, "revise")
        .await
        .unwrap();
    story.start_without_index().await;
    let landed = story.approve_proposed(CY, BRANCH, NOTE, "revise").await;
    assert!(matches!(landed, Ok(Outcome::Attested { .. })), "{landed:?}");
    story.is_proven();
}

#[tokio::test]
async fn a_forged_attestation_that_brings_other_files_is_found() {
    let story = with_proposed_map().await;
    all_approve(&story).await;
    let bare = story.bare();
    let repository = Repository::open(&bare).unwrap();
    let tip = git(&bare, &["rev-parse", "main"]).trim().parse().unwrap();
    let last = repository.commit(tip).unwrap();
    let made = Attestation::read(&last.message).unwrap().unwrap();
    let note = || {
        Change::Write(
            RepoPath::parse(NOTE).unwrap(),
            story.file(NOTE).into_bytes(),
        )
    };
    let write = |path: &str, text: &str| {
        Change::Write(RepoPath::parse(path).unwrap(), text.as_bytes().to_vec())
    };
    let codes = |message: String, changes: Vec<Change>| {
        let new = NewCommit {
            parent: last.parents.first().copied(),
            also: None,
            keeps: Keeps::ParentTree,
            changes,
            author: last.author.clone(),
            at: last.authored_at,
            message,
        };
        let forged = make(&repository, &story.desk.key, &new);
        git(
            &bare,
            &["update-ref", "refs/heads/forged", &forged.to_string()],
        );
        let report = review::verify(&repository, "refs/heads/forged", None).unwrap();
        let found = report.faults.iter();
        let found = found.filter(|fault| fault.commit == Some(forged));
        found.map(|fault| fault.code).collect::<Vec<_>>()
    };
    let as_made = codes(made.message(), vec![note(), write(MAP, PICTURE)]);
    assert!(
        !as_made.contains(&"VRF-042") && !as_made.contains(&"VRF-044"),
        "{as_made:?}"
    );
    let swapped = codes(made.message(), vec![note(), write(MAP, &other_picture())]);
    assert!(
        swapped.contains(&"VRF-042") && swapped.contains(&"VRF-044"),
        "{swapped:?}"
    );
    let silent = Attestation {
        attached: Vec::new(),
        ..made.clone()
    };
    let silent = codes(silent.message(), vec![note(), write(MAP, PICTURE)]);
    assert!(silent.contains(&"VRF-044"), "{silent:?}");
    let mut more = made.clone();
    let mut another = made.attached[0].clone();
    another.path = "media/another.gif".to_owned();
    more.attached.insert(0, another);
    let changes = vec![
        note(),
        write(MAP, PICTURE),
        write("media/another.gif", PICTURE),
    ];
    let more = codes(more.message(), changes);
    assert!(more.contains(&"VRF-044"), "{more:?}");
}

#[tokio::test]
async fn a_proposal_that_is_brought_up_to_date_keeps_its_picture_and_its_approvals() {
    let story = with_proposed_map().await;
    story
        .approve_proposed(BEN, BRANCH, NOTE, "revise")
        .await
        .unwrap();
    story.push(ANA, &[("notes/other.md", DRAFT)]);
    story.desk.sync().await.unwrap();
    let order = review::UpdateOrder {
        by: countersign::id::Identity::new("Ana Roche", "ana@example.org"),
        branch: BRANCH.to_owned(),
        settled: Vec::new(),
        at: 1_770_200_000,
    };
    story.committer.update(order).await.unwrap();
    let landed = story.approve_proposed(CY, BRANCH, NOTE, "revise").await;
    assert!(matches!(landed, Ok(Outcome::Attested { .. })), "{landed:?}");
    let state = index::proposal_at(story.desk.index.reader(), BRANCH).await;
    assert_eq!(state.unwrap().unwrap().state, "landed");
    story.is_proven();
}

/// One that cannot be written holds up nobody else.
#[tokio::test]
async fn a_file_whose_folder_is_a_file_holds_up_no_other_record() {
    let story = with_active_note().await;
    let revised = with_picture(&story.file(NOTE));
    let files = [(NOTE, revised.as_str()), (MAP, PICTURE)];
    story.propose(BRANCH, ANA, "Show a map", &files);
    let other = "notes/two.md";
    story.push(ANA, &[("media", "a file"), (other, DRAFT)]);
    let waits = all_approve(&story).await;
    assert!(matches!(waits, Outcome::Recorded { .. }), "{waits:?}");
    let lands = story.approve(BEN, other, "validate").await;
    assert!(matches!(lands, Ok(Outcome::Attested { .. })), "{lands:?}");
    assert_eq!(review::complete_all(&story.desk).await.unwrap(), 0);
    story.is_proven();
}

/// The published picture stays, and the proposal's own takes another name; no git is needed for it.
#[tokio::test]
async fn a_name_that_readers_got_meanwhile_is_left_to_them() {
    let story = with_proposed_map().await;
    let published = story.file(NOTE).replace("A first", "The first");
    let other = other_picture();
    story.push(ANA, &[(NOTE, &published), (MAP, &other)]);
    story.desk.sync().await.unwrap();
    let update = || review::UpdateOrder {
        by: countersign::id::Identity::new("Ana Roche", "ana@example.org"),
        branch: BRANCH.to_owned(),
        settled: Vec::new(),
        at: 1_770_200_000,
    };
    let refused = story.committer.update(update()).await.unwrap_err();
    assert_eq!(refused.code, "PRO-MERGE-005");
    let renamed = with_picture(DRAFT)
        .replace("status: draft", "status: active")
        .replace("0.1.0", "1.0.0")
        .replace("map.gif", "map-2.gif");
    let files = [(NOTE, renamed.as_str()), ("media/map-2.gif", PICTURE)];
    story.propose(BRANCH, ANA, "Under its own name", &files);
    story.committer.update(update()).await.unwrap();
    let at = |path: &str| git(&story.bare(), &["show", &format!("{BRANCH}:{path}")]);
    assert_eq!(
        (at(MAP), at("media/map-2.gif")),
        (other, PICTURE.to_owned())
    );
    assert!(at(NOTE).contains("The first") && at(NOTE).contains("map-2.gif"));
    story.rebuild_is_equal().await;
}
