//! "Look again": an open page hears that something changed, and whoever may no longer read hears nothing.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use tokio_stream::StreamExt;

use crate::common::browser::{Browser, Site};
use crate::common::{DRAFT, Story};

/// A stream as a browser reads it.
struct Stream {
    body: axum::body::BodyDataStream,
    heard: String,
}

impl Stream {
    async fn of(browser: &Browser, address: &str) -> Self {
        let mut request = Request::get(address).body(Body::empty()).unwrap();
        let answer = browser.ask(&mut request).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        Self {
            body: answer.into_body().into_data_stream(),
            heard: String::new(),
        }
    }

    /// Returns the state that the next event tells.
    async fn look(&mut self) -> String {
        loop {
            if let Some((_, rest)) = self.heard.split_once("event: look\n")
                && let Some((told, left)) = rest.split_once("\n\n")
            {
                let state = told.lines().find_map(|line| line.strip_prefix("data: "));
                let state = state.unwrap().to_owned();
                self.heard = left.to_owned();
                return state;
            }
            let chunk = self.next().await.expect("the stream ended");
            self.heard.push_str(&chunk);
        }
    }

    async fn next(&mut self) -> Option<String> {
        let wait = Duration::from_secs(20);
        let chunk = tokio::time::timeout(wait, self.body.next()).await.unwrap();
        chunk.map(|chunk| String::from_utf8(chunk.unwrap().to_vec()).unwrap())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_commit_is_told_to_an_open_page() {
    let site = Site::of(Story::with(&[("notes/a.md", DRAFT)]).await).await;
    let ana = site.signed_in("ana@example.org").await;
    let mut stream = Stream::of(&ana, "/test/live?since=an-earlier-process").await;
    let now = stream.look().await;
    let better = DRAFT.replace("short text", "very short text");
    site.story
        .push("Ana Roche <ana@example.org>", &[("notes/a.md", &better)]);
    site.story.desk.sync().await.unwrap();
    let then = stream.look().await;
    assert_ne!(now, then);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_out_hears_no_more() {
    let site = Site::of(Story::with(&[("notes/a.md", DRAFT)]).await).await;
    let ben = site.signed_in("ben@example.org").await;
    let mut stream = Stream::of(&ben, "/test/live").await;
    stream.look().await;
    let mut browser = ben.clone();
    let page = browser.get("/test/queue").await;
    browser.submit(&page, "/sign-out", &[]).await;
    while let Some(heard) = stream.next().await {
        assert!(!heard.contains("event: look"), "{heard}");
    }
}
