//! How somebody is told outside the pages; and the end of letters, which needs no session.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::index;
use crate::refusal::Refusal;
use crate::web::accounts::{Pace, Telling};
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::language::{Language, Message, say};
use crate::web::moments::moment;
use crate::web::pages::parts::Choice;
use crate::web::pages::telling::{Feed, TellingPage, UnsubscribePage};
use crate::web::reader::{Member, readable};
use crate::web::state::Web;
use crate::web::urls::{self, Urls};
use crate::web::{frame, mail, token};

/// Shows what was chosen.
pub async fn show(member: Member) -> Result<Response, Failure> {
    frame::show(&page(&member).await?)
}

/// Chooses how often letters come, in the language of the page. They begin with what happens from now on.
pub async fn choose(member: Member, request: Request<Body>) -> Result<Response, Failure> {
    let fields = own_form(&member, request).await?;
    let pace = Pace::from_name(fields.get("mail")).ok_or_else(no_such_pace)?;
    let (accounts, address) = (&member.web.accounts, &member.session.address);
    accounts
        .set_mail(address, pace, Language::current().tag())
        .await?;
    if pace != Pace::Off {
        let today = mail::day((member.web.now)());
        for (name, served) in readable(&member.web, address) {
            let begins = index::last_place(served.desk.index.reader()).await?;
            accounts.mailing(address, name, begins, today).await?;
        }
    }
    Ok(Redirect::to(&urls::telling().to_string()).into_response())
}

/// Makes the addresses of somebody's feeds and shows them, this once; or ends them.
pub async fn feed(member: Member, request: Request<Body>) -> Result<Response, Failure> {
    let fields = own_form(&member, request).await?;
    let (accounts, address) = (&member.web.accounts, &member.session.address);
    if fields.get("act") == "end" {
        accounts.end_feed(address).await?;
        return Ok(Redirect::to(&urls::telling().to_string()).into_response());
    }
    let now = (member.web.now)();
    let secret = accounts
        .make_feed(address, Language::current().tag(), now)
        .await?;
    let feeds = readable(&member.web, address).into_iter();
    let feeds = feeds.map(|(name, _)| Feed {
        repository: name.clone(),
        address: format!("{}{}", member.web.public_url, Urls::of(name).feed(&secret)),
    });
    frame::show(&TellingPage {
        feeds: feeds.collect(),
        ..page(&member).await?
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

async fn page(member: &Member) -> Result<TellingPage, Failure> {
    let telling: Telling = member.web.accounts.telling(&member.session.address).await?;
    let now = (member.web.now)();
    Ok(TellingPage {
        page: member.page(),
        address: member.session.address.clone(),
        sends_mail: member.web.mail.is_some(),
        paces: Pace::ALL
            .into_iter()
            .map(|pace| Choice {
                value: pace.name().to_owned(),
                label: label(pace),
                is_chosen: pace == telling.mail,
            })
            .collect(),
        action: urls::telling(),
        problem: telling.problem,
        feed_made: telling.feed_made_at.map(|made_at| moment(made_at, now)),
        feeds: Vec::new(),
        feed_action: urls::feed_address(),
    })
}

fn label(pace: Pace) -> Message {
    match pace {
        Pace::Off => say("telling-off"),
        Pace::Soon => say("telling-soon"),
        Pace::Daily => say("telling-daily"),
    }
}

fn no_such_pace() -> Failure {
    Failure::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::new(
            "WEB-MAIL-001",
            "mail cannot be had so",
            "choose one of the form's",
        ),
    )
}

/// Whose letters are to end, and the server's own word that a letter said so.
#[derive(Debug, Deserialize)]
pub struct Ended {
    #[serde(default)]
    address: String,
    #[serde(default)]
    token: String,
}

/// Asks whether letters are to end: a program that follows every link of a letter ends nothing.
pub async fn ask_to_end(
    State(web): State<Arc<Web>>,
    Query(ended): Query<Ended>,
) -> Result<Response, Failure> {
    refuse_forged(&web, &ended).await?;
    frame::show(&UnsubscribePage {
        page: frame::bare(),
        action: Some(urls::unsubscribe(&ended.address, &ended.token)),
        address: ended.address,
    })
}

/// Ends letters to an address: by the button of the page, or by a mail program's one click (RFC 8058). Once more does no harm.
pub async fn end(
    State(web): State<Arc<Web>>,
    Query(ended): Query<Ended>,
) -> Result<Response, Failure> {
    refuse_forged(&web, &ended).await?;
    web.accounts.stop_mail(&ended.address).await?;
    frame::show(&UnsubscribePage {
        page: frame::bare(),
        action: None,
        address: ended.address,
    })
}

async fn refuse_forged(web: &Web, ended: &Ended) -> Result<(), Failure> {
    match mail::is_end_token(web, &ended.address, &ended.token).await? {
        true => Ok(()),
        false => Err(Failure::new(
            StatusCode::NOT_FOUND,
            Refusal::new(
                "WEB-MAIL-002",
                "this is no link of a letter that was sent from here",
                "follow the link of the letter, or choose on the page of your account",
            ),
        )),
    }
}
