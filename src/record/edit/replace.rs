//! Writing another scalar in the place of one.

use super::locate::{Step, through_alias};
use super::{Splice, Target, spell};
use crate::record::source::Syntax;
use crate::record::tree::{Data, Tree};
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
        false => Vec::new(),
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
    let content = match style {
        '>' => lines(&fold(text), indent, line_end),
        _ => lines(text, indent, line_end),
    };
    vec![format!("{style}{chomping}{comment}{line_end}{content}")]
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
