//! The interface is whole in every language: no message is missing, none is left over.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::source;
use fluent_syntax::ast::{
    Attribute, CallArguments, Entry, Expression, InlineExpression, Message, Pattern, PatternElement,
};
use fluent_syntax::parser;

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
