//! What the last act came to: told from the ledger, never from the address, so that no link can put words on a page.

use serde::Deserialize;

use crate::id::CommitId;
use crate::index::{self, DecisionRow};
use crate::ledger::{Act, GOVERNANCE, RESTORE};
use crate::policy::POLICY_PATH;
use crate::web::failure::Failure;
use crate::web::language::{Message, say, verbatim};
use crate::web::pages::layout::{Notice, Tone};
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
    pub path: String,
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
    let title = index::records_of(pool, &said.record_id)
        .await?
        .into_iter()
        .next()
        .map_or(said.record_id, |row| row.title);
    let made = index::attestation_led_to(pool, &commit).await?;
    if let Some(link) = made {
        let became = match link.version_to {
            Some(version) => say("notice-version").with("version", version),
            None => say("notice-status"),
        };
        return Ok(Some(good(
            became.with("title", title).with("status", link.status_to),
        )));
    }
    Ok(Some(recorded(verbatim(title), said.act.parse().ok())))
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
        Some(Act::Comment) | None => (say("notice-said"), Message::default()),
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
    }
}
