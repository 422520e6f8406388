//! A record as it is cited: as text, and for the programs that write bibliographies. Generated from what is attested, never stored by hand.

use serde_json::{Map, Value as Json, json};
use sha2::{Digest as _, Sha256};

use super::facts::one_line;
use super::leaf::Leaf;
use super::words::{date_parts, day};
use crate::language::{Language, say};
use crate::policy::Kind;
use crate::publish::visible::is_invisible;

/// Returns the citation as text, in the site's language.
pub fn text(leaf: &Leaf<'_>, language: Language) -> String {
    let authors: Vec<String> = leaf.authors().into_iter().map(|one| one.title).collect();
    let version = version(leaf);
    let address = leaf.cited_address();
    let publisher = leaf.publisher().title;
    let is_work = matches!(leaf.record.kind, Kind::Publication | Kind::Report);
    let title = leaf.facts.title.as_str();
    let said = match (is_work, authors.is_empty()) {
        (false, _) => say("public-cite-entry")
            .with("title", title)
            .with("date", day(leaf.published_at())),
        (true, true) => say("public-cite-work-unsigned")
            .with("title", title)
            .with("genre", genre(leaf))
            .with("year", year(leaf)),
        (true, false) => say("public-cite-work")
            .with("authors", authors.join(", "))
            .with("title", title)
            .with("genre", genre(leaf))
            .with("year", year(leaf)),
    };
    said.with("version", version)
        .with("publisher", publisher)
        .with("address", address)
        .text(language)
}

fn year(leaf: &Leaf<'_>) -> String {
    date_parts(leaf.published_at()).0.to_string()
}

/// A translation is cited by the version that it renders.
fn version(leaf: &Leaf<'_>) -> String {
    let own = leaf.version().unwrap_or("0").to_owned();
    match leaf.register.original(leaf.record) {
        Some(_) => format!("{own} ({})", leaf.language()),
        None => own,
    }
}

fn genre(leaf: &Leaf<'_>) -> String {
    let genre = match (leaf.facts.genre.is_empty(), leaf.record.kind) {
        (false, _) => leaf.facts.genre.as_str(),
        (true, Kind::Report) => "report",
        (true, _) => "article",
    };
    super::words::heading(genre)
}

/// Returns the key of a citation: the id and the version, as every program takes them.
pub fn key(leaf: &Leaf<'_>) -> String {
    let whole = format!("{}-{}", leaf.record.id, leaf.version().unwrap_or("0"));
    let plain: String = whole
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let parts: Vec<&str> = plain.split('-').filter(|part| !part.is_empty()).collect();
    let key = parts.join("-").to_lowercase();
    // What an id of other letters is written as could be another's.
    match leaf.record.id.is_ascii() {
        true => key,
        false => format!(
            "{key}-{}",
            hex::encode(&Sha256::digest(&leaf.record.id)[..4])
        ),
    }
}

/// Returns the citation for processors of CSL: a list of one.
pub fn csl(leaf: &Leaf<'_>) -> Json {
    let kind = match leaf.record.kind {
        Kind::Concept => "entry-encyclopedia",
        Kind::Publication => "article",
        Kind::Report => "report",
        Kind::Software => "software",
        Kind::Organization | Kind::Person | Kind::Project | Kind::Page => "webpage",
    };
    let (year, month, date) = date_parts(leaf.published_at());
    let mut item = Map::new();
    item.insert("id".to_owned(), key(leaf).into());
    item.insert("type".to_owned(), kind.into());
    item.insert("title".to_owned(), one_line(&leaf.facts.title).into());
    let authors: Vec<Json> = leaf
        .authors()
        .into_iter()
        .map(|author| json!({ "literal": author.title }))
        .collect();
    if !authors.is_empty() {
        item.insert("author".to_owned(), Json::Array(authors));
    }
    if leaf.record.kind != Kind::Software {
        item.insert(
            "container-title".to_owned(),
            leaf.register.settings.title.clone().into(),
        );
    }
    item.insert("publisher".to_owned(), leaf.publisher().title.into());
    if let Some(version) = leaf.version() {
        item.insert("version".to_owned(), version.into());
    }
    item.insert("status".to_owned(), leaf.badge().into());
    item.insert(
        "issued".to_owned(),
        json!({ "date-parts": [[year, month, date]] }),
    );
    item.insert("URL".to_owned(), leaf.cited_address().into());
    item.insert("language".to_owned(), leaf.language().into());
    if !leaf.facts.lead().is_empty() {
        item.insert("abstract".to_owned(), leaf.facts.lead().into());
    }
    item.insert(
        "custom".to_owned(),
        json!({ "id": leaf.record.id, "blob": leaf.text.blob, "commit": leaf.text.commit }),
    );
    json!([item])
}

/// Returns the citation for BibTeX.
pub fn bibtex(leaf: &Leaf<'_>) -> String {
    let (year, month, _) = date_parts(leaf.published_at());
    let kind = match leaf.record.kind {
        Kind::Report => "techreport",
        _ => "misc",
    };
    let mut lines = vec![format!("@{kind}{{{},", key(leaf))];
    let mut field = |name: &str, value: &str| lines.push(format!("  {name} = {{{value}}},"));
    field("title", &format!("{{{}}}", latex(&leaf.facts.title)));
    let authors = leaf.authors().into_iter();
    let authors: Vec<String> = authors
        .map(|author| format!("{{{}}}", latex(&author.title)))
        .collect();
    if !authors.is_empty() {
        field("author", &authors.join(" and "));
    }
    field("year", &year.to_string());
    lines.push(format!(
        "  month = {},",
        MONTHS[usize::from(month.clamp(1, 12) - 1)]
    ));
    let mut field = |name: &str, value: &str| lines.push(format!("  {name} = {{{value}}},"));
    let publisher = latex(&leaf.publisher().title);
    let address = leaf.cited_address();
    if let Some(version) = leaf.version() {
        field("version", &latex(version));
    }
    match kind {
        "techreport" => {
            field("institution", &publisher);
            field("url", &address);
        }
        // Of an entry that is of no kind the older styles print an address here alone.
        _ => {
            field("publisher", &publisher);
            field("howpublished", &format!("\\url{{{address}}}"));
        }
    }
    field("language", &latex(leaf.language()));
    field("note", &latex(&leaf.badge()));
    lines.push("}\n".to_owned());
    lines.join("\n")
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Returns text in which nothing is a command: every character that LaTeX or BibTeX reads as one is written out.
fn latex(text: &str) -> String {
    let mut written = String::new();
    for character in one_line(text).chars().filter(|c| !is_invisible(*c)) {
        match character {
            '\\' => written.push_str("\\textbackslash{}"),
            '~' => written.push_str("\\textasciitilde{}"),
            '^' => written.push_str("\\textasciicircum{}"),
            // BibTeX counts braces whatever stands before them.
            '{' => written.push_str("\\textbraceleft{}"),
            '}' => written.push_str("\\textbraceright{}"),
            '&' | '%' | '$' | '#' | '_' => {
                written.push('\\');
                written.push(character);
            }
            other => written.push(other),
        }
    }
    written
}

/// Returns the citation for reference managers.
pub fn ris(leaf: &Leaf<'_>) -> String {
    let kind = match leaf.record.kind {
        Kind::Concept => "ENCYC",
        Kind::Publication | Kind::Report => "RPRT",
        Kind::Software => "COMP",
        Kind::Organization | Kind::Person | Kind::Project | Kind::Page => "ELEC",
    };
    let (year, month, date) = date_parts(leaf.published_at());
    let mut lines = vec![ris_line("TY", kind)];
    lines.push(ris_line("TI", &leaf.facts.title));
    lines.extend(
        leaf.authors()
            .iter()
            .map(|author| ris_line("AU", &author.title)),
    );
    if leaf.record.kind == Kind::Concept {
        lines.push(ris_line("T2", &leaf.register.settings.title));
    }
    lines.push(ris_line("PB", &leaf.publisher().title));
    lines.push(ris_line("PY", &year.to_string()));
    lines.push(ris_line("DA", &format!("{year}/{month:02}/{date:02}/")));
    if let Some(version) = leaf.version() {
        lines.push(ris_line("ET", version));
    }
    if !leaf.facts.lead().is_empty() {
        lines.push(ris_line("AB", leaf.facts.lead()));
    }
    lines.extend(leaf.facts.keywords.iter().map(|word| ris_line("KW", word)));
    lines.push(ris_line("N1", &leaf.badge()));
    lines.push(ris_line("UR", &leaf.cited_address()));
    lines.push(ris_line("LA", leaf.language()));
    lines.push("ER  - \r\n".to_owned());
    lines.concat()
}

/// A line holds one value: whatever would end it is a blank.
fn ris_line(tag: &str, value: &str) -> String {
    let plain: String = one_line(value)
        .chars()
        .filter(|c| !is_invisible(*c))
        .collect();
    format!("{tag}  - {plain}\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_title_is_a_command_of_latex() {
        assert_eq!(
            latex("50% of {x}_1 & \\input{~/a^b}\n#$"),
            "50\\% of \\textbraceleft{}x\\textbraceright{}\\_1 \\& \\textbackslash{}input\\textbraceleft{}\\textasciitilde{}/a\\textasciicircum{}b\\textbraceright{} \\#\\$"
        );
    }

    #[test]
    fn no_value_ends_its_line() {
        assert_eq!(
            ris_line("TI", "a\r\nER  - \nTY  - JOUR\u{2028}b"),
            "TI  - a ER - TY - JOUR b\r\n"
        );
    }

    proptest! {
        #[test]
        fn braces_balance_whatever_the_title(text in any::<String>()) {
            let mut depth = 0_i32;
            for character in latex(&text).chars() {
                match character {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ => {}
                }
                prop_assert!(depth >= 0);
            }
            prop_assert_eq!(depth, 0);
        }

        #[test]
        fn a_line_of_ris_is_one_line(text in any::<String>()) {
            let line = ris_line("TI", &text);
            prop_assert_eq!(line.lines().count(), 1);
        }
    }
}
