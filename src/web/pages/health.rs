//! Health: is it well? And what did the rules find?

use askama::Template;

use crate::web::language::filters;

use super::layout::{Page, Tone};
use super::parts::{Finding, Link};

/// Checks of the server, and findings of the register.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "people/health.html")]
pub struct HealthPage {
    /// The frame.
    pub page: Page,
    /// What was looked at, what is wrong first.
    pub checks: Vec<Check>,
    /// Files that cannot be read: the file, and why.
    pub quarantined: Vec<(Link, String)>,
    /// Findings by record, the serious first.
    pub findings: Vec<(Link, Vec<Finding>)>,
}

impl HealthPage {
    /// Returns whether every check is well.
    fn is_well(&self) -> bool {
        self.checks.iter().all(|check| check.tone == Tone::Good)
    }
}

/// Something that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// How it stands.
    pub tone: Tone,
    /// Its name: "Remote".
    pub name: String,
    /// What was seen: "Last published 2 minutes ago".
    pub sentence: String,
    /// The mend, where one is needed.
    pub next: String,
}

impl Check {
    fn word(&self) -> &'static str {
        match self.tone {
            Tone::Good => "Well",
            Tone::Warning => "Look",
            Tone::Wrong => "Broken",
        }
    }
}

#[cfg(test)]
mod samples {
    use super::super::ink::Ink;
    use super::super::layout::Section;
    use super::super::parts::samples::{finding, link};
    use super::*;
    use crate::policy::Severity;

    impl HealthPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            let check = |tone, name: &str, sentence: &str, next: &str| Check {
                tone,
                name: ink(name),
                sentence: ink(sentence),
                next: ink(next),
            };
            Self {
                page: Page::sample(ink, Some(Section::Health)),
                checks: vec![
                    check(
                        Tone::Wrong,
                        "Remote",
                        "The remote refused the last push: “pre-receive hook declined”",
                        "Ask whoever keeps the remote to let this server push to main; it tries again at 14:05",
                    ),
                    check(
                        Tone::Warning,
                        "History",
                        "The history is cut at 9ab1c0",
                        "Fetch the whole history, so that every approval can be proven",
                    ),
                    check(Tone::Good, "Index", "213 records, as of 2 minutes ago", ""),
                    check(
                        Tone::Good,
                        "Signing key",
                        "Known to the register since 24 June 2026",
                        "",
                    ),
                ],
                quarantined: vec![(
                    link(ink, "records/concepts/graph-modeling.md"),
                    ink("line 4: the key “status” stands twice"),
                )],
                findings: vec![(
                    link(ink, "Open-weight model"),
                    vec![
                        finding(ink, Severity::Blocking),
                        finding(ink, Severity::Warning),
                    ],
                )],
            }
        }
    }
}
