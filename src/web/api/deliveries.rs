//! Deliveries to a target for programs: what was sent and answered, and what is sent once more.

use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::input::{Asked, At, Json};
use super::paging::{Here, Stretch, after, limit, stretch};
use super::problem::Problem;
use super::records::more;
use super::targets::{TargetOfPolicy, find, of_policy};
use super::values::moment;
use crate::web::accounts::{Attempt, TargetDelivery};
use crate::web::delivering::{self, Which};
use crate::web::seat::Seat;

/// Which deliveries are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// In one state alone.
    #[param(inline)]
    state: Option<State>,
    /// Where to go on: `next` of an earlier answer.
    cursor: Option<String>,
    /// How many are wanted, 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// How a delivery stands.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = DeliveryState)]
enum State {
    /// It is to be tried, or tried again.
    Waiting,
    /// Its receiver took it.
    Delivered,
    /// It was put aside.
    Dead,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }
}

/// A delivery.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Delivery)]
pub struct Told {
    /// The number of its first event for this target; it names the delivery.
    first: i64,
    /// The number of its last event.
    last: i64,
    /// What the receiver knows it by.
    id: String,
    /// Its type: an event's, or `events.gathered`.
    #[serde(rename = "type")]
    kind: String,
    /// The record or the release; empty where several events are gathered.
    record: String,
    /// `waiting`, `delivered` or `dead`.
    state: String,
    /// How often it was tried.
    attempts: i64,
    /// When it is tried next; null where it is not.
    #[schema(format = DateTime)]
    due: Option<String>,
    /// When it was made.
    #[schema(format = DateTime)]
    made_at: String,
    /// When it was delivered or put aside; null while it waits.
    #[schema(format = DateTime)]
    ended_at: Option<String>,
}

impl From<&TargetDelivery> for Told {
    fn from(one: &TargetDelivery) -> Self {
        Self {
            first: one.first,
            last: one.last,
            id: one.message.id.clone(),
            kind: one.message.kind.clone(),
            record: one.message.record.clone(),
            due: (one.state == "waiting").then(|| moment(one.due)),
            state: one.state.clone(),
            attempts: one.attempts,
            made_at: moment(one.made_at),
            ended_at: one.ended_at.map(moment),
        }
    }
}

/// One try.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeliveryAttempt)]
pub struct Tried {
    /// Its number, from 1 on.
    number: i64,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// How long it took, in milliseconds.
    took_ms: i64,
    /// What was sent, without secrets.
    request: String,
    /// The status of the answer; null where there was none.
    status: Option<i64>,
    /// The answer's headers and the beginning of its body.
    answer: String,
    /// The code of why it failed; null where it did not.
    code: Option<String>,
    /// Why it failed; null where it did not.
    cause: Option<String>,
    /// What to do about it; null where nothing is.
    next: Option<String>,
}

impl From<Attempt> for Tried {
    fn from(one: Attempt) -> Self {
        let said = |text: String| Some(text).filter(|text| !text.is_empty());
        Self {
            number: one.number,
            at: moment(one.at),
            took_ms: one.took_ms,
            request: one.request,
            status: one.status,
            answer: one.answer,
            code: said(one.code),
            cause: said(one.error),
            next: said(one.next),
        }
    }
}

/// A delivery with its bytes and every attempt.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeliveryTried)]
pub struct Whole {
    #[serde(flatten)]
    delivery: Told,
    /// What is sent, byte for byte.
    body: String,
    /// Each try, the latest first.
    tries: Vec<Tried>,
}

/// Lists the deliveries of a target, the latest first.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/targets/{target}/deliveries", operation_id = "listDeliveries", tag = "targets",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("target" = String, Path, description = "The target's name.", example = "website"),
        Wanted,
    ),
    responses((status = 200, description = "A stretch of the list.", body = Stretch<Told>,
        headers(("Link" = String, description = "The next stretch, as `rel=\"next\"`; absent at the end.")))),
)]
pub async fn list(
    seat: Seat,
    here: Here,
    At((_, name)): At<(String, String)>,
    Asked(asked): Asked<Wanted>,
) -> Result<Response, Problem> {
    let target = find(&seat, &name)?;
    let limit = limit(asked.limit)?;
    let before = after("deliveries", asked.cursor.as_deref())?.unwrap_or(i64::MAX);
    let state = asked.state.map(State::name);
    let (accounts, repository) = (&seat.web.accounts, seat.desk.name.as_str());
    let found = accounts
        .target_deliveries(repository, &target.name, state, before, more(limit))
        .await?;
    let told = found.iter().map(Told::from).collect();
    Ok(stretch("deliveries", told, limit, |one: &Told| one.first)?.answer(&here, limit))
}

/// Shows a delivery with every attempt.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/targets/{target}/deliveries/{first}", operation_id = "getDelivery", tag = "targets",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("target" = String, Path, description = "The target's name.", example = "website"),
        ("first" = i64, Path, description = "The number of its first event for this target."),
    ),
    responses((status = 200, description = "The delivery.", body = Whole)),
)]
pub async fn show(
    seat: Seat,
    At((_, name, first)): At<(String, String, i64)>,
) -> Result<Response, Problem> {
    let target = find(&seat, &name)?;
    let (accounts, repository) = (&seat.web.accounts, seat.desk.name.as_str());
    let found = accounts
        .target_delivery(repository, &target.name, first)
        .await?;
    let found = found.ok_or_else(Problem::nothing_here)?;
    let tries = accounts.attempts(repository, &target.name, first).await?;
    Ok(axum::Json(Whole {
        delivery: Told::from(&found),
        body: found.message.body,
        tries: tries.into_iter().map(Tried::from).collect(),
    })
    .into_response())
}

/// Whether a target is to rest.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resting {
    /// Nothing is sent while it is.
    resting: bool,
}

/// Lets a target rest, or go on.
#[utoipa::path(
    post, path = "/api/v1/repositories/{repository}/targets/{target}/resting", operation_id = "restTarget", tag = "targets",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("target" = String, Path, description = "The target's name.", example = "website"),
    ),
    request_body(content = Resting, example = json!({"resting": false})),
    responses((status = 200, description = "How the target stands now.", body = TargetOfPolicy)),
)]
pub async fn rest(
    seat: Seat,
    At((_, name)): At<(String, String)>,
    sent: Json<Resting>,
) -> Result<Response, Problem> {
    let target = find(&seat, &name)?;
    delivering::check(&seat)?;
    delivering::rest(&seat, &target.name, sent.value.resting).await?;
    Ok(axum::Json(of_policy(&seat, &target).await?).into_response())
}

/// Which deliveries are sent once more: a range of numbers, or all that were put aside where none is given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// The first number.
    #[serde(default)]
    from: Option<i64>,
    /// The last number.
    #[serde(default)]
    to: Option<i64>,
}

/// How many deliveries are sent once more.
#[derive(Debug, Serialize, ToSchema)]
pub struct Replayed {
    /// How many.
    count: u64,
}

/// Sends deliveries once more, under the ids that they had.
#[utoipa::path(
    post, path = "/api/v1/repositories/{repository}/targets/{target}/replay", operation_id = "replayDeliveries", tag = "targets",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("target" = String, Path, description = "The target's name.", example = "website"),
    ),
    request_body(content = Replay, example = json!({"from": 41, "to": 53})),
    responses((status = 200, description = "They wait for their turn.", body = Replayed)),
)]
pub async fn replay(
    seat: Seat,
    At((_, name)): At<(String, String)>,
    sent: Json<Replay>,
) -> Result<Response, Problem> {
    let target = find(&seat, &name)?;
    delivering::check(&seat)?;
    let which = match (sent.value.from, sent.value.to) {
        (None, None) => Which::Dead,
        (Some(from), Some(to)) => Which::Range(from, to),
        _ => return Err(delivering::no_range().into()),
    };
    let count = delivering::replay(&seat, &target.name, which).await??;
    Ok(axum::Json(Replayed { count }).into_response())
}
