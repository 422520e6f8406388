//! `connect`: how the server is let in at the git host of a repository, and whether the way there is open.

mod on_host;

use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use self::on_host::on_host;
use super::{Ending, data, print, print_json, refuse};
use crate::app;
use crate::config::Connect;
use crate::data::DataDir;
use crate::hosting::Host;
use crate::refusal::Refusal;
use crate::repository::network::{Remote, host_keys, is_address, new_key, public_line, ssh_host};
use crate::web::accounts::{Accounts, GivenLogin, GivenRemote};

/// One thing that was tried, and what came of it.
struct Step {
    what: &'static str,
    told: Result<String, Refusal>,
}

pub async fn run(data_dir: &Path, settings: &Connect) -> Result<Ending> {
    if let Err(refusal) = refuse_address(&settings.address) {
        return Ok(refuse(&[refusal]));
    }
    let data = data(data_dir)?;
    let accounts = Accounts::open(&data.private_database()).await?;
    let name = match &settings.mirror_of {
        Some(name) => match data.holdings()?.into_iter().find(|one| one.name == *name) {
            Some(holding) => holding.name,
            None => return Ok(refuse(&[no_such_repository(name)])),
        },
        None => data.hold(&settings.address)??.name,
    };
    if settings.forget {
        if settings.mirror_of.is_none() {
            accounts.forget_host_api(&name).await?;
        }
        return forget(&accounts, &name, &settings.address).await;
    }
    let login = match login(&accounts, &name, settings).await? {
        Ok(login) => login,
        Err(refusal) => return Ok(refuse(&[refusal])),
    };
    let remote = GivenRemote {
        address: settings.address.clone(),
        is_mirror: settings.mirror_of.is_some(),
        login,
    };
    accounts.keep_remote(&name, &remote).await?;
    let mut steps = vec![Step {
        what: "login",
        told: Ok(login_in_words(&remote.login)),
    }];
    steps.extend(tried(&data, &accounts, &name, settings).await?);
    steps.extend(on_host(&data, &accounts, &name, settings, &remote.login).await?);
    tell(&name, &steps, settings.json)
}

/// A password in an address would stand in lists of processes, pages and logs.
fn refuse_address(address: &str) -> Result<(), Refusal> {
    if !is_address(address) {
        return Err(Refusal::new(
            "CON-ADDRESS-001",
            "this is no address of a repository on a host",
            "give it as https://…, ssh://… or user@host:path",
        ));
    }
    let user = address
        .split_once("://")
        .and_then(|(_, rest)| rest.split('/').next()?.rsplit_once('@'));
    match user {
        Some((user, _)) if user.contains(':') => Err(Refusal::new(
            "CON-ADDRESS-002",
            "the address holds a password, which others could read in a list of processes",
            "take it out of the address, and give it in --token-file",
        )),
        _ => Ok(()),
    }
}

fn no_such_repository(name: &str) -> Refusal {
    Refusal::new(
        "CON-MIRROR-001",
        format!("the server holds no repository called {name}"),
        "give the name by which it stands in addresses",
    )
}

async fn forget(accounts: &Accounts, name: &str, address: &str) -> Result<Ending> {
    let told = match accounts.forget_remote(name, address).await? {
        true => "the login is forgotten; end it on the host too",
        false => "no login was kept",
    };
    print(told)?;
    Ok(Ending::Fine)
}

/// The login that is to be kept: the one that is given, else the one that is known.
async fn login(
    accounts: &Accounts,
    name: &str,
    settings: &Connect,
) -> Result<Result<GivenLogin, Refusal>> {
    let known = accounts.remotes(name).await?;
    let known = known
        .into_iter()
        .find(|remote| remote.address == settings.address)
        .map(|remote| remote.login);
    if let Some(file) = &settings.token_file {
        if ssh_host(&settings.address).is_some() {
            return Ok(Err(Refusal::new(
                "CON-TOKEN-003",
                "a token lets nobody in over SSH",
                "give the address with https:, or leave the token out and get a key for the host",
            )));
        }
        return Ok(token(file)?.map(|token| GivenLogin::Token {
            user: user(settings),
            token,
        }));
    }
    let Some((host, port)) = ssh_host(&settings.address) else {
        return Ok(Ok(known.unwrap_or(GivenLogin::Own)));
    };
    let (key, pinned) = match known {
        Some(GivenLogin::Key { key, host_keys }) => (key, host_keys),
        _ => (new_key(name)?.0, String::new()),
    };
    let host_keys = match &settings.host_key {
        None if !pinned.is_empty() => Ok(pinned),
        given => pin(&host, port, given.as_deref()),
    };
    Ok(host_keys.map(|host_keys| GivenLogin::Key { key, host_keys }))
}

/// The line of the host's key that has the fingerprint which the operator has from elsewhere.
fn pin(host: &str, port: u16, fingerprint: Option<&str>) -> Result<String, Refusal> {
    let keys = host_keys(host, port)?;
    let wanted = keys
        .iter()
        .find(|key| Some(key.fingerprint.as_str()) == fingerprint);
    if let Some(key) = wanted {
        return Ok(format!("{}\n", key.line));
    }
    let shown: Vec<&str> = keys.iter().map(|key| key.fingerprint.as_str()).collect();
    let shown = shown.join(", ");
    Err(match fingerprint {
        None => Refusal::new(
            "CON-KEY-001",
            format!("nobody has said yet by which key {host} is known; it shows {shown}"),
            "compare them with those that the host publishes, and give the one that is right with --host-key",
        ),
        Some(_) => Refusal::new(
            "CON-KEY-002",
            format!("{host} does not show the key that was given; it shows {shown}"),
            "somebody may stand between: ask whoever runs the host for its fingerprint",
        ),
    })
}

fn token(file: &Path) -> Result<Result<SecretString, Refusal>> {
    let mut text = String::new();
    if file.as_os_str() == "-" {
        std::io::stdin().take(8192).read_to_string(&mut text)?;
    } else {
        if app::is_readable_by_others(file)? {
            return Ok(Err(Refusal::new(
                "CON-TOKEN-002",
                "other users of the machine can read the token",
                "run chmod 600 on the file",
            )
            .in_path(file.display().to_string())));
        }
        text = std::fs::read_to_string(file)
            .with_context(|| format!("failed to read {}", file.display()))?;
    }
    Ok(match text.trim() {
        "" => Err(Refusal::new(
            "CON-TOKEN-001",
            "the token is empty",
            "write it into the file, or send it to standard input",
        )),
        token => Ok(SecretString::from(token)),
    })
}

/// The name that a host takes beside a token; each has its own, and Gitea takes any.
fn user(settings: &Connect) -> String {
    let usual = match settings.host {
        Some(Host::GitHub) => "x-access-token",
        Some(Host::GitLab) => "oauth2",
        Some(Host::Bitbucket) => "x-token-auth",
        _ => "git",
    };
    settings.user.clone().unwrap_or_else(|| usual.to_owned())
}

fn login_in_words(login: &GivenLogin) -> String {
    match login {
        GivenLogin::Own => {
            "none is kept; SSH uses the keys and known hosts of the server's own user".to_owned()
        }
        GivenLogin::Token { user, .. } => format!("as {user}, token ********"),
        GivenLogin::Key { key, .. } => match public_line(key.expose_secret()) {
            Some(line) => format!("give this key to the host, with the right to write: {line}"),
            None => "the key that is kept does not read".to_owned(),
        },
    }
}

/// Clones what is not here yet, looks, and asks whether this login may write; nothing there is changed.
async fn tried(
    data: &DataDir,
    accounts: &Accounts,
    name: &str,
    settings: &Connect,
) -> Result<Vec<Step>> {
    let holding = data.holdings()?.into_iter().find(|one| one.name == name);
    let holding = holding.context("the repository was just taken into the server's hold")?;
    let (origin, mirrors) = app::remotes(data, accounts, &holding).await?;
    let remote = match settings.mirror_of {
        Some(_) => mirrors
            .into_iter()
            .find(|one| one.address == settings.address),
        None => Some(origin),
    };
    let remote = remote.context("the login was just kept")?;
    let folder = holding.path.clone();
    Ok(tokio::task::spawn_blocking(move || try_out(&remote, &folder)).await?)
}

fn try_out(remote: &Remote, folder: &Path) -> Vec<Step> {
    let looked = remote.look(&["refs/heads/*"]).map(|refs| match refs.len() {
        1 => "it answers, and holds one branch".to_owned(),
        count => format!("it answers, and holds {count} branches"),
    });
    let answers = looked.is_ok();
    let mut steps = vec![Step {
        what: "look",
        told: looked,
    }];
    if !answers {
        return steps;
    }
    if !folder.exists() {
        let cloned = remote.clone_to(folder);
        steps.push(Step {
            what: "clone",
            told: cloned
                .map(|()| "it is here; the server takes it up at its next start".to_owned()),
        });
    }
    if folder.exists() {
        let may = remote.may_push(folder);
        steps.push(Step {
            what: "push",
            told: may.map(|()| "the host would take one".to_owned()),
        });
    }
    steps
}

fn tell(name: &str, steps: &[Step], as_json: bool) -> Result<Ending> {
    let lines = steps.iter().map(|step| match &step.told {
        Ok(told) => (step.what, true, told.clone()),
        Err(refusal) => (step.what, false, refusal.to_string()),
    });
    let lines: Vec<(&str, bool, String)> = lines.collect();
    if as_json {
        let steps: Vec<_> = lines
            .iter()
            .map(|(what, well, told)| json!({ "what": what, "well": well, "told": told }))
            .collect();
        print_json(&json!({ "repository": name, "steps": steps }))?;
    } else {
        for (what, well, told) in &lines {
            let word = if *well { "ok " } else { "BAD" };
            print(&format!("{word} {what}: {told}"))?;
        }
    }
    Ok(match lines.iter().all(|(_, well, _)| *well) {
        true => Ending::Fine,
        false => Ending::Found,
    })
}
