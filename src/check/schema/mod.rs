//! A collection's JSON Schema (2020-12): read with care, asked for findings, shown as a form.
//!
//! A schema is content, and content is hostile: it may refer to nothing outside its own file, its patterns run on an engine of linear time, and the
//! work of judging a record is counted before it is done (see [`cost`]).

mod cost;
mod property;
mod read;
mod violation;

pub use property::{Property, PropertyKind, Shape};
pub use read::MAX_SCHEMA_BYTES;

use jsonschema::Validator;
use serde_json::Value as Json;

use super::{Finding, MAX_FINDINGS, locate, to_json};
use crate::policy::Severity;
use crate::record::Record;
use crate::refusal::Refusal;

/// A schema that was read whole and compiled.
#[derive(Debug)]
pub struct Schema {
    source: Json,
    validator: Validator,
}

impl Schema {
    /// Reads a schema.
    ///
    /// # Errors
    ///
    /// Refuses what is too large, no JSON, no object, of another draft than 2020-12, refers outside its file or to itself without an end, or does not
    /// compile. The place is the caller's to set.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        let source = read::source(text)?;
        let validator = read::compile(&source)?;
        Ok(Self { source, validator })
    }

    /// Returns the top-level properties, in the order of the file, each with what stands in it.
    pub fn properties(&self) -> Vec<Property> {
        property::properties(&self.source)
    }

    /// Returns where a record does not fit, a little more than [`MAX_FINDINGS`] of them at most.
    pub(super) fn findings(&self, record: &Record) -> Vec<Finding> {
        let value = to_json(record);
        if !cost::is_bounded(&self.source, &value) {
            return vec![too_costly(record)];
        }
        let mut found = Vec::new();
        for error in self.validator.iter_errors(&value).take(MAX_FINDINGS + 1) {
            violation::explain(&self.source, record, &error, &mut found);
        }
        found
    }
}

fn too_costly(record: &Record) -> Finding {
    Finding {
        code: "S11".to_owned(),
        severity: Severity::Blocking,
        field: None,
        line: Some(locate::first_line(record)),
        message: "judging this record by its schema would take too many steps".to_owned(),
        next: "make the record smaller or less deeply nested, or simplify the parts of the schema that refer to themselves".to_owned(),
    }
}

#[cfg(test)]
mod tests;
