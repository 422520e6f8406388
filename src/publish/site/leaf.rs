//! A text as it is shown: read, without what is not for readers, and with everything it names looked up.
//!
//! Each form of a record is written from a leaf. A leaf remembers which other records it asked for, so that an export knows when it must be written anew.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use anyhow::{Context, Result};
use percent_encoding::percent_decode_str;
use serde_json::Value as Json;

use super::address::{self, Form};
use super::facts::{Facts, Reference};
use super::hidden::without_hidden;
use super::load::{self, Known};
use super::register::{Edition, PublicRecord, Register, Text};
use super::words::in_words;
use crate::check;
use crate::policy::Collection;
use crate::publish::html::Addresses;
use crate::record::{self, Record};

/// What begins the name of a path that was asked for, where records are asked for by id.
const PATH: &str = "path:";

/// What stands in the place of a status where a version was taken back.
const YANKED: &str = "yanked";

/// A text as it is shown.
pub struct Leaf<'a> {
    /// What readers have.
    pub register: &'a Register,
    /// The record.
    pub record: &'a PublicRecord,
    /// The version that was asked for by its number; absent where the record was.
    pub asked: Option<&'a Edition>,
    /// The version that the text is.
    pub edition: Option<&'a Edition>,
    /// The text.
    pub text: &'a Text,
    /// What it says of itself, without references to what is not for readers.
    pub facts: Facts,
    /// Its fields and its body, without the same.
    pub read: Record,
    names: RefCell<BTreeSet<String>>,
}

/// A record, or somebody who is none, as another text names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// What it is called.
    pub title: String,
    /// Its folder on the site.
    pub route: Option<String>,
    /// Its id.
    pub id: Option<String>,
    /// The language of its title.
    pub language: String,
}

/// A relation between two records that are both shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownRelation {
    /// How they are related, in words.
    pub predicate: String,
    /// How they are related, in the text's own word.
    pub term: String,
    /// The other record.
    pub other: Named,
    /// The relation as a sentence.
    pub statement: String,
    /// The language of the sentence.
    pub language: String,
}

impl<'a> Leaf<'a> {
    /// Reads the text that stands for a record, or one of its versions.
    ///
    /// # Errors
    /// When the text does not parse, which no attested text does.
    pub fn read(
        register: &'a Register,
        record: &'a PublicRecord,
        asked: Option<&'a Edition>,
        bytes: &[u8],
    ) -> Result<Self> {
        let collection = collection_of(register, record)?;
        let text = asked.map_or(&record.current, |edition| &edition.text);
        let format = load::format_of(&register.policy, collection, &text.path);
        let parsed = record::parse(bytes, format)
            .map_err(anyhow::Error::from)
            .with_context(|| format!("failed to read a text of {}", record.id))?;
        let names = RefCell::new(BTreeSet::new());
        let is_shown = |id: &str| {
            names.borrow_mut().insert(id.to_owned());
            register.shown(id).is_some()
        };
        let read = without_hidden(parsed, collection, is_shown);
        let facts = Facts::read(&register.policy, collection, &read, &text.path);
        Ok(Self {
            register,
            record,
            edition: asked.or(record.edition()),
            asked,
            text,
            facts,
            read,
            names,
        })
    }

    /// Returns the folder of its forms on the site.
    pub fn folder(&self) -> String {
        match self.asked {
            Some(edition) => address::version(&self.record.route, &edition.version),
            None => self.record.route.clone(),
        }
    }

    /// Returns the whole address of one of its forms.
    pub fn address(&self, form: Form) -> String {
        let folder = address::encoded(&self.folder());
        match form {
            Form::Html => format!("{}/{folder}/", self.register.settings.base),
            other => format!("{}/{folder}/{}", self.register.settings.base, other.file()),
        }
    }

    /// Returns the whole address to cite: the version's, which shows the same text for ever.
    pub fn cited_address(&self) -> String {
        match self.edition {
            Some(edition) => self.whole(&address::version(&self.record.route, &edition.version)),
            None => self.whole(&self.record.route),
        }
    }

    /// Returns the whole address of a folder of the site.
    pub fn whole(&self, folder: &str) -> String {
        self.register.whole(folder)
    }

    /// Returns the whole address by which its subject is identified.
    pub fn identity(&self) -> String {
        self.register.identity(&self.record.id)
    }

    /// Returns the number of its version.
    pub fn version(&self) -> Option<&str> {
        self.edition.map(|edition| edition.version.as_str())
    }

    /// Returns when its version was published.
    pub fn published_at(&self) -> i64 {
        self.edition.map_or(self.text.at, |edition| edition.text.at)
    }

    /// Returns when the record's first version was published.
    pub fn first_at(&self) -> i64 {
        let first = self.record.editions.first();
        first.map_or(self.text.at, |edition| edition.text.at)
    }

    /// Returns the words of the badge: the status, and how sure the editors are. A version that was taken back has neither any more.
    pub fn badge(&self) -> String {
        if self.edition.is_some_and(|edition| edition.yanked.is_some()) {
            return YANKED.to_owned();
        }
        super::facts::one_line(&format!("{} {}", self.record.status, self.facts.confidence))
    }

    /// Returns the language of the text.
    pub fn language(&self) -> &str {
        let own = self.facts.language.as_deref();
        own.unwrap_or(&self.register.settings.language)
    }

    /// Returns the licence of the text.
    pub fn license(&self) -> Option<&str> {
        let own = self.facts.license.as_deref();
        own.or(self.register.settings.license.as_deref())
    }

    /// Returns who wrote the text, as it says.
    pub fn authors(&self) -> Vec<Named> {
        let authors = self.facts.authors.iter();
        authors.filter_map(|author| self.somebody(author)).collect()
    }

    /// Returns who publishes the text.
    pub fn publisher(&self) -> Named {
        let own = self.facts.publisher.as_ref();
        let own = own.and_then(|publisher| self.somebody(publisher));
        own.unwrap_or_else(|| Named {
            title: self.register.settings.publisher.clone(),
            route: None,
            id: None,
            language: self.register.settings.language.clone(),
        })
    }

    /// Returns a record that readers have, by its id.
    pub fn named(&self, id: &str) -> Option<Named> {
        self.names.borrow_mut().insert(id.to_owned());
        self.register
            .shown(id)
            .map(|record| self.register.named(record))
    }

    /// Returns a record that readers have, or somebody called so; an address is nobody's name.
    fn somebody(&self, text: &str) -> Option<Named> {
        self.named(text).or_else(|| {
            (!text.contains('@')).then(|| Named {
                title: text.to_owned(),
                route: None,
                id: None,
                language: self.register.settings.language.clone(),
            })
        })
    }

    /// Returns the relations that the text states to records that readers have.
    pub fn relations(&self) -> Vec<ShownRelation> {
        let stated = self.facts.relations.iter();
        let shown = stated
            .filter(|relation| relation.is_shown)
            .filter_map(|relation| {
                Some(ShownRelation {
                    predicate: in_words(&relation.predicate),
                    term: relation.predicate.clone(),
                    other: self.named(&relation.target)?,
                    statement: relation.statement.clone(),
                    language: self.language().to_owned(),
                })
            });
        shown.collect()
    }

    /// Returns the relations that other records state to this one.
    pub fn naming(&self) -> Vec<ShownRelation> {
        let naming = self.register.naming(self.record);
        let shown = naming.filter(|(_, relation)| relation.is_shown);
        let shown = shown.map(|(other, relation)| {
            self.names.borrow_mut().insert(other.id.clone());
            ShownRelation {
                predicate: in_words(&relation.predicate),
                term: relation.predicate.clone(),
                other: self.register.named(other),
                statement: relation.statement.clone(),
                language: other.language(&self.register.settings).to_owned(),
            }
        });
        shown.collect()
    }

    /// Returns the records that take this one's place.
    pub fn successors(&self) -> Vec<Named> {
        let ids = self.record.facts.successors.iter();
        ids.filter_map(|id| self.named(id)).collect()
    }

    /// Returns the names of all records that were asked for, by which [`Register::answer`] tells what they are.
    pub fn asked_for(&self) -> BTreeSet<String> {
        self.names.borrow().clone()
    }

    /// Returns what the text's links and pictures lead to, as seen from a folder of the site.
    pub fn addresses(&self, from: &str) -> Addresses {
        let mut found = HashMap::new();
        let attached: HashMap<&str, &str> = self
            .text
            .attached
            .iter()
            .map(|(blob, path)| (path.as_str(), blob.as_str()))
            .collect();
        for written in check::link_addresses(&self.read) {
            let Some(path) = located(&self.text.path, &written) else {
                continue;
            };
            if let Some(blob) = attached.get(path.as_str()) {
                let file = address::attached(blob, &path);
                found.insert(written, address::relative_file(from, &file));
                continue;
            }
            let mut names = self.names.borrow_mut();
            names.extend([format!("{PATH}{path}"), written.clone()]);
            let named = self.register.at_path(&path);
            if let Some(record) = named.or(self.register.shown(&written)) {
                names.insert(record.id.clone());
                found.insert(written, address::relative(from, &record.route));
            }
        }
        Addresses {
            found,
            drops_unknown: true,
        }
    }

    /// Returns the fields as JSON, in the order of the file.
    pub fn fields(&self) -> Json {
        check::to_json(&self.read)
    }

    /// Returns the body as it was written.
    pub fn body(&self) -> &str {
        self.read.body.as_ref().map_or("", |body| body.text.trim())
    }
}

impl Register {
    /// Returns what a text that asked for a name is told of it.
    pub fn answer(&self, name: &str) -> String {
        let record = match name.strip_prefix(PATH) {
            Some(path) => self.at_path(path),
            None => self.shown(name),
        };
        match record {
            Some(record) => format!("{:?} {:?}", self.named(record), record.state),
            None => String::new(),
        }
    }

    /// Returns the names of all records that readers have, by id and by the path of their text.
    pub fn names(&self) -> BTreeSet<String> {
        let names = self
            .read()
            .flat_map(|record| [record.id.clone(), format!("{PATH}{}", record.current.path)]);
        names.collect()
    }

    /// Returns what texts say of themselves that name nothing but what readers have.
    pub fn open_facts(&self, known: &Known) -> BTreeMap<String, Arc<Facts>> {
        let is_open = |id: &String| self.shown(id).is_some();
        let open = self.read().filter(|record| {
            let facts = &record.facts;
            let names = facts.relations.iter().map(|relation| &relation.target);
            let names = names.chain(&facts.successors).chain(&facts.translates);
            let records = facts.references.iter().filter_map(Reference::record);
            names.chain(records).all(is_open)
        });
        let texts = open.filter_map(|record| {
            let text = load::text_key(&record.collection, &record.current);
            Some((text.clone(), Arc::clone(known.facts.get(&text)?)))
        });
        texts.collect()
    }

    /// Returns a record as other texts name it.
    pub fn named(&self, record: &PublicRecord) -> Named {
        Named {
            title: record.facts.title.clone(),
            route: Some(record.route.clone()),
            id: Some(record.id.clone()),
            language: record.language(&self.settings).to_owned(),
        }
    }

    /// Returns the whole address of a folder of the site.
    pub fn whole(&self, folder: &str) -> String {
        match folder {
            "" => format!("{}/", self.settings.base),
            _ => format!("{}/{}/", self.settings.base, address::encoded(folder)),
        }
    }

    /// Returns the whole address by which a record's subject is identified.
    pub fn identity(&self, id: &str) -> String {
        let path = address::encoded(&address::identity(id));
        format!("{}/{path}", self.settings.base)
    }
}

/// Returns the collection by which a record is read.
///
/// # Errors
/// When the policy has none, which no register holds.
pub fn collection_of<'a>(register: &'a Register, record: &PublicRecord) -> Result<&'a Collection> {
    let collections = &register.policy.collections;
    collections
        .get(&record.collection)
        .with_context(|| format!("{} is of no collection", record.id))
}

/// Returns the path in the repository that a link of a text leads to.
fn located(path: &str, written: &str) -> Option<String> {
    let address = written.split(['#', '?']).next()?;
    let decoded = percent_decode_str(address).decode_utf8().ok()?;
    let mut parts: Vec<&str> = match decoded.starts_with('/') {
        true => Vec::new(),
        false => path
            .rsplit_once('/')
            .map_or_else(Vec::new, |(folder, _)| folder.split('/').collect()),
    };
    for part in decoded.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            other => parts.push(other),
        }
    }
    Some(parts.join("/")).filter(|path| !path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_a_path_of_the_repository_or_nowhere() {
        let from = "records/concepts/a.md";
        for (written, path) in [
            ("b.md", Some("records/concepts/b.md")),
            ("../people/x.md#y", Some("records/people/x.md")),
            ("/media/a%20b.png", Some("media/a b.png")),
            ("../../../../x", None),
            ("#y", Some("records/concepts")),
        ] {
            assert_eq!(located(from, written).as_deref(), path, "{written}");
        }
    }
}
