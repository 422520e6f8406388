//! A record as a form, and a form as edits.
//!
//! Only what was changed becomes an edit, each against the text that the form was made from; so two people who change different fields do not meet.
//! Scalars anywhere in the record have an input each, a list of scalars has one with an item a line; what has no such shape is for git.

use crate::check::{Property, PropertyKind, Schema, Shape};
use crate::policy::{Collection, Setting, StatusKind, Workflow};
use crate::record::diff::addresses;
use crate::record::{Edit, FieldPath, Node, Record, Scalar, ScalarKind, Segment, Value};
use crate::web::form::{FIELD, Fields};
use crate::web::language::{Message, say, verbatim};
use crate::web::pages::edit::{Control, Input};
use crate::web::pages::parts::Choice;

use super::words::label;

/// Inputs of a form at most; a record of more values is edited with git.
const MOST: usize = 400;

/// Text of more characters than this gets several lines.
const LONG_CHARS: usize = 90;

/// One value that a form can hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// Its address.
    pub path: FieldPath,
    /// What stands there, with plain line ends; `None` where nothing does.
    pub current: Option<String>,
    kind: Kind,
    hint: Message,
    is_required: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Scalar(ScalarKind),
    Choice(ScalarKind, Vec<String>),
    Lines(ScalarKind),
    /// A value that a move asks for and that no schema describes: a whole day is a date, all else is text.
    Wanted,
    Body,
    Fixed,
}

/// Returns the values of a record that a form shows: in file order, then what the schema knows and what moves ask for besides, and the body last.
pub fn slots(
    collection: &Collection,
    workflow: &Workflow,
    schema: Option<&Schema>,
    record: &Record,
) -> Vec<Slot> {
    let properties = schema.map(Schema::properties).unwrap_or_default();
    let mut slots = Vec::new();
    for (key, node) in &record.fields {
        let property = properties.iter().find(|property| property.name == *key);
        collect(&FieldPath::key(key), node, property, &mut slots);
    }
    let absent = properties
        .iter()
        .filter(|property| !record.fields.contains_key(&property.name));
    slots.extend(absent.filter_map(absent_slot));
    slots.extend(wanted_slots(workflow, record, &slots));
    slots.truncate(MOST);
    for slot in &mut slots {
        if is_fixed(collection, workflow, &slot.path) {
            slot.kind = Kind::Fixed;
        }
    }
    if let Some(body) = &record.body {
        slots.push(Slot {
            path: FieldPath::body(),
            current: Some(plain_ends(&body.text)),
            kind: Kind::Body,
            hint: Message::default(),
            is_required: false,
        });
    }
    slots
}

/// Returns whether a field is not for its editors: id, status, version and what transitions write are not; what they only take away again is.
pub fn is_fixed(collection: &Collection, workflow: &Workflow, path: &FieldPath) -> bool {
    let set = workflow
        .transitions
        .values()
        .flat_map(|transition| &transition.set)
        .filter(|(_, setting)| **setting != Setting::Absent)
        .map(|(path, _)| path);
    collection
        .id
        .iter()
        .chain(&collection.status)
        .chain(&collection.version)
        .chain(set)
        .any(|fixed| path.is_within(fixed))
}

fn collect(path: &FieldPath, node: &Node, property: Option<&Property>, slots: &mut Vec<Slot>) {
    if slots.len() >= MOST {
        return;
    }
    match &node.value {
        Value::Scalar(scalar) => slots.push(scalar_slot(path, scalar, property)),
        Value::List(items) => match lines(items) {
            Some(current) => {
                let kind = items
                    .first()
                    .and_then(Node::as_scalar)
                    .map(|scalar| scalar.kind)
                    .or_else(|| property?.item.as_ref().map(kind_of))
                    .unwrap_or(ScalarKind::Text);
                slots.push(slot(path, Some(current), Kind::Lines(kind), property));
            }
            None => {
                for (segment, item) in addresses(items).into_iter().zip(items) {
                    collect(&path.join(segment), item, None, slots);
                }
            }
        },
        Value::Map(map) => {
            for (key, node) in map {
                collect(&path.join(Segment::Key(key.clone())), node, None, slots);
            }
        }
    }
}

fn scalar_slot(path: &FieldPath, scalar: &Scalar, property: Option<&Property>) -> Slot {
    let shape = property.map(|property| &property.shape);
    let kind = match scalar.kind {
        ScalarKind::Null => shape.map_or(ScalarKind::Text, kind_of),
        known => known,
    };
    let current = Some(plain_ends(&scalar.text));
    slot(path, current, choice(kind, shape), property)
}

fn absent_slot(property: &Property) -> Option<Slot> {
    let path = FieldPath::key(&property.name);
    let kind = match property.shape.kind {
        Some(PropertyKind::Map) => return None,
        Some(PropertyKind::List) => Kind::Lines(match &property.item {
            Some(item) if matches!(item.kind, Some(PropertyKind::Map | PropertyKind::List)) => {
                return None;
            }
            Some(item) => kind_of(item),
            None => ScalarKind::Text,
        }),
        _ => choice(kind_of(&property.shape), Some(&property.shape)),
    };
    Some(slot(&path, None, kind, Some(property)))
}

/// Returns what the moves out of a draft ask for and the record lacks; without it nobody could fill it in here.
fn wanted_slots(workflow: &Workflow, record: &Record, known: &[Slot]) -> Vec<Slot> {
    let is_draft = |status: &String| workflow.kind(status) == Some(StatusKind::Draft);
    let mut wanted: Vec<Slot> = Vec::new();
    for transition in workflow.transitions.values() {
        if !transition.from.iter().any(is_draft) {
            continue;
        }
        for path in &transition.requires {
            let is_here = |slot: &Slot| slot.path.is_within(path);
            let is_plain = path.segments().len() == 1 && *path != FieldPath::body();
            if is_plain && record.get(path).is_none() && !known.iter().chain(&wanted).any(is_here) {
                wanted.push(Slot {
                    path: path.clone(),
                    current: None,
                    kind: Kind::Wanted,
                    hint: say("edit-needed-before").with("status", &transition.to),
                    is_required: false,
                });
            }
        }
    }
    wanted
}

fn slot(
    path: &FieldPath,
    current: Option<String>,
    kind: Kind,
    property: Option<&Property>,
) -> Slot {
    Slot {
        path: path.clone(),
        current,
        kind,
        hint: property
            .and_then(|property| property.description.clone())
            .map(verbatim)
            .unwrap_or_default(),
        is_required: property.is_some_and(|property| property.required),
    }
}

fn choice(kind: ScalarKind, shape: Option<&Shape>) -> Kind {
    let choices: Vec<String> = shape
        .iter()
        .flat_map(|shape| &shape.choices)
        .map(|scalar| scalar.text.clone())
        .collect();
    match choices.is_empty() {
        true => Kind::Scalar(kind),
        false => Kind::Choice(kind, choices),
    }
}

fn kind_of(shape: &Shape) -> ScalarKind {
    match (shape.kind, shape.format.as_deref()) {
        (Some(PropertyKind::Integer), _) => ScalarKind::Integer,
        (Some(PropertyKind::Number), _) => ScalarKind::Float,
        (Some(PropertyKind::Bool), _) => ScalarKind::Bool,
        (_, Some("date")) => ScalarKind::Date,
        _ => ScalarKind::Text,
    }
}

/// Returns a list of scalars as lines; `None` where an item would not stay on its line.
fn lines(items: &[Node]) -> Option<String> {
    let texts: Option<Vec<&str>> = items
        .iter()
        .map(|item| {
            let text = item.as_scalar()?.text.as_str();
            (!text.contains('\n') && text.trim() == text && !text.is_empty()).then_some(text)
        })
        .collect();
    Some(texts?.join("\n"))
}

fn plain_ends(text: &str) -> String {
    text.replace("\r\n", "\n")
}

impl Slot {
    /// Returns the name by which a form sends it.
    pub fn name(&self) -> String {
        format!("{FIELD}{}", self.path)
    }

    /// Returns the label.
    pub fn label(&self) -> Message {
        label(&self.path)
    }

    /// Returns what a form says of it; `None` where it says what stands there already, or nothing.
    pub fn typed(&self, fields: &Fields) -> Option<String> {
        let name = self.name();
        let typed = match &self.kind {
            Kind::Fixed => return None,
            // A box that is not ticked is not sent.
            Kind::Scalar(ScalarKind::Bool) => {
                let is_on = fields.find(&name) == Some("true");
                return (is_on != self.is_on()).then(|| is_on.to_string());
            }
            Kind::Lines(_) => tidy_lines(fields.find(&name)?),
            Kind::Scalar(_) | Kind::Choice(..) | Kind::Wanted | Kind::Body => {
                plain_ends(fields.find(&name)?)
            }
        };
        (typed != self.current.clone().unwrap_or_default()).then_some(typed)
    }

    fn is_on(&self) -> bool {
        self.current
            .as_deref()
            .is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }

    /// Returns the edits that make it say what was typed.
    pub fn edits(&self, typed: &str) -> Vec<Edit> {
        let path = self.path.clone();
        match &self.kind {
            Kind::Fixed => Vec::new(),
            Kind::Body => vec![Edit::Body(typed.to_owned())],
            Kind::Lines(kind) => self.line_edits(*kind, typed),
            Kind::Wanted => vec![Edit::Set {
                path,
                value: scalar(kind_typed(typed), typed),
            }],
            Kind::Scalar(kind) | Kind::Choice(kind, _) => {
                match typed.is_empty() && *kind != ScalarKind::Text {
                    true if self.current.is_some() => vec![Edit::Remove { path }],
                    true => Vec::new(),
                    false => vec![Edit::Set {
                        path,
                        value: scalar(*kind, typed),
                    }],
                }
            }
        }
    }

    fn line_edits(&self, kind: ScalarKind, typed: &str) -> Vec<Edit> {
        let old: Vec<&str> = self.current.iter().flat_map(|text| text.lines()).collect();
        let new: Vec<&str> = typed.lines().collect();
        let item = |index: usize| self.path.join(Segment::Item(index.to_string()));
        if new.is_empty() {
            let path = self.path.clone();
            return vec![Edit::Remove { path }];
        }
        let changed = old
            .iter()
            .zip(&new)
            .enumerate()
            .filter(|(_, (old, new))| old != new);
        let mut edits: Vec<Edit> = changed
            .map(|(index, (_, new))| Edit::Set {
                path: item(index),
                value: scalar(kind, new),
            })
            .collect();
        edits.extend(
            (new.len()..old.len())
                .rev()
                .map(|index| Edit::Remove { path: item(index) }),
        );
        edits.extend(new.iter().skip(old.len()).map(|text| Edit::Append {
            path: self.path.clone(),
            value: scalar(kind, text),
        }));
        edits
    }

    /// Returns the input, holding what was typed or what stands there.
    pub fn input(&self, typed: Option<&str>) -> Input {
        let text = typed
            .or(self.current.as_deref())
            .unwrap_or_default()
            .to_owned();
        let hint = match (&self.kind, self.hint.is_empty()) {
            (Kind::Lines(_), true) => say("edit-one-a-line"),
            (Kind::Lines(_), false) => self.hint.clone().and(say("edit-one-a-line")),
            _ => self.hint.clone(),
        };
        Input {
            name: self.name(),
            label: self.label(),
            hint,
            is_required: self.is_required,
            control: self.control(text),
            error: None,
        }
    }

    fn control(&self, text: String) -> Control {
        match &self.kind {
            Kind::Fixed => Control::Fixed(text),
            Kind::Body => Control::Body(text),
            Kind::Lines(_) => Control::Lines(text),
            Kind::Choice(_, choices) => Control::Select(offered(choices, &text)),
            Kind::Scalar(ScalarKind::Bool) => Control::Check(text.eq_ignore_ascii_case("true")),
            Kind::Scalar(ScalarKind::Integer | ScalarKind::Float) => Control::Number(text),
            Kind::Scalar(ScalarKind::Date) if is_day(&text) => Control::Date(text),
            Kind::Scalar(_) if text.chars().count() > LONG_CHARS || text.contains('\n') => {
                Control::LongText(text)
            }
            Kind::Scalar(_) | Kind::Wanted => Control::Text(text),
        }
    }
}

fn kind_typed(text: &str) -> ScalarKind {
    match !text.is_empty() && is_day(text) {
        true => ScalarKind::Date,
        false => ScalarKind::Text,
    }
}

/// A browser's date input shows nothing but a whole date.
fn is_day(text: &str) -> bool {
    text.is_empty()
        || (text.len() == 10
            && text.bytes().enumerate().all(|(place, byte)| match place {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            }))
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

fn tidy_lines(text: &str) -> String {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

fn scalar(kind: ScalarKind, text: &str) -> Scalar {
    Scalar {
        kind: match kind {
            ScalarKind::Null => ScalarKind::Text,
            known => known,
        },
        text: text.to_owned(),
    }
}
