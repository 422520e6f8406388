//! Handing a letter to the mail server: the one place that speaks SMTP.

use std::time::{Duration, UNIX_EPOCH};

use lettre::address::AddressError;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::Letter;
use crate::refusal::Refusal;
use crate::web::inbox::one_line;

/// The longest time for one answer of the mail server.
const ANSWER: Duration = Duration::from_secs(20);

/// The longest time for a whole letter.
const LETTER: Duration = Duration::from_secs(60);

/// A mail server as the operator names it.
#[derive(Clone)]
pub struct MailServer {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How it is spoken to.
    pub encryption: Encryption,
    /// User and password, where it asks for them.
    pub login: Option<(String, String)>,
    /// Whom letters come from: `Name <address>` or an address.
    pub from: String,
}

/// How a mail server is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// TLS from the first byte on.
    Tls,
    /// TLS after a greeting, and nothing without.
    StartTls,
    /// None: on this machine alone.
    None,
}

/// Why a letter was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The mail server cannot be reached, or takes no letter of ours at all.
    #[error("the mail server cannot be used: {0}")]
    Unreachable(String),
    /// It does not answer in time.
    #[error("the mail server does not answer")]
    Silent,
    /// This letter, later.
    #[error("the mail server does not take it now: {0}")]
    Delayed(String),
    /// This letter, never.
    #[error("the mail server does not take it: {0}")]
    Refused(String),
}

/// The way to the mail server.
pub struct Post {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Post {
    /// Returns the way to a mail server.
    ///
    /// # Errors
    /// Refuses a sender that is none, and a host that no certificate could be for.
    pub fn new(server: &MailServer) -> Result<Self, Refusal> {
        let from: Mailbox = server.from.parse().map_err(|_| {
            Refusal::new(
                "SRV-MAIL-003",
                "the sender of letters is no address",
                "give --mail-from as 'Register <register@example.org>'",
            )
        })?;
        let mut builder =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.host.as_str())
                .port(server.port)
                .timeout(Some(ANSWER))
                .tls(tls(server)?);
        if let Some((user, password)) = &server.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
        }
        Ok(Self {
            transport: builder.build(),
            from,
        })
    }

    /// Hands a letter over.
    ///
    /// # Errors
    /// Says whether it is worth another try.
    pub async fn send(&self, letter: Letter) -> Result<(), SendError> {
        let message = self.message(letter).map_err(SendError::Refused)?;
        match tokio::time::timeout(LETTER, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(sorted(&error)),
            Err(_) => Err(SendError::Silent),
        }
    }

    /// Writes a letter as it travels. What comes from a repository stands in headers on one line and without a control, and each header is encoded by its
    /// own type: no text can end one.
    fn message(&self, letter: Letter) -> Result<Message, String> {
        let to: Address = letter
            .to
            .parse()
            .map_err(|error: AddressError| error.to_string())?;
        let name = Some(one_line(&letter.name)).filter(|name| !name.is_empty());
        let at = UNIX_EPOCH + Duration::from_secs(u64::try_from(letter.at).unwrap_or(0));
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(name, to))
            .subject(one_line(&letter.subject))
            .date(at)
            .message_id(Some(letter.message_id));
        if let Some(thread) = letter.thread {
            builder = builder.in_reply_to(thread.clone()).references(thread);
        }
        builder
            .header(ListUnsubscribe(format!("<{}>", letter.unsubscribe)))
            .header(OneClick)
            .header(AutoSubmitted)
            .multipart(MultiPart::alternative_plain_html(letter.text, letter.html))
            .map_err(|error| error.to_string())
    }
}

fn tls(server: &MailServer) -> Result<Tls, Refusal> {
    if server.encryption == Encryption::None {
        return Ok(Tls::None);
    }
    let parameters = TlsParameters::new(server.host.clone()).map_err(|_| {
        Refusal::new(
            "SRV-MAIL-004",
            "the mail server cannot be spoken to over TLS: its host is none, or the system has no certificates to trust",
            "check --smtp-url, and install the package ca-certificates",
        )
    })?;
    Ok(match server.encryption {
        Encryption::StartTls => Tls::Required(parameters),
        Encryption::Tls | Encryption::None => Tls::Wrapper(parameters),
    })
}

/// Sorts what went wrong. What the server says of our login or of itself concerns every letter.
fn sorted(error: &lettre::transport::smtp::Error) -> SendError {
    let why: String = error.to_string().chars().take(300).collect();
    let code = error.status().map(u16::from);
    match code {
        Some(421 | 454 | 530 | 534 | 535 | 538) | None => SendError::Unreachable(why),
        Some(500..) => SendError::Refused(why),
        Some(_) => SendError::Delayed(why),
    }
}

/// Where letters are ended (RFC 2369). The address is built of encoded parts, and has no character that would end it.
#[derive(Clone)]
struct ListUnsubscribe(String);

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        // Folded or encoded it would be another address.
        HeaderValue::dangerous_new_pre_encoded(Self::name(), self.0.clone(), self.0.clone())
    }
}

/// That one click ends them (RFC 8058).
#[derive(Clone)]
struct OneClick;

impl Header for OneClick {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe-Post")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "List-Unsubscribe=One-Click".to_owned())
    }
}

/// That no person wrote it, so that no absent reader's program answers (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post() -> Post {
        Post::new(&MailServer {
            host: "localhost".to_owned(),
            port: 25,
            encryption: Encryption::None,
            login: None,
            from: "Register <register@example.org>".to_owned(),
        })
        .ok()
        .unwrap()
    }

    #[test]
    fn no_text_ends_a_header() {
        let forged = "One\r\nBcc: eve@example.org\r\n\r\nbody\u{2028}";
        let letter = Letter {
            to: "ana@example.org".to_owned(),
            name: forged.to_owned(),
            subject: forged.to_owned(),
            text: "one\r\n.\r\nMAIL FROM:<eve@example.org>\r\n".to_owned(),
            html: "<p>one</p>".to_owned(),
            message_id: "<a@b>".to_owned(),
            thread: Some("<c@b>".to_owned()),
            unsubscribe: "https://example.org/unsubscribe?address=ana%40example.org&token=1f"
                .to_owned(),
            at: 0,
        };
        let written = post().message(letter).unwrap().formatted();
        let written = String::from_utf8(written).unwrap();
        let (head, _) = written.split_once("\r\n\r\n").unwrap();
        for line in head.split("\r\n") {
            assert!(!line.to_lowercase().starts_with("bcc"), "{head}");
            assert!(line.starts_with(' ') || line.contains(": "), "{head}");
        }
        assert!(head.contains(
            "List-Unsubscribe: <https://example.org/unsubscribe?address=ana%40example.org&token=1f>"
        ));
        assert!(head.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"));
        assert!(head.contains("In-Reply-To: <c@b>"));
    }
}
