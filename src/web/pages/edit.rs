//! The form in which a record is written or changed.

use askama::Template;

use crate::web::language::{Message, filters};

use super::layout::Page;
use super::parts::{
    AttachedFile, Choice, FieldRow, Finding, Link, Moment, Refused, id_of, language_tag,
};
use crate::publish::html::SafeHtml;
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
    pub parts: Vec<Part>,
    /// The proposals that it may join, a new one first; none where its place is given.
    pub into: Vec<Choice>,
    /// What the change is called, as typed; `None` where it is not asked for.
    pub summary: Option<String>,
    /// What the button says it does.
    pub button: Message,
    /// Why the whole was refused.
    pub error: Option<Refused>,
    /// That somebody else changed the record meanwhile.
    pub conflict: Option<Conflict>,
    /// Who writes, so that what a browser keeps is given back to nobody else.
    pub writer: String,
    /// The files that come along; `None` where the collection takes none.
    pub attaching: Option<Attaching>,
    /// What stands around the form of a record that is there.
    pub desk: Option<Desk>,
    /// What was typed earlier and stands in the form again.
    pub unsaved: Option<Unsaved>,
}

impl EditPage {
    /// Returns the inputs that were refused, for the summary at the top.
    fn refused(&self) -> Vec<&Input> {
        let inputs = self.parts.iter().filter_map(|part| match part {
            Part::Input(input) if input.error.is_some() => Some(input),
            _ => None,
        });
        inputs.collect()
    }
}

/// The files that come along with a text, and what it takes to add one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attaching {
    /// Those that were added and are not saved yet, each with what its form sends for it.
    pub added: Vec<(String, AttachedFile)>,
    /// What the next one shows, as typed.
    pub words: String,
    /// Why the last one was refused.
    pub error: Option<Refused>,
}

/// What stands beside the form of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Desk {
    /// Whether the whole text is edited, and not its fields.
    pub is_text: bool,
    /// Where records are looked up while an id is typed.
    pub suggestions: Href,
    /// The record as it will be published; `None` where the text does not read.
    pub preview: Option<Preview>,
    /// How many findings there are.
    pub told: Message,
    /// What the rules found in no field of the form.
    pub findings: Vec<Finding>,
}

/// A record as it will be published.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "records/_preview.html")]
pub struct Preview {
    /// Its title.
    pub title: String,
    /// The language of its text, a BCP 47 tag; empty where the record does not say.
    pub language: String,
    /// Its fields.
    pub fields: Vec<FieldRow>,
    /// Its body.
    pub body: Option<SafeHtml>,
}

impl Preview {
    fn language_tag(&self) -> Option<&str> {
        language_tag(&self.language)
    }
}

/// Text that was typed and not saved.
#[derive(Debug, Clone, PartialEq)]
pub struct Unsaved {
    /// When it was typed last.
    pub when: Moment,
    /// Where it is given up.
    pub action: Href,
    /// Names and values that giving it up needs.
    pub hidden: Vec<(String, String)>,
}

/// A piece of a form.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "records/_part.html")]
pub enum Part {
    /// One labelled input.
    Input(Input),
    /// A map.
    Group(Group),
    /// A list with a row for each item.
    Rows(Rows),
}

/// Fields that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The path of the map.
    pub name: String,
    /// Its label.
    pub label: Message,
    /// What is expected; may be empty.
    pub hint: Message,
    /// What the rules found in it as a whole.
    pub findings: Vec<Finding>,
    /// Its fields.
    pub parts: Vec<Part>,
}

impl Group {
    fn id(&self) -> String {
        id_of("group", &self.name)
    }
}

/// A list whose items are added, removed and moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// The path of the list.
    pub name: String,
    /// Its label.
    pub label: Message,
    /// What is expected; may be empty.
    pub hint: Message,
    /// Whether there must be such a list.
    pub is_required: bool,
    /// What the rules found in it as a whole.
    pub findings: Vec<Finding>,
    /// Its items.
    pub rows: Vec<Row>,
}

impl Rows {
    fn id(&self) -> String {
        id_of("list", &self.name)
    }
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What the form calls it, by which its place is sent.
    pub name: String,
    /// Its path, by which it is moved and removed.
    pub path: String,
    /// "Claim 2".
    pub label: Message,
    /// What the rules found in it as a whole.
    pub findings: Vec<Finding>,
    /// Whether it is a single value, which needs no frame of its own.
    pub is_single: bool,
    /// Whether nothing stands above it.
    pub is_first: bool,
    /// Whether nothing stands below it.
    pub is_last: bool,
    /// Its fields.
    pub parts: Vec<Part>,
}

impl Row {
    fn id(&self) -> String {
        id_of("row", &self.path)
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
    /// The title of the record that it names; empty where it names none.
    pub named: String,
    /// What the rules found in it.
    pub findings: Vec<Finding>,
    /// Why it was refused.
    pub error: Option<Message>,
}

impl Input {
    /// Returns the words that tell a screen reader where hint, findings and error stand.
    fn described_by(&self) -> String {
        let mut ids = Vec::new();
        if !self.hint.is_empty() {
            ids.push(format!("hint-{}", self.id()));
        }
        ids.push(format!("told-{}", self.id()));
        if self.error.is_some() {
            ids.push(format!("error-{}", self.id()));
        }
        ids.join(" ")
    }

    fn id(&self) -> String {
        id_of("field", &self.name)
    }

    fn is_reference(&self) -> bool {
        matches!(self.control, Control::Reference(_))
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
    /// A whole file.
    Source(String),
    /// A date, `YYYY-MM-DD`.
    Date(String),
    /// A number, as written.
    Number(String),
    /// An e-mail address.
    Email(String),
    /// An address of the web.
    Web(String),
    /// The id of another record.
    Reference(String),
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
    use super::super::parts::samples::{
        attached_file, choices, fields, finding, link, moment, refused,
    };
    use super::super::record::samples::body;
    use super::*;
    use crate::policy::Severity;
    use crate::web::language::{say, verbatim};

    fn nested(ink: Ink, name: &str) -> Vec<Part> {
        let inputs = inputs(ink).into_iter().skip(1).take(1);
        let named = inputs.map(|input| Input {
            name: ink(name),
            ..input
        });
        named.map(Part::Input).collect()
    }

    fn parts(ink: Ink) -> Vec<Part> {
        let mut parts: Vec<Part> = inputs(ink).into_iter().map(Part::Input).collect();
        let row = |place: usize, is_single| Row {
            name: ink("c1"),
            path: ink(&format!("claims[c{place}]")),
            label: say("edit-row")
                .with("name", verbatim(ink("Claim")))
                .with("place", place),
            findings: vec![finding(ink, Severity::Warning)],
            is_single,
            is_first: place == 1,
            is_last: place == 2,
            parts: nested(ink, &format!("claims[c{place}].text")),
        };
        parts.push(Part::Rows(Rows {
            name: ink("claims"),
            label: verbatim(ink("Claims")),
            hint: verbatim(ink("Each on its own.")),
            is_required: true,
            findings: vec![finding(ink, Severity::Blocking)],
            rows: vec![row(1, false), row(2, true)],
        }));
        parts.push(Part::Group(Group {
            name: ink("licence"),
            label: verbatim(ink("Licence")),
            hint: verbatim(ink("What readers may do.")),
            findings: vec![finding(ink, Severity::Blocking)],
            parts: nested(ink, "licence.name"),
        }));
        parts
    }

    fn desk(ink: Ink) -> Desk {
        Desk {
            is_text: false,
            suggestions: Href::to([ink("suggestions")]),
            preview: Some(Preview {
                title: ink("Open-weight model"),
                language: ink("en"),
                fields: fields(ink),
                body: Some(body(ink)),
            }),
            told: say("edit-told").with("count", 3i64),
            findings: vec![finding(ink, Severity::Warning)],
        }
    }

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
            named: match name {
                "owner" => ink("Imane Roche"),
                _ => String::new(),
            },
            findings: match name {
                "definition" => vec![finding(ink, Severity::Blocking)],
                _ => Vec::new(),
            },
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
                "mail",
                "Mail",
                "",
                Control::Email(ink("a@example.org")),
                None,
            ),
            input(
                "page",
                "Page",
                "",
                Control::Web(ink("https://example.org")),
                None,
            ),
            input(
                "owner",
                "Owner",
                "",
                Control::Reference(ink("ea:person:imane")),
                None,
            ),
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
                "Words for readers.",
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
                parts: parts(ink),
                into: choices(ink, &["Define notes", "Say more"]),
                summary: Some(ink("Say what quantisation loses")),
                button: say("edit-save"),
                error: None,
                conflict: None,
                writer: ink("bruno"),
                attaching: Some(Attaching {
                    added: vec![(
                        ink("3f2c media/map.png"),
                        attached_file(ink, "media/map.png"),
                    )],
                    words: ink("A map of the models"),
                    error: None,
                }),
                desk: Some(desk(ink)),
                unsaved: Some(Unsaved {
                    when: moment(ink, "2026-11-12"),
                    action: Href::to([ink("records"), ink("edit")]),
                    hidden: vec![("csrf".to_owned(), ink("token"))],
                }),
            }
        }

        pub(crate) fn text_sample(ink: Ink) -> Self {
            Self {
                parts: vec![Part::Input(Input {
                    name: "text".to_owned(),
                    label: say("edit-text"),
                    hint: Message::default(),
                    is_required: false,
                    control: Control::Source(ink("---\ntitle: Open-weight model\n---\n")),
                    named: String::new(),
                    findings: Vec::new(),
                    error: None,
                })],
                desk: Some(Desk {
                    is_text: true,
                    preview: None,
                    ..desk(ink)
                }),
                unsaved: None,
                ..Self::sample(ink)
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
