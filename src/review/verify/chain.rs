//! The chain of attestations: where it begins, and that no link is forged, left out or doubled.

use anyhow::Result;

use super::history::{Claim, Commit, History};
use super::terms::{Terms, keys_in};
use super::{About, Auditor, Fault, Report, Trusted};
use crate::id::CommitId;
use crate::ledger::{Attestation, Baseline};
use crate::policy::{ALLOWED_SIGNERS_PATH, POLICY_PATH, Policy};
use crate::repository::{Repository, Verified};

/// Finds the commit that adopted the repository: the first that holds its own key's signature, and that of the trusted key where one is named.
pub(super) fn baseline(
    repository: &Repository,
    history: &History,
    trust: Option<&str>,
    cuts: &[CommitId],
    report: &mut Report,
) -> Result<Option<(usize, Terms)>> {
    let mut sound: Vec<(usize, String)> = Vec::new();
    for (place, commit) in history.commits.iter().enumerate() {
        let Some(Claim::Baseline(baseline)) = &commit.claim else {
            continue;
        };
        match refuse_baseline(repository, commit.id, baseline, cuts)? {
            None => sound.push((place, baseline.key.clone())),
            Some(cause) => report.faults.push(Fault {
                code: "VRF-003",
                commit: Some(commit.id),
                record: None,
                cause: format!("it claims to adopt the repository, and does not: {cause}"),
                next: "ask who made this commit; nothing that rests on it is proven".into(),
            }),
        }
    }
    let chosen = sound
        .iter()
        .find(|(_, key)| trust.is_none_or(|trust| key == trust))
        .or(sound.first())
        .cloned();
    let Some((place, key)) = chosen else {
        report.faults.push(no_baseline(cuts));
        return Ok(None);
    };
    let commit = history.commits[place].id;
    for (other, _) in sound.iter().filter(|(other, _)| *other != place) {
        report.faults.push(Fault {
            code: "VRF-004",
            commit: Some(history.commits[*other].id),
            record: None,
            cause: format!("it adopts the repository a second time, after {commit}"),
            next: "ask who brought this history in; a repository is adopted once".into(),
        });
    }
    report.baseline = Some(commit);
    report.trusted = Some(trusted(&key, trust));
    if trust.is_some_and(|trust| trust != key) {
        report.faults.push(Fault {
            code: "VRF-001",
            commit: Some(commit),
            record: None,
            cause: format!("the repository was adopted with {key}, which is not the key you trust"),
            next: "compare the fingerprint with the register's people, over a way that is not this repository".into(),
        });
    }
    match Terms::load(repository, commit, 0)? {
        Ok(terms) => Ok(Some((place, terms))),
        Err(why) => {
            report.faults.push(Fault {
                code: "VRF-003",
                commit: Some(commit),
                record: None,
                cause: format!("the baseline's policy cannot be used: {why}"),
                next: "ask who made this commit; nothing that rests on it is proven".into(),
            });
            Ok(None)
        }
    }
}

fn trusted(key: &str, trust: Option<&str>) -> Trusted {
    Trusted {
        key: trust.unwrap_or(key).to_owned(),
        named: trust.is_some(),
    }
}

fn no_baseline(cuts: &[CommitId]) -> Fault {
    match cuts.first() {
        Some(cut) => Fault {
            code: "VRF-005",
            commit: Some(*cut),
            record: None,
            cause: format!("history cut at {cut}, and the baseline is not after it"),
            next: "run git fetch --unshallow, then verify again".into(),
        },
        None => Fault {
            code: "VRF-002",
            commit: None,
            record: None,
            cause: "no commit of this branch adopts the repository, so nothing on it is attested"
                .into(),
            next: "check that this is the published branch; run countersign adopt where it is new"
                .into(),
        },
    }
}

/// Says why a commit that claims to be a baseline is none.
fn refuse_baseline(
    repository: &Repository,
    commit: CommitId,
    baseline: &Baseline,
    cuts: &[CommitId],
) -> Result<Option<String>> {
    match repository.verify(commit, &keys_in(repository, commit))? {
        Verified::Good(key) if key == baseline.key => {}
        Verified::Good(key) => {
            return Ok(Some(format!("{key} signed it, not the key it adopts")));
        }
        Verified::Bad(why) => return Ok(Some(why)),
        Verified::Unsigned => return Ok(Some("it carries no signature".into())),
    }
    let policy = repository.entry(commit, POLICY_PATH)?;
    if policy.map(|entry| entry.blob) != Some(baseline.policy) {
        return Ok(Some(
            "its tree does not hold the policy that it names".into(),
        ));
    }
    let parents = repository.commit(commit)?.parents;
    let changes = repository.differences(parents.first().copied(), commit)?;
    let begins = parents.is_empty() && !cuts.contains(&commit);
    let allowed = |path: &str| {
        [POLICY_PATH, ALLOWED_SIGNERS_PATH].contains(&path)
            || begins && is_no_record(repository, commit, path)
    };
    let other = changes.iter().find(|change| !allowed(&change.path));
    Ok(other.map(|change| format!("it also changes {}", change.path)))
}

/// The first commit of all may bring the schemas and what else the policy needs; a record in it would have no author.
fn is_no_record(repository: &Repository, commit: CommitId, path: &str) -> bool {
    let text = repository.text(commit, POLICY_PATH).ok().flatten();
    let policy = text.and_then(|text| Policy::read(&text).ok());
    policy.is_some_and(|policy| policy.collection_of(path).is_none())
}

impl Auditor<'_> {
    /// Follows the chain through the history, judging each link.
    pub(super) fn follow_chain(&mut self, baseline: usize) -> Result<()> {
        self.history.mark_link(baseline);
        for place in 0..self.history.commits.len() {
            let claim = self.history.commits[place].claim.take();
            match claim {
                None | Some(Claim::Baseline(_)) => {}
                Some(Claim::Malformed(error)) => {
                    self.consider_malformed(place, &error.to_string())?
                }
                Some(Claim::Attestation(attestation)) => self.consider(place, &attestation)?,
            }
        }
        Ok(())
    }

    fn commit(&self, place: usize) -> &Commit {
        &self.history.commits[place]
    }

    fn consider_malformed(&mut self, place: usize, error: &str) -> Result<()> {
        let commit = self.commit(place).id;
        let about = About::commit(commit);
        let cause = match self.repository.verify(commit, &self.terms.keys)? {
            Verified::Good(_) => format!("a key in force signed it, and it does not read: {error}"),
            Verified::Bad(_) | Verified::Unsigned => {
                format!(
                    "it claims to be an attestation, does not read ({error}), and no key in force signed it"
                )
            }
        };
        self.fault(
            "VRF-012",
            &about,
            cause,
            "ask who made this commit; it attests nothing",
        );
        Ok(())
    }

    fn consider(&mut self, place: usize, attestation: &Attestation) -> Result<()> {
        let commit = self.commit(place).id;
        let about = About::commit(commit).of(&attestation.record);
        let next = "ask who made this commit; it attests nothing";
        match self.repository.verify(commit, &self.terms.keys)? {
            Verified::Good(_) => {}
            Verified::Unsigned => {
                self.fault(
                    "VRF-010",
                    &about,
                    "it claims to be an attestation and carries no signature",
                    next,
                );
                return Ok(());
            }
            Verified::Bad(why) => {
                let cause = format!(
                    "it claims to be an attestation, and its signature does not hold: {why}"
                );
                self.fault("VRF-011", &about, cause, next);
                return Ok(());
            }
        }
        if !self.is_next(place, attestation, &about) {
            return Ok(());
        }
        self.link(place, attestation, &about)
    }

    /// Returns whether an attestation is to be followed: it names the one before it, or one that is gone.
    fn is_next(&mut self, place: usize, attestation: &Attestation, about: &About) -> bool {
        let previous = attestation.previous;
        let last = self.commit(self.last).id;
        if previous == last {
            return true;
        }
        let gone = match self.history.place(previous) {
            None => "is not on this branch",
            Some(previous) if self.history.is_link(previous) => {
                let cause = format!(
                    "it follows {}, which {last} follows already, so it stands outside the chain",
                    attestation.previous
                );
                let next =
                    "find out how a second line of attestations came in; this one attests nothing";
                self.fault("VRF-014", about, cause, next);
                return false;
            }
            Some(other) if other > place => "comes after it",
            Some(_) => "is no attestation that holds",
        };
        let cause = format!(
            "the attestation before it is {previous} by its own word, and that {gone}; the last one here is {last}"
        );
        let next = "look for the missing attestation in another clone: this history was rebuilt without it";
        self.fault("VRF-013", about, cause, next);
        true
    }

    fn link(&mut self, place: usize, attestation: &Attestation, about: &About) -> Result<()> {
        let faults = self.report.faults.len();
        self.sequence += 1;
        let stands = self.reach(place);
        self.history.mark_link(place);
        if !stands {
            let cause = "it does not stand on the attestation before it";
            let next = "find out how a second line of attestations came in";
            self.fault("VRF-016", about, cause, next);
        }
        if !self.spent.insert(attestation.decisions) {
            let cause = format!(
                "the decision {} completed an earlier attestation already",
                attestation.decisions
            );
            let next = "treat it as not approved: one approval was used twice";
            self.fault("VRF-015", about, cause, next);
        }
        if attestation.path == POLICY_PATH {
            self.judge_governance(place, attestation, about)?;
        } else {
            self.judge_record(place, attestation, about)?;
            if !attestation.is_yank() {
                self.attested.insert(attestation.record.clone());
            }
        }
        if self.report.faults.len() == faults {
            self.report.attestations += 1;
        }
        self.last = place;
        Ok(())
    }
}
