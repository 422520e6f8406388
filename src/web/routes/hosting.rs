//! The page of the git host: where webhooks come in, and those that came. Administrators make and end the secrets.

use axum::response::{IntoResponse, Redirect, Response};
use secrecy::SecretString;

use super::host_api;
use crate::hosting::Host;
use crate::hosting::connect::Tried;
use crate::publish::signature::{STANDARD_PREFIX, standard_key};
use crate::refusal::Refusal;
use crate::web::accounts::{Delivery, random_token};
use crate::web::failure::{Failure, no_such_act, shown, status_of};
use crate::web::form::Fields;
use crate::web::frame;
use crate::web::language::{Message, say, verbatim};
use crate::web::moments::moment;
use crate::web::pages::hosting::{ApiRow, DeliveryRow, Endpoint, HostingActs, HostingPage, Made};
use crate::web::pages::layout::{Section, Tone};
use crate::web::pages::parts::Choice;
use crate::web::reader::{Reader, Submission};

/// The last webhooks that are listed.
const LISTED: i64 = 100;

/// A secret that is shorter can be guessed.
const SHORTEST_SECRET: usize = 16;

/// Shows where webhooks come in, and those that came.
pub async fn show(reader: Reader) -> Result<Response, Failure> {
    frame::show(&make(&reader).await?)
}

/// Makes and ends secrets, and looks at once.
pub async fn act(submission: Submission) -> Result<Response, Failure> {
    let Submission { reader, fields } = submission;
    let done = match reader.governs() {
        true => done(&reader, &fields).await?,
        false => Err(no_right(&reader)),
    };
    match done {
        Ok(Done::Nothing) => Ok(Redirect::to(&reader.urls.hosting().to_string()).into_response()),
        Ok(Done::Made(made)) => frame::show(&HostingPage {
            made: Some(made),
            ..make(&reader).await?
        }),
        Ok(Done::Tried(tried)) => frame::show(&HostingPage {
            tried: tried.into_iter().map(host_api::row).collect(),
            ..make(&reader).await?
        }),
        Err(refusal) => {
            let mut page = make(&reader).await?;
            let Some(acts) = &mut page.acts else {
                return Err(Failure::from(refusal));
            };
            acts.error = Some(shown(&refusal));
            frame::show_with(status_of(refusal.code), &page)
        }
    }
}

/// What came of a form.
enum Done {
    /// What there is to see stands on the page.
    Nothing,
    /// A secret was made.
    Made(Made),
    /// The host was set up, as far as it let.
    Tried(Vec<Tried>),
}

async fn done(reader: &Reader, fields: &Fields) -> Result<Result<Done, Refusal>, Failure> {
    if fields.get("act") == "look" {
        reader.desk.ask_for_a_look();
        return Ok(Ok(Done::Nothing));
    }
    let host: Host = match fields.get("host").parse() {
        Ok(host) => host,
        Err(unknown) => return Ok(Err(no_such_host(&unknown))),
    };
    let (accounts, name) = (&reader.web.accounts, reader.desk.name.as_str());
    match fields.get("act") {
        "make" => {
            let secret = match fields.get("secret").trim() {
                "" => random_token()?,
                given => given.to_owned(),
            };
            if let Err(refusal) = refuse_weak(&secret) {
                return Ok(Err(refusal));
            }
            let kept = SecretString::from(secret.as_str());
            accounts
                .change_hook(name, host, &kept, reader.now())
                .await?;
            return Ok(Ok(Done::Made(Made {
                address: address(reader, host),
                secret,
                how: how(host),
            })));
        }
        "end-older" => accounts.end_older_secret(name, host).await?,
        "off" => accounts.end_hook(name, host).await?,
        "connect-api" => {
            let tried = host_api::connect_api(reader, host, fields).await?;
            return Ok(tried.map(Done::Tried));
        }
        "forget-api" => {
            accounts.forget_host_api(name).await?;
        }
        _ => return Ok(Err(no_such_act())),
    }
    Ok(Ok(Done::Nothing))
}

fn refuse_weak(secret: &str) -> Result<(), Refusal> {
    let is_standard = secret.starts_with(STANDARD_PREFIX);
    let is_whole = match is_standard {
        true => standard_key(secret).is_some_and(|key| key.len() >= SHORTEST_SECRET),
        false => secret.chars().count() >= SHORTEST_SECRET && !secret.chars().any(char::is_control),
    };
    match is_whole {
        true => Ok(()),
        false => Err(Refusal::new(
            "HOK-SECRET-001",
            format!(
                "the secret is shorter than {SHORTEST_SECRET} characters, or is no whole signing token"
            ),
            "leave the field empty, and one is made",
        )),
    }
}

fn no_such_host(unknown: &impl ToString) -> Refusal {
    Refusal::new("HOK-HOST-001", unknown.to_string(), "choose one of those")
}

fn no_right(reader: &Reader) -> Refusal {
    let name = reader.identity().name;
    Refusal::new(
        "HOK-RIGHT-001",
        format!("{name} may not change how the git host is connected"),
        "ask somebody who may approve a change of the policy",
    )
}

pub(super) fn address(reader: &Reader, host: Host) -> String {
    format!(
        "{}/hooks/{}/{host}",
        reader.web.public_url, reader.desk.name
    )
}

fn how(host: Host) -> Message {
    match host {
        Host::GitHub => say("hosting-how-github"),
        Host::GitLab => say("hosting-how-gitlab"),
        Host::Gitea | Host::Forgejo => say("hosting-how-gitea"),
        Host::Bitbucket => say("hosting-how-bitbucket"),
        Host::Plain => say("hosting-how-plain"),
    }
}

async fn make(reader: &Reader) -> Result<HostingPage, Failure> {
    let (accounts, name) = (&reader.web.accounts, reader.desk.name.as_str());
    let hooks = accounts.hooks(name).await?;
    let deliveries = accounts.deliveries(name, LISTED).await?;
    let choice = |host: Host| Choice {
        value: host.name().to_owned(),
        label: verbatim(host.title()),
        is_chosen: host == Host::GitHub,
    };
    Ok(HostingPage {
        page: reader.page(Some(Section::Health)).await?,
        back: reader.urls.health(),
        endpoints: hooks
            .into_iter()
            .map(|hook| Endpoint {
                title: hook.host.title().to_owned(),
                name: hook.host.name().to_owned(),
                address: address(reader, hook.host),
                changed: moment(hook.changed_at, reader.now()),
                has_older: hook.has_older,
            })
            .collect(),
        made: None,
        api: api(reader).await?,
        tried: Vec::new(),
        deliveries: deliveries.into_iter().map(|one| row(reader, one)).collect(),
        acts: reader.governs().then(|| HostingActs {
            action: reader.urls.hosting(),
            hosts: Host::ALL.into_iter().map(choice).collect(),
            api_hosts: Host::ALL
                .into_iter()
                .filter(|host| *host != Host::Plain)
                .map(choice)
                .collect(),
            error: None,
        }),
    })
}

/// The API that is asked.
async fn api(reader: &Reader) -> Result<Option<ApiRow>, Failure> {
    let known = reader.web.accounts.host_api(&reader.desk.name).await?;
    Ok(known.map(|api| ApiRow {
        told: say("hosting-api-known")
            .with("host", api.host.title())
            .with("address", api.place.base)
            .with("project", api.place.project),
        name: api.host.name().to_owned(),
        failing: reader.desk.host_api().as_ref().map(shown),
    }))
}

fn row(reader: &Reader, one: Delivery) -> DeliveryRow {
    let host: Option<Host> = one.host.parse().ok();
    let title = host.map_or("", Host::title);
    let (tone, word) = match (one.outcome.as_str(), one.looked_at) {
        ("refused", _) => (Tone::Wrong, say("hosting-refused")),
        ("asked", None) => (Tone::Warning, say("hosting-waiting")),
        ("asked", Some(_)) => (Tone::Good, say("hosting-looked")),
        _ => (Tone::Good, say("hosting-ignored")),
    };
    let note = match one.looked_at {
        Some(at) => say("hosting-after").with("seconds", at.saturating_sub(one.received_at)),
        None => verbatim(one.reason),
    };
    DeliveryRow {
        tone,
        word,
        event: format!("{title} {}", one.event).trim().to_owned(),
        moved: one.moved.lines().map(str::to_owned).collect(),
        note: match (one.times, note.is_empty()) {
            (1, _) => note,
            (times, true) => say("hosting-came-again").with("times", times),
            (times, false) => say("hosting-again").with("note", note).with("times", times),
        },
        when: moment(one.received_at, reader.now()),
        delivery: one.delivery.unwrap_or_default(),
    }
}
