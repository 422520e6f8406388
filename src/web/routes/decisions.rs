//! A decision that somebody sends.

use axum::response::{IntoResponse, Redirect, Response};

use super::review::{BOUND, mixed_up, purpose, show_refused};
use super::{policy_change, proposals};
use crate::id::{BlobId, RecordId};
use crate::ledger::{About, Act, Decision, RATIFY, Seen, TAKE_DOWN, YANK, read_attached_lines};
use crate::policy::{Bump, POLICY_PATH};
use crate::review::{Intent, Outcome, Target};
use crate::web::failure::{Failure, foreign_form, no_such_act};
use crate::web::form::Fields;
use crate::web::reader::{Attempt, Reader};
use crate::web::token::is_token;

/// Records a decision and leads on; a refusal comes back beside the form.
pub async fn decide(attempt: Attempt) -> Result<Response, Failure> {
    let Attempt {
        reader,
        fields,
        is_own,
    } = attempt;
    if !is_own {
        return show_again(&reader, &fields).await;
    }
    let decision = read(&reader, &fields).map_err(|failure| failure.with_typed(fields.typed()))?;
    let about_policy = policy_change::is_about_policy(&decision);
    let branch = proposals::branch_of(&decision.path).map(str::to_owned);
    let (target, seen) = (Target::of(&decision), decision.proposed);
    let record = decision.record.0.clone();
    let transition = decision.transition.as_deref();
    let removes = transition.is_some_and(|name| [TAKE_DOWN, RATIFY, YANK].contains(&name));
    let intent = Intent {
        suggestion: None,
        by: reader.identity(),
        decision,
        at: reader.now(),
    };
    match reader.committer.decide(intent).await {
        // The policy, a record that was taken down and a version that was taken back lead to the queue.
        Ok(Outcome::Attested { decision, .. }) if about_policy || removes => {
            let href = reader.urls.queue().with("done", &decision.to_string());
            Ok(Redirect::to(&href.to_string()).into_response())
        }
        Ok(outcome) => Ok(onward(&reader, &record, &target, &outcome).into_response()),
        Err(refusal) if about_policy => {
            policy_change::show_refused(&reader, seen, &fields, &refusal).await
        }
        Err(refusal) => match branch {
            Some(branch) => proposals::show_refused(&reader, &branch, &fields, &refusal).await,
            None => show_refused(&reader, &target, seen, &fields, &refusal).await,
        },
    }
}

/// Shows the page of a form that an earlier session was given: what was typed stands in this session's own form, and nothing is decided.
async fn show_again(reader: &Reader, fields: &Fields) -> Result<Response, Failure> {
    let (path, refusal) = (fields.get("path"), foreign_form());
    let Ok(seen) = fields.get("proposed").parse::<BlobId>() else {
        return Err(Failure::from(refusal).with_typed(fields.typed()));
    };
    if let Some(branch) = proposals::branch_of(path) {
        return proposals::show_refused(reader, branch, fields, &refusal).await;
    }
    match path == POLICY_PATH {
        true => policy_change::show_refused(reader, seen, fields, &refusal).await,
        false => show_refused(reader, &target(fields), seen, fields, &refusal).await,
    }
}

/// Returns where the text stands that a form is about.
pub fn target(fields: &Fields) -> Target {
    Target::on(fields.get("proposal"), fields.get("path"))
}

/// What is said in a proposal is said of its text there.
fn about(fields: &Fields) -> Result<About, Failure> {
    let proposal = match target(fields).proposal {
        Some(branch) => Some(Seen {
            branch,
            head: fields.get("head").parse().map_err(|_| mixed_up())?,
        }),
        None => None,
    };
    let said = |name: &str| Some(fields.get(name).trim().to_owned()).filter(|it| !it.is_empty());
    Ok(About {
        proposal,
        assignee: said("assignee"),
        due: said("due"),
        attached: read_attached_lines(&fields.get("attached").replace("\r\n", "\n"))
            .map_err(|_| mixed_up())?,
        ..About::default()
    })
}

/// A description is a title and what follows it.
fn text(act: Act, fields: &Fields) -> String {
    let text = match act {
        Act::Describe => format!(
            "{}\n\n{}",
            fields.get("title").trim(),
            fields.get("description")
        ),
        _ => fields.get("reason").to_owned(),
    };
    text.replace("\r\n", "\n")
}

/// What completed nothing leads back to where it was decided: to its proposal, or to the queue.
fn onward(reader: &Reader, record: &str, target: &Target, outcome: &Outcome) -> Redirect {
    let href = match outcome {
        Outcome::Recorded { decision } => {
            let back = match &target.proposal {
                Some(branch) => reader.urls.proposal(branch),
                None => reader.urls.queue(),
            };
            back.with("done", &decision.to_string())
        }
        Outcome::Attested { decision, .. } => reader
            .urls
            .record(record)
            .with("done", &decision.to_string()),
        Outcome::Edited { .. } => reader.urls.record(record),
    };
    Redirect::to(&href.to_string())
}

/// Reads a form that this server made for this person and these texts.
///
/// # Errors
/// When it was made for others, or does not say what was decided.
pub fn read(reader: &Reader, fields: &Fields) -> Result<Decision, Failure> {
    let binding: Vec<(&'static str, String)> = BOUND
        .into_iter()
        .map(|name| (name, fields.get(name).to_owned()))
        .collect();
    let key = &reader.session.form_key;
    if !is_token(key, &purpose(reader, &binding), fields.get("token")) {
        return Err(mixed_up());
    }
    let (act, transition) = read_act(fields)?;
    let blob = |name: &str| fields.get(name).parse::<BlobId>().map_err(|_| mixed_up());
    let base = match fields.get("base") {
        "" => None,
        _ => Some(blob("base")?),
    };
    Ok(Decision {
        act,
        transition,
        record: RecordId(fields.get("record").to_owned()),
        path: fields.get("path").to_owned(),
        base,
        proposed: blob("proposed")?,
        policy: blob("policy")?,
        bump: match act {
            Act::Approve => Bump::from_name(fields.get("version")),
            _ => None,
        },
        operation: fields.get("operation").to_owned(),
        text: text(act, fields),
        about: about(fields)?,
    })
}

fn read_act(fields: &Fields) -> Result<(Act, Option<String>), Failure> {
    let wanted = fields.get("decision");
    if let Some(transition) = wanted.strip_prefix("approve:") {
        let moves: Vec<String> =
            serde_json::from_str(fields.get("moves")).map_err(|_| mixed_up())?;
        return match moves.iter().any(|name| name == transition) {
            true => Ok((Act::Approve, Some(transition.to_owned()))),
            false => Err(mixed_up()),
        };
    }
    let act = match wanted {
        "request_changes" => Act::RequestChanges,
        "comment" => Act::Comment,
        "withdraw" => Act::Withdraw,
        "veto" => Act::Veto,
        "submit" => Act::Submit,
        "assign" => Act::Assign,
        "describe" => Act::Describe,
        "close" => Act::Close,
        "reopen" => Act::Reopen,
        _ => return Err(no_such_act().into()),
    };
    Ok((act, None))
}
