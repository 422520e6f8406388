//! Everything that readers have at one place of the chain, as data.
//!
//! Each page, feed and file of the site is a pure function of a [`Register`] and the texts that it names. So nothing can be shown that did not pass the
//! one place where a register is made ([`super::load()`]), and the same commit gives the same bytes wherever they are made.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ledger::Attachment;
use crate::policy::{Kind, Policy};

use super::address::Routes;
use super::facts::{Brief, Facts, Relation};

/// What the site says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// What the register calls itself.
    pub title: String,
    /// Where the site is reached, without a slash at its end.
    pub base: String,
    /// Who publishes it.
    pub publisher: String,
    /// The language of the site's own words, and of texts that give none.
    pub language: String,
    /// The licence of records that give none.
    pub license: Option<String>,
    /// A stylesheet of its own.
    pub stylesheet: Option<Vec<u8>>,
    /// A header of its own, sanitised.
    pub header: Option<String>,
}

/// Everything that readers have at one place of the chain.
#[derive(Debug, Clone)]
pub struct Register {
    /// What the site says of itself.
    pub settings: Settings,
    /// The policy in force, by which texts are read.
    pub policy: Arc<Policy>,
    /// The commit that stands for this state: the last attestation, or the baseline.
    pub commit: String,
    /// Its place in the chain; 0 is the baseline.
    pub sequence: i64,
    /// When the newest of the chain up to here was made, seconds since 1970 in UTC: a clock that was set back does not set this back.
    pub at: i64,
    /// When the register began to be attested, by the same count.
    pub begun: i64,
    /// The commits of the chain up to here, by place; the baseline first.
    pub links: Vec<String>,
    /// The collections, in the policy's order.
    pub collections: Vec<Shelf>,
    /// The records, by route.
    pub records: Vec<PublicRecord>,
    /// Releases that went out, the last one first.
    pub releases: Vec<Release>,
    /// The languages of texts that are public, by tag.
    pub languages: Vec<String>,
    pub(super) by_id: HashMap<String, usize>,
    pub(super) by_route: HashMap<String, usize>,
    pub(super) by_path: HashMap<String, usize>,
    pub(super) by_identity: HashMap<String, usize>,
    pub(super) earlier: HashMap<String, usize>,
    /// For each record, the records that name it, and the place of the relation among theirs.
    pub(super) incoming: HashMap<String, Vec<(usize, usize)>>,
    /// For each record, its translations.
    pub(super) translations: HashMap<String, Vec<usize>>,
}

/// A collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelf {
    /// Its name.
    pub name: String,
    /// What its records are.
    pub kind: Kind,
}

/// What has become of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It is public and citable.
    Published,
    /// It has ended, and keeps its address.
    Ended {
        /// When.
        at: i64,
        /// The place of the commit in the chain.
        sequence: i64,
    },
    /// It was taken down: nothing of it is shown but that.
    TakenDown {
        /// When.
        at: i64,
    },
}

/// A record as readers have it.
#[derive(Debug, Clone)]
pub struct PublicRecord {
    /// Its id.
    pub id: String,
    /// Its collection.
    pub collection: String,
    /// What it is.
    pub kind: Kind,
    /// Its address on the site, without slashes around it.
    pub route: String,
    /// Addresses that it had.
    pub earlier_routes: Vec<String>,
    /// What has become of it.
    pub state: State,
    /// Its status, in the policy's word.
    pub status: String,
    /// The text that stands for it now.
    pub current: Text,
    /// Its versions, oldest first. Empty where no text of it has a number.
    pub editions: Vec<Edition>,
    /// What was taken down of it, oldest first, whatever has been published since.
    pub gone: Vec<Gone>,
    /// What its text says.
    pub facts: Arc<Facts>,
}

/// A text that readers have, and the files that travel with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Its blob.
    pub blob: String,
    /// Its path when it was published.
    pub path: String,
    /// The commit that published it.
    pub commit: String,
    /// That commit's place in the chain.
    pub sequence: i64,
    /// When, seconds since 1970 in UTC.
    pub at: i64,
    /// The files that it names, as they were approved with it: blob and path.
    pub attached: Vec<(String, String)>,
}

/// A version of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// Its number.
    pub version: String,
    /// The text, which is the same for ever.
    pub text: Text,
    /// How far it moved from the version before.
    pub bump: Option<String>,
    /// Names of those who wrote it.
    pub authors: Vec<String>,
    /// Names of those who approved it.
    pub approvers: Vec<String>,
    /// Its release.
    pub release: Option<String>,
    /// Why it was taken back, if it was.
    pub yanked: Option<Yank>,
    /// What its text says in short.
    pub brief: Arc<Brief>,
}

/// Why and when a version was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Yank {
    /// When, seconds since 1970 in UTC.
    pub at: i64,
    /// The place of the commit in the chain.
    pub sequence: i64,
    /// The reason that was given for readers.
    pub reason: String,
}

/// What was taken down at one time: of it only what was told of it is told still, that it is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// When, seconds since 1970 in UTC.
    pub at: i64,
    /// The place of the commit in the chain.
    pub sequence: i64,
    /// The versions.
    pub editions: Vec<Edition>,
    /// When the record had ended or gone back to its authors before, if it had, and the status that it had then.
    pub left: Option<(i64, String)>,
}

/// A release that went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Its name in addresses.
    pub name: String,
    /// One line that says what it is.
    pub title: String,
    /// The place of its last link in the chain.
    pub sequence: i64,
    /// When it went out.
    pub at: i64,
}

impl Text {
    /// Returns a text whose files are given as the ledger writes them.
    pub(super) fn attached(mut self, files: &[Attachment]) -> Self {
        let files = files.iter();
        self.attached = files
            .map(|file| (file.blob.to_string(), file.path.clone()))
            .collect();
        self
    }
}

impl PublicRecord {
    /// Takes down everything that was published of it before a place of the chain, with the record that was taken down there.
    pub(super) fn take_down_with(&mut self, other: &Gone) {
        let is_old = |text: &Text| text.sequence < other.sequence;
        let is_down = !self.is_read() || is_old(&self.current);
        let editions = std::mem::take(&mut self.editions).into_iter();
        let (editions, stay) = editions.partition(|edition| is_down || is_old(&edition.text));
        self.editions = stay;
        self.gone.push(Gone {
            editions,
            left: match self.state {
                State::Ended { at, .. } if is_down => Some((at, self.status.clone())),
                State::Ended { .. } | State::Published | State::TakenDown { .. } => None,
            },
            ..other.clone()
        });
        if is_down && self.is_read() {
            self.state = State::TakenDown { at: other.at };
            self.forget();
        }
    }

    /// Leaves of what its text says only the language.
    pub(super) fn forget(&mut self) {
        self.facts = Arc::new(Facts {
            language: self.facts.language.clone(),
            ..Facts::default()
        });
    }

    /// Returns the versions that were taken down, each with when.
    pub fn gone_versions(&self) -> impl Iterator<Item = (&str, i64)> {
        self.gone.iter().flat_map(|gone| {
            let editions = gone.editions.iter();
            editions.map(|edition| (edition.version.as_str(), gone.at))
        })
    }

    /// Returns whether anything of it is read: everything but what was taken down.
    pub fn is_read(&self) -> bool {
        !matches!(self.state, State::TakenDown { .. })
    }

    /// Returns whether it is public and citable now, and not given up: not every version of it was taken back.
    pub fn is_published(&self) -> bool {
        let is_good = |edition: &Edition| edition.yanked.is_none();
        self.state == State::Published
            && (self.editions.is_empty() || self.editions.iter().any(is_good))
    }

    /// Returns the version that stands for the record now: the last that was not taken back, or the last.
    pub fn edition(&self) -> Option<&Edition> {
        let good = self
            .editions
            .iter()
            .rfind(|edition| edition.yanked.is_none());
        good.or(self.editions.last())
    }

    /// Returns whether its text came after a version of another record, or went out in one release with it.
    fn knew(&self, edition: &Edition) -> bool {
        let own = self.edition().and_then(|own| own.release.as_ref());
        edition.text.sequence <= self.current.sequence
            || (own.is_some() && own == edition.release.as_ref())
    }

    /// Returns the version of a number.
    pub fn edition_of(&self, version: &str) -> Option<&Edition> {
        self.editions
            .iter()
            .find(|edition| edition.version == version)
    }

    /// Returns the language of its text.
    pub fn language<'a>(&'a self, settings: &'a Settings) -> &'a str {
        let own = self.facts.language.as_deref();
        own.unwrap_or(&settings.language)
    }
}

impl Register {
    /// Returns the record of an id.
    pub fn record(&self, id: &str) -> Option<&PublicRecord> {
        self.records.get(*self.by_id.get(id)?)
    }

    /// Returns the record of an id, where it is one that readers can be sent to.
    pub fn shown(&self, id: &str) -> Option<&PublicRecord> {
        self.record(id).filter(|record| record.is_read())
    }

    /// Returns the record at a route.
    pub fn at_route(&self, route: &str) -> Option<&PublicRecord> {
        self.records.get(*self.by_route.get(route)?)
    }

    /// Returns the record whose identity leads on from a path.
    pub fn at_identity(&self, path: &str) -> Option<&PublicRecord> {
        self.records.get(*self.by_identity.get(path)?)
    }

    /// Returns the folders of the site that lead on to a record: its identity, and the routes that it had.
    pub fn leading_to(&self, record: &PublicRecord) -> Vec<String> {
        let own = |found: Option<&PublicRecord>| found.is_some_and(|found| found.id == record.id);
        let identity = super::address::identity(&record.id);
        let mut folders = Vec::new();
        if own(self.at_identity(&identity)) {
            folders.push(identity);
        }
        let earlier = record.earlier_routes.iter();
        folders.extend(
            earlier
                .filter(|route| own(self.at_earlier_route(route)))
                .cloned(),
        );
        folders.dedup();
        folders
    }

    /// Returns every file that travels with a text that readers have: its path on the site, and its blob.
    pub fn attached_files(&self) -> std::collections::BTreeMap<String, &str> {
        let texts = self.texts();
        let files = texts.flat_map(|text| &text.attached);
        files
            .map(|(blob, path)| (super::address::attached(blob, path), blob.as_str()))
            .collect()
    }

    fn texts(&self) -> impl Iterator<Item = &Text> {
        self.read().flat_map(|record| {
            let editions = record.editions.iter().map(|edition| &edition.text);
            editions.chain([&record.current])
        })
    }

    /// Returns the text that a file travels with, its blob and its path, by its path on the site.
    pub fn attached_at(&self, path: &str) -> Option<(&Text, &str, &str)> {
        let blob = path.strip_prefix("files/")?.split('/').next()?;
        let mut files = self.texts().flat_map(|text| {
            let files = text.attached.iter();
            files.map(move |(blob, path)| (text, blob.as_str(), path.as_str()))
        });
        files.find(|(_, own, file)| *own == blob && super::address::attached(own, file) == path)
    }

    /// Returns the record that had a route before.
    pub fn at_earlier_route(&self, route: &str) -> Option<&PublicRecord> {
        self.records.get(*self.earlier.get(route)?)
    }

    /// Returns the records that are public and citable, by route.
    pub fn published(&self) -> impl Iterator<Item = &PublicRecord> {
        self.records.iter().filter(|record| record.is_published())
    }

    /// Returns the records of which a page is shown, by route.
    pub fn read(&self) -> impl Iterator<Item = &PublicRecord> {
        self.records.iter().filter(|record| record.is_read())
    }

    /// Returns the record that this one is a translation of.
    pub fn original(&self, record: &PublicRecord) -> Option<&PublicRecord> {
        let id = record.facts.translates.as_ref()?;
        self.shown(id).filter(|original| original.id != record.id)
    }

    /// Returns the translations of a record, by language.
    pub fn translations(&self, record: &PublicRecord) -> impl Iterator<Item = &PublicRecord> {
        let places = self.translations.get(&record.id).into_iter().flatten();
        places.filter_map(|place| self.records.get(*place))
    }

    /// Returns whether a translation renders the version that stands for its original now, or the text where none has a number.
    pub fn is_current(&self, translation: &PublicRecord) -> bool {
        let Some(original) = self.original(translation) else {
            return true;
        };
        match original.edition() {
            Some(edition) => translation.knew(edition),
            None => original.current.sequence <= translation.current.sequence,
        }
    }

    /// Returns the version of the original that a translation was made of.
    pub fn translated_version(&self, translation: &PublicRecord) -> Option<&Edition> {
        let original = self.original(translation)?;
        let mut editions = original.editions.iter();
        editions.rfind(|edition| translation.knew(edition))
    }
}

impl Register {
    /// Returns the register with these records, and what is looked up of them.
    pub(super) fn with_records(mut self, mut records: Vec<PublicRecord>, routes: &Routes) -> Self {
        records.sort_by(|a, b| a.route.cmp(&b.route));
        for (place, record) in records.iter().enumerate() {
            self.by_id.insert(record.id.clone(), place);
            self.by_route.insert(record.route.clone(), place);
            self.by_path.insert(record.current.path.clone(), place);
            let identity = super::address::identity(&record.id);
            self.by_identity.entry(identity).or_insert(place);
        }
        for (place, record) in records.iter().enumerate() {
            let free = record
                .earlier_routes
                .iter()
                .filter(|route| !routes.is_taken(route));
            for route in free {
                self.earlier.entry(route.clone()).or_insert(place);
            }
            if !record.is_published() {
                continue;
            }
            for (number, relation) in record.facts.relations.iter().enumerate() {
                let naming = self.incoming.entry(relation.target.clone()).or_default();
                naming.push((place, number));
            }
            if let Some(original) = &record.facts.translates {
                self.translations
                    .entry(original.clone())
                    .or_default()
                    .push(place);
            }
        }
        for places in self.translations.values_mut() {
            places.sort_by_key(|place| records[*place].facts.language.clone());
        }
        self.records = records;
        self.languages = self.spoken();
        self
    }

    /// Returns the records that name this one, with the relation by which they do.
    pub fn naming(
        &self,
        record: &PublicRecord,
    ) -> impl Iterator<Item = (&PublicRecord, &Relation)> {
        let places = self.incoming.get(&record.id).into_iter().flatten();
        places.filter_map(|(place, number)| {
            let naming = self.records.get(*place)?;
            Some((naming, naming.facts.relations.get(*number)?))
        })
    }

    /// Returns the record whose text stood at a path when it was published.
    pub fn at_path(&self, path: &str) -> Option<&PublicRecord> {
        let record = self.records.get(*self.by_path.get(path)?)?;
        Some(record).filter(|record| record.is_read())
    }
}
