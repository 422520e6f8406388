//! A published version as it was, and two versions side by side.

use askama::Template;

use crate::web::language::{Message, filters};

use super::diff::DiffView;
use super::layout::Page;
use super::parts::{Badge, Details, FieldRow, Link, Moment, language_tag};
use super::record::Compare;
use super::review::VersionPlan;
use crate::publish::html::SafeHtml;
use crate::web::href::Href;

/// A published version: the same text for ever.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "records/version.html")]
pub struct VersionPage {
    /// The frame.
    pub page: Page,
    /// The record, a link to its latest text.
    pub record: Link,
    /// The title as it was.
    pub title: String,
    /// The language of the text; empty where the record does not say.
    pub language: String,
    /// The version.
    pub version: String,
    /// The badge as it was.
    pub badge: Badge,
    /// When it was published.
    pub published: Moment,
    /// Who wrote and who approved it.
    pub people: Message,
    /// The newer version, if there is one.
    pub newer: Option<Link>,
    /// Where the text is proposed again, for those who may.
    pub again: Option<Href>,
    /// Why the version was taken back; it still resolves.
    pub yanked: Option<Message>,
    /// Where it is taken back, for those who may take part.
    pub yank: Option<Href>,
    /// The fields as they were.
    pub fields: Vec<FieldRow>,
    /// The body as it was.
    pub body: Option<SafeHtml>,
    /// How to cite it.
    pub citation: String,
    /// The names git knows it by.
    pub details: Details,
}

impl VersionPage {
    fn language_tag(&self) -> Option<&str> {
        language_tag(&self.language)
    }
}

/// What changed between two versions.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "records/compare.html")]
pub struct ComparePage {
    /// The frame.
    pub page: Page,
    /// The record.
    pub record: Link,
    /// The older version.
    pub from: Message,
    /// The newer version.
    pub to: Message,
    /// Other versions to choose.
    pub compare: Compare,
    /// Why the version moved, where it did.
    pub version: Option<VersionPlan>,
    /// What changed.
    pub diff: DiffView,
    /// Where the order is turned round.
    pub swapped: Href,
}

#[cfg(test)]
mod samples {
    use super::super::diff::samples::diff;
    use super::super::ink::Ink;
    use super::super::layout::Section;
    use super::super::parts::samples::{badge, details, fields, link, moment};
    use super::super::record::samples::{body, compare};
    use super::super::review::samples::version_plan;
    use super::*;
    use crate::policy::StatusKind;
    use crate::web::language::{Value, say, verbatim};

    impl VersionPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            Self {
                page: Page::sample(ink, Some(Section::Records)),
                record: link(ink, "Open-weight model"),
                title: ink("Open-weight model"),
                language: ink("en"),
                version: ink("1.0.0"),
                badge: badge(ink, "active", StatusKind::Published, "1.0.0"),
                published: moment(ink, "24 June 2026"),
                people: say("versions-people")
                    .with("wrote", Value::AllOf(vec![ink("Eve Marchand")]))
                    .with("approved", Value::AllOf(vec![ink("Chidi Okafor")])),
                newer: Some(link(ink, "1.1.0")),
                again: Some(Href::to([ink("again")])),
                yanked: Some(verbatim(ink("It named the wrong licence."))),
                yank: Some(Href::to([ink("yank")])),
                fields: fields(ink),
                body: Some(body(ink)),
                citation: ink("Open-weight model. 1.0.0. Electronic Artefacts, 2026-06-24."),
                details: details(ink),
            }
        }
    }

    impl ComparePage {
        pub(crate) fn sample(ink: Ink) -> Self {
            Self {
                page: Page::sample(ink, Some(Section::Records)),
                record: link(ink, "Open-weight model"),
                from: verbatim(ink("1.0.0")),
                to: verbatim(ink("1.1.0")),
                compare: compare(ink),
                version: Some(version_plan(ink)),
                diff: diff(ink),
                swapped: Href::to([ink("records"), ink("compare")]),
            }
        }
    }
}
