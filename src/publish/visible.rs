//! Characters that cannot be seen, made visible.
//!
//! A bidi override can make a diff read the other way round, and an escape character can forge a line. Where a page shows text of a repository,
//! such a character stands as `⟨U+202E⟩`. Templates do so without asking: the escaper of every `.html` template is [`Marked`]. Two others are asked
//! for by name: `|escape("plain")` ([`Plain`]) where markup cannot stand, as in `<title>`, `<option>` and attributes, and `|escape("typed")` for what
//! a person typed into a form, which must come back as the same bytes.

use std::fmt::{self, Write};

use askama::filters::{Escaper, Html};

/// Writes text for an element: escaped, and each invisible character as a marked span.
///
/// The span's attribute is not quoted, so that the mark is harmless text should it ever be written inside a quoted attribute.
#[derive(Debug, Clone, Copy, Default)]
pub struct Marked;

/// Writes text for places without markup: escaped, and each invisible character as its bare mark.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plain;

/// Returns whether a character is shown as a mark: controls but newline and tab, bidi controls, and characters without a shape of their own.
pub fn is_invisible(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' => true,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' => true,
        '\u{2060}'..='\u{2069}' | '\u{e0000}'..='\u{e007f}' => true,
        other => other.is_control(),
    }
}

/// Returns text with each invisible character written as its mark, for places that are no HTML.
pub fn marked(text: &str) -> String {
    let mut marked = String::with_capacity(text.len());
    for character in text.chars() {
        if is_invisible(character) {
            marked.push_str(&mark(character));
        } else {
            marked.push(character);
        }
    }
    marked
}

/// Returns HTML with each invisible character written as a marked span.
pub fn marked_html(html: &str) -> String {
    let mut marked = String::with_capacity(html.len());
    for character in html.chars() {
        if is_invisible(character) {
            marked.push_str(OPEN);
            marked.push_str(&mark(character));
            marked.push_str(CLOSE);
        } else {
            marked.push(character);
        }
    }
    marked
}

const OPEN: &str = "<span class=control>";
const CLOSE: &str = "</span>";

fn mark(character: char) -> String {
    format!("⟨U+{:04X}⟩", u32::from(character))
}

impl Escaper for Marked {
    fn write_escaped_str<W: Write>(&self, dest: W, string: &str) -> fmt::Result {
        write_escaped(dest, string, OPEN, CLOSE)
    }
}

impl Escaper for Plain {
    fn write_escaped_str<W: Write>(&self, dest: W, string: &str) -> fmt::Result {
        write_escaped(dest, string, "", "")
    }
}

/// Writes escaped runs of visible text, and between them the marks.
fn write_escaped<W: Write>(mut dest: W, string: &str, open: &str, close: &str) -> fmt::Result {
    let mut rest = string;
    while let Some((start, character)) = rest.char_indices().find(|(_, c)| is_invisible(*c)) {
        let (before, from) = rest.split_at(start);
        Html.write_escaped_str(&mut dest, before)?;
        write!(dest, "{open}{}{close}", mark(character))?;
        rest = &from[character.len_utf8()..];
    }
    Html.write_escaped_str(dest, rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn html(text: &str) -> String {
        let mut written = String::new();
        Marked.write_escaped_str(&mut written, text).unwrap();
        written
    }

    #[test]
    fn bidi_and_control_characters_are_shown_as_marks() {
        assert_eq!(
            html("a\u{202e}b\u{1b}c\r\n"),
            "a<span class=control>⟨U+202E⟩</span>b<span class=control>⟨U+001B⟩</span>c<span class=control>⟨U+000D⟩</span>\n"
        );
        assert_eq!(marked("\u{2066}x\u{0}"), "⟨U+2066⟩x⟨U+0000⟩");
    }

    #[test]
    fn ordinary_text_of_any_language_is_left_alone() {
        let text = "Préservation numérique, 電子, עברית, newline\nand\ttab";
        assert_eq!(html(text), text);
    }

    proptest! {
        #[test]
        fn nothing_invisible_and_no_markup_but_the_mark_comes_out(text in any::<String>()) {
            let written = html(&text);
            prop_assert!(!written.chars().any(is_invisible));
            let bare = written.replace(OPEN, "").replace(CLOSE, "");
            prop_assert!(!bare.contains(['<', '>', '"', '\'']));
        }
    }
}
