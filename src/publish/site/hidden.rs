//! What a text says of records that readers do not have: it is left out of the fields before any form is made of them.

use std::collections::HashSet;

use super::facts::{Reference, item_of};
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
    let references = check::references(collection, record);
    let names: Vec<&FieldPath> = references.iter().map(|one| &one.field).collect();
    let gone = references.iter().filter(|one| !is_shown(&one.target));
    let mut hidden: HashSet<FieldPath> = gone
        .map(|one| with_its_words(record, collection, &one.field, &names))
        .collect();
    if let Some(source) = collection.source_of(record)
        && !is_shown(source)
    {
        hidden.extend(collection.translates.clone());
    }
    if let Some(Value::List(items)) = record.fields.get("references").map(|node| &node.value) {
        for (place, item) in addresses(items).into_iter().zip(items) {
            let reference = Reference::read(item);
            if reference.record().is_some_and(|id| !is_shown(id)) {
                hidden.insert(FieldPath::key("references").join(place));
            }
        }
    }
    hidden
}

/// Returns where everything stands that is said of the record that a field names: the item of a list, else the mapping around it, unless that holds nothing but
/// names, or what the text says of itself.
fn with_its_words(
    record: &Record,
    collection: &Collection,
    field: &FieldPath,
    names: &[&FieldPath],
) -> FieldPath {
    if let Some(item) = item_of(field) {
        return item;
    }
    let above = field.segments().split_last().map(|(_, above)| above);
    let around = FieldPath::from(above.unwrap_or_default().to_vec());
    let Some(Value::Map(map)) = record.get(&around).map(|node| &node.value) else {
        return field.clone();
    };
    let is_name = |key: &String| {
        let path = around.join(Segment::Key(key.clone()));
        names.iter().any(|name| name.is_within(&path))
    };
    let own = [
        &collection.id,
        &collection.title,
        &collection.status,
        &collection.version,
        &collection.locale,
    ];
    let mut own = own.into_iter().flatten();
    match map.keys().all(is_name) || own.any(|own| own.is_within(&around)) {
        true => field.clone(),
        false => around,
    }
}

/// Returns whether a value stays, and leaves out what goes of what stands in it; where nothing is left, it goes too. Items are told by the places that they
/// have in the text.
fn stays(path: &FieldPath, node: &mut Node, hidden: &HashSet<FieldPath>) -> bool {
    if hidden.contains(path) {
        return false;
    }
    match &mut node.value {
        Value::Scalar(_) => true,
        Value::List(items) => {
            let was_empty = items.is_empty();
            let mut places = addresses(items).into_iter();
            items.retain_mut(|item| {
                let place = places.next();
                place.is_none_or(|place| stays(&path.join(place), item, hidden))
            });
            was_empty || !items.is_empty()
        }
        Value::Map(map) => {
            let was_empty = map.is_empty();
            map.retain(|key, node| stays(&path.join(Segment::Key(key.clone())), node, hidden));
            was_empty || !map.is_empty()
        }
    }
}
