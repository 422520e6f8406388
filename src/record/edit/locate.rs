//! Finding the value that a path names, and refusing what an alias or a merge key put there.

use super::Target;
use crate::record::source::Syntax;
use crate::record::tree::{Data, Entry, Item, Layout, Origin, Tree};
use crate::record::{FieldPath, Segment};
use crate::refusal::Refusal;

/// What stands at a path.
pub(super) enum Found<'t> {
    /// The value, by the steps from the root.
    There(Vec<Step<'t>>),
    /// Only the last key is missing, from this map.
    Missing { map: &'t Tree, key: &'t str },
}

/// One step into a list or map.
pub(super) struct Step<'t> {
    pub(super) container: &'t Tree,
    pub(super) index: usize,
    pub(super) value: &'t Tree,
}

impl Step<'_> {
    /// Returns how the container is laid out.
    pub(super) fn layout(&self) -> &Layout {
        match &self.container.data {
            Data::List(_, layout) | Data::Map(_, layout) => layout,
            Data::Scalar(_) => &Layout::Implied,
        }
    }
}

/// Returns what stands at a path.
pub(super) fn locate<'t>(target: &Target<'t>, path: &'t FieldPath) -> Result<Found<'t>, Refusal> {
    refuse_body(target, path)?;
    let mut container = target.root;
    let mut steps: Vec<Step> = Vec::new();
    for (position, segment) in path.segments().iter().enumerate() {
        let is_last = position + 1 == path.segments().len();
        if steps.last().is_some_and(|step| step.value.alias) {
            return Err(through_alias(target, path, container));
        }
        let Some((index, value)) = step_into(container, segment) else {
            return match (&container.data, segment) {
                (Data::Map(..), Segment::Key(key)) if is_last => Ok(Found::Missing {
                    map: container,
                    key,
                }),
                _ => Err(nothing_there(target, path)),
            };
        };
        if origin(container, index) == Origin::Merged {
            return Err(through_alias(target, path, value));
        }
        steps.push(Step {
            container,
            index,
            value,
        });
        container = value;
    }
    Ok(Found::There(steps))
}

/// Returns the refusal of a path with nothing at it.
pub(super) fn nothing_there(target: &Target, path: &FieldPath) -> Refusal {
    let fields: Vec<&str> = target
        .root
        .entries()
        .unwrap_or_default()
        .iter()
        .map(|entry| entry.key.as_str())
        .take(20)
        .collect();
    Refusal::new(
        "REC-EDIT-001",
        format!("nothing stands at {path}"),
        format!(
            "name one of the record's values; its fields are {}",
            fields.join(", ")
        ),
    )
}

/// Returns the refusal of a value that stands there through an alias or merge key.
pub(super) fn through_alias(target: &Target, path: &FieldPath, value: &Tree) -> Refusal {
    target.source.refuse(
        "REC-EDIT-002",
        value.span.start,
        format!("{path} comes from an alias or merge key, so a change here would change other places too"),
        "write the value out in the file, then edit it",
    )
}

fn refuse_body(target: &Target, path: &FieldPath) -> Result<(), Refusal> {
    let is_section = path
        .segments()
        .iter()
        .any(|segment| matches!(segment, Segment::Section(_)));
    let is_body = target.source.body.is_some()
        && matches!(path.segments(), [Segment::Key(key), ..] if key == "body");
    match is_section || is_body || path.segments().is_empty() {
        true => Err(Refusal::new(
            "REC-EDIT-004",
            format!("{path} is not a field that can be set alone"),
            match target.source.syntax {
                Syntax::Yaml | Syntax::Toml => "replace the body as a whole",
                Syntax::Json => "name a field",
            },
        )),
        false => Ok(()),
    }
}

fn step_into<'t>(container: &'t Tree, segment: &Segment) -> Option<(usize, &'t Tree)> {
    match (&container.data, segment) {
        (Data::Map(entries, _), Segment::Key(key)) => {
            let index = entries.iter().position(|entry| entry.is_field(key))?;
            entries
                .get(index)
                .map(|entry: &Entry| (index, &entry.value))
        }
        (Data::List(items, _), Segment::Item(name)) => {
            let index = items
                .iter()
                .position(|item| item.value.item_key() == Some(name))
                .or_else(|| name.parse().ok())?;
            items.get(index).map(|item: &Item| (index, &item.value))
        }
        _ => None,
    }
}

fn origin(container: &Tree, index: usize) -> Origin {
    container
        .entries()
        .and_then(|entries| entries.get(index))
        .map_or(Origin::Written, |entry| entry.origin)
}
