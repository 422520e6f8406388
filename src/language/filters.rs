//! Filters for templates: `{{ "queue-heading"|t }}`, `{{ "queue-more"|t|with("count", more) }}`.

#![allow(
    missing_docs,
    reason = "the macro writes items of its own beside each documented filter"
)]

use askama::{Result, Values};

use super::message::{Message, Value, say};
use super::{Language, texts};

/// Returns the message of an id, to be written in the page's language.
#[askama::filter_fn]
pub fn t(id: &'static str, _: &dyn Values) -> Result<Message> {
    Ok(say(id))
}

/// Gives a message one of its values.
#[askama::filter_fn]
pub fn with<V: Into<Value>>(
    message: Message,
    _: &dyn Values,
    name: &'static str,
    value: V,
) -> Result<Message> {
    Ok(message.with(name, value))
}

/// Returns what a refusal's code means and what to do, in the page's language; `None` in English, where the refusal's own words say it better.
#[askama::filter_fn]
pub fn explained(code: &str, values: &dyn Values) -> Result<Option<(String, String)>> {
    let language = Language::of_values(values);
    Ok(match language {
        Language::English => None,
        Language::French => texts::code(language, code),
    })
}
