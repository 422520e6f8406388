//! A change of the policy, its schemas or keys that waits for approval.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::events::{DecisionEvent, decision};
use super::moves::{Move, moves};
use super::problem::Problem;
use super::queue::Part;
use super::records::tagged;
use super::repositories::Told;
use super::review::{Author, Said, authors};
use crate::id::BlobId;
use crate::index;
use crate::ledger::GOVERNANCE;
use crate::refusal::Refusal;
use crate::repository::Repository;
use crate::review::governance::Amendment;
use crate::review::queue::{acts_of, place};
use crate::web::seat::Seat;

/// A change of the governed files that waits for approval.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyChange {
    /// The manifest of the files in force, to be named by a decision.
    base: String,
    /// The manifest of the proposed files, to be named by a decision.
    proposed: String,
    /// The policy in force, under which the change is judged.
    policy: String,
    /// The part of the queue it stands in for the token's owner.
    part: Part,
    /// Who wrote it.
    authors: Vec<Author>,
    /// The moves that are open: to put it in force, or to restore what was.
    moves: Vec<Move>,
    /// What the token's owner may say now, beside approving a move.
    may: Vec<Said>,
    /// Why it cannot be put in force, if it cannot.
    faults: Vec<Told>,
    /// The files that differ.
    files: Vec<GovernedFile>,
    /// Everything that was said of the policy, in the journal's order.
    said: Vec<DecisionEvent>,
}

/// A governed file that differs.
#[derive(Debug, Serialize, ToSchema)]
pub struct GovernedFile {
    /// Its path.
    #[schema(example = "countersign.toml")]
    path: String,
    /// The blob in force; null where there is none.
    old_blob: Option<String>,
    /// The proposed blob; null where the file is taken away.
    new_blob: Option<String>,
    /// The text in force; null where there is none, or where it is no text of a readable size.
    old: Option<String>,
    /// The proposed text; null where there is none, or where it is no text of a readable size.
    new: Option<String>,
}

/// Returns the change of the policy that waits.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/policy-change", operation_id = "getPolicyChange", tag = "policy",
    params(("repository" = String, Path, description = "The repository's name.")),
    responses((status = 200, description = "The change.", body = PolicyChange,
        headers(("ETag" = String, description = "The manifest of the proposed files, for `If-Match` of a decision.")))),
)]
pub async fn show(seat: Seat) -> Result<Response, Problem> {
    let found = seat.desk.amendment(seat.rules()).await?;
    let change = told(&seat, found.ok_or_else(nothing_waits)?).await?;
    Ok(tagged(&change.proposed.clone(), axum::Json(change)))
}

async fn told(seat: &Seat, amendment: Amendment) -> Result<PolicyChange, Problem> {
    let pool = seat.desk.index.reader();
    let said = index::decisions_of(pool, &[GOVERNANCE.to_owned()]).await?;
    let (policy, person, item) = (seat.policy(), seat.person(), &amendment.item);
    Ok(PolicyChange {
        base: item.base.map(|blob| blob.to_string()).unwrap_or_default(),
        proposed: item.proposed.to_string(),
        policy: seat.rules().blob.to_string(),
        part: place(policy, item, person).section.into(),
        authors: authors(policy, item),
        moves: moves(seat, item),
        may: acts_of(policy, item, person)
            .into_iter()
            .map(Said::from)
            .collect(),
        faults: amendment.faults.iter().map(Told::from).collect(),
        said: said.iter().map(|row| decision(policy, row)).collect(),
        files: files(seat, amendment).await?,
    })
}

async fn files(seat: &Seat, amendment: Amendment) -> Result<Vec<GovernedFile>, Problem> {
    let read = seat.desk.on_repository(move |repository, _| {
        let (old, new) = (&amendment.in_force, &amendment.proposed);
        let changed = new.changed_since(old).into_iter();
        Ok(changed
            .map(|path| file(repository, old.blob(&path), new.blob(&path), path))
            .collect())
    });
    Ok(read.await?)
}

/// A file that is too large to be read is named all the same.
fn file(
    repository: &Repository,
    old: Option<BlobId>,
    new: Option<BlobId>,
    path: String,
) -> GovernedFile {
    let text = |blob: Option<BlobId>| {
        let bytes = repository.bytes(blob?).ok()?;
        String::from_utf8(bytes).ok()
    };
    GovernedFile {
        path,
        old: text(old),
        new: text(new),
        old_blob: old.map(|blob| blob.to_string()),
        new_blob: new.map(|blob| blob.to_string()),
    }
}

fn nothing_waits() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        Refusal::new(
            "API-POLICY-001",
            "no change of the policy waits for approval",
            "read the policy that is in force",
        ),
    )
}
