//! Which state of a proposal somebody looked at last, so that the next time tells what changed since.

use anyhow::Result;

use super::{Accounts, normal};

/// Proposals of which an address's last look is kept, over all repositories; of more the oldest look is forgotten.
pub const MOST_LOOKED_AT: i64 = 500;

impl Accounts {
    /// Notes that an address looks at a proposal as it stands, and returns the head that it saw before this one; `None` on its first look.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn look_at_proposal(
        &self,
        address: &str,
        repository: &str,
        branch: &str,
        head: &str,
        now: i64,
    ) -> Result<Option<String>> {
        let address = normal(address);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query!(
            "INSERT INTO proposals_looked_at (address, repository, branch, head, looked_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (address, repository, branch)
             DO UPDATE SET before = iif(head = excluded.head, before, head), head = excluded.head, looked_at = excluded.looked_at",
            address,
            repository,
            branch,
            head,
            now
        )
        .execute(&mut *transaction)
        .await?;
        let before = sqlx::query_scalar!(
            "SELECT before FROM proposals_looked_at WHERE address = $1 AND repository = $2 AND branch = $3",
            address,
            repository,
            branch
        )
        .fetch_one(&mut *transaction)
        .await?;
        sqlx::query!(
            "DELETE FROM proposals_looked_at WHERE address = $1 AND (repository, branch) NOT IN
             (SELECT repository, branch FROM proposals_looked_at WHERE address = $1 ORDER BY looked_at DESC, branch LIMIT $2)",
            address,
            MOST_LOOKED_AT
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(before)
    }

    /// Returns the heads of a proposal that an address saw last, the last one first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn looks_at_proposal(
        &self,
        address: &str,
        repository: &str,
        branch: &str,
    ) -> Result<Vec<String>> {
        let address = normal(address);
        let row = sqlx::query!(
            "SELECT head, before FROM proposals_looked_at WHERE address = $1 AND repository = $2 AND branch = $3",
            address,
            repository,
            branch
        )
        .fetch_optional(&self.pool)
        .await?;
        let heads = row.map(|row| std::iter::once(row.head).chain(row.before));
        Ok(heads.into_iter().flatten().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_second_look_tells_the_first_and_looks_stay_their_owners() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("private.sqlite");
        let accounts = Accounts::open(&path).await.unwrap();
        let look = async |address: &str, branch: &str, head: &str, now: i64| {
            let before = accounts.look_at_proposal(address, "r", branch, head, now);
            before.await.unwrap()
        };
        assert_eq!(look("ana@example.org", "b", "one", 1).await, None);
        assert_eq!(look("ana@example.org", "b", "one", 2).await, None);
        assert_eq!(
            look("Ana@example.org", "b", "two", 3).await.as_deref(),
            Some("one")
        );
        assert_eq!(
            look("ana@example.org", "b", "two", 4).await.as_deref(),
            Some("one"),
            "read once more"
        );
        assert_eq!(look("ben@example.org", "b", "two", 5).await, None);
        for number in 0..MOST_LOOKED_AT {
            look(
                "ana@example.org",
                &format!("other-{number}"),
                "x",
                10 + number,
            )
            .await;
        }
        let kept = accounts
            .looks_at_proposal("ana@example.org", "r", "b")
            .await
            .unwrap();
        assert!(kept.is_empty(), "the oldest look is forgotten");
        let kept = accounts
            .looks_at_proposal("ben@example.org", "r", "b")
            .await
            .unwrap();
        assert_eq!(kept, ["two"]);
    }
}
