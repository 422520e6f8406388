//! A list put together anew from the items that it has and items from elsewhere, each with its own text.

use super::super::{Splice, Target, children, spell};
use super::chunk::{Chunk, chunk, column_of, moved, reindent};
use super::place::one_line;
use super::{Donor, find};
use crate::record::Node;
use crate::record::source::Syntax;
use crate::record::tree::{Data, Layout, Tree};

/// Returns the splices that may make a list of these items: its own by their index, and new ones.
pub(super) fn rebuilt(
    target: &Target,
    list: &Tree,
    items: &[Result<usize, Node>],
    donors: &[Donor],
) -> Vec<Splice> {
    let Data::List(_, layout) = &list.data else {
        return Vec::new();
    };
    let splice = match layout {
        Layout::Flow => between_brackets(target, list, items, donors),
        Layout::Block | Layout::Table { .. } => in_lines(target, list, items, donors),
        Layout::Dotted | Layout::Implied => None,
    };
    splice.into_iter().collect()
}

fn in_lines(
    target: &Target,
    list: &Tree,
    items: &[Result<usize, Node>],
    donors: &[Donor],
) -> Option<Splice> {
    let text = target.text();
    let count = children(list).len();
    let own: Vec<Chunk> = (0..count)
        .map(|index| chunk(target.source, list, index, |_| true))
        .collect::<Option<_>>()?;
    let (first, last) = (own.first()?, own.last()?);
    let trimmed = |text: &str| text.trim_end_matches(['\r', '\n']).to_owned();
    let end = first.range.start + trimmed(text.get(first.range.start..last.range.end)?).len();
    let line_end = target.source.line_end();
    let gaps: Vec<&str> = own
        .windows(2)
        .map(|pair| text.get(pair[0].range.end..pair[1].range.start))
        .collect::<Option<_>>()?;
    if gaps.iter().any(|gap| !gap.trim().is_empty()) || items.is_empty() {
        return None;
    }
    let mut rebuilt = String::new();
    for (number, item) in items.iter().enumerate() {
        let (body, gap) = match item {
            Ok(index) => {
                let own = own.get(*index)?;
                let body = match own.owns_line || number == 0 && *index == 0 {
                    true => text.get(own.range.clone())?.to_owned(),
                    false => moved(target.source, own, own.column)?,
                };
                (body, gaps.get(*index))
            }
            Err(node) => (new_item(target, list, first, node, donors)?, None),
        };
        let body = match number == 0 && !first.owns_line {
            true => body.trim_start_matches(' '),
            false => body.as_str(),
        };
        rebuilt.push_str(&trimmed(body));
        if number + 1 < items.len() {
            rebuilt.push_str(line_end);
            rebuilt.push_str(gap.or(gaps.first()).copied().unwrap_or_default());
        }
    }
    Some(Splice {
        range: first.range.start..end,
        with: rebuilt,
    })
}

/// Returns the lines of an item that the list does not have.
fn new_item(
    target: &Target,
    list: &Tree,
    beside: &Chunk,
    node: &Node,
    donors: &[Donor],
) -> Option<String> {
    let is_block =
        |tree: &Tree| matches!(&tree.data, Data::List(_, layout) if *layout != Layout::Flow);
    let found = find(donors, node);
    if let Some(found) = found.filter(|found| is_block(found.container)) {
        let is_new = |comment: &str| !target.text().contains(comment);
        let there = chunk(found.source, found.container, found.index, is_new)?;
        return moved(found.source, &there, beside.column);
    }
    if target.source.syntax != Syntax::Yaml || !is_block(list) {
        return None;
    }
    let spelled = spell::flow(target.source, node)?;
    Some(format!("{:1$}- {spelled}", "", beside.column))
}

fn between_brackets(
    target: &Target,
    list: &Tree,
    items: &[Result<usize, Node>],
    donors: &[Donor],
) -> Option<Splice> {
    let text = target.text();
    let inside = list.span.start + 1..list.span.end.checked_sub(1)?;
    let kids = children(list);
    let (Some(first), Some(last)) = (kids.first(), kids.last()) else {
        let texts: Vec<String> = items
            .iter()
            .map(|item| between(target, list, item, &kids, donors))
            .collect::<Option<_>>()?;
        return Some(Splice {
            range: inside,
            with: texts.join(", "),
        });
    };
    if items.is_empty() {
        return Some(Splice {
            range: inside,
            with: String::new(),
        });
    }
    let gaps: Vec<&str> = kids
        .windows(2)
        .map(|pair| text.get(pair[0].end..pair[1].start))
        .collect::<Option<_>>()?;
    let lead = text.get(inside.start..first.start)?;
    // Where each item has its own line, so has a new one.
    let own_line = format!(",{lead}");
    let default = match lead.contains('\n') && !lead.contains('#') {
        true => own_line.as_str(),
        false => ", ",
    };
    let mut rebuilt = String::new();
    for (number, item) in items.iter().enumerate() {
        rebuilt.push_str(&between(target, list, item, &kids, donors)?);
        if number + 1 < items.len() {
            let own = item.as_ref().ok().and_then(|index| gaps.get(*index));
            rebuilt.push_str(own.or(gaps.first()).copied().unwrap_or(default));
        }
    }
    Some(Splice {
        range: first.start..last.end,
        with: rebuilt,
    })
}

/// Returns an item as it may stand between brackets.
fn between(
    target: &Target,
    list: &Tree,
    item: &Result<usize, Node>,
    kids: &[std::ops::Range<usize>],
    donors: &[Donor],
) -> Option<String> {
    match item {
        Ok(index) => Some(target.text().get(kids.get(*index)?.clone())?.to_owned()),
        Err(node) => {
            let raw = find(donors, node).and_then(|found| {
                if target.source.syntax != Syntax::Json {
                    return one_line(target, &found);
                }
                let text = found.source.text.get(found.value.span.clone())?;
                let from = column_of(found.source, found.container)?;
                let to = column_of(target.source, list).unwrap_or(from);
                reindent(text, false, from, to)
            });
            raw.or_else(|| spell::flow(target.source, node))
        }
    }
}
