//! A message: an id of `locales/` and the values that its text names.

use std::fmt;

use askama::{FastWritable, Values};

use super::{Language, texts};

/// What a page says, before anybody knows in which language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// A text of `locales/`.
    Said {
        id: &'static str,
        values: Vec<(&'static str, Value)>,
    },
    /// Text that is nobody's to translate.
    Verbatim(String),
    /// A value that is a text of its own.
    Of(Box<Value>),
    /// What a code means or what to do about it, where the language tells; else the exact words.
    Coded {
        code: String,
        part: Part,
        exact: String,
    },
    /// One message after the other, with something between them.
    Joined(Vec<Message>, &'static str),
}

/// One of the two things that are told of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Meaning,
    Mend,
}

/// What stands in the place of a name in a message's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text out of the repository, or a name.
    Text(String),
    /// A count, which may choose between plural forms.
    Number(i64),
    /// Another message.
    Message(Message),
    /// Names as one reads them: "Ana, Ben and Cy".
    AllOf(Vec<String>),
    /// Names as one reads them: "Ana, Ben or Cy".
    AnyOf(Vec<String>),
}

/// Returns the message of an id. Ids are written out where they are used: a test compares them with `locales/`.
pub fn say(id: &'static str) -> Message {
    Message(Kind::Said {
        id,
        values: Vec::new(),
    })
}

/// Returns text that is the same in every language: names, titles, a policy's own words.
pub fn verbatim(text: impl Into<String>) -> Message {
    Message(Kind::Verbatim(text.into()))
}

/// Returns what a code means in the page's language; in a language without a text for it, the exact words.
pub fn meaning(code: impl Into<String>, exact: impl Into<String>) -> Message {
    Message(Kind::Coded {
        code: code.into(),
        part: Part::Meaning,
        exact: exact.into(),
    })
}

/// Returns what to do about a code in the page's language; in a language without a text for it, the exact words.
pub fn mend(code: impl Into<String>, exact: impl Into<String>) -> Message {
    Message(Kind::Coded {
        code: code.into(),
        part: Part::Mend,
        exact: exact.into(),
    })
}

/// Returns messages as lines below each other.
pub fn lines(messages: Vec<Message>) -> Message {
    Message(Kind::Joined(messages, "\n"))
}

impl Message {
    /// Gives the message one of its values.
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        if let Kind::Said { values, .. } = &mut self.0 {
            values.push((name, value.into()));
        }
        self
    }

    /// Returns this message and another as one text, with a blank between them.
    pub fn and(self, other: Self) -> Self {
        match self.0 {
            Kind::Joined(mut messages, " ") => {
                messages.push(other);
                Self(Kind::Joined(messages, " "))
            }
            _ => Self(Kind::Joined(vec![self, other], " ")),
        }
    }

    /// Returns whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        matches!(&self.0, Kind::Verbatim(text) if text.is_empty())
    }

    /// Returns the text in a language.
    pub fn text(&self, language: Language) -> String {
        match &self.0 {
            Kind::Said { id, values } => texts::text(language, id, values),
            Kind::Verbatim(text) => text.clone(),
            Kind::Of(value) => texts::listed(language, value),
            Kind::Coded { code, part, exact } => match texts::code(language, code) {
                Some((meaning, _)) if *part == Part::Meaning => meaning,
                Some((_, mend)) => mend,
                None => exact.clone(),
            },
            Kind::Joined(messages, between) => messages
                .iter()
                .map(|message| message.text(language))
                .collect::<Vec<_>>()
                .join(between),
        }
    }
}

/// Nothing to say.
impl Default for Message {
    fn default() -> Self {
        verbatim("")
    }
}

impl FastWritable for Message {
    fn write_into(&self, dest: &mut dyn fmt::Write, values: &dyn Values) -> askama::Result<()> {
        Ok(dest.write_str(&self.text(Language::of_values(values)))?)
    }
}

/// Writes the text in the language of the request that is being answered.
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::current()))
    }
}

impl From<Message> for Value {
    fn from(message: Message) -> Self {
        Self::Message(message)
    }
}

impl From<&Message> for Value {
    fn from(message: &Message) -> Self {
        Self::Message(message.clone())
    }
}

/// Templates hand on what their loops lend them.
impl From<&&String> for Value {
    fn from(text: &&String) -> Self {
        (*text).into()
    }
}

impl From<&&usize> for Value {
    fn from(number: &&usize) -> Self {
        (**number).into()
    }
}

impl From<&&u32> for Value {
    fn from(number: &&u32) -> Self {
        (*number).into()
    }
}

/// A list of names, or a number, where a message is wanted.
impl From<Value> for Message {
    fn from(value: Value) -> Self {
        Self(Kind::Of(Box::new(value)))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<&u32> for Value {
    fn from(number: &u32) -> Self {
        (*number).into()
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<&usize> for Value {
    fn from(number: &usize) -> Self {
        (*number).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_said_in_each_language() {
        let names = ["Ana", "Ben", "Cy"].map(str::to_owned).to_vec();
        let all = say("list-all").with("first", "Ana").with("last", "Ben");
        assert_eq!(all.text(Language::English), "Ana and Ben");
        assert_eq!(all.text(Language::French), "Ana et Ben");
        let any = Value::AnyOf(names);
        assert_eq!(texts::listed(Language::English, &any), "Ana, Ben or Cy");
        assert_eq!(texts::listed(Language::French, &any), "Ana, Ben ou Cy");
        let nobody = Value::AllOf(Vec::new());
        assert_eq!(texts::listed(Language::French, &nobody), "personne");
    }

    #[test]
    fn values_are_text_and_no_language_of_their_own() {
        let hostile = "{ list-all } <b>\u{202e}";
        let said = say("list-all").with("first", hostile).with("last", "x");
        assert_eq!(said.text(Language::English), format!("{hostile} and x"));
    }
}
