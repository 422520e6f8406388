//! The git host: does it tell us, and did we look?

use askama::Template;

use super::layout::{Page, Tone};
use super::parts::{Choice, Moment, Refused};
use crate::web::href::Href;
use crate::web::language::{Message, filters};

/// Where webhooks come in, and those that came.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "people/hosting.html")]
pub struct HostingPage {
    /// The frame.
    pub page: Page,
    /// The page of the register's health.
    pub back: Href,
    /// The endpoints that are on.
    pub endpoints: Vec<Endpoint>,
    /// The endpoint whose secret was just made, shown this once.
    pub made: Option<Made>,
    /// The API of the host that is asked.
    pub api: Option<ApiRow>,
    /// What was just tried through the API.
    pub tried: Vec<TriedRow>,
    /// The last webhooks, the newest first.
    pub deliveries: Vec<DeliveryRow>,
    /// What administrators can do; `None` for everybody else.
    pub acts: Option<HostingActs>,
}

/// An endpoint that is on.
#[derive(Debug, Clone, PartialEq)]
pub struct Endpoint {
    /// The kind of host: "GitHub".
    pub title: String,
    /// Its name in addresses and forms.
    pub name: String,
    /// Where its webhooks are sent.
    pub address: String,
    /// When its secret was made.
    pub changed: Moment,
    /// The secret before counts too.
    pub has_older: bool,
}

/// A secret that was just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Where the host is to send its webhooks.
    pub address: String,
    /// The secret to give the host.
    pub secret: String,
    /// What else to set there, in a sentence.
    pub how: Message,
}

/// The API of the host that is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiRow {
    /// Which, in a sentence.
    pub told: Message,
    /// The kind of host, as forms name it.
    pub name: String,
    /// Why it could not be asked last.
    pub failing: Option<Refused>,
}

/// Something that was tried through the API.
#[derive(Debug, Clone, PartialEq)]
pub struct TriedRow {
    /// How it went.
    pub tone: Tone,
    /// What: "Webhook".
    pub what: Message,
    /// What came of it; empty where it was refused.
    pub told: Message,
    /// Why it was refused.
    pub refused: Option<Refused>,
}

/// A webhook that came.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryRow {
    /// How it stands.
    pub tone: Tone,
    /// What became of it: "looked", "ignored", "refused".
    pub word: Message,
    /// The kind of host and the event in its words.
    pub event: String,
    /// What it says that moved, a line each.
    pub moved: Vec<String>,
    /// Why it was refused, or how long the look took; empty where neither is known.
    pub note: Message,
    /// When it came.
    pub when: Moment,
    /// The host's own id; empty where it gave none.
    pub delivery: String,
}

/// The forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostingActs {
    /// Where they are sent.
    pub action: Href,
    /// The kinds of host.
    pub hosts: Vec<Choice>,
    /// Those that have an API.
    pub api_hosts: Vec<Choice>,
    /// Why nothing was done.
    pub error: Option<Refused>,
}

#[cfg(test)]
mod samples {
    use super::super::ink::Ink;
    use super::super::layout::Section;
    use super::super::parts::samples::refused;
    use super::*;
    use crate::web::language::{say, verbatim};

    impl HostingPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            let moment = || Moment {
                iso: "2026-11-12T09:00:00Z".to_owned(),
                words: verbatim(ink("12 November 2026")),
            };
            let row = |tone, word, note| DeliveryRow {
                tone,
                word,
                event: ink("GitHub push"),
                moved: vec![ink("refs/heads/main 1c002dd4b536..8e5f1ab7c001")],
                note,
                when: moment(),
                delivery: ink("72d3162e-cc78-11e3-81ab-4c9367dc0958"),
            };
            Self {
                page: Page::sample(ink, Some(Section::Health)),
                back: Href::to(["house-rules", "health"]),
                endpoints: vec![Endpoint {
                    title: ink("GitHub"),
                    name: ink("github"),
                    address: ink("https://register.example.org/hooks/house-rules/github"),
                    changed: moment(),
                    has_older: true,
                }],
                made: Some(Made {
                    address: ink("https://register.example.org/hooks/house-rules/github"),
                    secret: ink("5f0a"),
                    how: say("hosting-how-github"),
                }),
                api: Some(ApiRow {
                    told: say("hosting-api-known")
                        .with("host", ink("GitHub"))
                        .with("address", ink("https://api.github.com"))
                        .with("project", ink("team/register")),
                    name: ink("github"),
                    failing: Some(refused(ink)),
                }),
                tried: vec![
                    TriedRow {
                        tone: Tone::Good,
                        what: say("hosting-tried-webhook"),
                        told: say("hosting-told-made"),
                        refused: None,
                    },
                    TriedRow {
                        tone: Tone::Wrong,
                        what: say("hosting-tried-status"),
                        told: Message::default(),
                        refused: Some(refused(ink)),
                    },
                ],
                deliveries: vec![
                    row(
                        Tone::Good,
                        say("hosting-looked"),
                        say("hosting-after").with("seconds", 0_i64),
                    ),
                    row(Tone::Good, say("hosting-ignored"), Message::default()),
                    row(
                        Tone::Wrong,
                        say("hosting-refused"),
                        verbatim(ink("it is not signed")),
                    ),
                ],
                acts: Some(HostingActs {
                    action: Href::to(["house-rules", "hosting"]),
                    hosts: vec![Choice {
                        value: ink("github"),
                        label: verbatim(ink("GitHub")),
                        is_chosen: true,
                    }],
                    api_hosts: vec![Choice {
                        value: ink("gitlab"),
                        label: verbatim(ink("GitLab")),
                        is_chosen: false,
                    }],
                    error: Some(refused(ink)),
                }),
            }
        }

        pub(crate) fn reader_sample(ink: Ink) -> Self {
            Self {
                endpoints: Vec::new(),
                made: None,
                api: None,
                tried: Vec::new(),
                deliveries: Vec::new(),
                acts: None,
                ..Self::sample(ink)
            }
        }
    }
}
