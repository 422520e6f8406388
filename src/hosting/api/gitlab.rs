//! GitLab's REST API, version 4 <https://docs.gitlab.com/api/rest/>.

use http::Method;
use serde_json::{Value, json};

use super::{CONTEXT, Call, HostApproval, Request, State, Status, account, number, segment, word};
use crate::hosting::Host;

fn project_at(project: &str) -> String {
    format!("/projects/{}", segment(project))
}

pub(super) fn open(project: &str, stretch: usize) -> Call {
    Call::get(format!(
        "{}/merge_requests?state=opened&per_page=100&page={stretch}",
        project_at(project)
    ))
}

pub(super) fn at(project: &str, number: u64) -> String {
    format!("{}/merge_requests/{number}", project_at(project))
}

pub(super) fn read(value: &Value) -> Option<Request> {
    let project = |side: &str| number(value, &format!("/{side}_project_id"));
    let is_own = project("source").is_some() && project("source") == project("target");
    let branch = Some(word(value, "/source_branch")).filter(|branch| is_own && !branch.is_empty());
    let state = word(value, "/state");
    Some(Request {
        number: number(value, "/iid")?,
        title: word(value, "/title").to_owned(),
        text: word(value, "/description").to_owned(),
        author: account(Host::GitLab, value, "/author/id"),
        author_name: word(value, "/author/username").to_owned(),
        is_open: matches!(state, "opened" | "locked"),
        is_merged: state == "merged",
        head: word(value, "/sha").to_owned(),
        branch: branch.map(str::to_owned),
        address: word(value, "/web_url").to_owned(),
        edition: word(value, "/updated_at").to_owned(),
        ..Request::default()
    })
}

pub(super) fn set_open(at: String, is_open: bool) -> Call {
    let event = if is_open { "reopen" } else { "close" };
    Call::with(Method::PUT, at, json!({ "state_event": event }))
}

pub(super) fn status(project: &str, commit: &str, status: &Status) -> Call {
    let state = match status.state {
        State::Waits => "pending",
        State::Done => "success",
        State::Held => "failed",
    };
    let body = json!({
        "state": state,
        "target_url": status.link,
        "description": status.words,
        "name": CONTEXT,
    });
    Call::with(
        Method::POST,
        format!("{}/statuses/{commit}", project_at(project)),
        body,
    )
}

/// GitLab says when somebody approved and which head the request had since when; an approval is for the head that stood then. Times are ISO 8601 in UTC, which
/// sort as text.
pub(super) fn approvals(given: &Value, versions: &Value) -> Vec<HostApproval> {
    let mut heads: Vec<(&str, &str)> = versions
        .as_array()
        .into_iter()
        .flatten()
        .map(|version| {
            (
                word(version, "/created_at"),
                word(version, "/head_commit_sha"),
            )
        })
        .filter(|(since, head)| since.ends_with('Z') && !head.is_empty())
        .collect();
    heads.sort_unstable();
    let given = given.pointer("/approved_by").and_then(Value::as_array);
    let approvals = given.into_iter().flatten().filter_map(|one| {
        let account = account(Host::GitLab, one, "/user/id");
        let at = word(one, "/approved_at");
        if account.is_empty() || !at.ends_with('Z') {
            return None;
        }
        // Two that bear the same time cannot be told apart, so the later one does not count.
        let (_, head) = heads.iter().rev().find(|(since, _)| *since < at)?;
        Some(HostApproval {
            id: format!("{account} {at}"),
            head: (*head).to_owned(),
            account,
        })
    });
    approvals.collect()
}

pub(super) fn hook(project: &str, to: &str, secret: &str) -> (String, Value) {
    let body = json!({
        "url": to,
        "token": secret,
        "push_events": true,
        "tag_push_events": true,
        "merge_requests_events": true,
        "enable_ssl_verification": true,
    });
    (format!("{}/hooks", project_at(project)), body)
}

pub(super) fn key(project: &str, title: &str, key: &str) -> (String, Value) {
    let body = json!({ "title": title, "key": key, "can_push": true });
    (format!("{}/deploy_keys", project_at(project)), body)
}

pub(super) fn protection(project: &str, branch: &str) -> String {
    format!(
        "{}/protected_branches/{}",
        project_at(project),
        segment(branch)
    )
}
