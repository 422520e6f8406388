use indexmap::IndexMap;
use proptest::prelude::*;

use super::*;
use crate::policy::{FieldPattern, StatusKind};
use crate::record::{Format, parse};

/// Returns a collection with all four fields named and these rules on.
fn collection(rules: &[&str]) -> Collection {
    Collection {
        name: "concepts".to_owned(),
        paths: vec!["concepts/*.md".to_owned()],
        attachments: crate::policy::Patterns::default(),
        format: Format::Markdown,
        id: Some(FieldPath::key("id")),
        title: Some(FieldPath::key("title")),
        status: Some(FieldPath::key("status")),
        version: Some(FieldPath::key("version")),
        locale: None,
        translates: None,
        schema: None,
        kind: crate::policy::Kind::Page,
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
    S07 3 status: "status" is "banana", which is not one of "draft", "validated" and "active"; choose one of these, or have it added to the workflow
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

#[test]
fn a_rule_has_the_severity_that_the_policy_gives() {
    let file = record("id: a\ntitle: A\nstatus: draft\nsummary: TODO\n");
    let mut ours = collection(&["R01"]);
    assert!(findings(&ours, &workflow(), None, &file).is_empty());
    ours.rules.insert("T01".to_owned(), Severity::Warning);
    let found = findings(&ours, &workflow(), None, &file);
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].code.as_str(), found[0].severity),
        ("T01", Severity::Warning)
    );
}

#[test]
fn one_fault_is_told_once() {
    let schema =
        Schema::read(r#"{"required": ["id"], "properties": {"status": {"enum": ["draft"]}}}"#)
            .expect("the sample schema reads");
    let found = findings(
        &collection(&[]),
        &workflow(),
        Some(&schema),
        &record("title: A\nstatus: drft\n"),
    );
    let codes: Vec<&str> = found.iter().map(|one| one.code.as_str()).collect();
    assert_eq!(codes, ["S03", "S07"]);
}

#[test]
fn findings_are_bounded_and_the_blocking_ones_kept() {
    let claims = "  - a TODO\n".repeat(300);
    let mut ours = collection(&[]);
    ours.rules.insert("T01".to_owned(), Severity::Information);
    let file = record(&format!("title: A\nclaims:\n{claims}status: drft\n"));
    let found = findings(&ours, &workflow(), None, &file);
    assert_eq!(found.len(), MAX_FINDINGS);
    assert!(found.iter().any(|one| one.code == "S07"));
    assert_eq!(found[MAX_FINDINGS - 1].code, "S10");
}

/// Makes texts that are near to what rules look for.
fn any_yaml() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec![
        "id",
        "title",
        "status",
        "version",
        "definition",
        "summary",
        "claims",
        "boundaries",
        "scope",
        "references",
        "x",
    ]);
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        ".*".prop_map(Into::into),
        "(https://|10\\.|arXiv:|RFC|TODO|\\. [A-Z]|%|v|[0-9/:@]){0,6}".prop_map(Into::into),
    ];
    let inner = prop::sample::select(vec!["key", "text", "type", "target", "supports", "z"]);
    let value = leaf.prop_recursive(3, 24, 4, move |child| {
        prop_oneof![
            prop::collection::vec(child.clone(), 0..4).prop_map(Into::into),
            prop::collection::vec((inner.clone(), child), 0..4).prop_map(|entries| {
                let map: serde_json::Map<_, _> = entries
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect();
                map.into()
            }),
        ]
    });
    prop::collection::btree_map(key, value, 1..8)
        .prop_map(|fields| serde_json::json!(fields).to_string())
}

proptest! {
    #[test]
    fn any_record_is_judged_without_a_panic(fields in any_yaml(), body in "([#>`<!\\[\\]()=_*-]|\\n|a|TODO| |é){0,60}") {
        let file = format!("---\n{fields}\n---\n{body}");
        let Ok(record) = parse(file.as_bytes(), Format::Markdown) else {
            return Ok(());
        };
        let all: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
        let mut collection = collection(&all);
        collection.references = vec![FieldPattern("*".to_owned()), FieldPattern("references[].target".to_owned())];
        let schema = Schema::read(r##"{
            "properties": {"claims": {"items": {"$ref": "#/$defs/a"}}, "title": {"type": "string", "format": "date", "pattern": "^a"}},
            "patternProperties": {"^[s-z]": {"anyOf": [{"type": "string"}, {"$ref": "#"}]}},
            "additionalProperties": {"oneOf": [{"type": "number"}, {"maxItems": 1}]},
            "$defs": {"a": {"required": ["key"], "not": {"const": 1}, "propertyNames": {"minLength": 4}, "unevaluatedProperties": false}}
        }"##).expect("the sample schema reads");
        let found = findings(&collection, &workflow(), Some(&schema), &record);
        prop_assert!(found.len() <= MAX_FINDINGS);
        for one in &found {
            prop_assert!(!one.message.contains(char::is_control) && !one.next.contains(char::is_control), "{one:?}");
            prop_assert!(!one.message.ends_with('.'), "{one:?}");
            prop_assert!(one.code == "S10" || one.line.is_some(), "{one:?}");
        }
        references(&collection, &record);
    }

    #[test]
    fn any_text_is_no_schema_or_one_without_a_panic(text in "[{}\\[\\]\":,$a-z#/0-9]{0,40}") {
        if let Ok(schema) = Schema::read(&text) {
            schema.properties();
        }
    }
}
