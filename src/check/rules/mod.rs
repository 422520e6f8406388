//! Named rules: each is on where the policy's `[collections.NAME.rules]` names it, with the severity given there.
//!
//! They speak of fields by the names that editorial registers use: `title`, `definition`, `summary`, `claims`, `scope`, `boundaries`,
//! `references`. A record without such a field has nothing that the rule could judge; whether the field must be there is for the schema to say.

mod citation;
mod complete;
mod definition;
mod markdown;
mod support;

pub(super) use markdown::is_too_large;

use std::cell::OnceCell;

use super::outline::Outline;
use super::{Finding, MAX_FINDINGS, words};
use crate::policy::{Collection, Severity};
use crate::record::diff::addresses;
use crate::record::{FieldPath, Node, Record, Segment, Value};

/// A rule that a policy may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleInfo {
    /// The code, by which the policy names it.
    pub code: &'static str,
    /// What it asks for, in one sentence without a final full stop.
    pub title: &'static str,
    /// The severity that is proposed for it.
    pub severity: Severity,
}

/// Every rule of this module.
pub const RULES: &[RuleInfo] = &[
    RuleInfo {
        code: "T01",
        title: "Texts and sections that are there say something, and no placeholder is left",
        severity: Severity::Blocking,
    },
    RuleInfo {
        code: "T02",
        title: "A definition is one sentence of its own, and no claim is also a boundary",
        severity: Severity::Blocking,
    },
    RuleInfo {
        code: "T03",
        title: "Each claim is supported by a reference",
        severity: Severity::Warning,
    },
    RuleInfo {
        code: "F01",
        title: "Each reference names its target in the form of its type",
        severity: Severity::Blocking,
    },
    RuleInfo {
        code: "D01",
        title: "The body is plain Markdown that is safe to show, and the file is small enough to review",
        severity: Severity::Blocking,
    },
];

/// Returns what the rules that the collection names find in a record. Codes that are not [`RULES`] are somebody else's.
pub(super) fn findings(collection: &Collection, record: &Record) -> Vec<Finding> {
    let subject = Subject::new(record);
    let mut found = Vec::new();
    for (code, severity) in &collection.rules {
        let faults = faults(code, &subject).into_iter().take(MAX_FINDINGS + 1);
        found.extend(faults.map(|fault| fault.into_finding(code, *severity)));
    }
    found
}

fn faults(code: &str, subject: &Subject<'_>) -> Vec<Fault> {
    match code {
        "T01" => complete::faults(subject),
        "T02" => definition::faults(subject),
        "T03" => support::faults(subject),
        "F01" => citation::faults(subject),
        "D01" => markdown::faults(subject),
        _ => Vec::new(),
    }
}

/// A finding before the policy has said how serious it is.
struct Fault {
    field: FieldPath,
    line: u32,
    message: String,
    next: String,
}

impl Fault {
    fn new(
        field: &FieldPath,
        line: u32,
        message: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self {
            field: field.clone(),
            line,
            message: message.into(),
            next: next.into(),
        }
    }

    fn into_finding(self, code: &str, severity: Severity) -> Finding {
        Finding {
            code: code.to_owned(),
            severity,
            field: Some(self.field),
            line: Some(self.line),
            message: self.message,
            next: self.next,
        }
    }
}

/// A record, and its outline once a rule asks for it.
struct Subject<'a> {
    record: &'a Record,
    outline: OnceCell<Outline>,
}

/// An item of a list of texts: `claims`, `scope`, `boundaries`.
struct Item<'a> {
    field: FieldPath,
    node: &'a Node,
    /// Its text: the item itself, or its field `text`; blank where there is none.
    text: &'a str,
}

impl<'a> Subject<'a> {
    fn new(record: &'a Record) -> Self {
        Self {
            record,
            outline: OnceCell::new(),
        }
    }

    fn outline(&self) -> &Outline {
        self.outline.get_or_init(|| {
            let body = self.record.body.as_ref();
            body.filter(|_| !markdown::is_too_large(self.record))
                .map_or_else(Outline::default, Outline::of)
        })
    }

    fn field(&self, name: &str) -> Option<&'a Node> {
        self.record.fields.get(name)
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        self.field(name)?
            .as_text()
            .filter(|text| !text.trim().is_empty())
    }

    /// Returns the nodes of a list and their addresses.
    fn list(&self, name: &str) -> Vec<(FieldPath, &'a Node)> {
        let Some(Value::List(items)) = self.field(name).map(|node| &node.value) else {
            return Vec::new();
        };
        let path = FieldPath::key(name);
        let addressed = addresses(items).into_iter().zip(items);
        addressed
            .map(|(segment, node)| (path.join(segment), node))
            .collect()
    }

    /// Returns the items of a list of texts.
    fn items(&self, name: &str) -> Vec<Item<'a>> {
        let item = |(field, node): (FieldPath, &'a Node)| Item {
            field,
            node,
            text: entry(node, "text").or(node.as_text()).unwrap_or_default(),
        };
        self.list(name).into_iter().map(item).collect()
    }
}

/// Returns the text of an entry of a map.
fn entry<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
    match &node.value {
        Value::Map(fields) => fields.get(key)?.as_text(),
        Value::Scalar(_) | Value::List(_) => None,
    }
}

/// Returns the address of a section of the body.
fn section(slug: Option<&String>) -> FieldPath {
    match slug {
        Some(slug) => FieldPath::body().join(Segment::Section(slug.clone())),
        None => FieldPath::body(),
    }
}

/// Returns a field's address in quotes.
fn name(path: &FieldPath) -> String {
    words::field(path)
}

#[cfg(test)]
mod tests;
