//! A header of the register's own, for each page: what could act in it, or ask another server for anything, is dropped.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

/// Returns a header as it stands on every page.
pub fn sanitised(text: &str) -> String {
    SANITISER.clean(text).to_string().trim().to_owned()
}

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut sanitiser = Builder::empty();
    sanitiser
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
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None);
    sanitiser
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_leads_and_does_nothing_else() {
        assert_eq!(
            sanitised(
                "<nav aria-label=\"x\"><a class=\"home\" href=\"https://a.example\">A</a></nav>\n"
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
            let clean = sanitised(hostile);
            for word in [
                "script", "onerror", "onclick", "<img", "<style", "<link", "<form", "<iframe",
                "<base",
            ] {
                assert!(!clean.contains(word), "{hostile} gave {clean}");
            }
        }
    }
}
