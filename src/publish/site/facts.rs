//! What a text says of itself that other pages need: its title and definition, whom it names, how it is licensed.
//!
//! Registers call their fields as they like. What a policy names (title, locale, references) is taken from there; for everything else the usual names are
//! tried, and a text that has none of them goes without.

use serde::{Deserialize, Serialize};

use crate::check;
use crate::policy::{Collection, Policy, StatusKind};
use crate::publish::prose;
use crate::record::{FieldPath, Node, Record, Segment, Value};

/// What a text says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Its title; the last part of its route where it gives none.
    pub title: String,
    /// Other titles.
    pub alternatives: Vec<String>,
    /// What it is about, in a sentence or two.
    pub summary: String,
    /// What its subject is.
    pub definition: String,
    /// How sure its editors are, the second word of the badge.
    pub confidence: String,
    /// What sort of publication it is.
    pub genre: String,
    /// The language that it gives.
    pub language: Option<String>,
    /// The licence that it gives.
    pub license: Option<String>,
    /// Words that it is filed under.
    pub keywords: Vec<String>,
    /// Who wrote it, by id or by name.
    pub authors: Vec<String>,
    /// Who publishes it, by id or by name.
    pub publisher: Option<String>,
    /// What its subject covers.
    pub scope: Vec<String>,
    /// The records that it names.
    pub relations: Vec<Relation>,
    /// What it refers to.
    pub references: Vec<Reference>,
    /// Where else its subject is described.
    pub same_as: Vec<String>,
    /// The record that it is a translation of.
    pub translates: Option<String>,
    /// The records that take its place.
    pub successors: Vec<String>,
    /// Whether it says that it is not for readers.
    pub is_private: bool,
    /// The files that it names, as they stood when it was adopted: blob and path. A text that was approved has its own in the chain.
    pub adopted_with: Vec<(String, String)>,
    /// The beginning of its body in plain words, for search.
    pub words: String,
}

/// What is kept of a version's text, of which readers need no more as long as they do not ask for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brief {
    /// Its title.
    pub title: String,
    /// What it is about, in a sentence or two.
    pub lead: String,
    /// The files that it names, as they stood when it was adopted: blob and path.
    pub adopted_with: Vec<(String, String)>,
}

/// A record that a text names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// The field that names it.
    pub field: String,
    /// How the two are related, in the text's own word.
    pub predicate: String,
    /// The id of the other record.
    pub target: String,
    /// The relation as a sentence.
    pub statement: String,
    /// How sure its editors are of it.
    pub confidence: String,
    /// The words that stand for it where its field is a list of words.
    #[serde(default)]
    pub words: String,
    /// Whether it is a relation of the subject, and not one of the record's keeping: its owner, its successor.
    pub is_shown: bool,
}

/// Something that a text refers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// What it is: `web`, `doi`, `record`, or nothing.
    pub kind: String,
    /// An address, or the id of a record.
    pub target: String,
    /// Its title.
    pub title: String,
}

/// The most characters of a body that are searched.
const MOST_WORDS: usize = 6_000;

/// Fields that say how a record is kept, by the first step of their address; records that they name are no relations of its subject.
const KEEPING: [&str; 14] = [
    "author",
    "authors",
    "contributors",
    "creator",
    "editor",
    "editors",
    "maintainer",
    "owner",
    "publisher",
    "replaced_by",
    "replaces",
    "superseded_by",
    "supersedes",
    "translates",
];

const SUCCESSORS: [&str; 3] = ["superseded_by", "replaced_by", "successor"];

impl Facts {
    /// Reads what a text says of itself.
    pub fn read(policy: &Policy, collection: &Collection, record: &Record, path: &str) -> Self {
        let fields = Fields(record);
        let title = collection.title.as_ref().and_then(|path| record.text(path));
        let title = title.map_or_else(|| fields.text(&["title", "name"]), one_line);
        let slug = policy.slug_of(collection, path);
        let fallback = slug.rsplit('/').next().unwrap_or(&slug).to_owned();
        Self {
            title: if title.is_empty() { fallback } else { title },
            alternatives: fields.list(&["alt_titles", "aliases"]),
            summary: fields.text(&["summary", "abstract", "description"]),
            definition: fields.text(&["definition"]),
            confidence: fields.text(&["confidence"]),
            genre: fields.text(&["genre"]),
            language: collection.locale_of(record).map(str::to_owned),
            license: fields.some(&["license", "licence", "rights"]),
            keywords: [
                fields.list(&["disciplines"]),
                fields.list(&["tags", "keywords"]),
            ]
            .concat(),
            authors: fields.list(&["authors", "author", "creator"]),
            publisher: fields.some(&["publisher"]),
            scope: fields.list(&["scope"]),
            relations: relations(collection, record),
            references: references(record),
            same_as: same_as(record),
            translates: collection.source_of(record).map(str::to_owned),
            successors: successors(policy, collection, record),
            is_private: is_private(record),
            adopted_with: Vec::new(),
            words: record
                .body
                .as_ref()
                .map_or_else(String::new, |body| prose::words(&body.text, MOST_WORDS)),
        }
    }

    /// Returns a sentence or two for lists: the summary, else the definition.
    pub fn lead(&self) -> &str {
        match self.summary.is_empty() {
            true => &self.definition,
            false => &self.summary,
        }
    }
}

impl Brief {
    /// Returns what is kept of a text that says this.
    pub fn of(facts: &Facts) -> Self {
        Self {
            title: facts.title.clone(),
            lead: facts.lead().to_owned(),
            adopted_with: facts.adopted_with.clone(),
        }
    }
}

/// Returns whether a text says that it is not for readers: by any `visibility` but `public`, so that a word that nobody foresaw hides more and not less.
pub fn is_private(record: &Record) -> bool {
    let visibility = record.fields.get("visibility");
    visibility.is_some_and(|said| {
        let said = said.as_text().map(str::trim);
        !said.is_some_and(|said| said.is_empty() || said.eq_ignore_ascii_case("public"))
    })
}

/// Returns text as one line.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

struct Fields<'a>(&'a Record);

impl Fields<'_> {
    fn find(&self, names: &[&str]) -> Option<&Node> {
        names.iter().find_map(|name| self.0.fields.get(*name))
    }

    fn some(&self, names: &[&str]) -> Option<String> {
        Some(self.text(names)).filter(|text| !text.is_empty())
    }

    fn text(&self, names: &[&str]) -> String {
        let found = names.iter().find_map(|name| {
            let text = self.0.fields.get(*name)?.as_text()?;
            Some(one_line(text)).filter(|text| !text.is_empty())
        });
        found.unwrap_or_default()
    }

    /// A list of texts, or of items with a text; a text alone is a list of one.
    fn list(&self, names: &[&str]) -> Vec<String> {
        let Some(node) = self.find(names) else {
            return Vec::new();
        };
        let items = match &node.value {
            Value::List(items) => items.iter().map(item_text).collect(),
            Value::Scalar(_) | Value::Map(_) => vec![item_text(node)],
        };
        items.into_iter().filter(|text| !text.is_empty()).collect()
    }
}

fn item_text(node: &Node) -> String {
    let text = match &node.value {
        Value::Map(map) => ["text", "title", "name", "id"]
            .iter()
            .find_map(|key| map.get(*key)?.as_text()),
        Value::Scalar(_) => node.as_text(),
        Value::List(_) => None,
    };
    text.map(one_line).unwrap_or_default()
}

fn relations(collection: &Collection, record: &Record) -> Vec<Relation> {
    let found = check::references(collection, record).into_iter();
    let relations = found.map(|one| {
        let first = match one.field.segments().first() {
            Some(Segment::Key(key)) => key.clone(),
            _ => String::new(),
        };
        let item = item_of(&one.field).and_then(|path| record.get(&path));
        let own = |keys: &[&str]| -> String {
            let Some(Value::Map(map)) = item.map(|item| &item.value) else {
                return String::new();
            };
            let text = keys.iter().find_map(|key| map.get(*key)?.as_text());
            text.map(one_line).unwrap_or_default()
        };
        let predicate = own(&["predicate", "type", "relation"]);
        Relation {
            is_shown: !KEEPING.contains(&first.as_str())
                && collection.translates.as_ref() != Some(&one.field),
            field: one.field.to_string(),
            predicate: if predicate.is_empty() {
                first
            } else {
                predicate
            },
            statement: own(&["statement", "note"]),
            confidence: own(&["confidence"]),
            words: word_at(record, &one.field),
            target: one.target,
        }
    });
    relations.collect()
}

/// Returns what a list of words has for the field or the item that an address leads into.
fn word_at(record: &Record, field: &FieldPath) -> String {
    let steps = match field.segments() {
        [first, item @ Segment::Item(_), ..] => vec![first.clone(), item.clone()],
        segments => segments[..1].to_vec(),
    };
    let word = record.get(&FieldPath::from(steps));
    word.map(item_text).unwrap_or_default()
}

/// Returns the address of the list item that a field stands in.
pub fn item_of(field: &FieldPath) -> Option<FieldPath> {
    let last = field
        .segments()
        .iter()
        .rposition(|segment| matches!(segment, Segment::Item(_)))?;
    Some(FieldPath::from(field.segments()[..=last].to_vec()))
}

impl Reference {
    /// Reads an item of what a text refers to.
    pub(super) fn read(item: &Node) -> Self {
        let Value::Map(map) = &item.value else {
            return Self {
                kind: String::new(),
                target: item.as_text().map(one_line).unwrap_or_default(),
                title: String::new(),
            };
        };
        let text = |keys: &[&str]| -> String {
            let found = keys.iter().find_map(|key| map.get(*key)?.as_text());
            found.map(one_line).unwrap_or_default()
        };
        Self {
            kind: text(&["type", "kind"]),
            target: text(&["target", "url", "doi", "href"]),
            title: text(&["title", "text", "name"]),
        }
    }

    /// Returns the id of the record that it refers to, where it says that it is one.
    pub(super) fn record(&self) -> Option<&String> {
        (self.kind == "record").then_some(&self.target)
    }
}

fn references(record: &Record) -> Vec<Reference> {
    let Some(Value::List(items)) = record.fields.get("references").map(|node| &node.value) else {
        return Vec::new();
    };
    let read = items.iter().map(Reference::read);
    read.filter(|one| !one.target.is_empty() || !one.title.is_empty())
        .collect()
}

fn same_as(record: &Record) -> Vec<String> {
    let mut found = Vec::new();
    for key in ["homepage", "site", "website", "url", "sameAs", "same_as"] {
        found.extend(
            record
                .fields
                .get(key)
                .and_then(Node::as_text)
                .map(str::to_owned),
        );
    }
    if let Some(Value::Map(map)) = record.fields.get("external_ids").map(|node| &node.value) {
        let known = map.iter().filter_map(|(key, node)| {
            let id = node.as_text()?.trim();
            let prefix = match key.as_str() {
                "wikidata" => "https://www.wikidata.org/entity/",
                "orcid" => "https://orcid.org/",
                "ror" => "https://ror.org/",
                "doi" => "https://doi.org/",
                _ => "",
            };
            match is_web(id) {
                true => Some(id.to_owned()),
                false if prefix.is_empty() => None,
                false => Some(format!("{prefix}{id}")),
            }
        });
        found.extend(known);
    }
    found.retain(|address| is_web(address));
    found.dedup();
    found
}

/// Returns whether a text is an address of the web: of its schemes, and with nothing in it that ends an address.
pub fn is_web(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let rest = lower
        .strip_prefix("https://")
        .or_else(|| lower.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '['))
        && !text.chars().any(|c| {
            c.is_control()
                || c.is_whitespace()
                || matches!(c, '<' | '>' | '"' | '`' | '\\' | '{' | '}' | '|' | '^')
        })
}

/// The fields that the usual names give, and those that the policy asks for before a record ends.
fn successors(policy: &Policy, collection: &Collection, record: &Record) -> Vec<String> {
    let workflow = policy.workflow(collection);
    let asked: Vec<String> = workflow
        .transitions
        .values()
        .filter(|transition| workflow.kind(&transition.to) == Some(StatusKind::Ended))
        .flat_map(|transition| transition.requires.iter().map(ToString::to_string))
        .collect();
    let named = check::references(collection, record).into_iter();
    let named = named.filter(|one| {
        let field = one.field.to_string();
        let first = field.split(['[', '.']).next().unwrap_or_default();
        SUCCESSORS.contains(&first) || asked.contains(&field)
    });
    named.map(|one| one.target).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_the_web_holds_nothing_that_ends_it() {
        assert!(is_web("https://example.org/a?b=c#d"));
        for wrong in [
            "javascript:alert(1)",
            "//a",
            "https://",
            "https://a\"b",
            "https://a b",
            "https://a>b",
            "ftp://a",
        ] {
            assert!(!is_web(wrong), "{wrong}");
        }
    }
}
