//! The texts of `locales/`, read once.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rust_embed::RustEmbed;

use super::Language;
use super::message::Value;

#[derive(RustEmbed)]
#[folder = "locales"]
#[include = "*.ftl"]
struct Locales;

type Bundle = FluentBundle<FluentResource>;

static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::English));
static FRENCH: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::French));

/// Returns the text of a message. What a language lacks is said in English, and what English lacks as its id: a test keeps both from happening.
pub(super) fn text(language: Language, id: &str, values: &[(&'static str, Value)]) -> String {
    let mut arguments = FluentArgs::with_capacity(values.len());
    for (name, value) in values {
        arguments.set(*name, argument(language, value));
    }
    formatted(language, id, &arguments)
        .or_else(|| formatted(Language::English, id, &arguments))
        .unwrap_or_else(|| id.to_owned())
}

/// Returns what a refusal's code means and what to do, if the language tells.
pub(super) fn code(language: Language, code: &str) -> Option<(String, String)> {
    let message = bundle_of(language).get_message(code)?;
    let written = |pattern| {
        bundle_of(language)
            .format_pattern(pattern, None, &mut Vec::new())
            .into_owned()
    };
    let next = message.get_attribute("next")?.value();
    Some((written(message.value()?), written(next)))
}

fn formatted(language: Language, id: &str, arguments: &FluentArgs<'_>) -> Option<String> {
    let bundle = bundle_of(language);
    let pattern = bundle.get_message(id)?.value()?;
    let mut faults = Vec::new();
    let text = bundle.format_pattern(pattern, Some(arguments), &mut faults);
    for fault in faults {
        tracing::warn!(id, fault = fault.to_string(), "a message lacks a value");
    }
    Some(text.into_owned())
}

fn argument(language: Language, value: &Value) -> FluentValue<'static> {
    match value {
        Value::Number(number) => (*number).into(),
        Value::Text(_) | Value::Message(_) | Value::AllOf(_) | Value::AnyOf(_) => {
            FluentValue::String(listed(language, value).into())
        }
    }
}

/// Returns a value as it is read in a language.
pub(super) fn listed(language: Language, value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Message(message) => message.text(language),
        Value::AllOf(names) => joined(language, "list-all", names),
        Value::AnyOf(names) => joined(language, "list-any", names),
    }
}

fn joined(language: Language, id: &'static str, names: &[String]) -> String {
    match names {
        [] => text(language, "list-nobody", &[]),
        [one] => one.clone(),
        [first @ .., last] => text(
            language,
            id,
            &[
                ("first", Value::Text(first.join(", "))),
                ("last", Value::Text(last.clone())),
            ],
        ),
    }
}

fn bundle_of(language: Language) -> &'static Bundle {
    match language {
        Language::English => &ENGLISH,
        Language::French => &FRENCH,
    }
}

fn bundle(language: Language) -> Bundle {
    let mut bundle = Bundle::new_concurrent(vec![language.identifier()]);
    // Isolating marks around values would be invisible characters, which pages mark as a danger; values stand in elements of their own where it matters.
    bundle.set_use_isolating(false);
    let folder = format!("{}/", language.tag());
    for file in Locales::iter().filter(|file| file.starts_with(&folder)) {
        let Some(content) = Locales::get(&file) else {
            continue;
        };
        let text = String::from_utf8_lossy(&content.data).into_owned();
        // A file of which a part does not read gives the rest; a test reads every file whole.
        let resource = FluentResource::try_new(text).unwrap_or_else(|(rest, _)| rest);
        bundle.add_resource_overriding(resource);
    }
    bundle
}
