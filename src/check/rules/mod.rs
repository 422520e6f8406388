//! Named rules: each is on where the policy's `[collections.NAME.rules]` names it, with the severity given there.
//!
//! They speak of fields by the names that editorial registers use: `title`, `definition`, `summary`, `claims`, `scope`, `boundaries`,
//! `references`. A record without such a field has nothing that the rule could judge; whether the field must be there is for the schema to say.

use super::Finding;
use crate::policy::{Collection, Severity};
use crate::record::Record;

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
pub const RULES: &[RuleInfo] = &[];

/// Returns what the rules that the collection names find in a record.
pub(super) fn findings(_collection: &Collection, _record: &Record) -> Vec<Finding> {
    Vec::new()
}
