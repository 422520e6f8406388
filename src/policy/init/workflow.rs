//! A workflow for the statuses that were found.
//!
//! Statuses that plain English knows are put in its order. An unknown one is an end when its records lack what others hold, a step before publication
//! when its records alone hold some field, such as a deadline, and else a side track of kind draft: it publishes nothing until somebody says what it is.

use indexmap::IndexMap;

use super::Guess;
use super::collections::{Found, slug};
use super::survey::ValueTally;
use super::words::{Meaning, meaning};
use crate::policy::{Approvals, StatusKind, Transition, Workflow};
use crate::record::FieldPath;

/// The values of a status field with what stands beside each.
type Values = IndexMap<String, ValueTally>;

/// The workflows of a proposal.
#[derive(Debug, Default)]
pub(super) struct Workflows {
    /// Empty when the built-in workflow serves all collections.
    pub declared: Vec<Workflow>,
    /// For each collection in order, the name of its workflow.
    pub names: Vec<String>,
}

/// Finds the workflows; collections that share most statuses share one.
pub(super) fn find(found: &[Found], guesses: &mut Vec<Guess>) -> Workflows {
    let mut shared: Vec<(String, Values)> = Vec::new();
    let mut choice: Vec<Option<usize>> = Vec::new();
    for collection in found {
        choice.push(values_of(collection).map(|values| {
            let place = shared.iter().position(|(_, other)| alike(other, values));
            let place = place.unwrap_or_else(|| {
                shared.push((collection.name.clone(), Values::new()));
                shared.len() - 1
            });
            add_values(&mut shared[place].1, values);
            place
        }));
    }
    let built_in = Workflow::editorial();
    let mut declared: Vec<Workflow> = shared
        .iter()
        .map(|(name, values)| propose(name, values, guesses))
        .collect();
    if let [only] = declared.as_mut_slice()
        && choice.iter().all(Option::is_some)
    {
        only.name.clone_from(&built_in.name);
    }
    let mut fallback = built_in;
    while declared.iter().any(|other| other.name == fallback.name) {
        fallback.name.push_str("-text");
    }
    let names = choice
        .iter()
        .map(|place| {
            place
                .map_or(&fallback.name, |place| &declared[place].name)
                .clone()
        })
        .collect();
    if !declared.is_empty() && choice.iter().any(Option::is_none) {
        declared.push(fallback);
    }
    Workflows { declared, names }
}

fn values_of(collection: &Found) -> Option<&Values> {
    let field = collection.fields.status.as_ref()?;
    collection.folder.fields.get(field)?.values.as_ref()
}

fn alike(left: &Values, right: &Values) -> bool {
    let shared = left
        .keys()
        .filter(|value| right.contains_key(*value))
        .count();
    shared * 2 > left.len().min(right.len())
}

fn add_values(values: &mut Values, more: &Values) {
    for (text, tally) in more {
        let value = values.entry(text.clone()).or_default();
        value.count += tally.count;
        for (path, count) in &tally.beside {
            *value.beside.entry(path.clone()).or_default() += count;
        }
    }
}

/// What a status was taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// A step on the way, of any kind but ended.
    Step(StatusKind, usize),
    /// An end.
    End,
    /// Off the way, of kind draft.
    Side,
}

/// A status with its part and the fields that entering it needs.
#[derive(Debug, Clone)]
struct Seen {
    text: String,
    count: usize,
    part: Part,
    requires: Vec<FieldPath>,
}

fn propose(name: &str, values: &Values, guesses: &mut Vec<Guess>) -> Workflow {
    let mut seen: Vec<Seen> = values
        .iter()
        .map(|(text, value)| see(text, value, values, guesses))
        .collect();
    complete(&mut seen, guesses);
    seen.sort_by_key(|status| (rank(status.part), std::cmp::Reverse(status.count)));
    Draft::new(name, &seen).finish()
}

fn rank(part: Part) -> (usize, usize) {
    match part {
        Part::Step(StatusKind::Draft, order) => (0, order),
        Part::Side => (1, 0),
        Part::Step(StatusKind::Approved, order) => (2, order),
        Part::Step(StatusKind::Published, _) => (3, 0),
        Part::Step(StatusKind::Ended, _) | Part::End => (4, 0),
    }
}

/// After every step that English knows.
const LATE: usize = 1000;

fn see(text: &str, value: &ValueTally, values: &Values, guesses: &mut Vec<Guess>) -> Seen {
    let own = own_fields(text, value, values);
    let (part, guess) = match meaning(text) {
        Some(Meaning {
            kind: StatusKind::Ended,
            ..
        }) => (Part::End, None),
        Some(Meaning { kind, order }) => (Part::Step(kind, order), None),
        None if lacks_the_usual(text, value, values) => (
            Part::End,
            Some((
                "an end",
                "its records lack fields that nearly all others hold".to_owned(),
            )),
        ),
        None if !own.is_empty() => (
            Part::Step(StatusKind::Draft, LATE),
            Some((
                "a step before publication",
                format!("its records alone hold \"{}\"", own[0]),
            )),
        ),
        None => (
            Part::Side,
            Some((
                "a side track of kind draft",
                "nothing tells what it means; please say".to_owned(),
            )),
        ),
    };
    if let Some((what, why)) = guess {
        guesses.push(Guess::new(format!("the status \"{text}\" is {what}"), why));
    }
    Seen {
        text: text.to_owned(),
        count: value.count,
        part,
        requires: if matches!(part, Part::Step(StatusKind::Published, _)) {
            Vec::new()
        } else {
            own
        },
    }
}

/// Returns the fields that nearly all records of a status hold and nearly no others.
fn own_fields(text: &str, value: &ValueTally, values: &Values) -> Vec<FieldPath> {
    if value.count < 2 || values.len() < 2 {
        return Vec::new();
    }
    let elsewhere = |path: &FieldPath| -> usize {
        let others = values.iter().filter(|(other, _)| *other != text);
        others.filter_map(|(_, other)| other.beside.get(path)).sum()
    };
    let mut own: Vec<FieldPath> = value
        .beside
        .iter()
        .filter(|(path, count)| **count * 10 >= value.count * 9 && elsewhere(path) * 10 <= **count)
        .map(|(path, _)| path.clone())
        .collect();
    own.sort();
    own
}

/// Returns whether the records of a status are stubs: at least two fields that nearly all others hold are in none of them.
fn lacks_the_usual(text: &str, value: &ValueTally, values: &Values) -> bool {
    let others = || values.iter().filter(|(other, _)| *other != text);
    let records: usize = others().map(|(_, other)| other.count).sum();
    let mut usual: IndexMap<&FieldPath, usize> = IndexMap::new();
    for (path, count) in others().flat_map(|(_, other)| &other.beside) {
        *usual.entry(path).or_default() += count;
    }
    let lacking = usual
        .iter()
        .filter(|(path, count)| **count * 10 >= records * 9 && !value.beside.contains_key(**path))
        .count();
    value.count >= 3 && records >= 3 && lacking >= 2
}

/// Adds what every workflow needs: a draft to begin with and something published.
fn complete(seen: &mut Vec<Seen>, guesses: &mut Vec<Guess>) {
    let has = |seen: &[Seen], kind: StatusKind| {
        seen.iter()
            .any(|status| matches!(status.part, Part::Step(other, _) if other == kind))
    };
    if !has(seen, StatusKind::Published) {
        let approved = seen
            .iter_mut()
            .filter(|status| matches!(status.part, Part::Step(StatusKind::Approved, _)))
            .max_by_key(|status| status.count);
        match approved {
            Some(status) => {
                status.part = Part::Step(StatusKind::Published, 0);
                guesses.push(Guess::new(
                    format!("the status \"{}\" is published", status.text),
                    "no other status reads like a published one",
                ));
            }
            None => add_status(seen, "published", StatusKind::Published, guesses),
        }
    }
    if !has(seen, StatusKind::Draft) {
        add_status(seen, "draft", StatusKind::Draft, guesses);
    }
}

/// Adds a status that no record has, spelt as the others are.
fn add_status(seen: &mut Vec<Seen>, word: &str, kind: StatusKind, guesses: &mut Vec<Guess>) {
    let all = |test: fn(&str) -> bool| seen.iter().all(|status| test(&status.text));
    let capital = |text: &str| text.starts_with(char::is_uppercase);
    let mut text = if all(|text| !text.chars().any(char::is_lowercase)) {
        word.to_uppercase()
    } else if all(capital) {
        word[..1].to_uppercase() + &word[1..]
    } else {
        word.to_owned()
    };
    while seen.iter().any(|status| status.text == text) {
        text.push('-');
    }
    guesses.push(Guess::new(
        format!("a status \"{text}\" is added"),
        format!("no status that was found reads like one of kind {word}"),
    ));
    seen.push(Seen {
        text,
        count: 0,
        part: Part::Step(kind, 0),
        requires: Vec::new(),
    });
}

/// A workflow while its transitions are added.
struct Draft<'a> {
    seen: &'a [Seen],
    workflow: Workflow,
}

impl<'a> Draft<'a> {
    /// `seen` is in the order of [`rank`] and holds a draft step and a published one.
    fn new(name: &str, seen: &'a [Seen]) -> Self {
        let kind = |part| match part {
            Part::Step(kind, _) => kind,
            Part::End => StatusKind::Ended,
            Part::Side => StatusKind::Draft,
        };
        let statuses = seen
            .iter()
            .map(|status| (status.text.clone(), kind(status.part)));
        Self {
            seen,
            workflow: Workflow {
                name: name.to_owned(),
                initial: seen
                    .first()
                    .map(|status| status.text.clone())
                    .unwrap_or_default(),
                statuses: statuses.collect(),
                transitions: IndexMap::new(),
            },
        }
    }

    fn finish(mut self) -> Workflow {
        self.add_steps();
        self.add_revisions();
        self.add_returns();
        self.add_ends();
        self.workflow
    }

    fn steps(&self, kind: StatusKind) -> Vec<&'a Seen> {
        let seen = self.seen.iter();
        seen.filter(|status| matches!(status.part, Part::Step(other, _) if other == kind))
            .collect()
    }

    fn of_part(&self, part: Part) -> Vec<&'a Seen> {
        self.seen
            .iter()
            .filter(|status| status.part == part)
            .collect()
    }

    /// Adds the way from the first draft to each published status.
    fn add_steps(&mut self) {
        let mut before = self.workflow.initial.clone();
        let mut approved_by: Option<String> = None;
        for status in self.steps(StatusKind::Draft).into_iter().skip(1) {
            self.add(
                &named("move-to", status),
                &[&before],
                status,
                &[("reviewer", 1)],
                &[],
            );
            before.clone_from(&status.text);
        }
        for (index, status) in self.steps(StatusKind::Approved).into_iter().enumerate() {
            let name = if index == 0 {
                "approve".to_owned()
            } else {
                named("approve-as", status)
            };
            // The first approval judges the authors' text; the next ones judge the same.
            let name = self.add(&name, &[&before], status, &[("reviewer", 1)], &["author"]);
            before.clone_from(&status.text);
            approved_by = Some(name);
        }
        for (index, status) in self.steps(StatusKind::Published).into_iter().enumerate() {
            let name = if index == 0 {
                "publish".to_owned()
            } else {
                named("publish-as", status)
            };
            match &approved_by {
                Some(other) => self.add(&name, &[&before], status, &[("publisher", 1)], &[other]),
                None => self.add(
                    &name,
                    &[&before],
                    status,
                    &[("reviewer", 1), ("publisher", 1)],
                    &["author"],
                ),
            };
        }
    }

    fn add_revisions(&mut self) {
        for (index, status) in self.steps(StatusKind::Published).into_iter().enumerate() {
            let name = if index == 0 {
                "revise".to_owned()
            } else {
                named("revise", status)
            };
            let both = [("reviewer", 1), ("publisher", 1)];
            self.add(&name, &[&status.text], status, &both, &["author"]);
        }
    }

    /// Adds the ways back to the beginning, and those to and from the side tracks.
    fn add_returns(&mut self) {
        let Some(initial) = self.seen.first() else {
            return;
        };
        let drafts = texts(&self.steps(StatusKind::Draft));
        let later: Vec<&str> = drafts[1..]
            .iter()
            .copied()
            .chain(texts(&self.steps(StatusKind::Approved)))
            .collect();
        if !later.is_empty() {
            let name = self.add("return", &later, initial, &[("reviewer", 1)], &[]);
            self.ask_reason(&name);
        }
        let sides = self.of_part(Part::Side);
        for status in &sides {
            self.add(
                &named("move-to", status),
                &drafts,
                status,
                &[("reviewer", 1)],
                &[],
            );
        }
        if !sides.is_empty() {
            self.add("reopen", &texts(&sides), initial, &[("reviewer", 1)], &[]);
        }
    }

    fn add_ends(&mut self) {
        let mut from = texts(&self.steps(StatusKind::Draft));
        from.extend(texts(&self.of_part(Part::Side)));
        from.extend(texts(&self.steps(StatusKind::Published)));
        for status in self.of_part(Part::End) {
            let name = self.add(
                &named("move-to", status),
                &from,
                status,
                &[("publisher", 1)],
                &[],
            );
            self.ask_reason(&name);
        }
    }

    /// Adds a transition and returns its name, which gets a number where it is taken.
    fn add(
        &mut self,
        name: &str,
        from: &[&str],
        to: &Seen,
        approvals: &[(&str, u32)],
        not: &[&str],
    ) -> String {
        let taken = |name: &String| self.workflow.transitions.contains_key(name);
        let mut free = name.to_owned();
        let mut number = 1;
        while taken(&free) {
            number += 1;
            free = format!("{name}-{number}");
        }
        let requires = if from == [to.text.as_str()] {
            &[][..]
        } else {
            &to.requires
        };
        let transition = Transition {
            name: free.clone(),
            from: from.iter().map(|status| (*status).to_owned()).collect(),
            to: to.text.clone(),
            approvals: Approvals {
                by_role: approvals
                    .iter()
                    .map(|(role, count)| ((*role).to_owned(), *count))
                    .collect(),
                not_author: not.contains(&"author"),
                not_same_as: not
                    .iter()
                    .filter(|name| **name != "author")
                    .map(|name| (*name).to_owned())
                    .collect(),
            },
            more: Vec::new(),
            reason_required: false,
            requires: requires.to_vec(),
            set: IndexMap::new(),
            writes_version: false,
        };
        self.workflow.transitions.insert(free.clone(), transition);
        free
    }

    fn ask_reason(&mut self, name: &str) {
        if let Some(transition) = self.workflow.transitions.get_mut(name) {
            transition.reason_required = true;
        }
    }
}

fn texts<'a>(statuses: &[&'a Seen]) -> Vec<&'a str> {
    statuses.iter().map(|status| status.text.as_str()).collect()
}

/// Returns a transition's name from a verb and the status it leads to.
fn named(verb: &str, status: &Seen) -> String {
    let slug: String = slug(&status.text).chars().take(40).collect();
    match slug.trim_end_matches('-') {
        "" => format!("{verb}-other"),
        slug => format!("{verb}-{slug}"),
    }
}
