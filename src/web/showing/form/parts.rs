//! A form as its page shows it: inputs, groups and lists, each with what the rules found in it.

use std::collections::HashMap;

use super::{Field, Form, Holds, How, List, One, is_day};
use crate::check::Finding;
use crate::record::diff::addresses;
use crate::record::{FieldPath, Node, Record, ScalarKind, Segment, Value};
use crate::web::form::Fields;
use crate::web::language::{Message, say, verbatim};
use crate::web::pages::edit::{Control, Group, Input, Part, Row as RowPart, Rows};
use crate::web::pages::parts::{Choice, Finding as Told};
use crate::web::showing::parts::told;

/// What is known of a form beside what it holds.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Findings by the path of the field that shows them.
    findings: HashMap<String, Vec<Told>>,
    /// Findings that belong to no field of the form.
    pub elsewhere: Vec<Told>,
    /// Titles of records by their ids.
    pub titles: HashMap<String, String>,
}

impl Form<'_> {
    /// Returns the form as its page shows it.
    pub fn parts(&self, sent: &Fields, known: &Known) -> Vec<Part> {
        let shown = self.fields.iter();
        shown.map(|field| field.part(sent, known)).collect()
    }

    /// Returns the ids of records that the form names.
    pub fn references(&self, sent: &Fields) -> Vec<String> {
        let mut ids = Vec::new();
        for field in &self.fields {
            field.references(sent, &mut ids);
        }
        ids
    }

    /// Puts findings of the text that would be saved to the fields that show them; the form has its rows as they were sent.
    pub fn known(&self, sent: &Fields, text: Option<&Record>, findings: &[Finding]) -> Known {
        let mut known = Known::default();
        for finding in findings {
            let path = finding.field.as_ref();
            let shown = path
                .zip(text)
                .and_then(|(path, text)| self.place(sent, text, path));
            let told = told(finding, shown.is_none());
            match shown {
                Some(path) => known
                    .findings
                    .entry(path.to_string())
                    .or_default()
                    .push(told),
                None => known.elsewhere.push(told),
            }
        }
        known
    }

    /// Returns the field that shows what stands at an address of a text that this form wrote.
    pub(super) fn place(
        &self,
        sent: &Fields,
        text: &Record,
        path: &FieldPath,
    ) -> Option<FieldPath> {
        let (first, rest) = path.segments().split_first()?;
        let Segment::Key(name) = first else {
            return None;
        };
        let field = self.fields.iter().find(|field| field.is_named(name))?;
        Some(field.place(sent, text.fields.get(name), rest))
    }
}

impl Field {
    fn place(&self, sent: &Fields, node: Option<&Node>, rest: &[Segment]) -> FieldPath {
        let here = || self.path.clone();
        let Some((first, rest)) = rest.split_first() else {
            return here();
        };
        match (&self.holds, first, node.map(|node| &node.value)) {
            (Holds::Map { fields, .. }, Segment::Key(name), value) => {
                let inner = match value {
                    Some(Value::Map(map)) => map.get(name),
                    _ => None,
                };
                let field = fields.iter().find(|field| field.is_named(name));
                field.map_or_else(here, |field| field.place(sent, inner, rest))
            }
            (Holds::List(list), Segment::Item(_), Some(Value::List(items))) => {
                let place = addresses(items).iter().position(|address| address == first);
                let mut kept = list.rows.iter().filter(|row| !row.is_gone(sent));
                match place.and_then(|place| Some((kept.nth(place)?, items.get(place)))) {
                    Some((row, item)) => row.field.place(sent, item, rest),
                    None => here(),
                }
            }
            _ => here(),
        }
    }

    fn references(&self, sent: &Fields, ids: &mut Vec<String>) {
        match &self.holds {
            Holds::One(one) if one.how == How::Reference => {
                let text = self.typed(sent).or_else(|| one.current.clone());
                ids.extend(text.filter(|text| !text.is_empty()));
            }
            Holds::Map { fields, .. } => {
                for field in fields {
                    field.references(sent, ids);
                }
            }
            Holds::List(list) => {
                for row in &list.rows {
                    row.field.references(sent, ids);
                }
            }
            _ => {}
        }
    }

    fn part(&self, sent: &Fields, known: &Known) -> Part {
        let findings = known.findings.get(&self.path.to_string());
        let findings = findings.cloned().unwrap_or_default();
        match &self.holds {
            Holds::Map { fields, .. } => Part::Group(Group {
                name: self.path.to_string(),
                label: self.label.clone(),
                hint: self.hint.clone(),
                findings,
                parts: fields.iter().map(|field| field.part(sent, known)).collect(),
            }),
            Holds::List(list) => Part::Rows(Rows {
                name: self.path.to_string(),
                label: self.label.clone(),
                hint: self.hint.clone(),
                is_required: self.is_required,
                findings,
                rows: self.rows(list, sent, known),
            }),
            _ => Part::Input(self.input(sent, known, findings)),
        }
    }

    fn rows(&self, list: &List, sent: &Fields, known: &Known) -> Vec<RowPart> {
        let name = match &list.model.title {
            Some(title) => verbatim(title.as_str()),
            None => self.label.clone(),
        };
        let rows = list.rows.iter().zip(1usize..);
        rows.map(|(row, place)| {
            let parts = match &row.field.holds {
                Holds::Map { fields, .. } => {
                    fields.iter().map(|field| field.part(sent, known)).collect()
                }
                _ => vec![row.field.part(sent, known)],
            };
            let path = row.field.path.to_string();
            let of_map = matches!(row.field.holds, Holds::Map { .. });
            let findings = known.findings.get(&path).filter(|_| of_map);
            RowPart {
                name: row.name.clone(),
                label: say("edit-row")
                    .with("name", name.clone())
                    .with("place", place),
                findings: findings.cloned().unwrap_or_default(),
                is_single: !of_map,
                is_first: place == 1,
                is_last: place == list.rows.len(),
                parts: parts
                    .into_iter()
                    .map(|part| named_as(part, !of_map, &name, place))
                    .collect(),
                path,
            }
        })
        .collect()
    }

    fn input(&self, sent: &Fields, known: &Known, findings: Vec<Told>) -> Input {
        let current = match &self.holds {
            Holds::One(One { current, .. }) | Holds::Lines { current, .. } => current.clone(),
            Holds::Body(text) | Holds::Fixed(text) => Some(text.clone()),
            Holds::Map { .. } | Holds::List(_) | Holds::Elsewhere => None,
        };
        let sent_text = self.sent(sent).map(|text| text.replace("\r\n", "\n"));
        let text = sent_text.or(current).unwrap_or_default();
        let hint = match (&self.holds, self.hint.is_empty()) {
            (Holds::Lines { .. }, true) => say("edit-one-a-line"),
            (Holds::Lines { .. }, false) => self.hint.clone().and(say("edit-one-a-line")),
            (Holds::Body(_), true) => say("edit-body-hint"),
            (Holds::Elsewhere, _) => say("edit-elsewhere"),
            _ => self.hint.clone(),
        };
        Input {
            name: self.name(),
            label: self.label.clone(),
            hint,
            is_required: self.is_required,
            named: self.reference_named(&text, known),
            control: self.control(text),
            findings,
            error: None,
        }
    }

    fn reference_named(&self, text: &str, known: &Known) -> String {
        match &self.holds {
            Holds::One(one) if one.how == How::Reference => {
                known.titles.get(text.trim()).cloned().unwrap_or_default()
            }
            _ => String::new(),
        }
    }

    fn control(&self, text: String) -> Control {
        match &self.holds {
            Holds::Body(_) => Control::Body(text),
            Holds::Lines { .. } => Control::Lines(text),
            Holds::One(one) => one.control(text),
            Holds::Fixed(_) | Holds::Map { .. } | Holds::List(_) | Holds::Elsewhere => {
                Control::Fixed(text)
            }
        }
    }
}

/// A single value in a row is called by its row.
fn named_as(part: Part, is_single: bool, name: &Message, place: usize) -> Part {
    match part {
        Part::Input(input) if is_single => Part::Input(Input {
            label: say("edit-row")
                .with("name", name.clone())
                .with("place", place),
            ..input
        }),
        other => other,
    }
}

impl One {
    fn control(&self, text: String) -> Control {
        match &self.how {
            How::Choice(choices) => Control::Select(offered(choices, &text)),
            How::Reference => Control::Reference(text),
            How::Email => Control::Email(text),
            How::Web => Control::Web(text),
            _ if self.is_box() => Control::Check(text.eq_ignore_ascii_case("true")),
            How::Long => Control::LongText(text),
            How::Wanted => Control::Text(text),
            How::Plain => match self.kind {
                ScalarKind::Integer | ScalarKind::Float => Control::Number(text),
                ScalarKind::Date if is_day(&text) => Control::Date(text),
                _ if text.contains('\n') => Control::LongText(text),
                _ => Control::Text(text),
            },
        }
    }
}

/// What stands there is offered too, though the schema does not allow it.
fn offered(choices: &[String], current: &str) -> Vec<Choice> {
    let mut values: Vec<&str> = choices.iter().map(String::as_str).collect();
    if !values.contains(&current) {
        values.insert(0, current);
    }
    values
        .into_iter()
        .map(|value| Choice {
            value: value.to_owned(),
            label: verbatim(value),
            is_chosen: value == current,
        })
        .collect()
}
