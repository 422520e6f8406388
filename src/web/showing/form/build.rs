//! The form of a record: its fields in file order, what the schema knows besides, and what moves ask for.

use indexmap::IndexMap;

use super::{Field, Form, Holds, How, List, MOST, One, Row, is_day, plain_ends};
use crate::check::{Property, PropertyKind, Schema, Shape};
use crate::policy::{Collection, Setting, StatusKind, Transition, Workflow};
use crate::record::diff::addresses;
use crate::record::{FieldPath, Node, Record, Scalar, ScalarKind, Segment, Value};
use crate::web::failure::sentence;
use crate::web::language::{Message, say, verbatim};
use crate::web::showing::words::label;

/// Text of more characters than this gets several lines.
const LONG_CHARS: usize = 90;

/// The longest value of a list that is written one a line, in characters.
const LINE_CHARS: u64 = 120;

/// Makes the form of a record.
pub(super) fn form<'a>(
    collection: &'a Collection,
    workflow: &'a Workflow,
    schema: Option<&Schema>,
    record: &Record,
) -> Form<'a> {
    let properties = schema.map(Schema::properties).unwrap_or_default();
    let mut builder = Builder {
        collection,
        workflow,
        left: MOST,
    };
    let mut fields = builder.fields(&FieldPath::default(), Some(&record.fields), &properties);
    let is_draft = |status: &String| workflow.kind(status) == Some(StatusKind::Draft);
    let moves = workflow.transitions.values();
    let out_of_draft = moves.filter(|transition| transition.from.iter().any(is_draft));
    fields.extend(builder.wanted(record, &fields, out_of_draft));
    if let Some(body) = &record.body {
        fields.push(Field {
            path: FieldPath::body(),
            label: label(&FieldPath::body()),
            hint: Message::default(),
            is_required: false,
            is_described: false,
            holds: Holds::Body(plain_ends(&body.text)),
        });
    }
    Form {
        collection,
        workflow,
        fields,
    }
}

/// Makes the form of what one move asks for.
pub(super) fn form_for<'a>(
    collection: &'a Collection,
    workflow: &'a Workflow,
    schema: Option<&Schema>,
    record: &Record,
    transition: &Transition,
) -> Form<'a> {
    let mut form = form(collection, workflow, schema, record);
    let builder = Builder {
        collection,
        workflow,
        left: MOST,
    };
    let wanted = builder.wanted(record, &form.fields, std::iter::once(transition));
    form.fields.extend(wanted);
    let asks_for = |field: &Field| transition.requires.contains(&field.path);
    form.fields.retain(asks_for);
    for field in &mut form.fields {
        field.is_required = true;
        field.hint = Message::default();
    }
    form
}

/// Returns the field of a row that is new.
pub(super) fn new_row(form: &Form, list: &Field, model: &Shape, name: &str) -> Field {
    let mut builder = Builder {
        collection: form.collection,
        workflow: form.workflow,
        left: MOST,
    };
    let path = list.path.join(Segment::Item(name.to_owned()));
    builder.field(path, None, Some(model), false)
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

struct Builder<'a> {
    collection: &'a Collection,
    workflow: &'a Workflow,
    /// How many values more the form can hold.
    left: usize,
}

impl Builder<'_> {
    /// Returns the fields of a map: those that are there in file order, then those that the schema knows besides.
    fn fields(
        &mut self,
        at: &FieldPath,
        there: Option<&IndexMap<String, Node>>,
        properties: &[Property],
    ) -> Vec<Field> {
        let path = |key: &str| match at.segments().is_empty() {
            true => FieldPath::key(key),
            false => at.join(Segment::Key(key.to_owned())),
        };
        let mut fields = Vec::new();
        for (key, node) in there.into_iter().flatten() {
            let property = properties.iter().find(|property| property.name == *key);
            let shape = property.map(|property| &property.shape);
            let is_required = property.is_some_and(|property| property.required);
            fields.push(self.field(path(key), Some(node), shape, is_required));
        }
        for property in properties {
            if there.is_none_or(|there| !there.contains_key(&property.name)) {
                let (shape, is_required) = (Some(&property.shape), property.required);
                fields.push(self.field(path(&property.name), None, shape, is_required));
            }
        }
        // A map of nothing that anybody described is for the text.
        fields.retain(|field| !matches!(&field.holds, Holds::Map { fields, is_there: false } if fields.is_empty()));
        fields
    }

    fn field(
        &mut self,
        path: FieldPath,
        node: Option<&Node>,
        shape: Option<&Shape>,
        is_required: bool,
    ) -> Field {
        let title = shape.and_then(|shape| shape.title.clone());
        let hint = shape.and_then(|shape| shape.description.clone());
        let holds = self.holds(&path, node, shape);
        Field {
            label: title.map_or_else(|| own_name(&path), verbatim),
            hint: hint.map(verbatim).unwrap_or_default(),
            is_required,
            is_described: shape.is_some(),
            path,
            holds,
        }
    }

    fn holds(&mut self, path: &FieldPath, node: Option<&Node>, shape: Option<&Shape>) -> Holds {
        if is_fixed(self.collection, self.workflow, path) {
            let scalar = node.and_then(Node::as_scalar);
            return Holds::Fixed(scalar.map(|scalar| scalar.text.clone()).unwrap_or_default());
        }
        let values = node.map_or(1, count);
        if values > self.left {
            return Holds::Elsewhere;
        }
        let kind = shape.and_then(|shape| shape.kind);
        match node.map(|node| &node.value) {
            Some(Value::List(items)) => self.list(path, items, shape, true),
            Some(Value::Map(map)) => {
                let properties = shape.map(|shape| shape.properties.as_slice());
                Holds::Map {
                    fields: self.fields(path, Some(map), properties.unwrap_or_default()),
                    is_there: true,
                }
            }
            Some(Value::Scalar(scalar)) if scalar.kind != ScalarKind::Null => {
                self.left -= 1;
                Holds::One(self.one(path, Some(scalar), shape))
            }
            // Nothing, or as good as nothing: the schema says what it could be.
            nothing => match kind {
                Some(PropertyKind::List) => self.list(path, &[], shape, nothing.is_some()),
                Some(PropertyKind::Map) => Holds::Map {
                    fields: self.fields(path, None, shape.map_or(&[], |shape| &shape.properties)),
                    is_there: false,
                },
                _ => {
                    self.left -= 1;
                    let mut one = self.one(path, None, shape);
                    one.current = nothing.map(|_| String::new());
                    Holds::One(one)
                }
            },
        }
    }

    fn one(&self, path: &FieldPath, scalar: Option<&Scalar>, shape: Option<&Shape>) -> One {
        let current = scalar.map(|scalar| plain_ends(&scalar.text));
        let kind = match (scalar, shape) {
            (Some(scalar), _) => scalar.kind,
            (None, Some(shape)) => kind_of(shape),
            (None, None) => ScalarKind::Text,
        };
        let text = current.as_deref().unwrap_or_default();
        let is_long = text.contains('\n') || text.chars().count() > LONG_CHARS;
        let choices: Vec<String> = shape
            .iter()
            .flat_map(|shape| &shape.choices)
            .map(|scalar| scalar.text.clone())
            .collect();
        let how = match shape.and_then(|shape| shape.format.as_deref()) {
            _ if self.is_reference(path) => How::Reference,
            _ if !choices.is_empty() => How::Choice(choices),
            Some("email" | "idn-email") => How::Email,
            Some("uri" | "iri" | "uri-reference" | "iri-reference") if !is_long => How::Web,
            Some("markdown" | "textarea") => How::Long,
            _ if is_long || shape.is_some_and(takes_lines) => How::Long,
            _ => How::Plain,
        };
        One { current, kind, how }
    }

    /// Returns whether the policy says that a value names another record.
    fn is_reference(&self, path: &FieldPath) -> bool {
        let list = match path.segments().split_last() {
            Some((Segment::Item(_), list)) => Some(FieldPath::from(list.to_vec())),
            _ => None,
        };
        self.collection.references.iter().any(|pattern| {
            pattern.matches(path) || list.as_ref().is_some_and(|list| pattern.matches(list))
        })
    }

    fn list(
        &mut self,
        path: &FieldPath,
        items: &[Node],
        shape: Option<&Shape>,
        is_there: bool,
    ) -> Holds {
        let described = shape.and_then(|shape| shape.item.as_deref());
        let model = described.cloned().unwrap_or_else(|| model_of(items));
        let first = path.join(Segment::Item("0".to_owned()));
        if !self.is_reference(&first)
            && stays_on_lines(&model)
            && let Some(current) = lines(items)
        {
            self.left -= 1;
            let kind = items.first().and_then(Node::as_scalar);
            return Holds::Lines {
                kind: kind.map_or_else(|| kind_of(&model), |scalar| scalar.kind),
                current: is_there.then_some(current),
            };
        }
        let rows: Vec<Row> = addresses(items)
            .into_iter()
            .zip(items)
            .map(|(segment, item)| {
                let name = match &segment {
                    Segment::Item(name) | Segment::Key(name) | Segment::Section(name) => {
                        name.clone()
                    }
                };
                Row {
                    key: item.item_key().map(str::to_owned),
                    field: self.field(path.join(segment), Some(item), Some(&model), false),
                    is_new: false,
                    name,
                }
            })
            .collect();
        let order = rows.iter().map(|row| (row.name.clone(), row.key.clone()));
        Holds::List(List {
            order: order.collect(),
            rows,
            model: Box::new(model),
        })
    }

    /// Returns what these moves ask for and the record lacks; without it nobody could fill it in here.
    fn wanted<'t>(
        &self,
        record: &Record,
        known: &[Field],
        transitions: impl Iterator<Item = &'t Transition>,
    ) -> Vec<Field> {
        let mut wanted: Vec<Field> = Vec::new();
        for transition in transitions {
            for path in &transition.requires {
                let is_here = |field: &Field| field.path.is_within(path);
                let is_plain = path.segments().len() == 1 && *path != FieldPath::body();
                let is_known = known.iter().chain(&wanted).any(is_here);
                if is_plain && record.get(path).is_none() && !is_known {
                    wanted.push(Field {
                        label: label(path),
                        hint: say("edit-needed-before").with("status", &transition.to),
                        is_required: false,
                        is_described: false,
                        holds: Holds::One(One {
                            current: None,
                            kind: ScalarKind::Text,
                            how: match self.is_reference(path) {
                                true => How::Reference,
                                false => How::Wanted,
                            },
                        }),
                        path: path.clone(),
                    });
                }
            }
        }
        wanted
    }
}

/// Returns what a field is called within its map or list.
fn own_name(path: &FieldPath) -> Message {
    match path.segments().last() {
        Some(Segment::Key(name)) => verbatim(sentence(&name.replace('_', " "))),
        _ => label(path),
    }
}

/// Returns how many single values stand in a node.
fn count(node: &Node) -> usize {
    match &node.value {
        Value::Scalar(_) => 1,
        Value::List(items) => items.iter().map(count).sum(),
        Value::Map(map) => map.values().map(count).sum(),
    }
}

fn takes_lines(shape: &Shape) -> bool {
    let is_text = matches!(shape.kind, None | Some(PropertyKind::Text));
    is_text
        && shape
            .max_length
            .is_some_and(|most| most > LONG_CHARS as u64 * 4 / 3)
}

fn kind_of(shape: &Shape) -> ScalarKind {
    let chosen = shape.choices.first().map(|choice| choice.kind);
    match (shape.kind, shape.format.as_deref()) {
        (Some(PropertyKind::Integer), _) => ScalarKind::Integer,
        (Some(PropertyKind::Number), _) => ScalarKind::Float,
        (Some(PropertyKind::Bool), _) => ScalarKind::Bool,
        (_, Some("date")) => ScalarKind::Date,
        (None, _) => chosen.unwrap_or(ScalarKind::Text),
        _ => ScalarKind::Text,
    }
}

/// Returns whether the items of a list are short values that are typed one a line.
fn stays_on_lines(model: &Shape) -> bool {
    let is_single = !matches!(model.kind, Some(PropertyKind::Map | PropertyKind::List));
    let is_short = model.max_length.is_none_or(|most| most <= LINE_CHARS);
    is_single && is_short && model.choices.is_empty() && model.properties.is_empty()
}

/// Returns what an item is where no schema tells: what those that are there are.
fn model_of(items: &[Node]) -> Shape {
    let mut model = Shape::default();
    for item in items {
        match &item.value {
            Value::Scalar(scalar) => model.kind = model.kind.or(property_kind(scalar.kind)),
            Value::List(_) => model.kind = Some(PropertyKind::List),
            Value::Map(map) => {
                model.kind = Some(PropertyKind::Map);
                for (key, node) in map {
                    if model.properties.iter().all(|known| known.name != *key) {
                        model.properties.push(Property {
                            name: key.clone(),
                            required: false,
                            shape: shape_of(node),
                        });
                    }
                }
            }
        }
    }
    model
}

fn shape_of(node: &Node) -> Shape {
    match &node.value {
        Value::Scalar(scalar) => Shape {
            kind: property_kind(scalar.kind),
            format: (scalar.kind == ScalarKind::Date && is_day(&scalar.text))
                .then(|| "date".to_owned()),
            max_length: (scalar.text.chars().count() > LONG_CHARS).then_some(u64::MAX),
            ..Shape::default()
        },
        Value::List(items) => Shape {
            kind: Some(PropertyKind::List),
            item: Some(Box::new(model_of(items))),
            ..Shape::default()
        },
        Value::Map(_) => model_of(std::slice::from_ref(node)),
    }
}

fn property_kind(kind: ScalarKind) -> Option<PropertyKind> {
    match kind {
        ScalarKind::Null => None,
        ScalarKind::Bool => Some(PropertyKind::Bool),
        ScalarKind::Integer => Some(PropertyKind::Integer),
        ScalarKind::Float => Some(PropertyKind::Number),
        ScalarKind::Date | ScalarKind::Text => Some(PropertyKind::Text),
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
