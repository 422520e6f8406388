//! The queue: what needs me?

use askama::Template;

use crate::web::language::{Message, filters};

use super::layout::Page;
use super::parts::{Badge, Finding, Moment, Paging};
use super::records::{SaidLink, Views};
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
    /// Texts being written.
    pub drafts: Vec<Item>,
    /// How many items each part has, those not on the page included.
    pub parts: QueueParts,
    /// The name of the one part that is shown; empty where all are.
    pub only: &'static str,
    /// The pages of that part.
    pub paging: Option<Paging>,
    /// Where there is more open than was looked at.
    pub beyond: Option<SaidLink>,
    /// The reader's saved views.
    pub views: Views,
    /// Where to begin a new record, if the reader may.
    pub new_record: Option<Href>,
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
    pub all: Option<SaidLink>,
}

/// A row: one review item.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "queue/_item.html")]
pub struct Item {
    /// The record's title.
    pub title: String,
    /// Its page of review.
    pub href: Href,
    /// Its collection.
    pub collection: String,
    /// Where the record stands.
    pub badge: Badge,
    /// What to do, a verb first: "Approve for activation".
    pub act: String,
    /// Why the reader, or who else: "You are a publisher and did not write it", "Waits for Chidi Okafor or Dana Lee".
    pub why: String,
    /// "will be 1.1.0"; empty where no version follows.
    pub version: String,
    /// Since when it waits.
    pub since: Moment,
    /// What holds it back.
    pub findings: Vec<Finding>,
}

/// An approved record whose file was removed outside review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// The record.
    pub id: String,
    /// What happened and what still counts, one sentence without its full stop.
    pub sentence: String,
    /// What brings the file back, for a shell.
    pub command: String,
}

impl QueuePage {
    /// Returns whether a part is on the page.
    fn shows(&self, part: &str) -> bool {
        self.only.is_empty() || self.only == part
    }

    /// Returns whether there is nothing on the page at all.
    fn is_empty(&self) -> bool {
        self.only.is_empty()
            && self.waiting_for_you.is_empty()
            && self.waiting_for_others.is_empty()
            && self.blocked.is_empty()
            && self.changed_outside_review.is_empty()
            && self.removed.is_empty()
            && self.drafts.is_empty()
    }
}

#[cfg(test)]
mod samples {
    use super::super::ink::Ink;
    use super::super::layout::{Notice, Section, Tone};
    use super::super::parts::samples::{badge, finding, moment};
    use super::super::records::samples::said;
    use super::*;
    use crate::policy::{Severity, StatusKind};
    use crate::web::language::verbatim;

    fn item(ink: Ink, title: &str, act: &str, why: &str, version: &str) -> Item {
        Item {
            title: ink(title),
            href: Href::to([ink("electronic-artefacts"), ink("reviews"), ink(title)]),
            collection: ink("concepts"),
            badge: badge(ink, "active", StatusKind::Published, "1.0.0"),
            act: ink(act),
            why: ink(why),
            version: ink(version),
            since: moment(ink, "6 days"),
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
                    all: Some(said(ink, "Show all 140")),
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
                    sentence: verbatim(ink("1 to 25 of 140")),
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
                text: ink("Provenance is active as version 1.2.0"),
                next: ink("Readers see it once the remote has taken it"),
            });
            page.publication_state = Some(ink(
                "Committed here, not yet published: the remote could not be reached. Next try at 14:05.",
            ));
            let mut draft = item(
                ink,
                "Runtime theory",
                "Continue writing",
                "You wrote it",
                "",
            );
            draft.badge = badge(ink, "draft", StatusKind::Draft, "");
            let mut blocked = item(
                ink,
                "Knowledge graph",
                "Mend before it can be validated",
                "1 finding holds it back",
                "will be 2.0.0",
            );
            blocked.badge = badge(ink, "draft", StatusKind::Draft, "0.3.0");
            blocked.findings = vec![finding(ink, Severity::Blocking)];
            let mut validated = item(
                ink,
                "Digital preservation",
                "Approve for activation",
                "You are a publisher, and Bruno Keller validated it",
                "will be 1.0.0",
            );
            validated.badge = badge(ink, "validated", StatusKind::Approved, "0.9.0");
            Self {
                waiting_for_you: vec![
                    item(
                        ink,
                        "Open-weight model",
                        "Approve the revision",
                        "You are a reviewer and did not write it",
                        "will be 1.1.0",
                    ),
                    validated,
                    item(
                        ink,
                        "Graph runtime",
                        "Countersign a change made outside review",
                        "You are a reviewer; somebody pushed it to the published branch",
                        "will be 1.0.1",
                    ),
                ],
                waiting_for_others: vec![item(
                    ink,
                    "Creative coding",
                    "Approve the revision",
                    "You wrote it; waits for Bruno Keller or Chidi Okafor",
                    "will be 1.0.1",
                )],
                blocked: vec![blocked],
                changed_outside_review: vec![],
                removed: vec![Removed {
                    id: ink("concepts/ontology"),
                    sentence: ink("Its file was removed; version 1.0.0 still counts"),
                    command: ink("git restore --source=77de12aa -- 'concepts/ontology.md'"),
                }],
                drafts: vec![draft],
                parts: QueueParts::sample(ink),
                only: "",
                paging: None,
                beyond: Some(said(ink, "Only the 3,000 oldest are looked at")),
                views: Views {
                    is_editable: false,
                    ..Views::sample(ink)
                },
                new_record: Some(Href::to([ink("electronic-artefacts"), ink("new")])),
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
            }
        }
    }
}
