//! Releases, asked again: a release went out whole, as it was planned last, when somebody who might said so.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;

use super::{About, Auditor};
use crate::id::{BlobId, CommitId, RecordId};
use crate::ledger::{Act, Attestation, Member, Plan, read_instant, release_id};
use crate::policy::Policy;
use crate::repository::Content;
use crate::review::{PastDecision, may_release};

/// One attestation that says it is part of a release.
pub(super) struct Released {
    commit: CommitId,
    sequence: usize,
    record: RecordId,
    path: String,
    /// The text that was judged, and those that the server made it of.
    texts: Vec<BlobId>,
    policy: Arc<Policy>,
    collection: String,
}

/// A release as the journal tells it.
struct Told {
    order: PastDecision,
    plan: Plan,
}

impl Auditor<'_> {
    /// Notes that an attestation says it is part of a release.
    pub(super) fn note_release(
        &mut self,
        commit: CommitId,
        attestation: &Attestation,
        came_from: Vec<BlobId>,
        collection: &str,
    ) {
        let Some(name) = &attestation.release else {
            return;
        };
        let texts = std::iter::once(attestation.proposed).chain(came_from);
        let released = Released {
            commit,
            sequence: self.sequence,
            record: attestation.record.clone(),
            path: attestation.path.clone(),
            texts: texts.collect(),
            policy: Arc::clone(&self.terms.policy),
            collection: collection.to_owned(),
        };
        self.released
            .entry(name.clone())
            .or_default()
            .push(released);
    }

    /// Judges every release that attestations name. Without the journal nobody can say what was planned.
    pub(super) fn judge_releases(&mut self) -> Result<()> {
        if self.journal.is_none() {
            return Ok(());
        }
        let releases: BTreeMap<String, Vec<Released>> = std::mem::take(&mut self.released);
        for (name, released) in &releases {
            self.judge_release(name, released)?;
        }
        Ok(())
    }

    fn judge_release(&mut self, name: &str, released: &[Released]) -> Result<()> {
        let Some(first) = released.first() else {
            return Ok(());
        };
        let about = About::commit(first.commit);
        let Some(told) = self.told_of(name)? else {
            let cause = format!(
                "it says it is part of the release {name}, and the journal holds no decision that let that plan out"
            );
            let next = "treat the release as let out by nobody";
            self.fault("VRF-072", &about, cause, next);
            return Ok(());
        };
        self.judge_whole(name, released, &told.plan, &about);
        self.judge_order(name, released, &told, &about);
        Ok(())
    }

    /// Finds the decision that let a release out, and the plan that it let out.
    fn told_of(&self, name: &str) -> Result<Option<Told>> {
        let Some(journal) = &self.journal else {
            return Ok(None);
        };
        let said = journal.said_of(&release_id(name).0, 0);
        let said: Vec<PastDecision> = said.into_iter().map(|(_, past)| past).collect();
        let is = |act: Act| move |past: &PastDecision| past.decision.act == act;
        let Some(ordered) = said.iter().rposition(is(Act::Release)) else {
            return Ok(None);
        };
        let before = &said[..ordered];
        let planned = before.iter().rfind(|past| is(Act::Plan)(past));
        let order = said[ordered].clone();
        let stands = |plan: &&PastDecision| {
            plan.decision.proposed == order.decision.proposed && !before.iter().any(is(Act::Cancel))
        };
        let Some(planned) = planned.filter(stands) else {
            return Ok(None);
        };
        let Content::Bytes(manifest) = self.repository.content(planned.decision.proposed)? else {
            return Ok(None);
        };
        let plan = Plan::read(&String::from_utf8_lossy(&manifest)).ok();
        Ok(plan.map(|plan| Told { order, plan }))
    }

    /// Each text of the plan is attested once, nothing else is, and nothing stands between.
    fn judge_whole(&mut self, name: &str, released: &[Released], plan: &Plan, about: &About) {
        let next = "treat the release as not made: it was to go out whole, or not at all";
        let is_of = |member: &Member, one: &Released| {
            member.path == one.path && one.texts.contains(&member.blob)
        };
        let missing = plan
            .members
            .iter()
            .find(|member| !released.iter().any(|one| is_of(member, one)));
        if let Some(missing) = missing {
            let cause = format!("the release {name} went out without {missing}");
            self.fault("VRF-073", about, cause, next);
        }
        let foreign = released
            .iter()
            .find(|one| !plan.members.iter().any(|member| is_of(member, one)));
        if let Some(foreign) = foreign {
            let cause = format!("the release {name} was planned without this text");
            let about = About::commit(foreign.commit).of(&foreign.record);
            self.fault("VRF-073", &about, cause, next);
        }
        let is_one_stretch = released
            .windows(2)
            .all(|pair| pair[1].sequence == pair[0].sequence + 1);
        if !is_one_stretch || released.len() > plan.members.len() {
            let cause = format!("the release {name} went out in several parts");
            self.fault("VRF-073", about, cause, next);
        }
    }

    /// Whoever let it out might publish all of it; the clock let it out at its time.
    fn judge_order(&mut self, name: &str, released: &[Released], told: &Told, about: &About) {
        let by = &told.order.by;
        let lacking = released.iter().find(|one| {
            let person = one.policy.person_by_address(&by.address);
            !person.is_some_and(|person| may_release(&one.policy, &one.collection, person))
        });
        if let Some(lacking) = lacking {
            let cause =
                format!("{by} let the release {name} out, and might not publish this record");
            let next = "treat the release as let out by nobody";
            let about = About::commit(lacking.commit).of(&lacking.record);
            self.fault("VRF-074", &about, cause, next);
        }
        let Some(due) = &told.order.decision.about.due else {
            return;
        };
        let due = read_instant(due).ok();
        if due.is_none() || due != told.plan.due || due > Some(told.order.at) {
            let cause =
                format!("the clock let the release {name} out at another time than was planned");
            let next = "compare the plan in the journal with the decision that let it out";
            self.fault("VRF-074", about, cause, next);
        }
    }
}
