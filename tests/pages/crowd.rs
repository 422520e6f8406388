//! Clients that hold the server up, and those whom it serves meanwhile.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::common::browser::Site;
use crate::common::program::Installation;
use crate::common::{self, DRAFT, Story};

/// How many sockets stand idle. Both ends are in this process, so twice as many files are open.
const IDLE: usize = 1_000;

/// A request that never ends: its headers stay open.
const UNFINISHED: &[u8] = b"GET /sign-in HTTP/1.1\r\nhost: localhost\r\nx-slow: ";

async fn serve() -> (Site, SocketAddr) {
    let site = Site::of(Story::with(&[("notes/a.md", DRAFT)]).await).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let here = listener.local_addr().unwrap();
    let router = site.router.clone();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    (site, here)
}

/// Returns the first line of what the server answers; empty where it closes without a word.
async fn answer(mut socket: TcpStream) -> String {
    let mut text = Vec::new();
    let read = socket.read_to_end(&mut text);
    let _ = timeout(Duration::from_secs(5), read).await;
    let text = String::from_utf8_lossy(&text);
    text.lines().next().unwrap_or_default().to_owned()
}

/// Counts the good answers to twenty requests.
async fn served(here: SocketAddr) -> usize {
    let mut good = 0;
    for _ in 0..20 {
        let mut socket = TcpStream::connect(here).await.unwrap();
        let request = b"GET /sign-in HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        socket.write_all(request).await.unwrap();
        good += usize::from(answer(socket).await == "HTTP/1.1 200 OK");
    }
    good
}

/// FAULTS 96: sockets that stand idle, and headers that never end, keep nobody else out.
#[tokio::test(flavor = "multi_thread")]
async fn others_are_served_beside_a_crowd_that_says_nothing() {
    let (_site, here) = serve().await;
    let mut crowd = Vec::new();
    for number in 0..IDLE {
        let mut socket = TcpStream::connect(here).await.unwrap();
        if number % 2 == 0 {
            socket.write_all(UNFINISHED).await.unwrap();
        }
        crowd.push(socket);
    }
    assert_eq!(served(here).await, 20);
    for socket in crowd.iter_mut().step_by(2) {
        socket.write_all(b"a").await.unwrap();
    }
    assert_eq!(served(here).await, 20);
    assert_eq!(crowd.len(), IDLE);
}

/// FAULTS 96: a header of a megabyte is refused, not kept.
#[tokio::test(flavor = "multi_thread")]
async fn a_header_of_a_megabyte_is_refused() {
    let (_site, here) = serve().await;
    let mut socket = TcpStream::connect(here).await.unwrap();
    socket.write_all(UNFINISHED).await.unwrap();
    // The server may close before all of it is written.
    let _ = socket.write_all(&vec![b'a'; 1 << 20]).await;
    let _ = socket.write_all(b"\r\n\r\n").await;
    let line = answer(socket).await;
    assert!(
        line.is_empty() || line.starts_with("HTTP/1.1 431"),
        "{line}"
    );
    assert_eq!(served(here).await, 20);
}

/// FAULTS 96: a request that is cut at any place leaves the server as it was.
#[tokio::test(flavor = "multi_thread")]
async fn requests_that_are_cut_change_nothing() {
    let (site, here) = serve().await;
    let tip = common::git(&site.story.bare(), &["for-each-ref"]);
    let request = b"POST /test/decisions HTTP/1.1\r\nhost: localhost\r\norigin: http://localhost\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 400\r\n\r\ndecision=approve%3Avalidate&reason=cut";
    for end in 0..request.len() {
        let mut socket = TcpStream::connect(here).await.unwrap();
        socket.write_all(&request[..end]).await.unwrap();
        socket.shutdown().await.unwrap();
    }
    assert_eq!(served(here).await, 20);
    assert_eq!(common::git(&site.story.bare(), &["for-each-ref"]), tip);
}

/// FAULTS 96: a client whose headers never end does not keep the server from stopping, either.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_stops_though_somebody_is_still_asking() {
    let installation = Installation::empty("register");
    let server = installation.serve();
    let here = server.address.strip_prefix("http://").unwrap();
    let mut slow = TcpStream::connect(here).await.unwrap();
    slow.write_all(UNFINISHED).await.unwrap();
    // An answer to somebody else: the unfinished headers have been read by then, or will be.
    assert_eq!(served(here.parse().unwrap()).await, 20);
    let stopped = tokio::task::spawn_blocking(|| server.stop());
    assert!(timeout(Duration::from_secs(30), stopped).await.is_ok());
    drop(slow);
}
