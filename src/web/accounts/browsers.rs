//! Browsers: what one calls itself, in two words, and those in which a person has signed in before.
//!
//! A browser that has signed somebody in holds a token of its own, which outlives the session (OWASP calls it a device cookie). It opens nothing:
//! it only gives tries at that person's password which strangers cannot use up; see [`super::slowing`].

use anyhow::Result;

use super::{Accounts, normal, random_token, token_hash};

/// Seconds after which a browser that nobody signed in with is a stranger again.
const REMEMBERED: i64 = 180 * 24 * 60 * 60;

/// A browser and its system, as far as it says: two words of ours, never what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Agent {
    /// "Firefox"; empty where it is none that is known.
    pub browser: &'static str,
    /// "Linux"; empty where it is none that is known.
    pub system: &'static str,
}

/// What a browser says of itself, and what that means; the first that fits, because browsers also claim to be their forebears.
const BROWSERS: [(&str, &str); 8] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
];

const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

impl Agent {
    /// Reads a `User-Agent`.
    pub fn of(sent: &str) -> Self {
        let known = |names: &[(&str, &'static str)]| {
            let found = names.iter().find(|(said, _)| sent.contains(said));
            found.map_or("", |(_, name)| *name)
        };
        Self {
            browser: known(&BROWSERS),
            system: known(&SYSTEMS),
        }
    }
}

impl Accounts {
    /// Notes that somebody signed in with a browser, and returns the token that it is to keep: the one that it holds, where that is known, else a new
    /// one. A token that somebody else put there is never taken over.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn remember_browser(
        &self,
        held: Option<&str>,
        address: &str,
        now: i64,
    ) -> Result<String> {
        let (address, old) = (normal(address), now - REMEMBERED);
        sqlx::query!("DELETE FROM known_browsers WHERE seen_at <= $1", old)
            .execute(&self.pool)
            .await?;
        let token = match held {
            Some(held) if self.is_known(held).await? => held.to_owned(),
            Some(_) | None => random_token()?,
        };
        let hash = token_hash(&token);
        sqlx::query!(
            "INSERT INTO known_browsers (token_hash, address, seen_at) VALUES ($1, $2, $3)
             ON CONFLICT (token_hash, address) DO UPDATE SET seen_at = excluded.seen_at",
            hash,
            address,
            now
        )
        .execute(&self.pool)
        .await?;
        Ok(token)
    }

    async fn is_known(&self, token: &str) -> Result<bool> {
        let hash = token_hash(token);
        let known = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!: i64" FROM known_browsers WHERE token_hash = $1"#,
            hash
        );
        Ok(known.fetch_one(&self.pool).await? > 0)
    }

    /// Returns whether somebody has signed in with the browser that holds this token; both are as they are kept.
    pub(super) async fn knows_browser(&self, hash: &str, address: &str, now: i64) -> Result<bool> {
        let old = now - REMEMBERED;
        let known = sqlx::query_scalar!(
            r#"SELECT 1 AS "known!: i64" FROM known_browsers WHERE token_hash = $1 AND address = $2 AND seen_at > $3"#,
            hash,
            address,
            old
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(known.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_told_in_two_words() {
        for (sent, browser, system) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox",
                "Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0",
                "Edge",
                "Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari",
                "iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36",
                "Chrome",
                "Android",
            ),
            ("<script>alert(1)</script>", "", ""),
            ("", "", ""),
        ] {
            assert_eq!(Agent::of(sent), Agent { browser, system }, "{sent}");
        }
    }
}
