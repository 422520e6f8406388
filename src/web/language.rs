//! Which language a request is answered in: the one that its sender chose. The texts themselves are [`crate::language`]'s.

pub use crate::language::{
    Language, Message, Value, filters, lines, meaning, mend, message, say, verbatim,
};

use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use fluent_langneg::{NegotiationStrategy, negotiate_languages, parse_accepted_languages};

/// The cookie that remembers a choice. It is no secret: it holds a language's tag.
const COOKIE: &str = "countersign-language";

/// Answers a request in the language that its sender chose: by the cookie of the page's own form, else by the browser's list.
pub async fn negotiate(request: Request, next: Next) -> Response {
    let language = chosen(request.headers())
        .or_else(|| accepted(request.headers()))
        .unwrap_or_default();
    let mut response = language.speaking(next.run(request)).await;
    let headers = response.headers_mut();
    let is_page = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !is_page {
        return response;
    }
    // What is the same for everybody says its own language.
    if headers.contains_key(header::CONTENT_LANGUAGE) {
        return response;
    }
    headers.insert(
        header::CONTENT_LANGUAGE,
        axum::http::HeaderValue::from_static(language.tag()),
    );
    headers.append(
        header::VARY,
        axum::http::HeaderValue::from_static("accept-language, cookie"),
    );
    response
}

/// Returns the header that remembers a choice for a year.
pub fn cookie(language: Language) -> String {
    format!(
        "{COOKIE}={}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly",
        language.tag()
    )
}

fn chosen(headers: &HeaderMap) -> Option<Language> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .and_then(|(_, tag)| Language::from_tag(tag))
}

/// Of the browser's list the first that there is an interface in; a region is as good as its language.
fn accepted(headers: &HeaderMap) -> Option<Language> {
    let asked = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let asked = parse_accepted_languages(asked.get(..asked.len().min(200))?);
    let available = Language::ALL.map(Language::identifier);
    negotiate_languages(&asked, &available, None, NegotiationStrategy::Filtering)
        .first()
        .and_then(|found| Language::from_tag(found.language.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, axum::http::HeaderValue::from_static(value))])
    }

    #[test]
    fn the_first_language_of_the_browser_that_we_have_is_taken() {
        for (asked, expected) in [
            ("fr", Some(Language::French)),
            ("fr-CA,fr;q=0.9,en;q=0.8", Some(Language::French)),
            ("de,en-GB;q=0.7", Some(Language::English)),
            ("de", None),
            ("*;;;,\"q=x", None),
            ("", None),
        ] {
            let found = accepted(&headers(header::ACCEPT_LANGUAGE, asked));
            assert_eq!(found, expected, "{asked}");
        }
    }

    #[test]
    fn a_choice_outlives_the_browsers_list_and_a_strange_one_is_none() {
        let chosen = |cookie| chosen(&headers(header::COOKIE, cookie));
        assert_eq!(
            chosen("a=b; countersign-language=fr"),
            Some(Language::French)
        );
        assert_eq!(chosen("countersign-language=<script>"), None);
    }
}
