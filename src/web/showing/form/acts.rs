//! What the buttons of a form do to its rows, before anything is saved.

use super::{Field, Form, Holds, List, One, Row};
use crate::record::{FieldPath, Segment};
use crate::web::form::Fields;

/// What a form was sent for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// To be saved.
    Save,
    /// To be shown as it will be published.
    Preview,
    /// To be kept while somebody writes on.
    Keep,
    /// What was kept is not wanted.
    Discard,
    /// To be edited as the whole text.
    AsText,
    /// To be edited as fields again.
    AsFields,
    /// To take a file in that comes with the form.
    Attach,
    /// To let go of a file that was taken in, by its path.
    Detach(String),
    /// A list gets one row more.
    Add(FieldPath),
    /// A row goes.
    Remove(FieldPath),
    /// A row changes places with the one above it.
    Up(FieldPath),
    /// A row changes places with the one below it.
    Down(FieldPath),
}

impl Act {
    /// Reads the value of a button; `None` where no form has such a button.
    pub fn read(value: &str) -> Option<Self> {
        match value {
            "" | "save" => return Some(Self::Save),
            "preview" => return Some(Self::Preview),
            "keep" => return Some(Self::Keep),
            "discard" => return Some(Self::Discard),
            "text" => return Some(Self::AsText),
            "fields" => return Some(Self::AsFields),
            "attach" => return Some(Self::Attach),
            _ => {}
        }
        let (act, path) = value.split_once(':')?;
        if act == "detach" {
            return Some(Self::Detach(path.to_owned()));
        }
        let path: FieldPath = path.parse().ok()?;
        match act {
            "add" => Some(Self::Add(path)),
            "remove" => Some(Self::Remove(path)),
            "up" => Some(Self::Up(path)),
            "down" => Some(Self::Down(path)),
            _ => None,
        }
    }
}

impl Form<'_> {
    /// Does what a button does to the rows; the form has its rows as they were sent. What names no list of the form does nothing.
    pub fn act(&self, act: &Act, sent: &mut Fields) {
        let path = match act {
            Act::Add(path) => path.clone(),
            Act::Remove(path) | Act::Up(path) | Act::Down(path) => {
                let segments = path.segments();
                FieldPath::from(segments[..segments.len().saturating_sub(1)].to_vec())
            }
            Act::Save | Act::Preview | Act::Keep | Act::Discard | Act::AsText | Act::AsFields => {
                return;
            }
            Act::Attach | Act::Detach(_) => return,
        };
        let Some((field, list)) = find(&self.fields, &path) else {
            return;
        };
        let mut names: Vec<String> = list.rows.iter().map(|row| row.name.clone()).collect();
        match act {
            Act::Add(_) => {
                let name = new_name(list);
                let proposed = proposed_key(list, field, &name, sent);
                names.push(name);
                if let Some((name, key)) = proposed {
                    sent.set_all(&name, vec![key]);
                }
            }
            Act::Remove(row) => names.retain(|name| !is_row(row, name)),
            Act::Up(row) => {
                let place = names.iter().position(|name| is_row(row, name));
                if let Some(place) = place.filter(|place| *place > 0) {
                    names.swap(place, place - 1);
                }
            }
            Act::Down(row) => {
                let place = names.iter().position(|name| is_row(row, name));
                if let Some(place) = place.filter(|place| place + 1 < names.len()) {
                    names.swap(place, place + 1);
                }
            }
            Act::Save | Act::Preview | Act::Keep | Act::Discard | Act::AsText | Act::AsFields => {}
            Act::Attach | Act::Detach(_) => {}
        }
        let shown = std::iter::once(String::new()).chain(names).collect();
        sent.set_all(&field.rows_name(), shown);
    }
}

impl Form<'_> {
    /// Adds to lists whose order was sent the rows that this form has and the one it came from had not: what somebody else put there stays.
    pub fn add_rows_that_are_new(&self, before: &Self, sent: &mut Fields) {
        let mut lists = Vec::new();
        collect(&self.fields, &mut lists);
        for (field, list) in lists {
            let name = field.rows_name();
            let mut names: Vec<String> = sent.all(&name).map(str::to_owned).collect();
            let Some((_, old)) = find(&before.fields, &field.path) else {
                continue;
            };
            if names.is_empty() {
                continue;
            }
            let is_new = |row: &&Row| old.order.iter().all(|(known, _)| *known != row.name);
            names.extend(list.rows.iter().filter(is_new).map(|row| row.name.clone()));
            sent.set_all(&name, names);
        }
    }

    /// Returns what this form would send as it stands.
    pub fn sent(&self) -> Fields {
        let mut pairs = Vec::new();
        send(&self.fields, &mut pairs);
        Fields::from(pairs)
    }
}

fn collect<'f>(fields: &'f [Field], lists: &mut Vec<(&'f Field, &'f List)>) {
    for field in fields {
        match &field.holds {
            Holds::List(list) => {
                lists.push((field, list));
                for row in &list.rows {
                    collect(std::slice::from_ref(&row.field), lists);
                }
            }
            Holds::Map { fields, .. } => collect(fields, lists),
            _ => {}
        }
    }
}

fn send(fields: &[Field], pairs: &mut Vec<(String, String)>) {
    for field in fields {
        match &field.holds {
            Holds::One(One { current, .. }) | Holds::Lines { current, .. } => {
                pairs.push((field.name(), current.clone().unwrap_or_default()));
            }
            Holds::Body(text) => pairs.push((field.name(), text.clone())),
            Holds::Map { fields, .. } => send(fields, pairs),
            Holds::List(list) => {
                pairs.push((field.rows_name(), String::new()));
                for row in &list.rows {
                    pairs.push((field.rows_name(), row.name.clone()));
                    send(std::slice::from_ref(&row.field), pairs);
                }
            }
            Holds::Fixed(_) | Holds::Elsewhere => {}
        }
    }
}

fn is_row(path: &FieldPath, name: &str) -> bool {
    matches!(path.segments().last(), Some(Segment::Item(item)) if item == name)
}

/// Returns the list at a path, its rows by their names.
fn find<'f>(fields: &'f [Field], path: &FieldPath) -> Option<(&'f Field, &'f List)> {
    let field = fields.iter().find(|field| path.is_within(&field.path))?;
    match &field.holds {
        Holds::List(list) if field.path == *path => Some((field, list)),
        Holds::List(list) => list
            .rows
            .iter()
            .find_map(|row| find(std::slice::from_ref(&row.field), path)),
        Holds::Map { fields, .. } => find(fields, path),
        _ => None,
    }
}

/// Returns a name that no row of the list has or had.
fn new_name(list: &List) -> String {
    let is_taken = |name: &String| {
        let was = list.order.iter().any(|(known, _)| known == name);
        was || list.rows.iter().any(|row| row.name == *name)
    };
    let mut names = (1..).map(|number: usize| format!("+{number}"));
    names.find(|name| !is_taken(name)).unwrap_or_default()
}

/// Returns the next key of keys that are counted, `c3` after `c1` and `c2`, and the name by which the form sends it. Keys that were removed count too:
/// they are not given away again.
fn proposed_key(list: &List, field: &Field, row: &str, sent: &Fields) -> Option<(String, String)> {
    let model = &list.model.properties;
    let key_name = ["key", "id"]
        .into_iter()
        .find(|name| model.iter().any(|property| property.name == *name))?;
    let typed = list.rows.iter().filter_map(Row::key_field);
    let typed: Vec<String> = typed.filter_map(|key| key.typed(sent)).collect();
    let known = list.order.iter().filter_map(|(_, key)| key.as_deref());
    let keys: Vec<&str> = known.chain(typed.iter().map(String::as_str)).collect();
    let counted = keys.iter().filter_map(|key| {
        let word = key.trim_end_matches(|c: char| c.is_ascii_digit());
        let number = key[word.len()..].parse::<u32>().ok()?;
        Some((word, number))
    });
    let counted: Vec<(&str, u32)> = counted.collect();
    let word = match counted.first() {
        Some((word, _)) => (*word).to_owned(),
        None if keys.is_empty() => initial(field)?,
        None => return None,
    };
    let most = counted.iter().filter(|(known, _)| *known == word);
    let next = most
        .map(|(_, number)| *number)
        .max()
        .unwrap_or(0)
        .checked_add(1)?;
    let item = field.path.join(Segment::Item(row.to_owned()));
    let path = item.join(Segment::Key(key_name.to_owned()));
    Some((
        format!("{}{path}", crate::web::form::FIELD),
        format!("{word}{next}"),
    ))
}

/// Returns the first letter of a list's name.
fn initial(field: &Field) -> Option<String> {
    match field.path.segments().last()? {
        Segment::Key(name) => {
            let first = name.chars().next()?;
            first.is_ascii_lowercase().then(|| first.to_string())
        }
        Segment::Item(_) | Segment::Section(_) => None,
    }
}
