//! Paths inside a repository, checked once. Reads quarantine what fails here; writes refuse it.

use std::fmt;

/// A path that is safe to write on every platform: relative, UTF-8, no component that names or resembles `.git`, none that a file system would
/// fold, cut or read as an option.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RepoPath(String);

/// Why a path is not written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the path {path:?} is not allowed: {reason}")]
pub struct HostilePath {
    /// The path as given.
    pub path: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl RepoPath {
    /// Returns the path when every component of it is safe.
    ///
    /// # Errors
    /// Names the first thing that is not.
    pub fn parse(path: &str) -> Result<Self, HostilePath> {
        let refuse = |reason| {
            Err(HostilePath {
                path: path.to_owned(),
                reason,
            })
        };
        if path.is_empty() || path.len() > 1024 {
            return refuse("it is empty or longer than 1024 bytes");
        }
        for component in path.split('/') {
            if let Some(reason) = fault(component) {
                return refuse(reason);
            }
        }
        Ok(Self(path.to_owned()))
    }

    /// Returns the path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Device names that Windows opens in any folder and with any extension.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

fn fault(component: &str) -> Option<&'static str> {
    if component.is_empty() || component == "." || component == ".." {
        return Some("a component is empty, \".\" or \"..\"");
    }
    if component.len() > 255 {
        return Some("a component is longer than 255 bytes");
    }
    if component.starts_with('-') {
        return Some("a component begins with a dash");
    }
    if component.ends_with(['.', ' ']) || component.starts_with(' ') {
        return Some("a component begins or ends with a blank, or ends with a dot");
    }
    if component.chars().any(|c| {
        c.is_control()
            || is_ignorable(c)
            || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
    }) {
        return Some(
            "a component holds a control, an invisible character or one of \\ : * ? \" < > |",
        );
    }
    let lower = component.to_lowercase();
    if lower.starts_with(".git") && lower != ".gitkeep" || lower.starts_with("git~") {
        return Some("a component is reserved by git");
    }
    let stem = lower.split('.').next().unwrap_or_default();
    let device = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    let numbered = matches!(device, "com" | "lpt");
    if DEVICES.contains(&device) && (numbered == (device.len() < stem.len())) {
        return Some("a component is a device name on Windows");
    }
    None
}

/// Characters that some file systems drop when they compare names, and direction marks.
fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_paths_are_allowed() {
        for path in [
            "countersign.toml",
            ".countersign/allowed_signers",
            "EIPS/eip-1.md",
            "content/Rust-1.0@0.md",
            "a/préservation numérique.md",
            "com.md",
            "com10x.md",
            "console.md",
        ] {
            assert!(RepoPath::parse(path).is_ok(), "{path}");
        }
    }

    #[test]
    fn hostile_paths_are_refused() {
        for path in [
            "",
            "/a",
            "a//b",
            "../a",
            "a/..",
            ".git/config",
            "a/.GIT/x",
            "GIT~1",
            ".git ",
            ".gitmodules",
            ".g\u{200c}it/x",
            "a\\b",
            "a\nb",
            "-rf",
            "x/-o",
            "CON.md",
            "aux",
            "com1.md",
            "a.",
            "a ",
            "a:b",
            "a\u{202e}b",
        ] {
            assert!(RepoPath::parse(path).is_err(), "{path:?}");
        }
    }
}
