//! The secrets by which webhooks are proven.

use anyhow::Result;
use secrecy::{ExposeSecret, SecretString};

use super::{Accounts, random_token};
use crate::hosting::Host;

/// An endpoint that is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// The kind of host that sends to it.
    pub host: Host,
    /// When its secret was last changed.
    pub changed_at: i64,
    /// The secret before counts too.
    pub has_older: bool,
}

impl Accounts {
    /// Returns the secrets by which a host's webhooks are proven, the newest first; none where its endpoint is off.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn hook_secrets(&self, repository: &str, host: Host) -> Result<Vec<SecretString>> {
        let host = host.name();
        let row = sqlx::query!(
            "SELECT secret, older_secret FROM hooks WHERE repository = $1 AND host = $2",
            repository,
            host
        );
        let Some(row) = row.fetch_optional(&self.pool).await? else {
            return Ok(Vec::new());
        };
        let secrets = std::iter::once(row.secret).chain(row.older_secret);
        Ok(secrets.map(SecretString::from).collect())
    }

    /// Returns the newest secret of an endpoint, which is turned on with one of its own where it is off, and whether it was.
    ///
    /// # Errors
    /// When the database cannot be read or written, or there are no random bytes.
    pub async fn begin_hook(
        &self,
        repository: &str,
        host: Host,
        now: i64,
    ) -> Result<(SecretString, bool)> {
        let known = self.hook_secrets(repository, host).await?;
        if let Some(secret) = known.into_iter().next() {
            return Ok((secret, false));
        }
        let secret = SecretString::from(random_token()?);
        self.change_hook(repository, host, &secret, now).await?;
        Ok((secret, true))
    }

    /// Returns the endpoints of a repository that are on.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn hooks(&self, repository: &str) -> Result<Vec<Hook>> {
        let rows = sqlx::query!(
            r#"SELECT host, changed_at, older_secret IS NOT NULL AS "has_older!: bool"
               FROM hooks WHERE repository = $1 ORDER BY host"#,
            repository
        );
        let rows = rows.fetch_all(&self.pool).await?.into_iter();
        Ok(rows
            .filter_map(|row| {
                Some(Hook {
                    host: row.host.parse().ok()?,
                    changed_at: row.changed_at,
                    has_older: row.has_older,
                })
            })
            .collect())
    }

    /// Gives an endpoint a new secret, and so turns it on. The secret that it had counts too until it is ended.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn change_hook(
        &self,
        repository: &str,
        host: Host,
        secret: &SecretString,
        now: i64,
    ) -> Result<()> {
        let (host, secret) = (host.name(), secret.expose_secret());
        sqlx::query!(
            "INSERT INTO hooks (repository, host, secret, changed_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (repository, host) DO UPDATE
             SET older_secret = secret, secret = excluded.secret, changed_at = excluded.changed_at",
            repository,
            host,
            secret,
            now
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Ends the secret before the one that counts.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn end_older_secret(&self, repository: &str, host: Host) -> Result<()> {
        let host = host.name();
        sqlx::query!(
            "UPDATE hooks SET older_secret = NULL WHERE repository = $1 AND host = $2",
            repository,
            host
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Turns an endpoint off.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn end_hook(&self, repository: &str, host: Host) -> Result<()> {
        let host = host.name();
        sqlx::query!(
            "DELETE FROM hooks WHERE repository = $1 AND host = $2",
            repository,
            host
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
