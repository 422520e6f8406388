//! What was typed, as edits of the text that the form was made from: what a field did not change stays byte for byte.
//!
//! The edits of a list come in an order in which each finds its item: first what was written in items that stay, then moves, new items, removals, and
//! the keys of items last, for they are what the others find their items by.

use super::values::scalar;
use super::{Field, Form, Holds, List, One, Row, plain_ends};
use crate::record::diff::longest_rise;
use crate::record::{Edit, FieldPath, Node, Record, Segment, Value};
use crate::refusal::Refusal;
use crate::web::form::Fields;
use crate::web::language::Message;
use crate::web::showing::words::label;
use indexmap::IndexMap;

/// Something that was changed in a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What people call it.
    pub label: Message,
    /// The value that the change is about: the field itself, or the list whose items have no keys to find them by.
    pub at: FieldPath,
    /// What was typed.
    pub yours: String,
}

impl Form<'_> {
    /// Returns what was changed; the form has its rows as they were sent.
    pub fn changes(&self, sent: &Fields) -> Vec<Change> {
        let mut changes = Vec::new();
        for field in &self.fields {
            changed(field, None, sent, &mut changes);
        }
        changes
    }

    /// Returns the edits that make a text say what was typed; the form has its rows as they were sent. Where the text that stands now says a changed
    /// value already, nothing is left to edit.
    ///
    /// # Errors
    /// Refuses a list whose items cannot be told apart.
    pub fn edits(&self, sent: &Fields, stands: &Record) -> Result<Vec<Edit>, Refusal> {
        let mut writer = Writer {
            sent,
            stands,
            edits: Vec::new(),
        };
        for field in &self.fields {
            writer.field(field, field.path.clone())?;
        }
        Ok(writer.edits)
    }

    /// Returns the names and values that hold what was changed and nothing else.
    pub fn changed_alone(&self, sent: &Fields) -> Fields {
        let mut names = Vec::new();
        for field in &self.fields {
            changed_names(field, sent, &mut names);
        }
        let kept = sent.pairs().iter();
        let kept = kept.filter(|(name, _)| names.contains(name));
        Fields::from(kept.cloned().collect::<Vec<_>>())
    }
}

fn changed(field: &Field, anchor: Option<&FieldPath>, sent: &Fields, changes: &mut Vec<Change>) {
    let at = || anchor.unwrap_or(&field.path).clone();
    match &field.holds {
        Holds::Map { fields, .. } => {
            for field in fields {
                changed(field, anchor, sent, changes);
            }
        }
        Holds::List(list) => {
            if list.is_reordered(sent) {
                changes.push(Change {
                    label: label(&field.path),
                    at: at(),
                    yours: list.words(sent),
                });
            }
            for row in list.rows.iter().filter(|row| !row.is_new) {
                let has_key = row.key.as_ref() == Some(&row.name);
                let anchor = match has_key {
                    true => anchor,
                    false => Some(anchor.unwrap_or(&field.path)),
                };
                changed(&row.field, anchor, sent, changes);
            }
        }
        _ => {
            if let Some(yours) = field.typed(sent) {
                changes.push(Change {
                    label: label(&field.path),
                    at: at(),
                    yours,
                });
            }
        }
    }
}

fn changed_names(field: &Field, sent: &Fields, names: &mut Vec<String>) {
    match &field.holds {
        Holds::Map { fields, .. } => {
            for field in fields {
                changed_names(field, sent, names);
            }
        }
        Holds::List(list) => {
            if list.is_reordered(sent) {
                names.push(field.rows_name());
            }
            for row in &list.rows {
                changed_names(&row.field, sent, names);
            }
        }
        _ if field.is_changed(sent) => names.push(field.name()),
        _ => {}
    }
}

impl List {
    /// Returns whether rows were added, removed or moved.
    fn is_reordered(&self, sent: &Fields) -> bool {
        let kept = self.rows.iter().filter(|row| !row.is_gone(sent));
        let mut order = self.order.iter().map(|(name, _)| name);
        kept.into_iter().any(|row| order.next() != Some(&row.name)) || order.next().is_some()
    }

    /// Returns the rows' texts, for a person to compare.
    fn words(&self, sent: &Fields) -> String {
        let rows = self.rows.iter().map(|row| {
            let mut words = Vec::new();
            row.field.words(sent, &mut words);
            words.join(" · ")
        });
        rows.collect::<Vec<_>>().join("\n")
    }
}

impl Row {
    /// Returns whether the row leaves nothing in its list: it is new and was not filled in, or it is a single value that was emptied.
    pub(super) fn is_gone(&self, sent: &Fields) -> bool {
        match (&self.field.holds, self.is_new) {
            (_, true) => self.field.value(sent).is_none(),
            (Holds::One(one), false) if !one.is_box() => self
                .field
                .sent(sent)
                .is_some_and(|text| text.trim().is_empty()),
            (_, false) => false,
        }
    }

    /// Returns the key that the item has once everything was written.
    fn new_key(&self, sent: &Fields) -> Option<String> {
        let field = self.key_field()?;
        let current = match &field.holds {
            Holds::One(one) => one.current.clone(),
            _ => None,
        };
        field.typed(sent).or(current).filter(|key| !key.is_empty())
    }

    /// Returns the field by which a list knows this item, as [`Node::item_key`] does.
    pub(super) fn key_field(&self) -> Option<&Field> {
        let Holds::Map { fields, .. } = &self.field.holds else {
            return None;
        };
        let find = |name: &str| fields.iter().find(|field| field.is_named(name));
        find("key").or_else(|| find("id"))
    }
}

impl Field {
    pub(super) fn is_named(&self, name: &str) -> bool {
        matches!(self.path.segments().last(), Some(Segment::Key(key)) if key == name)
    }

    fn words(&self, sent: &Fields, words: &mut Vec<String>) {
        match &self.holds {
            Holds::Map { fields, .. } => fields.iter().for_each(|field| field.words(sent, words)),
            Holds::List(list) => words.push(list.words(sent)),
            Holds::One(One { current, .. }) | Holds::Lines { current, .. } => {
                let text = self.typed(sent).or_else(|| current.clone());
                words.extend(text.filter(|text| !text.is_empty()));
            }
            Holds::Body(_) | Holds::Fixed(_) | Holds::Elsewhere => {}
        }
    }

    /// Returns what was typed into a field of which nothing stands in the text; `None` where that is nothing.
    pub(super) fn value(&self, sent: &Fields) -> Option<Value> {
        match &self.holds {
            Holds::One(one) => {
                let text = self.typed(sent).unwrap_or_default();
                let is_off = one.is_box() && self.is_required && text.is_empty();
                let text = if is_off { "false".to_owned() } else { text };
                (!text.is_empty()).then(|| Value::Scalar(one.scalar(&text)))
            }
            Holds::Lines { kind, .. } => {
                let text = self.typed(sent)?;
                let items = text.lines().map(|line| scalar(*kind, line));
                let items: Vec<Node> = items
                    .map(|item| Node::unplaced(Value::Scalar(item)))
                    .collect();
                (!items.is_empty()).then_some(Value::List(items))
            }
            Holds::Map { fields, .. } => {
                let values = fields.iter().filter_map(|field| {
                    let Segment::Key(key) = field.path.segments().last()? else {
                        return None;
                    };
                    Some((key.clone(), Node::unplaced(field.value(sent)?)))
                });
                let map: IndexMap<String, Node> = values.collect();
                // A key that the form proposed is not yet something that somebody wrote.
                let says_something =
                    fields.len() == 1 || map.keys().any(|name| name != "key" && name != "id");
                (!map.is_empty() && says_something).then_some(Value::Map(map))
            }
            Holds::List(list) => {
                let items = list.rows.iter().filter_map(|row| row.field.value(sent));
                let items: Vec<Node> = items.map(Node::unplaced).collect();
                (!items.is_empty()).then_some(Value::List(items))
            }
            Holds::Body(_) | Holds::Fixed(_) | Holds::Elsewhere => None,
        }
    }
}

struct Writer<'a> {
    sent: &'a Fields,
    stands: &'a Record,
    edits: Vec<Edit>,
}

impl Writer<'_> {
    /// Writes the edits of a field that stands at a path.
    fn field(&mut self, field: &Field, at: FieldPath) -> Result<(), Refusal> {
        match &field.holds {
            Holds::Map {
                fields,
                is_there: true,
            } => fields.iter().try_for_each(|inner| {
                let last = inner.path.segments().last().cloned();
                let at = last.map_or_else(|| at.clone(), |last| at.join(last));
                self.field(inner, at)
            }),
            Holds::Map {
                is_there: false, ..
            } => {
                let value = field.value(self.sent);
                self.edits
                    .extend(value.map(|value| Edit::Add { path: at, value }));
                Ok(())
            }
            Holds::List(list) => self.list(list, &at),
            _ => {
                if let Some(typed) = field.typed(self.sent)
                    && !self.says(field, &typed)
                {
                    self.edits.extend(field.edits(at, &typed));
                }
                Ok(())
            }
        }
    }

    /// Returns whether the text that stands now says a changed value already.
    fn says(&self, field: &Field, typed: &str) -> bool {
        match &field.holds {
            Holds::Body(_) => {
                let body = self.stands.body.as_ref();
                body.is_some_and(|body| plain_ends(&body.text) == typed)
            }
            Holds::One(_) => {
                let node = self.stands.get(&field.path).and_then(Node::as_scalar);
                node.is_some_and(|scalar| plain_ends(&scalar.text) == typed)
            }
            _ => false,
        }
    }

    fn list(&mut self, list: &List, at: &FieldPath) -> Result<(), Refusal> {
        let mut now = Order(list.order.clone());
        let kept: Vec<&Row> = list
            .rows
            .iter()
            .filter(|row| !row.is_gone(self.sent))
            .collect();
        for row in kept.iter().filter(|row| !row.is_new) {
            let item = at.join(now.address(at, &row.name)?);
            self.inside(row, item)?;
        }
        self.moves(&kept, at, &mut now)?;
        self.new_items(&kept, at, &mut now)?;
        let gone = list
            .order
            .iter()
            .filter(|(name, _)| kept.iter().all(|row| row.name != *name));
        for (name, _) in gone {
            let path = at.join(now.address(at, name)?);
            self.edits.push(Edit::Remove { path });
            now.0.retain(|(known, _)| known != name);
        }
        self.keys(&kept, at, &mut now)
    }

    /// Writes what was typed into an item, but for its key.
    fn inside(&mut self, row: &Row, item: FieldPath) -> Result<(), Refusal> {
        let Holds::Map {
            fields,
            is_there: true,
        } = &row.field.holds
        else {
            return self.field(&row.field, item);
        };
        let key = row.key_field();
        for field in fields {
            if key.is_some_and(|key| key.path == field.path) {
                continue;
            }
            let last = field.path.segments().last().cloned();
            let at = last.map_or_else(|| item.clone(), |last| item.join(last));
            self.field(field, at)?;
        }
        Ok(())
    }

    /// Moves as few items as give the order that was sent.
    fn moves(&mut self, kept: &[&Row], at: &FieldPath, now: &mut Order) -> Result<(), Refusal> {
        let wanted: Vec<&str> = kept
            .iter()
            .filter(|row| !row.is_new)
            .map(|row| row.name.as_str())
            .collect();
        let places: Vec<usize> = wanted.iter().filter_map(|name| now.place(name)).collect();
        let stays = longest_rise(&places);
        for (index, name) in wanted.iter().enumerate() {
            if stays.get(index) == Some(&true) {
                continue;
            }
            let before = index.checked_sub(1).and_then(|before| wanted.get(before));
            let after = before.map(|before| now.item(at, before)).transpose()?;
            let item = at.join(now.address(at, name)?);
            self.edits.push(Edit::Move { item, after });
            now.put_behind(name, before.copied());
        }
        Ok(())
    }

    fn new_items(&mut self, kept: &[&Row], at: &FieldPath, now: &mut Order) -> Result<(), Refusal> {
        let mut before: Option<&str> = None;
        for row in kept {
            if row.is_new
                && let Some(item) = row.field.value(self.sent)
            {
                let after = before.map(|before| now.item(at, before)).transpose()?;
                let list = at.clone();
                self.edits.push(Edit::Insert { list, after, item });
                let place = before.and_then(|before| now.place(before));
                let key = row.new_key(self.sent);
                now.0
                    .insert(place.map_or(0, |place| place + 1), (row.name.clone(), key));
            }
            before = Some(&row.name);
        }
        Ok(())
    }

    fn keys(&mut self, kept: &[&Row], at: &FieldPath, now: &mut Order) -> Result<(), Refusal> {
        for row in kept.iter().filter(|row| !row.is_new) {
            let Some(field) = row.key_field() else {
                continue;
            };
            if !matches!(row.field.holds, Holds::Map { is_there: true, .. }) {
                continue;
            }
            let last = field.path.segments().last().cloned();
            let item = at.join(now.address(at, &row.name)?);
            let path = last.map_or_else(|| item.clone(), |last| item.join(last));
            self.field(field, path)?;
            now.rename(&row.name, row.new_key(self.sent));
        }
        Ok(())
    }
}

/// The items of a list as they stand between two edits: names and keys.
struct Order(Vec<(String, Option<String>)>);

impl Order {
    fn place(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|(known, _)| known == name)
    }

    fn put_behind(&mut self, name: &str, before: Option<&str>) {
        let Some(from) = self.place(name) else {
            return;
        };
        let item = self.0.remove(from);
        let place = before.and_then(|before| self.place(before));
        self.0.insert(place.map_or(0, |place| place + 1), item);
    }

    fn rename(&mut self, name: &str, key: Option<String>) {
        if let Some(item) = self.0.iter_mut().find(|(known, _)| known == name) {
            item.1 = key;
        }
    }

    fn address(&self, list: &FieldPath, name: &str) -> Result<Segment, Refusal> {
        Ok(Segment::Item(self.item(list, name)?))
    }

    /// Returns the name by which an edit finds an item: its key where no other item has it, else its index.
    fn item(&self, list: &FieldPath, name: &str) -> Result<String, Refusal> {
        let place = self.place(name).unwrap_or(0);
        let key = self.0.get(place).and_then(|(_, key)| key.as_deref());
        let holders = |wanted: &str| {
            let keys = self.0.iter().filter_map(|(_, key)| key.as_deref());
            keys.filter(|key| *key == wanted).count()
        };
        let index = place.to_string();
        match key {
            Some(key) if holders(key) == 1 => Ok(key.to_owned()),
            _ if holders(&index) == 0 => Ok(index),
            _ => Err(alike(list)),
        }
    }
}

fn alike(list: &FieldPath) -> Refusal {
    Refusal::new(
        "WEB-EDIT-002",
        format!(
            "the items of {list} cannot be told apart: several have one key, or a key that counts like a place"
        ),
        "give each item a key of its own, in the text as it is written",
    )
}
