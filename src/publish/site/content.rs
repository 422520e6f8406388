//! The fields of a text as a page shows them: what it says in sections, what it is filed under beside it.

use super::facts::{Reference, is_web, one_line};
use super::leaf::Leaf;
use super::register::Register;
use super::words::heading;
use crate::record::{Node, ScalarKind, Value};

/// A part of what a text says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its heading, from the field's name.
    pub heading: String,
    /// Whether its pieces are a list.
    pub is_list: bool,
    /// What it says.
    pub pieces: Vec<Piece>,
}

/// A piece of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// An item, with the key by which it is named.
    Item(String, String),
    /// A paragraph.
    Prose(String),
}

/// Something that a text is filed under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// Its name, from the field's.
    pub name: String,
    /// Its values, each with where it leads.
    pub values: Vec<(String, Option<String>)>,
}

/// A reference as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownReference {
    /// Its title, or its address.
    pub title: String,
    /// The address of the web that it leads to.
    pub href: Option<String>,
    /// The record of the register that it leads to.
    pub route: Option<String>,
}

/// Fields that have a place of their own on the page, or say something that only programs ask for.
const ELSEWHERE: [&str; 26] = [
    "id",
    "kind",
    "slug",
    "title",
    "name",
    "status",
    "version",
    "confidence",
    "genre",
    "definition",
    "lang",
    "language",
    "locale",
    "license",
    "licence",
    "visibility",
    "authors",
    "author",
    "publisher",
    "relations",
    "references",
    "superseded_by",
    "translates",
    "external_ids",
    "schema",
    "alt_titles",
];

/// Text of more characters than this is set as a paragraph.
const PROSE_CHARS: usize = 80;

/// Returns the fields that say something, in the order of the file: long texts, and lists of texts with keys.
pub fn sections(leaf: &Leaf<'_>) -> Vec<Section> {
    let fields = own_fields(leaf);
    let sections = fields.filter_map(|(name, node)| match &node.value {
        Value::Scalar(scalar) if is_prose(&scalar.text) => Some(Section {
            heading: heading(name),
            is_list: false,
            pieces: scalar
                .text
                .split("\n\n")
                .map(one_line)
                .filter(|text| !text.is_empty())
                .map(Piece::Prose)
                .collect(),
        }),
        Value::List(items) if items.iter().any(says_something) => Some(Section {
            heading: heading(name),
            is_list: true,
            pieces: items.iter().map(item).collect(),
        }),
        Value::Scalar(_) | Value::List(_) | Value::Map(_) => None,
    });
    sections
        .filter(|section| !section.pieces.is_empty())
        .collect()
}

/// Returns the other fields that hold something, in the order of the file.
pub fn details(leaf: &Leaf<'_>, from: &str) -> Vec<Detail> {
    let fields = own_fields(leaf);
    let details = fields.filter_map(|(name, node)| {
        let values: Vec<String> = match &node.value {
            Value::Scalar(scalar) if scalar.kind == ScalarKind::Null || is_prose(&scalar.text) => {
                return None;
            }
            Value::Scalar(scalar) => vec![one_line(&scalar.text)],
            Value::List(items) if items.iter().any(says_something) => return None,
            Value::List(items) => items.iter().map(plain).collect(),
            Value::Map(map) => map
                .iter()
                .map(|(key, node)| format!("{}: {}", super::words::in_words(key), plain(node)))
                .collect(),
        };
        let values: Vec<(String, Option<String>)> = values
            .into_iter()
            .filter(|value| !value.is_empty())
            .map(|value| linked(leaf, from, value))
            .collect();
        (!values.is_empty()).then(|| Detail {
            name: heading(name),
            values,
        })
    });
    details.collect()
}

/// Returns what the text refers to, as far as readers can be told.
pub fn references(leaf: &Leaf<'_>) -> Vec<ShownReference> {
    let references = leaf.facts.references.iter();
    references.map(|reference| shown(leaf, reference)).collect()
}

fn shown(leaf: &Leaf<'_>, reference: &Reference) -> ShownReference {
    let named = leaf.named(&reference.target);
    let title = match (reference.title.is_empty(), &named) {
        (false, _) => reference.title.clone(),
        (true, Some(named)) => named.title.clone(),
        (true, None) => reference.target.clone(),
    };
    let address = match (is_web(&reference.target), reference.kind.as_str()) {
        (true, _) => Some(reference.target.clone()),
        (false, "doi") => Some(format!("https://doi.org/{}", reference.target)),
        (false, _) => None,
    };
    ShownReference {
        title,
        href: address.filter(|address| is_web(address)),
        route: named.and_then(|named| named.route),
    }
}

/// Fields that are shown by what they are, in the order of the file.
fn own_fields<'a>(leaf: &'a Leaf<'_>) -> impl Iterator<Item = (&'a str, &'a Node)> {
    let named = policy_fields(leaf.register, &leaf.record.collection);
    let fields = leaf.read.fields.iter();
    fields
        .map(|(name, node)| (name.as_str(), node))
        .filter(move |(name, _)| !ELSEWHERE.contains(name) && !named.iter().any(|own| own == name))
        .filter(|(name, node)| {
            // Of these the first stands at the head of the page.
            let is_lead = ["summary", "abstract", "description"].contains(name);
            !is_lead || node.as_text().map(one_line).as_ref() != Some(&leaf.facts.summary)
        })
}

/// The fields that the policy names and the page shows at its head.
fn policy_fields(register: &Register, collection: &str) -> Vec<String> {
    let Some(collection) = register.policy.collections.get(collection) else {
        return Vec::new();
    };
    let paths = [
        &collection.id,
        &collection.title,
        &collection.status,
        &collection.version,
        &collection.locale,
        &collection.translates,
    ];
    let paths = paths.into_iter().flatten();
    paths.map(ToString::to_string).collect()
}

fn is_prose(text: &str) -> bool {
    text.chars().count() > PROSE_CHARS
}

fn says_something(node: &Node) -> bool {
    match &node.value {
        Value::Map(map) => map.contains_key("text"),
        Value::Scalar(scalar) => is_prose(&scalar.text),
        Value::List(_) => false,
    }
}

fn item(node: &Node) -> Piece {
    let text = match &node.value {
        Value::Map(map) => map.get("text").and_then(Node::as_text).map(one_line),
        Value::Scalar(_) | Value::List(_) => None,
    };
    let key = node.item_key().unwrap_or_default().to_owned();
    Piece::Item(key, text.unwrap_or_else(|| plain(node)))
}

fn plain(node: &Node) -> String {
    match &node.value {
        Value::Scalar(scalar) => one_line(&scalar.text),
        Value::List(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Map(map) => map.values().map(plain).collect::<Vec<_>>().join(" · "),
    }
}

/// A value leads to the record of that id, or to the web.
fn linked(leaf: &Leaf<'_>, from: &str, value: String) -> (String, Option<String>) {
    if is_web(&value) {
        return (value.clone(), Some(value));
    }
    match leaf.named(&value) {
        Some(named) => {
            let href = named
                .route
                .map(|route| super::address::relative(from, &route));
            (named.title, href)
        }
        None => (value, None),
    }
}
