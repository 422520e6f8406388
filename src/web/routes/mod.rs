//! Every address and what answers it.

mod activity;
mod begin;
mod decisions;
mod door;
mod edit;
mod health;
mod home;
mod notices;
mod people;
mod policy_change;
mod queue;
mod record;
mod records;
mod review;
mod versions;
mod views;

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;

use super::failure::Failure;
use super::form::MAX_FORM_BYTES;
use super::reader::Member;
use super::state::Web;
use super::{assets, guard};
use crate::refusal::Refusal;

/// Returns the pages of a server. Sign-in is slowed by peer where the server is started with `into_make_service_with_connect_info::<SocketAddr>`.
pub fn router(web: Arc<Web>) -> Router {
    Router::new()
        .route("/", get(home::show))
        .route("/healthz", get(home::is_alive))
        .route("/readyz", get(home::is_ready))
        .route("/assets/{file}", get(assets::show))
        .route("/sign-in", get(door::show).post(door::sign_in))
        .route(
            "/sign-in/link/{token}",
            get(door::show_link).post(door::use_link),
        )
        .route("/sign-out", post(door::sign_out))
        .merge(repository_pages())
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn(guard::strict_path))
        .layer(CsrfLayer::new().with_rejection_response(|_| Failure::cross_site().into_response()))
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::map_response(guard::with_headers))
        .with_state(web)
}

fn repository_pages() -> Router<Arc<Web>> {
    Router::new()
        .route("/{repository}", get(home::enter))
        .route("/{repository}/queue", get(queue::show))
        .route("/{repository}/records", get(records::show))
        .route("/{repository}/records/{*id}", get(record::show))
        .route("/{repository}/views", post(views::save))
        .route("/{repository}/views/deletion", post(views::delete))
        .route("/{repository}/review/{*id}", get(review::show))
        .route("/{repository}/policy-change", get(policy_change::show))
        .route("/{repository}/decisions", post(decisions::decide))
        .route("/{repository}/edit/{*id}", get(edit::show).post(edit::save))
        .route(
            "/{repository}/new/{collection}",
            get(begin::show).post(begin::begin),
        )
        .route("/{repository}/versions/{*id}", get(versions::show))
        .route("/{repository}/compare/{*id}", get(versions::compare))
        .route("/{repository}/activity", get(activity::show))
        .route("/{repository}/people", get(people::show))
        .route("/{repository}/health", get(health::show))
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
