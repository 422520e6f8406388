//! Questions of the list of records, each with the page and the count that the list shows.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use countersign::index::{self, Count, Index};
use countersign::policy::Policy;
use countersign::web::filters::Filters;

use super::{BRANCH, POLICY, median, milliseconds};

/// Times that each question is asked, for the median.
const TIMES: usize = 5;

/// Rows of a page.
const PAGE: i64 = 50;

/// What is asked, as the list's address says it; the page; and the word that `git grep` looks for, if there is one.
const QUESTIONS: [(&str, i64, Option<&str>); 22] = [
    ("q=register", 1, Some("register")),
    ("q=register", 200, None),
    ("q=series7", 1, Some("series7")),
    ("q=family4711", 1, Some("family4711")),
    ("q=n777", 1, Some("n777")),
    (
        "q=%22a+register+of+this+size%22",
        1,
        Some("a register of this size"),
    ),
    (
        "q=paragraph+of+note+says+in+edition+what+a+reader+would+look+for+and+where+the+words",
        1,
        None,
    ),
    ("q=re", 1, None),
    ("q=register+-series7", 1, None),
    ("q=register&locale=fr&sort=changed", 1, None),
    ("", 1, None),
    ("", 1900, None),
    ("sort=changed", 1900, None),
    ("collection=notes", 1900, None),
    ("status=draft", 1, None),
    ("standing=draft", 1, None),
    ("standing=open&sort=waiting", 1, None),
    ("sort=waiting", 1, None),
    ("person=ana", 1, None),
    ("locale=fr", 1, None),
    ("finding=REF-001", 1, None),
    ("since=2020-01-01&severity=warning", 1, None),
];

/// Asks each question and prints what it took.
pub async fn measure(index: &Index, repository: &Path, records: usize) -> Result<()> {
    let policy = Policy::read(POLICY).map_err(|faults| anyhow!("{faults:?}"))?;
    let counted = plain_count(index).await?;
    println!(
        "\n| {records} records: asked for | page | fit | page and count | plain count | ratio | git grep | ratio |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|");
    for (query, page, word) in QUESTIONS {
        let filters = Filters::parse(&query.replace('+', "%20"));
        let (wanted, unknown) = filters.wanted(&policy, 1_790_000_000);
        ensure!(unknown.is_empty(), "{query} asks for what there is not");
        let offset = ((page - 1) * PAGE).min(records as i64 - PAGE);
        let mut times = Vec::new();
        let mut fit = Count::More;
        for _ in 0..TIMES {
            let begun = Instant::now();
            let pool = index.reader();
            let hits = index::search(pool, &wanted, filters.order(), offset, PAGE + 1).await?;
            fit = index::count(pool, &wanted).await?;
            std::hint::black_box(hits.len());
            times.push(begun.elapsed());
        }
        let took = milliseconds(median(times));
        let grep = word.map(|word| grep(repository, word)).transpose()?;
        let grep = grep.map_or(" | ".to_owned(), |grep| {
            format!(
                "{:.0} ms | {:.3}",
                milliseconds(grep),
                took / milliseconds(grep)
            )
        });
        let fit = match fit {
            Count::Exactly(count) => count.to_string(),
            Count::More => "more than 10,000".to_owned(),
        };
        println!(
            "| `{query}` | {} | {fit} | {took:.1} ms | {:.1} ms | {:.1} | {grep} |",
            offset / PAGE + 1,
            milliseconds(counted),
            took / milliseconds(counted),
        );
    }
    Ok(())
}

/// Counts every record, past every index.
async fn plain_count(index: &Index) -> Result<Duration> {
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let begun = Instant::now();
        let counted: i64 =
            sqlx::query_scalar("SELECT count(*) FROM records NOT INDEXED WHERE title <> ''")
                .fetch_one(index.reader())
                .await?;
        std::hint::black_box(counted);
        times.push(begun.elapsed());
    }
    Ok(median(times))
}

/// Looks for a text with git in the published branch, names of files alone.
fn grep(repository: &Path, text: &str) -> Result<Duration> {
    let mut times = Vec::new();
    for _ in 0..3 {
        let begun = Instant::now();
        let status = Command::new("git")
            .current_dir(repository)
            .args(["grep", "-l", "-i", "-F", "-e", text, BRANCH])
            .stdout(Stdio::null())
            .status()?;
        ensure!(
            status.code().is_some_and(|code| code <= 1),
            "git grep failed"
        );
        times.push(begun.elapsed());
    }
    Ok(median(times))
}
