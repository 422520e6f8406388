//! Editing a record file so that only the meant bytes change.
//!
//! Each edit is one splice. Where a value can be spelled in several ways, the spellings are tried in order, the file's own style first. After each
//! splice the file is read again and must hold the wanted fields and no other change; an edit for which no spelling passes is refused, not
//! approximated. The readers are those of [`super::parse()`], so an edit cannot see the file otherwise than a reader does.

mod body;
mod flow;
pub(super) mod graft;
mod insert;
mod items;
mod locate;
mod remove;
mod replace;
mod shape;
mod spell;
mod wanted;

use std::ops::Range;

use super::parse::{read, to_record};
use super::source::{Source, Syntax};
use super::tree::{Data, Tree};
use super::{Edit, FieldPath, Format, Node, Record, Scalar, ScalarKind, Value};
use crate::refusal::Refusal;
use locate::{Found, locate};

/// Returns the file's bytes after the edits, applied one after another.
///
/// # Errors
///
/// Refuses a file that [`super::parse()`] refuses, an address that is not there or that an alias fills, a value that the format cannot hold, and an
/// edit that would disturb other bytes. Nothing is edited then.
pub fn edit(source: &[u8], format: Format, edits: &[Edit]) -> Result<Vec<u8>, Refusal> {
    if edits.is_empty() {
        read(&Source::open(source, format)?)?;
    }
    edits
        .iter()
        .try_fold(source.to_vec(), |bytes, edit| apply(&bytes, format, edit))
}

/// Returns a file's bytes with another text, written by a person who sees neither its byte order mark nor its line ends: both stay as they are.
pub fn rewrite(source: &[u8], text: &str) -> Vec<u8> {
    let old = String::from_utf8_lossy(source);
    let (mark, old) = match old.strip_prefix('\u{feff}') {
        Some(rest) => ("\u{feff}", rest),
        None => ("", old.as_ref()),
    };
    let line_end = match old.find('\n') {
        Some(at) if old[..at].ends_with('\r') => "\r\n",
        Some(_) | None => "\n",
    };
    let text = text.replace("\r\n", "\n");
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let new = body::with_line_ends(old, text, line_end);
    format!("{mark}{new}").into_bytes()
}

/// One replacement of bytes.
#[derive(Debug)]
struct Splice {
    range: Range<usize>,
    with: String,
}

impl Splice {
    fn insert(at: usize, with: String) -> Self {
        Self {
            range: at..at,
            with,
        }
    }

    /// Returns the text with the range replaced; `None` where the range does not fit the text.
    fn apply(&self, text: &str) -> Option<String> {
        let before = text.get(..self.range.start)?;
        let after = text.get(self.range.end..)?;
        text.get(self.range.clone())?;
        Some([before, &self.with, after].concat())
    }
}

/// What an edit works on.
struct Target<'a> {
    source: &'a Source<'a>,
    root: &'a Tree,
}

impl Target<'_> {
    fn text(&self) -> &str {
        self.source.text
    }
}

fn apply(bytes: &[u8], format: Format, edit: &Edit) -> Result<Vec<u8>, Refusal> {
    let source = Source::open(bytes, format)?;
    let root = read(&source)?;
    let target = Target {
        source: &source,
        root: &root,
    };
    let before = to_record(&source, &root);
    let edit = as_written(edit, source.syntax);
    let splices = plan(&target, &edit)?;
    let wanted = wanted::after(before.clone(), &edit, source.line_end());
    if wanted == before {
        return Ok(bytes.to_vec());
    }
    splices
        .iter()
        .filter_map(|splice| splice.apply(source.text))
        .find(|text| holds(text, format, &wanted))
        .map(String::into_bytes)
        .ok_or_else(|| match &edit {
            Edit::Remove { path } if wanted.fields.is_empty() => only_field(path),
            edit if holds_alias(&root) => repeated(edit),
            edit => not_approximated(&source, edit),
        })
}

/// Returns the edit with its value as the format can hold it: JSON has no dates, so a date is text there.
fn as_written(edit: &Edit, syntax: Syntax) -> Edit {
    let mut edit = edit.clone();
    match &mut edit {
        Edit::Set { value, .. } | Edit::Append { value, .. } => scalar_as_written(value, syntax),
        Edit::Add { value, .. } | Edit::Insert { item: value, .. } => {
            value_as_written(value, syntax);
        }
        Edit::Remove { .. } | Edit::Move { .. } | Edit::Body(_) => {}
    }
    edit
}

fn scalar_as_written(value: &mut Scalar, syntax: Syntax) {
    match value.kind {
        ScalarKind::Date if syntax == Syntax::Json => value.kind = ScalarKind::Text,
        ScalarKind::Null => value.text.clear(),
        _ => {}
    }
}

fn value_as_written(value: &mut Value, syntax: Syntax) {
    match value {
        Value::Scalar(scalar) => scalar_as_written(scalar, syntax),
        Value::List(items) => {
            for item in items {
                value_as_written(&mut item.value, syntax);
            }
        }
        Value::Map(map) => {
            for node in map.values_mut() {
                value_as_written(&mut node.value, syntax);
            }
        }
    }
}

/// Returns the splices that may do it, the best first.
fn plan(target: &Target, edit: &Edit) -> Result<Vec<Splice>, Refusal> {
    match edit {
        Edit::Set { path, value } => {
            refuse_null_in_toml(target, path, value)?;
            match locate(target, path)? {
                Found::There(steps) => replace::scalar(target, path, &steps, value),
                Found::Missing { map, key } => Ok(insert::entry(target, map, key, value)),
            }
        }
        Edit::Append { path, value } => {
            refuse_null_in_toml(target, path, value)?;
            match locate(target, path)? {
                Found::There(steps) => insert::item(target, path, &steps, value),
                Found::Missing { map, key } => Ok(insert::list_of_one(target, map, key, value)),
            }
        }
        Edit::Remove { path } => match locate(target, path)? {
            Found::There(steps) => Ok(remove::child(target, &steps)),
            Found::Missing { .. } => Err(locate::nothing_there(target, path)),
        },
        Edit::Add { path, value } => {
            refuse_nulls_in_toml(target, path, value)?;
            match locate(target, path)? {
                Found::There(steps) => Err(insert::taken(target, path, &steps)),
                Found::Missing { map, key } => Ok(insert::entry_of(target, map, key, value)),
            }
        }
        Edit::Insert { list, after, item } => {
            refuse_nulls_in_toml(target, list, item)?;
            match locate(target, list)? {
                Found::There(steps) => items::insert(target, list, &steps, after.as_deref(), item),
                Found::Missing { map, key } => {
                    let one = Value::List(vec![Node::unplaced(item.clone())]);
                    Ok(insert::entry_of(target, map, key, &one))
                }
            }
        }
        Edit::Move { item, after } => match locate(target, item)? {
            Found::There(steps) => items::relocate(target, item, &steps, after.as_deref()),
            Found::Missing { .. } => Err(locate::nothing_there(target, item)),
        },
        Edit::Body(text) => body::replace(target, text),
    }
}

fn refuse_nulls_in_toml(target: &Target, path: &FieldPath, value: &Value) -> Result<(), Refusal> {
    match value {
        Value::Scalar(scalar) => refuse_null_in_toml(target, path, scalar),
        Value::List(items) => items
            .iter()
            .try_for_each(|item| refuse_nulls_in_toml(target, path, &item.value)),
        Value::Map(map) => map
            .values()
            .try_for_each(|node| refuse_nulls_in_toml(target, path, &node.value)),
    }
}

fn refuse_null_in_toml(target: &Target, path: &FieldPath, value: &Scalar) -> Result<(), Refusal> {
    match target.source.syntax == Syntax::Toml && value.kind == ScalarKind::Null {
        true => Err(Refusal::new(
            "REC-EDIT-005",
            format!("{path} cannot be null: TOML has no null"),
            "remove the field",
        )),
        false => Ok(()),
    }
}

/// Tells whether a text reads as exactly the wanted record.
fn holds(text: &str, format: Format, wanted: &Record) -> bool {
    let Ok(source) = Source::open(text.as_bytes(), format) else {
        return false;
    };
    let Ok(root) = read(&source) else {
        return false;
    };
    let record = to_record(&source, &root);
    let body_of = |record: &Record| record.body.as_ref().map(|body| body.text.clone());
    record.fields == wanted.fields && body_of(&record) == body_of(wanted)
}

fn holds_alias(tree: &Tree) -> bool {
    tree.alias
        || match &tree.data {
            Data::Scalar(_) => false,
            Data::List(items, _) => items.iter().any(|item| holds_alias(&item.value)),
            Data::Map(entries, _) => entries.iter().any(|entry| holds_alias(&entry.value)),
        }
}

/// Returns what an edit addresses and the value it brings.
fn address(edit: &Edit) -> (FieldPath, Option<&Scalar>) {
    match edit {
        Edit::Set { path, value } | Edit::Append { path, value } => (path.clone(), Some(value)),
        Edit::Remove { path } | Edit::Move { item: path, .. } => (path.clone(), None),
        Edit::Add { path, .. } | Edit::Insert { list: path, .. } => (path.clone(), None),
        Edit::Body(_) => (FieldPath::body(), None),
    }
}

fn only_field(path: &FieldPath) -> Refusal {
    Refusal::new(
        "REC-EDIT-007",
        format!("{path} is the record's only field, and a file without fields is no record"),
        "remove the file instead, or add another field first",
    )
}

fn repeated(edit: &Edit) -> Refusal {
    let (path, _) = address(edit);
    Refusal::new(
        "REC-EDIT-002",
        format!("{path} cannot be changed alone: aliases in this file repeat values elsewhere"),
        "write the repeated values out in the file, then edit",
    )
}

fn not_approximated(source: &Source, edit: &Edit) -> Refusal {
    let (path, value) = address(edit);
    match value {
        Some(value) if value.kind != ScalarKind::Text => Refusal::new(
            "REC-EDIT-005",
            format!(
                "{path} cannot become {:?}: {} does not read that as {}",
                value.text,
                source.syntax.name(),
                kind_name(value.kind)
            ),
            "give a value of that kind, or set it as text",
        ),
        _ => Refusal::new(
            "REC-EDIT-006",
            format!("{path} cannot be changed here without disturbing other bytes"),
            "edit the file by hand in git",
        ),
    }
}

fn kind_name(kind: ScalarKind) -> &'static str {
    match kind {
        ScalarKind::Null => "null",
        ScalarKind::Bool => "true or false",
        ScalarKind::Integer => "a whole number",
        ScalarKind::Float => "a number",
        ScalarKind::Date => "a date",
        ScalarKind::Text => "text",
    }
}

/// Returns the byte ranges of what a list or map holds in its own brackets or lines, in file order.
fn children(tree: &Tree) -> Vec<Range<usize>> {
    match &tree.data {
        Data::Scalar(_) => Vec::new(),
        Data::List(items, _) => items
            .iter()
            .map(|item| item.start..item.value.span.end.max(item.start))
            .collect(),
        Data::Map(entries, _) => entries
            .iter()
            .filter(|entry| entry.origin != super::tree::Origin::Merged)
            .map(|entry| entry.key_span.start..entry.value.span.end.max(entry.key_span.end))
            .collect(),
    }
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod properties;
