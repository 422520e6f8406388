//! What was last found of the remote, its mirrors and the host: kept in memory for the pages, and told where it is news.

use std::collections::BTreeMap;

use super::{Unsent, WantedRequests};
use crate::refusal::Refusal;
use crate::review::Desk;

/// When the remote was looked at, and how that went. Times are seconds since 1970 in UTC.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RemoteLook {
    /// When it was last seen; `None` before the first time.
    pub seen_at: Option<i64>,
    /// Since when it cannot be looked at; `None` while it can.
    pub failing_since: Option<i64>,
    /// Why the last look failed.
    pub failure: Option<Refusal>,
    /// When a look by the timer last found what nobody had told of.
    pub found_by_timer_at: Option<i64>,
}

impl Desk {
    /// Returns why the API of the git host could not be asked last; `None` where it could, or none is asked.
    pub fn host_api(&self) -> Option<Refusal> {
        self.found().host_api.clone()
    }

    /// Notes why the API of the git host could not be asked.
    pub fn note_host_api(&self, failure: Option<Refusal>) {
        let code = |failure: &Option<Refusal>| failure.as_ref().map(|refusal| refusal.code);
        let now = code(&failure);
        let before = std::mem::replace(&mut self.found().host_api, failure);
        self.tell_if(code(&before) != now);
    }

    /// Returns when the remote was looked at.
    pub fn remote_look(&self) -> RemoteLook {
        self.found().remote.clone()
    }

    /// Notes a look at the remote, and why it failed where it did.
    pub fn note_remote(&self, at: i64, failure: Option<Refusal>) {
        let has_changed = {
            let look = &mut self.found().remote;
            let code = |failure: &Option<Refusal>| failure.as_ref().map(|refusal| refusal.code);
            let before = code(&look.failure);
            if failure.is_none() {
                look.seen_at = Some(at);
            }
            look.failing_since = failure.as_ref().map(|_| look.failing_since.unwrap_or(at));
            look.failure = failure;
            before != code(&look.failure)
        };
        self.tell_if(has_changed);
    }

    /// Notes that a look by the timer found what nobody had told of.
    pub fn note_found_by_timer(&self, at: i64) {
        self.found().remote.found_by_timer_at = Some(at);
    }

    /// Returns the mirrors that do not follow, by address.
    pub fn mirrors(&self) -> BTreeMap<String, Refusal> {
        self.found().mirrors.clone()
    }

    /// Notes whether a mirror follows.
    pub fn note_mirror(&self, address: String, failure: Option<Refusal>) {
        let has_changed = match failure {
            Some(refusal) => {
                let code = refusal.code;
                let before = self.found().mirrors.insert(address, refusal);
                before.is_none_or(|before| before.code != code)
            }
            None => self.found().mirrors.remove(&address).is_some(),
        };
        self.tell_if(has_changed);
    }

    /// Returns the proposals that the remote does not hold as they stand here, as last found.
    pub fn unsent(&self) -> Vec<Unsent> {
        self.found().unsent.clone()
    }

    /// Notes the proposals that the remote does not hold as they stand here.
    pub fn note_unsent(&self, unsent: Vec<Unsent>) {
        let codes = |unsent: &[Unsent]| -> Vec<(String, &'static str)> {
            let codes = unsent
                .iter()
                .map(|one| (one.branch.clone(), one.refusal.code));
            codes.collect()
        };
        let now = codes(&unsent);
        let before = std::mem::replace(&mut self.found().unsent, unsent);
        self.tell_if(codes(&before) != now);
    }

    /// Returns which requests of the git host are brought here.
    pub fn wanted_requests(&self) -> WantedRequests {
        self.found().wanted_requests.clone()
    }

    /// Notes which requests of the git host are to be brought here, and asks for a look where they are others than before.
    pub fn want_requests(&self, wanted: WantedRequests) {
        let before = std::mem::replace(&mut self.found().wanted_requests, wanted.clone());
        if before != wanted {
            self.ask_for_a_look();
        }
    }
}
