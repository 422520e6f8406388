//! Addresses in pages.
//!
//! A page never writes an address that it was handed as text: `javascript:` and `//elsewhere` are text too. An [`Href`] is built from segments that
//! are encoded one by one, or from a web address whose scheme was looked at.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands for itself in a segment or a query value; all else is encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// An address that is safe to write into a link or a form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Href(String);

impl Href {
    /// Returns the address of this server's page at these segments; none means the root.
    pub fn to<S: AsRef<str>>(segments: impl IntoIterator<Item = S>) -> Self {
        Self(String::new()).and(segments)
    }

    /// Returns the address of a place on the same page.
    pub fn anchor(name: &str) -> Self {
        Self(format!("#{}", encode(name)))
    }

    /// Returns an address elsewhere on the web, if it is one: `http` or `https` with a host.
    pub fn web(address: &str) -> Option<Self> {
        let lower = address.to_ascii_lowercase();
        let host = lower
            .strip_prefix("https://")
            .or_else(|| lower.strip_prefix("http://"))?;
        let named = host.starts_with(|first: char| first.is_alphanumeric() || first == '[');
        let clean = !address.chars().any(|c| c.is_control() || c == ' ');
        (named && clean).then(|| Self(address.to_owned()))
    }

    /// Returns the page below this one at these segments.
    pub fn and<S: AsRef<str>>(&self, segments: impl IntoIterator<Item = S>) -> Self {
        let mut address = self.0.trim_end_matches('/').to_owned();
        for segment in segments {
            address.push('/');
            address.push_str(&encode(segment.as_ref()));
        }
        if address.is_empty() {
            address.push('/');
        }
        Self(address)
    }

    /// Returns the same address with one more query parameter.
    pub fn with(&self, name: &str, value: &str) -> Self {
        let sign = if self.0.contains('?') { '&' } else { '?' };
        Self(format!(
            "{}{sign}{}={}",
            self.0,
            encode_in_query(name),
            encode_in_query(value)
        ))
    }

    /// Returns the same page at a named place on it.
    pub fn at(&self, anchor: &str) -> Self {
        Self(format!("{}#{}", self.0, encode(anchor)))
    }
}

/// Encodes a name or a value of a query, where dots climb nowhere.
fn encode_in_query(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

/// Encodes one segment. A segment of dots alone would climb, and its dots are encoded as well; browsers undo that, so routes refuse it.
fn encode(text: &str) -> String {
    if matches!(text, "." | "..") {
        return text.replace('.', "%252E");
    }
    utf8_percent_encode(text, ENCODED).to_string()
}

impl fmt::Display for Href {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_cannot_leave_their_place() {
        let href = Href::to(["r", "../x?y#z", "a\\b", "//evil", ".."]);
        assert_eq!(
            href.to_string(),
            "/r/..%2Fx%3Fy%23z/a%5Cb/%2F%2Fevil/%252E%252E"
        );
        assert_eq!(Href::to([] as [&str; 0]).to_string(), "/");
    }

    #[test]
    fn queries_and_places_are_encoded() {
        let href = Href::to(["r"])
            .with("q", "a&b=c")
            .with("page", "2")
            .at("body#x");
        assert_eq!(href.to_string(), "/r?q=a%26b%3Dc&page=2#body%23x");
    }

    #[test]
    fn only_web_addresses_lead_elsewhere() {
        assert!(Href::web("https://example.org/a?b").is_some());
        for address in [
            "javascript:alert(1)",
            "//example.org",
            "data:text/html,x",
            "https://",
            "https:// x",
            "/x",
        ] {
            assert!(Href::web(address).is_none(), "{address} was accepted");
        }
    }
}
