//! The form that says where a target is reached: one for each kind of receiver that people know by name.

use http::Uri;
use http::uri::{Authority, Scheme};
use secrecy::{ExposeSecret, SecretString};

use crate::publish::endpoint::{Endpoint, Kind};
use crate::web::form::Fields;
use crate::web::language::{Message, say};
use crate::web::pages::targets::{EndpointForm, EndpointInput};

/// A kind of receiver as people know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    Webhook,
    Netlify,
    Vercel,
    Cloudflare,
    GitHubDispatch,
    GitHubWorkflow,
    GitLab,
}

impl Preset {
    pub const ALL: [Self; 7] = [
        Self::Webhook,
        Self::Netlify,
        Self::Vercel,
        Self::Cloudflare,
        Self::GitHubDispatch,
        Self::GitHubWorkflow,
        Self::GitLab,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Netlify => "netlify",
            Self::Vercel => "vercel",
            Self::Cloudflare => "cloudflare",
            Self::GitHubDispatch => "github-dispatch",
            Self::GitHubWorkflow => "github-workflow",
            Self::GitLab => "gitlab",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.name() == name)
    }

    /// Returns the form in which an endpoint is shown that is known; the first one where none is.
    pub fn of(known: Option<&Endpoint>) -> Self {
        let Some(known) = known else {
            return Self::Webhook;
        };
        match known.kind {
            Kind::Webhook => Self::Webhook,
            Kind::BuildHook => {
                let address = known.address.expose_secret();
                let is_at = |host: &str| address.contains(host);
                match (is_at("vercel"), is_at("cloudflare")) {
                    (true, _) => Self::Vercel,
                    (_, true) => Self::Cloudflare,
                    _ => Self::Netlify,
                }
            }
            Kind::GitHubDispatch => Self::GitHubDispatch,
            Kind::GitHubWorkflow => Self::GitHubWorkflow,
            Kind::GitLabPipeline => Self::GitLab,
        }
    }

    pub fn kind(self) -> Kind {
        match self {
            Self::Webhook => Kind::Webhook,
            Self::Netlify | Self::Vercel | Self::Cloudflare => Kind::BuildHook,
            Self::GitHubDispatch => Kind::GitHubDispatch,
            Self::GitHubWorkflow => Kind::GitHubWorkflow,
            Self::GitLab => Kind::GitLabPipeline,
        }
    }

    pub fn title(self) -> Message {
        match self {
            Self::Webhook => say("targets-preset-webhook"),
            Self::Netlify => say("targets-preset-netlify"),
            Self::Vercel => say("targets-preset-vercel"),
            Self::Cloudflare => say("targets-preset-cloudflare"),
            Self::GitHubDispatch => say("targets-preset-github-dispatch"),
            Self::GitHubWorkflow => say("targets-preset-github-workflow"),
            Self::GitLab => say("targets-preset-gitlab"),
        }
    }

    fn how(self) -> Message {
        match self {
            Self::Webhook => say("targets-how-webhook"),
            Self::Netlify => say("targets-how-netlify"),
            Self::Vercel => say("targets-how-vercel"),
            Self::Cloudflare => say("targets-how-cloudflare"),
            Self::GitHubDispatch => say("targets-how-github-dispatch"),
            Self::GitHubWorkflow => say("targets-how-github-workflow"),
            Self::GitLab => say("targets-how-gitlab"),
        }
    }

    /// Returns the form, with what is known and no secret.
    pub fn form(self, known: Option<&Endpoint>) -> EndpointForm {
        let known = known.filter(|known| known.kind == self.kind());
        EndpointForm {
            preset: self.name().to_owned(),
            title: self.title(),
            how: self.how(),
            inputs: self.inputs(&Known(known)),
        }
    }

    fn inputs(self, known: &Known<'_>) -> Vec<EndpointInput> {
        match self {
            Self::Webhook => vec![
                known.address(""),
                hidden(
                    "secret",
                    say("targets-input-secret"),
                    say("targets-input-secret-hint"),
                ),
            ],
            Self::Netlify | Self::Vercel | Self::Cloudflare => vec![hidden(
                "address",
                say("targets-input-hook"),
                say("targets-input-hook-hint"),
            )],
            Self::GitHubDispatch => vec![
                known.address("https://api.github.com"),
                known.project(),
                known.detail(say("targets-input-event"), "countersign"),
                token(),
            ],
            Self::GitHubWorkflow => vec![
                known.address("https://api.github.com"),
                known.project(),
                known.detail(say("targets-input-workflow"), "build.yml"),
                known.branch(),
                token(),
            ],
            Self::GitLab => vec![
                known.address("https://gitlab.com"),
                known.project(),
                known.branch(),
                token(),
            ],
        }
    }

    /// Returns the endpoint that a form says. A secret that is left empty is the one that is known.
    pub fn endpoint(self, fields: &Fields, known: Option<&Endpoint>) -> Endpoint {
        let given = |key| fields.get(key).trim().to_owned();
        let or_known =
            |text: String, of: fn(&Endpoint) -> &SecretString| match (text.as_str(), known) {
                ("", Some(known)) => of(known).clone(),
                _ => SecretString::from(text.as_str()),
            };
        let secret = given("secret");
        let is_changed = !secret.is_empty();
        let address = or_known(given("address"), |known| &known.address);
        // A token that was given for one host is not sent to another; a signing secret is sent to nobody.
        let is_for_it = self == Self::Webhook
            || known.is_some_and(|known| host(&known.address) == host(&address));
        let secret = match is_for_it {
            true => or_known(secret, |known| &known.secret),
            false => SecretString::from(secret),
        };
        Endpoint {
            kind: self.kind(),
            address,
            project: given("project"),
            reference: given("reference"),
            detail: given("detail"),
            secret,
            older_secret: match known {
                Some(known) if self == Self::Webhook && is_changed => {
                    Some(known.older_secret.as_ref().unwrap_or(&known.secret).clone())
                }
                Some(known) => known.older_secret.clone(),
                None => None,
            },
        }
    }
}

/// Returns the scheme, the host and the port of an address.
fn host(address: &SecretString) -> Option<(Option<Scheme>, Authority)> {
    let address: Uri = address.expose_secret().parse().ok()?;
    let scheme = address.scheme().cloned();
    Some((scheme, address.authority()?.clone()))
}

/// What is known of an endpoint of the kind that a form is for.
struct Known<'a>(Option<&'a Endpoint>);

impl Known<'_> {
    fn or(&self, of: fn(&Endpoint) -> &str, default: &str) -> String {
        self.0.map_or(default, of).to_owned()
    }

    /// What stands behind the question mark of an address may be a secret, so such a one is not shown again.
    fn address(&self, default: &str) -> EndpointInput {
        let known = self.or(|known| known.address.expose_secret(), default);
        let value = Some(known).filter(|address| !address.contains('?'));
        EndpointInput {
            hint: say("targets-input-address-hint"),
            ..open(
                "address",
                say("targets-input-address"),
                value.unwrap_or_default(),
            )
        }
    }

    fn project(&self) -> EndpointInput {
        EndpointInput {
            hint: say("targets-input-project-hint"),
            ..open(
                "project",
                say("targets-input-project"),
                self.or(|known| &known.project, ""),
            )
        }
    }

    fn branch(&self) -> EndpointInput {
        let value = self.or(|known| &known.reference, "main");
        open("reference", say("targets-input-reference"), value)
    }

    fn detail(&self, label: Message, default: &str) -> EndpointInput {
        open("detail", label, self.or(|known| &known.detail, default))
    }
}

/// An input that shows what stands in it.
fn open(name: &'static str, label: Message, value: String) -> EndpointInput {
    EndpointInput {
        name,
        label,
        hint: Message::default(),
        value,
        is_secret: false,
    }
}

/// An input that shows nothing, and that keeps what is known where it is left empty.
fn hidden(name: &'static str, label: Message, hint: Message) -> EndpointInput {
    EndpointInput {
        name,
        label,
        hint,
        value: String::new(),
        is_secret: true,
    }
}

fn token() -> EndpointInput {
    hidden(
        "secret",
        say("targets-input-token"),
        say("targets-input-token-hint"),
    )
}

impl EndpointForm {
    /// Puts back what was typed, but for secrets.
    pub fn keep(&mut self, fields: &Fields) {
        for input in self.inputs.iter_mut().filter(|input| !input.is_secret) {
            input.value = fields.get(input.name).to_owned();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(pairs: &[(&str, &str)]) -> Fields {
        let pairs = pairs.iter();
        let pairs = pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Fields::from(pairs.collect::<Vec<_>>())
    }

    #[test]
    fn a_token_that_was_given_for_one_host_is_not_sent_to_another() {
        let fields = given(&[("address", "https://api.github.com"), ("secret", "ghp_one")]);
        let known = Preset::GitHubWorkflow.endpoint(&fields, None);
        for (address, kept) in [
            ("", "ghp_one"),
            ("https://api.github.com/v3", "ghp_one"),
            ("https://elsewhere.example", ""),
            ("http://api.github.com", ""),
            ("https://api.github.com:8443", ""),
        ] {
            let fields = given(&[("address", address), ("secret", "")]);
            let changed = Preset::GitHubWorkflow.endpoint(&fields, Some(&known));
            assert_eq!(changed.secret.expose_secret(), kept, "{address}");
        }
    }
}
