//! The cookies of the server: each a random token that only the database understands, none readable by a page's script, and over HTTPS none that
//! another host or path could have set (`__Host-`).
//!
//! # Why the sign-in form carries no token of its own
//! Somebody elsewhere could want to sign a visitor in as somebody else, to have them write under a foreign name. Every browser says with each `POST` which
//! page it came from (`Origin`, `Sec-Fetch-Site`), and [`tower_http::csrf`] refuses what another site sent before any handler reads it. A request that says
//! neither comes from a program, and a program carries nobody's cookies but its own. A second token in a cookie would be refused in no further case, and
//! would keep out whoever takes no cookies before the door. Sessions are `SameSite=Lax` besides, and each of their forms carries its own token.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use super::failure::Failure;
use super::state::Web;

/// What a cookie is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    /// Who is signed in; ends with the browser, and earlier at the server's word.
    Session,
    /// That somebody signed in here before; opens nothing, see [`super::accounts::Accounts::remember_browser`].
    Browser,
    /// That this browser set out to the identity provider.
    Departure,
}

impl Cookie {
    fn name(self, web: &Web) -> &'static str {
        match (self, web.secure_cookies) {
            (Self::Session, true) => "__Host-countersign",
            (Self::Session, false) => "countersign",
            (Self::Browser, true) => "__Host-countersign-browser",
            (Self::Browser, false) => "countersign-browser",
            (Self::Departure, true) => "__Host-countersign-departure",
            (Self::Departure, false) => "countersign-departure",
        }
    }

    /// How long the browser keeps it.
    fn lifetime(self) -> &'static str {
        match self {
            Self::Session => "",
            Self::Browser => "; Max-Age=15552000",
            Self::Departure => "; Max-Age=600",
        }
    }

    /// Returns the token that a browser sent. A cookie that was sent twice, or holds no token of ours, is none.
    pub fn read<'a>(self, web: &Web, headers: &'a HeaderMap) -> Option<&'a str> {
        let mut values = self.values(web, headers);
        let value = values.next().filter(|_| values.next().is_none())?;
        let is_ours = value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_ours.then_some(value)
    }

    /// Returns whether a browser sent anything under this name.
    pub fn was_sent(self, web: &Web, headers: &HeaderMap) -> bool {
        self.values(web, headers).next().is_some()
    }

    fn values<'a>(self, web: &Web, headers: &'a HeaderMap) -> impl Iterator<Item = &'a str> {
        let name = self.name(web);
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .filter(move |(sent, _)| *sent == name)
            .map(|(_, value)| value)
    }

    /// Gives a browser a token.
    ///
    /// # Errors
    /// When the token is none that a header can hold.
    pub fn give(self, web: &Web, response: &mut Response, token: &str) -> Result<(), Failure> {
        let name = self.name(web);
        let line = format!("{name}={token}{}; {}", self.lifetime(), attributes(web));
        append(response, &line)
    }

    /// Takes it back.
    ///
    /// # Errors
    /// Never: the header is the server's own text.
    pub fn take_back(self, web: &Web, response: &mut Response) -> Result<(), Failure> {
        let line = format!("{}=; Max-Age=0; {}", self.name(web), attributes(web));
        append(response, &line)
    }
}

fn append(response: &mut Response, line: &str) -> Result<(), Failure> {
    let value = HeaderValue::from_str(line).map_err(anyhow::Error::from)?;
    response.headers_mut().append(header::SET_COOKIE, value);
    Ok(())
}

fn attributes(web: &Web) -> &'static str {
    match web.secure_cookies {
        true => "Path=/; HttpOnly; SameSite=Lax; Secure",
        false => "Path=/; HttpOnly; SameSite=Lax",
    }
}
