//! `[targets.NAME]`.

use indexmap::IndexMap;

use super::report::{Report, Section};
use super::value::shown;
use crate::policy::suggest::instead;
use crate::policy::targets::{EventKind, Target, read_duration};

/// More targets than this are no list that anybody keeps in order.
const MOST: usize = 50;

const KEYS: [&str; 5] = ["title", "events", "collections", "locales", "every"];

/// Reads all targets; a policy without any tells nobody.
pub(super) fn read<'a>(report: &mut Report<'a>, root: &Section<'a>) -> IndexMap<String, Target> {
    let mut targets = IndexMap::new();
    let Some(section) = report.section(root, "targets") else {
        return targets;
    };
    for entry in section.entries() {
        report.check_name(&section, entry);
        if let Some(below) = report.entry_section(&section, entry) {
            let target = read_target(report, &below, entry.key);
            targets.insert(entry.key.to_owned(), target);
        }
    }
    if targets.len() > MOST {
        report.refuse(
            section.top(),
            section.offset(),
            "POL-080",
            format!(
                "there are {} targets and the limit is {MOST}",
                targets.len()
            ),
            "let several readers follow one target, or have them ask for the events",
        );
    }
    targets
}

fn read_target<'a>(report: &mut Report<'a>, section: &Section<'a>, name: &str) -> Target {
    report.only(section, &KEYS);
    let owned = |texts: Vec<(&'a str, usize)>| {
        let texts = texts.into_iter().map(|(text, _)| text.to_owned());
        texts.collect()
    };
    let title = report.text(section, "title").unwrap_or(name);
    Target {
        name: name.to_owned(),
        title: title.to_owned(),
        events: read_events(report, section),
        collections: report.texts(section, "collections").map(owned),
        locales: report.texts(section, "locales").map(owned),
        every: read_every(report, section),
    }
}

fn read_events<'a>(report: &mut Report<'a>, section: &Section<'a>) -> Option<Vec<EventKind>> {
    let texts = report.texts(section, "events")?;
    let mut kinds = Vec::new();
    for (text, offset) in texts {
        match text.parse() {
            Ok(kind) => kinds.push(kind),
            Err(_) => report.refuse(
                section.top(),
                offset,
                "POL-081",
                format!("\"{}\" in {} is no event", shown(text), section.title()),
                instead(text, &EventKind::ALL.map(EventKind::name)),
            ),
        }
    }
    Some(kinds)
}

fn read_every<'a>(report: &mut Report<'a>, section: &Section<'a>) -> Option<std::time::Duration> {
    let entry = section.get("every")?;
    let text = report.entry_text(section, entry)?;
    let length = read_duration(text);
    if length.is_none() {
        report.refuse(
            section.top(),
            entry.value.span().start,
            "POL-082",
            format!(
                "\"{}\" in {} is no length of time from a second to a week",
                shown(text),
                section.title()
            ),
            "write a number and one of s, m, h and d, as in every = \"10m\"",
        );
    }
    length
}
