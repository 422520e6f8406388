//! What every register needs of a record: an id, a status that the workflow knows, a version that can be counted on from, and a title.
//!
//! On for each field that the collection names, whatever its schema says.

use super::{Finding, locate, words};
use crate::policy::suggest::{listed, nearest};
use crate::policy::{Collection, Severity, Workflow};
use crate::record::{FieldPath, Node, Record};

/// Returns what is wrong with the fields that the collection names.
pub(super) fn findings(
    collection: &Collection,
    workflow: &Workflow,
    record: &Record,
) -> Vec<Finding> {
    let id = collection.id.as_ref().and_then(|path| id(path, record));
    let status = collection
        .status
        .as_ref()
        .and_then(|path| status(path, workflow, record));
    let version = collection
        .version
        .as_ref()
        .and_then(|path| version(path, record));
    let title = collection
        .title
        .as_ref()
        .and_then(|path| title(path, record));
    [id, status, version, title].into_iter().flatten().collect()
}

/// S03: the id is there, and one value that can be written in an address and a trailer.
fn id(path: &FieldPath, record: &Record) -> Option<Finding> {
    let name = words::field(path);
    let finding =
        |message: String, next: &str| blocking("S03", path, record, message, next.to_owned());
    let Some(node) = record.get(path) else {
        let next = "add it; once published it never changes";
        return Some(finding(format!("the id field {name} is missing"), next));
    };
    match node.as_text() {
        Some(text) if text.trim().is_empty() => Some(finding(
            format!("the id field {name} is empty"),
            "give the record an id; once published it never changes",
        )),
        Some(text) if text.chars().any(char::is_control) => Some(finding(
            format!(
                "the id {} holds a character that cannot be seen",
                words::shown(text)
            ),
            "write the id on one line, in visible characters",
        )),
        Some(_) => None,
        None => Some(finding(
            format!("the id field {name} is {}", words::kind(node)),
            "write one value: a text or a number",
        )),
    }
}

/// S07: the declared status is one of the workflow's, letter for letter.
fn status(path: &FieldPath, workflow: &Workflow, record: &Record) -> Option<Finding> {
    let name = words::field(path);
    let known: Vec<&str> = workflow.statuses.keys().map(String::as_str).collect();
    let finding = |message: String, next: String| blocking("S07", path, record, message, next);
    let Some(node) = record.get(path) else {
        let next = format!(
            "add it; a new record begins as {}",
            words::shown(&workflow.initial)
        );
        return Some(finding(format!("the status field {name} is missing"), next));
    };
    let Some(text) = node.as_text() else {
        let next = format!("write one of {}", listed(known));
        return Some(finding(
            format!("the status field {name} is {}", words::kind(node)),
            next,
        ));
    };
    if workflow.statuses.contains_key(text) {
        return None;
    }
    let message = format!(
        "{name} is {}, which is not one of {}",
        words::shown(text),
        listed(known.iter().copied())
    );
    let meant = nearest(text.trim(), known.iter().copied());
    let next = match meant {
        Some(status) if status.eq_ignore_ascii_case(text.trim()) => {
            format!("write it exactly so: {}", words::shown(status))
        }
        Some(status) => format!("did you mean {}?", words::shown(status)),
        None => "choose one of these, or have it added to the workflow".to_owned(),
    };
    Some(finding(message, next))
}

/// S08: the declared version is a semantic version; it stays as written until then.
fn version(path: &FieldPath, record: &Record) -> Option<Finding> {
    let node = record.get(path)?;
    let shape = "write three numbers, such as 1.0.0, without a leading v and without leading zeros";
    let message = match node.as_text() {
        Some(text) if semver::Version::parse(text).is_ok() => return None,
        Some(text) => format!(
            "the version {} is not a semantic version",
            words::shown(text)
        ),
        // A line that is there and says nothing is as good as none: the server fills it in.
        None if is_null(node) => return None,
        None => format!(
            "the version {} is {}",
            words::field(path),
            words::kind(node)
        ),
    };
    Some(blocking("S08", path, record, message, shape.to_owned()))
}

/// S09: the title says something; pages show the id where it does not.
fn title(path: &FieldPath, record: &Record) -> Option<Finding> {
    let name = words::field(path);
    let message = match record.get(path) {
        None => format!("the title field {name} is missing"),
        Some(node) => match node.as_text() {
            Some(text) if !text.trim().is_empty() => return None,
            Some(_) => format!("the title field {name} is empty"),
            None => format!("the title field {name} is {}", words::kind(node)),
        },
    };
    let next = "give the record a title; until then its id is shown";
    Some(Finding {
        severity: Severity::Warning,
        ..blocking("S09", path, record, message, next.to_owned())
    })
}

fn is_null(node: &Node) -> bool {
    node.as_scalar().is_some() && node.as_text().is_none()
}

fn blocking(
    code: &str,
    path: &FieldPath,
    record: &Record,
    message: String,
    next: String,
) -> Finding {
    let line = record
        .get(path)
        .map_or_else(|| locate::first_line(record), |node| node.line);
    Finding {
        code: code.to_owned(),
        severity: Severity::Blocking,
        field: Some(path.clone()),
        line: Some(line),
        message,
        next,
    }
}
