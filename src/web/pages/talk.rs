//! What is said under a field, and what is suggested for it.

use askama::Template;

use super::diff::DiffView;
use crate::web::href::Href;
use crate::web::language::{Message, filters};

/// What may be said under a field.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "reviews/_talk.html")]
pub struct Talk {
    /// The field, or the items of its list.
    pub topics: Vec<Topic>,
}

/// Something that can be spoken of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Topic {
    /// Its path in the file.
    pub path: String,
    /// What people call it.
    pub label: Message,
    /// What it says, where another text can be suggested.
    pub text: Option<String>,
    /// How often it was spoken of.
    pub said: usize,
}

impl Topic {
    fn id(&self) -> String {
        super::parts::id_of("talk", &self.path)
    }
}

/// The form in which everything is sent that is said under fields: one for the page, which each field's own button sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TalkForm {
    /// Where it posts to.
    pub action: Href,
    /// Names and values that bind it to what was read.
    pub hidden: Vec<(String, String)>,
}

/// A text that somebody suggests.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "reviews/_suggestion.html")]
pub struct Suggestion {
    /// The decision in the journal that suggests it.
    pub decision: String,
    /// What it would change.
    pub diff: DiffView,
    /// Whether it can still be taken.
    pub state: SuggestionState,
    /// Where it is accepted, and what that sends; `None` for those who may not.
    pub accept: Option<(Href, Vec<(String, String)>)>,
}

/// Where a suggestion stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuggestionState {
    /// It fits the text.
    Open,
    /// The text says so already.
    Taken,
    /// The text says something else by now.
    Outdated,
}

impl Suggestion {
    fn is_open(&self) -> bool {
        self.state == SuggestionState::Open
    }

    fn is_taken(&self) -> bool {
        self.state == SuggestionState::Taken
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use super::super::diff::samples::diff;
    use super::super::ink::Ink;
    use super::*;
    use crate::web::language::verbatim;

    pub(crate) fn talk(ink: Ink) -> Talk {
        let topic = |path: &str, text: Option<&str>| Topic {
            path: ink(path),
            label: verbatim(ink(path)),
            text: text.map(ink),
            said: 2,
        };
        Talk {
            topics: vec![
                topic("claims", None),
                topic(
                    "claims[c2].text",
                    Some("Open weights do not imply open data."),
                ),
            ],
        }
    }

    pub(crate) fn suggestion(ink: Ink, state: SuggestionState) -> Suggestion {
        Suggestion {
            decision: ink("3f2c"),
            diff: diff(ink).within(9),
            state,
            accept: Some((
                Href::to([ink("accept")]),
                vec![("csrf".to_owned(), ink("token"))],
            )),
        }
    }
}
