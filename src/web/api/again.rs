//! The same request again: `Idempotency-Key` as the IETF draft has it.
//!
//! A program that lost an answer sends the request once more under the same key, and is told what it was told, or would have been; nothing is done twice.
//! The key is optional, for a decision and an edit name the texts they are about and cannot be made twice by themselves; with one, a retry also learns
//! what the first try came to. For a decision the key also becomes its `operation` in the journal: even where the private database was lost, the same key
//! finds its own commit.

use std::future::Future;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::problem::Problem;
use crate::refusal::Refusal;
use crate::web::accounts::Claim;
use crate::web::seat::Seat;

/// The header.
const HEADER: &str = "idempotency-key";

/// The longest key, in characters.
const MAX_KEY_CHARS: usize = 200;

/// A key, and what of the request it stands for; the body is added by the handler.
pub struct Again {
    key: Option<String>,
    method: Method,
    address: String,
    precondition: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Again {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let text = |name| {
            let value = parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        Ok(Self {
            key: key(&parts.headers)?,
            method: parts.method.clone(),
            address: parts.uri.to_string(),
            precondition: text(header::IF_MATCH),
        })
    }
}

/// The answer to a request that did something.
pub struct Done {
    status: StatusCode,
    body: String,
}

impl Done {
    /// Returns an answer.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(status: StatusCode, body: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_string(body).map_err(anyhow::Error::from)?;
        Ok(Self { status, body })
    }
}

impl IntoResponse for Done {
    /// A new text's blob is the answer's tag as well, so that the next edit has its precondition.
    fn into_response(self) -> Response {
        let told: serde_json::Value = serde_json::from_str(&self.body).unwrap_or_default();
        let blob = told.get("blob").and_then(serde_json::Value::as_str);
        let tag = blob.map(|blob| HeaderValue::try_from(format!("\"{blob}\"")));
        let kind = [(header::CONTENT_TYPE, "application/json")];
        let mut response = (self.status, kind, self.body).into_response();
        if let Some(Ok(tag)) = tag {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

impl Again {
    /// Returns the operation by which the journal knows one decision of a request: the key's, in its owner's name and in one repository, or a new one.
    ///
    /// # Errors
    /// When there are no random bytes.
    pub fn operation(&self, seat: &Seat, place: usize) -> Result<String, Problem> {
        let Some(key) = &self.key else {
            return Ok(crate::web::token::operation()?);
        };
        let (person, place) = (seat.person().key.as_str(), place.to_string());
        let digest = digest(&["operation", &seat.desk.name, person, key, &place]);
        Ok(digest.chars().take(32).collect())
    }

    /// Does some work once. It is carried through even where whoever asked goes away.
    ///
    /// # Errors
    /// What the work refuses; and a key that came with another request, or whose request is under way.
    pub async fn once<F>(self, seat: Arc<Seat>, body: &[u8], work: F) -> Result<Response, Problem>
    where
        F: Future<Output = Result<Done, Problem>> + Send + 'static,
    {
        let request = self.digest(body);
        let carried = match self.key {
            Some(key) => tokio::spawn(once_under(key, request, seat, work)).await,
            None => tokio::spawn(work).await,
        };
        let done = carried.map_err(anyhow::Error::from)?;
        done.map(IntoResponse::into_response)
    }

    fn digest(&self, body: &[u8]) -> String {
        let body = hex::encode(Sha256::digest(body));
        digest(&[
            self.method.as_str(),
            &self.address,
            &self.precondition,
            &body,
        ])
    }
}

/// Claims the key, works and keeps the answer. The claim is part of what is carried through: one that was made for somebody who then went away, and
/// whose work never began, would hold the key as long as one that is under way may.
async fn once_under<F>(
    key: String,
    request: String,
    seat: Arc<Seat>,
    work: F,
) -> Result<Done, Problem>
where
    F: Future<Output = Result<Done, Problem>> + Send,
{
    let accounts = &seat.web.accounts;
    let owner = seat.identity().address;
    let claim = accounts
        .claim_key(&owner, &key, &request, seat.now())
        .await?;
    match claim {
        Claim::Taken => {}
        Claim::Answered(status, body) => return Ok(answered(status, body)),
        Claim::UnderWay => return Err(under_way()),
        Claim::Another => return Err(another(&key)),
    }
    let done = work.await;
    match &done {
        Ok(done) => {
            let status = done.status.as_u16();
            accounts
                .keep_answer(&owner, &key, status, &done.body)
                .await?;
        }
        Err(_) => accounts.release_key(&owner, &key).await?,
    }
    done
}

fn answered(status: u16, body: String) -> Done {
    Done {
        status: StatusCode::from_u16(status).unwrap_or(StatusCode::OK),
        body,
    }
}

/// Each part is preceded by its length, so that no two requests read the same.
fn digest(parts: &[&str]) -> String {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part.as_bytes());
    }
    hex::encode(sha.finalize())
}

/// Returns the key; quotes around it, as the draft writes it, are no part of it.
fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all(HEADER).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let sent = value.to_str().unwrap_or_default().trim();
    let bare = sent
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(sent);
    let is_key = (1..=MAX_KEY_CHARS).contains(&bare.len())
        && bare.chars().all(|c| c.is_ascii_graphic() && c != '"')
        && values.next().is_none();
    match is_key {
        true => Ok(Some(bare.to_owned())),
        false => Err(no_key()),
    }
}

fn no_key() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        Refusal::new(
            "API-KEY-001",
            "Idempotency-Key is no key",
            format!("send one of 1 to {MAX_KEY_CHARS} visible ASCII characters, such as a UUID"),
        ),
    )
}

fn another(key: &str) -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::new(
            "API-KEY-002",
            format!("the key {key} came with another request before"),
            "send a new key with a new request, and the same request with the same key",
        ),
    )
}

fn under_way() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        Refusal::new(
            "API-KEY-003",
            "the request of this key is still being carried out",
            "send it again in a moment",
        ),
    )
    .with_header(header::RETRY_AFTER, "1")
}

/// Returns the refusal of a key under which the journal holds another decision.
pub fn another_decision() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::new(
            "API-KEY-002",
            "the key came with another decision before",
            "send a new key with a new decision",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_with_and_without_quotes() {
        let read = |text: &str| {
            let headers = HeaderMap::from_iter([(
                axum::http::HeaderName::from_static(HEADER),
                HeaderValue::from_str(text).unwrap(),
            )]);
            key(&headers).map_err(|problem| problem.status())
        };
        assert_eq!(read("\"abc-1\""), Ok(Some("abc-1".to_owned())));
        assert_eq!(read("abc-1"), Ok(Some("abc-1".to_owned())));
        for text in ["", "\"\"", "a b", "a\"b", &"x".repeat(201)] {
            assert_eq!(read(text), Err(StatusCode::BAD_REQUEST), "{text}");
        }
    }
}
