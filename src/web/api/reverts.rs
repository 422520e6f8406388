//! What was official once, proposed again by a program.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::again::{Again, Done};
use super::edits::{EditResult, hashed};
use super::input::{At, Json};
use super::problem::Problem;
use crate::id::BlobId;
use crate::web::again;
use crate::web::seat::Seat;

/// A text to propose again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Revert {
    /// The text: the blob of one of the record's versions, or of its last one where its file was removed.
    #[schema(example = "587be6b4c3f93f93c489c0111bba5596147a26cb")]
    text: String,
    /// Why; the proposal's description.
    #[serde(default)]
    reason: String,
}

/// Proposes an earlier text of a record again, with the status and version of now. It lands as the next version, once it is approved.
#[utoipa::path(
    post, path = "/api/v1/repositories/{repository}/records/{record}/revert", operation_id = "proposeEarlierText", tag = "proposals",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("record" = String, Path, description = "The record's id, in one segment: its slashes are percent-encoded.", example = "notes/one"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request has the same answer, and is done once."),
    ),
    request_body(content = Revert, example = json!({"text": "587be6b4c3f93f93c489c0111bba5596147a26cb", "reason": "The newer one says too much."})),
    responses((status = 201, description = "The proposal is begun.", body = EditResult,
        headers(("ETag" = String, description = "The blob of the proposed text.")))),
)]
pub async fn revert(
    seat: Seat,
    At((_, id)): At<(String, String)>,
    again: Again,
    sent: Json<Revert>,
) -> Result<Response, Problem> {
    let Revert { text, reason } = sent.value;
    let text: BlobId = text.parse().map_err(|_| Problem::nothing_here())?;
    let seat = Arc::new(seat);
    let work = begun(Arc::clone(&seat), id, text, reason);
    again.once(seat, &sent.bytes, work).await
}

async fn begun(seat: Arc<Seat>, id: String, text: BlobId, reason: String) -> Result<Done, Problem> {
    let found = again::find(&seat, &id, text).await?;
    let found = found.or(Problem::nothing_here)?;
    let (path, content) = (found.path.clone(), found.content.clone());
    let blob = hashed(&seat, content).await?;
    let saved = again::propose(&seat, found, &reason).await?;
    let result = EditResult::begun(id, path, blob, saved);
    Done::new(StatusCode::CREATED, &result)
}
