//! Tags of what is sent, by which a reader says what it has already; see RFC 9110, section 13.1.2.

use axum::http::{HeaderMap, header};

/// Returns whether a reader has something already: the header `If-None-Match` names its tag, written in quotes.
pub fn has_already(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(|known| known.trim().trim_start_matches("W/"))
        .any(|known| known == "*" || known == tag)
}
