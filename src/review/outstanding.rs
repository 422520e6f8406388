//! What stands otherwise than somebody left it, and what they were asked for until a day: told for as long as it is so, and no longer.
//!
//! Unlike what happened, it ends: with a new decision, with a proposal that is brought up to date, with the attestation. It is found once for each edition
//! of the picture and person, since every page counts it.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Result;
use time::Date;
use time::macros::format_description;

use super::people::is_same;
use super::waiting::Open;
use super::{Desk, Item};
use crate::id::Identity;
use crate::index::{self, Rules};
use crate::ledger::{Act, Reason};
use crate::policy::{Person, Policy};

/// Something that is told while it lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outstanding {
    /// Its own name, made of the commit that it hangs on: the same at every look.
    pub name: String,
    /// What it is.
    pub reason: Reason,
    /// The record.
    pub record: String,
    /// The proposal that it stands in.
    pub proposal: Option<String>,
    /// Who made it so.
    pub by: Identity,
    /// Since when, seconds since 1970 in UTC.
    pub at: i64,
    /// The day that was named, `YYYY-MM-DD`.
    pub due: Option<String>,
}

/// Seconds of a day.
const DAY: i64 = 24 * 60 * 60;

impl Desk {
    /// Returns what is outstanding for a person, the latest first.
    ///
    /// # Errors
    /// When git or the database cannot be read.
    pub async fn outstanding(
        self: &Arc<Self>,
        rules: &Rules,
        person: &Person,
        now: i64,
    ) -> Result<Vec<Outstanding>> {
        let open = self.open(rules).await?;
        let kept = match open.kept_outstanding(rules, person) {
            Some(kept) => kept,
            None => {
                let found = Arc::new(self.find_outstanding(&open, &rules.policy, person).await?);
                open.keep_outstanding(rules, person, &found);
                found
            }
        };
        let mut all: Vec<Outstanding> = kept
            .iter()
            .filter_map(|found| on_day(found.clone(), now))
            .collect();
        all.sort_by(|one, other| (other.at, &other.name).cmp(&(one.at, &one.name)));
        Ok(all)
    }

    async fn find_outstanding(
        &self,
        open: &Open,
        policy: &Policy,
        person: &Person,
    ) -> Result<Vec<Outstanding>> {
        let pool = self.index.reader();
        let items = open.items.iter().map(|waiting| &waiting.item);
        let judged: Vec<(&Item, String)> = items
            .filter_map(|item| Some((item, judged_before(policy, item, person)?)))
            .collect();
        let paths: Vec<String> = judged.iter().map(|(item, _)| item.path.clone()).collect();
        let changes = index::last_changes(pool, &paths).await?.into_iter();
        let changes: HashMap<String, (Identity, i64)> =
            changes.map(|(path, by, at)| (path, (by, at))).collect();
        let mut found = Vec::new();
        for (item, commit) in judged {
            let Some((by, at)) = changes.get(&item.path) else {
                continue;
            };
            found.push(changed(&commit, &item.record.0, None, by.clone(), *at));
        }
        for row in index::changed_in_proposals(pool, &person.addresses).await? {
            found.push(changed(
                &row.commit,
                &row.record_id,
                Some(row.proposal),
                row.by,
                row.at,
            ));
        }
        found.extend(outdated(self, person).await?);
        found.retain(|one| !is_same(policy, &one.by, person));
        found.extend(asked(self, person).await?);
        Ok(found)
    }
}

/// Returns the journal commit of a person's last approval of a text, or request to change it, where the text is another one now.
fn judged_before(policy: &Policy, item: &Item, person: &Person) -> Option<String> {
    if item.origin.is_some() {
        return None;
    }
    let mut own = item.decisions.iter().rev().filter(|said| {
        let counts = matches!(
            said.decision.act,
            Act::Approve | Act::RequestChanges | Act::Withdraw
        );
        counts && is_same(policy, &said.by, person)
    });
    let last = own.next()?;
    let stands = last.decision.act != Act::Withdraw && last.decision.proposed != item.proposed;
    stands.then(|| last.commit.to_string())
}

fn changed(
    commit: &str,
    record: &str,
    proposal: Option<String>,
    by: Identity,
    at: i64,
) -> Outstanding {
    Outstanding {
        name: format!("changed-{commit}"),
        reason: Reason::Changed,
        record: record.to_owned(),
        proposal,
        by,
        at,
        due: None,
    }
}

/// Whoever published the other text knows of it: they are who made it so.
async fn outdated(desk: &Desk, person: &Person) -> Result<Vec<Outstanding>> {
    let pool = desk.index.reader();
    let rows = index::outdated_of(pool, &person.addresses).await?;
    let sequences: Vec<i64> = rows.iter().map(|row| row.sequence).collect();
    let links = index::attestations_numbered(pool, &sequences).await?;
    let mut found = Vec::new();
    for row in rows {
        let Some(link) = links.iter().find(|link| link.sequence == row.sequence) else {
            continue;
        };
        let approvers = link.approved_by.lines();
        let mut approvers = approvers.filter_map(|line| line.parse::<Identity>().ok());
        let own = |by: &Identity| person.addresses.contains(&by.address);
        let by = match approvers.clone().find(own) {
            Some(own) => own,
            None => approvers.next().unwrap_or_else(|| Identity::new("", "")),
        };
        found.push(Outstanding {
            name: format!("outdated-{}-{}", link.commit_id, row.branch),
            reason: Reason::Outdated,
            record: row.record_id,
            proposal: Some(row.branch),
            by,
            at: link.at,
            due: None,
        });
    }
    Ok(found)
}

/// Returns what a person was asked for until a day, whatever day it is.
async fn asked(desk: &Desk, person: &Person) -> Result<Vec<Outstanding>> {
    let rows = index::asked_until_a_day(desk.index.reader(), &person.key).await?;
    Ok(rows
        .into_iter()
        .map(|row| Outstanding {
            name: row.commit,
            reason: Reason::Due,
            record: row.record_id,
            proposal: row.proposal,
            by: row.by,
            at: row.at,
            due: row.due,
        })
        .collect())
}

/// Gives what hangs on a day the words of this one: it is told from the day before on, and again from the day after on. A day that is none is never told of.
fn on_day(mut found: Outstanding, now: i64) -> Option<Outstanding> {
    let Some(due) = &found.due else {
        return Some(found);
    };
    let begins = day_begins(due)?;
    let (reason, at, word) = match now {
        now if now >= begins + DAY => (Reason::Overdue, begins + DAY, "overdue"),
        now if now >= begins - DAY => (Reason::Due, begins - DAY, "due"),
        _ => return None,
    };
    // Asked only when the day was near already: then that is when it began.
    found.at = found.at.max(at);
    found.name = format!("{word}-{}", found.name);
    found.reason = reason;
    Some(found)
}

/// Returns when a day begins, in UTC.
fn day_begins(day: &str) -> Option<i64> {
    let date = Date::parse(day, format_description!("[year]-[month]-[day]")).ok()?;
    Some(date.midnight().assume_utc().unix_timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn until(due: &str) -> Outstanding {
        Outstanding {
            name: "c".into(),
            reason: Reason::Due,
            record: "notes/one".into(),
            proposal: None,
            by: Identity::new("Ben", "ben@example.org"),
            at: 0,
            due: Some(due.into()),
        }
    }

    #[test]
    fn a_day_is_told_of_when_it_nears_and_when_it_passed() {
        let day = day_begins("2026-12-01").unwrap();
        let told = |now| on_day(until("2026-12-01"), now).map(|told| (told.reason, told.name));
        assert_eq!(told(day - DAY - 1), None);
        let near = Some((Reason::Due, "due-c".to_owned()));
        assert_eq!(told(day - DAY), near);
        assert_eq!(told(day + DAY - 1), near);
        let passed = Some((Reason::Overdue, "overdue-c".to_owned()));
        assert_eq!(told(day + DAY), passed);
    }

    #[test]
    fn a_day_that_is_none_is_never_told_of() {
        for day in ["", "tomorrow", "2026-13-01", "2026-12-01T00:00:00Z"] {
            assert_eq!(on_day(until(day), i64::MAX), None, "{day}");
        }
    }
}
