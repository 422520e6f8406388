//! How somebody is told outside the pages: letters, and the address of their feed.

use askama::Template;

use super::layout::Page;
use super::parts::{Choice, Moment};
use crate::web::href::Href;
use crate::web::language::{Message, filters};

/// Letters and feed.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "account/telling.html")]
pub struct TellingPage {
    /// The frame.
    pub page: Page,
    /// Where letters would go.
    pub address: String,
    /// Whether this server sends letters.
    pub sends_mail: bool,
    /// How often.
    pub paces: Vec<Choice>,
    /// Where the choice is posted to.
    pub action: Href,
    /// Why the last letter could not be delivered.
    pub problem: Option<String>,
    /// When the feed's address was made, if there is one.
    pub feed_made: Option<Moment>,
    /// The addresses that were just made, shown this once.
    pub feeds: Vec<Feed>,
    /// Where they are made and ended.
    pub feed_action: Href,
}

/// The address of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// The repository.
    pub repository: String,
    /// The address, in full.
    pub address: String,
}

#[cfg(test)]
mod samples {
    use super::super::ink::Ink;
    use super::super::parts::samples::moment;
    use super::*;
    use crate::web::language::say;

    impl TellingPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            let choice = |value: &str, label, is_chosen| Choice {
                value: value.to_owned(),
                label,
                is_chosen,
            };
            Self {
                page: Page::sample(ink, None),
                address: ink("ana@example.org"),
                sends_mail: true,
                paces: vec![
                    choice("off", say("telling-off"), false),
                    choice("soon", say("telling-soon"), true),
                    choice("daily", say("telling-daily"), false),
                ],
                action: Href::to(["account", "telling"]),
                problem: Some(ink("550 no such mailbox")),
                feed_made: Some(moment(ink, "3 days ago")),
                feeds: vec![Feed {
                    repository: ink("house-rules"),
                    address: ink("https://register.example.org/house-rules/inbox.atom?token=1f"),
                }],
                feed_action: Href::to(["account", "feed"]),
            }
        }

        pub(crate) fn bare_sample(ink: Ink) -> Self {
            Self {
                sends_mail: false,
                problem: None,
                feed_made: None,
                feeds: Vec::new(),
                ..Self::sample(ink)
            }
        }
    }
}

/// Whether somebody wants no more letters, and that they get none.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "account/unsubscribe.html")]
pub struct UnsubscribePage {
    /// The frame.
    pub page: Page,
    /// The address that letters go to.
    pub address: String,
    /// Where it is confirmed; `None` once it is done.
    pub action: Option<Href>,
}

#[cfg(test)]
mod unsubscribe_samples {
    use super::super::ink::Ink;
    use super::*;

    impl UnsubscribePage {
        pub(crate) fn sample(ink: Ink) -> Self {
            Self {
                page: Page {
                    person: None,
                    ..Page::sample(ink, None)
                },
                address: ink("ana@example.org"),
                action: Some(Href::to(["unsubscribe"]).with("token", &ink("1f"))),
            }
        }
    }
}

/// A letter as HTML: what is told, and how to be told no more.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "mail/letter.html")]
pub struct Letter {
    /// The register's title.
    pub register: String,
    /// What is told.
    pub rows: Vec<LetterRow>,
    /// What stands below: that there is more, how much waits.
    pub remarks: Vec<Message>,
    /// The inbox, in full.
    pub inbox: String,
    /// Where letters are ended, in full.
    pub unsubscribe: String,
}

/// What is told in a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterRow {
    /// One plain sentence.
    pub sentence: String,
    /// Where something can be done about it, in full.
    pub link: String,
    /// Words that were said, if any.
    pub quote: String,
}

#[cfg(test)]
mod letter_samples {
    use super::super::ink::Ink;
    use super::*;
    use crate::web::language::say;

    impl Letter {
        pub(crate) fn sample(ink: Ink) -> Self {
            Self {
                register: ink("Register of Concepts"),
                rows: vec![LetterRow {
                    sentence: ink("Dana Lee: Creative coding"),
                    link: ink("https://register.example.org/r/review/x"),
                    quote: ink("The second claim repeats the first."),
                }],
                remarks: vec![
                    say("letter-more"),
                    say("letter-waiting").with("count", 3_i64),
                ],
                inbox: ink("https://register.example.org/r/inbox"),
                unsubscribe: ink("https://register.example.org/unsubscribe"),
            }
        }
    }
}
