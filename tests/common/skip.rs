//! What a suite does that lacks something it needs.

use std::io::Write;
use std::path::{Path, PathBuf};

/// Says that a test is skipped and why. Where `CI` is set a skip is a failure: a green run there means that everything ran.
pub fn skip(reason: &str) {
    let ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    assert!(!ci, "skipped: {reason}");
    // Written past the capture of standard output, so that a plain `cargo test` shows it.
    let _ = writeln!(std::io::stderr(), "skipped: {reason}");
}

/// Returns a file or folder of the corpora, which lie in `shared/corpora` beside the package; skips where it is absent.
pub fn corpus(name: &str) -> Option<PathBuf> {
    let corpora = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpora");
    let source = Path::new(corpora).join(name);
    if source.exists() {
        return Some(source);
    }
    skip(&format!(
        "{name} is not in shared/corpora beside the package"
    ));
    None
}
