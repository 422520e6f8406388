//! How many items wait for somebody: the number beside "Queue".

use std::sync::Arc;

use anyhow::Result;

use crate::index::Rules;
use crate::policy::Person;
use crate::review::Desk;
use crate::review::queue::Section;

/// Returns how many items of a repository a person can do something about now; the queue's first part has as many.
///
/// # Errors
/// When git or the database cannot be read.
pub async fn count(desk: &Arc<Desk>, rules: &Rules, person: &Person) -> Result<usize> {
    let open = desk.open(rules).await?;
    Ok(open.places(rules, person).count(Section::Yours))
}
