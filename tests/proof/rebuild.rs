//! The index is a picture of git: whatever the stops, whatever was interrupted, it equals one made from nothing; and a picture that does not is found
//! out, row by row.

use std::path::Path;
use std::time::Duration;

use countersign::id::Identity;
use countersign::index::{self, Index};
use countersign::ledger::{Act, Member, Plan};
use countersign::repository::{Repository, SigningKey};
use countersign::review::{self, Adoption, Committer, Desk, Intent, ReleaseAct, ReleaseOrder};
use sqlx::{AssertSqlSafe, SqliteConnection};

use crate::common::history::{Dice, History};
use crate::common::{self, DRAFT, POLICY, Story, commit_files, desk, git};

const NOTE: &str = "notes/one.md";

/// Three kinds of collection: slugs with a status, an id field with references, and neither id nor status. Changes are weighed, where a record is retired.
fn wide_policy() -> String {
    let collections = r#"
[collections.facts]
paths = ["facts/**/*.yaml"]
format = "yaml"
id = "id"
title = "title"
status = "status"
version = "version"
references = ["see"]

[collections.pages]
paths = ["pages/*.md"]
attachments = ["media/*"]
format = "markdown"
title = "title"

[roles]
"#;
    let (_, workflow) = include_str!("../../src/policy/defaults.toml")
        .split_once("[workflows.editorial]")
        .unwrap();
    let more = "to = \"retired\"\nmore = [{ bump = \"major\", approvals = { publisher = 2 } }, { fields = [\"title\"], approvals = { reviewer = 1 } }]";
    let workflow = workflow.replace("to = \"retired\"", more);
    let policy =
        POLICY
            .replace("notes/*.md", "notes/**/*.md")
            .replacen("\n[roles]\n", collections, 1);
    format!("{policy}\n[workflows.editorial]{workflow}")
}

#[tokio::test]
async fn every_changed_missing_or_added_row_of_every_table_is_named() {
    let story = played_story().await;
    story.rebuild_is_equal().await;
    let fresh = Index::open(&story.folder.path().join("fresh.sqlite"))
        .await
        .unwrap();
    index::sync(&fresh, &story.desk.path, &story.desk.tip_ref)
        .await
        .unwrap();
    let mut connection = connect(story.desk.index.path()).await;
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_sqlx%' AND name NOT LIKE 'search_%'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert!(tables.len() >= 15, "{tables:?}");
    for table in tables {
        let columns: Vec<(String, String)> =
            sqlx::query_as("SELECT name, type FROM pragma_table_info($1) ORDER BY cid")
                .bind(table.clone())
                .fetch_all(&mut connection)
                .await
                .unwrap();
        run(
            &mut connection,
            &format!("CREATE TEMP TABLE saved AS SELECT * FROM main.\"{table}\""),
        )
        .await;
        run(
            &mut connection,
            "CREATE TEMP TABLE one AS SELECT * FROM saved LIMIT 1",
        )
        .await;
        let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM saved")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert!(rows > 0, "the played story leaves {table} empty");
        for change in ways_to_differ(&table, &columns) {
            run(&mut connection, &change).await;
            let differences = index::compare_with(&story.desk.index, &fresh)
                .await
                .unwrap();
            assert!(!differences.is_empty(), "unseen: {change}");
            for difference in &differences {
                assert_eq!(difference.table, table, "{change}: {difference:?}");
                assert!(
                    difference.row.contains(&format!("{}=", columns[0].0)),
                    "{difference:?}"
                );
            }
            run(&mut connection, &format!("DELETE FROM main.\"{table}\"")).await;
            let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
            let names = names.join(", ");
            run(
                &mut connection,
                &format!("INSERT INTO main.\"{table}\" ({names}) SELECT {names} FROM saved"),
            )
            .await;
        }
        run(&mut connection, "DROP TABLE saved").await;
        run(&mut connection, "DROP TABLE one").await;
    }
    story.rebuild_is_equal().await;
}

/// Returns statements that change one value each, drop one row, and add one.
fn ways_to_differ(table: &str, columns: &[(String, String)]) -> Vec<String> {
    let same: Vec<String> = columns
        .iter()
        .map(|(name, _)| format!("\"{name}\" IS (SELECT \"{name}\" FROM one)"))
        .collect();
    let same = same.join(" AND ");
    let other = |name: &str, kind: &str| match kind {
        "INTEGER" => format!("coalesce(\"{name}\", 0) + 1000"),
        _ => format!("coalesce(\"{name}\", '') || 'x'"),
    };
    let mut ways: Vec<String> = columns
        .iter()
        .map(|(name, kind)| {
            let other = other(name, kind);
            format!("UPDATE main.\"{table}\" SET \"{name}\" = {other} WHERE {same}")
        })
        .collect();
    ways.push(format!("DELETE FROM main.\"{table}\" WHERE {same}"));
    let names: Vec<String> = columns
        .iter()
        .map(|(name, _)| format!("\"{name}\""))
        .collect();
    let others: Vec<String> = columns
        .iter()
        .map(|(name, kind)| other(name, kind))
        .collect();
    let (names, others) = (names.join(", "), others.join(", "));
    ways.push(format!(
        "INSERT INTO main.\"{table}\" ({names}) SELECT {others} FROM one"
    ));
    if table == "search" {
        ways.push(format!(
            "INSERT INTO main.search ({names}) SELECT {names} FROM one"
        ));
    }
    ways
}

/// Plays a story that leaves rows in every table.
async fn played_story() -> Story {
    let fact = "id: f1\nstatus: draft\nversion: 0.1.0\ntitle: A fact\nsee: f9\n";
    let story = Story::with_policy(
        &wide_policy(),
        &[
            (NOTE, DRAFT),
            ("notes/two.md", &DRAFT.replace("One note", "Another")),
            ("facts/f1.yaml", fact),
            ("pages/gone.md", "---\ntitle: Gone\n---\nGone\n"),
            (
                "pages/map.md",
                "---\ntitle: Map\n---\n![A map](/media/map.gif)\n",
            ),
            ("media/map.gif", "GIF89a\u{1}\0\u{1}\0"),
        ],
    )
    .await;
    story
        .approve("ben@example.org", NOTE, "validate")
        .await
        .unwrap();
    story
        .approve("cy@example.org", NOTE, "activate")
        .await
        .unwrap();
    story.push(
        "Ana Roche <ana@example.org>",
        &[
            ("facts/f2.yaml", "id: [broken\n"),
            ("notes/bad.md", "---\nstatus: nonsense\n---\n"),
        ],
    );
    let work = story.work();
    git(&work, &["rm", "-q", "pages/gone.md"]);
    git(&work, &["mv", "notes/two.md", "notes/second.md"]);
    commit_files(&work, "Ben Aster <ben@example.org>", "Tidy up", &[]);
    claim_an_attestation(&work);
    git(&work, &["push", "-q", "origin", "HEAD:main"]);
    let claims = "id: f3\nstatus: draft\nversion: 0.1.0\nsee: f9\n";
    let map = "---\ntitle: Plan\n---\n![A plan](/media/plan.png)\n";
    story.propose(
        "proposals/fact",
        "Ana Roche <ana@example.org>",
        "Say a third fact",
        &[("facts/f3.yaml", claims), ("pages/plan.md", map)],
    );
    let item = story.item("notes/second.md").await;
    let member = Member {
        proposal: None,
        path: item.path,
        blob: item.proposed,
    };
    let planned = ReleaseOrder {
        by: Identity::new("", "cy@example.org"),
        name: "winter".to_owned(),
        act: ReleaseAct::Plan(Plan::new("Winter", "", None, vec![member])),
        seen: None,
        text: String::new(),
        operation: "winter".to_owned(),
        at: 1_770_150_000,
    };
    story.committer.release(planned).await.unwrap();
    story
}

/// Commits what looks like an attestation of this server, with a signature of a key that nobody attested.
fn claim_an_attestation(work: &Path) {
    let key = work.parent().unwrap().join("stranger");
    let made = std::process::Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(&key)
        .status()
        .unwrap();
    assert!(made.success());
    let zero = "0".repeat(40);
    let message = format!(
        "activate one 9.0.0\n\nRecord: one\nPath: {NOTE}\nTransition: draft -> active (activate)\nReviewed: none..{zero}\nPolicy: {zero}\nDecisions: {zero}\nPrevious: {zero}\n"
    );
    let key = format!("user.signingkey={}", key.display());
    let address = format!("user.email={}", countersign::repository::SERVER_ADDRESS);
    git(
        work,
        &[
            "-c",
            "gpg.format=ssh",
            "-c",
            &key,
            "-c",
            &address,
            "commit",
            "-q",
            "-S",
            "--allow-empty",
            "-m",
            &message,
        ],
    );
}

async fn connect(index: &Path) -> SqliteConnection {
    use sqlx::ConnectOptions;
    sqlx::sqlite::SqliteConnectOptions::new()
        .filename(index)
        .connect()
        .await
        .unwrap()
}

async fn run(connection: &mut SqliteConnection, statement: &str) {
    sqlx::query(AssertSqlSafe(statement.to_owned()))
        .execute(connection)
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
}

/// How many histories a run tries, and where it begins: set `COUNTERSIGN_SEEDS` and `COUNTERSIGN_SEED` to try more, or one again.
fn seeds() -> impl Iterator<Item = u64> {
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse::<u64>().ok())
    };
    let first = number("COUNTERSIGN_SEED").unwrap_or(1);
    first..first + number("COUNTERSIGN_SEEDS").unwrap_or(6)
}

#[tokio::test]
async fn random_histories_synced_at_random_stops_equal_a_rebuild() {
    for seed in seeds() {
        let mut dice = Dice(seed);
        let town = Town::new(&mut dice).await;
        let mut history = History::new();
        town.visit(&mut dice, &mut history, seed).await;
        if !dice.one_in(4) {
            town.adopt().await;
            town.is_true(seed).await;
        }
        for _ in 0..3 {
            town.decide_at_random(&mut dice).await;
            history.know(&town.desk.path, town.tip().trim());
            town.visit(&mut dice, &mut history, seed).await;
        }
        town.is_true(seed).await;
    }
}

/// A repository that things happen to.
struct Town {
    folder: tempfile::TempDir,
    desk: std::sync::Arc<Desk>,
    committer: Committer,
}

impl Town {
    async fn new(dice: &mut Dice) -> Self {
        let folder = tempfile::tempdir().unwrap();
        git(
            folder.path(),
            &["init", "-q", "--bare", "-b", "main", "repo.git"],
        );
        if dice.one_in(2) {
            // A policy that nobody adopted yet is shown as it stands at the tip.
            git(folder.path(), &["clone", "-q", "repo.git", "work"]);
            let work = folder.path().join("work");
            let files = [
                ("countersign.toml", wide_policy()),
                ("notes/a.md", DRAFT.to_owned()),
            ];
            let files: Vec<(&str, &str)> = files
                .iter()
                .map(|(path, text)| (*path, text.as_str()))
                .collect();
            commit_files(&work, "Ana Roche <ana@example.org>", "Begin", &files);
            git(&work, &["push", "-q", "origin", "HEAD:main"]);
        }
        let desk = desk(folder.path()).await;
        let committer = Committer::start(std::sync::Arc::clone(&desk));
        Self {
            folder,
            desk,
            committer,
        }
    }

    fn tip(&self) -> String {
        git(
            &self.desk.path,
            &["rev-parse", "--verify", "refs/heads/main"],
        )
    }

    /// Lets a history grow from the tip and looks at it at random stops.
    async fn visit(&self, dice: &mut Dice, history: &mut History, seed: u64) {
        let stops = history.grow(&self.desk.path, dice, 12);
        for stop in stops {
            git(&self.desk.path, &["update-ref", "refs/heads/main", &stop]);
            self.desk.sync().await.unwrap();
            if dice.one_in(4) {
                self.is_true(seed).await;
            }
        }
    }

    async fn adopt(&self) {
        let adoption = Adoption {
            files: Vec::new(),
            branch_ref: self.desk.tip_ref.clone(),
            policy: Some(wide_policy()),
            by: Identity::new("Dee Moss", "dee@example.org"),
            at: 1_770_000_000,
        };
        self.desk
            .on_repository(move |repository, desk| {
                Ok(review::adopt(repository, &desk.key, &adoption)?.unwrap())
            })
            .await
            .unwrap();
        self.desk.sync().await.unwrap();
    }

    /// Several people try several moves; what the rules refuse is refused.
    async fn decide_at_random(&self, dice: &mut Dice) {
        for turn in 0..8 {
            self.desk.sync().await.unwrap();
            let pool = self.desk.index.reader();
            let paths: Vec<String> = sqlx::query_scalar("SELECT path FROM records ORDER BY path")
                .fetch_all(pool)
                .await
                .unwrap();
            if paths.is_empty() {
                return;
            }
            let path = dice.pick(&paths).clone();
            let items = review::items(pool, std::slice::from_ref(&path))
                .await
                .unwrap();
            let Some(item) = items.first() else { continue };
            for (address, transition) in [
                ("ben@example.org", "validate"),
                ("cy@example.org", "activate"),
                (
                    "ben@example.org",
                    *dice.pick(&["revise", "restore", "retire", "return"]),
                ),
                (
                    "cy@example.org",
                    *dice.pick(&["revise", "restore", "retire"]),
                ),
            ] {
                let items = review::items(pool, std::slice::from_ref(&item.path))
                    .await
                    .unwrap();
                let Some(item) = items.first() else { continue };
                let operation = format!("{turn}{address}{transition}{}", dice.0);
                let decision =
                    common::decision(item, Act::Approve, Some(transition), "a reason", operation);
                let _ = self
                    .committer
                    .decide(Intent {
                        suggestion: None,
                        by: Identity::new("", address),
                        decision,
                        at: 1_770_100_000,
                    })
                    .await;
                self.desk.sync().await.unwrap();
            }
        }
    }

    async fn is_true(&self, seed: u64) {
        self.desk.sync().await.unwrap();
        let differences = index::compare(&self.desk.index, &self.desk.path, &self.desk.tip_ref)
            .await
            .unwrap();
        assert_eq!(
            differences,
            [],
            "seed {seed}, in {}",
            self.folder.path().display()
        );
        common::queue_is_equal(&self.desk, self.folder.path()).await;
    }
}

#[tokio::test]
async fn a_sync_that_is_dropped_leaves_the_picture_whole() {
    let mut dice = Dice(7);
    let town = Town::new(&mut dice).await;
    let mut history = History::new();
    town.visit(&mut dice, &mut history, 7).await;
    town.adopt().await;
    let mut dropped = 0;
    for _ in 0..6 {
        town.decide_at_random(&mut dice).await;
        history.know(&town.desk.path, town.tip().trim());
        for stop in history.grow(&town.desk.path, &mut dice, 12) {
            git(&town.desk.path, &["update-ref", "refs/heads/main", &stop]);
            for _ in 0..3 {
                let patience = Duration::from_micros(200 + dice.roll(30_000) as u64);
                dropped += usize::from(
                    tokio::time::timeout(patience, town.desk.sync())
                        .await
                        .is_err(),
                );
            }
        }
        town.is_true(7).await;
    }
    assert!(dropped > 5, "only {dropped} syncs were dropped");
    let fresh = Index::open(&town.folder.path().join("another.sqlite"))
        .await
        .unwrap();
    for patience in 0..40 {
        let look = index::sync(&fresh, &town.desk.path, &town.desk.tip_ref);
        let _ = tokio::time::timeout(Duration::from_millis(patience), look).await;
    }
    index::sync(&fresh, &town.desk.path, &town.desk.tip_ref)
        .await
        .unwrap();
    let differences = index::compare(&fresh, &town.desk.path, &town.desk.tip_ref)
        .await
        .unwrap();
    assert_eq!(differences, []);
}

/// Syncs a new commit made by plain git and returns the paths listed as removed.
async fn removed(story: &Story) -> Vec<String> {
    story.rebuild_is_equal().await;
    sqlx::query_scalar("SELECT path FROM removed_records WHERE is_outside ORDER BY path")
        .fetch_all(story.desk.index.reader())
        .await
        .unwrap()
}

fn push_with(story: &Story, arguments: &[&str]) {
    let work = story.work();
    git(&work, &["pull", "-q", "--rebase", "origin", "main"]);
    git(&work, arguments);
    commit_files(&work, "Eve <eve@example.net>", "By hand", &[]);
    git(&work, &["push", "-q", "origin", "HEAD:main"]);
}

#[tokio::test]
async fn an_active_record_that_a_push_deletes_is_listed_until_it_is_put_back() {
    let standing = DRAFT
        .replace("status: draft", "status: active")
        .replace("0.1.0", "1.0.0");
    let story = Story::with(&[
        (NOTE, DRAFT),
        ("notes/old.md", &standing),
        ("notes/draft.md", "---\nstatus: draft\n---\n"),
    ])
    .await;
    story
        .approve("ben@example.org", NOTE, "validate")
        .await
        .unwrap();
    story
        .approve("cy@example.org", NOTE, "activate")
        .await
        .unwrap();
    assert_eq!(removed(&story).await, [""; 0]);
    push_with(
        &story,
        &["rm", "-q", NOTE, "notes/old.md", "notes/draft.md"],
    );
    assert_eq!(removed(&story).await, ["notes/old.md", NOTE]);
    story.push("Ana Roche <ana@example.org>", &[("notes/other.md", DRAFT)]);
    assert_eq!(removed(&story).await, ["notes/old.md", NOTE]);
    push_with(
        &story,
        &["checkout", "-q", "HEAD~2", "--", NOTE, "notes/old.md"],
    );
    assert_eq!(removed(&story).await, [""; 0]);
    push_with(&story, &["mv", NOTE, "notes/renamed.md"]);
    push_with(&story, &["mv", "notes/old.md", "notes/older.md"]);
    assert_eq!(removed(&story).await, [""; 0]);
    push_with(&story, &["rm", "-q", "notes/older.md"]);
    assert_eq!(removed(&story).await, ["notes/old.md"]);
}

#[tokio::test]
async fn a_name_swapped_with_another_keeps_what_is_attested() {
    let standing = DRAFT
        .replace("status: draft", "status: active")
        .replace("0.1.0", "1.0.0");
    let story = Story::with(&[("notes/a.md", DRAFT), ("notes/b.md", &standing)]).await;
    push_with(&story, &["rm", "-q", "notes/a.md"]);
    push_with(&story, &["mv", "notes/b.md", "notes/a.md"]);
    let item = story.item("notes/a.md").await;
    assert_eq!(item.record.0, "notes/b");
    assert_eq!(item.attested_status.as_deref(), Some("active"));
    story.rebuild_is_equal().await;
}

#[tokio::test]
async fn another_file_with_the_same_id_makes_its_writer_an_author() {
    let fact = "id: f1\nstatus: draft\nversion: 0.1.0\ntitle: A fact\n";
    let story = Story::with_policy(&wide_policy(), &[("facts/one.yaml", fact)]).await;
    story.push(
        "Ben Aster <ben@example.org>",
        &[("facts/two.yaml", &fact.replace("A fact", "The fact"))],
    );
    story.desk.sync().await.unwrap();
    let authors: Vec<String> = sqlx::query_scalar(
        "SELECT address FROM authors WHERE path = 'facts/one.yaml' ORDER BY address",
    )
    .fetch_all(story.desk.index.reader())
    .await
    .unwrap();
    assert_eq!(authors, ["ana@example.org", "ben@example.org"]);
    story.rebuild_is_equal().await;
}

#[tokio::test]
async fn a_decision_that_no_attested_key_signed_decides_nothing() {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    let item = story.item(NOTE).await;
    let decision = common::decision(&item, Act::Approve, Some("validate"), "", "forged".into());
    let forged = git(
        &story.bare(),
        &[
            "-c",
            "user.name=Ben Aster",
            "-c",
            "user.email=ben@example.org",
            "commit-tree",
            "-m",
            &decision.message(),
            "main^{tree}",
        ],
    );
    git(
        &story.bare(),
        &["update-ref", "refs/countersign/journal", forged.trim()],
    );
    let synced = story.desk.sync().await.unwrap();
    assert_eq!(synced.decisions, 0);
    story
        .approve("dee@example.org", NOTE, "validate")
        .await
        .unwrap();
    story.rebuild_is_equal().await;
}

#[tokio::test]
async fn a_schema_that_changes_before_adoption_is_looked_at_again() {
    let folder = tempfile::tempdir().unwrap();
    git(
        folder.path(),
        &["init", "-q", "--bare", "-b", "main", "repo.git"],
    );
    git(folder.path(), &["clone", "-q", "repo.git", "work"]);
    let work = folder.path().join("work");
    let policy = POLICY.replace(
        "format = \"markdown\"",
        "format = \"markdown\"\nschema = \"schemas/note.json\"",
    );
    let (loose, strict) = ("{}", "{\"required\": [\"nobody-has-this\"]}");
    commit_files(
        &work,
        "Ana Roche <ana@example.org>",
        "Begin",
        &[
            ("countersign.toml", &policy),
            ("schemas/note.json", loose),
            (NOTE, DRAFT),
        ],
    );
    git(&work, &["push", "-q", "origin", "HEAD:main"]);
    let desk = desk(folder.path()).await;
    desk.sync().await.unwrap();
    commit_files(
        &work,
        "Ana Roche <ana@example.org>",
        "Ask for more",
        &[("schemas/note.json", strict)],
    );
    git(&work, &["push", "-q", "origin", "HEAD:main"]);
    desk.sync().await.unwrap();
    let found: i64 =
        sqlx::query_scalar("SELECT count(*) FROM findings WHERE message LIKE '%nobody-has-this%'")
            .fetch_one(desk.index.reader())
            .await
            .unwrap();
    assert!(found > 0);
    assert_eq!(
        index::compare(&desk.index, &desk.path, &desk.tip_ref)
            .await
            .unwrap(),
        []
    );
}

#[tokio::test]
async fn old_commits_with_wrong_clocks_are_not_taken_for_new() {
    let folder = tempfile::tempdir().unwrap();
    git(
        folder.path(),
        &["init", "-q", "--bare", "-b", "main", "repo.git"],
    );
    let repository = folder.path().join("repo.git");
    // A long line whose clocks run backwards; then a branch from its beginning, dated later, is merged.
    let mut stream = String::new();
    let mut commit = |mark: usize, time: u64, parents: &str| {
        stream.push_str(&format!("reset refs/heads/grown\n\ncommit refs/heads/grown\nmark :{mark}\ncommitter Ana <ana@example.org> {time} +0000\ndata 1\nx{parents}\nM 100644 inline notes/{mark}.md\ndata 1\nx\n\n"));
    };
    commit(1, 2_000_000, "");
    for mark in 2..60 {
        commit(
            mark,
            1_000_000 - mark as u64,
            &format!("\nfrom :{}", mark - 1),
        );
    }
    commit(60, 3_000_000, "\nfrom :1");
    commit(61, 3_000_001, "\nfrom :59\nmerge :60");
    common::history::fast_import(&repository, &stream);
    git(&repository, &["update-ref", "refs/heads/main", "grown^1"]);
    let desk = desk(folder.path()).await;
    desk.sync().await.unwrap();
    git(&repository, &["update-ref", "refs/heads/main", "grown"]);
    assert_eq!(desk.sync().await.unwrap().commits, 2);
    assert_eq!(
        index::compare(&desk.index, &desk.path, &desk.tip_ref)
            .await
            .unwrap(),
        []
    );
}

#[tokio::test]
async fn names_that_are_not_text_stay_apart() {
    let folder = tempfile::tempdir().unwrap();
    git(
        folder.path(),
        &["init", "-q", "--bare", "-b", "main", "repo.git"],
    );
    let repository = folder.path().join("repo.git");
    let commit = |mark: usize, from: &str, text: &str| {
        format!(
            "commit refs/heads/main\nmark :{mark}\ncommitter Ana <ana@example.org> 1700000000 +0000\ndata 1\nx{from}\nM 100644 inline countersign.toml\ndata {}\n{POLICY}\nM 100644 inline \"notes/\\376.md\"\ndata {}\n{text}\nM 100644 inline \"notes/\\377.md\"\ndata 1\nx\n\n",
            POLICY.len(),
            text.len()
        )
    };
    common::history::fast_import(&repository, &commit(1, "", "one"));
    let desk = desk(folder.path()).await;
    desk.sync().await.unwrap();
    let second = commit(1, "\nfrom refs/heads/main^0", "two") + &commit(2, "\nfrom :1", "one");
    common::history::fast_import(&repository, &second);
    desk.sync().await.unwrap();
    let problems: Vec<String> =
        sqlx::query_scalar("SELECT problem_code FROM records ORDER BY path")
            .fetch_all(desk.index.reader())
            .await
            .unwrap();
    assert_eq!(problems, ["REC-NAME-001", "REC-NAME-001"]);
    assert_eq!(
        index::compare(&desk.index, &desk.path, &desk.tip_ref)
            .await
            .unwrap(),
        []
    );
}

#[tokio::test]
async fn a_sync_reads_only_what_a_commit_changed() {
    let files: Vec<(String, String)> = (0..500)
        .map(|number| {
            (
                format!("notes/n{number}.md"),
                DRAFT.replace("One note", &format!("Note {number}")),
            )
        })
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let story = Story::with(&files).await;
    story.push("Ana Roche <ana@example.org>", &[("notes/n7.md", DRAFT)]);
    let synced = story.desk.sync().await.unwrap();
    assert_eq!((synced.commits, synced.blobs_read), (1, 1));
    // With no object to be had, a look at refs that did not move still answers.
    let objects = story.bare().join("objects");
    std::fs::rename(&objects, story.bare().join("hidden")).unwrap();
    std::fs::create_dir_all(objects.join("pack")).unwrap();
    assert_eq!(story.desk.sync().await.unwrap(), index::Synced::default());
}

/// Commits an attestation that the server itself signed.
async fn attest(
    story: &Story,
    parent: &str,
    path: &str,
    transition: &str,
    content: &str,
) -> String {
    use countersign::ledger::{Attestation, Move};
    use countersign::repository::{Change, CommitBuilder, Keeps, NewCommit, RepoPath};
    let baseline = git(
        &story.bare(),
        &["log", "--format=%H", "--grep=^Baseline: adopted", "main"],
    );
    let (parent, path, transition, content) = (
        parent.to_owned(),
        path.to_owned(),
        transition.to_owned(),
        content.to_owned(),
    );
    let commit = story
        .desk
        .on_repository(move |repository, desk| {
            let parent = parent.trim().parse()?;
            let entry = repository.entry(parent, &path)?.unwrap();
            let attestation = Attestation {
                record: countersign::id::RecordId(path.trim_end_matches(".md").to_owned()),
                renamed_from: None,
                path: path.clone(),
                step: Move {
                    from: "draft".into(),
                    to: "validated".into(),
                    transition,
                },
                version: None,
                base: None,
                proposed: entry.blob,
                attached: Vec::new(),
                policy: entry.blob,
                decisions: parent,
                previous: baseline.trim().parse()?,
                release: None,
                authored_by: Vec::new(),
                approved_by: Vec::new(),
            };
            let objects = repository.objects()?;
            let builder = CommitBuilder::begin(repository, &objects, &desk.key)?;
            let commit = builder.commit(&NewCommit {
                parent: Some(parent),
                also: None,
                keeps: Keeps::ParentTree,
                changes: vec![Change::Write(RepoPath::parse(&path)?, content.into_bytes())],
                author: Identity::new("Ana Roche", "ana@example.org"),
                at: 1_770_200_000,
                message: attestation.message(),
            })?;
            builder.store()?;
            Ok(commit)
        })
        .await
        .unwrap();
    commit.to_string()
}

#[tokio::test]
async fn two_attestations_that_follow_the_same_one_fall_the_same_way_whatever_came_first() {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    let validated = DRAFT.replace("draft", "validated");
    let main = |commit: &str| git(&story.bare(), &["update-ref", "refs/heads/main", commit]);
    let begin = git(&story.bare(), &["rev-parse", "main"]);
    let early = attest(&story, &begin, NOTE, "validate", &validated).await;
    story.push("Ana Roche <ana@example.org>", &[("notes/two.md", DRAFT)]);
    let tip = git(&story.bare(), &["rev-parse", "main"]);
    let late = attest(&story, &tip, "notes/two.md", "validate", &validated).await;
    main(&late);
    story.rebuild_is_equal().await;
    let tree = format!("{late}^{{tree}}");
    let merge = git(
        &story.bare(),
        &[
            "commit-tree",
            "-p",
            &late,
            "-p",
            &early,
            "-m",
            "Merge",
            &tree,
        ],
    );
    main(merge.trim());
    let synced = story.desk.sync().await.unwrap();
    assert!(synced.started_over.is_some());
    let strays: Vec<String> = sqlx::query_scalar("SELECT commit_id FROM strays")
        .fetch_all(story.desk.index.reader())
        .await
        .unwrap();
    assert_eq!(strays, [late]);
    story.rebuild_is_equal().await;
}

#[tokio::test]
async fn a_policy_amended_with_an_attestation_judges_every_record_anew() {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    let begin = git(&story.bare(), &["rev-parse", "main"]);
    let amended = POLICY.replace("title = \"title\"", "title = \"definition\"");
    let amendment = attest(&story, &begin, "countersign.toml", "amend", &amended).await;
    git(
        &story.bare(),
        &["update-ref", "refs/heads/main", &amendment],
    );
    story.rebuild_is_equal().await;
    let title: String = sqlx::query_scalar("SELECT title FROM records")
        .fetch_one(story.desk.index.reader())
        .await
        .unwrap();
    assert_eq!(title, "A note is a short text.");
    story.push("Ana Roche <ana@example.org>", &[("notes/two.md", DRAFT)]);
    story.rebuild_is_equal().await;
}

/// Somebody adopts an unrelated history with a key of their own, and merges ours into it.
fn usurp(story: &Story) {
    let rival = story.folder.path().join("rival");
    common::git(story.folder.path(), &["init", "-q", "-b", "main", "rival"]);
    common::commit_files(
        &rival,
        "Eve <eve@example.net>",
        "Begin",
        &[("notes/evil.md", DRAFT)],
    );
    let key = SigningKey::load_or_create(&story.folder.path().join("rival-key")).unwrap();
    let adoption = Adoption {
        branch_ref: "refs/heads/main".into(),
        policy: Some(common::POLICY.into()),
        files: Vec::new(),
        by: Identity::new("Eve", "eve@example.net"),
        at: 1,
    };
    let repository = Repository::open(&rival).unwrap();
    review::adopt(&repository, &key, &adoption)
        .unwrap()
        .unwrap();
    common::git(&rival, &["reset", "-q", "--hard"]);
    common::git(&rival, &["fetch", "-q", "../repo.git", "main"]);
    let merge = [
        "merge",
        "-q",
        "--allow-unrelated-histories",
        "-X",
        "theirs",
        "-m",
        "Merge",
        "FETCH_HEAD",
    ];
    common::git(&rival, &merge);
    common::git(&rival, &["push", "-q", "../repo.git", "main"]);
}

#[tokio::test]
async fn a_history_adopted_by_a_stranger_and_merged_in_takes_nothing_over() {
    let story = Story::with(&[("notes/one.md", DRAFT)]).await;
    let before = story.desk.index.heads().await.unwrap().baseline;
    usurp(&story);
    story.desk.sync().await.unwrap();
    assert_eq!(story.desk.index.heads().await.unwrap().baseline, before);
    let anew = Index::open(&story.folder.path().join("anew.sqlite"))
        .await
        .unwrap();
    anew.trust(story.desk.key.fingerprint());
    index::sync(&anew, &story.desk.path, &story.desk.tip_ref)
        .await
        .unwrap();
    assert_eq!(anew.heads().await.unwrap().baseline, before);
    story.rebuild_is_equal().await;
}
