//! Pictures and documents: brought before the text that names them, and read as they were judged with it.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::input::{Asked, At};
use super::problem::Problem;
use crate::check::{MAX_ATTACHMENT_BYTES, unfit_size};
use crate::ledger::Attachment;
use crate::web::attaching::bring;
use crate::web::routes::files;
use crate::web::seat::Seat;

/// A file that a text names, and its bytes.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttachedFile {
    /// Its path from the root of the repository.
    #[schema(example = "media/map.png")]
    path: String,
    /// Its bytes.
    blob: String,
}

impl From<&Attachment> for AttachedFile {
    fn from(file: &Attachment) -> Self {
        Self {
            path: file.path.clone(),
            blob: file.blob.to_string(),
        }
    }
}

/// Reads files as requests name them, by path.
///
/// # Errors
/// When a blob is none.
pub fn attached(files: &[AttachedFile]) -> Result<Vec<Attachment>, Problem> {
    let read = |file: &AttachedFile| -> Result<Attachment, Problem> {
        Ok(Attachment {
            path: file.path.clone(),
            blob: super::records::blob(&file.blob)?,
        })
    };
    let mut files = files.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    files.sort();
    Ok(files)
}

/// What a file is called, and where its text goes.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Brought {
    /// Its own name; the path is made from it.
    #[param(example = "map.png")]
    name: String,
    /// The branch of the proposal that the text goes to, so that no name is given that is taken there.
    proposal: Option<String>,
}

/// The bytes of a file.
pub struct Raw(Bytes);

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Problem;

    async fn from_request(request: Request<Body>, _: &S) -> Result<Self, Problem> {
        let bytes = to_bytes(request.into_body(), MAX_ATTACHMENT_BYTES).await;
        bytes
            .map(Self)
            .map_err(|_| unfit_size(MAX_ATTACHMENT_BYTES + 1).into())
    }
}

/// Takes a picture or a document in; a text that names its path takes it along with `attached`.
#[utoipa::path(
    post, path = "/api/v1/repositories/{repository}/collections/{collection}/files", operation_id = "bringFile", tag = "texts",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("collection" = String, Path, description = "The collection of the record whose text names it.", example = "notes"),
        Brought,
    ),
    request_body(content = super::edits::RawText, content_type = "application/octet-stream", description = "The file, byte for byte: PNG, JPEG, GIF, WebP, AVIF or PDF."),
    responses((status = 201, description = "It is kept until a text that names it is saved, two weeks at least.", body = AttachedFile)),
)]
pub async fn take_in(
    seat: Seat,
    At((_, name)): At<(String, String)>,
    Asked(asked): Asked<Brought>,
    Raw(bytes): Raw,
) -> Result<Response, Problem> {
    let collection = seat.policy().collections.get(&name);
    let collection = collection.ok_or_else(Problem::nothing_here)?;
    let branch = asked.proposal.as_deref();
    let file = bring(&seat, collection, branch, &asked.name, bytes.to_vec()).await?;
    let told = axum::Json(AttachedFile::from(&file));
    Ok((StatusCode::CREATED, told).into_response())
}

/// Where a file stands.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Its path.
    #[param(example = "media/map.png")]
    path: String,
}

/// Returns a picture or a document, byte for byte.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/files/{blob}", operation_id = "getFile", tag = "texts",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("blob" = String, Path, description = "Its bytes, as a review item or a text names them."),
        Which,
    ),
    responses((status = 200, description = "The file.", body = super::edits::RawText, content_type = "application/octet-stream")),
)]
pub async fn show(
    seat: Seat,
    At((_, blob)): At<(String, String)>,
    Asked(asked): Asked<Which>,
) -> Result<Response, Problem> {
    let found = files::read(&seat, &blob, &asked.path).await?;
    let (kind, bytes) = found.ok_or_else(Problem::nothing_here)?;
    let kind = HeaderValue::from_static(kind.media_type());
    Ok(([(header::CONTENT_TYPE, kind)], bytes).into_response())
}
