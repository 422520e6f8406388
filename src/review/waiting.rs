//! What is open in a repository: loaded once for each edition of its picture, whoever asks.
//!
//! Every page says how many items wait for its reader, so this must cost next to nothing: the items are read when the picture changed, and where each of
//! them stands for a person is worked out once for that person. Of a picture that changed a little, what changed is read again, and the rest kept.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;

use super::governance::Amendment;
use super::queue::{Section, place, waits_since};
use super::releases::Holds;
use super::{Desk, Item, Outstanding, load, proposed};
use crate::id::CommitId;
use crate::index::{self, Changed, Count, Rules, StandingWanted, Wanted};
use crate::policy::{Person, Policy};

/// Items that are looked at: more than this waits for nobody in particular, and is read in the list of records.
const MOST: usize = 3000;

/// An item and since when it waits.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The item.
    pub item: Item,
    /// Since somebody first spoke of its very text, else since it was changed; seconds since 1970 in UTC.
    pub since: i64,
}

impl Waiting {
    /// The longest waiting first; of those that wait alike, by where they stand.
    fn order(&self) -> (i64, &str, Option<&str>) {
        let origin = self.item.origin.as_ref();
        let branch = origin.map(|origin| origin.branch.as_str());
        (self.since, &self.item.path, branch)
    }
}

/// What is open at one edition of the picture.
pub struct Open {
    /// Items about which somebody could decide something, those of open proposals among them, the oldest first.
    pub items: Vec<Arc<Waiting>>,
    /// The change of the policy that waits.
    pub amendment: Option<Amendment>,
    /// How many are open, where that is more than were looked at.
    pub beyond: Option<Count>,
    /// How many more could be open without one that is not looked at.
    room: usize,
    /// What open releases hold.
    holds: Holds,
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
        let carried = match kept.as_ref() {
            Some((of, before)) => match self.index.changed_since(*of) {
                Some(changed) => carry_on(self, rules, before, &changed).await?,
                None => None,
            },
            None => None,
        };
        let open = Arc::new(match carried {
            Some(open) => open,
            None => load(self, rules).await?,
        });
        *kept = Some((edition, Arc::clone(&open)));
        Ok(open)
    }
}

async fn load(desk: &Arc<Desk>, rules: &Rules) -> Result<Open> {
    let pool = desk.index.reader();
    let most = i64::try_from(MOST)?;
    // Read before the items: what they may hold beyond it shows at the next change.
    let holds = Holds::read(pool).await?;
    let paths = index::oldest_open_paths(pool, most).await?;
    let branches = index::open_branches(pool, most).await?;
    let mut items = read(desk, &paths, &branches).await?;
    items.sort_by(|one, other| one.order().cmp(&other.order()));
    let wanted = Wanted {
        standing: Some(StandingWanted::Open),
        ..Wanted::default()
    };
    Ok(Open {
        items,
        amendment: desk.amendment(rules).await?,
        beyond: match paths.len() < MOST {
            true => None,
            false => Some(index::count(pool, &wanted).await?),
        },
        room: MOST.saturating_sub(paths.len().max(branches.len())),
        holds,
        rules: rules.commit,
        places: Mutex::default(),
        outstanding: Mutex::default(),
    })
}

/// Returns what is open after a change, from what was open before it: items that the change does not concern are kept, with where they stand for those
/// who asked. `None` where everything is to be read.
async fn carry_on(
    desk: &Arc<Desk>,
    rules: &Rules,
    before: &Open,
    changed: &Changed,
) -> Result<Option<Open>> {
    let pool = desk.index.reader();
    let holds = Holds::read(pool).await?;
    if before.rules != rules.commit || before.holds != holds {
        return Ok(None);
    }
    let (paths, branches) = index::concerned(pool, changed).await?;
    let open_paths = index::open_among(pool, &paths).await?;
    let open_branches = index::open_branches_among(pool, &branches).await?;
    let more = open_paths.len().max(open_branches.len());
    let Some(room) = before.room.checked_sub(more).filter(|room| *room > 0) else {
        return Ok(None);
    };
    let concerned: [HashSet<&str>; 2] =
        [&paths, &branches].map(|names| names.iter().map(String::as_str).collect());
    let is_kept = |item: &Item| match &item.origin {
        None => !concerned[0].contains(item.path.as_str()),
        Some(origin) => !concerned[1].contains(origin.branch.as_str()),
    };
    let fresh = read(desk, &open_paths, &open_branches).await?;
    let kept = before.items.iter().enumerate();
    let kept = kept.filter(|(_, waiting)| is_kept(&waiting.item));
    let mut items: Vec<(Option<usize>, Arc<Waiting>)> = kept
        .map(|(number, waiting)| (Some(number), Arc::clone(waiting)))
        .chain(fresh.into_iter().map(|waiting| (None, waiting)))
        .collect();
    items.sort_by(|(_, one), (_, other)| one.order().cmp(&other.order()));
    let amendment = desk.amendment(rules).await?;
    let places = before.carry_places(&rules.policy, &items, amendment.as_ref());
    Ok(Some(Open {
        items: items.into_iter().map(|(_, waiting)| waiting).collect(),
        amendment,
        beyond: None,
        room,
        holds,
        rules: rules.commit,
        places: Mutex::new(places),
        outstanding: Mutex::default(),
    }))
}

/// Reads the items at these paths of the published branch and of these proposals.
async fn read(
    desk: &Arc<Desk>,
    paths: &[String],
    branches: &[String],
) -> Result<Vec<Arc<Waiting>>> {
    let pool = desk.index.reader();
    let changed: HashMap<String, i64> = index::records_at(pool, paths)
        .await?
        .into_iter()
        .map(|row| (row.path, row.changed_at.unwrap_or_default()))
        .collect();
    let published = load::items(pool, paths).await?.into_iter();
    let proposed = proposed::items(pool, branches).await?;
    let items = published.chain(proposed);
    Ok(items
        .map(|item| Arc::new(waiting(item, &changed)))
        .collect())
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

    /// Returns where everything stands now for those who asked before: items that are numbered stand where they stood.
    fn carry_places(
        &self,
        policy: &Policy,
        items: &[(Option<usize>, Arc<Waiting>)],
        amendment: Option<&Amendment>,
    ) -> HashMap<String, Arc<Places>> {
        let asked = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let carried = asked.iter().filter_map(|(key, before)| {
            let person = policy.people.get(key)?;
            let section = |item: &Item| place(policy, item, person).section;
            let items = items.iter().map(|(number, waiting)| {
                let kept = number.and_then(|number| before.items.get(number));
                kept.copied().unwrap_or_else(|| section(&waiting.item))
            });
            let places = Places {
                items: items.collect(),
                amendment: amendment.map(|amendment| section(&amendment.item)),
            };
            Some((key.clone(), Arc::new(places)))
        });
        carried.collect()
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
