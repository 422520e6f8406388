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
    /// The form, filled in.
    pub form: FilterForm,
    /// Each filter in words.
    pub chosen: Vec<FilterWord>,
    /// What has to be said of the question, a sentence each without its full stop.
    pub said: Vec<Message>,
    /// Whether any filter is set.
    pub is_filtered: bool,
    /// The rows.
    pub rows: Vec<RecordRow>,
    /// Where nothing fits: lists that one filter less would show.
    pub loosen: Vec<Link>,
    /// What of how many.
    pub paging: Paging,
    /// A link for each collection in which the reader may begin a record: "New concept".
    pub new: Vec<Link>,
    /// The reader's saved views.
    pub views: Views,
}

/// What the form offers and what is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterForm {
    /// The text searched for, as typed.
    pub text: String,
    /// Collections, "all" first.
    pub collections: Vec<Choice>,
    /// Statuses, "any" first.
    pub statuses: Vec<Choice>,
    /// Ways to stand, "anywhere" first.
    pub standings: Vec<Choice>,
    /// People, "anybody" first.
    pub people: Vec<Choice>,
    /// Languages, "any" first.
    pub locales: Vec<Choice>,
    /// Severities, "any" first.
    pub severities: Vec<Choice>,
    /// Orders, the usual first.
    pub orders: Vec<Choice>,
    /// The code of a finding, as typed.
    pub finding: String,
    /// Since when, as typed.
    pub since: String,
    /// Whether a filter is set that is folded away at first.
    pub is_more_open: bool,
}

/// A filter as something that can be taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterWord {
    /// What it narrows, and to what: "Collection: concepts".
    pub label: Message,
    /// The list without it.
    pub without: Href,
    /// Whether the value names nothing.
    pub is_unknown: bool,
}

/// A record in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRow {
    /// The record's title, with the words that were looked for.
    pub title: Vec<Run>,
    /// Its page.
    pub href: Href,
    /// A piece of its text around those words; empty where none were looked for.
    pub snippet: Vec<Run>,
    /// Its collection.
    pub collection: String,
    /// Where it stands; absent for a file that is no record.
    pub badge: Option<Badge>,
    /// What is particular: "changed outside review", "cannot be read: line 4".
    pub note: Message,
    /// When it last changed.
    pub changed: Moment,
}

/// A stretch of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The text.
    pub text: String,
    /// Whether it was looked for.
    pub is_hit: bool,
}

/// Searches that the reader keeps under a name.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "records/_views.html")]
pub struct Views {
    /// Those kept, by name.
    pub kept: Vec<SavedView>,
    /// Where a view is saved.
    pub save: Href,
    /// Where one is deleted.
    pub delete: Href,
    /// The question that is shown, as it would be kept.
    pub query: String,
    /// The token of the session's forms.
    pub csrf: String,
    /// Whether there is a question to keep.
    pub can_save: bool,
    /// Whether views are made and deleted here, or only led to.
    pub is_editable: bool,
}

/// A kept view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// Its name and list.
    pub link: Link,
    /// Its number.
    pub id: String,
    /// Whether it is the list that is shown.
    pub is_shown: bool,
}

#[cfg(test)]
pub(crate) mod samples {
    use super::super::ink::Ink;
    use super::super::layout::Section;
    use super::super::parts::samples::{badge, link, moment};
    use super::*;
    use crate::policy::StatusKind;
    use crate::web::language::{say, verbatim};

    pub(crate) fn said(ink: Ink, label: Message) -> Link {
        Link {
            href: link(ink, "somewhere").href,
            label,
        }
    }

    impl RecordsPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            let run = |text: &str, is_hit| Run {
                text: ink(text),
                is_hit,
            };
            let row = |title: &str, kind: Option<(&str, StatusKind, &str)>, line: &str| RecordRow {
                title: vec![run(title, false), run("graph", true)],
                href: link(ink, title).href,
                snippet: vec![
                    run("… a ", false),
                    run("graph", true),
                    run(" of records …", false),
                ],
                collection: ink("concepts"),
                badge: kind.map(|(status, kind, version)| badge(ink, status, kind, version)),
                note: match line {
                    "" => Message::default(),
                    line => say("search-unreadable-line").with("line", ink(line)),
                },
                changed: moment(ink, "2026-11-12"),
            };
            let word = |label: Message, is_unknown| FilterWord {
                label,
                without: Href::to([ink("records")]),
                is_unknown,
            };
            let choices = |all: Message, others: &[&str]| -> Vec<Choice> {
                let other = |label: &&str| Choice {
                    value: ink(label),
                    label: verbatim(ink(label)),
                    is_chosen: false,
                };
                let all = Choice {
                    value: String::new(),
                    label: all,
                    is_chosen: true,
                };
                std::iter::once(all)
                    .chain(others.iter().map(other))
                    .collect()
            };
            let nowhere = || say("search-by-collection").with("value", ink("nowhere"));
            Self {
                page: Page::sample(ink, Some(Section::Records)),
                action: Href::to([ink("records")]),
                form: FilterForm {
                    text: ink("graph"),
                    collections: choices(
                        say("search-all-collections"),
                        &["concepts", "fields", "publications"],
                    ),
                    statuses: choices(say("search-any-status"), &["draft", "active"]),
                    standings: choices(say("search-anywhere"), &[]),
                    people: choices(say("search-anybody"), &["Ana Ferreira", "Bruno Keller"]),
                    locales: choices(say("search-any-language"), &["en", "fr"]),
                    severities: choices(say("search-any-severity"), &[]),
                    orders: choices(say("search-usual-order"), &[]),
                    finding: ink("REF-001"),
                    since: ink("30d"),
                    is_more_open: true,
                },
                chosen: vec![
                    word(say("search-by-words").with("value", ink("graph")), false),
                    word(nowhere(), true),
                ],
                said: vec![say("search-no-collection").with("value", ink("nowhere"))],
                is_filtered: true,
                loosen: vec![],
                rows: vec![
                    row(
                        "Open-weight model",
                        Some(("active", StatusKind::Published, "1.1.0")),
                        "",
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
                    sentence: say("search-paging")
                        .with("first", 1_i64)
                        .with("last", 5_i64)
                        .with("count", 213_i64),
                    previous: None,
                    next: Some(Href::to([ink("records")]).with("page", "2")),
                },
                new: vec![said(
                    ink,
                    say("search-new-in").with("collection", ink("concepts")),
                )],
                views: Views::sample(ink),
            }
        }

        pub(crate) fn empty_sample(ink: Ink) -> Self {
            Self {
                rows: vec![],
                loosen: vec![said(
                    ink,
                    say("search-without")
                        .with("filter", say("search-by-language").with("value", ink("fr")))
                        .with("count", 12_i64),
                )],
                paging: Paging::default(),
                ..Self::sample(ink)
            }
        }
    }

    impl Views {
        pub(crate) fn sample(ink: Ink) -> Self {
            let view = |name: &str, is_shown| SavedView {
                link: link(ink, name),
                id: ink("7"),
                is_shown,
            };
            Self {
                kept: vec![view("Graphs to read", true), view("French drafts", false)],
                save: Href::to([ink("views")]),
                delete: Href::to([ink("views"), ink("deletion")]),
                query: ink("q=graph"),
                csrf: ink("token"),
                can_save: true,
                is_editable: true,
            }
        }
    }
}
