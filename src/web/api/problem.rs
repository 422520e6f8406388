//! What goes wrong becomes a problem document (RFC 9457): the code for programs, cause and next step for whoever reads the log.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::refusal::Refusal;
use crate::web::failure::{busy, is_busy, sentence, status_of};

/// What is sent as `application/problem+json`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct Document {
    /// Names the kind of problem: `urn:countersign:` and the code.
    #[schema(example = "urn:countersign:REV-STALE-001")]
    r#type: String,
    /// The status in words.
    #[schema(example = "Precondition Failed")]
    title: String,
    /// The status of the answer.
    #[schema(example = 412)]
    status: u16,
    /// What is wrong, naming the value that was seen.
    #[schema(example = "The record changed since you looked.")]
    detail: String,
    /// The stable code; docs/errors.md lists them all.
    #[schema(example = "REV-STALE-001")]
    code: String,
    /// What to do now.
    #[schema(example = "Read what changed and decide again; nothing was recorded.")]
    next: String,
    /// Where it went wrong, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Place>,
    /// The blob that stands now, where the request named another.
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<String>,
}

/// Where something went wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct Place {
    /// A path in the repository, a record, or a name of the request.
    #[schema(example = "notes/one")]
    path: String,
    /// One-based line.
    line: Option<u32>,
    /// One-based column.
    column: Option<u32>,
}

/// The type of a problem document.
pub const PROBLEM: &str = "application/problem+json";

/// An answer that is not what was asked for.
#[derive(Debug)]
pub struct Problem(Box<Stated>);

#[derive(Debug)]
struct Stated {
    status: StatusCode,
    refusal: Refusal,
    current: Option<String>,
    headers: Vec<(HeaderName, String)>,
}

impl Problem {
    /// Returns a refusal with its status.
    pub fn new(status: StatusCode, refusal: Refusal) -> Self {
        Self(Box::new(Stated {
            status,
            refusal,
            current: None,
            headers: Vec::new(),
        }))
    }

    /// Adds a header.
    pub fn with_header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.0.headers.push((name, value.into()));
        self
    }

    /// Names the blob that stands now.
    pub fn standing_at(mut self, blob: impl Into<String>) -> Self {
        self.0.current = Some(blob.into());
        self
    }

    /// Returns the status of the answer.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Returns what is sent.
    pub fn document(&self) -> Document {
        let Stated {
            status,
            refusal,
            current,
            ..
        } = self.0.as_ref();
        Document {
            r#type: format!("urn:countersign:{}", refusal.code),
            title: status.canonical_reason().unwrap_or("Refused").to_owned(),
            status: status.as_u16(),
            detail: stopped(&refusal.cause),
            code: refusal.code.to_owned(),
            next: stopped(&refusal.next),
            place: place(refusal),
            current: current.clone(),
        }
    }

    /// There is nothing at the address, or nothing that the token may know of: the same words for both.
    pub fn nothing_here() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            Refusal::new(
                "API-PATH-001",
                "nothing that this token may see has this address",
                "check the address; /api/openapi.json lists them, and names in a path are percent-encoded, slashes included",
            ),
        )
    }

    /// The address does not take that method.
    pub fn wrong_method() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            Refusal::new(
                "API-PATH-002",
                "this address does not take that method",
                "use one that /api/openapi.json lists; the header Allow names them",
            ),
        )
    }

    /// The address can be read in two ways.
    pub fn hidden_path() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            Refusal::new(
                "API-PATH-003",
                "this address holds characters that no address of the API has",
                "percent-encode names once, as UTF-8; leave out control characters, backslashes and dots alone between slashes",
            ),
        )
    }

    /// The server could not answer; the log says why.
    pub fn unanswered() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            Refusal::new(
                "API-SERVER-001",
                "the server could not answer this",
                "try again; if it stays, ask the operator to read the server's log",
            ),
        )
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::new(status_for(refusal.code), refusal)
    }
}

impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Self {
        tracing::error!(error = format!("{error:#}"), "a request of the API failed");
        match is_busy(&error) {
            true => busy().into(),
            false => Self::unanswered(),
        }
    }
}

/// Returns the status of a refusal's code: what a page tells of a conflict is a failed precondition here, for the request named what it judged.
fn status_for(code: &str) -> StatusCode {
    match code {
        _ if code.starts_with("REV-STALE-") || code.starts_with("REL-STALE-") => {
            StatusCode::PRECONDITION_FAILED
        }
        _ if code.starts_with("POL-ADOPT-") => StatusCode::CONFLICT,
        "GIT-HIST-002" => StatusCode::PRECONDITION_FAILED,
        "REV-GONE-001" | "REL-GONE-001" => StatusCode::NOT_FOUND,
        _ => status_of(code),
    }
}

/// Seconds after which a busy server is asked again, unless the problem says otherwise.
const RETRY_AFTER: &str = "5";

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let document = self.document();
        let Stated {
            status,
            current,
            headers,
            ..
        } = *self.0;
        let etag = current.map(|blob| format!("\"{blob}\""));
        // A document of texts and numbers can always be written.
        let body = serde_json::to_string(&document).unwrap_or_else(|_| "{}".to_owned());
        let mut response = (status, [(header::CONTENT_TYPE, PROBLEM)], body).into_response();
        let retry = (status == StatusCode::SERVICE_UNAVAILABLE)
            .then(|| (header::RETRY_AFTER, RETRY_AFTER.to_owned()));
        let etag = etag.map(|tag| (header::ETAG, tag));
        for (name, value) in retry.into_iter().chain(etag).chain(headers) {
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

fn stopped(clause: &str) -> String {
    let sentence = sentence(clause);
    match sentence.ends_with('?') {
        true => sentence,
        false => format!("{sentence}."),
    }
}

fn place(refusal: &Refusal) -> Option<Place> {
    let place = &refusal.place;
    (!place.path.is_empty() || place.line.is_some()).then(|| Place {
        path: place.path.clone(),
        line: place.line,
        column: place.column,
    })
}
