//! The pull and merge requests of a git host, kept in step with their proposals through the host's API: titles and states both ways, approvals from there
//! where the policy counts them, a status and a comment to there.
//!
//! It runs apart from the exchange of git itself: a host whose API is slow, away or declines holds up no publication. Nothing here is the truth: what a
//! host says of a request is told to the journal, and what the host was told is kept only so that it is not told again.

mod at_rest;
mod counted;
mod told;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use secrecy::SecretString;
use sha2::{Digest, Sha256};

use self::at_rest::AtRest;
use super::exchange::pause;
use super::now;
use crate::data::Holding;
use crate::hosting::Host;
use crate::hosting::api::{Api, Place, Request};
use crate::hosting::in_step::{Here, Proposal, Seen, Step, steps};
use crate::hosting::report::mark;
use crate::id::CommitId;
use crate::index::{self, ProposalRow, Rules};
use crate::ledger::{About, Act, Decision};
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::review::{Committer, Desk, Intent, WantedRequests, server_identity};
use crate::web::accounts::{HostApi, KnownRequest};
use crate::web::urls::Urls;
use crate::web::{Web, token};

/// How long nothing is asked after an answer, whatever changes here: hosts count what they are asked.
const REST: Duration = Duration::from_secs(1);

/// The most open proposals that are asked about.
const MOST_OPEN: i64 = 10_000;

/// Keeps the requests of one repository's host in step.
pub(super) struct Requests {
    web: Arc<Web>,
    desk: Arc<Desk>,
    committer: Committer,
    interval: Duration,
    rest: AtRest,
}

/// What one round works with.
struct Round<'a> {
    api: Api,
    host: Host,
    rules: &'a Rules,
    tip: CommitId,
}

impl Requests {
    /// Returns what keeps the requests of a repository's host in step; `None` for a repository without a remote. Where an API is known, no request is
    /// brought here before it said which are open.
    ///
    /// # Errors
    /// When the private database cannot be read.
    pub async fn of(web: &Arc<Web>, holding: &Holding, interval: Duration) -> Result<Option<Self>> {
        let served = web.served.get(&holding.name);
        let Some(served) = served.filter(|_| holding.remote.is_some()) else {
            return Ok(None);
        };
        if web.accounts.host_api(&holding.name).await?.is_some() {
            let known = web.accounts.requests(&holding.name).await?.into_iter();
            let known = known.filter(|one| one.seen.is_open).map(|one| one.number);
            served
                .desk
                .want_requests(WantedRequests::Open(known.collect()));
        }
        Ok(Some(Self {
            web: Arc::clone(web),
            desk: Arc::clone(&served.desk),
            committer: served.committer.clone(),
            interval,
            rest: AtRest::default(),
        }))
    }

    pub async fn run(mut self) {
        let mut changes = self.desk.changes();
        let mut failures = 0;
        loop {
            changes.mark_unchanged();
            let (is_well, declined) = match self.once().await {
                Ok(declined) => (declined.is_none(), declined),
                Err(error) => {
                    tracing::error!(
                        repository = self.desk.name,
                        error = format!("{error:#}"),
                        "failed to keep requests in step; it is tried again"
                    );
                    (false, None)
                }
            };
            if let Some(refusal) = &declined {
                tracing::warn!(
                    repository = self.desk.name,
                    refusal = refusal.to_string(),
                    "the git host's API does not do what it is asked"
                );
            }
            failures = if is_well { 0 } else { failures + 1 };
            self.desk.note_host_api(declined);
            tokio::time::sleep(REST).await;
            tokio::select! {
                () = self.desk.asked_for_requests() => {}
                // The desk lives as long as this.
                _ = changes.changed(), if is_well => {}
                () = tokio::time::sleep(pause(self.interval, failures)) => {}
            }
        }
    }

    /// Brings everything in step once. Returns why the host could not be asked, or the first thing that it declined; everything else was done then.
    async fn once(&mut self) -> Result<Option<Refusal>> {
        let desk = Arc::clone(&self.desk);
        let name = desk.name.as_str();
        let Some(HostApi { host, place, token }) = self.web.accounts.host_api(name).await? else {
            self.desk.want_requests(WantedRequests::All);
            return Ok(None);
        };
        let rules = desk.rules();
        let Some(Ok(rules)) = rules.as_ref() else {
            return Ok(None);
        };
        let Some(tip) = self.desk.index.heads().await?.tip.filter(|_| rules.adopted) else {
            return Ok(None);
        };
        let under = format!("{} {} {}", place.base, place.project, rules.blob);
        self.rest.wake(&self.desk.index, under).await?;
        let (api, open) = match ask(host, place, token).await {
            Ok(asked) => asked,
            Err(refusal) => return Ok(Some(refusal)),
        };
        let round = Round {
            api,
            host,
            rules,
            tip,
        };
        let numbers: BTreeSet<u64> = open.iter().map(|request| request.number).collect();
        self.desk
            .want_requests(WantedRequests::Open(numbers.clone()));
        let known = self.web.accounts.requests(name).await?;
        let mut declined = None;
        for request in open {
            let Some(branch) = branch_of(host, &rules.policy, &request) else {
                continue;
            };
            if self.rest.is(&request) {
                continue;
            }
            let known = known.iter().find(|one| one.number == request.number);
            let (number, edition) = (request.number, request.edition.clone());
            let refused = self.keep(&round, branch.clone(), request, known).await?;
            if refused.is_none() {
                self.rest.note(number, edition, branch);
            }
            declined = declined.or(refused);
            if declined.as_ref().is_some_and(is_of_all) {
                return Ok(declined);
            }
        }
        let open_here = index::open_branches(self.desk.index.reader(), MOST_OPEN).await?;
        let ended = known.iter().filter(|one| {
            !numbers.contains(&one.number) && (one.seen.is_open || open_here.contains(&one.branch))
        });
        for known in ended {
            match round.api.request(known.number).await {
                Ok(Some(request)) => {
                    let branch = known.branch.clone();
                    let refused = self.keep(&round, branch, request, Some(known)).await?;
                    declined = declined.or(refused);
                }
                Ok(None) => {}
                Err(refusal) => declined = declined.or(Some(refusal)),
            }
            if declined.as_ref().is_some_and(is_of_all) {
                break;
            }
        }
        Ok(declined)
    }

    /// Brings one request and its proposal in step, and tells the host how it stands. Returns what the host declined.
    async fn keep(
        &self,
        round: &Round<'_>,
        branch: String,
        request: Request,
        known: Option<&KnownRequest>,
    ) -> Result<Option<Refusal>> {
        let accounts = &self.web.accounts;
        let row = index::proposal_at(self.desk.index.reader(), &branch).await?;
        let Some(row) = row.filter(|row| row.state != "empty") else {
            // Git brings it at its own time, and then this is asked again. One that changes no record, or was merged there, is none of this server's business.
            if let Some(known) = known.filter(|known| known.seen.is_open && !request.is_open) {
                let mut ended = known.clone();
                ended.seen.is_open = false;
                accounts.keep_request(&self.desk.name, &ended).await?;
            }
            return Ok(None);
        };
        // An approval is counted once its commit is here, and again under another policy.
        let edition = format!("{} {}", request.edition, round.rules.blob);
        let is_here = !request.head.is_empty() && row.head.starts_with(&request.head);
        let proposal = self.proposal(round, row).await?;
        let mut now = KnownRequest {
            number: request.number,
            branch,
            seen: Seen {
                title: request.title.clone(),
                text: request.text.clone(),
                is_open: request.is_open,
            },
            author: request.author_name.clone(),
            address: request.address.clone(),
            counted: known.and_then(|known| known.counted.clone()),
            comment: known.and_then(|known| known.comment.clone()),
            told: known.and_then(|known| known.told.clone()),
        };
        let mut declined = None;
        for step in steps(known.map(|known| &known.seen), &request, &proposal) {
            let done = self
                .step(round, step, &request, &proposal, &mut now)
                .await?;
            match done {
                Ok(()) => {}
                // What could not be taken over is still news at the next look, and nothing is told there before.
                Err(refusal) if step.is_here() => return Ok(Some(refusal)),
                Err(refusal) => declined = declined.or(Some(refusal)),
            }
        }
        if round.rules.policy.proposals.host_approvals
            && request.is_open
            && is_here
            && now.counted.as_ref() != Some(&edition)
        {
            match self.count(round, &request, &now.branch).await? {
                Ok(()) => now.counted = Some(edition),
                Err(refusal) => declined = declined.or(Some(refusal)),
            }
        }
        if request.is_open || now.told.is_some() {
            declined = declined.or(self.tell(round, &request, &mut now).await?.err());
        }
        if known != Some(&now) {
            accounts.keep_request(&self.desk.name, &now).await?;
        }
        Ok(declined)
    }

    async fn proposal(&self, round: &Round<'_>, row: ProposalRow) -> Result<Proposal> {
        let here = match row.state.as_str() {
            "closed" => Here::Closed,
            "landed" if self.holds_more(round, &row).await? => Here::Elsewhere,
            "landed" => Here::Landed,
            _ => Here::Open,
        };
        Ok(Proposal {
            text: row.description,
            title: row.title,
            here,
        })
    }

    /// Returns whether a proposal changes files that are no records and stand otherwise on the published branch: whoever closes it would lose them.
    async fn holds_more(&self, round: &Round<'_>, row: &ProposalRow) -> Result<bool> {
        let head: CommitId = row.head.parse()?;
        let fork: Option<CommitId> = row.fork.as_ref().map(|fork| fork.parse()).transpose()?;
        let tip = round.tip;
        let rules = self.desk.rules();
        self.desk
            .on_repository(move |repository, _| {
                let Some(Ok(rules)) = rules.as_ref() else {
                    return Ok(true);
                };
                for change in repository.differences(fork, head)? {
                    if rules.policy.collection_of(&change.path).is_some() {
                        continue;
                    }
                    let blob = |commit| -> Result<_> {
                        Ok(repository
                            .entry(commit, &change.path)?
                            .map(|entry| entry.blob))
                    };
                    if blob(head)? != blob(tip)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            })
            .await
    }

    /// Takes one step. What the host was made to say is what it is seen to say from now on: where it says something else after all, that is news.
    async fn step(
        &self,
        round: &Round<'_>,
        step: Step,
        request: &Request,
        proposal: &Proposal,
        now: &mut KnownRequest,
    ) -> Result<Result<(), Refusal>> {
        let host = round.host.title();
        match step {
            Step::DescribeThere => {
                let (title, text) = (&proposal.title, &proposal.text);
                let told = round.api.describe(request.number, title, text).await;
                if told.is_ok() {
                    now.seen.title.clone_from(title);
                    now.seen.text.clone_from(text);
                }
                Ok(told)
            }
            Step::CloseThere | Step::ReopenThere => {
                let is_open = step == Step::ReopenThere;
                let told = round.api.set_open(request.number, is_open).await;
                if told.is_ok() {
                    now.seen.is_open = is_open;
                }
                Ok(told)
            }
            Step::DescribeHere => {
                let text = format!("{}\n\n{}", request.title, request.text);
                self.say(round, &now.branch, Act::Describe, text).await
            }
            Step::CloseHere => {
                let word = if request.is_merged {
                    "merged"
                } else {
                    "closed"
                };
                let text = format!("It was {word} on {host}: {}", request.address);
                self.say(round, &now.branch, Act::Close, text).await
            }
            Step::ReopenHere => {
                let text = format!("It was opened again on {host}: {}", request.address);
                self.say(round, &now.branch, Act::Reopen, text).await
            }
        }
    }

    /// Tells the journal what the host says of a request.
    async fn say(
        &self,
        round: &Round<'_>,
        branch: &str,
        act: Act,
        text: String,
    ) -> Result<Result<(), Refusal>> {
        let Some((whole, _)) = self.desk.whole_proposal(branch).await? else {
            return Ok(Ok(()));
        };
        let intent = Intent {
            by: server_identity(),
            suggestion: None,
            at: now(),
            decision: Decision {
                act,
                transition: None,
                record: whole.record.clone(),
                path: whole.path.clone(),
                base: whole.base,
                proposed: whole.proposed,
                policy: round.rules.blob,
                bump: None,
                operation: token::operation()?,
                text: text.trim().to_owned(),
                about: About {
                    proposal: whole.seen(),
                    ..About::default()
                },
            },
        };
        Ok(self.committer.decide(intent).await.map(drop))
    }

    /// Shows the status of the head and writes the comment, where either says something else than before.
    async fn tell(
        &self,
        round: &Round<'_>,
        request: &Request,
        now: &mut KnownRequest,
    ) -> Result<Result<(), Refusal>> {
        let urls = Urls::of(&self.desk.name);
        let link = format!("{}{}", self.web.public_url, urls.proposal(&now.branch));
        let Some(report) = told::report(&self.desk, &round.rules.policy, &now.branch, link).await?
        else {
            return Ok(Ok(()));
        };
        let mark = mark(&self.desk.name);
        let (status, comment) = (report.status(), report.comment(&mark));
        let digest = Sha256::digest(format!("{}\n{status:?}\n{comment}", request.head));
        let digest = hex::encode(digest);
        if now.told.as_ref() == Some(&digest) {
            return Ok(Ok(()));
        }
        if let Err(refusal) = round.api.show(&request.head, &status).await {
            return Ok(Err(refusal));
        }
        let known = now.comment.as_deref();
        let written = round.api.comment(request.number, known, &mark, &comment);
        Ok(written.await.map(|id| {
            now.comment = Some(id);
            now.told = Some(digest);
        }))
    }
}

/// Whether the host would answer every other question so too: it is away, knows nobody, or was asked too often.
fn is_of_all(refusal: &Refusal) -> bool {
    matches!(refusal.code, "HST-API-001" | "HST-API-002" | "HST-API-005")
}

async fn ask(
    host: Host,
    place: Place,
    token: SecretString,
) -> Result<(Api, Vec<Request>), Refusal> {
    let api = Api::new(host, place, token)?;
    let open = api.open_requests().await?;
    Ok((api, open))
}

/// The branch here that is a request's proposal: its own where that is a proposal, else the one that follows the request's head. Bitbucket keeps no heads.
fn branch_of(host: Host, policy: &Policy, request: &Request) -> Option<String> {
    let own = request.branch.as_ref();
    let own = own.filter(|branch| policy.is_proposal(branch) && !policy.is_request(branch));
    if let Some(branch) = own {
        return Some(branch.clone());
    }
    let folder = match host {
        Host::GitHub | Host::Gitea | Host::Forgejo => "pull",
        Host::GitLab => "merge-requests",
        Host::Bitbucket | Host::Plain => return None,
    };
    Some(format!("{folder}/{}", request.number)).filter(|branch| policy.is_request(branch))
}
