//! What a reader says of what it has already; see RFC 9110, sections 13.1.2 and 13.1.3.

use std::time::UNIX_EPOCH;

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

/// Returns whether a reader has it by its tag, or, where they name none, since a moment not before it last changed, in seconds since 1970.
pub fn has_since(headers: &HeaderMap, tag: &str, changed_at: i64) -> bool {
    match headers.contains_key(header::IF_NONE_MATCH) {
        true => has_already(headers, tag),
        false => is_unchanged(headers, changed_at),
    }
}

/// What is no date, and what is said twice, counts as not said.
fn is_unchanged(headers: &HeaderMap, changed_at: i64) -> bool {
    let mut said = headers.get_all(header::IF_MODIFIED_SINCE).iter();
    let (Some(since), None) = (said.next(), said.next()) else {
        return false;
    };
    let since = since.to_str().ok();
    since
        .and_then(|since| httpdate::parse_http_date(since).ok())
        .and_then(|since| since.duration_since(UNIX_EPOCH).ok())
        .and_then(|since| i64::try_from(since.as_secs()).ok())
        .is_some_and(|since| changed_at <= since)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    const TAG: &str = "\"a\"";

    fn headers(said: &[(header::HeaderName, &'static str)]) -> HeaderMap {
        let said = said.iter();
        said.map(|(name, value)| (name.clone(), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn a_date_counts_where_no_tag_is_said() {
        const AT: i64 = 784_111_777;
        for (since, has) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", true),
            ("Sunday, 06-Nov-94 08:49:37 GMT", true),
            ("Sun Nov  6 08:49:37 1994", true),
            ("Sun, 06 Nov 1994 08:49:36 GMT", false),
            ("yesterday", false),
            ("", false),
        ] {
            let since = (header::IF_MODIFIED_SINCE, since);
            assert_eq!(
                has_since(&headers(std::slice::from_ref(&since)), TAG, AT),
                has,
                "{since:?}"
            );
            let other = (header::IF_NONE_MATCH, "\"b\"");
            assert!(!has_since(&headers(&[since.clone(), other]), TAG, AT));
            let same = (header::IF_NONE_MATCH, "W/\"a\"");
            assert!(has_since(&headers(&[since, same]), TAG, AT));
        }
        assert!(!has_since(&headers(&[]), TAG, AT));
    }
}
