//! How samples are written: as an editor would, or as an attacker would.

/// Writes a sample's every string.
pub(crate) type Ink = fn(&str) -> String;

/// Writes what was meant.
pub(crate) fn plain(text: &str) -> String {
    text.to_owned()
}

/// Writes what escapes, breaks out and reorders beside what was meant.
pub(crate) fn hostile(text: &str) -> String {
    format!("{text}{HOSTILE}")
}

/// Text that must never act.
pub(crate) const HOSTILE: &str = "<script>alert(1)</script>\"'& \u{202e}\u{2066}\u{1b}\u{0} onload=alert(1) {{7*7}} --><img src=x onerror=alert(1)></textarea></title>";
