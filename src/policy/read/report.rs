//! Where each thing of the policy stands, and the list of everything found wrong with it.

use std::collections::HashSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::value::shown;
use crate::policy::POLICY_PATH;
use crate::refusal::{Place, Refusal};

/// More refusals than this tell nobody anything.
const MOST_REFUSALS: usize = 200;

/// Stands for every top-level table: a value that was given twice could be in any of them.
const ALL: &str = "";

/// Everything found wrong so far, and the file it was found in.
pub(in crate::policy) struct Report<'a> {
    source: &'a str,
    root: &'a DeTable<'a>,
    line_starts: Vec<usize>,
    damaged: HashSet<String>,
    /// Keys that are there under a misspelt name: where their table begins, and how they are spelt.
    slips: HashSet<(usize, String)>,
    broken: bool,
    refusals: Vec<Refusal>,
}

impl<'a> Report<'a> {
    pub(super) fn new(source: &'a str, root: &'a DeTable<'a>) -> Self {
        let starts = source.match_indices('\n').map(|(index, _)| index + 1);
        Self {
            source,
            root,
            line_starts: std::iter::once(0).chain(starts).collect(),
            damaged: HashSet::new(),
            slips: HashSet::new(),
            broken: false,
            refusals: Vec::new(),
        }
    }

    /// Adds a refusal at a byte offset, and remembers that this top-level table did not read as meant.
    pub(super) fn refuse(
        &mut self,
        table: &str,
        offset: usize,
        code: &'static str,
        cause: impl Into<String>,
        next: impl Into<String>,
    ) {
        self.damaged.insert(table.to_owned());
        let refusal = Refusal::new(code, cause, next);
        self.push(offset, refusal);
    }

    /// Adds what the TOML parser found; only a key that stands twice leaves the rest of the file readable.
    pub(super) fn refuse_syntax(&mut self, message: &str, span: Option<Range<usize>>) {
        let offset = span.as_ref().map_or(0, |span| span.start);
        if message == "duplicate key" {
            let key = span
                .and_then(|span| self.source.get(span))
                .unwrap_or_default();
            let cause = format!("the key {} stands twice", shown(key.trim()));
            self.refuse(ALL, offset, "POL-003", cause, "keep one of the two");
        } else {
            let cause = format!("this is not TOML: {}", shown(message));
            let next = "correct the line; text stands in double quotes, lists in [ ]";
            self.refuse(ALL, offset, "POL-002", cause, next);
            self.broken = true;
        }
    }

    /// Remembers that a table holds a key under a misspelt name, which is refused once and not a second time as missing.
    pub(super) fn remember_slip(&mut self, section: &Section<'_>, meant: &str) {
        self.slips.insert((section.offset, meant.to_owned()));
        self.damaged.insert(match section.top() {
            "" => meant.to_owned(),
            top => top.to_owned(),
        });
    }

    pub(super) fn was_slip(&self, section: &Section<'_>, key: &str) -> bool {
        self.slips.contains(&(section.offset, key.to_owned()))
    }

    /// Adds a refusal at the key that these steps lead to, or at the deepest of them that stands in the file.
    pub(in crate::policy) fn object(
        &mut self,
        steps: &[&str],
        code: &'static str,
        cause: impl Into<String>,
        next: impl Into<String>,
    ) {
        let offset = self.offset_of(steps);
        let refusal = Refusal::new(code, cause, next);
        self.push(offset, refusal);
    }

    /// Returns whether the file is not TOML.
    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    /// Returns whether these top-level tables read without a refusal, so that a judgement about them is not a guess.
    pub(in crate::policy) fn is_sound(&self, tables: &[&str]) -> bool {
        !self.damaged.contains(ALL) && !tables.iter().any(|table| self.damaged.contains(*table))
    }

    /// Returns what was found, in the order of the file.
    pub(super) fn into_refusals(mut self) -> Vec<Refusal> {
        self.refusals
            .sort_by_key(|refusal| (refusal.place.line, refusal.place.column, refusal.code));
        self.refusals.dedup();
        self.refusals.truncate(MOST_REFUSALS);
        self.refusals
    }

    fn push(&mut self, offset: usize, mut refusal: Refusal) {
        let (line, column) = self.position(offset);
        refusal.place = Place::path(POLICY_PATH).at(line, column);
        self.refusals.push(refusal);
    }

    /// Returns the one-based line and column, counted in characters, of a byte offset.
    fn position(&self, offset: usize) -> (u32, u32) {
        let offset = offset.min(self.source.len());
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts[line.saturating_sub(1)];
        let before = self.source.get(start..offset).unwrap_or_default();
        let column = before.trim_start_matches('\u{feff}').chars().count() + 1;
        // The reader refuses files whose lines or columns could overflow.
        (
            u32::try_from(line).unwrap_or(u32::MAX),
            u32::try_from(column).unwrap_or(u32::MAX),
        )
    }

    fn offset_of(&self, steps: &[&str]) -> usize {
        let mut table = Some(self.root);
        let mut list: Option<&[Spanned<DeValue<'_>>]> = None;
        let mut offset = 0;
        for step in steps {
            let value = if let Some(items) = list {
                let Some(item) = step
                    .parse::<usize>()
                    .ok()
                    .and_then(|index| items.get(index))
                else {
                    break;
                };
                offset = item.span().start;
                item
            } else {
                let Some((key, value)) = table.and_then(|table| table.get_key_value(*step)) else {
                    break;
                };
                offset = key.span().start;
                value
            };
            table = value.get_ref().as_table();
            list = value.get_ref().as_array().map(|array| &array[..]);
        }
        offset
    }
}

/// A table of the policy and the steps that lead to it.
#[derive(Clone)]
pub(super) struct Section<'a> {
    steps: Vec<String>,
    offset: usize,
    table: &'a DeTable<'a>,
}

/// A key and its value as they stand in the file.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    pub key: &'a str,
    pub key_offset: usize,
    pub value: &'a Spanned<DeValue<'a>>,
}

impl<'a> Section<'a> {
    /// Returns the whole file as a section.
    pub(super) fn root(table: &'a DeTable<'a>) -> Self {
        Self {
            steps: Vec::new(),
            offset: 0,
            table,
        }
    }

    /// Returns the table that a key of this one holds.
    pub(super) fn below(&self, entry: Entry<'a>, table: &'a DeTable<'a>) -> Self {
        let mut steps = self.steps.clone();
        steps.push(entry.key.to_owned());
        Self {
            steps,
            offset: entry.key_offset,
            table,
        }
    }

    /// Returns the table that stands as an item in a list of this one.
    pub(super) fn item(&self, offset: usize, table: &'a DeTable<'a>) -> Self {
        Self {
            steps: self.steps.clone(),
            offset,
            table,
        }
    }

    /// Returns the table's name as a person reads it: `[collections.concepts]`, or `the policy`.
    pub(super) fn title(&self) -> String {
        match self.steps.as_slice() {
            [] => "the policy".to_owned(),
            steps => format!("[{}]", steps.join(".")),
        }
    }

    /// Returns the first step: the top-level table that this one is part of.
    pub(super) fn top(&self) -> &str {
        self.steps.first().map_or("", String::as_str)
    }

    /// Returns the top-level table that an entry of this one is part of.
    pub(super) fn top_of<'b>(&'b self, entry: Entry<'b>) -> &'b str {
        self.steps.first().map_or(entry.key, String::as_str)
    }

    /// Returns where the table begins.
    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    pub(super) fn get(&self, key: &str) -> Option<Entry<'a>> {
        let (key, value) = self.table.get_key_value(key)?;
        Some(Entry {
            key: key.get_ref(),
            key_offset: key.span().start,
            value,
        })
    }

    /// Returns the entries in file order.
    pub(super) fn entries(&self) -> Vec<Entry<'a>> {
        let mut entries: Vec<Entry<'a>> = self
            .table
            .iter()
            .map(|(key, value)| Entry {
                key: key.get_ref(),
                key_offset: key.span().start,
                value,
            })
            .collect();
        entries.sort_by_key(|entry| entry.key_offset);
        entries
    }
}
