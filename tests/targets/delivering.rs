//! Deliveries arrive: in order, signed, tried again, and never where they must not go.

use std::process::{Command, Stdio};

use countersign::app::targets::Step;
use countersign::publish::endpoint::Endpoint;
use countersign::publish::retry::PATIENCE;
use countersign::web::accounts::Accounts;
use serde_json::json;

use crate::common::receiver::{Came, Does, Receiver};
use crate::common::skip::skip;
use crate::common::{DRAFT, POLICY, Story};
use crate::{
    Driver, NOTE, NOW, SECRET, accounts, endpoint, policy, publish, reach, sender, story_of,
};

/// A published note, a receiver, and the target that is told of what comes after `story` began.
async fn begun(policy: &str, notes: usize) -> (Story, Accounts, Receiver) {
    let story = story_of(policy, notes).await;
    let (accounts, receiver) = (accounts(&story).await, Receiver::start().await);
    reach(&accounts, &receiver).await;
    let sender = sender();
    assert_eq!(
        Driver::new(&story, &accounts, &sender, "website")
            .step()
            .await,
        Step::Idle
    );
    (story, accounts, receiver)
}

fn sequences(taken: &[Came]) -> Vec<i64> {
    taken
        .iter()
        .map(|came| came.json()["data"]["sequence"].as_i64().unwrap())
        .collect()
}

#[tokio::test]
async fn a_target_is_told_in_order_of_what_comes_after_it_was_set_and_an_independent_package_believes_it()
 {
    let (story, accounts, receiver) = begun(&policy(), 2).await;
    for note in ["notes/n0.md", "notes/n1.md"] {
        publish(&story, note).await;
    }
    let sender = sender();
    let mut driver = Driver::new(&story, &accounts, &sender, "website");
    // The package looks at the clock, so the attempts are of now.
    driver.now = countersign::app::now();
    assert_eq!(driver.run().await, 4);
    let taken = receiver.taken();
    assert_eq!(sequences(&taken), [1, 2, 3, 4]);
    let kinds: Vec<String> = taken
        .iter()
        .map(|came| came.json()["type"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        kinds,
        [
            "record.validated",
            "record.activated",
            "record.validated",
            "record.activated"
        ]
    );
    assert_eq!(driver.step().await, Step::Idle);
    believed(&taken, SECRET, &["good"; 4]);
    believed(
        &taken[..1],
        "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        &["No matching signature found"],
    );
    let mut changed = taken[0].clone();
    changed.body = changed.body.replace("validated", "activated");
    believed(&[changed], SECRET, &["No matching signature found"]);
}

#[tokio::test]
async fn while_a_secret_is_changed_the_old_one_and_the_new_one_are_believed() {
    let (story, accounts, receiver) = begun(&policy(), 1).await;
    let newer = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    let both = Endpoint {
        older_secret: Some(SECRET.into()),
        secret: newer.into(),
        ..endpoint(&receiver)
    };
    accounts
        .keep_endpoint("test", "website", &both, NOW)
        .await
        .unwrap();
    story
        .approve(crate::BEN, "notes/n0.md", "validate")
        .await
        .unwrap();
    let sender = sender();
    let mut driver = Driver::new(&story, &accounts, &sender, "website");
    driver.now = countersign::app::now();
    driver.run().await;
    believed(&receiver.taken(), SECRET, &["good"]);
    believed(&receiver.taken(), newer, &["good"]);
}

/// Asks the package of Standard Webhooks what it says of deliveries.
fn believed(taken: &[Came], secret: &str, wanted: &[&str]) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/webhooks");
    if !std::path::Path::new(folder).join("node_modules").exists() {
        skip("the packages of tests/webhooks are not installed");
        return;
    }
    let lines: Vec<String> = taken
        .iter()
        .map(|came| {
            let header = |name| (name, came.header(name));
            let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
            let headers: std::collections::BTreeMap<_, _> = names.map(header).into_iter().collect();
            json!({ "secret": secret, "headers": headers, "body": came.body }).to_string()
        })
        .collect();
    let mut node = Command::new("node")
        .arg("verify.mjs")
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut node.stdin.take().unwrap(), lines.join("\n").as_bytes())
        .unwrap();
    let output = node.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said.lines().collect::<Vec<_>>(), wanted);
}

#[tokio::test]
async fn whatever_a_receiver_does_the_next_one_waits_and_each_arrives_once_it_is_taken() {
    let (story, accounts, receiver) = begun(&policy(), 3).await;
    for note in ["notes/n0.md", "notes/n1.md", "notes/n2.md"] {
        publish(&story, note).await;
    }
    receiver.plan([
        Does::Answers(500),
        Does::Redirects,
        Does::AsksForTime(429, 3_600),
        Does::BreaksOff,
        Does::Answers(404),
        Does::Takes,
        Does::NeverEnds,
    ]);
    let sender = sender();
    let mut driver = Driver::new(&story, &accounts, &sender, "website");
    assert_eq!(driver.run().await, 6 + 5);
    assert_eq!(sequences(&receiver.taken()), [1, 2, 3, 4, 5, 6]);
    let attempts = accounts.attempts("test", "website", 1).await.unwrap();
    let codes: Vec<&str> = attempts.iter().rev().map(|one| one.code.as_str()).collect();
    assert_eq!(
        codes,
        [
            "TGT-ANSWER-001",
            "TGT-ANSWER-002",
            "TGT-ANSWER-001",
            "TGT-REACH-001",
            "TGT-ANSWER-001",
            ""
        ]
    );
    let asked = &attempts[3];
    let after = &attempts[2];
    assert!(
        after.at - asked.at >= 3_600,
        "it asked for an hour: {attempts:#?}"
    );
    let ids: std::collections::BTreeSet<String> = receiver.came()[..6]
        .iter()
        .map(|came| came.header("webhook-id").to_owned())
        .collect();
    assert_eq!(ids.len(), 1, "one delivery keeps its id at every attempt");
    let bodies: std::collections::BTreeSet<String> = receiver.came()[..6]
        .iter()
        .map(|came| came.body.clone())
        .collect();
    assert_eq!(bodies.len(), 1, "and its bytes");
    assert!(
        attempts
            .iter()
            .all(|one| !one.request.contains("v1,") && !one.request.contains("whsec_"))
    );
}

#[tokio::test]
async fn a_receiver_that_hangs_is_left_after_a_while_and_others_go_on_meanwhile() {
    let policy = format!("{}\n[targets.search]\n", policy());
    let (story, accounts, receiver) = begun(&policy, 1).await;
    let other = Receiver::start().await;
    accounts
        .keep_endpoint("test", "search", &endpoint(&other), NOW)
        .await
        .unwrap();
    let sender = sender();
    let mut search = Driver::new(&story, &accounts, &sender, "search");
    search.step().await;
    publish(&story, "notes/n0.md").await;
    receiver.plan([Does::Hangs]);
    let mut website = Driver::new(&story, &accounts, &sender, "website");
    let (hung, told) = tokio::join!(website.step(), search.run());
    assert_eq!((hung, told), (Step::Tried, 2));
    assert_eq!(other.ids().len(), 2);
    let attempts = accounts.attempts("test", "website", 1).await.unwrap();
    assert_eq!(attempts[0].code, "TGT-TIME-001");
    assert_eq!(website.run().await, 2);
}

#[tokio::test]
async fn a_receiver_that_comes_back_after_a_day_has_everything_and_one_that_does_not_rests_after_three()
 {
    let (story, accounts, receiver) = begun(&policy(), 1).await;
    publish(&story, "notes/n0.md").await;
    let sender = sender();
    let mut driver = Driver::new(&story, &accounts, &sender, "website");
    receiver.plan([Does::Answers(503); 9]);
    driver.run_until(NOW + 86_400).await;
    assert_eq!(receiver.ids().len(), 2, "it came back");
    assert!(receiver.came().len() > 9);

    story.push(crate::ANA, &[("notes/late.md", DRAFT)]);
    publish(&story, "notes/late.md").await;
    receiver.plan([Does::Answers(503); 40]);
    let begun = driver.now;
    driver.run().await;
    let state = accounts
        .target_state("test", "website")
        .await
        .unwrap()
        .unwrap();
    let (why, since) = state.resting.expect("it rests");
    assert!(
        why.contains("503") && since >= begun + PATIENCE,
        "{why} {since}"
    );
    assert_eq!(
        accounts
            .count_deliveries("test", "website")
            .await
            .unwrap()
            .dead,
        1
    );
    assert_eq!(driver.step().await, Step::Idle, "nothing more is sent");

    // Somebody resumes it, and sends what was put aside once more: first what is older.
    accounts
        .rest_target("test", "website", None, driver.now)
        .await
        .unwrap();
    assert_eq!(
        accounts
            .replay("test", "website", (0, i64::MAX), true, driver.now)
            .await
            .unwrap(),
        1
    );
    receiver.plan_nothing();
    receiver.plan([Does::Answers(503); 2]);
    let again = driver.now;
    while receiver.ids().len() < 4 {
        assert_ne!(driver.run().await, 0);
    }
    assert!(driver.now - again < 3_600, "its delays begin anew");
    let ids = receiver.ids();
    assert_eq!(
        ids.iter().collect::<std::collections::BTreeSet<_>>().len(),
        4,
        "{ids:?}"
    );
    assert_eq!(sequences(&receiver.taken()), [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_receiver_that_is_gone_for_good_rests_at_once() {
    let (story, accounts, receiver) = begun(&policy(), 1).await;
    publish(&story, "notes/n0.md").await;
    receiver.plan([Does::Answers(410)]);
    let sender = sender();
    let mut driver = Driver::new(&story, &accounts, &sender, "website");
    assert_eq!(driver.run().await, 1);
    let state = accounts
        .target_state("test", "website")
        .await
        .unwrap()
        .unwrap();
    assert!(state.resting.is_some());
}

#[tokio::test]
async fn a_target_is_told_of_what_it_asks_for_alone_and_its_numbers_have_no_gap() {
    let policy = format!("{POLICY}\n[targets.website]\nevents = [\"record.activated\"]\n");
    let (story, accounts, receiver) = begun(&policy, 3).await;
    for note in ["notes/n0.md", "notes/n1.md", "notes/n2.md"] {
        publish(&story, note).await;
    }
    let sender = sender();
    Driver::new(&story, &accounts, &sender, "website")
        .run()
        .await;
    assert_eq!(sequences(&receiver.taken()), [1, 2, 3]);
    assert!(
        receiver
            .taken()
            .iter()
            .all(|came| came.json()["type"] == "record.activated")
    );
}

#[tokio::test]
async fn a_burst_is_one_delivery_and_the_next_one_comes_after_its_time() {
    let policy = format!("{POLICY}\n[targets.website]\nevery = \"10m\"\n");
    let (story, accounts, receiver) = begun(&policy, 4).await;
    for note in ["notes/n0.md", "notes/n1.md"] {
        publish(&story, note).await;
    }
    let sender = sender();
    let mut driver = Driver::new(&story, &accounts, &sender, "website");
    assert_eq!(driver.run().await, 1);
    let body = receiver.taken()[0].json();
    assert_eq!(
        (&body["type"], &body["data"]["first"], &body["data"]["last"]),
        (&json!("events.gathered"), &json!(1), &json!(4))
    );
    assert_eq!(body["data"]["events"].as_array().unwrap().len(), 4);
    publish(&story, "notes/n2.md").await;
    let Step::Until(due) = driver.step().await else {
        panic!("too soon")
    };
    assert_eq!(due, NOW + 600);
    // One that arrives late is a build that begins late: the next one counts from there.
    receiver.plan([Does::Answers(500)]);
    assert_eq!(driver.run().await, 2);
    assert_eq!(receiver.taken()[1].json()["data"]["first"], 5);
    let arrived = accounts.attempts("test", "website", 5).await.unwrap();
    let arrived = arrived.iter().map(|attempt| attempt.at).max().unwrap();
    publish(&story, "notes/n3.md").await;
    assert!(arrived > NOW + 600);
    assert_eq!(driver.step().await, Step::Until(arrived + 600));
}

#[tokio::test]
async fn nothing_is_sent_where_it_must_not_go_and_the_log_says_why() {
    let (story, accounts, receiver) = begun(&policy(), 1).await;
    publish(&story, "notes/n0.md").await;
    // The operator allows nothing: the address is checked at each attempt, whenever it was written.
    let narrow = countersign::publish::sender::Sender::new(&[]).unwrap();
    let mut driver = Driver::new(&story, &accounts, &narrow, "website");
    assert_eq!(driver.step().await, Step::Tried);
    let attempts = accounts.attempts("test", "website", 1).await.unwrap();
    assert_eq!(attempts[0].code, "TGT-ADDR-001");
    assert!(
        attempts[0].error.contains("of this machine"),
        "{}",
        attempts[0].error
    );
    assert!(receiver.came().is_empty());
    let _ = NOTE;
}
