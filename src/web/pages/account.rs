//! A person's own sign-in: where am I signed in, and what is my password?

use askama::Template;

use super::layout::Page;
use super::parts::{Moment, Refused};
use crate::web::href::Href;
use crate::web::language::{Message, filters};

/// Sessions and password.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "account/account.html")]
pub struct AccountPage {
    /// The frame.
    pub page: Page,
    /// The address that is signed in.
    pub address: String,
    /// Where the end of a session is posted to.
    pub sessions_action: Href,
    /// Whether there are others to end.
    pub has_others: bool,
    /// Every session, the one that was seen last first.
    pub sessions: Vec<SessionRow>,
    /// The password.
    pub password: PasswordForm,
    /// The page of this person's tokens for programs.
    pub tokens: Href,
    /// The page where they choose how they are told.
    pub telling: Href,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// What it is ended by.
    pub name: String,
    /// "Firefox on Linux".
    pub browser: Message,
    /// When it began.
    pub begun: Moment,
    /// When it was last seen.
    pub seen: Moment,
    /// Whether the page is read in it.
    pub is_this: bool,
}

/// The form of a new password.
#[derive(Debug, Clone, PartialEq)]
pub struct PasswordForm {
    /// Where it posts to.
    pub action: Href,
    /// Whether there is a present one, which is asked for.
    pub is_there: bool,
    /// Whether one may be chosen now.
    pub may_be_set: bool,
    /// The fewest characters.
    pub least: usize,
    /// Why it was refused.
    pub error: Option<Refused>,
}

#[cfg(test)]
mod samples {
    use super::super::ink::Ink;
    use super::super::parts::samples::refused;
    use super::*;
    use crate::web::language::{say, verbatim};
    use crate::web::moments::moment;

    const NOW: i64 = 1_770_000_000;

    impl AccountPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            let row = |browser: Message, ago: i64, is_this| SessionRow {
                name: ink("name"),
                browser,
                begun: moment(NOW - ago - 90_000, NOW),
                seen: moment(NOW - ago, NOW),
                is_this,
            };
            Self {
                page: Page::sample(ink, None),
                address: ink("ana@example.org"),
                sessions_action: Href::to(["account", "sessions"]),
                has_others: true,
                sessions: vec![
                    row(
                        say("account-browser-on")
                            .with("browser", ink("Firefox"))
                            .with("system", ink("Linux")),
                        10,
                        true,
                    ),
                    row(verbatim(ink("Safari")), 7000, false),
                ],
                password: PasswordForm {
                    action: Href::to(["account", "password"]),
                    is_there: true,
                    may_be_set: true,
                    least: 12,
                    error: Some(refused(ink)),
                },
                tokens: Href::to(["account", "tokens"]),
                telling: Href::to(["account", "telling"]),
            }
        }

        pub(crate) fn without_password_sample(ink: Ink) -> Self {
            let sample = Self::sample(ink);
            Self {
                has_others: false,
                password: PasswordForm {
                    is_there: false,
                    may_be_set: false,
                    error: None,
                    ..sample.password
                },
                ..sample
            }
        }
    }
}
