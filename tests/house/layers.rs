//! The rules of the house, as docs/ARCHITECTURE.md gives them: who may name whom, and where git, SQL and the clock live.

use crate::common::source::{self, File};

#[test]
fn a_module_names_only_those_above_it() {
    let order = reading_order();
    let mut wrong = Vec::new();
    for file in source::files("src") {
        let Some(own) = module_of(&file).and_then(|own| place(&order, own)) else {
            continue;
        };
        for (line, text) in code_lines(&file) {
            for named in named_modules(text) {
                if place(&order, named).is_some_and(|named| named > own) {
                    wrong.push(format!(
                        "{}:{line} names {named}, which stands below",
                        file.path
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn git2_lives_in_the_repository_module() {
    only_in(&["git2::", "libgit2_sys::"], &["src/repository/"]);
}

#[test]
fn sql_is_written_by_the_owner_of_each_database() {
    let queries = ["sqlx::query", "sqlx::raw_sql", "sqlx::migrate!"];
    only_in(&queries, &["src/index/", "src/web/accounts"]);
}

#[test]
fn the_clock_is_read_in_one_place_and_passed_on() {
    let clocks = [
        "SystemTime::now",
        "OffsetDateTime::now",
        "UtcDateTime::now",
        "CURRENT_TIMESTAMP",
        "datetime('now'",
    ];
    only_in(&clocks, &["src/app.rs"]);
}

#[test]
fn the_heart_does_no_input_or_output() {
    let doors = [
        "std::fs",
        "std::net::Tcp",
        "std::net::Udp",
        "std::process",
        "std::env",
        "tokio::",
        "sqlx::",
        "reqwest::",
        "Instant::now",
    ];
    let heart = [
        "id", "refusal", "record", "policy", "version", "check", "ledger",
    ];
    let wrong = lines_with(&doors)
        .into_iter()
        .filter(|(file, _)| module_of(file).is_some_and(|module| heart.contains(&module)));
    let wrong: Vec<String> = wrong.map(|(_, line)| line).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_are_found_however_they_are_written() {
    let found = |text| named_modules(text).collect::<Vec<_>>();
    assert_eq!(found("use crate::record::{self, Edit};"), ["record"]);
    assert_eq!(found("use crate::{id::BlobId, web};"), ["id", "web"]);
    assert_eq!(
        found("a(crate::index::sync()); crate::web::x()"),
        ["index", "web"]
    );
    assert_eq!(found("pub(crate) use path::read_name;"), [""; 0]);
}

/// Modules in the order in which `src/lib.rs` lists them.
fn reading_order() -> Vec<String> {
    let library = source::files("src")
        .into_iter()
        .find(|file| file.path == "src/lib.rs")
        .unwrap();
    let listed = library
        .text
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    listed.map(str::to_owned).collect()
}

fn place(order: &[String], module: &str) -> Option<usize> {
    order.iter().position(|name| name == module)
}

/// `src/review/load.rs` and `src/refusal.rs` are of the modules `review` and `refusal`.
fn module_of(file: &File) -> Option<&str> {
    let inside = file.path.strip_prefix("src/")?;
    let module = inside
        .split_once('/')
        .map_or(inside, |(folder, _)| folder)
        .trim_end_matches(".rs");
    (!matches!(module, "lib" | "main")).then_some(module)
}

/// Returns the modules that a line names by `crate::`, alone or in braces.
fn named_modules(line: &str) -> impl Iterator<Item = &str> {
    let after = line.match_indices("crate::").map(|(at, found)| {
        let rest = &line[at + found.len()..];
        match rest.strip_prefix('{') {
            Some(list) => list.split(',').map(str::trim).collect(),
            None => vec![rest],
        }
    });
    after.flatten().filter_map(|path| {
        let end = path
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(path.len());
        (end > 0).then(|| &path[..end])
    })
}

/// Numbered lines that are no comments.
fn code_lines(file: &File) -> impl Iterator<Item = (usize, &str)> {
    let lines = file
        .text
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line));
    lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn lines_with(words: &[&str]) -> Vec<(File, String)> {
    let mut found = Vec::new();
    for file in source::files("src") {
        let lines: Vec<String> = code_lines(&file)
            .filter(|(_, line)| words.iter().any(|word| line.contains(word)))
            .map(|(number, line)| format!("{}:{number} {}", file.path, line.trim()))
            .collect();
        for line in lines {
            found.push((
                File {
                    path: file.path.clone(),
                    text: String::new(),
                },
                line,
            ));
        }
    }
    found
}

fn only_in(words: &[&str], places: &[&str]) {
    let wrong = lines_with(words)
        .into_iter()
        .filter(|(file, _)| !places.iter().any(|place| file.path.starts_with(place)));
    let wrong: Vec<String> = wrong.map(|(_, line)| line).collect();
    assert!(
        wrong.is_empty(),
        "only in {}:\n{}",
        places.join(", "),
        wrong.join("\n")
    );
}
