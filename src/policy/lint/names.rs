//! Names that some git, file system or terminal would misread.

use crate::policy::Policy;
use crate::policy::paths::compile;
use crate::policy::read::{Report, shown};

/// Device names of Windows: a file of this name, with any extension, cannot be checked out there.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Returns why a relative path of a repository, or a pattern of such paths, must not be used; `None` when it may.
pub(in crate::policy) fn hostile_path(path: &str) -> Option<&'static str> {
    let bytes = path.as_bytes();
    if path.starts_with('/') || matches!(bytes, [letter, b':', ..] if letter.is_ascii_alphabetic())
    {
        return Some("it is absolute");
    }
    if path.contains('\\') {
        return Some("it holds a backslash");
    }
    path.split('/').find_map(hostile_component)
}

/// Returns why one component of a path must not be used.
fn hostile_component(component: &str) -> Option<&'static str> {
    let seen: String = component
        .chars()
        .filter(|c| !is_invisible(*c))
        .flat_map(char::to_lowercase)
        .collect();
    let bare = seen.trim_end_matches(['.', ' ']);
    let stem = bare.split('.').next().unwrap_or_default();
    let numbered = |name: &str| {
        stem.strip_prefix(name)
            .is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    if component.is_empty() {
        Some("it has an empty part between two slashes, or ends with one")
    } else if component == "." || component == ".." {
        Some("it leaves its place with . or ..")
    } else if bare == ".git" || bare.starts_with("git~") || bare.starts_with(".git:") {
        Some("it reaches into git's own folder")
    } else if seen.len() != component.to_lowercase().len()
        || component.chars().any(char::is_control)
    {
        Some("it holds characters that cannot be seen")
    } else if component.ends_with(['.', ' ']) {
        Some("a part of it ends with a dot or a blank")
    } else if component.starts_with('-') {
        Some("a part of it begins with a dash, like an option")
    } else if DEVICES.contains(&stem) || numbered("com") || numbered("lpt") {
        Some("a part of it is a device name on Windows")
    } else if component.len() > 255 {
        Some("a part of it is longer than 255 bytes")
    } else {
        None
    }
}

fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Refuses a branch name that git would.
pub(super) fn judge_branch(policy: &Policy, report: &mut Report<'_>) {
    if !is_branch_name(&policy.branch) {
        report.object(
            &["branch"],
            "POL-060",
            format!("\"{}\" is no branch name", shown(&policy.branch)),
            "write it without refs/heads/, as in branch = \"main\"",
        );
    }
}

/// Refuses a pattern of proposals that no branch could match.
pub(super) fn judge_proposals(policy: &Policy, report: &mut Report<'_>) {
    for (index, pattern) in policy.proposals.branches.iter().enumerate() {
        let filled = pattern.replace("**", "*").replace(['*', '?'], "x");
        if is_branch_name(&filled) && compile(pattern).is_ok() {
            continue;
        }
        report.object(
            &["proposals", "branches", &index.to_string()],
            "POL-061",
            format!("\"{}\" is no pattern of branch names", shown(pattern)),
            "write it without refs/heads/, as in branches = [\"proposals/**\"]",
        );
    }
}

/// Returns whether a text is the name of a branch, without `refs/heads/`.
pub(in crate::policy) fn is_branch_name(name: &str) -> bool {
    let bad_part = |part: &str| part.is_empty() || part.starts_with('.') || part.ends_with(".lock");
    let bad_character = |c: char| {
        let special = matches!(c, '~' | '^' | ':' | '?' | '*' | '[' | '\\');
        special || c.is_whitespace() || c.is_control() || is_invisible(c)
    };
    !(name.split('/').any(bad_part)
        || name.starts_with('-')
        || name.starts_with("refs/")
        || name.ends_with('.')
        || name == "@"
        || name.contains("..")
        || name.contains("@{")
        || name.contains(bad_character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_leave_or_mislead_are_hostile() {
        for path in [
            "/etc/*.md",
            "C:/x/*.md",
            "../x/*.md",
            "a/../*.md",
            "./a.md",
            "a//b.md",
            "a/",
            "",
            ".git/*.md",
            "x/.GIT/a.md",
            "git~1/a.md",
            ".git /a.md",
            ".g\u{200c}it/a.md",
            "a\\b.md",
            "-rf/*.md",
            "con.md",
            "x/LPT1.md",
            "a./b.md",
            "a\u{202e}b.md",
            "a\nb.md",
        ] {
            assert!(hostile_path(path).is_some(), "{path:?} was accepted");
        }
        for path in [
            "records/concepts/*.md",
            "content/**/*.md",
            ".well-known/a.json",
            "console/x.md",
            "Rust-1.0@0.md",
            ".gitlab/*.md",
        ] {
            assert_eq!(hostile_path(path), None, "{path:?}");
        }
    }
}
