//! Where targets are reached, and how far each was told.

use anyhow::{Context, Result};
use secrecy::{ExposeSecret, SecretString};

use super::Accounts;
use crate::publish::endpoint::{Endpoint, Kind};

/// An endpoint as it is kept.
#[derive(Debug, Clone)]
pub struct KeptEndpoint {
    /// The target's name.
    pub target: String,
    /// Where it stands.
    pub endpoint: Endpoint,
    /// When it was changed last, seconds since 1970 in UTC.
    pub changed_at: i64,
}

/// A place in what a target is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The number of the event there, counted for this target alone; 0 before the first.
    pub sequence: i64,
    /// Its id; `None` before the first.
    pub event: Option<String>,
    /// The attestation that it follows from, or after which events are owed.
    pub after: String,
}

/// How far a target was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetState {
    /// Up to where deliveries were made.
    pub made: Mark,
    /// Up to where they were dealt with: delivered, or put aside as dead.
    pub told: Mark,
    /// When the last one was made or, if that was later, dealt with.
    pub made_at: Option<i64>,
    /// The attestation after which it is told; `None` of one that began before this was kept.
    pub began: Option<String>,
    /// Why nothing is sent, and since when; `None` while it is.
    pub resting: Option<(String, i64)>,
}

impl Accounts {
    /// Returns the endpoints of a repository, by the names of their targets.
    ///
    /// # Errors
    /// When the database cannot be read or holds what was never written.
    pub async fn endpoints(&self, repository: &str) -> Result<Vec<KeptEndpoint>> {
        let rows = sqlx::query!(
            "SELECT target, kind, address, project, reference, detail, secret, older_secret, changed_at
             FROM endpoints WHERE repository = $1 ORDER BY target",
            repository
        );
        let rows = rows.fetch_all(&self.pool).await?.into_iter();
        rows.map(|row| {
            Ok(KeptEndpoint {
                endpoint: Endpoint {
                    kind: Kind::from_name(&row.kind).context("a kind of endpoint that is none")?,
                    address: row.address.into(),
                    project: row.project,
                    reference: row.reference,
                    detail: row.detail,
                    secret: row.secret.into(),
                    older_secret: row.older_secret.map(SecretString::from),
                },
                target: row.target,
                changed_at: row.changed_at,
            })
        })
        .collect()
    }

    /// Returns the endpoint of a target; `None` where none was given.
    ///
    /// # Errors
    /// When the database cannot be read or holds what was never written.
    pub async fn endpoint(&self, repository: &str, target: &str) -> Result<Option<KeptEndpoint>> {
        let all = self.endpoints(repository).await?;
        Ok(all.into_iter().find(|one| one.target == target))
    }

    /// Keeps where a target is reached, in the place of what was known.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn keep_endpoint(
        &self,
        repository: &str,
        target: &str,
        endpoint: &Endpoint,
        now: i64,
    ) -> Result<()> {
        let kind = endpoint.kind.name();
        let address = endpoint.address.expose_secret();
        let secret = endpoint.secret.expose_secret();
        let older = endpoint
            .older_secret
            .as_ref()
            .map(ExposeSecret::expose_secret);
        sqlx::query!(
            "INSERT OR REPLACE INTO endpoints (repository, target, kind, address, project, reference, detail, secret, older_secret, changed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            repository,
            target,
            kind,
            address,
            endpoint.project,
            endpoint.reference,
            endpoint.detail,
            secret,
            older,
            now
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Forgets where a target is reached, how far it was told, and its deliveries.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn forget_endpoint(&self, repository: &str, target: &str) -> Result<()> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for statement in [
            "DELETE FROM endpoints WHERE repository = $1 AND target = $2",
            "DELETE FROM target_states WHERE repository = $1 AND target = $2",
            "DELETE FROM target_deliveries WHERE repository = $1 AND target = $2",
            "DELETE FROM attempts WHERE repository = $1 AND target = $2",
            "DELETE FROM builds WHERE repository = $1 AND target = $2",
        ] {
            sqlx::query(statement)
                .bind(repository)
                .bind(target)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Returns how far a target was told; `None` where nothing is known of it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn target_state(
        &self,
        repository: &str,
        target: &str,
    ) -> Result<Option<TargetState>> {
        let row = sqlx::query!(
            "SELECT sequence, event, after, told_sequence, told_event, told_after, made_at, began, resting, resting_since
             FROM target_states WHERE repository = $1 AND target = $2",
            repository,
            target
        );
        Ok(row
            .fetch_optional(&self.pool)
            .await?
            .map(|row| TargetState {
                made: Mark {
                    sequence: row.sequence,
                    event: row.event,
                    after: row.after,
                },
                told: Mark {
                    sequence: row.told_sequence,
                    event: row.told_event,
                    after: row.told_after,
                },
                made_at: row.made_at,
                began: row.began,
                resting: row.resting.zip(row.resting_since),
            }))
    }

    /// Begins to tell a target what comes after a mark; one that was begun stays as it is.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn begin_target(&self, repository: &str, target: &str, from: &Mark) -> Result<()> {
        sqlx::query!(
            "INSERT OR IGNORE INTO target_states (repository, target, sequence, event, after, told_sequence, told_event, told_after, began)
             VALUES ($1, $2, $3, $4, $5, $3, $4, $5, $5)",
            repository,
            target,
            from.sequence,
            from.event,
            from.after
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Lets a target rest with the words of why, or go on.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn rest_target(
        &self,
        repository: &str,
        target: &str,
        why: Option<&str>,
        now: i64,
    ) -> Result<()> {
        let since = why.map(|_| now);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query!(
            "UPDATE target_states SET resting = $3, resting_since = $4 WHERE repository = $1 AND target = $2",
            repository,
            target,
            why,
            since
        )
        .execute(&mut *transaction)
        .await?;
        if why.is_none() {
            // What waited while it rested is tried with the patience of a first time.
            sqlx::query!(
                "UPDATE target_deliveries SET tried_since = NULL, due = min(due, $3) WHERE repository = $1 AND target = $2 AND state = 'waiting'",
                repository,
                target,
                now
            )
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}
