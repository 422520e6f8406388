//! Administrators say where a target is reached and look whether it arrives; programs ask, and builds say what they came to.

use axum::http::StatusCode;
use countersign::web::accounts::{Build, Scope, Then};
use serde_json::json;

use crate::common::browser::{Form, Page, Site};
use crate::common::receiver::{Does, Receiver};
use crate::{BEN, CY, Driver, NOW, endpoint, policy, publish, reach, story_of};

const HERE: &str = "/test/targets/website";
const API: &str = "/api/v1/repositories/test";

fn form(page: &Page, fields: &[(&str, &str)]) -> Form {
    let csrf = page.form(HERE).get("csrf").to_owned();
    let mut form = Form {
        action: HERE.to_owned(),
        fields: vec![("csrf".to_owned(), csrf)],
        buttons: Vec::new(),
    };
    for (name, value) in fields {
        form = form.with(name, value);
    }
    form
}

#[tokio::test]
async fn an_administrator_sets_a_webhook_tests_it_and_sees_each_attempt_and_no_secret_twice() {
    let site = Site::of(story_of(&policy(), 1).await).await;
    let receiver = Receiver::start().await;
    let mut dee = site.signed_in("dee@example.org").await;
    let page = dee.get("/test/targets").await;
    assert!(
        page.has("The website") && page.has("No address"),
        "{}",
        page.html
    );
    let page = dee.get(HERE).await;
    let address = format!("{}/hook?key=s3cret", receiver.address);
    let saved = dee
        .send_form(&form(
            &page,
            &[
                ("act", "save"),
                ("preset", "webhook"),
                ("address", &address),
            ],
        ))
        .await;
    let secret = saved
        .html
        .split("whsec_")
        .nth(1)
        .expect("a secret is shown")
        .split('<')
        .next()
        .unwrap()
        .to_owned();
    let page = dee.get(HERE).await;
    assert!(!page.has(&secret), "and not again");

    let tried = dee.send_form(&form(&page, &[("act", "test")])).await;
    assert!(tried.has("Answered 202"), "{}", tried.html);
    assert_eq!(receiver.taken()[0].json()["type"], "test.sample");

    // What happens after the target was set is told.
    let (accounts, sender) = (&site.web.accounts, &site.web.sender);
    let mut driver = Driver::new(&site.story, accounts, sender, "website");
    driver.step().await;
    publish(&site.story, "notes/n0.md").await;
    receiver.plan([Does::Answers(500), Does::Repeats]);
    driver.run().await;
    let page = dee.get(HERE).await;
    assert!(
        page.has("record.activated: notes/n0") && page.has("Delivered"),
        "{}",
        page.html
    );
    let delivery = dee.get(&format!("{HERE}/1")).await;
    assert!(
        delivery.has("tried 3 times")
            && delivery.has("no disk left")
            && delivery.has("nothing at …"),
        "{}",
        delivery.html
    );
    for shown in [&page, &delivery] {
        assert!(
            !shown.has("s3cret") && !shown.has(&secret) && !shown.has("v1,"),
            "{}",
            shown.html
        );
    }
    let again = dee
        .send_form(&form(
            &page,
            &[("act", "replay"), ("from", "1"), ("to", "2")],
        ))
        .await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    driver.run().await;
    assert_eq!(
        receiver.ids()[1..3],
        receiver.ids()[3..5],
        "the same ids once more"
    );

    // A range that nothing stands in is refused: its numbers are still there, and so is the address.
    let none = dee
        .send_form(&form(
            &page,
            &[("act", "replay"), ("from", "70"), ("to", "71")],
        ))
        .await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.has("value=\"70\"") && none.has("value=\"71\""));

    // The operator did not allow this one; what was typed is still there.
    let wrong = dee
        .send_form(&form(
            &page,
            &[
                ("act", "save"),
                ("preset", "webhook"),
                ("address", "ftp://x"),
            ],
        ))
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.has("TGT-FORM-001") || wrong.has("none that a delivery"),
        "{}",
        wrong.html
    );
    assert!(wrong.has("ftp://x"));
}

#[tokio::test]
async fn whoever_does_not_govern_sees_how_it_stands_and_changes_nothing() {
    let site = Site::of(story_of(&policy(), 1).await).await;
    let mut ana = site.signed_in("ana@example.org").await;
    let page = ana.get(HERE).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.has("name=\"preset\""), "{}", page.html);
    let csrf = page.form("/sign-out").get("csrf").to_owned();
    let fields = [
        ("csrf", csrf.as_str()),
        ("act", "save"),
        ("preset", "webhook"),
        ("address", "https://builds.example/"),
    ];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let answer = ana.post(HERE, &fields).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.html);
    assert!(
        site.web
            .accounts
            .endpoints("test")
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        ana.get("/test/targets/nowhere").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_program_asks_for_what_happened_and_a_build_says_what_is_live() {
    let site = Site::of(story_of(&policy(), 2).await).await;
    publish(&site.story, "notes/n0.md").await;
    publish(&site.story, "notes/n1.md").await;
    let reader = site.program("ana@example.org", &[Scope::Read]).await;
    let first = reader.get(&format!("{API}/events?limit=3")).await.good();
    assert_eq!(first["more"], true);
    let last = first["last"].as_str().unwrap();
    let rest = reader
        .get(&format!("{API}/events?after={last}"))
        .await
        .good();
    let numbers: Vec<_> = first["events"]
        .as_array()
        .unwrap()
        .iter()
        .chain(rest["events"].as_array().unwrap())
        .map(|event| event["sequence"].clone())
        .collect();
    assert_eq!(json!(numbers), json!([1, 2, 3, 4]));
    assert_eq!(rest["more"], false);
    let end = rest["last"].as_str().unwrap().to_owned();
    let none = reader
        .get(&format!("{API}/events?after={end}&target=website"))
        .await
        .good();
    assert_eq!(
        (none["events"].as_array().unwrap().len(), &none["last"]),
        (0, &json!(end))
    );
    reader
        .get(&format!("{API}/events?after=evt_0"))
        .await
        .refused(422, "TGT-EVENT-001");

    let builds = format!("{API}/targets/website/builds");
    let live = json!({"state": "live", "event": end, "url": "https://register.example.org/", "log": "https://builds.example/7"});
    reader
        .post(&builds, live.clone())
        .await
        .refused(403, "API-SCOPE-001");
    let cy = site.program("cy@example.org", &[Scope::Report]).await;
    cy.post(&builds, live.clone())
        .await
        .refused(403, "TGT-RIGHT-002");
    let machine = site.program("dee@example.org", &[Scope::Report]).await;
    machine
        .get(&format!("{API}/events"))
        .await
        .refused(403, "API-SCOPE-001");
    machine.post(&builds, live.clone()).await.good();
    for (wrong, code) in [
        (json!({"state": "done", "event": end}), "TGT-BUILD-001"),
        (
            json!({"state": "live", "event": end, "url": "javascript:alert(1)"}),
            "TGT-BUILD-002",
        ),
        (json!({"state": "live"}), "TGT-EVENT-002"),
        (
            json!({"state": "live", "commit": "0".repeat(40)}),
            "TGT-EVENT-002",
        ),
        (json!({"state": "live", "event": "evt_0"}), "TGT-EVENT-001"),
    ] {
        machine.post(&builds, wrong).await.refused(422, code);
    }
    let targets = reader.get(&format!("{API}/targets")).await.good();
    assert_eq!(targets[0]["live"]["url"], "https://register.example.org/");
    let mut ana = site.signed_in("ana@example.org").await;
    let page = ana.get("/test/records/notes/n0").await;
    assert!(page.has("The website") && page.has("live"), "{}", page.html);
}

#[tokio::test]
async fn a_program_reads_what_was_sent_and_has_it_sent_once_more() {
    let site = Site::of(story_of(&policy(), 1).await).await;
    let (accounts, sender) = (&site.web.accounts, &site.web.sender);
    let receiver = Receiver::start().await;
    reach(accounts, &receiver).await;
    let mut driver = Driver::new(&site.story, accounts, sender, "website");
    driver.step().await;
    publish(&site.story, "notes/n0.md").await;
    receiver.plan([Does::Answers(500), Does::Answers(410)]);
    driver.run().await;

    let reader = site.program("ana@example.org", &[Scope::Read]).await;
    let deliveries = format!("{API}/targets/website/deliveries");
    let dead = reader.get(&format!("{deliveries}?state=dead")).await.good();
    assert_eq!(dead["items"][0]["first"], 1);
    let whole = reader.get(&format!("{deliveries}/1")).await.good();
    assert_eq!(whole["tries"].as_array().unwrap().len(), 2);
    assert_eq!(whole["tries"][0]["code"], "TGT-GONE-001");
    let next = whole["tries"][0]["next"].as_str().unwrap();
    assert!(!next.is_empty(), "it says what to do");
    assert!(!whole.to_string().contains(crate::SECRET));
    reader
        .get(&format!("{deliveries}/9"))
        .await
        .refused(404, "API-PATH-001");

    // Who governs lets it go on and has what was put aside sent once more; nobody else does.
    let (resting, replay) = (
        format!("{API}/targets/website/resting"),
        format!("{API}/targets/website/replay"),
    );
    let ana = site.program("ana@example.org", &[Scope::Decide]).await;
    for (path, body) in [(&resting, json!({"resting": false})), (&replay, json!({}))] {
        reader
            .post(path, body.clone())
            .await
            .refused(403, "API-SCOPE-001");
        ana.post(path, body).await.refused(403, "TGT-RIGHT-001");
    }
    let dee = site.program("dee@example.org", &[Scope::Decide]).await;
    let stands = dee.post(&resting, json!({"resting": false})).await.good();
    assert!(stands["resting"].is_null(), "{stands}");
    let replayed = dee.post(&replay, json!({})).await.good();
    assert_eq!(replayed["count"], 1);
    driver.run().await;
    assert_eq!(receiver.taken().len(), 2);
    dee.post(&replay, json!({"from": 70, "to": 80}))
        .await
        .refused(422, "TGT-FORM-004");
    let replayed = dee.post(&replay, json!({"from": 1, "to": 2})).await.good();
    assert_eq!(replayed["count"], 2);
    let stands = dee.post(&resting, json!({"resting": true})).await.good();
    assert_eq!(stands["resting"], "");
}

#[tokio::test]
async fn a_record_says_what_is_live_of_it_and_nothing_of_what_readers_do_not_have() {
    let site = Site::of(story_of(&policy(), 3).await).await;
    publish(&site.story, "notes/n0.md").await;
    let (accounts, sender) = (&site.web.accounts, &site.web.sender);
    let receiver = Receiver::start().await;
    reach(accounts, &receiver).await;
    let mut driver = Driver::new(&site.story, accounts, sender, "website");
    driver.step().await;
    publish(&site.story, "notes/n1.md").await;
    site.story
        .approve(BEN, "notes/n2.md", "validate")
        .await
        .unwrap();
    driver.run().await;
    let mut ana = site.signed_in("ana@example.org").await;
    let old = ana.get("/test/records/notes/n0").await;
    assert!(!old.has("The website"), "it was never told of this one");
    let new = ana.get("/test/records/notes/n1").await;
    assert!(
        new.has("The website</a> <span class=\"check-word\">told<"),
        "{}",
        new.html
    );

    let machine = site.program("dee@example.org", &[Scope::Report]).await;
    let reader = site.program("ana@example.org", &[Scope::Read]).await;
    let events = reader.get(&format!("{API}/events")).await.good();
    let report = async |state: &str, number: usize| {
        let event = &events["events"][number - 1]["id"];
        let said = json!({"state": state, "event": event});
        let builds = format!("{API}/targets/website/builds");
        machine.post(&builds, said).await.good()
    };
    report("live", 5).await;
    let draft = ana.get("/test/records/notes/n2").await;
    assert!(
        !draft.has("The website"),
        "what is approved alone is live nowhere: {}",
        draft.html
    );
    let old = ana.get("/test/records/notes/n0").await;
    assert!(
        old.has("The website</a> <span class=\"check-word\">live<"),
        "{}",
        old.html
    );

    // A build that failed is no secret, and who said so neither.
    site.story
        .approve(CY, "notes/n2.md", "activate")
        .await
        .unwrap();
    driver.run().await;
    let list = ana.get("/test/targets").await;
    assert!(
        list.has("one event is not in what is live"),
        "{}",
        list.html
    );
    report("failed", 5).await;
    let list = ana.get("/test/targets").await;
    assert!(list.has("Build failed"), "{}", list.html);
    assert!(ana.get(HERE).await.has("dee@example.org"));
    // However many fail, what is live stays known.
    for _ in 0..510 {
        let build = Build {
            state: "failed".to_owned(),
            commit: events["events"][4]["commit"].as_str().unwrap().to_owned(),
            url: String::new(),
            log: String::new(),
            said_by: "dee@example.org".to_owned(),
            at: NOW,
        };
        accounts
            .keep_build("test", "website", &build)
            .await
            .unwrap();
    }
    let targets = reader.get(&format!("{API}/targets")).await.good();
    assert_eq!(targets[0]["live"]["state"], "live");
    assert_eq!(targets[0]["live_behind"], 1);
    assert_eq!(targets[0]["has_failed"], true);
}

#[tokio::test]
async fn what_the_policy_names_no_more_can_be_forgotten_by_those_who_govern() {
    let site = Site::of(story_of(&policy(), 1).await).await;
    let accounts = &site.web.accounts;
    let receiver = Receiver::start().await;
    accounts
        .keep_endpoint("test", "elsewhere", &endpoint(&receiver), NOW)
        .await
        .unwrap();
    let mut ana = site.signed_in("ana@example.org").await;
    assert!(!ana.get("/test/targets").await.has("elsewhere"));
    let csrf = ana.get(HERE).await.form("/sign-out").get("csrf").to_owned();
    let forget = [
        ("csrf".to_owned(), csrf),
        ("act".to_owned(), "forget".to_owned()),
    ];
    let refused = ana.post("/test/targets/elsewhere", &forget).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let mut dee = site.signed_in("dee@example.org").await;
    let page = dee.get("/test/targets").await;
    let form = page.form("/test/targets/elsewhere").with("act", "forget");
    assert_eq!(dee.send_form(&form).await.status, StatusCode::SEE_OTHER);
    assert!(accounts.endpoints("test").await.unwrap().is_empty());
    assert!(!dee.get("/test/targets").await.has("elsewhere"));
}

#[tokio::test]
async fn a_secret_that_is_changed_twice_still_signs_as_the_receiver_knows_it() {
    let site = Site::of(story_of(&policy(), 1).await).await;
    let accounts = &site.web.accounts;
    let receiver = Receiver::start().await;
    reach(accounts, &receiver).await;
    let mut dee = site.signed_in("dee@example.org").await;
    let page = dee.get(HERE).await;
    for _ in 0..2 {
        let change = form(&page, &[("act", "change-secret")]);
        assert!(dee.send_form(&change).await.has("whsec_"));
    }
    let kept = accounts.endpoint("test", "website").await.unwrap().unwrap();
    let older = kept.endpoint.older_secret.unwrap();
    assert_eq!(secrecy::ExposeSecret::expose_secret(&older), crate::SECRET);
}

#[tokio::test]
async fn an_address_that_is_forgotten_during_an_attempt_leaves_nothing_of_it_behind() {
    let site = Site::of(story_of(&policy(), 1).await).await;
    let (accounts, sender) = (&site.web.accounts, &site.web.sender);
    let receiver = Receiver::start().await;
    reach(accounts, &receiver).await;
    let mut driver = Driver::new(&site.story, accounts, sender, "website");
    driver.step().await;
    publish(&site.story, "notes/n0.md").await;
    receiver.plan([Does::Answers(503)]);
    driver.step().await;
    let tried = accounts.next_delivery("test", "website").await.unwrap();
    let attempts = accounts.attempts("test", "website", 1).await.unwrap();
    accounts.forget_endpoint("test", "website").await.unwrap();
    // The answer comes now, and the next delivery of that number is another one.
    accounts
        .note_attempt(
            "test",
            "website",
            &tried.unwrap(),
            &attempts[0],
            Then::Again(NOW + 5),
        )
        .await
        .unwrap();
    let left = accounts.attempts("test", "website", 1).await.unwrap();
    assert!(left.is_empty(), "{left:?}");
}
