//! Requests that are in step: as long as neither side changes, nothing is worked out again. With thousands that are open, a round costs what changed.

use std::collections::{HashMap, HashSet};

use anyhow::Result;

use crate::hosting::api::Request;
use crate::index::{self, Index};

/// What was in step after the last round.
#[derive(Default)]
pub(super) struct AtRest {
    /// The edition of the picture from which was looked, and under which rules and which host.
    of: Option<(u64, String)>,
    /// What the host called each request then, and its branch here, by number.
    requests: HashMap<u64, (String, String)>,
}

impl AtRest {
    /// Begins a round: forgets whatever may stand otherwise here since the last one.
    pub async fn wake(&mut self, index: &Index, under: String) -> Result<()> {
        // Asked for first: what changes during the round is looked at in the next one.
        let edition = index.edition();
        let before = self.of.replace((edition, under.clone()));
        let changed = before
            .filter(|(_, before)| *before == under)
            .and_then(|(edition, _)| index.changed_since(edition));
        let Some(changed) = changed else {
            self.requests.clear();
            return Ok(());
        };
        let (_, branches) = index::concerned(index.reader(), &changed).await?;
        let branches: HashSet<String> = branches.into_iter().collect();
        self.requests
            .retain(|_, (_, branch)| !branches.contains(branch));
        Ok(())
    }

    /// Returns whether a request is as it was, and so is its proposal.
    pub fn is(&self, request: &Request) -> bool {
        let known = self.requests.get(&request.number);
        known.is_some_and(|(edition, _)| !edition.is_empty() && *edition == request.edition)
    }

    /// Notes that a request is in step with its branch here.
    pub fn note(&mut self, number: u64, edition: String, branch: String) {
        self.requests.insert(number, (edition, branch));
    }
}
