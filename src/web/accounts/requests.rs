//! The API of a repository's host, and what it was last seen to say of its requests and was told.

use anyhow::Result;
use secrecy::{ExposeSecret, SecretString};

use super::Accounts;
use crate::hosting::Host;
use crate::hosting::api::Place;
use crate::hosting::in_step::Seen;

/// How the API of a repository's host is reached.
#[derive(Debug, Clone)]
pub struct HostApi {
    /// The kind of host.
    pub host: Host,
    /// Where it stands.
    pub place: Place,
    /// What lets this server in.
    pub token: SecretString,
}

/// A request as its host was last seen to tell of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRequest {
    /// Its number there.
    pub number: u64,
    /// The branch here that is its proposal.
    pub branch: String,
    /// What the host said.
    pub seen: Seen,
    /// What people call its author there.
    pub author: String,
    /// Its page there.
    pub address: String,
    /// What the host called its state when its approvals were last counted.
    pub counted: Option<String>,
    /// The host's id of the one comment.
    pub comment: Option<String>,
    /// A digest of what the host was told last.
    pub told: Option<String>,
}

struct Row {
    number: i64,
    branch: String,
    title: String,
    text: String,
    is_open: bool,
    author: String,
    address: String,
    counted: Option<String>,
    comment: Option<String>,
    told: Option<String>,
}

impl From<Row> for KnownRequest {
    fn from(row: Row) -> Self {
        Self {
            number: u64::try_from(row.number).unwrap_or_default(),
            branch: row.branch,
            seen: Seen {
                title: row.title,
                text: row.text,
                is_open: row.is_open,
            },
            author: row.author,
            address: row.address,
            counted: row.counted,
            comment: row.comment,
            told: row.told,
        }
    }
}

impl Accounts {
    /// Returns how the API of a repository's host is reached; `None` where git alone carries the loop.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn host_api(&self, repository: &str) -> Result<Option<HostApi>> {
        let row = sqlx::query!(
            "SELECT host, base, project, token FROM host_apis WHERE repository = $1",
            repository
        );
        let Some(row) = row.fetch_optional(&self.pool).await? else {
            return Ok(None);
        };
        Ok(Some(HostApi {
            host: row.host.parse()?,
            place: Place {
                base: row.base,
                project: row.project,
            },
            token: row.token.into(),
        }))
    }

    /// Keeps how the API of a repository's host is reached, in the place of what was known. What another host said is forgotten.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn keep_host_api(&self, repository: &str, api: &HostApi) -> Result<()> {
        let (host, token) = (api.host.name(), api.token.expose_secret());
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query!(
            "DELETE FROM requests WHERE repository = $1 AND NOT EXISTS
               (SELECT 1 FROM host_apis WHERE repository = $1 AND host = $2 AND base = $3 AND project = $4)",
            repository,
            host,
            api.place.base,
            api.place.project
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "INSERT OR REPLACE INTO host_apis (repository, host, base, project, token) VALUES ($1, $2, $3, $4, $5)",
            repository,
            host,
            api.place.base,
            api.place.project,
            token
        )
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// Forgets how the API of a repository's host is reached. Returns whether it was known.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn forget_host_api(&self, repository: &str) -> Result<bool> {
        let forgotten = sqlx::query!("DELETE FROM host_apis WHERE repository = $1", repository);
        Ok(forgotten.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// Returns the requests of a repository's host that are known, the newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn requests(&self, repository: &str) -> Result<Vec<KnownRequest>> {
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT number, branch, title, text, is_open AS "is_open: bool", author, address, counted, comment, told
               FROM requests WHERE repository = $1 ORDER BY number DESC"#,
            repository
        );
        let rows = rows.fetch_all(&self.pool).await?;
        Ok(rows.into_iter().map(KnownRequest::from).collect())
    }

    /// Returns the newest request whose proposal is a branch here.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn request_of(&self, repository: &str, branch: &str) -> Result<Option<KnownRequest>> {
        let row = sqlx::query_as!(
            Row,
            r#"SELECT number, branch, title, text, is_open AS "is_open: bool", author, address, counted, comment, told
               FROM requests WHERE repository = $1 AND branch = $2 ORDER BY number DESC LIMIT 1"#,
            repository,
            branch
        );
        let row = row.fetch_optional(&self.pool).await?;
        Ok(row.map(KnownRequest::from))
    }

    /// Keeps what a host says of a request and was told, in the place of what was known.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn keep_request(&self, repository: &str, request: &KnownRequest) -> Result<()> {
        // No host counts further than this.
        let number = i64::try_from(request.number)?;
        let seen = &request.seen;
        sqlx::query!(
            "INSERT OR REPLACE INTO requests (repository, number, branch, title, text, is_open, author, address, counted, comment, told)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            repository,
            number,
            request.branch,
            seen.title,
            seen.text,
            seen.is_open,
            request.author,
            request.address,
            request.counted,
            request.comment,
            request.told
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
