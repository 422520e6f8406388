//! What stands against an item, in words.

use super::words::{name_of, names_of};
use crate::policy::Policy;
use crate::review::{Item, Veto, standing_vetoes};
use crate::web::language::{Message, say};
use crate::web::moments::moment;
use crate::web::pages::review::Vetoed;

/// Returns the vetoes that stand against an item: who, and why.
pub fn vetoes(policy: &Policy, item: &Item, now: i64) -> Vec<Vetoed> {
    let shown = |veto: &Veto| {
        let name = name_of(policy, &veto.person);
        Vetoed {
            sentence: match veto.of_proposal || item.is_whole_proposal() {
                true => say("review-vetoed-proposal").with("name", name),
                false => say("review-vetoed-record").with("name", name),
            },
            when: moment(veto.at, now),
            text: veto.text.clone(),
        }
    };
    standing_vetoes(policy, item).iter().map(shown).collect()
}

/// Returns who holds an item by a veto, and the first one's reason, for a row of a list.
pub fn held_by_veto(policy: &Policy, vetoes: &[Veto]) -> Option<Message> {
    let first = vetoes.first()?;
    let people: Vec<String> = vetoes.iter().map(|veto| veto.person.clone()).collect();
    let mut why: String = first.text.lines().next().unwrap_or_default().to_owned();
    if why.chars().count() > LONGEST {
        why = why.chars().take(LONGEST).chain(['…']).collect();
    }
    let names = super::words::all_of(&names_of(policy, &people));
    Some(
        say("queue-why-vetoed")
            .with("names", names)
            .with("why", why),
    )
}

/// A reason is cut here in a list, in characters: it is read whole on the item's page.
const LONGEST: usize = 120;
