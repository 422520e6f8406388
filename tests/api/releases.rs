//! Programs plan, try, let out and give up releases as people do.

use axum::http::Method;
use serde_json::json;

use super::*;

const RELEASE: &str = "/api/v1/repositories/test/releases/winter";

async fn plan(program: &Program, blob: &str, due: Option<&str>) -> Answer {
    let body = json!({"title": "Winter", "text": "What we learned.", "due": due, "members": [{"path": NOTE, "blob": blob}]});
    program.json(Method::PUT, RELEASE, body).await
}

#[tokio::test]
async fn a_program_plans_tries_and_lets_out_a_release() {
    let site = site().await;
    site.story
        .approve("ben@example.org", NOTE, "validate")
        .await
        .unwrap();
    let cy = site.program("cy@example.org", &ALL).await;
    let blob = site.story.item(NOTE).await.proposed.to_string();
    let planned = plan(&cy, &blob, Some("2030-01-02T03:04:05Z")).await.good();
    assert_eq!(
        (text(&planned["name"]), text(&planned["state"])),
        ("winter", "planned")
    );

    let told = cy.get(RELEASE).await.good();
    assert_eq!(told["ready"], false);
    assert_eq!(told["release"]["due"], "2030-01-02T03:04:05Z");
    let member = &told["members"][0];
    assert_eq!(
        (text(&member["record"]), text(&member["version_to"])),
        ("notes/one", "1.0.0")
    );
    assert_eq!(member["obstacles"][0]["kind"], "missing");
    assert_eq!(member["obstacles"][0]["people"][0]["person"], "cy");
    let list = cy.get(&format!("{API}/releases")).await.good();
    assert_eq!(list["items"][0]["name"], "winter");

    let manifest = text(&told["release"]["manifest"]).to_owned();
    let act = format!("{RELEASE}/release");
    cy.post(&act, json!({})).await.refused(428, "API-MATCH-001");
    let seen = cy.if_match(&manifest);
    let before = refs(&site);
    seen.post(&act, json!({}))
        .await
        .refused(422, "REL-READY-001");
    assert_eq!(refs(&site), before);
    approve(&cy, "activate").await.good();
    let again = seen.key("once");
    let done = again
        .post(&act, json!({"reason": "As agreed."}))
        .await
        .good();
    assert_eq!(text(&done["state"]), "released");
    assert_eq!(done["landed"].as_array().unwrap().len(), 1);
    let after = refs(&site);
    assert_eq!(
        again
            .post(&act, json!({"reason": "As agreed."}))
            .await
            .good(),
        done
    );
    assert_eq!(refs(&site), after);
    let told = cy.get(RELEASE).await.good();
    assert_eq!(told["landed"][0]["version"], "1.0.0");
    assert_eq!(told["said"][1]["text"], "As agreed.");
    seen.post(&act, json!({}))
        .await
        .refused(409, "REL-STATE-001");
    let ended = cy.get(&format!("{API}/releases?state=ended")).await.good();
    assert_eq!(ended["items"][0]["state"], "released");
    site.story.is_proven();
}

#[tokio::test]
async fn a_plan_is_taken_by_those_who_publish_once_and_replaced_by_whoever_read_it() {
    let site = site().await;
    let cy = site.program("cy@example.org", &ALL).await;
    let ben = site.program("ben@example.org", &ALL).await;
    let blob = site.story.item(NOTE).await.proposed.to_string();
    plan(&ben, &blob, None).await.refused(403, "REL-RIGHT-001");
    plan(&cy, &"0".repeat(40), None)
        .await
        .refused(422, "REL-PLAN-003");
    plan(&cy, &blob, Some("tomorrow"))
        .await
        .refused(422, "REL-DUE-001");
    plan(&cy, &blob, None).await.good();
    plan(&cy, &blob, None).await.refused(422, "REL-NAME-002");
    let stale = plan(&cy.if_match(&"1".repeat(40)), &blob, None).await;
    stale.refused(412, "REL-STALE-001");
    let manifest = text(&stale.json()["current"]).to_owned();
    let seen = cy.if_match(&manifest);
    plan(&seen, &blob, Some("2030-01-02T03:04:05Z"))
        .await
        .good();
    let cancel = format!("{RELEASE}/cancel");
    seen.post(&cancel, json!({}))
        .await
        .refused(412, "REL-STALE-001");
    let told = cy.get(RELEASE).await.good();
    let seen = cy.if_match(text(&told["release"]["manifest"]));
    let done = seen
        .post(&cancel, json!({"reason": "Not this year."}))
        .await
        .good();
    assert_eq!(text(&done["state"]), "cancelled");
    cy.get(&format!("{API}/releases/none"))
        .await
        .refused(404, "REL-GONE-001");
    cy.get(&format!("{API}/releases?state=soon"))
        .await
        .refused(400, "API-QUERY-001");
}
