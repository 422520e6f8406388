//! The desk: one repository as this server serves it, and what is judged on it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use anyhow::Result;
use tokio::sync::{Notify, watch};

use super::governance::{self, Amendment};
use super::item::BRANCHES;
use super::waiting::Cache;
use super::{
    Item, Publication, RemoteLook, Rewritten, Target, Unsent, WantedRequests, load, proposed,
};
use crate::check::Finding;
use crate::id::CommitId;
use crate::index::{self, Follow, Index, Rules, RulesInForce};
use crate::ledger::Tips;
use crate::policy::POLICY_PATH;
use crate::refusal::Refusal;
use crate::repository::{LeftAlone, Repository, SigningKey, Uncommitted};

/// One repository as this server serves it.
pub struct Desk {
    /// Its name in addresses.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// The ref that is shown and built on.
    pub tip_ref: String,
    /// Its picture.
    pub index: Index,
    /// The key that signs.
    pub key: SigningKey,
    /// What the last runs found out and the pages tell; forgotten with the process.
    found: Mutex<Found>,
    /// What is open, loaded once for each edition of the picture.
    pub(super) open: Cache,
    /// Held while a ref moves: the note of it is one file.
    pub(super) moving: Mutex<()>,
    /// Held by the one that looks: whoever sees a tip knows whether it is on hold.
    looking: tokio::sync::Mutex<()>,
    /// How often what the pages show has changed since the process began.
    changes: watch::Sender<u64>,
    /// Wakes whoever looks at the place of publication.
    asked: Notify,
    asked_host: Notify,
}

#[derive(Default)]
pub(super) struct Found {
    pub(super) publication: Publication,
    pub(super) unsent: Vec<Unsent>,
    pub(super) remote: RemoteLook,
    pub(super) mirrors: BTreeMap<String, Refusal>,
    pub(super) wanted_requests: WantedRequests,
    pub(super) host_api: Option<Refusal>,
    left_alone: Vec<LeftAlone>,
    edited: Vec<Edited>,
    /// Whether decisions stand in the journal whose move could not be made yet.
    is_unfinished: bool,
    /// The rewritten history that holds publishing.
    pub rewritten: Option<Arc<Rewritten>>,
    /// The picture is about to follow a rewriting, and nobody has read yet what it means.
    pub follows_rewriting: bool,
    /// The journal was asked whether a rewritten history holds publishing.
    pub has_looked: bool,
}

/// A record's file in a working copy that is edited and not committed.
#[derive(Debug, Clone, PartialEq)]
pub struct Edited {
    /// The path.
    pub path: String,
    /// What the rules find in it as it stands on disk; `None` where it was removed.
    pub findings: Option<Vec<Finding>>,
}

impl Desk {
    /// Returns a desk over a repository and its picture.
    pub fn new(
        name: impl Into<String>,
        path: PathBuf,
        tip_ref: impl Into<String>,
        index: Index,
        key: SigningKey,
    ) -> Self {
        index.trust(key.fingerprint());
        Self {
            name: name.into(),
            path,
            tip_ref: tip_ref.into(),
            index,
            key,
            found: Mutex::default(),
            open: Cache::default(),
            moving: Mutex::default(),
            looking: tokio::sync::Mutex::default(),
            changes: watch::Sender::new(0),
            asked: Notify::new(),
            asked_host: Notify::new(),
        }
    }

    /// Returns whether what is committed here is published, as last found. Nothing is while a rewritten history holds it.
    pub fn publication(&self) -> Publication {
        match self.rewritten() {
            Some(rewritten) => Publication::Pending(rewritten.refusal()),
            None => self.found().publication.clone(),
        }
    }

    /// Returns the rules by which people are known: those in force, or those attested at the old tip of a rewritten history, which cannot name its own
    /// people.
    pub fn rules(&self) -> RulesInForce {
        let rewritten = self.rewritten();
        let before = rewritten.map(|rewritten| Arc::clone(&rewritten.rules));
        let before = before.filter(|rules| matches!(rules.as_ref(), Some(Ok(_))));
        before.unwrap_or_else(|| self.index.rules())
    }

    /// Refuses whatever would be signed where the register does not allow this server's key: nothing of it would count.
    ///
    /// # Errors
    /// Says which key it is, and what to do.
    pub fn refuse_strange_key(&self) -> Result<(), Refusal> {
        let rules = self.rules();
        let fingerprint = self.key.fingerprint();
        match rules.as_ref() {
            Some(Ok(rules))
                if rules.adopted && !rules.keys.fingerprints().contains(&fingerprint) =>
            {
                Err(Refusal::new(
                    "KEY-FORCE-001",
                    format!(
                        "the register does not allow this server's key {fingerprint}, so nothing that it signs would count"
                    ),
                    "restore the key from a backup, or have this one allowed: countersign key says how",
                ))
            }
            _ => Ok(()),
        }
    }

    /// Notes whether what is committed here is published.
    pub fn note_publication(&self, publication: Publication) {
        let code = publication.code();
        let before = std::mem::replace(&mut self.found().publication, publication);
        // The words may vary from one try to the next, as by the milliseconds that it took; that is no news.
        self.tell_if(before.code() != code);
    }

    /// Returns a count that moves whenever what the pages show has changed: "look again", without a word of what.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Asks for a look at the place of publication, soon; asked often it is one look.
    pub fn ask_for_a_look(&self) {
        self.asked.notify_one();
        self.asked_host.notify_one();
    }

    /// Waits until somebody asks for a look. One task waits: the one that exchanges with the remote, or without one the one that looks here.
    pub async fn asked_for_a_look(&self) {
        self.asked.notified().await;
    }

    /// Waits until somebody asks for a look, as [`Desk::asked_for_a_look`] does, for the one that asks the API of the git host.
    pub async fn asked_for_requests(&self) {
        self.asked_host.notified().await;
    }

    /// Returns whether the place of publication is a remote.
    pub fn has_remote(&self) -> bool {
        !self.tip_ref.starts_with(BRANCHES)
    }

    /// Tells open pages, and the tasks that wait for it, to look again.
    pub fn tell(&self) {
        self.tell_if(true);
    }

    pub(super) fn tell_if(&self, has_changed: bool) {
        if has_changed {
            self.changes.send_modify(|count| *count += 1);
        }
    }

    /// Returns the files of a working copy that our last commit could not bring up to date.
    pub fn left_alone(&self) -> Vec<LeftAlone> {
        self.found().left_alone.clone()
    }

    /// Returns the records of a working copy that were edited and not committed, as last looked at.
    pub fn edited(&self) -> Vec<Edited> {
        self.found().edited.clone()
    }

    /// Looks at the files of a working copy; a bare clone has none.
    ///
    /// # Errors
    /// When git or the disk cannot be read.
    pub async fn look_at_files(self: &Arc<Self>) -> Result<()> {
        let rules = self.index.rules();
        let edited = self
            .on_repository(move |repository, _| {
                let Some(Ok(rules)) = rules.as_ref() else {
                    return Ok(Vec::new());
                };
                let files = repository.uncommitted()?.into_iter();
                Ok(files.filter_map(|file| edited(rules, file)).collect())
            })
            .await?;
        let before = std::mem::replace(&mut self.found().edited, edited.clone());
        self.tell_if(before != edited);
        Ok(())
    }

    /// Returns whether decisions stand in the journal whose move could not be made yet.
    pub(super) fn is_unfinished(&self) -> bool {
        self.found().is_unfinished
    }

    /// Notes whether decisions stand in the journal whose move could not be made yet.
    pub(super) fn note_unfinished(&self, is_unfinished: bool) {
        self.found().is_unfinished = is_unfinished;
    }

    pub(super) fn found(&self) -> std::sync::MutexGuard<'_, Found> {
        // Whoever panicked left a whole value: each is set at once.
        self.found
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// After our commit moved the branch of a working copy, brings its files along. The commit stands whatever becomes of them.
    pub(super) fn bring_up_to_date(&self, from: CommitId, to: CommitId) {
        // A handle of its own: the committer's staged its objects in memory.
        let updated = Repository::open(&self.path)
            .map_err(anyhow::Error::from)
            .and_then(|repository| repository.update_work_tree(&self.tip_ref, from, to));
        match updated {
            Ok(left_alone) => self.found().left_alone = left_alone,
            Err(error) => tracing::warn!(
                repository = self.name,
                error = format!("{error:#}"),
                "the working copy was not brought up to date"
            ),
        }
    }

    /// Looks again: brings the picture up to the refs. A published branch that was rewritten is followed only after its old tip was kept and the journal
    /// told; the picture does not follow one that is gone.
    ///
    /// # Errors
    /// When git or the database cannot be read or written.
    pub async fn sync(self: &Arc<Self>) -> Result<index::Synced> {
        let _one = self.looking.lock().await;
        if !self.found().has_looked {
            self.look_at_history().await?;
        }
        // With a remote we move the ref ourselves, and whoever follows the remote looks whether it was rewritten.
        let mut follow = match self.has_remote() {
            false => Follow::Forward,
            true => Follow::Anywhere,
        };
        let synced = loop {
            let looked = index::sync_as_far(&self.index, &self.path, &self.tip_ref, follow).await?;
            let rewriting = match looked {
                Ok(synced) => break synced,
                Err(rewriting) => rewriting,
            };
            let Some(new) = rewriting.new else {
                self.keep_gone(rewriting.old).await?;
                return Ok(index::Synced::default());
            };
            let old = rewriting.old;
            self.keep_rewritten(Tips { old, new }).await?;
            follow = Follow::Over(Tips { old, new });
        };
        let has_moved = synced != index::Synced::default();
        if has_moved || self.found().follows_rewriting {
            let before = self.rewritten();
            self.look_at_history().await?;
            if let Some(tips) = self.unsaid_again(before.as_deref()).await? {
                self.keep_rewritten(tips).await?;
                index::sync(&self.index, &self.path, &self.tip_ref).await?;
                self.look_at_history().await?;
            }
        }
        self.tell_if(has_moved);
        Ok(synced)
    }

    /// Returns the change of the policy, its schemas or its keys that waits for approval, if one does.
    ///
    /// # Errors
    /// When git or the database cannot be read.
    pub async fn amendment(self: &Arc<Self>, rules: &Rules) -> Result<Option<Amendment>> {
        let Some(tip) = self.index.heads().await?.tip else {
            return Ok(None);
        };
        let in_force = self.index.rules();
        let found = self
            .on_repository(move |repository, _| match adopted(&in_force) {
                Ok(rules) => governance::amendment(repository, rules, tip),
                Err(_) => Ok(None),
            })
            .await?;
        match found {
            Some(found) => Ok(Some(
                governance::with_people(self.index.reader(), rules, found).await?,
            )),
            None => Ok(None),
        }
    }

    /// Returns a proposal as one item, and the manifest that stands for its files; `None` where there is no such proposal.
    ///
    /// # Errors
    /// When git or the database cannot be read.
    pub async fn whole_proposal(self: &Arc<Self>, branch: &str) -> Result<Option<(Item, Vec<u8>)>> {
        let Some((mut item, manifest)) = proposed::whole(self.index.reader(), branch).await? else {
            return Ok(None);
        };
        let bytes = manifest.clone();
        item.proposed = self
            .on_repository(move |repository, _| repository.blob_id(&bytes))
            .await?;
        Ok(Some((item, manifest)))
    }

    /// Runs a piece of work on the repository, off the async threads.
    ///
    /// # Errors
    /// When the repository cannot be opened, and whatever the work returns.
    pub async fn on_repository<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Repository, &Desk) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let desk = Arc::clone(self);
        tokio::task::spawn_blocking(move || work(&Repository::open(&desk.path)?, &desk)).await?
    }
}

fn edited(rules: &Rules, file: Uncommitted) -> Option<Edited> {
    rules.policy.collection_of(&file.path)?;
    let findings = file
        .content
        .and_then(|content| index::inspect_text(rules, &file.path, &content));
    Some(Edited {
        path: file.path,
        findings,
    })
}

/// What orders are judged against.
pub(super) struct Loaded {
    /// The records, and last the waiting change of the policy.
    pub items: Vec<Item>,
    /// That change with the files it is about.
    pub amendment: Option<Amendment>,
    /// The manifests of proposals that are judged as a whole.
    pub manifests: Vec<Vec<u8>>,
}

/// Returns the items at these places, a waiting change of the policy and whole proposals among them where they are asked for.
pub(super) async fn load_items(
    desk: &Arc<Desk>,
    rules: &RulesInForce,
    targets: &[Target],
) -> Result<Loaded> {
    let mut items = load::items_at(desk.index.reader(), targets).await?;
    let amendment = match adopted(rules) {
        Ok(known) if targets.contains(&Target::published(POLICY_PATH)) => {
            desk.amendment(known).await?
        }
        _ => None,
    };
    items.extend(amendment.iter().map(|amendment| amendment.item.clone()));
    let mut manifests = Vec::new();
    for branch in targets.iter().filter_map(Target::whole_proposal) {
        if let Some((item, manifest)) = desk.whole_proposal(branch).await? {
            items.push(item);
            manifests.push(manifest);
        }
    }
    Ok(Loaded {
        items,
        amendment,
        manifests,
    })
}

/// Returns the rules in force, or why nothing may be decided.
pub(super) fn adopted(rules: &RulesInForce) -> Result<&Rules, Refusal> {
    match rules.as_ref() {
        Some(Ok(rules)) if rules.adopted => Ok(rules),
        Some(Err(faults)) => Err(faults.first().cloned().unwrap_or_else(|| {
            Refusal::new(
                "POL-READ-001",
                "the policy does not read",
                "run countersign check",
            )
        })),
        Some(Ok(_)) => Err(Refusal::new(
            "POL-ADOPT-001",
            "the repository is not adopted yet, so nothing can be decided in it",
            "run countersign adopt on it",
        )),
        None => Err(Refusal::new(
            "POL-ADOPT-002",
            "the repository has no countersign.toml, so it is read-only",
            "run countersign init, look at the policy, then countersign adopt",
        )),
    }
}
