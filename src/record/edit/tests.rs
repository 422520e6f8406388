//! One test for each trap of editing: what goes in, what comes out, byte for byte.

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
fn a_yaml_scalar_keeps_its_style() {
    let draft = set("status", "active");
    yaml(&draft, "status: draft # c\n", "status: active # c\n");
    yaml(&draft, "status:   'draft'\n", "status:   'active'\n");
    yaml(&draft, "status: \"draft\"", "status: \"active\"");
    yaml(
        &draft,
        "{status: draft, b: 1}\n",
        "{status: active, b: 1}\n",
    );
    yaml(&draft, "status: !!str draft\n", "status: !!str active\n");
    yaml(&draft, "status: &s draft\n", "status: &s active\n");
    yaml(
        &draft,
        "status:\n  draft\nb: 1\n",
        "status:\n  active\nb: 1\n",
    );
    yaml(
        &draft,
        "a: x\n y\nstatus: dr\n  aft  # c\n",
        "a: x\n y\nstatus: active  # c\n",
    );
    yaml(&draft, "? status\n: draft\n", "? status\n: active\n");
}

#[test]
fn an_empty_yaml_value_is_filled_behind_its_colon() {
    let draft = set("a", "x");
    yaml(&draft, "a:\nb: 1\n", "a: x\nb: 1\n");
    yaml(&draft, "a: \nb: 1\n", "a: x \nb: 1\n");
    yaml(&draft, "a: # c\nb: 1\n", "a: x # c\nb: 1\n");
    yaml(&draft, "b: 1\na:", "b: 1\na: x");
    yaml(&draft, "a: &k\nb: 1\n", "a: &k x\nb: 1\n");
    yaml(
        &set("l[1]", "x"),
        "l:\n- a\n-\n- b\n",
        "l:\n- a\n- x\n- b\n",
    );
}

#[test]
fn text_that_would_read_as_something_else_is_quoted() {
    for text in [
        "no",
        "1.10",
        "true",
        "~",
        "2026-03-16",
        "1_000",
        "a: b",
        "a #b",
        "- a",
        "[a",
        "*a",
        "",
        " a",
        "a:",
        "'a'",
        "0x1F",
        "12:30",
    ] {
        let quoted = format!("title: '{}'\n", text.replace('\'', "''"));
        yaml(&set("title", text), "title: x\n", &quoted);
    }
    yaml(
        &set("title", "two\nlines\u{1b}"),
        "title: x\n",
        "title: \"two\\nlines\\u001B\"\n",
    );
    yaml(&set("l[0]", "a, b"), "l: [x, y]\n", "l: ['a, b', y]\n");
    yaml(&set("l", "a, b"), "l: x\n", "l: a, b\n");
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
fn a_block_scalar_stays_one() {
    let text = set("a", "one\ntwo\n");
    yaml(
        &text,
        "a: |\n  x\n\n\nb: 1\n",
        "a: |\n  one\n  two\n\n\nb: 1\n",
    );
    yaml(
        &text,
        "a: |- # c\n   x\nb: 1\n",
        "a: | # c\n   one\n   two\nb: 1\n",
    );
    yaml(
        &text,
        "a: >\n  x\n  y\nb: 1\n",
        "a: >\n  one\n\n  two\nb: 1\n",
    );
    yaml(
        &text,
        "a: |\r\n  x\r\nb: 1\r\n",
        "a: |\r\n  one\r\n  two\r\nb: 1\r\n",
    );
    yaml(&text, "a: |\n  x", "a: |\n  one\n  two");
    yaml(
        &set("a", "one\n\n"),
        "a: |+\n  x\n\n\nb: 1\n",
        "a: |+\n  one\n\nb: 1\n",
    );
    yaml(&set("a", " one"), "a: |\n  x\nb: 1\n", "a: ' one'\nb: 1\n");
    yaml(
        &set("l[0].a", "one\n two"),
        "l:\n- b: 1\n  a: &x !!str |2-\n    x\n",
        "l:\n- b: 1\n  a: &x !!str |-\n    one\n     two\n",
    );
}

#[test]
fn a_yaml_entry_is_added_below_the_last() {
    let new = set("new", "x");
    yaml(&new, "a: 1\n", "a: 1\nnew: x\n");
    yaml(&new, "a: 1", "a: 1\nnew: x");
    yaml(&new, "a: 1 # c\n\n# end\n", "a: 1 # c\nnew: x\n\n# end\n");
    yaml(&new, "\u{feff}a: 1\r\n", "\u{feff}a: 1\r\nnew: x\r\n");
    yaml(&new, "  a: 1\n", "  a: 1\n  new: x\n");
    yaml(&new, "a: |+\n  x\n\n", "a: |+\n  x\n\nnew: x\n");
    yaml(&new, "a: |\n  x\n\n...\n", "a: |\n  x\nnew: x\n\n...\n");
    yaml(&new, "a:\n- b\n", "a:\n- b\nnew: x\n");
    yaml(&new, "{a: 1}\n", "{a: 1, new: x}\n");
    yaml(&new, "{}\n", "{new: x}\n");
    yaml(
        &new,
        "{\n  a: 1, # c\n  b: 2\n}\n",
        "{\n  a: 1, # c\n  b: 2,\n  new: x\n}\n",
    );
    yaml(
        &set("m.new", "x"),
        "m:\n    a: 1\nb: 2\n",
        "m:\n    a: 1\n    new: x\nb: 2\n",
    );
    yaml(
        &set("l[c1].new", "x"),
        "l:\n  - id: c1\n    t: 1\n  - id: c2\n",
        "l:\n  - id: c1\n    t: 1\n    new: x\n  - id: c2\n",
    );
    yaml(&set("a: b", "x"), "a: 1\n", "a: 1\n\"a: b\": x\n");
}

#[test]
fn a_yaml_list_grows_in_its_own_style() {
    let add = append("l", "x");
    yaml(&add, "l:\n- a # c\nb: 1\n", "l:\n- a # c\n- x\nb: 1\n");
    yaml(&add, "l:\n    - a", "l:\n    - a\n    - x");
    yaml(&add, "l: [a, b]\n", "l: [a, b, x]\n");
    yaml(&add, "l: [a,b]\n", "l: [a,b,x]\n");
    yaml(&add, "l: [a, b, ]\n", "l: [a, b, x, ]\n");
    yaml(&add, "l: []\n", "l: [x]\n");
    yaml(&add, "l:\nb: 1\n", "l: [x]\nb: 1\n");
    yaml(&add, "b: 1\n", "b: 1\nl:\n  - x\n");
    yaml(&add, "b: [1]\n", "b: [1]\nl: [x]\n");
    yaml(&add, "l:\n- a: 1\n  b: 2\n", "l:\n- a: 1\n  b: 2\n- x\n");
    refused(Format::Yaml, &add, "l: text\n", "REC-EDIT-003");
}

#[test]
fn a_yaml_entry_goes_with_its_lines() {
    yaml(
        &remove("b"),
        "a: 1\nb: 2 # c\n# d\nc: 3\n",
        "a: 1\n# d\nc: 3\n",
    );
    yaml(
        &remove("b"),
        "a: 1\nb:\n  - x\n  - y\nc: 3\n",
        "a: 1\nc: 3\n",
    );
    yaml(&remove("b"), "a: 1\r\nb: 2", "a: 1");
    yaml(&remove("l[0]"), "l:\n- a\n- b\n", "l:\n- b\n");
    yaml(&remove("l[0]"), "l:\n- a # c\nb: 1\n", "l: []\nb: 1\n");
    yaml(&remove("m.a"), "m:\n  a: 1\nb: 1\n", "m: {}\nb: 1\n");
    yaml(
        &remove("l[c1].id"),
        "l:\n- id: c1\n  t: x\n",
        "l:\n- t: x\n",
    );
    yaml(&remove("l[1]"), "l: [a, b, c]\n", "l: [a, c]\n");
    yaml(&remove("l[2]"), "l: [a, b, c]\n", "l: [a, b]\n");
    yaml(&remove("l[0]"), "l: [a]\n", "l: []\n");
    refused(Format::Yaml, &remove("x"), "a: 1\n", "REC-EDIT-001");
    refused(Format::Yaml, &remove("a"), "a: 1\n", "REC-EDIT-006");
}

#[test]
fn aliases_and_merge_keys_are_read_and_never_edited() {
    let source = "base: &b {x: 1}\nc: *b\nd:\n  <<: *b\n  y: 2\n";
    refused(Format::Yaml, &set("c", "v"), source, "REC-EDIT-002");
    refused(Format::Yaml, &set("c.x", "v"), source, "REC-EDIT-002");
    refused(Format::Yaml, &set("d.x", "v"), source, "REC-EDIT-002");
    refused(Format::Yaml, &set("base.x", "v"), source, "REC-EDIT-006");
    yaml(&set("d.y", "v"), source, &source.replace("y: 2", "y: v"));
    let record = parse(source.as_bytes(), Format::Yaml).unwrap();
    assert_eq!(record.text(&"d.x".parse().unwrap()), Some("1"));
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
fn toml_values_keep_their_quotes() {
    toml(&set("a", "x"), "a = 'y' # c\r\n", "a = 'x' # c\r\n");
    toml(&set("a", "it's"), "a = 'y'\n", "a = \"it's\"\n");
    toml(
        &set("a", "x\n\"y\""),
        "a = \"\"\"\nz\"\"\"\n",
        "a = \"\"\"\nx\n\\\"y\\\"\"\"\"\n",
    );
    toml(&set("a", "x\ny"), "a = \"z\"\n", "a = \"x\\ny\"\n");
    toml(
        &set("a.b", "x"),
        "a.b = 1_000\n[c]\nd = 1979-05-27T07:32:00Z\n",
        "a.b = \"x\"\n[c]\nd = 1979-05-27T07:32:00Z\n",
    );
}

#[test]
fn a_toml_key_is_added_before_the_first_header() {
    toml(
        &set("n", "x"),
        "a = 1\n\n[t]\nb = 2\n",
        "a = 1\nn = \"x\"\n\n[t]\nb = 2\n",
    );
    toml(&set("n", "x"), "[t]\nb = 2\n", "n = \"x\"\n[t]\nb = 2\n");
    toml(
        &set("t.n", "x"),
        "a = 1\n[t]\n  b=2\n\n[u]\n",
        "a = 1\n[t]\n  b=2\n  n=\"x\"\n\n[u]\n",
    );
    toml(
        &set("t.n", "x"),
        "a = 1\n[t]\n[u]\n",
        "a = 1\n[t]\nn = \"x\"\n[u]\n",
    );
    toml(
        &set("t.n", "x"),
        "t.a = 1\n[u]\n",
        "t.a = 1\nt.n = \"x\"\n[u]\n",
    );
    toml(
        &set("t.n", "x"),
        "t = {a = 1}\n",
        "t = {a = 1, n = \"x\"}\n",
    );
    toml(
        &set("t[1].n", "x"),
        "[[t]]\na = 1\n[[t]]\na = 2\n",
        "[[t]]\na = 1\n[[t]]\na = 2\nn = \"x\"\n",
    );
    toml(&set("n", "x"), "a = 1", "a = 1\nn = \"x\"");
}

#[test]
fn toml_arrays_grow_and_shrink() {
    toml(&append("l", "x"), "l = [\"a\"]\n", "l = [\"a\", \"x\"]\n");
    toml(
        &append("l", "x"),
        "l = [\n  \"a\", # c\n]\n",
        "l = [\n  \"a\", # c\n  \"x\",\n]\n",
    );
    toml(
        &append("l", "x"),
        "l = [\n  \"a\" # c\n]\n",
        "l = [\n  \"a\", # c\n  \"x\"\n]\n",
    );
    toml(&append("l", "x"), "l = []\n[t]\n", "l = [\"x\"]\n[t]\n");
    toml(
        &append("l", "x"),
        "a = 1\n[t]\n",
        "a = 1\nl = [\"x\"]\n[t]\n",
    );
    toml(
        &remove("l[0]"),
        "l = [\n  \"a\", # c\n  \"b\", # d\n]\n",
        "l = [\n  \"b\", # d\n]\n",
    );
    toml(
        &remove("l[1]"),
        "l = [\n  \"a\", # c\n  \"b\",\n]\n",
        "l = [\n  \"a\", # c\n]\n",
    );
    toml(
        &remove("a"),
        "a = \"\"\"\nx\n\"\"\" # c\nb = 1\n",
        "b = 1\n",
    );
    toml(&remove("t"), "a = 1\n[t]\nb = 2\n[u]\n", "a = 1\n[u]\n");
    toml(
        &remove("t[0]"),
        "[[t]]\na = 1\n[[t]]\na = 2\n",
        "[[t]]\na = 2\n",
    );
}

#[test]
fn json_keeps_its_layout() {
    json(
        &set("a", "x\n\"é\""),
        "{\"a\":1,\"b\":2}",
        "{\"a\":\"x\\n\\\"é\\\"\",\"b\":2}",
    );
    json(
        &set("n", "x"),
        "{\"a\":1,\"b\":2}",
        "{\"a\":1,\"b\":2,\"n\":\"x\"}",
    );
    json(&set("n", "x"), "{\"a\":1}", "{\"a\":1,\"n\":\"x\"}");
    json(&set("n", "x"), "{ \"a\": 1 }", "{ \"a\": 1, \"n\": \"x\" }");
    json(
        &set("n", "x"),
        "{\r\n\t\"a\": 1\r\n}\r\n",
        "{\r\n\t\"a\": 1,\r\n\t\"n\": \"x\"\r\n}\r\n",
    );
    json(&set("n", "x"), "\u{feff}{}", "\u{feff}{\"n\": \"x\"}");
    json(
        &append("l", "x"),
        "{\"l\": [\n  1\n]}",
        "{\"l\": [\n  1,\n  \"x\"\n]}",
    );
    json(&append("l", "x"), "{\"l\": null}", "{\"l\": [\"x\"]}");
    json(&remove("a"), "{\"a\": 1, \"b\": 2}", "{\"b\": 2}");
    json(
        &remove("b"),
        "{\n  \"a\": 1,\n  \"b\": 2\n}",
        "{\n  \"a\": 1\n}",
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
