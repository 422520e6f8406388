//! Reads commits, files and decisions, each blob once, and hands them on.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use anyhow::Result;
use tokio::sync::mpsc;

use super::chain::{self, Chain, Followed};
use super::events;
use super::facts::{attachment_problem, facts_of, parse_blob, tip_file};
use super::journal::decisions;
use super::outbox::Outbox;
use super::renames::renames;
use super::{
    AttachedFile, ChangeRow, DecisionRow, Facts, Gathered, Heads, KnownBranches, NewCommitRow,
    Piece, Start, proposals,
};
use crate::check::is_attached_file;
use crate::id::{BlobId, CommitId};
use crate::index::rules::Rules;
use crate::index::store::RulesInForce;
use crate::ledger::Trailers;
use crate::policy::site::may_dress_site;
use crate::policy::{ALLOWED_SIGNERS_PATH, Collection};
use crate::record::{Format, Record};
use crate::refusal::Refusal;
use crate::repository::{EntryKind, PathChange, Repository};

/// What a look found.
pub(super) struct LookedAt<'a> {
    /// The head of the published branch.
    pub tip: CommitId,
    /// The head of the journal.
    pub journal: Option<CommitId>,
    /// New commits of the published branch.
    pub commits: &'a [CommitId],
    /// The branches as the picture knows them.
    pub branches: &'a KnownBranches,
    /// The proposals as they stand, where somebody looked already.
    pub seen: Option<BTreeMap<String, CommitId>>,
}

/// Reads everything between the known heads and these.
pub(super) fn read(
    repository: &Repository,
    known: &Heads,
    rules: &RulesInForce,
    looked_at: LookedAt<'_>,
    pieces: &mpsc::Sender<Piece>,
) -> Result<Gathered> {
    let LookedAt {
        tip,
        journal,
        commits,
        branches,
        seen,
    } = looked_at;
    let needs_keys = journal != known.journal;
    let mut chain = match chain::follow(repository, known, tip, commits, needs_keys)? {
        Followed::On(chain) => chain,
        Followed::Anew(reason) => return Ok(Gathered::StartOver(reason)),
    };
    chain.heads.journal = journal;
    if known.tip.is_some() && chain.heads.policy != known.policy {
        return Ok(Gathered::StartOver("the policy in force changed".into()));
    }
    let rules = rules_in_force(repository, &chain.heads, tip, rules)?;
    if open_rules_changed(repository, known, &chain.heads, &rules)? {
        return Ok(Gathered::StartOver("the policy at the tip changed".into()));
    }
    let Some(decisions) = decisions(repository, known, journal, &chain.keys_ever)? else {
        let reason = "the journal holds what it held beside its own line";
        return Ok(Gathered::StartOver(reason.into()));
    };
    let mut reader = Reader {
        repository,
        tip,
        known_tip: known.tip,
        rules: match &*rules {
            Some(Ok(rules)) => Some(rules),
            _ => None,
        },
        standing: HashMap::new(),
        outbox: Outbox::new(pieces),
        blobs_read: 0,
    };
    reader.start(&mut chain, commits, decisions, &rules)?;
    reader.commits(commits, &chain)?;
    if let Some(commit) = chain.new_baseline {
        reader.baseline(commit)?;
    }
    reader.other_files()?;
    reader.outbox.flush()?;
    if let Some(rules) = reader.rules {
        let now = match seen {
            Some(seen) => seen,
            None => proposals::branches(repository, rules)?,
        };
        let mut hand_on = |piece| reader.outbox.send(piece);
        proposals::read(
            repository,
            rules,
            tip,
            commits,
            (branches, now),
            &mut hand_on,
        )?;
    }
    Ok(Gathered::Read(reader.blobs_read))
}

fn rules_in_force(
    repository: &Repository,
    heads: &Heads,
    tip: CommitId,
    before: &RulesInForce,
) -> Result<RulesInForce> {
    let Some(commit) = heads.policy else {
        return Ok(Arc::new(Rules::load(repository, tip, false)?));
    };
    let same = matches!(&**before, Some(Ok(rules)) if rules.adopted && rules.commit == commit);
    if same {
        return Ok(Arc::clone(before));
    }
    Ok(Arc::new(Rules::load(repository, commit, true)?))
}

/// Without a baseline the tip's own policy and schemas are shown, so a change of them is a change of everything.
fn open_rules_changed(
    repository: &Repository,
    known: &Heads,
    heads: &Heads,
    rules: &RulesInForce,
) -> Result<bool> {
    let (Some(old), Some(tip), None) = (known.tip, heads.tip, heads.policy) else {
        return Ok(false);
    };
    let before = Rules::load(repository, old, false)?;
    let governed = match (&before, &**rules) {
        (Some(Ok(rules)), Some(Ok(_))) => rules.governed_paths(),
        (Some(Ok(_)), _) | (_, Some(Ok(_))) => return Ok(true),
        _ => return Ok(false),
    };
    for path in governed {
        if repository.entry(old, &path)? != repository.entry(tip, &path)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A path at the tip, as far as it was looked at.
enum Standing {
    /// What stands there; not handed on yet.
    Holds(Option<(BlobId, EntryKind)>),
    /// Handed on.
    Told,
}

struct Reader<'a> {
    repository: &'a Repository,
    tip: CommitId,
    known_tip: Option<CommitId>,
    rules: Option<&'a Rules>,
    standing: HashMap<String, Standing>,
    outbox: Outbox<'a>,
    blobs_read: usize,
}

impl Reader<'_> {
    fn start(
        &mut self,
        chain: &mut Chain,
        commits: &[CommitId],
        decisions: Vec<DecisionRow>,
        rules: &RulesInForce,
    ) -> Result<()> {
        if self.known_tip.is_none() || chain.forked {
            self.note_differences()?;
        }
        self.blobs_read += events::note(self.repository, &mut chain.links)?;
        let mut known: HashMap<i64, Vec<CommitId>> = HashMap::new();
        if self.known_tip.is_some() && !chain.epochs.is_empty() {
            let new: HashSet<&CommitId> = commits.iter().collect();
            for (id, sequence) in &chain.epochs {
                if !new.contains(id) {
                    known.entry(*sequence).or_default().push(*id);
                }
            }
        }
        self.outbox.send(Piece::Start(Box::new(Start {
            fresh: self.known_tip.is_none(),
            heads: chain.heads.clone(),
            rules: Arc::clone(rules),
            links: std::mem::take(&mut chain.links),
            strays: std::mem::take(&mut chain.strays),
            epochs: known.into_iter().collect(),
            decisions,
        })))
    }

    /// Notes what stands differently at the tip. A merge may take over a file as one of its parents has it, so its changes alone do not tell.
    fn note_differences(&mut self) -> Result<()> {
        let Some(rules) = self.rules else {
            return Ok(());
        };
        for change in self.repository.differences(self.known_tip, self.tip)? {
            let policy = &rules.policy;
            if policy.collection_of(&change.path).is_some()
                || is_attached_file(policy, &change.path)
            {
                self.standing
                    .entry(change.path)
                    .or_insert(Standing::Holds(change.new));
            }
        }
        Ok(())
    }

    fn commits(&mut self, commits: &[CommitId], chain: &Chain) -> Result<()> {
        for id in commits {
            let row = self.commit_row(*id, chain)?;
            self.outbox.commit(row)?;
        }
        Ok(())
    }

    fn commit_row(&mut self, id: CommitId, chain: &Chain) -> Result<NewCommitRow> {
        let facts = self.repository.commit(id)?;
        let trailers = Trailers::read(&facts.message);
        let coauthors = trailers
            .all_ignoring_case("Co-authored-by")
            .filter_map(|value| value.parse().ok())
            .collect();
        let changes = self.repository.changes(id)?;
        let mut renames = match facts.parents.len() {
            0 | 1 => renames(&trailers, &changes),
            _ => HashMap::new(),
        };
        let mut rows = Vec::new();
        let mut seen = HashSet::new();
        for change in changes {
            if !self.is_kept(&change.path) {
                continue;
            }
            // A broken tree can hold a name twice; the first one counts.
            if !seen.insert(change.path.clone()) {
                continue;
            }
            rows.push(ChangeRow {
                facts: self.change_facts(&change)?,
                renamed_from: renames.remove(&change.path),
                change,
            });
        }
        Ok(NewCommitRow {
            epoch: chain.epochs.get(&id).copied(),
            by_server: chain.by_server.contains(&id),
            facts,
            coauthors,
            changes: rows,
        })
    }

    /// Returns whether changes of a path are kept: it may be a record, now or under another policy, or it is governed, or a record may name it.
    fn is_kept(&self, path: &str) -> bool {
        let is_known = |rules: &Rules| {
            rules.policy.collection_of(path).is_some() || is_attached_file(&rules.policy, path)
        };
        Format::of_path(path).is_some()
            || path == ALLOWED_SIGNERS_PATH
            || may_dress_site(path)
            || self.rules.is_some_and(is_known)
    }

    /// Reads what a change's new blob says of itself; the file is handed on at once when it still stands so at the tip.
    fn change_facts(&mut self, change: &PathChange) -> Result<Option<Facts>> {
        let Some(rules) = self.rules else {
            return Ok(None);
        };
        let stands = self.stands_so_untold(change)?;
        let Some(collection) = rules.policy.collection_of(&change.path) else {
            return Ok(None);
        };
        let Some((blob, kind)) = change.new else {
            return Ok(None);
        };
        let parsed = self.parse(blob, kind, collection)?;
        let facts = facts_of(collection, &parsed);
        if stands {
            self.tell(&change.path, blob, collection, rules, &parsed)?;
        }
        Ok(Some(facts))
    }

    fn stands_so_untold(&mut self, change: &PathChange) -> Result<bool> {
        if !self.standing.contains_key(&change.path) {
            if self.known_tip.is_none() {
                return Ok(false);
            }
            let entry = self.repository.entry(self.tip, &change.path)?;
            let holds = entry.map(|entry| (entry.blob, entry.kind));
            self.standing
                .insert(change.path.clone(), Standing::Holds(holds));
        }
        Ok(matches!(
            self.standing.get(&change.path),
            Some(Standing::Holds(Some(holds))) if Some(*holds) == change.new
        ))
    }

    /// Hands on the files that no new commit's change told of, and the paths that hold none any more.
    fn other_files(&mut self) -> Result<()> {
        let Some(rules) = self.rules else {
            return Ok(());
        };
        for (path, standing) in std::mem::take(&mut self.standing) {
            let Standing::Holds(holds) = standing else {
                continue;
            };
            match (holds, rules.policy.collection_of(&path)) {
                (Some((blob, kind)), Some(collection)) => {
                    let parsed = self.parse(blob, kind, collection)?;
                    self.tell(&path, blob, collection, rules, &parsed)?;
                }
                (None, Some(_)) => self.outbox.file(path, None)?,
                (holds, None) if is_attached_file(&rules.policy, &path) => {
                    self.tell_attached(path, holds)?;
                }
                (_, None) => {}
            }
        }
        Ok(())
    }

    fn tell(
        &mut self,
        path: &str,
        blob: BlobId,
        collection: &Collection,
        rules: &Rules,
        parsed: &Result<Record, Refusal>,
    ) -> Result<()> {
        self.standing.insert(path.to_owned(), Standing::Told);
        let file = tip_file(path, blob, collection, rules, parsed);
        self.outbox.file(path.to_owned(), Some(file))
    }

    fn tell_attached(&mut self, path: String, holds: Option<(BlobId, EntryKind)>) -> Result<()> {
        let file = match holds {
            Some((blob, kind)) => {
                self.blobs_read += 1;
                let problem = attachment_problem(self.repository, &path, blob, kind)?;
                Some(AttachedFile { blob, problem })
            }
            None => None,
        };
        self.outbox.attached(path, file)
    }

    fn baseline(&mut self, commit: CommitId) -> Result<()> {
        let Some(rules) = self.rules else {
            return Ok(());
        };
        let mut seen = HashSet::new();
        let rows: Vec<(String, BlobId)> = self
            .repository
            .entries(commit)?
            .into_iter()
            .filter(|entry| rules.policy.collection_of(&entry.path).is_some())
            .filter(|entry| seen.insert(entry.path.clone()))
            .map(|entry| (entry.path, entry.blob))
            .collect();
        self.outbox.flush()?;
        self.outbox.send(Piece::Baseline(rows))
    }

    fn parse(
        &mut self,
        blob: BlobId,
        kind: EntryKind,
        collection: &Collection,
    ) -> Result<Result<Record, Refusal>> {
        self.blobs_read += 1;
        parse_blob(self.repository, blob, kind, collection)
    }
}
