//! GitHub's REST API <https://docs.github.com/rest>, whose shapes Gitea <https://docs.gitea.com/api> and Forgejo <https://forgejo.org/docs/latest/user/api-usage/>
//! follow but for a few.

use http::Method;
use serde_json::{Value, json};

use super::{CONTEXT, Call, HostApproval, Request, State, Status, account, number, segment, word};
use crate::hosting::Host;

pub(super) fn open(host: Host, project: &str, stretch: usize) -> Call {
    let size = match host {
        Host::GitHub => "per_page=100",
        _ => "limit=50",
    };
    Call::get(format!(
        "/repos/{project}/pulls?state=open&{size}&page={stretch}"
    ))
}

pub(super) fn at(project: &str, number: u64) -> String {
    format!("/repos/{project}/pulls/{number}")
}

pub(super) fn comments(project: &str, number: u64) -> String {
    format!("/repos/{project}/issues/{number}/comments")
}

pub(super) fn comment_at(project: &str, id: &str) -> String {
    format!("/repos/{project}/issues/comments/{id}")
}

pub(super) fn read(host: Host, value: &Value) -> Option<Request> {
    let repository = |side: &str| word(value, &format!("/{side}/repo/full_name"));
    let is_own = !repository("base").is_empty() && repository("head") == repository("base");
    let branch = Some(word(value, "/head/ref")).filter(|branch| is_own && !branch.is_empty());
    let merged = value.get("merged").and_then(Value::as_bool);
    Some(Request {
        number: number(value, "/number")?,
        title: word(value, "/title").to_owned(),
        text: word(value, "/body").to_owned(),
        author: account(host, value, "/user/id"),
        author_name: word(value, "/user/login").to_owned(),
        is_open: word(value, "/state") == "open",
        is_merged: merged.unwrap_or(false) || !word(value, "/merged_at").is_empty(),
        head: word(value, "/head/sha").to_owned(),
        branch: branch.map(str::to_owned),
        address: word(value, "/html_url").to_owned(),
        edition: word(value, "/updated_at").to_owned(),
        ..Request::default()
    })
}

pub(super) fn set_open(at: String, is_open: bool) -> Call {
    let state = if is_open { "open" } else { "closed" };
    Call::with(Method::PATCH, at, json!({ "state": state }))
}

pub(super) fn status(project: &str, commit: &str, status: &Status) -> Call {
    let state = match status.state {
        State::Waits => "pending",
        State::Done => "success",
        State::Held => "failure",
    };
    let body = json!({
        "state": state,
        "target_url": status.link,
        "description": status.words,
        "context": CONTEXT,
    });
    Call::with(
        Method::POST,
        format!("/repos/{project}/statuses/{commit}"),
        body,
    )
}

/// The last word of each account is the one that counts; Gitea writes `APPROVED` for what GitHub does.
pub(super) fn approvals(host: Host, given: &Value) -> Vec<HostApproval> {
    let mut last: Vec<(String, Option<HostApproval>)> = Vec::new();
    for review in given.as_array().into_iter().flatten() {
        let account = account(host, review, "/user/id");
        let state = word(review, "/state");
        let is_stale = review.get("dismissed").and_then(Value::as_bool) == Some(true);
        // A comment takes nothing back.
        if account.is_empty()
            || !matches!(
                state,
                "APPROVED" | "CHANGES_REQUESTED" | "REQUEST_CHANGES" | "DISMISSED"
            )
        {
            continue;
        }
        let approval = (state == "APPROVED" && !is_stale).then(|| HostApproval {
            id: super::id_of(review).unwrap_or_default(),
            head: word(review, "/commit_id").to_owned(),
            account: account.clone(),
        });
        last.retain(|(whose, _)| *whose != account);
        last.push((account, approval));
    }
    last.into_iter()
        .filter_map(|(_, approval)| approval)
        .filter(|approval| !approval.head.is_empty() && !approval.id.is_empty())
        .collect()
}

pub(super) fn hook(host: Host, project: &str, to: &str, secret: &str) -> (String, Value) {
    let (key, kind) = match host {
        Host::GitHub => ("name", "web"),
        Host::Forgejo => ("type", "forgejo"),
        _ => ("type", "gitea"),
    };
    let body = json!({
        key: kind,
        "active": true,
        "events": ["push", "create", "delete", "pull_request", "pull_request_review"],
        "config": { "url": to, "content_type": "json", "secret": secret },
    });
    (format!("/repos/{project}/hooks"), body)
}

pub(super) fn key(project: &str, title: &str, key: &str) -> (String, Value) {
    let body = json!({ "title": title, "key": key, "read_only": false });
    (format!("/repos/{project}/keys"), body)
}

pub(super) fn protection(host: Host, project: &str, branch: &str) -> String {
    let branch = segment(branch);
    match host {
        Host::GitHub => format!("/repos/{project}/branches/{branch}/protection"),
        _ => format!("/repos/{project}/branch_protections/{branch}"),
    }
}
