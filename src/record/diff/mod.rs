//! What changed between two texts of a record, field by field: one answer for pages, API, version floors and merges.
//!
//! Maps are compared by key, lists by item key and else by content, long text by paragraph and word, a Markdown body by section. The answer is a
//! flat list in the reading order of the new record, so that a template can loop over it. It is a pure function of the two records, computed
//! within a fixed number of steps: where a pair of texts is too large or too different to search, whole paragraphs and items are replaced.
//!
//! Line ends, white space at the end of lines and the order of keys are no change of meaning: they are told apart in [`Diff::layout`]. What the
//! model of a record does not hold (comments, quoting, indentation) is not told at all; compare the blobs for that.

pub(super) mod align;
pub(super) mod pair;
mod prose;
mod sections;
#[cfg(test)]
mod tests;

use indexmap::IndexMap;

pub(crate) use align::longest_rise;
pub(crate) use pair::addresses;
pub use prose::{Block, Fate, Run, meaning};
pub use sections::{Section, sections, slug};

use super::{Body, FieldPath, Node, Record, Scalar, ScalarKind, Segment, Value};
use align::Budget;
use pair::{Entry, Step, reading_order};

/// What changed between two texts of a record.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Diff {
    /// Changes of meaning, in the reading order of the new record; what was removed follows what stood before it.
    pub changes: Vec<FieldChange>,
    /// Differences without meaning, in the same order.
    pub layout: Vec<LayoutChange>,
}

impl Diff {
    /// Returns whether the two texts mean the same, whatever their layout.
    pub fn keeps_meaning(&self) -> bool {
        self.changes.is_empty()
    }

    /// Returns whether nothing differs that a record holds, layout included.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.layout.is_empty()
    }
}

/// A change of meaning at one address.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    /// The address in the new record; of what was removed, in the old one.
    pub path: FieldPath,
    /// The address in the old record where it was another: an item known by its index, a section whose heading changed.
    pub was: Option<FieldPath>,
    /// What happened.
    pub change: Change,
    /// One-based line in the old file; `None` for what was added.
    pub line_old: Option<u32>,
    /// One-based line in the new file; `None` for what was removed.
    pub line_new: Option<u32>,
}

/// What happened at an address. An item or section that moved and changed has a change for each.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A value, item or section that was not there; of a section, the node is its text, heading included.
    Added {
        /// The whole value.
        new: Node,
    },
    /// A value, item or section that is gone.
    Removed {
        /// The whole value.
        old: Node,
    },
    /// A short value.
    Scalar {
        /// Before.
        old: Scalar,
        /// After.
        new: Scalar,
    },
    /// Long text, as [`meaning`] leaves it.
    Prose(Vec<Block>),
    /// A map, list or scalar became another of the three.
    Replaced {
        /// Before.
        old: Node,
        /// After.
        new: Node,
    },
    /// A list item or section that stands elsewhere among the others; the fewest possible are said to have moved.
    Moved {
        /// Zero-based place in the old list or body.
        from: usize,
        /// Zero-based place in the new one.
        to: usize,
    },
}

/// A difference without meaning at one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayoutChange {
    /// The address in the new record; the root where the order of the first keys differs.
    pub path: FieldPath,
    /// What differs.
    pub layout: Layout,
}

/// A difference that a reader of the published text cannot see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layout {
    /// `\r\n` against `\n`.
    LineEnds,
    /// Spaces at the end of lines, or blank lines at the end of the text.
    TrailingSpace,
    /// Keys of a mapping in another order.
    KeyOrder,
}

/// Compares two texts of a record; `None` is a record that is not there.
pub fn diff(old: Option<&Record>, new: Option<&Record>) -> Diff {
    let mut walk = Walk {
        budget: Budget::new(),
        diff: Diff::default(),
    };
    let nothing = IndexMap::new();
    walk.maps(
        &Spot::default(),
        old.map_or(&nothing, |record| &record.fields),
        new.map_or(&nothing, |record| &record.fields),
    );
    walk.bodies(
        old.and_then(|record| record.body.as_ref()),
        new.and_then(|record| record.body.as_ref()),
    );
    walk.diff
}

/// An address on both sides.
#[derive(Default)]
struct Spot {
    old: FieldPath,
    new: FieldPath,
}

impl Spot {
    fn join(&self, old: Segment, new: Segment) -> Self {
        Self {
            old: self.old.join(old),
            new: self.new.join(new),
        }
    }
}

/// The comparison under way.
struct Walk {
    budget: Budget,
    diff: Diff,
}

impl Walk {
    fn maps(&mut self, at: &Spot, old: &IndexMap<String, Node>, new: &IndexMap<String, Node>) {
        let partners: Vec<_> = old.keys().map(|key| new.get_index_of(key)).collect();
        if !partners.iter().flatten().is_sorted() {
            self.layout(&at.new, Layout::KeyOrder);
        }
        for step in reading_order(&partners, new.len()) {
            match step {
                Step::Removed(index) => {
                    if let Some((key, node)) = old.get_index(index) {
                        self.removed(at.old.join(Segment::Key(key.clone())), node.clone());
                    }
                }
                Step::Added(index) => {
                    if let Some((key, node)) = new.get_index(index) {
                        self.added(at.new.join(Segment::Key(key.clone())), node.clone());
                    }
                }
                Step::Kept(index, new_index, _) => {
                    if let (Some((key, old)), Some((_, new))) =
                        (old.get_index(index), new.get_index(new_index))
                    {
                        let key = Segment::Key(key.clone());
                        self.nodes(&at.join(key.clone(), key), old, new);
                    }
                }
            }
        }
    }

    fn lists(&mut self, at: &Spot, old: &[Node], new: &[Node]) {
        let (names_old, names_new) = (addresses(old), addresses(new));
        let partners = pair::partners(
            &pair::entries(old),
            &pair::entries(new),
            false,
            &mut self.budget,
        );
        for step in reading_order(&partners, new.len()) {
            match step {
                Step::Removed(item) => {
                    self.removed(at.old.join(names_old[item].clone()), old[item].clone());
                }
                Step::Added(item) => {
                    self.added(at.new.join(names_new[item].clone()), new[item].clone());
                }
                Step::Kept(from, to, moved) => {
                    let at = at.join(names_old[from].clone(), names_new[to].clone());
                    if moved {
                        self.push(&at, Change::Moved { from, to }, &old[from], &new[to]);
                    }
                    self.nodes(&at, &old[from], &new[to]);
                }
            }
        }
    }

    fn nodes(&mut self, at: &Spot, old: &Node, new: &Node) {
        match (&old.value, &new.value) {
            (Value::Scalar(before), Value::Scalar(after)) => {
                if before.kind == ScalarKind::Text && after.kind == ScalarKind::Text {
                    self.texts(at, old, new, &before.text, &after.text);
                } else if before != after {
                    let change = Change::Scalar {
                        old: before.clone(),
                        new: after.clone(),
                    };
                    self.push(at, change, old, new);
                }
            }
            (Value::List(before), Value::List(after)) => self.lists(at, before, after),
            (Value::Map(before), Value::Map(after)) => self.maps(at, before, after),
            _ => {
                let change = Change::Replaced {
                    old: old.clone(),
                    new: new.clone(),
                };
                self.push(at, change, old, new);
            }
        }
    }

    /// Compares the texts of two fields.
    fn texts(&mut self, at: &Spot, old: &Node, new: &Node, before: &str, after: &str) {
        let (plain_before, plain_after) = (meaning(before), meaning(after));
        if plain_before == plain_after {
            if let Some(layout) = layout_of(before, after) {
                self.layout(&at.new, layout);
            }
        } else if prose::is_prose(&plain_before) || prose::is_prose(&plain_after) {
            let blocks = prose::blocks(&plain_before, &plain_after, &mut self.budget);
            self.push(at, Change::Prose(blocks), old, new);
        } else {
            let change = Change::Scalar {
                old: Scalar::text(before),
                new: Scalar::text(after),
            };
            self.push(at, change, old, new);
        }
    }

    fn bodies(&mut self, old: Option<&Body>, new: Option<&Body>) {
        let before = Cut::of(old);
        let after = Cut::of(new);
        let partners = pair::partners(&before.entries(), &after.entries(), true, &mut self.budget);
        let noted = self.diff.layout.len();
        let told = self.diff.changes.len();
        for step in reading_order(&partners, after.parts.len()) {
            match step {
                Step::Removed(part) => {
                    self.removed(before.path(part), before.parts[part].1.clone());
                }
                Step::Added(part) => self.added(after.path(part), after.parts[part].1.clone()),
                Step::Kept(from, to, moved) => {
                    let at = Spot {
                        old: before.path(from),
                        new: after.path(to),
                    };
                    let (old, new) = (&before.parts[from].1, &after.parts[to].1);
                    if moved {
                        self.push(&at, Change::Moved { from, to }, old, new);
                    }
                    self.sections(&at, old, new);
                }
            }
        }
        let (Some(old), Some(new)) = (old, new) else {
            return;
        };
        let quiet = self.diff.layout.len() == noted && self.diff.changes.len() == told;
        match layout_of(&old.text, &new.text) {
            // Line ends are a matter of the whole body, said once.
            Some(Layout::LineEnds) => self.layout(&FieldPath::body(), Layout::LineEnds),
            Some(layout) if quiet => self.layout(&FieldPath::body(), layout),
            _ => {}
        }
    }

    /// Compares two sections, of which line ends have been told for the whole body and blank lines at the end belong to what follows.
    fn sections(&mut self, at: &Spot, old: &Node, new: &Node) {
        let text = |node: &Node| node.as_text().unwrap_or_default().replace("\r\n", "\n");
        let (before, after) = (text(old), text(new));
        self.texts(at, old, new, before.trim_end(), after.trim_end());
    }

    fn push(&mut self, at: &Spot, change: Change, old: &Node, new: &Node) {
        self.diff.changes.push(FieldChange {
            path: at.new.clone(),
            was: (at.old != at.new).then(|| at.old.clone()),
            change,
            line_old: Some(old.line),
            line_new: Some(new.line),
        });
    }

    fn added(&mut self, path: FieldPath, new: Node) {
        self.diff.changes.push(FieldChange {
            path,
            was: None,
            line_old: None,
            line_new: Some(new.line),
            change: Change::Added { new },
        });
    }

    fn removed(&mut self, path: FieldPath, old: Node) {
        self.diff.changes.push(FieldChange {
            path,
            was: None,
            line_old: Some(old.line),
            line_new: None,
            change: Change::Removed { old },
        });
    }

    fn layout(&mut self, path: &FieldPath, layout: Layout) {
        self.diff.layout.push(LayoutChange {
            path: path.clone(),
            layout,
        });
    }
}

/// Returns in what two texts of the same meaning differ.
fn layout_of(old: &str, new: &str) -> Option<Layout> {
    if old == new {
        return None;
    }
    if old.contains("\r\n") != new.contains("\r\n") {
        return Some(Layout::LineEnds);
    }
    Some(Layout::TrailingSpace)
}

/// A body cut into sections, each with its text as a node.
pub(super) struct Cut {
    pub(super) parts: Vec<(Section, Node)>,
}

impl Cut {
    pub(super) fn of(body: Option<&Body>) -> Self {
        let parts = body.map_or_else(Vec::new, |body| {
            sections(&body.text)
                .into_iter()
                .map(|section| {
                    let node = Node {
                        value: Value::Scalar(Scalar::text(&body.text[section.span.clone()])),
                        line: body.line.saturating_add(section.line),
                        span: body.start + section.span.start..body.start + section.span.end,
                    };
                    (section, node)
                })
                .collect()
        });
        Self { parts }
    }

    pub(super) fn path(&self, part: usize) -> FieldPath {
        match &self.parts[part].0.slug {
            Some(slug) => FieldPath::body().join(Segment::Section(slug.clone())),
            None => FieldPath::body(),
        }
    }

    /// Returns the sections as entries: known by their heading where no other section has the same, else by content.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let headings: Vec<String> = self
            .parts
            .iter()
            .map(|(section, _)| match section.slug {
                Some(_) => slug(&section.title),
                None => String::new(),
            })
            .collect();
        pair::unique(headings.iter().map(|heading| Some(heading.as_str())))
            .into_iter()
            .zip(&self.parts)
            .map(|(key, (_, node))| {
                let text = meaning(node.as_text().unwrap_or_default()).into_owned();
                Entry {
                    content: text.clone(),
                    words: text,
                    key: key.map(str::to_owned),
                }
            })
            .collect()
    }
}
