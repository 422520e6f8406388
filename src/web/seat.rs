//! Somebody's place in a repository: who they are in the policy in force, and what they may reach from there.
//!
//! Pages and programs come in by different doors, a session or a token; behind both stands the same seat, and everything that is done is done from it.
//! A person is looked up at each request: whoever is taken out of a policy is out at once, with everything that acts for them.

use std::sync::Arc;

use super::state::Web;
use crate::id::{BlobId, Identity};
use crate::index::{self, RecordRow, Rules, RulesInForce};
use crate::ledger::{version_id, version_of};
use crate::policy::{Collection, Person, Policy};
use crate::review::{self, Committer, Desk, Item, Target};

/// A person of a repository's policy in force.
#[derive(Clone)]
pub struct Seat {
    /// The server.
    pub web: Arc<Web>,
    /// The repository.
    pub desk: Arc<Desk>,
    /// The way to its committer.
    pub committer: Committer,
    rules: RulesInForce,
    key: String,
    /// Under which of the person's addresses they came.
    address: String,
}

/// Why somebody has no seat.
pub enum NoSeat {
    /// There is no such repository, or the policy does not know the address; nobody is told which.
    Closed,
    /// The policy knows the address, and nobody has adopted the policy yet.
    NotAdopted(RulesInForce),
}

impl Seat {
    /// Returns the seat of an address in a repository.
    ///
    /// # Errors
    /// Says why there is none.
    pub fn take(web: &Arc<Web>, repository: &str, address: &str) -> Result<Self, NoSeat> {
        let served = web.served.get(repository).ok_or(NoSeat::Closed)?;
        let rules = served.desk.rules();
        let Some(Ok(known)) = rules.as_ref() else {
            return Err(NoSeat::Closed);
        };
        let person = known.policy.person_by_address(address);
        let key = person.ok_or(NoSeat::Closed)?.key.clone();
        if !known.adopted {
            return Err(NoSeat::NotAdopted(rules));
        }
        Ok(Self {
            web: Arc::clone(web),
            desk: Arc::clone(&served.desk),
            committer: served.committer.clone(),
            rules,
            key,
            address: address.to_owned(),
        })
    }

    /// Returns the rules in force.
    pub fn rules(&self) -> &Rules {
        self.rules
            .as_ref()
            .as_ref()
            .and_then(|rules| rules.as_ref().ok())
            .expect("nobody takes a seat without rules in force")
    }

    /// Returns the rules in force, to be taken along to another thread.
    pub fn shared_rules(&self) -> RulesInForce {
        Arc::clone(&self.rules)
    }

    /// Returns the policy in force.
    pub fn policy(&self) -> &Policy {
        &self.rules().policy
    }

    /// Returns the person.
    pub fn person(&self) -> &Person {
        &self.policy().people[&self.key]
    }

    /// Returns whether the person may approve a change of the policy, and so keep what stands beside it: how hosts and targets are reached.
    pub fn governs(&self) -> bool {
        self.policy().may_govern(self.person())
    }

    /// Returns the person as a commit names them: by the address they came under.
    pub fn identity(&self) -> Identity {
        Identity::new(&self.person().name, &self.address)
    }

    /// Returns the time, seconds since 1970 in UTC.
    pub fn now(&self) -> i64 {
        (self.web.now)()
    }

    /// Returns the row of an id; where several files quarrel over it, the one that was asked for, else the first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn find_row(&self, id: &str, path: &str) -> anyhow::Result<Option<RecordRow>> {
        let rows = index::records_of(self.desk.index.reader(), id).await?;
        let asked = rows.iter().position(|row| row.path == path).unwrap_or(0);
        Ok(rows.into_iter().nth(asked))
    }

    /// Returns the item of a record: of a proposal, where one is named, else as it is published. Where several files quarrel over the id, the one that
    /// was asked for, else the first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn find_item(&self, id: &str, target: &Target) -> anyhow::Result<Option<Item>> {
        let pool = self.desk.index.reader();
        if let Some((version, record)) = version_of(id) {
            let Some(row) = self.find_row(record, "").await? else {
                return Ok(None);
            };
            let place = Target::published(version_id(&version, &row.path));
            let items = review::items_at(pool, &[place]).await?;
            return Ok(items.into_iter().next());
        }
        let items = match &target.proposal {
            Some(branch) => review::proposed_items(pool, std::slice::from_ref(branch)).await?,
            None => match self.find_row(id, &target.path).await? {
                Some(row) => review::items(pool, &[row.path]).await?,
                None => review::taken_down(pool).await?,
            },
        };
        let of_id: Vec<Item> = items
            .into_iter()
            .filter(|item| item.record.0 == id)
            .collect();
        let asked = of_id.iter().position(|item| item.path == target.path);
        Ok(of_id.into_iter().nth(asked.unwrap_or(0)))
    }

    /// Returns the collection of a row; the index holds records of the policy in force, and may be a moment behind it.
    pub fn collection_of(&self, row: &RecordRow) -> Option<&Collection> {
        self.policy().collections.get(&row.collection)
    }

    /// Returns the bytes of a blob, read off the async threads.
    ///
    /// # Errors
    /// When git cannot be read, or holds no such blob of a record's size.
    pub async fn bytes(&self, blob: BlobId) -> anyhow::Result<Vec<u8>> {
        self.desk
            .on_repository(move |repository, _| repository.bytes(blob))
            .await
    }
}
