//! Those who build on a register: what happened is told once it is published, in order, signed, until it arrives, and under the same ids whatever was lost.

#[path = "../common/mod.rs"]
mod common;

mod delivering;
mod events;
mod losing;
mod pages;
mod program;

use common::receiver::Receiver;
use common::{POLICY, Story};
use countersign::app::targets::{Runner, Step};
use countersign::publish::endpoint::{Endpoint, Kind};
use countersign::publish::sender::Sender;
use countersign::web::accounts::Accounts;

const NOTE: &str = "notes/one.md";
const ANA: &str = "Ana Roche <ana@example.org>";
const BEN: &str = "ben@example.org";
const CY: &str = "cy@example.org";
const DEE: &str = "dee@example.org";
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// The moment from which on deliveries are tried, after everything that the stories commit.
const NOW: i64 = 1_780_000_000;

/// The stories' policy with a target that is told everything.
fn policy() -> String {
    format!("{POLICY}\n[targets.website]\ntitle = \"The website\"\n")
}

/// A target's endpoint at a receiver.
fn endpoint(receiver: &Receiver) -> Endpoint {
    Endpoint {
        kind: Kind::Webhook,
        address: format!("{}/hook", receiver.address).into(),
        project: String::new(),
        reference: String::new(),
        detail: String::new(),
        secret: SECRET.into(),
        older_secret: None,
    }
}

/// Says that the website is reached at a receiver.
async fn reach(accounts: &Accounts, receiver: &Receiver) {
    accounts
        .keep_endpoint("test", "website", &endpoint(receiver), NOW)
        .await
        .unwrap();
}

/// What reaches receivers on this machine.
fn sender() -> Sender {
    Sender::new(&["127.0.0.0/8".parse().unwrap()]).unwrap()
}

async fn accounts(story: &Story) -> Accounts {
    Accounts::open(&story.folder.path().join("private.sqlite"))
        .await
        .unwrap()
}

/// A note that is written, validated and activated: three commits, two events.
async fn publish(story: &Story, path: &str) {
    story.approve(BEN, path, "validate").await.unwrap();
    story.approve(CY, path, "activate").await.unwrap();
}

/// Notes that are published, of which nothing was told.
async fn story_of(policy: &str, notes: usize) -> Story {
    let texts: Vec<(String, String)> = (0..notes)
        .map(|number| {
            let title = format!("Note {number}");
            (
                format!("notes/n{number}.md"),
                common::DRAFT.replace("One note", &title),
            )
        })
        .collect();
    let files: Vec<(&str, &str)> = texts
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    Story::with_policy(policy, &files).await
}

/// A target's runner under a clock that jumps to whenever something is due.
struct Driver<'a> {
    runner: Runner<'a>,
    now: i64,
}

impl<'a> Driver<'a> {
    fn new(story: &'a Story, accounts: &'a Accounts, sender: &'a Sender, target: &str) -> Self {
        let rules = story.desk.index.rules();
        let target = rules
            .as_ref()
            .as_ref()
            .unwrap()
            .as_ref()
            .unwrap()
            .policy
            .targets[target]
            .clone();
        Self {
            runner: Runner::new(&story.desk, accounts, sender, target),
            now: NOW,
        }
    }

    async fn step(&mut self) -> Step {
        self.runner.step(self.now).await.unwrap()
    }

    /// Runs until nothing is left to do, at most until a time. Returns how many attempts were made.
    async fn run_until(&mut self, end: i64) -> usize {
        let mut attempts = 0;
        loop {
            match self.step().await {
                Step::Tried => attempts += 1,
                Step::Until(at) if at <= end => self.now = at,
                Step::Until(_) | Step::Idle => return attempts,
            }
        }
    }

    async fn run(&mut self) -> usize {
        self.run_until(i64::MAX).await
    }
}
