//! What changed between two texts, in data.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::values::{json, json_of_scalar};
use crate::record::diff::{Block, Change, Diff, Fate, FieldChange, Layout, diff};
use crate::record::{self, Format, Record};

/// What changed between two texts of a record.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Differences {
    /// Changes of meaning, in the reading order of the newer text.
    changes: Vec<Difference>,
    /// What a reader of the published text cannot see.
    layout: Vec<LayoutDifference>,
    /// Which of the two cannot be read as a record, and so was taken for an empty one.
    unreadable: Vec<Side>,
}

/// One of two texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The older one.
    Old,
    /// The newer one.
    New,
}

/// What happened to a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Happened {
    /// It was not there.
    Added,
    /// It is gone.
    Removed,
    /// It says something else.
    Changed,
    /// It stands elsewhere among its like.
    Moved,
}

/// A change of meaning at one address.
#[derive(Debug, Serialize, ToSchema)]
pub struct Difference {
    /// The field in the newer text; of what was removed, in the older one.
    #[schema(example = "claims[c1].text")]
    field: String,
    /// The field in the older text, where it was another.
    was: Option<String>,
    /// What happened.
    happened: Happened,
    /// The older value; null where there is none, or where it is prose.
    old: Value,
    /// The newer value; null where there is none, or where it is prose.
    new: Value,
    /// Long text, paragraph by paragraph; empty for other values.
    paragraphs: Vec<Paragraph>,
    /// The place among its like before and after, counted from 0, where it moved.
    places: Option<[usize; 2]>,
    /// One-based line in the older file.
    line_old: Option<u32>,
    /// One-based line in the newer file.
    line_new: Option<u32>,
}

/// A paragraph of long text.
#[derive(Debug, Serialize, ToSchema)]
pub struct Paragraph {
    /// What became of it: `same`, `changed`, `added` or `removed`.
    #[schema(example = "changed")]
    fate: &'static str,
    /// Its runs of words.
    runs: Vec<RunOfWords>,
}

/// Words that share a fate.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunOfWords {
    /// What became of them: `same`, `added` or `removed`.
    #[schema(example = "added")]
    fate: &'static str,
    /// The words, with the spaces between them.
    text: String,
}

/// A difference without meaning at one address.
#[derive(Debug, Serialize, ToSchema)]
pub struct LayoutDifference {
    /// The field; empty where the order of the first keys differs.
    field: String,
    /// `line_ends`, `trailing_space` or `key_order`.
    #[schema(example = "trailing_space")]
    layout: &'static str,
}

/// Compares two texts. One that cannot be read is taken for an empty record, and named.
pub fn differences(old: Option<&[u8]>, new: &[u8], format: Format) -> Differences {
    let read = |bytes: &[u8]| record::parse(bytes, format).ok();
    let (before, after) = (old.and_then(read), read(new));
    let mut told = of(before.as_ref(), after.as_ref());
    if old.is_some() && before.is_none() {
        told.unreadable.push(Side::Old);
    }
    if after.is_none() {
        told.unreadable.push(Side::New);
    }
    told
}

fn of(old: Option<&Record>, new: Option<&Record>) -> Differences {
    let Diff { changes, layout } = diff(old, new);
    Differences {
        changes: changes.into_iter().map(difference).collect(),
        layout: layout
            .into_iter()
            .map(|change| LayoutDifference {
                field: change.path.to_string(),
                layout: match change.layout {
                    Layout::LineEnds => "line_ends",
                    Layout::TrailingSpace => "trailing_space",
                    Layout::KeyOrder => "key_order",
                },
            })
            .collect(),
        unreadable: Vec::new(),
    }
}

fn difference(change: FieldChange) -> Difference {
    let mut told = Difference {
        field: change.path.to_string(),
        was: change.was.map(|path| path.to_string()),
        happened: Happened::Changed,
        old: Value::Null,
        new: Value::Null,
        paragraphs: Vec::new(),
        places: None,
        line_old: change.line_old,
        line_new: change.line_new,
    };
    match change.change {
        Change::Added { new } => {
            told.happened = Happened::Added;
            told.new = json(&new);
        }
        Change::Removed { old } => {
            told.happened = Happened::Removed;
            told.old = json(&old);
        }
        Change::Scalar { old, new } => {
            told.old = json_of_scalar(&old);
            told.new = json_of_scalar(&new);
        }
        Change::Replaced { old, new } => {
            told.old = json(&old);
            told.new = json(&new);
        }
        Change::Prose(blocks) => told.paragraphs = blocks.into_iter().map(paragraph).collect(),
        Change::Moved { from, to } => {
            told.happened = Happened::Moved;
            told.places = Some([from, to]);
        }
    }
    told
}

fn paragraph(block: Block) -> Paragraph {
    Paragraph {
        fate: fate(block.fate),
        runs: block
            .runs
            .into_iter()
            .map(|run| RunOfWords {
                fate: fate(run.fate),
                text: run.text,
            })
            .collect(),
    }
}

fn fate(fate: Fate) -> &'static str {
    match fate {
        Fate::Same => "same",
        Fate::Changed => "changed",
        Fate::Added => "added",
        Fate::Removed => "removed",
    }
}
