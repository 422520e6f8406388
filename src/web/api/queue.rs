//! The queue: what waits for whom.

use std::collections::HashMap;

use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::input::Asked;
use super::paging::{Here, Stretch, after, limit, stretch};
use super::problem::Problem;
use super::values::{PersonRef, moment, people_by_key};
use crate::index::{self, RecordRow};
use crate::policy::Policy;
use crate::review::queue::{Place, Section, place, waits_since};
use crate::review::{self, Item, Target};
use crate::web::seat::Seat;

/// Items that are looked at together.
const CHUNK: usize = 200;

/// A part of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The token's owner can do something about it now.
    Yours,
    /// Somebody else must.
    Others,
    /// A finding, a request for changes, or the lack of anybody who may, holds it.
    Blocked,
    /// The record is not what was approved.
    OutsideReview,
    /// It is being written, and nobody was asked yet.
    Draft,
}

impl From<Section> for Part {
    fn from(section: Section) -> Self {
        match section {
            Section::Yours => Self::Yours,
            Section::Others => Self::Others,
            Section::Blocked => Self::Blocked,
            Section::OutsideReview => Self::OutsideReview,
            Section::Draft => Self::Draft,
        }
    }
}

/// Which part of the queue is listed, and where the list goes on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filters {
    /// Only this part; drafts that nobody was asked about are left out unless asked for.
    #[param(inline)]
    part: Option<Part>,
    /// Where to go on: `next` of an earlier answer.
    cursor: Option<String>,
    /// How many are wanted, 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// An item of the queue.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueEntry {
    /// The record's id.
    #[schema(example = "notes/one")]
    record: String,
    /// Its file.
    path: String,
    /// The branch of the proposal whose text it is; null for what stands on the published branch.
    #[schema(example = "proposals/claims")]
    proposal: Option<String>,
    /// Its collection.
    collection: String,
    /// Its title.
    title: String,
    /// The part of the queue it stands in for the token's owner.
    part: Part,
    /// Whether the owner's own approval is among what is missing.
    is_yours: bool,
    /// The move that would bring it towards readers; null where none is open.
    transition: Option<String>,
    /// The status that the move enters.
    to: Option<String>,
    /// Those whose approval would count.
    waits_for: Vec<PersonRef>,
    /// Since when it waits.
    #[schema(format = DateTime)]
    since: String,
    /// The last published text; null before the first publication.
    base: Option<String>,
    /// The text that is judged.
    proposed: String,
}

/// Lists what waits, in the order of paths. A waiting change of the policy has an address of its own.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/queue", operation_id = "listQueue", tag = "review",
    params(("repository" = String, Path, description = "The repository's name."), Filters),
    responses((status = 200, description = "A stretch of the list.", body = Stretch<QueueEntry>,
        headers(("Link" = String, description = "The next stretch, as `rel=\"next\"`; absent at the end.")))),
)]
pub async fn list(
    seat: Seat,
    here: Here,
    Asked(asked): Asked<Filters>,
) -> Result<Response, Problem> {
    let limit = limit(asked.limit)?;
    let from = after::<(String, Option<String>)>("queue", asked.cursor.as_deref())?;
    let mut targets = targets(&seat, asked.part).await?;
    if let Some(from) = from {
        targets.retain(|target| place_of(target) > from);
    }
    let mut entries = Vec::new();
    for chunk in targets.chunks(CHUNK) {
        entries.extend(chunk_of(&seat, chunk, asked.part).await?);
        if entries.len() > limit {
            break;
        }
    }
    let page = stretch("queue", entries, limit, |entry: &QueueEntry| {
        (entry.path.clone(), entry.proposal.clone())
    })?;
    Ok(page.answer(&here, limit))
}

/// Where a text stands in the list: by its path, what is published before what is proposed.
fn place_of(target: &Target) -> (String, Option<String>) {
    (target.path.clone(), target.proposal.clone())
}

async fn targets(seat: &Seat, part: Option<Part>) -> Result<Vec<Target>, Problem> {
    let pool = seat.desk.index.reader();
    let mut paths = match part {
        Some(Part::Draft) => index::unsubmitted_drafts(pool, 0, i64::MAX).await?,
        Some(Part::Yours | Part::Others | Part::Blocked | Part::OutsideReview) | None => Vec::new(),
    };
    paths.extend(index::open_paths(pool).await?);
    paths.sort_unstable();
    paths.dedup();
    let open = seat.desk.open(seat.rules()).await?;
    let proposed = open.items.iter().filter(|open| open.item.origin.is_some());
    let proposed = proposed.map(|open| open.item.target());
    let mut targets: Vec<Target> = paths.into_iter().map(Target::published).collect();
    targets.extend(proposed);
    targets.sort_by_cached_key(place_of);
    Ok(targets)
}

async fn chunk_of(
    seat: &Seat,
    targets: &[Target],
    part: Option<Part>,
) -> Result<Vec<QueueEntry>, Problem> {
    let pool = seat.desk.index.reader();
    let published = targets.iter().filter(|target| target.proposal.is_none());
    let paths: Vec<String> = published.map(|target| target.path.clone()).collect();
    let changed: HashMap<String, i64> = index::records_at(pool, &paths)
        .await?
        .into_iter()
        .map(|row: RecordRow| (row.path, row.changed_at.unwrap_or_default()))
        .collect();
    let mut items = review::items_at(pool, targets).await?;
    items.sort_by_cached_key(|item| place_of(&item.target()));
    let entries = items.iter().filter_map(|item| {
        let place = place(seat.policy(), item, seat.person());
        let is_wanted = match part {
            Some(part) => part == place.section.into(),
            None => place.section != Section::Draft,
        };
        let changed = match &item.origin {
            Some(origin) => origin.changed_at,
            None => changed.get(&item.path).copied().unwrap_or_default(),
        };
        is_wanted.then(|| entry(seat.policy(), item, place, waits_since(item, changed)))
    });
    Ok(entries.collect())
}

fn entry(policy: &Policy, item: &Item, place: Place, since: i64) -> QueueEntry {
    QueueEntry {
        record: item.record.0.clone(),
        path: item.path.clone(),
        proposal: item.target().proposal,
        collection: item.collection.clone(),
        title: item.title.clone(),
        part: place.section.into(),
        is_yours: place.is_yours,
        transition: place.offer.as_ref().map(|offer| offer.name.clone()),
        to: place.offer.map(|offer| offer.to),
        waits_for: people_by_key(policy, &place.waits_for),
        since: moment(since),
        base: item.base.map(|blob| blob.to_string()),
        proposed: item.proposed.to_string(),
    }
}
