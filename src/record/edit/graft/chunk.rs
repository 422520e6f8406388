//! The lines of an entry or an item, cut out of one file so that they fit another.

use std::ops::Range;

use super::super::children;
use crate::record::source::{Source, Syntax, line_start, next_line};
use crate::record::tree::{Data, Layout, Tree};

/// An entry or item of a block: its own lines, or from where it starts behind a dash.
pub(super) struct Chunk {
    /// Its bytes, the line end of its last line included.
    pub(super) range: Range<usize>,
    /// The column that its first byte stands in, counted in characters.
    pub(super) column: usize,
    /// Its first line is its own.
    pub(super) owns_line: bool,
}

/// Returns the lines of a list's or map's child. Comment lines right above it belong to it as far as `takes` lets them.
pub(super) fn chunk(
    source: &Source,
    container: &Tree,
    index: usize,
    takes: impl Fn(&str) -> bool,
) -> Option<Chunk> {
    let text = source.text;
    let child = children(container).into_iter().nth(index)?;
    let first = header_of(container, index).unwrap_or(child.start);
    let line = line_start(text, first);
    let lead = text.get(line..first)?;
    let owns_line = lead.trim().is_empty();
    let mut start = if owns_line { line } else { first };
    while owns_line && start > source.data.start {
        let above = line_start(text, start - 1);
        let comment = text.get(above..start)?.trim();
        if above < source.data.start || !comment.starts_with('#') || !takes(comment) {
            break;
        }
        start = above;
    }
    Some(Chunk {
        range: start..next_line(text, child.end),
        column: lead.chars().count(),
        owns_line,
    })
}

/// Returns where the header of a TOML table starts that is a container's child.
fn header_of(container: &Tree, index: usize) -> Option<usize> {
    let value = match &container.data {
        Data::Map(entries, _) => &entries.get(index)?.value,
        Data::List(items, _) => &items.get(index)?.value,
        Data::Scalar(_) => return None,
    };
    match &value.data {
        Data::Map(
            _,
            Layout::Table {
                header: Some(header),
            },
        ) => Some(header.start),
        Data::List(items, Layout::Table { .. }) => items.first().map(|item| item.start),
        _ => None,
    }
}

/// Returns the column in which the children of a container start.
pub(super) fn column_of(source: &Source, container: &Tree) -> Option<usize> {
    let first = children(container).into_iter().next()?;
    column(source, first.start)
}

/// Returns the column of an offset, counted in characters.
pub(super) fn column(source: &Source, offset: usize) -> Option<usize> {
    let line = line_start(source.text, offset);
    Some(source.text.get(line..offset)?.chars().count())
}

/// Returns lines moved from one column to another. `None` where a line stands further left than it may.
pub(super) fn reindent(text: &str, owns_first: bool, from: usize, to: usize) -> Option<String> {
    let mut moved = String::with_capacity(text.len());
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if number == 0 && !owns_first || line.trim().is_empty() {
            moved.push_str(line);
            continue;
        }
        let bare = line.trim_start_matches(' ');
        let indent = (line.len() - bare.len()).checked_sub(from)?;
        moved.extend(std::iter::repeat_n(' ', to + indent));
        moved.push_str(bare);
    }
    Some(moved)
}

/// Returns a chunk's text as it would stand in another column, its first line indented.
pub(super) fn moved(source: &Source, chunk: &Chunk, to: usize) -> Option<String> {
    let text = source.text.get(chunk.range.clone())?;
    if source.syntax == Syntax::Toml {
        return Some(text.to_owned());
    }
    let moved = reindent(text, chunk.owns_line, chunk.column, to)?;
    Some(match chunk.owns_line {
        true => moved,
        false => format!("{:to$}{moved}", ""),
    })
}
