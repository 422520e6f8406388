//! A provider that lies, forgets and forges: none of it signs anybody in.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use countersign::web::provider::{Provider, Settings};
use openidconnect::core::{CoreEdDsaPrivateSigningKey, CoreJwsSigningAlgorithm};
use openidconnect::{ClientSecret, JsonWebKeyId, PrivateSigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::common::browser::{Browser, NOW, Page, Site};
use super::common::{DRAFT, Story};

const CLIENT: &str = "countersign";
const SECRET: &str = "canary-secret-of-the-client";

/// What the provider does wrong.
#[derive(Clone, Default)]
struct Lie {
    /// Claims that stand in the place of the right ones; `null` leaves one out.
    claims: Value,
    /// Signs with a key that is not published.
    other_key: bool,
    /// Signs with nothing (`none`) or with the client's secret (`HS256`).
    algorithm: Option<&'static str>,
    /// Changes the statement after it was signed.
    tampered: bool,
    /// What it says of the person when asked.
    person: Option<Value>,
    /// Answers the trade with this in the place of a statement.
    answer: Option<(StatusCode, String)>,
}

struct Liar {
    issuer: String,
    lie: Mutex<Lie>,
    nonce: Mutex<String>,
    challenge: Mutex<String>,
}

/// A site whose people sign in by a provider that lies.
struct Place {
    site: Site,
    liar: Arc<Liar>,
}

impl Place {
    async fn of(story: Story) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let liar = Arc::new(Liar {
            issuer: issuer.clone(),
            lie: Mutex::default(),
            nonce: Mutex::default(),
            challenge: Mutex::default(),
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&liar));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let provider = Provider::new(Settings {
            issuer,
            host: None,
            client_id: CLIENT.to_owned(),
            client_secret: Some(ClientSecret::new(SECRET.to_owned())),
            name: "Liar".to_owned(),
            public_url: "http://localhost".to_owned(),
        });
        let site = Site::with(story, |web| web.provider = Some(provider.unwrap())).await;
        Self { site, liar }
    }

    /// Sets out in a browser, and returns the state that the provider is to hand back.
    async fn set_out(&self, browser: &mut Browser) -> String {
        let answer = browser
            .get("/sign-in/provider?next=/test/people%3Fa%3D1")
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
        let sent = reqwest::Url::parse(answer.location()).unwrap();
        let value = |name: &str| {
            let mut pairs = sent.query_pairs();
            pairs
                .find(|(known, _)| known == name)
                .unwrap()
                .1
                .to_string()
        };
        assert_eq!(value("response_type"), "code");
        assert_eq!(value("code_challenge_method"), "S256");
        assert_eq!(
            value("redirect_uri"),
            "http://localhost/sign-in/provider/back"
        );
        *self.liar.nonce.lock().unwrap() = value("nonce");
        *self.liar.challenge.lock().unwrap() = value("code_challenge");
        value("state")
    }

    /// Goes the whole way while the provider tells a lie.
    async fn lied_to(&self, lie: Lie) -> (Browser, Page) {
        let mut browser = self.site.visitor();
        let state = self.set_out(&mut browser).await;
        *self.liar.lie.lock().unwrap() = lie;
        let page = browser
            .get(&format!("/sign-in/provider/back?code=good&state={state}"))
            .await;
        (browser, page)
    }

    /// Proves that a lie signs nobody in.
    async fn refuses(&self, name: &str, lie: Lie, code: &str) {
        let (mut browser, page) = self.lied_to(lie).await;
        assert!(page.has(code), "{name}: {} {}", page.status, page.html);
        assert!(page.status.is_client_error() || page.status.is_server_error());
        assert!(!page.html.contains(SECRET), "{name}");
        let inside = browser.get("/test/people").await;
        assert_eq!(inside.status, StatusCode::SEE_OTHER, "{name}");
    }
}

fn claims(claims: Value) -> Lie {
    Lie {
        claims,
        ..Lie::default()
    }
}

async fn place() -> Place {
    Place::of(Story::with(&[("notes/a.md", DRAFT)]).await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_truth_signs_in_and_leads_on() {
    let place = place().await;
    let (mut browser, page) = place.lied_to(Lie::default()).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.html);
    assert_eq!(page.location(), "/test/people?a=1");
    assert_eq!(browser.get("/test/people").await.status, StatusCode::OK);
    // An address that stands in the provider's answer about the person alone counts as much.
    let elsewhere = Lie {
        claims: json!({ "email": null, "email_verified": null }),
        person: Some(json!({ "sub": "ana", "email": "ana@example.org", "email_verified": true })),
        ..Lie::default()
    };
    let (_, page) = place.lied_to(elsewhere).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.html);
}

/// FAULTS 83: wrong issuer, audience or nonce, expired, made in the future, made for another party.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_for_another_sign_in_is_refused() {
    let place = place().await;
    for (name, said) in [
        ("issuer", json!({ "iss": "https://id.example.org" })),
        ("no issuer", json!({ "iss": null })),
        ("audience", json!({ "aud": "another" })),
        ("two audiences", json!({ "aud": [CLIENT, "another"] })),
        ("no audience", json!({ "aud": [] })),
        ("nonce", json!({ "nonce": "another" })),
        ("no nonce", json!({ "nonce": null })),
        ("expired", json!({ "exp": NOW - 1 })),
        ("from the future", json!({ "iat": NOW + 3600 })),
        ("another party", json!({ "azp": "another" })),
        (
            "another access token",
            json!({ "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" }),
        ),
    ] {
        place.refuses(name, claims(said), "WEB-OIDC-004").await;
    }
}

/// FAULTS 83: no signature, one made with our own secret, one by a key of another, one that does not fit.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_the_provider_did_not_sign_is_refused() {
    let place = place().await;
    let lie = Lie::default();
    for (name, lie) in [
        (
            "none",
            Lie {
                algorithm: Some("none"),
                ..lie.clone()
            },
        ),
        (
            "our secret",
            Lie {
                algorithm: Some("HS256"),
                ..lie.clone()
            },
        ),
        (
            "another key",
            Lie {
                other_key: true,
                ..lie.clone()
            },
        ),
        (
            "tampered",
            Lie {
                tampered: true,
                ..lie
            },
        ),
    ] {
        place.refuses(name, lie, "WEB-OIDC-004").await;
    }
}

/// FAULTS 83: an address that is not verified, or that only looks like somebody's.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_not_verified_is_nobodys() {
    let place = place().await;
    let person = |said: Value| Lie {
        claims: json!({ "email": null, "email_verified": null }),
        person: Some(said),
        ..Lie::default()
    };
    for (name, lie, code) in [
        (
            "unverified",
            claims(json!({ "email_verified": false })),
            "WEB-OIDC-005",
        ),
        (
            "says nothing of it",
            claims(json!({ "email_verified": null })),
            "WEB-OIDC-005",
        ),
        (
            "folds into another",
            claims(json!({ "email": "ana@example.or\u{212a}" })),
            "WEB-OIDC-005",
        ),
        (
            "in no policy",
            claims(json!({ "email": "eve@example.org" })),
            "WEB-OIDC-006",
        ),
        (
            "another person answers",
            person(json!({ "sub": "eve", "email": "ana@example.org", "email_verified": true })),
            "WEB-OIDC-004",
        ),
        (
            "unverified when asked",
            person(json!({ "sub": "ana", "email": "ana@example.org", "email_verified": false })),
            "WEB-OIDC-005",
        ),
    ] {
        place.refuses(name, lie, code).await;
    }
}

/// FAULTS 83: missing, replayed and foreign state; a return that another browser began.
#[tokio::test(flavor = "multi_thread")]
async fn a_return_belongs_to_one_browser_and_one_moment() {
    let place = place().await;
    let mut victim = place.site.visitor();
    let state = place.set_out(&mut victim).await;
    let back = |state: &str| format!("/sign-in/provider/back?code=good&state={state}");
    // What an attacker began is finished in nobody else's browser.
    for mut stranger in [
        place.site.visitor(),
        place.site.signed_in("ben@example.org").await,
    ] {
        assert!(stranger.get(&back(&state)).await.has("WEB-OIDC-001"));
        place.set_out(&mut stranger).await;
        assert!(stranger.get(&back(&state)).await.has("WEB-OIDC-001"));
    }
    let state = place.set_out(&mut victim).await;
    for wrong in ["", "another", &state.to_uppercase()] {
        let page = victim.get(&back(wrong)).await;
        assert!(page.has("WEB-OIDC-001"), "{wrong}: {}", page.html);
    }
    let elsewhere = format!("{}&iss=https%3A%2F%2Fid.example.org", back(&state));
    assert!(victim.get(&elsewhere).await.has("WEB-OIDC-001"));
    // That used it up.
    assert!(victim.get(&back(&state)).await.has("WEB-OIDC-001"));
    let state = place.set_out(&mut victim).await;
    let page = victim.get(&back(&state)).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.html);
    assert!(victim.get(&back(&state)).await.has("WEB-OIDC-001"));
}

/// FAULTS 83: the provider declines, answers with an error, sends elsewhere, or sends too much.
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_does_not_answer_as_it_should_keeps_the_other_doors_open() {
    let place = place().await;
    for (name, status, body) in [
        (
            "an error",
            StatusCode::BAD_REQUEST,
            "{\"error\":\"invalid_grant\"}".to_owned(),
        ),
        ("a redirect", StatusCode::FOUND, "/elsewhere".to_owned()),
        ("no JSON", StatusCode::OK, "<html>".to_owned()),
        (
            "no statement",
            StatusCode::OK,
            json!({ "access_token": "x", "token_type": "Bearer" }).to_string(),
        ),
        ("too much", StatusCode::OK, " ".repeat(1024 * 1024)),
    ] {
        let lie = Lie {
            answer: Some((status, body)),
            ..Lie::default()
        };
        place.refuses(name, lie, "WEB-OIDC-004").await;
    }
    let mut browser = place.site.visitor();
    let state = place.set_out(&mut browser).await;
    let declined = format!("/sign-in/provider/back?error=%3Cscript%3Eaccess_denied&state={state}");
    let page = browser.get(&declined).await;
    assert!(page.has("WEB-OIDC-003"), "{}", page.html);
    assert!(!page.has("<script>access"));
    assert!(page.has("name=\"password\""), "{}", page.html);
}

/// Answers for the provider; which page is asked for, its path says.
async fn answer(State(liar): State<Arc<Liar>>, request: Request<Body>) -> Response {
    let path = request.uri().path().to_owned();
    match path.as_str() {
        "/.well-known/openid-configuration" => describe(&liar).into_response(),
        "/jwks" => {
            let key = serde_json::to_value(key(1).as_verification_key()).unwrap();
            as_json(json!({ "keys": [key] }).to_string())
        }
        "/token" => trade(&liar, request).await,
        "/userinfo" => person(&liar),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn describe(liar: &Liar) -> Response {
    let at = |path: &str| format!("{}{path}", liar.issuer);
    let said = json!({
        "issuer": liar.issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "userinfo_endpoint": at("/userinfo"),
        "jwks_uri": at("/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        // It offers what must never be taken.
        "id_token_signing_alg_values_supported": ["none", "HS256", "EdDSA"],
    });
    as_json(said.to_string())
}

fn as_json(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

fn person(liar: &Liar) -> Response {
    match liar.lie.lock().unwrap().person.clone() {
        Some(person) => as_json(person.to_string()),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Trades a code only with the secret behind the challenge, as a provider must.
async fn trade(liar: &Liar, request: Request<Body>) -> Response {
    let body = to_bytes(request.into_body(), 10_000).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    let verifier = body
        .split('&')
        .find_map(|pair| pair.strip_prefix("code_verifier="))
        .unwrap();
    let challenge = base64url(&Sha256::digest(verifier.as_bytes()));
    assert_eq!(challenge, *liar.challenge.lock().unwrap());
    let lie = liar.lie.lock().unwrap().clone();
    match &lie.answer {
        Some((StatusCode::FOUND, place)) => return Redirect::to(place).into_response(),
        Some((status, text)) => return (*status, as_json(text.clone())).into_response(),
        None => {}
    }
    let nonce = liar.nonce.lock().unwrap().clone();
    let said = json!({
        "access_token": "access",
        "token_type": "Bearer",
        "id_token": statement(liar, &lie, &nonce),
    });
    as_json(said.to_string())
}

fn statement(liar: &Liar, lie: &Lie, nonce: &str) -> String {
    let mut said = json!({
        "iss": liar.issuer,
        "aud": CLIENT,
        "sub": "ana",
        "exp": NOW + 300,
        "iat": NOW,
        "nonce": nonce,
        "email": "ana@example.org",
        "email_verified": true,
    });
    if let (Some(said), Some(lies)) = (said.as_object_mut(), lie.claims.as_object()) {
        for (name, value) in lies {
            match value {
                Value::Null => drop(said.remove(name)),
                value => drop(said.insert(name.clone(), value.clone())),
            }
        }
    }
    let header = json!({ "alg": lie.algorithm.unwrap_or("EdDSA"), "kid": "one" });
    let part = |value: &Value| base64url(value.to_string().as_bytes());
    let signed = format!("{}.{}", part(&header), part(&said));
    let signature = signature(lie, signed.as_bytes());
    if lie.tampered {
        said["email"] = json!("dee@example.org");
        return format!("{}.{}.{signature}", part(&header), part(&said));
    }
    format!("{signed}.{signature}")
}

fn signature(lie: &Lie, signed: &[u8]) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    match lie.algorithm {
        Some("none") => String::new(),
        Some(_) => {
            let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
            mac.update(signed);
            base64url(&mac.finalize().into_bytes())
        }
        None => {
            let key = key(if lie.other_key { 2 } else { 1 });
            base64url(&key.sign(&CoreJwsSigningAlgorithm::EdDsa, signed).unwrap())
        }
    }
}

/// A key that a number makes: PKCS#8 of Ed25519 is a fixed beginning before its 32 bytes. Both go by one name.
fn key(number: u8) -> CoreEdDsaPrivateSigningKey {
    let mut der = hex::decode("302e020100300506032b657004220420").unwrap();
    der.extend([number; 32]);
    let body = encoded(&der, b'+', b'/');
    let padding = "=".repeat((4 - body.len() % 4) % 4);
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}{padding}\n-----END PRIVATE KEY-----\n");
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new("one".to_owned())))
        .unwrap()
}

fn base64url(bytes: &[u8]) -> String {
    encoded(bytes, b'-', b'_')
}

/// Base64 without padding.
fn encoded(bytes: &[u8], plus: u8, slash: u8) -> String {
    let letters: Vec<u8> = (b'A'..=b'Z')
        .chain(b'a'..=b'z')
        .chain(b'0'..=b'9')
        .chain([plus, slash])
        .collect();
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let at = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..=chunk.len() {
            let letter = (bits >> (18 - 6 * place)) & 63;
            text.push(char::from(letters[letter as usize]));
        }
    }
    text
}
