//! How the server is let in at a repository's remotes.

use anyhow::Result;
use secrecy::{ExposeSecret, SecretString};

use super::Accounts;

/// A remote for which the operator gave a login.
#[derive(Debug, Clone)]
pub struct GivenRemote {
    /// Its address.
    pub address: String,
    /// It is sent what the place of publication holds, and decides nothing.
    pub is_mirror: bool,
    /// How the server is let in there.
    pub login: GivenLogin,
}

/// How the server is let in at a remote.
#[derive(Debug, Clone)]
pub enum GivenLogin {
    /// By what the server's own user has.
    Own,
    /// Over HTTPS.
    Token {
        /// A user's name; what it is depends on the host.
        user: String,
        /// The token.
        token: SecretString,
    },
    /// Over SSH.
    Key {
        /// The private key, in OpenSSH's form.
        key: SecretString,
        /// The host's keys, as lines of `known_hosts`.
        host_keys: String,
    },
}

impl Accounts {
    /// Returns the remotes of a repository for which a login was given.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn remotes(&self, repository: &str) -> Result<Vec<GivenRemote>> {
        let rows = sqlx::query!(
            r#"SELECT address, is_mirror AS "is_mirror: bool", user, token, private_key, host_keys
               FROM remotes WHERE repository = $1 ORDER BY address"#,
            repository
        );
        let rows = rows.fetch_all(&self.pool).await?.into_iter();
        Ok(rows
            .map(|row| GivenRemote {
                address: row.address,
                is_mirror: row.is_mirror,
                login: match (row.token, row.private_key) {
                    (Some(token), _) => GivenLogin::Token {
                        user: row.user.unwrap_or_default(),
                        token: token.into(),
                    },
                    (None, Some(key)) => GivenLogin::Key {
                        key: key.into(),
                        host_keys: row.host_keys.unwrap_or_default(),
                    },
                    (None, None) => GivenLogin::Own,
                },
            })
            .collect())
    }

    /// Keeps a remote of a repository, in the place of what was known of its address.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn keep_remote(&self, repository: &str, remote: &GivenRemote) -> Result<()> {
        let (user, token, key, host_keys) = match &remote.login {
            GivenLogin::Own => (None, None, None, None),
            GivenLogin::Token { user, token } => {
                (Some(user.as_str()), Some(token.expose_secret()), None, None)
            }
            GivenLogin::Key { key, host_keys } => (
                None,
                None,
                Some(key.expose_secret()),
                Some(host_keys.as_str()),
            ),
        };
        sqlx::query!(
            "INSERT OR REPLACE INTO remotes (repository, address, is_mirror, user, token, private_key, host_keys)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            repository,
            remote.address,
            remote.is_mirror,
            user,
            token,
            key,
            host_keys
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Forgets a remote and its login. Returns whether it was known.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn forget_remote(&self, repository: &str, address: &str) -> Result<bool> {
        let forgotten = sqlx::query!(
            "DELETE FROM remotes WHERE repository = $1 AND address = $2",
            repository,
            address
        );
        Ok(forgotten.execute(&self.pool).await?.rows_affected() > 0)
    }
}
