//! Tokens of programs: made by a person for a purpose, a while and at most one repository, shown once, ended at any time.
//!
//! A token says for whom a program acts and what it is for. It grants nothing: at each request the policy says what its owner may do, and the token's
//! scopes take away from that.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use anyhow::Result;

use super::{Accounts, normal, random_token, token_hash};

/// What every token begins with, so that one that was lost can be recognised.
pub const PREFIX: &str = "cs_";

/// The longest time that a token is made for, in days.
pub const MAX_DAYS: i64 = 365;

/// Tokens that one address may have beside each other.
pub const MOST: usize = 50;

/// The longest name of a token, in characters.
pub const MAX_NAME_CHARS: usize = 80;

/// Characters of a token that its owner sees again: the prefix and eight digits.
const SHOWN: usize = PREFIX.len() + 8;

/// Seconds between two notes of when a token was used.
const NOTED_EVERY: i64 = 60;

/// Requests of one token in a [`WINDOW`].
pub const PACE: u32 = 600;

/// Seconds over which requests are counted.
pub const WINDOW: i64 = 60;

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Looking at everything that its owner may see.
    Read,
    /// Deciding about review items in its owner's name.
    Decide,
    /// Changing drafts and beginning records in its owner's name.
    Edit,
    /// Saying what a build came to; for the machines that build, which need no other right.
    Report,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] = [Self::Read, Self::Decide, Self::Edit, Self::Report];

    /// Returns the scope's word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Decide => "decide",
            Self::Edit => "edit",
            Self::Report => "report",
        }
    }

    /// Returns the scope of a word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A token that somebody wants made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// What its owner calls it.
    pub name: String,
    /// What it is for.
    pub scopes: Vec<Scope>,
    /// The one repository it opens.
    pub repository: Option<String>,
    /// When it ends.
    pub expires_at: i64,
}

/// A token as its owner sees it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Names it in addresses.
    pub id: String,
    /// Its first characters.
    pub prefix: String,
    /// Whom it acts for.
    pub address: String,
    /// What its owner calls it.
    pub name: String,
    /// What it is for.
    pub scopes: Vec<Scope>,
    /// The one repository it opens; `None` for all that its owner may read.
    pub repository: Option<String>,
    /// When it was made.
    pub created_at: i64,
    /// When it ends.
    pub expires_at: i64,
    /// When it was last used, to the minute.
    pub used_at: Option<i64>,
}

impl Accounts {
    /// Makes a token for an address and returns it, which is kept nowhere else; `None` where the address has as many as it may. Tokens that ran out are
    /// swept.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn make_token(
        &self,
        address: &str,
        wanted: &NewToken,
        now: i64,
    ) -> Result<Option<String>> {
        let (token, address) = (format!("{PREFIX}{}", random_token()?), normal(address));
        let id: String = random_token()?.chars().take(16).collect();
        let prefix: String = token.chars().take(SHOWN).collect();
        let (hash, scopes) = (token_hash(&token), words(&wanted.scopes));
        let expires_at = wanted.expires_at.min(now + MAX_DAYS * 24 * 60 * 60);
        let most = i64::try_from(MOST).unwrap_or(i64::MAX);
        sqlx::query!("DELETE FROM api_tokens WHERE expires_at <= $1", now)
            .execute(&self.pool)
            .await?;
        let made = sqlx::query!(
            "INSERT INTO api_tokens (id, token_hash, prefix, address, name, scopes, repository, created_at, expires_at)
             SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 WHERE (SELECT count(*) FROM api_tokens WHERE address = $4) < $10",
            id,
            hash,
            prefix,
            address,
            wanted.name,
            scopes,
            wanted.repository,
            now,
            expires_at,
            most
        )
        .execute(&self.pool)
        .await?;
        Ok((made.rows_affected() == 1).then_some(token))
    }

    /// Returns the tokens of an address that have not run out, the latest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn tokens(&self, address: &str, now: i64) -> Result<Vec<Token>> {
        let address = normal(address);
        let rows = sqlx::query_as!(
            Stored,
            "SELECT id, prefix, address, name, scopes, repository, created_at, expires_at, used_at FROM api_tokens
             WHERE address = $1 AND expires_at > $2 ORDER BY created_at DESC, id",
            address,
            now
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(Token::from).collect())
    }

    /// Returns what a token is, unless it was ended or ran out, and notes that it was used.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn token(&self, token: &str, now: i64) -> Result<Option<Token>> {
        let hash = token_hash(token);
        let row = sqlx::query_as!(
            Stored,
            "SELECT id, prefix, address, name, scopes, repository, created_at, expires_at, used_at FROM api_tokens
             WHERE token_hash = $1 AND expires_at > $2",
            hash,
            now
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        if row
            .used_at
            .is_none_or(|used_at| used_at + NOTED_EVERY <= now)
        {
            sqlx::query!(
                "UPDATE api_tokens SET used_at = $2 WHERE id = $1",
                row.id,
                now
            )
            .execute(&self.pool)
            .await?;
        }
        Ok(Some(row.into()))
    }

    /// Ends a token of an address and returns whether it had one of that name.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn end_token(&self, address: &str, id: &str) -> Result<bool> {
        let address = normal(address);
        let ended = sqlx::query!(
            "DELETE FROM api_tokens WHERE address = $1 AND id = $2",
            address,
            id
        )
        .execute(&self.pool)
        .await?;
        Ok(ended.rows_affected() > 0)
    }

    /// Counts a request of a token; where it came too fast, returns the seconds after which the next one is taken.
    pub fn count_request(&self, token: &Token, now: i64) -> Option<i64> {
        self.pace.count(&token.id, now)
    }
}

/// How many requests came of each token of late.
#[derive(Default)]
pub(super) struct Pace(Mutex<HashMap<String, Counted>>);

struct Counted {
    since: i64,
    requests: u32,
}

impl Pace {
    fn count(&self, id: &str, now: i64) -> Option<i64> {
        // Whoever panicked left whole numbers: each is set at once.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Only tokens that stand are counted, so the map is no larger than their table; those at rest are forgotten.
        known.retain(|_, counted| counted.since + WINDOW > now);
        let counted = known.entry(id.to_owned()).or_insert(Counted {
            since: now,
            requests: 0,
        });
        counted.requests = counted.requests.saturating_add(1);
        (counted.requests > PACE).then(|| (counted.since + WINDOW - now).max(1))
    }
}

/// A token as its table holds it.
struct Stored {
    id: String,
    prefix: String,
    address: String,
    name: String,
    scopes: String,
    repository: Option<String>,
    created_at: i64,
    expires_at: i64,
    used_at: Option<i64>,
}

impl From<Stored> for Token {
    fn from(row: Stored) -> Self {
        Self {
            id: row.id,
            prefix: row.prefix,
            address: row.address,
            name: row.name,
            scopes: row.scopes.split(' ').filter_map(Scope::from_name).collect(),
            repository: row.repository,
            created_at: row.created_at,
            expires_at: row.expires_at,
            used_at: row.used_at,
        }
    }
}

fn words(scopes: &[Scope]) -> String {
    let words: Vec<&str> = scopes.iter().map(|scope| scope.name()).collect();
    words.join(" ")
}
