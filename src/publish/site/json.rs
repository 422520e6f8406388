//! A record as plain JSON: what the site knows of it, its fields in the order of the file, and its body.

use serde_json::{Map, Value as Json, json};

use super::address::{self, Form};
use super::cite;
use super::leaf::{Leaf, Named};
use super::markdown;
use super::register::{Edition, State};
use super::words::moment;
use crate::language::Language;

/// Returns a record as JSON. A version's form holds what belongs to that version alone.
pub fn document(leaf: &Leaf<'_>, language: Language) -> Json {
    let record = leaf.record;
    let mut all = Map::new();
    let mut set = |key: &str, value: Json| drop(all.insert(key.to_owned(), value));
    set("schema", 1.into());
    set("id", record.id.clone().into());
    set("collection", record.collection.clone().into());
    set("title", leaf.facts.title.clone().into());
    set("language", leaf.language().into());
    set("status", record.status.clone().into());
    if !leaf.facts.confidence.is_empty() {
        set("confidence", leaf.facts.confidence.clone().into());
    }
    set("version", leaf.version().map_or(Json::Null, Json::from));
    set("published", moment(leaf.first_at()).into());
    set("modified", moment(leaf.text.at).into());
    set("url", leaf.address(Form::Html).into());
    set("version_url", leaf.cited_address().into());
    set("identity", leaf.identity().into());
    set("license", leaf.license().map_or(Json::Null, Json::from));
    set("publisher", named(leaf, &leaf.publisher()));
    let authors = leaf.authors();
    set(
        "authors",
        authors.iter().map(|author| named(leaf, author)).collect(),
    );
    set("blob", leaf.text.blob.clone().into());
    set("commit", leaf.text.commit.clone().into());
    if let Some(yanked) = leaf.edition.and_then(|edition| edition.yanked.as_ref()) {
        set(
            "yanked",
            json!({ "at": moment(yanked.at), "reason": yanked.reason }),
        );
    }
    if let State::Ended { at, .. } = record.state {
        set("ended", moment(at).into());
        let successors = leaf.successors();
        set(
            "successors",
            successors.iter().map(|one| named(leaf, one)).collect(),
        );
    }
    set("relations", relations(leaf));
    if leaf.asked.is_none() {
        set("translations", translations(leaf));
        set(
            "versions",
            record
                .editions
                .iter()
                .map(|one| version(leaf, one))
                .collect(),
        );
    }
    set("citation", cite::text(leaf, language).into());
    set("fields", leaf.fields());
    set("body", markdown::linked_body(leaf).into());
    Json::Object(all)
}

fn named(leaf: &Leaf<'_>, named: &Named) -> Json {
    let mut node = json!({ "name": named.title });
    if let (Some(id), Some(route), Some(map)) = (&named.id, &named.route, node.as_object_mut()) {
        map.insert("id".to_owned(), id.clone().into());
        map.insert("url".to_owned(), leaf.whole(route).into());
    }
    node
}

fn relations(leaf: &Leaf<'_>) -> Json {
    let stated = leaf.relations().into_iter();
    let relations = stated.map(|relation| {
        json!({
            "predicate": relation.term,
            "target": named(leaf, &relation.other),
            "statement": relation.statement,
        })
    });
    relations.collect()
}

fn translations(leaf: &Leaf<'_>) -> Json {
    let translations = leaf.register.translations(leaf.record);
    let each = translations.map(|one| {
        json!({
            "language": one.language(&leaf.register.settings),
            "id": one.id,
            "url": leaf.whole(&one.route),
            "state": if leaf.register.is_current(one) { "current" } else { "stale" },
            "of": leaf.register.translated_version(one).map(|edition| edition.version.as_str()),
        })
    });
    each.collect()
}

fn version(leaf: &Leaf<'_>, edition: &Edition) -> Json {
    let folder = address::version(&leaf.record.route, &edition.version);
    json!({
        "version": edition.version,
        "published": moment(edition.text.at),
        "change": edition.bump,
        "url": leaf.whole(&folder),
        "blob": edition.text.blob,
        "yanked": edition.yanked.is_some(),
    })
}
