//! The operator's links to the first page of a repository that nobody has adopted.

use anyhow::Result;

use super::{Accounts, random_token, token_hash};

impl Accounts {
    /// Makes the link of a repository and returns its token, which is kept nowhere else. The one that was printed before ends.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn set_up_link(&self, repository: &str) -> Result<String> {
        let token = random_token()?;
        let hash = token_hash(&token);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query!("DELETE FROM set_up_links WHERE repository = $1", repository)
            .execute(&mut *transaction)
            .await?;
        sqlx::query!(
            "INSERT INTO set_up_links (token_hash, repository) VALUES ($1, $2)",
            hash,
            repository
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(token)
    }

    /// Returns the repository that a link is for.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn find_set_up(&self, token: &str) -> Result<Option<String>> {
        let hash = token_hash(token);
        let repository = sqlx::query_scalar!(
            "SELECT repository FROM set_up_links WHERE token_hash = $1",
            hash
        );
        Ok(repository.fetch_optional(&self.pool).await?)
    }

    /// Ends the link of a repository that is adopted.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn end_set_up(&self, repository: &str) -> Result<()> {
        sqlx::query!("DELETE FROM set_up_links WHERE repository = $1", repository)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
