//! What a change weighs, as far as approvals are counted by it.

use crate::policy::{Bump, Collection, FieldPattern, Steps, Workflow};
use crate::record::diff::{Change, Diff, FieldChange, addresses, diff};
use crate::record::{self, FieldPath, Node, Segment, Value};

/// What a change weighs: how far it moves the version, and which fields that ask for more eyes it touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weight {
    /// The bump that the policy's floors ask for; major for a text that was never published.
    pub bump: Bump,
    /// Nothing was published before.
    pub is_new: bool,
    /// Patterns of the workflow's `more` that cover something that was added, changed, moved or removed.
    pub touched: Vec<FieldPattern>,
}

impl Weight {
    /// Returns the weight of a text that is as it was published.
    pub fn none() -> Self {
        Self {
            bump: Bump::None,
            is_new: false,
            touched: Vec::new(),
        }
    }

    /// Returns the weight of a change that cannot be read.
    pub fn heaviest(workflow: &Workflow, is_new: bool) -> Self {
        let fields = workflow.weighed_fields().into_iter();
        Self {
            bump: Bump::Major,
            is_new,
            touched: fields.cloned().collect(),
        }
    }
}

/// Weighs a text against the one last published. A text that cannot be read, before or after, weighs as much as one can.
pub fn weigh(
    collection: &Collection,
    workflow: &Workflow,
    base: Option<&[u8]>,
    proposed: &[u8],
) -> Weight {
    let read = |bytes: &[u8]| record::parse(bytes, collection.format).ok();
    let (was, is) = (base.map(read), read(proposed));
    let (Some(is), false) = (&is, matches!(was, Some(None))) else {
        return Weight::heaviest(workflow, base.is_none());
    };
    let was = was.flatten();
    let own = workflow.own_fields(collection);
    let change = diff(was.as_ref(), Some(is));
    Weight {
        bump: match was {
            Some(_) => super::explain(&change, &collection.floors, &own).bump,
            None => Bump::Major,
        },
        is_new: was.is_none(),
        touched: touched(&change, &workflow.weighed_fields(), &own),
    }
}

/// Returns the patterns that cover something that changed.
fn touched(change: &Diff, fields: &[&FieldPattern], own: &[FieldPath]) -> Vec<FieldPattern> {
    if fields.is_empty() {
        return Vec::new();
    }
    let mut paths = Vec::new();
    change.changes.iter().for_each(|it| note(it, &mut paths));
    paths.retain(|path| !own.iter().any(|field| path.is_within(field)));
    let hit = |steps: Steps| paths.iter().any(|path| steps.cover(path));
    fields
        .iter()
        .filter(|field| field.steps().is_some_and(hit))
        .map(|field| (*field).clone())
        .collect()
}

/// Notes every address that a change touches: its own, before and after, and those of all that came or went with it.
fn note(change: &FieldChange, paths: &mut Vec<FieldPath>) {
    let before = change.was.as_ref().unwrap_or(&change.path);
    match &change.change {
        Change::Added { new } => note_whole(&change.path, new, paths),
        Change::Removed { old } => note_whole(before, old, paths),
        Change::Replaced { old, new } => {
            note_whole(before, old, paths);
            note_whole(&change.path, new, paths);
        }
        Change::Scalar { .. } | Change::Prose(_) | Change::Moved { .. } => {
            paths.push(change.path.clone());
            paths.extend(change.was.clone());
        }
    }
}

fn note_whole(path: &FieldPath, node: &Node, paths: &mut Vec<FieldPath>) {
    paths.push(path.clone());
    let mut below = |segment: Segment, node: &Node| note_whole(&path.join(segment), node, paths);
    match &node.value {
        Value::Scalar(_) => {}
        Value::List(items) => addresses(items)
            .into_iter()
            .zip(items)
            .for_each(|(segment, item)| below(segment, item)),
        Value::Map(map) => map
            .iter()
            .for_each(|(key, node)| below(Segment::Key(key.clone()), node)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;
    use proptest::prelude::*;

    const OLD: &str = "---\ntitle: One\nstatus: active\nversion: 1.0.0\ndefinition: A text\nterms:\n  license: free\nclaims:\n  - key: c1\n    text: Short\n---\nBody.\n";

    fn policy() -> Policy {
        let more = "[{ bump = \"major\", approvals = { publisher = 2 } }, { fields = [\"terms.license\", \"claims[].text\"], approvals = { publisher = 2 } }]";
        let source = include_str!("../policy/read/sample.toml").replace(
            "approvals = { reviewer = 1, publisher = 1 }",
            &format!("approvals = {{ reviewer = 1, publisher = 1 }}\nmore = {more}"),
        );
        let third = "[people.cy]\nname = \"Cy\"\naddresses = [\"cy@example.org\"]\nroles = [\"publisher\"]\n[governance]";
        Policy::read(&source.replace("[governance]", third)).unwrap_or_else(|it| panic!("{it:#?}"))
    }

    fn weight(base: Option<&str>, proposed: &str) -> (Bump, bool, Vec<String>) {
        let policy = policy();
        let concepts = &policy.collections["concepts"];
        let base = base.map(str::as_bytes);
        let found = weigh(
            concepts,
            policy.workflow(concepts),
            base,
            proposed.as_bytes(),
        );
        let touched = found.touched.into_iter().map(|pattern| pattern.0);
        (found.bump, found.is_new, touched.collect())
    }

    #[test]
    fn a_change_weighs_what_its_floors_say_and_touches_what_it_says_otherwise() {
        let change = |old: &str, new: &str| weight(Some(OLD), &OLD.replace(old, new));
        assert_eq!(change("x", "x"), (Bump::None, false, vec![]));
        assert_eq!(change("status: active", "status: draft").0, Bump::None);
        assert_eq!(change("Body", "More"), (Bump::Patch, false, vec![]));
        assert_eq!(change("A text", "A long text").0, Bump::Major);
        let license = vec!["terms.license".to_owned()];
        assert_eq!(
            change("free", "paid"),
            (Bump::Patch, false, license.clone())
        );
        assert_eq!(change("terms:\n  license: free\n", "").2, license);
        assert_eq!(change("license: free", "other: x").2, license);
        assert_eq!(
            change("terms:\n  license: free\n", "terms: none\n").2,
            license
        );
        assert_eq!(change("Short", "Long").2, ["claims[].text"]);
        let more = change("- key: c1", "- key: c0\n    text: New\n  - key: c1");
        assert_eq!(more.2, ["claims[].text"]);
        assert_eq!(change("title: One", "title: Two").2, Vec::<String>::new());
    }

    #[test]
    fn a_new_text_is_major_and_touches_all_that_it_says() {
        let both = vec!["terms.license".to_owned(), "claims[].text".to_owned()];
        assert_eq!(weight(None, OLD), (Bump::Major, true, both.clone()));
        let plain = OLD.replace("terms:\n  license: free\n", "");
        assert_eq!(weight(None, &plain).2, ["claims[].text"]);
        assert_eq!(
            weight(Some(OLD), "---\na: [\n---\n"),
            (Bump::Major, false, both.clone())
        );
        assert_eq!(
            weight(Some("---\na: [\n---\n"), OLD),
            (Bump::Major, false, both)
        );
    }

    proptest! {
        /// Whatever becomes of a guarded field, the change touches it.
        #[test]
        fn a_guarded_field_never_changes_unseen(license in prop::option::of("[a-z]{1,4}"), title in "[A-Z][a-z]{0,4}") {
            let terms = license.as_ref().map_or(String::new(), |text| format!("terms:\n  license: x{text}\n"));
            let new = OLD.replace("terms:\n  license: free\n", &terms).replace("title: One", &format!("title: {title}"));
            prop_assert_eq!(weight(Some(OLD), &new).2, ["terms.license"]);
        }
    }
}
