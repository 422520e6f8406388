//! Review items: what waits for whom, and one item with all that a decision needs.

use std::collections::HashMap;

use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::differences::{Differences, differences};
use super::events::{DecisionEvent, decision};
use super::input::{Asked, At};
use super::paging::{Here, Stretch, after, limit, stretch};
use super::problem::Problem;
use super::records::{Finding, Standing, Which, find, finding, tagged};
use super::values::{Meaning, PersonRef, moment, people_by_key, person_by_key, person_of};
use crate::index::{self, RecordRow};
use crate::ledger::Act;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::review::queue::{
    Place, Section, acts_of, barred, forward, moves_of, place, waits_since, why_not,
};
use crate::review::{self, Item, Offer, Requirement, Texts, WhyNot, forecast, offers, requirement};
use crate::version::Explained;
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

/// One review item with all that a decision needs.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewItem {
    /// The record's id.
    #[schema(example = "notes/one")]
    record: String,
    /// Its file.
    path: String,
    /// Its collection.
    collection: String,
    /// Its title.
    title: String,
    /// Where it stands.
    standing: Standing,
    /// The status that counts.
    #[schema(example = "draft")]
    status: Option<String>,
    /// The version that counts.
    version: Option<String>,
    /// The last published text, to be named by a decision; null before the first publication.
    base: Option<String>,
    /// The text that is judged, to be named by a decision.
    proposed: String,
    /// The policy in force, which a decision may name.
    policy: String,
    /// The part of the queue it stands in for the token's owner.
    part: Part,
    /// Who wrote it since the base.
    authors: Vec<Author>,
    /// The moves that its state allows, whoever may approve them.
    moves: Vec<Move>,
    /// What the token's owner may say now, beside approving a move.
    may: Vec<Said>,
    /// The version to come if the first move towards readers is made.
    forecast: Option<Forecast>,
    /// Why no version can be told.
    forecast_problem: Option<String>,
    /// What changed since the base.
    differences: Differences,
    /// What rules found wrong with it, the worst first.
    findings: Vec<Finding>,
    /// Everything that was ever said of the record, in the journal's order.
    said: Vec<DecisionEvent>,
}

/// Somebody who wrote a text.
#[derive(Debug, Serialize, ToSchema)]
pub struct Author {
    /// Who.
    #[serde(flatten)]
    who: PersonRef,
    /// Whether a session of this server vouches for it.
    proven: bool,
}

/// What a person may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// Agree to a move.
    Approve,
    /// Want the text changed first.
    RequestChanges,
    /// Say something.
    Comment,
    /// Ask for review.
    Submit,
    /// Take back what was decided.
    Withdraw,
}

impl From<Act> for Said {
    fn from(act: Act) -> Self {
        match act {
            Act::Approve => Self::Approve,
            Act::RequestChanges => Self::RequestChanges,
            Act::Comment => Self::Comment,
            Act::Submit => Self::Submit,
            Act::Withdraw => Self::Withdraw,
        }
    }
}

impl From<Said> for Act {
    fn from(said: Said) -> Self {
        match said {
            Said::Approve => Self::Approve,
            Said::RequestChanges => Self::RequestChanges,
            Said::Comment => Self::Comment,
            Said::Submit => Self::Submit,
            Said::Withdraw => Self::Withdraw,
        }
    }
}

/// A move that an item's state allows, and what it takes.
#[derive(Debug, Serialize, ToSchema)]
pub struct Move {
    /// Its name, as a decision names it.
    #[schema(example = "validate")]
    transition: String,
    /// The status before.
    from: String,
    /// The status after.
    #[schema(example = "validated")]
    to: String,
    /// What the status after means to readers.
    meaning: Meaning,
    /// Whether it writes a version.
    writes_version: bool,
    /// Whether whoever approves it must say why.
    reason_required: bool,
    /// Whether the token's owner may approve it now.
    you_may: bool,
    /// Why not.
    you_may_not: Option<String>,
    /// What each role still owes.
    needs: Vec<Need>,
    /// Those whose standing requests for changes stop it.
    objections: Vec<PersonRef>,
    /// Findings that stop it.
    blocked: Vec<String>,
    /// Whether the approvals suffice.
    met: bool,
}

/// What one role owes a move.
#[derive(Debug, Serialize, ToSchema)]
pub struct Need {
    /// The role.
    #[schema(example = "reviewer")]
    role: String,
    /// How many different people must approve in it.
    #[schema(example = 1)]
    needed: u32,
    /// Those who did.
    approved: Vec<Given>,
    /// Those who still may.
    may: Vec<PersonRef>,
    /// Those who hold the role and may not.
    may_not: Vec<MayNot>,
}

/// An approval that counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct Given {
    /// Who.
    by: PersonRef,
    /// The commit in the journal.
    decision: Option<String>,
}

/// Somebody who holds a role and may not approve.
#[derive(Debug, Serialize, ToSchema)]
pub struct MayNot {
    /// Who.
    who: PersonRef,
    /// `author` where they wrote the text, `earlier_approval` where they approved an earlier move of it.
    #[schema(example = "author")]
    reason: &'static str,
}

/// The version to come, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct Forecast {
    /// The version that counts.
    from: Option<String>,
    /// The version to come; null where the change asks for none.
    #[schema(example = "1.1.0")]
    to: Option<String>,
    /// How large the change of meaning is.
    #[schema(example = "minor")]
    bump: Option<String>,
    /// Why, change by change.
    reasons: Vec<Reason>,
}

/// Why a version moves.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reason {
    /// The field that changed.
    #[schema(example = "claims[c2]")]
    field: String,
    /// `added`, `changed`, `removed` or `moved`.
    #[schema(example = "added")]
    what: &'static str,
    /// What that asks for.
    #[schema(example = "minor")]
    bump: &'static str,
    /// The floor of the policy that decided; null where none names the field.
    floor: Option<String>,
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
    let from = after::<String>("queue", asked.cursor.as_deref())?.unwrap_or_default();
    let mut paths = paths(&seat, asked.part).await?;
    paths.retain(|path| *path > from);
    let mut entries = Vec::new();
    for chunk in paths.chunks(CHUNK) {
        entries.extend(chunk_of(&seat, chunk, asked.part).await?);
        if entries.len() > limit {
            break;
        }
    }
    let page = stretch("queue", entries, limit, |entry: &QueueEntry| {
        entry.path.clone()
    })?;
    Ok(page.answer(&here, limit))
}

async fn paths(seat: &Seat, part: Option<Part>) -> Result<Vec<String>, Problem> {
    let pool = seat.desk.index.reader();
    let mut paths = match part {
        Some(Part::Draft) => index::unsubmitted_drafts(pool, i64::MAX).await?,
        Some(Part::Yours | Part::Others | Part::Blocked | Part::OutsideReview) | None => Vec::new(),
    };
    paths.extend(index::open_paths(pool).await?);
    paths.sort_unstable();
    paths.dedup();
    Ok(paths)
}

async fn chunk_of(
    seat: &Seat,
    paths: &[String],
    part: Option<Part>,
) -> Result<Vec<QueueEntry>, Problem> {
    let pool = seat.desk.index.reader();
    let changed: HashMap<String, i64> = index::records_at(pool, paths)
        .await?
        .into_iter()
        .map(|row: RecordRow| (row.path, row.changed_at.unwrap_or_default()))
        .collect();
    let mut items = review::items(pool, paths).await?;
    items.sort_unstable_by(|one, other| one.path.cmp(&other.path));
    let entries = items.iter().filter_map(|item| {
        let place = place(seat.policy(), item, seat.person());
        let is_wanted = match part {
            Some(part) => part == place.section.into(),
            None => place.section != Section::Draft,
        };
        let changed = changed.get(&item.path).copied().unwrap_or_default();
        is_wanted.then(|| entry(seat.policy(), item, place, waits_since(item, changed)))
    });
    Ok(entries.collect())
}

fn entry(policy: &Policy, item: &Item, place: Place, since: i64) -> QueueEntry {
    QueueEntry {
        record: item.record.0.clone(),
        path: item.path.clone(),
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

/// Returns one review item.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/review/{record}", operation_id = "getReviewItem", tag = "review",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("record" = String, Path, description = "The record's id, in one segment: its slashes are percent-encoded.", example = "notes/one"),
        Which,
    ),
    responses((status = 200, description = "The item.", body = ReviewItem,
        headers(("ETag" = String, description = "The blob of the proposed text, for `If-Match` of a decision.")))),
)]
pub async fn show(
    seat: Seat,
    At((_, id)): At<(String, String)>,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    let row = find(&seat, &id, &which).await?;
    let item = item_at(&seat, &row.path).await?;
    let told = told(&seat, &item).await?;
    Ok(tagged(&told.proposed.clone(), axum::Json(told)))
}

/// Returns the item at a path.
///
/// # Errors
/// When there is none.
pub async fn item_at(seat: &Seat, path: &str) -> Result<Item, Problem> {
    let found = review::items(seat.desk.index.reader(), &[path.to_owned()]).await?;
    found.into_iter().next().ok_or_else(Problem::nothing_here)
}

async fn told(seat: &Seat, item: &Item) -> Result<ReviewItem, Problem> {
    let pool = seat.desk.index.reader();
    let (policy, person) = (seat.policy(), seat.person());
    let findings = index::findings_at(pool, std::slice::from_ref(&item.path)).await?;
    let said = index::decisions_of(pool, std::slice::from_ref(&item.record.0)).await?;
    let reading = compare(seat, item).await?;
    let workflow = item.workflow(policy);
    let (forecast, problem) = match reading.forecast {
        Ok(forecast) => (forecast, None),
        Err(refusal) => (None, Some(refusal.to_string())),
    };
    Ok(ReviewItem {
        record: item.record.0.clone(),
        path: item.path.clone(),
        collection: item.collection.clone(),
        title: item.title.clone(),
        standing: standing(item),
        status: workflow.map(|workflow| item.status(workflow).to_owned()),
        version: item.attested_version.as_ref().map(ToString::to_string),
        base: item.base.map(|blob| blob.to_string()),
        proposed: item.proposed.to_string(),
        policy: seat.rules().blob.to_string(),
        part: place(policy, item, person).section.into(),
        authors: authors(policy, item),
        moves: moves(seat, item),
        may: acts_of(policy, item, person)
            .into_iter()
            .map(Said::from)
            .collect(),
        forecast,
        forecast_problem: problem,
        differences: reading.differences,
        findings: findings.into_iter().map(finding).collect(),
        said: said.iter().map(|row| decision(policy, row)).collect(),
    })
}

fn standing(item: &Item) -> Standing {
    match item.standing {
        review::Standing::Draft => Standing::Draft,
        review::Standing::Settled => Standing::Settled,
        review::Standing::Changed => Standing::Changed,
    }
}

/// Returns who wrote an item.
pub fn authors(policy: &Policy, item: &Item) -> Vec<Author> {
    item.authors
        .iter()
        .map(|author| Author {
            who: person_of(policy, &author.identity),
            proven: author.proven,
        })
        .collect()
}

/// Returns the moves that an item's state allows, and what each takes.
pub fn moves(seat: &Seat, item: &Item) -> Vec<Move> {
    let (policy, person) = (seat.policy(), seat.person());
    let open = moves_of(policy, item, person);
    offers(policy, item)
        .into_iter()
        .map(|offer| {
            let has = requirement(policy, item, &offer);
            Move {
                you_may: open.contains(&offer),
                you_may_not: why_not(policy, item, &offer, person).map(|why| why.to_string()),
                needs: needs(policy, item, &offer, &has),
                objections: people_by_key(policy, &has.objections),
                blocked: has.blocked,
                met: has.met,
                transition: offer.name,
                from: offer.from,
                to: offer.to,
                meaning: offer.to_kind.into(),
                writes_version: offer.writes_version,
                reason_required: offer.reason_required,
            }
        })
        .collect()
}

fn needs(policy: &Policy, item: &Item, offer: &Offer, has: &Requirement) -> Vec<Need> {
    let given = |key: &String| {
        let approval = has
            .approvals
            .iter()
            .find(|approval| approval.person == *key);
        Given {
            by: person_by_key(policy, key),
            decision: approval.map(|approval| approval.commit.to_string()),
        }
    };
    has.needs
        .iter()
        .map(|need| Need {
            role: need.role.clone(),
            needed: need.needed,
            approved: need.approved.iter().map(given).collect(),
            may: people_by_key(policy, &need.may),
            may_not: barred(policy, item, offer, &need.role)
                .into_iter()
                .map(|(person, why)| MayNot {
                    who: person_by_key(policy, &person.key),
                    reason: reason(&why),
                })
                .collect(),
        })
        .collect()
}

fn reason(why: &WhyNot) -> &'static str {
    match why {
        WhyNot::Wrote => "author",
        WhyNot::ApprovedEarlier { .. } => "earlier_approval",
        WhyNot::HasApproved => "approved",
        WhyNot::HoldsNone { .. } => "no_role",
    }
}

/// What is read and computed off the async threads.
struct Reading {
    differences: Differences,
    forecast: Result<Option<Forecast>, Refusal>,
}

async fn compare(seat: &Seat, item: &Item) -> Result<Reading, Problem> {
    let (rules, item) = (seat.shared_rules(), item.clone());
    let read = seat
        .desk
        .on_repository(move |repository, _| {
            let bytes = |blob| repository.bytes(blob);
            let proposed = bytes(item.proposed)?;
            let base = item.base.map(bytes).transpose()?;
            let attested = item.attested_blob.map(bytes).transpose()?;
            let texts = Texts {
                proposed: &proposed,
                base: base.as_deref(),
                attested: attested.as_deref(),
            };
            Ok(match rules.as_ref() {
                Some(Ok(rules)) => reading(&rules.policy, &item, &texts),
                Some(Err(_)) | None => None,
            })
        })
        .await?;
    read.ok_or_else(Problem::nothing_here)
}

fn reading(policy: &Policy, item: &Item, texts: &Texts<'_>) -> Option<Reading> {
    let format = item.collection(policy)?.format;
    Some(Reading {
        differences: differences(texts.base, texts.proposed, format),
        forecast: foretold(policy, item, texts),
    })
}

fn foretold(policy: &Policy, item: &Item, texts: &Texts<'_>) -> Result<Option<Forecast>, Refusal> {
    let Some(offer) = forward(policy, item) else {
        return Ok(None);
    };
    let (step, explained) = forecast(policy, item, &requirement(policy, item, &offer), texts)?;
    Ok(Some(Forecast {
        from: item.attested_version.as_ref().map(ToString::to_string),
        to: step.as_ref().map(|step| step.to.to_string()),
        bump: step.as_ref().map(|step| step.bump.name().to_owned()),
        reasons: explained.map(reasons).unwrap_or_default(),
    }))
}

fn reasons(explained: Explained) -> Vec<Reason> {
    explained
        .reasons
        .into_iter()
        .map(|reason| Reason {
            field: reason.path.to_string(),
            what: reason.what.name(),
            bump: reason.bump.name(),
            floor: reason.pattern.map(|pattern| pattern.0),
        })
        .collect()
}
