//! What the register's public site is: `[site]`, and what its collections are to readers and to programs that know schemas.
//!
//! Without the table nothing is public. The files that dress the site are governed with the policy: whoever changes them changes what readers see on
//! every page.

use super::Policy;

/// What a site is, as the policy says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Where it is reached, without a slash at its end; absent means below this server's own address.
    pub address: Option<String>,
    /// Who publishes it; absent means the register's own title.
    pub publisher: Option<String>,
    /// The language of its own words, and of texts that give none.
    pub language: String,
    /// The licence of records that give none, by its SPDX identifier or its address.
    pub license: Option<String>,
    /// A stylesheet of its own, a path in the repository that ends in `.css`.
    pub stylesheet: Option<String>,
    /// A header of its own, a path in the repository that ends in `.html`.
    pub header: Option<String>,
}

impl Default for Site {
    fn default() -> Self {
        Self {
            address: None,
            publisher: None,
            language: "en".to_owned(),
            license: None,
            stylesheet: None,
            header: None,
        }
    }
}

/// What the records of a collection are, in the vocabularies of schema.org, CSL and RIS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Kind {
    /// A page of the web, which everything is.
    #[default]
    Page,
    /// A term with a definition.
    Concept,
    /// An article.
    Publication,
    /// A report.
    Report,
    /// A program or a format.
    Software,
    /// An organization.
    Organization,
    /// Somebody.
    Person,
    /// A project.
    Project,
}

impl Kind {
    /// Every kind with its word in the policy.
    pub const WORDS: [(&'static str, Self); 8] = [
        ("page", Self::Page),
        ("concept", Self::Concept),
        ("publication", Self::Publication),
        ("report", Self::Report),
        ("software", Self::Software),
        ("organization", Self::Organization),
        ("person", Self::Person),
        ("project", Self::Project),
    ];
}

/// Names that collections of a public register do not have, because the site's own files stand there.
pub const RESERVED_NAMES: [&str; 6] = ["assets", "feeds", "files", "id", "releases", "search"];

/// Returns whether a file could dress a site: a stylesheet or a header.
pub fn may_dress_site(path: &str) -> bool {
    path.ends_with(".css") || path.ends_with(".html")
}

/// Returns whether a text is the address of a site: a host of the web and perhaps a path, with nothing behind it.
pub(super) fn is_site_address(text: &str) -> bool {
    let Some(rest) = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
    else {
        return false;
    };
    let is_plain = rest
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-._~/:[]%".contains(&byte));
    is_plain
        && rest.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '[')
        && !rest.ends_with('/')
        && !rest.contains("//")
        && !rest.split('/').any(|part| matches!(part, "." | ".."))
}

impl Policy {
    /// Returns the files that are governed together with the policy and the keys: every schema, and what the site is dressed in.
    pub fn governed_files(&self) -> Vec<String> {
        let schemas = self.collections.values();
        let schemas = schemas.filter_map(|collection| collection.schema.clone());
        let dress = self.site.iter().flat_map(|site| {
            let files = [site.stylesheet.clone(), site.header.clone()];
            files.into_iter().flatten()
        });
        schemas.chain(dress).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_site_is_told_from_other_texts() {
        for good in [
            "https://register.example",
            "http://127.0.0.1:8017/demo/public",
            "https://example.org/a/b",
        ] {
            assert!(is_site_address(good), "{good}");
        }
        for wrong in [
            "",
            "register.example",
            "https://",
            "https://register.example/",
            "https://a//b",
            "https://a/../b",
            "https://a?b",
            "https://a#b",
            "https://a b",
            "https://user@a",
            "javascript:alert(1)",
            "https:///a",
        ] {
            assert!(!is_site_address(wrong), "{wrong}");
        }
    }
}
