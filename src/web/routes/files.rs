//! A picture or a document that a text names, byte for byte.

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::check::{self, FileKind};
use crate::id::BlobId;
use crate::index;
use crate::web::failure::Failure;
use crate::web::reader::Reader;
use crate::web::seat::Seat;

/// Answers with a file's bytes. The address names them, so whoever has them may keep them.
pub async fn show(
    reader: Reader,
    Path((_, blob, path)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let (kind, bytes) = read(&reader, &blob, &path)
        .await?
        .ok_or_else(Failure::nothing_here)?;
    let disposition = match kind.is_picture() {
        true => "inline",
        false => "attachment",
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(kind.media_type()),
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static(disposition),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, max-age=31536000, immutable"),
        ),
    ];
    Ok((headers, bytes).into_response())
}

/// Reads a file that a text may name; `None` for whatever else has that id.
pub async fn read(
    seat: &Seat,
    blob: &str,
    path: &str,
) -> anyhow::Result<Option<(FileKind, Vec<u8>)>> {
    let Ok(blob) = blob.parse::<BlobId>() else {
        return Ok(None);
    };
    let Some(kind) =
        FileKind::of_path(path).filter(|_| check::is_attached_file(seat.policy(), path))
    else {
        return Ok(None);
    };
    let path = path.to_owned();
    let read = seat
        .desk
        .on_repository(move |repository, _| index::attachment(repository, &path, blob));
    Ok(read.await?.ok().map(|bytes| (kind, bytes)))
}
