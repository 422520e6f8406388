//! Questions about what stands around a record, and about the register as a whole.

use anyhow::Result;
use sqlx::SqlitePool;

use super::AttestationRow;
use crate::ledger::TAKE_DOWN;

/// A relation as one of its ends sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationRow {
    /// The field that states it.
    pub field: String,
    /// The id at the other end.
    pub other: String,
    /// The title there; `None` where no record has that id.
    pub title: Option<String>,
}

/// An edit of a record's file that was no attestation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditRow {
    /// The commit.
    pub commit: String,
    /// The file.
    pub path: String,
    /// What the file then said its id was, where it said so.
    pub record_id: Option<String>,
    /// Whether it began the file.
    pub began: bool,
    /// Whether it removed the file.
    pub removed: bool,
    /// The author's name, by the commit's own account.
    pub name: String,
    /// The author's address.
    pub address: String,
    /// When, by the commit's own account.
    pub at: i64,
}

/// What the baseline found of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaselineRow {
    /// The file's blob.
    pub blob: String,
    /// The status it declared.
    pub status: Option<String>,
    /// The version it declared.
    pub version: Option<String>,
}

/// An attested record that no file holds any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovedRow {
    /// The record.
    pub id: String,
    /// Where it stood.
    pub path: String,
    /// The status that still counts.
    pub attested_status: String,
    /// The version that still counts.
    pub attested_version: Option<String>,
    /// Its last attested text.
    pub attested_blob: String,
}

/// A record that an administrator took down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenDownRow {
    /// The record.
    pub id: String,
    /// Where it stood.
    pub path: String,
    /// Its collection.
    pub collection: String,
    /// The status from which a new text of it would begin.
    pub attested_status: String,
    /// Its version then.
    pub attested_version: Option<String>,
    /// The text that stood.
    pub attested_blob: String,
    /// The last text that readers had.
    pub base_blob: Option<String>,
    /// The language that it gives.
    pub base_locale: Option<String>,
    /// Who took it down, as the attestation names them.
    pub approved_by: String,
    /// Why.
    pub reason: String,
    /// When, seconds since 1970 in UTC.
    pub at: i64,
    /// A second administrator ratified it.
    pub is_ratified: bool,
}

/// How many records stand how.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// All of them.
    pub records: i64,
    /// Those that differ from what was approved.
    pub changed: i64,
    /// Files that cannot be read.
    pub quarantined: i64,
}

/// Rows of a list that is read as a whole.
const MOST: i64 = 200;

/// Returns what a file says of other records, in file order.
///
/// # Errors
/// When the database cannot be read.
pub async fn relations_from(pool: &SqlitePool, path: &str) -> Result<Vec<RelationRow>> {
    Ok(sqlx::query_as!(
        RelationRow,
        r#"SELECT field, target AS other, (SELECT title FROM records WHERE records.id = relations.target ORDER BY path LIMIT 1) AS "title?: String"
           FROM relations WHERE path = $1 ORDER BY line, field LIMIT $2"#,
        path,
        MOST
    )
    .fetch_all(pool)
    .await?)
}

/// Returns what other files say of a record.
///
/// # Errors
/// When the database cannot be read.
pub async fn relations_to(pool: &SqlitePool, id: &str) -> Result<Vec<RelationRow>> {
    Ok(sqlx::query_as!(
        RelationRow,
        r#"SELECT relations.field, records.id AS other, records.title AS "title?: String"
           FROM relations JOIN records ON records.path = relations.path
           WHERE relations.target = $1 ORDER BY records.title, records.path LIMIT $2"#,
        id,
        MOST
    )
    .fetch_all(pool)
    .await?)
}

/// Returns the edits of a file under all its names, the latest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn edits_of(pool: &SqlitePool, path: &str, limit: i64) -> Result<Vec<EditRow>> {
    Ok(sqlx::query_as!(
        EditRow,
        r#"SELECT commits.id AS "commit!: String", changes.path AS "path!: String", changes.record_id, changes.old_blob IS NULL AS "began!: bool",
                  changes.new_blob IS NULL AS "removed!: bool", coalesce(person.name, '') AS "name!: String", coalesce(person.address, '') AS "address!: String",
                  commits.authored_at AS at
           FROM lineage JOIN changes ON changes.path = lineage.earlier JOIN commits ON commits.id = changes.commit_id
                LEFT JOIN commit_people AS person ON person.commit_id = commits.id AND person.part = 'author'
           WHERE lineage.path = $1 AND (lineage.until IS NULL OR commits.generation <= lineage.until)
             AND NOT EXISTS (SELECT 1 FROM attestations WHERE attestations.commit_id = commits.id)
           ORDER BY commits.generation DESC, commits.id LIMIT $2"#,
        path,
        limit
    )
    .fetch_all(pool)
    .await?)
}

/// Returns the latest edits of all records.
///
/// # Errors
/// When the database cannot be read.
pub async fn latest_edits(pool: &SqlitePool, limit: i64) -> Result<Vec<EditRow>> {
    Ok(sqlx::query_as!(
        EditRow,
        r#"SELECT commits.id AS "commit!: String", changes.path AS "path!: String", changes.record_id, changes.old_blob IS NULL AS "began!: bool",
                  changes.new_blob IS NULL AS "removed!: bool", coalesce(person.name, '') AS "name!: String", coalesce(person.address, '') AS "address!: String",
                  commits.authored_at AS at
           FROM commits JOIN changes ON changes.commit_id = commits.id
                LEFT JOIN commit_people AS person ON person.commit_id = commits.id AND person.part = 'author'
           WHERE EXISTS (SELECT 1 FROM records WHERE records.path = changes.path)
             AND NOT EXISTS (SELECT 1 FROM attestations WHERE attestations.commit_id = commits.id)
           ORDER BY commits.generation DESC, commits.id, changes.path LIMIT $1"#,
        limit
    )
    .fetch_all(pool)
    .await?)
}

/// Returns the attestations of a record since it was last taken down: what came before is read by nobody any more.
pub fn since_taken_down(links: &[AttestationRow]) -> &[AttestationRow] {
    let down = links.iter().rposition(|link| link.transition == TAKE_DOWN);
    links
        .get(down.map_or(0, |down| down + 1)..)
        .unwrap_or_default()
}

/// Returns the take-down of a record that came after one of its attestations; the last one, where there are several.
pub fn taken_down_after(links: &[AttestationRow], sequence: i64) -> Option<&AttestationRow> {
    let down = links.iter().rfind(|link| link.transition == TAKE_DOWN);
    down.filter(|down| down.sequence >= sequence)
}

/// Returns whether a blob was ever a text of a record: at one of its paths, or in one of its attestations. What was taken down is none any more.
///
/// # Errors
/// When the database cannot be read.
pub async fn is_text_of(pool: &SqlitePool, path: &str, id: &str, blob: &str) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM lineage JOIN changes ON changes.path = lineage.earlier JOIN commits ON commits.id = changes.commit_id
                          WHERE lineage.path = $1 AND changes.new_blob = $3 AND (lineage.until IS NULL OR commits.generation <= lineage.until)
                            AND (commits.epoch IS NULL OR commits.epoch > last.down))
               OR EXISTS (SELECT 1 FROM attestations WHERE record_id = $2 AND (result = $3 OR proposed = $3) AND sequence > last.down)
               OR EXISTS (SELECT 1 FROM baseline WHERE record_id = $2 AND blob = $3 AND last.down = 0) AS "is!: bool"
           FROM (SELECT coalesce(max(sequence), 0) AS down FROM attestations WHERE record_id = $2 AND transition = 'take-down') AS last"#,
        path,
        id,
        blob
    )
    .fetch_one(pool)
    .await?)
}

/// Returns what the baseline found of a record.
///
/// # Errors
/// When the database cannot be read.
pub async fn baseline_of(pool: &SqlitePool, path: &str, id: &str) -> Result<Option<BaselineRow>> {
    Ok(sqlx::query_as!(
        BaselineRow,
        "SELECT blob, status, version FROM baseline
         WHERE record_id = $2 OR (record_id IS NULL AND path IN (SELECT earlier FROM lineage WHERE lineage.path = $1)) LIMIT 1",
        path,
        id
    )
    .fetch_optional(pool)
    .await?)
}

/// Returns how many records stand how.
///
/// # Errors
/// When the database cannot be read.
pub async fn totals(pool: &SqlitePool) -> Result<Totals> {
    Ok(sqlx::query_as!(
        Totals,
        r#"SELECT count(*) AS "records!: i64", count(*) FILTER (WHERE standing = 'changed') AS "changed!: i64",
                  count(*) FILTER (WHERE problem_code IS NOT NULL) AS "quarantined!: i64" FROM records"#
    )
    .fetch_one(pool)
    .await?)
}

/// Returns paths of files that cannot be read.
///
/// # Errors
/// When the database cannot be read.
pub async fn quarantined_paths(pool: &SqlitePool) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "SELECT path FROM records WHERE problem_code IS NOT NULL ORDER BY path LIMIT $1",
        MOST
    )
    .fetch_all(pool)
    .await?)
}

/// Returns paths of records that rules found something wrong with, those with blocking findings first.
///
/// # Errors
/// When the database cannot be read.
pub async fn paths_with_findings(pool: &SqlitePool) -> Result<Vec<String>> {
    // The view's columns have no declared types, so this one query is not checked by the macro.
    let query = "SELECT path FROM current_findings GROUP BY path ORDER BY max(severity = 'blocking') DESC, path LIMIT $1";
    Ok(sqlx::query_scalar(query).bind(MOST).fetch_all(pool).await?)
}

/// Returns an attested record that no file holds any more.
///
/// # Errors
/// When the database cannot be read.
pub async fn removed_record(pool: &SqlitePool, id: &str) -> Result<Option<RemovedRow>> {
    Ok(sqlx::query_as!(
        RemovedRow,
        "SELECT id, path, attested_status, attested_version, attested_blob FROM removed_records WHERE id = $1",
        id
    )
    .fetch_optional(pool)
    .await?)
}

/// Returns every record that is taken down, the last one first.
///
/// # Errors
/// When the database cannot be read.
pub async fn taken_down(pool: &SqlitePool) -> Result<Vec<TakenDownRow>> {
    taken_down_among(pool, None).await
}

/// Returns a record that is taken down.
///
/// # Errors
/// When the database cannot be read.
pub async fn taken_down_record(pool: &SqlitePool, id: &str) -> Result<Option<TakenDownRow>> {
    Ok(taken_down_among(pool, Some(id)).await?.into_iter().next())
}

async fn taken_down_among(pool: &SqlitePool, id: Option<&str>) -> Result<Vec<TakenDownRow>> {
    Ok(sqlx::query_as!(
        TakenDownRow,
        r#"SELECT id, path, collection, attested_status, attested_version, attested_blob, base_blob, base_locale, approved_by,
                  coalesce((SELECT text FROM decisions WHERE decisions.commit_id = taken_down.decisions), '') AS "reason!: String",
                  at, is_ratified AS "is_ratified!: bool"
           FROM taken_down WHERE $1 IS NULL OR id = $1 ORDER BY sequence DESC LIMIT $2"#,
        id,
        MOST
    )
    .fetch_all(pool)
    .await?)
}

/// Returns the places of versions that somebody wants taken back and that were not yet.
///
/// # Errors
/// When the database cannot be read.
pub async fn yanks_asked(pool: &SqlitePool) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "SELECT DISTINCT path FROM decisions WHERE record_id >= 'refs/versions/' AND record_id < 'refs/versions0' AND transition = 'yank'
         AND NOT EXISTS (SELECT 1 FROM attestations WHERE attestations.record_id = decisions.record_id) ORDER BY path LIMIT $1",
        MOST
    )
    .fetch_all(pool)
    .await?)
}

/// A version that was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YankRow {
    /// The version.
    pub version: String,
    /// Why.
    pub reason: String,
    /// When, seconds since 1970 in UTC.
    pub at: i64,
}

/// Returns the versions of a record that were taken back, in the chain's order.
///
/// # Errors
/// When the database cannot be read.
pub async fn yanks_of(pool: &SqlitePool, id: &str) -> Result<Vec<YankRow>> {
    Ok(sqlx::query_as!(
        YankRow,
        r#"SELECT substr(name, 1, instr(name, '/') - 1) AS "version!: String", at AS "at!",
                  coalesce((SELECT text FROM decisions WHERE decisions.commit_id = yanks.decisions), '') AS "reason!: String"
           FROM (SELECT substr(record_id, length('refs/versions/') + 1) AS name, at, decisions, sequence FROM attestations
                 WHERE transition = 'yank') AS yanks
           WHERE substr(name, instr(name, '/') + 1) = $1 ORDER BY sequence"#,
        id
    )
    .fetch_all(pool)
    .await?)
}

/// Returns whether a text is one that an attestation left of a record, or that the baseline adopted of it.
///
/// # Errors
/// When the database cannot be read.
pub async fn is_attested_text(pool: &SqlitePool, id: &str, blob: &str) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM attestations WHERE record_id = $1 AND result = $2)
               OR EXISTS (SELECT 1 FROM baseline WHERE record_id = $1 AND blob = $2) AS "is!: bool""#,
        id,
        blob
    )
    .fetch_one(pool)
    .await?)
}

/// Returns attested records that were removed outside review.
///
/// # Errors
/// When the database cannot be read.
pub async fn removed_records(pool: &SqlitePool) -> Result<Vec<RemovedRow>> {
    Ok(sqlx::query_as!(
        RemovedRow,
        "SELECT id, path, attested_status, attested_version, attested_blob FROM removed_records WHERE is_outside ORDER BY id LIMIT $1",
        MOST
    )
    .fetch_all(pool)
    .await?)
}

/// Returns commits that claim to be an attestation and are none: the commit and why.
///
/// # Errors
/// When the database cannot be read.
pub async fn strays(pool: &SqlitePool) -> Result<Vec<(String, String)>> {
    let rows = sqlx::query!(
        "SELECT commit_id, reason FROM strays ORDER BY commit_id LIMIT $1",
        MOST
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.commit_id, row.reason))
        .collect())
}

/// Returns the latest decisions and attestations: journal commits, and sequences.
///
/// # Errors
/// When the database cannot be read.
pub async fn latest_events(
    pool: &SqlitePool,
    limit: i64,
) -> Result<(Vec<super::DecisionRow>, Vec<super::AttestationRow>)> {
    let commits = sqlx::query_scalar!(
        "SELECT commit_id FROM decisions ORDER BY position DESC LIMIT $1",
        limit
    )
    .fetch_all(pool)
    .await?;
    let decisions = super::query::decisions_at(pool, &commits).await?;
    let attestations = sqlx::query_as!(
        super::AttestationRow,
        "SELECT sequence, commit_id, record_id, path, transition, status_from, status_to, version_from, version_to, bump, proposed, result, decisions,
                authored_by, approved_by, at
         FROM attestations ORDER BY sequence DESC LIMIT $1",
        limit
    )
    .fetch_all(pool)
    .await?;
    Ok((decisions, attestations))
}

/// Returns the titles of records by their ids; ids that no record has are left out.
///
/// # Errors
/// When the database cannot be read.
pub async fn titles(
    pool: &SqlitePool,
    ids: &[String],
) -> Result<std::collections::HashMap<String, String>> {
    let ids = serde_json::to_string(ids)?;
    let rows = sqlx::query!(
        "SELECT id, title FROM records WHERE id IN (SELECT value FROM json_each($1))",
        ids
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.title)).collect())
}
