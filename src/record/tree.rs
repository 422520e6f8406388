//! A record's values with the layout that an edit needs: where keys, dashes and brackets stand, and what came through an alias.
//!
//! Readers build this tree; [`super::parse()`] shows it to others as [`Node`]s, and [`super::edit()`] splices by it. So reading and editing cannot
//! disagree about a byte.

use std::collections::HashSet;
use std::ops::Range;

use indexmap::IndexMap;

use super::source::Source;
use super::{MAX_DEPTH, Node, Scalar, ScalarKind, Value};
use crate::refusal::Refusal;

/// The most values one record may hold, those that aliases repeat counted each time. It bounds memory; a record is text that people review.
pub(super) const MAX_NODES: usize = 100_000;

/// A value and its place.
#[derive(Debug, Clone)]
pub(super) struct Tree {
    pub(super) data: Data,
    /// All its bytes: quotes, brackets, a block scalar's header; not its anchor or tag.
    pub(super) span: Range<usize>,
    /// It stands in the file as an alias.
    pub(super) alias: bool,
}

/// What a tree holds.
#[derive(Debug, Clone)]
pub(super) enum Data {
    Scalar(Scalar),
    List(Vec<Item>, Layout),
    Map(Vec<Entry>, Layout),
}

/// One item of a list.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// Where its dash stands in a YAML block list, its header in TOML, else its first byte.
    pub(super) start: usize,
    pub(super) value: Tree,
}

/// One entry of a map.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_span: Range<usize>,
    pub(super) value: Tree,
    pub(super) origin: Origin,
}

/// How an entry came into its map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// It is written there.
    Written,
    /// A YAML merge key brought it.
    Merged,
    /// It is the merge key itself, which is no field.
    MergeKey,
}

/// How a list or map is laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Layout {
    /// YAML block style: one line or more for each entry.
    Block,
    /// Between brackets.
    Flow,
    /// A TOML root table (no header) or a table under a header; a list of such tables.
    Table { header: Option<Range<usize>> },
    /// A TOML table that only its dotted keys make.
    Dotted,
    /// A TOML table that only the headers of its children make.
    Implied,
}

impl Tree {
    /// Returns a scalar.
    pub(super) fn scalar(kind: ScalarKind, text: impl Into<String>, span: Range<usize>) -> Self {
        let text = text.into();
        Self {
            data: Data::Scalar(Scalar { kind, text }),
            span,
            alias: false,
        }
    }

    /// Returns the entries of a map.
    pub(super) fn entries(&self) -> Option<&[Entry]> {
        match &self.data {
            Data::Map(entries, _) => Some(entries),
            Data::Scalar(_) | Data::List(..) => None,
        }
    }

    /// Returns the key by which a list knows this item, as [`Node::item_key`] does.
    pub(super) fn item_key(&self) -> Option<&str> {
        let entries = self.entries()?;
        let text_of = |key: &str| {
            let entry = entries.iter().find(|entry| entry.is_field(key))?;
            match &entry.value.data {
                Data::Scalar(scalar) if scalar.kind != ScalarKind::Null => {
                    Some(scalar.text.as_str())
                }
                Data::Scalar(_) | Data::List(..) | Data::Map(..) => None,
            }
        };
        match entries.iter().any(|entry| entry.is_field("key")) {
            true => text_of("key"),
            false => text_of("id"),
        }
    }

    /// Returns the tree as others see it.
    pub(super) fn to_node(&self, source: &Source) -> Node {
        let value = match &self.data {
            Data::Scalar(scalar) => Value::Scalar(scalar.clone()),
            Data::List(items, _) => Value::List(
                items
                    .iter()
                    .map(|item| item.value.to_node(source))
                    .collect(),
            ),
            Data::Map(entries, _) => Value::Map(to_fields(entries, source)),
        };
        Node {
            value,
            line: source.line(self.span.start),
            span: self.span.clone(),
        }
    }
}

impl Entry {
    /// Tells whether this is the field of that name.
    pub(super) fn is_field(&self, key: &str) -> bool {
        self.key == key && self.origin != Origin::MergeKey
    }
}

/// Returns a map's entries as fields.
pub(super) fn to_fields(entries: &[Entry], source: &Source) -> IndexMap<String, Node> {
    entries
        .iter()
        .filter(|entry| entry.origin != Origin::MergeKey)
        .map(|entry| (entry.key.clone(), entry.value.to_node(source)))
        .collect()
}

/// Refuses a key that stands twice in one map.
pub(super) fn refuse_duplicate_keys(entries: &[Entry], source: &Source) -> Result<(), Refusal> {
    let mut seen = HashSet::with_capacity(entries.len());
    match entries
        .iter()
        .find(|entry| !seen.insert(entry.key.as_str()))
    {
        Some(entry) => Err(duplicate_key(source, entry.key_span.start, &entry.key)),
        None => Ok(()),
    }
}

/// Returns the refusal of a key that stands twice in one map.
pub(super) fn duplicate_key(source: &Source, offset: usize, key: &str) -> Refusal {
    source.refuse(
        "REC-KEY-001",
        offset,
        format!("key {key:?} stands twice in one map, and readers disagree about which one counts"),
        "keep one of the two",
    )
}

/// Counts values and depth while a reader walks, and refuses at the limits.
#[derive(Debug, Default)]
pub(super) struct Budget {
    nodes: usize,
    depth: usize,
}

impl Budget {
    /// Takes values from the budget.
    pub(super) fn take(
        &mut self,
        nodes: usize,
        source: &Source,
        offset: usize,
    ) -> Result<(), Refusal> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes <= MAX_NODES {
            return Ok(());
        }
        Err(source.refuse(
            "REC-SIZE-002",
            offset,
            format!("the record holds more than {MAX_NODES} values, aliases counted each time"),
            "split the record, or write fewer aliases",
        ))
    }

    /// Enters a list or map that is itself so many levels deep.
    pub(super) fn enter(&mut self, source: &Source, offset: usize) -> Result<(), Refusal> {
        self.depth += 1;
        self.check_depth(0, source, offset)
    }

    /// Leaves a list or map.
    pub(super) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Refuses a value of so many levels where it would pass the limit here.
    pub(super) fn check_depth(
        &self,
        levels: usize,
        source: &Source,
        offset: usize,
    ) -> Result<(), Refusal> {
        match self.depth + levels <= MAX_DEPTH {
            true => Ok(()),
            false => Err(too_deep(source, offset)),
        }
    }
}

/// Returns the refusal of lists and maps nested too deep.
pub(super) fn too_deep(source: &Source, offset: usize) -> Refusal {
    source.refuse(
        "REC-DEPTH-001",
        offset,
        format!("lists and maps are nested deeper than {MAX_DEPTH} levels here"),
        "flatten the record",
    )
}

/// Returns the refusal of a file whose root is no map.
pub(super) fn root_is_no_map(source: &Source, root: &Tree) -> Refusal {
    let seen = match &root.data {
        Data::Scalar(_) => "a single value",
        Data::List(..) => "a list",
        Data::Map(..) => "a map",
    };
    source.refuse(
        "REC-ROOT-001",
        root.span.start,
        format!(
            "the {} root is {seen}, not a map of fields",
            source.syntax.name()
        ),
        "write the record as fields, each a name and a value",
    )
}
