//! Saved views: searches that somebody keeps under a name. Nobody else sees them.

use anyhow::Result;

use super::{Accounts, normal};

/// The most views that one address may keep, over all repositories.
pub const MOST_VIEWS: i64 = 50;

/// The longest name of a view, in characters.
pub const MAX_VIEW_NAME_CHARS: usize = 80;

/// A search under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// Its number.
    pub id: i64,
    /// What its owner calls it.
    pub name: String,
    /// The query of the list of records.
    pub query: String,
}

impl Accounts {
    /// Keeps a view; one of the same name is replaced. Returns whether there was room for it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn save_view(
        &self,
        address: &str,
        repository: &str,
        name: &str,
        query: &str,
        now: i64,
    ) -> Result<bool> {
        let address = normal(address);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let others = sqlx::query_scalar!(
            "SELECT count(*) FROM saved_views WHERE address = $1 AND NOT (repository = $2 AND name = $3)",
            address,
            repository,
            name
        )
        .fetch_one(&mut *transaction)
        .await?;
        if others >= MOST_VIEWS {
            return Ok(false);
        }
        sqlx::query!(
            "INSERT INTO saved_views (address, repository, name, query, created_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (address, repository, name) DO UPDATE SET query = excluded.query",
            address,
            repository,
            name,
            query,
            now
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Returns the views that an address keeps of a repository, by name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn views(&self, address: &str, repository: &str) -> Result<Vec<SavedView>> {
        let address = normal(address);
        Ok(sqlx::query_as!(
            SavedView,
            r#"SELECT id AS "id!", name, query FROM saved_views WHERE address = $1 AND repository = $2 ORDER BY name COLLATE NOCASE, id"#,
            address,
            repository
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// Deletes a view of an address; one that is not there, or is somebody else's, is left alone.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn delete_view(&self, address: &str, repository: &str, id: i64) -> Result<()> {
        let address = normal(address);
        sqlx::query!(
            "DELETE FROM saved_views WHERE id = $1 AND address = $2 AND repository = $3",
            id,
            address,
            repository
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn views_are_their_owners_alone_and_at_most_fifty() {
        let folder = tempfile::tempdir().unwrap();
        let accounts = Accounts::open(&folder.path().join("private.sqlite"))
            .await
            .unwrap();
        let save = async |address: &str, name: &str, query: &str| {
            accounts
                .save_view(address, "r", name, query, 1)
                .await
                .unwrap()
        };
        assert!(save("Ana@example.org", "Mine", "q=one").await);
        assert!(save("ana@example.org", "Mine", "q=two").await);
        let views = accounts.views("ana@example.org", "r").await.unwrap();
        assert_eq!(views.len(), 1);
        assert_eq!(views[0].query, "q=two");
        assert!(
            accounts
                .views("ana@example.org", "other")
                .await
                .unwrap()
                .is_empty()
        );
        assert!(
            accounts
                .views("ben@example.org", "r")
                .await
                .unwrap()
                .is_empty()
        );
        accounts
            .delete_view("ben@example.org", "r", views[0].id)
            .await
            .unwrap();
        assert_eq!(
            accounts.views("ana@example.org", "r").await.unwrap().len(),
            1
        );
        for number in 1..MOST_VIEWS {
            assert!(save("ana@example.org", &format!("View {number}"), "").await);
        }
        assert!(!save("ana@example.org", "One more", "").await);
        assert!(save("ana@example.org", "Mine", "q=three").await);
        assert!(save("ben@example.org", "One more", "").await);
        accounts
            .delete_view("ana@example.org", "r", views[0].id)
            .await
            .unwrap();
        assert!(save("ana@example.org", "One more", "").await);
    }
}
