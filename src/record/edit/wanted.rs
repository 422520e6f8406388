//! The record that an edit means, computed on the fields alone: what the spliced file must read as.

use indexmap::IndexMap;

use super::body;
use crate::record::{
    Edit, FieldPath, Node, Record, Scalar, ScalarKind, Segment, Value, find_item_index,
};

/// Returns the record after an edit whose path was found.
pub(super) fn after(mut record: Record, edit: &Edit, line_end: &str) -> Record {
    match edit {
        Edit::Set { path, value } => put(&mut record, path, scalar(value)),
        Edit::Append { path, value } => append(&mut record, path, value),
        Edit::Remove { path } => remove(&mut record, path),
        Edit::Add { path, value } => put(&mut record, path, value.clone()),
        Edit::Insert { list, after, item } => insert(&mut record, list, after.as_deref(), item),
        Edit::Move { item, after } => relocate(&mut record, item, after.as_deref()),
        Edit::Body(text) => {
            if let Some(body) = &mut record.body {
                body.text = body::with_line_ends(&body.text, text, line_end);
            }
        }
    }
    record
}

fn append(record: &mut Record, path: &FieldPath, value: &Scalar) {
    match value_at(&mut record.fields, path.segments()) {
        Some(node) => match &mut node.value {
            Value::List(items) => items.push(node_of(scalar(value))),
            Value::Scalar(_) | Value::Map(_) => node.value = list_of_one(value),
        },
        None => put(record, path, list_of_one(value)),
    }
}

fn insert(record: &mut Record, list: &FieldPath, after: Option<&str>, item: &Value) {
    let node = Node::unplaced(item.clone());
    match value_at(&mut record.fields, list.segments()).map(|node| &mut node.value) {
        Some(Value::List(items)) => {
            let at = after
                .and_then(|after| find_item_index(items, after))
                .map_or(0, |index| index + 1);
            items.insert(at, node);
        }
        Some(value) => *value = Value::List(vec![node]),
        None => put(record, list, Value::List(vec![node])),
    }
}

fn relocate(record: &mut Record, item: &FieldPath, after: Option<&str>) {
    let Some((Segment::Item(name), list)) = item.segments().split_last() else {
        return;
    };
    let list = value_at(&mut record.fields, list).map(|node| &mut node.value);
    if let Some(Value::List(items)) = list
        && let Some(from) = find_item_index(items, name)
    {
        let behind = after.and_then(|after| find_item_index(items, after));
        let moved = items.remove(from);
        items.insert(place_after(from, behind), moved);
    }
}

/// Returns the index that an item has once it was moved behind another one; both are counted before the move.
pub(super) fn place_after(from: usize, behind: Option<usize>) -> usize {
    match behind {
        None => 0,
        Some(behind) if behind < from => behind + 1,
        Some(behind) => behind,
    }
}

fn put(record: &mut Record, path: &FieldPath, value: Value) {
    let Some((last, parents)) = path.segments().split_last() else {
        return;
    };
    if let Some(node) = value_at(&mut record.fields, path.segments()) {
        node.value = value;
    } else if let (Some(map), Segment::Key(key)) = (map_at(&mut record.fields, parents), last) {
        map.insert(key.clone(), node_of(value));
    }
}

fn remove(record: &mut Record, path: &FieldPath) {
    let Some((last, parents)) = path.segments().split_last() else {
        return;
    };
    match last {
        Segment::Key(key) => {
            if let Some(map) = map_at(&mut record.fields, parents) {
                map.shift_remove(key);
            }
        }
        Segment::Item(item) => {
            let list = value_at(&mut record.fields, parents).map(|node| &mut node.value);
            if let Some(Value::List(items)) = list
                && let Some(index) = find_item_index(items, item)
            {
                items.remove(index);
            }
        }
        Segment::Section(_) => {}
    }
}

fn map_at<'r>(
    fields: &'r mut IndexMap<String, Node>,
    path: &[Segment],
) -> Option<&'r mut IndexMap<String, Node>> {
    if path.is_empty() {
        return Some(fields);
    }
    match &mut value_at(fields, path)?.value {
        Value::Map(map) => Some(map),
        Value::Scalar(_) | Value::List(_) => None,
    }
}

fn value_at<'r>(fields: &'r mut IndexMap<String, Node>, path: &[Segment]) -> Option<&'r mut Node> {
    let (Segment::Key(first), rest) = path.split_first()? else {
        return None;
    };
    let mut node = fields.get_mut(first)?;
    for segment in rest {
        node = match (&mut node.value, segment) {
            (Value::Map(map), Segment::Key(key)) => map.get_mut(key)?,
            (Value::List(items), Segment::Item(item)) => {
                let index = find_item_index(items, item)?;
                items.get_mut(index)?
            }
            _ => return None,
        };
    }
    Some(node)
}

fn scalar(value: &Scalar) -> Value {
    Value::Scalar(match value.kind {
        ScalarKind::Null => Scalar {
            kind: ScalarKind::Null,
            text: String::new(),
        },
        _ => value.clone(),
    })
}

fn list_of_one(value: &Scalar) -> Value {
    Value::List(vec![node_of(scalar(value))])
}

fn node_of(value: Value) -> Node {
    Node::unplaced(value)
}
