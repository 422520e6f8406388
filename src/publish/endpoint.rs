//! Where a target is reached, and how each kind of receiver wants to be told.
//!
//! The shapes come from their documentation: Standard Webhooks <https://www.standardwebhooks.com>, build hooks of Netlify, Vercel and Cloudflare Pages (a
//! `POST` to a secret address), GitHub <https://docs.github.com/rest/repos/repos#create-a-repository-dispatch-event> and
//! <https://docs.github.com/rest/actions/workflows#create-a-workflow-dispatch-event>, GitLab <https://docs.gitlab.com/ci/triggers/>.

use http::uri::Authority;
use http::{HeaderName, HeaderValue, Request, Uri, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::message::Message;
use super::signature::{standard_key, standard_signature};
use crate::refusal::Refusal;

/// What kind of receiver it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Anything that takes signed Standard Webhooks.
    Webhook,
    /// A secret address whose call starts a build.
    BuildHook,
    /// GitHub's `repository_dispatch`.
    GitHubDispatch,
    /// GitHub's `workflow_dispatch`.
    GitHubWorkflow,
    /// GitLab's pipeline trigger.
    GitLabPipeline,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Webhook,
        Self::BuildHook,
        Self::GitHubDispatch,
        Self::GitHubWorkflow,
        Self::GitLabPipeline,
    ];

    /// Returns its name in the private database and in forms.
    pub fn name(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::BuildHook => "build-hook",
            Self::GitHubDispatch => "github-dispatch",
            Self::GitHubWorkflow => "github-workflow",
            Self::GitLabPipeline => "gitlab-pipeline",
        }
    }

    /// Returns the kind of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Where a target is reached, and what proves a delivery.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// What kind of receiver it is.
    pub kind: Kind,
    /// The address of a webhook or a build hook, the base of a host's API. That of a build hook is a secret.
    pub address: SecretString,
    /// The project at a host: `owner/name`, or GitLab's path or number.
    pub project: String,
    /// The branch or tag that is built.
    pub reference: String,
    /// The workflow's file, or the type of the event that is dispatched.
    pub detail: String,
    /// The signing secret of a webhook, or the host's token; empty for a build hook.
    pub secret: SecretString,
    /// The signing secret before, which signs too until it is ended.
    pub older_secret: Option<SecretString>,
}

/// What is shorter is no secret, and could stand in anything that a receiver says.
const SHORTEST_SECRET: usize = 8;

/// What may stand unencoded in one part of a path.
const PART: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

impl Endpoint {
    /// Refuses an endpoint that nothing could be sent to.
    ///
    /// # Errors
    /// Says what is missing or wrong.
    pub fn check(&self) -> Result<(), Refusal> {
        let address = self.uri(self.address.expose_secret())?;
        let has_credentials = address
            .authority()
            .is_some_and(|it| it.as_str().contains('@'));
        if has_credentials {
            return Err(wrong_address());
        }
        let secret = self.secret.expose_secret();
        let is_complete = match self.kind {
            Kind::Webhook => return self.keys().map(drop),
            Kind::BuildHook => true,
            Kind::GitHubDispatch => is_project(&self.project) && !self.detail.is_empty(),
            Kind::GitHubWorkflow => {
                is_project(&self.project) && !self.detail.is_empty() && !self.reference.is_empty()
            }
            Kind::GitLabPipeline => !self.project.is_empty() && !self.reference.is_empty(),
        };
        let has_token = self.kind == Kind::BuildHook
            || (!secret.is_empty() && HeaderValue::from_str(secret).is_ok());
        match is_complete && has_token {
            true => Ok(()),
            false => Err(Refusal::new(
                "TGT-FORM-002",
                "the receiver cannot be told with what is given",
                "give the project, the branch, the workflow or event type, and a token that may start it",
            )),
        }
    }

    /// Returns where it is, for people: without the path, which is a secret at many receivers.
    pub fn shown(&self) -> String {
        let address = self.address.expose_secret();
        let uri: Option<Uri> = address.parse().ok();
        let host = uri
            .as_ref()
            .and_then(Uri::authority)
            .map_or("", |it| it.as_str());
        match self.kind {
            Kind::Webhook | Kind::BuildHook => format!("{host}/…"),
            _ => format!("{host} {}", self.project),
        }
    }

    /// Returns the request that tells of a message, signed for the time of this attempt.
    ///
    /// # Errors
    /// When the endpoint is not whole.
    pub fn request(&self, message: &Message, now: i64) -> Result<Request<Vec<u8>>, Refusal> {
        let base = self.address.expose_secret();
        let api = base.trim_end_matches('/');
        let request = match self.kind {
            Kind::Webhook => {
                let body = message.body.clone().into_bytes();
                let keys = self.keys()?;
                let signature = standard_signature(&keys, &message.id, now, &body);
                Request::post(self.uri(base)?)
                    .header(header::CONTENT_TYPE, "application/json")
                    .header("webhook-id", &message.id)
                    .header("webhook-timestamp", now)
                    .header("webhook-signature", secret_value(&signature)?)
                    .body(body)
            }
            Kind::BuildHook => Request::post(self.uri(base)?)
                .header(header::CONTENT_TYPE, "application/json")
                .header("webhook-id", &message.id)
                .body(message.body.clone().into_bytes()),
            Kind::GitHubDispatch => {
                let told: serde_json::Value =
                    serde_json::from_str(&message.body).unwrap_or_default();
                let body = json!({
                    "event_type": self.detail,
                    "client_payload": { "id": message.id, "message": told },
                });
                self.github(&format!("{api}/repos/{}/dispatches", self.project), &body)?
            }
            Kind::GitHubWorkflow => {
                let workflow = utf8_percent_encode(&self.detail, &PART);
                let place = format!(
                    "{api}/repos/{}/actions/workflows/{workflow}/dispatches",
                    self.project
                );
                self.github(&place, &json!({ "ref": self.reference }))?
            }
            Kind::GitLabPipeline => {
                let project = utf8_percent_encode(&self.project, &PART);
                let form = form_urlencoded::Serializer::new(String::new())
                    .append_pair("token", self.secret.expose_secret())
                    .append_pair("ref", &self.reference)
                    .append_pair("variables[COUNTERSIGN_ID]", &message.id)
                    .append_pair("variables[COUNTERSIGN_EVENT]", &message.kind)
                    .append_pair("variables[COUNTERSIGN_MESSAGE]", &message.body)
                    .finish();
                Request::post(
                    self.uri(&format!("{api}/api/v4/projects/{project}/trigger/pipeline"))?,
                )
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form.into_bytes())
            }
        };
        let mut request = request.map_err(|_| wrong_address())?;
        let agent = HeaderValue::from_static(concat!("countersign/", env!("CARGO_PKG_VERSION")));
        request.headers_mut().insert(header::USER_AGENT, agent);
        Ok(request)
    }

    /// Returns what may be shown of a request: its method, where it goes without what is secret, its headers without tokens and signatures, and what stands
    /// around the message or in its place.
    pub fn told_of(&self, request: &Request<Vec<u8>>) -> String {
        let (place, around) = match self.kind {
            Kind::Webhook | Kind::BuildHook => (self.shown(), None),
            Kind::GitHubDispatch => {
                let payload = json!({ "id": "…", "message": "…" });
                let body = json!({ "event_type": self.detail, "client_payload": payload });
                (self.place_of(request), Some(body.to_string()))
            }
            Kind::GitHubWorkflow => {
                let body = json!({ "ref": self.reference });
                (self.place_of(request), Some(body.to_string()))
            }
            Kind::GitLabPipeline => {
                let body = format!(
                    "token=…&ref={}&variables[COUNTERSIGN_ID]=…&variables[COUNTERSIGN_EVENT]=…&variables[COUNTERSIGN_MESSAGE]=…",
                    self.reference
                );
                (self.place_of(request), Some(body))
            }
        };
        let mut lines = vec![format!("POST {place}")];
        for (name, value) in request.headers() {
            let is_secret =
                value.is_sensitive() || name == HeaderName::from_static("authorization");
            let value = match is_secret {
                true => "…",
                false => value.to_str().unwrap_or("…"),
            };
            lines.push(format!("{name}: {value}"));
        }
        lines.extend(around.map(|body| format!("\n{body}")));
        lines.join("\n")
    }

    /// Where a request of an API goes: the path is its documentation's.
    fn place_of(&self, request: &Request<Vec<u8>>) -> String {
        let host = request.uri().authority().map_or("", Authority::as_str);
        self.without_secrets(&format!("{host}{}", request.uri().path()))
    }

    /// Returns what a receiver said, without what is secret: its path and query, each long part of them, and what proves a delivery.
    pub fn without_secrets(&self, said: &str) -> String {
        let address: Option<Uri> = self.address.expose_secret().parse().ok();
        let place = address.as_ref().and_then(Uri::path_and_query);
        let place = place.map_or("", |place| place.as_str());
        let is_long = |part: &&str| part.len() >= SHORTEST_SECRET;
        let parts = place.split(['/', '?', '&', '=']).filter(is_long);
        let keys = std::iter::once(&self.secret).chain(&self.older_secret);
        let keys = keys.map(|secret| secret.expose_secret()).filter(is_long);
        let whole = Some(place).filter(|place| place.len() > 1);
        let whole = whole.filter(|_| matches!(self.kind, Kind::Webhook | Kind::BuildHook));
        let secrets = whole.into_iter().chain(parts).chain(keys);
        secrets.fold(said.to_owned(), |said, secret| said.replace(secret, "…"))
    }

    fn github(
        &self,
        place: &str,
        body: &serde_json::Value,
    ) -> Result<http::Result<Request<Vec<u8>>>, Refusal> {
        let token = secret_value(&format!("Bearer {}", self.secret.expose_secret()))?;
        Ok(Request::post(self.uri(place)?)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/vnd.github+json")
            .header("x-github-api-version", "2022-11-28")
            .header(header::AUTHORIZATION, token)
            .body(body.to_string().into_bytes()))
    }

    fn keys(&self) -> Result<Vec<Vec<u8>>, Refusal> {
        let secrets = std::iter::once(&self.secret).chain(&self.older_secret);
        let keys = secrets.map(|secret| {
            let key = standard_key(secret.expose_secret());
            key.filter(|key| (24..=64).contains(&key.len()))
        });
        keys.collect::<Option<_>>().ok_or_else(|| {
            Refusal::new(
                "TGT-SECRET-001",
                "the secret is not whsec_ and 24 to 64 bytes in base64",
                "leave the field empty, and one is made",
            )
        })
    }

    fn uri(&self, address: &str) -> Result<Uri, Refusal> {
        let uri: Uri = address.parse().map_err(|_| wrong_address())?;
        let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
        match is_web && uri.host().is_some_and(|host| !host.is_empty()) {
            true => Ok(uri),
            false => Err(wrong_address()),
        }
    }
}

fn is_project(project: &str) -> bool {
    let is_plain = |part: &str| {
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        !part.is_empty() && !matches!(part, "." | "..") && part.chars().all(good)
    };
    project
        .split_once('/')
        .is_some_and(|(owner, name)| is_plain(owner) && is_plain(name))
}

fn wrong_address() -> Refusal {
    Refusal::new(
        "TGT-FORM-001",
        "the address is none that a delivery could be sent to",
        "write it whole, with https://, and without a name and password before an @",
    )
}

/// A header that is never shown.
fn secret_value(text: &str) -> Result<HeaderValue, Refusal> {
    let mut value = HeaderValue::from_str(text).map_err(|_| wrong_address())?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(kind: Kind) -> Endpoint {
        let (address, secret) = match kind {
            Kind::Webhook => (
                "https://builds.example/hook?key=s3cret",
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            ),
            Kind::BuildHook => ("https://api.netlify.example/build_hooks/s3cret", ""),
            Kind::GitHubDispatch | Kind::GitHubWorkflow => ("https://api.github.com", "s3cret"),
            Kind::GitLabPipeline => ("https://gitlab.example/", "s3cret"),
        };
        Endpoint {
            kind,
            address: address.into(),
            project: "lantern/site".into(),
            reference: "main".into(),
            detail: "build.yml".into(),
            secret: secret.into(),
            older_secret: None,
        }
    }

    fn message() -> Message {
        Message {
            id: "evt_1".into(),
            kind: "record.updated".into(),
            record: "notes/one".into(),
            body: r#"{"type":"record.updated"}"#.into(),
        }
    }

    fn shown(kind: Kind) -> String {
        let endpoint = endpoint(kind);
        endpoint.check().unwrap();
        let request = endpoint.request(&message(), 1_700_000_000).unwrap();
        let body = String::from_utf8(request.body().clone()).unwrap();
        format!(
            "{}\n{}\n\n{body}",
            request.uri(),
            endpoint.told_of(&request)
        )
    }

    #[test]
    fn each_kind_of_receiver_is_told_in_its_own_words() {
        insta::assert_snapshot!(Kind::ALL.map(shown).join("\n\n"), @r#"
        https://builds.example/hook?key=s3cret
        POST builds.example/…
        content-type: application/json
        webhook-id: evt_1
        webhook-timestamp: 1700000000
        webhook-signature: …
        user-agent: countersign/0.1.0

        {"type":"record.updated"}

        https://api.netlify.example/build_hooks/s3cret
        POST api.netlify.example/…
        content-type: application/json
        webhook-id: evt_1
        user-agent: countersign/0.1.0

        {"type":"record.updated"}

        https://api.github.com/repos/lantern/site/dispatches
        POST api.github.com/repos/lantern/site/dispatches
        content-type: application/json
        accept: application/vnd.github+json
        x-github-api-version: 2022-11-28
        authorization: …
        user-agent: countersign/0.1.0

        {"event_type":"build.yml","client_payload":{"id":"…","message":"…"}}

        {"event_type":"build.yml","client_payload":{"id":"evt_1","message":{"type":"record.updated"}}}

        https://api.github.com/repos/lantern/site/actions/workflows/build.yml/dispatches
        POST api.github.com/repos/lantern/site/actions/workflows/build.yml/dispatches
        content-type: application/json
        accept: application/vnd.github+json
        x-github-api-version: 2022-11-28
        authorization: …
        user-agent: countersign/0.1.0

        {"ref":"main"}

        {"ref":"main"}

        https://gitlab.example/api/v4/projects/lantern%2Fsite/trigger/pipeline
        POST gitlab.example/api/v4/projects/lantern%2Fsite/trigger/pipeline
        content-type: application/x-www-form-urlencoded
        user-agent: countersign/0.1.0

        token=…&ref=main&variables[COUNTERSIGN_ID]=…&variables[COUNTERSIGN_EVENT]=…&variables[COUNTERSIGN_MESSAGE]=…

        token=s3cret&ref=main&variables%5BCOUNTERSIGN_ID%5D=evt_1&variables%5BCOUNTERSIGN_EVENT%5D=record.updated&variables%5BCOUNTERSIGN_MESSAGE%5D=%7B%22type%22%3A%22record.updated%22%7D
        "#);
    }

    #[test]
    fn nothing_secret_is_in_what_is_shown() {
        for kind in Kind::ALL {
            let endpoint = endpoint(kind);
            let request = endpoint.request(&message(), 1_700_000_000).unwrap();
            let told = format!(
                "{} {} {endpoint:?}",
                endpoint.shown(),
                endpoint.told_of(&request)
            );
            assert!(
                !told.contains("s3cret") && !told.contains("MfKQ9r8"),
                "{told}"
            );
        }
    }

    #[test]
    fn while_a_secret_is_changed_both_sign() {
        let changed = Endpoint {
            older_secret: Some("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD".into()),
            ..endpoint(Kind::Webhook)
        };
        let request = changed.request(&message(), 1_700_000_000).unwrap();
        let signature = request.headers()["webhook-signature"].to_str().unwrap();
        assert_eq!(signature.split(' ').count(), 2);
    }

    #[test]
    fn what_could_not_be_sent_to_is_refused() {
        for address in [
            "",
            "builds.example",
            "ftp://builds.example/",
            "https://",
            "https://ana:pw@builds.example/",
            "file:///etc/passwd",
        ] {
            let wrong = Endpoint {
                address: address.into(),
                ..endpoint(Kind::Webhook)
            };
            assert!(wrong.check().is_err(), "{address}");
        }
        for secret in ["", "short", "whsec_", "whsec_c2hvcnQ="] {
            let wrong = Endpoint {
                secret: secret.into(),
                ..endpoint(Kind::Webhook)
            };
            assert_eq!(
                wrong.check().unwrap_err().code,
                "TGT-SECRET-001",
                "{secret}"
            );
        }
        for project in ["", "lantern", "lantern/../x", "a/b?c", "/x"] {
            let wrong = Endpoint {
                project: project.into(),
                ..endpoint(Kind::GitHubDispatch)
            };
            assert!(wrong.check().is_err(), "{project}");
        }
        let tokenless = Endpoint {
            secret: "".into(),
            ..endpoint(Kind::GitLabPipeline)
        };
        assert!(tokenless.check().is_err());
    }
}
