//! Bitbucket Cloud's REST API, version 2.0 <https://developer.atlassian.com/cloud/bitbucket/rest/>.

use http::Method;
use serde_json::{Value, json};

use super::{CONTEXT, Call, Request, State, Status, account, number, segment, word};
use crate::hosting::Host;

pub(super) fn open(project: &str, stretch: usize) -> Call {
    Call::get(format!(
        "/repositories/{project}/pullrequests?state=OPEN&pagelen=50&page={stretch}"
    ))
}

pub(super) fn at(project: &str, number: u64) -> String {
    format!("/repositories/{project}/pullrequests/{number}")
}

pub(super) fn read(value: &Value) -> Option<Request> {
    let repository = |side: &str| word(value, &format!("/{side}/repository/full_name"));
    let is_own =
        !repository("source").is_empty() && repository("source") == repository("destination");
    let branch =
        Some(word(value, "/source/branch/name")).filter(|branch| is_own && !branch.is_empty());
    let state = word(value, "/state");
    Some(Request {
        number: number(value, "/id")?,
        title: word(value, "/title").to_owned(),
        text: word(value, "/description").to_owned(),
        author: account(Host::Bitbucket, value, "/author/account_id"),
        author_name: word(value, "/author/display_name").to_owned(),
        is_open: state == "OPEN",
        is_merged: state == "MERGED",
        head: word(value, "/source/commit/hash").to_owned(),
        branch: branch.map(str::to_owned),
        address: word(value, "/links/html/href").to_owned(),
        edition: word(value, "/updated_on").to_owned(),
        ..Request::default()
    })
}

pub(super) fn close(at: &str) -> Call {
    Call::with(Method::POST, format!("{at}/decline"), json!({}))
}

pub(super) fn status(project: &str, commit: &str, status: &Status) -> Call {
    let state = match status.state {
        State::Waits => "INPROGRESS",
        State::Done => "SUCCESSFUL",
        State::Held => "FAILED",
    };
    let body = json!({
        "key": CONTEXT,
        "name": CONTEXT,
        "state": state,
        "url": status.link,
        "description": status.words,
    });
    Call::with(
        Method::POST,
        format!("/repositories/{project}/commit/{commit}/statuses/build"),
        body,
    )
}

pub(super) fn hook(project: &str, to: &str, secret: &str) -> (String, Value) {
    let body = json!({
        "description": CONTEXT,
        "url": to,
        "secret": secret,
        "active": true,
        "events": [
            "repo:push",
            "pullrequest:created",
            "pullrequest:updated",
            "pullrequest:approved",
            "pullrequest:fulfilled",
            "pullrequest:rejected",
        ],
    });
    (format!("/repositories/{project}/hooks"), body)
}

pub(super) fn key(project: &str, title: &str, key: &str) -> (String, Value) {
    let body = json!({ "label": title, "key": key });
    (format!("/repositories/{project}/deploy-keys"), body)
}

pub(super) fn protection(project: &str, branch: &str) -> String {
    format!(
        "/repositories/{project}/branch-restrictions?kind=push&pattern={}",
        segment(branch)
    )
}
