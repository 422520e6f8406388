//! Nobody makes a text official alone.
//!
//! A *way to readers* is a row of transitions that begins in a status of kind draft, ended or published, passes statuses of kind approved only, and
//! ends in one of kind published. While a record is in a status of kind approved its text stands still, so the approvals given along a way are
//! all for the same text; approvals given before it may have been for another.
//!
//! Two rules, for every workflow:
//! 1. the first transition of every way names `author` in its `not`: nobody approves their own text;
//! 2. no way can be walked by one person who is not the author: some transition of it needs two approvals, or names in its `not` an earlier one of it.
//!
//! The rules speak of the workflow alone and not of who holds which role today: roles change hands more easily than workflows.

use super::workflows::transition_steps;
use crate::policy::read::{Report, shown};
use crate::policy::{StatusKind, Transition, Workflow};

/// A workflow with more ways than this is refused: nobody could say who guards it.
const MOST_STEPS: usize = 2_000;

/// A way that one person can walk, as far as it goes.
type Way<'a> = Vec<&'a Transition>;

pub(super) fn judge(workflow: &Workflow, report: &mut Report<'_>) {
    for transition in workflow.transitions.values() {
        if begins_a_way(workflow, transition) && !transition.approvals.not_author {
            refuse_own_text(workflow, transition, report);
        }
    }
    match solo_ways(workflow) {
        Some(ways) => {
            for way in ways {
                refuse_solo(workflow, &way, report);
            }
        }
        None => report.object(
            &["workflows", &workflow.name, "transitions"],
            "POL-045",
            format!("the workflow \"{}\" has too many ways from draft to published to prove that each needs two people", workflow.name),
            "use fewer statuses of kind approved",
        ),
    }
}

/// Returns whether a transition takes a text that may still change to where it stands still or is read.
fn begins_a_way(workflow: &Workflow, transition: &Transition) -> bool {
    let enters = matches!(
        workflow.kind(&transition.to),
        Some(StatusKind::Approved | StatusKind::Published)
    );
    enters
        && transition
            .from
            .iter()
            .any(|from| matches!(workflow.kind(from), Some(kind) if kind != StatusKind::Approved))
}

/// Returns the ways that one person who is not the author can walk, each with a different last transition; `None` when there are too many to try.
fn solo_ways(workflow: &Workflow) -> Option<Vec<Way<'_>>> {
    let mut found: Vec<Way<'_>> = Vec::new();
    let mut steps = 0;
    let mut waiting: Vec<Way<'_>> = workflow
        .transitions
        .values()
        .filter(|transition| begins_a_way(workflow, transition) && is_solo(transition))
        .map(|transition| vec![transition])
        .collect();
    while let Some(way) = waiting.pop() {
        steps += 1;
        if steps > MOST_STEPS {
            return None;
        }
        let Some(last) = way.last() else { continue };
        if workflow.kind(&last.to) == Some(StatusKind::Published) {
            if !found
                .iter()
                .any(|other| other.last().map(|t| &t.name) == Some(&last.name))
            {
                found.push(way);
            }
            continue;
        }
        waiting.extend(longer(workflow, &way, last));
    }
    Some(found)
}

/// Returns the way made longer by each transition that the same person may approve too.
fn longer<'a>(workflow: &'a Workflow, way: &Way<'a>, last: &Transition) -> Vec<Way<'a>> {
    let open = |next: &&Transition| {
        is_solo(next)
            && next.from.contains(&last.to)
            && !way.iter().any(|earlier| earlier.to == next.to)
            && !way
                .iter()
                .any(|earlier| next.approvals.not_same_as.contains(&earlier.name))
    };
    workflow
        .transitions
        .values()
        .filter(open)
        .map(|next| way.iter().copied().chain([next]).collect())
        .collect()
}

/// One approval, or none at all, is within one person's reach; two are always two people's.
fn is_solo(transition: &Transition) -> bool {
    transition.approvals.people_needed() < 2
}

fn refuse_own_text(workflow: &Workflow, transition: &Transition, report: &mut Report<'_>) {
    report.object(
        &transition_steps(workflow, transition, "not"),
        "POL-043",
        format!(
            "authors could approve their own text by \"{}\"",
            transition.name
        ),
        "add \"author\" to its \"not\"",
    );
}

fn refuse_solo(workflow: &Workflow, way: &Way<'_>, report: &mut Report<'_>) {
    let Some((last, earlier)) = way.split_last() else {
        return;
    };
    let names: Vec<&str> = earlier
        .iter()
        .map(|transition| transition.name.as_str())
        .collect();
    let (cause, next) = match names.as_slice() {
        [] => (
            format!("one person alone could bring a text to \"{}\" by \"{}\"", shown(&last.to), last.name),
            "ask for the approvals of two people, as in approvals = { reviewer = 1, publisher = 1 }".to_owned(),
        ),
        [first, ..] => (
            format!("one person could approve both \"{}\" and \"{}\" of the same text", names.join("\" and \""), last.name),
            format!("add \"{first}\" to \"not\" of \"{}\"", last.name),
        ),
    };
    report.object(
        &transition_steps(workflow, last, "not"),
        "POL-044",
        cause,
        next,
    );
}
