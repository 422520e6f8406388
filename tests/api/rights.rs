//! Who may: no token, tokens for less, owners without a role, owners whom the policy no longer names.

use axum::body::Body;
use axum::http::Method;
use serde_json::json;

use std::sync::Arc;

use countersign::review::Committer;
use countersign::web::Needs;
use countersign::web::accounts::{Accounts, NewToken};

use super::common::api::token;
use super::common::browser::{NOW, web_over};
use super::common::{POLICY, Story, forge::EVE, git};
use super::*;

/// Returns the address of a route, its names filled in.
fn address(pattern: &str) -> String {
    pattern
        .replace("{repository}", "test")
        .replace("{record}", "notes%2Fone")
        .replace("{version}", "1.0.0")
        .replace("{blob}", &"0".repeat(40))
        .replace("{collection}", "notes")
}

/// FAULTS 71, 78: without a token every route of the API answers 401 and nothing else, whatever cookie comes along.
#[tokio::test]
async fn nothing_is_reached_without_a_token() {
    let site = site().await;
    let browser = site.signed_in("ben@example.org").await;
    let cookie = format!("countersign={}", browser.cookies["countersign"]);
    let before = refs(&site);
    let routes = countersign::web::routes(&site.web);
    for route in routes.declared() {
        if !matches!(route.needs, Needs::Token | Needs::TokenFor(_)) {
            continue;
        }
        let method: Method = route.method.parse().unwrap();
        let stranger = site.program_with("");
        let guesser = site.program_with(&format!("cs_{}", "0".repeat(64)));
        let signed_in = stranger.clone().with("cookie", &cookie);
        for (program, code) in [
            (&stranger, "API-AUTH-001"),
            (&signed_in, "API-AUTH-001"),
            (&guesser, "API-AUTH-002"),
        ] {
            let answer = program
                .send(method.clone(), &address(route.path), None, Body::empty())
                .await;
            answer.refused(401, code);
            assert!(
                answer
                    .header("www-authenticate")
                    .starts_with("Bearer realm=")
            );
        }
    }
    assert_eq!(refs(&site), before);
}

/// FAULTS 72: each route wants its own scope, and a refusal changes nothing.
#[tokio::test]
async fn a_token_does_what_it_was_made_for_and_no_more() {
    let site = site().await;
    let before = refs(&site);
    let routes = countersign::web::routes(&site.web);
    for route in routes.declared() {
        let Needs::TokenFor(scope) = route.needs else {
            continue;
        };
        let others: Vec<Scope> = ALL.into_iter().filter(|other| *other != scope).collect();
        let program = site.program("dee@example.org", &others).await;
        let method: Method = route.method.parse().unwrap();
        let answer = program
            .send(method, &address(route.path), None, Body::empty())
            .await;
        answer.refused(403, "API-SCOPE-001");
        let wanted = format!("error=\"insufficient_scope\", scope=\"{scope}\"");
        assert!(answer.header("www-authenticate").ends_with(&wanted));
    }
    assert_eq!(refs(&site), before);
}

/// FAULTS 92: what a token does not open cannot be told from what is not there.
#[tokio::test]
async fn what_is_closed_looks_like_what_is_not_there() {
    let site = site().await;
    let ben = site.program("ben@example.org", &ALL).await;
    let nobody = site.program("nobody@example.org", &ALL).await;
    let elsewhere = site
        .program_in("ben@example.org", &ALL, Some("other"))
        .await;
    let missing = ben.get("/api/v1/repositories/none/records").await;
    missing.refused(404, "API-PATH-001");
    for program in [&nobody, &elsewhere] {
        for part in ["", "/records", "/records/notes%2Fone", "/queue", "/health"] {
            let closed = program.get(&format!("{API}{part}")).await;
            assert_eq!(
                (closed.status, &closed.text),
                (missing.status, &missing.text)
            );
        }
        let list = program.get("/api/v1/repositories").await.good();
        assert_eq!(list["items"], json!([]));
    }
    let list = ben.get("/api/v1/repositories").await.good();
    assert_eq!(list["items"][0]["name"], "test");
    let own = site.program_in("ben@example.org", &ALL, Some("test")).await;
    own.get(API).await.good();
}

#[tokio::test]
async fn a_token_ends_when_it_runs_out_and_when_its_owner_says_so() {
    let site = site().await;
    let wanted = NewToken {
        name: "late".to_owned(),
        scopes: ALL.to_vec(),
        repository: None,
        expires_at: NOW,
    };
    let accounts = &site.web.accounts;
    let made = accounts
        .make_token("ben@example.org", &wanted, NOW - 60)
        .await;
    let late = site.program_with(&made.unwrap().unwrap());
    late.get("/api/v1/token").await.refused(401, "API-AUTH-002");
    let ben = site.program("ben@example.org", &ALL).await;
    let told = ben.get("/api/v1/token").await.good();
    assert_eq!(told["address"], "ben@example.org");
    assert_eq!(told["scopes"], json!(["read", "decide", "edit", "report"]));
    assert!(ben.token.starts_with(text(&told["prefix"])));
    let known = accounts
        .tokens("ben@example.org", NOW)
        .await
        .unwrap()
        .remove(0);
    assert!(
        !accounts
            .end_token("ana@example.org", &known.id)
            .await
            .unwrap()
    );
    ben.get(API).await.good();
    assert!(
        accounts
            .end_token("ben@example.org", &known.id)
            .await
            .unwrap()
    );
    ben.get(API).await.refused(401, "API-AUTH-002");
}

#[tokio::test]
async fn a_token_has_no_more_rights_than_the_policy_gives_its_owner_now() {
    let site =
        Site::of(Story::with_policy(&format!("{POLICY}{EVE}"), &[(NOTE, DRAFT)]).await).await;
    let ben = site.program("ben@example.org", &ALL).await;
    ben.get(RECORD).await.good();
    let without = site
        .story
        .file("countersign.toml")
        .replace("[people.ben]", "[people.bea]")
        .replace("Ben Aster", "Bea Aster")
        .replace("ben@example.org", "bea@example.org");
    site.story.push(
        "Ana Roche <ana@example.org>",
        &[("countersign.toml", &without)],
    );
    site.story.desk.sync().await.unwrap();
    ben.get(RECORD).await.good();
    let dee = site.program("dee@example.org", &ALL).await;
    let change = dee.get(&format!("{API}/policy-change")).await.good();
    let body = json!({"decision": "approve", "transition": "amend", "base": change["base"]});
    let done = dee
        .if_match(text(&change["proposed"]))
        .post(&format!("{API}/policy-change/decisions"), body)
        .await;
    assert_eq!(done.good()["outcome"], "attested");
    ben.get(RECORD).await.refused(404, "API-PATH-001");
    assert_eq!(
        ben.get("/api/v1/repositories").await.good()["items"],
        json!([])
    );
    site.story.is_proven();
}

/// FAULTS 73: each role by what it may not do; nothing is written.
#[tokio::test]
async fn a_program_is_refused_what_its_owner_is_refused() {
    let site =
        Site::of(Story::with_policy(&format!("{POLICY}{EVE}"), &[(NOTE, DRAFT)]).await).await;
    let before = refs(&site);
    let ana = site.program("ana@example.org", &ALL).await;
    approve(&ana, "validate").await.refused(403, "REV-EYES-001");
    let home = site.program("ana@home.example", &ALL).await;
    approve(&home, "validate")
        .await
        .refused(403, "REV-EYES-001");
    let cy = site.program("cy@example.org", &ALL).await;
    approve(&cy, "validate").await.refused(403, "REV-RIGHT-002");
    let eve = site.program("eve@example.org", &ALL).await;
    approve(&eve, "validate")
        .await
        .refused(403, "REV-RIGHT-002");
    let ben = site.program("ben@example.org", &ALL).await;
    approve(&ben, "activate").await.refused(422, "REV-MOVE-001");
    approve(&ben, "x\nTransition: activate")
        .await
        .refused(422, "REV-MOVE-001");
    assert_eq!(refs(&site), before);
    let item = ana.get(ITEM).await.good();
    let validate = &item["moves"][0];
    assert_eq!(validate["transition"], "validate");
    assert_eq!(validate["you_may"], false);
    assert!(text(&validate["you_may_not"]).starts_with("you wrote this text"));
    let need = &validate["needs"][0];
    assert_eq!(need["role"], "reviewer");
    assert_eq!(need["may"][0]["person"], "ben");
    assert_eq!(need["may_not"][0]["who"]["person"], "ana");
    assert_eq!(need["may_not"][0]["reason"], "author");
    assert_eq!(item["authors"][0]["person"], "ana");
}

#[tokio::test]
async fn a_repository_that_is_not_adopted_decides_nothing() {
    let folder = tempfile::tempdir().unwrap();
    git(
        folder.path(),
        &["init", "-q", "--bare", "-b", "main", "repo.git"],
    );
    git(folder.path(), &["clone", "-q", "repo.git", "work"]);
    let work = folder.path().join("work");
    let files = [("countersign.toml", POLICY), (NOTE, DRAFT)];
    super::common::commit_files(&work, "Ana Roche <ana@example.org>", "Begin", &files);
    git(&work, &["push", "-q", "origin", "HEAD:main"]);
    let desk = super::common::desk(folder.path()).await;
    desk.sync().await.unwrap();
    let accounts = Accounts::open(&folder.path().join("private.sqlite")).await;
    let committer = Committer::start(Arc::clone(&desk));
    let web = Arc::new(web_over(desk, committer, accounts.unwrap()));
    let router = countersign::web::router(Arc::clone(&web));
    let of = async |address| Program::of(&router, &token(&web, address, &ALL, None).await);
    let ben = of("ben@example.org").await;
    ben.get(RECORD).await.refused(409, "POL-ADOPT-001");
    let list = ben.get("/api/v1/repositories").await.good();
    assert_eq!(list["items"][0]["is_adopted"], false);
    let nobody = of("nobody@example.org").await;
    nobody.get(RECORD).await.refused(404, "API-PATH-001");
}
