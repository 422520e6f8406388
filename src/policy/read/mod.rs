//! From text to [`Policy`], or to everything that is wrong with it.
//!
//! The TOML parser recovers from errors, the readers below go on after each refusal, and the lints judge whatever read without one. So a person sees
//! all errors of a file at once, each at its line and column. Nothing is guessed: a policy with a single refusal is no policy.

mod collections;
mod more;
mod people;
mod report;
mod site;
mod targets;
mod value;
mod workflows;

#[cfg(test)]
mod tests;

pub(super) use people::is_address;
pub(super) use report::Report;
pub(super) use value::shown;

use std::sync::OnceLock;

use indexmap::IndexMap;
use toml::de::DeTable;

use self::report::Section;
use self::value::Words;
use super::proposals::Proposals;
use super::{Globs, POLICY_PATH, Patterns, Policy, Workflow, lint};
use crate::refusal::{Place, Refusal};

/// The largest policy that is read, in bytes: thousands of people fit, and judging one stays a matter of milliseconds.
pub const MAX_POLICY_BYTES: usize = 256 * 1024;

/// What a policy means when it leaves out `[roles]` or `[workflows]`.
const DEFAULTS: &str = include_str!("../defaults.toml");

/// Reads `countersign.toml`.
///
/// # Errors
///
/// Returns every refusal at once, in the order of the file, each with line and column.
pub fn read(source: &str) -> Result<Policy, Vec<Refusal>> {
    if source.len() > MAX_POLICY_BYTES {
        return Err(vec![too_large(source.len())]);
    }
    let (table, errors) = DeTable::parse_recoverable(source);
    let mut report = Report::new(source, table.get_ref());
    for error in &errors {
        report.refuse_syntax(error.message(), error.span());
    }
    // After a broken line the rest of the file may stand in the wrong table, and what is said of it would mislead.
    if report.is_broken() {
        return Err(report.into_refusals());
    }
    let policy = read_policy(&mut report, &Section::root(table.get_ref()));
    lint::judge(&policy, &mut report);
    match report.into_refusals() {
        refusals if refusals.is_empty() => Ok(policy),
        refusals => Err(refusals),
    }
}

impl Workflow {
    /// Returns the workflow of a policy that declares none: draft, validated, active, superseded, retired.
    pub fn editorial() -> Self {
        defaults().workflows[0].clone()
    }
}

/// Returns the built-in roles and workflow.
fn defaults() -> &'static Defaults {
    static READ: OnceLock<Defaults> = OnceLock::new();
    READ.get_or_init(|| {
        let (table, _) = DeTable::parse_recoverable(DEFAULTS);
        let mut report = Report::new(DEFAULTS, table.get_ref());
        let root = Section::root(table.get_ref());
        Defaults {
            roles: people::read_roles(&mut report, &root).unwrap_or_default(),
            workflows: workflows::read(&mut report, &root).unwrap_or_default(),
        }
    })
}

struct Defaults {
    roles: IndexMap<String, String>,
    workflows: IndexMap<String, Workflow>,
}

fn read_policy<'a>(report: &mut Report<'a>, root: &Section<'a>) -> Policy {
    report.only(
        root,
        &[
            "title",
            "branch",
            "collections",
            "workflows",
            "roles",
            "people",
            "governance",
            "veto",
            "proposals",
            "targets",
            "site",
        ],
    );
    let title = report
        .required(root, "title")
        .and_then(|entry| report.entry_text(root, entry));
    let branch = report.text(root, "branch").unwrap_or("main");
    let workflows = workflows::read(report, root).unwrap_or_else(|| defaults().workflows.clone());
    Policy {
        title: title.unwrap_or_default().to_owned(),
        branch: branch.to_owned(),
        collections: collections::read(report, root, &workflows),
        workflows,
        roles: people::read_roles(report, root).unwrap_or_else(|| defaults().roles.clone()),
        people: people::read_people(report, root),
        governance: workflows::read_governance(report, root),
        veto: read_veto(report, root),
        proposals: read_proposals(report, root),
        targets: targets::read(report, root),
        site: site::read(report, root),
        globs: Globs::default(),
    }
}

/// Reads the roles that may veto.
fn read_veto<'a>(report: &mut Report<'a>, root: &Section<'a>) -> Vec<String> {
    let roles = report.texts(root, "veto").unwrap_or_default();
    roles.into_iter().map(|(role, _)| role.to_owned()).collect()
}

/// Reads `[proposals]`; a policy without it means its own branches below `proposals/`.
fn read_proposals<'a>(report: &mut Report<'a>, root: &Section<'a>) -> Proposals {
    let mut proposals = Proposals::default();
    let Some(section) = report.section(root, "proposals") else {
        return proposals;
    };
    report.only(&section, &["branches", "requests", "host_approvals"]);
    if section.get("branches").is_some() {
        let branches = report.texts(&section, "branches").unwrap_or_default();
        let branches = branches.into_iter().map(|(pattern, _)| pattern.to_owned());
        proposals.branches = Patterns::new(branches.collect());
    }
    let mut word = |key: &str, words: &Words<bool>| {
        let entry = section.get(key)?;
        report.word(&section, entry, words)
    };
    if let Some(are) = word("requests", &[("followed", true), ("ignored", false)]) {
        proposals.requests = are;
    }
    if let Some(do_count) = word("host_approvals", &[("counted", true), ("ignored", false)]) {
        proposals.host_approvals = do_count;
    }
    proposals
}

fn too_large(size: usize) -> Refusal {
    let mut refusal = Refusal::new(
        "POL-001",
        format!("the policy has {size} bytes and the limit is {MAX_POLICY_BYTES}"),
        "shorten it",
    );
    refusal.place = Place::path(POLICY_PATH);
    refusal
}
