//! Deliveries to those who build on a register: a task for each target, so that one that is slow or dead holds up no other.

mod runner;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

pub use self::runner::{Runner, Step};
use super::now;
use crate::policy::Target;
use crate::review::Desk;
use crate::web::Web;

/// The least time between two deliveries to one target: five hundred in a second at most.
const PACE: Duration = Duration::from_millis(2);

/// How long a target is left alone after git or a database failed under it.
const REST: Duration = Duration::from_secs(30);

/// The longest that nothing is looked at: the clock may have been set meanwhile.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// Keeps a task for each target that the policy in force of a repository names.
pub(super) async fn run(web: Arc<Web>, desk: Arc<Desk>) {
    let mut running: HashMap<String, (Target, JoinHandle<()>)> = HashMap::new();
    let mut changes = desk.changes();
    loop {
        changes.mark_unchanged();
        let wanted = match desk.index.rules().as_ref() {
            Some(Ok(rules)) if rules.adopted => rules.policy.targets.clone(),
            _ => indexmap::IndexMap::new(),
        };
        running.retain(|name, (target, task)| {
            let stays = wanted.get(name) == Some(target) && !task.is_finished();
            if !stays {
                task.abort();
            }
            stays
        });
        for (name, target) in wanted {
            running.entry(name).or_insert_with(|| {
                let task = run_one(Arc::clone(&web), Arc::clone(&desk), target.clone());
                (target, tokio::spawn(task))
            });
        }
        // The desk lives as long as this.
        let _ = changes.changed().await;
    }
}

/// Runs one target's deliveries.
async fn run_one(web: Arc<Web>, desk: Arc<Desk>, target: Target) {
    let name = target.name.clone();
    let mut runner = Runner::new(&desk, &web.accounts, &web.sender, target);
    let mut changes = desk.changes();
    let mut has_tried = false;
    loop {
        changes.mark_unchanged();
        let sleep = match runner.step(now()).await {
            Ok(Step::Tried) => {
                has_tried = true;
                tokio::time::sleep(PACE).await;
                continue;
            }
            Ok(Step::Until(at)) => {
                let seconds = u64::try_from(at.saturating_sub(now())).unwrap_or(0);
                Duration::from_secs(seconds).clamp(PACE, LONGEST_SLEEP)
            }
            Ok(Step::Idle) => LONGEST_SLEEP,
            Err(error) => {
                tracing::error!(
                    repository = desk.name,
                    target = name,
                    error = format!("{error:#}"),
                    "failed to deliver; it is tried again"
                );
                REST
            }
        };
        if std::mem::take(&mut has_tried) {
            desk.tell();
        }
        tokio::select! {
            // The desk lives as long as this.
            _ = changes.changed() => {}
            () = tokio::time::sleep(sleep) => {}
        }
    }
}
