//! What baseline and attestations say of a record.

use std::collections::{BTreeSet, HashMap};

use anyhow::Result;
use sqlx::SqliteConnection;

use super::lineage::{Lineages, Stretch};
use crate::policy::{Collection, Policy, StatusKind, Workflow};

/// What the attestations say of one record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Attested {
    pub status: Option<String>,
    pub version: Option<String>,
    pub blob: Option<String>,
    pub at: Option<i64>,
    pub base: Option<String>,
    pub base_locale: Option<String>,
    pub base_at: Option<i64>,
}

impl Attested {
    fn begin(row: &BaselineFacts, workflow: &Workflow, has_status_field: bool) -> Self {
        let status = match &row.status {
            Some(status) => workflow
                .statuses
                .contains_key(status)
                .then(|| status.clone()),
            // A collection that declares no status: what stands on the published branch at adoption is published.
            None if !has_status_field => published_status(workflow),
            None => None,
        };
        let Some(status) = status else {
            return Self::default();
        };
        let public = is_public(workflow, &status);
        Self {
            version: row
                .version
                .clone()
                .filter(|version| semver::Version::parse(version).is_ok()),
            blob: Some(row.blob.clone()),
            at: Some(0),
            base: public.then(|| row.blob.clone()),
            base_locale: row.locale.clone().filter(|_| public),
            base_at: public.then_some(0),
            status: Some(status),
        }
    }

    fn follow(&mut self, link: &LinkFacts, workflow: &Workflow) {
        self.status = Some(link.status_to.clone());
        self.blob = Some(link.result.clone());
        self.at = Some(link.sequence);
        if link.version_to.is_some() {
            self.version = link.version_to.clone();
        }
        if is_public(workflow, &link.status_to) {
            self.base = Some(link.result.clone());
            self.base_locale.clone_from(&link.locale);
            self.base_at = Some(link.sequence);
        }
    }
}

fn is_public(workflow: &Workflow, status: &str) -> bool {
    matches!(
        workflow.statuses.get(status),
        Some(StatusKind::Published | StatusKind::Ended)
    )
}

fn published_status(workflow: &Workflow) -> Option<String> {
    workflow
        .statuses
        .iter()
        .find(|(_, kind)| **kind == StatusKind::Published)
        .map(|(name, _)| name.clone())
}

struct BaselineFacts {
    path: String,
    record_id: String,
    blob: String,
    status: Option<String>,
    version: Option<String>,
    locale: Option<String>,
}

struct LinkFacts {
    record_id: String,
    path: String,
    sequence: i64,
    status_to: String,
    version_to: Option<String>,
    result: String,
    locale: Option<String>,
}

/// Follows the chain for each of these records: path to id.
pub(super) async fn of(
    connection: &mut SqliteConnection,
    policy: &Policy,
    ids: &HashMap<String, String>,
    lineages: &Lineages,
) -> Result<HashMap<String, Attested>> {
    let wanted: BTreeSet<&str> = ids.values().map(String::as_str).collect();
    let known = Known::of(connection, &wanted).await?;
    let mut all = HashMap::with_capacity(ids.len());
    for (path, id) in ids {
        let Some(collection) = policy.collection_of(path) else {
            continue;
        };
        let past = lineages.get(path).map(Vec::as_slice).unwrap_or_default();
        all.insert(path.clone(), known.attested(policy, collection, id, past));
    }
    Ok(all)
}

/// What baseline and chain say of some records.
pub(super) struct Known {
    baseline: HashMap<String, Vec<BaselineFacts>>,
    links: HashMap<String, Vec<LinkFacts>>,
}

impl Known {
    pub(super) async fn of(
        connection: &mut SqliteConnection,
        ids: &BTreeSet<&str>,
    ) -> Result<Self> {
        let ids = serde_json::to_string(ids)?;
        let links = sqlx::query_as!(
            LinkFacts,
            r#"SELECT record_id, path, sequence, status_to, version_to, result,
                      (SELECT changes.locale FROM changes WHERE changes.path = attestations.path AND changes.new_blob = attestations.result
                       ORDER BY changes.problem IS NOT NULL, changes.commit_id LIMIT 1) AS "locale: String"
               FROM attestations WHERE record_id IN (SELECT value FROM json_each($1)) ORDER BY sequence"#,
            ids
        )
        .fetch_all(&mut *connection)
        .await?;
        let baseline = sqlx::query_as!(
            BaselineFacts,
            "SELECT path, record_id, blob, status, version, locale FROM baseline
             WHERE record_id IN (SELECT value FROM json_each($1)) ORDER BY path",
            ids
        )
        .fetch_all(&mut *connection)
        .await?;
        let mut known = Self {
            baseline: HashMap::new(),
            links: HashMap::new(),
        };
        for row in baseline {
            let rows = known.baseline.entry(row.record_id.clone());
            rows.or_default().push(row);
        }
        for link in links {
            let links = known.links.entry(link.record_id.clone());
            links.or_default().push(link);
        }
        Ok(known)
    }

    /// Returns what is attested of a record: from the baseline's row for its id (the one at a path it had, where files quarrelled over the id
    /// then) through every link.
    pub(super) fn attested(
        &self,
        policy: &Policy,
        collection: &Collection,
        id: &str,
        past: &[Stretch],
    ) -> Attested {
        let workflow = policy.workflow(collection);
        let rows = self.baseline.get(id).map(Vec::as_slice).unwrap_or_default();
        let own = past
            .iter()
            .find_map(|stretch| rows.iter().find(|row| row.path == stretch.path));
        let mut attested = own
            .or(rows.first())
            .map(|row| Attested::begin(row, workflow, collection.status.is_some()))
            .unwrap_or_default();
        for link in self.links.get(id).into_iter().flatten() {
            attested.follow(link, workflow);
        }
        attested
    }

    /// Returns where a record was last seen: in its last attestation, or in the baseline.
    pub(super) fn last_path(&self, id: &str) -> Option<&str> {
        let link = self.links.get(id).and_then(|links| links.last());
        let row = self.baseline.get(id).and_then(|rows| rows.first());
        link.map(|link| link.path.as_str())
            .or(row.map(|row| row.path.as_str()))
    }
}
