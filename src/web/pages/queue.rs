//! The queue: what needs me?

use askama::Template;

use crate::web::language::{Message, filters};

use super::layout::Page;
use super::parts::{Badge, Finding, Link, Moment, Paging};
use super::records::Views;
use crate::web::href::Href;

/// What waits, for whom, and why.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "queue/queue.html")]
pub struct QueuePage {
    /// The frame.
    pub page: Page,
    /// What the reader can do now, oldest first.
    pub waiting_for_you: Vec<Item>,
    /// What somebody else must do.
    pub waiting_for_others: Vec<Item>,
    /// What findings hold back.
    pub blocked: Vec<Item>,
    /// Records that differ from what was approved.
    pub changed_outside_review: Vec<Item>,
    /// Approved records that no file holds any more.
    pub removed: Vec<Removed>,
    /// Records that were taken down, and that nobody ratified yet.
    pub taken_down: Vec<Removed>,
    /// Texts being written.
    pub drafts: Vec<Item>,
    /// How many items each part has, those not on the page included.
    pub parts: QueueParts,
    /// The name of the one part that is shown; empty where all are.
    pub only: &'static str,
    /// The pages of that part.
    pub paging: Option<Paging>,
    /// Where there is more open than was looked at.
    pub beyond: Option<Link>,
    /// The reader's saved views.
    pub views: Views,
    /// Where to begin a new record, if the reader may.
    pub new_record: Option<Href>,
    /// Where what is selected is looked at together.
    pub bulk: Href,
}

/// How many items each part of the queue has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueParts {
    /// Waiting for the reader.
    pub yours: QueuePart,
    /// Waiting for others.
    pub others: QueuePart,
    /// Held back.
    pub blocked: QueuePart,
    /// Changed outside review.
    pub outside: QueuePart,
    /// Being written.
    pub drafts: QueuePart,
}

/// A part of the queue as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuePart {
    /// How many items it has.
    pub total: Message,
    /// Where all of them are shown, when the page does not.
    pub all: Option<Link>,
}

/// A row: one review item.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "queue/_item.html")]
pub struct Item {
    /// The record's title.
    pub title: Message,
    /// Its page of review.
    pub href: Href,
    /// The path by which it is selected, where it may be decided about with others.
    pub select: Option<String>,
    /// The title of the proposal that the text comes from; empty for what stands on the published branch.
    pub proposal: String,
    /// Its collection.
    pub collection: Message,
    /// Where the record stands.
    pub badge: Badge,
    /// What to do, a verb first: "Approve for activation".
    pub act: Message,
    /// Why the reader, or who else: "You are a publisher and did not write it", "Waits for Chidi Okafor or Dana Lee".
    pub why: Message,
    /// "will be 1.1.0"; empty where no version follows.
    pub version: Message,
    /// Since when it waits.
    pub since: Moment,
    /// What holds it back.
    pub findings: Vec<Finding>,
}

/// An approved record that no file holds: it was removed outside review, or taken down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// The record.
    pub id: String,
    /// What happened and what still counts, one sentence without its full stop.
    pub sentence: Message,
    /// Where something is done about it.
    pub act: Link,
}

impl QueuePage {
    /// Returns whether a part is on the page.
    fn shows(&self, part: &str) -> bool {
        self.only.is_empty() || self.only == part
    }

    /// Returns whether there is anything to select.
    fn offers_selection(&self) -> bool {
        self.waiting_for_you
            .iter()
            .any(|item| item.select.is_some())
    }

    /// Returns whether there is nothing on the page at all.
    fn is_empty(&self) -> bool {
        self.only.is_empty()
            && self.waiting_for_you.is_empty()
            && self.waiting_for_others.is_empty()
            && self.blocked.is_empty()
            && self.changed_outside_review.is_empty()
            && self.removed.is_empty()
            && self.taken_down.is_empty()
            && self.drafts.is_empty()
    }
}

#[cfg(test)]
mod samples {
    use super::super::ink::Ink;
    use super::super::layout::{Notice, Section, Tone};
    use super::super::parts::Undo;
    use super::super::parts::samples::{badge, finding, link, moment, refused};
    use super::super::records::samples::said;
    use super::*;
    use crate::policy::{Severity, StatusKind};
    use crate::web::language::{Value, say, verbatim};

    fn item(ink: Ink, title: &str, act: Message, why: Message, version: &str) -> Item {
        Item {
            title: verbatim(ink(title)),
            href: Href::to([ink("electronic-artefacts"), ink("reviews"), ink(title)]),
            select: Some(ink(title)),
            proposal: ink("Say what quantisation loses"),
            collection: verbatim(ink("concepts")),
            badge: badge(ink, "active", StatusKind::Published, "1.0.0"),
            act,
            why,
            version: match version {
                "" => Message::default(),
                version => say("queue-will-be").with("version", ink(version)),
            },
            since: moment(ink, "2026-11-12"),
            findings: vec![],
        }
    }

    impl QueueParts {
        fn sample(ink: Ink) -> Self {
            let part = |total: &str| QueuePart {
                total: verbatim(ink(total)),
                all: None,
            };
            Self {
                yours: part("3"),
                others: part("1"),
                blocked: part("1"),
                outside: part("1"),
                drafts: QueuePart {
                    all: Some(said(ink, say("waiting-show-all").with("count", 140_i64))),
                    ..part("140")
                },
            }
        }
    }

    impl QueuePage {
        pub(crate) fn part_sample(ink: Ink) -> Self {
            Self {
                only: "others",
                paging: Some(Paging {
                    sentence: say("waiting-page").with("page", 1_i64).with("last", 6_i64),
                    previous: None,
                    next: Some(Href::to([ink("queue")]).with("section", "others")),
                }),
                ..Self::sample(ink)
            }
        }

        pub(crate) fn sample(ink: Ink) -> Self {
            let mut page = Page::sample(ink, Some(Section::Queue));
            page.notice = Some(Notice {
                tone: Tone::Good,
                text: say("notice-version")
                    .with("title", ink("Provenance"))
                    .with("status", ink("active"))
                    .with("version", ink("1.2.0")),
                next: say("notice-waits"),
                undo: Undo::No(say("undo-not")),
                following: Some(link(ink, "Ontology")),
            });
            page.publication_state = Some(refused(ink));
            let approve = || say("queue-act-become").with("status", ink("active"));
            let mut draft = item(
                ink,
                "Runtime theory",
                say("queue-act-draft"),
                say("queue-why-draft"),
                "",
            );
            draft.badge = badge(ink, "draft", StatusKind::Draft, "");
            let mut blocked = item(
                ink,
                "Knowledge graph",
                say("queue-act-approve").with("status", ink("validated")),
                say("queue-why-blocked").with("count", 1_i64),
                "2.0.0",
            );
            blocked.badge = badge(ink, "draft", StatusKind::Draft, "0.3.0");
            blocked.findings = vec![finding(ink, Severity::Blocking)];
            let mut validated = item(
                ink,
                "Digital preservation",
                approve(),
                say("queue-why-yours"),
                "1.0.0",
            );
            validated.badge = badge(ink, "validated", StatusKind::Approved, "0.9.0");
            Self {
                waiting_for_you: vec![
                    item(
                        ink,
                        "Open-weight model",
                        approve(),
                        say("queue-why-yours"),
                        "1.1.0",
                    ),
                    validated,
                    item(
                        ink,
                        "Graph runtime",
                        say("queue-act-outside"),
                        say("queue-why-countersign"),
                        "1.0.1",
                    ),
                ],
                waiting_for_others: vec![item(
                    ink,
                    "Creative coding",
                    approve(),
                    say("queue-why-others").with(
                        "names",
                        Value::AnyOf(vec![ink("Bruno Keller"), ink("Chidi Okafor")]),
                    ),
                    "1.0.1",
                )],
                blocked: vec![blocked],
                changed_outside_review: vec![],
                removed: vec![Removed {
                    id: ink("concepts/ontology"),
                    sentence: say("queue-removed-version")
                        .with("path", ink("concepts/ontology.md"))
                        .with("version", ink("1.0.0")),
                    act: link(ink, "Bring it back"),
                }],
                taken_down: vec![Removed {
                    id: ink("concepts/person"),
                    sentence: say("queue-down")
                        .with("name", ink("Ana Ferreira"))
                        .with("day", ink("24 June 2026"))
                        .with("until", ink("27 June 2026")),
                    act: link(ink, "Decide"),
                }],
                drafts: vec![draft],
                parts: QueueParts::sample(ink),
                only: "",
                paging: None,
                beyond: Some(said(ink, say("waiting-beyond").with("count", 4000_i64))),
                views: Views {
                    is_editable: false,
                    ..Views::sample(ink)
                },
                new_record: Some(Href::to([ink("electronic-artefacts"), ink("new")])),
                bulk: Href::to([ink("electronic-artefacts"), ink("bulk")]),
                page,
            }
        }

        pub(crate) fn empty_sample(ink: Ink) -> Self {
            Self {
                page: Page::sample(ink, Some(Section::Queue)),
                waiting_for_you: vec![],
                waiting_for_others: vec![],
                blocked: vec![],
                changed_outside_review: vec![],
                removed: vec![],
                taken_down: vec![],
                drafts: vec![],
                parts: QueueParts::sample(ink),
                only: "",
                paging: None,
                beyond: None,
                views: Views {
                    kept: vec![],
                    is_editable: false,
                    ..Views::sample(ink)
                },
                new_record: Some(Href::to([ink("electronic-artefacts"), ink("new")])),
                bulk: Href::to([ink("electronic-artefacts"), ink("bulk")]),
            }
        }
    }
}
