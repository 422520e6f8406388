//! Webhooks on their way from the door to the log: kept in one go, so that a storm of them costs a sync to disk for many.
//!
//! Whoever sends one is answered before it is kept: a webhook that is lost here costs the time until the next look by the timer, and nothing else.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::Web;
use super::accounts::{Fate, Received};

/// The most webhooks that wait to be kept; of more than these nothing is kept, and a look is taken all the same.
const MOST_WAITING: usize = 10_000;

/// Webhooks that came and wait to be kept.
#[derive(Default)]
pub struct Hooks {
    waiting: Mutex<Vec<Received>>,
    came: Notify,
}

impl Hooks {
    /// Takes one, or gives it back where too many wait.
    pub fn take(&self, received: Received) -> Option<Received> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= MOST_WAITING {
            return Some(received);
        }
        waiting.push(received);
        drop(waiting);
        self.came.notify_one();
        None
    }

    async fn next(&self) -> Vec<Received> {
        self.came.notified().await;
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *waiting)
    }
}

/// A look at a repository on this machine takes no time; that at a remote is noted by the one that looks.
async fn note_local(web: &Web, received: &[Received]) -> anyhow::Result<()> {
    let mut names: Vec<&String> = received.iter().map(|one| &one.repository).collect();
    names.sort();
    names.dedup();
    for name in names {
        if web
            .served
            .get(name)
            .is_some_and(|served| !served.desk.has_remote())
        {
            let last = web.accounts.last_delivery().await?;
            web.accounts.note_looked(name, last, (web.now)()).await?;
        }
    }
    Ok(())
}

/// Asks for a look where a webhook asks for one.
pub fn carry_out(web: &Web, received: &Received) {
    let served = web.served.get(&received.repository);
    if let Some(served) = served.filter(|_| received.fate() == Fate::Asked) {
        served.desk.ask_for_a_look();
    }
}

/// Keeps what comes, and asks for a look where one is asked for: once, however often it comes.
pub async fn run(web: Arc<Web>) {
    loop {
        let received = web.hooks.next().await;
        let are_new = match web.accounts.keep_deliveries(&received).await {
            Ok(are_new) => are_new,
            Err(error) => {
                tracing::error!(
                    error = format!("{error:#}"),
                    "failed to keep webhooks; what they ask for is done all the same"
                );
                vec![true; received.len()]
            }
        };
        for (one, _) in received.iter().zip(are_new).filter(|(_, is_new)| *is_new) {
            carry_out(&web, one);
        }
        if let Err(error) = note_local(&web, &received).await {
            tracing::error!(error = format!("{error:#}"), "failed to note a look");
        }
    }
}
