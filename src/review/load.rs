//! Items from the index's rows.

use std::collections::{BTreeSet, HashMap, HashSet};

use anyhow::{Context, Result};
use sqlx::SqlitePool;

use super::item::locales;
use super::releases::Holds;
use super::{proposed, versions, veto};
use crate::id::{BlobId, Identity, RecordId};
use crate::index::{
    self, AttachmentRow, AttestationRow, DecisionRow, FindingRow, RecordRow, TakenDownRow, Weights,
};
use crate::ledger::{About, Act, Attachment, Decision, Seen, read_attached_lines};
use crate::policy::Bump;
use crate::repository::RepoPath;
use crate::review::{Author, Item, PastDecision, Standing, Target};

/// Returns the items at these places; a place that holds no record, or none that is still open, is left out.
///
/// # Errors
/// When the database cannot be read or holds what sync never writes.
pub async fn items_at(pool: &SqlitePool, targets: &[Target]) -> Result<Vec<Item>> {
    let published: Vec<String> = targets
        .iter()
        .filter(|target| target.proposal.is_none())
        .map(|target| target.path.clone())
        .collect();
    let mut found = items(pool, &published).await?;
    if found.len() < published.len() {
        let down = taken_down(pool).await?.into_iter();
        found.extend(down.filter(|item| published.contains(&item.path)));
    }
    found.extend(versions::items(pool, targets).await?);
    let wanted: HashSet<&Target> = targets.iter().collect();
    let branches: BTreeSet<String> = targets
        .iter()
        .filter_map(|target| target.proposal.clone())
        .collect();
    let branches: Vec<String> = branches.into_iter().collect();
    let proposed = proposed::items(pool, &branches).await?.into_iter();
    found.extend(proposed.filter(|item| wanted.contains(&item.target())));
    Ok(found)
}

/// Returns the items at these paths of the published branch; a path that holds no record is left out.
///
/// # Errors
/// When the database cannot be read or holds what sync never writes.
pub async fn items(pool: &SqlitePool, paths: &[String]) -> Result<Vec<Item>> {
    let rows = index::records_at(pool, paths).await?;
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let mut findings = index::by_key(index::findings_at(pool, paths).await?, |row| {
        row.path.clone()
    });
    let mut authors = index::by_key(index::authors_at(pool, paths).await?, |row| {
        row.path.clone()
    });
    let decisions = index::by_key(index::decisions_of(pool, &ids).await?, |row| {
        row.record_id.clone()
    });
    let attestations = index::by_key(index::attestations_of(pool, &ids).await?, |row| {
        row.record_id.clone()
    });
    let holds = Holds::read(pool).await?;
    let blobs: Vec<String> = rows.iter().map(|row| row.blob.clone()).collect();
    let weights = index::weights_of(pool, &blobs).await?;
    let mut attached = index::by_key(index::attachments_at(pool, paths).await?, |row| {
        row.path.clone()
    });
    rows.into_iter()
        .map(|row| {
            let mut findings = findings.remove(&row.path).unwrap_or_default();
            findings.retain(|finding| !holds.promises(None, finding));
            let authors = authors.remove(&row.path).unwrap_or_default();
            let said = decisions
                .get(&row.id)
                .map(Vec::as_slice)
                .unwrap_or_default();
            let attested = attestations
                .get(&row.id)
                .map(Vec::as_slice)
                .unwrap_or_default();
            let authors = authors
                .into_iter()
                .map(|row| Author {
                    identity: row.identity,
                    proven: row.proven,
                })
                .collect();
            let named = attached.remove(&row.path).unwrap_or_default();
            let mut item = item(row, &findings, authors, said, attested, &weights)?;
            item.attached = attachments(named)?;
            item.held = holds.published(&item, &came_from(item.proposed, attested)?);
            Ok(item)
        })
        .collect()
}

/// Returns the files that a text names as what they are.
pub(super) fn attachments(rows: Vec<AttachmentRow>) -> Result<Vec<Attachment>> {
    let read = |row: AttachmentRow| -> Result<Attachment> {
        Ok(Attachment {
            blob: row.blob.parse()?,
            path: row.file,
        })
    };
    // What has a name that is never written stands as a finding beside the text, and never lands.
    let named = rows
        .into_iter()
        .filter(|row| RepoPath::parse(&row.file).is_ok());
    named.map(read).collect()
}

fn item(
    row: RecordRow,
    findings: &[FindingRow],
    authors: Vec<Author>,
    said: &[DecisionRow],
    attested: &[AttestationRow],
    weights: &Weights,
) -> Result<Item> {
    let blob = |text: &Option<String>| -> Result<Option<BlobId>> {
        Ok(text.as_deref().map(str::parse).transpose()?)
    };
    let proposed: BlobId = row.blob.parse()?;
    let base = blob(&row.base_blob)?;
    Ok(Item {
        blocking: blocking(&row, findings),
        decisions: since_last_attestation(said, attested)?,
        vetoes: vetoes(said)?,
        led_here: led_here(proposed, attested)?,
        weight: weights.of(&row.collection, base, proposed),
        record: RecordId(row.id),
        collection: row.collection,
        locales: locales(
            row.locale.as_deref(),
            base.map(|_| row.base_locale.as_deref()),
        ),
        title: row.title,
        proposed,
        attached: Vec::new(),
        base,
        attested_blob: blob(&row.attested_blob)?,
        attested_status: row.attested_status,
        attested_version: row
            .attested_version
            .as_deref()
            .and_then(|version| semver::Version::parse(version).ok()),
        standing: standing(&row.standing)
            .with_context(|| format!("{} stands nowhere", row.path))?,
        authors,
        path: row.path,
        origin: None,
        held: None,
    })
}

/// Returns every record that an administrator took down.
///
/// # Errors
/// When the database cannot be read or holds what sync never writes.
pub async fn taken_down(pool: &SqlitePool) -> Result<Vec<Item>> {
    let rows = index::taken_down(pool).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let said = index::by_key(index::decisions_of(pool, &ids).await?, |row| {
        row.record_id.clone()
    });
    let attested = index::by_key(index::attestations_of(pool, &ids).await?, |row| {
        row.record_id.clone()
    });
    let of = |row: TakenDownRow| -> Result<Item> {
        let said = said.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        let attested = attested.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        let base: Option<BlobId> = row.base_blob.as_deref().map(str::parse).transpose()?;
        let proposed: BlobId = row.attested_blob.parse()?;
        Ok(Item {
            blocking: Vec::new(),
            decisions: since_last_attestation(said, attested)?,
            vetoes: vetoes(said)?,
            led_here: led_here(proposed, attested)?,
            weight: None,
            title: row.id.clone(),
            record: RecordId(row.id),
            path: row.path,
            locales: locales(
                row.base_locale.as_deref(),
                base.map(|_| row.base_locale.as_deref()),
            ),
            collection: row.collection,
            proposed,
            attached: Vec::new(),
            base,
            attested_blob: Some(proposed),
            attested_version: row.attested_version.and_then(|text| text.parse().ok()),
            attested_status: Some(row.attested_status),
            standing: Standing::TakenDown,
            authors: Vec::new(),
            origin: None,
            held: None,
        })
    };
    rows.into_iter().map(of).collect()
}

/// Returns what the rules found in the texts of these items, by where each stands.
///
/// # Errors
/// When the database cannot be read.
pub async fn findings_of(
    pool: &SqlitePool,
    items: &[Item],
) -> Result<HashMap<Target, Vec<FindingRow>>> {
    let targets: HashSet<Target> = items.iter().map(Item::target).collect();
    let mut paths = Vec::new();
    let mut branches = BTreeSet::new();
    for target in &targets {
        match &target.proposal {
            Some(branch) => drop(branches.insert(branch.clone())),
            None => paths.push(target.path.clone()),
        }
    }
    let branches: Vec<String> = branches.into_iter().collect();
    let published = index::findings_at(pool, &paths).await?.into_iter();
    let published = published.map(|row| (Target::published(row.path.clone()), row));
    let proposed = match branches.is_empty() {
        true => Vec::new(),
        false => index::proposal_findings(pool, &branches).await?,
    };
    let proposed = proposed.into_iter().map(|(branch, row)| {
        let proposal = Some(branch);
        let path = row.path.clone();
        (Target { proposal, path }, row)
    });
    let mut found: HashMap<Target, Vec<FindingRow>> = HashMap::new();
    for (target, row) in published.chain(proposed) {
        if targets.contains(&target) {
            found.entry(target).or_default().push(row);
        }
    }
    Ok(found)
}

pub(super) fn standing(text: &str) -> Option<Standing> {
    match text {
        "draft" => Some(Standing::Draft),
        "settled" => Some(Standing::Settled),
        "changed" => Some(Standing::Changed),
        _ => None,
    }
}

fn blocking(row: &RecordRow, findings: &[FindingRow]) -> Vec<String> {
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
    quarantine.chain(found).collect()
}

/// Decisions die with the attestation they led to, and with any other of their record; also where an accepted rewriting lost that.
pub(super) fn since_last_attestation(
    said: &[DecisionRow],
    attested: &[AttestationRow],
) -> Result<Vec<PastDecision>> {
    let positions: HashMap<&str, i64> = said
        .iter()
        .map(|row| (row.commit.as_str(), row.position))
        .collect();
    let last = attested
        .iter()
        .filter_map(|link| positions.get(link.decisions.as_str()))
        .max()
        .copied()
        .unwrap_or(0);
    said.iter()
        .filter(|row| row.position > last && !row.is_spent)
        .map(past_decision)
        .collect()
}

/// Returns what raised and lifted vetoes; nothing where nobody ever gave one. No attestation ends them.
pub(super) fn vetoes(said: &[DecisionRow]) -> Result<Vec<PastDecision>> {
    if said.iter().all(|row| row.act != Act::Veto.name()) {
        return Ok(Vec::new());
    }
    let all = said.iter().map(past_decision).collect::<Result<Vec<_>>>()?;
    Ok(all.into_iter().filter(veto::concerns).collect())
}

/// Returns a decision's row as what it was.
///
/// # Errors
/// When the row holds what sync never writes.
pub fn past_decision(row: &DecisionRow) -> Result<PastDecision> {
    Ok(PastDecision {
        commit: row.commit.parse()?,
        by: row.by.clone(),
        at: row.at,
        decision: Decision {
            act: row.act.parse()?,
            transition: row.transition.clone(),
            record: RecordId(row.record_id.clone()),
            path: row.path.clone(),
            base: row.base.as_deref().map(str::parse).transpose()?,
            proposed: row.proposed.parse()?,
            policy: row.policy.parse()?,
            bump: row.bump.as_deref().and_then(Bump::from_name),
            operation: row.operation.clone(),
            text: row.text.clone(),
            about: about(row)?,
        },
    })
}

fn about(row: &DecisionRow) -> Result<About> {
    let seen = row.proposal.as_ref().zip(row.head.as_ref());
    let seen = seen.map(|(branch, head)| -> Result<Seen> {
        Ok(Seen {
            branch: branch.clone(),
            head: head.parse()?,
        })
    });
    Ok(About {
        proposal: seen.transpose()?,
        field: row.field.as_deref().map(str::parse).transpose()?,
        suggested: row.suggested.as_deref().map(str::parse).transpose()?,
        answers: row.answers.as_deref().map(str::parse).transpose()?,
        assignee: row.assignee.clone(),
        due: row.due.clone(),
        tips: row.tips.as_deref().map(str::parse).transpose()?,
        attached: read_attached_lines(&row.attached)?,
    })
}

/// Returns the texts that attestations made this very text of, the server's own fields aside.
fn came_from(proposed: BlobId, attested: &[AttestationRow]) -> Result<Vec<BlobId>> {
    let mut texts = Vec::new();
    let mut text = proposed.to_string();
    for link in attested.iter().rev() {
        if link.result != text {
            break;
        }
        texts.push(link.proposed.parse()?);
        text.clone_from(&link.proposed);
    }
    Ok(texts)
}

/// Follows the attestations back as long as each left just the text that the next one judged.
pub(super) fn led_here(
    proposed: BlobId,
    attested: &[AttestationRow],
) -> Result<Vec<(String, Vec<Identity>)>> {
    let mut text = proposed.to_string();
    let mut steps = Vec::new();
    for link in attested.iter().rev() {
        if link.result != text {
            break;
        }
        let approvers = link
            .approved_by
            .lines()
            .map(str::parse)
            .collect::<Result<Vec<Identity>, _>>()?;
        steps.push((link.transition.clone(), approvers));
        text.clone_from(&link.proposed);
    }
    Ok(steps)
}
