//! When it cannot be done: a refusal as a page, and a repository without a policy.

use askama::Template;

use crate::web::href::Href;
use crate::web::language::{Message, filters, say};

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
    pub heading: Message,
    /// Code, cause and next step.
    pub refused: Refused,
    /// Where it went wrong, if a place is known.
    pub place: Message,
    /// What the reader had typed: label and text.
    pub typed: Vec<(Message, String)>,
    /// The form that could not be taken, to be sent once more after signing in.
    pub again: Option<Again>,
    /// Where to go on.
    pub onward: Option<Link>,
}

/// A form as it was sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Again {
    /// Where it posts to.
    pub action: Href,
    /// Its names and values, without those that belonged to the session.
    pub fields: Vec<(String, String)>,
}

impl ErrorPage {
    /// Returns the heading for an HTTP status.
    pub fn heading_of(status: u16) -> Message {
        match status {
            400 => say("errors-400"),
            401 => say("errors-401"),
            403 => say("errors-403"),
            404 => say("errors-404"),
            409 => say("errors-409"),
            413 => say("errors-413"),
            429 => say("errors-429"),
            503 => say("errors-503"),
            500.. => say("errors-500"),
            _ => say("errors-other"),
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
    pub found: Vec<Message>,
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
    use crate::web::language::verbatim;

    impl ErrorPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            Self {
                page: Page::sample(ink, None),
                status: 409,
                heading: Self::heading_of(409),
                refused: Refused {
                    code: "REV-STALE-001".to_owned(),
                    cause: ink("The text of “Open-weight model” is not the one you read any more"),
                    next: ink("Read the change and decide again; what you typed is below"),
                },
                place: verbatim(ink("records/concepts/open-weight-model.md")),
                typed: vec![(say("form-reason"), ink("Reads well now."))],
                again: None,
                onward: Some(link(ink, "Read the change")),
            }
        }

        pub(crate) fn ended_sample(ink: Ink) -> Self {
            Self {
                status: 401,
                heading: Self::heading_of(401).to_owned(),
                refused: Refused {
                    code: ink("WEB-AUTH-002"),
                    cause: ink("Your session has ended, so nothing was done"),
                    next: ink("Sign in again and send it once more; what you typed stands below"),
                },
                again: Some(Again {
                    action: Href::to(["electronic-artefacts", "decisions"]),
                    fields: vec![(ink("reason"), ink("Reads well now."))],
                }),
                page: Page {
                    person: None,
                    ..Page::sample(ink, None)
                },
                ..Self::sample(ink)
            }
        }

        pub(crate) fn missing_sample(ink: Ink) -> Self {
            Self {
                status: 404,
                heading: Self::heading_of(404),
                refused: Refused {
                    code: "WEB-PATH-001".to_owned(),
                    cause: ink("No page of this register has the address /records/quantisation"),
                    next: ink("Look for it in the list of records"),
                },
                place: Message::default(),
                typed: vec![],
                again: None,
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
                    say("errors-not-adopted"),
                    say("errors-policy-names")
                        .with("people", 4_usize)
                        .with("collections", 2_usize),
                ],
                policy_text: ink(
                    "title = \"Register of Concepts\"\nbranch = \"main\"\n\n[collections.concepts]\npaths = [\"records/concepts/*.md\"]\n",
                ),
                command: ink("countersign init --person 'Ana <ana@example.org>=reviewer' ."),
            }
        }
    }
}
