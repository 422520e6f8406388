//! The events of the picture: what happened to what readers have, in the chain's order, numbered without a gap.
//!
//! Written in the transaction that moves the picture, so that an event is there exactly when its commit is. What its place of publication does not hold
//! yet is here too, because the picture shows what is on its way there: whoever tells of events asks up to where.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::json;
use sqlx::{SqliteConnection, SqlitePool};

use super::gather::Link;
use super::write::CHUNK;
use crate::ledger::{event_id, release_id, version_of};
use crate::policy::EventKind;

/// An event, with what its attestation says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its place among all events of the repository, from 1 on.
    pub number: i64,
    /// Its id, a function of commit and record.
    pub id: String,
    /// Its kind's name.
    pub kind: String,
    /// The record, or the release by its id.
    pub record_id: String,
    /// The record's collection then; `None` for a release.
    pub collection: Option<String>,
    /// The language that the text gives.
    pub locale: Option<String>,
    /// The version that readers have by it, had until it, or that was taken back.
    pub version: Option<String>,
    /// The name of the release that it is part of.
    pub release: Option<String>,
    /// The attestation's place in the chain.
    pub sequence: i64,
    /// The attestation.
    pub commit: String,
    /// The record's file in it.
    pub path: String,
    /// The transition.
    pub transition: String,
    /// The status before.
    pub status_from: String,
    /// The status after.
    pub status_to: String,
    /// How large the change of meaning was.
    pub bump: Option<String>,
    /// The text that it speaks of.
    pub blob: String,
    /// When, seconds since 1970 in UTC: the commit's own time.
    pub at: i64,
}

/// What of a new link matters for events.
pub(super) struct Told {
    sequence: i64,
    kind: Option<EventKind>,
    commit: crate::id::CommitId,
    record: String,
    collection: String,
    path: String,
    blob: String,
    version: Option<String>,
    release: Option<String>,
}

impl Told {
    /// Returns what of a link matters; `None` for one that is neither an event nor part of a release.
    pub(super) fn of(link: &Link) -> Option<Self> {
        let said = &link.attestation;
        if link.event.is_none() && said.release.is_none() {
            return None;
        }
        let (record, version) = match version_of(&said.record.0) {
            Some((version, record)) => (record, Some(version.to_string())),
            None => {
                let version = said.version.as_ref().map(|version| version.to.to_string());
                (said.record.0.as_str(), version)
            }
        };
        Some(Self {
            sequence: link.sequence,
            kind: link.event.as_ref().map(|event| event.kind),
            commit: link.commit,
            record: record.to_owned(),
            collection: link
                .event
                .as_ref()
                .map(|event| event.collection.clone())
                .unwrap_or_default(),
            path: said.path.clone(),
            blob: link.result.to_string(),
            version,
            release: said.release.clone(),
        })
    }
}

/// Writes the events of new links, after their attestations, plans and commits were written.
pub(super) async fn write(connection: &mut SqliteConnection, told: &[Told]) -> Result<()> {
    if told.is_empty() {
        return Ok(());
    }
    let ends = release_ends(connection, told).await?;
    let last =
        sqlx::query_scalar!(r#"SELECT coalesce(max(number), 0) AS "last!: i64" FROM events"#)
            .fetch_one(&mut *connection)
            .await?;
    let mut rows = Vec::new();
    let mut number = last;
    for one in told {
        if let Some(kind) = one.kind {
            number += 1;
            let id = event_id(one.commit, &one.record);
            rows.push(json!([
                number,
                id,
                kind.name(),
                one.sequence,
                one.record,
                one.collection,
                one.path,
                one.blob,
                one.version
            ]));
        }
        if let Some(name) = one
            .release
            .as_ref()
            .filter(|_| ends.contains(&one.sequence))
        {
            number += 1;
            let record = release_id(name).0;
            let id = event_id(one.commit, &record);
            let kind = EventKind::ReleasePublished.name();
            rows.push(json!([
                number,
                id,
                kind,
                one.sequence,
                record,
                null,
                null,
                null,
                null
            ]));
        }
    }
    for chunk in rows.chunks(CHUNK) {
        let rows = serde_json::to_string(chunk)?;
        sqlx::query!(
            "INSERT INTO events (number, id, kind, sequence, record_id, collection, locale, version)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
                    (SELECT changes.locale FROM changes WHERE changes.path = value ->> 6 AND changes.new_blob = value ->> 7
                     ORDER BY changes.problem IS NOT NULL, changes.commit_id LIMIT 1),
                    coalesce(value ->> 8,
                             (SELECT version_to FROM attestations WHERE record_id = value ->> 4 AND sequence < value ->> 3 AND version_to IS NOT NULL
                              ORDER BY sequence DESC LIMIT 1),
                             (SELECT version FROM baseline WHERE record_id = value ->> 4 AND value ->> 2 <> 'record.validated' ORDER BY path LIMIT 1))
             FROM json_each($1)",
            rows
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Returns the sequences at which a release among these links was whole: as many different files were attested with its name as its plan holds.
async fn release_ends(connection: &mut SqliteConnection, told: &[Told]) -> Result<BTreeSet<i64>> {
    let names: BTreeSet<&str> = told
        .iter()
        .filter_map(|one| one.release.as_deref())
        .collect();
    let mut ends = BTreeSet::new();
    for name in names {
        let end = sqlx::query_scalar!(
            r#"SELECT sequence AS "sequence!: i64"
               FROM (SELECT min(sequence) AS sequence, row_number() OVER (ORDER BY min(sequence)) AS place
                     FROM attestations WHERE release = $1 GROUP BY path)
               WHERE place = (SELECT count(*) FROM plan_members
                              WHERE position = (SELECT max(position) FROM plans WHERE plans.name = $1))"#,
            name
        )
        .fetch_optional(&mut *connection)
        .await?;
        ends.extend(end);
    }
    Ok(ends)
}

/// Returns events in order, after a number and up to an attestation's sequence, at most so many.
///
/// # Errors
/// When the database cannot be read.
pub async fn events_after(
    pool: &SqlitePool,
    number: i64,
    up_to: i64,
    limit: i64,
) -> Result<Vec<Event>> {
    Ok(sqlx::query_as!(
        Event,
        "SELECT * FROM told_events WHERE number > $1 AND sequence <= $2 ORDER BY number LIMIT $3",
        number,
        up_to,
        limit
    )
    .fetch_all(pool)
    .await?)
}

/// Returns the event of an id.
///
/// # Errors
/// When the database cannot be read.
pub async fn event_named(pool: &SqlitePool, id: &str) -> Result<Option<Event>> {
    Ok(
        sqlx::query_as!(Event, "SELECT * FROM told_events WHERE id = $1", id)
            .fetch_optional(pool)
            .await?,
    )
}

/// Returns the events of a record, up to an attestation's sequence, in order.
///
/// # Errors
/// When the database cannot be read.
pub async fn events_of_record(pool: &SqlitePool, record: &str, up_to: i64) -> Result<Vec<Event>> {
    Ok(sqlx::query_as!(
        Event,
        "SELECT * FROM told_events WHERE record_id = $1 AND sequence <= $2 ORDER BY number",
        record,
        up_to
    )
    .fetch_all(pool)
    .await?)
}

/// Returns the number of the last event up to an attestation's sequence; 0 where there is none.
///
/// # Errors
/// When the database cannot be read.
pub async fn last_event(pool: &SqlitePool, up_to: i64) -> Result<i64> {
    let last = sqlx::query_scalar!(
        r#"SELECT coalesce(max(number), 0) AS "last!: i64" FROM events WHERE sequence <= $1"#,
        up_to
    );
    Ok(last.fetch_one(pool).await?)
}

/// Returns the place in the chain of an attestation, by its commit; 0 for the baseline, `None` for a commit that is neither.
///
/// # Errors
/// When the database cannot be read.
pub async fn sequence_of(pool: &SqlitePool, commit: &str) -> Result<Option<i64>> {
    let sequence = sqlx::query_scalar!(
        r#"SELECT sequence AS "sequence!: i64" FROM attestations WHERE commit_id = $1
           UNION ALL SELECT 0 FROM heads WHERE name = 'baseline' AND commit_id = $1"#,
        commit
    );
    Ok(sequence.fetch_optional(pool).await?)
}

/// Returns the commit of the attestation at a place in the chain, or of the baseline for 0.
///
/// # Errors
/// When the database cannot be read.
pub async fn commit_at(pool: &SqlitePool, sequence: i64) -> Result<Option<String>> {
    let commit = sqlx::query_scalar!(
        r#"SELECT commit_id AS "commit!: String" FROM attestations WHERE sequence = $1
           UNION ALL SELECT commit_id FROM heads WHERE name = 'baseline' AND $1 = 0"#,
        sequence
    );
    Ok(commit.fetch_optional(pool).await?)
}
