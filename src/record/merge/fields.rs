//! Three records merged by meaning: maps by key, lists by item, everything else as a whole.
//!
//! What only one side changed is taken; what both changed in the same way is one change; what they changed differently is a dispute, and the
//! standing value stays until somebody chose. The order of keys carries no meaning and is left to whoever writes the bytes.

use indexmap::IndexMap;

use super::order::{self, Lead, Lists, Strand};
use super::{About, Choice};
use crate::record::diff::align::Budget;
use crate::record::diff::pair::{addresses, entries};
use crate::record::{FieldPath, Node, Segment, Value};

/// Something that the two sides left differently, with the nodes that they left.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Dispute {
    pub(super) path: FieldPath,
    pub(super) about: About,
    pub(super) base: Option<Node>,
    pub(super) standing: Option<Node>,
    pub(super) yours: Option<Node>,
}

/// The merge under way.
pub(super) struct Merging<'c> {
    pub(super) budget: Budget,
    /// What was chosen for the disputes, in the order in which they are found; the standing value where nothing was.
    choices: &'c [Choice],
    pub(super) disputes: Vec<Dispute>,
}

impl<'c> Merging<'c> {
    pub(super) fn new(choices: &'c [Choice]) -> Self {
        Self {
            budget: Budget::new(),
            choices,
            disputes: Vec::new(),
        }
    }

    /// Returns the merged map, in the standing order of its keys.
    pub(super) fn maps(
        &mut self,
        path: &FieldPath,
        base: Option<&IndexMap<String, Node>>,
        standing: &IndexMap<String, Node>,
        yours: &IndexMap<String, Node>,
    ) -> IndexMap<String, Node> {
        let new = yours.keys().filter(|key| !standing.contains_key(*key));
        let mut merged = IndexMap::new();
        for key in standing.keys().chain(new) {
            let path = path.join(Segment::Key(key.clone()));
            let base = base.and_then(|base| base.get(key));
            if let Some(node) = self.nodes(&path, base, standing.get(key), yours.get(key)) {
                merged.insert(key.clone(), node);
            }
        }
        merged
    }

    /// Returns the merged value; `None` is a value that is not there.
    fn nodes(
        &mut self,
        path: &FieldPath,
        base: Option<&Node>,
        standing: Option<&Node>,
        yours: Option<&Node>,
    ) -> Option<Node> {
        if standing == yours || base == yours {
            return standing.cloned();
        }
        if base == standing {
            return yours.cloned();
        }
        if let (Some(one), Some(other)) = (standing, yours) {
            let merged = match (&one.value, &other.value) {
                (Value::Map(one), Value::Map(other)) => {
                    Some(Value::Map(self.maps(path, map_of(base), one, other)))
                }
                (Value::List(one), Value::List(other)) => {
                    Some(Value::List(self.lists(path, base, one, other)))
                }
                _ => None,
            };
            if let Some(value) = merged {
                return Some(Node {
                    value,
                    line: one.line,
                    span: one.span.clone(),
                });
            }
        }
        self.dispute(path, About::Value, [base, standing, yours])
    }

    fn lists(
        &mut self,
        path: &FieldPath,
        base: Option<&Node>,
        standing: &[Node],
        yours: &[Node],
    ) -> Vec<Node> {
        let base = list_of(base);
        let lists = Lists {
            base: entries(base),
            standing: entries(standing),
            yours: entries(yours),
        };
        let strands = order::strands(&lists, false, &mut self.budget);
        let names = [addresses(standing), addresses(yours), addresses(base)];
        let items: Vec<Option<Node>> = strands
            .iter()
            .map(|strand| {
                let at = name(strand, &names).map_or_else(|| path.clone(), |at| path.join(at));
                let of =
                    |list: &'_ [Node], at: Option<usize>| at.and_then(|at| list.get(at).cloned());
                let (base, standing, yours) = (
                    of(base, strand.base),
                    of(standing, strand.standing),
                    of(yours, strand.yours),
                );
                self.nodes(&at, base.as_ref(), standing.as_ref(), yours.as_ref())
            })
            .collect();
        let whole = |items: &[Node]| Node {
            value: Value::List(items.to_vec()),
            line: items.first().map_or(0, |item| item.line),
            span: around(items),
        };
        let lead = self.lead(path, &strands, || {
            [whole(base), whole(standing), whole(yours)]
        });
        let stays = |number: usize| items.get(number).is_some_and(Option::is_some);
        order::sequence(&strands, stays, lead)
            .into_iter()
            .filter_map(|number| items.get(number).cloned().flatten())
            .collect()
    }

    /// Returns whether the order is yours. Different orders are a dispute.
    pub(super) fn lead(
        &mut self,
        path: &FieldPath,
        strands: &[Strand],
        lists: impl FnOnce() -> [Node; 3],
    ) -> bool {
        match order::lead(strands) {
            Lead::Standing => false,
            Lead::Yours => true,
            Lead::Disputed => {
                let lists = lists();
                let [base, standing, yours] = &lists;
                let sides = [Some(base), Some(standing), Some(yours)];
                self.choose(path, About::Order, sides) == Choice::Yours
            }
        }
    }

    /// Returns what was chosen for a dispute about a value.
    pub(super) fn dispute(
        &mut self,
        path: &FieldPath,
        about: About,
        sides: [Option<&Node>; 3],
    ) -> Option<Node> {
        match self.choose(path, about, sides) {
            Choice::Standing => sides[1].cloned(),
            Choice::Yours => sides[2].cloned(),
            Choice::New(scalar) => Some(Node {
                value: Value::Scalar(scalar),
                line: 0,
                span: 0..0,
            }),
        }
    }

    fn choose(&mut self, path: &FieldPath, about: About, sides: [Option<&Node>; 3]) -> Choice {
        let choice = self.choices.get(self.disputes.len());
        let [base, standing, yours] = sides.map(Option::<&Node>::cloned);
        self.disputes.push(Dispute {
            path: path.clone(),
            about,
            base,
            standing,
            yours,
        });
        choice.cloned().unwrap_or(Choice::Standing)
    }
}

fn map_of(node: Option<&Node>) -> Option<&IndexMap<String, Node>> {
    match node.map(|node| &node.value) {
        Some(Value::Map(map)) => Some(map),
        _ => None,
    }
}

fn list_of(node: Option<&Node>) -> &[Node] {
    match node.map(|node| &node.value) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

/// Returns the address of an item: of the first side that has it.
fn name(strand: &Strand, names: &[Vec<Segment>; 3]) -> Option<Segment> {
    let places = [strand.standing, strand.yours, strand.base];
    let found = places
        .iter()
        .zip(names)
        .find_map(|(at, names)| names.get((*at)?));
    found.cloned()
}

/// Returns the bytes from the first item to the last.
fn around(items: &[Node]) -> std::ops::Range<usize> {
    let start = items.iter().map(|item| item.span.start).min();
    let end = items.iter().map(|item| item.span.end).max();
    start.unwrap_or_default()..end.unwrap_or_default()
}
