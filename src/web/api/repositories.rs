//! Whose token this is, and the repositories it opens.

use axum::Json;
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::problem::Problem;
use super::values::moment;
use crate::index::{self, Totals};
use crate::refusal::Refusal;
use crate::review::{Publication, may_take_part};
use crate::web::reader::readable;
use crate::web::seat::Seat;
use crate::web::waiting;
use crate::web::writing::may_begin;

/// What a token is.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenInfo {
    /// What its owner calls it.
    name: String,
    /// Its first characters.
    #[schema(example = "cs_1f0a77c2")]
    prefix: String,
    /// Whom it acts for.
    #[schema(example = "ana@example.org")]
    address: String,
    /// What it is for: `read`, `decide`, `edit`.
    scopes: Vec<&'static str>,
    /// The one repository it opens; null for all that its owner may read.
    repository: Option<String>,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it ends.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// The repositories that a token opens.
#[derive(Debug, Serialize, ToSchema)]
pub struct Repositories {
    /// All of them.
    items: Vec<RepositorySummary>,
}

/// A repository in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct RepositorySummary {
    /// Its name in addresses.
    #[schema(example = "house-rules")]
    name: String,
    /// What the register calls itself.
    title: String,
    /// Whether it is adopted; before that nothing can be decided in it.
    is_adopted: bool,
}

/// A repository.
#[derive(Debug, Serialize, ToSchema)]
pub struct Repository {
    /// Its name in addresses.
    #[schema(example = "house-rules")]
    name: String,
    /// What the register calls itself.
    title: String,
    /// The published branch.
    #[schema(example = "main")]
    branch: String,
    /// The commit that is shown; null before the first.
    tip: Option<String>,
    /// The policy in force.
    policy: String,
    /// Whether readers see what is committed here.
    publication: PublicationState,
    /// How many records stand how.
    records: Counts,
    /// How many items wait for the token's owner.
    waiting: usize,
    /// The collections.
    collections: Vec<CollectionSummary>,
}

/// Whether readers see what is committed here.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicationState {
    /// Whether the place of publication was seen to hold all that is committed here.
    published: bool,
    /// Why not.
    problem: Option<Told>,
}

/// What is wrong, and what to do.
#[derive(Debug, Serialize, ToSchema)]
pub struct Told {
    /// The stable code.
    #[schema(example = "PUB-REM-002")]
    code: String,
    /// What is wrong.
    detail: String,
    /// What to do.
    next: String,
    /// Where; empty for the whole.
    place: String,
}

impl From<&Refusal> for Told {
    fn from(refusal: &Refusal) -> Self {
        Self {
            code: refusal.code.to_owned(),
            detail: refusal.cause.clone(),
            next: refusal.next.clone(),
            place: refusal.place.to_string(),
        }
    }
}

/// How many records stand how.
#[derive(Debug, Serialize, ToSchema)]
pub struct Counts {
    /// All of them.
    all: i64,
    /// Those that differ from what was approved.
    changed: i64,
    /// Files that cannot be read.
    quarantined: i64,
}

impl From<&Totals> for Counts {
    fn from(totals: &Totals) -> Self {
        Self {
            all: totals.records,
            changed: totals.changed,
            quarantined: totals.quarantined,
        }
    }
}

/// A collection in a repository.
#[derive(Debug, Serialize, ToSchema)]
pub struct CollectionSummary {
    /// Its name.
    #[schema(example = "notes")]
    name: String,
    /// How its files are written: `markdown`, `yaml`, `toml` or `json`.
    #[schema(example = "markdown")]
    format: &'static str,
    /// Whether the token's owner takes part in it.
    takes_part: bool,
    /// Whether they may begin records in it here.
    may_begin: bool,
}

/// Says what the token is.
#[utoipa::path(
    get, path = "/api/v1/token", operation_id = "getToken", tag = "repositories",
    responses((status = 200, description = "The token.", body = TokenInfo)),
)]
pub async fn token(caller: Caller) -> Json<TokenInfo> {
    let token = caller.token;
    Json(TokenInfo {
        name: token.name,
        prefix: token.prefix,
        address: token.address,
        scopes: token.scopes.iter().map(|scope| scope.name()).collect(),
        repository: token.repository,
        created_at: moment(token.created_at),
        expires_at: moment(token.expires_at),
    })
}

/// Lists the repositories that the token opens.
#[utoipa::path(
    get, path = "/api/v1/repositories", operation_id = "listRepositories", tag = "repositories",
    responses((status = 200, description = "The repositories.", body = Repositories)),
)]
pub async fn list(caller: Caller) -> impl IntoResponse {
    let items = readable(&caller.web, &caller.token.address)
        .into_iter()
        .filter(|(name, _)| caller.opens(name))
        .filter_map(|(name, served)| match served.desk.rules().as_ref() {
            Some(Ok(rules)) => Some(RepositorySummary {
                name: name.clone(),
                title: rules.policy.title.clone(),
                is_adopted: rules.adopted,
            }),
            Some(Err(_)) | None => None,
        })
        .collect();
    Json(Repositories { items })
}

/// Returns one repository.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}", operation_id = "getRepository", tag = "repositories",
    params(("repository" = String, Path, description = "The repository's name.")),
    responses((status = 200, description = "The repository.", body = Repository)),
)]
pub async fn show(seat: Seat) -> Result<Json<Repository>, Problem> {
    let policy = seat.policy();
    let totals = index::totals(seat.desk.index.reader()).await?;
    Ok(Json(Repository {
        name: seat.desk.name.clone(),
        title: policy.title.clone(),
        branch: policy.branch.clone(),
        tip: seat
            .desk
            .index
            .heads()
            .await?
            .tip
            .map(|tip| tip.to_string()),
        policy: seat.rules().blob.to_string(),
        publication: publication(&seat),
        records: Counts::from(&totals),
        waiting: waiting::count(&seat.desk, seat.rules(), seat.person()).await?,
        collections: policy
            .collections
            .values()
            .map(|collection| CollectionSummary {
                name: collection.name.clone(),
                format: collection.format.name(),
                takes_part: may_take_part(policy, &collection.name, seat.person()),
                may_begin: may_begin(policy, collection, seat.person()),
            })
            .collect(),
    }))
}

/// Returns whether readers see what is committed here.
pub fn publication(seat: &Seat) -> PublicationState {
    match seat.desk.publication() {
        Publication::Published => PublicationState {
            published: true,
            problem: None,
        },
        Publication::Pending(why) => PublicationState {
            published: false,
            problem: Some(Told::from(&why)),
        },
    }
}
