//! A schema's top-level properties, as a form shows them.

use serde_json::Value as Json;

use super::read::target;
use crate::record::{Scalar, ScalarKind};

/// A field as its schema describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    /// The key in the file.
    pub name: String,
    /// What people call it.
    pub title: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether a record must have it.
    pub required: bool,
    /// What its value is.
    pub shape: Shape,
    /// For a list, what an item is; `None` where the schema does not say.
    pub item: Option<Shape>,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Shape {
    /// The type; where several are allowed, the first that is not null.
    pub kind: Option<PropertyKind>,
    /// The allowed values, where they are enumerated; null is left out.
    pub choices: Vec<Scalar>,
    /// The format, such as `date`, `uri` or `markdown`.
    pub format: Option<String>,
    /// The longest text, in characters.
    pub max_length: Option<u64>,
}

/// A JSON type, in the words of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PropertyKind {
    /// `string`
    Text,
    /// `integer`
    Integer,
    /// `number`
    Number,
    /// `boolean`
    Bool,
    /// `array`
    List,
    /// `object`
    Map,
}

/// Returns the properties at the root of a schema, in file order.
pub(super) fn properties(root: &Json) -> Vec<Property> {
    let required: Vec<&str> = root["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Json::as_str)
        .collect();
    root["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, schema)| property(root, name, schema, required.contains(&name.as_str())))
        .collect()
}

fn property(root: &Json, name: &str, schema: &Json, required: bool) -> Property {
    Property {
        name: name.to_owned(),
        title: text(root, schema, "title"),
        description: text(root, schema, "description"),
        required,
        shape: shape(root, schema),
        item: find(root, schema, "items").map(|items| shape(root, items)),
    }
}

fn shape(root: &Json, schema: &Json) -> Shape {
    Shape {
        kind: find(root, schema, "type").and_then(kind),
        choices: choices(root, schema),
        format: text(root, schema, "format"),
        max_length: find(root, schema, "maxLength").and_then(Json::as_u64),
    }
}

fn text(root: &Json, schema: &Json, keyword: &str) -> Option<String> {
    find(root, schema, keyword)?.as_str().map(str::to_owned)
}

/// Returns a keyword's value, looking through references as far as the reader let them go.
fn find<'a>(root: &'a Json, schema: &'a Json, keyword: &str) -> Option<&'a Json> {
    let mut at = schema;
    loop {
        if let Some(value) = at.get(keyword) {
            return Some(value);
        }
        // The reader refused references that come round, so this ends.
        at = target(root, at.get("$ref")?.as_str()?)?;
    }
}

fn kind(types: &Json) -> Option<PropertyKind> {
    let first = match types {
        Json::Array(all) => all
            .iter()
            .filter_map(Json::as_str)
            .find(|name| *name != "null"),
        other => other.as_str(),
    };
    match first? {
        "string" => Some(PropertyKind::Text),
        "integer" => Some(PropertyKind::Integer),
        "number" => Some(PropertyKind::Number),
        "boolean" => Some(PropertyKind::Bool),
        "array" => Some(PropertyKind::List),
        "object" => Some(PropertyKind::Map),
        _ => None,
    }
}

fn choices(root: &Json, schema: &Json) -> Vec<Scalar> {
    if let Some(only) = find(root, schema, "const") {
        return scalar(only).into_iter().collect();
    }
    let all = find(root, schema, "enum").and_then(Json::as_array);
    all.into_iter().flatten().filter_map(scalar).collect()
}

fn scalar(value: &Json) -> Option<Scalar> {
    let (kind, text) = match value {
        Json::String(text) => (ScalarKind::Text, text.clone()),
        Json::Bool(truth) => (ScalarKind::Bool, truth.to_string()),
        Json::Number(number) if number.is_f64() => (ScalarKind::Float, number.to_string()),
        Json::Number(number) => (ScalarKind::Integer, number.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => return None,
    };
    Some(Scalar { kind, text })
}
