//! The package's own source, for tests that keep the house in order.

use std::path::{Path, PathBuf};

/// A file of the package.
pub struct File {
    /// Its path from the package's root, with `/`.
    pub path: String,
    /// Its text, up to its unit tests.
    pub text: String,
}

/// Returns the Rust files below a folder, without unit tests, by path.
pub fn files(folder: &str) -> Vec<File> {
    files_of(folder, "rs")
}

/// Returns the files of a kind below a folder, by path.
pub fn files_of(folder: &str, extension: &str) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    collect(&root.join(folder), extension, &mut paths);
    paths.sort();
    let files = paths.into_iter().map(|path| File {
        path: path
            .strip_prefix(root)
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/"),
        text: without_tests(&std::fs::read_to_string(&path).unwrap()),
    });
    files.collect()
}

fn collect(folder: &Path, extension: &str, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && name != "tests" {
            collect(&path, extension, paths);
        } else if path.extension().is_some_and(|own| own == extension) && name != "tests.rs" {
            paths.push(path);
        }
    }
}

/// Unit tests stand at the end of a file.
fn without_tests(text: &str) -> String {
    let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    text[..end].to_owned()
}
