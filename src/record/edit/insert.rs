//! Adding an entry to a map or an item to a list, in the layout that is there.

use std::ops::Range;

use super::locate::{Step, through_alias};
use super::shape::{self, Inline};
use super::{Splice, Target, children, flow, spell};
use crate::record::source::{Syntax, line_start, next_line};
use crate::record::tree::{Data, Entry, Layout, Origin, Tree};
use crate::record::{FieldPath, Scalar, ScalarKind, Value};
use crate::refusal::Refusal;

/// Returns the splices that add an entry as the map's last.
pub(super) fn entry(target: &Target, map: &Tree, key: &str, value: &Scalar) -> Vec<Splice> {
    let mut values = spell::scalar(target.source, value, "");
    if let Data::Map(_, Layout::Block) = &map.data
        && let Some(column) = indent(target, map)
        && let Some(lines) = spell::literal(target.source, value, &column)
    {
        values.insert(0, lines);
    }
    entries(target, map, key, &values)
}

/// Returns the splices that add an entry of any shape as the map's last.
pub(super) fn entry_of(target: &Target, map: &Tree, key: &str, value: &Value) -> Vec<Splice> {
    if let Value::Scalar(scalar) = value {
        return entry(target, map, key, scalar);
    }
    let mut values: Vec<String> = Vec::new();
    if let Data::Map(_, Layout::Block) = &map.data
        && let Some(column) = indent(target, map)
    {
        let behind = shape::behind_key(target.source, value, &column);
        values.push(behind.trim_start_matches(' ').to_owned());
    }
    values.push(shape::inline(target.source, value, Inline::OneLine));
    entries(target, map, key, &values)
}

/// Returns the refusal of an entry that is there already.
pub(super) fn taken(target: &Target, path: &FieldPath, steps: &[Step]) -> Refusal {
    let start = steps.last().map_or(0, |step| step.value.span.start);
    target.source.refuse(
        "REC-EDIT-008",
        start,
        format!("{path} is there already"),
        "change what stands there, or remove it first",
    )
}

/// Returns the splices that add an entry whose value is a list of one item.
pub(super) fn list_of_one(target: &Target, map: &Tree, key: &str, value: &Scalar) -> Vec<Splice> {
    let items = spell::scalar(target.source, value, "");
    let flow = items.iter().map(|item| format!("[{item}]"));
    let mut values: Vec<String> = Vec::new();
    if let Data::Map(known, Layout::Block) = &map.data
        && !prefers_flow_lists(known)
        && let Some(column) = indent(target, map)
    {
        let line_end = target.source.line_end();
        values.extend(
            items
                .iter()
                .map(|item| format!("{line_end}{column}  - {item}")),
        );
    }
    values.extend(flow);
    entries(target, map, key, &values)
}

/// Returns the splices that add a list's last item.
pub(super) fn item(
    target: &Target,
    path: &FieldPath,
    steps: &[Step],
    value: &Scalar,
) -> Result<Vec<Splice>, Refusal> {
    let Some(list) = steps.last().map(|step| step.value) else {
        return Ok(Vec::new());
    };
    if list.alias {
        return Err(through_alias(target, path, list));
    }
    let values = spell::scalar(target.source, value, "");
    match &list.data {
        Data::List(_, Layout::Flow) => Ok(flow_child(target, list, &values)),
        Data::List(items, Layout::Block) => {
            let Some(last) = items.last() else {
                return Ok(Vec::new());
            };
            let lead = blank(&target.text()[line_start(target.text(), last.start)..last.start]);
            let end = children(list).last().map_or(last.start, |child| child.end);
            let lines = values.iter().map(|item| format!("{lead}- {item}"));
            Ok(lines.map(|line| add_line(target, end, &line)).collect())
        }
        Data::Scalar(scalar) if scalar.kind == ScalarKind::Null => {
            let before = &target.text()[..list.span.start];
            let space = if before.ends_with([' ', '\n', '[']) {
                ""
            } else {
                " "
            };
            Ok(values
                .iter()
                .map(|item| Splice {
                    range: list.span.clone(),
                    with: format!("{space}[{item}]"),
                })
                .collect())
        }
        Data::List(..) | Data::Scalar(_) | Data::Map(..) => Err(target.source.refuse(
            "REC-EDIT-003",
            list.span.start,
            format!("{path} is not a list of values that one can be added to"),
            "address a list, or a key that is not there yet",
        )),
    }
}

/// Returns the splices that add an entry as the map's last, one for each way to write its value.
pub(super) fn entries(target: &Target, map: &Tree, key: &str, values: &[String]) -> Vec<Splice> {
    let Data::Map(known, layout) = &map.data else {
        return Vec::new();
    };
    let key = spell::key(target.source.syntax, key);
    match layout {
        Layout::Block => match (indent(target, map), children(map).last()) {
            (Some(column), Some(last)) => values
                .iter()
                .map(|value| {
                    let space = if value.starts_with(['\r', '\n']) {
                        ""
                    } else {
                        " "
                    };
                    add_line(target, last.end, &format!("{column}{key}:{space}{value}"))
                })
                .collect(),
            _ => Vec::new(),
        },
        Layout::Flow => {
            let gap = known
                .last()
                .and_then(|last| gap_of(target, last))
                .unwrap_or_else(|| default_gap(target.source.syntax).to_owned());
            let whole: Vec<String> = values
                .iter()
                .map(|value| format!("{key}{gap}{value}"))
                .collect();
            flow_child(target, map, &whole)
        }
        Layout::Table { header } => table_entry(target, known, header.as_ref(), &key, values),
        Layout::Dotted => table_entry(target, known, None, &key, values),
        Layout::Implied => Vec::new(),
    }
}

fn flow_child(target: &Target, container: &Tree, values: &[String]) -> Vec<Splice> {
    values
        .iter()
        .filter_map(|value| flow::add(target, container, value))
        .collect()
}

/// Returns the splices that add a line to a TOML table: below its own last entry, else below its header.
fn table_entry(
    target: &Target,
    known: &[Entry],
    header: Option<&Range<usize>>,
    key: &str,
    values: &[String],
) -> Vec<Splice> {
    let text = target.text();
    let own = known.iter().filter(|entry| is_own(&entry.value));
    let Some(last) = own.max_by_key(|entry| entry.value.span.end) else {
        let lines = values.iter().map(|value| format!("{key} = {value}"));
        return lines
            .map(|line| match header {
                Some(header) => add_line(target, header.end, &line),
                None => Splice::insert(
                    target.source.data.start,
                    format!("{line}{}", target.source.line_end()),
                ),
            })
            .collect();
    };
    let lead = &text[line_start(text, last.key_span.start)..last.key_span.start];
    let gap = gap_of(target, last).unwrap_or_else(|| default_gap(Syntax::Toml).to_owned());
    values
        .iter()
        .map(|value| {
            add_line(
                target,
                last.value.span.end,
                &format!("{lead}{key}{gap}{value}"),
            )
        })
        .collect()
}

/// Tells whether a value stands among its table's own lines, not under a header of its own.
fn is_own(value: &Tree) -> bool {
    match &value.data {
        Data::Scalar(_) => true,
        Data::List(_, layout) | Data::Map(_, layout) => {
            matches!(layout, Layout::Flow | Layout::Dotted)
        }
    }
}

/// Returns what stands between an entry's key and its value, where that is one line without a comment.
fn gap_of(target: &Target, entry: &Entry) -> Option<String> {
    let gap = target
        .text()
        .get(entry.key_span.end..entry.value.span.start)?;
    let is_plain = gap
        .chars()
        .all(|character| matches!(character, ' ' | '\t' | ':' | '='));
    (is_plain && !entry.value.span.is_empty() && gap.contains([':', '='])).then(|| gap.to_owned())
}

fn default_gap(syntax: Syntax) -> &'static str {
    match syntax {
        Syntax::Yaml | Syntax::Json => ": ",
        Syntax::Toml => " = ",
    }
}

/// Returns the indentation of a block map's entries: what stands before the first key, its anchor, tag or `?` not counted.
pub(super) fn indent(target: &Target, map: &Tree) -> Option<String> {
    let first = map
        .entries()?
        .iter()
        .find(|entry| entry.origin != Origin::Merged)?;
    let start = first.key_span.start;
    let lead = &target.text()[line_start(target.text(), start)..start];
    let property = lead.find(['&', '!', '?']).unwrap_or(lead.len());
    Some(blank(&lead[..property]))
}

/// Returns as many spaces as the text has characters.
fn blank(text: &str) -> String {
    " ".repeat(text.chars().count())
}

fn prefers_flow_lists(entries: &[Entry]) -> bool {
    let layouts = entries.iter().filter_map(|entry| match &entry.value.data {
        Data::List(items, layout) if !items.is_empty() => Some(layout),
        Data::List(..) | Data::Scalar(_) | Data::Map(..) => None,
    });
    let mut flow = false;
    for layout in layouts {
        match layout {
            Layout::Flow => flow = true,
            Layout::Block | Layout::Table { .. } | Layout::Dotted | Layout::Implied => {
                return false;
            }
        }
    }
    flow
}

/// Returns the splice that adds a line below the one that holds `end`; a file without a final line end keeps none.
pub(super) fn add_line(target: &Target, end: usize, line: &str) -> Splice {
    let text = target.text();
    let line_end = target.source.line_end();
    let at = next_line(text, end);
    match text[..at].ends_with('\n') && at > end {
        true => Splice::insert(at, format!("{line}{line_end}")),
        false => Splice::insert(at, format!("{line_end}{line}")),
    }
}
