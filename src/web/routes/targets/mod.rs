//! Who downstream is told: the list of targets, one target with its deliveries, and one delivery with its attempts.

mod form;

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use self::form::Preset;
use crate::policy::Target;
use crate::publish::endpoint::Kind;
use crate::publish::message::{self, For};
use crate::publish::signature::standard_secret;
use crate::refusal::Refusal;
use crate::web::accounts::{Attempt, KeptEndpoint};
use crate::web::delivering::{self, Which};
use crate::web::failure::{Failure, no_such_act, shown, status_of};
use crate::web::form::Fields;
use crate::web::frame;
use crate::web::language::{Message, say, verbatim};
use crate::web::moments::moment_ahead;
use crate::web::pages::layout::Section;
use crate::web::pages::parts::Link;
use crate::web::pages::targets::{
    BuildRow, DeliveryPage, LeftEndpoint, Replay, TargetActs, TargetPage, TargetRow, TargetsPage,
};
use crate::web::reader::{Reader, Submission};
use crate::web::showing::targets as showing;

/// Deliveries of a page.
const PAGE: i64 = 50;

/// Reports of builds that are listed.
const BUILDS: i64 = 10;

/// Which form is asked for, and from where on.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    preset: String,
    #[serde(default)]
    before: String,
}

/// Shows every target.
pub async fn list(reader: Reader) -> Result<Response, Failure> {
    let mut targets = Vec::new();
    for target in reader.policy().targets.values() {
        let standing = showing::standing(&reader, target).await?;
        targets.push(TargetRow {
            target: Link {
                label: verbatim(target.title.as_str()),
                href: reader.urls.target(&target.name),
            },
            standing: standing.shown(),
            told: showing::told(target),
            live: standing.live.map_or_else(Message::default, |build| {
                let short: String = build.commit.chars().take(12).collect();
                say("targets-live-version").with("commit", short)
            }),
        });
    }
    frame::show(&TargetsPage {
        page: reader.page(Some(Section::Health)).await?,
        back: reader.urls.health(),
        targets,
        policy: reader.governs().then(|| reader.urls.people()),
        left: left(&reader).await?,
    })
}

/// The addresses of targets that the policy does not name any more, for those who may forget them.
async fn left(reader: &Reader) -> Result<Vec<LeftEndpoint>, Failure> {
    if !reader.governs() {
        return Ok(Vec::new());
    }
    let targets = &reader.policy().targets;
    let mut kept = reader.web.accounts.endpoints(&reader.desk.name).await?;
    kept.retain(|kept| !targets.contains_key(&kept.target));
    let left = kept.into_iter().map(|kept| LeftEndpoint {
        action: reader.urls.target(&kept.target),
        address: kept.endpoint.shown(),
        name: kept.target,
    });
    Ok(left.collect())
}

/// Shows one target.
pub async fn show(
    reader: Reader,
    Path((_, name)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let target = find(&reader, &name)?;
    frame::show(&make(&reader, &target, &asked).await?)
}

/// Says where a target is reached, tries it, lets it rest, and sends deliveries once more.
pub async fn act(
    Path((_, name)): Path<(String, String)>,
    submission: Submission,
) -> Result<Response, Failure> {
    let Submission { reader, fields } = submission;
    if fields.get("act") == "forget" && !reader.policy().targets.contains_key(&name) {
        return forget_left(&reader, &name).await;
    }
    let target = find(&reader, &name)?;
    let done = match delivering::check(&reader) {
        Ok(()) => done(&reader, &target, &fields).await?,
        Err(refusal) => Err(refusal),
    };
    let asked = Asked {
        preset: fields.get("preset").to_owned(),
        before: String::new(),
    };
    match done {
        Ok(Done::Nothing) => {
            let page = reader.urls.target(&target.name).to_string();
            Ok(Redirect::to(&page).into_response())
        }
        Ok(Done::Made(secret)) => frame::show(&TargetPage {
            made: Some(secret),
            ..make(&reader, &target, &asked).await?
        }),
        Ok(Done::Tried(attempt)) => frame::show(&TargetPage {
            tried: Some(showing::attempt(&reader, attempt)),
            ..make(&reader, &target, &asked).await?
        }),
        Err(refusal) => {
            let mut page = make(&reader, &target, &asked).await?;
            let Some(acts) = &mut page.acts else {
                return Err(Failure::from(refusal));
            };
            acts.error = Some(shown(&refusal));
            match fields.get("act") {
                "save" => acts.form.keep(&fields),
                "replay" => {
                    let typed = |key| fields.get(key).to_owned();
                    acts.range = (typed("from"), typed("to"));
                }
                _ => {}
            }
            frame::show_with(status_of(refusal.code), &page)
        }
    }
}

/// Forgets the address of a target that the policy does not name any more.
async fn forget_left(reader: &Reader, name: &str) -> Result<Response, Failure> {
    delivering::check(reader)?;
    let (accounts, repository) = (&reader.web.accounts, reader.desk.name.as_str());
    if accounts.endpoint(repository, name).await?.is_none() {
        return Err(Failure::nothing_here());
    }
    accounts.forget_endpoint(repository, name).await?;
    reader.desk.forget_cursor(name).await?;
    Ok(Redirect::to(&reader.urls.targets().to_string()).into_response())
}

/// Shows one delivery.
pub async fn delivery(
    reader: Reader,
    Path((_, name, first)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let target = find(&reader, &name)?;
    let (accounts, repository) = (&reader.web.accounts, reader.desk.name.as_str());
    let first: i64 = first.parse().map_err(|_| Failure::nothing_here())?;
    let found = accounts.target_delivery(repository, &name, first).await?;
    let found = found.ok_or_else(Failure::nothing_here)?;
    let attempts = accounts.attempts(repository, &name, first).await?;
    let is_waiting = found.state == "waiting";
    frame::show(&DeliveryPage {
        page: reader.page(Some(Section::Health)).await?,
        back: Link {
            label: verbatim(target.title.as_str()),
            href: reader.urls.target(&name),
        },
        delivery: showing::delivery(&reader, &name, &found),
        next: is_waiting.then(|| moment_ahead(found.due, reader.now())),
        replay: (reader.governs() && !is_waiting && !found.message.body.is_empty()).then(|| {
            Replay {
                action: reader.urls.target(&name),
                first: first.to_string(),
            }
        }),
        attempts: attempts
            .into_iter()
            .map(|one| showing::attempt(&reader, one))
            .collect(),
        id: found.message.id,
        body: found.message.body,
    })
}

/// What came of a form.
enum Done {
    /// What there is to see stands on the page.
    Nothing,
    /// A secret was made.
    Made(String),
    /// A sample was sent.
    Tried(Attempt),
}

async fn done(
    reader: &Reader,
    target: &Target,
    fields: &Fields,
) -> Result<Result<Done, Refusal>, Failure> {
    let (accounts, repository) = (&reader.web.accounts, reader.desk.name.as_str());
    let (name, now) = (target.name.as_str(), reader.now());
    let kept = accounts.endpoint(repository, name).await?;
    let act = fields.get("act");
    if act == "save" {
        return save(reader, name, kept, fields).await;
    }
    let Some(kept) = kept else {
        return Ok(Err(not_set()));
    };
    match act {
        "test" => return Ok(Ok(Done::Tried(test(reader, name, &kept).await?))),
        "rest" | "resume" => {
            delivering::rest(reader, name, act == "rest").await?;
            return Ok(Ok(Done::Nothing));
        }
        "replay-dead" | "replay" => {
            let number = |key| fields.get(key).trim().parse::<i64>();
            let which = match (act, number("from"), number("to")) {
                ("replay-dead", ..) => Which::Dead,
                (_, Ok(from), Ok(to)) => Which::Range(from, to),
                _ => return Ok(Err(delivering::no_range())),
            };
            let replayed = delivering::replay(reader, name, which).await?;
            return Ok(replayed.map(|_| Done::Nothing));
        }
        "change-secret" if kept.endpoint.kind == Kind::Webhook => {
            let (secret, mut changed) = (new_secret()?, kept.endpoint);
            let known = std::mem::replace(&mut changed.secret, secret.as_str().into());
            // The oldest one is what the receiver has for sure; one that was made since may have been shown to nobody.
            changed.older_secret.get_or_insert(known);
            accounts
                .keep_endpoint(repository, name, &changed, now)
                .await?;
            return Ok(Ok(Done::Made(secret)));
        }
        "end-older" => {
            let mut changed = kept.endpoint;
            changed.older_secret = None;
            accounts
                .keep_endpoint(repository, name, &changed, now)
                .await?;
        }
        "forget" => {
            accounts.forget_endpoint(repository, name).await?;
            reader.desk.forget_cursor(name).await?;
        }
        _ => return Ok(Err(no_such_act())),
    }
    reader.desk.tell();
    Ok(Ok(Done::Nothing))
}

/// Keeps where a target is reached, and makes a secret where one is needed.
async fn save(
    reader: &Reader,
    name: &str,
    kept: Option<KeptEndpoint>,
    fields: &Fields,
) -> Result<Result<Done, Refusal>, Failure> {
    let Some(preset) = Preset::named(fields.get("preset")) else {
        return Ok(Err(no_such_act()));
    };
    let known = kept.map(|kept| kept.endpoint);
    let known = known.filter(|known| known.kind == preset.kind());
    let mut made = None;
    let mut endpoint = preset.endpoint(fields, known.as_ref());
    if preset.kind() == Kind::Webhook
        && secrecy::ExposeSecret::expose_secret(&endpoint.secret).is_empty()
    {
        let secret = new_secret()?;
        endpoint.secret = secret.as_str().into();
        made = Some(secret);
    }
    if let Err(refusal) = endpoint.check() {
        return Ok(Err(refusal));
    }
    let (accounts, repository) = (&reader.web.accounts, reader.desk.name.as_str());
    accounts
        .keep_endpoint(repository, name, &endpoint, reader.now())
        .await?;
    reader.desk.tell();
    Ok(Ok(made.map_or(Done::Nothing, Done::Made)))
}

fn new_secret() -> Result<String, Failure> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random bytes: {error}"))?;
    Ok(standard_secret(&bytes))
}

/// Sends a sample and says what came of it.
async fn test(reader: &Reader, name: &str, kept: &KeptEndpoint) -> Result<Attempt, Failure> {
    let whom = For {
        repository: &reader.desk.name,
        target: name,
        first: 0,
    };
    let now = reader.now();
    let id = format!("test_{}", crate::web::token::operation()?);
    let message = message::sample(whom, id, now).map_err(anyhow::Error::from)?;
    let (request, answer) = reader.web.sender.tell(&kept.endpoint, &message, now).await;
    Ok(Attempt::of(1, now, request, answer))
}

async fn make(reader: &Reader, target: &Target, asked: &Asked) -> Result<TargetPage, Failure> {
    let (accounts, repository) = (&reader.web.accounts, reader.desk.name.as_str());
    let name = target.name.as_str();
    let standing = showing::standing(reader, target).await?;
    let kept = accounts.endpoint(repository, name).await?;
    let before = asked.before.parse().unwrap_or(i64::MAX);
    let mut found = accounts
        .target_deliveries(repository, name, None, before, PAGE + 1)
        .await?;
    let has_more = i64::try_from(found.len()).is_ok_and(|count| count > PAGE);
    found.truncate(usize::try_from(PAGE).unwrap_or_default());
    let earlier = found.last().filter(|_| has_more).map(|last| {
        let page = reader.urls.target(name);
        page.with("before", &last.first.to_string())
    });
    Ok(TargetPage {
        page: reader.page(Some(Section::Health)).await?,
        back: reader.urls.targets(),
        title: target.title.clone(),
        told: showing::told(target),
        address: kept.as_ref().map_or_else(Message::default, |kept| {
            say("targets-address").with("address", kept.endpoint.shown())
        }),
        made: None,
        tried: None,
        builds: builds(reader, name).await?,
        deliveries: found
            .iter()
            .map(|one| showing::delivery(reader, name, one))
            .collect(),
        earlier,
        acts: reader
            .governs()
            .then(|| acts(reader, target, &standing, kept.as_ref(), asked)),
        standing: standing.shown(),
    })
}

fn acts(
    reader: &Reader,
    target: &Target,
    standing: &showing::Standing,
    kept: Option<&KeptEndpoint>,
    asked: &Asked,
) -> TargetActs {
    let known = kept.map(|kept| &kept.endpoint);
    let preset = Preset::named(&asked.preset).unwrap_or_else(|| Preset::of(known));
    let action = reader.urls.target(&target.name);
    TargetActs {
        presets: Preset::ALL
            .into_iter()
            .map(|preset| Link {
                label: preset.title(),
                href: action.with("preset", preset.name()),
            })
            .collect(),
        form: preset.form(known),
        is_set: kept.is_some(),
        signs: known.is_some_and(|known| known.kind == Kind::Webhook),
        has_older: known.is_some_and(|known| known.older_secret.is_some()),
        rests: standing
            .state
            .as_ref()
            .is_some_and(|state| state.resting.is_some()),
        has_dead: standing.dead > 0,
        range: (String::new(), String::new()),
        error: None,
        action,
    }
}

async fn builds(reader: &Reader, name: &str) -> Result<Vec<BuildRow>, Failure> {
    let found = reader
        .web
        .accounts
        .builds(&reader.desk.name, name, BUILDS)
        .await?;
    let mut rows = Vec::new();
    for one in found {
        let number = showing::built_up_to(reader, &one).await?;
        rows.push(showing::build(reader, one, number));
    }
    Ok(rows)
}

fn find(reader: &Reader, name: &str) -> Result<Target, Failure> {
    let target = reader.policy().targets.get(name).cloned();
    target.ok_or_else(Failure::nothing_here)
}

fn not_set() -> Refusal {
    Refusal::new(
        "TGT-FORM-003",
        "nobody said where the target is reached",
        "fill in the form below, and save it",
    )
}
