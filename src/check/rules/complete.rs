//! T01: texts and sections that are there say something.
//!
//! Fields: `definition`, `summary`; the lists `claims`, `scope`, `boundaries`, whose items are texts or have a field `text`; and the body. How many
//! items and which fields there must be is for the schema to say; an empty list is its own business. The title has a finding of its own in every register.

use super::{Fault, Subject, name, section};
use crate::check::words::shown;
use crate::record::FieldPath;
use crate::record::diff::{Section, sections};

const TEXTS: &[&str] = &["definition", "summary"];
const LISTS: &[&str] = &["claims", "scope", "boundaries"];

/// Words that stand for a text to come. They count in capitals and on their own alone, so that prose about a to-do list passes.
const PLACEHOLDERS: &[&str] = &["TODO", "TBD", "TBC", "FIXME", "XXX", "TKTK"];

/// The beginning of printers' dummy text, in any case.
const DUMMY: &str = "lorem ipsum";

pub(super) fn faults(subject: &Subject<'_>) -> Vec<Fault> {
    let mut found = Vec::new();
    blank_texts(subject, &mut found);
    for list in LISTS {
        blank_items(subject, list, &mut found);
    }
    for piece in &subject.outline().texts {
        placeholder(&FieldPath::body(), piece.line, &piece.text, &mut found);
    }
    empty_sections(subject, &mut found);
    found
}

fn blank_texts(subject: &Subject<'_>, found: &mut Vec<Fault>) {
    for text in TEXTS {
        let path = FieldPath::key(*text);
        match (subject.field(text), subject.text(text)) {
            (Some(node), None) => {
                found.push(Fault::new(
                    &path,
                    node.line,
                    format!("{} says nothing", name(&path)),
                    "write it",
                ));
            }
            (Some(node), Some(text)) => placeholder(&path, node.line, text, found),
            (None, _) => {}
        }
    }
}

fn blank_items(subject: &Subject<'_>, list: &str, found: &mut Vec<Fault>) {
    for item in subject.items(list) {
        if item.text.trim().is_empty() {
            let message = format!("{} says nothing", name(&item.field));
            found.push(Fault::new(
                &item.field,
                item.node.line,
                message,
                "write its text, or remove the item",
            ));
        }
        placeholder(&item.field, item.node.line, item.text, found);
    }
}

fn placeholder(field: &FieldPath, line: u32, text: &str, found: &mut Vec<Fault>) {
    let word = text
        .split(|character: char| !character.is_alphanumeric())
        .find(|word| PLACEHOLDERS.contains(word));
    let is_dummy = || text.to_lowercase().contains(DUMMY);
    if let Some(word) = word.or_else(|| is_dummy().then_some(DUMMY)) {
        let message = format!(
            "{} still holds the placeholder {}",
            name(field),
            shown(word)
        );
        found.push(Fault::new(
            field,
            line,
            message,
            "replace it by the text that is meant",
        ));
    }
}

/// Finds headings without words, and headings with nothing below; one with a deeper heading below is a chapter.
fn empty_sections(subject: &Subject<'_>, found: &mut Vec<Fault>) {
    let Some(body) = &subject.record.body else {
        return;
    };
    let all = sections(&body.text);
    for (index, one) in all.iter().enumerate().filter(|(_, one)| one.slug.is_some()) {
        let text = &body.text[one.span.clone()];
        let next = all.get(index + 1).map(|next| &body.text[next.span.clone()]);
        let is_chapter = next.is_some_and(|next| level(next) > level(text));
        let line = body.line.saturating_add(one.line);
        let path = section(one.slug.as_ref());
        if one.title.trim().is_empty() {
            found.push(Fault::new(
                &path,
                line,
                "a heading has no words",
                "name the section, or remove the heading",
            ));
        } else if !is_chapter && is_empty(text, one) {
            let message = format!("nothing stands below the heading {}", shown(&one.title));
            found.push(Fault::new(
                &path,
                line,
                message,
                "write the section, or remove the heading",
            ));
        }
    }
}

fn is_setext(text: &str) -> bool {
    !text.trim_start().starts_with('#')
}

/// Returns how deep a section's heading is.
fn level(text: &str) -> usize {
    let text = text.trim_start();
    let marks = text.len() - text.trim_start_matches('#').len();
    match (marks, text.lines().find(|line| is_underline(line))) {
        (0, Some(line)) if line.trim_start().starts_with('=') => 1,
        (0, _) => 2,
        (marks, _) => marks,
    }
}

fn is_underline(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty()
        && (line.chars().all(|mark| mark == '=') || line.chars().all(|mark| mark == '-'))
}

/// Returns whether a section has no line but its heading's.
fn is_empty(text: &str, section: &Section) -> bool {
    let mut lines = text.lines().skip_while(|line| line.trim().is_empty());
    if is_setext(text) && !section.title.is_empty() {
        lines
            .by_ref()
            .take_while(|line| !is_underline(line))
            .for_each(drop);
    } else {
        lines.next();
    }
    lines.all(|line| line.trim().is_empty())
}
