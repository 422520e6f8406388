//! Proposals under many hands at once: whoever comes first, one outcome, told to everybody, and nothing published that was not approved as it stands.

use std::sync::Arc;

use countersign::id::Identity;
use countersign::ledger::Act;
use countersign::refusal::Refusal;
use countersign::review::{Intent, Item, Outcome};

use crate::common::{self, DRAFT, Story, commit_files, decision, git};

const NOTE: &str = "notes/one.md";
const BRANCH: &str = "proposals/claims";
const ANA: &str = "Ana Roche <ana@example.org>";

async fn with_active_note() -> Story {
    let active = DRAFT
        .replace("status: draft", "status: active")
        .replace("0.1.0", "1.0.0");
    Story::with(&[(NOTE, &active)]).await
}

fn with_claim(text: &str) -> String {
    let claims = "Notes are short.\n  - key: c2\n    text: Notes are cheap.\n";
    text.replace("Notes are short.\n", claims)
}

async fn decisions(story: &Story) -> i64 {
    story.desk.sync().await.unwrap();
    sqlx::query_scalar("SELECT count(*) FROM decisions")
        .fetch_one(story.desk.index.reader())
        .await
        .unwrap()
}

fn commits_since(story: &Story, before: &str) -> usize {
    let range = format!("{}..main", before.trim());
    let count = git(&story.bare(), &["rev-list", "--count", &range]);
    count.trim().parse().unwrap()
}

/// Everybody sends at the same moment; what each was told, in the order they were given.
async fn at_once(story: &Story, intents: Vec<Intent>) -> Vec<Result<Outcome, Refusal>> {
    let go = Arc::new(tokio::sync::Barrier::new(intents.len()));
    let mut sending = Vec::new();
    for intent in intents {
        let (committer, go) = (story.committer.clone(), Arc::clone(&go));
        sending.push(tokio::spawn(async move {
            go.wait().await;
            committer.decide(intent).await
        }));
    }
    let mut told = Vec::new();
    for sent in sending {
        told.push(sent.await.unwrap());
    }
    told
}

fn approval(item: &Item, address: &str, operation: &str) -> Intent {
    Intent {
        suggestion: None,
        by: Identity::new("", address),
        decision: decision(item, Act::Approve, Some("revise"), "", operation.to_owned()),
        at: 1_770_200_000,
    }
}

async fn with_proposal() -> (Story, Item) {
    let story = with_active_note().await;
    let revised = with_claim(&story.file(NOTE));
    story.propose(BRANCH, ANA, "Say that notes are cheap", &[(NOTE, &revised)]);
    let item = story.proposed(BRANCH, NOTE).await;
    (story, item)
}

/// FAULTS 77, 133: one form by twenty ways at once is one decision, and everybody is told of the same one.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_approval_of_a_proposal_sent_by_many_at_once_is_one_decision() {
    let (story, item) = with_proposal().await;
    story
        .approve_proposed("ben@example.org", BRANCH, NOTE, "revise")
        .await
        .unwrap();
    let tip = git(&story.bare(), &["rev-parse", "main"]);
    let before = decisions(&story).await;
    let same = vec![approval(&item, "cy@example.org", "the-form"); 20];
    let told = at_once(&story, same).await;
    let first = told[0].clone().unwrap();
    assert!(matches!(first, Outcome::Attested { .. }), "{first:?}");
    for other in told {
        assert_eq!(other.unwrap(), first);
    }
    assert_eq!(decisions(&story).await, before + 1);
    assert_eq!(commits_since(&story, &tip), 1);
    story.rebuild_is_equal().await;
    story.is_proven();
}

/// FAULTS 133: both who are needed approve in one breath, again and again, in every order that chance makes.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_people_who_approve_a_proposal_at_once_land_it_once() {
    let story = with_active_note().await;
    for round in 0..12 {
        let standing = story.file(NOTE);
        let revised = standing.replace(
            "A first paragraph.",
            &format!("A first paragraph.\n\nRound {round}."),
        );
        let branch = format!("proposals/round-{round}");
        story.propose(&branch, ANA, "Say more", &[(NOTE, &revised)]);
        let item = story.proposed(&branch, NOTE).await;
        let tip = git(&story.bare(), &["rev-parse", "main"]);
        let before = decisions(&story).await;
        let people = ["ben@example.org", "cy@example.org"];
        let intents = people.map(|person| approval(&item, person, &format!("{round}{person}")));
        let told = at_once(&story, intents.into()).await;
        let landed = |told: &Result<Outcome, _>| matches!(told, Ok(Outcome::Attested { .. }));
        assert!(told.iter().all(Result::is_ok), "{told:?}");
        assert!(told.iter().any(landed), "{told:?}");
        assert_eq!(decisions(&story).await, before + 2);
        assert_eq!(commits_since(&story, &tip), 1);
        let message = git(&story.bare(), &["log", "-1", "--format=%B", "main"]);
        for name in ["Ben Aster", "Cy Lind"] {
            assert_eq!(
                message.matches(&format!("Approved-by: {name}")).count(),
                1,
                "{message}"
            );
        }
        git(&story.work(), &["fetch", "-q", "origin"]);
    }
    story.rebuild_is_equal().await;
    story.is_proven();
}

/// FAULTS 133: of two who could each give the last approval, one publishes and the other is told that it was.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_last_approvals_at_once_one_publishes_and_nobody_is_left_in_doubt() {
    for _ in 0..6 {
        let (story, item) = with_proposal().await;
        let ben = story.approve_proposed("ben@example.org", BRANCH, NOTE, "revise");
        ben.await.unwrap();
        let (tip, before) = (
            git(&story.bare(), &["rev-parse", "main"]),
            decisions(&story).await,
        );
        let people = ["cy@example.org", "dee@example.org"];
        let told = at_once(
            &story,
            people.map(|person| approval(&item, person, person)).into(),
        )
        .await;
        let (made, late): (Vec<_>, Vec<_>) = told.iter().partition(|told| told.is_ok());
        assert!(!made.is_empty(), "{told:?}");
        for outcome in &made {
            assert!(matches!(outcome, Ok(Outcome::Attested { .. })), "{told:?}");
        }
        for refusal in late {
            assert_eq!(refusal.as_ref().unwrap_err().code, "PRO-LANDED-001");
        }
        assert_eq!(
            decisions(&story).await,
            before + i64::try_from(made.len()).unwrap()
        );
        assert_eq!(commits_since(&story, &tip), 1);
        story.rebuild_is_equal().await;
        story.is_proven();
    }
}

/// FAULTS 134: many proposals approved at once by both who are needed: a commit each, none lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_proposals_approved_at_once_land_each_in_a_commit_of_its_own() {
    const MANY: usize = 12;
    let text = DRAFT.replace("status: draft", "status: active");
    let path = |number: usize| format!("notes/n{number}.md");
    let files: Vec<(String, String)> = (0..MANY)
        .map(|number| {
            (
                path(number),
                text.replace("One", &format!("Note {number}, one")),
            )
        })
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (&**path, &**text))
        .collect();
    let story = Story::with(&files).await;
    let mut intents = Vec::new();
    for (number, (path, text)) in files.iter().enumerate() {
        let branch = format!("proposals/n{number}");
        story.propose(&branch, ANA, "Say more", &[(path, &with_claim(text))]);
        let item = story.proposed(&branch, path).await;
        for person in ["ben@example.org", "cy@example.org"] {
            intents.push(approval(&item, person, &format!("{number}{person}")));
        }
    }
    let tip = git(&story.bare(), &["rev-parse", "main"]);
    let told = at_once(&story, intents).await;
    assert!(told.iter().all(Result::is_ok), "{told:?}");
    assert_eq!(commits_since(&story, &tip), MANY);
    for (path, _) in &files {
        assert!(story.file(path).contains("Notes are cheap."), "{path}");
    }
    story.rebuild_is_equal().await;
    story.is_proven();
}

/// FAULTS 137: the last approval against a request for changes; whichever came first, the other is told.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_approval_against_a_request_for_changes_has_one_outcome_told_to_both() {
    let (mut landed, mut held) = (0, 0);
    for round in 0..6 {
        let (story, item) = with_proposal().await;
        let ben = story.approve_proposed("ben@example.org", BRANCH, NOTE, "revise");
        ben.await.unwrap();
        let approve = approval(&item, "cy@example.org", "approve");
        let mut object = approval(&item, "dee@example.org", "object");
        object.decision.act = Act::RequestChanges;
        object.decision.transition = None;
        object.decision.text = "Not yet.".to_owned();
        let both = match round % 2 {
            0 => vec![approve, object],
            _ => vec![object, approve],
        };
        let told = at_once(&story, both).await;
        let (approved, objected) = (&told[round % 2], &told[1 - round % 2]);
        match story.file(NOTE).contains("Notes are cheap.") {
            true => {
                landed += 1;
                assert!(matches!(approved, Ok(Outcome::Attested { .. })), "{told:?}");
                let late = objected.as_ref().unwrap_err();
                assert_eq!(late.code, "PRO-LANDED-001", "{late}");
            }
            false => {
                held += 1;
                assert!(objected.is_ok(), "{told:?}");
                assert!(
                    !matches!(approved, Ok(Outcome::Attested { .. })),
                    "{told:?}"
                );
            }
        }
        story.rebuild_is_equal().await;
        story.is_proven();
    }
    println!("landed {landed} times, held {held} times");
}

/// FAULTS 137, 138: the last approval while somebody pushes another text onto the proposal, deletes it, or publishes around review: what is published
/// was approved as it stands, or nothing is.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_approval_against_a_push_publishes_what_was_approved_or_nothing() {
    let mut landed = [0; 3];
    for round in 0..12 {
        let (story, item) = with_proposal().await;
        let ben = story.approve_proposed("ben@example.org", BRANCH, NOTE, "revise");
        ben.await.unwrap();
        let standing = story.file(NOTE);
        let work = story.work();
        let (target, from) = match round % 3 {
            0 => (BRANCH, BRANCH),
            1 => (BRANCH, ""),
            _ => ("main", "main"),
        };
        if !from.is_empty() {
            git(&work, &["fetch", "-q", "origin"]);
            git(
                &work,
                &["switch", "-q", "--detach", &format!("origin/{from}")],
            );
            let other = format!("{standing}\nUnread.\n");
            commit_files(&work, ANA, "Say what nobody read", &[(NOTE, &other)]);
        }
        let refspec = match from {
            "" => format!(":{target}"),
            _ => format!("HEAD:{target}"),
        };
        let delay = std::time::Duration::from_millis(40 * (round as u64 / 3));
        let pushing = tokio::task::spawn_blocking(move || {
            std::thread::sleep(delay);
            let push = ["push", "-q", "origin", &refspec];
            // The approval may have come first: then the published branch is not ours to push to any more.
            common::git_may_fail(&work, &push)
        });
        let told = at_once(&story, vec![approval(&item, "cy@example.org", "last")]).await;
        let has_pushed = pushing.await.unwrap();
        let has_landed = matches!(told[0], Ok(Outcome::Attested { .. }));
        landed[round % 3] += usize::from(has_landed);
        let attested = git(
            &story.bare(),
            &[
                "log",
                "--format=%H",
                "--fixed-strings",
                "--grep=(revise)",
                "main",
            ],
        );
        assert_eq!(
            attested.lines().count(),
            usize::from(has_landed),
            "{told:?}"
        );
        if has_landed && target != "main" {
            let published = with_claim(&standing).replace("version: 1.0.0", "version: 1.1.0");
            assert_eq!(story.file(NOTE), published);
        }
        assert!(has_pushed || target == "main");
        story.rebuild_is_equal().await;
        story.is_proven();
    }
    println!("landed against another text, a deletion, a push around review: {landed:?} of 4 each");
}

/// FAULTS 73: whoever is named as a co-author, and whoever pushed onto it, is an author of a proposal, whatever else they are.
#[tokio::test]
async fn no_co_author_of_a_proposal_approves_it() {
    let story = with_active_note().await;
    let revised = with_claim(&story.file(NOTE));
    let message = "Say that notes are cheap\n\nCo-authored-by: Dee Moss <dee@example.org>";
    story.propose(BRANCH, ANA, message, &[(NOTE, &revised)]);
    let longer = revised.replace("cheap", "cheap to make");
    story.propose(
        BRANCH,
        "Cy Lind <cy@example.org>",
        "Say how",
        &[(NOTE, &longer)],
    );
    for own in ["ana@example.org", "dee@example.org", "cy@example.org"] {
        let refused = story.approve_proposed(own, BRANCH, NOTE, "revise").await;
        assert_eq!(refused.unwrap_err().code, "REV-EYES-001", "{own}");
    }
    story.rebuild_is_equal().await;
}

/// FAULTS 75: an approval of a text that was pushed over is refused, and one of a text whose published side moved lands nothing.
#[tokio::test]
async fn an_approval_of_a_proposal_that_moved_is_refused() {
    let (story, item) = with_proposal().await;
    let longer = with_claim(&story.file(NOTE)).replace("cheap", "cheap to make");
    story.propose(BRANCH, ANA, "Say how", &[(NOTE, &longer)]);
    story.desk.sync().await.unwrap();
    let before = decisions(&story).await;
    let told = story
        .committer
        .decide(approval(&item, "ben@example.org", "stale"))
        .await;
    assert_eq!(told.unwrap_err().code, "REV-STALE-001");
    assert_eq!(decisions(&story).await, before, "nothing was recorded");
    story.rebuild_is_equal().await;
    story.is_proven();
}
