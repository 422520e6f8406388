//! T03: each claim is supported by a reference.
//!
//! Fields: `claims`, whose items have a `key`; and `references`, whose items name in `supports` the keys of the claims that they bear out.

use std::collections::HashSet;

use super::{Fault, Subject, name};
use crate::record::{Node, Value};

pub(super) fn faults(subject: &Subject<'_>) -> Vec<Fault> {
    let references = subject.list("references");
    let supported: HashSet<&str> = references
        .iter()
        .flat_map(|(_, node)| supports(node))
        .collect();
    let mut found = Vec::new();
    for claim in subject.items("claims") {
        let claimed = name(&claim.field);
        let (message, next) = match claim.node.item_key() {
            Some(key) if supported.contains(key) => continue,
            Some(_) => (
                format!("no reference supports {claimed}"),
                "name the claim under \"supports\" of a reference, or add one",
            ),
            None => (
                format!("{claimed} has no key by which a reference could support it"),
                "give it a short \"key\", and name that under \"supports\" of a reference",
            ),
        };
        found.push(Fault::new(&claim.field, claim.node.line, message, next));
    }
    found
}

/// Returns the claims that a reference supports: a list of keys, or one.
fn supports(reference: &Node) -> Vec<&str> {
    let Value::Map(fields) = &reference.value else {
        return Vec::new();
    };
    match fields.get("supports").map(|node| &node.value) {
        Some(Value::List(items)) => items.iter().filter_map(Node::as_text).collect(),
        _ => fields
            .get("supports")
            .and_then(Node::as_text)
            .into_iter()
            .collect(),
    }
}
