//! Programs read what a rewritten history lost, and decide about it for those who may.

use serde_json::json;

use super::*;

const HISTORY: &str = "/api/v1/repositories/test/history";
const DECIDE: &str = "/api/v1/repositories/test/history/decisions";

#[tokio::test]
async fn a_program_reads_what_was_lost_and_decides_for_an_administrator() {
    let site = site().await;
    for (who, transition) in [
        ("ben@example.org", "validate"),
        ("cy@example.org", "activate"),
    ] {
        site.story.approve(who, NOTE, transition).await.unwrap();
    }
    let ben = site.program("ben@example.org", &ALL).await;
    let whole = ben.get(HISTORY).await.good();
    assert_eq!(
        (text(&whole["state"]), &whole["rewritten"]),
        ("whole", &json!(null))
    );
    git(
        &site.story.bare(),
        &["update-ref", "refs/heads/main", "main~1"],
    );
    site.story.desk.sync().await.unwrap();

    let told = ben.get(HISTORY).await;
    let tag = told.header("etag").trim_matches('"').to_owned();
    let told = told.good();
    let found = &told["rewritten"];
    assert_eq!(text(&told["state"]), "on_hold");
    assert_eq!(text(&found["manifest"]), tag);
    assert_eq!(
        (found["lost_count"].as_u64(), &found["may_decide"]),
        (Some(1), &json!(false))
    );
    assert_eq!(text(&found["lost"][0]["version"]), "1.0.0");
    assert_eq!(text(&told["said"][0]["act"]), "rewrite");
    let shown = ben.get("/api/v1/repositories/test").await.good();
    assert_eq!(
        text(&shown["publication"]["problem"]["code"]),
        "GIT-HIST-001"
    );

    let body = json!({"decision": "restore", "reason": "A mirror."});
    let seen = ben.if_match(&tag);
    seen.post(DECIDE, body.clone())
        .await
        .refused(403, "GIT-HIST-003");
    let dee = site.program("dee@example.org", &ALL).await;
    dee.post(DECIDE, body.clone())
        .await
        .refused(428, "API-MATCH-001");
    let other = "1".repeat(40);
    dee.if_match(&other)
        .post(DECIDE, body.clone())
        .await
        .refused(412, "GIT-HIST-002");
    let once = dee.if_match(&tag).key("once");
    let done = once.post(DECIDE, body.clone()).await.good();
    assert_eq!(text(&done["state"]), "whole");
    let after = refs(&site);
    assert_eq!(once.post(DECIDE, body.clone()).await.good(), done);
    assert_eq!(refs(&site), after);
    dee.if_match(&tag)
        .post(DECIDE, body)
        .await
        .refused(409, "GIT-HIST-004");
    let told = dee.get(HISTORY).await.good();
    assert_eq!(text(&told["said"][1]["text"]), "A mirror.");
    assert_eq!(text(&told["said"][1]["by"]["person"]), "dee");
    site.story.is_proven();
    site.story.rebuild_is_equal().await;
}
