//! Signing in by an account on a git host that speaks OAuth 2 alone, and being known by it.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use countersign::hosting::Host;
use countersign::hosting::api::Place;
use countersign::web::accounts::HostApi;
use countersign::web::provider::{Provider, Settings};
use openidconnect::ClientSecret;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::common::browser::{Browser, Page, Site};
use super::common::{DRAFT, POLICY, Story};

const SECRET: &str = "canary-secret-of-the-client";

/// What the host says of whoever signs in.
#[derive(Clone)]
struct Said {
    person: Value,
    emails: Value,
    /// What the trade is answered instead.
    trade: Option<Value>,
}

struct Served {
    said: Mutex<Said>,
    challenge: Mutex<String>,
    host: Host,
}

struct Team {
    site: Site,
    served: Arc<Served>,
    issuer: String,
    host: Host,
}

impl Team {
    async fn new(host: Host) -> Self {
        let line = "addresses = [\"ben@example.org\"]";
        let policy = POLICY.replace(line, &format!("{line}\naccounts = [\"{host}:22\"]"));
        let story = Story::with_policy(&policy, &[("notes/a.md", DRAFT)]).await;
        let served = Arc::new(Served {
            said: Mutex::new(said(host, 7, &[])),
            challenge: Mutex::default(),
            host,
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&served));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let provider = Provider::new(Settings {
            issuer: issuer.clone(),
            host: Some(host),
            client_id: "countersign".to_owned(),
            client_secret: Some(ClientSecret::new(SECRET.to_owned())),
            name: host.title().to_owned(),
            public_url: "http://localhost".to_owned(),
        });
        let site = Site::with(story, |web| web.provider = Some(provider.unwrap())).await;
        Self {
            site,
            served,
            issuer,
            host,
        }
    }

    /// The repository's own host is asked at this address.
    async fn lives_at(&self, base: &str) {
        let api = HostApi {
            host: self.host,
            place: Place {
                base: base.to_owned(),
                project: "team/register".to_owned(),
            },
            token: "x".into(),
        };
        self.site
            .web
            .accounts
            .keep_host_api("test", &api)
            .await
            .unwrap();
    }

    async fn comes(&self, said: Said) -> (Browser, Page) {
        *self.served.said.lock().unwrap() = said;
        let mut browser = self.site.visitor();
        let set_out = browser.get("/sign-in/provider?next=/test/people").await;
        let sent = reqwest::Url::parse(set_out.location()).unwrap();
        let value = |name: &str| {
            let mut pairs = sent.query_pairs();
            let found = pairs.find(|(known, _)| known == name);
            found.unwrap().1.to_string()
        };
        *self.served.challenge.lock().unwrap() = value("code_challenge");
        let back = format!(
            "/sign-in/provider/back?code=good&state={}&iss={}%2Flogin%2Foauth",
            value("state"),
            self.issuer
        );
        let page = browser.get(&back).await;
        assert!(!page.html.contains("canary"));
        (browser, page)
    }

    async fn signs_in(&self, said: Said, address: &str) {
        let (mut browser, page) = self.comes(said).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.html);
        assert!(browser.get("/account").await.has(address));
    }

    async fn refuses(&self, said: Said, code: &str) {
        let (mut browser, page) = self.comes(said).await;
        assert!(page.has(code), "{}", page.html);
        assert_eq!(
            browser.get("/test/people").await.status,
            StatusCode::SEE_OTHER
        );
    }
}

/// What a host says of an account with addresses: each, whether it is verified, and whether it is the primary one.
fn said(host: Host, id: u64, addresses: &[(&str, bool, bool)]) -> Said {
    let emails = addresses.iter().map(|(email, verified, primary)| match host {
        Host::Bitbucket => json!({"email": email, "is_confirmed": verified, "is_primary": primary}),
        _ => json!({"email": email, "verified": verified, "primary": primary, "visibility": null}),
    });
    let emails = Value::from_iter(emails);
    Said {
        person: match host {
            Host::Bitbucket => {
                json!({"account_id": id.to_string(), "uuid": "{0}", "nickname": "x"})
            }
            _ => json!({"id": id, "login": "x", "email": "ana@example.org"}),
        },
        emails: match host {
            Host::Bitbucket => json!({ "values": emails }),
            _ => emails,
        },
        trade: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_owns_a_verified_address_is_known_by_it() {
    for host in [Host::GitHub, Host::Bitbucket] {
        let team = Team::new(host).await;
        let two = [
            ("joe@home.example", true, true),
            ("ana@example.org", true, false),
        ];
        team.signs_in(said(host, 7, &two), "ana@example.org").await;
        // What stands on somebody's own page is no proof, and what is not verified is none.
        team.refuses(
            said(host, 7, &[("ana@example.org", false, true)]),
            "WEB-OIDC-006",
        )
        .await;
        team.refuses(said(host, 7, &[]), "WEB-OIDC-006").await;
        team.refuses(
            said(host, 7, &[("eve@example.org", true, true)]),
            "WEB-OIDC-006",
        )
        .await;
        let mut wrong = said(host, 7, &two);
        wrong.trade = Some(json!({"error": "bad_verification_code"}));
        team.refuses(wrong, "WEB-OIDC-004").await;
        let mut nobody = said(host, 7, &two);
        nobody.person = json!({"login": "x"});
        team.refuses(nobody, "WEB-OIDC-004").await;
    }
}

/// An account that a policy names is one of the repository's own host, and of no other.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_known_on_the_repositorys_own_host_alone() {
    for host in [Host::GitHub, Host::Bitbucket] {
        let team = Team::new(host).await;
        let ben = || said(host, 22, &[("private@example.net", true, true)]);
        team.refuses(ben(), "WEB-OIDC-006").await;
        team.lives_at("https://another.example.org/api/v3").await;
        team.refuses(ben(), "WEB-OIDC-006").await;
        team.lives_at(&format!("{}/api/v3", team.issuer)).await;
        team.signs_in(ben(), "ben@example.org").await;
        team.refuses(said(host, 23, &[]), "WEB-OIDC-006").await;
    }
}

async fn answer(
    State(served): State<Arc<Served>>,
    headers: HeaderMap,
    uri: Uri,
    body: Bytes,
) -> Response {
    let said = served.said.lock().unwrap().clone();
    let is_let_in = headers
        .get("authorization")
        .is_some_and(|told| told == "Bearer let-in");
    match uri.path() {
        "/login/oauth/access_token" | "/site/oauth2/access_token" => {
            let form: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
            let value = |name: &str| {
                let found = form.iter().find(|(known, _)| known == name);
                found.map_or("", |(_, value)| value.as_str())
            };
            let basic = headers
                .get("authorization")
                .is_some_and(|told| told.to_str().unwrap().starts_with("Basic "));
            let is_proven = match served.host {
                Host::Bitbucket => basic,
                _ => value("client_secret") == SECRET,
            };
            let digest = Sha256::digest(value("code_verifier"));
            let is_same =
                BASE64_URL_SAFE_NO_PAD.encode(digest) == *served.challenge.lock().unwrap();
            if !is_proven || !is_same || value("code") != "good" {
                return StatusCode::BAD_REQUEST.into_response();
            }
            let told = said.trade.unwrap_or_else(
                || json!({"access_token": "let-in", "token_type": "bearer", "scope": "user:email"}),
            );
            axum::Json(told).into_response()
        }
        "/api/v3/user" | "/2.0/user" if is_let_in => axum::Json(said.person).into_response(),
        "/api/v3/user/emails" | "/2.0/user/emails" if is_let_in => {
            axum::Json(said.emails).into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
