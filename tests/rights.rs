//! The matrix of rights: every declared route, asked by everybody who could ask. A route without an example here fails.

mod common;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use common::api::{Program, token};
use common::browser::{Browser, NOW, Page, Site};
use common::{DRAFT, POLICY, Story, git};
use countersign::id::Identity;
use countersign::index;
use countersign::ledger::{Member, Plan};
use countersign::record::FieldPath;
use countersign::review::{ReleaseAct, ReleaseOrder};
use countersign::web::accounts::{
    NewToken,
    Scope::{self, Read},
};
use countersign::web::{Needs, Route, routes};
use serde_json::json;

const NOTE: &str = "notes/one.md";
/// A proposal of Ana's that is behind what is published.
const BRANCH: &str = "proposals/three";
const TITLE: &str = "One note";
const ALL: [Scope; 4] = Scope::ALL;

/// Whom the policy names, each with one role; Ana wrote the record, Eve's role is in another collection, Hal has none.
const AUTHOR: &str = "ana@example.org";
const REVIEWER: &str = "ben@example.org";
const PUBLISHER: &str = "cy@example.org";
const ADMINISTRATOR: &str = "dee@example.org";
const ELSEWHERE: &str = "eve@example.org";
const WITHOUT: &str = "hal@example.org";
const STRANGER: &str = "zoe@example.org";
const NAMED: [&str; 6] = [
    AUTHOR,
    REVIEWER,
    PUBLISHER,
    ADMINISTRATOR,
    ELSEWHERE,
    WITHOUT,
];

/// What a request does, and so who may make it succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Does {
    /// Changes no register.
    Nothing,
    /// Approves what a reviewer approves.
    Validates,
    /// Changes the record's text.
    Edits,
    /// Writes another record.
    Begins,
    /// Brings a proposal up to date.
    Updates,
    /// Says something of a field, or of a proposal.
    Speaks,
    /// Takes over what an administrator suggested.
    Takes,
    /// Approves the change of the policy that waits.
    Amends,
    /// Plans a release.
    Plans,
    /// Gives up the release that is planned.
    Cancels,
    /// Restores a history that was rewritten.
    Restores,
}

impl Does {
    fn may(self, who: &str) -> bool {
        match self {
            Self::Nothing => true,
            Self::Validates => who == REVIEWER,
            Self::Edits | Self::Begins | Self::Speaks | Self::Updates => {
                [AUTHOR, REVIEWER, PUBLISHER, ADMINISTRATOR].contains(&who)
            }
            Self::Takes => [AUTHOR, REVIEWER, PUBLISHER].contains(&who),
            Self::Amends | Self::Restores => who == ADMINISTRATOR,
            Self::Plans | Self::Cancels => who == PUBLISHER,
        }
    }
}

/// Returns what an example of a route does; `None` for a route nobody thought about.
fn does(route: &Route) -> Option<Does> {
    let short = route
        .path
        .replace("/api/v1/repositories/{repository}", "api:")
        .replace("/{repository}", "page:");
    Some(match (route.method, short.as_str()) {
        ("GET", "/healthz" | "/readyz" | "/assets/{file}" | "/sign-in" | "/" | "/account") => {
            Does::Nothing
        }
        ("GET", "/sign-in/link/{token}" | "/sign-in/provider" | "/sign-in/provider/back") => {
            Does::Nothing
        }
        // Who may change secrets shows in tests/webhooks.
        ("POST", "/hookspage:/{host}") => Does::Nothing,
        ("GET" | "POST", "page:/hosting") => Does::Nothing,
        // The example's policy names no target; who may say where one is reached shows in tests/targets.
        ("GET" | "POST", "page:/targets" | "page:/targets/{name}") => Does::Nothing,
        ("GET", "page:/targets/{name}/{first}" | "api:/targets") => Does::Nothing,
        (
            "GET",
            "api:/targets/{target}/deliveries" | "api:/targets/{target}/deliveries/{first}",
        ) => Does::Nothing,
        (
            "POST",
            "api:/targets/{target}/builds"
            | "api:/targets/{target}/resting"
            | "api:/targets/{target}/replay",
        ) => Does::Nothing,
        ("POST", "/language" | "/sign-in" | "/sign-in/link/{token}" | "/sign-out") => Does::Nothing,
        ("GET" | "POST", "/set-up/{token}" | "/account/tokens") => Does::Nothing,
        ("POST", "/account/sessions" | "/account/password" | "/account/tokens/end") => {
            Does::Nothing
        }
        ("GET", "page:" | "page:/queue" | "page:/records" | "page:/records/{*id}") => Does::Nothing,
        ("GET", "page:/review/{*id}" | "page:/policy-change" | "page:/bulk") => Does::Nothing,
        ("GET", "page:/edit/{*id}" | "page:/new/{collection}" | "page:/versions/{*id}") => {
            Does::Nothing
        }
        ("GET", "page:/compare/{*id}" | "page:/activity" | "page:/people") => Does::Nothing,
        ("GET", "page:/health" | "page:/live" | "page:/suggestions") => Does::Nothing,
        ("GET", "page:/history" | "api:/history") => Does::Nothing,
        ("POST", "page:/history" | "api:/history/decisions") => Does::Restores,
        ("GET", "page:/proposals" | "page:/proposals/{*branch}" | "page:/update/{*branch}") => {
            Does::Nothing
        }
        ("GET", "page:/between/{*branch}") => Does::Nothing,
        ("POST", "page:/update/{*branch}") => Does::Updates,
        ("POST", "page:/accept") => Does::Takes,
        ("POST", "page:/comments") => Does::Speaks,
        ("POST", "page:/views" | "page:/views/deletion") => Does::Nothing,
        ("GET" | "POST", "/account/telling" | "/unsubscribe") => Does::Nothing,
        ("POST", "/account/feed") | ("GET", "page:/inbox.atom") => Does::Nothing,
        // What is public shows in tests/public_forms/.
        ("GET", "page:/public" | "page:/public/" | "page:/public/{*path}") => Does::Nothing,
        ("GET", "page:/inbox") | ("POST", "page:/inbox/read") => Does::Nothing,
        ("POST", "page:/decisions" | "page:/bulk") => Does::Validates,
        ("POST", "page:/edit/{*id}") => Does::Edits,
        ("POST", "page:/new/{collection}") => Does::Begins,
        // The example's record was never published; who may propose from one that was shows in tests/decisions/after.rs.
        ("GET" | "POST", "page:/file/{*id}") => Does::Nothing,
        ("GET" | "POST", "page:/again/{*id}" | "page:/ending/{*id}") => Does::Nothing,
        ("POST", "api:/records/{record}/revert") => Does::Nothing,
        ("GET", "page:/releases" | "page:/releases/{name}" | "page:/plan") => Does::Nothing,
        ("POST", "page:/plan") => Does::Plans,
        ("POST", "page:/releases/{name}") => Does::Cancels,
        ("GET", "/api/openapi.json" | "/api/v1/token" | "/api/v1/repositories") => Does::Nothing,
        ("GET", "api:" | "api:/records" | "api:/records/{record}" | "api:/queue") => Does::Nothing,
        ("GET", "api:/review/{record}" | "api:/activity" | "api:/people") => Does::Nothing,
        ("GET", "api:/policy" | "api:/policy-change" | "api:/health" | "api:/findings") => {
            Does::Nothing
        }
        ("GET", path) if path.starts_with("api:/records/{record}/") => Does::Nothing,
        ("GET", "api:/events" | "api:/inbox") | ("POST", "api:/inbox/read") => Does::Nothing,
        ("GET", "api:/proposals" | "api:/proposals/{branch}") => Does::Nothing,
        ("GET", "api:/proposals/{branch}/clashes") => Does::Nothing,
        ("POST", "api:/proposals/{branch}/decisions") => Does::Speaks,
        ("POST", "api:/proposals/{branch}/update") => Does::Updates,
        ("GET", "api:/releases" | "api:/releases/{name}") => Does::Nothing,
        ("PUT", "api:/releases/{name}") => Does::Plans,
        // Nothing of the example's release is ready; that it may be let out shows in tests/decisions/releases.rs.
        ("POST", "api:/releases/{name}/release") => Does::Nothing,
        ("POST", "api:/releases/{name}/cancel") => Does::Cancels,
        ("PATCH", "api:/records/{record}") | ("PUT", "api:/records/{record}/content") => {
            Does::Edits
        }
        ("POST", "api:/collections/{collection}/records") => Does::Begins,
        // The example's policy gives no folder to files; who may bring one shows in tests/pages/attachments.rs.
        ("GET", "page:/files/{blob}/{*path}" | "api:/files/{blob}") => Does::Nothing,
        ("POST", "api:/collections/{collection}/files") => Does::Nothing,
        ("POST", "api:/decisions" | "api:/review/{record}/decisions") => Does::Validates,
        ("POST", "api:/policy-change/decisions") => Does::Amends,
        _ => return None,
    })
}

/// Returns the address of an example: real names of a real register.
fn address(site: &Site, route: &Route) -> String {
    route
        .path
        .replace("{repository}", "test")
        .replace("{record}", "notes%2Fone")
        .replace("{*id}", "notes/one")
        .replace("{*path}", "media/map.png")
        .replace("{*branch}", BRANCH)
        .replace("{branch}", "proposals%2Fthree")
        .replace("{version}", "1.0.0")
        .replace("{blob}", &blob(site, NOTE))
        .replace("{collection}", "notes")
        .replace(
            "{name}",
            if route.method == "PUT" {
                "spring"
            } else {
                "winter"
            },
        )
        .replace("{token}", &"0".repeat(64))
        .replace("{host}", "github")
        .replace("{file}", "countersign.css")
}

fn blob(site: &Site, path: &str) -> String {
    let text = git(&site.story.bare(), &["rev-parse", &format!("main:{path}")]);
    text.trim().to_owned()
}

/// Two collections, a draft that Ana wrote, and a change of the policy that waits.
async fn site() -> Site {
    let notes = POLICY
        .split_once("[collections.notes]")
        .and_then(|(_, rest)| rest.split_once("[roles]"))
        .unwrap()
        .0;
    let essays = notes.replace("notes/*.md", "essays/*.md");
    let policy = POLICY
        .replace("[\"author\", \"reviewer\"]", "[\"author\"]")
        .replace(
            "[\"administrator\", \"reviewer\", \"publisher\"]",
            "[\"administrator\"]",
        )
        .replace("[roles]", &format!("[collections.essays]{essays}[roles]"));
    let others = "\n[people.eve]\nname = \"Eve Hall\"\naddresses = [\"eve@example.org\"]\nroles = [{ role = \"reviewer\", collections = [\"essays\"] }]\n\n[people.hal]\nname = \"Hal Orr\"\naddresses = [\"hal@example.org\"]\nroles = []\n";
    let policy = format!("{policy}{others}");
    let files = [(NOTE, DRAFT), ("essays/two.md", DRAFT)];
    let story = Story::with_policy(&policy, &files).await;
    let ana = "Ana Roche <ana@example.org>";
    let third = DRAFT.replace(TITLE, "Three notes");
    story.propose(BRANCH, ana, "Begin a note", &[("notes/three.md", &third)]);
    let changed = policy.replace("Test register", "Tested register");
    story.push(ana, &[("countersign.toml", &changed)]);
    story.desk.sync().await.unwrap();
    let title = FieldPath::key("title");
    story
        .suggest(ADMINISTRATOR, NOTE, title, &DRAFT.replace(TITLE, "A note"))
        .await;
    plan(&story).await;
    Site::of(story).await
}

/// Whoever decides about a rewritten history finds one.
async fn site_for(what: Does) -> Site {
    let site = site().await;
    if what == Does::Restores {
        git(
            &site.story.bare(),
            &["update-ref", "refs/heads/main", "main~1"],
        );
        site.story.desk.sync().await.unwrap();
        assert!(site.story.desk.rewritten().is_some());
    }
    site
}

/// The essay waits for a release.
async fn plan(story: &Story) {
    let essay = story.item("essays/two.md").await;
    let member = Member {
        proposal: None,
        path: essay.path,
        blob: essay.proposed,
    };
    let order = ReleaseOrder {
        by: Identity::new("", PUBLISHER),
        name: "winter".to_owned(),
        act: ReleaseAct::Plan(Plan::new("Winter", "", None, vec![member])),
        seen: None,
        text: String::new(),
        operation: "winter".to_owned(),
        at: 1_770_150_000,
    };
    story.committer.release(order).await.unwrap();
}

/// What a refusal leaves as it was: every ref, and what the index holds of the record.
async fn state(site: &Site) -> String {
    let refs = git(&site.story.bare(), &["for-each-ref"]);
    format!("{refs}{:?}", site.story.item(NOTE).await)
}

fn declared(site: &Site) -> Vec<Route> {
    routes(&site.web).declared().to_vec()
}

fn is_of_programs(route: &Route) -> bool {
    matches!(route.needs, Needs::Token | Needs::TokenFor(_))
}

/// Asks for a route's example as a browser does, and reads no stream to its end.
async fn ask(
    browser: &mut Browser,
    route: &Route,
    address: &str,
    fields: &[(String, String)],
) -> Page {
    if route.path.ends_with("/live") {
        let mut request = Request::get(address).body(Body::empty()).unwrap();
        let (parts, _) = browser.ask(&mut request).await.into_parts();
        return Page {
            status: parts.status,
            headers: parts.headers,
            html: String::new(),
        };
    }
    match route.method {
        "GET" => browser.get(address).await,
        _ => browser.post(address, fields).await,
    }
}

#[tokio::test]
async fn a_route_nobody_thought_about_fails() {
    let site = site().await;
    let forgotten: Vec<Route> = declared(&site)
        .into_iter()
        .filter(|route| does(route).is_none())
        .collect();
    assert!(
        forgotten.is_empty(),
        "say in `does` who may ask: {forgotten:?}"
    );
}

/// FAULTS 71: nobody, and somebody whom no policy names, reach nothing of a register and change nothing.
#[tokio::test]
async fn nobody_and_strangers_are_told_nothing() {
    let site = site().await;
    let before = state(&site).await;
    let stranger = site.signed_in(STRANGER).await;
    let fields = [("reason".to_owned(), "x".to_owned())];
    for route in declared(&site) {
        let address = address(&site, &route);
        let mut nobody = site.visitor();
        let page = ask(&mut nobody, &route, &address, &fields).await;
        assert!(
            !page.status.is_server_error() || route.path == "/readyz",
            "{route:?}"
        );
        assert!(!page.has(TITLE), "{route:?}");
        match (route.needs, route.method) {
            (Needs::Nothing, _) => continue,
            (Needs::Session | Needs::Person, "GET") => {
                assert!(page.location().starts_with("/sign-in"), "{route:?}");
            }
            _ if route.method == "POST" || is_of_programs(&route) => {
                assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{route:?}");
            }
            _ => panic!("no rule for {route:?}"),
        }
        let page = ask(&mut stranger.clone(), &route, &address, &fields).await;
        assert!(!page.has(TITLE), "{route:?}");
        match route.needs {
            Needs::Person => assert_eq!(page.status, StatusCode::FORBIDDEN, "{route:?}"),
            Needs::Token | Needs::TokenFor(_) => {
                assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{route:?}");
            }
            Needs::Nothing | Needs::Session => {}
        }
    }
    assert_eq!(state(&site).await, before);
}

/// Returns the form by which somebody does what a route does: their own where a page gives them one, else a reviewer's with their own token of the
/// session, as somebody would who forges it.
async fn form(
    site: &Site,
    browser: &mut Browser,
    route: &Route,
    what: Does,
) -> Vec<(String, String)> {
    let (page, action) = match route.path {
        "/{repository}/decisions" if what == Does::Amends => {
            ("/test/policy-change", "/test/decisions")
        }
        "/{repository}/decisions" => ("/test/review/notes/one", "/test/decisions"),
        "/{repository}/accept" => ("/test/review/notes/one", "/test/accept"),
        "/{repository}/comments" => ("/test/review/notes/one", "/test/comments"),
        "/{repository}/bulk" => ("/test/bulk?item=notes/one.md", "/test/bulk"),
        "/{repository}/plan" => ("/test/plan", "/test/plan"),
        "/{repository}/releases/{name}" => ("/test/releases/winter", "/test/releases/winter"),
        "/{repository}/history" => ("/test/history", "/test/history"),
        "/{repository}/edit/{*id}" => ("/test/edit/notes/one", "/test/edit/notes/one"),
        "/{repository}/update/{*branch}" => (
            "/test/update/proposals/three",
            "/test/update/proposals/three",
        ),
        _ => ("/test/new/notes", "/test/new/notes"),
    };
    let own = browser.get(page).await;
    let shown = match own.has(&format!("action=\"{action}\"")) {
        true => own,
        false => {
            let other = match what {
                Does::Amends | Does::Restores => ADMINISTRATOR,
                Does::Plans | Does::Cancels => PUBLISHER,
                _ => REVIEWER,
            };
            site.signed_in(other).await.get(page).await
        }
    };
    let csrf = browser.get("/test/people").await;
    let csrf = csrf.form("/sign-out").get("csrf").to_owned();
    let mut form = shown.form(action).with("csrf", &csrf);
    form = match route.path {
        "/{repository}/edit/{*id}" => form.with("field:body", "Another text.\n"),
        "/{repository}/new/{collection}" => form.with("title", "Another"),
        "/{repository}/update/{*branch}" | "/{repository}/accept" => form,
        "/{repository}/comments" => form.with("field", "title").with("reason title", "Why?"),
        "/{repository}/plan" => {
            let note = json!([blob(site, NOTE), null, NOTE]).to_string();
            form.with("title", "Spring").with("member", &note)
        }
        "/{repository}/releases/{name}" => form.with("act", "cancel"),
        "/{repository}/history" => form.with("act", "restore").with("reason", "A mirror."),
        _ => form
            .with("decision", move_of(what))
            .with("reason", "It is right."),
    };
    form.fields
}

fn move_of(what: Does) -> &'static str {
    match what {
        Does::Amends => "approve:amend",
        _ => "approve:validate",
    }
}

/// Returns what the form of a route can do: a decision is about a record, or about the change of the policy that waits.
fn all_of(route: &Route) -> Vec<Does> {
    match (does(route).unwrap(), route.path) {
        (what, "/{repository}/decisions") => vec![what, Does::Amends],
        (what, _) => vec![what],
    }
}

/// FAULTS 72: each role at each page that acts; what is refused changes nothing.
#[tokio::test]
async fn pages_act_for_those_whose_role_it_is() {
    let shared = site().await;
    for route in declared(&shared) {
        for what in all_of(&route) {
            if route.needs != Needs::Person || what == Does::Nothing {
                continue;
            }
            for who in NAMED {
                acts_or_changes_nothing(&shared, &route, what, who).await;
            }
        }
    }
}

async fn acts_or_changes_nothing(shared: &Site, route: &Route, what: Does, who: &str) {
    let fresh;
    let site = match what.may(who) || what == Does::Restores {
        true => {
            fresh = site_for(what).await;
            &fresh
        }
        false => shared,
    };
    let before = state(site).await;
    let mut browser = site.signed_in(who).await;
    let fields = form(site, &mut browser, route, what).await;
    let page = ask(&mut browser, route, &address(site, route), &fields).await;
    let changed = state(site).await != before;
    assert_eq!(
        changed,
        what.may(who),
        "{who} {what:?} {route:?} {} {}",
        page.status,
        page.html
    );
    // The report about many items tells of each by itself.
    if !changed && route.path != "/{repository}/bulk" {
        assert!(page.status.is_client_error(), "{who} {what:?} {route:?}");
    }
}

/// FAULTS 72: whoever the policy names reads, whatever their role; reading changes nothing.
#[tokio::test]
async fn pages_are_read_by_everybody_the_policy_names() {
    let site = site().await;
    let before = state(&site).await;
    for who in NAMED {
        let mut browser = site.signed_in(who).await;
        for route in declared(&site) {
            if route.method != "GET" || !matches!(route.needs, Needs::Session | Needs::Person) {
                continue;
            }
            let page = ask(&mut browser, &route, &address(&site, &route), &[]).await;
            assert_ne!(page.status, StatusCode::UNAUTHORIZED, "{who} {route:?}");
            assert!(!page.status.is_server_error(), "{who} {route:?}");
        }
    }
    assert_eq!(state(&site).await, before);
}

/// Sends the example of a route of the API, all of whose names and bodies are real.
async fn call(site: &Site, program: &Program, route: &Route, key: &str) -> (StatusCode, String) {
    let address = address(site, route);
    let method: Method = route.method.parse().unwrap();
    let note = blob(site, NOTE);
    let said = json!({"decision": "approve", "transition": "validate", "base": null});
    let (tag, body) = match does(route).unwrap() {
        Does::Nothing => (None, None),
        Does::Validates if route.path.ends_with("{repository}/decisions") => (
            None,
            Some(json!({"decisions": [{"record": "notes/one", "proposed": note, "said": said}]})),
        ),
        Does::Validates => (Some(note), Some(said)),
        Does::Takes => unreachable!("no route of the API does"),
        Does::Updates => (None, Some(json!({"settled": []}))),
        Does::Speaks => {
            let reader = site.program(ADMINISTRATOR, &[Read]).await;
            let proposal = "/api/v1/repositories/test/proposals/proposals%2Fthree";
            let manifest = reader.get(proposal).await.good()["manifest"]
                .as_str()
                .map(str::to_owned);
            let said = json!({"decision": "comment", "base": null, "reason": "Good."});
            (manifest, Some(said))
        }
        Does::Edits if route.method == "PUT" => (Some(note), None),
        Does::Edits => (
            Some(note),
            Some(json!({"changes": [{"op": "set", "field": "title", "value": "x"}]})),
        ),
        Does::Begins => (None, Some(json!({"title": "Another"}))),
        Does::Plans => {
            let members = json!([{"path": NOTE, "blob": note}]);
            (None, Some(json!({"title": "Spring", "members": members})))
        }
        Does::Cancels => {
            let pool = site.story.desk.index.reader();
            let winter = index::release_named(pool, "winter").await.unwrap();
            let manifest = winter.map(|winter| winter.manifest);
            (manifest, Some(json!({})))
        }
        Does::Restores => {
            let found = site.story.desk.rewritten();
            let manifest = found.map(|found| found.manifest.to_string());
            let said = json!({"decision": "restore", "reason": "A mirror."});
            (manifest, Some(said))
        }
        Does::Amends => {
            let reader = site.program(ADMINISTRATOR, &[Read]).await;
            let waits = "/api/v1/repositories/test/policy-change";
            let change = reader.get(waits).await.good();
            let said =
                json!({"decision": "approve", "transition": "amend", "base": change["base"]});
            (change["proposed"].as_str().map(str::to_owned), Some(said))
        }
    };
    let mut program = program.key(key);
    if let Some(tag) = tag {
        program = program.if_match(&tag);
    }
    let answer = match body {
        Some(body) => program.json(method, &address, body).await,
        None if route.method == "PUT" => {
            let text = Body::from(DRAFT.replace("A first paragraph", "A paragraph"));
            program
                .send(method, &address, Some("text/markdown"), text)
                .await
        }
        None => program.send(method, &address, None, Body::empty()).await,
    };
    (answer.status, answer.text)
}

/// FAULTS 71, 72: each route of the API with every token that does not open it.
#[tokio::test]
async fn tokens_open_what_they_were_made_for() {
    let site = site().await;
    let before = state(&site).await;
    let accounts = &site.web.accounts;
    let late = NewToken {
        name: "late".to_owned(),
        scopes: ALL.to_vec(),
        repository: None,
        expires_at: NOW,
    };
    let late = accounts.make_token(REVIEWER, &late, NOW - 60).await;
    let ended = token(&site.web, PUBLISHER, &ALL, None).await;
    let id = accounts.tokens(PUBLISHER, NOW).await.unwrap().remove(0).id;
    assert!(accounts.end_token(PUBLISHER, &id).await.unwrap());
    let cookies = site.signed_in(REVIEWER).await.cookies;
    let unknown = [
        site.program_with(""),
        site.program_with("")
            .with("cookie", &format!("countersign={}", cookies["countersign"])),
        site.program_with(&late.unwrap().unwrap()),
        site.program_with(&ended),
    ];
    let closed = [
        site.program_in(REVIEWER, &ALL, Some("other")).await,
        site.program(STRANGER, &ALL).await,
    ];
    let mut scoped = Vec::new();
    for scope in ALL {
        scoped.push((scope, site.program(REVIEWER, &[scope]).await));
    }
    for route in declared(&site).iter().filter(|route| is_of_programs(route)) {
        for program in &unknown {
            let (status, text) = call(&site, program, route, "unknown").await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{route:?} {text}");
            assert!(!text.contains(TITLE), "{route:?} {text}");
        }
        let Needs::TokenFor(wanted) = route.needs else {
            continue;
        };
        for program in &closed {
            let (status, text) = call(&site, program, route, "closed").await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{route:?} {text}");
            assert!(!text.contains(TITLE), "{route:?} {text}");
        }
        for (_, program) in scoped.iter().filter(|(scope, _)| *scope != wanted) {
            let (status, text) = call(&site, program, route, "scope").await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{route:?} {text}");
            assert!(!text.contains(TITLE), "{route:?} {text}");
        }
    }
    assert_eq!(state(&site).await, before);
}

/// FAULTS 72: each role at each route of the API, by a token of the route's own scope.
#[tokio::test]
async fn programs_act_for_those_whose_role_it_is() {
    let shared = site().await;
    for route in declared(&shared) {
        let (what, Needs::TokenFor(scope)) = (does(&route).unwrap(), route.needs) else {
            continue;
        };
        for who in NAMED {
            let acts = what != Does::Nothing && what.may(who);
            let fresh;
            let site = match acts || what == Does::Restores {
                true => {
                    fresh = site_for(what).await;
                    &fresh
                }
                false => &shared,
            };
            let before = state(site).await;
            let program = site.program(who, &[scope]).await;
            let (status, text) = call(site, &program, &route, who).await;
            let changed = state(site).await != before;
            assert_eq!(changed, acts, "{who} {route:?} {status} {text}");
            if what == Does::Nothing {
                let refused = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN];
                assert!(!refused.contains(&status), "{who} {route:?} {text}");
            }
        }
    }
}
