//! What builds said of themselves.

use anyhow::Result;

use super::Accounts;

/// The reports of a target that are kept; the last one that was live is kept beside.
const MOST_KEPT: i64 = 500;

/// What a build said of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build {
    /// `building`, `live` or `failed`.
    pub state: String,
    /// The attestation up to which it was built.
    pub commit: String,
    /// Where it can be seen; empty where it did not say.
    pub url: String,
    /// Its log; empty where it did not say.
    pub log: String,
    /// Whose token it was said with.
    pub said_by: String,
    /// When, seconds since 1970 in UTC.
    pub at: i64,
}

impl Accounts {
    /// Keeps what a build said.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn keep_build(&self, repository: &str, target: &str, build: &Build) -> Result<()> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query!(
            "INSERT INTO builds (repository, target, state, commit_id, url, log, said_by, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            repository,
            target,
            build.state,
            build.commit,
            build.url,
            build.log,
            build.said_by,
            build.at
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "DELETE FROM builds WHERE repository = $1 AND target = $2
               AND id NOT IN (SELECT id FROM builds WHERE repository = $1 AND target = $2 ORDER BY id DESC LIMIT $3)
               AND id NOT IN (SELECT max(id) FROM builds WHERE repository = $1 AND target = $2 AND state = 'live' HAVING max(id) IS NOT NULL)",
            repository,
            target,
            MOST_KEPT
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Returns what the builds of a target said last, the latest first, at most so much.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn builds(&self, repository: &str, target: &str, most: i64) -> Result<Vec<Build>> {
        Ok(sqlx::query_as!(
            Build,
            r#"SELECT state, commit_id AS "commit", url, log, said_by, at FROM builds
               WHERE repository = $1 AND target = $2 ORDER BY id DESC LIMIT $3"#,
            repository,
            target,
            most
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// Returns the last build of a target that is live.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn live_build(&self, repository: &str, target: &str) -> Result<Option<Build>> {
        Ok(sqlx::query_as!(
            Build,
            r#"SELECT state, commit_id AS "commit", url, log, said_by, at FROM builds
               WHERE repository = $1 AND target = $2 AND state = 'live' ORDER BY id DESC LIMIT 1"#,
            repository,
            target
        )
        .fetch_optional(&self.pool)
        .await?)
    }
}
