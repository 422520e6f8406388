//! What a move makes of a text, made again: the committed bytes, and how the version moved.

use anyhow::Result;

use super::eyes::{Backing, Claimed};
use super::register::State;
use super::{About, Auditor};
use crate::id::{BlobId, CommitId};
use crate::ledger::{Attestation, VersionMove};
use crate::policy::{Bump, Policy};
use crate::refusal::Refusal;
use crate::review::{Offer, Prepared, Requirement, Texts, prepare};

/// What an attestation found and what it left.
pub(super) struct Landed<'a> {
    /// The reviewed text.
    pub proposed: &'a [u8],
    /// When it was made, by its own word: the day that the server wrote where it writes one.
    pub at: i64,
    /// The blob it leaves.
    pub result: Option<BlobId>,
    /// Where the reviewed text came from.
    pub came: Came,
}

/// Where the text that an attestation makes official came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    /// It stood on the published branch already.
    FromBranch,
    /// It landed from a proposal.
    FromProposal {
        /// The commit that it landed on.
        parent: CommitId,
        /// The proposal's head when it was approved.
        head: CommitId,
        /// The published branch held a file in its place.
        replaces: bool,
    },
    /// It was not there before, and the journal that names the proposal is not here.
    Unknown {
        /// The published branch held a file in its place.
        replaces: bool,
    },
}

impl Came {
    /// Returns whether the published branch held no file of the record: what was attested of it stood no more.
    pub(super) fn fills_a_gap(self) -> bool {
        match self {
            Self::FromBranch => false,
            Self::FromProposal { replaces, .. } | Self::Unknown { replaces } => !replaces,
        }
    }
}

impl Auditor<'_> {
    /// Applies the server's own fields to the reviewed text again and compares bytes and version.
    pub(super) fn judge_outcome(
        &mut self,
        policy: &Policy,
        offer: &Offer,
        backing: &Backing,
        claimed: &Claimed<'_>,
        landed: &Landed<'_>,
    ) -> Result<()> {
        let about = claimed.about;
        let base = self.bytes_if_any(claimed.state.base, about)?;
        let attested = self.bytes_if_any(claimed.state.blob, about)?;
        let texts = Texts {
            proposed: landed.proposed,
            base: base.as_deref(),
            attested: attested.as_deref(),
        };
        let remake = |requirement: &Requirement| {
            prepare(policy, &backing.item, offer, requirement, &texts, landed.at)
        };
        let prepared = match self.remade(remake, offer, backing, claimed) {
            Ok(prepared) => prepared,
            Err(refusal) => {
                let cause = format!(
                    "the move cannot be made of the reviewed text: {}",
                    refusal.cause
                );
                let next = "compare the two texts; treat the new one as not approved";
                self.fault("VRF-043", about, cause, next);
                return Ok(());
            }
        };
        self.judge_step(&prepared, backing, claimed);
        let committed = self.bytes_if_any(landed.result, about)?;
        if committed.is_some_and(|bytes| bytes != prepared.content) {
            let cause = format!(
                "its text is not the reviewed text {} with the server's own fields set",
                claimed.attestation.proposed
            );
            let next = "compare the two texts: what differs was approved by nobody";
            self.fault("VRF-043", about, cause, next);
        }
        Ok(())
    }

    /// Makes the move again. Without the journal nobody can say what step a reviewer asked for, so the one that was attested is taken, with a note.
    fn remade(
        &mut self,
        remake: impl Fn(&Requirement) -> Result<Prepared, Refusal>,
        offer: &Offer,
        backing: &Backing,
        claimed: &Claimed<'_>,
    ) -> Result<Prepared, Refusal> {
        let wanted = &claimed.attestation.version;
        let computed = remake(&backing.requirement)?;
        if backing.proven || !offer.writes_version || computed.version == *wanted {
            return Ok(computed);
        }
        match remake(&asking(backing.requirement.clone(), wanted)) {
            Ok(asked) if asked.version == *wanted => {
                let text = "a reviewer set this version's step; the decision that says why is in the journal";
                self.note(claimed.about, text);
                Ok(asked)
            }
            _ => Ok(computed),
        }
    }

    /// The version moved as computed, or as a decision with a reason asked.
    fn judge_step(&mut self, prepared: &Prepared, backing: &Backing, claimed: &Claimed<'_>) {
        let about = claimed.about;
        let wanted = &claimed.attestation.version;
        if prepared.version != *wanted {
            let cause = format!(
                "its version moves {}, and the texts and decisions ask for {}",
                shown(wanted),
                shown(&prepared.version)
            );
            let next = "treat the version as not attested; have the record revised again";
            self.fault("VRF-050", about, cause, next);
            return;
        }
        let computed = prepared.explained.as_ref().map(|explained| explained.bump);
        let chosen = wanted.as_ref().map_or(Bump::None, |version| version.bump);
        let lowered = computed.is_some_and(|computed| chosen < computed);
        let reasoned = backing
            .requirement
            .approvals
            .iter()
            .any(|approval| approval.bump == Some(chosen) && !approval.text.trim().is_empty());
        if lowered && backing.proven && !reasoned {
            let cause = format!(
                "the texts ask for {}, and it was lowered to {} without a reason",
                computed.unwrap_or(Bump::None).name(),
                chosen.name()
            );
            let next = "ask the approvers for the reason, and have the record revised again";
            self.fault("VRF-052", about, cause, next);
        }
    }

    /// A version rises, and is used once.
    pub(super) fn judge_version(
        &mut self,
        state: &State,
        attestation: &Attestation,
        about: &About,
    ) {
        let Some(version) = &attestation.version else {
            return;
        };
        let next = "treat the version as not attested: readers who cite it may mean another text";
        if state.versions.contains(&version.to) {
            let cause = format!("version {} of the record was published before", version.to);
            self.fault("VRF-051", about, cause, next);
        } else if let Some(largest) = state
            .versions
            .last()
            .filter(|largest| **largest > version.to)
        {
            let cause = format!("version {} follows {largest}, and is smaller", version.to);
            self.fault("VRF-051", about, cause, next);
        }
    }

    fn bytes_if_any(&mut self, blob: Option<BlobId>, about: &About) -> Result<Option<Vec<u8>>> {
        match blob {
            Some(blob) => self.bytes_of(blob, about),
            None => Ok(None),
        }
    }
}

fn shown(version: &Option<VersionMove>) -> String {
    match version {
        Some(version) => {
            let from = version.from.as_ref();
            let from = from.map_or("none".to_owned(), ToString::to_string);
            format!("{from} -> {} ({})", version.to, version.bump.name())
        }
        None => "not at all".to_owned(),
    }
}

/// The same approvals, all asking for the step that was attested: what remains possible where the journal is not here.
fn asking(mut requirement: Requirement, wanted: &Option<VersionMove>) -> Requirement {
    let bump = wanted.as_ref().map_or(Bump::None, |version| version.bump);
    for approval in &mut requirement.approvals {
        approval.bump = Some(bump);
    }
    requirement
}
