//! Anchors, aliases and merge keys: resolved for reading, marked so that no edit goes through them.
//!
//! What an alias repeats is taken from the same budget as what is written, so a small file cannot grow large in memory.

use std::collections::HashSet;
use std::ops::Range;

use super::Reader;
use crate::record::MAX_FILE_BYTES;
use crate::record::tree::{Data, Entry, Origin, Tree};
use crate::refusal::Refusal;

/// A node that an alias can repeat, and what repeating it costs.
pub(super) struct Anchored {
    tree: Tree,
    nodes: usize,
    bytes: usize,
    levels: usize,
}

impl Reader<'_> {
    /// Adds what the merge key brings and the map does not write itself.
    pub(super) fn merge(&mut self, entries: &mut Vec<Entry>) -> Result<(), Refusal> {
        let Some(at) = entries
            .iter()
            .position(|entry| entry.origin == Origin::MergeKey)
        else {
            return Ok(());
        };
        let value = &entries[at].value;
        let maps: Vec<&Tree> = match &value.data {
            Data::List(items, _) => items.iter().map(|item| &item.value).collect(),
            Data::Map(..) | Data::Scalar(_) => vec![value],
        };
        let Some(merged): Option<Vec<&[Entry]>> = maps.into_iter().map(Tree::entries).collect()
        else {
            entries[at].origin = Origin::Written;
            return Ok(());
        };
        let mut known: HashSet<String> = entries
            .iter()
            .filter(|entry| entry.origin != Origin::MergeKey)
            .map(|entry| entry.key.clone())
            .collect();
        let mut added: Vec<Entry> = Vec::new();
        for entry in merged.into_iter().flatten() {
            if entry.origin != Origin::MergeKey && known.insert(entry.key.clone()) {
                let mut entry = entry.clone();
                entry.origin = Origin::Merged;
                added.push(entry);
            }
        }
        let offset = value.span.start;
        let nodes = added.iter().map(|entry| measure(&entry.value).nodes).sum();
        self.budget.take(nodes, self.source, offset)?;
        entries.extend(added);
        Ok(())
    }

    pub(super) fn keep(&mut self, anchor: usize, tree: &Tree) -> Result<(), Refusal> {
        let size = measure(tree);
        self.budget.take(size.nodes, self.source, tree.span.start)?;
        let anchored = Anchored {
            tree: tree.clone(),
            nodes: size.nodes,
            bytes: size.bytes,
            levels: size.levels,
        };
        self.anchors.insert(anchor, anchored);
        Ok(())
    }

    /// Returns a copy of an anchored node, standing where the alias stands.
    pub(super) fn repeat(&mut self, anchor: usize, span: Range<usize>) -> Result<Tree, Refusal> {
        let Some(anchored) = self.anchors.get(&anchor) else {
            return Err(self.source.refuse(
                "REC-YAML-004",
                span.start,
                "the alias stands inside the value that it repeats",
                "write the value out",
            ));
        };
        self.budget.take(anchored.nodes, self.source, span.start)?;
        self.budget
            .check_depth(anchored.levels, self.source, span.start)?;
        self.repeated_bytes = self.repeated_bytes.saturating_add(anchored.bytes);
        if self.repeated_bytes > MAX_FILE_BYTES {
            return Err(self.source.refuse(
                "REC-SIZE-003",
                span.start,
                format!("aliases repeat more than {MAX_FILE_BYTES} bytes of text"),
                "write fewer aliases",
            ));
        }
        let mut tree = anchored.tree.clone();
        tree.span = span;
        tree.alias = true;
        Ok(tree)
    }
}

/// Tells whether a tree is a list of aliases, as a merge key may name.
pub(super) fn holds_aliases(tree: &Tree) -> bool {
    match &tree.data {
        Data::List(items, _) => items.iter().all(|item| item.value.alias) && !items.is_empty(),
        Data::Scalar(_) | Data::Map(..) => false,
    }
}

/// What a tree amounts to.
#[derive(Default)]
struct Size {
    nodes: usize,
    bytes: usize,
    levels: usize,
}

fn measure(tree: &Tree) -> Size {
    let (own_bytes, children): (usize, Vec<&Tree>) = match &tree.data {
        Data::Scalar(scalar) => (scalar.text.len(), Vec::new()),
        Data::List(items, _) => (0, items.iter().map(|item| &item.value).collect()),
        Data::Map(entries, _) => (
            entries.iter().map(|entry| entry.key.len()).sum(),
            entries.iter().map(|entry| &entry.value).collect(),
        ),
    };
    let is_nested = !matches!(tree.data, Data::Scalar(_));
    let mut size = Size {
        nodes: 1,
        bytes: own_bytes,
        levels: 0,
    };
    for child in children {
        let child = measure(child);
        size.nodes += child.nodes;
        size.bytes += child.bytes;
        size.levels = size.levels.max(child.levels);
    }
    size.levels += usize::from(is_nested);
    size
}
