//! Is it well? What the rules found, what cannot be read, and what stands where it should not.

use axum::Json;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::input::Asked;
use super::paging::{Here, Stretch, after, limit, stretch};
use super::problem::Problem;
use super::records::{Finding, RecordSummary, finding, more, summary};
use super::repositories::{Counts, PublicationState, publication};
use crate::index;
use crate::web::seat::Seat;

/// How a register stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// The commit that is shown.
    shown: Option<String>,
    /// The repository's newest commit.
    tip: Option<String>,
    /// Whether the two are the same.
    is_up_to_date: bool,
    /// Whether readers see what is committed here.
    publication: PublicationState,
    /// How many records stand how.
    records: Counts,
    /// Files that cannot be read, at most 200.
    quarantined: Vec<RecordSummary>,
    /// Approved records that no file holds any more, at most 200.
    removed: Vec<RemovedRecord>,
    /// Commits that claim an approval and prove none, at most 200.
    strays: Vec<Stray>,
    /// Files of the working copy that are edited and not committed.
    edited: Vec<String>,
    /// Files of the working copy that our last commit could not bring up to date.
    left_alone: Vec<LeftAlone>,
}

/// An approved record that was removed outside review.
#[derive(Debug, Serialize, ToSchema)]
pub struct RemovedRecord {
    /// The record's id.
    record: String,
    /// Where it stood.
    path: String,
    /// The status that still counts.
    status: String,
    /// The version that still counts.
    version: Option<String>,
    /// Its last approved text, for a proposal that brings it back.
    blob: String,
}

/// A commit that claims an approval and proves none.
#[derive(Debug, Serialize, ToSchema)]
pub struct Stray {
    /// The commit.
    commit: String,
    /// Why it counts for nothing.
    reason: String,
}

/// A file that was left as it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeftAlone {
    /// The file.
    path: String,
    /// Why.
    reason: String,
}

/// What rules found wrong with one record.
#[derive(Debug, Serialize, ToSchema)]
pub struct Findings {
    /// The record's id.
    #[schema(example = "notes/one")]
    record: String,
    /// Its file.
    path: String,
    /// Its title.
    title: String,
    /// What they found, the worst first.
    findings: Vec<Finding>,
}

/// Which findings are listed, and where the list goes on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filters {
    /// Only records with a finding of this severity.
    #[param(inline)]
    severity: Option<Severity>,
    /// Where to go on: `next` of an earlier answer.
    cursor: Option<String>,
    /// How many records are wanted, 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Tells, and stops nothing.
    Information,
    /// Is shown to the reviewer, and stops nothing.
    Warning,
    /// Stops every move that brings a text towards readers.
    Blocking,
}

impl Severity {
    fn name(self) -> &'static str {
        match self {
            Self::Information => "information",
            Self::Warning => "warning",
            Self::Blocking => "blocking",
        }
    }
}

/// Says how the register stands.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/health", operation_id = "getHealth", tag = "health",
    params(("repository" = String, Path, description = "The repository's name.")),
    responses((status = 200, description = "How it stands.", body = Health)),
)]
pub async fn show(seat: Seat) -> Result<Json<Health>, Problem> {
    let (pool, desk) = (seat.desk.index.reader(), &seat.desk);
    let shown = desk.index.heads().await?.tip;
    let tip = desk
        .on_repository(|repository, desk| repository.head_of(&desk.tip_ref))
        .await?;
    let totals = index::totals(pool).await?;
    let unread = index::records_at(pool, &index::quarantined_paths(pool).await?).await?;
    Ok(Json(Health {
        shown: shown.map(|commit| commit.to_string()),
        tip: tip.map(|commit| commit.to_string()),
        is_up_to_date: shown == tip,
        publication: publication(&seat),
        records: Counts::from(&totals),
        quarantined: unread
            .iter()
            .map(|row| summary(seat.policy(), row))
            .collect(),
        removed: removed(&seat).await?,
        strays: index::strays(pool)
            .await?
            .into_iter()
            .map(|(commit, reason)| Stray { commit, reason })
            .collect(),
        edited: desk.edited().into_iter().map(|file| file.path).collect(),
        left_alone: desk
            .left_alone()
            .into_iter()
            .map(|left| LeftAlone {
                path: left.path,
                reason: left.reason.to_string(),
            })
            .collect(),
    }))
}

async fn removed(seat: &Seat) -> Result<Vec<RemovedRecord>, Problem> {
    let rows = index::removed_records(seat.desk.index.reader()).await?;
    Ok(rows
        .into_iter()
        .map(|row| RemovedRecord {
            record: row.id,
            path: row.path,
            status: row.attested_status,
            version: row.attested_version,
            blob: row.attested_blob,
        })
        .collect())
}

/// Lists what rules found wrong, record by record in the order of their paths.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/findings", operation_id = "listFindings", tag = "health",
    params(("repository" = String, Path, description = "The repository's name."), Filters),
    responses((status = 200, description = "A stretch of the list.", body = Stretch<Findings>,
        headers(("Link" = String, description = "The next stretch, as `rel=\"next\"`; absent at the end.")))),
)]
pub async fn findings(
    seat: Seat,
    here: Here,
    Asked(asked): Asked<Filters>,
) -> Result<Response, Problem> {
    let limit = limit(asked.limit)?;
    let from = after::<String>("findings", asked.cursor.as_deref())?.unwrap_or_default();
    let pool = seat.desk.index.reader();
    let severity = asked.severity.map(Severity::name);
    let paths = index::paths_with_findings_after(pool, &from, severity, more(limit)).await?;
    let mut found = index::by_key(index::findings_at(pool, &paths).await?, |row| {
        row.path.clone()
    });
    let items = index::records_at(pool, &paths)
        .await?
        .into_iter()
        .map(|row| Findings {
            findings: found
                .remove(&row.path)
                .unwrap_or_default()
                .into_iter()
                .map(finding)
                .collect(),
            record: row.id,
            path: row.path,
            title: row.title,
        })
        .collect();
    let page = stretch("findings", items, limit, |item: &Findings| {
        item.path.clone()
    })?;
    Ok(page.answer(&here, limit))
}
