//! Addresses of the site: where a record stands, what its files are called, how one page names another.
//!
//! Pages name each other by relative addresses, so that the same bytes work below this server and at the root of any other. What leaves the site (feeds,
//! maps, citations, linked data) carries whole addresses.

use std::collections::HashSet;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest as _, Sha256};

/// What stands for itself in a part of an address.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The forms of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// A page for people.
    Html,
    /// The same as text.
    Markdown,
    /// Its fields.
    Json,
    /// Linked data.
    JsonLd,
    /// A citation for processors of CSL.
    Csl,
    /// A citation for BibTeX.
    Bibtex,
    /// A citation for reference managers.
    Ris,
}

impl Form {
    /// Every form, the page first.
    pub const ALL: [Self; 7] = [
        Self::Html,
        Self::Markdown,
        Self::Json,
        Self::JsonLd,
        Self::Csl,
        Self::Bibtex,
        Self::Ris,
    ];

    /// Returns the name of its file.
    pub fn file(self) -> &'static str {
        match self {
            Self::Html => "index.html",
            Self::Markdown => "index.html.md",
            Self::Json => "index.json",
            Self::JsonLd => "index.jsonld",
            Self::Csl => "index.csl.json",
            Self::Bibtex => "index.bib",
            Self::Ris => "index.ris",
        }
    }

    /// Returns the form of a file's name.
    pub fn of_file(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.file() == name)
    }

    /// Returns its media type, without parameters.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Html => "text/html",
            Self::Markdown => "text/markdown",
            Self::Json => "application/json",
            Self::JsonLd => "application/ld+json",
            Self::Csl => "application/vnd.citationstyles.csl+json",
            Self::Bibtex => "application/x-bibtex",
            Self::Ris => "application/x-research-info-systems",
        }
    }
}

/// Returns the media type of a file by its name, with the parameter that text needs.
pub fn media_type(path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match (name, ending) {
        ("index.csl.json", _) => "application/vnd.citationstyles.csl+json",
        (_, "html") => "text/html; charset=utf-8",
        (_, "md") => "text/markdown; charset=utf-8",
        (_, "json") => "application/json",
        (_, "jsonld") => "application/ld+json",
        (_, "bib") => "application/x-bibtex; charset=utf-8",
        (_, "ris") => "application/x-research-info-systems; charset=utf-8",
        (_, "atom") => "application/atom+xml; charset=utf-8",
        (_, "xml") => "application/xml",
        (_, "txt") => "text/plain; charset=utf-8",
        (_, "cff") => "application/yaml; charset=utf-8",
        (_, "css") => "text/css; charset=utf-8",
        (_, "svg") => "image/svg+xml",
        (_, "woff2") => "font/woff2",
        _ => match crate::check::FileKind::of_path(path) {
            Some(kind) => kind.media_type(),
            None => "application/octet-stream",
        },
    }
}

/// Returns a path of the site as it stands in an address.
pub fn encoded(path: &str) -> String {
    let parts = path.split('/');
    let parts: Vec<String> = parts
        .map(|part| utf8_percent_encode(part, PLAIN).to_string())
        .collect();
    parts.join("/")
}

/// Returns a page of the site as another one names it: `to` and `from` are folders of the site, without slashes around them.
pub fn relative(from: &str, to: &str) -> String {
    let depth = from.split('/').filter(|part| !part.is_empty()).count();
    let up = "../".repeat(depth);
    match (up.is_empty(), to.is_empty()) {
        (true, true) => "./".to_owned(),
        (_, true) => up,
        (_, false) => format!("{up}{}/", encoded(to)),
    }
}

/// Returns a file of the site as a page in a folder names it.
pub fn relative_file(from: &str, file: &str) -> String {
    let root = match from {
        "" => String::new(),
        _ => relative(from, ""),
    };
    format!("{root}{}", encoded(file))
}

/// Returns where an identity leads on from: `/id/` and the id with a slash for each colon.
pub fn identity(id: &str) -> String {
    format!("id/{}", safe_path(&id.replace(':', "/")))
}

/// Returns the folder of a version.
pub fn version(route: &str, version: &str) -> String {
    format!("{route}/v/{version}")
}

/// Returns the folder or the file of an attached file: its bytes for ever.
pub fn attached(blob: &str, path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or_default();
    format!("files/{blob}/{}", safe_part(name))
}

/// Returns a slug as a path of the site: parts that could be taken for something else, or that some system misreads, are written otherwise.
pub fn safe_path(slug: &str) -> String {
    let parts = slug.split('/').filter(|part| !part.is_empty());
    let parts: Vec<String> = parts.map(safe_part).collect();
    match parts.is_empty() {
        true => "_".to_owned(),
        false => parts.join("/"),
    }
}

/// The most bytes of a part of a path: a file system holds 255, and a name beside it is written first.
const LONGEST: usize = 120;

fn safe_part(part: &str) -> String {
    let keeps = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_' | '~');
    let kept: String = part
        .chars()
        .map(|c| if keeps(c) { c } else { '-' })
        .collect();
    let kept = shortened(kept);
    let is_taken = kept == "v" || kept.starts_with('.') || kept.starts_with("index.");
    match is_taken {
        true => format!("_{kept}"),
        false => kept,
    }
}

/// Returns a part that any file system holds: of a longer one its beginning, a digest of all of it, and what names its kind.
fn shortened(part: String) -> String {
    if part.len() <= LONGEST {
        return part;
    }
    let kind = part.rsplit_once('.').map_or("", |(_, kind)| kind);
    let kind = match kind.len() {
        1..=8 => format!(".{kind}"),
        _ => String::new(),
    };
    let digest = hex::encode(&Sha256::digest(&part)[..8]);
    let begin = part.floor_char_boundary(LONGEST - digest.len() - kind.len() - 1);
    format!("{}~{digest}{kind}", &part[..begin])
}

/// Gives each slug a route of its own, whatever the case of its letters: the first that asks keeps it.
#[derive(Debug, Default)]
pub struct Routes(HashSet<String>);

impl Routes {
    /// Returns the route of a slug, and keeps it.
    pub fn take(&mut self, slug: &str) -> String {
        let wanted = safe_path(slug);
        let mut route = wanted.clone();
        let mut number = 1;
        while !self.0.insert(route.to_lowercase()) {
            number += 1;
            route = format!("{wanted}~{number}");
        }
        route
    }

    /// Returns whether a route is somebody's.
    pub fn is_taken(&self, route: &str) -> bool {
        self.0.contains(&route.to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pages_name_each_other_from_wherever_they_stand() {
        assert_eq!(relative("", ""), "./");
        assert_eq!(relative("", "concepts/x"), "concepts/x/");
        assert_eq!(relative("concepts/x", ""), "../../");
        assert_eq!(relative("concepts/x", "people/y"), "../../people/y/");
        assert_eq!(relative_file("concepts", "assets/a.css"), "../assets/a.css");
        assert_eq!(relative_file("", "assets/a.css"), "assets/a.css");
    }

    #[test]
    fn a_slug_cannot_stand_in_the_way_of_the_sites_own_files() {
        for (slug, route) in [
            ("concepts/open-weight-model", "concepts/open-weight-model"),
            ("notes/v", "notes/_v"),
            ("notes/a/v/1.0.0", "notes/a/_v/1.0.0"),
            ("notes/index.json", "notes/_index.json"),
            ("notes/../../etc", "notes/_../_../etc"),
            ("notes/a?b#c", "notes/a-b-c"),
            ("notes//x", "notes/x"),
            ("", "_"),
        ] {
            assert_eq!(safe_path(slug), route);
        }
    }

    #[test]
    fn a_long_name_is_one_that_any_file_system_holds_and_stays_its_own() {
        let long = "é".repeat(200);
        for (slug, end) in [(long.clone(), ""), (format!("{long}.png"), ".png")] {
            let route = safe_path(&slug);
            assert!(route.len() <= LONGEST && route.ends_with(end), "{route}");
            assert_ne!(route, safe_path(&format!("{long}x{end}")));
        }
    }

    #[test]
    fn two_slugs_never_share_a_route() {
        let mut routes = Routes::default();
        assert_eq!(routes.take("a/B"), "a/B");
        assert_eq!(routes.take("a/b"), "a/b~2");
        assert_eq!(routes.take("a/b"), "a/b~3");
    }

    proptest! {
        #[test]
        fn no_slug_leaves_the_site(slug in any::<String>()) {
            let route = safe_path(&slug);
            prop_assert!(!route.starts_with('/') && !route.contains("//") && !route.contains('\\'));
            prop_assert!(route.split('/').all(|part| !matches!(part, "" | "." | ".." | "v")));
            prop_assert_eq!(safe_path(&slug), route);
        }
    }
}
