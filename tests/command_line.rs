//! Every command and every long option stands in `docs/command-line.md`, in the part about its command, and no other does.

use std::collections::BTreeSet;
use std::path::Path;

use clap::CommandFactory;
use countersign::config::CommandLine;

#[test]
fn every_command_and_option_is_documented_where_it_belongs() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/command-line.md");
    let page = std::fs::read_to_string(page).unwrap();
    let mut documented: Vec<&str> = headings(&page);
    let mut line = CommandLine::command();
    line.build();
    for command in line.get_subcommands().filter(|it| it.get_name() != "help") {
        let name = command.get_name();
        let part = part(&page, name).unwrap_or_else(|| panic!("no part about `{name}`"));
        let told = options_told(part);
        for option in options_of(command) {
            assert!(told.contains(&option), "`{name}` says nothing of {option}");
        }
        for option in told {
            let text = format!("`{name}` is told to take {option}");
            assert!(options_of(command).contains(&option), "{text}");
        }
        documented.retain(|heading| *heading != name);
    }
    assert_eq!(documented, [""; 0], "no such commands");
}

/// Exit codes are told by `--help` too; the page says at least as much.
#[test]
fn the_page_and_the_help_tell_the_same_exit_codes() {
    let page = include_str!("../docs/command-line.md");
    let told = countersign::config::EXIT_CODES.lines().skip(1);
    for (code, meaning) in told.filter_map(|line| line.trim().split_once("  ")) {
        let row = page
            .lines()
            .find(|line| line.starts_with(&format!("| {code} |")))
            .unwrap_or_else(|| panic!("exit code {code} is not told"));
        let beginning = meaning.split(';').next().unwrap_or(meaning);
        assert!(row.contains(beginning), "{row} does not say {meaning:?}");
    }
}

/// The names in headings such as ``## `init` ``.
fn headings(page: &str) -> Vec<&str> {
    let lines = page.lines().filter_map(|line| line.strip_prefix("## `"));
    lines.filter_map(|line| line.strip_suffix('`')).collect()
}

/// The text below a command's heading.
fn part<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = page.split_once(&format!("## `{name}`\n"))?;
    Some(rest.split("\n## ").next().unwrap_or(rest))
}

/// Options at the beginning of a table's row.
fn options_told(part: &str) -> BTreeSet<String> {
    let rows = part.lines().filter_map(|line| line.strip_prefix("| `--"));
    let names = rows.filter_map(|row| row.split([' ', '`']).next());
    names.map(|name| format!("--{name}")).collect()
}

/// A command's own long options; `--data-dir` is everybody's and told at the top.
fn options_of(command: &clap::Command) -> BTreeSet<String> {
    let own = command.get_arguments().filter_map(clap::Arg::get_long);
    own.filter(|long| !matches!(*long, "help" | "version" | "data-dir"))
        .map(|long| format!("--{long}"))
        .collect()
}
