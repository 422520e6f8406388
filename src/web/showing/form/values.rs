//! What was typed into one field, as edits of its value: the kind of the value stays, and of a list of lines only the lines that changed are written.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::{Field, Holds, How, One, is_day};
use crate::record::{Edit, FieldPath, Scalar, ScalarKind, Segment, Value};

impl Field {
    /// Returns the edits that make a field say what was typed.
    pub(super) fn edits(&self, path: FieldPath, typed: &str) -> Vec<Edit> {
        match &self.holds {
            Holds::Body(_) => vec![Edit::Body(typed.to_owned())],
            Holds::Lines { kind, current } => line_edits(&path, *kind, current.as_deref(), typed),
            Holds::One(one) if typed.is_empty() => self.emptied(one, path),
            Holds::One(one) => vec![Edit::Set {
                path,
                value: one.scalar(typed),
            }],
            Holds::Map { .. } | Holds::List(_) | Holds::Fixed(_) | Holds::Elsewhere => Vec::new(),
        }
    }

    /// What says nothing is left out where it may be; a text that must be there stays, empty.
    fn emptied(&self, one: &One, path: FieldPath) -> Vec<Edit> {
        let may_go = self.is_described && !self.is_required;
        let is_text = one.kind == ScalarKind::Text && !matches!(one.how, How::Reference);
        match (&one.current, may_go || !is_text) {
            (None, _) => Vec::new(),
            (Some(_), true) => vec![Edit::Remove { path }],
            (Some(_), false) => vec![Edit::Set {
                path,
                value: Scalar::text(""),
            }],
        }
    }
}

impl One {
    /// Returns the scalar of a text. A text that is not of the field's kind stays the text that was typed: the schema says what is wrong with it.
    pub(super) fn scalar(&self, text: &str) -> Scalar {
        let kind = match self.how {
            How::Wanted if is_day(text) => ScalarKind::Date,
            How::Wanted => ScalarKind::Text,
            _ => self.kind,
        };
        scalar(kind, text)
    }
}

pub(super) fn scalar(kind: ScalarKind, text: &str) -> Scalar {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_number = text.parse::<f64>().is_ok_and(f64::is_finite);
    let is_dated = text.get(..10).is_some_and(is_day);
    let fits = match kind {
        ScalarKind::Bool => matches!(text, "true" | "false"),
        ScalarKind::Integer => is_whole,
        ScalarKind::Float => is_number,
        ScalarKind::Date => is_dated,
        ScalarKind::Null | ScalarKind::Text => false,
    };
    let kind = match (kind, fits) {
        (kind, true) => kind,
        (ScalarKind::Integer, false) if is_number => ScalarKind::Float,
        _ => ScalarKind::Text,
    };
    Scalar {
        kind: match kind {
            ScalarKind::Float if is_whole => ScalarKind::Integer,
            kind => kind,
        },
        text: text.to_owned(),
    }
}

/// Returns the edits of a list with an item a line: lines that stay are not touched.
fn line_edits(path: &FieldPath, kind: ScalarKind, old: Option<&str>, new: &str) -> Vec<Edit> {
    let before: Vec<&str> = old.iter().flat_map(|text| text.lines()).collect();
    let after: Vec<&str> = new.lines().collect();
    if after.is_empty() {
        let path = path.clone();
        return vec![Edit::Remove { path }];
    }
    let item = |place: usize| path.join(Segment::Item(place.to_string()));
    let mut edits = Vec::new();
    let (mut place, mut length) = (0, before.len());
    for op in capture_diff_slices(Algorithm::Myers, &before, &after) {
        let (old, new) = (op.old_range(), op.new_range());
        if let DiffOp::Equal { len, .. } = op {
            place += len;
            continue;
        }
        let new = after.get(new).unwrap_or_default();
        let changed = old.len().min(new.len());
        for text in &new[..changed] {
            let value = scalar(kind, text);
            edits.push(Edit::Set {
                path: item(place),
                value,
            });
            place += 1;
        }
        for _ in changed..old.len() {
            edits.push(Edit::Remove { path: item(place) });
            length -= 1;
        }
        for text in &new[changed..] {
            let value = scalar(kind, text);
            edits.push(match place == length {
                true => Edit::Append {
                    path: path.clone(),
                    value,
                },
                false => Edit::Insert {
                    list: path.clone(),
                    after: place.checked_sub(1).map(|before| before.to_string()),
                    item: Value::Scalar(value),
                },
            });
            place += 1;
            length += 1;
        }
    }
    edits
}
