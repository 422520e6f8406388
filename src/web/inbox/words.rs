//! A notice as a sentence: who, what they did, the record between, and how it ends.

use super::Notice;
use crate::ledger::{GOVERNANCE, HISTORY, Reason};
use crate::policy::Policy;
use crate::publish::visible::marked;
use crate::web::failure;
use crate::web::href::Href;
use crate::web::language::{Language, Message, say};
use crate::web::showing::words::{all_of, person_of};
use crate::web::urls::Urls;

/// What the id of a proposal as a whole begins with.
const BRANCHES: &str = "refs/heads/";

/// Returns who did it; nobody where it tells of a day alone.
pub fn actor(policy: &Policy, notice: &Notice) -> Message {
    let names: Vec<String> = notice
        .by
        .iter()
        .map(|by| person_of(policy, by))
        .filter(|name| !name.is_empty())
        .collect();
    match (notice.reason, names.is_empty()) {
        (Reason::Due | Reason::Overdue, _) => Message::default(),
        (_, true) => say("inbox-somebody"),
        (_, false) => all_of(&names).into(),
    }
}

/// Returns what was done, before the record's title.
pub fn did(notice: &Notice) -> Message {
    let count = notice.by.len();
    match notice.reason {
        Reason::Rewritten => say("inbox-rewritten"),
        Reason::Assigned => say("inbox-assigned"),
        Reason::Mentioned => say("inbox-mentioned"),
        Reason::Answered => say("inbox-answered"),
        Reason::Approved => say("inbox-approved"),
        Reason::ChangesRequested => say("inbox-changes"),
        Reason::Vetoed => say("inbox-vetoed"),
        Reason::Commented => say("inbox-commented"),
        Reason::Suggested => say("inbox-suggested"),
        Reason::Withdrawn => say("inbox-withdrawn"),
        Reason::Closed => say("inbox-closed"),
        Reason::Reopened => say("inbox-reopened"),
        Reason::Landed => say("inbox-landed").with("count", count),
        Reason::SentBack => say("inbox-sent-back").with("count", count),
        Reason::TakenDown => say("inbox-taken-down"),
        Reason::Changed => say("inbox-changed"),
        Reason::Outdated => say("inbox-outdated").with("count", count),
        Reason::Due => say("inbox-due"),
        Reason::Overdue => say("inbox-overdue"),
    }
}

/// Returns how the sentence ends.
pub fn ends(notice: &Notice) -> Message {
    let until = notice.due.as_deref();
    match (notice.reason, &notice.became, until) {
        (Reason::Landed, Some((status, Some(version))), _) => say("inbox-as-version")
            .with("status", status)
            .with("version", version),
        (Reason::Landed | Reason::SentBack, Some((status, _)), _) => {
            say("inbox-as-status").with("status", status)
        }
        (Reason::Assigned, _, Some(day)) => say("inbox-until").with("day", day),
        (Reason::Due | Reason::Overdue, _, Some(day)) => say("inbox-by-day").with("day", day),
        (Reason::Rewritten, ..) => say("inbox-rewritten-end"),
        (Reason::Changed, ..) => say("inbox-changed-end"),
        (Reason::Outdated, ..) => say("inbox-outdated-end"),
        (Reason::Approved, ..) => match &notice.transition {
            Some(transition) => say("inbox-for").with("move", transition),
            None => Message::default(),
        },
        (_, _, _) => Message::default(),
    }
}

/// The longest title in a sentence, in characters.
const MAX_TITLE_CHARS: usize = 150;

/// Returns a text on one line, without a character that nobody sees, for places that know no markup.
pub fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let whole = marked(&words.join(" "));
    match whole.char_indices().nth(MAX_TITLE_CHARS) {
        Some((end, _)) => format!("{}…", &whole[..end]),
        None => whole,
    }
}

/// Returns a notice as one plain sentence.
pub fn sentence(policy: &Policy, notice: &Notice, language: Language) -> String {
    let title = say("inbox-title").with("title", one_line(&notice.title));
    let parts = [actor(policy, notice), did(notice), title, ends(notice)];
    let words: Vec<String> = parts
        .iter()
        .map(|part| one_line(&part.text(language)))
        .filter(|words| !words.is_empty())
        .collect();
    format!("{}.", failure::sentence(&words.join(" ")))
}

/// Returns the page where something can be done about it: the review, or the record where all is done.
pub fn leads_to(urls: &Urls, notice: &Notice) -> Href {
    if notice.record == GOVERNANCE {
        return urls.policy_change();
    }
    if notice.record == HISTORY {
        return urls.history();
    }
    if let Some(branch) = notice.record.strip_prefix(BRANCHES) {
        return urls.base().and(["proposals"]).and(branch.split('/'));
    }
    match (notice.reason, &notice.proposal) {
        (Reason::Landed, _) => urls.record(&notice.record),
        (_, Some(branch)) => urls.review(&notice.record).with("proposal", branch),
        (_, None) => urls.review(&notice.record),
    }
}
