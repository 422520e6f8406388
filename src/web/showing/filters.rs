//! A question in words: what its form offers, and each filter as something that can be taken away.

use crate::index::Count;
use crate::policy::{Policy, Severity};
use crate::web::filters::{Filters, ORDERS, Part, SEVERITIES, STANDINGS};
use crate::web::href::Href;
use crate::web::language::{Message, Value, say, verbatim};
use crate::web::pages::parts::{Choice, Link};
use crate::web::pages::records::{FilterForm, FilterWord};

/// Parts that the form folds away until one of them is used.
const FOLDED: [Part; 6] = [
    Part::Person,
    Part::Locale,
    Part::Finding,
    Part::Severity,
    Part::Since,
    Part::Order,
];

/// Returns the form as the question fills it.
pub fn form(policy: &Policy, locales: &[String], asked: &Filters) -> FilterForm {
    let named = |name: &String| (name.clone(), verbatim(name));
    let people = policy
        .people
        .values()
        .map(|person| (person.key.clone(), verbatim(&person.name)));
    let select = |part, all, offered| choices(asked.get(part), all, offered);
    FilterForm {
        text: asked.get(Part::Words).to_owned(),
        collections: select(
            Part::Collection,
            say("search-all-collections"),
            policy.collections.keys().map(named).collect(),
        ),
        statuses: select(
            Part::Status,
            say("search-any-status"),
            statuses(policy).into_iter().map(named).collect(),
        ),
        standings: select(
            Part::Standing,
            say("search-anywhere"),
            worded(STANDINGS.map(|(name, _)| name), standing),
        ),
        people: select(Part::Person, say("search-anybody"), people.collect()),
        locales: select(
            Part::Locale,
            say("search-any-language"),
            locales.iter().map(named).collect(),
        ),
        severities: select(
            Part::Severity,
            say("search-any-severity"),
            worded(SEVERITIES.map(Severity::name), severity),
        ),
        orders: select(
            Part::Order,
            say("search-usual-order"),
            worded(ORDERS.map(|(name, _)| name), order),
        ),
        finding: asked.get(Part::Finding).to_owned(),
        since: asked.get(Part::Since).to_owned(),
        is_more_open: FOLDED.iter().any(|part| !asked.get(*part).is_empty()),
    }
}

type Offered = Vec<(String, Message)>;

fn worded<const N: usize>(names: [&str; N], word: fn(&str) -> Option<Message>) -> Offered {
    names
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), word(name)?)))
        .collect()
}

/// A value that is not among those offered stands with them, so that sending the form again keeps it.
fn choices(chosen: &str, all: Message, offered: Offered) -> Vec<Choice> {
    let mut choices: Vec<Choice> = std::iter::once((String::new(), all))
        .chain(offered)
        .map(|(value, label)| Choice {
            is_chosen: value == chosen,
            value,
            label,
        })
        .collect();
    if !choices.iter().any(|choice| choice.is_chosen) {
        choices.push(Choice {
            value: chosen.to_owned(),
            label: verbatim(chosen),
            is_chosen: true,
        });
    }
    choices
}

fn statuses(policy: &Policy) -> Vec<&String> {
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
    names
}

/// Returns each filter in words, with the list that it would be without it.
pub fn chosen(policy: &Policy, asked: &Filters, unknown: &[Part], list: &Href) -> Vec<FilterWord> {
    asked
        .parts()
        .map(|(part, value)| FilterWord {
            label: filter_word(policy, part, value),
            without: asked.without(part).href(list),
            is_unknown: unknown.contains(&part),
        })
        .collect()
}

fn filter_word(policy: &Policy, part: Part, value: &str) -> Message {
    let named = |id: Message, value: Option<Message>, typed: &str| {
        id.with("value", value.unwrap_or_else(|| verbatim(typed)))
    };
    match part {
        Part::Words => say("search-by-words").with("value", value),
        Part::Collection => say("search-by-collection").with("value", value),
        Part::Status => say("search-by-status").with("value", value),
        Part::Standing => named(say("search-by-standing"), standing(value), value),
        Part::Person => {
            let name = policy
                .people
                .get(value)
                .map(|person| verbatim(&person.name));
            named(say("search-by-person"), name, value)
        }
        Part::Locale => say("search-by-language").with("value", value),
        Part::Finding => say("search-by-finding").with("value", value),
        Part::Severity => named(say("search-by-severity"), severity(value), value),
        Part::Since => say("search-by-since").with("value", value),
        Part::Order => named(say("search-by-order"), order(value), value),
    }
}

fn standing(name: &str) -> Option<Message> {
    Some(match name {
        "open" => say("search-standing-open"),
        "draft" => say("search-standing-draft"),
        "validated" => say("search-standing-validated"),
        "changed" => say("search-standing-changed"),
        "settled" => say("search-standing-settled"),
        "quarantined" => say("search-standing-quarantined"),
        _ => return None,
    })
}

fn severity(name: &str) -> Option<Message> {
    Some(match name {
        "blocking" => say("search-severity-blocking"),
        "warning" => say("search-severity-warning"),
        "information" => say("search-severity-information"),
        _ => return None,
    })
}

fn order(name: &str) -> Option<Message> {
    Some(match name {
        "match" => say("search-order-match"),
        "changed" => say("search-order-changed"),
        "title" => say("search-order-title"),
        "waiting" => say("search-order-waiting"),
        _ => return None,
    })
}

/// Says kindly which value names nothing.
pub fn unknown_sentence(part: Part, value: &str) -> Message {
    let said = match part {
        Part::Collection => say("search-no-collection"),
        Part::Status => say("search-no-status"),
        Part::Person => say("search-no-person"),
        Part::Since => say("search-no-day"),
        Part::Standing
        | Part::Severity
        | Part::Words
        | Part::Locale
        | Part::Finding
        | Part::Order => say("search-no-such-value"),
    };
    said.with("value", value)
}

/// Returns a count as it is said: beyond the bound it is not known.
pub fn counted(count: Count) -> Value {
    match count {
        Count::Exactly(count) => count.into(),
        Count::More => say("search-more-than").into(),
    }
}

/// Returns links that take one filter away each, those that leave something, with what they leave.
pub fn loosened(
    policy: &Policy,
    asked: &Filters,
    left: &[(Part, Count)],
    list: &Href,
) -> Vec<Link> {
    left.iter()
        .filter(|(_, count)| !count.is_none())
        .map(|(part, count)| Link {
            label: say("search-without")
                .with("filter", filter_word(policy, *part, asked.get(*part)))
                .with("count", counted(*count)),
            href: asked.without(*part).href(list),
        })
        .collect()
}
