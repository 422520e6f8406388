//! Proposals: the list, one of them, and how one is brought up to date.

mod between;
mod list;
mod page;
mod update;

pub use between::show as between;
pub use list::show as list;
pub use page::{branch_of, show, show_refused};
pub use update::{act as update, show as show_update};

use crate::policy::Policy;
use crate::review::Item;
use crate::review::queue::{Place, Section, place};
use crate::web::language::{Message, say};
use crate::web::reader::Reader;
use crate::web::showing::words::{all_of, any_of, names_of, person_of};

/// Returns whose turn it is in a proposal, and whether it is the reader's.
fn turn(reader: &Reader, items: &[&Item]) -> (Message, bool) {
    let places: Vec<Place> = items
        .iter()
        .map(|item| place(reader.policy(), item, reader.person()))
        .collect();
    let count = |section| {
        places
            .iter()
            .filter(|place| place.section == section)
            .count()
    };
    let is_outdated = |item: &&Item| item.origin.as_ref().is_some_and(|it| !it.is_current());
    let yours = count(Section::Yours);
    if yours > 0 {
        return (say("proposals-yours").with("count", yours), true);
    }
    let sentence = if items.iter().any(is_outdated) {
        say("proposals-outdated")
    } else if count(Section::Draft) > 0 {
        say("proposals-unasked")
    } else if count(Section::Blocked) > 0 {
        say("proposals-blocked")
    } else if count(Section::Others) > 0 {
        let mut waits_for: Vec<String> = Vec::new();
        for key in places.iter().flat_map(|place| &place.waits_for) {
            if !waits_for.contains(key) {
                waits_for.push(key.clone());
            }
        }
        let names = names_of(reader.policy(), &waits_for);
        say("proposals-others").with("names", any_of(&names))
    } else {
        Message::default()
    };
    (sentence, false)
}

/// Says who changes what: writers, the first record, and how many others.
fn changes(policy: &Policy, writers: &[crate::id::Identity], titles: &[&str]) -> Message {
    let mut names: Vec<String> = Vec::new();
    for writer in writers {
        let name = person_of(policy, writer);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    match titles {
        [] => say("proposals-nothing").with("names", all_of(&names)),
        [first, others @ ..] => say("proposals-changes")
            .with("names", all_of(&names))
            .with("first", *first)
            .with("others", others.len()),
    }
}
