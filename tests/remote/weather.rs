//! What can happen to a push on its way, and how each ending is told apart. Every story ends with the remote holding what was approved, once.

use std::time::{Duration, Instant};

use super::common::remote::{Remote, Weather};
use super::common::{DRAFT, commit_files, git};
use super::{Cloned, NOTE, OTHER};
use countersign::refusal::Refusal;
use countersign::repository::network::Login;
use countersign::review::Publication;

const TOKEN: &str = "canary-of-a-token";

/// In fair weather everything arrives, and the move stands there once.
async fn clears_up(cloned: &Cloned) {
    cloned.remote.weather(Weather::Fair);
    assert_eq!(cloned.publish().await, Publication::Published);
    assert!(cloned.on_remote(NOTE).contains("status: validated"));
    let log = git(&cloned.story.bare(), &["log", "--format=%B", "main"]);
    assert_eq!(log.matches("Transition: draft -> validated").count(), 1);
    git(&cloned.story.bare(), &["fsck", "--full", "--strict"]);
    cloned.story.rebuild_is_equal().await;
}

#[tokio::test]
async fn a_line_that_is_cut_after_the_remote_took_a_push_changes_nothing() {
    let cloned = Cloned::approved().await;
    cloned.remote.weather(Weather::CutAfterPush);
    assert_eq!(cloned.publish().await, Publication::Published);
    clears_up(&cloned).await;
}

#[tokio::test]
async fn a_line_that_is_cut_before_is_told_and_tried_again() {
    let cloned = Cloned::approved().await;
    cloned.remote.weather(Weather::CutBeforePush);
    assert_eq!(cloned.pending().await.code, "PUB-REM-011");
    assert!(cloned.on_remote(NOTE).contains("status: draft"));
    clears_up(&cloned).await;
}

#[tokio::test]
async fn a_remote_that_takes_a_push_and_never_answers_is_looked_at() {
    let cloned = Cloned::approved().await;
    cloned.remote.weather(Weather::HangAfterPush);
    assert_eq!(cloned.publish().await, Publication::Published);
    clears_up(&cloned).await;
}

#[tokio::test]
async fn a_remote_that_hangs_is_left_in_time_with_everything_that_was_begun() {
    let cloned = Cloned::approved().await;
    cloned.remote.weather(Weather::Hang);
    let begun = Instant::now();
    let refusal = cloned.pending().await;
    assert_eq!(refusal.code, "PUB-REM-002");
    assert!(refusal.cause.contains("within 4 seconds"), "{refusal}");
    assert!(begun.elapsed() < Duration::from_secs(15));
    assert_eq!(begun_and_left(&cloned), "");
    clears_up(&cloned).await;
}

/// The programs that git began for this remote and that still run.
fn begun_and_left(cloned: &Cloned) -> String {
    let mut left = String::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        if line.contains(&cloned.remote.address) {
            left.push_str(&line);
        }
    }
    left
}

#[tokio::test]
async fn a_remote_that_answers_a_byte_a_second_is_left_in_time() {
    let cloned = Cloned::approved().await;
    cloned
        .remote
        .weather(Weather::Trickle(Duration::from_secs(1)));
    assert_eq!(cloned.pending().await.code, "PUB-REM-002");
    clears_up(&cloned).await;
}

#[tokio::test]
async fn a_remote_that_moves_while_a_push_is_on_its_way_keeps_both() {
    let cloned = Cloned::approved().await;
    let work = cloned.story.work();
    git(&work, &["pull", "-q", "--rebase", "origin", "main"]);
    commit_files(&work, "Eve <eve@example.net>", "Other", &[(OTHER, DRAFT)]);
    git(&work, &["push", "-q", "origin", "HEAD:refs/heads/aside"]);
    let theirs = git(&work, &["rev-parse", "HEAD"]).trim().to_owned();
    cloned.remote.weather(Weather::MovesDuringPush(theirs));
    let first = cloned.publish().await;
    assert_eq!(first, Publication::Published);
    clears_up(&cloned).await;
    assert_eq!(cloned.on_remote(OTHER), DRAFT);
}

#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed_and_the_token_is_not_sent_there() {
    let mut cloned = Cloned::approved().await;
    let elsewhere = Remote::serve(cloned.story.folder.path(), "repo.git").await;
    elsewhere.asks_for(Some(("ana", TOKEN)));
    cloned.remote.asks_for(Some(("ana", TOKEN)));
    cloned.place = cloned.remote.place(token(TOKEN));
    let host = elsewhere.address.trim_end_matches("/repo.git").to_owned();
    cloned.remote.weather(Weather::Redirect(host));
    let refusal = cloned.pending().await;
    assert_eq!(refusal.code, "PUB-REM-009", "{refusal}");
    assert_eq!(elsewhere.requests(), 0);
    clears_up(&cloned).await;
}

fn token(token: &str) -> Login {
    Login::Token {
        user: "ana".to_owned(),
        token: token.into(),
    }
}

#[tokio::test]
async fn a_token_lets_in_and_one_that_expired_is_told_apart_without_being_shown() {
    let mut cloned = Cloned::approved().await;
    cloned.remote.asks_for(Some(("ana", "another one")));
    cloned.place = cloned.remote.place(token(TOKEN));
    let refusal = cloned.pending().await;
    assert_eq!(refusal.code, "PUB-REM-007", "{refusal}");
    assert!(!format!("{refusal:?} {:?}", cloned.place).contains("canary"));
    assert!(cloned.on_remote(NOTE).contains("status: draft"));
    cloned.place = cloned.remote.place(token("another one"));
    clears_up(&cloned).await;
}

#[tokio::test]
async fn a_remote_that_says_the_token_back_shows_it_to_nobody() {
    let mut cloned = Cloned::approved().await;
    cloned.remote.asks_for(Some(("ana", TOKEN)));
    cloned.remote.decline(&format!("no entry for {TOKEN}"));
    cloned.place = cloned.remote.place(token(TOKEN));
    let refusal = cloned.pending().await;
    assert_eq!(refusal.code, "PUB-REM-001");
    assert!(refusal.cause.contains("no entry for ********"), "{refusal}");
    cloned.remote.accept();
    clears_up(&cloned).await;
}

/// Whoever lists the processes of the machine while git runs finds no token.
#[tokio::test]
async fn a_token_stands_in_no_argument() {
    let mut cloned = Cloned::approved().await;
    cloned.remote.asks_for(Some(("ana", TOKEN)));
    let listed = cloned.story.folder.path().join("listed");
    let list = format!(
        "cat /proc/[0-9]*/cmdline > {} 2>/dev/null; true",
        listed.display()
    );
    cloned.remote.hook("pre-receive", &list);
    cloned.place = cloned.remote.place(token(TOKEN));
    clears_up(&cloned).await;
    let listed = String::from_utf8_lossy(&std::fs::read(&listed).unwrap()).into_owned();
    assert!(listed.contains("push") && listed.contains(&cloned.remote.address));
    assert!(!listed.contains(TOKEN));
    assert!(cloned.remote.told().contains(&format!("ana:{TOKEN}")));
    let config = std::fs::read_to_string(cloned.story.desk.path.join("config")).unwrap();
    assert!(!config.contains(TOKEN));
}

#[tokio::test]
async fn more_than_is_taken_is_broken_off() {
    let mut cloned = Cloned::approved().await;
    cloned.place.limits.bytes = 64 << 10;
    let large: String = (0..200_000_u32)
        .map(|n| format!("{:x} ", n.wrapping_mul(2_654_435_761)))
        .collect();
    cloned
        .story
        .push("Eve <eve@example.net>", &[("large.txt", &large)]);
    let refusal = cloned.pending().await;
    assert_eq!(refusal.code, "PUB-REM-012", "{refusal}");
    cloned.place.limits.bytes = 64 << 20;
    clears_up(&cloned).await;
}

#[tokio::test]
async fn a_host_that_is_away_is_told_apart_and_caught_up_with() {
    let mut cloned = Cloned::approved().await;
    let place = cloned.place.clone();
    // Nobody listens at port 1.
    cloned.place.address = "http://127.0.0.1:1/repo.git".to_owned();
    assert_eq!(cloned.pending().await.code, "PUB-REM-006");
    cloned.place = place;
    clears_up(&cloned).await;
}

/// A failing remote is asked again when something changes here: how its words vary from try to try is no change, or it would be asked without end.
#[tokio::test]
async fn words_that_vary_are_no_news() {
    let cloned = Cloned::approved().await;
    let desk = &cloned.story.desk;
    let changes = desk.changes();
    let count = || *changes.borrow();
    let failure = |milliseconds: u32| {
        let words = format!("could not connect after {milliseconds} ms");
        Refusal::new("PUB-REM-006", words, "it is tried again")
    };
    let begun = count();
    for milliseconds in 1..20 {
        desk.note_publication(Publication::Pending(failure(milliseconds)));
        desk.note_remote(1, Some(failure(milliseconds)));
        desk.note_mirror(
            "https://mirror.example".to_owned(),
            Some(failure(milliseconds)),
        );
    }
    assert_eq!(count() - begun, 3);
    assert_eq!(
        desk.remote_look().failure.unwrap().cause,
        "could not connect after 19 ms"
    );
}
