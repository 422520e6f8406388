//! Who calls: a program with a token, and the seat of the token's owner in one repository.
//!
//! Nothing here looks at cookies: no page of another site can make a browser send a token, so nothing of the API can be reached across sites. A handler
//! says in its signature what it is for, and no handler can be had with a token that is not for that.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::ops::Deref;
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
pub struct Caller {
    /// The server.
    pub web: Arc<Web>,
    /// What the token is.
    pub token: Token,
}

impl FromRequestParts<Arc<Web>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Problem> {
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
}

impl Caller {
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

/// What a handler is for.
pub trait Purpose {
    /// The scope that a token must have.
    const SCOPE: Scope;
}

/// Looking.
pub struct Read;

/// Deciding.
pub struct Decide;

/// Editing.
pub struct Edit;

impl Purpose for Read {
    const SCOPE: Scope = Scope::Read;
}

impl Purpose for Decide {
    const SCOPE: Scope = Scope::Decide;
}

impl Purpose for Edit {
    const SCOPE: Scope = Scope::Edit;
}

/// The seat of a token's owner, for a purpose that the token is for.
pub struct To<P> {
    seat: Seat,
    purpose: PhantomData<P>,
}

impl<P> Deref for To<P> {
    type Target = Seat;

    fn deref(&self) -> &Seat {
        &self.seat
    }
}

impl<P> To<P> {
    /// Returns the seat, to be taken along to another task.
    pub fn into_seat(self) -> Seat {
        self.seat
    }
}

impl<P: Purpose + Send> FromRequestParts<Arc<Web>> for To<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, web).await?;
        caller.may(P::SCOPE)?;
        let Path(segments) = Path::<HashMap<String, String>>::from_request_parts(parts, web)
            .await
            .map_err(|_| Problem::hidden_path())?;
        let name = segments.get("repository").map_or("", String::as_str);
        if !caller.opens(name) {
            return Err(Problem::nothing_here());
        }
        match Seat::take(web, name, &caller.token.address) {
            Ok(seat) => Ok(Self {
                seat,
                purpose: PhantomData,
            }),
            Err(NoSeat::Closed) => Err(Problem::nothing_here()),
            Err(NoSeat::NotAdopted(_)) => Err(not_adopted()),
        }
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
