//! Rules and findings: what is wrong with a record, where, and what to do about it.
//!
//! Pure: a rule is given the record and what else it needs. Whether references resolve and ids are unique is asked of all records together, so
//! the index answers that; this module says which fields refer.
//!
//! Three kinds of findings come from a file alone: its fields do not fit the collection's schema, its id, status, version or title cannot be what the
//! register needs, or a named rule that the policy turned on ([`RULES`]) does not like it. A schema that fails, a hostile record and a rule that
//! finds thousands of faults are all bounded: [`findings`] always answers, and never with more than [`MAX_FINDINGS`].

mod attachment;
mod json_value;
mod locate;
mod outline;
mod reference;
mod register;
mod rules;
mod schema;
mod words;

pub use attachment::{
    AttachmentLink, FileKind, MAX_ATTACHMENT_BYTES, MAX_ATTACHMENTS, attachments, attachments_in,
    beyond_review, false_attachment, is_attached_file, is_attachment, link_addresses, links,
    missing_attachment, refuse_attachment, unfit_size,
};
pub use json_value::to_json;
pub use reference::references;
pub use rules::{RULES, RuleInfo};
pub use schema::{MAX_SCHEMA_BYTES, Property, PropertyKind, Schema, Shape};

use crate::policy::{Collection, Severity, Workflow};
use crate::record::{FieldPath, Record};

/// The most findings that are told of one record: whoever repairs these will see what is left.
pub const MAX_FINDINGS: usize = 50;

/// What a rule found wrong with one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable, documented code.
    pub code: String,
    /// How serious it is.
    pub severity: Severity,
    /// The field meant, when one is.
    pub field: Option<FieldPath>,
    /// One-based line in the file.
    pub line: Option<u32>,
    /// What is wrong, one sentence without a final full stop.
    pub message: String,
    /// What to do, one sentence without a final full stop.
    pub next: String,
}

/// A field that names another record, or a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The field.
    pub field: FieldPath,
    /// One-based line in the file.
    pub line: u32,
    /// The id, or the path, that it names.
    pub target: String,
}

/// Returns what is wrong with a record, as far as its file alone can tell, in file order.
///
/// A collection without a schema, or whose schema is not to be had, passes `None`: then the fields are not judged, and everything else is.
pub fn findings(
    collection: &Collection,
    workflow: &Workflow,
    schema: Option<&Schema>,
    record: &Record,
) -> Vec<Finding> {
    let mut found = register::findings(collection, workflow, record);
    if let Some(schema) = schema {
        let known: Vec<FieldPath> = found.iter().filter_map(|one| one.field.clone()).collect();
        let more = schema.findings(record).into_iter();
        // One fault is told once: "status is misspelt" says more than "status is not one of the allowed values".
        found.extend(more.filter(|one| !one.field.as_ref().is_some_and(|at| known.contains(at))));
    }
    found.extend(rules::findings(collection, record));
    in_bounds(found)
}

/// Returns the findings in file order, the blocking ones kept first where there are too many.
fn in_bounds(mut found: Vec<Finding>) -> Vec<Finding> {
    let all = found.len();
    if all > MAX_FINDINGS {
        found.sort_by_key(|one| std::cmp::Reverse(one.severity));
        found.truncate(MAX_FINDINGS - 1);
        found.push(Finding {
            code: "S10".to_owned(),
            severity: Severity::Information,
            field: None,
            line: None,
            message: format!("there are more findings than the {} told here", found.len()),
            next: "repair these first; the others are told then".to_owned(),
        });
    }
    // What has no line speaks of the whole and stands last.
    found.sort_by_key(|one| one.line.unwrap_or(u32::MAX));
    found
}

#[cfg(test)]
mod tests;
