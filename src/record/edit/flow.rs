//! Lists and maps between brackets: YAML flow style, TOML arrays and inline tables, JSON.

use std::ops::Range;

use super::{Splice, Target, children};
use crate::record::source::line_start;
use crate::record::tree::Tree;

/// Returns the splice that adds a child as the last one, on a line of its own where the last one has one.
pub(super) fn add(target: &Target, container: &Tree, new: &str) -> Option<Splice> {
    let text = target.text();
    let inside = inside(container)?;
    let kids = children(container);
    let Some(last) = kids.last() else {
        let is_blank = text[inside.clone()]
            .chars()
            .all(|character| character == ' ');
        let middle = if is_blank { inside.len() / 2 } else { 0 };
        return Some(Splice::insert(inside.start + middle, new.to_owned()));
    };
    let rest = text.get(last.end..inside.end)?;
    let comma = trailing_comma(rest).map(|at| last.end + at);
    let line = line_start(text, last.start);
    let lead = &text[line..last.start];
    let owns_line = kids.len() == 1
        || !text[kids[kids.len() - 2].end..last.start]
            .trim_start_matches(',')
            .trim()
            .is_empty()
        || text[kids[kids.len() - 2].end..last.start].contains('\n');
    let stands_alone = lead.trim().is_empty() && owns_line && line > container.span.start;
    if stands_alone {
        return Some(on_own_line(target, last.end, comma, inside.end, lead, new));
    }
    Some(match comma {
        Some(comma) => Splice::insert(comma + 1, format!(" {new},")),
        None => Splice::insert(
            last.end,
            format!(",{}{new}", separator(text, &kids, container)),
        ),
    })
}

/// Returns the splice that removes a child with its comma.
pub(super) fn remove(target: &Target, container: &Tree, child: &Range<usize>) -> Option<Splice> {
    let text = target.text();
    let inside = inside(container)?;
    let kids = children(container);
    let index = kids.iter().position(|kid| kid == child)?;
    let erase = |range: Range<usize>| {
        Some(Splice {
            range,
            with: String::new(),
        })
    };
    if let Some(next) = kids.get(index + 1) {
        return erase(child.start..next.start);
    }
    let comma = trailing_comma(text.get(child.end..inside.end)?).map(|at| child.end + at + 1);
    let Some(previous) = index.checked_sub(1).and_then(|index| kids.get(index)) else {
        return erase(child.start..comma.unwrap_or(child.end));
    };
    let between = &text[previous.end..child.start];
    match (between.contains('#'), comma) {
        (true, _) => erase(previous.end + between.trim_end().len()..comma.unwrap_or(child.end)),
        (false, _) => erase(previous.end..child.end),
    }
}

/// Returns the bytes between the brackets.
fn inside(container: &Tree) -> Option<Range<usize>> {
    let end = container.span.end.checked_sub(1)?;
    (container.span.start < end).then_some(container.span.start + 1..end)
}

fn on_own_line(
    target: &Target,
    last_end: usize,
    comma: Option<usize>,
    close: usize,
    lead: &str,
    new: &str,
) -> Splice {
    let text = target.text();
    let from = comma.map_or(last_end, |comma| comma + 1);
    let line_end = target.source.line_end();
    let rest = &text[from..close];
    let tail = rest.split(['\r', '\n']).next().unwrap_or_default();
    let has_break = tail.len() < rest.len();
    let tail = match has_break && (tail.trim().is_empty() || tail.trim_start().starts_with('#')) {
        true => tail,
        false => "",
    };
    let (before, after) = if comma.is_some() {
        ("", ",")
    } else {
        (",", "")
    };
    Splice {
        range: from..from + tail.len(),
        with: format!("{before}{tail}{line_end}{lead}{new}{after}"),
    }
}

/// Returns the offset of the comma behind the last child, comments skipped.
fn trailing_comma(rest: &str) -> Option<usize> {
    let mut in_comment = false;
    for (at, character) in rest.char_indices() {
        match character {
            '\n' => in_comment = false,
            '#' => in_comment = true,
            ',' if !in_comment => return Some(at),
            _ => {}
        }
    }
    None
}

/// Returns the blanks that follow a comma in this list or map.
fn separator<'t>(text: &'t str, kids: &[Range<usize>], container: &Tree) -> &'t str {
    if let [.., previous, last] = kids {
        let between = &text[previous.end..last.start];
        let blanks = between.trim_start_matches([' ', '\t']).strip_prefix(',');
        if let Some(blanks) = blanks
            && blanks.chars().all(|character| character == ' ')
        {
            return blanks;
        }
    }
    let is_compact = text[container.span.clone()].starts_with("{\"")
        && !text[container.span.clone()].contains(' ');
    if is_compact { "" } else { " " }
}
