//! One test for each trap of reading.

use std::time::{Duration, Instant};

use super::*;
use crate::record::{FieldPath, MAX_FILE_BYTES, Node, ScalarKind};

const FORMATS: [Format; 4] = [Format::Markdown, Format::Yaml, Format::Toml, Format::Json];

fn record(source: &str, format: Format) -> Record {
    parse(source.as_bytes(), format).unwrap_or_else(|refusal| panic!("{source:?}: {refusal}"))
}

fn node<'r>(record: &'r Record, path: &str) -> &'r Node {
    record.get(&path.parse::<FieldPath>().unwrap()).unwrap()
}

/// Returns code, line and column of the refusal.
fn refused(source: impl AsRef<[u8]>, format: Format) -> (&'static str, u32, u32) {
    match parse(source.as_ref(), format) {
        Ok(record) => panic!("read as {:?}", record.fields),
        Err(refusal) => (
            refusal.code,
            refusal.place.line.unwrap_or_default(),
            refusal.place.column.unwrap_or_default(),
        ),
    }
}

#[track_caller]
fn cause(source: impl AsRef<[u8]>, format: Format) -> String {
    parse(source.as_ref(), format).unwrap_err().cause
}

#[test]
fn spans_and_lines_count_the_whole_file() {
    let source =
        "\u{feff}---\r\né: 'x'\r\nl:\r\n  - a\r\n  - b: |\r\n      y\r\n---\r\n\r\nbody\r\n";
    let record = record(source, Format::Markdown);
    for (path, text, line) in [
        ("é", "'x'", 2),
        ("l[0]", "a", 4),
        ("l[1].b", "|\r\n      y", 5),
        ("l", "- a\r\n  - b: |\r\n      y", 4),
    ] {
        let node = node(&record, path);
        assert_eq!(
            (&source[node.span.clone()], node.line),
            (text, line),
            "{path}"
        );
    }
    let body = record.body.unwrap();
    assert_eq!(
        (body.text.as_str(), body.line, &source[body.start..]),
        ("\r\nbody\r\n", 8, "\r\nbody\r\n")
    );
}

#[test]
fn toml_and_json_spans_count_the_whole_file_too() {
    let source = "\u{feff}+++\r\na = 'x'\r\n[t]\r\nb = [ 1, { c = 1_000 } ]\r\n+++\r\n";
    let toml = record(source, Format::Markdown);
    for (path, text, line) in [
        ("a", "'x'", 2),
        ("t.b[1].c", "1_000", 4),
        ("t.b", "[ 1, { c = 1_000 } ]", 4),
    ] {
        let node = node(&toml, path);
        assert_eq!(
            (&source[node.span.clone()], node.line),
            (text, line),
            "{path}"
        );
    }
    assert_eq!(node(&toml, "t").line, 3);
    let source = "\u{feff}{\r\n \"é\": [1.10, \"\\u00e9\"]}";
    let json = record(source, Format::Json);
    assert_eq!(&source[node(&json, "é[0]").span.clone()], "1.10");
    assert_eq!(&source[node(&json, "é[1]").span.clone()], "\"\\u00e9\"");
    assert_eq!(node(&json, "é[1]").as_text(), Some("é"));
    assert_eq!(node(&json, "é[1]").line, 2);
}

#[test]
fn numbers_and_dates_keep_their_text() {
    for (source, format) in [
        ("v: 1.10\nd: 2026-03-16\n", Format::Yaml),
        ("v = 1.10\nd = 2026-03-16\n", Format::Toml),
    ] {
        let record = record(source, format);
        let scalar = |path| node(&record, path).as_scalar().unwrap().clone();
        assert_eq!(
            (scalar("v").kind, scalar("v").text),
            (ScalarKind::Float, "1.10".to_owned())
        );
        assert_eq!(
            (scalar("d").kind, scalar("d").text),
            (ScalarKind::Date, "2026-03-16".to_owned())
        );
    }
    let record = record(
        "{\"v\": 1.10, \"n\": 123456789012345678901234567890}",
        Format::Json,
    );
    assert_eq!(node(&record, "v").as_text(), Some("1.10"));
    assert_eq!(
        node(&record, "n").as_text(),
        Some("123456789012345678901234567890")
    );
}

#[test]
fn front_matter_never_closed_names_the_line_of_its_mark() {
    assert_eq!(
        refused("---\ntitle: x\n\nbody\n", Format::Markdown),
        ("REC-FM-002", 1, 1)
    );
    assert_eq!(
        refused("\n+++\ntitle = 1\n---\n", Format::Markdown),
        ("REC-FM-002", 2, 1)
    );
    assert_eq!(refused("---", Format::Markdown), ("REC-FM-002", 1, 1));
}

#[test]
fn markdown_without_front_matter_is_refused() {
    assert_eq!(refused("# Title\n", Format::Markdown), ("REC-FM-001", 1, 1));
    assert_eq!(
        refused("----\na: 1\n----\n", Format::Markdown),
        ("REC-FM-001", 1, 1)
    );
}

#[test]
fn further_marks_belong_to_the_body() {
    let record = record("--- \na: 1\n---\t\n---\nstatus: x\n---\n", Format::Markdown);
    assert_eq!(record.fields.len(), 1);
    assert_eq!(record.body.unwrap().text, "---\nstatus: x\n---\n");
}

#[test]
fn a_foreign_encoding_is_named() {
    assert!(
        cause(b"\xff\xfea\0:\0", Format::Yaml).starts_with("the file is UTF-16 (little endian)")
    );
    assert!(cause(b"\xfe\xff\0a", Format::Json).contains("UTF-16 (big endian)"));
    assert!(cause(b"\xff\xfe\0\0a", Format::Toml).contains("UTF-32"));
    assert!(cause(b"a: 1\nb: \xff\n", Format::Yaml).contains("byte 0xff at offset 8"));
    assert_eq!(
        refused(b"a: 1\n\xc3\xa9: \xff\n", Format::Yaml),
        ("REC-ENC-002", 2, 4)
    );
}

#[test]
fn a_file_without_fields_is_no_record() {
    for format in FORMATS {
        for source in ["", "\u{feff}", " \n\t\n"] {
            assert_eq!(
                refused(source, format).0,
                "REC-EMPTY-001",
                "{source:?} {format:?}"
            );
        }
    }
    assert_eq!(
        refused("---\n---\nbody\n", Format::Markdown).0,
        "REC-EMPTY-001"
    );
    assert_eq!(
        refused("---\n# only this\n---\n", Format::Markdown).0,
        "REC-EMPTY-001"
    );
    assert_eq!(refused("+++\n\n+++", Format::Markdown).0, "REC-EMPTY-001");
    assert_eq!(refused("# only this\n", Format::Yaml).0, "REC-EMPTY-001");
    assert_eq!(refused("---\n", Format::Yaml).0, "REC-EMPTY-001");
    assert_eq!(refused("# only this\n", Format::Toml).0, "REC-EMPTY-001");
}

#[test]
fn a_key_twice_is_refused_in_every_format() {
    assert_eq!(
        refused("status: draft\nstatus: active\n", Format::Yaml),
        ("REC-KEY-001", 2, 1)
    );
    assert_eq!(
        refused("a: {b: 1, \"b\": 2}\n", Format::Yaml),
        ("REC-KEY-001", 1, 11)
    );
    assert_eq!(
        refused("a = 1\na = 2\n", Format::Toml),
        ("REC-KEY-001", 2, 1)
    );
    assert_eq!(
        refused("a = 1\nt.b = 1\nt.b = 2\n", Format::Toml).0,
        "REC-KEY-001"
    );
    assert_eq!(refused("[t]\n[t]\n", Format::Toml).0, "REC-KEY-001");
    assert_eq!(
        refused("a = {b = 1, b = 2}\n", Format::Toml).0,
        "REC-KEY-001"
    );
    assert_eq!(
        refused("{\"a\": 1,\n \"\\u0061\": 2}", Format::Json),
        ("REC-KEY-001", 2, 2)
    );
    assert!(cause("status: draft\nstatus: active\n", Format::Yaml).contains("\"status\""));
}

#[test]
fn an_alias_bomb_is_refused_fast() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..9 {
        let before = level - 1;
        let aliases = vec![format!("*a{before}"); 9].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    let long = format!(
        "a: &a {}\nb: [{}]\n",
        "x".repeat(9_000),
        vec!["*a"; 9_000].join(", ")
    );
    let start = Instant::now();
    assert_eq!(refused(bomb, Format::Yaml).0, "REC-SIZE-002");
    assert_eq!(refused(long, Format::Yaml).0, "REC-SIZE-003");
    assert_eq!(refused("a: &a\n  b: *a\n", Format::Yaml).0, "REC-YAML-004");
    assert!(start.elapsed() < Duration::from_secs(1));
}

#[test]
fn nesting_has_a_limit_in_every_format() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for depth in [70, 200, 1_000, 100_000] {
            let value = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            assert_eq!(
                refused(format!("{{\"a\": {value}}}"), Format::Json).0,
                "REC-DEPTH-001",
                "{depth}"
            );
            assert_eq!(
                refused(format!("a: {value}"), Format::Yaml).0,
                "REC-DEPTH-001",
                "{depth}"
            );
        }
    }
    for depth in [70, 200, 100_000] {
        let list = format!("a = {}1{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(refused(list, Format::Toml).0, "REC-DEPTH-001", "{depth}");
    }
    let blocks: String = (0..500).map(|depth| format!("{:depth$}a:\n", "")).collect();
    assert_eq!(refused(blocks, Format::Yaml).0, "REC-DEPTH-001");
    let keys = vec!["a"; 200].join(".");
    assert_eq!(
        refused(format!("{keys} = 1\n"), Format::Toml).0,
        "REC-DEPTH-001"
    );
    let deep = format!("{{\"a\": {}1{}}}", "[".repeat(63), "]".repeat(63));
    assert_eq!(record(&deep, Format::Json).fields.len(), 1);
}

#[test]
fn aliases_count_for_the_depth() {
    let mut source = "a0: &a0 [x]\n".to_owned();
    for level in 1..80 {
        source.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    assert_eq!(refused(source, Format::Yaml).0, "REC-DEPTH-001");
}

#[test]
fn a_second_document_is_refused_with_the_count() {
    let two = "status: draft\n---\nstatus: active\n---\na: [\n";
    assert_eq!(refused(two, Format::Yaml).0, "REC-YAML-002");
    assert!(cause("a: 1\n---\na: 2\n", Format::Yaml).contains("2 YAML documents"));
    assert_eq!(
        record("%YAML 1.2\n---\na: 1\n...\n", Format::Yaml)
            .fields
            .len(),
        1
    );
}

#[test]
fn a_root_that_is_no_map_is_refused() {
    for source in ["- a\n", "text\n", "[a]\n", "~\n"] {
        assert_eq!(refused(source, Format::Yaml).0, "REC-ROOT-001", "{source}");
    }
    for source in ["[1]", "1", "null", "\"a\""] {
        assert_eq!(refused(source, Format::Json).0, "REC-ROOT-001", "{source}");
    }
    assert_eq!(refused("? [a]\n: 1\n", Format::Yaml).0, "REC-YAML-003");
}

#[test]
fn a_large_file_is_refused_with_its_size() {
    let large = vec![b' '; MAX_FILE_BYTES + 1];
    for format in FORMATS {
        assert!(cause(&large, format).contains("1048577 bytes"));
    }
    let many = format!("{{\"a\": [{}1]}}", "1,".repeat(200_000));
    assert_eq!(refused(many, Format::Json).0, "REC-SIZE-002");
}

#[test]
fn errors_name_line_and_column() {
    assert_eq!(refused("---\na:\n\tb: 2\n---\n", Format::Markdown).1, 3);
    assert_eq!(refused("a: 1\nb: [1\n", Format::Yaml).0, "REC-YAML-001");
    assert_eq!(
        refused("+++\na = 1\nb = é\n+++\n", Format::Markdown),
        ("REC-TOML-001", 3, 5)
    );
    assert_eq!(refused("{\"é\": 1,\n \"b\": 01}", Format::Json).1, 2);
}

#[test]
fn json_is_strict() {
    for source in [
        "{\"a\": 1,}",
        "{\"a\": 1 /* c */}",
        "{'a': 1}",
        "{a: 1}",
        "{\"a\": +1}",
        "{\"a\": .5}",
        "{\"a\": 01}",
        "{\"a\": 0x1}",
        "{\"a\": NaN}",
        "{\"a\": 1} {}",
        "{\"a\" 1}",
        "{\"a\": \"\t\"}",
        "{\"a\": \"\\x41\"}",
        "{\"a\": \"\\ud800\"}",
    ] {
        assert_eq!(refused(source, Format::Json).0, "REC-JSON-001", "{source}");
    }
}

#[test]
fn control_characters_come_through_only_as_escapes() {
    assert_eq!(refused("a: \u{0}\n", Format::Yaml).0, "REC-YAML-001");
    assert_eq!(refused("a: \u{1b}[1m\n", Format::Yaml).0, "REC-YAML-001");
    assert_eq!(refused("a = \"\u{1b}\"\n", Format::Toml).0, "REC-TOML-001");
    assert_eq!(
        node(&record("a: \"\\e\\0\\r\"\n", Format::Yaml), "a").as_text(),
        Some("\u{1b}\0\r")
    );
}

#[test]
fn merge_keys_bring_what_the_map_does_not_write() {
    let source =
        "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  x: 3\n<<: no alias\n";
    let record = record(source, Format::Yaml);
    for (path, text) in [("c.x", "3"), ("c.y", "1"), ("c.z", "2"), ("<<", "no alias")] {
        assert_eq!(node(&record, path).as_text(), Some(text), "{path}");
    }
    assert_eq!(
        refused("a: &a {x: 1}\n<<: *a\n<<: *a\n", Format::Yaml).0,
        "REC-KEY-001"
    );
}

#[test]
fn the_largest_files_are_read_or_refused_in_time() {
    let start = Instant::now();
    let lines = |line: fn(usize) -> String| (0..40_000).map(line).collect::<String>();
    record(&lines(|n| format!("key{n}: value {n}\n")), Format::Yaml);
    record(&lines(|n| format!("key{n} = {n}\n")), Format::Toml);
    record(
        &format!("{{{}\"z\": 1}}", lines(|n| format!("\"key{n}\": {n},\n"))),
        Format::Json,
    );
    record(
        &format!("a:\n{}", lines(|n| format!("# {n}\n- &a{n} x\n"))),
        Format::Yaml,
    );
    record(
        &format!("a: 1\n{}", "# a remark\n".repeat(90_000)),
        Format::Yaml,
    );
    record(
        &format!("a: |\n{}", "  text\n\n".repeat(100_000)),
        Format::Yaml,
    );
    let body = format!("---\na: 1\n---\n{}", "text\n".repeat(200_000));
    record(&body, Format::Markdown);
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
}
