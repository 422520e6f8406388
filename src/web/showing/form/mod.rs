//! A record as a form, and a form as edits.
//!
//! The form follows the collection's schema where there is one, and the record where it says more: single values, lists of short values with an item a
//! line, lists of anything else with a row for each item, maps, and the body. A row is named by where its item stood in the text that the form was
//! made from, and keeps that name while it is moved and written on; a row that is new has a name of its own. So a form that comes back tells what was
//! added, removed, moved and rewritten, and only that becomes an edit.

mod acts;
mod build;
mod edits;
mod parts;
#[cfg(test)]
mod tests;
mod typed;
mod values;

pub use acts::Act;
pub use build::is_fixed;
pub use edits::Change;

use crate::check::Shape;
use crate::policy::{Collection, Transition, Workflow};
use crate::record::{FieldPath, Record, ScalarKind};
use crate::web::form::{FIELD, Fields};
use crate::web::language::Message;

/// What stands before the name by which a form sends the rows of a list, in their order: first an empty value, which says that the list was shown.
pub const ROWS: &str = "rows:";

/// Values of a form at most; a record of more is edited as text.
const MOST: usize = 400;

/// A record's form, made from one text of it.
#[derive(Debug, Clone)]
pub struct Form<'a> {
    collection: &'a Collection,
    workflow: &'a Workflow,
    /// The fields in reading order, the body last.
    fields: Vec<Field>,
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq)]
struct Field {
    /// Its address in the text that the form was made from; the rows of its lists by their names.
    path: FieldPath,
    label: Message,
    hint: Message,
    is_required: bool,
    /// Whether the schema knows it, so that it may be left out where it is empty and not required.
    is_described: bool,
    holds: Holds,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq)]
enum Holds {
    /// A single value.
    One(One),
    /// A list of short values, one a line.
    Lines {
        kind: ScalarKind,
        current: Option<String>,
    },
    /// The Markdown body.
    Body(String),
    /// A map.
    Map { fields: Vec<Field>, is_there: bool },
    /// A list with a row for each item.
    List(List),
    /// A value that its editors do not change.
    Fixed(String),
    /// More than a form can hold.
    Elsewhere,
}

/// A single value.
#[derive(Debug, Clone, PartialEq)]
struct One {
    /// What stands there, with plain line ends; `None` where nothing does.
    current: Option<String>,
    kind: ScalarKind,
    how: How,
}

/// How a single value is typed.
#[derive(Debug, Clone, PartialEq)]
enum How {
    /// By its kind alone.
    Plain,
    /// In several lines.
    Long,
    /// As one of these.
    Choice(Vec<String>),
    /// As the id of another record.
    Reference,
    /// As an e-mail address.
    Email,
    /// As an address of the web.
    Web,
    /// By what a move asks for and no schema describes: a whole day is a date, all else is text.
    Wanted,
}

/// A list with rows.
#[derive(Debug, Clone, PartialEq)]
struct List {
    rows: Vec<Row>,
    /// The names and keys of the rows as their items stand in the text.
    order: Vec<(String, Option<String>)>,
    /// What a new row holds.
    model: Box<Shape>,
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    /// What the form calls it.
    name: String,
    /// The key by which the text knows it, where it has one.
    key: Option<String>,
    is_new: bool,
    field: Field,
}

impl<'a> Form<'a> {
    /// Makes the form of a record.
    pub fn of(
        collection: &'a Collection,
        workflow: &'a Workflow,
        schema: Option<&crate::check::Schema>,
        record: &Record,
    ) -> Self {
        build::form(collection, workflow, schema, record)
    }

    /// Makes the form of what one move asks for.
    pub fn for_move(
        collection: &'a Collection,
        workflow: &'a Workflow,
        schema: Option<&crate::check::Schema>,
        record: &Record,
        transition: &Transition,
    ) -> Self {
        build::form_for(collection, workflow, schema, record, transition)
    }
}

impl Field {
    /// Returns the name by which a form sends it.
    fn name(&self) -> String {
        format!("{FIELD}{}", self.path)
    }

    /// Returns the name by which a form sends its rows.
    fn rows_name(&self) -> String {
        format!("{ROWS}{}", self.path)
    }

    /// Returns what a form says of it; `None` where it says nothing, or is not the kind that says something.
    fn sent<'f>(&self, fields: &'f Fields) -> Option<&'f str> {
        // A box that is not ticked is sent as the value that stands before it.
        fields.last(&self.name())
    }
}

fn plain_ends(text: &str) -> String {
    text.replace("\r\n", "\n")
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
