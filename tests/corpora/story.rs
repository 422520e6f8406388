//! Repositories that this project did not make, taken the whole way with the program itself: `init`, `adopt`, `serve`, people who sign in and decide
//! on the pages, `verify`, and an index that is deleted and comes back the same.
//!
//! The corpora lie beside the package, in `shared/corpora`; where they are absent these tests say that they are skipped.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::common::program::{Installation, Server, Visitor};
use crate::common::{commit_files, git, skip};

/// A draft proposal with a title, a place of discussion and a requirement.
const PROPOSAL: &str = "7748";

/// The people whom `init` is told of.
const PEOPLE: [&str; 6] = [
    "Ana Roche <ana@example.org>=author",
    "Ben Aster <ben@example.org>=reviewer",
    "Cy Lind <cy@example.org>=reviewer",
    "Dee Moss <dee@example.org>=publisher",
    "Eve Park <eve@example.org>=publisher",
    "Fay Quill <fay@example.org>=administrator",
];

/// A move, who approves it in turn, and the lines that its commit takes away and adds.
struct Step {
    transition: &'static str,
    by: &'static [&'static str],
    patch: &'static str,
}

#[tokio::test]
async fn a_proposal_becomes_final_under_the_policy_that_init_wrote() {
    let Some(eips) = installation("eips") else {
        return;
    };
    let policy = init(&eips);
    eips.adopt("Fay Quill <fay@example.org>", &policy);
    let steps = [
        Step {
            transition: "move-to-review",
            by: &["ben@example.org"],
            patch: "-status: Draft\n+status: Review\n",
        },
        Step {
            transition: "move-to-last-call",
            by: &["cy@example.org"],
            patch: "-status: Review\n+status: Last Call\n",
        },
        Step {
            transition: "publish",
            by: &["ben@example.org", "dee@example.org"],
            patch: "-status: Last Call\n+status: Final\n",
        },
    ];
    from_draft_to_final(&eips, "ana@example.org", &steps).await;
}

#[tokio::test]
async fn a_proposal_becomes_final_under_the_example() {
    let Some(eips) = installation("eips") else {
        return;
    };
    eips.adopt("Maren Holt <maren@example.org>", &example("eips"));
    let steps = [
        Step {
            transition: "submit",
            by: &["tomas@example.org"],
            patch: "-status: Draft\n+status: Review\n",
        },
        Step {
            transition: "call",
            by: &["tomas@example.org"],
            patch: "-status: Review\n+status: Last Call\n",
        },
        Step {
            transition: "finalize",
            by: &["ines@example.org"],
            patch: "-status: Last Call\n-last-call-deadline: 2031-05-06\n+status: Final\n",
        },
    ];
    from_draft_to_final(&eips, "maren@example.org", &steps).await;
}

#[tokio::test]
async fn a_pushed_edit_of_a_post_is_found_and_countersigned() {
    let Some(blog) = installation("rust-blog") else {
        return;
    };
    init(&blog);
    blog.adopt("Aiko Mori <aiko@example.org>", &example("rust-blog"));
    let server = blog.serve();
    let mut lena = blog.sign_in(&server, "lena@example.org").await;
    let queue = lena.get("/rust-blog/queue").await;
    assert!(queue.has("The desk is clear"), "{}", queue.html);

    let path = "content/Rust-1.0@0.md";
    push_an_edit(&blog, path);
    let begun = Instant::now();
    let queue = loop {
        let queue = lena.get("/rust-blog/queue").await;
        if queue.has("Changed outside review <span class=\"count\">1</span>") {
            break queue;
        }
        assert!(begun.elapsed() < Duration::from_secs(2), "{}", queue.html);
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    println!("rust-blog: found after {:?}", begun.elapsed());

    let (_, review) = queue.html.split_once("href=\"/rust-blog/review/").unwrap();
    let record = review.split('"').next().unwrap();
    let page = lena.get(&format!("/rust-blog/review/{record}")).await;
    assert!(page.has("Noa Brandt changed this record without review"));
    assert!(page.has("corrected"), "{}", page.html);
    let before = blog.git(&["rev-parse", "main"]);
    lena.decide("rust-blog", record, "approve:revise").await;
    assert_eq!(blog.git(&["rev-parse", "main"]), before, "one is not two");
    let mut aiko = blog.sign_in(&server, "aiko@example.org").await;
    aiko.decide("rust-blog", record, "approve:revise").await;
    // The post holds neither status nor version, so its bytes stay as they were read.
    assert_eq!(touched(&blog), "");
    let parent = blog.git(&["rev-parse", "main^"]);
    assert_eq!(parent, before);
    let queue = lena.get("/rust-blog/queue").await;
    assert!(queue.has("The desk is clear"), "{}", queue.html);
    is_proven_and_comes_back(&blog, server, lena).await;
}

/// Takes the proposal the whole way, and proves it.
async fn from_draft_to_final(eips: &Installation, author: &str, steps: &[Step]) {
    let server = eips.serve();
    let file = format!("EIPS/eip-{PROPOSAL}.md");
    let mut writer = eips.sign_in(&server, author).await;
    set_the_deadline(eips, &mut writer).await;
    for step in steps {
        for address in step.by {
            let mut person = eips.sign_in(&server, address).await;
            let button = format!("approve:{}", step.transition);
            person.decide("eips", PROPOSAL, &button).await;
        }
        assert_eq!(touched(eips), file, "{}", step.transition);
        assert_eq!(patch(eips), step.patch, "{}", step.transition);
        let body = eips.git(&["log", "-1", "--format=%B", "main"]);
        let named = format!(" ({})\n", step.transition);
        assert!(body.contains(&named), "{body}");
    }
    let page = writer.get(&format!("/eips/records/{PROPOSAL}")).await;
    assert!(page.has("Final"), "{}", page.html);
    is_proven_and_comes_back(eips, server, writer).await;
}

/// The moves to come ask for a deadline, which the form of the draft offers.
async fn set_the_deadline(eips: &Installation, writer: &mut Visitor) {
    let address = format!("/eips/edit/{PROPOSAL}");
    let form = writer.get(&address).await.form(&address);
    assert!(!form.get("field:title").is_empty());
    let form = form.with("field:last-call-deadline", "2031-05-06");
    let saved = writer.send(&form).await;
    assert_eq!(saved.status, 303, "{}", saved.html);
    assert_eq!(patch(eips), "+last-call-deadline: 2031-05-06\n");
}

/// An auditor finds no fault, and what the pages show needs no index but the one that git gives.
async fn is_proven_and_comes_back(of: &Installation, server: Server, mut reader: Visitor) {
    let repository = of.repository().display().to_string();
    let report = of.succeed(&["verify", &repository]);
    println!("{}: {report}", of.name);
    let queue = format!("/{}/queue", of.name);
    let before = text(&reader.get(&queue).await.html);
    server.stop();
    of.delete_index();
    let begun = Instant::now();
    let server = of.serve();
    println!("{}: served again after {:?}", of.name, begun.elapsed());
    reader.follow(&server);
    assert_eq!(text(&reader.get(&queue).await.html), before);
    let checked = of.succeed(&["rebuild", "--check"]);
    assert!(checked.contains("the index equals git"), "{checked}");
    server.stop();
}

/// Clones a corpus.
fn installation(name: &str) -> Option<Installation> {
    let bundle = skip::corpus(&format!("{name}.bundle"))?;
    Some(Installation::of(&bundle, name))
}

/// Lets the program propose a policy, which must need no correction, and returns its file.
fn init(of: &Installation) -> PathBuf {
    let file = of.folder.path().join("proposed.toml");
    let (repository, output) = (of.repository(), file.display().to_string());
    let repository = repository.display().to_string();
    let mut arguments = vec!["init", &repository, "--output", &output];
    for person in PEOPLE {
        arguments.extend(["--person", person]);
    }
    let run = of.run(&arguments);
    let told = String::from_utf8_lossy(&run.stderr);
    assert_eq!(run.status.code(), Some(0), "{told}");
    assert!(told.contains("guessed: "), "{told}");
    file
}

fn example(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    root.join(format!("examples/{name}.countersign.toml"))
}

/// Changes a word with plain git, as somebody whom the policy does not know.
fn push_an_edit(of: &Installation, path: &str) {
    let work = of.folder.path().join("work");
    let repository = of.repository().display().to_string();
    git(of.folder.path(), &["clone", "-q", &repository, "work"]);
    let text = std::fs::read_to_string(work.join(path)).unwrap();
    let text = format!("{}\n\nThis was corrected later.\n", text.trim_end());
    commit_files(
        &work,
        "Noa Brandt <noa@example.net>",
        "Correct a post",
        &[(path, &text)],
    );
    git(&work, &["push", "-q", "origin", "HEAD:main"]);
}

/// Returns the paths that the last commit touched.
fn touched(of: &Installation) -> String {
    let files = of.git(&["diff", "--name-only", "main^", "main"]);
    files.trim_end().to_owned()
}

/// Returns the lines that the last commit took away, then those that it added.
fn patch(of: &Installation) -> String {
    let diff = of.git(&["diff", "-U0", "main^", "main"]);
    let lines = |sign: &'static str| {
        let header = sign.repeat(3);
        let lines = diff.lines().filter(move |line| line.starts_with(sign));
        lines.filter(move |line| !line.starts_with(&header))
    };
    let lines: Vec<&str> = lines("-").chain(lines("+")).collect();
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Returns what a page says: without its markup, and without how long ago things were.
fn text(html: &str) -> String {
    let mut text = String::new();
    for part in html.split("<time").enumerate() {
        let rest = match part {
            (0, before) => before,
            (_, moment) => moment.split_once("</time>").map_or("", |(_, after)| after),
        };
        text.push_str(rest);
    }
    let words = text
        .split('<')
        .map(|part| part.split_once('>').map_or(part, |(_, words)| words));
    words.collect::<Vec<_>>().join(" ")
}
