//! JSON: one object, strict by RFC 8259, no key twice.
//!
//! `serde_json` judges the grammar, as readers downstream will; `jsonc-parser` gives the byte ranges.

use std::ops::Range;

use jsonc_parser::ast::{Array, Object, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::ScalarKind;
use super::source::Source;
use super::tree::{
    Budget, Data, Entry, Item, Layout, Origin, Tree, refuse_duplicate_keys, root_is_no_map,
};
use crate::refusal::Refusal;

const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// Returns the root object.
pub(super) fn read(source: &Source) -> Result<Tree, Refusal> {
    check_grammar(source)?;
    let parsed = parse_to_ast(source.fields(), &CollectOptions::default(), &STRICT)
        .map_err(|error| refuse_ast(source, &error))?;
    let Some(value) = parsed.value else {
        return Err(source.no_record());
    };
    let mut reader = Reader {
        source,
        budget: Budget::default(),
    };
    let root = reader.value(&value)?;
    match root.data {
        Data::Map(..) => Ok(root),
        Data::Scalar(_) | Data::List(..) => Err(root_is_no_map(source, &root)),
    }
}

fn check_grammar(source: &Source) -> Result<(), Refusal> {
    let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(source.fields()) else {
        return Ok(());
    };
    let line_offset: usize = source
        .fields()
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum();
    let offset = source.data.start + line_offset + error.column().saturating_sub(1);
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    Err(syntax(source, offset, message))
}

fn refuse_ast(source: &Source, error: &jsonc_parser::errors::ParseError) -> Refusal {
    let offset = source.data.start + error.range().start;
    match error.kind() {
        jsonc_parser::errors::ParseErrorKind::NestingDepthExceeded => {
            super::tree::too_deep(source, offset)
        }
        kind => syntax(source, offset, &kind.to_string()),
    }
}

fn syntax(source: &Source, offset: usize, message: &str) -> Refusal {
    source.refuse(
        "REC-JSON-001",
        offset,
        format!("not valid JSON: {message}"),
        "correct the file at this place",
    )
}

struct Reader<'a> {
    source: &'a Source<'a>,
    budget: Budget,
}

impl Reader<'_> {
    fn value(&mut self, value: &Value) -> Result<Tree, Refusal> {
        let span = self.span(value);
        self.budget.take(1, self.source, span.start)?;
        Ok(match value {
            Value::StringLit(text) => Tree::scalar(ScalarKind::Text, text.value.as_ref(), span),
            Value::NumberLit(number) => Tree::scalar(number_kind(number.value), number.value, span),
            Value::BooleanLit(boolean) => {
                Tree::scalar(ScalarKind::Bool, boolean.value.to_string(), span)
            }
            Value::NullKeyword(_) => Tree::scalar(ScalarKind::Null, "", span),
            Value::Array(array) => self.nested(span, |reader| reader.list(array))?,
            Value::Object(object) => self.nested(span, |reader| reader.map(object))?,
        })
    }

    fn nested(
        &mut self,
        span: Range<usize>,
        read: impl FnOnce(&mut Self) -> Result<Data, Refusal>,
    ) -> Result<Tree, Refusal> {
        self.budget.enter(self.source, span.start)?;
        let data = read(self)?;
        self.budget.leave();
        Ok(Tree {
            data,
            span,
            alias: false,
        })
    }

    fn list(&mut self, array: &Array) -> Result<Data, Refusal> {
        let mut items = Vec::with_capacity(array.elements.len());
        for element in &array.elements {
            let value = self.value(element)?;
            items.push(Item {
                start: value.span.start,
                value,
            });
        }
        Ok(Data::List(items, Layout::Flow))
    }

    fn map(&mut self, object: &Object) -> Result<Data, Refusal> {
        let mut entries = Vec::with_capacity(object.properties.len());
        for property in &object.properties {
            entries.push(Entry {
                key: property.name.as_str().to_owned(),
                key_span: self.span(&property.name),
                value: self.value(&property.value)?,
                origin: Origin::Written,
            });
        }
        refuse_duplicate_keys(&entries, self.source)?;
        Ok(Data::Map(entries, Layout::Flow))
    }

    fn span(&self, node: &impl Ranged) -> Range<usize> {
        let range = node.range();
        self.source.data.start + range.start..self.source.data.start + range.end
    }
}

fn number_kind(text: &str) -> ScalarKind {
    match text.contains(['.', 'e', 'E']) {
        true => ScalarKind::Float,
        false => ScalarKind::Integer,
    }
}
