//! The pages that write and look back: editing, beginning, versions, comparisons, and what stands around the register.

use axum::http::StatusCode;

use crate::common::browser::Site;
use crate::common::{self, DRAFT, Story, git};

const NOTE: &str = "notes/one.md";
const RECORD: &str = "/test/records/notes/one";
const EDIT: &str = "/test/edit/notes/one";

async fn site() -> Site {
    Site::of(Story::with(&[(NOTE, DRAFT)]).await).await
}

/// A site whose note is active as version 1.0.0.
async fn published() -> Site {
    let site = site().await;
    let story = &site.story;
    story
        .approve("ben@example.org", NOTE, "validate")
        .await
        .unwrap();
    story
        .approve("cy@example.org", NOTE, "activate")
        .await
        .unwrap();
    site
}

#[tokio::test]
async fn an_edit_changes_the_meant_lines_alone() {
    let site = site().await;
    let mut ana = site.signed_in("ana@example.org").await;
    let page = ana.get(EDIT).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    let form = page.form(EDIT);
    assert_eq!(form.get("field:claims[c1].text"), "Notes are short.");
    assert_eq!(form.get("field:status"), "", "a status is no input");
    let body = form
        .get("field:body")
        .replace("first", "second")
        .replace('\n', "\r\n");
    let form = form
        .with("field:definition", "A note: a \"short\" text.")
        .with("field:body", &body);
    let saved = ana.send_form(&form).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    assert!(ana.get(saved.location()).await.has("Your text is saved"));
    let diff = git(&site.story.bare(), &["diff", "--numstat", "main~1", "main"]);
    assert_eq!(diff, format!("2\t2\t{NOTE}\n"));
    assert!(
        site.story
            .file(NOTE)
            .contains("title: \"One note\" # the title")
    );
    let author = git(
        &site.story.bare(),
        &["log", "-1", "--format=%an <%ae> %s", "main"],
    );
    assert_eq!(author.trim(), "Ana Roche <ana@example.org> Edit One note");
    site.story.rebuild_is_equal().await;
}

#[tokio::test]
async fn a_form_offers_what_a_move_asks_for() {
    let policy = common::POLICY.to_owned()
        + r#"
[workflows.editorial]
initial = "draft"
statuses = { draft = "draft", active = "published" }

[workflows.editorial.transitions.activate]
from = ["draft"]
to = "active"
approvals = { reviewer = 1, publisher = 1 }
not = ["author"]
requires = ["title", "deadline", "reason-given"]
remove = ["deadline"]
"#;
    let site = Site::of(Story::with_policy(&policy, &[(NOTE, DRAFT)]).await).await;
    let mut ana = site.signed_in("ana@example.org").await;
    let page = ana.get(EDIT).await;
    assert!(page.has("Needed before it becomes active."));
    let titles = page.form(EDIT).fields.into_iter();
    assert_eq!(
        titles.filter(|(name, _)| name == "field:title").count(),
        1,
        "what is there is offered once"
    );
    let form = page.form(EDIT).with("field:deadline", "2031-05-06");
    let saved = ana.send_form(&form.with("field:reason-given", "")).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    let patch = git(&site.story.bare(), &["diff", "-U0", "main~1", "main"]);
    let added: Vec<&str> = patch.lines().skip(5).collect();
    assert_eq!(added, ["+deadline: 2031-05-06"], "{patch}");
    let form = ana.get(EDIT).await.form(EDIT);
    assert_eq!(form.get("field:deadline"), "2031-05-06");
}

#[tokio::test]
async fn two_edits_meet_only_where_both_changed_the_same_field() {
    let site = site().await;
    let mut ana = site.signed_in("ana@example.org").await;
    let mut ben = site.signed_in("ben@example.org").await;
    let of_ana = ana.get(EDIT).await.form(EDIT);
    let of_ben = ben.get(EDIT).await.form(EDIT);
    let saved = ana
        .send_form(&of_ana.with("field:definition", "Ana's text"))
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    let merged = ben
        .send_form(&of_ben.clone().with("field:title", "Ben's title"))
        .await;
    assert_eq!(merged.status, StatusCode::SEE_OTHER, "{}", merged.html);
    let file = site.story.file(NOTE);
    assert!(
        file.contains("Ana's text") && file.contains("Ben's title"),
        "{file}"
    );

    let clash = ben
        .send_form(&of_ben.with("field:definition", "Ben's text"))
        .await;
    assert_eq!(clash.status, StatusCode::CONFLICT);
    assert!(
        clash.has("Ana&#39;s text") && clash.has("Ben&#39;s text"),
        "{}",
        clash.html
    );
    let again = clash.form(EDIT);
    assert_eq!(again.get("field:definition"), "Ben's text");
    assert_eq!(again.get("field:title"), "Ben's title");
    let saved = ben.send_form(&again).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    assert!(site.story.file(NOTE).contains("Ben's text"));
}

#[tokio::test]
async fn what_is_approved_is_not_edited_in_place() {
    let site = published().await;
    let mut ana = site.signed_in("ana@example.org").await;
    let before = site.story.file(NOTE);
    let form = ana.get(EDIT).await.form(EDIT);
    let answer = ana
        .send_form(&form.with("field:title", "Another title"))
        .await;
    assert!(
        answer.location().starts_with("/test/proposals/"),
        "{}",
        answer.html
    );
    assert_eq!(site.story.file(NOTE), before);
}

#[tokio::test]
async fn a_form_of_another_text_saves_nothing() {
    let site = site().await;
    let mut ana = site.signed_in("ana@example.org").await;
    let form = ana
        .get(EDIT)
        .await
        .form(EDIT)
        .with("field:title", "Other <title>");
    for (name, value) in [
        ("from", "0".repeat(40)),
        ("path", "notes/two.md".into()),
        ("csrf", String::new()),
    ] {
        let answer = ana.send_form(&form.clone().with(name, &value)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}");
        assert!(answer.has("Other &#60;title&#62;"), "{name}");
    }
    assert_eq!(site.story.file(NOTE), DRAFT);
}

#[tokio::test]
async fn a_record_is_begun_filled_in_and_asked_about() {
    let site = site().await;
    let mut ana = site.signed_in("ana@example.org").await;
    assert!(ana.get("/test/records").await.has("New in notes"));
    let page = ana.get("/test/new/notes").await;
    let begun = ana
        .submit(&page, "/test/new/notes", &[("title", "A: \"new\" note")])
        .await;
    assert_eq!(
        begun.location(),
        "/test/edit/notes/a-new-note",
        "{}",
        begun.html
    );
    let file = site.story.file("notes/a-new-note.md");
    assert!(
        file.contains("status: draft\n") && file.contains("version: 0.1.0\n"),
        "{file}"
    );
    let form = ana.get(begun.location()).await.form("/test/edit/");
    assert_eq!(form.get("field:title"), "A: \"new\" note");
    let saved = ana
        .send_form(&form.with("field:body", "Some text.\n"))
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    let asked = ana
        .decide("/test/review/notes/a-new-note", "submit", "Please read")
        .await;
    assert!(ana.get(asked.location()).await.has("waits for review"));
    let mut ben = site.signed_in("ben@example.org").await;
    assert!(ben.get("/test/queue").await.has("One text waits for you"));

    for (title, slug, code) in [
        ("A new note", "", "WEB-NEW-002"),
        ("x", "../../etc", "WEB-NEW-001"),
        ("x", "a/b", "WEB-NEW-001"),
        ("", "", "WEB-NEW-005"),
    ] {
        let refused = ana
            .submit(
                &page,
                "/test/new/notes",
                &[("title", title), ("slug", slug)],
            )
            .await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{title} {slug}"
        );
        assert!(refused.has(code), "{title} {slug}");
    }
    assert_eq!(
        ana.get("/test/new/none").await.status,
        StatusCode::NOT_FOUND
    );
    site.story.rebuild_is_equal().await;
}

#[tokio::test]
async fn a_version_shows_the_same_text_for_ever() {
    let site = published().await;
    let story = &site.story;
    let first = story.file(NOTE);
    story.push(
        "Ana Roche <ana@example.org>",
        &[(NOTE, &first.replace("A first", "Another"))],
    );
    story
        .approve("ben@example.org", NOTE, "revise")
        .await
        .unwrap();
    story
        .approve("cy@example.org", NOTE, "revise")
        .await
        .unwrap();
    let mut ben = site.signed_in("ben@example.org").await;
    for at in ["1.0.0", "2"] {
        let page = ben.get(&format!("/test/versions/notes/one?at={at}")).await;
        assert!(
            page.has("A first paragraph.") && page.has("There is a newer version"),
            "{at}: {}",
            page.html
        );
        assert!(
            page.has("One note. 1.0.0. Test register, 2026-02-0"),
            "{at}: {}",
            page.html
        );
    }
    assert!(
        ben.get("/test/versions/notes/one?at=1.0.1")
            .await
            .has("Another paragraph.")
    );
    for at in ["", "9.9.9", "-1", "99"] {
        let page = ben.get(&format!("/test/versions/notes/one?at={at}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{at}");
    }
}

#[tokio::test]
async fn only_texts_of_the_record_itself_are_compared() {
    let site = Site::of(
        Story::with(&[
            (NOTE, DRAFT),
            ("notes/two.md", &DRAFT.replace("One", "Two")),
            ("secret.txt", "secret"),
        ])
        .await,
    )
    .await;
    let blob = |path: &str| {
        git(&site.story.bare(), &["rev-parse", &format!("main:{path}")])
            .trim()
            .to_owned()
    };
    let first = blob(NOTE);
    site.story.push(
        "Ana Roche <ana@example.org>",
        &[(NOTE, &DRAFT.replace("A first", "Another"))],
    );
    site.story.desk.sync().await.unwrap();
    let second = blob(NOTE);
    let mut ben = site.signed_in("ben@example.org").await;
    let page = ben
        .get(&format!("/test/compare/notes/one?from={first}&to={second}"))
        .await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    assert!(page.has("<del>") && page.has("Another"));
    for other in [
        blob("notes/two.md"),
        blob("secret.txt"),
        "HEAD".into(),
        first[..10].into(),
        first.to_uppercase(),
        "0".repeat(40),
    ] {
        let page = ben
            .get(&format!("/test/compare/notes/one?from={first}&to={other}"))
            .await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{other}");
        assert!(!page.has("secret"), "{other}");
    }
}

#[tokio::test]
async fn what_happened_and_who_may_what_is_told() {
    let site = published().await;
    site.story.push(
        "Ana Roche <ana@example.org>",
        &[("notes/bad.md", "---\na: 1\na: 2\n---\n")],
    );
    site.story.desk.sync().await.unwrap();
    let mut ben = site.signed_in("ben@example.org").await;
    let activity = ben.get("/test/activity").await;
    for text in [
        "<strong>Cy Lind</strong> made",
        "active as version 1.0.0",
        "<strong>Ben Aster</strong> approved",
        "<strong>Ana Roche</strong> began",
    ] {
        assert!(activity.has(text), "{text}: {}", activity.html);
    }
    let people = ben.get("/test/people").await;
    for text in [
        "Cy Lind",
        "none of whom wrote the text",
        "Who may approve in notes",
        "[people.ana]",
    ] {
        assert!(people.has(text), "{text}: {}", people.html);
    }
    assert!(!people.has("A change of the policy waits"));
    let health = ben.get("/test/health").await;
    assert!(
        health.has("Something needs a hand") && health.has("notes/bad.md"),
        "{}",
        health.html
    );
    let history = ben.get(RECORD).await;
    assert!(history.has("written by Ana Roche, approved by Cy Lind") && history.has("Begun"));
}

#[tokio::test]
async fn both_files_that_quarrel_over_an_id_are_shown() {
    let policy = common::POLICY.replace("title = \"title\"\n", "title = \"title\"\nid = \"id\"\n");
    let draft = |title: &str| {
        DRAFT
            .replace("One note", title)
            .replace("status:", "id: same\nstatus:")
    };
    let files = [
        ("notes/a.md", draft("First")),
        ("notes/b.md", draft("Second")),
    ];
    let story = Story::with_policy(
        &policy,
        &[(files[0].0, &files[0].1), (files[1].0, &files[1].1)],
    )
    .await;
    let site = Site::of(story).await;
    let mut ben = site.signed_in("ben@example.org").await;
    let page = ben.get("/test/records/same").await;
    assert!(
        page.has("<h1>First") || page.has(">First</h1>"),
        "{}",
        page.html
    );
    assert!(page.has("Another file has the same id: notes/b.md"));
    assert!(
        ben.get("/test/records/same?path=notes%2Fb.md")
            .await
            .has(">Second</h1>")
    );
}

const FILE: &str = "/test/file/notes/one";

#[tokio::test]
async fn a_draft_is_renamed_without_a_byte_and_removed() {
    let site = site().await;
    let mut ana = site.signed_in("ana@example.org").await;
    assert!(ana.get(RECORD).await.has(FILE));
    let page = ana.get(FILE).await;
    let send = |name: &str, act: &str| page.form(FILE).with("name", name).with("act", act);
    for bad in ["", "../two", "one", "a b"] {
        let refused = ana.send_form(&send(bad, "rename")).await;
        assert!(refused.has("WEB-NEW-00"), "{bad}: {}", refused.html);
    }
    let done = ana.send_form(&send("two", "rename")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.html);
    assert_eq!(site.story.file("notes/two.md"), DRAFT);
    let log = git(
        &site.story.bare(),
        &["log", "-1", "--format=%an: %B", "main"],
    );
    assert!(
        log.contains("Ana Roche: Rename One note")
            && log.contains("Renamed-from: notes/one.md -> notes/two.md"),
        "{log}"
    );
    // The record is who it was: its id stays the slug that it was born with.
    assert!(
        ana.get(RECORD).await.has("notes/one"),
        "the old address leads to it"
    );
    let stale = ana.send_form(&send("three", "rename")).await;
    assert!(
        !stale.status.is_success() && !stale.status.is_redirection(),
        "a form of another state does nothing"
    );

    let page = ana.get(FILE).await;
    let form = page
        .form(FILE)
        .with("act", "remove")
        .with("reason", "It had a slip.");
    let gone = ana.send_form(&form).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.html);
    assert_eq!(ana.get(RECORD).await.status, StatusCode::NOT_FOUND);
    let log = git(&site.story.bare(), &["log", "-1", "--format=%B", "main"]);
    assert!(
        log.starts_with("Remove One note\n\nIt had a slip."),
        "{log}"
    );
    site.story.rebuild_is_equal().await;
}

#[tokio::test]
async fn what_readers_have_is_renamed_by_a_proposal_and_never_removed() {
    let site = published().await;
    let mut ana = site.signed_in("ana@example.org").await;
    let page = ana.get(FILE).await;
    assert!(!page.has("value=\"remove\""), "{}", page.html);
    let forced = ana.send_form(&page.form(FILE).with("act", "remove")).await;
    assert!(forced.has("WEB-EDIT-005"), "{}", forced.html);
    let form = page.form(FILE).with("name", "two").with("act", "rename");
    let done = ana.send_form(&form).await;
    let proposal = ana.get(done.location()).await;
    assert!(
        proposal.has("renamed from notes/one.md"),
        "{}",
        proposal.html
    );

    // A change that should not travel with it is left out again.
    let left = "/test/file/notes/one?proposal=proposals%2Fone-note&path=notes%2Ftwo.md";
    let page = ana.get(left).await;
    assert!(page.has("Leave it out"), "{}", page.html);

    for who in ["ben@example.org", "cy@example.org"] {
        let branch = "proposals/one-note";
        let story = &site.story;
        story
            .approve_proposed(who, branch, "notes/two.md", "revise")
            .await
            .unwrap();
    }
    let files = git(
        &site.story.bare(),
        &["ls-tree", "-r", "--name-only", "main", "notes"],
    );
    assert_eq!(files, "notes/two.md\n");
    assert!(
        site.story.file("notes/two.md").contains("version: 1.0.0"),
        "nothing was said anew"
    );
    assert!(ana.get(RECORD).await.has("1.0.0"), "its id stays");
    site.story.rebuild_is_equal().await;
    site.story.is_proven();
}
