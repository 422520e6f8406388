//! The history of the register: is it whole, what was lost, and who decides?

use askama::Template;

use crate::web::href::Href;
use crate::web::language::{Message, filters};

use super::layout::Page;
use super::parts::{Details, Link, Moment, Refused};
use super::releases::Event;

/// Whether the published history stands as it was known.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "history/history.html")]
pub struct HistoryPage {
    /// The frame.
    pub page: Page,
    /// The page of the register's health.
    pub back: Href,
    /// How it stands, in a sentence.
    pub state: Message,
    /// What waits for a decision, if anything does.
    pub hold: Option<Hold>,
    /// What happened and was decided, oldest first.
    pub events: Vec<Event>,
}

/// A rewritten history that waits for a decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Hold {
    /// How many approved commits are lost.
    pub count: usize,
    /// Those of them that are listed, the latest first.
    pub lost: Vec<LostRow>,
    /// How many are not listed; empty where all are.
    pub more: Message,
    /// What else is lost and new, in a sentence.
    pub rest: Message,
    /// Both ends, for those who know git.
    pub details: Details,
    /// Who decides, in a sentence.
    pub who: Message,
    /// The form, for those who decide.
    pub acts: Option<Acts>,
}

/// An approved commit that is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostRow {
    /// Its record.
    pub record: Link,
    /// What it did: "activate, version 1.0.0".
    pub what: Message,
    /// When.
    pub when: Moment,
}

/// The two choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acts {
    /// Where the form posts to.
    pub action: Href,
    /// What it sends unseen.
    pub hidden: Vec<(String, String)>,
    /// The button that gives up what is lost, and says how much that is.
    pub accept: Message,
    /// What was typed.
    pub reason: String,
    /// Why a form was refused.
    pub error: Option<Refused>,
}

#[cfg(test)]
mod samples {
    use super::super::ink::Ink;
    use super::super::layout::Section;
    use super::super::parts::samples::{link, refused};
    use super::*;
    use crate::web::language::{Value, say};
    use crate::web::moments::moment;
    use crate::web::showing::parts::details;

    impl HistoryPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            let event = |id, text: &str| Event {
                sentence: say(id).with("name", ink("Dee Moss")),
                when: moment(1_770_000_000, 1_770_100_000),
                text: text.to_owned(),
            };
            Self {
                page: Page {
                    history: Some(Href::to(["electronic-artefacts", "history"])),
                    ..Page::sample(ink, Some(Section::Health))
                },
                back: Href::to(["electronic-artefacts", "health"]),
                state: say("history-rewritten").with("branch", ink("main")),
                hold: Some(Hold {
                    count: 2,
                    lost: vec![LostRow {
                        record: link(ink, "Open-weight model"),
                        what: say("history-lost-version")
                            .with("move", ink("revise"))
                            .with("version", ink("1.1.0")),
                        when: moment(1_770_000_000, 1_770_100_000),
                    }],
                    more: say("history-more").with("count", 1_i64),
                    rest: say("history-rest").with("lost", 2_i64).with("added", 1_i64),
                    details: details([
                        (say("history-old"), ink("9ab1")),
                        (say("history-new"), ink("77de")),
                    ]),
                    who: say("history-who").with("names", Value::AnyOf(vec![ink("Dee Moss")])),
                    acts: Some(Acts {
                        action: Href::to(["electronic-artefacts", "history"]),
                        hidden: vec![("csrf".to_owned(), ink("token"))],
                        accept: say("history-accept").with("count", 2_i64),
                        reason: ink("A mirror overwrote it."),
                        error: Some(refused(ink)),
                    }),
                }),
                events: vec![
                    event("history-event-rewritten", ""),
                    event("history-event-restored", &ink("A mirror overwrote it.")),
                    event("history-event-accepted", &ink("We start from there.")),
                ],
            }
        }

        pub(crate) fn whole_sample(ink: Ink) -> Self {
            Self {
                page: Page::sample(ink, Some(Section::Health)),
                state: say("history-whole"),
                hold: None,
                events: Vec::new(),
                ..Self::sample(ink)
            }
        }

        pub(crate) fn reader_sample(ink: Ink) -> Self {
            let mut page = Self::sample(ink);
            if let Some(hold) = &mut page.hold {
                hold.count = 0;
                hold.lost.clear();
                hold.more = Message::default();
                hold.acts = None;
            }
            page
        }
    }
}
