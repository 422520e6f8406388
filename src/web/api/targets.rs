//! What happened to what readers have, for programs that ask; how targets stand; and what builds say of themselves.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::input::{Asked, At, Json};
use super::paging::limit;
use super::problem::Problem;
use super::values::moment;
use crate::index;
use crate::policy::Target;
use crate::publish::message::{Told, told, wants};
use crate::refusal::Refusal;
use crate::web::accounts::Build;
use crate::web::seat::Seat;
use crate::web::showing::targets::standing;

/// Events that are looked through at most for one answer, where a target's are asked for.
const MOST_LOOKED_THROUGH: usize = 10_000;

/// The longest address that a build may name, in bytes.
const MAX_URL_BYTES: usize = 2_000;

/// From where on events are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct After {
    /// The id of the last event that is known: `last` of an earlier answer. From the beginning where it is left out.
    after: Option<String>,
    /// A target of the policy: only what it is told of.
    target: Option<String>,
    /// How many are wanted, 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// Events in the order in which they happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct Events<'a> {
    /// The events. Their numbers have no gap unless a target's are asked for.
    events: Vec<Told<'a>>,
    /// What to ask after next; null where nothing happened yet.
    last: Option<String>,
    /// Whether there are more already.
    more: bool,
}

/// Lists what happened to what readers have, the first first: only what the place of publication holds.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/events", operation_id = "listEvents", tag = "targets",
    params(("repository" = String, Path, description = "The repository's name."), After),
    responses((status = 200, description = "A stretch of the list.", body = Events)),
)]
pub async fn events(seat: Seat, Asked(asked): Asked<After>) -> Result<Response, Problem> {
    let limit = limit(asked.limit)?;
    let pool = seat.desk.index.reader();
    let target = match &asked.target {
        Some(name) => Some(find(&seat, name)?),
        None => None,
    };
    let mut number = match asked.after.as_deref().filter(|id| !id.is_empty()) {
        Some(id) => match index::event_named(pool, id).await? {
            Some(event) => event.number,
            None => return Err(no_such_event(id).into()),
        },
        None => 0,
    };
    // What a rewritten history holds back is not told either.
    let up_to = seat.desk.published_up_to().await?.unwrap_or(0);
    let mut found: Vec<index::Event> = Vec::new();
    let mut last = asked.after.clone();
    let mut looked_through = 0;
    let more = loop {
        let together = i64::try_from(limit).unwrap_or(i64::MAX).max(50);
        let events = index::events_after(pool, number, up_to, together).await?;
        if events.is_empty() {
            break false;
        }
        looked_through += events.len();
        let mut is_full = false;
        for event in events {
            is_full = found.len() == limit;
            if is_full {
                break;
            }
            number = event.number;
            last = Some(event.id.clone());
            if target.as_ref().is_none_or(|target| wants(target, &event)) {
                found.push(event);
            }
        }
        if is_full || looked_through >= MOST_LOOKED_THROUGH {
            break true;
        }
    };
    let told = found
        .iter()
        .map(|event| told(event, event.number))
        .collect();
    Ok(axum::Json(Events {
        events: told,
        last,
        more,
    })
    .into_response())
}

/// How a target stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct TargetOfPolicy {
    /// Its name in the policy.
    #[schema(example = "website")]
    name: String,
    /// What it is.
    title: String,
    /// Whether anybody said where it is reached; without, it can only ask.
    is_reached: bool,
    /// Why nothing is sent; null while it is.
    resting: Option<String>,
    /// Why the last attempt failed; null where it did not.
    failing: Option<String>,
    /// The number of the last event that was dealt with, counted for this target alone.
    told: i64,
    /// Events that are still to be delivered.
    behind: i64,
    /// Deliveries that were put aside.
    dead: i64,
    /// The last build that is live; null where none said so.
    live: Option<BuildReported>,
    /// Events that are not in what is live; null where nothing is.
    live_behind: Option<i64>,
    /// Whether the last build failed.
    has_failed: bool,
}

/// What a build said of itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct BuildReported {
    /// `building`, `live` or `failed`.
    #[schema(example = "live")]
    state: String,
    /// The attestation up to which it was built.
    commit: String,
    /// Where it can be seen; empty where it did not say.
    url: String,
    /// Its log; empty where it did not say.
    log: String,
    /// Whose token it was said with.
    said_by: String,
    /// When it said so.
    #[schema(format = DateTime)]
    at: String,
}

impl From<Build> for BuildReported {
    fn from(build: Build) -> Self {
        Self {
            state: build.state,
            commit: build.commit,
            url: build.url,
            log: build.log,
            said_by: build.said_by,
            at: moment(build.at),
        }
    }
}

/// Lists the targets of the policy, with how each stands.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/targets", operation_id = "listTargets", tag = "targets",
    params(("repository" = String, Path, description = "The repository's name.")),
    responses((status = 200, description = "The targets, in the policy's order.", body = Vec<TargetOfPolicy>)),
)]
pub async fn list(seat: Seat) -> Result<Response, Problem> {
    let mut targets = Vec::new();
    for target in seat.policy().targets.values() {
        targets.push(of_policy(&seat, target).await?);
    }
    Ok(axum::Json(targets).into_response())
}

/// Returns how a target stands.
///
/// # Errors
/// When git or a database cannot be read.
pub async fn of_policy(seat: &Seat, target: &Target) -> Result<TargetOfPolicy, Problem> {
    let standing = standing(seat, target).await?;
    let state = standing.state.as_ref();
    let resting = state.and_then(|state| state.resting.as_ref());
    Ok(TargetOfPolicy {
        name: target.name.clone(),
        title: target.title.clone(),
        is_reached: standing.is_set,
        resting: resting.map(|(why, _)| why.clone()),
        told: state.map_or(0, |state| state.told.sequence),
        behind: standing.behind,
        dead: standing.dead,
        failing: standing.failing,
        live: standing.live.map(BuildReported::from),
        live_behind: standing.live_behind,
        has_failed: standing.has_failed,
    })
}

/// What a build says of itself.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBuild {
    /// `building`, `live` or `failed`.
    #[schema(example = "live")]
    state: String,
    /// Up to which event it builds: the id of the last one that it was told of. Or `commit`.
    #[serde(default)]
    event: Option<String>,
    /// Up to which attestation it builds: `commit` of what it was told, or of the manifest.
    #[serde(default)]
    commit: Option<String>,
    /// Where it can be seen.
    #[serde(default)]
    #[schema(example = "https://register.example.org/")]
    url: String,
    /// Its log.
    #[serde(default)]
    #[schema(example = "https://builds.example.org/41")]
    log: String,
}

/// Says what a build came to, so that the pages can tell what is live where. A later word stands in the place of an earlier one. Who may approve a
/// change of the policy may say it, and so may the machines that have a token of theirs.
#[utoipa::path(
    post, path = "/api/v1/repositories/{repository}/targets/{target}/builds", operation_id = "reportBuild", tag = "targets",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("target" = String, Path, description = "The target's name.", example = "website"),
    ),
    request_body(content = NewBuild, example = json!({"state": "live", "event": "evt_2f0c8b7d4c0a4f6b9d9d0c3b5a1e7f8091a2b3c4", "url": "https://register.example.org/"})),
    responses((status = 201, description = "It is kept.", body = BuildReported)),
)]
pub async fn report(
    seat: Seat,
    At((_, name)): At<(String, String)>,
    sent: Json<NewBuild>,
) -> Result<Response, Problem> {
    let target = find(&seat, &name)?;
    if !seat.governs() {
        return Err(no_right(&seat).into());
    }
    let said = sent.value;
    if !["building", "live", "failed"].contains(&said.state.as_str()) {
        return Err(no_such_state(&said.state).into());
    }
    for address in [&said.url, &said.log] {
        if !(address.is_empty() || is_web_address(address)) {
            return Err(no_address().into());
        }
    }
    let build = Build {
        commit: commit_of(&seat, &said).await?,
        state: said.state,
        url: said.url,
        log: said.log,
        said_by: seat.identity().to_string(),
        at: seat.now(),
    };
    let accounts = &seat.web.accounts;
    accounts
        .keep_build(&seat.desk.name, &target.name, &build)
        .await?;
    seat.desk.tell();
    let kept = axum::Json(BuildReported::from(build));
    Ok((StatusCode::CREATED, kept).into_response())
}

/// Returns the attestation that a build names, one way or the other.
async fn commit_of(seat: &Seat, said: &NewBuild) -> Result<String, Problem> {
    let pool = seat.desk.index.reader();
    match (&said.event, &said.commit) {
        (Some(id), None) => {
            let event = index::event_named(pool, id).await?;
            let event = event.ok_or_else(|| Problem::from(no_such_event(id)))?;
            Ok(event.commit)
        }
        (None, Some(commit)) => match index::sequence_of(pool, commit).await? {
            Some(_) => Ok(commit.clone()),
            None => Err(no_such_commit().into()),
        },
        _ => Err(no_such_commit().into()),
    }
}

/// Returns a target of the policy in force.
///
/// # Errors
/// Where the policy names none so.
pub fn find(seat: &Seat, name: &str) -> Result<Target, Problem> {
    let target = seat.policy().targets.get(name).cloned();
    target.ok_or_else(Problem::nothing_here)
}

/// A page of ours links to it, so it is one of the web and nothing else.
fn is_web_address(address: &str) -> bool {
    let uri: Option<http::Uri> = address.parse().ok();
    let is_web = uri.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.host().is_some_and(|host| !host.is_empty())
    });
    address.len() <= MAX_URL_BYTES && is_web
}

/// What is live stands on every record's page, with an address to follow, so it is said by those who say where targets are reached.
fn no_right(seat: &Seat) -> Refusal {
    let name = seat.identity().name;
    Refusal::new(
        "TGT-RIGHT-002",
        format!("{name} may not say what a build came to"),
        "give the machine that builds a token of somebody who may approve a change of the policy, for \"report\" alone",
    )
}

fn no_such_event(id: &str) -> Refusal {
    let short: String = id.chars().take(60).collect();
    Refusal::new(
        "TGT-EVENT-001",
        format!("no event here has the id \"{short}\""),
        "give the id of one event, evt_..., or the commit of a gathered delivery or a test; after a history was rewritten, ask from the beginning",
    )
}

fn no_such_commit() -> Refusal {
    Refusal::new(
        "TGT-EVENT-002",
        "a build names either one event or one attestation of this register",
        "give either the id of the last event that it was told of, or the commit of that event or manifest",
    )
}

fn no_such_state(state: &str) -> Refusal {
    let short: String = state.chars().take(60).collect();
    Refusal::new(
        "TGT-BUILD-001",
        format!("\"{short}\" is no state of a build"),
        "send building, live or failed",
    )
}

fn no_address() -> Refusal {
    Refusal::new(
        "TGT-BUILD-002",
        "an address of the build is none of the web, or is longer than 2000 bytes",
        "send it whole, with https://, or leave it out",
    )
}
