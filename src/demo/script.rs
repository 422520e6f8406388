//! The script of the past, as `demo/past.toml` spells it; its header says what each verb means.

use anyhow::{Context, Result};
use indexmap::IndexMap;
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use toml::value::Datetime;

use super::texts;
use crate::record::FieldPath;

/// The whole past.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Past {
    /// Who adopts the register, and when.
    pub adopted: Adopted,
    /// How a new record begins.
    pub start: Start,
    /// The fields that an edit leaves as they are.
    pub kept: Kept,
    /// What happens, in this order.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Adopted {
    pub by: String,
    pub at: Datetime,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Start {
    pub set: IndexMap<String, String>,
    pub remove: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    pub fields: Vec<String>,
}

/// What somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Verb {
    Add,
    Edit,
    Push,
    Submit,
    Approve,
    Return,
    Comment,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub at: Datetime,
    /// A short name of the policy.
    pub by: String,
    #[serde(rename = "do")]
    pub verb: Verb,
    /// A folder of texts as they once were.
    pub texts: Option<String>,
    #[serde(default)]
    pub files: Vec<String>,
    /// Fields of the author's own, set at last.
    #[serde(default)]
    pub set: IndexMap<String, String>,
    #[serde(default)]
    pub records: Vec<String>,
    pub transition: Option<String>,
    /// What a commit is called, or what an author tells the reviewers.
    pub message: Option<String>,
    pub reason: Option<String>,
    pub text: Option<String>,
    /// The version that must come of it.
    pub version: Option<String>,
}

impl Past {
    /// Reads the script that the binary carries.
    pub fn read() -> Result<Self> {
        toml::from_str(&texts::script()?).context("the sample's past does not read")
    }
}

/// Returns a moment as seconds since 1970 in UTC.
pub(super) fn seconds(at: &Datetime) -> Result<i64> {
    let moment = OffsetDateTime::parse(&at.to_string(), &Rfc3339)
        .with_context(|| format!("{at} is no moment in UTC"))?;
    Ok(moment.unix_timestamp())
}

/// Returns field paths from their names.
pub(super) fn fields(names: &[String]) -> Result<Vec<FieldPath>> {
    Ok(names
        .iter()
        .map(|name| name.parse())
        .collect::<Result<_, _>>()?)
}
