//! What a violation of the schema means to the person who wrote the record.

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value as Json;

use crate::check::locate::{Located, locate};
use crate::check::{Finding, words};
use crate::policy::Severity;
use crate::policy::suggest::{instead, listed};
use crate::record::{FieldPath, Record};

/// The most allowed values that one message lists.
const LISTED: usize = 12;

/// Adds what a violation means: one finding, or one for each unknown field.
pub(super) fn explain(
    schema: &Json,
    record: &Record,
    error: &ValidationError<'_>,
    found: &mut Vec<Finding>,
) {
    let at = locate(record, error.instance_path().as_str());
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let known = known_fields(schema, error);
            let unknown = unexpected
                .iter()
                .map(|name| unknown_field(record, &at, name, &known));
            found.extend(unknown);
        }
        Kind::Required { property } => found.push(missing_field(&at, property)),
        kind => found.push(wrong_value(&at, kind, error)),
    }
}

/// S02: a field that the schema does not know.
fn unknown_field(record: &Record, at: &Located<'_>, name: &str, known: &[&str]) -> Finding {
    let field = at.child(name);
    let line = record.get(&field).map_or(at.line, |node| node.line);
    let next = match known {
        [] => "remove it, or have it added to the schema".to_owned(),
        _ => instead(name, known),
    };
    let message = format!("{} is no field that the schema knows", words::field(&field));
    finding("S02", Some(field), line, message, next)
}

/// S06: a field that must be there and is not.
fn missing_field(at: &Located<'_>, property: &Json) -> Finding {
    let field = at.child(property.as_str().unwrap_or_default());
    let message = format!("{} is missing", words::field(&field));
    finding("S06", Some(field), at.line, message, "add it".to_owned())
}

/// S04: a value that does not fit.
fn wrong_value(at: &Located<'_>, kind: &Kind, error: &ValidationError<'_>) -> Finding {
    let name = match &at.field {
        Some(path) => words::field(path),
        None => "the record".to_owned(),
    };
    let (message, next) = wording(at, &name, kind, error);
    finding("S04", at.field.clone(), at.line, message, next)
}

/// Returns what is wrong and what to do, in that order.
fn wording(
    at: &Located<'_>,
    name: &str,
    kind: &Kind,
    error: &ValidationError<'_>,
) -> (String, String) {
    match kind {
        Kind::Type { kind } => wrong_type(at, name, kind),
        Kind::Enum { options } => not_a_choice(at, name, &choices(options)),
        Kind::Constant { expected_value } => not_a_choice(at, name, &[plain(expected_value)]),
        Kind::Format { format } => wrong_format(at, name, format),
        Kind::Pattern { pattern } => (
            format!(
                "{name} is {}, which has not the form {}",
                what(at),
                words::shown(pattern)
            ),
            "write it in that form".to_owned(),
        ),
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            no_alternative(at, name, context)
        }
        other => wrong_size(at, name, other)
            .or_else(|| wrong_list(name, other))
            .unwrap_or_else(|| otherwise(name, error)),
    }
}

fn wrong_type(at: &Located<'_>, name: &str, kind: &TypeKind) -> (String, String) {
    let types: Vec<JsonType> = match kind {
        TypeKind::Single(one) => vec![*one],
        TypeKind::Multiple(several) => several.iter().collect(),
    };
    let wanted: Vec<&str> = types.iter().map(|one| type_name(*one)).collect();
    let wanted = wanted.join(" or ");
    let is_scalar = at.node.is_some_and(|node| node.as_text().is_some());
    let next = if is_scalar && types.contains(&JsonType::String) {
        "put the value in quotes, so that it is read as text".to_owned()
    } else {
        format!("make it {wanted}")
    };
    (
        format!("{name} is {}, and should be {wanted}", what(at)),
        next,
    )
}

fn type_name(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Null => "empty",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Number => "a number",
        JsonType::String => "text",
        JsonType::Array => "a list",
        JsonType::Object => "a group of fields",
    }
}

fn not_a_choice(at: &Located<'_>, name: &str, choices: &[String]) -> (String, String) {
    let known: Vec<&str> = choices.iter().map(String::as_str).collect();
    let written = at.node.and_then(|node| node.as_text()).unwrap_or_default();
    let message = format!("{name} is {}, which is not an allowed value", what(at));
    let next = match instead(written, &known) {
        guess if guess.starts_with("did you mean") => guess,
        _ if known.len() > LISTED => {
            format!(
                "write one of {} and others that the schema lists",
                listed(known.iter().copied().take(LISTED))
            )
        }
        _ => format!(
            "write {}{}",
            if known.len() > 1 { "one of " } else { "" },
            listed(known.iter().copied())
        ),
    };
    (message, next)
}

fn wrong_format(at: &Located<'_>, name: &str, format: &str) -> (String, String) {
    let written = at
        .node
        .and_then(|node| node.as_text())
        .map_or_else(|| what(at), words::shown);
    let (wanted, next) = match format {
        "date" => (
            "a date",
            "write it as YYYY-MM-DD, and a day that the calendar has",
        ),
        "date-time" => ("a date and time", "write it like 2026-03-16T09:30:00Z"),
        "time" => ("a time", "write it like 09:30:00Z"),
        "duration" => ("a duration", "write it like P3D or PT2H"),
        "email" | "idn-email" => ("an e-mail address", "write it like name@example.org"),
        "uri" | "iri" => (
            "a full address",
            "write it with its scheme, such as https://example.org/page",
        ),
        "uri-reference" | "iri-reference" => ("an address", "write an address without spaces"),
        "hostname" | "idn-hostname" => ("a host name", "write it like www.example.org"),
        "uuid" => (
            "a UUID",
            "write it like 123e4567-e89b-42d3-a456-426614174000",
        ),
        "regex" => ("a regular expression", "correct its syntax"),
        other => {
            let wanted = format!("of the format {}", words::shown(other));
            return (
                format!("{name} is {written}, which is not {wanted}"),
                "write it in that format".to_owned(),
            );
        }
    };
    (
        format!("{name} is {written}, which is not {wanted}"),
        next.to_owned(),
    )
}

/// Returns the wording for lengths and amounts.
fn wrong_size(at: &Located<'_>, name: &str, kind: &Kind) -> Option<(String, String)> {
    let text = at.node.and_then(|node| node.as_text()).unwrap_or_default();
    let length = || words::counted(text.chars().count() as u64, "character");
    let pair = |message: String, next: &str| Some((message, next.to_owned()));
    match kind {
        Kind::MinLength { limit: 1 } => pair(format!("{name} is empty"), "write something"),
        Kind::MinLength { limit } => pair(
            format!("{name} has {}; it needs {limit} or more", length()),
            "say more",
        ),
        Kind::MaxLength { limit } => pair(
            format!("{name} has {}; it may have {limit} at most", length()),
            "say it shorter",
        ),
        Kind::Minimum { limit } => pair(
            format!("{name} is {}, and should be {limit} or more", what(at)),
            "write a larger number",
        ),
        Kind::ExclusiveMinimum { limit } => pair(
            format!("{name} is {}, and should be more than {limit}", what(at)),
            "write a larger number",
        ),
        Kind::Maximum { limit } => pair(
            format!("{name} is {}, and should be {limit} or less", what(at)),
            "write a smaller number",
        ),
        Kind::ExclusiveMaximum { limit } => pair(
            format!("{name} is {}, and should be less than {limit}", what(at)),
            "write a smaller number",
        ),
        Kind::MultipleOf { multiple_of } => pair(
            format!(
                "{name} is {}, and should be a multiple of {multiple_of}",
                what(at)
            ),
            "write such a number",
        ),
        _ => None,
    }
}

/// Returns the wording for lists and groups.
fn wrong_list(name: &str, kind: &Kind) -> Option<(String, String)> {
    let pair = |message: String, next: &str| Some((message, next.to_owned()));
    match kind {
        Kind::MinItems { limit } => pair(
            format!("{name} has too few items; it needs {limit} or more"),
            "add what is missing",
        ),
        Kind::MaxItems { limit } => pair(
            format!("{name} has too many items; it may have {limit} at most"),
            "take some out",
        ),
        Kind::AdditionalItems { limit } => pair(
            format!("{name} has too many items; it may have {limit}"),
            "take the others out",
        ),
        Kind::UnevaluatedItems { .. } => pair(
            format!("{name} has items that the schema does not know"),
            "take them out",
        ),
        Kind::MinProperties { limit } => pair(
            format!("{name} has too few fields; it needs {limit} or more"),
            "add what is missing",
        ),
        Kind::MaxProperties { limit } => pair(
            format!("{name} has too many fields; it may have {limit} at most"),
            "take some out",
        ),
        Kind::UniqueItems => pair(
            format!("{name} holds an item twice"),
            "take one of the two out",
        ),
        Kind::Contains => pair(
            format!("{name} lacks an item that the schema asks for"),
            "add it",
        ),
        Kind::PropertyNames { error } => {
            let key = error
                .instance()
                .as_str()
                .map(words::shown)
                .unwrap_or_default();
            pair(
                format!("{name} has a field whose name {key} is not allowed"),
                "rename the field",
            )
        }
        Kind::FalseSchema => pair(format!("{name} is not allowed here"), "remove it"),
        Kind::Not { .. } => pair(
            format!("{name} is what the schema rules out"),
            "change it, or remove it",
        ),
        Kind::OneOfMultipleValid { .. } => pair(
            format!("{name} fits several forms of which exactly one is allowed"),
            "remove what belongs to the other form",
        ),
        _ => None,
    }
}

/// Says of each alternative what stands in its way: the first thing is enough to tell which one was meant.
fn no_alternative(
    at: &Located<'_>,
    name: &str,
    context: &[Vec<ValidationError<'static>>],
) -> (String, String) {
    let hints: Vec<String> = context
        .iter()
        .filter_map(|errors| errors.first())
        .take(3)
        .map(|error| match error.kind() {
            Kind::Required { property } => format!(
                "{} is added",
                words::shown(property.as_str().unwrap_or_default())
            ),
            Kind::Type {
                kind: TypeKind::Single(kind),
            } => format!("it is {}", type_name(*kind)),
            other => format!("it meets \"{}\"", other.keyword()),
        })
        .collect();
    let next = match hints.len() {
        0 => "compare it with the schema".to_owned(),
        _ => format!("it fits when {}", hints.join(", or when ")),
    };
    let what = at
        .node
        .map(words::kind)
        .unwrap_or_else(|| "as it stands".to_owned());
    (
        format!("{name} is {what}, which fits none of the allowed forms"),
        next,
    )
}

/// Words for what has none above: engine limits, encodings.
fn otherwise(name: &str, error: &ValidationError<'_>) -> (String, String) {
    let text: String = error.to_string().chars().take(200).collect();
    let said = text.trim_end_matches('.').replace(char::is_control, " ");
    (
        format!(
            "{name} does not meet \"{}\" of the schema ({said})",
            error.kind().keyword()
        ),
        "compare it with the schema".to_owned(),
    )
}

fn what(at: &Located<'_>) -> String {
    at.node
        .map_or_else(|| "a group of fields".to_owned(), words::kind)
}

fn choices(options: &Json) -> Vec<String> {
    options
        .as_array()
        .into_iter()
        .flatten()
        .map(plain)
        .collect()
}

fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Returns the fields that the schema declares where an unknown one was found.
fn known_fields<'a>(schema: &'a Json, error: &ValidationError<'_>) -> Vec<&'a str> {
    let pointer = error.schema_path().as_str();
    let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
    let declared = schema
        .pointer(parent)
        .and_then(|at| at.get("properties")?.as_object());
    declared
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect()
}

fn finding(
    code: &str,
    field: Option<FieldPath>,
    line: u32,
    message: String,
    next: String,
) -> Finding {
    Finding {
        code: code.to_owned(),
        severity: Severity::Blocking,
        field,
        line: Some(line),
        message,
        next,
    }
}
