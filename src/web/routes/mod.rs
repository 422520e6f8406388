//! Every address and what answers it.

mod account;
mod activity;
mod again;
mod begin;
mod bulk;
mod comments;
mod decisions;
pub mod declared;
mod door;
mod edit;
mod ending;
mod feed;
pub mod files;
mod filing;
mod gone;
mod health;
mod history;
mod home;
mod hooks;
mod host_api;
mod hosting;
mod inbox;
mod language;
pub mod live;
mod notices;
mod people;
mod policy_change;
mod proposals;
mod provider;
mod public;
mod queue;
mod record;
mod records;
mod releases;
mod review;
mod set_up;
mod suggestions;
mod targets;
mod telling;
mod tokens;
mod versions;
mod views;

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::StatusCode;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;

use self::declared::{Needs, Routes};
use super::failure::Failure;
use super::form::MAX_FORM_BYTES;
use super::language::negotiate;
use super::reader::Member;
use super::state::Web;
use super::{api, assets, guard};
use crate::refusal::Refusal;

/// Returns the pages of a server. Sign-in is slowed by peer where the server is started with `into_make_service_with_connect_info::<SocketAddr>`.
pub fn router(web: Arc<Web>) -> Router {
    routes(&web)
        .otherwise(nothing_here, wrong_method)
        .into_router()
        .layer(middleware::from_fn(guard::strict_path))
        .layer(
            CsrfLayer::new()
                // A browser sends no token by itself and signs nothing, and these look at nothing else; what is public is only read.
                .with_insecure_bypass(|_, address| {
                    let path = address.path();
                    api::is_address(path) || path.starts_with("/hooks/") || public::is_address(path)
                })
                .with_rejection_response(|_| Failure::cross_site().into_response()),
        )
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(api::in_its_own_words))
        .layer(middleware::from_fn(negotiate))
        .layer(middleware::map_response(guard::with_headers))
        .with_state(web)
}

/// Returns every route, with what it needs.
pub fn routes(web: &Arc<Web>) -> Routes {
    let routes = Routes::of(Arc::clone(web));
    api::routes(in_a_repository(at_the_door(routes)))
}

fn at_the_door(routes: Routes) -> Routes {
    use Needs::{Nothing, Session};
    routes
        .get("/healthz", Nothing, home::is_alive)
        .get("/readyz", Nothing, home::is_ready)
        .get(
            "/assets/{file}",
            Nothing,
            // Files are the same for everybody; pages, which hold secrets beside what was typed, are not compressed.
            assets::show.layer(CompressionLayer::new()),
        )
        .post("/hooks/{repository}/{host}", Nothing, hooks::receive)
        .post("/language", Nothing, language::choose)
        .get("/sign-in", Nothing, door::show)
        .post("/sign-in", Nothing, door::sign_in)
        .get("/sign-in/link/{token}", Nothing, door::show_link)
        .post("/sign-in/link/{token}", Nothing, door::use_link)
        .get("/sign-in/provider", Nothing, provider::depart)
        .get("/sign-in/provider/back", Nothing, provider::come_back)
        .get("/set-up/{token}", Nothing, set_up::show)
        .post("/set-up/{token}", Nothing, set_up::act)
        .get("/account", Session, account::show)
        .post("/account/sessions", Session, account::end_sessions)
        .post("/account/password", Session, account::change_password)
        .post("/sign-out", Session, door::sign_out)
        .get("/", Session, home::show)
        .get("/account/tokens", Session, tokens::show)
        .post("/account/tokens", Session, tokens::make)
        .post("/account/tokens/end", Session, tokens::end)
        .get("/account/telling", Session, telling::show)
        .post("/account/telling", Session, telling::choose)
        .post("/account/feed", Session, telling::feed)
        .get("/unsubscribe", Nothing, telling::ask_to_end)
        .post("/unsubscribe", Nothing, telling::end)
        .get("/{repository}/inbox.atom", Nothing, feed::show)
        .read("/{repository}/public", public::enter, public::only_read)
        .read("/{repository}/public/", public::home, public::only_read)
        .read(
            "/{repository}/public/{*path}",
            public::show,
            public::only_read,
        )
}

fn in_a_repository(routes: Routes) -> Routes {
    use Needs::Person;
    routes
        .get("/{repository}", Person, home::enter)
        .get("/{repository}/queue", Person, queue::show)
        .get("/{repository}/records", Person, records::show)
        .get("/{repository}/records/{*id}", Person, record::show)
        .post("/{repository}/views", Person, views::save)
        .post("/{repository}/views/deletion", Person, views::delete)
        .get("/{repository}/review/{*id}", Person, review::show)
        .get("/{repository}/proposals", Person, proposals::list)
        .get("/{repository}/proposals/{*branch}", Person, proposals::show)
        .get(
            "/{repository}/between/{*branch}",
            Person,
            proposals::between,
        )
        .get(
            "/{repository}/update/{*branch}",
            Person,
            proposals::show_update,
        )
        .post("/{repository}/update/{*branch}", Person, proposals::update)
        .get("/{repository}/policy-change", Person, policy_change::show)
        .post("/{repository}/comments", Person, comments::say)
        .post("/{repository}/accept", Person, suggestions::accept)
        .post("/{repository}/decisions", Person, decisions::decide)
        .get("/{repository}/bulk", Person, bulk::show)
        .post("/{repository}/bulk", Person, bulk::decide)
        .get("/{repository}/edit/{*id}", Person, edit::show)
        .post("/{repository}/edit/{*id}", Person, edit::act)
        .get("/{repository}/files/{blob}/{*path}", Person, files::show)
        .get("/{repository}/suggestions", Person, edit::suggest)
        .get("/{repository}/new/{collection}", Person, begin::show)
        .post("/{repository}/new/{collection}", Person, begin::begin)
        .get("/{repository}/versions/{*id}", Person, versions::show)
        .get("/{repository}/compare/{*id}", Person, versions::compare)
        .get("/{repository}/file/{*id}", Person, filing::show)
        .post("/{repository}/file/{*id}", Person, filing::act)
        .get("/{repository}/again/{*id}", Person, again::show)
        .post("/{repository}/again/{*id}", Person, again::propose)
        .get("/{repository}/ending/{*id}", Person, ending::show)
        .post("/{repository}/ending/{*id}", Person, ending::propose)
        .get("/{repository}/releases", Person, releases::list)
        .get("/{repository}/releases/{name}", Person, releases::show)
        .post("/{repository}/releases/{name}", Person, releases::act)
        .get("/{repository}/plan", Person, releases::show_plan)
        .post("/{repository}/plan", Person, releases::plan)
        .get("/{repository}/inbox", Person, inbox::show)
        .post("/{repository}/inbox/read", Person, inbox::read)
        .get("/{repository}/activity", Person, activity::show)
        .get("/{repository}/people", Person, people::show)
        .get("/{repository}/health", Person, health::show)
        .get("/{repository}/hosting", Person, hosting::show)
        .post("/{repository}/hosting", Person, hosting::act)
        .get("/{repository}/targets", Person, targets::list)
        .get("/{repository}/targets/{name}", Person, targets::show)
        .post("/{repository}/targets/{name}", Person, targets::act)
        .get(
            "/{repository}/targets/{name}/{first}",
            Person,
            targets::delivery,
        )
        .get("/{repository}/history", Person, history::show)
        .post("/{repository}/history", Person, history::decide)
        .get("/{repository}/live", Person, live::listen)
}

/// Whoever is not signed in is not told which pages there are.
async fn nothing_here(_: Member) -> Failure {
    Failure::nothing_here()
}

async fn wrong_method(_: Member) -> Failure {
    Failure::new(
        StatusCode::METHOD_NOT_ALLOWED,
        Refusal::new(
            "WEB-PATH-003",
            "this page does not take that kind of request",
            "open it from a link or send its own form",
        ),
    )
}

fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    Failure::from(anyhow::anyhow!("a handler panicked")).into_response()
}
