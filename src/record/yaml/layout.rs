//! Where YAML's indicators stand: what the parser's events leave out and a splice needs.

use std::ops::Range;

use crate::record::source::line_start;

/// Returns the offset of the dash that opens a block list item, looked for between `from` and the item's first byte.
pub(super) fn dash(text: &str, from: usize, item: usize) -> usize {
    let is_dash = |text: &str| {
        text.starts_with('-') && text[1..].chars().next().is_none_or(char::is_whitespace)
    };
    find_indicator(text, from, text.len(), is_dash).unwrap_or(item)
}

/// Returns where an empty value without anchor or tag would be written: right behind its dash or colon. The parser may point before the colon, or
/// behind a comment.
pub(super) fn empty_value(text: &str, span: Range<usize>, key_end: usize) -> Range<usize> {
    if text[..key_end].ends_with('-') {
        return key_end..key_end;
    }
    let gap: usize = text[key_end..]
        .chars()
        .take_while(|character| character.is_ascii_whitespace())
        .count();
    let colon = key_end + gap;
    match text[colon..].starts_with(':') {
        true => colon + 1..colon + 1,
        false => span,
    }
}

/// Returns a block scalar's bytes, from its header to the end of its last line of content, line end excluded.
///
/// The parser's span starts with the content and may run into the indentation of what follows. Blank lines at the end are content only
/// where the header says keep (`+`).
pub(super) fn block_scalar(text: &str, content: Range<usize>, from: usize) -> Range<usize> {
    let is_header = |text: &str| text.starts_with(['|', '>']);
    let Some(start) = find_indicator(text, from, text.len(), is_header) else {
        return content;
    };
    let header_end = start
        + text[start..]
            .find(['\r', '\n'])
            .unwrap_or(text.len() - start);
    let header = text[start..header_end]
        .split([' ', '\t'])
        .next()
        .unwrap_or_default();
    let end = content.end.max(header_end);
    let body = &text[header_end..end];
    let kept = match header.contains('+') {
        true => last_line_end(body),
        false => last_content_end(body, content.start - line_start(text, content.start)),
    };
    start..header_end + kept
}

/// Returns the length of a text without the blank lines at its end; a line of more blanks than the indentation is content.
fn last_content_end(body: &str, indent: usize) -> usize {
    let mut end = body.len();
    while let Some(at) = body[..end].rfind('\n') {
        let line = body[at + 1..end].trim_end_matches('\r');
        if line.len() > indent || !line.trim_matches([' ', '\t']).is_empty() {
            break;
        }
        end = at;
    }
    body[..end].trim_end_matches('\r').len()
}

/// Returns the length of a text without its last line end, and without blanks behind that.
fn last_line_end(body: &str) -> usize {
    let body = match body.rfind('\n') {
        Some(at) if body[at + 1..].trim().is_empty() => &body[..at],
        Some(_) | None => body,
    };
    body.strip_suffix('\r').unwrap_or(body).len()
}

/// Returns the first offset whose text is the indicator, with comments, anchors, tags and other indicators skipped on the way.
fn find_indicator(
    text: &str,
    from: usize,
    to: usize,
    is_indicator: impl Fn(&str) -> bool,
) -> Option<usize> {
    let mut at = from;
    while at < to {
        let rest = text.get(at..)?;
        if is_indicator(rest) {
            return Some(at);
        }
        let skipped = match rest.chars().next()? {
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '&' | '!' => rest.find(char::is_whitespace).unwrap_or(rest.len()),
            ':' | '-' | '?' => 1,
            character if character.is_whitespace() => character.len_utf8(),
            _ => return None,
        };
        at += skipped;
    }
    None
}
