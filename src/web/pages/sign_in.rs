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
    /// Where the form posts to.
    pub action: Href,
    /// The link's secret.
    pub token: String,
    /// The fewest characters of the password that the link sets; a demo's link sets none.
    pub sets_password: Option<usize>,
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
                action: Href::to(["link"]),
                token: ink("secret"),
                sets_password: Some(12),
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
