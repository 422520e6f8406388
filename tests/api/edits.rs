//! Edits change the meant bytes of drafts, and overwrite nobody.

use axum::body::Body;
use axum::http::Method;
use serde_json::json;

use super::common::git;
use super::*;

fn subject(site: &Site) -> String {
    let log = git(
        &site.story.bare(),
        &["log", "-1", "--format=%an <%ae> %s", "main"],
    );
    log.trim().to_owned()
}

#[tokio::test]
async fn an_edit_changes_the_meant_lines_alone() {
    let site = site().await;
    let ana = site.program("ana@example.org", &ALL).await;
    let record = ana.get(RECORD).await;
    assert_eq!(record.json()["may_edit"], true);
    let changes = json!({"changes": [
        {"op": "set", "field": "definition", "value": "A note: a \"short\" text."},
        {"op": "set", "field": "claims[c1].text", "value": "Notes are brief."},
        {"op": "set", "field": "weight", "value": 7},
        {"op": "append", "field": "tags", "value": "first"},
        {"op": "body", "text": "\n# One note\n\nA second paragraph.\n"},
    ]});
    let sent = ana.clone().with("if-match", record.header("etag"));
    let answer = sent.json(Method::PATCH, RECORD, changes.clone()).await;
    let tag = answer.header("etag").to_owned();
    let done = answer.good();
    assert_eq!(tag, format!("\"{}\"", text(&done["blob"])));
    let expected = "---\ntitle: \"One note\" # the title\nstatus: draft\nversion: 0.1.0\ndefinition: 'A note: a \"short\" text.'\nclaims:\n  - key: c1\n    text: Notes are brief.\nweight: 7\ntags:\n  - first\n---\n\n# One note\n\nA second paragraph.\n";
    assert_eq!(
        site.story.file(NOTE).replace(
            "\"A note: a \\\"short\\\" text.\"",
            "'A note: a \"short\" text.'"
        ),
        expected
    );
    assert_eq!(subject(&site), "Ana Roche <ana@example.org> Edit One note");
    let next = ana.clone().with("if-match", &tag);
    let date = json!({"changes": [{"op": "set", "field": "due", "value": "2031-05-06", "is_date": true}, {"op": "remove", "field": "weight"}]});
    next.json(Method::PATCH, RECORD, date).await.good();
    assert!(site.story.file(NOTE).contains("\ndue: 2031-05-06\n"));
    assert!(!site.story.file(NOTE).contains("weight"));
    site.story.rebuild_is_equal().await;
}

/// FAULTS 75, 77: an edit of a text that no longer stands is refused; one that stands already is done already.
#[tokio::test]
async fn an_edit_overwrites_nobody_and_may_be_sent_again() {
    let site = site().await;
    let ana = site.program("ana@example.org", &ALL).await;
    let ben = site.program("ben@example.org", &ALL).await;
    let tag = ana.get(RECORD).await.header("etag").to_owned();
    let title = |title: &str| json!({"changes": [{"op": "set", "field": "title", "value": title}]});
    ana.json(Method::PATCH, RECORD, title("x"))
        .await
        .refused(428, "API-MATCH-001");
    let of_ana = ana.clone().with("if-match", &tag);
    let done = of_ana
        .json(Method::PATCH, RECORD, title("Ana's"))
        .await
        .good();
    let before = refs(&site);
    let again = of_ana
        .json(Method::PATCH, RECORD, title("Ana's"))
        .await
        .good();
    assert_eq!(
        (&again["blob"], &again["commit"]),
        (&done["blob"], &Value::Null)
    );
    let of_ben = ben.clone().with("if-match", &tag);
    let late = of_ben.json(Method::PATCH, RECORD, title("Ben's")).await;
    late.refused(412, "REV-STALE-002");
    assert_eq!(late.json()["current"], done["blob"]);
    let foreign = ben.if_match(&"0".repeat(40));
    foreign
        .json(Method::PATCH, RECORD, title("x"))
        .await
        .refused(412, "REV-STALE-002");
    assert_eq!(refs(&site), before);
    let keyed = ana.if_match(text(&done["blob"])).key("edit-1");
    let first = keyed.json(Method::PATCH, RECORD, title("Keyed")).await;
    let second = keyed.json(Method::PATCH, RECORD, title("Keyed")).await;
    assert_eq!(
        (first.header("etag"), &first.text),
        (second.header("etag"), &second.text)
    );
    assert!(first.json()["commit"].is_string());
    keyed
        .json(Method::PATCH, RECORD, title("Other"))
        .await
        .refused(422, "API-KEY-002");
}

#[tokio::test]
async fn what_a_decision_writes_is_not_edited() {
    let site = site().await;
    let ana = site.program("ana@example.org", &ALL).await;
    let tag = ana.get(RECORD).await.header("etag").to_owned();
    let sent = ana.clone().with("if-match", &tag);
    let before = refs(&site);
    for (changes, code) in [
        (
            json!([{"op": "set", "field": "status", "value": "active"}]),
            "API-EDIT-003",
        ),
        (
            json!([{"op": "remove", "field": "version"}]),
            "API-EDIT-003",
        ),
        (
            json!([{"op": "set", "field": "a..b", "value": "x"}]),
            "API-EDIT-002",
        ),
        (
            json!([{"op": "set", "field": "title", "value": ["x"]}]),
            "API-EDIT-004",
        ),
        (
            json!([{"op": "remove", "field": "nothing"}]),
            "REC-EDIT-001",
        ),
        (json!([]), "API-EDIT-001"),
        (json!([{"op": "rename", "field": "title"}]), "API-BODY-004"),
        (
            json!([{"op": "remove", "field": "title", "value": 1}]),
            "API-BODY-004",
        ),
    ] {
        let body = json!({"changes": changes});
        sent.json(Method::PATCH, RECORD, body)
            .await
            .refused(422, code);
    }
    let active = DRAFT.replace("status: draft", "status: active");
    let put = |program: Program, content: String| async move {
        let address = format!("{RECORD}/content");
        program
            .send(
                Method::PUT,
                &address,
                Some("text/markdown"),
                Body::from(content),
            )
            .await
    };
    put(sent.clone(), active).await.refused(422, "REV-EDIT-002");
    put(sent.clone(), "no front matter".to_owned())
        .await
        .refused(422, "REC-FM-001");
    assert_eq!(refs(&site), before);
    let longer = format!("{DRAFT}\nMore.\n");
    let done = put(sent.clone(), longer.clone()).await.good();
    assert_eq!(site.story.file(NOTE), longer);
    let ben = site.program("ben@example.org", &ALL).await;
    let cy = site.program("cy@example.org", &ALL).await;
    approve(&ben, "validate").await.good();
    let validated = ana.get(RECORD).await;
    assert_eq!(validated.json()["may_edit"], false);
    let late = ana.clone().with("if-match", validated.header("etag"));
    put(late, longer.clone()).await.refused(422, "REV-EDIT-001");
    drop((done, cy));
}

#[tokio::test]
async fn a_record_is_begun_by_its_title_or_its_text() {
    let site = site().await;
    let ana = site.program("ana@example.org", &ALL).await;
    let new = format!("{API}/collections/notes/records");
    let done = ana
        .key("new-1")
        .post(&new, json!({"title": "A second note"}))
        .await;
    assert_eq!(done.status, 201);
    let done = done.good();
    assert_eq!(
        (&done["record"], &done["path"]),
        (
            &json!("notes/a-second-note"),
            &json!("notes/a-second-note.md")
        )
    );
    let again = ana
        .key("new-1")
        .post(&new, json!({"title": "A second note"}))
        .await
        .good();
    assert_eq!(done, again);
    ana.post(&new, json!({"title": "A second note"}))
        .await
        .refused(422, "WEB-NEW-002");
    let whole = ana
        .post(&new, json!({"name": "third", "content": DRAFT}))
        .await
        .good();
    assert_eq!(site.story.file("notes/third.md"), DRAFT);
    assert_eq!(whole["record"], "notes/third");
    for (body, code) in [
        (json!({}), "WEB-NEW-005"),
        (json!({"title": "x", "name": "../x"}), "WEB-NEW-001"),
        (
            json!({"name": "x", "content": "no front matter"}),
            "REC-FM-001",
        ),
        (
            json!({"name": "x", "content": DRAFT.replace("draft", "active")}),
            "REV-EDIT-002",
        ),
        (json!({"title": "x", "path": "x.md"}), "API-BODY-004"),
    ] {
        ana.post(&new, body).await.refused(422, code);
    }
    let nowhere = format!("{API}/collections/none/records");
    ana.post(&nowhere, json!({"title": "x"}))
        .await
        .refused(404, "API-PATH-001");
}
