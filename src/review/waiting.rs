//! What is open in a repository: loaded once for each edition of its picture, whoever asks.
//!
//! Every page says how many items wait for its reader, so this must cost next to nothing: the items are read when the picture changed, and where each of
//! them stands for a person is worked out once for that person.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;

use super::governance::Amendment;
use super::queue::{Section, place, waits_since};
use super::{Desk, Item, Outstanding, load, proposed};
use crate::id::CommitId;
use crate::index::{self, Count, Rules, StandingWanted, Wanted};
use crate::policy::Person;

/// Items that are looked at: more than this waits for nobody in particular, and is read in the list of records.
const MOST: i64 = 3000;

/// An item and since when it waits.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The item.
    pub item: Item,
    /// Since somebody first spoke of its very text, else since it was changed; seconds since 1970 in UTC.
    pub since: i64,
}

/// What is open at one edition of the picture.
pub struct Open {
    /// Items about which somebody could decide something, those of open proposals among them, the oldest first.
    pub items: Vec<Waiting>,
    /// The change of the policy that waits.
    pub amendment: Option<Amendment>,
    /// How many are open, where that is more than were looked at.
    pub beyond: Option<Count>,
    /// The commit of the rules under which places are kept.
    rules: CommitId,
    places: Mutex<HashMap<String, Arc<Places>>>,
    /// What is outstanding for each person that asked.
    outstanding: Mutex<HashMap<String, Arc<Vec<Outstanding>>>>,
}

/// Where everything open stands for one person.
#[derive(Debug, PartialEq, Eq)]
pub struct Places {
    /// The part of the queue of each item, in their order.
    pub items: Vec<Section>,
    /// That of the change of the policy.
    pub amendment: Option<Section>,
}

impl Places {
    /// Returns how many items stand in a part.
    pub fn count(&self, section: Section) -> usize {
        let all = self.items.iter().chain(&self.amendment);
        all.filter(|place| **place == section).count()
    }
}

/// What was last loaded, and for which edition.
#[derive(Default)]
pub(super) struct Cache(tokio::sync::Mutex<Option<(u64, Arc<Open>)>>);

impl Desk {
    /// Returns what is open. Of many that ask at once after a change, one reads and the others wait for it.
    ///
    /// # Errors
    /// When git or the database cannot be read.
    pub async fn open(self: &Arc<Self>, rules: &Rules) -> Result<Arc<Open>> {
        let mut kept = self.open.0.lock().await;
        // Asked for first: what changes while it is read is read again.
        let edition = self.index.edition();
        if let Some((of, open)) = kept.as_ref()
            && *of == edition
        {
            return Ok(Arc::clone(open));
        }
        let open = Arc::new(load(self, rules).await?);
        *kept = Some((edition, Arc::clone(&open)));
        Ok(open)
    }
}

async fn load(desk: &Arc<Desk>, rules: &Rules) -> Result<Open> {
    let pool = desk.index.reader();
    let paths = index::oldest_open_paths(pool, MOST).await?;
    let changed: HashMap<String, i64> = index::records_at(pool, &paths)
        .await?
        .into_iter()
        .map(|row| (row.path, row.changed_at.unwrap_or_default()))
        .collect();
    let branches = index::open_branches(pool, MOST).await?;
    let mut items: Vec<Waiting> = load::items(pool, &paths)
        .await?
        .into_iter()
        .chain(proposed::items(pool, &branches).await?)
        .map(|item| waiting(item, &changed))
        .collect();
    items.sort_by(|one, other| (one.since, &one.item.path).cmp(&(other.since, &other.item.path)));
    let wanted = Wanted {
        standing: Some(StandingWanted::Open),
        ..Wanted::default()
    };
    let is_whole = i64::try_from(paths.len()).is_ok_and(|read| read < MOST);
    Ok(Open {
        items,
        amendment: desk.amendment(rules).await?,
        beyond: match is_whole {
            true => None,
            false => Some(index::count(pool, &wanted).await?),
        },
        rules: rules.commit,
        places: Mutex::default(),
        outstanding: Mutex::default(),
    })
}

fn waiting(item: Item, changed: &HashMap<String, i64>) -> Waiting {
    let changed = match &item.origin {
        Some(origin) => origin.changed_at,
        None => changed.get(&item.path).copied().unwrap_or_default(),
    };
    Waiting {
        since: waits_since(&item, changed),
        item,
    }
}

impl Open {
    /// Returns where everything stands for a person.
    pub fn places(&self, rules: &Rules, person: &Person) -> Arc<Places> {
        if rules.commit != self.rules {
            // Asked under rules that changed meanwhile: right for this answer, kept for no other.
            return Arc::new(self.placed(rules, person));
        }
        let kept = |places: &Mutex<HashMap<String, Arc<Places>>>| {
            let places = places.lock().unwrap_or_else(PoisonError::into_inner);
            places.get(&person.key).cloned()
        };
        if let Some(places) = kept(&self.places) {
            return places;
        }
        let places = Arc::new(self.placed(rules, person));
        self.places
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(person.key.clone(), Arc::clone(&places));
        places
    }

    /// Returns what was found outstanding for a person under these rules, if it was.
    pub(super) fn kept_outstanding(
        &self,
        rules: &Rules,
        person: &Person,
    ) -> Option<Arc<Vec<Outstanding>>> {
        let kept = self
            .outstanding
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let found = (rules.commit == self.rules).then(|| kept.get(&person.key));
        found.flatten().cloned()
    }

    /// Keeps what was found outstanding for a person.
    pub(super) fn keep_outstanding(
        &self,
        rules: &Rules,
        person: &Person,
        found: &Arc<Vec<Outstanding>>,
    ) {
        if rules.commit == self.rules {
            self.outstanding
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(person.key.clone(), Arc::clone(found));
        }
    }

    fn placed(&self, rules: &Rules, person: &Person) -> Places {
        let section = |item: &Item| place(&rules.policy, item, person).section;
        Places {
            items: self
                .items
                .iter()
                .map(|waiting| section(&waiting.item))
                .collect(),
            amendment: self
                .amendment
                .as_ref()
                .map(|amendment| section(&amendment.item)),
        }
    }
}
