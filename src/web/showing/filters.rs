//! A question in words: what its form offers, and each filter as something that can be taken away.

use crate::index::Count;
use crate::policy::Policy;
use crate::web::filters::{Filters, ORDERS, Part, SEVERITIES, STANDINGS};
use crate::web::href::Href;
use crate::web::pages::parts::{Choice, Link};
use crate::web::pages::records::{FilterForm, FilterWord};

/// Returns the form as the question fills it.
pub fn form(policy: &Policy, locales: &[String], asked: &Filters) -> FilterForm {
    let collections = policy
        .collections
        .keys()
        .map(|name| (name.clone(), name.clone()));
    let statuses = statuses(policy).map(|name| (name.clone(), name.clone()));
    let people = policy
        .people
        .values()
        .map(|person| (person.key.clone(), person.name.clone()));
    let locales = locales.iter().map(|name| (name.clone(), name.clone()));
    let more = [
        Part::Person,
        Part::Locale,
        Part::Finding,
        Part::Severity,
        Part::Since,
        Part::Order,
    ];
    FilterForm {
        text: asked.get(Part::Words).to_owned(),
        collections: choices(asked, Part::Collection, "All collections", collections),
        statuses: choices(asked, Part::Status, "Any status", statuses),
        standings: choices(
            asked,
            Part::Standing,
            "Anywhere",
            words(&STANDINGS, standing),
        ),
        people: choices(asked, Part::Person, "Anybody", people),
        locales: choices(asked, Part::Locale, "Any language", locales),
        severities: choices(
            asked,
            Part::Severity,
            "Any or none",
            SEVERITIES
                .into_iter()
                .map(|severity| (severity.name().to_owned(), severity.name().to_owned())),
        ),
        orders: choices(asked, Part::Order, "Usual order", words(&ORDERS, order)),
        finding: asked.get(Part::Finding).to_owned(),
        since: asked.get(Part::Since).to_owned(),
        is_more_open: more.iter().any(|part| !asked.get(*part).is_empty()),
    }
}

fn words<T>(
    names: &'static [(&'static str, T)],
    label: fn(&str) -> &'static str,
) -> impl Iterator<Item = (String, String)> {
    names
        .iter()
        .map(move |(name, _)| ((*name).to_owned(), label(name).to_owned()))
}

/// A value that is not among those offered stands with them, so that sending the form again keeps it.
fn choices(
    asked: &Filters,
    part: Part,
    all: &str,
    offered: impl Iterator<Item = (String, String)>,
) -> Vec<Choice> {
    let chosen = asked.get(part);
    let choice = |(value, label): (String, String)| Choice {
        is_chosen: value == chosen,
        value,
        label,
    };
    let mut choices: Vec<Choice> = std::iter::once((String::new(), all.to_owned()))
        .chain(offered)
        .map(choice)
        .collect();
    if !choices.iter().any(|choice| choice.is_chosen) {
        choices.push(choice((chosen.to_owned(), chosen.to_owned())));
    }
    choices
}

fn statuses(policy: &Policy) -> impl Iterator<Item = &String> {
    let mut names: Vec<&String> = Vec::new();
    for name in policy
        .workflows
        .values()
        .flat_map(|workflow| workflow.statuses.keys())
    {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.into_iter()
}

/// Returns each filter in words, with the list that it would be without it.
pub fn chosen(policy: &Policy, asked: &Filters, unknown: &[Part], list: &Href) -> Vec<FilterWord> {
    asked
        .parts()
        .map(|(part, value)| FilterWord {
            label: part_word(part).to_owned(),
            value: value_word(policy, part, value),
            without: asked.without(part).href(list),
            is_unknown: unknown.contains(&part),
        })
        .collect()
}

/// Returns the part's name for people.
pub fn part_word(part: Part) -> &'static str {
    match part {
        Part::Words => "Words",
        Part::Collection => "Collection",
        Part::Status => "Status",
        Part::Standing => "Stands",
        Part::Person => "Written or decided by",
        Part::Locale => "Language",
        Part::Finding => "Finding",
        Part::Severity => "Severity",
        Part::Since => "Changed since",
        Part::Order => "Order",
    }
}

fn value_word(policy: &Policy, part: Part, value: &str) -> String {
    let word = match part {
        Part::Standing if STANDINGS.iter().any(|(name, _)| *name == value) => standing(value),
        Part::Person => policy
            .people
            .get(value)
            .map_or(value, |person| person.name.as_str()),
        _ => value,
    };
    word.to_owned()
}

fn standing(name: &str) -> &'static str {
    match name {
        "open" => "In the queue",
        "draft" => "Draft, nobody asked yet",
        "validated" => "Approved, not yet published",
        "changed" => "Changed outside review",
        "settled" => "As approved",
        _ => "Cannot be read",
    }
}

fn order(name: &str) -> &'static str {
    match name {
        "match" => "Best match",
        "changed" => "Last changed",
        "waiting" => "Oldest waiting",
        _ => "Title",
    }
}

/// Says kindly which value names nothing.
pub fn unknown_sentence(part: Part, value: &str) -> String {
    match part {
        Part::Collection => format!("The policy has no collection “{value}”"),
        Part::Status => format!("No workflow of the policy has a status “{value}”"),
        Part::Person => {
            format!("The policy knows nobody called “{value}”; an address finds others")
        }
        Part::Since => format!("“{value}” is no day; write 2026-10-01, 30d or 2w"),
        _ => format!("“{value}” is nothing that records can be looked for by"),
    }
}

/// Returns a count as it is said: beyond the bound it is not known.
pub fn count_words(count: Count) -> String {
    match count {
        Count::Exactly(count) => count.to_string(),
        Count::More => "more than 10,000".to_owned(),
    }
}

/// Returns links that take one filter away each, those that leave something, with what they leave.
pub fn loosened(asked: &Filters, left: &[(Part, Count)], list: &Href) -> Vec<Link> {
    left.iter()
        .filter(|(_, count)| !count.is_none())
        .map(|(part, count)| Link {
            label: format!(
                "Without “{}: {}” {} fit",
                part_word(*part),
                asked.get(*part),
                count_words(*count)
            ),
            href: asked.without(*part).href(list),
        })
        .collect()
}
