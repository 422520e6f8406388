//! A receiver of deliveries that does what it is told: takes them, fails, hangs, redirects, asks for time, or answers without an end.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response, StatusCode, Uri};

/// What it does with the next request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    Takes,
    Answers(u16),
    AsksForTime(u16, u32),
    /// Says where it was reached, as a page of errors may.
    Repeats,
    Redirects,
    Hangs,
    NeverEnds,
    BreaksOff,
}

/// A request that came.
#[derive(Debug, Clone)]
pub struct Came {
    pub path: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Came {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Default)]
struct Kept {
    plan: Mutex<VecDeque<Does>>,
    came: Mutex<Vec<Came>>,
    taken: Mutex<Vec<Came>>,
}

/// A receiver on this machine.
pub struct Receiver {
    pub address: String,
    kept: Arc<Kept>,
    task: tokio::task::JoinHandle<()>,
}

impl Receiver {
    pub async fn start() -> Self {
        let kept = Arc::new(Kept::default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .fallback(receive)
            .with_state(Arc::clone(&kept));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            address,
            kept,
            task,
        }
    }

    /// Says what it does with the next requests; afterwards it takes them.
    pub fn plan(&self, does: impl IntoIterator<Item = Does>) {
        self.kept.plan.lock().unwrap().extend(does);
    }

    /// Takes everything from now on.
    pub fn plan_nothing(&self) {
        self.kept.plan.lock().unwrap().clear();
    }

    /// Returns every request that came.
    pub fn came(&self) -> Vec<Came> {
        self.kept.came.lock().unwrap().clone()
    }

    /// Returns the requests that it took.
    pub fn taken(&self) -> Vec<Came> {
        self.kept.taken.lock().unwrap().clone()
    }

    /// Returns the ids of what it took, in the order in which it came.
    pub fn ids(&self) -> Vec<String> {
        let taken = self.kept.taken.lock().unwrap();
        taken
            .iter()
            .map(|came| came.header("webhook-id").to_owned())
            .collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn receive(
    State(kept): State<Arc<Kept>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let came = Came {
        path: uri.to_string(),
        headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    kept.came.lock().unwrap().push(came.clone());
    let does = kept.plan.lock().unwrap().pop_front().unwrap_or(Does::Takes);
    let status = |status: u16| Response::builder().status(StatusCode::from_u16(status).unwrap());
    match does {
        Does::Takes => {
            kept.taken.lock().unwrap().push(came);
            status(202).body("taken".into()).unwrap()
        }
        Does::Answers(code) => status(code).body("no disk left".into()).unwrap(),
        Does::Repeats => status(404)
            .header("location", format!("https://elsewhere.example{uri}"))
            .body(format!("nothing at {uri}").into())
            .unwrap(),
        Does::AsksForTime(code, seconds) => status(code)
            .header("retry-after", seconds)
            .body(Body::empty())
            .unwrap(),
        Does::Redirects => status(307)
            .header("location", "http://169.254.169.254/")
            .body(Body::empty())
            .unwrap(),
        Does::Hangs => std::future::pending().await,
        Does::NeverEnds => {
            kept.taken.lock().unwrap().push(came);
            let more =
                tokio_stream::StreamExt::map(tokio_stream::iter(std::iter::repeat(())), |()| {
                    Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 4096]))
                });
            status(200).body(Body::from_stream(more)).unwrap()
        }
        Does::BreaksOff => {
            let parts = [
                Ok(Bytes::from_static(b"half")),
                Err(std::io::Error::other("broken off")),
            ];
            let slow = tokio_stream::StreamExt::throttle(
                tokio_stream::iter(parts),
                Duration::from_millis(20),
            );
            status(200).body(Body::from_stream(slow)).unwrap()
        }
    }
}
