//! A proposal brought up to date: for each thing that both sides changed, what it was, what is published and what is proposed.

use askama::Template;

use super::layout::Page;
use super::parts::{Link, Refused};
use crate::web::href::Href;
use crate::web::language::{Message, filters};

/// What a person has to decide before a proposal can be brought up to date.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "proposals/update.html")]
pub struct UpdatePage {
    /// The frame.
    pub page: Page,
    /// The proposal.
    pub proposal: Link,
    /// Where the form posts to.
    pub action: Href,
    /// Names and values that bind it to what was read.
    pub hidden: Vec<(String, String)>,
    /// Why it was refused.
    pub error: Option<Refused>,
    /// The records that need a choice; none where the form only has to be sent.
    pub records: Vec<ClashView>,
}

/// A record that both sides changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClashView {
    /// Its title.
    pub title: String,
    /// Names and values that bind the choices to its two texts.
    pub hidden: Vec<(String, String)>,
    /// What both sides changed, in reading order.
    pub questions: Vec<Question>,
}

/// One thing that both sides changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The name by which the choice is sent.
    pub name: String,
    /// The name by which a new text is sent.
    pub text_name: String,
    /// What it is about: "Definition".
    pub label: Message,
    /// What kind of thing it is about, where that is no value; may be empty.
    pub hint: Message,
    /// What both began with; `None` where there was nothing.
    pub base: Option<Message>,
    /// What is published; `None` where it is gone.
    pub standing: Option<Message>,
    /// What is proposed; `None` where it is gone.
    pub yours: Option<Message>,
    /// Whether a text that neither side has can be typed.
    pub takes_text: bool,
    /// The choice that was made: `standing`, `yours` or `new`.
    pub chosen: String,
    /// What was typed.
    pub text: String,
}

#[cfg(test)]
mod samples {
    use super::super::ink::Ink;
    use super::super::layout::Section;
    use super::super::parts::samples::{link, refused};
    use super::*;
    use crate::web::language::{say, verbatim};

    impl UpdatePage {
        pub(crate) fn sample(ink: Ink) -> Self {
            let question = |name: &str, takes_text, yours: Option<&str>| Question {
                name: format!("choice {}", ink(name)),
                text_name: format!("text {}", ink(name)),
                label: verbatim(ink(name)),
                hint: match takes_text {
                    true => Message::default(),
                    false => say("update-order"),
                },
                base: Some(verbatim(ink("A note is a short text."))),
                standing: Some(verbatim(ink("A note is a text of one page."))),
                yours: yours.map(|text| verbatim(ink(text))),
                takes_text,
                chosen: "new".to_owned(),
                text: ink("A note is a short text of one page."),
            };
            Self {
                page: Page::sample(ink, Some(Section::Proposals)),
                proposal: link(ink, "Say what notes are"),
                action: Href::to([ink("update")]),
                hidden: vec![("csrf".to_owned(), ink("token"))],
                error: Some(refused(ink)),
                records: vec![ClashView {
                    title: ink("One note"),
                    hidden: vec![("path".to_owned(), ink("notes/one.md"))],
                    questions: vec![
                        question("definition", true, Some("A note is short.")),
                        question("claims", false, None),
                    ],
                }],
            }
        }

        pub(crate) fn ready_sample(ink: Ink) -> Self {
            Self {
                records: Vec::new(),
                error: None,
                ..Self::sample(ink)
            }
        }
    }
}
