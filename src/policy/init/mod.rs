//! A policy for a repository that has none, proposed from what is in it.
//!
//! The caller walks the repository and tells a [`SurveyBuilder`] what it sees; [`propose`] turns the survey into the text of a policy and says what it
//! guessed and why. Nothing is known here about any register: a collection is found by where its files stand and which fields they share, a
//! status by how few values a field has, a kind by plain editorial English or by which fields stand beside the value. What is not clear becomes a
//! draft, which publishes nothing, and is said.

mod collections;
mod fields;
mod people;
mod survey;
mod words;
mod workflow;
mod write;

#[cfg(test)]
mod tests;

pub use people::parse_person;
pub use survey::{Survey, SurveyBuilder};

use super::lint::is_branch_name;

/// A policy that somebody should read before it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The text of `countersign.toml`. It reads without a refusal when the survey names people enough, else with refusals about people only.
    pub toml: String,
    /// What was guessed, most far-reaching first.
    pub guesses: Vec<Guess>,
}

/// One thing that the proposal holds and nobody said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// What was guessed, one sentence without a final full stop.
    pub what: String,
    /// What it was guessed from, one sentence without a final full stop.
    pub why: String,
}

impl Guess {
    fn new(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            why: why.into(),
        }
    }
}

/// Proposes a policy for what a survey found.
pub fn propose(survey: &Survey) -> Proposal {
    let mut guesses = Vec::new();
    let found = collections::find(survey, &mut guesses);
    let workflows = workflow::find(&found, &mut guesses);
    let branch = tell_branch(survey, &mut guesses);
    people::tell_missing(&survey.people, &mut guesses);
    Proposal {
        toml: write::policy(survey, branch, &found, &workflows),
        guesses,
    }
}

/// Returns the published branch: the one the survey names, or `main` where that is no branch name.
fn tell_branch<'a>(survey: &'a Survey, guesses: &mut Vec<Guess>) -> &'a str {
    let (branch, why) = if is_branch_name(&survey.branch) {
        (survey.branch.as_str(), "it is the branch that was surveyed")
    } else {
        ("main", "the survey names no branch")
    };
    guesses.push(Guess::new(
        format!("\"{branch}\" is the published branch"),
        why,
    ));
    branch
}
