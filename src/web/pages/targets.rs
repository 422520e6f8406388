//! Targets: who downstream is told, did it reach them, and what did they build?

use askama::Template;

use super::layout::{Page, Tone};
use super::parts::{Link, Moment, Refused};
use crate::web::href::Href;
use crate::web::language::{Message, filters};

/// Every target, with how it stands.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "targets/targets.html")]
pub struct TargetsPage {
    /// The frame.
    pub page: Page,
    /// The page of the register's health.
    pub back: Href,
    /// The targets, in the policy's order.
    pub targets: Vec<TargetRow>,
    /// Where the policy is edited, for those who may.
    pub policy: Option<Href>,
    /// Addresses of targets that the policy does not name any more, for those who may forget them.
    pub left: Vec<LeftEndpoint>,
}

/// The address of a target that the policy does not name any more.
#[derive(Debug, Clone, PartialEq)]
pub struct LeftEndpoint {
    /// The target's name.
    pub name: String,
    /// Where it is, without what is secret.
    pub address: String,
    /// Where it is forgotten.
    pub action: Href,
}

/// One target in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetRow {
    /// The target, by its title.
    pub target: Link,
    /// How it stands.
    pub standing: TargetStanding,
    /// What it is told, in a sentence.
    pub told: Message,
    /// What is live there; empty where nobody said.
    pub live: Message,
}

/// How a target stands.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetStanding {
    /// Whether it is well.
    pub tone: Tone,
    /// In a word: "Up to date".
    pub word: Message,
    /// In a sentence, with the mend where one is needed.
    pub sentence: Message,
}

/// One target: where it is reached, what it was sent, and what it built.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "targets/target.html")]
pub struct TargetPage {
    /// The frame.
    pub page: Page,
    /// The list of targets.
    pub back: Href,
    /// What it is.
    pub title: String,
    /// What it is told, in a sentence.
    pub told: Message,
    /// How it stands.
    pub standing: TargetStanding,
    /// Where it is reached, without what is secret; empty where no address was given.
    pub address: Message,
    /// A secret that was just made, shown this once.
    pub made: Option<String>,
    /// What came of the test, just now.
    pub tried: Option<AttemptRow>,
    /// What builds said of themselves, the latest first.
    pub builds: Vec<BuildRow>,
    /// Deliveries, the latest first.
    pub deliveries: Vec<DeliveryRow>,
    /// Earlier ones.
    pub earlier: Option<Href>,
    /// What administrators can do; `None` for everybody else.
    pub acts: Option<TargetActs>,
}

/// A delivery in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryRow {
    /// How it stands.
    pub tone: Tone,
    /// In a word: "Delivered".
    pub word: Message,
    /// Its numbers: "41", "41 to 53".
    pub numbers: Message,
    /// What it tells, and of what.
    pub what: Message,
    /// The delivery.
    pub href: Href,
    /// How often it was tried.
    pub tries: Message,
    /// When it was made.
    pub when: Moment,
}

/// What a build said of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct BuildRow {
    /// How it stands.
    pub tone: Tone,
    /// In a word: "Live".
    pub word: Message,
    /// Where it can be seen.
    pub url: String,
    /// Its log.
    pub log: String,
    /// Whose token it was said with.
    pub said_by: String,
    /// Up to which change it was built.
    pub up_to: Message,
    /// When it said so.
    pub when: Moment,
}

/// The forms of a target.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetActs {
    /// Where they are sent.
    pub action: Href,
    /// Kinds of receiver to choose from, each a link that opens its form.
    pub presets: Vec<Link>,
    /// The form of the chosen kind.
    pub form: EndpointForm,
    /// Where it is reached is known.
    pub is_set: bool,
    /// A secret can be changed here.
    pub signs: bool,
    /// The secret before signs too.
    pub has_older: bool,
    /// It rests.
    pub rests: bool,
    /// Deliveries were put aside.
    pub has_dead: bool,
    /// The numbers that were typed, of what is to be sent once more.
    pub range: (String, String),
    /// Why nothing was done.
    pub error: Option<Refused>,
}

/// The form that says where a target is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointForm {
    /// The kind, as forms name it.
    pub preset: String,
    /// The kind, for people.
    pub title: Message,
    /// How to get what the form asks for.
    pub how: Message,
    /// The fields, in order.
    pub inputs: Vec<EndpointInput>,
}

/// A field of that form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointInput {
    /// What it is called when it is sent.
    pub name: &'static str,
    /// What it is called on the page.
    pub label: Message,
    /// A hint; may be empty.
    pub hint: Message,
    /// What stands in it.
    pub value: String,
    /// It is not shown while it is typed, and not shown again.
    pub is_secret: bool,
}

/// How far a record came downstream, at one target.
#[derive(Debug, Clone, PartialEq)]
pub struct Downstream {
    /// The target.
    pub target: Link,
    /// Whether it is there.
    pub tone: Tone,
    /// In a word: "live".
    pub word: Message,
    /// Which earlier version is live meanwhile; empty where none is known.
    pub older: Message,
    /// Where the last live build can be seen; empty where it did not say.
    pub url: String,
    /// The log of the build that holds it; empty where it did not say.
    pub log: String,
}

/// One delivery with its attempts.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "targets/delivery.html")]
pub struct DeliveryPage {
    /// The frame.
    pub page: Page,
    /// The target.
    pub back: Link,
    /// Its row.
    pub delivery: DeliveryRow,
    /// What the receiver knows it by.
    pub id: String,
    /// What is sent.
    pub body: String,
    /// Each try, the latest first.
    pub attempts: Vec<AttemptRow>,
    /// When it is tried next.
    pub next: Option<Moment>,
    /// Where it is sent once more, for those who may.
    pub replay: Option<Replay>,
}

/// The form that sends a delivery once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// Where it is sent.
    pub action: Href,
    /// The number of its first event.
    pub first: String,
}

/// One try.
#[derive(Debug, Clone, PartialEq)]
pub struct AttemptRow {
    /// How it went.
    pub tone: Tone,
    /// In a word: "Taken".
    pub word: Message,
    /// In a sentence: "Answered 200 after 12 ms".
    pub sentence: Message,
    /// Why it failed, in exact words; empty where it did not.
    pub error: String,
    /// The code of why.
    pub code: String,
    /// What to do about it; empty where nothing is.
    pub next: Message,
    /// What was sent, without secrets.
    pub request: String,
    /// What was answered.
    pub answer: String,
    /// When.
    pub when: Moment,
}

#[cfg(test)]
mod samples {
    use super::super::ink::Ink;
    use super::super::layout::Section;
    use super::super::parts::samples::{moment, refused};
    use super::*;
    use crate::web::language::{say, verbatim};

    fn link(ink: Ink, label: &str) -> Link {
        Link {
            label: verbatim(ink(label)),
            href: Href::to([ink("house-rules"), ink("targets"), ink("website")]),
        }
    }

    fn standing(ink: Ink, tone: Tone) -> TargetStanding {
        TargetStanding {
            tone,
            word: say("targets-resting"),
            sentence: say("targets-resting-why").with("why", ink("the receiver answers 500")),
        }
    }

    fn delivery(ink: Ink, tone: Tone) -> DeliveryRow {
        DeliveryRow {
            tone,
            word: say("targets-dead"),
            numbers: say("targets-numbers")
                .with("first", 41_i64)
                .with("last", 53_i64),
            what: say("targets-what")
                .with("event", ink("record.updated"))
                .with("record", ink("lw:concept:provenance")),
            href: Href::to([
                ink("house-rules"),
                ink("targets"),
                ink("website"),
                ink("41"),
            ]),
            tries: say("targets-tries").with("count", 3_i64),
            when: moment(ink, "12 November 2026"),
        }
    }

    fn attempt(ink: Ink, tone: Tone) -> AttemptRow {
        AttemptRow {
            tone,
            word: say("targets-failed"),
            sentence: say("targets-answered")
                .with("status", 500_i64)
                .with("ms", 12_i64),
            error: ink("the receiver answers 500 Internal Server Error"),
            code: ink("TGT-ANSWER-001"),
            next: verbatim(ink("Read what it says.")),
            request: ink("POST builds.example/hook\nwebhook-id: evt_1"),
            answer: ink("content-type: text/plain\n\nno disk left"),
            when: moment(ink, "12 November 2026"),
        }
    }

    impl Downstream {
        pub(crate) fn sample(ink: Ink, tone: Tone) -> Self {
            Self {
                target: link(ink, "The public website"),
                tone,
                word: say("targets-record-failed"),
                older: say("targets-record-live-older").with("version", ink("1.0.0")),
                url: ink("https://register.example.org/"),
                log: ink("https://builds.example/41"),
            }
        }
    }

    impl TargetsPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            let row = |tone| TargetRow {
                target: link(ink, "The public website"),
                standing: standing(ink, tone),
                told: say("targets-told-all"),
                live: say("targets-live-version").with("commit", ink("1c002dd4b536")),
            };
            Self {
                page: Page::sample(ink, Some(Section::Health)),
                back: Href::to(["house-rules", "health"]),
                targets: vec![row(Tone::Good), row(Tone::Warning), row(Tone::Wrong)],
                policy: Some(Href::to([ink("house-rules"), ink("policy")])),
                left: vec![LeftEndpoint {
                    name: ink("old-website"),
                    address: ink("api.github.com lantern/site"),
                    action: Href::to([ink("house-rules"), ink("targets"), ink("old-website")]),
                }],
            }
        }

        pub(crate) fn empty_sample(ink: Ink) -> Self {
            Self {
                targets: Vec::new(),
                policy: None,
                left: Vec::new(),
                ..Self::sample(ink)
            }
        }
    }

    impl TargetPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            let build = |tone| BuildRow {
                tone,
                word: say("targets-build-failed"),
                url: ink("https://register.example.org/"),
                log: ink("https://builds.example/41"),
                said_by: ink("Ben <ben@example.org>"),
                up_to: say("targets-up-to").with("number", 41_i64),
                when: moment(ink, "12 November 2026"),
            };
            Self {
                page: Page::sample(ink, Some(Section::Health)),
                back: Href::to(["house-rules", "targets"]),
                title: ink("The public website"),
                told: say("targets-told-all"),
                standing: standing(ink, Tone::Wrong),
                address: say("targets-address").with("address", ink("builds.example/hook")),
                made: Some(ink("whsec_5f0a")),
                tried: Some(attempt(ink, Tone::Good)),
                builds: vec![build(Tone::Good), build(Tone::Wrong)],
                deliveries: vec![delivery(ink, Tone::Good), delivery(ink, Tone::Wrong)],
                earlier: Some(Href::to([ink("house-rules"), ink("earlier")])),
                acts: Some(TargetActs {
                    action: Href::to([ink("house-rules"), ink("targets"), ink("website")]),
                    presets: vec![link(ink, "Netlify"), link(ink, "GitHub")],
                    form: EndpointForm {
                        preset: ink("webhook"),
                        title: say("targets-preset-webhook"),
                        how: say("targets-how-webhook"),
                        inputs: vec![
                            EndpointInput {
                                name: "address",
                                label: say("targets-input-address"),
                                hint: say("targets-input-address-hint"),
                                value: ink("https://builds.example/hook"),
                                is_secret: false,
                            },
                            EndpointInput {
                                name: "secret",
                                label: say("targets-input-secret"),
                                hint: say("targets-input-secret-hint"),
                                value: String::new(),
                                is_secret: true,
                            },
                        ],
                    },
                    is_set: true,
                    signs: true,
                    has_older: true,
                    rests: true,
                    has_dead: true,
                    range: (ink("41"), ink("53")),
                    error: Some(refused(ink)),
                }),
            }
        }

        pub(crate) fn reader_sample(ink: Ink) -> Self {
            Self {
                address: Message::default(),
                made: None,
                tried: None,
                builds: Vec::new(),
                deliveries: Vec::new(),
                earlier: None,
                acts: None,
                ..Self::sample(ink)
            }
        }
    }

    impl DeliveryPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            Self {
                page: Page::sample(ink, Some(Section::Health)),
                back: link(ink, "The public website"),
                delivery: delivery(ink, Tone::Wrong),
                id: ink("evt_2f0c8b7d4c0a4f6b"),
                body: ink("{\"type\":\"record.updated\"}"),
                attempts: vec![attempt(ink, Tone::Good), attempt(ink, Tone::Wrong)],
                next: Some(moment(ink, "2026-11-12")),
                replay: Some(Replay {
                    action: Href::to([ink("house-rules"), ink("targets"), ink("website")]),
                    first: ink("41"),
                }),
            }
        }
    }
}
