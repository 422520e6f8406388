//! Reading a record file into fields with lines and byte ranges.

use super::source::{Source, Syntax};
use super::tree::{Tree, to_fields};
use super::{Body, Format, Record, json, toml, yaml};
use crate::refusal::Refusal;

/// Returns the record that a file holds.
///
/// # Errors
///
/// Refuses what cannot be read as exactly one record: a foreign encoding, no fields, a syntax error, a key twice, a second document, a root that is
/// no map, or a file beyond the limits. The place has line and column where they are known; its path is the caller's to set.
pub fn parse(source: &[u8], format: Format) -> Result<Record, Refusal> {
    let source = Source::open(source, format)?;
    let root = read(&source)?;
    Ok(to_record(&source, &root))
}

/// Returns the root map of an opened file.
pub(super) fn read(source: &Source) -> Result<Tree, Refusal> {
    match source.syntax {
        Syntax::Yaml => yaml::read(source),
        Syntax::Toml => toml::read(source),
        Syntax::Json => json::read(source),
    }
}

/// Returns the record of an opened file and its root map.
pub(super) fn to_record(source: &Source, root: &Tree) -> Record {
    Record {
        fields: to_fields(root.entries().unwrap_or_default(), source),
        body: source.body.map(|start| Body {
            text: source.text[start..].to_owned(),
            line: source.line(start),
            start,
        }),
    }
}

#[cfg(test)]
mod tests;
