//! What a proven webhook says: which event, and which refs it tells of. It is read for people and for the log; what is true is what git holds.
//!
//! Every field may be missing, of another type, or cut off: what does not read is left out, and nothing depends on it.

use http::HeaderMap;
use serde_json::Value;

use super::Host;

/// The most of a body that is read, in bytes. A larger one is proven whole and told by its headers alone.
pub const MOST_READ: usize = 256 << 10;

/// The most refs of one webhook that are told.
const MOST_REFS: usize = 20;

/// The most characters of one word that are kept.
const MOST_CHARS: usize = 200;

/// What a host is answered; it keeps these words in its own log of deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// It is proven.
    Taken,
    /// It is not, or nothing is taken here.
    Unproven,
    /// It is larger than is taken, or broke off.
    TooLarge,
    /// It did not come in time.
    TooSlow,
}

impl Reply {
    /// Returns its words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Taken => "it is looked at",
            Self::Unproven => "the signature is missing or wrong, or nothing is taken here",
            Self::TooLarge => "the body is larger than 25 MiB, or broke off",
            Self::TooSlow => "the body did not come in time",
        }
    }
}

/// What a webhook says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// The host's own id of the delivery; empty where it gave none.
    pub delivery: String,
    /// The event in the host's words: `push`, `Merge Request Hook`, `repo:push`.
    pub event: String,
    /// What it says that moved: `refs/heads/main 1c002dd..8e5f1ab`, one each.
    pub moved: Vec<String>,
    /// Whether something that is looked at may have changed.
    pub asks_for_a_look: bool,
}

/// Reads a webhook. `None` for a body that was larger than [`MOST_READ`].
pub fn read(host: Host, headers: &HeaderMap, body: Option<&[u8]>) -> Told {
    let body = body
        .and_then(|body| parse(headers, body))
        .unwrap_or(Value::Null);
    told(host, headers, &body)
}

/// Reads a webhook whose body is parsed; null stands for one that does not parse.
pub fn told(host: Host, headers: &HeaderMap, body: &Value) -> Told {
    let event = event(host, headers, body);
    Told {
        delivery: word(header(headers, delivery_header(host))),
        asks_for_a_look: asks_for_a_look(host, &event),
        moved: moved(host, body),
        event: word(&event),
    }
}

/// JSON, or a form with JSON in its `payload`, as GitHub and Gitea send where they are set so.
fn parse(headers: &HeaderMap, body: &[u8]) -> Option<Value> {
    let kind = header(headers, "content-type");
    if !kind
        .to_ascii_lowercase()
        .starts_with("application/x-www-form-urlencoded")
    {
        return serde_json::from_slice(body).ok();
    }
    let (_, payload) = form_urlencoded::parse(body).find(|(name, _)| name == "payload")?;
    serde_json::from_str(&payload).ok()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}

fn delivery_header(host: Host) -> &'static str {
    match host {
        Host::GitHub => "x-github-delivery",
        // The same at each retry of one event.
        Host::GitLab => "idempotency-key",
        Host::Gitea => "x-gitea-delivery",
        Host::Forgejo => "x-forgejo-delivery",
        Host::Bitbucket => "x-request-uuid",
        Host::Plain => "webhook-id",
    }
}

fn event(host: Host, headers: &HeaderMap, body: &Value) -> String {
    let name = match host {
        Host::GitHub => "x-github-event",
        Host::GitLab => "x-gitlab-event",
        Host::Gitea => "x-gitea-event",
        Host::Forgejo => "x-forgejo-event",
        Host::Bitbucket => "x-event-key",
        Host::Plain => "webhook-event",
    };
    let named = header(headers, name);
    match (host, named) {
        // One hook of a whole server: what happened stands in the body.
        (Host::GitLab, "System Hook") => text(body, "event_name")
            .or_else(|| text(body, "object_kind"))
            .unwrap_or_default()
            .to_owned(),
        (Host::Plain, "") => text(body, "type").unwrap_or_default().to_owned(),
        _ => named.to_owned(),
    }
}

/// Returns whether an event can have moved a ref or changed a pull request. Of an event that does not say what it is, everything can.
fn asks_for_a_look(host: Host, event: &str) -> bool {
    let begins = |starts: &[&str]| starts.iter().any(|start| event.starts_with(start));
    event.is_empty()
        || match host {
            Host::GitHub | Host::Gitea | Host::Forgejo => {
                matches!(event, "push" | "create" | "delete" | "repository")
                    || begins(&["pull_request"])
            }
            Host::GitLab => {
                matches!(
                    event,
                    "push" | "tag_push" | "repository_update" | "merge_request"
                ) || begins(&["Push Hook", "Tag Push Hook", "Merge Request Hook"])
            }
            Host::Bitbucket => begins(&["repo:push", "repo:updated", "pullrequest:"]),
            Host::Plain => true,
        }
}

fn moved(host: Host, body: &Value) -> Vec<String> {
    let told = match host {
        Host::Bitbucket => bitbucket_changes(body),
        _ => text(body, "ref")
            .map(|name| line(name, text(body, "before"), text(body, "after")))
            .into_iter()
            .collect(),
    };
    told.into_iter()
        .take(MOST_REFS)
        .map(|line| word(&line))
        .collect()
}

fn bitbucket_changes(body: &Value) -> Vec<String> {
    let changes = body.pointer("/push/changes").and_then(Value::as_array);
    let told = |change: &Value| {
        let end = |side: &str| {
            change
                .pointer(&format!("/{side}/target/hash"))
                .and_then(Value::as_str)
        };
        let named = |side: &str| {
            let side = change.get(side)?;
            let kind = match text(side, "type") {
                Some("tag") => "refs/tags/",
                _ => "refs/heads/",
            };
            Some(format!("{kind}{}", text(side, "name")?))
        };
        let name = named("new").or_else(|| named("old"))?;
        Some(line(&name, end("old"), end("new")))
    };
    changes.into_iter().flatten().filter_map(told).collect()
}

fn line(name: &str, before: Option<&str>, after: Option<&str>) -> String {
    let short = |end: Option<&str>| match end {
        // What is all zeros is no commit.
        Some(id) if id.chars().any(|c| c != '0') => id.chars().take(12).collect(),
        _ => String::from("-"),
    };
    format!("{name} {}..{}", short(before), short(after))
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}

/// One line, bounded, without controls.
fn word(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(MOST_CHARS)
        .collect()
}
