//! What happened in the whole register, and to one record.

use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::events::{Event, event};
use super::input::{Asked, At};
use super::paging::{Here, Stretch, after, limit, stretch};
use super::problem::Problem;
use super::records::{Which, find, more};
use crate::index::{self, EventKey, EventRow, RecordRow};
use crate::web::seat::Seat;

/// Edits of one record that are told; the log has them all.
const MOST_EDITS: i64 = 2000;

/// Where a list goes on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// Where to go on: `next` of an earlier answer.
    pub cursor: Option<String>,
    /// How many are wanted, 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
}

/// Where a record's history goes on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfRecord {
    /// The file, where several carry the same id; the first otherwise.
    path: Option<String>,
    /// Where to go on: `next` of an earlier answer.
    cursor: Option<String>,
    /// How many are wanted, 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// Lists what happened, the latest first.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/activity", operation_id = "listActivity", tag = "activity",
    params(("repository" = String, Path, description = "The repository's name."), Page),
    responses((status = 200, description = "A stretch of the list.", body = Stretch<Event>,
        headers(("Link" = String, description = "The next stretch, as `rel=\"next\"`; absent at the end.")))),
)]
pub async fn list(seat: Seat, here: Here, Asked(asked): Asked<Page>) -> Result<Response, Problem> {
    let limit = limit(asked.limit)?;
    let before: Option<EventKey> = after("activity", asked.cursor.as_deref())?;
    let pool = seat.desk.index.reader();
    let rows = index::events_before(pool, before.as_ref(), more(limit)).await?;
    let page = stretch("activity", rows, limit, EventRow::key)?;
    Ok(told(&seat, page).answer(&here, limit))
}

/// Lists what happened to a record under all its names, the latest first.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/records/{record}/history", operation_id = "listRecordHistory", tag = "records",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("record" = String, Path, description = "The record's id, in one segment: its slashes are percent-encoded.", example = "notes/one"),
        OfRecord,
    ),
    responses((status = 200, description = "A stretch of the list.", body = Stretch<Event>,
        headers(("Link" = String, description = "The next stretch, as `rel=\"next\"`; absent at the end.")))),
)]
pub async fn of_record(
    seat: Seat,
    here: Here,
    At((_, id)): At<(String, String)>,
    Asked(asked): Asked<OfRecord>,
) -> Result<Response, Problem> {
    let limit = limit(asked.limit)?;
    let before: Option<EventKey> = after("history", asked.cursor.as_deref())?;
    let row = find(&seat, &id, &Which { path: asked.path }).await?;
    let mut rows = events_of(&seat, &row).await?;
    rows.retain(|row| before.as_ref().is_none_or(|before| row.key() < *before));
    let page = stretch("history", rows, limit, EventRow::key)?;
    Ok(told(&seat, page).answer(&here, limit))
}

async fn events_of(seat: &Seat, row: &RecordRow) -> Result<Vec<EventRow>, Problem> {
    let pool = seat.desk.index.reader();
    let ids = std::slice::from_ref(&row.id);
    let edits = index::edits_of(pool, &row.path, MOST_EDITS).await?;
    let decisions = index::decisions_of(pool, ids).await?;
    let attestations = index::attestations_of(pool, ids).await?;
    let mut rows: Vec<EventRow> = edits
        .into_iter()
        .map(EventRow::Edit)
        .chain(decisions.into_iter().map(EventRow::Decision))
        .chain(attestations.into_iter().map(EventRow::Attestation))
        .collect();
    rows.sort_by_cached_key(|row| std::cmp::Reverse(row.key()));
    Ok(rows)
}

fn told(seat: &Seat, page: Stretch<EventRow>) -> Stretch<Event> {
    let policy = seat.policy();
    Stretch {
        items: page.items.iter().map(|row| event(policy, row)).collect(),
        next: page.next,
    }
}
