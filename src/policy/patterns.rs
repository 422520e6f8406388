//! Patterns of paths and of branches that are asked as one.

use std::fmt;
use std::sync::OnceLock;

use globset::{GlobSet, GlobSetBuilder};

use super::paths::compile;

/// Patterns of paths or branch names, as in `media/**`, compiled when first asked for. None matches nothing.
#[derive(Clone, Default)]
pub struct Patterns {
    written: Vec<String>,
    compiled: OnceLock<GlobSet>,
}

impl Patterns {
    /// Returns the patterns as a policy writes them.
    pub fn new(written: Vec<String>) -> Self {
        Self {
            written,
            compiled: OnceLock::new(),
        }
    }

    /// Returns each as it is written.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.written.iter().map(String::as_str)
    }

    /// Returns whether there is none.
    pub fn is_empty(&self) -> bool {
        self.written.is_empty()
    }

    /// Returns whether one of them matches a whole path or name.
    pub fn matches(&self, name: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| {
            let mut set = GlobSetBuilder::new();
            // Patterns that do not compile match nothing; the lints have refused them.
            for glob in self.iter().filter_map(|it| compile(it).ok()) {
                set.add(glob);
            }
            set.build().unwrap_or_else(|_| GlobSet::empty())
        });
        compiled.is_match(name)
    }
}

impl PartialEq for Patterns {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl fmt::Debug for Patterns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Patterns").field(&self.written).finish()
    }
}
