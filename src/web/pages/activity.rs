//! What happened, in sentences.

use askama::Template;

use crate::web::language::filters;

use super::layout::Page;
use super::parts::{Link, Moment, Paging};

/// Events by day, newest first.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "activity/activity.html")]
pub struct ActivityPage {
    /// The frame.
    pub page: Page,
    /// The days.
    pub days: Vec<Day>,
    /// What of how many.
    pub paging: Paging,
}

/// A day and its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// "Today", "12 November 2026".
    pub heading: String,
    /// Its events, newest first.
    pub entries: Vec<Entry>,
}

/// An event as a sentence: *actor* *did* *record* *rest*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Who, or "The server".
    pub actor: String,
    /// What they did: "approved", "requested changes to".
    pub did: String,
    /// The record, if one is meant.
    pub record: Option<Link>,
    /// How the sentence ends: "as version 1.1.0".
    pub rest: String,
    /// Words that were said, if any.
    pub quote: String,
    /// When.
    pub when: Moment,
}

#[cfg(test)]
mod samples {
    use super::super::ink::Ink;
    use super::super::layout::Section;
    use super::super::parts::samples::{link, moment};
    use super::*;
    use crate::web::href::Href;

    impl ActivityPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            let entry = |actor: &str, did: &str, record: &str, rest: &str, quote: &str| Entry {
                actor: ink(actor),
                did: ink(did),
                record: (!record.is_empty()).then(|| link(ink, record)),
                rest: ink(rest),
                quote: ink(quote),
                when: moment(ink, "09:30"),
            };
            Self {
                page: Page::sample(ink, Some(Section::Activity)),
                days: vec![
                    Day {
                        heading: ink("Today"),
                        entries: vec![
                            entry(
                                "Ana Ferreira",
                                "made",
                                "Open-weight model",
                                "active as version 1.1.0",
                                "",
                            ),
                            entry(
                                "Dana Lee",
                                "requested changes to",
                                "Creative coding",
                                "",
                                "The second claim repeats the first.",
                            ),
                        ],
                    },
                    Day {
                        heading: ink("Yesterday"),
                        entries: vec![entry(
                            "Eve Marchand",
                            "changed",
                            "Graph runtime",
                            "outside review",
                            "",
                        )],
                    },
                ],
                paging: Paging {
                    sentence: crate::web::language::verbatim(ink("The last 50 events")),
                    previous: None,
                    next: Some(Href::to([ink("activity")])),
                },
            }
        }
    }
}
