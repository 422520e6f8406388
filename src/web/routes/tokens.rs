//! Tokens of programs: made and ended by the person they act for.

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use crate::refusal::Refusal;
use crate::web::accounts::{MAX_DAYS, MAX_NAME_CHARS, MOST, NewToken, Scope, Token};
use crate::web::failure::{Failure, shown};
use crate::web::form::Fields;
use crate::web::language::{Message, say, verbatim};
use crate::web::moments::moment;
use crate::web::pages::parts::Choice;
use crate::web::pages::tokens::{DaysChoice, ScopeChoice, TokenRow, TokensPage};
use crate::web::reader::{Member, readable};
use crate::web::{frame, token, urls};

/// After how many days a token may end; the one chosen unless said otherwise stands second.
const DAYS: [i64; 4] = [7, 30, 90, MAX_DAYS];

/// Shows the tokens that stand.
pub async fn show(member: Member) -> Result<Response, Failure> {
    frame::show(&page(&member, &Fields::default()).await?)
}

/// Makes a token and shows it, this once.
pub async fn make(member: Member, request: Request<Body>) -> Result<Response, Failure> {
    let fields = own_form(&member, request).await?;
    let now = (member.web.now)();
    let made = match wanted(&member, &fields, now) {
        Ok(wanted) => {
            let address = &member.session.address;
            let made = member
                .web
                .accounts
                .make_token(address, &wanted, now)
                .await?;
            made.ok_or_else(too_many)
        }
        Err(refusal) => Err(refusal),
    };
    match made {
        Ok(token) => {
            let mut page = page(&member, &Fields::default()).await?;
            page.made = Some(token);
            frame::show(&page)
        }
        Err(refusal) => {
            let mut page = page(&member, &fields).await?;
            page.error = Some(shown(&refusal));
            frame::show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// Ends a token; one that is not there is ended already.
pub async fn end(member: Member, request: Request<Body>) -> Result<Response, Failure> {
    let fields = own_form(&member, request).await?;
    let address = &member.session.address;
    let accounts = &member.web.accounts;
    accounts.end_token(address, fields.get("token")).await?;
    Ok(Redirect::to(&urls::tokens().to_string()).into_response())
}

async fn own_form(member: &Member, request: Request<Body>) -> Result<Fields, Failure> {
    let fields = Fields::read(request).await?;
    let key = &member.session.form_key;
    match token::is_token(key, token::ANY_FORM, fields.get("csrf")) {
        true => Ok(fields),
        false => Err(Failure::foreign_form().with_typed(fields.typed())),
    }
}

fn wanted(member: &Member, fields: &Fields, now: i64) -> Result<NewToken, Refusal> {
    let name = fields.get("name").trim();
    if name.is_empty() || name.chars().count() > MAX_NAME_CHARS {
        return Err(no_name());
    }
    let scopes: Vec<Scope> = Scope::ALL
        .into_iter()
        .filter(|scope| fields.find(scope.name()) == Some("true"))
        .collect();
    if scopes.is_empty() {
        return Err(no_scope());
    }
    let repository = match fields.get("repository") {
        "" => None,
        name if repositories(member).contains(&name) => Some(name.to_owned()),
        _ => return Err(no_such_choice()),
    };
    let days: Option<i64> = fields.get("days").parse().ok();
    let days = days
        .filter(|days| DAYS.contains(days))
        .ok_or_else(no_such_choice)?;
    Ok(NewToken {
        name: name.chars().filter(|c| !c.is_control()).collect(),
        scopes,
        repository,
        expires_at: now + days * 24 * 60 * 60,
    })
}

fn repositories(member: &Member) -> Vec<&str> {
    readable(&member.web, &member.session.address)
        .into_iter()
        .map(|(name, _)| name.as_str())
        .collect()
}

async fn page(member: &Member, fields: &Fields) -> Result<TokensPage, Failure> {
    let now = (member.web.now)();
    let tokens = member
        .web
        .accounts
        .tokens(&member.session.address, now)
        .await?;
    let is_sent = fields.find("name").is_some();
    let days = fields.get("days").parse().unwrap_or(DAYS[1]);
    Ok(TokensPage {
        page: member.page(),
        made: None,
        tokens: tokens.into_iter().map(|token| row(token, now)).collect(),
        action: urls::tokens(),
        end: urls::tokens_end(),
        name: fields.get("name").to_owned(),
        scopes: Scope::ALL
            .into_iter()
            .map(|scope| ScopeChoice {
                word: scope.name(),
                label: label(scope),
                is_chosen: match is_sent {
                    true => fields.find(scope.name()) == Some("true"),
                    false => scope == Scope::Read,
                },
            })
            .collect(),
        repositories: repositories(member)
            .into_iter()
            .map(|name| Choice {
                value: name.to_owned(),
                label: verbatim(name),
                is_chosen: name == fields.get("repository"),
            })
            .collect(),
        days: DAYS
            .into_iter()
            .map(|known| DaysChoice {
                days: known,
                label: say("tokens-days-count").with("days", known),
                is_chosen: known == days,
            })
            .collect(),
        error: None,
    })
}

fn row(token: Token, now: i64) -> TokenRow {
    TokenRow {
        id: token.id,
        name: token.name,
        prefix: token.prefix,
        scopes: token.scopes.into_iter().map(label).collect(),
        repository: token.repository,
        expires: moment(token.expires_at, now),
        used: token.used_at.map(|used_at| moment(used_at, now)),
    }
}

fn label(scope: Scope) -> Message {
    match scope {
        Scope::Read => say("tokens-scope-read"),
        Scope::Decide => say("tokens-scope-decide"),
        Scope::Edit => say("tokens-scope-edit"),
        Scope::Report => say("tokens-scope-report"),
    }
}

fn no_name() -> Refusal {
    Refusal::new(
        "WEB-TOKEN-001",
        format!("the token has no name, or one of more than {MAX_NAME_CHARS} characters"),
        "type what you will know it by",
    )
}

fn no_scope() -> Refusal {
    Refusal::new(
        "WEB-TOKEN-002",
        "the token is for nothing",
        "tick at least one thing that it is for",
    )
}

fn no_such_choice() -> Refusal {
    Refusal::new(
        "WEB-TOKEN-003",
        "the repository or the number of days is none that is offered",
        "choose one of the form's",
    )
}

fn too_many() -> Refusal {
    Refusal::new(
        "WEB-TOKEN-004",
        format!("you have {MOST} tokens already"),
        "end one that no program uses any more",
    )
}
