//! The API of a git host: what it says of its requests, and what it is told.
//!
//! Git alone carries the loop; the API adds what git does not hold: the title, the author and the state of a request, who approved it there, and a
//! status and a comment that tell what became of it here. Each kind of host has its own addresses and shapes (`github`, which Gitea and Forgejo
//! follow, `gitlab`, `bitbucket`); what they say is hostile, read as far as it reads, and bounded. Nothing is ever asked twice for one answer:
//! whoever calls decides when to try again.

mod answer;
mod bitbucket;
mod github;
mod gitlab;
mod place;
mod request;
mod set_up;

use http::{Method, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::Host;
use super::http::{Http, is_safe};
use crate::refusal::Refusal;

use self::answer::{Declined, unreachable, unreadable};
pub use self::place::{Place, base, place, site};
pub use self::request::{CONTEXT, HostApproval, MOST_STATUS, Request, State, Status};

/// The largest answer that is read, in bytes: a hundred requests with their descriptions are a few million.
const MOST_BYTES: usize = 16 << 20;

/// The most stretches of a list that are read, of up to a hundred entries each.
const MOST_STRETCHES: usize = 20;

/// The most characters of a title that are kept, and of a description.
const MOST_TITLE: usize = 200;
const MOST_TEXT: usize = 10_000;

/// A request to the host.
#[derive(Debug, PartialEq)]
struct Call {
    method: Method,
    /// Below the API's address, with its query.
    path: String,
    body: Option<Value>,
}

impl Call {
    fn get(path: String) -> Self {
        Self {
            method: Method::GET,
            path,
            body: None,
        }
    }

    fn with(method: Method, path: String, body: Value) -> Self {
        Self {
            method,
            path,
            body: Some(body),
        }
    }
}

/// The API of the host of one repository.
pub struct Api {
    host: Host,
    place: Place,
    token: SecretString,
    http: Http,
}

impl Api {
    /// Returns the API at a place.
    ///
    /// # Errors
    /// Refuses a kind of host that has none, and a place that a token must not be sent to.
    pub fn new(host: Host, place: Place, token: SecretString) -> Result<Self, Refusal> {
        if host == Host::Plain {
            return Err(Refusal::new(
                "HST-KIND-001",
                "a plain host has no API",
                "name its kind, or leave its token out: git alone is enough",
            ));
        }
        let url = reqwest::Url::parse(&place.base)
            .ok()
            .filter(is_safe)
            .ok_or_else(|| {
                Refusal::new(
                    "HST-ADDRESS-001",
                    format!(
                        "\"{}\" is no address of an API that a token may be sent to",
                        place.base
                    ),
                    "give it as https://...",
                )
            })?;
        let http = Http::new(&url, MOST_BYTES).map_err(|error| {
            Refusal::new(
                "HST-TLS-001",
                format!("no TLS can be spoken: {error}"),
                "install the system's certificates: package ca-certificates",
            )
        })?;
        Ok(Self {
            host,
            place,
            token,
            http,
        })
    }

    /// Returns the requests that are open there, at most two thousand.
    ///
    /// # Errors
    /// When the host cannot be asked.
    pub async fn open_requests(&self) -> Result<Vec<Request>, Refusal> {
        let mut requests = Vec::new();
        for number in 1..=MOST_STRETCHES {
            let call = match self.host {
                Host::GitLab => gitlab::open(&self.place.project, number),
                Host::Bitbucket => bitbucket::open(&self.place.project, number),
                host => github::open(host, &self.place.project, number),
            };
            let answer = self.ask(call).await?;
            let listed = match self.host {
                Host::Bitbucket => answer.get("values").unwrap_or(&Value::Null),
                _ => &answer,
            };
            let listed = listed.as_array().map_or(&[][..], Vec::as_slice);
            requests.extend(listed.iter().filter_map(|one| self.read(one)));
            // Gitea may be set to give fewer at a time than it is asked for.
            let whole = match self.host {
                Host::GitHub | Host::GitLab => 100,
                Host::Bitbucket => 50,
                _ => 1,
            };
            if listed.len() < whole {
                break;
            }
        }
        Ok(requests)
    }

    /// Returns a request; `None` where the host knows none of this number.
    ///
    /// # Errors
    /// When the host cannot be asked.
    pub async fn request(&self, number: u64) -> Result<Option<Request>, Refusal> {
        let call = Call::get(self.at(number));
        match self.call(call).await? {
            Ok(answer) => Ok(self.read(&answer)),
            Err(declined) if declined.status == StatusCode::NOT_FOUND => Ok(None),
            Err(declined) => Err(declined.refusal(self.token.expose_secret())),
        }
    }

    fn read(&self, value: &Value) -> Option<Request> {
        let request = match self.host {
            Host::GitLab => gitlab::read(value),
            Host::Bitbucket => bitbucket::read(value),
            host => github::read(host, value),
        }?;
        Some(Request {
            title: line(&request.title, MOST_TITLE),
            is_cut: request.text.chars().count() > MOST_TEXT,
            text: request
                .text
                .replace("\r\n", "\n")
                .chars()
                .take(MOST_TEXT)
                .collect(),
            author_name: line(&request.author_name, MOST_TITLE),
            ..request
        })
    }

    fn at(&self, number: u64) -> String {
        match self.host {
            Host::GitLab => gitlab::at(&self.place.project, number),
            Host::Bitbucket => bitbucket::at(&self.place.project, number),
            _ => github::at(&self.place.project, number),
        }
    }

    /// Gives a request another title and description.
    ///
    /// # Errors
    /// When the host cannot be asked, or declines.
    pub async fn describe(&self, number: u64, title: &str, text: &str) -> Result<(), Refusal> {
        let (method, name) = match self.host {
            Host::GitLab => (Method::PUT, "description"),
            Host::Bitbucket => (Method::PUT, "description"),
            _ => (Method::PATCH, "body"),
        };
        let body = serde_json::json!({ "title": title, name: text });
        let call = Call::with(method, self.at(number), body);
        self.ask(call).await.map(drop)
    }

    /// Closes a request, or opens it again.
    ///
    /// # Errors
    /// When the host cannot be asked, or declines.
    pub async fn set_open(&self, number: u64, is_open: bool) -> Result<(), Refusal> {
        let call = match (self.host, is_open) {
            (Host::GitLab, _) => gitlab::set_open(self.at(number), is_open),
            (Host::Bitbucket, false) => bitbucket::close(&self.at(number)),
            (Host::Bitbucket, true) => {
                return Err(Refusal::new(
                    "HST-OPEN-001",
                    "Bitbucket opens no request again that was declined",
                    "have its author open another one",
                ));
            }
            _ => github::set_open(self.at(number), is_open),
        };
        self.ask(call).await.map(drop)
    }

    /// Shows a status beside a commit, in the place of the one before.
    ///
    /// # Errors
    /// When the host cannot be asked, or declines.
    pub async fn show(&self, commit: &str, status: &Status) -> Result<(), Refusal> {
        let project = &self.place.project;
        let call = match self.host {
            Host::GitLab => gitlab::status(project, commit, status),
            Host::Bitbucket => bitbucket::status(project, commit, status),
            _ => github::status(project, commit, status),
        };
        match self.call(call).await? {
            Ok(_) => Ok(()),
            // GitLab declines a state that the status has.
            Err(declined)
                if self.host == Host::GitLab
                    && declined.status == StatusCode::BAD_REQUEST
                    && declined.words.contains("Cannot transition status") =>
            {
                Ok(())
            }
            Err(declined) => Err(declined.refusal(self.token.expose_secret())),
        }
    }

    /// Writes the one comment of this server under a request: changes the one of this id, or the one that holds the mark, or makes one. Returns its id.
    ///
    /// # Errors
    /// When the host cannot be asked, or declines.
    pub async fn comment(
        &self,
        number: u64,
        known: Option<&str>,
        mark: &str,
        text: &str,
    ) -> Result<String, Refusal> {
        let known = match known {
            Some(known) => Some(known.to_owned()),
            None => self.find_comment(number, mark).await?,
        };
        let body = match self.host {
            Host::Bitbucket => serde_json::json!({ "content": { "raw": text } }),
            _ => serde_json::json!({ "body": text }),
        };
        if let Some(id) = known {
            let (method, path) = match self.host {
                Host::GitLab | Host::Bitbucket => {
                    (Method::PUT, format!("{}/{id}", self.comments(number)))
                }
                _ => (Method::PATCH, github::comment_at(&self.place.project, &id)),
            };
            match self.call(Call::with(method, path, body.clone())).await? {
                Ok(_) => return Ok(id),
                // Somebody removed it there.
                Err(declined) if declined.status == StatusCode::NOT_FOUND => {}
                Err(declined) => return Err(declined.refusal(self.token.expose_secret())),
            }
        }
        let call = Call::with(Method::POST, self.comments(number), body);
        let made = self.ask(call).await?;
        Ok(id_of(&made).unwrap_or_default())
    }

    fn comments(&self, number: u64) -> String {
        match self.host {
            Host::GitLab => format!("{}/notes", self.at(number)),
            Host::Bitbucket => format!("{}/comments", self.at(number)),
            _ => github::comments(&self.place.project, number),
        }
    }

    /// A comment that was made before what is private here was lost.
    async fn find_comment(&self, number: u64, mark: &str) -> Result<Option<String>, Refusal> {
        for stretch in 1..=MOST_STRETCHES {
            let size = match self.host {
                Host::GitLab | Host::GitHub => "per_page",
                Host::Bitbucket => "pagelen",
                _ => "limit",
            };
            let call = Call::get(format!(
                "{}?{size}=50&page={stretch}",
                self.comments(number)
            ));
            let answer = self.ask(call).await?;
            let listed = answer.get("values").unwrap_or(&answer);
            let listed = listed.as_array().map_or(&[][..], Vec::as_slice);
            let text = match self.host {
                Host::Bitbucket => "/content/raw",
                _ => "/body",
            };
            if let Some(found) = listed.iter().find(|one| word(one, text).contains(mark)) {
                return Ok(id_of(found));
            }
            if listed.len() < 50 {
                break;
            }
        }
        Ok(None)
    }

    /// Returns the approvals of a request that say which commit they are for, as they stand there.
    ///
    /// # Errors
    /// When the host cannot be asked.
    pub async fn approvals(&self, number: u64) -> Result<Vec<HostApproval>, Refusal> {
        match self.host {
            Host::GitLab => {
                let at = self.at(number);
                let given = self.ask(Call::get(format!("{at}/approvals"))).await?;
                let versions = self.ask(Call::get(format!("{at}/versions"))).await?;
                Ok(gitlab::approvals(&given, &versions))
            }
            // Bitbucket does not say which commit somebody approved.
            Host::Bitbucket => Ok(Vec::new()),
            host => {
                let call = Call::get(format!("{}/reviews", self.at(number)));
                let given = self.ask(call).await?;
                Ok(github::approvals(host, &given))
            }
        }
    }

    async fn ask(&self, call: Call) -> Result<Value, Refusal> {
        let answered = self.call(call).await?;
        answered.map_err(|declined| declined.refusal(self.token.expose_secret()))
    }

    async fn call(&self, call: Call) -> Result<Result<Value, Declined>, Refusal> {
        let mut request = http::Request::builder()
            .method(call.method)
            .uri(format!("{}{}", self.place.base, call.path))
            .header(header::ACCEPT, "application/json")
            .header(header::USER_AGENT, "countersign");
        let (name, prefix) = match self.host {
            Host::GitLab => ("private-token", ""),
            Host::Gitea | Host::Forgejo => ("authorization", "token "),
            _ => ("authorization", "Bearer "),
        };
        request = request.header(name, format!("{prefix}{}", self.token.expose_secret()));
        if call.body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = call.body.map(|body| body.to_string().into_bytes());
        let request = request.body(body.unwrap_or_default()).map_err(|_| {
            unreadable("the token or the project holds what no header or address may")
        })?;
        let answer = self.http.ask(request).await.map_err(unreachable)?;
        let (parts, body) = answer.into_parts();
        if parts.status.is_success() {
            // An answer without a body is none of those that are read.
            let value = match body.is_empty() {
                true => Value::Null,
                false => serde_json::from_slice(&body).map_err(|_| {
                    unreadable("the answer is no JSON; the address may be another one's")
                })?,
            };
            return Ok(Ok(value));
        }
        Ok(Err(Declined::read(parts.status, &parts.headers, &body)))
    }
}

/// One line, bounded, without controls.
fn line(text: &str, most: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let plain = words.join(" ");
    plain
        .chars()
        .filter(|c| !c.is_control())
        .take(most)
        .collect()
}

fn word<'a>(value: &'a Value, place: &str) -> &'a str {
    value
        .pointer(place)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn number(value: &Value, place: &str) -> Option<u64> {
    value.pointer(place).and_then(Value::as_u64)
}

/// A host's id of something: a number or a text.
fn id_of(value: &Value) -> Option<String> {
    match value.get("id")? {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

/// An account of a host, as a policy names it; empty where the host does not say.
fn account(host: Host, value: &Value, place: &str) -> String {
    match value.pointer(place) {
        Some(Value::Number(id)) => format!("{host}:{id}"),
        Some(Value::String(id)) if !id.is_empty() => format!("{host}:{}", line(id, 80)),
        _ => String::new(),
    }
}

/// One segment of a path.
fn segment(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
