//! Decisions that programs send: the same intents as the pages', bound to the texts they name.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::again::{Again, Done, another_decision};
use super::files::{AttachedFile, attached};
use super::input::{Asked, At, IfMatch, Json};
use super::problem::{Document, Problem};
use super::records::Where;
use super::review::{Said, item_of};
use crate::id::{BlobId, CommitId, RecordId};
use crate::index::{self, DecisionRow};
use crate::ledger::{About as Beside, Act, Decision, GOVERNANCE, Seen};
use crate::policy::{Bump, POLICY_PATH};
use crate::record::{FieldPath, NotAFieldPath};
use crate::refusal::Refusal;
use crate::review::{self, Intent, Item, Outcome, Publication, Target};
use crate::web::seat::Seat;

/// The longest text of a decision, in bytes: it becomes a commit's message.
const MAX_REASON_BYTES: usize = 64 * 1024;

/// A decision. The text it judges stands in `If-Match`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDecision {
    /// What is said.
    decision: Said,
    /// The move that is approved; only with `approve`.
    #[schema(example = "validate")]
    transition: Option<String>,
    /// The last published text that was seen; null where there was none.
    #[serde(deserialize_with = "named")]
    #[schema(required = true)]
    base: Option<String>,
    /// The policy that was seen; a decision that names one is refused once another is in force.
    policy: Option<String>,
    /// A bump other than the computed one; only with `approve`. A smaller one takes a reason.
    bump: Option<BumpAsked>,
    /// The field that is spoken of; only with `comment`.
    #[schema(example = "claims[c1].text")]
    field: Option<String>,
    /// Who is asked to look, by the short name in the policy; only with `assign`.
    assignee: Option<String>,
    /// Until which day; only with `assign`.
    #[schema(example = "2026-12-31")]
    due: Option<String>,
    /// The files that were seen with the text: the item's `attached`; only with `approve`.
    #[serde(default)]
    attached: Vec<AttachedFile>,
    /// Kept with the decision, for everyone to read. Needed when changes are requested, a text is returned, or the version is lowered.
    #[schema(example = "The claim is supported by the source.")]
    #[serde(default)]
    reason: String,
}

/// Decisions about several items: each is judged by itself, and one that is refused holds up no other.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDecisions {
    /// The decisions, 1 to 100, made in this order.
    #[schema(min_items = 1, max_items = 100)]
    decisions: Vec<Ballot>,
}

/// A decision about one of several items.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ballot {
    /// The record.
    #[schema(example = "notes/one")]
    record: String,
    /// Its file, where several carry the same id; the first otherwise.
    path: Option<String>,
    /// The branch of the proposal whose text is judged; what is published where it is left out.
    proposal: Option<String>,
    /// The text that is judged.
    proposed: String,
    /// What is said of it.
    said: NewDecision,
}

/// What became of several decisions.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionResults {
    /// One for each decision, in their order.
    items: Vec<Counted>,
}

/// What became of one of several decisions.
#[derive(Debug, Serialize, ToSchema)]
pub struct Counted {
    /// The record.
    record: String,
    /// What it came to; null where it was refused.
    result: Option<DecisionResult>,
    /// Why it was refused; null where it was not.
    problem: Option<Document>,
}

/// Decisions of one request at most.
const MOST: usize = 100;

/// How large a change of meaning is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BumpAsked {
    /// Presentation only.
    None,
    /// Wording.
    Patch,
    /// More is said.
    Minor,
    /// The meaning changed.
    Major,
}

impl From<BumpAsked> for Bump {
    fn from(asked: BumpAsked) -> Self {
        match asked {
            BumpAsked::None => Self::None,
            BumpAsked::Patch => Self::Patch,
            BumpAsked::Minor => Self::Minor,
            BumpAsked::Major => Self::Major,
        }
    }
}

/// What a decision came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionResult {
    /// Whether it completed a move, or waits for more.
    outcome: Came,
    /// The commit in the journal.
    decision: String,
    /// The attestation of the move that it completed.
    attestation: Option<String>,
    /// The status that was entered.
    #[schema(example = "validated")]
    status: Option<String>,
    /// The version that was written.
    version: Option<String>,
    /// Whether the place of publication was seen to hold what is committed here. What was just committed may still be on its way.
    published: bool,
}

/// What a decision came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Came {
    /// It is in the journal, and the move waits for more or there is none.
    Recorded,
    /// It completed a move, and the move is attested.
    Attested,
}

/// A field that must be there, though it may be null.
fn named<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(deserializer)
}

/// Decides about a review item.
#[utoipa::path(
    post, path = "/api/v1/repositories/{repository}/review/{record}/decisions", operation_id = "decide", tag = "review",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("record" = String, Path, description = "The record's id, in one segment: its slashes are percent-encoded.", example = "notes/one"),
        ("If-Match" = String, Header, description = "The blob that was judged, in double quotes: the item's `proposed`."),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request has the same answer, and is done once."),
        Where,
    ),
    request_body(content = NewDecision, example = json!({"decision": "approve", "transition": "validate", "base": null, "reason": ""})),
    responses((status = 201, description = "It is recorded.", body = DecisionResult)),
)]
pub async fn about_record(
    seat: Seat,
    At((_, id)): At<(String, String)>,
    Asked(place): Asked<Where>,
    IfMatch(proposed): IfMatch,
    again: Again,
    sent: Json<NewDecision>,
) -> Result<Response, Problem> {
    let item = item_of(&seat, &id, &place).await?;
    decide(seat, About::of(&item), proposed, again, sent).await
}

/// Decides about a proposal as a whole.
///
/// # Errors
/// As [`about_record`] does.
pub async fn about_whole(
    seat: Seat,
    whole: Item,
    manifest: BlobId,
    again: Again,
    sent: Json<NewDecision>,
) -> Result<Response, Problem> {
    decide(seat, About::of(&whole), manifest, again, sent).await
}

/// What a decision is about.
struct About {
    record: String,
    path: String,
    proposal: Option<Seen>,
}

impl About {
    fn of(item: &Item) -> Self {
        Self {
            record: item.record.0.clone(),
            path: item.path.clone(),
            proposal: item.seen(),
        }
    }
}

/// Decides about the waiting change of the policy.
#[utoipa::path(
    post, path = "/api/v1/repositories/{repository}/policy-change/decisions", operation_id = "decidePolicyChange", tag = "policy",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("If-Match" = String, Header, description = "The manifest that was judged, in double quotes: the change's `proposed`."),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request has the same answer, and is done once."),
    ),
    request_body(content = NewDecision, example = json!({"decision": "approve", "transition": "validate", "base": null, "reason": ""})),
    responses((status = 201, description = "It is recorded.", body = DecisionResult)),
)]
pub async fn about_policy(
    seat: Seat,
    IfMatch(proposed): IfMatch,
    again: Again,
    sent: Json<NewDecision>,
) -> Result<Response, Problem> {
    let about = About {
        record: GOVERNANCE.to_owned(),
        path: POLICY_PATH.to_owned(),
        proposal: None,
    };
    decide(seat, about, proposed, again, sent).await
}

/// Decides about several review items.
#[utoipa::path(
    post, path = "/api/v1/repositories/{repository}/decisions", operation_id = "decideMany", tag = "review",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request has the same answer, and is done once."),
    ),
    request_body = NewDecisions,
    responses((status = 200, description = "What became of each.", body = DecisionResults)),
)]
pub async fn about_many(
    seat: Seat,
    again: Again,
    sent: Json<NewDecisions>,
) -> Result<Response, Problem> {
    let ballots = sent.value.decisions;
    if !(1..=MOST).contains(&ballots.len()) {
        return Err(too_many());
    }
    let seat = Arc::new(seat);
    let mut cast = Vec::with_capacity(ballots.len());
    for (place, ballot) in ballots.into_iter().enumerate() {
        cast.push((again.operation(&seat, place)?, ballot));
    }
    let work = carry_out_all(Arc::clone(&seat), cast);
    again.once(seat, &sent.bytes, work).await
}

async fn carry_out_all(seat: Arc<Seat>, cast: Vec<(String, Ballot)>) -> Result<Done, Problem> {
    let mut read = Vec::with_capacity(cast.len());
    for (operation, ballot) in cast {
        let record = ballot.record.clone();
        read.push((record, read_ballot(&seat, operation, ballot).await));
    }
    let intents = read.iter().filter_map(|(_, decision)| {
        Some(Intent {
            suggestion: None,
            by: seat.identity(),
            decision: decision.as_ref().ok()?.clone(),
            at: seat.now(),
        })
    });
    let outcomes = seat.committer.decide_all(intents.collect()).await;
    let mut outcomes = outcomes.into_iter();
    let mut items = Vec::with_capacity(read.len());
    for (record, decision) in read {
        let came = match decision {
            Ok(decision) => match outcomes.next() {
                Some(Ok(outcome)) => Ok(result(&seat, outcome)),
                Some(Err(refusal)) => Err(refused(&seat, &Target::of(&decision), refusal).await),
                None => Err(Problem::unanswered()),
            },
            Err(problem) => Err(problem),
        };
        items.push(match came {
            Ok(result) => Counted {
                record,
                result: Some(result),
                problem: None,
            },
            Err(problem) => Counted {
                record,
                result: None,
                problem: Some(problem.document()),
            },
        });
    }
    Done::new(StatusCode::OK, &DecisionResults { items })
}

async fn read_ballot(seat: &Seat, operation: String, ballot: Ballot) -> Result<Decision, Problem> {
    let place = Where {
        path: ballot.path,
        proposal: ballot.proposal,
    };
    let item = item_of(seat, &ballot.record, &place).await?;
    let proposed = blob(&ballot.proposed)?;
    let decision = read(About::of(&item), proposed, operation, &ballot.said)?;
    let is_known = refuse_another(seat, &decision).await?;
    let policy = ballot.said.policy.as_deref().map(blob).transpose()?;
    if policy.is_some_and(|seen| seen != seat.rules().blob) && !is_known {
        return Err(other_policy(seat));
    }
    Ok(decision)
}

async fn decide(
    seat: Seat,
    about: About,
    proposed: BlobId,
    again: Again,
    sent: Json<NewDecision>,
) -> Result<Response, Problem> {
    let seat = Arc::new(seat);
    let operation = again.operation(&seat, 0)?;
    let decision = read(about, proposed, operation, &sent.value)?;
    let policy = sent.value.policy.as_deref().map(blob).transpose()?;
    let work = carry_out(Arc::clone(&seat), decision, policy);
    again.once(seat, &sent.bytes, work).await
}

async fn carry_out(
    seat: Arc<Seat>,
    decision: Decision,
    policy: Option<BlobId>,
) -> Result<Done, Problem> {
    let is_known = refuse_another(&seat, &decision).await?;
    if policy.is_some_and(|seen| seen != seat.rules().blob) && !is_known {
        return Err(other_policy(&seat));
    }
    let place = Target::of(&decision);
    let intent = Intent {
        suggestion: None,
        by: seat.identity(),
        decision,
        at: seat.now(),
    };
    match seat.committer.decide(intent).await {
        Ok(outcome) => Done::new(StatusCode::CREATED, &result(&seat, outcome)),
        Err(refusal) => Err(refused(&seat, &place, refusal).await),
    }
}

/// Refuses an operation under which the journal holds another decision, and returns whether it holds this one.
async fn refuse_another(seat: &Seat, decision: &Decision) -> Result<bool, Problem> {
    let pool = seat.desk.index.reader();
    let Some(commit) = index::decision_of_operation(pool, &decision.operation).await? else {
        return Ok(false);
    };
    let row = index::decision_at(pool, &commit.to_string()).await?;
    match row.is_some_and(|row| is_same(&row, decision)) {
        true => Ok(true),
        false => Err(another_decision()),
    }
}

/// The journal tidies what was typed, so what was sent is compared as the journal would have it.
fn is_same(row: &DecisionRow, sent: &Decision) -> bool {
    Decision::read(&sent.message()).is_ok_and(|sent| {
        row.act == sent.act.name()
            && row.transition == sent.transition
            && row.record_id == sent.record.0
            && row.proposed == sent.proposed.to_string()
            && row.base == sent.base.map(|blob| blob.to_string())
            && row.bump.as_deref() == sent.bump.map(Bump::name)
            && row.text == sent.text
    })
}

fn read(
    about: About,
    proposed: BlobId,
    operation: String,
    sent: &NewDecision,
) -> Result<Decision, Problem> {
    let act = Act::from(sent.decision);
    let is_approval = act == Act::Approve;
    if is_approval != sent.transition.is_some() || (!is_approval && sent.bump.is_some()) {
        return Err(mixed_up());
    }
    if sent.reason.len() > MAX_REASON_BYTES {
        return Err(too_long());
    }
    Ok(Decision {
        act,
        transition: sent.transition.clone(),
        record: RecordId(about.record),
        path: about.path,
        base: sent.base.as_deref().map(blob).transpose()?,
        proposed,
        // The committer writes the one in force.
        policy: BlobId([0; 20]),
        bump: sent.bump.map(Bump::from),
        operation,
        text: sent.reason.replace("\r\n", "\n"),
        about: Beside {
            proposal: about.proposal,
            field: sent.field.as_deref().map(field).transpose()?,
            assignee: sent.assignee.clone(),
            attached: attached(&sent.attached)?,
            due: sent.due.clone(),
            ..Beside::default()
        },
    })
}

fn field(text: &str) -> Result<FieldPath, Problem> {
    text.parse().map_err(|error: NotAFieldPath| {
        let next = "name the field as the record's differences do, such as claims[c1].text";
        Refusal::new("API-DECIDE-005", error.to_string(), next).into()
    })
}

fn blob(text: &str) -> Result<BlobId, Problem> {
    text.parse().map_err(|error: crate::id::NotAnObjectId| {
        Refusal::new(
            "API-DECIDE-002",
            error.to_string(),
            "name blobs as the item names them",
        )
        .into()
    })
}

fn result(seat: &Seat, outcome: Outcome) -> DecisionResult {
    let (outcome, decision, attested) = match outcome {
        Outcome::Attested {
            decision,
            commit,
            status,
            version,
        } => (Came::Attested, decision, Some((commit, status, version))),
        Outcome::Recorded { decision } => (Came::Recorded, decision, None),
        // The committer answers a decision with one of the others.
        Outcome::Edited { commit, .. } => (Came::Recorded, commit, None),
    };
    let (commit, status, version): (Option<CommitId>, _, _) = match attested {
        Some((commit, status, version)) => (Some(commit), Some(status), version),
        None => (None, None, None),
    };
    DecisionResult {
        outcome,
        decision: decision.to_string(),
        attestation: commit.map(|commit| commit.to_string()),
        status,
        version,
        published: seat.desk.publication() == Publication::Published,
    }
}

/// A decision that came too late is told what stands now.
async fn refused(seat: &Seat, place: &Target, refusal: Refusal) -> Problem {
    let is_stale = refusal.code.starts_with("REV-STALE-");
    let problem = Problem::from(refusal);
    if !is_stale {
        return problem;
    }
    let stands = review::items_at(seat.desk.index.reader(), std::slice::from_ref(place)).await;
    match stands.ok().and_then(|items| items.into_iter().next()) {
        Some(item) => problem.standing_at(item.proposed.to_string()),
        None => problem,
    }
}

fn mixed_up() -> Problem {
    Refusal::new(
        "API-DECIDE-001",
        "a transition and a bump go with an approval, and an approval names its transition",
        "name the transition to approve it, and leave both out otherwise",
    )
    .into()
}

fn too_long() -> Problem {
    Refusal::new(
        "API-DECIDE-003",
        "the reason is longer than the 64 KiB that a decision keeps",
        "say it in fewer words, or link to the longer text",
    )
    .into()
}

fn too_many() -> Problem {
    Refusal::new(
        "API-DECIDE-004",
        format!("one request makes 1 to {MOST} decisions"),
        "send them in several requests",
    )
    .into()
}

fn other_policy(seat: &Seat) -> Problem {
    Problem::new(
        StatusCode::PRECONDITION_FAILED,
        Refusal::new(
            "API-STALE-001",
            format!("another policy is in force: {}", seat.rules().blob),
            "read the item again, and decide under the policy it names; nothing was recorded",
        ),
    )
}
