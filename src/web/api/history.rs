//! The register's history for programs: whether it is whole, what a rewriting lost, and the one decision about it.

use std::sync::Arc;

use axum::Json as Sent;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::again::{Again, Done};
use super::events::{DecisionEvent, decision};
use super::input::{IfMatch, Json};
use super::problem::Problem;
use super::records::tagged;
use super::values::moment;
use crate::index;
use crate::ledger::HISTORY;
use crate::review::{HistoryChoice, HistoryOrder, Lost, Outcome, Rewritten};
use crate::web::seat::Seat;

/// Lost commits that are listed at most.
const LISTED: usize = 200;

/// The history of the published branch.
#[derive(Debug, Serialize, ToSchema)]
pub struct History {
    /// How it stands.
    state: HistoryState,
    /// The rewriting that waits for a decision; null where none does.
    rewritten: Option<RewrittenHistory>,
    /// What happened and was decided, in the journal's order.
    said: Vec<DecisionEvent>,
}

/// How the history stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HistoryState {
    /// It holds what it was known to hold.
    Whole,
    /// It was rewritten, and publishing is on hold until somebody decides.
    OnHold,
    /// It is being restored.
    Restoring,
}

/// A rewritten history.
#[derive(Debug, Serialize, ToSchema)]
pub struct RewrittenHistory {
    /// The branch.
    #[schema(example = "main")]
    branch: String,
    /// The commit it ended with before.
    old: String,
    /// The ref that keeps it.
    kept_as: String,
    /// The commit it ends with now.
    new: String,
    /// The manifest of what was lost, to be named by `If-Match` of a decision.
    manifest: String,
    /// How many approved commits it lost.
    lost_count: usize,
    /// The latest of them, at most 200.
    lost: Vec<LostCommit>,
    /// How many other commits it lost.
    ordinary: usize,
    /// How many commits are new in it.
    added: usize,
    /// Who decides, by name.
    deciders: Vec<String>,
    /// Whether the token's owner does.
    may_decide: bool,
}

/// An approved commit that is no longer in the history.
#[derive(Debug, Serialize, ToSchema)]
pub struct LostCommit {
    /// The commit.
    commit: String,
    /// Its record.
    record: String,
    /// Its move.
    #[schema(example = "activate")]
    transition: String,
    /// The version that it wrote; null where it wrote none.
    version: Option<String>,
    /// When.
    at: String,
}

/// What is decided about a rewritten history.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHistoryDecision {
    /// Which of the two.
    decision: Choice,
    /// Kept with the decision, for everyone to read.
    reason: String,
}

/// The one choice there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// The branch goes back to what it was.
    Restore,
    /// What is there now counts.
    Accept,
}

/// What a decision about the history came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryDecided {
    /// The journal commit.
    decision: String,
    /// How the history stands now.
    state: HistoryState,
}

/// Returns whether the history is whole, and what waits for a decision.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/history", operation_id = "getHistory", tag = "history",
    params(("repository" = String, Path, description = "The repository's name.")),
    responses((status = 200, description = "The history.", body = History,
        headers(("ETag" = String, description = "The manifest of what was lost, for `If-Match` of a decision; only while one is asked for.")))),
)]
pub async fn show(seat: Seat) -> Result<Response, Problem> {
    let pool = seat.desk.index.reader();
    let said = index::decisions_of(pool, &[HISTORY.to_owned()]).await?;
    let rewritten = seat.desk.rewritten();
    let history = History {
        state: state(rewritten.as_deref()),
        rewritten: rewritten.as_deref().map(|found| told(&seat, found)),
        said: said
            .iter()
            .map(|row| decision(seat.policy(), row))
            .collect(),
    };
    Ok(match &rewritten {
        Some(found) => tagged(&found.manifest.to_string(), Sent(history)),
        None => Sent(history).into_response(),
    })
}

fn state(rewritten: Option<&Rewritten>) -> HistoryState {
    match rewritten {
        None => HistoryState::Whole,
        Some(found) if found.is_restoring => HistoryState::Restoring,
        Some(_) => HistoryState::OnHold,
    }
}

fn told(seat: &Seat, found: &Rewritten) -> RewrittenHistory {
    RewrittenHistory {
        branch: found.branch.clone(),
        old: found.tips.old.to_string(),
        kept_as: found.kept_as.clone(),
        new: found.tips.new.to_string(),
        manifest: found.manifest.to_string(),
        lost_count: found.lost.len(),
        lost: found.lost.iter().rev().take(LISTED).map(lost).collect(),
        ordinary: found.ordinary,
        added: found.added,
        deciders: found.deciders(),
        may_decide: !found.is_restoring && found.judge(&seat.identity().address).is_ok(),
    }
}

fn lost(lost: &Lost) -> LostCommit {
    LostCommit {
        commit: lost.commit.to_string(),
        record: lost.record.0.clone(),
        transition: lost.transition.clone(),
        version: lost.version.clone(),
        at: moment(lost.at),
    }
}

/// Decides about a rewritten history: restores what was, or accepts what is there.
#[utoipa::path(
    post, path = "/api/v1/repositories/{repository}/history/decisions", operation_id = "decideHistory", tag = "history",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("If-Match" = String, Header, description = "The manifest that was read, in double quotes."),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request has the same answer, and is done once."),
    ),
    request_body = NewHistoryDecision,
    responses((status = 201, description = "It is decided.", body = HistoryDecided)),
)]
pub async fn decide(
    seat: Seat,
    IfMatch(seen): IfMatch,
    again: Again,
    sent: Json<NewHistoryDecision>,
) -> Result<Response, Problem> {
    let order = HistoryOrder {
        by: seat.identity(),
        choice: match sent.value.decision {
            Choice::Restore => HistoryChoice::Restore,
            Choice::Accept => HistoryChoice::Accept,
        },
        seen,
        reason: sent.value.reason.clone(),
        operation: again.operation(&seat, 0)?,
        at: seat.now(),
    };
    let seat = Arc::new(seat);
    let work = carry_out(Arc::clone(&seat), order);
    again.once(seat, &sent.bytes, work).await
}

async fn carry_out(seat: Arc<Seat>, order: HistoryOrder) -> Result<Done, Problem> {
    let decided = seat.committer.history(order).await;
    let rewritten = seat.desk.rewritten();
    let decision = match decided {
        Ok(Outcome::Recorded { decision } | Outcome::Attested { decision, .. }) => decision,
        Ok(Outcome::Edited { commit, .. }) => commit,
        Err(refusal) => {
            let is_stale = refusal.code == "GIT-HIST-002";
            let problem = Problem::from(refusal);
            return Err(match rewritten.filter(|_| is_stale) {
                Some(found) => problem.standing_at(found.manifest.to_string()),
                None => problem,
            });
        }
    };
    Done::new(
        StatusCode::CREATED,
        &HistoryDecided {
            decision: decision.to_string(),
            state: state(rewritten.as_deref()),
        },
    )
}
