//! Routes, and what each needs of whoever asks.
//!
//! A route cannot be added without saying what it needs: [`Routes`] is the one place that adds any, which a lint keeps. What is declared is also what is
//! enforced: a handler is reached only after [`admit`] let the request in, and a [`Member`] or [`Reader`] can be had by no other way. The matrix of
//! rights in `tests/rights.rs` is made from the same list, so that a route nobody thought about is one that fails.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::http::Method;
use axum::http::request::Parts;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};

use crate::web::accounts::Scope;
use crate::web::api::{self, Caller, Problem};
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::pages::errors::Again;
use crate::web::reader::{Member, Reader};
use crate::web::state::Web;
use crate::web::urls;

/// What a route needs of whoever asks. Rights that hang on a record (who may approve, who may edit) are the policy's to say, in the domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: the door, files of the interface, and whether the server is there.
    Nothing,
    /// A session, of whatever repositories.
    Session,
    /// A session of somebody whom the policy in force of the address's repository names.
    Person,
    /// A program's token, whatever it is for.
    Token,
    /// A program's token for something, of somebody whom the policy in force of the address's repository names.
    TokenFor(Scope),
}

/// One route as it was declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// `GET`, `POST`, `PUT` or `PATCH`.
    pub method: &'static str,
    /// The pattern of its addresses.
    pub path: &'static str,
    /// What it needs.
    pub needs: Needs,
}

/// Routes under construction.
pub struct Routes {
    web: Arc<Web>,
    router: Router<Arc<Web>>,
    declared: Vec<Route>,
}

impl Routes {
    /// Returns no routes of a server.
    pub fn of(web: Arc<Web>) -> Self {
        Self {
            web,
            router: Router::new(),
            declared: Vec::new(),
        }
    }

    /// Answers `GET` and `HEAD`.
    pub fn get<H, T>(self, path: &'static str, needs: Needs, handler: H) -> Self
    where
        H: Handler<T, Arc<Web>>,
        T: 'static,
    {
        self.on(("GET", MethodFilter::GET), path, needs, handler)
    }

    /// Answers `POST`.
    pub fn post<H, T>(self, path: &'static str, needs: Needs, handler: H) -> Self
    where
        H: Handler<T, Arc<Web>>,
        T: 'static,
    {
        self.on(("POST", MethodFilter::POST), path, needs, handler)
    }

    /// Answers `PUT`.
    pub fn put<H, T>(self, path: &'static str, needs: Needs, handler: H) -> Self
    where
        H: Handler<T, Arc<Web>>,
        T: 'static,
    {
        self.on(("PUT", MethodFilter::PUT), path, needs, handler)
    }

    /// Answers `PATCH`.
    pub fn patch<H, T>(self, path: &'static str, needs: Needs, handler: H) -> Self
    where
        H: Handler<T, Arc<Web>>,
        T: 'static,
    {
        self.on(("PATCH", MethodFilter::PATCH), path, needs, handler)
    }

    /// Answers `GET` and `HEAD` to anybody, and every other method by what says that there is none.
    pub fn read<H, T, O, U>(self, path: &'static str, handler: H, otherwise: O) -> Self
    where
        H: Handler<T, Arc<Web>>,
        O: Handler<U, Arc<Web>>,
        T: 'static,
        U: 'static,
    {
        let route = Route {
            method: "GET",
            path,
            needs: Needs::Nothing,
        };
        self.add(route, on(MethodFilter::GET, handler).fallback(otherwise))
    }

    fn on<H, T>(
        self,
        (method, filter): (&'static str, MethodFilter),
        path: &'static str,
        needs: Needs,
        handler: H,
    ) -> Self
    where
        H: Handler<T, Arc<Web>>,
        T: 'static,
    {
        let route = Route {
            method,
            path,
            needs,
        };
        let admission = middleware::from_fn_with_state(
            (Arc::clone(&self.web), needs),
            admit as fn(_, _, _) -> _,
        );
        // Around the route and not around the handler: the compiler then makes the way in once, and not once for each handler.
        self.add(route, on(filter, handler).route_layer(admission))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where routes are added"
    )]
    fn add(mut self, route: Route, methods: MethodRouter<Arc<Web>>) -> Self {
        self.router = self.router.route(route.path, methods);
        self.declared.push(route);
        self
    }

    /// Answers every other address, and every other method of these: who has no session is not told which there are.
    pub fn otherwise<A, B, T, U>(mut self, nowhere: A, wrong_method: B) -> Self
    where
        A: Handler<T, Arc<Web>>,
        B: Handler<U, Arc<Web>>,
        T: 'static,
        U: 'static,
    {
        let admission = middleware::from_fn_with_state(
            (Arc::clone(&self.web), Needs::Session),
            admit as fn(_, _, _) -> _,
        );
        let apart = |says: api::Says| {
            middleware::from_fn_with_state(
                (Arc::clone(&self.web), says),
                api::answer_apart as fn(_, _, _) -> _,
            )
        };
        self.router = self
            .router
            .fallback(
                nowhere
                    .layer(admission.clone())
                    .layer(apart(Problem::nothing_here)),
            )
            .method_not_allowed_fallback(
                wrong_method
                    .layer(admission)
                    .layer(apart(Problem::wrong_method)),
            );
        self
    }

    /// Returns what was declared.
    pub fn declared(&self) -> &[Route] {
        &self.declared
    }

    /// Returns the routes as a router, its state still to be given.
    pub fn into_router(self) -> Router<Arc<Web>> {
        self.router
    }
}

/// Lets a request in as what its route needs, and hands the handler who asks.
async fn admit(
    State((web, needs)): State<(Arc<Web>, Needs)>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    if matches!(needs, Needs::Session | Needs::Person) && api::is_address(parts.uri.path()) {
        // The pattern of a page; no repository is called so.
        return api::refuse(&web, &parts, Problem::nothing_here()).await;
    }
    let admitted = match needs {
        Needs::Nothing => Ok(()),
        Needs::Session => Member::of(&web, &parts).await.map(|member| {
            parts.extensions.insert(member);
        }),
        Needs::Person => Reader::of(&web, &mut parts).await.map(|reader| {
            parts.extensions.insert(reader);
        }),
        Needs::Token => admit_program(&web, &mut parts, None).await,
        Needs::TokenFor(scope) => admit_program(&web, &mut parts, Some(scope)).await,
    };
    let request = Request::from_parts(parts, body);
    match admitted {
        Ok(()) => next.run(request).await,
        Err(failure) => give_back(needs, request, failure).await.into_response(),
    }
}

/// A program has typed nothing: its refusal stands for itself.
async fn admit_program(
    web: &Arc<Web>,
    parts: &mut Parts,
    scope: Option<Scope>,
) -> Result<(), Failure> {
    let admitted = async {
        let caller = Caller::of(web, parts).await?;
        if let Some(scope) = scope {
            caller.may(scope)?;
            let seat = caller.seat(parts).await?;
            parts.extensions.insert(seat);
        }
        parts.extensions.insert(caller);
        Ok::<(), Problem>(())
    };
    admitted.await.map_err(Failure::answer)
}

/// What was typed is given back whatever happened to the session meanwhile; a form about a repository can be sent once more after signing in.
async fn give_back(needs: Needs, request: Request, failure: Failure) -> Failure {
    if *request.method() != Method::POST || api::is_address(request.uri().path()) {
        return failure;
    }
    let action = urls::of_path(request.uri().path());
    // A file is not given back: whoever chose it has it.
    let Ok((fields, _)) = Fields::read_with_file(request).await else {
        return failure;
    };
    let again = (needs == Needs::Person && failure.is_ended_session()).then(|| Again {
        action,
        fields: fields.without_session(),
    });
    failure.with_typed(fields.typed()).with_again(again)
}
