//! The host's own side: the endpoint of its webhooks, and what its API sets up.

use std::time::Duration;

use anyhow::Result;
use secrecy::{ExposeSecret, SecretString};

use super::{Step, token};
use crate::app::{self, now};
use crate::config::Connect;
use crate::data::DataDir;
use crate::hosting::Host;
use crate::hosting::api::{Api, place};
use crate::hosting::connect::{Tried, Wanted, What, connect, went_well};
use crate::refusal::Refusal;
use crate::repository::Repository;
use crate::repository::network::public_line;
use crate::web::accounts::{Accounts, GivenLogin, HostApi};

/// How often it is looked whether a webhook came in, four times a second.
const DELIVERY_LOOKS: usize = 32;

/// The endpoint of a host.
struct Endpoint {
    host: Host,
    address: String,
    secret: SecretString,
    is_new: bool,
}

impl Endpoint {
    /// Turns it on, where it is not on yet.
    async fn of(accounts: &Accounts, name: &str, host: Host, settings: &Connect) -> Result<Self> {
        let (secret, is_new) = accounts.begin_hook(name, host, now()).await?;
        let address = settings.reached.at(&format!("/hooks/{name}/{host}"));
        Ok(Self {
            host,
            address,
            secret,
            is_new,
        })
    }

    /// What to do on the host's own page.
    fn by_hand(&self) -> Step {
        let Self { host, address, .. } = self;
        Step {
            what: "webhook",
            told: Ok(match self.is_new {
                false => {
                    format!("{address} is on; its secret is changed on the page of the git host")
                }
                true => format!(
                    "have {host} send to {address} with the secret {}, which is not shown again",
                    self.secret.expose_secret()
                ),
            }),
        }
    }
}

/// Turns the endpoint of a host on where none is on yet, and sets the host up through its API; where nothing lets in there, says what to give the host by
/// hand.
pub(super) async fn on_host(
    data: &DataDir,
    accounts: &Accounts,
    name: &str,
    settings: &Connect,
    login: &GivenLogin,
) -> Result<Vec<Step>> {
    let Some(host) = settings.host.filter(|_| settings.mirror_of.is_none()) else {
        return Ok(Vec::new());
    };
    let endpoint = Endpoint::of(accounts, name, host, settings).await?;
    let token = match (&settings.api_token_file, login) {
        (Some(file), _) => match token(file)? {
            Ok(token) => Some(token),
            Err(refusal) => return Ok(vec![refused("api", refusal), endpoint.by_hand()]),
        },
        (None, GivenLogin::Token { token, .. }) => Some(token.clone()),
        (None, _) => None,
    };
    let place = place(host, &settings.address, settings.api_url.as_deref());
    let (Some(token), Some(place)) = (token, place) else {
        return Ok(vec![endpoint.by_hand()]);
    };
    let given = HostApi { host, place, token };
    let api = match Api::new(host, given.place.clone(), given.token.clone()) {
        Ok(api) => api,
        Err(refusal) => return Ok(vec![refused("api", refusal), endpoint.by_hand()]),
    };
    let wanted = Wanted {
        hook: Some((endpoint.address.clone(), &endpoint.secret)),
        key: match login {
            GivenLogin::Key { key, .. } => public_line(key.expose_secret()),
            _ => None,
        },
        link: settings.reached.at(&format!("/{name}")),
        ..published(data, name)?
    };
    let tried = connect(&api, &wanted).await;
    if went_well(&tried, What::Api) {
        accounts.keep_host_api(name, &given).await?;
    } else if settings.api_token_file.is_none() {
        return Ok(vec![on_git_alone(tried), endpoint.by_hand()]);
    }
    let has_hook = went_well(&tried, What::Webhook);
    let mut steps: Vec<Step> = tried.into_iter().map(step).collect();
    steps.push(match has_hook {
        true => delivered(data, accounts, name).await?,
        false => endpoint.by_hand(),
    });
    Ok(steps)
}

/// Nobody said that the token for git lets in at the API too.
fn on_git_alone(tried: Vec<Tried>) -> Step {
    let why = tried.into_iter().find_map(|tried| tried.told.err());
    let why = why.map(|why| why.to_string()).unwrap_or_default();
    Step {
        what: "api",
        told: Ok(format!(
            "the token lets nobody in there, so git alone carries the loop ({why})"
        )),
    }
}

fn refused(what: &'static str, refusal: Refusal) -> Step {
    Step {
        what,
        told: Err(refusal),
    }
}

fn step(tried: Tried) -> Step {
    Step {
        what: tried.what.name(),
        told: tried.told.map(|told| told.to_string()),
    }
}

/// The published branch of what is here of the repository.
fn published(data: &DataDir, name: &str) -> Result<Wanted<'static>> {
    let holding = data.holdings()?.into_iter().find(|one| one.name == name);
    let repository = holding
        .filter(|holding| holding.path.exists())
        .map(|holding| Repository::open(&holding.path))
        .transpose()?;
    let branch = match &repository {
        Some(repository) => app::published_branch(repository)?,
        None => "main".to_owned(),
    };
    let head = match &repository {
        Some(repository) => repository.head_of(&format!("refs/heads/{branch}"))?,
        None => None,
    };
    Ok(Wanted {
        hook: None,
        key: None,
        branch,
        head: head.map(|head| head.to_string()),
        link: String::new(),
    })
}

/// Waits until a webhook of the host came in. Hosts send one when they are told where to.
async fn delivered(data: &DataDir, accounts: &Accounts, name: &str) -> Result<Step> {
    let is_served = data.lock()?.is_err();
    let mut told =
        Ok("the server does not run, so none can come in; connect again beside it".to_owned());
    for _ in 0..DELIVERY_LOOKS {
        if !is_served {
            break;
        }
        let proven = accounts.deliveries(name, 20).await?;
        if proven.iter().any(|one| one.outcome != "refused") {
            told = Ok("one came in, and was proven".to_owned());
            break;
        }
        told = Err(Refusal::new(
            "CON-HOOK-001",
            "no webhook came in",
            "look into the host's own log of deliveries: it must reach this server at --public-url",
        ));
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    Ok(Step {
        what: "delivery",
        told,
    })
}
