//! What a policy that reads well may still get wrong.
//!
//! Each lint looks only at tables that read without a refusal, so that none repeats one in other words. A policy that passes has, for every record,
//! one collection and a known workflow; for every transition, people who can approve it; and no way to readers that one person can walk alone.

mod four_eyes;
mod names;
mod overlap;
mod paths;
mod people;
mod site;
mod targets;
mod workflows;

#[cfg(test)]
mod tests;

pub(super) use names::{hostile_path, is_branch_name};
pub(super) use overlap::Shape;
pub(super) use paths::covers_governing_path;

use super::Policy;
use super::read::Report;

/// Adds what is wrong with a policy to the report.
pub(super) fn judge(policy: &Policy, report: &mut Report<'_>) {
    if report.is_sound(&["branch"]) {
        names::judge_branch(policy, report);
    }
    if report.is_sound(&["proposals"]) {
        names::judge_proposals(policy, report);
    }
    if report.is_sound(&["collections"]) {
        paths::judge(policy, report);
    }
    if report.is_sound(&["collections", "workflows"]) {
        workflows::judge_use(policy, report);
    }
    if report.is_sound(&["workflows"]) {
        for workflow in policy.workflows.values() {
            workflows::judge(workflow, report);
            four_eyes::judge(workflow, report);
        }
    }
    if report.is_sound(&["people"]) {
        people::judge_addresses(policy, report);
        people::judge_accounts(policy, report);
        people::judge_locales(policy, report);
    }
    if report.is_sound(&["roles", "workflows", "people", "governance"]) {
        people::judge_roles(policy, report);
    }
    if report.is_sound(&["collections", "site"]) {
        site::judge(policy, report);
    }
    if report.is_sound(&["roles", "people", "veto"]) {
        people::judge_veto(policy, report);
    }
    if report.is_sound(&["collections", "people"]) {
        people::judge_scopes(policy, report);
    }
    if report.is_sound(&["collections", "targets"]) {
        targets::judge(policy, report);
    }
    if report.is_sound(&["roles", "workflows", "people", "governance", "collections"]) {
        people::judge_numbers(policy, report);
    }
}
