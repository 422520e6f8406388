//! The first page of a repository: what would its policy be, and who are its people?

use askama::Template;

use super::layout::Page;
use super::parts::Refused;
use crate::web::href::Href;
use crate::web::language::{Message, filters, say};

/// Who, by which rules, and the button that adopts.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "set_up/set_up.html")]
pub struct SetUpPage {
    /// The frame.
    pub page: Page,
    /// Where the form posts to.
    pub action: Href,
    /// Whether the first people are asked for; a policy that lies there names them itself.
    pub asks_people: bool,
    /// The operator, then the first people.
    pub people: Vec<PersonInput>,
    /// The policy.
    pub policy_text: String,
    /// What the server remembers its own text by.
    pub written: String,
    /// Whether the text was changed by hand and would be lost.
    pub is_by_hand: bool,
    /// Whether the text was just written from the people.
    pub was_written: bool,
    /// What was guessed, and from what.
    pub guesses: Vec<(String, String)>,
    /// What is wrong with the text; `None` before anybody was named, when much must be.
    pub faults: Option<Vec<Fault>>,
    /// Why nothing was done.
    pub error: Option<Refused>,
}

impl SetUpPage {
    /// Returns whether something wrong with the text stands on the page.
    pub fn has_faults(&self) -> bool {
        self.faults
            .as_ref()
            .is_some_and(|faults| !faults.is_empty())
    }
}

/// One row of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonInput {
    /// Its number; the operator's is 0.
    pub index: usize,
    /// The name as typed.
    pub name: String,
    /// The address as typed.
    pub address: String,
    /// Every role.
    pub roles: Vec<Ticked>,
}

/// A role that may be ticked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticked {
    /// The policy's word for it.
    pub role: &'static str,
    /// Whether it is ticked.
    pub is_on: bool,
}

impl Ticked {
    /// Returns what the role is for, in words.
    pub fn purpose(&self) -> Message {
        match self.role {
            "author" => say("set-up-author"),
            "reviewer" => say("set-up-reviewer"),
            "publisher" => say("set-up-publisher"),
            _ => say("set-up-administrator"),
        }
    }
}

/// Something wrong with the policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// Line and column, if they are known.
    pub place: Message,
    /// What, and what to do.
    pub refused: Refused,
}

/// The repository is adopted.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "set_up/adopted.html")]
pub struct AdoptedPage {
    /// The frame.
    pub page: Page,
    /// What the register calls itself.
    pub title: String,
    /// The register.
    pub onward: Href,
    /// Where the operator, who is signed in, chooses a password; `None` where the policy does not name them.
    pub account: Option<Href>,
    /// A link for everybody else, shown once.
    pub links: Vec<PersonLink>,
    /// Files of a working copy that could not be brought up to date, and why.
    pub left_alone: Vec<(String, String)>,
    /// The fingerprint of the server's key.
    pub key: String,
}

/// A sign-in link for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonLink {
    /// Their name.
    pub name: String,
    /// Their address.
    pub address: String,
    /// The link, whole.
    pub link: String,
}

#[cfg(test)]
mod samples {
    use super::super::ink::Ink;
    use super::super::parts::samples::refused;
    use super::*;
    use crate::web::language::verbatim;

    impl SetUpPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            let person = |index, name: &str, address: &str, on: &[&str]| PersonInput {
                index,
                name: ink(name),
                address: ink(address),
                roles: ["author", "reviewer", "publisher", "administrator"]
                    .map(|role| Ticked {
                        role,
                        is_on: on.contains(&role),
                    })
                    .to_vec(),
            };
            Self {
                page: Page {
                    person: None,
                    ..Page::sample(ink, None)
                },
                action: Href::to(["set-up", "secret"]),
                asks_people: true,
                people: vec![
                    person(0, "Dee Moss", "dee@example.org", &["administrator"]),
                    person(1, "Ana Ferreira", "ana@example.org", &["reviewer"]),
                    person(2, "", "", &[]),
                ],
                policy_text: ink(
                    "title = \"Register of Concepts\"\nbranch = \"main\"\n\n[collections.concepts]\npaths = [\"records/concepts/*.md\"]\n",
                ),
                written: String::new(),
                is_by_hand: true,
                was_written: true,
                guesses: vec![(
                    ink("\"records/concepts/*.md\" is the collection concepts"),
                    ink("41 files there share the fields title, status and version"),
                )],
                faults: Some(vec![Fault {
                    place: verbatim(ink("countersign.toml:12:3")),
                    refused: refused(ink),
                }]),
                error: Some(refused(ink)),
            }
        }

        pub(crate) fn sound_sample(ink: Ink) -> Self {
            Self {
                asks_people: false,
                is_by_hand: false,
                was_written: false,
                guesses: Vec::new(),
                faults: Some(Vec::new()),
                error: None,
                ..Self::sample(ink)
            }
        }
    }

    impl AdoptedPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            let link = |name: &str, address: &str| PersonLink {
                name: ink(name),
                address: ink(address),
                link: ink("https://register.example.org/3f1d0c5a9b7e4d21"),
            };
            Self {
                page: Page {
                    person: None,
                    ..Page::sample(ink, None)
                },
                title: ink("Register of Concepts"),
                onward: Href::to(["electronic-artefacts", "queue"]),
                account: Some(Href::to(["account"])),
                links: vec![
                    link("Ana Ferreira", "ana@example.org"),
                    link("Bruno Keller", "bruno@example.org"),
                ],
                left_alone: vec![(ink("countersign.toml"), ink("it was edited"))],
                key: ink("SHA256:uNiVztksCsDhcc0u9e8BrrS"),
            }
        }
    }
}
