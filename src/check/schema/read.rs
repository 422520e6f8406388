//! Reading a schema: limits first, then references, then the compiler.

use std::collections::{HashMap, HashSet};

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{Draft, PatternOptions, ValidationError, Validator};
use serde_json::Value as Json;

use super::cost::{
    CHILD_LIST, CHILD_MAP, CHILD_ONE, REFERENCES, SAME_LIST, SAME_MAP, SAME_ONE, members,
};
use crate::check::words::shown;
use crate::refusal::Refusal;

/// The largest schema that is read.
pub const MAX_SCHEMA_BYTES: usize = 256 * 1024;

/// The most references in one schema: the compiler follows them one inside the other.
const MAX_REFERENCES: usize = 256;

/// The longest way through `$ref`, `allOf` and the like at one and the same value.
const MAX_CHAIN: u32 = 64;

/// The largest program that one pattern may become.
const MAX_PATTERN_BYTES: usize = 1024 * 1024;

/// Keywords whose value maps names to schemas that wait to be referred to.
const DEFINITIONS: &[&str] = &["$defs", "definitions"];

/// The one dialect that is read.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Returns a schema's value after everything that can be judged without compiling it.
pub(super) fn source(text: &str) -> Result<Json, Refusal> {
    if text.len() > MAX_SCHEMA_BYTES {
        return Err(Refusal::new(
            "CHK-SCHEMA-001",
            format!(
                "the schema has {} bytes, and at most {MAX_SCHEMA_BYTES} are read",
                text.len()
            ),
            "make the schema smaller",
        ));
    }
    let source: Json =
        serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(not_json)?;
    has_dialect(&source)?;
    chains_end(&source, &schemas(&source)?)?;
    Ok(source)
}

/// Returns the compiled schema.
pub(super) fn compile(source: &Json) -> Result<Validator, Refusal> {
    let patterns = PatternOptions::regex()
        .size_limit(MAX_PATTERN_BYTES)
        .dfa_size_limit(MAX_PATTERN_BYTES);
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .offline()
        .should_validate_formats(true)
        .should_ignore_unknown_formats(true)
        .with_pattern_options(patterns)
        .build(source)
        .map_err(|error| not_valid(&error))
}

/// Returns the schema that a reference names: `#`, `#/a/pointer` or `#anchor`.
pub(super) fn target<'a>(root: &'a Json, reference: &str) -> Option<&'a Json> {
    let fragment = reference.strip_prefix('#')?;
    let decoded = percent_encoding::percent_decode_str(fragment)
        .decode_utf8()
        .ok()?;
    if decoded.is_empty() || decoded.starts_with('/') {
        return root.pointer(&decoded);
    }
    find_anchor(root, &decoded)
}

/// Looks in every value, so that a look-alike inside an `enum` is found too: harmless, since all it can do is be counted.
fn find_anchor<'a>(value: &'a Json, name: &str) -> Option<&'a Json> {
    let is_named = ["$anchor", "$dynamicAnchor"]
        .iter()
        .any(|keyword| value.get(keyword).and_then(Json::as_str) == Some(name));
    if is_named {
        return Some(value);
    }
    members(value).find_map(|inner| find_anchor(inner, name))
}

fn not_json(error: serde_json::Error) -> Refusal {
    let line = u32::try_from(error.line()).unwrap_or(u32::MAX);
    let column = u32::try_from(error.column()).unwrap_or(u32::MAX);
    let cause = format!("the schema is not JSON: {}", cause_of(&error));
    Refusal::new("CHK-SCHEMA-002", cause, "repair the file at this place").at(line, column)
}

/// Returns the reader's words without the place, which the refusal carries.
fn cause_of(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

fn has_dialect(source: &Json) -> Result<(), Refusal> {
    let refusal = |cause: String| {
        let next = format!("write a JSON Schema of the dialect {DIALECT}");
        Err(Refusal::new("CHK-SCHEMA-003", cause, next))
    };
    let Some(root) = source.as_object() else {
        return refusal("the schema is not an object".to_owned());
    };
    match root
        .get("$schema")
        .map(|dialect| dialect.as_str().unwrap_or_default())
    {
        None => Ok(()),
        Some(dialect) if dialect.trim_end_matches('#') == DIALECT => Ok(()),
        Some(other) => refusal(format!("the schema's dialect is {}", shown(other))),
    }
}

/// Returns every subschema, the root first, and what references name wherever it stands.
///
/// # Errors
///
/// When a reference leads out of the file or to nothing, or there are too many.
fn schemas(source: &Json) -> Result<Vec<&Json>, Refusal> {
    let mut found = vec![source];
    let mut seen: HashSet<*const Json> = HashSet::new();
    let mut count = 0;
    let mut next = 0;
    while let Some(schema) = found.get(next).copied() {
        next += 1;
        if !seen.insert(schema) {
            continue;
        }
        is_not_embedded(schema, next > 1)?;
        found.extend(inner_schemas(schema));
        for reference in references(schema) {
            count += 1;
            found.push(followed(source, reference, count)?);
        }
    }
    Ok(found)
}

/// Returns the schemas that stand in a schema's keywords.
fn inner_schemas(schema: &Json) -> Vec<&Json> {
    let mut found = Vec::new();
    for (keyword, inner) in schema.as_object().into_iter().flatten() {
        let keyword = keyword.as_str();
        let lists = [SAME_LIST, SAME_MAP, CHILD_LIST, CHILD_MAP, DEFINITIONS];
        if SAME_ONE.contains(&keyword) || CHILD_ONE.contains(&keyword) {
            found.push(inner);
        } else if lists.iter().any(|list| list.contains(&keyword)) {
            found.extend(members(inner));
        }
    }
    found
}

/// Refuses a second document inside the first: its references would be counted from elsewhere.
fn is_not_embedded(schema: &Json, is_inner: bool) -> Result<(), Refusal> {
    let Some(id) = schema.get("$id").filter(|_| is_inner) else {
        return Ok(());
    };
    let name = shown(id.as_str().unwrap_or_default());
    Err(Refusal::new(
        "CHK-SCHEMA-004",
        format!("the schema holds another one inside it, {name}"),
        "write it under $defs without an $id, and refer to it as #/$defs/NAME",
    ))
}

fn references(schema: &Json) -> impl Iterator<Item = &str> {
    REFERENCES
        .iter()
        .filter_map(|keyword| schema.get(keyword)?.as_str())
}

/// Returns what the reference of that number names.
fn followed<'a>(root: &'a Json, reference: &str, number: usize) -> Result<&'a Json, Refusal> {
    if number > MAX_REFERENCES {
        return Err(Refusal::new(
            "CHK-SCHEMA-005",
            format!("the schema has more than {MAX_REFERENCES} references"),
            "write out the smaller definitions where they are used",
        ));
    }
    if !reference.starts_with('#') {
        return Err(Refusal::new(
            "CHK-SCHEMA-004",
            format!(
                "the schema refers to {}, outside its own file; nothing is fetched",
                shown(reference)
            ),
            "copy what is meant under $defs, and refer to it as #/$defs/NAME",
        ));
    }
    target(root, reference).ok_or_else(|| {
        Refusal::new(
            "CHK-SCHEMA-005",
            format!(
                "the schema refers to {}, which is not there",
                shown(reference)
            ),
            "define it, or correct the reference",
        )
    })
}

/// Refuses references that come round, or go on for long, without stepping into a child: the validator would never end.
fn chains_end<'a>(root: &'a Json, schemas: &[&'a Json]) -> Result<(), Refusal> {
    let mut chains = Chains {
        root,
        known: HashMap::new(),
    };
    let ends = |schema: &&'a Json| chains.length(schema, 0).is_some();
    if schemas.iter().all(ends) {
        return Ok(());
    }
    let cause = format!(
        "the schema refers to itself, or through more than {MAX_CHAIN} definitions, without stepping into a field or an item"
    );
    Err(Refusal::new(
        "CHK-SCHEMA-005",
        cause,
        "let $ref, allOf, anyOf and oneOf lead to an end",
    ))
}

struct Chains<'a> {
    root: &'a Json,
    /// Where a schema stands in memory -> how long its longest chain is.
    known: HashMap<*const Json, u32>,
}

impl<'a> Chains<'a> {
    fn length(&mut self, schema: &'a Json, above: u32) -> Option<u32> {
        let address: *const Json = schema;
        let length = match self.known.get(&address) {
            Some(length) => *length,
            None if above > MAX_CHAIN => return None,
            None => {
                let mut longest = 0;
                for inner in self.same_value(schema) {
                    longest = longest.max(1 + self.length(inner, above + 1)?);
                }
                self.known.insert(address, longest);
                longest
            }
        };
        (above + length <= MAX_CHAIN).then_some(length)
    }

    /// Returns the schemas that judge the same value as part of this one.
    fn same_value(&self, schema: &'a Json) -> Vec<&'a Json> {
        let get = |keyword: &&str| schema.get(*keyword);
        let one = SAME_ONE.iter().filter_map(get);
        let many = SAME_LIST
            .iter()
            .chain(SAME_MAP)
            .filter_map(get)
            .flat_map(members);
        let meant = references(schema).filter_map(|name| target(self.root, name));
        one.chain(many).chain(meant).collect()
    }
}

fn not_valid(error: &ValidationError<'_>) -> Refusal {
    let place = match error.instance_path().as_str() {
        "" => "its root".to_owned(),
        pointer => shown(pointer),
    };
    let text: String = error.to_string().chars().take(300).collect();
    let is_pattern = matches!(error.kind(), Kind::Format { format } if format == "regex")
        || error.kind().keyword() == "pattern";
    if is_pattern {
        return Refusal::new(
            "CHK-SCHEMA-007",
            format!("a pattern of the schema at {place} cannot be run: {text}"),
            "write it without look-around and back-references, and with small repetitions",
        );
    }
    Refusal::new(
        "CHK-SCHEMA-006",
        format!("the schema is not a valid one at {place}: {text}"),
        "correct it as JSON Schema 2020-12 asks",
    )
}
