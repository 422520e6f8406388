//! The exchange with a remote, which runs apart from everything else: a slow or dead host slows no page and no decision.
//!
//! The remote is looked at when somebody says that it moved, when something is to be sent, and by the timer behind both. While it fails it is asked less
//! and less often; whatever is asked of it meanwhile is tried at once.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::sync::watch;

use super::looker::COALESCE;
use super::{now, published_branch};
use crate::data::{DataDir, Holding};
use crate::repository::network::{Login, Remote, RemoteRefs};
use crate::review::{self, Committer, Desk, Exchanged, Publication};
use crate::web::Web;
use crate::web::accounts::{Accounts, GivenLogin};

/// The longest that a failing remote is left alone.
const LONGEST_REST: Duration = Duration::from_secs(900);

/// Returns the place of publication of a repository, and the mirrors that follow it, with the logins that the operator gave last.
///
/// # Errors
/// When the private database cannot be read, or what SSH reads of a login cannot be written.
pub async fn remotes(
    data: &DataDir,
    accounts: &Accounts,
    holding: &Holding,
) -> Result<(Remote, Vec<Remote>)> {
    let address = holding.remote.clone().unwrap_or_default();
    let mut origin = Remote::new(address, Login::Own);
    let mut mirrors = Vec::new();
    let given = accounts.remotes(&holding.name).await?;
    for (number, one) in given.into_iter().enumerate() {
        let login = match one.login {
            GivenLogin::Own => Login::Own,
            GivenLogin::Token { user, token } => Login::Token { user, token },
            GivenLogin::Key { key, host_keys } => {
                data.ssh_login(&holding.name, number, &key, &host_keys)?
            }
        };
        match one.is_mirror {
            true => mirrors.push(Remote::new(one.address, login)),
            false if one.address == origin.address => origin.login = login,
            // An address that was the remote's once.
            false => {}
        }
    }
    Ok((origin, mirrors))
}

/// Clones a repository for the first time.
pub(super) async fn clone(data: &DataDir, accounts: &Accounts, holding: &Holding) -> Result<()> {
    let (remote, _) = remotes(data, accounts, holding).await?;
    let folder = holding.path.clone();
    Ok(tokio::task::spawn_blocking(move || remote.clone_to(&folder)).await??)
}

/// How long a failing remote is left alone at least, whatever changes here.
const REST_AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Why the remote is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// Somebody said so.
    Asked,
    /// It was time.
    Timer,
}

/// Looks at the remote again and again.
pub(super) struct Exchange {
    web: Arc<Web>,
    desk: Arc<Desk>,
    committer: Committer,
    data: DataDir,
    holding: Holding,
    interval: Duration,
    /// What the remote was left holding last.
    left: Option<RemoteRefs>,
    /// What each mirror was left holding, by address.
    mirrored: HashMap<String, RemoteRefs>,
}

impl Exchange {
    /// Returns the exchange of a repository; `None` for one without a remote.
    pub fn of(
        web: &Arc<Web>,
        data: &DataDir,
        holding: Holding,
        interval: Duration,
    ) -> Option<Self> {
        holding.remote.as_ref()?;
        let served = web.served.get(&holding.name)?;
        Some(Self {
            web: Arc::clone(web),
            desk: Arc::clone(&served.desk),
            committer: served.committer.clone(),
            data: data.clone(),
            holding,
            interval,
            left: None,
            mirrored: HashMap::new(),
        })
    }

    pub async fn run(mut self) {
        let mut changes = self.desk.changes();
        let mut failures = 0;
        let mut why = Cause::Timer;
        loop {
            let begun = Instant::now();
            changes.mark_unchanged();
            let seen = match self.once(why).await {
                Ok(seen) => seen,
                Err(error) => {
                    tracing::error!(
                        repository = self.desk.name,
                        error = format!("{error:#}"),
                        "failed to exchange with the remote; it is tried again"
                    );
                    None
                }
            };
            failures = if seen.is_some() { 0 } else { failures + 1 };
            // Asked without pause, it leaves the machine half of its time.
            let rest = begun.elapsed().clamp(COALESCE, Duration::from_secs(1));
            why = tokio::select! {
                () = self.desk.asked_for_a_look() => {
                    tokio::time::sleep(rest).await;
                    Cause::Asked
                }
                () = self.is_to_send(&mut changes, seen) => {
                    tokio::time::sleep(COALESCE).await;
                    Cause::Asked
                }
                () = tokio::time::sleep(pause(self.interval, failures)) => Cause::Timer,
            };
        }
    }

    /// Looks once. Returns what the remote was left holding, where that could be seen and nothing it was sent was refused.
    async fn once(&mut self, why: Cause) -> Result<Option<RemoteRefs>> {
        let asked_by = self.web.accounts.last_delivery().await?;
        let (remote, mirrors) = remotes(&self.data, &self.web.accounts, &self.holding).await?;
        let branch = self
            .desk
            .on_repository(|repository, _| published_branch(repository))
            .await?;
        let Exchanged {
            publication,
            found,
            seen,
            unsent,
        } = review::exchange(&self.desk, &self.committer, &remote, &branch).await?;
        if let Publication::Pending(refusal) = &publication {
            tracing::warn!(
                repository = self.desk.name,
                refusal = refusal.to_string(),
                "not published yet"
            );
        }
        for one in &unsent {
            tracing::warn!(
                repository = self.desk.name,
                refusal = one.refusal.to_string(),
                "a proposal is not on the remote"
            );
        }
        let has_moved = self.left.is_some() && found.is_some() && self.left != found;
        if has_moved && why == Cause::Timer {
            // Where webhooks come, they should have told.
            self.desk.note_found_by_timer(now());
        }
        let is_well = publication == Publication::Published && unsent.is_empty();
        self.desk.note_remote(now(), seen.as_ref().err().cloned());
        self.desk.note_publication(publication);
        self.desk.note_unsent(unsent);
        self.desk.sync().await?;
        let seen = seen.ok();
        if seen.is_some() && seen != self.left {
            // Whoever waits for the place of publication looks again.
            self.desk.tell();
        }
        self.left.clone_from(&seen);
        if let Some(seen) = &seen {
            let (accounts, name) = (&self.web.accounts, &self.desk.name);
            accounts.note_looked(name, asked_by, now()).await?;
            self.mirror(mirrors, &branch, seen).await?;
        }
        Ok(seen.filter(|_| is_well))
    }

    /// Sends the mirrors what the remote holds; what they say of it is told and decides nothing.
    async fn mirror(
        &mut self,
        mirrors: Vec<Remote>,
        branch: &str,
        seen: &RemoteRefs,
    ) -> Result<()> {
        for mirror in mirrors {
            if self.mirrored.get(&mirror.address) == Some(seen) {
                continue;
            }
            let address = mirror.address.clone();
            let (path, branch, sent) = (self.desk.path.clone(), branch.to_owned(), seen.clone());
            let end =
                tokio::task::spawn_blocking(move || review::mirror(&path, &mirror, &branch, &sent));
            let end = end.await?;
            if let Err(refusal) = &end {
                tracing::warn!(
                    repository = self.desk.name,
                    refusal = refusal.to_string(),
                    "a mirror does not follow"
                );
                self.mirrored.remove(&address);
            } else {
                self.mirrored.insert(address.clone(), seen.clone());
            }
            self.desk.note_mirror(address, end.err());
        }
        Ok(())
    }

    /// Waits until something stands here that the remote does not hold. Where it is not known what it holds, every change is tried.
    async fn is_to_send(&self, changes: &mut watch::Receiver<u64>, seen: Option<RemoteRefs>) {
        if seen.is_none() {
            tokio::time::sleep(REST_AFTER_FAILURE).await;
        }
        loop {
            let is_behind = match &seen {
                Some(seen) => self.is_behind(seen.clone()).await,
                None => false,
            };
            // The desk lives as long as its exchange.
            if is_behind || changes.changed().await.is_err() || seen.is_none() {
                return;
            }
        }
    }

    async fn is_behind(&self, seen: RemoteRefs) -> bool {
        let looked = self
            .desk
            .on_repository(move |repository, desk| {
                let branch = published_branch(repository)?;
                review::is_behind(repository, desk, &branch, &seen)
            })
            .await;
        // Whoever cannot tell looks.
        looked.unwrap_or(true)
    }
}

/// How long nothing is asked of a remote: the interval, and twice as long after each failure.
pub(super) fn pause(interval: Duration, failures: u32) -> Duration {
    let factor = 1 << failures.saturating_sub(1).min(10);
    (interval * factor).min(LONGEST_REST.max(interval))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_remote_is_asked_less_and_less_often() {
        let seconds = |failures| pause(Duration::from_secs(30), failures).as_secs();
        let pauses: Vec<u64> = (0..8).map(seconds).collect();
        assert_eq!(pauses, [30, 30, 60, 120, 240, 480, 900, 900]);
        assert_eq!(pause(Duration::from_secs(3600), 9).as_secs(), 3600);
    }
}
