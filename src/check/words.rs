//! How findings show what a file holds.

use crate::record::{FieldPath, Node, ScalarKind, Value};

/// Longer values are shown by their beginning: a message is read, not searched.
const SHOWN: usize = 60;

/// Returns a value in quotes, with what cannot be seen written as escapes and a long one cut.
pub(super) fn shown(text: &str) -> String {
    let mut characters = text.chars();
    let mut out = String::from("\"");
    out.extend(characters.by_ref().take(SHOWN).map(visible));
    out.push_str(if characters.next().is_some() {
        "...\""
    } else {
        "\""
    });
    out
}

/// Returns a field's address in quotes.
pub(super) fn field(path: &FieldPath) -> String {
    shown(&path.to_string())
}

/// Returns what a node is, in a person's words: `the number 1.10`, `a list`, `text`.
pub(super) fn kind(node: &Node) -> String {
    let scalar = match &node.value {
        Value::List(_) => return "a list".to_owned(),
        Value::Map(_) => return "a group of fields".to_owned(),
        Value::Scalar(scalar) => scalar,
    };
    match scalar.kind {
        ScalarKind::Null => "empty".to_owned(),
        ScalarKind::Bool => format!("the truth value {}", scalar.text),
        ScalarKind::Integer | ScalarKind::Float => {
            format!("the number {}", shown(&scalar.text).trim_matches('"'))
        }
        ScalarKind::Date => format!("the date {}", shown(&scalar.text).trim_matches('"')),
        ScalarKind::Text => format!("the text {}", shown(&scalar.text)),
    }
}

/// Returns a number and its noun: `1 item`, `3 items`.
pub(super) fn counted(count: u64, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

/// Returns a text for comparing: lower case, one space between words, no punctuation at the ends.
pub(super) fn normal(text: &str) -> String {
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| {
            word.trim_matches(|character: char| !character.is_alphanumeric())
                .to_lowercase()
        })
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

/// Writes a character so that it can be seen and cannot reorder or end its line.
fn visible(character: char) -> String {
    let hidden = character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    match character {
        '\n' => "\\n".to_owned(),
        '\t' => "\\t".to_owned(),
        _ if hidden => format!("\\u{{{:x}}}", u32::from(character)),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_can_neither_hide_nor_forge_a_line() {
        assert_eq!(
            shown("a\nb\u{1b}[1m\u{202e}x"),
            "\"a\\nb\\u{1b}[1m\\u{202e}x\""
        );
        assert_eq!(shown(&"x".repeat(61)).len(), 60 + 5);
    }

    #[test]
    fn texts_compare_by_their_words() {
        assert_eq!(
            normal("  An Open\nmodel, (of) it. "),
            normal("an open model of it")
        );
    }
}
