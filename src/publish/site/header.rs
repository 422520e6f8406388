//! A header of the register's own, for each page: what could act in it, or ask another server for anything, is dropped.

use std::collections::{HashMap, HashSet};

use ammonia::{Builder, Url, UrlRelative};

/// Returns a header as it stands on every page, however deep: what it links to without a host counts from the site's first page.
pub fn sanitised(text: &str, base: &str) -> String {
    let first = Url::parse(&format!("{base}/"));
    Builder::empty()
        .tags(HashSet::from([
            "a", "abbr", "b", "br", "div", "em", "i", "li", "nav", "ol", "p", "small", "span",
            "strong", "ul",
        ]))
        .generic_attributes(HashSet::from(["class", "lang"]))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href"])),
            ("abbr", HashSet::from(["title"])),
            ("nav", HashSet::from(["aria-label"])),
        ]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(first.map_or(UrlRelative::Deny, UrlRelative::RewriteWithBase))
        .link_rel(None)
        .clean(text)
        .to_string()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://a.example/register";

    #[test]
    fn a_link_leads_to_the_same_place_from_every_page() {
        for (written, whole) in [
            ("notes/", "https://a.example/register/notes/"),
            ("./", "https://a.example/register/"),
            ("/elsewhere", "https://a.example/elsewhere"),
        ] {
            let clean = sanitised(&format!("<a href=\"{written}\">N</a>"), BASE);
            assert_eq!(clean, format!("<a href=\"{whole}\">N</a>"));
        }
    }

    #[test]
    fn a_header_leads_and_does_nothing_else() {
        assert_eq!(
            sanitised(
                "<nav aria-label=\"x\"><a class=\"home\" href=\"https://a.example\">A</a></nav>\n",
                BASE
            ),
            "<nav aria-label=\"x\"><a class=\"home\" href=\"https://a.example\">A</a></nav>"
        );
        for hostile in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<a href=\"javascript:alert(1)\" onclick=\"x()\">y</a>",
            "<style>*{}</style><link rel=stylesheet href=//x><form action=/x>",
            "<iframe src=//x></iframe><base href=//x>",
        ] {
            let clean = sanitised(hostile, BASE);
            for word in [
                "script", "onerror", "onclick", "<img", "<style", "<link", "<form", "<iframe",
                "<base",
            ] {
                assert!(!clean.contains(word), "{hostile} gave {clean}");
            }
        }
    }
}
