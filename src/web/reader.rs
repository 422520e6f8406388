//! Who asks: a visitor, somebody signed in, or a reader of one repository.
//!
//! Every handler but those of the door takes a [`Reader`] or a [`Member`], and neither can be had without a session. A reader is a person of the
//! policy in force, looked up at each request: whoever is taken out of a policy is out at once.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Redirect};

use super::accounts::Session;
use super::cookies::Cookie;
use super::failure::{Failure, shown};
use super::form::{Fields, Upload};
use super::language::say;
use super::pages::errors::NoPolicyPage;
use super::pages::layout::{Live, Look, Page, Section};
use super::pages::parts::{Link, Refused};
use super::routes::live;
use super::seat::{NoSeat, Seat};
use super::state::{Served, Web};
use super::urls::Urls;
use super::{form, frame, inbox, token, urls, waiting};
use crate::index::RulesInForce;
use crate::refusal::Refusal;
use crate::review::Publication;

/// Somebody with a session, whatever repositories they may read.
#[derive(Clone)]
pub struct Member {
    /// The server.
    pub web: Arc<Web>,
    /// Their session.
    pub session: Session,
}

impl FromRequestParts<Arc<Web>> for Member {
    type Rejection = Failure;

    /// Only a route that was declared to need a session has one to hand on.
    async fn from_request_parts(parts: &mut Parts, _: &Arc<Web>) -> Result<Self, Failure> {
        let admitted = parts.extensions.get::<Self>().cloned();
        admitted.ok_or_else(Failure::nothing_here)
    }
}

impl Member {
    /// Returns who asks.
    ///
    /// # Errors
    /// When nobody is signed in: leads to the door.
    pub(super) async fn of(web: &Arc<Web>, parts: &Parts) -> Result<Self, Failure> {
        let found = session(web, &parts.headers).await?;
        let Some(session) = found else {
            return Err(sign_in_first(web, parts));
        };
        Ok(Self {
            web: Arc::clone(web),
            session,
        })
    }

    /// Returns the frame of a page outside repositories.
    pub fn page(&self) -> Page {
        Page {
            person: Some(self.session.address.clone()),
            csrf: token::token(&self.session.form_key, token::ANY_FORM),
            ..frame::bare()
        }
    }
}

/// Somebody at their seat in a repository, with the session of their browser.
#[derive(Clone)]
pub struct Reader {
    /// Where they sit.
    seat: Seat,
    /// Their session.
    pub session: Session,
    /// The addresses of the repository's pages.
    pub urls: Urls,
    /// The address of the page that was asked for; `None` where a form was sent, whose address may be no page.
    asked: Option<String>,
    /// What the repository's pages showed when this was asked.
    state: String,
}

impl Deref for Reader {
    type Target = Seat;

    fn deref(&self) -> &Seat {
        &self.seat
    }
}

impl FromRequestParts<Arc<Web>> for Reader {
    type Rejection = Failure;

    /// Only a route that was declared to need a person of the policy has one to hand on.
    async fn from_request_parts(parts: &mut Parts, _: &Arc<Web>) -> Result<Self, Failure> {
        let admitted = parts.extensions.get::<Self>().cloned();
        admitted.ok_or_else(Failure::nothing_here)
    }
}

/// Lets somebody into a repository, or does not say whether there is one.
fn enter(member: Member, name: &str, asked: Option<&str>) -> Result<Reader, Failure> {
    let served = member.web.served.get(name);
    // Taken before anything is read: what changes from here on is told to the page.
    let state = served.map(|served| live::state(&served.desk));
    let seat = match Seat::take(&member.web, name, &member.session.address) {
        Ok(seat) => seat,
        Err(NoSeat::Closed) => return Err(Failure::no_entry(&member.session.address)),
        Err(NoSeat::NotAdopted(rules)) => return Err(not_adopted(&member, name, &rules)),
    };
    Ok(Reader {
        seat,
        state: state.unwrap_or_default(),
        asked: asked.map(str::to_owned),
        session: member.session,
        urls: Urls::of(name),
    })
}

/// Before adoption, those whom the proposed policy names see what it would be.
fn not_adopted(member: &Member, name: &str, rules: &RulesInForce) -> Failure {
    let Some(Ok(rules)) = rules.as_ref() else {
        return Failure::no_entry(&member.session.address);
    };
    let page = NoPolicyPage {
        page: Page {
            register_title: rules.policy.title.clone(),
            repository: name.to_owned(),
            ..member.page()
        },
        found: vec![
            say("errors-not-adopted"),
            say("errors-policy-names")
                .with("people", rules.policy.people.len())
                .with("collections", rules.policy.collections.len()),
        ],
        policy_text: String::new(),
        command: "countersign adopt".to_owned(),
    };
    match frame::show_with(StatusCode::FORBIDDEN, &page) {
        Ok(response) => Failure::answer(response),
        Err(failure) => failure,
    }
}

impl Reader {
    /// Returns who asks, as a person of the repository that the address names.
    ///
    /// # Errors
    /// When nobody is signed in, or the policy in force does not name them.
    pub(super) async fn of(web: &Arc<Web>, parts: &mut Parts) -> Result<Self, Failure> {
        let member = Member::of(web, parts).await?;
        let Path(segments) = Path::<HashMap<String, String>>::from_request_parts(parts, web)
            .await
            .map_err(|_| Failure::nothing_here())?;
        let name = segments.get("repository").map_or("", String::as_str);
        enter(member, name, asked(parts))
    }

    /// Returns the token of a purpose in this session.
    pub fn token(&self, purpose: &[impl AsRef<str>]) -> String {
        token::token(&self.session.form_key, purpose)
    }

    /// Returns the frame of a page.
    ///
    /// # Errors
    /// When what waits for the person cannot be read.
    pub async fn page(&self, section: Option<Section>) -> Result<Page, Failure> {
        Ok(Page {
            register_title: self.policy().title.clone(),
            repository: self.desk.name.clone(),
            base: self.urls.base(),
            person: Some(self.person().name.clone()),
            section,
            waiting: waiting::count(&self.desk, self.rules(), self.person()).await?,
            unread: usize::try_from(inbox::count_unread(self).await?).unwrap_or(0),
            csrf: self.token(token::ANY_FORM),
            publication_state: self.publication_state(),
            history: self.desk.rewritten().map(|_| self.urls.history()),
            live: self.asked.clone().map(|address| Live {
                stream: self.urls.live(&self.state),
                address,
                look: Look::Follow,
            }),
            ..frame::bare()
        })
    }

    /// Says what stands between the register and its readers, if anything does.
    fn publication_state(&self) -> Option<Refused> {
        match self.desk.publication() {
            Publication::Published => None,
            Publication::Pending(why) => Some(shown(&why)),
        }
    }
}

/// A form that a reader sent with its own session's token.
pub struct Submission {
    /// Who sent it.
    pub reader: Reader,
    /// What it holds.
    pub fields: Fields,
}

impl FromRequest<Arc<Web>> for Submission {
    type Rejection = Failure;

    async fn from_request(request: Request, web: &Arc<Web>) -> Result<Self, Failure> {
        let attempt = Attempt::from_request(request, web).await?;
        match attempt.is_own {
            true => Ok(Self {
                reader: attempt.reader,
                fields: attempt.fields,
            }),
            false => Err(Failure::foreign_form().with_typed(attempt.fields.typed())),
        }
    }
}

/// A form that a reader sent, perhaps one that an earlier session of theirs was given. Such a form does nothing: its page shows it again, with what was
/// typed, to be looked at and sent as this session's own.
pub struct Attempt {
    /// Who sent it.
    pub reader: Reader,
    /// What it holds.
    pub fields: Fields,
    /// Whether it carries this session's own token.
    pub is_own: bool,
}

impl FromRequest<Arc<Web>> for Attempt {
    type Rejection = Failure;

    async fn from_request(request: Request, web: &Arc<Web>) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let reader = Reader::from_request_parts(&mut parts, web).await?;
        let fields = Fields::read(Request::from_parts(parts, body)).await?;
        Ok(Self::of(reader, fields))
    }
}

impl Attempt {
    fn of(reader: Reader, fields: Fields) -> Self {
        let key = &reader.session.form_key;
        let is_own = token::is_token(key, token::ANY_FORM, fields.get("csrf"));
        Self {
            reader,
            fields,
            is_own,
        }
    }
}

/// An [`Attempt`] that may bring a file along.
pub struct Brought {
    /// The form.
    pub attempt: Attempt,
    /// The file.
    pub upload: Option<Upload>,
}

impl FromRequest<Arc<Web>> for Brought {
    type Rejection = Failure;

    async fn from_request(request: Request, web: &Arc<Web>) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let reader = Reader::from_request_parts(&mut parts, web).await?;
        let request = Request::from_parts(parts, body);
        let (fields, upload) = Fields::read_with_file(request).await?;
        Ok(Self {
            attempt: Attempt::of(reader, fields),
            upload,
        })
    }
}

/// Returns whether somebody who was let into a repository would be let in now: for answers that outlive the question.
pub async fn still_may(reader: &Reader, headers: &HeaderMap) -> Result<bool, Failure> {
    let web = &reader.web;
    let stands = match Cookie::Session.read(web, headers) {
        Some(token) => web.accounts.stands(token, (web.now)()).await?,
        None => false,
    };
    let address = &reader.session.address;
    let rules = reader.desk.rules();
    let is_known = matches!(rules.as_ref(), Some(Ok(rules)) if rules.policy.person_by_address(address).is_some());
    Ok(stands && is_known)
}

/// Returns the repositories that an address may read.
pub fn readable<'a>(web: &'a Web, address: &str) -> Vec<(&'a String, &'a Served)> {
    web.served
        .iter()
        .filter(|(_, served)| match served.desk.rules().as_ref() {
            Some(Ok(rules)) => rules.policy.person_by_address(address).is_some(),
            Some(Err(_)) | None => false,
        })
        .collect()
}

/// Returns the session that a request carries, if it still stands.
pub async fn session(web: &Web, headers: &HeaderMap) -> Result<Option<Session>, Failure> {
    match Cookie::Session.read(web, headers) {
        Some(token) => Ok(web.accounts.session(token, (web.now)()).await?),
        None => Ok(None),
    }
}

/// Returns the address of the page that a request asks for, on this server.
fn asked(parts: &Parts) -> Option<&str> {
    let is_page = matches!(parts.method, Method::GET | Method::HEAD);
    let asked = parts.uri.path_and_query().filter(|_| is_page)?;
    urls::local(asked.as_str())
}

/// Pages lead to the door and back; forms say what happened, and their text is given back. A session's cookie that opens nothing is taken back, so that
/// whatever was done to it ends in being signed out and in nothing else.
fn sign_in_first(web: &Web, parts: &Parts) -> Failure {
    if !matches!(parts.method, Method::GET | Method::HEAD) {
        let next = form::came_from(&parts.headers);
        return session_ended(next.as_deref().unwrap_or("/"));
    }
    let next = asked(parts).unwrap_or("/");
    let mut response = Redirect::to(&urls::sign_in_for(next).to_string()).into_response();
    if Cookie::Session.was_sent(web, &parts.headers)
        && let Err(failure) = Cookie::Session.take_back(web, &mut response)
    {
        return failure;
    }
    Failure::answer(response)
}

/// The page that was written on is the one to go back to.
fn session_ended(next: &str) -> Failure {
    let refusal = Refusal::new(
        "WEB-AUTH-002",
        "your session has ended, so nothing was done",
        "sign in again and send it once more; what you typed stands below",
    );
    Failure::new(StatusCode::UNAUTHORIZED, refusal).leading_to(Link {
        label: say("sign-in"),
        href: urls::sign_in_for(next),
    })
}
