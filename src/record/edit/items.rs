//! Items of any shape put into a list, and items moved in it.

use std::ops::Range;

use super::locate::{Step, nothing_there, through_alias};
use super::shape::{Inline, behind_dash, behind_key, inline, table_lines};
use super::wanted::place_after;
use super::{Splice, Target, children, flow, insert};
use crate::record::source::{Syntax, line_start, next_line};
use crate::record::tree::{Data, Item, Layout, Tree};
use crate::record::{FieldPath, ScalarKind, Segment, Value};
use crate::refusal::Refusal;

/// Returns the splices that insert an item behind another one, or first.
pub(super) fn insert(
    target: &Target,
    path: &FieldPath,
    steps: &[Step],
    after: Option<&str>,
    value: &Value,
) -> Result<Vec<Splice>, Refusal> {
    let Some(step) = steps.last() else {
        return Ok(Vec::new());
    };
    let list = step.value;
    if list.alias {
        return Err(through_alias(target, path, list));
    }
    match &list.data {
        Data::List(items, _) if items.is_empty() && after.is_none() => {
            Ok(into_empty(target, step, value))
        }
        Data::List(items, layout) => {
            let behind = behind(target, path, items, after)?;
            Ok(match layout {
                Layout::Flow => in_brackets(target, list, behind, value),
                Layout::Block => in_block(target, items, behind, value),
                Layout::Table { .. } => in_tables(target, items, behind, value),
                Layout::Dotted | Layout::Implied => Vec::new(),
            })
        }
        Data::Scalar(scalar) if scalar.kind == ScalarKind::Null && after.is_none() => {
            Ok(into_empty(target, step, value))
        }
        Data::Scalar(_) | Data::Map(..) => Err(target.source.refuse(
            "REC-EDIT-003",
            list.span.start,
            format!("{path} is not a list that an item can be put into"),
            "address a list, or a key that is not there yet",
        )),
    }
}

/// Returns the splices that move an item behind another one, or to the front.
pub(super) fn relocate(
    target: &Target,
    path: &FieldPath,
    steps: &[Step],
    after: Option<&str>,
) -> Result<Vec<Splice>, Refusal> {
    let Some(step) = steps.last() else {
        return Ok(Vec::new());
    };
    let Data::List(items, layout) = &step.container.data else {
        return Err(target.source.refuse(
            "REC-EDIT-003",
            step.value.span.start,
            format!("{path} is not an item of a list"),
            "address an item, as in claims[c2]",
        ));
    };
    if step.container.alias {
        return Err(through_alias(target, path, step.container));
    }
    let to = place_after(step.index, behind(target, path, items, after)?);
    let units: Vec<Range<usize>> = match layout {
        Layout::Block => items
            .iter()
            .enumerate()
            .map(|(index, item)| whole_lines(target, items, index, item))
            .collect(),
        Layout::Flow | Layout::Table { .. } | Layout::Dotted | Layout::Implied => {
            children(step.container)
        }
    };
    Ok(permuted(target.text(), &units, step.index, to)
        .into_iter()
        .collect())
}

/// Returns the index of the item that is named.
fn behind(
    target: &Target,
    path: &FieldPath,
    items: &[Item],
    after: Option<&str>,
) -> Result<Option<usize>, Refusal> {
    let Some(name) = after else {
        return Ok(None);
    };
    let found = items
        .iter()
        .position(|item| item.value.item_key() == Some(name))
        .or_else(|| name.parse().ok())
        .filter(|index| *index < items.len());
    match found {
        Some(index) => Ok(Some(index)),
        None => Err(nothing_there(
            target,
            &path.join(Segment::Item(name.to_owned())),
        )),
    }
}

/// Returns the splice that gives one unit another place; what stands between the units stays where it is.
fn permuted(text: &str, units: &[Range<usize>], from: usize, to: usize) -> Option<Splice> {
    let (low, high) = (from.min(to), from.max(to));
    let range = units.get(low)?.start..units.get(high)?.end;
    let mut order: Vec<usize> = (low..=high).filter(|index| *index != from).collect();
    order.insert(to - low, from);
    let mut with = String::with_capacity(range.len());
    for (place, unit) in (low..=high).zip(order) {
        with.push_str(text.get(units.get(unit)?.clone())?);
        if place < high {
            with.push_str(text.get(units.get(place)?.end..units.get(place + 1)?.start)?);
        }
    }
    Some(Splice { range, with })
}

/// Returns an item's lines without the last line end, and the comment lines right above it.
fn whole_lines(target: &Target, items: &[Item], index: usize, item: &Item) -> Range<usize> {
    let text = target.text();
    let end = end_of(item);
    let lines_end = end
        + text[end..next_line(text, end)]
            .trim_end_matches(['\r', '\n'])
            .len();
    let own = line_start(text, item.start);
    if !text[own..item.start].trim().is_empty() {
        return item.start..lines_end;
    }
    let floor = match index.checked_sub(1).and_then(|before| items.get(before)) {
        Some(before) => next_line(text, end_of(before)),
        None => own,
    };
    let mut start = own;
    while start > floor {
        let above = line_start(text, start - 1);
        if !text[above..start].trim_start().starts_with('#') {
            break;
        }
        start = above;
    }
    start..lines_end
}

fn end_of(item: &Item) -> usize {
    item.value.span.end.max(item.start)
}

/// A list without items becomes one with lines of its own where YAML has them, else one between brackets.
fn into_empty(target: &Target, step: &Step, value: &Value) -> Vec<Splice> {
    let list = step.value;
    let inline = inline(target.source, value, Inline::OneLine);
    let mut splices = Vec::new();
    if let Data::Map(entries, Layout::Block) = &step.container.data
        && let Some(column) = insert::indent(target, step.container)
        && let Some(entry) = entries.get(step.index)
        && !matches!(value, Value::Scalar(_))
    {
        let one = Value::List(vec![crate::record::Node::unplaced(value.clone())]);
        let from = entry.key_span.end;
        let gap = target.text().get(from..list.span.start).unwrap_or("#");
        if gap.trim() == ":" {
            splices.push(Splice {
                range: from..list.span.end,
                with: format!(":{}", behind_key(target.source, &one, &column)),
            });
        }
    }
    match &list.data {
        Data::List(..) => splices.extend(flow::add(target, list, &inline)),
        Data::Scalar(_) | Data::Map(..) => {
            let before = &target.text()[..list.span.start];
            let space = if before.ends_with([' ', '\n', '[']) {
                ""
            } else {
                " "
            };
            splices.push(Splice {
                range: list.span.clone(),
                with: format!("{space}[{inline}]"),
            });
        }
    }
    splices
}

fn in_block(target: &Target, items: &[Item], behind: Option<usize>, value: &Value) -> Vec<Splice> {
    let text = target.text();
    let Some(model) = items.get(behind.unwrap_or(0)) else {
        return Vec::new();
    };
    let lead = &text[line_start(text, model.start)..model.start];
    let column = " ".repeat(lead.chars().count());
    let inline = inline(target.source, value, Inline::OneLine);
    let ways = [behind_dash(target.source, value, &column), inline];
    match behind {
        Some(_) => ways
            .iter()
            .map(|way| insert::add_line(target, end_of(model), &format!("{column}- {way}")))
            .collect(),
        None if lead.trim().is_empty() => {
            let line_end = target.source.line_end();
            let at = line_start(text, model.start);
            ways.iter()
                .map(|way| Splice::insert(at, format!("{column}- {way}{line_end}")))
                .collect()
        }
        None => Vec::new(),
    }
}

fn in_tables(target: &Target, items: &[Item], behind: Option<usize>, value: &Value) -> Vec<Splice> {
    let text = target.text();
    let (Value::Map(map), Some(model)) = (value, items.get(behind.unwrap_or(0))) else {
        return Vec::new();
    };
    let Data::Map(
        _,
        Layout::Table {
            header: Some(header),
        },
    ) = &model.value.data
    else {
        return Vec::new();
    };
    let line_end = target.source.line_end();
    let lines = table_lines(target.source, map);
    let lead = &text[line_start(text, header.start)..header.start];
    let table = format!("{lead}{}{line_end}{lines}", &text[header.clone()]);
    let is_apart = text[..line_start(text, header.start)]
        .trim_end_matches([' ', '\t'])
        .ends_with("\n\n")
        || items.len() > 1;
    let blank = if is_apart { line_end } else { "" };
    match behind {
        Some(_) => vec![insert::add_line(
            target,
            end_of(model),
            &format!("{blank}{table}"),
        )],
        None => vec![Splice::insert(
            line_start(text, header.start),
            format!("{table}{line_end}{blank}"),
        )],
    }
}

fn in_brackets(target: &Target, list: &Tree, behind: Option<usize>, value: &Value) -> Vec<Splice> {
    let text = target.text();
    let kids = children(list);
    let Some(first) = kids.first() else {
        return Vec::new();
    };
    let new = like_sibling(target, list, value);
    let next = behind.map_or(0, |behind| behind + 1);
    let Some(at) = kids.get(next) else {
        return flow::add(target, list, &new).into_iter().collect();
    };
    let usual = match kids.get(1) {
        Some(second) => &text[first.end..second.start],
        None => ", ",
    };
    let between = match next.checked_sub(1).and_then(|before| kids.get(before)) {
        Some(before) => &text[before.end..at.start],
        None => usual,
    };
    let lead = &text[line_start(text, at.start)..at.start];
    let own_line = format!(",{}{lead}", target.source.line_end());
    let between = match (between.contains('#'), kids.len()) {
        (false, 1) if lead.trim().is_empty() && line_start(text, at.start) > list.span.start => {
            own_line.as_str()
        }
        (false, _) => between,
        (true, _) => ", ",
    };
    vec![Splice::insert(at.start, format!("{new}{between}"))]
}

/// Returns a value between brackets as the list's first item has them: on one line, or in JSON on several.
fn like_sibling(target: &Target, list: &Tree, value: &Value) -> String {
    let text = target.text();
    let lead = |offset: usize| &text[line_start(text, offset)..offset];
    let lines = match &list.data {
        Data::List(items, _) if target.source.syntax == Syntax::Json => items.first(),
        Data::List(..) | Data::Scalar(_) | Data::Map(..) => None,
    };
    let how = lines
        .and_then(|item| Some((item, children(&item.value).first()?.start)))
        .map(|(item, inner)| (lead(item.start), lead(inner)))
        .filter(|(close, inner)| {
            close.trim().is_empty() && inner.trim().is_empty() && inner.len() > close.len()
        })
        .map_or(Inline::OneLine, |(close, inner)| Inline::Lines {
            inner,
            close,
        });
    inline(target.source, value, how)
}
