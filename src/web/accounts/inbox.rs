//! What somebody has read of what they are told: marks alone. What they are told comes from git.

use anyhow::Result;

use super::{Accounts, normal};
use crate::index::Place;

/// Notices of one address in one repository that are marked one by one; of more the oldest marks are forgotten, and their notices stand as unread again.
pub const MOST_READ_SINGLY: i64 = 1000;

/// What somebody has read of a repository's notices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadMarks {
    /// Everything up to here.
    pub place: Place,
    /// Names of notices beyond it.
    pub singly: Vec<String>,
}

impl ReadMarks {
    /// Returns whether a notice beyond the place is marked by its name.
    pub fn has(&self, name: &str) -> bool {
        self.singly.iter().any(|known| known == name)
    }
}

impl Accounts {
    /// Returns what a person has read, under whichever of their addresses.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn read_marks(&self, addresses: &[String], repository: &str) -> Result<ReadMarks> {
        let addresses = serde_json::to_string(addresses)?;
        let place = sqlx::query_as!(
            Place,
            r#"SELECT coalesce(max(journal), 0) AS "journal!: i64", coalesce(max(chain), 0) AS "chain!: i64" FROM inboxes_read
               WHERE address IN (SELECT value FROM json_each($1)) AND repository = $2"#,
            addresses,
            repository
        )
        .fetch_one(&self.pool)
        .await?;
        let singly = sqlx::query_scalar!(
            "SELECT DISTINCT notice FROM notices_read WHERE address IN (SELECT value FROM json_each($1)) AND repository = $2",
            addresses,
            repository
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(ReadMarks { place, singly })
    }

    /// Marks notices as read by their names.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn mark_read(
        &self,
        address: &str,
        repository: &str,
        names: &[String],
        now: i64,
    ) -> Result<()> {
        let (address, names) = (normal(address), serde_json::to_string(names)?);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query!(
            "INSERT OR REPLACE INTO notices_read (address, repository, notice, at) SELECT $1, $2, value, $4 FROM json_each($3)",
            address,
            repository,
            names,
            now
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "DELETE FROM notices_read WHERE address = $1 AND repository = $2 AND notice NOT IN
               (SELECT notice FROM notices_read WHERE address = $1 AND repository = $2 ORDER BY at DESC, notice LIMIT $3)",
            address,
            repository,
            MOST_READ_SINGLY
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Marks as read everything up to a place, and these notices beyond it; a place before one that was read already takes nothing back.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn mark_all_read(
        &self,
        address: &str,
        repository: &str,
        place: Place,
        also: &[String],
        now: i64,
    ) -> Result<()> {
        let address = normal(address);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query!(
            "INSERT INTO inboxes_read (address, repository, journal, chain) VALUES ($1, $2, $3, $4)
             ON CONFLICT (address, repository) DO UPDATE SET journal = max(journal, excluded.journal), chain = max(chain, excluded.chain)",
            address,
            repository,
            place.journal,
            place.chain
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        self.mark_read(&address, repository, also, now).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn marks_are_a_persons_under_all_their_addresses_and_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let accounts = Accounts::open(&folder.path().join("private.sqlite"))
            .await
            .unwrap();
        let own = ["ana@example.org", "ana@home.example"].map(str::to_owned);
        let place = |journal, chain| Place { journal, chain };
        let also = ["due-1".to_owned()];
        accounts
            .mark_all_read("Ana@example.org", "r", place(7, 2), &also, 1)
            .await
            .unwrap();
        accounts
            .mark_all_read("ana@home.example", "r", place(3, 5), &[], 1)
            .await
            .unwrap();
        let marks = accounts.read_marks(&own, "r").await.unwrap();
        assert_eq!(marks.place, place(7, 5));
        assert!(marks.has("due-1") && !marks.has("due-2"));
        let other = ["ben@example.org".to_owned()];
        let others = accounts.read_marks(&other, "r").await.unwrap();
        assert_eq!(others, ReadMarks::default());
        assert_eq!(
            accounts.read_marks(&own, "other").await.unwrap(),
            ReadMarks::default()
        );
        let many: Vec<String> = (0..1500).map(|number| format!("{number}")).collect();
        accounts
            .mark_read("ana@example.org", "r", &many, 2)
            .await
            .unwrap();
        let marks = accounts.read_marks(&own, "r").await.unwrap();
        assert_eq!(i64::try_from(marks.singly.len()), Ok(MOST_READ_SINGLY));
        assert!(!marks.has("due-1"), "the oldest is forgotten");
    }
}
