//! A record as the JSON value that its schema judges.

use serde_json::{Map, Number, Value as Json};

use crate::record::{Node, Record, Scalar, ScalarKind, Value};

/// Returns a record's fields as JSON, in file order. The body is no field and is left out.
///
/// Whole numbers that fit 64 bits and decimals that read as finite ones become numbers; any other number stays the text that was written, so
/// that nothing is judged by a value that the file does not hold. Dates become strings, for `"format": "date"`.
pub fn to_json(record: &Record) -> Json {
    Json::Object(to_map(&record.fields))
}

fn to_map(fields: &indexmap::IndexMap<String, Node>) -> Map<String, Json> {
    fields
        .iter()
        .map(|(key, node)| (key.clone(), to_value(node)))
        .collect()
}

fn to_value(node: &Node) -> Json {
    match &node.value {
        Value::Scalar(scalar) => to_scalar(scalar),
        Value::List(items) => Json::Array(items.iter().map(to_value).collect()),
        Value::Map(fields) => Json::Object(to_map(fields)),
    }
}

fn to_scalar(scalar: &Scalar) -> Json {
    let text = &scalar.text;
    match scalar.kind {
        ScalarKind::Null => Json::Null,
        ScalarKind::Bool => Json::Bool(text.eq_ignore_ascii_case("true")),
        ScalarKind::Integer => to_integer(text).map_or_else(|| text.as_str().into(), Json::Number),
        ScalarKind::Float => to_float(text).map_or_else(|| text.as_str().into(), Json::Number),
        ScalarKind::Date | ScalarKind::Text => text.as_str().into(),
    }
}

/// Reads a whole number as YAML, TOML and JSON write it: a sign, `_` between digits, and `0x`, `0o`, `0b`.
fn to_integer(text: &str) -> Option<Number> {
    let plain = text.replace('_', "");
    let (negative, digits) = match plain.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, plain.strip_prefix('+').unwrap_or(&plain)),
    };
    let (radix, digits) = match digits.get(..2) {
        Some("0x" | "0X") => (16, &digits[2..]),
        Some("0o" | "0O") => (8, &digits[2..]),
        Some("0b" | "0B") => (2, &digits[2..]),
        _ => (10, digits),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let value = i128::from_str_radix(digits, radix).ok()?;
    Number::from_i128(if negative { -value } else { value })
}

fn to_float(text: &str) -> Option<Number> {
    text.replace('_', "")
        .parse()
        .ok()
        .and_then(Number::from_f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Format, parse};

    fn json(yaml: &str) -> Json {
        to_json(&parse(yaml.as_bytes(), Format::Yaml).expect("the sample reads"))
    }

    #[test]
    fn scalars_keep_their_kind() {
        let read = json("a: 1\nb: 1.10\nc: 2026-03-16\nd: \"7\"\ne: ~\nf: true\ng: [x, {h: -2}]\n");
        let wanted = serde_json::json!({"a": 1, "b": 1.1, "c": "2026-03-16", "d": "7", "e": null, "f": true, "g": ["x", {"h": -2}]});
        assert_eq!(read, wanted);
    }

    #[test]
    fn a_number_that_json_cannot_hold_stays_text() {
        let huge = "123456789012345678901234567890";
        assert_eq!(json(&format!("a: {huge}\n"))["a"], huge);
        assert_eq!(to_integer("0x_ff"), Some(255.into()));
        assert_eq!(to_integer("1_000"), Some(1000.into()));
        assert_eq!(to_integer("--1"), None);
        assert_eq!(to_integer("0x-1"), None);
        assert_eq!(to_float("1e999"), None);
    }
}
