//! Writing another scalar in the place of one.

use super::locate::{Step, through_alias};
use super::{Splice, Target, insert, spell};
use crate::record::source::Syntax;
use crate::record::tree::{Data, Layout, Tree};
use crate::record::{FieldPath, Scalar, ScalarKind};
use crate::refusal::Refusal;

/// Returns the splices that set a scalar, its old style first.
pub(super) fn scalar(
    target: &Target,
    path: &FieldPath,
    steps: &[Step],
    value: &Scalar,
) -> Result<Vec<Splice>, Refusal> {
    let Some(step) = steps.last() else {
        return Ok(Vec::new());
    };
    if step.value.alias {
        return Err(through_alias(target, path, step.value));
    }
    refuse_collection(target, path, step.value)?;
    let span = step.value.span.clone();
    let old = &target.text()[span.clone()];
    let is_block = target.source.syntax == Syntax::Yaml && old.starts_with(['|', '>']);
    let in_block = match is_block && value.kind == ScalarKind::Text {
        true => block_scalar(target, old, &value.text),
        false => literal(target, step, value).into_iter().collect(),
    };
    let elsewhere = spell::scalar(target.source, value, old)
        .into_iter()
        .map(|new| with_space(target, step.value, new));
    Ok(in_block
        .into_iter()
        .chain(elsewhere)
        .map(|with| Splice {
            range: span.clone(),
            with,
        })
        .collect())
}

/// Returns a text that takes several lines as a block of them.
fn literal(target: &Target, step: &Step, value: &Scalar) -> Option<String> {
    let column = match &step.container.data {
        Data::Map(_, Layout::Block) => insert::indent(target, step.container)?,
        Data::Map(..) | Data::List(..) | Data::Scalar(_) => return None,
    };
    let lines = spell::literal(target.source, value, &column)?;
    Some(with_space(target, step.value, lines))
}

fn refuse_collection(target: &Target, path: &FieldPath, value: &Tree) -> Result<(), Refusal> {
    let what = match &value.data {
        Data::Scalar(_) => return Ok(()),
        Data::List(..) => "a list",
        Data::Map(..) => "a map",
    };
    Err(target.source.refuse(
        "REC-EDIT-003",
        value.span.start,
        format!("{path} is {what}, not a single value"),
        "address a value inside it",
    ))
}

/// Returns the spelling with a space before it where an empty value stands right behind its colon or dash.
fn with_space(target: &Target, value: &Tree, new: String) -> String {
    let before = &target.text()[..value.span.start];
    match value.span.is_empty() && !before.ends_with([' ', '\t', '\n']) {
        true => format!(" {new}"),
        false => new,
    }
}

/// Returns the text as a block scalar with the old header's style and comment and the old indentation, where it has one.
fn block_scalar(target: &Target, old: &str, text: &str) -> Vec<String> {
    let Some((header, content)) = old.split_once('\n') else {
        return Vec::new();
    };
    let Some(indent) = indentation(content) else {
        return Vec::new();
    };
    if text.is_empty() {
        return Vec::new();
    }
    let style = if old.starts_with('>') { '>' } else { '|' };
    let indicators = header.find([' ', '\t', '\r']).unwrap_or(header.len());
    let comment = header[indicators..].trim_end_matches('\r');
    let body = text.trim_end_matches('\n');
    let chomping = match text.len() - body.len() {
        0 => "-",
        1 => "",
        _ => "+",
    };
    let line_end = target.source.line_end();
    let whole = |content: String| format!("{style}{chomping}{comment}{line_end}{content}");
    match style {
        '>' => {
            let wrapped = wrapped(content, indent, text);
            let wrapped = wrapped.map(|text| whole(lines(&text, indent, line_end)));
            let folded = whole(lines(&fold(text), indent, line_end));
            wrapped.into_iter().chain([folded]).collect()
        }
        _ => vec![whole(lines(text, indent, line_end))],
    }
}

/// Returns a text of one paragraph in lines as long as the old ones: those that stand unchanged at the start and at the end are kept, and only what
/// lies between is broken anew.
fn wrapped(old: &str, indent: usize, text: &str) -> Option<String> {
    let text = text.trim_end_matches('\n');
    let old: Vec<&str> = old
        .lines()
        .map(|line| line.get(indent..).unwrap_or_default().trim_end())
        .filter(|line| !line.is_empty())
        .collect();
    if text.contains('\n') || old.len() < 2 {
        return None;
    }
    let width = old.iter().map(|line| line.chars().count()).max()?;
    let mut rest = text;
    let mut head: Vec<&str> = Vec::new();
    for line in &old {
        match rest
            .strip_prefix(line)
            .and_then(|rest| rest.strip_prefix(' '))
        {
            Some(after) if !after.starts_with(' ') => {
                head.push(line);
                rest = after;
            }
            _ => break,
        }
    }
    let mut tail: Vec<&str> = Vec::new();
    for line in old.iter().skip(head.len()).rev() {
        match rest
            .strip_suffix(line)
            .and_then(|rest| rest.strip_suffix(' '))
        {
            Some(before) if !before.ends_with(' ') => {
                tail.push(line);
                rest = before;
            }
            _ => break,
        }
    }
    let middle = broken(rest, width);
    let lines = head.into_iter().map(str::to_owned).chain(middle);
    let lines = lines.chain(tail.into_iter().rev().map(str::to_owned));
    Some(lines.collect::<Vec<_>>().join("\n"))
}

/// Returns a text in lines of at most a width, broken at single blanks; a word that is longer has a line of its own.
fn broken(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for (index, word) in text.split(' ').enumerate() {
        let is_full = line.chars().count() + 1 + word.chars().count() > width;
        // Two blanks beside each other would not come back from folding.
        let may_break = !word.is_empty() && !line.ends_with(' ') && !line.is_empty();
        if index > 0 && is_full && may_break {
            lines.push(std::mem::take(&mut line));
        } else if index > 0 {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// Returns the least indentation of the lines that are not blank.
fn indentation(content: &str) -> Option<usize> {
    content
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start_matches(' ').len())
        .min()
}

/// Returns the lines of a text, indented, without the last line end.
fn lines(text: &str, indent: usize, line_end: &str) -> String {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let indented: Vec<String> = text
        .split('\n')
        .map(|line| match line.is_empty() {
            true => String::new(),
            false => format!("{:indent$}{line}", ""),
        })
        .collect();
    indented.join(line_end)
}

/// Returns the text with a line break added wherever folding would take one away.
fn fold(text: &str) -> String {
    let folds = |line: &str| !line.starts_with([' ', '\t']);
    let mut folded = String::with_capacity(text.len());
    let mut previous: Option<&str> = None;
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            folded.push('\n');
        }
        if !line.is_empty() {
            if previous.is_some_and(folds) && folds(line) {
                folded.push('\n');
            }
            previous = Some(line);
        }
        folded.push_str(line);
    }
    folded
}
