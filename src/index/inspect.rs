//! Every finding of every record at one commit, without a database: for `countersign check` in a clone or in CI.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;

use super::gather::{attachment_problem, parse_blob, record_id};
use super::rules::Rules;
use crate::check::{self, Finding, Reference};
use crate::id::CommitId;
use crate::policy::Severity;
use crate::record::Record;
use crate::refusal::Refusal;
use crate::repository::Repository;

/// What was found at one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// The path.
    pub path: String,
    /// What is wrong there.
    pub finding: Finding,
    /// The file cannot be read at all.
    pub quarantined: bool,
}

/// What an inspection saw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inspection {
    /// How many files the collections own.
    pub records: usize,
    /// Everything found, by path and line.
    pub found: Vec<Inspected>,
}

/// Inspects every record in a commit's tree under the given rules; `step` is called after each file.
///
/// # Errors
/// When git cannot be read.
pub fn inspect(
    repository: &Repository,
    commit: CommitId,
    rules: &Rules,
    mut step: impl FnMut(),
) -> Result<Inspection> {
    let mut inspection = Inspection::default();
    let mut holders: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut references: Vec<(String, Reference)> = Vec::new();
    for entry in repository.entries(commit)? {
        let Some(collection) = rules.policy.collection_of(&entry.path) else {
            continue;
        };
        inspection.records += 1;
        match parse_blob(repository, entry.blob, entry.kind, collection)? {
            Err(refusal) => inspection.found.push(Inspected {
                finding: quarantine(&refusal),
                path: entry.path,
                quarantined: true,
            }),
            Ok(record) => {
                let schema = collection
                    .schema
                    .as_ref()
                    .and_then(|path| rules.schemas.get(path));
                let own = check::findings(
                    collection,
                    rules.policy.workflow(collection),
                    schema,
                    &record,
                );
                let files = files(repository, commit, rules, (&entry.path, &record))?;
                let own = own.into_iter().chain(files);
                inspection.found.extend(own.map(|finding| Inspected {
                    path: entry.path.clone(),
                    finding,
                    quarantined: false,
                }));
                references.extend(
                    check::references(collection, &record)
                        .into_iter()
                        .map(|reference| (entry.path.clone(), reference)),
                );
                let id = record_id(collection, &record)
                    .unwrap_or_else(|| rules.policy.slug_of(collection, &entry.path));
                holders.entry(id).or_default().push(entry.path);
            }
        }
        step();
    }
    inspection.found.extend(doubled(&holders));
    inspection.found.extend(unresolved(&holders, references));
    inspection
        .found
        .sort_by(|a, b| (&a.path, a.finding.line).cmp(&(&b.path, b.finding.line)));
    Ok(inspection)
}

/// Returns what is wrong with the files that a record names.
fn files(
    repository: &Repository,
    commit: CommitId,
    rules: &Rules,
    (path, record): (&str, &Record),
) -> Result<Vec<Finding>> {
    let policy = &rules.policy;
    let Some(collection) = policy.collection_of(path) else {
        return Ok(Vec::new());
    };
    let named = check::attachments(policy, collection, record, path);
    let beyond = check::beyond_review(collection, record, &named);
    let mut found = Vec::from_iter(beyond);
    for named in named {
        let Some(entry) = repository.entry(commit, &named.target)? else {
            found.push(check::missing_attachment(named));
            continue;
        };
        let why = attachment_problem(repository, &named.target, entry.blob, entry.kind)?;
        found.extend(why.map(|why| check::false_attachment(named, &why)));
    }
    Ok(found)
}

/// Returns what is wrong with a text that stands at a path and is not committed; `None` where no collection owns the path.
pub fn inspect_text(rules: &Rules, path: &str, content: &[u8]) -> Option<Vec<Finding>> {
    let collection = rules.policy.collection_of(path)?;
    let record = match crate::record::parse(content, collection.format) {
        Ok(record) => record,
        Err(refusal) => return Some(vec![quarantine(&refusal)]),
    };
    let schema = collection
        .schema
        .as_ref()
        .and_then(|path| rules.schemas.get(path));
    Some(check::findings(
        collection,
        rules.policy.workflow(collection),
        schema,
        &record,
    ))
}

fn quarantine(refusal: &Refusal) -> Finding {
    Finding {
        code: refusal.code.to_owned(),
        severity: Severity::Blocking,
        field: None,
        line: refusal.place.line,
        message: refusal.cause.clone(),
        next: refusal.next.clone(),
    }
}

fn doubled(holders: &BTreeMap<String, Vec<String>>) -> Vec<Inspected> {
    let quarrels = holders.iter().filter(|(_, paths)| paths.len() > 1);
    let each = quarrels.flat_map(|(id, paths)| paths.iter().map(move |path| (id, path, paths)));
    each.map(|(id, path, paths)| {
        let others: Vec<&str> = paths
            .iter()
            .filter(|other| *other != path)
            .map(String::as_str)
            .collect();
        let message = format!(
            "another file has the same id \"{id}\": {}",
            others.join(", ")
        );
        let finding = Finding {
            code: "ID-001".into(),
            severity: Severity::Blocking,
            field: None,
            line: None,
            message,
            next: "give one of them another id".into(),
        };
        Inspected {
            path: path.clone(),
            finding,
            quarantined: false,
        }
    })
    .collect()
}

fn unresolved(
    holders: &BTreeMap<String, Vec<String>>,
    references: Vec<(String, Reference)>,
) -> Vec<Inspected> {
    let known: HashMap<&str, ()> = holders.keys().map(|id| (id.as_str(), ())).collect();
    let missing = references
        .into_iter()
        .filter(|(_, reference)| !known.contains_key(reference.target.as_str()));
    missing
        .map(|(path, reference)| Inspected {
            path,
            finding: unresolved_reference(reference),
            quarantined: false,
        })
        .collect()
}

/// The code of a reference to a record that is not there.
pub const UNRESOLVED: &str = "REF-001";

/// Returns what is told of a reference to a record that is not there.
pub fn unresolved_reference(reference: Reference) -> Finding {
    Finding {
        code: UNRESOLVED.into(),
        severity: Severity::Blocking,
        message: format!("no record has the id \"{}\"", reference.target),
        next: "correct the id, or add that record".into(),
        line: Some(reference.line),
        field: Some(reference.field),
    }
}
