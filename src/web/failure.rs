//! What goes wrong becomes a page: the status for machines; code, cause and next step for people; the cause in full for the log.

use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::frame;
use super::language::{Message, say, verbatim};
use super::moments::date;
use super::pages::errors::{Again, ErrorPage};
use super::pages::parts::{Link, Refused};
use super::urls;
use crate::refusal::{Place, Refusal};

/// An answer that is not the page that was asked for.
pub struct Failure(Box<Kind>);

enum Kind {
    /// A refusal as a page of its own.
    Refused(Stated),
    /// A page, or a redirection, that says it better.
    Answer(Response),
}

struct Stated {
    status: StatusCode,
    refusal: Refusal,
    /// What was typed: label and text.
    typed: Vec<(Message, String)>,
    /// The form, to be sent once more.
    again: Option<Again>,
    onward: Link,
}

impl Failure {
    /// Returns a refusal with its status.
    pub fn new(status: StatusCode, refusal: Refusal) -> Self {
        let onward = Link {
            label: say("errors-to-queue"),
            href: urls::home(),
        };
        Self(Box::new(Kind::Refused(Stated {
            status,
            refusal,
            typed: Vec::new(),
            again: None,
            onward,
        })))
    }

    /// Returns an answer that stands for itself.
    pub fn answer(response: impl IntoResponse) -> Self {
        Self(Box::new(Kind::Answer(response.into_response())))
    }

    /// Returns whether signing in again is all that is missing.
    pub fn is_ended_session(&self) -> bool {
        matches!(self.0.as_ref(), Kind::Refused(refused) if refused.status == StatusCode::UNAUTHORIZED)
    }

    /// Gives back what was typed.
    pub fn with_typed(mut self, typed: Vec<(Message, String)>) -> Self {
        if let Kind::Refused(refused) = self.0.as_mut() {
            refused.typed = typed;
        }
        self
    }

    /// Gives back the whole form, to be sent once more.
    pub fn with_again(mut self, again: Option<Again>) -> Self {
        if let Kind::Refused(refused) = self.0.as_mut() {
            refused.again = again;
        }
        self
    }

    /// Leads on to a page.
    pub fn leading_to(mut self, link: Link) -> Self {
        if let Kind::Refused(refused) = self.0.as_mut() {
            refused.onward = link;
        }
        self
    }

    /// There is no such page.
    pub fn nothing_here() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            Refusal::new(
                "WEB-PATH-001",
                "no page has this address",
                "check the address, or look for the record in the list",
            ),
        )
    }

    /// The request came from a page of another site.
    pub fn cross_site() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            Refusal::new(
                "WEB-FORM-001",
                "this form was sent from another site, so it was not read",
                "open the page here and send its own form",
            ),
        )
    }

    /// The form is not one that this session was given.
    pub fn foreign_form() -> Self {
        Self::from(foreign_form())
    }

    /// The person is not in the repository's policy, or there is no such repository: the same words for both.
    pub fn no_entry(address: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            Refusal::new(
                "WEB-RIGHT-001",
                format!("{address} is in no policy that opens this page"),
                "ask an administrator of the repository to add you to its policy",
            ),
        )
    }
}

/// The form is not one that this session was given; perhaps an earlier one of the same person was.
pub fn foreign_form() -> Refusal {
    Refusal::new(
        "WEB-FORM-002",
        "this form was not made for this session, or was changed on the way; nothing was done",
        "look at it again, and send the page's own form",
    )
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::new(status_of(refusal.code), refusal)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        tracing::error!(error = format!("{error:#}"), "a page failed");
        if is_busy(&error) {
            return busy().into();
        }
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            Refusal::new(
                "WEB-SERVER-001",
                "the server could not make this page",
                "try again; if it stays, ask the operator to read the server's log",
            ),
        )
    }
}

/// Returns whether an error says no more than that a database was in use for longer than it is waited for.
pub fn is_busy(error: &anyhow::Error) -> bool {
    /// What SQLite calls busy, whatever its reason: the low byte of its codes.
    const BUSY: u32 = 5;
    let says_busy = |cause: &sqlx::Error| match cause {
        sqlx::Error::PoolTimedOut => true,
        sqlx::Error::Database(told) => told
            .code()
            .and_then(|code| code.parse::<u32>().ok())
            .is_some_and(|code| code & 0xff == BUSY),
        _ => false,
    };
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref())
        .any(says_busy)
}

/// The database was busy.
pub fn busy() -> Refusal {
    Refusal::new(
        "SRV-BUSY-003",
        "the server's database is busy, so nothing was done",
        "send it again in a moment; if it stays, ask the operator what else uses the data directory",
    )
}

/// Refuses what was taken down, whoever asks.
pub fn taken_down(id: &str, at: i64) -> Refusal {
    Refusal::new(
        "REV-DOWN-001",
        format!("{id} was taken down on {}", date(at)),
        "an administrator can say why; a new text of it goes through review as a draft does",
    )
}

/// Returns the HTTP status of a refusal's code.
pub fn status_of(code: &str) -> StatusCode {
    let begins = |beginnings: &[&str]| beginnings.iter().any(|start| code.starts_with(start));
    if begins(&["REV-DOWN-"]) {
        StatusCode::GONE
    } else if begins(&["GIT-HIST-003"]) {
        StatusCode::FORBIDDEN
    } else if begins(&["GIT-HIST-005"]) {
        StatusCode::UNPROCESSABLE_ENTITY
    } else if begins(&[
        "GIT-HIST-",
        "REV-STALE-",
        "REL-STALE-",
        "REL-STATE-",
        "PRO-LANDED-",
        "GIT-REF-",
    ]) {
        StatusCode::CONFLICT
    } else if begins(&[
        "REV-RIGHT-",
        "REL-RIGHT-",
        "HOK-RIGHT-",
        "TGT-RIGHT-",
        "REV-EYES-",
        "WEB-FORM-002",
    ]) {
        StatusCode::FORBIDDEN
    } else if begins(&["SRV-BUSY-", "POL-"]) {
        StatusCode::SERVICE_UNAVAILABLE
    } else if begins(&["SRV-", "GIT-"]) {
        StatusCode::INTERNAL_SERVER_ERROR
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    }
}

/// Refuses a form that was sent by none of its buttons.
pub fn no_such_act() -> Refusal {
    Refusal::new(
        "WEB-FORM-008",
        "the form does not say what was decided",
        "press one of the buttons of the page",
    )
}

/// Returns a refusal as it stands beside what caused it: sentences begin with a capital.
pub fn shown(refusal: &Refusal) -> Refused {
    Refused {
        code: refusal.code.to_owned(),
        cause: sentence(&refusal.cause),
        next: sentence(&refusal.next),
    }
}

/// Returns a place in words.
pub fn place(place: &Place) -> Message {
    let line = place.line.map(|line| say("place-line").with("line", line));
    let column = place
        .column
        .map(|column| say("place-column").with("column", column));
    let path = (!place.path.is_empty()).then(|| verbatim(place.path.as_str()));
    [path, line, column]
        .into_iter()
        .flatten()
        .reduce(Message::and)
        .unwrap_or_default()
}

/// Returns a clause as a sentence without its full stop.
pub fn sentence(clause: &str) -> String {
    let mut characters = clause.chars();
    let first = characters.next().map(char::to_uppercase);
    first
        .into_iter()
        .flatten()
        .chain(characters)
        .collect::<String>()
        .trim_end_matches('.')
        .to_owned()
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match *self.0 {
            Kind::Answer(response) => response,
            Kind::Refused(refused) => refused.into_response(),
        }
    }
}

impl IntoResponse for Stated {
    fn into_response(self) -> Response {
        let page = ErrorPage {
            page: frame::bare(),
            status: self.status.as_u16(),
            heading: ErrorPage::heading_of(self.status.as_u16()),
            refused: shown(&self.refusal),
            place: place(&self.refusal.place),
            typed: self.typed,
            again: self.again,
            onward: Some(self.onward),
        };
        let mut response = match frame::written(&page) {
            Ok(html) => (self.status, Html(html)).into_response(),
            Err(_) => (self.status, self.refusal.to_string()).into_response(),
        };
        if matches!(
            self.status,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS
        ) {
            response.headers_mut().insert(
                header::RETRY_AFTER,
                axum::http::HeaderValue::from_static("30"),
            );
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::Connection;
    use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

    #[tokio::test]
    async fn a_busy_database_is_told_from_a_broken_one() {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("busy.sqlite"))
            .create_if_missing(true)
            .busy_timeout(std::time::Duration::ZERO);
        let mut one = SqliteConnection::connect_with(&options).await.unwrap();
        let mut other = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::query("BEGIN IMMEDIATE")
            .execute(&mut one)
            .await
            .unwrap();
        let held = sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await;
        let busy = anyhow::Error::from(held.unwrap_err()).context("failed to note a session");
        let broken = sqlx::query("SELECT x").execute(&mut other).await;
        let broken = anyhow::Error::from(broken.unwrap_err());
        let status = |error: anyhow::Error| Failure::from(error).into_response().status();
        assert!(is_busy(&busy) && !is_busy(&broken));
        assert_eq!(status(busy), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(status(broken), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
