//! Replacing the Markdown body in the file's own line ends.

use super::{Splice, Target};
use crate::refusal::Refusal;

/// Returns the splice that replaces the body.
pub(super) fn replace(target: &Target, text: &str) -> Result<Vec<Splice>, Refusal> {
    let Some(start) = target.source.body else {
        return Err(Refusal::new(
            "REC-EDIT-004",
            "the record has no body: only Markdown has one",
            "set a field instead",
        ));
    };
    let whole = target.text();
    let line_end = target.source.line_end();
    let with = with_line_ends(&whole[start..], text, line_end);
    let closing_is_open = !whole[..start].ends_with('\n') && !with.is_empty();
    let lead = if closing_is_open { line_end } else { "" };
    Ok(vec![Splice {
        range: start..whole.len(),
        with: format!("{lead}{with}"),
    }])
}

/// Returns the new text with its line ends made the file's. Lines that stand unchanged at the start and at the end keep the line ends they have,
/// so that a file of mixed line ends changes only where its text does.
pub(in crate::record) fn with_line_ends(old: &str, new: &str, line_end: &str) -> String {
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    let same = |(old, new): &(&&str, &&str)| parts(old) == parts(new);
    let head = old.iter().zip(&new).take_while(same).count();
    let rest = old.len().min(new.len()) - head;
    let tail = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(rest)
        .take_while(same)
        .count();
    let changed = new[head..new.len() - tail]
        .iter()
        .map(|line| match parts(line) {
            (text, true) => format!("{text}{line_end}"),
            (text, false) => text.to_owned(),
        });
    let kept_tail = old[old.len() - tail..]
        .iter()
        .map(|line| (*line).to_owned());
    let kept_head = old[..head].iter().map(|line| (*line).to_owned());
    kept_head.chain(changed).chain(kept_tail).collect()
}

/// Returns a line without its end, and whether it has one.
fn parts(line: &str) -> (&str, bool) {
    match line.strip_suffix('\n') {
        Some(text) => (text.strip_suffix('\r').unwrap_or(text), true),
        None => (line, false),
    }
}
