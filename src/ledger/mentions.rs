//! Whom a text speaks to: `@ben` in a comment.
//!
//! What stands in code is no mention, nor is a part of an e-mail address or of a link. A text is read once from its beginning to its end, whatever it
//! holds: it is somebody else's.

/// Returns the names that a text speaks to, in lower case and in their order, each once. Whether anybody is called so is the caller's to know.
pub fn mentions(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    // Most texts speak to nobody.
    if text.contains('@') {
        for paragraph in paragraphs(text) {
            read(paragraph, &mut names);
        }
    }
    names
}

/// Returns the stretches of a Markdown text that are no block of code.
fn paragraphs(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut fence: Option<(char, usize)> = None;
    let mut in_list = false;
    let mut begin: Option<usize> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let inside = line.trim_start_matches([' ', '\t', '>']);
        let indent = indent_of(line);
        let ends = match fence {
            Some((mark, length)) => {
                if run(inside, mark) >= length && inside.trim_start_matches(mark).trim().is_empty()
                {
                    fence = None;
                }
                true
            }
            None => {
                fence = opened(inside);
                let is_code = begin.is_none() && indent >= if in_list { 8 } else { 4 };
                fence.is_some() || is_code || inside.trim().is_empty()
            }
        };
        match (ends, begin) {
            (true, Some(from)) => {
                found.push(&text[from..start]);
                begin = None;
            }
            (false, None) => {
                in_list = is_item(inside) || in_list && indent > 0;
                begin = Some(start);
            }
            (true, None) | (false, Some(_)) => in_list |= is_item(inside),
        }
    }
    found.extend(begin.map(|from| &text[from..]));
    found
}

fn indent_of(line: &str) -> usize {
    let blanks = line.chars().take_while(|c| matches!(c, ' ' | '\t'));
    blanks.map(|c| if c == '\t' { 4 } else { 1 }).sum()
}

/// Returns how often a text begins with a character.
fn run(text: &str, mark: char) -> usize {
    text.chars().take_while(|c| *c == mark).count()
}

/// Returns the fence that a line opens: its character and its length.
fn opened(line: &str) -> Option<(char, usize)> {
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = run(line, mark);
    let info = line.trim_start_matches(mark);
    (length >= 3 && !(mark == '`' && info.contains('`'))).then_some((mark, length))
}

fn is_item(line: &str) -> bool {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let mark = match rest.len() == line.len() {
        true => line.strip_prefix(['-', '*', '+']),
        false => rest.strip_prefix(['.', ')']),
    };
    mark.is_some_and(|rest| rest.starts_with([' ', '\t', '\n']))
}

/// Reads a paragraph: code between backticks is passed over, what follows a backslash is itself.
fn read(paragraph: &str, names: &mut Vec<String>) {
    let closing = last_runs(paragraph);
    let mut before = None;
    let mut at = 0;
    while let Some(next) = paragraph[at..].chars().next() {
        let rest = &paragraph[at..];
        let step = match next {
            '\\' => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            '`' => {
                let length = run(rest, '`');
                match closing.get(&length).is_some_and(|last| *last > at) {
                    true => length + to_closing(&rest[length..], length),
                    false => length,
                }
            }
            '@' if before.is_none_or(begins_after) => {
                let name = name_of(&rest[1..]);
                if let Some(name) = name
                    && !names.contains(&name)
                {
                    names.push(name);
                }
                1
            }
            other => other.len_utf8(),
        };
        before = paragraph[at..at + step].chars().next_back();
        at += step;
    }
}

/// Returns where the last run of backticks of each length begins, so that none is looked for in vain.
fn last_runs(paragraph: &str) -> std::collections::HashMap<usize, usize> {
    let mut last = std::collections::HashMap::new();
    let mut at = 0;
    while let Some(found) = paragraph[at..].find('`') {
        let length = run(&paragraph[at + found..], '`');
        last.insert(length, at + found);
        at += found + length;
    }
    last
}

/// Returns how far it is to the end of the next run of just so many backticks.
fn to_closing(rest: &str, length: usize) -> usize {
    let mut at = 0;
    while let Some(found) = rest[at..].find('`') {
        let here = run(&rest[at + found..], '`');
        at += found + here;
        if here == length {
            break;
        }
    }
    at
}

/// An address has its own characters before the sign, and a link its slash.
fn begins_after(before: char) -> bool {
    !before.is_alphanumeric() && !matches!(before, '.' | '+' | '-' | '_' | '/' | '@' | '%' | '=')
}

/// Returns the name that a text begins with, unless a domain or a path goes on from it.
fn name_of(rest: &str) -> Option<String> {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let end = rest.find(|c| !is_of_name(c)).unwrap_or(rest.len());
    let mut after = rest[end..].chars();
    let goes_on = match after.next() {
        Some('@' | '/') => true,
        Some('.') => after.next().is_some_and(char::is_alphanumeric),
        Some(other) => other.is_alphanumeric(),
        None => false,
    };
    let name = rest[..end].trim_end_matches(['-', '_']);
    (!goes_on && !name.is_empty()).then(|| name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn people_are_spoken_to_by_their_short_names() {
        for (text, expected) in [
            ("@ben, look", vec!["ben"]),
            ("Look, @Ben and (@cy-2)! And @ben.", vec!["ben", "cy-2"]),
            ("**@ben**: *@cy* _said_ \"@dee\"", vec!["ben", "cy", "dee"]),
            ("@ben_ @ben's", vec!["ben"]),
            ("> @ben asked\n\n- @cy\n    @dee", vec!["ben", "cy", "dee"]),
            ("- one\n\n    @ben in its second paragraph", vec!["ben"]),
            ("an open ` tick, @ben", vec!["ben"]),
            ("nobody @ all, @", vec![]),
        ] {
            assert_eq!(mentions(text), expected, "{text}");
        }
    }

    #[test]
    fn addresses_links_and_code_speak_to_nobody() {
        for text in [
            "ben@example.org",
            "mail <ana@ben> or ana+x@ben",
            "@ben.example.org and @ben@example.org",
            "https://example.org/@ben and npm @ben/package",
            "`@ben` and ``a ` @ben``",
            "`a span\nover two lines @ben`",
            "```\n@ben\n```",
            "~~~~ rust\n@ben\n~~~\n@ben\n~~~~",
            "> ```\n> @ben\n> ```",
            "```\n@ben and no end",
            "    @ben in code",
            "text\n\n\t@ben in code",
            "\\@ben",
            "@bén",
        ] {
            assert_eq!(mentions(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_text_made_to_be_slow_is_read_at_once() {
        for piece in ["`", "`` ` ", "@", "\\", "> ", "- ", "\n", "@a `"] {
            mentions(&piece.repeat(200_000));
        }
        let growing: String = (1..600).map(|n| format!("{} ", "`".repeat(n))).collect();
        mentions(&format!("{growing}@"));
    }

    proptest! {
        #[test]
        fn a_mention_is_a_name_after_a_sign(text in "[ab@`\\\\ \n>~._/-]{0,60}") {
            for name in mentions(&text) {
                prop_assert!(text.to_lowercase().contains(&format!("@{name}")), "{name}");
            }
        }

        #[test]
        fn no_text_is_too_strange(text in any::<String>()) {
            mentions(&text);
        }
    }
}
