//! People and roles: who is meant, and whether there are enough of them.

use std::collections::{HashMap, HashSet};

use indexmap::IndexSet;

use super::workflows::transition_steps;
use crate::policy::read::{Report, shown};
use crate::policy::suggest::{instead, listed};
use crate::policy::{Approvals, Policy, Scope, Transition, Workflow};

/// Refuses an account on a git host that stands twice.
pub(super) fn judge_accounts(policy: &Policy, report: &mut Report<'_>) {
    let mut owners: HashMap<&str, &str> = HashMap::new();
    for (key, person) in &policy.people {
        for (index, account) in person.accounts.iter().enumerate() {
            if let Some(owner) = owners.insert(account, key) {
                report.object(
                    &["people", key, "accounts", &index.to_string()],
                    "POL-057",
                    format!("the account \"{account}\" stands for \"{owner}\" and for \"{key}\""),
                    "give each account to one person, once",
                );
            }
        }
    }
}

/// Refuses people without an address, and an address that stands for two people.
pub(super) fn judge_addresses(policy: &Policy, report: &mut Report<'_>) {
    let mut owners: HashMap<&str, &str> = HashMap::new();
    for (key, person) in &policy.people {
        if person.addresses.is_empty() {
            report.object(
                &["people", key, "addresses"],
                "POL-051",
                format!("\"{key}\" has no address, so nothing in git could be known to be theirs"),
                "add at least one, as in addresses = [\"ana@example.org\"]",
            );
        }
        for (index, address) in person.addresses.iter().enumerate() {
            let Some(owner) = owners.insert(address, key) else {
                continue;
            };
            let cause = if owner == key {
                format!("the address \"{address}\" stands twice for \"{key}\"")
            } else {
                format!("the address \"{address}\" stands for \"{owner}\" and for \"{key}\"")
            };
            report.object(
                &["people", key, "addresses", &index.to_string()],
                "POL-050",
                cause,
                "give each address to one person, once",
            );
        }
    }
}

/// Refuses roles that nobody declared.
pub(super) fn judge_roles(policy: &Policy, report: &mut Report<'_>) {
    let known: Vec<&str> = policy.roles.keys().map(String::as_str).collect();
    let unknown = |report: &mut Report<'_>, steps: &[&str], role: &str| {
        if !policy.roles.contains_key(role) {
            let cause = format!("there is no role \"{}\"", shown(role));
            report.object(steps, "POL-040", cause, instead(role, &known));
        }
    };
    for (key, person) in &policy.people {
        for (index, grant) in person.roles.iter().enumerate() {
            unknown(
                report,
                &["people", key, "roles", &index.to_string()],
                &grant.role,
            );
        }
    }
    for (steps, approvals) in all_approvals(policy) {
        if approvals.by_role.is_empty() {
            report.object(
                &steps,
                "POL-041",
                "\"approvals\" is empty, and an empty list means nobody",
                "name a role and how many people, as in approvals = { reviewer = 1 }",
            );
        }
        for role in approvals.by_role.keys() {
            let mut steps = steps.clone();
            steps.push(role);
            unknown(report, &steps, role);
        }
    }
    for workflow in policy.workflows.values() {
        for transition in workflow.transitions.values() {
            for (index, more) in transition.more.iter().enumerate() {
                let index = index.to_string();
                let mut steps = transition_steps(workflow, transition, "more").to_vec();
                steps.extend([index.as_str(), "approvals"]);
                for role in more.by_role.keys() {
                    unknown(report, &[steps.as_slice(), &[role.as_str()]].concat(), role);
                }
                if transition.approvals.at_least(&more.by_role) == transition.approvals {
                    report.object(
                        &steps,
                        "POL-048",
                        format!(
                            "an entry of \"more\" asks for no more than \"{}\" does by itself",
                            transition.name
                        ),
                        "ask for more people in a role, or for another role",
                    );
                }
            }
        }
    }
}

/// Refuses roles of `veto` that nobody declared or holds: the policy would promise a guard that is not there.
pub(super) fn judge_veto(policy: &Policy, report: &mut Report<'_>) {
    let known: Vec<&str> = policy.roles.keys().map(String::as_str).collect();
    let held = |role: &String| {
        let mut grants = policy.people.values().flat_map(|person| &person.roles);
        grants.any(|grant| grant.role == *role)
    };
    for (index, role) in policy.veto.iter().enumerate() {
        let place = index.to_string();
        let steps = ["veto", place.as_str()];
        if !policy.roles.contains_key(role) {
            let cause = format!("there is no role \"{}\"", shown(role));
            report.object(&steps, "POL-040", cause, instead(role, &known));
        } else if !held(role) {
            report.object(
                &steps,
                "POL-046",
                format!(
                    "holders of \"{}\" may veto, and nobody holds it",
                    shown(role)
                ),
                "give the role to somebody under [people], or take it out of \"veto\"",
            );
        }
    }
}

/// Refuses grants for collections that are not there.
pub(super) fn judge_scopes(policy: &Policy, report: &mut Report<'_>) {
    let known: Vec<&str> = policy.collections.keys().map(String::as_str).collect();
    for (key, person) in &policy.people {
        for (index, grant) in person.roles.iter().enumerate() {
            for name in grant.collections.iter().flatten() {
                if !policy.collections.contains_key(name) {
                    report.object(
                        &["people", key, "roles", &index.to_string(), "collections"],
                        "POL-053",
                        format!("there is no collection \"{}\"", shown(name)),
                        instead(name, &known),
                    );
                }
            }
        }
    }
}

/// More languages than this are refused: for each of them it is asked whether its texts could be approved.
const MOST_LOCALES: usize = 200;

/// Refuses a policy that names more languages than anybody could look after.
pub(super) fn judge_locales(policy: &Policy, report: &mut Report<'_>) {
    let count = named_locales(policy, None).len();
    if count > MOST_LOCALES {
        report.object(
            &["people"],
            "POL-055",
            format!("roles are held for {count} languages and the limit is {MOST_LOCALES}"),
            "name fewer; a role for fr counts for fr-CA too",
        );
    }
}

/// Returns the languages that roles are held for, in a collection or anywhere, each once.
fn named_locales<'a>(policy: &'a Policy, collection: Option<&str>) -> Vec<&'a str> {
    let grants = policy.people.values().flat_map(|person| &person.roles);
    let named: IndexSet<&str> = grants
        .filter(|grant| collection.is_none_or(|name| grant.covers_collection(name)))
        .flat_map(|grant| grant.locales.iter().flatten().map(String::as_str))
        .collect();
    named.into_iter().collect()
}

/// Refuses approvals that the people of the policy could never complete.
pub(super) fn judge_numbers(policy: &Policy, report: &mut Report<'_>) {
    let mut holders = Holders::of(policy);
    if holders.cannot_give(&policy.governance, None) {
        refuse_number(
            report,
            &["governance", "approvals"],
            "a change to the policy",
            &policy.governance,
            "",
        );
    }
    if named_locales(policy, None).len() > MOST_LOCALES {
        return;
    }
    for collection in policy.collections.values() {
        let Some(workflow) = policy.workflows.get(&collection.workflow) else {
            continue;
        };
        let texts = Texts {
            collection: &collection.name,
            locales: named_locales(policy, Some(&collection.name)),
        };
        for transition in workflow.transitions.values() {
            judge_transition(workflow, transition, &texts, &mut holders, report);
        }
    }
}

/// The texts of a collection, by the languages that roles are held for.
struct Texts<'a> {
    collection: &'a str,
    locales: Vec<&'a str>,
}

fn judge_transition<'a>(
    workflow: &Workflow,
    transition: &Transition,
    texts: &Texts<'a>,
    holders: &mut Holders<'a>,
    report: &mut Report<'_>,
) {
    let steps = transition_steps(workflow, transition, "approvals");
    if let Some(of) = holders.stuck(&transition.approvals, texts) {
        let act = format!("\"{}\"", transition.name);
        refuse_number(report, &steps, &act, &transition.approvals, &of);
        return;
    }
    if judge_more(workflow, transition, texts, holders, report) {
        return;
    }
    for name in &transition.approvals.not_same_as {
        let Some(other) = workflow.transitions.get(name) else {
            continue;
        };
        let (most, others) = (transition.most_approvals(), other.most_approvals());
        let both = together(&most, &others);
        if holders.stuck(&others, texts).is_none()
            && let Some(of) = holders.stuck(&both, texts)
        {
            let act = format!("\"{}\" after \"{name}\" by other people", transition.name);
            refuse_number(report, &steps, &act, &both, &of);
        }
    }
}

/// Refuses what a large change would ask for and nobody could give; returns whether there is such.
fn judge_more<'a>(
    workflow: &Workflow,
    transition: &Transition,
    texts: &Texts<'a>,
    holders: &mut Holders<'a>,
    report: &mut Report<'_>,
) -> bool {
    let steps = transition_steps(workflow, transition, "more");
    let act = format!("\"{}\" of a larger change", transition.name);
    let mut is_stuck = false;
    for (index, more) in transition.more.iter().enumerate() {
        let raised = transition.approvals.at_least(&more.by_role);
        if let Some(of) = holders.stuck(&raised, texts) {
            let index = index.to_string();
            let steps = [steps.as_slice(), &[index.as_str(), "approvals"]].concat();
            refuse_number(report, &steps, &act, &raised, &of);
            is_stuck = true;
        }
    }
    let most = transition.most_approvals();
    if !is_stuck && let Some(of) = holders.stuck(&most, texts) {
        refuse_number(report, &steps, &act, &most, &of);
        is_stuck = true;
    }
    is_stuck
}

fn refuse_number(
    report: &mut Report<'_>,
    steps: &[&str],
    act: &str,
    approvals: &Approvals,
    of: &str,
) {
    let needed: Vec<String> = approvals
        .by_role
        .iter()
        .map(|(role, count)| format!("{count} {}", shown(role)))
        .collect();
    let people = match approvals.people_needed() {
        1 => format!("a person with the role ({})", needed.join(", ")),
        count => format!("{count} different people ({})", needed.join(", ")),
    };
    report.object(
        steps,
        "POL-042",
        format!("{act} needs {people}{of}, and the policy does not have them"),
        "give the role to more people under [people], or ask for fewer",
    );
}

fn together(left: &Approvals, right: &Approvals) -> Approvals {
    let mut both = left.clone();
    for (role, count) in &right.by_role {
        *both.by_role.entry(role.clone()).or_default() += count;
    }
    both
}

/// Returns every `approvals` of the policy with the steps to it.
fn all_approvals(policy: &Policy) -> Vec<(Vec<&str>, &Approvals)> {
    let mut all = vec![(vec!["governance", "approvals"], &policy.governance)];
    for workflow in policy.workflows.values() {
        for transition in workflow.transitions.values() {
            let steps = transition_steps(workflow, transition, "approvals").to_vec();
            all.push((steps, &transition.approvals));
        }
    }
    all
}

/// A collection, and a language where only those who hold a role for it are meant; no language means those who hold one for all.
type Where<'a> = (&'a str, Option<&'a str>);

/// Who holds which role where, found once for each question.
struct Holders<'a> {
    policy: &'a Policy,
    found: HashMap<(&'a str, Option<Where<'a>>), Vec<usize>>,
}

impl<'a> Holders<'a> {
    fn of(policy: &'a Policy) -> Self {
        Self {
            policy,
            found: HashMap::new(),
        }
    }

    /// Returns which texts of a collection could never be approved, in words; `None` where all could. What those can give who hold their roles for all
    /// languages, can be given for each; where they cannot, texts in other languages than the named ones are nobody's by intent.
    fn stuck(&mut self, approvals: &Approvals, texts: &Texts<'a>) -> Option<String> {
        let collection = texts.collection;
        if !self.cannot_give(approvals, Some((collection, None))) {
            return None;
        }
        let mut stuck = texts.locales.clone();
        stuck.retain(|locale| self.cannot_give(approvals, Some((collection, Some(locale)))));
        if stuck.len() == texts.locales.len() {
            return Some(format!(" in \"{collection}\""));
        }
        let named = listed(stuck.iter().copied());
        (!stuck.is_empty()).then(|| format!(" in \"{collection}\" for texts in {named}"))
    }

    /// Returns whether the people could not fill all places, one each. A role that nobody declared is refused elsewhere and not counted.
    fn cannot_give(&mut self, approvals: &Approvals, scope: Option<Where<'a>>) -> bool {
        let policy = self.policy;
        let mut places: Vec<&str> = Vec::new();
        for (role, count) in &approvals.by_role {
            if let Some((role, _)) = policy.roles.get_key_value(role) {
                places.extend(std::iter::repeat_n(role.as_str(), *count as usize));
            }
        }
        // More places than people settles it without the search below.
        if places.len() > policy.people.len() {
            return true;
        }
        for role in &places {
            self.found.entry((role, scope)).or_insert_with(|| {
                let people = policy.people.values().enumerate();
                let locales = scope.map(|(_, locale)| [locale.unwrap_or_default().to_owned()]);
                let asked = scope.zip(locales.as_ref());
                let asked = asked.map(|((collection, _), locales)| Scope {
                    collection,
                    locales,
                });
                let holding = people.filter(|(_, person)| policy.holds(person, role, asked));
                holding.map(|(index, _)| index).collect()
            });
        }
        // A place with as many candidates as there are places can always be filled last, so more of them change nothing.
        let candidates: Vec<&[usize]> = places
            .iter()
            .filter_map(|role| self.found.get(&(*role, scope)))
            .map(|people| &people[..people.len().min(places.len())])
            .collect();
        !can_fill(&candidates)
    }
}

/// Returns whether each place gets one of its candidates for itself, by the augmenting paths of bipartite matching.
fn can_fill(candidates: &[&[usize]]) -> bool {
    let mut taken: HashMap<usize, usize> = HashMap::new();
    (0..candidates.len()).all(|place| seat(place, candidates, &mut taken, &mut HashSet::new()))
}

fn seat(
    place: usize,
    candidates: &[&[usize]],
    taken: &mut HashMap<usize, usize>,
    tried: &mut HashSet<usize>,
) -> bool {
    for person in candidates[place] {
        if !tried.insert(*person) {
            continue;
        }
        let other = taken.get(person).copied();
        if other.is_none_or(|other| seat(other, candidates, taken, tried)) {
            taken.insert(*person, place);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_move_up_to_make_room() {
        assert!(can_fill(&[&[0, 1], &[0]]));
        assert!(can_fill(&[&[0, 1], &[0, 2], &[0]]));
        assert!(!can_fill(&[&[0, 1], &[0, 1], &[0, 1]]));
        assert!(!can_fill(&[&[]]));
        assert!(can_fill(&[]));
    }
}
