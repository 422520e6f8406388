//! The same over SSH: a real sshd, a key of its own, and hosts that are pinned.

use super::common::git;
use super::common::sshd::Sshd;
use super::{Cloned, NOTE};
use countersign::review::Publication;

/// A story whose remote is reached over SSH.
async fn cloned(sshd: &Sshd) -> Cloned {
    let mut cloned = Cloned::approved().await;
    let pinned = sshd.known_hosts("host");
    cloned.place = sshd.place(&cloned.story.bare(), "deploy", &pinned);
    cloned
}

#[tokio::test]
async fn a_clone_and_an_approval_go_over_ssh_by_a_key_of_their_own() {
    let sshd = Sshd::start().await;
    let cloned = cloned(&sshd).await;
    let (place, folder) = (cloned.place.clone(), sshd.path("again.git"));
    let at = folder.clone();
    tokio::task::spawn_blocking(move || place.clone_to(&at))
        .await
        .unwrap()
        .unwrap();
    git(&folder, &["fsck", "--full", "--strict"]);
    assert_eq!(cloned.publish().await, Publication::Published);
    assert!(cloned.on_remote(NOTE).contains("status: validated"));
}

#[tokio::test]
async fn a_push_that_is_declined_says_why() {
    let sshd = Sshd::start().await;
    let cloned = cloned(&sshd).await;
    cloned.remote.decline("protected branch");
    let refusal = cloned.pending().await;
    assert_eq!(refusal.code, "PUB-REM-001");
    assert!(refusal.cause.contains("protected branch"), "{refusal}");
    cloned.remote.accept();
    assert_eq!(cloned.publish().await, Publication::Published);
}

#[tokio::test]
async fn a_host_with_another_key_is_sent_nothing_and_its_fingerprint_is_told() {
    let mut sshd = Sshd::start().await;
    let cloned = cloned(&sshd).await;
    sshd.serve_as("other-host").await;
    let refusal = cloned.pending().await;
    assert_eq!(refusal.code, "PUB-REM-008", "{refusal}");
    let shown = sshd.fingerprint("other-host");
    assert!(refusal.cause.contains(&shown), "{refusal}");
    assert!(cloned.on_remote(NOTE).contains("status: draft"));
    sshd.serve_as("host").await;
    assert_eq!(cloned.publish().await, Publication::Published);
}

#[tokio::test]
async fn a_host_that_nobody_pinned_is_not_trusted_at_first_sight() {
    let sshd = Sshd::start().await;
    let mut cloned = cloned(&sshd).await;
    cloned.place = sshd.place(&cloned.story.bare(), "deploy", "");
    let refusal = cloned.pending().await;
    assert_eq!(refusal.code, "PUB-REM-008", "{refusal}");
    let shown = sshd.fingerprint("host");
    assert!(refusal.cause.contains(&shown), "{refusal}");
}

#[tokio::test]
async fn a_key_that_the_host_does_not_know_is_told_apart() {
    let sshd = Sshd::start().await;
    let mut cloned = cloned(&sshd).await;
    let pinned = sshd.known_hosts("host");
    cloned.place = sshd.place(&cloned.story.bare(), "stranger", &pinned);
    assert_eq!(cloned.pending().await.code, "PUB-REM-007");
}

#[tokio::test]
async fn a_host_that_is_away_is_told_apart_and_caught_up_with() {
    let mut sshd = Sshd::start().await;
    let cloned = cloned(&sshd).await;
    sshd.stop();
    assert_eq!(cloned.pending().await.code, "PUB-REM-006");
    sshd.serve_as("host").await;
    assert_eq!(cloned.publish().await, Publication::Published);
}
