//! Releases for programs: planned, tried, let out and given up by the same orders as the pages'.

use std::sync::Arc;

use axum::Json as Sent;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::again::{Again, Done};
use super::events::{DecisionEvent, decision};
use super::input::{Asked, At, IfMatch, Json, bad_query};
use super::paging::{Here, Stretch, after, limit, stretch};
use super::problem::Problem;
use super::values::{PersonRef, moment, people_by_key, person_of};
use crate::id::BlobId;
use crate::index::{self, ReleaseRow};
use crate::ledger::{Member, Plan, read_instant, release_id};
use crate::refusal::Refusal;
use crate::review::{Landing, MemberRun, Need, Obstacle, ReleaseAct, ReleaseOrder};
use crate::web::seat::Seat;

/// A release.
#[derive(Debug, Serialize, ToSchema)]
pub struct Release {
    /// Its name in addresses.
    #[schema(example = "winter")]
    name: String,
    /// One line that says what it is.
    title: String,
    /// Why, and what readers should know.
    text: String,
    /// Where it stands.
    state: ReleaseState,
    /// When it goes out by itself; null where a person says when.
    #[schema(example = "2026-12-01T09:00:00Z")]
    due: Option<String>,
    /// The manifest of its last plan, to be named by `If-Match`.
    manifest: String,
    /// Who planned it last.
    planned_by: PersonRef,
    /// When they did.
    planned_at: String,
    /// When it was last decided about.
    changed_at: String,
    /// Why it could not go out, or was given up; empty where nothing was said.
    reason: String,
    /// How many texts it holds.
    members: i64,
}

/// Where a release stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseState {
    /// It waits for its time, or for somebody.
    Planned,
    /// Its time has come, and the server is about to let it out.
    Due,
    /// It was let out, and does not stand on the published branch yet.
    Releasing,
    /// It is out.
    Released,
    /// It could not go out, and waits for somebody.
    Failed,
    /// It was given up.
    Cancelled,
}

/// A release with its texts: what would become of each now, or what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReleaseInFull {
    /// The release.
    release: Release,
    /// Whether it could go out now; false for one that is over.
    ready: bool,
    /// Its texts.
    members: Vec<ReleaseMember>,
    /// References that would lead to what readers no longer have.
    broken_references: Vec<BrokenReference>,
    /// The attestations that it made, in their order.
    landed: Vec<ReleasedRecord>,
    /// What was decided about it, in the journal's order.
    said: Vec<DecisionEvent>,
}

/// One text of a release.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReleaseMember {
    /// The branch of its proposal; null for a text of the published branch.
    proposal: Option<String>,
    /// Its path.
    path: String,
    /// The text that was planned.
    blob: String,
    /// The record; null where the text is gone or the release is over.
    record: Option<String>,
    /// The title.
    title: Option<String>,
    /// The text as it stands.
    current: Option<String>,
    /// The move that brings it to readers, where one is open.
    transition: Option<String>,
    /// The version published now.
    version_from: Option<String>,
    /// The version that it would have.
    version_to: Option<String>,
    /// How far the version moves.
    bump: Option<String>,
    /// What is in the way.
    obstacles: Vec<ObstacleTold>,
}

/// What stands between a text and its release.
#[derive(Debug, Serialize, ToSchema)]
pub struct ObstacleTold {
    /// `gone`, `changed`, `outdated`, `before`, `missing`, `objection`, `finding`, `twin` or `unfit`.
    #[schema(example = "missing")]
    kind: &'static str,
    /// In words.
    detail: String,
    /// Those whose approval would help, or who asked for changes.
    people: Vec<PersonRef>,
}

/// A reference to a record that a release takes from readers.
#[derive(Debug, Serialize, ToSchema)]
pub struct BrokenReference {
    /// The record that refers.
    record: String,
    /// The field.
    field: String,
    /// The record that goes.
    target: String,
}

/// A record that a release published.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReleasedRecord {
    /// The record.
    record: String,
    /// The attestation.
    commit: String,
    /// The move.
    transition: String,
    /// The status that it entered.
    status: String,
    /// The version that was written.
    version: Option<String>,
}

/// A plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlan {
    /// One line that says what it is.
    #[schema(example = "Winter release")]
    title: String,
    /// Why, and what readers should know.
    #[serde(default)]
    text: String,
    /// When it goes out by itself, as RFC 3339 has it; absent where a person says when.
    #[schema(example = "2026-12-01T09:00:00Z")]
    due: Option<String>,
    /// What goes out together.
    members: Vec<NewMember>,
    /// Kept with the decision, for everyone to read.
    #[serde(default)]
    reason: String,
}

/// A text that is to go out with others.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// The branch of its proposal; absent for a text of the published branch.
    proposal: Option<String>,
    /// Its path.
    #[schema(example = "notes/one.md")]
    path: String,
    /// The text as it was seen.
    blob: String,
}

/// What is said with a decision about a release.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReleaseDecision {
    /// Kept with the decision, for everyone to read.
    #[serde(default)]
    reason: String,
}

/// What a decision about a release came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReleaseDecided {
    /// The release's name.
    name: String,
    /// The commit in the journal.
    decision: String,
    /// The attestations, where it went out.
    landed: Vec<String>,
    /// Why it could not go out after all; null where it did, or was not to.
    failed: Option<String>,
    /// Where the release stands now.
    state: ReleaseState,
}

/// Which releases are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichReleases {
    /// `open` (the default) for those that could still go out, the next due first; `ended` for the others, the latest first.
    state: Option<String>,
    /// Where to go on: the `next` of the stretch before.
    cursor: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<usize>,
}

/// Lists releases.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/releases", operation_id = "listReleases", tag = "releases",
    params(("repository" = String, Path, description = "The repository's name."), WhichReleases),
    responses((status = 200, description = "A stretch of the list.", body = Stretch<Release>)),
)]
pub async fn list(
    seat: Seat,
    Asked(which): Asked<WhichReleases>,
    here: Here,
) -> Result<Response, Problem> {
    let is_open = match which.state.as_deref() {
        None | Some("open") => true,
        Some("ended") => false,
        Some(other) => {
            return Err(bad_query(&format!(
                "state is \"{other}\", and is open or ended"
            )));
        }
    };
    let limit = limit(which.limit)?;
    let list = format!("releases {is_open}");
    let offset: i64 = after(&list, which.cursor.as_deref())?.unwrap_or(0);
    let wanted = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let pool = seat.desk.index.reader();
    let rows = index::releases_in(pool, is_open, offset.max(0), wanted).await?;
    let told = rows.iter().map(|row| release(&seat, row)).collect();
    let shown = i64::try_from(limit).unwrap_or(i64::MAX);
    let next = offset.saturating_add(shown);
    Ok(stretch(&list, told, limit, |_| next)?.answer(&here, limit))
}

/// Tells one release, and what would become of its texts now.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/releases/{name}", operation_id = "getRelease", tag = "releases",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("name" = String, Path, description = "The release's name.", example = "winter"),
    ),
    responses((status = 200, description = "The release, with its dry run while it is open.", body = ReleaseInFull)),
)]
pub async fn show(seat: Seat, At((_, name)): At<(String, String)>) -> Result<Response, Problem> {
    let pool = seat.desk.index.reader();
    let row = index::release_named(pool, &name).await?;
    let row = row.ok_or_else(|| gone(&name))?;
    let run = match row.is_open() {
        true => seat.desk.dry_run(&name, seat.now()).await?,
        false => None,
    };
    let said = index::decisions_of(pool, &[release_id(&name).0]).await?;
    let landed = index::released_as(pool, &name).await?;
    let members = match &run {
        Some(run) => run.members.iter().map(|run| member(&seat, run)).collect(),
        None => {
            let planned = index::release_members(pool, row.position).await?;
            planned.into_iter().map(ended).collect()
        }
    };
    let referrers = run.iter().flat_map(|run| &run.referrers);
    let told = ReleaseInFull {
        release: release(&seat, &row),
        ready: run.as_ref().is_some_and(crate::review::DryRun::is_ready),
        members,
        broken_references: referrers
            .map(|one| BrokenReference {
                record: one.record.0.clone(),
                field: one.field.clone(),
                target: one.target.0.clone(),
            })
            .collect(),
        landed: landed
            .into_iter()
            .map(|row| ReleasedRecord {
                record: row.record_id,
                commit: row.commit_id,
                transition: row.transition,
                status: row.status_to,
                version: row.version_to,
            })
            .collect(),
        said: said
            .iter()
            .map(|row| decision(seat.policy(), row))
            .collect(),
    };
    Ok(Sent(told).into_response())
}

/// Plans a release.
#[utoipa::path(
    put, path = "/api/v1/repositories/{repository}/releases/{name}", operation_id = "planRelease", tag = "releases",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("name" = String, Path, description = "The release's name: letters from a to z, digits and hyphens.", example = "winter"),
        ("If-Match" = Option<String>, Header, description = "The manifest of the plan that this one takes the place of, in double quotes; absent for a new release."),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request has the same answer, and is done once."),
    ),
    request_body = NewPlan,
    responses((status = 201, description = "It is planned.", body = ReleaseDecided)),
)]
pub async fn plan(
    seat: Seat,
    At((_, name)): At<(String, String)>,
    seen: Option<IfMatch>,
    again: Again,
    sent: Json<NewPlan>,
) -> Result<Response, Problem> {
    let due = sent.value.due.as_deref().map(read_instant).transpose();
    let due = due.map_err(|error| {
        Refusal::new(
            "REL-DUE-001",
            error.to_string(),
            "write it as 2026-12-31T09:00:00Z",
        )
    })?;
    let members = sent.value.members.iter().map(|member| {
        Ok(Member {
            proposal: member.proposal.clone(),
            path: member.path.clone(),
            blob: blob(&member.blob)?,
        })
    });
    let members = members.collect::<Result<Vec<_>, Problem>>()?;
    let plan = Plan::new(&sent.value.title, &sent.value.text, due, members);
    let order = ReleaseOrder {
        by: seat.identity(),
        name,
        act: ReleaseAct::Plan(plan),
        seen: seen.map(|IfMatch(blob)| blob),
        text: sent.value.reason.clone(),
        operation: again.operation(&seat, 0)?,
        at: seat.now(),
    };
    let seat = Arc::new(seat);
    let work = carry_out(Arc::clone(&seat), order);
    again.once(seat, &sent.bytes, work).await
}

/// Lets a release out now.
#[utoipa::path(
    post, path = "/api/v1/repositories/{repository}/releases/{name}/release", operation_id = "release", tag = "releases",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("name" = String, Path, description = "The release's name.", example = "winter"),
        ("If-Match" = String, Header, description = "The manifest that was read, in double quotes."),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request has the same answer, and is done once."),
    ),
    request_body = NewReleaseDecision,
    responses((status = 201, description = "It is decided; `landed` names what went out.", body = ReleaseDecided)),
)]
pub async fn let_out(
    seat: Seat,
    At((_, name)): At<(String, String)>,
    IfMatch(seen): IfMatch,
    again: Again,
    sent: Json<NewReleaseDecision>,
) -> Result<Response, Problem> {
    decide(seat, name, ReleaseAct::Release, seen, again, sent).await
}

/// Gives a release up.
#[utoipa::path(
    post, path = "/api/v1/repositories/{repository}/releases/{name}/cancel", operation_id = "cancelRelease", tag = "releases",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("name" = String, Path, description = "The release's name.", example = "winter"),
        ("If-Match" = String, Header, description = "The manifest that was read, in double quotes."),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request has the same answer, and is done once."),
    ),
    request_body = NewReleaseDecision,
    responses((status = 201, description = "It is given up.", body = ReleaseDecided)),
)]
pub async fn cancel(
    seat: Seat,
    At((_, name)): At<(String, String)>,
    IfMatch(seen): IfMatch,
    again: Again,
    sent: Json<NewReleaseDecision>,
) -> Result<Response, Problem> {
    decide(seat, name, ReleaseAct::Cancel, seen, again, sent).await
}

async fn decide(
    seat: Seat,
    name: String,
    act: ReleaseAct,
    seen: BlobId,
    again: Again,
    sent: Json<NewReleaseDecision>,
) -> Result<Response, Problem> {
    let order = ReleaseOrder {
        by: seat.identity(),
        name,
        act,
        seen: Some(seen),
        text: sent.value.reason.clone(),
        operation: again.operation(&seat, 0)?,
        at: seat.now(),
    };
    let seat = Arc::new(seat);
    let work = carry_out(Arc::clone(&seat), order);
    again.once(seat, &sent.bytes, work).await
}

async fn carry_out(seat: Arc<Seat>, order: ReleaseOrder) -> Result<Done, Problem> {
    let name = order.name.clone();
    let pool = seat.desk.index.reader();
    let decided = match seat.committer.release(order).await {
        Ok(decided) => decided,
        Err(refusal) => {
            let is_stale = refusal.code.starts_with("REL-STALE-");
            let problem = Problem::from(refusal);
            let standing = index::release_named(pool, &name).await?;
            return Err(match standing.filter(|_| is_stale) {
                Some(row) => problem.standing_at(row.manifest),
                None => problem,
            });
        }
    };
    let row = index::release_named(pool, &name).await?;
    let row = row.ok_or_else(|| gone(&name))?;
    let landing = decided.landing.map(|Landing { landed, .. }| landed);
    let (landed, failed) = match landing {
        Some(Ok(commits)) => (commits.iter().map(ToString::to_string).collect(), None),
        Some(Err(refusal)) => (Vec::new(), Some(refusal.cause)),
        None => (Vec::new(), None),
    };
    Done::new(
        StatusCode::CREATED,
        &ReleaseDecided {
            name,
            decision: decided.decision.to_string(),
            landed,
            failed,
            state: state(&row, seat.now()),
        },
    )
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

fn gone(name: &str) -> Problem {
    Refusal::new(
        "REL-GONE-001",
        format!("there is no release {name}"),
        "open the list of releases",
    )
    .into()
}

fn state(row: &ReleaseRow, now: i64) -> ReleaseState {
    match row.state.as_str() {
        "released" => ReleaseState::Released,
        "failed" => ReleaseState::Failed,
        "cancelled" => ReleaseState::Cancelled,
        "releasing" => ReleaseState::Releasing,
        _ if row.due.is_some_and(|due| due <= now) => ReleaseState::Due,
        _ => ReleaseState::Planned,
    }
}

fn release(seat: &Seat, row: &ReleaseRow) -> Release {
    Release {
        name: row.name.clone(),
        title: row.title.clone(),
        text: row.text.clone(),
        state: state(row, seat.now()),
        due: row.due.map(moment),
        manifest: row.manifest.clone(),
        planned_by: person_of(seat.policy(), &row.planner),
        planned_at: moment(row.planned_at),
        changed_at: moment(row.changed_at),
        reason: row.reason.clone(),
        members: row.members,
    }
}

fn member(seat: &Seat, run: &MemberRun) -> ReleaseMember {
    let item = run.item.as_ref();
    let version = run.version.as_ref();
    ReleaseMember {
        record: item.map(|item| item.record.0.clone()),
        title: item.map(|item| item.title.clone()),
        current: item.map(|item| item.proposed.to_string()),
        transition: run.offer.as_ref().map(|offer| offer.name.clone()),
        version_from: item
            .and_then(|item| item.attested_version.as_ref())
            .map(ToString::to_string),
        version_to: version.map(|version| version.to.to_string()),
        bump: version.map(|version| version.bump.name().to_owned()),
        obstacles: run
            .obstacles
            .iter()
            .map(|one| obstacle(seat, one))
            .collect(),
        ..ended(run.member.clone())
    }
}

fn ended(member: Member) -> ReleaseMember {
    ReleaseMember {
        proposal: member.proposal,
        path: member.path,
        blob: member.blob.to_string(),
        record: None,
        title: None,
        current: None,
        transition: None,
        version_from: None,
        version_to: None,
        bump: None,
        obstacles: Vec::new(),
    }
}

fn obstacle(seat: &Seat, obstacle: &Obstacle) -> ObstacleTold {
    let may = |needs: &[Need]| -> Vec<String> {
        let mut keys: Vec<String> = needs.iter().flat_map(|need| need.may.clone()).collect();
        keys.sort();
        keys.dedup();
        keys
    };
    let (kind, people) = match obstacle {
        Obstacle::Gone => ("gone", Vec::new()),
        Obstacle::Changed => ("changed", Vec::new()),
        Obstacle::Outdated => ("outdated", Vec::new()),
        Obstacle::Before { needs, .. } => ("before", may(needs)),
        Obstacle::Missing { needs, .. } => ("missing", may(needs)),
        Obstacle::Objection(people) => ("objection", people.clone()),
        Obstacle::Finding(_) => ("finding", Vec::new()),
        Obstacle::Twin(_) => ("twin", Vec::new()),
        Obstacle::Unfit(_) => ("unfit", Vec::new()),
    };
    ObstacleTold {
        kind,
        detail: obstacle.to_string(),
        people: people_by_key(seat.policy(), &people),
    }
}
