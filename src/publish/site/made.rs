//! What a record's files are made from, and the files.

use std::collections::BTreeSet;

use anyhow::Result;
use sha2::{Digest, Sha256};

use super::address::{self, Form};
use super::files::form_of;
use super::leaf::Leaf;
use super::lists;
use super::load::Texts;
use super::register::{Edition, PublicRecord, Register, State};

/// Counts up whenever a form's bytes change for the same register, or what is read of the same text, so that folders of an earlier program are written anew.
pub(super) const FORMS: u32 = 4;

/// Returns the digest of everything that every file depends on: the program, the settings, and the policy, by its blob, under which texts are read.
pub fn made_by(register: &Register, policy: &str) -> String {
    let mut hash = Sha256::new();
    let settings = &register.settings;
    hash.update(format!(
        "{} {FORMS} {settings:?}",
        env!("CARGO_PKG_VERSION")
    ));
    hash.update(format!("{:?}", register.collections));
    hash.update(policy);
    hex::encode(hash.finalize())
}

/// Returns the digest of everything that a record's files are made from, but for what every file depends on.
pub fn made_from(register: &Register, record: &PublicRecord, asked: &BTreeSet<String>) -> String {
    let mut hash = Sha256::new();
    let mut add = |text: String| {
        hash.update(text.len().to_be_bytes());
        hash.update(text);
    };
    add(format!("{record:?}"));
    for name in asked {
        add(register.answer(name));
    }
    for (other, relation) in register.naming(record) {
        add(format!("{:?} {relation:?}", register.named(other)));
    }
    let original = register.original(record).unwrap_or(record);
    for one in std::iter::once(original).chain(register.translations(original)) {
        let version = register
            .translated_version(one)
            .map(|edition| &edition.version);
        add(format!(
            "{:?} {} {} {version:?}",
            register.named(one),
            register.is_current(one),
            one.is_published()
        ));
    }
    hex::encode(hash.finalize())
}

/// Returns every file of a record: its forms, those of its versions, and the pages that lead to it.
pub fn written(
    register: &Register,
    texts: &Texts<'_>,
    record: &PublicRecord,
    asked: &mut BTreeSet<String>,
) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for folder in register.leading_to(record) {
        let html = lists::moved(register, &folder, record)?;
        files.push((format!("{folder}/index.html"), html.into_bytes()));
    }
    for (version, at) in record.gone_versions() {
        let folder = address::version(&record.route, version);
        let html = lists::gone(register, &folder, at)?;
        files.push((format!("{folder}/index.html"), html.into_bytes()));
    }
    if let State::TakenDown { at } = record.state {
        let html = lists::gone(register, &record.route, at)?;
        files.push((format!("{}/index.html", record.route), html.into_bytes()));
        return Ok(files);
    }
    let editions: Vec<Option<&Edition>> = record.editions.iter().map(Some).collect();
    for edition in std::iter::once(None).chain(editions) {
        let text = edition.map_or(&record.current, |edition| &edition.text);
        let leaf = Leaf::read(register, record, edition, &texts.bytes(&text.blob)?)?;
        for form in Form::ALL {
            let file = form_of(&leaf, form)?;
            files.push((file.path, file.bytes));
        }
        asked.extend(leaf.asked_for());
    }
    Ok(files)
}
