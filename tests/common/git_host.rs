//! A git host's API with a memory: GitHub's, GitLab's, Gitea's and Bitbucket's, in the shapes of the schemas that they publish. Git itself is served beside it.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use countersign::hosting::Host;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

/// What the host calls the repository.
pub const PROJECT: &str = "team/register";

/// The token that lets somebody in.
pub const TOKEN: &str = "canary-of-an-api-token";

/// A request on the host.
#[derive(Debug, Clone, Default)]
pub struct Pull {
    pub number: u64,
    pub title: String,
    pub text: String,
    pub author: u64,
    pub is_open: bool,
    pub is_merged: bool,
    pub head: String,
    /// Its branch in the same repository; a fork's where there is none.
    pub branch: Option<String>,
    /// Approvals: account, head at that time, and the host's id.
    pub approvals: Vec<(u64, String, u64)>,
    /// Heads, each since a moment.
    pub heads: Vec<(String, u64)>,
    pub edition: u64,
}

/// What is answered instead, where something is wrong: status, headers and body.
type Broken = (u16, Vec<(String, String)>, String);

/// What a host remembers.
#[derive(Default)]
pub struct Memory {
    pub pulls: Vec<Pull>,
    /// Commit, state, words and link.
    pub statuses: Vec<(String, String, String, String)>,
    /// Id, number and text.
    pub comments: Vec<(u64, u64, String)>,
    pub hooks: Vec<Value>,
    pub keys: Vec<Value>,
    pub is_protected: bool,
    /// Method and path of every call.
    pub calls: Vec<String>,
    pub broken: Option<Broken>,
    clock: u64,
}

pub struct GitHost {
    pub host: Host,
    pub address: String,
    pub memory: Arc<Mutex<Memory>>,
    /// What answers, to stand beside git.
    pub router: Router,
}

impl GitHost {
    pub async fn serve(host: Host) -> Self {
        let memory = Arc::new(Mutex::new(Memory::default()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .fallback(answer)
            .with_state((host, Arc::clone(&memory)));
        let served = router.clone();
        tokio::spawn(async move { axum::serve(listener, served).await });
        Self {
            host,
            address,
            memory,
            router,
        }
    }

    /// Somebody opens a request.
    pub fn open(&self, pull: Pull) {
        let mut memory = self.memory.lock().unwrap();
        memory.clock += 1;
        let clock = memory.clock;
        memory.pulls.push(Pull {
            is_open: true,
            heads: vec![(pull.head.clone(), clock)],
            edition: clock,
            ..pull
        });
    }

    /// Somebody does something to a request.
    pub fn change(&self, number: u64, change: impl FnOnce(&mut Pull)) {
        let mut memory = self.memory.lock().unwrap();
        memory.clock += 1;
        let clock = memory.clock;
        let pull = memory.pulls.iter_mut().find(|pull| pull.number == number);
        let pull = pull.unwrap();
        let before = pull.head.clone();
        change(pull);
        if pull.head != before {
            pull.heads.push((pull.head.clone(), clock));
        }
        pull.edition = clock;
    }

    pub fn pull(&self, number: u64) -> Pull {
        let memory = self.memory.lock().unwrap();
        let mut pulls = memory.pulls.iter();
        pulls.find(|pull| pull.number == number).unwrap().clone()
    }

    /// An account approves what stands there now.
    pub fn approve(&self, number: u64, account: u64) {
        let id = 1 + self.memory.lock().unwrap().clock;
        self.change(number, |pull| {
            pull.approvals.push((account, pull.head.clone(), id));
        });
    }

    /// The last status of a commit.
    pub fn status(&self, commit: &str) -> Option<(String, String)> {
        let memory = self.memory.lock().unwrap();
        let mut statuses = memory.statuses.iter().rev();
        let found = statuses.find(|(of, ..)| of == commit);
        found.map(|(_, state, words, _)| (state.clone(), words.clone()))
    }

    pub fn comments(&self) -> Vec<String> {
        let memory = self.memory.lock().unwrap();
        memory
            .comments
            .iter()
            .map(|(_, _, text)| text.clone())
            .collect()
    }

    pub fn break_with(&self, status: u16, headers: &[(&str, &str)], body: &str) {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.memory.lock().unwrap().broken = Some((status, headers.collect(), body.to_owned()));
    }

    pub fn mend(&self) {
        self.memory.lock().unwrap().broken = None;
    }
}

/// A moment as hosts write it.
fn at(clock: u64) -> String {
    format!("2026-11-12T10:{:02}:{:02}.000Z", clock / 60, clock % 60)
}

async fn answer(
    State((host, memory)): State<(Host, Arc<Mutex<Memory>>)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut memory = memory.lock().unwrap();
    let path = uri.path().to_owned();
    memory.calls.push(format!("{method} {path}"));
    if let Some((status, headers, body)) = memory.broken.clone() {
        let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
        for (name, value) in headers {
            let name: axum::http::HeaderName = name.parse().unwrap();
            response.headers_mut().insert(name, value.parse().unwrap());
        }
        return response;
    }
    let (name, expected) = match host {
        Host::GitLab => ("private-token", TOKEN.to_owned()),
        Host::Gitea | Host::Forgejo => ("authorization", format!("token {TOKEN}")),
        _ => ("authorization", format!("Bearer {TOKEN}")),
    };
    if headers
        .get(name)
        .is_none_or(|told| told != expected.as_str())
    {
        return (StatusCode::UNAUTHORIZED, r#"{"message":"Bad credentials"}"#).into_response();
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let first = uri
        .query()
        .is_none_or(|query| !query.contains("&page=") || query.ends_with("page=1"));
    let begin = match host {
        Host::GitLab => format!("/projects/{}", PROJECT.replace('/', "%2F")),
        Host::Bitbucket => format!("/repositories/{PROJECT}"),
        _ => format!("/repos/{PROJECT}"),
    };
    let Some((_, rest)) = path.split_once(&begin) else {
        return (StatusCode::NOT_FOUND, r#"{"message":"Not Found"}"#).into_response();
    };
    let parts: Vec<&str> = rest.trim_matches('/').split('/').collect();
    memory.clock += 1;
    let told = memory.answer(host, &method, &parts, &body, first);
    let tried = match (method.as_str(), parts.as_slice()) {
        // GitHub tries a webhook as soon as it is made.
        ("POST", ["hooks"]) if host == Host::GitHub => memory.hooks.last(),
        ("POST", ["hooks", id, "pings" | "tests" | "test", ..]) => memory.hook(id),
        _ => None,
    };
    if let Some(hook) = tried {
        tokio::spawn(ping(host, hook.clone()));
    }
    match told {
        Some((status, value)) => {
            (StatusCode::from_u16(status).unwrap(), value.to_string()).into_response()
        }
        None => (StatusCode::NOT_FOUND, r#"{"message":"Not Found"}"#).into_response(),
    }
}

/// Tries a webhook.
async fn ping(host: Host, hook: Value) {
    let config = match host {
        Host::GitLab => &hook,
        _ => &hook["config"],
    };
    let secret = config["secret"].as_str().or(config["token"].as_str());
    let (Some(address), Some(secret)) = (config["url"].as_str(), secret) else {
        return;
    };
    let body = r#"{"zen":"Keep it logically awesome.","hook_id":1}"#;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let code = hex::encode(mac.finalize().into_bytes());
    let sent = super::http().build().unwrap().post(address);
    let sent = match host {
        Host::GitLab => sent
            .header("x-gitlab-event", "Push Hook")
            .header("x-gitlab-token", secret),
        Host::Gitea => sent
            .header("x-gitea-event", "push")
            .header("x-gitea-signature", code),
        _ => sent
            .header("x-github-event", "ping")
            .header("x-github-delivery", "d2a0")
            .header("x-hub-signature-256", format!("sha256={code}")),
    };
    let sent = sent.body(body);
    // Whoever is not there does not hear it.
    let _ = sent.send().await;
}

impl Memory {
    fn answer(
        &mut self,
        host: Host,
        method: &Method,
        parts: &[&str],
        body: &Value,
        first: bool,
    ) -> Option<(u16, Value)> {
        let listed = |values: Vec<Value>| match host {
            Host::Bitbucket => json!({ "values": if first { values } else { Vec::new() } }),
            _ => Value::from(if first { values } else { Vec::new() }),
        };
        let method = method.as_str();
        match (method, parts) {
            ("GET", ["pulls" | "merge_requests" | "pullrequests"]) => {
                let open = self.pulls.iter().filter(|pull| pull.is_open);
                Some((200, listed(open.map(|pull| shape(host, pull)).collect())))
            }
            ("GET", ["pulls" | "merge_requests" | "pullrequests", number]) => {
                let pull = self.find(number)?;
                Some((200, shape(host, pull)))
            }
            ("PATCH", ["pulls", number]) | ("PUT", ["merge_requests" | "pullrequests", number]) => {
                let clock = self.clock;
                let pull = self.find(number)?;
                edit(pull, body);
                pull.edition = clock;
                Some((200, shape(host, pull)))
            }
            ("POST", ["pullrequests", number, "decline"]) => {
                self.find(number)?.is_open = false;
                Some((200, json!({})))
            }
            ("GET", ["pulls", number, "reviews"]) => {
                let pull = self.find(number)?;
                let reviews = pull.approvals.iter().map(|(account, head, id)| {
                    json!({"id": id, "user": {"id": account, "login": "x"}, "state": "APPROVED", "commit_id": head})
                });
                Some((200, Value::from_iter(reviews)))
            }
            ("GET", ["merge_requests", number, "approvals"]) => {
                let pull = self.find(number)?;
                let given = pull.approvals.iter().map(|(account, _, id)| {
                    json!({"user": {"id": account, "username": "x"}, "approved_at": at(*id)})
                });
                Some((200, json!({ "approved_by": Value::from_iter(given) })))
            }
            ("GET", ["merge_requests", number, "versions"]) => {
                let pull = self.find(number)?;
                let heads = pull.heads.iter().map(
                    |(head, since)| json!({"head_commit_sha": head, "created_at": at(*since)}),
                );
                Some((200, Value::from_iter(heads)))
            }
            ("POST", ["statuses", commit]) | ("POST", ["commit", commit, "statuses", "build"]) => {
                let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
                let link = text("target_url") + &text("url");
                let state = text("state");
                let again = self.statuses.iter().rev().find(|(of, ..)| of == commit);
                if host == Host::GitLab && again.is_some_and(|(_, before, ..)| *before == state) {
                    let why = "Cannot transition status via :enqueue from :pending";
                    return Some((400, json!({ "message": why })));
                }
                self.statuses
                    .push(((*commit).to_owned(), state, text("description"), link));
                Some((201, json!({})))
            }
            _ => self.answer_more(host, method, parts, body, &listed),
        }
    }

    fn answer_more(
        &mut self,
        host: Host,
        method: &str,
        parts: &[&str],
        body: &Value,
        listed: &dyn Fn(Vec<Value>) -> Value,
    ) -> Option<(u16, Value)> {
        let text = || {
            let plain = body["body"].as_str();
            plain
                .or(body["content"]["raw"].as_str())
                .unwrap_or_default()
                .to_owned()
        };
        match (method, parts) {
            ("GET", ["issues", number, "comments"])
            | ("GET", ["merge_requests", number, "notes"])
            | ("GET", ["pullrequests", number, "comments"]) => {
                let own = self
                    .comments
                    .iter()
                    .filter(|(_, of, _)| of.to_string() == *number);
                let shape = |(id, _, text): &(u64, u64, String)| match host {
                    Host::Bitbucket => json!({"id": id, "content": {"raw": text}}),
                    _ => json!({"id": id, "body": text}),
                };
                Some((200, listed(own.map(shape).collect())))
            }
            ("POST", ["issues", number, "comments"])
            | ("POST", ["merge_requests", number, "notes"])
            | ("POST", ["pullrequests", number, "comments"]) => {
                let id = 100 + self.comments.len() as u64;
                self.comments.push((id, number.parse().ok()?, text()));
                Some((201, json!({ "id": id })))
            }
            ("PATCH", ["issues", "comments", id])
            | ("PUT", ["merge_requests", _, "notes", id])
            | ("PUT", ["pullrequests", _, "comments", id]) => {
                let mut comments = self.comments.iter_mut();
                let found = comments.find(|(known, ..)| known.to_string() == *id)?;
                found.2 = text();
                Some((200, json!({ "id": id })))
            }
            ("GET", ["hooks"]) => Some((200, listed(self.hooks.clone()))),
            ("POST", ["hooks"]) => {
                let mut hook = body.clone();
                let number = self.hooks.len() + 1;
                match host {
                    Host::Bitbucket => hook["uuid"] = json!(format!("{{{number}}}")),
                    _ => hook["id"] = json!(number),
                }
                self.hooks.push(hook.clone());
                Some((201, hook))
            }
            ("PATCH" | "PUT", ["hooks", id]) => {
                let known = self.hooks.iter_mut().find(|hook| is_hook(hook, id))?;
                let (given, uuid) = (known["id"].clone(), known["uuid"].clone());
                known.clone_from(body);
                match host {
                    Host::Bitbucket => known["uuid"] = uuid,
                    _ => known["id"] = given,
                }
                Some((200, known.clone()))
            }
            ("GET", ["keys" | "deploy_keys" | "deploy-keys"]) => {
                Some((200, listed(self.keys.clone())))
            }
            ("POST", ["keys" | "deploy_keys" | "deploy-keys"]) => {
                self.keys.push(body.clone());
                Some((201, body.clone()))
            }
            ("GET", ["branches", _, "protection"])
            | ("GET", ["branch_protections", _])
            | ("GET", ["protected_branches", _]) => self.is_protected.then(|| (200, json!({}))),
            ("GET", ["branch-restrictions"]) => {
                let known = self.is_protected.then(|| json!({"kind": "push"}));
                Some((200, listed(known.into_iter().collect())))
            }
            ("POST", ["hooks", _, "tests" | "pings"]) | ("POST", ["hooks", _, "test", _]) => {
                Some((204, Value::Null))
            }
            _ => None,
        }
    }

    fn hook(&self, id: &str) -> Option<&Value> {
        self.hooks.iter().find(|hook| is_hook(hook, id))
    }

    fn find(&mut self, number: &str) -> Option<&mut Pull> {
        let number: u64 = number.parse().ok()?;
        self.pulls.iter_mut().find(|pull| pull.number == number)
    }
}

/// Bitbucket's are known by UUIDs in braces, which an address spells out.
fn is_hook(hook: &Value, id: &str) -> bool {
    let number: Option<u64> = id.parse().ok();
    let uuid = id.trim_start_matches("%7B").trim_end_matches("%7D");
    number.is_some() && hook["id"].as_u64() == number
        || hook["uuid"]
            .as_str()
            .is_some_and(|known| known.trim_matches(['{', '}']) == uuid)
}

fn edit(pull: &mut Pull, body: &Value) {
    if let Some(title) = body["title"].as_str() {
        pull.title = title.to_owned();
    }
    if let Some(text) = body["body"].as_str().or(body["description"].as_str()) {
        pull.text = text.to_owned();
    }
    match body["state"].as_str().or(body["state_event"].as_str()) {
        Some("closed" | "close") => pull.is_open = false,
        Some("open" | "reopen") => pull.is_open = true,
        _ => {}
    }
}

/// A request as its host tells of it, with the fields beside those that are read.
fn shape(host: Host, pull: &Pull) -> Value {
    let fork = if pull.branch.is_some() {
        PROJECT
    } else {
        "joe/register"
    };
    let branch = pull.branch.clone().unwrap_or_else(|| "patch-1".to_owned());
    // GitHub ends lines as browsers do.
    let text = pull.text.replace('\n', "\r\n");
    let changed = at(pull.edition);
    let address = format!("https://host.example.org/{PROJECT}/{}", pull.number);
    match host {
        Host::GitLab => {
            let state = match (pull.is_open, pull.is_merged) {
                (true, _) => "opened",
                (false, true) => "merged",
                (false, false) => "closed",
            };
            json!({
                "id": 9000 + pull.number, "iid": pull.number, "project_id": 7, "title": pull.title, "description": text, "state": state,
                "author": {"id": pull.author, "username": "joe", "name": "Joe"}, "sha": pull.head, "source_branch": branch, "target_branch": "main",
                "source_project_id": if pull.branch.is_some() { 7 } else { 8 }, "target_project_id": 7, "web_url": address, "updated_at": changed,
            })
        }
        Host::Bitbucket => {
            let state = match (pull.is_open, pull.is_merged) {
                (true, _) => "OPEN",
                (false, true) => "MERGED",
                (false, false) => "DECLINED",
            };
            json!({
                "type": "pullrequest", "id": pull.number, "title": pull.title, "description": text, "state": state,
                "author": {"display_name": "Joe", "account_id": pull.author.to_string()},
                "source": {"branch": {"name": branch}, "commit": {"hash": pull.head.get(..12)}, "repository": {"full_name": fork}},
                "destination": {"branch": {"name": "main"}, "repository": {"full_name": PROJECT}},
                "links": {"html": {"href": address}}, "updated_on": changed,
            })
        }
        _ => json!({
            "id": 9000 + pull.number, "number": pull.number, "title": pull.title, "body": text, "state": if pull.is_open { "open" } else { "closed" },
            "user": {"id": pull.author, "login": "joe"}, "merged": pull.is_merged, "merged_at": pull.is_merged.then(|| changed.clone()), "draft": false,
            "head": {"ref": branch, "sha": pull.head, "repo": {"full_name": fork}}, "base": {"ref": "main", "repo": {"full_name": PROJECT}},
            "html_url": address, "updated_at": changed,
        }),
    }
}
