//! The door: signing in by password or link, and signing out.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{ConnectInfo, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::refusal::Refusal;
use crate::web::accounts::{Agent, MIN_PASSWORD_CHARS, SignIn, SignInLink, Trier, is_acceptable};
use crate::web::cookies::Cookie;
use crate::web::failure::{Failure, shown};
use crate::web::form::Fields;
use crate::web::language::say;
use crate::web::pages::sign_in::{LinkPage, ProviderButton, SignInPage, SignedOutPage};
use crate::web::reader::{Member, readable, session};
use crate::web::state::Web;
use crate::web::{frame, token, urls};

/// Where to go on to.
#[derive(Deserialize)]
pub struct Onward {
    #[serde(default)]
    next: String,
}

impl Onward {
    /// Returns the page to go on to: one of this server.
    pub fn next(&self) -> &str {
        urls::local(&self.next).unwrap_or("/")
    }
}

/// Shows the form; whoever is signed in goes on.
pub async fn show(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
    Query(onward): Query<Onward>,
) -> Result<Response, Failure> {
    let next = onward.next();
    if session(&web, &headers).await?.is_some() {
        return Ok(Redirect::to(next).into_response());
    }
    frame::show(&page(&web, "", next, None))
}

/// Tries an address and a password.
pub async fn sign_in(
    State(web): State<Arc<Web>>,
    request: Request<Body>,
) -> Result<Response, Failure> {
    let peer = peer(&web, &request);
    let headers = request.headers().clone();
    let fields = Fields::read(request).await?;
    let (address, next) = (fields.get("address"), fields.get("next"));
    let next = urls::local(next).unwrap_or("/");
    let trier = Trier::Visitor {
        peer: &peer,
        browser: Cookie::Browser.read(&web, &headers),
    };
    let answer = web
        .accounts
        .try_password(address, fields.get("password"), trier, (web.now)())
        .await?;
    let (status, refusal) = match answer {
        SignIn::Accepted => return begin(&web, &headers, address, next).await,
        SignIn::Refused => (StatusCode::UNAUTHORIZED, wrong()),
        SignIn::TooMany => (StatusCode::TOO_MANY_REQUESTS, too_many()),
        SignIn::Busy => (StatusCode::SERVICE_UNAVAILABLE, busy()),
    };
    frame::show_with(status, &page(&web, address, next, Some(&refusal)))
}

/// Shows what a link does. Nothing happens yet: programs that look at links before people do must not use them up.
pub async fn show_link(
    State(web): State<Arc<Web>>,
    Path(token): Path<String>,
) -> Result<Response, Failure> {
    let link = find_link(&web, &token).await?;
    frame::show(&link_page(&web, &link, &token, None))
}

/// Uses a link: sets the password where one is asked for, and begins a session.
pub async fn use_link(
    State(web): State<Arc<Web>>,
    Path(token): Path<String>,
    request: Request<Body>,
) -> Result<Response, Failure> {
    let headers = request.headers().clone();
    let fields = Fields::read(request).await?;
    let link = find_link(&web, &token).await?;
    let password = fields.get("password");
    if !link.reusable && !is_acceptable(password) {
        let page = link_page(&web, &link, &token, Some(&too_short()));
        return frame::show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let now = (web.now)();
    let Some(address) = web.accounts.use_link(&token, now).await? else {
        return Err(spent());
    };
    if !link.reusable {
        web.accounts.set_password(&address, password, now).await?;
    }
    begin(&web, &headers, &address, "/").await
}

/// Ends the session, here and in the database.
pub async fn sign_out(member: Member, request: Request<Body>) -> Result<Response, Failure> {
    let headers = request.headers().clone();
    let fields = Fields::read(request).await?;
    let key = &member.session.form_key;
    if !token::is_token(key, token::ANY_FORM, fields.get("csrf")) {
        return Err(Failure::foreign_form());
    }
    if let Some(token) = Cookie::Session.read(&member.web, &headers) {
        member.web.accounts.end_session(token).await?;
    }
    let page = SignedOutPage {
        page: frame::bare(),
    };
    let mut response = frame::show(&page)?;
    Cookie::Session.take_back(&member.web, &mut response)?;
    Ok(response)
}

/// Begins a session and leads on. It has a new token, and the one that the browser came with ends: nobody is signed in by a cookie that they were given.
pub async fn begin(
    web: &Web,
    headers: &HeaderMap,
    address: &str,
    next: &str,
) -> Result<Response, Failure> {
    let mut response = Redirect::to(next).into_response();
    give_session(web, headers, address, &mut response).await?;
    Ok(response)
}

/// Begins a session in the browser that an answer goes to.
pub async fn give_session(
    web: &Web,
    headers: &HeaderMap,
    address: &str,
    response: &mut Response,
) -> Result<(), Failure> {
    if let Some(old) = Cookie::Session.read(web, headers) {
        web.accounts.end_session(old).await?;
    }
    let now = (web.now)();
    let token = web
        .accounts
        .begin_session(address, agent(headers), now)
        .await?;
    Cookie::Session.give(web, response, &token)?;
    let held = Cookie::Browser.read(web, headers);
    let browser = web.accounts.remember_browser(held, address, now).await?;
    Cookie::Browser.give(web, response, &browser)
}

fn agent(headers: &HeaderMap) -> Agent {
    let sent = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok());
    sent.map(Agent::of).unwrap_or_default()
}

async fn find_link(web: &Web, token: &str) -> Result<SignInLink, Failure> {
    let found = web.accounts.find_link(token, (web.now)()).await?;
    found.ok_or_else(spent)
}

/// Unknown, used and late links are not told apart.
fn spent() -> Failure {
    Failure::new(
        StatusCode::NOT_FOUND,
        Refusal::new(
            "WEB-AUTH-004",
            "this link signs nobody in: it was used, it is too old, or it was never made",
            "ask whoever sent it for a new one",
        ),
    )
}

fn wrong() -> Refusal {
    Refusal::new(
        "WEB-AUTH-001",
        "no account has this address and password",
        "type both again, or ask whoever runs the server for a sign-in link",
    )
}

/// Too many tries from one place.
pub fn too_many() -> Refusal {
    Refusal::new(
        "WEB-AUTH-003",
        "there were too many tries from here for this address",
        "wait a quarter of an hour, or use a sign-in link",
    )
}

/// Too many strangers at once.
pub fn busy() -> Refusal {
    Refusal::new(
        "WEB-AUTH-006",
        "too many people try to sign in at once, so this try was not looked at",
        "try again in a moment, or use a sign-in link",
    )
}

/// A password that nobody may set.
pub fn too_short() -> Refusal {
    Refusal::new(
        "WEB-AUTH-005",
        format!(
            "the password has fewer than {MIN_PASSWORD_CHARS} characters, or more than 1024 bytes"
        ),
        "choose a longer one; several words are easiest to keep",
    )
}

/// The sign-in page, with why the last try came to nothing.
pub fn page(web: &Web, address: &str, next: &str, refusal: Option<&Refusal>) -> SignInPage {
    SignInPage {
        page: frame::bare(),
        action: urls::sign_in(),
        address: address.to_owned(),
        next: next.to_owned(),
        error: refusal.map(shown),
        provider: web.provider.as_ref().map(|provider| ProviderButton {
            name: provider.name().to_owned(),
            href: urls::provider(next),
        }),
    }
}

fn link_page(web: &Web, link: &SignInLink, token: &str, refusal: Option<&Refusal>) -> LinkPage {
    let (purpose, button) = match link.reusable {
        true => (say("sign-in-link-again"), say("sign-in")),
        false => (say("sign-in-link-once"), say("sign-in-set-password")),
    };
    LinkPage {
        page: frame::bare(),
        name: name_of(web, &link.address),
        purpose,
        action: urls::sign_in_link(token),
        token: token.to_owned(),
        password_hint: (!link.reusable)
            .then(|| say("sign-in-password-hint").with("count", MIN_PASSWORD_CHARS)),
        button,
        error: refusal.map(shown),
    }
}

/// The name of the first policy that knows the address.
pub fn name_of(web: &Web, address: &str) -> String {
    readable(web, address)
        .iter()
        .find_map(|(_, served)| match served.desk.rules().as_ref() {
            Some(Ok(rules)) => rules
                .policy
                .person_by_address(address)
                .map(|person| person.name.clone()),
            Some(Err(_)) | None => None,
        })
        .unwrap_or_else(|| address.to_owned())
}

fn peer(web: &Web, request: &Request<Body>) -> String {
    let known = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let connection = known.map(|ConnectInfo(address)| *address);
    crate::web::peer::peer(connection, request.headers(), &web.trusted_proxies)
}
