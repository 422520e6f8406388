//! What a host is set up with: where its webhooks go, the key that may write, and what it says of the published branch.

use http::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::{Api, Call, bitbucket, github, gitlab, id_of, segment, word};
use crate::hosting::Host;
use crate::refusal::Refusal;

impl Api {
    /// Has the host send its webhooks to an address, proven by a secret, and try it. Says whether it sent none there before: one that it has is given the
    /// secret anew, for it may know another.
    ///
    /// # Errors
    /// When the host cannot be asked, or declines.
    pub async fn make_hook(&self, to: &str, secret: &SecretString) -> Result<bool, Refusal> {
        let project = &self.place.project;
        let (path, body) = match self.host {
            Host::GitLab => gitlab::hook(project, to, secret.expose_secret()),
            Host::Bitbucket => bitbucket::hook(project, to, secret.expose_secret()),
            host => github::hook(host, project, to, secret.expose_secret()),
        };
        let known = self.ask(Call::get(path.clone())).await?;
        let known = known.get("values").unwrap_or(&known);
        let mut known = known.as_array().into_iter().flatten();
        let known =
            known.find(|hook| [word(hook, "/url"), word(hook, "/config/url")].contains(&to));
        let (hook, is_new) = match known.and_then(hook_id) {
            Some(id) => {
                let method = match self.host {
                    Host::GitLab | Host::Bitbucket => Method::PUT,
                    _ => Method::PATCH,
                };
                let at = format!("{path}/{id}");
                self.ask(Call::with(method, at.clone(), body)).await?;
                (Some(at), false)
            }
            None => {
                let made = self
                    .ask(Call::with(Method::POST, path.clone(), body))
                    .await?;
                (hook_id(&made).map(|id| format!("{path}/{id}")), true)
            }
        };
        let test = match self.host {
            // It sends one by itself as soon as it is told of an address.
            Host::GitHub if is_new => None,
            Host::GitHub => Some("pings"),
            Host::GitLab => Some("test/push_events"),
            Host::Bitbucket => None,
            _ => Some("tests"),
        };
        if let (Some(hook), Some(test)) = (hook, test) {
            let call = Call::with(
                Method::POST,
                format!("{hook}/{test}"),
                serde_json::json!({}),
            );
            // A host that sends none for a try sends them all the same when something is pushed; whoever waits for one says that none came.
            drop(self.call(call).await?);
        }
        Ok(is_new)
    }

    /// Gives the host a key with the right to write. Says whether it was given now.
    ///
    /// # Errors
    /// When the host cannot be asked, or declines.
    pub async fn make_key(&self, title: &str, key: &str) -> Result<bool, Refusal> {
        let project = &self.place.project;
        let (path, body) = match self.host {
            Host::GitLab => gitlab::key(project, title, key),
            Host::Bitbucket => bitbucket::key(project, title, key),
            _ => github::key(project, title, key),
        };
        let known = self.ask(Call::get(path.clone())).await?;
        let known = known.get("values").unwrap_or(&known);
        // Hosts leave out what stands after the key itself.
        let bare: Vec<&str> = key.split(' ').take(2).collect();
        let bare = bare.join(" ");
        let has_it = known
            .as_array()
            .into_iter()
            .flatten()
            .any(|one| word(one, "/key").starts_with(&bare));
        if has_it {
            return Ok(false);
        }
        self.ask(Call::with(Method::POST, path, body)).await?;
        Ok(true)
    }

    /// Returns whether the host keeps people from pushing to a branch around review; `None` where this token may not know.
    ///
    /// # Errors
    /// When the host cannot be asked.
    pub async fn is_protected(&self, branch: &str) -> Result<Option<bool>, Refusal> {
        let project = &self.place.project;
        let path = match self.host {
            Host::GitLab => gitlab::protection(project, branch),
            Host::Bitbucket => bitbucket::protection(project, branch),
            host => github::protection(host, project, branch),
        };
        match self.call(Call::get(path)).await? {
            Ok(answer) if self.host == Host::Bitbucket => {
                let listed = answer.get("values").and_then(Value::as_array);
                Ok(listed.map(|listed| !listed.is_empty()))
            }
            Ok(_) => Ok(Some(true)),
            Err(declined) if declined.status == StatusCode::NOT_FOUND => Ok(Some(false)),
            Err(declined) if declined.status == StatusCode::FORBIDDEN => Ok(None),
            Err(declined) => Err(declined.refusal(self.token.expose_secret())),
        }
    }
}

/// A host's id of a webhook, as a part of its address; Bitbucket's are UUIDs in braces.
fn hook_id(hook: &Value) -> Option<String> {
    id_of(hook).or_else(|| {
        let uuid = word(hook, "/uuid");
        (!uuid.is_empty()).then(|| segment(uuid))
    })
}
