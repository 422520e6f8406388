//! What a YAML scalar is: the core schema of YAML 1.2, with dates told apart and odd numbers left as text.
//!
//! `no`, `on`, `1_000` and `014` are text: readers disagree about them, and text is what loses nothing.

use granit_parser::Tag;

use crate::record::ScalarKind;

/// Returns the kind of a plain scalar that has no tag.
pub(in crate::record) fn kind_of_plain(text: &str) -> ScalarKind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => ScalarKind::Null,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => ScalarKind::Bool,
        _ if is_integer(text) => ScalarKind::Integer,
        _ if is_float(text) => ScalarKind::Float,
        _ if is_date(text) => ScalarKind::Date,
        _ => ScalarKind::Text,
    }
}

/// Returns the kind of a scalar with a tag; tags other than the core schema's stand on text.
pub(super) fn kind_of_tagged(tag: &Tag, text: &str) -> ScalarKind {
    match tag.core_suffix() {
        Some("null") => ScalarKind::Null,
        Some("bool") => ScalarKind::Bool,
        Some("int") => ScalarKind::Integer,
        Some("float") => ScalarKind::Float,
        _ if tag.suffix() == "timestamp" && is_date(text) => ScalarKind::Date,
        _ => ScalarKind::Text,
    }
}

/// Tells whether a reader of YAML 1.1 may take a plain text for something else, so that it is better quoted.
pub(in crate::record) fn is_ambiguous(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let is_word = matches!(
        lower.as_str(),
        "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null" | "~" | "" | "=" | "<<"
    );
    let digits = text.trim_start_matches(['+', '-', '.']);
    // Two dots make a version, which no reader in use takes for a number, and which people write without quotes.
    let is_version = text.split('.').count() == 3
        && text
            .split('.')
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    if is_version {
        return false;
    }
    is_word
        || digits.starts_with(|character: char| character.is_ascii_digit())
            && text.chars().all(is_number_like)
        || matches!(lower.trim_start_matches(['+', '-']), ".inf" | ".nan")
}

/// Tells whether a character may stand in a number, a date or a time of YAML 1.1.
fn is_number_like(character: char) -> bool {
    character.is_ascii_hexdigit() || "+-._:xoTtZz ".contains(character)
}

fn is_integer(text: &str) -> bool {
    if let Some(octal) = text.strip_prefix("0o") {
        return !octal.is_empty() && octal.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
    }
    if let Some(hex) = text.strip_prefix("0x") {
        return !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    let digits = unsigned(text);
    is_digits(digits) && !has_leading_zero(digits)
}

fn is_float(text: &str) -> bool {
    let number = unsigned(text);
    if matches!(number, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (number, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let whole_is_good = whole.is_empty() || is_digits(whole) && !has_leading_zero(whole);
    let fraction_is_good = fraction.is_none_or(|digits| digits.is_empty() || is_digits(digits));
    let has_digit = !whole.is_empty() || fraction.is_some_and(|digits| !digits.is_empty());
    whole_is_good
        && fraction_is_good
        && has_digit
        && (fraction.is_some() || exponent.is_some())
        && exponent.is_none_or(|digits| is_digits(unsigned(digits)))
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn has_leading_zero(digits: &str) -> bool {
    digits.len() > 1 && digits.starts_with('0')
}

/// Tells whether a text has the shape `YYYY-MM-DD`.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 10
        && bytes.iter().enumerate().all(|(index, byte)| match index {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_are_typed_by_the_core_schema() {
        use ScalarKind::{Bool, Date, Float, Integer, Null, Text};
        for (text, kind) in [
            ("~", Null),
            ("null", Null),
            ("nULL", Text),
            ("true", Bool),
            ("FALSE", Bool),
            ("no", Text),
            ("on", Text),
            ("1", Integer),
            ("-0", Integer),
            ("+12", Integer),
            ("0x1F", Integer),
            ("0o17", Integer),
            ("0o18", Text),
            ("014", Text),
            ("1_000", Text),
            ("1.10", Float),
            ("1.", Float),
            (".5", Float),
            (".", Text),
            ("1e3", Float),
            ("-1.5E-3", Float),
            ("e3", Text),
            ("01.5", Text),
            ("1.2.3", Text),
            ("-.inf", Float),
            (".NaN", Float),
            ("-.nan", Text),
            ("2026-03-16", Date),
            ("2026-3-16", Text),
            ("v1", Text),
            ("-", Text),
            ("+", Text),
        ] {
            assert_eq!(kind_of_plain(text), kind, "{text}");
        }
    }

    #[test]
    fn what_older_readers_take_for_a_number_or_a_word_is_ambiguous() {
        for text in [
            "no",
            "On",
            "1_000",
            "014",
            "12:30",
            "2026-03-16",
            "2001-12-14 21:59:43.10",
            ".inf",
            "0b1",
        ] {
            assert!(is_ambiguous(text), "{text}");
        }
        for text in [
            "draft",
            "1 apple",
            "v1",
            "nobody",
            "2718, 2930",
            "1.0.0",
            "10.20.30",
        ] {
            assert!(!is_ambiguous(text), "{text}");
        }
    }
}
