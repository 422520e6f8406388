//! The register as data: for search, as a graph, and as a citation of the whole.

use serde_json::{Value as Json, json};

use super::jsonld;
use super::register::{PublicRecord, Register};
use super::words::{day, moment};
use crate::language::say;

/// Returns what a search in one language looks through.
pub fn search(register: &Register, language: &str) -> Json {
    let mut records: Vec<&PublicRecord> = register
        .published()
        .filter(|record| record.language(&register.settings) == language)
        .collect();
    records.sort_by(|a, b| a.id.cmp(&b.id));
    let documents = records.into_iter().map(|record| {
        json!({
            "id": record.id,
            "collection": record.collection,
            "route": record.route,
            "title": record.facts.title,
            "alt": shown(register, record, &record.facts.alternatives),
            "summary": record.facts.lead(),
            "keywords": shown(register, record, &record.facts.keywords),
            "status": record.status,
            "confidence": record.facts.confidence,
            "version": record.edition().map(|edition| edition.version.as_str()),
            "modified": day(record.current.at),
            "text": record.facts.words,
        })
    });
    json!({
        "schema": 1,
        "commit": register.commit,
        "language": language,
        "docs": documents.collect::<Vec<_>>(),
    })
}

/// Returns words of a text without those that name records that readers do not have.
fn shown<'a>(register: &Register, record: &PublicRecord, words: &'a [String]) -> Vec<&'a String> {
    let relations = record.facts.relations.iter();
    let hidden: Vec<&String> = relations
        .filter(|relation| register.shown(&relation.target).is_none())
        .map(|relation| &relation.words)
        .collect();
    let words = words.iter();
    words.filter(|word| !hidden.contains(word)).collect()
}

/// Returns the records and how they are related, both ends public.
pub fn graph(register: &Register) -> Json {
    let nodes: Vec<Json> = register
        .published()
        .map(|record| node(register, record))
        .collect();
    let edges: Vec<Json> = edges(register)
        .map(|(from, relation, to)| {
            json!({
                "source": from.id,
                "predicate": relation.predicate,
                "target": to.id,
                "statement": relation.statement,
                "confidence": relation.confidence,
            })
        })
        .collect();
    json!({ "schema": 1, "commit": register.commit, "nodes": nodes, "edges": edges })
}

fn node(register: &Register, record: &PublicRecord) -> Json {
    json!({
        "id": record.id,
        "collection": record.collection,
        "title": record.facts.title,
        "language": record.language(&register.settings),
        "status": record.status,
        "confidence": record.facts.confidence,
        "version": record.edition().map(|edition| edition.version.as_str()),
        "url": register.whole(&record.route),
    })
}

fn edges(
    register: &Register,
) -> impl Iterator<Item = (&PublicRecord, &super::facts::Relation, &PublicRecord)> {
    register.published().flat_map(move |from| {
        let relations = from.facts.relations.iter();
        relations.filter_map(move |relation| {
            let to = register.shown(&relation.target)?;
            Some((from, relation, to)).filter(|(_, _, to)| to.is_published())
        })
    })
}

/// Returns the same graph as linked data, with the register as a node of its own.
pub fn linked(register: &Register) -> Json {
    let mut graph = vec![jsonld::register_node(register)];
    for record in register.published() {
        let language = record.language(&register.settings);
        let mut node = json!({
            "@id": register.identity(&record.id),
            "name": { "@value": record.facts.title, "@language": language },
            "identifier": record.id,
            "mainEntityOfPage": { "@id": register.whole(&record.route) },
        });
        let Some(map) = node.as_object_mut() else {
            continue;
        };
        for relation in &record.facts.relations {
            let other = register.shown(&relation.target);
            if let Some(other) = other.filter(|other| other.is_published()) {
                let values = map
                    .entry(jsonld::term(&relation.predicate))
                    .or_insert_with(|| json!([]));
                let identity = json!({ "@id": register.identity(&other.id) });
                values
                    .as_array_mut()
                    .into_iter()
                    .for_each(|values| values.push(identity.clone()));
            }
        }
        graph.push(node);
    }
    json!({ "@context": jsonld::context(register), "@graph": graph })
}

/// Returns `CITATION.cff` (1.2.0) for the whole register.
pub fn citation_file(register: &Register) -> String {
    // JSON strings are strings of YAML.
    let quoted = |text: &str| Json::from(text).to_string();
    let settings = &register.settings;
    let mut lines = vec![
        "cff-version: 1.2.0".to_owned(),
        format!(
            "message: {}",
            quoted(&say("public-cff-message").text(register.words()))
        ),
        "type: dataset".to_owned(),
        format!("title: {}", quoted(&settings.title)),
        "authors:".to_owned(),
        format!("  - name: {}", quoted(&settings.publisher)),
    ];
    // A release is the register as it went out: what was published since is told by its commit.
    let last = register.releases.first();
    let release = last.filter(|release| release.sequence == register.sequence);
    let version = release.map_or(&register.commit, |release| &release.name);
    lines.push(format!("version: {}", quoted(version)));
    lines.push(format!("commit: {}", quoted(&register.commit)));
    lines.push(format!("date-released: {}", day(register.at)));
    lines.push(format!("url: {}", quoted(&register.whole(""))));
    if let Some(license) = &settings.license {
        lines.extend(cited_license(license).map(|(key, text)| format!("{key}: {}", quoted(text))));
    }
    lines.join("\n") + "\n"
}

/// Licences that registers are under, by their SPDX identifiers, all of them known to CFF 1.2.0
/// (<https://github.com/citation-file-format/citation-file-format/blob/1.2.0/schema.json>, `license-enum`): by any other word the whole file would be invalid.
const LICENSES: [&str; 39] = [
    "0BSD",
    "AGPL-3.0-only",
    "AGPL-3.0-or-later",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC-BY-3.0",
    "CC-BY-4.0",
    "CC-BY-NC-4.0",
    "CC-BY-NC-ND-4.0",
    "CC-BY-NC-SA-4.0",
    "CC-BY-ND-4.0",
    "CC-BY-SA-3.0",
    "CC-BY-SA-4.0",
    "CC-PDDC",
    "CC0-1.0",
    "CDLA-Permissive-1.0",
    "CDLA-Sharing-1.0",
    "EUPL-1.2",
    "GFDL-1.3-only",
    "GFDL-1.3-or-later",
    "GPL-2.0-only",
    "GPL-2.0-or-later",
    "GPL-3.0-only",
    "GPL-3.0-or-later",
    "ISC",
    "LGPL-3.0-only",
    "LGPL-3.0-or-later",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "ODC-By-1.0",
    "ODbL-1.0",
    "OGL-UK-3.0",
    "PDDL-1.0",
    "Unlicense",
    "WTFPL",
    "etalab-2.0",
];

/// Returns the key by which CFF takes a licence, and what stands there; `None` for words of the register's own.
fn cited_license(license: &str) -> Option<(&'static str, &str)> {
    let own = LICENSES
        .into_iter()
        .find(|own| own.eq_ignore_ascii_case(license));
    match own {
        Some(own) => Some(("license", own)),
        None => super::facts::is_web(license).then_some(("license-url", license)),
    }
}

/// Returns the manifest of what is public: each record's version and text, so that a build makes anew what it has otherwise.
pub fn manifest(register: &Register) -> Json {
    let records: Vec<Json> = register
        .read()
        .map(|record| member(register, record))
        .collect();
    json!({
        "schema": 1,
        "commit": register.commit,
        "generated": moment(register.at),
        "base": register.settings.base,
        "records": records,
        "removed": removed(register),
        "redirects": redirects(register),
    })
}

/// Returns what differs from what a build has: records that are new or have another text, status or address, and those that are gone.
pub fn changes(before: &Register, now: &Register) -> Json {
    let records = now.read().filter_map(|record| {
        let entry = member(now, record);
        let old = before.shown(&record.id).map(|old| member(before, old));
        if old.as_ref() == Some(&entry) {
            return None;
        }
        let mut entry = entry;
        if let Some(map) = entry.as_object_mut() {
            let from = old
                .as_ref()
                .map_or(Json::Null, |old| old["version"].clone());
            map.insert("from".to_owned(), from);
        }
        Some(entry)
    });
    let records: Vec<Json> = records.collect();
    let gone = before
        .read()
        .filter(|record| now.shown(&record.id).is_none());
    let gone: Vec<Json> = gone
        .map(|record| json!({ "id": record.id, "route": record.route }))
        .collect();
    json!({
        "schema": 1,
        "since": before.commit,
        "commit": now.commit,
        "generated": moment(now.at),
        "base": now.settings.base,
        "records": records,
        "removed": gone,
        "redirects": redirects(now),
    })
}

fn member(register: &Register, record: &PublicRecord) -> Json {
    let edition = record.edition();
    let yanked = record
        .editions
        .iter()
        .filter(|edition| edition.yanked.is_some());
    let yanked: Vec<&str> = yanked.map(|edition| edition.version.as_str()).collect();
    let original = register.original(record);
    json!({
        "id": record.id,
        "collection": record.collection,
        "route": record.route,
        "language": record.language(&register.settings),
        "status": record.status,
        "confidence": record.facts.confidence,
        "version": edition.map(|edition| edition.version.as_str()),
        "change": edition.and_then(|edition| edition.bump.as_deref()),
        "published": moment(record.current.at),
        "blob": record.current.blob,
        "commit": record.current.commit,
        "is_active": record.is_published(),
        "yanked": yanked,
        "successors": record.facts.successors.iter().filter(|id| register.shown(id).is_some()).collect::<Vec<_>>(),
        "translates": original.map(|original| original.id.as_str()),
        "is_current": original.map(|_| register.is_current(record)),
    })
}

fn removed(register: &Register) -> Vec<Json> {
    let gone = register.records.iter().filter(|record| !record.is_read());
    gone.map(|record| json!({ "id": record.id, "route": record.route }))
        .collect()
}

fn redirects(register: &Register) -> Vec<Json> {
    let records = register.read();
    let each = records.flat_map(|record| {
        let earlier = record.earlier_routes.iter();
        let earlier = earlier.filter(|route| {
            let leads = register.at_earlier_route(route);
            leads.is_some_and(|other| other.id == record.id)
        });
        earlier.map(move |route| json!({ "from": route, "to": record.route }))
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_is_cited_as_the_format_takes_it_or_not_at_all() {
        let address = "https://a.example/licence";
        for (license, cited) in [
            ("CC-BY-4.0", Some(("license", "CC-BY-4.0"))),
            ("cc0-1.0", Some(("license", "CC0-1.0"))),
            (address, Some(("license-url", address))),
            ("all rights reserved", None),
            ("Lanternworks-1.0", None),
        ] {
            assert_eq!(cited_license(license), cited);
        }
    }
}
