//! Webhooks in the shapes in which each host sends them, with every field deleted and retyped in turn.

use std::path::Path;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use countersign::hosting::Host;
use countersign::hosting::hook::{self, Told};
use serde_json::{Value, json};

use super::common::skip::skip;

/// A webhook as a host sends it.
pub struct Example {
    pub host: Host,
    pub headers: Vec<(&'static str, String)>,
    pub body: Value,
    /// What it is read as.
    pub asks: bool,
    pub moved: &'static [&'static str],
}

const OLD: &str = "95790bf891e76fee5e1747ab589903a6a1f80f22";
const NEW: &str = "da1560886d4f094c3e6c9ef40349f7d38b5d27d7";
const ZERO: &str = "0000000000000000000000000000000000000000";

fn example(
    host: Host,
    event: (&'static str, &str),
    body: Value,
    moved: &'static [&'static str],
) -> Example {
    Example {
        host,
        headers: vec![(event.0, event.1.to_owned())],
        body,
        asks: !moved.is_empty(),
        moved,
    }
}

/// Pushes of every host, and what comes beside them; see each host's documentation.
pub fn of_every_host() -> Vec<Example> {
    let push = |before: &str, after: &str| {
        json!({"ref": "refs/heads/main", "before": before, "after": after, "created": before == ZERO,
            "deleted": after == ZERO, "forced": false, "head_commit": null, "commits": [{"id": after, "message": "Edit",
            "author": {"name": "Ana", "email": "ana@example.org"}, "added": [], "modified": ["notes/one.md"]}],
            "repository": {"full_name": "team/register"}, "pusher": {"name": "ana"}})
    };
    let gitlab = json!({"object_kind": "push", "event_name": "push", "before": OLD, "after": NEW, "ref": "refs/heads/main",
        "checkout_sha": NEW, "user_username": "ana", "project": {"path_with_namespace": "team/register"},
        "commits": [{"id": NEW}], "total_commits_count": 25});
    let bitbucket = json!({"actor": {"display_name": "Ana"}, "repository": {"full_name": "team/register"}, "push": {"changes": [
        {"old": {"type": "branch", "name": "main", "target": {"type": "commit", "hash": OLD}},
         "new": {"type": "branch", "name": "main", "target": {"type": "commit", "hash": NEW}},
         "created": false, "closed": false, "forced": true, "truncated": true, "commits": [{"hash": NEW}]},
        {"old": {"type": "branch", "name": "proposals/x", "target": {"hash": OLD}}, "new": null, "closed": true},
        {"old": null, "new": {"type": "tag", "name": "v1", "target": {"hash": NEW}}, "created": true}]}});
    const MOVED: &[&str] = &["refs/heads/main 95790bf891e7..da1560886d4f"];
    vec![
        example(
            Host::GitHub,
            ("x-github-event", "push"),
            push(OLD, NEW),
            MOVED,
        ),
        example(
            Host::GitHub,
            ("x-github-event", "push"),
            push(ZERO, NEW),
            &["refs/heads/main -..da1560886d4f"],
        ),
        example(
            Host::GitHub,
            ("x-github-event", "push"),
            push(OLD, ZERO),
            &["refs/heads/main 95790bf891e7..-"],
        ),
        example(
            Host::GitHub,
            ("x-github-event", "ping"),
            json!({"zen": "Keep it logically awesome.", "hook_id": 1}),
            &[],
        ),
        example(
            Host::Gitea,
            ("x-gitea-event", "push"),
            push(OLD, NEW),
            MOVED,
        ),
        example(
            Host::Forgejo,
            ("x-forgejo-event", "push"),
            push(OLD, NEW),
            MOVED,
        ),
        example(
            Host::GitLab,
            ("x-gitlab-event", "Push Hook"),
            gitlab.clone(),
            MOVED,
        ),
        example(
            Host::GitLab,
            ("x-gitlab-event", "System Hook"),
            gitlab.clone(),
            MOVED,
        ),
        example(
            Host::GitLab,
            ("x-gitlab-event", "Note Hook"),
            json!({"object_kind": "note"}),
            &[],
        ),
        example(
            Host::Bitbucket,
            ("x-event-key", "repo:push"),
            bitbucket,
            &[
                "refs/heads/main 95790bf891e7..da1560886d4f",
                "refs/heads/proposals/x 95790bf891e7..-",
                "refs/tags/v1 -..da1560886d4f",
            ],
        ),
        example(
            Host::Plain,
            ("webhook-event", "push"),
            push(OLD, NEW),
            MOVED,
        ),
    ]
}

fn headers(example: &Example) -> HeaderMap {
    let pairs = example.headers.iter().map(|(name, value)| {
        (
            HeaderName::from_static(name),
            HeaderValue::from_str(value).unwrap(),
        )
    });
    pairs.collect()
}

fn read(example: &Example, body: &Value) -> Told {
    let bytes = serde_json::to_vec(body).unwrap();
    hook::read(example.host, &headers(example), Some(&bytes))
}

#[test]
fn each_host_is_read_in_its_own_shape() {
    for example in of_every_host() {
        let told = read(&example, &example.body);
        assert_eq!(
            told.asks_for_a_look, example.asks,
            "{} {told:?}",
            example.host
        );
        assert_eq!(told.moved, example.moved, "{}", example.host);
    }
}

/// GitHub's own examples; the package that holds them is installed beside this file.
pub fn of_github() -> Option<Vec<Example>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/webhooks/node_modules");
    let file = folder.join("@octokit/webhooks-examples/api.github.com/index.json");
    let Ok(text) = std::fs::read_to_string(file) else {
        skip(
            "the packages of tests/webhooks are not installed; run npm ci --prefix tests/webhooks",
        );
        return None;
    };
    let definitions: Vec<Value> = serde_json::from_str(&text).unwrap();
    let mut examples = Vec::new();
    for definition in definitions {
        let event = definition["name"].as_str().unwrap().to_owned();
        for body in definition["examples"].as_array().unwrap() {
            let asks = matches!(event.as_str(), "push" | "create" | "delete" | "repository")
                || event.starts_with("pull_request");
            examples.push(Example {
                host: Host::GitHub,
                headers: vec![("x-github-event", event.clone())],
                body: body.clone(),
                asks,
                moved: &[],
            });
        }
    }
    assert_eq!(examples.len(), 329);
    Some(examples)
}

/// FAULTS 106: whatever becomes of a field, a webhook is read without a panic, asks for a look or not by its event alone, and tells in single lines.
#[test]
fn a_field_that_is_missing_or_of_another_type_changes_nothing_but_what_is_told() {
    let Some(github) = of_github() else { return };
    let mut read_in_all = 0;
    for example in github.iter().chain(&of_every_host()) {
        let is_by_body = example
            .headers
            .iter()
            .any(|(_, value)| value == "System Hook");
        let of_example = headers(example);
        each_field_changed(&example.body, &mut |changed| {
            let told = hook::told(example.host, &of_example, changed);
            assert!(is_by_body || told.asks_for_a_look == example.asks);
            assert!(
                told.moved
                    .iter()
                    .all(|line| !line.contains('\n') && line.len() <= 1000)
            );
            read_in_all += 1;
        });
    }
    for body in [
        "",
        "{}",
        "null",
        "[]",
        "\"x\"",
        "{\"ref\":",
        "\u{0}",
        &"[".repeat(100_000),
    ] {
        for example in of_every_host() {
            let told = hook::read(example.host, &headers(&example), Some(body.as_bytes()));
            assert_eq!(told.moved, [""; 0]);
        }
    }
    assert!(read_in_all > 50_000, "{read_in_all}");
    println!("{read_in_all} webhooks with one field changed");
}

/// Hands on the body with each of its fields deleted, and with each retyped: which type comes in its place goes round.
fn each_field_changed(body: &Value, see: &mut impl FnMut(&Value)) {
    let types = [
        json!(null),
        json!(-1),
        json!("x\ny"),
        json!([]),
        json!({}),
        json!(true),
    ];
    let mut work = body.clone();
    for (number, pointer) in pointers(body).into_iter().enumerate() {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let key = key.replace("~1", "/").replace("~0", "~");
        let held = work.pointer_mut(&pointer).unwrap();
        let kept = std::mem::replace(held, types[number % types.len()].clone());
        see(&work);
        match work.pointer_mut(parent).unwrap() {
            Value::Object(map) => {
                let at = map.keys().position(|known| *known == key).unwrap();
                map.shift_remove(&key);
                see(&work);
                let Some(Value::Object(map)) = work.pointer_mut(parent) else {
                    unreachable!()
                };
                map.shift_insert(at, key, kept);
            }
            Value::Array(list) => list[key.parse::<usize>().unwrap()] = kept,
            _ => unreachable!("only maps and lists have fields"),
        }
    }
}

fn pointers(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut below = |key: String, value: &Value| {
        let inner = pointers(value)
            .into_iter()
            .map(|rest| format!("/{key}{rest}"));
        found.extend(inner);
        found.push(format!("/{key}"));
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            below(key.replace('~', "~0").replace('/', "~1"), value);
        }),
        Value::Array(list) => list
            .iter()
            .enumerate()
            .for_each(|(at, value)| below(at.to_string(), value)),
        _ => {}
    }
    found
}
