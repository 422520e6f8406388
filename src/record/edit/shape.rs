//! How a list or a map that is new may be written: as block lines where YAML has them, else between brackets.

use indexmap::IndexMap;

use super::spell;
use crate::record::source::{Source, Syntax};
use crate::record::{Node, Scalar, ScalarKind, Value};

/// How a value stands between brackets.
#[derive(Debug, Clone, Copy)]
pub(super) enum Inline<'a> {
    /// All on one line.
    OneLine,
    /// JSON, a line for each entry: what stands before an entry, and before the closing bracket.
    Lines { inner: &'a str, close: &'a str },
}

/// Returns a value between brackets, or a scalar that may stand between them.
pub(super) fn inline(source: &Source, value: &Value, how: Inline) -> String {
    match value {
        Value::Scalar(scalar) => inline_scalar(source, scalar),
        Value::List(items) => {
            let items = items.iter().map(|item| one_line(source, &item.value));
            format!("[{}]", items.collect::<Vec<_>>().join(", "))
        }
        Value::Map(map) if map.is_empty() => "{}".to_owned(),
        Value::Map(map) => inline_map(source, map, how),
    }
}

fn one_line(source: &Source, value: &Value) -> String {
    inline(source, value, Inline::OneLine)
}

fn inline_map(source: &Source, map: &IndexMap<String, Node>, how: Inline) -> String {
    let gap = match source.syntax {
        Syntax::Yaml | Syntax::Json => ": ",
        Syntax::Toml => " = ",
    };
    let entries: Vec<String> = map
        .iter()
        .map(|(key, node)| {
            let key = spell::key(source.syntax, key);
            format!("{key}{gap}{}", one_line(source, &node.value))
        })
        .collect();
    match (how, source.syntax) {
        (Inline::Lines { inner, close }, _) => {
            let line_end = source.line_end();
            let between = format!(",{line_end}{inner}");
            let entries = entries.join(&between);
            format!("{{{line_end}{inner}{entries}{line_end}{close}}}")
        }
        (Inline::OneLine, Syntax::Toml) => format!("{{ {} }}", entries.join(", ")),
        (Inline::OneLine, Syntax::Yaml | Syntax::Json) => format!("{{{}}}", entries.join(", ")),
    }
}

fn inline_scalar(source: &Source, scalar: &Scalar) -> String {
    let is_plain_in_brackets = |text: &str| !text.contains([',', '[', ']', '{', '}']);
    let ways = spell::scalar(source, scalar, "");
    let way = match (source.syntax, scalar.kind) {
        (Syntax::Yaml, ScalarKind::Text) => ways
            .iter()
            .find(|way| way.starts_with(['\'', '"']) || is_plain_in_brackets(way)),
        _ => ways.first(),
    };
    way.cloned().unwrap_or_else(|| scalar.text.clone())
}

/// Returns a value as it stands in YAML behind the colon of an entry whose key stands behind `column`: with the blank or the line break before it.
pub(super) fn behind_key(source: &Source, value: &Value, column: &str) -> String {
    let line_end = source.line_end();
    let below = format!("{column}  ");
    match value {
        Value::List(items) if items.iter().any(|item| item.as_scalar().is_none()) => {
            let items = items.iter().map(|item| {
                let item = behind_dash(source, &item.value, &below);
                format!("{line_end}{below}- {item}")
            });
            items.collect()
        }
        Value::Map(map) if !map.is_empty() => {
            format!("{line_end}{below}{}", block_map(source, map, &below))
        }
        Value::Scalar(scalar) => format!(" {}", block_scalar(source, scalar, column)),
        Value::List(_) | Value::Map(_) => format!(" {}", one_line(source, value)),
    }
}

/// Returns a value as it stands in YAML behind the dash of an item, the dash standing behind `column`.
pub(super) fn behind_dash(source: &Source, value: &Value, column: &str) -> String {
    match value {
        Value::Map(map) if !map.is_empty() => block_map(source, map, &format!("{column}  ")),
        Value::Scalar(scalar) => block_scalar(source, scalar, column),
        Value::List(_) | Value::Map(_) => one_line(source, value),
    }
}

/// Returns the entries of a map, the first without what stands before it.
fn block_map(source: &Source, map: &IndexMap<String, Node>, column: &str) -> String {
    let entries: Vec<String> = map
        .iter()
        .map(|(key, node)| {
            let key = spell::key(source.syntax, key);
            format!("{key}:{}", behind_key(source, &node.value, column))
        })
        .collect();
    entries.join(&format!("{}{column}", source.line_end()))
}

fn block_scalar(source: &Source, scalar: &Scalar, column: &str) -> String {
    spell::literal(source, scalar, column)
        .or_else(|| spell::scalar(source, scalar, "").into_iter().next())
        .unwrap_or_else(|| scalar.text.clone())
}

/// Returns the lines of a TOML table below its header.
pub(super) fn table_lines(source: &Source, map: &IndexMap<String, Node>) -> String {
    let lines: Vec<String> = map
        .iter()
        .map(|(key, node)| {
            let key = spell::key(source.syntax, key);
            format!("{key} = {}", one_line(source, &node.value))
        })
        .collect();
    lines.join(source.line_end())
}
