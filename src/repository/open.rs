//! Opening a repository, and refusing in words what this stack cannot serve.

use std::path::{Path, PathBuf};
use std::sync::Once;

use anyhow::Context as _;
use git2::ErrorCode;

use crate::id::CommitId;
use crate::refusal::Refusal;

/// An open repository: a bare clone or a working copy.
pub struct Repository {
    pub(super) git: git2::Repository,
}

/// Sets what libgit2 keeps per process; done once, before the first repository is opened.
///
/// Objects and refs are synced to disk before a call returns (libgit2 does not by default), and no configuration outside the repository is read.
pub fn prepare() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        enable_fsync();
        ignore_outside_configuration();
        git2::opts::strict_object_creation(true);
    });
}

#[expect(
    unsafe_code,
    reason = "git2 has no safe call for the fsync switch; it is set once, before any other thread uses libgit2"
)]
fn enable_fsync() {
    libgit2_sys::init();
    // SAFETY: the option takes one int and only writes a process-wide flag.
    unsafe {
        libgit2_sys::git_libgit2_opts(
            libgit2_sys::GIT_OPT_ENABLE_FSYNC_GITDIR as libc_int,
            1 as libc_int,
        );
    }
}

#[allow(non_camel_case_types, reason = "named after the C type it stands for")]
type libc_int = std::ffi::c_int;

#[expect(
    unsafe_code,
    reason = "the search path is process-wide; it is set once, before any other thread uses libgit2"
)]
fn ignore_outside_configuration() {
    use git2::ConfigLevel::{Global, ProgramData, System, XDG};
    for level in [System, Global, XDG, ProgramData] {
        // SAFETY: called inside `Once`, before any repository is open. Failure leaves the default, which reads more configuration and runs none.
        let _ = unsafe { git2::opts::set_search_path(level, "") };
    }
}

impl Repository {
    /// Opens the repository at a path: a bare clone, a working copy's root, or its `.git`.
    ///
    /// # Errors
    /// A refusal in words when there is none, when another user owns it, and when it uses reftable, SHA-256, a partial clone or outside alternates.
    pub fn open(path: &Path) -> Result<Self, Refusal> {
        prepare();
        refuse_unsupported(path)?;
        let flags = git2::RepositoryOpenFlags::NO_SEARCH;
        let git = git2::Repository::open_ext(path, flags, std::iter::empty::<&Path>())
            .map_err(|error| refuse_open(path, &error))?;
        let repository = Self { git };
        repository.refuse_unreadable(path)?;
        Ok(repository)
    }

    /// Makes a bare repository whose `HEAD` names a branch that has no commit yet. It holds no hook and no settings but git's own.
    ///
    /// # Errors
    /// A refusal when anything stands at the path, which stays as it is, and when the folder cannot be written.
    pub fn init_bare(path: &Path, branch: &str) -> Result<Self, Refusal> {
        prepare();
        let place = path.display().to_string();
        if path.symlink_metadata().is_ok() {
            let cause = "something stands here already, and a new repository overwrites nothing";
            let next = "choose a path that is free, or serve what is there";
            return Err(Refusal::new("GIT-INIT-001", cause, next).in_path(place));
        }
        let mut options = git2::RepositoryInitOptions::new();
        options
            .bare(true)
            .no_reinit(true)
            .external_template(false)
            .initial_head(branch);
        let git = git2::Repository::init_opts(path, &options).map_err(|error| {
            let cause = format!("the repository cannot be made: {}", error.message());
            Refusal::new("GIT-INIT-002", cause, "make the folder writable").in_path(place)
        })?;
        Ok(Self { git })
    }

    /// Returns whether people work in this repository's own files.
    pub fn is_working_copy(&self) -> bool {
        !self.git.is_bare()
    }

    /// Returns the folder that holds refs and objects, shared by all worktrees.
    pub fn common_dir(&self) -> PathBuf {
        self.git.commondir().to_owned()
    }

    /// Returns the root of the working copy, when there is one.
    pub fn work_dir(&self) -> Option<PathBuf> {
        self.git.workdir().map(Path::to_owned)
    }

    /// Returns the commits whose parents a shallow clone left out.
    ///
    /// # Errors
    /// When the list of them cannot be read.
    pub fn cuts(&self) -> anyhow::Result<Vec<CommitId>> {
        let list = match std::fs::read_to_string(self.common_dir().join("shallow")) {
            Ok(list) => list,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error).context("failed to read where the clone was cut"),
        };
        Ok(list.lines().filter_map(|line| line.parse().ok()).collect())
    }

    /// Returns whether a file in this repository gives commits other parents than they have, which libgit2 obeys.
    pub fn is_grafted(&self) -> bool {
        std::fs::metadata(self.common_dir().join("info/grafts")).is_ok_and(|file| file.len() > 0)
    }

    fn refuse_unreadable(&self, path: &Path) -> Result<(), Refusal> {
        let place = path.display().to_string();
        if is_partial(&self.git) {
            let cause = "the repository is a partial clone, so some of its files are not here";
            return Err(Refusal::new(
                "GIT-OPEN-005",
                cause,
                "make a full clone, with git clone and no --filter, and serve that",
            )
            .in_path(place));
        }
        if self.common_dir().join("objects/info/alternates").exists() {
            let cause =
                "the repository borrows objects from another place (objects/info/alternates)";
            let next = "run git repack -a -d in it and delete objects/info/alternates, so that it holds its own objects";
            return Err(Refusal::new("GIT-OPEN-006", cause, next).in_path(place));
        }
        Ok(())
    }
}

/// Refuses by the configuration's own text, before libgit2's shorter words.
fn refuse_unsupported(path: &Path) -> Result<(), Refusal> {
    let candidates = [path.join("config"), path.join(".git/config")];
    let Some(text) = candidates
        .iter()
        .find_map(|file| std::fs::read_to_string(file).ok())
    else {
        return Ok(());
    };
    let setting = |name: &str| {
        text.lines()
            .filter_map(|line| line.split_once('='))
            .find(|(key, _)| key.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_ascii_lowercase())
    };
    let place = path.display().to_string();
    if setting("refstorage").is_some_and(|value| value.contains("reftable")) {
        let next = "run git refs migrate --ref-format=files in it";
        return Err(Refusal::new(
            "GIT-OPEN-003",
            "the repository stores its refs as reftable, which cannot be read here",
            next,
        )
        .in_path(place));
    }
    if setting("objectformat").is_some_and(|value| value.contains("sha256")) {
        let next = "serve a clone that uses SHA-1; git cannot convert in place";
        return Err(Refusal::new(
            "GIT-OPEN-004",
            "the repository uses SHA-256 object names, which cannot be read here",
            next,
        )
        .in_path(place));
    }
    Ok(())
}

fn is_partial(git: &git2::Repository) -> bool {
    let Ok(config) = git.config() else {
        return false;
    };
    let filtered = config.get_string("extensions.partialclone").is_ok();
    let promised = config
        .entries(Some("remote\\..*\\.promisor"))
        .is_ok_and(|mut entries| entries.next().is_some());
    filtered || promised
}

fn refuse_open(path: &Path, error: &git2::Error) -> Refusal {
    let place = path.display().to_string();
    match error.code() {
        ErrorCode::Owner => {
            let next = "run the server as the user who owns the folder, or change its owner";
            Refusal::new(
                "GIT-OPEN-002",
                "the repository belongs to another user, who could make us run their settings",
                next,
            )
            .in_path(place)
        }
        ErrorCode::NotFound => Refusal::new(
            "GIT-OPEN-001",
            "there is no git repository here",
            "give the path of a bare clone or of a working copy's root",
        )
        .in_path(place),
        _ => Refusal::new(
            "GIT-OPEN-001",
            format!("the repository cannot be opened: {}", error.message()),
            "run git fsck in it and mend what it names",
        )
        .in_path(place),
    }
}
