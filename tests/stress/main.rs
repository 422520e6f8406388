//! The committer under load and under `kill -9`: the built program, people with sessions and forms over HTTP, others who push with plain git.
//!
//! What is true is read from git and from the clients' own log, never from the database. `STRESS_KILLS` says how often the program is killed.

mod checker;
#[path = "../common/mod.rs"]
mod common;
mod pusher;
mod server;

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use checker::{Answer, Ledger, Log};
use common::browser::Form;
use common::git;
use common::skip::skip;
use pusher::Pusher;
use server::{Person, Place, Server, draft, path_of, record_of};
use tokio::task::JoinSet;

const APPROVE: &str = "approve:validate";

/// Each of these stories wants the machine for itself.
static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Sends forms at once, and notes every answer.
fn send_all(server: &Server, log: &Log, forms: Vec<(Person, Form)>) -> JoinSet<()> {
    let mut sending = JoinSet::new();
    for (person, form) in forms {
        let (address, log) = (server.address.clone(), log.clone());
        sending.spawn(async move {
            let came = person.send(&address, &form).await;
            log.note(person.address, &form, came);
        });
    }
    sending
}

async fn all_done(mut sending: JoinSet<()>) {
    while let Some(done) = sending.join_next().await {
        done.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_approvals_at_once_leave_fifty_records_right() {
    let _alone = ONE_AT_A_TIME.lock().await;
    const RECORDS: usize = 50;
    /// The last of them are pushed to while they are approved.
    const PUSHED: usize = 2;
    let place = Place::with_drafts(RECORDS);
    let server = place.start_well().await;
    let ben = Person::enter(&place, &server.address, "ben@example.org").await;
    let dee = Person::enter(&place, &server.address, "dee@example.org").await;
    let ana = Person::enter(&place, &server.address, "ana@example.org").await;
    let mut forms = Vec::new();
    for record in (0..RECORDS).map(record_of) {
        let form = ben.form(&server.address, &record, APPROVE).await.unwrap();
        forms.push((ben.clone(), form.clone()));
        forms.push((ben.clone(), form));
        let form = dee.form(&server.address, &record, APPROVE).await.unwrap();
        forms.push((dee.clone(), form));
        // The author is offered no such button; the form says so all the same.
        let form = ana.form(&server.address, &record, "comment").await.unwrap();
        forms.push((ana.clone(), form.with("decision", APPROVE)));
    }
    assert_eq!(forms.len(), 200);
    let records = (RECORDS - PUSHED..RECORDS).map(path_of).collect();
    let (log, pusher) = (Log::default(), Pusher::start(place.work(), records));
    let begun = Instant::now();
    all_done(send_all(&server, &log, forms)).await;
    let took = begun.elapsed();
    let pushed = pusher.stop();
    assert!(server.stop(), "{}", place.server_log());

    let ledger = Ledger::read(&place.bare());
    let accepted = log.count(|answer| *answer == Answer::Accepted);
    println!(
        "200 requests in {took:?}: {:.0} a second; {accepted} accepted, {} decisions, {} attestations, {pushed} pushes meanwhile; refused: {:?}",
        200.0 / took.as_secs_f64(),
        ledger.decisions.len(),
        ledger.attestations.len(),
        log.refusals()
    );
    ledger.is_sound();
    ledger.agrees_with(&log);
    ledger.completes(&log);
    ledger.is_clean();
    assert_eq!(log.count(|answer| *answer == Answer::Lost), 0);
    for number in 0..RECORDS - PUSHED {
        let validated = draft(number).replace("status: draft", "status: validated");
        let stands = git(
            &place.bare(),
            &["show", &format!("main:{}", path_of(number))],
        );
        assert_eq!(stands, validated);
    }
    assert!(ledger.attestations.len() >= RECORDS - PUSHED);
    let by_ana = log.sent().into_iter().filter(|sent| sent.by == ana.address);
    for sent in by_ana {
        assert!(matches!(sent.answer, Answer::Refused(403, _)), "{sent:?}");
    }
    place.must(&["verify", &place.bare().display().to_string()]);
    // The last push may have come after the last look; the next start looks.
    assert!(place.start_well().await.stop());
    place.must(&["rebuild", "--check"]);
}

/// Where the program is held and killed, and how often it passes there first.
const POINTS: [(&str, usize); 6] = [
    ("between-journal-object-and-ref", 0),
    ("between-journal-and-attestation", 0),
    ("between-attestation-object-and-ref", 1),
    ("between-branch-ref-and-index", 0),
    ("sync-before-transaction", 2),
    ("sync-before-commit", 2),
];

/// Without an answer for so long, a server with requests to answer is taken to be held.
const STALL: Duration = Duration::from_millis(if cfg!(debug_assertions) { 1500 } else { 700 });

/// The longest a server that is killed at random lives after its first request.
const LIFE_MS: u64 = if cfg!(debug_assertions) { 600 } else { 150 };

fn kills() -> usize {
    let wanted = std::env::var("STRESS_KILLS").ok();
    let usual = if cfg!(debug_assertions) { 18 } else { 50 };
    wanted.map_or(usual, |text| text.parse().unwrap())
}

/// A place, its people and what they were told, over many lives of the server.
struct Siege {
    place: Place,
    people: Vec<Person>,
    log: Log,
    random: u64,
    /// How often the server was held at each point.
    held: BTreeMap<&'static str, usize>,
}

impl Siege {
    async fn begin(kills: usize) -> Self {
        let place = Place::with_drafts(2 * kills);
        let server = place.start_well().await;
        let mut people = Vec::new();
        for address in ["ben@example.org", "dee@example.org", "cy@example.org"] {
            people.push(Person::enter(&place, &server.address, address).await);
        }
        Self {
            place,
            people,
            log: Log::default(),
            random: 0x2545_f491_4f6c_dd1d,
            held: BTreeMap::new(),
        }
    }

    /// One life: the round's own drafts are approved by two people at once, the round before's are published, and what got no answer is sent again.
    async fn live_and_die(&mut self, round: usize) {
        let fault = (round % 2 == 1).then(|| POINTS[round / 2 % POINTS.len()]);
        let set = fault.map_or(String::new(), |(name, passes)| {
            format!("{name}={passes}*off->sleep(3600000)").replace("=0*off->", "=")
        });
        let Some(server) = self.place.start(&set, Duration::from_secs(20)) else {
            let (name, _) = fault.unwrap_or_else(|| panic!("{}", self.place.server_log()));
            *self.held.entry(name).or_default() += 1;
            return;
        };
        let forms = self.forms(&server, round).await;
        let (sent_before, wanted) = (self.log.sent().len(), forms.len());
        let sending = send_all(&server, &self.log, forms);
        match fault {
            None => tokio::time::sleep(Duration::from_millis(self.random() % LIFE_MS)).await,
            Some((name, _)) => {
                if self.stalls(sent_before + wanted).await {
                    *self.held.entry(name).or_default() += 1;
                }
            }
        }
        drop(server);
        all_done(sending).await;
    }

    async fn forms(&self, server: &Server, round: usize) -> Vec<(Person, Form)> {
        let mut forms = self.unanswered();
        let [ben, dee, cy] = &self.people[..] else {
            panic!("three people")
        };
        let wanted = (2 * round..2 * round + 2)
            .flat_map(|record| [(ben, record, APPROVE), (dee, record, APPROVE)])
            .chain(
                (2 * round.saturating_sub(1)..2 * round)
                    .map(|record| (cy, record, "approve:activate")),
            );
        for (person, record, decision) in wanted {
            let form = person
                .form(&server.address, &record_of(record), decision)
                .await;
            forms.extend(form.map(|form| (person.clone(), form)));
        }
        forms
    }

    /// The very forms that were sent and never answered.
    fn unanswered(&self) -> Vec<(Person, Form)> {
        let sent = self.log.sent();
        let answered = |operation: &str| {
            sent.iter()
                .any(|sent| sent.operation == operation && sent.answer != Answer::Lost)
        };
        let mut lost: BTreeMap<&str, (Person, Form)> = BTreeMap::new();
        for sent in sent.iter().filter(|sent| !answered(&sent.operation)) {
            let person = self.people.iter().find(|person| person.address == sent.by);
            let sending = (person.unwrap().clone(), sent.form.clone());
            lost.insert(&sent.operation, sending);
        }
        lost.into_values().collect()
    }

    /// Waits until everything is answered, or nothing more is; says whether the latter.
    async fn stalls(&self, wanted: usize) -> bool {
        let (mut count, mut since) = (self.log.sent().len(), Instant::now());
        while count < wanted && since.elapsed() < STALL {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let now = self.log.sent().len();
            if now != count {
                (count, since) = (now, Instant::now());
            }
        }
        count < wanted
    }

    fn random(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }

    /// Git alone must agree with the log, in whatever state the kill left it.
    fn nothing_is_lost(&self) -> usize {
        let ledger = Ledger::read(&self.place.bare());
        ledger.is_sound();
        ledger.agrees_with(&self.log);
        ledger.unanswered().len()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_again_and_again_it_loses_nothing_and_does_nothing_twice() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let (begun, kills) = (Instant::now(), kills());
    let mut siege = Siege::begin(kills).await;
    let pusher = Pusher::start(siege.place.work(), Vec::new());
    let mut half_done = 0;
    for round in 0..kills {
        siege.live_and_die(round).await;
        half_done += usize::from(siege.nothing_is_lost() > 0);
    }
    let pushed = pusher.stop();
    // The last life is a quiet one: what was never answered is asked for once more.
    let server = siege.place.start_well().await;
    all_done(send_all(&server, &siege.log, siege.unanswered())).await;
    await_completion(&siege).await;
    assert!(server.stop(), "{}", siege.place.server_log());

    let ledger = Ledger::read(&siege.place.bare());
    ledger.is_sound();
    ledger.agrees_with(&siege.log);
    ledger.completes(&siege.log);
    ledger.is_clean();
    let repository = siege.place.bare().display().to_string();
    siege.place.must(&["verify", &repository]);
    siege.place.must(&["rebuild", "--check"]);
    println!(
        "{kills} kills in {:?}: held {:?}, {half_done} left a decision without its attestation; {} answers of {} sendings accepted, {} lost, {} decisions, {} attestations, {pushed} pushes meanwhile; refused: {:?}",
        begun.elapsed(),
        siege.held,
        siege.log.count(|answer| *answer == Answer::Accepted),
        siege.log.sent().len(),
        siege.log.count(|answer| *answer == Answer::Lost),
        ledger.decisions.len(),
        ledger.attestations.len(),
        siege.log.refusals()
    );
    for (name, _) in POINTS.iter().take(kills / 2) {
        assert!(siege.held.contains_key(name), "never held at {name}");
    }
}

/// The start completes what a kill left half done; it takes a moment.
async fn await_completion(siege: &Siege) {
    let begun = Instant::now();
    while siege.nothing_is_lost() > 0 {
        let late = begun.elapsed() > Duration::from_secs(30);
        assert!(!late, "{}", siege.place.server_log());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// A rewritten history is told once and restored once, wherever the server is killed between.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rewritten_history_is_told_and_restored_once_whatever_is_killed() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let place = Place::with_drafts(1);
    let bare = place.bare();
    let said = |what: &str| {
        let journal = ["log", "--format=%s", "refs/countersign/journal"];
        git(&bare, &journal).matches(what).count()
    };
    let tip = || git(&bare, &["rev-parse", "main"]);
    let server = place.start_well().await;
    let ben = Person::enter(&place, &server.address, "ben@example.org").await;
    let dee = Person::enter(&place, &server.address, "dee@example.org").await;
    let form = ben.form(&server.address, &record_of(0), APPROVE).await;
    ben.send(&server.address, &form.unwrap()).await.unwrap();
    drop(server);
    let old = tip();
    git(&bare, &["update-ref", "refs/heads/main", "main~1"]);
    let theirs = tip();

    let held = |name: &str| format!("{name}=sleep(3600000)");
    let soon = Duration::from_secs(4);
    assert!(
        place
            .start(&held("between-rescue-and-journal"), soon)
            .is_none()
    );
    assert_eq!(said("rewrite refs/history"), 0);
    let kept = format!("refs/rescue/{}", &old[..12]);
    assert_eq!(git(&bare, &["rev-parse", &kept]), old);

    let patience = Duration::from_secs(30);
    let server = place.start(&held("between-journal-and-history"), patience);
    let server = server.unwrap();
    let page = dee.open(&server.address, "/repo/history").await.unwrap();
    let form = page.form("/repo/history").with("act", "restore");
    let form = form.with("reason", "A mirror overwrote it.");
    let (address, person) = (server.address.clone(), dee.clone());
    let sending = tokio::spawn(async move { person.send(&address, &form).await.is_err() });
    let begun = Instant::now();
    while said("restore-history refs/history") == 0 {
        assert!(begun.elapsed() < patience, "{}", place.server_log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    drop(server);
    assert!(sending.await.unwrap(), "it got no answer");
    assert_eq!(tip(), theirs);
    let told = place.run(&["doctor"]);
    assert!(!told.status.success());
    assert!(String::from_utf8_lossy(&told.stdout).contains("GIT-HIST-001"));

    let server = place.start_well().await;
    let begun = Instant::now();
    let is_whole = async || {
        let page = dee.open(&server.address, "/repo/history").await;
        page.is_ok_and(|page| page.has("stands as it was known"))
    };
    while !is_whole().await {
        assert!(begun.elapsed() < patience, "{}", place.server_log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(tip(), old);
    assert!(server.stop(), "{}", place.server_log());
    assert_eq!(said("rewrite refs/history"), 1);
    assert_eq!(said("restore-history refs/history"), 1);
    place.must(&["verify", &bare.display().to_string()]);
    place.must(&["rebuild", "--check"]);
    place.must(&["doctor"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approval_is_synced_to_disk() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let place = Place::with_drafts(2);
    let server = place.start_well().await;
    let ben = Person::enter(&place, &server.address, "ben@example.org").await;
    // The first approval makes the journal; the second is as every other.
    for record in [record_of(0), record_of(1)] {
        let form = ben.form(&server.address, &record, APPROVE).await.unwrap();
        let Some(tracing) = trace(&server) else {
            return skip("strace is missing or may not attach");
        };
        let answer = ben.send(&server.address, &form).await.unwrap();
        assert!(answer.status.is_redirection(), "{}", answer.html);
        // The look that the commit's own events ask for belongs to it.
        tokio::time::sleep(Duration::from_millis(500)).await;
        let (count, table) = tracing();
        println!("{count} syncs for an approval that is attested\n{table}");
        // At least the objects and the ref of the journal, and those of the branch.
        assert!(count >= 4, "{table}");
    }
}

/// Attaches strace to a server; what is returned detaches it and tells how many syncs it saw, and its table.
fn trace(server: &Server) -> Option<impl FnOnce() -> (usize, String) + use<>> {
    let process = server.process().to_string();
    let mut strace = Command::new("strace")
        .args([
            "-f",
            "-c",
            "-e",
            "trace=fsync,fdatasync,sync_file_range,msync",
            "-p",
            &process,
        ])
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    // strace says nothing that can be waited for when its output is a pipe.
    std::thread::sleep(Duration::from_secs(1));
    if strace.try_wait().unwrap().is_some() {
        return None;
    }
    Some(move || {
        let process = strace.id().to_string();
        Command::new("kill")
            .args(["-INT", &process])
            .status()
            .unwrap();
        let output = strace.wait_with_output().unwrap();
        let table = String::from_utf8_lossy(&output.stderr).into_owned();
        (syncs(&table), table)
    })
}

/// Sums the calls of a table: per cent, seconds, microseconds a call, calls, errors where there are any, name.
fn syncs(table: &str) -> usize {
    let rows = table
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>());
    let calls = rows.filter(|row| matches!(row.last(), Some(&"fsync" | &"fdatasync")));
    calls.map(|row| row[3].parse::<usize>().unwrap()).sum()
}
