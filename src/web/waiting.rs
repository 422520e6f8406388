//! How many items wait for somebody: the number beside "Queue".

use std::sync::Arc;

use anyhow::Result;

use crate::index::{self, Rules};
use crate::policy::Person;
use crate::review::queue::{Section, place};
use crate::review::{self, Desk};

/// Returns how many items of a repository a person can do something about now; the queue's first part has as many.
///
/// # Errors
/// When git or the database cannot be read.
pub async fn count(desk: &Arc<Desk>, rules: &Rules, person: &Person) -> Result<usize> {
    let pool = desk.index.reader();
    let mut items = review::items(pool, &index::open_paths(pool).await?).await?;
    items.extend(desk.amendment(rules).await?.map(|found| found.item));
    Ok(items
        .iter()
        .filter(|item| place(&rules.policy, item, person).section == Section::Yours)
        .count())
}
