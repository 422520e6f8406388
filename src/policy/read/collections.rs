//! `[collections.NAME]`.

use std::cmp::Reverse;

use indexmap::IndexMap;
use toml::de::DeValue;

use super::report::{Entry, Report, Section};
use super::value::shown;
use crate::policy::{Bump, Collection, FieldPattern, Floor, Kind, Patterns, Severity, Workflow};
use crate::record::Format;

const FORMATS: [(&str, Format); 4] = [
    ("markdown", Format::Markdown),
    ("yaml", Format::Yaml),
    ("toml", Format::Toml),
    ("json", Format::Json),
];

const BUMPS: [(&str, Bump); 4] = [
    ("none", Bump::None),
    ("patch", Bump::Patch),
    ("minor", Bump::Minor),
    ("major", Bump::Major),
];

/// `off` leaves a rule out of the collection's rules.
const SEVERITIES: [(&str, Option<Severity>); 4] = [
    ("off", None),
    ("information", Some(Severity::Information)),
    ("warning", Some(Severity::Warning)),
    ("blocking", Some(Severity::Blocking)),
];

const KEYS: [&str; 15] = [
    "paths",
    "attachments",
    "format",
    "id",
    "title",
    "status",
    "version",
    "locale",
    "translates",
    "schema",
    "kind",
    "workflow",
    "references",
    "floors",
    "rules",
];

/// Reads all collections. `workflows` are those the policy has, so that a single one need not be named.
pub(super) fn read<'a>(
    report: &mut Report<'a>,
    root: &Section<'a>,
    workflows: &IndexMap<String, Workflow>,
) -> IndexMap<String, Collection> {
    let mut collections = IndexMap::new();
    let Some(entry) = report.required(root, "collections") else {
        return collections;
    };
    let Some(section) = report.entry_section(root, entry) else {
        return collections;
    };
    for entry in section.entries() {
        report.check_name(&section, entry);
        if let Some(below) = report.entry_section(&section, entry) {
            collections.insert(
                entry.key.to_owned(),
                read_collection(report, &below, entry.key, workflows),
            );
        }
    }
    if section.entries().is_empty() {
        report.refuse(
            "collections",
            entry.key_offset,
            "POL-006",
            "[collections] is empty",
            "add a table such as [collections.articles] with paths",
        );
    }
    collections
}

fn read_collection<'a>(
    report: &mut Report<'a>,
    section: &Section<'a>,
    name: &str,
    workflows: &IndexMap<String, Workflow>,
) -> Collection {
    report.only(section, &KEYS);
    let paths = read_patterns(report, section);
    let format = match section.get("format") {
        Some(entry) => report.word(section, entry, &FORMATS),
        None => format_of(report, section, &paths),
    };
    Collection {
        name: name.to_owned(),
        // Without a format there is a refusal, and no policy.
        format: format.unwrap_or(Format::Markdown),
        id: report.path(section, "id"),
        title: report.path(section, "title"),
        status: report.path(section, "status"),
        version: report.path(section, "version"),
        locale: report.path(section, "locale"),
        translates: report.path(section, "translates"),
        schema: report.text(section, "schema").map(str::to_owned),
        kind: read_kind(report, section),
        workflow: read_workflow(report, section, workflows),
        references: read_references(report, section),
        floors: read_floors(report, section),
        rules: read_rules(report, section),
        attachments: read_attachments(report, section),
        paths,
    }
}

/// Reads what the records are; a collection without it has pages.
fn read_kind<'a>(report: &mut Report<'a>, section: &Section<'a>) -> Kind {
    let entry = section.get("kind");
    let kind = entry.and_then(|entry| report.word(section, entry, &Kind::WORDS));
    kind.unwrap_or_default()
}

/// Reads where pictures and documents lie; a collection without it has none.
fn read_attachments<'a>(report: &mut Report<'a>, section: &Section<'a>) -> Patterns {
    let patterns = report.texts(section, "attachments").unwrap_or_default();
    let patterns = patterns.into_iter().map(|(pattern, _)| pattern.to_owned());
    Patterns::new(patterns.collect())
}

fn read_patterns<'a>(report: &mut Report<'a>, section: &Section<'a>) -> Vec<String> {
    let Some(entry) = report.required(section, "paths") else {
        return Vec::new();
    };
    let patterns = report.texts(section, "paths").unwrap_or_default();
    if matches!(entry.value.get_ref(), DeValue::Array(items) if items.is_empty()) {
        report.refuse(
            section.top(),
            entry.value.span().start,
            "POL-006",
            format!("\"paths\" of {} is empty", section.title()),
            "name the files, as in paths = [\"articles/**/*.md\"]",
        );
    }
    patterns
        .into_iter()
        .map(|(pattern, _)| pattern.to_owned())
        .collect()
}

/// Returns the format that all patterns' extensions agree on.
fn format_of<'a>(
    report: &mut Report<'a>,
    section: &Section<'a>,
    paths: &[String],
) -> Option<Format> {
    let mut formats = paths.iter().map(|path| Format::of_path(path));
    let first = formats.next()?;
    if first.is_some() && formats.all(|format| format == first) {
        return first;
    }
    report.refuse(
        section.top(),
        section.offset(),
        "POL-006",
        format!(
            "{} has no \"format\", and its paths do not tell it",
            section.title()
        ),
        "add format = \"markdown\", \"yaml\", \"toml\" or \"json\"",
    );
    None
}

fn read_workflow<'a>(
    report: &mut Report<'a>,
    section: &Section<'a>,
    workflows: &IndexMap<String, Workflow>,
) -> String {
    if section.get("workflow").is_some() {
        return report
            .text(section, "workflow")
            .unwrap_or_default()
            .to_owned();
    }
    match workflows.first() {
        Some((only, _)) if workflows.len() == 1 => only.clone(),
        _ => {
            report.required(section, "workflow");
            String::new()
        }
    }
}

fn read_references<'a>(report: &mut Report<'a>, section: &Section<'a>) -> Vec<FieldPattern> {
    report
        .texts(section, "references")
        .unwrap_or_default()
        .into_iter()
        .filter_map(|(text, offset)| read_pattern(report, section, text, offset))
        .collect()
}

pub(super) fn read_pattern<'a>(
    report: &mut Report<'a>,
    section: &Section<'a>,
    text: &str,
    offset: usize,
) -> Option<FieldPattern> {
    let pattern = FieldPattern(text.to_owned());
    if pattern.is_valid() {
        return Some(pattern);
    }
    report.refuse(
        section.top(),
        offset,
        "POL-008",
        format!(
            "\"{}\" in {} is not a pattern of fields",
            shown(text),
            section.title()
        ),
        "write it like title, claims[].text, extra.* or *",
    );
    None
}

fn read_floors<'a>(report: &mut Report<'a>, section: &Section<'a>) -> Vec<Floor> {
    if section.get("floors").is_none() {
        return vec![floor("*", Bump::Patch)];
    }
    let Some(section) = report.section(section, "floors") else {
        return Vec::new();
    };
    let mut floors: Vec<Floor> = section
        .entries()
        .into_iter()
        .filter_map(|entry| read_floor(report, &section, entry))
        .collect();
    floors.sort_by_key(|floor| Reverse(floor.field.specificity()));
    floors
}

/// Returns a floor that asks for the same bump whatever happened.
fn floor(field: &str, bump: Bump) -> Floor {
    Floor {
        field: FieldPattern(field.to_owned()),
        add: bump,
        change: bump,
        remove: bump,
    }
}

fn read_floor<'a>(
    report: &mut Report<'a>,
    section: &Section<'a>,
    entry: Entry<'a>,
) -> Option<Floor> {
    let field = read_pattern(report, section, entry.key, entry.key_offset);
    let floor = match entry.value.get_ref() {
        DeValue::String(_) => floor(entry.key, report.word(section, entry, &BUMPS)?),
        DeValue::Table(table) => {
            let below = section.below(entry, table);
            report.only(&below, &["add", "change", "remove"]);
            let mut bump = |key: &str| {
                below
                    .get(key)
                    .and_then(|entry| report.word(&below, entry, &BUMPS))
                    .unwrap_or(Bump::None)
            };
            Floor {
                field: FieldPattern(entry.key.to_owned()),
                add: bump("add"),
                change: bump("change"),
                remove: bump("remove"),
            }
        }
        _ => {
            let example = format!("{} = \"minor\"", entry.key);
            let wanted = "a bump or a table of add, change and remove";
            report.wrong_type(section, entry.key, entry.value, wanted, &example);
            return None;
        }
    };
    field.map(|_| floor)
}

fn read_rules<'a>(report: &mut Report<'a>, section: &Section<'a>) -> IndexMap<String, Severity> {
    let Some(section) = report.section(section, "rules") else {
        return IndexMap::new();
    };
    section
        .entries()
        .into_iter()
        .filter_map(|entry| {
            let severity = report.word(&section, entry, &SEVERITIES)??;
            Some((entry.key.to_owned(), severity))
        })
        .collect()
}
