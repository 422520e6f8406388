//! Which fields name other records.

use super::{Reference, locate};
use crate::policy::{Collection, FieldPattern};
use crate::record::{FieldPath, Node, Record, ScalarKind, Segment, Value};

/// Returns every id that the collection's reference fields name, in the order of the policy's patterns.
///
/// A pattern names a value: a scalar, or a list of scalars, each item being one. What stands deeper is named by a deeper pattern. A scalar that
/// holds several ids separated by commas (`requires: 2718, 2930`) names each of them. Null and truth values name nothing.
pub fn references(collection: &Collection, record: &Record) -> Vec<Reference> {
    let mut found = Vec::new();
    for pattern in &collection.references {
        for (path, node) in reached(record, pattern) {
            collect(&path, node, &mut found);
        }
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|one| seen.insert((one.field.clone(), one.target.clone())));
    found
}

fn collect(path: &FieldPath, node: &Node, found: &mut Vec<Reference>) {
    let mut add = |path: &FieldPath, node: &Node| {
        found.extend(ids(node).into_iter().map(|target| Reference {
            field: path.clone(),
            line: node.line,
            target,
        }));
    };
    match &node.value {
        Value::Scalar(_) => add(path, node),
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                add(&path.join(locate::item_segment(items, index)), item);
            }
        }
        Value::Map(_) => {}
    }
}

/// Returns the ids in a scalar: one, or several where it is a comma list and each part looks like an id.
fn ids(node: &Node) -> Vec<String> {
    let Some(scalar) = node.as_scalar() else {
        return Vec::new();
    };
    if matches!(scalar.kind, ScalarKind::Null | ScalarKind::Bool) {
        return Vec::new();
    }
    let text = scalar.text.trim();
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let is_list = parts
        .iter()
        .all(|part| !part.is_empty() && !part.contains(char::is_whitespace));
    match (text.is_empty(), is_list) {
        (true, _) => Vec::new(),
        (false, true) => parts.into_iter().map(str::to_owned).collect(),
        (false, false) => vec![text.to_owned()],
    }
}

/// Returns the nodes that a pattern names, with their addresses.
fn reached<'a>(record: &'a Record, pattern: &FieldPattern) -> Vec<(FieldPath, &'a Node)> {
    let Ok(steps) = pattern.0.replace("[]", "[*]").parse::<FieldPath>() else {
        return Vec::new();
    };
    let Some((Segment::Key(first), rest)) = steps.segments().split_first() else {
        return Vec::new();
    };
    let mut at: Vec<(FieldPath, &Node)> = record
        .fields
        .iter()
        .filter(|(key, _)| first == "*" || first == *key)
        .map(|(key, node)| (FieldPath::key(key.clone()), node))
        .collect();
    for step in rest {
        at = at
            .into_iter()
            .flat_map(|(path, node)| below(&path, node, step))
            .collect();
    }
    at
}

fn below<'a>(path: &FieldPath, node: &'a Node, step: &Segment) -> Vec<(FieldPath, &'a Node)> {
    match (&node.value, step) {
        (Value::Map(fields), Segment::Key(wanted)) => fields
            .iter()
            .filter(|(key, _)| wanted == "*" || wanted == *key)
            .map(|(key, node)| (path.join(Segment::Key(key.clone())), node))
            .collect(),
        (Value::List(items), Segment::Item(wanted)) => (0..items.len())
            .map(|index| (locate::item_segment(items, index), &items[index]))
            .filter(|(segment, _)| wanted == "*" || step == segment)
            .map(|(segment, node)| (path.join(segment), node))
            .collect(),
        _ => Vec::new(),
    }
}
