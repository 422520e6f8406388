//! One test for each trap of editing: what goes in, what comes out, byte for byte.

mod in_toml_and_json;
mod in_yaml;
mod of_items;

use super::*;
use crate::record::parse;

fn set(path: &str, text: &str) -> Edit {
    Edit::Set {
        path: path.parse().unwrap(),
        value: Scalar::text(text),
    }
}

fn set_as(path: &str, kind: ScalarKind, text: &str) -> Edit {
    Edit::Set {
        path: path.parse().unwrap(),
        value: Scalar {
            kind,
            text: text.to_owned(),
        },
    }
}

fn append(path: &str, text: &str) -> Edit {
    Edit::Append {
        path: path.parse().unwrap(),
        value: Scalar::text(text),
    }
}

fn remove(path: &str) -> Edit {
    Edit::Remove {
        path: path.parse().unwrap(),
    }
}

fn edited(format: Format, source: &str, change: &Edit) -> Result<String, Refusal> {
    let bytes = edit(source.as_bytes(), format, std::slice::from_ref(change))?;
    Ok(String::from_utf8(bytes).unwrap())
}

#[track_caller]
fn becomes(format: Format, change: &Edit, source: &str, wanted: &str) {
    match edited(format, source, change) {
        Ok(text) => assert_eq!(text, wanted, "{change:?}"),
        Err(refusal) => panic!("{source:?} with {change:?}: {refusal}"),
    }
}

#[track_caller]
fn yaml(change: &Edit, source: &str, wanted: &str) {
    becomes(Format::Yaml, change, source, wanted);
}

#[track_caller]
fn toml(change: &Edit, source: &str, wanted: &str) {
    becomes(Format::Toml, change, source, wanted);
}

#[track_caller]
fn json(change: &Edit, source: &str, wanted: &str) {
    becomes(Format::Json, change, source, wanted);
}

#[track_caller]
fn refused(format: Format, change: &Edit, source: &str, code: &str) {
    match edited(format, source, change) {
        Ok(text) => panic!("{source:?} with {change:?} became {text:?}"),
        Err(refusal) => assert_eq!(refusal.code, code, "{refusal}"),
    }
}

#[test]
fn other_kinds_are_written_plain() {
    yaml(
        &set_as("v", ScalarKind::Float, "1.10"),
        "v: x\n",
        "v: 1.10\n",
    );
    yaml(
        &set_as("v", ScalarKind::Date, "2026-03-16"),
        "v: 'x'\n",
        "v: 2026-03-16\n",
    );
    toml(
        &set_as("v", ScalarKind::Date, "2026-03-16"),
        "v = 'x'\n",
        "v = 2026-03-16\n",
    );
    json(
        &set_as("v", ScalarKind::Date, "2026-03-16"),
        "{\"v\": 1}\n",
        "{\"v\": \"2026-03-16\"}\n",
    );
    json(
        &set_as("v", ScalarKind::Null, ""),
        "{\"v\": 1}\n",
        "{\"v\": null}\n",
    );
    refused(
        Format::Yaml,
        &set_as("v", ScalarKind::Integer, "1_000"),
        "v: 1\n",
        "REC-EDIT-005",
    );
    refused(
        Format::Json,
        &set_as("v", ScalarKind::Integer, "01"),
        "{\"v\": 1}\n",
        "REC-EDIT-005",
    );
    refused(
        Format::Toml,
        &set_as("v", ScalarKind::Null, ""),
        "v = 1\n",
        "REC-EDIT-005",
    );
}

#[test]
fn only_single_values_are_set() {
    refused(Format::Yaml, &set("a", "x"), "a: [1]\n", "REC-EDIT-003");
    refused(Format::Yaml, &set("a.b", "x"), "a: 1\n", "REC-EDIT-001");
    refused(Format::Yaml, &set("a.b", "x"), "c: 1\n", "REC-EDIT-001");
    refused(
        Format::Markdown,
        &set("body", "x"),
        "---\na: 1\n---\n",
        "REC-EDIT-004",
    );
    refused(
        Format::Markdown,
        &set("body#x", "x"),
        "---\na: 1\n---\n",
        "REC-EDIT-004",
    );
}

#[test]
fn a_body_takes_the_files_line_ends() {
    let body = Edit::Body("\nnew\nend\n".to_owned());
    let source = "\u{feff}---\r\na: 1\r\n---\r\n\r\nold\r\nend\r\n";
    becomes(
        Format::Markdown,
        &body,
        source,
        &source.replace("old", "new"),
    );
    let mixed = "---\na: 1\n---\n\nold\nend\r\n";
    becomes(Format::Markdown, &body, mixed, &mixed.replace("old", "new"));
    becomes(
        Format::Markdown,
        &Edit::Body("x".to_owned()),
        "+++\na = 1\n+++",
        "+++\na = 1\n+++\nx",
    );
    refused(Format::Yaml, &body, "a: 1\n", "REC-EDIT-004");
}

#[test]
fn front_matter_is_edited_and_the_body_is_not() {
    let source = "\u{feff}---\r\ntitle: Old # c\r\nno: no\r\nn: 1_000\r\nd: 2026-03-16\r\n---\r\ntitle: Old\r\n---\r\n";
    let wanted = source.replacen("Old", "New", 1);
    becomes(Format::Markdown, &set("title", "New"), source, &wanted);
    let source = "+++\ntitle = \"Old\"\n+++\n+++\n";
    becomes(
        Format::Markdown,
        &set("n", "x"),
        source,
        "+++\ntitle = \"Old\"\nn = \"x\"\n+++\n+++\n",
    );
}

#[test]
fn setting_what_is_there_changes_nothing() {
    yaml(&set("a", "x"), "a: \"x\"\n", "a: \"x\"\n");
    let edits = [set("a", "y"), append("l", "z"), remove("a")];
    let bytes = edit(b"a: x\nb: 1\n", Format::Yaml, &edits).unwrap();
    assert_eq!(bytes, b"b: 1\nl:\n  - z\n");
}
