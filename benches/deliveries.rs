//! What it takes to deliver a backlog to a receiver of which three answers in ten are faults, beside the same requests sent bare.
//!
//! `cargo bench --bench deliveries` makes a register of 100,000 attested revisions and delivers their events: the receiver fails, asks for time, redirects
//! and breaks off, hangs now and then, and the process dies between sending and marking. None may be lost, none may have another id, and they arrive in
//! order. The clock jumps to whenever the next attempt is due. A number after `--` chooses how many: `cargo bench --bench deliveries -- 5000`.

#[path = "../tests/common/mod.rs"]
mod common;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use common::receiver::{Does, Receiver};
use common::{DRAFT, POLICY, Story};
use countersign::app::targets::{Runner, Step};
use countersign::id::{BlobId, CommitId, RecordId};
use countersign::index;
use countersign::ledger::{Attestation, Move, VersionMove};
use countersign::policy::Bump;
use countersign::publish::endpoint::{Endpoint, Kind};
use countersign::publish::sender::Sender;
use countersign::repository::{Change, CommitBuilder, Keeps, NewCommit, RepoPath, Repository};
use countersign::review::server_identity;
use countersign::web::accounts::Accounts;

/// Records that are revised in turn.
const RECORDS: usize = 100;

/// Commits that are staged and stored together.
const BATCH: usize = 1_000;

const NOW: i64 = 1_780_000_000;

fn main() {
    let given = std::env::args().filter_map(|text| text.parse().ok()).next();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(measure(given.unwrap_or(100_000)));
}

fn published(number: usize) -> String {
    let draft = DRAFT.replace("status: draft", "status: active");
    let draft = draft.replace("version: 0.1.0", "version: 1.0.0");
    draft.replace("One note", &format!("Note {number}"))
}

async fn register() -> Story {
    let texts: Vec<(String, String)> = (0..RECORDS)
        .map(|number| (format!("notes/n{number}.md"), published(number)))
        .collect();
    let files: Vec<(&str, &str)> = texts
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    Story::with_policy(&format!("{POLICY}\n[targets.website]\n"), &files).await
}

/// Adds attested revisions to the published branch, as the committer would if it had been asked so often.
fn revise(story: &Story, count: usize) {
    let repository = Repository::open(&story.desk.path).expect("the repository");
    let tip = repository.head_of("refs/heads/main").expect("the branch");
    let begun = tip.expect("a tip");
    let policy = repository
        .entry(begun, "countersign.toml")
        .expect("the tree");
    let policy = policy.expect("a policy").blob;
    let mut previous = begun;
    let mut done = 0;
    while done < count {
        let batch = BATCH.min(count - done);
        let repository = Repository::open(&story.desk.path).expect("the repository");
        let odb = repository.objects().expect("the objects");
        let builder = CommitBuilder::begin(&repository, &odb, &story.desk.key).expect("a batch");
        for number in done..done + batch {
            previous = builder
                .commit(&revision(number, previous, policy))
                .expect("a commit");
        }
        builder.store().expect("the commits are stored");
        done += batch;
    }
    let moved = repository.move_ref("refs/heads/main", tip, previous, "bench");
    moved
        .expect("the ref can be written")
        .expect("nobody else moves it");
}

fn revision(number: usize, previous: CommitId, policy: BlobId) -> NewCommit {
    let (note, round) = (
        number % RECORDS,
        u64::try_from(number / RECORDS).expect("few"),
    );
    let path = format!("notes/n{note}.md");
    let attestation = Attestation {
        record: RecordId(format!("notes/n{note}")),
        path: path.clone(),
        renamed_from: None,
        step: Move {
            from: "active".into(),
            to: "active".into(),
            transition: "revise".into(),
        },
        version: Some(VersionMove {
            from: Some(semver::Version::new(1, round, 0)),
            to: semver::Version::new(1, round + 1, 0),
            bump: Bump::Minor,
        }),
        base: None,
        proposed: BlobId([1; 20]),
        attached: Vec::new(),
        policy,
        decisions: previous,
        previous,
        release: None,
        authored_by: Vec::new(),
        approved_by: Vec::new(),
    };
    let text = format!("{}\nRevision {round}.\n", published(note));
    NewCommit {
        parent: Some(previous),
        also: None,
        keeps: Keeps::ParentTree,
        changes: vec![Change::Write(
            RepoPath::parse(&path).expect("a path"),
            text.into_bytes(),
        )],
        author: server_identity(),
        at: NOW - 1_000_000 + i64::try_from(number).expect("few"),
        message: attestation.message(),
    }
}

/// Three answers in ten are faults; one in two thousand hangs.
fn faults(count: usize) -> Vec<Does> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut roll = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % 2_000
    };
    let one = |_| match roll() {
        0 => Does::Hangs,
        1..=200 => Does::Answers(500),
        201..=400 => Does::AsksForTime(429, 30),
        401..=500 => Does::Redirects,
        501..=600 => Does::Answers(404),
        _ => Does::Takes,
    };
    (0..count).map(one).collect()
}

async fn measure(count: usize) {
    let story = register().await;
    let file = story.folder.path().join("private.sqlite");
    let accounts = Accounts::open(&file).await.expect("the private database");
    let receiver = Receiver::start().await;
    let sender = Sender::new(&["127.0.0.0/8".parse().expect("a network")]).expect("a sender");
    let endpoint = Endpoint {
        kind: Kind::Webhook,
        address: format!("{}/hook", receiver.address).into(),
        project: String::new(),
        reference: String::new(),
        detail: String::new(),
        secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into(),
        older_secret: None,
    };
    accounts
        .keep_endpoint("test", "website", &endpoint, NOW)
        .await
        .expect("kept");
    runner(&story, &accounts, &sender)
        .step(NOW)
        .await
        .expect("it begins");

    let begun = Instant::now();
    revise(&story, count);
    println!(
        "{count} attested revisions made in {:.0} s",
        begun.elapsed().as_secs_f64()
    );
    let begun = Instant::now();
    story.desk.sync().await.expect("synced");
    println!(
        "read into the index in {:.0} s",
        begun.elapsed().as_secs_f64()
    );

    receiver.plan(faults(count * 3));
    let begun = Instant::now();
    let (attempts, died, days) = deliver(&story, &accounts, &sender, &receiver).await;
    let took = begun.elapsed();
    judge(&story, &receiver, count).await;
    let bare = bare(&receiver, 2_000).await;
    let each = took.as_secs_f64() * 1_000.0 / f64::from(u32::try_from(attempts).expect("few"));
    println!(
        "{count} events delivered in {attempts} attempts and {:.0} s, while the clock went {days:.0} days; the process died {died} times",
        took.as_secs_f64()
    );
    println!(
        "{each:.2} ms an attempt beside {bare:.2} ms for the request alone: {:.1} times",
        each / bare
    );
    println!("none lost, none under another id, in order");
}

fn runner<'a>(story: &'a Story, accounts: &'a Accounts, sender: &'a Sender) -> Runner<'a> {
    let rules = story.desk.index.rules();
    let Some(Ok(rules)) = rules.as_ref() else {
        panic!("the policy reads");
    };
    let target = rules.policy.targets["website"].clone();
    Runner::new(&story.desk, accounts, sender, target)
}

/// Delivers everything. Whatever hangs is taken for dead after a while, as if the process had died after it sent.
async fn deliver(
    story: &Story,
    accounts: &Accounts,
    sender: &Sender,
    _receiver: &Receiver,
) -> (usize, usize, f64) {
    let (mut now, mut attempts, mut died) = (NOW, 0, 0);
    let mut running = runner(story, accounts, sender);
    loop {
        let step = tokio::time::timeout(Duration::from_secs(3), running.step(now)).await;
        match step.map(|step| step.expect("a step")) {
            Err(_) => {
                died += 1;
                running = runner(story, accounts, sender);
            }
            Ok(Step::Tried) => attempts += 1,
            Ok(Step::Until(at)) => now = at,
            Ok(Step::Idle) => {
                let days = f64::from(u32::try_from(now - NOW).expect("not long")) / 86_400.0;
                return (attempts, died, days);
            }
        }
    }
}

/// Panics where an event is missing, has another id, or came out of order.
async fn judge(story: &Story, receiver: &Receiver, count: usize) {
    let all = i64::try_from(count).expect("few") + 1;
    let events = index::events_after(story.desk.index.reader(), 0, i64::MAX, all);
    let events: Vec<String> = events
        .await
        .expect("the events")
        .into_iter()
        .map(|event| event.id)
        .collect();
    assert_eq!(events.len(), count);
    let places: HashMap<&str, usize> = events
        .iter()
        .enumerate()
        .map(|(place, id)| (id.as_str(), place))
        .collect();
    let mut next = 0;
    for id in receiver.ids() {
        let place = *places
            .get(id.as_str())
            .expect("an id that is none of the events'");
        assert!(place <= next, "{id} came before one that it follows");
        next = next.max(place + 1);
    }
    assert_eq!(next, count, "an event was lost");
}

/// Returns the milliseconds that a request alone takes.
async fn bare(receiver: &Receiver, count: u32) -> f64 {
    receiver.plan_nothing();
    let client = common::http().build().expect("a client");
    let body = receiver
        .taken()
        .first()
        .map(|came| came.body.clone())
        .unwrap_or_default();
    let begun = Instant::now();
    for _ in 0..count {
        let sent = client
            .post(format!("{}/bare", receiver.address))
            .body(body.clone())
            .send();
        let answer = sent.await.expect("an answer");
        answer.bytes().await.expect("a body");
    }
    begun.elapsed().as_secs_f64() * 1_000.0 / f64::from(count)
}
