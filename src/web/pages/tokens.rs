//! The tokens by which programs act for somebody.

use askama::Template;

use super::layout::Page;
use super::parts::{Choice, Moment, Refused};
use crate::web::href::Href;
use crate::web::language::{Message, filters};

/// Tokens, and the form that makes one.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "account/tokens.html")]
pub struct TokensPage {
    /// The frame.
    pub page: Page,
    /// The token that was just made, shown this once.
    pub made: Option<String>,
    /// Those that stand.
    pub tokens: Vec<TokenRow>,
    /// Where a new one is made.
    pub action: Href,
    /// Where one is ended.
    pub end: Href,
    /// The name as typed.
    pub name: String,
    /// What a token may be for.
    pub scopes: Vec<ScopeChoice>,
    /// The repositories that a token may be kept to.
    pub repositories: Vec<Choice>,
    /// After how many days it may end.
    pub days: Vec<DaysChoice>,
    /// Why none was made.
    pub error: Option<Refused>,
}

/// A token in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenRow {
    /// Names it in the form that ends it.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// Its first characters.
    pub prefix: String,
    /// What it is for, one sentence each.
    pub scopes: Vec<Message>,
    /// The one repository it opens.
    pub repository: Option<String>,
    /// When it ends.
    pub expires: Moment,
    /// When it was last used.
    pub used: Option<Moment>,
}

/// Something that a token may be for.
#[derive(Debug, Clone, PartialEq)]
pub struct ScopeChoice {
    /// Its word.
    pub word: &'static str,
    /// What it lets a program do.
    pub label: Message,
    /// Whether it is ticked.
    pub is_chosen: bool,
}

/// A time after which a token ends.
#[derive(Debug, Clone, PartialEq)]
pub struct DaysChoice {
    /// How many days.
    pub days: i64,
    /// The number in words.
    pub label: Message,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

#[cfg(test)]
mod samples {
    use super::super::ink::Ink;
    use super::super::parts::samples::refused;
    use super::*;
    use crate::web::language::{say, verbatim};

    impl TokensPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            let moment = || Moment {
                iso: "2026-11-12T09:00:00Z".to_owned(),
                words: verbatim(ink("12 November 2026")),
            };
            Self {
                page: Page::sample(ink, None),
                made: Some(ink("cs_secret")),
                tokens: vec![TokenRow {
                    id: ink("1f0a"),
                    name: ink("Site builder"),
                    prefix: ink("cs_1f0a77c2"),
                    scopes: vec![say("tokens-scope-read"), say("tokens-scope-decide")],
                    repository: Some(ink("house-rules")),
                    expires: moment(),
                    used: Some(moment()),
                }],
                action: Href::to(["account", "tokens"]),
                end: Href::to(["account", "tokens", "end"]),
                name: ink("Site builder"),
                scopes: vec![ScopeChoice {
                    word: "read",
                    label: say("tokens-scope-read"),
                    is_chosen: true,
                }],
                repositories: vec![Choice {
                    value: ink("house-rules"),
                    label: verbatim(ink("house-rules")),
                    is_chosen: true,
                }],
                days: vec![DaysChoice {
                    days: 30,
                    label: say("tokens-days-count").with("days", 30_i64),
                    is_chosen: true,
                }],
                error: Some(refused(ink)),
            }
        }
    }
}
