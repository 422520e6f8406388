//! The register for language models: what it is, how to cite it, and where each record stands as Markdown (llmstxt.org).

use super::markdown::{address_of, escaped};
use super::register::{PublicRecord, Register};
use super::words::heading;
use crate::language::say;

/// Returns `llms.txt`: collections in the policy's order, what is canonical before what is not, translations apart.
pub fn text(register: &Register) -> String {
    let words = register.words();
    let settings = &register.settings;
    let mut text = format!(
        "# {}\n\n> {}\n\n{}\n",
        escaped(&settings.title),
        say("public-llms-about").text(words),
        say("public-llms-badge").text(words),
    );
    for shelf in &register.collections {
        let mut records: Vec<&PublicRecord> = register
            .on_shelf(&shelf.name)
            .filter(|record| register.original(record).is_none())
            .collect();
        if records.is_empty() {
            continue;
        }
        records.sort_by_key(|record| record.facts.confidence != "canonical");
        text.push_str(&format!("\n## {}\n\n", escaped(&heading(&shelf.name))));
        for record in records {
            text.push_str(&line(register, record));
        }
    }
    let translations = register.published();
    let mut translations = translations
        .filter(|record| register.original(record).is_some() && register.is_current(record))
        .peekable();
    if translations.peek().is_some() {
        // The format's own word: what a reader who has little room leaves out.
        text.push_str("\n## Optional\n\n");
        for record in translations {
            text.push_str(&line(register, record));
        }
    }
    text
}

fn line(register: &Register, record: &PublicRecord) -> String {
    let address = address_of(&register.settings.base, &record.route);
    let version = record
        .edition()
        .map(|edition| format!("v{}, ", edition.version));
    let badge = format!("{} {}", record.status, record.facts.confidence);
    let notes = format!(
        "{} ({}{})",
        escaped(record.facts.lead()),
        version.unwrap_or_default(),
        escaped(badge.trim_end()),
    );
    format!(
        "- [{}]({address}): {}\n",
        escaped(&record.facts.title),
        notes.trim_start()
    )
}
