//! What programs send: JSON of a known shape, raw text, queries and preconditions; each bounded, and nothing unknown passed over.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{
    FromRequest, FromRequestParts, OptionalFromRequestParts, Path, Query, Request,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

use super::problem::Problem;
use crate::id::BlobId;
use crate::refusal::Refusal;

/// The largest body that is read, in bytes: a record of the largest size in JSON, with half its characters escaped.
pub const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;

/// A body read as JSON, and its bytes as they came.
pub struct Json<T> {
    /// What it says.
    pub value: T,
    /// What was sent.
    pub bytes: Bytes,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        refuse_other_types(request.headers(), &["application/json"])?;
        let bytes = read(request).await?;
        let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
        if matches!(first, Some(b'[')) {
            return Err(no_object());
        }
        // The parser stops at 128 levels of nesting, and each shape names its fields.
        match serde_json::from_slice(&bytes) {
            Ok(value) => Ok(Self { value, bytes }),
            Err(error) => Err(unreadable(&error)),
        }
    }
}

/// A body that is a record's text.
pub struct Text(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Text {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        const TYPES: [&str; 6] = [
            "text/plain",
            "text/markdown",
            "application/yaml",
            "application/toml",
            "application/json",
            "application/octet-stream",
        ];
        refuse_other_types(request.headers(), &TYPES)?;
        Ok(Self(read(request).await?))
    }
}

/// A query of a known shape.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(rejection) => Err(bad_query(&cut(&rejection.body_text()))),
        }
    }
}

/// The names in a path, decoded once.
pub struct At<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match <Path<T> as FromRequestParts<S>>::from_request_parts(parts, state).await {
            Ok(Path(names)) => Ok(Self(names)),
            Err(_) => Err(Problem::hidden_path()),
        }
    }
}

/// The blob that a writer saw: the header `If-Match`, one strong tag.
pub struct IfMatch(pub BlobId);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(header::IF_MATCH).iter();
        let (value, more) = (values.next(), values.next());
        let Some(value) = value else {
            return Err(no_precondition());
        };
        let tag = value.to_str().ok().filter(|_| more.is_none());
        tag.and_then(|tag| {
            tag.trim()
                .strip_prefix('"')?
                .strip_suffix('"')?
                .parse()
                .ok()
        })
        .map(Self)
        .ok_or_else(no_blob)
    }
}

/// Where something new is made there is nothing to name.
impl<S: Send + Sync> OptionalFromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Problem> {
        match parts.headers.contains_key(header::IF_MATCH) {
            true => <Self as FromRequestParts<S>>::from_request_parts(parts, state)
                .await
                .map(Some),
            false => Ok(None),
        }
    }
}

async fn read(request: Request<Body>) -> Result<Bytes, Problem> {
    if request.headers().contains_key(header::CONTENT_ENCODING) {
        return Err(encoded());
    }
    to_bytes(request.into_body(), MAX_BODY_BYTES)
        .await
        .map_err(|_| too_large())
}

fn refuse_other_types(headers: &HeaderMap, known: &[&str]) -> Result<(), Problem> {
    let sent = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let kind = sent.split(';').next().unwrap_or_default().trim();
    if known.iter().any(|known| kind.eq_ignore_ascii_case(known)) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Refusal::new(
            "API-BODY-001",
            format!("\"{}\" is not what is read here", cut(sent)),
            format!("send {}", known.join(" or ")),
        ),
    ))
}

fn encoded() -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Refusal::new(
            "API-BODY-001",
            "the body is encoded, and bodies are read as they are",
            "send it without Content-Encoding",
        ),
    )
}

fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        Refusal::new(
            "API-BODY-002",
            "the body did not come whole, or is larger than the 2 MiB that are read",
            "send less text, or commit the file with git",
        ),
    )
}

/// What is no JSON is a bad request; JSON of another shape is understood and refused.
fn unreadable(error: &serde_json::Error) -> Problem {
    let told = cut(&error.to_string());
    let (line, column) = (bounded(error.line()), bounded(error.column()));
    match error.classify() {
        serde_json::error::Category::Data => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            Refusal::new(
                "API-BODY-004",
                format!("the body has another shape: {told}"),
                "send what /api/openapi.json describes, and nothing else",
            )
            .at(line, column),
        ),
        serde_json::error::Category::Syntax
        | serde_json::error::Category::Eof
        | serde_json::error::Category::Io => Problem::new(
            StatusCode::BAD_REQUEST,
            Refusal::new(
                "API-BODY-003",
                format!("the body is no JSON: {told}"),
                "send one JSON object in UTF-8",
            )
            .at(line, column),
        ),
    }
}

/// Fields have names: a list of their values would be taken for an object otherwise.
fn no_object() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::new(
            "API-BODY-004",
            "the body has another shape: it is a list",
            "send what /api/openapi.json describes, and nothing else",
        ),
    )
}

fn bounded(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Returns a problem with what was asked for.
pub fn bad_query(told: &str) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        Refusal::new(
            "API-QUERY-001",
            format!("the query is not one of this address: {told}"),
            "ask with the parameters that /api/openapi.json describes",
        ),
    )
}

fn no_precondition() -> Problem {
    Problem::new(
        StatusCode::PRECONDITION_REQUIRED,
        Refusal::new(
            "API-MATCH-001",
            "the request does not say which text it is about",
            "send the blob you looked at as If-Match, in double quotes; it is the ETag of the record",
        ),
    )
}

fn no_blob() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        Refusal::new(
            "API-MATCH-002",
            "If-Match names no text",
            "send one blob of 40 hexadecimal digits in double quotes; * and weak tags name none",
        ),
    )
}

fn cut(text: &str) -> String {
    text.chars().take(200).collect()
}
