//! TOML and JSON: quotes, headers, arrays, layout.

use super::*;

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
fn toml_lines_take_the_files_line_ends() {
    let before = "a = \"\"\"\r\nz\"\"\"\r\n";
    let after = edited(Format::Toml, before, &set("a", "x\ny")).unwrap();
    assert_eq!(
        after.matches('\n').count(),
        after.matches("\r\n").count(),
        "{after:?}"
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
