//! The pages of the site. Each is a plain struct and a template of the same name; they name each other by relative addresses.

use anyhow::Result;
use askama::Template;

use super::address::{self, Form};
use super::cite;
use super::content::{self, Detail, Piece, Section, ShownReference};
use super::jsonld;
use super::leaf::{Leaf, Named, ShownRelation};
use super::register::{PublicRecord, Register, State};
use super::words::{day, heading, moment};
use crate::language::{Language, Message, filters, say};
use crate::publish::html::SafeHtml;

/// What every page has around it.
pub struct Frame {
    /// What the register calls itself.
    pub register: String,
    /// Who publishes it.
    pub publisher: String,
    /// The way to the site's root.
    pub root: String,
    /// The page's whole address.
    pub canonical: String,
    /// The register's own header.
    pub header: Option<String>,
    /// Whether it has a stylesheet of its own.
    pub is_dressed: bool,
    /// Whether search engines are to leave the page out.
    pub is_apart: bool,
}

impl Frame {
    /// Returns the frame of a page in a folder.
    pub fn of(register: &Register, folder: &str) -> Self {
        let settings = &register.settings;
        Self {
            register: settings.title.clone(),
            publisher: settings.publisher.clone(),
            root: address::relative(folder, ""),
            canonical: register.whole(folder),
            header: settings.header.clone(),
            is_dressed: settings.stylesheet.is_some(),
            is_apart: false,
        }
    }

    /// Returns the address of a file of the site, from this page.
    pub fn file(&self, path: &str) -> String {
        match self.root.as_str() {
            "./" => path.to_owned(),
            root => format!("{root}{path}"),
        }
    }
}

/// A link with words of its own.
pub struct Anchor {
    /// What it says.
    pub title: String,
    /// Where it leads.
    pub href: String,
    /// The language of what it says, where it is another one than the page's.
    pub language: String,
}

/// A record's page, or a version's.
#[derive(Template)]
#[template(path = "public/record.html")]
pub struct RecordPage {
    frame: Frame,
    title: String,
    language: String,
    eyebrow: String,
    shelf: Anchor,
    badge: String,
    version: Option<String>,
    date: String,
    when: String,
    definition: String,
    summary: String,
    notices: Vec<Notice>,
    sections: Vec<Section>,
    body: Option<SafeHtml>,
    pictures: Vec<Anchor>,
    files: Vec<Anchor>,
    details: Vec<Detail>,
    authors: Vec<Anchor>,
    publisher: Anchor,
    license: Option<(String, Option<String>)>,
    relations: Vec<Related>,
    naming: Vec<Related>,
    references: Vec<(String, Option<String>)>,
    translations: Vec<Anchor>,
    alternates: Vec<(String, String)>,
    citation: String,
    editions: Vec<EditionRow>,
    identity: String,
    linked_data: String,
}

/// Something that a reader has to know before the text.
pub struct Notice {
    words: Message,
    links: Vec<Anchor>,
    /// Whether the text is not to be relied on.
    is_grave: bool,
}

struct Related {
    predicate: String,
    other: Anchor,
    statement: String,
    language: String,
}

struct EditionRow {
    version: String,
    href: String,
    date: String,
    change: Option<Message>,
    people: Message,
    is_shown: bool,
    is_yanked: bool,
}

/// Returns a record's page.
///
/// # Errors
/// When the template fails, which it does for no data.
pub fn record(leaf: &Leaf<'_>) -> Result<String> {
    let folder = leaf.folder();
    let register = leaf.register;
    let mut frame = Frame::of(register, &folder);
    let is_yanked = leaf.edition.is_some_and(|edition| edition.yanked.is_some());
    frame.is_apart = !leaf.record.is_published() || is_yanked;
    if leaf.asked.is_some()
        && leaf.asked.map(|one| &one.version) == leaf.record.edition().map(|one| &one.version)
    {
        // The text that stands now is looked for at the record's own address.
        frame.canonical = register.whole(&leaf.record.route);
    }
    let (pictures, files) = attached(leaf, &folder);
    let body = (!leaf.body().is_empty())
        .then(|| SafeHtml::from_published(leaf.body(), &leaf.addresses(&folder)));
    let page = RecordPage {
        title: leaf.facts.title.clone(),
        language: leaf.language().to_owned(),
        eyebrow: eyebrow(leaf),
        shelf: Anchor {
            title: heading(&leaf.record.collection),
            href: address::relative(&folder, &leaf.record.collection),
            language: String::new(),
        },
        badge: leaf.badge(),
        version: leaf.version().map(str::to_owned),
        date: day(leaf.published_at()),
        when: moment(leaf.published_at()),
        definition: leaf.facts.definition.clone(),
        summary: leaf.facts.summary.clone(),
        notices: notices(leaf, &folder),
        sections: content::sections(leaf),
        body,
        pictures,
        files,
        details: content::details(leaf, &folder),
        authors: leaf
            .authors()
            .into_iter()
            .map(|one| anchor(one, &folder))
            .collect(),
        publisher: anchor(leaf.publisher(), &folder),
        license: leaf.license().map(license),
        relations: related(leaf.relations(), &folder),
        naming: match leaf.asked {
            Some(_) => Vec::new(),
            None => related(leaf.naming(), &folder),
        },
        references: content::references(leaf)
            .into_iter()
            .map(|one| reference(one, &folder))
            .collect(),
        translations: translations(leaf, &folder),
        alternates: alternates(register, leaf.record),
        citation: cite::text(leaf, register.words()),
        editions: editions(leaf, &folder),
        identity: leaf.identity(),
        linked_data: jsonld::embedded(&jsonld::document(leaf)),
        frame,
    };
    Ok(page.render_with_values(&register.words())?)
}

impl RecordPage {
    /// The forms that a page offers beside itself, by the names that they have everywhere.
    fn forms(&self) -> [(&'static str, Form); 6] {
        [
            ("CSL-JSON", Form::Csl),
            ("BibTeX", Form::Bibtex),
            ("RIS", Form::Ris),
            ("Markdown", Form::Markdown),
            ("JSON", Form::Json),
            ("JSON-LD", Form::JsonLd),
        ]
    }

    fn has_matter(&self) -> bool {
        !self.sections.is_empty() || self.body.is_some()
    }
}

fn eyebrow(leaf: &Leaf<'_>) -> String {
    match leaf.facts.genre.is_empty() {
        true => String::new(),
        false => heading(&leaf.facts.genre),
    }
}

fn notices(leaf: &Leaf<'_>, folder: &str) -> Vec<Notice> {
    let mut notices = Vec::new();
    if let State::Ended { at, .. } = leaf.record.state {
        let successors: Vec<Named> = leaf.successors();
        let ended = say("public-ended")
            .with("status", leaf.record.status.as_str())
            .with("date", day(at));
        notices.push(Notice {
            words: match successors.is_empty() {
                true => ended,
                false => ended.and(say("public-successor")),
            },
            links: successors
                .into_iter()
                .map(|one| anchor(one, folder))
                .collect(),
            is_grave: true,
        });
    }
    if let Some(yanked) = leaf.edition.and_then(|edition| edition.yanked.as_ref()) {
        let good = leaf
            .record
            .edition()
            .filter(|edition| edition.yanked.is_none());
        let said = say("public-yanked")
            .with("date", day(yanked.at))
            .with("reason", sentence(yanked.reason.trim()));
        notices.push(Notice {
            words: match good {
                Some(_) => said.and(say("public-yanked-now")),
                None => said,
            },
            links: good
                .map(|edition| edition_anchor(leaf, &edition.version, folder))
                .into_iter()
                .collect(),
            is_grave: true,
        });
    } else if let (Some(asked), Some(newest)) = (leaf.asked, leaf.record.edition())
        && asked.version != newest.version
    {
        notices.push(Notice {
            words: say("public-older"),
            links: vec![Anchor {
                title: newest.version.clone(),
                href: address::relative(folder, &leaf.record.route),
                language: String::new(),
            }],
            is_grave: false,
        });
    }
    notices.extend(taken_back_since(leaf, folder));
    notices.extend(of_translation(leaf, folder));
    notices
}

/// Ends what somebody wrote as a sentence ends.
fn sentence(text: &str) -> String {
    match text.ends_with(['.', '!', '?', '…', '»', ')']) {
        true => text.to_owned(),
        false => format!("{text}."),
    }
}

/// Readers of the text that stands again are told which one stood in between.
fn taken_back_since(leaf: &Leaf<'_>, folder: &str) -> Option<Notice> {
    let newest = leaf
        .record
        .editions
        .last()
        .filter(|_| leaf.asked.is_none())?;
    let yanked = newest.yanked.as_ref()?;
    if leaf.version() == Some(&newest.version) {
        return None;
    }
    Some(Notice {
        words: say("public-yanked-since")
            .with("version", newest.version.as_str())
            .with("reason", sentence(yanked.reason.trim()))
            .and(say("public-yanked-text")),
        links: vec![edition_anchor(leaf, &newest.version, folder)],
        is_grave: false,
    })
}

fn of_translation(leaf: &Leaf<'_>, folder: &str) -> Option<Notice> {
    let original = leaf.register.original(leaf.record)?;
    let words = match leaf.register.is_current(leaf.record) {
        true => say("public-translation"),
        false => say("public-stale"),
    };
    Some(Notice {
        words,
        links: vec![anchor(leaf.register.named(original), folder)],
        is_grave: false,
    })
}

fn edition_anchor(leaf: &Leaf<'_>, version: &str, folder: &str) -> Anchor {
    Anchor {
        title: version.to_owned(),
        href: address::relative(folder, &address::version(&leaf.record.route, version)),
        language: String::new(),
    }
}

/// Returns a link to whoever a text names.
pub fn anchor(named: Named, folder: &str) -> Anchor {
    let href = named.route.map(|route| address::relative(folder, &route));
    Anchor {
        title: named.title,
        href: href.unwrap_or_default(),
        language: named.language,
    }
}

fn license(license: &str) -> (String, Option<String>) {
    let address = jsonld::license_address(license);
    let leads = super::facts::is_web(&address).then_some(address);
    (license.to_owned(), leads)
}

fn related(relations: Vec<ShownRelation>, folder: &str) -> Vec<Related> {
    let relations = relations.into_iter();
    let related = relations.map(|relation| Related {
        predicate: relation.predicate,
        other: anchor(relation.other, folder),
        statement: relation.statement,
        language: relation.language,
    });
    related.collect()
}

fn reference(reference: ShownReference, folder: &str) -> (String, Option<String>) {
    let route = reference
        .route
        .map(|route| address::relative(folder, &route));
    (reference.title, route.or(reference.href))
}

fn translations(leaf: &Leaf<'_>, folder: &str) -> Vec<Anchor> {
    let register = leaf.register;
    let original = register.original(leaf.record).unwrap_or(leaf.record);
    let all = std::iter::once(original).chain(register.translations(original));
    let others = all.filter(|other| other.id != leaf.record.id);
    let each = others.map(|other| {
        let language = other.language(&register.settings);
        let named = super::sitemap::language_name(language);
        Anchor {
            title: format!("{named}: {}", other.facts.title),
            href: address::relative(folder, &other.route),
            language: language.to_owned(),
        }
    });
    each.collect()
}

/// Returns the languages in which a record is read, and the whole addresses: the original first, and translations that render it as it stands. None where the
/// original is not active any more: search engines are to leave it out.
pub fn alternates(register: &Register, record: &PublicRecord) -> Vec<(String, String)> {
    let original = register.original(record).unwrap_or(record);
    if !original.is_published() {
        return Vec::new();
    }
    let current = register.translations(original);
    let current = current.filter(|one| register.is_current(one));
    let mut all: Vec<(String, String)> = std::iter::once(original)
        .chain(current)
        .map(|one| {
            let language = one.language(&register.settings).to_owned();
            (language, register.whole(&one.route))
        })
        .collect();
    if all.len() < 2
        || !all
            .iter()
            .any(|(_, address)| *address == register.whole(&record.route))
    {
        return Vec::new();
    }
    let first = all[0].1.clone();
    all.push(("x-default".to_owned(), first));
    all
}

fn editions(leaf: &Leaf<'_>, folder: &str) -> Vec<EditionRow> {
    let editions = leaf.record.editions.iter().rev();
    let names = |names: &[String]| crate::language::Value::AllOf(names.to_vec());
    let rows = editions.map(|edition| EditionRow {
        href: address::relative(
            folder,
            &address::version(&leaf.record.route, &edition.version),
        ),
        date: day(edition.text.at),
        change: match edition.version == leaf.record.editions[0].version {
            true => None,
            false => edition.bump.as_deref().and_then(change),
        },
        people: match edition.approvers.is_empty() {
            true => say("public-adopted"),
            false => say("public-people")
                .with("authors", names(&edition.authors))
                .with("approvers", names(&edition.approvers)),
        },
        is_shown: leaf.version() == Some(&edition.version),
        is_yanked: edition.yanked.is_some(),
        version: edition.version.clone(),
    });
    rows.collect()
}

/// Returns how far a version moved, in words.
pub fn change(bump: &str) -> Option<Message> {
    match bump {
        "major" => Some(say("public-major")),
        "minor" => Some(say("public-minor")),
        "patch" => Some(say("public-patch")),
        _ => None,
    }
}

fn attached(leaf: &Leaf<'_>, folder: &str) -> (Vec<Anchor>, Vec<Anchor>) {
    let shown = leaf.addresses(folder);
    let files = leaf.text.attached.iter().map(|(blob, path)| Anchor {
        title: path.rsplit('/').next().unwrap_or(path).to_owned(),
        href: address::relative_file(folder, &address::attached(blob, path)),
        language: String::new(),
    });
    // What the body shows or links is not shown twice.
    let others = files.filter(|file| !shown.found.values().any(|href| *href == file.href));
    others.partition(|file| {
        let kind = crate::check::FileKind::of_path(&file.title);
        kind.is_some_and(crate::check::FileKind::is_picture)
    })
}

impl Register {
    /// Returns the language of the site's own words: its own where there are texts in it, else English.
    pub fn words(&self) -> Language {
        let primary = self.settings.language.split('-').next().unwrap_or_default();
        Language::from_tag(primary).unwrap_or_default()
    }

    /// Returns the records of a collection that are public and citable, by title.
    pub fn on_shelf<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a PublicRecord> + 'a {
        self.published()
            .filter(move |record| record.collection == name)
    }
}
