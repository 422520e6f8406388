//! Which collection owns a path, and the slug a path gives.

use std::fmt;
use std::sync::OnceLock;

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use indexmap::IndexMap;

use super::Collection;

/// All collections' patterns in one matcher, compiled when first asked for.
///
/// Two policies are equal when what was written is equal, so this takes no part in comparisons; a clone compiles anew, because its owner may change
/// the patterns before asking.
#[derive(Default)]
pub struct Globs(OnceLock<Compiled>);

struct Compiled {
    set: GlobSet,
    /// For each pattern of the set, the index of its collection and its index there.
    owners: Vec<(usize, usize)>,
}

impl Globs {
    pub(super) fn find<'a>(
        &self,
        collections: &'a IndexMap<String, Collection>,
        path: &str,
    ) -> Option<&'a Collection> {
        Some(self.find_pattern(collections, path)?.0)
    }

    /// Returns the collection that owns a path, and the first of its patterns that matches.
    fn find_pattern<'a>(
        &self,
        collections: &'a IndexMap<String, Collection>,
        path: &str,
    ) -> Option<(&'a Collection, &'a str)> {
        let compiled = self.0.get_or_init(|| compile_all(collections));
        let first = compiled.set.matches(path).into_iter().min()?;
        let (owner, index) = compiled.owners.get(first)?;
        let (_, collection) = collections.get_index(*owner)?;
        Some((collection, collection.paths.get(*index)?))
    }

    /// Returns the slug that a path gives a record at birth.
    pub(super) fn slug(
        &self,
        collections: &IndexMap<String, Collection>,
        collection: &Collection,
        path: &str,
    ) -> String {
        let found = self.find_pattern(collections, path);
        let pattern = found
            .filter(|(owner, _)| owner.name == collection.name)
            .map_or("**", |(_, pattern)| pattern);
        format!("{}/{}", collection.name, matched_part(pattern, path))
    }
}

impl Clone for Globs {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Globs {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for Globs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Globs")
    }
}

/// Patterns that do not compile own nothing; the lints have refused them.
fn compile_all(collections: &IndexMap<String, Collection>) -> Compiled {
    let mut set = GlobSetBuilder::new();
    let mut owners = Vec::new();
    for (index, collection) in collections.values().enumerate() {
        for (place, pattern) in collection.paths.iter().enumerate() {
            if let Ok(glob) = compile(pattern) {
                set.add(glob);
                owners.push((index, place));
            }
        }
    }
    Compiled {
        set: set.build().unwrap_or_else(|_| GlobSet::empty()),
        owners,
    }
}

/// Compiles one pattern: `*` and `?` stop at `/`, `**` does not.
pub(super) fn compile(pattern: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(pattern).literal_separator(true).build()
}

/// Returns what a pattern's wildcards matched, without the extension; the file's name where there are none.
fn matched_part<'a>(pattern: &str, path: &'a str) -> &'a str {
    let beginning = match pattern.find(['*', '?', '[', '{']) {
        Some(wildcard) => &pattern[..wildcard],
        None => pattern.rfind('/').map_or("", |slash| &pattern[..=slash]),
    };
    let rest = path.strip_prefix(beginning).unwrap_or(path);
    match rest.strip_suffix(literal_end(pattern)) {
        Some(matched) if matched.len() < rest.len() && !matched.is_empty() => matched,
        _ => without_extension(rest),
    }
}

fn without_extension(path: &str) -> &str {
    match path.rsplit_once('.') {
        Some((stem, extension)) if !extension.contains('/') && !stem.is_empty() => stem,
        _ => path,
    }
}

/// Returns the text after the last wildcard; nothing where there is none.
fn literal_end(pattern: &str) -> &str {
    match pattern.rfind(['*', '?', ']', '}']) {
        Some(last) => &pattern[last + 1..],
        None => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Patterns;
    use crate::record::Format;

    fn collection(name: &str, paths: &[&str]) -> Collection {
        Collection {
            name: name.to_owned(),
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
            attachments: Patterns::default(),
            format: Format::Markdown,
            id: None,
            title: None,
            status: None,
            version: None,
            locale: None,
            translates: None,
            schema: None,
            kind: crate::policy::Kind::Page,
            workflow: "editorial".to_owned(),
            references: Vec::new(),
            floors: Vec::new(),
            rules: IndexMap::new(),
        }
    }

    #[test]
    fn a_slug_is_what_the_wildcards_matched() {
        for (patterns, path, wanted) in [
            (
                &["records/concepts/*.md"][..],
                "records/concepts/open-weight-model.md",
                "c/open-weight-model",
            ),
            (
                &["content/**/*.md"],
                "content/2024/a.b/index.md",
                "c/2024/a.b/index",
            ),
            (
                &["content/**/*.md"],
                "content/Rust-1.0@0.md",
                "c/Rust-1.0@0",
            ),
            (
                &["posts/*/index.md"],
                "posts/hello.world/index.md",
                "c/hello.world",
            ),
            (&["rules/rule-*.md"], "rules/rule-20.md", "c/20"),
            (&["**/*.md"], "a/b.md", "c/a/b"),
            (&["x/*.{md,markdown}"], "x/a.b.markdown", "c/a.b"),
            (&["README.md"], "README.md", "c/README"),
            (
                &["docs/now/*.md", "docs/past/**/*.md"],
                "docs/past/us/me.md",
                "c/us/me",
            ),
        ] {
            let collections = one(collection("c", patterns));
            let slug = Globs::default().slug(&collections, &collections["c"], path);
            assert_eq!(slug, wanted, "{patterns:?}");
        }
    }

    fn one(collection: Collection) -> IndexMap<String, Collection> {
        IndexMap::from([(collection.name.clone(), collection)])
    }

    #[test]
    fn a_star_stops_at_a_slash_and_two_do_not() {
        let collections: IndexMap<String, Collection> = [
            collection("concepts", &["records/concepts/*.md"]),
            collection("posts", &["content/**/*.md", "posts/*.md"]),
        ]
        .into_iter()
        .map(|collection| (collection.name.clone(), collection))
        .collect();
        let globs = Globs::default();
        let owner = |path: &str| {
            globs
                .find(&collections, path)
                .map(|found| found.name.as_str())
        };
        assert_eq!(owner("records/concepts/a.md"), Some("concepts"));
        assert_eq!(owner("records/concepts/deep/a.md"), None);
        assert_eq!(owner("content/deep/er/a.md"), Some("posts"));
        assert_eq!(owner("content/a.md"), Some("posts"));
        assert_eq!(owner("posts/a.md"), Some("posts"));
        assert_eq!(owner("posts/a.txt"), None);
    }
}
