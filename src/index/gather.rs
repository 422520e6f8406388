//! Reading git for sync: what is new since the picture was last true, as plain data. Everything here blocks and runs off the async threads.

use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result};

use super::rules::Rules;
use crate::check::{self, Finding, Reference};
use crate::id::{BlobId, CommitId, Identity};
use crate::ledger::{AMEND, Attestation, Baseline, Decision, JOURNAL_REF};
use crate::policy::{ALLOWED_SIGNERS_PATH, Collection, POLICY_PATH, Policy};
use crate::record::{self, Format, Record};
use crate::refusal::Refusal;
use crate::repository::{
    AllowedSigners, CommitFacts, Content, EntryKind, PathChange, Repository, SERVER_ADDRESS,
    Verified, exact_renames,
};

/// Where the picture stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heads {
    /// The published branch as indexed.
    pub tip: Option<CommitId>,
    /// The journal as indexed.
    pub journal: Option<CommitId>,
    /// The commit that adopted the repository.
    pub baseline: Option<CommitId>,
    /// The last attestation or the baseline, and its sequence.
    pub chain: Option<(CommitId, i64)>,
    /// The commit whose policy is in force; only when adopted.
    pub policy: Option<CommitId>,
}

/// What a look at git told.
pub enum Gathered {
    /// Nothing moved since.
    Unchanged,
    /// The picture cannot be carried on and must be made anew: why.
    StartOver(String),
    /// What to add.
    Delta(Box<Delta>),
}

/// Everything that is new, parents before children.
pub struct Delta {
    /// The heads after this delta.
    pub heads: Heads,
    /// The rules in force after it; `None` without a policy, the faults where it does not read.
    pub rules: Option<Result<Rules, Vec<Refusal>>>,
    /// New commits of the published branch.
    pub commits: Vec<NewCommitRow>,
    /// New links of the chain of attestations.
    pub links: Vec<Link>,
    /// Commits that claim to be a link and are none, with the reason.
    pub strays: Vec<(CommitId, String)>,
    /// Sequence of a link to the commits that it is the first to reach.
    pub epochs: Vec<(i64, Vec<CommitId>)>,
    /// Records as a new baseline found them.
    pub baseline: Vec<BaselineRow>,
    /// New decisions.
    pub decisions: Vec<DecisionRow>,
    /// Files of a collection that stand differently at the new tip; `None` where the path holds no record any more.
    pub files: Vec<(String, Option<TipFile>)>,
    /// How many blobs were read for it.
    pub blobs_read: usize,
}

/// A commit and what it changed.
pub struct NewCommitRow {
    /// Its own account.
    pub facts: CommitFacts,
    /// An attested key of this server signed it.
    pub by_server: bool,
    /// Co-authors that its message names.
    pub coauthors: Vec<Identity>,
    /// Changed files of a record format.
    pub changes: Vec<ChangeRow>,
}

/// One changed file.
pub struct ChangeRow {
    /// The path, and the blobs before and after.
    pub change: PathChange,
    /// The path before, for a rename.
    pub renamed_from: Option<String>,
    /// What the new blob says of itself.
    pub facts: Option<Facts>,
}

/// What a record's blob says of itself.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The value of the id field.
    pub record_id: Option<String>,
    /// The declared status.
    pub status: Option<String>,
    /// The declared version, as text.
    pub version: Option<String>,
    /// Why it cannot be read.
    pub problem: Option<Refusal>,
}

/// An accepted attestation.
pub struct Link {
    /// Its place in the chain; the baseline is 0.
    pub sequence: i64,
    /// The commit.
    pub commit: CommitId,
    /// What it says.
    pub attestation: Attestation,
    /// The blob at its path in its own tree.
    pub result: BlobId,
    /// Commit date.
    pub at: i64,
}

/// A record as the baseline found it.
pub struct BaselineRow {
    /// Path in the baseline's tree.
    pub path: String,
    /// Blob in the baseline's tree.
    pub blob: BlobId,
    /// What the blob says of itself.
    pub facts: Facts,
}

/// A decision in the journal.
pub struct DecisionRow {
    /// The journal commit.
    pub commit: CommitId,
    /// What it says.
    pub decision: Decision,
    /// Who said it.
    pub by: Identity,
    /// When.
    pub at: i64,
}

/// A record file at the tip.
pub struct TipFile {
    /// The collection that owns it.
    pub collection: String,
    /// Its blob.
    pub blob: BlobId,
    /// What it says of itself.
    pub facts: Facts,
    /// Its title, or its file name.
    pub title: String,
    /// What the rules found.
    pub findings: Vec<Finding>,
    /// Which records it names.
    pub references: Vec<Reference>,
    /// Its text, for search.
    pub text: String,
}

/// Reads what is new.
///
/// # Errors
/// When git cannot be read.
pub fn gather(repository: &Repository, tip_ref: &str, known: &Heads) -> Result<Gathered> {
    let tip = repository.head_of(tip_ref)?;
    let journal = repository.head_of(JOURNAL_REF)?;
    if tip == known.tip && journal == known.journal {
        return Ok(Gathered::Unchanged);
    }
    let Some(tip) = tip else {
        return Ok(if known.tip.is_some() {
            Gathered::StartOver("the published branch is gone".into())
        } else {
            Gathered::Unchanged
        });
    };
    if let Some(reason) = rewritten(repository, known, tip, journal)? {
        return Ok(Gathered::StartOver(reason));
    }
    Reader {
        repository,
        known,
        tip,
        journal,
        blobs_read: 0,
    }
    .delta()
}

/// Says why the picture's heads are no longer part of the history, if they are not.
fn rewritten(
    repository: &Repository,
    known: &Heads,
    tip: CommitId,
    journal: Option<CommitId>,
) -> Result<Option<String>> {
    if let Some(old) = known.tip
        && !repository.is_ancestor(old, tip).unwrap_or(false)
    {
        return Ok(Some(format!("the published branch no longer holds {old}")));
    }
    match (known.journal, journal) {
        (Some(old), Some(new)) if !repository.is_ancestor(old, new).unwrap_or(false) => {
            Ok(Some(format!("the journal no longer holds {old}")))
        }
        (Some(_), None) => Ok(Some("the journal is gone".into())),
        _ => Ok(None),
    }
}

struct Reader<'a> {
    repository: &'a Repository,
    known: &'a Heads,
    tip: CommitId,
    journal: Option<CommitId>,
    blobs_read: usize,
}

impl Reader<'_> {
    fn delta(mut self) -> Result<Gathered> {
        let known: Vec<CommitId> = self.known.tip.into_iter().collect();
        let commits = self.repository.new_commits(self.tip, &known)?;
        let chain = self.follow_chain(&commits)?;
        if self.known.tip.is_some()
            && (chain.heads.policy != self.known.policy || self.open_policy_changed(&chain)?)
        {
            return Ok(Gathered::StartOver("the policy in force changed".into()));
        }
        let rules = self.rules(&chain)?;
        let policy = rules.as_ref().and_then(|rules| rules.as_ref().ok());
        let rows = commits
            .iter()
            .map(|id| self.commit_row(*id, &chain, policy))
            .collect::<Result<Vec<_>>>()?;
        let baseline = match chain.new_baseline {
            Some(commit) => self.baseline(commit, policy)?,
            None => Vec::new(),
        };
        let decisions = self.decisions()?;
        let files = self.files(&rows, policy)?;
        Ok(Gathered::Delta(Box::new(Delta {
            heads: chain.heads,
            commits: rows,
            links: chain.links,
            strays: chain.strays,
            epochs: chain.epochs,
            baseline,
            decisions,
            files,
            blobs_read: self.blobs_read,
            rules,
        })))
    }

    /// Without a baseline the tip's own policy is shown, so a change of it is a change of everything.
    fn open_policy_changed(&self, chain: &Chain) -> Result<bool> {
        let Some(old) = self.known.tip.filter(|_| chain.heads.policy.is_none()) else {
            return Ok(false);
        };
        Ok(self.repository.entry(old, POLICY_PATH)?
            != self.repository.entry(self.tip, POLICY_PATH)?)
    }

    fn rules(&self, chain: &Chain) -> Result<Option<Result<Rules, Vec<Refusal>>>> {
        match chain.heads.policy {
            Some(commit) => Rules::load(self.repository, commit, true),
            None => Rules::load(self.repository, self.tip, false),
        }
    }

    /// Follows the chain of attestations through the new commits: each link signed by a key in force, each naming the one before it.
    fn follow_chain(&self, commits: &[CommitId]) -> Result<Chain> {
        let mut chain = Chain::resume(self.repository, self.known)?;
        for id in commits {
            let facts = self.repository.commit(*id)?;
            if !facts.signed || facts.committer.address != SERVER_ADDRESS {
                continue;
            }
            chain.consider(self.repository, &facts)?;
        }
        chain.heads.tip = Some(self.tip);
        chain.heads.journal = self.journal;
        Ok(chain)
    }

    fn commit_row(
        &mut self,
        id: CommitId,
        chain: &Chain,
        rules: Option<&Rules>,
    ) -> Result<NewCommitRow> {
        let facts = self.repository.commit(id)?;
        let trailers = crate::ledger::Trailers::read(&facts.message);
        let coauthors = trailers
            .all_ignoring_case("Co-authored-by")
            .filter_map(|value| value.parse().ok())
            .collect();
        let changes = self.repository.changes(id)?;
        let mut renames: HashMap<String, String> = HashMap::new();
        if facts.parents.len() < 2 {
            renames.extend(
                exact_renames(&changes)
                    .into_iter()
                    .map(|rename| (rename.to, rename.from)),
            );
            renames.extend(told_renames(&trailers, &changes));
        }
        let mut rows = Vec::new();
        for change in changes.into_iter().filter(|change| is_kept(&change.path)) {
            let facts = self.change_facts(&change, rules)?;
            rows.push(ChangeRow {
                renamed_from: renames.get(&change.path).cloned(),
                change,
                facts,
            });
        }
        Ok(NewCommitRow {
            by_server: chain.by_server.contains(&id),
            facts,
            coauthors,
            changes: rows,
        })
    }

    fn change_facts(
        &mut self,
        change: &PathChange,
        rules: Option<&Rules>,
    ) -> Result<Option<Facts>> {
        let (Some((blob, kind)), Some(rules)) = (change.new, rules) else {
            return Ok(None);
        };
        let Some(collection) = rules.policy.collection_of(&change.path) else {
            return Ok(None);
        };
        let parsed = self.parse(blob, kind, collection)?;
        Ok(Some(facts_of(collection, &parsed)))
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

    fn baseline(&mut self, commit: CommitId, rules: Option<&Rules>) -> Result<Vec<BaselineRow>> {
        let Some(rules) = rules else {
            return Ok(Vec::new());
        };
        let mut rows = Vec::new();
        for entry in self.repository.entries(commit)? {
            if let Some(collection) = rules.policy.collection_of(&entry.path) {
                let parsed = self.parse(entry.blob, entry.kind, collection)?;
                rows.push(BaselineRow {
                    path: entry.path,
                    blob: entry.blob,
                    facts: facts_of(collection, &parsed),
                });
            }
        }
        Ok(rows)
    }

    fn decisions(&self) -> Result<Vec<DecisionRow>> {
        let Some(journal) = self
            .journal
            .filter(|journal| Some(*journal) != self.known.journal)
        else {
            return Ok(Vec::new());
        };
        let known: Vec<CommitId> = self.known.journal.into_iter().collect();
        let mut rows = Vec::new();
        for id in self.repository.new_commits(journal, &known)? {
            let facts = self.repository.commit(id)?;
            // A journal commit that does not read decides nothing; `verify` names it.
            let Ok(decision) = Decision::read(&facts.message) else {
                continue;
            };
            rows.push(DecisionRow {
                commit: id,
                decision,
                by: facts.author,
                at: facts.authored_at,
            });
        }
        Ok(rows)
    }

    /// Reads the files that stand differently at the new tip, or at any commit on the way to it.
    fn files(
        &mut self,
        rows: &[NewCommitRow],
        rules: Option<&Rules>,
    ) -> Result<Vec<(String, Option<TipFile>)>> {
        let Some(rules) = rules else {
            return Ok(Vec::new());
        };
        let mut standing: HashMap<String, Option<(BlobId, EntryKind)>> = HashMap::new();
        for change in self.repository.differences(self.known.tip, self.tip)? {
            standing.insert(change.path, change.new);
        }
        if self.known.tip.is_some() {
            for change in rows.iter().flat_map(|row| &row.changes) {
                let path = &change.change.path;
                if !standing.contains_key(path) {
                    let entry = self.repository.entry(self.tip, path)?;
                    standing.insert(path.clone(), entry.map(|entry| (entry.blob, entry.kind)));
                }
            }
        }
        let mut paths: Vec<_> = standing
            .into_iter()
            .filter_map(|(path, new)| Some((rules.policy.collection_of(&path)?, path, new)))
            .collect();
        paths.sort_by(|a, b| a.1.cmp(&b.1));
        let mut files = Vec::with_capacity(paths.len());
        for (collection, path, new) in paths {
            let file = match new {
                Some((blob, kind)) => Some(self.tip_file(&path, blob, kind, collection, rules)?),
                None => None,
            };
            files.push((path, file));
        }
        Ok(files)
    }

    fn tip_file(
        &mut self,
        path: &str,
        blob: BlobId,
        kind: EntryKind,
        collection: &Collection,
        rules: &Rules,
    ) -> Result<TipFile> {
        let parsed = self.parse(blob, kind, collection)?;
        let facts = facts_of(collection, &parsed);
        let record = parsed.ok();
        let title = record
            .as_ref()
            .and_then(|record| record.text(collection.title.as_ref()?))
            .map(str::to_owned);
        let schema = collection
            .schema
            .as_ref()
            .and_then(|path| rules.schemas.get(path));
        Ok(TipFile {
            collection: collection.name.clone(),
            blob,
            title: title
                .filter(|title| !title.trim().is_empty())
                .unwrap_or_else(|| path.rsplit('/').next().unwrap_or(path).to_owned()),
            findings: record
                .as_ref()
                .map(|record| {
                    check::findings(
                        collection,
                        rules.policy.workflow(collection),
                        schema,
                        record,
                    )
                })
                .unwrap_or_default(),
            references: record
                .as_ref()
                .map(|record| check::references(collection, record))
                .unwrap_or_default(),
            text: record.as_ref().map(search_text).unwrap_or_default(),
            facts,
        })
    }
}

/// The chain of attestations as far as it was followed.
struct Chain {
    heads: Heads,
    keys: AllowedSigners,
    links: Vec<Link>,
    strays: Vec<(CommitId, String)>,
    epochs: Vec<(i64, Vec<CommitId>)>,
    by_server: HashSet<CommitId>,
    new_baseline: Option<CommitId>,
}

impl Chain {
    fn resume(repository: &Repository, known: &Heads) -> Result<Self> {
        let keys = match known.policy {
            Some(commit) => keys_in(repository, commit)?,
            None => AllowedSigners::default(),
        };
        let heads = Heads {
            tip: None,
            journal: None,
            ..known.clone()
        };
        Ok(Self {
            heads,
            keys,
            links: Vec::new(),
            strays: Vec::new(),
            epochs: Vec::new(),
            by_server: HashSet::new(),
            new_baseline: None,
        })
    }

    fn consider(&mut self, repository: &Repository, facts: &CommitFacts) -> Result<()> {
        match Baseline::read(&facts.message) {
            Ok(Some(baseline)) => return self.consider_baseline(repository, facts.id, &baseline),
            Ok(None) => {}
            Err(error) => self.strays.push((facts.id, error.to_string())),
        }
        let signed = matches!(repository.verify(facts.id, &self.keys)?, Verified::Good(_));
        if signed {
            self.by_server.insert(facts.id);
        }
        match Attestation::read(&facts.message) {
            Ok(Some(_)) if !signed => self
                .strays
                .push((facts.id, "no key in force signed it".into())),
            Ok(Some(attestation)) => self.consider_link(repository, facts, attestation)?,
            Ok(None) => {}
            Err(error) => self.strays.push((facts.id, error.to_string())),
        }
        Ok(())
    }

    fn consider_baseline(
        &mut self,
        repository: &Repository,
        id: CommitId,
        baseline: &Baseline,
    ) -> Result<()> {
        if self.heads.baseline.is_some() {
            self.strays
                .push((id, "the repository was adopted before".into()));
            return Ok(());
        }
        let keys = keys_in(repository, id)?;
        match repository.verify(id, &keys)? {
            Verified::Good(fingerprint) if fingerprint == baseline.key => {}
            _ => {
                self.strays
                    .push((id, "the key it adopts did not sign it".into()));
                return Ok(());
            }
        }
        self.keys = keys;
        self.by_server.insert(id);
        self.heads.baseline = Some(id);
        self.heads.policy = Some(id);
        self.new_baseline = Some(id);
        self.epochs.push((0, repository.new_commits(id, &[])?));
        self.heads.chain = Some((id, 0));
        Ok(())
    }

    fn consider_link(
        &mut self,
        repository: &Repository,
        facts: &CommitFacts,
        attestation: Attestation,
    ) -> Result<()> {
        let Some((last, sequence)) = self
            .heads
            .chain
            .filter(|(last, _)| *last == attestation.previous)
        else {
            self.strays.push((
                facts.id,
                format!(
                    "it follows {}, which is not the last attestation",
                    attestation.previous
                ),
            ));
            return Ok(());
        };
        let Some(entry) = repository.entry(facts.id, &attestation.path)? else {
            self.strays
                .push((facts.id, format!("its tree holds no {}", attestation.path)));
            return Ok(());
        };
        let sequence = sequence + 1;
        self.epochs
            .push((sequence, repository.new_commits(facts.id, &[last])?));
        if attestation.step.transition == AMEND && attestation.path == POLICY_PATH {
            self.heads.policy = Some(facts.id);
            self.keys = keys_in(repository, facts.id)?;
        }
        self.links.push(Link {
            sequence,
            commit: facts.id,
            result: entry.blob,
            at: facts.committed_at,
            attestation,
        });
        self.heads.chain = Some((facts.id, sequence));
        Ok(())
    }
}

fn keys_in(repository: &Repository, commit: CommitId) -> Result<AllowedSigners> {
    let text = repository
        .text(commit, ALLOWED_SIGNERS_PATH)
        .context("failed to read the keys in force")?;
    Ok(AllowedSigners::read(&text.unwrap_or_default()))
}

/// Returns whether changes of a path are kept: it may be a record, now or under another policy, or it is governed.
fn is_kept(path: &str) -> bool {
    Format::of_path(path).is_some() || path == ALLOWED_SIGNERS_PATH
}

/// Reads `Renamed-from: old/path`, when just one file came in this commit, or `Renamed-from: old/path -> new/path`.
pub(crate) fn told_renames(
    trailers: &crate::ledger::Trailers,
    changes: &[PathChange],
) -> Vec<(String, String)> {
    let came: Vec<&str> = changes
        .iter()
        .filter(|change| change.old.is_none() && change.new.is_some())
        .map(|change| change.path.as_str())
        .collect();
    let told = trailers
        .all_ignoring_case("Renamed-from")
        .filter_map(|value| match (value.split_once(" -> "), came.as_slice()) {
            (Some((from, to)), _) => came.contains(&to).then(|| (to.to_owned(), from.to_owned())),
            (None, [only]) => Some(((*only).to_owned(), value.to_owned())),
            _ => None,
        });
    told.collect()
}

/// Parses a record's blob; what cannot be parsed says why.
pub(super) fn parse_blob(
    repository: &Repository,
    blob: BlobId,
    kind: EntryKind,
    collection: &Collection,
) -> Result<Result<Record, Refusal>> {
    if let Some(refusal) = refuse_kind(kind) {
        return Ok(Err(refusal));
    }
    Ok(match repository.content(blob)? {
        Content::Bytes(bytes) => record::parse(&bytes, collection.format),
        Content::TooLarge(size) => {
            let cause = format!(
                "the file holds {size} bytes; at most {} are read",
                record::MAX_FILE_BYTES
            );
            Err(Refusal::new(
                "REC-SIZE-001",
                cause,
                "split the record, or move large content out of it",
            ))
        }
        Content::Missing(why) => {
            let cause = format!("the file's bytes cannot be read from git: {why}");
            Err(Refusal::new(
                "GIT-OBJ-001",
                cause,
                "run git fsck, and fetch the object again",
            ))
        }
    })
}

/// Returns the value of the id field, where the collection has one.
pub(super) fn record_id(collection: &Collection, record: &Record) -> Option<String> {
    collection
        .id
        .as_ref()
        .and_then(|path| record.text(path))
        .map(str::to_owned)
}

fn refuse_kind(kind: EntryKind) -> Option<Refusal> {
    match kind {
        EntryKind::File => None,
        EntryKind::Link => Some(Refusal::new(
            "REC-LINK-001",
            "the path is a symbolic link, and links are never followed",
            "replace the link with the file itself",
        )),
        EntryKind::Submodule => Some(Refusal::new(
            "REC-LINK-002",
            "the path is a submodule, and submodules are never fetched",
            "replace the submodule with the file itself",
        )),
        EntryKind::Unreadable => Some(Refusal::new(
            "REC-NAME-001",
            "the file's name is not UTF-8",
            "rename the file",
        )),
    }
}

fn facts_of(collection: &Collection, parsed: &Result<Record, Refusal>) -> Facts {
    match parsed {
        Err(refusal) => Facts {
            problem: Some(refusal.clone()),
            ..Facts::default()
        },
        Ok(record) => {
            let text = |path: &Option<record::FieldPath>| {
                path.as_ref()
                    .and_then(|path| record.text(path))
                    .map(str::to_owned)
            };
            Facts {
                record_id: text(&collection.id),
                status: text(&collection.status),
                version: text(&collection.version),
                problem: None,
            }
        }
    }
}

/// Returns everything a person could look for in a record: the text of every field, then the body.
fn search_text(record: &Record) -> String {
    let mut text = String::new();
    for node in record.fields.values() {
        push_text(node, &mut text);
    }
    if let Some(body) = &record.body {
        text.push_str(&body.text);
    }
    text
}

fn push_text(node: &record::Node, text: &mut String) {
    match &node.value {
        record::Value::Scalar(scalar) => {
            text.push_str(&scalar.text);
            text.push('\n');
        }
        record::Value::List(items) => items.iter().for_each(|item| push_text(item, text)),
        record::Value::Map(map) => map.values().for_each(|item| push_text(item, text)),
    }
}

/// Returns whether an address may be counted as a person of the policy.
pub(super) fn known_addresses(policy: &Policy) -> Vec<String> {
    policy
        .people
        .values()
        .flat_map(|person| person.addresses.iter().cloned())
        .collect()
}
