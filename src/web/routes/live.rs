//! "Look again": a stream that tells an open page that something changed, and never what.
//!
//! A page that hears it asks for itself once more, as its reader and through every check; so the stream carries nothing that could leak, and nothing
//! that could be lost: an event is the number of the register's present state, and whoever comes back with another number is told at once.

use std::convert::Infallible;
use std::sync::LazyLock;
use std::time::Duration;

use axum::extract::Query;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;

use crate::review::Desk;
use crate::web::reader::{Reader, still_may};

/// How often a stream says that it is there, and asks whether its reader still may listen: rights that are taken away end it within that time.
const HEARTBEAT: Duration = Duration::from_secs(4);

/// The state that a page was made from, as its address says.
#[derive(Deserialize)]
pub struct Since {
    #[serde(default)]
    since: String,
}

/// Streams until the reader leaves, loses the right to read, or the server stops.
pub async fn listen(reader: Reader, headers: HeaderMap, Query(since): Query<Since>) -> Response {
    let known = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .map_or(since.since, str::to_owned);
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(tell(reader, headers, known, sender));
    let mut response = Sse::new(ReceiverStream::new(receiver)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A proxy that gathers answers would keep the news from the page.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

type Told = mpsc::Sender<Result<Event, Infallible>>;

async fn tell(reader: Reader, headers: HeaderMap, mut known: String, told: Told) {
    let mut changes = reader.desk.changes();
    let mut stopping = reader.web.stopping.clone();
    loop {
        let state = state_at(*changes.borrow_and_update());
        if !still_may(&reader, &headers).await.unwrap_or(false) {
            return;
        }
        let event = match state == known {
            true => Event::default().comment("here"),
            false => Event::default().event("look").id(&state).data(&state),
        };
        if told.send(Ok(event)).await.is_err() {
            return;
        }
        known = state;
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(HEARTBEAT) => {}
            () = has_stopped(&mut stopping) => return,
            () = told.closed() => return,
        }
    }
}

/// Whoever tells the server to stop may be gone without having said so: then nobody ever does.
async fn has_stopped(stopping: &mut watch::Receiver<bool>) {
    if stopping.wait_for(|is_stopping| *is_stopping).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Distinguishes the counts of this process from those of the one before.
static PROCESS: LazyLock<String> = LazyLock::new(|| {
    let mut bytes = [0; 6];
    // Without random bytes every page looks again once more than it must.
    let _ = getrandom::fill(&mut bytes);
    hex::encode(bytes)
});

/// Returns the name of what a repository's pages show at this moment.
pub fn state(desk: &Desk) -> String {
    state_at(*desk.changes().borrow())
}

fn state_at(count: u64) -> String {
    format!("{}-{count}", *PROCESS)
}
