//! What stands against an item, and what moved since somebody approved it, in words.

use super::diff;
use super::words::{name_of, names_of};
use crate::policy::{Collection, Policy};
use crate::record::{self, FieldPath};
use crate::review::{
    Approved, Item, Judged, Texts, Veto, changed_since, missing_fields, standing_vetoes,
};
use crate::web::language::{Message, Value, say};
use crate::web::moments::moment;
use crate::web::pages::review::{Stale, Vetoed};

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

/// Returns what moved since an approval of an earlier text, in words and field by field.
pub fn since(
    policy: &Policy,
    collection: &Collection,
    approved: &Approved,
    now: Judged<'_>,
) -> Stale {
    let then = approved.judged();
    let moved = changed_since(policy, collection, then, now);
    let words = |paths: &[FieldPath]| paths.iter().map(ToString::to_string).collect::<Vec<_>>();
    let text = [words(&moved.text), approved.attached.clone()].concat();
    let (fields, published) = (named(&text), named(&words(&moved.published)));
    let sentence = match (text.is_empty(), moved.published.is_empty()) {
        (false, true) => say("review-since-approved").with("fields", fields),
        (true, false) => say("review-since-published").with("fields", published),
        (false, false) => say("review-since-both")
            .with("fields", fields)
            .with("published", published),
        (true, true) => say("review-since-layout"),
    };
    let (old, new) = match then.proposed == now.proposed {
        true => (then.base, now.base.unwrap_or_default()),
        false => (Some(then.proposed), now.proposed),
    };
    let mut view = diff::of_files(old, new, collection.format, diff::SINCE);
    view.lines.clear();
    Stale {
        sentence,
        diff: view,
    }
}

/// More fields than this are not named in a sentence: all are shown below it.
const NAMED: usize = 8;

fn named(paths: &[String]) -> Value {
    let mut names: Vec<String> = paths.iter().take(NAMED).cloned().collect();
    if paths.len() > NAMED {
        names.push("…".to_owned());
    }
    Value::AllOf(names)
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

/// Returns the moves that the text cannot make as it stands, because a field that they need is empty.
pub fn lacking(policy: &Policy, item: &Item, texts: &Texts<'_>) -> Vec<String> {
    let Some((collection, workflow)) = item.collection(policy).zip(item.workflow(policy)) else {
        return Vec::new();
    };
    let Ok(record) = record::parse(texts.proposed, collection.format) else {
        return Vec::new();
    };
    let names = workflow.transitions.keys();
    names
        .filter(|name| !missing_fields(workflow, name, &record).is_empty())
        .cloned()
        .collect()
}
