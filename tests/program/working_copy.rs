//! In a developer's own checkout our commits appear as if they had made them, and what they are working on is left alone.

use countersign::id::Identity;
use countersign::index::Index;
use countersign::ledger::{Act, Attachment};
use countersign::repository::SigningKey;
use countersign::review::{self, Adoption, Committer, Desk, Intent};
use std::path::Path;
use std::sync::Arc;

use crate::common::{self, DRAFT, POLICY, commit_files, git};

const ONE: &str = "notes/one.md";
const TWO: &str = "notes/two.md";

async fn checkout(folder: &Path) -> (Arc<Desk>, Committer) {
    checkout_under(folder, POLICY).await
}

async fn checkout_under(folder: &Path, policy: &str) -> (Arc<Desk>, Committer) {
    let work = folder.join("work");
    git(folder, &["init", "-q", "-b", "main", "work"]);
    commit_files(
        &work,
        "Ana Roche <ana@example.org>",
        "Begin",
        &[(ONE, DRAFT), (TWO, DRAFT)],
    );
    let index = Index::open(&folder.join("index.sqlite")).await.unwrap();
    let key = SigningKey::load_or_create(&folder.join("key")).unwrap();
    let desk = Arc::new(Desk::new(
        "work",
        work.clone(),
        "refs/heads/main",
        index,
        key,
    ));
    let adoption = Adoption {
        branch_ref: "refs/heads/main".into(),
        policy: Some(policy.into()),
        by: Identity::new("Dee", "dee@example.org"),
        at: 1_770_000_000,
        files: Vec::new(),
    };
    desk.on_repository(move |repository, desk| {
        Ok(review::adopt(repository, &desk.key, &adoption)?.expect("the policy is sound"))
    })
    .await
    .unwrap();
    git(&work, &["reset", "-q", "--hard"]);
    desk.sync().await.unwrap();
    let committer = Committer::start(Arc::clone(&desk));
    (desk, committer)
}

async fn validate(desk: &Arc<Desk>, committer: &Committer, path: &str) {
    desk.sync().await.unwrap();
    let item = review::items(desk.index.reader(), &[path.to_owned()])
        .await
        .unwrap()
        .remove(0);
    let decision = common::decision(
        &item,
        Act::Approve,
        Some("validate"),
        "",
        format!("validate {path}"),
    );
    committer
        .decide(Intent {
            suggestion: None,
            by: Identity::new("", "ben@example.org"),
            decision,
            at: 1_770_000_100,
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn a_clean_checkout_stays_clean() {
    let folder = tempfile::tempdir().unwrap();
    let (desk, committer) = checkout(folder.path()).await;
    validate(&desk, &committer, ONE).await;
    let work = folder.path().join("work");
    assert_eq!(git(&work, &["status", "--porcelain"]), "");
    assert!(
        std::fs::read_to_string(work.join(ONE))
            .unwrap()
            .contains("status: validated")
    );
    assert_eq!(desk.left_alone(), []);
}

#[tokio::test]
async fn a_file_that_is_being_edited_is_left_alone_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let (desk, committer) = checkout(folder.path()).await;
    let file = folder.path().join("work").join(ONE);
    std::fs::write(&file, "being written").unwrap();
    validate(&desk, &committer, ONE).await;
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "being written");
    assert_eq!(desk.left_alone()[0].path, ONE);
    validate(&desk, &committer, TWO).await;
    assert!(
        std::fs::read_to_string(folder.path().join("work").join(TWO))
            .unwrap()
            .contains("status: validated")
    );
}

#[cfg(unix)]
#[tokio::test]
async fn no_link_is_followed_out_of_the_checkout() {
    let folder = tempfile::tempdir().unwrap();
    let (desk, committer) = checkout(folder.path()).await;
    let work = folder.path().join("work");
    let outside = folder.path().join("outside");
    std::fs::rename(work.join("notes"), &outside).unwrap();
    std::os::unix::fs::symlink(&outside, work.join("notes")).unwrap();
    validate(&desk, &committer, ONE).await;
    assert_eq!(
        std::fs::read_to_string(outside.join("one.md")).unwrap(),
        DRAFT
    );
    assert_eq!(desk.left_alone()[0].reason, "a link stands on the way");
}

#[tokio::test]
async fn an_edit_that_is_not_committed_is_seen_with_its_findings() {
    let folder = tempfile::tempdir().unwrap();
    let (desk, _) = checkout(folder.path()).await;
    let work = folder.path().join("work");
    std::fs::write(
        work.join(ONE),
        DRAFT.replace("status: draft", "status: drafft"),
    )
    .unwrap();
    std::fs::remove_file(work.join(TWO)).unwrap();
    std::fs::write(work.join("unrelated.txt"), "x").unwrap();
    desk.look_at_files().await.unwrap();
    let edited = desk.edited();
    let paths: Vec<&str> = edited.iter().map(|edited| edited.path.as_str()).collect();
    assert_eq!(paths, [ONE, TWO]);
    let findings = edited[0].findings.as_ref().unwrap();
    assert_eq!(
        (findings[0].code.as_str(), findings[0].line),
        ("S07", Some(3))
    );
    assert_eq!(edited[1].findings, None);
}

/// A picture may be larger than a record may.
#[tokio::test]
async fn a_large_picture_appears_beside_the_text_that_shows_it() {
    let folder = tempfile::tempdir().unwrap();
    let paths = "paths = [\"notes/*.md\"]\n";
    let policy = POLICY.replace(paths, &format!("{paths}attachments = [\"media/**\"]\n"));
    let (desk, committer) = checkout_under(folder.path(), &policy).await;
    let mut picture = b"GIF89a\x01\0\x01\0".to_vec();
    picture.resize(3 << 20, b'x');
    let bytes = picture.clone();
    let blob = desk
        .on_repository(move |repository, _| repository.store_blob(&bytes))
        .await
        .unwrap();
    let from = desk
        .on_repository(|repository, _| repository.blob_id(DRAFT.as_bytes()))
        .await
        .unwrap();
    let order = review::EditOrder {
        by: Identity::new("Ana Roche", "ana@example.org"),
        place: review::Place::Published,
        texts: vec![review::NewText {
            path: ONE.to_owned(),
            from: Some(from),
            content: format!("{DRAFT}\n![A map](/media/map.gif)\n").into_bytes(),
        }],
        attached: vec![Attachment {
            path: "media/map.gif".to_owned(),
            blob,
        }],
        removes: Vec::new(),
        coauthors: Vec::new(),
        subject: "Show a map".to_owned(),
        at: 1_770_100_000,
    };
    committer.edit(order).await.unwrap();
    let work = folder.path().join("work");
    assert_eq!(std::fs::read(work.join("media/map.gif")).unwrap(), picture);
    assert_eq!(git(&work, &["status", "--porcelain"]), "");
}
