//! What the stories stand on: a real repository, a real index file, people with sessions of their own, plain git as everybody else has it.

#![allow(dead_code, reason = "each story uses its own part")]

pub mod skip;
pub mod smtp;
pub mod source;

pub mod api;
pub mod browser;
pub mod forge;
pub mod git_host;
pub mod history;
pub mod nginx;
pub mod program;
pub mod receiver;
pub mod remote;
pub mod sshd;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use countersign::id::{BlobId, Identity, RecordId};
use countersign::index::{self, Index};
use countersign::ledger::{About, Act, Decision};
use countersign::record::FieldPath;
use countersign::refusal::Refusal;
use countersign::repository::{Repository, SigningKey};
use countersign::review::{self, Adoption, Committer, Desk, Intent, Item, Outcome, Target};

/// A policy with one collection and the four people of every story.
pub const POLICY: &str = r#"
title = "Test register"
branch = "main"

[collections.notes]
paths = ["notes/*.md"]
format = "markdown"
title = "title"
status = "status"
version = "version"
floors = { definition = "major", claims = { add = "minor", change = "patch", remove = "major" }, "*" = "patch" }

[roles]
reviewer = "Judges the text"
publisher = "Publishes it"
author = "Writes"
administrator = "Keeps the policy"

[people.ana]
name = "Ana Roche"
addresses = ["ana@example.org", "ana@home.example"]
roles = ["author", "reviewer"]

[people.ben]
name = "Ben Aster"
addresses = ["ben@example.org"]
roles = ["reviewer"]

[people.cy]
name = "Cy Lind"
addresses = ["cy@example.org"]
roles = ["publisher"]

[people.dee]
name = "Dee Moss"
addresses = ["dee@example.org"]
roles = ["administrator", "reviewer", "publisher"]

[governance]
approvals = { administrator = 1 }
"#;

/// A draft in YAML front matter.
pub const DRAFT: &str = "---\ntitle: \"One note\" # the title\nstatus: draft\nversion: 0.1.0\ndefinition: A note is a short text.\nclaims:\n  - key: c1\n    text: Notes are short.\n---\n\n# One note\n\nA first paragraph.\n";

/// An adopted repository and its desk.
pub struct Story {
    pub folder: tempfile::TempDir,
    pub desk: Arc<Desk>,
    pub committer: Committer,
    clock: AtomicI64,
    operations: AtomicU64,
}

impl Story {
    /// Adopts a repository with these files, committed by Ana with plain git.
    pub async fn with(files: &[(&str, &str)]) -> Self {
        Self::with_policy(POLICY, files).await
    }

    pub async fn with_policy(policy: &str, files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        git(
            folder.path(),
            &["init", "-q", "--bare", "-b", "main", "repo.git"],
        );
        git(folder.path(), &["clone", "-q", "repo.git", "work"]);
        let work = folder.path().join("work");
        commit_files(&work, "Ana Roche <ana@example.org>", "Begin", files);
        git(&work, &["push", "-q", "origin", "HEAD:main"]);
        let desk = desk(folder.path()).await;
        let adoption = Adoption {
            branch_ref: desk.tip_ref.clone(),
            policy: Some(policy.to_owned()),
            files: Vec::new(),
            by: Identity::new("Dee Moss", "dee@example.org"),
            at: 1_770_000_000,
        };
        desk.on_repository(move |repository, desk| {
            Ok(review::adopt(repository, &desk.key, &adoption)?.expect("the policy is sound"))
        })
        .await
        .unwrap();
        git(&work, &["pull", "-q", "--rebase", "origin", "main"]);
        desk.sync().await.unwrap();
        let committer = Committer::start(Arc::clone(&desk));
        Self {
            folder,
            desk,
            committer,
            clock: AtomicI64::new(1_770_100_000),
            operations: AtomicU64::new(0),
        }
    }

    /// Starts the server again, its index deleted.
    pub async fn start_without_index(&mut self) {
        let folder = self.folder.path().to_owned();
        // The open files of the server before stay its own.
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(folder.join(format!("index.sqlite{suffix}")));
        }
        self.desk = desk(&folder).await;
        self.desk.sync().await.unwrap();
        self.committer = Committer::start(Arc::clone(&self.desk));
    }

    pub fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    pub fn bare(&self) -> PathBuf {
        self.folder.path().join("repo.git")
    }

    /// Writes files and pushes them with plain git, around review.
    pub fn push(&self, author: &str, files: &[(&str, &str)]) {
        git(&self.work(), &["pull", "-q", "--rebase", "origin", "main"]);
        commit_files(&self.work(), author, "Change by hand", files);
        git(&self.work(), &["push", "-q", "origin", "HEAD:main"]);
    }

    pub async fn item(&self, path: &str) -> Item {
        self.desk.sync().await.unwrap();
        review::items_at(self.desk.index.reader(), &[Target::published(path)])
            .await
            .unwrap()
            .remove(0)
    }

    /// Writes files on a branch, begun on what the clone saw published last, and pushes it with plain git.
    pub fn propose(&self, branch: &str, author: &str, message: &str, files: &[(&str, &str)]) {
        let work = self.work();
        git(&work, &["fetch", "-q", "origin"]);
        let known = git(&work, &["branch", "--list", branch]);
        match known.trim().is_empty() {
            true => git(&work, &["switch", "-q", "-c", branch, "origin/main"]),
            false => git(&work, &["switch", "-q", branch]),
        };
        commit_files(&work, author, message, files);
        git(&work, &["push", "-q", "-f", "origin", branch]);
        git(&work, &["switch", "-q", "main"]);
    }

    /// Returns a record of a proposal as it stands now.
    pub async fn proposed(&self, branch: &str, path: &str) -> Item {
        self.desk.sync().await.unwrap();
        let items = review::proposed_items(self.desk.index.reader(), &[branch.to_owned()]).await;
        let mut items = items.unwrap().into_iter();
        items.find(|item| item.path == path).unwrap()
    }

    /// Approves a record of a proposal as it stands now.
    pub async fn approve_proposed(
        &self,
        address: &str,
        branch: &str,
        path: &str,
        transition: &str,
    ) -> Result<Outcome, Refusal> {
        let item = self.proposed(branch, path).await;
        self.decide_on(address, &item, Act::Approve, Some(transition), "")
            .await
    }

    /// Decides about a record as it stands now.
    pub async fn decide(
        &self,
        address: &str,
        path: &str,
        act: Act,
        transition: Option<&str>,
        text: &str,
    ) -> Result<Outcome, Refusal> {
        let item = self.item(path).await;
        self.decide_on(address, &item, act, transition, text).await
    }

    /// Decides about a record as it was when the item was read.
    pub async fn decide_on(
        &self,
        address: &str,
        item: &Item,
        act: Act,
        transition: Option<&str>,
        text: &str,
    ) -> Result<Outcome, Refusal> {
        let operation = format!("op{}", self.operations.fetch_add(1, Ordering::Relaxed));
        let decision = decision(item, act, transition, text, operation);
        self.committer
            .decide(Intent {
                suggestion: None,
                by: Identity::new("", address),
                decision,
                at: self.clock.fetch_add(60, Ordering::Relaxed),
            })
            .await
    }

    /// Suggests another text for a field of a record as it stands on the published branch.
    pub async fn suggest(
        &self,
        address: &str,
        path: &str,
        field: FieldPath,
        text: &str,
    ) -> Outcome {
        let item = self.item(path).await;
        let operation = format!("op{}", self.operations.fetch_add(1, Ordering::Relaxed));
        let mut decision = decision(&item, Act::Comment, None, "", operation);
        decision.about.field = Some(field);
        decision.about.suggested = Some(open(self).blob_id(text.as_bytes()).unwrap());
        let intent = Intent {
            suggestion: Some(text.as_bytes().to_vec()),
            by: Identity::new("", address),
            decision,
            at: self.clock.fetch_add(60, Ordering::Relaxed),
        };
        self.committer.decide(intent).await.unwrap()
    }

    pub async fn approve(
        &self,
        address: &str,
        path: &str,
        transition: &str,
    ) -> Result<Outcome, Refusal> {
        self.decide(address, path, Act::Approve, Some(transition), "")
            .await
    }

    /// Proves that the picture is only a picture.
    pub async fn rebuild_is_equal(&self) {
        self.desk.sync().await.unwrap();
        let differences = index::compare(&self.desk.index, &self.desk.path, &self.desk.tip_ref)
            .await
            .unwrap();
        assert_eq!(differences, [], "the index differs from git");
        queue_is_equal(&self.desk, self.folder.path()).await;
    }

    /// Proves that an auditor finds nothing wrong.
    pub fn is_proven(&self) {
        let report = review::verify(&open(self), &self.desk.tip_ref, None).unwrap();
        assert!(report.is_proven(), "{report}");
    }

    /// Proves that an auditor finds nothing wrong in another clone.
    pub fn is_proven_there(&self, clone: &Path) {
        let repository = Repository::open(clone).unwrap();
        let report = review::verify(&repository, "refs/heads/main", None).unwrap();
        assert!(report.is_proven(), "{report}");
    }

    pub fn file(&self, path: &str) -> String {
        git(&self.bare(), &["show", &format!("main:{path}")])
    }
}

/// Returns a client as a browser is one: cookies of its own, no redirect followed unasked. It reaches servers on this machine alone, without TLS.
pub fn http() -> reqwest::ClientBuilder {
    countersign::publish::sender::install_tls();
    reqwest::Client::builder()
        .cookie_store(true)
        .redirect(reqwest::redirect::Policy::none())
        .tls_certs_only([])
}

pub fn decision(
    item: &Item,
    act: Act,
    transition: Option<&str>,
    text: &str,
    operation: String,
) -> Decision {
    Decision {
        act,
        transition: transition.map(str::to_owned),
        record: RecordId(item.record.0.clone()),
        path: item.path.clone(),
        base: item.base,
        proposed: item.proposed,
        policy: BlobId([0; 20]),
        bump: None,
        operation,
        text: text.to_owned(),
        about: About {
            proposal: item.seen(),
            attached: item.attached.clone(),
            ..About::default()
        },
    }
}

/// Proves that what a desk keeps in memory of the queue, change by change, is what another one reads whole, for everybody.
pub async fn queue_is_equal(known: &Arc<Desk>, folder: &Path) {
    let rules = known.index.rules();
    let Some(Ok(rules)) = rules.as_ref() else {
        return;
    };
    // A picture of its own: one that knew another tip would take this one for rewritten.
    let apart = tempfile::tempdir_in(folder).unwrap();
    let index = Index::open(&apart.path().join("index.sqlite"))
        .await
        .unwrap();
    let key = SigningKey::load_or_create(&folder.join("key")).unwrap();
    let other = Desk::new(
        "test",
        known.path.clone(),
        known.tip_ref.as_str(),
        index,
        key,
    );
    let other = Arc::new(other);
    other.sync().await.unwrap();
    let (kept, read) = (
        known.open(rules).await.unwrap(),
        other.open(rules).await.unwrap(),
    );
    let told = |open: &review::Open| -> Vec<String> {
        let items = open.items.iter();
        items.map(|waiting| format!("{waiting:?}")).collect()
    };
    assert_eq!(told(&kept), told(&read));
    assert_eq!(
        format!("{:?} {:?}", kept.amendment, kept.beyond),
        format!("{:?} {:?}", read.amendment, read.beyond)
    );
    for person in rules.policy.people.values() {
        assert_eq!(kept.places(rules, person), read.places(rules, person));
    }
}

/// Opens a desk over `repo.git` in a folder, with the index and the key beside it.
pub async fn desk(folder: &Path) -> Arc<Desk> {
    let index = Index::open(&folder.join("index.sqlite")).await.unwrap();
    let key = SigningKey::load_or_create(&folder.join("key")).unwrap();
    Arc::new(Desk::new(
        "test",
        folder.join("repo.git"),
        "refs/heads/main",
        index,
        key,
    ))
}

pub fn commit_files(work: &Path, author: &str, message: &str, files: &[(&str, &str)]) {
    for (path, text) in files {
        let file = work.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    git(work, &["add", "-A"]);
    let (name, address) = author.trim_end_matches('>').split_once(" <").unwrap();
    let (name, address) = (format!("user.name={name}"), format!("user.email={address}"));
    git(
        work,
        &[
            "-c",
            &name,
            "-c",
            &address,
            "commit",
            "-q",
            "--allow-empty",
            "-m",
            message,
        ],
    );
}

/// Runs plain git, without the settings of whoever runs the tests.
pub fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = run_git(folder, arguments);
    assert!(
        output.status.success(),
        "git {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Runs plain git and returns whether it succeeded.
pub fn git_may_fail(folder: &Path, arguments: &[&str]) -> bool {
    run_git(folder, arguments).status.success()
}

fn run_git(folder: &Path, arguments: &[&str]) -> Output {
    Command::new("git")
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .args([
            "-c",
            "user.name=Somebody",
            "-c",
            "user.email=somebody@example.net",
            "-c",
            "core.autocrlf=false",
        ])
        .args(arguments)
        .output()
        .unwrap()
}

pub fn open(story: &Story) -> Repository {
    Repository::open(&story.bare()).unwrap()
}
