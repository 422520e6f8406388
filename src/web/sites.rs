//! What readers have of each repository, kept in memory for as long as it stands.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;

use crate::index;
use crate::publish::site::{self, File, Found, Known, Register, Wanted};
use crate::review::Desk;

/// What readers have of each repository.
#[derive(Default)]
pub struct Sites {
    shelves: Mutex<HashMap<String, Shelf>>,
    /// Held by the one that works out anew.
    loading: tokio::sync::Mutex<()>,
    /// Held by the one that works out what readers had before.
    comparing: tokio::sync::Mutex<()>,
}

#[derive(Default, Clone)]
struct Shelf {
    /// The edition of the picture, and what the pages counted then: as of which everything here was found to stand.
    edition: Option<(u64, u64)>,
    /// The ends of the chain and of the published branch, and the policy, from which it was worked out.
    ends: String,
    shown: Option<Arc<Shown>>,
    known: Arc<Known>,
}

/// What readers have of one repository.
pub struct Shown {
    /// It as data.
    pub register: Arc<Register>,
    /// When anything of it last changed, its policy included, seconds since 1970 in UTC.
    pub at: i64,
    /// Files that are made of all of it, once they were asked for.
    whole: Mutex<HashMap<String, Arc<File>>>,
}

/// What a reader is to be told.
pub enum Open {
    /// What there is.
    Shown(Arc<Shown>),
    /// Nothing is public.
    Closed,
    /// Publishing is held, and nothing from before is left in memory.
    Held,
}

impl Sites {
    /// Returns what readers have of a repository now. While a rewritten history holds publishing, that is what they had before.
    ///
    /// # Errors
    /// When git or the database cannot be read.
    pub async fn open(&self, desk: &Arc<Desk>, address: &str) -> Result<Open> {
        let shelf = self.shelf(&desk.name);
        if let (Some(known), Some(shown)) = (shelf.edition, &shelf.shown)
            && known == edition(desk)
        {
            return Ok(Open::Shown(Arc::clone(shown)));
        }
        let _one = self.loading.lock().await;
        let shelf = self.shelf(&desk.name);
        // Asked before anything is read: what is found is at least as new.
        let now = edition(desk);
        if shelf.edition == Some(now) {
            return Ok(shelf.shown.map_or(Open::Closed, Open::Shown));
        }
        let ends = ends(desk).await?;
        if shelf.ends == ends && desk.rewritten().is_none() {
            // Drafts, proposals and comments moved, and nothing that readers have.
            let shown = shelf.shown.clone();
            self.keep(
                desk,
                Shelf {
                    edition: Some(now),
                    ..shelf
                },
            );
            return Ok(shown.map_or(Open::Closed, Open::Shown));
        }
        let wanted = Wanted {
            address: Some(address.to_owned()),
            until: None,
        };
        let (shown, known) = match site::load(desk, wanted, shelf.known).await? {
            Found::Held(_) => return Ok(shelf.shown.map_or(Open::Held, Open::Shown)),
            Found::Nothing | Found::NoSuchState | Found::NoAddress => (None, Known::default()),
            Found::Register(register, known) => {
                let shown = Shown {
                    at: register.at.max(ruled_at(desk).await?),
                    register: Arc::from(register),
                    whole: Mutex::default(),
                };
                (Some(Arc::new(shown)), known)
            }
        };
        let kept = Shelf {
            edition: Some(now),
            ends,
            shown: shown.clone(),
            known: Arc::new(known),
        };
        self.keep(desk, kept);
        Ok(shown.map_or(Open::Closed, Open::Shown))
    }

    /// Returns what readers had where the chain ended at a commit, beside what they have; `None` where no link of it has that name.
    ///
    /// # Errors
    /// When git or the database cannot be read.
    pub async fn before(
        &self,
        desk: &Arc<Desk>,
        address: &str,
        commit: &str,
        shown: &Shown,
    ) -> Result<Option<Arc<Register>>> {
        if commit == shown.register.commit {
            return Ok(Some(Arc::clone(&shown.register)));
        }
        let wanted = Wanted {
            address: Some(address.to_owned()),
            until: Some(commit.to_owned()),
        };
        // One at a time: anybody may ask for it, and it is the one answer that costs as much as the register is large.
        let _one = self.comparing.lock().await;
        let known = self.shelf(&desk.name).known;
        match site::load(desk, wanted, known).await? {
            Found::Register(register, _) => Ok(Some(Arc::from(register))),
            Found::Nothing | Found::Held(_) | Found::NoSuchState | Found::NoAddress => Ok(None),
        }
    }

    fn keep(&self, desk: &Desk, shelf: Shelf) {
        let mut shelves = self.shelves.lock().unwrap_or_else(PoisonError::into_inner);
        shelves.insert(desk.name.clone(), shelf);
    }

    fn shelf(&self, name: &str) -> Shelf {
        let shelves = self.shelves.lock().unwrap_or_else(PoisonError::into_inner);
        shelves.get(name).cloned().unwrap_or_default()
    }
}

/// A move of the place of publication changes no picture, but what the pages count.
fn edition(desk: &Desk) -> (u64, u64) {
    (desk.index.edition(), *desk.changes().borrow())
}

/// Everything that a register is made from, by name: where nothing of it moved, readers have what they had.
async fn ends(desk: &Arc<Desk>) -> Result<String> {
    let rules = desk.index.rules();
    let (Some(Ok(rules)), Some(up_to)) = (rules.as_ref(), desk.published_up_to().await?) else {
        return Ok(String::new());
    };
    let last = index::commit_at(desk.index.reader(), up_to).await?;
    Ok(format!("{last:?} {}", rules.blob))
}

/// When the policy in force came into force: with it the look of every page may have changed.
async fn ruled_at(desk: &Arc<Desk>) -> Result<i64> {
    let rules = desk.index.rules();
    let Some(Ok(rules)) = rules.as_ref() else {
        return Ok(0);
    };
    let commit = rules.commit;
    let committed = desk.on_repository(move |repository, _| repository.commit(commit));
    Ok(committed.await?.committed_at)
}

impl Shown {
    /// Returns a file that is made of the whole register, made once.
    ///
    /// # Errors
    /// When a template fails, which it does for no data.
    pub fn whole(&self, path: &str) -> Result<Option<Arc<File>>> {
        let kept = |whole: &Mutex<HashMap<String, Arc<File>>>| {
            let whole = whole.lock().unwrap_or_else(PoisonError::into_inner);
            whole.get(path).cloned()
        };
        if let Some(file) = kept(&self.whole) {
            return Ok(Some(file));
        }
        let Some(file) = site::files::whole_site(&self.register, path)?.map(Arc::new) else {
            return Ok(None);
        };
        let mut whole = self.whole.lock().unwrap_or_else(PoisonError::into_inner);
        whole.insert(path.to_owned(), Arc::clone(&file));
        Ok(Some(file))
    }
}
