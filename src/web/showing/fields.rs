//! A record's fields as readers see them.

use crate::policy::Collection;
use crate::publish::html::SafeHtml;
use crate::record::{FieldPath, Node, Record, ScalarKind, Value};
use crate::web::href::Href;
use crate::web::language::verbatim;
use crate::web::pages::parts::{FieldRow, FieldValue, Link};
use crate::web::pictures::Pictures;

use super::words::label;

/// Text of more characters than this is set as a paragraph.
const PROSE_CHARS: usize = 80;

/// Returns every field but those that the head of the page shows: what the record says, in the order of the file, then what it is filed under.
pub fn rows(collection: &Collection, record: &Record) -> Vec<FieldRow> {
    let shown_above = [
        &collection.id,
        &collection.title,
        &collection.status,
        &collection.version,
    ];
    let mut rows: Vec<FieldRow> = record
        .fields
        .iter()
        .map(|(key, node)| (FieldPath::key(key), node))
        .filter(|(path, _)| !shown_above.contains(&&Some(path.clone())))
        .map(|(path, node)| FieldRow {
            label: label(&path),
            path: path.to_string(),
            value: value(node),
        })
        .collect();
    rows.sort_by_key(|row| matches!(row.value, FieldValue::Empty | FieldValue::Text(_)));
    rows
}

/// Returns the body as HTML.
pub fn body(record: &Record, pictures: &Pictures) -> Option<SafeHtml> {
    record
        .body
        .as_ref()
        .filter(|body| !body.text.trim().is_empty())
        .map(|body| SafeHtml::from_markdown_with(&body.text, pictures.addresses()))
}

/// Returns a value as readers see it.
fn value(node: &Node) -> FieldValue {
    match &node.value {
        Value::Scalar(scalar) if scalar.kind == ScalarKind::Null || scalar.text.is_empty() => {
            FieldValue::Empty
        }
        Value::Scalar(scalar) => text_value(&scalar.text),
        Value::List(items) if items.is_empty() => FieldValue::Empty,
        Value::List(items) => FieldValue::List(items.iter().map(value).collect()),
        Value::Map(map) => FieldValue::Map(
            map.iter()
                .map(|(key, node)| (key.replace('_', " "), value(node)))
                .collect(),
        ),
    }
}

fn text_value(text: &str) -> FieldValue {
    if let Some(href) = Href::web(text) {
        return FieldValue::Link(Link {
            label: verbatim(text),
            href,
        });
    }
    match text.chars().count() > PROSE_CHARS || text.contains('\n') {
        true => FieldValue::Prose(text.to_owned()),
        false => FieldValue::Text(text.to_owned()),
    }
}
