//! What stands around the records: people, policy, its changes, health and findings.

use serde_json::json;

use super::common::{POLICY, forge::EVE};
use super::*;

#[tokio::test]
async fn people_and_policy_are_told_as_they_are_in_force() {
    let site = site().await;
    let cy = site.program("cy@example.org", &[Read]).await;
    let people = cy.get(&format!("{API}/people")).await.good();
    assert_eq!(
        people["items"][0]["addresses"],
        json!(["ana@example.org", "ana@home.example"])
    );
    assert_eq!(
        people["items"][2]["roles"],
        json!([{"role": "publisher", "collections": null, "locales": null}])
    );
    let policy = cy.get(&format!("{API}/policy")).await.good();
    assert_eq!(policy["change_waits"], false);
    assert_eq!(text(&policy["text"]).trim(), POLICY.trim());
    let moves = policy["workflows"][0]["transitions"].as_array().unwrap();
    assert!(
        moves
            .iter()
            .any(|one| one["name"] == "validate" && one["takes"][0]["people"] == 1)
    );
    let repository = cy.get(API).await.good();
    assert_eq!(repository["title"], "Test register");
    assert_eq!(repository["policy"], policy["blob"]);
    assert_eq!(repository["records"]["all"], 1);
    assert_eq!(repository["publication"]["published"], true);
    assert_eq!(repository["collections"][0]["may_begin"], true);
}

#[tokio::test]
async fn a_change_of_the_policy_is_shown_whole_and_decided_by_those_it_takes() {
    let site = site().await;
    let dee = site.program("dee@example.org", &ALL).await;
    let change = format!("{API}/policy-change");
    dee.get(&change).await.refused(404, "API-POLICY-001");
    let proposed = format!("{POLICY}{EVE}");
    site.story.push(
        "Ana Roche <ana@example.org>",
        &[("countersign.toml", &proposed)],
    );
    site.story.desk.sync().await.unwrap();
    let answer = dee.get(&change).await;
    let tag = answer.header("etag").to_owned();
    let told = answer.good();
    assert_eq!(told["part"], "yours");
    assert_eq!(told["files"][0]["path"], "countersign.toml");
    assert_eq!(told["files"][0]["new"], proposed);
    assert_eq!(told["authors"][0]["person"], "ana");
    assert_eq!(told["moves"][0]["transition"], "amend");
    let body = json!({"decision": "approve", "transition": "amend", "base": told["base"]});
    let decisions = format!("{change}/decisions");
    let ana = site.program("ana@example.org", &ALL).await;
    ana.clone()
        .with("if-match", &tag)
        .post(&decisions, body.clone())
        .await
        .refused(403, "REV-EYES-001");
    let stale = dee.if_match(&"1".repeat(40));
    stale
        .post(&decisions, body.clone())
        .await
        .refused(412, "REV-STALE-001");
    let done = dee
        .clone()
        .with("if-match", &tag)
        .post(&decisions, body)
        .await
        .good();
    assert_eq!(done["outcome"], "attested");
    let people = dee.get(&format!("{API}/people")).await.good();
    assert_eq!(people["items"].as_array().unwrap().len(), 5);
    site.story.is_proven();
}

#[tokio::test]
async fn health_and_findings_name_what_is_wrong() {
    let untitled = DRAFT.replace("title: \"One note\" # the title\n", "");
    let files = [
        (NOTE, DRAFT),
        ("notes/broken.md", "---\ntitle: x\n"),
        ("notes/untitled.md", untitled.as_str()),
    ];
    let site = Site::of(Story::with(&files).await).await;
    let ben = site.program("ben@example.org", &[Read]).await;
    let health = ben.get(&format!("{API}/health")).await.good();
    assert_eq!(health["is_up_to_date"], true);
    assert_eq!(
        health["records"],
        json!({"all": 3, "changed": 0, "quarantined": 1})
    );
    assert_eq!(health["quarantined"][0]["quarantine"]["code"], "REC-FM-002");
    let broken = ben
        .get(&format!("{API}/records/notes%2Fbroken"))
        .await
        .good();
    assert_eq!(
        (&broken["fields"], &broken["may_edit"]),
        (&Value::Null, &json!(false))
    );
    let findings = ben.get(&format!("{API}/findings")).await.good();
    let found = findings["items"].as_array().unwrap();
    let untitled = found
        .iter()
        .find(|one| one["record"] == "notes/untitled")
        .unwrap();
    assert_eq!(untitled["findings"][0]["code"], "S09");
    let blocking = ben
        .get(&format!("{API}/findings?severity=blocking"))
        .await
        .good();
    assert!(
        !blocking.to_string().contains("notes/untitled"),
        "{blocking}"
    );
    ben.get(&format!("{API}/findings?severity=grave"))
        .await
        .refused(400, "API-QUERY-001");
}
