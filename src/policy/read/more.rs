//! `more`: approvals that a transition asks for where a change is large.

use toml::de::DeValue;

use super::collections::read_pattern;
use super::report::{Report, Section};
use super::workflows::read_approvals;
use crate::policy::{Bump, More, When};

const BUMPS: [(&str, Bump); 3] = [
    ("patch", Bump::Patch),
    ("minor", Bump::Minor),
    ("major", Bump::Major),
];

const AUTHORS: [(&str, ()); 1] = [("unproven", ())];

const EXAMPLE: &str = "more = [{ bump = \"major\", approvals = { reviewer = 2 } }]";

pub(super) fn read<'a>(report: &mut Report<'a>, section: &Section<'a>) -> Vec<More> {
    let Some(entry) = section.get("more") else {
        return Vec::new();
    };
    let DeValue::Array(items) = entry.value.get_ref() else {
        report.wrong_type(section, "more", entry.value, "a list of tables", EXAMPLE);
        return Vec::new();
    };
    items
        .iter()
        .filter_map(|item| match item.get_ref() {
            DeValue::Table(table) => read_more(report, &section.item(item.span().start, table)),
            _ => {
                report.wrong_type(section, "more", item, "a table", EXAMPLE);
                None
            }
        })
        .collect()
}

/// Reads `{ bump = "major", approvals = { reviewer = 2 } }`.
fn read_more<'a>(report: &mut Report<'a>, section: &Section<'a>) -> Option<More> {
    report.only(section, &["bump", "fields", "authors", "approvals"]);
    let given = ["bump", "fields", "authors"].map(|key| section.get(key));
    if given.iter().flatten().count() != 1 {
        report.refuse(
            section.top(),
            section.offset(),
            "POL-047",
            format!(
                "an entry of \"more\" in {} says in none or several ways for which changes it is",
                section.title()
            ),
            "give it one of bump = \"major\", fields = [\"definition\"] and authors = \"unproven\"",
        );
    }
    let when = match given {
        [Some(bump), ..] => report.word(section, bump, &BUMPS).map(When::Bump),
        [_, Some(_), _] => read_fields(report, section),
        [_, _, Some(authors)] => report
            .word(section, authors, &AUTHORS)
            .map(|()| When::Unproven),
        [None, None, None] => None,
    };
    let by_role = read_approvals(report, section);
    Some(More {
        when: when?,
        by_role,
    })
}

fn read_fields<'a>(report: &mut Report<'a>, section: &Section<'a>) -> Option<When> {
    let texts = report.texts(section, "fields")?;
    if texts.is_empty() {
        report.refuse(
            section.top(),
            section.offset(),
            "POL-006",
            format!("\"fields\" of {} is empty", section.title()),
            "name the fields, as in fields = [\"definition\"]",
        );
    }
    let patterns = texts
        .into_iter()
        .filter_map(|(text, offset)| read_pattern(report, section, text, offset));
    Some(When::Fields(patterns.collect()))
}
