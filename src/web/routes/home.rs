//! The first page, and whether the server is there.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use crate::index::{self, RulesInForce};
use crate::web::failure::Failure;
use crate::web::frame;
use crate::web::language::{say, verbatim};
use crate::web::pages::parts::Link;
use crate::web::pages::repositories::{RepositoriesPage, RepositoryRow};
use crate::web::reader::{Member, Reader, readable};
use crate::web::showing::filters::counted;
use crate::web::state::{Served, Web};
use crate::web::urls::Urls;
use crate::web::waiting;

/// Leads to the only register that somebody may read, or lists them.
pub async fn show(member: Member) -> Result<Response, Failure> {
    let found = readable(&member.web, &member.session.address);
    if let [(name, _)] = found.as_slice() {
        let queue = Urls::of(name).queue();
        return Ok(Redirect::to(&queue.to_string()).into_response());
    }
    let mut rows = Vec::with_capacity(found.len());
    for (name, served) in found {
        rows.push(row(name, served, &member.session.address).await?);
    }
    frame::show(&RepositoriesPage {
        page: member.page(),
        rows,
    })
}

async fn row(name: &str, served: &Served, address: &str) -> Result<RepositoryRow, Failure> {
    let rules = served.desk.rules();
    let title = match rules.as_ref() {
        Some(Ok(rules)) => rules.policy.title.clone(),
        Some(Err(_)) | None => name.to_owned(),
    };
    let everything = index::Wanted::default();
    let count = index::count(served.desk.index.reader(), &everything).await?;
    Ok(RepositoryRow {
        register: Link {
            label: verbatim(title),
            href: Urls::of(name).queue(),
        },
        name: name.to_owned(),
        sentence: say("repositories-records").with("count", counted(count)),
        waiting: waiting_for(served, &rules, address).await?,
    })
}

/// Before adoption nothing is decided, so nothing waits.
async fn waiting_for(
    served: &Served,
    rules: &RulesInForce,
    address: &str,
) -> Result<usize, Failure> {
    let Some(Ok(rules)) = rules.as_ref() else {
        return Ok(0);
    };
    match rules.policy.person_by_address(address) {
        Some(person) if rules.adopted => Ok(waiting::count(&served.desk, rules, person).await?),
        Some(_) | None => Ok(0),
    }
}

/// A repository opens with its queue.
pub async fn enter(reader: Reader) -> Redirect {
    Redirect::to(&reader.urls.queue().to_string())
}

/// The process answers.
pub async fn is_alive() -> &'static str {
    "ok\n"
}

/// The databases answer.
pub async fn is_ready(State(web): State<Arc<Web>>) -> (StatusCode, &'static str) {
    let mut is_ready = web.accounts.is_ready().await;
    for served in web.served.values() {
        is_ready &= served.desk.index.heads().await.is_ok();
    }
    match is_ready {
        true => (StatusCode::OK, "ready\n"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "not ready\n"),
    }
}
