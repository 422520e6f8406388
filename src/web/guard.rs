//! What stands before and behind every handler: addresses that cannot mislead, and headers that keep a page to itself.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;

use super::failure::Failure;
use crate::refusal::Refusal;

/// Refuses addresses that could be read in two ways: decoded once, they are UTF-8, hold no control character and no backslash, and do not climb.
pub async fn strict_path(request: Request, next: Next) -> Response {
    match is_strict(request.uri().path()) {
        true => next.run(request).await,
        false => Failure::new(
            StatusCode::BAD_REQUEST,
            Refusal::new(
                "WEB-PATH-002",
                "this address holds characters that no page's address has",
                "follow a link of a page instead of typing the address",
            ),
        )
        .into_response(),
    }
}

fn is_strict(path: &str) -> bool {
    let Ok(decoded) = percent_decode_str(path).decode_utf8() else {
        return false;
    };
    path.len() <= 8000
        && !decoded.chars().any(|c| c.is_control() || c == '\\')
        && !decoded.split('/').any(|part| matches!(part, "." | ".."))
}

/// No inline style or script, nothing from elsewhere, in nobody's frame.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Headers of every answer, errors and files included.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// Sets the headers of every answer; what a handler says of caching, and of who else may show what it sent, stays.
pub async fn with_headers(mut response: Response) -> Response {
    let headers: &mut HeaderMap = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry("cross-origin-resource-policy")
        .or_insert(HeaderValue::from_static("same-origin"));
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_climb_or_hide_are_not_strict() {
        for path in ["/r/records/notes/one", "/r/records/ea%3Ax%20y", "/%C3%A4"] {
            assert!(is_strict(path), "{path}");
        }
        for path in [
            "/r/..%2fx",
            "/r/%2e%2e/x",
            "/../x",
            "/a%00",
            "/a%5cb",
            "/%c0%af",
            "/%ff",
            "/r/./x",
            "/a%0ab",
        ] {
            assert!(!is_strict(path), "{path}");
        }
    }
}
