//! Taking an entry or an item out with its whole lines.

use std::ops::Range;

use super::locate::Step;
use super::{Splice, Target, children, flow};
use crate::record::source::{line_start, next_line};
use crate::record::tree::{Data, Layout, Tree};

/// Returns the splices that remove the last step's value from its container.
pub(super) fn child(target: &Target, steps: &[Step]) -> Vec<Splice> {
    let Some((step, parents)) = steps.split_last() else {
        return Vec::new();
    };
    let Some(child) = children(step.container).into_iter().nth(step.index) else {
        return Vec::new();
    };
    let splice = match step.layout() {
        Layout::Flow => flow::remove(target, step.container, &child),
        Layout::Block => from_block(target, step, parents, &child),
        Layout::Table { .. } | Layout::Dotted | Layout::Implied => {
            Some(lines(target, table_bytes(step.value, &child)))
        }
    };
    splice.into_iter().collect()
}

fn from_block(
    target: &Target,
    step: &Step,
    parents: &[Step],
    child: &Range<usize>,
) -> Option<Splice> {
    let text = target.text();
    let kids = children(step.container);
    if kids.len() == 1 {
        return empty(target, step, parents.last()?);
    }
    let lead = &text[line_start(text, child.start)..child.start];
    if lead.trim().is_empty() {
        return Some(lines(target, child.clone()));
    }
    let next = kids.get(step.index + 1)?;
    let own_end = next_line(text, child.end);
    let gap = text.get(own_end..next.start)?;
    gap.trim().is_empty().then(|| Splice {
        range: child.start..next.start,
        with: String::new(),
    })
}

/// Returns the splice that leaves `[]` or `{}` where the only child of a block list or map stood.
fn empty(target: &Target, step: &Step, parent: &Step) -> Option<Splice> {
    let text = target.text();
    let holder = children(parent.container).into_iter().nth(parent.index)?;
    let from = match &parent.container.data {
        Data::Map(entries, _) => {
            let key_end = entries.get(parent.index)?.key_span.end;
            key_end + text.get(key_end..holder.end)?.find(':')? + 1
        }
        Data::List(..) | Data::Scalar(_) => holder.start + 1,
    };
    let gap = text.get(from..step.container.span.start)?;
    let end = line_text_end(text, step.container.span.end);
    let brackets = match &step.container.data {
        Data::List(..) => "[]",
        Data::Map(..) | Data::Scalar(_) => "{}",
    };
    (!gap.contains('#')).then(|| Splice {
        range: from..end,
        with: format!("{} {brackets}", gap.trim_end()),
    })
}

/// Returns the bytes of a TOML entry: its line or lines, or its header and all below it.
fn table_bytes(value: &Tree, child: &Range<usize>) -> Range<usize> {
    match &value.data {
        Data::Map(
            _,
            Layout::Table {
                header: Some(header),
            },
        ) => header.start..value.span.end,
        _ => child.clone(),
    }
}

/// Returns the splice that removes whole lines. Where the last of them has no line end, the line before gives up its own.
fn lines(target: &Target, bytes: Range<usize>) -> Splice {
    let text = target.text();
    let mut start = line_start(text, bytes.start);
    let end = next_line(text, bytes.end);
    let is_open = !text[..end].ends_with('\n');
    if is_open && start > target.source.data.start {
        let before = &text[..start];
        let before = before.strip_suffix('\n').unwrap_or(before);
        start = before.strip_suffix('\r').unwrap_or(before).len();
    }
    Splice {
        range: start..end,
        with: String::new(),
    }
}

/// Returns where the line that holds an offset ends, its line end excluded.
fn line_text_end(text: &str, offset: usize) -> usize {
    let line = &text[offset..next_line(text, offset)];
    offset + line.trim_end_matches(['\r', '\n']).len()
}
