//! Published versions as items: whether one still counts is decided as any move is, by those who may bring a new one.

use anyhow::Result;
use semver::Version;
use sqlx::SqlitePool;

use super::item::locales;
use super::load::{led_here, since_last_attestation};
use crate::id::{BlobId, RecordId};
use crate::index::{self, RecordRow};
use crate::ledger::{version_id, version_of};
use crate::review::{Item, Standing, Target};

/// Returns the versions among these places that were published, each as an item.
///
/// # Errors
/// When the database cannot be read or holds what sync never writes.
pub(super) async fn items(pool: &SqlitePool, targets: &[Target]) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    for target in targets.iter().filter(|target| target.proposal.is_none()) {
        let Some((version, path)) = version_of(&target.path) else {
            continue;
        };
        for row in index::records_at(pool, &[path.to_owned()]).await? {
            items.extend(item(pool, row, version.clone()).await?);
        }
    }
    Ok(items)
}

/// Returns the text that a version of a record is; `None` where there is no such version.
async fn text_of(pool: &SqlitePool, row: &RecordRow, version: &Version) -> Result<Option<BlobId>> {
    let wanted = Some(version.to_string());
    let links = index::attestations_of(pool, std::slice::from_ref(&row.id)).await?;
    let link = links.iter().rev().find(|link| link.version_to == wanted);
    if let Some(link) = link {
        return Ok(Some(link.result.parse()?));
    }
    let adopted = index::baseline_of(pool, &row.path, &row.id).await?;
    let adopted = adopted.filter(|found| found.version == wanted);
    Ok(adopted.map(|found| found.blob.parse()).transpose()?)
}

async fn item(pool: &SqlitePool, row: RecordRow, version: Version) -> Result<Option<Item>> {
    let Some(proposed) = text_of(pool, &row, &version).await? else {
        return Ok(None);
    };
    let id = version_id(&version, &row.id);
    let said = index::decisions_of(pool, std::slice::from_ref(&id)).await?;
    let attested = index::attestations_of(pool, std::slice::from_ref(&id)).await?;
    Ok(Some(Item {
        path: version_id(&version, &row.path),
        collection: row.collection,
        locales: locales(row.locale.as_deref(), None),
        title: row.title,
        proposed,
        attached: Vec::new(),
        base: None,
        attested_blob: Some(proposed),
        attested_status: row.attested_status,
        attested_version: Some(version),
        standing: Standing::Settled,
        weight: None,
        authors: Vec::new(),
        blocking: Vec::new(),
        decisions: since_last_attestation(&said, &attested)?,
        vetoes: Vec::new(),
        led_here: led_here(proposed, &attested)?,
        origin: None,
        held: None,
        record: RecordId(id),
    }))
}
