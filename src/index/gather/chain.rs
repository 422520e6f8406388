//! The chain of attestations: which commits are links of it, which only claim to be, and which commits each link was the first to reach.
//!
//! The answer is a function of the history, not of the order in which it was seen: links are tried by generation and id, and where a commit arrives
//! that could have stood in the chain earlier, the chain is followed anew from its beginning.

use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result};

use super::Heads;
use crate::id::{BlobId, CommitId};
use crate::ledger::{AMEND, Attestation, Baseline};
use crate::policy::{ALLOWED_SIGNERS_PATH, EventKind, POLICY_PATH};
use crate::repository::{AllowedSigners, CommitFacts, Repository, SERVER_ADDRESS, Verified};

/// An accepted attestation.
pub struct Link {
    /// Its place in the chain; the baseline is 0.
    pub sequence: i64,
    /// The commit.
    pub commit: CommitId,
    /// What it says.
    pub attestation: Attestation,
    /// The blob at its path in its own tree; of a record that was taken down, the one that stood there.
    pub result: BlobId,
    /// What it means to those who build on what is published; noted after the chain was followed.
    pub event: Option<LinkEvent>,
    /// Commit date.
    pub at: i64,
}

/// What a link means to those who build on what is published.
pub struct LinkEvent {
    /// What happened.
    pub kind: EventKind,
    /// The record's collection then.
    pub collection: String,
}

/// The chain as far as it was followed.
#[derive(Default)]
pub(super) struct Chain {
    /// Where the picture stands after it.
    pub heads: Heads,
    /// New links.
    pub links: Vec<Link>,
    /// Commits that claim to be a link and are none, with the reason.
    pub strays: Vec<(CommitId, String)>,
    /// Commits to the first link from which they can be reached; known commits too, where a new link is the first.
    pub epochs: HashMap<CommitId, i64>,
    /// Commits that an attested key signed.
    pub by_server: HashSet<CommitId>,
    /// Keys whose signatures ever counted.
    pub keys_ever: AllowedSigners,
    /// The baseline, when it is among the new commits.
    pub new_baseline: Option<CommitId>,
    /// Some new commit has not just one parent.
    pub forked: bool,
}

/// What following the chain told.
pub(super) enum Followed {
    /// The chain goes on from where it stood.
    On(Box<Chain>),
    /// A commit arrived that could have stood in it earlier.
    Anew(String),
}

/// Follows the chain through new commits, given parents before children. Keys are read when a new commit is signed, or when they are asked for.
pub(super) fn follow(
    repository: &Repository,
    known: &Heads,
    tip: CommitId,
    commits: &[CommitId],
    needs_keys: bool,
) -> Result<Followed> {
    let mut follower = Follower::resume(repository, known, tip);
    follower.read(commits)?;
    if needs_keys || !follower.signed.is_empty() {
        follower.read_keys()?;
    }
    follower.adopt()?;
    if let Some(reason) = follower.accept_links()? {
        return Ok(Followed::Anew(reason));
    }
    follower.finish()?;
    Ok(Followed::On(Box::new(follower.chain)))
}

struct Candidate {
    facts: CommitFacts,
    generation: i64,
    attestation: Attestation,
}

struct Follower<'a> {
    repository: &'a Repository,
    known: &'a Heads,
    tip: CommitId,
    chain: Chain,
    /// Keys in force where the chain stands.
    keys: AllowedSigners,
    parents: HashMap<CommitId, Vec<CommitId>>,
    generations: HashMap<CommitId, i64>,
    /// Signed commits of the server's address.
    signed: Vec<CommitId>,
    candidates: Vec<Candidate>,
    /// Generation, commit and the key that signed it.
    baselines: Vec<(i64, CommitId, String)>,
    /// Who signed the links.
    verified: HashMap<CommitId, String>,
    /// Known commits that no link reaches are in `parents` too.
    unreached_known: bool,
}

impl<'a> Follower<'a> {
    fn resume(repository: &'a Repository, known: &'a Heads, tip: CommitId) -> Self {
        let chain = Chain {
            heads: Heads {
                tip: Some(tip),
                journal: None,
                ..known.clone()
            },
            ..Chain::default()
        };
        Self {
            repository,
            known,
            tip,
            chain,
            keys: AllowedSigners::default(),
            verified: HashMap::new(),
            parents: HashMap::new(),
            generations: HashMap::new(),
            signed: Vec::new(),
            candidates: Vec::new(),
            baselines: Vec::new(),
            unreached_known: known.tip.is_none(),
        }
    }

    fn read_keys(&mut self) -> Result<()> {
        for commit in self.known.baseline.iter().chain(&self.known.amendments) {
            self.keys = keys_in(self.repository, *commit)?;
            self.chain.keys_ever.extend(&self.keys);
        }
        Ok(())
    }

    /// Sorts the new commits: what they are, by their own account.
    fn read(&mut self, commits: &[CommitId]) -> Result<()> {
        for id in commits {
            let facts = self.repository.commit(*id)?;
            let below = facts
                .parents
                .iter()
                .filter_map(|parent| self.generations.get(parent))
                .max();
            let generation = below.copied().unwrap_or(0) + 1;
            self.generations.insert(*id, generation);
            self.chain.forked |= facts.parents.len() != 1;
            self.parents.insert(*id, facts.parents.clone());
            if facts.signed && facts.committer.address == SERVER_ADDRESS {
                self.signed.push(*id);
                self.read_claim(facts, generation)?;
            }
        }
        self.candidates
            .sort_by_key(|candidate| (candidate.generation, candidate.facts.id));
        self.baselines.sort_unstable();
        Ok(())
    }

    fn read_claim(&mut self, facts: CommitFacts, generation: i64) -> Result<()> {
        match Baseline::read(&facts.message) {
            Ok(Some(baseline)) => return self.read_baseline(facts.id, &baseline, generation),
            Ok(None) => {}
            Err(error) => self.stray(facts.id, error.to_string()),
        }
        match Attestation::read(&facts.message) {
            Ok(Some(attestation)) => self.candidates.push(Candidate {
                facts,
                generation,
                attestation,
            }),
            Ok(None) => {}
            Err(error) => self.stray(facts.id, error.to_string()),
        }
        Ok(())
    }

    fn read_baseline(&mut self, id: CommitId, baseline: &Baseline, generation: i64) -> Result<()> {
        let keys = keys_in(self.repository, id)?;
        match self.repository.verify(id, &keys)? {
            Verified::Good(fingerprint) if fingerprint == baseline.key => {
                self.baselines.push((generation, id, fingerprint));
            }
            _ => self.stray(id, "the key it adopts did not sign it".into()),
        }
        Ok(())
    }

    /// Takes the baseline: the known one, else the one that this server's key signed, else the earliest on the branch's own line, else the earliest.
    fn adopt(&mut self) -> Result<()> {
        let baselines = std::mem::take(&mut self.baselines);
        let chosen = match self.known.baseline {
            Some(_) => None,
            None => self.choose(&baselines),
        };
        for (_, id, _) in baselines.iter().filter(|(_, id, _)| Some(*id) != chosen) {
            self.stray(*id, "the repository was adopted before".into());
        }
        let Some(id) = chosen else { return Ok(()) };
        self.keys = keys_in(self.repository, id)?;
        self.chain.keys_ever.extend(&self.keys);
        self.chain.heads.baseline = Some(id);
        self.chain.heads.policy = Some(id);
        self.chain.heads.chain = Some((id, 0));
        self.chain.new_baseline = Some(id);
        let (reached, _) = self.reach(id, None);
        self.chain
            .epochs
            .extend(reached.into_iter().map(|id| (id, 0)));
        Ok(())
    }

    fn choose(&self, baselines: &[(i64, CommitId, String)]) -> Option<CommitId> {
        let own_line = match baselines.len() {
            0 | 1 => HashSet::new(),
            _ => self.own_line(),
        };
        let ours = |key: &String| self.known.trusted.as_ref() == Some(key);
        let by_us = baselines.iter().find(|(_, _, key)| ours(key));
        let on_line = baselines.iter().find(|(_, id, _)| own_line.contains(id));
        by_us
            .or(on_line)
            .or(baselines.first())
            .map(|(_, id, _)| *id)
    }

    /// Returns the commits that first parents alone lead to.
    fn own_line(&self) -> HashSet<CommitId> {
        let first = |id: &CommitId| self.parents.get(id).and_then(|all| all.first()).copied();
        std::iter::successors(Some(self.tip), first).collect()
    }

    /// Takes the links in turn. Returns why the chain must be followed anew, if it must.
    fn accept_links(&mut self) -> Result<Option<String>> {
        for candidate in std::mem::take(&mut self.candidates) {
            let id = candidate.facts.id;
            let path = &candidate.attestation.path;
            let entry = self.repository.entry(id, path)?.map(|entry| entry.blob);
            let result = match candidate.attestation.result(entry) {
                Ok(result) => result,
                Err(contradiction) => {
                    self.stray(id, contradiction.to_string());
                    continue;
                }
            };
            if self.extends(&candidate)? {
                self.take(candidate, result)?;
                continue;
            }
            let previous = candidate.attestation.previous;
            let could_have = self.known.tip.is_some() && self.attested_key_signed(id)?;
            if could_have {
                return Ok(Some(format!(
                    "the attestation {id} arrived after others and may come before them"
                )));
            }
            self.stray(
                id,
                format!("it follows {previous}, but no key in force there signed it, or another attestation does so already"),
            );
        }
        Ok(None)
    }

    /// Says whether a candidate names the last link, builds on it, and is signed by a key in force.
    fn extends(&mut self, candidate: &Candidate) -> Result<bool> {
        let id = candidate.facts.id;
        let Some((last, sequence)) = self.chain.heads.chain else {
            return Ok(false);
        };
        if last != candidate.attestation.previous {
            return Ok(false);
        }
        let Verified::Good(fingerprint) = self.repository.verify(id, &self.keys)? else {
            return Ok(false);
        };
        self.verified.insert(id, fingerprint);
        self.know_unreached()?;
        let (reached, builds_on_last) = self.reach(id, Some(last));
        if builds_on_last {
            let epochs = reached.into_iter().map(|id| (id, sequence + 1));
            self.chain.epochs.extend(epochs);
        }
        Ok(builds_on_last)
    }

    fn take(&mut self, candidate: Candidate, result: BlobId) -> Result<()> {
        let Candidate {
            facts, attestation, ..
        } = candidate;
        let sequence = self.chain.heads.chain.map_or(0, |(_, last)| last) + 1;
        if attestation.step.transition == AMEND && attestation.path == POLICY_PATH {
            self.chain.heads.policy = Some(facts.id);
            self.chain.heads.amendments.push(facts.id);
            self.keys = keys_in(self.repository, facts.id)?;
            self.chain.keys_ever.extend(&self.keys);
        }
        self.chain.heads.chain = Some((facts.id, sequence));
        self.chain.links.push(Link {
            sequence,
            commit: facts.id,
            result,
            at: facts.committed_at,
            event: None,
            attestation,
        });
        Ok(())
    }

    /// Reads the parents of known commits that no link reached, once, when a new link may reach them.
    fn know_unreached(&mut self) -> Result<()> {
        if std::mem::replace(&mut self.unreached_known, true) {
            return Ok(());
        }
        let reached: Vec<CommitId> = self.known.chain.iter().map(|(id, _)| *id).collect();
        for id in self.repository.new_commits(self.tip, &reached)? {
            if !self.parents.contains_key(&id) {
                self.parents.insert(id, self.repository.parents(id)?);
            }
        }
        Ok(())
    }

    /// Returns the commits reachable from one that no link reaches yet, and whether the walk met `last`.
    fn reach(&self, from: CommitId, last: Option<CommitId>) -> (HashSet<CommitId>, bool) {
        let mut reached = HashSet::new();
        let mut met = false;
        let mut open = vec![from];
        while let Some(id) = open.pop() {
            met |= Some(id) == last;
            let Some(parents) = self.parents.get(&id) else {
                continue;
            };
            if Some(id) == last || self.chain.epochs.contains_key(&id) || !reached.insert(id) {
                continue;
            }
            open.extend(parents);
        }
        (reached, met)
    }

    fn attested_key_signed(&self, id: CommitId) -> Result<bool> {
        let verified = self.repository.verify(id, &self.chain.keys_ever)?;
        Ok(matches!(verified, Verified::Good(_)))
    }

    /// Notes which commits the keys now in force vouch for.
    fn finish(&mut self) -> Result<()> {
        let in_force = self.keys.fingerprints();
        for id in std::mem::take(&mut self.signed) {
            let good = match self.verified.get(&id) {
                Some(fingerprint) => in_force.contains(fingerprint),
                None => matches!(self.repository.verify(id, &self.keys)?, Verified::Good(_)),
            };
            if good {
                self.chain.by_server.insert(id);
            }
        }
        Ok(())
    }

    fn stray(&mut self, id: CommitId, reason: String) {
        self.chain.strays.push((id, reason));
    }
}

/// Returns the keys that a commit's tree names.
pub(super) fn keys_in(repository: &Repository, commit: CommitId) -> Result<AllowedSigners> {
    let text = repository
        .text(commit, ALLOWED_SIGNERS_PATH)
        .context("failed to read the keys in force")?;
    Ok(AllowedSigners::read(&text.unwrap_or_default()))
}
