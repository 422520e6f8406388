//! What the last act came to: told from the ledger, never from the address, so that no link can put words on a page.

use serde::Deserialize;

use super::bulk::undo;
use super::proposals::branch_of;
use super::review::load;

use crate::id::CommitId;
use crate::index::{self, DecisionRow};
use crate::ledger::{Act, GOVERNANCE, RATIFY, RESTORE, TAKE_DOWN, YANK, version_of};
use crate::policy::{POLICY_PATH, StatusKind};
use crate::review::Target;
use crate::review::queue::Section;
use crate::web::failure::Failure;
use crate::web::language::{Message, say, verbatim};
use crate::web::pages::layout::{Notice, Tone};
use crate::web::pages::parts::{Link, Undo};
use crate::web::reader::Reader;

/// What an address says was just done.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    /// The journal commit of a decision.
    #[serde(default)]
    done: String,
    /// The commit of an edit.
    #[serde(default)]
    saved: String,
    /// Which of several files with one id is meant.
    #[serde(default)]
    path: String,
    /// The branch of the proposal that is meant; empty for what is published.
    #[serde(default)]
    proposal: String,
}

impl Done {
    /// Returns where the text stands that is meant.
    pub fn target(&self) -> Target {
        Target::on(&self.proposal, &self.path)
    }
}

/// Returns the notice of what was done, if anything was.
pub async fn notice(reader: &Reader, done: &Done) -> Result<Option<Notice>, Failure> {
    if done.saved.parse::<CommitId>().is_ok() {
        return Ok(Some(good(say("notice-saved"))));
    }
    let Ok(commit) = done.done.parse::<CommitId>() else {
        return Ok(None);
    };
    let pool = reader.desk.index.reader();
    let commit = commit.to_string();
    let Some(said) = index::decision_at(pool, &commit).await? else {
        return Ok(None);
    };
    if said.record_id == GOVERNANCE && said.path == POLICY_PATH {
        return about_policy(reader, &said).await.map(Some);
    }
    let target = Target {
        proposal: said.proposal.clone(),
        path: said.path.clone(),
    };
    let following = following(reader, &target).await?;
    let title = title_of(reader, &said).await?;
    let made = index::attestation_led_to(pool, &commit).await?;
    if let Some(link) = &made
        && let Some(text) = of_removal(&link.transition)
    {
        return Ok(Some(Notice {
            following,
            ..good(text.with("title", title))
        }));
    }
    if let Some(link) = made {
        let became = match link.version_to {
            Some(version) => say("notice-version").with("version", version),
            None => say("notice-status"),
        };
        return Ok(Some(Notice {
            undo: Undo::No(no_undo(reader, &link.status_to)),
            following,
            ..good(became.with("title", title).with("status", link.status_to))
        }));
    }
    let act = said.act.parse().ok();
    Ok(Some(Notice {
        undo: undo_of(reader, &said, &target, act).await?,
        following,
        ..recorded(verbatim(title), act)
    }))
}

fn of_removal(transition: &str) -> Option<Message> {
    match transition {
        TAKE_DOWN => Some(say("notice-taken-down")),
        RATIFY => Some(say("notice-ratified")),
        YANK => Some(say("notice-yanked")),
        _ => None,
    }
}

/// Returns what people call what was decided about.
async fn title_of(reader: &Reader, said: &DecisionRow) -> Result<String, Failure> {
    let pool = reader.desk.index.reader();
    let title = match (&said.proposal, branch_of(&said.path)) {
        (_, Some(branch)) => index::proposal_at(pool, branch).await?.map(|row| row.title),
        (Some(branch), None) => {
            let rows = index::proposed_in(pool, std::slice::from_ref(branch)).await?;
            let row = rows.into_iter().find(|row| row.path == said.path);
            row.map(|row| row.title)
        }
        (None, None) => {
            let version = version_of(&said.record_id);
            let record = version.as_ref().map_or(&*said.record_id, |(_, id)| id);
            let rows = index::records_of(pool, record).await?;
            let title = rows.into_iter().next().map(|row| row.title);
            match (title, version) {
                (Some(title), Some((version, _))) => Some(format!("{title} {version}")),
                (title, _) => title,
            }
        }
    };
    Ok(title.unwrap_or_else(|| said.record_id.clone()))
}

/// Says why a move that was made stays made, and what can be done instead.
pub fn no_undo(reader: &Reader, status: &str) -> Message {
    let mut workflows = reader.policy().workflows.values();
    match workflows.any(|workflow| workflow.kind(status) == Some(StatusKind::Approved)) {
        true => say("undo-by-return"),
        false => say("undo-not"),
    }
}

/// What somebody approved or asked for, and what still counts, they can take back.
async fn undo_of(
    reader: &Reader,
    said: &DecisionRow,
    target: &Target,
    act: Option<Act>,
) -> Result<Undo, Failure> {
    let by_reader = reader.policy().person_by_address(&said.by.address);
    let is_theirs = by_reader.is_some_and(|person| person.key == reader.person().key);
    if !is_theirs || !matches!(act, Some(Act::Approve | Act::RequestChanges | Act::Veto)) {
        return Ok(Undo::Nothing);
    }
    match load(reader, target).await? {
        Some(item) if item.proposed.to_string() == said.proposed => undo(reader, &item),
        Some(_) | None => Ok(Undo::Nothing),
    }
}

/// Returns what waits longest for the reader, beside what they just decided about.
async fn following(reader: &Reader, decided: &Target) -> Result<Option<Link>, Failure> {
    let open = reader.desk.open(reader.rules()).await?;
    let places = open.places(reader.rules(), reader.person());
    let mut waiting = open.items.iter().zip(&places.items);
    let next = waiting
        .find(|(waiting, place)| **place == Section::Yours && waiting.item.target() != *decided);
    Ok(next.map(|(waiting, _)| Link {
        label: verbatim(&waiting.item.title),
        href: reader.urls.review_of(&waiting.item),
    }))
}

async fn about_policy(reader: &Reader, said: &DecisionRow) -> Result<Notice, Failure> {
    let made = index::attestation_led_to(reader.desk.index.reader(), &said.commit).await?;
    Ok(match made {
        Some(link) if link.transition == RESTORE => good(say("notice-policy-restored")),
        Some(_) => good(say("notice-policy-in-force")),
        None => recorded(say("notice-the-policy"), said.act.parse().ok()),
    })
}

fn recorded(title: Message, act: Option<Act>) -> Notice {
    let (text, next) = match act {
        Some(Act::Approve) => (say("notice-approved"), say("notice-waits")),
        Some(Act::RequestChanges) => (say("notice-changes"), say("notice-stands")),
        Some(Act::Submit) => (say("notice-submitted"), say("notice-seen")),
        Some(Act::Withdraw) => (say("notice-withdrawn"), Message::default()),
        Some(Act::Veto) => (say("notice-vetoed"), say("notice-veto-stands")),
        Some(Act::Assign) => (say("notice-assigned"), Message::default()),
        Some(Act::Describe) => (say("notice-described"), Message::default()),
        Some(Act::Close) => (say("notice-closed"), say("notice-closed-next")),
        Some(Act::Reopen) => (say("notice-reopened"), Message::default()),
        Some(Act::Comment | Act::Plan | Act::Release | Act::Cancel | Act::Fail) | None => {
            (say("notice-said"), Message::default())
        }
        Some(Act::Rewrite | Act::RestoreHistory | Act::AcceptHistory) => {
            (say("notice-said"), Message::default())
        }
    };
    Notice {
        next,
        ..good(text.with("title", title))
    }
}

fn good(text: Message) -> Notice {
    Notice {
        tone: Tone::Good,
        text,
        next: Message::default(),
        undo: Undo::Nothing,
        following: None,
    }
}
