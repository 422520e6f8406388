//! A published version as something that is decided about: whether it counts. It is never deleted and never used again.

use semver::Version;

/// What the id of a version begins with, and the path by which it is judged; no record's does.
pub const VERSIONS: &str = "refs/versions/";

/// The transition by which a published version is taken back. It still resolves, and readers are told.
pub const YANK: &str = "yank";

/// Returns what stands for a version of a record, named by its id or its path: `refs/versions/1.0.1/notes/one`.
pub fn version_id(version: &Version, record: &str) -> String {
    format!("{VERSIONS}{version}/{record}")
}

/// Returns the version and the record's id or path; `None` where no version is meant.
pub fn version_of(id: &str) -> Option<(Version, &str)> {
    let (version, record) = id.strip_prefix(VERSIONS)?.split_once('/')?;
    Some((version.parse().ok()?, record))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_a_version_reads_back() {
        let version = Version::new(1, 0, 1);
        for record in ["notes/one", "lw:concept:x", "a/b/c.md"] {
            let id = version_id(&version, record);
            assert_eq!(version_of(&id), Some((version.clone(), record)));
        }
        for other in [
            "notes/one",
            "refs/heads/1.0.0/x",
            "refs/versions/one/x",
            "refs/versions/1.0.0",
        ] {
            assert_eq!(version_of(other), None, "{other}");
        }
    }
}
