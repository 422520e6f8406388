//! The proposed policy as text, laid out to be read and corrected.

use std::collections::HashSet;
use std::fmt::Write;

use super::collections::Found;
use super::people::ROLES;
use super::survey::Survey;
use super::workflow::Workflows;
use crate::policy::{Person, StatusKind, Transition, Workflow};
use crate::record::FieldPath;

/// Returns the text of the policy.
pub(super) fn policy(
    survey: &Survey,
    branch: &str,
    found: &[Found],
    workflows: &Workflows,
) -> String {
    let mut text = String::new();
    line(
        &mut text,
        "# What this register holds, who may move it, and by how many hands.",
    );
    let title = match survey.name.trim() {
        "" => "Register",
        name => name,
    };
    line(
        &mut text,
        &format!("title = {}", quoted(&without_controls(title))),
    );
    line(&mut text, &format!("branch = {}", quoted(branch)));
    for (index, collection) in found.iter().enumerate() {
        let several = workflows.declared.len() > 1;
        let workflow = workflows.names.get(index).filter(|_| several);
        write_collection(&mut text, collection, workflow);
    }
    for workflow in &workflows.declared {
        write_workflow(&mut text, workflow);
    }
    write_people(&mut text, &survey.people);
    line(
        &mut text,
        "\n# Who must approve a change to this file, the schemas and the keys.",
    );
    line(&mut text, "[governance]\napprovals = { administrator = 1 }");
    text
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

fn write_collection(text: &mut String, collection: &Found, workflow: Option<&String>) {
    line(text, &format!("\n[collections.{}]", collection.name));
    line(text, &format!("paths = {}", list(&collection.patterns)));
    line(
        text,
        &format!("format = {}", quoted(collection.format.name())),
    );
    let fields = &collection.fields;
    let named = [
        ("id", &fields.id),
        ("title", &fields.title),
        ("status", &fields.status),
        ("version", &fields.version),
    ];
    for (key, path) in named {
        if let Some(path) = path {
            line(text, &format!("{key} = {}", quoted(&path.to_string())));
        }
    }
    if let Some(workflow) = workflow {
        line(text, &format!("workflow = {}", quoted(workflow)));
    }
    line(
        text,
        "# The least bump that a change asks for: none, patch, minor or major, for each field.",
    );
    line(
        text,
        &format!(
            "[collections.{}.floors]\n\"*\" = \"patch\"",
            collection.name
        ),
    );
}

fn write_workflow(text: &mut String, workflow: &Workflow) {
    let name = &workflow.name;
    line(
        text,
        &format!(
            "\n[workflows.{name}]\ninitial = {}",
            quoted(&workflow.initial)
        ),
    );
    line(
        text,
        "# What each status means to readers: draft, approved, published or ended.",
    );
    line(text, &format!("[workflows.{name}.statuses]"));
    for (status, kind) in &workflow.statuses {
        let kind = match kind {
            StatusKind::Draft => "draft",
            StatusKind::Approved => "approved",
            StatusKind::Published => "published",
            StatusKind::Ended => "ended",
        };
        line(text, &format!("{} = \"{kind}\"", key(status)));
    }
    for transition in workflow.transitions.values() {
        write_transition(text, name, transition);
    }
}

fn write_transition(text: &mut String, workflow: &str, transition: &Transition) {
    line(
        text,
        &format!("\n[workflows.{workflow}.transitions.{}]", transition.name),
    );
    line(text, &format!("from = {}", list(&transition.from)));
    line(text, &format!("to = {}", quoted(&transition.to)));
    let approvals: Vec<String> = transition
        .approvals
        .by_role
        .iter()
        .map(|(role, count)| format!("{} = {count}", key(role)))
        .collect();
    line(text, &format!("approvals = {{ {} }}", approvals.join(", ")));
    let mut not = transition.approvals.not_same_as.clone();
    if transition.approvals.not_author {
        not.insert(0, "author".to_owned());
    }
    if !not.is_empty() {
        line(text, &format!("not = {}", list(&not)));
    }
    if transition.reason_required {
        line(text, "reason = \"required\"");
    }
    if !transition.requires.is_empty() {
        let requires: Vec<String> = transition
            .requires
            .iter()
            .map(FieldPath::to_string)
            .collect();
        line(text, &format!("requires = {}", list(&requires)));
    }
}

fn write_people(text: &mut String, people: &[Person]) {
    let mut roles: Vec<&str> = ROLES.to_vec();
    for grant in people.iter().flat_map(|person| &person.roles) {
        if !roles.contains(&grant.role.as_str()) {
            roles.push(&grant.role);
        }
    }
    line(text, "\n[roles]");
    for role in roles {
        let purpose = match role {
            "reviewer" => "Judges whether a text is right",
            "publisher" => "Decides that an approved text goes to readers",
            "administrator" => "Keeps the policy, the schemas and the keys",
            "author" => "Writes and edits texts",
            _ => "Say here what this role is for",
        };
        line(text, &format!("{} = {}", key(role), quoted(purpose)));
    }
    if people.is_empty() {
        line(text, NOBODY);
    }
    let mut taken: HashSet<String> = HashSet::new();
    for person in people {
        write_person(text, person, &mut taken);
    }
}

/// Two people are the least with whom a text can become official.
const NOBODY: &str = r#"
# Name at least two people here: what one approves, another publishes.
[people]
# [people.ana]
# name = "Ana Roche"
# addresses = ["ana@example.org"]
# roles = ["reviewer", "administrator"]
#
# [people.ben]
# name = "Ben Okoro"
# addresses = ["ben@example.org"]
# roles = ["publisher", "administrator"]"#;

fn write_person(text: &mut String, person: &Person, taken: &mut HashSet<String>) {
    let mut name = person.key.clone();
    let mut number = 1;
    while !taken.insert(name.clone()) {
        number += 1;
        name = format!("{}-{number}", person.key);
    }
    let roles: Vec<String> = person
        .roles
        .iter()
        .map(|grant| grant.role.clone())
        .collect();
    line(
        text,
        &format!("\n[people.{name}]\nname = {}", quoted(&person.name)),
    );
    line(text, &format!("addresses = {}", list(&person.addresses)));
    line(text, &format!("roles = {}", list(&roles)));
}

fn list(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| quoted(item)).collect();
    format!("[{}]", items.join(", "))
}

/// Returns a TOML basic string.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            control if control.is_control() => {
                // Writing to a string cannot fail.
                let _ = write!(quoted, "\\u{:04X}", u32::from(control));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// Returns a TOML key, quoted where it must be.
fn key(text: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !text.is_empty() && text.chars().all(bare) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

fn without_controls(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
