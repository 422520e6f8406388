//! The branch's history, read once: who touched which file in which commit, and which commit the chain reached when.
//!
//! Every commit is read one time and enters the picture with the first link of the chain that reaches it. So what is known when a link is judged is
//! exactly what its own past holds, and the cost of an audit grows with the history, not with records times history.

use std::collections::{BTreeSet, HashMap, HashSet};

use anyhow::Result;

use crate::check::FileKind;
use crate::id::{BlobId, CommitId, Identity};
use crate::index::told_renames;
use crate::ledger::{Attachment, Attestation, Baseline, Malformed, Trailers};
use crate::policy::site::may_dress_site;
use crate::policy::{ALLOWED_SIGNERS_PATH, Collection, Policy};
use crate::record::{self, Format};
use crate::repository::{CommitFacts, Content, EntryKind, Repository, exact_renames};

/// What a commit's message claims.
pub(super) enum Claim {
    /// The repository was adopted here.
    Baseline(Baseline),
    /// A transition was attested here.
    Attestation(Box<Attestation>),
    /// One of them, in a form that does not read.
    Malformed(Malformed),
}

/// One commit of the branch.
pub(super) struct Commit {
    /// The commit.
    pub id: CommitId,
    /// Its parents, by their place in the history.
    pub parents: Vec<usize>,
    /// Author's date.
    pub authored_at: i64,
    /// What its message claims.
    pub claim: Option<Claim>,
    generation: usize,
    /// Author and co-authors.
    authors: Vec<Identity>,
    committer: Identity,
    touches: Vec<Touch>,
    /// The first link of the chain that reaches it.
    epoch: Option<usize>,
}

struct Touch {
    path: String,
    born: bool,
    renamed_from: Option<String>,
    blob: Option<BlobId>,
}

/// The whole history of a branch, and the part of it that the chain has reached.
pub(super) struct History {
    /// Parents before children.
    pub commits: Vec<Commit>,
    places: HashMap<CommitId, usize>,
    /// Links of the chain and the baseline: they are no authorship.
    links: HashSet<usize>,
    /// Where a shallow clone ends.
    cuts: HashSet<usize>,
    by_path: HashMap<String, Vec<usize>>,
    births: HashMap<String, Vec<Birth>>,
    /// Which commits held a record of this id, anywhere; under the policy in force.
    by_id: HashMap<String, Vec<usize>>,
    /// The ids that the file at a path declared.
    ids_at: HashMap<String, Vec<DeclaredId>>,
}

/// Who wrote a text.
#[derive(Debug, Clone, Default)]
pub(super) struct Written {
    /// Each address once, with a commit of theirs.
    pub people: Vec<(Identity, CommitId)>,
    /// Each commit of each address.
    pub commits: Vec<(String, CommitId)>,
    /// Addresses that nothing proves, where somebody asked.
    pub unproven: BTreeSet<String>,
    /// A commit among them whose own past is not in this clone.
    pub cut: Option<CommitId>,
}

struct Birth {
    generation: usize,
    commit: CommitId,
    renamed_from: Option<String>,
}

struct DeclaredId {
    generation: usize,
    commit: CommitId,
    id: String,
}

/// One stretch of a file's past: history at `path` counts up to and including generation `until`.
struct Stretch {
    path: String,
    until: Option<usize>,
}

/// A chain of renames longer than this is cut, as the index cuts it.
const MAX_STRETCHES: usize = 64;

impl History {
    /// Reads every commit that a tip reaches.
    ///
    /// # Errors
    /// When git cannot be read.
    pub(super) fn read(repository: &Repository, tip: CommitId) -> Result<Self> {
        let mut history = Self {
            commits: Vec::new(),
            places: HashMap::new(),
            links: HashSet::new(),
            cuts: HashSet::new(),
            by_path: HashMap::new(),
            births: HashMap::new(),
            by_id: HashMap::new(),
            ids_at: HashMap::new(),
        };
        for id in repository.new_commits(tip, &[])? {
            let commit = history.commit(repository, repository.commit(id)?)?;
            history.places.insert(id, history.commits.len());
            history.commits.push(commit);
        }
        Ok(history)
    }

    fn commit(&self, repository: &Repository, facts: CommitFacts) -> Result<Commit> {
        let trailers = Trailers::read(&facts.message);
        let coauthors = trailers
            .all_ignoring_case("Co-authored-by")
            .filter_map(|value| value.parse().ok());
        let parents: Vec<usize> = facts
            .parents
            .iter()
            .filter_map(|parent| self.place(*parent))
            .collect();
        let generations = parents
            .iter()
            .map(|parent| self.commits[*parent].generation);
        let changes = repository.changes(facts.id)?;
        let mut renames: HashMap<String, String> = HashMap::new();
        if facts.parents.len() < 2 {
            let exact = exact_renames(&changes).into_iter();
            renames.extend(exact.map(|rename| (rename.to, rename.from)));
            renames.extend(told_renames(&trailers, &changes));
        }
        let touches = changes
            .into_iter()
            .filter(|change| counts(&change.path))
            .map(|change| Touch {
                born: change.old.is_none() && change.new.is_some(),
                renamed_from: renames.remove(&change.path),
                blob: change
                    .new
                    .filter(|(_, kind)| *kind == EntryKind::File)
                    .map(|(blob, _)| blob),
                path: change.path,
            })
            .collect();
        Ok(Commit {
            id: facts.id,
            generation: generations.max().map_or(0, |largest| largest + 1),
            parents,
            authored_at: facts.authored_at,
            claim: claim(&facts.message),
            authors: std::iter::once(facts.author).chain(coauthors).collect(),
            committer: facts.committer,
            touches,
            epoch: None,
        })
    }

    /// Returns a commit's place in this history.
    pub(super) fn place(&self, id: CommitId) -> Option<usize> {
        self.places.get(&id).copied()
    }

    /// Marks a commit as a link of the chain.
    pub(super) fn mark_link(&mut self, place: usize) {
        self.links.insert(place);
    }

    /// Returns whether a commit is a link of the chain, or the baseline.
    pub(super) fn is_link(&self, place: usize) -> bool {
        self.links.contains(&place)
    }

    /// Lets everything that a commit reaches enter the picture; returns whether it stands on `last`.
    pub(super) fn reach(
        &mut self,
        repository: &Repository,
        policy: &Policy,
        place: usize,
        last: usize,
        epoch: usize,
    ) -> bool {
        let mut stands = false;
        let mut fresh = Vec::new();
        let mut open = vec![place];
        while let Some(place) = open.pop() {
            stands |= place == last;
            if self.commits[place].epoch.is_none() {
                self.commits[place].epoch = Some(epoch);
                fresh.push(place);
                open.extend(&self.commits[place].parents);
            }
        }
        fresh.sort_unstable();
        for place in fresh {
            self.enter(repository, policy, place);
        }
        stands
    }

    fn enter(&mut self, repository: &Repository, policy: &Policy, place: usize) {
        let commit = &self.commits[place];
        for touch in &commit.touches {
            self.by_path
                .entry(touch.path.clone())
                .or_default()
                .push(place);
            if touch.born {
                let births = self.births.entry(touch.path.clone()).or_default();
                births.push(Birth {
                    generation: commit.generation,
                    commit: commit.id,
                    renamed_from: touch.renamed_from.clone(),
                });
                births.sort_by_key(|birth| (birth.generation, birth.commit));
            }
        }
        self.enter_ids(repository, policy, place);
    }

    fn enter_ids(&mut self, repository: &Repository, policy: &Policy, place: usize) {
        let commit = &self.commits[place];
        for touch in &commit.touches {
            let Some(id) = touch
                .blob
                .and_then(|blob| declared_id(repository, policy, &touch.path, blob))
            else {
                continue;
            };
            self.by_id.entry(id.clone()).or_default().push(place);
            self.ids_at
                .entry(touch.path.clone())
                .or_default()
                .push(DeclaredId {
                    generation: commit.generation,
                    commit: commit.id,
                    id,
                });
        }
    }

    /// Reads the ids anew, where another policy may find them in other fields.
    pub(super) fn read_ids_again(&mut self, repository: &Repository, policy: &Policy) {
        self.by_id.clear();
        self.ids_at.clear();
        let mut reached: Vec<usize> = (0..self.commits.len())
            .filter(|place| self.commits[*place].epoch.is_some())
            .collect();
        reached.sort_by_key(|place| self.commits[*place].epoch);
        for place in reached {
            self.enter_ids(repository, policy, place);
        }
    }

    /// Returns the paths of a file's past, today's first.
    pub(super) fn past_paths(&self, path: &str) -> Vec<String> {
        self.lineage(path)
            .into_iter()
            .map(|stretch| stretch.path)
            .collect()
    }

    fn lineage(&self, path: &str) -> Vec<Stretch> {
        let mut stretches = vec![Stretch {
            path: path.to_owned(),
            until: None,
        }];
        while let Some(last) = stretches.last() {
            let before = |birth: &&Birth| last.until.is_none_or(|until| birth.generation <= until);
            let Some(birth) = self
                .births
                .get(&last.path)
                .and_then(|births| births.iter().rfind(before))
            else {
                break;
            };
            let Some(from) = birth
                .renamed_from
                .clone()
                .filter(|_| stretches.len() < MAX_STRETCHES)
            else {
                break;
            };
            // A file that was renamed stood somewhere before, so its birth is no root.
            let until = Some(birth.generation.saturating_sub(1));
            stretches.push(Stretch { path: from, until });
        }
        stretches
    }

    /// Returns the id that the file at a path has: what it declares, what it last declared, or its slug at birth.
    pub(super) fn record_id(
        &self,
        policy: &Policy,
        collection: &Collection,
        path: &str,
        declared: Option<String>,
    ) -> String {
        let lineage = self.lineage(path);
        let last = || {
            let ids = lineage.iter().flat_map(|stretch| {
                let ids = self.ids_at.get(&stretch.path).into_iter().flatten();
                ids.filter(|declared| {
                    stretch
                        .until
                        .is_none_or(|until| declared.generation <= until)
                })
            });
            ids.max_by_key(|declared| (declared.generation, declared.commit))
                .map(|declared| declared.id.clone())
        };
        let named = collection.id.as_ref().and_then(|_| declared.or_else(last));
        let birth = lineage.last().map_or(path, |stretch| stretch.path.as_str());
        named.unwrap_or_else(|| policy.slug_of(collection, birth))
    }

    /// Returns who wrote a record since its base, and every commit of theirs: authors and co-authors, and committers whom the policy knows.
    pub(super) fn authors(
        &self,
        policy: &Policy,
        path: &str,
        record: &str,
        attached: &[Attachment],
        base: Option<usize>,
    ) -> Written {
        let named = self.by_id.get(record).into_iter();
        let files = attached
            .iter()
            .filter_map(|file| self.by_path.get(&file.path));
        let mut touches: BTreeSet<usize> = named
            .chain(files)
            .flat_map(|places| self.after(places, base))
            .collect();
        for stretch in self.lineage(path) {
            let at = self.by_path.get(&stretch.path).into_iter();
            let at = at.flat_map(|places| self.after(places, base));
            touches.extend(at.filter(|place| {
                let generation = self.commits[*place].generation;
                stretch.until.is_none_or(|until| generation <= until)
            }));
        }
        self.people(policy, touches)
    }

    /// Returns who changed any of these paths after a link, in the part that the chain has reached.
    pub(super) fn authors_at(&self, policy: &Policy, paths: &[String], since: usize) -> Written {
        let places = paths.iter().filter_map(|path| self.by_path.get(path));
        let touches = places.flat_map(|places| self.after(places, Some(since)));
        self.people(policy, touches.collect())
    }

    /// Returns those of the places that came after a link. They are kept in the order in which the chain reached them, so only those are looked at.
    fn after<'a>(
        &'a self,
        places: &'a [usize],
        since: Option<usize>,
    ) -> impl Iterator<Item = usize> + 'a {
        let fresh = move |place: &usize| since.is_none() || self.commits[*place].epoch > since;
        places.iter().rev().copied().take_while(fresh)
    }

    fn people(&self, policy: &Policy, touches: BTreeSet<usize>) -> Written {
        let mut written = Written::default();
        for place in touches {
            let commit = &self.commits[place];
            if self.links.contains(&place) {
                continue;
            }
            if self.cuts.contains(&place) {
                written.cut = Some(commit.id);
            }
            let committer = Some(&commit.committer)
                .filter(|committer| policy.person_by_address(&committer.address).is_some());
            for identity in commit.authors.iter().chain(committer) {
                let known = |(known, _): &(Identity, CommitId)| known.address == identity.address;
                let one = (identity.address.clone(), commit.id);
                if !written.commits.contains(&one) {
                    written.commits.push(one);
                }
                if !written.people.iter().any(known) {
                    written.people.push((identity.clone(), commit.id));
                }
            }
        }
        written
    }

    /// Notes where a shallow clone ends.
    pub(super) fn mark_cuts(&mut self, cuts: &[CommitId]) {
        self.cuts = cuts.iter().filter_map(|cut| self.place(*cut)).collect();
    }

    /// Returns the last commit that changed a path, of all there are.
    pub(super) fn last_change(&self, path: &str) -> Option<CommitId> {
        let changes = |commit: &&Commit| commit.touches.iter().any(|touch| touch.path == path);
        self.commits.iter().rfind(changes).map(|commit| commit.id)
    }
}

fn counts(path: &str) -> bool {
    Format::of_path(path).is_some()
        || FileKind::of_path(path).is_some()
        || path == ALLOWED_SIGNERS_PATH
        || may_dress_site(path)
}

/// A message that shows the marks of an attestation claims to be one, even where it does not read.
fn claim(message: &str) -> Option<Claim> {
    match Baseline::read(message) {
        Ok(None) => {}
        Ok(Some(baseline)) => return Some(Claim::Baseline(baseline)),
        Err(error) => return Some(Claim::Malformed(error)),
    }
    match Attestation::read(message) {
        Ok(attestation) => attestation.map(|found| Claim::Attestation(Box::new(found))),
        Err(error) => Some(Claim::Malformed(error)),
    }
}

/// Returns the id that a record's blob declares, where its collection names a field for it.
pub(super) fn declared_id(
    repository: &Repository,
    policy: &Policy,
    path: &str,
    blob: BlobId,
) -> Option<String> {
    let collection = policy.collection_of(path)?;
    let field = collection.id.as_ref()?;
    let Ok(Content::Bytes(bytes)) = repository.content(blob) else {
        return None;
    };
    let record = record::parse(&bytes, collection.format).ok()?;
    record.text(field).map(str::to_owned)
}
