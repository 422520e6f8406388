//! What an export costs after a change: a register of 10,000 records beside one of 1,000, exported whole, again with nothing changed, and after one, ten and a
//! hundred records changed.
//!
//! `cargo bench --bench export`; numbers after `--` choose others: `cargo bench --bench export -- 100 1000`.

#[path = "../tests/common/mod.rs"]
mod common;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use common::{DRAFT, POLICY, Story, git};
use countersign::publish::site::export::{Done, Folder};
use countersign::publish::site::{Found, Texts, Wanted, load};

/// Times that each change is made, for the median.
const TIMES: usize = 3;

/// How many records change at once.
const CHANGES: [usize; 3] = [1, 10, 100];

fn main() {
    let mut sizes: Vec<usize> = std::env::args()
        .filter_map(|text| text.parse().ok())
        .collect();
    if sizes.len() != 2 {
        sizes = vec![1_000, 10_000];
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(measure(sizes[0], sizes[1]));
}

async fn measure(few: usize, many: usize) {
    let mut few = Bench::with(few).await;
    let mut many = Bench::with(many).await;
    println!(
        "| | {} records | {} records | ratio | of the whole, {} |",
        few.records, many.records, many.records
    );
    println!("|---|--:|--:|--:|--:|");
    let whole = [few.first, many.first];
    row("whole, into an empty folder", whole, whole[1]);
    let mut nothing = [Vec::new(), Vec::new()];
    for _ in 0..TIMES {
        for (place, bench) in [&mut few, &mut many].into_iter().enumerate() {
            let (took, done) = bench.export().await;
            assert_eq!((done.written, done.rendered), (0, 0));
            nothing[place].push(took);
        }
    }
    row("again, nothing changed", nothing.map(median), whole[1]);
    for count in CHANGES {
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..TIMES {
            for (place, bench) in [&mut few, &mut many].into_iter().enumerate() {
                bench.change(count).await;
                let (took, done) = bench.export().await;
                assert_eq!(done.rendered, count, "{done:?}");
                times[place].push(took);
            }
        }
        row(
            &format!("after {count} changed"),
            times.map(median),
            whole[1],
        );
    }
}

fn row(name: &str, [few, many]: [Duration; 2], whole: Duration) {
    let ratio = many.as_secs_f64() / few.as_secs_f64();
    let part = many.as_secs_f64() / whole.as_secs_f64();
    println!(
        "| {name} | {:.0} ms | {:.0} ms | {ratio:.2} | {part:.3} |",
        few.as_secs_f64() * 1e3,
        many.as_secs_f64() * 1e3
    );
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

struct Bench {
    story: Story,
    records: usize,
    edition: usize,
    output: PathBuf,
    first: Duration,
}

impl Bench {
    async fn with(records: usize) -> Self {
        let policy = format!("{POLICY}\n[site]\naddress = \"https://register.example\"\n");
        let files: Vec<(String, String)> = (0..records)
            .map(|number| (path(number), text(number, 0)))
            .collect();
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| (&**path, &**text))
            .collect();
        let story = Story::with_policy(&policy, &files).await;
        // Tidying up beside a measurement is another question.
        git(&story.bare(), &["config", "gc.auto", "0"]);
        git(&story.bare(), &["config", "receive.autogc", "false"]);
        let output = story.folder.path().join("site");
        let mut bench = Self {
            story,
            records,
            edition: 0,
            output,
            first: Duration::ZERO,
        };
        bench.first = bench.export().await.0;
        bench
    }

    /// Publishes another text of so many records.
    async fn change(&mut self, count: usize) {
        self.edition += 1;
        let branch = format!("proposals/e{}", self.edition);
        let numbers: Vec<usize> = (0..count)
            .map(|place| (self.edition * 131 + place * 7) % self.records)
            .collect();
        let files: Vec<(String, String)> = numbers
            .iter()
            .map(|number| {
                let old = self.story.file(&path(*number));
                let line = format!("Paragraph {}.", self.edition);
                let mut new = old.trim_end().to_owned();
                let _ = write!(new, "\n\n{line}\n");
                (path(*number), new)
            })
            .collect();
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| (&**path, &**text))
            .collect();
        self.story
            .propose(&branch, "Ana Roche <ana@example.org>", "Say more", &files);
        for number in numbers {
            for who in ["ben@example.org", "cy@example.org"] {
                let path = path(number);
                let landed = self.story.approve_proposed(who, &branch, &path, "revise");
                landed.await.expect("an approval");
            }
        }
    }

    async fn export(&mut self) -> (Duration, Done) {
        let begun = Instant::now();
        let done = export(&self.story, &self.output).await;
        (begun.elapsed(), done)
    }
}

async fn export(story: &Story, output: &Path) -> Done {
    let folder = Folder::open(output)
        .expect("a disk")
        .expect("our own folder");
    let wanted = Wanted {
        address: None,
        until: None,
    };
    let found = load(&story.desk, wanted, folder.known()).await;
    let Found::Register(register, known) = found.expect("a register") else {
        panic!("nothing is public");
    };
    let written = story
        .desk
        .on_repository(move |repository, _| folder.write(&register, &known, &Texts(repository)));
    written.await.expect("a disk").expect("nothing in the way")
}

fn path(number: usize) -> String {
    format!("notes/n{number:05}.md")
}

fn text(number: usize, edition: usize) -> String {
    DRAFT
        .replace("One note", &format!("Note {number:05}"))
        .replace("status: draft", "status: active")
        .replace("version: 0.1.0", "version: 1.0.0")
        .replace("A first paragraph.", &format!("Paragraph {edition}."))
}
