//! Proposals for programs: listed, read record by record, decided about as a whole, and brought up to date.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

use super::again::{Again, Done};
use super::decisions::{NewDecision, about_whole};
use super::events::{DecisionEvent, decision};
use super::input::{Asked, At, IfMatch, Json};
use super::paging::{Here, Stretch, after, limit, stretch};
use super::problem::Problem;
use super::queue::Part;
use super::records::tagged;
use super::values::{PersonRef, moment, person_of};
use crate::id::{BlobId, Identity};
use crate::index::{self, ProposalRow, ProposedRow};
use crate::record::merge::{About, Choice, Version};
use crate::record::{Scalar, ScalarKind};
use crate::refusal::Refusal;
use crate::review::queue::place;
use crate::review::{self, Clash, Item, Outcome, Settled, UpdateOrder, Whole};
use crate::web::seat::Seat;

/// A proposal.
#[derive(Debug, Serialize, ToSchema)]
pub struct Proposal {
    /// Its branch.
    #[schema(example = "proposals/claims")]
    branch: String,
    /// Its title.
    title: String,
    /// Where it stands.
    state: ProposalState,
    /// Its last commit.
    head: String,
    /// When its first commit was written.
    #[schema(format = DateTime)]
    opened_at: String,
    /// When its last commit was made.
    #[schema(format = DateTime)]
    changed_at: String,
    /// How many records it changes.
    records: i64,
    /// Why it is not read; null where it is.
    problem: Option<String>,
}

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProposalState {
    /// On its way.
    Open,
    /// Given up.
    Closed,
    /// Published as a whole.
    Landed,
    /// It changes nothing.
    Empty,
}

impl ProposalState {
    fn read(word: &str) -> Self {
        match word {
            "closed" => Self::Closed,
            "landed" => Self::Landed,
            "empty" => Self::Empty,
            _ => Self::Open,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Landed => "landed",
            Self::Empty => "empty",
        }
    }
}

/// A proposal with its records and what was said of it as a whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposalInFull {
    /// The proposal.
    proposal: Proposal,
    /// What is said of it: what its first commit says until somebody describes it.
    description: String,
    /// The manifest of its files, to be named by a decision about the whole.
    manifest: String,
    /// Its records, in the order of their files.
    records: Vec<ProposedRecord>,
    /// Its commits, parents before children.
    commits: Vec<ProposalCommit>,
    /// What was said of it as a whole, in the journal's order.
    said: Vec<DecisionEvent>,
}

/// A record of a proposal.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposedRecord {
    /// The record's id.
    #[schema(example = "notes/one")]
    record: String,
    /// Its file in the proposal; the one it had where it is removed.
    path: String,
    /// Its file when the proposal began.
    path_before: String,
    /// Its title.
    title: String,
    /// The proposed text; null where it is removed.
    blob: Option<String>,
    /// The text that the proposal began with; null for a new record.
    blob_before: Option<String>,
    /// The text that is published now; null where there is none.
    standing: Option<String>,
    /// Whether it is published as proposed.
    landed: bool,
    /// Whether what is published changed since the proposal began.
    behind: bool,
    /// The part of the queue it stands in for the token's owner; null where nothing waits.
    part: Option<Part>,
}

/// A commit of a proposal.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposalCommit {
    /// The commit.
    commit: String,
    /// Its author, by its own account.
    by: PersonRef,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// Its subject.
    subject: String,
}

/// Which proposals are listed, and where the list goes on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichProposals {
    /// Those in this state; the open ones unless said.
    #[param(inline)]
    state: Option<ProposalState>,
    /// Where to go on: `next` of an earlier answer.
    cursor: Option<String>,
    /// How many are wanted, 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// Lists proposals, the last changed first.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/proposals", operation_id = "listProposals", tag = "proposals",
    params(("repository" = String, Path, description = "The repository's name."), WhichProposals),
    responses((status = 200, description = "A stretch of the list.", body = Stretch<Proposal>,
        headers(("Link" = String, description = "The next stretch, as `rel=\"next\"`; absent at the end.")))),
)]
pub async fn list(
    seat: Seat,
    here: Here,
    Asked(asked): Asked<WhichProposals>,
) -> Result<Response, Problem> {
    let limit = limit(asked.limit)?;
    let state = asked.state.unwrap_or(ProposalState::Open);
    let from = after::<(i64, String)>("proposals", asked.cursor.as_deref())?;
    let from = from.as_ref().map(|(at, branch)| (*at, branch.as_str()));
    let wanted = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let pool = seat.desk.index.reader();
    let rows = index::proposals_in(pool, state.name(), from, wanted).await?;
    let keys: Vec<(i64, String)> = rows
        .iter()
        .map(|row| (row.changed_at, row.branch.clone()))
        .collect();
    let proposals = rows.into_iter().map(proposal).collect();
    let page = stretch("proposals", proposals, limit, |last: &Proposal| {
        keys.iter()
            .find(|(_, branch)| *branch == last.branch)
            .cloned()
    })?;
    Ok(page.answer(&here, limit))
}

fn proposal(row: ProposalRow) -> Proposal {
    Proposal {
        state: ProposalState::read(&row.state),
        opened_at: moment(row.opened_at),
        changed_at: moment(row.changed_at),
        branch: row.branch,
        title: row.title,
        head: row.head,
        records: row.records,
        problem: row.problem,
    }
}

/// Returns a proposal.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/proposals/{branch}", operation_id = "getProposal", tag = "proposals",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("branch" = String, Path, description = "Its branch, in one segment: its slashes are percent-encoded.", example = "proposals/claims"),
    ),
    responses((status = 200, description = "The proposal.", body = ProposalInFull,
        headers(("ETag" = String, description = "The manifest of its files, for `If-Match` of a decision about the whole.")))),
)]
pub async fn show(seat: Seat, At((_, branch)): At<(String, String)>) -> Result<Response, Problem> {
    let pool = seat.desk.index.reader();
    let row = index::proposal_at(pool, &branch).await?;
    let row = row.ok_or_else(Problem::nothing_here)?;
    let (whole, _) = whole(&seat, &branch).await?;
    let branches = [branch.clone()];
    let items = review::proposed_items(pool, &branches).await?;
    let files = index::proposed_in(pool, &branches).await?;
    let said = index::decisions_of(pool, std::slice::from_ref(&whole.record.0)).await?;
    let commits = index::proposal_commits(pool, &branch).await?.into_iter();
    let policy = seat.policy();
    let told = ProposalInFull {
        description: row.description.clone(),
        proposal: proposal(row),
        manifest: whole.proposed.to_string(),
        records: files
            .into_iter()
            .map(|file| record(&seat, file, &items))
            .collect(),
        commits: commits
            .map(|row| ProposalCommit {
                by: person_of(policy, &Identity::new(&row.name, &row.address)),
                commit: row.commit_id,
                at: moment(row.authored_at),
                subject: row.subject,
            })
            .collect(),
        said: said.iter().map(|row| decision(policy, row)).collect(),
    };
    Ok(tagged(&told.manifest.clone(), axum::Json(told)))
}

async fn whole(seat: &Seat, branch: &str) -> Result<(Item, Vec<u8>), Problem> {
    let found = seat.desk.whole_proposal(branch).await?;
    found.ok_or_else(Problem::nothing_here)
}

fn record(seat: &Seat, file: ProposedRow, items: &[Item]) -> ProposedRecord {
    let item = items.iter().find(|item| item.path == file.path);
    let origin = item.and_then(|item| item.origin.as_ref());
    ProposedRecord {
        behind: origin.is_some_and(|origin| !origin.is_current()),
        part: item.map(|item| place(seat.policy(), item, seat.person()).section.into()),
        record: file.record_id,
        path: file.path,
        path_before: file.path_before,
        title: file.title,
        blob: file.blob,
        blob_before: file.blob_before,
        standing: file.standing_blob,
        landed: file.has_landed,
    }
}

/// Decides about a proposal as a whole: comments on it, asks for review or for somebody to look, gives it another title, closes it or takes it up again.
#[utoipa::path(
    post, path = "/api/v1/repositories/{repository}/proposals/{branch}/decisions", operation_id = "decideProposal", tag = "proposals",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("branch" = String, Path, description = "Its branch, in one segment: its slashes are percent-encoded.", example = "proposals/claims"),
        ("If-Match" = String, Header, description = "The manifest that was judged, in double quotes."),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request has the same answer, and is done once."),
    ),
    request_body(content = NewDecision, example = json!({"decision": "comment", "base": null, "reason": "All of it reads well."})),
    responses((status = 201, description = "It is recorded.", body = super::decisions::DecisionResult)),
)]
pub async fn decide(
    seat: Seat,
    At((_, branch)): At<(String, String)>,
    IfMatch(manifest): IfMatch,
    again: Again,
    sent: Json<NewDecision>,
) -> Result<Response, Problem> {
    let (whole, _) = whole(&seat, &branch).await?;
    about_whole(seat, whole, manifest, again, sent).await
}

/// What both sides of a proposal changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Clashes {
    /// One for each record that a person has to decide about; none where the proposal can be brought up to date as it is.
    items: Vec<RecordClash>,
}

/// A record that both sides changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordClash {
    /// The record's id.
    record: String,
    /// Its file in the proposal.
    path: String,
    /// The published text; null where it was removed.
    standing: Option<String>,
    /// The proposed text; null where it is removed.
    yours: Option<String>,
    /// What is to be chosen, in the order of the choices.
    questions: Vec<Question>,
}

/// One thing that both sides changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Question {
    /// `removed`, `gone` or `renamed` for the file as a whole; `value`, `order`, `note` or `writing` for a field.
    #[schema(example = "value")]
    about: &'static str,
    /// The field; null for the file as a whole.
    field: Option<String>,
    /// What both began with, as the file writes it.
    base: Option<String>,
    /// What is published, as the file writes it.
    standing: Option<String>,
    /// What is proposed, as the file writes it.
    yours: Option<String>,
}

/// Returns what both sides of a proposal changed.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/proposals/{branch}/clashes", operation_id = "getClashes", tag = "proposals",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("branch" = String, Path, description = "Its branch, in one segment: its slashes are percent-encoded.", example = "proposals/claims"),
    ),
    responses((status = 200, description = "What has to be decided.", body = Clashes)),
)]
pub async fn clashes(
    seat: Seat,
    At((_, branch)): At<(String, String)>,
) -> Result<Response, Problem> {
    let clashes = review::clashes(&seat.desk, &branch).await??;
    let items = clashes.iter().map(told).collect();
    Ok(axum::Json(Clashes { items }).into_response())
}

fn told(clash: &Clash) -> RecordClash {
    let text = |version: &Option<Version>| version.as_ref().map(|version| version.text.clone());
    let whole = clash.whole.iter().map(|whole| {
        let (about, standing, yours) = match whole {
            Whole::Removed => ("removed", None, None),
            Whole::Gone => ("gone", None, None),
            Whole::Renamed { standing, yours } => {
                ("renamed", Some(standing.clone()), Some(yours.clone()))
            }
        };
        Question {
            about,
            field: None,
            base: None,
            standing,
            yours,
        }
    });
    let fields = clash.conflicts.iter().map(|conflict| Question {
        about: match conflict.about {
            About::Value => "value",
            About::Order => "order",
            About::Note => "note",
            About::Writing => "writing",
        },
        field: Some(conflict.path.to_string()),
        base: text(&conflict.base),
        standing: text(&conflict.standing),
        yours: text(&conflict.yours),
    });
    RecordClash {
        record: clash.record.clone(),
        path: clash.path.clone(),
        standing: clash.standing.map(|blob| blob.to_string()),
        yours: clash.yours.map(|blob| blob.to_string()),
        questions: whole.chain(fields).collect(),
    }
}

/// How a proposal is brought up to date.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Update {
    /// How each record that both sides changed is settled.
    #[serde(default)]
    settled: Vec<SettledRecord>,
}

/// How one record is settled. It counts only for the two texts that it names.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettledRecord {
    /// Its file in the proposal.
    path: String,
    /// The published text that was seen.
    standing: Option<String>,
    /// The proposed text that was seen.
    yours: Option<String>,
    /// One choice for each question, in their order.
    choices: Vec<ChoiceMade>,
}

/// What is to stand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "take", rename_all = "snake_case", deny_unknown_fields)]
pub enum ChoiceMade {
    /// What is published.
    Standing,
    /// What is proposed.
    Yours,
    /// A text that neither has.
    New {
        /// The text.
        text: String,
    },
}

/// What bringing a proposal up to date came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct UpdateResult {
    /// The merge commit on its branch.
    commit: String,
}

/// Merges what is published into a proposal.
#[utoipa::path(
    post, path = "/api/v1/repositories/{repository}/proposals/{branch}/update", operation_id = "updateProposal", tag = "proposals",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("branch" = String, Path, description = "Its branch, in one segment: its slashes are percent-encoded.", example = "proposals/claims"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request has the same answer, and is done once."),
    ),
    request_body(content = Update, example = json!({"settled": []})),
    responses((status = 200, description = "It is merged.", body = UpdateResult)),
)]
pub async fn update(
    seat: Seat,
    At((_, branch)): At<(String, String)>,
    again: Again,
    sent: Json<Update>,
) -> Result<Response, Problem> {
    let settled = sent.value.settled.into_iter().map(settled);
    let order = UpdateOrder {
        by: seat.identity(),
        branch,
        settled: settled.collect::<Result<_, _>>()?,
        at: seat.now(),
    };
    let seat = Arc::new(seat);
    let committer = seat.committer.clone();
    let work = async move {
        let commit = match committer.update(order).await? {
            Outcome::Edited { commit, .. } | Outcome::Attested { commit, .. } => commit,
            Outcome::Recorded { decision } => decision,
        };
        let commit = commit.to_string();
        Done::new(StatusCode::OK, &UpdateResult { commit })
    };
    again.once(seat, &sent.bytes, work).await
}

fn settled(sent: SettledRecord) -> Result<Settled, Problem> {
    let blob = |text: Option<String>| -> Result<Option<BlobId>, Problem> {
        text.map(|text| text.parse().map_err(|_| no_blob(&text)))
            .transpose()
    };
    Ok(Settled {
        standing: blob(sent.standing)?,
        yours: blob(sent.yours)?,
        path: sent.path,
        choices: sent
            .choices
            .into_iter()
            .map(|choice| match choice {
                ChoiceMade::Standing => Choice::Standing,
                ChoiceMade::Yours => Choice::Yours,
                ChoiceMade::New { text } => Choice::New(Scalar {
                    kind: ScalarKind::Text,
                    text,
                }),
            })
            .collect(),
    })
}

fn no_blob(text: &str) -> Problem {
    let short: String = text.chars().take(60).collect();
    Refusal::new(
        "API-DECIDE-002",
        format!("\"{short}\" is no blob"),
        "name blobs as the item names them",
    )
    .into()
}
