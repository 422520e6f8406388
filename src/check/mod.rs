//! Rules and findings: what is wrong with a record, where, and what to do about it.
//!
//! Pure: a rule is given the record and what else it needs. Whether references resolve and ids are unique is asked of all records together, so
//! the index answers that; this module says which fields refer.

use crate::policy::Severity;
use crate::record::FieldPath;

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

/// A field that names another record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The field.
    pub field: FieldPath,
    /// One-based line in the file.
    pub line: u32,
    /// The id it names.
    pub target: String,
}
pub struct Schema; impl Schema { pub fn read(_: &str) -> Result<Self, crate::refusal::Refusal> { Ok(Self) } }
pub fn findings(_: &crate::policy::Collection, _: &crate::policy::Workflow, _: Option<&Schema>, _: &crate::record::Record) -> Vec<Finding> { vec![] }
pub fn references(_: &crate::policy::Collection, _: &crate::record::Record) -> Vec<Reference> { vec![] }
