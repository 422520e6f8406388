//! Workflows that name what is not there, or strand records.

use std::collections::HashSet;

use crate::policy::read::{Report, shown};
use crate::policy::suggest::instead;
use crate::policy::{Policy, StatusKind, Transition, Workflow};

/// Refuses collections that name no workflow of the policy, or whose workflow writes the fields that the server writes itself.
pub(super) fn judge_use(policy: &Policy, report: &mut Report<'_>) {
    let known: Vec<&str> = policy.workflows.keys().map(String::as_str).collect();
    for collection in policy.collections.values() {
        let Some(workflow) = policy.workflows.get(&collection.workflow) else {
            report.object(
                &["collections", &collection.name, "workflow"],
                "POL-025",
                format!("there is no workflow \"{}\"", shown(&collection.workflow)),
                instead(&collection.workflow, &known),
            );
            continue;
        };
        for transition in workflow.transitions.values() {
            let own = [&collection.status, &collection.version, &collection.id];
            let taken = own
                .into_iter()
                .flatten()
                .find(|field| transition.set.contains_key(*field));
            if let Some(field) = taken {
                report.object(
                    &transition_steps(workflow, transition, "set"),
                    "POL-036",
                    format!(
                        "the transition \"{}\" sets the field {field}, which is the id, status or version of \"{}\"",
                        transition.name, collection.name
                    ),
                    "remove it; the server writes status and version itself, and an id never changes",
                );
            }
        }
    }
}

/// Refuses what is wrong with one workflow by itself.
pub(super) fn judge(workflow: &Workflow, report: &mut Report<'_>) {
    judge_taken(workflow, report);
    let named_well = judge_names(workflow, report);
    judge_initial(workflow, report);
    // Over names that are not there, reachability says nothing.
    if named_well {
        judge_ways(workflow, report);
    }
}

/// What the server itself calls what it attests; a transition of such a name could not be told from it.
const TAKEN: [&str; 4] = ["restore", "take-down", "ratify", "yank"];

fn judge_taken(workflow: &Workflow, report: &mut Report<'_>) {
    for transition in workflow.transitions.values() {
        if TAKEN.contains(&transition.name.as_str()) {
            report.object(
                &["workflows", &workflow.name, "transitions", &transition.name],
                "POL-038",
                format!(
                    "the transition \"{}\" is called like one of the server's own",
                    transition.name
                ),
                format!("give it another name than {}", TAKEN.join(", ")),
            );
        }
    }
}

/// Returns whether every status that is named is declared.
fn judge_names(workflow: &Workflow, report: &mut Report<'_>) -> bool {
    let mut good = true;
    let name = workflow.name.as_str();
    let mut known_status = |report: &mut Report<'_>, steps: &[&str], status: &str| {
        if workflow.statuses.contains_key(status) {
            return;
        }
        good = false;
        let known: Vec<&str> = workflow.statuses.keys().map(String::as_str).collect();
        let cause = format!(
            "\"{}\" is no status of the workflow \"{name}\"",
            shown(status)
        );
        report.object(steps, "POL-030", cause, instead(status, &known));
    };
    known_status(report, &["workflows", name, "initial"], &workflow.initial);
    for transition in workflow.transitions.values() {
        for (index, status) in transition.from.iter().enumerate() {
            let mut steps = transition_steps(workflow, transition, "from").to_vec();
            let index = index.to_string();
            steps.push(&index);
            known_status(report, &steps, status);
        }
        known_status(
            report,
            &transition_steps(workflow, transition, "to"),
            &transition.to,
        );
        judge_transition(workflow, transition, report);
    }
    good
}

fn judge_transition(workflow: &Workflow, transition: &Transition, report: &mut Report<'_>) {
    if transition.from.is_empty() {
        report.object(
            &transition_steps(workflow, transition, "from"),
            "POL-035",
            format!("the transition \"{}\" leaves no status", transition.name),
            "name at least one status in \"from\"",
        );
    }
    let known: Vec<&str> = std::iter::once("author")
        .chain(workflow.transitions.keys().map(String::as_str))
        .filter(|name| *name != transition.name)
        .collect();
    for name in &transition.approvals.not_same_as {
        if known.contains(&name.as_str()) {
            continue;
        }
        report.object(
            &transition_steps(workflow, transition, "not"),
            "POL-037",
            format!(
                "\"{}\" in \"not\" of \"{}\" is neither \"author\" nor another transition",
                shown(name),
                transition.name
            ),
            instead(name, &known),
        );
    }
}

fn judge_initial(workflow: &Workflow, report: &mut Report<'_>) {
    let name = workflow.name.as_str();
    if matches!(workflow.kind(&workflow.initial), Some(kind) if kind != StatusKind::Draft) {
        report.object(
            &["workflows", name, "initial"],
            "POL-033",
            format!(
                "the workflow \"{name}\" begins at \"{}\", which is not of kind draft",
                shown(&workflow.initial)
            ),
            "begin at a status of kind draft: what nobody approved is one",
        );
    }
    if !workflow
        .statuses
        .values()
        .any(|kind| *kind == StatusKind::Published)
    {
        report.object(
            &["workflows", name, "statuses"],
            "POL-034",
            format!("the workflow \"{name}\" has no status of kind published, so no record would ever reach readers"),
            "add one, as in active = \"published\"",
        );
    }
}

/// Refuses statuses that no record can enter, and unfinished ones that no record can leave.
fn judge_ways(workflow: &Workflow, report: &mut Report<'_>) {
    let name = workflow.name.as_str();
    let reached = reachable(workflow);
    for (status, kind) in &workflow.statuses {
        if !reached.contains(status.as_str()) {
            report.object(
                &["workflows", name, "statuses", status],
                "POL-031",
                format!(
                    "no transition leads from \"{}\" to \"{}\"",
                    shown(&workflow.initial),
                    shown(status)
                ),
                "add a transition that enters it, or remove the status",
            );
        }
        let leaves = workflow
            .transitions
            .values()
            .any(|transition| transition.to != *status && transition.from.contains(status));
        if !leaves && matches!(kind, StatusKind::Draft | StatusKind::Approved) {
            report.object(
                &["workflows", name, "statuses", status],
                "POL-032",
                format!(
                    "no transition leaves \"{}\", so a record would stay there unpublished",
                    shown(status)
                ),
                "add a transition that leaves it, or make it of kind ended",
            );
        }
    }
}

fn reachable(workflow: &Workflow) -> HashSet<&str> {
    let mut reached = HashSet::new();
    let mut waiting = vec![workflow.initial.as_str()];
    while let Some(status) = waiting.pop() {
        if reached.insert(status) {
            let moves = workflow.transitions.values();
            let next = moves.filter(|transition| transition.from.iter().any(|from| from == status));
            waiting.extend(next.map(|transition| transition.to.as_str()));
        }
    }
    reached
}

/// Returns the steps to a key of a transition.
pub(super) fn transition_steps<'a>(
    workflow: &'a Workflow,
    transition: &'a Transition,
    key: &'a str,
) -> [&'a str; 5] {
    [
        "workflows",
        &workflow.name,
        "transitions",
        &transition.name,
        key,
    ]
}
