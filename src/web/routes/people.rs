//! Who may do what: the policy in force, in words and as a matrix.

use axum::http::StatusCode;
use axum::response::Response;

use crate::policy::{Collection, POLICY_PATH, Person, Policy, Transition, Workflow};
use crate::refusal::Refusal;
use crate::review::is_administrator;
use crate::web::failure::{Failure, sentence};
use crate::web::frame;
use crate::web::language::{Message, say, verbatim};
use crate::web::pages::layout::Section;
use crate::web::pages::parts::Link;
use crate::web::pages::people::{LinkMadePage, Matrix, PeoplePage, PersonRow};
use crate::web::reader::{Reader, Submission, readable};
use crate::web::showing::parts::details;
use crate::web::showing::words::{all_of, any_of};
use crate::web::urls;

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
        lets_in: is_administrator(policy, reader.person()).then(|| reader.urls.people_links()),
        roles: policy
            .roles
            .iter()
            .map(|(name, what)| (name.clone(), what.clone()))
            .collect(),
        rules: policy.workflows.values().flat_map(in_words).collect(),
        matrices: policy
            .collections
            .values()
            .map(|collection| matrix(policy, collection))
            .collect(),
        pending: pending.then(|| say("people-pending")),
        policy_text: text,
        details: details([
            (say("details-policy"), rules.blob.to_string()),
            (say("details-official"), rules.commit.to_string()),
            (say("details-keys"), rules.keys.fingerprints().join(", ")),
        ]),
    })
}

/// Makes a sign-in link for somebody, and shows it this once. Whoever opens it is signed in as them, so it is not given to somebody who would thereby get
/// into a register that they do not keep; and the person is told who made it.
pub async fn let_in(submission: Submission) -> Result<Response, Failure> {
    let Submission { reader, fields } = submission;
    let policy = reader.policy();
    if !is_administrator(policy, reader.person()) {
        return Err(not_administrator(&reader));
    }
    let person = policy
        .people
        .get(fields.get("person"))
        .ok_or_else(|| nobody(&reader))?;
    let address = person.addresses.first().ok_or_else(|| nobody(&reader))?;
    if let Some(other) = kept_by_others(&reader, address) {
        return Err(reaches_further(&reader, &person.name, &other));
    }
    let by = &reader.session.address;
    let token = reader
        .web
        .accounts
        .link_by(address, by, reader.now())
        .await?;
    tracing::warn!(by, address, "an administrator made a sign-in link");
    frame::show(&LinkMadePage {
        page: reader.page(Some(Section::People)).await?,
        name: person.name.clone(),
        address: address.clone(),
        link: format!("{}{}", reader.web.public_url, urls::sign_in_link(&token)),
        back: reader.urls.people(),
    })
}

/// Returns a register that an address may read and that the reader does not keep.
fn kept_by_others(reader: &Reader, address: &str) -> Option<String> {
    let keeps = |policy: &Policy| {
        let own = policy.person_by_address(&reader.session.address);
        own.is_some_and(|own| is_administrator(policy, own))
    };
    readable(&reader.web, address)
        .into_iter()
        .find(|(_, served)| match served.desk.index.rules().as_ref() {
            Some(Ok(rules)) => !keeps(&rules.policy),
            Some(Err(_)) | None => false,
        })
        .map(|(name, _)| name.clone())
}

fn not_administrator(reader: &Reader) -> Failure {
    Failure::new(
        StatusCode::FORBIDDEN,
        Refusal::new(
            "WEB-RIGHT-002",
            format!(
                "{} does not keep this register's policy, and lets nobody in",
                reader.person().name
            ),
            "ask somebody who may approve changes of the policy",
        ),
    )
    .leading_to(back(reader))
}

fn nobody(reader: &Reader) -> Failure {
    Failure::new(
        StatusCode::NOT_FOUND,
        Refusal::new(
            "WEB-RIGHT-003",
            "the policy in force names nobody so",
            "look at the people it names",
        ),
    )
    .leading_to(back(reader))
}

fn reaches_further(reader: &Reader, name: &str, other: &str) -> Failure {
    Failure::new(
        StatusCode::FORBIDDEN,
        Refusal::new(
            "WEB-RIGHT-004",
            format!("a link for {name} would open {other} too, which you do not keep"),
            "ask the operator to run countersign user",
        ),
    )
    .leading_to(back(reader))
}

fn back(reader: &Reader) -> Link {
    Link {
        label: say("section-people"),
        href: reader.urls.people(),
    }
}

fn person(person: &Person) -> PersonRow {
    PersonRow {
        key: person.key.clone(),
        name: person.name.clone(),
        addresses: person.addresses.clone(),
        roles: person
            .roles
            .iter()
            .map(|grant| match &grant.collections {
                None => verbatim(grant.role.as_str()),
                Some(collections) => say("people-role-in")
                    .with("role", &grant.role)
                    .with("collections", all_of(collections)),
            })
            .collect(),
    }
}

fn in_words(workflow: &Workflow) -> Vec<Message> {
    workflow
        .transitions
        .values()
        .map(|transition| rule(workflow, transition))
        .collect()
}

fn rule(workflow: &Workflow, transition: &Transition) -> Message {
    let approvals = &transition.approvals;
    let takes: Vec<String> = approvals
        .by_role
        .iter()
        .map(|(role, count)| format!("{count} {role}"))
        .collect();
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
            .any(|role| policy.holds(person, role, Some(&collection.name)))
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
