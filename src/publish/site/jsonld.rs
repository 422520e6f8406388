//! Linked data: schema.org for the page and its subject, SKOS for concepts, PROV-O for versions.
//!
//! The context stands in the document itself, so that a processor needs nothing from elsewhere to read it, and the same bytes mean the same for ever.
//! schema.org's DefinedTerm is no CreativeWork: version, dates, licence and citation are the page's.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::address::{self, Form};
use super::facts::{Relation, is_web};
use super::leaf::{Leaf, Named};
use super::register::{Edition, Register};
use super::words::{day, moment};
use crate::policy::Kind;
use crate::publish::visible::is_invisible;

/// Returns the context of every document.
pub fn context(register: &Register) -> Json {
    json!({
        "@vocab": "https://schema.org/",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "prov": "http://www.w3.org/ns/prov#",
        "dcterms": "http://purl.org/dc/terms/",
        "owl": "http://www.w3.org/2002/07/owl#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "term": format!("{}/graph.jsonld#", register.settings.base),
    })
}

/// Returns a record as linked data.
pub fn document(leaf: &Leaf<'_>) -> Json {
    let mut graph = vec![Json::Object(subject(leaf))];
    let mut page = page(leaf);
    match leaf.asked {
        // The page of a version is the version itself.
        Some(edition) => {
            page.extend(provenance(leaf, edition));
            page.insert("@type".to_owned(), json!(["WebPage", "prov:Entity"]));
            graph.push(Json::Object(page));
        }
        None => {
            graph.push(Json::Object(page));
            let editions = leaf.record.editions.iter();
            graph.extend(editions.map(|edition| Json::Object(provenance(leaf, edition))));
        }
    }
    json!({ "@context": context(leaf.register), "@graph": graph })
}

/// Returns a document as it stands in the script element of a page, in which nothing ends the element.
pub fn embedded(document: &Json) -> String {
    let mut written = String::new();
    for character in document.to_string().chars() {
        if matches!(character, '<' | '>' | '&') || is_invisible(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                written.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            written.push(character);
        }
    }
    written
}

fn types(leaf: &Leaf<'_>) -> Json {
    match leaf.record.kind {
        Kind::Concept => json!(["DefinedTerm", "skos:Concept"]),
        Kind::Publication => match leaf.facts.genre.to_lowercase().contains("technical") {
            true => json!("TechArticle"),
            false => json!("Article"),
        },
        Kind::Report => json!("Report"),
        Kind::Software => json!("SoftwareApplication"),
        Kind::Organization => json!("Organization"),
        Kind::Person => json!("Person"),
        Kind::Project => json!("Project"),
        Kind::Page => json!("CreativeWork"),
    }
}

/// What the record is about.
fn subject(leaf: &Leaf<'_>) -> Map<String, Json> {
    let facts = &leaf.facts;
    let mut node = Map::new();
    let mut set = |key: &str, value: Json| {
        let is_empty = match &value {
            Json::String(text) => text.is_empty(),
            Json::Array(items) => items.is_empty(),
            Json::Null => true,
            _ => false,
        };
        if !is_empty {
            node.insert(key.to_owned(), value);
        }
    };
    set("@id", leaf.identity().into());
    set("@type", types(leaf));
    set("name", in_language(leaf, &facts.title));
    set("identifier", leaf.record.id.clone().into());
    set("alternateName", facts.alternatives.clone().into());
    let description = match facts.definition.is_empty() {
        true => &facts.summary,
        false => &facts.definition,
    };
    set("description", in_language(leaf, description));
    set("sameAs", facts.same_as.clone().into());
    set(
        "mainEntityOfPage",
        json!({ "@id": leaf.address(Form::Html) }),
    );
    if leaf.record.kind == Kind::Concept {
        for (key, value) in concept(leaf) {
            set(key, value);
        }
    }
    if matches!(
        leaf.record.kind,
        Kind::Publication | Kind::Report | Kind::Page
    ) {
        set("author", people(leaf));
        set("headline", facts.title.clone().into());
        set("publisher", agent(leaf.register, &leaf.publisher()));
    }
    for (key, values) in related(leaf) {
        set(&key, Json::Array(values));
    }
    node
}

/// What a concept is besides, in its set of terms and as SKOS says it.
fn concept(leaf: &Leaf<'_>) -> [(&'static str, Json); 7] {
    let facts = &leaf.facts;
    let each = |texts: &[String]| texts.iter().map(|text| in_language(leaf, text)).collect();
    let scheme = json!({ "@id": register_id(leaf.register) });
    [
        ("termCode", leaf.record.id.clone().into()),
        ("inDefinedTermSet", scheme.clone()),
        ("skos:inScheme", scheme),
        ("skos:prefLabel", in_language(leaf, &facts.title)),
        ("skos:altLabel", each(&facts.alternatives)),
        ("skos:definition", in_language(leaf, &facts.definition)),
        ("skos:scopeNote", each(&facts.scope)),
    ]
}

/// The relations that are stated, under the term of a vocabulary where one means the same, else under the register's own.
fn related(leaf: &Leaf<'_>) -> BTreeMap<String, Vec<Json>> {
    let mut related: BTreeMap<String, Vec<Json>> = BTreeMap::new();
    let named = |relation: &Relation| leaf.named(&relation.target);
    for relation in leaf.facts.relations.iter().filter(|one| one.is_shown) {
        if let Some(id) = named(relation).and_then(|other| other.id) {
            let values = related.entry(term(&relation.predicate)).or_default();
            values.push(json!({ "@id": leaf.register.identity(&id) }));
        }
    }
    related
}

/// Returns the property that a predicate stands for.
pub fn term(predicate: &str) -> String {
    let known = match predicate {
        "broader" => "skos:broader",
        "narrower" => "skos:narrower",
        "relatedTo" | "related" => "skos:related",
        "derivedFrom" => "prov:wasDerivedFrom",
        "partOf" => "dcterms:isPartOf",
        "hasPart" => "dcterms:hasPart",
        "memberOf" => "memberOf",
        "createdBy" => "creator",
        "publishedBy" => "dcterms:publisher",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let plain: String = predicate.chars().filter(|c| plain(*c)).collect();
    format!("term:{plain}")
}

/// The page, and the text on it.
fn page(leaf: &Leaf<'_>) -> Map<String, Json> {
    let mut node = Map::new();
    node.insert("@id".to_owned(), leaf.address(Form::Html).into());
    node.insert("@type".to_owned(), "WebPage".into());
    node.insert("name".to_owned(), leaf.facts.title.clone().into());
    node.insert("creativeWorkStatus".to_owned(), leaf.badge().into());
    if let Some(version) = leaf.version() {
        node.insert("version".to_owned(), version.into());
    }
    node.insert("inLanguage".to_owned(), leaf.language().into());
    node.insert("datePublished".to_owned(), dated(leaf.first_at()));
    node.insert("dateModified".to_owned(), dated(leaf.text.at));
    if let Some(license) = leaf.license().map(license_address) {
        node.insert("license".to_owned(), linked(&license));
    }
    node.insert(
        "publisher".to_owned(),
        agent(leaf.register, &leaf.publisher()),
    );
    node.insert(
        "isPartOf".to_owned(),
        json!({ "@id": register_id(leaf.register) }),
    );
    node.insert("mainEntity".to_owned(), json!({ "@id": leaf.identity() }));
    if !leaf.facts.keywords.is_empty() {
        node.insert("keywords".to_owned(), leaf.facts.keywords.clone().into());
    }
    let cited = leaf.facts.references.iter();
    let cited: Vec<Json> = cited
        .filter(|reference| is_web(&reference.target))
        .map(|reference| json!({ "@id": reference.target, "name": reference.title }))
        .collect();
    if !cited.is_empty() {
        node.insert("citation".to_owned(), Json::Array(cited));
    }
    if leaf.asked.is_none() {
        translated(leaf, &mut node);
    }
    let successors = leaf.successors().into_iter();
    let successors: Vec<Json> = successors
        .filter_map(|one| Some(json!({ "@id": leaf.whole(&one.route?) })))
        .collect();
    if !successors.is_empty() {
        node.insert("dcterms:isReplacedBy".to_owned(), Json::Array(successors));
    }
    node
}

fn translated(leaf: &Leaf<'_>, node: &mut Map<String, Json>) {
    if let Some(original) = leaf.register.original(leaf.record) {
        let address = leaf.whole(&original.route);
        node.insert("translationOfWork".to_owned(), json!({ "@id": address }));
    }
    let translations = leaf.register.translations(leaf.record);
    let translations: Vec<Json> = translations
        .filter(|one| leaf.register.is_current(one))
        .map(|one| json!({ "@id": leaf.whole(&one.route) }))
        .collect();
    if !translations.is_empty() {
        node.insert("workTranslation".to_owned(), Json::Array(translations));
    }
}

/// A version: an entity that came from the one before, by an act that people answer for.
fn provenance(leaf: &Leaf<'_>, edition: &Edition) -> Map<String, Json> {
    let address = |number: &str| leaf.whole(&address::version(&leaf.record.route, number));
    let before = leaf.record.editions.iter();
    let before = before
        .take_while(|other| other.version != edition.version)
        .last();
    let people = |names: &[String]| -> Json {
        let person = |name: &String| json!({ "@type": "prov:Person", "name": name });
        names.iter().map(person).collect()
    };
    let instant = |at: i64| json!({ "@value": moment(at), "@type": "xsd:dateTime" });
    let activity = json!({
        "@type": "prov:Activity",
        "identifier": edition.text.commit,
        "prov:endedAtTime": instant(edition.text.at),
        "prov:wasAssociatedWith": people(&edition.approvers),
    });
    let mut node = Map::new();
    let mut set = |key: &str, value: Json| drop(node.insert(key.to_owned(), value));
    set("@id", address(&edition.version).into());
    set("@type", "prov:Entity".into());
    set("owl:versionInfo", edition.version.clone().into());
    set("prov:specializationOf", json!({ "@id": leaf.identity() }));
    set("prov:generatedAtTime", instant(edition.text.at));
    set("prov:wasAttributedTo", people(&edition.authors));
    set("prov:wasGeneratedBy", activity);
    if let Some(before) = before {
        set(
            "prov:wasRevisionOf",
            json!({ "@id": address(&before.version) }),
        );
    }
    if let Some(yanked) = &edition.yanked {
        set("prov:invalidatedAtTime", instant(yanked.at));
    }
    node
}

/// Returns the register itself as a node: a set of terms, and a scheme of concepts.
pub fn register_node(register: &Register) -> Json {
    json!({
        "@id": register_id(register),
        "@type": ["DefinedTermSet", "skos:ConceptScheme"],
        "name": register.settings.title,
        "url": register.whole(""),
        "owl:versionInfo": register.commit,
        "dateModified": dated(register.at),
        "publisher": { "@type": "Organization", "name": register.settings.publisher },
    })
}

/// Returns the address that stands for the register.
pub fn register_id(register: &Register) -> String {
    format!("{}/#register", register.settings.base)
}

fn people(leaf: &Leaf<'_>) -> Json {
    let authors = leaf.authors();
    Json::Array(
        authors
            .iter()
            .map(|author| agent(leaf.register, author))
            .collect(),
    )
}

fn agent(register: &Register, named: &Named) -> Json {
    match &named.id {
        Some(id) => json!({ "@id": register.identity(id), "name": named.title }),
        None => json!({ "name": named.title }),
    }
}

fn in_language(leaf: &Leaf<'_>, text: &str) -> Json {
    match text.is_empty() {
        true => Json::Null,
        false => json!({ "@value": text, "@language": leaf.language() }),
    }
}

fn dated(at: i64) -> Json {
    json!({ "@value": day(at), "@type": "Date" })
}

/// Returns a licence as an address: SPDX's page of an identifier, or the address that was given.
pub fn license_address(license: &str) -> String {
    let is_identifier = license
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '+'));
    match is_identifier && !license.is_empty() {
        true => format!("https://spdx.org/licenses/{license}"),
        false => license.to_owned(),
    }
}

fn linked(address: &str) -> Json {
    match is_web(address) {
        true => json!({ "@id": address }),
        false => address.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_document_ends_the_script_that_holds_it() {
        let document =
            json!({ "name": "</script><script>alert(1)</script><!--\u{2028}&\u{202e}\u{e0041}" });
        let written = embedded(&document);
        assert!(
            !written.contains(['<', '>', '&', '\u{2028}', '\u{202e}']),
            "{written}"
        );
        let read: Json = serde_json::from_str(&written).unwrap();
        assert_eq!(read, document);
    }

    #[test]
    fn a_predicate_is_no_more_than_a_name() {
        assert_eq!(term("broader"), "skos:broader");
        assert_eq!(term("appliesConcept"), "term:appliesConcept");
        assert_eq!(term("a:b\"}]/@id"), "term:abid");
    }

    #[test]
    fn a_licence_is_an_address_where_it_can_be_one() {
        assert_eq!(
            license_address("CC-BY-4.0"),
            "https://spdx.org/licenses/CC-BY-4.0"
        );
        assert_eq!(
            license_address("https://a.example/l"),
            "https://a.example/l"
        );
        assert_eq!(
            license_address("all rights reserved"),
            "all rights reserved"
        );
    }
}
