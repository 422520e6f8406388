//! A program as it comes to the API: a token, JSON, and the headers that it sends along.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use countersign::web::accounts::{Accounts, NewToken, Scope};
use countersign::web::{Web, router};
use serde_json::Value;
use tower::ServiceExt;

use super::browser::{NOW, Site, web_over};

/// A program with a token, or without one.
#[derive(Clone)]
pub struct Program {
    router: Router,
    pub token: String,
    headers: Vec<(String, String)>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Returns the code of a problem document, which it must be.
    pub fn code(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{} {}",
            self.status,
            self.text
        );
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16());
        let code = problem["code"].as_str().unwrap().to_owned();
        assert_eq!(problem["type"], format!("urn:countersign:{code}"));
        for name in ["title", "detail", "next"] {
            assert!(!problem[name].as_str().unwrap().is_empty(), "{problem}");
        }
        code
    }

    /// Says that it went well.
    pub fn good(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text);
        self.json()
    }

    /// Says that it was refused so.
    pub fn refused(&self, status: u16, code: &str) {
        assert_eq!(
            (self.status.as_u16(), self.code().as_str()),
            (status, code),
            "{}",
            self.text
        );
    }
}

impl Site {
    /// Returns a program that acts for somebody.
    pub async fn program(&self, address: &str, scopes: &[Scope]) -> Program {
        self.program_in(address, scopes, None).await
    }

    pub async fn program_in(
        &self,
        address: &str,
        scopes: &[Scope],
        repository: Option<&str>,
    ) -> Program {
        let token = token(&self.web, address, scopes, repository).await;
        Program::of(&self.router, &token)
    }

    pub fn program_with(&self, token: &str) -> Program {
        Program::of(&self.router, token)
    }

    /// Returns the same repository on a server whose private database was lost.
    pub async fn without_accounts(self) -> Self {
        let file = self.story.folder.path().join("another.sqlite");
        let accounts = Accounts::open(&file).await.unwrap();
        let (desk, committer) = (Arc::clone(&self.story.desk), self.story.committer.clone());
        let web = Arc::new(web_over(desk, committer, accounts));
        let router = router(Arc::clone(&web));
        Self {
            web,
            router,
            ..self
        }
    }
}

/// Makes a token that lasts an hour.
pub async fn token(web: &Web, address: &str, scopes: &[Scope], repository: Option<&str>) -> String {
    let wanted = NewToken {
        name: "test".to_owned(),
        scopes: scopes.to_vec(),
        repository: repository.map(str::to_owned),
        expires_at: NOW + 3600,
    };
    let made = web.accounts.make_token(address, &wanted, NOW).await;
    made.unwrap().unwrap()
}

impl Program {
    pub fn of(router: &Router, token: &str) -> Self {
        Self {
            router: router.clone(),
            token: token.to_owned(),
            headers: Vec::new(),
        }
    }

    /// Sends a header along with every request.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn if_match(&self, blob: &str) -> Self {
        self.clone().with("if-match", &format!("\"{blob}\""))
    }

    pub fn key(&self, key: &str) -> Self {
        self.clone().with("idempotency-key", key)
    }

    pub async fn get(&self, address: &str) -> Answer {
        self.send(Method::GET, address, None, Body::empty()).await
    }

    pub async fn post(&self, address: &str, body: Value) -> Answer {
        self.json(Method::POST, address, body).await
    }

    pub async fn json(&self, method: Method, address: &str, body: Value) -> Answer {
        let body = Body::from(body.to_string());
        self.send(method, address, Some("application/json"), body)
            .await
    }

    pub async fn send(
        &self,
        method: Method,
        address: &str,
        kind: Option<&str>,
        body: Body,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(address);
        if !self.token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        }
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }
}
