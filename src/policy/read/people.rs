//! `[roles]` and `[people.KEY]`.

use indexmap::IndexMap;
use toml::de::DeValue;

use super::report::{Entry, Report, Section};
use super::value::shown;
use crate::policy::rights::is_locale;
use crate::policy::{Grant, Person};

/// Reads the roles; `None` when the policy declares none.
pub(super) fn read_roles<'a>(
    report: &mut Report<'a>,
    root: &Section<'a>,
) -> Option<IndexMap<String, String>> {
    root.get("roles")?;
    let mut roles = IndexMap::new();
    if let Some(section) = report.section(root, "roles") {
        for entry in section.entries() {
            report.check_name(&section, entry);
            let purpose = report.entry_text(&section, entry).unwrap_or_default();
            roles.insert(entry.key.to_owned(), purpose.to_owned());
        }
    }
    Some(roles)
}

/// Reads the people.
pub(super) fn read_people<'a>(
    report: &mut Report<'a>,
    root: &Section<'a>,
) -> IndexMap<String, Person> {
    let mut people = IndexMap::new();
    let Some(section) = report
        .required(root, "people")
        .and_then(|entry| report.entry_section(root, entry))
    else {
        return people;
    };
    for entry in section.entries() {
        report.check_name(&section, entry);
        if let Some(below) = report.entry_section(&section, entry) {
            people.insert(entry.key.to_owned(), read_person(report, &below, entry.key));
        }
    }
    people
}

fn read_person<'a>(report: &mut Report<'a>, section: &Section<'a>, key: &str) -> Person {
    report.only(section, &["name", "addresses", "accounts", "roles"]);
    let name = report
        .required(section, "name")
        .and_then(|entry| read_name(report, section, entry))
        .unwrap_or_default();
    report.required(section, "addresses");
    let addresses = report.texts(section, "addresses").unwrap_or_default();
    Person {
        key: key.to_owned(),
        name,
        addresses: addresses
            .into_iter()
            .filter(|(address, offset)| check_address(report, section, address, *offset))
            .map(|(address, _)| address.to_lowercase())
            .collect(),
        accounts: read_accounts(report, section),
        roles: read_grants(report, section),
    }
}

/// Reads accounts on git hosts. A name there can be given up and taken by somebody else, so only what a host gives for good is one.
fn read_accounts<'a>(report: &mut Report<'a>, section: &Section<'a>) -> Vec<String> {
    if section.get("accounts").is_none() {
        return Vec::new();
    }
    let mut accounts = report.texts(section, "accounts").unwrap_or_default();
    accounts.retain(|(account, offset)| {
        let good = is_account(account);
        if !good {
            report.refuse(
                section.top(),
                *offset,
                "POL-056",
                format!(
                    "\"{}\" in {} is no account on a git host",
                    shown(account),
                    section.title()
                ),
                "write the kind of host and the account's number or id there, like github:583231",
            );
        }
        good
    });
    let accounts = accounts.into_iter().map(|(account, _)| account.to_owned());
    accounts.collect()
}

fn is_account(account: &str) -> bool {
    let Some((host, id)) = account.split_once(':') else {
        return false;
    };
    let fits = |most: usize, fits: fn(char) -> bool| {
        (1..=most).contains(&id.len()) && id.chars().all(fits)
    };
    match host {
        "github" | "gitlab" | "gitea" | "forgejo" => fits(20, |c| c.is_ascii_digit()),
        // An Atlassian account id: 712020:9b5a4c2e-…, or 24 hexadecimal digits.
        "bitbucket" => fits(80, |c| c.is_ascii_hexdigit() || matches!(c, '-' | ':')),
        _ => false,
    }
}

/// Returns a name that git can write: `<` and `>` would end it early.
fn read_name<'a>(
    report: &mut Report<'a>,
    section: &Section<'a>,
    entry: Entry<'a>,
) -> Option<String> {
    let name = report.entry_text(section, entry)?;
    if !name.contains(['<', '>']) {
        return Some(name.trim().to_owned());
    }
    report.refuse(
        section.top(),
        entry.value.span().start,
        "POL-010",
        format!(
            "the name \"{}\" in {} holds < or >",
            shown(name),
            section.title()
        ),
        "write the name alone, and addresses in \"addresses\"",
    );
    None
}

fn check_address<'a>(
    report: &mut Report<'a>,
    section: &Section<'a>,
    address: &str,
    offset: usize,
) -> bool {
    let good = is_address(address);
    if !good {
        report.refuse(
            section.top(),
            offset,
            "POL-052",
            format!(
                "\"{}\" in {} is not an e-mail address",
                shown(address),
                section.title()
            ),
            "write the address alone, like ana@example.org",
        );
    }
    good
}

/// Returns whether git could carry a text as an address, and nothing about whether mail arrives.
pub(in crate::policy) fn is_address(text: &str) -> bool {
    let parts = text.split_once('@');
    text.len() <= 254
        && parts.is_some_and(|(local, domain)| {
            !local.is_empty() && !domain.is_empty() && !domain.contains('@')
        })
        && !text.contains(|c: char| {
            c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | ',')
        })
}

fn read_grants<'a>(report: &mut Report<'a>, section: &Section<'a>) -> Vec<Grant> {
    let Some(entry) = section.get("roles") else {
        return Vec::new();
    };
    let DeValue::Array(items) = entry.value.get_ref() else {
        report.wrong_type(
            section,
            "roles",
            entry.value,
            "a list",
            "roles = [\"reviewer\"]",
        );
        return Vec::new();
    };
    items
        .iter()
        .filter_map(|item| match item.get_ref() {
            DeValue::Table(table) => read_grant(report, &section.item(item.span().start, table)),
            _ => Some(Grant {
                role: report.value_text(section, "roles", item)?.to_owned(),
                collections: None,
                locales: None,
            }),
        })
        .collect()
}

/// Reads `{ role = "publisher", collections = ["concepts"], locales = ["fr"] }`, of which one list may be left out.
fn read_grant<'a>(report: &mut Report<'a>, section: &Section<'a>) -> Option<Grant> {
    report.only(section, &["role", "collections", "locales"]);
    let role = report
        .required(section, "role")
        .and_then(|entry| report.entry_text(section, entry));
    if section.get("locales").is_none() {
        report.required(section, "collections");
    }
    let collections = report.texts(section, "collections");
    let locales = report.texts(section, "locales");
    let is_given = |key: &str| section.get(key).is_some();
    if is_given("collections") && collections.is_none() || is_given("locales") && locales.is_none()
    {
        return None;
    }
    let owned = |texts: Vec<(&str, usize)>| {
        let texts = texts.into_iter().map(|(text, _)| text.to_owned());
        texts.collect::<Vec<String>>()
    };
    Some(Grant {
        role: role?.to_owned(),
        collections: collections.map(owned),
        locales: locales.map(|texts| owned(read_locales(report, section, texts))),
    })
}

fn read_locales<'a>(
    report: &mut Report<'a>,
    section: &Section<'a>,
    mut texts: Vec<(&'a str, usize)>,
) -> Vec<(&'a str, usize)> {
    texts.retain(|(text, offset)| {
        let good = is_locale(text);
        if !good {
            report.refuse(
                section.top(),
                *offset,
                "POL-054",
                format!(
                    "\"{}\" in {} is not the name of a language",
                    shown(text),
                    section.title()
                ),
                "write it like fr, pt-BR or zh-Hant",
            );
        }
        good
    });
    texts
}
