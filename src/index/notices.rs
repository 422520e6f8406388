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
    let also_read = serde_json::to_string(wanted.also_read)?;
    let rows = sqlx::query!(
        "SELECT notices.reason, decisions.commit_id
         FROM notices JOIN decisions ON decisions.position = notices.number
         WHERE notices.person = $1 AND notices.source = 'journal' AND notices.number > $2 AND notices.number < $3
           AND ($4 IS NULL OR $4 = (notices.number <= $5 OR decisions.commit_id IN (SELECT value FROM json_each($6))))
         ORDER BY notices.number DESC LIMIT $7",
        person,
        wanted.above.journal,
        wanted.below.journal,
        wanted.is_read,
        wanted.read.journal,
        also_read,
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
    let also_read = serde_json::to_string(wanted.also_read)?;
    let rows = sqlx::query!(
        "SELECT notices.reason, attestations.sequence
         FROM notices JOIN attestations ON attestations.sequence = notices.number
         WHERE notices.person = $1 AND notices.source = 'chain' AND notices.number > $2 AND notices.number < $3
           AND ($4 IS NULL OR $4 = (notices.number <= $5 OR attestations.commit_id IN (SELECT value FROM json_each($6))))
         ORDER BY notices.number DESC LIMIT $7",
        person,
        wanted.above.chain,
        wanted.below.chain,
        wanted.is_read,
        wanted.read.chain,
        also_read,
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

/// A text that somebody decided about and that is another one now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedRow {
    /// The journal commit of their decision.
    pub commit: String,
    /// The record.
    pub record_id: String,
    /// The branch of its proposal.
    pub proposal: String,
    /// Who changed it, by the last commit's own account.
    pub by: Identity,
    /// When, by the same account.
    pub at: i64,
}

/// Returns the texts of open proposals that are others now than one of these addresses approved, or asked to change, last.
///
/// # Errors
/// When the database cannot be read.
pub async fn changed_in_proposals(
    pool: &SqlitePool,
    addresses: &[String],
) -> Result<Vec<ChangedRow>> {
    let addresses = serde_json::to_string(addresses)?;
    let rows = sqlx::query!(
        r#"SELECT said.commit_id, said.record_id, proposals.branch AS "branch!: String", proposals.changed_at AS "changed_at!: i64",
                  last.name AS "name?: String", last.address AS "address?: String"
           FROM proposals JOIN decisions AS said ON said.proposal = proposals.branch
           JOIN proposal_files AS files ON files.branch = proposals.branch AND files.path = said.path AND files.blob IS NOT said.proposed
           LEFT JOIN proposal_commits AS last ON last.branch = proposals.branch
                AND last.position = (SELECT max(position) FROM proposal_commits WHERE proposal_commits.branch = proposals.branch)
           WHERE said.act IN ('approve', 'request-changes') AND said.address IN (SELECT value FROM json_each($1))
             AND said.position = (SELECT max(position) FROM decisions AS own
                                  WHERE own.proposal = said.proposal AND own.record_id = said.record_id
                                    AND own.act IN ('approve', 'request-changes', 'withdraw')
                                    AND own.address IN (SELECT value FROM json_each($1)))
             AND said.position > coalesce((SELECT max(done.position) FROM attestations JOIN decisions AS done ON done.commit_id = attestations.decisions
                                           WHERE attestations.record_id = said.record_id), 0)
             AND (SELECT state FROM proposal_states WHERE proposal_states.branch = proposals.branch) = 'open'
           ORDER BY said.position"#,
        addresses
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ChangedRow {
            commit: row.commit_id,
            record_id: row.record_id,
            proposal: row.branch,
            by: Identity {
                name: row.name.unwrap_or_default(),
                address: row.address.unwrap_or_default(),
            },
            at: row.changed_at,
        })
        .collect())
}

/// Returns who changed the records at these paths last, and when, by the commit's own account: path, person and moment.
///
/// # Errors
/// When the database cannot be read.
pub async fn last_changes(
    pool: &SqlitePool,
    paths: &[String],
) -> Result<Vec<(String, Identity, i64)>> {
    let paths = serde_json::to_string(paths)?;
    let rows = sqlx::query!(
        r#"SELECT records.path, person.name AS "name?: String", person.address AS "address?: String", commits.committed_at
           FROM records JOIN commits ON commits.id = records.changed_by
           LEFT JOIN commit_people AS person ON person.commit_id = commits.id AND person.part = 'author'
           WHERE records.path IN (SELECT value FROM json_each($1))"#,
        paths
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let by = Identity {
                name: row.name.unwrap_or_default(),
                address: row.address.unwrap_or_default(),
            };
            (row.path, by, row.committed_at)
        })
        .collect())
}

/// A record of an open proposal of which another text was published since the proposal began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutdatedRow {
    /// The proposal's branch.
    pub branch: String,
    /// The record.
    pub record_id: String,
    /// The attestation of the other text.
    pub sequence: i64,
}

/// Returns what was overtaken of open proposals that one of these addresses wrote.
///
/// # Errors
/// When the database cannot be read.
pub async fn outdated_of(pool: &SqlitePool, addresses: &[String]) -> Result<Vec<OutdatedRow>> {
    let addresses = serde_json::to_string(addresses)?;
    Ok(sqlx::query_as!(
        OutdatedRow,
        r#"SELECT mine.branch AS "branch!: String", proposed.record_id AS "record_id!: String", made.sequence AS "sequence!: i64"
           FROM (SELECT DISTINCT branch, path FROM proposal_authors WHERE address IN (SELECT value FROM json_each($1))) AS mine
           JOIN proposals ON proposals.branch = mine.branch
           JOIN proposed_records AS proposed ON proposed.branch = mine.branch AND proposed.path = mine.path
           JOIN commits ON commits.id = proposals.fork
           JOIN attestations AS made ON made.record_id = proposed.record_id AND made.sequence >= commits.epoch AND made.commit_id <> proposals.fork
           WHERE proposed.blob_before IS NOT proposed.standing_blob
             AND made.sequence = (SELECT max(sequence) FROM attestations WHERE attestations.record_id = proposed.record_id)
             AND NOT EXISTS (SELECT 1 FROM landed_files AS landed WHERE landed.branch = mine.branch AND landed.path = mine.path)
             AND (SELECT state FROM proposal_states WHERE proposal_states.branch = mine.branch) = 'open'
           ORDER BY made.sequence, mine.branch"#,
        addresses
    )
    .fetch_all(pool)
    .await?)
}

/// Returns the journal commits by which a person was asked last to look until a day, where what they were asked about is still open.
///
/// # Errors
/// When the database cannot be read.
pub async fn asked_until_a_day(pool: &SqlitePool, person: &str) -> Result<Vec<DecisionRow>> {
    let commits = sqlx::query_scalar!(
        "SELECT said.commit_id FROM decisions AS said
         WHERE said.assignee = $1 AND said.due IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM decisions AS later
                           WHERE later.record_id = said.record_id AND later.proposal IS said.proposal AND later.position > said.position
                             AND (later.act = 'assign' OR later.assignee IS NOT NULL))
           AND NOT EXISTS (SELECT 1 FROM attestations JOIN decisions AS done ON done.commit_id = attestations.decisions
                           WHERE attestations.record_id = said.record_id AND done.position >= said.position)
           AND (said.proposal IS NULL OR (SELECT state FROM proposal_states WHERE proposal_states.branch = said.proposal) = 'open')
         ORDER BY said.position",
        person
    )
    .fetch_all(pool)
    .await?;
    decisions_at(pool, &commits).await
}

/// Returns the titles that proposals give: of their records, and of themselves under the id of a whole proposal. Branch, id and title.
///
/// # Errors
/// When the database cannot be read.
pub async fn titles_in_proposals(
    pool: &SqlitePool,
    branches: &[String],
) -> Result<Vec<(String, String, String)>> {
    let branches = serde_json::to_string(branches)?;
    let rows = sqlx::query!(
        r#"SELECT branch AS "branch!: String", coalesce(declared_id, slug) AS "id!: String", title AS "title!: String"
           FROM proposal_files WHERE branch IN (SELECT value FROM json_each($1))
           UNION ALL
           SELECT branch, 'refs/heads/' || branch, title FROM proposal_states WHERE branch IN (SELECT value FROM json_each($1))"#,
        branches
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.branch, row.id, row.title))
        .collect())
}
