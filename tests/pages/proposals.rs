//! Proposals in the pages: found in the list, read record by record, talked about as a whole, and brought up to date.

use axum::http::StatusCode;

use crate::common::browser::{Browser, Page, Site};
use crate::common::{DRAFT, Story, git};

const NOTE: &str = "notes/one.md";
const BRANCH: &str = "proposals/claims";
const PAGE: &str = "/test/proposals/proposals/claims";
const REVIEW: &str = "/test/review/notes/one?proposal=proposals%2Fclaims";
const UPDATE: &str = "/test/update/proposals/claims";
const ANA: &str = "Ana Roche <ana@example.org>";

/// An active note, and Ana's proposal that says more of it.
async fn site() -> Site {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    for (address, transition) in [
        ("ben@example.org", "validate"),
        ("cy@example.org", "activate"),
    ] {
        story.approve(address, NOTE, transition).await.unwrap();
    }
    let revised = with_claim(&story.file(NOTE));
    let message = "Say that notes are cheap\n\nReaders *asked* for it.";
    story.propose(BRANCH, ANA, message, &[(NOTE, &revised)]);
    story.desk.sync().await.unwrap();
    Site::of(story).await
}

fn with_claim(text: &str) -> String {
    let claims = "Notes are short.\n  - key: c2\n    text: Notes are cheap.\n";
    text.replace("Notes are short.\n", claims)
}

async fn says(browser: &mut Browser, page: &str, button: &str, fields: &[(&str, &str)]) -> Page {
    let page = browser.get(page).await;
    let mut form = page.form("/test/decisions").with("decision", button);
    for (name, value) in fields {
        form = form.with(name, value);
    }
    browser.send_form(&form).await
}

#[tokio::test]
async fn a_pushed_proposal_is_found_read_approved_and_published() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let queue = ben.get("/test/queue").await;
    assert!(queue.has("in Say that notes are cheap"), "{}", queue.html);
    let list = ben.get("/test/proposals").await;
    assert!(list.has("Ana Roche changes One note"), "{}", list.html);
    assert!(list.has("Waits for you"));
    let page = ben.get(PAGE).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.has("<em>asked</em>") && page.has("Notes are cheap."),
        "{}",
        page.html
    );
    assert!(
        page.has("will be 1.1.0") && page.has("/test/bulk?item="),
        "{}",
        page.html
    );
    let review = ben.get(REVIEW).await;
    assert!(review.has(PAGE), "the review leads back to its proposal");
    let answer = ben.decide(REVIEW, "approve:revise", "").await;
    assert!(answer.location().starts_with(PAGE), "{}", answer.html);
    let told = ben.get(answer.location()).await;
    assert!(told.has("Waits for Cy Lind or Dee Moss"), "{}", told.html);
    let record = ben.get("/test/records/notes/one").await;
    assert!(record.has("1.0.0") && record.has(REVIEW), "{}", record.html);

    let mut cy = site.signed_in("cy@example.org").await;
    let answer = cy.decide(REVIEW, "approve:revise", "").await;
    assert!(
        answer.location().starts_with("/test/records/"),
        "{}",
        answer.html
    );
    assert!(cy.get(PAGE).await.has("Published"));
    assert!(
        cy.get("/test/proposals?state=landed")
            .await
            .has("Say that notes are cheap")
    );
    assert!(cy.get("/test/proposals").await.has("There is none"));
    assert!(site.story.file(NOTE).contains("version: 1.1.0"));
    site.story.is_proven();
}

/// FAULTS 73, 75
#[tokio::test]
async fn its_author_approves_nothing_and_a_text_that_moved_is_told() {
    let site = site().await;
    let mut ana = site.signed_in("ana@example.org").await;
    let review = ana.get(REVIEW).await;
    assert!(
        !review.has("approve:revise") && review.has("You wrote this text"),
        "{}",
        review.html
    );

    let mut ben = site.signed_in("ben@example.org").await;
    let read = ben.get(REVIEW).await;
    let longer = with_claim(&site.story.file(NOTE)).replace("cheap", "cheap to make");
    site.story
        .propose(BRANCH, ANA, "Say it better", &[(NOTE, &longer)]);
    site.story.desk.sync().await.unwrap();
    let form = read.form("/test/decisions");
    let form = form
        .with("decision", "approve:revise")
        .with("reason", "Good.");
    let answer = ben.send_form(&form).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(
        answer.has("REV-STALE-001") && answer.has("Good."),
        "{}",
        answer.html
    );
    assert!(answer.has("to make"), "what changed since is shown");
}

/// FAULTS 76
#[tokio::test]
async fn a_form_of_one_proposal_decides_about_no_other() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let form = ben.get(REVIEW).await.form("/test/decisions");
    let form = form
        .with("decision", "approve:revise")
        .with("proposal", "proposals/other");
    let answer = ben.send_form(&form).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.has("WEB-FORM-007"));
}

#[tokio::test]
async fn what_is_said_of_the_whole_stands_on_its_page() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let answer = says(
        &mut ben,
        PAGE,
        "comment",
        &[("reason", "All of it reads well.")],
    )
    .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    assert!(ben.get(PAGE).await.has("All of it reads well."));
    let named = [
        ("title", "Notes are cheap"),
        ("description", "As *everybody* knows."),
    ];
    says(&mut ben, PAGE, "describe", &named).await;
    let page = ben.get(PAGE).await;
    assert!(
        page.has("<h1>Notes are cheap</h1>") && page.has("<em>everybody</em>"),
        "{}",
        page.html
    );
    says(
        &mut ben,
        PAGE,
        "assign",
        &[("assignee", "cy"), ("due", "2026-12-24")],
    )
    .await;
    assert!(
        ben.get(PAGE)
            .await
            .has("Cy Lind was asked to look until 2026-12-24")
    );
    let answer = says(&mut ben, PAGE, "assign", &[("assignee", "nobody")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    says(&mut ben, PAGE, "close", &[]).await;
    let closed = ben.get(PAGE).await;
    assert!(closed.has("Take it up again"), "{}", closed.html);
    assert!(!ben.get("/test/queue").await.has("in Notes are cheap"));
    says(&mut ben, PAGE, "reopen", &[]).await;
    assert!(ben.get("/test/queue").await.has("in Notes are cheap"));
}

#[tokio::test]
async fn a_clash_is_shown_with_all_three_texts_and_a_new_one_settles_it() {
    let site = site().await;
    let note = site.story.file(NOTE);
    let mine = with_claim(&note).replace("A note is a short text.", "A note is mine.");
    site.story.propose(BRANCH, ANA, "Define", &[(NOTE, &mine)]);
    let theirs = note.replace("A note is a short text.", "A note is theirs.");
    site.story
        .propose("proposals/theirs", ANA, "Theirs", &[(NOTE, &theirs)]);
    for address in ["ben@example.org", "cy@example.org"] {
        site.story
            .approve_proposed(address, "proposals/theirs", NOTE, "revise")
            .await
            .unwrap();
    }
    let mut ana = site.signed_in("ana@example.org").await;
    assert!(ana.get(PAGE).await.has(UPDATE));
    let page = ana.get(UPDATE).await;
    for text in [
        "A note is a short text.",
        "A note is theirs.",
        "A note is mine.",
    ] {
        assert!(page.has(text), "{text}: {}", page.html);
    }
    let unanswered = ana.submit(&page, UPDATE, &[]).await;
    assert_eq!(unanswered.status, StatusCode::CONFLICT);
    assert!(unanswered.has("PRO-MERGE-001"));
    let name = "notes/one.md definition Value";
    let choice = [
        (format!("choice {name}"), "new".to_owned()),
        (format!("text {name}"), "A note is ours.".to_owned()),
    ];
    let choice: Vec<(&str, &str)> = choice
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let answer = ana.submit(&page, UPDATE, &choice).await;
    assert!(answer.location().starts_with(PAGE), "{}", answer.html);
    let merged = git(&site.story.bare(), &["show", &format!("{BRANCH}:{NOTE}")]);
    assert!(merged.contains("A note is ours.") && merged.contains("Notes are cheap."));
    assert!(!ana.get(PAGE).await.has(UPDATE));
}

#[tokio::test]
async fn there_is_no_page_of_a_branch_that_is_no_proposal() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    for address in [
        "/test/proposals/main",
        "/test/proposals/proposals/none",
        "/test/update/main",
        "/test/review/notes/one?proposal=main",
    ] {
        assert_eq!(
            ben.get(address).await.status,
            StatusCode::NOT_FOUND,
            "{address}"
        );
    }
}

#[tokio::test]
async fn editing_what_readers_have_begins_a_proposal_and_others_join_it() {
    let site = site().await;
    let mut ana = site.signed_in("ana@example.org").await;
    let record = ana.get("/test/records/notes/one").await;
    assert!(
        record.has("href=\"/test/edit/notes/one\""),
        "{}",
        record.html
    );
    let form = ana.get("/test/edit/notes/one").await;
    assert!(
        form.has("Save as a proposal") && form.has("Readers keep what they have"),
        "{}",
        form.html
    );
    let typed = form.form("/test/edit/notes/one");
    let typed = typed
        .with("field:definition", "A note is a page.")
        .with("summary", "Define notes by length");
    let answer = ana.send_form(&typed).await;
    let page = "/test/proposals/proposals/one-note";
    assert!(answer.location().starts_with(page), "{}", answer.html);
    let proposal = ana.get(page).await;
    assert!(
        proposal.has("<h1>Define notes by length</h1>") && proposal.has("A note is a page."),
        "{}",
        proposal.html
    );
    assert!(
        proposal.has("Being written")
            || proposal.has("nobody was asked")
            || proposal.has("Nobody was asked"),
        "{}",
        proposal.html
    );
    assert!(site.story.file(NOTE).contains("status: active"));
    assert!(!site.story.file(NOTE).contains("A note is a page."));

    let edit = "/test/edit/notes/one?proposal=proposals%2Fone-note";
    assert!(proposal.has(edit), "{}", proposal.html);
    let again = ana.get(edit).await;
    assert!(
        again.has("A note is a page.") && again.has("Save in the proposal"),
        "{}",
        again.html
    );
    let typed = again
        .form("/test/edit/notes/one")
        .with("field:definition", "A note is one page.");
    let answer = ana.send_form(&typed).await;
    assert!(answer.location().starts_with(page), "{}", answer.html);
    assert!(ana.get(page).await.has("A note is one page."));

    let mut ben = site.signed_in("ben@example.org").await;
    let section = ben.get("/test/queue?section=yours").await;
    assert!(
        !section.has("in Define notes by length"),
        "{}",
        section.html
    );
    let asked = says(&mut ana, page, "submit", &[]).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.html);
    let section = ben.get("/test/queue?section=yours").await;
    assert!(section.has("in Define notes by length"), "{}", section.html);
}

#[tokio::test]
async fn a_new_record_begins_in_a_proposal_and_a_second_joins_it() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let form = ben.get("/test/new/notes").await.form("/test/new/notes");
    let form = form.with("title", "Two notes").with("into", "new");
    let answer = ben.send_form(&form).await;
    assert_eq!(
        answer.location(),
        "/test/edit/notes/two-notes?proposal=proposals%2Ftwo-notes",
        "{}",
        answer.html
    );
    let page = ben.get(answer.location()).await;
    assert!(page.has("Save in the proposal"), "{}", page.html);
    let form = ben.get("/test/new/notes").await;
    assert!(form.has("value=\"proposals/two-notes\""), "{}", form.html);
    let form = form
        .form("/test/new/notes")
        .with("title", "Three notes")
        .with("into", "proposals/two-notes");
    ben.send_form(&form).await;
    let proposal = ben.get("/test/proposals/proposals/two-notes").await;
    assert!(
        proposal.has("2 records") && proposal.has("Three notes"),
        "{}",
        proposal.html
    );
    let edit = ben.get("/test/edit/notes/one").await;
    let typed = edit
        .form("/test/edit/notes/one")
        .with("field:definition", "A note is a page.")
        .with("into", "proposals/two-notes");
    let answer = ben.send_form(&typed).await;
    assert!(
        answer
            .location()
            .starts_with("/test/proposals/proposals/two-notes"),
        "{}",
        answer.html
    );
    assert!(
        ben.get("/test/proposals/proposals/two-notes")
            .await
            .has("3 records")
    );
}

/// FAULTS 97, 136: what is typed into a proposal is kept, and merged with what somebody pushed meanwhile.
#[tokio::test]
async fn what_is_typed_into_a_proposal_is_merged_with_a_push_and_never_lost() {
    let site = site().await;
    let mut ana = site.signed_in("ana@example.org").await;
    let address = "/test/edit/notes/one?proposal=proposals%2Fclaims";
    let form = ana.get(address).await;
    let typed = form
        .form("/test/edit/notes/one")
        .with("field:definition", "A note is a page.");
    ana.send_form(&typed.clone().with("act", "keep")).await;
    let restored = ana.get(address).await;
    assert!(
        restored.has("You have unsaved text") && restored.has("A note is a page."),
        "{}",
        restored.html
    );
    assert!(
        !ana.get("/test/edit/notes/one")
            .await
            .has("A note is a page."),
        "another place, another text"
    );
    let pushed = with_claim(&site.story.file(NOTE)).replace("cheap", "light");
    site.story
        .propose(BRANCH, ANA, "Say it otherwise", &[(NOTE, &pushed)]);
    site.story.desk.sync().await.unwrap();
    let answer = ana.send_form(&typed).await;
    assert!(answer.location().starts_with(PAGE), "{}", answer.html);
    let merged = git(&site.story.bare(), &["show", &format!("{BRANCH}:{NOTE}")]);
    assert!(
        merged.contains("A note is a page.") && merged.contains("Notes are light."),
        "{merged}"
    );
}

/// A comment on a field stays current while that field says the same, and a suggestion is taken over with one click.
#[tokio::test]
async fn a_field_is_spoken_of_and_a_suggestion_makes_its_giver_an_author() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let review = ben.get(REVIEW).await;
    assert!(
        review.has("Say something about Claims, c2, text"),
        "{}",
        review.html
    );
    let form = review.form("/test/comments").with("decision", "comment");
    let said = form
        .with("field", "claims[c2].text")
        .with("reason claims[c2].text", "Cheap for whom?");
    let answer = ben
        .send_form(
            &said
                .clone()
                .with("suggestion claims[c2].text", "Notes are cheap to make."),
        )
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    let review = ben.get(REVIEW).await;
    assert!(
        review.has("on Claims, c2, text") && review.has("Cheap for whom?"),
        "{}",
        review.html
    );
    assert!(
        !review.has("action=\"/test/accept\""),
        "nobody takes over their own"
    );

    let mut ana = site.signed_in("ana@example.org").await;
    let shown = ana.get(REVIEW).await;
    assert!(shown.has("Take it over"), "{}", shown.html);
    let answer = ana.submit(&shown, "/test/accept", &[]).await;
    assert!(
        answer.location().starts_with("/test/review/notes/one"),
        "{}",
        answer.html
    );
    let text = git(&site.story.bare(), &["show", &format!("{BRANCH}:{NOTE}")]);
    assert!(text.contains("Notes are cheap to make."), "{text}");
    let message = git(&site.story.bare(), &["log", "-1", "--format=%B", BRANCH]);
    assert!(
        message.contains("Co-authored-by: Ben Aster <ben@example.org>"),
        "{message}"
    );
    let review = ana.get(REVIEW).await;
    assert!(
        review.has("The text says so now.") && review.has("for an earlier text"),
        "{}",
        review.html
    );
    let ben_now = ben.get(REVIEW).await;
    assert!(ben_now.has("You wrote this text"), "{}", ben_now.html);

    // What was said of another field is not touched by an edit of this one.
    let said = ben.get(REVIEW).await.form("/test/comments");
    let said = said
        .with("decision", "comment")
        .with("field", "definition")
        .with("reason definition", "Good.");
    ben.send_form(&said).await;
    let longer = with_claim(&site.story.file(NOTE)).replace("cheap", "cheap, too");
    site.story.propose(BRANCH, ANA, "Again", &[(NOTE, &longer)]);
    site.story.desk.sync().await.unwrap();
    let review = ana.get(REVIEW).await;
    let (_, after) = review.html.split_once("on Definition</a>").unwrap();
    let head = after.split("</p>").next().unwrap();
    assert!(!head.contains("for an earlier text"), "{head}");
}

#[tokio::test]
async fn what_changed_since_a_reader_looked_and_between_any_two_commits_is_shown() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let first = ben.get(PAGE).await;
    assert!(
        !first.has("It changed since you looked before"),
        "{}",
        first.html
    );
    let began = git(&site.story.bare(), &["rev-parse", "main"]);
    let before = git(&site.story.bare(), &["rev-parse", BRANCH]);

    let longer = with_claim(&site.story.file(NOTE)).replace("cheap", "cheap to make");
    site.story
        .propose(BRANCH, ANA, "Say it better", &[(NOTE, &longer)]);
    site.story.desk.sync().await.unwrap();
    let page = ben.get(PAGE).await;
    assert!(
        page.has("It changed since you looked before"),
        "{}",
        page.html
    );
    let now = git(&site.story.bare(), &["rev-parse", BRANCH]);
    let between = |from: &str, to: &str| {
        format!(
            "/test/between/{BRANCH}?from={}&to={}",
            from.trim(),
            to.trim()
        )
    };
    let since = ben.get(&between(&before, &now)).await;
    assert!(
        since.has("to make") && since.has("Say it better"),
        "{}",
        since.html
    );
    let whole = ben.get(&between(&began, &now)).await;
    assert!(
        whole.has("where it began") && whole.has("cheap to make"),
        "{}",
        whole.html
    );
    assert!(ben.get(&between(&now, &now)).await.has("Both say the same"));
    let mut cy = site.signed_in("cy@example.org").await;
    assert!(
        !cy.get(PAGE).await.has("It changed since you looked before"),
        "a first look"
    );

    // A rebase leaves what was looked at behind; who saw it still sees what changed, and nobody else reaches it.
    git(&site.story.work(), &["switch", "-q", BRANCH]);
    git(
        &site.story.work(),
        &["reset", "-q", "--hard", "origin/main"],
    );
    let other = with_claim(&site.story.file(NOTE)).replace("cheap", "free");
    git(&site.story.work(), &["switch", "-q", "main"]);
    site.story
        .propose(BRANCH, ANA, "Begin anew", &[(NOTE, &other)]);
    site.story.desk.sync().await.unwrap();
    let new = git(&site.story.bare(), &["rev-parse", BRANCH]);
    assert!(
        ben.get(PAGE)
            .await
            .has("It changed since you looked before")
    );
    let rebased = ben.get(&between(&now, &new)).await;
    assert!(
        rebased.has("what you looked at before") && rebased.has("free"),
        "{}",
        rebased.html
    );
    let mut dee = site.signed_in("dee@example.org").await;
    assert_eq!(
        dee.get(&between(&now, &new)).await.status,
        StatusCode::NOT_FOUND
    );
    let foreign = git(
        &site.story.bare(),
        &["rev-parse", "refs/countersign/journal"],
    );
    assert_eq!(
        ben.get(&between(&foreign, &new)).await.status,
        StatusCode::NOT_FOUND
    );
}
/// FAULTS 77, 133: two people in sessions of their own press at the same moment, one of them twice.
#[tokio::test]
async fn two_people_at_once_and_a_double_click_publish_once() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let mut cy = site.signed_in("cy@example.org").await;
    let bare = site.story.bare();
    let count = |name: &str| {
        git(&bare, &["rev-list", "--first-parent", "--count", name])
            .trim()
            .parse::<usize>()
            .unwrap()
    };
    let before = (count("main"), count("refs/countersign/journal"));
    let form = |page: Page| {
        page.form("/test/decisions")
            .with("decision", "approve:revise")
    };
    let (bens, cys) = (form(ben.get(REVIEW).await), form(cy.get(REVIEW).await));
    let mut other_tab = cy.clone();
    let (one, two, three) = tokio::join!(
        ben.send_form(&bens),
        cy.send_form(&cys),
        other_tab.send_form(&cys)
    );
    for answer in [&one, &two, &three] {
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    }
    // The approval that it completes may come between the two clicks; the decision is one.
    let decided = |answer: &Page| answer.location().split_once("done=").unwrap().1.to_owned();
    assert_eq!(decided(&two), decided(&three));
    let after = (count("main"), count("refs/countersign/journal"));
    assert_eq!(after, (before.0 + 1, before.1 + 2));
    // Sent once more, from the history of the browser: the same decision, and nothing new.
    assert_eq!(decided(&cy.send_form(&cys).await), decided(&two));
    assert_eq!((count("main"), count("refs/countersign/journal")), after);
    site.story.rebuild_is_equal().await;
    site.story.is_proven();
}

/// FAULTS 133: whoever comes second is told that it was published, keeps their words, and is led to where it stands who did.
#[tokio::test]
async fn whoever_approves_what_was_just_published_is_told_so() {
    let site = site().await;
    let mut ben = site.signed_in("ben@example.org").await;
    let mut dee = site.signed_in("dee@example.org").await;
    let form = dee.get(REVIEW).await.form("/test/decisions");
    ben.decide(REVIEW, "approve:revise", "").await;
    let mut cy = site.signed_in("cy@example.org").await;
    cy.decide(REVIEW, "approve:revise", "").await;
    let form = form
        .with("decision", "approve:revise")
        .with("reason", "Well said.");
    let answer = dee.send_form(&form).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.html);
    assert!(
        answer.has("PRO-LANDED-001") && answer.has("Well said."),
        "{}",
        answer.html
    );
    assert!(
        answer.has("href=\"/test/records/notes/one\""),
        "{}",
        answer.html
    );
    let record = dee.get("/test/records/notes/one").await;
    assert!(
        record.has("1.1.0") && record.has("Cy Lind"),
        "{}",
        record.html
    );
}

/// FAULTS 97: what is decided, said and written about a proposal outlives the session that it was written in, and is done by the next one's own button.
#[tokio::test]
async fn a_lost_session_loses_nothing_of_what_was_meant_for_a_proposal() {
    let site = site().await;
    let edit = "/test/edit/notes/one?proposal=proposals%2Fclaims";
    for (address, page, action, field, button) in [
        (
            "ben@example.org",
            REVIEW,
            "/test/decisions",
            "reason",
            "approve:revise",
        ),
        (
            "ben@example.org",
            PAGE,
            "/test/decisions",
            "reason",
            "comment",
        ),
        (
            "ana@example.org",
            edit,
            "/test/edit/notes/one",
            "field:definition",
            "",
        ),
    ] {
        let mut browser = site.signed_in(address).await;
        let form = browser.get(page).await.form(action);
        let form = form.with(field, "Well <said>.").with("decision", button);
        browser.cookies.remove("countersign");
        let refused = browser.send_form(&form).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{}", refused.html);
        let kept = refused.form(&form.action);
        let before = git(&site.story.bare(), &["for-each-ref"]);
        let mut again = site.signed_in(address).await;
        let shown = again.send_form(&kept).await;
        assert_eq!(shown.status, StatusCode::FORBIDDEN, "{}", shown.html);
        assert_eq!(
            git(&site.story.bare(), &["for-each-ref"]),
            before,
            "done unseen"
        );
        let own = shown.form(action);
        assert_eq!(own.get(field), "Well <said>.", "{page}");
        let sent = again.send_form(&own.with("decision", button)).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
        assert_ne!(git(&site.story.bare(), &["for-each-ref"]), before);
    }
    let text = git(&site.story.bare(), &["show", &format!("{BRANCH}:{NOTE}")]);
    assert!(text.contains("Well <said>."), "{text}");
}
