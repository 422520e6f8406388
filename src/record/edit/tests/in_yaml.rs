//! YAML: styles, insertions, removals, aliases.

use super::*;

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
    refused(Format::Yaml, &remove("a"), "a: 1\n", "REC-EDIT-007");
}

#[test]
fn aliases_and_merge_keys_are_read_and_never_edited() {
    let source = "base: &b {x: 1}\nc: *b\nd:\n  <<: *b\n  y: 2\n";
    refused(Format::Yaml, &set("c", "v"), source, "REC-EDIT-002");
    refused(Format::Yaml, &set("c.x", "v"), source, "REC-EDIT-002");
    refused(Format::Yaml, &set("d.x", "v"), source, "REC-EDIT-002");
    refused(Format::Yaml, &set("base.x", "v"), source, "REC-EDIT-002");
    yaml(&set("d.y", "v"), source, &source.replace("y: 2", "y: v"));
    let record = parse(source.as_bytes(), Format::Yaml).unwrap();
    assert_eq!(record.text(&"d.x".parse().unwrap()), Some("1"));
}
