//! What a host answers that is no success, and why it could not be asked.

use http::{HeaderMap, StatusCode, header};
use serde_json::Value;

use super::line;
use crate::hosting::http::HttpError;
use crate::refusal::Refusal;

/// What a host answered that is no success.
pub(super) struct Declined {
    pub status: StatusCode,
    pub words: String,
    /// It was asked more often than it wants to be.
    is_used_up: bool,
}

impl Declined {
    /// Reads an answer.
    pub fn read(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let left = headers.get("x-ratelimit-remaining");
        Self {
            words: words(body),
            is_used_up: headers.contains_key(header::RETRY_AFTER)
                || left.is_some_and(|left| left == "0"),
            status,
        }
    }

    /// Returns it in words, without the token, which a host may say back.
    pub fn refusal(&self, token: &str) -> Refusal {
        let words = self.words.replace(token, "********");
        let cause = format!("the host answered {} ({words})", self.status.as_u16());
        match self.status {
            StatusCode::TOO_MANY_REQUESTS => slow_down(cause),
            StatusCode::FORBIDDEN if self.is_used_up => slow_down(cause),
            StatusCode::UNAUTHORIZED => Refusal::new(
                "HST-API-002",
                cause,
                "make a new token there, and give it with countersign connect",
            ),
            StatusCode::FORBIDDEN => Refusal::new(
                "HST-API-003",
                cause,
                "give the token the right to read and write requests, statuses and webhooks",
            ),
            StatusCode::NOT_FOUND => Refusal::new(
                "HST-API-004",
                cause,
                "look whether the token may see the repository, and whether the address of the API is right",
            ),
            _ => Refusal::new(
                "HST-API-006",
                cause,
                "it is tried again; if it stays, read the host's words",
            ),
        }
    }
}

fn slow_down(cause: String) -> Refusal {
    Refusal::new(
        "HST-API-005",
        cause,
        "it is asked less often for a while; nothing is lost",
    )
}

pub(super) fn unreachable(error: HttpError) -> Refusal {
    let told = format!("{:#}", anyhow::Error::new(error));
    Refusal::new(
        "HST-API-001",
        format!("the host's API could not be reached ({})", line(&told, 300)),
        "it is tried again; look at its address and at the line if it stays",
    )
}

pub(super) fn unreadable(why: &str) -> Refusal {
    Refusal::new(
        "HST-API-007",
        why,
        "look at the address of the API that is given to countersign connect",
    )
}

/// What a host says of why not: hosts write it in `message`, `error` or `errors`.
fn words(body: &[u8]) -> String {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    let said = ["/message", "/error/message", "/error", "/errors"]
        .into_iter()
        .filter_map(|place| value.pointer(place))
        .find(|said| !said.is_null());
    match said {
        Some(Value::String(said)) => line(said, 200),
        Some(said) => line(&said.to_string(), 200),
        None => line(&String::from_utf8_lossy(body), 100),
    }
}
