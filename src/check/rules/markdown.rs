//! D01: the body is plain Markdown that is safe to show, and the file is small enough to review.
//!
//! Pages clean what they show, whatever the record holds. This rule keeps the source such that cleaning changes nothing, for everybody who renders
//! it elsewhere. HTML comments show nothing and are let through.

use indexmap::IndexMap;

use super::{Fault, Subject};
use crate::check::outline::Piece;
use crate::check::words::shown;
use crate::record::{FieldPath, Node, Record};

/// The largest file that people can be asked to review, in bytes.
const MAX_REVIEWED_BYTES: usize = 256 * 1024;

/// What a link may begin with; an address without a scheme is one inside the register.
const SCHEMES: &[&str] = &["https", "http", "mailto"];

pub(super) fn faults(subject: &Subject<'_>) -> Vec<Fault> {
    let mut found = Vec::new();
    let bytes = size(subject.record);
    if is_too_large(subject.record) {
        let message =
            format!("the file has {bytes} bytes, and {MAX_REVIEWED_BYTES} at most can be reviewed");
        found.push(Fault::new(
            &FieldPath::body(),
            1,
            message,
            "divide the record, or move material to files of its own",
        ));
    }
    let outline = subject.outline();
    let mut add = |piece: &Piece, message: String, next: &str| {
        found.push(Fault::new(&FieldPath::body(), piece.line, message, next));
    };
    for (piece, count) in distinct(&outline.html) {
        let times = if count > 1 {
            format!(" {count} times")
        } else {
            String::new()
        };
        let message = format!("the body holds the raw HTML {}{times}", shown(&piece.text));
        add(
            piece,
            message,
            "write it in Markdown, or in backquotes where it is meant to be read",
        );
    }
    for piece in outline
        .targets
        .iter()
        .filter(|piece| !has_safe_scheme(&piece.text))
    {
        let message = format!(
            "the body points to {}, which pages do not follow",
            shown(&piece.text)
        );
        add(
            piece,
            message,
            "write an address that begins with https://, or a path inside the register",
        );
    }
    for piece in &outline.bare_images {
        let message = format!("the image {} has no text in its place", shown(&piece.text));
        add(
            piece,
            message,
            "describe it between the brackets: ![what it shows](address)",
        );
    }
    found
}

/// Returns the first piece of each text and how many there are: a body full of `<br>` has one fault.
fn distinct(pieces: &[Piece]) -> Vec<(&Piece, usize)> {
    let mut found: IndexMap<&str, (&Piece, usize)> = IndexMap::new();
    for piece in pieces {
        found.entry(&piece.text).or_insert((piece, 0)).1 += 1;
    }
    found.into_values().collect()
}

/// Returns whether a record is too large to be reviewed; its body is not read then.
pub(in crate::check) fn is_too_large(record: &Record) -> bool {
    size(record) > MAX_REVIEWED_BYTES
}

/// Returns the size of a record's file, in bytes: the body runs to its end, and without one the last value does.
fn size(record: &Record) -> usize {
    let end = |node: &Node| node.span.end;
    let fields = record.fields.values().map(end).max().unwrap_or(0);
    let body = record.body.as_ref();
    body.map_or(fields, |body| body.start.saturating_add(body.text.len()))
}

fn has_safe_scheme(address: &str) -> bool {
    // Browsers skip blanks and control characters in front of a scheme and within it.
    let bare: String = address
        .chars()
        .filter(|letter| !letter.is_whitespace() && !letter.is_control())
        .collect();
    let before_path = bare.split(['/', '?', '#']).next().unwrap_or_default();
    match before_path.split_once(':') {
        Some((scheme, _)) => SCHEMES.iter().any(|safe| safe.eq_ignore_ascii_case(scheme)),
        None => true,
    }
}
