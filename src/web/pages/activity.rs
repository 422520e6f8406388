//! What happened, in sentences.

use askama::Template;

use crate::web::language::{Message, filters};

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
    pub heading: Message,
    /// Its events, newest first.
    pub entries: Vec<Entry>,
}

/// An event as a sentence: *actor* *did* *record* *rest*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Who, or "The server".
    pub actor: Message,
    /// What they did: "approved", "requested changes to".
    pub did: Message,
    /// The record, if one is meant.
    pub record: Option<Link>,
    /// How the sentence ends: "as version 1.1.0".
    pub rest: Message,
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
    use crate::web::language::{say, verbatim};

    impl ActivityPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            let entry = |actor: &str, did, record: &str, rest, quote: &str| Entry {
                actor: verbatim(ink(actor)),
                did,
                record: (!record.is_empty()).then(|| link(ink, record)),
                rest,
                quote: ink(quote),
                when: moment(ink, "09:30"),
            };
            Self {
                page: Page::sample(ink, Some(Section::Activity)),
                days: vec![
                    Day {
                        heading: say("moment-today"),
                        entries: vec![
                            entry(
                                "Ana Ferreira",
                                say("activity-made").with("count", 1_i64),
                                "Open-weight model",
                                say("activity-made-version")
                                    .with("status", ink("active"))
                                    .with("version", ink("1.1.0")),
                                "",
                            ),
                            entry(
                                "Dana Lee",
                                say("activity-changes"),
                                "Creative coding",
                                Message::default(),
                                "The second claim repeats the first.",
                            ),
                        ],
                    },
                    Day {
                        heading: say("moment-last-day"),
                        entries: vec![entry(
                            "Eve Marchand",
                            say("activity-edited"),
                            "Graph runtime",
                            Message::default(),
                            "",
                        )],
                    },
                ],
                paging: Paging {
                    sentence: say("activity-count").with("count", 50_i64),
                    previous: None,
                    next: Some(Href::to([ink("activity")])),
                },
            }
        }
    }
}
