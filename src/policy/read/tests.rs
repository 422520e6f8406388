use proptest::prelude::*;

use super::*;
use crate::policy::{Bump, Scope, Setting, Severity, StatusKind};
use crate::record::{FieldPath, Format, Scalar, ScalarKind};

const SAMPLE: &str = include_str!("sample.toml");

/// The least that a policy can say; everything else is built in.
pub(in crate::policy) const SMALL: &str = r#"title = "Notes"

[collections.notes]
paths = ["notes/*.md"]

[people.ana]
name = "Ana"
addresses = ["ana@example.org"]
roles = ["reviewer", "administrator"]

[people.ben]
name = "Ben"
addresses = ["ben@example.org"]
roles = ["publisher"]

[governance]
approvals = { administrator = 1 }
"#;

fn refusals(source: &str) -> String {
    let refusals = read(source).expect_err("the policy was accepted");
    let lines: Vec<String> = refusals.iter().map(ToString::to_string).collect();
    lines.join("\n").replace("countersign.toml line ", "")
}

fn key(name: &str) -> FieldPath {
    FieldPath::key(name)
}

#[test]
fn every_key_of_a_policy_is_read() {
    let policy = read(SAMPLE).unwrap();
    assert_eq!(policy.title, "Lanternworks register");
    let concepts = &policy.collections["concepts"];
    assert_eq!(concepts.format, Format::Markdown);
    assert_eq!(concepts.version, Some(key("version")));
    assert_eq!(concepts.rules.get("T01"), Some(&Severity::Blocking));
    assert_eq!(concepts.rules.get("T02"), None);
    let order: Vec<&str> = concepts
        .floors
        .iter()
        .map(|floor| floor.field.0.as_str())
        .collect();
    assert_eq!(order, ["claims[].text", "definition", "claims", "*"]);
    assert_eq!(concepts.floors[2].change, Bump::Patch);
    assert_eq!(policy.collections["notes"].format, Format::Yaml);
    let workflow = policy.workflow(concepts);
    assert_eq!(workflow.kind("retired"), Some(StatusKind::Ended));
    let validate = &workflow.transitions["validate"];
    assert!(validate.approvals.not_author && !validate.writes_version);
    let set: Vec<(String, Setting)> = validate
        .set
        .iter()
        .map(|(path, setting)| (path.to_string(), setting.clone()))
        .collect();
    assert_eq!(
        set,
        [
            (
                "confidence".to_owned(),
                Setting::Value(Scalar::text("validated"))
            ),
            (
                "extra.rank".to_owned(),
                Setting::Value(Scalar {
                    kind: ScalarKind::Float,
                    text: "1.10".to_owned()
                })
            ),
            ("validated_on".to_owned(), Setting::Today),
            ("note".to_owned(), Setting::Absent),
        ]
    );
    let activate = &workflow.transitions["activate"];
    assert_eq!(activate.approvals.not_same_as, ["validate"]);
    assert!(!activate.approvals.not_author && activate.writes_version);
    assert!(workflow.transitions["revise"].writes_version);
    assert!(workflow.transitions["return"].reason_required);
    assert_eq!(
        policy.person_by_address("ANA@example.ORG").unwrap().key,
        "ana"
    );
    let ana = &policy.people["ana"];
    assert!(policy.holds(ana, "publisher", Some(Scope::collection("notes"))));
    assert!(!policy.holds(ana, "publisher", None));
}

#[test]
fn a_small_policy_gets_the_built_in_roles_and_workflow() {
    let policy = read(SMALL).unwrap();
    assert_eq!(policy.branch, "main");
    assert_eq!(policy.workflows["editorial"], Workflow::editorial());
    assert_eq!(policy.collections["notes"].workflow, "editorial");
    assert_eq!(policy.collections["notes"].floors.len(), 1);
    assert_eq!(policy.roles.len(), 3);
    let names: Vec<String> = Workflow::editorial().transitions.into_keys().collect();
    assert_eq!(
        names,
        [
            "validate",
            "return",
            "activate",
            "revise",
            "supersede",
            "retire"
        ]
    );
}

#[test]
fn each_mistake_of_a_file_is_told_at_its_place_and_all_at_once() {
    let source = r#"titel = "Notes"
branch = 7

[collections.notes]
path = ["notes/*.md"]
format = "markdwon"
id = "a..b"
colour = "red"

[collections.notes.floors]
title = "huge"
body = { add = "minor", chnge = "patch" }
"[]" = "none"
x = 3

[collections."Bad Name"]
paths = ["x/*"]

[workflows.w]
initial = "draft"
statuses = { draft = "draft", done = "publishd" }
[workflows.w.transitions.publish]
from = "draft"
approvals = { reviewer = 0 }
reason = true

[people.ana]
name = ""
addresses = ["not an address", "ana@example.org", "ana@example.org"]
roles = ["reviewer", { role = "publisher" }]
"#;
    insta::assert_snapshot!(refusals(source), @r#"
    POL-004 1 col 1: "titel" is not a key of the policy; did you mean "title"?
    POL-006 1 col 1: the policy has no "governance"; add the key "governance".
    POL-005 2 col 10: "branch" in the policy is a whole number, not text; write it like branch = "...".
    POL-004 5 col 1: "path" is not a key of [collections.notes]; did you mean "paths"?
    POL-007 6 col 10: "markdwon" is no value for "format" in [collections.notes]; did you mean "markdown"? It is one of "markdown", "yaml", "toml" and "json".
    POL-008 7 col 6: "a..b" in [collections.notes] is not the address of a field; write it like title, extra.status or claims[c2].text.
    POL-004 8 col 1: "colour" is not a key of [collections.notes]; the known ones are "paths", "attachments", "format", "id", "title", "status", "version", "locale", "translates", "schema", "kind", "workflow", "references", "floors" and "rules".
    POL-007 11 col 9: "huge" is no value for "title" in [collections.notes.floors]; the known ones are "none", "patch", "minor" and "major".
    POL-004 12 col 25: "chnge" is not a key of [collections.notes.floors.body]; did you mean "change"?
    POL-008 13 col 1: "[]" in [collections.notes.floors] is not a pattern of fields; write it like title, claims[].text, extra.* or *.
    POL-005 14 col 5: "x" in [collections.notes.floors] is a whole number, not a bump or a table of add, change and remove; write it like x = "minor".
    POL-006 16 col 14: [collections.Bad Name] has no "format", and its paths do not tell it; add format = "markdown", "yaml", "toml" or "json".
    POL-009 16 col 14: "Bad Name" in [collections] is no good name; use letters a-z, digits, - and _, at most 64, and begin with a letter or digit.
    POL-007 21 col 38: "publishd" is no value for "done" in [workflows.w.statuses]; did you mean "published"? It is one of "draft", "approved", "published" and "ended".
    POL-006 22 col 26: [workflows.w.transitions.publish] has no "to"; add the key "to".
    POL-005 23 col 8: "from" in [workflows.w.transitions.publish] is text, not a list of texts; write it like from = ["..."].
    POL-041 24 col 26: "reviewer" in [workflows.w.transitions.publish.approvals] is no number of people from 1 to 20; write reviewer = 1, or remove the role.
    POL-005 25 col 10: "reason" in [workflows.w.transitions.publish] is true or false, not text; write it like reason = "...".
    POL-010 28 col 8: "name" in [people.ana] is empty or holds control characters; write one line of text.
    POL-052 29 col 14: "not an address" in [people.ana] is not an e-mail address; write the address alone, like ana@example.org.
    POL-003 29 col 51: "ana@example.org" stands twice in "addresses" of [people.ana]; remove one of the two.
    POL-006 30 col 22: [people.ana] has no "collections"; add the key "collections".
    "#);
}

#[test]
fn a_file_that_is_not_toml_is_told_by_line() {
    insta::assert_snapshot!(refusals("title = \"a\nbranch = main\n[collections\n"), @r#"
    POL-002 1 col 11: this is not TOML: invalid basic string, expected `"`; correct the line; text stands in double quotes, lists in [ ].
    POL-002 2 col 10: this is not TOML: string values must be quoted, expected literal string; correct the line; text stands in double quotes, lists in [ ].
    POL-002 3 col 13: this is not TOML: unclosed table, expected `]`; correct the line; text stands in double quotes, lists in [ ].
    "#);
}

#[test]
fn a_key_that_stands_twice_is_refused_beside_the_other_mistakes() {
    let source = format!(
        "{SMALL}\n[people.ana]\nname = \"Other\"\n[governance]\napprovals = {{}}\n[extra]\n"
    );
    insta::assert_snapshot!(refusals(&source), @r#"
    POL-003 19 col 9: the key ana stands twice; keep one of the two.
    POL-003 20 col 1: the key name stands twice; keep one of the two.
    POL-003 21 col 2: the key governance stands twice; keep one of the two.
    POL-003 22 col 1: the key approvals stands twice; keep one of the two.
    POL-004 23 col 2: "extra" is not a key of the policy; the known ones are "title", "branch", "collections", "workflows", "roles", "people", "governance", "veto", "proposals", "targets" and "site".
    "#);
}

#[test]
fn nothing_at_all_names_all_that_is_missing() {
    insta::assert_snapshot!(refusals(""), @r#"
    POL-006 1 col 1: the policy has no "title"; add the key "title".
    POL-006 1 col 1: the policy has no "collections"; add the key "collections".
    POL-006 1 col 1: the policy has no "people"; add the key "people".
    POL-006 1 col 1: the policy has no "governance"; add the key "governance".
    "#);
}

#[test]
fn columns_count_characters() {
    let source = SMALL
        .replace("reviewer\", \"adm", "ünïcödé\", \"adm")
        .replace("\"Ana\"", "\"日本\"");
    insta::assert_snapshot!(refusals(&source), @r#"
    POL-042 1 col 1: "validate" needs a person with the role (1 reviewer) in "notes", and the policy does not have them; give the role to more people under [people], or ask for fewer.
    POL-042 1 col 1: "return" needs a person with the role (1 reviewer) in "notes", and the policy does not have them; give the role to more people under [people], or ask for fewer.
    POL-042 1 col 1: "revise" needs 2 different people (1 reviewer, 1 publisher) in "notes", and the policy does not have them; give the role to more people under [people], or ask for fewer.
    POL-040 9 col 10: there is no role "ünïcödé"; the known ones are "reviewer", "publisher" and "administrator".
    "#);
}

#[test]
fn a_policy_without_end_is_not_read() {
    let refusals = read(&"#".repeat(MAX_POLICY_BYTES + 1)).unwrap_err();
    assert_eq!(refusals[0].code, "POL-001");
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_damage_to_a_good_policy_makes_the_reader_panic(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..20_usize, "[a-z\\[\\]{}=\"\\.,#\n*0-9é]{0,4}"), 1..6),
    ) {
        let mut source: Vec<char> = SAMPLE.chars().collect();
        for (start, length, text) in cuts {
            let start = start.index(source.len());
            let end = (start + length).min(source.len());
            source.splice(start..end, text.chars());
        }
        let source: String = source.into_iter().collect();
        let lines = u32::try_from(source.lines().count()).unwrap() + 1;
        if let Err(refusals) = read(&source) {
            prop_assert!(!refusals.is_empty());
            for refusal in refusals {
                prop_assert!(refusal.place.line.is_some_and(|line| (1..=lines).contains(&line)), "{refusal}");
            }
        }
    }

    #[test]
    fn swapped_lines_do_not_make_the_reader_panic(
        swaps in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..8),
    ) {
        let mut lines: Vec<&str> = SAMPLE.lines().collect();
        for (one, other) in swaps {
            let (one, other) = (one.index(lines.len()), other.index(lines.len()));
            lines.swap(one, other);
        }
        let _ = read(&lines.join("\n"));
    }
}

#[test]
fn nesting_without_end_is_refused_and_not_followed() {
    for source in [
        format!("a = {}", "[".repeat(100_000)),
        format!("a = {}", "{a=".repeat(60_000)),
        format!("{}a = 1", "a.".repeat(100_000)),
        format!("[{}a]\nb = 1", "a.".repeat(100_000)),
        format!("[[{}a]]\nb = 1", "a.".repeat(100_000)),
        format!("x = {{ {}a = 1 }}", "a.".repeat(100_000)),
    ] {
        assert!(read(&source).is_err());
    }
}
