//! Decisions are bound to the texts they name, and made once.

use std::sync::Arc;
use std::task::Poll;

use serde_json::json;

use super::common::git;
use super::*;

fn journal(site: &Site) -> usize {
    let known = git(
        &site.story.bare(),
        &["for-each-ref", "refs/countersign/journal"],
    );
    if known.is_empty() {
        return 0;
    }
    let count = git(
        &site.story.bare(),
        &["rev-list", "--count", "refs/countersign/journal"],
    );
    count.trim().parse().unwrap()
}

/// FAULTS 75: a decision about a text that no longer stands is refused, and told what does.
#[tokio::test]
async fn a_decision_about_another_text_is_refused() {
    let site = site().await;
    let ben = site.program("ben@example.org", &ALL).await;
    let item = ben.get(ITEM).await.good();
    let old = text(&item["proposed"]).to_owned();
    let newer = DRAFT.replace("short text", "long text");
    site.story
        .push("Ana Roche <ana@example.org>", &[(NOTE, &newer)]);
    site.story.desk.sync().await.unwrap();
    let before = refs(&site);
    let body = json!({"decision": "approve", "transition": "validate", "base": null});
    let decisions = format!("{ITEM}/decisions");
    let answer = ben.if_match(&old).post(&decisions, body.clone()).await;
    answer.refused(412, "REV-STALE-001");
    let now = ben.get(RECORD).await.good();
    assert_eq!(answer.json()["current"], now["blob"]);
    assert_eq!(answer.header("etag"), format!("\"{}\"", text(&now["blob"])));
    let differences = ben
        .get(&format!("{RECORD}/differences?from={old}"))
        .await
        .good();
    assert_eq!(differences["changes"][0]["field"], "definition");
    assert_eq!(refs(&site), before);
    let current = text(&now["blob"]);
    ben.if_match(current).post(&decisions, body).await.good();
}

/// FAULTS 76: what a decision is about cannot be swapped: record, base, policy and text must belong together.
#[tokio::test]
async fn the_parts_of_a_decision_must_belong_together() {
    let site = Site::of(Story::with(&[(NOTE, DRAFT), ("notes/two.md", DRAFT)]).await).await;
    let ben = site.program("ben@example.org", &ALL).await;
    let item = ben.get(ITEM).await.good();
    let proposed = text(&item["proposed"]);
    let before = refs(&site);
    let decisions = format!("{ITEM}/decisions");
    let approval = json!({"decision": "approve", "transition": "validate", "base": null});
    ben.post(&decisions, approval.clone())
        .await
        .refused(428, "API-MATCH-001");
    for tag in ["*", "W/\"x\"", "\"\"", proposed, "\"a\", \"b\""] {
        let sent = ben.clone().with("if-match", tag);
        sent.post(&decisions, approval.clone())
            .await
            .refused(400, "API-MATCH-002");
    }
    let sent = ben.if_match(proposed);
    for (body, status, code) in [
        (
            json!({"decision": "approve", "transition": "validate"}),
            422,
            "API-BODY-004",
        ),
        (
            json!({"decision": "approve", "transition": "validate", "base": proposed}),
            412,
            "REV-STALE-001",
        ),
        (
            json!({"decision": "approve", "transition": "validate", "base": "HEAD"}),
            422,
            "API-DECIDE-002",
        ),
        (
            json!({"decision": "approve", "transition": "validate", "base": null, "policy": proposed}),
            412,
            "API-STALE-001",
        ),
        (
            json!({"decision": "approve", "base": null}),
            422,
            "API-DECIDE-001",
        ),
        (
            json!({"decision": "comment", "transition": "validate", "base": null, "reason": "x"}),
            422,
            "API-DECIDE-001",
        ),
        (
            json!({"decision": "comment", "base": null, "bump": "major", "reason": "x"}),
            422,
            "API-DECIDE-001",
        ),
        (
            json!({"decision": "comment", "base": null}),
            422,
            "REV-TEXT-001",
        ),
        (
            json!({"decision": "request_changes", "base": null, "reason": " "}),
            422,
            "REV-TEXT-001",
        ),
        (
            json!({"decision": "withdraw", "base": null}),
            422,
            "REV-MOVE-003",
        ),
        (
            json!({"decision": "comment", "base": null, "reason": "x".repeat(70_000)}),
            422,
            "API-DECIDE-003",
        ),
        (
            json!({"decision": "comment", "base": null, "reason": "x", "by": "ana"}),
            422,
            "API-BODY-004",
        ),
        (
            json!({"decision": "abstain", "base": null}),
            422,
            "API-BODY-004",
        ),
    ] {
        sent.post(&decisions, body).await.refused(status, code);
    }
    let gone = format!("{API}/review/notes%2Fthree/decisions");
    sent.post(&gone, approval.clone())
        .await
        .refused(404, "API-PATH-001");
    assert_eq!(refs(&site), before);
    let with_policy = json!({"decision": "approve", "transition": "validate", "base": null, "policy": item["policy"]});
    sent.post(&decisions, with_policy).await.good();
}

#[tokio::test]
async fn everything_that_a_page_offers_can_be_said() {
    let site = site().await;
    let ana = site.program("ana@example.org", &ALL).await;
    let ben = site.program("ben@example.org", &ALL).await;
    let item = ana.get(ITEM).await.good();
    assert_eq!(
        (&item["part"], &item["may"]),
        (
            &json!("draft"),
            &json!(["submit", "request_changes", "comment"])
        )
    );
    let proposed = text(&item["proposed"]).to_owned();
    let say = async |program: &Program, body: Value| {
        let sent = program.if_match(&proposed);
        sent.post(&format!("{ITEM}/decisions"), body).await.good()
    };
    say(&ana, json!({"decision": "submit", "base": null})).await;
    let queue = ben.get(&format!("{API}/queue?part=yours")).await.good();
    assert_eq!(queue["items"][0]["record"], "notes/one");
    assert_eq!(queue["items"][0]["waits_for"][0]["person"], "ben");
    assert_eq!(
        ana.get(&format!("{API}/queue?part=yours")).await.good()["items"],
        json!([])
    );
    say(
        &ben,
        json!({"decision": "comment", "base": null, "reason": "Good.\r\nVery."}),
    )
    .await;
    say(
        &ben,
        json!({"decision": "request_changes", "base": null, "reason": "A source, please."}),
    )
    .await;
    let item = ana.get(ITEM).await.good();
    assert_eq!(item["part"], "yours", "who wrote it answers the request");
    assert_eq!(item["moves"][0]["objections"][0]["person"], "ben");
    let said: Vec<&str> = item["said"]
        .as_array()
        .unwrap()
        .iter()
        .map(|said| text(&said["act"]))
        .collect();
    assert_eq!(said, ["submit", "comment", "request-changes"]);
    assert_eq!(item["said"][1]["text"], "Good.\nVery.");
    let approval = json!({"decision": "approve", "transition": "validate", "base": null});
    let dee = site.program("dee@example.org", &ALL).await;
    assert_eq!(
        say(&dee, approval).await["outcome"],
        "recorded",
        "a request for changes stands against it"
    );
    assert_eq!(
        say(&ben, json!({"decision": "withdraw", "base": null})).await["outcome"],
        "recorded"
    );
    let record = ana.get(RECORD).await.good();
    assert_eq!(
        record["attested"]["status"], "validated",
        "the withdrawal let the approval through"
    );
    site.story.is_proven();
    site.story.rebuild_is_equal().await;
}

#[tokio::test]
async fn a_lower_bump_takes_a_reason() {
    let site = site().await;
    let (ben, cy) = (
        site.program("ben@example.org", &ALL).await,
        site.program("cy@example.org", &ALL).await,
    );
    approve(&ben, "validate").await.good();
    approve(&cy, "activate").await.good();
    let more = site.story.file(NOTE).replace(
        "    text: Notes are short.\n",
        "    text: Notes are short.\n  - key: c2\n    text: Notes are kept.\n",
    );
    site.story
        .push("Ana Roche <ana@example.org>", &[(NOTE, &more)]);
    site.story.desk.sync().await.unwrap();
    let item = ben.get(ITEM).await.good();
    assert_eq!(item["part"], "outside_review");
    assert_eq!(item["forecast"]["to"], "1.1.0");
    assert_eq!(item["forecast"]["reasons"][0]["field"], "claims[c2]");
    assert_eq!(item["forecast"]["reasons"][0]["floor"], "claims");
    assert_eq!(item["differences"]["changes"][0]["happened"], "added");
    let sent = ben.if_match(text(&item["proposed"]));
    let decisions = format!("{ITEM}/decisions");
    let mut body = json!({"decision": "approve", "transition": "revise", "base": item["base"], "bump": "patch"});
    sent.post(&decisions, body.clone())
        .await
        .refused(422, "VER-004");
    body["bump"] = json!("major");
    sent.post(&decisions, body).await.good();
    let done = approve(&cy, "revise").await.good();
    assert_eq!(done["version"], "2.0.0");
    site.story.is_proven();
}

/// FAULTS 77: the same key with the same request has the same answer, and one commit.
#[tokio::test]
async fn a_retry_is_answered_the_same_and_done_once() {
    let site = site().await;
    let ben = site.program("ben@example.org", &ALL).await;
    let item = ben.get(ITEM).await.good();
    let sent = ben.if_match(text(&item["proposed"]));
    let decisions = format!("{ITEM}/decisions");
    let body = json!({"decision": "comment", "base": null, "reason": "Once."});
    let first = sent.key("7c4a8d09").post(&decisions, body.clone()).await;
    let again = sent
        .key("\"7c4a8d09\"")
        .post(&decisions, body.clone())
        .await;
    assert_eq!((first.status, &first.text), (again.status, &again.text));
    assert_eq!(journal(&site), 1);
    let other = json!({"decision": "comment", "base": null, "reason": "Twice."});
    sent.key("7c4a8d09")
        .post(&decisions, other.clone())
        .await
        .refused(422, "API-KEY-002");
    let dee = site
        .program("dee@example.org", &ALL)
        .await
        .if_match(text(&item["proposed"]));
    let hers = dee
        .key("7c4a8d09")
        .post(&decisions, other.clone())
        .await
        .good();
    assert_ne!(
        hers["decision"],
        first.json()["decision"],
        "another's key is another"
    );
    assert_eq!(journal(&site), 2);
    for key in ["", "a b", &"k".repeat(201)] {
        sent.key(key)
            .post(&decisions, body.clone())
            .await
            .refused(400, "API-KEY-001");
    }
    // Without a key, the same words twice are two comments.
    sent.post(&decisions, body.clone()).await.good();
    sent.post(&decisions, body).await.good();
    assert_eq!(journal(&site), 4);
}

#[tokio::test]
async fn a_key_finds_its_decision_though_the_private_database_was_lost() {
    let site = site().await;
    let ben = site.program("ben@example.org", &ALL).await;
    let item = ben.get(ITEM).await.good();
    let proposed = text(&item["proposed"]).to_owned();
    let decisions = format!("{ITEM}/decisions");
    let body = json!({"decision": "approve", "transition": "validate", "base": null});
    let first = ben
        .if_match(&proposed)
        .key("k1")
        .post(&decisions, body.clone())
        .await
        .good();
    let site = site.without_accounts().await;
    let ben = site
        .program("ben@example.org", &ALL)
        .await
        .if_match(&proposed);
    let again = ben.key("k1").post(&decisions, body).await.good();
    assert_eq!(first, again);
    let other = json!({"decision": "comment", "base": null, "reason": "x"});
    ben.key("k1")
        .post(&decisions, other)
        .await
        .refused(422, "API-KEY-002");
    assert_eq!(journal(&site), 1);
}

#[tokio::test]
async fn many_retries_at_once_make_one_decision() {
    let site = Arc::new(site().await);
    let ben = site.program("ben@example.org", &ALL).await;
    let item = ben.get(ITEM).await.good();
    let sent = ben.if_match(text(&item["proposed"])).key("together");
    let body = json!({"decision": "approve", "transition": "validate", "base": null});
    let tries: Vec<_> = (0..8)
        .map(|_| {
            let (sent, body) = (sent.clone(), body.clone());
            tokio::spawn(async move { sent.post(&format!("{ITEM}/decisions"), body).await })
        })
        .collect();
    let mut good = 0;
    for one in tries {
        let answer = one.await.unwrap();
        match answer.status.as_u16() {
            201 => good += 1,
            _ => answer.refused(409, "API-KEY-003"),
        }
    }
    assert!(good > 0);
    assert_eq!(journal(&site), 1);
}

/// FAULTS 95: a client that leaves changes nothing, at whichever wait of its request it leaves.
#[tokio::test]
async fn a_decision_is_carried_through_though_nobody_waits_for_it() {
    let site = site().await;
    let ben = site.program("ben@example.org", &ALL).await;
    let item = ben.get(ITEM).await.good();
    let sent = ben.if_match(text(&item["proposed"]));
    let decisions = format!("{ITEM}/decisions");
    let mut said = 0;
    loop {
        let sent = sent.key(&format!("gone-{said}"));
        let words = format!("Gone after {said}.");
        let body = json!({"decision": "comment", "base": null, "reason": words});
        let was_answered = left_after(said, sent.post(&decisions, body.clone())).await;
        let mut answer = sent.post(&decisions, body.clone()).await;
        for _ in 0..50 {
            if answer.status != 409 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            answer = sent.post(&decisions, body.clone()).await;
        }
        answer.good();
        said += 1;
        assert_eq!(journal(&site), said);
        if was_answered {
            break;
        }
    }
    assert!(said > 3, "a request waits more often than {said} times");
    site.story.is_proven();
}

/// Asks a request how it is as often as is said, then leaves. Says whether it was answered.
async fn left_after(polls: usize, request: impl Future<Output = Answer>) -> bool {
    let mut request = std::pin::pin!(request);
    let mut left = polls;
    std::future::poll_fn(|context| match left.checked_sub(1) {
        None => Poll::Ready(false),
        Some(fewer) => {
            left = fewer;
            request.as_mut().poll(context).map(|_| true)
        }
    })
    .await
}

#[tokio::test]
async fn several_items_are_decided_in_one_request_each_by_itself() {
    let files = [
        (NOTE, DRAFT),
        ("notes/two.md", DRAFT),
        ("notes/three.md", DRAFT),
    ];
    let site = Site::of(Story::with(&files).await).await;
    let ben = site.program("ben@example.org", &ALL).await;
    let proposed = ben.get(ITEM).await.good()["proposed"].clone();
    let said = json!({"decision": "approve", "transition": "validate", "base": null});
    let ballot = |record: &str, proposed: &Value, said: &Value| json!({"record": record, "proposed": proposed, "said": said});
    let other = Value::from("1".repeat(40));
    let body = json!({"decisions": [
        ballot("notes/one", &proposed, &said),
        ballot("notes/two", &other, &said),
        ballot("notes/none", &proposed, &said),
        ballot("notes/three", &proposed, &json!({"decision": "approve", "base": null})),
        ballot("notes/three", &proposed, &said),
    ]});
    let many = format!("{API}/decisions");
    let done = ben.key("many").post(&many, body.clone()).await;
    let again = ben.key("many").post(&many, body).await;
    assert_eq!(done.text, again.text);
    let done = done.good();
    let codes: Vec<&Value> = done["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["problem"]["code"])
        .collect();
    assert_eq!(
        codes,
        [
            &Value::Null,
            &json!("REV-STALE-001"),
            &json!("API-PATH-001"),
            &json!("API-DECIDE-001"),
            &Value::Null
        ]
    );
    assert_eq!(done["items"][0]["result"]["status"], "validated");
    assert_eq!(done["items"][1]["problem"]["current"], proposed);
    assert_eq!(journal(&site), 2);
    ben.post(&many, json!({"decisions": []}))
        .await
        .refused(422, "API-DECIDE-004");
    site.story.is_proven();
}
