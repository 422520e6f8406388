//! Where a value from another file goes, and what is written there: its own source text first, a spelling of it on one line else.

use super::super::{Splice, Target, children, insert, spell};
use super::chunk::{chunk, column, column_of, moved, reindent};
use super::{At, Donor, Found, Step, find, key_of};
use crate::record::Node;
use crate::record::source::{Syntax, line_start, next_line};
use crate::record::tree::{Data, Layout, Tree};

/// Returns the splices that may add an entry to a map, the best first.
pub(super) fn entry(
    target: &Target,
    map: &Tree,
    key: &str,
    node: &Node,
    donors: &[Donor],
) -> Vec<Splice> {
    let mut candidates = Vec::new();
    let found = find(donors, node);
    if let Some(found) = &found
        && key_of(found.container, found.index) == Some(key)
    {
        candidates.extend(lines_of(target, map, found));
    }
    let raw = found.as_ref().and_then(|found| one_line(target, found));
    let spelled = spell::flow(target.source, node);
    let values: Vec<String> = raw.into_iter().chain(spelled).collect();
    candidates.extend(insert::entries(target, map, key, &values));
    candidates
}

/// Returns the splices that put an entry's lines behind the one that it follows where it comes from, else before the first, else at the end.
fn lines_of(target: &Target, map: &Tree, found: &Found) -> Vec<Splice> {
    let is_new = |comment: &str| !target.text().contains(comment);
    let Some(chunk) = chunk(found.source, found.container, found.index, is_new) else {
        return Vec::new();
    };
    let in_lines = |tree: &Tree| {
        matches!(
            &tree.data,
            Data::Map(_, Layout::Block | Layout::Table { .. })
        )
    };
    if !in_lines(map) || !in_lines(found.container) {
        return Vec::new();
    }
    let to = column_of(target.source, map).unwrap_or_default();
    let Some(text) = moved(found.source, &chunk, to) else {
        return Vec::new();
    };
    let before = (0..found.index)
        .rev()
        .filter_map(|index| key_of(found.container, index))
        .find_map(|key| map.entries()?.iter().position(|entry| entry.key == key));
    let places = [
        before.and_then(|index| end_of(target, map, index)),
        start_of(target, map),
    ];
    let ends = [end_of(target, map, children(map).len().saturating_sub(1))];
    let places = places
        .into_iter()
        .chain(ends)
        .chain([Some(target.source.data.end)]);
    places
        .flatten()
        .map(|at| insert_lines(target, at, &text))
        .collect()
}

/// Returns where the line after a child starts.
fn end_of(target: &Target, container: &Tree, index: usize) -> Option<usize> {
    let child = children(container).into_iter().nth(index)?;
    Some(next_line(target.text(), child.end))
}

/// Returns where the first child's line starts, where that line is its own.
fn start_of(target: &Target, container: &Tree) -> Option<usize> {
    let first = chunk(target.source, container, 0, |_| false)?;
    first.owns_line.then_some(first.range.start)
}

/// Returns the splice that inserts whole lines at a line's start or at the end of the text.
pub(super) fn insert_lines(target: &Target, at: usize, lines: &str) -> Splice {
    let text = target.text();
    let line_end = target.source.line_end();
    let lines = lines.trim_end_matches(['\r', '\n']);
    let opens = at > 0 && line_start(text, at) != at;
    Splice::insert(
        at,
        match opens {
            true => format!("{line_end}{lines}"),
            false => format!("{lines}{line_end}"),
        },
    )
}

/// Returns the splice that puts a value's source text where another value stands.
pub(super) fn value(target: &Target, own: &Step, node: &Node, donors: &[Donor]) -> Option<Splice> {
    let found = find(donors, node)?;
    let text = found.source.text.get(found.value.span.clone())?;
    let is_block = |tree: &Tree| {
        matches!(
            &tree.data,
            Data::Map(_, Layout::Block) | Data::List(_, Layout::Block)
        )
    };
    let (from, to) = match is_block(found.value) && is_block(own.value) {
        true => (
            column(found.source, found.value.span.start)?,
            column(target.source, own.value.span.start)?,
        ),
        false => (
            column_of(found.source, found.container)?,
            column_of(target.source, own.container)?,
        ),
    };
    let text = match target.source.syntax {
        Syntax::Toml => text.to_owned(),
        Syntax::Yaml | Syntax::Json => reindent(text, false, from, to)?,
    };
    let before = target.text().get(..own.value.span.start)?;
    let space = match own.value.span.is_empty() && !before.ends_with([' ', '\t', '\n']) {
        true => " ",
        false => "",
    };
    Some(Splice {
        range: own.value.span.clone(),
        with: format!("{space}{text}"),
    })
}

/// Returns the splices that write an entry or item anew, with its lines or on one line.
pub(super) fn rewritten(
    target: &Target,
    own: &Step,
    last: &At,
    node: &Node,
    donors: &[Donor],
) -> Vec<Splice> {
    let mut candidates = Vec::new();
    let here = chunk(target.source, own.container, own.index, |_| false);
    if let (Some(here), Some(found)) = (&here, find(donors, node))
        && is_same_kind(last, &found)
        && let Some(there) = chunk(found.source, found.container, found.index, |_| false)
        && let Some(text) = moved(found.source, &there, here.column)
    {
        let text = match here.owns_line {
            true => text.as_str(),
            false => text.trim_start_matches(' '),
        };
        let bare = text.trim_end_matches(['\r', '\n']);
        let whole = target.text().get(here.range.clone()).unwrap_or_default();
        let end = here.range.start + whole.trim_end_matches(['\r', '\n']).len();
        candidates.push(Splice {
            range: here.range.start..end,
            with: bare.to_owned(),
        });
    }
    let from = behind_mark(target, own);
    if let Some(spelled) = spell::flow(target.source, node) {
        candidates.push(Splice {
            range: own.value.span.clone(),
            with: spelled.clone(),
        });
        candidates.extend(from.map(|from| Splice {
            range: from..own.value.span.end.max(from),
            with: format!(" {spelled}"),
        }));
    }
    candidates
}

/// Tells whether what was found is an entry of the same key, or an item where an item is meant.
fn is_same_kind(last: &At, found: &Found) -> bool {
    match last {
        At::Key(key) => key_of(found.container, found.index) == Some(key),
        At::Index(_) => matches!(found.container.data, Data::List(..)),
    }
}

/// Returns the offset behind the colon, equals sign or dash of an entry or item.
fn behind_mark(target: &Target, own: &Step) -> Option<usize> {
    match &own.container.data {
        Data::Map(entries, _) => {
            let key = entries.get(own.index)?.key_span.end;
            let rest = target.text().get(key..own.value.span.end.max(key))?;
            let rest = match rest.is_empty() {
                true => target.text().get(key..next_line(target.text(), key))?,
                false => rest,
            };
            Some(key + rest.find([':', '='])? + 1)
        }
        Data::List(items, Layout::Block) => Some(items.get(own.index)?.start + 1),
        Data::List(..) | Data::Scalar(_) => None,
    }
}

/// Returns a value's source text where it may stand between brackets: in JSON moved to the new place's column, else where it is one line.
pub(super) fn one_line(target: &Target, found: &Found) -> Option<String> {
    let text = found.source.text.get(found.value.span.clone())?;
    let is_flow = match &found.value.data {
        Data::Scalar(_) => true,
        Data::List(_, layout) | Data::Map(_, layout) => *layout == Layout::Flow,
    };
    match target.source.syntax {
        Syntax::Json => reindent(text, false, 0, 0),
        Syntax::Yaml | Syntax::Toml => {
            let is_plain = is_flow && !text.contains('\n') && !found.value.alias;
            is_plain.then(|| text.to_owned())
        }
    }
}
