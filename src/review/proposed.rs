//! Items of proposals: a text on a branch beside what the published branch holds and attests of its record.

use std::collections::HashMap;

use anyhow::Result;
use sqlx::SqlitePool;

use super::item::{BRANCHES, locales};
use super::load::{attachments, since_last_attestation, vetoes};
use super::releases::Holds;
use crate::id::{BlobId, Identity, RecordId};
use crate::index::{
    self, AttachmentRow, AttestationRow, AuthorRow, DecisionRow, FindingRow, ProposedRow, Weights,
};
use crate::refusal::Refusal;
use crate::review::{Author, Item, Origin, PastDecision, Standing};

/// Returns the items of these proposals that could still land. A file that is removed, and one that the published branch has taken over, is none.
///
/// # Errors
/// When the database cannot be read or holds what sync never writes.
pub async fn items(pool: &SqlitePool, branches: &[String]) -> Result<Vec<Item>> {
    if branches.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows = index::proposed_in(pool, branches).await?;
    rows.retain(|row| row.blob.is_some() && !row.has_landed);
    let mut known = Known::of(pool, &rows, branches).await?;
    rows.into_iter().map(|row| known.item(row)).collect()
}

/// What the picture says of some proposals' files beside their own rows.
struct Known {
    findings: HashMap<(String, String), Vec<FindingRow>>,
    attached: HashMap<(String, String), Vec<AttachmentRow>>,
    authors: HashMap<(String, String), Vec<AuthorRow>>,
    authors_before: HashMap<String, Vec<AuthorRow>>,
    said: HashMap<String, Vec<DecisionRow>>,
    attested: HashMap<String, Vec<AttestationRow>>,
    holds: Holds,
    weights: Weights,
}

impl Known {
    async fn of(pool: &SqlitePool, rows: &[ProposedRow], branches: &[String]) -> Result<Self> {
        let mut ids: Vec<String> = rows.iter().map(|row| row.record_id.clone()).collect();
        ids.extend(branches.iter().map(|branch| format!("{BRANCHES}{branch}")));
        let standing: Vec<String> = rows
            .iter()
            .filter_map(|row| row.standing_path.clone())
            .collect();
        let mut findings: HashMap<_, Vec<_>> = HashMap::new();
        for (branch, row) in index::proposal_findings(pool, branches).await? {
            let rows = findings.entry((branch, row.path.clone()));
            rows.or_default().push(row);
        }
        let mut attached: HashMap<_, Vec<_>> = HashMap::new();
        for row in index::proposed_attachments(pool, branches).await? {
            let rows = attached.entry((row.branch.clone(), row.path.clone()));
            rows.or_default().push(row);
        }
        let mut authors: HashMap<_, Vec<_>> = HashMap::new();
        for (branch, row) in index::proposal_authors(pool, branches).await? {
            let rows = authors.entry((branch, row.path.clone()));
            rows.or_default().push(row);
        }
        let blobs: Vec<String> = rows.iter().filter_map(|row| row.blob.clone()).collect();
        Ok(Self {
            weights: index::weights_of(pool, &blobs).await?,
            findings,
            attached,
            authors,
            authors_before: index::by_key(index::authors_at(pool, &standing).await?, |row| {
                row.path.clone()
            }),
            said: index::by_key(index::decisions_of(pool, &ids).await?, |row| {
                row.record_id.clone()
            }),
            attested: index::by_key(index::attestations_of(pool, &ids).await?, |row| {
                row.record_id.clone()
            }),
            holds: Holds::read(pool).await?,
        })
    }

    fn item(&mut self, row: ProposedRow) -> Result<Item> {
        let blob = |text: &Option<String>| -> Result<Option<BlobId>> {
            Ok(text.as_deref().map(str::parse).transpose()?)
        };
        let (origin, base) = (origin(&row)?, blob(&row.base_blob)?);
        let proposed: BlobId = row.blob.as_deref().unwrap_or_default().parse()?;
        let key = (row.branch.clone(), row.path.clone());
        let mut findings = self.findings.remove(&key).unwrap_or_default();
        let branch = Some(row.branch.as_str());
        findings.retain(|finding| !self.holds.promises(branch, finding));
        let own = self.authors.remove(&key).unwrap_or_default();
        let attached = attachments(self.attached.remove(&key).unwrap_or_default())?;
        let said = self.said.get(&row.record_id).map(Vec::as_slice);
        let attested = self.attested.get(&row.record_id).map(Vec::as_slice);
        let vetoes = self.vetoes(&row)?;
        let weight = self.weights.of(&row.collection, base, proposed);
        let is_renamed = origin.leaves(&row.path).is_some();
        let mut item = Item {
            vetoes,
            blocking: blocking(&row, &origin, &findings),
            authors: self.all_authors(&row, own),
            decisions: since_last_attestation(
                said.unwrap_or_default(),
                attested.unwrap_or_default(),
            )?,
            led_here: Vec::new(),
            record: RecordId(row.record_id),
            path: row.path,
            collection: row.collection,
            locales: locales(
                row.locale.as_deref(),
                base.map(|_| row.base_locale.as_deref()),
            ),
            title: row.title,
            weight,
            proposed,
            attached,
            base,
            // At another path no attested text stands: a name alone is a change too.
            attested_blob: blob(&row.attested_blob)?.filter(|_| !is_renamed),
            attested_status: row.attested_status,
            attested_version: row
                .attested_version
                .as_deref()
                .and_then(|version| semver::Version::parse(version).ok()),
            standing: Standing::Proposed,
            origin: Some(origin),
            held: None,
        };
        item.held = self.holds.proposed(&item);
        Ok(item)
    }

    /// The vetoes of the record and those of the proposal as a whole: a withdrawal lifts those of its own kind.
    fn vetoes(&self, row: &ProposedRow) -> Result<Vec<PastDecision>> {
        let of = |id: &str| self.said.get(id).map(Vec::as_slice).unwrap_or_default();
        let mut all = vetoes(of(&format!("{BRANCHES}{}", row.branch)))?;
        all.extend(vetoes(of(&row.record_id))?);
        Ok(all)
    }

    /// Who wrote the text since its base: in the proposal, and before it on the published branch.
    fn all_authors(&self, row: &ProposedRow, own: Vec<AuthorRow>) -> Vec<Author> {
        let before = row
            .standing_path
            .as_ref()
            .and_then(|path| self.authors_before.get(path));
        let mut authors: Vec<Author> = Vec::new();
        for author in own.iter().chain(before.into_iter().flatten()) {
            let same = authors
                .iter_mut()
                .find(|known| known.identity.address == author.identity.address);
            match same {
                Some(known) => known.proven &= author.proven,
                None => authors.push(Author {
                    identity: author.identity.clone(),
                    proven: author.proven,
                }),
            }
        }
        authors
    }
}

fn origin(row: &ProposedRow) -> Result<Origin> {
    let place = |path: &str, blob: &Option<String>| -> Result<Option<(String, BlobId)>> {
        let blob = blob.as_deref().map(str::parse).transpose()?;
        Ok(blob.map(|blob| (path.to_owned(), blob)))
    };
    let standing_path = row.standing_path.as_deref().unwrap_or_default();
    Ok(Origin {
        branch: row.branch.clone(),
        title: row.proposal_title.clone(),
        head: row.head.parse()?,
        changed_at: row.changed_at,
        began: place(&row.path_before, &row.blob_before)?,
        standing: place(standing_path, &row.standing_blob)?,
        writer: row.writer.clone(),
        is_asked: row.is_asked,
    })
}

fn outdated() -> Refusal {
    Refusal::new(
        "PRO-OLD-001",
        "the published text changed since this proposal began",
        "bring the proposal up to date",
    )
}

/// Returns whether what stands against a text is that the published one changed since its proposal began.
pub(super) fn is_outdated(blocking: &str) -> bool {
    blocking.starts_with(outdated().code)
}

/// Blocking findings, the quarantine, and a published text that is not the one that the proposal began with.
fn blocking(row: &ProposedRow, origin: &Origin, findings: &[FindingRow]) -> Vec<String> {
    let moved = (!origin.is_current()).then(|| outdated().to_string());
    let quarantine = row
        .problem_code
        .iter()
        .zip(&row.problem)
        .map(|(code, why)| match row.problem_line {
            Some(line) => format!("{code} line {line}: {why}"),
            None => format!("{code}: {why}"),
        });
    let found = findings
        .iter()
        .filter(|finding| finding.severity == "blocking")
        .map(|finding| match finding.line {
            Some(line) => format!("{} line {line}: {}", finding.code, finding.message),
            None => format!("{}: {}", finding.code, finding.message),
        });
    moved.into_iter().chain(quarantine).chain(found).collect()
}

/// Returns a proposal as one item, whose text is the manifest returned beside it: one line `path blob` for each file, `-` for one that is removed. Its
/// proposed blob is for the caller to fill. `None` where there is no such proposal.
pub(super) async fn whole(pool: &SqlitePool, branch: &str) -> Result<Option<(Item, Vec<u8>)>> {
    let branches = [branch.to_owned()];
    let rows = index::proposed_in(pool, &branches).await?;
    let Some(proposal) = index::proposal_at(pool, branch).await? else {
        return Ok(None);
    };
    let manifest: String = rows
        .iter()
        .map(|row| format!("{} {}\n", row.path, row.blob.as_deref().unwrap_or("-")))
        .collect();
    let mut authors: Vec<Author> = Vec::new();
    for commit in index::proposal_commits(pool, branch).await? {
        let identity = Identity::new(&commit.name, &commit.address);
        if authors
            .iter()
            .all(|known| known.identity.address != identity.address)
        {
            authors.push(Author {
                identity,
                proven: false,
            });
        }
    }
    let record = format!("{BRANCHES}{branch}");
    let said = index::decisions_of(pool, std::slice::from_ref(&record)).await?;
    let writer = authors.last().map(|author| author.identity.clone());
    Ok(Some((
        Item {
            record: RecordId(record.clone()),
            path: record,
            collection: rows
                .first()
                .map(|row| row.collection.clone())
                .unwrap_or_default(),
            locales: Vec::new(),
            title: proposal.title.clone(),
            proposed: BlobId([0; 20]),
            attached: Vec::new(),
            base: None,
            weight: None,
            attested_blob: None,
            attested_status: None,
            attested_version: None,
            standing: Standing::Proposed,
            authors,
            blocking: Vec::new(),
            decisions: since_last_attestation(&said, &[])?,
            vetoes: vetoes(&said)?,
            led_here: Vec::new(),
            origin: Some(Origin {
                branch: branch.to_owned(),
                title: proposal.title.clone(),
                head: proposal.head.parse()?,
                changed_at: proposal.changed_at,
                began: None,
                standing: None,
                writer: writer.unwrap_or_else(|| Identity::new("", "")),
                is_asked: rows.iter().any(|row| row.is_asked),
            }),
            held: None,
        },
        manifest.into_bytes(),
    )))
}
