//! A record's texts: as it stands, as it was published, any earlier one, and what lies between two.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::activity::Page;
use super::differences::{Differences, differences};
use super::events::{AttestationEvent, attestation};
use super::input::{Asked, At, bad_query};
use super::paging::{Here, Stretch, after, limit, stretch};
use super::problem::Problem;
use super::records::{Which, blob, find, tagged};
use super::values::fields;
use crate::id::BlobId;
use crate::index::{self, AttestationRow, RecordRow};
use crate::record::{self, Format};
use crate::web::failure::taken_down;
use crate::web::seat::Seat;
use crate::web::tag::has_already;

/// Between which two texts, and of which file.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Between {
    /// The blob of the older text.
    from: String,
    /// The blob of the newer text; the one that stands unless said.
    to: Option<String>,
    /// The file, where several carry the same id; the first otherwise.
    path: Option<String>,
}

/// A record as it stood when a version was published.
#[derive(Debug, Serialize, ToSchema)]
pub struct Version {
    /// The version; null where the move wrote none.
    #[schema(example = "1.0.0")]
    version: Option<String>,
    /// The attestation that made it.
    attestation: AttestationEvent,
    /// Its fields in file order, as JSON.
    #[schema(value_type = Object)]
    fields: Map<String, Value>,
    /// The text below the front matter; null in other formats.
    body: Option<String>,
    /// Whether a later version counts.
    is_superseded: bool,
    /// Why it was taken back; null where it counts.
    yanked: Option<String>,
}

/// Returns a record's text as it stands, byte for byte.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/records/{record}/content", operation_id = "getContent", tag = "texts",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("record" = String, Path, description = "The record's id, in one segment: its slashes are percent-encoded.", example = "notes/one"),
        ("If-None-Match" = Option<String>, Header, description = "The tag of a text that is known already."),
        Which,
    ),
    responses(
        (status = 200, description = "The text.", content((String = "text/markdown"), (String = "application/yaml"), (String = "application/toml")),
            headers(("ETag" = String, description = "The blob, for `If-Match`."))),
        (status = 304, description = "It is the text that is known already."),
    ),
)]
pub async fn content(
    seat: Seat,
    At((_, id)): At<(String, String)>,
    headers: HeaderMap,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    let row = find(&seat, &id, &which).await?;
    let standing = blob(&row.blob)?;
    raw(&seat, &row, standing, &headers).await
}

/// Returns any text that a record ever had, byte for byte.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/records/{record}/texts/{blob}", operation_id = "getText", tag = "texts",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("record" = String, Path, description = "The record's id, in one segment: its slashes are percent-encoded.", example = "notes/one"),
        ("blob" = String, Path, description = "The blob.", example = "18be5aa28cdb9eab37062aa5a330c435ee53a089"),
        ("If-None-Match" = Option<String>, Header, description = "The tag of a text that is known already."),
        Which,
    ),
    responses(
        (status = 200, description = "The text.", content((String = "text/markdown"), (String = "application/yaml"), (String = "application/toml")),
            headers(("ETag" = String, description = "The blob."))),
        (status = 304, description = "It is the text that is known already."),
    ),
)]
pub async fn earlier(
    seat: Seat,
    At((_, id, asked)): At<(String, String, String)>,
    headers: HeaderMap,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    let row = find(&seat, &id, &which).await?;
    let text = text_of(&seat, &row, &asked).await?;
    raw(&seat, &row, text, &headers).await
}

/// Lists a record's versions, the latest first.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/records/{record}/versions", operation_id = "listVersions", tag = "texts",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("record" = String, Path, description = "The record's id, in one segment: its slashes are percent-encoded.", example = "notes/one"),
        Page,
    ),
    responses((status = 200, description = "A stretch of the list.", body = Stretch<AttestationEvent>,
        headers(("Link" = String, description = "The next stretch, as `rel=\"next\"`; absent at the end.")))),
)]
pub async fn versions(
    seat: Seat,
    here: Here,
    At((_, id)): At<(String, String)>,
    Asked(asked): Asked<Page>,
) -> Result<Response, Problem> {
    let limit = limit(asked.limit)?;
    let before = after::<i64>("versions", asked.cursor.as_deref())?;
    let row = find(&seat, &id, &Which::default()).await?;
    let links = links(&seat, &row).await?;
    let rows = index::since_taken_down(&links)
        .iter()
        .rev()
        .filter(|link| link.version_to.is_some())
        .filter(|link| before.is_none_or(|before| link.sequence < before))
        .cloned()
        .collect();
    let page = stretch("versions", rows, limit, |link: &AttestationRow| {
        link.sequence
    })?;
    let policy = seat.policy();
    let told = Stretch {
        items: page
            .items
            .iter()
            .map(|link| attestation(policy, link))
            .collect(),
        next: page.next,
    };
    Ok(told.answer(&here, limit))
}

/// Returns a record as it stood when a version was published.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/records/{record}/versions/{version}", operation_id = "getVersion", tag = "texts",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("record" = String, Path, description = "The record's id, in one segment: its slashes are percent-encoded.", example = "notes/one"),
        ("version" = String, Path, description = "The version, or the attestation's place in the chain.", example = "1.0.0"),
    ),
    responses((status = 200, description = "The version.", body = Version,
        headers(("ETag" = String, description = "The blob of its text.")))),
)]
pub async fn version(
    seat: Seat,
    At((_, id, asked)): At<(String, String, String)>,
) -> Result<Response, Problem> {
    let (row, link, newer) = find_version(&seat, &id, &asked).await?;
    let yanks = index::yanks_of(seat.desk.index.reader(), &row.id).await?;
    let mut yanks = yanks.into_iter();
    let yanked = yanks.find(|yank| link.version_to.as_ref() == Some(&yank.version));
    let format = format_of(&seat, &row)?;
    let bytes = seat.bytes(blob(&link.result)?).await?;
    let record = record::parse(&bytes, format)?;
    let told = Version {
        version: link.version_to.clone(),
        attestation: attestation(seat.policy(), &link),
        fields: fields(&record),
        body: record.body.map(|body| body.text),
        is_superseded: newer,
        yanked: yanked.map(|yank| yank.reason),
    };
    Ok(tagged(&link.result, axum::Json(told)))
}

/// Returns the text of a version, byte for byte.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/records/{record}/versions/{version}/content", operation_id = "getVersionContent", tag = "texts",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("record" = String, Path, description = "The record's id, in one segment: its slashes are percent-encoded.", example = "notes/one"),
        ("version" = String, Path, description = "The version, or the attestation's place in the chain.", example = "1.0.0"),
        ("If-None-Match" = Option<String>, Header, description = "The tag of a text that is known already."),
    ),
    responses(
        (status = 200, description = "The text.", content((String = "text/markdown"), (String = "application/yaml"), (String = "application/toml")),
            headers(("ETag" = String, description = "The blob."))),
        (status = 304, description = "It is the text that is known already."),
    ),
)]
pub async fn version_content(
    seat: Seat,
    At((_, id, asked)): At<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (row, link, _) = find_version(&seat, &id, &asked).await?;
    let text = blob(&link.result)?;
    raw(&seat, &row, text, &headers).await
}

/// Compares two texts of a record, field by field.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/records/{record}/differences", operation_id = "compareTexts", tag = "texts",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("record" = String, Path, description = "The record's id, in one segment: its slashes are percent-encoded.", example = "notes/one"),
        Between,
    ),
    responses((status = 200, description = "What lies between them.", body = Differences)),
)]
pub async fn compare(
    seat: Seat,
    At((_, id)): At<(String, String)>,
    Asked(between): Asked<Between>,
) -> Result<axum::Json<Differences>, Problem> {
    let Between { from, to, path } = between;
    let row = find(&seat, &id, &Which { path }).await?;
    let to = to.unwrap_or_else(|| row.blob.clone());
    let (from, to) = (
        text_of(&seat, &row, &from).await?,
        text_of(&seat, &row, &to).await?,
    );
    let format = format_of(&seat, &row)?;
    let told = seat
        .desk
        .on_repository(move |repository, _| {
            let (old, new) = (repository.bytes(from)?, repository.bytes(to)?);
            Ok(differences(Some(&old), &new, format))
        })
        .await?;
    Ok(axum::Json(told))
}

async fn links(seat: &Seat, row: &RecordRow) -> Result<Vec<AttestationRow>, Problem> {
    let pool = seat.desk.index.reader();
    Ok(index::attestations_of(pool, std::slice::from_ref(&row.id)).await?)
}

/// Returns a record, the attestation of a version, and whether a later version counts.
async fn find_version(
    seat: &Seat,
    id: &str,
    asked: &str,
) -> Result<(RecordRow, AttestationRow, bool), Problem> {
    let row = find(seat, id, &Which::default()).await?;
    let links = links(seat, &row).await?;
    let link = links
        .iter()
        .rev()
        .find(|link| {
            link.version_to.as_deref() == Some(asked) || link.sequence.to_string() == asked
        })
        .cloned()
        .ok_or_else(Problem::nothing_here)?;
    if let Some(down) = index::taken_down_after(&links, link.sequence) {
        return Err(taken_down(id, down.at).into());
    }
    let newer = links
        .iter()
        .any(|other| other.version_to.is_some() && other.sequence > link.sequence);
    Ok((row, link, newer))
}

fn format_of(seat: &Seat, row: &RecordRow) -> Result<Format, Problem> {
    let collection = seat.collection_of(row).ok_or_else(Problem::nothing_here)?;
    Ok(collection.format)
}

/// Texts of other records are not there.
async fn text_of(seat: &Seat, row: &RecordRow, asked: &str) -> Result<BlobId, Problem> {
    let text: BlobId = asked
        .parse()
        .map_err(|error: crate::id::NotAnObjectId| bad_query(&error.to_string()))?;
    let pool = seat.desk.index.reader();
    let is_its = asked == row.blob || index::is_text_of(pool, &row.path, &row.id, asked).await?;
    match is_its {
        true => Ok(text),
        false => Err(Problem::nothing_here()),
    }
}

/// Texts are sent as they are and for programs alone; no browser may take them for a page.
async fn raw(
    seat: &Seat,
    row: &RecordRow,
    text: BlobId,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let tag = text.to_string();
    let caching = [(header::CACHE_CONTROL, "private, no-cache")];
    if has_already(headers, &format!("\"{tag}\"")) {
        return Ok(tagged(&tag, (StatusCode::NOT_MODIFIED, caching)));
    }
    let bytes = seat.bytes(text).await?;
    let kind = match format_of(seat, row)? {
        Format::Markdown => "text/markdown; charset=utf-8",
        Format::Yaml => "application/yaml; charset=utf-8",
        Format::Toml => "application/toml; charset=utf-8",
        Format::Json => "application/json; charset=utf-8",
    };
    let mut response = tagged(&tag, (caching, bytes).into_response());
    let kind = HeaderValue::from_static(kind);
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    let attached = HeaderValue::from_static("attachment");
    response
        .headers_mut()
        .insert(header::CONTENT_DISPOSITION, attached);
    Ok(response)
}
