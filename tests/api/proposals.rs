//! A proposal from first push to publication with plain git and the API alone: listed, read, spoken of, approved, and brought up to date by choices.

use serde_json::json;

use super::common::git;
use super::*;

const BRANCH: &str = "proposals/claims";
const PROPOSALS: &str = "/api/v1/repositories/test/proposals";
const PROPOSAL: &str = "/api/v1/repositories/test/proposals/proposals%2Fclaims";
const PROPOSED: &str = "/api/v1/repositories/test/review/notes%2Fone?proposal=proposals%2Fclaims";
const DECISIONS: &str =
    "/api/v1/repositories/test/review/notes%2Fone/decisions?proposal=proposals%2Fclaims";
const ANA: &str = "Ana Roche <ana@example.org>";

async fn published() -> Site {
    let story = Story::with(&[(NOTE, DRAFT)]).await;
    for (address, transition) in [
        ("ben@example.org", "validate"),
        ("cy@example.org", "activate"),
    ] {
        story.approve(address, NOTE, transition).await.unwrap();
    }
    Site::of(story).await
}

fn with_claim(text: &str) -> String {
    let claims = "Notes are short.\n  - key: c2\n    text: Notes are cheap.\n";
    text.replace("Notes are short.\n", claims)
}

async fn approve(site: &Site, address: &str) -> serde_json::Value {
    let program = site.program(address, &ALL).await;
    let item = program.get(PROPOSED).await.good();
    let said = json!({"decision": "approve", "transition": "revise", "base": item["base"]});
    program
        .if_match(text(&item["proposed"]))
        .post(DECISIONS, said)
        .await
        .good()
}

#[tokio::test]
async fn a_branch_is_pushed_spoken_of_approved_and_published() {
    let site = published().await;
    let revised = with_claim(&site.story.file(NOTE));
    site.story
        .propose(BRANCH, ANA, "Say that notes are cheap", &[(NOTE, &revised)]);
    site.story.desk.sync().await.unwrap();
    let ben = site.program("ben@example.org", &ALL).await;
    let list = ben.get(PROPOSALS).await.good();
    assert_eq!(list["items"][0]["branch"], BRANCH);
    let queue = ben
        .get("/api/v1/repositories/test/queue?part=yours")
        .await
        .good();
    assert_eq!(queue["items"][0]["proposal"], BRANCH);
    let proposal = ben.get(PROPOSAL).await.good();
    assert_eq!(proposal["records"][0]["part"], "yours", "{proposal}");
    let said = json!({"decision": "comment", "base": null, "reason": "Reads well."});
    let whole = text(&proposal["manifest"]).to_owned();
    ben.if_match(&whole)
        .post(&format!("{PROPOSAL}/decisions"), said)
        .await
        .good();
    let item = ben.get(PROPOSED).await.good();
    let proposed = text(&item["proposed"]).to_owned();
    let field = json!({"decision": "comment", "base": item["base"], "field": "claims[c2].text", "reason": "Cheap?"});
    ben.if_match(&proposed).post(DECISIONS, field).await.good();
    assert_eq!(
        ben.get(PROPOSAL).await.good()["said"][0]["text"],
        "Reads well."
    );

    // Her own approval counts for nothing; two others' do, and the second publishes.
    let ana = site.program("ana@example.org", &ALL).await;
    let own = json!({"decision": "approve", "transition": "revise", "base": item["base"]});
    ana.if_match(&proposed)
        .post(DECISIONS, own)
        .await
        .refused(403, "REV-EYES-001");
    assert_eq!(
        approve(&site, "ben@example.org").await["outcome"],
        "recorded"
    );
    let published = approve(&site, "cy@example.org").await;
    assert_eq!(
        (&published["outcome"], &published["version"]),
        (&json!("attested"), &json!("1.1.0"))
    );
    assert_eq!(
        ben.get(PROPOSAL).await.good()["proposal"]["state"],
        "landed"
    );
    site.story.is_proven();
}

#[tokio::test]
async fn an_edit_begins_a_proposal_and_a_clash_is_settled_by_choices() {
    let site = published().await;
    let ana = site.program("ana@example.org", &ALL).await;
    let record = ana.get(RECORD).await.good();
    let blob = text(&record["blob"]).to_owned();
    let change =
        json!({"changes": [{"op": "set", "field": "definition", "value": "A note is mine."}]});
    let in_place = ana
        .if_match(&blob)
        .json(axum::http::Method::PATCH, RECORD, change.clone())
        .await;
    in_place.refused(422, "REV-EDIT-001");
    let address = format!("{RECORD}?proposal=new");
    let edited = ana
        .if_match(&blob)
        .json(axum::http::Method::PATCH, &address, change)
        .await
        .good();
    let branch = text(&edited["proposal"]).to_owned();
    assert_eq!(branch, "proposals/one-note");
    let theirs = site
        .story
        .file(NOTE)
        .replace("A note is a short text.", "A note is theirs.");
    site.story
        .propose(BRANCH, ANA, "Theirs", &[(NOTE, &theirs)]);
    site.story.desk.sync().await.unwrap();
    approve(&site, "ben@example.org").await;
    approve(&site, "cy@example.org").await;

    let mine = format!("{PROPOSALS}/proposals%2Fone-note");
    assert_eq!(ana.get(&mine).await.good()["records"][0]["behind"], true);
    let clashes = ana.get(&format!("{mine}/clashes")).await.good();
    let clash = &clashes["items"][0];
    assert_eq!(clash["questions"][0]["field"], "definition", "{clashes}");
    let update = format!("{mine}/update");
    ana.post(&update, json!({}))
        .await
        .refused(422, "PRO-MERGE-001");
    let settled = json!({"settled": [{
        "path": clash["path"], "standing": clash["standing"], "yours": clash["yours"],
        "choices": [{"take": "new", "text": "A note is ours."}],
    }]});
    ana.post(&update, settled).await.good();
    let merged = git(&site.story.bare(), &["show", &format!("{branch}:{NOTE}")]);
    assert!(merged.contains("definition: A note is ours."), "{merged}");
    assert_eq!(ana.get(&mine).await.good()["records"][0]["behind"], false);
}
