//! A Markdown body as sections: what `body#limitations` means.
//!
//! A section runs from a heading to the next one of any level. Headings are found by one linear pass over the lines that knows fenced code,
//! quotes and lists; a full Markdown parser is left to whoever renders, so that no hostile body makes a comparison slow.

use std::collections::HashMap;
use std::ops::Range;

/// A heading with the text below it, or the text before the first heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its address after `body#`, unique in its body; `None` for the text before the first heading, which is `body`.
    pub slug: Option<String>,
    /// The heading's text in Markdown; empty before the first heading.
    pub title: String,
    /// Its bytes in the body, the heading included.
    pub span: Range<usize>,
    /// Zero-based number of its first line in the body.
    pub line: u32,
}

/// Returns the sections of a body in order. Blank text before the first heading is no section.
pub fn sections(body: &str) -> Vec<Section> {
    let mut sections = vec![Section {
        slug: None,
        title: String::new(),
        span: 0..body.len(),
        line: 0,
    }];
    let mut taken = Taken::new();
    for heading in headings(body) {
        if let Some(last) = sections.last_mut() {
            last.span.end = heading.start;
        }
        sections.push(Section {
            slug: Some(unique(slug(&heading.title), &mut taken)),
            title: heading.title,
            span: heading.start..body.len(),
            line: heading.line,
        });
    }
    if body[sections[0].span.clone()].trim().is_empty() {
        sections.remove(0);
    }
    sections
}

/// Returns the slug of a heading as GitHub makes it: lower case, spaces as hyphens, of other marks only `-` and `_`; of a link its text.
/// A heading without any letter is `section`.
pub fn slug(title: &str) -> String {
    let slug: String = without_link_targets(title)
        .trim()
        .chars()
        .filter_map(|character| match character {
            ' ' | '\t' | '\n' => Some('-'),
            '-' | '_' => Some(character),
            other => other.is_alphanumeric().then_some(other),
        })
        .flat_map(char::to_lowercase)
        .collect();
    if slug.is_empty() {
        return "section".to_owned();
    }
    slug
}

/// Leaves out `(target)` after `]`.
fn without_link_targets(title: &str) -> String {
    let mut kept = String::new();
    let mut rest = title;
    while let Some(at) = rest.find("](") {
        let (text, target) = rest.split_at(at);
        kept.push_str(text);
        match target.find(')') {
            Some(end) => rest = &target[end + 1..],
            None => {
                rest = target;
                break;
            }
        }
    }
    kept.push_str(rest);
    kept
}

/// Slugs given so far, and for each how often it was asked for: counting on from there keeps a thousand equal headings cheap.
type Taken = HashMap<String, u32>;

/// Appends `-2`, `-3` and so on to a slug that is taken.
fn unique(slug: String, taken: &mut Taken) -> String {
    let Some(mut count) = taken.get(&slug).copied() else {
        taken.insert(slug.clone(), 1);
        return slug;
    };
    loop {
        count += 1;
        let candidate = format!("{slug}-{count}");
        if !taken.contains_key(&candidate) {
            taken.insert(slug, count);
            taken.insert(candidate.clone(), 1);
            return candidate;
        }
    }
}

struct Heading {
    title: String,
    start: usize,
    line: u32,
}

/// What the lines read so far leave open.
enum Open {
    Nothing,
    /// Fenced code, closed by at least as many of the same mark.
    Fence(char, usize),
    /// A paragraph that an underline would make a heading, by its first byte and line.
    Paragraph(usize, u32),
    /// A quote, list or table, whose lines an underline does not make a heading.
    Other,
}

fn headings(body: &str) -> Vec<Heading> {
    let mut found = Vec::new();
    let mut open = Open::Nothing;
    let mut start = 0;
    for (number, whole) in body.split_inclusive('\n').enumerate() {
        let line = whole.trim_end();
        let at = (start, u32::try_from(number).unwrap_or(u32::MAX));
        open = match open {
            Open::Fence(mark, length) if closes(line, mark, length) => Open::Nothing,
            Open::Fence(mark, length) => Open::Fence(mark, length),
            Open::Paragraph(first, first_line) if is_underline(line) => {
                found.push(Heading {
                    title: words(&body[first..start]),
                    start: first,
                    line: first_line,
                });
                Open::Nothing
            }
            before => match atx(line) {
                Some(title) => {
                    found.push(Heading {
                        title,
                        start,
                        line: at.1,
                    });
                    Open::Nothing
                }
                None => after_plain(before, line, at),
            },
        };
        start += whole.len();
    }
    found
}

/// Returns what is open after a line that is neither a heading nor in fenced code.
fn after_plain(before: Open, line: &str, at: (usize, u32)) -> Open {
    if line.is_empty() || is_rule(line) {
        return Open::Nothing;
    }
    if let Some((mark, length)) = fence(line) {
        return Open::Fence(mark, length);
    }
    match before {
        Open::Nothing | Open::Paragraph(..) if begins_other(line) => Open::Other,
        Open::Nothing => Open::Paragraph(at.0, at.1),
        still_open => still_open,
    }
}

/// Returns a line without up to three spaces of indent; four are code.
fn outdent(line: &str) -> Option<&str> {
    let text = line.trim_start_matches(' ');
    (line.len() - text.len() <= 3 && !text.starts_with('\t')).then_some(text)
}

/// Returns the text of a `## heading`.
fn atx(line: &str) -> Option<String> {
    let text = outdent(line)?;
    let title = text.trim_start_matches('#');
    let level = text.len() - title.len();
    if !(1..=6).contains(&level) || !(title.is_empty() || title.starts_with([' ', '\t'])) {
        return None;
    }
    let bare = title.trim_end_matches('#');
    let closed = bare.is_empty() || bare.ends_with([' ', '\t']);
    Some(words(if closed { bare } else { title }))
}

/// Returns whether a line is `===` or `---` and so makes a heading of the paragraph above.
fn is_underline(line: &str) -> bool {
    outdent(line).is_some_and(|text| {
        !text.is_empty() && (text.chars().all(|c| c == '=') || text.chars().all(|c| c == '-'))
    })
}

/// Returns the mark and length of a fence that opens code.
fn fence(line: &str) -> Option<(char, usize)> {
    let text = outdent(line)?;
    let mark = text.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = text.len() - text.trim_start_matches(mark).len();
    let information = &text[length..];
    (length >= 3 && !(mark == '`' && information.contains('`'))).then_some((mark, length))
}

fn closes(line: &str, mark: char, length: usize) -> bool {
    outdent(line)
        .is_some_and(|text| text.len() >= length && text.chars().all(|character| character == mark))
}

/// Returns whether a line is a rule across the page, such as `***` or `- - -`.
fn is_rule(line: &str) -> bool {
    let marks: Vec<char> = line.chars().filter(|c| !c.is_whitespace()).collect();
    let rule = |mark: &char| matches!(mark, '-' | '*' | '_') && Some(mark) == marks.first();
    outdent(line).is_some() && marks.len() >= 3 && marks.iter().all(rule)
}

/// Returns whether a line begins a quote, a list, a table or indented code.
fn begins_other(line: &str) -> bool {
    let Some(text) = outdent(line) else {
        return true;
    };
    let after_number = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = after_number.len() < text.len() && after_number.starts_with([')', '.']);
    let marked = text
        .strip_prefix(['-', '*', '+'])
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
    text.starts_with(['>', '|']) || numbered || marked
}

/// Returns a text with its white space made single spaces.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slugs(body: &str) -> Vec<String> {
        sections(body)
            .into_iter()
            .map(|section| section.slug.unwrap_or_default())
            .collect()
    }

    #[test]
    fn a_body_is_cut_at_headings_of_both_styles() {
        let body = "Intro.\n\n# One\n\ntext\n\nTwo\nlines\n---\ntext\r\n\r\n### Three ###\r\n";
        assert_eq!(slugs(body), ["", "one", "two-lines", "three"]);
        let whole: String = sections(body)
            .iter()
            .map(|section| &body[section.span.clone()])
            .collect();
        assert_eq!(whole, body);
        assert_eq!(sections(body)[2].line, 6);
    }

    #[test]
    fn marks_in_code_quotes_lists_and_rules_are_no_headings() {
        let body = "```\n# code\n```\n\n> quote\n---\n\n- item\n---\n\n    # indented\n\n***\n---\n\n#hashtag\n\n~~~~\n~~~\n# still code\n";
        assert_eq!(slugs(body), [""]);
    }

    #[test]
    fn equal_headings_have_slugs_of_their_own() {
        assert_eq!(
            slugs("# A\n# A\n# A 2\n# A\n# !\n# [A](x)"),
            ["a", "a-2", "a-2-2", "a-3", "section", "a-4"]
        );
    }

    #[test]
    fn slugs_keep_letters_of_every_language() {
        assert_eq!(
            slug("Évaluation à l'aveugle: `code_1`"),
            "évaluation-à-laveugle-code_1"
        );
        assert_eq!(slug("限界 と 範囲"), "限界-と-範囲");
    }

    #[test]
    fn a_body_without_headings_is_one_section_and_a_blank_one_none() {
        assert_eq!(slugs("text"), [""]);
        assert!(slugs("\n \n").is_empty());
    }
}
