use indexmap::IndexMap;

use super::*;
use crate::policy::{FieldPattern, StatusKind};
use crate::record::{Format, parse};

/// Returns a collection with all four fields named and these rules on.
fn collection(rules: &[&str]) -> Collection {
    Collection {
        name: "concepts".to_owned(),
        paths: vec!["concepts/*.md".to_owned()],
        format: Format::Markdown,
        id: Some(FieldPath::key("id")),
        title: Some(FieldPath::key("title")),
        status: Some(FieldPath::key("status")),
        version: Some(FieldPath::key("version")),
        schema: None,
        workflow: "editorial".to_owned(),
        references: Vec::new(),
        floors: Vec::new(),
        rules: rules
            .iter()
            .map(|code| ((*code).to_owned(), Severity::Blocking))
            .collect(),
    }
}

fn workflow() -> Workflow {
    let statuses = [
        ("draft", StatusKind::Draft),
        ("validated", StatusKind::Approved),
        ("active", StatusKind::Published),
    ];
    Workflow {
        name: "editorial".to_owned(),
        initial: "draft".to_owned(),
        statuses: statuses
            .into_iter()
            .map(|(name, kind)| (name.to_owned(), kind))
            .collect(),
        transitions: IndexMap::new(),
    }
}

fn record(yaml: &str) -> Record {
    parse(yaml.as_bytes(), Format::Yaml).expect("the sample reads")
}

/// Returns findings as lines: `code line field: message; next`.
fn told(found: &[Finding]) -> Vec<String> {
    let line = |one: &Finding| {
        let field = one.field.as_ref().map(ToString::to_string);
        let (field, line) = (field.unwrap_or_default(), one.line.unwrap_or_default());
        format!("{} {line} {field}: {}; {}", one.code, one.message, one.next)
    };
    found.iter().map(line).collect()
}

fn own(yaml: &str) -> Vec<String> {
    told(&findings(
        &collection(&[]),
        &workflow(),
        None,
        &record(yaml),
    ))
}

#[test]
fn a_record_in_order_has_no_findings() {
    assert!(own("id: a\ntitle: A\nstatus: active\nversion: 1.0.0\n").is_empty());
}

#[test]
fn a_status_that_the_workflow_does_not_know_is_told_with_the_nearest() {
    let status = |line: &str| own(&format!("id: a\ntitle: A\n{line}\n")).join("\n");
    insta::assert_snapshot!(
        ["status: actve", "status: Active", "status: \" active\"", "status: [active]", "status: ~", "status: banana", "x: 1"]
            .map(status)
            .join("\n"),
        @r#"
    S07 3 status: "status" is "actve", which is not one of "draft", "validated" and "active"; did you mean "active"?
    S07 3 status: "status" is "Active", which is not one of "draft", "validated" and "active"; write it exactly so: "active"
    S07 3 status: "status" is " active", which is not one of "draft", "validated" and "active"; write it exactly so: "active"
    S07 3 status: the status field "status" is a list; write one of "draft", "validated" and "active"
    S07 3 status: the status field "status" is empty; write one of "draft", "validated" and "active"
    S07 3 status: "status" is "banana", which is not one of "draft", "validated" and "active"; the known ones are "draft", "validated" and "active"
    S07 1 status: the status field "status" is missing; add it; a new record begins as "draft"
    "#
    );
}

#[test]
fn a_version_that_is_no_semantic_one_is_kept_and_told() {
    for wrong in [
        "1.10",
        "v1",
        "01.2.0",
        "1.0.0-rc..1",
        "-1.0.0",
        "2",
        "[1]",
        "18446744073709551616.0.0",
    ] {
        let found = own(&format!(
            "id: a\ntitle: A\nstatus: draft\nversion: {wrong}\n"
        ));
        assert_eq!(found.len(), 1, "{wrong}: {found:?}");
        assert!(found[0].starts_with("S08 4 version: "), "{found:?}");
    }
    for right in ["1.0.0", "\"1.2.3-rc.1\"", "", "18446744073709551615.0.0"] {
        assert!(
            own(&format!(
                "id: a\ntitle: A\nstatus: draft\nversion: {right}\n"
            ))
            .is_empty(),
            "{right}"
        );
    }
}

#[test]
fn an_id_and_a_title_that_say_nothing_are_told() {
    insta::assert_snapshot!(
        ["x: 1\nstatus: draft", "id: \"\"\ntitle: \" \"\nstatus: draft", "id: [a]\ntitle: [A]\nstatus: draft", "id: \"a\\nb\"\ntitle: A\nstatus: draft"]
            .map(|yaml| own(yaml).join("\n"))
            .join("\n"),
        @r#"
    S03 1 id: the id field "id" is missing; add it; once published it never changes
    S09 1 title: the title field "title" is missing; give the record a title; until then its id is shown
    S03 1 id: the id field "id" is empty; give the record an id; once published it never changes
    S09 2 title: the title field "title" is empty; give the record a title; until then its id is shown
    S03 1 id: the id field "id" is a list; write one value: a text or a number
    S09 2 title: the title field "title" is a list; give the record a title; until then its id is shown
    S03 1 id: the id "a\nb" holds a character that cannot be seen; write the id on one line, in visible characters
    "#
    );
}

#[test]
fn a_number_is_a_good_id() {
    assert!(own("id: 2718\ntitle: A\nstatus: draft\n").is_empty());
}

fn named(patterns: &[&str], yaml: &str) -> Vec<String> {
    let mut collection = collection(&[]);
    collection.references = patterns
        .iter()
        .map(|pattern| FieldPattern((*pattern).to_owned()))
        .collect();
    references(&collection, &record(yaml))
        .iter()
        .map(|one| format!("{} {} {}", one.line, one.field, one.target))
        .collect()
}

#[test]
fn references_are_found_by_pattern() {
    let yaml = "owner: ana\nrelations:\n  - key: r1\n    target: a\n  - target: b\nlinks: {x: c, y: [d, e]}\nempty: ~\n";
    assert_eq!(
        named(
            &[
                "relations[].target",
                "owner",
                "links.*",
                "empty",
                "absent",
                "relations"
            ],
            yaml
        ),
        [
            "4 relations[r1].target a",
            "5 relations[1].target b",
            "1 owner ana",
            "6 links.x c",
            "6 links.y[0] d",
            "6 links.y[1] e",
        ]
    );
}

#[test]
fn several_ids_in_one_scalar_are_told_apart() {
    assert_eq!(
        named(&["requires"], "requires: 2718, 2930"),
        ["1 requires 2718", "1 requires 2930"]
    );
    assert_eq!(named(&["requires"], "requires: 1559"), ["1 requires 1559"]);
    assert_eq!(
        named(&["requires"], "requires: Smith, John and others"),
        ["1 requires Smith, John and others"]
    );
    assert_eq!(
        named(&["requires"], "requires: [\"1, 2\", 2, x]"),
        [
            "1 requires[0] 1",
            "1 requires[0] 2",
            "1 requires[1] 2",
            "1 requires[2] x"
        ]
    );
    assert!(named(&["requires", "none"], "requires: \"\"\nnone: false").is_empty());
}
