//! What the pages are served from.

use std::sync::Arc;

use indexmap::IndexMap;
use ipnet::IpNet;
use tokio::sync::watch;

use super::accounts::Accounts;
use super::hooks::Hooks;
use super::mail::Post;
use super::provider::Provider;
use super::sites::Sites;
use crate::publish::sender::Sender;
use crate::review::{Committer, Desk};

/// One repository and the way to its committer.
pub struct Served {
    /// The repository as this server serves it.
    pub desk: Arc<Desk>,
    /// The one writer of its refs.
    pub committer: Committer,
}

/// Everything that handlers may ask for.
pub struct Web {
    /// Repositories by their name in addresses; see [`super::urls::is_repository_name`].
    pub served: IndexMap<String, Served>,
    /// Who may sign in.
    pub accounts: Accounts,
    /// Seconds since 1970 in UTC.
    pub now: fn() -> i64,
    /// Whether the pages are reached by https alone, so that cookies say so.
    pub secure_cookies: bool,
    /// The address at which people reach the server, for links that are handed on; never taken from a request.
    pub public_url: String,
    /// Proxies whose word is taken for where a request came from.
    pub trusted_proxies: Vec<IpNet>,
    /// The identity provider that people may sign in by.
    pub provider: Option<Provider>,
    /// The way to the mail server that takes letters; `None` where nobody is sent any.
    pub mail: Option<Post>,
    /// What readers have of each repository.
    pub sites: Sites,
    /// Webhooks that came and wait to be kept.
    pub hooks: Hooks,
    /// What reaches those who build on a register.
    pub sender: Sender,
    /// Becomes true when the server is told to stop: answers without an end of their own end then.
    pub stopping: watch::Receiver<bool>,
}
