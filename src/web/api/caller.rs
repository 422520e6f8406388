//! Who calls: a program with a token, and the seat of the token's owner in one repository.
//!
//! Nothing here looks at cookies: no page of another site can make a browser send a token, so nothing of the API can be reached across sites.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};

use super::problem::Problem;
use crate::refusal::Refusal;
use crate::web::accounts::{PACE, PREFIX, Scope, Token, WINDOW};
use crate::web::seat::{NoSeat, Seat};
use crate::web::state::Web;

/// A program whose token stands, whatever the token is for.
#[derive(Clone)]
pub struct Caller {
    /// The server.
    pub web: Arc<Web>,
    /// What the token is.
    pub token: Token,
}

impl FromRequestParts<Arc<Web>> for Caller {
    type Rejection = Problem;

    /// Only a route that was declared to need a token has one to hand on.
    async fn from_request_parts(parts: &mut Parts, _: &Arc<Web>) -> Result<Self, Problem> {
        let admitted = parts.extensions.get::<Self>().cloned();
        admitted.ok_or_else(Problem::nothing_here)
    }
}

impl Caller {
    /// Returns who calls.
    ///
    /// # Errors
    /// When the request carries no token that stands, or its token was used too often.
    pub async fn of(web: &Arc<Web>, parts: &Parts) -> Result<Self, Problem> {
        let now = (web.now)();
        let sent = bearer(&parts.headers)?;
        let found = web.accounts.token(sent, now).await?;
        let token = found.ok_or_else(no_such_token)?;
        if let Some(seconds) = web.accounts.count_request(&token, now) {
            return Err(too_fast(seconds));
        }
        Ok(Self {
            web: Arc::clone(web),
            token,
        })
    }

    /// Returns the seat of the token's owner in the repository that the address names.
    ///
    /// # Errors
    /// When the token does not open it, or the policy in force does not name the owner: the same words for both.
    pub async fn seat(&self, parts: &mut Parts) -> Result<Seat, Problem> {
        let Path(segments) = Path::<HashMap<String, String>>::from_request_parts(parts, &self.web)
            .await
            .map_err(|_| Problem::hidden_path())?;
        let name = segments.get("repository").map_or("", String::as_str);
        if !self.opens(name) {
            return Err(Problem::nothing_here());
        }
        match Seat::take(&self.web, name, &self.token.address) {
            Ok(seat) => Ok(seat),
            Err(NoSeat::Closed) => Err(Problem::nothing_here()),
            Err(NoSeat::NotAdopted(_)) => Err(not_adopted()),
        }
    }

    /// Refuses a token that is not for something.
    ///
    /// # Errors
    /// Names the scope that is missing.
    pub fn may(&self, scope: Scope) -> Result<(), Problem> {
        match self.token.scopes.contains(&scope) {
            true => Ok(()),
            false => Err(out_of_scope(scope)),
        }
    }

    /// Returns whether the token opens a repository, if its owner may read it.
    pub fn opens(&self, repository: &str) -> bool {
        self.token
            .repository
            .as_deref()
            .is_none_or(|one| one == repository)
    }
}

impl FromRequestParts<Arc<Web>> for Seat {
    type Rejection = Problem;

    /// Only a route that was declared to need a token for something in a repository has a seat to hand on.
    async fn from_request_parts(parts: &mut Parts, _: &Arc<Web>) -> Result<Self, Problem> {
        let admitted = parts.extensions.get::<Self>().cloned();
        admitted.ok_or_else(Problem::nothing_here)
    }
}

/// Returns the token of the one header that may carry it.
fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().ok_or_else(no_token)?;
    if values.next().is_some() {
        return Err(no_such_token());
    }
    let (scheme, token) = value
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .ok_or_else(no_such_token)?;
    let digits = token.trim().strip_prefix(PREFIX).unwrap_or_default();
    let is_ours = scheme.eq_ignore_ascii_case("bearer")
        && digits.len() == 64
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    match is_ours {
        true => Ok(token.trim()),
        false => Err(no_such_token()),
    }
}

fn no_token() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        Refusal::new(
            "API-AUTH-001",
            "the request carries no token",
            "make one on the page Tokens of your account, and send it as Authorization: Bearer cs_...",
        ),
    )
    .with_header(header::WWW_AUTHENTICATE, "Bearer realm=\"countersign\"")
}

fn no_such_token() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        Refusal::new(
            "API-AUTH-002",
            "the token is none of this server's, or has ended",
            "make a new one on the page Tokens of your account",
        ),
    )
    .with_header(
        header::WWW_AUTHENTICATE,
        "Bearer realm=\"countersign\", error=\"invalid_token\"",
    )
}

fn out_of_scope(scope: Scope) -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        Refusal::new(
            "API-SCOPE-001",
            format!("the token was not made to {scope}"),
            format!("make one with the scope {scope}"),
        ),
    )
    .with_header(
        header::WWW_AUTHENTICATE,
        format!("Bearer realm=\"countersign\", error=\"insufficient_scope\", scope=\"{scope}\""),
    )
}

fn too_fast(seconds: i64) -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        Refusal::new(
            "API-PACE-001",
            format!("the token was used for more than {PACE} requests in {WINDOW} seconds"),
            format!("wait {seconds} seconds; ask for longer pages rather than for more of them"),
        ),
    )
    .with_header(header::RETRY_AFTER, seconds.to_string())
}

fn not_adopted() -> Problem {
    Refusal::new(
        "POL-ADOPT-001",
        "the repository is not adopted yet, so nothing can be decided in it",
        "run countersign adopt on it",
    )
    .into()
}
