//! Proposals: what is on its way, and what one of them changes.

use askama::Template;

use super::diff::DiffView;
use super::layout::Page;
use super::parts::{Badge, Choice, Details, Finding, Link, Moment, Refused};
use super::record::Compare;
use super::review::Remark;
use crate::publish::html::SafeHtml;
use crate::web::href::Href;
use crate::web::language::{Message, filters, say};

/// What is on its way.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "proposals/proposals.html")]
pub struct ProposalsPage {
    /// The frame.
    pub page: Page,
    /// The lists that can be shown, and which one is.
    pub states: Vec<(Link, bool)>,
    /// The last changed first.
    pub rows: Vec<Row>,
    /// What stands on other pages.
    pub older: Option<Href>,
}

/// A proposal in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its title and page.
    pub proposal: Link,
    /// Who changes what: "Imane Roche changes Open-weight model".
    pub sentence: Message,
    /// Whose turn it is; empty where nobody's.
    pub turn: Message,
    /// Whether it is the reader's.
    pub is_yours: bool,
    /// When it changed last.
    pub changed: Moment,
}

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// On its way.
    Open,
    /// Given up.
    Closed,
    /// Published as a whole.
    Landed,
    /// It changes nothing.
    Empty,
}

impl State {
    /// Every state that has a list.
    pub const LISTED: [Self; 3] = [Self::Open, Self::Landed, Self::Closed];

    /// Reads the picture's word.
    pub fn read(word: &str) -> Self {
        match word {
            "closed" => Self::Closed,
            "landed" => Self::Landed,
            "empty" => Self::Empty,
            _ => Self::Open,
        }
    }

    /// Returns its name in addresses and in the picture.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Landed => "landed",
            Self::Empty => "empty",
        }
    }

    /// Returns its word.
    pub fn word(self) -> Message {
        match self {
            Self::Open => say("proposals-open"),
            Self::Closed => say("proposals-closed"),
            Self::Landed => say("proposals-landed"),
            Self::Empty => say("proposals-empty"),
        }
    }
}

/// Which request of the git host a proposal is.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestNote {
    /// In a sentence.
    pub told: Message,
    /// What that means to whoever reads it here; empty where nothing.
    pub note: Message,
    /// Its page on the host.
    pub there: Option<Href>,
}

/// One proposal: what it changes, who must still approve, and what was said of it as a whole.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "proposals/proposal.html")]
pub struct ProposalPage {
    /// The frame.
    pub page: Page,
    /// The list.
    pub back: Href,
    /// Its title.
    pub title: String,
    /// What its author says of it.
    pub description: Option<SafeHtml>,
    /// Where it stands.
    pub state: State,
    /// Who changes what, in a sentence.
    pub sentence: Message,
    /// When it changed last.
    pub changed: Moment,
    /// Why it is not read.
    pub problem: Option<Refused>,
    /// Which request of the git host it is.
    pub request: Option<RequestNote>,
    /// Where it is brought up to date, where what is published changed under it.
    pub update: Option<Href>,
    /// Where everything that waits for the reader is looked at together.
    pub together: Option<Link>,
    /// Its records in the order of their files.
    pub records: Vec<Proposed>,
    /// What was said of it as a whole, oldest first.
    pub discussion: Vec<Remark>,
    /// What the reader may say of it.
    pub desk: Desk,
    /// What changed since the reader looked before, where it did.
    pub since: Option<Href>,
    /// Its states that one can lay side by side.
    pub compare: Compare,
    /// Its commits, the last first.
    pub commits: Vec<Commit>,
    /// The names git knows it by.
    pub details: Details,
}

/// A record of a proposal.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposed {
    /// Its title, and its page of review; the record's own once it landed.
    pub record: Link,
    /// Its collection.
    pub collection: String,
    /// Where the record stands.
    pub badge: Badge,
    /// What happens to it: "new", "revised", "renamed from notes/one.md", "removed".
    pub what: Message,
    /// Whose turn it is.
    pub turn: Message,
    /// "will be 1.1.0"; empty where no version follows.
    pub version: Message,
    /// Where it is edited, if the reader may.
    pub edit: Option<Href>,
    /// Where its file is renamed or left out, if the reader may.
    pub filing: Option<Href>,
    /// What holds it back.
    pub findings: Vec<Finding>,
    /// What changed beside what is published; `None` where that is read on its own page.
    pub diff: Option<DiffView>,
}

/// A commit of a proposal.
#[derive(Debug, Clone, PartialEq)]
pub struct Commit {
    /// Its subject.
    pub subject: String,
    /// Who wrote it.
    pub name: String,
    /// When.
    pub when: Moment,
    /// What it changed.
    pub change: Href,
}

/// What changed in a proposal from one of its commits to another.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "proposals/between.html")]
pub struct BetweenPage {
    /// The frame.
    pub page: Page,
    /// The proposal.
    pub proposal: Link,
    /// The earlier state.
    pub from: Message,
    /// The later state.
    pub to: Message,
    /// The records that differ.
    pub records: Vec<Between>,
    /// Other states to choose.
    pub compare: Compare,
}

/// A record that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Between {
    /// Its title, and its review.
    pub record: Link,
    /// What differs.
    pub diff: DiffView,
}

/// What may be said of a proposal as a whole.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "proposals/_desk.html")]
pub struct Desk {
    /// Where its forms post to.
    pub action: Href,
    /// Names and values that bind them to what was read.
    pub hidden: Vec<(String, String)>,
    /// Whether the reader may say anything.
    pub is_open_to_reader: bool,
    /// Whether it still waits for its author's word.
    pub may_ask: bool,
    /// Whether it can be closed.
    pub may_close: bool,
    /// Whether it can be taken up again.
    pub may_reopen: bool,
    /// Its title and description as they stand in the form.
    pub title: String,
    /// The description, as written.
    pub description: String,
    /// Who may be asked to look; whoever was asked last is chosen.
    pub people: Vec<Choice>,
    /// Whether the reader could take it.
    pub claim: Option<String>,
    /// Until which day, `YYYY-MM-DD`.
    pub due: String,
    /// Who was asked, until when; empty where nobody was.
    pub assigned: Message,
    /// What was typed.
    pub text: String,
    /// Why it was refused.
    pub error: Option<Refused>,
}

#[cfg(test)]
mod samples {
    use super::super::diff::samples::diff;
    use super::super::ink::Ink;
    use super::super::layout::Section;
    use super::super::parts::samples::{badge, choices, details, finding, link, moment, refused};
    use super::super::record::samples::compare;
    use super::super::review::ReviewPage;
    use super::*;
    use crate::policy::{Severity, StatusKind};
    use crate::web::language::{Value, verbatim};

    fn sentence(ink: Ink) -> Message {
        say("proposals-changes")
            .with("names", Value::AllOf(vec![ink("Imane Roche")]))
            .with("first", verbatim(ink("Open-weight model")))
            .with("others", 1i64)
    }

    impl ProposalsPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            let row = |title: &str, turn, is_yours| Row {
                proposal: link(ink, title),
                sentence: sentence(ink),
                turn,
                is_yours,
                changed: moment(ink, "2026-11-12"),
            };
            Self {
                page: Page::sample(ink, Some(Section::Proposals)),
                states: State::LISTED
                    .into_iter()
                    .map(|state| {
                        let link = Link {
                            label: state.word(),
                            href: Href::to([ink("proposals")]),
                        };
                        (link, state == State::Open)
                    })
                    .collect(),
                rows: vec![
                    row(
                        "Say what quantisation loses",
                        say("proposals-yours").with("count", 2i64),
                        true,
                    ),
                    row("Define ontologies anew", say("proposals-outdated"), false),
                ],
                older: Some(Href::to([ink("proposals")])),
            }
        }

        pub(crate) fn empty_sample(ink: Ink) -> Self {
            Self {
                rows: Vec::new(),
                older: None,
                ..Self::sample(ink)
            }
        }
    }

    fn desk(ink: Ink) -> Desk {
        Desk {
            action: Href::to([ink("decisions")]),
            hidden: vec![("csrf".to_owned(), ink("token"))],
            is_open_to_reader: true,
            may_ask: true,
            may_close: true,
            may_reopen: true,
            title: ink("Say what quantisation loses"),
            description: ink("Readers asked for it."),
            people: choices(ink, &["Tomas Verdier", "Sunniva Kell"]),
            claim: Some(ink("tomas")),
            due: ink("2026-12-01"),
            assigned: say("proposals-assigned-until")
                .with("name", ink("Tomas Verdier"))
                .with("day", ink("2026-12-01")),
            text: ink("Reads well."),
            error: Some(refused(ink)),
        }
    }

    impl BetweenPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            Self {
                page: Page::sample(ink, Some(Section::Proposals)),
                proposal: link(ink, "Say what quantisation loses"),
                from: say("between-began"),
                to: verbatim(ink("Say it better (77de12a)")),
                records: vec![Between {
                    record: link(ink, "Quantisation"),
                    diff: diff(ink),
                }],
                compare: compare(ink),
            }
        }
    }

    impl ProposalPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            let record = |place, title: &str, what| Proposed {
                record: link(ink, title),
                collection: ink("concepts"),
                badge: badge(ink, "active", StatusKind::Published, "1.0.0"),
                what,
                turn: say("queue-why-yours"),
                version: say("queue-will-be").with("version", ink("1.1.0")),
                edit: Some(Href::to([ink("edit")])),
                filing: Some(Href::to([ink("file")])),
                findings: vec![finding(ink, Severity::Blocking)],
                diff: Some(diff(ink).within(place)),
            };
            Self {
                page: Page::sample(ink, Some(Section::Proposals)),
                back: Href::to([ink("proposals")]),
                title: ink("Say what quantisation loses"),
                description: Some(SafeHtml::from_markdown(&ink("Readers **asked** for it."))),
                state: State::Open,
                sentence: sentence(ink),
                changed: moment(ink, "2026-11-12"),
                problem: Some(refused(ink)),
                request: Some(RequestNote {
                    told: say("proposals-request-of")
                        .with("number", ink("7"))
                        .with("name", ink("joe")),
                    note: say("proposals-request-note"),
                    there: Href::web("https://host.example.org/team/register/pull/7"),
                }),
                update: Some(Href::to([ink("update")])),
                together: Some(link(ink, "Look at 2 together")),
                records: vec![
                    record(1, "Open-weight model", say("proposals-revised")),
                    record(
                        2,
                        "Quantisation",
                        say("proposals-renamed").with("path", ink("concepts/q.md")),
                    ),
                ],
                discussion: ReviewPage::sample(ink).discussion,
                desk: desk(ink),
                commits: vec![Commit {
                    subject: ink("Say what quantisation loses"),
                    name: ink("Imane Roche"),
                    when: moment(ink, "2026-11-12"),
                    change: Href::to([ink("between")]),
                }],
                since: Some(Href::to([ink("between")])),
                compare: compare(ink),
                details: details(ink),
            }
        }
    }
}
