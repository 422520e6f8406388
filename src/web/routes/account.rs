//! A person's own sign-in: where they are signed in, and their password.

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::door::{busy, give_session, too_many, too_short};
use crate::refusal::Refusal;
use crate::web::accounts::{MIN_PASSWORD_CHARS, SessionSeen, SignIn, Trier, is_acceptable};
use crate::web::failure::{Failure, shown};
use crate::web::form::Fields;
use crate::web::language::{Message, say, verbatim};
use crate::web::moments::moment;
use crate::web::pages::account::{AccountPage, PasswordForm, SessionRow};
use crate::web::reader::Member;
use crate::web::{frame, token, urls};

/// Seconds after signing in for which somebody without a password may choose one: a session that was left open elsewhere must not become a password.
const FRESH: i64 = 15 * 60;

/// Shows sessions and password.
pub async fn show(member: Member) -> Result<Response, Failure> {
    frame::show(&page(&member, None).await?)
}

/// Ends one session by its name, or all others.
pub async fn end_sessions(member: Member, request: Request<Body>) -> Result<Response, Failure> {
    let fields = own_form(&member, request).await?;
    let (accounts, session) = (&member.web.accounts, &member.session);
    match fields.get("session") {
        "others" => accounts
            .end_other_sessions(&session.address, &session.name)
            .await
            .map(|_| ())?,
        name => accounts.end_session_of(&session.address, name).await?,
    }
    Ok(Redirect::to(&urls::account().to_string()).into_response())
}

/// Sets a new password where the present one is right. Every session ends; this browser gets a new one.
pub async fn change_password(member: Member, request: Request<Body>) -> Result<Response, Failure> {
    let headers = request.headers().clone();
    let fields = own_form(&member, request).await?;
    if let Err((status, refusal)) = judge(&member, &fields).await? {
        return frame::show_with(status, &page(&member, Some(&refusal)).await?);
    }
    let accounts = &member.web.accounts;
    let (address, now) = (&member.session.address, (member.web.now)());
    accounts
        .set_password(address, fields.get("new-password"), now)
        .await?;
    let mut response = Redirect::to(&urls::account().to_string()).into_response();
    give_session(&member.web, &headers, address, &mut response).await?;
    Ok(response)
}

/// Says whether a new password may be set. The new one is looked at first: a slip there costs no try at the present one.
async fn judge(
    member: &Member,
    fields: &Fields,
) -> Result<Result<(), (StatusCode, Refusal)>, Failure> {
    if !is_acceptable(fields.get("new-password")) {
        return Ok(Err((StatusCode::UNPROCESSABLE_ENTITY, too_short())));
    }
    let (accounts, session) = (&member.web.accounts, &member.session);
    let now = (member.web.now)();
    if !accounts.has_password(&session.address).await? {
        return Ok(match is_fresh(member) {
            true => Ok(()),
            false => Err((StatusCode::FORBIDDEN, not_fresh())),
        });
    }
    let trier = Trier::Session(&session.name);
    let answer = accounts
        .try_password(&session.address, fields.get("password"), trier, now)
        .await?;
    Ok(match answer {
        SignIn::Accepted => Ok(()),
        SignIn::Refused => Err((StatusCode::FORBIDDEN, not_present())),
        SignIn::TooMany => Err((StatusCode::TOO_MANY_REQUESTS, too_many())),
        SignIn::Busy => Err((StatusCode::SERVICE_UNAVAILABLE, busy())),
    })
}

async fn own_form(member: &Member, request: Request<Body>) -> Result<Fields, Failure> {
    let fields = Fields::read(request).await?;
    let key = &member.session.form_key;
    match token::is_token(key, token::ANY_FORM, fields.get("csrf")) {
        true => Ok(fields),
        false => Err(Failure::foreign_form()),
    }
}

async fn page(member: &Member, refusal: Option<&Refusal>) -> Result<AccountPage, Failure> {
    let (accounts, session) = (&member.web.accounts, &member.session);
    let now = (member.web.now)();
    let sessions = accounts.sessions_of(&session.address, now).await?;
    let has_password = accounts.has_password(&session.address).await?;
    Ok(AccountPage {
        page: member.page(),
        address: session.address.clone(),
        sessions_action: urls::account_sessions(),
        has_others: sessions.len() > 1,
        sessions: sessions
            .iter()
            .map(|seen| row(seen, &session.name, now))
            .collect(),
        password: PasswordForm {
            action: urls::account_password(),
            is_there: has_password,
            may_be_set: has_password || is_fresh(member),
            least: MIN_PASSWORD_CHARS,
            error: refusal.map(shown),
        },
        tokens: urls::tokens(),
        telling: urls::telling(),
    })
}

fn is_fresh(member: &Member) -> bool {
    (member.web.now)() - member.session.begun_at < FRESH
}

fn row(seen: &SessionSeen, own: &str, now: i64) -> SessionRow {
    SessionRow {
        name: seen.name.clone(),
        browser: browser(&seen.browser, &seen.system),
        begun: moment(seen.begun_at, now),
        seen: moment(seen.seen_at, now),
        is_this: seen.name == own,
    }
}

fn browser(browser: &str, system: &str) -> Message {
    match (browser, system) {
        ("", "") => say("account-some-browser"),
        ("", system) => say("account-some-browser-on").with("system", system),
        (browser, "") => verbatim(browser),
        (browser, system) => say("account-browser-on")
            .with("browser", browser)
            .with("system", system),
    }
}

fn not_present() -> Refusal {
    Refusal::new(
        "WEB-AUTH-007",
        "the present password is another one, so nothing was changed",
        "type it again; if it is forgotten, ask whoever runs the server for a sign-in link",
    )
}

fn not_fresh() -> Refusal {
    Refusal::new(
        "WEB-AUTH-008",
        "you signed in a while ago, and there is no present password to ask for",
        "sign out, sign in again, and choose the password then",
    )
}
