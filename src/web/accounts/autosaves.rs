//! What somebody typed and has not saved: kept while they write, given back to them alone, gone once it is saved, given up or a month old.

use anyhow::Result;

use super::{Accounts, normal};

/// Seconds for which a text is kept after it was last typed on.
pub const AUTOSAVES_KEPT: i64 = 30 * 24 * 60 * 60;

/// The most texts of one address, over all repositories.
pub const MOST_AUTOSAVES: i64 = 50;

/// The most bytes of all texts of one address together.
pub const MOST_AUTOSAVED_BYTES: i64 = 16 * 1024 * 1024;

/// A text that was typed and not saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Autosave {
    /// The blob that its form was made from; empty for a record that is yet to begin.
    pub from_blob: String,
    /// The form's names and values, a JSON list of pairs.
    pub fields: String,
    /// When it was typed on last.
    pub saved_at: i64,
}

impl Accounts {
    /// Keeps a text in place of an earlier one of the same subject. Returns whether there was room for it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn autosave(
        &self,
        address: &str,
        repository: &str,
        subject: &str,
        text: &Autosave,
    ) -> Result<bool> {
        let address = normal(address);
        let oldest = text.saved_at - AUTOSAVES_KEPT;
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query!("DELETE FROM autosaves WHERE saved_at <= $1", oldest)
            .execute(&mut *transaction)
            .await?;
        let others = sqlx::query!(
            r#"SELECT count(*) AS "count!: i64", coalesce(sum(length(fields)), 0) AS "bytes!: i64"
               FROM autosaves WHERE address = $1 AND NOT (repository = $2 AND subject = $3)"#,
            address,
            repository,
            subject
        )
        .fetch_one(&mut *transaction)
        .await?;
        let bytes = i64::try_from(text.fields.len()).unwrap_or(i64::MAX);
        let has_room = others.count < MOST_AUTOSAVES
            && others.bytes.saturating_add(bytes) <= MOST_AUTOSAVED_BYTES;
        if has_room {
            sqlx::query!(
                "INSERT INTO autosaves (address, repository, subject, from_blob, fields, saved_at) VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (address, repository, subject)
                 DO UPDATE SET from_blob = excluded.from_blob, fields = excluded.fields, saved_at = excluded.saved_at",
                address,
                repository,
                subject,
                text.from_blob,
                text.fields,
                text.saved_at
            )
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(has_room)
    }

    /// Returns the text of a subject that an address typed and has not saved.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn autosaved(
        &self,
        address: &str,
        repository: &str,
        subject: &str,
        now: i64,
    ) -> Result<Option<Autosave>> {
        let address = normal(address);
        let oldest = now - AUTOSAVES_KEPT;
        Ok(sqlx::query_as!(
            Autosave,
            "SELECT from_blob, fields, saved_at FROM autosaves WHERE address = $1 AND repository = $2 AND subject = $3 AND saved_at > $4",
            address,
            repository,
            subject,
            oldest
        )
        .fetch_optional(&self.pool)
        .await?)
    }

    /// Lets go of the text of a subject; one that is not there, or is somebody else's, is left alone.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn discard_autosave(
        &self,
        address: &str,
        repository: &str,
        subject: &str,
    ) -> Result<()> {
        let address = normal(address);
        sqlx::query!(
            "DELETE FROM autosaves WHERE address = $1 AND repository = $2 AND subject = $3",
            address,
            repository,
            subject
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
    async fn unsaved_text_is_its_writers_alone_bounded_and_gone_after_a_month() {
        let folder = tempfile::tempdir().unwrap();
        let accounts = Accounts::open(&folder.path().join("private.sqlite"))
            .await
            .unwrap();
        let text = |fields: &str, saved_at| Autosave {
            from_blob: "b".to_owned(),
            fields: fields.to_owned(),
            saved_at,
        };
        let keep = async |address: &str, subject: &str, text: &Autosave| {
            accounts
                .autosave(address, "r", subject, text)
                .await
                .unwrap()
        };
        let kept = async |address: &str, repository: &str, now| {
            accounts
                .autosaved(address, repository, "a.md", now)
                .await
                .unwrap()
        };
        assert!(keep("Ana@example.org", "a.md", &text("one", 1)).await);
        assert!(keep("ana@example.org", "a.md", &text("two", 2)).await);
        assert_eq!(kept("ana@example.org", "r", 3).await, Some(text("two", 2)));
        assert_eq!(kept("ben@example.org", "r", 3).await, None);
        assert_eq!(kept("ana@example.org", "other", 3).await, None);
        accounts
            .discard_autosave("ben@example.org", "r", "a.md")
            .await
            .unwrap();
        assert!(kept("ana@example.org", "r", 3).await.is_some());
        assert_eq!(kept("ana@example.org", "r", 2 + AUTOSAVES_KEPT).await, None);
        for number in 1..MOST_AUTOSAVES {
            assert!(keep("ana@example.org", &format!("{number}"), &text("", 3)).await);
        }
        assert!(!keep("ana@example.org", "more", &text("", 3)).await);
        assert!(keep("ana@example.org", "a.md", &text("three", 3)).await);
        assert!(keep("ben@example.org", "more", &text("", 3)).await);
        let later = 4 + AUTOSAVES_KEPT;
        assert!(keep("ana@example.org", "more", &text("", later)).await);
        let most = usize::try_from(MOST_AUTOSAVED_BYTES).unwrap();
        let large = text(&"x".repeat(most + 1), later);
        assert!(!keep("ana@example.org", "large", &large).await);
        accounts
            .discard_autosave("ana@example.org", "r", "more")
            .await
            .unwrap();
        let more = accounts.autosaved("ana@example.org", "r", "more", later);
        assert_eq!(more.await.unwrap(), None);
    }
}
