//! Several texts at once: what changed in each, and what became of each.

use askama::Template;

use super::diff::DiffView;
use super::layout::Page;
use super::parts::{Badge, Link, Refused, Undo};
use super::review::VersionPlan;
use crate::web::href::Href;
use crate::web::language::{Message, filters};

/// What was selected, before anything is decided.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "reviews/bulk.html")]
pub struct BulkPage {
    /// The frame.
    pub page: Page,
    /// Where the form posts to.
    pub action: Href,
    /// The queue.
    pub back: Href,
    /// What the reader may approve now, in the order of the queue.
    pub candidates: Vec<Candidate>,
    /// What was selected and is not for the reader to approve.
    pub left_out: Vec<LeftOut>,
}

/// A text that may be approved.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The record.
    pub record: Link,
    /// Its own page of review.
    pub review: Href,
    /// Its collection.
    pub collection: String,
    /// Where the record stands.
    pub badge: Badge,
    /// What approving it does.
    pub act: Message,
    /// The version to come, where one follows.
    pub version: Option<VersionPlan>,
    /// What changed.
    pub diff: DiffView,
    /// The decision about these very texts, as the form sends it.
    pub ballot: String,
}

/// A text that may not be approved by the reader, or not now.
#[derive(Debug, Clone, PartialEq)]
pub struct LeftOut {
    /// The record.
    pub record: Link,
    /// Why, if there is more to say than that nothing is asked of the reader.
    pub why: Option<Message>,
}

/// What became of each.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "reviews/report.html")]
pub struct ReportPage {
    /// The frame.
    pub page: Page,
    /// The queue.
    pub back: Href,
    /// One row for each text, in the order of the form.
    pub told: Vec<Told>,
}

/// What became of one.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The record.
    pub record: Link,
    /// What was done.
    pub done: Option<Message>,
    /// Why nothing was.
    pub refused: Option<Refused>,
    /// Whether it can be undone.
    pub undo: Undo,
}

impl ReportPage {
    fn done(&self) -> usize {
        self.told.iter().filter(|told| told.done.is_some()).count()
    }

    fn refused(&self) -> usize {
        self.told.len() - self.done()
    }
}

#[cfg(test)]
mod samples {
    use super::super::ink::Ink;
    use super::super::layout::Section;
    use super::super::parts::samples::{link, refused};
    use super::super::review::ReviewPage;
    use super::*;
    use crate::web::language::{say, verbatim};

    impl BulkPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            let review = ReviewPage::sample(ink);
            Self {
                page: Page::sample(ink, Some(Section::Queue)),
                action: Href::to(["electronic-artefacts", "bulk"]),
                back: Href::to(["electronic-artefacts", "queue"]),
                candidates: vec![Candidate {
                    record: review.record,
                    review: Href::to(["electronic-artefacts", "review", "x"]),
                    collection: review.collection,
                    badge: review.badge,
                    act: review.decision.acts[0].label.clone(),
                    version: review.version,
                    diff: review.diff,
                    ballot: ink("record=concepts%2Fmodel&token=1"),
                }],
                left_out: vec![LeftOut {
                    record: link(ink, "Creative coding"),
                    why: review.decision.may_not,
                }],
            }
        }
    }

    impl ReportPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            let done = |label: &str, undo| Told {
                record: link(ink, label),
                done: Some(say("bulk-recorded")),
                refused: None,
                undo,
            };
            let undo = Undo::Form {
                action: Href::to(["electronic-artefacts", "decisions"]),
                hidden: vec![("csrf".to_owned(), ink("token"))],
            };
            Self {
                page: Page::sample(ink, Some(Section::Queue)),
                back: Href::to(["electronic-artefacts", "queue"]),
                told: vec![
                    done("Open-weight model", undo),
                    done("Ontology", Undo::No(verbatim(ink("It is published")))),
                    Told {
                        record: link(ink, "Model licence"),
                        done: None,
                        refused: Some(refused(ink)),
                        undo: Undo::Nothing,
                    },
                ],
            }
        }
    }
}
