//! TOML: one document, read from `toml_edit`'s parsed form, whose spans count every byte.

use std::ops::Range;

use toml_edit::{Array, Document, Formatted, InlineTable, Table, TableLike, Value};

use super::ScalarKind;
use super::source::Source;
use super::tree::{Budget, Data, Entry, Item, Layout, Origin, Tree, duplicate_key, too_deep};
use crate::refusal::Refusal;

/// Returns the root table.
pub(super) fn read(source: &Source) -> Result<Tree, Refusal> {
    let document = Document::parse(source.fields()).map_err(|error| refuse_toml(source, &error))?;
    let mut reader = Reader {
        source,
        budget: Budget::default(),
    };
    let root = reader.table(document.as_table(), source.data.start, true)?;
    match &root.data {
        Data::Map(entries, _) if !entries.is_empty() => Ok(root),
        Data::Map(..) | Data::Scalar(_) | Data::List(..) => Err(source.no_record()),
    }
}

fn refuse_toml(source: &Source, error: &toml_edit::TomlError) -> Refusal {
    let span = error.span().unwrap_or_default();
    let offset = (source.data.start + span.start).min(source.data.end);
    if error.message().contains("duplicate key") {
        let key = source.fields().get(span).unwrap_or_default();
        return duplicate_key(source, offset, key.trim_matches(['"', '\'']));
    }
    if error.message().contains("recurs") {
        return too_deep(source, offset);
    }
    source.refuse(
        "REC-TOML-001",
        offset,
        format!("not valid TOML: {}", error.message()),
        "correct the file at this place",
    )
}

struct Reader<'a> {
    source: &'a Source<'a>,
    budget: Budget,
}

impl Reader<'_> {
    fn table(&mut self, table: &Table, place: usize, is_root: bool) -> Result<Tree, Refusal> {
        let header = table
            .span()
            .filter(|_| !is_root)
            .map(|span| self.shift(span));
        let layout = match &header {
            _ if is_root => Layout::Table { header: None },
            _ if table.is_dotted() => Layout::Dotted,
            Some(header) if !table.is_implicit() => Layout::Table {
                header: Some(header.clone()),
            },
            Some(_) | None => Layout::Implied,
        };
        let place = header.map_or(place, |header| header.start);
        self.map(table, layout, place)
    }

    fn map(
        &mut self,
        table: &dyn TableLike,
        layout: Layout,
        place: usize,
    ) -> Result<Tree, Refusal> {
        self.budget.take(1, self.source, place)?;
        self.budget.enter(self.source, place)?;
        let mut entries = Vec::with_capacity(table.len());
        for (name, item) in table.iter() {
            let key = table.key(name).and_then(toml_edit::Key::span);
            let key_span = key.map_or(place..place, |span| self.shift(span));
            if let Some(value) = self.item(item, key_span.start)? {
                entries.push(Entry {
                    key: name.to_owned(),
                    key_span,
                    value,
                    origin: Origin::Written,
                });
            }
        }
        self.budget.leave();
        let start = match layout {
            Layout::Table { .. } => place,
            _ => entries.first().map_or(place, |entry| entry.key_span.start),
        };
        let end = match &layout {
            Layout::Table {
                header: Some(header),
            } => header.end,
            _ => start,
        };
        let end = entries
            .iter()
            .map(|entry| entry.value.span.end)
            .fold(end, usize::max);
        Ok(Tree {
            data: Data::Map(entries, layout),
            span: start..end,
            alias: false,
        })
    }

    fn item(&mut self, item: &toml_edit::Item, place: usize) -> Result<Option<Tree>, Refusal> {
        match item {
            toml_edit::Item::None => Ok(None),
            toml_edit::Item::Value(value) => self.value(value, place).map(Some),
            toml_edit::Item::Table(table) => self.table(table, place, false).map(Some),
            toml_edit::Item::ArrayOfTables(tables) => {
                self.budget.take(1, self.source, place)?;
                self.budget.enter(self.source, place)?;
                let mut items = Vec::with_capacity(tables.len());
                for table in tables {
                    let value = self.table(table, place, false)?;
                    items.push(Item {
                        start: value.span.start,
                        value,
                    });
                }
                self.budget.leave();
                let start = items.first().map_or(place, |item| item.start);
                let end = items.last().map_or(place, |item| item.value.span.end);
                Ok(Some(Tree {
                    data: Data::List(items, Layout::Table { header: None }),
                    span: start..end,
                    alias: false,
                }))
            }
        }
    }

    fn value(&mut self, value: &Value, place: usize) -> Result<Tree, Refusal> {
        let span = value.span().map_or(place..place, |span| self.shift(span));
        match value {
            Value::Array(array) => self.array(array, span),
            Value::InlineTable(table) => self.inline_table(table, span),
            Value::String(text) => self.scalar(ScalarKind::Text, span, Some(text)),
            Value::Integer(_) => self.scalar(ScalarKind::Integer, span, None),
            Value::Float(_) => self.scalar(ScalarKind::Float, span, None),
            Value::Boolean(_) => self.scalar(ScalarKind::Bool, span, None),
            Value::Datetime(_) => self.scalar(ScalarKind::Date, span, None),
        }
    }

    fn scalar(
        &mut self,
        kind: ScalarKind,
        span: Range<usize>,
        text: Option<&Formatted<String>>,
    ) -> Result<Tree, Refusal> {
        self.budget.take(1, self.source, span.start)?;
        let text = match text {
            Some(text) => text.value().as_str(),
            None => self.source.text.get(span.clone()).unwrap_or_default(),
        };
        Ok(Tree::scalar(kind, text, span))
    }

    fn array(&mut self, array: &Array, span: Range<usize>) -> Result<Tree, Refusal> {
        self.budget.take(1, self.source, span.start)?;
        self.budget.enter(self.source, span.start)?;
        let mut items = Vec::with_capacity(array.len());
        for value in array {
            let value = self.value(value, span.start)?;
            items.push(Item {
                start: value.span.start,
                value,
            });
        }
        self.budget.leave();
        Ok(Tree {
            data: Data::List(items, Layout::Flow),
            span,
            alias: false,
        })
    }

    fn inline_table(&mut self, table: &InlineTable, span: Range<usize>) -> Result<Tree, Refusal> {
        if table.is_dotted() {
            return self.map(table, Layout::Dotted, span.start);
        }
        let mut tree = self.map(table, Layout::Flow, span.start)?;
        tree.span = span;
        Ok(tree)
    }

    fn shift(&self, span: Range<usize>) -> Range<usize> {
        self.source.data.start + span.start..self.source.data.start + span.end
    }
}
