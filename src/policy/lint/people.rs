//! People and roles: who is meant, and whether there are enough of them.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::workflows::transition_steps;
use crate::policy::read::{Report, shown};
use crate::policy::suggest::instead;
use crate::policy::{Approvals, Person, Policy};

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

/// Refuses approvals that the people of the policy could never complete.
pub(super) fn judge_numbers(policy: &Policy, report: &mut Report<'_>) {
    let people: Vec<&Person> = policy.people.values().collect();
    if policy.governance.is_beyond(policy, &people, None) {
        refuse_number(
            report,
            &["governance", "approvals"],
            "a change to the policy",
            &policy.governance,
            "",
        );
    }
    for collection in policy.collections.values() {
        let Some(workflow) = policy.workflows.get(&collection.workflow) else {
            continue;
        };
        let scope = Some(collection.name.as_str());
        for transition in workflow.transitions.values() {
            let steps = transition_steps(workflow, transition, "approvals");
            let of = format!(" in \"{}\"", collection.name);
            if transition.approvals.is_beyond(policy, &people, scope) {
                refuse_number(
                    report,
                    &steps,
                    &format!("\"{}\"", transition.name),
                    &transition.approvals,
                    &of,
                );
                continue;
            }
            for name in &transition.approvals.not_same_as {
                let Some(other) = workflow.transitions.get(name) else {
                    continue;
                };
                let both = together(&transition.approvals, &other.approvals);
                if !other.approvals.is_beyond(policy, &people, scope)
                    && both.is_beyond(policy, &people, scope)
                {
                    let act = format!("\"{}\" after \"{name}\" by other people", transition.name);
                    refuse_number(report, &steps, &act, &both, &of);
                }
            }
        }
    }
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

impl Approvals {
    /// Returns whether the people could not fill all places, one each. A role that nobody declared is refused elsewhere and not counted.
    fn is_beyond(&self, policy: &Policy, people: &[&Person], scope: Option<&str>) -> bool {
        let known: IndexMap<&str, u32> = self
            .by_role
            .iter()
            .filter(|(role, _)| policy.roles.contains_key(*role))
            .map(|(role, count)| (role.as_str(), *count))
            .collect();
        let places: Vec<&str> = known
            .iter()
            .flat_map(|(role, count)| std::iter::repeat_n(*role, *count as usize))
            .collect();
        // More places than people settles it without the search below.
        places.len() > people.len()
            || !can_fill(&places, people.len(), |person, role| {
                people
                    .get(person)
                    .is_some_and(|person| policy.holds(person, role, scope))
            })
    }
}

/// Returns whether each place gets a person of its own, by the augmenting paths of bipartite matching.
fn can_fill(places: &[&str], people: usize, holds: impl Fn(usize, &str) -> bool) -> bool {
    let mut taken: Vec<Option<usize>> = vec![None; people];
    (0..places.len()).all(|place| {
        let mut tried = vec![false; people];
        seat(place, places, &holds, &mut taken, &mut tried)
    })
}

fn seat(
    place: usize,
    places: &[&str],
    holds: &impl Fn(usize, &str) -> bool,
    taken: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    for person in 0..taken.len() {
        if tried[person] || !holds(person, places[place]) {
            continue;
        }
        tried[person] = true;
        if taken[person].is_none_or(|other| seat(other, places, holds, taken, tried)) {
            taken[person] = Some(place);
            return true;
        }
    }
    false
}
