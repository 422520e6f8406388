//! What changed, as Atom (RFC 4287): each version, each end, each version taken back, and what was taken down as a deleted entry (RFC 6721).
//!
//! Entries are named by record and version, so that a feed reader knows them again whatever server made them, and say what that version said. They stand in
//! the order of the chain, whatever the clocks said. The whole history is there in archives of a fixed size (RFC 5005), which do not change once they are full,
//! but for what moves or is taken down.

use std::collections::BTreeSet;

use anyhow::Result;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use quick_xml::Writer;

use super::address;
use super::register::{Edition, PublicRecord, Register, State};
use super::words::{date_parts, heading, moment};
use super::xml::{document, element, empty, spoken};
use crate::language::say;

/// Entries of an archive, and of the feed itself at most.
const ENTRIES: usize = 100;

/// What a feed is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// Everything.
    Everything,
    /// A collection.
    Collection(String),
    /// Texts in a language.
    Language(String),
}

impl About {
    /// Returns every feed that has entries, or had some.
    pub fn all(register: &Register) -> Vec<Self> {
        let mut all = vec![Self::Everything];
        let shelves = register.collections.iter();
        let shelves = shelves.filter(|shelf| {
            register
                .records
                .iter()
                .any(|one| one.collection == shelf.name)
        });
        all.extend(shelves.map(|shelf| Self::Collection(shelf.name.clone())));
        // What was taken down is told in the language that it had.
        let tags = register.records.iter();
        let tags: BTreeSet<&str> = tags
            .map(|record| record.language(&register.settings))
            .filter(|tag| address::safe_path(tag) == **tag)
            .collect();
        all.extend(tags.into_iter().map(|tag| Self::Language(tag.to_owned())));
        all
    }

    /// Returns the path of a feed, or of one of its archives, counted from 1.
    pub fn path(&self, archive: Option<usize>) -> String {
        let name = match self {
            Self::Everything => "feeds/changes".to_owned(),
            Self::Collection(name) => format!("feeds/collection/{name}"),
            Self::Language(language) => format!("feeds/language/{language}"),
        };
        match archive {
            Some(number) => format!("{name}-{number}.atom"),
            None => format!("{name}.atom"),
        }
    }

    fn is_about(&self, register: &Register, record: &PublicRecord) -> bool {
        match self {
            Self::Everything => true,
            Self::Collection(name) => record.collection == *name,
            Self::Language(language) => record.language(&register.settings) == language,
        }
    }

    fn title(&self, register: &Register) -> String {
        let name = register.settings.title.as_str();
        let said = match self {
            Self::Everything => say("public-feed-changes"),
            Self::Collection(own) => say("public-feed-collection").with("collection", heading(own)),
            Self::Language(own) => {
                say("public-feed-language").with("language", super::sitemap::language_name(own))
            }
        };
        said.with("register", name).text(register.words())
    }
}

/// Something that happened to a record.
struct Entry<'a> {
    record: &'a PublicRecord,
    what: What<'a>,
    at: i64,
    sequence: i64,
}

enum What<'a> {
    Published(&'a Edition),
    TakenBack(&'a Edition),
    Ended,
}

/// Returns a feed with all its archives, by path.
///
/// # Errors
/// Never for memory.
pub fn all(register: &Register, about: &About) -> Result<Vec<(String, Vec<u8>)>> {
    let entries = entries(register, about);
    let archives = (1..=entries.len() / ENTRIES).map(Some);
    let mut files = Vec::new();
    for archive in std::iter::once(None).chain(archives) {
        if let Some(bytes) = written(register, about, &entries, archive)? {
            files.push((about.path(archive), bytes));
        }
    }
    Ok(files)
}

/// Returns the feed or the archive at a path; `None` where there is none.
///
/// # Errors
/// Never for memory.
pub fn at(register: &Register, path: &str) -> Result<Option<Vec<u8>>> {
    for about in About::all(register) {
        let archive = path
            .strip_suffix(".atom")
            .and_then(|stem| stem.rsplit_once('-')?.1.parse().ok());
        let asked = [None, archive.map(Some).unwrap_or_default()];
        let asked = asked.into_iter().find(|asked| about.path(*asked) == path);
        if let Some(archive) = asked {
            return written(register, &about, &entries(register, &about), archive);
        }
    }
    Ok(None)
}

fn written(
    register: &Register,
    about: &About,
    entries: &[Entry<'_>],
    archive: Option<usize>,
) -> Result<Option<Vec<u8>>> {
    let full = entries.len() / ENTRIES;
    let shown: &[Entry<'_>] = match archive {
        Some(number) if number == 0 || number > full => return Ok(None),
        Some(number) => &entries[(number - 1) * ENTRIES..number * ENTRIES],
        None => &entries[entries.len().saturating_sub(ENTRIES)..],
    };
    let attributes = [
        ("xmlns", "http://www.w3.org/2005/Atom"),
        ("xmlns:at", "http://purl.org/atompub/tombstones/1.0"),
        ("xmlns:fh", "http://purl.org/syndication/history/1.0"),
        ("xml:lang", register.words().tag()),
    ];
    let gone = gone(register, about).filter(|_| archive.is_none());
    let gone: Vec<(String, i64)> = gone.collect();
    let written = document("feed", &attributes, |writer| {
        head(writer, register, about, archive, full, shown)?;
        for (name, at) in &gone {
            let entry = [("ref", name.as_str()), ("when", &moment(*at))];
            empty(writer, "at:deleted-entry", &entry)?;
        }
        // The newest first.
        for entry in shown.iter().rev() {
            writer
                .create_element("entry")
                .write_inner_content(|writer| write(writer, register, entry))?;
        }
        Ok(())
    })?;
    Ok(Some(written))
}

fn head(
    writer: &mut Writer<Vec<u8>>,
    register: &Register,
    about: &About,
    archive: Option<usize>,
    full: usize,
    shown: &[Entry<'_>],
) -> std::io::Result<()> {
    let whole = |path: &str| format!("{}/{}", register.settings.base, address::encoded(path));
    let latest = shown.iter().map(|entry| entry.at).max();
    element(
        writer,
        "id",
        &tag(register, register.begun, &about.path(archive)),
    )?;
    element(writer, "title", &about.title(register))?;
    element(writer, "updated", &moment(latest.unwrap_or(register.at)))?;
    empty(
        writer,
        "link",
        &[("rel", "self"), ("href", &whole(&about.path(archive)))],
    )?;
    empty(
        writer,
        "link",
        &[("rel", "alternate"), ("href", &register.whole(""))],
    )?;
    let before = match archive {
        Some(number) => number - 1,
        None => full,
    };
    if archive.is_some() {
        empty(writer, "fh:archive", &[])?;
        empty(
            writer,
            "link",
            &[("rel", "current"), ("href", &whole(&about.path(None)))],
        )?;
    }
    if before > 0 {
        let address = whole(&about.path(Some(before)));
        empty(
            writer,
            "link",
            &[("rel", "prev-archive"), ("href", &address)],
        )?;
    }
    author(writer, &register.settings.publisher)
}

fn write(
    writer: &mut Writer<Vec<u8>>,
    register: &Register,
    entry: &Entry<'_>,
) -> std::io::Result<()> {
    let record = entry.record;
    let language = record.language(&register.settings);
    let title = match entry.what {
        What::Published(edition) | What::TakenBack(edition) => edition.brief.title.as_str(),
        What::Ended => record.facts.title.as_str(),
    };
    let (name, said, folder) = match entry.what {
        What::Published(edition) => (
            format!("{}:{}", record.id, edition.version),
            say("public-feed-entry")
                .with("title", title)
                .with("version", edition.version.as_str()),
            address::version(&record.route, &edition.version),
        ),
        What::TakenBack(edition) => (
            format!("{}:{}:yanked", record.id, edition.version),
            say("public-feed-yanked")
                .with("title", title)
                .with("version", edition.version.as_str()),
            address::version(&record.route, &edition.version),
        ),
        What::Ended => (
            format!("{}:{}", record.id, record.status),
            say("public-feed-ended")
                .with("title", title)
                .with("status", record.status.as_str()),
            record.route.clone(),
        ),
    };
    element(writer, "id", &tag(register, entry.at, &name))?;
    spoken(writer, "title", language, &said.text(register.words()))?;
    element(writer, "updated", &moment(entry.at))?;
    element(writer, "published", &moment(entry.at))?;
    empty(
        writer,
        "link",
        &[("rel", "alternate"), ("href", &register.whole(&folder))],
    )?;
    let kind = match &entry.what {
        What::Published(edition) => edition.bump.as_deref().unwrap_or("first"),
        What::TakenBack(_) => "yanked",
        What::Ended => "ended",
    };
    empty(writer, "category", &[("term", kind)])?;
    empty(writer, "category", &[("term", &record.collection)])?;
    if let What::Published(edition) = entry.what {
        for name in &edition.authors {
            author(writer, name)?;
        }
    }
    match entry.what {
        What::TakenBack(Edition {
            yanked: Some(yanked),
            ..
        }) => element(writer, "summary", &yanked.reason),
        What::Published(edition) | What::TakenBack(edition) => {
            spoken(writer, "summary", language, &edition.brief.lead)
        }
        What::Ended => spoken(writer, "summary", language, record.facts.lead()),
    }
}

fn author(writer: &mut Writer<Vec<u8>>, name: &str) -> std::io::Result<()> {
    writer
        .create_element("author")
        .write_inner_content(|writer| element(writer, "name", name))?;
    Ok(())
}

/// What happened, the oldest first.
fn entries<'a>(register: &'a Register, about: &About) -> Vec<Entry<'a>> {
    let mut entries = Vec::new();
    for record in register
        .read()
        .filter(|record| about.is_about(register, record))
    {
        for edition in &record.editions {
            entries.push(Entry {
                record,
                what: What::Published(edition),
                at: edition.text.at,
                sequence: edition.text.sequence,
            });
            if let Some(yanked) = &edition.yanked {
                entries.push(Entry {
                    record,
                    what: What::TakenBack(edition),
                    at: yanked.at,
                    sequence: yanked.sequence,
                });
            }
        }
        if let State::Ended { at, sequence } = record.state {
            entries.push(Entry {
                record,
                what: What::Ended,
                at,
                sequence,
            });
        }
    }
    // What was adopted stands at one place.
    entries.sort_by(|a, b| {
        let order = a.sequence.cmp(&b.sequence);
        order.then_with(|| a.record.id.cmp(&b.record.id))
    });
    entries
}

/// Entries that a feed had and that name what was taken down since.
fn gone<'a>(register: &'a Register, about: &'a About) -> impl Iterator<Item = (String, i64)> + 'a {
    let records = register.records.iter();
    let records = records.filter(|record| about.is_about(register, record));
    let all = records.flat_map(|record| record.gone.iter().map(move |gone| (record, gone)));
    all.flat_map(move |(record, gone)| {
        let versions = gone.editions.iter().flat_map(|edition| {
            let name = format!("{}:{}", record.id, edition.version);
            let yanked = edition.yanked.as_ref();
            let yanked = yanked.map(|yanked| (yanked.at, format!("{name}:yanked")));
            std::iter::once((edition.text.at, name)).chain(yanked)
        });
        let left = gone.left.as_ref();
        let left = left.map(|(at, status)| (*at, format!("{}:{status}", record.id)));
        let names: Vec<(i64, String)> = versions.chain(left).collect();
        let names = names.into_iter();
        names.map(move |(then, name)| (tag(register, then, &name), gone.at))
    })
}

/// What stands for itself in a name.
const NAME: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b':')
    .remove(b'/');

/// Returns what something is called for ever: `tag:HOST,YEAR:NAME` (RFC 4151). Registers of one host are told apart by where they stand on it.
fn tag(register: &Register, at: i64, name: &str) -> String {
    let base = &register.settings.base;
    let host = base.split("://").nth(1).unwrap_or(base);
    let (host, path) = host.split_once('/').unwrap_or((host, ""));
    let host = host.split(':').next().unwrap_or_default().to_lowercase();
    let name = [path, name].join(if path.is_empty() { "" } else { "/" });
    format!(
        "tag:{host},{}:{}",
        date_parts(at).0,
        utf8_percent_encode(&name, NAME)
    )
}
