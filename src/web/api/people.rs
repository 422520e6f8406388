//! People and policy: who may do what, by the policy in force.

use axum::Json;
use indexmap::IndexMap;
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::Problem;
use super::values::Meaning;
use crate::policy::{Collection, POLICY_PATH, Person, Transition, When, Workflow};
use crate::web::seat::Seat;

/// The people of the policy in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct People {
    /// All of them, in the policy's order.
    items: Vec<PersonOfPolicy>,
}

/// Somebody the policy knows.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonOfPolicy {
    /// The short name.
    #[schema(example = "ana")]
    person: String,
    /// The name.
    #[schema(example = "Ana Roche")]
    name: String,
    /// Their addresses; the first is the one commits carry.
    addresses: Vec<String>,
    /// The roles they hold.
    roles: Vec<Grant>,
}

/// A role that somebody holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct Grant {
    /// The role.
    #[schema(example = "reviewer")]
    role: String,
    /// The collections it counts in; null for all.
    collections: Option<Vec<String>>,
    /// The languages of the texts that it counts for, `fr` for `fr-CA` too; null for all.
    #[schema(example = json!(["fr"]))]
    locales: Option<Vec<String>>,
}

/// The policy in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyInForce {
    /// Its blob, which decisions name.
    blob: String,
    /// The commit that made it official.
    commit: String,
    /// The file as it is in force.
    text: String,
    /// Whether the file on the published branch is another, which has no effect until it is approved.
    change_waits: bool,
    /// Fingerprints of the server's keys that count.
    keys: Vec<String>,
    /// What each role is for.
    roles: Vec<Role>,
    /// The collections.
    collections: Vec<CollectionOfPolicy>,
    /// The workflows that collections use.
    workflows: Vec<WorkflowOfPolicy>,
    /// What a change of the policy takes.
    governance: Vec<Takes>,
    /// Roles whose holders may veto.
    veto: Vec<String>,
}

/// A role.
#[derive(Debug, Serialize, ToSchema)]
pub struct Role {
    /// Its name.
    #[schema(example = "reviewer")]
    role: String,
    /// What it is for.
    purpose: String,
}

/// A collection as the policy has it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CollectionOfPolicy {
    /// Its name.
    #[schema(example = "notes")]
    name: String,
    /// Patterns of its files.
    paths: Vec<String>,
    /// How they are written.
    format: &'static str,
    /// Its workflow.
    workflow: String,
    /// The schema of its fields: a path in the repository.
    schema: Option<String>,
    /// The field that holds a record's id.
    id: Option<String>,
    /// The field that is shown as its title.
    title: Option<String>,
    /// The field that declares its status.
    status: Option<String>,
    /// The field that declares its version.
    version: Option<String>,
}

/// States and moves.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkflowOfPolicy {
    /// Its name.
    name: String,
    /// The status of a record that was never attested.
    #[schema(example = "draft")]
    initial: String,
    /// Every status.
    statuses: Vec<Status>,
    /// Every move.
    transitions: Vec<TransitionOfPolicy>,
}

/// A status.
#[derive(Debug, Serialize, ToSchema)]
pub struct Status {
    /// Its name.
    #[schema(example = "draft")]
    status: String,
    /// What it means to readers.
    meaning: Meaning,
}

/// A move between statuses.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransitionOfPolicy {
    /// Its name.
    #[schema(example = "validate")]
    name: String,
    /// The statuses it leaves.
    from: Vec<String>,
    /// The status it enters.
    to: String,
    /// Who must approve.
    takes: Vec<Takes>,
    /// Who must at least approve where a change is large.
    more: Vec<More>,
    /// Whether whoever wrote the text may not approve it.
    not_author: bool,
    /// Moves whose approvers may not approve this one of the same text.
    not_same_as: Vec<String>,
    /// Whether whoever approves must say why.
    reason_required: bool,
    /// Fields that must hold a value before.
    requires: Vec<String>,
    /// Whether it writes a version.
    writes_version: bool,
}

/// How many people of a role must approve.
#[derive(Debug, Serialize, ToSchema)]
pub struct Takes {
    /// The role.
    #[schema(example = "reviewer")]
    role: String,
    /// How many different people.
    #[schema(example = 1)]
    people: u32,
}

/// Who must at least approve some changes: those that move the version so far or further, those of some fields, or those whose authors nothing proves.
#[derive(Debug, Serialize, ToSchema)]
pub struct More {
    /// The least bump of the changes that are meant.
    #[schema(example = "major")]
    bump: Option<&'static str>,
    /// The fields whose changes are meant.
    fields: Vec<String>,
    /// Whether changes by authors whom nothing proves are meant.
    unproven_authors: bool,
    /// Who must at least approve them.
    takes: Vec<Takes>,
}

/// Lists the people of the policy in force.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/people", operation_id = "listPeople", tag = "policy",
    params(("repository" = String, Path, description = "The repository's name.")),
    responses((status = 200, description = "The people.", body = People)),
)]
pub async fn people(seat: Seat) -> Json<People> {
    let items = seat.policy().people.values().map(person).collect();
    Json(People { items })
}

fn person(person: &Person) -> PersonOfPolicy {
    PersonOfPolicy {
        person: person.key.clone(),
        name: person.name.clone(),
        addresses: person.addresses.clone(),
        roles: person
            .roles
            .iter()
            .map(|grant| Grant {
                role: grant.role.clone(),
                collections: grant.collections.clone(),
                locales: grant.locales.clone(),
            })
            .collect(),
    }
}

/// Returns the policy in force.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/policy", operation_id = "getPolicy", tag = "policy",
    params(("repository" = String, Path, description = "The repository's name.")),
    responses((status = 200, description = "The policy.", body = PolicyInForce)),
)]
pub async fn policy(seat: Seat) -> Result<Json<PolicyInForce>, Problem> {
    let (rules, policy) = (seat.rules(), seat.policy());
    let commit = rules.commit;
    let text = seat
        .desk
        .on_repository(move |repository, _| repository.text(commit, POLICY_PATH))
        .await?;
    Ok(Json(PolicyInForce {
        blob: rules.blob.to_string(),
        commit: commit.to_string(),
        text: text.unwrap_or_default(),
        change_waits: seat.desk.amendment(rules).await?.is_some(),
        keys: rules.keys.fingerprints(),
        roles: policy
            .roles
            .iter()
            .map(|(role, purpose)| Role {
                role: role.clone(),
                purpose: purpose.clone(),
            })
            .collect(),
        collections: policy.collections.values().map(collection).collect(),
        workflows: policy.workflows.values().map(workflow).collect(),
        governance: takes(&policy.governance.by_role),
        veto: policy.veto.clone(),
    }))
}

fn collection(collection: &Collection) -> CollectionOfPolicy {
    let named = |field: &Option<crate::record::FieldPath>| field.as_ref().map(ToString::to_string);
    CollectionOfPolicy {
        name: collection.name.clone(),
        paths: collection.paths.clone(),
        format: collection.format.name(),
        workflow: collection.workflow.clone(),
        schema: collection.schema.clone(),
        id: named(&collection.id),
        title: named(&collection.title),
        status: named(&collection.status),
        version: named(&collection.version),
    }
}

fn workflow(workflow: &Workflow) -> WorkflowOfPolicy {
    WorkflowOfPolicy {
        name: workflow.name.clone(),
        initial: workflow.initial.clone(),
        statuses: workflow
            .statuses
            .iter()
            .map(|(status, kind)| Status {
                status: status.clone(),
                meaning: (*kind).into(),
            })
            .collect(),
        transitions: workflow.transitions.values().map(transition).collect(),
    }
}

fn transition(transition: &Transition) -> TransitionOfPolicy {
    TransitionOfPolicy {
        name: transition.name.clone(),
        from: transition.from.clone(),
        to: transition.to.clone(),
        takes: takes(&transition.approvals.by_role),
        more: transition.more.iter().map(more).collect(),
        not_author: transition.approvals.not_author,
        not_same_as: transition.approvals.not_same_as.clone(),
        reason_required: transition.reason_required,
        requires: transition
            .requires
            .iter()
            .map(ToString::to_string)
            .collect(),
        writes_version: transition.writes_version,
    }
}

fn more(more: &crate::policy::More) -> More {
    let (bump, fields) = match &more.when {
        When::Bump(bump) => (Some(bump.name()), Vec::new()),
        When::Fields(fields) => (None, fields.iter().map(|field| field.0.clone()).collect()),
        When::Unproven => (None, Vec::new()),
    };
    More {
        unproven_authors: more.when == When::Unproven,
        takes: takes(&more.by_role),
        bump,
        fields,
    }
}

fn takes(by_role: &IndexMap<String, u32>) -> Vec<Takes> {
    by_role
        .iter()
        .map(|(role, people)| Takes {
            role: role.clone(),
            people: *people,
        })
        .collect()
}
