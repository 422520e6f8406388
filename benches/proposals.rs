//! What open proposals cost the pages: a repository with 2,000 of them beside one with 20, the same records in both, each page asked of both in turn.
//!
//! `cargo bench --bench proposals` prints, for each page, what it takes again and again, and what the first one takes after a push onto one proposal,
//! with the look at git that the push makes necessary. Numbers after `--` choose others: `cargo bench --bench proposals -- 20 200`.

#[path = "../tests/common/mod.rs"]
mod common;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::browser::{Browser, Site};
use common::{DRAFT, Story, git};
use countersign::review::complete_all;

/// Times that each page is asked for, for the median.
const TIMES: usize = 9;

/// One in so many proposals has an approval.
const APPROVED: usize = 10;

/// The proposal that is read alone.
const READ: usize = 7;

/// What is asked for.
const PAGES: [(&str, &str); 6] = [
    ("queue", "/test/queue"),
    (
        "page 2 of a part of the queue",
        "/test/queue?section=yours&page=2",
    ),
    ("list of proposals", "/test/proposals"),
    ("list of landed proposals", "/test/proposals?state=landed"),
    ("one proposal", "/test/proposals/proposals/p0007"),
    (
        "one review",
        "/test/review/notes/n0007?proposal=proposals%2Fp0007",
    ),
];

fn main() {
    let mut sizes: Vec<usize> = std::env::args()
        .filter_map(|text| text.parse().ok())
        .collect();
    if sizes.len() != 2 {
        sizes = vec![20, 2000];
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(measure(sizes[0], sizes[1]));
}

async fn measure(few: usize, many: usize) {
    let records = few.max(many);
    let mut few = Bench::with(records, few).await;
    let mut many = Bench::with(records, many).await;
    println!(
        "| | {} open | {} open | ratio | first after a push, {} open | {} open | ratio |",
        few.proposals, many.proposals, few.proposals, many.proposals
    );
    println!("|---|--:|--:|--:|--:|--:|--:|");
    for (name, address) in PAGES {
        let (mut again, mut first) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
        for _ in 0..TIMES {
            for (place, bench) in [&mut few, &mut many].into_iter().enumerate() {
                bench.push();
                bench.site.story.desk.sync().await.expect("a look");
                first[place].push(bench.ask(address).await);
                again[place].push(bench.ask(address).await);
            }
        }
        print_row(name, again, Some(first));
    }
    let mut refs = [Vec::new(), Vec::new()];
    let mut looks = [Vec::new(), Vec::new()];
    let mut completions = [Vec::new(), Vec::new()];
    for _ in 0..TIMES {
        for (place, bench) in [&mut few, &mut many].into_iter().enumerate() {
            bench.push();
            let begun = Instant::now();
            bench.site.story.desk.sync().await.expect("a look");
            looks[place].push(begun.elapsed());
            let begun = Instant::now();
            git(&bench.site.story.bare(), &["for-each-ref", "refs/heads"]);
            refs[place].push(begun.elapsed());
            let begun = Instant::now();
            complete_all(&bench.site.story.desk).await.expect("moves");
            completions[place].push(begun.elapsed());
        }
    }
    print_row("the look at git after a push", looks, None);
    print_row("`git for-each-ref` beside it", refs, None);
    print_row("a start: what is ready is looked for", completions, None);
}

fn print_row(name: &str, again: [Vec<Duration>; 2], first: Option<[Vec<Duration>; 2]>) {
    let part = |times: [Vec<Duration>; 2]| {
        let [few, many] = times.map(median);
        format!("{few:.1} ms | {many:.1} ms | {:.2}", many / few)
    };
    let first = first.map_or(" | | ".to_owned(), part);
    println!("| {name} | {} | {first} |", part(again));
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e3
}

/// The pages of a repository, and a reviewer's browser.
struct Bench {
    site: Site,
    ben: Browser,
    proposals: usize,
    pushes: usize,
}

impl Bench {
    /// A repository of so many active records, of which so many have a proposal that revises them.
    async fn with(records: usize, proposals: usize) -> Self {
        let files: Vec<(String, String)> = (0..records)
            .map(|number| (path(number), text(number, 0)))
            .collect();
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| (&**path, &**text))
            .collect();
        let story = Story::with(&files).await;
        import(&story.bare(), |stream| {
            (0..proposals).for_each(|number| propose(stream, number, 0));
        });
        story.desk.sync().await.expect("a look");
        for number in (0..proposals).step_by(APPROVED) {
            story
                .approve_proposed("dee@example.org", &branch(number), &path(number), "revise")
                .await
                .expect("an approval");
        }
        // As `git gc` leaves it from time to time: what many packs cost is another question.
        git(&story.bare(), &["gc", "-q"]);
        let site = Site::of(story).await;
        let ben = site.signed_in("ben@example.org").await;
        Self {
            site,
            ben,
            proposals,
            pushes: 0,
        }
    }

    /// Pushes another text onto one proposal.
    fn push(&mut self) {
        self.pushes += 1;
        // The one that is read stays as it is.
        let number = READ + 1 + self.pushes % (self.proposals - READ - 1);
        let edition = self.pushes;
        import(&self.site.story.bare(), |stream| {
            propose(stream, number, edition);
        });
    }

    async fn ask(&mut self, address: &str) -> Duration {
        let begun = Instant::now();
        let page = self.ben.get(address).await;
        let took = begun.elapsed();
        assert!(page.status.is_success(), "{address}: {}", page.html);
        took
    }
}

fn path(number: usize) -> String {
    format!("notes/n{number:04}.md")
}

fn branch(number: usize) -> String {
    format!("proposals/p{number:04}")
}

fn text(number: usize, edition: usize) -> String {
    DRAFT
        .replace("One note", &format!("Note {number:04}"))
        .replace("status: draft", "status: active")
        .replace("version: 0.1.0", "version: 1.0.0")
        .replace("A first paragraph.", &format!("Paragraph {edition}."))
}

/// Writes a commit onto a proposal, which begins where the published branch stands.
fn propose(stream: &mut String, number: usize, edition: usize) {
    let (name, path) = (branch(number), path(number));
    let text = text(number, edition + 1);
    let time = 1_770_100_000 + number + edition * 60;
    let from = match edition {
        0 => "refs/heads/main^0".to_owned(),
        _ => format!("refs/heads/{name}^0"),
    };
    let subject = format!("Say more in note {number}");
    let _ = write!(
        stream,
        "commit refs/heads/{name}\nauthor Ana Roche <ana@example.org> {time} +0000\ncommitter Ana Roche <ana@example.org> {time} +0000\n\
         data {}\n{subject}\nfrom {from}\nM 100644 inline {path}\ndata {}\n{text}\n",
        subject.len(),
        text.len()
    );
}

fn import(repository: &Path, write: impl FnOnce(&mut String)) {
    let mut stream = String::new();
    write(&mut stream);
    let mut child = Command::new("git")
        .current_dir(repository)
        .args(["fast-import", "--quiet"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("git is needed");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(stream.as_bytes()).expect("git reads");
    drop(input);
    assert!(child.wait().expect("git ends").success());
}
