//! A proposal that begins at a published record: an earlier text brought back, or the record's end.

use askama::Template;

use super::diff::DiffView;
use super::edit::Part;
use super::layout::Page;
use super::parts::{Link, Refused};
use crate::web::href::Href;
use crate::web::language::{Message, filters};

/// What is proposed, before it is.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "records/propose.html")]
pub struct ProposePage {
    /// The frame.
    pub page: Page,
    /// The record.
    pub record: Link,
    /// "Retire Open-weight model".
    pub heading: Message,
    /// What sending does.
    pub effect: Message,
    /// Where the form posts to.
    pub action: Href,
    /// Names and values that bind the form to what was read.
    pub hidden: Vec<(String, String)>,
    /// Where records are looked up while an id is typed.
    pub suggestions: Href,
    /// The fields that the move asks for.
    pub parts: Vec<Part>,
    /// The records that name it, which its end touches.
    pub referrers: Option<Referrers>,
    /// The reason as typed.
    pub reason: String,
    /// What the button says it does.
    pub button: Message,
    /// Why it was refused.
    pub error: Option<Refused>,
    /// What readers would see change.
    pub diff: Option<DiffView>,
}

/// The records that name one whose end is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referrers {
    /// How many there are, in a sentence.
    pub sentence: Message,
    /// Each of them, with the field that names it.
    pub links: Vec<(Link, Message)>,
    /// Stands for just this list, so that no other is agreed to.
    pub seen: String,
    /// The box is ticked.
    pub is_seen: bool,
}

#[cfg(test)]
mod samples {
    use super::super::diff::samples::diff;
    use super::super::edit::{Control, Input};
    use super::super::ink::Ink;
    use super::super::layout::Section;
    use super::super::parts::samples::link;
    use super::*;
    use crate::web::language::{say, verbatim};

    impl ProposePage {
        pub(crate) fn sample(ink: Ink) -> Self {
            Self {
                page: Page::sample(ink, Some(Section::Records)),
                record: link(ink, "Open-weight model"),
                heading: say("propose-ending")
                    .with("move", ink("Retire"))
                    .with("title", ink("Open-weight model")),
                effect: say("propose-ending-effect").with("status", ink("retired")),
                action: Href::to([ink("ending")]),
                hidden: vec![("csrf".to_owned(), ink("a1b2"))],
                suggestions: Href::to(["suggestions"]),
                parts: vec![Part::Input(Input {
                    name: ink("retired_reason"),
                    label: verbatim(ink("Retired reason")),
                    hint: Message::default(),
                    is_required: true,
                    control: Control::Text(ink("It is out of scope.")),
                    named: String::new(),
                    findings: Vec::new(),
                    error: None,
                })],
                referrers: Some(Referrers {
                    sentence: say("propose-referrers").with("count", 1_i64),
                    links: vec![(link(ink, "Provenance"), verbatim(ink("Related")))],
                    seen: ink("0f3a"),
                    is_seen: false,
                }),
                reason: ink("Nobody uses the word any more."),
                button: say("propose-send"),
                error: None,
                diff: Some(diff(ink)),
            }
        }
    }
}
