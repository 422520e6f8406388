//! What a sync changed of the picture, kept for a while: who holds a part of it in memory reads again what may be another one now, and nothing else.

use std::collections::{BTreeSet, VecDeque};

use anyhow::Result;
use sqlx::SqlitePool;

/// Changes that are kept; who held a part for longer reads it whole.
const KEPT: usize = 64;

/// Names of a change that are kept; one that touched more is a change of everything.
const MOST_NAMES: usize = 2000;

/// What one or several syncs touched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// Paths of the published branch whose rows were derived again.
    pub paths: BTreeSet<String>,
    /// Records that were decided about or attested, and those that files at these paths were or are.
    pub ids: BTreeSet<String>,
    /// Proposals that stand otherwise, that are gone, and that were spoken of.
    pub branches: BTreeSet<String>,
}

impl Changed {
    fn add(&mut self, other: &Self) {
        self.paths.extend(other.paths.iter().cloned());
        self.ids.extend(other.ids.iter().cloned());
        self.branches.extend(other.branches.iter().cloned());
    }

    fn names(&self) -> usize {
        self.paths.len() + self.ids.len() + self.branches.len()
    }
}

/// The edition of the picture, and what the last ones changed; `None` stands for everything.
#[derive(Default)]
pub(super) struct Editions {
    number: u64,
    last: VecDeque<Option<Changed>>,
    /// A change was begun to be committed, and nothing was heard of it since.
    is_unsure: bool,
}

impl Editions {
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    pub(super) fn is_unsure(&self) -> bool {
        self.is_unsure
    }

    pub(super) fn expect(&mut self) {
        self.is_unsure = true;
    }

    pub(super) fn begin(&mut self, changed: Option<Changed>) {
        self.number += 1;
        self.is_unsure = false;
        if self.last.len() == KEPT {
            self.last.pop_front();
        }
        let changed = changed.filter(|changed| changed.names() <= MOST_NAMES);
        self.last.push_back(changed);
    }

    pub(super) fn since(&self, edition: u64) -> Option<Changed> {
        let count = usize::try_from(self.number.checked_sub(edition)?).ok()?;
        let first = self.last.len().checked_sub(count)?;
        let mut all = Changed::default();
        for changed in self.last.range(first..) {
            all.add(changed.as_ref()?);
        }
        Some(all)
    }
}

/// Returns the paths of the published branch, and the branches of proposals, whose records may be another matter after a change: those that it touched,
/// and those that stand beside them, refer to them or quarrel with them over an id.
///
/// # Errors
/// When the database cannot be read.
pub async fn concerned(pool: &SqlitePool, changed: &Changed) -> Result<(Vec<String>, Vec<String>)> {
    let paths = serde_json::to_string(&changed.paths)?;
    let ids = serde_json::to_string(&changed.ids)?;
    let paths = sqlx::query_scalar!(
        r#"SELECT CAST(value AS TEXT) AS "path!: String" FROM json_each($1)
           UNION SELECT path FROM records WHERE id IN (SELECT value FROM json_each($2))
           UNION SELECT path FROM relations WHERE target IN (SELECT value FROM json_each($2))
           UNION SELECT path FROM attachments WHERE file IN (SELECT value FROM json_each($1))"#,
        paths,
        ids
    )
    .fetch_all(pool)
    .await?;
    let standing = serde_json::to_string(&paths)?;
    let branches = serde_json::to_string(&changed.branches)?;
    let branches = sqlx::query_scalar!(
        r#"SELECT CAST(value AS TEXT) AS "branch!: String" FROM json_each($1)
           UNION SELECT branch FROM proposal_files WHERE path_before IN (SELECT value FROM json_each($2))
           UNION SELECT branch FROM proposal_attachments WHERE file IN (SELECT value FROM json_each($2))
           UNION SELECT branch FROM proposal_files WHERE declared_id IN (SELECT value FROM json_each($3))
           UNION SELECT branch FROM proposal_files WHERE slug IN (SELECT value FROM json_each($3))
           UNION SELECT branch FROM proposal_relations WHERE target IN (SELECT value FROM json_each($3))"#,
        branches,
        standing,
        ids
    )
    .fetch_all(pool)
    .await?;
    Ok((paths, branches))
}

/// Returns those of these paths about which somebody could decide something.
///
/// # Errors
/// When the database cannot be read.
pub async fn open_among(pool: &SqlitePool, paths: &[String]) -> Result<Vec<String>> {
    let paths = serde_json::to_string(paths)?;
    Ok(sqlx::query_scalar!(
        "SELECT path FROM records
         WHERE path IN (SELECT value FROM json_each($1))
           AND (standing = 'changed' OR (standing = 'settled' AND attested_blob IS NOT base_blob)
                OR (standing = 'draft' AND EXISTS
                    (SELECT 1 FROM decisions WHERE decisions.record_id = records.id AND decisions.proposed = records.blob)))",
        paths
    )
    .fetch_all(pool)
    .await?)
}

/// Returns those of these branches that are open proposals.
///
/// # Errors
/// When the database cannot be read.
pub async fn open_branches_among(pool: &SqlitePool, branches: &[String]) -> Result<Vec<String>> {
    let branches = serde_json::to_string(branches)?;
    Ok(sqlx::query_scalar!(
        "SELECT proposals.branch FROM proposals JOIN proposal_states AS states ON states.branch = proposals.branch
         WHERE proposals.branch IN (SELECT value FROM json_each($1)) AND states.state = 'open' AND proposals.problem IS NULL",
        branches
    )
    .fetch_all(pool)
    .await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> Changed {
        Changed {
            paths: BTreeSet::from([path.to_owned()]),
            ..Changed::default()
        }
    }

    #[test]
    fn what_changed_since_is_told_for_a_while() {
        let mut editions = Editions::default();
        assert_eq!(editions.since(0), Some(Changed::default()));
        editions.begin(Some(of("a")));
        editions.begin(Some(of("b")));
        assert_eq!(editions.since(2), Some(Changed::default()));
        assert_eq!(editions.since(1), Some(of("b")));
        assert_eq!(editions.since(0).unwrap().paths.len(), 2);
        assert_eq!(editions.since(3), None, "of an edition that is none");
        for _ in 0..KEPT {
            editions.begin(Some(of("c")));
        }
        assert_eq!(editions.since(2), Some(of("c")));
        assert_eq!(editions.since(1), None, "too long ago");
    }

    #[test]
    fn a_change_of_everything_is_one_whatever_follows() {
        let mut editions = Editions::default();
        editions.begin(None);
        editions.begin(Some(of("a")));
        assert_eq!(editions.since(0), None);
        assert_eq!(editions.since(1), Some(of("a")));
        let paths = (0..=MOST_NAMES).map(|number| number.to_string());
        editions.begin(Some(Changed {
            paths: paths.collect(),
            ..Changed::default()
        }));
        assert_eq!(editions.since(2), None);
    }
}
