//! Registers that this project did not make, adopted and looked at with all their history.
//!
//! The corpora lie beside the package, in `shared/corpora`; where they are absent these tests say so and pass.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use countersign::id::Identity;
use countersign::index;
use countersign::review::{self, Adoption, Desk};

use crate::common::{desk, git};

#[tokio::test]
async fn every_post_of_a_blog_keeps_its_history_through_a_new_format_and_two_new_names() {
    let Some((_folder, desk)) = adopted("rust-blog").await else {
        return;
    };
    let births = births(&desk).await;
    assert_eq!(births.len(), 754);
    // Both mass renames (584 and 590 files) kept every byte. A third one, of 53 files, edited 45 of them on the way: those begin anew until an editor
    // says otherwise. `git log -M100%` comes to the same numbers.
    let born_in = |folder: &str| {
        births
            .iter()
            .filter(|(_, birth, _)| birth.starts_with(folder))
            .count()
    };
    assert_eq!((born_in("posts/"), born_in("content/")), (545, 209));
    let renamed_lately = births
        .iter()
        .filter(|(_, birth, year)| birth.starts_with("posts/") && *year > 2025)
        .count();
    assert_eq!(renamed_lately, 0);
    let again: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM (SELECT id FROM records GROUP BY id HAVING count(*) > 1)",
    )
    .fetch_one(desk.index.reader())
    .await
    .unwrap();
    assert_eq!(again, 0, "two posts share an id");
    stand_as_adopted(&desk, "active", 754).await;
    a_rebuild_is_equal(&desk).await;
}

#[tokio::test]
async fn every_proposal_is_the_number_it_bears() {
    let Some((_folder, desk)) = adopted("eips").await else {
        return;
    };
    let wrong: Vec<(String, String)> =
        sqlx::query_as("SELECT path, id FROM records WHERE path <> 'EIPS/eip-' || id || '.md'")
            .fetch_all(desk.index.reader())
            .await
            .unwrap();
    assert_eq!(wrong, []);
    stand_as_adopted(&desk, "Final", 138).await;
    stand_as_adopted(&desk, "Moved", 365).await;
    a_rebuild_is_equal(&desk).await;
}

/// Clones a corpus and adopts it under its example policy.
async fn adopted(name: &str) -> Option<(tempfile::TempDir, Arc<Desk>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let bundle: PathBuf = root.join(format!("../shared/corpora/{name}.bundle"));
    let policy = root.join(format!("examples/{name}.countersign.toml"));
    let (true, Ok(policy)) = (bundle.exists(), std::fs::read_to_string(policy)) else {
        eprintln!("{} is not here; nothing was tried", bundle.display());
        return None;
    };
    let folder = tempfile::tempdir().unwrap();
    let from = bundle.display().to_string();
    git(folder.path(), &["clone", "-q", "--bare", &from, "repo.git"]);
    let repository = folder.path().join("repo.git");
    git(&repository, &["update-ref", "refs/heads/main", "HEAD"]);
    let desk = desk(folder.path()).await;
    let adoption = Adoption {
        files: Vec::new(),
        branch_ref: desk.tip_ref.clone(),
        policy: Some(policy),
        by: Identity::new("Aiko Mori", "aiko@example.org"),
        at: 1_790_000_000,
    };
    desk.on_repository(move |repository, desk| {
        Ok(review::adopt(repository, &desk.key, &adoption)?.unwrap())
    })
    .await
    .unwrap();
    let begun = std::time::Instant::now();
    let synced = desk.sync().await.unwrap();
    println!("{name}: {synced:?} in {:?}", begun.elapsed());
    Some((folder, desk))
}

/// Returns each record's path, the path at birth, and the year of birth.
async fn births(desk: &Desk) -> Vec<(String, String, i64)> {
    sqlx::query_as(
        "SELECT records.path, first.earlier, 1970 + min(commits.authored_at) / 31557600
         FROM records
         JOIN lineage AS first ON first.path = records.path
          AND first.position = (SELECT max(position) FROM lineage WHERE lineage.path = records.path)
         JOIN changes ON changes.path = first.earlier
         JOIN commits ON commits.id = changes.commit_id
         GROUP BY records.path ORDER BY records.path",
    )
    .fetch_all(desk.index.reader())
    .await
    .unwrap()
}

async fn stand_as_adopted(desk: &Desk, status: &str, expected: i64) {
    let standing: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM records WHERE attested_status = $1 AND standing <> 'changed'",
    )
    .bind(status)
    .fetch_one(desk.index.reader())
    .await
    .unwrap();
    assert_eq!(standing, expected, "{status}");
}

async fn a_rebuild_is_equal(desk: &Desk) {
    // The same history again, in stops along the branch's own line.
    let stepped = index::Index::open(&desk.path.join("stepped.sqlite"))
        .await
        .unwrap();
    let line = git(
        &desk.path,
        &["rev-list", "--first-parent", "--reverse", "refs/heads/main"],
    );
    let line: Vec<&str> = line.lines().collect();
    let step = line.len() / 7 + 1;
    for stop in line.iter().skip(step - 1).step_by(step).chain(line.last()) {
        git(&desk.path, &["update-ref", "refs/heads/main", stop]);
        index::sync(&stepped, &desk.path, &desk.tip_ref)
            .await
            .unwrap();
    }
    assert_eq!(
        index::compare_with(&stepped, &desk.index).await.unwrap(),
        []
    );
}
