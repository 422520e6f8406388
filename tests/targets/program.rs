//! The program itself: what is approved in the pages reaches a receiver by itself, also over a kill between sending and marking.

use std::time::Duration;

use crate::common::program::{Installation, Server, Visitor};
use crate::common::receiver::{Does, Receiver};
use crate::common::{DRAFT, commit_files, git};
use crate::{ANA, NOTE, policy};

const ARGUMENTS: [&str; 4] = [
    "--listen",
    "127.0.0.1:0",
    "--allowed-targets",
    "127.0.0.0/8",
];

fn installed() -> Installation {
    let installation = Installation::empty("register");
    let work = installation.folder.path().join("work");
    git(
        installation.folder.path(),
        &["clone", "-q", "register.git", "work"],
    );
    commit_files(&work, ANA, "Begin", &[(NOTE, DRAFT)]);
    git(&work, &["push", "-q", "origin", "HEAD:main"]);
    let file = installation.folder.path().join("policy.toml");
    std::fs::write(&file, policy()).unwrap();
    installation.adopt("Dee Moss <dee@example.org>", &file);
    installation
}

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..600 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it did not come to this: {what}");
}

async fn set(dee: &mut Visitor, receiver: &Receiver) {
    let here = "/register/targets/website";
    let page = dee.get(here).await;
    let csrf = page.form(here).get("csrf").to_owned();
    let address = format!("{}/hook", receiver.address);
    let fields = [
        ("csrf", csrf.as_str()),
        ("act", "save"),
        ("preset", "webhook"),
        ("address", &address),
    ];
    let mut form = page.form(here);
    form.fields.clear();
    let form = fields
        .into_iter()
        .fold(form, |form, (name, value)| form.with(name, value));
    let saved = dee.send(&form).await;
    assert!(saved.has("whsec_"), "{}", saved.html);
}

async fn serve(installation: &Installation) -> Server {
    installation.serve_with(&ARGUMENTS, &[])
}

#[tokio::test]
async fn what_is_approved_reaches_the_receiver_by_itself_and_again_after_a_kill_that_nobody_noted()
{
    let installation = installed();
    let receiver = Receiver::start().await;
    let server = serve(&installation).await;
    let mut dee = installation.sign_in(&server, "dee@example.org").await;
    set(&mut dee, &receiver).await;
    // The target begins with what comes from now on, once that is noted beside the register.
    let cursor = "refs/countersign/targets/website";
    until("the copy is there", || {
        crate::common::git_may_fail(
            &installation.repository(),
            &["rev-parse", "-q", "--verify", cursor],
        )
    })
    .await;

    receiver.plan([Does::Hangs]);
    let mut ben = installation.sign_in(&server, "ben@example.org").await;
    ben.decide("register", "notes/one", "approve:validate")
        .await;
    until("it is sent", || receiver.came().len() == 1).await;
    // A kill, as the power does it: the receiver has the delivery and the server does not know.
    drop(server);
    let server = serve(&installation).await;
    until("it is sent again", || receiver.ids().len() == 1).await;
    let came = receiver.came();
    assert_eq!(came[0].body, came[1].body);
    assert_eq!(came[0].header("webhook-id"), came[1].header("webhook-id"));

    let mut cy = installation.sign_in(&server, "cy@example.org").await;
    cy.decide("register", "notes/one", "approve:activate").await;
    until("the next one comes", || receiver.ids().len() == 2).await;
    assert_eq!(receiver.taken()[1].json()["data"]["sequence"], 2);
    server.stop();
}
