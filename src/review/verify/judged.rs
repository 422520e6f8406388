//! What the rules ask about a text under review: its languages, what its change weighs, and whether anything proves who wrote it.

use anyhow::Result;

use super::Auditor;
use super::history::Written;
use crate::id::{BlobId, CommitId};
use crate::policy::{Collection, Workflow};
use crate::record;
use crate::repository::{Content, Verified};
use crate::review::item::locales;
use crate::version::{Weight, weigh};

/// A text beside the one last published.
pub(super) struct Judged {
    /// The languages that whoever approves it must hold a role for.
    pub locales: Vec<String>,
    /// What the change weighs, where approvals are counted by it.
    pub weight: Option<Weight>,
}

impl Auditor<'_> {
    /// Compares a text with the one last published.
    pub(super) fn judged(
        &self,
        collection: &Collection,
        workflow: &Workflow,
        proposed: &[u8],
        base: Option<BlobId>,
    ) -> Result<Judged> {
        let base = match base.map(|blob| self.repository.content(blob)).transpose()? {
            Some(Content::Bytes(bytes)) => Some(Some(bytes)),
            Some(Content::TooLarge(_) | Content::Missing(_)) => Some(None),
            None => None,
        };
        let locale_of = |bytes: &[u8]| {
            let record = record::parse(bytes, collection.format).ok()?;
            collection.locale_of(&record).map(str::to_owned)
        };
        let published = base.as_ref().map(|bytes| locale_of(bytes.as_deref()?));
        let weighed = || match &base {
            Some(None) => Weight::heaviest(workflow, false),
            Some(Some(base)) => weigh(collection, workflow, Some(base), proposed),
            None => weigh(collection, workflow, None, proposed),
        };
        Ok(Judged {
            locales: locales(
                locale_of(proposed).as_deref(),
                published.as_ref().map(Option::as_deref),
            ),
            weight: workflow.weighs_changes().then(weighed),
        })
    }

    /// Notes those who wrote in a commit that no key in force vouches for, where approvals are counted by it.
    pub(super) fn note_unproven(&self, workflow: &Workflow, written: &mut Written) -> Result<()> {
        if workflow.asks_for_proof() {
            for (address, commit) in &written.commits {
                if !written.unproven.contains(address) && !self.is_vouched_for(*commit)? {
                    written.unproven.insert(address.clone());
                }
            }
        }
        Ok(())
    }

    /// Returns whether a key in force signed a commit: a session stood behind it.
    pub(super) fn is_vouched_for(&self, commit: CommitId) -> Result<bool> {
        let verified = self.repository.verify(commit, &self.terms.keys)?;
        Ok(matches!(verified, Verified::Good(_)))
    }
}
