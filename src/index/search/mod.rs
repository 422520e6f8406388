//! The list of records: by words, by filters, in an order, a page at a time.
//!
//! Built to stay quick at a hundred thousand records: what matches is counted up to a bound, ranked up to a bound, and only the rows of one page are
//! read whole. The statements are put together from fixed pieces, so that each one has the indexes it needs; every value is bound.

mod marks;
mod statement;
mod typed;

pub use marks::Stretch;
pub use typed::{MAX_TYPED_CHARS, Typed};

use std::collections::HashMap;

use anyhow::Result;
use sqlx::{Row, SqlitePool};

use super::query::{RecordRow, records_at};
use crate::policy::Severity;

/// Records are counted up to here; beyond, "more than" is said.
pub const COUNTED: i64 = 10_000;

/// Which records a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Words, see [`Typed`].
    pub typed: Typed,
    /// An id that is found besides, whatever the words find.
    pub id: Option<String>,
    /// A collection.
    pub collection: Option<String>,
    /// An attested status.
    pub status: Option<StatusWanted>,
    /// Where they stand.
    pub standing: Option<StandingWanted>,
    /// Addresses of somebody who wrote the text since its base or decided about the record.
    pub person: Option<Vec<String>>,
    /// A language; `fr` means `fr-CA` too.
    pub locale: Option<String>,
    /// The code of a finding, or of a quarantine.
    pub finding: Option<String>,
    /// The severity of a finding, of that code where one is given.
    pub severity: Option<Severity>,
    /// Changed at this moment or later, seconds since 1970 in UTC.
    pub since: Option<i64>,
    /// Nothing fits, whatever else is asked: a filter names what there is not.
    pub is_impossible: bool,
}

/// A status and where records begin in it without ever having been attested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusWanted {
    /// The status.
    pub name: String,
    /// The collections whose workflow begins with it.
    pub begin_there: Vec<String>,
}

/// A way to stand, as the queue divides records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StandingWanted {
    /// Somebody could decide something about it.
    Open,
    /// Being written; nobody was asked yet.
    Draft,
    /// Approved and not yet published.
    Validated,
    /// Changed outside review.
    Changed,
    /// As approved, and nothing to do.
    Settled,
    /// A file that cannot be read.
    Quarantined,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The best match first; without words, by title.
    Match,
    /// The last changed first.
    Changed,
    /// By title.
    Title,
    /// The one that waits longest first.
    Waiting,
}

/// A record in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The record.
    pub record: RecordRow,
    /// Its title, with the words that were looked for.
    pub title: Vec<Stretch>,
    /// A piece of its text around them; empty where no word was looked for.
    pub text: Vec<Stretch>,
}

/// How many records fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// So many.
    Exactly(i64),
    /// More than [`COUNTED`].
    More,
}

impl Count {
    /// Returns whether there is none.
    pub fn is_none(self) -> bool {
        self == Self::Exactly(0)
    }
}

/// Returns a stretch of the list of records.
///
/// # Errors
/// When the database cannot be read.
pub async fn search(
    pool: &SqlitePool,
    wanted: &Wanted,
    order: Order,
    offset: i64,
    limit: i64,
) -> Result<Vec<Hit>> {
    let rows = statement::page(wanted, order, offset, limit)
        .build()
        .fetch_all(pool)
        .await?;
    let mut numbers = Vec::with_capacity(rows.len());
    let mut paths: Vec<String> = Vec::with_capacity(rows.len());
    for row in &rows {
        numbers.push(row.try_get::<i64, _>(0)?);
        paths.push(row.try_get(1)?);
    }
    let mut records: HashMap<String, RecordRow> = records_at(pool, &paths)
        .await?
        .into_iter()
        .map(|row| (row.path.clone(), row))
        .collect();
    let mut marked = marked(pool, wanted, &numbers).await?;
    let hits = paths.iter().filter_map(|path| {
        let record = records.remove(path)?;
        let (title, text) = marked.remove(path).unwrap_or_else(|| plain(&record.title));
        Some(Hit {
            record,
            title,
            text,
        })
    });
    Ok(hits.collect())
}

/// Returns records that fit, after a path and in the order of their paths: a list that can be gone on with, whatever was added meanwhile.
///
/// # Errors
/// When the database cannot be read.
pub async fn records_after(
    pool: &SqlitePool,
    wanted: &Wanted,
    path: &str,
    limit: i64,
) -> Result<Vec<RecordRow>> {
    let paths: Vec<String> = statement::after(wanted, path, limit)
        .build_query_scalar()
        .fetch_all(pool)
        .await?;
    let mut rows = records_at(pool, &paths).await?;
    rows.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(rows)
}

/// Returns how many records fit.
///
/// # Errors
/// When the database cannot be read.
pub async fn count(pool: &SqlitePool, wanted: &Wanted) -> Result<Count> {
    count_up_to(pool, wanted, COUNTED).await
}

/// Returns how many records fit, counted up to a bound of one's own.
///
/// # Errors
/// When the database cannot be read.
pub async fn count_up_to(pool: &SqlitePool, wanted: &Wanted, most: i64) -> Result<Count> {
    let count: i64 = statement::count(wanted, most + 1)
        .build_query_scalar()
        .fetch_one(pool)
        .await?;
    Ok(if count > most {
        Count::More
    } else {
        Count::Exactly(count)
    })
}

/// Returns the languages that records give, in order; the first fifty of them.
///
/// # Errors
/// When the database cannot be read.
pub async fn locales(pool: &SqlitePool) -> Result<Vec<String>> {
    // Steps from one to the next by the index, instead of reading every record's.
    let query = "WITH RECURSIVE each (locale, number) AS (
                   SELECT (SELECT min(locale COLLATE NOCASE) FROM records WHERE locale IS NOT NULL), 1
                   UNION ALL
                   SELECT (SELECT locale FROM records WHERE locale COLLATE NOCASE > each.locale ORDER BY locale COLLATE NOCASE LIMIT 1), number + 1
                   FROM each WHERE each.locale IS NOT NULL AND number < 50)
                 SELECT locale FROM each WHERE locale IS NOT NULL";
    Ok(sqlx::query_scalar(query).fetch_all(pool).await?)
}

fn plain(title: &str) -> (Vec<Stretch>, Vec<Stretch>) {
    let title = Stretch {
        text: title.to_owned(),
        is_hit: false,
    };
    (vec![title], Vec::new())
}

type Marked = HashMap<String, (Vec<Stretch>, Vec<Stretch>)>;

/// Returns titles and pieces of text with the words marked, by path.
async fn marked(pool: &SqlitePool, wanted: &Wanted, numbers: &[i64]) -> Result<Marked> {
    let Some(words) = &wanted.typed.with else {
        return Ok(Marked::new());
    };
    // Long texts are told by their title alone: finding the best piece reads them whole. The sign keeps the numbers from driving the query, which
    // would look the words up anew for each.
    let query = "SELECT path, highlight(search, 1, $3, $4), CASE WHEN length(text) < 200000 THEN snippet(search, 2, $3, $4, '…', 28) ELSE '' END
                 FROM search WHERE search MATCH $1 AND +rowid IN (SELECT value FROM json_each($2)) LIMIT $5";
    let rows: Vec<(String, String, String)> = sqlx::query_as(query)
        .bind(words)
        .bind(serde_json::to_string(numbers)?)
        .bind(marks::OPEN.to_string())
        .bind(marks::CLOSE.to_string())
        .bind(i64::try_from(numbers.len()).unwrap_or(i64::MAX))
        .fetch_all(pool)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(path, title, text)| (path, (marks::stretches(&title), marks::stretches(&text))))
        .collect())
}
