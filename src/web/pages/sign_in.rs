//! The door: signing in, a one-time link, and having signed out.

use askama::Template;

use crate::web::language::filters;

use super::layout::Page;
use super::parts::Refused;
use crate::web::href::Href;

/// Address and password.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "sign_in/sign_in.html")]
pub struct SignInPage {
    /// The frame.
    pub page: Page,
    /// Where the form posts to.
    pub action: Href,
    /// The address as typed.
    pub address: String,
    /// The local page to go on to.
    pub next: String,
    /// Why it was refused; the same words whether or not the address is known.
    pub error: Option<Refused>,
}

/// A one-time link: greets, and is used up only by the button.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "sign_in/link.html")]
pub struct LinkPage {
    /// The frame.
    pub page: Page,
    /// Whom the link was made for.
    pub name: String,
    /// What the link does, one sentence.
    pub purpose: String,
    /// Where the form posts to.
    pub action: Href,
    /// The link's secret.
    pub token: String,
    /// Whether a new password is asked for, and what it needs: "At least 12 characters".
    pub password_hint: Option<String>,
    /// What the button says it does.
    pub button: String,
    /// Why it was refused.
    pub error: Option<Refused>,
}

/// Signed out.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "sign_in/signed_out.html")]
pub struct SignedOutPage {
    /// The frame.
    pub page: Page,
}

#[cfg(test)]
mod samples {
    use super::super::ink::Ink;
    use super::super::parts::samples::refused;
    use super::*;

    fn visitor(ink: Ink) -> Page {
        Page {
            person: None,
            ..Page::sample(ink, None)
        }
    }

    impl SignInPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            Self {
                page: visitor(ink),
                action: Href::to(["sign-in"]),
                address: ink("ana@example.org"),
                next: ink("/electronic-artefacts"),
                error: Some(Refused {
                    code: ink("WEB-AUTH-001"),
                    cause: ink("No account has this address and password"),
                    next: ink("Type both again, or ask an administrator for a one-time link"),
                }),
            }
        }
    }

    impl LinkPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            Self {
                page: visitor(ink),
                name: ink("Ana Ferreira"),
                purpose: ink(
                    "This link signs you in to the Register of Concepts, once, and lets you choose a password.",
                ),
                action: Href::to(["link"]),
                token: ink("secret"),
                password_hint: Some(ink("At least 12 characters")),
                button: ink("Set password and sign in"),
                error: Some(refused(ink)),
            }
        }
    }

    impl SignedOutPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            Self { page: visitor(ink) }
        }
    }
}
