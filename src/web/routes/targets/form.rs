//! The form that says where a target is reached: one for each kind of receiver that people know by name.

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
        let value = |of: fn(&Endpoint) -> &str, or: &str| {
            known.map_or_else(|| or.to_owned(), |known| of(known).to_owned())
        };
        // What stands behind the question mark of an address may be a secret.
        let address = |or| {
            let shown = |known: &Endpoint| !known.address.expose_secret().contains('?');
            match known.is_none_or(shown) {
                true => value(|known| known.address.expose_secret(), or),
                false => String::new(),
            }
        };
        let secret = |name, label, hint| EndpointInput {
            name,
            label,
            hint,
            value: String::new(),
            is_secret: true,
        };
        let open = |name, label, hint, value| EndpointInput {
            name,
            label,
            hint,
            value,
            is_secret: false,
        };
        let place = |or| {
            open(
                "address",
                say("targets-input-address"),
                say("targets-input-address-hint"),
                address(or),
            )
        };
        let token = || {
            secret(
                "secret",
                say("targets-input-token"),
                say("targets-input-token-hint"),
            )
        };
        let project = || {
            open(
                "project",
                say("targets-input-project"),
                say("targets-input-project-hint"),
                value(|known| &known.project, ""),
            )
        };
        let branch = || {
            open(
                "reference",
                say("targets-input-reference"),
                Message::default(),
                value(|known| &known.reference, "main"),
            )
        };
        let detail = |label, or| {
            open(
                "detail",
                label,
                Message::default(),
                value(|known| &known.detail, or),
            )
        };
        let inputs = match self {
            Self::Webhook => vec![
                place(""),
                secret(
                    "secret",
                    say("targets-input-secret"),
                    say("targets-input-secret-hint"),
                ),
            ],
            Self::Netlify | Self::Vercel | Self::Cloudflare => vec![secret(
                "address",
                say("targets-input-hook"),
                say("targets-input-hook-hint"),
            )],
            Self::GitHubDispatch => vec![
                place("https://api.github.com"),
                project(),
                detail(say("targets-input-event"), "countersign"),
                token(),
            ],
            Self::GitHubWorkflow => vec![
                place("https://api.github.com"),
                project(),
                detail(say("targets-input-workflow"), "build.yml"),
                branch(),
                token(),
            ],
            Self::GitLab => vec![place("https://gitlab.com"), project(), branch(), token()],
        };
        EndpointForm {
            preset: self.name().to_owned(),
            title: self.title(),
            how: self.how(),
            inputs,
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
        Endpoint {
            kind: self.kind(),
            address: or_known(given("address"), |known| &known.address),
            project: given("project"),
            reference: given("reference"),
            detail: given("detail"),
            secret: or_known(secret, |known| &known.secret),
            older_secret: match known {
                Some(known) if self == Self::Webhook && is_changed => Some(known.secret.clone()),
                Some(known) => known.older_secret.clone(),
                None => None,
            },
        }
    }
}

impl EndpointForm {
    /// Puts back what was typed, but for secrets.
    pub fn keep(&mut self, fields: &Fields) {
        for input in self.inputs.iter_mut().filter(|input| !input.is_secret) {
            input.value = fields.get(input.name).to_owned();
        }
    }
}
