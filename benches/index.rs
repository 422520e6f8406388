//! What the index costs: the first look at a repository, and a look after one commit that touched one record, beside the same walk in bare libgit2;
//! and what it is good for: questions of the list of records, beside `git grep` and a plain count.
//!
//! `cargo bench --bench index` measures 1,000 and 10,000 records; numbers after `--` choose others: `cargo bench --bench index -- 100000`. Each size
//! runs in a process of its own, so that its peak memory is its own.

#[path = "index/searches.rs"]
mod searches;

use std::fmt::Write as _;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use countersign::id::Identity;
use countersign::index::{self, Index};
use countersign::repository::{Repository, SigningKey};
use countersign::review::{self, Adoption};

/// Files of one folder at most, as people keep them.
const FOLDER: usize = 1000;

/// Commits of one record each, for the median.
const COMMITS: usize = 9;

const BRANCH: &str = "refs/heads/main";

const POLICY: &str = r#"
title = "Bench"
branch = "main"

[collections.notes]
paths = ["notes/*/*.md"]
format = "markdown"
id = "id"
title = "title"
status = "status"
version = "version"
references = ["see"]
locale = "lang"

[people.ana]
name = "Ana"
addresses = ["ana@example.org"]
roles = ["reviewer"]

[people.ben]
name = "Ben"
addresses = ["ben@example.org"]
roles = ["reviewer"]

[people.cy]
name = "Cy"
addresses = ["cy@example.org"]
roles = ["publisher"]

[people.dee]
name = "Dee"
addresses = ["dee@example.org"]
roles = ["administrator"]

[governance]
approvals = { administrator = 1 }
"#;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|text| text != "--bench")
        .collect();
    if let Some(("--one", records)) = arguments.first().map(String::as_str).zip(arguments.get(1)) {
        return measure(records.parse()?);
    }
    let sizes = if arguments.is_empty() {
        vec!["1000".to_owned(), "10000".to_owned()]
    } else {
        arguments
    };
    println!(
        "| records | first look | per record | bare walk | ratio | peak memory | one commit | bare walk | ratio | idle | blobs read |"
    );
    println!("|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    for size in sizes {
        let status = Command::new(std::env::current_exe()?)
            .args(["--one", &size])
            .status()?;
        ensure!(status.success(), "{size} records could not be measured");
    }
    Ok(())
}

fn measure(records: usize) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("repo.git");
    run(
        folder.path(),
        &["init", "-q", "--bare", "-b", "main", "repo.git"],
    )?;
    import(&path, |stream| first_commit(stream, records))?;
    let key = SigningKey::load_or_create(&folder.path().join("key"))?;
    let adoption = Adoption {
        branch_ref: BRANCH.into(),
        policy: Some(POLICY.into()),
        files: Vec::new(),
        by: Identity::new("Dee", "dee@example.org"),
        at: 1_770_000_000,
    };
    review::adopt(&Repository::open(&path)?, &key, &adoption)?
        .map_err(|faults| anyhow::anyhow!("{faults:?}"))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let before = peak_memory();
    let index = runtime.block_on(Index::open(&folder.path().join("index.sqlite")))?;
    let look = || -> Result<(Duration, index::Synced)> {
        let begun = Instant::now();
        let synced = runtime.block_on(index::sync(&index, &path, BRANCH))?;
        Ok((begun.elapsed(), synced))
    };
    let (first, _) = look()?;
    let peak = peak_memory();
    let first_bare = bare_first_walk(&path)?;
    let mut ours = Vec::new();
    let mut bare = Vec::new();
    let mut blobs = 0;
    for number in 0..COMMITS {
        let old = tip(&path)?;
        import(&path, |stream| {
            one_commit(stream, number * records / COMMITS, number)
        })?;
        let (elapsed, synced) = look()?;
        ours.push(elapsed);
        blobs = blobs.max(synced.blobs_read);
        bare.push(bare_walk(&path, old)?);
    }
    let mut idle = Vec::new();
    for _ in 0..COMMITS {
        idle.push(look()?.0);
    }
    let best = |times: &[Duration]| milliseconds(times.iter().min().copied().unwrap_or_default());
    eprintln!(
        "{records} records: best of one commit {:.2} ms, of the bare walk {:.2} ms",
        best(&ours),
        best(&bare)
    );
    let (ours, bare, idle) = (median(ours), median(bare), median(idle));
    println!(
        "| {records} | {:.2} s | {:.0} µs | {:.2} s | {:.1} | {:.0} MB (+{:.0}) | {:.2} ms | {:.2} ms | {:.1} | {:.2} ms | {blobs} |",
        first.as_secs_f64(),
        first.as_secs_f64() * 1e6 / records as f64,
        first_bare.as_secs_f64(),
        first.as_secs_f64() / first_bare.as_secs_f64(),
        peak,
        peak - before,
        milliseconds(ours),
        milliseconds(bare),
        milliseconds(ours) / milliseconds(bare),
        milliseconds(idle),
    );
    runtime.block_on(searches::measure(&index, &path, records))
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Opens the repository, finds what differs between two trees and reads those blobs: what anything built on libgit2 must do at least.
fn bare_walk(path: &Path, old: git2::Oid) -> Result<Duration> {
    let begun = Instant::now();
    let git = git2::Repository::open_bare(path)?;
    let tip = git.refname_to_id(BRANCH)?;
    let mut walk = git.revwalk()?;
    walk.push(tip)?;
    walk.hide(old)?;
    for id in walk {
        let commit = git.find_commit(id?)?;
        let parent = commit.parent(0)?.tree()?;
        let diff = git.diff_tree_to_tree(Some(&parent), Some(&commit.tree()?), None)?;
        for delta in diff.deltas() {
            std::hint::black_box(git.find_blob(delta.new_file().id())?.content().len());
        }
    }
    Ok(begun.elapsed())
}

/// Reads every blob of the tip once.
fn bare_first_walk(path: &Path) -> Result<Duration> {
    let begun = Instant::now();
    let git = git2::Repository::open_bare(path)?;
    let tree = git.find_commit(git.refname_to_id(BRANCH)?)?.tree()?;
    let mut bytes = 0;
    tree.walk(git2::TreeWalkMode::PreOrder, |_, entry| {
        if let Ok(blob) = git.find_blob(entry.id()) {
            bytes += blob.content().len();
        }
        git2::TreeWalkResult::Ok
    })?;
    std::hint::black_box(bytes);
    Ok(begun.elapsed())
}

fn tip(path: &Path) -> Result<git2::Oid> {
    Ok(git2::Repository::open_bare(path)?.refname_to_id(BRANCH)?)
}

fn first_commit(stream: &mut dyn Write, records: usize) -> Result<()> {
    stream.write_all(commit_head(0, "").as_bytes())?;
    (0..records).try_for_each(|number| write_record(stream, number, 0))
}

fn one_commit(stream: &mut dyn Write, number: usize, edition: usize) -> Result<()> {
    let head = commit_head(edition + 1, &format!("from {BRANCH}^0\n"));
    stream.write_all(head.as_bytes())?;
    write_record(stream, number, edition + 1)
}

fn commit_head(edition: usize, from: &str) -> String {
    let time = 1_760_000_000 + 20_000_000 * u64::from(edition > 0) + edition as u64;
    format!(
        "commit {BRANCH}\nauthor Ana <ana@example.org> {time} +0000\ncommitter Ana <ana@example.org> {time} +0000\ndata 6\nChange\n{from}"
    )
}

fn write_record(stream: &mut dyn Write, number: usize, edition: usize) -> Result<()> {
    let see = match number % 100 {
        7 => "nowhere".to_owned(),
        _ => format!("n{}", number / 2),
    };
    let lang = if number % 10 == 3 { "fr" } else { "en" };
    let mut text = format!(
        "---\nid: n{number}\ntitle: Note {number}\nstatus: draft\nversion: 0.1.0\nlang: {lang}\nsee: {see}\nclaims:\n  - key: c1\n    text: Claim {edition} of note {number} holds within its boundary.\n---\n\n# Note {number}\n\nKept with family{} and series{}.\n\n",
        number % 5000,
        number % 100,
    );
    for paragraph in 0..8 {
        let _ = writeln!(
            text,
            "Paragraph {paragraph} of note {number} says, in edition {edition}, what a reader of a register of this size would look for: a definition, its limits, and where the words come from.\n"
        );
    }
    writeln!(
        stream,
        "M 100644 inline notes/{:04}/n{number}.md\ndata {}\n{text}",
        number / FOLDER,
        text.len()
    )?;
    Ok(())
}

/// Streams into `git fast-import`, so that the history never stands in this process's memory.
fn import(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let mut child = Command::new("git")
        .current_dir(path)
        .args(["-c", "fastimport.unpackLimit=1", "fast-import", "--quiet"])
        .stdin(Stdio::piped())
        .spawn()
        .context("git is needed")?;
    let mut input = BufWriter::new(child.stdin.take().context("no pipe")?);
    write(&mut input)?;
    input.flush()?;
    drop(input);
    ensure!(child.wait()?.success(), "git fast-import failed");
    Ok(())
}

fn run(folder: &Path, arguments: &[&str]) -> Result<()> {
    ensure!(
        Command::new("git")
            .current_dir(folder)
            .args(arguments)
            .status()?
            .success()
    );
    Ok(())
}

/// Peak resident memory of this process in megabytes, mapped pack files included; 0 where the system does not tell.
fn peak_memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = status.lines().find_map(|line| {
        line.strip_prefix("VmHWM:")?
            .trim()
            .strip_suffix(" kB")?
            .trim()
            .parse()
            .ok()
    });
    kilobytes.unwrap_or(0.0) / 1024.0
}
