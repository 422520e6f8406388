//! Typed values out of a section, each refused where it stands when it is something else.

use toml::Spanned;
use toml::de::DeValue;

use super::report::{Entry, Report, Section};
use crate::policy::suggest::{instead, listed, nearest};
use crate::record::FieldPath;

/// A word the policy may use and what it means.
pub(super) type Words<T> = [(&'static str, T)];

impl<'a> Report<'a> {
    /// Refuses each key that is none of the known ones.
    pub(super) fn only(&mut self, section: &Section<'a>, known: &[&str]) {
        for entry in section.entries() {
            if known.contains(&entry.key) {
                continue;
            }
            if let Some(meant) = nearest(entry.key, known.iter().copied()) {
                self.remember_slip(section, meant);
            }
            self.refuse(
                section.top_of(entry),
                entry.key_offset,
                "POL-004",
                format!(
                    "\"{}\" is not a key of {}",
                    shown(entry.key),
                    section.title()
                ),
                instead(entry.key, known),
            );
        }
    }

    /// Returns the entry of a key that must be there.
    pub(super) fn required(&mut self, section: &Section<'a>, key: &str) -> Option<Entry<'a>> {
        let entry = section.get(key);
        if entry.is_none() && !self.was_slip(section, key) {
            self.refuse(
                section.top(),
                section.offset(),
                "POL-006",
                format!("{} has no \"{key}\"", section.title()),
                format!("add the key \"{key}\""),
            );
        }
        entry
    }

    /// Refuses a value that is not what its key needs.
    pub(super) fn wrong_type(
        &mut self,
        section: &Section<'a>,
        name: &str,
        value: &Spanned<DeValue<'_>>,
        wanted: &str,
        example: &str,
    ) {
        self.refuse(
            section.top(),
            value.span().start,
            "POL-005",
            format!(
                "\"{}\" in {} is {}, not {wanted}",
                shown(name),
                section.title(),
                kind_of(value.get_ref())
            ),
            format!("write it like {example}"),
        );
    }

    /// Returns the table that a key holds; `None` when it is not there or is no table.
    pub(super) fn section(&mut self, section: &Section<'a>, key: &str) -> Option<Section<'a>> {
        let entry = section.get(key)?;
        self.entry_section(section, entry)
    }

    /// Returns the table of an entry.
    pub(super) fn entry_section(
        &mut self,
        section: &Section<'a>,
        entry: Entry<'a>,
    ) -> Option<Section<'a>> {
        match entry.value.get_ref() {
            DeValue::Table(table) => Some(section.below(entry, table)),
            _ => {
                let below = format!("[{}.NAME]", entry.key);
                self.wrong_type(section, entry.key, entry.value, "a table", &below);
                None
            }
        }
    }

    /// Returns a text that is not empty.
    pub(super) fn entry_text(
        &mut self,
        section: &Section<'a>,
        entry: Entry<'a>,
    ) -> Option<&'a str> {
        self.value_text(section, entry.key, entry.value)
    }

    pub(super) fn value_text(
        &mut self,
        section: &Section<'a>,
        name: &str,
        value: &'a Spanned<DeValue<'a>>,
    ) -> Option<&'a str> {
        let DeValue::String(text) = value.get_ref() else {
            let example = format!("{name} = \"...\"");
            self.wrong_type(section, name, value, "text", &example);
            return None;
        };
        let text: &'a str = text;
        if text.trim().is_empty() || text.chars().any(char::is_control) {
            self.refuse(
                section.top(),
                value.span().start,
                "POL-010",
                format!(
                    "\"{}\" in {} is empty or holds control characters",
                    shown(name),
                    section.title()
                ),
                "write one line of text",
            );
            return None;
        }
        Some(text)
    }

    /// Returns the text of a key that may be left out.
    pub(super) fn text(&mut self, section: &Section<'a>, key: &str) -> Option<&'a str> {
        let entry = section.get(key)?;
        self.entry_text(section, entry)
    }

    /// Returns the texts of a list with their offsets; `None` when the key is not there.
    pub(super) fn texts(
        &mut self,
        section: &Section<'a>,
        key: &str,
    ) -> Option<Vec<(&'a str, usize)>> {
        let entry = section.get(key)?;
        let DeValue::Array(items) = entry.value.get_ref() else {
            let example = format!("{key} = [\"...\"]");
            self.wrong_type(section, key, entry.value, "a list of texts", &example);
            return None;
        };
        let mut texts: Vec<(&str, usize)> = Vec::new();
        for item in items.iter() {
            let Some(text) = self.value_text(section, key, item) else {
                continue;
            };
            if texts.iter().any(|(other, _)| *other == text) {
                self.refuse(
                    section.top(),
                    item.span().start,
                    "POL-003",
                    format!(
                        "\"{}\" stands twice in \"{key}\" of {}",
                        shown(text),
                        section.title()
                    ),
                    "remove one of the two",
                );
                continue;
            }
            texts.push((text, item.span().start));
        }
        Some(texts)
    }

    /// Returns what a word means; other words are refused.
    pub(super) fn word<T: Copy>(
        &mut self,
        section: &Section<'a>,
        entry: Entry<'a>,
        words: &Words<T>,
    ) -> Option<T> {
        let text = self.entry_text(section, entry)?;
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let next = match instead(text, &known) {
                next if next.starts_with("did") => {
                    format!("{next} It is one of {}", listed(known.iter().copied()))
                }
                next => next,
            };
            self.refuse(
                section.top(),
                entry.value.span().start,
                "POL-007",
                format!(
                    "\"{}\" is no value for \"{}\" in {}",
                    shown(text),
                    shown(entry.key),
                    section.title()
                ),
                next,
            );
        }
        found.map(|(_, meaning)| *meaning)
    }

    /// Returns the field path that a text names.
    pub(super) fn field_path(
        &mut self,
        section: &Section<'a>,
        text: &str,
        offset: usize,
    ) -> Option<FieldPath> {
        match text.parse() {
            Ok(path) => Some(path),
            Err(_) => {
                self.refuse(
                    section.top(),
                    offset,
                    "POL-008",
                    format!(
                        "\"{}\" in {} is not the address of a field",
                        shown(text),
                        section.title()
                    ),
                    "write it like title, extra.status or claims[c2].text",
                );
                None
            }
        }
    }

    /// Returns the field path of a key that may be left out.
    pub(super) fn path(&mut self, section: &Section<'a>, key: &str) -> Option<FieldPath> {
        let entry = section.get(key)?;
        let text = self.entry_text(section, entry)?;
        self.field_path(section, text, entry.value.span().start)
    }

    /// Returns the field paths of a list.
    pub(super) fn paths(&mut self, section: &Section<'a>, key: &str) -> Vec<FieldPath> {
        self.texts(section, key)
            .unwrap_or_default()
            .into_iter()
            .filter_map(|(text, offset)| self.field_path(section, text, offset))
            .collect()
    }

    /// Refuses a name that could not stand in an address, a trailer or a file name.
    pub(super) fn check_name(&mut self, section: &Section<'a>, entry: Entry<'a>) -> bool {
        let good = is_name(entry.key);
        if !good {
            self.refuse(
                section.top(),
                entry.key_offset,
                "POL-009",
                format!(
                    "\"{}\" in {} is no good name",
                    shown(entry.key),
                    section.title()
                ),
                "use letters a-z, digits, - and _, at most 64, and begin with a letter or digit",
            );
        }
        good
    }
}

/// Names stand in addresses and slugs: they are short, plain and lower case.
fn is_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'))
}

/// Returns a text from the file so that it fits into one line of a message.
pub(in crate::policy) fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(80).flat_map(visible).collect();
    if text.chars().nth(80).is_some() {
        short.push('…');
    }
    short
}

/// Escapes what would be invisible or could reorder a line.
fn visible(character: char) -> Vec<char> {
    let hidden = character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    if hidden {
        character.escape_unicode().collect()
    } else {
        vec![character]
    }
}

fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
