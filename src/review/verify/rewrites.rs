//! Rewritten histories: that somebody decided about each, who may, and what went.

use anyhow::Result;

use super::{About, Auditor};
use crate::id::CommitId;
use crate::ledger::{Act, HISTORY, Losses, Tips};
use crate::repository::Content;
use crate::review::PastDecision;
use crate::review::rewrite::rules_at;

impl Auditor<'_> {
    /// Tells of every rewritten history that was decided about, and finds the one that was not.
    pub(super) fn judge_rewrites(&mut self) -> Result<()> {
        let Some(journal) = &self.journal else {
            return Ok(());
        };
        let said = journal.said_of(HISTORY, 0);
        for (_, past) in &said {
            let decided = match past.decision.act {
                Act::AcceptHistory => "accepted",
                Act::RestoreHistory => "restored",
                _ => continue,
            };
            self.judge_decider(past, decided)?;
        }
        let Some((_, last)) = said.last() else {
            return Ok(());
        };
        match last.decision.about.tips {
            Some(tips) if last.decision.act != Act::AcceptHistory => {
                self.judge_undecided(last.commit, tips)
            }
            _ => Ok(()),
        }
    }

    fn judge_decider(&mut self, past: &PastDecision, decided: &str) -> Result<()> {
        let about = About::commit(past.commit);
        let Some(tips) = past.decision.about.tips else {
            return Ok(());
        };
        let mut text = format!(
            "the branch was rewritten from {} to {}, which lost {}; {} {decided} it: {}",
            tips.old,
            tips.new,
            self.what_was_lost(past)?,
            past.by,
            past.decision.text.lines().next().unwrap_or_default()
        );
        if self.repository.holds(tips.old) {
            let trusted = self.report.trusted.as_ref().map(|key| key.key.clone());
            let (_, rules) = rules_at(self.repository, tips.old, trusted)?;
            let may = match rules.as_ref() {
                Some(Ok(rules)) => {
                    let person = rules.policy.person_by_address(&past.by.address);
                    person.is_some_and(|person| rules.policy.may_govern(person))
                }
                Some(Err(_)) | None => false,
            };
            if !may {
                let cause = format!(
                    "{} decided about a rewritten history, and could not approve a change of the policy attested at {}",
                    past.by, tips.old
                );
                let next = "ask those who may which history of this register is the right one";
                self.fault("VRF-068", &about, cause, next);
            }
        } else {
            text.push_str(
                "; the old tip is not in this clone, so whether they may is not proven: fetch refs/rescue/*:refs/rescue/*",
            );
        }
        self.note(&about, text);
        Ok(())
    }

    fn what_was_lost(&self, past: &PastDecision) -> Result<String> {
        let Content::Bytes(bytes) = self.repository.content(past.decision.proposed)? else {
            return Ok("what nobody can read here any more".to_owned());
        };
        Ok(match Losses::read(&String::from_utf8_lossy(&bytes)) {
            Ok(losses) => format!(
                "{} attested and {} other commits",
                losses.attested, losses.ordinary
            ),
            Err(_) => "what nobody can read here any more".to_owned(),
        })
    }

    /// The last word about a rewritten history leaves it open, or asks for what did not come.
    fn judge_undecided(&mut self, commit: CommitId, tips: Tips) -> Result<()> {
        if self.history.place(tips.old).is_some() {
            return Ok(());
        }
        let cause = format!(
            "the branch was rewritten: it does not hold {} any more, and nobody accepted that",
            tips.old
        );
        let next = "wait for the administrators' decision, or restore the old tip from refs/rescue";
        self.fault("VRF-067", &About::commit(commit), cause, next);
        Ok(())
    }
}
