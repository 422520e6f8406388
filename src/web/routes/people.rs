//! Who may do what: the policy in force, in words and as a matrix.

use axum::response::Response;
use indexmap::IndexMap;

use crate::policy::{
    Collection, Grant, More, POLICY_PATH, Person, Policy, Scope, Transition, When, Workflow,
};
use crate::web::failure::{Failure, sentence};
use crate::web::frame;
use crate::web::language::{Message, say, verbatim};
use crate::web::pages::layout::Section;
use crate::web::pages::people::{Matrix, PeoplePage, PersonRow};
use crate::web::reader::Reader;
use crate::web::showing::parts::details;
use crate::web::showing::reasons::bump_word;
use crate::web::showing::words::{all_of, any_of};

/// Shows people and policy.
pub async fn show(reader: Reader) -> Result<Response, Failure> {
    let rules = reader.rules();
    let (commit, in_force) = (rules.commit, rules.blob);
    let tip = reader.desk.index.heads().await?.tip;
    let (text, pending) = reader
        .desk
        .on_repository(move |repository, _| {
            let text = repository.text(commit, POLICY_PATH)?.unwrap_or_default();
            let at_tip = tip
                .map(|tip| repository.entry(tip, POLICY_PATH))
                .transpose()?
                .flatten();
            Ok((text, at_tip.is_none_or(|entry| entry.blob != in_force)))
        })
        .await?;
    let policy = reader.policy();
    frame::show(&PeoplePage {
        page: reader.page(Some(Section::People)).await?,
        people: policy.people.values().map(person).collect(),
        roles: policy
            .roles
            .iter()
            .map(|(name, what)| (name.clone(), what.clone()))
            .collect(),
        rules: policy.workflows.values().flat_map(in_words).collect(),
        matrices: matrices(policy),
        pending: pending.then(|| say("people-pending")),
        policy_text: text,
        details: details([
            (say("details-policy"), rules.blob.to_string()),
            (say("details-official"), rules.commit.to_string()),
            (say("details-keys"), rules.keys.fingerprints().join(", ")),
        ]),
    })
}

/// Collections in which the same people may do the same share a matrix.
fn matrices(policy: &Policy) -> Vec<Matrix> {
    let mut matrices: Vec<Matrix> = Vec::new();
    for collection in policy.collections.values() {
        let made = matrix(policy, collection);
        let same = matrices
            .iter_mut()
            .find(|known| known.transitions == made.transitions && known.rows == made.rows);
        match same {
            Some(known) => known.collection = format!("{}, {}", known.collection, made.collection),
            None => matrices.push(made),
        }
    }
    matrices
}

fn person(person: &Person) -> PersonRow {
    PersonRow {
        name: person.name.clone(),
        addresses: person.addresses.clone(),
        roles: person.roles.iter().map(held).collect(),
    }
}

/// Returns a role and where it counts.
fn held(grant: &Grant) -> Message {
    let role = grant.role.as_str();
    match (&grant.collections, &grant.locales) {
        (None, None) => verbatim(role),
        (Some(collections), None) => say("people-role-in")
            .with("role", role)
            .with("collections", all_of(collections)),
        (None, Some(locales)) => say("people-role-for")
            .with("role", role)
            .with("locales", all_of(locales)),
        (Some(collections), Some(locales)) => say("people-role-in-for")
            .with("role", role)
            .with("collections", all_of(collections))
            .with("locales", all_of(locales)),
    }
}

fn in_words(workflow: &Workflow) -> Vec<Message> {
    workflow
        .transitions
        .values()
        .flat_map(|transition| {
            let more = transition.more.iter();
            let more = more.map(|more| larger(workflow, transition, more));
            std::iter::once(rule(workflow, transition)).chain(more)
        })
        .collect()
}

/// Returns what a move takes at least where a change is large.
fn larger(workflow: &Workflow, transition: &Transition, more: &More) -> Message {
    let rule = match &more.when {
        When::Bump(bump) => say("people-more-bump").with("bump", bump_word(*bump)),
        When::Fields(fields) => {
            let fields: Vec<String> = fields.iter().map(|field| field.0.clone()).collect();
            say("people-more-fields").with("fields", any_of(&fields))
        }
        When::Unproven => say("people-more-unproven"),
    };
    rule.with("move", sentence(&transition.name))
        .with("workflow", &workflow.name)
        .with("takes", all_of(&takes(&more.by_role)))
}

fn takes(by_role: &IndexMap<String, u32>) -> Vec<String> {
    let roles = by_role.iter();
    roles
        .map(|(role, count)| format!("{count} {role}"))
        .collect()
}

fn rule(workflow: &Workflow, transition: &Transition) -> Message {
    let approvals = &transition.approvals;
    let takes = takes(&approvals.by_role);
    let mut rule = say("people-rule-takes")
        .with("move", sentence(&transition.name))
        .with("from", any_of(&transition.from))
        .with("to", &transition.to)
        .with("workflow", &workflow.name)
        .with("takes", all_of(&takes));
    if approvals.not_author {
        rule = say("people-rule-not-author").with("rule", rule);
    }
    if !approvals.not_same_as.is_empty() {
        rule = say("people-rule-not-same")
            .with("rule", rule)
            .with("earlier", any_of(&approvals.not_same_as));
    }
    if transition.reason_required {
        rule = say("people-rule-reason").with("rule", rule);
    }
    say("people-rule").with("rule", rule)
}

fn matrix(policy: &Policy, collection: &Collection) -> Matrix {
    let transitions = &policy.workflow(collection).transitions;
    let may = |person: &Person, transition: &Transition| {
        transition
            .approvals
            .by_role
            .keys()
            .any(|role| policy.holds(person, role, Some(Scope::collection(&collection.name))))
    };
    Matrix {
        collection: collection.name.clone(),
        transitions: transitions.keys().cloned().collect(),
        rows: policy
            .people
            .values()
            .map(|person| {
                let row = transitions
                    .values()
                    .map(|transition| may(person, transition))
                    .collect();
                (person.name.clone(), row)
            })
            .collect(),
    }
}
