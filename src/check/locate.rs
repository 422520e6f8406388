//! From a JSON pointer back to the field and the line in the record's file.

use crate::record::diff::addresses;
use crate::record::{FieldPath, Node, Record, Segment, Value};

/// A place in a record.
pub(super) struct Located<'a> {
    /// The field; `None` is the record itself.
    pub field: Option<FieldPath>,
    /// The node; `None` is the record itself.
    pub node: Option<&'a Node>,
    /// One-based line.
    pub line: u32,
}

impl Located<'_> {
    /// Returns the address of an entry of what is here.
    pub(super) fn child(&self, key: &str) -> FieldPath {
        match &self.field {
            Some(path) => path.join(Segment::Key(key.to_owned())),
            None => FieldPath::key(key),
        }
    }
}

/// Returns the deepest place that a JSON pointer into [`super::to_json`]'s value reaches.
pub(super) fn locate<'a>(record: &'a Record, pointer: &str) -> Located<'a> {
    let mut at = Located {
        field: None,
        node: None,
        line: first_line(record),
    };
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        let Some((segment, node)) = descend(record, at.node, &step) else {
            break;
        };
        at = Located {
            field: Some(match &at.field {
                Some(path) => path.join(segment),
                None => FieldPath::from(vec![segment]),
            }),
            node: Some(node),
            line: node.line,
        };
    }
    at
}

/// Returns the line on which a record's fields begin.
pub(super) fn first_line(record: &Record) -> u32 {
    record
        .fields
        .values()
        .map(|node| node.line)
        .min()
        .unwrap_or(1)
}

fn descend<'a>(
    record: &'a Record,
    at: Option<&'a Node>,
    step: &str,
) -> Option<(Segment, &'a Node)> {
    let key = || Segment::Key(step.to_owned());
    match at.map(|node| &node.value) {
        None => Some((key(), record.fields.get(step)?)),
        Some(Value::Map(fields)) => Some((key(), fields.get(step)?)),
        Some(Value::List(items)) => {
            let index = step.parse().ok()?;
            Some((addresses(items).into_iter().nth(index)?, items.get(index)?))
        }
        Some(Value::Scalar(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Format, parse};

    #[test]
    fn a_pointer_leads_to_field_and_line() {
        let yaml = "title: x\nclaims:\n  - key: c1\n    text: a\n  - key: c2\n    \"a/b\": y\n";
        let record = parse(yaml.as_bytes(), Format::Yaml).expect("the sample reads");
        let place = |pointer: &str| {
            let at = locate(&record, pointer);
            (
                at.field.map(|field| field.to_string()).unwrap_or_default(),
                at.line,
            )
        };
        assert_eq!(place(""), (String::new(), 1));
        assert_eq!(place("/claims/0/text"), ("claims[c1].text".to_owned(), 4));
        assert_eq!(place("/claims/1/a~1b"), ("claims[c2].a/b".to_owned(), 6));
        assert_eq!(place("/claims/9/x"), ("claims".to_owned(), 3));
    }
}
