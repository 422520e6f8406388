//! Looking at a repository on this machine: after every event, at the time of the next release, and by the timer behind lost events.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use tokio::sync::Notify;

use super::now;
use crate::index;
use crate::review::{Committer, Desk};

/// Events that come together are answered by one look.
pub(super) const COALESCE: Duration = Duration::from_millis(30);

/// Looks again after every event, and by the timer behind lost events.
pub(super) struct Looker {
    pub desk: Arc<Desk>,
    pub committer: Committer,
    pub interval: Duration,
}

impl Looker {
    pub async fn run(self, events: bool) {
        let wake = Arc::new(Notify::new());
        let _watch = match events {
            true => watch(&self.desk, &wake).await,
            false => None,
        };
        loop {
            if let Err(error) = self.look().await {
                tracing::error!(
                    repository = self.desk.name,
                    error = format!("{error:#}"),
                    "failed to look at the repository; it is tried again"
                );
            }
            let pause = self.pause().await;
            tokio::select! {
                () = wake.notified() => tokio::time::sleep(COALESCE).await,
                () = self.desk.asked_for_a_look(), if !self.desk.has_remote() => {
                    tokio::time::sleep(COALESCE).await;
                }
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// How long nothing is to be looked for: until the next release is due, or the interval is over, whichever is sooner. A clock that was set meanwhile is
    /// read again after the interval.
    async fn pause(&self) -> Duration {
        let next = index::next_due(self.desk.index.reader()).await;
        let left = next.ok().flatten().map(|due| due.saturating_sub(now()));
        let left = left.map(|seconds| Duration::from_secs(seconds.max(1).unsigned_abs()));
        left.map_or(self.interval, |left| left.min(self.interval))
    }

    /// Lets out what is due; a release that could not go out says so in the journal.
    async fn release_due(&self) -> Result<()> {
        for landing in self.committer.release_due(now()).await? {
            match landing.landed {
                Ok(commits) => tracing::info!(
                    repository = self.desk.name,
                    release = landing.release,
                    texts = commits.len(),
                    "released at its time"
                ),
                Err(refusal) => tracing::warn!(
                    repository = self.desk.name,
                    release = landing.release,
                    refusal = refusal.to_string(),
                    "a release could not go out at its time"
                ),
            }
        }
        Ok(())
    }

    async fn look(&self) -> Result<()> {
        self.desk.sync().await?;
        self.release_due().await?;
        self.desk.look_at_files().await?;
        Ok(())
    }
}

async fn watch(desk: &Arc<Desk>, wake: &Arc<Notify>) -> Option<crate::repository::Watch> {
    let wake = Arc::clone(wake);
    match desk
        .on_repository(move |repository, _| Ok(repository.watch(wake)?))
        .await
    {
        Ok(watch) => Some(watch),
        Err(error) => {
            tracing::warn!(
                repository = desk.name,
                error = format!("{error:#}"),
                "changes are found by the timer alone"
            );
            None
        }
    }
}
