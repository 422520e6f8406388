//! Which fields name other records.

use std::collections::HashSet;

use super::Reference;
use crate::policy::{Collection, FieldPattern};
use crate::record::diff::addresses;
use crate::record::{FieldPath, Node, Record, Scalar, ScalarKind, Segment, Value};

/// Returns every id that the collection's reference fields name, in the order of the policy's patterns.
///
/// A pattern names a value: a scalar, or a list of scalars, each item being one. What stands deeper is named by a deeper pattern. A scalar that
/// holds several ids separated by commas (`requires: 2718, 2930`) names each of them. Null and truth values name nothing.
pub fn references(collection: &Collection, record: &Record) -> Vec<Reference> {
    let mut found = Vec::new();
    if collection.references.is_empty() {
        return found;
    }
    let places = places(record);
    for steps in collection.references.iter().filter_map(FieldPattern::steps) {
        for place in &places {
            let is_named = |path: Option<&FieldPath>| path.is_some_and(|path| steps.meet(path));
            if is_named(Some(&place.path)) || is_named(place.list.as_ref()) {
                found.extend(named_by(place));
            }
        }
    }
    let mut seen = HashSet::new();
    found.retain(|one| seen.insert((one.field.clone(), one.target.clone())));
    found
}

/// Returns every scalar of a record's fields, where it stands and in which line.
pub(super) fn scalars(record: &Record) -> impl Iterator<Item = (FieldPath, &Scalar, u32)> {
    let places = places(record).into_iter();
    places.map(|place| (place.path, place.scalar, place.line))
}

/// A scalar and where it stands.
struct Place<'a> {
    path: FieldPath,
    /// The list whose item it is.
    list: Option<FieldPath>,
    scalar: &'a Scalar,
    line: u32,
}

fn places(record: &Record) -> Vec<Place<'_>> {
    let mut found = Vec::new();
    for (key, node) in &record.fields {
        walk(FieldPath::key(key.clone()), None, node, &mut found);
    }
    found
}

fn walk<'a>(path: FieldPath, list: Option<&FieldPath>, node: &'a Node, found: &mut Vec<Place<'a>>) {
    match &node.value {
        Value::Scalar(scalar) => found.push(Place {
            path,
            list: list.cloned(),
            scalar,
            line: node.line,
        }),
        Value::List(items) => {
            for (segment, item) in addresses(items).into_iter().zip(items) {
                walk(path.join(segment), Some(&path), item, found);
            }
        }
        Value::Map(fields) => {
            for (key, inner) in fields {
                walk(path.join(Segment::Key(key.clone())), None, inner, found);
            }
        }
    }
}

fn named_by<'a>(place: &'a Place<'_>) -> impl Iterator<Item = Reference> + 'a {
    ids(place.scalar).into_iter().map(|target| Reference {
        field: place.path.clone(),
        line: place.line,
        target,
    })
}

/// Returns the ids in a scalar: one, or several where it is a comma list and each part looks like an id.
fn ids(scalar: &Scalar) -> Vec<String> {
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
