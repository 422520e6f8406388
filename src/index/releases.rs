//! Releases in the picture: each plan as the journal tells it, where each release stands, and which texts wait for one.

use anyhow::Result;
use serde_json::json;
use sqlx::{SqliteConnection, SqlitePool};

use super::gather::DecisionRow as Gathered;
use super::query::AttestationRow;
use super::write::CHUNK;
use crate::id::Identity;
use crate::ledger::{Member, release_of};

/// One release, by its last plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseRow {
    /// Its name in addresses.
    pub name: String,
    /// The last plan's place in the journal.
    pub position: i64,
    /// One line that says what it is.
    pub title: String,
    /// Why, and what readers should know.
    pub text: String,
    /// When it is to go out, seconds since 1970 in UTC; `None` where a person says when.
    pub due: Option<i64>,
    /// The blob of the last plan's manifest.
    pub manifest: String,
    /// The journal commit of the last plan.
    pub planned: String,
    /// Who planned it last.
    pub planner: Identity,
    /// When they did.
    pub planned_at: i64,
    /// What was said with the last decision about it: why it was cancelled, or could not go out.
    pub reason: String,
    /// When that was.
    pub changed_at: i64,
    /// `planned`, `releasing`, `released`, `failed` or `cancelled`.
    pub state: String,
    /// How many texts it holds.
    pub members: i64,
}

impl ReleaseRow {
    /// Returns whether it could still go out.
    pub fn is_open(&self) -> bool {
        matches!(self.state.as_str(), "planned" | "failed" | "releasing")
    }
}

struct StoredRelease {
    name: String,
    position: i64,
    title: String,
    text: String,
    due: Option<i64>,
    manifest: String,
    commit_id: String,
    planner: String,
    address: String,
    at: i64,
    reason: String,
    changed_at: i64,
    state: String,
    members: i64,
}

impl From<StoredRelease> for ReleaseRow {
    fn from(row: StoredRelease) -> Self {
        Self {
            name: row.name,
            position: row.position,
            title: row.title,
            text: row.text,
            due: row.due,
            manifest: row.manifest,
            planned: row.commit_id,
            planner: Identity {
                name: row.planner,
                address: row.address,
            },
            planned_at: row.at,
            reason: row.reason,
            changed_at: row.changed_at,
            state: row.state,
            members: row.members,
        }
    }
}

/// A text that waits for an open release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldRow {
    /// The release's name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// When it is to go out.
    pub due: Option<i64>,
    /// The text.
    pub member: Member,
}

/// Writes what the new decisions plan; `last` is the place of the decision before them.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    decisions: &[Gathered],
    last: i64,
) -> Result<()> {
    let planned: Vec<_> = decisions
        .iter()
        .zip(last + 1..)
        .filter_map(|(row, position)| {
            let name = release_of(&row.decision.record.0)?;
            Some((position, name, row.plan.as_ref()?))
        })
        .collect();
    if planned.is_empty() {
        return Ok(());
    }
    let plans: Vec<_> = planned
        .iter()
        .map(|(position, name, plan)| json!([position, name, plan.title, plan.text, plan.due]))
        .collect();
    for chunk in plans.chunks(CHUNK) {
        let rows = serde_json::to_string(chunk)?;
        sqlx::query!(
            "INSERT INTO plans (position, name, title, text, due)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each($1)",
            rows
        )
        .execute(&mut *connection)
        .await?;
    }
    let members: Vec<_> = planned
        .iter()
        .flat_map(|(position, _, plan)| {
            let numbered = plan.members.iter().enumerate();
            numbered.map(move |(ordinal, member)| {
                json!([
                    position,
                    ordinal,
                    member.proposal,
                    member.path,
                    member.blob.to_string()
                ])
            })
        })
        .collect();
    for chunk in members.chunks(CHUNK) {
        let rows = serde_json::to_string(chunk)?;
        sqlx::query!(
            "INSERT INTO plan_members (position, ordinal, proposal, path, blob)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each($1)",
            rows
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Returns the release of a name.
///
/// # Errors
/// When the database cannot be read.
pub async fn release_named(pool: &SqlitePool, name: &str) -> Result<Option<ReleaseRow>> {
    let row = sqlx::query_as!(
        StoredRelease,
        r#"SELECT name AS "name!: String", position AS "position!: i64", title AS "title!: String", text AS "text!: String", due AS "due?: i64",
                  manifest AS "manifest!: String", commit_id AS "commit_id!: String", planner AS "planner!: String", address AS "address!: String",
                  at AS "at!: i64", reason AS "reason!: String", changed_at AS "changed_at!: i64", state AS "state!: String",
                  (SELECT count(*) FROM plan_members WHERE plan_members.position = releases.position) AS "members!: i64"
           FROM releases WHERE name = $1"#,
        name
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(ReleaseRow::from))
}

/// Returns the releases that could still go out, the next due first and those without a time last; or those that ended, the latest first. From after so
/// many in that order on, at most so many.
///
/// # Errors
/// When the database cannot be read.
pub async fn releases_in(
    pool: &SqlitePool,
    is_open: bool,
    offset: i64,
    limit: i64,
) -> Result<Vec<ReleaseRow>> {
    let rows = sqlx::query_as!(
        StoredRelease,
        r#"SELECT name AS "name!: String", position AS "position!: i64", title AS "title!: String", text AS "text!: String", due AS "due?: i64",
                  manifest AS "manifest!: String", commit_id AS "commit_id!: String", planner AS "planner!: String", address AS "address!: String",
                  at AS "at!: i64", reason AS "reason!: String", changed_at AS "changed_at!: i64", state AS "state!: String",
                  (SELECT count(*) FROM plan_members WHERE plan_members.position = releases.position) AS "members!: i64"
           FROM releases WHERE (state IN ('planned', 'failed', 'releasing')) = $1
           ORDER BY CASE WHEN $1 THEN coalesce(due, 253402300800) ELSE -changed_at END, decided DESC LIMIT $2 OFFSET $3"#,
        is_open,
        limit,
        offset
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(ReleaseRow::from).collect())
}

/// Returns the texts of a plan, by its place in the journal.
///
/// # Errors
/// When the database cannot be read or holds what sync never writes.
pub async fn release_members(pool: &SqlitePool, position: i64) -> Result<Vec<Member>> {
    let rows = sqlx::query!(
        "SELECT proposal, path, blob FROM plan_members WHERE position = $1 ORDER BY ordinal",
        position
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Member {
                proposal: row.proposal,
                path: row.path,
                blob: row.blob.parse()?,
            })
        })
        .collect()
}

/// Returns the names of planned releases whose time has come.
///
/// # Errors
/// When the database cannot be read.
pub async fn due_releases(pool: &SqlitePool, now: i64) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        r#"SELECT name AS "name!: String" FROM releases WHERE state = 'planned' AND due <= $1 ORDER BY due, position"#,
        now
    )
    .fetch_all(pool)
    .await?)
}

/// Returns when the next planned release is due.
///
/// # Errors
/// When the database cannot be read.
pub async fn next_due(pool: &SqlitePool) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar!(
        r#"SELECT min(due) AS "due?: i64" FROM releases WHERE state = 'planned'"#
    )
    .fetch_one(pool)
    .await?)
}

/// Returns the names of releases that were let out and do not stand on the published branch yet.
///
/// # Errors
/// When the database cannot be read.
pub async fn releasing(pool: &SqlitePool) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        r#"SELECT name AS "name!: String" FROM releases WHERE state = 'releasing' ORDER BY decided"#
    )
    .fetch_all(pool)
    .await?)
}

/// Returns every text that waits for an open release.
///
/// # Errors
/// When the database cannot be read or holds what sync never writes.
pub async fn held_members(pool: &SqlitePool) -> Result<Vec<HeldRow>> {
    let rows = sqlx::query!(
        r#"SELECT name AS "name!: String", title AS "title!: String", due AS "due?: i64", proposal AS "proposal?: String", path AS "path!: String",
                  blob AS "blob!: String"
           FROM held_members ORDER BY name, path"#
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(HeldRow {
                name: row.name,
                title: row.title,
                due: row.due,
                member: Member {
                    proposal: row.proposal,
                    path: row.path,
                    blob: row.blob.parse()?,
                },
            })
        })
        .collect()
}

/// A reference that a text of an open release makes to a record that another text of it brings.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PromisedReference {
    /// The branch of the text; `None` for the published one.
    pub proposal: Option<String>,
    /// Its path.
    pub path: String,
    /// The field.
    pub field: String,
}

/// Returns the references that hold as soon as their release is out.
///
/// # Errors
/// When the database cannot be read.
pub async fn promised_references(pool: &SqlitePool) -> Result<Vec<PromisedReference>> {
    Ok(sqlx::query_as!(
        PromisedReference,
        r#"WITH brought AS (SELECT held.name, proposed.record_id FROM held_members AS held
                            JOIN proposed_records AS proposed ON proposed.branch = held.proposal AND proposed.path = held.path
                            WHERE proposed.blob IS NOT NULL)
           SELECT NULL AS "proposal?: String", relations.path AS "path!: String", relations.field AS "field!: String"
           FROM held_members AS own JOIN relations ON relations.path = own.path
           JOIN brought ON brought.name = own.name AND brought.record_id = relations.target
           UNION
           SELECT asks.branch, asks.path, asks.field
           FROM held_members AS own JOIN proposal_relations AS asks ON asks.branch = own.proposal AND asks.path = own.path
           JOIN brought ON brought.name = own.name AND brought.record_id = asks.target"#
    )
    .fetch_all(pool)
    .await?)
}

/// Returns the attestations that a release made, in the chain's order.
///
/// # Errors
/// When the database cannot be read.
pub async fn released_as(pool: &SqlitePool, name: &str) -> Result<Vec<AttestationRow>> {
    Ok(sqlx::query_as!(
        AttestationRow,
        "SELECT sequence, commit_id, record_id, path, transition, status_from, status_to, version_from, version_to, bump, proposed, result, decisions,
                authored_by, approved_by, at
         FROM attestations WHERE release = $1 ORDER BY sequence",
        name
    )
    .fetch_all(pool)
    .await?)
}
