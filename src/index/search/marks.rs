//! Where the words that were looked for stand in a text.

/// Noncharacters, which no interchanged text holds, around a hit. A text that holds them all the same can mark words of its own, and nothing else.
pub(super) const OPEN: char = '\u{fdd0}';
pub(super) const CLOSE: char = '\u{fdd1}';

/// A stretch of text, as it stands in the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// The text.
    pub text: String,
    /// Whether it is what was looked for.
    pub is_hit: bool,
}

/// The most of a text that is shown around its hits, in characters: a single word can be as long as a file.
const MOST_CHARS: usize = 400;

/// Splits a text at the marks that the database set, and cuts it where it is too long to show.
pub(super) fn stretches(marked: &str) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut is_hit = false;
    for (count, character) in marked.chars().enumerate() {
        match character {
            OPEN => is_hit = true,
            CLOSE => is_hit = false,
            _ if count >= MOST_CHARS => {
                push(&mut stretches, '…', false);
                break;
            }
            other => push(&mut stretches, other, is_hit),
        }
    }
    stretches
}

/// Line ends and runs of blanks are one blank: what is shown is one line.
fn push(stretches: &mut Vec<Stretch>, character: char, is_hit: bool) {
    let character = if matches!(character, '\n' | '\r' | '\t') {
        ' '
    } else {
        character
    };
    match stretches.last_mut() {
        Some(last) if character == ' ' && last.text.ends_with(' ') => {}
        Some(last) if last.is_hit == is_hit => last.text.push(character),
        _ => stretches.push(Stretch {
            text: character.to_string(),
            is_hit,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(marked: &str) -> String {
        stretches(marked)
            .iter()
            .map(|stretch| match stretch.is_hit {
                true => format!("[{}]", stretch.text),
                false => stretch.text.clone(),
            })
            .collect()
    }

    #[test]
    fn hits_are_stretches_of_their_own() {
        assert_eq!(
            told("an \u{fdd0}open\u{fdd1} <b>\n\n weight"),
            "an [open] <b> weight"
        );
        assert_eq!(told(""), "");
        assert_eq!(told(&"x".repeat(100_000)).chars().count(), 401);
    }

    proptest! {
        #[test]
        fn any_text_is_kept_but_for_marks_and_blanks(text in ".{0,300}") {
            let bare = |text: &str| text.replace(|c: char| c.is_whitespace() || c == OPEN || c == CLOSE, "");
            let shown: String = stretches(&text).into_iter().map(|stretch| stretch.text).collect();
            prop_assert_eq!(bare(&shown), bare(&text));
        }
    }
}
