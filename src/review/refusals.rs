//! May this person do this to this item, now? Refused in the words of their task, before anything is written.

use super::approvals::{WhyNot, excluded};
use super::people::{is_author, may_take_part};
use super::queue::has_decided;
use super::transition::{Offer, offers, removal};
use super::veto::{may_veto, may_withdraw};
use crate::ledger::{Act, Decision};
use crate::policy::{Person, Policy};
use crate::refusal::Refusal;
use crate::review::{Item, Standing};

/// The longest reason or comment: more than anybody reads beside a text, and less than would hold up its page.
pub const MAX_TEXT_CHARS: usize = 20_000;

/// Checks a decision against the item as it stands; the offer is returned for an approval.
///
/// # Errors
/// Says what is in the way and what to do.
pub(super) fn judge(
    policy: &Policy,
    item: &Item,
    person: &Person,
    decision: &Decision,
) -> Result<Option<Offer>, Refusal> {
    refuse_stale(item, decision)?;
    if !may_take_part(policy, &item.collection, person) {
        return Err(no_role(person, &item.collection).in_path(item.record.0.clone()));
    }
    let length = decision.text.chars().count();
    if length > MAX_TEXT_CHARS {
        return Err(refusal(
            "REV-TEXT-002",
            item,
            format!("what you say has {length} characters; at most {MAX_TEXT_CHARS} are kept"),
            "say the essential here, and put the rest where it can be linked to",
        ));
    }
    match decision.act {
        Act::Approve => judge_approval(policy, item, person, decision).map(Some),
        Act::RequestChanges => judge_objection(policy, item, person, decision).map(|()| None),
        Act::Submit => judge_submission(item).map(|()| None),
        Act::Withdraw => judge_withdrawal(policy, item, person).map(|()| None),
        Act::Veto => judge_veto(policy, item, person, decision).map(|()| None),
        Act::Comment if decision.text.trim().is_empty() && decision.about.suggested.is_none() => {
            Err(refusal(
                "REV-TEXT-001",
                item,
                "the comment is empty".into(),
                "write what you want to say",
            ))
        }
        Act::Comment => Ok(None),
        Act::Assign => judge_assignment(policy, item, decision).map(|()| None),
        Act::Describe | Act::Close | Act::Reopen if !item.is_whole_proposal() => Err(unfit(
            item,
            "only a proposal as a whole is renamed, closed or reopened",
        )),
        Act::Describe
            if decision
                .text
                .lines()
                .next()
                .is_none_or(|it| it.trim().is_empty()) =>
        {
            Err(refusal(
                "PRO-TITLE-001",
                item,
                "a proposal has a title, and this one is empty".into(),
                "write what the proposal is about in one line",
            ))
        }
        Act::Describe | Act::Close | Act::Reopen => Ok(None),
        Act::Plan | Act::Release | Act::Cancel | Act::Fail => Err(unfit(
            item,
            "a release is planned, let out and cancelled on its own page",
        )),
        Act::Rewrite | Act::RestoreHistory | Act::AcceptHistory => Err(unfit(
            item,
            "a rewritten history is decided about on its own page",
        )),
    }
}

/// Checks what the git host said of a request: it may rename, close and reopen its proposal, and nothing else.
///
/// # Errors
/// As [`judge`] says.
pub(super) fn judge_host(item: &Item, decision: &Decision) -> Result<(), Refusal> {
    refuse_stale(item, decision)?;
    let is_fit = matches!(decision.act, Act::Describe | Act::Close | Act::Reopen);
    match is_fit && item.is_whole_proposal() {
        true => Ok(()),
        false => Err(unfit(
            item,
            "a git host renames, closes and reopens proposals, and says nothing else",
        )),
    }
}

/// Nobody takes part in a collection without a role for it.
pub fn no_role(person: &Person, collection: &str) -> Refusal {
    Refusal::new(
        "REV-RIGHT-001",
        format!("{} holds no role for {collection}", person.name),
        "ask an administrator for a role in the policy",
    )
}

/// Returns who an order comes from: a person of the policy in force, or nobody.
pub(super) fn person_of<'a>(policy: &'a Policy, address: &str) -> Result<&'a Person, Refusal> {
    policy.person_by_address(address).ok_or_else(|| {
        Refusal::new(
            "REV-RIGHT-003",
            format!("{address} is nobody the policy knows"),
            "ask an administrator to add you to the policy",
        )
    })
}

fn unfit(item: &Item, cause: &str) -> Refusal {
    refusal(
        "REV-MOVE-006",
        item,
        cause.to_owned(),
        "open it again to see what may be decided",
    )
}

/// Whoever is asked to look must be able to say something.
fn judge_assignment(policy: &Policy, item: &Item, decision: &Decision) -> Result<(), Refusal> {
    let (assignee, due) = (&decision.about.assignee, &decision.about.due);
    if assignee.is_none() && due.is_none() {
        return Err(unfit(item, "an assignment names somebody or a day"));
    }
    if let Some(key) = assignee
        && !policy
            .people
            .get(key)
            .is_some_and(|person| may_take_part(policy, &item.collection, person))
    {
        return Err(refusal(
            "REV-ASSIGN-001",
            item,
            format!("{key} holds no role for {}", item.collection),
            "choose somebody who does",
        ));
    }
    match due {
        Some(day) if !is_day(day) => Err(refusal(
            "REV-ASSIGN-002",
            item,
            format!("\"{day}\" is no day"),
            "write it as 2026-12-31",
        )),
        _ => Ok(()),
    }
}

fn is_day(text: &str) -> bool {
    let mut parts = text.splitn(3, '-').map(str::parse::<u16>);
    let (Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) =
        (parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let month = u8::try_from(month)
        .ok()
        .and_then(|month| time::Month::try_from(month).ok());
    let day = u8::try_from(day).ok();
    text.len() == 10
        && month.zip(day).is_some_and(|(month, day)| {
            time::Date::from_calendar_date(year.into(), month, day).is_ok()
        })
}

fn refuse_stale(item: &Item, decision: &Decision) -> Result<(), Refusal> {
    if item.is_judged_by(decision) {
        return Ok(());
    }
    Err(refusal(
        "REV-STALE-001",
        item,
        "the record changed since you looked".into(),
        "read what changed and decide again; nothing was recorded",
    ))
}

fn judge_approval(
    policy: &Policy,
    item: &Item,
    person: &Person,
    decision: &Decision,
) -> Result<Offer, Refusal> {
    let offer = wanted(policy, item, decision)?;
    let why = excluded(policy, item, &offer, person);
    if why == Some(WhyNot::Vetoed) {
        return Err(refusal(
            "REV-VETO-002",
            item,
            WhyNot::Vetoed.to_string(),
            "take your veto back first",
        ));
    }
    if let Some(why) = why {
        return Err(refusal(
            "REV-EYES-001",
            item,
            why.to_string(),
            "leave it to the people named beside the decision",
        ));
    }
    if !offer
        .approvals
        .by_role
        .keys()
        .any(|role| policy.holds(person, role, item.scope()))
    {
        let roles: Vec<&str> = offer.approvals.by_role.keys().map(String::as_str).collect();
        let cause = format!(
            "\"{}\" in {} is approved by {}, and you are not",
            offer.name,
            item.collection,
            roles.join(" and ")
        );
        return Err(refusal(
            "REV-RIGHT-002",
            item,
            cause,
            "leave it to the people named beside the decision",
        ));
    }
    if offer.gated
        && let Some(first) = item.blocking.first()
    {
        return Err(refusal(
            "REV-FIND-001",
            item,
            format!("a finding stands against it: {first}"),
            "have the text corrected first",
        ));
    }
    if offer.reason_required && decision.text.trim().is_empty() {
        return Err(refusal(
            "REV-TEXT-001",
            item,
            format!("\"{}\" needs a reason", offer.name),
            "write why, and send it again",
        ));
    }
    Ok(offer)
}

/// Returns the move that an approval means, if it is open.
fn wanted(policy: &Policy, item: &Item, decision: &Decision) -> Result<Offer, Refusal> {
    let wanted = decision.transition.as_deref().unwrap_or_default();
    let open = offers(policy, item)
        .into_iter()
        .chain(removal(policy, item));
    let status = || {
        let workflow = item.workflow(policy);
        workflow
            .map(|workflow| item.status(workflow))
            .unwrap_or_default()
    };
    open.into_iter()
        .find(|offer| offer.name == wanted)
        .ok_or_else(|| {
            refusal(
                "REV-MOVE-001",
                item,
                format!("\"{wanted}\" is not open to a record that is {}", status()),
                "open the record again to see which moves are",
            )
        })
}

fn judge_objection(
    policy: &Policy,
    item: &Item,
    person: &Person,
    decision: &Decision,
) -> Result<(), Refusal> {
    if decision.text.trim().is_empty() {
        return Err(refusal(
            "REV-TEXT-001",
            item,
            "asking for changes needs a reason".into(),
            "write what should change, and send it again",
        ));
    }
    let could = offers(policy, item).iter().any(|offer| {
        offer
            .approvals
            .by_role
            .keys()
            .any(|role| policy.holds(person, role, item.scope()))
    });
    if could {
        Ok(())
    } else {
        Err(refusal(
            "REV-RIGHT-002",
            item,
            "only those who could approve may ask for changes".into(),
            "leave a comment instead",
        ))
    }
}

fn judge_veto(
    policy: &Policy,
    item: &Item,
    person: &Person,
    decision: &Decision,
) -> Result<(), Refusal> {
    if !may_veto(policy, item, person) {
        let (cause, next) = match item.is_governance() {
            true => ("a change of the policy cannot be vetoed", "ask for changes"),
            false => (
                "only those whom the policy names in \"veto\" may veto this",
                "ask for changes, or leave a comment",
            ),
        };
        return Err(refusal("REV-VETO-001", item, cause.into(), next));
    }
    if may_withdraw(policy, item, person) {
        return Err(refusal(
            "REV-VETO-002",
            item,
            WhyNot::Vetoed.to_string(),
            "take it back to say why anew",
        ));
    }
    if decision.text.trim().is_empty() {
        return Err(refusal(
            "REV-TEXT-001",
            item,
            "a veto needs a reason".into(),
            "write what stands against it, and send it again",
        ));
    }
    Ok(())
}

fn judge_submission(item: &Item) -> Result<(), Refusal> {
    match item.standing {
        Standing::Draft | Standing::Proposed => Ok(()),
        Standing::Settled | Standing::Changed | Standing::TakenDown => Err(refusal(
            "REV-MOVE-002",
            item,
            "only a draft is submitted for review".into(),
            "open the record to see what it waits for",
        )),
    }
}

fn judge_withdrawal(policy: &Policy, item: &Item, person: &Person) -> Result<(), Refusal> {
    if has_decided(policy, item, person) {
        Ok(())
    } else {
        Err(refusal(
            "REV-MOVE-003",
            item,
            "you decided nothing here that could be taken back".into(),
            "open the record to see what was decided",
        ))
    }
}

/// Checks that a person may edit an item's text in place: a draft, by somebody with a role there.
///
/// # Errors
/// Says what is in the way and what to do.
pub fn judge_edit(policy: &Policy, item: &Item, person: &Person) -> Result<(), Refusal> {
    if !may_take_part(policy, &item.collection, person) {
        return Err(no_role(person, &item.collection).in_path(item.record.0.clone()));
    }
    let workflow = item.workflow(policy);
    if item.standing == Standing::Draft
        || workflow.is_some_and(|workflow| {
            !item.text_changed(workflow) && item.kind(workflow) == crate::policy::StatusKind::Draft
        })
    {
        return Ok(());
    }
    let status = workflow
        .map(|workflow| item.status(workflow))
        .unwrap_or_default();
    let hint = if is_author(policy, item, person) {
        "ask a reviewer to return it"
    } else {
        "return it to draft first"
    };
    Err(refusal(
        "REV-EDIT-001",
        item,
        format!("the record is {status}, and only drafts are edited in place"),
        hint,
    ))
}

fn refusal(code: &'static str, item: &Item, cause: String, next: &str) -> Refusal {
    Refusal::new(code, cause, next).in_path(item.record.0.clone())
}
