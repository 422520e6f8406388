//! Whom the journal and the chain tell something, and what stands otherwise than somebody left it.
//!
//! What happened has two orders that git keeps, the journal's and the chain's, and grows at their ends alone; a [`Place`] says how far somebody came in
//! both. So nothing here hangs on a clock, and a reader of a list never misses what came meanwhile.

use anyhow::Result;
use serde_json::json;
use sqlx::{SqliteConnection, SqlitePool};

use super::gather::Start;
use super::query::{AttestationRow, DecisionRow, decisions_at};
use crate::id::Identity;
use crate::ledger::{Reason, told_of_attestation, told_of_decision};

/// How far somebody came in the journal and in the chain of attestations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Place {
    /// A position in the journal.
    pub journal: i64,
    /// A sequence in the chain.
    pub chain: i64,
}

impl Place {
    /// Comes after everything.
    pub const END: Self = Self {
        journal: i64::MAX,
        chain: i64::MAX,
    };
}

/// Which notices of a person are wanted: those between two places, without both, and of them all or those that are read or not.
#[derive(Debug, Clone)]
pub struct NoticesWanted<'a> {
    /// The place before the first.
    pub above: Place,
    /// The place after the last.
    pub below: Place,
    /// Only those that are read, or only those that are not.
    pub is_read: Option<bool>,
    /// The place up to which everything is read.
    pub read: Place,
    /// Commits beyond it that are read.
    pub also_read: &'a [String],
}

/// The part of one order that is wanted, so that no more rows are looked at than are given: a stretch without some commits, and some commits beyond it.
struct Span {
    /// The number before the stretch.
    above: i64,
    /// The number after it.
    until: i64,
    /// Commits that the stretch is to be without, a JSON list.
    without: String,
    /// Commits beyond the stretch, a JSON list.
    beside: String,
    /// The number after the last of them.
    below: i64,
}

impl NoticesWanted<'_> {
    fn span(&self, of: impl Fn(Place) -> i64) -> Result<Span> {
        let (above, below, read) = (of(self.above), of(self.below), of(self.read));
        let marked = || serde_json::to_string(self.also_read);
        let none = || "[]".to_owned();
        Ok(match self.is_read {
            None => Span {
                above,
                until: below,
                without: none(),
                beside: none(),
                below,
            },
            Some(false) => Span {
                above: above.max(read),
                until: below,
                without: marked()?,
                beside: none(),
                below,
            },
            Some(true) => Span {
                above,
                until: below.min(read.saturating_add(1)),
                without: none(),
                beside: marked()?,
                below,
            },
        })
    }
}

/// What somebody is told, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRow {
    /// Why they are told.
    pub reason: Reason,
    /// What happened.
    pub happened: Happened,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// Somebody said something of a record.
    Decision(DecisionRow),
    /// A move was made.
    Attestation(AttestationRow),
}

impl NoticeRow {
    /// Returns when it happened, by its commit's account.
    pub fn at(&self) -> i64 {
        match &self.happened {
            Happened::Decision(row) => row.at,
            Happened::Attestation(row) => row.at,
        }
    }

    /// Returns its commit.
    pub fn commit(&self) -> &str {
        match &self.happened {
            Happened::Decision(row) => &row.commit,
            Happened::Attestation(row) => &row.commit_id,
        }
    }

    /// Returns a place with this notice as the first of its order.
    pub fn lowers(&self, place: Place) -> Place {
        match &self.happened {
            Happened::Decision(row) => Place {
                journal: row.position,
                ..place
            },
            Happened::Attestation(row) => Place {
                chain: row.sequence,
                ..place
            },
        }
    }
}

/// Writes whom new decisions, from a position on, and new links of the chain tell something.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    start: &Start,
    first: i64,
) -> Result<()> {
    let Some(Ok(rules)) = &*start.rules else {
        return Ok(());
    };
    let mut rows = Vec::new();
    for (row, position) in start.decisions.iter().zip(first..) {
        let answered = match row.decision.about.answers {
            Some(answers) => said_by(connection, &answers.to_string()).await?,
            None => None,
        };
        let told = told_of_decision(
            &rules.policy,
            &row.decision,
            &row.by,
            &row.authors,
            answered.as_ref(),
        );
        let told = told.into_iter();
        rows.extend(told.map(|(person, why)| json!([person, "journal", position, why.name()])));
    }
    for link in &start.links {
        let told = told_of_attestation(&rules.policy, &link.attestation).into_iter();
        rows.extend(told.map(|(person, why)| json!([person, "chain", link.sequence, why.name()])));
    }
    for chunk in rows.chunks(super::write::CHUNK) {
        let rows = serde_json::to_string(chunk)?;
        sqlx::query!(
            "INSERT INTO notices (person, source, number, reason)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1)",
            rows
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

async fn said_by(connection: &mut SqliteConnection, commit: &str) -> Result<Option<Identity>> {
    let row = sqlx::query!(
        "SELECT name, address FROM decisions WHERE commit_id = $1",
        commit
    )
    .fetch_optional(&mut *connection)
    .await?;
    Ok(row.map(|row| Identity {
        name: row.name,
        address: row.address,
    }))
}

/// Returns the place of what happened last.
///
/// # Errors
/// When the database cannot be read.
pub async fn last_place(pool: &SqlitePool) -> Result<Place> {
    Ok(sqlx::query_as!(
        Place,
        r#"SELECT (SELECT coalesce(max(position), 0) FROM decisions) AS "journal!: i64",
                  (SELECT coalesce(max(sequence), 0) FROM attestations) AS "chain!: i64""#
    )
    .fetch_one(pool)
    .await?)
}

/// Returns what a person is told, the latest first. The two orders are joined by the clock, which decides nothing else.
///
/// # Errors
/// When the database cannot be read or holds what sync never writes.
pub async fn notices(
    pool: &SqlitePool,
    person: &str,
    wanted: &NoticesWanted<'_>,
    limit: i64,
) -> Result<Vec<NoticeRow>> {
    let mut said = of_journal(pool, person, wanted, limit)
        .await?
        .into_iter()
        .peekable();
    let mut made = of_chain(pool, person, wanted, limit)
        .await?
        .into_iter()
        .peekable();
    let mut joined = Vec::new();
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    while joined.len() < most {
        let next = match (said.peek(), made.peek()) {
            (Some(one), Some(other)) if one.at() > other.at() => said.next(),
            (Some(_), None) => said.next(),
            (_, Some(_)) => made.next(),
            (None, None) => None,
        };
        let Some(next) = next else { break };
        joined.push(next);
    }
    Ok(joined)
}

async fn of_journal(
    pool: &SqlitePool,
    person: &str,
    wanted: &NoticesWanted<'_>,
    limit: i64,
) -> Result<Vec<NoticeRow>> {
    let span = wanted.span(|place| place.journal)?;
    let rows = sqlx::query!(
        r#"SELECT notices.number AS "number!: i64", notices.reason AS "reason!: String", decisions.commit_id AS "commit_id!: String"
           FROM notices JOIN decisions ON decisions.position = notices.number
           WHERE notices.person = $1 AND notices.source = 'journal' AND notices.number > $2 AND notices.number < $3
             AND decisions.commit_id NOT IN (SELECT value FROM json_each($4))
           UNION ALL
           SELECT notices.number, notices.reason, decisions.commit_id
           FROM decisions CROSS JOIN notices ON notices.person = $1 AND notices.source = 'journal' AND notices.number = decisions.position
           WHERE decisions.commit_id IN (SELECT value FROM json_each($5)) AND decisions.position >= $3 AND decisions.position < $6
           ORDER BY 1 DESC LIMIT $7"#,
        person,
        span.above,
        span.until,
        span.without,
        span.beside,
        span.below,
        limit
    )
    .fetch_all(pool)
    .await?;
    let commits: Vec<String> = rows.iter().map(|row| row.commit_id.clone()).collect();
    let mut decisions = decisions_at(pool, &commits).await?;
    decisions.reverse();
    let pairs = rows.into_iter().zip(decisions);
    pairs
        .map(|(row, decision)| {
            Ok(NoticeRow {
                reason: row.reason.parse()?,
                happened: Happened::Decision(decision),
            })
        })
        .collect()
}

async fn of_chain(
    pool: &SqlitePool,
    person: &str,
    wanted: &NoticesWanted<'_>,
    limit: i64,
) -> Result<Vec<NoticeRow>> {
    let span = wanted.span(|place| place.chain)?;
    let rows = sqlx::query!(
        r#"SELECT notices.reason AS "reason!: String", attestations.sequence AS "sequence!: i64"
           FROM notices JOIN attestations ON attestations.sequence = notices.number
           WHERE notices.person = $1 AND notices.source = 'chain' AND notices.number > $2 AND notices.number < $3
             AND attestations.commit_id NOT IN (SELECT value FROM json_each($4))
           UNION ALL
           SELECT notices.reason, attestations.sequence
           FROM attestations CROSS JOIN notices ON notices.person = $1 AND notices.source = 'chain' AND notices.number = attestations.sequence
           WHERE attestations.commit_id IN (SELECT value FROM json_each($5)) AND attestations.sequence >= $3 AND attestations.sequence < $6
           ORDER BY 2 DESC LIMIT $7"#,
        person,
        span.above,
        span.until,
        span.without,
        span.beside,
        span.below,
        limit
    )
    .fetch_all(pool)
    .await?;
    let sequences: Vec<i64> = rows.iter().map(|row| row.sequence).collect();
    let mut links = attestations_numbered(pool, &sequences).await?;
    links.reverse();
    let pairs = rows.into_iter().zip(links);
    pairs
        .map(|(row, link)| {
            Ok(NoticeRow {
                reason: row.reason.parse()?,
                happened: Happened::Attestation(link),
            })
        })
        .collect()
}

/// Returns the attestations of these sequences, in the chain's order.
///
/// # Errors
/// When the database cannot be read.
pub async fn attestations_numbered(
    pool: &SqlitePool,
    sequences: &[i64],
) -> Result<Vec<AttestationRow>> {
    let sequences = serde_json::to_string(sequences)?;
    Ok(sqlx::query_as!(
        AttestationRow,
        "SELECT sequence, commit_id, record_id, path, transition, status_from, status_to, version_from, version_to, bump, proposed, result, decisions,
                authored_by, approved_by, at
         FROM attestations WHERE sequence IN (SELECT value FROM json_each($1)) ORDER BY sequence",
        sequences
    )
    .fetch_all(pool)
    .await?)
}

/// Returns how many notices a person has not read, at most so many.
///
/// # Errors
/// When the database cannot be read.
pub async fn count_unread(
    pool: &SqlitePool,
    person: &str,
    read: Place,
    also_read: &[String],
    most: i64,
) -> Result<i64> {
    let also_read = serde_json::to_string(also_read)?;
    Ok(sqlx::query_scalar!(
        r#"SELECT (SELECT count(*) FROM (
                     SELECT 1 FROM notices JOIN decisions ON decisions.position = notices.number
                     WHERE notices.person = $1 AND notices.source = 'journal' AND notices.number > $2
                       AND decisions.commit_id NOT IN (SELECT value FROM json_each($4)) LIMIT $5))
                + (SELECT count(*) FROM (
                     SELECT 1 FROM notices JOIN attestations ON attestations.sequence = notices.number
                     WHERE notices.person = $1 AND notices.source = 'chain' AND notices.number > $3
                       AND attestations.commit_id NOT IN (SELECT value FROM json_each($4)) LIMIT $5)) AS "count!: i64""#,
        person,
        read.journal,
        read.chain,
        also_read,
        most
    )
    .fetch_one(pool)
    .await?)
}
