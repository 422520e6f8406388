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
    /// For each pattern of the set, the index of its collection.
    owners: Vec<usize>,
}

impl Globs {
    pub(super) fn find<'a>(
        &self,
        collections: &'a IndexMap<String, Collection>,
        path: &str,
    ) -> Option<&'a Collection> {
        let compiled = self.0.get_or_init(|| compile_all(collections));
        let first = compiled.set.matches(path).into_iter().min()?;
        let owner = compiled.owners.get(first)?;
        Some(collections.get_index(*owner)?.1)
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
        for glob in collection
            .paths
            .iter()
            .filter_map(|path| compile(path).ok())
        {
            set.add(glob);
            owners.push(index);
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

/// Returns the slug that a path gives a record at birth.
///
/// What all patterns of the collection begin with goes, and what a single pattern ends with; then the extension.
pub(super) fn slug(collection: &Collection, path: &str) -> String {
    let rest = path
        .strip_prefix(&common_beginning(&collection.paths))
        .unwrap_or(path);
    let rest = match collection.paths.as_slice() {
        [only] => rest.strip_suffix(literal_end(only)).unwrap_or(rest),
        _ => rest,
    };
    let stem = match rest.rsplit_once('.') {
        Some((stem, extension))
            if !extension.contains('/') && !stem.is_empty() && path.ends_with(rest) =>
        {
            stem
        }
        _ => rest,
    };
    format!("{}/{stem}", collection.name)
}

const WILDCARDS: [char; 4] = ['*', '?', '[', '{'];

/// Returns the text before the first wildcard that all patterns share; with several patterns, or none but literal ones, whole folders only.
fn common_beginning(patterns: &[String]) -> String {
    let mut beginnings = patterns.iter().map(|pattern| literal_beginning(pattern));
    let Some(first) = beginnings.next() else {
        return String::new();
    };
    if patterns.len() == 1 && first.len() < patterns[0].len() {
        return first.to_owned();
    }
    let shared = beginnings.fold(first, |shared, other| {
        let length = shared
            .char_indices()
            .zip(other.chars())
            .find(|((_, left), right)| left != right)
            .map_or(shared.len().min(other.len()), |((index, _), _)| index);
        &shared[..length]
    });
    let folders = shared.rfind('/').map_or(0, |slash| slash + 1);
    shared[..folders].to_owned()
}

fn literal_beginning(pattern: &str) -> &str {
    &pattern[..pattern.find(WILDCARDS).unwrap_or(pattern.len())]
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
    use crate::record::Format;

    fn collection(name: &str, paths: &[&str]) -> Collection {
        Collection {
            name: name.to_owned(),
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
            format: Format::Markdown,
            id: None,
            title: None,
            status: None,
            version: None,
            schema: None,
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
            (&["EIPS/eip-*.md"], "EIPS/eip-20.md", "c/20"),
            (&["**/*.md"], "a/b.md", "c/a/b"),
            (&["x/*.{md,markdown}"], "x/a.b.markdown", "c/a.b"),
            (&["README.md"], "README.md", "c/README"),
            (
                &["docs/a/*.md", "docs/about/*.md"],
                "docs/about/us.md",
                "c/about/us",
            ),
        ] {
            assert_eq!(
                slug(&collection("c", patterns), path),
                wanted,
                "{patterns:?}"
            );
        }
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
