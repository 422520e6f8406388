//! To the identity provider and back.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::door::{Onward, begin, page};
use crate::refusal::Refusal;
use crate::web::accounts::random_token;
use crate::web::cookies::Cookie;
use crate::web::failure::Failure;
use crate::web::frame;
use crate::web::provider::{Arrived, Provider};
use crate::web::reader::readable;
use crate::web::state::Web;

/// Sends a browser to the provider. That it set out stands in the database and in a cookie of this browser; only both together come back.
pub async fn depart(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
    Query(onward): Query<Onward>,
) -> Result<Response, Failure> {
    let (provider, now) = (provider(&web)?, (web.now)());
    let departure = match provider.depart(onward.next(), now).await {
        Ok(departure) => departure,
        Err(refusal) => return refused(&web, onward.next(), &refusal),
    };
    let browser = match Cookie::Departure.read(&web, &headers) {
        // A second page of the same browser sets out beside the first.
        Some(browser) => browser.to_owned(),
        None => random_token()?,
    };
    web.accounts
        .set_out(&departure.state, &browser, &departure.under_way, now)
        .await?;
    let mut response = Redirect::to(&departure.address).into_response();
    Cookie::Departure.give(&web, &mut response, &browser)?;
    Ok(response)
}

/// What the provider sends a browser back with.
#[derive(Deserialize)]
pub struct Back {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    error: String,
    /// Who sends it back, where the provider says so (RFC 9207).
    iss: Option<String>,
}

/// Takes a browser back, and signs it in as whoever the provider vouches for.
pub async fn come_back(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
    Query(back): Query<Back>,
) -> Result<Response, Failure> {
    let (provider, now) = (provider(&web)?, (web.now)());
    let Some(browser) = Cookie::Departure.read(&web, &headers) else {
        return refused(&web, "/", &not_begun());
    };
    let Some(under_way) = web.accounts.come_back(&back.state, browser, now).await? else {
        return refused(&web, "/", &not_begun());
    };
    let next = under_way.next.as_str();
    if back.iss.is_some_and(|sender| !provider.is_sender(&sender)) {
        return refused(&web, next, &not_begun());
    }
    if !back.error.is_empty() || back.code.is_empty() {
        return refused(&web, next, &declined(&back.error));
    }
    let arrived = match provider.arrive(&back.code, &under_way, now).await {
        Ok(arrived) => arrived,
        Err(refusal) => return refused(&web, next, &refusal),
    };
    match known(&web, provider, &arrived).await? {
        Some(address) => begin(&web, &headers, &address, next).await,
        None => refused(&web, next, &in_no_policy(&arrived)),
    }
}

/// The address under which a policy knows whoever arrived: of the account that it names on the git host of its own repository, else one that the provider has
/// verified.
async fn known(
    web: &Web,
    provider: &Provider,
    arrived: &Arrived,
) -> Result<Option<String>, Failure> {
    for (name, served) in &web.served {
        let rules = served.desk.rules();
        let (Some(Ok(rules)), Some(account)) = (rules.as_ref(), &arrived.account) else {
            continue;
        };
        let Some(person) = rules.policy.person_by_account(account) else {
            continue;
        };
        let api = web.accounts.host_api(name).await?;
        if api.is_some_and(|api| provider.is_host(api.host, &api.place.base)) {
            return Ok(person.addresses.first().cloned());
        }
    }
    let mut addresses = arrived.addresses.iter();
    let found = addresses.find(|address| !readable(web, address).is_empty());
    Ok(found.cloned())
}

fn provider(web: &Web) -> Result<&Provider, Failure> {
    web.provider.as_ref().ok_or_else(Failure::nothing_here)
}

/// The sign-in page says why, and offers every other way in.
fn refused(web: &Web, next: &str, refusal: &Refusal) -> Result<Response, Failure> {
    let status = match refusal.code {
        "WEB-OIDC-002" => StatusCode::BAD_GATEWAY,
        "WEB-OIDC-006" => StatusCode::FORBIDDEN,
        _ => StatusCode::UNAUTHORIZED,
    };
    frame::show_with(status, &page(web, "", next, Some(refusal)))
}

/// Unknown, used and late returns, and those of other browsers, are not told apart.
fn not_begun() -> Refusal {
    Refusal::new(
        "WEB-OIDC-001",
        "this sign-in did not begin in this browser, took too long, or was finished before",
        "begin again from this page",
    )
}

/// The provider's word for it is shown as far as it is one of the protocol's: letters and underscores.
fn declined(error: &str) -> Refusal {
    let is_word = |c: char| c.is_ascii_lowercase() || c == '_';
    let word: String = error.chars().filter(|c| is_word(*c)).take(40).collect();
    Refusal::new(
        "WEB-OIDC-003",
        format!("the provider did not sign you in ({word})"),
        "try again, or sign in with a password or a link",
    )
}

fn in_no_policy(arrived: &Arrived) -> Refusal {
    let names: Vec<&str> = arrived
        .addresses
        .iter()
        .chain(&arrived.account)
        .map(String::as_str)
        .collect();
    Refusal::new(
        "WEB-OIDC-006",
        format!("no policy on this server names {}", names.join(" or ")),
        "ask an administrator to add this address, or sign in with another account",
    )
}
