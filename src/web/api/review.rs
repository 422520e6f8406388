//! One review item with all that a decision needs.

use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::differences::{Differences, differences};
use super::events::{DecisionEvent, decision};
use super::files::AttachedFile;
use super::input::{Asked, At};
use super::moves::{Move, moves};
use super::problem::Problem;
use super::queue::Part;
use super::records::{Finding, Standing, Where, finding, tagged};
use super::values::{PersonRef, person_of};
use crate::index;
use crate::ledger::Act;
use crate::policy::Policy;
use crate::record::FieldPath;
use crate::refusal::Refusal;
use crate::review::queue::{acts_of, forward, place};
use crate::review::{
    self, Approved, Item, Texts, approved_before, changed_since, forecast, requirement,
};
use crate::version::Explained;
use crate::web::seat::Seat;

/// One review item with all that a decision needs.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewItem {
    /// The record's id.
    #[schema(example = "notes/one")]
    record: String,
    /// Its file.
    path: String,
    /// The proposal whose text it is; null for what stands on the published branch.
    proposal: Option<InProposal>,
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
    /// The files that the text names, to be named by an approval.
    attached: Vec<AttachedFile>,
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
    /// What moved since the token's owner approved an earlier text, whose approval counts no more; null where nothing did.
    since_you_approved: Option<SinceApproved>,
    /// What rules found wrong with it, the worst first.
    findings: Vec<Finding>,
    /// Everything that was ever said of the record, in the journal's order.
    said: Vec<DecisionEvent>,
}

/// The proposal that a text comes from.
#[derive(Debug, Serialize, ToSchema)]
pub struct InProposal {
    /// Its branch.
    #[schema(example = "proposals/claims")]
    branch: String,
    /// Its title.
    title: String,
    /// Its last commit.
    head: String,
    /// Whether what is published changed since it began, so that it must be brought up to date.
    behind: bool,
}

/// What moved since somebody approved an earlier text.
#[derive(Debug, Serialize, ToSchema)]
pub struct SinceApproved {
    /// The approval's commit in the journal.
    decision: String,
    /// Fields that changed in the text.
    #[schema(example = json!(["definition"]))]
    fields: Vec<String>,
    /// Fields that changed in the published text which it replaces.
    published_fields: Vec<String>,
    /// Paths of the files that are others than those that were seen with it.
    files: Vec<String>,
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
    /// Stand against the record, or the whole proposal, whatever its text becomes.
    Veto,
    /// Ask somebody to look, or say by when.
    Assign,
    /// Give a proposal another title and description.
    Describe,
    /// Give a proposal up.
    Close,
    /// Take up a proposal that was closed.
    Reopen,
    /// Plan a release.
    Plan,
    /// Let a release out.
    Release,
    /// Give a release up.
    Cancel,
    /// Tell that a release could not go out.
    Fail,
    /// Tell that the published branch was rewritten.
    Rewrite,
    /// Bring a rewritten branch back to what it was.
    RestoreHistory,
    /// Take a rewritten branch for what is published.
    AcceptHistory,
}

impl From<Act> for Said {
    fn from(act: Act) -> Self {
        match act {
            Act::Approve => Self::Approve,
            Act::RequestChanges => Self::RequestChanges,
            Act::Comment => Self::Comment,
            Act::Submit => Self::Submit,
            Act::Withdraw => Self::Withdraw,
            Act::Veto => Self::Veto,
            Act::Assign => Self::Assign,
            Act::Describe => Self::Describe,
            Act::Close => Self::Close,
            Act::Reopen => Self::Reopen,
            Act::Plan => Self::Plan,
            Act::Release => Self::Release,
            Act::Cancel => Self::Cancel,
            Act::Fail => Self::Fail,
            Act::Rewrite => Self::Rewrite,
            Act::RestoreHistory => Self::RestoreHistory,
            Act::AcceptHistory => Self::AcceptHistory,
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
            Said::Veto => Self::Veto,
            Said::Assign => Self::Assign,
            Said::Describe => Self::Describe,
            Said::Close => Self::Close,
            Said::Reopen => Self::Reopen,
            Said::Plan => Self::Plan,
            Said::Release => Self::Release,
            Said::Cancel => Self::Cancel,
            Said::Fail => Self::Fail,
            Said::Rewrite => Self::Rewrite,
            Said::RestoreHistory => Self::RestoreHistory,
            Said::AcceptHistory => Self::AcceptHistory,
        }
    }
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

/// Returns one review item.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/review/{record}", operation_id = "getReviewItem", tag = "review",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("record" = String, Path, description = "The record's id, in one segment: its slashes are percent-encoded.", example = "notes/one"),
        Where,
    ),
    responses((status = 200, description = "The item.", body = ReviewItem,
        headers(("ETag" = String, description = "The blob of the proposed text, for `If-Match` of a decision.")))),
)]
pub async fn show(
    seat: Seat,
    At((_, id)): At<(String, String)>,
    Asked(place): Asked<Where>,
) -> Result<Response, Problem> {
    let item = item_of(&seat, &id, &place).await?;
    let told = told(&seat, &item).await?;
    Ok(tagged(&told.proposed.clone(), axum::Json(told)))
}

/// Returns the item of a record where it is meant.
///
/// # Errors
/// When there is none.
pub async fn item_of(seat: &Seat, id: &str, place: &Where) -> Result<Item, Problem> {
    let found = seat.find_item(id, &place.target()).await?;
    let is_asked = |item: &Item| place.path.as_ref().is_none_or(|path| *path == item.path);
    found.filter(is_asked).ok_or_else(Problem::nothing_here)
}

async fn told(seat: &Seat, item: &Item) -> Result<ReviewItem, Problem> {
    let pool = seat.desk.index.reader();
    let (policy, person) = (seat.policy(), seat.person());
    let mut findings = review::findings_of(pool, std::slice::from_ref(item)).await?;
    let findings = findings.remove(&item.target()).unwrap_or_default();
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
        proposal: item.origin.as_ref().map(|origin| InProposal {
            branch: origin.branch.clone(),
            title: origin.title.clone(),
            head: origin.head.to_string(),
            behind: !origin.is_current(),
        }),
        collection: item.collection.clone(),
        title: item.title.clone(),
        standing: standing(item),
        status: workflow.map(|workflow| item.status(workflow).to_owned()),
        version: item.attested_version.as_ref().map(ToString::to_string),
        base: item.base.map(|blob| blob.to_string()),
        proposed: item.proposed.to_string(),
        attached: item.attached.iter().map(AttachedFile::from).collect(),
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
        since_you_approved: reading.since,
        findings: findings.into_iter().map(finding).collect(),
        said: said.iter().map(|row| decision(policy, row)).collect(),
    })
}

fn standing(item: &Item) -> Standing {
    match item.standing {
        review::Standing::Draft => Standing::Draft,
        review::Standing::Settled => Standing::Settled,
        review::Standing::Changed => Standing::Changed,
        review::Standing::Proposed => Standing::Proposed,
        review::Standing::TakenDown => Standing::TakenDown,
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

/// What is read and computed off the async threads.
struct Reading {
    differences: Differences,
    since: Option<SinceApproved>,
    forecast: Result<Option<Forecast>, Refusal>,
}

async fn compare(seat: &Seat, item: &Item) -> Result<Reading, Problem> {
    let (rules, item) = (seat.shared_rules(), item.clone());
    let person = seat.person().clone();
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
                Some(Ok(rules)) => {
                    let approved = approved_before(repository, &rules.policy, &item, &person)?;
                    reading(&rules.policy, &item, &texts, approved.as_ref())
                }
                Some(Err(_)) | None => None,
            })
        })
        .await?;
    read.ok_or_else(Problem::nothing_here)
}

fn reading(
    policy: &Policy,
    item: &Item,
    texts: &Texts<'_>,
    approved: Option<&Approved>,
) -> Option<Reading> {
    let collection = item.collection(policy)?;
    let format = collection.format;
    let since = |approved: &Approved| {
        let moved = changed_since(policy, collection, approved.judged(), texts.judged());
        let named = |paths: Vec<FieldPath>| paths.iter().map(ToString::to_string).collect();
        SinceApproved {
            decision: approved.commit.to_string(),
            fields: named(moved.text),
            published_fields: named(moved.published),
            files: approved.attached.clone(),
        }
    };
    Some(Reading {
        since: approved.map(since),
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
