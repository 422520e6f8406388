//! The YAML test suite: what must be refused is refused, and what is one map reads as the suite says.
//!
//! The suite lies beside the package, in `shared/corpora/yaml-test-suite`; where it is absent this test says so and passes.

use std::path::{Path, PathBuf};

use countersign::record::{Format, Node, ScalarKind, Value, parse};

#[test]
fn the_suite_reads_as_it_says() {
    let suite = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../shared/corpora/yaml-test-suite"
    ));
    if !suite.exists() {
        println!("skipped: the suite is not in shared/corpora beside the package");
        return;
    }
    let mut counts = [0; 4];
    let mut wrong = Vec::new();
    for (name, folder) in cases(suite) {
        match judge(&folder) {
            Ok(expected) => counts[expected as usize] += 1,
            Err(why) => wrong.push(format!("{name}: {why}")),
        }
    }
    // Read alike, refused as broken, refused because the root is no single map, and those of which the suite says nothing.
    println!("{counts:?}");
    assert_eq!(counts, [118, 94, 161, 29]);
    assert!(
        wrong.is_empty(),
        "{} cases:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// What the suite expects of a case.
#[derive(Clone, Copy)]
enum Expected {
    Alike,
    Broken,
    NoRecord,
    Unsaid,
}

/// Returns the kind of a case that went as expected, or what went otherwise.
fn judge(folder: &Path) -> Result<Expected, String> {
    let source = std::fs::read(folder.join("in.yaml")).unwrap();
    let parsed = parse(&source, Format::Yaml);
    if folder.join("error").exists() {
        return match parsed {
            Ok(_) => Err(format!(
                "read, though it is broken: {:?}",
                String::from_utf8_lossy(&source)
            )),
            Err(_) => Ok(Expected::Broken),
        };
    }
    let Ok(json) = std::fs::read_to_string(folder.join("in.json")) else {
        return Ok(Expected::Unsaid);
    };
    let values: Vec<serde_json::Value> = serde_json::Deserializer::from_str(&json)
        .into_iter()
        .collect::<Result<_, _>>()
        .unwrap();
    match (values.as_slice(), parsed) {
        ([serde_json::Value::Object(wanted)], Ok(record)) => {
            let same = wanted.len() == record.fields.len()
                && wanted.iter().all(|(key, value)| {
                    record
                        .fields
                        .get(key)
                        .is_some_and(|node| alike(node, value))
                });
            match same {
                true => Ok(Expected::Alike),
                false => Err(format!("wanted {json}, read {:?}", record.fields)),
            }
        }
        ([serde_json::Value::Object(_)], Err(refusal)) => {
            Err(format!("{refusal} {:?}", String::from_utf8_lossy(&source)))
        }
        (_, Ok(record)) => Err(format!("read as {:?}", record.fields)),
        (_, Err(_)) => Ok(Expected::NoRecord),
    }
}

/// Tells whether a node is the value; numbers are compared as numbers, dates as text.
fn alike(node: &Node, wanted: &serde_json::Value) -> bool {
    match (&node.value, wanted) {
        (Value::Map(map), serde_json::Value::Object(wanted)) => {
            map.len() == wanted.len()
                && wanted
                    .iter()
                    .all(|(key, value)| map.get(key).is_some_and(|node| alike(node, value)))
        }
        (Value::List(items), serde_json::Value::Array(wanted)) => {
            items.len() == wanted.len()
                && items
                    .iter()
                    .zip(wanted)
                    .all(|(node, value)| alike(node, value))
        }
        (Value::Scalar(scalar), wanted) => match (scalar.kind, wanted) {
            (ScalarKind::Null, serde_json::Value::Null) => true,
            (ScalarKind::Bool, serde_json::Value::Bool(wanted)) => {
                scalar.text.eq_ignore_ascii_case(&wanted.to_string())
            }
            (ScalarKind::Integer | ScalarKind::Float, serde_json::Value::Number(wanted)) => {
                number(&scalar.text) == wanted.as_f64()
            }
            (ScalarKind::Text | ScalarKind::Date, serde_json::Value::String(wanted)) => {
                scalar.text == *wanted
            }
            _ => false,
        },
        _ => false,
    }
}

fn number(text: &str) -> Option<f64> {
    let whole = match (text.strip_prefix("0x"), text.strip_prefix("0o")) {
        (Some(hex), _) => i64::from_str_radix(hex, 16).ok(),
        (_, Some(octal)) => i64::from_str_radix(octal, 8).ok(),
        _ => None,
    };
    whole
        .map(|whole| whole as f64)
        .or_else(|| text.parse().ok())
}

/// Returns the folders that hold a case, named `229Q` or `VJP3/00`.
fn cases(suite: &Path) -> Vec<(String, PathBuf)> {
    let mut cases = Vec::new();
    for folder in folders(suite) {
        let name = name_of(&folder);
        if folder.join("in.yaml").exists() {
            cases.push((name.clone(), folder.clone()));
        }
        for part in folders(&folder) {
            if part.join("in.yaml").exists() {
                cases.push((format!("{name}/{}", name_of(&part)), part));
            }
        }
    }
    cases
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(path).unwrap();
    let mut folders: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}
