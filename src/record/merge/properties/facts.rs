//! What a record says, one fact at a time, and the rule that a merge must follow for each: written without the merge's own notions.

use std::collections::{BTreeMap, BTreeSet};

use crate::record::diff::sections;
use crate::record::{FieldPath, Node, Record, Segment, Value};

/// A list whose members have an order: by its address, the names of its members.
pub(super) type Orders = BTreeMap<FieldPath, Vec<String>>;

/// Everything a record says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Facts {
    /// Values by address; of a list or map what it is. Words of a list stand under it as if each were a key.
    pub(super) values: BTreeMap<FieldPath, String>,
    pub(super) orders: Orders,
    /// Headings of the body by the name that stands for them in addresses.
    headings: BTreeMap<String, String>,
}

impl Facts {
    pub(super) fn of(record: &Record) -> Self {
        let mut facts = Self::default();
        for (key, node) in &record.fields {
            facts.add(FieldPath::key(key.clone()), node);
        }
        if let Some(body) = &record.body {
            facts.add_body(&body.text);
        }
        facts
    }

    fn add(&mut self, path: FieldPath, node: &Node) {
        match &node.value {
            Value::Scalar(scalar) => {
                let value = format!("{:?} {}", scalar.kind, scalar.text);
                self.values.insert(path, value);
            }
            Value::Map(map) => {
                self.values.insert(path.clone(), "map".to_owned());
                for (key, node) in map {
                    self.add(path.join(Segment::Key(key.clone())), node);
                }
            }
            Value::List(items) => {
                self.values.insert(path.clone(), "list".to_owned());
                let mut names = Vec::new();
                for item in items {
                    let name = item
                        .item_key()
                        .or_else(|| item.as_text())
                        .unwrap()
                        .to_owned();
                    self.add(path.join(Segment::Item(name.clone())), item);
                    names.push(name);
                }
                self.orders.insert(path, names);
            }
        }
    }

    fn add_body(&mut self, body: &str) {
        let mut names = Vec::new();
        // Two sections may have one heading, such as one that a side added and one that the other renamed. Their addresses are numbered from the top,
        // which is no fact of either: what stands under a heading counts, under whichever of them it is.
        let mut slugs: BTreeMap<String, String> = BTreeMap::new();
        for section in sections(body) {
            let slug = section.slug.unwrap_or_default();
            let slug = slugs.entry(section.title.clone()).or_insert(slug);
            let path = section_path(slug);
            self.headings.insert(slug.clone(), section.title.clone());
            let text = body[section.span].trim();
            self.values.insert(path.clone(), "section".to_owned());
            for paragraph in text.split("\n\n").filter(|text| !text.trim().is_empty()) {
                let path = path.join(Segment::Key(paragraph.trim().to_owned()));
                self.values.insert(path, "paragraph".to_owned());
            }
            names.push(section.title);
        }
        self.orders.insert(FieldPath::body(), names);
    }
}

fn section_path(slug: &str) -> FieldPath {
    FieldPath::body().join(Segment::Section(slug.to_owned()))
}

impl Facts {
    /// Returns what stands under a heading.
    fn under(&self, slug: &str) -> BTreeSet<&FieldPath> {
        let section = section_path(slug);
        let values = self.values.keys();
        values
            .filter(|path| path.is_within(&section) && **path != section)
            .collect()
    }

    /// Puts what stands under a heading under another one.
    fn rename(&mut self, from: &str, to: &str, title: &str) {
        let (old, new) = (section_path(from), section_path(to));
        let depth = old.segments().len();
        let values = std::mem::take(&mut self.values).into_iter();
        self.values = values
            .map(|(path, value)| match path.is_within(&old) {
                true => {
                    let rest = path.segments()[depth..].iter().cloned();
                    (
                        rest.fold(new.clone(), |path, segment| path.join(segment)),
                        value,
                    )
                }
                false => (path, value),
            })
            .collect();
        let before = self.headings.remove(from).unwrap_or_default();
        self.headings.insert(to.to_owned(), title.to_owned());
        for name in self
            .orders
            .get_mut(&FieldPath::body())
            .into_iter()
            .flatten()
        {
            if *name == before {
                title.clone_into(name);
            }
        }
    }
}

/// Returns the facts as they read where a section that a side gave another heading is one section under that heading, and the headings that went with
/// those that came. A section that lost its heading, and one that came with a paragraph of it, may be one or two: both readings are right.
pub(super) fn with_new_headings(
    [base, standing, yours, result]: [&Facts; 4],
) -> ([Facts; 4], Vec<(FieldPath, FieldPath)>) {
    let mut all = [base, standing, yours, result].map(Facts::clone);
    let mut renamed = Vec::new();
    for (side, other) in [(1, 2), (2, 1)] {
        let came: Vec<(String, String)> = all[side]
            .headings
            .iter()
            .filter(|(slug, _)| !all[0].headings.contains_key(*slug))
            .map(|(slug, title)| (slug.clone(), title.clone()))
            .collect();
        for (to, title) in came {
            let words = |facts: &Facts, slug: &str| -> BTreeSet<String> {
                let paths = facts.under(slug).into_iter();
                paths
                    .filter_map(|path| path.segments().last().map(|it| format!("{it:?}")))
                    .collect()
            };
            let new = words(&all[side], &to);
            let went = all[0].headings.keys().find(|slug| {
                !all[side].headings.contains_key(*slug) && !new.is_disjoint(&words(&all[0], slug))
            });
            let Some(from) = went.cloned() else { continue };
            if all[other].headings.contains_key(&to) {
                continue;
            }
            all[0].rename(&from, &to, &title);
            all[other].rename(&from, &to, &title);
            renamed.push((section_path(&from), section_path(&to)));
        }
    }
    (all, renamed)
}

/// Returns what is wrong with a merged record: a fact that is not as the sides left it and in no conflict.
pub(super) fn faults(
    [base, standing, yours, result]: [&Facts; 4],
    in_conflict: impl Fn(&FieldPath) -> bool,
    order_in_conflict: impl Fn(&FieldPath) -> bool,
) -> Vec<String> {
    let mut faults = Vec::new();
    let all = [base, standing, yours, result];
    let paths: BTreeSet<&FieldPath> = all.iter().flat_map(|facts| facts.values.keys()).collect();
    for path in paths {
        let [base, standing, yours, result] = all.map(|facts| facts.values.get(path));
        let wanted = match (base, standing, yours) {
            _ if in_conflict(path) => standing,
            (_, standing, yours) if standing == yours => standing,
            (base, standing, yours) if base == standing => yours,
            (base, standing, yours) if base == yours => standing,
            _ => {
                faults.push(format!("{path}: changed in two ways without a conflict"));
                continue;
            }
        };
        if wanted != result {
            faults.push(format!("{path}: is {result:?} and not {wanted:?}"));
        }
    }
    for path in result.orders.keys() {
        let orders = all.map(|facts| facts.orders.get(path).cloned().unwrap_or_default());
        let common = |name: &String| orders.iter().all(|order| order.contains(name));
        let orders: Vec<Vec<&String>> = orders
            .iter()
            .map(|order| order.iter().filter(|name| common(name)).collect())
            .collect();
        let [base, standing, yours, result] = &orders[..] else {
            unreachable!("there are four");
        };
        let wanted = match () {
            // As for values: what is in a conflict stands as it stood, and the other side is in the conflict. Members that a side reworded have no
            // one name here, so that a merge which knows them may see two orders where the names alone show one.
            () if order_in_conflict(path) => standing,
            () if standing == yours || base == yours => standing,
            () if base == standing => yours,
            () => {
                faults.push(format!("{path}: two orders without a conflict"));
                continue;
            }
        };
        if result != wanted && !in_conflict(path) {
            faults.push(format!(
                "{path}: has the order {result:?} and not {wanted:?}"
            ));
        }
    }
    faults
}

/// Returns how often each comment of the making stands in a text.
pub(super) fn comments(text: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (at, _) in text.match_indices("# c") {
        let rest = &text[at..];
        let end = rest[3..]
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len() - 3);
        if end > 0 {
            *counts.entry(rest[..3 + end].to_owned()).or_insert(0) += 1;
        }
    }
    counts
}
