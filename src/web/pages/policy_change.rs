//! A change of the policy, its schemas or keys: what would hold from now on, and may I put it in force?

use askama::Template;

use crate::web::language::{Message, filters};

use super::diff::LineView;
use super::layout::Page;
use super::parts::{Approval, Details, Finding};
use super::review::{Author, Decision, Remark};

/// The change that waits.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "reviews/policy_change.html")]
pub struct PolicyChangePage {
    /// The frame.
    pub page: Page,
    /// What is asked, one sentence.
    pub question: Message,
    /// Who wrote it.
    pub authors: Vec<Author>,
    /// What moved since the reader looked, one sentence; their typed text is in the form.
    pub stale: Option<Message>,
    /// The files that differ from those in force.
    pub files: Vec<FileChange>,
    /// Why it cannot be put in force, if it cannot.
    pub faults: Vec<Finding>,
    /// Who must approve.
    pub approvals: Vec<Approval>,
    /// What people said, oldest first.
    pub discussion: Vec<Remark>,
    /// What the reader may do.
    pub decision: Decision,
    /// The names git knows it by.
    pub details: Details,
}

/// A governed file that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// Where it stands.
    pub path: String,
    /// What it is and what became of it: "The policy, changed".
    pub what: Message,
    /// Its changed lines and those around them.
    pub lines: Vec<LineView>,
    /// Why no lines are shown; empty where they are.
    pub note: Message,
}

#[cfg(test)]
mod samples {
    use super::super::diff::Change;
    use super::super::ink::Ink;
    use super::super::layout::Section;
    use super::super::parts::samples::finding;
    use super::super::review::ReviewPage;
    use super::*;
    use crate::policy::Severity;
    use crate::web::language::{Value, say};

    impl PolicyChangePage {
        pub(crate) fn sample(ink: Ink) -> Self {
            let review = ReviewPage::sample(ink);
            let line = |change, number, text: &str| LineView {
                change,
                number,
                text: ink(text),
            };
            Self {
                page: Page::sample(ink, Some(Section::Queue)),
                question: say("policy-change-question")
                    .with("names", Value::AllOf(vec![ink("Cy Lind")])),
                authors: review.authors,
                stale: Some(say("policy-change-stale")),
                files: vec![
                    FileChange {
                        path: ink("countersign.toml"),
                        what: say("policy-change-file")
                            .with("kind", say("policy-change-policy"))
                            .with("became", say("policy-change-changed")),
                        lines: vec![
                            line(Change::Kept, 11, "[people.eve]"),
                            line(Change::Removed, 12, "roles = [\"author\"]"),
                            line(Change::Added, 12, "roles = [\"author\", \"reviewer\"]"),
                        ],
                        note: Message::default(),
                    },
                    FileChange {
                        path: ink("schemas/concept.json"),
                        what: say("policy-change-file")
                            .with("kind", say("policy-change-schema"))
                            .with("became", say("policy-change-added")),
                        lines: Vec::new(),
                        note: say("policy-change-no-lines"),
                    },
                ],
                faults: vec![finding(ink, Severity::Blocking)],
                approvals: review.approvals,
                discussion: review.discussion,
                decision: review.decision,
                details: review.details,
            }
        }
    }
}
