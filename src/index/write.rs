//! Writes what was read as it was read; what follows from it is derived afterwards.

use std::collections::{BTreeSet, HashMap};

use anyhow::Result;
use serde_json::json;
use sqlx::SqliteConnection;

use super::changed::Changed;
use super::events::Told;
use super::gather::{ChangeRow, Heads, Link, NewCommitRow, Piece, Start, TipFile};
use super::{attachments, derive, files, notices, proposals, releases};
use crate::id::{BlobId, CommitId};
use crate::ledger::attached_lines;
use crate::refusal::Refusal;

/// Rows per statement: large enough that the call is cheap beside the work, small enough for memory.
pub(super) const CHUNK: usize = 1000;

/// What the pieces of one sync touched.
#[derive(Default)]
pub(super) struct Touched {
    /// Paths that changed.
    pub paths: BTreeSet<String>,
    /// Ids that a changed blob names, or that a changed file had.
    pub ids: BTreeSet<String>,
    /// Ids that a new link attests.
    pub attested: BTreeSet<String>,
    /// The picture was empty before.
    pub fresh: bool,
    /// A baseline is among the pieces.
    pub baseline: bool,
    /// Records that a new decision is about.
    pub decided: BTreeSet<String>,
    /// Proposals that stand otherwise, that are gone, or that a new decision is about.
    pub branches: BTreeSet<String>,
    /// New commits.
    pub commits: usize,
    /// New decisions.
    pub decisions: usize,
    /// Proposals that stand otherwise.
    pub proposals: usize,
    /// What new links mean to those who build on what is published.
    pub told: Vec<Told>,
    generations: HashMap<CommitId, i64>,
}

impl Touched {
    /// Writes one piece and notes what it touched.
    pub(super) async fn write(
        &mut self,
        connection: &mut SqliteConnection,
        piece: Piece,
    ) -> Result<()> {
        match piece {
            Piece::Start(start) => self.write_start(connection, &start).await,
            Piece::Commits(rows) => self.write_commits(connection, &rows).await,
            Piece::Baseline(rows) => {
                self.baseline = true;
                write_baseline(connection, &rows).await
            }
            Piece::Files(files) => self.write_files(connection, &files).await,
            Piece::AttachedFiles(rows) => {
                self.paths.extend(rows.iter().map(|(path, _)| path.clone()));
                attachments::write_files(connection, &rows).await
            }
            Piece::BranchesGone(branches) => {
                self.proposals += branches.len();
                proposals::remove(connection, &branches).await?;
                self.branches.extend(branches);
                Ok(())
            }
            Piece::Proposal(proposal) => {
                self.proposals += 1;
                self.branches.insert(proposal.branch.clone());
                proposals::write(connection, &proposal).await
            }
        }
    }

    /// Returns what the sync changed, given the paths and ids that were derived; `None` where that may be anything.
    pub(super) fn changed(&self, (paths, ids): (Vec<String>, BTreeSet<String>)) -> Option<Changed> {
        (!self.fresh && !self.baseline).then(|| Changed {
            paths: paths.into_iter().collect(),
            ids: ids
                .into_iter()
                .chain(self.decided.iter().cloned())
                .collect(),
            branches: self.branches.clone(),
        })
    }

    async fn write_start(
        &mut self,
        connection: &mut SqliteConnection,
        start: &Start,
    ) -> Result<()> {
        self.decisions += start.decisions.len();
        for said in start.decisions.iter().map(|row| &row.decision) {
            self.decided.insert(said.record.0.clone());
            let whole = said.record.0.strip_prefix("refs/heads/");
            self.branches.extend(whole.map(str::to_owned));
            let seen = said.about.proposal.iter();
            self.branches.extend(seen.map(|seen| seen.branch.clone()));
        }
        self.told.extend(start.links.iter().filter_map(Told::of));
        let attested = start.links.iter();
        self.attested
            .extend(attested.map(|link| link.attestation.record.0.clone()));
        write_chain(connection, start).await?;
        let first = write_decisions(connection, start).await?;
        notices::write(connection, start, first).await?;
        write_heads(connection, &start.heads).await
    }

    async fn write_commits(
        &mut self,
        connection: &mut SqliteConnection,
        rows: &[NewCommitRow],
    ) -> Result<()> {
        self.commits += rows.len();
        for row in rows.iter().flat_map(|commit| &commit.changes) {
            self.paths.insert(row.change.path.clone());
            let named = row.facts.as_ref().and_then(|facts| facts.record_id.clone());
            self.ids.extend(named);
        }
        self.know_generations(connection, rows).await?;
        for chunk in rows.chunks(CHUNK) {
            let rows: Vec<_> = chunk.iter().map(|row| self.commit_values(row)).collect();
            let rows = serde_json::to_string(&rows)?;
            sqlx::query!(
                "INSERT INTO commits (id, generation, epoch, authored_at, committed_at, subject, by_server)
                 SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 FROM json_each($1)",
                rows
            )
            .execute(&mut *connection)
            .await?;
        }
        write_people(connection, rows).await?;
        write_changes(connection, rows).await
    }

    fn commit_values(&self, row: &NewCommitRow) -> serde_json::Value {
        let facts = &row.facts;
        json!([
            facts.id.to_string(),
            self.generations.get(&facts.id),
            row.epoch,
            facts.authored_at,
            facts.committed_at,
            facts.subject(),
            row.by_server
        ])
    }

    /// Works out each new commit's generation: one more than the largest of its parents.
    async fn know_generations(
        &mut self,
        connection: &mut SqliteConnection,
        rows: &[NewCommitRow],
    ) -> Result<()> {
        if !self.fresh {
            let new: BTreeSet<CommitId> = rows.iter().map(|row| row.facts.id).collect();
            let outside: Vec<String> = rows
                .iter()
                .flat_map(|row| &row.facts.parents)
                .filter(|parent| !new.contains(*parent) && !self.generations.contains_key(*parent))
                .map(CommitId::to_string)
                .collect();
            let outside = serde_json::to_string(&outside)?;
            let known = sqlx::query!(
                "SELECT id, generation FROM commits WHERE id IN (SELECT value FROM json_each($1))",
                outside
            )
            .fetch_all(&mut *connection)
            .await?;
            for row in known {
                self.generations.insert(row.id.parse()?, row.generation);
            }
        }
        for row in rows {
            let parents = row.facts.parents.iter();
            let largest = parents
                .filter_map(|parent| self.generations.get(parent))
                .max();
            let generation = largest.copied().unwrap_or(0) + 1;
            self.generations.insert(row.facts.id, generation);
        }
        Ok(())
    }

    async fn write_files(
        &mut self,
        connection: &mut SqliteConnection,
        rows: &[(String, Option<TipFile>)],
    ) -> Result<()> {
        self.paths.extend(rows.iter().map(|(path, _)| path.clone()));
        if !self.fresh {
            let paths: Vec<&str> = rows.iter().map(|(path, _)| path.as_str()).collect();
            self.ids
                .extend(derive::ids_at(connection, &serde_json::to_string(&paths)?).await?);
            files::remove(connection, &paths).await?;
        }
        files::write(connection, rows).await
    }
}

async fn write_people(connection: &mut SqliteConnection, commits: &[NewCommitRow]) -> Result<()> {
    let people: Vec<_> = commits
        .iter()
        .filter(|row| !row.changes.is_empty())
        .flat_map(people_of)
        .collect();
    for chunk in people.chunks(CHUNK) {
        let rows = serde_json::to_string(chunk)?;
        sqlx::query!(
            "INSERT OR IGNORE INTO commit_people (commit_id, part, address, name)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1)",
            rows
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

fn people_of(row: &NewCommitRow) -> Vec<serde_json::Value> {
    let id = row.facts.id.to_string();
    let coauthors = row.coauthors.iter().map(|person| ("coauthor", person));
    let all = [
        ("author", &row.facts.author),
        ("committer", &row.facts.committer),
    ]
    .into_iter()
    .chain(coauthors);
    all.map(|(part, person)| json!([id, part, person.address, person.name]))
        .collect()
}

async fn write_changes(connection: &mut SqliteConnection, commits: &[NewCommitRow]) -> Result<()> {
    let rows: Vec<_> = commits
        .iter()
        .flat_map(|commit| commit.changes.iter().map(move |row| (commit.facts.id, row)))
        .collect();
    for chunk in rows.chunks(CHUNK) {
        let rows: Vec<_> = chunk
            .iter()
            .map(|(commit, row)| change_values(*commit, row))
            .collect();
        let rows = serde_json::to_string(&rows)?;
        sqlx::query!(
            "INSERT INTO changes (path, commit_id, old_blob, new_blob, renamed_from, record_id, status, version, locale, problem)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9
             FROM json_each($1)",
            rows
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

fn change_values(commit: CommitId, row: &ChangeRow) -> serde_json::Value {
    let facts = row.facts.as_ref();
    json!([
        row.change.path,
        commit.to_string(),
        row.change.old.map(|blob| blob.to_string()),
        row.change.new.map(|(blob, _)| blob.to_string()),
        row.renamed_from,
        facts.and_then(|facts| facts.record_id.as_deref()),
        facts.and_then(|facts| facts.status.as_deref()),
        facts.and_then(|facts| facts.version.as_deref()),
        facts.and_then(|facts| facts.locale.as_deref()),
        facts
            .and_then(|facts| facts.problem.as_ref())
            .map(Refusal::to_string),
    ])
}

/// Writes records as a new baseline found them. Their facts are those of the commit that brought the blob; their ids are derived.
async fn write_baseline(
    connection: &mut SqliteConnection,
    rows: &[(String, BlobId)],
) -> Result<()> {
    for chunk in rows.chunks(CHUNK) {
        let rows: Vec<_> = chunk
            .iter()
            .map(|(path, blob)| json!([path, blob.to_string()]))
            .collect();
        let rows = serde_json::to_string(&rows)?;
        sqlx::query!(
            "INSERT INTO baseline (path, record_id, blob, status, version, locale)
             SELECT value ->> 0, '', value ->> 1, facts.status, facts.version, facts.locale
             FROM json_each($1) LEFT JOIN changes AS facts ON facts.path = value ->> 0 AND facts.commit_id =
                  (SELECT commit_id FROM changes WHERE path = value ->> 0 AND new_blob = value ->> 1 ORDER BY problem IS NOT NULL, commit_id LIMIT 1)",
            rows
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

async fn write_chain(connection: &mut SqliteConnection, start: &Start) -> Result<()> {
    let links: Vec<_> = start.links.iter().map(link_row).collect();
    for chunk in links.chunks(CHUNK) {
        let rows = serde_json::to_string(chunk)?;
        sqlx::query!(
            "INSERT INTO attestations (sequence, commit_id, record_id, path, transition, status_from, status_to, version_from, version_to, bump,
                                       base, proposed, result, policy, decisions, authored_by, approved_by, at, release, attached)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9,
                    value ->> 10, value ->> 11, value ->> 12, value ->> 13, value ->> 14, value ->> 15, value ->> 16, value ->> 17, value ->> 18,
                    value ->> 19
             FROM json_each($1)",
            rows
        )
        .execute(&mut *connection)
        .await?;
    }
    for (sequence, commits) in &start.epochs {
        let ids: Vec<String> = commits.iter().map(CommitId::to_string).collect();
        let ids = serde_json::to_string(&ids)?;
        sqlx::query!("UPDATE commits SET epoch = $1 WHERE id IN (SELECT value FROM json_each($2)) AND epoch IS NULL", sequence, ids)
            .execute(&mut *connection)
            .await?;
    }
    for (commit, reason) in &start.strays {
        let commit = commit.to_string();
        sqlx::query!(
            "INSERT OR REPLACE INTO strays (commit_id, reason) VALUES ($1, $2)",
            commit,
            reason
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

fn link_row(link: &Link) -> serde_json::Value {
    let said = &link.attestation;
    let lines = |people: &[crate::id::Identity]| {
        people
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    };
    json!([
        link.sequence,
        link.commit.to_string(),
        said.record.0,
        said.path,
        said.step.transition,
        said.step.from,
        said.step.to,
        said.version
            .as_ref()
            .and_then(|version| version.from.as_ref())
            .map(ToString::to_string),
        said.version.as_ref().map(|version| version.to.to_string()),
        said.version.as_ref().map(|version| version.bump.name()),
        said.base.map(|blob| blob.to_string()),
        said.proposed.to_string(),
        link.result.to_string(),
        said.policy.to_string(),
        said.decisions.to_string(),
        lines(&said.authored_by),
        lines(&said.approved_by),
        link.at,
        said.release,
        attached_lines(&said.attached),
    ])
}

/// Writes new decisions and returns the position of the first.
async fn write_decisions(connection: &mut SqliteConnection, start: &Start) -> Result<i64> {
    let last =
        sqlx::query_scalar!("SELECT coalesce(max(position), 0) AS \"last!: i64\" FROM decisions")
            .fetch_one(&mut *connection)
            .await?;
    let rows: Vec<_> = start
        .decisions
        .iter()
        .zip(last + 1..)
        .map(|(row, position)| {
            let said = &row.decision;
            json!([
                position,
                row.commit.to_string(),
                said.act.name(),
                said.transition,
                said.record.0,
                said.path,
                said.base.map(|blob| blob.to_string()),
                said.proposed.to_string(),
                said.policy.to_string(),
                said.bump.map(crate::policy::Bump::name),
                said.operation,
                said.text,
                row.by.name,
                row.by.address,
                row.at,
                said.about
                    .proposal
                    .as_ref()
                    .map(|seen| seen.branch.as_str()),
                said.about
                    .proposal
                    .as_ref()
                    .map(|seen| seen.head.to_string()),
                said.about.field.as_ref().map(ToString::to_string),
                said.about.suggested.map(|blob| blob.to_string()),
                said.about.answers.map(|commit| commit.to_string()),
                said.about.assignee,
                said.about.due,
                said.about.tips.map(|tips| tips.to_string()),
                attached_lines(&said.about.attached),
            ])
        })
        .collect();
    for chunk in rows.chunks(CHUNK) {
        let rows = serde_json::to_string(chunk)?;
        sqlx::query!(
            "INSERT INTO decisions (position, commit_id, act, transition, record_id, path, base, proposed, policy, bump, operation, text, name, address, at,
                                    proposal, head, field, suggested, answers, assignee, due, tips, attached, is_spent)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9,
                    value ->> 10, value ->> 11, value ->> 12, value ->> 13, value ->> 14, value ->> 15, value ->> 16, value ->> 17, value ->> 18,
                    value ->> 19, value ->> 20, value ->> 21, value ->> 22, value ->> 23, 0
             FROM json_each($1)",
            rows
        )
        .execute(&mut *connection)
        .await?;
    }
    releases::write(connection, &start.decisions, last).await?;
    spend_lost(connection, &start.decisions).await?;
    Ok(last + 1)
}

/// What was said up to an attestation dies with it, also where an accepted rewriting took the attestation away.
async fn spend_lost(
    connection: &mut SqliteConnection,
    decisions: &[super::gather::DecisionRow],
) -> Result<()> {
    for losses in decisions.iter().filter_map(|row| row.losses.as_ref()) {
        let completed: Vec<String> = losses.decisions.iter().map(CommitId::to_string).collect();
        let completed = serde_json::to_string(&completed)?;
        sqlx::query!(
            "UPDATE decisions SET is_spent = 1
             FROM (SELECT record_id AS record, max(position) AS last FROM decisions
                   WHERE commit_id IN (SELECT value FROM json_each($1)) GROUP BY record_id) AS lost
             WHERE decisions.record_id = lost.record AND decisions.position <= lost.last",
            completed
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

async fn write_heads(connection: &mut SqliteConnection, heads: &Heads) -> Result<()> {
    let chain = heads.chain.map(|(commit, _)| commit);
    let all = [
        ("tip", heads.tip),
        ("journal", heads.journal),
        ("baseline", heads.baseline),
        ("chain", chain),
        ("policy", heads.policy),
    ];
    for (name, commit) in all {
        let Some(commit) = commit.map(|commit| commit.to_string()) else {
            continue;
        };
        sqlx::query!(
            "INSERT OR REPLACE INTO heads (name, commit_id) VALUES ($1, $2)",
            name,
            commit
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
