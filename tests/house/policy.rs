//! The policies that people copy from the documentation and the examples are good ones.

use std::collections::HashSet;

use countersign::policy::{Policy, StatusKind, read};
use countersign::record::Format;

const REFERENCE: &str = include_str!("../../docs/policy.md");

fn good(source: &str) -> Policy {
    read(source).unwrap_or_else(|refusals| {
        let lines: Vec<String> = refusals.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"))
    })
}

/// Returns the TOML blocks of a Markdown text.
fn toml_blocks(text: &str) -> Vec<&str> {
    let blocks = text.split("```toml\n").skip(1);
    blocks
        .filter_map(|block| block.split("\n```").next())
        .collect()
}

#[test]
fn the_example_of_proposals_reads() {
    let policy = good(include_str!("../../examples/eips.countersign.toml"));
    let collection = policy.collection_of("EIPS/eip-20.md").unwrap();
    assert!(policy.collection_of("EIPS/deep/eip-20.md").is_none());
    let workflow = policy.workflow(collection);
    assert_eq!(workflow.kind("Living"), Some(StatusKind::Published));
    let call = &workflow.transitions["call"];
    assert_eq!(call.requires[0].to_string(), "last-call-deadline");
    assert!(workflow.transitions["finalize"].writes_version);
    assert!(collection.version.is_none());
}

#[test]
fn the_example_of_a_blog_reads() {
    let policy = good(include_str!("../../examples/rust-blog.countersign.toml"));
    let path = "content/inside/2025-survey/index.md";
    let collection = policy.collection_of(path).unwrap();
    assert_eq!(collection.format, Format::Markdown);
    assert_eq!(
        policy.slug_of(collection, path),
        "posts/inside/2025-survey/index"
    );
    assert!(collection.status.is_none());
    assert_eq!(policy.workflow(collection).initial, "draft");
}

#[test]
fn the_full_example_of_the_reference_reads() {
    let blocks = toml_blocks(REFERENCE);
    let policy = good(blocks[0]);
    assert_eq!(policy.title, "Lanternworks register");
    let smallest = good(blocks[1]);
    assert_eq!(smallest.workflows.len(), 1);
}

#[test]
fn the_reference_names_every_code() {
    let sources = concat!(
        include_str!("../../src/policy/read/mod.rs"),
        include_str!("../../src/policy/read/report.rs"),
        include_str!("../../src/policy/read/value.rs"),
        include_str!("../../src/policy/read/collections.rs"),
        include_str!("../../src/policy/read/workflows.rs"),
        include_str!("../../src/policy/read/people.rs"),
        include_str!("../../src/policy/lint/paths.rs"),
        include_str!("../../src/policy/lint/names.rs"),
        include_str!("../../src/policy/lint/workflows.rs"),
        include_str!("../../src/policy/lint/four_eyes.rs"),
        include_str!("../../src/policy/lint/people.rs"),
        include_str!("../../src/policy/init/people.rs"),
    );
    let codes: HashSet<&str> = sources
        .match_indices("\"POL-")
        .map(|(index, _)| &sources[index + 1..index + 8])
        .collect();
    assert!(codes.len() > 20);
    for code in codes {
        assert!(
            REFERENCE.contains(&format!("| {code} |")),
            "{code} is not in docs/policy.md"
        );
    }
}

#[test]
fn the_reference_shows_the_built_in_workflow_as_it_is() {
    let shown = toml_blocks(REFERENCE)[2];
    let built_in = include_str!("../../src/policy/defaults.toml");
    let built_in = built_in.split_once("\n\n").unwrap().1.trim_end();
    assert_eq!(shown, built_in);
}
