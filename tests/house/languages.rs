//! The interface is whole in every language: no message is missing, none is left over.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{
    Attribute, CallArguments, Entry, Expression, InlineExpression, Message, Pattern, PatternElement,
};
use fluent_syntax::parser;

use crate::common::source;

/// What a message names: its own values, and other messages.
#[derive(Debug, Default, PartialEq, Eq)]
struct Text {
    values: BTreeSet<String>,
    messages: BTreeSet<String>,
    attributes: BTreeSet<String>,
}

type Texts = BTreeMap<String, Text>;

#[test]
fn both_languages_say_the_same_things() {
    let (english, mut french) = (texts("en"), texts("fr"));
    french.retain(|id, _| !is_code(id));
    let ids = |texts: &Texts| texts.keys().cloned().collect::<BTreeSet<_>>();
    let apart: Vec<_> = ids(&english)
        .symmetric_difference(&ids(&french))
        .cloned()
        .collect();
    assert!(apart.is_empty(), "in one language alone: {apart:#?}");
    for (id, text) in &english {
        assert_eq!(text.values, french[id].values, "the values of {id}");
    }
}

#[test]
fn every_message_is_used_and_none_is_missing() {
    let english = texts("en");
    let used = used();
    let missing: Vec<_> = used
        .iter()
        .filter(|id| !english.contains_key(*id))
        .collect();
    assert!(missing.is_empty(), "not in locales/en: {missing:#?}");
    let named: BTreeSet<&String> = english.values().flat_map(|text| &text.messages).collect();
    let unused: Vec<_> = english
        .keys()
        .filter(|id| !used.contains(*id) && !named.contains(id))
        .collect();
    assert!(unused.is_empty(), "used nowhere: {unused:#?}");
}

#[test]
fn french_tells_of_every_code_that_pages_show() {
    let french: BTreeMap<String, Text> = texts("fr")
        .into_iter()
        .filter(|(id, _)| is_code(id))
        .collect();
    let told: BTreeSet<String> = french.keys().cloned().collect();
    let shown: BTreeSet<String> = documented_codes()
        .into_iter()
        .filter(|code| !OFF_PAGES.iter().any(|family| code.starts_with(family)))
        .collect();
    let missing: Vec<_> = shown.difference(&told).collect();
    let unknown: Vec<_> = told.difference(&shown).collect();
    assert!(missing.is_empty(), "not in codes.ftl: {missing:?}");
    assert!(unknown.is_empty(), "shown on no page: {unknown:?}");
    for (code, text) in &french {
        assert!(text.attributes.contains("next"), "{code} has no next step");
        assert!(text.values.is_empty(), "{code} names values");
    }
    let codes = texts("en").into_keys().find(|id| is_code(id));
    assert_eq!(codes, None, "in English a refusal speaks for itself");
}

/// Families of codes that only the command line, the log or the API shows.
const OFF_PAGES: [&str; 14] = [
    "EXP-",
    "SRV-MAIL-",
    "API-",
    "VRF-",
    "POL-INIT-",
    "GIT-OPEN-",
    "GIT-INIT-",
    "GIT-WATCH-",
    "SRV-LOCK-",
    "SRV-OIDC-",
    "SRV-URL-",
    "SRV-NAME-",
    "USR-",
    "CLI-",
];

fn documented_codes() -> BTreeSet<String> {
    let pages = source::files_of("docs", "md")
        .into_iter()
        .filter(|page| matches!(page.path.as_str(), "docs/errors.md" | "docs/policy.md"));
    let is_whole = |cell: &str| {
        is_code(cell)
            && cell
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-')
            && cell.ends_with(|c: char| c.is_ascii_digit())
    };
    pages
        .flat_map(|page| {
            let cells = page.text.lines().filter_map(|line| {
                let cell = line.strip_prefix("| ")?.split(" |").next()?;
                is_whole(cell).then(|| cell.to_owned())
            });
            cells.collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn no_words_stand_in_templates() {
    let mut found = Vec::new();
    for file in source::files_of("templates", "html") {
        for words in words_of_template(&file.text) {
            found.push(format!("{}: {words}", file.path));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn words_of_templates_are_found_wherever_they_stand() {
    let template = "{% block kind %}plain{% endblock %}<p class=\"lead\" title=\"Go on\">\
                    {{ \"queue-or\"|t }} Read{# not me #}</p><img alt=\"{{ text }}\">";
    assert_eq!(words_of_template(template), ["Go on", "Read"]);
}

/// Attributes that people read or hear.
const READ_ATTRIBUTES: [&str; 4] = [" aria-label=\"", " title=\"", " placeholder=\"", " alt=\""];

/// Words between tags and in attributes that people read, without what the template writes there.
fn words_of_template(template: &str) -> Vec<String> {
    let plain = without_expressions(&without_kind(template));
    let mut found = Vec::new();
    for piece in format!(">{plain}").split('<') {
        let (tag, text) = match piece.split_once('>') {
            // A part may hold attributes alone.
            Some(("", attributes)) if attributes.contains("=\"") => (attributes, ""),
            Some(pair) => pair,
            None => (piece, ""),
        };
        let attributes = READ_ATTRIBUTES.iter().filter_map(|attribute| {
            let (_, value) = tag.split_once(attribute)?;
            value.split('"').next()
        });
        let words = attributes.chain([text]);
        found.extend(words.map(|words| words.trim().to_owned()));
    }
    found.retain(|words| words.chars().filter(|c| c.is_alphabetic()).count() > 1);
    found
}

/// The block that names a page's class is for the style sheet.
fn without_kind(template: &str) -> String {
    match template.split_once("{% block kind %}") {
        Some((before, rest)) => {
            let after = rest
                .split_once("{% endblock %}")
                .map_or("", |(_, after)| after);
            format!("{before}{after}")
        }
        None => template.to_owned(),
    }
}

fn without_expressions(template: &str) -> String {
    let mut plain = String::new();
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let end = match rest[at..].get(..2) {
            Some("{{") => "}}",
            Some("{%") => "%}",
            Some("{#") => "#}",
            _ => "{",
        };
        plain.push_str(&rest[..at]);
        let inside = &rest[at + 1..];
        rest = inside.find(end).map_or("", |to| &inside[to + end.len()..]);
    }
    plain.push_str(rest);
    plain
}

#[test]
fn no_sentence_stands_in_the_source_of_pages() {
    let mut found = Vec::new();
    // What the API tells of itself is for those who write programs, and is in English as its names are.
    let pages = source::files("src/web")
        .into_iter()
        .filter(|file| !file.path.starts_with("src/web/api/"));
    for file in pages {
        let text = file.text.split("#[cfg(test)]").next().unwrap();
        for literal in literals(text) {
            // A query in quotes of its own reads like a sentence.
            let is_query = literal.text.starts_with("SELECT ");
            if is_sentence(&literal.text) && !is_query && !literal.is_inside(&MAY_HOLD_WORDS) {
                found.push(format!("{}: {}", file.path, literal.text));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn sentences_are_found_and_refusals_are_left_alone() {
    let source = r#"
        // "a comment with many words"
        fn one() { let a = say("queue-or"); x("It takes two"); 'c'; '"' }
        Refusal::new("WEB-1", format!("no {} stands here", x), "go on then");
        tracing::warn!("something went wrong here");
        let header = "default-src 'none'; style-src 'self'";
    "#;
    let found: Vec<String> = literals(source)
        .into_iter()
        .filter(|literal| is_sentence(&literal.text) && !literal.is_inside(&MAY_HOLD_WORDS))
        .map(|literal| literal.text)
        .collect();
    assert_eq!(found, ["It takes two"]);
}

/// Calls whose words no page shows as its own: refusals are English by design and explained beside, the rest is for logs, developers and machines.
const MAY_HOLD_WORDS: [&str; 18] = [
    "Refusal::new",
    "expect",
    "anyhow!",
    "ensure!",
    "panic!",
    "context",
    "error",
    "error!",
    "no_statement",
    "warn!",
    "info!",
    "allow",
    "query!",
    "query_as!",
    "query_scalar!",
    "begin_with",
    "link_rel",
    "from_static",
];

/// Three words or more, or two of which the first has a capital; a header's value has an equals sign.
fn is_sentence(text: &str) -> bool {
    let words: Vec<&str> = text
        .split_whitespace()
        .map(|word| word.trim_end_matches(['.', ',', ';', ':', '?', '!']))
        .filter(|word| word.len() > 1 && word.chars().all(|c| c.is_alphabetic() || c == '\u{2019}'))
        .collect();
    let has_capital = text.starts_with(|c: char| c.is_uppercase());
    !text.contains('=') && (words.len() > 2 || words.len() == 2 && has_capital)
}

/// A string of the source, and the calls that it stands in.
struct Literal {
    text: String,
    calls: Vec<String>,
}

impl Literal {
    fn is_inside(&self, calls: &[&str]) -> bool {
        let own = self.calls.iter();
        let mut names = own.flat_map(|call| calls.iter().map(move |name| (call, name)));
        names.any(|(call, name)| {
            call == name
                || call.ends_with(&format!("::{name}"))
                || call.ends_with(&format!(".{name}"))
        })
    }
}

/// Reads the strings of Rust source: comments and characters are left out.
fn literals(source: &str) -> Vec<Literal> {
    let mut found = Vec::new();
    let mut calls: Vec<String> = Vec::new();
    let mut name = String::new();
    let mut rest = source;
    while let Some(next) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
            continue;
        }
        if let Some(length) = character(rest) {
            rest = &rest[length..];
            continue;
        }
        if next == '"' {
            let length = string(rest);
            found.push(Literal {
                text: rest[1..length - 1].to_owned(),
                calls: calls.clone(),
            });
            rest = &rest[length..];
            continue;
        }
        match next {
            '(' => calls.push(std::mem::take(&mut name)),
            ')' => drop(calls.pop()),
            other if other.is_alphanumeric() || "_:!.".contains(other) => name.push(other),
            _ => name.clear(),
        }
        rest = &rest[next.len_utf8()..];
    }
    found
}

/// The length of a string with its quotes.
fn string(rest: &str) -> usize {
    let mut escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// The length of a character in single quotes, which a lifetime is not.
fn character(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    let first = inside.chars().next()?;
    let length = match first {
        '\\' => inside.get(2..)?.find('\'')? + 2,
        other => other.len_utf8(),
    };
    inside[length..].starts_with('\'').then_some(length + 2)
}

/// Ids of messages as they are written out: `"id"|t` in templates, `say("id")` in the source.
fn used() -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for file in source::files_of("templates", "html") {
        for (at, _) in file.text.match_indices("\"|t") {
            let start = file.text[..at].rfind('"').unwrap() + 1;
            ids.insert(file.text[start..at].to_owned());
        }
    }
    for file in source::files("src/web") {
        for pattern in ["say(", "text("] {
            for (at, _) in file.text.match_indices(pattern) {
                let rest = file.text[at + pattern.len()..].trim_start();
                if let Some(id) = rest.strip_prefix('"') {
                    ids.insert(id[..id.find('"').unwrap()].to_owned());
                }
            }
        }
        for id in ["list-all", "list-any", "list-nobody"] {
            ids.insert(id.to_owned());
        }
    }
    for file in source::files("src/publish") {
        for (at, _) in file.text.match_indices("say(\"") {
            let rest = &file.text[at + 5..];
            ids.insert(rest[..rest.find('"').unwrap()].to_owned());
        }
    }
    ids.retain(|id| {
        !id.is_empty()
            && id
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    });
    ids
}

fn texts(language: &str) -> Texts {
    let mut texts = Texts::new();
    let files = source::files_of(&format!("locales/{language}"), "ftl");
    assert!(!files.is_empty(), "no texts in {language}");
    for file in files {
        let resource = parser::parse(file.text.as_str())
            .unwrap_or_else(|(_, faults)| panic!("{}: {faults:?}", file.path));
        for entry in resource.body {
            let Entry::Message(message) = entry else {
                continue;
            };
            let id = message.id.name.to_owned();
            let twice = texts.insert(id.clone(), text_of(&message));
            assert!(twice.is_none(), "{}: {id} stands twice", file.path);
        }
    }
    texts
}

fn text_of(message: &Message<&str>) -> Text {
    let mut text = Text::default();
    for pattern in message.value.iter() {
        read(pattern, &mut text);
    }
    for Attribute { id, value } in &message.attributes {
        text.attributes.insert(id.name.to_owned());
        read(value, &mut text);
    }
    text
}

fn read(pattern: &Pattern<&str>, text: &mut Text) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            read_expression(expression, text);
        }
    }
}

fn read_expression(expression: &Expression<&str>, text: &mut Text) {
    match expression {
        Expression::Inline(inline) => read_inline(inline, text),
        Expression::Select { selector, variants } => {
            read_inline(selector, text);
            for variant in variants {
                read(&variant.value, text);
            }
        }
    }
}

fn read_inline(inline: &InlineExpression<&str>, text: &mut Text) {
    match inline {
        InlineExpression::VariableReference { id } => {
            text.values.insert(id.name.to_owned());
        }
        InlineExpression::MessageReference { id, .. } => {
            text.messages.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => read_expression(expression, text),
        InlineExpression::FunctionReference {
            arguments: CallArguments { positional, .. },
            ..
        } => {
            for argument in positional {
                read_inline(argument, text);
            }
        }
        InlineExpression::StringLiteral { .. }
        | InlineExpression::NumberLiteral { .. }
        | InlineExpression::TermReference { .. } => {}
    }
}

/// Codes of refusals stand in `locales/` as messages of their own.
fn is_code(id: &str) -> bool {
    id.chars()
        .next()
        .is_some_and(|first| first.is_ascii_uppercase())
}
