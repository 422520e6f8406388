//! After publishing: an earlier version, a removed file and the end of a record go through review as any other change does.

use axum::http::StatusCode;
use countersign::id::{Identity, RecordId};
use countersign::index;
use countersign::ledger::{Act, Attestation};
use countersign::refusal::Refusal;
use countersign::repository::{Change, Keeps, NewCommit, RepoPath, Repository};
use countersign::review::{self, Outcome, Target};
use countersign::web::accounts::Scope;
use serde_json::json;

use crate::common::browser::{Browser, Page, Site};
use crate::common::forge::{MAIN, audit, make, tip};
use crate::common::{self, DRAFT, POLICY, Story, commit_files, git};

const NOTE: &str = "notes/one.md";
const OTHER: &str = "notes/two.md";
const ANA: &str = "Ana Roche <ana@example.org>";
const BEN: &str = "ben@example.org";
const CY: &str = "cy@example.org";

/// Notes that name each other, and a move that needs a successor.
fn policy() -> String {
    let policy = POLICY.replace(
        "version = \"version\"\n",
        "version = \"version\"\nreferences = [\"see\", \"superseded_by\"]\n",
    );
    let defaults = include_str!("../../src/policy/defaults.toml");
    let (_, workflow) = defaults.split_once("[workflows.editorial]").unwrap();
    let workflow = workflow.replace(
        "to = \"superseded\"\n",
        "to = \"superseded\"\nrequires = [\"superseded_by\"]\n",
    );
    let reader =
        "[people.eve]\nname = \"Eve Read\"\naddresses = [\"eve@example.org\"]\nroles = []\n";
    format!("{policy}\n{reader}\n[workflows.editorial]{workflow}")
}

/// Two active notes, of which the second names the first.
async fn two() -> Story {
    let second = DRAFT
        .replace("One note", "Two notes")
        .replace("claims:", "see: notes/one\nclaims:");
    let story = Story::with_policy(&policy(), &[(NOTE, DRAFT), (OTHER, &second)]).await;
    for note in [NOTE, OTHER] {
        story.approve(BEN, note, "validate").await.unwrap();
        story.approve(CY, note, "activate").await.unwrap();
    }
    story
}

/// Ana's revision of the first note, published as 2.0.0.
async fn revised(story: &Story) {
    let text = story.file(NOTE).replace("a short text", "any text");
    story.propose(
        "proposals/any",
        ANA,
        "Widen the definition",
        &[(NOTE, &text)],
    );
    land(story, "proposals/any", NOTE, "revise").await;
    assert!(story.file(NOTE).contains("version: 2.0.0"));
}

async fn land(story: &Story, branch: &str, path: &str, transition: &str) {
    for who in [BEN, CY] {
        story
            .approve_proposed(who, branch, path, transition)
            .await
            .unwrap();
    }
}

async fn remove(story: &Story, path: &str) {
    git(&story.work(), &["pull", "-q", "--rebase", "origin", "main"]);
    git(&story.work(), &["rm", "-q", path]);
    commit_files(&story.work(), ANA, "Remove it", &[]);
    git(&story.work(), &["push", "-q", "origin", "HEAD:main"]);
    story.desk.sync().await.unwrap();
}

async fn send(browser: &mut Browser, page: &Page, action: &str, fields: &[(&str, &str)]) -> Page {
    let mut form = page.form(action);
    for (name, value) in fields {
        form = form.with(name, value);
    }
    browser.send_form(&form).await
}

#[tokio::test]
async fn an_earlier_version_comes_back_as_a_proposal_and_lands_as_the_next_one() {
    let story = two().await;
    let first = story.file(NOTE);
    revised(&story).await;
    let site = Site::of(story).await;
    let mut ana = site.signed_in("ana@example.org").await;
    let version = ana.get("/test/versions/notes/one?at=1.0.0").await;
    assert!(version.has("Go back to this version"), "{}", version.html);
    let link = version.html.split("href=\"/test/again/").nth(1).unwrap();
    let link = format!("/test/again/{}", link.split('"').next().unwrap());
    let link = common::browser::unescaped(&link);
    let page = ana.get(&link).await;
    assert!(
        page.has("Go back to version 1.0.0 of One note"),
        "{}",
        page.html
    );
    assert!(
        page.has("any") && page.has("short"),
        "the change is shown: {}",
        page.html
    );

    let action = "/test/again/notes/one";
    let answer = send(&mut ana, &page, action, &[("reason", "It was too wide.")]).await;
    assert_eq!(
        answer.location().split('?').next().unwrap(),
        "/test/proposals/proposals/revert-one-note",
        "{}",
        answer.html
    );
    let proposal = ana.get(answer.location()).await;
    assert!(
        proposal.has("Revert One note to 1.0.0") && proposal.has("It was too wide."),
        "{}",
        proposal.html
    );

    let refused = site
        .story
        .approve_proposed(
            "ana@example.org",
            "proposals/revert-one-note",
            NOTE,
            "revise",
        )
        .await;
    assert_eq!(refused.unwrap_err().code, "REV-EYES-001");
    land(&site.story, "proposals/revert-one-note", NOTE, "revise").await;
    assert_eq!(
        site.story.file(NOTE),
        first.replace("version: 1.0.0", "version: 3.0.0"),
        "the words of then under the version that follows"
    );
    let again = ana.get(&link).await;
    assert!(again.has("REV-AGAIN-001"), "{}", again.html);
    site.story.rebuild_is_equal().await;
    site.story.is_proven();
}

#[tokio::test]
async fn a_removed_record_is_brought_back_and_keeps_its_version() {
    let story = two().await;
    revised(&story).await;
    let before = story.file(NOTE);
    remove(&story, NOTE).await;
    let site = Site::of(story).await;
    let mut ana = site.signed_in("ana@example.org").await;
    let queue = ana.get("/test/queue").await;
    assert!(
        queue.has("notes/one.md was removed; version 2.0.0 still counts"),
        "{}",
        queue.html
    );
    let link = queue.html.split("href=\"/test/again/").nth(1).unwrap();
    let link = format!("/test/again/{}", link.split('"').next().unwrap());
    let page = ana.get(&common::browser::unescaped(&link)).await;
    assert!(page.has("Bring back One note"), "{}", page.html);
    let answer = send(&mut ana, &page, "/test/again/notes/one", &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);

    let branch = "proposals/restore-one-note";
    let item = site.story.proposed(branch, NOTE).await;
    assert_eq!(item.attested_version.unwrap().to_string(), "2.0.0");
    land(&site.story, branch, NOTE, "revise").await;
    assert_eq!(
        site.story.file(NOTE),
        before,
        "nothing was said anew, so the version stands"
    );
    let state = index::proposal_at(site.story.desk.index.reader(), branch)
        .await
        .unwrap();
    assert_eq!(state.unwrap().state, "landed");
    assert!(!ana.get("/test/queue").await.has("was removed"));
    site.story.rebuild_is_equal().await;
    site.story.is_proven();
}

#[tokio::test]
async fn a_program_proposes_an_earlier_text_once() {
    let story = two().await;
    let first = git(&story.bare(), &["rev-parse", "main:notes/one.md"]);
    revised(&story).await;
    let site = Site::of(story).await;
    let ana = site
        .program("ana@example.org", &[Scope::Read, Scope::Edit])
        .await;
    let address = "/api/v1/repositories/test/records/notes%2Fone/revert";
    let body = json!({"text": first.trim(), "reason": "It was too wide."});
    let done = ana.key("once").post(address, body.clone()).await.good();
    assert_eq!(done["proposal"], "proposals/revert-one-note");
    let again = ana.key("once").post(address, body).await.good();
    assert_eq!(again, done);
    let foreign = json!({"text": "0123456789012345678901234567890123456789"});
    ana.key("other")
        .post(address, foreign)
        .await
        .refused(404, "API-PATH-001");
}

#[tokio::test]
async fn a_removed_record_that_comes_back_changed_never_takes_a_version_that_was() {
    let story = two().await;
    revised(&story).await;
    let text = story.file(NOTE).replace("any text", "a longer text");
    remove(&story, NOTE).await;
    story.propose("proposals/anew", ANA, "Begin it anew", &[(NOTE, &text)]);
    land(&story, "proposals/anew", NOTE, "revise").await;
    assert!(
        story.file(NOTE).contains("version: 3.0.0"),
        "{}",
        story.file(NOTE)
    );
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn a_record_is_superseded_by_one_that_readers_have_after_its_referrers_were_looked_at() {
    let site = Site::of(two().await).await;
    let mut ana = site.signed_in("ana@example.org").await;
    let record = ana.get("/test/records/notes/one").await;
    let address = "/test/ending/notes/one?move=supersede";
    assert!(record.has(address), "{}", record.html);
    let action = "/test/ending/notes/one";
    let page = ana.get(address).await;
    assert!(
        page.has("One record names this one") && page.has("Two notes"),
        "{}",
        page.html
    );

    let field = "field:superseded_by";
    for (typed, code) in [
        ("", "REV-FIELD-001"),
        ("notes/none", "REV-SUCCESSOR-001"),
        ("notes/one", "REV-SUCCESSOR-001"),
        ("notes/two", "REV-REFERRER-001"),
    ] {
        let answer = send(
            &mut ana,
            &page,
            action,
            &[(field, typed), ("reason", "Merged.")],
        )
        .await;
        assert!(
            answer.has(code) && answer.has("Merged."),
            "{typed}: {}",
            answer.html
        );
    }
    let seen = page
        .html
        .split("name=\"seen\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let answer = send(
        &mut ana,
        &page,
        action,
        &[(field, "notes/two"), ("seen", &seen), ("reason", "Merged.")],
    )
    .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);

    let branch = "proposals/supersede-one-note";
    let mut cy = site.signed_in(CY).await;
    let review = format!(
        "/test/review/notes/one?proposal={}",
        branch.replace('/', "%2F")
    );
    let shown = cy.get(&review).await;
    assert!(
        shown.has("approve:supersede") && shown.has("this record will name one that has ended"),
        "{}",
        shown.html
    );
    cy.decide(&review, "approve:supersede", "").await;
    let text = site.story.file(NOTE);
    assert!(
        text.contains("status: superseded")
            && text.contains("superseded_by: notes/two")
            && text.contains("version: 1.0.0"),
        "{text}"
    );
    site.story.rebuild_is_equal().await;
    site.story.is_proven();
}

#[tokio::test]
async fn a_move_whose_field_is_empty_is_not_offered() {
    let site = Site::of(two().await).await;
    let mut cy = site.signed_in(CY).await;
    let review = cy.get("/test/review/notes/one").await;
    assert!(
        review.has("approve:retire") && !review.has("approve:supersede"),
        "{}",
        review.html
    );
    let page = cy.get("/test/ending/notes/one?move=retire").await;
    assert_eq!(
        page.location(),
        "/test/review/notes/one",
        "nothing is to be filled in"
    );
    assert!(
        cy.get("/test/ending/notes/one?move=validate")
            .await
            .has("REV-MOVE-001")
    );
}

#[tokio::test]
async fn whoever_holds_no_role_proposes_nothing() {
    let story = two().await;
    let site = Site::of(story).await;
    let mut eve = site.signed_in("eve@example.org").await;
    let page = eve.get("/test/ending/notes/one?move=supersede").await;
    assert!(page.has("REV-RIGHT-001"), "{}", page.html);
    assert!(
        !eve.get("/test/records/notes/one")
            .await
            .has("/test/ending/")
    );
}

const DEE: &str = "dee@example.org";
const DAY: i64 = 24 * 60 * 60;

/// A second administrator beside Dee.
async fn with_two_administrators() -> Story {
    let policy = policy().replace(
        "roles = [\"publisher\"]",
        "roles = [\"publisher\", \"administrator\"]",
    );
    let story = Story::with_policy(&policy, &[(NOTE, DRAFT)]).await;
    story.approve(BEN, NOTE, "validate").await.unwrap();
    story.approve(CY, NOTE, "activate").await.unwrap();
    story
}

async fn down(story: &Story, who: &str) -> Result<Outcome, Refusal> {
    let reason = "It names a private person.";
    story
        .decide(who, NOTE, Act::Approve, Some("take-down"), reason)
        .await
}

#[tokio::test]
async fn one_administrator_takes_a_record_down_at_once_and_a_second_one_ratifies_it() {
    let story = with_two_administrators().await;
    for who in [BEN, "ana@example.org"] {
        let refused = down(&story, who).await.unwrap_err();
        assert!(refused.code.starts_with("REV-RIGHT"), "{refused:?}");
    }
    let silent = story
        .decide(DEE, NOTE, Act::Approve, Some("take-down"), " ")
        .await;
    assert_eq!(silent.unwrap_err().code, "REV-TEXT-001");
    let done = down(&story, DEE).await.unwrap();
    assert!(matches!(done, Outcome::Attested { .. }), "{done:?}");
    let files = git(&story.bare(), &["ls-tree", "-r", "--name-only", "main"]);
    assert!(!files.contains(NOTE), "{files}");
    let log = git(
        &story.bare(),
        &[
            "log",
            "-1",
            "--format=%s%n%(trailers:key=Transition)",
            "main",
        ],
    );
    assert!(
        log.contains("take-down notes/one") && log.contains("active -> draft (take-down)"),
        "{log}"
    );
    story.is_proven();

    let site = Site::of(story).await;
    let mut cy = site.signed_in(CY).await;
    let gone = cy.get("/test/records/notes/one").await;
    assert_eq!(gone.status, StatusCode::GONE, "{}", gone.html);
    assert!(
        gone.has("REV-DOWN-001") && !gone.has("A note is a short text"),
        "{}",
        gone.html
    );
    let queue = cy.get("/test/queue").await;
    assert!(
        queue.has("Dee Moss took it down") && !queue.has("was removed"),
        "{}",
        queue.html
    );
    let program = site.program(CY, &[Scope::Read]).await;
    let record = program
        .get("/api/v1/repositories/test/records/notes%2Fone")
        .await;
    record.refused(410, "REV-DOWN-001");
    let inbox = cy.get("/test/inbox").await;
    assert!(inbox.has("took down"), "{}", inbox.html);

    let mut dee = site.signed_in(DEE).await;
    assert!(
        !dee.get("/test/review/notes/one")
            .await
            .has("approve:ratify"),
        "nobody ratifies their own act"
    );
    let answer = cy
        .decide("/test/review/notes/one", "approve:ratify", "")
        .await;
    assert!(
        answer.location().starts_with("/test/queue"),
        "{}",
        answer.html
    );
    let queue = cy.get(answer.location()).await;
    assert!(
        queue.has("You ratified") && !queue.has("Dee Moss took it down"),
        "{}",
        queue.html
    );
    assert!(
        !cy.get("/test/review/notes/one").await.has("approve:ratify"),
        "once"
    );
    site.story.rebuild_is_equal().await;
    site.story.is_proven();
}

#[tokio::test]
async fn a_record_that_was_taken_down_comes_back_as_a_draft_and_takes_no_version_that_was() {
    let story = with_two_administrators().await;
    let text = story.file(NOTE).replace("a short text", "any text");
    let before = git(&story.bare(), &["rev-parse", "main:notes/one.md"]);
    down(&story, DEE).await.unwrap();
    story.propose(
        "proposals/again",
        ANA,
        "Say it without the name",
        &[(NOTE, &text)],
    );
    let early = story
        .approve_proposed(BEN, "proposals/again", NOTE, "revise")
        .await;
    assert_eq!(early.unwrap_err().code, "REV-MOVE-001");
    story
        .approve_proposed(BEN, "proposals/again", NOTE, "validate")
        .await
        .unwrap();
    story.approve(CY, NOTE, "activate").await.unwrap();
    let text = story.file(NOTE);
    assert!(
        text.contains("version: 2.0.0") && text.contains("status: active"),
        "{text}"
    );

    let site = Site::of(story).await;
    let mut ben = site.signed_in(BEN).await;
    assert!(ben.get("/test/records/notes/one").await.has("2.0.0"));
    let gone = ben.get("/test/versions/notes/one?at=1.0.0").await;
    assert_eq!(gone.status, StatusCode::GONE, "{}", gone.html);
    let program = site.program(BEN, &[Scope::Read]).await;
    let record = "/api/v1/repositories/test/records/notes%2Fone";
    program
        .get(&format!("{record}/versions/1.0.0"))
        .await
        .refused(410, "REV-DOWN-001");
    program
        .get(&format!("{record}/versions/2.0.0"))
        .await
        .good();
    program
        .get(&format!("{record}/texts/{}", before.trim()))
        .await
        .refused(404, "API-PATH-001");
    site.story.rebuild_is_equal().await;
    site.story.is_proven();
}

#[tokio::test]
async fn what_nobody_ratified_in_time_waits_for_a_decision_and_stays_down() {
    let story = two().await;
    down(&story, DEE).await.unwrap();
    let site = Site::with(story, |web| web.now = || 1_770_100_000 + 4 * DAY).await;
    let mut dee = site.signed_in(DEE).await;
    let queue = dee.get("/test/queue").await;
    assert!(
        queue.has("nobody ratified it within 72 hours"),
        "{}",
        queue.html
    );
    let own = site
        .story
        .decide(DEE, NOTE, Act::Approve, Some("ratify"), "")
        .await;
    assert_eq!(own.unwrap_err().code, "REV-EYES-001");
    assert_eq!(
        dee.get("/test/records/notes/one").await.status,
        StatusCode::GONE
    );
}

#[tokio::test]
async fn an_auditor_finds_a_removal_that_no_administrator_made() {
    let story = with_two_administrators().await;
    down(&story, DEE).await.unwrap();
    let repository = Repository::open(&story.bare()).unwrap();
    let last = repository.commit(tip(&story)).unwrap();
    let made = Attestation::read(&last.message).unwrap().unwrap();
    let forged = |attestation: &Attestation, changes: Vec<Change>| {
        let new = NewCommit {
            parent: last.parents.first().copied(),
            also: None,
            keeps: Keeps::ParentTree,
            changes,
            author: last.author.clone(),
            at: last.authored_at,
            message: attestation.message(),
        };
        let forged = make(&repository, &story.desk.key, &new);
        git(&story.bare(), &["update-ref", MAIN, &forged.to_string()]);
        let report = audit(&story.bare());
        let found = report
            .faults
            .iter()
            .filter(|fault| fault.commit == Some(forged));
        found.map(|fault| fault.code).collect::<Vec<_>>()
    };
    let path = || RepoPath::parse(NOTE).unwrap();
    let by_ben = Attestation {
        approved_by: vec![Identity::new("Ben Aster", BEN)],
        ..made.clone()
    };
    let found = forged(&by_ben, vec![Change::Remove(path())]);
    assert!(found.contains(&"VRF-032"), "{found:?}");
    let kept = forged(&made, Vec::new());
    assert!(kept.contains(&"VRF-043"), "{kept:?}");
    let more = RepoPath::parse("notes/other.md").unwrap();
    let more = forged(
        &made,
        vec![Change::Remove(path()), Change::Write(more, b"x".to_vec())],
    );
    assert!(more.contains(&"VRF-042"), "{more:?}");
}

#[tokio::test]
async fn a_version_is_taken_back_by_as_many_as_publish_one_and_still_resolves() {
    let story = two().await;
    let first = story.file(NOTE);
    revised(&story).await;
    let files = git(&story.bare(), &["rev-parse", "main^{tree}"]);
    let site = Site::of(story).await;
    let mut ben = site.signed_in(BEN).await;
    let page = ben.get("/test/versions/notes/one?at=2.0.0").await;
    let review = "/test/review/refs/versions/2.0.0/notes/one";
    assert!(page.has(review), "{}", page.html);
    let shown = ben.get(review).await;
    assert!(
        shown.has("Is version 2.0.0 to be taken back") && shown.has("any text"),
        "{}",
        shown.html
    );
    assert!(
        ben.decide(review, "approve:yank", "")
            .await
            .has("REV-TEXT-001")
    );
    let answer = ben
        .decide(review, "approve:yank", "It is wrong about notes.")
        .await;
    assert!(
        answer.location().starts_with("/test/queue"),
        "{}",
        answer.html
    );

    let mut cy = site.signed_in(CY).await;
    let queue = cy.get("/test/queue").await;
    assert!(
        queue.has("Ben Aster wants version 2.0.0 taken back"),
        "{}",
        queue.html
    );
    let answer = cy.decide(review, "approve:yank", "So it is.").await;
    let told = cy.get(answer.location()).await;
    assert!(
        told.has("One note 2.0.0 is taken back") && !told.has("wants version"),
        "{}",
        told.html
    );
    assert_eq!(
        git(&site.story.bare(), &["rev-parse", "main^{tree}"]),
        files,
        "no file is touched"
    );

    let record = cy.get("/test/records/notes/one").await;
    assert!(
        record.has("Version 2.0.0 does not count any more") && record.has("1.0.0"),
        "{}",
        record.html
    );
    let version = cy.get("/test/versions/notes/one?at=2.0.0").await;
    assert!(
        version.has("So it is.") && version.has("any text"),
        "{}",
        version.html
    );
    assert!(
        !version.has(review) && !cy.get(review).await.has("approve:yank"),
        "once"
    );
    assert!(cy.get("/test/activity").await.has("One note 2.0.0"));
    assert_eq!(
        cy.get("/test/review/refs/versions/7.0.0/notes/one")
            .await
            .status,
        StatusCode::NOT_FOUND
    );

    // The number is never used again: what is wrong is said better under the next one.
    let text = first.replace(
        "status: active\nversion: 1.0.0",
        "status: active\nversion: 2.0.0",
    );
    site.story
        .propose("proposals/right", ANA, "Say it right", &[(NOTE, &text)]);
    land(&site.story, "proposals/right", NOTE, "revise").await;
    assert!(site.story.file(NOTE).contains("version: 3.0.0"));
    assert!(
        !cy.get("/test/records/notes/one")
            .await
            .has("does not count any more")
    );
    site.story.rebuild_is_equal().await;
    site.story.is_proven();
}

#[tokio::test]
async fn an_auditor_finds_a_version_that_too_few_took_back() {
    let story = two().await;
    revised(&story).await;
    let target = [Target::published("refs/versions/1.0.0/notes/one.md")];
    for who in [BEN, CY] {
        let found = review::items_at(story.desk.index.reader(), &target)
            .await
            .unwrap();
        story
            .decide_on(who, &found[0], Act::Approve, Some("yank"), "Wrong.")
            .await
            .unwrap();
    }
    story.is_proven();
    let repository = Repository::open(&story.bare()).unwrap();
    let last = repository.commit(tip(&story)).unwrap();
    let made = Attestation::read(&last.message).unwrap().unwrap();
    assert_eq!(
        (made.record.0.as_str(), made.path.as_str()),
        ("refs/versions/1.0.0/notes/one", NOTE)
    );
    for (record, approved_by, code) in [
        (
            made.record.clone(),
            made.approved_by[..1].to_vec(),
            "VRF-034",
        ),
        (
            RecordId("refs/versions/7.0.0/notes/one".into()),
            made.approved_by.clone(),
            "VRF-023",
        ),
    ] {
        let forged = Attestation {
            record,
            approved_by,
            ..made.clone()
        };
        let new = NewCommit {
            parent: last.parents.first().copied(),
            also: None,
            keeps: Keeps::ParentTree,
            changes: Vec::new(),
            author: last.author.clone(),
            at: last.authored_at,
            message: forged.message(),
        };
        let forged = make(&repository, &story.desk.key, &new);
        git(&story.bare(), &["update-ref", MAIN, &forged.to_string()]);
        let report = audit(&story.bare());
        assert!(
            report
                .faults
                .iter()
                .any(|fault| fault.code == code && fault.commit == Some(forged)),
            "{report}"
        );
    }
}
