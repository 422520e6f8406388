//! What a text says of records that readers do not have: it is left out of the fields before any form is made of them.

use std::collections::HashSet;

use super::facts::item_of;
use crate::check;
use crate::policy::Collection;
use crate::record::diff::addresses;
use crate::record::{FieldPath, Node, Record, Segment, Value};

/// Returns a text without what names records that are not shown.
pub(super) fn without_hidden(
    mut record: Record,
    collection: &Collection,
    is_shown: impl Fn(&str) -> bool,
) -> Record {
    let hidden = hidden(&record, collection, is_shown);
    let fields = &mut record.fields;
    fields.retain(|key, node| stays(&FieldPath::key(key), node, &hidden));
    record
}

/// Returns the addresses of everything that goes.
fn hidden(
    record: &Record,
    collection: &Collection,
    is_shown: impl Fn(&str) -> bool,
) -> HashSet<FieldPath> {
    let mut hidden = HashSet::new();
    for one in check::references(collection, record) {
        if !is_shown(&one.target) {
            hidden.insert(item_of(&one.field).unwrap_or(one.field));
        }
    }
    if let Some(source) = collection.source_of(record)
        && !is_shown(source)
    {
        hidden.extend(collection.translates.clone());
    }
    if let Some(Value::List(items)) = record.fields.get("references").map(|node| &node.value) {
        for (place, item) in addresses(items).into_iter().zip(items) {
            let Value::Map(map) = &item.value else {
                continue;
            };
            let text = |key: &str| map.get(key).and_then(Node::as_text);
            if text("type") == Some("record") && !is_shown(text("target").unwrap_or_default()) {
                hidden.insert(FieldPath::key("references").join(place));
            }
        }
    }
    hidden
}

/// Returns whether a value stays, and leaves out what goes of what stands in it. Items are told by the places that they have in the text.
fn stays(path: &FieldPath, node: &mut Node, hidden: &HashSet<FieldPath>) -> bool {
    if hidden.contains(path) {
        return false;
    }
    match &mut node.value {
        Value::Scalar(_) => {}
        Value::List(items) => {
            let mut places = addresses(items).into_iter();
            items.retain_mut(|item| {
                let place = places.next();
                place.is_none_or(|place| stays(&path.join(place), item, hidden))
            });
        }
        Value::Map(map) => {
            map.retain(|key, node| stays(&path.join(Segment::Key(key.clone())), node, hidden));
        }
    }
    true
}
