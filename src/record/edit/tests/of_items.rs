//! Items of any shape: inserted, moved, added where nothing stood.

use super::*;

fn map(entries: &[(&str, &str)]) -> Value {
    let entry = |(key, text): &(&str, &str)| {
        let text = Value::Scalar(Scalar::text(*text));
        ((*key).to_owned(), Node::unplaced(text))
    };
    Value::Map(entries.iter().map(entry).collect())
}

fn insert(list: &str, after: Option<&str>, item: Value) -> Edit {
    Edit::Insert {
        list: list.parse().unwrap(),
        after: after.map(str::to_owned),
        item,
    }
}

fn relocate(item: &str, after: Option<&str>) -> Edit {
    Edit::Move {
        item: item.parse().unwrap(),
        after: after.map(str::to_owned),
    }
}

const CLAIMS: &str = "claims:\n  - key: c1\n    text: One. # first\n  # of the second\n  - key: c2\n    text: >-\n      Two\n      lines.\n\n  - key: c3\n    text: Three.\nend: 1\n";

#[test]
fn a_map_is_inserted_as_lines_like_those_around_it() {
    let new = map(&[("key", "x4"), ("text", "New: so.")]);
    let lines = "  - key: x4\n    text: 'New: so.'\n";
    yaml(
        &insert("claims", None, new.clone()),
        CLAIMS,
        &CLAIMS.replacen("claims:\n", &format!("claims:\n{lines}"), 1),
    );
    yaml(
        &insert("claims", Some("c1"), new.clone()),
        CLAIMS,
        &CLAIMS.replacen("# first\n", &format!("# first\n{lines}"), 1),
    );
    yaml(
        &insert("claims", Some("c2"), new.clone()),
        CLAIMS,
        &CLAIMS.replacen("lines.\n", &format!("lines.\n{lines}"), 1),
    );
    yaml(
        &insert("claims", Some("c3"), new.clone()),
        CLAIMS,
        &CLAIMS.replacen("Three.\n", &format!("Three.\n{lines}"), 1),
    );
    refused(
        Format::Yaml,
        &insert("claims", Some("c9"), new),
        CLAIMS,
        "REC-EDIT-001",
    );
}

#[test]
fn an_item_moves_with_the_comments_above_it() {
    yaml(
        &relocate("claims[c2]", None),
        CLAIMS,
        "claims:\n  # of the second\n  - key: c2\n    text: >-\n      Two\n      lines.\n  - key: c1\n    text: One. # first\n\n  - key: c3\n    text: Three.\nend: 1\n",
    );
    yaml(
        &relocate("claims[c1]", Some("c3")),
        CLAIMS,
        "claims:\n  # of the second\n  - key: c2\n    text: >-\n      Two\n      lines.\n  - key: c3\n    text: Three.\n\n  - key: c1\n    text: One. # first\nend: 1\n",
    );
    yaml(
        &relocate("a[0]", Some("2")),
        "a: [x, y, z]\n",
        "a: [y, z, x]\n",
    );
    yaml(
        &relocate("a[1]", Some("0")),
        "a: [x, y, z]\n",
        "a: [x, y, z]\n",
    );
    json(
        &relocate("a[2]", None),
        "{\"a\": [\n  1,\n  2,\n  3\n]}\n",
        "{\"a\": [\n  3,\n  1,\n  2\n]}\n",
    );
    refused(
        Format::Yaml,
        &relocate("a.b", None),
        "a:\n  b: 1\n",
        "REC-EDIT-003",
    );
}

#[test]
fn an_empty_list_takes_its_first_item_as_lines() {
    let new = map(&[("key", "x4"), ("text", "two\nlines")]);
    let lines = "a:\n  - key: x4\n    text: |-\n      two\n      lines\nb: 1\n";
    yaml(&insert("a", None, new.clone()), "a: []\nb: 1\n", lines);
    yaml(&insert("a", None, new.clone()), "a:\nb: 1\n", lines);
    yaml(
        &insert("a", None, new.clone()),
        "b: 1\n",
        &format!("b: 1\n{}", lines.replace("b: 1\n", "")),
    );
    toml(
        &insert("a", None, new),
        "a = []\nb = 1\n",
        "a = [{ key = \"x4\", text = \"two\\nlines\" }]\nb = 1\n",
    );
}

#[test]
fn tables_and_objects_are_written_like_their_siblings() {
    let new = map(&[("key", "x4"), ("text", "New.")]);
    let tables = "[[a]]\nkey = \"x\"\n\n[[a]]\nkey = \"y\"\n\n[b]\nc = 1\n";
    toml(
        &insert("a", Some("x"), new.clone()),
        tables,
        "[[a]]\nkey = \"x\"\n\n[[a]]\nkey = \"x4\"\ntext = \"New.\"\n\n[[a]]\nkey = \"y\"\n\n[b]\nc = 1\n",
    );
    toml(
        &relocate("a[y]", None),
        tables,
        "[[a]]\nkey = \"y\"\n\n[[a]]\nkey = \"x\"\n\n[b]\nc = 1\n",
    );
    let objects = "{\n  \"a\": [\n    {\n      \"key\": \"x\"\n    }\n  ]\n}\n";
    let object = "{\n      \"key\": \"x4\",\n      \"text\": \"New.\"\n    }";
    json(
        &insert("a", None, new.clone()),
        objects,
        &objects.replacen("    {\n", &format!("    {object},\n    {{\n"), 1),
    );
    json(
        &insert("a", Some("x"), new),
        objects,
        &objects.replacen("    }\n  ]", &format!("    }},\n    {object}\n  ]"), 1),
    );
}

#[test]
fn a_map_is_added_where_nothing_stood() {
    let add = |path: &str| Edit::Add {
        path: path.parse().unwrap(),
        value: map(&[("x", "1.10")]),
    };
    yaml(&add("m"), "a: 1\n", "a: 1\nm:\n  x: '1.10'\n");
    toml(&add("m"), "a = 1\n", "a = 1\nm = { x = \"1.10\" }\n");
    json(
        &add("m"),
        "{\"a\": 1}",
        "{\"a\": 1, \"m\": {\"x\": \"1.10\"}}",
    );
    refused(Format::Yaml, &add("a"), "a: 1\n", "REC-EDIT-008");
}

#[test]
fn text_of_several_lines_becomes_a_block() {
    yaml(
        &set("a.b", "one\n\ntwo"),
        "a:\n  b: x\nc: 1\n",
        "a:\n  b: |-\n    one\n\n    two\nc: 1\n",
    );
    yaml(
        &set("b", "one\ntwo\n"),
        "a: 1\n",
        "a: 1\nb: |\n  one\n  two\n",
    );
    yaml(&set("a", "x\ny"), "{a: 1}\n", "{a: \"x\\ny\"}\n");
}

#[test]
fn folded_text_keeps_the_lines_that_did_not_change() {
    let text = "a: >-\n  one two three four\n  five six seven\n  eight nine\n";
    yaml(
        &set("a", "one two three four five 6 seven eight nine"),
        text,
        "a: >-\n  one two three four\n  five 6 seven\n  eight nine\n",
    );
    yaml(
        &set(
            "a",
            "one two three four five six and a half and seven eight nine",
        ),
        text,
        "a: >-\n  one two three four\n  five six and a\n  half and seven\n  eight nine\n",
    );
}
