//! The list of records.

use askama::Template;

use crate::web::language::{Message, filters};

use super::layout::Page;
use super::parts::{Badge, Choice, Link, Moment, Paging};
use crate::web::href::Href;

/// Records, filtered.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "records/records.html")]
pub struct RecordsPage {
    /// The frame.
    pub page: Page,
    /// Where the filter's form leads.
    pub action: Href,
    /// Collections, "all" first.
    pub collections: Vec<Choice>,
    /// Statuses, "all" first.
    pub statuses: Vec<Choice>,
    /// The text searched for, as typed.
    pub text: String,
    /// Whether any filter is set.
    pub is_filtered: bool,
    /// The rows.
    pub rows: Vec<RecordRow>,
    /// What of how many.
    pub paging: Paging,
    /// A link for each collection in which the reader may begin a record: "New concept".
    pub new: Vec<Link>,
}

/// A record in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRow {
    /// The record.
    pub record: Link,
    /// Its collection.
    pub collection: String,
    /// Where it stands; absent for a file that is no record.
    pub badge: Option<Badge>,
    /// What is particular: "changed outside review", "cannot be read: line 4".
    pub note: Message,
    /// When it last changed.
    pub changed: Moment,
}

#[cfg(test)]
mod samples {
    use super::super::ink::Ink;
    use super::super::layout::Section;
    use super::super::parts::samples::{badge, choices, link, moment};
    use super::*;
    use crate::policy::StatusKind;
    use crate::web::language::{say, verbatim};

    impl RecordsPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            let row = |title: &str, kind: Option<(&str, StatusKind, &str)>, note: &str| RecordRow {
                record: link(ink, title),
                collection: ink("concepts"),
                badge: kind.map(|(status, kind, version)| badge(ink, status, kind, version)),
                note: verbatim(ink(note)),
                changed: moment(ink, "12 November 2026"),
            };
            Self {
                page: Page::sample(ink, Some(Section::Records)),
                action: Href::to([ink("records")]),
                collections: choices(ink, &["concepts", "fields", "publications"]),
                statuses: choices(ink, &["draft", "validated", "active"]),
                text: ink("graph"),
                is_filtered: true,
                rows: vec![
                    row(
                        "Open-weight model",
                        Some(("active", StatusKind::Published, "1.1.0")),
                        "1.2.0-rc.1",
                    ),
                    row(
                        "Digital preservation",
                        Some(("validated", StatusKind::Approved, "0.9.0")),
                        "",
                    ),
                    row("Runtime theory", Some(("draft", StatusKind::Draft, "")), ""),
                    row(
                        "Expert system",
                        Some(("superseded", StatusKind::Ended, "1.0.2")),
                        "",
                    ),
                    row("records/concepts/graph-modeling.md", None, "4"),
                ],
                paging: Paging {
                    sentence: say("records-range")
                        .with("first", 1_i64)
                        .with("last", 5_i64)
                        .with("count", 213_i64),
                    previous: None,
                    next: Some(Href::to([ink("records")]).with("page", "2")),
                },
                new: vec![Link {
                    label: say("records-new").with("collection", ink("concepts")),
                    href: Href::to([ink("new")]),
                }],
            }
        }

        pub(crate) fn empty_sample(ink: Ink) -> Self {
            Self {
                rows: vec![],
                paging: Paging::default(),
                ..Self::sample(ink)
            }
        }
    }
}
