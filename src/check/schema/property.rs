//! A schema's properties, as a form shows them: those of the root, and what stands in its lists and maps.

use serde_json::Value as Json;

use super::read::target;
use crate::record::{Scalar, ScalarKind};

/// The most levels of lists and maps that a form is told of: a schema may refer to itself.
const MAX_LEVELS: usize = 6;

/// The most fields that a form is told of.
const MAX_PROPERTIES: usize = 2_000;

/// A field as its schema describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    /// The key in the file.
    pub name: String,
    /// Whether a record must have it.
    pub required: bool,
    /// What its value is.
    pub shape: Shape,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Shape {
    /// What people call it.
    pub title: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The type; where several are allowed, the first that is not null.
    pub kind: Option<PropertyKind>,
    /// The allowed values, where they are enumerated; null is left out.
    pub choices: Vec<Scalar>,
    /// The format, such as `date`, `uri` or `markdown`.
    pub format: Option<String>,
    /// The longest text, in characters.
    pub max_length: Option<u64>,
    /// For a list, what an item is; `None` where the schema does not say.
    pub item: Option<Box<Shape>>,
    /// For a map, its fields in the order of the file.
    pub properties: Vec<Property>,
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
    let mut reader = Reader {
        root,
        left: MAX_PROPERTIES,
    };
    reader.properties(root, MAX_LEVELS)
}

struct Reader<'a> {
    root: &'a Json,
    /// How many fields more are told.
    left: usize,
}

impl<'a> Reader<'a> {
    fn properties(&mut self, schema: &'a Json, levels: usize) -> Vec<Property> {
        let root = self.root;
        let required: Vec<&str> = find(root, schema, "required")
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
            .filter_map(Json::as_str)
            .collect();
        let mut found = Vec::new();
        let properties = find(root, schema, "properties").and_then(Json::as_object);
        for (name, schema) in properties.into_iter().flatten() {
            if self.left == 0 {
                break;
            }
            self.left -= 1;
            found.push(Property {
                name: name.clone(),
                required: required.contains(&name.as_str()),
                shape: self.shape(schema, levels),
            });
        }
        found
    }

    fn shape(&mut self, schema: &'a Json, levels: usize) -> Shape {
        let root = self.root;
        let below = levels.checked_sub(1);
        Shape {
            title: text(root, schema, "title"),
            description: text(root, schema, "description"),
            kind: find(root, schema, "type").and_then(kind),
            choices: choices(root, schema),
            format: text(root, schema, "format"),
            max_length: find(root, schema, "maxLength").and_then(Json::as_u64),
            item: below
                .zip(find(root, schema, "items"))
                .map(|(below, items)| Box::new(self.shape(items, below))),
            properties: below
                .map(|below| self.properties(schema, below))
                .unwrap_or_default(),
        }
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
