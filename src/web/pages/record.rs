//! A record: what is published, and what is on its way?

use askama::Template;

use crate::web::language::{Message, filters};

use super::layout::Page;
use super::parts::{
    AttachedFile, Badge, Choice, Details, FieldRow, Finding, Link, Moment, language_tag,
};
use super::targets::Downstream;
use crate::publish::html::SafeHtml;
use crate::web::href::Href;

/// A record as readers see it, and what stands around it.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "records/record.html")]
pub struct RecordPage {
    /// The frame.
    pub page: Page,
    /// The record's title.
    pub title: String,
    /// The record's id.
    pub id: String,
    /// Its collection, a link to that part of the list.
    pub collection: Link,
    /// The language of its text, a BCP 47 tag; empty where the record does not say.
    pub language: String,
    /// Where it stands.
    pub badge: Badge,
    /// The page that readers have of it, where they have one.
    pub public: Option<Href>,
    /// Where it is changed, if the reader may.
    pub edit: Option<Href>,
    /// Where its file is renamed or taken away, if the reader may.
    pub filing: Option<Href>,
    /// Where its end is proposed: "Retire", "Supersede".
    pub endings: Vec<Link>,
    /// That its version was taken back, and why.
    pub yanked: Option<Message>,
    /// That it differs from what was approved, and where that is judged.
    pub outside_review: Option<OutsideReview>,
    /// Why the file is no record, in which case there are no fields.
    pub quarantine: Option<Quarantine>,
    /// Its fields.
    pub fields: Vec<FieldRow>,
    /// Its body.
    pub body: Option<SafeHtml>,
    /// The pictures and documents that it names.
    pub attached: Vec<AttachedFile>,
    /// What it says of other records.
    pub relations: Vec<Relation>,
    /// What other records say of it.
    pub named_by: Vec<Relation>,
    /// What the rules found.
    pub findings: Vec<Finding>,
    /// What is on its way: "Bruno Keller's revision waits for a publisher".
    pub on_its_way: Vec<Link>,
    /// How far it came downstream.
    pub downstream: Vec<Downstream>,
    /// What happened to it, newest first.
    pub history: Vec<Event>,
    /// Where older events stand.
    pub older: Option<Href>,
    /// The versions one can lay side by side; fewer than two shows no form.
    pub compare: Compare,
    /// The names git knows it by.
    pub details: Details,
}

impl RecordPage {
    fn language_tag(&self) -> Option<&str> {
        language_tag(&self.language)
    }

    fn has_relations(&self) -> bool {
        !self.relations.is_empty() || !self.named_by.is_empty()
    }
}

/// A record that differs from what was approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsideReview {
    /// Who changed what, and what readers see meanwhile.
    pub sentence: Message,
    /// Where it is countersigned or restored.
    pub review: Href,
}

/// A file that cannot be read as a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantine {
    /// The file.
    pub file: String,
    /// The line, where it is known.
    pub line: Option<u32>,
    /// The stable code.
    pub code: String,
    /// What is wrong.
    pub reason: String,
    /// What to do, where the reason tells.
    pub next: Option<String>,
    /// The lines around the fault: number, text, whether it is the one.
    pub excerpt: Vec<(u32, String, bool)>,
}

/// A relation between two records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// The predicate's label: "applies concept".
    pub label: Message,
    /// The other record's title, or its id where there is no such record.
    pub other: String,
    /// The other record's page, where there is one.
    pub href: Option<Href>,
    /// The sentence that states the relation.
    pub statement: String,
}

/// Something that happened to a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The version it made, and its page.
    pub version: Option<Link>,
    /// What happened: "Revised", "Edited".
    pub act: Message,
    /// Who wrote, who approved: "written by Bruno Keller, approved by Ana Ferreira and Dana Lee".
    pub people: Message,
    /// When.
    pub when: Moment,
}

/// A form that lays two versions side by side.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "records/_compare.html")]
pub struct Compare {
    /// Where it leads.
    pub action: Href,
    /// The older text.
    pub from: Vec<Choice>,
    /// The newer text.
    pub to: Vec<Choice>,
}

impl Compare {
    fn is_offered(&self) -> bool {
        self.from.len() > 1 || self.to.len() > 1
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use super::super::ink::Ink;
    use super::super::layout::Section;
    use super::super::layout::Tone;
    use super::super::parts::samples::{
        attached_file, badge, choices, details, fields, finding, link, moment,
    };
    use super::*;
    use crate::policy::{Severity, StatusKind};
    use crate::web::language::{Value, say, verbatim};

    pub(crate) fn body(ink: Ink) -> SafeHtml {
        SafeHtml::from_markdown(&ink(
            "## Scope\n\nThe term covers models of any size whose **weights** can be fetched by anyone. It does not ask where the data came from; the *Open Source AI Definition* does.\n\n- checkpoints and adapters\n- quantised copies\n\n> A licence may forbid what the word “open” seems to promise.\n\n## Limitations\n\nA published checkpoint says little of how it was made.\n\n| Released | Weights | Data |\n|---|---|---|\n| yes | yes | no |\n",
        ))
    }

    pub(crate) fn compare(ink: Ink) -> Compare {
        Compare {
            action: Href::to([ink("records"), ink("compare")]),
            from: choices(ink, &["1.0.0", "1.1.0"]),
            to: choices(ink, &["1.1.0", "1.0.0"]),
        }
    }

    fn relation(ink: Ink, label: &str, other: &str, statement: &str) -> Relation {
        Relation {
            label: verbatim(ink(label)),
            other: ink(other),
            href: (!statement.is_empty()).then(|| Href::to([ink("records"), ink(other)])),
            statement: ink(statement),
        }
    }

    impl RecordPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            let names = |name: &str| Value::AllOf(vec![ink(name)]);
            let event = |version: Option<&str>, status: &str, when: &str| Event {
                version: version.map(|version| link(ink, version)),
                act: say("record-attested")
                    .with("move", ink("Revise"))
                    .with("status", ink(status)),
                people: say("record-attested-by")
                    .with("wrote", names("Bruno Keller"))
                    .with("approved", names("Dana Lee")),
                when: moment(ink, when),
            };
            Self {
                page: Page::sample(ink, Some(Section::Records)),
                title: ink("Open-weight model"),
                id: ink("ea:concept:open-weight-model"),
                collection: link(ink, "concepts"),
                language: ink("en"),
                badge: badge(ink, "active", StatusKind::Published, "1.1.0"),
                public: Some(Href::to([ink("public"), ink("record")])),
                edit: Some(Href::to([ink("records"), ink("edit")])),
                filing: Some(Href::to([ink("file")])),
                endings: vec![link(ink, "Retire")],
                yanked: Some(
                    say("record-yanked-good")
                        .with("version", ink("1.0.1"))
                        .with("reason", ink("It named the wrong licence."))
                        .with("good", ink("1.0.0")),
                ),
                outside_review: None,
                quarantine: None,
                fields: fields(ink),
                body: Some(body(ink)),
                attached: vec![attached_file(ink, "media/map.png")],
                relations: vec![
                    relation(
                        ink,
                        "broader",
                        "Large language model",
                        "Many open-weight models are large language models.",
                    ),
                    relation(ink, "related to", "quantisation", ""),
                ],
                named_by: vec![relation(
                    ink,
                    "applies concept",
                    "VASTE",
                    "VASTE runs open-weight models on its own machines.",
                )],
                findings: vec![finding(ink, Severity::Warning)],
                on_its_way: vec![Link {
                    label: say("record-review").with("status", ink("active")),
                    href: Href::to([ink("reviews")]),
                }],
                downstream: vec![
                    Downstream::sample(ink, Tone::Good),
                    Downstream::sample(ink, Tone::Wrong),
                ],
                history: vec![
                    event(Some("1.1.0"), "active", "2026-11-12"),
                    event(Some("1.0.0"), "active", "2026-06-24"),
                    event(None, "validated", "2026-06-22"),
                    Event {
                        version: None,
                        act: say("record-edited"),
                        people: say("record-edited-by").with("name", ink("Eve Marchand")),
                        when: moment(ink, "2026-06-20"),
                    },
                ],
                older: Some(Href::to([ink("records"), ink("history")])),
                compare: compare(ink),
                details: details(ink),
            }
        }

        pub(crate) fn outside_sample(ink: Ink) -> Self {
            let mut page = Self::sample(ink);
            page.outside_review = Some(OutsideReview {
                sentence: say("record-outside-version").with("version", ink("1.1.0")),
                review: Href::to([ink("reviews"), ink("open-weight-model")]),
            });
            page
        }

        pub(crate) fn quarantined_sample(ink: Ink) -> Self {
            let mut page = Self::sample(ink);
            page.title = ink("records/concepts/open-weight-model.md");
            page.quarantine = Some(Quarantine {
                file: ink("records/concepts/open-weight-model.md"),
                line: Some(4),
                code: "REC-YAML-003".to_owned(),
                reason: ink("The key “status” stands twice in this file, on lines 3 and 4"),
                next: Some(ink("Remove one of the two")),
                excerpt: vec![
                    (3, ink("status: draft"), false),
                    (4, ink("status: active"), true),
                    (5, ink("version: 1.1.0"), false),
                ],
            });
            page.edit = None;
            page.fields.clear();
            page.body = None;
            page.relations.clear();
            page
        }
    }
}
