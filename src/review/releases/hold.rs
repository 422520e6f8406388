//! Which texts wait for an open release, and which references hold as soon as it is out.

use std::collections::HashSet;

use anyhow::Result;
use sqlx::SqlitePool;

use crate::id::BlobId;
use crate::index::{self, FindingRow, HeldRow, PromisedReference};
use crate::review::{Held, Item};

/// What open releases hold.
#[derive(PartialEq)]
pub(in crate::review) struct Holds {
    held: Vec<HeldRow>,
    promised: HashSet<PromisedReference>,
}

impl Holds {
    /// Reads what open releases hold.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(in crate::review) async fn read(pool: &SqlitePool) -> Result<Self> {
        let held = index::held_members(pool).await?;
        let promised = match held.is_empty() {
            true => HashSet::new(),
            false => {
                let references = index::promised_references(pool).await?;
                references.into_iter().collect()
            }
        };
        Ok(Self { held, promised })
    }

    /// Returns the release that a text of a proposal waits for.
    pub(in crate::review) fn proposed(&self, item: &Item) -> Option<Held> {
        let branch = item.origin.as_ref().map(|origin| &origin.branch);
        let row = self
            .held
            .iter()
            .find(|row| row.member.proposal.as_ref() == branch && row.member.path == item.path)?;
        Some(held(row, row.member.blob == item.proposed))
    }

    /// Returns the release that a text of the published branch waits for. It may have been planned in a proposal and have landed since as what readers
    /// do not have yet.
    pub(in crate::review) fn published(&self, item: &Item, came_from: &[BlobId]) -> Option<Held> {
        let is_planned = |row: &HeldRow| {
            row.member.blob == item.proposed || came_from.contains(&row.member.blob)
        };
        let row = self.held.iter().find(|row| {
            row.member.path == item.path
                && (row.member.proposal.is_none() || item.base.is_none() || is_planned(row))
        })?;
        Some(held(row, is_planned(row)))
    }

    /// Returns whether a finding is a reference that the release of its text makes good.
    pub(in crate::review) fn promises(&self, branch: Option<&str>, finding: &FindingRow) -> bool {
        if self.promised.is_empty() || finding.code != index::UNRESOLVED {
            return false;
        }
        let asked = PromisedReference {
            proposal: branch.map(str::to_owned),
            path: finding.path.clone(),
            field: finding.field.clone().unwrap_or_default(),
        };
        self.promised.contains(&asked)
    }
}

fn held(row: &HeldRow, is_planned_text: bool) -> Held {
    Held {
        release: row.name.clone(),
        title: row.title.clone(),
        due: row.due,
        is_planned_text,
    }
}
