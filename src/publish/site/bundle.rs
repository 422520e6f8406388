//! The manifest of each release: what went out with it, so that a build makes that and nothing else.

use anyhow::Result;
use serde_json::{Value as Json, json};

use super::address;
use super::files::lines;
use super::register::{Edition, PublicRecord, Register, Release};
use super::words::moment;

/// Returns the names of the manifests' files.
pub fn names(register: &Register) -> Vec<String> {
    let mut names: Vec<String> = register
        .releases
        .iter()
        .map(|release| format!("{}.json", release.name))
        .collect();
    if !names.is_empty() {
        names.push("latest.json".to_owned());
    }
    names
}

/// Returns a manifest by its file's name.
///
/// # Errors
/// Never; it stands for its callers, who may.
pub fn at(register: &Register, name: &str) -> Result<Option<Vec<u8>>> {
    let releases = &register.releases;
    let place = match name.strip_suffix(".json") {
        Some("latest") => (!releases.is_empty()).then_some(0),
        Some(name) => releases.iter().position(|release| release.name == name),
        None => None,
    };
    Ok(place.map(|place| lines(&manifest(register, place))))
}

fn manifest(register: &Register, place: usize) -> Json {
    let release = &register.releases[place];
    let before = register.releases.get(place + 1);
    let members = register.read().flat_map(|record| {
        let editions = record.editions.iter();
        let own = editions.filter(|edition| edition.release.as_ref() == Some(&release.name));
        own.map(move |edition| member(register, record, edition))
    });
    let members: Vec<Json> = members.collect();
    json!({
        "schema": 1,
        "release": release.name,
        "title": release.title,
        "previous": before.map(|before| before.name.as_str()),
        "commit": commit_of(register, release),
        "generated": moment(release.at),
        "base": register.settings.base,
        "records": members,
    })
}

fn commit_of<'a>(register: &'a Register, release: &Release) -> &'a str {
    let place = usize::try_from(release.sequence).unwrap_or(0);
    let link = register.links.get(place);
    link.map_or(register.commit.as_str(), String::as_str)
}

fn member(register: &Register, record: &PublicRecord, edition: &Edition) -> Json {
    let before = record.editions.iter();
    let before = before
        .take_while(|other| other.version != edition.version)
        .last();
    let folder = address::version(&record.route, &edition.version);
    json!({
        "id": record.id,
        "collection": record.collection,
        "route": record.route,
        "language": record.language(&register.settings),
        "version": edition.version,
        "from": before.map(|before| before.version.as_str()),
        "change": edition.bump,
        "published": moment(edition.text.at),
        "blob": edition.text.blob,
        "commit": edition.text.commit,
        "url": register.whole(&folder),
        "yanked": edition.yanked.is_some(),
    })
}
