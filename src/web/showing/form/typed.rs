//! What was typed into a form: its rows in their new order, and the values that changed.

use super::build::new_row;
use super::{Field, Form, Holds, How, List, MOST, One, Row, plain_ends};
use crate::record::ScalarKind;
use crate::web::form::Fields;

impl Form<'_> {
    /// Returns the form with its rows as they were sent, new ones among them.
    pub fn with_rows(&self, sent: &Fields) -> Self {
        let mut left = MOST;
        let fields = self.fields.iter();
        Self {
            fields: fields
                .map(|field| self.field_with_rows(field, sent, &mut left))
                .collect(),
            collection: self.collection,
            workflow: self.workflow,
        }
    }

    fn field_with_rows(&self, field: &Field, sent: &Fields, left: &mut usize) -> Field {
        let holds = match &field.holds {
            Holds::Map { fields, is_there } => Holds::Map {
                fields: fields
                    .iter()
                    .map(|field| self.field_with_rows(field, sent, left))
                    .collect(),
                is_there: *is_there,
            },
            Holds::List(list) => Holds::List(self.list_with_rows(field, list, sent, left)),
            other => other.clone(),
        };
        Field {
            holds,
            ..field.clone()
        }
    }

    fn list_with_rows(&self, field: &Field, list: &List, sent: &Fields, left: &mut usize) -> List {
        let name = field.rows_name();
        let mut rows: Vec<Row> = Vec::new();
        let was_shown = sent.all(&name).next().is_some();
        let names: Vec<&str> = match was_shown {
            true => sent.all(&name).filter(|name| !name.is_empty()).collect(),
            false => list.rows.iter().map(|row| row.name.as_str()).collect(),
        };
        for name in names {
            if *left == 0 || rows.iter().any(|row| row.name == name) {
                continue;
            }
            *left -= 1;
            let known = list.rows.iter().find(|row| row.name == name);
            let row = known.cloned().unwrap_or_else(|| Row {
                name: name.to_owned(),
                key: None,
                is_new: true,
                field: new_row(self, field, &list.model, name),
            });
            rows.push(Row {
                field: self.field_with_rows(&row.field, sent, left),
                ..row
            });
        }
        List {
            rows,
            ..list.clone()
        }
    }
}

impl Field {
    /// Returns what was typed into a field without rows; `None` where the form says what stands there already, or nothing.
    pub(super) fn typed(&self, sent: &Fields) -> Option<String> {
        let (typed, current) = match &self.holds {
            Holds::One(one) => (one.read(self.sent(sent)?), one.current.as_deref()),
            Holds::Lines { current, .. } => (tidy_lines(self.sent(sent)?), current.as_deref()),
            Holds::Body(current) => (plain_ends(self.sent(sent)?), Some(current.as_str())),
            Holds::Map { .. } | Holds::List(_) | Holds::Fixed(_) | Holds::Elsewhere => return None,
        };
        let stands = match &self.holds {
            // A box that is not there and a box that is not ticked look the same.
            Holds::One(one) if one.is_box() => current.unwrap_or("false"),
            _ => current.unwrap_or_default(),
        };
        (typed != stands).then_some(typed)
    }

    /// Returns whether somebody typed something into it that is new.
    pub(super) fn is_changed(&self, sent: &Fields) -> bool {
        self.typed(sent).is_some()
    }
}

impl One {
    /// Returns whether it is a box to tick.
    pub(super) fn is_box(&self) -> bool {
        self.kind == ScalarKind::Bool && !matches!(self.how, How::Choice(_) | How::Reference)
    }

    fn read(&self, sent: &str) -> String {
        match (self.is_box(), &self.how) {
            (true, _) => {
                let is_on = sent.eq_ignore_ascii_case("true");
                let stands = self.current.as_deref().unwrap_or("false");
                // `True` stays as somebody wrote it.
                match stands.eq_ignore_ascii_case(if is_on { "true" } else { "false" }) {
                    true => stands.to_owned(),
                    false => is_on.to_string(),
                }
            }
            (false, How::Reference) => sent.trim().to_owned(),
            (false, _) => plain_ends(sent),
        }
    }
}

fn tidy_lines(text: &str) -> String {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}
