//! What follows from the raw rows: which record a path is, where it stands, who wrote it.
//!
//! Everything is worked out afresh for the paths that a delta touched, from all rows about them; so the outcome does not depend on how many
//! deltas it took to get there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::Result;
use serde_json::json;
use sqlx::SqliteConnection;

use super::gather::{Delta, TipFile, known_addresses};
use crate::policy::{Policy, StatusKind, Workflow};

/// Derives the rows of every path that a delta touched.
pub(super) async fn derive(
    connection: &mut SqliteConnection,
    delta: &Delta,
    policy: &Policy,
) -> Result<()> {
    replace_files(connection, delta).await?;
    let touched = touched_paths(connection, delta).await?;
    let lineages = lineages(connection, &touched).await?;
    write_lineages(connection, &touched, &lineages).await?;
    place_records(connection, delta, policy, &touched, &lineages).await?;
    write_last_changes(connection, &touched).await?;
    write_authors(connection, policy, &touched).await?;
    write_removed(connection, policy, delta).await
}

/// Replaces the rows that depend on a file's own bytes: the record itself, its findings, references and text.
async fn replace_files(connection: &mut SqliteConnection, delta: &Delta) -> Result<()> {
    let paths: Vec<&str> = delta.files.iter().map(|(path, _)| path.as_str()).collect();
    let paths = serde_json::to_string(&paths)?;
    sqlx::query!("DELETE FROM search WHERE rowid IN (SELECT rowid FROM records WHERE path IN (SELECT value FROM json_each($1)))", paths)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "DELETE FROM records WHERE path IN (SELECT value FROM json_each($1))",
        paths
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM findings WHERE path IN (SELECT value FROM json_each($1))",
        paths
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM relations WHERE path IN (SELECT value FROM json_each($1))",
        paths
    )
    .execute(&mut *connection)
    .await?;
    let files: Vec<(&str, &TipFile)> = delta
        .files
        .iter()
        .filter_map(|(path, file)| Some((path.as_str(), file.as_ref()?)))
        .collect();
    for chunk in files.chunks(200) {
        write_files(connection, chunk).await?;
    }
    Ok(())
}

async fn write_files(connection: &mut SqliteConnection, files: &[(&str, &TipFile)]) -> Result<()> {
    let records: Vec<_> = files
        .iter()
        .map(|(path, file)| record_row(path, file))
        .collect();
    let records = serde_json::to_string(&records)?;
    sqlx::query!(
        "INSERT INTO records (path, id, collection, blob, title, declared_status, declared_version, problem_code, problem_line, problem, standing)
         SELECT value ->> 0, coalesce(value ->> 1, ''), value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9, 'draft'
         FROM json_each($1)",
        records
    )
    .execute(&mut *connection)
    .await?;
    let findings: Vec<_> = files
        .iter()
        .flat_map(|(path, file)| {
            file.findings
                .iter()
                .enumerate()
                .map(move |(position, finding)| {
                    let field = finding.field.as_ref().map(ToString::to_string);
                    json!([
                        path,
                        position,
                        finding.code,
                        finding.severity.name(),
                        field,
                        finding.line,
                        finding.message,
                        finding.next
                    ])
                })
        })
        .collect();
    let findings = serde_json::to_string(&findings)?;
    sqlx::query!(
        "INSERT INTO findings (path, position, code, severity, field, line, message, next)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7 FROM json_each($1)",
        findings
    )
    .execute(&mut *connection)
    .await?;
    let relations: Vec<_> = files
        .iter()
        .flat_map(|(path, file)| {
            file.references.iter().map(move |reference| {
                json!([
                    path,
                    reference.field.to_string(),
                    reference.line,
                    reference.target
                ])
            })
        })
        .collect();
    let relations = serde_json::to_string(&relations)?;
    sqlx::query!(
        "INSERT OR IGNORE INTO relations (path, field, line, target)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1)",
        relations
    )
    .execute(&mut *connection)
    .await?;
    let texts: Vec<_> = files
        .iter()
        .map(|(path, file)| json!([path, file.title, file.text]))
        .collect();
    let texts = serde_json::to_string(&texts)?;
    sqlx::query!(
        "INSERT INTO search (rowid, path, title, text)
         SELECT records.rowid, value ->> 0, value ->> 1, value ->> 2 FROM json_each($1) JOIN records ON records.path = value ->> 0",
        texts
    )
    .execute(&mut *connection)
    .await?;
    Ok(())
}

fn record_row(path: &str, file: &TipFile) -> serde_json::Value {
    let problem = file.facts.problem.as_ref();
    json!([
        path,
        file.facts.record_id,
        file.collection,
        file.blob.to_string(),
        file.title,
        file.facts.status,
        file.facts.version,
        problem.map(|problem| problem.code),
        problem.and_then(|problem| problem.place.line),
        problem.map(|problem| format!("{}; {}", problem.cause, problem.next)),
    ])
}

/// Returns every path whose rows may come out differently: changed ones, those whose past leads through one, and those of newly attested records.
async fn touched_paths(
    connection: &mut SqliteConnection,
    delta: &Delta,
) -> Result<BTreeSet<String>> {
    let mut touched: BTreeSet<String> = delta.files.iter().map(|(path, _)| path.clone()).collect();
    touched.extend(
        delta
            .commits
            .iter()
            .flat_map(|row| &row.changes)
            .map(|row| row.change.path.clone()),
    );
    let paths = serde_json::to_string(&touched)?;
    let heirs = sqlx::query_scalar!(
        "SELECT DISTINCT path FROM lineage WHERE earlier IN (SELECT value FROM json_each($1))",
        paths
    )
    .fetch_all(&mut *connection)
    .await?;
    touched.extend(heirs);
    let attested: BTreeSet<&str> = delta
        .links
        .iter()
        .map(|link| link.attestation.record.0.as_str())
        .collect();
    let attested = serde_json::to_string(&attested)?;
    let holders = sqlx::query_scalar!(
        "SELECT path FROM records WHERE id IN (SELECT value FROM json_each($1))",
        attested
    )
    .fetch_all(&mut *connection)
    .await?;
    touched.extend(holders);
    if delta.heads.baseline.is_some() && !delta.baseline.is_empty() {
        touched.extend(
            sqlx::query_scalar!("SELECT path FROM records")
                .fetch_all(&mut *connection)
                .await?,
        );
    }
    Ok(touched)
}

/// One stretch of a record's past: history at `path` counts up to and including generation `until`.
struct Stretch {
    path: String,
    until: Option<i64>,
}

struct Birth {
    generation: i64,
    commit: String,
    renamed_from: Option<String>,
}

/// Returns the past of each touched path, newest stretch first: from its last birth back through renames.
async fn lineages(
    connection: &mut SqliteConnection,
    touched: &BTreeSet<String>,
) -> Result<BTreeMap<String, Vec<Stretch>>> {
    let births = births(connection, touched).await?;
    Ok(touched
        .iter()
        .map(|path| (path.clone(), lineage(path, &births)))
        .collect())
}

/// A chain of renames longer than this is cut: no file is renamed that often by people.
const MAX_STRETCHES: usize = 64;

fn lineage(path: &str, births: &HashMap<String, Vec<Birth>>) -> Vec<Stretch> {
    let mut stretches = vec![Stretch {
        path: path.to_owned(),
        until: None,
    }];
    while let Some(last) = stretches.last() {
        let before = |birth: &&Birth| last.until.is_none_or(|until| birth.generation <= until);
        let Some(birth) = births
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
        stretches.push(Stretch {
            path: from,
            until: Some(birth.generation - 1),
        });
    }
    stretches
}

/// Returns the commits in which each path came to be, oldest first, for the touched paths and all that they were renamed from.
async fn births(
    connection: &mut SqliteConnection,
    touched: &BTreeSet<String>,
) -> Result<HashMap<String, Vec<Birth>>> {
    let mut births: HashMap<String, Vec<Birth>> = HashMap::new();
    let mut wanted: BTreeSet<String> = touched.clone();
    while !wanted.is_empty() {
        let paths = serde_json::to_string(&wanted)?;
        let rows = sqlx::query!(
            "SELECT changes.path, changes.renamed_from, changes.commit_id, commits.generation
             FROM changes JOIN commits ON commits.id = changes.commit_id
             WHERE changes.path IN (SELECT value FROM json_each($1)) AND changes.old_blob IS NULL AND changes.new_blob IS NOT NULL",
            paths
        )
        .fetch_all(&mut *connection)
        .await?;
        for path in std::mem::take(&mut wanted) {
            births.entry(path).or_default();
        }
        for row in rows {
            if let Some(from) = row
                .renamed_from
                .as_ref()
                .filter(|from| !births.contains_key(*from))
            {
                wanted.insert(from.clone());
            }
            births.entry(row.path).or_default().push(Birth {
                generation: row.generation,
                commit: row.commit_id,
                renamed_from: row.renamed_from,
            });
        }
    }
    for births in births.values_mut() {
        births.sort_by(|a, b| (a.generation, &a.commit).cmp(&(b.generation, &b.commit)));
    }
    Ok(births)
}

async fn write_lineages(
    connection: &mut SqliteConnection,
    touched: &BTreeSet<String>,
    lineages: &BTreeMap<String, Vec<Stretch>>,
) -> Result<()> {
    let paths = serde_json::to_string(touched)?;
    sqlx::query!(
        "DELETE FROM lineage WHERE path IN (SELECT value FROM json_each($1))",
        paths
    )
    .execute(&mut *connection)
    .await?;
    let rows: Vec<_> = lineages
        .iter()
        .flat_map(|(path, stretches)| {
            stretches
                .iter()
                .enumerate()
                .map(move |(position, stretch)| {
                    json!([path, position, stretch.path, stretch.until])
                })
        })
        .collect();
    for chunk in rows.chunks(1000) {
        let rows = serde_json::to_string(chunk)?;
        // Only for paths that are records: a path that is gone keeps its history in `changes` alone.
        sqlx::query!(
            "INSERT INTO lineage (path, position, earlier, until)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1) WHERE value ->> 0 IN (SELECT path FROM records)",
            rows
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// What the attestations say of one record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Attested {
    status: Option<String>,
    version: Option<String>,
    blob: Option<String>,
    at: Option<i64>,
    base: Option<String>,
    base_at: Option<i64>,
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
    record_id: Option<String>,
    blob: String,
    status: Option<String>,
    version: Option<String>,
}

struct LinkFacts {
    record_id: String,
    sequence: i64,
    status_to: String,
    version_to: Option<String>,
    result: String,
}

/// Gives each touched record its id, what is attested of it, and where it stands.
async fn place_records(
    connection: &mut SqliteConnection,
    delta: &Delta,
    policy: &Policy,
    touched: &BTreeSet<String>,
    lineages: &BTreeMap<String, Vec<Stretch>>,
) -> Result<()> {
    let ids = record_ids(connection, policy, touched, lineages).await?;
    let attested = attested(connection, policy, &ids, lineages).await?;
    let paths = serde_json::to_string(touched)?;
    let rows = sqlx::query!("SELECT path, collection, blob, declared_status, problem_code FROM records WHERE path IN (SELECT value FROM json_each($1))", paths)
        .fetch_all(&mut *connection)
        .await?;
    let mut placed = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(collection) = policy.collections.get(&row.collection) else {
            continue;
        };
        let workflow = policy.workflow(collection);
        let known = attested.get(&row.path).cloned().unwrap_or_default();
        let declares = collection.status.is_some() && row.problem_code.is_none();
        let standing = standing(
            workflow,
            &known,
            &row.blob,
            declares.then_some(row.declared_status.as_deref()),
            delta.heads.baseline.is_some(),
        );
        placed.push(json!([
            row.path,
            ids.get(&row.path),
            known.status,
            known.version,
            known.blob,
            known.at,
            known.base,
            known.base_at,
            standing
        ]));
    }
    for chunk in placed.chunks(1000) {
        let rows = serde_json::to_string(chunk)?;
        sqlx::query!(
            "UPDATE records SET id = value ->> 1, attested_status = value ->> 2, attested_version = value ->> 3, attested_blob = value ->> 4,
                    attested_at = value ->> 5, base_blob = value ->> 6, base_at = value ->> 7, standing = value ->> 8
             FROM json_each($1) WHERE records.path = value ->> 0",
            rows
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Says where a record stands. `declared` is `None` where the file declares no status at all.
fn standing(
    workflow: &Workflow,
    known: &Attested,
    blob: &str,
    declared: Option<Option<&str>>,
    adopted: bool,
) -> &'static str {
    if !adopted {
        return "draft";
    }
    let status = known.status.as_deref().unwrap_or(&workflow.initial);
    let draft = matches!(
        workflow.statuses.get(status),
        Some(StatusKind::Draft) | None
    );
    let declared_differs = declared.is_some_and(|declared| declared != Some(status));
    let bytes_differ = !draft && known.blob.as_deref() != Some(blob);
    match (declared_differs || bytes_differ, draft) {
        (true, _) => "changed",
        (false, true) => "draft",
        (false, false) => "settled",
    }
}

/// Returns the id of each touched record: the id field, its last readable value, or the slug at birth.
async fn record_ids(
    connection: &mut SqliteConnection,
    policy: &Policy,
    touched: &BTreeSet<String>,
    lineages: &BTreeMap<String, Vec<Stretch>>,
) -> Result<HashMap<String, String>> {
    let paths = serde_json::to_string(touched)?;
    let rows = sqlx::query!(
        "SELECT records.path, records.collection, records.problem_code,
                (SELECT record_id FROM changes WHERE changes.path = records.path AND changes.new_blob = records.blob AND record_id IS NOT NULL LIMIT 1) AS own_id,
                (SELECT changes.record_id FROM lineage JOIN changes ON changes.path = lineage.earlier JOIN commits ON commits.id = changes.commit_id
                 WHERE lineage.path = records.path AND changes.record_id IS NOT NULL AND (lineage.until IS NULL OR commits.generation <= lineage.until)
                 ORDER BY commits.generation DESC, commits.id DESC LIMIT 1) AS last_id
         FROM records WHERE path IN (SELECT value FROM json_each($1))",
        paths
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut ids = HashMap::with_capacity(rows.len());
    for row in rows {
        let Some(collection) = policy.collections.get(&row.collection) else {
            continue;
        };
        let named = collection.id.as_ref().and(row.own_id.or(row.last_id));
        let birth = lineages
            .get(&row.path)
            .and_then(|stretches| stretches.last())
            .map_or(row.path.as_str(), |stretch| stretch.path.as_str());
        let id = named.unwrap_or_else(|| slug(policy, &row.collection, birth, &row.path));
        ids.insert(row.path, id);
    }
    Ok(ids)
}

/// Returns the slug at birth.
fn slug(policy: &Policy, collection: &str, birth: &str, path: &str) -> String {
    policy
        .collections
        .get(collection)
        .map_or_else(|| path.to_owned(), |owner| policy.slug_of(owner, birth))
}

/// Follows the chain for each touched record.
async fn attested(
    connection: &mut SqliteConnection,
    policy: &Policy,
    ids: &HashMap<String, String>,
    lineages: &BTreeMap<String, Vec<Stretch>>,
) -> Result<HashMap<String, Attested>> {
    let wanted: BTreeSet<&String> = ids.values().collect();
    let wanted = serde_json::to_string(&wanted)?;
    let links = sqlx::query_as!(
        LinkFacts,
        "SELECT record_id, sequence, status_to, version_to, result FROM attestations
         WHERE record_id IN (SELECT value FROM json_each($1)) ORDER BY sequence",
        wanted
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut by_record: HashMap<&str, Vec<&LinkFacts>> = HashMap::new();
    for link in &links {
        by_record.entry(&link.record_id).or_default().push(link);
    }
    let stretches: BTreeSet<&str> = ids
        .keys()
        .filter_map(|path| lineages.get(path))
        .flatten()
        .map(|stretch| stretch.path.as_str())
        .collect();
    let stretches = serde_json::to_string(&stretches)?;
    let baseline = sqlx::query_as!(
        BaselineFacts,
        "SELECT path, record_id, blob, status, version FROM baseline
         WHERE path IN (SELECT value FROM json_each($1)) OR record_id IN (SELECT value FROM json_each($2))",
        stretches,
        wanted
    )
    .fetch_all(&mut *connection)
    .await?;
    let by_id: HashMap<&str, &BaselineFacts> = baseline
        .iter()
        .filter_map(|row| Some((row.record_id.as_deref()?, row)))
        .collect();
    let by_path: HashMap<&str, &BaselineFacts> = baseline
        .iter()
        .map(|row| (row.path.as_str(), row))
        .collect();
    let mut all = HashMap::with_capacity(ids.len());
    for (path, id) in ids {
        let Some(collection) = policy.collection_of(path) else {
            continue;
        };
        let workflow = policy.workflow(collection);
        let past = lineages
            .get(path)
            .into_iter()
            .flatten()
            .find_map(|stretch| by_path.get(stretch.path.as_str()).copied());
        let start = by_id
            .get(id.as_str())
            .copied()
            .or(past.filter(|row| row.record_id.is_none()));
        let mut known = start
            .map(|row| Attested::begin(row, workflow, collection.status.is_some()))
            .unwrap_or_default();
        for link in by_record.get(id.as_str()).into_iter().flatten() {
            known.follow(link, workflow);
        }
        all.insert(path.clone(), known);
    }
    Ok(all)
}

/// Notes the last commit that changed each touched record. Largest generation first, then the id, so that ties fall the same way every time.
async fn write_last_changes(
    connection: &mut SqliteConnection,
    touched: &BTreeSet<String>,
) -> Result<()> {
    let paths = serde_json::to_string(touched)?;
    sqlx::query!(
        "UPDATE records SET changed_by = last.commit_id, changed_at = commits.committed_at
         FROM (SELECT lineage.path, substr(max(printf('%012d', commits.generation) || commits.id), 13) AS commit_id
               FROM lineage JOIN changes ON changes.path = lineage.earlier JOIN commits ON commits.id = changes.commit_id
               WHERE lineage.path IN (SELECT value FROM json_each($1)) AND (lineage.until IS NULL OR commits.generation <= lineage.until)
               GROUP BY lineage.path) AS last
         JOIN commits ON commits.id = last.commit_id
         WHERE records.path = last.path",
        paths
    )
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// Notes who wrote each touched record since its base: authors and co-authors of every commit that touched it and that no attestation of the base
/// had reached, and committers whom the policy knows. Attestations and the baseline are no authorship.
async fn write_authors(
    connection: &mut SqliteConnection,
    policy: &Policy,
    touched: &BTreeSet<String>,
) -> Result<()> {
    let paths = serde_json::to_string(touched)?;
    let known = serde_json::to_string(&known_addresses(policy))?;
    sqlx::query!(
        "DELETE FROM authors WHERE path IN (SELECT value FROM json_each($1))",
        paths
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO authors (path, address, name, proven)
         SELECT touches.path, people.address, max(people.name), min(commits.by_server)
         FROM (SELECT lineage.path, changes.commit_id
               FROM lineage JOIN changes ON changes.path = lineage.earlier JOIN commits ON commits.id = changes.commit_id
               WHERE lineage.path IN (SELECT value FROM json_each($1)) AND (lineage.until IS NULL OR commits.generation <= lineage.until)
               UNION
               SELECT records.path, changes.commit_id
               FROM records JOIN changes ON changes.record_id = records.id
               WHERE records.path IN (SELECT value FROM json_each($1))) AS touches
         JOIN records ON records.path = touches.path
         JOIN commits ON commits.id = touches.commit_id
         JOIN commit_people AS people ON people.commit_id = touches.commit_id
         WHERE (records.base_at IS NULL OR commits.epoch IS NULL OR commits.epoch > records.base_at)
           AND touches.commit_id NOT IN (SELECT commit_id FROM attestations)
           AND touches.commit_id NOT IN (SELECT commit_id FROM heads WHERE name = 'baseline')
           AND (people.part <> 'committer' OR people.address IN (SELECT value FROM json_each($2)))
         GROUP BY touches.path, people.address",
        paths,
        known
    )
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// Notes attested records beyond draft that no file holds any more.
async fn write_removed(
    connection: &mut SqliteConnection,
    policy: &Policy,
    delta: &Delta,
) -> Result<()> {
    if delta.heads.baseline.is_none() {
        return Ok(());
    }
    sqlx::query!("DELETE FROM removed_records")
        .execute(&mut *connection)
        .await?;
    let rows = sqlx::query!(
        "SELECT record_id AS \"record_id!\", path, status_to AS \"status?\", version_to AS \"version?\", result AS \"blob!\" FROM attestations
         WHERE sequence IN (SELECT max(sequence) FROM attestations GROUP BY record_id)
           AND record_id <> 'countersign.toml' AND record_id NOT IN (SELECT id FROM records)
         UNION ALL
         SELECT record_id, path, status, version, blob FROM baseline
         WHERE record_id IS NOT NULL AND record_id NOT IN (SELECT id FROM records) AND record_id NOT IN (SELECT record_id FROM attestations)"
    )
    .fetch_all(&mut *connection)
    .await?;
    for row in rows {
        let Some(status) = row.status else { continue };
        let beyond_draft = policy
            .collection_of(&row.path)
            .map(|collection| policy.workflow(collection))
            .is_some_and(|workflow| is_public(workflow, &status));
        if beyond_draft {
            sqlx::query!(
                "INSERT INTO removed_records (id, path, attested_status, attested_version, attested_blob) VALUES ($1, $2, $3, $4, $5)",
                row.record_id,
                row.path,
                status,
                row.version,
                row.blob
            )
            .execute(&mut *connection)
            .await?;
        }
    }
    Ok(())
}
