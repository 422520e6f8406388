//! The form in which a record is written or changed.

use askama::Template;

use crate::web::language::{Message, filters};

use super::layout::Page;
use super::parts::{Choice, Link, Refused, id_of};
use crate::web::href::Href;

/// A record as a form.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "records/edit.html")]
pub struct EditPage {
    /// The frame.
    pub page: Page,
    /// "Edit Open-weight model", "New concept".
    pub heading: Message,
    /// Back to where the reader came from.
    pub back: Link,
    /// What saving does: "Saving opens a proposal; readers keep version 1.1.0 until it is approved."
    pub effect: Message,
    /// Where the form posts to.
    pub action: Href,
    /// Names and values that bind the text to what was read: `csrf`, `base`, `token`.
    pub hidden: Vec<(String, String)>,
    /// The fields in reading order, the body among them.
    pub inputs: Vec<Input>,
    /// What the button says it does.
    pub button: Message,
    /// Why the whole was refused.
    pub error: Option<Refused>,
    /// That somebody else changed the record meanwhile.
    pub conflict: Option<Conflict>,
}

impl EditPage {
    /// Returns the inputs that were refused, for the summary at the top.
    fn refused(&self) -> Vec<&Input> {
        self.inputs
            .iter()
            .filter(|input| input.error.is_some())
            .collect()
    }
}

/// One labelled input.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "records/_input.html")]
pub struct Input {
    /// The name it is sent by: the field's path.
    pub name: String,
    /// Its label.
    pub label: Message,
    /// What is expected; may be empty.
    pub hint: Message,
    /// Whether it must be filled.
    pub is_required: bool,
    /// The control and what it holds.
    pub control: Control,
    /// Why it was refused.
    pub error: Option<Message>,
}

impl Input {
    /// Returns the words that tell a screen reader where hint and error stand.
    fn described_by(&self) -> String {
        let mut ids = Vec::new();
        if !self.hint.is_empty() {
            ids.push(format!("hint-{}", self.id()));
        }
        if self.error.is_some() {
            ids.push(format!("error-{}", self.id()));
        }
        ids.join(" ")
    }

    fn id(&self) -> String {
        id_of("field", &self.name)
    }
}

/// How a field is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Control {
    /// One line.
    Text(String),
    /// Several lines.
    LongText(String),
    /// The Markdown body.
    Body(String),
    /// A date, `YYYY-MM-DD`.
    Date(String),
    /// A number, as written.
    Number(String),
    /// Yes or no.
    Check(bool),
    /// One of several.
    Select(Vec<Choice>),
    /// Scalars, one a line.
    Lines(String),
    /// A value that only the server or the file itself changes.
    Fixed(String),
}

/// Somebody else's change, laid beside one's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Who changed what and when.
    pub sentence: Message,
    /// Fields that both changed, each with both texts; the form holds the reader's own.
    pub fields: Vec<Clash>,
}

/// A field that two people changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// The field's label.
    pub label: Message,
    /// What stands there now.
    pub theirs: String,
    /// What the reader typed.
    pub yours: String,
}

#[cfg(test)]
mod samples {
    use super::super::ink::Ink;
    use super::super::layout::Section;
    use super::super::parts::samples::{choices, link, refused};
    use super::*;
    use crate::web::language::{say, verbatim};

    fn inputs(ink: Ink) -> Vec<Input> {
        let input = |name: &str, label: &str, hint: &str, control, error: Option<&str>| Input {
            name: ink(name),
            label: verbatim(ink(label)),
            hint: verbatim(match hint {
                "" => String::new(),
                hint => ink(hint),
            }),
            is_required: label == "Title",
            control,
            error: error.map(|error| verbatim(ink(error))),
        };
        vec![
            input(
                "id",
                "Id",
                "Never changes.",
                Control::Fixed(ink("ea:concept:open-weight-model")),
                None,
            ),
            input(
                "title",
                "Title",
                "",
                Control::Text(ink("Open-weight model")),
                None,
            ),
            input(
                "definition",
                "Definition",
                "One sentence, 60 to 400 characters.",
                Control::LongText(ink("An open-weight model is")),
                Some("A definition is one sentence of at least 60 characters; this one has 23"),
            ),
            input(
                "tags",
                "Tags",
                "One on each line.",
                Control::Lines(ink("Open Weights\nLocal AI")),
                None,
            ),
            input(
                "ai_use",
                "Use of AI",
                "",
                Control::Select(choices(ink, &["none", "assisted", "generated"])),
                None,
            ),
            input(
                "review_due",
                "Review due",
                "",
                Control::Date(ink("2027-06-01")),
                None,
            ),
            input("order", "Order", "", Control::Number(ink("1.10")), None),
            input(
                "featured",
                "Featured on the first page",
                "",
                Control::Check(true),
                None,
            ),
            input(
                "body",
                "Text",
                "Markdown. Sections begin with ##.",
                Control::Body(ink("## Scope\n\nThe term covers models of any size.")),
                None,
            ),
        ]
    }

    impl EditPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            Self {
                page: Page::sample(ink, Some(Section::Records)),
                heading: say("edit-heading").with("title", ink("Open-weight model")),
                back: link(ink, "Open-weight model"),
                effect: say("edit-effect"),
                action: Href::to([ink("records"), ink("edit")]),
                hidden: vec![
                    ("csrf".to_owned(), ink("token")),
                    ("base".to_owned(), ink("3f2c")),
                ],
                inputs: inputs(ink),
                button: say("edit-save"),
                error: None,
                conflict: None,
            }
        }

        pub(crate) fn conflict_sample(ink: Ink) -> Self {
            Self {
                error: Some(refused(ink)),
                conflict: Some(Conflict {
                    sentence: say("edit-both-changed"),
                    fields: vec![Clash {
                        label: verbatim(ink("Definition")),
                        theirs: ink(
                            "An open-weight model is a model whose parameters are published.",
                        ),
                        yours: ink("An open-weight model is"),
                    }],
                }),
                ..Self::sample(ink)
            }
        }
    }
}
