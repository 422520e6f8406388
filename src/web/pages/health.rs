//! Health: is it well? And what did the rules find?

use askama::Template;

use crate::web::href::Href;
use crate::web::language::{Message, filters, say};

use super::layout::{Page, Tone};
use super::parts::{Finding, Link};

/// Checks of the server, and findings of the register.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "people/health.html")]
pub struct HealthPage {
    /// The frame.
    pub page: Page,
    /// The page of the git host.
    pub hosting: Href,
    /// The list of targets.
    pub targets: Href,
    /// What was looked at, what is wrong first.
    pub checks: Vec<Check>,
    /// Files that cannot be read.
    pub quarantined: Vec<Unread>,
    /// Findings by record, the serious first.
    pub findings: Vec<(Link, Vec<Finding>)>,
}

impl HealthPage {
    /// Returns whether every check is well.
    fn is_well(&self) -> bool {
        self.checks.iter().all(|check| check.tone == Tone::Good)
    }
}

/// A file that cannot be read as a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The file.
    pub file: Link,
    /// The line, where it is known, and what the code means.
    pub why: Message,
    /// The stable code.
    pub code: String,
    /// What is wrong, in the very words.
    pub exact: String,
}

/// Something that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// How it stands.
    pub tone: Tone,
    /// Its name: "Remote".
    pub name: Message,
    /// What was seen: "Last published 2 minutes ago".
    pub sentence: Message,
    /// The mend, where one is needed.
    pub next: Message,
    /// The code of a refusal that the sentence tells of; empty where there is none.
    pub code: String,
    /// What git or a rule says of it, in its own words; empty where the sentence says all.
    pub exact: String,
}

impl Check {
    /// Returns whether there are exact words beside the sentence in every language; those of a code stand beside its translation alone.
    fn has_own_words(&self) -> bool {
        self.code.is_empty() && !self.exact.is_empty()
    }

    fn word(&self) -> Message {
        match self.tone {
            Tone::Good => say("health-good"),
            Tone::Warning => say("health-warning"),
            Tone::Wrong => say("health-wrong"),
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
    use crate::web::language::meaning;

    impl HealthPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            let check = |tone, name, sentence, next| Check {
                tone,
                name,
                sentence,
                next,
                code: String::new(),
                exact: String::new(),
            };
            Self {
                page: Page::sample(ink, Some(Section::Health)),
                hosting: Href::to(["house-rules", "hosting"]),
                targets: Href::to(["house-rules", "targets"]),
                checks: vec![
                    Check {
                        code: "PUB-REM-001".to_owned(),
                        exact: ink("pre-receive hook declined"),
                        ..check(
                            Tone::Wrong,
                            say("health-publication"),
                            meaning("PUB-REM-001", ink("The remote declined")),
                            Message::default(),
                        )
                    },
                    check(
                        Tone::Warning,
                        say("health-review"),
                        say("health-outside").with("count", 2_i64),
                        say("health-outside-next"),
                    ),
                    check(
                        Tone::Good,
                        say("health-pages"),
                        say("health-pages-new"),
                        Message::default(),
                    ),
                ],
                quarantined: vec![Unread {
                    file: link(ink, "records/concepts/graph-modeling.md"),
                    why: say("health-unread-line").with("line", 4_i64).with(
                        "why",
                        meaning("REC-KEY-001", ink("the key “status” stands twice")),
                    ),
                    code: "REC-KEY-001".to_owned(),
                    exact: ink("the key “status” stands twice"),
                }],
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
