//! Which items of a list, or sections of a body, are the same one: by key, else by content.

use std::collections::{HashMap, HashSet, VecDeque};

use super::align::{Budget, Pairs, align, alike_anywhere, longest_rise, oriented};
use super::prose::meaning;
use crate::record::{Node, ScalarKind, Segment, Value};

/// An item as the search sees it. Entries are ordered by content, so that a search may run with either side first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::record) struct Entry {
    /// Everything that counts as meaning; equal where two items are equal.
    pub content: String,
    /// The texts in it, by which it is found again when it changed.
    pub words: String,
    /// The key, where no other item of the same list has it.
    pub key: Option<String>,
}

/// Returns the entries of a list.
pub(in crate::record) fn entries(items: &[Node]) -> Vec<Entry> {
    let keys = unique(items.iter().map(Node::item_key));
    items
        .iter()
        .zip(keys)
        .map(|(item, key)| Entry {
            content: content(item),
            words: words(item),
            key: key.map(str::to_owned),
        })
        .collect()
}

/// Returns the address of each item within its list: its key where no other item has it, else its index.
pub(crate) fn addresses(items: &[Node]) -> Vec<Segment> {
    unique(items.iter().map(Node::item_key))
        .into_iter()
        .enumerate()
        .map(|(index, key)| Segment::Item(key.map_or_else(|| index.to_string(), str::to_owned)))
        .collect()
}

/// Leaves out keys that several items have.
pub(in crate::record) fn unique<'a>(
    keys: impl Iterator<Item = Option<&'a str>>,
) -> Vec<Option<&'a str>> {
    let keys: Vec<_> = keys.collect();
    let mut count: HashMap<&str, usize> = HashMap::new();
    for key in keys.iter().flatten() {
        *count.entry(key).or_default() += 1;
    }
    keys.into_iter()
        .map(|key| key.filter(|key| count.get(key) == Some(&1)))
        .collect()
}

/// Returns a node's meaning as one text: the order of keys, line ends and trailing white space leave no trace in it.
pub(in crate::record) fn content(node: &Node) -> String {
    let mut content = String::new();
    write_content(node, &mut content);
    content
}

/// Lengths before texts keep different nodes apart.
fn write_content(node: &Node, to: &mut String) {
    match &node.value {
        Value::Scalar(scalar) if scalar.kind == ScalarKind::Text => {
            let text = meaning(&scalar.text);
            to.push_str(&format!("t{} {text} ", text.len()));
        }
        Value::Scalar(scalar) => {
            let text = &scalar.text;
            to.push_str(&format!("{:?}{} {text} ", scalar.kind, text.len()));
        }
        Value::List(items) => {
            to.push('[');
            items.iter().for_each(|item| write_content(item, to));
            to.push(']');
        }
        Value::Map(map) => {
            let mut fields: Vec<_> = map.iter().collect();
            fields.sort_unstable_by_key(|(key, _)| *key);
            to.push('{');
            for (key, value) in fields {
                to.push_str(&format!("{} {key} ", key.len()));
                write_content(value, to);
            }
            to.push('}');
        }
    }
}

/// Returns the texts in a node, without its keys.
fn words(node: &Node) -> String {
    match &node.value {
        Value::Scalar(scalar) => scalar.text.clone(),
        Value::List(items) => items.iter().map(words).collect::<Vec<_>>().join(" "),
        Value::Map(map) => map.values().map(words).collect::<Vec<_>>().join(" "),
    }
}

/// Returns for each old item its new index, where it has one. Items that both have keys, and other ones, are the same only where `renamed` says
/// that a key may change.
pub(in crate::record) fn partners(
    old: &[Entry],
    new: &[Entry],
    renamed: bool,
    budget: &mut Budget,
) -> Vec<Option<usize>> {
    let mut partners = vec![None; old.len()];
    for (at_old, at_new) in oriented(old, new, |old, new| pairs(old, new, renamed, budget)) {
        partners[at_old] = Some(at_new);
    }
    partners
}

/// The indexes of items that have no partner yet.
struct Free {
    old: Vec<usize>,
    new: Vec<usize>,
}

impl Free {
    /// Returns pairs of positions in the two lists as pairs of items, and takes those off.
    fn settle(&mut self, found: Pairs) -> Pairs {
        let pairs: Pairs = found
            .into_iter()
            .map(|(at_old, at_new)| (self.old[at_old], self.new[at_new]))
            .collect();
        let old: HashSet<usize> = pairs.iter().map(|pair| pair.0).collect();
        let new: HashSet<usize> = pairs.iter().map(|pair| pair.1).collect();
        self.old.retain(|item| !old.contains(item));
        self.new.retain(|item| !new.contains(item));
        pairs
    }
}

fn pairs(old: &[Entry], new: &[Entry], renamed: bool, budget: &mut Budget) -> Pairs {
    let mut free = Free {
        old: (0..old.len()).collect(),
        new: (0..new.len()).collect(),
    };
    let mut pairs = free.settle(by_key(old, new));
    let found = align(&contents(old, &free.old), &contents(new, &free.new), budget);
    let mut equal = free.settle(found);
    let found = by_content(old, new, &free);
    equal.extend(free.settle(found));
    pairs.extend(equal);
    let found = alike_anywhere(
        &texts(old, &free.old),
        &texts(new, &free.new),
        |at_old, at_new| {
            renamed || old[free.old[at_old]].key.is_none() || new[free.new[at_new]].key.is_none()
        },
        budget,
    );
    pairs.extend(free.settle(found));
    pairs
}

fn contents<'a>(entries: &'a [Entry], which: &[usize]) -> Vec<&'a str> {
    which
        .iter()
        .map(|&at| entries[at].content.as_str())
        .collect()
}

fn texts<'a>(entries: &'a [Entry], which: &[usize]) -> Vec<&'a str> {
    which.iter().map(|&at| entries[at].words.as_str()).collect()
}

fn by_key(old: &[Entry], new: &[Entry]) -> Pairs {
    let places: HashMap<&str, usize> = new
        .iter()
        .enumerate()
        .filter_map(|(at, entry)| Some((entry.key.as_deref()?, at)))
        .collect();
    old.iter()
        .enumerate()
        .filter_map(|(at, entry)| Some((at, *places.get(entry.key.as_deref()?)?)))
        .collect()
}

/// Pairs equal items that stand in another order, the first with the first.
fn by_content(old: &[Entry], new: &[Entry], free: &Free) -> Pairs {
    let mut places: HashMap<&str, VecDeque<usize>> = HashMap::new();
    for (at, content) in contents(new, &free.new).into_iter().enumerate() {
        places.entry(content).or_default().push_back(at);
    }
    contents(old, &free.old)
        .into_iter()
        .enumerate()
        .filter_map(|(at, content)| Some((at, places.get_mut(content)?.pop_front()?)))
        .collect()
}

/// One line of a comparison, by old and new index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::record) enum Step {
    Removed(usize),
    Added(usize),
    /// In both; the last says whether it moved.
    Kept(usize, usize, bool),
}

/// Returns every item once, in the order of the new side; a removed one follows what stood before it. The fewest items possible are called moved.
pub(in crate::record) fn reading_order(partners: &[Option<usize>], new_len: usize) -> Vec<Step> {
    let rising: Vec<usize> = partners.iter().flatten().copied().collect();
    let mut stays = longest_rise(&rising).into_iter();
    let mut kept: Vec<Option<Step>> = vec![None; new_len];
    // removed_after[n] follows the new item n - 1.
    let mut removed_after: Vec<Vec<usize>> = vec![Vec::new(); new_len + 1];
    let mut slot = 0;
    for (old, partner) in partners.iter().enumerate() {
        match *partner {
            Some(new) => {
                let moved = !stays.next().unwrap_or(true);
                kept[new] = Some(Step::Kept(old, new, moved));
                slot = new + 1;
            }
            None => removed_after[slot].push(old),
        }
    }
    let mut steps = Vec::new();
    for (slot, removed) in removed_after.into_iter().enumerate() {
        if let Some(new) = slot.checked_sub(1) {
            steps.push(kept[new].unwrap_or(Step::Added(new)));
        }
        steps.extend(removed.into_iter().map(Step::Removed));
    }
    steps
}
