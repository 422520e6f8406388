//! Programs read and decide at `/api/v1` as people do on the pages.

#[path = "../common/mod.rs"]
mod common;

mod decisions;
mod document;
mod edits;
mod history;
mod hostile;
mod lists;
mod proposals;
mod register;
mod releases;
mod rights;
mod texts;
mod tokens;

use common::api::{Answer, Program};
use common::browser::Site;
use common::{DRAFT, Story, git};
use countersign::web::accounts::Scope::{self, Read};
use serde_json::{Value, json};

const NOTE: &str = "notes/one.md";
const API: &str = "/api/v1/repositories/test";
const RECORD: &str = "/api/v1/repositories/test/records/notes%2Fone";
const ITEM: &str = "/api/v1/repositories/test/review/notes%2Fone";
const ALL: [Scope; 4] = Scope::ALL;

async fn site() -> Site {
    Site::of(Story::with(&[(NOTE, DRAFT)]).await).await
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value}"))
}

/// Returns the tips of the branch and of the journal: what a refusal leaves as it was.
fn refs(site: &Site) -> String {
    git(&site.story.bare(), &["for-each-ref"])
}

/// Approves a move as the item stands.
async fn approve(program: &Program, transition: &str) -> Answer {
    let item = program.get(ITEM).await.good();
    let body = json!({"decision": "approve", "transition": transition, "base": item["base"]});
    program
        .if_match(text(&item["proposed"]))
        .post(&format!("{ITEM}/decisions"), body)
        .await
}

#[tokio::test]
async fn a_program_reads_and_decides_as_its_owner_does() {
    let site = site().await;
    let ben = site.program("ben@example.org", &ALL).await;
    let list = ben.get(&format!("{API}/records")).await.good();
    assert_eq!(list["items"][0]["id"], "notes/one");
    assert_eq!(list["next"], Value::Null);
    let answer = ben.get(RECORD).await;
    let tag = answer.header("etag").to_owned();
    let record = answer.good();
    assert_eq!(tag, format!("\"{}\"", text(&record["blob"])));
    assert_eq!(record["fields"]["claims"][0]["text"], "Notes are short.");
    assert_eq!(record["declared"]["status"], "draft");
    assert_eq!(record["attested"]["sequence"], 0, "the baseline");
    let done = approve(&ben, "validate").await.good();
    assert_eq!(done["outcome"], "attested");
    assert_eq!(done["status"], "validated");
    let cy = site.program("cy@example.org", &ALL).await;
    let done = approve(&cy, "activate").await.good();
    assert_eq!(
        (&done["status"], &done["version"]),
        (&json!("active"), &json!("1.0.0"))
    );
    let record = ben.get(RECORD).await.good();
    assert_eq!(record["attested"]["version"], "1.0.0");
    assert_eq!(record["attested"]["meaning"], "published");
    site.story.is_proven();
    site.story.rebuild_is_equal().await;
    assert!(
        git(&site.story.bare(), &["log", "-1", "--format=%B", "main"])
            .contains("Approved-by: Cy Lind")
    );
}
