//! The door: signing in, a one-time link, and having signed out.

use askama::Template;

use crate::web::language::{Message, filters};

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
    /// The identity provider that people may sign in by.
    pub provider: Option<ProviderButton>,
}

/// The way to the identity provider.
#[derive(Debug, Clone, PartialEq)]
pub struct ProviderButton {
    /// What people call it.
    pub name: String,
    /// Where the way begins.
    pub href: Href,
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
    pub purpose: Message,
    /// Where the form posts to.
    pub action: Href,
    /// The link's secret.
    pub token: String,
    /// Whether a new password is asked for, and what it needs: "At least 12 characters".
    pub password_hint: Option<Message>,
    /// What the button says it does.
    pub button: Message,
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
    use crate::web::language::say;

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
                    code: "WEB-AUTH-001".to_owned(),
                    cause: ink("No account has this address and password"),
                    next: ink(
                        "Type both again, or ask whoever runs the server for a one-time link",
                    ),
                }),
                provider: None,
            }
        }
    }

    impl SignInPage {
        pub(crate) fn provider_sample(ink: Ink) -> Self {
            Self {
                provider: Some(ProviderButton {
                    name: ink("Lanternworks"),
                    href: Href::to(["sign-in", "provider"]),
                }),
                ..Self::sample(ink)
            }
        }
    }

    impl LinkPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            Self {
                page: visitor(ink),
                name: ink("Ana Ferreira"),
                purpose: say("sign-in-link-once"),
                action: Href::to(["link"]),
                token: ink("secret"),
                password_hint: Some(say("sign-in-password-hint").with("count", 12_i64)),
                button: say("sign-in-set-password"),
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
