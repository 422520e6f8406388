//! Webhooks: believed as far as their signature goes, and never more than "look again".

#[path = "../common/mod.rs"]
mod common;

mod shapes;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, StatusCode};
use common::browser::{NOW, Site};
use common::{DRAFT, Story};
use countersign::hosting::Host;
use countersign::web::accounts::Delivery;
use countersign::web::hooks;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use tower::ServiceExt;

use common::skip::skip;

const SECRET: &str = "canary of a webhook's secret";
const PUSH: &str = r#"{"ref":"refs/heads/main","before":"95790bf891e76fee5e1747ab589903a6a1f80f22","after":"da1560886d4f094c3e6c9ef40349f7d38b5d27d7"}"#;

/// A server whose endpoint for GitHub is on.
async fn site() -> Site {
    let site = Site::of(Story::with(&[("notes/one.md", DRAFT)]).await).await;
    on(&site, Host::GitHub, SECRET).await;
    tokio::spawn(hooks::run(Arc::clone(&site.web)));
    site
}

async fn on(site: &Site, host: Host, secret: &str) {
    let secret = SecretString::from(secret);
    let changed = site.web.accounts.change_hook("test", host, &secret, NOW);
    changed.await.unwrap();
}

fn code(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

/// Sends a webhook as it is, and returns what the host is answered.
async fn send(
    site: &Site,
    place: &str,
    pairs: &[(&str, &str)],
    body: Body,
) -> (StatusCode, String) {
    let mut request =
        Request::post(format!("/hooks/{place}")).header("content-type", "application/json");
    for (name, value) in pairs {
        request = request.header(*name, *value);
    }
    let answer = site
        .router
        .clone()
        .oneshot(request.body(body).unwrap())
        .await
        .unwrap();
    let status = answer.status();
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

/// Sends a webhook of GitHub, signed.
async fn send_signed(site: &Site, event: &str, delivery: &str, body: &str) -> StatusCode {
    let code = code(SECRET, body.as_bytes());
    let pairs = [
        ("x-github-event", event),
        ("x-github-delivery", delivery),
        ("x-hub-signature-256", code.as_str()),
    ];
    send(site, "test/github", &pairs, Body::from(body.to_owned()))
        .await
        .0
}

/// Returns whether somebody asked for a look since it was asked last.
async fn asks_for_a_look(site: &Site) -> bool {
    let asked = site.story.desk.asked_for_a_look();
    tokio::time::timeout(Duration::from_millis(300), asked)
        .await
        .is_ok()
}

/// The log, once it holds so many.
async fn log(site: &Site, count: usize) -> Vec<Delivery> {
    for _ in 0..100 {
        let kept = site.web.accounts.deliveries("test", 1000).await.unwrap();
        if kept.len() >= count {
            return kept;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the log does not hold {count}");
}

/// FAULTS 99, 100 and 108.
#[tokio::test]
async fn whoever_proves_nothing_is_told_nothing() {
    let site = site().await;
    let (good, other) = (
        code(SECRET, PUSH.as_bytes()),
        code("another", PUSH.as_bytes()),
    );
    let mut answers = Vec::new();
    for (place, pairs) in [
        ("test/github", vec![]),
        ("test/github", vec![("x-hub-signature-256", other.as_str())]),
        ("test/github", vec![("x-hub-signature-256", "sha256=")]),
        ("test/github", vec![("x-hub-signature", "sha1=00")]),
        (
            "test/github",
            vec![
                ("x-hub-signature-256", other.as_str()),
                ("x-hub-signature-256", good.as_str()),
            ],
        ),
        ("test/gitea", vec![("x-hub-signature-256", good.as_str())]),
        ("test/nobody", vec![("x-hub-signature-256", good.as_str())]),
        ("other/github", vec![("x-hub-signature-256", good.as_str())]),
    ] {
        let pairs = [pairs, vec![("x-github-event", "push")]].concat();
        answers.push(send(&site, place, &pairs, Body::from(PUSH)).await);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
    assert!(!asks_for_a_look(&site).await);
    let log = log(&site, 5).await;
    assert!(
        log.iter()
            .all(|one| one.outcome == "refused" && one.event.is_empty())
    );
    let reasons: Vec<&str> = log.iter().map(|one| one.reason.as_str()).collect();
    assert!(
        reasons.contains(&"it carries no x-hub-signature-256 header; give the host the secret")
    );
    assert!(!format!("{log:?}").contains("canary"));
}

/// FAULTS 102.
#[tokio::test]
async fn one_delivery_asks_for_one_look_however_often_it_comes() {
    let site = site().await;
    for _ in 0..100 {
        assert_eq!(
            send_signed(&site, "push", "one", PUSH).await,
            StatusCode::ACCEPTED
        );
    }
    assert!(asks_for_a_look(&site).await);
    assert!(!asks_for_a_look(&site).await);
    assert_eq!(
        send_signed(&site, "push", "one", PUSH).await,
        StatusCode::ACCEPTED
    );
    assert!(!asks_for_a_look(&site).await);
    assert_eq!(
        send_signed(&site, "push", "two", PUSH).await,
        StatusCode::ACCEPTED
    );
    assert!(asks_for_a_look(&site).await);
    let log = log(&site, 2).await;
    let told: Vec<_> = log
        .iter()
        .map(|one| (one.delivery.as_deref().unwrap(), one.times))
        .collect();
    assert_eq!(told, [("two", 1), ("one", 101)]);
    assert_eq!(log[0].moved, "refs/heads/main 95790bf891e7..da1560886d4f");
}

#[tokio::test]
async fn an_event_that_moves_nothing_is_taken_and_dropped() {
    let site = site().await;
    for event in ["ping", "star", "workflow_run"] {
        assert_eq!(
            send_signed(&site, event, event, "{}").await,
            StatusCode::ACCEPTED
        );
    }
    assert!(!asks_for_a_look(&site).await);
    assert!(
        log(&site, 3)
            .await
            .iter()
            .all(|one| one.outcome == "ignored")
    );
}

/// FAULTS 109: what is too large is refused early and held nowhere; what is large is proven whole.
#[tokio::test]
async fn size_comes_first() {
    let site = site().await;
    let chunk = Bytes::from(vec![b' '; 1 << 20]);
    let endless = tokio_stream::iter(std::iter::repeat_with(move || {
        Ok::<_, std::io::Error>(chunk.clone())
    }));
    let (status, _) = send(&site, "test/github", &[], Body::from_stream(endless)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    let large = vec![b' '; 20 << 20];
    let good = code(SECRET, &large);
    let pairs = [
        ("x-hub-signature-256", good.as_str()),
        ("x-github-event", "push"),
    ];
    let (status, _) = send(&site, "test/github", &pairs, Body::from(large.clone())).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert!(asks_for_a_look(&site).await);
    let mut changed = large;
    changed[20_000_000] = b'x';
    let (status, _) = send(&site, "test/github", &pairs, Body::from(changed)).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

/// FAULTS 113.
#[tokio::test]
async fn two_secrets_count_while_one_is_changed() {
    let site = site().await;
    let signed = |secret: &str| code(secret, PUSH.as_bytes());
    let status = async |secret: &str| {
        let code = signed(secret);
        let pairs = [
            ("x-hub-signature-256", code.as_str()),
            ("x-github-event", "push"),
        ];
        send(&site, "test/github", &pairs, Body::from(PUSH)).await.0
    };
    on(&site, Host::GitHub, "the next secret").await;
    assert_eq!(status(SECRET).await, StatusCode::ACCEPTED);
    assert_eq!(status("the next secret").await, StatusCode::ACCEPTED);
    site.web
        .accounts
        .end_older_secret("test", Host::GitHub)
        .await
        .unwrap();
    assert_eq!(status(SECRET).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status("the next secret").await, StatusCode::ACCEPTED);
    site.web
        .accounts
        .end_hook("test", Host::GitHub)
        .await
        .unwrap();
    assert_eq!(status("the next secret").await, StatusCode::UNAUTHORIZED);
}

/// Signs with packages that are not ours; `None` where they are not installed.
fn signed_elsewhere(arguments: &[&str], body: &str) -> Option<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/webhooks");
    if !folder.join("node_modules/standardwebhooks").exists() {
        skip(
            "the packages of tests/webhooks are not installed; run npm ci --prefix tests/webhooks",
        );
        return None;
    }
    let mut child = Command::new("node")
        .current_dir(&folder)
        .arg("sign.mjs")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(body.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(String::from_utf8(output.stdout).unwrap())
}

#[tokio::test]
async fn signatures_of_other_hands_are_believed() {
    let site = site().await;
    let Some(code) = signed_elsewhere(&["octokit", SECRET], PUSH) else {
        return;
    };
    let pairs = [
        ("x-hub-signature-256", code.as_str()),
        ("x-github-event", "push"),
    ];
    assert_eq!(
        send(&site, "test/github", &pairs, Body::from(PUSH)).await.0,
        StatusCode::ACCEPTED
    );
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let seconds = NOW.to_string();
    for host in [Host::GitLab, Host::Plain] {
        on(&site, host, secret).await;
        let Some(code) = signed_elsewhere(&["standard", secret, "msg_1", &seconds], PUSH) else {
            return;
        };
        let pairs = [
            ("webhook-id", "msg_1"),
            ("webhook-timestamp", seconds.as_str()),
            ("webhook-signature", code.as_str()),
            ("x-gitlab-event", "Push Hook"),
        ];
        let place = format!("test/{host}");
        assert_eq!(
            send(&site, &place, &pairs, Body::from(PUSH)).await.0,
            StatusCode::ACCEPTED
        );
        let later = (NOW + 360).to_string();
        let pairs = [pairs[0], ("webhook-timestamp", later.as_str()), pairs[2]];
        assert_eq!(
            send(&site, &place, &pairs, Body::from(PUSH)).await.0,
            StatusCode::UNAUTHORIZED
        );
    }
}

/// All of GitHub's own examples go in, each by its event.
#[tokio::test]
async fn every_example_of_the_host_goes_in() {
    let site = site().await;
    let Some(examples) = shapes::of_github() else {
        return;
    };
    for (number, example) in examples.iter().enumerate() {
        let (event, body) = (&example.headers[0].1, example.body.to_string());
        let status = send_signed(&site, event, &number.to_string(), &body).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{event}");
    }
    let log = log(&site, examples.len()).await;
    for (one, example) in log.iter().rev().zip(&examples) {
        assert_eq!(one.outcome == "asked", example.asks, "{one:?}");
    }
}

/// An administrator makes the secret on a page, sees it once, and changes it without a gap; nobody else can.
#[tokio::test]
async fn an_administrator_makes_and_changes_the_secret_on_a_page() {
    let site = site().await;
    site.web
        .accounts
        .end_hook("test", Host::GitHub)
        .await
        .unwrap();
    let mut ben = site.signed_in("ben@example.org").await;
    let page = ben.get("/test/hosting").await;
    assert!(page.has("No webhook is taken") && !page.has("action=\"/test/hosting\""));
    let csrf = page.form("/sign-out").get("csrf").to_owned();
    let act = |csrf: &str, act: &str, secret: &str| -> Vec<(String, String)> {
        let pairs = [
            ("csrf", csrf),
            ("act", act),
            ("host", "github"),
            ("secret", secret),
        ];
        pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec()
    };
    for what in ["make", "off", "end-older", "look"] {
        let answer = ben.post("/test/hosting", &act(&csrf, what, "")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what}");
    }
    let mut dee = site.signed_in("dee@example.org").await;
    let csrf = dee
        .get("/test/hosting")
        .await
        .form("/sign-out")
        .get("csrf")
        .to_owned();
    let weak = dee
        .post("/test/hosting", &act(&csrf, "make", "short"))
        .await;
    assert!(weak.has("HOK-SECRET-001") && weak.status == StatusCode::UNPROCESSABLE_ENTITY);
    let made = dee.post("/test/hosting", &act(&csrf, "make", "")).await;
    assert!(
        made.has("http://localhost/hooks/test/github"),
        "{}",
        made.html
    );
    let secrets = site
        .web
        .accounts
        .hook_secrets("test", Host::GitHub)
        .await
        .unwrap();
    let secret = secrets[0].expose_secret();
    assert!(made.has(secret) && !dee.get("/test/hosting").await.has(secret));
    assert!(!ben.get("/test/hosting").await.has(secret));
    dee.post("/test/hosting", &act(&csrf, "make", SECRET)).await;
    assert!(
        dee.get("/test/hosting")
            .await
            .has("the secret before counts too")
    );
    assert_eq!(
        send_signed(&site, "push", "one", PUSH).await,
        StatusCode::ACCEPTED
    );
    log(&site, 1).await;
    let page = dee.get("/test/hosting").await;
    assert!(page.has("GitHub push") && page.has("refs/heads/main 95790bf891e7..da1560886d4f"));
    dee.post("/test/hosting", &act(&csrf, "off", "")).await;
    assert_eq!(
        send_signed(&site, "push", "two", PUSH).await,
        StatusCode::UNAUTHORIZED
    );
}
