//! The one place where a register for readers is made: from the chain of attestations and the texts that it names, never from what stands at the tip.
//!
//! Nothing is public before the policy in force has a `[site]`, nothing while a rewritten history holds publishing, and nothing that the place of
//! publication was not yet seen to hold. A record is public from its first activation on, unless its text says that it is not.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use anyhow::{Context, Result};

use super::facts::{Brief, Facts};
use super::register::{Edition, PublicRecord, Register, Release, Settings, Shelf, Text};
use super::standing::{Standing, standings};
use super::{address, header, translations};
use crate::check::{self, MAX_ATTACHMENT_BYTES};
use crate::id::CommitId;
use crate::index::{self, BaselineFile, ChainRow, Rules};
use crate::policy::{Collection, Policy, Site};
use crate::record::{self, Format, Record};
use crate::refusal::Refusal;
use crate::repository::{Content, EntryKind, Repository};
use crate::review::Desk;

/// What was read before, by text: a text is read once as long as the policy stands.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The blob of the policy under which it was read.
    pub policy: String,
    /// Texts, and what they say.
    pub facts: HashMap<String, Arc<Facts>>,
    /// Texts of versions that are for readers.
    pub versions: HashMap<String, Arc<Brief>>,
}

/// Which state is asked for, and where it is read.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The address at which the site stands where the policy names none.
    pub address: Option<String>,
    /// The last link of the chain that counts, by its commit; absent means all that are published.
    pub until: Option<String>,
}

/// What was found.
#[derive(Debug)]
pub enum Found {
    /// Nothing is public.
    Nothing,
    /// Publishing is held.
    Held(Refusal),
    /// No link of the chain has the commit that was asked for.
    NoSuchState,
    /// The policy names no address, and nobody gave one.
    NoAddress,
    /// What readers have.
    Register(Box<Register>, Known),
}

/// Works out what readers have.
///
/// # Errors
/// When git or the database cannot be read.
pub async fn load(desk: &Arc<Desk>, wanted: Wanted, known: Arc<Known>) -> Result<Found> {
    let up_to = desk.published_up_to().await?;
    let heads = desk.index.heads().await?;
    let (Some(up_to), Some(baseline)) = (up_to, heads.baseline) else {
        return Ok(match desk.rewritten() {
            Some(rewritten) => Found::Held(rewritten.refusal()),
            None => Found::Nothing,
        });
    };
    let pool = desk.index.reader();
    let mut rows = index::whole_chain(pool).await?;
    // What was committed here is not public before the place of publication is seen to hold it.
    rows.retain(|row| row.sequence <= up_to);
    let chain = Chain {
        rows,
        files: index::baseline_files(pool).await?,
        titles: index::released_titles(pool).await?,
        baseline,
        amendments: heads.amendments,
    };
    let in_force = desk.index.rules();
    desk.on_repository(move |repository, _| {
        let Some(Ok(rules)) = in_force.as_ref() else {
            return Ok(Found::Nothing);
        };
        let Some(chain) = chain.until(wanted.until.as_deref()) else {
            return Ok(Found::NoSuchState);
        };
        match chain.rules(repository, rules)? {
            None => make(repository, rules, &chain, wanted.address, known),
            Some(Ok(rules)) => make(repository, &rules, &chain, wanted.address, known),
            Some(Err(_)) => Ok(Found::Nothing),
        }
    })
    .await
}

/// The chain as far as it counts.
struct Chain {
    rows: Vec<ChainRow>,
    files: Vec<BaselineFile>,
    titles: Vec<(String, String)>,
    baseline: CommitId,
    amendments: Vec<CommitId>,
}

impl Chain {
    /// Leaves out what came after a commit of the chain; `None` where it is none.
    fn until(mut self, commit: Option<&str>) -> Option<Self> {
        let Some(commit) = commit else {
            return Some(self);
        };
        let place = self.rows.iter().position(|row| row.commit_id == commit);
        match place {
            Some(place) => self.rows.truncate(place + 1),
            None if commit == self.baseline.to_string() => self.rows.clear(),
            None => return None,
        }
        Some(self)
    }

    /// Returns the rules that were in force where the chain ends, if they are others than these.
    fn rules(
        &self,
        repository: &Repository,
        rules: &Rules,
    ) -> Result<Option<Result<Rules, Vec<Refusal>>>> {
        let ends = |amendment: &&CommitId| {
            let name = amendment.to_string();
            self.rows.iter().any(|row| row.commit_id == name)
        };
        let last = self.amendments.iter().rev().find(ends);
        let commit = *last.unwrap_or(&self.baseline);
        let is_last = self
            .amendments
            .last()
            .is_none_or(|newest| *newest == commit);
        match commit == rules.commit || is_last {
            true => Ok(None),
            false => Ok(Some(match Rules::load(repository, commit, true)? {
                Some(loaded) => loaded,
                None => Err(Vec::new()),
            })),
        }
    }
}

fn make(
    repository: &Repository,
    rules: &Rules,
    chain: &Chain,
    address: Option<String>,
    known: Arc<Known>,
) -> Result<Found> {
    let policy = &rules.policy;
    let Some(site) = policy.site.as_ref().filter(|_| rules.adopted) else {
        return Ok(Found::Nothing);
    };
    let Some(base) = site.address.clone().or(address) else {
        return Ok(Found::NoAddress);
    };
    let version = rules.blob.to_string();
    let before = match known.policy == version {
        true => known,
        false => Arc::default(),
    };
    let begun = repository.commit(chain.baseline)?.committed_at;
    let mut reader = Reader {
        repository,
        policy,
        before,
        now: Known {
            policy: version,
            ..Known::default()
        },
        hidden: HashSet::new(),
        baseline: chain.baseline,
    };
    let mut routes = address::Routes::default();
    let mut records = Vec::new();
    for standing in standings(policy, &chain.files, &chain.rows, chain.baseline, begun) {
        records.extend(reader.record(&mut routes, standing)?);
    }
    translations::hide(&mut records, reader.hidden);
    let last = chain.rows.last();
    let mut links = vec![chain.baseline.to_string()];
    links.extend(chain.rows.iter().map(|row| row.commit_id.clone()));
    let register = Register {
        settings: settings(repository, rules, site, base)?,
        policy: Arc::new(policy.clone()),
        commit: last.map_or_else(|| chain.baseline.to_string(), |row| row.commit_id.clone()),
        sequence: last.map_or(0, |row| row.sequence),
        at: chain.rows.iter().fold(begun, |at, row| at.max(row.at)),
        begun,
        links,
        collections: shelves(policy),
        releases: releases(chain, &records),
        records: Vec::new(),
        by_id: HashMap::new(),
        by_route: HashMap::new(),
        languages: Vec::new(),
        by_path: HashMap::new(),
        by_identity: HashMap::new(),
        earlier: HashMap::new(),
        incoming: HashMap::new(),
        translations: HashMap::new(),
    };
    let known = reader.now;
    let register = register.with_records(records, &routes);
    Ok(Found::Register(Box::new(register), known))
}

fn shelves(policy: &Policy) -> Vec<Shelf> {
    let collections = policy.collections.values();
    let shelf = collections.map(|collection| Shelf {
        name: collection.name.clone(),
        kind: collection.kind,
    });
    shelf.collect()
}

fn settings(repository: &Repository, rules: &Rules, site: &Site, base: String) -> Result<Settings> {
    let title = rules.policy.title.clone();
    let read = |path: &Option<String>| match path {
        Some(path) => repository.text(rules.commit, path),
        None => Ok(None),
    };
    let header = read(&site.header)?.map(|text| header::sanitised(&text, &base));
    Ok(Settings {
        base,
        publisher: site.publisher.clone().unwrap_or_else(|| title.clone()),
        language: site.language.clone(),
        license: site.license.clone(),
        stylesheet: read(&site.stylesheet)?.map(String::into_bytes),
        header,
        title,
    })
}

/// Returns the releases by which readers have anything, the last one first.
fn releases(chain: &Chain, records: &[PublicRecord]) -> Vec<Release> {
    let editions = records.iter().flat_map(|record| &record.editions);
    let shown: HashSet<&str> = editions
        .filter_map(|edition| edition.release.as_deref())
        .collect();
    let mut releases: Vec<Release> = Vec::new();
    for row in &chain.rows {
        let Some(name) = row
            .release
            .as_ref()
            .filter(|name| shown.contains(name.as_str()))
        else {
            continue;
        };
        let title = chain.titles.iter().find(|(own, _)| own == name);
        releases.retain(|release| release.name != *name);
        releases.push(Release {
            name: name.clone(),
            title: title.map_or_else(|| name.clone(), |(_, title)| title.clone()),
            sequence: row.sequence,
            at: row.at,
        });
    }
    releases.reverse();
    releases
}

/// Reads texts, each once.
struct Reader<'a> {
    repository: &'a Repository,
    policy: &'a Policy,
    before: Arc<Known>,
    now: Known,
    /// The ids of records that say that they are not for readers.
    hidden: HashSet<String>,
    baseline: CommitId,
}

impl Reader<'_> {
    /// Returns a record as readers have it; `None` where its text is not for them or cannot be read.
    fn record(
        &mut self,
        routes: &mut address::Routes,
        standing: Standing<'_>,
    ) -> Result<Option<PublicRecord>> {
        let collection = standing.collection;
        let last = standing.end.as_ref().unwrap_or(&standing.text);
        let own = self.policy.slug_of(collection, &last.path);
        let Some(mut facts) = self.facts_of(collection, &standing.text)? else {
            return Ok(None);
        };
        let end = match &standing.end {
            Some(end) => self.facts_of(collection, end)?,
            None => None,
        };
        // What says of itself that it is not for readers leaves no trace, not even that it was taken down.
        if facts.is_private || end.as_ref().is_some_and(|end| end.is_private) {
            self.hidden.insert(standing.id);
            return Ok(None);
        }
        if let Some(end) = end {
            facts = Arc::new(Facts {
                successors: end.successors.clone(),
                ..(*facts).clone()
            });
        }
        let earlier_routes = self.earlier_routes(collection, &own, &standing.texts)?;
        let editions = self.for_readers(collection, standing.editions)?;
        let mut gone = standing.gone;
        for down in &mut gone {
            let editions = std::mem::take(&mut down.editions);
            down.editions = self.for_readers(collection, editions)?;
        }
        let mut current = standing.text;
        if current.sequence == 0 {
            current.attached.clone_from(&facts.adopted_with);
        }
        let mut record = PublicRecord {
            route: routes.take(&own),
            earlier_routes,
            id: standing.id,
            collection: collection.name.clone(),
            kind: collection.kind,
            state: standing.state,
            status: standing.status,
            current,
            editions,
            gone,
            facts,
        };
        if !record.is_read() {
            record.forget();
        }
        Ok(Some(record))
    }

    /// Returns the routes that a record had. Where a text stood that was not for readers, they never had anything.
    fn earlier_routes(
        &mut self,
        collection: &Collection,
        own: &str,
        texts: &[Text],
    ) -> Result<Vec<String>> {
        let mut routes = Vec::new();
        for text in texts {
            let slug = self.policy.slug_of(collection, &text.path);
            let route = address::safe_path(&slug);
            if slug != own && !routes.contains(&route) && self.brief_of(collection, text)?.is_some()
            {
                routes.push(route);
            }
        }
        Ok(routes)
    }

    /// Returns the versions whose texts are for readers. One that cannot be read any more is left out, and nothing else with it.
    fn for_readers(
        &mut self,
        collection: &Collection,
        editions: Vec<Edition>,
    ) -> Result<Vec<Edition>> {
        let mut open = Vec::new();
        for mut edition in editions {
            let Some(brief) = self.brief_of(collection, &edition.text)? else {
                continue;
            };
            if edition.text.sequence == 0 {
                edition.text.attached.clone_from(&brief.adopted_with);
            }
            edition.brief = brief;
            open.push(edition);
        }
        Ok(open)
    }

    /// Returns what is kept of a version's text; `None` where it is not for readers or cannot be read.
    fn brief_of(&mut self, collection: &Collection, text: &Text) -> Result<Option<Arc<Brief>>> {
        let key = text_key(&collection.name, text);
        let known = self.now.versions.get(&key);
        let brief = match known.or(self.before.versions.get(&key)) {
            Some(brief) => Arc::clone(brief),
            None => {
                let facts = match self.now.facts.get(&key) {
                    Some(facts) => Some(Arc::clone(facts)),
                    None => self.read_facts(collection, text)?.map(Arc::new),
                };
                match facts.filter(|facts| !facts.is_private) {
                    Some(facts) => Arc::new(Brief::of(&facts)),
                    None => return Ok(None),
                }
            }
        };
        self.now.versions.insert(key, Arc::clone(&brief));
        Ok(Some(brief))
    }

    fn facts_of(&mut self, collection: &Collection, text: &Text) -> Result<Option<Arc<Facts>>> {
        let key = text_key(&collection.name, text);
        let known = self.now.facts.get(&key).or(self.before.facts.get(&key));
        let facts = match known {
            Some(facts) => Arc::clone(facts),
            None => match self.read_facts(collection, text)? {
                Some(facts) => Arc::new(facts),
                None => return Ok(None),
            },
        };
        self.now.facts.insert(key, Arc::clone(&facts));
        Ok(Some(facts))
    }

    fn read_facts(&self, collection: &Collection, text: &Text) -> Result<Option<Facts>> {
        let Some(record) = self.read(collection, text)? else {
            return Ok(None);
        };
        let mut facts = Facts::read(self.policy, collection, &record, &text.path);
        if text.sequence == 0 {
            facts.adopted_with = self.files_at_baseline(collection, &record, &text.path)?;
        }
        // Of what is not for readers nothing is kept but that it is not.
        Ok(Some(match facts.is_private {
            true => Facts {
                is_private: true,
                ..Facts::default()
            },
            false => facts,
        }))
    }

    /// Returns a text; `None` where it is not here, too large, or does not read.
    fn read(&self, collection: &Collection, text: &Text) -> Result<Option<Record>> {
        let Content::Bytes(bytes) = self.repository.content(text.blob.parse()?)? else {
            return Ok(None);
        };
        let read = record::parse(&bytes, format_of(self.policy, collection, &text.path));
        if let Err(error) = &read {
            let (blob, path) = (&text.blob, &text.path);
            tracing::warn!(blob, path, %error, "a text of the chain does not read any more, and is left out of what readers have");
        }
        Ok(read.ok())
    }

    /// What the baseline adopted with a text: it names no files of its own.
    fn files_at_baseline(
        &self,
        collection: &Collection,
        record: &Record,
        path: &str,
    ) -> Result<Vec<(String, String)>> {
        let mut files = Vec::new();
        for named in check::attachments(self.policy, collection, record, path) {
            let entry = self.repository.entry(self.baseline, &named.target)?;
            let entry = entry.filter(|entry| entry.kind == EntryKind::File);
            files.extend(entry.map(|entry| (entry.blob.to_string(), named.target)));
        }
        Ok(files)
    }
}

/// Returns the format of a text: a record that moved brings texts of its earlier collection, or of one that the policy does not know any more.
pub(super) fn format_of(policy: &Policy, collection: &Collection, path: &str) -> Format {
    match policy.collection_of(path) {
        Some(own) => own.format,
        None => Format::of_path(path).unwrap_or(collection.format),
    }
}

/// Returns the name under which what a text says is kept. One that was adopted names the files that stood around it then, which one of the same bytes that
/// was published later does not.
pub(super) fn text_key(collection: &str, text: &Text) -> String {
    let Text { blob, path, .. } = text;
    match text.sequence {
        0 => format!("{collection} {blob} {path}"),
        _ => format!("{collection} {blob}"),
    }
}

/// Reads the bytes of texts and files that a register names.
pub struct Texts<'a>(pub &'a Repository);

impl Texts<'_> {
    /// Returns the bytes of a text or of an attached file.
    ///
    /// # Errors
    /// When it is not there, or larger than any that a register names.
    pub fn bytes(&self, blob: &str) -> Result<Vec<u8>> {
        match self.0.content_up_to(blob.parse()?, MAX_ATTACHMENT_BYTES)? {
            Content::Bytes(bytes) => Ok(bytes),
            Content::TooLarge(_) | Content::Missing(_) => {
                Err(anyhow::anyhow!("not here, or too large"))
                    .with_context(|| format!("failed to read the blob {blob}"))
            }
        }
    }
}
