//! Real records with their real history: each one that reads is edited, value by value, and each version that ever was is read.
//!
//! The corpora lie beside the package, in `shared/corpora`; where they are absent these tests say that they are skipped.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use countersign::record::{
    Edit, FieldPath, Format, Node, Record, Scalar, Segment, Value, edit, parse,
};

use crate::common;

/// What a value is set to, in turn: plain, quoted, numeric, multi-line and foreign texts.
const NEW_TEXTS: [&str; 6] = [
    "Replaced",
    "1.10",
    "a: b # c",
    "größer, [als] {das}",
    "no",
    "two\nlines\n",
];

#[test]
fn every_value_of_every_eip_can_be_set() {
    set_every_value("eips.bundle", 949);
}

#[test]
fn every_value_of_every_blog_post_can_be_set() {
    set_every_value("rust-blog.bundle", 754);
}

#[test]
fn every_eip_version_is_read_or_refused() {
    let refused = [
        ("REC-EMPTY-001", 1),
        ("REC-FM-001", 1217),
        ("REC-KEY-001", 7),
        ("REC-YAML-001", 17),
    ];
    read_every_version("eips.bundle", 9214, &refused);
}

#[test]
fn every_blog_post_version_is_read_or_refused() {
    let refused = [("REC-FM-001", 32), ("REC-TOML-001", 2), ("REC-YAML-001", 2)];
    read_every_version("rust-blog.bundle", 5155, &refused);
}

fn set_every_value(bundle: &str, records: usize) {
    let Some(corpus) = Corpus::clone_of(bundle) else {
        return;
    };
    let mut tally = Tally::default();
    for (path, bytes) in corpus.records_at_head() {
        tally.records += 1;
        match parse(&bytes, Format::Markdown) {
            Ok(record) => {
                tally.readable += 1;
                set_each(&path, &bytes, &record, &mut tally);
                add_and_remove(&path, &bytes, &record);
            }
            Err(refusal) => tally.refuse(&path, &refusal),
        }
    }
    println!("{bundle} at head: {tally:?}");
    assert_eq!((tally.records, tally.readable), (records, records));
    assert!(tally.refused.is_empty(), "{tally:?}");
    assert!(tally.edits > records);
}

/// The refused versions were compared with other readers of YAML and TOML, which refuse them too, but for two equal keys.
fn read_every_version(bundle: &str, versions: usize, refused: &[(&'static str, usize)]) {
    let Some(corpus) = Corpus::clone_of(bundle) else {
        return;
    };
    let mut tally = Tally::default();
    for (path, bytes) in corpus.records_ever() {
        tally.records += 1;
        match parse(&bytes, Format::Markdown) {
            Ok(_) => tally.readable += 1,
            Err(refusal) => tally.refuse(&path, &refusal),
        }
    }
    println!("{bundle} ever: {tally:?}");
    assert_eq!(tally.records, versions);
    assert_eq!(tally.refused, refused.iter().copied().collect());
}

#[derive(Debug, Default)]
struct Tally {
    records: usize,
    readable: usize,
    edits: usize,
    /// code -> how often
    refused: BTreeMap<&'static str, usize>,
}

impl Tally {
    fn refuse(&mut self, path: &str, refusal: &countersign::refusal::Refusal) {
        *self.refused.entry(refusal.code).or_default() += 1;
        if refusal.code != "REC-FM-001" {
            println!("{path}: {refusal}");
        }
    }
}

/// Sets each scalar of a record, one at a time, and proves what came of it.
fn set_each(path: &str, bytes: &[u8], record: &Record, tally: &mut Tally) {
    let mut scalars = Vec::new();
    for (key, node) in &record.fields {
        collect(FieldPath::key(key.clone()), node, &mut scalars);
    }
    for (field, node) in scalars {
        let text = NEW_TEXTS[tally.edits % NEW_TEXTS.len()];
        let change = Edit::Set {
            path: field.clone(),
            value: Scalar::text(text),
        };
        tally.edits += 1;
        match edit(bytes, Format::Markdown, &[change]) {
            Ok(new) => {
                prove_bytes(path, bytes, &new, node);
                prove_record(path, &new, record, &field, text);
            }
            Err(refusal) => tally.refuse(&format!("{path} {field}"), &refusal),
        }
    }
}

/// Adds a field and takes it away again: the file is as it was.
fn add_and_remove(path: &str, bytes: &[u8], record: &Record) {
    let field = FieldPath::key("an-added-field");
    let value = Scalar::text("Its value");
    let add = Edit::Set {
        path: field.clone(),
        value: value.clone(),
    };
    let added = edit(bytes, Format::Markdown, &[add]).unwrap();
    let after = parse(&added, Format::Markdown).unwrap();
    assert_eq!(after.fields.len(), record.fields.len() + 1, "{path}");
    assert_eq!(
        after.get(&field).and_then(Node::as_scalar),
        Some(&value),
        "{path}"
    );
    let remove = Edit::Remove { path: field };
    let removed = edit(&added, Format::Markdown, &[remove]).unwrap();
    assert!(removed == bytes, "{path}: not as it was");
}

fn prove_bytes(path: &str, old: &[u8], new: &[u8], node: &Node) {
    let (before, after) = (&old[..node.span.start], &old[node.span.end..]);
    assert!(new.starts_with(before), "{path}: bytes before it changed");
    assert!(new.ends_with(after), "{path}: bytes behind it changed");
    assert!(
        new.len() >= before.len() + after.len(),
        "{path}: bytes are missing"
    );
}

fn prove_record(path: &str, new: &[u8], before: &Record, field: &FieldPath, text: &str) {
    let after = parse(new, Format::Markdown).unwrap();
    let mut wanted = before.clone();
    *node_at(&mut wanted, field) = Value::Scalar(Scalar::text(text));
    assert_eq!(after.fields, wanted.fields, "{path} {field}");
    assert!(
        after.fields.keys().eq(wanted.fields.keys()),
        "{path} {field}"
    );
    let body_of = |record: Record| record.body.map(|body| body.text);
    assert_eq!(body_of(after), body_of(wanted), "{path} {field}");
}

fn node_at<'r>(record: &'r mut Record, path: &FieldPath) -> &'r mut Value {
    let Some((Segment::Key(key), rest)) = path.segments().split_first() else {
        unreachable!("a path starts with a key");
    };
    let mut node = &mut record.fields[key];
    for segment in rest {
        node = match (&mut node.value, segment) {
            (Value::Map(map), Segment::Key(key)) => &mut map[key],
            (Value::List(items), Segment::Item(at)) => &mut items[at.parse::<usize>().unwrap()],
            _ => unreachable!("the path was made from this record"),
        };
    }
    &mut node.value
}

fn collect<'r>(path: FieldPath, node: &'r Node, scalars: &mut Vec<(FieldPath, &'r Node)>) {
    match &node.value {
        Value::Scalar(_) => scalars.push((path, node)),
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(path.join(Segment::Item(index.to_string())), item, scalars);
            }
        }
        Value::Map(map) => {
            for (key, value) in map {
                collect(path.join(Segment::Key(key.clone())), value, scalars);
            }
        }
    }
}

/// A bundle cloned into a folder that goes with it.
struct Corpus {
    folder: tempfile::TempDir,
}

impl Corpus {
    fn clone_of(bundle: &str) -> Option<Self> {
        let source = common::skip::corpus(bundle)?;
        let folder = tempfile::tempdir().unwrap();
        let mut clone = git(folder.path());
        clone.args(["clone", "--quiet", "--bare"]);
        let status = clone.arg(&source).arg(".").status().unwrap();
        assert!(status.success());
        Some(Self { folder })
    }

    fn records_at_head(&self) -> Vec<(String, Vec<u8>)> {
        let listing = self.output(&["ls-tree", "-r", "HEAD"]);
        let entries = listing.lines().filter_map(|line| {
            let (facts, path) = line.split_once('\t')?;
            Some((facts.split(' ').nth(2)?.to_owned(), path.to_owned()))
        });
        self.blobs(entries.filter(|(_, path)| is_record(path)).collect())
    }

    fn records_ever(&self) -> Vec<(String, Vec<u8>)> {
        let listing = self.output(&["rev-list", "--objects", "--all"]);
        let entries = listing.lines().filter_map(|line| {
            let (id, path) = line.split_once(' ')?;
            is_record(path).then(|| (id.to_owned(), path.to_owned()))
        });
        self.blobs(entries.collect())
    }

    /// Returns the bytes of blobs given by id and path.
    fn blobs(&self, entries: Vec<(String, String)>) -> Vec<(String, Vec<u8>)> {
        let mut child = git(self.folder.path())
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let ids: String = entries.iter().map(|(id, _)| format!("{id}\n")).collect();
        let writer = std::thread::spawn(move || stdin.write_all(ids.as_bytes()).unwrap());
        let mut output = Vec::new();
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_to_end(&mut output).unwrap();
        writer.join().unwrap();
        assert!(child.wait().unwrap().success());
        split_batch(&output, entries)
    }

    fn output(&self, arguments: &[&str]) -> String {
        let output = git(self.folder.path()).args(arguments).output().unwrap();
        assert!(output.status.success());
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

/// Splits what `cat-file --batch` printed: a header line that ends with the length, the bytes, a line end.
fn split_batch(output: &[u8], entries: Vec<(String, String)>) -> Vec<(String, Vec<u8>)> {
    let mut rest = output;
    let mut blobs = Vec::with_capacity(entries.len());
    for (_, path) in entries {
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap();
        let header = std::str::from_utf8(&rest[..end]).unwrap();
        let length: usize = header.rsplit(' ').next().unwrap().parse().unwrap();
        blobs.push((path, rest[end + 1..end + 1 + length].to_vec()));
        rest = &rest[end + length + 2..];
    }
    blobs
}

fn is_record(path: &str) -> bool {
    path.trim_end_matches('"').ends_with(".md") && !path.ends_with("LICENSE.md")
}

/// Returns a git command that no configuration of the developer reaches.
fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1");
    command
}
