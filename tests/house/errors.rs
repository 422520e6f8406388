//! Every code that the source can show stands in `docs/errors.md` or `docs/policy.md`, and every code there can be shown.

use std::collections::BTreeSet;
use std::path::Path;

use crate::common::source;

#[test]
fn every_code_is_documented_and_every_documented_code_exists() {
    let written = codes_of_source();
    let documented = codes_of_documents();
    let missing: Vec<_> = written.difference(&documented).collect();
    let gone: Vec<_> = documented.difference(&written).collect();
    assert!(missing.is_empty(), "docs/errors.md lacks {missing:?}");
    assert!(
        gone.is_empty(),
        "documented, but not in the source: {gone:?}"
    );
}

/// Codes stand in the source as whole string literals; samples of pages, written with `ink`, show codes and make none.
fn codes_of_source() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for file in source::files("src") {
        codes_in(&file.text, '"', &mut codes);
        // What queries tell stands in their own quotes.
        codes_in(&file.text, '\'', &mut codes);
    }
    let views = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/index/1_picture.sql");
    codes_in(&std::fs::read_to_string(views).unwrap(), '\'', &mut codes);
    codes
}

fn codes_in(text: &str, quote: char, codes: &mut BTreeSet<String>) {
    for (at, _) in text.match_indices(quote) {
        let (before, rest) = text.split_at(at);
        let literal = rest[1..].split(quote).next().unwrap_or_default();
        if is_code(literal) && !before.ends_with("ink(") {
            codes.insert(literal.to_owned());
        }
    }
}

fn codes_of_documents() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut codes = BTreeSet::new();
    for page in ["docs/errors.md", "docs/policy.md"] {
        let text = std::fs::read_to_string(root.join(page)).unwrap();
        let cells = text.lines().filter_map(|line| line.strip_prefix("| "));
        let first = cells.filter_map(|cells| cells.split(" |").next());
        for code in first.filter(|cell| is_code(cell)) {
            assert!(
                codes.insert(code.to_owned()),
                "{code} is documented twice, the second time in {page}"
            );
        }
    }
    codes
}

/// `REC-YAML-003`, `POL-007`, `T01`.
fn is_code(text: &str) -> bool {
    let capitals = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_uppercase());
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    match text.rsplit_once('-') {
        Some((area, number)) => {
            number.len() == 3 && digits(number) && area.split('-').all(capitals)
        }
        None => text.len() == 3 && text.is_ascii() && capitals(&text[..1]) && digits(&text[1..]),
    }
}

#[test]
fn codes_are_told_from_other_words() {
    for code in ["REC-YAML-003", "POL-007", "T01"] {
        assert!(is_code(code), "{code}");
    }
    for other in [
        "", "UTF-8", "UTF-32", "POL", "POL-07", "-001", "T1", "t01", "REC--001",
    ] {
        assert!(!is_code(other), "{other}");
    }
}
