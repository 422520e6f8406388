//! A git remote as hosts run it: smart HTTP through `git http-backend`, hooks and all.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use tokio::io::AsyncWriteExt;

/// A served bare repository; it stops with the test.
pub struct Remote {
    pub path: PathBuf,
    pub address: String,
}

impl Remote {
    /// Serves `folder/NAME` under its own name.
    pub async fn serve(folder: &Path, name: &str) -> Self {
        let root = Arc::new(folder.to_owned());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/{name}", listener.local_addr().unwrap());
        let router = Router::new().fallback(backend).with_state(root);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            path: folder.join(name),
            address,
        }
    }

    /// Makes the remote decline every push, in its own words.
    pub fn decline(&self, words: &str) {
        let hook = self.path.join("hooks/pre-receive");
        std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
        std::fs::write(&hook, format!("#!/bin/sh\necho '{words}' >&2\nexit 1\n")).unwrap();
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub fn accept(&self) {
        std::fs::remove_file(self.path.join("hooks/pre-receive")).unwrap();
    }
}

/// Runs the CGI program for one request; see git-http-backend(1).
async fn backend(State(root): State<Arc<PathBuf>>, request: Request) -> Response<Body> {
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
        .env("GIT_PROJECT_ROOT", root.as_path())
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
    answer(&output.stdout)
}

fn answer(output: &[u8]) -> Response<Body> {
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
