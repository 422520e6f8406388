//! T02: a definition is one sentence of its own, and no claim is also a boundary.
//!
//! Fields: `definition`, `summary`, `title`, and the lists `claims` and `boundaries`. Texts are compared by their words, so that another full stop
//! or capital makes no difference.

use std::collections::HashMap;

use super::{Fault, Subject, name};
use crate::check::words::normal;
use crate::record::FieldPath;

/// Words that end in a full stop inside a sentence, in lower case and without it.
const ABBREVIATIONS: &[&str] = &[
    "e.g", "i.e", "cf", "vs", "etc", "approx", "ca", "no", "nos", "art", "fig", "sec", "vol", "pp",
    "ed", "eds", "al", "dr", "mr", "mrs", "ms", "prof", "st", "inc", "ltd", "bzw", "z.b", "d.h",
    "p.ex",
];

pub(super) fn faults(subject: &Subject<'_>) -> Vec<Fault> {
    let mut found = Vec::new();
    if let (Some(node), Some(text)) = (subject.field("definition"), subject.text("definition")) {
        let path = FieldPath::key("definition");
        for (message, next) in definition(text, subject) {
            found.push(Fault::new(&path, node.line, message, next));
        }
    }
    claims_that_are_boundaries(subject, &mut found);
    found
}

fn definition(text: &str, subject: &Subject<'_>) -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    let count = sentences(text);
    if count > 1 {
        found.push((
            format!("the definition has {count} sentences"),
            "say it in one, and move the rest to the summary, the scope or the body",
        ));
    }
    let is_same = |other: &str| {
        subject
            .text(other)
            .is_some_and(|other| normal(other) == normal(text))
    };
    if is_same("title") {
        found.push((
            "the definition only repeats the title".to_owned(),
            "say what it is",
        ));
    }
    if is_same("summary") {
        found.push((
            "the definition and the summary are the same".to_owned(),
            "let the definition say what it is, and the summary what to take away",
        ));
    }
    found
}

fn claims_that_are_boundaries(subject: &Subject<'_>, found: &mut Vec<Fault>) {
    let boundaries: HashMap<String, FieldPath> = subject
        .items("boundaries")
        .into_iter()
        .filter(|item| !item.text.trim().is_empty())
        .map(|item| (normal(item.text), item.field))
        .collect();
    for claim in subject.items("claims") {
        if let Some(boundary) = boundaries.get(&normal(claim.text)) {
            let message = format!("{} says the same as {}", name(&claim.field), name(boundary));
            let next = "keep it where it belongs: what is held true, or what is not meant";
            found.push(Fault::new(&claim.field, claim.node.line, message, next));
        }
    }
}

/// Counts sentences with caution: a mark ends one where a word of a new one follows, and no abbreviation stands before it.
fn sentences(text: &str) -> usize {
    let mut count = 1;
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let next = words
            .peek()
            .and_then(|next| next.chars().find(|letter| letter.is_alphanumeric()));
        let begins = next.is_some_and(|letter| letter.is_uppercase() || letter.is_numeric());
        if begins && ends_sentence(word) {
            count += 1;
        }
        // Ideographic marks need no space after them.
        count += word
            .trim_end_matches(IDEOGRAPHIC)
            .matches(IDEOGRAPHIC)
            .count();
    }
    count
}

const IDEOGRAPHIC: [char; 3] = ['。', '！', '？'];

fn ends_sentence(word: &str) -> bool {
    let bare = word.trim_end_matches(['"', '\'', ')', ']', '\u{201d}', '\u{2019}', '\u{bb}']);
    if bare.ends_with(['!', '?']) || bare.ends_with(IDEOGRAPHIC) {
        return true;
    }
    let Some(word) = bare.strip_suffix('.') else {
        return false;
    };
    let word = word.trim_start_matches(|character: char| !character.is_alphanumeric());
    let is_initial = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
    let is_dotted = word.contains('.') && word.split('.').all(|part| part.chars().count() == 1);
    !(is_initial || is_dotted || ABBREVIATIONS.contains(&word.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_counted_with_caution() {
        for one in [
            "A model is open, e.g. when its weights are.",
            "Work by J. R. Smith et al. 2019 counts",
            "See version 1.2.0 of the U.S. Code",
            "Is it a model (of some kind)?",
            "模型是开放的。",
            "",
        ] {
            assert_eq!(sentences(one), 1, "{one}");
        }
        for two in [
            "A model is open. It is free.",
            "Is it? It is!",
            "It says \"yes.\" Then it stops.",
            "模型是开放的。它是免费的。",
        ] {
            assert_eq!(sentences(two), 2, "{two}");
        }
    }
}
