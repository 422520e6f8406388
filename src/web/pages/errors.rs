//! When it cannot be done: a refusal as a page, and a repository without a policy.

use askama::Template;

use crate::web::language::filters;

use super::layout::Page;
use super::parts::{Link, Refused};

/// A refusal that stands alone.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "errors/error.html")]
pub struct ErrorPage {
    /// The frame.
    pub page: Page,
    /// The HTTP status.
    pub status: u16,
    /// What it comes to in the reader's words; see [`ErrorPage::heading_of`].
    pub heading: String,
    /// Code, cause and next step.
    pub refused: Refused,
    /// Where it went wrong, if a place is known.
    pub place: String,
    /// What the reader had typed: label and text.
    pub typed: Vec<(String, String)>,
    /// Where to go on.
    pub onward: Option<Link>,
}

impl ErrorPage {
    /// Returns the heading for an HTTP status.
    pub fn heading_of(status: u16) -> &'static str {
        match status {
            400 => "That request makes no sense here",
            401 => "Please sign in",
            403 => "You may not do this",
            404 => "There is nothing here",
            409 => "It changed since you looked",
            413 => "That is too large",
            429 => "Too many tries; please wait",
            503 => "Not ready yet",
            500.. => "Something broke on our side",
            _ => "That did not work",
        }
    }
}

/// A repository without a policy: read-only, with the policy it could have.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "errors/no_policy.html")]
pub struct NoPolicyPage {
    /// The frame.
    pub page: Page,
    /// What was found: "41 Markdown files in records/ look like records".
    pub found: Vec<String>,
    /// The proposed policy.
    pub policy_text: String,
    /// The command that writes it.
    pub command: String,
}

#[cfg(test)]
mod samples {
    use super::super::ink::Ink;
    use super::super::layout::Section;
    use super::super::parts::samples::link;
    use super::*;

    impl ErrorPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            Self {
                page: Page::sample(ink, None),
                status: 409,
                heading: Self::heading_of(409).to_owned(),
                refused: Refused {
                    code: ink("REV-STALE-001"),
                    cause: ink("The text of “Open-weight model” is not the one you read any more"),
                    next: ink("Read the change and decide again; what you typed is below"),
                },
                place: ink("records/concepts/open-weight-model.md"),
                typed: vec![(ink("Your reason"), ink("Reads well now."))],
                onward: Some(link(ink, "Read the change")),
            }
        }

        pub(crate) fn missing_sample(ink: Ink) -> Self {
            Self {
                status: 404,
                heading: Self::heading_of(404).to_owned(),
                refused: Refused {
                    code: ink("WEB-404"),
                    cause: ink("No page of this register has the address /records/quantisation"),
                    next: ink("Look for it in the list of records"),
                },
                place: String::new(),
                typed: vec![],
                onward: Some(link(ink, "All records")),
                page: Page {
                    person: None,
                    ..Page::sample(ink, None)
                },
            }
        }
    }

    impl NoPolicyPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            Self {
                page: Page::sample(ink, Some(Section::Queue)),
                found: vec![
                    ink("41 Markdown files in records/concepts look like records"),
                    ink("3 statuses are in use: draft, validated, active"),
                ],
                policy_text: ink(
                    "title = \"Register of Concepts\"\nbranch = \"main\"\n\n[collections.concepts]\npaths = [\"records/concepts/*.md\"]\n",
                ),
                command: ink("countersign init --person 'Ana <ana@example.org>=reviewer' ."),
            }
        }
    }
}
