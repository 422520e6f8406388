//! Approvals that people gave on the git host, counted here where the policy says so: for the very texts that they approved there, and for nobody but people
//! whose account the policy names. Each becomes a decision of that person in the journal, judged as any other is.

use anyhow::Result;
use sha2::{Digest, Sha256};

use super::{Requests, Round};
use crate::app::now;
use crate::hosting::api::{HostApproval, Request};
use crate::id::{BlobId, CommitId, Identity};
use crate::ledger::{About, Act, Decision};
use crate::policy::Person;
use crate::refusal::Refusal;
use crate::repository::Repository;
use crate::review::{self, Intent, Item, queue};

impl Requests {
    /// Counts what was approved there and is not counted yet.
    pub(super) async fn count(
        &self,
        round: &Round<'_>,
        request: &Request,
        branch: &str,
    ) -> Result<Result<(), Refusal>> {
        let approvals = match round.api.approvals(request.number).await {
            Ok(approvals) => approvals,
            Err(refusal) => return Ok(Err(refusal)),
        };
        for approval in approvals {
            // Nobody approves their own request, whatever the host allows.
            let person = round.rules.policy.person_by_account(&approval.account);
            let Some(person) = person.filter(|_| approval.account != request.author) else {
                continue;
            };
            let Ok(head) = approval.head.parse::<CommitId>() else {
                continue;
            };
            for item in self.same(branch, head, round.tip).await? {
                self.approve(round, request, &approval, person, &item)
                    .await?;
            }
        }
        Ok(Ok(()))
    }

    /// Returns the items of a proposal whose texts, and what they replace, are those that somebody saw at a head.
    async fn same(&self, branch: &str, head: CommitId, tip: CommitId) -> Result<Vec<Item>> {
        let branches = [branch.to_owned()];
        let items = review::proposed_items(self.desk.index.reader(), &branches).await?;
        self.desk
            .on_repository(move |repository, _| {
                if !repository.holds(head) {
                    return Ok(Vec::new());
                }
                let Some(fork) = repository.merge_base(head, tip)? else {
                    return Ok(Vec::new());
                };
                let mut same = Vec::new();
                for item in items {
                    if is_same(repository, &item, head, fork)? {
                        same.push(item);
                    }
                }
                Ok(same)
            })
            .await
    }

    async fn approve(
        &self,
        round: &Round<'_>,
        request: &Request,
        approval: &HostApproval,
        person: &Person,
        item: &Item,
    ) -> Result<()> {
        let policy = &round.rules.policy;
        let Some(offer) = queue::forward(policy, item) else {
            return Ok(());
        };
        if queue::why_not(policy, item, &offer, person).is_some() {
            return Ok(());
        }
        let address = person.addresses.first().cloned().unwrap_or_default();
        let intent = Intent {
            by: Identity::new(&person.name, &address),
            suggestion: None,
            at: now(),
            decision: Decision {
                act: Act::Approve,
                transition: Some(offer.name),
                record: item.record.clone(),
                path: item.path.clone(),
                base: item.base,
                proposed: item.proposed,
                policy: round.rules.blob,
                bump: None,
                operation: operation(round, request, approval, item),
                text: format!("Approved on {}: {}", round.host.title(), request.address),
                about: About {
                    proposal: item.seen(),
                    attached: item.attached.clone(),
                    ..About::default()
                },
            },
        };
        if let Err(refusal) = self.committer.decide(intent).await {
            tracing::info!(
                repository = self.desk.name,
                refusal = refusal.to_string(),
                "an approval of the git host does not count"
            );
        }
        Ok(())
    }
}

/// One approval there is one decision here for each text, however often it is looked at.
fn operation(round: &Round<'_>, request: &Request, approval: &HostApproval, item: &Item) -> String {
    let parts = [
        round.host.name(),
        &request.number.to_string(),
        &approval.id,
        &approval.head,
        &item.path,
    ];
    let digest = hex::encode(Sha256::digest(parts.join("\n")));
    digest.chars().take(32).collect()
}

fn is_same(repository: &Repository, item: &Item, head: CommitId, fork: CommitId) -> Result<bool> {
    let blob = |commit: CommitId, path: &str| -> Result<Option<BlobId>> {
        Ok(repository.entry(commit, path)?.map(|entry| entry.blob))
    };
    let Some(origin) = &item.origin else {
        return Ok(false);
    };
    if blob(head, &item.path)? != Some(item.proposed) {
        return Ok(false);
    }
    for file in &item.attached {
        if blob(head, &file.path)? != Some(file.blob) {
            return Ok(false);
        }
    }
    let standing = origin.standing.as_ref();
    let before = standing.map_or(item.path.as_str(), |(path, _)| path);
    Ok(blob(fork, before)? == standing.map(|(_, blob)| *blob))
}
