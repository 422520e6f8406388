use std::time::{Duration, Instant};

use serde_json::json;

use super::*;
use crate::record::{Format, Scalar, parse};

/// Generous, since machines that test are busy; without the bounds these tests would run for years.
const SOON: Duration = Duration::from_secs(60);

fn schema(source: Json) -> Schema {
    Schema::read(&source.to_string()).expect("the sample schema reads")
}

fn refusal(source: Json) -> String {
    Schema::read(&source.to_string())
        .expect_err("a broken schema was read")
        .to_string()
}

fn told(schema: &Schema, yaml: &str) -> String {
    let record = parse(yaml.as_bytes(), Format::Yaml).expect("the sample reads");
    let lines: Vec<String> = schema
        .findings(&record)
        .iter()
        .map(|one| {
            let field = one
                .field
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
            format!(
                "{} {} {field}: {}; {}",
                one.code,
                one.line.unwrap_or_default(),
                one.message,
                one.next
            )
        })
        .collect();
    lines.join("\n")
}

fn is_shared_between_threads<T: Send + Sync>() {}

#[test]
fn a_schema_may_be_shared() {
    is_shared_between_threads::<Schema>();
}

#[test]
fn a_reference_out_of_the_file_is_refused() {
    for outside in [
        "https://example.org/x.json",
        "file:///etc/passwd",
        "other.json",
        "//host/x",
        "https://json-schema.org/draft/2020-12/schema",
    ] {
        for keyword in ["$ref", "$dynamicRef"] {
            let said = refusal(json!({"properties": {"a": {"items": {keyword: outside}}}}));
            assert!(
                said.starts_with("CHK-SCHEMA-004: the schema refers to"),
                "{said}"
            );
        }
    }
    let said = refusal(json!({"$defs": {"a": {"$id": "https://example.org/a"}}}));
    assert!(said.starts_with("CHK-SCHEMA-004"), "{said}");
}

#[test]
fn a_broken_schema_is_refused_with_its_reason() {
    let text = |text: &str| Schema::read(text).expect_err("read").to_string();
    insta::assert_snapshot!(
        [
            text("{\n  \"type\": \n}"),
            text("[]"),
            text(&" ".repeat(MAX_SCHEMA_BYTES + 1)),
            refusal(json!({"$schema": "http://json-schema.org/draft-07/schema#"})),
            refusal(json!({"type": "strin"})),
            refusal(json!({"properties": {"a": {"minLength": -1}}})),
            refusal(json!({"$ref": "#/$defs/missing"})),
            refusal(json!({"properties": {"a": {"pattern": "(a"}}})),
            refusal(json!({"properties": {"a": {"pattern": "(?=a)"}}})),
            refusal(json!({"patternProperties": {"(?<x": {}}})),
        ]
        .join("\n"),
        @r##"
    CHK-SCHEMA-002 line 3 col 1: the schema is not JSON: expected value; repair the file at this place.
    CHK-SCHEMA-003: the schema is not an object; write a JSON Schema of the dialect https://json-schema.org/draft/2020-12/schema.
    CHK-SCHEMA-001: the schema has 262145 bytes, and at most 262144 are read; make the schema smaller.
    CHK-SCHEMA-003: the schema's dialect is "http://json-schema.org/draft-07/schema#"; write a JSON Schema of the dialect https://json-schema.org/draft/2020-12/schema.
    CHK-SCHEMA-006: the schema is not a valid one at "/type": "strin" is not valid under any of the schemas listed in the 'anyOf' keyword; correct it as JSON Schema 2020-12 asks.
    CHK-SCHEMA-006: the schema is not a valid one at "/properties/a/minLength": -1 is less than the minimum of 0; correct it as JSON Schema 2020-12 asks.
    CHK-SCHEMA-005: the schema refers to "#/$defs/missing", which is not there; define it, or correct the reference.
    CHK-SCHEMA-007: a pattern of the schema at "/properties/a/pattern" cannot be run: "(a" is not a "regex"; write it without look-around and back-references, and with small repetitions.
    CHK-SCHEMA-007: a pattern of the schema at "/properties/a/pattern" cannot be run: "(?=a)" is not a "regex"; write it without look-around and back-references, and with small repetitions.
    CHK-SCHEMA-007: a pattern of the schema at "/patternProperties/(?<x" cannot be run: "(?<x" is not a "regex"; write it without look-around and back-references, and with small repetitions.
    "##
    );
}

#[test]
fn references_that_never_end_are_refused() {
    for endless in [
        json!({"$ref": "#"}),
        json!({"allOf": [{"$ref": "#"}]}),
        json!({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"not": {"$ref": "#/$defs/a"}}}}),
        json!({"$ref": "#x", "$defs": {"a": {"$anchor": "x", "$ref": "#x"}}}),
        json!({"properties": {"a": {"$ref": "#/elsewhere/a"}}, "elsewhere": {"a": {"$ref": "#/elsewhere/a"}}}),
    ] {
        let said = refusal(endless);
        assert!(
            said.starts_with("CHK-SCHEMA-005: the schema refers to itself"),
            "{said}"
        );
    }
}

/// Returns definitions a0 to a-last, each made of the reference to the next.
fn chain(length: usize, link: impl Fn(Json) -> Json) -> Json {
    let mut definitions = serde_json::Map::new();
    for number in 0..length {
        let next = json!({"$ref": format!("#/$defs/a{}", number + 1)});
        definitions.insert(format!("a{number}"), link(next));
    }
    definitions.insert(format!("a{length}"), json!({"type": "string"}));
    json!({"$ref": "#/$defs/a0", "$defs": definitions})
}

#[test]
fn long_chains_are_bounded() {
    let said = refusal(chain(100, |next| next));
    assert!(said.starts_with("CHK-SCHEMA-005"), "{said}");
    let said = refusal(chain(3000, |next| json!({"properties": {"a": next}})));
    assert!(said.starts_with("CHK-SCHEMA-005"), "{said}");
    // The longest that is allowed compiles and judges on the stack of an ordinary thread.
    schema(chain(200, |next| json!({"properties": {"a": next}})));
    schema(chain(25, |next| json!({"allOf": [next]})));
}

#[test]
fn doubling_references_do_not_double_the_work() {
    let started = Instant::now();
    let doubling = schema(chain(28, |next| json!({"allOf": [next, next]})));
    assert!(told(&doubling, "a: 1").starts_with("S11"));
    let recursive = schema(json!({
        "anyOf": [{"properties": {"a": {"$ref": "#"}}}, {"properties": {"a": {"$ref": "#"}, "b": false}}]
    }));
    let deep = format!("{}b: 1{}", "a: {".repeat(60), "}".repeat(60));
    assert!(told(&recursive, &deep).starts_with("S11"));
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
}

#[test]
fn a_recursive_schema_judges_the_deepest_record() {
    let tree = schema(
        json!({"properties": {"a": {"allOf": [{"$ref": "#"}]}}, "additionalProperties": false}),
    );
    let deep = format!("{}c: 1{}", "a: {".repeat(60), "}".repeat(60));
    let found = told(&tree, &deep);
    assert!(found.starts_with("S02 1 a.a.a."), "{found}");
    assert_eq!(found.lines().count(), 1);
}

#[test]
fn the_deepest_chain_that_is_judged_fits_an_ordinary_stack() {
    let step = json!({"allOf": [{"anyOf": [{"$ref": "#"}, {"type": "null"}]}]});
    let tree = schema(json!({"properties": {"a": step, "c": {"type": "string"}}}));
    let deep = |levels: usize| format!("{}c: 1{}", "a: {".repeat(levels), "}".repeat(levels));
    assert!(told(&tree, &deep(62)).starts_with("S04"));
    let longer = json!({"allOf": [{"allOf": [{"anyOf": [{"$ref": "#"}, {"type": "null"}]}]}]});
    let longer = schema(json!({"properties": {"a": longer}}));
    assert!(told(&longer, &deep(62)).starts_with("S11"));
}

#[test]
fn a_pattern_that_would_explode_elsewhere_takes_linear_time() {
    let started = Instant::now();
    let bomb =
        schema(json!({"properties": {"a": {"pattern": "^(a+)+$"}, "b": {"pattern": "^(a|aa)+$"}}}));
    let long = "a".repeat(200_000);
    let found = told(&bomb, &format!("a: {long}!\nb: {long}!\n"));
    assert_eq!(found.lines().count(), 2);
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
    let said = refusal(json!({"pattern": "((a{1,1000}){1,1000}){1,1000}"}));
    assert!(said.starts_with("CHK-SCHEMA-007"), "{said}");
}

#[test]
fn violations_are_told_in_words_with_line_and_next_step() {
    let schema = schema(json!({
        "required": ["summary", "title"],
        "additionalProperties": false,
        "properties": {
            "title": {"type": "string", "minLength": 5},
            "summary": {"type": "string", "maxLength": 10},
            "kind": {"enum": ["concept", "field"]},
            "only": {"const": 1},
            "created": {"type": "string", "format": "date"},
            "slug": {"type": "string", "pattern": "^[a-z]+$"},
            "year": {"type": "integer", "minimum": 1900},
            "version": {"type": "string"},
            "tags": {"type": "array", "minItems": 1, "uniqueItems": true, "items": {"type": "string"}},
            "claims": {"items": {"required": ["key", "text"], "additionalProperties": false, "properties": {"key": {}, "text": {"minLength": 1}}}},
            "link": {"anyOf": [{"type": "string"}, {"type": "object", "required": ["url"]}]}
        }
    }));
    let yaml = "title: abc
kind: concpt
only: 2
created: 2026-02-30
slug: A b
year: 1066
version: 1.10
tags: []
claims:
  - key: c1
    text: \"\"
  - key: c2
    txt: x
link: [x]
colour: red
smmary: x
";
    insta::assert_snapshot!(told(&schema, yaml), @r#"
    S06 1 summary: "summary" is missing; add it
    S04 1 title: "title" has 3 characters; it needs 5 or more; say more
    S04 2 kind: "kind" is the text "concpt", which is not an allowed value; did you mean "concept"?
    S04 3 only: "only" is the number 2, which is not an allowed value; did you mean "1"?
    S04 4 created: "created" is "2026-02-30", which is not a date; write it as YYYY-MM-DD, and a day that the calendar has
    S04 5 slug: "slug" is the text "A b", which has not the form "^[a-z]+$"; write it in that form
    S04 6 year: "year" is the number 1066, and should be 1900 or more; write a larger number
    S04 7 version: "version" is the number 1.10, and should be text; put the value in quotes, so that it is read as text
    S04 8 tags: "tags" has too few items; it needs 1 or more; add what is missing
    S04 11 claims[c1].text: "claims[c1].text" is empty; write something
    S06 12 claims[c2].text: "claims[c2].text" is missing; add it
    S02 13 claims[c2].txt: "claims[c2].txt" is no field that the schema knows; did you mean "text"?
    S04 14 link: "link" is a list, which fits none of the allowed forms; it fits when it is text, or when it is a group of fields
    S02 15 colour: "colour" is no field that the schema knows; the known ones are "title", "summary", "kind", "only", "created", "slug", "year", "version", "tags", "claims" and "link"
    S02 16 smmary: "smmary" is no field that the schema knows; did you mean "summary"?
    "#);
}

#[test]
fn a_flood_of_violations_is_cut() {
    let schema = schema(json!({"properties": {"a": {"items": {"type": "string"}}}}));
    let record = parse(
        format!("a: [{}1]\n", "1, ".repeat(5000)).as_bytes(),
        Format::Yaml,
    )
    .expect("the sample reads");
    assert_eq!(schema.findings(&record).len(), MAX_FINDINGS + 1);
}

#[test]
fn properties_are_listed_for_forms() {
    let schema = schema(json!({
        "required": ["kind"],
        "$defs": {"key": {"type": "string", "title": "Key", "maxLength": 20}},
        "properties": {
            "zeta": {"$ref": "#/$defs/key", "description": "Comes first."},
            "kind": {"enum": ["a", 2, null]},
            "tags": {"type": ["array", "null"], "items": {"$ref": "#/$defs/key"}},
            "due": {"type": "string", "format": "date"},
            "any": true
        }
    }));
    let found = schema.properties();
    let names: Vec<&str> = found.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["zeta", "kind", "tags", "due", "any"]);
    assert_eq!(found[0].shape.title.as_deref(), Some("Key"));
    assert_eq!(found[0].shape.description.as_deref(), Some("Comes first."));
    assert_eq!(found[0].shape.max_length, Some(20));
    assert!(found[1].required && !found[0].required);
    assert_eq!(found[1].shape.choices[0], Scalar::text("a"));
    assert_eq!(found[1].shape.choices.len(), 2);
    assert_eq!(found[2].shape.kind, Some(PropertyKind::List));
    assert_eq!(
        found[2].shape.item.as_ref().and_then(|item| item.kind),
        Some(PropertyKind::Text)
    );
    assert_eq!(found[3].shape.format.as_deref(), Some("date"));
    assert_eq!(found[4].shape, Shape::default());
}

#[test]
fn what_stands_in_lists_and_maps_is_told_as_deep_as_forms_go() {
    let schema = schema(json!({
        "$defs": {"claim": {
            "title": "Claim",
            "type": "object",
            "required": ["key"],
            "properties": {
                "key": {"type": "string"},
                "text": {"type": "string", "maxLength": 300},
                "answers": {"type": "array", "items": {"$ref": "#/$defs/claim"}}
            }
        }},
        "properties": {"claims": {"type": "array", "items": {"$ref": "#/$defs/claim"}}}
    }));
    let found = schema.properties();
    let claim = found[0].shape.item.as_ref().expect("items are told");
    assert_eq!(claim.title.as_deref(), Some("Claim"));
    let fields: Vec<_> = claim
        .properties
        .iter()
        .map(|field| (field.name.as_str(), field.required))
        .collect();
    assert_eq!(fields, [("key", true), ("text", false), ("answers", false)]);
    assert_eq!(claim.properties[1].shape.max_length, Some(300));
    let mut levels = 0;
    let mut shape = &found[0].shape;
    while let Some(item) = &shape.item {
        levels += 1;
        let Some(answers) = item.properties.last() else {
            break;
        };
        shape = &answers.shape;
    }
    assert_eq!(levels, 3, "a schema that refers to itself ends");
}
