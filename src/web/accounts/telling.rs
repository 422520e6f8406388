//! How somebody wants to be told outside the pages: by letters, and by a feed whose address is a secret.

use anyhow::Result;

use super::{Accounts, normal, random_token, token_hash};

/// How often somebody is sent letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pace {
    /// Never.
    Off,
    /// Within minutes.
    Soon,
    /// Once a day.
    Daily,
}

impl Pace {
    /// Every pace.
    pub const ALL: [Self; 3] = [Self::Off, Self::Soon, Self::Daily];

    /// Returns the pace's word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Soon => "soon",
            Self::Daily => "daily",
        }
    }

    /// Returns the pace of a word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pace| pace.name() == name)
    }
}

/// How an address is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    /// The address.
    pub address: String,
    /// How often letters go there.
    pub mail: Pace,
    /// The tag of the language that it was chosen in.
    pub language: String,
    /// When the feed's address was made, if there is one.
    pub feed_made_at: Option<i64>,
    /// Why the last letter could not be delivered.
    pub problem: Option<String>,
}

/// A row of `telling`.
struct Stored {
    address: String,
    mail: String,
    language: String,
    feed_made_at: Option<i64>,
    problem: Option<String>,
}

impl From<Stored> for Telling {
    fn from(row: Stored) -> Self {
        Self {
            address: row.address,
            mail: Pace::from_name(&row.mail).unwrap_or(Pace::Off),
            language: row.language,
            feed_made_at: row.feed_made_at,
            problem: row.problem,
        }
    }
}

impl Accounts {
    /// Returns how an address is told: not at all, where nobody chose.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn telling(&self, address: &str) -> Result<Telling> {
        let address = normal(address);
        let row = sqlx::query_as!(
            Stored,
            "SELECT address, mail, language, feed_made_at, problem FROM telling WHERE address = $1",
            address
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map_or(
            Telling {
                address,
                mail: Pace::Off,
                language: String::new(),
                feed_made_at: None,
                problem: None,
            },
            Telling::from,
        ))
    }

    /// Returns everybody who wants letters, by address.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn wanting_mail(&self) -> Result<Vec<Telling>> {
        let rows = sqlx::query_as!(
            Stored,
            "SELECT address, mail, language, feed_made_at, problem FROM telling WHERE mail <> 'off' ORDER BY address"
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(Telling::from).collect())
    }

    /// Sets how often letters go to an address, in a language. Whoever wants none is forgotten by the letters' bookkeeping: choosing them again later begins
    /// with what happens then.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn set_mail(&self, address: &str, pace: Pace, language: &str) -> Result<()> {
        let (address, word) = (normal(address), pace.name());
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query!(
            "INSERT INTO telling (address, mail, language) VALUES ($1, $2, $3)
             ON CONFLICT (address) DO UPDATE SET mail = excluded.mail, language = excluded.language, problem = NULL",
            address,
            word,
            language
        )
        .execute(&mut *transaction)
        .await?;
        if pace == Pace::Off {
            sqlx::query!("DELETE FROM mailings WHERE address = $1", address)
                .execute(&mut *transaction)
                .await?;
            sqlx::query!("DELETE FROM notices_mailed WHERE address = $1", address)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Sends no more letters to an address, whoever's it is.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn stop_mail(&self, address: &str) -> Result<()> {
        let telling = self.telling(address).await?;
        self.set_mail(address, Pace::Off, &telling.language).await
    }

    /// Notes why a letter could not be delivered, or that one was.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn note_mail_problem(&self, address: &str, problem: Option<&str>) -> Result<()> {
        let address = normal(address);
        sqlx::query!(
            "UPDATE telling SET problem = $2 WHERE address = $1 AND problem IS NOT $2",
            address,
            problem
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Makes the secret in the address of somebody's feed, in place of an earlier one, and returns it, which is kept nowhere else.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn make_feed(&self, address: &str, language: &str, now: i64) -> Result<String> {
        let (address, token) = (normal(address), random_token()?);
        let hash = token_hash(&token);
        sqlx::query!(
            "INSERT INTO telling (address, mail, language, feed_hash, feed_made_at) VALUES ($1, 'off', $2, $3, $4)
             ON CONFLICT (address) DO UPDATE SET feed_hash = excluded.feed_hash, feed_made_at = excluded.feed_made_at, language = excluded.language",
            address,
            language,
            hash,
            now
        )
        .execute(&self.pool)
        .await?;
        Ok(token)
    }

    /// Ends somebody's feed: its address opens nothing any more.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn end_feed(&self, address: &str) -> Result<()> {
        let address = normal(address);
        sqlx::query!(
            "UPDATE telling SET feed_hash = NULL, feed_made_at = NULL WHERE address = $1",
            address
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Returns whose feed a secret opens. What is compared is its SHA-256, so that the time it takes tells nothing of the secret.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn feed_of(&self, token: &str) -> Result<Option<Telling>> {
        let hash = token_hash(token);
        let row = sqlx::query_as!(
            Stored,
            "SELECT address, mail, language, feed_made_at, problem FROM telling WHERE feed_hash = $1",
            hash
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(Telling::from))
    }

    /// Returns the secret that the server made itself for a purpose.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn own_secret(&self, purpose: &str) -> Result<String> {
        let fresh = random_token()?;
        sqlx::query!(
            "INSERT OR IGNORE INTO own_secrets (purpose, secret) VALUES ($1, $2)",
            purpose,
            fresh
        )
        .execute(&self.pool)
        .await?;
        let kept =
            sqlx::query_scalar!("SELECT secret FROM own_secrets WHERE purpose = $1", purpose)
                .fetch_one(&self.pool)
                .await?;
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_is_told_who_did_not_choose_and_a_feed_is_renewed_and_ended() {
        let folder = tempfile::tempdir().unwrap();
        let accounts = Accounts::open(&folder.path().join("private.sqlite"))
            .await
            .unwrap();
        let mail = async || accounts.wanting_mail().await.unwrap().len();
        assert_eq!(
            accounts.telling("ana@example.org").await.unwrap().mail,
            Pace::Off
        );
        accounts
            .set_mail("Ana@example.org", Pace::Daily, "fr")
            .await
            .unwrap();
        assert_eq!(mail().await, 1);
        let first = accounts
            .make_feed("ana@example.org", "fr", 1)
            .await
            .unwrap();
        let second = accounts
            .make_feed("ana@example.org", "fr", 2)
            .await
            .unwrap();
        assert_eq!(accounts.feed_of(&first).await.unwrap(), None);
        let found = accounts.feed_of(&second).await.unwrap().unwrap();
        assert_eq!((found.mail, found.feed_made_at), (Pace::Daily, Some(2)));
        accounts.stop_mail("ana@example.org").await.unwrap();
        assert_eq!(mail().await, 0);
        assert!(accounts.feed_of(&second).await.unwrap().is_some());
        accounts.end_feed("ana@example.org").await.unwrap();
        assert_eq!(accounts.feed_of(&second).await.unwrap(), None);
        let secret = accounts.own_secret("x").await.unwrap();
        assert_eq!(accounts.own_secret("x").await.unwrap(), secret);
        assert_ne!(accounts.own_secret("y").await.unwrap(), secret);
    }
}
