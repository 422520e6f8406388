//! Bringing a file to wanted fields by splices whose text is taken from another file that has them, so that block scalars, quotes and comments come
//! along.
//!
//! One difference is worked off at a time, the file read again behind each. A step is taken only if the file then reads as it did, with that one
//! difference gone. What cannot be brought about is left as it is and told.

mod chunk;
mod list;
mod place;

use std::ops::Range;

use indexmap::IndexMap;

use super::locate::Step;
use super::{Splice, Target, holds, remove, replace};
use crate::record::diff::align::Budget;
use crate::record::diff::pair::{addresses, entries, partners};
use crate::record::parse::{read, to_record};
use crate::record::source::Source;
use crate::record::tree::{Data, Origin, Tree};
use crate::record::{FieldPath, Format, Node, Record, Segment, Value};

/// A file that text may be taken from.
pub(in crate::record) struct Donor<'a> {
    pub(in crate::record) source: &'a Source<'a>,
    pub(in crate::record) root: &'a Tree,
    /// What the spans of the wanted nodes that stand in this file are shifted by.
    pub(in crate::record) offset: usize,
}

/// A file that was brought as near to what was wanted as could be.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::record) struct Grafted {
    pub(in crate::record) text: String,
    /// What could not be brought about.
    pub(in crate::record) left: Vec<FieldPath>,
}

/// Bytes that may be read for one file, over all steps: it bounds the time that a file of very many differences takes.
const READ_BYTES: usize = 64 * 1024 * 1024;

/// The most steps for one file, however small.
const STEPS: usize = 1000;

/// Returns the file with the wanted fields. Its body is not touched. `None` where the file itself is no record.
pub(in crate::record) fn reach(
    text: &str,
    format: Format,
    wanted: &Record,
    donors: &[Donor],
) -> Option<Grafted> {
    let mut wanted = wanted.fields.clone();
    let mut grafted = Grafted {
        text: text.to_owned(),
        left: Vec::new(),
    };
    let mut steps = (READ_BYTES / text.len().max(1)).min(STEPS);
    loop {
        let source = Source::open(grafted.text.as_bytes(), format).ok()?;
        let root = read(&source).ok()?;
        let record = to_record(&source, &root);
        let Some((at, change)) = first_change(&record.fields, &wanted) else {
            return Some(grafted);
        };
        steps = steps.saturating_sub(1);
        let target = Target {
            source: &source,
            root: &root,
        };
        let done = match steps {
            0 => None,
            _ => step(&target, &record, &at, &change, format, donors),
        };
        match done {
            Some(text) => grafted.text = text,
            None => {
                let at = if steps == 0 { &at[..1] } else { &at[..] };
                grafted.left.push(name(&record.fields, &wanted, at));
                leave(&record.fields, &mut wanted, at);
            }
        }
    }
}

/// One step from the root to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
enum At {
    Key(String),
    Index(usize),
}

/// A difference to be worked off.
enum Change {
    /// A value is to become another.
    Value(Node),
    /// A key is to be added.
    Add(Node),
    /// A key is to be removed.
    Remove,
    /// A list is to hold these: items that it has, by their index, and new ones.
    List(Vec<Result<usize, Node>>),
}

/// Returns the first difference, removals last.
fn first_change(
    have: &IndexMap<String, Node>,
    want: &IndexMap<String, Node>,
) -> Option<(Vec<At>, Change)> {
    for (key, node) in want {
        let found = match have.get(key) {
            None => Some((Vec::new(), Change::Add(node.clone()))),
            Some(old) => change_of(old, node),
        };
        if let Some((mut at, change)) = found {
            at.insert(0, At::Key(key.clone()));
            return Some((at, change));
        }
    }
    let gone = have.keys().find(|key| !want.contains_key(*key))?;
    Some((vec![At::Key(gone.clone())], Change::Remove))
}

fn change_of(have: &Node, want: &Node) -> Option<(Vec<At>, Change)> {
    if have == want {
        return None;
    }
    match (&have.value, &want.value) {
        (Value::Map(have), Value::Map(want)) => first_change(have, want),
        (Value::List(have), Value::List(want)) => list_change(have, want),
        _ => Some((Vec::new(), Change::Value(want.clone()))),
    }
}

fn list_change(have: &[Node], want: &[Node]) -> Option<(Vec<At>, Change)> {
    let mut pairs = partners(&entries(have), &entries(want), false, &mut Budget::new());
    let in_place = |pairs: &[Option<usize>]| {
        have.len() == want.len() && pairs.iter().enumerate().all(|(at, pair)| *pair == Some(at))
    };
    let only_scalars = |items: &[Node]| items.iter().all(|item| item.as_scalar().is_some());
    if have.len() == want.len() && only_scalars(have) && only_scalars(want) {
        // Scalars have no identity to keep, so the fewest bytes change where each is set in its place.
        let same = have
            .iter()
            .zip(want)
            .filter(|(old, new)| old == new)
            .count();
        if same + 1 >= have.len() {
            pairs = (0..have.len()).map(Some).collect();
        }
    }
    if in_place(&pairs) {
        let mut found = have.iter().zip(want).enumerate();
        return found.find_map(|(index, (have, want))| {
            let (mut at, change) = change_of(have, want)?;
            at.insert(0, At::Index(index));
            Some((at, change))
        });
    }
    let mut items: Vec<Result<usize, Node>> = want.iter().cloned().map(Err).collect();
    for (index, pair) in pairs.iter().enumerate() {
        if let Some(item) = pair.and_then(|pair| items.get_mut(pair)) {
            *item = Ok(index);
        }
    }
    Some((Vec::new(), Change::List(items)))
}

/// Returns the text with one difference gone.
fn step(
    target: &Target,
    record: &Record,
    at: &[At],
    change: &Change,
    format: Format,
    donors: &[Donor],
) -> Option<String> {
    let mut after = record.clone();
    put(&mut after.fields, at, change)?;
    let (last, parents) = at.split_last()?;
    let path = walk(target.root, parents)?;
    let container = path.last().map_or(target.root, |step| step.value);
    let candidates = match (change, last) {
        (Change::Add(node), At::Key(key)) => place::entry(target, container, key, node, donors),
        (Change::Add(_), At::Index(_)) => Vec::new(),
        (Change::Remove, _) => remove::child(target, &walk(target.root, at)?),
        (Change::Value(node), _) => value(target, &walk(target.root, at)?, last, node, donors),
        (Change::List(items), _) => {
            let path = walk(target.root, at)?;
            let own = path.last()?;
            let mut candidates = list::rebuilt(target, own.value, items, donors);
            if let Some(node) = node_at(&after.fields, at) {
                candidates.extend(place::rewritten(target, own, last, node, donors));
            }
            candidates
        }
    };
    candidates
        .iter()
        .filter_map(|splice| splice.apply(target.text()))
        .find(|text| holds(text, format, &after))
}

fn value(target: &Target, path: &[Step], last: &At, node: &Node, donors: &[Donor]) -> Vec<Splice> {
    let Some(own) = path.last() else {
        return Vec::new();
    };
    let mut candidates: Vec<Splice> = place::value(target, own, node, donors)
        .into_iter()
        .collect();
    if let (Value::Scalar(scalar), Data::Scalar(_)) = (&node.value, &own.value.data) {
        let spelled = replace::scalar(target, &FieldPath::default(), path, scalar);
        candidates.extend(spelled.unwrap_or_default());
    }
    candidates.extend(place::rewritten(target, own, last, node, donors));
    candidates
}

/// Returns the values on the way to a place.
fn walk<'t>(root: &'t Tree, at: &[At]) -> Option<Vec<Step<'t>>> {
    let mut container = root;
    let mut path = Vec::new();
    for step in at {
        let (index, value) = match (&container.data, step) {
            (Data::Map(entries, _), At::Key(key)) => {
                let index = entries.iter().position(|entry| entry.is_field(key))?;
                (index, &entries.get(index)?.value)
            }
            (Data::List(items, _), At::Index(index)) => (*index, &items.get(*index)?.value),
            _ => return None,
        };
        path.push(Step {
            container,
            index,
            value,
        });
        container = value;
    }
    Some(path)
}

fn node_at<'n>(fields: &'n IndexMap<String, Node>, at: &[At]) -> Option<&'n Node> {
    let (At::Key(first), rest) = at.split_first()? else {
        return None;
    };
    let mut node = fields.get(first)?;
    for step in rest {
        node = match (&node.value, step) {
            (Value::Map(map), At::Key(key)) => map.get(key)?,
            (Value::List(items), At::Index(index)) => items.get(*index)?,
            _ => return None,
        };
    }
    Some(node)
}

fn node_at_mut<'n>(fields: &'n mut IndexMap<String, Node>, at: &[At]) -> Option<&'n mut Node> {
    let (At::Key(first), rest) = at.split_first()? else {
        return None;
    };
    let mut node = fields.get_mut(first)?;
    for step in rest {
        node = match (&mut node.value, step) {
            (Value::Map(map), At::Key(key)) => map.get_mut(key)?,
            (Value::List(items), At::Index(index)) => items.get_mut(*index)?,
            _ => return None,
        };
    }
    Some(node)
}

/// Returns the map that holds the last step's key.
fn map_at<'n>(
    fields: &'n mut IndexMap<String, Node>,
    parents: &[At],
) -> Option<&'n mut IndexMap<String, Node>> {
    if parents.is_empty() {
        return Some(fields);
    }
    match &mut node_at_mut(fields, parents)?.value {
        Value::Map(map) => Some(map),
        Value::Scalar(_) | Value::List(_) => None,
    }
}

/// Makes the change on the fields alone.
fn put(fields: &mut IndexMap<String, Node>, at: &[At], change: &Change) -> Option<()> {
    let (last, parents) = at.split_last()?;
    match (change, last) {
        (Change::Add(node), At::Key(key)) => {
            map_at(fields, parents)?.insert(key.clone(), node.clone());
        }
        (Change::Remove, At::Key(key)) => {
            map_at(fields, parents)?.shift_remove(key);
        }
        (Change::Value(node), _) => *node_at_mut(fields, at)? = node.clone(),
        (Change::List(wanted), _) => {
            let node = node_at_mut(fields, at)?;
            if let Value::List(items) = &mut node.value {
                *items = wanted
                    .iter()
                    .map(|item| match item {
                        Ok(index) => items.get(*index).cloned(),
                        Err(node) => Some(node.clone()),
                    })
                    .collect::<Option<_>>()?;
            }
        }
        (Change::Add(_) | Change::Remove, At::Index(_)) => return None,
    }
    Some(())
}

/// Makes what is there the wanted, at one place.
fn leave(have: &IndexMap<String, Node>, wanted: &mut IndexMap<String, Node>, at: &[At]) {
    let Some((At::Key(key), parents)) = at.split_last() else {
        if let (Some(old), Some(new)) = (node_at(have, at), node_at_mut(wanted, at)) {
            new.value = old.value.clone();
        }
        return;
    };
    let old = node_at(have, at).cloned();
    if let Some(map) = map_at(wanted, parents) {
        match old {
            Some(old) => map.insert(key.clone(), old),
            None => map.shift_remove(key),
        };
    }
}

/// Returns the address of a place, of the side that has it.
fn name(have: &IndexMap<String, Node>, want: &IndexMap<String, Node>, at: &[At]) -> FieldPath {
    let fields = if node_at(have, at).is_some() {
        have
    } else {
        want
    };
    let mut path = FieldPath::default();
    for (depth, step) in at.iter().enumerate() {
        path = path.join(match step {
            At::Key(key) => Segment::Key(key.clone()),
            At::Index(index) => {
                let list = at.get(..depth).and_then(|list| node_at(fields, list));
                let named = match list.map(|list| &list.value) {
                    Some(Value::List(items)) => addresses(items).get(*index).cloned(),
                    _ => None,
                };
                named.unwrap_or_else(|| Segment::Item(index.to_string()))
            }
        });
    }
    path
}

/// A value in a donor, by the list or map that holds it.
struct Found<'d> {
    source: &'d Source<'d>,
    container: &'d Tree,
    index: usize,
    value: &'d Tree,
}

/// Returns where a wanted node comes from.
fn find<'d>(donors: &'d [Donor<'d>], node: &Node) -> Option<Found<'d>> {
    donors.iter().find_map(|donor| {
        let start = node.span.start.checked_sub(donor.offset)?;
        let end = node.span.end.checked_sub(donor.offset)?;
        let (container, index, value) = child_at(donor.root, &(start..end))?;
        Some(Found {
            source: donor.source,
            container,
            index,
            value,
        })
    })
}

fn child_at<'d>(container: &'d Tree, span: &Range<usize>) -> Option<(&'d Tree, usize, &'d Tree)> {
    let kids: Vec<(usize, &Tree)> = match &container.data {
        _ if container.alias => Vec::new(),
        Data::Scalar(_) => Vec::new(),
        Data::List(items, _) => items.iter().map(|item| &item.value).enumerate().collect(),
        Data::Map(entries, _) => entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| entry.origin != Origin::Merged)
            .map(|(index, entry)| (index, &entry.value))
            .collect(),
    };
    kids.into_iter()
        .find_map(|(index, value)| match value.span == *span {
            true => Some((container, index, value)),
            false => child_at(value, span),
        })
}

/// Returns the key of an entry.
fn key_of(container: &Tree, index: usize) -> Option<&str> {
    Some(container.entries()?.get(index)?.key.as_str())
}
