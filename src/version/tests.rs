use proptest::prelude::*;

use super::*;
use crate::record::diff::diff;
use crate::record::{Format, Record, parse as read};

const OLD: &str = "---
title: Open weights
status: active
version: 1.0.0
definition: A model whose weights anybody may take and run
boundaries:
  - key: b1
    text: Not the data
  - key: b2
    text: Not the code
claims:
  - key: c1
    text: Weights are public
hero: a.png
---
Intro.

## Limits

None.
";

fn record(text: &str) -> Record {
    read(text.as_bytes(), Format::Markdown).unwrap()
}

fn floor(field: &str, add: Bump, change: Bump, remove: Bump) -> Floor {
    Floor {
        field: FieldPattern(field.to_owned()),
        add,
        change,
        remove,
    }
}

fn floors() -> Vec<Floor> {
    use Bump::{Major, Minor, None, Patch};
    vec![
        floor("*", Patch, Patch, Patch),
        floor("definition", Major, Major, Major),
        floor("boundaries[]", Major, Patch, Major),
        floor("claims[]", Minor, Patch, Major),
        floor("claims[].text", Patch, Patch, Major),
        floor("hero", None, None, None),
        floor("body", Minor, Patch, Minor),
    ]
}

fn explained(new: &str) -> Explained {
    let own = [FieldPath::key("status"), FieldPath::key("version")];
    explain(
        &diff(Some(&record(OLD)), Some(&record(new))),
        &floors(),
        &own,
    )
}

/// Returns the bump and the reasons for one replacement in the old text.
fn told(from: &str, to: &str) -> (Bump, Vec<String>) {
    assert!(OLD.contains(from), "{from}");
    let answer = explained(&OLD.replace(from, to));
    let reasons = answer.reasons.iter().map(Reason::to_string).collect();
    (answer.bump, reasons)
}

fn one(bump: Bump, reason: &str) -> (Bump, Vec<String>) {
    (bump, vec![reason.to_owned()])
}

#[test]
fn the_most_specific_floor_decides() {
    assert_eq!(
        told("  - key: b1\n    text: Not the data\n", ""),
        one(Bump::Major, "boundaries[b1] removed: major (boundaries[])")
    );
    assert_eq!(
        told("Not the data", "No data"),
        one(
            Bump::Patch,
            "boundaries[b1].text changed: patch (boundaries[])"
        )
    );
    assert_eq!(
        told("claims:\n", "claims:\n  - key: c2\n    text: More\n"),
        one(Bump::Minor, "claims[c2] added: minor (claims[])")
    );
    assert_eq!(
        told("None.", "None.\n\n## More\n\nThat."),
        one(Bump::Minor, "body#more added: minor (body)")
    );
    assert_eq!(
        told("Open weights", "Weights"),
        one(Bump::Patch, "title changed: patch (*)")
    );
    assert_eq!(
        told("a.png", "b.png"),
        one(Bump::None, "hero changed: none (hero)")
    );
}

#[test]
fn removing_a_whole_list_is_no_cheaper_than_removing_its_items() {
    let list =
        "boundaries:\n  - key: b1\n    text: Not the data\n  - key: b2\n    text: Not the code\n";
    assert_eq!(
        told(list, ""),
        one(Bump::Major, "boundaries removed: major (boundaries[])")
    );
    assert_eq!(
        told(list, "boundaries: none\n"),
        one(Bump::Major, "boundaries changed: major (boundaries[])")
    );
}

#[test]
fn emptying_a_text_is_removing_it() {
    assert_eq!(
        told("text: Weights are public", "text: ''"),
        one(
            Bump::Major,
            "claims[c1].text removed: major (claims[].text)"
        )
    );
}

#[test]
fn workflow_fields_and_layout_never_count() {
    let quiet = Explained {
        bump: Bump::None,
        reasons: Vec::new(),
    };
    assert_eq!(explained(OLD), quiet);
    assert_eq!(
        explained(&OLD.replace("active", "retired").replace("1.0.0", "9.9.9")),
        quiet
    );
    assert_eq!(explained(&OLD.replace('\n', "\r\n")), quiet);
}

#[test]
fn a_map_of_workflow_fields_alone_does_not_count() {
    let new = OLD.replace("hero:", "meta:\n  stage: x\nhero:");
    let found = diff(Some(&record(OLD)), Some(&record(&new)));
    let own = ["meta.stage".parse().unwrap()];
    assert_eq!(explain(&found, &[], &own).reasons, []);
    assert_eq!(explain(&found, &[], &[]).bump, Bump::Patch);
}

#[test]
fn a_field_that_no_floor_names_is_a_patch() {
    let new = OLD.replace("Open weights", "Weights");
    let answer = explain(&diff(Some(&record(OLD)), Some(&record(&new))), &[], &[]);
    assert_eq!(
        answer.reasons[0].to_string(),
        "title changed: patch (no floor names it)"
    );
}

#[test]
fn versions_move_one_step() {
    let step = |from: &str, bump| next(Some(&parse(from).unwrap()), bump).unwrap().to_string();
    assert_eq!(next(None, Bump::None).unwrap().to_string(), "1.0.0");
    assert_eq!(step("1.2.3", Bump::None), "1.2.3");
    assert_eq!(step("1.2.3", Bump::Patch), "1.2.4");
    assert_eq!(step("1.2.3", Bump::Minor), "1.3.0");
    assert_eq!(step("1.2.3", Bump::Major), "2.0.0");
    assert_eq!(step("1.2.3-rc.1", Bump::Patch), "1.2.4");
}

#[test]
fn the_largest_number_does_not_wrap() {
    let last = Version::new(u64::MAX, u64::MAX, u64::MAX);
    for bump in [Bump::Patch, Bump::Minor, Bump::Major] {
        assert_eq!(next(Some(&last), bump).unwrap_err().code, "VER-003");
    }
}

#[test]
fn what_is_no_version_is_refused_and_never_corrected() {
    for (text, flaw) in [
        ("1.10", "2 of the three numbers"),
        ("v1", "begins with a letter"),
        ("01.2.0", "leading zero"),
        ("1.0.0-rc..1", "empty identifier"),
        ("-1.0.0", "minus sign"),
        ("1.-1.0", "of the three numbers"),
        (" 1.0.0", "white space"),
        ("", "empty"),
        ("1.0.0.0", "4 of the three"),
        ("1.0.18446744073709551616", "exceeds"),
        ("1.0.x", "unexpected character"),
    ] {
        let refusal = parse(text).unwrap_err();
        assert_eq!(refusal.code, "VER-001", "{text}");
        assert!(refusal.cause.contains(flaw), "{text}: {}", refusal.cause);
    }
    assert_eq!(parse("1.0.0+x").unwrap_err().code, "VER-002");
    assert!(parse("1.0.0-rc.1").is_ok());
}

#[test]
fn a_bump_is_raised_freely_and_lowered_with_a_reason() {
    let computed = explained(&OLD.replace("A model", "Any model"));
    assert_eq!(computed.bump, Bump::Major);
    assert_eq!(choose(&computed, None, None), Ok(Bump::Major));
    let refusal = choose(&computed, Some(Bump::Patch), Some("  ")).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "VER-004: patch is less than the change asks for, major (definition changed: major (definition)); \
         give the reason for lowering it, or keep major."
    );
    assert_eq!(
        choose(&computed, Some(Bump::Patch), Some("clarified")),
        Ok(Bump::Patch)
    );
    let quiet = explained(OLD);
    assert_eq!(choose(&quiet, Some(Bump::Minor), None), Ok(Bump::Minor));
}

proptest! {
    #[test]
    fn a_version_is_read_as_it_is_written_or_not_at_all(text in "[0-9v.+a-z-]{0,12}") {
        if let Ok(version) = parse(&text) {
            prop_assert_eq!(version.to_string(), text);
        }
    }

    #[test]
    fn a_step_always_leads_up(major in any::<u64>(), minor in any::<u64>(), patch in any::<u64>(), pre in prop::option::of("[a-z]{1,3}")) {
        let mut from = Version::new(major, minor, patch);
        from.pre = pre.map_or(Prerelease::EMPTY, |pre| Prerelease::new(&pre).unwrap());
        for bump in [Bump::Patch, Bump::Minor, Bump::Major] {
            if let Ok(to) = next(Some(&from), bump) {
                prop_assert!(to > from);
            }
        }
    }
}
