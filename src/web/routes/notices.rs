//! What the last act came to: told from the ledger, never from the address, so that no link can put words on a page.

use serde::Deserialize;

use crate::id::CommitId;
use crate::index::{self, DecisionRow};
use crate::ledger::{Act, GOVERNANCE, RESTORE};
use crate::policy::POLICY_PATH;
use crate::web::failure::Failure;
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
        return Ok(Some(good("Your text is saved", "")));
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
        let version = link
            .version_to
            .map(|version| format!(" as version {version}"))
            .unwrap_or_default();
        return Ok(Some(good(
            &format!("{title} is {}{version}", link.status_to),
            "",
        )));
    }
    Ok(Some(recorded(&title, said.act.parse().ok())))
}

async fn about_policy(reader: &Reader, said: &DecisionRow) -> Result<Notice, Failure> {
    let made = index::attestation_led_to(reader.desk.index.reader(), &said.commit).await?;
    Ok(match made {
        Some(link) if link.transition == RESTORE => {
            good("The policy stands as it was in force", "")
        }
        Some(_) => good("The changed policy is in force", ""),
        None => recorded("the changed policy", said.act.parse().ok()),
    })
}

fn recorded(title: &str, act: Option<Act>) -> Notice {
    let waits = "It waits for the others who must approve";
    match act {
        Some(Act::Approve) => good(&format!("Your approval of {title} is recorded"), waits),
        Some(Act::RequestChanges) => good(
            &format!("Your request for changes to {title} is recorded"),
            "It stands until the text changes or you take it back",
        ),
        Some(Act::Submit) => good(
            &format!("{title} waits for review"),
            "Those who may approve it see it in their queue",
        ),
        Some(Act::Withdraw) => good(&format!("What you decided about {title} is taken back"), ""),
        Some(Act::Comment) | None => good(&format!("What you said of {title} is recorded"), ""),
    }
}

fn good(text: &str, next: &str) -> Notice {
    Notice {
        tone: Tone::Good,
        text: text.to_owned(),
        next: next.to_owned(),
    }
}
