//! The small things that stand on many pages, each drawn by one partial everywhere.

use askama::Template;

use crate::web::language::{Message, filters};

use crate::policy::{Severity, StatusKind};
use crate::web::href::Href;
use crate::web::language::say;

/// A record's badge: `active validated v1.0.0`.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "_status.html")]
pub struct Badge {
    /// The status in the policy's word.
    pub status: Message,
    /// What the status means to readers.
    pub kind: StatusKind,
    /// Further words of the badge, such as the confidence.
    pub words: Vec<String>,
    /// The version, without its `v`; absent before the first.
    pub version: Option<String>,
}

impl Badge {
    fn class(&self) -> &'static str {
        match self.kind {
            StatusKind::Draft => "draft",
            StatusKind::Approved => "approved",
            StatusKind::Published => "published",
            StatusKind::Ended => "ended",
        }
    }
}

/// A finding: what a rule found wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "_finding.html")]
pub struct Finding {
    /// How serious it is.
    pub severity: Severity,
    /// The rule's stable code.
    pub code: String,
    /// The place in words: a field, a file and its line.
    pub place: Message,
    /// Where that place is shown, if on a page.
    pub href: Option<Href>,
    /// What is wrong.
    pub message: String,
    /// What to do, if known.
    pub next: String,
}

impl Finding {
    fn class(&self) -> &'static str {
        match self.severity {
            Severity::Information => "information",
            Severity::Warning => "warning",
            Severity::Blocking => "blocking",
        }
    }

    fn word(&self) -> Message {
        match self.severity {
            Severity::Information => say("finding-note"),
            Severity::Warning => say("finding-warning"),
            Severity::Blocking => say("finding-blocking"),
        }
    }
}

/// Who must approve, in one role.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "_people.html")]
pub struct Approval {
    /// The role.
    pub role: String,
    /// How many distinct people it takes.
    pub needed: u32,
    /// Why that is more than for other changes: "A major change asks for 2 in this role".
    pub because: Vec<Message>,
    /// Who has approved these very texts, and when.
    pub given: Vec<Given>,
    /// Who else may.
    pub may: Vec<String>,
    /// Who holds the role but may not, and why: "Ana Ferreira wrote this text".
    pub may_not: Vec<Message>,
}

impl Approval {
    /// Returns whether the role has spoken.
    pub fn is_met(&self) -> bool {
        self.given.len() >= self.needed as usize
    }
}

/// One approval that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Who gave it.
    pub name: String,
    /// When.
    pub when: Moment,
}

/// A moment: for machines, and as a person would say it.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(
    source = "<time datetime=\"{{ iso|escape(\"plain\") }}\" title=\"{{ iso|escape(\"plain\") }}\">{{ words }}</time>",
    ext = "html"
)]
pub struct Moment {
    /// RFC 3339.
    pub iso: String,
    /// "3 days ago", "12 November 2026".
    pub words: Message,
}

/// A link in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it says.
    pub label: Message,
    /// Where it leads.
    pub href: Href,
}

/// One of several values a form offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub label: Message,
    /// Whether it is chosen as the page opens.
    pub is_chosen: bool,
}

/// A refusal, shown beside what caused it.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "_refusal.html")]
pub struct Refused {
    /// Its stable code.
    pub code: String,
    /// What is wrong, one sentence.
    pub cause: String,
    /// What to do now, one sentence.
    pub next: String,
}

/// Whether an act can be undone.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "_undo.html")]
pub enum Undo {
    /// There is nothing to undo.
    #[default]
    Nothing,
    /// It cannot, and what can be done instead.
    No(Message),
    /// By this form.
    Form {
        /// Where it posts to.
        action: Href,
        /// What it sends.
        hidden: Vec<(String, String)>,
    },
}

/// What those who know git may want to see: a name and its value in full, behind a fold.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "_details.html")]
pub struct Details {
    /// Label and value, such as "Commit" and forty digits.
    pub lines: Vec<(Message, Message)>,
}

/// A step through a long list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "_paging.html")]
pub struct Paging {
    /// What of how many is shown: "1 to 50 of 213".
    pub sentence: Message,
    /// The page before.
    pub previous: Option<Href>,
    /// The page after.
    pub next: Option<Href>,
}

/// A picture or a document that a text names.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "_attached_file.html")]
pub struct AttachedFile {
    /// The file, by its path.
    pub file: Link,
    /// Where it is shown from, where it is a picture.
    pub picture: Option<Href>,
    /// Whether readers do not have it yet.
    pub is_new: bool,
}

/// A field's value as readers see it.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "_value.html")]
pub enum FieldValue {
    /// Nothing was written.
    Empty,
    /// A short value.
    Text(String),
    /// A sentence or more.
    Prose(String),
    /// A link to another record or to the web.
    Link(Link),
    /// Items in order.
    List(Vec<FieldValue>),
    /// Named values.
    Map(Vec<(String, FieldValue)>),
}

/// Returns text as an id of the page: what is no letter or digit becomes its number, so that two texts never share one.
pub(super) fn id_of(prefix: &str, text: &str) -> String {
    let mut id = format!("{prefix}-");
    for character in text.chars() {
        match character {
            plain if plain.is_ascii_alphanumeric() => id.push(plain),
            other => id.push_str(&format!("-{:x}-", u32::from(other))),
        }
    }
    id
}

/// Returns a language tag that a page may carry; what has not the shape of BCP 47 is nobody's language.
pub(super) fn language_tag(language: &str) -> Option<&str> {
    let has_shape = language.len() <= 35
        && language.split('-').all(|part| {
            (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric())
        });
    has_shape.then_some(language)
}

/// A field as readers see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldRow {
    /// The field's label.
    pub label: Message,
    /// The field's path in the file, a place on the page.
    pub path: String,
    /// Its value.
    pub value: FieldValue,
}

#[cfg(test)]
pub(crate) mod samples {
    use super::super::ink::Ink;
    use super::*;
    use crate::web::language::verbatim;

    pub(crate) fn attached_file(ink: Ink, path: &str) -> AttachedFile {
        AttachedFile {
            file: link(ink, path),
            picture: Some(Href::to([ink("files"), ink("map.png")])),
            is_new: true,
        }
    }

    pub(crate) fn badge(ink: Ink, status: &str, kind: StatusKind, version: &str) -> Badge {
        Badge {
            status: verbatim(ink(status)),
            kind,
            words: vec![ink("validated")],
            version: (!version.is_empty()).then(|| ink(version)),
        }
    }

    pub(crate) fn moment(ink: Ink, words: &str) -> Moment {
        Moment {
            iso: ink("2026-11-12T09:30:00Z"),
            words: verbatim(ink(words)),
        }
    }

    pub(crate) fn link(ink: Ink, label: &str) -> Link {
        Link {
            label: verbatim(ink(label)),
            href: Href::to([ink("electronic-artefacts"), ink("records"), ink(label)]),
        }
    }

    pub(crate) fn finding(ink: Ink, severity: Severity) -> Finding {
        Finding {
            severity,
            code: "REF-001".to_owned(),
            place: say("finding-field-line")
                .with("field", ink("relations[r2].target"))
                .with("line", 41_i64),
            href: Some(Href::anchor(&ink("relations"))),
            message: ink("This relation names “quantisation”, which is no record of this register"),
            next: ink("Correct the name, or write that record first"),
        }
    }

    pub(crate) fn refused(ink: Ink) -> Refused {
        Refused {
            code: "REV-STALE-001".to_owned(),
            cause: ink("The reason is empty, and lowering the version needs one"),
            next: ink("Say in a sentence why 1.0.1 is enough"),
        }
    }

    pub(crate) fn details(ink: Ink) -> Details {
        Details {
            lines: vec![
                (
                    say("details-file"),
                    verbatim(ink("records/concepts/open-weight-model.md")),
                ),
                (
                    say("details-text-judged"),
                    verbatim(ink("3f2c9ab177de0a6b1c0f7b2f6f0f2f9c5f1f7a10")),
                ),
                (say("details-published-text"), say("details-none")),
            ],
        }
    }

    pub(crate) fn choices(ink: Ink, labels: &[&str]) -> Vec<Choice> {
        let choice = |(index, label): (usize, &&str)| Choice {
            value: ink(label),
            label: verbatim(ink(label)),
            is_chosen: index == 0,
        };
        labels.iter().enumerate().map(choice).collect()
    }

    pub(crate) fn approvals(ink: Ink) -> Vec<Approval> {
        let reviewer = Approval {
            role: ink("reviewer"),
            needed: 1,
            because: vec![],
            given: vec![Given {
                name: ink("Bruno Keller"),
                when: moment(ink, "yesterday"),
            }],
            may: vec![],
            may_not: vec![],
        };
        let publisher = Approval {
            role: ink("publisher"),
            needed: 2,
            because: vec![
                say("review-more-bump")
                    .with("bump", say("bump-major"))
                    .with("needed", 2_u32),
            ],
            given: vec![],
            may: vec![ink("Ana Ferreira"), ink("Chidi Okafor")],
            may_not: vec![say("review-approved-earlier").with("name", ink("Bruno Keller"))],
        };
        vec![reviewer, publisher]
    }

    pub(crate) fn fields(ink: Ink) -> Vec<FieldRow> {
        let row = |label: &str, value| FieldRow {
            label: verbatim(ink(label)),
            path: ink(&label.to_lowercase()),
            value,
        };
        let claims = [
            "An open-weight model can be run without asking its maker",
            "Open weights do not imply open training data",
        ];
        let claim = |text: &&str| FieldValue::Map(vec![(ink("c1"), FieldValue::Prose(ink(text)))]);
        vec![
            row(
                "Definition",
                FieldValue::Prose(ink(
                    "An open-weight model is a machine-learning model whose trained parameters are published under terms that let others run, study and adapt it, whatever is known of its training data.",
                )),
            ),
            row(
                "Disciplines",
                FieldValue::List(
                    ["Artificial intelligence", "Open source"]
                        .iter()
                        .map(|text| FieldValue::Text(ink(text)))
                        .collect(),
                ),
            ),
            row(
                "Claims",
                FieldValue::List(claims.iter().map(claim).collect()),
            ),
            row(
                "Source",
                FieldValue::Link(link(ink, "The Open Source AI Definition")),
            ),
            row("Review due", FieldValue::Empty),
        ]
    }
}
