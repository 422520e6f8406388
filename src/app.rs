//! One process: opens what the server holds, starts what runs beside the pages, and serves until it is told to stop.

mod doors;
mod exchange;
mod looker;
mod post;
mod requests;
pub mod targets;

pub use doors::is_readable_by_others;
pub use exchange::remotes;
pub use post::told as mail_told;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use indexmap::IndexMap;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::watch;
use tokio::task::JoinSet;

use self::exchange::Exchange;
use self::looker::Looker;
use self::requests::Requests;
use crate::config::{Ending, Serve};
use crate::data::{DataDir, Holding};
use crate::index::Index;
use crate::policy::{POLICY_PATH, Policy};
use crate::publish::sender::Sender;
use crate::repository::Repository;
use crate::review::{Committer, Desk, begin_outgoing, outgoing_ref};
use crate::web::accounts::Accounts;
use crate::web::hooks::{self, Hooks};
use crate::web::sites::Sites;
use crate::web::{Served, Web, mail};

/// How long the server goes on answering after it was told to stop.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// Serves until it is told to stop.
///
/// # Errors
/// When the data directory, the port or a database cannot be used. Refusals travel as errors.
pub async fn serve(data_dir: &Path, settings: &Serve) -> Result<Ending> {
    let given_url = doors::given_url(settings)?;
    let provider = doors::provider(&settings.oidc, given_url.as_deref())??;
    let mail = post::post(&settings.mail, given_url.as_deref())??;
    let data = DataDir::open(data_dir)?;
    let _lock = data.lock()??;
    let accounts = Accounts::open(&data.private_database()).await?;
    for location in &settings.repositories {
        data.hold(location)??;
    }
    let links = match data.holdings()?.is_empty() {
        true => demo(&data, &accounts).await?,
        false => demo_links(&data, &accounts).await?,
    };
    let mut tasks = JoinSet::new();
    let mut served = IndexMap::new();
    for holding in data.holdings()? {
        let name = holding.name.clone();
        let desk = open_desk(&data, &accounts, &holding)
            .await
            .with_context(|| format!("failed to open the repository {name}"))?;
        let committer = Committer::start(Arc::clone(&desk));
        let looker = Looker {
            desk: Arc::clone(&desk),
            committer: committer.clone(),
            interval: settings.interval,
        };
        tasks.spawn(looker.run(!settings.no_events));
        served.insert(name, Served { desk, committer });
    }
    let listener = tokio::net::TcpListener::bind(&settings.listen)
        .await
        .with_context(|| format!("failed to listen on {}", settings.listen))?;
    let here = format!("http://{}", listener.local_addr()?);
    let set_ups = set_up_links(&accounts, &served).await?;
    let public_url = given_url.unwrap_or_else(|| here.clone());
    let (stop, stopping) = watch::channel(false);
    let web = Arc::new(Web {
        served,
        accounts,
        now,
        secure_cookies: settings.https || public_url.starts_with("https://"),
        public_url,
        trusted_proxies: settings.trusted_proxies.clone(),
        provider,
        mail,
        sites: Sites::default(),
        hooks: Hooks::default(),
        sender: Sender::new(&settings.allowed_targets)
            .context("failed to prepare for deliveries")?,
        stopping,
    });
    for holding in data.holdings()? {
        if let Some(requests) = Requests::of(&web, &holding, settings.interval).await? {
            tasks.spawn(requests.run());
        }
        if let Some(exchange) = Exchange::of(&web, &data, holding, settings.interval) {
            tasks.spawn(exchange.run());
        }
    }
    for served in web.served.values() {
        tasks.spawn(targets::run(Arc::clone(&web), Arc::clone(&served.desk)));
    }
    tasks.spawn(hooks::run(Arc::clone(&web)));
    if web.mail.is_some() {
        tasks.spawn(mail::run(Arc::clone(&web)));
    }
    announce(&here, &web.public_url, &links);
    announce_set_ups(&web.public_url, &set_ups);
    answer(listener, web, stop).await?;
    tasks.shutdown().await;
    Ok(Ending::Fine)
}

/// Answers until the server is told to stop, and what was asked by then. Whoever never finishes asking does not keep it from ending.
async fn answer(
    listener: tokio::net::TcpListener,
    web: Arc<Web>,
    stop: watch::Sender<bool>,
) -> Result<()> {
    let mut stopping = stop.subscribe();
    let router =
        crate::web::router(web).into_make_service_with_connect_info::<std::net::SocketAddr>();
    let answered = axum::serve(listener, router).with_graceful_shutdown(async move {
        told_to_stop().await;
        stop.send_replace(true);
    });
    let waited = async {
        // Without a sender there is nobody left to wait for.
        let _ = stopping.wait_for(|is_told| *is_told).await;
        tokio::time::sleep(LAST_ANSWERS).await;
    };
    tokio::select! {
        ended = answered.into_future() => ended?,
        () = waited => tracing::warn!("stopped while somebody was still asking"),
    }
    Ok(())
}

/// Seconds since 1970 in UTC.
#[expect(
    clippy::disallowed_methods,
    reason = "the clock is read here, and time is passed on from here"
)]
pub fn now() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| {
            i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
        })
}

/// Returns a bar on standard error for long work; none where that is no terminal.
pub fn progress(length: u64, what: &str) -> ProgressBar {
    let bar = if length == 0 {
        ProgressBar::new_spinner()
    } else {
        ProgressBar::new(length)
    };
    let template = if length == 0 {
        "{pos} {msg}"
    } else {
        "{bar:30} {pos}/{len} {msg}"
    };
    // The template is ours and reads.
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.with_style(style).with_message(what.to_owned())
}

/// Returns the branch that a repository publishes: the one its policy names, else the one that `HEAD` names.
///
/// # Errors
/// When git cannot be read.
pub fn published_branch(repository: &Repository) -> Result<String> {
    let head = repository
        .head_branch()
        .unwrap_or_else(|| "main".to_owned());
    let Some(tip) = repository.head_of(&format!("refs/heads/{head}"))? else {
        return Ok(head);
    };
    let named = repository
        .text(tip, POLICY_PATH)?
        .and_then(|text| Policy::read(&text).ok())
        .map(|policy| policy.branch);
    match named {
        Some(branch)
            if repository
                .head_of(&format!("refs/heads/{branch}"))?
                .is_some() =>
        {
            Ok(branch)
        }
        _ => Ok(head),
    }
}

/// Returns the ref that is shown and built on: the branch itself, or with a remote what is on its way there.
///
/// # Errors
/// When the repository cannot be opened.
pub fn tip_ref(holding: &Holding) -> Result<String> {
    let branch = published_branch(&Repository::open(&holding.path)?)?;
    Ok(match holding.remote {
        Some(_) => outgoing_ref(&branch),
        None => format!("refs/heads/{branch}"),
    })
}

async fn open_desk(data: &DataDir, accounts: &Accounts, holding: &Holding) -> Result<Arc<Desk>> {
    if holding.remote.is_some() && !holding.path.exists() {
        tracing::info!(repository = holding.name, "cloning");
        exchange::clone(data, accounts, holding).await?;
    }
    let tip_ref = tip_ref(holding)?;
    let index = Index::open(&holding.index).await?;
    let desk = Arc::new(Desk::new(
        &holding.name,
        holding.path.clone(),
        tip_ref,
        index,
        data.key()?,
    ));
    desk.recover_lock()?;
    if holding.remote.is_some() {
        desk.on_repository(|repository, _| {
            begin_outgoing(repository, &published_branch(repository)?)
        })
        .await?;
    }
    let bar = progress(0, "reading the history");
    bar.enable_steady_tick(Duration::from_millis(200));
    let synced = desk.sync().await?;
    bar.finish_and_clear();
    tracing::info!(
        repository = desk.name,
        commits = synced.commits,
        decisions = synced.decisions,
        "the index is up to date"
    );
    Ok(desk)
}

/// The name of the sample register.
const DEMO: &str = "lanternworks";

/// A sign-in link to print.
struct Link {
    name: String,
    roles: String,
    token: String,
}

/// Makes the sample register with its past, takes it into the server's hold, and returns a link for each of its people.
async fn demo(data: &DataDir, accounts: &Accounts) -> Result<Vec<Link>> {
    let folder = data.folder_of(DEMO).join("sample");
    if !folder.exists() {
        eprintln!(
            "Making a sample register; its past is played by real decisions, which takes a moment."
        );
        std::fs::create_dir_all(data.folder_of(DEMO))?;
        crate::demo::build(&folder, data.key()?).await?;
    }
    std::fs::write(
        data.folder_of(DEMO).join("location"),
        format!("{}\n", folder.display()),
    )?;
    demo_links(data, accounts).await
}

/// Returns links for the sample register's people, where it is served; they can be used until it is deleted.
async fn demo_links(data: &DataDir, accounts: &Accounts) -> Result<Vec<Link>> {
    if !data.folder_of(DEMO).join("sample").exists() {
        return Ok(Vec::new());
    }
    let mut links = Vec::new();
    for person in crate::demo::people()? {
        let Some(address) = person.addresses.first() else {
            continue;
        };
        let roles: Vec<&str> = person
            .roles
            .iter()
            .map(|grant| grant.role.as_str())
            .collect();
        links.push(Link {
            token: accounts.link(address, None, true).await?,
            roles: roles.join(", "),
            name: person.name,
        });
    }
    Ok(links)
}

/// Says where the server listens, and links that begin with where people reach it.
fn announce(here: &str, address: &str, links: &[Link]) {
    println!("Countersign is at {here}");
    for link in links {
        println!(
            "  {:<16} {:<22} {address}/sign-in/link/{}",
            link.name, link.roles, link.token
        );
    }
    if !links.is_empty() {
        println!(
            "Open the second person's link in a private window: one browser holds one session."
        );
    }
}

/// Makes the links by which the operator sets up each repository that nobody has adopted: name and token.
async fn set_up_links(
    accounts: &Accounts,
    served: &IndexMap<String, Served>,
) -> Result<Vec<(String, String)>> {
    let mut links = Vec::new();
    for (name, served) in served {
        match served.desk.is_adopted().await? {
            true => accounts.end_set_up(name).await?,
            false => links.push((name.clone(), accounts.set_up_link(name).await?)),
        }
    }
    Ok(links)
}

fn announce_set_ups(address: &str, links: &[(String, String)]) {
    for (name, token) in links {
        let page = crate::web::urls::set_up(token);
        println!("{name} is not adopted yet, so it is read-only. Set it up: {address}{page}");
    }
}

async fn told_to_stop() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            return interrupt.await;
        };
        tokio::select! { () = interrupt => {}, _ = terminate.recv() => {} }
    }
    #[cfg(not(unix))]
    interrupt.await;
    tracing::info!("stopping: requests under way are finished first");
}
