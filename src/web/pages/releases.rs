//! Releases: what goes out together, when, and what is in its way.

use askama::Template;

use crate::web::href::Href;
use crate::web::language::{Message, filters};

use super::layout::{Page, Tone};
use super::parts::{Link, Moment, Refused};

/// What is planned, and what became of earlier plans.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "releases/releases.html")]
pub struct ReleasesPage {
    /// The frame.
    pub page: Page,
    /// Where one is planned, if the reader may.
    pub plan: Option<Href>,
    /// Those that could still go out, the next due first.
    pub open: Vec<Row>,
    /// Those that ended, the latest first.
    pub ended: Vec<Row>,
    /// Where earlier ones stand.
    pub earlier: Option<Href>,
}

/// One release in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its title.
    pub release: Link,
    /// Where it stands, in a sentence.
    pub state: Message,
    /// How well.
    pub tone: Tone,
    /// How many texts it holds.
    pub texts: Message,
}

/// One release.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "releases/release.html")]
pub struct ReleasePage {
    /// The frame.
    pub page: Page,
    /// The list.
    pub back: Href,
    /// Its title.
    pub title: String,
    /// Why, and what readers should know.
    pub text: String,
    /// Where it stands, in a sentence.
    pub state: Message,
    /// How well.
    pub tone: Tone,
    /// Why it could not go out or was given up, in the words that were recorded; empty where nothing was.
    pub reason: String,
    /// What would happen now, or what happened: one sentence.
    pub outlook: Message,
    /// Its texts.
    pub members: Vec<Member>,
    /// References to records that it takes from readers.
    pub referrers: Vec<Referrer>,
    /// What was decided about it, oldest first.
    pub events: Vec<Event>,
    /// What the reader may do, if anything.
    pub acts: Option<Acts>,
}

/// One text of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The record, or the path where it is gone.
    pub record: Link,
    /// Where the text comes from.
    pub origin: Message,
    /// What becomes of it: "activate, as version 1.0.0 (major)".
    pub becomes: Message,
    /// What is in its way.
    pub obstacles: Vec<Message>,
    /// It is out.
    pub is_out: bool,
}

/// A reference to a record that goes from readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referrer {
    /// The record that refers.
    pub record: Link,
    /// The field, and the record it names.
    pub refers: Message,
}

/// Something that was decided about a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Who and what: "Cy Lind planned it".
    pub sentence: Message,
    /// When.
    pub when: Moment,
    /// What they said with it.
    pub text: String,
}

/// What a reader may do about a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acts {
    /// Where the form posts to.
    pub action: Href,
    /// What it sends unseen.
    pub hidden: Vec<(String, String)>,
    /// Where the plan is changed.
    pub change: Href,
    /// The button that lets it out; absent while something is in the way.
    pub release: Option<Message>,
    /// What was typed.
    pub reason: String,
    /// Why a form was refused.
    pub error: Option<Refused>,
}

/// The form of a plan.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "releases/plan.html")]
pub struct PlanPage {
    /// The frame.
    pub page: Page,
    /// What the page is for.
    pub heading: Message,
    /// Where it leads back to.
    pub back: Link,
    /// Where the form posts to.
    pub action: Href,
    /// What it sends unseen.
    pub hidden: Vec<(String, String)>,
    /// The title as typed.
    pub title: String,
    /// The text as typed.
    pub text: String,
    /// The time as typed: `2026-12-01T09:00`.
    pub due: String,
    /// What can be chosen.
    pub candidates: Vec<Candidate>,
    /// The button.
    pub button: Message,
    /// Why a form was refused.
    pub error: Option<Refused>,
}

/// A text that can go out with a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What is sent.
    pub value: String,
    /// The record's title.
    pub title: String,
    /// Collection, status and where the text comes from.
    pub facts: Message,
    /// Its page.
    pub href: Href,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

impl ReleasePage {
    fn is_ready(&self) -> bool {
        self.members
            .iter()
            .all(|member| member.obstacles.is_empty())
    }
}

#[cfg(test)]
mod samples {
    use super::super::ink::Ink;
    use super::super::layout::Section;
    use super::super::parts::samples::{link, refused};
    use super::*;
    use crate::web::language::say;
    use crate::web::moments::moment;

    fn row(ink: Ink, title: &str, state: &'static str, tone: Tone) -> Row {
        Row {
            release: link(ink, title),
            state: say(state),
            tone,
            texts: say("release-texts").with("count", 2_i64),
        }
    }

    impl ReleasesPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            Self {
                page: Page::sample(ink, Some(Section::Releases)),
                plan: Some(Href::to(["electronic-artefacts", "plan"])),
                open: vec![row(
                    ink,
                    "Winter release",
                    "release-state-planned",
                    Tone::Good,
                )],
                ended: vec![row(
                    ink,
                    "Autumn release",
                    "release-state-releasing",
                    Tone::Good,
                )],
                earlier: Some(Href::to(["electronic-artefacts", "releases"]).with("page", "2")),
            }
        }

        pub(crate) fn empty_sample(ink: Ink) -> Self {
            Self {
                plan: None,
                open: Vec::new(),
                ended: Vec::new(),
                earlier: None,
                ..Self::sample(ink)
            }
        }
    }

    impl ReleasePage {
        pub(crate) fn sample(ink: Ink) -> Self {
            let member = |title: &str, obstacles, is_out| Member {
                record: link(ink, title),
                origin: say("release-from-proposal").with("branch", ink("proposals/claims")),
                becomes: say("release-becomes-version")
                    .with("move", ink("revise"))
                    .with("from", "1.0.0")
                    .with("to", "1.1.0")
                    .with("bump", say("bump-minor")),
                obstacles,
                is_out,
            };
            Self {
                page: Page::sample(ink, Some(Section::Releases)),
                back: Href::to(["electronic-artefacts", "releases"]),
                title: ink("Winter release"),
                text: ink("What we learned this year."),
                state: say("release-state-failed"),
                tone: Tone::Wrong,
                reason: ink("nothing was released"),
                outlook: say("release-not-ready").with("count", 1_i64),
                members: vec![
                    member("Open-weight model", Vec::new(), false),
                    member("Ontology", vec![say("release-changed")], false),
                ],
                referrers: vec![Referrer {
                    record: link(ink, "Model licence"),
                    refers: say("release-refers")
                        .with("field", ink("relations"))
                        .with("record", ink("lw:concept:x")),
                }],
                events: vec![Event {
                    sentence: say("release-event-planned").with("name", ink("Cy Lind")),
                    when: moment(1_770_000_000, 1_770_100_000),
                    text: ink("As agreed."),
                }],
                acts: Some(Acts {
                    action: Href::to(["electronic-artefacts", "releases", "winter"]),
                    hidden: vec![("csrf".to_owned(), ink("token"))],
                    change: Href::to(["electronic-artefacts", "plan"]).with("release", "winter"),
                    release: None,
                    reason: ink("As agreed."),
                    error: Some(refused(ink)),
                }),
            }
        }

        pub(crate) fn ready_sample(ink: Ink) -> Self {
            let mut page = Self::sample(ink);
            page.members.truncate(1);
            page.reason = String::new();
            page.referrers.clear();
            if let Some(acts) = &mut page.acts {
                acts.release = Some(say("release-now").with("count", 1_i64));
                acts.error = None;
            }
            page
        }
    }

    impl PlanPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            Self {
                page: Page::sample(ink, Some(Section::Releases)),
                heading: say("plan-heading"),
                back: link(ink, "Releases"),
                action: Href::to(["electronic-artefacts", "plan"]),
                hidden: vec![("csrf".to_owned(), ink("token"))],
                title: ink("Winter release"),
                text: ink("What we learned this year."),
                due: ink("2026-12-01T09:00"),
                candidates: vec![Candidate {
                    value: ink("0 notes/one.md"),
                    title: ink("Open-weight model"),
                    facts: say("plan-published")
                        .with("collection", ink("concepts"))
                        .with("status", ink("validated")),
                    href: Href::to(["electronic-artefacts", "review", "x"]),
                    is_chosen: true,
                }],
                button: say("plan-button"),
                error: Some(refused(ink)),
            }
        }
    }
}
