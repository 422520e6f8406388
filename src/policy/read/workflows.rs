//! `[workflows.NAME]` and `[governance]`.

use indexmap::IndexMap;
use toml::de::DeValue;

use super::more;
use super::report::{Entry, Report, Section};
use super::value::shown;
use crate::policy::{Approvals, Setting, StatusKind, Transition, Workflow};
use crate::record::{FieldPath, Scalar, ScalarKind};

const KINDS: [(&str, StatusKind); 4] = [
    ("draft", StatusKind::Draft),
    ("approved", StatusKind::Approved),
    ("published", StatusKind::Published),
    ("ended", StatusKind::Ended),
];

const TRANSITION_KEYS: [&str; 10] = [
    "from",
    "to",
    "approvals",
    "more",
    "not",
    "reason",
    "requires",
    "set",
    "set_today",
    "remove",
];

/// The word in `not` that keeps authors away.
const AUTHOR: &str = "author";

/// Reads all workflows; `None` when the policy declares none.
pub(super) fn read<'a>(
    report: &mut Report<'a>,
    root: &Section<'a>,
) -> Option<IndexMap<String, Workflow>> {
    root.get("workflows")?;
    let mut workflows = IndexMap::new();
    if let Some(section) = report.section(root, "workflows") {
        for entry in section.entries() {
            report.check_name(&section, entry);
            if let Some(below) = report.entry_section(&section, entry) {
                workflows.insert(
                    entry.key.to_owned(),
                    read_workflow(report, &below, entry.key),
                );
            }
        }
        if workflows.is_empty() {
            report.refuse(
                "workflows",
                section.offset(),
                "POL-006",
                "[workflows] is empty",
                "add a workflow, or remove the table to use the built-in one",
            );
        }
    }
    Some(workflows)
}

/// Reads who must approve a change to the policy. Authors never may, so there is no `not` here.
pub(super) fn read_governance<'a>(report: &mut Report<'a>, root: &Section<'a>) -> Approvals {
    let section = report
        .required(root, "governance")
        .and_then(|entry| report.entry_section(root, entry));
    let by_role = section.map_or_else(IndexMap::new, |section| {
        report.only(&section, &["approvals"]);
        read_approvals(report, &section)
    });
    Approvals {
        by_role,
        not_author: true,
        not_same_as: Vec::new(),
    }
}

fn read_workflow<'a>(report: &mut Report<'a>, section: &Section<'a>, name: &str) -> Workflow {
    report.only(section, &["initial", "statuses", "transitions"]);
    let initial = report
        .required(section, "initial")
        .and_then(|entry| report.entry_text(section, entry))
        .unwrap_or_default();
    let statuses = read_statuses(report, section);
    let mut transitions = IndexMap::new();
    if let Some(entry) = report.required(section, "transitions")
        && let Some(section) = report.entry_section(section, entry)
    {
        for entry in section.entries() {
            read_transition_into(&mut transitions, report, &section, entry);
        }
    }
    let mut workflow = Workflow {
        name: name.to_owned(),
        initial: initial.to_owned(),
        statuses,
        transitions: IndexMap::new(),
    };
    workflow.transitions = complete(&workflow, transitions);
    workflow
}

fn read_statuses<'a>(
    report: &mut Report<'a>,
    section: &Section<'a>,
) -> IndexMap<String, StatusKind> {
    let Some(section) = report
        .required(section, "statuses")
        .and_then(|entry| report.entry_section(section, entry))
    else {
        return IndexMap::new();
    };
    section
        .entries()
        .into_iter()
        .filter_map(|entry| {
            let kind = report.word(&section, entry, &KINDS)?;
            Some((entry.key.to_owned(), kind))
        })
        .collect()
}

/// A transition as it is written, with `not` still `None` where it was left out.
struct Written {
    transition: Transition,
    not: Option<Vec<String>>,
}

fn read_transition_into<'a>(
    transitions: &mut IndexMap<String, Written>,
    report: &mut Report<'a>,
    section: &Section<'a>,
    entry: Entry<'a>,
) {
    let named = report.check_name(section, entry);
    if named && entry.key == AUTHOR {
        report.refuse(
            section.top(),
            entry.key_offset,
            "POL-009",
            "a transition cannot be called \"author\": in `not` that word means the authors",
            "give it another name",
        );
    }
    if let Some(below) = report.entry_section(section, entry) {
        transitions.insert(
            entry.key.to_owned(),
            read_transition(report, &below, entry.key),
        );
    }
}

fn read_transition<'a>(report: &mut Report<'a>, section: &Section<'a>, name: &str) -> Written {
    report.only(section, &TRANSITION_KEYS);
    report.required(section, "from");
    let from = report.texts(section, "from").unwrap_or_default();
    let to = report
        .required(section, "to")
        .and_then(|entry| report.entry_text(section, entry))
        .unwrap_or_default();
    let by_role = read_approvals(report, section);
    let not = report
        .texts(section, "not")
        .map(|names| names.into_iter().map(|(name, _)| name.to_owned()).collect());
    let reason_required = section.get("reason").is_some_and(|entry| {
        let words = [("required", true), ("optional", false)];
        report.word(section, entry, &words).unwrap_or(false)
    });
    Written {
        transition: Transition {
            name: name.to_owned(),
            from: from
                .into_iter()
                .map(|(status, _)| status.to_owned())
                .collect(),
            to: to.to_owned(),
            approvals: Approvals {
                by_role,
                ..Approvals::default()
            },
            more: more::read(report, section),
            reason_required,
            requires: report.paths(section, "requires"),
            set: read_settings(report, section),
            writes_version: false,
        },
        not,
    }
}

pub(super) fn read_approvals<'a>(
    report: &mut Report<'a>,
    section: &Section<'a>,
) -> IndexMap<String, u32> {
    let Some(section) = report
        .required(section, "approvals")
        .and_then(|entry| report.entry_section(section, entry))
    else {
        return IndexMap::new();
    };
    let mut by_role = IndexMap::new();
    for entry in section.entries() {
        let count = match entry.value.get_ref() {
            DeValue::Integer(number) => {
                u32::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok()
            }
            _ => None,
        };
        match count {
            Some(count) if (1..=20).contains(&count) => {
                by_role.insert(entry.key.to_owned(), count);
            }
            _ => report.refuse(
                section.top(),
                entry.value.span().start,
                "POL-041",
                format!(
                    "\"{}\" in {} is no number of people from 1 to 20",
                    shown(entry.key),
                    section.title()
                ),
                format!("write {} = 1, or remove the role", shown(entry.key)),
            ),
        }
    }
    by_role
}

fn read_settings<'a>(
    report: &mut Report<'a>,
    section: &Section<'a>,
) -> IndexMap<FieldPath, Setting> {
    let mut wanted: Vec<(FieldPath, Setting)> = Vec::new();
    if let Some(values) = report.section(section, "set") {
        for entry in values.entries() {
            let Some(path) = report.field_path(&values, entry.key, entry.key_offset) else {
                continue;
            };
            if let Some(value) = read_scalar(report, &values, entry) {
                wanted.push((path, Setting::Value(value)));
            }
        }
    }
    for path in report.paths(section, "set_today") {
        wanted.push((path, Setting::Today));
    }
    for path in report.paths(section, "remove") {
        wanted.push((path, Setting::Absent));
    }
    let mut settings = IndexMap::new();
    for (path, setting) in wanted {
        if let Some(previous) = settings.insert(path.clone(), setting) {
            refuse_conflict(report, section, &path, &previous);
        }
    }
    settings
}

fn refuse_conflict(report: &mut Report<'_>, section: &Section<'_>, path: &FieldPath, _: &Setting) {
    report.refuse(
        section.top(),
        section.offset(),
        "POL-036",
        format!("{} sets the field {path} in two ways", section.title()),
        "name each field once, in one of set, set_today and remove",
    );
}

/// Returns the scalar that a value stands for, in the text the author wrote.
fn read_scalar<'a>(
    report: &mut Report<'a>,
    section: &Section<'a>,
    entry: Entry<'a>,
) -> Option<Scalar> {
    let scalar = |kind, text: String| Some(Scalar { kind, text });
    match entry.value.get_ref() {
        DeValue::String(text) => scalar(ScalarKind::Text, text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => {
            scalar(ScalarKind::Integer, number.as_str().replace('_', ""))
        }
        DeValue::Float(number) => scalar(ScalarKind::Float, number.as_str().replace('_', "")),
        DeValue::Boolean(value) => scalar(ScalarKind::Bool, value.to_string()),
        DeValue::Datetime(value) => scalar(ScalarKind::Date, value.to_string()),
        DeValue::Integer(_) | DeValue::Array(_) | DeValue::Table(_) => {
            let example = "set = { confidence = \"high\" }; a field inside another is written \"extra.confidence\"";
            report.wrong_type(section, entry.key, entry.value, "a single value", example);
            None
        }
    }
}

/// Fills in what each transition left out, which depends on the other ones.
fn complete(
    workflow: &Workflow,
    written: IndexMap<String, Written>,
) -> IndexMap<String, Transition> {
    let approving = |statuses: &[String]| -> Vec<String> {
        written
            .values()
            .map(|other| &other.transition)
            .filter(|other| statuses.contains(&other.to) && !other.from.contains(&other.to))
            .map(|other| other.name.clone())
            .collect()
    };
    written
        .iter()
        .map(|(name, Written { transition, not })| {
            let not = not
                .clone()
                .unwrap_or_else(|| default_not(workflow, transition, approving));
            let mut transition = transition.clone();
            transition.writes_version = workflow.kind(&transition.to)
                == Some(StatusKind::Published)
                && transition.from.iter().any(|from| {
                    *from == transition.to || workflow.kind(from) != Some(StatusKind::Published)
                });
            transition.approvals.not_author = not.iter().any(|name| name == AUTHOR);
            transition.approvals.not_same_as =
                not.into_iter().filter(|name| name != AUTHOR).collect();
            (name.clone(), transition)
        })
        .collect()
}

/// Returns who may not approve a transition that does not say.
///
/// Publishing what was approved excludes those who approved it, and may be the author's act. Any other way into a status of kind approved or
/// published excludes the authors.
fn default_not(
    workflow: &Workflow,
    transition: &Transition,
    approving: impl Fn(&[String]) -> Vec<String>,
) -> Vec<String> {
    let leaves_approved = transition
        .from
        .iter()
        .all(|from| workflow.kind(from) == Some(StatusKind::Approved));
    match workflow.kind(&transition.to) {
        Some(StatusKind::Published) if leaves_approved => approving(&transition.from),
        Some(StatusKind::Approved | StatusKind::Published) => vec![AUTHOR.to_owned()],
        Some(StatusKind::Draft | StatusKind::Ended) | None => Vec::new(),
    }
}
