//! The committer's ground: what is written here must please stock git.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::id::Identity;

struct Ground {
    folder: tempfile::TempDir,
    key: SigningKey,
}

impl Ground {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        git(
            folder.path(),
            &["init", "-q", "--bare", "-b", "main", "repo.git"],
        );
        let key = SigningKey::load_or_create(&folder.path().join("key")).unwrap();
        Self { folder, key }
    }

    fn open(&self) -> Repository {
        Repository::open(&self.path()).unwrap()
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("repo.git")
    }

    /// Commits on a parent, stores, and moves main there.
    fn commit(
        &self,
        parent: Option<crate::id::CommitId>,
        changes: Vec<Change>,
    ) -> anyhow::Result<crate::id::CommitId> {
        let repository = self.open();
        let odb = repository.objects()?;
        let builder = CommitBuilder::begin(&repository, &odb, &self.key)?;
        let author = Identity::new("Ana Roche", "ana@example.org");
        let id = builder.commit(&NewCommit {
            parent,
            also: None,
            keeps: Keeps::ParentTree,
            changes,
            author,
            at: 1_770_000_000,
            message: "Say something\n".into(),
        })?;
        builder.store()?;
        self.open()
            .move_ref("refs/heads/main", parent, id, "test")?
            .unwrap();
        Ok(id)
    }
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "git {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn write(path: &str, text: &str) -> Change {
    Change::Write(RepoPath::parse(path).unwrap(), text.as_bytes().to_vec())
}

#[test]
fn a_commit_pleases_fsck_and_is_verified_by_stock_git() {
    let ground = Ground::new();
    let first = ground
        .commit(
            None,
            vec![
                write("records/a.md", "one\n"),
                write("records/deep/b.md", "two\n"),
            ],
        )
        .unwrap();
    let second = ground
        .commit(Some(first), vec![write("records/a.md", "three\n")])
        .unwrap();
    git(&ground.path(), &["fsck", "--full", "--strict"]);
    let signers = ground.folder.path().join("signers");
    std::fs::write(&signers, ground.key.allowed_signers_line()).unwrap();
    let setting = format!("gpg.ssh.allowedSignersFile={}", signers.display());
    git(
        &ground.path(),
        &["-c", &setting, "verify-commit", &second.to_string()],
    );
    assert_eq!(
        git(
            &ground.path(),
            &[
                "diff",
                "--name-only",
                &first.to_string(),
                &second.to_string()
            ]
        ),
        "records/a.md\n"
    );
    assert_eq!(
        git(&ground.path(), &["show", "main:records/a.md"]),
        "three\n"
    );
}

#[test]
fn our_own_look_agrees_with_the_signature() {
    let ground = Ground::new();
    let id = ground.commit(None, vec![write("a.md", "one\n")]).unwrap();
    let keys = AllowedSigners::read(&ground.key.allowed_signers_line());
    assert_eq!(
        ground.open().verify(id, &keys).unwrap(),
        Verified::Good(ground.key.fingerprint())
    );
    let other = Ground::new();
    let strangers = AllowedSigners::read(&other.key.allowed_signers_line());
    assert!(matches!(
        ground.open().verify(id, &strangers).unwrap(),
        Verified::Bad(_)
    ));
}

#[test]
fn a_ref_that_moved_is_left_alone() {
    let ground = Ground::new();
    let first = ground.commit(None, vec![write("a.md", "one\n")]).unwrap();
    let second = ground
        .commit(Some(first), vec![write("a.md", "two\n")])
        .unwrap();
    let moved = ground
        .open()
        .move_ref("refs/heads/main", Some(first), first, "test")
        .unwrap();
    assert!(matches!(moved, Err(RefMoved::Elsewhere { .. })));
    assert_eq!(
        ground.open().head_of("refs/heads/main").unwrap(),
        Some(second)
    );
}

#[test]
fn a_foreign_lock_is_named_and_kept() {
    let ground = Ground::new();
    let first = ground.commit(None, vec![write("a.md", "one\n")]).unwrap();
    let lock = ground.path().join("refs/heads/main.lock");
    std::fs::write(&lock, "").unwrap();
    let moved = ground
        .open()
        .move_ref("refs/heads/main", Some(first), first, "test")
        .unwrap();
    assert!(matches!(moved, Err(RefMoved::Locked { .. })));
    assert!(lock.exists());
}

#[test]
fn a_ref_moves_though_its_emptied_folder_is_pruned_at_that_moment() {
    let ground = Ground::new();
    let first = ground.commit(None, vec![write("a.md", "one\n")]).unwrap();
    let folder = ground.path().join("refs/heads/proposals");
    // As `git gc` does once it packed what stood there.
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_done.load(Ordering::Relaxed) {
                let _ = std::fs::remove_dir(&folder);
                (0..10_000).for_each(|_| std::hint::spin_loop());
            }
        });
        let repository = ground.open();
        let made: anyhow::Result<()> = (0..500).try_for_each(|_| {
            let name = "refs/heads/proposals/one";
            repository.move_ref(name, None, first, "test")??;
            Ok(repository.put_ref(name, Some(first), None, "test")??)
        });
        is_done.store(true, Ordering::Relaxed);
        made.unwrap();
    });
}

#[test]
fn an_unstored_batch_leaves_nothing_behind() {
    let ground = Ground::new();
    {
        let repository = ground.open();
        let odb = repository.objects().unwrap();
        let builder = CommitBuilder::begin(&repository, &odb, &ground.key).unwrap();
        builder.blob(b"never stored").unwrap();
    }
    assert_eq!(
        git(&ground.path(), &["count-objects"]),
        "0 objects, 0 kilobytes\n"
    );
}

#[test]
fn nothing_is_written_through_a_committed_link() {
    let ground = Ground::new();
    let first = ground.commit(None, vec![write("a.md", "one\n")]).unwrap();
    let blob = git(&ground.path(), &["rev-parse", "main:a.md"]);
    let tree = Command::new("sh")
        .current_dir(ground.path())
        .args([
            "-c",
            &format!(
                "printf '120000 blob {}\\tlink\\n' | git mktree",
                blob.trim()
            ),
        ])
        .output()
        .unwrap();
    let tree = String::from_utf8(tree.stdout).unwrap();
    let commit = git(
        &ground.path(),
        &[
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b.c",
            "commit-tree",
            tree.trim(),
            "-p",
            &first.to_string(),
            "-m",
            "x",
        ],
    );
    git(
        &ground.path(),
        &["update-ref", "refs/heads/main", commit.trim()],
    );
    let tip = commit.trim().parse().unwrap();
    assert!(
        ground
            .commit(Some(tip), vec![write("link/x.md", "one\n")])
            .is_err()
    );
    assert!(
        ground
            .commit(Some(tip), vec![write("link", "one\n")])
            .is_err()
    );
}

#[test]
fn a_merge_shows_only_what_it_decided_itself() {
    let ground = Ground::new();
    let work = ground.folder.path().join("work");
    git(ground.folder.path(), &["init", "-q", "-b", "main", "work"]);
    git(&work, &["config", "user.name", "a"]);
    git(&work, &["config", "user.email", "a@b.c"]);
    let say = |path: &str, text: &str| {
        std::fs::create_dir_all(work.join(path).parent().unwrap()).unwrap();
        std::fs::write(work.join(path), text).unwrap();
        git(&work, &["add", "-A"]);
        git(&work, &["commit", "-qm", "x"]);
    };
    say("a/one.md", "1");
    git(&work, &["checkout", "-qb", "side"]);
    say("a/two.md", "2");
    git(&work, &["checkout", "-q", "main"]);
    say("b/three.md", "3");
    git(&work, &["merge", "-q", "--no-commit", "side"]);
    std::fs::write(work.join("a/one.md"), "changed in the merge").unwrap();
    git(&work, &["add", "-A"]);
    git(&work, &["commit", "-qm", "merge"]);
    let repository = Repository::open(&work).unwrap();
    let tip = repository.head_of("refs/heads/main").unwrap().unwrap();
    let paths: Vec<String> = repository
        .changes(tip)
        .unwrap()
        .into_iter()
        .map(|change| change.path)
        .collect();
    assert_eq!(paths, ["a/one.md"]);
    assert_eq!(repository.new_commits(tip, &[]).unwrap().len(), 4);
    git(&work, &["mv", "a", "c"]);
    git(&work, &["commit", "-qm", "rename"]);
    let tip = Repository::open(&work)
        .unwrap()
        .head_of("refs/heads/main")
        .unwrap()
        .unwrap();
    let renames = exact_renames(&Repository::open(&work).unwrap().changes(tip).unwrap());
    let pairs: Vec<_> = renames
        .iter()
        .map(|rename| (rename.from.as_str(), rename.to.as_str()))
        .collect();
    assert_eq!(pairs, [("a/one.md", "c/one.md"), ("a/two.md", "c/two.md")]);
}

#[test]
fn what_cannot_be_served_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |name: &str| Repository::open(&folder.path().join(name)).err().unwrap();
    git(
        folder.path(),
        &["init", "-q", "--ref-format=reftable", "reftable"],
    );
    assert_eq!(refused("reftable").code, "GIT-OPEN-003");
    git(
        folder.path(),
        &["init", "-q", "--object-format=sha256", "sha256"],
    );
    assert_eq!(refused("sha256").code, "GIT-OPEN-004");
    git(folder.path(), &["init", "-q", "partial"]);
    git(
        &folder.path().join("partial"),
        &["config", "remote.origin.promisor", "true"],
    );
    assert_eq!(refused("partial").code, "GIT-OPEN-005");
    assert_eq!(refused("absent").code, "GIT-OPEN-001");
}

#[test]
fn a_new_repository_overwrites_nothing_and_pleases_stock_git() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.git");
    let repository = Repository::init_bare(&path, "trunk").unwrap();
    let plain = PlainCommit {
        branch_ref: "refs/heads/trunk".into(),
        files: vec![("a/b.md".into(), b"Text\n".to_vec())],
        by: Identity::new("Ana Roche", "ana@example.org"),
        at: 1_770_000_000,
        message: "Begin\n".into(),
    };
    let commit = repository.commit_plain(&plain).unwrap().unwrap();
    assert_eq!(
        git(&path, &["rev-parse", "HEAD"]).trim(),
        commit.to_string()
    );
    assert_eq!(git(&path, &["show", "HEAD:a/b.md"]), "Text\n");
    git(&path, &["fsck", "--full", "--strict"]);
    let refusal = Repository::init_bare(&path, "main").err().unwrap();
    assert_eq!(refusal.code, "GIT-INIT-001");
    let hooks = std::fs::read_dir(path.join("hooks")).into_iter().flatten();
    let names: Vec<_> = hooks.map(|entry| entry.unwrap().file_name()).collect();
    assert!(
        names.iter().all(|name| name == "README.sample"),
        "{names:?}"
    );
}

#[test]
fn what_a_handle_staged_itself_is_verified_by_its_own_bytes_and_no_others() {
    let ground = Ground::new();
    let (repository, keys) = (
        ground.open(),
        AllowedSigners::read(&ground.key.allowed_signers_line()),
    );
    let odb = repository.objects().unwrap();
    for length in 0..200 {
        let builder = CommitBuilder::begin(&repository, &odb, &ground.key).unwrap();
        let id = builder
            .commit(&NewCommit {
                parent: None,
                also: None,
                keeps: Keeps::Nothing,
                changes: Vec::new(),
                author: Identity::new("Ana Roche", "ana@example.org"),
                at: 1_770_000_000,
                message: format!("Say {}\n", "x".repeat(length)),
            })
            .unwrap();
        let verified = repository.verify(id, &keys).unwrap();
        assert!(
            matches!(verified, Verified::Good(_)),
            "{length}: {verified:?}"
        );
        builder.store().unwrap();
    }
}
