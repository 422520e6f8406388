//! What somebody is told, in sentences: the unread first.

use askama::Template;

use super::layout::Page;
use super::parts::{Link, Moment, Paging};
use crate::web::href::Href;
use crate::web::language::{Message, filters};

/// Notices by day, those that are unread before those that are read.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "inbox/inbox.html")]
pub struct InboxPage {
    /// The frame.
    pub page: Page,
    /// What is unread.
    pub unread: Vec<Day>,
    /// What is read.
    pub read: Vec<Day>,
    /// The form that marks all of it as read; `None` where nothing is left to mark.
    pub all: Option<ReadAll>,
    /// Where one is marked.
    pub action: Href,
    /// Where it is said how one is told outside the pages.
    pub settings: Href,
    /// Where the list goes on.
    pub paging: Paging,
}

/// What is marked when all is marked: what stood there as the page was made, and nothing that came since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadAll {
    /// Up to this position of the journal.
    pub journal: i64,
    /// Up to this sequence of the chain.
    pub chain: i64,
    /// These notices besides.
    pub names: Vec<String>,
}

/// A day and its notices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// "Today", "12 November 2026".
    pub heading: Message,
    /// Its notices, newest first.
    pub rows: Vec<Row>,
}

/// A notice as a sentence: *actor* *did* *record* *rest*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is marked by.
    pub name: String,
    /// Who; empty where it tells of a day.
    pub actor: Message,
    /// What they did.
    pub did: Message,
    /// The record, and where something can be done about it.
    pub record: Link,
    /// How the sentence ends.
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
    use crate::web::language::{say, verbatim};

    impl InboxPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            let row = |actor: Message, did, rest, quote: &str| Row {
                name: ink("1f0a"),
                actor,
                did,
                record: link(ink, "Open-weight model"),
                rest,
                quote: ink(quote),
                when: moment(ink, "09:30"),
            };
            Self {
                page: Page::sample(ink, Some(Section::Inbox)),
                unread: vec![Day {
                    heading: say("moment-today"),
                    rows: vec![
                        row(
                            verbatim(ink("Dana Lee")),
                            say("inbox-changes"),
                            Message::default(),
                            "The second claim repeats the first.",
                        ),
                        row(
                            Message::default(),
                            say("inbox-overdue"),
                            say("inbox-by-day").with("day", ink("2026-11-12")),
                            "",
                        ),
                    ],
                }],
                read: vec![Day {
                    heading: say("moment-last-day"),
                    rows: vec![row(
                        verbatim(ink("Eve Marchand")),
                        say("inbox-landed").with("count", 1_i64),
                        say("inbox-as-version")
                            .with("status", ink("active"))
                            .with("version", ink("1.1.0")),
                        "",
                    )],
                }],
                all: Some(ReadAll {
                    journal: 12,
                    chain: 3,
                    names: vec![ink("overdue-1f0a")],
                }),
                action: Href::to(["r", "inbox", "read"]),
                settings: Href::to(["account", "telling"]),
                paging: Paging {
                    sentence: say("inbox-count").with("count", 50_i64),
                    previous: None,
                    next: Some(Href::to([ink("inbox")])),
                },
            }
        }

        pub(crate) fn empty_sample(ink: Ink) -> Self {
            Self {
                unread: Vec::new(),
                read: Vec::new(),
                all: None,
                paging: Paging::default(),
                ..Self::sample(ink)
            }
        }
    }
}
