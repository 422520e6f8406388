//! The file of a record: another name for it, or its end.

use askama::Template;

use super::layout::Page;
use super::parts::{Link, Refused};
use crate::web::href::Href;
use crate::web::language::{Message, filters};

/// What can become of a record's file.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "records/filing.html")]
pub struct FilingPage {
    /// The frame.
    pub page: Page,
    /// The record, or the proposal that holds the file.
    pub back: Link,
    /// Its path.
    pub file: String,
    /// What renaming it does.
    pub effect: Message,
    /// Where the form posts to.
    pub action: Href,
    /// Names and values that bind the form to the text that was seen.
    pub hidden: Vec<(String, String)>,
    /// The name as typed.
    pub name: String,
    /// The reason as typed.
    pub reason: String,
    /// What taking it away is called; `None` where it cannot go.
    pub remove: Option<Message>,
    /// Why it was refused.
    pub error: Option<Refused>,
}

#[cfg(test)]
mod samples {
    use super::super::ink::Ink;
    use super::super::layout::Section;
    use super::super::parts::samples::link;
    use super::*;
    use crate::web::language::say;

    impl FilingPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            Self {
                page: Page::sample(ink, Some(Section::Records)),
                back: link(ink, "Open-weight model"),
                file: ink("records/concepts/open-weight-model.md"),
                effect: say("filing-draft"),
                action: Href::to([ink("file")]),
                hidden: vec![("csrf".to_owned(), ink("a1b2"))],
                name: ink("open-weight-model"),
                reason: ink("It had a slip."),
                remove: Some(say("filing-remove")),
                error: None,
            }
        }
    }
}
