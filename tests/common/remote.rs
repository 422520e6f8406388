//! A git remote as hosts run it: smart HTTP through `git http-backend`, hooks and all, in good weather and in bad.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use countersign::repository::network::{self, Login};
use tokio::io::AsyncWriteExt;
use tokio_stream::StreamExt;

/// What stands between a client and the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Weather {
    Fair,
    /// Requests are taken and never answered.
    Hang,
    /// Answers come a byte at a time.
    Trickle(Duration),
    /// A push is carried out, and the line is cut before its answer.
    CutAfterPush,
    /// The line is cut before a push is carried out.
    CutBeforePush,
    /// A push is carried out and never answered.
    HangAfterPush,
    /// Every request is sent elsewhere.
    Redirect(String),
    /// Somebody else pushes this commit to the branch while a push is on its way.
    MovesDuringPush(String),
}

/// A served bare repository; it stops with the test.
pub struct Remote {
    pub path: PathBuf,
    pub address: String,
    host: Arc<Host>,
}

struct Host {
    root: PathBuf,
    weather: Mutex<Weather>,
    /// The user and the token that it asks for.
    token: Mutex<Option<(String, String)>>,
    /// Every login that it was told, and how many requests came.
    told: Mutex<Vec<String>>,
    requests: Mutex<usize>,
    /// What answers below /api.
    api: Mutex<Option<Router>>,
}

impl Remote {
    /// Serves `folder/NAME` under its own name.
    pub async fn serve(folder: &Path, name: &str) -> Self {
        let host = Arc::new(Host {
            root: folder.to_owned(),
            weather: Mutex::new(Weather::Fair),
            token: Mutex::default(),
            told: Mutex::default(),
            requests: Mutex::default(),
            api: Mutex::default(),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/{name}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&host));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            path: folder.join(name),
            address,
            host,
        }
    }

    /// The remote as the server knows it, with patience for a test.
    pub fn place(&self, login: Login) -> network::Remote {
        let mut place = network::Remote::new(&self.address, login);
        place.limits.look = Duration::from_secs(4);
        place.limits.transfer = Duration::from_secs(4);
        place
    }

    pub fn weather(&self, weather: Weather) {
        *self.host.weather.lock().unwrap() = weather;
    }

    /// Lets in nobody but a user with this token; `None` lets in everybody.
    pub fn asks_for(&self, login: Option<(&str, &str)>) {
        let login = login.map(|(user, token)| (user.to_owned(), token.to_owned()));
        *self.host.token.lock().unwrap() = login;
    }

    /// Has an API answer beside git, as hosts do.
    pub fn with_api(&self, api: Router) {
        *self.host.api.lock().unwrap() = Some(api);
    }

    /// Every `user:token` that it was told.
    pub fn told(&self) -> Vec<String> {
        self.host.told.lock().unwrap().clone()
    }

    pub fn requests(&self) -> usize {
        *self.host.requests.lock().unwrap()
    }

    /// Makes the remote decline every push, in its own words.
    pub fn decline(&self, words: &str) {
        self.hook("pre-receive", &format!("echo '{words}' >&2\nexit 1"));
    }

    pub fn accept(&self) {
        std::fs::remove_file(self.path.join("hooks/pre-receive")).unwrap();
    }

    /// Makes the remote run a script at a push.
    pub fn hook(&self, name: &str, script: &str) {
        let hook = self.path.join("hooks").join(name);
        std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
        std::fs::write(&hook, format!("#!/bin/sh\n{script}\n")).unwrap();
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
}

async fn answer(State(host): State<Arc<Host>>, request: Request) -> Response<Body> {
    *host.requests.lock().unwrap() += 1;
    let api = host.api.lock().unwrap().clone();
    if let Some(api) = api.filter(|_| request.uri().path().starts_with("/api/")) {
        let answered = tower::ServiceExt::oneshot(api, request).await;
        return answered.unwrap();
    }
    if let Some(refused) = host.refused(request.headers()) {
        return refused;
    }
    let (weather, uri) = (host.weather.lock().unwrap().clone(), request.uri().clone());
    let is_push = request.method() == "POST" && uri.path().ends_with("/git-receive-pack");
    match &weather {
        Weather::Hang => std::future::pending().await,
        Weather::Redirect(elsewhere) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::FOUND;
            let to = format!("{elsewhere}{}", uri.path_and_query().unwrap());
            let to = HeaderValue::from_str(&to).unwrap();
            response.headers_mut().insert(header::LOCATION, to);
            return response;
        }
        Weather::CutBeforePush if is_push => return cut(),
        Weather::MovesDuringPush(commit) if is_push => {
            let name = uri.path().trim_end_matches("/git-receive-pack");
            let bare = host.root.join(name.trim_start_matches('/'));
            super::git(&bare, &["update-ref", "refs/heads/main", commit]);
        }
        _ => {}
    }
    let response = backend(&host.root, request).await;
    match weather {
        Weather::CutAfterPush if is_push => cut(),
        Weather::HangAfterPush if is_push => std::future::pending().await,
        Weather::Trickle(pause) => trickle(response, pause).await,
        _ => response,
    }
}

impl Host {
    fn refused(&self, headers: &HeaderMap) -> Option<Response<Body>> {
        let told = headers
            .get(header::AUTHORIZATION)
            .map(|value| value.to_str().unwrap().to_owned())
            .and_then(|value| {
                let encoded = value.strip_prefix("Basic ")?.to_owned();
                String::from_utf8(decoded(&encoded)).ok()
            });
        self.told.lock().unwrap().extend(told.clone());
        let (user, token) = self.token.lock().unwrap().clone()?;
        if told == Some(format!("{user}:{token}")) {
            return None;
        }
        let mut response = Response::new(Body::from("who are you?"));
        *response.status_mut() = StatusCode::UNAUTHORIZED;
        let realm = HeaderValue::from_static("Basic realm=\"git\"");
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, realm);
        Some(response)
    }
}

fn decoded(base64: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for digit in base64.bytes().filter(|digit| *digit != b'=') {
        let value = DIGITS.iter().position(|known| *known == digit).unwrap();
        bits = (bits << 6) | u32::try_from(value).unwrap();
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).unwrap());
        }
    }
    bytes
}

/// An answer that begins and breaks off.
fn cut() -> Response<Body> {
    let broken = std::io::Error::other("the line is cut");
    let mut response = Response::new(Body::from_stream(tokio_stream::once(Err::<Bytes, _>(
        broken,
    ))));
    let kind = HeaderValue::from_static("application/x-git-receive-pack-result");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

async fn trickle(response: Response<Body>, pause: Duration) -> Response<Body> {
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let slowly = tokio_stream::iter(bytes.to_vec()).then(move |byte| async move {
        tokio::time::sleep(pause).await;
        Ok::<_, Infallible>(Bytes::from(vec![byte]))
    });
    let mut response = Response::new(Body::from_stream(slowly));
    *response.status_mut() = parts.status;
    *response.headers_mut() = parts.headers;
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response
}

/// Runs the CGI program for one request; see git-http-backend(1).
async fn backend(root: &Path, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let header = |name: &str| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned()
    };
    let mut child = tokio::process::Command::new("git")
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("PATH_INFO", parts.uri.path())
        .env("QUERY_STRING", parts.uri.query().unwrap_or_default())
        .env("REQUEST_METHOD", parts.method.as_str())
        .env("CONTENT_TYPE", header("content-type"))
        .env("HTTP_CONTENT_ENCODING", header("content-encoding"))
        .env("GIT_PROTOCOL", header("git-protocol"))
        .env("REMOTE_USER", "somebody")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writing = tokio::spawn(async move {
        let _ = stdin.write_all(&body).await;
    });
    let output = child.wait_with_output().await.unwrap();
    writing.await.unwrap();
    cgi_answer(&output.stdout)
}

fn cgi_answer(output: &[u8]) -> Response<Body> {
    let end = output
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .expect("a CGI answer has headers");
    let mut response = Response::new(Body::from(output[end + 4..].to_vec()));
    for line in String::from_utf8_lossy(&output[..end]).lines() {
        let (name, value) = line.split_once(": ").unwrap();
        if name == "Status" {
            *response.status_mut() = StatusCode::from_bytes(&value.as_bytes()[..3]).unwrap();
        } else {
            response.headers_mut().insert(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
    }
    response
}
