//! YAML 1.2: one document whose root is a map, read from `granit-parser` events.

mod alias;
mod layout;
pub(super) mod scalar;

use std::collections::HashMap;
use std::ops::Range;

use granit_parser::{
    ErrorKind, Event, Parser, ScalarStyle, ScanError, StrInput, StructureStyle, Tag, options,
};

use super::ScalarKind;
use super::source::Source;
use super::tree::{
    Budget, Data, Entry, Item, Layout, Origin, Tree, refuse_duplicate_keys, root_is_no_map,
    too_deep,
};
use crate::refusal::Refusal;
use alias::{Anchored, holds_aliases};
use scalar::{kind_of_plain, kind_of_tagged};

/// Returns the root map.
pub(super) fn read(source: &Source) -> Result<Tree, Refusal> {
    let options = options! { emit_comments: false, strict_indentation: true };
    let mut reader = Reader {
        parser: Parser::new_from_str_with_options(source.fields(), options),
        source,
        budget: Budget::default(),
        repeated_bytes: 0,
        anchors: HashMap::new(),
    };
    let root = reader.only_document()?;
    match root.data {
        Data::Map(..) => Ok(root),
        Data::Scalar(ref scalar) if scalar.kind == ScalarKind::Null && root.span.is_empty() => {
            Err(source.no_record())
        }
        Data::Scalar(_) | Data::List(..) => Err(root_is_no_map(source, &root)),
    }
}

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    source: &'a Source<'a>,
    budget: Budget,
    /// Bytes of text that aliases repeated.
    repeated_bytes: usize,
    anchors: HashMap<usize, Anchored>,
}

impl<'a> Reader<'a> {
    fn only_document(&mut self) -> Result<Tree, Refusal> {
        let mut root = None;
        let mut documents = 0;
        loop {
            let (event, span) = match self.next() {
                Err(refusal) if documents > 1 => {
                    return Err(self.more_documents(documents).unwrap_or(refusal));
                }
                next => next?,
            };
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(..) => documents += 1,
                _ if root.is_none() && documents == 1 && is_node(&event) => {
                    root = Some(self.node(event, span, self.source.data.start)?);
                }
                _ => {}
            }
        }
        match self.more_documents(documents) {
            Some(refusal) => Err(refusal),
            None => root.ok_or_else(|| self.source.no_record()),
        }
    }

    fn more_documents(&self, documents: usize) -> Option<Refusal> {
        (documents > 1).then(|| {
            self.source.refuse(
                "REC-YAML-002",
                self.source.data.start,
                format!("the file holds {documents} YAML documents; a record is exactly one"),
                "keep one document, and move the others to files of their own",
            )
        })
    }

    /// Returns the next event and its bytes in the file.
    fn next(&mut self) -> Result<(Event<'a>, Range<usize>), Refusal> {
        let start = self.source.data.start;
        match self.parser.next() {
            Some(Ok((event, span))) => {
                let bytes = span.byte_range().unwrap_or_default();
                Ok((event, start + bytes.start..start + bytes.end))
            }
            Some(Err(error)) => Err(refuse_scan(self.source, &error)),
            None => Ok((Event::StreamEnd, self.source.data.end..self.source.data.end)),
        }
    }

    /// Returns the node that an event opens. Its own indicators are looked for from `bound` on.
    fn node(
        &mut self,
        event: Event<'a>,
        span: Range<usize>,
        bound: usize,
    ) -> Result<Tree, Refusal> {
        self.budget.take(1, self.source, span.start)?;
        let (tree, anchor) = match event {
            Event::Alias(id) => return self.repeat(id, span),
            Event::Scalar(text, style, anchor, tag) => (
                self.scalar(&text, style, anchor != 0, tag.as_deref(), span, bound),
                anchor,
            ),
            Event::SequenceStart(style, anchor, _) => (self.list(style, span, bound)?, anchor),
            Event::MappingStart(style, anchor, _) => (self.map(style, span)?, anchor),
            _ => (Tree::scalar(ScalarKind::Null, "", span), 0),
        };
        if anchor != 0 {
            self.keep(anchor, &tree)?;
        }
        Ok(tree)
    }

    fn scalar(
        &self,
        text: &str,
        style: ScalarStyle,
        has_anchor: bool,
        tag: Option<&Tag>,
        span: Range<usize>,
        bound: usize,
    ) -> Tree {
        let is_plain = style == ScalarStyle::Plain;
        if is_plain && span.is_empty() {
            return match tag {
                Some(tag) => Tree::scalar(kind_of_tagged(tag, ""), "", span),
                None if has_anchor => Tree::scalar(ScalarKind::Null, "", span),
                None => {
                    let span = layout::empty_value(self.source.text, span, bound);
                    Tree::scalar(ScalarKind::Null, "", span)
                }
            };
        }
        let kind = match tag {
            Some(tag) => kind_of_tagged(tag, text),
            None if is_plain => kind_of_plain(text),
            None => ScalarKind::Text,
        };
        let text = match kind {
            ScalarKind::Null => "",
            _ => text,
        };
        let span = match style {
            ScalarStyle::Literal | ScalarStyle::Folded => {
                layout::block_scalar(self.source.text, span, bound)
            }
            _ => span,
        };
        Tree::scalar(kind, text, span)
    }

    fn list(
        &mut self,
        style: StructureStyle,
        span: Range<usize>,
        bound: usize,
    ) -> Result<Tree, Refusal> {
        self.budget.enter(self.source, span.start)?;
        let mut items: Vec<Item> = Vec::new();
        let mut bound = match style {
            StructureStyle::Block => bound,
            StructureStyle::Flow => span.start,
        };
        let end = loop {
            let (event, item_span) = self.next()?;
            if event == Event::SequenceEnd {
                break item_span.end;
            }
            let start = match style {
                StructureStyle::Block => layout::dash(self.source.text, bound, item_span.start),
                StructureStyle::Flow => item_span.start,
            };
            let value = self.node(event, item_span, start + 1)?;
            bound = value.span.end;
            items.push(Item { start, value });
        };
        self.budget.leave();
        let first = items.first().map_or(span.start, |item| item.start);
        Ok(match style {
            StructureStyle::Block => block(first, bound, Data::List(items, Layout::Block)),
            StructureStyle::Flow => flow(span.start, end, Data::List(items, Layout::Flow)),
        })
    }

    fn map(&mut self, style: StructureStyle, span: Range<usize>) -> Result<Tree, Refusal> {
        self.budget.enter(self.source, span.start)?;
        let mut entries: Vec<Entry> = Vec::new();
        let mut last = span.start;
        let end = loop {
            let (event, key_span) = self.next()?;
            if event == Event::MappingEnd {
                break key_span.end;
            }
            let entry = self.entry(event, key_span, last)?;
            last = entry.value.span.end;
            entries.push(entry);
        };
        self.budget.leave();
        refuse_duplicate_keys(&entries, self.source)?;
        self.merge(&mut entries)?;
        Ok(match style {
            StructureStyle::Block => block(span.start, last, Data::Map(entries, Layout::Block)),
            StructureStyle::Flow => flow(span.start, end, Data::Map(entries, Layout::Flow)),
        })
    }

    fn entry(
        &mut self,
        event: Event<'a>,
        key_span: Range<usize>,
        bound: usize,
    ) -> Result<Entry, Refusal> {
        let is_plain = matches!(event, Event::Scalar(_, ScalarStyle::Plain, _, None));
        let key_node = self.node(event, key_span, bound)?;
        let Data::Scalar(scalar) = &key_node.data else {
            return Err(self.source.refuse(
                "REC-YAML-003",
                key_node.span.start,
                "a list or map stands as a key; a record's keys are text",
                "give the entry a name for its key",
            ));
        };
        let written = &self.source.text[key_node.span.clone()];
        let key = match scalar.kind {
            ScalarKind::Null => written.to_owned(),
            _ => scalar.text.clone(),
        };
        let (event, span) = self.next()?;
        let value = self.node(event, span, key_node.span.end)?;
        let is_merge = is_plain && key == "<<" && (value.alias || holds_aliases(&value));
        Ok(Entry {
            key,
            key_span: key_node.span,
            value,
            origin: if is_merge {
                Origin::MergeKey
            } else {
                Origin::Written
            },
        })
    }
}

fn is_node(event: &Event) -> bool {
    matches!(
        event,
        Event::Alias(_) | Event::Scalar(..) | Event::SequenceStart(..) | Event::MappingStart(..)
    )
}

fn block(start: usize, end: usize, data: Data) -> Tree {
    flow(start, end.max(start), data)
}

fn flow(start: usize, end: usize, data: Data) -> Tree {
    Tree {
        data,
        span: start..end,
        alias: false,
    }
}

fn refuse_scan(source: &Source, error: &ScanError) -> Refusal {
    let offset = error.marker().byte_offset().unwrap_or_default();
    let offset = (source.data.start + offset).min(source.data.end);
    if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
        return too_deep(source, offset);
    }
    source.refuse(
        "REC-YAML-001",
        offset,
        format!("not valid YAML: {}", error.info()),
        "correct the file at this place",
    )
}
