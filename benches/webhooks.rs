//! What webhooks cost: the way from a push on the host to an open page, beside `git fetch` of the same push; and a storm of them.
//!
//! `cargo bench --bench webhooks` runs the program itself beside a host that serves git over HTTP on this machine: pushes one by one, each told by a
//! signed webhook, then 1,000 webhooks a second for 60 seconds while somebody pushes now and then and somebody else reads. Two numbers after `--`
//! choose another rate and another time: `cargo bench --bench webhooks -- 200 10`.

#[path = "../tests/common/mod.rs"]
mod common;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use common::program::{Installation, Server, Visitor};
use common::remote::Remote;
use common::{DRAFT, POLICY, commit_files, git};
use countersign::hosting::Host;
use countersign::web::accounts::Accounts;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const NOTE: &str = "notes/one.md";
const SECRET: &str = "a secret of this bench alone";

/// Pushes that are timed one by one.
const PUSHES: usize = 9;

fn main() {
    let given: Vec<usize> = std::env::args()
        .filter_map(|text| text.parse().ok())
        .collect();
    let (rate, seconds) = match given.as_slice() {
        [rate, seconds] => (*rate, *seconds),
        _ => (1000, 60),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(measure(rate, seconds));
}

/// A host, a server that is connected with it, and somebody who reads.
struct Scene {
    there: Installation,
    _here: Installation,
    remote: Remote,
    server: Server,
    reader: Visitor,
}

async fn scene() -> Scene {
    let there = Installation::empty("register");
    let work = there.folder.path().join("work");
    git(
        there.folder.path(),
        &["clone", "-q", "register.git", "work"],
    );
    let names: Vec<String> = (0..500)
        .map(|number| format!("notes/n{number}.md"))
        .collect();
    let mut files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), DRAFT)).collect();
    files.push((NOTE, DRAFT));
    commit_files(&work, "Ana Roche <ana@example.org>", "Begin", &files);
    git(&work, &["push", "-q", "origin", "HEAD:main"]);
    git(&there.repository(), &["config", "http.receivepack", "true"]);
    let remote = Remote::serve(there.folder.path(), "register.git").await;
    let here = Installation::empty("nothing");
    here.succeed(&["connect", &remote.address]);
    let policy = here.folder.path().join("policy.toml");
    std::fs::write(&policy, POLICY).expect("the policy is written");
    let policy = policy.display().to_string();
    let by = "Dee Moss <dee@example.org>";
    here.succeed(&["adopt", "register", "--as", by, "--policy", &policy]);
    let accounts = Accounts::open(&here.data().join("private.sqlite"))
        .await
        .expect("the private database");
    let changed = accounts
        .change_hook("register", Host::GitHub, &SECRET.into(), 0)
        .await;
    changed.expect("the endpoint is on");
    let server = here.serve_held(&["--listen", "127.0.0.1:0", "--interval", "3600"], &[]);
    let reader = here.sign_in(&server, "ben@example.org").await;
    while !git(&there.repository(), &["ls-tree", "--name-only", "main"])
        .contains("countersign.toml")
    {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Scene {
        there,
        _here: here,
        remote,
        server,
        reader,
    }
}

impl Scene {
    fn work(&self) -> PathBuf {
        self.there.folder.path().join("work")
    }

    fn push(&self, title: &str) {
        let work = self.work();
        git(&work, &["pull", "-q", "--rebase", "origin", "main"]);
        let text = DRAFT.replace("One note", title);
        commit_files(
            &work,
            "Ana Roche <ana@example.org>",
            "Edit",
            &[(NOTE, &text)],
        );
        git(&work, &["push", "-q", "origin", "HEAD:main"]);
    }

    async fn shows(&mut self, title: &str) -> bool {
        self.reader
            .get("/register/records/notes/one")
            .await
            .html
            .contains(title)
    }
}

/// What GitHub sends after a push, a few kilobytes of it.
fn body(number: usize) -> String {
    let commit = r#"{"id":"da1560886d4f094c3e6c9ef40349f7d38b5d27d7","message":"Edit","author":{"name":"Ana","email":"ana@example.org"}},"#;
    let commits = commit.repeat(40);
    format!(
        r#"{{"ref":"refs/heads/main","number":{number},"commits":[{}]}}"#,
        commits.trim_end_matches(',')
    )
}

async fn webhook(client: &reqwest::Client, address: &str, number: usize) -> bool {
    let body = body(number);
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("HMAC takes every key");
    mac.update(body.as_bytes());
    let code = hex::encode(mac.finalize().into_bytes());
    let sent = client
        .post(format!("{address}/hooks/register/github"))
        .header("x-github-event", "push")
        .header(
            "x-github-delivery",
            format!("{number}-{}", std::process::id()),
        )
        .header("x-hub-signature-256", format!("sha256={code}"))
        .body(body)
        .send();
    sent.await
        .is_ok_and(|answer| answer.status().as_u16() == 202)
}

async fn measure(rate: usize, seconds: usize) {
    let mut scene = scene().await;
    let client = common::http().build().expect("a client");
    one_by_one(&mut scene, &client).await;
    storm(&mut scene, rate, seconds).await;
    scene.server.stop();
}

/// Each push is told at once; an open page hears of it on its stream and asks for itself again.
async fn one_by_one(scene: &mut Scene, client: &reqwest::Client) {
    let spare = scene.there.folder.path().join("spare.git");
    let spare_path = spare.display().to_string();
    git(
        scene.there.folder.path(),
        &["clone", "-q", "--bare", &scene.remote.address, &spare_path],
    );
    let (mut whole, mut fetches) = (Vec::new(), Vec::new());
    for number in 0..PUSHES {
        let title = format!("Push {number}");
        let mut stream = scene.reader.listen("/register/live").await;
        // What the stream says at its beginning is said.
        let _ = tokio::time::timeout(Duration::from_millis(300), stream.chunk()).await;
        scene.push(&title);
        let begun = Instant::now();
        assert!(webhook(client, &scene.server.address, 1_000_000 + number).await);
        while !scene.shows(&title).await {
            let _ = tokio::time::timeout(Duration::from_millis(500), stream.chunk()).await;
        }
        whole.push(begun.elapsed());
        let begun = Instant::now();
        git(&spare, &["fetch", "-q", "origin", "main"]);
        fetches.push(begun.elapsed());
    }
    let (whole, fetch) = (median(whole), median(fetches));
    println!(
        "from a push on the host to the record on an open page, median of {PUSHES}: {whole:.1?}"
    );
    println!("git fetch of the same push in a plain clone:                        {fetch:.1?}");
    println!(
        "beside it:                                                          {:.1?}",
        whole.saturating_sub(fetch)
    );
}

async fn storm(scene: &mut Scene, rate: usize, seconds: usize) {
    let before = pages(scene, 20).await;
    let looks = scene.remote.requests();
    let (refused, sent) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let senders = 50.min(rate);
    let mut tasks = tokio::task::JoinSet::new();
    let begun = Instant::now();
    for sender in 0..senders {
        let (refused, sent, address) = (
            Arc::clone(&refused),
            Arc::clone(&sent),
            scene.server.address.clone(),
        );
        tasks.spawn(async move {
            let client = common::http().build().expect("a client");
            let mut waits = Vec::new();
            let count = rate * seconds / senders;
            for number in 0..count {
                let due =
                    begun + Duration::from_secs_f64(number as f64 * senders as f64 / rate as f64);
                tokio::time::sleep_until(due.into()).await;
                let asked = Instant::now();
                if !webhook(&client, &address, sender * count + number).await {
                    refused.fetch_add(1, Ordering::Relaxed);
                }
                sent.fetch_add(1, Ordering::Relaxed);
                waits.push(asked.elapsed());
            }
            waits
        });
    }
    let mut during = Vec::new();
    let mut pushed = 0;
    while begun.elapsed() < Duration::from_secs(seconds as u64) {
        if begun.elapsed().as_secs() as usize / 5 >= pushed {
            scene.push(&format!("Storm {pushed}"));
            pushed += 1;
        }
        during.extend(pages(scene, 2).await);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let mut waits: Vec<Duration> = tasks.join_all().await.into_iter().flatten().collect();
    let took = begun.elapsed();
    let last = format!("Storm {}", pushed - 1);
    let ended = Instant::now();
    while !scene.shows(&last).await {
        assert!(
            ended.elapsed() < Duration::from_secs(30),
            "the last push is not shown"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (sent, refused) = (
        sent.load(Ordering::Relaxed),
        refused.load(Ordering::Relaxed),
    );
    waits.sort();
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize];
    println!(
        "{sent} webhooks in {took:.1?}, {:.0} a second; refused or unanswered: {refused}",
        sent as f64 / took.as_secs_f64()
    );
    println!(
        "answered in {:.1?} (median), {:.1?} (99 of 100), {:.1?} (all)",
        at(0.5),
        at(0.99),
        at(1.0)
    );
    println!(
        "requests to the host meanwhile: {}",
        scene.remote.requests() - looks
    );
    println!(
        "{pushed} pushes; the last was shown {:.1?} after the storm",
        ended.elapsed()
    );
    println!(
        "a page before: {:.1?}; during: {:.1?} (median), {:.1?} (worst)",
        median(before),
        median(during.clone()),
        during.iter().max().expect("pages were read")
    );
}

/// How long the queue takes, so many times.
async fn pages(scene: &mut Scene, times: usize) -> Vec<Duration> {
    let mut took = Vec::new();
    for _ in 0..times {
        let begun = Instant::now();
        let page = scene.reader.get("/register/queue").await;
        assert_eq!(page.status, 200);
        took.push(begun.elapsed());
    }
    took
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
