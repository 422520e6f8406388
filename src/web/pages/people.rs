//! People and policy: who may do what?

use askama::Template;

use crate::web::language::{Message, filters};

use super::layout::Page;
use super::parts::Details;

/// The policy in words and as a matrix.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "people/people.html")]
pub struct PeoplePage {
    /// The frame.
    pub page: Page,
    /// People the policy knows.
    pub people: Vec<PersonRow>,
    /// Each role and what it is for.
    pub roles: Vec<(String, String)>,
    /// Each transition in words: "To activate a concept takes 1 publisher, who is not its validator."
    pub rules: Vec<Message>,
    /// For each collection, who may approve what; collections that are alike stand together.
    pub matrices: Vec<Matrix>,
    /// A change of the policy that has no effect yet, and why.
    pub pending: Option<Message>,
    /// The policy as it stands in the file.
    pub policy_text: String,
    /// The names git knows it by.
    pub details: Details,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// The name.
    pub name: String,
    /// The addresses.
    pub addresses: Vec<String>,
    /// Roles in words: "reviewer", "publisher of concepts".
    pub roles: Vec<Message>,
}

/// Who may approve what in one collection, or in several alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// The collection; several with commas between them.
    pub collection: String,
    /// Its transitions.
    pub transitions: Vec<String>,
    /// For each person, whether they may approve each transition, authorship apart.
    pub rows: Vec<(String, Vec<bool>)>,
}

#[cfg(test)]
mod samples {
    use super::super::ink::Ink;
    use super::super::layout::Section;
    use super::super::parts::samples::details;
    use super::*;
    use crate::web::language::{Value, say, verbatim};

    impl PeoplePage {
        pub(crate) fn sample(ink: Ink) -> Self {
            let person = |name: &str, address: &str, role: &str| PersonRow {
                name: ink(name),
                addresses: vec![ink(address)],
                roles: vec![verbatim(ink(role))],
            };
            let row = |name: &str, may: [bool; 4]| (ink(name), may.to_vec());
            Self {
                page: Page::sample(ink, Some(Section::People)),
                people: vec![
                    person("Ana Ferreira", "ana@example.org", "publisher"),
                    person("Bruno Keller", "bruno@example.org", "reviewer"),
                    person("Chidi Okafor", "chidi@example.org", "publisher of concepts"),
                ],
                roles: vec![
                    (ink("reviewer"), ink("says that a text is right")),
                    (ink("publisher"), ink("makes it public")),
                ],
                rules: vec![say("people-rule").with("rule", {
                    let takes = say("people-rule-takes")
                        .with("move", ink("Validate"))
                        .with("from", Value::AnyOf(vec![ink("draft")]))
                        .with("to", ink("validated"))
                        .with("workflow", ink("editorial"))
                        .with("takes", Value::AllOf(vec![ink("1 reviewer")]));
                    say("people-rule-not-author").with("rule", takes)
                })],
                matrices: vec![Matrix {
                    collection: ink("concepts"),
                    transitions: ["validate", "activate", "revise", "retire"]
                        .map(ink)
                        .to_vec(),
                    rows: vec![
                        row("Ana Ferreira", [false, true, true, true]),
                        row("Bruno Keller", [true, false, true, false]),
                        row("Chidi Okafor", [false, true, true, true]),
                    ],
                }],
                pending: Some(say("people-pending")),
                policy_text: ink("[workflows.editorial]\ninitial = \"draft\"\n"),
                details: details(ink),
            }
        }
    }
}
