//! The same actions for programs: `/api/v1`, described by `/api/openapi.json`.
//!
//! A program comes with a token and sits where the token's owner sits; it decides and edits by the same functions as the pages do, under the same policy,
//! and is refused with the same codes. What a page says in sentences is said here in data. Nothing here reads a cookie, so no page of another site can
//! reach it.

mod activity;
mod again;
mod caller;
mod decisions;
mod deliveries;
mod differences;
mod document;
mod edits;
mod events;
mod files;
mod health;
mod history;
mod inbox;
mod input;
mod moves;
mod paging;
mod people;
mod policy_change;
mod problem;
mod proposals;
mod queue;
mod records;
mod releases;
mod repositories;
mod reverts;
mod review;
mod targets;
mod texts;
mod values;

pub use caller::Caller;
pub use document::document;
pub use problem::Problem;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use self::problem::PROBLEM;
use super::accounts::Scope;
use super::routes::declared::{Needs, Routes};
use super::state::Web;

/// Adds the routes of the API.
pub fn routes(routes: Routes) -> Routes {
    let routes = routes
        .get("/api/openapi.json", Needs::Nothing, document::show)
        .get("/api/v1/token", Needs::Token, repositories::token)
        .get("/api/v1/repositories", Needs::Token, repositories::list);
    writing(proposals(texts_of_records(downstream(reading(routes)))))
}

fn reading(routes: Routes) -> Routes {
    const READ: Needs = Needs::TokenFor(Scope::Read);
    routes
        .get(
            "/api/v1/repositories/{repository}",
            READ,
            repositories::show,
        )
        .get(
            "/api/v1/repositories/{repository}/records",
            READ,
            records::list,
        )
        .get(
            "/api/v1/repositories/{repository}/records/{record}",
            READ,
            records::show,
        )
        .get("/api/v1/repositories/{repository}/queue", READ, queue::list)
        .get(
            "/api/v1/repositories/{repository}/review/{record}",
            READ,
            review::show,
        )
        .get(
            "/api/v1/repositories/{repository}/releases",
            READ,
            releases::list,
        )
        .get(
            "/api/v1/repositories/{repository}/releases/{name}",
            READ,
            releases::show,
        )
        .get(
            "/api/v1/repositories/{repository}/activity",
            READ,
            activity::list,
        )
        .get("/api/v1/repositories/{repository}/inbox", READ, inbox::list)
        .post(
            "/api/v1/repositories/{repository}/inbox/read",
            READ,
            inbox::read,
        )
        .get(
            "/api/v1/repositories/{repository}/people",
            READ,
            people::people,
        )
        .get(
            "/api/v1/repositories/{repository}/policy",
            READ,
            people::policy,
        )
        .get(
            "/api/v1/repositories/{repository}/policy-change",
            READ,
            policy_change::show,
        )
        .get(
            "/api/v1/repositories/{repository}/health",
            READ,
            health::show,
        )
        .get(
            "/api/v1/repositories/{repository}/history",
            READ,
            history::show,
        )
        .get(
            "/api/v1/repositories/{repository}/findings",
            READ,
            health::findings,
        )
}

fn downstream(routes: Routes) -> Routes {
    const READ: Needs = Needs::TokenFor(Scope::Read);
    const DECIDE: Needs = Needs::TokenFor(Scope::Decide);
    routes
        .get(
            "/api/v1/repositories/{repository}/events",
            READ,
            targets::events,
        )
        .get(
            "/api/v1/repositories/{repository}/targets",
            READ,
            targets::list,
        )
        .post(
            "/api/v1/repositories/{repository}/targets/{target}/builds",
            Needs::TokenFor(Scope::Report),
            targets::report,
        )
        .get(
            "/api/v1/repositories/{repository}/targets/{target}/deliveries",
            READ,
            deliveries::list,
        )
        .get(
            "/api/v1/repositories/{repository}/targets/{target}/deliveries/{first}",
            READ,
            deliveries::show,
        )
        .post(
            "/api/v1/repositories/{repository}/targets/{target}/resting",
            DECIDE,
            deliveries::rest,
        )
        .post(
            "/api/v1/repositories/{repository}/targets/{target}/replay",
            DECIDE,
            deliveries::replay,
        )
}

fn proposals(routes: Routes) -> Routes {
    const READ: Needs = Needs::TokenFor(Scope::Read);
    routes
        .get(
            "/api/v1/repositories/{repository}/proposals",
            READ,
            proposals::list,
        )
        .get(
            "/api/v1/repositories/{repository}/proposals/{branch}",
            READ,
            proposals::show,
        )
        .get(
            "/api/v1/repositories/{repository}/proposals/{branch}/clashes",
            READ,
            proposals::clashes,
        )
        .post(
            "/api/v1/repositories/{repository}/proposals/{branch}/decisions",
            Needs::TokenFor(Scope::Decide),
            proposals::decide,
        )
        .post(
            "/api/v1/repositories/{repository}/proposals/{branch}/update",
            Needs::TokenFor(Scope::Edit),
            proposals::update,
        )
}

fn texts_of_records(routes: Routes) -> Routes {
    const READ: Needs = Needs::TokenFor(Scope::Read);
    routes
        .get(
            "/api/v1/repositories/{repository}/records/{record}/history",
            READ,
            activity::of_record,
        )
        .get(
            "/api/v1/repositories/{repository}/files/{blob}",
            READ,
            files::show,
        )
        .get(
            "/api/v1/repositories/{repository}/records/{record}/content",
            READ,
            texts::content,
        )
        .get(
            "/api/v1/repositories/{repository}/records/{record}/texts/{blob}",
            READ,
            texts::earlier,
        )
        .get(
            "/api/v1/repositories/{repository}/records/{record}/differences",
            READ,
            texts::compare,
        )
        .get(
            "/api/v1/repositories/{repository}/records/{record}/versions",
            READ,
            texts::versions,
        )
        .get(
            "/api/v1/repositories/{repository}/records/{record}/versions/{version}",
            READ,
            texts::version,
        )
        .get(
            "/api/v1/repositories/{repository}/records/{record}/versions/{version}/content",
            READ,
            texts::version_content,
        )
}

fn writing(routes: Routes) -> Routes {
    const DECIDE: Needs = Needs::TokenFor(Scope::Decide);
    const EDIT: Needs = Needs::TokenFor(Scope::Edit);
    routes
        .patch(
            "/api/v1/repositories/{repository}/records/{record}",
            EDIT,
            edits::fields,
        )
        .put(
            "/api/v1/repositories/{repository}/records/{record}/content",
            EDIT,
            edits::content,
        )
        .post(
            "/api/v1/repositories/{repository}/records/{record}/revert",
            EDIT,
            reverts::revert,
        )
        .post(
            "/api/v1/repositories/{repository}/collections/{collection}/files",
            EDIT,
            files::take_in,
        )
        .post(
            "/api/v1/repositories/{repository}/collections/{collection}/records",
            EDIT,
            edits::begin,
        )
        .put(
            "/api/v1/repositories/{repository}/releases/{name}",
            DECIDE,
            releases::plan,
        )
        .post(
            "/api/v1/repositories/{repository}/releases/{name}/release",
            DECIDE,
            releases::let_out,
        )
        .post(
            "/api/v1/repositories/{repository}/releases/{name}/cancel",
            DECIDE,
            releases::cancel,
        )
        .post(
            "/api/v1/repositories/{repository}/history/decisions",
            DECIDE,
            history::decide,
        )
        .post(
            "/api/v1/repositories/{repository}/decisions",
            DECIDE,
            decisions::about_many,
        )
        .post(
            "/api/v1/repositories/{repository}/review/{record}/decisions",
            DECIDE,
            decisions::about_record,
        )
        .post(
            "/api/v1/repositories/{repository}/policy-change/decisions",
            DECIDE,
            decisions::about_policy,
        )
}

/// Returns whether an address is the API's, whatever stands there.
pub fn is_address(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// Makes the problem that an address without a route is answered with.
pub type Says = fn() -> Problem;

/// Where no route answers, programs are told so in a problem document, once their token stands.
pub async fn answer_apart(
    State((web, says)): State<(Arc<Web>, Says)>,
    request: Request,
    next: Next,
) -> Response {
    if !is_address(request.uri().path()) {
        return next.run(request).await;
    }
    let (parts, _) = request.into_parts();
    refuse(&web, &parts, says()).await
}

/// Tells a program what stops it, once its token stands.
pub async fn refuse(web: &Arc<Web>, parts: &Parts, problem: Problem) -> Response {
    match Caller::of(web, parts).await {
        Ok(_) => problem.into_response(),
        Err(unknown) => unknown.into_response(),
    }
}

/// Whatever stops a request of the API on its way is told as a problem document: no program is sent a page.
pub async fn in_its_own_words(request: Request, next: Next) -> Response {
    let is_ours = is_address(request.uri().path());
    let response = next.run(request).await;
    let is_problem = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == PROBLEM);
    let status = response.status();
    if !is_ours || is_problem || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    match status {
        StatusCode::BAD_REQUEST => Problem::hidden_path().into_response(),
        StatusCode::NOT_FOUND => Problem::nothing_here().into_response(),
        _ => Problem::unanswered().into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::{Router, middleware};
    use tower::ServiceExt;
    use tower_http::catch_panic::CatchPanicLayer;

    use super::*;

    async fn fail() {
        panic!("the handler's own words")
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_and_tells_nothing() {
        let router: Router = Router::new()
            .fallback(fail)
            .layer(CatchPanicLayer::new())
            .layer(middleware::from_fn(in_its_own_words));
        let request = Request::get("/api/v1/token").body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(response.headers()[header::CONTENT_TYPE], PROBLEM);
        let body = to_bytes(response.into_body(), 10_000).await.unwrap();
        let told = String::from_utf8(body.to_vec()).unwrap();
        assert!(told.contains("API-SERVER-001") && !told.contains("own words"));
    }

    #[test]
    fn addresses_of_the_api_are_told_from_pages() {
        assert!(is_address("/api") && is_address("/api/v1/token"));
        assert!(!is_address("/apix") && !is_address("/r/api") && !is_address("/"));
    }
}
