//! The languages in which people are spoken to, and the texts in each.
//!
//! View models hold [`Message`]s, not sentences; a message becomes text where a template writes it, in the language of the page. So nothing between
//! the domain and the template knows a language, and a page cannot be half translated by accident. Texts stand in `locales/`, a file for each family
//! of pages. What comes out of a repository (titles, names, statuses) is never translated. Which language a request is answered in is the matter of
//! `web`; the public forms of a register are written in the register's own.

pub mod filters;

pub mod message;

mod texts;

pub use message::{Message, Value, lines, meaning, mend, say, verbatim};

use std::any::Any;
use std::future::Future;

use unic_langid::{LanguageIdentifier, langid};

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English, which every other language falls back to.
    #[default]
    English,
    /// French.
    French,
}

/// The name under which templates find the language of their page.
const VALUE: &str = "language";

impl Language {
    /// Every language there is, the fallback first.
    pub const ALL: [Self; 2] = [Self::English, Self::French];

    /// Returns the tag of BCP 47.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }

    /// Returns the language's name in itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::French => "Français",
        }
    }

    /// Returns the language of a tag, if there is an interface in it.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(tag))
    }

    /// Returns the identifier by which languages are negotiated.
    pub fn identifier(self) -> LanguageIdentifier {
        match self {
            Self::English => langid!("en"),
            Self::French => langid!("fr"),
        }
    }

    /// Returns the language of the request that is being answered; English outside of one.
    pub fn current() -> Self {
        CURRENT.try_with(|language| *language).unwrap_or_default()
    }

    /// Does a piece of work in this language: it is [`Language::current`] as long as that takes.
    pub async fn speaking<T>(self, work: impl Future<Output = T>) -> T {
        CURRENT.scope(self, work).await
    }

    fn of_values(values: &dyn askama::Values) -> Self {
        askama::get_value::<Self>(values, VALUE)
            .copied()
            .unwrap_or_default()
    }
}

/// Templates render with the language of their page.
impl askama::Values for Language {
    fn get_value<'a>(&'a self, key: &str) -> Option<&'a dyn Any> {
        (key == VALUE).then_some(self)
    }
}

tokio::task_local! {
    static CURRENT: Language;
}
